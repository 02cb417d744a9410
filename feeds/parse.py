"""Hostile bytes to clean entries. The only file that knows feedparser."""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

import feedparser

from feeds.charset import decode_document
from feeds.clean import clean_html, plain_line, plain_text
from feeds.dates import read_date, settled_date
from feeds.hygiene import bare_xml, newest_items, tidy_xml
from feeds.links import canonical_link
from feeds.records import Dropped, Entry, Limits, NotAFeed, Parsed

_MARKUP_FACTOR: Final = 4
_MAX_RAW_TITLE: Final = 20_000
_MAX_CATEGORIES: Final = 20
_CATEGORY_CHARS: Final = 100
_GUID_CHARS: Final = 500
_TTL_MAX_SECONDS: Final = 7 * 24 * 3600
_OPENING_CHARS: Final = 90
_UNTITLED: Final = "(tanpa judul)"
# Some sites number the items of each document 1, 2, 3 ...: a position, not an identity.
_POSITION_GUID: Final = re.compile(r"[0-9]{1,4}")
_XML_KINDS: Final = frozenset({"rss", "feed", "rdf", "channel", "entry", "item"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    """One entry as the document claims it, whatever the format; every field is untrusted text."""

    guid: str = ""
    link: str = ""
    title: str = ""
    markup: str = ""
    published: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    title: str
    kind: str
    items: tuple[_Raw, ...]
    local: bool
    over_limit: int = 0
    ttl_seconds: int | None = None
    malformed: bool = False


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
        document = _read_json(text.lstrip("\ufeff \t\r\n\x00"), limits)
    else:
        document = _read_xml(text, url, limits)
    if isinstance(document, NotAFeed):
        return document
    return _settle(document, malformed, url=url, now=now, limits=limits)


def _settle(document: _Document, malformed: bool, *, url: str, now: datetime, limits: Limits) -> Parsed:
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
    )


def _entry(raw: _Raw, *, url: str, now: datetime, local: bool, limits: Limits) -> Entry | None:
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
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", " ", value)


def _categories(labels: Iterable[str]) -> tuple[str, ...]:
    lines = (plain_line(label[: 4 * _CATEGORY_CHARS])[:_CATEGORY_CHARS] for label in labels)
    return tuple(dict.fromkeys(line for line in lines if line))[:_MAX_CATEGORIES]


def _read_xml(text: str, url: str, limits: Limits) -> _Document | NotAFeed:
    tidy, root = tidy_xml(text)
    if root == "urlset":
        return _read_sitemap(tidy)
    if root == "sitemapindex":
        return NotAFeed(reason="indeks peta situs: daftarkan salah satu peta situs berita di dalamnya")
    if root not in _XML_KINDS:
        return NotAFeed(reason=_what_instead(text))
    tidy, over_limit = newest_items(tidy, limits.entries)
    tripped = False
    try:
        result = _run_feedparser(tidy)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - it raises a dozen kinds on odd extension elements (maps, media)
        # One odd element must not cost the whole feed.
        result, tripped = _run_feedparser(bare_xml(tidy)), True
    feed = result["feed"]
    language = _text(feed, "language")
    return _Document(
        title=_text(feed, "title"),
        kind=str(result.get("version") or root),
        items=tuple(_from_feedparser(item) for item in result["entries"]),
        local=language.lower().startswith(("id", "in-id")) or language.lower() == "in",
        over_limit=over_limit,
        ttl_seconds=_ttl(_text(feed, "ttl")),
        malformed=tripped or bool(result.get("bozo")),
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


def _from_feedparser(item: Mapping[str, Any]) -> _Raw:
    bodies = [_text(content, "value") for content in _list(item, "content")]
    summary = _text(item, "summary")
    longest = max([*bodies, summary], key=len)
    link = _text(item, "link") or next(
        (
            _text(found, "href")
            for found in _list(item, "links")
            if _text(found, "rel") in ("", "alternate") and _text(found, "href")
        ),
        "",
    )
    dates = (_text(item, key) for key in ("published", "updated", "created", "issued", "date"))
    return _Raw(
        guid=_text(item, "id"),
        link=link,
        title=_text(item, "title"),
        markup=longest,
        published=next((date for date in dates if date.strip()), ""),
        categories=tuple(
            _text(tag, "label") or _text(tag, "term") for tag in _list(item, "tags")[: 2 * _MAX_CATEGORIES]
        ),
    )


def _text(mapping: Any, key: str) -> str:
    # Past feedparser's own __getitem__, which answers "updated" with "published" and so on.
    value = dict.get(mapping, key) if isinstance(mapping, dict) else None
    return value if isinstance(value, str) else ""


def _list(mapping: Any, key: str) -> list[Any]:
    value = dict.get(mapping, key) if isinstance(mapping, dict) else None
    return value if isinstance(value, list) else []


def _ttl(minutes: str) -> int | None:
    if not re.fullmatch(r"\s*[0-9]{1,400}\s*", minutes):
        return None
    digits = minutes.strip().lstrip("0")
    return min(int(digits or "0") * 60, _TTL_MAX_SECONDS) if len(digits) < 10 else _TTL_MAX_SECONDS


def _what_instead(text: str) -> str:
    opening = text[:2_000].lower()
    if "<html" in opening or "<!doctype html" in opening or "<body" in opening:
        if "password" in text[:50_000].lower():
            return "halaman masuk (login), bukan umpan berita"
        return "halaman web, bukan umpan berita"
    return "bukan umpan berita"


def _read_json(text: str, limits: Limits) -> _Document | NotAFeed:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return NotAFeed(reason="JSON yang tidak dapat dibaca")
    items = data.get("items") if isinstance(data, dict) else None
    version = _text(data, "version")
    if not isinstance(items, list) or not ("jsonfeed.org" in version or _text(data, "title")):
        return NotAFeed(reason="JSON, tetapi bukan JSON Feed")
    raws = [_from_json(item) for item in items if isinstance(item, dict)]
    language = _text(data, "language").lower()
    # The cut comes after reading: a JSON item costs nothing until it is cleaned.
    ranked = sorted(raws, key=_raw_date, reverse=True)[: limits.entries]
    return _Document(
        title=_text(data, "title"),
        kind="json",
        items=tuple(ranked),
        local=language == "id" or language.startswith("id-"),
        over_limit=len(raws) - len(ranked),
    )


def _raw_date(raw: _Raw) -> str:
    date = read_date(raw.published)
    return date.isoformat() if date else ""


def _from_json(item: dict[str, Any]) -> _Raw:
    number = item.get("id")
    tags = item.get("tags")
    markup = _text(item, "content_html")
    if not markup:
        markup = _as_markup(_text(item, "content_text") or _text(item, "summary"))
    return _Raw(
        guid=str(number) if isinstance(number, int) and abs(number) < 10**18 else _text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_as_markup(_text(item, "title")),
        markup=markup,
        published=_text(item, "date_published") or _text(item, "date_modified"),
        categories=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )


def _as_markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def _read_sitemap(text: str) -> _Document:
    """A news sitemap; one that breaks off gives the urls read so far."""
    parser: XMLPullParser[Element] = XMLPullParser(["end"])
    raws = []
    malformed = False
    try:
        parser.feed(text)
        # A document that breaks off tells it here, after the events before the break.
        for event in parser.read_events():
            element = event[1] if len(event) > 1 else None
            if isinstance(element, Element) and _local(element) == "url":
                raws.append(_from_sitemap(element))
        parser.close()
    except ParseError:
        malformed = True
    return _Document(title="", kind="sitemap", items=tuple(raws), local=False, malformed=malformed)


def _from_sitemap(element: Element) -> _Raw:
    found: dict[str, str] = {}
    for child in element.iter():
        name = _local(child)
        if name in ("loc", "title", "publication_date", "keywords", "lastmod", "language") and child.text:
            # The first loc is the page's; image:loc and video:loc follow inside their own elements.
            found.setdefault(name, child.text.strip())
    return _Raw(
        link=found.get("loc", ""),
        title=found.get("title", ""),
        published=found.get("publication_date", found.get("lastmod", "")),
        categories=tuple(label.strip() for label in found.get("keywords", "").split(",")),
    )


def _local(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
