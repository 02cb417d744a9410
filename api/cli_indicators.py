"""`dini indicators`: the indicators of an office and a period."""

from __future__ import annotations

import click

from api import wire, wire_indicators
from api.cli_desk import desk_of
from api.cli_screen import written
from api.figures import amount, figure_words, part_name, period_asked
from api.times import utc_now
from screening import PROVINCE, REGISTRY_VERSION, Figure, Measure, Settings


@click.command("indicators")
@click.option("--office", default=PROVINCE, show_default=True, help="62 (provinsi) atau kode, mis. 62.02.")
@click.option("--from", "first", default="", help="Hari pertama (WIB), YYYY-MM-DD.")
@click.option("--to", "last", default="", help="Hari terakhir (bawaan: hari ini).")
@click.option("--json", "as_json", is_flag=True, help="JSON, seperti GET /api/v1/indicators.")
@click.pass_obj
def indicators_command(settings: Settings, office: str, first: str, last: str, as_json: bool) -> None:
    """Indikator layanan (IO-1 sampai IO-15) sebuah kantor dan periode."""
    now = utc_now()
    period = period_asked(first, last, now)
    with desk_of(settings) as desk:
        made = desk.indicators(office, period, now)
    if as_json:
        with written(None) as write:
            write(wire.dump(wire_indicators.indicators_out(made)) + b"\n")
        return
    click.echo(f"Indikator {REGISTRY_VERSION}, kantor {made.office}, {period.first} sampai {period.last}")
    for measure in made.measures:
        for figure in measure.figures:
            click.echo(line_of(measure, figure))


def line_of(measure: Measure, figure: Figure) -> str:
    """Tab-separated: code, name or part, value, P90, number of cases, reason or interval."""
    cases = f"n={figure.n}" if figure.numerator is None else f"{figure.numerator}/{figure.n}"
    more = figure.reason.id if figure.reason else ""
    if figure.low is not None:
        more = f"95 %: {amount(figure.low, figure.unit, 'id')}–{amount(figure.high, figure.unit, 'id')}"
    cells = (
        measure.definition.code,
        part_name(figure.key, "id") or measure.definition.name.id,
        figure_words(figure, "id"),
        f"P90 {amount(figure.p90, figure.unit, 'id')}" if figure.p90 is not None else "",
        "" if figure.reason else cases,
        more,
    )
    return "\t".join(cells)
