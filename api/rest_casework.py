"""`/api/v1`: notes, grades and follow-ups of an incident, similar incidents, and follow-ups of all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import wire, wire_casework
from api.auth import CheckedHeader, Number, Reader, Reviewer, doors, now_of
from api.rest import documented
from screening import FollowUpDraft, GradeDraft, StepDraft

router = APIRouter(tags=["v1"])


@router.get(
    "/incidents/{incident_id}/notes", response_class=Response, responses=documented(wire_casework.NotesOut)
)
def notes(request: Request, visitor: Reader, incident_id: Number) -> Response:
    """Newest first; names are masked."""
    return wire.answer(wire_casework.notes_out(doors(request).desk.casework.of(incident_id, now_of(request))))


@router.post(
    "/incidents/{incident_id}/notes",
    status_code=201,
    response_class=Response,
    responses=documented(wire_casework.NoteOut, 201),
    dependencies=[CheckedHeader],
)
def write_note(
    request: Request, visitor: Reviewer, incident_id: Number, body: wire_casework.NoteIn
) -> Response:
    """A note about events and institutions, never about a person; it cannot be changed afterwards."""
    made = doors(request).desk.casework.write_note(incident_id, body.text, visitor.account, now_of(request))
    return wire.answer(wire_casework.note_out(made), 201)


@router.get(
    "/incidents/{incident_id}/grades", response_class=Response, responses=documented(wire_casework.GradesOut)
)
def grades(request: Request, visitor: Reader, incident_id: Number) -> Response:
    """The Admiralty grade that stands, and every grade a person gave."""
    return wire.answer(
        wire_casework.grades_out(doors(request).desk.casework.of(incident_id, now_of(request)))
    )


@router.post(
    "/incidents/{incident_id}/grades",
    status_code=201,
    response_class=Response,
    responses=documented(wire_casework.GradeOut, 201),
    dependencies=[CheckedHeader],
)
def set_grade(
    request: Request, visitor: Reviewer, incident_id: Number, body: wire_casework.GradeIn
) -> Response:
    """Appends a grade; `seen_grade_id` must name the newest one you saw (null: none), else 409."""
    draft = GradeDraft(
        incident_id=incident_id,
        letter=body.source,
        information=body.information,
        channel=body.channel,
        obtained=body.obtained,
        obtained_at=body.obtained_at,
        seen_grade_id=body.seen_grade_id,
    )
    made = doors(request).desk.casework.set_grade(draft, visitor.account, now_of(request))
    return wire.answer(wire_casework.grade_out(made), 201)


@router.get(
    "/incidents/{incident_id}/follow-ups",
    response_class=Response,
    responses=documented(wire_casework.FollowUpsOut),
)
def follow_ups_of(request: Request, visitor: Reader, incident_id: Number) -> Response:
    """Open ones by time limit, then closed ones."""
    now = now_of(request)
    return wire.answer(wire_casework.follow_ups_out(doors(request).desk.casework.of(incident_id, now), now))


@router.post(
    "/incidents/{incident_id}/follow-ups",
    status_code=201,
    response_class=Response,
    responses=documented(wire_casework.FollowUpOut, 201),
    dependencies=[CheckedHeader],
)
def open_follow_up(
    request: Request, visitor: Reviewer, incident_id: Number, body: wire_casework.FollowUpIn
) -> Response:
    """What is done about it, which unit or institution owns it, and until when."""
    now = now_of(request)
    draft = FollowUpDraft(
        incident_id=incident_id, what=body.what, owner=body.owner, due_at=body.due_at, state=body.state
    )
    made = doors(request).desk.casework.open_follow_up(draft, visitor.account, now)
    return wire.answer(wire_casework.follow_up_out(made, now), 201)


@router.get(
    "/incidents/{incident_id}/similar",
    response_class=Response,
    responses=documented(wire_casework.SimilarListOut),
)
def similar(request: Request, visitor: Reader, incident_id: Number) -> Response:
    """At most five incidents of the last 365 days that share rare words; nothing is merged by this."""
    found = doors(request).desk.casework.similar(incident_id, now_of(request), visitor.sight)
    return wire.answer(wire_casework.similar_out(found))


@router.get("/follow-ups", response_class=Response, responses=documented(wire_casework.FollowUpListOut))
def follow_ups(
    request: Request,
    visitor: Reader,
    *,
    state: Annotated[str, Query(pattern="^(open|late|closed|all)$")] = "open",
    office: Annotated[str, Query(pattern=r"^62(\.[0-9]{2})?$")] = "62",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Follow-ups of all incidents (`office` 62), or of those of one regency, by time limit."""
    now = now_of(request)
    found = doors(request).desk.casework.follow_ups(
        now, state=state, office=office, limit=limit, offset=offset, sight=visitor.sight
    )
    return wire.answer(wire_casework.follow_up_list_out(found, now))


@router.post(
    "/follow-ups/{follow_up_id}/steps",
    status_code=201,
    response_class=Response,
    responses=documented(wire_casework.FollowUpOut, 201),
    dependencies=[CheckedHeader],
)
def record_step(
    request: Request, visitor: Reviewer, follow_up_id: Number, body: wire_casework.StepIn
) -> Response:
    """What happened to a follow-up; the first step with `responded` is its owner's response."""
    now = now_of(request)
    draft = StepDraft(
        follow_up_id=follow_up_id,
        state=body.state,
        outcome=body.outcome,
        responded=body.responded,
        due_at=body.due_at,
        seen_step_id=body.seen_step_id,
    )
    made = doors(request).desk.casework.step(draft, visitor.account, now)
    return wire.answer(wire_casework.follow_up_out(made, now), 201)
