"""`dini sources`: the registry from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli_desk import desk_of, out
from api.cli_faults import Fault
from api.cli_screen import written
from api.times import short, utc_now
from api.words import say, without_duplicates
from feeds import SourceListing
from screening import Desk, Settings, Source


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
    out.print(f"{one.id}\t{one.name}\t{one.url}", markup=False)


@sources.command("list")
@click.pass_obj
def show(settings: Settings) -> None:
    """Mendaftar sumber dan keadaannya."""
    with desk_of(settings) as desk:
        for one in desk.sources():
            out.print(line_of(one), markup=False)


def line_of(one: Source) -> str:
    """Tab-separated, so that `cut` and `grep` work on it."""
    state = say(f"source_{one.state.value}", "id")
    cells = (one.id, state, short(one.last_success_at), one.items, one.name, one.url, one.last_reason)
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
