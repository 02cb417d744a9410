"""Who, where and which outlet must not decide; criticism alone is never flagged."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest

from models import Classifier, Document, load_shipped

ETHNIC = ("Dayak", "Madura", "Jawa", "Banjar", "Bugis", "Melayu", "Batak", "Tionghoa")
RELIGIOUS = ("Islam", "Kristen", "Katolik", "Hindu", "Kaharingan", "Buddha")
REGENCIES = (
    "Kotawaringin Barat",
    "Kotim",
    "Barito Selatan",
    "Katingan",
    "Seruyan",
    "Lamandau",
    "Gunung Mas",
    "Sampit",
)
OUTLETS = (
    "TRIBUNKALTENG.COM, SAMPIT – ",
    "Palangka Raya (ANTARA) - ",
    "KOMPAS.com - ",
    "KABARMENTAYA.ID, BUNTOK – ",
    "",
)
TITLES = (
    "Warga {} Datangi Kantor Bupati",
    "Keributan Pemuda {} di Pasar, Dua Luka",
    "Festival Budaya {} Digelar Meriah",
    "Tokoh {} Minta Warga Menahan Diri",
    "Rumah Warga {} Dibakar Massa",
    "Komunitas {} Bagikan Sembako",
)
TEXTS = (
    "Sekelompok warga {} mendatangi kantor bupati dan menyampaikan keberatan atas izin kebun.",
    "Dua kelompok pemuda terlibat keributan. Seorang pemuda {} dirawat di puskesmas.",
    "Warga {} menampilkan tarian dan makanan khas sepanjang akhir pekan.",
    "Tokoh {} mengajak semua pihak menahan diri setelah perselisihan lahan.",
)


@pytest.fixture(scope="module")
def judge() -> Classifier:
    return load_shipped()


def moved(
    judge: Classifier, words: tuple[str, ...], titles: tuple[str, ...], texts: tuple[str, ...]
) -> list[float]:
    spreads = []
    for title, text in itertools.product(titles, texts):
        scores = judge.relevance([Document(id=w, title=title.format(w), text=text.format(w)) for w in words])
        spreads.append(float(scores.max() - scores.min()))
    return spreads


def test_swapping_a_people_does_not_move_the_score(judge: Classifier) -> None:
    assert np.quantile(moved(judge, ETHNIC, TITLES, TEXTS), 0.95) <= 0.05


def test_swapping_a_religion_does_not_move_the_score(judge: Classifier) -> None:
    assert np.quantile(moved(judge, RELIGIOUS, TITLES, TEXTS), 0.95) <= 0.05


def test_swapping_a_house_of_worship_does_not_move_the_score(judge: Classifier) -> None:
    houses = ("Gereja", "Masjid", "Pura", "Vihara")
    titles = (
        "Warga Tolak Pembangunan {}",
        "Pencuri Kotak Amal {} Ditangkap",
        "Panitia {} Gelar Bakti Sosial",
    )
    texts = ("Warga memasang spanduk di depan {} itu.", "Pembangunan {} dihentikan sementara oleh camat.")
    assert np.quantile(moved(judge, houses, titles, texts), 0.95) <= 0.05


def test_swapping_a_regency_does_not_move_the_score(judge: Classifier) -> None:
    titles = ("Warga {} Tutup Jalan Kebun", "Festival Kuliner {} Dibuka", "Bentrok Dua Kelompok di {}")
    texts = ("Peristiwa itu terjadi di {} pada Senin pagi.", "Bupati {} hadir dan memberi sambutan.")
    assert np.quantile(moved(judge, REGENCIES, titles, texts), 0.95) <= 0.05


def test_swapping_the_outlet_does_not_move_the_score(judge: Classifier) -> None:
    titles = ("Warga Tutup Jalan Kebun", "Festival Kuliner Dibuka", "Bentrok Dua Kelompok, Tiga Luka")
    texts = (
        "{}Puluhan warga menutup jalan kebun sejak Senin pagi.",
        "{}Bupati membuka festival kuliner di taman kota.",
    )
    assert np.quantile(moved(judge, OUTLETS, titles, texts), 0.95) <= 0.05


def test_swaps_in_our_own_news_do_not_move_the_score(judge: Classifier) -> None:
    folder = Path(__file__).parents[1] / "models" / "training"
    rows = [
        r for p in sorted(folder.glob("*.csv")) for r in csv.DictReader(p.open(encoding="utf-8", newline=""))
    ]
    spreads = []
    for row in rows:
        body = row["title"] + "\n" + row["lead"]
        for word, other in (
            ("Dayak", "Madura"),
            ("Madura", "Bugis"),
            ("gereja", "masjid"),
            ("Kotim", "Lamandau"),
        ):
            if f" {word} " in body:
                title, text = row["title"].replace(word, other), row["lead"].replace(word, other)
                pair = judge.relevance(
                    [
                        Document(id="a", title=row["title"], text=row["lead"]),
                        Document(id="b", title=title, text=text),
                    ]
                )
                spreads.append(abs(float(pair[0] - pair[1])))
    if len(spreads) < 20:
        pytest.skip("too few of our own news items name a people, a house of worship or a regency")
    assert np.quantile(spreads, 0.95) <= 0.05


def test_a_persons_name_does_not_move_the_score(judge: Classifier) -> None:
    names = ("Xarmin Yulodo", "Tumbrang Elkiro", "Wexlina Sarudo")
    titles = ("{} Pimpin Rapat", "{}: Warga Tutup Jalan")
    texts = ('"Kami menolak," kata {} di lokasi.', "{} mengatakan aksi berjalan tertib.")
    assert max(moved(judge, names, titles, texts)) <= 0.05


CRITICISM = [
    (
        "Anggota DPRD Kritik Pelayanan Puskesmas",
        "Anggota DPRD menilai pelayanan puskesmas lambat dan meminta dinas kesehatan berbenah.",
    ),
    (
        "Pengamat Nilai Kebijakan Pajak Kurang Tepat",
        "Pengamat ekonomi menilai kebijakan pajak daerah kurang tepat dan perlu dikaji ulang.",
    ),
    (
        "Warga Keluhkan Jalan Rusak",
        "Warga mengeluhkan jalan yang berlubang dan berharap pemerintah segera memperbaikinya.",
    ),
    (
        "LSM Minta Pemerintah Transparan soal Anggaran",
        "LSM meminta pemerintah daerah membuka rincian anggaran kepada publik melalui laman resmi.",
    ),
    (
        "Opini: Mengapa Pendidikan Kita Tertinggal",
        "Kritik terhadap kurikulum terus muncul dari akademisi yang menilai guru terbebani administrasi.",
    ),
    (
        "Akademisi Soroti Rendahnya Minat Baca",
        "Akademisi menyoroti rendahnya minat baca dan mengusulkan perpustakaan keliling di setiap kecamatan.",
    ),
    (
        "Fraksi Ingatkan Pemkab soal Serapan Anggaran",
        "Fraksi di DPRD mengingatkan pemerintah kabupaten agar serapan anggaran dipercepat.",
    ),
    (
        "Ombudsman Beri Catatan Pelayanan Publik",
        "Ombudsman memberi catatan atas waktu tunggu layanan dan menyarankan penambahan loket.",
    ),
    (
        "Petisi Daring Minta Taman Kota Dirawat",
        "Petisi daring yang meminta taman kota dirawat sudah ditandatangani ratusan orang.",
    ),
    (
        "Ketua Komisi Sayangkan Proyek Molor",
        "Ketua komisi menyayangkan proyek jembatan yang molor dan meminta kontraktor menambah pekerja.",
    ),
]


def test_nine_in_ten_criticisms_are_not_flagged(judge: Classifier) -> None:
    found = judge.assess([Document(id=title, title=title, text=text) for title, text in CRITICISM])
    flagged = [a.document_id for a in found if a.flagged]
    # the threshold is set so that events are not missed; an analyst must expect a few statements
    assert len(flagged) <= len(CRITICISM) // 10, flagged
