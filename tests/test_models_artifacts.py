"""A model on disk is plain, pinned and gives the same judgement back."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from models import ArtifactError, Document, load, load_shipped, save
from models.artifacts import SHIPPED

DOCUMENTS = [
    Document(
        id="1", title="Warga Portal Jalan Kebun", text="Puluhan warga memortal jalan dan menagih plasma."
    ),
    Document(id="2", title="Harga Emas Naik", text="Harga emas naik tipis pada perdagangan pagi."),
]


def test_a_saved_model_judges_the_same(tmp_path: Path) -> None:
    judge = load_shipped()
    save(judge, tmp_path / "again")
    again = load(tmp_path / "again")
    assert again.name_ == judge.name_
    assert np.allclose(again.relevance(DOCUMENTS), judge.relevance(DOCUMENTS), atol=1e-4)
    before, after = judge.assess(DOCUMENTS), again.assess(DOCUMENTS)
    assert [a.issue.code for a in before] == [a.issue.code for a in after]


@pytest.mark.parametrize("name", ["weights.npz", "words.json.z", "model.json"])
def test_an_altered_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "m"
    shutil.copytree(SHIPPED, folder)
    raw = bytearray((folder / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / name).write_bytes(bytes(raw))
    with pytest.raises(ArtifactError, match="pinned"):
        load(folder)


@pytest.mark.parametrize("name", ["weights.npz", "manifest.json"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "m"
    shutil.copytree(SHIPPED, folder)
    (folder / name).unlink()
    with pytest.raises(ArtifactError):
        load(folder)


def test_the_shipped_model_is_small_and_has_a_card() -> None:
    assert sum(p.stat().st_size for p in SHIPPED.iterdir()) < 30_000_000
    card = (SHIPPED / "card.md").read_text(encoding="utf-8")
    assert load_shipped().name_ in card
    for word in ("seed", "threshold", "average precision", "labelled_dev", "scikit-learn"):
        assert word in card


def test_nothing_in_the_package_unpickles() -> None:
    for path in Path(SHIPPED).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "import pickle" not in source and "joblib" not in source
