"""Reprints are one text; two stories of the same kind are not."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest

from models import Document, group_same, same_text, signature

TEXT = (
    "Puluhan warga memasang portal kayu di jalan masuk kebun sejak subuh. Mereka menagih pembagian hasil"
    " plasma yang dijanjikan koperasi dua tahun lalu. Manajer kebun meminta waktu sepekan untuk menghubungi"
    " kantor pusat. Polsek setempat menempatkan enam personel di lokasi dan lalu lintas truk buah dialihkan"
    " lewat jalan desa."
)


@pytest.mark.parametrize(
    "other",
    [
        "SAMPIT – " + TEXT,
        "KABARMENTAYA.ID, SAMPIT – " + TEXT + " (asp)",
        TEXT.upper(),
        TEXT.replace("puluhan", "Puluhan").replace(" kayu", ""),
        TEXT + " Baca juga: Jadwal film hari ini.",
        TEXT.replace("enam", "6").replace("sepekan", "seminggu"),
        TEXT + " Hingga sore, portal belum dibuka.",
    ],
)
def test_a_reprint_with_small_edits_is_the_same_text(other: str) -> None:
    assert same_text(TEXT, other)
    assert same_text(signature(TEXT), signature(other))


def test_the_same_kind_of_event_elsewhere_is_another_text() -> None:
    other = (
        "Puluhan warga memasang portal bambu di jalan angkut tambang sejak siang. Mereka menagih ganti rugi"
        " sawah yang terendam lumpur musim lalu. Perusahaan meminta waktu sebulan. Camat menengahi."
    )
    assert not same_text(TEXT, other)


def test_a_short_text_turned_by_one_word_is_another_text() -> None:
    assert not same_text(
        "Warga blokir jalan di desa, polisi datang", "Warga buka blokir jalan, polisi pulang dari desa"
    )


def test_nothing_is_never_the_same_as_nothing() -> None:
    assert signature("") == ()
    assert not same_text("", "")
    assert not same_text("", TEXT)


def test_groups_are_numbered_by_first_appearance() -> None:
    documents = [
        Document(id="a", title="Portal Kebun", text=TEXT),
        Document(
            id="b",
            title="Lain",
            text="Harga cabai turun di pasar induk setelah pasokan dari tiga kabupaten datang.",
        ),
        Document(id="c", title="Portal Kebun Dipasang Warga", text="SAMPIT – " + TEXT),
    ]
    assert group_same(documents) == [0, 1, 0]


def test_no_two_items_of_our_own_news_are_called_the_same() -> None:
    folder = Path(__file__).parents[1] / "models" / "training"
    rows = [
        r for p in sorted(folder.glob("*.csv")) for r in csv.DictReader(p.open(encoding="utf-8", newline=""))
    ]
    if not rows:
        pytest.skip("models/training holds no news yet")
    documents = [Document(id=r["id"], title=r["title"], text=r["lead"]) for r in rows[:800]]
    groups = group_same(documents)
    assert len(set(groups)) >= 0.995 * len(documents)


def test_planted_reprints_are_found() -> None:
    folder = Path(__file__).parents[1] / "models" / "training"
    rows = [
        r for p in sorted(folder.glob("*.csv")) for r in csv.DictReader(p.open(encoding="utf-8", newline=""))
    ]
    if not rows:
        pytest.skip("models/training holds no news yet")
    originals = [r for r in rows if len(r["lead"].split()) >= 40][:150]
    found = 0
    for number, row in enumerate(originals):
        words = row["lead"].split()
        del words[len(words) // 2]
        edited = (
            "BUNTOK, KABARBARITO.ID – "
            + " ".join(words)
            + (" (red)" if number % 2 else " Aman hingga malam.")
        )
        found += same_text(row["lead"], edited)
    assert found >= 0.95 * len(originals)


def test_a_signature_does_not_depend_on_the_run() -> None:
    assert signature(TEXT)[:4] == signature(TEXT)[:4]
    assert all(isinstance(v, int) for v in itertools.islice(signature(TEXT), 5))
