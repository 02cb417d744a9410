"""The operator's view of the running service: is it ready, its figures for metrics, and its backups' age."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from screening import desk_health
from screening.backup import LastBackup, last_backup
from screening.config import Settings
from screening.coverage import piece_of
from screening.errors import DeskError
from screening.health import Condition
from screening.journal import Journal
from screening.post import PostKind, PostState
from screening.readiness import (
    PART_NAMES,
    Finding,
    Part,
    collecting_finding,
    disk_finding,
    post_finding,
    schema_finding,
)
from screening.records import Check
from screening.store import Store
from screening.taxonomy import Severity

BACKUP_AGE = timedelta(days=3)
_READY_KEPT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a scrape shows, cheap to read: no figure here is about a person or an account."""

    queue: Mapping[Severity, int]
    oldest_urgent: datetime | None
    outbox: Mapping[PostState, int]
    waiting: Mapping[PostKind, datetime]
    counted: Mapping[str, int]  # of all fetches ever, by name: outcomes, entries, reasons, page visits
    audit_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowFigures:
    """What takes longer with the size of the database; read every few minutes."""

    conditions: Mapping[Condition, int]
    assessments: Mapping[bool, int]  # by flagged
    database_bytes: int


class Operations:
    """Reads only; `trouble` and `findings` never raise for a broken database."""

    def __init__(self, store: Store, settings: Settings, journal: Journal) -> None:
        self._store, self._settings, self._journal = store, settings, journal
        self._lock = threading.Lock()
        self._looked: tuple[datetime, bool] | None = None
        self._edge: datetime | None = None
        self._closed: Counter[str] = Counter()

    def trouble(self) -> str:
        """Empty when the database answers, else what is wrong in words."""
        return self._store.trouble()

    def lost(self, error: BaseException) -> bool:
        """Whether an error came of a database that was away, so that the same may go well later."""
        return self._store.lost(error)

    def schema_trouble(self) -> str:
        """Empty when the database answers and is at this program's revision."""
        found = self._schema()
        return "" if found.ok else found.detail

    def findings(self, now: datetime) -> tuple[Finding, ...]:
        """Every part in order; what cannot be looked at because the database is away is not well."""
        schema = self._schema()
        disk = disk_finding(self._free())
        # The desk does not open without a model, so one that answers has one.
        model = Finding(part=Part.MODEL, ok=True, detail="Model termuat.")
        if not schema.ok:
            return (schema, model, disk)
        try:
            with self._store.reading() as books:
                work = books.operating.work()
        except DeskError as error:
            return (Finding(part=Part.DATABASE, ok=False, detail=error.detail), model, disk)
        collecting = collecting_finding(work, self._settings.collect_interval_minutes, now)
        return (schema, model, disk, collecting, post_finding(work, now))

    def ready(self, now: datetime) -> bool:
        """Whether every part is well; looked at once in five seconds, however many strangers ask."""
        with self._lock:
            if self._looked is None or not timedelta(0) <= now - self._looked[0] < _READY_KEPT:
                found = self.findings(now)
                wrong = [one for one in found if not one.ok]
                if wrong and (self._looked is None or self._looked[1]):
                    told = {one.part.value: one.detail for one in wrong}
                    self._journal.event("not_ready", warning=True, parts=told)
                self._looked = (now, not wrong)
            return self._looked[1]

    def checks(self, now: datetime) -> tuple[Check, ...]:
        """What `dini doctor` adds to its own looks."""
        told = [
            Check(name=PART_NAMES[one.part], ok=one.ok, detail=one.detail)
            for one in self.findings(now)
            if one.part not in (Part.DATABASE, Part.MODEL)
        ]
        return (*told, self._backup(now))

    def figures(self, now: datetime) -> Figures:
        with self._store.reading() as books:
            own = books.operating
            # Pieces of a day that are over do not change any more: they are summed up once.
            edge = piece_of(now)
            if self._edge is None or edge > self._edge:
                self._closed.update(own.counted(self._edge, edge))
                self._edge = edge
            return Figures(
                queue=own.queue(),
                oldest_urgent=own.oldest_urgent(),
                outbox=own.outbox(),
                waiting=own.work().waiting,
                counted=self._closed + Counter(own.counted(self._edge, None)),
                audit_seq=books.audit.head()[0],
            )

    def slow_figures(self, now: datetime) -> SlowFigures:
        conditions = Counter(one.condition for one in desk_health.overview(self._store, now))
        with self._store.reading() as books:
            return SlowFigures(
                conditions={condition: conditions[condition] for condition in Condition},
                assessments=books.operating.assessments(),
                database_bytes=books.operating.size(),
            )

    def last_backup(self) -> LastBackup | None:
        """The newest good one that was made with this data folder."""
        return last_backup(self._settings.data_dir)

    def free_bytes(self) -> int | None:
        return self._free()

    def _schema(self) -> Finding:
        trouble = self._store.trouble()
        if trouble:
            return schema_finding(None, None, trouble)
        return schema_finding(*self._store.revision())

    def _free(self) -> int | None:
        try:
            return shutil.disk_usage(self._settings.data_dir).free
        except OSError:
            return None

    def _backup(self, now: datetime) -> Check:
        found = self.last_backup()
        if found is None:
            return Check(name="cadangan", ok=True, detail="Belum pernah dibuat. Buat: dini backup BERKAS")
        hours = int((now - found.at).total_seconds() // 3600)
        return Check(
            name="cadangan",
            ok=now - found.at <= BACKUP_AGE,
            detail=f"Terakhir {hours} jam lalu: {found.file}.",
        )
