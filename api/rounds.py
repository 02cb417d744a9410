"""The background work of `dini serve` and `dini worker`: collecting, post, webhooks, hourly upkeep.

"Due" is a query and claims are leases in the database, so any number of processes may run the same rounds:
each takes what no other has, and what a killed one held is due again. No queue of jobs stands in between
that could lose or double one.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from api.hooks_round import HooksRound, hooks_due
from api.metrics import Meter
from api.post import Round, post_due
from screening import CollectLine, CollectReport, Desk, SourceState

log = structlog.get_logger("dini.rounds")

Clock = Callable[[], datetime]
Told = Mapping[str, object]

EVERY, UPKEEP_EVERY = 60.0, 3600.0
HOOKS_EVERY = 5.0  # what reads along expects to hear at once; asking what is due is one indexed query
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class Stopped(Exception):
    """A round ends early because the process was told to stop; what it had begun is committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One kind of round: what it does and how long it rests after one; None told means nothing was due."""

    name: str
    every: float  # seconds
    do: Callable[[Desk, Clock, threading.Event], Told | None]


def duties(source_ids: Sequence[int] | None = None, every: float = EVERY) -> tuple[Duty, ...]:
    """All of them; `source_ids` limits collecting to these sources (None: all that are due)."""

    def collecting(desk: Desk, clock: Clock, stop: threading.Event) -> Told | None:
        return _collect(desk, clock, stop, source_ids)

    return (
        Duty(name="collect", every=every, do=collecting),
        Duty(name="post", every=every, do=_post),
        Duty(name="hooks", every=min(every, HOOKS_EVERY), do=_hooks),
        Duty(name="upkeep", every=max(every, UPKEEP_EVERY), do=_upkeep),
    )


class Rounds:
    """One thread a duty, so that an alarm does not wait for a slow round of collecting."""

    def __init__(self, desk: Desk, clock: Clock, chosen: Sequence[Duty], meter: Meter | None = None) -> None:
        self._desk, self._clock, self._meter = desk, clock, meter
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(duty,), name=duty.name, daemon=True) for duty in chosen
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> bool:
        """Each finishes the transaction it is in; True when all have ended within `seconds`.

        What is still waiting for a slow outlet then is given up, and its claims are given back.
        """
        self._stop.set()
        until = time.monotonic() + seconds
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(until - time.monotonic(), 0.0))
        ended = not any(thread.is_alive() for thread in self._threads)
        if not ended:
            try:
                self._desk.let_go()
            except Exception as error:  # noqa: BLE001  the leases end by themselves
                log.warning("claims_kept", kind=type(error).__name__)
        return ended

    def _run(self, duty: Duty) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            try:
                told = duty.do(self._desk, self._clock, self._stop)
            except Stopped:
                return
            except Exception as error:  # one bad round must not end the work
                self._count(duty, ok=False)
                if self._desk.operations.lost(error):
                    log.warning("database_away", round=duty.name, kind=type(error).__name__, pause=pause)
                    # Spread, so that many workers do not all come back in the same moment.
                    self._stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311  no secret
                    pause = min(pause * 2, LONGEST_PAUSE)
                    continue
                log.error("round_failed", round=duty.name, exc_info=True)
            else:
                pause = FIRST_PAUSE
                self._count(duty, ok=True)
                if told is not None:
                    log.info("round", round=duty.name, **told)
            self._stop.wait(duty.every)

    def _count(self, duty: Duty, *, ok: bool) -> None:
        if self._meter is not None:
            self._meter.rounded(duty.name, ok=ok, now=self._clock())


def collect_once(
    desk: Desk,
    now: datetime,
    source_ids: Sequence[int] | None,
    on_line: Callable[[CollectLine], None] | None = None,
) -> CollectReport | None:
    """Collects what is due among the named sources (None: all); None when nothing is."""
    due = [
        one.id
        for one in desk.sources()
        if one.due_at <= now
        and one.state is not SourceState.PAUSED
        and (source_ids is None or one.id in source_ids)
    ]
    return desk.collect(now, source_ids=due, on_line=on_line) if due else None


def _collect(
    desk: Desk, clock: Clock, stop: threading.Event, source_ids: Sequence[int] | None
) -> Told | None:
    def between(_line: CollectLine) -> None:
        if stop.is_set():  # its transaction is committed: the place to end
            raise Stopped

    report = collect_once(desk, clock(), source_ids, between)
    if report is None or not report.sources:  # all of it is with other workers
        return None
    return {"sources": report.sources, "new": report.new, "failed": report.failed}


def _post(desk: Desk, clock: Clock, stop: threading.Event) -> Told | None:
    done = post_due(desk, clock, stop=stop)
    if done == Round():
        return None
    return {"sent": done.sent, "unsent": done.unsent, "dropped": done.dropped, "down": done.down}


def _hooks(desk: Desk, clock: Clock, stop: threading.Event) -> Told | None:
    done = hooks_due(desk, clock, stop=stop)
    if done == HooksRound():
        return None
    return {"delivered": done.delivered, "again": done.again, "given_up": done.given_up, "gone": done.gone}


def _upkeep(desk: Desk, clock: Clock, stop: threading.Event) -> Told | None:
    """What is due by the day or hour; each verb does nothing where another worker has done it."""
    for verb in (
        desk.audits.witness,
        desk.privacy.prune_daily,
        desk.second.choose_due,
        desk.samples.draw_due,
        desk.hooks.tidy,
    ):
        if stop.is_set():
            raise Stopped
        try:
            verb(clock())
        except Exception as error:  # one that fails must not keep the others back
            if desk.operations.lost(error):
                raise
            log.error("upkeep_failed", verb=verb.__name__, exc_info=True)
    return None
