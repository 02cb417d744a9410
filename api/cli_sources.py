"""`dini sources`: the registry from the command line."""

from __future__ import annotations

from pathlib import Path

import click
import structlog

from api.cli_desk import desk_of, out
from api.cli_faults import Fault
from api.cli_health import health
from api.cli_screen import written
from api.times import short, utc_now
from api.words import say, without_duplicates
from feeds import SourceListing
from screening import Desk, Settings, Source

log = structlog.get_logger("dini.cli")


@click.group("sources")
def sources() -> None:
    """Mengelola sumber berita."""


@sources.command("add")
@click.argument("url")
@click.option("--name", default="", help="Nama media.")
@click.option("--owner", default="", help="Pemilik atau grup media.")
@click.option("--area", type=click.Choice(["kalteng", "nasional"]), default="kalteng")
@click.pass_obj
def add(settings: Settings, url: str, name: str, owner: str, area: str) -> None:
    """Menambah satu umpan."""
    now = utc_now()
    with desk_of(settings) as desk:
        one = desk.add_source(SourceListing(url=url, name=name, owner=owner, area=area), now)
    click.echo(f"{one.id}\t{one.name}\t{one.url}")


@sources.command("list")
@click.pass_obj
def show(settings: Settings) -> None:
    """Mendaftar sumber dan keadaannya."""
    with desk_of(settings) as desk:
        for one in desk.sources():
            click.echo(line_of(one))  # rich would turn the tabs into spaces


def line_of(one: Source) -> str:
    """Tab-separated, so that `cut` and `grep` work on it."""
    state = say(f"source_{one.state.value}", "id")
    reason = f"{one.last_reason} Pindah ke {one.moved_to}." if one.moved_to else one.last_reason
    cells = (one.id, state, short(one.last_success_at), one.items, one.name, one.url, reason.strip())
    return "\t".join(str(cell) for cell in cells)


@sources.command("check")
@click.argument("which", metavar="NOMOR|URL")
@click.pass_obj
def check(settings: Settings, which: str) -> None:
    """Mengambil satu sumber sekarang dan melaporkan hasilnya."""
    now = utc_now()
    with desk_of(settings) as desk:
        line = desk.check_source(source_id(desk, which), now)
    out.print(
        f"{line.source.name}: {line.state}; {line.new} baru, {line.changed} berubah, {line.same} tetap. "
        f"{line.reason}",
        markup=False,
    )
    if line.state == "gagal":
        raise SystemExit(1)


def source_id(desk: Desk, which: str) -> int:
    if which.isdecimal():
        return int(which)
    found = [one.id for one in desk.sources() if one.url == which]
    if not found:
        raise Fault(f"Sumber {which} tidak terdaftar.")
    return found[0]


@sources.command("accept-move")
@click.argument("which", metavar="NOMOR|URL")
@click.pass_obj
def accept_move(settings: Settings, which: str) -> None:
    """Memakai alamat baru sebuah sumber yang pindah (301, 308)."""
    now = utc_now()
    with desk_of(settings) as desk:
        after = desk.accept_move(source_id(desk, which), None, now)
    click.echo(f"{after.id}\t{after.name}\t{after.url}")


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def import_opml(settings: Settings, file: Path) -> None:
    """Mengimpor sumber dari berkas OPML."""
    now = utc_now()
    try:
        data = file.read_bytes()
    except (OSError, ValueError):
        raise Fault(f"Berkas {file} tidak dapat dibaca.") from None
    with desk_of(settings) as desk:
        added, problems = desk.import_opml(data, now)
    known, others = without_duplicates(problems)
    out.print(f"{len(added)} sumber baru." + (f" {known} sudah terdaftar." if known else ""))
    for problem in others:
        click.echo(problem, err=True)
    if others:
        log.warning("refused_outlines", count=len(others), first=others[:5])
        raise SystemExit(1)


@sources.command("export")
@click.option("--out", "target", type=click.Path(path_type=Path, dir_okay=False), help="Bawaan: stdout.")
@click.pass_obj
def export_opml(settings: Settings, target: Path | None) -> None:
    """Menulis semua sumber sebagai OPML."""
    with desk_of(settings) as desk:
        data = desk.export_opml()
    with written(target) as write:
        write(data)


sources.add_command(health)
