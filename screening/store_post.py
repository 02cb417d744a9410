"""Rows of recipients and of what goes to them; the unique key of the outbox is what makes it "once"."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.errors import Conflict, NotFound
from screening.post import (
    GIVE_UP,
    LEASE,
    Dispatch,
    PostKind,
    PostState,
    Recipient,
    offices_of,
    pause_after,
    reached,
    scheduled,
)
from screening.records import Incident
from screening.schema import incident, outbox, recipient
from screening.taxonomy import Severity

_ERROR_CHARS = 300


class Post:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- recipients

    def add(self, office: str, mailbox: str, kinds: frozenset[PostKind], now: datetime) -> Recipient:
        if any(one.mailbox == mailbox for one in self.recipients(office)):
            raise Conflict(f"Kotak surat {mailbox} sudah ada untuk {office}.")
        values = {
            "office": office,
            "mailbox": mailbox,
            "digest": PostKind.DIGEST in kinds,
            "urgent": PostKind.URGENT in kinds,
            "added_at": now,
        }
        self._db.execute(recipient.insert().values(**values))
        return Recipient(office=office, mailbox=mailbox, kinds=kinds, added_at=now)

    def remove(self, office: str, mailbox: str) -> None:
        """What still waits for it is dropped; what was sent stays written down."""
        here = sa.and_(recipient.c.office == office, recipient.c.mailbox == mailbox)
        if not self._db.execute(recipient.delete().where(here)).rowcount:
            raise NotFound(f"Kotak surat {mailbox} tidak ada untuk {office}.")
        waiting = sa.and_(
            outbox.c.office == office, outbox.c.mailbox == mailbox, outbox.c.state == PostState.WAITING
        )
        self._end(waiting, PostState.DROPPED, "Kotak surat dihapus dari daftar.")

    def recipients(self, office: str = "", kind: PostKind | None = None) -> tuple[Recipient, ...]:
        query = sa.select(recipient).order_by(recipient.c.office, recipient.c.id)
        if office:
            query = query.where(recipient.c.office == office)
        if kind is not None:
            query = query.where(recipient.c[kind.value].is_(True))
        return tuple(_recipient(row) for row in self._db.execute(query))

    # --- what causes a dispatch

    def owe_digest(self, start: datetime, end: datetime, now: datetime) -> int:
        """The scheduled digest of a window to every office mailbox that was there before its edge."""
        return sum(
            self._owe(
                one.office,
                one.mailbox,
                now,
                kind=PostKind.DIGEST,
                occasion=scheduled(end),
                since=start,
                until=end,
            )
            is not None
            for one in self.recipients(kind=PostKind.DIGEST)
            if one.added_at < end
        )

    def owe_asked(
        self, chosen: Sequence[Recipient], occasion: str, start: datetime, end: datetime, now: datetime
    ) -> list[int]:
        """A digest somebody asked for; the ids of its dispatches."""
        made = [
            self._owe(
                one.office, one.mailbox, now, kind=PostKind.DIGEST, occasion=occasion, since=start, until=end
            )
            for one in chosen
        ]
        return [number for number in made if number is not None]

    def owe_urgent(self, one: Incident, now: datetime) -> int:
        """Of an alarming incident, to the mailboxes not yet told of it at this level or a higher one."""
        wanted = [
            each for office in offices_of(one.place_code) for each in self.recipients(office, PostKind.URGENT)
        ]
        if not wanted:
            return 0
        # What was told of an incident that was merged into this one was told of this one.
        merged = sa.select(incident.c.id).where(incident.c.merged_into == one.id)
        query = sa.select(outbox.c.office, outbox.c.mailbox).where(
            outbox.c.kind == PostKind.URGENT,
            outbox.c.level >= int(one.severity),
            sa.or_(outbox.c.incident_id == one.id, outbox.c.incident_id.in_(merged)),
        )
        told = {(row.office, row.mailbox) for row in self._db.execute(query)}
        made = 0
        for each in wanted:
            if (each.office, each.mailbox) not in told:
                self._owe(
                    each.office,
                    each.mailbox,
                    now,
                    kind=PostKind.URGENT,
                    occasion=reached(one.id, one.severity),
                    incident_id=one.id,
                    level=int(one.severity),
                )
                made += 1
        return made

    def revive_urgent(self, incident_id: int, level: Severity, now: datetime) -> None:
        """What was dropped because a person had made it no alarm is owed again: that was undone."""
        dropped = sa.and_(
            outbox.c.kind == PostKind.URGENT,
            outbox.c.incident_id == incident_id,
            outbox.c.level >= int(level),
            outbox.c.state == PostState.DROPPED,
            sa.select(recipient.c.id)
            .where(recipient.c.office == outbox.c.office, recipient.c.mailbox == outbox.c.mailbox)
            .exists(),
        )
        values = {"state": PostState.WAITING, "next_try_at": now, "attempts": 0, "last_error": ""}
        self._db.execute(outbox.update().where(dropped).values(**values))

    def drop_urgent(self, incident_id: int, words: str) -> None:
        """What waits of an incident that is no alarm any more is not sent."""
        waits = sa.and_(
            outbox.c.kind == PostKind.URGENT,
            outbox.c.incident_id == incident_id,
            outbox.c.state == PostState.WAITING,
        )
        self._end(waits, PostState.DROPPED, words)

    def owes_digest(self, end: datetime) -> bool:
        """Whether a mailbox that should have the scheduled digest of this edge is without one."""
        there = sa.select(outbox.c.id).where(
            outbox.c.kind == PostKind.DIGEST,
            outbox.c.office == recipient.c.office,
            outbox.c.mailbox == recipient.c.mailbox,
            outbox.c.occasion == scheduled(end),
        )
        query = sa.select(recipient.c.id).where(
            recipient.c.digest.is_(True), recipient.c.added_at < end, ~there.exists()
        )
        return self._db.execute(query.limit(1)).first() is not None

    # --- sending

    def due(self, now: datetime) -> bool:
        query = sa.select(outbox.c.id).where(outbox.c.state == PostState.WAITING, outbox.c.next_try_at <= now)
        return self._db.execute(query.limit(1)).first() is not None

    def claim(self, now: datetime, only: Sequence[int] | None = None) -> Dispatch | None:
        """The next dispatch that is due, urgent ones first; it is due again when the lease has run out."""
        self._end(
            sa.and_(outbox.c.state == PostState.WAITING, outbox.c.created_at < now - GIVE_UP),
            PostState.GIVEN_UP,
        )
        due = sa.and_(outbox.c.state == PostState.WAITING, outbox.c.next_try_at <= now)
        if only is not None:
            due = sa.and_(due, outbox.c.id.in_(only))
        query = sa.select(outbox).where(due)
        query = query.order_by(outbox.c.kind.desc(), outbox.c.next_try_at, outbox.c.id).limit(1)
        # Two workers on PostgreSQL: the second passes over the row that the first is just taking.
        row = self._db.execute(query.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        marks = {"next_try_at": now + LEASE, "attempts": row.attempts + 1}
        self._db.execute(outbox.update().where(outbox.c.id == row.id).values(**marks))
        return self.one(row.id)

    def compose(self, one: Dispatch, subject: str, text: str, attachment: bytes, domain: str) -> Dispatch:
        """What it says, written down before it is sent for the first time and never again."""
        values = {
            "subject": subject,
            "text": text,
            "attachment": attachment or None,
            "message_id": f"{one.message_id}@{domain}",
        }
        self._db.execute(outbox.update().where(outbox.c.id == one.id).values(**values))
        return self.one(one.id)

    def sent(self, number: int, now: datetime) -> None:
        values = {"state": PostState.SENT, "sent_at": now, "last_error": "", "attachment": None}
        self._db.execute(outbox.update().where(outbox.c.id == number).values(**values))

    def unsent(self, one: Dispatch, words: str, now: datetime) -> None:
        """Not this time; tried again after a pause that grows."""
        values = {
            "last_error": words[:_ERROR_CHARS],
            "next_try_at": now + pause_after(one.kind, one.attempts),
        }
        waiting = outbox.c.state == PostState.WAITING
        self._db.execute(outbox.update().where(outbox.c.id == one.id, waiting).values(**values))

    def drop(self, number: int, words: str) -> None:
        self._end(
            sa.and_(outbox.c.id == number, outbox.c.state == PostState.WAITING), PostState.DROPPED, words
        )

    # --- reading

    def one(self, number: int) -> Dispatch:
        row = self._db.execute(sa.select(outbox).where(outbox.c.id == number)).first()
        if row is None:
            raise NotFound("Surat itu tidak ada.")
        return _dispatch(row)

    def between(self, start: datetime, end: datetime, office: str = "") -> tuple[Dispatch, ...]:
        """Digests whose window ends, and urgent ones that were caused, in (start, end]; newest first."""
        moment = sa.func.coalesce(outbox.c.until, outbox.c.created_at, type_=outbox.c.created_at.type)
        query = sa.select(outbox).where(moment > start, moment <= end)
        if office:
            query = query.where(outbox.c.office == office)
        query = query.order_by(moment.desc(), outbox.c.office, outbox.c.id)
        return tuple(_dispatch(row) for row in self._db.execute(query))

    # --- inside

    def _owe(self, office: str, mailbox: str, now: datetime, **cause: Any) -> int | None:
        key = {"kind": cause["kind"], "office": office, "mailbox": mailbox, "occasion": cause["occasion"]}
        same = sa.and_(*(outbox.c[name] == value for name, value in key.items()))
        if self._db.scalar(sa.select(outbox.c.id).where(same)) is not None:
            return None
        values = {
            "office": office,
            "mailbox": mailbox,
            "state": PostState.WAITING,
            "attempts": 0,
            "created_at": now,
            "next_try_at": now,
            "last_error": "",
            "message_id": secrets.token_hex(16),
            "subject": "",
            "text": "",
        }
        result = self._db.execute(outbox.insert().values(**values, **cause))
        key_of_row = result.inserted_primary_key
        return int(key_of_row[0]) if key_of_row else None

    def _end(self, which: sa.ColumnElement[bool], state: PostState, words: str = "") -> None:
        values: dict[str, Any] = {"state": state, "attachment": None}
        if words:
            values["last_error"] = words
        self._db.execute(outbox.update().where(which).values(**values))


def _recipient(row: Any) -> Recipient:
    kinds = frozenset(kind for kind in PostKind if getattr(row, kind.value))
    return Recipient(office=row.office, mailbox=row.mailbox, kinds=kinds, added_at=row.added_at)


def _dispatch(row: Any) -> Dispatch:
    return Dispatch(
        id=row.id,
        kind=PostKind(row.kind),
        office=row.office,
        mailbox=row.mailbox,
        occasion=row.occasion,
        start=row.since,
        end=row.until,
        incident_id=row.incident_id,
        level=None if row.level is None else Severity(row.level),
        state=PostState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        next_try_at=row.next_try_at,
        last_error=row.last_error,
        sent_at=row.sent_at,
        message_id=row.message_id,
        subject=row.subject,
        text=row.text,
        attachment=row.attachment or b"",
    )
