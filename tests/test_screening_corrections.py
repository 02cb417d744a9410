"""What a source takes back is told wherever the story is shown; ordinary words are not taken for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from screening_material import BLOCKADE, CLASH, NOW, entry, fetched, listing

from screening import Correction, Desk, QueueFilter, Source, digest_text, window_at
from screening.corrections import correction_of, opens_as_correction

CORRECTED, WITHDRAWN = Correction.CORRECTED, Correction.WITHDRAWN


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("RALAT: Warga Portal Jalan", "", CORRECTED),
        ("Warga Portal Jalan (Koreksi)", "", CORRECTED),
        ("Hak Jawab Perusahaan atas Berita Portal", "", CORRECTED),
        ("Warga Portal Jalan", "Isi. Ralat: jumlah warga sebelumnya keliru.", CORRECTED),
        ("Warga Portal Jalan", "Koreksi: yang benar Kecamatan Hanau.", CORRECTED),
        ("Warga Portal Jalan", "Isi. Berita ini telah dikoreksi pada pukul 10.00.", CORRECTED),
        ("Warga Portal Jalan", "Artikel ini sudah kami ralat atas koreksi redaksi.", CORRECTED),
        ("Warga Portal Jalan", "Perusahaan memakai hak jawab atas berita sebelumnya.", CORRECTED),
        ("[DICABUT] Warga Portal Jalan", "", WITHDRAWN),
        ("Dicabut: Warga Portal Jalan", "", WITHDRAWN),
        ("Warga Portal Jalan", "Redaksi memberitahukan bahwa berita ini telah dicabut.", WITHDRAWN),
        ("Warga Portal Jalan", "Ralat: redaksi mencabut berita sebelumnya.", WITHDRAWN),
        ("Warga Portal Jalan", "Artikel tersebut kami tarik; artikel tersebut ditarik redaksi.", WITHDRAWN),
        ("Izin Perusahaan Dicabut Bupati", "Izin kebun itu dicabut sejak Senin.", None),
        ("Harga Sawit Terkoreksi", "Koreksi harga terjadi di pasar. Jalan sudah diperbaiki.", None),
        ("Warga Portal Jalan", "Laporan warga ditarik dari meja polisi.", None),
        ("Warga Portal Jalan", "Hak jawab dan hak koreksi dapat dikirim ke surel redaksi.", None),
        ("Warga Portal Jalan", "Isi.\nSilakan kirim.\nUntuk hak jawab hubungi redaksi kami.", None),
    ],
)  # fmt: skip
def test_what_an_edit_says_of_its_story(title: str, text: str, said: Correction | None) -> None:
    assert correction_of(title, text, "Warga Portal Jalan", "Isi.") is said


def test_only_words_that_the_edit_brought_count() -> None:
    text = "Ralat: yang benar Kecamatan Hanau."
    assert correction_of("Judul", f"{text} Tambahan.", "Judul", text) is None
    assert correction_of("Judul", f"{text} Berita ini dicabut.", "Judul", text) is WITHDRAWN


def test_a_story_that_is_a_correction_says_so_in_its_first_word() -> None:
    assert opens_as_correction("Ralat Berita Portal Jalan") is CORRECTED
    assert opens_as_correction("Bupati Minta Ralat") is None


# --- stored and shown --------------------------------------------------------------------------------


@pytest.fixture
def source(desk: Desk) -> Source:
    return desk.add_source(listing("kabarsatu", owner="Satu"), NOW)


def edited(desk: Desk, source: Source, title: str, text: str, hours: float = 1) -> Correction | None:
    desk.take(fetched(source, entry("c", title, text, hours=2)), NOW + timedelta(hours=hours))
    return desk.item(1).item.correction


def test_a_correction_is_kept_with_the_item_shown_with_the_incident_and_told_in_the_digest(
    desk: Desk, source: Source
) -> None:
    assert edited(desk, source, *CLASH, hours=0) is None
    window = window_at(NOW)
    assert "sumber dikoreksi" not in digest_text(desk.digest(*window, NOW))
    assert edited(desk, source, CLASH[0], f"{CLASH[1]} Ralat: jumlah luka sebelumnya keliru.") is CORRECTED
    incident = desk.queue(QueueFilter(), NOW).lines[0].incident
    (report,) = desk.incident(incident.id, NOW).reports
    assert (report.item.correction, report.item.version) == (CORRECTED, 2)
    assert "sumber dikoreksi (kabarsatu)" in digest_text(desk.digest(*window, NOW))


def test_a_withdrawal_stands_whatever_comes_after_it(desk: Desk, source: Source) -> None:
    edited(desk, source, *CLASH, hours=0)
    assert edited(desk, source, CLASH[0], f"{CLASH[1]} Ralat: jumlah luka keliru.") is CORRECTED
    withdrawn = f"{CLASH[1]} Berita ini telah dicabut redaksi."
    assert edited(desk, source, CLASH[0], withdrawn, hours=2) is WITHDRAWN
    assert edited(desk, source, CLASH[0], f"{withdrawn} Hak jawab terlampir.", hours=3) is WITHDRAWN
    assert edited(desk, source, *CLASH, hours=4) is WITHDRAWN, "the old text again takes nothing back"
    assert "sumber dicabut (kabarsatu)" in digest_text(desk.digest(*window_at(NOW), NOW))


def test_an_ordinary_edit_and_another_story_of_the_same_source_are_not_marked(
    desk: Desk, source: Source
) -> None:
    edited(desk, source, *CLASH, hours=0)
    assert edited(desk, source, CLASH[0], f"{CLASH[1]} Izin keramaian pasar malam dicabut.") is None
    desk.take(
        fetched(source, entry("r", f"Ralat: {CLASH[0]}", CLASH[1]), entry("b", *BLOCKADE)),
        NOW + timedelta(hours=2),
    )
    assert [desk.item(n).item.correction for n in (1, 2, 3)] == [None, CORRECTED, None]
