"""When a feed says something was published: RSS, Atom, and what Indonesian newsrooms write."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

WIB: Final = timezone(timedelta(hours=7), "WIB")
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST_AHEAD: Final = timedelta(hours=24)

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januari",
            "feb february februari peb pebruari",
            "mar march maret mrt",
            "apr april",
            "may mei",
            "jun june juni",
            "jul july juli",
            "aug august agustus agu agt ags",
            "sep sept september",
            "oct october okt oktober",
            "nov november nop nopember",
            "dec december des desember",
        ),
        start=1,
    )
    for name in names.split()
}
_INDONESIAN: Final = re.compile(
    r"\b(?:januari|februari|pebruari|maret|mei|juni|juli|agustus|agu|agt|ags|okt|oktober|des|desember|nop"
    r"|nopember|senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|pukul|sen|sel|rab|kam|jum|sab|min)\b",
    re.IGNORECASE,
)
_ZONES: Final = {
    "z": 0.0,
    "ut": 0.0,
    "utc": 0.0,
    "gmt": 0.0,
    "wib": 7.0,
    "wita": 8.0,
    "wit": 9.0,
    "sgt": 8.0,
    "myt": 8.0,
    "est": -5.0,
    "edt": -4.0,
    "cst": -6.0,
    "cdt": -5.0,
    "mst": -7.0,
    "mdt": -6.0,
    "pst": -8.0,
    "pdt": -7.0,
    "bst": 1.0,
    "cet": 1.0,
    "cest": 2.0,
    "jst": 9.0,
    "aest": 10.0,
}
_ISO: Final = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt ]\s{0,3}([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?)?\s{0,3}(.{0,12})"
)
_WORDED: Final = re.compile(
    r"(?:[A-Za-z']{2,9}[.,]?\s{0,3})?([0-9]{1,2})[\s/-]{1,3}([A-Za-z]{3,9})\.?[\s/-]{1,3}([0-9]{4}|[0-9]{2})(?![0-9])"
    r"(?:[\s,|T-]{1,4}(?:pukul\s{1,3}|jam\s{1,3})?([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?)?\s{0,3}(.{0,12})",
    re.IGNORECASE,
)
_SLASHED: Final = re.compile(
    r"(?:[A-Za-z']{2,9}[.,]?\s{0,3})?([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"
    r"(?:[\s,|-]{1,4}(?:pukul\s{1,3}|jam\s{1,3})?([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?)?\s{0,3}(.{0,12})",
    re.IGNORECASE,
)
_OFFSET: Final = re.compile(r"(?:utc|gmt)?\s?([+-])\s?([0-9]{1,2}):?([0-9]{2})?\b", re.IGNORECASE)


def read_date(raw: str, *, local: bool = False) -> datetime | None:
    """Read a claimed time as aware UTC, or None when it holds none.

    A time without a zone is WIB when `local` (an Indonesian source) or when it is written with
    Indonesian words, else UTC. Day precedes month in all-number dates.
    """
    text = raw.strip()[:100]
    if match := _ISO.match(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _WORDED.match(text):
        year, month, day = _full_year(match[3]), _MONTHS.get(match[2].lower(), 0), int(match[1])
    elif match := _SLASHED.match(text):
        year, month, day = int(match[3]), int(match[2]), int(match[1])
    else:
        return None
    zone = _zone(match[7]) or (WIB if local or _INDONESIAN.search(text) else UTC)
    clock = int(match[4] or 0), int(match[5] or 0), min(int(match[6] or 0), 59)
    try:
        return datetime(year, month, day, *clock, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def settled_date(claimed: datetime | None, now: datetime) -> tuple[datetime, bool]:
    """Apply the date rule: (time to store, suspect). Outside 1990 .. now + 24 h the fetch time stands."""
    if claimed is None or claimed < _EARLIEST or claimed > now + _LATEST_AHEAD:
        return now, True
    return claimed, False


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year < 69 else 1900)


def _zone(tail: str) -> timezone | None:
    tail = tail.strip(" ()")
    if match := _OFFSET.match(tail):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes > 14 * 60:
            return None
        return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
    if word := re.match(r"[A-Za-z]{1,4}\b", tail):
        hours = _ZONES.get(word[0].lower())
        if hours is not None:
            return timezone(timedelta(hours=hours))
    return None
