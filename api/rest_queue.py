"""`/api/v1`: many decisions at once, decisions taken back, who has an incident in hand, watch topics."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api import wire, wire_queue
from api.auth import CheckedHeader, Number, Reader, Reviewer, doors, now_of
from api.rest import documented

router = APIRouter(tags=["v1"])


@router.post(
    "/reviews",
    response_class=Response,
    responses=documented(wire_queue.DecidedListOut),
    dependencies=[CheckedHeader],
)
def review_many(request: Request, visitor: Reviewer, body: wire_queue.ReviewsIn) -> Response:
    """Up to 200 decisions, each checked and recorded by itself; `items` tells of each what became of it."""
    drafts = [one.draft(one.incident_id) for one in body.reviews]
    decided = doors(request).desk.decisions.many(drafts, visitor.account, now_of(request))
    return wire.answer(wire_queue.decided_list_out(decided))


@router.post(
    "/reviews/{review_id}/undo",
    response_class=Response,
    responses=documented(wire_queue.AfterOut),
    dependencies=[CheckedHeader],
)
def undo(request: Request, visitor: Reviewer, review_id: Number) -> Response:
    """The review stands no more, the one before it or none stands again; nothing is removed."""
    after = doors(request).desk.decisions.undo(review_id, visitor.account, now_of(request))
    return wire.answer(wire_queue.after_out(after, "dibatalkan"))


@router.post(
    "/incidents/{incident_id}/claim",
    response_class=Response,
    responses=documented(wire_queue.HoldingOut),
    dependencies=[CheckedHeader],
)
def claim(request: Request, visitor: Reviewer, incident_id: Number, take_over: bool = False) -> Response:
    """In one's hands for half an hour; 409 while a colleague has it, unless `take_over`. Locks nothing."""
    holdings, now = doors(request).desk.holdings, now_of(request)
    way = holdings.take_over if take_over else holdings.claim
    return wire.answer(wire_queue.holding_out(way(incident_id, visitor.account, now)))


@router.delete(
    "/incidents/{incident_id}/claim",
    status_code=204,
    response_class=Response,
    dependencies=[CheckedHeader],
    responses={code: documented(wire_queue.HoldingOut)[code] for code in (401, 403, 404, 409)},
)
def release(request: Request, visitor: Reviewer, incident_id: Number) -> Response:
    """Lets it go; 409 unless it is in one's own hands."""
    doors(request).desk.holdings.release(incident_id, visitor.account, now_of(request))
    return Response(status_code=204)


@router.get("/topics", response_class=Response, responses=documented(wire_queue.TopicListOut))
def topics(request: Request, visitor: Reader) -> Response:
    found = doors(request).desk.topics.all(visitor.sight)
    return wire.answer({"items": [wire_queue.topic_out(one) for one in found]})


@router.post(
    "/topics",
    status_code=201,
    response_class=Response,
    responses=documented(wire_queue.TopicOut, 201),
    dependencies=[CheckedHeader],
)
def add_topic(request: Request, visitor: Reviewer, body: wire_queue.TopicIn) -> Response:
    """`words`: alternatives, one a line; whole words, no names of persons (422)."""
    added = doors(request).desk.topics.add(body.title, body.words, visitor.account, now_of(request))
    return wire.answer(wire_queue.topic_out(added), 201)


@router.post(
    "/topics/trial",
    response_class=Response,
    responses=documented(wire_queue.TrialOut),
    dependencies=[CheckedHeader],
)
def try_topic(request: Request, visitor: Reviewer, body: wire_queue.TopicIn) -> Response:
    """What these words would have matched in the last 30 days; nothing is stored."""
    topics = doors(request).desk.topics
    found = topics.trial(body.title, body.words, now_of(request), visitor.sight)
    return wire.answer(wire_queue.trial_out(found))


@router.delete(
    "/topics/{topic_id:int}",
    status_code=204,
    response_class=Response,
    dependencies=[CheckedHeader],
    responses={code: documented(wire_queue.TopicOut)[code] for code in (401, 403, 404)},
)
def drop_topic(request: Request, visitor: Reviewer, topic_id: Number) -> Response:
    doors(request).desk.topics.remove(topic_id, visitor.account, now_of(request))
    return Response(status_code=204)
