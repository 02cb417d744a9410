"""The operator's page: sources and how they fare, in words; add, check, pause, OPML in and out."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated

import structlog
from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from api.auth import OPERATORS, CheckedForm, Number, Operator, Reader, Visitor, doors, now_of
from api.render import language, page
from api.wire_shapes import plain
from api.words import say, without_duplicates
from feeds import SourceListing
from screening import Conflict, Invalid, Source, SourceState

router = APIRouter()
log = structlog.get_logger("dini.api")

PAGE = 100
NOTES = frozenset({"source_added", "source_paused", "source_resumed", "source_imported", "source_moved"})
ALARM = "alarm"
ORDER = (SourceState.FAILING, SourceState.OK, SourceState.UNVERIFIED, SourceState.PAUSED)


def attention(one: Source) -> int:
    """What needs an eye first: failing, put to rest, moved or tried in vain; then the rest by `ORDER`."""
    vain = one.state is SourceState.UNVERIFIED and one.last_try_at is not None
    return 0 if vain or one.at_rest or one.moved_to else ORDER.index(one.state)


def sources_page(
    request: Request,
    visitor: Visitor,
    *,
    status: int = 200,
    problem: str = "",
    done: str = "",
    problems: tuple[str, ...] = (),
    draft: dict[str, str] | None = None,
) -> Response:
    if status == 422:
        log.warning("refused", path=request.url.path, status=status, line=problem)
    health = {one.source.id: one for one in doors(request).desk.source_health(now_of(request))}
    every = [one.source for one in health.values()]
    counts = Counter(one.state for one in every)
    alarms = sum(one.alarm for one in health.values())
    wanted, start = request.query_params.get("keadaan", ""), request.query_params.get("mulai", "")
    state = wanted if wanted in {*SourceState, ALARM} else ""
    offset = int(start) if re.fullmatch("[0-9]{1,6}", start) else 0
    shown = sorted(
        (one for one in every if state in ("", one.state) or (state == ALARM and health[one.id].alarm)),
        key=lambda one: (not health[one.id].alarm, attention(one), one.name.casefold(), one.id),
    )
    return page(
        request,
        "sumber.html",
        status=status,
        visitor=visitor,
        may_operate=visitor.account.role in OPERATORS and visitor.sight.whole,
        sources=shown[offset : offset + PAGE],
        health=health,
        alarms=alarms,
        total=len(every),
        states=[(one.value, counts[one]) for one in ORDER if counts[one]],
        state=state,
        offset=offset,
        size=PAGE,
        more=len(shown) > offset + PAGE,
        problem=problem,
        done=done,
        problems=problems,
        draft=draft or {"alamat": "", "nama": "", "pemilik": ""},
    )


@router.get("/sumber")
def show(request: Request, visitor: Reader) -> Response:
    note, count = request.query_params.get("pesan", ""), request.query_params.get("n", "")
    done = say(f"done_{note}", language(request)) if note in NOTES else ""
    return sources_page(request, visitor, done=done.format(n=count if count.isdigit() else ""))


@router.post("/sumber", dependencies=[CheckedForm])
def add(
    request: Request,
    visitor: Operator,
    *,
    alamat: Annotated[str, Form(max_length=2_000)] = "",
    nama: Annotated[str, Form(max_length=200)] = "",
    pemilik: Annotated[str, Form(max_length=200)] = "",
    cakupan: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    listing = SourceListing(
        url=alamat.strip(),
        name=plain(nama).strip(),
        owner=plain(pemilik).strip(),
        area="nasional" if cakupan == "nasional" else "kalteng",
    )
    try:
        doors(request).desk.add_source(listing, now_of(request), visitor.account.id)
    except (Invalid, Conflict) as refusal:
        return sources_page(
            request,
            visitor,
            status=409 if isinstance(refusal, Conflict) else 422,
            problem=refusal.detail,
            draft={"alamat": alamat, "nama": nama, "pemilik": pemilik},
        )
    return RedirectResponse("/sumber?pesan=source_added", status_code=303)


@router.post("/sumber/{source_id}/periksa", dependencies=[CheckedForm])
def check(request: Request, visitor: Operator, source_id: Number) -> Response:
    """Fetches one source now and says what came; the answer is a page, so a reload asks before it repeats."""
    line = doors(request).desk.check_source(source_id, now_of(request), visitor.account.id)
    text = say("checked", language(request)).format(
        name=line.source.name, new=line.new, changed=line.changed, same=line.same
    )
    if line.reason:
        text = f"{line.source.name}: {line.reason}"
    failed = line.state == "gagal"
    return sources_page(request, visitor, problem=text if failed else "", done="" if failed else text)


@router.post("/sumber/{source_id}/jeda", dependencies=[CheckedForm])
def pause(
    request: Request, visitor: Operator, source_id: Number, jeda: Annotated[str, Form()] = ""
) -> Response:
    doors(request).desk.pause_source(source_id, jeda == "1", now_of(request), visitor.account.id)
    note = "source_paused" if jeda == "1" else "source_resumed"
    return RedirectResponse(f"/sumber?pesan={note}#s{source_id}", status_code=303)


@router.post("/sumber/{source_id}/pindah", dependencies=[CheckedForm])
def accept_move(
    request: Request,
    visitor: Operator,
    source_id: Number,
    alamat: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """The operator's consent to the address that the page showed."""
    try:
        doors(request).desk.accept_move(source_id, alamat, now_of(request), visitor.account.id)
    except (Invalid, Conflict) as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return sources_page(request, visitor, status=status, problem=refusal.detail)
    return RedirectResponse(f"/sumber?pesan=source_moved#s{source_id}", status_code=303)


@router.post("/sumber/impor", dependencies=[CheckedForm])
def import_opml(request: Request, visitor: Operator, berkas: Annotated[UploadFile, File()]) -> Response:
    added, problems = doors(request).desk.import_opml(berkas.file.read(), now_of(request), visitor.account.id)
    known, others = without_duplicates(problems)
    if others:
        log.warning("refused_outlines", count=len(others), first=others[:5])
    done = say("done_source_imported", language(request)).format(n=len(added))
    if known:
        done += " " + say("already_registered", language(request)).format(n=known)
    return sources_page(request, visitor, done=done, problems=others)


@router.get("/sumber/ekspor.opml")
def export_opml(request: Request, visitor: Reader) -> Response:
    doors(request).desk.audits.record(now_of(request), visitor.account.id, "sumber.unduh")
    return Response(
        doors(request).desk.export_opml(),
        media_type="text/x-opml",
        headers={"Content-Disposition": 'attachment; filename="dini-sumber.opml"'},
    )
