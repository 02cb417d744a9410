"""Requests about what is kept, and what stays of an item whose raw words go: pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models import Assessment, EvidenceKind, mask_names
from screening.errors import Conflict, Invalid

ANSWER_WITHIN = timedelta(hours=72)  # 3x24 jam, Pasal 31-33 UU 27/2022 tentang Pelindungan Data Pribadi
WORDS_MAX = 2_000
LEAST_WORDS = 10
_QUOTING = "Kalimat terkuat"  # how the machine begins a reason that is a whole sentence of the text


class RequestKind(enum.StrEnum):
    CORRECTION = "koreksi"
    ACCESS = "akses"
    ERASURE = "hapus"
    REPLY = "hak_jawab"


class RequestState(enum.StrEnum):
    RECEIVED = "diterima"
    WORKED = "diproses"
    ANSWERED = "dijawab"
    REFUSED = "ditolak"


CLOSED = frozenset({RequestState.ANSWERED, RequestState.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyRequest:
    """One request; who asked is outside this system, under the same reference."""

    id: int
    reference: str
    kind: RequestKind
    received_at: datetime
    due_at: datetime
    concern: str
    link: str
    incident_id: int | None
    state: RequestState
    answer: str
    basis: str
    answered_at: datetime | None
    account_id: int | None

    def overdue(self, now: datetime) -> bool:
        return self.state not in CLOSED and now > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold: while `lifted_at` is None the incident's raw texts stay."""

    id: int
    incident_id: int
    reason: str
    placed_by: int
    placed_at: datetime
    lifted_by: int | None
    lifted_at: datetime | None
    lift_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many rows of each kind lost their words or went."""

    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _kind, count in self.counts)


def words_of(text: str, what: str, *, least: int = LEAST_WORDS) -> str:
    """Trimmed words with names of persons masked; `Invalid` when they say too little or too much."""
    clean = text.strip()
    if len(clean) < least:
        raise Invalid(f"{what} perlu diisi, sedikitnya {least} huruf.")
    if len(clean) > WORDS_MAX:
        raise Invalid(f"{what} paling panjang {WORDS_MAX} huruf.")
    return mask_names(clean)


def step(request: PrivacyRequest, to: RequestState) -> None:
    """`Conflict` unless a request may go on to this state: diterima, diproses, then dijawab or ditolak."""
    if request.state in CLOSED:
        raise Conflict("Permintaan ini sudah dijawab.")
    if to is RequestState.RECEIVED or to is request.state:
        raise Conflict("Permintaan ini sudah dalam keadaan itu.")


def sentences(said: Assessment) -> list[str]:
    """The sentences an assessment quotes."""
    return [one.text for one in said.evidence if one.kind is EvidenceKind.SENTENCE]


def wordless(said: Assessment) -> Assessment:
    """What the machine said, without quotes: codes, figures and masked reasons stay, so that counts do."""
    quoted = sentences(said)
    reasons = [
        mask_names(one)
        for one in said.reasons
        if not one.startswith(_QUOTING) and not any(each in one for each in quoted)
    ]
    return replace(
        said,
        evidence=(),
        reasons=tuple(reasons),
        facts=replace(said.facts, spans=()),
        place=replace(said.place, reason=mask_names(said.place.reason)),
    )
