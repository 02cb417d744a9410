"""Which reports are one event: same text, or issue, place, time and words together; never on less."""

from __future__ import annotations

from datetime import timedelta

import pytest
from screening_material import BLOCKADE, BOGOR, CLASH, KOTIM, NOWHERE, SERUYAN, assessment, report

from models import Assessment, Count, Facts, Place, PlaceKind
from screening.linking import Candidate, Joins, Known, Opens, likeness, link

PROVINCE = Place(kind=PlaceKind.PROVINCE, code="62", name="Kalimantan Tengah")


def candidate(number: int, *reports: Known) -> Candidate:
    return Candidate(incident_id=number, reports=reports)


CLASH_AGAIN = (
    "Bentrok Pemuda di Baamang, Polisi Tembakkan Gas Air Mata",
    "Bentrokan dua kubu pemuda pecah di sekitar Pasar Baamang pada Senin malam. Sebuah lapak terbakar dan "
    "tiga "
    "pemuda dibawa ke rumah sakit.",
)
OTHER_CLASH = (
    "Suporter Dua Sekolah Tawuran di Parenggean",
    "Pelajar dua sekolah saling lempar usai pertandingan futsal di lapangan Kecamatan Parenggean. Seorang "
    "pelajar "
    "lebam dan sebuah sepeda motor rusak.",
)


def test_the_same_text_joins_whatever_the_title_and_names_its_twin() -> None:
    first = report(1, *CLASH)
    found = link(report(2, "Ricuh di Pasar", CLASH[1], owner="B"), [candidate(7, first)])
    assert found == Joins(incident_id=7, same_text_as=1, why="Teks sama dengan laporan lain.")


def test_two_tellings_of_one_event_join() -> None:
    found = link(report(2, *CLASH_AGAIN, owner="B"), [candidate(7, report(1, *CLASH))])
    assert isinstance(found, Joins) and found.same_text_as is None


def test_another_event_of_the_same_kind_in_the_same_regency_stays_apart() -> None:
    assert isinstance(link(report(2, *OTHER_CLASH), [candidate(7, report(1, *CLASH))]), Opens)


def test_the_same_words_from_another_regency_stay_apart() -> None:
    here = report(1, *CLASH, said=assessment(place=KOTIM))
    there = report(2, *CLASH_AGAIN, said=assessment(place=SERUYAN))
    assert isinstance(link(there, [candidate(7, here)]), Opens)


def test_what_is_more_than_72_hours_apart_stays_apart() -> None:
    old = report(1, *CLASH, hours=80)
    assert isinstance(link(report(2, *CLASH_AGAIN, hours=1), [candidate(7, old)]), Opens)
    fresh = report(1, *CLASH, hours=60)
    assert isinstance(link(report(2, *CLASH_AGAIN, hours=1), [candidate(7, fresh)]), Joins)


def test_unrelated_issues_in_one_market_stay_apart() -> None:
    clash = report(1, *CLASH)
    text = "Buruh angkut Pasar Baamang mogok Senin malam menuntut upah, belasan lapak setempat ikut tutup."
    labour = report(2, "Buruh Pasar Baamang Mogok", text, said=assessment("E3", "F2"))
    assert isinstance(link(labour, [candidate(7, clash)]), Opens)


def test_one_event_under_a_wrong_issue_code_still_joins() -> None:
    mistaken = report(2, *CLASH_AGAIN, said=assessment("E3", "F2"))
    assert isinstance(link(mistaken, [candidate(7, report(1, *CLASH))]), Joins)


def test_an_unknown_place_needs_strong_likeness() -> None:
    known_place = report(1, *CLASH)
    vague = report(2, "Bentrok Pemuda di Pasar", "Bentrok pecah di pasar.", said=assessment(place=NOWHERE))
    assert isinstance(link(vague, [candidate(7, known_place)]), Opens)
    close = report(3, CLASH[0], CLASH_AGAIN[1], said=assessment(place=NOWHERE))
    assert isinstance(link(close, [candidate(7, known_place)]), Joins)


def test_outside_and_inside_never_join_but_by_the_same_text() -> None:
    here = report(1, *CLASH)
    outside = report(2, *CLASH_AGAIN, said=assessment(place=BOGOR))
    assert isinstance(link(outside, [candidate(7, here)]), Opens)


def test_a_settlement_joins_the_dispute_it_settles() -> None:
    dispute = report(1, *BLOCKADE, hours=30, said=assessment("E1", "F3", place=SERUYAN))
    settled = report(
        2,
        "Portal Kebun di Hanau Dibuka, Warga dan Perusahaan Sepakat soal Plasma",
        "Warga membuka portal jalan angkut kebun di Hanau setelah perusahaan berjanji menyerahkan lahan "
        "plasma.",
        said=assessment("E1", "F8", place=SERUYAN),
    )
    assert isinstance(link(settled, [candidate(3, dispute)]), Joins)


def test_of_several_the_likest_wins_and_ties_go_to_the_oldest() -> None:
    far = report(1, *OTHER_CLASH)
    near = report(2, *CLASH)
    found = link(report(9, *CLASH_AGAIN), [candidate(1, far), candidate(2, near), candidate(3, near)])
    assert isinstance(found, Joins) and found.incident_id == 2


def test_the_order_of_candidates_does_not_matter() -> None:
    candidates = [candidate(1, report(1, *OTHER_CLASH)), candidate(2, report(2, *CLASH))]
    new = report(9, *CLASH_AGAIN)
    assert link(new, candidates) == link(new, candidates[::-1])


def test_likeness_is_symmetric_and_bounded() -> None:
    one, two = report(1, *CLASH).words, report(2, *CLASH_AGAIN).words
    assert likeness(one, two) == likeness(two, one)
    assert 0 <= likeness(one, two) <= 1
    assert likeness(frozenset(), two) == 0


@pytest.mark.parametrize("words", ["", "di dan yang"])
def test_an_empty_report_joins_nothing(words: str) -> None:
    assert isinstance(link(report(2, words), [candidate(1, report(1, words))]), Opens)


def test_reprints_are_folded_for_a_week_and_not_longer() -> None:
    week = timedelta(days=6) / timedelta(hours=1)
    assert isinstance(link(report(2, *CLASH), [candidate(1, report(1, *CLASH, hours=week))]), Joins)
    assert isinstance(link(report(2, *CLASH), [candidate(1, report(1, *CLASH, hours=week + 72))]), Opens)


def test_equal_texts_placed_in_two_regencies_stay_apart() -> None:
    here = report(1, *CLASH, said=assessment(place=KOTIM))
    there = report(2, *CLASH, owner="B", said=assessment(place=SERUYAN))
    assert isinstance(link(there, [candidate(7, here)]), Opens)
    for place in (NOWHERE, BOGOR):
        same = report(3, *CLASH, owner="B", said=assessment(place=place))
        assert isinstance(link(same, [candidate(7, here)]), Joins)


SETTLED = (
    "Portal Kebun di Hanau Dibuka, Warga dan Perusahaan Sepakat soal Plasma",
    "Warga membuka portal jalan angkut kebun di Hanau setelah perusahaan berjanji menyerahkan lahan plasma.",
)


@pytest.mark.parametrize(
    "title, text, said",
    [
        (*SETTLED, assessment("E1", "F8", place=SERUYAN)),
        (
            "Polisi Periksa Lima Saksi Portal Jalan Kebun di Hanau",
            "Penyidik memeriksa saksi soal portal jalan angkut kebun sawit dan lahan plasma di Hanau.",
            assessment("E1", "F7", place=SERUYAN),
        ),
        (
            "Warga Kembali Memortal Jalan Angkut Kebun di Hanau",
            "Puluhan warga memortal lagi jalan angkut kebun sawit; lahan plasma belum diserahkan perusahaan.",
            assessment("E1", "F3", place=SERUYAN),
        ),
        (
            "Perusahaan Bantah Ingkar Janji Plasma, Portal Jalan Kebun Hanau Disebut Salah Paham",
            "Perusahaan membantah lahan plasma dijanjikan kepada warga yang memortal jalan angkut kebun.",
            assessment("E1", "F0", "B", place=SERUYAN, flagged=False),
        ),
        (
            "Situasi di Hanau Kondusif Seusai Portal Jalan Kebun",
            "Jalan angkut kebun sawit yang diportal warga kini dijaga, lahan plasma dibahas di Hanau.",
            assessment("E1", "F0", "C", place=SERUYAN, flagged=False),
        ),
    ],
    ids=["settlement", "police", "again", "denial", "calm"],
)
def test_a_follow_up_days_later_lands_on_the_incident_whichever_comes_first(
    title: str, text: str, said: Assessment
) -> None:
    first = report(1, *BLOCKADE, hours=24 * 9, said=assessment("E1", "F3", place=SERUYAN))
    later = report(2, title, text, said=said)
    assert isinstance(link(later, [candidate(3, first)]), Joins)
    if said.flagged:
        assert isinstance(link(first, [candidate(3, later)]), Joins)


def test_a_follow_up_after_more_than_a_fortnight_or_of_another_dispute_stays_apart() -> None:
    old = report(1, *BLOCKADE, hours=24 * 16, said=assessment("E1", "F3", place=SERUYAN))
    settled = report(2, *SETTLED, said=assessment("E1", "F8", place=SERUYAN))
    assert isinstance(link(settled, [candidate(3, old)]), Opens)
    text = "Nelayan memblokade muara karena solar langka di Kuala Pembuang, Kabupaten Seruyan."
    other = report(1, "Nelayan Blokade Muara", text, hours=24 * 9, said=assessment("E4", "F3", place=SERUYAN))
    assert isinstance(link(settled, [candidate(3, other)]), Opens)


def test_a_report_that_is_not_flagged_ties_no_incidents_together() -> None:
    said = assessment("E1", "F3", place=SERUYAN)
    one, two = (report(number, *BLOCKADE, hours=30, said=said) for number in (1, 2))
    calm = assessment("E1", "F8", place=SERUYAN, flagged=False)
    found = link(report(3, *SETTLED, said=calm), [candidate(1, one), candidate(2, two)])
    assert isinstance(found, Joins) and found.also == ()


@pytest.mark.parametrize("place", [NOWHERE, PROVINCE], ids=["no place", "province"])
def test_a_report_without_a_clear_place_is_no_bridge_between_two_regencies(place: Place) -> None:
    here = report(1, *CLASH, said=assessment(place=KOTIM))
    vague = report(2, *CLASH, owner="B", said=assessment(place=place))
    there = report(3, *CLASH, owner="C", said=assessment(place=SERUYAN))
    assert isinstance(link(vague, [candidate(7, here)]), Joins)
    assert isinstance(link(there, [candidate(7, here, vague)]), Opens)
    assert isinstance(link(there, [candidate(7, vague)]), Joins)
    near = [Candidate(incident_id=7, reports=(vague,), regency="62.02")]
    assert isinstance(link(there, near), Opens)
    assert isinstance(link(here, near), Joins)


LEAD = (
    "Warga menutup jalan angkut sawit di Hanau sejak pagi dan menuntut perusahaan menyerahkan lahan plasma."
)


@pytest.mark.parametrize(
    "text, same",
    [
        (LEAD.replace("angkut", "angktu"), True),
        (LEAD.replace("Warga", "Masyarakat"), True),
        (LEAD.replace("sejak pagi", "sejak 2 hari"), False),
        (
            "Perusahaan sawit di Hanau menyerahkan lahan plasma kepada warga yang menutup jalan sejak pagi.",
            False,
        ),
    ],
    ids=["typing error", "another word", "a number", "other news"],
)
def test_a_short_text_is_the_same_but_for_a_word_and_not_but_for_a_number(text: str, same: bool) -> None:
    said = assessment("E1", "F3", place=SERUYAN)
    found = link(
        report(2, "Jalan Ditutup", text, said=said), [candidate(7, report(1, "Plasma", LEAD, said=said))]
    )
    assert (isinstance(found, Joins) and found.same_text_as == 1) is same


def test_a_short_text_with_another_outcome_is_other_news() -> None:
    hurt = assessment("S5", "F6", facts=Facts(clash=True, injured=Count(low=2, high=2)))
    dead = assessment("S5", "F6", facts=Facts(clash=True, dead=Count(low=2, high=2)))
    text = "Dua kelompok pemuda bentrok di Pasar Baamang Sampit pada Senin malam, dua orang terluka."
    first = report(1, "Bentrok", text, said=hurt)
    found = link(report(2, "Bentrok", text.replace("terluka", "tewas"), said=dead), [candidate(7, first)])
    assert isinstance(found, Joins) and found.same_text_as is None
