"""Hostile bytes to clean entries. The only file that knows feedparser."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import feedparser

from feeds.charset import decode_document
from feeds.clean import clean_html, plain_line, plain_text
from feeds.dates import read_date, settled_date
from feeds.formats import (
    MAX_CATEGORIES,
    RawDocument,
    RawEntry,
    is_local,
    list_of,
    older_of,
    read_json,
    read_plain_rss,
    read_sitemap,
    read_sitemap_index,
    text_of,
    ttl_seconds_of,
    update_seconds_of,
)
from feeds.hygiene import bare_xml, newest_items, tidy_xml
from feeds.links import canonical_link
from feeds.older import older_address
from feeds.records import Dropped, Entry, Limits, NotAFeed, Parsed

_MARKUP_FACTOR: Final = 4
_MAX_RAW_TITLE: Final = 20_000
_CATEGORY_CHARS: Final = 100
_GUID_CHARS: Final = 500
_OPENING_CHARS: Final = 90
_UNTITLED: Final = "(tanpa judul)"
# Some sites number the items of each document 1, 2, 3 ...: a position, not an identity.
_POSITION_GUID: Final = re.compile(r"[0-9]{1,4}")
_XML_KINDS: Final = frozenset({"rss", "feed", "rdf", "channel", "entry", "item"})


def parse_document(
    body: bytes, *, content_type: str, url: str, now: datetime, limits: Limits
) -> Parsed | NotAFeed:
    """Read a feed of any known kind: RSS 0.9x to 2.0, RDF, Atom, JSON Feed, a news sitemap.

    Never raises. `now` is the fetch time (aware UTC) that stands in for dates outside the date rule;
    `url` is where the document came from, the base of its relative links. Square-time and bomb shapes
    are cut before parsing; run it in a child process all the same (`isolate`).
    """
    try:
        return read_document(body, content_type=content_type, url=url, now=now, limits=limits)
    except Exception:  # noqa: BLE001 - the promise of this function; RecursionError and MemoryError too
        return NotAFeed(reason="dokumen tidak dapat dibaca")


def read_document(
    body: bytes, *, content_type: str, url: str, now: datetime, limits: Limits
) -> Parsed | NotAFeed:
    """`parse_document` without the last net: a MemoryError or a bug comes out."""
    if not body.strip():
        return NotAFeed(reason="dokumen kosong")
    text, malformed = decode_document(body, content_type)
    start = text.lstrip("\ufeff \t\r\n\x00")[:1]
    if start in ("{", "["):
        document = read_json(text.lstrip("\ufeff \t\r\n\x00"), limits)
    else:
        document = _read_xml(text, url, limits)
    if isinstance(document, NotAFeed):
        return document
    return _settle(document, malformed, url=url, now=now, limits=limits)


def _settle(document: RawDocument, malformed: bool, *, url: str, now: datetime, limits: Limits) -> Parsed:
    local = document.local or (urlsplit(url).hostname or "").endswith(".id")
    dropped: Counter[Dropped] = Counter({Dropped.OVER_LIMIT: document.over_limit})
    entries: dict[str, Entry] = {}
    for raw in document.items:
        entry = _entry(raw, url=url, now=now, local=local, limits=limits)
        if entry is None:
            dropped[Dropped.EMPTY] += 1
        elif entry.key in entries:
            dropped[Dropped.DUPLICATE_KEY] += 1
        else:
            entries[entry.key] = entry
    ranked = sorted(entries.values(), key=lambda entry: entry.published, reverse=True)
    dropped[Dropped.OVER_LIMIT] += max(len(ranked) - limits.entries, 0)
    return Parsed(
        title=plain_line(document.title[:_MAX_RAW_TITLE])[: limits.title_chars],
        kind=document.kind,
        entries=tuple(ranked[: limits.entries]),
        dropped=tuple((reason, dropped[reason]) for reason in Dropped if dropped[reason]),
        ttl_seconds=document.ttl_seconds,
        malformed=document.malformed or malformed,
        update_seconds=document.update_seconds,
        older=older_address(document.older, document.generator, url),
    )


def _entry(raw: RawEntry, *, url: str, now: datetime, local: bool, limits: Limits) -> Entry | None:
    markup = raw.markup[: _MARKUP_FACTOR * limits.text_chars]
    title = plain_line(raw.title[:_MAX_RAW_TITLE])[: limits.title_chars]
    text = plain_text(markup)[: limits.text_chars]
    link = canonical_link(raw.link, url, max_chars=limits.link_chars)
    if not (title or text or link or raw.title.strip() or raw.markup.strip()):
        return None
    guid = unicodedata.normalize("NFC", _scalar(raw.guid).strip())
    claimed = _scalar(raw.published).strip()
    published, suspect = settled_date(read_date(claimed, local=local), now)
    return Entry(
        key=_key(guid, link, title, text),
        guid=guid[:_GUID_CHARS],
        link=link,
        title=title or _opening(text) or _UNTITLED,
        text=text,
        html=clean_html(markup),
        published=published,
        published_raw=claimed[: limits.raw_date_chars],
        date_suspect=suspect,
        categories=_categories(raw.categories),
    )


def _key(guid: str, link: str, title: str, text: str) -> str:
    if guid and not (link and _POSITION_GUID.fullmatch(guid)):
        return guid if len(guid) <= _GUID_CHARS else f"sha256:{_digest(guid)}"
    return link or "text:" + _digest(title + "\n" + text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _opening(text: str) -> str:
    line = " ".join(text[: 2 * _OPENING_CHARS].split())
    if len(line) <= _OPENING_CHARS:
        return line
    return line[:_OPENING_CHARS].rpartition(" ")[0] + " …"


def _scalar(value: str) -> str:
    if value.isprintable():
        return value
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", " ", value)


def _categories(labels: Iterable[str]) -> tuple[str, ...]:
    lines = (plain_line(label[: 4 * _CATEGORY_CHARS])[:_CATEGORY_CHARS] for label in labels)
    return tuple(dict.fromkeys(line for line in lines if line))[:MAX_CATEGORIES]


def _read_xml(text: str, url: str, limits: Limits) -> RawDocument | NotAFeed:
    tidy, root = tidy_xml(text)
    if root == "urlset":
        return read_sitemap(tidy)
    if root == "sitemapindex":
        return NotAFeed(
            reason="indeks peta situs: daftarkan salah satu peta situs berita di dalamnya",
            follow=read_sitemap_index(tidy, url),
        )
    if root not in _XML_KINDS:
        return NotAFeed(reason=_what_instead(text))
    tidy, over_limit = newest_items(tidy, limits.entries)
    if root == "rss" and (plain := read_plain_rss(tidy)) is not None:
        return replace(plain, over_limit=over_limit)
    return replace(_ask_feedparser(tidy, root), over_limit=over_limit)


def _ask_feedparser(tidy: str, root: str) -> RawDocument:
    tripped = False
    try:
        result = _run_feedparser(tidy)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - it raises a dozen kinds on odd extension elements (maps, media)
        # One odd element must not cost the whole feed.
        result, tripped = _run_feedparser(bare_xml(tidy)), True
    feed = result["feed"]
    language = text_of(feed, "language")
    return RawDocument(
        title=text_of(feed, "title"),
        kind=str(result.get("version") or root),
        items=tuple(_from_feedparser(item) for item in result["entries"]),
        local=is_local(language),
        ttl_seconds=ttl_seconds_of(text_of(feed, "ttl")),
        malformed=tripped or bool(result.get("bozo")),
        update_seconds=update_seconds_of(
            text_of(feed, "sy_updateperiod"), text_of(feed, "sy_updatefrequency")
        ),
        older=older_of((text_of(link, "rel"), text_of(link, "href")) for link in list_of(feed, "links")),
        generator=text_of(feed, "generator"),
    )


def _run_feedparser(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # A stream, never bytes or str: feedparser opens those as a file name or an address.
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )


def _from_feedparser(item: Mapping[str, Any]) -> RawEntry:
    bodies = [text_of(content, "value") for content in list_of(item, "content")]
    summary = text_of(item, "summary")
    longest = max([*bodies, summary], key=len)
    link = text_of(item, "link") or next(
        (
            text_of(found, "href")
            for found in list_of(item, "links")
            if text_of(found, "rel") in ("", "alternate") and text_of(found, "href")
        ),
        "",
    )
    dates = (text_of(item, key) for key in ("published", "updated", "created", "issued", "date"))
    return RawEntry(
        guid=text_of(item, "id"),
        link=link,
        title=text_of(item, "title"),
        markup=longest,
        published=next((date for date in dates if date.strip()), ""),
        categories=tuple(
            text_of(tag, "label") or text_of(tag, "term")
            for tag in list_of(item, "tags")[: 2 * MAX_CATEGORIES]
        ),
    )


def _what_instead(text: str) -> str:
    opening = text[:2_000].lower()
    if "<html" in opening or "<!doctype html" in opening or "<body" in opening:
        if "password" in text[:50_000].lower():
            return "halaman masuk (login), bukan umpan berita"
        return "halaman web, bukan umpan berita"
    return "bukan umpan berita"
