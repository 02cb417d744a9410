"""Webhooks (kait) for administrators: the list, what became of the last deliveries, secrets, replay."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import Administrator, CheckedForm, Number, Visitor, doors, now_of
from api.render import language, page
from api.times import read_moment
from api.words import say
from screening import EVENT_KINDS, Conflict, DeskError, Invalid, NotFound, office_name
from screening.taxonomy import PROVINCE

router = APIRouter()

NOTES = frozenset({"uji", "jeda", "lanjut", "hapus", "ulang"})
STATUS: dict[type[DeskError], int] = {Conflict: 409, NotFound: 404, Invalid: 422}
_LISTED = 50


@router.get("/kait")
def hooks(request: Request, visitor: Administrator) -> Response:
    return hooks_page(request, visitor, done=noted(request))


@router.get("/kait/{hook_id}")
def hook(request: Request, visitor: Administrator, hook_id: Number) -> Response:
    """One hook with its last deliveries."""
    return hook_page(request, visitor, hook_id, done=noted(request))


@router.post("/kait", dependencies=[CheckedForm])
def add(
    request: Request,
    visitor: Administrator,
    *,
    alamat: Annotated[str, Form(max_length=2_000)] = "",
    kantor: Annotated[str, Form(max_length=8)] = PROVINCE,
    jenis: Annotated[list[str], Form(max_length=20)] = [],  # noqa: B006  FastAPI copies it
) -> Response:
    """Shows the secret in this answer, and never again."""
    typed = {"alamat": alamat, "kantor": kantor}
    try:
        made, secret = doors(request).desk.hooks.add(
            alamat, kantor, jenis, visitor.account.id, now_of(request)
        )
    except (Conflict, Invalid) as refusal:
        return hooks_page(
            request,
            visitor,
            problem=refusal.detail,
            status=STATUS[type(refusal)],
            typed=typed,
            chosen=frozenset(jenis),
        )
    return hooks_page(request, visitor, secret=(made.id, secret))


@router.post("/kait/{hook_id}/rahasia", dependencies=[CheckedForm])
def rotate(request: Request, visitor: Administrator, hook_id: Number) -> Response:
    secret = doors(request).desk.hooks.rotate(hook_id, visitor.account.id, now_of(request))
    return hook_page(request, visitor, hook_id, secret=secret)


@router.post("/kait/{hook_id}/uji", dependencies=[CheckedForm])
def test(request: Request, visitor: Administrator, hook_id: Number) -> Response:
    desk, now = doors(request).desk, now_of(request)
    return acted(request, visitor, hook_id, "uji", lambda: desk.hooks.test(hook_id, visitor.account.id, now))


@router.post("/kait/{hook_id}/jeda", dependencies=[CheckedForm])
def pause(request: Request, visitor: Administrator, hook_id: Number) -> Response:
    desk, now = doors(request).desk, now_of(request)
    return acted(
        request, visitor, hook_id, "jeda", lambda: desk.hooks.pause(hook_id, visitor.account.id, now)
    )


@router.post("/kait/{hook_id}/lanjut", dependencies=[CheckedForm])
def resume(request: Request, visitor: Administrator, hook_id: Number) -> Response:
    desk, now = doors(request).desk, now_of(request)
    return acted(
        request, visitor, hook_id, "lanjut", lambda: desk.hooks.resume(hook_id, visitor.account.id, now)
    )


@router.post("/kait/{hook_id}/ulang", dependencies=[CheckedForm])
def replay(
    request: Request, visitor: Administrator, hook_id: Number, sejak: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """What happened since then goes out once more."""

    def act() -> int:
        # A form's local time has no zone: officers write WIB.
        since = read_moment(sejak + "+07:00") if sejak else None
        if since is None:
            raise Invalid("Tulis sejak kapan kejadian dikirim ulang.")
        return doors(request).desk.hooks.replay(hook_id, since, visitor.account.id, now_of(request))

    return acted(request, visitor, hook_id, "ulang", act)


@router.post("/kait/{hook_id}/hapus", dependencies=[CheckedForm])
def remove(
    request: Request, visitor: Administrator, hook_id: Number, yakin: Annotated[str, Form(max_length=8)] = ""
) -> Response:
    if yakin != "ya":
        return hook_page(request, visitor, hook_id, problem=say("hook_unsure", language(request)), status=422)
    doors(request).desk.hooks.remove(hook_id, visitor.account.id, now_of(request))
    return RedirectResponse(f"/kait?{urlencode({'pesan': 'hapus', 'no': hook_id})}", status_code=303)


def acted(request: Request, visitor: Visitor, hook_id: int, note: str, act: Callable[[], object]) -> Response:
    """Back to the hook with a word about it, or the refusal in words."""
    try:
        made = act()
    except (Conflict, Invalid) as refusal:
        return hook_page(request, visitor, hook_id, problem=refusal.detail, status=STATUS[type(refusal)])
    words = {"pesan": note, "no": hook_id} | ({"jumlah": made} if note == "ulang" else {})
    return RedirectResponse(f"/kait/{hook_id}?{urlencode(words)}", status_code=303)


def noted(request: Request) -> str:
    """The word about what was just done; the address may say anything, so it is read with care."""
    asked = request.query_params
    note, number, count = asked.get("pesan", ""), asked.get("no", ""), asked.get("jumlah", "0")
    if note not in NOTES or not re.fullmatch("[0-9]{1,18}", number) or not re.fullmatch("[0-9]{1,18}", count):
        return ""
    return say(f"done_hook_{note}", language(request)).format(n=number, m=count)


def hooks_page(
    request: Request,
    visitor: Visitor,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
    chosen: frozenset[str] = frozenset(EVENT_KINDS),
    secret: tuple[int, str] | None = None,
) -> Response:
    return page(
        request,
        "kait.html",
        status=status,
        visitor=visitor,
        hooks=doors(request).desk.hooks.all(),
        event_kinds=EVENT_KINDS,
        office_name=office_name,
        done=done,
        problem=problem,
        typed={"alamat": "", "kantor": PROVINCE} | (typed or {}),
        chosen=chosen,
        secret=secret,
    )


def hook_page(
    request: Request,
    visitor: Visitor,
    hook_id: int,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
    secret: str = "",
) -> Response:
    desk = doors(request).desk
    return page(
        request,
        "kait_satu.html",
        status=status,
        visitor=visitor,
        one=desk.hooks.one(hook_id),
        deliveries=desk.hooks.deliveries(hook_id, _LISTED),
        office_name=office_name,
        done=done,
        problem=problem,
        secret=secret,
    )
