"""The incidents most like one: by rare words they share, helped by issue and place. Pure.

They are shown beside an incident with the reason in words, and nothing is made one by it: what tells of the
same event within days the linking has joined already, so what is found here is mostly an earlier act of the
same quarrel, and sometimes a story that should be merged by hand.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from screening.records import Incident
from screening.taxonomy import ISSUE_BY_CODE

LOOK_BACK = timedelta(days=365)
MOST = 5
COUNTED = 48  # words of an incident whose reports are counted
WORDS = 24  # of these the rarest, which are looked up
POSTINGS = 300  # newest reports read of one word; a word with more tells little and weighs less
CANDIDATES = 80  # incidents whose issue and place are read, those with most in common
REPORTS = 8  # of the incident itself, whose words are taken
_SHOWN = 5
_WORD = re.compile(r"\w+")
# Chosen on the sample news by looking: below it two stories share a manner of telling and nothing else, and
# without issue or place in common the words alone have to be many and rare.
_LEAST_WORDS = 2
_LEAST = 0.5
_ALONE, _ALONE_WORDS = 1.2, 3
_SAME_ISSUE, _SAME_DISTRICT, _SAME_REGENCY = 0.3, 0.5, 0.2
_DISTRICT, _REGENCY = 8, 5  # characters of their codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """One of the nearest incidents; `why` says it in words, `likeness` orders (not a probability)."""

    incident: Incident
    likeness: float
    words: tuple[str, ...]
    why: str


def first_words(reports: Iterable[Mapping[str, float]], place_name: str) -> dict[str, float]:
    """Words worth counting: the most telling, then those that most reports have; none of the place's name."""
    places = set(_WORD.findall(place_name.casefold()))
    telling: dict[str, float] = {}
    held: Counter[str] = Counter()
    for one in reports:
        telling |= one
        held.update(one)
    chosen = sorted(set(telling) - places, key=lambda word: (-telling[word], -held[word], word))
    return {word: telling[word] for word in chosen[:COUNTED]}


def weights(telling: Mapping[str, float], reports: Mapping[str, int]) -> dict[str, float]:
    """What each word tells here: its weight by the general list, less the more reports have it."""
    return {
        word: weight / (1 + math.log1p(max(reports.get(word, 0) - 1, 0) / 4))
        for word, weight in telling.items()
    }


def shared_words(
    weighed: Mapping[str, float], found: Mapping[str, Iterable[int]]
) -> list[tuple[int, tuple[str, ...]]]:
    """(incident, words it shares, the rarest first) of those with most in common, best first.

    `found` gives for each word the incidents that have it.
    """
    words: dict[int, list[str]] = {}
    for word in sorted(found, key=lambda one: (-weighed[one], one)):
        for number in set(found[word]):
            words.setdefault(number, []).append(word)
    scored = [
        (sum(weighed[word] for word in mine), number, tuple(mine))
        for number, mine in words.items()
        if len(mine) >= _LEAST_WORDS
    ]
    best = sorted(scored, key=lambda one: (-one[0], -one[1]))[:CANDIDATES]
    return [(number, mine) for _score, number, mine in best]


def nearest(
    of: Incident,
    candidates: Iterable[tuple[Incident, tuple[str, ...]]],
    weighed: Mapping[str, float],
    since: datetime,
) -> tuple[Similar, ...]:
    """At most five, the likest first; nothing where only common words are shared."""
    found = []
    for one, words in candidates:
        if one.id == of.id or one.last_published < since:
            continue
        told = sum(weighed[word] for word in words)
        issue, place = one.issue == of.issue, _nearness(of, one)
        alone = told >= _ALONE and len(words) >= _ALONE_WORDS
        if told < _LEAST or not (issue or place[0] or alone):
            continue
        likeness = told + _SAME_ISSUE * issue + place[0]
        found.append(
            Similar(
                incident=one,
                likeness=round(likeness, 3),
                words=words[:_SHOWN],
                why=_why(of, words, issue, place[1]),
            )
        )
    found.sort(key=lambda each: (-each.likeness, -each.incident.id))
    return tuple(found[:MOST])


def _nearness(of: Incident, one: Incident) -> tuple[float, str]:
    first, second = of.place_code or "", one.place_code or ""
    if len(first) >= _DISTRICT and first[:_DISTRICT] == second[:_DISTRICT]:
        return _SAME_DISTRICT, "kecamatan yang sama"
    if len(first) >= _REGENCY and first[:_REGENCY] == second[:_REGENCY]:
        return _SAME_REGENCY, "kabupaten/kota yang sama"
    return 0.0, ""


def _why(of: Incident, words: tuple[str, ...], issue: bool, place: str) -> str:
    parts = [f"kata yang sama: {', '.join(words[:_SHOWN])}"]
    if place:
        parts.append(place)
    if issue:
        name = ISSUE_BY_CODE[of.issue].id if of.issue in ISSUE_BY_CODE else of.issue
        parts.append(f"isu yang sama ({name})")
    return "; ".join(parts)
