"""Rows of incidents, the reports in them, and the reviews over them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from screening.errors import Conflict, NotFound
from screening.incidents import Shape, shape
from screening.linking import Known, known
from screening.records import Area, Decision, Incident, QueueFilter, Review, ReviewDraft, Sight, Status
from screening.reviews import by_person, standing
from screening.said import read_assessment
from screening.schema import assessment, incident, incident_item, inserted_id, item, review, source
from screening.schema_second import sample_item
from screening.store_offices import seen, write_offices
from screening.store_queue import queue_wheres, read_cursor
from screening.store_reviews import read_review, review_rows, stands
from screening.taxonomy import Severity
from screening.triage import rank, risen_why, urgency, urgency_why

_CHUNK = 400
_PAGE = 200


class Incidents:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- linking

    def incident_of(self, item_id: int) -> int | None:
        return self._db.scalar(
            sa.select(incident_item.c.incident_id).where(incident_item.c.item_id == item_id)
        )

    def outside(self, item_ids: Sequence[int]) -> int:
        """How many of these items report incidents outside the area."""
        count = 0
        for start in range(0, len(item_ids), _CHUNK):
            query = (
                sa.select(sa.func.count())
                .select_from(incident_item.join(incident, incident.c.id == incident_item.c.incident_id))
                .where(
                    incident_item.c.item_id.in_(item_ids[start : start + _CHUNK]),
                    incident.c.area == Area.OUTSIDE,
                )
            )
            count += self._db.scalar(query) or 0
        return count

    def item_ids(self, incident_id: int) -> list[int]:
        query = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == incident_id)
        return list(self._db.scalars(query.order_by(incident_item.c.item_id)))

    def members(self, incident_ids: Sequence[int]) -> dict[int, list[int]]:
        """The items of each incident."""
        found: dict[int, list[int]] = {}
        query = sa.select(incident_item.c.incident_id, incident_item.c.item_id).order_by(
            incident_item.c.item_id
        )
        for start in range(0, len(incident_ids), _CHUNK):
            chosen = incident_item.c.incident_id.in_(incident_ids[start : start + _CHUNK])
            for incident_id, item_id in self._db.execute(query.where(chosen)):
                found.setdefault(incident_id, []).append(item_id)
        return found

    def same_texts(self, incident_id: int) -> dict[int, int]:
        query = sa.select(incident_item.c.item_id, incident_item.c.same_text_as)
        query = query.where(
            incident_item.c.incident_id == incident_id, incident_item.c.same_text_as.is_not(None)
        )
        return {row[0]: row[1] for row in self._db.execute(query)}

    def knowns(self, item_ids: Sequence[int]) -> list[Known]:
        query = (
            sa.select(
                item.c.id,
                item.c.title,
                item.c.text,
                item.c.published,
                source.c.owner,
                source.c.name,
                assessment.c.said,
                sample_item.c.id.label("called"),
            )
            .join(source, source.c.id == item.c.source_id)
            .join(assessment, assessment.c.item_id == item.c.id)
            .outerjoin(
                sample_item,
                sa.and_(sample_item.c.item_id == item.c.id, sample_item.c.promoted.is_(True)),
            )
        )
        found: list[Known] = []
        for start in range(0, len(item_ids), _CHUNK):
            for row in self._db.execute(query.where(item.c.id.in_(item_ids[start : start + _CHUNK]))):
                said = read_assessment(row.said)
                if row.called is not None:
                    # A person made it a report; what the machine stored of it stays as it is.
                    said = replace(said, flagged=True)
                found.append(known(row.id, row.title, row.text, row.published, row.owner or row.name, said))
        return sorted(found, key=lambda one: one.item_id)

    def open(self, shape: Shape, now: datetime) -> int:
        """A new incident; its reports are joined next, in the same transaction."""
        values = {**_machine(shape), **self._over(shape, None, None), "detected_at": now}
        values |= {"decision": None, "review_id": None, "reviewed_by": "", "reviewed_at": None}
        values["merged_into"] = None
        number = inserted_id(self._db.execute(incident.insert().values(**values)))
        write_offices(self._db, number)
        return number

    def join(self, incident_id: int, item_id: int, same_text_as: int | None, why: str, now: datetime) -> None:
        values = {
            "item_id": item_id,
            "incident_id": incident_id,
            "same_text_as": same_text_as,
            "joined_at": now,
            "why": why,
        }
        self._db.execute(incident_item.insert().values(**values))

    def reshape(self, incident_id: int, shape: Shape) -> None:
        """Take the machine's newest fold; the newest review stays on top."""
        newest, seen = self._newest_review(incident_id)
        values = {**_machine(shape), **self._over(shape, newest, seen)}
        self._db.execute(incident.update().where(incident.c.id == incident_id).values(**values))
        write_offices(self._db, incident_id)

    def gone_quiet(self, before: datetime) -> list[int]:
        """Easing incidents with no report since `before`: they can be closed."""
        query = sa.select(incident.c.id).where(
            incident.c.status == Status.EASING,
            incident.c.last_published <= before,
            incident.c.merged_into.is_(None),
        )
        return list(self._db.scalars(query.order_by(incident.c.id)))

    # --- reviewing

    def lock(self, incident_id: int, now: datetime) -> Incident:
        query = _rows().where(incident.c.id == incident_id).with_for_update(of=incident)
        row = self._db.execute(query).first()
        if row is None:
            raise NotFound("Insiden itu tidak ada.")
        if row.merged_into is not None:
            raise Conflict(f"Insiden ini sudah digabung ke insiden {row.merged_into}. Muat ulang halaman.")
        return _incident(row, now)

    def add_review(self, draft: ReviewDraft, account_id: int, name: str, shape: Shape, now: datetime) -> None:
        values = {
            "incident_id": draft.incident_id,
            "decision": draft.decision,
            "reason": draft.reason,
            "severity": None if draft.severity is None else int(draft.severity),
            "issue": draft.issue,
            "form": draft.form,
            "place_code": draft.place_code,
            "note": draft.note.strip(),
            "account_id": account_id,
            "at": now,
            "machine_severity": int(shape.verdict.severity),
        }
        number = inserted_id(self._db.execute(review.insert().values(**values)))
        marks = {"decision": draft.decision, "review_id": number, "reviewed_by": name, "reviewed_at": now}
        self._db.execute(incident.update().where(incident.c.id == draft.incident_id).values(**marks))
        self.reshape(draft.incident_id, shape)

    def unreview(self, incident_id: int, shape: Shape) -> None:
        """The newest review has been undone: the one before stands again, or none."""
        newest, _ = self._newest_review(incident_id)
        marks: dict[str, Any] = {"decision": None, "review_id": None, "reviewed_by": "", "reviewed_at": None}
        if newest is not None:
            marks = {
                "decision": newest.decision,
                "review_id": newest.id,
                "reviewed_by": newest.account,
                "reviewed_at": newest.at,
            }
        self._db.execute(incident.update().where(incident.c.id == incident_id).values(**marks))
        self.reshape(incident_id, shape)

    def reviews(self, incident_id: int) -> tuple[Review, ...]:
        """Newest first, undone ones too."""
        query = review_rows().where(review.c.incident_id == incident_id).order_by(review.c.id.desc())
        return tuple(read_review(row) for row in self._db.execute(query))

    def reviews_of(self, incident_ids: Sequence[int]) -> dict[int, Review]:
        """The newest review of each that stands."""
        newest: dict[int, Review] = {}
        for start in range(0, len(incident_ids), _CHUNK):
            chosen = review.c.incident_id.in_(incident_ids[start : start + _CHUNK])
            for row in self._db.execute(review_rows().where(chosen, stands()).order_by(review.c.id)):
                newest[row.incident_id] = read_review(row)
        return newest

    # --- reading

    def one(self, incident_id: int, now: datetime) -> Incident:
        """One incident with the changes of its status, read from its reports."""
        row = self._db.execute(_rows().where(incident.c.id == incident_id)).first()
        if row is None:
            raise NotFound("Insiden itu tidak ada.")
        found = _incident(row, now)
        reports = self.knowns(self.item_ids(incident_id))
        if not reports:
            return found
        # Silence closes an incident when the next collect says so, not while a page is read.
        then = now if found.status is Status.CLOSED else None
        return replace(found, changes=shape(reports, self.same_texts(incident_id), now=then).changes)

    def at_least(self, level: Severity, incident_ids: Collection[int], now: datetime) -> list[Incident]:
        """Those of these incidents that stand at `level` or above."""
        found: list[Incident] = []
        wanted = sorted(incident_ids)
        for start in range(0, len(wanted), _CHUNK):
            chosen = incident.c.id.in_(wanted[start : start + _CHUNK])
            query = _rows().where(chosen, incident.c.severity >= int(level), incident.c.merged_into.is_(None))
            found += [_incident(row, now) for row in self._db.execute(query.order_by(incident.c.id))]
        return found

    def some(self, incident_ids: Sequence[int], now: datetime) -> dict[int, Incident]:
        """These incidents by number, merged ones too; without their changes of status."""
        found: dict[int, Incident] = {}
        for start in range(0, len(incident_ids), _CHUNK):
            chosen = incident.c.id.in_(incident_ids[start : start + _CHUNK])
            found |= {row.id: _incident(row, now) for row in self._db.execute(_rows().where(chosen))}
        return found

    def total(self) -> int:
        query = sa.select(sa.func.count()).select_from(incident).where(incident.c.merged_into.is_(None))
        return self._db.scalar(query) or 0

    def queue(self, flt: QueueFilter, now: datetime) -> tuple[list[Incident], int, str]:
        """(incidents of this page, how many in all, cursor of the next page or empty)."""
        wheres = queue_wheres(self._db, flt, now)
        limit = max(1, min(flt.limit, _PAGE))
        beyond = read_cursor(flt.after) if flt.after else None
        total = self._db.scalar(sa.select(sa.func.count()).select_from(incident).where(*wheres)) or 0
        if not total:  # words that nothing holds would be looked for in every incident once more
            return [], 0, ""
        query = _rows().where(*wheres)
        if beyond is not None:
            points, number = beyond
            later = sa.and_(incident.c.rank == points, incident.c.id < number)
            query = query.where(sa.or_(incident.c.rank < points, later))
        query = query.order_by(incident.c.rank.desc(), incident.c.id.desc()).limit(limit + 1)
        rows = self._db.execute(query).all()
        more = len(rows) > limit
        rows = rows[:limit]
        cursor = f"{rows[-1].rank!r}_{rows[-1].id}" if more and rows else ""
        return [_incident(row, now) for row in rows], total, cursor

    def open_counts(self, area: Area | None, sight: Sight) -> dict[Severity, int]:
        query = sa.select(incident.c.severity, sa.func.count()).where(incident.c.is_open == sa.true())
        query = query.where(*seen(sight))
        if area is not None:
            query = query.where(incident.c.area == area)
        return {Severity(level): int(n) for level, n in self._db.execute(query.group_by(incident.c.severity))}

    def active_between(self, start: datetime, end: datetime, now: datetime) -> list[Incident]:
        """Incidents reported in [start, end), found in it at most a day late, or decided in it."""
        late = start - timedelta(hours=24)
        active = (
            sa.select(incident_item.c.incident_id)
            .join(item, item.c.id == incident_item.c.item_id)
            .where(
                item.c.published < end,
                sa.or_(
                    item.c.published >= start,
                    sa.and_(item.c.first_seen >= start, item.c.first_seen < end, item.c.published >= late),
                ),
            )
        )
        decided = sa.and_(incident.c.reviewed_at >= start, incident.c.reviewed_at < end)
        query = _rows().where(sa.or_(incident.c.id.in_(active), decided))
        rows = self._db.execute(
            query.order_by(incident.c.severity.desc(), incident.c.rank.desc(), incident.c.id)
        )
        return [_incident(row, now) for row in rows]

    # --- inside

    def _newest_review(self, incident_id: int) -> tuple[Review | None, Severity | None]:
        query = (
            review_rows()
            .where(review.c.incident_id == incident_id, stands())
            .order_by(review.c.id.desc())
            .limit(1)
        )
        row = self._db.execute(query).first()
        return (None, None) if row is None else (read_review(row), Severity(row.machine_severity))

    def _over(self, shape: Shape, newest: Review | None, seen: Severity | None) -> dict[str, Any]:
        over = standing(shape, newest, seen)
        unsure = newest is not None and newest.decision is Decision.UNSURE
        points = rank(
            severity=over.severity,
            voices=shape.voices,
            relevance=shape.relevance,
            unsure=unsure,
            last_published=shape.last_published,
            confirmed=newest is not None and newest.decision is Decision.ACCEPT,
        )
        return {
            "severity": int(over.severity),
            "issue": over.issue,
            "form": over.form,
            "area": over.area,
            "place_code": over.place_code,
            "place_name": over.place_name,
            "is_open": over.is_open or _rose_since(shape, newest, seen),
            "rank": points,
        }


def _rose_since(shape: Shape, newest: Review | None, seen: Severity | None) -> bool:
    """Whether reports of after the decision told more than stood then, even if it has eased since."""
    if newest is None:
        return False
    stood = max(seen or Severity.NONE, newest.severity or Severity.NONE)
    return any(one.at > newest.at and one.severity > stood for one in shape.changes)


def _machine(shape: Shape) -> dict[str, Any]:
    return {
        "title": shape.title,
        "machine_issue": shape.issue,
        "machine_form": shape.form,
        "realis": shape.realis,
        "machine_severity": int(shape.verdict.severity),
        "severity_rule": shape.verdict.rule,
        "severity_why": shape.verdict.why,
        "machine_place": shape.place_code,
        "status": shape.status,
        "relevance": shape.relevance,
        "reports": shape.reports,
        "voices": shape.voices,
        "first_published": shape.first_published,
        "last_published": shape.last_published,
        "lead_item_id": shape.lead_item_id,
    }


def _rows() -> sa.Select[Any]:
    """Incidents beside what their newest review saw and set."""
    return sa.select(
        incident,
        review.c.machine_severity.label("seen_severity"),
        review.c.severity.label("set_severity"),
        review.c.form.label("set_form"),
        review.c.issue.label("set_issue"),
    ).outerjoin(review, review.c.id == incident.c.review_id)


def _incident(row: Any, now: datetime) -> Incident:
    decision = Decision(row.decision) if row.decision else None
    severity = Severity(row.severity)
    risen = ""
    if row.is_open and decision in (Decision.ACCEPT, Decision.REJECT):
        stood = row.seen_severity if row.set_severity is None else row.set_severity
        risen = risen_why(Severity(stood), severity, decision, row.reviewed_at)
    made = Incident(
        id=row.id,
        title=row.title,
        issue=row.issue,
        form=row.form,
        realis=row.realis,
        severity=severity,
        machine_severity=Severity(row.machine_severity),
        severity_rule=row.severity_rule,
        severity_why=row.severity_why,
        area=Area(row.area),
        place_code=row.place_code,
        place_name=row.place_name,
        status=Status(row.status),
        relevance=row.relevance,
        reports=row.reports,
        voices=row.voices,
        first_published=row.first_published,
        last_published=row.last_published,
        detected_at=row.detected_at,
        decision=decision,
        review_id=row.review_id,
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        urgency=urgency(row.rank, now),
        urgency_why=urgency_why(
            severity=severity,
            voices=row.voices,
            relevance=row.relevance,
            last_published=row.last_published,
            now=now,
            reviewed=decision is not None,
            unsure=decision is Decision.UNSURE,
            risen=risen,
        ),
        lead_item_id=row.lead_item_id,
        risen_why=risen,
        machine_form=row.machine_form,
        machine_issue=row.machine_issue,
        machine_rule=row.severity_rule,
        machine_why=row.severity_why,
    )
    level = None if row.set_severity is None else Severity(row.set_severity)
    told = by_person(made, level=level, form=row.set_form, issue=row.set_issue)
    return made if told is None else replace(made, severity_rule=told[0], severity_why=told[1])
