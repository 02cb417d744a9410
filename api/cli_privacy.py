"""`dini privacy`: what the retention clock keeps and takes, legal holds, and requests with their clock."""

from __future__ import annotations

import click

from api.cli_desk import desk_of
from api.cli_faults import Fault
from api.times import short, utc_now
from screening import KINDS, Account, Desk, PrivacyRequest, RequestKind, Role, Settings

BY = click.option(
    "--by", "name", default="admin", show_default=True, help="Akun administrator yang bertindak."
)


@click.group("privacy")
def privacy() -> None:
    """Masa simpan, penahanan penghapusan, serta permintaan koreksi dan akses."""


@privacy.command("keep")
@click.pass_obj
def keep(settings: Settings) -> None:
    """Menampilkan masa simpan tiap jenis data."""
    for kind in KINDS:
        days = settings.keep.days(kind)
        click.echo(f"{kind}\t{f'{days} hari' if days else 'tanpa batas'}\tDINI_KEEP_{kind.upper()}_DAYS")


@privacy.command("prune")
@click.pass_obj
def prune(settings: Settings) -> None:
    """Memangkas yang habis masa simpannya sekarang (pengambilan umpan melakukannya tiap hari)."""
    with desk_of(settings) as desk:
        done = desk.privacy.prune(utc_now())
    for kind, count in done.counts:
        click.echo(f"{kind}\t{count}")
    click.echo(f"{done.total} dipangkas.")


@privacy.command("hold")
@click.argument("incident_id", type=click.IntRange(1))
@click.option("--reason", required=True, help="Alasan, misalnya nomor surat.")
@BY
@click.pass_obj
def hold(settings: Settings, incident_id: int, reason: str, name: str) -> None:
    """Menahan teks sebuah insiden dari penghapusan."""
    with desk_of(settings) as desk:
        made = desk.privacy.hold(incident_id, reason, administrator(desk, name), utc_now())
    click.echo(f"Penahanan {made.id}: insiden {incident_id} ditahan.")


@privacy.command("lift")
@click.argument("hold_id", type=click.IntRange(1))
@click.option("--reason", required=True, help="Alasan pencabutan.")
@BY
@click.pass_obj
def lift(settings: Settings, hold_id: int, reason: str, name: str) -> None:
    """Mencabut penahanan."""
    with desk_of(settings) as desk:
        gone = desk.privacy.lift(hold_id, reason, administrator(desk, name), utc_now())
    click.echo(f"Penahanan {hold_id} atas insiden {gone.incident_id} dicabut.")


@privacy.command("holds")
@click.option("--all", "every", is_flag=True, help="Juga yang sudah dicabut.")
@click.pass_obj
def holds(settings: Settings, every: bool) -> None:
    """Menampilkan penahanan yang berlaku."""
    with desk_of(settings) as desk:
        found = desk.privacy.holds(live_only=not every)
    for one in found:
        state = f"dicabut {short(one.lifted_at)}" if one.lifted_at else "berlaku"
        click.echo(f"{one.id}\tinsiden:{one.incident_id}\t{short(one.placed_at)}\t{state}\t{one.reason}")


@privacy.group("request")
def request() -> None:
    """Permintaan koreksi, akses, penghapusan, dan hak jawab; dijawab dalam 3 x 24 jam."""


@request.command("add")
@click.argument("kind", type=click.Choice([kind.value for kind in RequestKind]))
@click.argument("concern")
@click.option("--link", default="", help="Tautan berita yang dimaksud.")
@click.option("--incident", "incident_id", type=click.IntRange(1), help="Nomor insiden.")
@BY
@click.pass_obj
def add(  # noqa: PLR0917 - the arguments of the command
    settings: Settings, kind: str, concern: str, link: str, incident_id: int | None, name: str
) -> None:
    """Mencatat permintaan; identitas peminta tidak dicatat, nomor rujukan diberikan kepadanya."""
    with desk_of(settings) as desk:
        made = desk.privacy.receive(
            RequestKind(kind),
            concern,
            administrator(desk, name),
            utc_now(),
            link=link,
            incident_id=incident_id,
        )
    click.echo(f"{made.reference}\tjawab sebelum {short(made.due_at)} WIB")


@request.command("list")
@click.option("--all", "every", is_flag=True, help="Juga yang sudah dijawab.")
@click.pass_obj
def listed(settings: Settings, every: bool) -> None:
    """Menampilkan permintaan, yang paling mendesak lebih dahulu."""
    now = utc_now()
    with desk_of(settings) as desk:
        found = desk.privacy.requests(closed=every)
    for one in found:
        late = "TERLAMBAT" if one.overdue(now) else ""
        cells = (one.reference, one.kind.value, one.state.value, short(one.due_at), late, one.concern)
        click.echo("\t".join(cells))


@request.command("take")
@click.argument("reference")
@BY
@click.pass_obj
def take(settings: Settings, reference: str, name: str) -> None:
    """Menandai permintaan sedang diproses."""
    with desk_of(settings) as desk:
        after = desk.privacy.take_up(named(desk, reference).id, administrator(desk, name), utc_now())
    click.echo(f"{after.reference}\t{after.state.value}")


@request.command("answer")
@click.argument("reference")
@click.option("--answer", "words", required=True, help="Jawaban.")
@click.option("--basis", required=True, help="Pasal atau aturan yang menjadi dasar.")
@click.option("--refuse", is_flag=True, help="Permintaan ditolak dengan dasar itu.")
@BY
@click.pass_obj
def answer(  # noqa: PLR0917 - the options of the command
    settings: Settings, reference: str, words: str, basis: str, refuse: bool, name: str
) -> None:
    """Mencatat jawaban."""
    with desk_of(settings) as desk:
        who = administrator(desk, name)
        number = named(desk, reference).id
        after = desk.privacy.answer(number, words, basis, who, utc_now(), refused=refuse)
    click.echo(f"{after.reference}\t{after.state.value}")


def administrator(desk: Desk, name: str) -> Account:
    """`Fault` unless the account is there and an administrator's."""
    found = desk.account(name)
    if found is None or found.role is not Role.ADMINISTRATOR:
        raise Fault(f"{name} bukan akun administrator; sebutkan dengan --by.")
    return found


def named(desk: Desk, reference: str) -> PrivacyRequest:
    found = next((one for one in desk.privacy.requests(closed=True) if one.reference == reference), None)
    if found is None:
        raise Fault(f"Permintaan {reference} tidak ada.")
    return found
