"""Notes, grades, follow-ups and similar incidents as JSON; names are masked in every text."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from api.times import iso
from api.wire import incident_out
from api.wire_shapes import IncidentOut, Moment, Stripped
from models import mask_names
from screening import (
    Casework,
    Channel,
    FollowUp,
    FollowUpPage,
    FollowUpState,
    Grade,
    Note,
    Similar,
    Step,
)

LongWords = Annotated[str, Field(max_length=4_000), Stripped, Field(min_length=1)]
RowNumber = Annotated[int, Field(ge=1, le=2**63 - 1, strict=True)]


class NoteOut(TypedDict):
    id: int
    text: str
    account: str
    at: str | None


class NotesOut(TypedDict):
    items: list[NoteOut]


class GradeOut(TypedDict):
    """`code` empty and the values null: the machine's grade was put back. `machine` is what it was then."""

    id: int
    code: str
    source: str | None
    information: int | None
    channel: str | None
    obtained: str
    obtained_at: str | None
    machine: str
    account: str
    at: str | None


class GradesOut(TypedDict):
    """`code` is the grade that stands, `machine` the machine's own now; `items` newest first."""

    code: str
    machine: str
    items: list[GradeOut]


class StepOut(TypedDict):
    id: int
    state: str
    outcome: str
    responded: bool
    due_at: str | None
    account: str
    at: str | None


class FollowUpOut(TypedDict):
    """`responded_at`: the owner's first recorded response; `steps` oldest first."""

    id: int
    incident_id: int
    what: str
    owner: str
    due_at: str | None
    state: str
    overdue: bool
    responded_at: str | None
    account: str
    at: str | None
    steps: list[StepOut]


class FollowUpsOut(TypedDict):
    items: list[FollowUpOut]


class FollowUpLineOut(TypedDict):
    follow_up: FollowUpOut
    incident_title: str
    severity: int
    place_code: str | None
    place_name: str


class FollowUpListOut(TypedDict):
    """By time limit, overdue ones first; `total` and `overdue` count all of the filter."""

    items: list[FollowUpLineOut]
    total: int
    overdue: int


class SimilarOut(TypedDict):
    """`likeness` orders and is no probability; `why` says it in Indonesian."""

    incident: IncidentOut
    likeness: float
    words: list[str]
    why: str


class SimilarListOut(TypedDict):
    items: list[SimilarOut]


class NoteIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: LongWords


class GradeIn(BaseModel):
    """Both `source` and `information` null puts the machine's grade back.

    1 needs `channel` (an institution outside the media), `obtained` and `obtained_at`; 5 needs `obtained`.
    """

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str | None, Field(pattern="^[A-F]$")] = None
    information: Annotated[int | None, Field(ge=1, le=6)] = None
    channel: Channel | None = None
    obtained: Annotated[str, Field(max_length=4_000), Stripped] = ""
    obtained_at: Moment | None = None
    seen_grade_id: RowNumber | None = None


class FollowUpIn(BaseModel):
    """`owner` is a unit or institution; a name of a person is refused."""

    model_config = ConfigDict(extra="forbid")

    what: LongWords
    owner: Annotated[str, Field(max_length=160), Stripped, Field(min_length=1)]
    due_at: Moment
    state: FollowUpState = FollowUpState.PLANNED


class StepIn(BaseModel):
    """`seen_step_id` is the newest step you saw, else 409; `due_at` a new time limit."""

    model_config = ConfigDict(extra="forbid")

    state: FollowUpState
    outcome: Annotated[str, Field(max_length=4_000), Stripped] = ""
    responded: bool = False
    due_at: Moment | None = None
    seen_step_id: RowNumber


def note_out(one: Note) -> NoteOut:
    return {"id": one.id, "text": mask_names(one.text), "account": one.account, "at": iso(one.at)}


def notes_out(casework: Casework) -> NotesOut:
    return {"items": [note_out(one) for one in casework.notes]}


def grade_out(one: Grade) -> GradeOut:
    return {
        "id": one.id,
        "code": one.code,
        "source": one.letter,
        "information": one.information,
        "channel": one.channel.value if one.channel else None,
        "obtained": mask_names(one.obtained),
        "obtained_at": iso(one.obtained_at),
        "machine": one.machine,
        "account": one.account,
        "at": iso(one.at),
    }


def grades_out(casework: Casework) -> GradesOut:
    return {
        "code": casework.code,
        "machine": casework.machine,
        "items": [grade_out(one) for one in casework.grades],
    }


def follow_up_out(one: FollowUp, now: datetime) -> FollowUpOut:
    return {
        "id": one.id,
        "incident_id": one.incident_id,
        "what": mask_names(one.what),
        "owner": mask_names(one.owner),
        "due_at": iso(one.due_at),
        "state": one.state.value,
        "overdue": one.is_late(now),
        "responded_at": iso(one.responded_at),
        "account": one.account,
        "at": iso(one.at),
        "steps": [_step_out(step) for step in one.steps],
    }


def follow_ups_out(casework: Casework, now: datetime) -> FollowUpsOut:
    return {"items": [follow_up_out(one, now) for one in casework.follow_ups]}


def follow_up_list_out(found: FollowUpPage, now: datetime) -> FollowUpListOut:
    return {
        "items": [
            {
                "follow_up": follow_up_out(line.follow_up, now),
                "incident_title": line.title,
                "severity": line.severity,
                "place_code": line.place_code,
                "place_name": line.place_name,
            }
            for line in found.lines
        ],
        "total": found.total,
        "overdue": found.late,
    }


def similar_out(found: tuple[Similar, ...]) -> SimilarListOut:
    return {
        "items": [
            {
                "incident": incident_out(one.incident),
                "likeness": one.likeness,
                "words": list(one.words),
                "why": one.why,
            }
            for one in found
        ]
    }


def _step_out(one: Step) -> StepOut:
    return {
        "id": one.id,
        "state": one.state.value,
        "outcome": mask_names(one.outcome),
        "responded": one.responded,
        "due_at": iso(one.due_at),
        "account": one.account,
        "at": iso(one.at),
    }
