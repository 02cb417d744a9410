"""What goes out by e-mail, to which office and when: pure.

Mailboxes are those of offices, never of a person. A dispatch is one message to one mailbox; what makes it
unique is its kind, office, occasion and mailbox, so a second worker or a restart finds it there already.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from screening.digest import LIKELY
from screening.errors import Invalid
from screening.records import Area, Decision, Incident
from screening.taxonomy import PROVINCE, REGENCIES, REGENCY_BY_CODE, Severity
from screening.windows import WIB, window_at

OFFICES = (PROVINCE, *(code for code, _name in REGENCIES))
EDGES = (time(6, 30), time(15, 0))  # WIB
BACK = timedelta(hours=24)  # a server that was down sends late what a day had, not a pile of old reports
LEASE = timedelta(minutes=10)  # longer than one delivery; after it the worker that took it counts as dead
FRESH = timedelta(hours=72)  # an incident told later than this is history, not an alarm
GIVE_UP = timedelta(days=5)
MAILBOX_CHARS = 254
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST = timedelta(hours=2)
_LONGEST_URGENT = timedelta(minutes=15)


class PostKind(enum.StrEnum):
    DIGEST = "digest"
    URGENT = "urgent"


class PostState(enum.StrEnum):
    WAITING = "menunggu"
    SENT = "terkirim"
    DROPPED = "batal"  # its reason is gone: mailbox removed, or a person rejected the incident before
    GIVEN_UP = "gagal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A functional mailbox of an office and what it gets."""

    office: str  # 62, or a regency code
    mailbox: str
    kinds: frozenset[PostKind]
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One message to one mailbox, from its cause until it is sent."""

    id: int
    kind: PostKind
    office: str
    mailbox: str
    occasion: str
    start: datetime | None  # the window of a digest
    end: datetime | None
    incident_id: int | None  # what an urgent one is about, and the level it reached
    level: Severity | None
    state: PostState
    attempts: int
    created_at: datetime
    next_try_at: datetime
    last_error: str  # in words
    sent_at: datetime | None
    message_id: str  # without the angle brackets; the same however often it is sent
    subject: str  # empty until it is composed, which happens once
    text: str
    attachment: bytes  # a PDF, gone when it is sent; empty when there is none


def office_name(office: str) -> str:
    """`Provinsi Kalimantan Tengah` or the regency's name."""
    return "Provinsi Kalimantan Tengah" if office == PROVINCE else REGENCY_BY_CODE[office]


def check_office(office: str) -> str:
    """`Invalid` unless it is the province or one of the 14 regencies."""
    if office not in OFFICES:
        raise Invalid(f"Kode kantor harus salah satu dari {', '.join(OFFICES)}.")
    return office


def check_mailbox(mailbox: str) -> str:
    """`Invalid` unless it is one plain address: no display name, no list, nothing a header could end in."""
    if len(mailbox) > MAILBOX_CHARS or not _MAILBOX.fullmatch(mailbox) or ".." in mailbox:
        raise Invalid("Kotak surat harus satu alamat surel biasa, misalnya piket@kesbangpol.contoh.go.id.")
    name, _, host = mailbox.partition("@")
    return f"{name}@{host.lower()}"


def edges_due(now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The windows whose edge (06.30 or 15.00 WIB) lies in the last 24 hours, oldest first; UTC."""
    today = now.astimezone(WIB).date()
    moments = [
        datetime.combine(today - timedelta(days=back), edge, tzinfo=WIB) for back in (1, 0) for edge in EDGES
    ]
    return tuple(window_at(one) for one in moments if now - BACK < one <= now)


def scheduled(end: datetime) -> str:
    """The occasion of the digest that is due at `end`."""
    return f"{end.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def asked(end: datetime, now: datetime) -> str:
    """The occasion of a digest somebody asked for; asking again is another one."""
    return f"{scheduled(end)} {now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def reached(incident_id: int, level: Severity) -> str:
    """The occasion of an incident at a level."""
    return f"{incident_id} {level.name}"


def alarming(incident: Incident, now: datetime) -> bool:
    """Whether supervisors are told at once. A peaceful action (F2) never is, whatever its level says."""
    return (
        incident.severity >= Severity.SIAGA
        and incident.area is not Area.OUTSIDE
        and not withdrawn(incident)
        # What the digest keeps out of its lists until a person has seen it is no alarm either.
        and (incident.decision is not None or incident.relevance >= LIKELY)
        and now - incident.last_published <= FRESH
    )


def withdrawn(incident: Incident) -> bool:
    """Nothing to alarm about: a peaceful action, or rejected by a person and not risen since."""
    return incident.form == "F2" or (incident.decision is Decision.REJECT and not incident.risen_why)


def offices_of(place_code: str | None) -> tuple[str, ...]:
    """Who is told of an incident there: the province, and the regency where it is known."""
    regency = (place_code or "")[:5]
    return (PROVINCE, regency) if regency in REGENCY_BY_CODE else (PROVINCE,)


def pause_after(kind: PostKind, attempts: int) -> timedelta:
    """Until the next try: 1, 2, 4, ... minutes, at most 15 (urgent) or 120 (digest)."""
    longest = _LONGEST_URGENT if kind is PostKind.URGENT else _LONGEST
    doubled: int = 1 << min(max(attempts, 1) - 1, 10)
    return min(longest, _FIRST_PAUSE * doubled)
