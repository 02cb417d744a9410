"""Prometheus metrics on a port of their own: counts and ages of things, never of a person or an account.

What this process did is counted here; what the database knows is read when it is scraped, in the thread of
the scrape, and kept for a few seconds, so that no number of scrapers is felt by those who work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from feeds import PageVisit
from screening import Desk, Figures, LedgerReason, SlowFigures

log = structlog.get_logger("dini.metrics")

QUICK_SECONDS, SLOW_SECONDS = 15.0, 300.0
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)
OUTCOMES = {"ok": "berhasil", "failed": "gagal"}
ENTRIES = {"new": "baru", "changed": "diubah"}


class Meter:
    """One registry of this process; `open` serves it, without that it only counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        PlatformCollector(registry=self.registry)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Counter(
            "dini_http_requests",
            "Requests answered, by route template, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "dini_http_request_seconds",
            "Time until the last byte of an answer was handed over.",
            ("route", "method"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._rounds = Counter(
            "dini_rounds",
            "Rounds of the background work of this process, by kind and outcome.",
            ("round", "outcome"),
            registry=self.registry,
        )
        self._last_round = Gauge(
            "dini_round_last_success_timestamp_seconds",
            "When a round of this process last ended well.",
            ("round",),
            registry=self.registry,
        )

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def rounded(self, name: str, *, ok: bool, now: datetime) -> None:
        self._rounds.labels(name, "ok" if ok else "failed").inc()
        if ok:
            self._last_round.labels(name).set(now.timestamp())

    def show(self, desk: Desk, clock: Callable[[], datetime]) -> None:
        """From now on a scrape reads the figures of this desk too."""
        self.registry.register(_Scrape(desk, clock))

    def open(self, host: str, port: int) -> Callable[[], None]:
        """Serve `/metrics` there, in threads of its own, until the returned function is called. `OSError`."""
        server, thread = start_http_server(port, host, self.registry)

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join(5)

        return close


class _Scrape:
    """The desk's figures as metric families; of a database that is away only `dini_database_up 0`."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._desk, self._clock = desk, clock
        self._lock = threading.Lock()
        self._kept: tuple[float, list[Metric]] = (-QUICK_SECONDS, [])
        self._slow: tuple[float, SlowFigures | None] = (-SLOW_SECONDS, None)

    def describe(self) -> Iterable[Metric]:
        return ()  # asked at registration, where no database may be asked

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            read_at, found = self._kept
            if time.monotonic() - read_at >= QUICK_SECONDS:
                found = list(self._read(self._clock()))
                self._kept = (time.monotonic(), found)
        yield from found

    def _read(self, now: datetime) -> Iterator[Metric]:
        operations = self._desk.operations
        findings = operations.findings(now)
        yield _gauge(
            "dini_ready",
            "1 when this part of the service is well.",
            ("part",),
            (((one.part.value,), one.ok) for one in findings),
        )
        yield _gauge(
            "dini_model_info", "The model that judges.", ("version",), [((self._desk.model_name(),), 1)]
        )
        if (free := operations.free_bytes()) is not None:
            yield _gauge("dini_disk_free_bytes", "Free where the data folder is.", (), [((), free)])
        if (backup := operations.last_backup()) is not None:
            age = (now - backup.at).total_seconds()
            yield _gauge("dini_backup_age_seconds", "Since the last good backup.", (), [((), age)])
        figures, slow = self._figures(now)
        up = figures is not None and slow is not None
        yield _gauge("dini_database_up", "1 when the database answered this scrape.", (), [((), up)])
        if figures is not None and slow is not None:
            yield from _of_work(figures, now)
            yield from _of_collecting(figures, slow)

    def _figures(self, now: datetime) -> tuple[Figures | None, SlowFigures | None]:
        operations = self._desk.operations
        if operations.schema_trouble():
            return None, None
        try:
            figures = operations.figures(now)
            read_at, slow = self._slow
            if slow is None or time.monotonic() - read_at >= SLOW_SECONDS:
                slow = operations.slow_figures(now)
                self._slow = (time.monotonic(), slow)
        except Exception:
            log.warning("scrape_failed", exc_info=True)
            return None, None
        return figures, slow


def _of_work(figures: Figures, now: datetime) -> Iterator[Metric]:
    yield _gauge(
        "dini_queue_incidents",
        "Incidents that wait for a decision, by level.",
        ("level",),
        (((level.name.lower(),), count) for level, count in figures.queue.items()),
    )
    age = 0.0 if figures.oldest_urgent is None else (now - figures.oldest_urgent).total_seconds()
    yield _gauge(
        "dini_queue_oldest_urgent_seconds",
        "Since the longest waiting undecided SIAGA or DARURAT was published; 0 when none waits.",
        (),
        [((), max(age, 0.0))],
    )
    yield _gauge(
        "dini_outbox_messages",
        "Messages in the outbox, by state.",
        ("state",),
        (((state.name.lower(),), count) for state, count in figures.outbox.items()),
    )
    yield _gauge(
        "dini_outbox_oldest_waiting_seconds",
        "Since the longest waiting message was caused, by kind.",
        ("kind",),
        (((kind.value,), (now - since).total_seconds()) for kind, since in figures.waiting.items()),
    )
    yield _gauge(
        "dini_audit_head_seq", "Number of the newest row of the audit trail.", (), [((), figures.audit_seq)]
    )


def _of_collecting(figures: Figures, slow: SlowFigures) -> Iterator[Metric]:
    told = figures.counted
    yield _counter(
        "dini_fetches",
        "Fetches of sources.",
        "outcome",
        ((name, told.get(key, 0)) for name, key in OUTCOMES.items()),
    )
    yield _counter(
        "dini_entries",
        "Entries stored, new or changed.",
        "kind",
        ((name, told.get(key, 0)) for name, key in ENTRIES.items()),
    )
    yield _counter(
        "dini_entries_set_aside",
        "Entries that did not reach the queue, by reason of the ledger.",
        "reason",
        ((reason.value, told.get(reason.value, 0)) for reason in LedgerReason),
    )
    yield _counter(
        "dini_article_pages",
        "Article pages asked for, by what came of it.",
        "visit",
        ((visit.value, told.get(visit.value, 0)) for visit in PageVisit),
    )
    yield _gauge(
        "dini_sources",
        "Sources by condition.",
        ("condition",),
        (((condition.value,), count) for condition, count in slow.conditions.items()),
    )
    yield _gauge(
        "dini_assessments",
        "Stored assessments.",
        ("flagged",),
        (((str(flagged).lower(),), count) for flagged, count in slow.assessments.items()),
    )
    yield _gauge("dini_database_bytes", "Size of the database.", (), [((), slow.database_bytes)])


def _gauge(
    name: str, words: str, labels: tuple[str, ...], samples: Iterable[tuple[tuple[str, ...], Any]]
) -> Metric:
    made = GaugeMetricFamily(name, words, labels=labels)
    for values, value in samples:
        made.add_metric(values, float(value))
    return made


def _counter(name: str, words: str, label: str, samples: Iterable[tuple[str, int]]) -> Metric:
    made = CounterMetricFamily(name, words, labels=(label,))
    for value, count in samples:
        made.add_metric((value,), count)
    return made
