"""The audit trail's verbs: reads, exports and refusals are recorded; the chain is shown and checked."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from screening.audit import DIFFER, AuditFilter, AuditRow, AuditVerdict, verify
from screening.config import Settings
from screening.errors import Refused
from screening.journal import Journal
from screening.records import Account
from screening.store import Store
from screening.windows import WIB

HEAD_EVENT = "audit_head"
EXPORT = "ekspor.unduh"
OVER = "ekspor.melebihi"
SETTINGS = "pengaturan.muat"
_FLUSH_SECONDS = 2.0
_FLUSH_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Rows, newest first; `older` is the seq to go on before, None at the end; `names` of their accounts."""

    rows: tuple[AuditRow, ...]
    older: int | None
    names: Mapping[int, str]
    verbs: tuple[str, ...]
    head: tuple[int, str]


class Audits:
    """Who read, took and tried what. Writing verbs record in their own transaction, by `books.audit`."""

    def __init__(self, store: Store, settings: Settings, journal: Journal) -> None:
        self._store, self._quota, self._journal = store, settings.quota, journal
        self._keep_days = settings.keep.audit_days
        self._mark, self._told = settings_mark(settings), False
        self._lock = threading.Lock()
        self._seen: set[tuple[int | None, str, str]] = set()
        self._period = ""
        self._waiting: list[tuple[datetime, int | None, str, str]] = []
        self._timer: threading.Timer | None = None

    def record(
        self, now: datetime, account_id: int | None, what: str, subject: str = "", detail: str = ""
    ) -> None:
        """One row in a transaction of its own: for what changes nothing else."""
        with self._store.writing(linking=False) as books:
            books.audit.record(now, account_id, what, subject, detail)

    def saw(self, now: datetime, account_id: int | None, what: str, subject: str) -> None:
        """A read: once an account, thing and hour, written within two seconds, never while the reader waits.

        A process killed in between loses those seconds; each row has the time of the read itself.
        """
        self._note(now, account_id, what, subject, period=now.astimezone(WIB).strftime("%Y-%m-%d %H"))

    def used(self, now: datetime, account_id: int | None, what: str, subject: str) -> None:
        """As `saw`, once a day (WIB)."""
        self._note(now, account_id, what, subject, period=now.astimezone(WIB).strftime("%Y-%m-%d"))

    def _note(self, now: datetime, account_id: int | None, what: str, subject: str, *, period: str) -> None:
        with self._lock:
            day = now.astimezone(WIB).date().isoformat()
            if day != self._period:
                self._seen.clear()
                self._period = day
            mark = (account_id, what, f"{period} {subject}")
            if mark in self._seen:
                return
            self._seen.add(mark)
            self._waiting.append((now, account_id, what, subject))
            full = len(self._waiting) >= _FLUSH_ROWS
            if self._timer is None and not full:
                self._timer = threading.Timer(_FLUSH_SECONDS, self._flush_quietly)
                self._timer.daemon = True
                self._timer.start()
        if full:
            self.flush()

    def flush(self) -> None:
        """Write the reads that wait; on failure they wait on and the error goes up."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            with self._store.writing(linking=False) as books:
                for one in waiting:
                    books.audit.record(*one)
        except Exception:
            with self._lock:
                self._waiting = waiting + self._waiting
            raise

    def close(self) -> None:
        """What still waits is written, if it can be."""
        self._flush_quietly()

    def _flush_quietly(self) -> None:
        try:
            self.flush()
        except Exception as error:  # noqa: BLE001  in a thread of its own; the next read tries again
            self._journal.event("audit_reads_unwritten", warning=True, kind=type(error).__name__)

    # --- exports

    def spend(self, account: Account, rows: int, now: datetime, subject: str = "") -> None:
        """Record an export of so many rows; `Refused` when the account's day (WIB) goes over its quota."""
        start = now.astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
        with self._store.writing(linking=False) as books:
            books.audit.hold_tail()  # two exports at once must not both find room for themselves
            exports, taken = books.audit.spent(account.id, EXPORT, start)
            over = self._quota.passed(exports, taken, rows)
            books.audit.record(now, account.id, OVER if over else EXPORT, subject, f"baris={rows}")
        if over:
            self._journal.event(
                "export_quota_passed",
                warning=True,
                account_id=account.id,
                exports=exports,
                rows=taken,
                asked=rows,
                at=now.isoformat(),
            )
            raise Refused(
                f"Kuota unduhan hari ini terlampaui: {exports} unduhan dengan {taken} baris sudah diambil, "
                f"dan {rows} baris lagi melewati batas. Persempit saringan, coba lagi besok, atau hubungi "
                "administrator."
            )

    # --- the chain

    def head(self) -> tuple[int, str]:
        """(seq, hash) of the newest row."""
        with self._store.reading() as books:
            return books.audit.head()

    def witness(self, now: datetime) -> tuple[int, str]:
        """The head, also written to the operator's log: a witness outside the database."""
        self.flush()
        self._tell_settings(now)
        seq, hashed = self.head()
        self._journal.keep(HEAD_EVENT, seq=seq, hash=hashed, at=now.isoformat())
        return seq, hashed

    def _tell_settings(self, now: datetime) -> None:
        """Other settings than those last told leave a row; their values are not kept."""
        if self._told:
            return
        with self._store.writing(linking=False) as books:
            if books.audit.newest_subject(SETTINGS) != self._mark:
                books.audit.record(now, None, SETTINGS, self._mark)
        self._told = True

    def verify(
        self,
        heads: Mapping[int, str],
        *,
        times: Mapping[int, datetime] | None = None,
        keep_days: int | None = None,
        now: datetime | None = None,
    ) -> AuditVerdict:
        """The whole chain in one view, at flat memory, against heads witnessed outside (by seq).

        `times`: when each was last seen. `keep_days`: how long rows had to be kept when the beginning was
        cut; None: as it is set now.
        """
        days = self._keep_days if keep_days is None else keep_days
        with self._store.reading() as books:
            verdict = verify(books.audit.every(), heads, times=times, keep_days=days, now=now)
            total = books.audit.total()
        if verdict.whole and total != verdict.rows:
            # Only without its primary key can a table hold a number twice, across two pages of the walk.
            return AuditVerdict(
                rows=verdict.rows,
                first=verdict.first,
                head=verdict.head,
                heads=verdict.heads,
                bad=verdict.first,
                why="nomor yang sama lebih dari satu kali",
            )
        return verdict

    def page(self, wanted: AuditFilter) -> AuditPage:
        """Rows that pass the filter, newest first."""
        self.flush()
        with self._store.reading() as books:
            rows = books.audit.some(wanted, wanted.limit + 1)
            names = books.audit.account_names({one.account_id for one in rows if one.account_id is not None})
            verbs, head = books.audit.verbs(), books.audit.head()
        shown = rows[: wanted.limit]
        older = shown[-1].seq if len(rows) > wanted.limit else None
        return AuditPage(rows=tuple(shown), older=older, names=names, verbs=verbs, head=head)


def settings_mark(settings: Settings) -> str:
    """Which settings are at work, without any of them: a short hash, into which no secret goes."""
    return hashlib.sha256(repr(replace(settings, database_url="")).encode()).hexdigest()[:12]


class Heads:
    """Heads witnessed outside: `hashes` by seq, and `times`, when each was last seen."""

    def __init__(self) -> None:
        self.hashes: dict[int, str] = {}
        self.times: dict[int, datetime] = {}

    def add(self, seq: int, hashed: str, at: datetime | None = None) -> None:
        # Two witnesses that differ: the chain was cut or rewritten before the second, so no row can match.
        self.hashes[seq] = hashed if self.hashes.get(seq, hashed) == hashed else DIFFER
        if at is not None:
            self.times[seq] = max(at, self.times.get(seq, at))

    def untimed(self, before: int) -> tuple[int, ...]:
        """Seqs below `before` that nobody says when they were seen: they cannot speak against a cut."""
        return tuple(sorted(seq for seq in self.hashes if seq < before and seq not in self.times))

    def read(self, path: Path) -> None:
        """Those of an operator's log and of its rotated files (`.gz` too). No file: none."""
        for one in sorted(path.parent.glob(f"{path.name}*")):
            opened = gzip.open if one.suffix == ".gz" else open
            with opened(one, "rt", encoding="utf-8", errors="replace") as lines:
                self.read_lines(lines)

    def read_lines(self, lines: Iterable[str]) -> None:
        """Those in log lines; a line that is none, or is broken, is passed over."""
        for line in lines:
            start = line.find("{")  # a journal daemon may put its own words in front
            if start < 0 or HEAD_EVENT not in line:
                continue
            try:
                told = json.loads(line[start:])
                seq, hashed, at = told["seq"], told["hash"], read_moment(told.get("at"))
            except (ValueError, KeyError, TypeError):
                continue
            right = isinstance(seq, int) and seq > 0 and isinstance(hashed, str)
            if told.get("event") == HEAD_EVENT and right:
                self.add(seq, hashed, at)


def heads_in(path: Path) -> dict[int, str]:
    """Heads witnessed in an operator's log and in its rotated files, by seq. No file: none."""
    found = Heads()
    found.read(path)
    return found.hashes


def read_moment(text: object) -> datetime | None:
    """The moment an ISO text says; None when it is none with its zone."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
