"""An article page to its main text, and robots.txt to what it allows. The only file with trafilatura.

Runs in the child processes of `isolate`: both a page and the patterns of a robots.txt are hostile bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import trafilatura
from lxml import etree, html  # type: ignore[import-untyped]
from protego import Protego

from feeds.charset import decode_document
from feeds.clean import plain_line, plain_text
from feeds.hygiene import cap_attributes
from feeds.records import Limits, PageText, RobotsRule

_MAX_PAGE_CHARS: Final = 3_000_000
_MAX_ROBOTS_CHARS: Final = 500 * 1024  # what RFC 9309 asks a crawler to read at least
_META_CHARSET: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)
_NOINDEX: Final = re.compile(r"(?:^|[\s,])(?:noindex|none)(?:$|[\s,])", re.IGNORECASE)


def read_page(body: bytes, *, content_type: str, url: str, limits: Limits) -> PageText | None:
    """The main text of the article at `url`; None when there is none or the page asks not to be indexed."""
    if "charset" not in content_type.lower() and (declared := _META_CHARSET.search(body[:4_096])):
        content_type = f"text/html; charset={declared[1].decode('ascii')}"
    text, _ = decode_document(body, content_type)
    if not text.strip():
        return None
    try:
        # No network, no entities: lxml's HTML parser reads the string and nothing else.
        tree = html.document_fromstring(
            cap_attributes(text[:_MAX_PAGE_CHARS]).encode(), parser=html.HTMLParser(encoding="utf-8")
        )
    except (etree.LxmlError, ValueError):
        return None
    if any(_NOINDEX.search(meta.get("content", "")) for meta in tree.iterfind(".//meta[@name='robots']")):
        return None
    title = _title(tree)
    found: Any = trafilatura.bare_extraction(
        tree, url=url, fast=True, include_comments=False, include_tables=False, include_images=False
    )
    main = (found.text or "") if found is not None else ""
    # What trafilatura gives is text already: escaped, so that a literal "<" in it stays one.
    main = plain_text(main.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>"))
    return PageText(title=title[: limits.title_chars], text=main[: limits.text_chars]) if main else None


def _title(tree: Any) -> str:
    for meta in tree.iterfind(".//meta[@property='og:title']"):
        if title := plain_line(meta.get("content", "")[:2_000]):
            return title
    for name in ("h1", "title"):
        element = tree.find(f".//{name}")
        if element is not None and (title := plain_line("".join(element.itertext())[:2_000])):
            return title
    return ""


def read_robots(body: bytes, *, agent: str, urls: Sequence[str]) -> RobotsRule:
    """What a robots.txt says to the product `agent` about `urls`."""
    text = body.decode("utf-8", "replace")[:_MAX_ROBOTS_CHARS]
    rules = Protego.parse(text)
    delay = rules.crawl_delay(agent)
    return RobotsRule(
        allowed=frozenset(url for url in urls if rules.can_fetch(url, agent)),
        delay_seconds=max(float(delay or 0.0), 0.0),
    )
