"""The round of the webhooks: what is due is composed once, signed, sent, and marked.

Each hook has a thread of its own while it is worked for, so that a slow one keeps nobody waiting; within a
hook at most one event of an incident is under way. A worker killed between sending and marking leaves the
delivery due again after two minutes, under the same `webhook-id`.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from api.wire_hooks import event_body
from feeds import SEND_SECONDS, Parcel, Sent, run_send
from screening import Answered, Claimed, Desk, Ruling, signature, stamp

log = structlog.get_logger("dini.hooks")

BATCH = 20  # under way to one hook at a time
AT_ONCE = 8  # hooks
TURN_SECONDS = 10.0  # a hook with much to be told makes room after this
CONTENT = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class HooksRound:
    """What one round did: deliveries accepted, to be tried again, given up, and hooks that 410 ended."""

    delivered: int = 0
    again: int = 0
    given_up: int = 0
    gone: int = 0

    def plus(self, other: HooksRound) -> HooksRound:
        return HooksRound(
            delivered=self.delivered + other.delivered,
            again=self.again + other.again,
            given_up=self.given_up + other.given_up,
            gone=self.gone + other.gone,
        )


def hooks_due(
    desk: Desk,
    clock: Callable[[], datetime],
    only: Collection[int] | None = None,
    stop: threading.Event | None = None,
    *,
    roll: Callable[[], float] = random.random,
    patience: float = SEND_SECONDS,
) -> HooksRound:
    """Send what is due (to the hooks of `only`), each with `patience` seconds. Many workers may do so."""
    if only is None:
        desk.hooks.owe_windows(clock())
    due = desk.hooks.due(clock(), only)
    if not due:
        return HooksRound()
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(due)), thread_name_prefix="hook") as pool:
        turns = [pool.submit(_turn, desk, hook_id, clock, stop, roll, patience) for hook_id in due]
    done, failure = HooksRound(), None
    for turn in turns:
        error = turn.exception()
        if error is None:
            done = done.plus(turn.result())
        else:
            failure = failure or error
    if failure is not None:  # after the others have had their turn
        raise failure
    return done


def _turn(  # noqa: PLR0917 - a thread's arguments
    desk: Desk,
    hook_id: int,
    clock: Callable[[], datetime],
    stop: threading.Event | None,
    roll: Callable[[], float],
    patience: float,
) -> HooksRound:
    done, until = HooksRound(), time.monotonic() + TURN_SECONDS
    while not (stop and stop.is_set()) and time.monotonic() < until:
        claimed = desk.hooks.claim(hook_id, clock(), BATCH)
        if not claimed:
            break
        batch = _batch(desk, hook_id, claimed, clock, roll, patience)
        done = done.plus(batch)
        if not batch.delivered:  # whatever it is, the next event will meet it too
            break
    return done


def _batch(  # noqa: PLR0917 - as its turn
    desk: Desk,
    hook_id: int,
    claimed: Sequence[Claimed],
    clock: Callable[[], datetime],
    roll: Callable[[], float],
    patience: float,
) -> HooksRound:
    new = [(one.event.id, event_body(one.event, desk.settings.public_url)) for one in claimed if not one.body]
    bodies = desk.hooks.compose(new) if new else {}
    at = clock()
    parcels = [parcel(one, one.body or bodies[one.event.id], at) for one in claimed]
    sent = run_send(parcels, desk.hooks.fetch_settings(), patience)
    answers = [(one, answered(each), roll()) for one, each in zip(claimed, sent, strict=True)]
    rulings = [one.ruling for one in desk.hooks.settle(hook_id, answers, clock())]
    return HooksRound(
        delivered=rulings.count(Ruling.DELIVERED),
        again=rulings.count(Ruling.AGAIN),
        given_up=rulings.count(Ruling.GIVEN_UP),
        gone=int(Ruling.GONE in rulings),
    )


def parcel(one: Claimed, body: str, at: datetime) -> Parcel:
    """Signed for this moment with each secret in force."""
    message_id = one.event.message_id
    return Parcel(
        key=str(one.id),
        url=one.url,
        body=body.encode("utf-8"),
        headers=(
            ("Content-Type", CONTENT),
            ("webhook-id", message_id),
            ("webhook-timestamp", str(stamp(at))),
            ("webhook-signature", signature(one.secrets, message_id, at, body)),
        ),
    )


def answered(one: Sent) -> Answered:
    wait = one.retry_after_seconds
    return Answered(
        status=one.status, reason=one.reason, retry_after=None if wait is None else timedelta(seconds=wait)
    )
