"""The queue: its filter, its lines, what changed since, saved views and watch topics."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import Headers, MutableHeaders

from api import wire
from api.auth import CheckedForm, Keeper, Number, Reader, Reviewer, Visitor, doors, now_of
from api.conditional import CACHE, unchanged
from api.marks import strongest
from api.pages import NOTES, here
from api.queue_filter import Asked, read_asked, read_query
from api.render import language, page
from api.times import iso, read_moment
from api.wire_queue import pulse_out
from api.words import say
from models import EvidenceKind
from screening import Conflict, Invalid, NotFound, QueueLine, QueuePage

router = APIRouter()

PAGE = 50
QUEUE_WORDS = 6
SHOWN_IDS = 200


@router.get("/antrean")
def queue(request: Request, visitor: Reader, setelah: str = "", fokus: str = "") -> Response:
    """An unknown filter value means no filter: an old bookmark shows more, never an error."""
    return queue_page(request, visitor, read_asked(request.query_params), after=setelah, focus=fokus)


def queue_page(
    request: Request,
    visitor: Visitor,
    asked: Asked,
    *,
    after: str = "",
    focus: str = "",
    problem: str = "",
    status: int = 200,
    view_title: str = "",
) -> Response:
    desk, now = doors(request).desk, now_of(request)
    asked, found, refused = found_by(request, visitor, asked, after)
    topics = desk.topics.all(visitor.sight)
    note, number = request.query_params.get("pesan", ""), request.query_params.get("no", "")
    told = note in NOTES and number.isdigit()
    own = desk.decisions.undoable(visitor.account, now) if told else None
    lang = language(request)
    back = here(request) if request.method == "GET" else f"/antrean?{asked.query()}"
    return page(
        request,
        "antrean.html",
        visitor=visitor,
        status=status,
        page=found,
        shown=asked,
        topic_titles={str(one.id): one.title for one in topics},
        tiers=desk.pulses.tiers(),
        views=desk.views.of(visitor.account),
        view_title=view_title,
        query=asked.query(),
        query_of=asked.query,
        filtered=asked.narrowed,
        back=back,
        focus=focus if focus.isdigit() else "",
        words=strong_words,
        problem=problem or refused,
        done=say(f"done_{note}", lang).format(n=number) if told else "",
        done_id=number if told else "",
        undo_id=own.id if own is not None and str(own.incident_id) == number else "",
        since=iso(now),
        mine=visitor.account.name,
    )


def found_by(request: Request, visitor: Visitor, asked: Asked, after: str) -> tuple[Asked, QueuePage, str]:
    """(the filter that was used, its page, what was wrong with the one asked for)."""
    desk, now = doors(request).desk, now_of(request)
    try:
        return asked, desk.queue(asked.wanted(visitor.account, after=after, limit=PAGE), now), ""
    except NotFound:  # of a topic that somebody has removed since
        lesser, refused = read_asked(asked.values() | {"topik": ""}), ""
    except Invalid as refusal:
        if not asked.kata:
            raise
        lesser, refused = read_asked(asked.values() | {"kata": ""}), refusal.detail
    return lesser, desk.queue(lesser.wanted(visitor.account, after=after, limit=PAGE), now), refused


def strong_words(line: QueueLine) -> list[str]:
    """The words that spoke for the flag; a sentence is not a word."""
    shown = strongest(line.evidence, QUEUE_WORDS)
    return [
        one.text for one in shown if one.kind in (EvidenceKind.TERM, EvidenceKind.FORM, EvidenceKind.FACT)
    ]


@router.get("/antrean/kabar")
def news(request: Request, visitor: Reader, sejak: str = "", ids: str = "") -> Response:
    """What changed since the page was shown; 304 when that is what the asker knows already."""
    now = now_of(request)
    since = read_moment(sejak) or now
    shown = [int(one) for one in ids.split(",")[:SHOWN_IDS] if re.fullmatch("[0-9]{1,15}", one)]
    asked = read_asked(request.query_params)
    desk = doors(request).desk
    try:
        pulse = desk.pulses.at(asked.wanted(visitor.account), since, shown, now)
    except (Invalid, NotFound):  # the page itself says so; its lines are watched all the same
        plain = Asked(wilayah=asked.wilayah)
        pulse = desk.pulses.at(plain.wanted(visitor.account), since, shown, now)
    answer = wire.answer(pulse_out(pulse))
    headers = MutableHeaders(raw=answer.raw_headers)
    headers["ETag"] = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:32]}"'
    headers["Cache-Control"] = CACHE
    if unchanged(Headers(raw=request.headers.raw), headers):
        return Response(status_code=304, headers={"ETag": headers["ETag"], "Cache-Control": CACHE})
    return answer


@router.post("/tampilan", dependencies=[CheckedForm])
def keep_view(
    request: Request,
    visitor: Keeper,
    *,
    nama: Annotated[str, Form(max_length=200)] = "",
    saringan: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Keeps this filter under a name, for this account."""
    asked = read_query(saringan)
    try:
        doors(request).desk.views.keep(nama, asked.query(), visitor.account, now_of(request))
    except Invalid as refusal:
        return queue_page(request, visitor, asked, problem=refusal.detail, status=422, view_title=nama)
    return RedirectResponse(f"/antrean?{asked.query()}", status_code=303)


@router.post("/tampilan/{view_id}/hapus", dependencies=[CheckedForm])
def drop_view(request: Request, visitor: Keeper, view_id: Number) -> Response:
    doors(request).desk.views.remove(view_id, visitor.account, now_of(request))
    return RedirectResponse("/antrean", status_code=303)


@router.get("/topik")
def topics(request: Request, visitor: Reader) -> Response:
    return topics_page(request, visitor)


def topics_page(
    request: Request,
    visitor: Visitor,
    *,
    title: str = "",
    words: str = "",
    trial: object = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    note = request.query_params.get("pesan", "")
    lang = language(request)
    return page(
        request,
        "topik.html",
        visitor=visitor,
        status=status,
        topics=doors(request).desk.topics.all(visitor.sight),
        title=title,
        words=words,
        trial=trial,
        problem=problem,
        done=say(f"done_topic_{note}", lang) if note in ("tambah", "hapus") else "",
    )


@router.post("/topik", dependencies=[CheckedForm])
def try_topic(
    request: Request,
    visitor: Reviewer,
    *,
    judul: Annotated[str, Form(max_length=200)] = "",
    kata: Annotated[str, Form(max_length=4_000)] = "",
    langkah: Annotated[str, Form()] = "",
) -> Response:
    """First the trial on the last 30 days, then, with the same words, keeping it."""
    desk, now = doors(request).desk, now_of(request)
    try:
        if langkah == "simpan":
            desk.topics.add(judul, kata, visitor.account, now)
            return RedirectResponse("/topik?pesan=tambah", status_code=303)
        trial = desk.topics.trial(judul, kata, now, visitor.sight)
    except (Invalid, Conflict) as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return topics_page(request, visitor, title=judul, words=kata, problem=refusal.detail, status=status)
    return topics_page(request, visitor, title=judul, words=kata, trial=trial)


@router.post("/topik/{topic_id}/hapus", dependencies=[CheckedForm])
def drop_topic(request: Request, visitor: Reviewer, topic_id: Number) -> Response:
    doors(request).desk.topics.remove(topic_id, visitor.account, now_of(request))
    return RedirectResponse("/topik?pesan=hapus", status_code=303)
