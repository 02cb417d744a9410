"""Rows of what people decided, with the raw texts, for training; reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import sqlalchemy as sa

from screening.labels import LabelRow, Labels, codes_of, irrelevant
from screening.records import Decision
from screening.sampling import Verdict
from screening.schema import incident, item, review
from screening.schema_second import adjudication, sample_item, second_reading
from screening.taxonomy import RejectReason, Severity


class LabelBook:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def all(self) -> Labels:
        """Lead reports of decided incidents, then sample items answered no; by item id within each."""
        left_out: Counter[str] = Counter()
        rows = [*self._decided(left_out), *self._sampled(left_out)]
        return Labels(rows=tuple(rows), left_out=tuple(sorted(left_out.items())))

    def _decided(self, left_out: Counter[str]) -> list[LabelRow]:
        query = (
            sa.select(
                incident,
                item.c.id.label("item_id"),
                item.c.title.label("item_title"),
                item.c.text,
                item.c.link,
                review.c.reason,
                second_reading.c.state.label("second_state"),
                second_reading.c.differs,
                adjudication.c.id.label("settled"),
            )
            .join(item, item.c.id == incident.c.lead_item_id)
            .join(review, review.c.id == incident.c.review_id)
            .outerjoin(second_reading, second_reading.c.incident_id == incident.c.id)
            .outerjoin(adjudication, adjudication.c.reading_id == second_reading.c.id)
            .where(incident.c.merged_into.is_(None), incident.c.decision.is_not(None))
            .order_by(item.c.id)
        )
        found = []
        for row in self._db.execute(query):
            answered = row.second_state == "dijawab"
            if answered and row.differs and row.settled is None:
                left_out["menunggu putusan ketiga"] += 1
                continue
            codes = codes_of(
                Decision(row.decision),
                RejectReason(row.reason) if row.reason else None,
                issue=row.issue,
                form=row.form,
                realis=row.realis,
                severity=Severity(row.severity),
            )
            if codes is None:
                left_out[f"putusan {row.decision} {row.reason or ''}".strip()] += 1
                continue
            stratum = "putusan_ketiga" if row.settled else "dua_pembaca" if answered else "putusan"
            found.append(
                LabelRow(
                    id=f"butir-{row.item_id}",
                    title=row.item_title,
                    text=row.text,
                    url=row.link,
                    place=row.place_name if codes.flag else "",
                    group=f"insiden-{row.id}",
                    stratum=stratum,
                    **asdict(codes),
                )
            )
        return found

    def _sampled(self, left_out: Counter[str]) -> list[LabelRow]:
        query = (
            sa.select(item.c.id, item.c.title, item.c.text, item.c.link, sample_item.c.verdict)
            .join(item, item.c.id == sample_item.c.item_id)
            .where(sample_item.c.verdict.is_not(None), sample_item.c.promoted.is_(False))
            .order_by(item.c.id)
        )
        found = []
        for row in self._db.execute(query):
            if row.verdict != Verdict.NO:
                # Yes without an incident has no codes; they come when it is made one and decided.
                left_out[f"sampel {row.verdict}"] += 1
                continue
            found.append(
                LabelRow(
                    id=f"butir-{row.id}",
                    title=row.title,
                    text=row.text,
                    url=row.link,
                    place="",
                    group=f"butir-{row.id}",
                    stratum="sampel",
                    **asdict(irrelevant()),
                )
            )
        return found
