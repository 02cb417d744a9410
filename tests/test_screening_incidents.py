"""What reports together make of an incident."""

from __future__ import annotations

from datetime import timedelta

import pytest
from screening_material import (
    BLOCKADE,
    BOGOR,
    CLASH,
    KOTIM,
    NOW,
    NOWHERE,
    SERUYAN,
    assessment,
    report,
    shaped,
)

from models import Count, Facts, Place, PlaceKind
from screening import Area, Severity, Status
from screening.incidents import area_of, count_voices, shape

CLASHED = Facts(clash=True, injured=Count(low=3, high=3))


def test_one_report_is_a_new_incident_with_its_own_level() -> None:
    found = shaped(report(1, *CLASH, said=assessment(facts=CLASHED)))
    assert (found.status, found.verdict.severity, found.reports, found.voices) == (
        Status.NEW,
        Severity.SIAGA,
        1,
        1,
    )


def test_the_highest_report_leads_and_decides() -> None:
    mild = report(1, "Pemuda berselisih di pasar", hours=2, said=assessment("S5", "F1"))
    hard = report(2, *CLASH, said=assessment(facts=CLASHED))
    found = shaped(mild, hard)
    assert found.lead_item_id == 2 and found.verdict.severity is Severity.SIAGA
    assert found.status is Status.DEVELOPING


def test_the_order_of_coming_does_not_change_the_shape() -> None:
    mild = report(1, "Pemuda berselisih di pasar", hours=2, said=assessment("S5", "F1"))
    hard = report(2, *CLASH, said=assessment(facts=CLASHED))
    assert shaped(mild, hard) == shaped(hard, mild)


def test_a_settlement_closes_a_blockade() -> None:
    blockade = report(1, *BLOCKADE, hours=30, said=assessment("E1", "F3", place=SERUYAN))
    settled = report(2, "Portal dibuka", said=assessment("E1", "F8", place=SERUYAN))
    found = shaped(blockade, settled)
    assert found.status is Status.CLOSED and found.verdict.severity is Severity.INFORMASI


def test_a_settlement_eases_a_clash_and_its_level_waits_for_three_quiet_days() -> None:
    clash = report(1, *CLASH, hours=30, said=assessment(facts=CLASHED))
    settled = report(2, "Kedua kubu berdamai", said=assessment("S5", "F8"))
    eased = shape([clash, settled], {}, now=NOW + timedelta(hours=70))
    assert (eased.status, eased.verdict.severity) == (Status.EASING, Severity.SIAGA)
    closed = shape([clash, settled], {}, now=NOW + timedelta(hours=71))
    assert (closed.status, closed.verdict.severity) == (Status.CLOSED, Severity.WASPADA)
    assert closed.verdict.rule.endswith("-72") and "72 jam" in closed.verdict.why


@pytest.mark.parametrize(
    "title, form",
    [("Polisi Pastikan Situasi Baamang Terkendali", "F0"), ("Kedua kubu berdamai", "F8")],
)
def test_a_darurat_is_siaga_as_soon_as_control_is_reported_and_waspada_after_three_quiet_days(
    title: str, form: str
) -> None:
    killed = Facts(clash=True, dead=Count(low=1, high=1))
    clash = report(1, *CLASH, hours=20, said=assessment(facts=killed))
    assert shaped(clash).verdict.severity is Severity.DARURAT
    calm = report(2, title, said=assessment("S5", form, flagged=form == "F8"))
    eased = shaped(clash, calm)
    assert (eased.status, eased.verdict.severity) == (Status.EASING, Severity.SIAGA)
    assert eased.verdict.rule == "D1-K"
    quiet = shape([clash, calm], {}, now=NOW + timedelta(days=4))
    assert (quiet.status, quiet.verdict.severity) == (Status.CLOSED, Severity.WASPADA)


def test_silence_alone_brings_nothing_down() -> None:
    clash = report(1, *CLASH, said=assessment(facts=CLASHED))
    later = shape([clash], {}, now=NOW + timedelta(days=30))
    assert (later.status, later.verdict.severity) == (Status.NEW, Severity.SIAGA)


def test_the_course_goes_from_new_over_developing_and_easing_to_closed_with_reasons_and_back() -> None:
    story = [
        report(1, *BLOCKADE, hours=200, said=assessment("E1", "F3", place=SERUYAN)),
        report(2, *CLASH, hours=180, said=assessment(facts=CLASHED, place=SERUYAN)),
        report(
            3, "Kades Sebut Situasi Hanau Kondusif", hours=170, said=assessment("E1", "F0", flagged=False)
        ),
    ]
    done = shape(story, {}, now=NOW)
    assert [(one.status, one.severity, one.item_id) for one in done.changes] == [
        (Status.NEW, Severity.WASPADA, 1),
        (Status.DEVELOPING, Severity.SIAGA, 2),
        (Status.EASING, Severity.SIAGA, 3),
        (Status.CLOSED, Severity.WASPADA, None),
    ]
    assert all(one.why for one in done.changes)
    assert [one.at for one in done.changes] == sorted(one.at for one in done.changes)
    assert done.changes[-1].at == story[-1].published + timedelta(hours=72)  # type: ignore[operator]
    again = report(4, "Bentrok Lagi di Hanau", hours=90, said=assessment(facts=CLASHED, place=SERUYAN))
    flared = shape([*story, again], {}, now=NOW)
    assert flared.status is Status.DEVELOPING and "sesudah mereda" in flared.changes[-1].why
    assert flared.status is flared.changes[-1].status


def test_a_reprint_changes_neither_status_nor_level() -> None:
    blockade = report(1, *BLOCKADE, hours=60, said=assessment("E1", "F3", place=SERUYAN))
    settled = report(2, "Portal dibuka", hours=30, said=assessment("E1", "F8", place=SERUYAN))
    late = report(3, "Portal Jalan Kebun", BLOCKADE[1], hours=2, owner="B", said=assessment("E1", "F3"))
    found = shaped(blockade, settled, late, same={3: 1})
    assert found.status is Status.CLOSED and len(found.changes) == 2
    assert shaped(blockade, late, same={3: 1}).status is Status.NEW


def test_an_old_deed_told_late_is_no_new_one_but_a_new_deed_is() -> None:
    clash = report(1, *CLASH, hours=60, said=assessment(facts=CLASHED))
    settled = report(2, "Kedua kubu berdamai", hours=30, said=assessment("S5", "F8"))
    retold = report(
        3, CLASH[0], CLASH[1].replace("Tiga pemuda", "Beberapa pemuda"), said=assessment(facts=CLASHED)
    )
    assert shaped(clash, settled, retold).status is Status.EASING
    other = report(3, "Rumah Singgah Diserang Kelompok Bertopeng", said=assessment(facts=CLASHED))
    assert shaped(clash, settled, other).status is Status.DEVELOPING


def test_casework_of_the_police_keeps_an_eased_incident_eased() -> None:
    clash = report(1, *CLASH, hours=60, said=assessment(facts=CLASHED))
    settled = report(2, "Kedua kubu berdamai", hours=30, said=assessment("S5", "F8"))
    police = report(3, "Polisi Tetapkan Dua Tersangka Bentrok Baamang", said=assessment("S5", "F7"))
    assert shaped(clash, settled, police).status is Status.EASING
    assert shaped(clash, police).status is Status.DEVELOPING


def test_a_denial_eases_a_rumour_but_stands_beside_reports_of_force() -> None:
    rumour = report(1, "Isu Penculikan Membuat Warga Berjaga", hours=5, said=assessment("S7", "F4"))
    denial = report(2, "Polisi Bantah Isu Penculikan", said=assessment("S7", "F0", "B"))
    assert shaped(rumour, denial).status is Status.EASING
    clash = report(1, *CLASH, hours=5, said=assessment(facts=CLASHED))
    disputed = shaped(clash, report(2, "Polisi Bantah Ada Bentrok", said=assessment("S5", "F0", "B")))
    assert (disputed.status, disputed.verdict.severity) == (Status.DEVELOPING, Severity.SIAGA)


@pytest.mark.parametrize(
    "title",
    [
        "Kapolres Ajak Warga Jaga Situasi Tetap Kondusif",
        "Situasi di Baamang Belum Kondusif",
        "Bentrok Lagi Setelah Situasi Sempat Terkendali",
    ],
)
def test_a_calm_that_is_asked_for_or_gone_is_no_calm(title: str) -> None:
    clash = report(1, *CLASH, hours=5, said=assessment(facts=CLASHED))
    assert shaped(clash, report(2, title, said=assessment("S5", "F0"))).status is not Status.EASING


def test_a_clash_report_that_ends_with_all_quiet_still_tells_the_clash() -> None:
    text = f"{CLASH[1]} Situasi kini terkendali."
    one = report(1, CLASH[0], text, hours=5, said=assessment(facts=CLASHED))
    two = report(2, "Tiga Luka dalam Bentrok", text, said=assessment(facts=CLASHED))
    assert shaped(one, two).status is Status.NEW


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
    found = shaped(report(1, *CLASH, said=assessment(flagged=False)))
    assert found.verdict.severity is Severity.NONE and "mengubah" in found.verdict.why


def test_the_title_of_an_incident_names_no_person() -> None:
    found = shaped(report(1, "Warga Laporkan Perusahaan, Kata Sutrisno Wibowo (45) di Sampit", "x"))
    assert "Sutrisno" not in found.title


def test_the_area_follows_the_place() -> None:
    assert area_of(KOTIM) is Area.KALTENG
    assert area_of(Place(kind=PlaceKind.PROVINCE, code="62", name="Kalimantan Tengah")) is Area.KALTENG
    assert area_of(BOGOR) is Area.OUTSIDE
    assert area_of(NOWHERE) is Area.UNKNOWN


def test_most_reports_decide_the_place_and_the_most_exact_code_is_kept() -> None:
    exact = Place(kind=PlaceKind.REGENCY, code="62.02.05", regency="62.02", name="Kec. Baamang, Kab. Kotim")
    found = shaped(
        report(1, *CLASH, said=assessment(place=SERUYAN)),
        report(2, *CLASH, said=assessment(place=KOTIM)),
        report(3, *CLASH, said=assessment(place=exact)),
    )
    assert found.place_code == "62.02.05"


def test_violence_in_two_districts_is_darurat() -> None:
    def at(code: str) -> Place:
        return Place(kind=PlaceKind.REGENCY, code=code, regency=code[:5], name=code)

    found = shaped(
        report(1, *CLASH, said=assessment(place=at("62.02.05"), facts=CLASHED)),
        report(2, *CLASH, said=assessment(place=at("62.02.06"), facts=CLASHED)),
    )
    assert (found.verdict.severity, found.verdict.rule) == (Severity.DARURAT, "D6")


def test_a_ceremonial_peace_closes_a_dispute_but_does_not_take_its_level_away() -> None:
    blockade = report(1, "Portal jalan", hours=30, said=assessment("E1", "F3", facts=Facts(blockade=True)))
    ceremony = report(2, "Upacara damai", said=assessment("E1", "F8", "C"))
    found = shaped(blockade, ceremony)
    assert (found.verdict.severity, found.status) == (Severity.INFORMASI, Status.CLOSED)


def test_reports_without_a_level_do_not_lower_one_that_has_it() -> None:
    clash = report(1, "Bentrok", hours=3, said=assessment(facts=Facts(clash=True)))
    past = report(2, "Mengenang bentrok", said=assessment(realis="H"))
    unnamed = report(3, "Ramai di pasar", said=assessment(issue=None, form=None, relevance=0.1))
    assert shaped(clash, past, unnamed).verdict.severity is Severity.SIAGA
    assert shaped(past, unnamed).verdict.severity is Severity.NONE
