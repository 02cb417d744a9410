"""Nouns of the desk: what we know, decide and remember. No noun here is a person in the news."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, time

from feeds import PageVisit, Standing
from models import Assessment, Evidence, Facts
from screening.taxonomy import PROVINCE, RejectReason, Severity


class SourceState(enum.StrEnum):
    UNVERIFIED = "unverified"  # in the registry, never yet fetched with success
    OK = "ok"
    FAILING = "failing"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed we collect and how it fares; times aware UTC, `last_reason` in words for people.

    `interval_seconds` is how often it is asked (None: not learned yet), `asked_seconds` how long its last
    document asked us to wait. `moved_to` is the address it redirects to for good, until an operator accepts.
    """

    id: int
    url: str
    name: str
    owner: str = ""
    area: str = ""
    tier: str = ""
    state: SourceState = SourceState.UNVERIFIED
    etag: str = ""
    last_modified: str = ""
    added_at: datetime
    due_at: datetime
    last_try_at: datetime | None = None
    last_success_at: datetime | None = None
    last_reason: str = ""
    failures: int = 0
    items: int = 0
    interval_seconds: int | None = None
    asked_seconds: int = 0
    standing: Standing = Standing.WELL
    failing_since: datetime | None = None
    moved_to: str = ""

    @property
    def at_rest(self) -> bool:
        """Paused by the machine (gone, or 30 days of failing): still a hole in what is seen."""
        return self.state is SourceState.PAUSED and self.standing is Standing.GIVEN_UP


class Correction(enum.StrEnum):
    """What a source said of its own story in a later version."""

    CORRECTED = "dikoreksi"
    WITHDRAWN = "dicabut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One stored entry, newest version. `title` and `text` are raw: only the item page shows them.

    `text_from` is "feed", or "page" where the feed brought less than the page of the article.
    """

    id: int
    source_id: int
    key: str
    link: str
    title: str
    text: str
    html: str
    published: datetime
    published_raw: str
    date_suspect: bool
    first_seen: datetime
    last_changed: datetime
    version: int
    text_from: str = "feed"
    correction: Correction | None = None
    pruned_at: datetime | None = None  # since then `title` is masked, `text` and `html` are empty


class LedgerReason(enum.StrEnum):
    """Why an entry did not reach the queue. Every entry is in the queue or counted here."""

    SAME = "sudah_ada"
    OVER_LIMIT = "melebihi_batas"
    DUPLICATE_KEY = "kunci_ganda"
    EMPTY = "kosong"
    BELOW_THRESHOLD = "di_bawah_ambang"
    OUTSIDE = "luar_wilayah"


class Area(enum.StrEnum):
    """Whose desk an incident belongs to."""

    KALTENG = "kalteng"
    OUTSIDE = "luar"
    UNKNOWN = "belum_jelas"


class Status(enum.StrEnum):
    NEW = "baru"
    DEVELOPING = "berkembang"
    EASING = "mereda"
    CLOSED = "selesai"


class Decision(enum.StrEnum):
    ACCEPT = "terima"
    REJECT = "tolak"
    UNSURE = "ragu"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityVerdict:
    """A level and the rule that gave it; `why` is an Indonesian sentence."""

    severity: Severity
    rule: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """A turn in the course of an incident: when it was published, and the report (None: time alone) and the
    sentence that say why. `severity` is the machine's level from then on, the history of the place apart.
    """

    at: datetime
    status: Status
    severity: Severity
    why: str
    item_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One decision of an analyst; append-only, the newest counts. None means: as the machine said."""

    id: int
    incident_id: int
    decision: Decision
    reason: RejectReason | None
    severity: Severity | None
    form: str | None
    place_code: str | None
    note: str
    account: str
    at: datetime
    issue: str | None = None  # None: as the machine said
    retracted_at: datetime | None = None  # undone: kept in the history, and the one before stands again
    retracted_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDraft:
    """What an analyst asks to record; `seen_review_id` is the newest review the page showed (None: none).

    A draft made on an older page is refused with `Conflict`, so two people never overwrite unseen.
    """

    incident_id: int
    decision: Decision
    reason: RejectReason | None = None
    severity: Severity | None = None
    form: str | None = None
    place_code: str | None = None
    note: str = ""
    seen_review_id: int | None = None
    issue: str | None = None  # one of models.ISSUES; None: as the machine said


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The unit of work: one event or issue with its reports; values after reviews, machine's kept apart."""

    id: int
    title: str  # masked
    issue: str
    form: str
    realis: str
    severity: Severity
    machine_severity: Severity
    severity_rule: str
    severity_why: str
    area: Area
    place_code: str | None
    place_name: str
    status: Status
    relevance: float
    reports: int
    voices: int  # independent owners
    first_published: datetime
    last_published: datetime
    detected_at: datetime
    decision: Decision | None
    review_id: int | None
    reviewed_by: str
    reviewed_at: datetime | None
    urgency: float
    urgency_why: str
    lead_item_id: int
    risen_why: str = ""  # decided, but the machine has since gone above it: from what to what, and since when
    changes: tuple[StatusChange, ...] = ()  # oldest first; only where one incident is read by itself
    # What the machine proposed, whatever stands; `severity_rule` and `_why` tell of the level that stands.
    machine_form: str = ""
    machine_issue: str = ""
    machine_rule: str = ""
    machine_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One item as part of an incident, with the machine's stored judgement of it."""

    item: Item
    source_name: str
    source_owner: str
    masked_title: str
    excerpt: str  # masked, at most 300 characters
    same_text_as: int | None  # item id of the first report with the same text
    assessment: Assessment


class HoldingEnd(enum.StrEnum):
    """Why somebody has an incident in hand no more."""

    RELEASED = "dilepas"
    EXPIRED = "habis"
    DECIDED = "diputus"
    TAKEN_OVER = "diambil_alih"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Who has (or had) an incident in hand: a notice to colleagues, no lock. Live while `why` is None."""

    incident_id: int
    account_id: int
    account: str
    since: datetime
    until: datetime
    ended_at: datetime | None = None
    why: HoldingEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A line of the queue: the incident, and the lead report's strongest evidence (masked text)."""

    incident: Incident
    sentence: str
    evidence: tuple[Evidence, ...]
    reasons: tuple[str, ...]
    model: str
    source_name: str
    link: str
    holding: Holding | None = None
    topics: tuple[str, ...] = ()  # titles of the watch topics it matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What an office may see: the province (62) everything, a regency what is in it or shared with it."""

    office: str = PROVINCE

    @property
    def whole(self) -> bool:
        return self.office == PROVINCE


EVERYTHING = Sight()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What to list. Empty means all. `state`: 'open' (no decision or unsure), 'done', 'all'.

    `words` are whole words, all of them, anywhere in the masked titles and evidence sentences; `held` is
    'mine' (in the hands of `account_id`) or 'free' (in nobody's). What `account_id` has to read blind is left
    out.
    """

    state: str = "open"
    area: Area | None = None
    severity: Severity | None = None
    place_code: str | None = None
    issue: str | None = None
    tier: str | None = None  # of any source that reports it
    words: str = ""
    course: Status | None = None
    held: str = ""
    account_id: int | None = None
    topic_id: int | None = None
    after: str = ""  # cursor of the page before
    limit: int = 50
    sight: Sight = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    lines: tuple[QueueLine, ...]
    total: int
    next_cursor: str
    counts: tuple[tuple[Severity, int], ...]  # open incidents of the area by level
    set_aside: tuple[tuple[LedgerReason, int], ...]  # what did not reach the queue, counted by reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """Incidents made one ('gabung': `other_id` went into `incident_id`) or taken apart ('pisah': `other_id`
    came out of it). `account` is empty when the machine did it; `items` are the reports that moved.
    """

    kind: str
    incident_id: int
    other_id: int
    items: tuple[int, ...]
    account: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    incident: Incident
    reports: tuple[Report, ...]
    reviews: tuple[Review, ...]
    regroupings: tuple[Regrouping, ...] = ()
    holdings: tuple[Holding, ...] = ()  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideLine:
    """An item that did not reach the queue, so that nothing is hidden."""

    item_id: int
    title: str  # masked
    source_name: str
    link: str
    relevance: float
    reason: LedgerReason
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSource:
    title: str  # masked
    source_name: str
    link: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One incident in the digest; `text` is one sentence for a person, every line has its sources."""

    incident: Incident
    text: str
    sources: tuple[DigestSource, ...]
    confirmation: str  # Admiralty, e.g. "C3"
    what: str = ""  # the parts of the sentence, without the level; empty where nothing is told
    when: str = ""
    hurt: str = ""
    weight: str = ""
    state: str = ""
    act: str = ""  # what was done last, owner and time limit
    sent: str = ""  # the newest paper sent
    advice: str = ""  # of people, from a paper; a machine never advises
    change: str = ""  # since when its course is what it is, and why


class AgendaKind(enum.StrEnum):
    ACTION = "aksi"
    DEADLINE = "tenggat"  # of a threat or ultimatum
    FOLLOW_UP = "tindak_lanjut"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaEntry:
    """What the next 72 hours bring: `day` (WIB) None where it is not told; names masked."""

    kind: AgendaKind
    incident_id: int
    place_code: str | None
    day: date | None
    hour: time | None
    text: str
    protected: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """One regency's row: incidents per bidang (order of taxonomy.BIDANG), and items read about it."""

    code: str
    name: str
    counts: tuple[int, ...]
    worst: Severity
    items: int  # 0 means "tidak terpantau", never "aman"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    sources: int
    reached: int
    failing: tuple[str, ...]
    last_fetch_at: datetime | None
    items_new: int
    set_aside: tuple[tuple[LedgerReason, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Laporan Harian Situasi Daerah for a window [start, end); everything in it links to its sources."""

    start: datetime
    end: datetime
    generated_at: datetime
    taxonomy_version: str
    model: str
    summary: tuple[str, ...]
    counts: tuple[tuple[Severity, int], ...]
    usual: tuple[tuple[Severity, float], ...]  # mean a day of the 7 days before; empty when younger
    decide: tuple[DigestLine, ...]
    changed: tuple[DigestLine, ...]
    other: tuple[DigestLine, ...]
    aspirations: tuple[DigestLine, ...]  # F2, protected, outside every threat count
    outside: tuple[DigestLine, ...]
    rows: tuple[PlaceRow, ...]
    rejected: tuple[tuple[DigestLine, str], ...]
    unreviewed: int
    coverage: Coverage
    office: str = ""  # the regency it is limited to
    decide_more: int = 0  # more of the kind that waits for a decision, told in the sections below
    rumours: tuple[DigestLine, ...] = ()  # false or unclear talk (S7, denials) that needs clarifying
    agenda: tuple[AgendaEntry, ...] = ()  # the next 72 hours, soonest first
    agenda_more: int = 0
    service: str = ""  # the indicators IO-1 to IO-6 of the day before, in one sentence


class Role(enum.StrEnum):
    OPERATOR = "operator"
    ANALYST = "analis"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"  # reads everything of the office with its trail, writes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A civil servant who signs in (never a person in the news)."""

    id: int
    name: str
    role: Role
    password_hash: str
    must_change: bool
    active: bool
    created_at: datetime
    office: str = PROVINCE  # 62, or a regency's code

    @property
    def sight(self) -> Sight:
        return Sight(office=self.office)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    account: Account
    csrf: str
    expires_at: datetime
    seen_at: datetime  # to about five minutes
    stage: str  # access.Stage: how far the sign-in has come


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectLine:
    """Progress of a collect: one source's outcome in words."""

    source: Source
    state: str  # "baru", "tetap", "gagal"
    new: int
    changed: int
    same: int
    dropped: tuple[tuple[LedgerReason, int], ...]
    reason: str
    pages: tuple[tuple[PageVisit, int], ...] = ()
    older_pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectReport:
    sources: int
    ok: int
    unchanged: int
    failed: int
    new: int
    changed: int
    same: int
    flagged: int
    incidents: int
    dropped: tuple[tuple[LedgerReason, int], ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """The answer of `dini screen` for one document."""

    assessment: Assessment
    verdict: SeverityVerdict
    facts: Facts
    incident: str  # label of the group of same-text or same-event documents in this input


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding of `dini doctor`."""

    name: str
    ok: bool
    detail: str
