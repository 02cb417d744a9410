"""Facts are read with their numbers, and a negation or an accident is not a deed."""

from __future__ import annotations

import pytest

from models import Count, Document, find_facts
from models.facts import parse_number


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
