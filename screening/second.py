"""Which incidents are read twice, by whom, and in which order a third reader sees the two answers. Pure.

The choice is a hash of the incident's number and a salt that is no secret: nobody can steer it, and anybody
can check it. A DARURAT that was rejected is always read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import ISSUES
from screening.agreement import Answer
from screening.errors import Invalid, Refused
from screening.records import Decision, Item
from screening.taxonomy import FORM_BY_CODE, REGENCY_BY_CODE, RejectReason, Severity

SALT = "dini/bacaan-kedua/1"
LOOK_BACK = timedelta(days=14)  # decisions older than this are not chosen any more
KEPT_FOR = timedelta(days=7)  # a reading nobody answered goes back to all
_NOTE_CHARS = 2_000
_PARTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstReview:
    """A decision as the choice sees it; codes are those that stood with it."""

    review_id: int
    answer: Answer
    level: Severity  # the highest that stood before or with it
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLine:
    """One second reading, without anything the first reader or the machine said."""

    id: int
    incident_id: int
    title: str  # masked
    chosen_at: datetime
    mine: bool  # False: nobody has it yet


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindReport:
    """A report as it came from the source; `same_text_as` is the item of the first with this text."""

    item: Item
    source_name: str
    masked_title: str
    same_text_as: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    line: ReadingLine
    reports: tuple[BlindReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLine:
    """Two answers that differ and wait for a third person."""

    reading_id: int
    incident_id: int
    title: str  # masked
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """`answers` are A and B in an order that says nothing of who read first; `review_id` is the newest."""

    line: DisputeLine
    answers: tuple[Answer, Answer]
    reports: tuple[BlindReport, ...]
    review_id: int | None
    touched: bool | None  # as in `Pair`


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for one account. `readings` are its own first, then those nobody has."""

    readings: tuple[ReadingLine, ...] = ()
    disputes: tuple[DisputeLine, ...] = ()

    @property
    def total(self) -> int:
        return sum(one.mine for one in self.readings) + len(self.disputes)


def is_drawn(incident_id: int, percent: int) -> bool:
    """Whether this incident is among the `percent` of 0 to 100 that are read twice."""
    return _number(f"{SALT}:{incident_id}") % _PARTS < percent * (_PARTS // 100)


def first_of(reviews: Sequence[FirstReview], incident_id: int, percent: int) -> FirstReview | None:
    """The decision that is read again, or None. `reviews` accept or reject, oldest first."""
    for one in reviews:
        if one.answer.decision is Decision.REJECT and one.level is Severity.DARURAT:
            return one
    return reviews[0] if reviews and is_drawn(incident_id, percent) else None


def reader_for(incident_id: int, loads: Mapping[int, int], barred: Collection[int]) -> int | None:
    """Of the accounts (with what each has to read already) the least laden; ties by hash. None: nobody."""
    free = [account for account in loads if account not in barred]
    return min(free, key=lambda one: (loads[one], _number(f"{SALT}:{incident_id}:{one}"), one), default=None)


def is_swapped(reading_id: int) -> bool:
    """Whether the second reader's answer is shown as A: at random, and the same on every page."""
    return bool(_number(f"{SALT}:urutan:{reading_id}") % 2)


def check_answer(answer: Answer) -> None:
    """`Invalid` on what is missing or unknown, `Refused` on a peaceful action above INFORMASI."""
    if answer.decision is Decision.REJECT and answer.reason is None:
        raise Invalid("Penolakan memerlukan alasan.")
    if answer.decision is not Decision.REJECT and answer.reason is not None:
        raise Invalid("Alasan hanya untuk penolakan.")
    if answer.reason is RejectReason.OTHER and not answer.note.strip():
        raise Invalid("Alasan lainnya memerlukan catatan.")
    if answer.issue is not None and answer.issue not in ISSUES:
        raise Invalid("Kode isu tidak dikenal.")
    if answer.form is not None and answer.form not in FORM_BY_CODE:
        raise Invalid("Kode bentuk tidak dikenal.")
    if answer.place_code is not None and answer.place_code not in REGENCY_BY_CODE:
        raise Invalid("Kode wilayah tidak dikenal.")
    if answer.severity is Severity.NONE:
        raise Invalid("Untuk tingkat nol, nyatakan tidak relevan dengan alasan.")
    codes = (answer.issue, answer.form, answer.severity)
    if answer.decision is Decision.ACCEPT and None in codes:
        raise Invalid("Pilih isu, bentuk, dan tingkat: usulan mesin tidak ditampilkan di sini.")
    if len(answer.note) > _NOTE_CHARS:
        raise Invalid(f"Catatan paling panjang {_NOTE_CHARS} karakter.")
    if answer.form == "F2" and (answer.severity or Severity.INFORMASI) > Severity.INFORMASI:
        raise Refused("Aksi damai (F2) dilindungi UU 9/1998 dan tidak boleh di atas INFORMASI.")


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
