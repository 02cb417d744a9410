"""Webhooks as JSON: what is sent, and hooks and deliveries for administrators, without their secrets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from api.times import iso
from api.wire_lists import ListedOut, listed_out
from api.wire_shapes import Moment, Stripped
from screening import Delivery, EventKind, Hook, HookEvent, office_name
from screening.taxonomy import SEVERITY_NOTE


class IncidentEventOut(ListedOut):
    """As a row of `GET /api/v1/incidents`; `seq` counts the events of this incident from 1."""

    seq: int
    changed: list[str]
    split_into: int | None
    severity_note: str


class DigestEventOut(TypedDict):
    office: str
    office_name: str
    start: str | None
    end: str | None
    json: str
    pdf: str


class HookOut(TypedDict):
    """`office` 62: everything. `failing_since`: nothing has been delivered since then."""

    id: int
    url: str
    office: str
    kinds: list[str]
    state: str
    why: str
    added_at: str | None
    failing_since: str | None
    old_secret_until: str | None
    waiting: int
    given_up: int
    last_delivered_at: str | None


class HooksOut(TypedDict):
    items: list[HookOut]


class SecretOut(TypedDict):
    """`secret` is shown in this answer and never again."""

    hook: HookOut
    secret: str


class DeliveryOut(TypedDict):
    """`id` is what the receiver sees as `webhook-id`; `status` the other side's last answer."""

    id: str
    kind: str
    incident_id: int | None
    seq: int | None
    state: str
    attempts: int
    owed_at: str | None
    next_try_at: str | None
    status: int | None
    reason: str
    delivered_at: str | None


class DeliveriesOut(TypedDict):
    items: list[DeliveryOut]


class CountedOut(TypedDict):
    count: int


class HookIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: Annotated[str, Field(max_length=500), Stripped, Field(min_length=1)]
    office: Annotated[str, Field(pattern=r"^62(\.[0-9]{2})?$")] = "62"
    kinds: Annotated[list[EventKind], Field(max_length=20)] = []


class ReplayIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    since: Moment
    until: Moment | None = None


def event_body(one: HookEvent, site: str = "") -> str:
    """The body of an event: `type`, `timestamp`, `data`. Made once; the same bytes at every try.

    Links are whole where the address of the `site` is known, else paths of it.
    """
    made = {"type": one.kind.value, "timestamp": iso(one.at), "data": _data(one, site)}
    return orjson.dumps(made).decode("utf-8")


def _data(one: HookEvent, site: str) -> Any:
    if one.listed is not None:
        incident: IncidentEventOut = {
            **listed_out(one.listed),
            "seq": one.seq or 0,
            "changed": list(one.changed),
            "split_into": one.split_into,
            "severity_note": SEVERITY_NOTE,
        }
        return incident
    if one.start is not None and one.end is not None:
        query = f"office={one.office}&start={_utc(one.start)}&end={_utc(one.end)}"
        window: DigestEventOut = {
            "office": one.office,
            "office_name": office_name(one.office),
            "start": iso(one.start),
            "end": iso(one.end),
            "json": f"{site}/api/v1/digest?{query}",
            "pdf": f"{site}/api/v1/digest.pdf?{query}",
        }
        return window
    return {}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hook_out(one: Hook) -> HookOut:
    return {
        "id": one.id,
        "url": one.url,
        "office": one.office,
        "kinds": [kind.value for kind in one.kinds],
        "state": one.state.value,
        "why": one.why,
        "added_at": iso(one.added_at),
        "failing_since": iso(one.failing_since),
        "old_secret_until": iso(one.old_until),
        "waiting": one.waiting,
        "given_up": one.given_up,
        "last_delivered_at": iso(one.last_delivered_at),
    }


def hooks_out(hooks: Sequence[Hook]) -> HooksOut:
    return {"items": [hook_out(one) for one in hooks]}


def delivery_out(one: Delivery) -> DeliveryOut:
    return {
        "id": one.message_id,
        "kind": one.kind.value,
        "incident_id": one.incident_id,
        "seq": one.seq,
        "state": one.state.value,
        "attempts": one.attempts,
        "owed_at": iso(one.owed_at),
        "next_try_at": iso(one.next_try_at),
        "status": one.status,
        "reason": one.reason,
        "delivered_at": iso(one.delivered_at),
    }


def deliveries_out(some: Sequence[Delivery]) -> DeliveriesOut:
    return {"items": [delivery_out(one) for one in some]}
