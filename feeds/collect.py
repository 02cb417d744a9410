"""Many sources at once: fetched, parsed in isolation, one outcome each."""

from __future__ import annotations

import asyncio
import queue
import random
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from feeds.article import PageVisits
from feeds.fetch import FetchedBytes, Session, fetch, open_session
from feeds.isolate import Broken, Parsers, shared_parsers
from feeds.older import merged, with_older
from feeds.records import (
    Failed,
    FailureKind,
    FeedSource,
    Fetched,
    FetchSettings,
    NotAFeed,
    Outcome,
    Parsed,
    Recalled,
)

_SITEMAPS_FOLLOWED: Final = 3
_TOGETHER: Final = 32  # outcomes handed over, or sources admitted, at once

# Both are called in other threads, `Recall` several at once; what they raise ends the collect and comes out
# of it. `Admit` is asked for all whose turn has come meanwhile, and answers for each in that order.
Admit = Callable[[Sequence[FeedSource]], Sequence[FeedSource | None]]
Recall = Callable[[Fetched], Recalled]


async def collect(
    sources: Iterable[FeedSource],
    settings: FetchSettings,
    *,
    now: datetime,
    admit: Admit | None = None,
    recall: Recall | None = None,
) -> AsyncIterator[Outcome]:
    """Yield one outcome for each source, as they come.

    At most `settings.workers` at once and `settings.per_host` of one host. A broken feed is an outcome,
    never an exception. `now` is the fetch time of the date rule. `admit` is asked just before each fetch
    and gives the sources as they are to be fetched, or None: no outcome then. `recall` tells what is known
    of a document, so that only new entries are completed and a gap is seen; without it all entries are new.
    """
    parsers = shared_parsers(settings)
    hosts: dict[str, asyncio.Semaphore] = {}
    slots = asyncio.Semaphore(max(settings.workers, 1))
    # Bounded, so that a slow reader of outcomes holds the fetches back instead of filling memory.
    outcomes: asyncio.Queue[Outcome | Exception | None] = asyncio.Queue(maxsize=max(settings.workers, 1))

    async with open_session(settings) as session:
        visits = PageVisits(session, settings, parsers, now) if settings.articles else None
        gate = None if admit is None else _Gate(admit)

        async def one(source: FeedSource) -> None:
            host = hosts.setdefault(_host(source.url), asyncio.Semaphore(max(settings.per_host, 1)))
            try:
                # The host first: a source that waits for its neighbour must not hold a slot of the others.
                async with host, slots:
                    admitted = source if gate is None else await gate.admit(source)
                    if admitted is None:
                        await outcomes.put(None)
                        return
                    outcome = await _outcome(session, admitted, settings, parsers, now)
                    recalled = None
                    # Of a first document nothing is known: only the choice of pages could want to hear that.
                    asked = recall if visits is not None or not admitted.first else None
                    if asked is not None and isinstance(outcome, Fetched) and outcome.parsed.entries:
                        back = _Back(session, settings, parsers, now=now, recall=asked)
                        outcome, recalled = await back.look(outcome)
                    if visits is None or not isinstance(outcome, Fetched):
                        await outcomes.put(outcome)
                        return
                # Pages take seconds each: they hold no slot of the sources that still wait.
                wanting = None if recalled is None else recalled.wanting
                await outcomes.put(await _with_pages(outcome, visits, wanting))
            except Exception as error:  # noqa: BLE001 - raised again where the outcomes are read
                await outcomes.put(error)

        tasks = [asyncio.create_task(one(source)) for source in _spread(sources)]
        try:
            for _ in tasks:
                outcome = await outcomes.get()
                if isinstance(outcome, Exception):
                    raise outcome
                if outcome is not None:
                    yield outcome
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if gate is not None:
                await gate.close()


class _Gate:
    """Asks `admit` for all who wait by then, one call at a time: a crowd costs one transaction, not many."""

    def __init__(self, admit: Admit) -> None:
        self._admit = admit
        self._waiting: list[tuple[FeedSource, asyncio.Future[FeedSource | None]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def admit(self, source: FeedSource) -> FeedSource | None:
        answer: asyncio.Future[FeedSource | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((source, answer))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await answer

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
            # Who has gone meanwhile (the collect ends) must not be claimed for nothing.
            asked = [(source, answer) for source, answer in asked if not answer.done()]
            if not asked:
                continue
            try:
                admitted = await asyncio.to_thread(self._admit, [source for source, _ in asked])
            except Exception as error:  # noqa: BLE001 - raised again where each waits
                for _, answer in asked:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), source in zip(asked, admitted, strict=True):
                if not answer.done():
                    answer.set_result(source)


def run_collect(
    sources: Iterable[FeedSource],
    settings: FetchSettings,
    *,
    now: datetime,
    on_outcomes: Callable[[Sequence[Outcome]], None],
    admit: Admit | None = None,
    recall: Recall | None = None,
) -> None:
    """`collect` for code that is not async: calls `on_outcomes` in this thread with those that are ready.

    Nobody is waited for: one outcome that comes alone is handed over alone. The network runs on in a thread
    of its own meanwhile, so storing makes no fetch late. What `on_outcomes` raises ends the collect and comes
    out here.
    """
    arrived: queue.SimpleQueue[Outcome | BaseException | None] = queue.SimpleQueue()
    ahead = max(settings.workers, 1)
    started: queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Task[None], asyncio.Semaphore]] = (
        queue.SimpleQueue()
    )

    async def pump() -> None:
        room = asyncio.Semaphore(ahead)
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a coroutine run by asyncio.run has a task")
        started.put((asyncio.get_running_loop(), task, room))
        found = collect(sources, settings, now=now, admit=admit, recall=recall)
        async with aclosing(found) as outcomes:  # type: ignore[type-var]
            async for outcome in outcomes:
                await room.acquire()
                arrived.put(outcome)

    def run() -> None:
        try:
            asyncio.run(pump())
        except asyncio.CancelledError:
            arrived.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
            arrived.put(error)
        else:
            arrived.put(None)

    thread = threading.Thread(target=run, name="collect", daemon=True)
    thread.start()
    loop, task, room = started.get()
    try:
        ended = False
        while not ended:
            ready, ended, error = _ready(arrived)
            if ready:
                on_outcomes(ready)
                _tell(loop, partial(_release, room, len(ready)))
            if error is not None:
                raise error
    finally:
        _tell(loop, task.cancel)
        thread.join()


def _ready(
    arrived: queue.SimpleQueue[Outcome | BaseException | None],
) -> tuple[list[Outcome], bool, BaseException | None]:
    """The next outcome, and those that lie behind it already; whether that was the end, and its error."""
    ready: list[Outcome] = []
    one = arrived.get()
    while True:
        if one is None or isinstance(one, BaseException):
            return ready, True, one
        ready.append(one)
        if len(ready) == _TOGETHER:
            return ready, False, None
        try:
            one = arrived.get_nowait()
        except queue.Empty:
            return ready, False, None


def _release(room: asyncio.Semaphore, count: int) -> None:
    for _ in range(count):
        room.release()


def fetch_one(
    source: FeedSource, settings: FetchSettings, now: datetime, *, recall: Recall | None = None
) -> Outcome:
    """One source now, as `run_collect` would: for a preview before it is saved, or a check."""
    found: list[Outcome] = []
    run_collect([source], settings, now=now, on_outcomes=found.extend, recall=recall)
    return found[0]


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    # A loop that has ended already has nobody left to tell.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call)


async def _outcome(
    session: Session,
    source: FeedSource,
    settings: FetchSettings,
    parsers: Parsers,
    now: datetime,
) -> Outcome:
    started = time.monotonic()
    try:
        outcome = await read_source(session, source, settings, parsers, now)
        return replace(outcome, reason=_sentence(outcome.reason)) if isinstance(outcome, Failed) else outcome
    except Exception:  # noqa: BLE001
        # A bug of ours must cost one source one round, not the night's collect.
        return Failed(
            source=source,
            kind=FailureKind.NET_ERROR,
            reason="Kesalahan tak terduga saat mengambil.",
            seconds=time.monotonic() - started,
        )


async def _with_pages(outcome: Fetched, visits: PageVisits, wanting: frozenset[str] | None) -> Fetched:
    try:
        entries, told = await visits.complete(outcome.parsed.entries, wanting, home=outcome.final_url)
    except Exception:  # noqa: BLE001 - the summaries are still there
        return outcome
    return replace(outcome, parsed=replace(outcome.parsed, entries=entries), visits=told)


class _Back:
    """Looking back from a document of which nothing is known, though its source was."""

    def __init__(
        self, session: Session, settings: FetchSettings, parsers: Parsers, *, now: datetime, recall: Recall
    ) -> None:
        self._session, self._settings, self._parsers = session, settings, parsers
        self._now, self._recall = now, recall

    async def look(self, outcome: Fetched) -> tuple[Fetched, Recalled]:
        recalled = await asyncio.to_thread(self._recall, outcome)
        if recalled.known or not recalled.history:
            return outcome, recalled
        longer = await with_older(
            outcome, read=self._read, is_known=self._is_known, most=self._settings.limits.entries
        )
        if longer is outcome:
            return outcome, recalled
        return longer, await asyncio.to_thread(self._recall, longer)

    async def _is_known(self, page: Fetched) -> bool:
        return bool((await asyncio.to_thread(self._recall, page)).known)

    async def _read(self, url: str) -> Parsed | None:
        arrived = await fetch(self._session, FeedSource(key=url, url=url), self._settings)
        if not isinstance(arrived, FetchedBytes):
            return None
        read = await _parse(arrived, self._parsers, self._now)
        return read if isinstance(read, Parsed) else None


async def read_source(
    session: Session,
    source: FeedSource,
    settings: FetchSettings,
    parsers: Parsers,
    now: datetime,
) -> Outcome:
    """Fetch and parse one source; of a sitemap index its three most promising sitemaps, one level deep."""
    arrived = await fetch(session, source, settings)
    if not isinstance(arrived, FetchedBytes):
        return arrived
    result = await _parse(arrived, parsers, now)
    if not (isinstance(result, NotAFeed) and result.follow):
        return _as_outcome(arrived, result)
    found = []
    for url in _same_site(result.follow, arrived.final_url):
        part = await fetch(session, FeedSource(key=source.key, url=url), settings)
        read = await _parse(part, parsers, now) if isinstance(part, FetchedBytes) else None
        if isinstance(read, Parsed):
            found.append(read)
    if not found:
        return _as_outcome(arrived, NotAFeed(reason="indeks peta situs tanpa peta yang dapat dibaca"))
    # The index may stay the same while its sitemaps change: no validators, so that it is read each time.
    index = replace(arrived, etag="", last_modified="")
    return _as_outcome(index, merged(found, settings.limits.entries))


async def _parse(arrived: FetchedBytes, parsers: Parsers, now: datetime) -> Parsed | NotAFeed | Broken:
    def parse() -> Parsed | NotAFeed | Broken:
        try:
            return parsers.parse(
                arrived.body, content_type=arrived.content_type, url=arrived.final_url, now=now
            )
        except Broken as error:
            return error

    return await asyncio.get_running_loop().run_in_executor(parsers.threads, parse)


def _as_outcome(arrived: FetchedBytes, result: Parsed | NotAFeed | Broken) -> Fetched | Failed:
    if isinstance(result, Parsed):
        return Fetched(
            source=arrived.source,
            status=arrived.status,
            final_url=arrived.final_url,
            etag=arrived.etag,
            last_modified=arrived.last_modified,
            parsed=result,
            body_bytes=len(arrived.body),
            seconds=arrived.seconds,
            moved_to=arrived.moved_to,
            fresh_seconds=arrived.fresh_seconds,
        )
    broken = isinstance(result, Broken)
    return Failed(
        source=arrived.source,
        kind=FailureKind.PARSE_FAILED if broken else FailureKind.NOT_A_FEED,
        reason=str(result) if isinstance(result, Broken) else result.reason,
        status=arrived.status,
        seconds=arrived.seconds,
    )


def _same_site(urls: tuple[str, ...], index: str) -> tuple[str, ...]:
    # The sitemap protocol allows no others, and an index must not make us ask strangers.
    home = _host(index).removeprefix("www.")
    return tuple(url for url in urls if _host(url).removeprefix("www.") == home)[:_SITEMAPS_FOLLOWED]


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _spread(sources: Iterable[FeedSource]) -> list[FeedSource]:
    # Neighbours of one host lie together in a registry; a fixed shuffle keeps many hosts in play.
    spread = list(sources)
    random.Random(len(spread)).shuffle(spread)  # noqa: S311 - no secret
    # A few dozen sources that never answer would hold every slot until their deadline.
    return sorted(spread, key=lambda source: source.failing)
