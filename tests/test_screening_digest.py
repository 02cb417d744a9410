"""The daily report: who is in which section, what is said, and what is never said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from screening_material import BOGOR, KOTIM, NOW, SERUYAN, assessment, incident

from models import Count, Facts, Place
from screening import (
    Area,
    Coverage,
    Decision,
    Digest,
    Incident,
    Item,
    LedgerReason,
    RejectReason,
    Report,
    Review,
    Severity,
    Status,
    build_digest,
    day_window,
    digest_text,
    in_words,
    window_at,
)
from screening.digest_lines import Material, confirmation

START, END = NOW - timedelta(hours=18), NOW


def told(number: int, *, facts: Facts | None = None, place: Place = KOTIM) -> Report:
    item = Item(
        id=number,
        source_id=1,
        key=str(number),
        link=f"https://kabar.example/{number}",
        title="mentah",
        text="",
        html="",
        published=NOW - timedelta(hours=1),
        published_raw="",
        date_suspect=False,
        first_seen=NOW,
        last_changed=NOW,
        version=1,
    )
    return Report(
        item=item,
        source_name="Kabar Uji",
        source_owner="Grup",
        masked_title=f"Judul {number}",
        excerpt="",
        same_text_as=None,
        assessment=assessment(facts=facts, place=place),
    )


def material(
    one: Incident, *reports: Report, tiers: tuple[str, ...] = (), review: Review | None = None
) -> Material:
    told_by = reports or (told(one.id),)
    return Material(incident=one, reports=told_by, tiers=tiers or ("",) * len(told_by), review=review)


def coverage(**more: Any) -> Coverage:
    base = Coverage(
        sources=10,
        reached=8,
        failing=("Kabar Rusak",),
        last_fetch_at=NOW,
        items_new=120,
        set_aside=((LedgerReason.BELOW_THRESHOLD, 110),),
    )
    return replace(base, **more)


def build(*materials: Material, read: dict[str, int] | None = None, **more: Any) -> Digest:
    return build_digest(
        materials,
        start=START,
        end=END,
        now=NOW,
        coverage=more.get("coverage", coverage()),
        read_by_regency={"62.02": 3} if read is None else read,
        usual=more.get("usual", ()),
        agenda=more.get("agenda", ()),
        model="uji-1",
    )


def ids(lines: Any) -> list[int]:
    return [one.incident.id for one in lines]


def test_each_incident_stands_in_exactly_one_section() -> None:
    digest = build(
        material(incident(1)),
        material(incident(2, form="F2", severity=Severity.INFORMASI)),
        material(incident(3, area=Area.OUTSIDE)),
        material(incident(4, decision=Decision.REJECT)),
        material(incident(5, severity=Severity.INFORMASI, form="F1")),
        material(incident(6, severity=Severity.INFORMASI, status=Status.CLOSED, form="F8")),
        material(incident(7, area=Area.UNKNOWN, severity=Severity.WASPADA, form="F3")),
    )
    assert ids(digest.decide) == [1, 7]
    assert ids(digest.changed) == [6]
    assert ids(digest.other) == [5]
    assert ids(digest.aspirations) == [2]
    assert ids(digest.outside) == [3]
    assert ids(line for line, _why in digest.rejected) == [4]


def test_peaceful_rejected_and_outside_ones_enter_no_threat_count() -> None:
    digest = build(
        material(incident(2, form="F2", severity=Severity.INFORMASI)),
        material(incident(3, area=Area.OUTSIDE)),
        material(incident(4, decision=Decision.REJECT)),
    )
    assert sum(count for _level, count in digest.counts) == 0
    assert all(sum(row.counts) == 0 for row in digest.rows)


def test_doubtful_unreviewed_ones_wait_in_the_queue_and_are_counted() -> None:
    digest = build(
        material(incident(1, relevance=0.1)),
        material(incident(2, severity=Severity.NONE)),
        material(incident(3, relevance=0.1, decision=Decision.ACCEPT)),
    )
    assert ids(digest.decide) == [3]
    assert "meragukan yang menunggu telaah di antrean: 2" in digest.summary[1]
    assert digest.unreviewed == 2


def test_at_most_five_wait_for_a_decision_and_the_rest_is_not_lost() -> None:
    digest = build(*[material(incident(number)) for number in range(1, 9)])
    assert len(digest.decide) == 5 and len(digest.other) == 3


def test_the_table_has_fourteen_rows_and_counts_incidents_by_field() -> None:
    digest = build(material(incident(1)), material(incident(2, issue="E1", form="F3", place_code="62.07.02")))
    rows = {row.code: row for row in digest.rows}
    assert len(rows) == 14
    assert rows["62.02"].counts == (0, 0, 0, 1, 0) and rows["62.02"].worst is Severity.SIAGA
    assert rows["62.07"].counts == (0, 0, 1, 0, 0)


def test_a_regency_without_news_is_not_watched_and_never_called_safe() -> None:
    text = digest_text(build(material(incident(1))))
    assert "Kapuas: tidak terpantau" in text
    assert "Kotawaringin Timur: 0 0 0 1 0" in text
    assert not re.search(r"\baman\b", text, re.IGNORECASE)


def test_nothing_found_is_said_with_its_coverage_and_nothing_read_is_not_nihil() -> None:
    assert digest_text(build()).count("Nihil") == 1
    blind = build(coverage=coverage(reached=0), read={})
    assert "Nihil" not in digest_text(blind)
    assert "Tidak terpantau" in blind.summary[0]


def test_every_line_is_a_hedged_sentence_with_its_sources() -> None:
    digest = build(
        material(incident(1)),
        material(incident(2, form="F3", severity=Severity.WASPADA)),
        material(incident(3, realis="R", form="F3", severity=Severity.WASPADA)),
    )
    for line in digest.decide:
        assert line.sources and all(one.link.startswith("https://") for one in line.sources)
        assert any(word in line.text for word in ("dilaporkan", "diduga", "diberitakan"))
        assert line.text.endswith(".")


def test_victims_are_told_as_the_range_that_reports_give() -> None:
    one = told(1, facts=Facts(injured=Count(low=3, high=3), dead=Count(low=0, high=0)))
    two = told(2, facts=Facts(injured=Count(low=5, high=5)))
    digest = build(material(incident(1, reports=2, voices=2), one, two))
    assert "luka 3 sampai 5 orang" in digest.decide[0].text
    assert "meninggal" not in digest.decide[0].text


def test_the_level_note_is_always_there() -> None:
    assert "bukan Status Keadaan Konflik" in digest_text(build())


@pytest.mark.parametrize(
    ("tiers", "voices", "grade"),
    [
        (("",), 1, "F6"),
        (("belum dinilai", ""), 2, "F3"),
        (("lokal mapan", ""), 2, "C3"),
        (("pemerintah", ""), 2, "B2"),
        (("pemerintah",), 1, "B6"),
        (("kantor berita", "lokal"), 5, "B3"),
    ],
)
def test_the_grade_is_never_better_than_two(tiers: tuple[str, ...], voices: int, grade: str) -> None:
    reports = [told(number) for number in range(len(tiers))]
    assert confirmation(reports, tiers, voices) == grade


def test_a_rejected_incident_is_listed_with_its_reason_and_a_masked_note() -> None:
    review = Review(
        id=1,
        incident_id=4,
        decision=Decision.REJECT,
        reason=RejectReason.OLD,
        severity=None,
        form=None,
        place_code=None,
        note="",
        account="analis-1",
        at=NOW,
    )
    digest = build(material(incident(4, decision=Decision.REJECT), review=review))
    assert digest.rejected[0][1] == "Peristiwa lama"


def test_the_usual_counts_are_compared_only_when_known() -> None:
    assert "rata-rata" not in digest_text(build(material(incident(1))))
    usual = ((Severity.SIAGA, 0.3),)
    assert "SIAGA 1 (rata-rata 7 hari 0,3; selisih +0,7)" in digest_text(
        build(material(incident(1)), usual=usual)
    )


def test_the_windows_have_their_edges_at_three_in_the_afternoon_wib() -> None:
    start, end = day_window(date(2026, 11, 24))
    assert (start, end) == (
        datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
    )
    # 06.30 WIB is still the evening before in UTC.
    morning = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert window_at(morning) == (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), morning)
    assert in_words(morning) == "Selasa, 24 November 2026 06.30 WIB"


def test_places_outside_are_not_in_the_table() -> None:
    digest = build(material(incident(1, area=Area.OUTSIDE, place_code=None), told(1, place=BOGOR)))
    assert SERUYAN.code == "62.07"
    assert all(sum(row.counts) == 0 for row in digest.rows)


def test_an_accepted_incident_stays_under_decisions_and_only_there_waits_for_follow_up() -> None:
    digest = build(
        material(incident(1, decision=Decision.ACCEPT)),
        material(incident(2, decision=Decision.ACCEPT, form="F2", severity=Severity.INFORMASI)),
        material(incident(3)),
    )
    assert ids(digest.decide) == [1, 3]
    assert digest.decide[0].text.endswith("diterima analis, menunggu tindak lanjut.")
    assert digest.decide[1].text.endswith("belum ditelaah.")
    assert digest.aspirations[0].text.endswith("diterima analis.")


def test_the_grade_of_the_sources_is_not_written_like_a_form_code() -> None:
    text = build(material(incident(1, voices=2, reports=2))).decide[0].text
    assert "nilai sumber F3" in text


@pytest.mark.parametrize("decision", [None, Decision.ACCEPT, Decision.UNSURE])
def test_what_has_no_level_is_only_counted(decision: Decision | None) -> None:
    digest = build(material(incident(1, severity=Severity.NONE, decision=decision)))
    lines = (digest.decide, digest.changed, digest.other, digest.aspirations, digest.outside)
    assert not any(lines) and "Nihil" in digest.summary[0]
    word = "meragukan yang menunggu telaah di antrean" if decision is None else "tanpa tingkat yang sudah"
    assert word in digest.summary[1] and digest.summary[1].endswith(": 1.")


def test_the_daily_report_speaks_official_indonesian() -> None:
    aside = ((LedgerReason.DUPLICATE_KEY, 2),)
    rejected = incident(4, decision=Decision.REJECT, severity=Severity.NONE)
    digest = build(material(rejected), coverage=coverage(set_aside=aside))
    text = digest_text(digest) + digest.rejected[0][0].text
    assert "Periode: " in text and "entri berulang 2" in text and "[tanpa tingkat]" in text
    assert not re.search(r"NONE|jendela|kunci ganda|suara", text, re.IGNORECASE)
