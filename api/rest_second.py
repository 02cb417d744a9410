"""`/api/v1`: second readings without the score, agreement, weekly samples, what was learnt elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import wire, wire_second, wire_shapes
from api.auth import CheckedHeader, Number, Reader, Reviewer, doors, now_of, read_raw
from api.rest import documented
from screening import TARGET, Answer, ElsewhereDraft
from screening.taxonomy import Severity

router = APIRouter(tags=["v1"])

WEEKS = timedelta(days=182)


@router.get("/readings", response_class=Response, responses=documented(wire_second.WaitingOut))
def readings(request: Request, visitor: Reviewer) -> Response:
    """What waits for you: readings, those nobody has, and differences you may decide."""
    return wire.answer(wire_second.waiting_out(doors(request).desk.second.waiting(visitor.account)))


@router.get("/readings/{reading_id}", response_class=Response, responses=documented(wire_second.ReadingOut))
def reading(request: Request, visitor: Reviewer, reading_id: Number) -> Response:
    """The reports of one reading of yours, without level, score, evidence or the first answer."""
    view = doors(request).desk.second.reading(reading_id, visitor.account)
    read_raw(request, visitor, f"insiden:{view.line.incident_id}")
    return wire.answer(wire_second.reading_out(view))


@router.post(
    "/readings/{reading_id}/take",
    response_class=Response,
    responses=documented(wire_second.WaitingOut),
    dependencies=[CheckedHeader],
)
def take(request: Request, visitor: Reviewer, reading_id: Number) -> Response:
    """A reading nobody has becomes yours; 409 when somebody has it, 403 to who decided or held it."""
    desk = doors(request).desk
    desk.second.take(reading_id, visitor.account, now_of(request))
    return wire.answer(wire_second.waiting_out(desk.second.waiting(visitor.account)))


@router.post(
    "/readings/{reading_id}/pass",
    response_class=Response,
    responses=documented(wire_second.WaitingOut),
    dependencies=[CheckedHeader],
)
def hand_on(request: Request, visitor: Reviewer, reading_id: Number) -> Response:
    """Your reading goes to the next who may read it, or to everybody."""
    desk = doors(request).desk
    desk.second.hand_on(reading_id, visitor.account, now_of(request))
    return wire.answer(wire_second.waiting_out(desk.second.waiting(visitor.account)))


@router.post(
    "/readings/{reading_id}/answer",
    status_code=201,
    response_class=Response,
    responses=documented(wire_second.AnsweredOut, 201),
    dependencies=[CheckedHeader],
)
def answer(request: Request, visitor: Reviewer, reading_id: Number, body: wire_second.AnswerIn) -> Response:
    """Records your answer, once."""
    said = Answer(
        decision=body.decision,
        reason=body.reason,
        issue=body.issue,
        form=body.form,
        severity=None if body.severity is None else Severity(body.severity),
        place_code=body.place_code,
        note=body.note,
    )
    differs = doors(request).desk.second.answer(
        reading_id, said, visitor.account, now_of(request), seen_before=body.seen_before
    )
    return wire.answer({"id": reading_id, "differs": differs}, 201)


@router.get(
    "/adjudications/{reading_id}", response_class=Response, responses=documented(wire_second.DisputeOut)
)
def dispute(request: Request, visitor: Reviewer, reading_id: Number) -> Response:
    """Two answers that differ, as A and B, and the reports; 403 to who gave one of them."""
    view = doors(request).desk.second.dispute(reading_id, visitor.account)
    read_raw(request, visitor, f"insiden:{view.line.incident_id}")
    return wire.answer(wire_second.dispute_out(view))


@router.post(
    "/adjudications/{reading_id}",
    status_code=201,
    response_class=Response,
    responses=documented(wire_shapes.IncidentOut, 201),
    dependencies=[CheckedHeader],
)
def decide(request: Request, visitor: Reviewer, reading_id: Number, body: wire_shapes.ReviewIn) -> Response:
    """An ordinary decision on the incident, which stands, tied to the two answers; 409 when stale."""
    draft = body.draft(0)  # the reading says which incident
    after = doors(request).desk.second.decide_dispute(reading_id, draft, visitor.account, now_of(request))
    return wire.answer(wire.incident_out(after), 201)


@router.get("/agreement", response_class=Response, responses=documented(wire_second.AgreementOut))
def agreement(request: Request, visitor: Reader, days: Annotated[int, Query(ge=1, le=366)] = 365) -> Response:
    """Krippendorff's alpha of the first answers of the last days, and pairs that differ; never by person."""
    now = now_of(request)
    found = doors(request).desk.second.agreement(now - timedelta(days=days), now + timedelta(seconds=1))
    return wire.answer(wire_second.agreement_out(found, TARGET))


@router.get("/samples", response_class=Response, responses=documented(wire_second.SamplesOut))
def samples(request: Request, visitor: Reader) -> Response:
    """Weekly samples of what was not flagged (26 weeks) with estimates, and what was learnt elsewhere."""
    desk, now = doors(request).desk, now_of(request)
    span = (now - WEEKS, now + timedelta(seconds=1))
    told: wire_second.SamplesOut = {
        "left": desk.samples.left(),
        "weeks": [wire_second.week_out(one) for one in desk.samples.weeks(*span)],
        "elsewhere": [wire_second.elsewhere_out(one) for one in desk.samples.elsewhere(*span)],
    }
    return wire.answer(told)


@router.get("/samples/next", response_class=Response, responses=documented(wire_second.NextSampleOut))
def next_sample(request: Request, visitor: Reviewer) -> Response:
    """The next item for you to judge, or null."""
    now = now_of(request)
    one = doors(request).desk.samples.view(visitor.account, now, now).item
    if one is None:
        return wire.answer({"item": None})
    read_raw(request, visitor, f"butir:{one.item.id}")
    return wire.answer({"item": wire_second.sample_item_out(one)})


@router.post(
    "/samples/{sample_id}/answer",
    status_code=201,
    response_class=Response,
    responses=documented(wire_second.SampleItemOut, 201),
    dependencies=[CheckedHeader],
)
def answer_sample(
    request: Request, visitor: Reviewer, sample_id: Number, body: wire_second.VerdictIn
) -> Response:
    """`ya`, `tidak`, `ragu`, or `luar` (relevant, outside our area); yours may be changed, others' not."""
    after = doors(request).desk.samples.answer(sample_id, body.verdict, visitor.account, now_of(request))
    return wire.answer(wire_second.sample_item_out(after), 201)


@router.post(
    "/samples/{sample_id}/promote",
    status_code=201,
    response_class=Response,
    responses=documented(wire_second.PromotedOut, 201),
    dependencies=[CheckedHeader],
)
def promote(request: Request, visitor: Reviewer, sample_id: Number) -> Response:
    """An item answered `ya` goes into an incident: a near one, or its own; 422 for other answers."""
    number = doors(request).desk.samples.promote(sample_id, visitor.account, now_of(request))
    return wire.answer({"incident_id": number}, 201)


@router.post(
    "/learnt-elsewhere",
    status_code=201,
    response_class=Response,
    responses=documented(wire_second.NotedOut, 201),
    dependencies=[CheckedHeader],
)
def note_elsewhere(request: Request, visitor: Reviewer, body: wire_second.ElsewhereIn) -> Response:
    """An incident your office learnt of from elsewhere first: codes only, and never a person."""
    draft = ElsewhereDraft(
        day=body.day,
        place_code=body.place_code,
        issue=body.issue,
        teller=body.teller,
        incident_id=body.incident_id,
    )
    number = doors(request).desk.samples.note_elsewhere(draft, visitor.account, now_of(request))
    return wire.answer({"id": number}, 201)
