"""Many sources at once: limits per host, isolation of the parser, outcomes for everything that breaks."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from feeds_ground import HOSTILE, NOW, Served, item, load, loopback, needs_shared, response, rss

from feeds import (
    Dropped,
    Failed,
    FailureKind,
    FeedSource,
    Fetched,
    FetchSettings,
    Limits,
    NotModified,
    Outcome,
    Parsed,
    Recalled,
    close_parsers,
    collect,
    fetch_one,
    parse_document,
    run_collect,
)
from feeds.collect import _spread
from feeds.isolate import Broken, Parsers

QUICK = Limits(total_seconds=5.0, parse_seconds=5.0)
FEED = response(rss(item()), headers=(("Content-Type", "application/rss+xml"), ("ETag", '"a"')))


@pytest.fixture(scope="module", autouse=True)
def _no_children_left() -> Iterator[None]:
    yield
    close_parsers()


def gather(sources: list[FeedSource], settings: FetchSettings) -> list[Outcome]:
    found: list[Outcome] = []
    run_collect(sources, settings, now=NOW, on_outcomes=found.extend)
    return found


def test_each_source_gets_one_outcome_and_a_broken_one_harms_no_other() -> None:
    with Served(FEED) as web:
        sources = [
            web.source("baik"),
            FeedSource(key="dalam", url="http://127.0.0.1:1/"),
            FeedSource(key="kacau", url="http://[::bad/"),
            FeedSource(key="kosong", url=""),
        ]
        outcomes = {outcome.source.key: outcome for outcome in gather(sources, web.settings())}
    assert set(outcomes) == {"baik", "dalam", "kacau", "kosong"}
    assert isinstance(outcomes["baik"], Fetched)
    for key in ("dalam", "kacau", "kosong"):
        outcome = outcomes[key]
        assert isinstance(outcome, Failed)
        assert outcome.kind is FailureKind.REFUSED
        assert outcome.reason.endswith(".")


def test_a_fetched_outcome_carries_what_the_next_fetch_needs() -> None:
    with Served(FEED, response(status="304 Not Modified")) as web:
        first = fetch_one(web.source(), web.settings(), NOW)
        assert isinstance(first, Fetched)
        assert (first.status, first.etag, len(first.parsed.entries)) == (200, '"a"', 1)
        assert isinstance(fetch_one(replace(web.source(), etag=first.etag), web.settings(), NOW), NotModified)


def test_a_page_that_is_no_feed_is_named_so() -> None:
    login = b"<!doctype html><html><form><input type=password></form></html>"
    with Served(response(login, headers=(("Content-Type", "text/html"),))) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.NOT_A_FEED
    assert "login" in outcome.reason


def test_outcomes_are_handed_over_in_the_calling_thread() -> None:
    threads = []
    with Served(FEED) as web:
        sources = [web.source(str(number)) for number in range(5)]
        run_collect(
            sources,
            web.settings(),
            now=NOW,
            on_outcomes=lambda some: threads.extend(threading.get_ident() for _ in some),
        )
    assert threads == [threading.get_ident()] * 5


def test_what_storing_raises_ends_the_collect_and_comes_out() -> None:
    class Full(Exception):
        pass

    def store(_: Sequence[Outcome]) -> None:
        raise Full

    with Served(FEED) as web, pytest.raises(Full):
        run_collect(
            [web.source(str(n)) for n in range(50)], web.settings(workers=2), now=NOW, on_outcomes=store
        )


def test_what_is_ready_is_handed_over_together_and_nobody_is_waited_for() -> None:
    handed: list[int] = []

    def store(some: Sequence[Outcome]) -> None:
        if not handed:
            time.sleep(1.0)  # the others arrive meanwhile
        handed.append(len(some))

    with Served(FEED) as web:
        run_collect(
            [web.source(str(n)) for n in range(12)], web.settings(workers=12), now=NOW, on_outcomes=store
        )
    assert sum(handed) == 12 and max(handed[1:]) > 1


def test_outcomes_before_an_error_are_handed_over_still() -> None:
    def admit(asked: Sequence[FeedSource]) -> Sequence[FeedSource | None]:
        if any(source.key == "9" for source in asked):
            raise OSError("no database")
        return asked

    handed: list[str] = []
    with Served(FEED) as web, pytest.raises(OSError, match="no database"):
        run_collect(
            [web.source(str(n)) for n in (*range(9), 9)],
            web.settings(workers=1),
            now=NOW,
            on_outcomes=lambda some: handed.extend(one.source.key for one in some),
            admit=admit,
        )
    assert "9" not in handed


def test_a_crowd_is_admitted_together_one_call_at_a_time_and_each_gets_its_own_answer() -> None:
    calls: list[list[str]] = []
    open_calls = 0

    def admit(asked: Sequence[FeedSource]) -> list[FeedSource | None]:
        nonlocal open_calls
        open_calls += 1
        assert open_calls == 1
        calls.append([source.key for source in asked])
        time.sleep(0.05)
        open_calls -= 1
        return [None if int(one.key) % 3 == 0 else replace(one, etag=f'"{one.key}"') for one in asked]

    found: list[Outcome] = []
    with Served(FEED) as web:
        run_collect(
            [web.source(str(n)) for n in range(60)],
            web.settings(workers=60, per_host=60),
            now=NOW,
            on_outcomes=found.extend,
            admit=admit,
        )
    assert sorted(key for call in calls for key in call) == sorted(str(n) for n in range(60))
    assert len(calls) < 12
    assert {one.source.key: one.source.etag for one in found} == {
        str(n): f'"{n}"' for n in range(60) if n % 3
    }


def test_of_a_first_document_nothing_is_recalled_unless_pages_are_to_be_chosen() -> None:
    recalled: list[str] = []

    def recall(outcome: Fetched) -> Recalled:
        recalled.append(outcome.source.key)
        return Recalled(history=False, known=frozenset(), wanting=frozenset())

    with Served(FEED) as web:
        chosen = [replace(web.source("baru"), first=True), web.source("lama")]
        for articles in (False, True):
            settings = web.settings(articles=articles)
            run_collect(chosen, settings, now=NOW, on_outcomes=lambda _: None, recall=recall)
    assert sorted(recalled) == ["baru", "lama", "lama"]


def test_storing_slowly_makes_no_fetch_late() -> None:
    with Served(FEED) as web:
        settings = web.settings(limits=replace(QUICK, total_seconds=1.0), workers=2)
        kinds = []

        def store(some: Sequence[Outcome]) -> None:
            for outcome in some:
                time.sleep(0.3)
                kinds.append(type(outcome))

        run_collect([web.source(str(n)) for n in range(6)], settings, now=NOW, on_outcomes=store)
    assert kinds == [Fetched] * 6


def test_sources_that_fail_are_asked_after_those_that_answer() -> None:
    sources = [FeedSource(key=str(n), url=f"http://h{n}.example/f", failing=n % 3 == 0) for n in range(60)]
    order = [source.failing for source in _spread(sources)]
    assert order == sorted(order)
    assert {source.key for source in _spread(sources)} == {source.key for source in sources}


def test_one_host_is_never_asked_more_than_its_share_at_once() -> None:
    now_open = most = 0

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now_open, most
        now_open += 1
        most = max(most, now_open)
        await asyncio.sleep(0.05)
        now_open -= 1
        writer.write(FEED)

    async def run() -> int:
        async with loopback(slow) as served:
            settings = FetchSettings(allow=frozenset({served.host_port}), limits=QUICK, per_host=2)
            sources = [FeedSource(key=str(n), url=f"{served.url}/{n}") for n in range(10)]
            return len([outcome async for outcome in collect(sources, settings, now=NOW)])

    assert asyncio.run(run()) == 10
    assert most == 2


def test_leaving_a_collect_early_leaves_no_task_behind() -> None:
    async def run() -> set[asyncio.Task[Any]]:
        async with loopback(FEED) as served:
            settings = FetchSettings(allow=frozenset({served.host_port}), limits=QUICK, workers=1)
            outcomes = collect([FeedSource(key=str(n), url=served.url) for n in range(9)], settings, now=NOW)
            async for _ in outcomes:
                break
            await outcomes.aclose()  # type: ignore[attr-defined]
        return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]

    assert asyncio.run(run()) == set()


@needs_shared
@pytest.mark.parametrize(
    "scenario", [s for s in load("http_scenarios.json") if "file" in s["steps"][0].get("body", {})],
    ids=lambda s: s["id"],
)  # fmt: skip
def test_a_packed_body_is_read_or_fails_as_its_manifest_says(scenario: dict[str, Any]) -> None:
    step = scenario["steps"][0]
    headers = tuple((name, value) for name, value in step["headers"])
    body = (HOSTILE / step["body"]["file"]).read_bytes()
    with Served(response(body, headers=headers)) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW)
    wanted = scenario["expect"].get("fetch", "ok")
    name = outcome.kind.value if isinstance(outcome, Failed) else "ok"
    if scenario["expect"].get("parse") != "any":
        assert name in (wanted if isinstance(wanted, list) else [wanted]) or name == "not_a_feed"
    low, high = scenario["expect"].get("entries", [0, 2])
    assert low <= (len(outcome.parsed.entries) if isinstance(outcome, Fetched) else 0) <= high


# --- sitemap indexes ---------------------------------------------------------------------------------


def sitemap(*numbers: int) -> bytes:
    urls = "".join(
        f"<url><loc>@@SELF@@/b/{n}</loc><lastmod>2026-11-{n:02}T01:00:00Z</lastmod></url>" for n in numbers
    )
    return f"<urlset>{urls}</urlset>".encode()


def index(*named: tuple[str, str]) -> bytes:
    maps = "".join(f"<sitemap><loc>{loc}</loc><lastmod>{date}</lastmod></sitemap>" for loc, date in named)
    return f"<sitemapindex>{maps}</sitemapindex>".encode()


def test_the_newest_three_sitemaps_of_an_index_come_as_one_source() -> None:
    pages = {
        "/feed": index(
            ("@@SELF@@/author.xml", "2026-11-23"),
            *((f"@@SELF@@/post{n}.xml", f"2026-11-{n:02}") for n in range(10, 20)),
            ("/news.xml", "2020-01-01"),
        ),
        "/news.xml": sitemap(1, 2, 19),
        "/post19.xml": sitemap(19, 18),
        "/post18.xml": sitemap(17),
    }
    with Served(pages=pages) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW)
    assert web.paths == ["/feed", "/news.xml", "/post19.xml", "/post18.xml"]
    assert isinstance(outcome, Fetched)
    assert [entry.link[-4:] for entry in outcome.parsed.entries] == ["b/19", "b/18", "b/17", "/b/2", "/b/1"]
    assert dict(outcome.parsed.dropped) == {Dropped.DUPLICATE_KEY: 1}
    assert outcome.source.key == "s"


def test_an_index_leads_neither_to_another_index_nor_to_a_stranger_nor_inside() -> None:
    pages = {
        "/feed": index(
            ("http://127.0.0.1:9/news.xml", "2026-11-23"),
            ("http://lain.example/news.xml", "2026-11-23"),
            ("@@SELF@@/again.xml", "2026-11-23"),
        ),
        "/again.xml": index(("@@SELF@@/deep.xml", "2026-11-23")),
    }
    with Served(pages=pages) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW)
    assert web.paths == ["/feed", "/again.xml"]
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.NOT_A_FEED


def test_the_validators_of_an_index_are_not_kept_since_its_sitemaps_change_without_it() -> None:
    head = (("ETag", '"i"'), ("Last-Modified", "Mon, 23 Nov 2026 09:00:00 GMT"))
    with Served(
        pages={"/feed": response(index(("/news.xml", "")), headers=head), "/news.xml": sitemap(3)}
    ) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW)
    assert isinstance(outcome, Fetched)
    assert (outcome.etag, outcome.last_modified, len(outcome.parsed.entries)) == ("", "", 1)


# --- isolation ---------------------------------------------------------------------------------------


@pytest.fixture
def pool() -> Iterator[Callable[..., Parsers]]:
    pools: list[Parsers] = []

    def make(count: int = 1, **limits: Any) -> Parsers:
        pools.append(Parsers(count, replace(QUICK, **limits)))
        return pools[-1]

    yield make
    for one in pools:
        one.close()


def parse(parsers: Parsers, body: bytes) -> Any:
    return parsers.parse(body, content_type="application/rss+xml", url="https://uji.example/", now=NOW)


def test_a_child_gives_the_very_entries_that_parsing_here_gives(pool: Callable[..., Parsers]) -> None:
    body = rss(item(1, extra="<category>aksi</category>"), item(1), item(2, date="kapan-kapan"), "<item/>")
    here = parse_document(
        body, content_type="application/rss+xml", url="https://uji.example/", now=NOW, limits=QUICK
    )
    assert isinstance(here, Parsed)
    assert parse(pool(), body) == here


def test_a_killed_child_fails_its_document_and_the_next_is_read(pool: Callable[..., Parsers]) -> None:
    parsers = pool()
    parse(parsers, rss(item()))
    child = parsers._idle.queue[0]
    os.kill(child._process.pid, signal.SIGKILL)
    child._process.wait()
    assert len(parse(parsers, rss(item())).entries) == 1


# feedparser compares each of a tag list's members with all before it: square time that no cut shortens.
ENDLESS = rss(f"<item><title>x</title><tags>{','.join(f'k{n}' for n in range(60_000))}</tags></item>")


def test_a_document_over_its_time_is_given_up_and_the_child_replaced(pool: Callable[..., Parsers]) -> None:
    parsers = pool(parse_seconds=0.6)
    parse(parsers, rss(item()))
    first = parsers._idle.queue[0]._process.pid
    with pytest.raises(Broken, match="waktu"):
        parse(parsers, ENDLESS)
    assert len(parse(parsers, rss(item())).entries) == 1
    assert parsers._idle.queue[0]._process.pid != first


def test_a_document_over_its_memory_is_given_up(pool: Callable[..., Parsers]) -> None:
    parsers = pool(parse_memory_mb=220)
    parse(parsers, rss(item()))
    with pytest.raises(Broken):
        parse(parsers, rss(f"<item><title>x</title><description>{'kata ' * 8_000_000}</description></item>"))
    assert len(parse(parsers, rss(item())).entries) == 1


def test_a_hung_parser_is_a_failed_outcome_while_others_are_read() -> None:
    async def by_path(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(response(ENDLESS) if first.pop() else FEED)

    first = [False, False, True]
    with Served(by_path) as web:
        settings = web.settings(limits=replace(QUICK, parse_seconds=0.8), parsers=2, per_host=1)
        outcomes = gather([web.source(str(n)) for n in range(3)], settings)
    kinds = sorted(outcome.kind.value if isinstance(outcome, Failed) else "ok" for outcome in outcomes)
    assert kinds == ["ok", "ok", "parse_failed"]


def test_the_pool_is_used_from_many_threads_without_mixing_documents(pool: Callable[..., Parsers]) -> None:
    parsers = pool(2)
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda n: (n, parse(parsers, rss(item(n)))), range(60)))
    assert all(parsed.entries[0].guid == f"uji-{n}" for n, parsed in results)


def test_a_child_sees_no_secret_of_the_service(
    pool: Callable[..., Parsers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DINI_SECRET_FOR_TEST", "rahasia")
    parsers = pool()
    parse(parsers, rss(item()))
    environ = Path(f"/proc/{parsers._idle.queue[0]._process.pid}/environ")
    if not environ.is_file():
        pytest.skip("no /proc on this system")
    assert b"DINI_SECRET_FOR_TEST" not in environ.read_bytes()


def test_children_end_with_their_parent() -> None:
    script = (
        "from datetime import datetime, UTC\nfrom feeds.isolate import Parsers\nfrom feeds import Limits\n"
        "import os\np = Parsers(1, Limits())\n"
        "p.parse(b'<rss/>', content_type='', url='', now=datetime.now(UTC))\n"
        "print(p._idle.queue[0]._process.pid, flush=True)\nos._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    child = Path(f"/proc/{int(done.stdout)}/cmdline")
    for _ in range(100):
        if not child.is_file() or not child.read_bytes():
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")
