"""Rows of the weekly samples of what was not flagged, and of incidents learnt of from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.errors import NotFound
from screening.records import Area, Decision
from screening.sampling import (
    Drawn,
    Elsewhere,
    ElsewhereDraft,
    Found,
    Kind,
    SampleItem,
    Teller,
    Verdict,
    WeekFigure,
    figure_of,
    kind_by_length,
    week_bounds,
)
from screening.schema import assessment, incident, incident_item, inserted_id, item, source
from screening.schema_second import learnt_elsewhere, sample_item, sample_week
from screening.store_items import read_item


class Samples:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- drawing

    def drawn(self, weeks: Sequence[str]) -> set[str]:
        return set(self._db.scalars(sa.select(sample_week.c.week).where(sample_week.c.week.in_(weeks))))

    def not_flagged(self, start: datetime, end: datetime) -> Iterator[tuple[int, Kind]]:
        """Items first seen in [start, end) that the machine did not flag and that are in no incident."""
        query = (
            sa.select(item.c.id, sa.func.length(item.c.text))
            .join(assessment, assessment.c.item_id == item.c.id)
            .outerjoin(incident_item, incident_item.c.item_id == item.c.id)
            .where(
                item.c.first_seen >= start,
                item.c.first_seen < end,
                assessment.c.flagged.is_(False),
                incident_item.c.item_id.is_(None),
            )
        )
        for number, length in self._db.execute(query):
            yield int(number), kind_by_length(int(length))

    def keep(self, week: str, population: int, drawn: Sequence[Drawn], now: datetime) -> None:
        values = {"week": week, "drawn_at": now, "population": population, "size": len(drawn)}
        self._db.execute(sample_week.insert().values(**values))
        rows = [
            {
                "week": week,
                "item_id": one.item_id,
                "kind": one.kind,
                "position": one.position,
                "promoted": False,
            }
            for one in drawn
        ]
        self._db.execute(sample_item.insert(), rows)

    # --- answering

    def unanswered(self) -> tuple[list[int], str]:
        """(rows of the newest week that is not read to its end, in their random order; that week)."""
        newest = sa.select(sa.func.max(sample_item.c.week)).where(sample_item.c.verdict.is_(None))
        query = (
            sa.select(sample_item.c.id, sample_item.c.week)
            .where(sample_item.c.verdict.is_(None), sample_item.c.week == newest.scalar_subquery())
            .order_by(sample_item.c.position)
        )
        rows = self._db.execute(query).all()
        return [int(row.id) for row in rows], rows[0].week if rows else ""

    def left(self) -> int:
        """How many items of all samples nobody has answered."""
        query = sa.select(sa.func.count()).select_from(sample_item).where(sample_item.c.verdict.is_(None))
        return self._db.scalar(query) or 0

    def one(self, sample_id: int) -> SampleItem:
        same_week = sample_item.alias("same_week")
        done = (
            sa.select(sa.func.count(same_week.c.verdict))
            .where(same_week.c.week == sample_week.c.week)
            .scalar_subquery()
        )
        query = (
            sa.select(
                item,
                source.c.name.label("source_name"),
                sample_item.c.id.label("sample_id"),
                sample_item.c.week,
                sample_item.c.verdict,
                incident_item.c.incident_id,
                sample_week.c.size,
                done.label("done"),
            )
            .select_from(sample_item)
            .join(sample_week, sample_week.c.week == sample_item.c.week)
            .join(item, item.c.id == sample_item.c.item_id)
            .join(source, source.c.id == item.c.source_id)
            .outerjoin(incident_item, incident_item.c.item_id == item.c.id)
            .where(sample_item.c.id == sample_id)
        )
        row = self._db.execute(query).first()
        if row is None:
            raise NotFound("Butir sampel itu tidak ada.")
        return SampleItem(
            id=row.sample_id,
            week=row.week,
            item=read_item(row),
            source_name=row.source_name,
            verdict=Verdict(row.verdict) if row.verdict else None,
            incident_id=row.incident_id,
            done=row.done,
            size=row.size,
        )

    def answered_by(self, sample_id: int) -> int | None:
        """Who answered it, so that only they may change it; taken with the row locked."""
        query = sa.select(sample_item.c.account_id).where(sample_item.c.id == sample_id)
        return self._db.scalar(query.with_for_update())

    def last_of(self, account_id: int) -> int | None:
        """The item this account answered last."""
        query = (
            sa.select(sample_item.c.id)
            .where(sample_item.c.account_id == account_id)
            .order_by(sample_item.c.answered_at.desc(), sample_item.c.id.desc())
        )
        return self._db.scalar(query.limit(1))

    def answer(self, sample_id: int, verdict: Verdict, account_id: int, now: datetime) -> None:
        values = {"verdict": verdict, "account_id": account_id, "answered_at": now}
        self._db.execute(sample_item.update().where(sample_item.c.id == sample_id).values(**values))

    def promote(self, sample_id: int) -> None:
        """From now on the item is a report, whatever the machine says of it."""
        self._db.execute(sample_item.update().where(sample_item.c.id == sample_id).values(promoted=True))

    # --- what it tells

    def weeks(self, start: datetime, end: datetime) -> list[WeekFigure]:
        """The samples of the weeks that begin in [start, end), newest first, with their estimates."""
        rows = self._db.execute(sa.select(sample_week).order_by(sample_week.c.week.desc())).all()
        chosen = [row for row in rows if start <= week_bounds(row.week)[0] < end]
        answers: dict[str, Counter[Verdict]] = {}
        told = sa.select(sample_item.c.week, sample_item.c.verdict, sa.func.count())
        told = told.where(
            sample_item.c.verdict.is_not(None), sample_item.c.week.in_([row.week for row in chosen])
        )
        for week, verdict, count in self._db.execute(
            told.group_by(sample_item.c.week, sample_item.c.verdict)
        ):
            answers.setdefault(week, Counter())[Verdict(verdict)] = int(count)
        found = []
        for row in chosen:
            accepted, undecided = self._reported(*week_bounds(row.week))
            found.append(
                figure_of(
                    row.week,
                    population=row.population,
                    size=row.size,
                    answers=answers.get(row.week, Counter()),
                    accepted=accepted,
                    undecided=undecided,
                )
            )
        return found

    def _reported(self, start: datetime, end: datetime) -> tuple[int, int]:
        """Items the machine flagged in [start, end): in accepted incidents, and in ours not yet decided."""
        accepted = sa.func.sum(sa.case((incident.c.decision == Decision.ACCEPT, 1), else_=0))
        waits = sa.and_(
            sa.or_(incident.c.decision.is_(None), incident.c.decision == Decision.UNSURE),
            incident.c.area != Area.OUTSIDE,
        )
        promoted = sa.select(sample_item.c.id).where(
            sample_item.c.item_id == item.c.id, sample_item.c.promoted.is_(True)
        )
        query = (
            sa.select(accepted, sa.func.sum(sa.case((waits, 1), else_=0)))
            .select_from(incident_item)
            .join(item, item.c.id == incident_item.c.item_id)
            .join(incident, incident.c.id == incident_item.c.incident_id)
            # What a person took out of the sample was missed, whatever became of it.
            .where(item.c.first_seen >= start, item.c.first_seen < end, ~promoted.exists())
        )
        row = self._db.execute(query).one()
        return int(row[0] or 0), int(row[1] or 0)

    def found(self, limit: int) -> list[Found]:
        """Items of samples that should have been flagged, newest first; titles are not masked yet."""
        query = (
            sa.select(
                sample_item.c.id,
                sample_item.c.week,
                sample_item.c.item_id,
                incident_item.c.incident_id,
                item.c.title,
                item.c.link,
                source.c.name,
            )
            .join(item, item.c.id == sample_item.c.item_id)
            .join(source, source.c.id == item.c.source_id)
            .outerjoin(incident_item, incident_item.c.item_id == item.c.id)
            .where(sample_item.c.verdict == Verdict.YES)
            .order_by(sample_item.c.week.desc(), sample_item.c.position)
            .limit(limit)
        )
        return [
            Found(
                sample_id=row.id,
                week=row.week,
                item_id=row.item_id,
                title=row.title,
                source_name=row.name,
                link=row.link,
                incident_id=row.incident_id,
            )
            for row in self._db.execute(query)
        ]

    # --- learnt from elsewhere

    def note_elsewhere(self, draft: ElsewhereDraft, account_id: int, now: datetime) -> int:
        values = {
            "day": draft.day,
            "place_code": draft.place_code,
            "issue": draft.issue,
            "teller": draft.teller,
            "incident_id": draft.incident_id,
            "account_id": account_id,
            "noted_at": now,
        }
        return inserted_id(self._db.execute(learnt_elsewhere.insert().values(**values)))

    def withdraw_elsewhere(self, number: int, now: datetime) -> None:
        """It counts no more. `NotFound` when it is not there, or was withdrawn."""
        query = learnt_elsewhere.update().where(
            learnt_elsewhere.c.id == number, learnt_elsewhere.c.withdrawn_at.is_(None)
        )
        if not self._db.execute(query.values(withdrawn_at=now)).rowcount:
            raise NotFound("Catatan itu tidak ada.")

    def elsewhere(self, start: datetime, end: datetime) -> list[Elsewhere]:
        """Those noted in [start, end) and not withdrawn, newest first."""
        query = sa.select(learnt_elsewhere).where(
            learnt_elsewhere.c.noted_at >= start,
            learnt_elsewhere.c.noted_at < end,
            learnt_elsewhere.c.withdrawn_at.is_(None),
        )
        return [_elsewhere(row) for row in self._db.execute(query.order_by(learnt_elsewhere.c.id.desc()))]


def _elsewhere(row: Any) -> Elsewhere:
    return Elsewhere(
        id=row.id,
        noted_at=row.noted_at,
        draft=ElsewhereDraft(
            day=row.day,
            place_code=row.place_code,
            issue=row.issue,
            teller=Teller(row.teller),
            incident_id=row.incident_id,
        ),
    )
