"""Sampel: one item after the other of what was not flagged, what the weeks tell, what others told first."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import CheckedForm, Number, Reader, Reviewer, Visitor, doors, now_of, read_raw
from api.pages_second import lines_of, place_of
from api.render import language, page
from api.times import WIB, read_day
from api.words import say
from screening import Conflict, ElsewhereDraft, Invalid, NotFound, SampleItem, Teller, Verdict

router = APIRouter()

WEEKS = timedelta(days=182)
NOTES = ("ya", "tidak", "ragu", "luar", "dicatat", "ditarik")
BLANK = dict.fromkeys(("tanggal", "daerah", "isu", "lembaga", "nomor"), "")


@router.get("/sampel")
def sample(request: Request, visitor: Reader, butir: str = "") -> Response:
    """The next item, or (`butir`) one of one's own answers to change."""
    chosen = int(butir) if re.fullmatch("[0-9]{1,18}", butir) else None
    return sample_page(request, visitor, chosen=chosen)


def sample_page(
    request: Request,
    visitor: Visitor,
    *,
    chosen: int | None = None,
    problem: str = "",
    status: int = 200,
    noted: dict[str, str] | None = None,
) -> Response:
    desk, now = doors(request).desk, now_of(request)
    view = desk.samples.view(visitor.account, now - WEEKS, now + timedelta(seconds=1))
    item: SampleItem | None = view.item
    if chosen is not None:
        try:
            item = desk.samples.one(chosen, visitor.account)
        except NotFound as gone:
            problem, status = problem or gone.detail, 404 if status == 200 else status
    if item is not None:
        read_raw(request, visitor, f"butir:{item.item.id}")
    note = request.query_params.get("pesan", "")
    return page(
        request,
        "baca_sampel.html",
        status=status,
        visitor=visitor,
        view=view,
        item=item,
        left=view.left,
        problem=problem,
        done=say(f"sample_done_{note}", language(request)) if note in NOTES else "",
        noted=BLANK | (noted or {}),
        today=now.astimezone(WIB).date().isoformat(),
        tellers=list(Teller),
        lines_of=lines_of,
        place_of=place_of,
    )


@router.post("/sampel/diketahui", dependencies=[CheckedForm])
def note_elsewhere(
    request: Request,
    visitor: Reviewer,
    *,
    tanggal: Annotated[str, Form(max_length=20)] = "",
    daerah: Annotated[str, Form(max_length=20)] = "",
    isu: Annotated[str, Form(max_length=8)] = "",
    lembaga: Annotated[str, Form(max_length=32)] = "",
    nomor: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """An incident the office learnt of from elsewhere first; codes only."""
    typed = {"tanggal": tanggal, "daerah": daerah, "isu": isu, "lembaga": lembaga, "nomor": nomor}
    try:
        draft = read_elsewhere(typed)
        doors(request).desk.samples.note_elsewhere(draft, visitor.account, now_of(request))
    except (Invalid, NotFound) as refusal:
        status = 404 if isinstance(refusal, NotFound) else 422
        return sample_page(request, visitor, problem=refusal.detail, status=status, noted=typed)
    return RedirectResponse("/sampel?pesan=dicatat#diketahui", status_code=303)


def read_elsewhere(typed: dict[str, str]) -> ElsewhereDraft:
    """The form as a draft; `Invalid` says in words what it lacks."""
    day = read_day(typed["tanggal"].strip())
    if day is None:
        raise Invalid("Isi tanggal kejadian.")
    if typed["lembaga"] not in set(Teller):
        raise Invalid("Pilih jenis lembaga yang memberi tahu.")
    number = typed["nomor"].strip()
    if number and not re.fullmatch("[0-9]{1,18}", number):
        raise Invalid("Nomor insiden harus bilangan.")
    return ElsewhereDraft(
        day=day,
        place_code=typed["daerah"],
        issue=typed["isu"],
        teller=Teller(typed["lembaga"]),
        incident_id=int(number) if number else None,
    )


@router.post("/sampel/diketahui/{note_id}/tarik", dependencies=[CheckedForm])
def withdraw_elsewhere(request: Request, visitor: Reviewer, note_id: Number) -> Response:
    doors(request).desk.samples.withdraw_elsewhere(note_id, visitor.account, now_of(request))
    return RedirectResponse("/sampel?pesan=ditarik#diketahui", status_code=303)


@router.post("/sampel/{sample_id}", dependencies=[CheckedForm])
def answer(
    request: Request, visitor: Reviewer, sample_id: Number, jawaban: Annotated[str, Form()] = ""
) -> Response:
    """On to the next item; what is relevant stays, so that it can be made an incident."""
    if jawaban not in set(Verdict):
        return sample_page(
            request, visitor, chosen=sample_id, problem=say("sample_choose", language(request)), status=422
        )
    verdict = Verdict(jawaban)
    try:
        doors(request).desk.samples.answer(sample_id, verdict, visitor.account, now_of(request))
    except Conflict as refusal:
        return sample_page(request, visitor, problem=refusal.detail, status=409)
    kept = {"pesan": verdict.value} | ({"butir": str(sample_id)} if verdict is Verdict.YES else {})
    return RedirectResponse(f"/sampel?{urlencode(kept)}", status_code=303)


@router.post("/sampel/{sample_id}/insiden", dependencies=[CheckedForm])
def promote(request: Request, visitor: Reviewer, sample_id: Number) -> Response:
    """The missed item goes into an incident, whose page is where it is decided."""
    try:
        number = doors(request).desk.samples.promote(sample_id, visitor.account, now_of(request))
    except Invalid as refusal:
        return sample_page(request, visitor, problem=refusal.detail, status=422)
    return RedirectResponse(f"/insiden/{number}", status_code=303)
