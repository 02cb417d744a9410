"""Rows of the retention clock, of legal holds and of requests about what is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from models import mask_names
from screening.errors import Conflict, NotFound
from screening.privacy import Hold, PrivacyRequest, RequestKind, RequestState, sentences, wordless
from screening.records import Decision
from screening.said import read_assessment, write_assessment
from screening.schema import (
    assessment,
    clue,
    incident,
    incident_item,
    inserted_id,
    item,
    item_version,
    outbox,
    regrouping,
    review,
    sign_in,
    wording,
)
from screening.schema_casework import note
from screening.schema_privacy import legal_hold, privacy_request
from screening.watching import wording as worded

_OVER = ("terkirim", "batal", "gagal")
_CLOSED = ("dijawab", "ditolak")


class Privacy:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- the clock

    def held_incidents(self) -> set[int]:
        """Incidents under a hold, with what they were merged into and what was split from them since."""
        live = legal_hold.c.lifted_at.is_(None)
        found = set(self._db.scalars(sa.select(legal_hold.c.incident_id).where(live)))
        fresh = set(found)
        while fresh:
            merged = sa.select(incident.c.merged_into).where(
                incident.c.id.in_(fresh), incident.c.merged_into.is_not(None)
            )
            split = sa.select(regrouping.c.other_id).where(
                regrouping.c.incident_id.in_(fresh), regrouping.c.kind == "pisah"
            )
            fresh = {*self._db.scalars(merged), *self._db.scalars(split)} - found
            found |= fresh
        return found

    def texts_due(self, before: datetime, limit: int) -> list[int]:
        """Items first seen before that moment whose raw words are still there and may go.

        The words of an accepted incident stay, as do those under a hold.
        """
        kept = [incident.c.decision == Decision.ACCEPT]
        if held := self.held_incidents():
            kept.append(incident.c.id.in_(sorted(held)))
        stays = (
            sa.select(incident_item.c.item_id)
            .join(incident, incident.c.id == incident_item.c.incident_id)
            .where(incident_item.c.item_id == item.c.id, sa.or_(*kept))
        )
        query = (
            sa.select(item.c.id)
            .where(item.c.pruned_at.is_(None), item.c.first_seen < before, ~stays.exists())
            .order_by(item.c.first_seen, item.c.id)
            .limit(limit)
        )
        return list(self._db.scalars(query))

    def prune_texts(self, item_ids: Sequence[int], now: datetime) -> int:
        """Take their raw words: masked title, link, dates and codes stay, so that counts do. How many."""
        rows = self._db.execute(
            sa.select(item.c.id, item.c.title, assessment.c.said)
            .join(assessment, assessment.c.item_id == item.c.id)
            .where(item.c.id.in_(item_ids))
        ).all()
        for row in rows:
            title = mask_names(row.title)
            bare = {"title": title, "text": "", "html": "", "pruned_at": now}
            self._db.execute(item.update().where(item.c.id == row.id).values(**bare))
            said = write_assessment(wordless(read_assessment(row.said)))
            self._db.execute(assessment.update().where(assessment.c.item_id == row.id).values(said=said))
            versions = item_version.c.item_id == row.id
            self._db.execute(item_version.update().where(versions).values(title=title, text=""))
        self._db.execute(clue.delete().where(clue.c.item_id.in_(item_ids)))
        self._reword(item_ids)
        return len(rows)

    def _reword(self, item_ids: Sequence[int]) -> None:
        """The words that the incidents of these items are found by: without the sentences that went."""
        chosen = sa.select(incident_item.c.incident_id).where(incident_item.c.item_id.in_(item_ids))
        query = (
            sa.select(incident.c.id, incident.c.title.label("head"), item.c.title, assessment.c.said)
            .join(incident_item, incident_item.c.incident_id == incident.c.id)
            .join(item, item.c.id == incident_item.c.item_id)
            .join(assessment, assessment.c.item_id == item.c.id)
            .where(incident.c.id.in_(chosen))
            .order_by(incident.c.id, item.c.id)
        )
        heads: dict[int, str] = {}
        told: dict[int, list[str]] = {}
        for row in self._db.execute(query):
            heads[row.id] = row.head
            told.setdefault(row.id, []).append(row.title)
            told[row.id] += sentences(read_assessment(row.said))
        for number, head in heads.items():
            words = worded(head, told[number])
            self._db.execute(wording.update().where(wording.c.incident_id == number).values(words=words))

    def end_sign_ins(self, before: datetime) -> int:
        """Forget sessions that ended before that moment."""
        return self._db.execute(sign_in.delete().where(sign_in.c.expires_at < before)).rowcount

    def prune_post(self, before: datetime) -> int:
        """Take subject and text of messages done with; what went where and when stays."""
        old = sa.and_(outbox.c.created_at < before, outbox.c.state.in_(_OVER), outbox.c.text != "")
        return self._db.execute(outbox.update().where(old).values(subject="", text="")).rowcount

    def prune_notes(self, before: datetime) -> int:
        """Take the free words of decisions and notes, but not of incidents under a hold."""
        held = self.held_incidents()
        count = 0
        for table, column in ((review, review.c.note), (note, note.c.text)):
            old = sa.and_(table.c.at < before, column != "", table.c.incident_id.not_in(sorted(held)))
            count += self._db.execute(table.update().where(old).values({column.name: ""})).rowcount
        return count

    def prune_requests(self, before: datetime) -> int:
        """Take the words of requests answered before that moment; kind, times and outcome stay."""
        table = privacy_request
        old = sa.and_(table.c.state.in_(_CLOSED), table.c.answered_at < before, table.c.concern != "")
        blank = {"concern": "", "link": "", "answer": ""}
        return self._db.execute(table.update().where(old).values(**blank)).rowcount

    # --- holds

    def hold(self, incident_id: int, reason: str, account_id: int, now: datetime) -> Hold:
        """`NotFound` without the incident, `Conflict` when it is held already."""
        self._there(incident_id)
        live = sa.and_(legal_hold.c.incident_id == incident_id, legal_hold.c.lifted_at.is_(None))
        if self._db.scalar(sa.select(legal_hold.c.id).where(live)) is not None:
            raise Conflict("Insiden itu sudah dalam penahanan penghapusan.")
        values = {
            "incident_id": incident_id,
            "reason": reason,
            "placed_by": account_id,
            "placed_at": now,
            "lift_reason": "",
        }
        return self.one_hold(inserted_id(self._db.execute(legal_hold.insert().values(**values))))

    def lift(self, hold_id: int, reason: str, account_id: int, now: datetime) -> Hold:
        """`NotFound` without it, `Conflict` when it was lifted before."""
        if self.one_hold(hold_id).lifted_at is not None:
            raise Conflict("Penahanan itu sudah dicabut.")
        values = {"lifted_by": account_id, "lifted_at": now, "lift_reason": reason}
        self._db.execute(legal_hold.update().where(legal_hold.c.id == hold_id).values(**values))
        return self.one_hold(hold_id)

    def one_hold(self, hold_id: int) -> Hold:
        row = self._db.execute(sa.select(legal_hold).where(legal_hold.c.id == hold_id)).first()
        if row is None:
            raise NotFound("Penahanan itu tidak ada.")
        return _hold(row)

    def holds(self, *, live_only: bool = True, limit: int = 200) -> list[Hold]:
        """Newest first."""
        query = sa.select(legal_hold).order_by(legal_hold.c.id.desc()).limit(limit)
        if live_only:
            query = query.where(legal_hold.c.lifted_at.is_(None))
        return [_hold(row) for row in self._db.execute(query)]

    # --- requests

    def add_request(self, values: dict[str, Any]) -> PrivacyRequest:
        """A new request with these columns; `NotFound` without its incident."""
        number = values.get("incident_id")
        if number is not None:
            self._there(number)
        made = self._db.execute(privacy_request.insert().values(**values))
        return self.request(inserted_id(made))

    def request(self, request_id: int) -> PrivacyRequest:
        query = sa.select(privacy_request).where(privacy_request.c.id == request_id)
        row = self._db.execute(query).first()
        if row is None:
            raise NotFound("Permintaan itu tidak ada.")
        return _request(row)

    def change_request(self, request_id: int, values: dict[str, Any]) -> PrivacyRequest:
        chosen = privacy_request.c.id == request_id
        self._db.execute(privacy_request.update().where(chosen).values(**values))
        return self.request(request_id)

    def requests(self, states: Collection[RequestState], limit: int) -> list[PrivacyRequest]:
        """Open ones by what is due first, then answered ones, newest first."""
        table = privacy_request
        closed = table.c.state.in_(_CLOSED)
        query = (
            sa.select(table)
            .where(table.c.state.in_([state.value for state in states]))
            .order_by(closed, sa.case((closed, None), else_=table.c.due_at), table.c.id.desc())
            .limit(limit)
        )
        return [_request(row) for row in self._db.execute(query)]

    def references(self, beginning: str) -> set[str]:
        query = sa.select(privacy_request.c.reference)
        return set(self._db.scalars(query.where(privacy_request.c.reference.startswith(beginning))))

    def _there(self, incident_id: int) -> None:
        if self._db.scalar(sa.select(incident.c.id).where(incident.c.id == incident_id)) is None:
            raise NotFound("Insiden itu tidak ada.")


def _hold(row: Any) -> Hold:
    return Hold(**{name: getattr(row, name) for name in Hold.__slots__})


def _request(row: Any) -> PrivacyRequest:
    values = {name: getattr(row, name) for name in PrivacyRequest.__slots__}
    return PrivacyRequest(**values | {"kind": RequestKind(row.kind), "state": RequestState(row.state)})
