"""Whether the service can do its work, told from a few facts: pure. For machines, and for `dini doctor`."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from screening.post import PostKind

INTERVALS = 3  # collecting may lag this many intervals, or LEAST_LAG when that is longer
LEAST_LAG = timedelta(minutes=30)  # a round over slow sources takes minutes by itself
FREE_BYTES = 256 * 1024 * 1024
# Longer than the longest pause between two tries, so that a server that was down for a moment is no alarm.
WAITS = {PostKind.URGENT: timedelta(minutes=45), PostKind.DIGEST: timedelta(hours=5)}


class Part(enum.StrEnum):
    """What is looked at; the value is the label of the metric."""

    DATABASE = "database"
    MODEL = "model"
    DISK = "disk"
    COLLECTING = "collecting"
    POST = "post"


PART_NAMES = {
    Part.DATABASE: "basis data",
    Part.MODEL: "model",
    Part.DISK: "ruang disk",
    Part.COLLECTING: "putaran pengambilan",
    Part.POST: "surat keluar",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One part, well or not, in an Indonesian sentence for the operator."""

    part: Part
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the database says of the work: the newest try of a source, the longest waiting of each kind."""

    last_try: datetime | None  # of a source that is not paused
    oldest_due: datetime | None  # the earliest due time of those
    waiting: Mapping[PostKind, datetime] = field(default_factory=dict)  # oldest message that waits


def schema_finding(have: str | None, head: str | None, trouble: str = "") -> Finding:
    """The database answers and is at the revision this program knows."""
    if trouble:
        return Finding(part=Part.DATABASE, ok=False, detail=trouble)
    detail = f"Skema {have}." if have == head else f"Skema {have or 'kosong'}, yang diperlukan {head}."
    return Finding(part=Part.DATABASE, ok=have == head, detail=detail)


def disk_finding(free: int | None) -> Finding:
    """`free` bytes where the data folder is; None when that cannot be told."""
    if free is None:
        return Finding(part=Part.DISK, ok=False, detail="Folder data tidak dapat diperiksa.")
    megabytes = f"{free // (1024 * 1024)} MB bebas"
    if free < FREE_BYTES:
        return Finding(
            part=Part.DISK, ok=False, detail=f"{megabytes}; sedikitnya {FREE_BYTES // (1024 * 1024)} MB."
        )
    return Finding(part=Part.DISK, ok=True, detail=f"{megabytes}.")


def collecting_finding(work: Work, interval_minutes: int, now: datetime) -> Finding:
    """Not well when a source has waited for its turn for long and none was tried in that time."""
    allowed = max(timedelta(minutes=interval_minutes) * INTERVALS, LEAST_LAG)
    tried = work.last_try
    late = work.oldest_due is not None and now - work.oldest_due > allowed
    told = "Belum ada sumber yang dicoba."
    if tried is not None:
        told = f"Sumber terakhir dicoba {int((now - tried).total_seconds() // 60)} menit lalu."
    stuck = late and (tried is None or now - tried > allowed)
    if stuck:
        told += " Ada sumber yang menunggu giliran: jalankan dini serve atau dini worker."
    return Finding(part=Part.COLLECTING, ok=not stuck, detail=told)


def post_finding(work: Work, now: datetime) -> Finding:
    """Not well when an urgent message or a digest has waited longer than its tries explain."""
    late = [kind for kind, since in work.waiting.items() if now - since > WAITS[kind]]
    if late:
        since = min(work.waiting[kind] for kind in late)
        minutes = int((now - since).total_seconds() // 60)
        return Finding(
            part=Part.POST,
            ok=False,
            detail=f"Surat tertua menunggu {minutes} menit; periksa DINI_SMTP_URL dan dini.log.",
        )
    return Finding(
        part=Part.POST,
        ok=True,
        detail="Ada yang menunggu giliran." if work.waiting else "Tidak ada tunggakan.",
    )
