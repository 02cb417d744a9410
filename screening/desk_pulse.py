"""What changed in the queue since a page was shown: asked every quarter of a minute, so it must be cheap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from screening.records import Decision, Holding, QueueFilter
from screening.store import Store
from screening.taxonomy import Severity

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """How a line that is on somebody's screen stands now; `merged_into` when it has no reports any more."""

    incident_id: int
    is_open: bool
    decision: Decision | None
    review_id: int | None
    reviewed_by: str
    merged_into: int | None
    holding: Holding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """`arrived`: incidents of the filter found since then; `counts`: open ones of its area by level."""

    arrived: int
    lines: tuple[LineState, ...]
    counts: tuple[tuple[Severity, int], ...]


class Pulses:
    def __init__(self, store: Store) -> None:
        self._store = store

    def at(self, flt: QueueFilter, since: datetime, incident_ids: Sequence[int], now: datetime) -> Pulse:
        """Of a filter, since the page was shown, and of the lines on it (at most 200).

        A line whose incident its reader must now read blind (`flt.account_id`) is left out.
        """
        shown = list(incident_ids)[:MOST]
        with self._store.reading() as books:
            arrived = books.queues.arrived(flt, since, now)
            rows = books.queues.marks(shown, flt.account_id, flt.sight)
            held = books.hands.live(shown, now)
            counts = books.incidents.open_counts(flt.area, flt.sight)
        return Pulse(
            arrived=arrived,
            lines=tuple(
                LineState(
                    incident_id=row.id,
                    is_open=row.is_open,
                    decision=Decision(row.decision) if row.decision else None,
                    review_id=row.review_id,
                    reviewed_by=row.reviewed_by,
                    merged_into=row.merged_into,
                    holding=held.get(row.id),
                )
                for row in rows
            ),
            counts=tuple((level, counts.get(level, 0)) for level in sorted(Severity, reverse=True)),
        )

    def tiers(self) -> list[str]:
        """What sources are graded as."""
        with self._store.reading() as books:
            return books.queues.tiers()
