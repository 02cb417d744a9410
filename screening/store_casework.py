"""Rows of notes, grades and follow-ups. What was added to an incident stays with its reports when it is
merged: each read takes the rows of those that went into it along.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.casework import (
    OPEN_STATES,
    CaseFacts,
    Channel,
    FollowUp,
    FollowUpDraft,
    FollowUpLine,
    FollowUpPage,
    FollowUpState,
    Grade,
    GradeDraft,
    Note,
    Step,
    StepDraft,
    by_due,
    masked,
)
from screening.errors import Invalid, NotFound
from screening.records import EVERYTHING, Sight
from screening.schema import account, incident, incident_item, inserted_id, item, source
from screening.schema_casework import follow_up, follow_up_step, grade, note
from screening.store_offices import seen
from screening.taxonomy import REGENCY_BY_CODE

_CHUNK = 400
_STATES = ("open", "late", "closed", "all")


class CaseworkRows:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- writing

    def add_note(self, incident_id: int, text: str, account_id: int, now: datetime) -> int:
        values = {"incident_id": incident_id, "text": text, "account_id": account_id, "at": now}
        return inserted_id(self._db.execute(note.insert().values(**values)))

    def add_grade(self, draft: GradeDraft, machine: str, account_id: int, now: datetime) -> int:
        values = {
            "incident_id": draft.incident_id,
            "letter": draft.letter,
            "information": draft.information,
            "channel": draft.channel or "",
            "obtained": draft.obtained.strip(),
            "obtained_at": draft.obtained_at,
            "machine": machine,
            "account_id": account_id,
            "at": now,
        }
        return inserted_id(self._db.execute(grade.insert().values(**values)))

    def add_follow_up(self, draft: FollowUpDraft, account_id: int, now: datetime) -> int:
        values = {
            "incident_id": draft.incident_id,
            "what": draft.what,
            "owner": draft.owner,
            "due_at": draft.due_at,
            "state": draft.state,
            "responded_at": None,
            "account_id": account_id,
            "at": now,
        }
        number = inserted_id(self._db.execute(follow_up.insert().values(**values)))
        first = StepDraft(follow_up_id=number, state=draft.state)
        self._db.execute(follow_up_step.insert().values(**_step_values(first, account_id, now)))
        return number

    def add_step(self, draft: StepDraft, found: FollowUp, account_id: int, now: datetime) -> int:
        number = inserted_id(
            self._db.execute(follow_up_step.insert().values(**_step_values(draft, account_id, now)))
        )
        answered = now if draft.responded and found.responded_at is None else found.responded_at
        values = {"state": draft.state, "due_at": draft.due_at or found.due_at, "responded_at": answered}
        self._db.execute(follow_up.update().where(follow_up.c.id == found.id).values(**values))
        return number

    def lock_follow_up(self, follow_up_id: int) -> FollowUp:
        """`NotFound` when there is none; nobody else changes it before this transaction ends."""
        query = sa.select(follow_up.c.id).where(follow_up.c.id == follow_up_id).with_for_update()
        if self._db.scalar(query) is None:
            raise NotFound("Tindak lanjut itu tidak ada.")
        return self.one_follow_up(follow_up_id)

    # --- reading

    def notes(self, incident_id: int) -> tuple[Note, ...]:
        """Newest first."""
        query = (
            sa.select(note, account.c.name.label("account_name"))
            .join(account, account.c.id == note.c.account_id)
            .where(note.c.incident_id.in_(list(self._home([incident_id]))))
            .order_by(note.c.id.desc())
        )
        return tuple(
            Note(id=row.id, incident_id=incident_id, text=row.text, account=row.account_name, at=row.at)
            for row in self._db.execute(query)
        )

    def grades(self, incident_id: int) -> tuple[Grade, ...]:
        """Newest first."""
        return self._grades([incident_id]).get(incident_id, ())

    def standing(self, incident_ids: Sequence[int]) -> dict[int, Grade]:
        """The grade of a person that stands, where one does."""
        newest = {number: found[0] for number, found in self._grades(incident_ids).items()}
        return {number: one for number, one in newest.items() if one.code}

    def follow_ups(self, incident_ids: Sequence[int]) -> dict[int, tuple[FollowUp, ...]]:
        """Of each incident, open ones first by time limit."""
        found: dict[int, list[FollowUp]] = {}
        home = self._home(incident_ids)
        for chosen in _chunks(sorted(home)):
            for one in self._read(follow_up.c.incident_id.in_(chosen)):
                found.setdefault(one.incident_id, []).append(one)
        return {number: by_due(every) for number, every in found.items()}

    def one_follow_up(self, follow_up_id: int) -> FollowUp:
        """`NotFound` when there is none."""
        for one in self._read(follow_up.c.id == follow_up_id):
            return one
        raise NotFound("Tindak lanjut itu tidak ada.")

    def listed(
        self,
        state: str,
        office: str,
        now: datetime,
        *,
        limit: int,
        offset: int = 0,
        due_before: datetime | None = None,
        sight: Sight = EVERYTHING,
    ) -> FollowUpPage:
        """Follow-ups by time limit, late ones first, names masked; closed ones by their newest.

        `state`: open, late, closed or all; `office`: 62 or empty for all, else a regency.
        """
        if state not in _STATES:
            raise Invalid(f"Keadaan harus salah satu dari {', '.join(_STATES)}.")
        home = sa.func.coalesce(incident.c.merged_into, incident.c.id)
        kept = incident.alias("kept")
        joined = follow_up.join(incident, incident.c.id == follow_up.c.incident_id).join(
            kept, kept.c.id == home
        )
        is_open = follow_up.c.state.in_(OPEN_STATES)
        late = sa.and_(is_open, follow_up.c.due_at < now)
        wheres: list[sa.ColumnElement[bool]] = [*seen(sight, kept.c.id)]
        if state != "all":
            wheres.append({"open": is_open, "late": late, "closed": ~is_open}[state])
        if office in REGENCY_BY_CODE:
            under = kept.c.place_code.startswith(f"{office}.", autoescape=True)
            wheres.append(sa.or_(kept.c.place_code == office, under))
        if due_before is not None:
            wheres.append(follow_up.c.due_at <= due_before)
        counted = sa.select(sa.func.count(), sa.func.sum(sa.case((late, 1), else_=0)))
        total, overdue = self._db.execute(counted.select_from(joined).where(*wheres)).one()
        newest = follow_up.c.id.desc() if state == "closed" else follow_up.c.due_at
        query = (
            sa.select(follow_up.c.id, kept.c.title, kept.c.severity, kept.c.place_code, kept.c.place_name)
            .select_from(joined)
            .where(*wheres)
            .order_by(sa.case((is_open, 0), else_=1), newest, follow_up.c.id)
            .limit(limit)
            .offset(offset)
        )
        rows = self._db.execute(query).all()
        read = {one.id: one for one in self._read(follow_up.c.id.in_([row.id for row in rows]))}
        return FollowUpPage(
            lines=tuple(
                FollowUpLine(
                    follow_up=masked(read[row.id]),
                    title=row.title,
                    severity=row.severity,
                    place_code=row.place_code,
                    place_name=row.place_name,
                )
                for row in rows
            ),
            total=total,
            late=overdue or 0,
        )

    def facts(self, incident_ids: Sequence[int]) -> dict[int, CaseFacts]:
        """For the indicators: first follow-up, first response, first grade with an institution behind it."""
        home = self._home(incident_ids)
        begun: dict[int, datetime] = {}
        answered: dict[int, datetime] = {}
        graded: dict[int, datetime] = {}
        for chosen in _chunks(sorted(home)):
            rows = self._db.execute(
                sa.select(follow_up.c.incident_id, follow_up.c.at, follow_up.c.responded_at).where(
                    follow_up.c.incident_id.in_(chosen)
                )
            )
            for number, at, responded_at in rows:
                _earliest(begun, home[number], at)
                _earliest(answered, home[number], responded_at)
            confirmed = sa.select(grade.c.incident_id, sa.func.min(grade.c.at)).where(
                grade.c.incident_id.in_(chosen), grade.c.channel != "", grade.c.information.in_((1, 2))
            )
            for number, at in self._db.execute(confirmed.group_by(grade.c.incident_id)):
                _earliest(graded, home[number], at)
        return {
            number: CaseFacts(
                incident_id=number,
                followed_up_at=begun.get(number),
                answered_at=answered.get(number),
                graded_at=graded.get(number),
            )
            for number in incident_ids
        }

    def tiers(self, incident_id: int) -> list[str]:
        """The tier of the source of each report."""
        query = (
            sa.select(source.c.tier)
            .select_from(incident_item)
            .join(item, item.c.id == incident_item.c.item_id)
            .join(source, source.c.id == item.c.source_id)
            .where(incident_item.c.incident_id == incident_id)
        )
        return list(self._db.scalars(query))

    # --- inside

    def _home(self, incident_ids: Sequence[int]) -> dict[int, int]:
        """These incidents and those that went into them, with the one whose reports they are."""
        home = {number: number for number in incident_ids}
        for chosen in _chunks(sorted(home)):
            query = sa.select(incident.c.id, incident.c.merged_into).where(incident.c.merged_into.in_(chosen))
            home |= {row.id: row.merged_into for row in self._db.execute(query)}
        return home

    def _grades(self, incident_ids: Sequence[int]) -> dict[int, tuple[Grade, ...]]:
        home = self._home(incident_ids)
        rows: list[Any] = []
        query = sa.select(grade, account.c.name.label("account_name")).join(
            account, account.c.id == grade.c.account_id
        )
        for chosen in _chunks(sorted(home)):
            rows += self._db.execute(query.where(grade.c.incident_id.in_(chosen)))
        found: dict[int, tuple[Grade, ...]] = {}
        for row in sorted(rows, key=lambda one: -one.id):
            number = home[row.incident_id]
            found[number] = (*found.get(number, ()), _grade(row, number))
        return found

    def _read(self, where: sa.ColumnElement[bool]) -> Iterable[FollowUp]:
        query = (
            sa.select(
                follow_up,
                account.c.name.label("account_name"),
                sa.func.coalesce(incident.c.merged_into, incident.c.id).label("home"),
            )
            .join(account, account.c.id == follow_up.c.account_id)
            .join(incident, incident.c.id == follow_up.c.incident_id)
            .where(where)
        )
        rows = self._db.execute(query.order_by(follow_up.c.id)).all()
        steps: dict[int, list[Step]] = {}
        told = sa.select(follow_up_step, account.c.name.label("account_name")).join(
            account, account.c.id == follow_up_step.c.account_id
        )
        for chosen in _chunks([row.id for row in rows]):
            mine = told.where(follow_up_step.c.follow_up_id.in_(chosen)).order_by(follow_up_step.c.id)
            for row in self._db.execute(mine):
                steps.setdefault(row.follow_up_id, []).append(_step(row))
        return [
            FollowUp(
                id=row.id,
                incident_id=row.home,
                what=row.what,
                owner=row.owner,
                due_at=row.due_at,
                state=FollowUpState(row.state),
                responded_at=row.responded_at,
                account=row.account_name,
                at=row.at,
                steps=tuple(steps[row.id]),
            )
            for row in rows
        ]


def _chunks(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))


def _earliest(found: dict[int, datetime], number: int, at: datetime | None) -> None:
    if at is not None and (number not in found or at < found[number]):
        found[number] = at


def _step_values(draft: StepDraft, account_id: int, now: datetime) -> dict[str, Any]:
    return {
        "follow_up_id": draft.follow_up_id,
        "state": draft.state,
        "outcome": draft.outcome,
        "responded": draft.responded,
        "due_at": draft.due_at,
        "account_id": account_id,
        "at": now,
    }


def _step(row: Any) -> Step:
    return Step(
        id=row.id,
        state=FollowUpState(row.state),
        outcome=row.outcome,
        responded=row.responded,
        due_at=row.due_at,
        account=row.account_name,
        at=row.at,
    )


def _grade(row: Any, incident_id: int) -> Grade:
    return Grade(
        id=row.id,
        incident_id=incident_id,
        letter=row.letter,
        information=row.information,
        channel=Channel(row.channel) if row.channel else None,
        obtained=row.obtained,
        obtained_at=row.obtained_at,
        machine=row.machine,
        account=row.account_name,
        at=row.at,
    )
