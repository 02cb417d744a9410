"""Baca kedua: what waits to be read blind, one reading, a difference for a third person, and agreement."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import CheckedForm, Number, Reader, Reviewer, Visitor, doors, now_of, read_raw
from api.pages_decide import Typed, read_draft
from api.render import language, page, term_name
from api.wire_shapes import plain
from api.words import say
from screening import TARGET, Answer, Conflict, Decision, Invalid, Pair, Refused, Scale, is_swapped
from screening.taxonomy import (
    FORM_BY_CODE,
    ISSUE_BY_CODE,
    ISSUE_TERMS,
    REGENCY_BY_CODE,
    RejectReason,
    Severity,
)

router = APIRouter()

DAYS = (30, 90, 365)
NOTES = ("dijawab", "dijawab_beda", "diserahkan", "diambil", "diputuskan")
BLANK = dict.fromkeys(("putusan", "alasan", "tingkat", "isu", "bentuk", "daerah", "catatan", "pernah"), "")
STATUS = {Conflict: 409, Refused: 403, Invalid: 422}


@router.get("/baca-kedua")
def waiting(request: Request, visitor: Reviewer) -> Response:
    return waiting_page(request, visitor)


def waiting_page(request: Request, visitor: Visitor, *, problem: str = "", status: int = 200) -> Response:
    desk = doors(request).desk
    note = request.query_params.get("pesan", "")
    return page(
        request,
        "baca_kedua.html",
        status=status,
        visitor=visitor,
        waiting=desk.second.waiting(visitor.account),
        left=desk.samples.left(),
        chosen_percent=desk.settings.second_reading_percent,
        problem=problem,
        done=say(f"second_{note}", language(request)) if note in NOTES else "",
    )


@router.get("/baca-kedua/{reading_id}")
def reading(request: Request, visitor: Reviewer, reading_id: Number) -> Response:
    return reading_page(request, visitor, reading_id)


def reading_page(
    request: Request,
    visitor: Visitor,
    reading_id: int,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    view = doors(request).desk.second.reading(reading_id, visitor.account)
    read_raw(request, visitor, f"insiden:{view.line.incident_id}")
    return page(
        request,
        "baca_satu.html",
        status=status,
        visitor=visitor,
        view=view,
        draft=BLANK | (typed or {}),
        problem=problem,
        lines_of=lines_of,
    )


@router.post("/baca-kedua/{reading_id}", dependencies=[CheckedForm])
def answer(
    request: Request,
    visitor: Reviewer,
    reading_id: Number,
    typed: Typed,
    *,
    putusan: Annotated[str, Form()] = "",
    pernah: Annotated[str, Form()] = "",
) -> Response:
    """Records the answer and goes on to the next; a refusal shows the page again with what was chosen."""
    desk = doors(request).desk
    typed |= {"putusan": putusan, "pernah": pernah}
    try:
        said = read_answer(typed)
        differs = desk.second.answer(
            reading_id, said, visitor.account, now_of(request), seen_before=pernah == "ya"
        )
    except (Conflict, Refused, Invalid) as refusal:
        return reading_page(
            request,
            visitor,
            reading_id,
            typed=typed,
            problem=refusal.detail,
            status=STATUS[type(refusal)],
        )
    return RedirectResponse(f"/baca-kedua?pesan={'dijawab_beda' if differs else 'dijawab'}", status_code=303)


def read_answer(typed: dict[str, str]) -> Answer:
    """The form as an answer; `Invalid` when no decision was chosen."""
    if typed["putusan"] not in set(Decision):
        raise Invalid("Pilih jawaban: relevan, tidak relevan, atau ragu.")
    decision = Decision(typed["putusan"])
    rejects = decision is Decision.REJECT
    reason = typed["alasan"] if rejects and typed["alasan"] in set(RejectReason) else ""
    issues = {term.code for term in ISSUE_TERMS}
    return Answer(
        decision=decision,
        reason=RejectReason(reason) if reason else None,
        issue=typed["isu"] if typed["isu"] in issues and not rejects else None,
        form=typed["bentuk"] if typed["bentuk"] in FORM_BY_CODE and not rejects else None,
        severity=Severity(int(typed["tingkat"]))
        if re.fullmatch("[1-4]", typed["tingkat"]) and not rejects
        else None,
        place_code=typed["daerah"] if typed["daerah"] in REGENCY_BY_CODE and not rejects else None,
        note=plain(typed["catatan"]).strip(),
    )


@router.post("/baca-kedua/{reading_id}/ambil", dependencies=[CheckedForm])
def take(request: Request, visitor: Reviewer, reading_id: Number) -> Response:
    try:
        doors(request).desk.second.take(reading_id, visitor.account, now_of(request))
    except (Conflict, Refused) as refusal:
        return waiting_page(request, visitor, problem=refusal.detail, status=STATUS[type(refusal)])
    return RedirectResponse(f"/baca-kedua/{reading_id}", status_code=303)


@router.post("/baca-kedua/{reading_id}/serahkan", dependencies=[CheckedForm])
def hand_on(request: Request, visitor: Reviewer, reading_id: Number) -> Response:
    doors(request).desk.second.hand_on(reading_id, visitor.account, now_of(request))
    return RedirectResponse("/baca-kedua?pesan=diserahkan", status_code=303)


@router.get("/adjudikasi/{reading_id}")
def dispute(request: Request, visitor: Reviewer, reading_id: Number) -> Response:
    return dispute_page(request, visitor, reading_id)


def dispute_page(
    request: Request,
    visitor: Visitor,
    reading_id: int,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    view = doors(request).desk.second.dispute(reading_id, visitor.account)
    read_raw(request, visitor, f"insiden:{view.line.incident_id}")
    return page(
        request,
        "baca_adjudikasi.html",
        status=status,
        visitor=visitor,
        view=view,
        draft=BLANK | (typed or {}),
        problem=problem,
        lines_of=lines_of,
        place_of=place_of,
    )


@router.post("/adjudikasi/{reading_id}", dependencies=[CheckedForm])
def decide(
    request: Request,
    visitor: Reviewer,
    reading_id: Number,
    typed: Typed,
    *,
    putusan: Annotated[str, Form()] = "",
    terlihat: Annotated[str, Form()] = "",
) -> Response:
    """An ordinary decision, which stands; a refusal shows both answers again with what was chosen."""
    try:
        draft = read_draft(0, putusan, typed, terlihat)
        if draft.decision is Decision.ACCEPT and None in (draft.issue, draft.form, draft.severity):
            # The machine's codes are not on this page, so nobody can mean them by leaving a field empty.
            raise Invalid("Pilih isu, bentuk, dan tingkat.")
        doors(request).desk.second.decide_dispute(reading_id, draft, visitor.account, now_of(request))
    except (Conflict, Refused, Invalid) as refusal:
        try:
            return dispute_page(
                request,
                visitor,
                reading_id,
                typed=typed,
                problem=refusal.detail,
                status=STATUS[type(refusal)],
            )
        except Conflict as gone:  # somebody else has settled it in between
            return waiting_page(request, visitor, problem=gone.detail, status=409)
    return RedirectResponse("/baca-kedua?pesan=diputuskan", status_code=303)


@router.get("/kesepakatan")
def agreement(request: Request, visitor: Reader, hari: str = "") -> Response:
    """Of the office, never of a person; an unknown span means a year."""
    desk, now = doors(request).desk, now_of(request)
    days = int(hari) if hari in {str(one) for one in DAYS} else DAYS[-1]
    found = desk.second.agreement(now - timedelta(days=days), now + timedelta(seconds=1))
    own = {one.reading_id for one in desk.second.waiting(visitor.account).disputes}
    return page(
        request,
        "baca_kesepakatan.html",
        visitor=visitor,
        found=found,
        days=days,
        spans=DAYS,
        target=TARGET,
        mine_to_settle=own,
        code_word=lambda scale, code: code_word(scale, code, language(request)),
        both_of=both_of,
        place_of=place_of,
        left=desk.samples.left(),
    )


def code_word(scale: str, code: str, lang: str) -> str:
    """A code of a scale as people know it."""
    if scale == Scale.SEVERITY:
        return say(f"level_{code}", lang)
    if scale == Scale.RELEVANCE:
        return say("second_relevant" if code == Decision.ACCEPT else "second_not", lang)
    term = (ISSUE_BY_CODE if scale == Scale.ISSUE else FORM_BY_CODE).get(code)
    return f"{code} {term_name(term, lang, code)}"


def both_of(pair: Pair) -> tuple[Answer, Answer]:
    """A and B, in the order in which a third reader saw them."""
    return (pair.second, pair.first) if is_swapped(pair.reading_id) else (pair.first, pair.second)


def place_of(code: str | None) -> str:
    return REGENCY_BY_CODE.get((code or "")[:5], code or "–")


def lines_of(text: str) -> list[str]:
    """The paragraphs of a raw text."""
    return [line for line in text.splitlines() if line.strip()]
