"""Normalisation, boilerplate, sentences and masking keep what they promise."""

from __future__ import annotations

import os
import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import mask_names, normalise
from models.text import dateline, sentences, strip_boilerplate

SHARED = Path(os.environ.get("DINI_SHARED", str(Path(__file__).parents[1].parent / "shared")))
PLAIN = "Massa bakar kantor desa di Kotim, polisi lepas gas air mata"
CYRILLIC = str.maketrans("aeopcyx", "аеорсух")


def bold(text: str) -> str:
    return "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in text)


@pytest.mark.parametrize(
    "disguised",
    [
        PLAIN.translate(CYRILLIC),
        bold(PLAIN),
        "".join(chr(ord(c) + 0xFEE0) if 33 <= ord(c) < 127 else c for c in PLAIN),
        "\u202e" + PLAIN[::-1] + "\u202c",
        "".join(c + "\u0316\u0353\u030d" for c in PLAIN),
        PLAIN.replace("a", "4").replace("i", "1").replace("o", "0"),
        PLAIN.replace("a", "ᴀ").replace("e", "ᴇ"),
    ],
)
def test_a_disguise_is_undone_and_reported(disguised: str) -> None:
    found = normalise(disguised)
    assert found.text == PLAIN
    assert found.obfuscated


@pytest.mark.parametrize(
    "harmless",
    [
        "Mas\u00adsa bakar ban di depan kantor",
        "Massa\u200b bakar ban di depan kantor",
        "Massa\u00a0bakar ban di depan kantor",
        "“Massa” – bakar ban…",
        "Kafé di Jakarta ramai",
        "Virus H5N1, jalur B3, KH 1234 AB dan jaringan 5G",
        "Harga naik 10 persen pada 2025",
    ],
)
def test_ordinary_typography_is_not_called_a_disguise(harmless: str) -> None:
    assert not normalise(harmless).obfuscated


@pytest.mark.parametrize("separator", [" ", ".", "-", "_", "*"])
def test_letters_spelled_out_are_joined(separator: str) -> None:
    found = normalise(f"Ada {separator.join('bentrok')} di pasar")
    assert found.text == "Ada bentrok di pasar"
    assert found.obfuscated


def test_offsets_lead_back_to_the_original_span() -> None:
    original = "Ada b.e.n.t.r.o.k di m\u00adedan"
    found = normalise(original)
    at = found.text.index("bentrok")
    start, end = found.original(at, at + 7)
    assert original[start:end] == "b.e.n.t.r.o.k"
    at = found.text.index("medan")
    start, end = found.original(at, at + 5)
    assert original[start:end] == "m\u00adedan"


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_normalised_with_offsets_inside_it(text: str) -> None:
    found = normalise(text)
    if found.offsets is not None:
        assert len(found.offsets) == len(found.text)
        assert all(0 <= i < len(text) for i in found.offsets)
    assert len(strip_boilerplate(found.text)) == len(found.text)
    for start, end in sentences(found.text):
        assert 0 <= start < end <= len(found.text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Liputan6.com, Jakarta - Warga memblokir jalan", "Warga memblokir jalan"),
        ("KOMPAS.com -Warga memblokir jalan", "Warga memblokir jalan"),
        ("Palangka Raya (ANTARA) - Warga memblokir jalan", "Warga memblokir jalan"),
        ("TRIBUNKALTENG.COM, SAMPIT – Warga memblokir jalan", "Warga memblokir jalan"),
        ("SAMPIT – Warga memblokir jalan", "Warga memblokir jalan"),
        ("JAKARTA, KABARKU.com -Warga memblokir jalan", "Warga memblokir jalan"),
        ("Kuala Kurun, Kahayannews.com – Warga memblokir jalan", "Warga memblokir jalan"),
        ("Warga memblokir jalan. (asp)", "Warga memblokir jalan."),
        ("Warga memblokir jalan. Baca juga: Jadwal film hari ini.", "Warga memblokir jalan."),
        ("Warga ADVERTISEMENT SCROLL TO CONTINUE WITH CONTENT memblokir jalan", "Warga memblokir jalan"),
    ],
)
def test_outlet_town_of_writing_and_tails_are_removed(text: str, kept: str) -> None:
    assert " ".join(strip_boilerplate(normalise(text).text).split()) == kept


def test_an_ordinary_opening_is_no_dateline() -> None:
    assert dateline("Warga Desa Bangkal menutup jalan - lagi") == 0
    assert dateline("Polisi menangkap dua orang.") == 0


def test_an_outlet_after_the_title_is_removed() -> None:
    title = "Warga Tutup Jalan | tempo.co"
    assert strip_boilerplate(title, title=True).strip() == "Warga Tutup Jalan"


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "Warga Kec. Arut Selatan menolak. Mereka pulang pukul 12.30 WIB. Aman."
    assert [text[a:b] for a, b in sentences(text)] == [
        "Warga Kec. Arut Selatan menolak.",
        "Mereka pulang pukul 12.30 WIB.",
        "Aman.",
    ]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("“Kami menolak,” kata Xarmin Yulodo, Selasa.", "“Kami menolak,” kata [nama], Selasa."),
        (
            "Bupati Barito Selatan Xarmin Raya Yulodo mengatakan itu.",
            "Bupati Barito Selatan [nama] mengatakan itu.",
        ),
        ("Kepala Dinas Perkebunan Xarmin Yulodo hadir.", "Kepala Dinas Perkebunan [nama] hadir."),
        ("Koordinator aksi, Xarmin Yulodo, berorasi.", "Koordinator aksi, [nama], berorasi."),
        ("Seorang pria berinisial XY (34) ditahan.", "Seorang pria berinisial [nama] ditahan."),
        ("Xarmin Yulodo (45) dibawa ke rumah sakit.", "[nama] dibawa ke rumah sakit."),
        ("Hubungi 0812-3456-7890 atau a.b@contoh.id.", "Hubungi [nomor] atau [nomor]."),
        ("NIK 6202011203850001, mobil KH 1234 AB.", "NIK [nomor], mobil [nomor]."),
        ("Gubernur Xarmin Yulodo Tegaskan Plasma Wajib", "Gubernur [nama] Tegaskan Plasma Wajib"),
    ],
)
def test_a_persons_name_and_numbers_are_masked(text: str, masked: str) -> None:
    assert mask_names(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Ratusan warga Desa Bangkal, Kecamatan Seruyan Raya, mendatangi Kantor Bupati Seruyan.",
        "Ketua Komisi II DPRD Palangka Raya meminta dialog.",
        "Dewan Adat Dayak Kotawaringin Timur menyatakan sikap.",
        "Polisi Tangkap Dua Pelaku Pembakaran di Sampit",
        "Menurut Polres Kotawaringin Barat, situasi aman.",
        "Kapolda Kalteng mengimbau warga tenang.",
        "PT Xelora Sawit Mandiri membantah tudingan itu.",
        "Produksi naik 12.345 ton pada Senin (4/3/2025).",
    ],
)
def test_places_institutions_and_plain_numbers_stay(text: str) -> None:
    assert mask_names(text) == text


HOSTILE = {
    "repeated letters": "a" * 50_000,
    "spaces": "a" + " " * 60_000 + "b",
    "dots": "a." * 20_000,
    "at signs": "a@" * 20_000,
    "brackets": "[(" * 15_000,
    "dates": "1-" * 30_000,
    "marks": "\u0300" * 20_000,
    "ligatures": "ﬃ" * 20_000,
    "newlines": "\n" * 60_000,
    "capitals": "Aa " * 20_000,
    "leet": "a1" * 20_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_repetition_is_linear(kind: str) -> None:
    def cost(text: str) -> float:
        started = time.process_time()
        plain = normalise(text).text
        sentences(strip_boilerplate(plain))
        mask_names(text)
        return time.process_time() - started

    whole = HOSTILE[kind]
    # four times the text may cost eight times as much; a quadratic pattern would cost sixteen
    assert cost(whole) <= 8 * cost(whole[: len(whole) // 4]) + 0.5


def test_the_hostile_titles_are_undone_or_reported() -> None:
    folder = SHARED / "hostile" / "feeds" / "adversarial_text"
    if not folder.exists():
        pytest.skip("the shared hostile feeds are not present")
    for path in sorted(folder.glob("*.xml")):
        if path.stem.startswith("body") or path.stem in ("typo-swap", "upper", "ligature"):
            continue
        clean, bad = (item.findtext("title") or "" for item in ET.parse(path).getroot().iter("item"))
        found = normalise(bad)
        same = re.sub(r"\s+", " ", found.text).strip().lower() == clean.lower()
        assert same or found.obfuscated, path.stem
