"""Rows of second readings and of what a third person decided. No query here counts by reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.agreement import Answer, Pair
from screening.errors import Conflict, NotFound
from screening.records import Decision, Role, Sight
from screening.schema import (
    account,
    holding,
    incident,
    incident_item,
    incident_office,
    inserted_id,
    item,
    regrouping,
    review,
    source,
)
from screening.schema_second import adjudication, reading_touch, second_reading
from screening.second import BlindReport, DisputeLine, FirstReview, ReadingLine
from screening.store_items import read_item
from screening.store_offices import seen
from screening.store_reviews import stands
from screening.taxonomy import PROVINCE, RejectReason, Severity

_WAITING, _ANSWERED, _CANCELLED = "menunggu", "dijawab", "batal"
_SURE = (Decision.ACCEPT, Decision.REJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A row as the verbs need it; `reader_id` and `first_account_id` never leave the desk."""

    id: int
    incident_id: int
    title: str
    chosen_at: datetime
    state: str
    reader_id: int | None
    first_account_id: int
    first_at: datetime
    first: Answer
    second: Answer | None
    differs: bool
    answered_at: datetime | None
    touched: bool | None
    settled: bool


class SecondReadings:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- choosing

    def undrawn(self, since: datetime) -> dict[int, list[FirstReview]]:
        """Incidents decided since then without a second reading: their sure decisions, oldest first."""
        has_one = sa.select(second_reading.c.id).where(
            second_reading.c.incident_id == incident.c.id, second_reading.c.state != _CANCELLED
        )
        query = (
            sa.select(review, incident.c.machine_issue, incident.c.machine_form, incident.c.machine_place)
            .join(incident, incident.c.id == review.c.incident_id)
            .where(
                incident.c.decision.in_(_SURE),
                incident.c.reviewed_at >= since,
                incident.c.merged_into.is_(None),
                ~has_one.exists(),
                stands(),
            )
            .order_by(review.c.incident_id, review.c.id)
        )
        found: dict[int, list[FirstReview]] = {}
        level: dict[int, Severity] = {}
        for row in self._db.execute(query):
            number = row.incident_id
            stood = max(row.machine_severity, row.severity or 0, level.get(number, Severity.NONE))
            level[number] = Severity(stood)
            if row.decision in _SURE:
                first = FirstReview(
                    review_id=row.id, answer=_first_answer(row), level=level[number], at=row.at
                )
                found.setdefault(number, []).append(first)
        return found

    def loads(self, roles: Sequence[Role]) -> dict[int, int]:
        """Accounts in use with these roles, and how many readings wait with each: to share the work."""
        waits = sa.and_(second_reading.c.reader_id == account.c.id, second_reading.c.state == _WAITING)
        query = (
            sa.select(account.c.id, sa.func.count(second_reading.c.id))
            .outerjoin(second_reading, waits)
            .where(account.c.role.in_(roles), account.c.active.is_(True), account.c.must_change.is_(False))
            .group_by(account.c.id)
        )
        return {int(number): int(count) for number, count in self._db.execute(query)}

    def barred(self, incident_id: int) -> set[int]:
        """Accounts that decided, held, merged or split this incident, whenever it was, or may not see it."""
        both = sa.or_(regrouping.c.incident_id == incident_id, regrouping.c.other_id == incident_id)
        queries = (
            sa.select(review.c.account_id).where(review.c.incident_id == incident_id),
            sa.select(holding.c.account_id).where(holding.c.incident_id == incident_id),
            sa.select(regrouping.c.account_id).where(regrouping.c.account_id.is_not(None), both),
            sa.select(account.c.id).where(
                account.c.office != PROVINCE,
                account.c.office.not_in(
                    sa.select(incident_office.c.office).where(incident_office.c.incident_id == incident_id)
                ),
            ),
        )
        return {int(number) for number in self._db.scalars(sa.union(*queries))}

    def choose(self, incident_id: int, first: FirstReview, reader_id: int | None, now: datetime) -> None:
        """Its reading waits, with this account or (None) with everybody; a cancelled one begins anew."""
        answer = first.answer
        values = {
            "first_review_id": first.review_id,
            "first_issue": answer.issue,
            "first_form": answer.form,
            "first_severity": None if answer.severity is None else int(answer.severity),
            "first_place": answer.place_code,
            "chosen_at": now,
            "state": _WAITING,
            "reader_id": reader_id,
            "given_at": None if reader_id is None else now,
            "note": "",
            "seen_before": False,
            "differs": False,
            "touched_at": None,
            "touch_noted": True,
        }
        again = second_reading.update().where(second_reading.c.incident_id == incident_id).values(**values)
        if not self._db.execute(again).rowcount:
            self._db.execute(second_reading.insert().values(incident_id=incident_id, **values))

    def needs_upkeep(self, before: datetime) -> bool:
        """Whether one of the next two verbs would change anything."""
        query = sa.select(second_reading.c.id).where(sa.or_(_void(), _stale(before))).limit(1)
        return self._db.scalar(query) is not None

    def cancel_void(self) -> int:
        """Waiting readings whose incident was merged away or whose first decision was undone; how many."""
        query = second_reading.update().where(_void())
        gone = self._db.execute(query.values(state=_CANCELLED, reader_id=None, given_at=None)).rowcount
        ended = sa.select(second_reading.c.id).where(second_reading.c.state == _CANCELLED)
        self._db.execute(reading_touch.delete().where(reading_touch.c.reading_id.in_(ended)))
        return gone

    def give_back_stale(self, before: datetime) -> int:
        """Readings given before then and not answered, or whose reader is no longer in use, to everybody."""
        query = second_reading.update().where(_stale(before))
        return self._db.execute(query.values(reader_id=None, given_at=None)).rowcount

    # --- reading

    def lines(self, account_id: int, sight: Sight) -> list[ReadingLine]:
        """What waits with this account, then what waits with nobody and it may take, oldest first."""
        query = (
            _readings()
            .where(
                second_reading.c.state == _WAITING,
                incident.c.merged_into.is_(None),
                *seen(sight),
                sa.or_(second_reading.c.reader_id == account_id, second_reading.c.reader_id.is_(None)),
            )
            .order_by(second_reading.c.reader_id.is_(None), second_reading.c.id)
        )
        found = [_reading(row) for row in self._db.execute(query)]
        return [
            line_of(one, account_id)
            for one in found
            if one.reader_id is not None or account_id not in self.barred(one.incident_id)
        ]

    def blind(self, account_id: int) -> dict[int, int]:
        """Incidents this account reads blind at the moment: which reading, by the incident that has them."""
        here = sa.func.coalesce(incident.c.merged_into, incident.c.id)
        query = (
            sa.select(here, second_reading.c.id)
            .join(incident, incident.c.id == second_reading.c.incident_id)
            .where(second_reading.c.reader_id == account_id, second_reading.c.state == _WAITING)
        )
        return {int(number): int(reading) for number, reading in self._db.execute(query)}

    def blind_reading(self, account_id: int, *, incident_id: int = 0, item_id: int = 0) -> int | None:
        """The reading for whose sake this account may not see that incident, or that item of one."""
        query = (
            sa.select(second_reading.c.id)
            .join(incident, incident.c.id == second_reading.c.incident_id)
            .where(second_reading.c.reader_id == account_id, second_reading.c.state == _WAITING)
        )
        if item_id:
            home = sa.func.coalesce(incident.c.merged_into, incident.c.id)
            query = query.join(incident_item, incident_item.c.incident_id == home)
            return self._db.scalar(query.where(incident_item.c.item_id == item_id).limit(1))
        asked = sa.select(sa.func.coalesce(incident.c.merged_into, incident.c.id)).where(
            incident.c.id == incident_id
        )
        own = sa.or_(incident.c.id.in_(asked), incident.c.merged_into.in_(asked))
        return self._db.scalar(query.where(sa.or_(own, incident.c.id == incident_id)).limit(1))

    def one(self, reading_id: int) -> Reading:
        row = self._db.execute(_readings().where(second_reading.c.id == reading_id)).first()
        if row is None:
            raise NotFound("Bacaan kedua itu tidak ada.")
        return _reading(row)

    def lock(self, reading_id: int) -> Reading:
        """The same, with nobody else changing it until the end of the transaction."""
        self._db.execute(
            sa.select(second_reading.c.id).where(second_reading.c.id == reading_id).with_for_update()
        )
        return self.one(reading_id)

    def reports(self, incident_id: int, until: datetime | None = None) -> list[BlindReport]:
        """Reports without a word of the machine; with `until` those that were there at that moment."""
        query = (
            sa.select(item, source.c.name.label("source_name"), incident_item.c.same_text_as)
            .join(incident_item, incident_item.c.item_id == item.c.id)
            .join(source, source.c.id == item.c.source_id)
            .where(incident_item.c.incident_id == incident_id)
            .order_by(item.c.published, item.c.id)
        )
        if until is not None:
            query = query.where(incident_item.c.joined_at <= until)
        return [
            BlindReport(
                item=read_item(row),
                source_name=row.source_name,
                masked_title="",
                same_text_as=row.same_text_as,
            )
            for row in self._db.execute(query)
        ]

    def give(self, reading_id: int, reader_id: int | None, now: datetime) -> None:
        values = {"reader_id": reader_id, "given_at": None if reader_id is None else now}
        self._db.execute(second_reading.update().where(second_reading.c.id == reading_id).values(**values))

    def untouched(self, incident_id: int, account_id: int) -> int | None:
        """The reading of it that waits, unless with this account or noted already as opened by it."""
        noted = sa.select(reading_touch.c.id).where(
            reading_touch.c.reading_id == second_reading.c.id, reading_touch.c.account_id == account_id
        )
        query = sa.select(second_reading.c.id).where(
            second_reading.c.incident_id == incident_id,
            second_reading.c.state == _WAITING,
            second_reading.c.reader_id.is_distinct_from(account_id),
            ~noted.exists(),
        )
        return self._db.scalar(query)

    def touch(self, reading_id: int, account_id: int, now: datetime) -> None:
        values = {"reading_id": reading_id, "account_id": account_id, "at": now}
        self._db.execute(reading_touch.insert().values(**values))

    def answer(
        self, reading_id: int, answer: Answer, *, seen_before: bool, differs: bool, now: datetime
    ) -> None:
        values = {
            "state": _ANSWERED,
            "decision": answer.decision,
            "reason": answer.reason,
            "issue": answer.issue,
            "form": answer.form,
            "severity": None if answer.severity is None else int(answer.severity),
            "place_code": answer.place_code,
            "note": answer.note.strip(),
            "seen_before": seen_before,
            "differs": differs,
            "answered_at": now,
            "touched_at": sa.select(reading_touch.c.at)
            .where(
                reading_touch.c.reading_id == second_reading.c.id,
                reading_touch.c.account_id == second_reading.c.reader_id,
            )
            .scalar_subquery(),
        }
        self._db.execute(second_reading.update().where(second_reading.c.id == reading_id).values(**values))
        # Only the reader's opening says anything of the pair; nobody else's is kept.
        self._db.execute(reading_touch.delete().where(reading_touch.c.reading_id == reading_id))

    # --- a third person

    def disputes(self, account_id: int, sight: Sight) -> list[DisputeLine]:
        """Answers that differ and nobody has decided, of which neither is this account's; oldest first."""
        query = (
            _readings()
            .where(
                second_reading.c.state == _ANSWERED,
                second_reading.c.differs.is_(True),
                second_reading.c.reader_id != account_id,
                review.c.account_id != account_id,
                adjudication.c.id.is_(None),
                incident.c.merged_into.is_(None),
                *seen(sight),
                stands(),
            )
            .order_by(second_reading.c.answered_at, second_reading.c.id)
        )
        return [dispute_of(_reading(row)) for row in self._db.execute(query)]

    def settle(self, reading_id: int, review_id: int, now: datetime) -> int:
        """Ties the review to the reading; `Conflict` when somebody was first."""
        if self._db.scalar(sa.select(adjudication.c.id).where(adjudication.c.reading_id == reading_id)):
            raise Conflict("Perbedaan ini sudah diputuskan orang lain.")
        values = {"reading_id": reading_id, "review_id": review_id, "at": now}
        return inserted_id(self._db.execute(adjudication.insert().values(**values)))

    # --- agreement

    def pairs_between(self, start: datetime, end: datetime, office: str = PROVINCE) -> list[Pair]:
        """Readings answered in [start, end) whose first decision still stands, newest first.

        `office` is a regency's code, or that of the province for all.
        """
        third = review.alias("third")
        query = (
            _readings(third.c.decision.label("third_decision"), *_third(third))
            .outerjoin(third, third.c.id == adjudication.c.review_id)
            .where(
                second_reading.c.state == _ANSWERED,
                second_reading.c.answered_at >= start,
                second_reading.c.answered_at < end,
                stands(),
            )
            .order_by(second_reading.c.answered_at.desc(), second_reading.c.id.desc())
        )
        if office != PROVINCE:
            query = query.where(sa.func.substr(incident.c.place_code, 1, len(office)) == office)
        found = []
        for row in self._db.execute(query):
            one = _reading(row)
            if one.second is not None and one.answered_at is not None:
                found.append(
                    Pair(
                        reading_id=one.id,
                        incident_id=one.incident_id,
                        title=one.title,
                        first=one.first,
                        second=one.second,
                        seen_before=row.seen_before,
                        touched=one.touched,
                        answered_at=one.answered_at,
                        settled=_answer(row, "third_") if row.third_decision else None,
                    )
                )
        return found


def _void() -> sa.ColumnElement[bool]:
    undone = sa.select(review.c.id).where(review.c.id == second_reading.c.first_review_id, ~stands())
    gone = sa.select(incident.c.id).where(
        incident.c.id == second_reading.c.incident_id, incident.c.merged_into.is_not(None)
    )
    return sa.and_(second_reading.c.state == _WAITING, sa.or_(undone.exists(), gone.exists()))


def _stale(before: datetime) -> sa.ColumnElement[bool]:
    in_use = sa.select(account.c.id).where(
        account.c.id == second_reading.c.reader_id, account.c.active.is_(True)
    )
    return sa.and_(
        second_reading.c.state == _WAITING,
        second_reading.c.reader_id.is_not(None),
        sa.or_(second_reading.c.given_at < before, ~in_use.exists()),
    )


def read_blind_by(account_id: int) -> sa.ColumnElement[bool]:
    """The incident waits for this account's second reading; for queries that list incidents."""
    mine = sa.select(second_reading.c.id).where(
        second_reading.c.reader_id == account_id,
        second_reading.c.state == _WAITING,
        second_reading.c.incident_id == incident.c.id,
    )
    return mine.exists()


def line_of(one: Reading, account_id: int) -> ReadingLine:
    return ReadingLine(
        id=one.id,
        incident_id=one.incident_id,
        title=one.title,
        chosen_at=one.chosen_at,
        mine=one.reader_id == account_id,
    )


def dispute_of(one: Reading) -> DisputeLine:
    return DisputeLine(
        reading_id=one.id,
        incident_id=one.incident_id,
        title=one.title,
        answered_at=one.answered_at or one.chosen_at,
    )


def _readings(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return (
        sa.select(
            second_reading,
            incident.c.title,
            review.c.decision.label("first_decision"),
            review.c.reason.label("first_reason"),
            review.c.account_id.label("first_account_id"),
            review.c.at.label("first_at"),
            review.c.note.label("first_note"),
            second_reading.c.first_place.label("first_place_code"),
            adjudication.c.id.label("adjudication_id"),
            *more,
        )
        .join(incident, incident.c.id == second_reading.c.incident_id)
        .join(review, review.c.id == second_reading.c.first_review_id)
        .outerjoin(adjudication, adjudication.c.reading_id == second_reading.c.id)
    )


def _third(third: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    names = ("reason", "issue", "form", "severity", "place_code", "note")
    return [third.c[name].label(f"third_{name}") for name in names]


def _reading(row: Any) -> Reading:
    return Reading(
        id=row.id,
        incident_id=row.incident_id,
        title=row.title,
        chosen_at=row.chosen_at,
        state=row.state,
        reader_id=row.reader_id,
        first_account_id=row.first_account_id,
        first_at=row.first_at,
        first=_answer(row, "first_"),
        second=_answer(row, "") if row.decision else None,
        differs=row.differs,
        answered_at=row.answered_at,
        touched=True if row.touched_at is not None else False if row.touch_noted else None,
        settled=row.adjudication_id is not None,
    )


def _answer(row: Any, prefix: str) -> Answer:
    def of(name: str) -> Any:
        return getattr(row, f"{prefix}{name}")

    return Answer(
        decision=Decision(of("decision")),
        reason=RejectReason(of("reason")) if of("reason") else None,
        issue=of("issue"),
        form=of("form"),
        severity=None if of("severity") is None else Severity(of("severity")),
        place_code=of("place_code"),
        note=of("note"),
    )


def _first_answer(row: Any) -> Answer:
    """What stood with a review: what it said, and where it said nothing what the machine had."""
    rejected = row.decision == Decision.REJECT
    level = row.machine_severity if row.severity is None else row.severity
    return Answer(
        decision=Decision(row.decision),
        reason=RejectReason(row.reason) if row.reason else None,
        issue=None if rejected else row.issue or row.machine_issue,
        form=None if rejected else row.form or row.machine_form,
        severity=None if rejected else Severity(level),
        place_code=None if rejected else row.place_code or row.machine_place,
        note=row.note,
    )
