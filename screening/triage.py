"""Which incident first, and why in words. Pure.

The rank does not depend on the clock: it is points for the level and the circumstances plus the time of the
newest report in points, so one stored number keeps the queue in order for ever (freshness is only the
distance between an incident's time and now). What a person sees is the urgency at this moment, 0 to 100.
"""

from __future__ import annotations

from datetime import UTC, datetime

from screening.records import Decision
from screening.taxonomy import Severity
from screening.windows import short_words

POINTS_PER_LEVEL = 30.0
POINTS_PER_DAY = 5.0  # a level is worth six days
_LAST = 100_000.0  # what has no level stands after all that has one, as 54 years of age would put it
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_NAMES = {0: "tanpa tingkat", 1: "INFORMASI", 2: "WASPADA", 3: "SIAGA", 4: "DARURAT"}


def rank(
    *,
    severity: Severity,
    voices: int,
    relevance: float,
    unsure: bool,
    last_published: datetime,
    confirmed: bool = False,
) -> float:
    """Points that order the queue; bigger is more urgent. Bounded but for time.

    A level the machine doubts (low relevance, no person has confirmed it) weighs less, down to two fifths:
    so a doubtful DARURAT stands among the sure WASPADA and not above every sure SIAGA. Without a level it
    comes last, however new it is.
    """
    trust = 1.0 if confirmed else min(1.0, 0.4 + 1.2 * relevance)
    points = POINTS_PER_LEVEL * int(severity) * trust
    points += 3.0 * min(voices, 5) + 10.0 * relevance + (4.0 if unsure else 0.0)
    if severity is Severity.NONE:
        points -= _LAST
    days = (last_published - _EPOCH).total_seconds() / 86_400
    return points + POINTS_PER_DAY * days


def urgency(rank_points: float, now: datetime) -> float:
    """The rank seen from now, 0..100, one decimal."""
    days = (now - _EPOCH).total_seconds() / 86_400
    return round(min(100.0, max(0.0, (rank_points - POINTS_PER_DAY * days) / 1.45)), 1)


def urgency_why(
    *,
    severity: Severity,
    voices: int,
    relevance: float,
    last_published: datetime,
    now: datetime,
    reviewed: bool,
    unsure: bool,
    risen: str = "",
) -> str:
    """One Indonesian sentence: what put the incident at this place of the queue.

    `risen` (see `risen_why`) says why something decided stands there again, and then comes first.
    """
    parts = [risen] if risen else []
    parts += [_NAMES[int(severity)], _age(now, last_published)]
    parts.append("satu sumber independen" if voices <= 1 else f"{voices} sumber independen")
    parts.append(f"relevansi {round(relevance * 100)} persen")
    if unsure:
        parts.append("ditandai ragu")
    elif not reviewed:
        parts.append("belum ditelaah")
    return "; ".join(parts) + "."


def risen_why(stood: Severity, level: Severity, decision: Decision, decided_at: datetime) -> str:
    """Why a decided incident is open again: the level that stood at the decision, and the level now."""
    before, after = _NAMES[int(stood)], _NAMES[int(level)]
    # What rose and came down again unseen still waits for a person.
    told = f"Naik dari {before} ke {after}" if level > stood else f"Sempat naik di atas {before}"
    return f"{told} sejak keputusan {decision.value} {short_words(decided_at)}"


def _age(now: datetime, moment: datetime) -> str:
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "baru saja"
    if minutes < 60:
        return f"{minutes} menit lalu"
    if minutes < 48 * 60:
        return f"{minutes // 60} jam lalu"
    return f"{minutes // 1440} hari lalu"
