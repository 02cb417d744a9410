"""Do two reports tell of one event? Pure and deterministic.

A wrong merge hides an event behind another, a missed merge costs a second glance: so two reports become one
only with the same text, or with place, time and telling words all in favour. The issue only helps: one land
shooting is E1 to one outlet, H1 to a second and S5 to a third.

Pairs decide, and `link` names every incident that a report belongs to: when there are several, the desk makes
them one. So the order in which reports come does not decide how the story ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from models import Assessment, Place, PlaceKind, mask_names, same_text, signature
from screening.followup import looks_back
from screening.rarity import telling

WINDOW = timedelta(hours=72)  # from the last report of an incident
REPRINT_WINDOW = timedelta(days=7)
LONGEST = timedelta(days=14)  # a story is compared with what was reported of it this long ago

# Likeness asked of two tellings, by how well their places agree. Chosen on 1,350 flagged invented stories of
# which almost all pairs are different events, as if all had come within 72 hours: of 4,810 pairs in one
# regency these figures join about thirty, nearly all of them a story and its follow-up.
_SAME_DISTRICT = 0.1
_SAME_REGENCY = 0.16
_SAME_NAME = 0.28
_VAGUE = 0.4
_SAME_PROVINCE = 0.4
_APART = 0.5
_FAR = 0.6
# Added for unrelated, related and equal issues. The issue is a guess too, so in one district it hardly
# counts; a strike and a brawl at one market share its name and its stalls.
_STRANGE_IN_DISTRICT = (0.06, 0.02, 0.0)
_STRANGE = (0.26, 0.02, 0.0)
_UNDATED = 0.1
_LATER = 0.1  # asked beside that of a report which looks back on a story older than the window
_FEW_WORDS = 2.6  # a headline's few words are weighed as if there were this much to share

_RELATED = (
    {"E1", "E2", "S3", "S4", "S5", "H1"},
    {"P1", "P2"},
    {"P2", "P3", "H1"},
    {"E3", "P3"},
    {"E4", "P3"},
    {"S1", "S5", "S6", "S7"},
    {"S1", "S2"},
    {"S5", "H1"},
    {"I1", "H2"},
    {"I2", "H1"},
    {"H3", "P3"},
)
_WORD = re.compile(r"[^\W\d_][^\W_]{2,}")
_DATELINE = re.compile(r"\A[^.;:!?\n]{0,60}?\s[\u2013\u2014-]\s")
# Every report from a regency names it and its capital; the place is compared by itself, not again by words.
_TOWN_TEXT = """
kotawaringin barat timur selatan utara kapuas barito katingan seruyan sukamara lamandau gunung mas pulang
pisau murung raya palangka palangkaraya kobar kotim barsel barut batara gumas pulpis mura bartim pangkalan
bun sampit kuala buntok muara teweh kasongan pembuang nanga bulik kurun puruk cahu tamiang layang
"""
_TOWNS = frozenset(_TOWN_TEXT.split())
_TOKEN = re.compile(r"\w+")
_LEAD, _LEAST_LEAD, _LEAD_ALIKE = 60, 10, 0.8  # words a short text has, at most and at least; their likeness
_EXACT = 8  # characters of a district's code


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One flagged report as the linking sees it. `published` is None where the input gives no time."""

    item_id: int
    title: str
    text: str
    published: datetime | None
    owner: str
    assessment: Assessment
    words: frozenset[str]
    signature: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An incident a new report might belong to, with (some of) its reports.

    `span` is the time from its first to its last report and `regency` where it stands; None takes either from
    `reports`.
    """

    incident_id: int
    reports: tuple[Known, ...]
    span: tuple[datetime, datetime] | None = None
    regency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins:
    """The incident a report joins; `also` are others it belongs to just as well, oldest first."""

    incident_id: int
    same_text_as: int | None
    why: str
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opens:
    why: str = "Belum ada insiden serupa dalam 72 jam."


def known(  # noqa: PLR0917 - six plain fields in the order of the record
    item_id: int, title: str, text: str, published: datetime | None, owner: str, assessment: Assessment
) -> Known:
    """A report with its key words (title and first 80 words or so of the text) and its signature."""
    return Known(
        item_id=item_id,
        title=title,
        text=text,
        published=published,
        owner=owner,
        assessment=assessment,
        words=key_words(title, text),
        # Portals reprint a release under a title of their own, so a text of some length stands alone.
        signature=signature(text if len(text) > 80 else f"{title}. {text}"),
    )


def key_words(title: str, text: str) -> frozenset[str]:
    """Lower-case words that tell one event from another; at most about 90 words are read, no dateline."""
    opening = _DATELINE.sub("", text[:700], count=1)
    read = _WORD.findall(title.casefold()) + _WORD.findall(opening.casefold())
    stems = (_stem(word) for word in read)
    return frozenset(word for word in stems if telling(word) > 0 and word not in _TOWNS)


def clues(title: str, text: str, *, most: int = 40) -> dict[str, float]:
    """The most telling key words with their weights, names of people left out: what a search goes by."""
    words = key_words(mask_names(title[:1_000]), mask_names(text[:1_000]))
    chosen = sorted(words, key=lambda word: (-telling(word), word))[:most]
    return {word: telling(word) for word in chosen}


def likeness(
    first: frozenset[str], second: frozenset[str], *, without: frozenset[str] = frozenset()
) -> float:
    """Shared key words, 0..1, weighed by how telling each is; words of `without` do not count."""
    one, other = first - without, second - without
    smaller = min(_weight(one), _weight(other))
    if smaller <= 0:
        return 0.0
    return _weight(one & other) / max(smaller, _FEW_WORDS)


def link(report: Known, candidates: Sequence[Candidate]) -> Joins | Opens:
    """The incidents this report belongs to, the likest (of equals the oldest) first, or that it opens one.

    A report that is not flagged can only follow up: it joins on the stricter likeness, and ties nothing.
    """
    found: list[tuple[float, int]] = []
    twin: tuple[int, int] | None = None
    for candidate in sorted(candidates, key=lambda each: each.incident_id):
        if _elsewhere(report, candidate):
            continue
        score = 0.0
        for other in candidate.reports:
            if _within(report.published, other.published, REPRINT_WINDOW) and _reprint(report, other):
                twin = twin or (candidate.incident_id, other.item_id)
                score = 1.0
                break
        if score == 0.0:
            near = _in_time(report, candidate)
            score = max((_event_score(report, other, near=near) for other in candidate.reports), default=0.0)
        if score > 0:
            found.append((round(score, 9), candidate.incident_id))
    if not found:
        return Opens()
    best = min(found, key=lambda each: (-each[0], each[1]))
    home = twin[0] if twin is not None else best[1]
    also = sorted(number for _score, number in found if number != home) if report.assessment.flagged else ()
    return Joins(
        incident_id=home,
        same_text_as=twin[1] if twin is not None else None,
        why="Teks sama dengan laporan lain."
        if twin is not None
        else f"Lokasi, waktu, dan kata kunci sejalan ({min(100, round(best[0] * 100))} persen).",
        also=tuple(also),
    )


def mergers(free: Mapping[int, str], home: int) -> tuple[int, tuple[int, ...]]:
    """(the incident that stays, those that go into it) of what one report ties together.

    `free` are those that may be moved, with the code of their regency or district ("" when not known); the
    oldest stays. Where these differ only those of `home`'s place, or failing that the oldest's, become one.
    """
    if not free:
        return home, ()
    told = free.get(home, "")
    for number in sorted(free):
        if len(free[number]) > len(told) and _one_place(told, free[number]):
            told = free[number]
    alike = sorted(number for number in free if _one_place(told, free[number]))
    return (alike[0], tuple(alike[1:])) if alike else (home, ())


def _one_place(first: str, second: str) -> bool:
    """Whether two codes can be one place: equal, one within the other, or not known."""
    shorter, longer = sorted((first, second), key=len)
    return not shorter or longer == shorter or longer.startswith(f"{shorter}.")


def _elsewhere(report: Known, candidate: Candidate) -> bool:
    """Whether the incident stands in another regency: a report of no clear place must not bridge the two."""
    place = report.assessment.place
    if place.kind is not PlaceKind.REGENCY or not place.regency:
        return False
    home = candidate.regency
    if home is None:
        placed = [one.assessment.place for one in candidate.reports]
        votes = Counter(one.regency for one in placed if one.kind is PlaceKind.REGENCY and one.regency)
        if place.regency in votes or not votes:
            return False
        home = min(votes, key=lambda code: (-votes[code], code or ""))
    return home != place.regency


def _event_score(report: Known, other: Known, *, near: bool = True) -> float:
    """0 when the two are not one event, else how alike (for choosing between several).

    Outside the window of the incident (not `near`), or where one of the two is not flagged, the later has to
    look back on the other; two statements of calm are alike by their manner, whatever they calm.
    """
    flagged = report.assessment.flagged + other.assessment.flagged
    nearness = _nearness(report.assessment.place, other.assessment.place)
    if nearness is None or not flagged:
        return 0.0
    strangeness = _STRANGE_IN_DISTRICT if nearness == _SAME_DISTRICT else _STRANGE
    needed = nearness + strangeness[_kinship(report.assessment.issue.code, other.assessment.issue.code)]
    if report.published is None or other.published is None:
        needed += _UNDATED
    if not near or flagged < 2:
        if nearness >= _VAGUE or not _continues(report, other):
            return 0.0
        needed += _LATER
    score = likeness(report.words, other.words, without=_shared_place(report, other))
    return score if score >= needed else 0.0


def _continues(report: Known, other: Known) -> bool:
    """Whether the later of two reports, at most a fortnight apart, says that it continues a story."""
    if report.published is None or other.published is None:
        return False
    if not _within(report.published, other.published, LONGEST):
        return False
    later = max(report, other, key=lambda one: (one.published, one.item_id))
    return looks_back(later.title, later.text, later.assessment)


def _kinship(one: str | None, other: str | None) -> int:
    if one is None or other is None:
        return 1
    if one == other:
        return 2
    return 1 if any(one in group and other in group for group in _RELATED) else 0


def _shared_place(one: Known, other: Known) -> frozenset[str]:
    # Where both places are known the words of their names are spent; else they are the only hint.
    places = (one.assessment.place, other.assessment.place)
    if any(place.kind in (PlaceKind.UNKNOWN, PlaceKind.PROVINCE) for place in places):
        return frozenset()
    return frozenset(_stem(word) for place in places for word in _WORD.findall(place.name.casefold()))


def _nearness(one: Place, other: Place) -> float | None:
    """The likeness that two places ask for; None when they cannot be one place."""
    kinds = {one.kind, other.kind}
    if PlaceKind.UNKNOWN in kinds:
        return _VAGUE
    if PlaceKind.OUTSIDE in kinds:
        return _nearness_outside(one, other)
    if PlaceKind.PROVINCE in kinds:
        return _VAGUE
    if one.regency != other.regency:
        return None
    districts = {(place.code or "")[:_EXACT] for place in (one, other) if len(place.code or "") >= _EXACT}
    if len(districts) == 2:
        return _APART
    exact = len(one.code or "") >= _EXACT and len(other.code or "") >= _EXACT
    return _SAME_DISTRICT if exact else _SAME_REGENCY


def _nearness_outside(one: Place, other: Place) -> float | None:
    if one.kind is not other.kind:
        return None
    first, second = one.name.casefold(), other.name.casefold()
    if not first or not second:
        return _SAME_PROVINCE
    if first == second:
        return _SAME_NAME
    # Such names end in the province: a square and its city are told apart by name but not by that.
    same = first.rpartition(",")[2].strip() == second.rpartition(",")[2].strip()
    return _SAME_PROVINCE if same else _FAR


def _within(one: datetime | None, other: datetime | None, window: timedelta) -> bool:
    return one is None or other is None or abs(one - other) <= window


def _in_time(report: Known, candidate: Candidate) -> bool:
    moment = report.published
    if moment is None:
        return True
    if candidate.span is not None:
        first, last = candidate.span
        return first - WINDOW <= moment <= last + WINDOW
    return any(_within(moment, other.published, WINDOW) for other in candidate.reports)


def _reprint(report: Known, other: Known) -> bool:
    if not report.words or not _quick(report.words, other.words):
        return False
    # A press office's form letter reads alike for every village: places that differ keep such texts apart,
    # and two regencies do so even where no word differs.
    one, two = report.assessment.place, other.assessment.place
    if one.kind is two.kind is PlaceKind.REGENCY and one.regency != two.regency:
        return False
    if report.signature == other.signature:
        return True
    near = _nearness(one, two)
    if near is None or near >= _APART:
        return False
    if same_text(report.signature, other.signature):
        return not _turned(report, other)
    return _same_lead(report, other)


def _turned(report: Known, other: Known) -> bool:
    """Whether the one word by which two short texts differ made wounded of dead, or the other way."""
    if max(report.signature[0], other.signature[0]) > _LEAD:
        return False
    one, two = report.assessment.facts, other.assessment.facts
    return (one.dead, one.injured) != (two.dead, two.injured)


def _same_lead(report: Known, other: Known) -> bool:
    """Whether two short texts are one but for a typing error or a word: of no less weight, with equal facts.

    Of twenty words one changed spoils a fifth of all triples; but one number or deed changed is other news.
    """
    if not report.signature or not other.signature or max(report.signature[0], other.signature[0]) > _LEAD:
        return False
    if report.assessment.facts != other.assessment.facts:
        return False
    one, two = (_TOKEN.findall(text.casefold()) for text in (report.text, other.text))
    if min(len(one), len(two)) < _LEAST_LEAD or _numbers(one) != _numbers(two):
        return False
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= _LEAD_ALIKE


def _numbers(words: Sequence[str]) -> list[str]:
    return [word for word in words if word.isdigit()]


def _quick(first: frozenset[str], second: frozenset[str]) -> bool:
    # A cheap gate before the exact comparison: the same text shares most key words.
    return len(first & second) * 2 >= min(len(first), len(second))


def _weight(words: frozenset[str]) -> float:
    return sum(telling(word) for word in words)


def _stem(word: str) -> str:
    """Cut the clitics only: affixes carry who did what, so they stay."""
    for ending in ("nya", "pun"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
