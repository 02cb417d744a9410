"""What the desk misses: a weekly random sample of the items it did not flag, and what it tells. Pure.

The estimate is in items, on both sides: items of accepted incidents against items that a person would have
wanted in the queue. A week runs from Monday 00.00 to Monday 00.00 WIB (ISO 8601).
"""

from __future__ import annotations

import enum
import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from screening.errors import Invalid
from screening.records import Item
from screening.taxonomy import ISSUE_TERMS, REGENCY_BY_CODE
from screening.windows import WIB

SIZE = 100  # domain study 4.4, IO-8
WEEKS_BACK = 4  # weeks that ended while nothing ran are drawn late, up to this many
SALT = "dini/sampel/1"
_BRIEF = 500  # characters: the model's bound of 70 words for a summary, seen from the database


class Kind(enum.StrEnum):
    """How much of an item the machine had to judge by; each has its own threshold."""

    TITLE = "judul"
    SUMMARY = "ringkasan"
    TEXT = "teks"


class Verdict(enum.StrEnum):
    """Should it have been in the queue? `OUTSIDE`: relevant, but not of our area."""

    YES = "ya"
    NO = "tidak"
    UNSURE = "ragu"
    OUTSIDE = "luar"


class Teller(enum.StrEnum):
    """What kind of institution told of an incident first; never a person."""

    POLICE = "kepolisian"
    MILITARY = "tni"
    REGENCY = "pemda"
    DISTRICT = "kecamatan_desa"
    FORUM = "forum"
    MEDIA = "media"
    SOCIAL = "media_sosial"
    OTHER = "lembaga_lain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    item_id: int
    kind: Kind
    position: int  # random: any first part of the sample is a sample too


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleItem:
    """One item of a sample with its raw text, and nothing of what the machine said of it."""

    id: int
    week: str
    item: Item
    source_name: str
    verdict: Verdict | None
    incident_id: int | None
    done: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with its 95 % bounds (Clopper-Pearson), 0..1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigure:
    """A week's sample and its estimates. `missed` and `recall` are None until something was answered.

    `population`: items of the week not flagged when it was drawn; `accepted`: items of the week in incidents
    that people accepted; `undecided`: in incidents of our area that nobody has decided yet.
    """

    week: str
    start: datetime
    end: datetime
    population: int
    size: int
    answers: Mapping[Verdict, int]
    accepted: int
    undecided: int
    share: Share | None
    missed: Share | None  # items, not 0..1
    recall: Share | None

    @property
    def answered(self) -> int:
        return sum(self.answers.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An item of a sample that should have been flagged."""

    sample_id: int
    week: str
    item_id: int
    title: str  # masked
    source_name: str
    link: str
    incident_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereDraft:
    """An incident the office learnt of from elsewhere first; codes only, so that no person can be in it."""

    day: date
    place_code: str
    issue: str
    teller: Teller
    incident_id: int | None = None  # ours, where it came later


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    id: int
    draft: ElsewhereDraft
    noted_at: datetime


def week_of(moment: datetime) -> str:
    """Such as `2026-W48`, by the calendar in WIB."""
    year, week, _ = moment.astimezone(WIB).isocalendar()
    return f"{year}-W{week:02}"


def week_bounds(week: str) -> tuple[datetime, datetime]:
    """[Monday 00.00 WIB, the next Monday), in UTC. `Invalid` when it is no ISO week."""
    year, _, number = week.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise Invalid("Pekan harus berbentuk 2026-W48.") from None
    start = datetime.combine(monday, time(), tzinfo=WIB).astimezone(UTC)
    return start, start + timedelta(days=7)


def weeks_over(now: datetime) -> tuple[str, ...]:
    """The last weeks that are over, oldest first."""
    return tuple(week_of(now - timedelta(days=7 * back)) for back in range(WEEKS_BACK, 0, -1))


def kind_by_length(characters: int) -> Kind:
    """Of an item whose text has so many characters."""
    if characters == 0:
        return Kind.TITLE
    return Kind.SUMMARY if characters <= _BRIEF else Kind.TEXT


def draw(week: str, population: Iterable[tuple[int, Kind]], size: int = SIZE) -> list[Drawn]:
    """A sample in random order, in proportion to the kinds; the same for the same week and items."""
    by_kind: dict[Kind, list[tuple[str, int]]] = {}
    for item_id, kind in population:
        by_kind.setdefault(kind, []).append((_lot(week, item_id), item_id))
    shares = proportions({kind: len(lots) for kind, lots in by_kind.items()}, size)
    chosen = [
        (lot, item, kind) for kind, n in shares.items() for lot, item in heapq.nsmallest(n, by_kind[kind])
    ]
    return [
        Drawn(item_id=item, kind=kind, position=number)
        for number, (_lot_, item, kind) in enumerate(sorted(chosen))
    ]


def proportions(counts: Mapping[Kind, int], size: int) -> dict[Kind, int]:
    """How many of each kind (largest remainders), all of them when there are not more than `size`."""
    total = sum(counts.values())
    if total <= size:
        return dict(counts)
    exact = {kind: count * size / total for kind, count in counts.items()}
    whole = {kind: int(share) for kind, share in exact.items()}
    rest = sorted(exact, key=lambda kind: (whole[kind] - exact[kind], kind))
    for kind in rest[: size - sum(whole.values())]:
        whole[kind] += 1
    return whole


def figure_of(
    week: str, *, population: int, size: int, answers: Counter[Verdict], accepted: int, undecided: int
) -> WeekFigure:
    """The week's estimates; unsure answers are in no share, what is outside our area is no miss."""
    start, end = week_bounds(week)
    hits, told = answers[Verdict.YES], answers.total() - answers[Verdict.UNSURE]
    share = clopper_pearson(hits, told) if told else None
    missed = recall = None
    if share is not None:
        # Where the sample is the whole week nothing is left to estimate.
        whole = size == population and told == size
        bounds = Share(value=share.value, low=share.value, high=share.value) if whole else share
        missed = Share(
            value=bounds.value * population,
            low=max(bounds.low * population, hits),
            high=bounds.high * population,
        )
        if accepted or missed.value:
            recall = Share(
                value=accepted / (accepted + missed.value),
                low=accepted / (accepted + missed.high) if accepted + missed.high else 0.0,
                high=accepted / (accepted + missed.low) if accepted + missed.low else 1.0,
            )
    return WeekFigure(
        week=week,
        start=start,
        end=end,
        population=population,
        size=size,
        answers={verdict: answers[verdict] for verdict in Verdict},
        accepted=accepted,
        undecided=undecided,
        share=share,
        missed=missed,
        recall=recall,
    )


def clopper_pearson(hits: int, n: int) -> Share:
    """A share with its exact 95 % bounds (Clopper and Pearson 1934)."""
    from scipy.special import betaincinv

    low = float(betaincinv(hits, n - hits + 1, 0.025)) if hits else 0.0
    high = float(betaincinv(hits + 1, n - hits, 0.975)) if hits < n else 1.0
    return Share(value=hits / n, low=low, high=high)


def turn(unanswered: Sequence[int], account_id: int) -> int | None:
    """Which of these rows an account is shown: two people at once do not read the same one."""
    return unanswered[account_id % len(unanswered)] if unanswered else None


def check_elsewhere(draft: ElsewhereDraft, today: date) -> None:
    """`Invalid` on a day that has not come or is over a year past, or on unknown codes."""
    if not today - timedelta(days=366) <= draft.day <= today:
        raise Invalid("Tanggal kejadian harus hari ini atau dalam setahun terakhir.")
    if draft.place_code not in REGENCY_BY_CODE:
        raise Invalid("Pilih kabupaten/kota.")
    if draft.issue not in {term.code for term in ISSUE_TERMS}:
        raise Invalid("Pilih isu.")


def _lot(week: str, item_id: int) -> str:
    return hashlib.sha256(f"{SALT}:{week}:{item_id}".encode()).hexdigest()
