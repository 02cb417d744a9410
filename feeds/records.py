"""Nouns of the world of news: sources, entries, limits and the outcomes of a collect."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one fetch and one document; seconds, bytes and characters."""

    total_seconds: float = 30.0
    connect_seconds: float = 10.0
    header_bytes: int = 16_384
    body_bytes: int = 10 * 1024 * 1024
    redirects: int = 5
    entries: int = 1_000
    title_chars: int = 500
    text_chars: int = 60_000
    raw_date_chars: int = 100
    link_chars: int = 2_000
    validator_chars: int = 512
    parse_seconds: float = 10.0
    parse_memory_mb: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How to go out: `allow` holds exact `host:port` pairs that may be inside addresses.

    `articles` lets a collect read the article page of entries that bring a summary only: at most
    `articles_per_run` pages in one collect, `article_spacing_seconds` (never under 1) apart on one host.
    """

    user_agent: str = "Dini/0.1 (+early-warning news screening; contact: operator)"
    allow: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset({80, 443})
    workers: int = 128
    per_host: int = 2
    parsers: int = 2
    articles: bool = False
    articles_per_run: int = 200
    article_spacing_seconds: float = 1.0
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """One address to collect, with the validators of its last stored answer."""

    key: str
    url: str
    etag: str = ""
    last_modified: str = ""
    failing: bool = False
    """Its last answer was a failure: asked after those that answer, whom it could keep waiting."""
    first: bool = False
    """Nothing of it was ever stored, so its document leaves no gap behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceListing:
    """A source as the shipped registry or an OPML file names it (nothing fetched yet)."""

    url: str
    name: str
    owner: str = ""
    site: str = ""
    area: str = ""
    tier: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One clean entry of a feed.

    `key` is the identity inside its source: guid, else canonical link, else a hash of the text.
    `link` is http(s) or empty. `published` is aware UTC, never later than the fetch + 24 h nor before
    1990; a claim outside is replaced by the fetch time, with `date_suspect`, and `published_raw` keeps
    what the feed said. `html` went through the strict allow-list; `title` and `text` are plain. Where they
    come from the page of the article, `feed_title` and `feed_text` are what the feed brought; else empty.
    """

    key: str
    guid: str
    link: str
    title: str
    text: str
    html: str
    published: datetime
    published_raw: str = ""
    date_suspect: bool = False
    categories: tuple[str, ...] = ()
    feed_title: str = ""
    feed_text: str = ""


class PageVisit(enum.StrEnum):
    """What came of asking for the article page of an entry that brings less than its article."""

    READ = "halaman_dibaca"
    REFUSED = "halaman_robots"  # by robots.txt
    INSIDE = "halaman_dalam"  # not asked: a link from outside to an address open to its own sources only
    FAILED = "halaman_gagal"
    NO_MORE = "halaman_sama"  # about something else, or no longer than what the feed brought
    CAPPED = "halaman_batas"  # not asked: the run was at its number of pages or out of time


class FailureKind(enum.StrEnum):
    REFUSED = "refused"
    TIMEOUT = "timeout"
    LIMIT = "limit"
    NET_ERROR = "net_error"
    HTTP_ERROR = "http_error"
    NOT_A_FEED = "not_a_feed"
    PARSE_FAILED = "parse_failed"


class Dropped(enum.StrEnum):
    """Why something a document held did not become an entry; always counted."""

    OVER_LIMIT = "over_limit"
    DUPLICATE_KEY = "duplicate_key"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a document held: entries newest first, and the count of what was left out by reason.

    `ttl_seconds` and `update_seconds` (syn:updatePeriod) are as claimed; `older` is the address of the
    page with the entries before these (RFC 5005, JSON Feed, WordPress), empty when none is told.
    """

    title: str
    kind: str
    entries: tuple[Entry, ...]
    dropped: tuple[tuple[Dropped, int], ...] = ()
    ttl_seconds: int | None = None
    malformed: bool = False
    update_seconds: int | None = None
    older: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAFeed:
    """Why a document is no feed. `follow` names the sitemaps of an index, the most promising first."""

    reason: str
    follow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """The title and the main text of an article page, both plain."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRule:
    """Which of the asked addresses a robots.txt lets us read, and the seconds it wants between two."""

    allowed: frozenset[str]
    delay_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document that arrived and was read. `moved_to` is set after a chain of permanent redirects only.

    `fresh_seconds` is how long the server's Cache-Control says that asking again is no use (as sent, less
    its Age); None when it says nothing. `visits` tells by entry key which article pages were asked for,
    `older_pages` how many pages of older entries were followed after a gap.
    """

    source: FeedSource
    status: int
    final_url: str
    etag: str
    last_modified: str
    parsed: Parsed
    body_bytes: int
    seconds: float
    moved_to: str = ""
    fresh_seconds: int | None = None
    visits: tuple[tuple[str, PageVisit], ...] = ()
    older_pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What the caller holds of a document that has just arrived, by entry key.

    `wanting` are the entries whose article page is to be read; `known` those stored before. A document of
    a source with `history` of which nothing is known leaves a gap behind it.
    """

    history: bool
    known: frozenset[str]
    wanting: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    source: FeedSource
    seconds: float
    fresh_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A fetch that brought nothing. `reason` is for the operator; it names no exception."""

    source: FeedSource
    kind: FailureKind
    reason: str
    status: int | None = None
    retry_after_seconds: int | None = None
    seconds: float = 0.0


Outcome = Fetched | NotModified | Failed
