"""From the address of a site to its feeds."""

from __future__ import annotations

import asyncio
import html
import re
from contextlib import suppress
from datetime import datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from feeds.address import leads_inside
from feeds.charset import decode_document
from feeds.collect import read_source
from feeds.fetch import FetchedBytes, Session, fetch, open_session
from feeds.isolate import Parsers, shared_parsers
from feeds.records import Failed, FeedSource, Fetched, FetchSettings, SourceListing

_GUESSES: Final = ("/feed/", "/rss", "/sitemap-news.xml")
_LINK: Final = re.compile(r"<link\b([^<>]{0,2000})>", re.IGNORECASE)
_BASE: Final = re.compile(r"<base\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    r"([a-z-]{1,20})\s{0,5}=\s{0,5}(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'<>]{1,2000}))",
    re.IGNORECASE,
)
_FEED_TYPE: Final = re.compile(
    r"application/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json)(?:\s{0,5};.{0,100})?", re.IGNORECASE
)
_COMMENTS: Final = re.compile(r"/comments?(?:/|$)|[?&]feed=comments", re.IGNORECASE)
_HEAD_CHARS: Final = 300_000
_MOST_LINKED: Final = 6
_PATIENCE_FACTOR: Final = 3


def discover(url: str, settings: FetchSettings, now: datetime) -> tuple[SourceListing, ...]:
    """The feeds of the site at `url`, each fetched and read once, so that what comes back works today.

    `url` itself when it is a feed; else what its page links with rel=alternate (feeds of comments go
    last); else the usual places /feed/, /rss and /sitemap-news.xml. Empty when there is none or the
    site cannot be reached within three times the total limit. Not for a thread that runs an event loop.
    """
    return asyncio.run(_discover(url if "://" in url else f"https://{url}", settings, now))


async def _discover(url: str, settings: FetchSettings, now: datetime) -> tuple[SourceListing, ...]:
    parsers = shared_parsers(settings)
    found: dict[str, SourceListing] = {}
    async with open_session(settings) as session:
        # What was found when time runs out is worth having.
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_FACTOR * settings.limits.total_seconds):
                await _search(session, url, settings, parsers, now, found)
    return tuple(found.values())


async def _search(  # noqa: PLR0917
    session: Session,
    url: str,
    settings: FetchSettings,
    parsers: Parsers,
    now: datetime,
    found: dict[str, SourceListing],
) -> None:
    """Fill `found` by final address, one request after the other: a site is not to notice us."""

    async def is_feed(candidate: str, note: str) -> bool:
        source = FeedSource(key="discover", url=candidate)
        outcome = await read_source(session, source, settings, parsers, now)
        if not isinstance(outcome, Fetched):
            return False
        found.setdefault(outcome.final_url, _listing(outcome, note))
        return True

    page = await fetch(session, FeedSource(key="discover", url=url), settings)
    if isinstance(page, Failed) and page.status is None:
        return  # refused or out of reach: nothing else there will answer
    home = page.final_url if isinstance(page, FetchedBytes) else url
    linked = linked_feeds(page) if isinstance(page, FetchedBytes) else ()
    linked = tuple(one for one in linked if not leads_inside(home, one, settings))
    if isinstance(page, FetchedBytes) and not linked and await is_feed(home, "alamat ini sendiri umpan"):
        return
    hits = [await is_feed(candidate, "tautan di beranda") for candidate in linked]
    if not any(hits):
        for guess in _GUESSES:
            await is_feed(_joined(home, guess), "alamat yang lazim")


def linked_feeds(page: FetchedBytes) -> tuple[str, ...]:
    """The addresses that a page links as its feeds, those of comments last, at most six."""
    text = decode_document(page.body, page.content_type)[0][:_HEAD_CHARS]
    base = page.final_url
    if (match := _BASE.search(text)) and (href := _attributes(match[1]).get("href")):
        base = _joined(base, href) or base
    links: dict[str, None] = {}
    for match in _LINK.finditer(text):
        attributes = _attributes(match[1])
        kind, link = attributes.get("type", "").strip(), _joined(base, attributes.get("href", ""))
        if link and "alternate" in attributes.get("rel", "").lower().split() and _FEED_TYPE.fullmatch(kind):
            links.setdefault(link)
    return tuple(sorted(links, key=lambda link: bool(_COMMENTS.search(link))))[:_MOST_LINKED]


def _attributes(tag: str) -> dict[str, str]:
    return {
        match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
        for match in _ATTRIBUTE.finditer(tag)
    }


def _joined(base: str, href: str) -> str:
    try:
        link = urljoin(base, href.strip())
        return link if urlsplit(link).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _listing(outcome: Fetched, note: str) -> SourceListing:
    parts = urlsplit(outcome.final_url)
    site = f"{parts.scheme}://{parts.netloc}/"
    return SourceListing(
        url=outcome.final_url, name=outcome.parsed.title or parts.netloc, site=site, note=note
    )
