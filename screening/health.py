"""How a source fares, told from its track record: one condition, an alarm or none, and a sentence. Pure.

The amount is judged over the 24 hours that ended with the last good answer, so that the hour of the day
plays no part, nothing is expected of hours we did not see, and an outage of ours is not a silence of theirs.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds import Standing
from screening.coverage import HISTORY, HISTORY_LEAST, SourceDay
from screening.records import Source, SourceState
from screening.usual import Pace, Usual, Window, at_least, at_most, fit, usual
from screening.windows import short_words

# Together about one false alarm in five runs of 50 ordinary sources over ten days.
_SILENT, _QUIET, _BUSY = 2e-3, 5e-4, 7e-4
_HALF, _MUCH_MORE = 0.5, 1.5  # what is rare but smaller than this is no news to an operator
_LONG_SILENCE = timedelta(days=30)
_OUT_OF_REACH = timedelta(hours=12)
_OVERDUE = timedelta(hours=12)
_GIVEN_UP_TOLD = timedelta(days=7)
_FAILURES = 3
_QUALITY_ENTRIES, _GOOD_SHARE, _DROP = 5, 0.8, 0.3
_OK = 200


class Condition(enum.StrEnum):
    """In the order in which an operator wants to see them."""

    GONE = "tutup"  # no longer asked: the server says it is no more (410), or 30 days in vain
    BROKEN = "rusak"  # it answers, but not with a feed
    UNREACHABLE = "putus"  # it does not answer, or with an error
    SILENT = "diam"
    QUIET = "sepi"
    NEGLECTED = "terlewat"  # it is we who did not ask
    BUSY = "ramai"
    POOR = "cacat"  # entries lost their dates, texts or links
    NEVER = "belum"  # never an answer that could be read
    LEARNING = "baru"  # too young to know what is usual
    WELL = "lancar"
    PAUSED = "dijeda"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Of `entries`, how many brought a date that can be, a text, and a link."""

    entries: int = 0
    dated: int = 0
    texted: int = 0
    linked: int = 0

    def shares(self) -> tuple[float, float, float]:
        """Of date, text and link, 0 .. 1; nothing seen counts as nothing wrong."""
        if not self.entries:
            return (1.0, 1.0, 1.0)
        return (self.dated / self.entries, self.texted / self.entries, self.linked / self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a source adds: accepted incidents it reported, those it had before all others, and those alone."""

    accepted: int = 0
    first: int = 0
    alone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One source's report of an accepted incident; `at` is when it was published, or seen if undated."""

    incident_id: int
    source_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What is stored of a source, ready to judge.

    `entries` by age in whole days before the last good answer; `reached` the ages of which we know, the
    first day of a source left out, because it brings what had piled up. `status` is of the last fetch.
    """

    source: Source
    entries: Mapping[int, int]
    reached: frozenset[int]
    last_entry_at: datetime | None = None
    status: int | None = None
    recent: Quality = Quality()
    earlier: Quality = Quality()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """`why` and `notes` are Indonesian sentences; `entries` came in the 24 h before the last good answer."""

    source: Source
    condition: Condition
    alarm: bool
    why: str
    notes: tuple[str, ...] = ()
    entries: int = 0
    usual: Usual | None = None
    last_entry_at: datetime | None = None
    quality: Quality = Quality()
    worth: Worth = Worth()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLine:
    at: datetime
    state: str  # "baru", "tetap", "gagal"
    status: int | None
    reason: str
    new: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source by itself; days oldest first, fetches newest first."""

    health: SourceHealth
    days: tuple[SourceDay, ...]
    fetches: tuple[FetchLine, ...]


def judge(track: Track, now: datetime, worth: Worth | None = None) -> SourceHealth:
    """How the source fares at `now`."""
    pace = _pace(track)
    condition, alarm, why = _condition(track, pace, now)
    moved = track.source.moved_to
    return SourceHealth(
        source=track.source,
        condition=condition,
        alarm=alarm,
        why=why,
        notes=(f"Umpan pindah alamat ke {moved}; alamat baru itu menunggu persetujuan.",) if moved else (),
        entries=track.entries.get(0, 0),
        usual=usual(pace) if pace else None,
        last_entry_at=track.last_entry_at,
        quality=track.recent,
        worth=worth or Worth(),
    )


def worths(told: Iterable[Told]) -> dict[int, Worth]:
    """By source; of two sources that had an incident at the same moment both had it first."""
    incidents: dict[int, dict[int, datetime]] = {}
    for one in told:
        by_source = incidents.setdefault(one.incident_id, {})
        by_source[one.source_id] = min(one.at, by_source.get(one.source_id, one.at))
    counts: dict[int, list[int]] = {}
    for by_source in incidents.values():
        earliest = min(by_source.values())
        for source_id, at in by_source.items():
            count = counts.setdefault(source_id, [0, 0, 0])
            count[0] += 1
            count[1] += at == earliest
            count[2] += len(by_source) == 1
    return {key: Worth(accepted=a, first=f, alone=o) for key, (a, f, o) in counts.items()}


def urgency_of(one: SourceHealth) -> tuple[bool, int, str, int]:
    """Sort key: alarms first, then by condition, then by name."""
    return (not one.alarm, tuple(Condition).index(one.condition), one.source.name.casefold(), one.source.id)


def _condition(track: Track, pace: Pace | None, now: datetime) -> tuple[Condition, bool, str]:
    source = track.source
    if source.standing is Standing.GIVEN_UP and source.last_try_at is not None:
        return Condition.GONE, now - source.last_try_at < _GIVEN_UP_TOLD, source.last_reason
    if source.state is SourceState.PAUSED:
        return Condition.PAUSED, False, "Dihentikan sementara oleh operator."
    if now - source.due_at >= _OVERDUE:
        since = "" if source.last_try_at is None else f" sejak {short_words(source.last_try_at)}"
        return Condition.NEGLECTED, True, f"Tidak diambil{since}: pengambilan Dini tidak berjalan."
    if source.last_success_at is None:
        told = "Belum pernah diambil." if source.last_try_at is None else "Belum pernah berhasil."
        return Condition.NEVER, False, f"{told} {source.last_reason}".strip()
    if source.failures:
        return _failing(track, now, source.last_success_at)
    return _amount(track, pace, now) or _quality(track) or _well(track, pace)


def _failing(track: Track, now: datetime, success: datetime) -> tuple[Condition, bool, str]:
    source = track.source
    lasting = source.failures >= _FAILURES and now - success >= _OUT_OF_REACH
    told = (
        f"Berhasil terakhir {short_words(success)}, lalu gagal {source.failures} kali: {source.last_reason}"
    )
    if track.status == _OK:
        return Condition.BROKEN, lasting, f"Server menjawab, tetapi isinya bukan umpan. {told}"
    return Condition.UNREACHABLE, lasting, told


def _amount(track: Track, pace: Pace | None, now: datetime) -> tuple[Condition, bool, str] | None:
    silence = now - (track.last_entry_at or track.source.added_at)
    if silence >= _LONG_SILENCE:
        told = "Tidak ada berita baru" if track.last_entry_at else "Belum pernah membawa berita"
        return Condition.SILENT, True, f"{told} selama {silence.days} hari, walau umpannya terbaca."
    if pace is None:
        return None
    count, expected = track.entries.get(0, 0), usual(pace)
    words = f"biasanya {_range(expected)} pada hari seperti ini"
    if count == 0 and at_most(pace, _mute(track), 0) < _SILENT:
        when = f" sejak {short_words(track.last_entry_at)}" if track.last_entry_at else ""
        hours = int(silence.total_seconds() // 3600)
        told = f"Tidak ada berita baru{when} ({hours} jam), walau umpannya terbaca; {words}."
        return Condition.SILENT, True, told
    if 0 < count <= _HALF * expected.mean and at_most(pace, [0], count) < _QUIET:
        return Condition.QUIET, True, f"Hanya {count} berita dalam 24 jam; {words}."
    if count >= _MUCH_MORE * expected.mean and at_least(pace, [0], count) < _BUSY:
        return Condition.BUSY, True, f"{count} berita dalam 24 jam, jauh di atas biasa; {words}."
    return None


def _quality(track: Track) -> tuple[Condition, bool, str] | None:
    if min(track.recent.entries, track.earlier.entries) < _QUALITY_ENTRIES:
        return None
    names = ("tanggal", "isi", "tautan")
    lost = [
        f"{name} {is_now:.0%} (sebelumnya {was:.0%})"
        for name, is_now, was in zip(names, track.recent.shares(), track.earlier.shares(), strict=True)
        if is_now < _GOOD_SHARE and was - is_now >= _DROP
    ]
    if not lost:
        return None
    return Condition.POOR, True, f"Mutu umpan turun; berita tujuh hari ini yang lengkap: {', '.join(lost)}."


def _well(track: Track, pace: Pace | None) -> tuple[Condition, bool, str]:
    count = track.entries.get(0, 0)
    if pace is None:
        known = len(track.reached - {0})
        if known >= HISTORY_LEAST:
            return Condition.LEARNING, False, f"Belum ada berita selama {known} hari teramati."
        told = f"{count} berita dalam 24 jam; baru {known} hari teramati, belum cukup untuk tahu yang biasa."
        return Condition.LEARNING, False, told
    return Condition.WELL, False, f"{count} berita dalam 24 jam; biasanya {_range(usual(pace))}."


def _pace(track: Track) -> Pace | None:
    """What was usual before the silence that may be on, else before the last 24 hours."""
    until = max(_mute(track), default=0)
    past = [
        Window(age=age, entries=track.entries.get(age, 0))
        for age in sorted(track.reached)
        if until < age < HISTORY
    ]
    return fit(past) if len(past) >= HISTORY_LEAST else None


def _mute(track: Track) -> Sequence[int]:
    """The ages without an entry up to now, as far as we looked."""
    first = min((age for age, count in track.entries.items() if count), default=HISTORY)
    return [age for age in range(min(first, HISTORY)) if age in track.reached or age == 0]


def _range(expected: Usual) -> str:
    return f"{expected.low}" if expected.low == expected.high else f"{expected.low} sampai {expected.high}"
