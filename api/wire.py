"""The only JSON shapes. Out: typed dicts built from records and written by orjson. In: pydantic models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import orjson
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from api.times import iso
from models import Assessment, Evidence
from screening import (
    Decision,
    Digest,
    DigestLine,
    Incident,
    IncidentView,
    QueueLine,
    QueuePage,
    Report,
    Review,
    Screened,
    SetAsideLine,
    Source,
)
from screening.taxonomy import (
    BIDANG,
    FORM_TERMS,
    ISSUE_TERMS,
    NO_ISSUE,
    REALIS_TERMS,
    REGENCIES,
    REJECT_NAMES,
    SEVERITY_NOTE,
    TAXONOMY_VERSION,
    RejectReason,
    Severity,
    Term,
)


class EvidenceOut(TypedDict):
    """A span in `title + newline + text`, in characters; weight in log-odds."""

    start: int
    end: int
    text: str
    weight: float
    kind: str


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
    model: str


class ReviewOut(TypedDict):
    id: int
    decision: str
    reason: str | None
    severity: int | None
    form: str | None
    place_code: str | None
    note: str
    account: str
    at: str | None


class IncidentViewOut(TypedDict):
    incident: IncidentOut
    reports: list[ReportOut]
    reviews: list[ReviewOut]


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


class SourceListOut(TypedDict):
    items: list[SourceOut]


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
    decide: list[DigestLineOut]
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


class ReviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    decision: Decision
    reason: RejectReason | None = None
    severity: int | None = Field(default=None, ge=0, le=4)
    form: str | None = Field(default=None, max_length=8)
    place_code: str | None = Field(default=None, max_length=13)
    note: str = Field(default="", max_length=4_000)
    seen_review_id: int | None = Field(default=None, ge=0, le=2**63 - 1)


class SourceIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2_000)
    name: str = Field(default="", max_length=200)
    owner: str = Field(default="", max_length=200)
    area: str = Field(default="", max_length=40)


class DocumentIn(BaseModel):
    id: str | None = Field(default=None, max_length=500)
    title: str = Field(max_length=2_000)
    text: str = Field(default="", max_length=200_000)
    published: str = Field(default="", max_length=100)
    url: str = Field(default="", max_length=2_000)


class ScreenIn(BaseModel):
    documents: list[DocumentIn] = Field(min_length=1, max_length=100)


def dump(value: Any) -> bytes:
    """JSON bytes; characters that UTF-8 cannot hold (lone surrogates) become the replacement character."""
    try:
        return orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return orjson.dumps(_storable(value))


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _storable(inner) for key, inner in value.items()}
    return [_storable(inner) for inner in value] if isinstance(value, list) else value


def answer(value: Any, status: int = 200) -> Response:
    return Response(dump(value), status_code=status, media_type="application/json")


def problem(
    status: int, title: str, detail: str, reference: str = "", errors: Sequence[FieldProblem] = ()
) -> Response:
    body: Problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if reference:
        body["reference"] = reference
    if errors:
        body["errors"] = list(errors)
    return Response(dump(body), status_code=status, media_type="application/problem+json")


def evidence_out(one: Evidence) -> EvidenceOut:
    return {
        "start": one.start,
        "end": one.end,
        "text": one.text,
        "weight": round(one.weight, 4),
        "kind": one.kind.value,
    }


def incident_out(one: Incident) -> IncidentOut:
    return {
        "id": one.id,
        "title": one.title,
        "issue": one.issue,
        "form": one.form,
        "realis": one.realis,
        "severity": int(one.severity),
        "severity_name": one.severity.name,
        "severity_rule": one.severity_rule,
        "severity_why": one.severity_why,
        "machine_severity": int(one.machine_severity),
        "area": one.area.value,
        "place_code": one.place_code,
        "place_name": one.place_name,
        "status": one.status.value,
        "reports": one.reports,
        "voices": one.voices,
        "first_published": iso(one.first_published),
        "last_published": iso(one.last_published),
        "detected_at": iso(one.detected_at),
        "decision": one.decision.value if one.decision else None,
        "review_id": one.review_id,
        "reviewed_at": iso(one.reviewed_at),
        "urgency": round(one.urgency, 4),
        "urgency_why": one.urgency_why,
    }


def queue_line_out(line: QueueLine) -> QueueLineOut:
    return {
        "incident": incident_out(line.incident),
        "probability": round(line.incident.relevance, 6),
        "flagged": True,  # an incident is made of flagged items only; the rest is in /set-aside
        "evidence": [evidence_out(one) for one in line.evidence],
        "sentence": line.sentence,
        "reasons": list(line.reasons),
        "model": line.model,
        "source": line.source_name,
        "link": line.link,
    }


def counts_out(pairs: Sequence[tuple[Any, int]]) -> list[CountOut]:
    return [
        {"code": key.name if isinstance(key, Severity) else str(key.value), "count": count}
        for key, count in pairs
    ]


def queue_out(page: QueuePage) -> QueueOut:
    return {
        "items": [queue_line_out(line) for line in page.lines],
        "total": page.total,
        "next_cursor": page.next_cursor,
        "counts": counts_out(page.counts),
        "set_aside": counts_out(page.set_aside),
    }


def report_out(report: Report) -> ReportOut:
    said = report.assessment
    return {
        "item_id": report.item.id,
        "title": report.masked_title,
        "excerpt": report.excerpt,
        "source": report.source_name,
        "owner": report.source_owner,
        "link": report.item.link,
        "published": iso(report.item.published),
        "first_seen": iso(report.item.first_seen),
        "version": report.item.version,
        "same_text_as": report.same_text_as,
        "probability": round(said.relevance, 6),
        "flagged": said.flagged,
        "issue": said.issue.code,
        "form": said.form.code,
        "realis": said.realis.code,
        "place_code": place_code(said),
        "place_name": said.place.name,
        "place_reason": said.place.reason,
        "evidence": [evidence_out(one) for one in said.evidence],
        "reasons": list(said.reasons),
        "model": said.model,
    }


def review_out(one: Review) -> ReviewOut:
    return {
        "id": one.id,
        "decision": one.decision.value,
        "reason": one.reason.value if one.reason else None,
        "severity": None if one.severity is None else int(one.severity),
        "form": one.form,
        "place_code": one.place_code,
        "note": one.note,
        "account": one.account,
        "at": iso(one.at),
    }


def incident_view_out(view: IncidentView) -> IncidentViewOut:
    return {
        "incident": incident_out(view.incident),
        "reports": [report_out(one) for one in view.reports],
        "reviews": [review_out(one) for one in view.reviews],
    }


def set_aside_out(line: SetAsideLine) -> SetAsideOut:
    return {
        "item_id": line.item_id,
        "title": line.title,
        "source": line.source_name,
        "link": line.link,
        "probability": round(line.relevance, 6),
        "reason": line.reason.value,
        "published": iso(line.published),
    }


def source_out(one: Source) -> SourceOut:
    return {
        "id": one.id,
        "url": one.url,
        "name": one.name,
        "owner": one.owner,
        "area": one.area,
        "tier": one.tier,
        "state": one.state.value,
        "last_try_at": iso(one.last_try_at),
        "last_success_at": iso(one.last_success_at),
        "last_reason": one.last_reason,
        "due_at": iso(one.due_at),
        "failures": one.failures,
        "items": one.items,
    }


def digest_line_out(line: DigestLine) -> DigestLineOut:
    return {
        "incident": incident_out(line.incident),
        "text": line.text,
        "confirmation": line.confirmation,
        "sources": [
            {"title": s.title, "source": s.source_name, "link": s.link, "published": iso(s.published)}
            for s in line.sources
        ],
    }


def digest_out(digest: Digest) -> DigestOut:
    coverage = digest.coverage
    return {
        "start": iso(digest.start),
        "end": iso(digest.end),
        "generated_at": iso(digest.generated_at),
        "taxonomy_version": digest.taxonomy_version,
        "model": digest.model,
        "severity_note": SEVERITY_NOTE,
        "summary": list(digest.summary),
        "counts": counts_out(digest.counts),
        "usual": [{"code": level.name, "mean": round(mean, 2)} for level, mean in digest.usual],
        "decide": [digest_line_out(line) for line in digest.decide],
        "changed": [digest_line_out(line) for line in digest.changed],
        "other": [digest_line_out(line) for line in digest.other],
        "aspirations": [digest_line_out(line) for line in digest.aspirations],
        "outside": [digest_line_out(line) for line in digest.outside],
        "rows": [
            {
                "code": row.code,
                "name": row.name,
                "counts": list(row.counts),
                "worst": int(row.worst),
                "items": row.items,
                "monitored": row.items > 0,
            }
            for row in digest.rows
        ],
        "rejected": [{"line": digest_line_out(line), "reason": reason} for line, reason in digest.rejected],
        "unreviewed": digest.unreviewed,
        "coverage": {
            "sources": coverage.sources,
            "reached": coverage.reached,
            "failing": list(coverage.failing),
            "last_fetch_at": iso(coverage.last_fetch_at),
            "items_new": coverage.items_new,
            "set_aside": counts_out(coverage.set_aside),
        },
    }


def term_out(term: Term) -> TermOut:
    return {"code": term.code, "id": term.id, "en": term.en, "group": term.group}


def taxonomy_out() -> TaxonomyOut:
    return {
        "version": TAXONOMY_VERSION,
        "severity_note": SEVERITY_NOTE,
        "severities": [{"level": int(level), "name": level.name} for level in Severity],
        "bidang": [term_out(term) for term in BIDANG],
        "issues": [term_out(term) for term in (*ISSUE_TERMS, NO_ISSUE)],
        "forms": [term_out(term) for term in FORM_TERMS],
        "realis": [term_out(term) for term in REALIS_TERMS],
        "reject_reasons": [term_out(term) for term in REJECT_NAMES.values()],
        "regencies": [{"code": code, "name": name} for code, name in REGENCIES],
    }


def place_code(said: Assessment) -> str | None:
    """The regency where one is known, else what is known (62: the province), else None."""
    return said.place.regency or said.place.code


def screened_out(one: Screened) -> ScreenedOut:
    said = one.assessment
    return {
        "id": said.document_id,
        "relevance": round(said.relevance, 6),
        "flagged": said.flagged,
        "issue": said.issue.code,
        "form": said.form.code,
        "realis": said.realis.code,
        "severity": int(one.verdict.severity),
        "place_code": place_code(said),
        "incident": one.incident,
        "evidence": [
            {"start": e.start, "end": e.end, "text": e.text, "weight": round(e.weight, 4)}
            for e in said.evidence
        ],
        "reasons": list(said.reasons),
        "model": said.model,
    }
