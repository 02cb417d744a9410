"""Similar incidents: rare words decide, issue and place help, and nothing is merged by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from screening_material import NOW, entry, fetched, incident
from test_screening_regroup import told  # noqa: F401  a desk whose model the test speaks for

from screening import Account, Desk, NotFound, QueueFilter, RejectReason, ReviewDraft, Role, Store
from screening.records import Decision
from screening.schema import clue
from screening.similar import COUNTED, MOST, first_words, nearest, shared_words, weights
from screening.store_similar import Likes

SINCE = NOW - timedelta(days=365)
FIRST = ("Warga Jaga Dermaga Lanting Tua", "Nelayan berkumpul di dermaga lanting tua sejak subuh.")
AGAIN = (
    "Nelayan Kembali Duduki Dermaga Lanting",
    "Nelayan menduduki dermaga lanting dan menuntut kuota solar ditambah.",
)
OTHER = ("Pedagang Tolak Pindah dari Pasar Subuh", "Pedagang pasar menolak relokasi kios ke bangunan baru.")


def test_a_word_tells_less_the_more_reports_have_it() -> None:
    weighed = weights({"lanting": 0.75, "massal": 0.75}, {"lanting": 2, "massal": 300})
    assert weighed["lanting"] > 3 * weighed["massal"] > 0


def test_words_of_the_place_are_left_to_the_place_and_the_most_telling_are_counted() -> None:
    words = first_words(
        [{"baamang": 0.75, "lanting": 0.75, "dermaga": 0.3}, {"dermaga": 0.3}], "Kecamatan Baamang"
    )
    assert list(words) == ["lanting", "dermaga"]
    many = {f"kata{number}": 0.75 for number in range(200)}
    assert len(first_words([many, {"kata199": 0.75}], "")) == COUNTED
    assert next(iter(first_words([many, {"kata199": 0.75}], ""))) == "kata199"


def test_one_shared_word_is_not_enough() -> None:
    found = shared_words({"lanting": 0.75, "kelotok": 0.7}, {"lanting": [2, 3], "kelotok": [3]})
    assert found == [(3, ("lanting", "kelotok"))]


def test_issue_and_place_decide_between_equal_words_and_are_told_in_words() -> None:
    of = incident(1, issue="E4", place_code="62.02.05")
    words = ("lanting", "kelotok", "solar")
    weighed = {"lanting": 0.75, "kelotok": 0.7, "solar": 0.2}
    elsewhere = incident(2, issue="E1", place_code="62.07")
    regency = incident(3, issue="E4", place_code="62.02.07")
    district = incident(4, issue="E4", place_code="62.02.05")
    found = nearest(of, [(one, words) for one in (elsewhere, regency, district)], weighed, SINCE)
    assert [one.incident.id for one in found] == [4, 3, 2]
    assert found[0].why == (
        "kata yang sama: lanting, kelotok, solar; kecamatan yang sama; "
        "isu yang sama (Kelangkaan & gejolak kebutuhan pokok)"
    )
    assert found[2].why == "kata yang sama: lanting, kelotok, solar"
    assert nearest(of, [(elsewhere, words[:2])], weighed, SINCE) == ()  # two words alone are chance


def test_at_most_five_of_the_last_year_and_never_itself() -> None:
    of, words = incident(1), ("lanting", "kelotok")
    every = [(incident(number), words) for number in range(1, 20)]
    old = (incident(30, last_published=SINCE - timedelta(seconds=1)), words)
    found = nearest(of, [*every, old], {"lanting": 0.75, "kelotok": 0.7}, SINCE)
    assert len(found) == MOST
    assert not {1, 30} & {one.incident.id for one in found}


def test_only_common_words_in_common_is_nothing_similar() -> None:
    weighed = {"solar": 0.2, "subuh": 0.2}
    assert nearest(incident(1), [(incident(2), ("solar", "subuh"))], weighed, SINCE) == ()


# --- on both databases


def arrive(desk: Desk, key: str, story: tuple[str, str], *, days: float = 0) -> int:
    """The incident that this story opened `days` ago."""
    (source,) = desk.sources()
    before = {line.incident.id for line in desk.queue(QueueFilter(state="all", limit=200), NOW).lines}
    at = NOW - timedelta(days=days)
    told_then = replace(entry(key, *story), published=at - timedelta(hours=1))
    desk.take(fetched(source, told_then), at)
    after = {line.incident.id for line in desk.queue(QueueFilter(state="all", limit=200), NOW).lines}
    (new,) = after - before
    return int(new)


@pytest.fixture
def three(told: Desk) -> tuple[int, int, int]:  # noqa: F811
    earlier = arrive(told, "a", FIRST, days=60)
    other = arrive(told, "b", OTHER, days=30)
    return earlier, other, arrive(told, "c", AGAIN)


def test_an_earlier_act_of_the_same_quarrel_is_found_and_the_other_story_is_not(
    told: Desk,  # noqa: F811
    three: tuple[int, int, int],
) -> None:
    earlier, _other, newest = three
    (found,) = told.casework.similar(newest, NOW)
    assert found.incident.id == earlier
    assert {"dermaga", "lanting"} <= set(found.words)
    assert "kecamatan yang sama" in found.why
    assert [one.incident.id for one in told.casework.similar(earlier, NOW)] == [newest]
    with pytest.raises(NotFound):
        told.casework.similar(999, NOW)


def test_a_year_later_it_is_not_looked_for_any_more(told: Desk, three: tuple[int, int, int]) -> None:  # noqa: F811
    assert told.casework.similar(three[2], NOW + timedelta(days=306)) == ()


def test_a_rejected_one_is_shown_with_its_decision_and_a_merged_one_no_more(
    told: Desk,  # noqa: F811
    three: tuple[int, int, int],
) -> None:
    earlier, other, newest = three
    analyst: Account = told.create_account("rina", Role.ANALYST, "x", NOW)
    draft = ReviewDraft(incident_id=earlier, decision=Decision.REJECT, reason=RejectReason.NOT_AN_ISSUE)
    told.review(draft, analyst, NOW)
    (found,) = told.casework.similar(newest, NOW)
    assert found.incident.decision is Decision.REJECT
    told.merge(other, earlier, analyst, NOW)
    assert [one.incident.id for one in told.casework.similar(newest, NOW)] == [other]
    told.merge(newest, other, analyst, NOW)
    assert told.casework.similar(newest, NOW) == ()
    assert told.casework.similar(earlier, NOW) == ()  # asked by its old number


def test_words_are_looked_up_by_index(store: Store) -> None:
    with store.reading() as books:
        likes: Likes = books.likes
        query = likes._having("lanting", SINCE).order_by(clue.c.published.desc()).limit(300)
        if likes._db.dialect.name != "sqlite":
            likes._db.execute(sa.text("SET enable_seqscan = off"))
        told_by = query.compile(likes._db, compile_kwargs={"literal_binds": True})
        plan = likes._db.execute(
            sa.text(f"EXPLAIN {'QUERY PLAN ' if likes._db.dialect.name == 'sqlite' else ''}{told_by}")
        )
        assert "ix_clue_mark_published" in " ".join(str(row) for row in plan)
