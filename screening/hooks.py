"""Webhooks: what is told of an incident, to whom, signed how, and how often it is tried. Pure.

By the Standard Webhooks specification: an id that stays the same however often it is sent, the second of
sending, and one signature for each secret in force, over id, second and body.
"""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib
import hmac
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from screening.errors import Invalid
from screening.listing import Listed
from screening.records import Area, Decision, Incident, Status
from screening.taxonomy import PROVINCE, Severity

LEASE = timedelta(minutes=2)  # longer than a batch takes; after it the worker that took it counts as dead
ROTATION = timedelta(hours=24)  # how long the secret of before signs beside the new one
GIVE_UP = timedelta(days=5)
KEPT = timedelta(days=30)  # events, delivered or not; as far back as a replay can go
URL_CHARS = 500
SECRET_PREFIX = "whsec_"  # noqa: S105  the specification's word in front of every secret
SECRET_BYTES = 32
GONE = 410
_ERROR_CHARS = 200
_PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
_SPREAD = 0.2  # of a pause, so that what failed together does not come back together
# What a change of is told. Counts and times of reports are not: they change with every reprint.
_WATCHED = ("title", "severity", "issue", "form", "area", "place_code", "status", "decision")


class EventKind(enum.StrEnum):
    """What is told. `TEST` is sent on demand and cannot be chosen."""

    CREATED = "incident.created"
    UPDATED = "incident.updated"
    REVIEWED = "incident.reviewed"
    RETRACTED = "incident.retracted"
    MERGED = "incident.merged"
    SPLIT = "incident.split"
    DIGEST = "digest.ready"
    TEST = "hook.test"


CHOICES = tuple(kind for kind in EventKind if kind is not EventKind.TEST)


class HookState(enum.StrEnum):
    ACTIVE = "aktif"
    PAUSED = "jeda"  # by a person, or after five days without one delivery; what is owed waits
    ENDED = "mati"  # the other side answered 410


class DeliveryState(enum.StrEnum):
    WAITING = "menunggu"
    DELIVERED = "terkirim"
    GIVEN_UP = "gagal"  # five days in vain; can be replayed
    DROPPED = "batal"  # its hook has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An address that is told. Its secret is not here: it is shown once and used to sign."""

    id: int
    url: str
    office: str  # 62: everything; a regency: what its officers see, or saw until this event
    kinds: tuple[EventKind, ...]
    state: HookState
    why: str
    added_at: datetime
    failing_since: datetime | None
    old_until: datetime | None  # until then the secret of before signs too
    waiting: int = 0
    given_up: int = 0
    last_delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookEvent:
    """What happened, as it was then: of an incident (`listed`), of a digest's window, or a test."""

    id: int
    message_id: str
    kind: EventKind
    at: datetime
    incident_id: int | None
    seq: int | None
    listed: Listed | None
    changed: tuple[str, ...] = ()
    seen_by: tuple[str, ...] = ()
    split_into: int | None = None
    office: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event to one hook, from its cause until it is delivered or given up."""

    id: int
    hook_id: int
    message_id: str
    kind: EventKind
    incident_id: int | None
    seq: int | None
    state: DeliveryState
    attempts: int
    owed_at: datetime
    next_try_at: datetime
    status: int | None
    reason: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is ours until the lease ends, with all that sending it needs."""

    id: int
    event: HookEvent
    body: str  # empty: not composed yet
    url: str
    secrets: tuple[str, ...] = field(repr=False)
    attempts: int  # this one counted
    first_try_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the other side said: a status, or none with the reason in words."""

    status: int | None
    reason: str = ""
    retry_after: timedelta | None = None


class Ruling(enum.Enum):
    DELIVERED = "delivered"
    AGAIN = "again"
    GIVEN_UP = "given up"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an answer means for its delivery; `next_try_at` where it is tried again."""

    ruling: Ruling
    next_try_at: datetime | None = None
    status: int | None = None
    words: str = ""


# --- what happened


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is told of one incident, before it has its number and id."""

    kind: EventKind
    after: Listed
    changed: tuple[str, ...]
    seen_by: tuple[str, ...]  # regencies, now
    offices: tuple[str, ...]  # who is told: the province, these, and those of the event before
    split_into: int | None = None


def happening(
    last: HookEvent | None,
    after: Listed,
    seen_by: Sequence[str],
    *,
    opened: bool = False,
    split_into: int | None = None,
    now: datetime,
) -> Happening | None:
    """What a transaction did to an incident, by what was told of it last; None when nothing that is told.

    `seen_by` are the regencies that see it now; the province sees all. A regency that saw it at the last
    event is told once more, since it must not keep as its own what has left it.

    One transaction is one event: a decision that also changes the level is `incident.reviewed`, with
    `severity` among what changed. Of an incident that was there before there was any hook the first event
    says how it stands now.
    """
    before = last.listed if last is not None else None
    seen_before = last.seen_by if last is not None else ()
    changed = tuple(
        name
        for name in _WATCHED
        if before is not None and getattr(before.incident, name) != getattr(after.incident, name)
    )
    if before is not None and after.merged_into is None and set(seen_by) != set(seen_before):
        changed = (*changed, "offices")
    reviewed = after.incident.review_id or 0
    told = (before.incident.review_id or 0) if before is not None else 0
    decided_now = before is not None or after.incident.reviewed_at == now
    kind: EventKind | None = None
    if after.merged_into is not None:
        # One that was opened and merged in the same transaction was never there for anybody.
        known = before.merged_into if before is not None else after.merged_into if opened else None
        kind = EventKind.MERGED if known != after.merged_into else None
    elif opened:
        kind = EventKind.CREATED
    elif split_into is not None:
        kind = EventKind.SPLIT
    elif decided_now and reviewed > told:
        kind = EventKind.REVIEWED
    elif reviewed < told:
        kind = EventKind.RETRACTED
    elif changed or before is None:
        kind = EventKind.UPDATED
    if kind is None:
        return None
    return Happening(
        kind=kind,
        after=after,
        changed=changed,
        seen_by=tuple(sorted(seen_by)),
        offices=tuple(dict.fromkeys((PROVINCE, *sorted({*seen_by, *seen_before})))),
        split_into=split_into,
    )


def concerns(hook: Hook, kind: EventKind, offices: Collection[str]) -> bool:
    """Whether a hook is told of an event of this kind and these offices."""
    if kind is EventKind.TEST:
        return False  # to the hook that asked, by name
    return kind in hook.kinds and hook.office in offices


# --- as it is stored


def write_facts(one: Happening) -> str:
    told = {
        "incident": _plain(one.after.incident),
        "changed_at": _plain(one.after.changed_at),
        "merged_into": one.after.merged_into,
        "source": one.after.source_name,
        "link": one.after.link,
    }
    made = {"listed": told, "changed": one.changed, "seen_by": one.seen_by, "split_into": one.split_into}
    return json.dumps(made)


def write_window(office: str, start: datetime, end: datetime) -> str:
    return json.dumps({"office": office, "start": _plain(start), "end": _plain(end)})


def read_event(  # noqa: PLR0917 - the columns of its row
    number: int,
    message_id: str,
    kind: str,
    at: datetime,
    incident_id: int | None,
    seq: int | None,
    facts: str,
) -> HookEvent:
    told = json.loads(facts)
    return HookEvent(
        id=number,
        message_id=message_id,
        kind=EventKind(kind),
        at=at,
        incident_id=incident_id,
        seq=seq,
        listed=read_listed(told["listed"]) if "listed" in told else None,
        changed=tuple(told.get("changed", ())),
        seen_by=tuple(told.get("seen_by", ())),
        split_into=told.get("split_into"),
        office=told.get("office", ""),
        start=_moment(told.get("start")),
        end=_moment(told.get("end")),
    )


def read_listed(told: dict[str, Any]) -> Listed:
    """An incident as it stood; a field that a newer Dini has and the row has not keeps its default."""
    known = {one.name for one in fields(Incident)}
    plain = {name: value for name, value in told["incident"].items() if name in known}
    plain["severity"] = Severity(plain["severity"])
    plain["machine_severity"] = Severity(plain["machine_severity"])
    plain["area"], plain["status"] = Area(plain["area"]), Status(plain["status"])
    plain["decision"] = Decision(plain["decision"]) if plain["decision"] else None
    for name in ("first_published", "last_published", "detected_at", "reviewed_at"):
        plain[name] = _moment(plain[name])
    changed_at = _moment(told["changed_at"])
    if changed_at is None:
        raise ValueError("an event without the moment of its change")
    return Listed(
        incident=Incident(**plain),
        changed_at=changed_at,
        merged_into=told["merged_into"],
        source_name=told["source"],
        link=told["link"],
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Incident):
        # The reviewer is a colleague, and whom it goes to has no business with the name.
        left_out = ("changes", "reviewed_by")
        told = {
            one.name: _plain(getattr(value, one.name)) for one in fields(value) if one.name not in left_out
        }
        return told | {"reviewed_by": ""}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, enum.IntEnum):
        return int(value)
    return value.value if isinstance(value, enum.Enum) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# --- signing


def secret_of(raw: bytes) -> str:
    """`whsec_` and the base64 of the bytes a secret is made of."""
    return SECRET_PREFIX + base64.b64encode(raw).decode("ascii")


def signature(secrets: Sequence[str], message_id: str, at: datetime, body: str) -> str:
    """The value of `webhook-signature`: `v1,<base64>` for each secret, with spaces."""
    signed = f"{message_id}.{stamp(at)}.{body}".encode()
    return " ".join(f"v1,{_mac(secret, signed)}" for secret in secrets)


def stamp(at: datetime) -> int:
    """The value of `webhook-timestamp`: whole seconds since 1970."""
    return int(at.timestamp())


def _mac(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a stored secret that is no base64") from error
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


# --- trying


def ruling(one: Claimed, answered: Answered, now: datetime, roll: float) -> Verdict:
    """What to do after an answer; `roll` in [0, 1) spreads the pauses.

    Any 2xx is delivered; 410 says never again. All else, redirects too, is tried again after a pause that
    grows, or as long as Retry-After says if that is longer, until five days after the first try.
    """
    status, words = answered.status, _in_words(answered)
    if status is not None and 200 <= status < 300:
        return Verdict(ruling=Ruling.DELIVERED, status=status)
    if status == GONE:
        return Verdict(ruling=Ruling.GONE, status=status, words=words)
    last = one.first_try_at + GIVE_UP
    if now >= last:
        return Verdict(ruling=Ruling.GIVEN_UP, status=status, words=words)
    pause = max(pause_after(one.attempts, roll), answered.retry_after or timedelta(0))
    return Verdict(ruling=Ruling.AGAIN, next_try_at=min(now + pause, last), status=status, words=words)


def pause_after(attempts: int, roll: float) -> timedelta:
    """Until the next try: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and then 24 h, each a tenth more or less."""
    pause = _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]
    return pause * (1 + _SPREAD * (roll - 0.5))


def worn_out(failing_since: datetime | None, now: datetime) -> bool:
    """Whether nothing has been delivered to a hook for five days although it was tried."""
    return failing_since is not None and now - failing_since >= GIVE_UP


def _in_words(answered: Answered) -> str:
    if answered.status is None:
        return (answered.reason or "tidak ada jawaban")[:_ERROR_CHARS]
    if 300 <= answered.status < 400:
        return f"penerima mengalihkan ({answered.status}); pengalihan tidak diikuti"
    return f"penerima menjawab {answered.status}"


# --- what people ask


def check_kinds(kinds: Collection[str]) -> tuple[EventKind, ...]:
    """In the order of the list; none means all. `Invalid` on one there is not."""
    wanted = {one.strip() for one in kinds if one.strip()}
    unknown = wanted - {kind.value for kind in CHOICES}
    if unknown:
        raise Invalid(f"Jenis kejadian harus dari {', '.join(CHOICES)}.")
    return tuple(kind for kind in CHOICES if not wanted or kind.value in wanted)
