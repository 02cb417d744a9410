"""Following changes: spans of time find what each incident's own moments say, on both databases."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from conftest import NOW
from screening_material import BLOCKADE, entry, fetched, listing

from screening import Decision, Desk, IncidentFilter, IncidentOrder, ReviewDraft, Role, Store
from screening.schema import (
    account,
    incident,
    incident_item,
    item,
    regrouping,
    retraction,
    review,
)

COUNT = 60


def scatter(store: Store, luck: random.Random) -> dict[int, datetime]:
    """Incidents with moments of every kind over 300 days; what each one's newest is, worked out here."""

    def moment() -> datetime:
        # Few distinct moments, so that some are equal and pages break inside a tie.
        return NOW - timedelta(hours=luck.choice((1, 2, 3, 30, 31, 400, 401, luck.randrange(7_200))))

    newest: dict[int, datetime] = {}
    with store.writing() as books:
        db = books.incidents._db
        base = dict(db.execute(sa.select(incident)).mappings().one())
        report = dict(db.execute(sa.select(item)).mappings().one())
        by = db.scalar(sa.select(account.c.id))
        for n in range(2, COUNT + 2):
            found, joined, edited, published = moment(), moment(), moment(), moment()
            decided = moment() if luck.random() < 0.3 else None
            closed = luck.random() < 0.3
            keys = dict.fromkeys(("identity", "key_hash", "link_hash", "content_hash"), f"{n:064d}")
            db.execute(item.insert().values(report | keys | {"id": n, "last_changed": edited}))
            values = {
                "id": n,
                "detected_at": found,
                "reviewed_at": decided,
                "status": "selesai" if closed else "baru",
                "last_published": published,
                "lead_item_id": n,
                "merged_into": 2 if luck.random() < 0.1 and n > 2 else None,
            }
            db.execute(incident.insert().values(base | values))
            db.execute(
                incident_item.insert().values(
                    item_id=n, incident_id=n, joined_at=joined, why="", same_text_as=None
                )
            )
            moments = [found, joined, edited, *([decided] if decided else [])]
            silent = published.replace(microsecond=0) + timedelta(hours=72, seconds=1)
            moments += [silent] if closed and silent <= NOW else []
            if luck.random() < 0.3:
                undone = moment()
                made = db.execute(
                    review.insert().values(
                        incident_id=n, decision="terima", note="", account_id=by, at=found, machine_severity=1
                    )
                ).inserted_primary_key
                assert made is not None
                db.execute(retraction.insert().values(review_id=made[0], account_id=by, at=undone))
                moments.append(undone)
            newest[n] = max(moments)
        for _ in range(15):
            one, other, at = luck.randrange(2, COUNT), luck.randrange(2, COUNT), moment()
            db.execute(
                regrouping.insert().values(
                    kind="pisah", incident_id=one, other_id=other, items="", at=at, why=""
                )
            )
            newest |= {n: max(newest[n], at) for n in (one, other)}
        db.execute(incident_item.delete().where(incident_item.c.incident_id == 1))
        db.execute(incident.update().where(incident.c.id == 1).values(merged_into=2, detected_at=NOW))
        newest[1] = NOW
    return newest


def followed(store: Store, flt: IncidentFilter) -> list[tuple[int, datetime]]:
    """All lines over all pages."""
    lines: list[tuple[int, datetime]] = []
    while True:
        with store.reading() as books:
            rows, cursor = books.exports.incidents(flt, NOW)
        assert len(rows) <= flt.limit
        lines += [(row.id, row.changed_at) for row in rows]
        if not cursor:
            return lines
        flt = replace(flt, after=cursor)


@pytest.fixture
def moved(desk: Desk, store: Store) -> dict[int, datetime]:
    known = desk.add_source(listing("kabar"), NOW)
    desk.create_account("telaah", Role.ANALYST, "-", NOW)
    desk.take(fetched(known, entry("1", *BLOCKADE)), NOW)
    return scatter(store, random.Random(11))


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_following_from_the_beginning_tells_each_incident_once_in_the_order_of_change(
    store: Store, moved: dict[int, datetime], limit: int
) -> None:
    flt = IncidentFilter(order=IncidentOrder.CHANGED, merged=True, limit=limit)
    assert followed(store, flt) == sorted(moved.items(), key=lambda one: (one[1], one[0]))


@pytest.mark.parametrize("order", list(IncidentOrder))
def test_a_span_of_changes_holds_those_whose_newest_moment_lies_in_it(
    store: Store, moved: dict[int, datetime], order: IncidentOrder
) -> None:
    edges = [None, datetime(2025, 1, 1, tzinfo=UTC), *sorted(moved.values())[::9], NOW + timedelta(days=9)]
    for since in edges:
        for until in edges:
            if since is not None and until is not None and since >= until:
                continue
            wanted = {
                n
                for n, at in moved.items()
                if (since is None or at >= since) and (until is None or at < until)
            }
            flt = IncidentFilter(order=order, merged=True, limit=9, updated_since=since, updated_until=until)
            found = [number for number, _at in followed(store, flt)]
            assert (set(found), len(found)) == (wanted, len(wanted)), (since, until)
            with store.reading() as books:
                assert books.exports.count(flt, NOW) == len(wanted)


def test_nothing_is_followed_where_there_are_no_incidents(store: Store) -> None:
    assert followed(store, IncidentFilter(order=IncidentOrder.CHANGED)) == []


def test_one_who_follows_is_told_that_a_decision_was_undone(desk: Desk, store: Store) -> None:
    known = desk.add_source(listing("kabar"), NOW - timedelta(hours=2))
    desk.take(fetched(known, entry("1", *BLOCKADE)), NOW - timedelta(hours=2))
    analyst = desk.create_account("telaah", Role.ANALYST, "-", NOW)
    decided, undone = NOW - timedelta(minutes=20), NOW - timedelta(minutes=10)
    desk.review(ReviewDraft(incident_id=1, decision=Decision.ACCEPT), analyst, decided)
    (made,) = desk.incident(1, NOW).reviews
    desk.decisions.undo(made.id, analyst, undone)
    flt = IncidentFilter(order=IncidentOrder.CHANGED, updated_since=undone)
    assert followed(store, flt) == [(1, undone)]
