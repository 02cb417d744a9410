"""`dini sources health`: how every source fares, those that need an eye first."""

from __future__ import annotations

import click

from api.cli_desk import desk_of
from api.times import utc_now
from api.words import say
from screening import Settings, SourceDay, SourceHealth


@click.command("health")
@click.option(
    "--days", type=click.IntRange(1, 90), default=7, show_default=True, help="Hari yang ditampilkan."
)
@click.pass_obj
def health(settings: Settings, days: int) -> None:
    """Keadaan tiap sumber: apa yang perlu dilihat, jumlah berita tiap hari, mutu, dan nilai tambahnya."""
    now = utc_now()
    with desk_of(settings) as desk:
        every = desk.source_health(now)
        by_day = desk.source_days(now, days)
    for one in every:
        click.echo(line_of(one, by_day[one.source.id]))  # rich would turn the tabs into spaces
    alarms = sum(one.alarm for one in every)
    click.echo(f"{alarms} dari {len(every)} sumber perlu dilihat.")


def line_of(one: SourceHealth, days: tuple[SourceDay, ...]) -> str:
    """Tab-separated; entries a day stand oldest first, with a dash where no answer came."""
    date, text, link = (f"{share:.0%}" for share in one.quality.shares())
    worth = one.worth
    cells = (
        one.source.id,
        one.source.name,
        f"{'! ' if one.alarm else ''}{say(f'health_{one.condition.value}', 'id')}",
        " ".join(str(day.entries) if day.good else "-" for day in days),
        f"biasanya {one.usual.low}-{one.usual.high}" if one.usual else "biasanya ?",
        f"tanggal {date} isi {text} tautan {link}" if one.quality.entries else "mutu ?",
        f"diterima {worth.accepted} pertama {worth.first} sendiri {worth.alone}",
        " ".join((one.why, *one.notes)),
    )
    return "\t".join(str(cell) for cell in cells)
