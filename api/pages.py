"""The analyst's pages: an incident with its decision form, an item, and what was set aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import CheckedForm, Number, Reader, Reviewer, Visitor, doors, now_of, read_raw, safe_next
from api.docket import docket_of
from api.render import language, page
from api.words import say
from screening import (
    MAY_ALWAYS_UNDO,
    UNDO_WINDOW,
    Conflict,
    Incident,
    Invalid,
    Item,
    LedgerReason,
    MemoKind,
    NotFound,
    QueueFilter,
    Review,
    why_not,
)
from screening.taxonomy import (
    REGENCY_BY_CODE,
)

router = APIRouter()

PAGE = 50
# What a page may say after an action; anything else in the address is ignored.
NOTES = frozenset(
    {
        "terima",
        "tolak",
        "ragu",
        "password_changed",
        "gabung",
        "pisah",
        "batal",
        "ambil",
        "lepas",
        "ambil_alih",
    }
) | {
    "catatan",
    "nilai",
    "tindak",
    "langkah",
}
BLANK = dict.fromkeys(("tingkat", "isu", "bentuk", "daerah", "catatan", "alasan", "nomor", "laporan"), "")


def here(request: Request) -> str:
    """This page's address without what only told about the last action."""
    kept = [
        (k, v) for k, v in request.query_params.multi_items() if k not in ("pesan", "no", "fokus", "lang")
    ]
    return request.url.path + ("?" + urlencode(kept) if kept else "")


def paragraphs(item: Item) -> Iterator[tuple[int, str]]:
    """Lines of the text with their offset in `title + newline + text`, where evidence is counted."""
    offset = len(item.title) + 1
    for line in re.finditer(r"[^\n]+", item.text):
        if line.group().strip():
            yield offset + line.start(), line.group()


@router.get("/insiden/{incident_id}")
def incident(
    request: Request, visitor: Reader, incident_id: Number, dari: str = "", gabung: str = ""
) -> Response:
    """With `gabung` the form that merges is filled in with that number."""
    note = request.query_params.get("pesan", "")
    done = say(f"done_{note}", language(request)).format(n=incident_id) if note in NOTES else ""
    draft = {"nomor": gabung} if re.fullmatch("[1-9][0-9]{0,17}", gabung) else None
    return incident_page(request, visitor, incident_id, back=safe_next(dari), done=done, draft=draft)


def may_undo(one: Incident, review: Review, visitor: Visitor, now: datetime) -> bool:
    """Whether the page offers to take this decision back; the desk checks it once more."""
    own = review.account == visitor.account.name and now - review.at <= UNDO_WINDOW
    return review.id == one.review_id and (own or visitor.account.role in MAY_ALWAYS_UNDO)


def incident_page(
    request: Request,
    visitor: Visitor,
    incident_id: int,
    *,
    back: str,
    done: str = "",
    problem: str = "",
    status: int = 200,
    draft: dict[str, str] | None = None,
) -> Response:
    view = doors(request).desk.incident(incident_id, now_of(request))
    read_raw(request, visitor, f"insiden:{view.incident.id}")
    doors(request).desk.second.opened(view.incident.id, visitor.account, now_of(request))
    return page(
        request,
        "insiden.html",
        status=status,
        visitor=visitor,
        one=view.incident,
        reports=view.reports,
        reviews=view.reviews,
        regroupings=view.regroupings,
        memos=doors(request).desk.memos.of_incident(view.incident.id),
        memo_offers=[(kind, why_not(kind, view.incident)) for kind in MemoKind],
        holdings=view.holdings,
        may_undo=lambda review: may_undo(view.incident, review, visitor, now_of(request)),
        **docket_of(request, visitor, view),
        back=back,
        done=done,
        problem=problem,
        draft=BLANK | (draft or {}),
        paragraphs=paragraphs,
        one_lead=view.incident.lead_item_id,
        place_of=lambda code: REGENCY_BY_CODE.get(code, code),
    )


@router.post("/insiden/{incident_id}/gabung", dependencies=[CheckedForm])
def merge(
    request: Request,
    visitor: Reviewer,
    incident_id: Number,
    *,
    nomor: Annotated[str, Form()] = "",
    kembali: Annotated[str, Form()] = "",
) -> Response:
    """Takes all reports of incident `nomor` into this one."""

    def act() -> None:
        (other,) = row_numbers([nomor.strip()], "Tulis nomor insiden yang akan digabung.")
        doors(request).desk.merge(incident_id, other, visitor.account, now_of(request))

    return regrouped(
        request, visitor, incident_id, act=act, note="gabung", back=kembali, typed={"nomor": nomor}
    )


@router.post("/insiden/{incident_id}/pisah", dependencies=[CheckedForm])
def split(
    request: Request,
    visitor: Reviewer,
    incident_id: Number,
    *,
    laporan: Annotated[list[str], Form(default_factory=list)],
    kembali: Annotated[str, Form()] = "",
) -> Response:
    """Takes the ticked reports out into a new incident."""

    def act() -> None:
        chosen = row_numbers(laporan, "Pilih laporan yang akan dipisah.")
        doors(request).desk.split(incident_id, chosen, visitor.account, now_of(request))

    ticked = {"laporan": " ".join(laporan)}
    return regrouped(request, visitor, incident_id, act=act, note="pisah", back=kembali, typed=ticked)


def regrouped(
    request: Request,
    visitor: Visitor,
    incident_id: int,
    *,
    act: Callable[[], None],
    note: str,
    back: str,
    typed: dict[str, str],
) -> Response:
    """Back to the incident when it is done; a refusal shows it with what was typed and ticked."""
    try:
        act()
    except (Conflict, NotFound, Invalid) as refusal:
        status = {Conflict: 409, NotFound: 404, Invalid: 422}[type(refusal)]
        problem, shown = refusal.detail, safe_next(back)
        return incident_page(
            request, visitor, incident_id, back=shown, problem=problem, status=status, draft=typed
        )
    kept = {"pesan": note} | ({"dari": safe_next(back)} if back else {})
    return RedirectResponse(f"/insiden/{incident_id}?{urlencode(kept)}", status_code=303)


def row_numbers(given: list[str], problem: str) -> list[int]:
    """Numbers that fit a database's integer, else `Invalid` with this sentence."""
    if not given or not all(re.fullmatch("[0-9]{1,18}", one) for one in given):
        raise Invalid(problem)
    return [int(one) for one in given]


@router.get("/butir/{item_id}")
def item(request: Request, visitor: Reader, item_id: Number, dari: str = "") -> Response:
    report = doors(request).desk.item(item_id)
    read_raw(request, visitor, f"butir:{item_id}")
    return page(
        request,
        "butir.html",
        visitor=visitor,
        report=report,
        back=safe_next(dari),
        paragraphs=paragraphs,
        one_lead=item_id,
    )


@router.get("/disisihkan")
def set_aside(request: Request, visitor: Reader, alasan: str = "", mulai: str = "") -> Response:
    desk = doors(request).desk
    reason = LedgerReason(alasan) if alasan in set(LedgerReason) else None
    offset = int(mulai) if re.fullmatch("[0-9]{1,7}", mulai) else 0
    lines = desk.set_aside(reason, PAGE + 1, offset, sight=visitor.sight)
    counted = desk.queue(QueueFilter(state="all", limit=1, sight=visitor.sight), now_of(request)).set_aside
    return page(
        request,
        "disisihkan.html",
        visitor=visitor,
        lines=lines[:PAGE],
        more=len(lines) > PAGE,
        offset=offset,
        size=PAGE,
        chosen=reason.value if reason else "",
        counts=counted,
    )
