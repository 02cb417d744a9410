"""When an announced action is to be, as far as the words say. Pure, by a few fixed forms of Indonesian news.

Only sentences that speak of what is to come are read, because most dates in news are of what was said when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from screening.windows import WIB

_READ = 4_000  # characters; what comes later is background
_FARTHEST = timedelta(days=60)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_TO_COME = re.compile(
    r"\b(?:akan|bakal|hendak|berencana|rencana\w*|dijadwalkan|menjadwalkan|diagendakan|siap|mendatang|depan"
    r"|besok|lusa|nanti|mengancam|ancam|menyerukan|seruan|mengajak)\b",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_NUMBERS = re.compile(r"(?<![\d/.,])(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?(?![\d/])")
_NAMED = re.compile(
    r"(?<![\d.,])(\d{1,2})\s+(jan(?:uari)?|feb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|juni?|juli?|agu?s(?:tus)?"
    r"|sep(?:t(?:ember)?)?|okt(?:ober)?|nov(?:ember)?|des(?:ember)?)\b\.?(?:\s+(\d{4}))?",
    re.IGNORECASE,
)
_DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
_WEEKDAY = re.compile(
    rf"\b(?:pada|hari|mulai)\s+(?:hari\s+)?({'|'.join(_DAYS)}|jum'at)\b|"
    rf"\b({'|'.join(_DAYS)}|jum'at)\s+(?:besok|depan|mendatang|pekan depan|nanti|lusa)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(besok|lusa|hari ini|(?:pagi|siang|sore|malam) (?:ini|nanti)|nanti (?:siang|sore|malam))\b", re.I
)
_CLOCK = re.compile(r"\b(?:pukul|jam)\s+(\d{1,2})(?:[.:](\d{2}))?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The calendar day (WIB) of an announced action and the hour, None where it is not told."""

    day: date
    hour: time | None = None


def planned_for(title: str, text: str, published: datetime) -> Planned | None:
    """The first day not before the publication that the words name for what is to come, else None."""
    said_on = published.astimezone(WIB).date()
    for sentence in _SENTENCES.split(f"{title}\n{text[:_READ]}"):
        if not _TO_COME.search(sentence):
            continue
        days = sorted(day for day in _days(sentence, said_on) if said_on <= day <= said_on + _FARTHEST)
        if days:
            return Planned(day=days[0], hour=_hour(sentence))
    return None


def _days(sentence: str, said_on: date) -> Iterator[date]:
    for found in _RELATIVE.finditer(sentence):
        yield said_on + timedelta(days={"besok": 1, "lusa": 2}.get(found[1].lower(), 0))
    named = False
    for day, month, year in _dated(sentence):
        made = _date(day, month, year, said_on)
        # A written date of the day itself is when it was said, unless the sentence says "hari ini".
        if made is not None and made > said_on:
            named = True
            yield made
    if not named:
        for found in _WEEKDAY.finditer(sentence):
            wanted = _DAYS.index((found[1] or found[2]).lower().replace("'", ""))
            yield said_on + timedelta(days=(wanted - said_on.weekday() - 1) % 7 + 1)


def _dated(sentence: str) -> Iterator[tuple[int, int, str | None]]:
    for found in _NUMBERS.finditer(sentence):
        yield int(found[1]), int(found[2]), found[3]
    for found in _NAMED.finditer(sentence):
        yield int(found[1]), _MONTHS.index(_short(found[2])) + 1, found[3]


def _short(month: str) -> str:
    start = month.lower()[:3]
    return "agu" if start == "ags" else start


def _date(day: int, month: int, year: str | None, said_on: date) -> date | None:
    """Without a year the next such day; a year of two digits is of this century."""
    try:
        if year is not None:
            return date(int(year) % 100 + 2000 if len(year) == 2 else int(year), month, day)
        this_year = date(said_on.year, month, day)
        return this_year if this_year >= said_on else date(said_on.year + 1, month, day)
    except ValueError:
        return None


def _hour(sentence: str) -> time | None:
    found = _CLOCK.search(sentence)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2] or 0))
