"""Records as JSON: each shape of `wire_shapes` is built here, in one place, and written by orjson."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import Response

from api.times import iso
from api.wire_shapes import (
    AgendaEntryOut,
    CountOut,
    DigestLineOut,
    DigestOut,
    EvidenceOut,
    FieldProblem,
    IncidentOut,
    IncidentViewOut,
    Problem,
    QueueLineOut,
    QueueOut,
    RegroupingOut,
    ReportOut,
    ReviewOut,
    ScreenedOut,
    SetAsideListOut,
    SetAsideOut,
    SourceOut,
    SplitOut,
    StatusChangeOut,
    TaxonomyOut,
    TermOut,
)
from models import Assessment, Evidence, mask_names
from screening import (
    PROVINCE,
    AgendaEntry,
    Digest,
    DigestLine,
    Incident,
    IncidentView,
    QueueLine,
    QueuePage,
    Regrouping,
    Report,
    Review,
    Screened,
    SetAsideLine,
    Source,
    StatusChange,
    cursor_of,
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
    Severity,
    Term,
)


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
        "machine_form": one.machine_form,
        "machine_issue": one.machine_issue,
        "machine_rule": one.machine_rule,
        "machine_why": one.machine_why,
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
        "risen_why": one.risen_why,
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
        "held_by": line.holding.account if line.holding else None,
        "held_until": iso(line.holding.until) if line.holding else None,
        "topics": list(line.topics),
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
        "text_from": report.item.text_from,
        "correction": report.item.correction.value if report.item.correction else None,
        "same_text_as": report.same_text_as,
        "probability": round(said.relevance, 6),
        "flagged": said.flagged,
        "issue": said.issue.code,
        "form": said.form.code,
        "realis": said.realis.code,
        "place_code": place_code(said),
        "place_name": said.place.name,
        "place_reason": said.place.reason,
        "evidence": [{**evidence_out(one), "text": mask_names(one.text)} for one in said.evidence],
        "reasons": list(said.reasons),
        "parts": [{"name": name, "log_odds": round(share, 9)} for name, share in said.parts],
        "model": said.model,
    }


def review_out(one: Review) -> ReviewOut:
    return {
        "id": one.id,
        "decision": one.decision.value,
        "reason": one.reason.value if one.reason else None,
        "severity": None if one.severity is None else int(one.severity),
        "issue": one.issue,
        "form": one.form,
        "place_code": one.place_code,
        "note": one.note,
        "account": one.account,
        "at": iso(one.at),
        "retracted_at": iso(one.retracted_at),
        "retracted_by": one.retracted_by,
    }


def incident_view_out(view: IncidentView) -> IncidentViewOut:
    return {
        "incident": incident_out(view.incident),
        "status_changes": [status_change_out(one) for one in view.incident.changes],
        "reports": [report_out(one) for one in view.reports],
        "reviews": [review_out(one) for one in view.reviews],
        "regroupings": [regrouping_out(one) for one in view.regroupings],
    }


def status_change_out(one: StatusChange) -> StatusChangeOut:
    return {
        "at": iso(one.at),
        "status": one.status.value,
        "severity": int(one.severity),
        "why": one.why,
        "item_id": one.item_id,
    }


def regrouping_out(one: Regrouping) -> RegroupingOut:
    return {
        "kind": one.kind,
        "incident_id": one.incident_id,
        "other_id": one.other_id,
        "items": list(one.items),
        "account": one.account,
        "at": iso(one.at),
        "why": one.why,
    }


def split_out(kept: Incident, new: Incident) -> SplitOut:
    return {"incident": incident_out(kept), "new": incident_out(new)}


def set_aside_page_out(lines: Sequence[SetAsideLine], limit: int) -> SetAsideListOut:
    """A page of `limit` lines; one more of them says that there is another page."""
    shown, more = lines[:limit], len(lines) > limit
    return {
        "items": [set_aside_out(line) for line in shown],
        "next_cursor": cursor_of(shown[-1].relevance, shown[-1].item_id) if more else "",
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
        "interval_seconds": one.interval_seconds,
        "standing": one.standing.value,
        "failing_since": iso(one.failing_since),
        "moved_to": one.moved_to,
    }


def digest_line_out(line: DigestLine) -> DigestLineOut:
    return {
        "incident": incident_out(line.incident),
        "text": line.text,
        "confirmation": line.confirmation,
        "what": line.what,
        "when": line.when,
        "hurt": line.hurt,
        "weight": line.weight,
        "state": line.state,
        "act": line.act,
        "sent": line.sent,
        "advice": line.advice,
        "change": line.change,
        "sources": [
            {"title": s.title, "source": s.source_name, "link": s.link, "published": iso(s.published)}
            for s in line.sources
        ],
    }


def agenda_entry_out(one: AgendaEntry) -> AgendaEntryOut:
    return {
        "kind": one.kind.value,
        "incident_id": one.incident_id,
        "place_code": one.place_code,
        "day": one.day.isoformat() if one.day else None,
        "hour": f"{one.hour:%H:%M}" if one.hour else None,
        "text": one.text,
        "protected": one.protected,
        "late": one.late,
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
        "office": digest.office or PROVINCE,
        "decide": [digest_line_out(line) for line in digest.decide],
        "decide_more": digest.decide_more,
        "rumours": [digest_line_out(line) for line in digest.rumours],
        "agenda": [agenda_entry_out(one) for one in digest.agenda],
        "agenda_more": digest.agenda_more,
        "service": digest.service,
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
