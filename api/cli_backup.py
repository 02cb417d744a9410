"""`dini backup` and `dini restore`: the whole database as one file that is checked before and after."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import structlog

from api.cli_faults import Fault
from api.cli_start import make_private
from api.times import short, utc_now
from screening import (
    DeskError,
    Manifest,
    Settings,
    Store,
    check_backup,
    prune_backups,
    restore_backup,
    stamped,
    write_backup,
)

log = structlog.get_logger("dini.backup")


@click.command("backup")
@click.argument("target", metavar="BERKAS|FOLDER", type=click.Path(path_type=Path))
@click.option("--verify", is_flag=True, help="Periksa cadangan yang sudah ada; tidak membuat apa pun.")
@click.option("--keep", type=click.IntRange(1, 10_000), help="Untuk FOLDER: simpan sekian yang terbaru.")
@click.pass_obj
def backup_command(settings: Settings, target: Path, verify: bool, keep: int | None) -> None:
    """Mencadangkan basis data, juga selagi layanan berjalan; FOLDER: nama berkas dari waktunya."""
    now = utc_now()
    if verify:
        told(check_backup(target), target)
        click.echo("Cadangan utuh.")
        return
    if keep is not None and not target.is_dir():
        raise Fault("--keep memerlukan FOLDER yang sudah ada.")
    folder = target if target.is_dir() else None
    path = stamped(folder, now) if folder else target
    store = Store(settings.database_url)
    try:
        record(store, now)
        made = write_backup(store, settings, path, now)
    except DeskError as error:
        log.error("backup_failed", file=str(path), detail=error.detail)
        raise
    finally:
        store.close()
    log.info("backup_made", file=str(path), rows=made.rows, revision=made.contents.revision)
    told(made, path)
    if folder and keep:
        for gone in prune_backups(folder, keep):
            click.echo(f"dihapus: {gone.name}")


@click.command("restore")
@click.argument("file", metavar="BERKAS", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Ganti isi basis data yang sudah ada; isi lama hilang.")
@click.pass_obj
def restore_command(settings: Settings, file: Path, replace: bool) -> None:
    """Memulihkan cadangan ke basis data pengaturan ini; hentikan layanan lebih dulu."""
    make_private(settings.data_dir)
    store = Store(settings.database_url)
    try:
        made = restore_backup(store, settings, file, replace=replace)
    except DeskError as error:
        log.error("restore_failed", file=str(file), detail=error.detail)
        raise
    finally:
        store.close()
    log.warning("restored", file=str(file), rows=made.rows, revision=made.contents.revision)
    told(made, file)
    click.echo("Dipulihkan; jumlah dan isi setiap tabel sama dengan manifes. Lanjutkan: dini start")


def record(store: Store, now: datetime) -> None:
    """A copy of everything is an export: the trail says so, and the copy itself holds the line."""
    have, head = store.revision()
    if have == head:
        with store.writing(linking=False) as books:
            books.audit.record(now, None, "cadangan.buat")


def told(made: Manifest, path: Path) -> None:
    """One line on the file, one a table."""
    click.echo(
        f"{path}\t{made.dialect}\tskema {made.contents.revision}\t{short(made.made_at)}\t{made.rows} baris"
    )
    for name, one in sorted(made.contents.tables.items()):
        click.echo(f"  {name}\t{one.rows}\t{one.sha256}")
    if made.key_mark:
        click.echo(
            f"Kunci rahasia {made.key_mark} TIDAK ada di dalamnya; simpan secret.key di tempat lain. "
            "Tanpa itu langkah kedua dipasang ulang dan rahasia kait diganti."
        )
