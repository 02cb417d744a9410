"""Many sources at once: fetched, parsed in isolation, one outcome each."""

from __future__ import annotations

import asyncio
import queue
import random
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp

from feeds.fetch import FetchedBytes, fetch, open_session
from feeds.isolate import Broken, Parsers, shared_parsers
from feeds.records import Failed, FailureKind, FeedSource, Fetched, FetchSettings, NotAFeed, Outcome


async def collect(
    sources: Iterable[FeedSource], settings: FetchSettings, *, now: datetime
) -> AsyncIterator[Outcome]:
    """Yield one outcome for each source, as they come.

    At most `settings.workers` at once and `settings.per_host` of one host. A broken feed is an outcome,
    never an exception. `now` is the fetch time of the date rule.
    """
    parsers = shared_parsers(settings)
    hosts: dict[str, asyncio.Semaphore] = {}
    slots = asyncio.Semaphore(max(settings.workers, 1))
    # Bounded, so that a slow reader of outcomes holds the fetches back instead of filling memory.
    outcomes: asyncio.Queue[Outcome] = asyncio.Queue(maxsize=max(settings.workers, 1))

    async with open_session(settings) as session:

        async def one(source: FeedSource) -> None:
            host = hosts.setdefault(_host(source.url), asyncio.Semaphore(max(settings.per_host, 1)))
            # The host first: a source that waits for its neighbour must not hold a slot of the others.
            async with host, slots:
                outcome = await _outcome(session, source, settings, parsers, now)
                await outcomes.put(outcome)

        tasks = [asyncio.create_task(one(source)) for source in _spread(sources)]
        try:
            for _ in tasks:
                yield await outcomes.get()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def run_collect(
    sources: Iterable[FeedSource],
    settings: FetchSettings,
    *,
    now: datetime,
    on_outcome: Callable[[Outcome], None],
) -> None:
    """`collect` for code that is not async: calls `on_outcome` in this thread, one at a time, as they come.

    The network runs on in a thread of its own meanwhile, so storing an outcome makes no fetch late. What
    `on_outcome` raises ends the collect and comes out here.
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
        async with aclosing(collect(sources, settings, now=now)) as outcomes:  # type: ignore[type-var]
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
        while (outcome := arrived.get()) is not None:
            if isinstance(outcome, BaseException):
                raise outcome
            on_outcome(outcome)
            _tell(loop, room.release)
    finally:
        _tell(loop, task.cancel)
        thread.join()


def fetch_one(source: FeedSource, settings: FetchSettings, now: datetime) -> Outcome:
    """One source now, as `run_collect` would: for a preview before it is saved."""
    found: list[Outcome] = []
    run_collect([source], settings, now=now, on_outcome=found.append)
    return found[0]


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    # A loop that has ended already has nobody left to tell.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call)


async def _outcome(
    session: aiohttp.ClientSession,
    source: FeedSource,
    settings: FetchSettings,
    parsers: Parsers,
    now: datetime,
) -> Outcome:
    started = time.monotonic()
    try:
        arrived = await fetch(session, source, settings)
        outcome = await _parsed(arrived, parsers, now) if isinstance(arrived, FetchedBytes) else arrived
        return replace(outcome, reason=_sentence(outcome.reason)) if isinstance(outcome, Failed) else outcome
    except Exception:  # noqa: BLE001
        # A bug of ours must cost one source one round, not the night's collect.
        return Failed(
            source=source,
            kind=FailureKind.NET_ERROR,
            reason="Kesalahan tak terduga saat mengambil.",
            seconds=time.monotonic() - started,
        )


async def _parsed(arrived: FetchedBytes, parsers: Parsers, now: datetime) -> Outcome:
    def parse() -> Fetched | Failed:
        kind, status = FailureKind.NOT_A_FEED, arrived.status
        try:
            result = parsers.parse(
                arrived.body, content_type=arrived.content_type, url=arrived.final_url, now=now
            )
        except Broken as error:
            result, kind = NotAFeed(reason=str(error)), FailureKind.PARSE_FAILED
        if isinstance(result, NotAFeed):
            return Failed(
                source=arrived.source, kind=kind, reason=result.reason, status=status, seconds=arrived.seconds
            )
        return Fetched(
            source=arrived.source,
            status=status,
            final_url=arrived.final_url,
            etag=arrived.etag,
            last_modified=arrived.last_modified,
            parsed=result,
            body_bytes=len(arrived.body),
            seconds=arrived.seconds,
            moved_to=arrived.moved_to,
        )

    return await asyncio.get_running_loop().run_in_executor(parsers.threads, parse)


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
    return spread
