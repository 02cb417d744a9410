"""JSON shapes of claims, undone and bulk decisions, topics, views and the live poll."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from api.times import iso
from api.wire_shapes import ReviewIn, RowNumber
from screening import Decided, Holding, Incident, LineState, Pulse, SavedView, Topic, TopicTrial


class ReviewOfIn(ReviewIn):
    incident_id: RowNumber


class ReviewsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reviews: list[ReviewOfIn] = Field(min_length=1, max_length=200)


class TopicIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=200)
    words: str = Field(max_length=4_000)


class HoldingOut(TypedDict):
    incident_id: int
    by: str
    since: str | None
    until: str | None
    ended_at: str | None
    why: str | None


class DecidedOut(TypedDict):
    incident_id: int
    outcome: str
    detail: str
    title: str
    review_id: int | None


class DecidedListOut(TypedDict):
    done: int
    items: list[DecidedOut]


class LineStateOut(TypedDict):
    id: int
    open: bool
    decision: str | None
    by: str
    review_id: int | None
    merged_into: int | None
    held_by: str | None
    held_since: str | None


class PulseOut(TypedDict):
    arrived: int
    counts: dict[str, int]
    lines: list[LineStateOut]


class AfterOut(TypedDict):
    """An incident after a decision: what a line on a screen must know."""

    state: str
    incident_id: int
    open: bool
    decision: str | None
    by: str
    at: str | None
    review_id: int | None
    level: int
    place: str
    detail: str


class TopicOut(TypedDict):
    id: int
    title: str
    alternatives: list[str]
    added_by: str
    added_at: str | None


class TopicListOut(TypedDict):
    items: list[TopicOut]


class MatchOut(TypedDict):
    id: int
    title: str
    level: int
    detected_at: str | None


class TrialOut(TypedDict):
    alternatives: list[str]
    count: int
    of: int
    too_many: bool
    newest: list[MatchOut]


class ViewOut(TypedDict):
    id: int
    title: str
    query: str


def holding_out(one: Holding) -> HoldingOut:
    return {
        "incident_id": one.incident_id,
        "by": one.account,
        "since": iso(one.since),
        "until": iso(one.until),
        "ended_at": iso(one.ended_at),
        "why": one.why.value if one.why else None,
    }


def decided_out(one: Decided) -> DecidedOut:
    return {
        "incident_id": one.incident_id,
        "outcome": one.outcome.value,
        "detail": one.detail,
        "title": one.title,
        "review_id": one.review_id,
    }


def decided_list_out(every: tuple[Decided, ...]) -> DecidedListOut:
    items = [decided_out(one) for one in every]
    return {"done": sum(one["outcome"] == "dicatat" for one in items), "items": items}


def line_state_out(one: LineState) -> LineStateOut:
    held = one.holding
    return {
        "id": one.incident_id,
        "open": one.is_open,
        "decision": one.decision.value if one.decision else None,
        "by": one.reviewed_by,
        "review_id": one.review_id,
        "merged_into": one.merged_into,
        "held_by": held.account if held else None,
        "held_since": iso(held.since) if held else None,
    }


def pulse_out(one: Pulse) -> PulseOut:
    return {
        "arrived": one.arrived,
        "counts": {str(int(level)): count for level, count in one.counts},
        "lines": [line_state_out(line) for line in one.lines],
    }


def after_out(one: Incident, state: str, detail: str = "") -> AfterOut:
    return {
        "state": state,
        "incident_id": one.id,
        "open": one.risen_why != "" or one.decision is None or one.decision.value == "ragu",
        "decision": one.decision.value if one.decision else None,
        "by": one.reviewed_by,
        "at": iso(one.reviewed_at),
        "review_id": one.review_id,
        "level": int(one.severity),
        "place": one.place_name,
        "detail": detail,
    }


def topic_out(one: Topic) -> TopicOut:
    return {
        "id": one.id,
        "title": one.title,
        "alternatives": list(one.alternatives),
        "added_by": one.added_by,
        "added_at": iso(one.added_at),
    }


def trial_out(one: TopicTrial) -> TrialOut:
    return {
        "alternatives": list(one.alternatives),
        "count": one.count,
        "of": one.of,
        "too_many": one.too_many,
        "newest": [
            {
                "id": each.id,
                "title": each.title,
                "level": int(each.severity),
                "detected_at": iso(each.detected_at),
            }
            for each in one.newest
        ],
    }


def view_out(one: SavedView) -> ViewOut:
    return {"id": one.id, "title": one.title, "query": one.query}
