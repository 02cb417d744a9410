"""Sign in, sign out and the password: the only pages that strangers and first passwords reach."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import (
    DEVICE_COOKIE,
    LEAVE,
    OWN_PASSWORD,
    PRE_COOKIE,
    SESSION_COOKIE,
    STEPS,
    Anyone,
    CheckedForm,
    Visitor,
    doors,
    find_visitor,
    home_of,
    now_of,
    safe_next,
    same,
    set_cookie,
)
from api.auth_passwords import PASSWORD_MAX, TooMany, password_problem
from api.render import language, link, page
from api.words import say
from screening import Stage

router = APIRouter()

Owner = Annotated[Visitor, Depends(OWN_PASSWORD)]
Leaver = Annotated[Visitor, Depends(LEAVE)]
PRE_LIFE = 3600  # seconds a sign-in form stays good


def sign_in_url(request: Request) -> str:
    """The sign-in page that comes back here, when here is something to come back to."""
    if request.method != "GET" or request.url.path in ("/", "/masuk"):
        return "/masuk"
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/masuk?" + urlencode({"next": target})


def sign_in_form(
    request: Request, *, target: str, name: str = "", problem: str = "", status: int = 200
) -> Response:
    token = request.cookies.get(PRE_COOKIE) or secrets.token_urlsafe(32)
    response = page(
        request,
        "masuk.html",
        status=status,
        pre_token=token,
        next=target,
        name=name,
        problem=problem,
        done=say("signed_out", language(request)) if "keluar" in request.query_params else "",
        outside=provider.name if (provider := doors(request).desk.settings.oidc) else "",
    )
    set_cookie(response, PRE_COOKIE, token, doors(request).secure, PRE_LIFE)
    return response


@router.get("/")
def start(request: Request, _: Anyone) -> Response:
    found = find_visitor(request)
    return RedirectResponse(home_of(found.account) if found else "/masuk", status_code=303)


@router.get("/masuk")
def show_sign_in(request: Request, _: Anyone, next: str = "") -> Response:
    if found := find_visitor(request):
        return RedirectResponse(safe_next(next, home_of(found.account)), status_code=303)
    return sign_in_form(request, target=safe_next(next, ""))


@router.post("/masuk")
def sign_in(
    request: Request,
    _: Anyone,
    nama: Annotated[str, Form()] = "",
    sandi: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """A wrong name, a wrong password and too many tries read the same, so that nothing is learned."""
    ways, now, lang = doors(request), now_of(request), language(request)
    if not same(csrf, request.cookies.get(PRE_COOKIE, "")):
        return sign_in_form(
            request, target=safe_next(next, ""), name=nama, problem=say("form_old", lang), status=403
        )
    address = request.client.host if request.client else ""
    try:
        account = ways.sign_in(nama, sandi, address, now, request.cookies.get(DEVICE_COOKIE, ""))
    except TooMany as busy:
        response = sign_in_form(
            request, target=safe_next(next, ""), name=nama, problem=say("sign_in_busy", lang), status=503
        )
        response.headers["Retry-After"] = str(busy.seconds)
        return response
    if account is None:
        return sign_in_form(
            request, target=safe_next(next, ""), name=nama, problem=say("sign_in_wrong", lang), status=401
        )
    home = "/sandi" if account.must_change else safe_next(next, home_of(account))
    response = RedirectResponse(home, status_code=303)
    stage = ways.admit(request, response, account, now)
    if stage is not Stage.FULL:
        # The address of the next step, kept until the session is whole.
        response.headers["location"] = link(STEPS[stage], next=safe_next(next, ""))
    response.delete_cookie(PRE_COOKIE, path="/", httponly=True, samesite="lax", secure=ways.secure)
    return response


@router.post("/keluar", dependencies=[CheckedForm])
def sign_out(request: Request, visitor: Leaver) -> Response:
    doors(request).desk.close_session(visitor.token_hash, now_of(request))
    response = RedirectResponse("/masuk?keluar=1", status_code=303)
    response.delete_cookie(
        SESSION_COOKIE, path="/", httponly=True, samesite="lax", secure=doors(request).secure
    )
    return response


@router.get("/sandi")
def show_password(request: Request, visitor: Owner) -> Response:
    return page(request, "sandi.html", visitor=visitor, problem="")


@router.post("/sandi", dependencies=[CheckedForm])
def change_password(
    request: Request,
    visitor: Owner,
    lama: Annotated[str, Form()] = "",
    baru: Annotated[str, Form()] = "",
    ulang: Annotated[str, Form()] = "",
) -> Response:
    ways, now, lang = doors(request), now_of(request), language(request)
    account = visitor.account
    problem = password_problem(baru, account.name)
    if not problem and baru != ulang:
        problem = "password_differs"
    if not problem and baru == lama:
        problem = "password_same"
    # Guessing the old password on this page is slowed by the same attempts as signing in.
    if not problem:
        address = request.client.host if request.client else ""
        device = request.cookies.get(DEVICE_COOKIE, "")
        if ways.sign_in(account.name, lama[: PASSWORD_MAX + 1], address, now, device) is None:
            problem = "password_wrong"
    if problem:
        return page(request, "sandi.html", visitor=visitor, status=422, problem=say(problem, lang))
    ways.desk.set_password(account.id, ways.passwords.hash(baru), now)
    response = RedirectResponse("/antrean?pesan=password_changed", status_code=303)
    ways.open_session(request, response, account, now)
    return response
