"""Entries that bring a summary only, completed from the page of the article: slowly and by its owner's rules.

Every request goes through `fetch` and its guard. robots.txt is read before the first page of a host and
obeyed (RFC 9309: none there allows all, none to be had allows nothing); the pages of one host come one
after the other with at least a second between them; a run ends at its number of pages or after two minutes.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import re
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar
from urllib.parse import urlsplit

from feeds.address import leads_inside
from feeds.clean import clean_html
from feeds.fetch import FetchedBytes, Session, fetch, open_session
from feeds.isolate import Broken, Parsers, shared_parsers
from feeds.records import (
    Entry,
    Failed,
    FeedSource,
    FetchSettings,
    NotModified,
    PageText,
    PageVisit,
    RobotsRule,
)

_SUMMARY_CHARS: Final = 500
_PAGE_CHARS_LEAST: Final = 200
_CUT: Final = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|baca selengkapnya|selengkapnya|continue reading|read more)\W{0,5}$", re.IGNORECASE
)
_UNTITLED: Final = "(tanpa judul)"
_WORD: Final = re.compile(r"\w{3,}")
_SHARED_WORDS_LEAST: Final = 0.5
_PATIENCE_SECONDS: Final = 120.0
_PAGE_BYTES: Final = 3 * 1024 * 1024
_ROBOTS_BYTES: Final = 512 * 1024
_ROBOTS_KEPT: Final = timedelta(hours=24)
_ROBOTS_FAILED_KEPT: Final = timedelta(hours=1)
_ACCEPT: Final = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


def complete(entries: Iterable[Entry], settings: FetchSettings, now: datetime) -> tuple[Entry, ...]:
    """The same entries in their order, those that `needs_page` names with the text of their page where it
    can be had. Never raises on what the web does. Takes a second and more for each page of one host, so
    hand it only entries that are new. Not for a thread that runs an event loop.
    """
    given = tuple(entries)

    async def run() -> tuple[Entry, ...]:
        async with open_session(settings) as session:
            return (await PageVisits(session, settings, shared_parsers(settings), now).complete(given))[0]

    return asyncio.run(run())


def needs_page(entry: Entry) -> bool:
    """Whether an entry holds less than its article: short, cut with "...", or without a title."""
    if not entry.link:
        return False
    return len(entry.text) < _SUMMARY_CHARS or entry.title == _UNTITLED or bool(_CUT.search(entry.text[-60:]))


def completed(entry: Entry, page: PageText) -> Entry:
    """The entry with the text of its page, or as it was when the page is not about the same."""
    text = page.text
    if page.title and text.startswith(page.title):
        text = text[len(page.title) :].lstrip()
    if len(text) < max(_PAGE_CHARS_LEAST, len(entry.text)) or not _same_story(entry, page):
        return entry
    title = entry.title if entry.title != _UNTITLED or not page.title else page.title
    paragraphs = (f"<p>{html.escape(line, quote=False)}</p>" for line in text.split("\n") if line.strip())
    return replace(
        entry,
        title=title,
        text=text,
        html=clean_html("".join(paragraphs)),
        feed_title=entry.title,
        feed_text=entry.text,
    )


def _same_story(entry: Entry, page: PageText) -> bool:
    # A login, a consent wall or the home page answers 200 too; it shares no words with the entry.
    told = entry.text if entry.title == _UNTITLED else f"{entry.title} {entry.text}"
    words = set(_WORD.findall(told.lower()))
    there = set(_WORD.findall(f"{page.title} {page.text}".lower()))
    return not words or len(words & there) >= _SHARED_WORDS_LEAST * len(words)


@dataclass(slots=True, kw_only=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


class PageVisits:
    """The page visits of one run: its budget, and the pace of each host. Use within one event loop."""

    def __init__(self, session: Session, settings: FetchSettings, parsers: Parsers, now: datetime) -> None:
        self._session, self._settings, self._parsers, self._now = session, settings, parsers, now
        self._agent = settings.user_agent.partition("/")[0].strip() or "Dini"
        self._left = settings.articles_per_run
        self._until = time.monotonic() + _PATIENCE_SECONDS
        self._hosts: dict[str, _Host] = {}
        self._slots = asyncio.Semaphore(max(settings.workers, 1))

    async def complete(
        self, entries: tuple[Entry, ...], wanting: frozenset[str] | None = None, *, home: str = ""
    ) -> tuple[tuple[Entry, ...], tuple[tuple[str, PageVisit], ...]]:
        """The entries in their order with what their pages add, and by key what came of each visit.

        Asked are those of `wanting` (None: all) that `needs_page` names. A link from the document at `home`
        to an address that only the allow-list opens is refused.
        """
        wanted = [one for one in entries if (wanting is None or one.key in wanting) and needs_page(one)]
        # Who names the entries knows what is new; the memory of this process is for those who do not.
        done = {}
        if wanting is None:
            done = {id(entry): page for entry in wanted if (page := _recalled(entry)) is not None}
        came: dict[int, PageVisit] = {}
        by_origin: dict[str, list[Entry]] = {}
        for entry in wanted:
            if home and leads_inside(home, entry.link, self._settings):
                came[id(entry)] = PageVisit.INSIDE
            elif id(entry) not in done:
                parts = urlsplit(entry.link)
                by_origin.setdefault(f"{parts.scheme}://{parts.netloc}", []).append(entry)
        await asyncio.gather(*(self._visit(origin, some, done, came) for origin, some in by_origin.items()))
        whole = {id(e): completed(e, done[id(e)]) for e in wanted if id(e) in done}
        came |= {key: PageVisit.READ if one.feed_title else PageVisit.NO_MORE for key, one in whole.items()}
        visits = tuple((e.key, came.get(id(e), PageVisit.CAPPED)) for e in wanted)
        return tuple(whole.get(id(e), e) for e in entries), visits

    async def _visit(
        self, origin: str, entries: list[Entry], done: dict[int, PageText], came: dict[int, PageVisit]
    ) -> None:
        host = self._hosts.setdefault(_host(origin), _Host())
        async with host.lock:
            if not self._may_go_on(host):
                return
            rule = await self._rule(origin, [entry.link for entry in entries])
            if rule is None:
                came.update((id(entry), PageVisit.FAILED) for entry in entries)
                return
            came.update((id(e), PageVisit.REFUSED) for e in entries if e.link not in rule.allowed)
            pause = max(1.0, self._settings.article_spacing_seconds, rule.delay_seconds)
            for entry in entries:
                if entry.link not in rule.allowed:
                    continue
                if not self._may_go_on(host):
                    return
                self._left -= 1
                await asyncio.sleep(max(host.free_at - time.monotonic(), 0.0))
                try:
                    page = await self._page(entry)
                finally:
                    host.free_at = time.monotonic() + pause
                if page is not None:
                    done[id(entry)] = page
                    _remember(entry, page)
                else:
                    came[id(entry)] = PageVisit.FAILED

    def _may_go_on(self, host: _Host) -> bool:
        return self._left > 0 and max(host.free_at, time.monotonic()) < self._until

    async def _page(self, entry: Entry) -> PageText | None:
        arrived = await self._get(entry.link, _PAGE_BYTES)
        # Another host has other rules, which nobody has read.
        if not isinstance(arrived, FetchedBytes) or _host(arrived.final_url) != _host(entry.link):
            return None

        def read() -> PageText | None:
            try:
                return self._parsers.page(
                    arrived.body, content_type=arrived.content_type, url=arrived.final_url
                )
            except Broken:
                return None

        return await asyncio.get_running_loop().run_in_executor(self._parsers.threads, read)

    async def _rule(self, origin: str, urls: list[str]) -> RobotsRule | None:
        """What the robots.txt of an origin says of these addresses; None when it cannot be known."""
        body = await self._robots(origin)
        if body is None:
            return None
        if not body.strip():
            return RobotsRule(allowed=frozenset(urls))

        def read() -> RobotsRule | None:
            try:
                return self._parsers.robots(body, agent=self._agent, urls=urls)
            except Broken:
                return None

        return await asyncio.get_running_loop().run_in_executor(self._parsers.threads, read)

    async def _robots(self, origin: str) -> bytes | None:
        """The robots.txt of an origin; empty when it has none, None when it cannot be known."""
        known = _robots_seen.get(origin)
        if known is not None and timedelta() <= self._now - known[0] < (
            _ROBOTS_FAILED_KEPT if known[1] is None else _ROBOTS_KEPT
        ):
            return known[1]
        arrived = await self._get(f"{origin}/robots.txt", _ROBOTS_BYTES)
        if isinstance(arrived, FetchedBytes):
            body: bytes | None = arrived.body
        else:
            status = (arrived.status or 0) if isinstance(arrived, Failed) else 0
            body = b"" if 400 <= status < 500 and status != 429 else None
        _keep(_robots_seen, origin, (self._now, body), _ROBOTS_MOST)
        return body

    async def _get(self, url: str, body_bytes: int) -> FetchedBytes | NotModified | Failed:
        limits = replace(self._settings.limits, body_bytes=min(body_bytes, self._settings.limits.body_bytes))
        async with self._slots:
            return await fetch(
                self._session,
                FeedSource(key=url, url=url),
                replace(self._settings, limits=limits),
                accept=_ACCEPT,
            )


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


# --- what this process has read already --------------------------------------------------------------
# A feed shows the same summaries at every poll: without a memory each of their pages would be asked for
# each time, and an entry would change between its summary and its full text.

_K = TypeVar("_K")
_V = TypeVar("_V")
_ROBOTS_MOST: Final = 400
_PAGES_MOST: Final = 3_000
_robots_seen: OrderedDict[str, tuple[datetime, bytes | None]] = OrderedDict()
_pages_seen: OrderedDict[bytes, bytes] = OrderedDict()


def _page_key(entry: Entry) -> bytes:
    return hashlib.sha256(f"{entry.link}\n{entry.title}\n{entry.text}".encode()).digest()


def _recalled(entry: Entry) -> PageText | None:
    packed = _pages_seen.get(_page_key(entry))
    if packed is None:
        return None
    title, _, text = zlib.decompress(packed).decode().partition("\n")
    return PageText(title=title, text=text)


def _remember(entry: Entry, page: PageText) -> None:
    packed = zlib.compress(f"{page.title}\n{page.text}".encode())
    _keep(_pages_seen, _page_key(entry), packed, _PAGES_MOST)


def _keep(kept: OrderedDict[_K, _V], key: _K, value: _V, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
