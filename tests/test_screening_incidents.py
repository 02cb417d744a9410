"""What reports together make of an incident."""

from __future__ import annotations

from screening_material import (
    BLOCKADE,
    BOGOR,
    CLASH,
    KOTIM,
    NOWHERE,
    SERUYAN,
    assessment,
    report,
    shaped,
)

from models import Count, Facts, Place, PlaceKind
from screening import Area, Severity, Status
from screening.incidents import area_of, count_voices

CLASHED = Facts(clash=True, injured=Count(low=3, high=3))


def test_one_report_is_a_new_incident_with_its_own_level() -> None:
    shape = shaped(report(1, *CLASH, said=assessment(facts=CLASHED)))
    assert (shape.status, shape.verdict.severity, shape.reports, shape.voices) == (
        Status.NEW,
        Severity.SIAGA,
        1,
        1,
    )


def test_the_highest_report_leads_and_decides() -> None:
    mild = report(1, "Pemuda berselisih di pasar", hours=2, said=assessment("S5", "F1"))
    hard = report(2, *CLASH, said=assessment(facts=CLASHED))
    shape = shaped(mild, hard)
    assert shape.lead_item_id == 2 and shape.verdict.severity is Severity.SIAGA
    assert shape.status is Status.DEVELOPING


def test_the_order_of_coming_does_not_change_the_shape() -> None:
    mild = report(1, "Pemuda berselisih di pasar", hours=2, said=assessment("S5", "F1"))
    hard = report(2, *CLASH, said=assessment(facts=CLASHED))
    assert shaped(mild, hard) == shaped(hard, mild)


def test_a_settlement_closes_a_blockade() -> None:
    blockade = report(1, *BLOCKADE, hours=30, said=assessment("E1", "F3", place=SERUYAN))
    settled = report(2, "Portal dibuka", said=assessment("E1", "F8", place=SERUYAN))
    shape = shaped(blockade, settled)
    assert shape.status is Status.CLOSED and shape.verdict.severity is Severity.INFORMASI


def test_a_settlement_only_eases_a_clash_by_one_level() -> None:
    clash = report(1, *CLASH, hours=30, said=assessment(facts=CLASHED))
    settled = report(2, "Kedua kubu berdamai", said=assessment("S5", "F8"))
    shape = shaped(clash, settled)
    assert shape.status is Status.EASING and shape.verdict.severity is Severity.WASPADA


def test_an_incident_that_flares_up_after_a_settlement_is_developing() -> None:
    settled = report(1, "Kedua kubu berdamai", hours=30, said=assessment("S5", "F8"))
    clash = report(2, *CLASH, said=assessment(facts=CLASHED))
    assert shaped(settled, clash).status is Status.DEVELOPING


def test_reports_of_one_owner_and_reprints_of_one_text_are_one_voice() -> None:
    reports = [
        report(1, "a", owner="Grup Satu"),
        report(2, "b", owner="grup satu"),
        report(3, "c", owner="Dua"),
        report(4, "d", owner="Tiga"),
    ]
    assert count_voices(reports, {}) == 3
    assert count_voices(reports, {4: 3}) == 2


def test_outlets_that_share_a_release_beside_stories_of_their_own_are_several_voices() -> None:
    reports = [
        report(1, "siaran", owner="Satu"),
        report(2, "siaran", owner="Dua"),
        report(3, "liputan sendiri", owner="Dua"),
        report(4, "siaran", owner="Tiga"),
    ]
    assert count_voices(reports, {2: 1, 4: 1}) == 2
    assert count_voices(reports[:2], {2: 1}) == 1


def test_an_item_that_an_edit_made_harmless_no_longer_raises_the_level() -> None:
    shape = shaped(report(1, *CLASH, said=assessment(flagged=False)))
    assert shape.verdict.severity is Severity.NONE and "mengubah" in shape.verdict.why


def test_the_title_of_an_incident_names_no_person() -> None:
    shape = shaped(report(1, "Warga Laporkan Perusahaan, Kata Sutrisno Wibowo (45) di Sampit", "x"))
    assert "Sutrisno" not in shape.title


def test_the_area_follows_the_place() -> None:
    assert area_of(KOTIM) is Area.KALTENG
    assert area_of(Place(kind=PlaceKind.PROVINCE, code="62", name="Kalimantan Tengah")) is Area.KALTENG
    assert area_of(BOGOR) is Area.OUTSIDE
    assert area_of(NOWHERE) is Area.UNKNOWN


def test_most_reports_decide_the_place_and_the_most_exact_code_is_kept() -> None:
    exact = Place(kind=PlaceKind.REGENCY, code="62.02.05", regency="62.02", name="Kec. Baamang, Kab. Kotim")
    shape = shaped(
        report(1, *CLASH, said=assessment(place=SERUYAN)),
        report(2, *CLASH, said=assessment(place=KOTIM)),
        report(3, *CLASH, said=assessment(place=exact)),
    )
    assert shape.place_code == "62.02.05"


def test_violence_in_two_districts_is_darurat() -> None:
    def at(code: str) -> Place:
        return Place(kind=PlaceKind.REGENCY, code=code, regency=code[:5], name=code)

    shape = shaped(
        report(1, *CLASH, said=assessment(place=at("62.02.05"), facts=CLASHED)),
        report(2, *CLASH, said=assessment(place=at("62.02.06"), facts=CLASHED)),
    )
    assert (shape.verdict.severity, shape.verdict.rule) == (Severity.DARURAT, "D6")


def test_a_ceremonial_peace_closes_a_dispute_but_does_not_take_its_level_away() -> None:
    blockade = report(1, "Portal jalan", hours=30, said=assessment("E1", "F3", facts=Facts(blockade=True)))
    ceremony = report(2, "Upacara damai", said=assessment("E1", "F8", "C"))
    shape = shaped(blockade, ceremony)
    assert (shape.verdict.severity, shape.status) == (Severity.INFORMASI, Status.CLOSED)


def test_reports_without_a_level_do_not_lower_one_that_has_it() -> None:
    clash = report(1, "Bentrok", hours=3, said=assessment(facts=Facts(clash=True)))
    past = report(2, "Mengenang bentrok", said=assessment(realis="H"))
    unnamed = report(3, "Ramai di pasar", said=assessment(issue=None))
    assert shaped(clash, past, unnamed).verdict.severity is Severity.SIAGA
    assert shaped(past, unnamed).verdict.severity is Severity.NONE
