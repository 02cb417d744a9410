"""The place of the event is told from the place of writing and from mere mention."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from models import Document, Place, PlaceKind, find_place
from models.gazetteer import gazetteer

GOLD = Path(__file__).parents[1] / "benchmarks" / "places_gold.csv"


def place(title: str, text: str = "") -> Place:
    return find_place(Document(id="x", title=title, text=text))


@pytest.mark.parametrize(
    ("title", "regency"),
    [
        ("Warga Kobar Tutup Jalan Kebun", "62.01"),
        ("Demo di Sampit Berakhir Tertib", "62.02"),
        ("Puluhan Warga Datangi DPRD Kapuas", "62.03"),
        ("Warga Buntok Tolak Tambang", "62.04"),
        ("Bawaslu Barut Periksa Saksi", "62.05"),
        ("Warga Kasongan Segel Kantor", "62.06"),
        ("Petani Seruyan Tuntut Plasma", "62.07"),
        ("Warga Sukamara Blokir Jalan", "62.08"),
        ("Hinting Dipasang di Lamandau", "62.09"),
        ("Penambang Gumas Tolak Razia", "62.10"),
        ("Banjir Pulpis, Warga Protes", "62.11"),
        ("Bentrok di Puruk Cahu", "62.12"),
        ("Warga Bartim Demo", "62.13"),
        ("Mahasiswa Palangkaraya Turun ke Jalan", "62.71"),
        ("Geng Motor Serang Warung di P. Raya", "62.71"),
    ],
)
def test_all_fourteen_regencies_are_known_by_their_short_names(title: str, regency: str) -> None:
    found = place(title)
    assert (found.kind, found.regency) == (PlaceKind.REGENCY, regency)


def test_the_dateline_gives_way_to_the_place_of_the_event() -> None:
    found = place(
        "Sengketa Lahan Dibahas",
        "PALANGKA RAYA – Warga Desa Bangkal, Kecamatan Seruyan Raya, Kabupaten Seruyan, menutup jalan.",
    )
    assert found.regency == "62.07"
    assert found.code == "62.07.07"
    assert "Seruyan Raya" in found.reason or "Seruyan" in found.reason


def test_the_dateline_alone_is_still_an_answer() -> None:
    assert place("Pedagang Tolak Relokasi", "SAMPIT – Pedagang menolak pindah.").regency == "62.02"


@pytest.mark.parametrize(
    "title",
    [
        "Warga Kapuas Hulu Kalbar Tutup Jalan",
        "Bentrok Warga di Banjarmasin",
        "Demo Buruh di Jakarta Pusat",
        "Demonstran Bentrok di Paris",
        "Ketegangan di Selat Hormuz Meningkat akibat Iran",
    ],
)
def test_what_lies_outside_is_set_aside_with_a_reason(title: str) -> None:
    found = place(title)
    assert found.kind is PlaceKind.OUTSIDE
    assert found.reason


def test_the_province_alone_is_said_to_be_only_that() -> None:
    found = place("Aliansi Kalteng Gelar Aksi")
    assert (found.kind, found.code, found.regency) == (PlaceKind.PROVINCE, "62", None)


@pytest.mark.parametrize(
    "title",
    [
        "Wajah Murung Petani",
        "Pemilik Toko Pasang Paku di Pagar",
        "Warga Serang Kantor",
        "Air Sungai Kapuas Surut",
    ],
)
def test_a_common_word_is_no_place(title: str) -> None:
    assert place(title).kind is PlaceKind.UNKNOWN


def test_a_comparison_is_not_the_scene() -> None:
    found = place(
        "Wali Kota: Jangan seperti di Jakarta", "Aksi di Bundaran Besar, Palangka Raya, berjalan tertib."
    )
    assert found.regency == "62.71"


def test_several_regencies_make_it_the_province() -> None:
    assert place("Panen Massal Terjadi di Kotim, Seruyan dan Katingan").kind is PlaceKind.PROVINCE


def test_the_code_list_is_whole() -> None:
    names = gazetteer().names
    assert sum(len(code) == 5 for code in names) == 14
    assert sum(len(code) == 8 for code in names) == 136
    assert sum(len(code) == 13 for code in names) == 1_571


def test_nine_in_ten_of_the_gold_places_are_right() -> None:
    if not GOLD.exists():
        pytest.skip("benchmarks/places_gold.csv is not here")
    with GOLD.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    right = 0
    for row in rows:
        found = place(row["title"], row["text"])
        right += found.kind.value == row["kind"] and (found.regency or "") == row["regency"]
    assert right >= 0.9 * len(rows)
