"""JSON of what other tools list: incidents and items page by page, one judgement, the windows of digests."""

from __future__ import annotations

from urllib.parse import urlencode

from typing_extensions import TypedDict

from api import wire
from api.times import iso
from api.wire_shapes import EvidenceOut, IncidentOut, PartOut
from models import Count, Label
from screening import (
    DigestWindow,
    ItemPage,
    Judged,
    Listed,
    ListedItem,
    ListedPage,
    WindowPage,
    office_name,
)
from screening.taxonomy import REGENCY_BY_CODE, SEVERITY_NOTE


class ListedOut(TypedDict):
    """`changed_at`: found, reported again, decided, regrouped or closed by silence, whichever came last."""

    incident: IncidentOut
    changed_at: str | None
    merged_into: int | None
    protected: bool
    source: str
    link: str


class ListedPageOut(TypedDict):
    items: list[ListedOut]
    next_cursor: str
    severity_note: str


class ListedItemOut(TypedDict):
    item_id: int
    title: str
    excerpt: str
    source_id: int
    source: str
    link: str
    published: str | None
    first_seen: str | None
    last_changed: str | None
    version: int
    correction: str | None
    probability: float
    flagged: bool
    issue: str | None
    form: str | None
    realis: str | None
    place_code: str | None
    place_name: str
    incident_id: int | None
    same_text_as: int | None
    model: str


class ItemPageOut(TypedDict):
    items: list[ListedItemOut]
    next_cursor: str


class LabelOut(TypedDict):
    """`code` is null where the model abstains."""

    code: str | None
    probability: float


class PlaceSaidOut(TypedDict):
    kind: str
    code: str | None
    regency: str | None
    name: str
    reason: str


class PeopleOut(TypedDict):
    """As reported; `high` is null when it is open ("ribuan")."""

    low: int
    high: int | None


class FactsOut(TypedDict):
    dead: PeopleOut | None
    injured: PeopleOut | None
    crowd: PeopleOut | None
    told: list[str]


class JudgedOut(TypedDict):
    """`start` and `end` of evidence count in the raw text; its `text` is masked, so its length may differ."""

    item_id: int
    incident_id: int | None
    title: str
    source: str
    link: str
    published: str | None
    probability: float
    threshold: float
    flagged: bool
    issue: LabelOut
    form: LabelOut
    realis: LabelOut
    place: PlaceSaidOut
    facts: FactsOut
    evidence: list[EvidenceOut]
    parts: list[PartOut]
    reasons: list[str]
    model: str


class WindowOut(TypedDict):
    """A digest that was due: its window, and where to get it."""

    office: str
    office_name: str
    start: str | None
    end: str | None
    json: str
    pdf: str
    sent: int
    waiting: int


class WindowsOut(TypedDict):
    items: list[WindowOut]
    next_cursor: str


def listed_out(one: Listed) -> ListedOut:
    return {
        "incident": wire.incident_out(one.incident),
        "changed_at": iso(one.changed_at),
        "merged_into": one.merged_into,
        "protected": one.incident.form == "F2",
        "source": one.source_name,
        "link": one.link,
    }


def listed_page_out(page: ListedPage) -> ListedPageOut:
    return {
        "items": [listed_out(one) for one in page.lines],
        "next_cursor": page.next_cursor,
        "severity_note": SEVERITY_NOTE,
    }


def listed_item_out(one: ListedItem) -> ListedItemOut:
    return {
        "item_id": one.id,
        "title": one.title,
        "excerpt": one.excerpt,
        "source_id": one.source_id,
        "source": one.source_name,
        "link": one.link,
        "published": iso(one.published),
        "first_seen": iso(one.first_seen),
        "last_changed": iso(one.last_changed),
        "version": one.version,
        "correction": one.correction.value if one.correction else None,
        "probability": round(one.relevance, 6),
        "flagged": one.flagged,
        "issue": one.issue,
        "form": one.form,
        "realis": one.realis,
        "place_code": one.regency,
        "place_name": REGENCY_BY_CODE.get(one.regency or "", ""),
        "incident_id": one.incident_id,
        "same_text_as": one.same_text_as,
        "model": one.model,
    }


def item_page_out(page: ItemPage) -> ItemPageOut:
    return {"items": [listed_item_out(one) for one in page.lines], "next_cursor": page.next_cursor}


def judged_out(one: Judged) -> JudgedOut:
    report, said = one.report, one.report.assessment
    facts = said.facts
    return {
        "item_id": report.item.id,
        "incident_id": one.incident_id,
        "title": report.masked_title,
        "source": report.source_name,
        "link": report.item.link,
        "published": iso(report.item.published),
        "probability": round(said.relevance, 6),
        "threshold": round(said.threshold, 6),
        "flagged": said.flagged,
        "issue": label_out(said.issue),
        "form": label_out(said.form),
        "realis": label_out(said.realis),
        "place": {
            "kind": said.place.kind.value,
            "code": said.place.code,
            "regency": said.place.regency,
            "name": said.place.name,
            "reason": said.place.reason,
        },
        "facts": {
            "dead": people_out(facts.dead),
            "injured": people_out(facts.injured),
            "crowd": people_out(facts.crowd),
            "told": [name for name in facts.__slots__ if getattr(facts, name) is True],
        },
        "evidence": [wire.evidence_out(each) for each in said.evidence],
        "parts": [{"name": name, "log_odds": round(share, 9)} for name, share in said.parts],
        "reasons": list(said.reasons),
        "model": said.model,
    }


def label_out(label: Label) -> LabelOut:
    return {"code": label.code, "probability": round(label.probability, 6)}


def people_out(count: Count | None) -> PeopleOut | None:
    return None if count is None else {"low": count.low, "high": count.high}


def windows_out(page: WindowPage) -> WindowsOut:
    return {"items": [window_out(one) for one in page.lines], "next_cursor": page.next_cursor}


def window_out(one: DigestWindow) -> WindowOut:
    query = urlencode({"office": one.office, "start": iso(one.start), "end": iso(one.end)})
    return {
        "office": one.office,
        "office_name": office_name(one.office),
        "start": iso(one.start),
        "end": iso(one.end),
        "json": f"/api/v1/digest?{query}",
        "pdf": f"/api/v1/digest.pdf?{query}",
        "sent": one.sent,
        "waiting": one.waiting,
    }
