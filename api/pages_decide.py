"""Decisions by form or by fetch: one, many at once, taken back; and having an incident in hand.

Each route answers a browser without JavaScript with a page, and the page's own script (which asks for JSON)
with what a line must know; both go through the same checks.
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from api import wire
from api.auth import CheckedForm, Number, Reviewer, Visitor, doors, now_of, safe_next
from api.pages import incident_page
from api.render import page
from api.wire_queue import after_out, decided_list_out, holding_out
from api.wire_shapes import plain
from screening import (
    Conflict,
    Decided,
    Decision,
    DeskError,
    Invalid,
    NotFound,
    Outcome,
    Refused,
    ReviewDraft,
)
from screening.taxonomy import FORM_BY_CODE, ISSUE_TERMS, REGENCY_BY_CODE, RejectReason, Severity

router = APIRouter()

STATUS: dict[type[DeskError], int] = {Conflict: 409, Refused: 403, Invalid: 422, NotFound: 404}
STATES = {409: "bentrok", 403: "ditolak", 422: "salah", 404: "tidak_ada"}


def by_script(request: Request) -> bool:
    """Whether our own script asks, which wants JSON instead of a page."""
    return "application/json" in request.headers.get("accept", "")


def typed_codes(
    *,
    alasan: Annotated[str, Form()] = "",
    tingkat: Annotated[str, Form()] = "",
    isu: Annotated[str, Form()] = "",
    bentuk: Annotated[str, Form()] = "",
    daerah: Annotated[str, Form()] = "",
    catatan: Annotated[str, Form(max_length=4_000)] = "",
) -> dict[str, str]:
    """What a form about an incident says beside the decision, as typed, to be shown again on a refusal."""
    return {
        "alasan": alasan,
        "tingkat": tingkat,
        "isu": isu,
        "bentuk": bentuk,
        "daerah": daerah,
        "catatan": catatan,
    }


Typed = Annotated[dict[str, str], Depends(typed_codes)]


@router.post("/insiden/{incident_id}/putusan", dependencies=[CheckedForm])
def review(
    request: Request,
    visitor: Reviewer,
    incident_id: Number,
    typed: Typed,
    *,
    putusan: Annotated[str, Form()] = "",
    terlihat: Annotated[str, Form()] = "",
    kembali: Annotated[str, Form()] = "",
    lanjut: Annotated[str, Form()] = "",
    halaman: Annotated[str, Form()] = "",
) -> Response:
    """Records the decision; a refusal shows the incident again with everything that was typed."""
    back = safe_next(kembali)
    try:
        draft = read_draft(incident_id, putusan, typed, terlihat)
        after = doors(request).desk.review(draft, visitor.account, now_of(request))
    except (Conflict, Refused, Invalid) as refusal:
        status = STATUS[type(refusal)]
        if by_script(request):
            return refused(request, incident_id, refusal)
        return incident_page(
            request, visitor, incident_id, back=back, problem=refusal.detail, status=status, draft=typed
        )
    if by_script(request):
        return wire.answer(after_out(after, "dicatat"))
    if halaman == "insiden":
        kept = {"pesan": draft.decision.value} | ({"dari": back} if kembali else {})
        return RedirectResponse(f"/insiden/{incident_id}?{urlencode(kept)}", status_code=303)
    return RedirectResponse(after_decision(back, draft.decision, incident_id, lanjut), status_code=303)


def refused(request: Request, incident_id: int, refusal: DeskError) -> Response:
    """Why not, and how the incident stands now, so that nothing typed has to be typed again."""
    status = STATUS[type(refusal)]
    now = doors(request).desk.incident(incident_id, now_of(request)).incident
    return wire.answer(after_out(now, STATES[status], refusal.detail), status)


@router.post("/putusan/{review_id}/batal", dependencies=[CheckedForm])
def undo(
    request: Request, visitor: Reviewer, review_id: Number, kembali: Annotated[str, Form()] = ""
) -> Response:
    """Takes a decision back; the one before it, or none, stands again."""
    try:
        after = doors(request).desk.decisions.undo(review_id, visitor.account, now_of(request))
    except (Conflict, Refused) as refusal:
        if not by_script(request):
            raise
        status = STATUS[type(refusal)]
        return wire.answer({"state": STATES[status], "detail": refusal.detail}, status)
    if by_script(request):
        return wire.answer(after_out(after, "dibatalkan"))
    back = safe_next(kembali, f"/insiden/{after.id}")
    return RedirectResponse(told(back, "batal", after.id), status_code=303)


@router.post("/insiden/{incident_id}/tangani", dependencies=[CheckedForm])
def hold(
    request: Request,
    visitor: Reviewer,
    incident_id: Number,
    *,
    cara: Annotated[str, Form()] = "",
    kembali: Annotated[str, Form()] = "",
) -> Response:
    """`cara`: ambil, lepas or ambil_alih. Nobody is kept from deciding by it."""
    holdings, now = doors(request).desk.holdings, now_of(request)
    held = None
    try:
        if cara == "ambil":
            held = holdings.claim(incident_id, visitor.account, now)
        elif cara == "ambil_alih":
            held = holdings.take_over(incident_id, visitor.account, now)
        elif cara == "lepas":
            holdings.release(incident_id, visitor.account, now)
        else:
            raise Invalid("Pilih: tangani, lepas, atau ambil alih.")
    except (Conflict, Invalid, NotFound) as refusal:
        if not by_script(request):
            if isinstance(refusal, NotFound):
                raise
            status = STATUS[type(refusal)]
            back = safe_next(kembali)
            return incident_page(
                request, visitor, incident_id, back=back, problem=refusal.detail, status=status
            )
        status = STATUS[type(refusal)]
        current = holdings.of([incident_id], now).get(incident_id)
        known = holding_out(current) if current else None
        return wire.answer({"state": STATES[status], "detail": refusal.detail, "holding": known}, status)
    if by_script(request):
        return wire.answer({"state": "dicatat", "holding": holding_out(held) if held else None})
    return RedirectResponse(
        told(safe_next(kembali, f"/insiden/{incident_id}"), cara, incident_id), status_code=303
    )


@router.post("/antrean/putusan", dependencies=[CheckedForm])
def review_many(
    request: Request,
    visitor: Reviewer,
    *,
    pilih: Annotated[list[str], Form(default_factory=list, max_length=200)],
    putusan: Annotated[str, Form()] = "",
    alasan: Annotated[str, Form()] = "",
    catatan: Annotated[str, Form(max_length=4_000)] = "",
    kembali: Annotated[str, Form()] = "",
) -> Response:
    """One decision for all ticked lines, each checked by itself; `pilih` is `number:review seen`."""
    back = safe_next(kembali)
    desk, now = doors(request).desk, now_of(request)
    typed = dict.fromkeys(("tingkat", "isu", "bentuk", "daerah"), "")
    typed |= {"catatan": catatan, "alasan": alasan}
    try:
        chosen = read_ticks(pilih)
        if putusan == "gabung":
            results = merge_ticked(request, visitor, [number for number, _ in chosen])
        else:
            drafts = [read_draft(number, putusan, typed, seen) for number, seen in chosen]
            results = desk.decisions.many(drafts, visitor.account, now)
    except Invalid as refusal:
        if by_script(request):
            return wire.answer({"state": "salah", "detail": refusal.detail}, 422)
        return page(
            request,
            "banyak.html",
            visitor=visitor,
            status=422,
            results=(),
            done=0,
            problem=refusal.detail,
            back=back,
        )
    if by_script(request):
        return wire.answer(decided_list_out(results))
    done = sum(one.outcome is Outcome.DONE for one in results)
    return page(request, "banyak.html", visitor=visitor, results=results, done=done, problem="", back=back)


def merge_ticked(request: Request, visitor: Visitor, numbers: list[int]) -> tuple[Decided, ...]:
    """All into the first that was ticked; one that cannot be merged is told and keeps no other back."""
    if len(numbers) < 2:
        raise Invalid("Tandai paling sedikit dua insiden untuk digabung.")
    into, *others = numbers
    results = []
    for number in others:
        try:
            after = doors(request).desk.merge(into, number, visitor.account, now_of(request))
        except (Conflict, NotFound, Invalid) as refusal:
            outcome = Outcome.CONFLICT if isinstance(refusal, Conflict) else Outcome.MISSING
            results.append(Decided(incident_id=number, outcome=outcome, detail=refusal.detail))
        else:
            results.append(
                Decided(
                    incident_id=number, outcome=Outcome.DONE, title=after.title, review_id=after.review_id
                )
            )
    return tuple(results)


def read_ticks(given: list[str]) -> list[tuple[int, str]]:
    """(incident, review seen) of each ticked line; `Invalid` when none or not ours."""
    found = [re.fullmatch(r"([0-9]{1,18}):([0-9]{0,18})", one) for one in given]
    if not found or not all(found):
        raise Invalid("Tandai dahulu insiden yang akan diputuskan.")
    return [(int(one.group(1)), one.group(2)) for one in found if one]


def told(back: str, note: str, incident_id: int) -> str:
    """The page to return to, with what was done."""
    parts = urlsplit(back)
    kept = [(k, v) for k, v in parse_qsl(parts.query) if k not in ("pesan", "no", "fokus")]
    query = [*kept, ("pesan", note), ("no", str(incident_id)), ("fokus", str(incident_id))]
    return f"{parts.path}?{urlencode(query)}#i{incident_id}"


def after_decision(back: str, decision: Decision, incident_id: int, following: str) -> str:
    """Back to the same list, with the next line in focus, so that nobody loses the place."""
    parts = urlsplit(back)
    query = [*parse_qsl(parts.query), ("pesan", decision.value), ("no", str(incident_id))]
    anchor = ""
    if following.isdigit():
        query.append(("fokus", following))
        anchor = f"#i{following}"
    return f"{parts.path}?{urlencode(query)}{anchor}"


def read_draft(incident_id: int, decision: str, typed: dict[str, str], seen: str) -> ReviewDraft:
    """The form as a draft; `Invalid` says in words what the form lacks."""
    if decision not in set(Decision):
        raise Invalid("Pilih keputusan: terima, tolak, atau ragu.")
    chosen = Decision(decision)
    reason = typed["alasan"] if chosen is Decision.REJECT else ""
    if chosen is Decision.REJECT and reason not in set(RejectReason):
        raise Invalid("Menolak perlu alasan: pilih satu alasan dari daftar.")
    return ReviewDraft(
        incident_id=incident_id,
        decision=chosen,
        reason=RejectReason(reason) if reason else None,
        severity=Severity(int(typed["tingkat"])) if re.fullmatch("[0-4]", typed["tingkat"]) else None,
        issue=typed["isu"] if typed["isu"] in {term.code for term in ISSUE_TERMS} else None,
        form=typed["bentuk"] if typed["bentuk"] in FORM_BY_CODE else None,
        place_code=typed["daerah"] if typed["daerah"] in REGENCY_BY_CODE else None,
        note=plain(typed["catatan"]).strip(),
        seen_review_id=int(seen) if re.fullmatch("[0-9]{1,18}", seen) else None,
    )
