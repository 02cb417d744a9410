"""Rows by which reports find their incident, and the moving of reports between incidents."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from models import PlaceKind
from screening.errors import Invalid, NotFound
from screening.incidents import LOCUS_MARK
from screening.linking import LONGEST, Known, clues
from screening.records import Area, Decision, Regrouping
from screening.schema import (
    account,
    assessment,
    clue,
    incident,
    incident_item,
    inserted_id,
    item,
    regrouping,
)
from screening.schema_casework import follow_up, grade
from screening.store_offices import write_offices
from screening.taxonomy import Severity

_CHUNK = 400
_MOST = 200  # reports a new one is compared with, the likest first
_LEAST = 0.3  # weight of shared words under which no likeness can be enough
_LOCUS = 8  # characters of a district's code
_REGENCY = 5  # and of a regency's
_BEFORE = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A stored report that shares telling words with a new one; `regency` is where its incident stands."""

    incident_id: int
    item_id: int
    content_hash: str
    span: tuple[datetime, datetime]
    regency: str | None


def write_clues(connection: sa.Connection, item_id: int, title: str, text: str, published: datetime) -> None:
    """The clues of a linked report, instead of those it had."""
    connection.execute(clue.delete().where(clue.c.item_id == item_id))
    rows = [
        {"item_id": item_id, "mark": number, "weight": weight, "published": published}
        for number, weight in _marks(title, text).items()
    ]
    if rows:
        connection.execute(clue.insert(), rows)


class Links:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def keep_clues(self, report: Known) -> None:
        if report.published is not None:
            write_clues(self._db, report.item_id, report.title, report.text, report.published)

    def near(self, report: Known) -> list[Near]:
        """Linked reports of the time around this one that share its words, and its place or most words."""
        marks = _marks(report.title, report.text)
        if report.published is None or not marks:
            return []
        shared = sa.func.sum(clue.c.weight)
        place = report.assessment.place
        enough = shared >= _LEAST
        if place.kind in (PlaceKind.REGENCY, PlaceKind.OUTSIDE):
            # A reprint is found wherever its place was read, as it shares half of all words.
            open_ended = assessment.c.place_kind.in_([PlaceKind.UNKNOWN, PlaceKind.PROVINCE])
            same = assessment.c.place_kind == place.kind
            if place.kind is PlaceKind.REGENCY:
                same = sa.and_(same, assessment.c.regency == place.regency)
            enough = sa.and_(enough, sa.or_(same, open_ended, shared >= sum(marks.values()) / 2))
        matched = (
            sa.select(clue.c.item_id, shared.label("shared"))
            .join(assessment, assessment.c.item_id == clue.c.item_id)
            .where(
                clue.c.mark.in_(list(marks)),
                clue.c.published >= report.published - LONGEST,
                clue.c.published <= report.published + LONGEST,
                clue.c.item_id != report.item_id,
            )
            .group_by(clue.c.item_id, assessment.c.place_kind, assessment.c.regency)
            .having(enough)
            .order_by(shared.desc(), clue.c.item_id)
            .limit(_MOST)
            .subquery()
        )
        query = (
            sa.select(
                incident_item.c.incident_id,
                item.c.id,
                item.c.content_hash,
                incident.c.first_published,
                incident.c.last_published,
                incident.c.machine_place,
            )
            .select_from(matched)
            .join(incident_item, incident_item.c.item_id == matched.c.item_id)
            .join(item, item.c.id == matched.c.item_id)
            .join(incident, incident.c.id == incident_item.c.incident_id)
            .order_by(incident_item.c.incident_id, item.c.id)
        )
        return [
            Near(
                incident_id=row[0],
                item_id=row[1],
                content_hash=row[2],
                span=(row[3], row[4]),
                regency=_place_of(row[5])[:_REGENCY] or None,
            )
            for row in self._db.execute(query)
        ]

    def free(self, incident_ids: Sequence[int]) -> dict[int, str]:
        """Those the machine may merge, with their regency or district ("" when not known), oldest first.

        What a person decided about, graded or follows up, or merged or split by hand, is never moved by the
        machine: a confirmation of one event must not come to stand over another's reports.
        """
        touched = sa.select(regrouping.c.id).where(
            regrouping.c.account_id.is_not(None),
            sa.or_(regrouping.c.incident_id == incident.c.id, regrouping.c.other_id == incident.c.id),
        )
        graded = sa.select(grade.c.id).where(grade.c.incident_id == incident.c.id)
        followed = sa.select(follow_up.c.id).where(follow_up.c.incident_id == incident.c.id)
        query = (
            sa.select(incident.c.id, incident.c.machine_place)
            .where(
                incident.c.id.in_(incident_ids),
                incident.c.decision.is_(None),
                incident.c.merged_into.is_(None),
                ~touched.exists(),
                ~graded.exists(),
                ~followed.exists(),
            )
            .order_by(incident.c.id)
        )
        return {row[0]: _place_of(row[1]) for row in self._db.execute(query)}

    def merge(self, into: int, other: int, *, account_id: int | None, why: str, now: datetime) -> None:
        """All reports of `other` go to `into`; `other` stays as an empty row that points there."""
        moved = list(
            self._db.scalars(
                sa.select(incident_item.c.item_id)
                .where(incident_item.c.incident_id == other)
                .order_by(incident_item.c.item_id)
            )
        )
        self._move(moved, into)
        gone = {"merged_into": into, "is_open": False, "reports": 0, "voices": 0}
        self._db.execute(incident.update().where(incident.c.id == other).values(**gone))
        write_offices(self._db, other)
        earlier = incident.c.merged_into == other
        self._db.execute(incident.update().where(earlier).values(merged_into=into))
        self._note("gabung", into, other, items=moved, account_id=account_id, why=why, now=now)

    def split(
        self, origin: int, new: int, items: Sequence[int], *, account_id: int, why: str, now: datetime
    ) -> None:
        """These reports of `origin` go to `new`."""
        self._move(items, new)
        self._note("pisah", origin, new, items=items, account_id=account_id, why=why, now=now)

    def surviving(self, incident_id: int) -> int:
        """The incident that has this one's reports: itself, or what it was merged into."""
        row = self._db.execute(
            sa.select(incident.c.id, incident.c.merged_into).where(incident.c.id == incident_id)
        ).first()
        if row is None:
            raise NotFound("Insiden itu tidak ada.")
        return int(row.merged_into or row.id)

    def check_split(self, incident_id: int, items: Sequence[int]) -> None:
        """`Invalid` unless the items are some but not all reports of the incident."""
        query = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == incident_id)
        members = set(self._db.scalars(query))
        if not items or not set(items) <= members:
            raise Invalid("Pilih laporan yang memang ada dalam insiden ini.")
        if len(set(items)) == len(members):
            raise Invalid("Sisakan paling sedikit satu laporan dalam insiden ini.")

    def highest_before(self, incident_id: int | None, place_code: str | None, moment: datetime) -> Severity:
        """The highest level that stood at this very district in the 90 days before; NONE when not known."""
        if place_code is None or len(place_code) < _LOCUS or not place_code.startswith("62"):
            return Severity.NONE
        district = place_code[:_LOCUS]
        start = moment - _BEFORE
        wheres = [
            incident.c.last_published >= start,
            incident.c.first_published < moment,
            incident.c.merged_into.is_(None),
            incident.c.area == Area.KALTENG,
            # A level that history raised raises no other, or one SIAGA would echo for ever.
            ~incident.c.severity_rule.endswith(LOCUS_MARK, autoescape=True),
            sa.or_(incident.c.decision.is_(None), incident.c.decision != Decision.REJECT),
            incident.c.place_code == district,
        ]
        if incident_id is not None:
            wheres.append(incident.c.id != incident_id)
        return Severity(self._db.scalar(sa.select(sa.func.max(incident.c.severity)).where(*wheres)) or 0)

    def regroupings(self, incident_id: int) -> tuple[Regrouping, ...]:
        """What was merged into this incident or split from it, newest first."""
        query = (
            sa.select(regrouping, account.c.name.label("account_name"))
            .outerjoin(account, account.c.id == regrouping.c.account_id)
            .where(sa.or_(regrouping.c.incident_id == incident_id, regrouping.c.other_id == incident_id))
            .order_by(regrouping.c.id.desc())
        )
        return tuple(
            Regrouping(
                kind=row.kind,
                incident_id=row.incident_id,
                other_id=row.other_id,
                items=tuple(int(number) for number in row.items.split(",") if number),
                account=row.account_name or "",
                at=row.at,
                why=row.why,
            )
            for row in self._db.execute(query)
        )

    def _move(self, items: Sequence[int], to: int) -> None:
        for start in range(0, len(items), _CHUNK):
            chosen = incident_item.c.item_id.in_(items[start : start + _CHUNK])
            self._db.execute(incident_item.update().where(chosen).values(incident_id=to))

    def _note(
        self,
        kind: str,
        one: int,
        other: int,
        *,
        items: Sequence[int],
        account_id: int | None,
        why: str,
        now: datetime,
    ) -> int:
        values = {
            "kind": kind,
            "incident_id": one,
            "other_id": other,
            "items": ",".join(map(str, items)),
            "account_id": account_id,
            "at": now,
            "why": why,
        }
        return inserted_id(self._db.execute(regrouping.insert().values(**values)))


def _place_of(code: str | None) -> str:
    """The district or regency in a code; a province is no place that an event could have."""
    for length in (_LOCUS, _REGENCY):
        if code is not None and len(code) >= length:
            return code[:length]
    return ""


def _marks(title: str, text: str) -> dict[int, float]:
    return {mark(word): weight for word, weight in clues(title, text).items()}


def mark(word: str) -> int:
    """The number under which a word is looked up."""
    # Six bytes: positive in a 64-bit column, and a word meets another by chance once in millions of millions.
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=6).digest(), "big")
