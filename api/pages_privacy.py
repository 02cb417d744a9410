"""The data-protection notice for everybody; requests and legal holds for administrators."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import Administrator, Anyone, CheckedForm, Number, Visitor, doors, find_visitor, now_of
from api.pages import row_numbers
from api.render import language, page
from api.times import read_moment
from api.words import say
from screening import KINDS, Conflict, Invalid, NotFound, RequestKind

router = APIRouter()

NOTES = frozenset({"permintaan", "proses", "jawab", "hapus", "tahan", "cabut"})
BLANK = dict.fromkeys(("jenis", "diterima", "uraian", "tautan", "insiden", "alasan"), "")
_CLOSED = 50


@router.get("/privasi")
def notice(request: Request, _: Anyone) -> Response:
    """What is kept, how long (as the settings say) and how to ask; readable signed out."""
    desk = doors(request).desk
    return page(
        request,
        "privasi.html",
        visitor=find_visitor(request),
        kept=[(kind, desk.privacy.keep.days(kind)) for kind in KINDS],
        contact=desk.settings.privacy_contact,
    )


@router.get("/permintaan")
def requests(request: Request, visitor: Administrator) -> Response:
    note, number = request.query_params.get("pesan", ""), request.query_params.get("no", "")
    known = note in NOTES and re.fullmatch("[A-Z0-9-]{1,20}", number)
    return requests_page(
        request, visitor, done=say(f"done_{note}", language(request)).format(n=number) if known else ""
    )


def requests_page(
    request: Request,
    visitor: Visitor,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    desk, now, lang = doors(request).desk, now_of(request), language(request)
    every = desk.privacy.requests(closed=True, limit=500)
    waiting = [one for one in every if one.answered_at is None]
    return page(
        request,
        "permintaan.html",
        status=status,
        visitor=visitor,
        waiting=waiting,
        closed=[one for one in every if one.answered_at is not None][:_CLOSED],
        holds=desk.privacy.holds(),
        kinds=list(RequestKind),
        clock=lambda one: clock(one.due_at, now, lang),
        done=done,
        problem=problem,
        typed=BLANK | (typed or {}),
    )


def clock(due_at: datetime, now: datetime, lang: str) -> str:
    """What is left of the 72 hours, or by how much they are over."""
    late = now > due_at
    minutes = abs(due_at - now) // timedelta(minutes=1)
    time = say("request_hours", lang).format(h=minutes // 60, m=minutes % 60)
    return say("request_late" if late else "request_left", lang).format(time=time)


def acted(
    request: Request,
    visitor: Visitor,
    note: str,
    act: Callable[[], object],
    typed: dict[str, str] | None = None,
) -> Response:
    """Back to the page with a word about it; a refusal shows what was typed."""
    try:
        number = act()
    except (Conflict, NotFound, Invalid) as refusal:
        status = {Conflict: 409, NotFound: 404, Invalid: 422}[type(refusal)]
        return requests_page(request, visitor, problem=refusal.detail, status=status, typed=typed)
    return RedirectResponse(f"/permintaan?{urlencode({'pesan': note, 'no': str(number)})}", status_code=303)


@router.post("/permintaan", dependencies=[CheckedForm])
def receive(
    request: Request,
    visitor: Administrator,
    *,
    jenis: Annotated[str, Form()] = "",
    diterima: Annotated[str, Form()] = "",
    uraian: Annotated[str, Form(max_length=8_000)] = "",
    tautan: Annotated[str, Form(max_length=4_000)] = "",
    insiden: Annotated[str, Form()] = "",
) -> Response:
    """Writes a request down; the reference is shown for whoever asked."""
    typed = {"jenis": jenis, "diterima": diterima, "uraian": uraian, "tautan": tautan, "insiden": insiden}

    def act() -> str:
        if jenis not in set(RequestKind):
            raise Invalid("Pilih jenis permintaan.")
        if insiden.strip():
            incident_id: int | None = row_number(insiden, "Nomor insiden harus angka.")
        else:
            incident_id = None
        # A form's local time has no zone: officers write WIB.
        received = read_moment(diterima + "+07:00") if diterima else None
        if diterima and received is None:
            raise Invalid("Waktu diterima tidak dapat dibaca.")
        made = doors(request).desk.privacy.receive(
            RequestKind(jenis),
            uraian,
            visitor.account,
            now_of(request),
            link=tautan,
            incident_id=incident_id,
            received_at=received,
        )
        return made.reference

    return acted(request, visitor, "permintaan", act, typed)


@router.post("/permintaan/{request_id}/proses", dependencies=[CheckedForm])
def take_up(request: Request, visitor: Administrator, request_id: Number) -> Response:
    privacy = doors(request).desk.privacy
    return acted(
        request,
        visitor,
        "proses",
        lambda: privacy.take_up(request_id, visitor.account, now_of(request)).reference,
    )


@router.post("/permintaan/{request_id}/jawab", dependencies=[CheckedForm])
def answer(
    request: Request,
    visitor: Administrator,
    request_id: Number,
    *,
    jawaban: Annotated[str, Form(max_length=8_000)] = "",
    dasar: Annotated[str, Form(max_length=8_000)] = "",
    tolak: Annotated[str, Form()] = "",
) -> Response:
    """Records the answer or, with `tolak=1`, the refusal."""
    privacy = doors(request).desk.privacy

    def act() -> str:
        after = privacy.answer(
            request_id, jawaban, dasar, visitor.account, now_of(request), refused=tolak == "1"
        )
        return after.reference

    return acted(request, visitor, "jawab", act)


@router.post("/permintaan/{request_id}/hapus-teks", dependencies=[CheckedForm])
def erase(
    request: Request, visitor: Administrator, request_id: Number, butir: Annotated[str, Form()] = ""
) -> Response:
    """Takes an item's raw words at once."""

    def act() -> int:
        item_id = row_number(butir, "Tulis nomor butir.")
        doors(request).desk.privacy.erase(item_id, request_id, visitor.account, now_of(request))
        return item_id

    return acted(request, visitor, "hapus", act)


@router.post("/penahanan", dependencies=[CheckedForm])
def hold(
    request: Request,
    visitor: Administrator,
    insiden: Annotated[str, Form()] = "",
    alasan: Annotated[str, Form(max_length=8_000)] = "",
) -> Response:
    def act() -> int:
        incident_id = row_number(insiden, "Tulis nomor insiden.")
        return (
            doors(request)
            .desk.privacy.hold(incident_id, alasan, visitor.account, now_of(request))
            .incident_id
        )

    return acted(request, visitor, "tahan", act, {"alasan": alasan})


@router.post("/penahanan/{hold_id}/cabut", dependencies=[CheckedForm])
def lift(
    request: Request,
    visitor: Administrator,
    hold_id: Number,
    alasan: Annotated[str, Form(max_length=8_000)] = "",
) -> Response:
    privacy = doors(request).desk.privacy
    return acted(
        request,
        visitor,
        "cabut",
        lambda: privacy.lift(hold_id, alasan, visitor.account, now_of(request)).incident_id,
    )


def row_number(text: str, problem: str) -> int:
    return row_numbers([text.strip()], problem)[0]
