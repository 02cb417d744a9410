"""What the indicators are computed from, and what a figure is: nouns only."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from screening.agreement import Pair
from screening.errors import Invalid
from screening.indicator_terms import Both, Definition, Unit
from screening.records import Decision, Status
from screening.taxonomy import RejectReason, Severity
from screening.windows import WIB

PERIOD_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole days in WIB, both ends in it. `Invalid` when turned round or longer than 366 days."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.last - self.first < timedelta(days=PERIOD_DAYS):
            raise Invalid(f"Periode harus urut dan paling lama {PERIOD_DAYS} hari.")

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        return midnight(self.last + timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts:
    """What the indicators ask of one incident detected in the period; `title` is masked.

    `published` is the earliest trustworthy time of its reports, `stored` when its first report came;
    `reviewed_at` and `seen_level` are of the first decision, `decision` and `reason` of the newest;
    `settled_at` is the first report of a settlement (F8), `raised` whether F2 was ever above INFORMASI.
    """

    id: int
    title: str
    issue: str
    machine_issue: str
    form: str
    realis: str
    severity: Severity
    machine_severity: Severity
    place_code: str | None
    status: Status
    merged: bool
    detected_at: datetime
    published: datetime | None
    stored: datetime | None
    reviewed_at: datetime | None
    seen_level: Severity | None
    decision: Decision | None
    reason: RejectReason | None
    settled_at: datetime | None
    peaceful: bool
    raised: bool

    @property
    def waited_at(self) -> Severity:
        """The machine's level while it waited: at the first decision, or now."""
        return self.machine_severity if self.seen_level is None else self.seen_level


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """An incident that stood in a district before: what a later one may have been warned of by."""

    incident_id: int
    district: str
    detected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRead:
    """Articles stored on a day (WIB) about a regency, and how many outlets they are from."""

    day: date
    regency: str
    articles: int
    outlets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswers:
    source_id: int
    name: str
    good: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper (LI, LA) that left the house; `incident_id` is where its incident's reports are now.

    `decided_at`: the newest decision then standing at or before `sent_at` (None: sent undecided);
    `answered_at`: the first response to it; `taken_back`: corrected or withdrawn since.
    """

    id: int
    subject: str  # masked
    incident_id: int
    sent_at: datetime
    decided_at: datetime | None
    answered_at: datetime | None
    taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What people did about one incident: when follow-ups (none cancelled) were written down and when their
    owners first answered; whether the grade that stands confirms it from outside the media.
    """

    followed_up: tuple[datetime, ...] = ()
    answered: tuple[datetime, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRead:
    """An item of a weekly sample that a person judged (not unsure); `title` is masked."""

    item_id: int
    title: str
    week: str
    regency: str | None
    answered_at: datetime
    relevant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleWeek:
    """`told`: items judged of the whole sample; `accepted`: items in accepted incidents of the office."""

    week: str
    population: int
    told: int
    accepted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """An incident the office learnt of from elsewhere first."""

    id: int
    incident_id: int | None
    issue: str
    place_code: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything the indicators of an office and a period are computed from; `since`: the first fetch.

    `work` is by incident; `samples` are of the weeks that begin in the period, `pairs` second readings
    answered in it.
    """

    incidents: Sequence[IncidentFacts]
    traces: Sequence[Trace]
    days: Sequence[DayRead]
    sources: Sequence[SourceAnswers]
    since: datetime | None
    papers: Sequence[Paper] = ()
    work: Mapping[int, Work] = field(default_factory=dict)
    samples: Sequence[SampleRead] = ()
    weeks: Sequence[SampleWeek] = ()
    learnt: Sequence[Learnt] = ()
    pairs: Sequence[Pair] = ()


class FigureState(enum.StrEnum):
    MEASURED = "terukur"
    FEW = "kurang"  # "tidak cukup data"
    UNMEASURED = "belum"  # "belum diukur"


class CaseKind(enum.StrEnum):
    INCIDENT = "insiden"
    SOURCE = "sumber"
    DAY = "hari"
    PAPER = "naskah"
    ITEM = "butir"
    NOTE = "catatan"  # of an incident learnt from elsewhere; its title is the code of the issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case behind a figure. `counts`: in the numerator (None: there is none); `value` is in the unit."""

    kind: CaseKind
    id: int = 0
    title: str = ""
    place_code: str | None = None
    at: datetime | None = None
    level: Severity | None = None
    value: float | None = None
    counts: bool | None = None
    of: int | None = None  # of a source: fetches; of a day: outlets


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number. `key` is empty for the indicator itself, else names its part.

    `value` is a median, a share in percent or a count; `numerator` stands with shares and counts; `n` is the
    number of cases (denominator); `low` and `high` bound it (95 %: a share by Wilson, alpha by bootstrap).
    """

    key: str
    unit: Unit
    state: FigureState
    n: int
    cases: tuple[Case, ...] = ()
    value: float | None = None
    p90: float | None = None
    numerator: int | None = None
    low: float | None = None
    high: float | None = None
    reason: Both | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An indicator of an office and a period; the first figure is the indicator itself."""

    definition: Definition
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    office: str
    period: Period
    at: datetime
    measures: tuple[Measure, ...]


def local_day(moment: datetime) -> date:
    return moment.astimezone(WIB).date()


def midnight(day: date) -> datetime:
    """00.00 WIB of the day, in UTC."""
    return datetime.combine(day, time(), tzinfo=WIB).astimezone(UTC)
