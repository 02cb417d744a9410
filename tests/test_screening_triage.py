"""The order of the queue and its reason in words."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from screening_material import NOW

from screening import Decision, Severity
from screening.triage import rank, risen_why, urgency, urgency_why


def points(severity: int = 2, *, voices: int = 1, relevance: float = 0.8, hours: float = 1) -> float:
    moment = NOW - timedelta(hours=hours)
    return rank(
        severity=Severity(severity), voices=voices, relevance=relevance, unsure=False, last_published=moment
    )


def test_a_higher_level_comes_before_a_fresher_lower_one() -> None:
    assert points(4, hours=48) > points(3, hours=0)


def test_fresh_comes_before_old_and_more_voices_before_one() -> None:
    assert points(hours=1) > points(hours=20)
    assert points(voices=3) > points(voices=1)


def test_an_old_incident_sinks_in_the_end() -> None:
    assert points(2, hours=24 * 14) < points(1, hours=1)


def test_a_doubtful_high_level_stands_below_a_sure_lower_one_until_confirmed() -> None:
    assert points(4, relevance=0.05) < points(3, relevance=0.95)
    doubtful = {"voices": 1, "relevance": 0.05, "unsure": False, "last_published": NOW}
    sure = rank(severity=Severity.SIAGA, voices=1, relevance=0.95, unsure=False, last_published=NOW)
    assert rank(severity=Severity.DARURAT, confirmed=True, **doubtful) > sure  # type: ignore[arg-type]


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.integers(0, 4), st.integers(0, 4), st.floats(0, 1e3))
def test_the_order_by_rank_is_the_order_by_urgency_at_any_moment(
    one: float, two: float, level: int, other: int, later: float
) -> None:
    first, second = points(level, hours=one), points(other, hours=two)
    moment = NOW + timedelta(hours=later)
    if first > second:
        assert urgency(first, moment) >= urgency(second, moment)
    assert 0 <= urgency(first, moment) <= 100


def test_the_reason_names_level_age_voices_and_review() -> None:
    why = urgency_why(
        severity=Severity.SIAGA,
        voices=2,
        relevance=0.83,
        last_published=NOW - timedelta(hours=3),
        now=NOW,
        reviewed=False,
        unsure=False,
    )
    assert why == "SIAGA; 3 jam lalu; 2 sumber independen; relevansi 83 persen; belum ditelaah."


def test_what_has_no_level_comes_after_the_oldest_that_has_one() -> None:
    assert points(0, voices=5, relevance=1.0, hours=0) < points(1, relevance=0.0, hours=24 * 365 * 5)
    assert points(0, hours=1) > points(0, hours=20)


def test_what_came_back_says_first_from_which_level_to_which() -> None:
    risen = risen_why(Severity.WASPADA, Severity.SIAGA, Decision.ACCEPT, NOW)
    assert risen == "Naik dari WASPADA ke SIAGA sejak keputusan terima Selasa 24/11 09.00 WIB"
    why = urgency_why(
        severity=Severity.SIAGA,
        voices=1,
        relevance=0.9,
        last_published=NOW,
        now=NOW,
        reviewed=True,
        unsure=False,
        risen=risen,
    )
    assert why.startswith(f"{risen}; SIAGA")


def test_what_rose_and_came_down_again_unseen_does_not_claim_to_stand_high() -> None:
    risen = risen_why(Severity.WASPADA, Severity.WASPADA, Decision.REJECT, NOW)
    assert risen.startswith("Sempat naik di atas WASPADA sejak keputusan tolak")
