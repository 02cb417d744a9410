"""The words of incidents, and conditions on them: whole words, masked, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from models import EvidenceKind
from screening.linking import Known
from screening.records import Sight
from screening.said import read_assessment
from screening.schema import assessment, incident, incident_item, item, wording
from screening.store_offices import seen
from screening.watching import sentences_of
from screening.watching import wording as worded

_CHUNK = 200


class Wordings:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def write(self, incident_id: int, title: str, reports: Sequence[Known]) -> None:
        """What the incident's reports now say takes the place of what they said."""
        words = worded(title, sentences_of(reports))
        changed = wording.update().where(wording.c.incident_id == incident_id).values(words=words)
        if not self._db.execute(changed).rowcount:
            self._db.execute(wording.insert().values(incident_id=incident_id, words=words))

    def of(self, incident_ids: Sequence[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for start in range(0, len(incident_ids), _CHUNK):
            chosen = wording.c.incident_id.in_(incident_ids[start : start + _CHUNK])
            query = sa.select(wording.c.incident_id, wording.c.words).where(chosen)
            found.update((row[0], row[1]) for row in self._db.execute(query))
        return found

    def trial(
        self, alternatives: Sequence[str], since: datetime, newest: int, sight: Sight
    ) -> tuple[int, int, list[int]]:
        """(how many incidents detected since then match, of how many, ids of the newest matches)."""
        wheres = (incident.c.detected_at >= since, incident.c.merged_into.is_(None), *seen(sight))
        of = self._db.scalar(sa.select(sa.func.count()).select_from(incident).where(*wheres)) or 0
        matched = sa.select(incident.c.id).where(*wheres, says_any(alternatives))
        count = self._db.scalar(sa.select(sa.func.count()).select_from(matched.subquery())) or 0
        shown = matched.order_by(incident.c.detected_at.desc(), incident.c.id.desc()).limit(newest)
        return count, of, list(self._db.scalars(shown))


def says_any(alternatives: Sequence[str], *, of_few: bool = False) -> sa.ColumnElement[bool]:
    """One of these words, or words in a row, is in the incident's wording.

    `of_few`: the other conditions leave a small part of all incidents.
    """
    return _said(sa.or_(sa.false(), *(_holds(one) for one in alternatives)), of_few)


def says_all(words: Sequence[str], *, of_few: bool = False) -> sa.ColumnElement[bool]:
    """All of these words are, in whatever order."""
    return _said(sa.and_(sa.true(), *(_holds(one) for one in words)), of_few)


def _said(which: sa.ColumnElement[bool], of_few: bool) -> sa.ColumnElement[bool]:
    if of_few:
        # A value and not EXISTS, which PostgreSQL turns into a search of every incident's words.
        told = sa.select(which).where(wording.c.incident_id == incident.c.id)
        return sa.func.coalesce(told.scalar_subquery(), sa.false(), type_=sa.Boolean())
    return sa.select(wording.c.incident_id).where(wording.c.incident_id == incident.c.id, which).exists()


def _holds(words: str) -> sa.ColumnElement[bool]:
    return wording.c.words.contains(f" {words} ", autoescape=True)


def write_all(connection: sa.Connection) -> int:
    """The words of every incident out of its stored reports: for the migration that brings the table."""
    done = after = 0
    while True:
        page = sa.select(incident.c.id, incident.c.title).where(incident.c.id > after)
        rows = connection.execute(page.order_by(incident.c.id).limit(_CHUNK)).all()
        if not rows:
            return done
        after = rows[-1].id
        said = (
            sa.select(incident_item.c.incident_id, item.c.title, assessment.c.said)
            .join(item, item.c.id == incident_item.c.item_id)
            .join(assessment, assessment.c.item_id == item.c.id)
            .where(incident_item.c.incident_id.in_([row.id for row in rows]))
            .order_by(incident_item.c.item_id)
        )
        sentences: dict[int, list[str]] = {}
        for row in connection.execute(said):
            found = sentences.setdefault(row.incident_id, [])
            found.append(row.title)
            evidence = read_assessment(row.said).evidence
            found += [one.text for one in evidence if one.kind is EvidenceKind.SENTENCE]
        values = [
            {"incident_id": row.id, "words": worded(row.title, sentences.get(row.id, []))} for row in rows
        ]
        connection.execute(wording.insert(), values)
        done += len(values)
