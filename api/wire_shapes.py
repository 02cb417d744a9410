"""What comes in and goes out as JSON: typed dicts for answers, pydantic models for requests."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from screening import Decision, ReviewDraft
from screening.taxonomy import RejectReason, Severity


class EvidenceOut(TypedDict):
    """A span in `title + newline + text`, in characters; weight in log-odds."""

    start: int
    end: int
    text: str
    weight: float
    kind: str


class PartOut(TypedDict):
    """What one signal added to the relevance: 1 / (1 + exp(-sum of all `log_odds`)) is `probability`."""

    name: str
    log_odds: float


class SpanOut(TypedDict):
    start: int
    end: int
    text: str
    weight: float


class CountOut(TypedDict):
    code: str
    count: int


class IncidentOut(TypedDict):
    id: int
    title: str
    issue: str
    form: str
    realis: str
    severity: int
    severity_name: str
    severity_rule: str
    severity_why: str
    machine_severity: int
    machine_form: str
    machine_issue: str
    machine_rule: str
    machine_why: str
    area: str
    place_code: str | None
    place_name: str
    status: str
    reports: int
    voices: int
    first_published: str | None
    last_published: str | None
    detected_at: str | None
    decision: str | None
    review_id: int | None
    reviewed_at: str | None
    urgency: float
    urgency_why: str
    risen_why: str


class QueueLineOut(TypedDict):
    incident: IncidentOut
    probability: float
    flagged: bool
    evidence: list[EvidenceOut]
    sentence: str
    reasons: list[str]
    model: str
    source: str
    link: str
    held_by: str | None
    held_until: str | None
    topics: list[str]


class QueueOut(TypedDict):
    items: list[QueueLineOut]
    total: int
    next_cursor: str
    counts: list[CountOut]
    set_aside: list[CountOut]


class ReportOut(TypedDict):
    """One report of an incident. Texts are masked; the raw text is for signed-in people on the page only."""

    item_id: int
    title: str
    excerpt: str
    source: str
    owner: str
    link: str
    published: str | None
    first_seen: str | None
    version: int
    text_from: str
    correction: str | None
    same_text_as: int | None
    probability: float
    flagged: bool
    issue: str | None
    form: str | None
    realis: str | None
    place_code: str | None
    place_name: str
    place_reason: str
    evidence: list[EvidenceOut]
    reasons: list[str]
    parts: list[PartOut]
    model: str


class ReviewOut(TypedDict):
    id: int
    decision: str
    reason: str | None
    severity: int | None
    issue: str | None
    form: str | None
    place_code: str | None
    note: str
    account: str
    at: str | None
    retracted_at: str | None
    retracted_by: str


class RegroupingOut(TypedDict):
    """`gabung`: `other_id` went into `incident_id`; `pisah`: it came out of it. No account: the machine."""

    kind: str
    incident_id: int
    other_id: int
    items: list[int]
    account: str
    at: str | None
    why: str


class StatusChangeOut(TypedDict):
    """A turn of an incident's status or level, oldest first. `item_id` null: time alone brought it."""

    at: str | None
    status: str
    severity: int
    why: str
    item_id: int | None


class IncidentViewOut(TypedDict):
    incident: IncidentOut
    status_changes: list[StatusChangeOut]
    reports: list[ReportOut]
    reviews: list[ReviewOut]
    regroupings: list[RegroupingOut]


class SplitOut(TypedDict):
    """The incident that was asked for and the new one with the reports taken out of it."""

    incident: IncidentOut
    new: IncidentOut


class SetAsideOut(TypedDict):
    item_id: int
    title: str
    source: str
    link: str
    probability: float
    reason: str
    published: str | None


class SetAsideListOut(TypedDict):
    items: list[SetAsideOut]
    next_cursor: str


class SourceOut(TypedDict):
    id: int
    url: str
    name: str
    owner: str
    area: str
    tier: str
    state: str
    last_try_at: str | None
    last_success_at: str | None
    last_reason: str
    due_at: str | None
    failures: int
    items: int
    interval_seconds: int | None
    standing: str
    failing_since: str | None
    moved_to: str


class DigestSourceOut(TypedDict):
    title: str
    source: str
    link: str
    published: str | None


class DigestLineOut(TypedDict):
    incident: IncidentOut
    text: str
    confirmation: str
    sources: list[DigestSourceOut]
    what: str
    when: str
    hurt: str
    weight: str
    state: str
    act: str
    sent: str
    advice: str
    change: str


class AgendaEntryOut(TypedDict):
    """`kind`: aksi, tenggat (of a threat), tindak_lanjut. `day` and `hour` are WIB, null where not told."""

    kind: str
    incident_id: int
    place_code: str | None
    day: str | None
    hour: str | None
    text: str
    protected: bool
    late: bool


class DigestRejectedOut(TypedDict):
    line: DigestLineOut
    reason: str


class UsualOut(TypedDict):
    code: str
    mean: float


class PlaceRowOut(TypedDict):
    code: str
    name: str
    counts: list[int]
    worst: int
    items: int
    monitored: bool


class CoverageOut(TypedDict):
    sources: int
    reached: int
    failing: list[str]
    last_fetch_at: str | None
    items_new: int
    set_aside: list[CountOut]


class DigestOut(TypedDict):
    start: str | None
    end: str | None
    generated_at: str | None
    taxonomy_version: str
    model: str
    severity_note: str
    summary: list[str]
    counts: list[CountOut]
    usual: list[UsualOut]
    office: str
    decide: list[DigestLineOut]
    decide_more: int
    rumours: list[DigestLineOut]
    agenda: list[AgendaEntryOut]
    agenda_more: int
    service: str
    changed: list[DigestLineOut]
    other: list[DigestLineOut]
    aspirations: list[DigestLineOut]
    outside: list[DigestLineOut]
    rows: list[PlaceRowOut]
    rejected: list[DigestRejectedOut]
    unreviewed: int
    coverage: CoverageOut


class TermOut(TypedDict):
    code: str
    id: str
    en: str
    group: str


class LevelOut(TypedDict):
    level: int
    name: str


class PlaceOut(TypedDict):
    code: str
    name: str


class TaxonomyOut(TypedDict):
    version: str
    severity_note: str
    severities: list[LevelOut]
    bidang: list[TermOut]
    issues: list[TermOut]
    forms: list[TermOut]
    realis: list[TermOut]
    reject_reasons: list[TermOut]
    regencies: list[PlaceOut]


class ScreenedOut(TypedDict):
    """The answer of `dini screen` and of POST /screen for one document; these keys, no other."""

    id: str
    relevance: float
    flagged: bool
    issue: str | None
    form: str | None
    realis: str | None
    severity: int
    place_code: str | None
    incident: str
    evidence: list[SpanOut]
    reasons: list[str]
    model: str


class ScreenListOut(TypedDict):
    items: list[ScreenedOut]


class HealthOut(TypedDict):
    status: Literal["ok", "unavailable"]


class FieldProblem(TypedDict):
    field: str
    code: str


class Problem(TypedDict, total=False):
    """RFC 9457; `reference` finds the line in the operator's log."""

    type: str
    title: str
    status: int
    detail: str
    reference: str
    errors: list[FieldProblem]


def plain(text: str) -> str:
    """Without control characters other than line breaks and tabs; PostgreSQL cannot hold NUL at all."""
    return "".join(ch for ch in text if ch.isprintable() or ch in "\n\t")


Stripped = AfterValidator(plain)
"""For a text after its `Field(max_length=...)`, so that what is stripped counts as it was sent."""


def _only_text(value: object) -> object:
    if isinstance(value, str):
        return value
    raise ValueError("a moment is text")


# Pydantic takes a number for seconds since 1970; the schema says text.
Moment = Annotated[AwareDatetime, BeforeValidator(_only_text)]


class ReviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    decision: Decision
    reason: RejectReason | None = None
    severity: int | None = Field(default=None, ge=0, le=4, strict=True)
    issue: str | None = Field(default=None, max_length=8)
    form: str | None = Field(default=None, max_length=8)
    place_code: str | None = Field(default=None, max_length=13)
    note: Annotated[str, Field(max_length=4_000), Stripped] = ""
    seen_review_id: int | None = Field(default=None, ge=0, le=2**63 - 1, strict=True)

    def draft(self, incident_id: int) -> ReviewDraft:
        """What the desk is asked to record about this incident."""
        return ReviewDraft(
            incident_id=incident_id,
            decision=self.decision,
            reason=self.reason,
            severity=None if self.severity is None else Severity(self.severity),
            issue=self.issue,
            form=self.form,
            place_code=self.place_code,
            note=self.note,
            seen_review_id=self.seen_review_id,
        )


RowNumber = Annotated[int, Field(ge=0, le=2**63 - 1, strict=True)]


class MergeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    from_id: RowNumber


class SplitIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    item_ids: list[RowNumber] = Field(min_length=1, max_length=10_000)


class SourceIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2_000)
    name: Annotated[str, Field(max_length=200), Stripped] = ""
    owner: Annotated[str, Field(max_length=200), Stripped] = ""
    area: Annotated[str, Field(max_length=40), Stripped] = ""


class MoveIn(BaseModel):
    """The `moved_to` that was seen, so that nobody consents to an address that came after."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(min_length=1, max_length=2_000)


class DocumentIn(BaseModel):
    id: str | None = Field(default=None, max_length=500)
    title: str = Field(max_length=2_000)
    text: str = Field(default="", max_length=200_000)
    published: str = Field(default="", max_length=100)
    url: str = Field(default="", max_length=2_000)


class ScreenIn(BaseModel):
    documents: list[DocumentIn] = Field(min_length=1, max_length=100)
