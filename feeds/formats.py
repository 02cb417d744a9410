"""What a document claims, format by format: JSON Feed, sitemaps, and RSS 2.0 that has nothing odd in it.

The claims are untrusted text; `parse` settles them into entries and asks feedparser for all the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, XMLPullParser, fromstring

from feeds.dates import read_date
from feeds.links import canonical_link
from feeds.records import Limits, NotAFeed

MAX_CATEGORIES: Final = 20
_TTL_MAX_SECONDS: Final = 7 * 24 * 3600
_MAX_SITEMAPS: Final = 5_000
_PERIODS: Final = {
    "hourly": 3600,
    "daily": 86_400,
    "weekly": 7 * 86_400,
    "monthly": 30 * 86_400,
    "yearly": 365 * 86_400,
}
_NEWS: Final = re.compile(r"news|berita", re.IGNORECASE)
_NO_NEWS: Final = re.compile(
    r"author|penulis|categor|kategori|tag|page|image|video|product|user|taxonom", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One entry as the document claims it, whatever the format; every field is untrusted text."""

    guid: str = ""
    link: str = ""
    title: str = ""
    markup: str = ""
    published: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    title: str
    kind: str
    items: tuple[RawEntry, ...]
    local: bool
    over_limit: int = 0
    ttl_seconds: int | None = None
    malformed: bool = False
    update_seconds: int | None = None
    older: str = ""  # as written, perhaps relative
    generator: str = ""


def read_json(text: str, limits: Limits) -> RawDocument | NotAFeed:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return NotAFeed(reason="JSON yang tidak dapat dibaca")
    items = data.get("items") if isinstance(data, dict) else None
    version = text_of(data, "version")
    if not isinstance(items, list) or not ("jsonfeed.org" in version or text_of(data, "title")):
        return NotAFeed(reason="JSON, tetapi bukan JSON Feed")
    raws = [_from_json(item) for item in items if isinstance(item, dict)]
    language = text_of(data, "language").lower()
    # The cut comes after reading: a JSON item costs nothing until it is cleaned.
    ranked = sorted(raws, key=_raw_date, reverse=True)[: limits.entries]
    return RawDocument(
        title=text_of(data, "title"),
        kind="json",
        items=tuple(ranked),
        local=language == "id" or language.startswith("id-"),
        over_limit=len(raws) - len(ranked),
        older=text_of(data, "next_url"),
    )


def _raw_date(raw: RawEntry) -> str:
    date = read_date(raw.published)
    return date.isoformat() if date else ""


def _from_json(item: dict[str, Any]) -> RawEntry:
    number = item.get("id")
    tags = item.get("tags")
    markup = text_of(item, "content_html")
    if not markup:
        markup = _as_markup(text_of(item, "content_text") or text_of(item, "summary"))
    return RawEntry(
        guid=str(number) if isinstance(number, int) and abs(number) < 10**18 else text_of(item, "id"),
        link=text_of(item, "url") or text_of(item, "external_url"),
        title=_as_markup(text_of(item, "title")),
        markup=markup,
        published=text_of(item, "date_published") or text_of(item, "date_modified"),
        categories=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )


def _as_markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def read_sitemap_index(text: str, url: str) -> tuple[str, ...]:
    """The sitemaps of an index, most promising first: of news, then by date; lists of authors go last."""
    found: dict[str, tuple[bool, bool, str]] = {}
    for element in _elements(text, "sitemap")[0]:
        fields = _fields(element)
        link = canonical_link(fields.get("loc", ""), url)
        date = read_date(fields.get("lastmod", ""))
        path = urlsplit(link).path
        if link and len(found) < _MAX_SITEMAPS:
            ranked = not _NO_NEWS.search(path), bool(_NEWS.search(path)), date.isoformat() if date else ""
            found.setdefault(link, ranked)
    return tuple(sorted(found, key=lambda link: found[link], reverse=True))


def _elements(text: str, name: str) -> tuple[list[Element], bool]:
    """The elements of that name up to where the document breaks off, and whether it does."""
    parser: XMLPullParser[Element] = XMLPullParser(["end"])
    found = []
    try:
        parser.feed(text)
        # A document that breaks off tells it here, after the events before the break.
        for event in parser.read_events():
            element = event[1] if len(event) > 1 else None
            if isinstance(element, Element) and _local(element) == name:
                found.append(element)
        parser.close()
    except ParseError:
        return found, True
    return found, False


def read_sitemap(text: str) -> RawDocument:
    """A news sitemap; one that breaks off gives the urls read so far."""
    elements, malformed = _elements(text, "url")
    raws = tuple(_from_sitemap(element) for element in elements)
    return RawDocument(title="", kind="sitemap", items=raws, local=False, malformed=malformed)


def _from_sitemap(element: Element) -> RawEntry:
    found = _fields(element)
    return RawEntry(
        link=found.get("loc", ""),
        title=found.get("title", ""),
        published=found.get("publication_date", found.get("lastmod", "")),
        categories=tuple(label.strip() for label in found.get("keywords", "").split(",")),
    )


def _fields(element: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in element.iter():
        if child.text:
            # The first loc is the page's; image:loc and video:loc follow inside their own elements.
            found.setdefault(_local(child), child.text.strip())
    return found


def _local(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


# --- RSS 2.0 as most newsrooms send it ---------------------------------------------------------------
# feedparser takes nine times as long over these documents. Whatever could make it see them otherwise
# (an element beside these, one twice, markup inside, a stray attribute) leaves the document to it.

_CONTENT: Final = "{http://purl.org/rss/1.0/modules/content/}encoded"
_ATOM_LINK: Final = "{http://www.w3.org/2005/Atom}link"
_PERIOD, _FREQUENCY = (
    f"{{http://purl.org/rss/1.0/modules/syndication/}}update{w}" for w in ("Period", "Frequency")
)
_CHANNEL_PLAIN: Final = frozenset(
    {"title", "link", "description", "language", "lastBuildDate", "pubDate", "generator", "ttl", "copyright"}
    | {"managingEditor", "webMaster", "docs", _ATOM_LINK, _PERIOD, _FREQUENCY}
)
_IMAGE_PLAIN: Final = frozenset({"url", "title", "link", "width", "height", "description"})
_ITEM_ONCE: Final = frozenset({"title", "link", "description", "guid", "pubDate", _CONTENT})
_ITEM_IGNORED: Final = frozenset(
    {"author", "comments", "enclosure", "thumbnail", "{http://purl.org/dc/elements/1.1/}creator"}
    | {"{http://wellformedweb.org/CommentAPI/}commentRss", "{http://purl.org/rss/1.0/modules/slash/}comments"}
    | {"{com-wordpress:feed-additions:1}post-id"}
    | {f"{{http://search.yahoo.com/mrss/}}{name}" for name in ("content", "thumbnail")}
)
_ATTRIBUTES: Final = {"guid": {"isPermaLink"}, "category": {"domain"}}
_MAY_HAVE_ATTRIBUTES: Final = _ITEM_IGNORED | {_ATOM_LINK}
# Windows characters and doubly encoded text, which feedparser mends; xml:base and xml:lang, which it heeds.
_PLAIN_URL: Final = re.compile(r"https?://[a-z0-9]", re.IGNORECASE)
_MENDED: Final = re.compile("[\x80-\x9f]|[\xc2-\xf4][\x80-\xbf]|xml:")


def read_plain_rss(text: str) -> RawDocument | None:
    """RSS 2.0 out of which nothing odd sticks, as feedparser would read it; None when it has to be asked."""
    if _may_be_mended(text):
        return None
    try:
        root = fromstring(text)  # noqa: S314 - tidied: what is left of a DOCTYPE would be an error here
    except (ParseError, ValueError):
        return None
    if root.tag != "rss" or root.attrib != {"version": "2.0"} or len(root) != 1 or _stray(root):
        return None
    channel = root[0]
    head = _plain_head(channel)
    items = [_plain_item(child) for child in channel if child.tag == "item"]
    if head is None or None in items:
        return None
    return RawDocument(
        title=head.get("title", ""),
        kind="rss20",
        items=tuple(item for item in items if item is not None),
        local=is_local(head.get("language", "")),
        ttl_seconds=ttl_seconds_of(head.get("ttl", "")),
        update_seconds=update_seconds_of(head.get(_PERIOD, ""), head.get(_FREQUENCY, "")),
        older=older_of((link.get("rel", ""), link.get("href", "")) for link in channel.iterfind(_ATOM_LINK)),
        generator=head.get("generator", ""),
    )


def _may_be_mended(text: str) -> bool:
    # The pattern is slow; beyond ASCII it needs a character that UTF-8 begins with C2 (U+0080 to U+00BF).
    if text.isascii():
        return "xml:" in text
    return ("xml:" in text or b"\xc2" in text.encode("utf-8", "replace")) and _MENDED.search(text) is not None


def _plain_head(channel: Element) -> dict[str, str] | None:
    if channel.tag != "channel" or channel.attrib or _stray(channel):
        return None
    head: dict[str, str] = {}
    in_items = False
    for child in channel:
        tag = str(child.tag)
        if tag == "item":
            in_items = True
        elif tag == "image":
            if child.attrib or _stray(child) or not all(_plain(e) and e.tag in _IMAGE_PLAIN for e in child):
                return None
        # The title of the channel after those of its items, or anything twice, is read by other rules.
        elif tag not in _CHANNEL_PLAIN or not _plain(child) or tag in head or (in_items and tag == "title"):
            return None
        elif tag != _ATOM_LINK:
            head[tag] = (child.text or "").strip()
    return head


def _plain_item(item: Element) -> RawEntry | None:
    if item.attrib or _stray(item):
        return None
    found: dict[str, str] = {}
    categories: dict[tuple[str, str], None] = {}
    for child in item:
        tag = str(child.tag)
        if not _plain(child):
            return None
        value = (child.text or "").strip()
        if tag == "category":
            if value:
                categories.setdefault((value, child.get("domain", "")))
        elif tag in _ITEM_ONCE and tag not in found:
            found[tag] = value
        elif tag not in _ITEM_IGNORED:
            return None
    link, guid = found.get("link", ""), found.get("guid", "")
    # feedparser brings addresses into a form of its own; these have only one.
    if ";" in link or not all(_PLAIN_URL.match(url) for url in (link, guid) if "/" in url or url is link):
        return None
    return RawEntry(
        guid=guid,
        link=link,
        title=found.get("title", ""),
        markup=max(found.get(_CONTENT, ""), found.get("description", ""), key=len),
        published=found.get("pubDate", ""),
        categories=tuple(value for value, _ in categories)[: 2 * MAX_CATEGORIES],
    )


def _plain(element: Element) -> bool:
    known = element.tag in _MAY_HAVE_ATTRIBUTES or element.attrib.keys() <= _ATTRIBUTES.get(
        str(element.tag), set()
    )
    return known and not len(element)


def _stray(parent: Element) -> bool:
    """Text between the elements of a parent, where there should be white space only."""
    return bool((parent.text or "").strip()) or any((child.tail or "").strip() for child in parent)


def is_local(language: str) -> bool:
    """Whether a language tag says Indonesian, in the spellings that are met."""
    return language.lower().startswith(("id", "in-id")) or language.lower() == "in"


def text_of(mapping: Any, key: str) -> str:
    # Past feedparser's own __getitem__, which answers "updated" with "published" and so on.
    value = dict.get(mapping, key) if isinstance(mapping, dict) else None
    return value if isinstance(value, str) else ""


def list_of(mapping: Any, key: str) -> list[Any]:
    value = dict.get(mapping, key) if isinstance(mapping, dict) else None
    return value if isinstance(value, list) else []


def ttl_seconds_of(minutes: str) -> int | None:
    if not re.fullmatch(r"\s*[0-9]{1,400}\s*", minutes):
        return None
    digits = minutes.strip().lstrip("0")
    return min(int(digits or "0") * 60, _TTL_MAX_SECONDS) if len(digits) < 10 else _TTL_MAX_SECONDS


def update_seconds_of(period: str, frequency: str) -> int | None:
    """Seconds between two updates by the RSS syndication module; None when no known period is told."""
    seconds = _PERIODS.get(period.strip().lower())
    if seconds is None:
        return None
    times = frequency.strip()
    return seconds // max(int(times), 1) if re.fullmatch(r"[0-9]{1,6}", times) else seconds


def older_of(links: Iterable[tuple[str, str]]) -> str:
    """Of (rel, href) pairs the one that leads to older entries: RFC 5005 `next`, or `prev-archive`."""
    by_rel = {rel.strip().lower(): href.strip() for rel, href in links}
    return by_rel.get("next") or by_rel.get("prev-archive") or ""
