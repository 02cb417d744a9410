"""The pages of a feed with older entries: where they are, and following them after a gap.

A feed shows its newest entries only; when none of them was there at the last poll, some came and went in
between. RFC 5005 (`next`, `prev-archive`), JSON Feed (`next_url`), WordPress (`?paged=2`) let us look back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from feeds.records import Dropped, Entry, Fetched, Parsed

PAGES: Final = 3
_URL_CHARS: Final = 2_000

Read = Callable[[str], Awaitable[Parsed | None]]
IsKnown = Callable[[Fetched], Awaitable[bool]]


def older_address(link: str, generator: str, url: str) -> str:
    """The address of the page before the one at `url`, by its own `link` or by WordPress's rule; or empty."""
    try:
        if link:
            found = urljoin(url, link)
        elif "wordpress" in generator.lower():
            found = _next_paged(url)
        else:
            return ""
        good = (
            urlsplit(found).scheme in ("http", "https") and len(found) <= _URL_CHARS and found.isprintable()
        )
    except ValueError:
        return ""
    return found if good else ""


def _next_paged(url: str) -> str:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    told = dict(query).get("paged", "")
    page = int(told) if re.fullmatch(r"[0-9]{1,4}", told) else 1
    kept = [(name, value) for name, value in query if name != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("paged", str(page + 1))]), fragment=""))


async def with_older(first: Fetched, *, read: Read, is_known: IsKnown, most: int) -> Fetched:
    """The document with up to three pages before it, back to the first that holds something known.

    `read` gives a page, None when it cannot be had; never another site's. Validators and TTL stay those of
    the first page. A server that does not know pages and gives the first one again ends it.
    """
    parts = [first.parsed]
    seen = {entry.key for entry in first.parsed.entries}
    asked = {first.final_url, first.source.url}
    url = first.parsed.older
    while url and len(parts) <= PAGES and url not in asked and _site(url) == _site(first.final_url):
        asked.add(url)
        page = await read(url)
        if page is None or all(entry.key in seen for entry in page.entries):
            break
        parts.append(page)
        seen |= {entry.key for entry in page.entries}
        if await is_known(replace(first, parsed=page)):
            break
        url = page.older
    if len(parts) == 1:
        return first
    return replace(first, parsed=merged(parts, most), older_pages=len(parts) - 1)


def merged(parts: list[Parsed], most: int) -> Parsed:
    """Several documents as one: newest first, an entry of two of them once, the rest as the first says."""
    dropped: Counter[Dropped] = Counter()
    entries: dict[str, Entry] = {}
    for part in parts:
        dropped.update(dict(part.dropped))
        for entry in part.entries:
            dropped[Dropped.DUPLICATE_KEY] += entry.key in entries
            entries.setdefault(entry.key, entry)
    ranked = sorted(entries.values(), key=lambda entry: entry.published, reverse=True)
    dropped[Dropped.OVER_LIMIT] += max(len(ranked) - most, 0)
    return replace(
        parts[0],
        entries=tuple(ranked[:most]),
        dropped=tuple((reason, dropped[reason]) for reason in Dropped if dropped[reason]),
        malformed=any(part.malformed for part in parts),
    )


def _site(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")
