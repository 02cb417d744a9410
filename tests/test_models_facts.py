"""Facts are read with their numbers, and a negation or an accident is not a deed."""

from __future__ import annotations

import pytest

from models import Count, Document, find_facts, read_labelled
from models import facts as rules
from models.facts import parse_number
from models.training import own_news


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("ratusan", 100, 999),
        ("puluhan ribu", 10_000, 99_999),
        ("belasan", 11, 19),
        ("dua belas", 12, 12),
        ("tiga puluh lima", 35, 35),
        ("1.432", 1_432, 1_432),
        ("7", 7, 7),
        ("seorang", 1, 1),
        ("jutaan", 1_000_000, None),
        ("dua hingga tiga", 2, 3),
        ("satu atau dua", 1, 2),
        ("10-15", 10, 15),
        ("puluhan hingga ratusan", 10, 999),
    ],
)
def test_numbers_are_read_in_words_and_digits(words: str, low: int, high: int | None) -> None:
    assert parse_number(words) == (low, high)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Massa membakar pos jaga perusahaan.", "arson"),
        ("Kantor desa dirusak massa, kaca jendela pecah.", "destruction"),
        ("Dua kelompok pemuda bentrok di pasar.", "clash"),
        ("Polisi melepaskan gas air mata.", "tear_gas"),
        ("Warga diduga ditembak saat panen.", "shots"),
        ("Warga membawa parang dan tombak.", "weapons"),
        ("Tiga petugas disandera warga.", "hostage_or_sweeping"),
        ("Kantor PPK dilempari batu.", "attack_on_office"),
        ("Kepala desa dikeroyok warga.", "attack_on_officials"),
        ("Densus 88 mengamankan terduga teroris.", "terror"),
        ("Warga memberi ultimatum 3x24 jam.", "ultimatum"),
        ("Warga mengancam akan membakar mes perusahaan.", "threat_of_force"),
        ("Petani memortal jalan kebun.", "blockade"),
        ("Warga menyegel kantor desa.", "blockade"),
        ("Dua ormas nyaris bentrok.", "near_clash"),
        ("Warga berjaga di kampung setiap malam.", "guarding"),
        ("Rumah warga digusur untuk kebun.", "eviction"),
        ("Kedua pihak sepakat berdamai.", "settled"),
        ("Ratusan warga mengungsi ke balai desa.", "displaced"),
        ("Warga menolak pembangunan gereja.", "identity_framing"),
        ("Pencuri motor dipukuli puluhan warga sebelum polisi tiba.", "clash"),
        ("Terduga copet dihajar massa di pasar malam.", "clash"),
        ("Pria itu dihakimi warga sampai pingsan.", "clash"),
        ("Mahasiswa dan petugas saling pukul di gerbang.", "clash"),
        ("Dua kelompok buruh saling bacok di dermaga.", "clash"),
        ("Perkelahian antarkampung pecah lagi malam tadi.", "clash"),
        ("Perang kelompok berlangsung lima malam.", "clash"),
        ("Asrama itu diserang sekelompok orang bertopeng.", "clash"),
        ("Oknum aparat menganiaya petani di kebun.", "clash"),
        ("Mobil itu menabrak pendemo di depan pabrik.", "clash"),
        ("Terjadi kontak senjata di distrik pegunungan.", "shots"),
        ("Polisi melepaskan tembakan peringatan ke udara.", "shots"),
        ("Helikopter logistik diberondong dari hutan.", "shots"),
        ("Petugas melepas dua tembakan gas ke arah massa.", "tear_gas"),
        ("Pagar kantor dijebol dan kursi dihancurkan massa.", "destruction"),
        ("Massa melempar batu ke arah gedung.", "destruction"),
        ("Bom meledak di halaman parkir.", "destruction"),
        ("Puluhan pria bertombak berdiri di dermaga.", "weapons"),
        ("Densus menyita detonator dan bahan peledak.", "weapons"),
        ("Kapolsek dilempari batu saat berdialog.", "attack_on_officials"),
        ("Prajurit ditusuk ketika melerai.", "attack_on_officials"),
        ("Kelompok itu menyiapkan serangan pada malam tahun baru.", "threat_of_force"),
        ("Jika tidak, kami duduki depot itu.", "threat_of_force"),
        ("Ketua panitia diteror lewat surat kaleng.", "threat_of_force"),
        ("Kelompok tandingan mengerahkan massa tandingan ke alun-alun.", "threat_of_force"),
        ("Kantor bupati dipalang kontraktor sejak pagi.", "blockade"),
        ("Warga menahan truk tangki di halaman balai.", "blockade"),
        ("Jalan pantai ditutup batu besar oleh pemuda.", "blockade"),
        ("Mahasiswa duduki ruang sidang semalaman.", "blockade"),
        ("Warga ronda bergantian di mulut gang.", "guarding"),
        ("Portal di jalan kebun akhirnya dibuka.", "settled"),
        ("Sengketa dua desa itu akhirnya berakhir di meja camat.", "settled"),
        ("Kedua kubu sepakat menarik anggotanya.", "settled"),
    ],
)
def test_a_deed_is_read(text: str, name: str) -> None:
    assert getattr(find_facts("", text), name) is True


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rumah terbakar akibat korsleting.", "arson"),
        ("Dua ormas nyaris bentrok.", "clash"),
        ("Polisi membantah ada kerusuhan di pasar.", "clash"),
        ("Polisi tidak melepaskan gas air mata.", "tear_gas"),
        ("Jangan sampai terjadi bentrokan.", "clash"),
        ("Bank memblokir rekening nasabah.", "blockade"),
        ("Tidak ada korban jiwa dalam bentrokan itu.", "dead"),
        ("Korban jiwa nihil.", "dead"),
        ("Warga membakar ikan di pantai.", "arson"),
        ("Polisi menggagalkan tawuran dua geng pelajar.", "clash"),
        ("Tujuh remaja hendak tawuran di jembatan.", "clash"),
        ("Polisi memberi penyuluhan bahaya tawuran di sekolah.", "clash"),
        ("Bila terjadi bentrokan warga diminta melapor.", "clash"),
        ("Warga mengancam akan membakar mes perusahaan.", "arson"),
        ("Spanduk itu mengancam menembak siapa pun yang bertahan.", "shots"),
        ("Gas air mata disiagakan di belakang barisan.", "tear_gas"),
        ("Meriam air disiapkan di halaman gedung.", "tear_gas"),
        ("Kawanan gajah masuk kampung dan merusak pondok.", "destruction"),
        ("Alam kami dirusak demi tambang.", "destruction"),
        ("Pelaku perusakan hutan ditangkap penyidik.", "destruction"),
        ("Api bakar empat rumah di tepi sungai.", "arson"),
        ("Surat penolakan belum dicabut, portal belum dibuka.", "settled"),
        ("Bupati meminta portal segera dibuka.", "settled"),
        ("Hinting dibuka paksa oleh orang perusahaan.", "settled"),
        ("Warga menyebut portal baru dibuka kalau alat berat datang.", "settled"),
        ("Ledakan penonton membuat stadion sesak.", "terror"),
        ("Ledakan penduduk menjadi tantangan kota.", "destruction"),
        ("Serangan balik cepat membuahkan gol kedua.", "clash"),
        ("Pola penyerangan tim tamu mudah dibaca.", "clash"),
        ("Perang harga dua toko menguntungkan pembeli.", "clash"),
        ("Perang diskon membuat massa serbu mal.", "clash"),
        ("Tim tuan rumah dibantai 3-0.", "dead"),
        ("Tim tuan rumah dibantai 3-0.", "clash"),
        ("Jadwal dua lomba bentrok jadwal ujian.", "near_clash"),
        ("Pencari kerja menyerbu bursa kerja.", "clash"),
        ("Klub itu mendatangkan amunisi baru.", "weapons"),
        ("Harga naik akibat konflik bersenjata di luar negeri.", "weapons"),
        ("Partai itu mencapai kesepakatan koalisi.", "settled"),
        ("Tidak ada yang tewas dalam peristiwa itu.", "dead"),
        ("Belum ada laporan korban meninggal.", "dead"),
        ("Ia nyaris tewas terseret arus.", "dead"),
        ("Ucapannya melukai hati umat.", "injured"),
        ("Tidak ada yang cedera, layanan dibuka lagi.", "injured"),
        ("Pengantin menunggu di palang pintu kereta.", "blockade"),
        ("Pengelola memasang portal parkir otomatis.", "blockade"),
    ],
)
def test_what_did_not_happen_is_not_read(text: str, name: str) -> None:
    assert not getattr(find_facts("", text), name)


def test_a_denial_of_the_dead_does_not_deny_the_clash() -> None:
    facts = find_facts("", "Tidak ada korban jiwa dalam bentrokan itu.")
    assert facts.clash and facts.dead is None


def test_the_dead_the_injured_and_the_crowd_are_counted_apart() -> None:
    facts = find_facts(
        "Bentrok di Kebun", "Ratusan warga datang. Tiga orang tewas dan dua belas warga luka-luka."
    )
    assert facts.dead == Count(low=3, high=3)
    assert facts.injured == Count(low=12, high=12)
    assert facts.crowd == Count(low=100, high=999)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Bentrokan itu menewaskan dua orang.", 2, 2),
        ("Tiga jenazah ditemukan di tepi sungai.", 3, 3),
        ("Sebanyak dua belas warga tewas.", 12, 12),
        ("Dua hingga tiga orang tewas dalam serangan itu.", 2, 3),
        ("Seorang pemuda tewas, lima orang ditangkap.", 1, 1),
        ("Lima orang ditangkap setelah seorang pria meninggal.", 1, 1),
        ("Empat orang luka dan satu tewas.", 1, 1),
        ("Korban ditemukan tak bernyawa.", 1, None),
        ("Bidan itu dibunuh kelompok bersenjata.", 1, None),
        ("Nyawanya tidak tertolong.", 1, None),
        ("Truk terbalik, dua penumpang meninggal dunia.", 1, None),
    ],
)
def test_the_dead_are_counted_apart_from_the_arrested_and_the_injured(
    text: str, low: int, high: int | None
) -> None:
    assert find_facts("", text).dead == Count(low=low, high=high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Tujuh warga luka akibat lemparan batu.", 7, 7),
        ("Tiga orang dibawa pulang dan belasan orang terluka.", 11, 19),
        ("Pria itu mengalami patah tangan.", 1, None),
        ("Penjaga kebun dibacok saat menegur.", 1, None),
        ("Kepalanya terkena lemparan batu.", 1, None),
    ],
)
def test_the_injured_are_read_with_and_without_numbers(text: str, low: int, high: int | None) -> None:
    assert find_facts("", text).injured == Count(low=low, high=high)


@pytest.mark.parametrize(
    "text",
    [
        "Bus masuk jurang, sembilan penumpang tewas.",
        "Dua pekerja meninggal tersengat listrik di gudang.",
        "Rumah terbakar dan seorang lansia meninggal dunia.",
        "Seorang nelayan tewas diterkam buaya.",
    ],
)
def test_an_accident_has_dead_but_no_deed(text: str) -> None:
    facts = find_facts("", text)
    assert facts.dead is not None
    assert not (facts.clash or facts.arson or facts.destruction or facts.shots or facts.weapons)


@pytest.mark.parametrize(
    "text",
    ["Dua ormas nyaris bentrok.", "Pemuda dua gang hendak tawuran.", "Rencana tawuran digagalkan warga."],
)
def test_what_was_meant_or_nearly_came_is_told_apart_from_a_clash(text: str) -> None:
    facts = find_facts("", text)
    assert facts.near_clash and not facts.clash


def test_trucks_are_no_crowd_and_people_are() -> None:
    assert find_facts("", "Puluhan truk terparkir di jalan.").crowd is None
    assert find_facts("", "Puluhan sopir berkumpul di jalan.").crowd == Count(low=10, high=99)


def test_dead_without_a_number_are_at_least_one() -> None:
    assert find_facts("", "Korban meninggal dunia di tempat.").dead == Count(low=1, high=None)


def test_spans_point_at_the_words_in_title_and_text() -> None:
    document = Document(
        id="1", title="Warga Blokir Jalan", text="Mereka mem\u00adbakar ban dan merusak pagar kantor."
    )
    facts = find_facts(document.title, document.text)
    assert facts.spans
    for found in facts.spans:
        assert document.body[found.start : found.end] == found.text


def test_no_word_hides_a_fact_that_its_rule_would_find(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [(e.document.title, e.document.text) for path in own_news() for e in read_labelled(path)[::6]]
    texts.append(("Warga Memukuli Pencuri", "Pembubaran kebaktian di ruko itu diprotes warga."))
    quick = [find_facts(title, text) for title, text in texts]
    every = frozenset(rules._STEMS)
    monkeypatch.setattr(rules, "_possible", lambda text: every)
    assert [find_facts(title, text) for title, text in texts] == quick


@pytest.mark.parametrize(
    "text",
    [
        "Jadwal Event Bentrok, Panitia Atur Ulang",
        "Agenda dewan bentrok dengan reses",
        "Jam tayang bentrok final",
    ],
)
def test_dates_that_clash_are_no_clash(text: str) -> None:
    assert not find_facts(text, "").clash
    assert find_facts("Warga dan Petugas Bentrok di Kebun", "").clash
