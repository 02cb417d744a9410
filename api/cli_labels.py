"""`dini labels export`: what people decided, as a labelled file that `dini train --extra` reads."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from pathlib import Path

import click

from api.cli_desk import desk_of, err
from api.cli_screen import written
from api.times import utc_now
from screening import LabelRow, Settings


@click.group("labels")
def labels() -> None:
    """Label dari putusan petugas, untuk melatih model."""


@labels.command("export")
@click.option("--out", "target", type=click.Path(path_type=Path, dir_okay=False), help="Berkas CSV.")
@click.pass_obj
def export(settings: Settings, target: Path | None) -> None:
    """Menulis putusan, bacaan kedua, dan jawaban sampel sebagai CSV untuk dini train --extra.

    Berkas ini memuat teks mentah berita, termasuk nama orang di dalamnya: simpan hanya di komputer kantor.
    """
    now = utc_now()
    with desk_of(settings) as desk:
        found = desk.samples.labels(now)
    text = io.StringIO()
    table = csv.DictWriter(text, [field.name for field in fields(LabelRow)], lineterminator="\n")
    table.writeheader()
    table.writerows(asdict(row) for row in found.rows)
    with written(target) as write:
        write(text.getvalue().encode("utf-8", "replace"))
    relevant = sum(row.flag for row in found.rows)
    err.print(f"{len(found.rows)} baris, {relevant} relevan. Memuat teks mentah berita; jangan disebarkan.")
    for why, count in found.left_out:
        err.print(f"Tidak ikut: {count} ({why})", markup=False)
