"""`dini train` and `dini evaluate`: a new model from labelled files, and what a model is worth."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from api.cli_desk import err, model_of, out
from api.cli_faults import Fault
from models import evaluate, read_labelled, report, save, train
from screening import Settings

SEED = 20


@click.command("train")
@click.option(
    "--extra", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="CSV berlabel tambahan."
)
@click.option("--out", "target", type=click.Path(path_type=Path, file_okay=False), help="Folder model baru.")
@click.option("--seed", type=int, default=SEED, help="Benih; hasil sama untuk benih sama.")
@click.pass_obj
def train_command(settings: Settings, extra: tuple[Path, ...], target: Path | None, seed: int) -> None:
    """Melatih model dari berita berlabel bawaan dan berkas tambahan, lalu menyimpannya."""
    folder = target or settings.data_dir / "model"
    for path in extra:
        if not path.is_file():
            raise Fault(f"Berkas {path} tidak ada.")
    own = sorted(Path(str(files("models") / "training")).glob("*.csv"))
    with err.status("Melatih model…"):
        try:
            made = train([*own, *extra], seed=seed)
        except ValueError as error:
            raise Fault(
                "Berkas berlabel tidak dapat dipakai: perlu kolom title, flag, issue, form, realis."
            ) from error
        save(made, folder)
    out.print(f"Model disimpan di {folder}", markup=False)
    out.print("Ukur dengan: dini evaluate FILE.csv --model FOLDER; pakai dengan DINI_MODEL=FOLDER.")


@click.command("evaluate")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--model", type=click.Path(path_type=Path, file_okay=False), help="Folder model (bawaan: yang terpasang)."
)
@click.pass_obj
def evaluate_command(settings: Settings, file: Path, model: Path | None) -> None:
    """Mengukur model pada CSV berlabel: recall, precision, average precision, beban baca, dengan selang."""
    folder = model or settings.model_dir
    if not file.is_file():
        raise Fault(f"Berkas {file} tidak ada.")
    try:
        examples = read_labelled(file)
    except (ValueError, KeyError) as error:
        raise Fault(f"{file} bukan CSV berlabel yang dapat dibaca (perlu kolom title dan label).") from error
    if not examples:
        raise Fault(f"{file} tidak berisi baris berlabel.")
    classifier = model_of(folder)
    with err.status(f"Menilai {len(examples)} baris…"):
        found = evaluate(classifier, examples)
    out.print(report(found), markup=False)
    # A model remembers what it was trained on; on those rows every figure flatters.
    err.print("Angka ini jujur hanya untuk berita yang tidak dipakai melatih model.")
