"""`/api/v1/memos`: papers (Laporan Informasi, Laporan Atensi) for other tools."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import wire, wire_memo
from api.auth import CheckedHeader, Number, Reader, Reviewer, doors, now_of
from api.pages_memo import pdf_answer
from api.rest import REFUSALS, documented
from api.times import read_moment
from screening import Invalid, Memo, MemoFields, MemoKind, MemoState

router = APIRouter(tags=["v1"])


@router.get("/memos", response_class=Response, responses=documented(wire_memo.MemoListOut))
def memos(
    request: Request,
    visitor: Reader,
    *,
    state: MemoState | None = None,
    kind: MemoKind | None = None,
    office: Annotated[str, Query(pattern=r"^(62(\.[0-9]{2})?)?$")] = "",
    before: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Papers, newest first; go on with `before` = `next_before` until that is 0."""
    lines, following = doors(request).desk.memos.lines(
        states=(state,) if state else (),
        kind=kind,
        office=office,
        before=before,
        limit=limit,
        sight=visitor.sight,
    )
    return wire.answer(wire_memo.memo_list_out(lines, following))


@router.get(
    "/memos/{memo_id}/pdf",
    response_class=Response,
    responses={200: {"description": "OK", "content": {"application/pdf": {}}}, **REFUSALS},
)
def memo_pdf(request: Request, visitor: Reader, memo_id: Number) -> Response:
    now = now_of(request)
    return pdf_answer(doors(request).desk.memos.view(memo_id, now), now)


@router.get("/memos/{memo_id}", response_class=Response, responses=documented(wire_memo.MemoViewOut))
def memo(request: Request, visitor: Reader, memo_id: Number) -> Response:
    """One paper with its facts (of now in a draft, frozen once sent) and what became of it."""
    return wire.answer(wire_memo.memo_view_out(doors(request).desk.memos.view(memo_id, now_of(request))))


@router.post(
    "/incidents/{incident_id}/memos",
    status_code=201,
    response_class=Response,
    responses=documented(wire_memo.MemoViewOut, 201),
    dependencies=[CheckedHeader],
)
def begin(request: Request, visitor: Reviewer, incident_id: Number, body: wire_memo.MemoIn) -> Response:
    """A draft about this incident; 403 for an LA about a peaceful action, 422 for one below SIAGA."""
    made = doors(request).desk.memos.open(body.kind, incident_id, visitor.account, now_of(request))
    return shown(request, made, 201)


@router.patch(
    "/memos/{memo_id}",
    response_class=Response,
    responses=documented(wire_memo.MemoViewOut),
    dependencies=[CheckedHeader],
)
def save(request: Request, visitor: Reviewer, memo_id: Number, body: wire_memo.MemoSaveIn) -> Response:
    """The next version of a draft; 409 unless `seen_version` is the newest, or once it was sent."""
    given = over(request, memo_id, body.fields)
    after = doors(request).desk.memos.save(
        memo_id, given, body.seen_version, visitor.account, now_of(request)
    )
    return shown(request, after)


@router.post(
    "/memos/{memo_id}/send",
    response_class=Response,
    responses=documented(wire_memo.MemoViewOut),
    dependencies=[CheckedHeader],
)
def send(request: Request, visitor: Reviewer, memo_id: Number, body: wire_memo.MemoSendIn) -> Response:
    """Marks it as sent and freezes it; nothing is sent by this service."""
    after = doors(request).desk.memos.send(
        memo_id,
        seen=body.seen_version,
        mark=body.facts_mark,
        institutions="\n".join(body.institutions),
        at=moment(body.at),
        account=visitor.account,
        now=now_of(request),
    )
    return shown(request, after)


@router.post(
    "/memos/{memo_id}/corrections",
    response_class=Response,
    responses=documented(wire_memo.MemoViewOut),
    dependencies=[CheckedHeader],
)
def correct(request: Request, visitor: Reviewer, memo_id: Number, body: wire_memo.MemoCorrectIn) -> Response:
    """A corrected version of a paper that was sent, with the reason; the version sent is kept."""
    after = doors(request).desk.memos.correct(
        memo_id,
        over(request, memo_id, body.fields),
        seen=body.seen_version,
        mark=body.facts_mark,
        reason=body.reason,
        account=visitor.account,
        now=now_of(request),
    )
    return shown(request, after)


@router.post(
    "/memos/{memo_id}/withdraw",
    response_class=Response,
    responses=documented(wire_memo.MemoViewOut),
    dependencies=[CheckedHeader],
)
def withdraw(
    request: Request, visitor: Reviewer, memo_id: Number, body: wire_memo.MemoWithdrawIn
) -> Response:
    """Takes it back for good; it stays readable with the reason."""
    desk, now = doors(request).desk, now_of(request)
    after = desk.memos.withdraw(
        memo_id, seen=body.seen_version, reason=body.reason, account=visitor.account, now=now
    )
    return shown(request, after)


@router.post(
    "/memos/{memo_id}/responses",
    status_code=201,
    response_class=Response,
    responses=documented(wire_memo.MemoViewOut, 201),
    dependencies=[CheckedHeader],
)
def respond(request: Request, visitor: Reviewer, memo_id: Number, body: wire_memo.MemoResponseIn) -> Response:
    """What an institution answered to a paper that was sent."""
    after = doors(request).desk.memos.respond(
        memo_id,
        institution=body.institution,
        at=moment(body.at),
        words=body.words,
        account=visitor.account,
        now=now_of(request),
    )
    return shown(request, after, 201)


def shown(request: Request, one: Memo, status: int = 200) -> Response:
    view = doors(request).desk.memos.view(one.id, now_of(request))
    return wire.answer(wire_memo.memo_view_out(view), status)


def over(request: Request, memo_id: int, given: wire_memo.MemoFieldsIn) -> MemoFields:
    """The newest fields with those given over them."""
    newest = doors(request).desk.memos.view(memo_id, now_of(request)).fields
    return replace(newest, **given.model_dump(exclude_none=True))


def moment(text: str) -> datetime | None:
    found = read_moment(text)
    if text.strip() and found is None:
        raise Invalid("at harus waktu ISO 8601.")
    return found
