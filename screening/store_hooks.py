"""Rows of webhooks: what is owed in the transaction that causes it, claimed with a lease, and marked."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.errors import NotFound
from screening.hooks import (
    LEASE,
    ROTATION,
    Claimed,
    Delivery,
    DeliveryState,
    EventKind,
    Happening,
    Hook,
    HookEvent,
    HookState,
    Ruling,
    Verdict,
    concerns,
    read_event,
    write_facts,
    write_window,
)
from screening.schema import inserted_id
from screening.schema_hooks import hook, hook_delivery, hook_event

_CHUNK = 400


class HookBook:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- hooks

    def add(
        self, url: str, office: str, kinds: Sequence[EventKind], account_id: int | None, now: datetime
    ) -> int:
        """Its number; it has no secret yet, since that is sealed for the number."""
        values = {
            "url": url,
            "office": office,
            "kinds": ",".join(kinds),
            "secret": "",
            "old_secret": "",
            "state": HookState.ACTIVE,
            "why": "",
            "account_id": account_id,
            "at": now,
        }
        return inserted_id(self._db.execute(hook.insert().values(**values)))

    def secret(self, hook_id: int) -> str:
        """As it is stored."""
        return str(self._db.scalar(sa.select(hook.c.secret).where(hook.c.id == hook_id)) or "")

    def put_secret(self, hook_id: int, sealed: str) -> None:
        self._db.execute(hook.update().where(hook.c.id == hook_id).values(secret=sealed))

    def lock(self, hook_id: int) -> Hook:
        """`NotFound` when there is none; nobody else changes it before this transaction ends."""
        query = sa.select(hook.c.id).where(hook.c.id == hook_id).with_for_update()
        if self._db.scalar(query) is None:
            raise NotFound("Kait itu tidak ada.")
        return self.one(hook_id)

    def rotate(self, hook_id: int, sealed: str, now: datetime, *, keep: bool) -> None:
        """With `keep` the one that stood signs beside it for 24 hours; one from before that no more."""
        old = {"old_secret": hook.c.secret if keep else "", "old_until": now + ROTATION if keep else None}
        self._db.execute(hook.update().where(hook.c.id == hook_id).values(secret=sealed, **old))

    def forget_old_secrets(self, now: datetime) -> None:
        """Secrets that sign no more are not kept."""
        over = sa.and_(hook.c.old_secret != "", hook.c.old_until <= now)
        self._db.execute(hook.update().where(over).values(old_secret="", old_until=None))

    def set_state(self, hook_id: int, state: HookState, why: str = "") -> None:
        values = {"state": state, "why": why, "failing_since": None}
        self._db.execute(hook.update().where(hook.c.id == hook_id).values(**values))

    def failing(self, hook_id: int, since: datetime | None) -> None:
        self._db.execute(hook.update().where(hook.c.id == hook_id).values(failing_since=since))

    def remove(self, hook_id: int) -> None:
        self._db.execute(hook_delivery.delete().where(hook_delivery.c.hook_id == hook_id))
        self._db.execute(hook.delete().where(hook.c.id == hook_id))

    def one(self, hook_id: int) -> Hook:
        found = self.all((hook_id,))
        if not found:
            raise NotFound("Kait itu tidak ada.")
        return found[0]

    def all(self, only: Collection[int] | None = None) -> tuple[Hook, ...]:
        """With what waits and was given up."""
        query = sa.select(hook).order_by(hook.c.id)
        counts = (
            sa.select(
                hook_delivery.c.hook_id,
                hook_delivery.c.state,
                sa.func.count().label("many"),
                sa.func.max(hook_delivery.c.delivered_at, type_=hook_delivery.c.delivered_at.type).label(
                    "last"
                ),
            )
            .group_by(hook_delivery.c.hook_id, hook_delivery.c.state)
            .order_by(hook_delivery.c.hook_id)
        )
        if only is not None:
            query = query.where(hook.c.id.in_(only))
            counts = counts.where(hook_delivery.c.hook_id.in_(only))
        told: dict[int, dict[str, Any]] = {}
        for row in self._db.execute(counts):
            told.setdefault(row.hook_id, {})[row.state] = row
        return tuple(_hook(row, told.get(row.id, {})) for row in self._db.execute(query))

    def listening(self) -> tuple[Hook, ...]:
        """Those that events are owed to: paused ones too, ended ones not."""
        query = sa.select(hook).where(hook.c.state != HookState.ENDED).order_by(hook.c.id)
        return tuple(_hook(row, {}) for row in self._db.execute(query))

    # --- what happens

    def newest(self, incident_ids: Sequence[int]) -> dict[int, HookEvent]:
        """The event told last of each of these incidents."""
        found: dict[int, HookEvent] = {}
        for start in range(0, len(incident_ids), _CHUNK):
            chosen = incident_ids[start : start + _CHUNK]
            last = (
                sa.select(hook_event.c.incident_id, sa.func.max(hook_event.c.seq).label("seq"))
                .where(hook_event.c.incident_id.in_(chosen))
                .group_by(hook_event.c.incident_id)
                .subquery()
            )
            query = sa.select(hook_event).join(
                last, sa.and_(hook_event.c.incident_id == last.c.incident_id, hook_event.c.seq == last.c.seq)
            )
            found |= {row.incident_id: _event(row) for row in self._db.execute(query)}
        return found

    def tell(self, one: Happening, seq: int, hooks: Sequence[Hook], now: datetime) -> None:
        """Write an event down and owe it to the hooks that it concerns."""
        number = self._write(
            one.kind,
            write_facts(one),
            one.offices,
            now,
            incident_id=one.after.incident.id,
            seq=seq,
        )
        told = [each.id for each in hooks if concerns(each, one.kind, one.offices)]
        self._owe(number, one.after.incident.id, told, now)

    def tell_window(
        self,
        office: str,
        window: tuple[datetime, datetime],
        occasion: str,
        hook_ids: Sequence[int],
        now: datetime,
    ) -> int:
        """The digest of a window to these hooks of its office; the event's number."""
        facts = write_window(office, *window)
        number = self._write(EventKind.DIGEST, facts, (office,), now, occasion=occasion)
        self._owe(number, None, hook_ids, now)
        return number

    def tell_test(self, hook_id: int, now: datetime) -> int:
        """A test to one hook; the number of its delivery."""
        number = self._write(EventKind.TEST, "{}", (), now)
        self._owe(number, None, (hook_id,), now)
        query = sa.select(hook_delivery.c.id).where(hook_delivery.c.event_id == number)
        return int(self._db.scalar(query) or 0)

    def told(self, occasions: Sequence[str]) -> set[str]:
        """Those of these occasions that are written down already."""
        query = sa.select(hook_event.c.occasion).where(hook_event.c.occasion.in_(occasions))
        return set(self._db.scalars(query))

    def replay(self, one: Hook, since: datetime, until: datetime, now: datetime) -> int:
        """Owe what happened in [since, until) to a hook once more, under the same ids; how many events.

        What waits already is left as it is.
        """
        query = sa.select(hook_event.c.id, hook_event.c.kind, hook_event.c.offices, hook_event.c.incident_id)
        query = query.where(hook_event.c.at >= since, hook_event.c.at < until).order_by(hook_event.c.id)
        wanted = {
            row.id: row.incident_id
            for row in self._db.execute(query)
            if concerns(one, EventKind(row.kind), row.offices.split(","))
        }
        there = sa.select(hook_delivery.c.event_id, hook_delivery.c.state)
        here = hook_delivery.c.hook_id == one.id
        states = {row.event_id: row.state for row in self._db.execute(there.where(here))}
        again = [number for number in wanted if states.get(number, "") not in ("", DeliveryState.WAITING)]
        for start in range(0, len(again), _CHUNK):
            chosen = hook_delivery.c.event_id.in_(again[start : start + _CHUNK])
            self._db.execute(hook_delivery.update().where(here, chosen).values(**_fresh(now)))
        new = [number for number in wanted if number not in states]
        rows = [
            {"hook_id": one.id, "event_id": number, "incident_id": wanted[number], **_fresh(now)}
            for number in new
        ]
        if rows:
            self._db.execute(hook_delivery.insert(), rows)
        return len(again) + len(new)

    # --- sending

    def due(self, now: datetime, only: Collection[int] | None = None) -> list[int]:
        """The active hooks for which something is due."""
        query = (
            sa.select(hook_delivery.c.hook_id)
            .join(hook, hook.c.id == hook_delivery.c.hook_id)
            .where(hook.c.state == HookState.ACTIVE, *_due(now))
            .distinct()
            .order_by(hook_delivery.c.hook_id)
        )
        if only is not None:
            query = query.where(hook_delivery.c.hook_id.in_(only))
        return list(self._db.scalars(query))

    def claim(self, hook_id: int, now: datetime, limit: int) -> tuple[Claimed, ...]:
        """The next deliveries of a hook that are due, at most one of each incident, ours for the lease.

        An event waits until all earlier ones of its incident are delivered to this hook or given up.
        """
        row = self._db.execute(
            sa.select(hook).where(hook.c.id == hook_id, hook.c.state == HookState.ACTIVE)
        ).first()
        if row is None:
            return ()
        keys: tuple[str, ...] = (row.secret,)
        if row.old_secret and row.old_until > now:
            keys = (row.secret, row.old_secret)
        # The first that waits of each incident, found in one pass: asked of each row whether an earlier one
        # waits, SQLite read the whole backlog for every row of it (7,000 waiting: half a minute).
        alone = sa.func.coalesce(hook_delivery.c.incident_id, -hook_delivery.c.event_id)
        first = (
            sa.select(sa.func.min(hook_delivery.c.event_id))
            .where(hook_delivery.c.hook_id == hook_id, hook_delivery.c.state == DeliveryState.WAITING)
            .group_by(alone)
        )
        query = (
            sa.select(hook_delivery.c.id)
            .where(hook_delivery.c.hook_id == hook_id, *_due(now), hook_delivery.c.event_id.in_(first))
            .order_by(hook_delivery.c.event_id)
            .limit(limit)
            # Two workers on PostgreSQL: the second passes over the rows that the first is just taking.
            .with_for_update(skip_locked=True, of=hook_delivery)
        )
        ids = list(self._db.scalars(query))
        if not ids:
            return ()
        mine = hook_delivery.c.id.in_(ids)
        marks = {
            "claimed_until": now + LEASE,
            "attempts": hook_delivery.c.attempts + 1,
            "first_try_at": sa.func.coalesce(
                hook_delivery.c.first_try_at, sa.literal(now, hook_delivery.c.first_try_at.type)
            ),
        }
        self._db.execute(hook_delivery.update().where(mine).values(**marks))
        taken = (
            sa.select(
                hook_delivery.c.id.label("delivery_id"),
                hook_delivery.c.attempts,
                hook_delivery.c.first_try_at,
                hook_event,
            )
            .join(hook_event, hook_event.c.id == hook_delivery.c.event_id)
            .where(mine)
            .order_by(hook_event.c.id)
        )
        return tuple(
            Claimed(
                id=one.delivery_id,
                event=_event(one),
                body=one.body,
                url=row.url,
                secrets=keys,
                attempts=one.attempts,
                first_try_at=one.first_try_at,
            )
            for one in self._db.execute(taken)
        )

    def compose(self, event_id: int, body: str) -> str:
        """The body of an event, written down before it is sent for the first time; who was first stands."""
        empty = sa.and_(hook_event.c.id == event_id, hook_event.c.body == "")
        self._db.execute(hook_event.update().where(empty).values(body=body))
        return str(self._db.scalar(sa.select(hook_event.c.body).where(hook_event.c.id == event_id)))

    def mark(self, one: Claimed, verdict: Verdict, now: datetime) -> None:
        """What came of a try. One that is delivered or dropped meanwhile stays so."""
        states = {
            Ruling.DELIVERED: DeliveryState.DELIVERED,
            Ruling.AGAIN: DeliveryState.WAITING,
            Ruling.GIVEN_UP: DeliveryState.GIVEN_UP,
            Ruling.GONE: DeliveryState.DROPPED,
        }
        values: dict[str, Any] = {
            "state": states[verdict.ruling],
            "status": verdict.status,
            "reason": verdict.words,
            "claimed_until": None,
        }
        if verdict.ruling is Ruling.DELIVERED:
            values["delivered_at"] = now
        if verdict.next_try_at is not None:
            values["next_try_at"] = verdict.next_try_at
        here = [hook_delivery.c.id == one.id, hook_delivery.c.state == DeliveryState.WAITING]
        if verdict.ruling is not Ruling.DELIVERED:
            # A worker whose lease ran out says nothing about the try of the one that came after it.
            here.append(hook_delivery.c.attempts == one.attempts)
        self._db.execute(hook_delivery.update().where(*here).values(**values))

    def drop_waiting(self, hook_id: int, words: str) -> None:
        waits = sa.and_(hook_delivery.c.hook_id == hook_id, hook_delivery.c.state == DeliveryState.WAITING)
        values = {"state": DeliveryState.DROPPED, "reason": words, "claimed_until": None}
        self._db.execute(hook_delivery.update().where(waits).values(**values))

    def begin_anew(self, hook_id: int, now: datetime) -> None:
        """What waits is due now, and its five days begin with the next try."""
        waits = sa.and_(hook_delivery.c.hook_id == hook_id, hook_delivery.c.state == DeliveryState.WAITING)
        values = {"attempts": 0, "first_try_at": None, "next_try_at": now, "claimed_until": None}
        self._db.execute(hook_delivery.update().where(waits).values(**values))

    def forget(self, before: datetime, limit: int) -> tuple[int, int]:
        """Events from before that moment go; (how many, how many deliveries still waited).

        The newest of an incident stays, as the next one is told by comparing with it.
        """
        later = hook_event.alias("later")
        newer = sa.select(later.c.id).where(
            later.c.incident_id == hook_event.c.incident_id, later.c.seq > hook_event.c.seq
        )
        query = (
            sa.select(hook_event.c.id)
            .where(hook_event.c.at < before, sa.or_(hook_event.c.incident_id.is_(None), newer.exists()))
            .order_by(hook_event.c.id)
            .limit(limit)
        )
        ids = list(self._db.scalars(query))
        lost = 0
        for start in range(0, len(ids), _CHUNK):
            chosen = ids[start : start + _CHUNK]
            of_them = hook_delivery.c.event_id.in_(chosen)
            waiting = sa.select(sa.func.count()).select_from(hook_delivery)
            waiting = waiting.where(of_them, hook_delivery.c.state == DeliveryState.WAITING)
            lost += self._db.scalar(waiting) or 0
            self._db.execute(hook_delivery.delete().where(of_them))
            self._db.execute(hook_event.delete().where(hook_event.c.id.in_(chosen)))
        return len(ids), lost

    # --- reading

    def deliveries(
        self, hook_id: int, limit: int, state: DeliveryState | None = None
    ) -> tuple[Delivery, ...]:
        """Newest event first."""
        query = (
            _deliveries()
            .where(hook_delivery.c.hook_id == hook_id)
            .order_by(hook_delivery.c.event_id.desc())
            .limit(limit)
        )
        if state is not None:
            query = query.where(hook_delivery.c.state == state)
        return tuple(_delivery(row) for row in self._db.execute(query))

    def delivery(self, delivery_id: int) -> Delivery:
        row = self._db.execute(_deliveries().where(hook_delivery.c.id == delivery_id)).first()
        if row is None:
            raise NotFound("Kiriman itu tidak ada.")
        return _delivery(row)

    # --- inside

    def _write(
        self,
        kind: EventKind,
        facts: str,
        offices: Sequence[str],
        now: datetime,
        *,
        incident_id: int | None = None,
        seq: int | None = None,
        occasion: str | None = None,
    ) -> int:
        values = {
            "message_id": f"msg_{secrets.token_hex(12)}",
            "kind": kind,
            "incident_id": incident_id,
            "seq": seq,
            "occasion": occasion,
            "offices": ",".join(offices),
            "facts": facts,
            "body": "",
            "at": now,
        }
        return inserted_id(self._db.execute(hook_event.insert().values(**values)))

    def _owe(self, event_id: int, incident_id: int | None, hook_ids: Sequence[int], now: datetime) -> None:
        rows = [
            {"hook_id": number, "event_id": event_id, "incident_id": incident_id, **_fresh(now)}
            for number in hook_ids
        ]
        if rows:
            self._db.execute(hook_delivery.insert(), rows)


def _fresh(now: datetime) -> dict[str, Any]:
    return {
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "owed_at": now,
        "first_try_at": None,
        "next_try_at": now,
        "claimed_until": None,
        "status": None,
        "reason": "",
    }


def _due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    free = sa.or_(hook_delivery.c.claimed_until.is_(None), hook_delivery.c.claimed_until <= now)
    return (hook_delivery.c.state == DeliveryState.WAITING, hook_delivery.c.next_try_at <= now, free)


def _deliveries() -> sa.Select[Any]:
    return sa.select(hook_delivery, hook_event.c.message_id, hook_event.c.kind, hook_event.c.seq).join(
        hook_event, hook_event.c.id == hook_delivery.c.event_id
    )


def _hook(row: Any, told: dict[str, Any]) -> Hook:
    def many(state: DeliveryState) -> int:
        return told[state].many if state in told else 0

    moments = [one.last for one in told.values() if one.last is not None]
    return Hook(
        id=row.id,
        url=row.url,
        office=row.office,
        kinds=tuple(EventKind(kind) for kind in row.kinds.split(",")),
        state=HookState(row.state),
        why=row.why,
        added_at=row.at,
        failing_since=row.failing_since,
        old_until=row.old_until,
        waiting=many(DeliveryState.WAITING),
        given_up=many(DeliveryState.GIVEN_UP),
        last_delivered_at=max(moments, default=None),
    )


def _event(row: Any) -> HookEvent:
    return read_event(row.id, row.message_id, row.kind, row.at, row.incident_id, row.seq, row.facts)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        hook_id=row.hook_id,
        message_id=row.message_id,
        kind=EventKind(row.kind),
        incident_id=row.incident_id,
        seq=row.seq,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        owed_at=row.owed_at,
        next_try_at=row.next_try_at,
        status=row.status,
        reason=row.reason,
        delivered_at=row.delivered_at,
    )
