"""One's own account: open sessions and the second step; the code at sign-in; API keys for administrators."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from api import totp
from api.auth import (
    CODE_STEP,
    HEADS,
    OWN_STEP,
    CheckedForm,
    Number,
    Reader,
    Rule,
    Visitor,
    doors,
    fingerprint,
    home_of,
    new_key,
    now_of,
    safe_next,
)
from api.render import language, page
from api.words import say
from screening import KEY_DAYS, Conflict, Invalid, NotFound, NotSetUp, Role, Scope, Stage, code_limits

router = APIRouter()

KeyKeeper = Annotated[Visitor, Depends(Rule(frozenset({Role.ADMINISTRATOR})))]
Coder = Annotated[Visitor, Depends(CODE_STEP)]
Enroller = Annotated[Visitor, Depends(OWN_STEP)]
Handle = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
NOTES = frozenset({"sesi", "semua", "totp_lepas"})


# --- one's own sessions


@router.get("/akun")
def own_account(request: Request, visitor: Reader) -> Response:
    note = request.query_params.get("pesan", "")
    return account_page(
        request, visitor, done=say(f"done_{note}", language(request)) if note in NOTES else ""
    )


def account_page(
    request: Request, visitor: Visitor, *, done: str = "", problem: str = "", status: int = 200
) -> Response:
    access, account = doors(request).desk.access, visitor.account
    return page(
        request,
        "akun.html",
        status=status,
        visitor=visitor,
        sessions=access.sessions(account, now_of(request)),
        here=visitor.token_hash[:16],
        factor=access.factor(account.id),
        required=required(request, visitor),
        manages_keys=account.role is Role.ADMINISTRATOR,
        done=done,
        problem=problem,
    )


def required(request: Request, visitor: Visitor) -> bool:
    """Whether this visitor may not do without the second step."""
    return doors(request).desk.settings.totp_required and visitor.account.role in HEADS


@router.post("/akun/sesi/akhiri", dependencies=[CheckedForm])
def end_others(request: Request, visitor: Reader) -> Response:
    """Everything but this session; browsers elsewhere are strangers again."""
    access, mine = doors(request).desk.access, visitor.account.id
    access.end_sessions(mine, now_of(request), but=visitor.token_hash)
    access.forget_devices(mine)
    return RedirectResponse("/akun?pesan=semua", status_code=303)


@router.post("/akun/sesi/{handle}/akhiri", dependencies=[CheckedForm])
def end_one(request: Request, visitor: Reader, handle: Handle) -> Response:
    """Nobody ends another's session: only those of the asking account are looked at."""
    if not doors(request).desk.access.end_session(visitor.account.id, handle, now_of(request)):
        raise NotFound("Sesi itu tidak ada lagi.")
    return RedirectResponse("/akun?pesan=sesi", status_code=303)


# --- the second step


@router.get("/akun/langkah-kedua")
def show_enrolment(request: Request, visitor: Enroller) -> Response:
    return enrolment_page(request, visitor)


def enrolment_page(request: Request, visitor: Visitor, *, problem: str = "", status: int = 200) -> Response:
    """A picture to scan while a secret waits for its first code, else the button that makes one."""
    factor = doors(request).desk.access.factor(visitor.account.id)
    if factor is not None and factor.confirmed_at is not None:
        return RedirectResponse("/akun", status_code=303)
    # One that no key here opens is as none: the button makes another in its place.
    secret = (factor.secret if factor else None) or ""
    drawn = totp.picture(totp.address_of(secret, visitor.account.name)) if secret else ""
    return page(
        request,
        "langkah.html",
        status=status,
        visitor=visitor,
        secret=secret,
        picture=Markup(drawn),  # noqa: S704  drawn here out of random letters and an escaped address
        wanted=visitor.stage is Stage.ENROL,
        problem=problem,
    )


@router.post("/akun/langkah-kedua", dependencies=[CheckedForm])
def begin_enrolment(request: Request, visitor: Enroller) -> Response:
    doors(request).desk.access.begin_factor(visitor.account.id, totp.new_secret(), now_of(request))
    return RedirectResponse("/akun/langkah-kedua", status_code=303)


@router.post("/akun/langkah-kedua/periksa", dependencies=[CheckedForm])
def finish_enrolment(request: Request, visitor: Enroller, kode: Annotated[str, Form()] = "") -> Response:
    """The first right code puts it in force; a new session opens and the recovery codes are shown once."""
    ways, now, account = doors(request), now_of(request), visitor.account
    factor = ways.desk.access.factor(account.id)
    if factor is None or factor.confirmed_at is not None:
        return RedirectResponse("/akun/langkah-kedua", status_code=303)
    step = None
    limits = code_limits(account.id)
    if factor.secret is not None and ways.desk.access.may_try(limits, now):
        step = totp.step_of(factor.secret, kode[:20], now)
    if step is None:
        return enrolment_page(request, visitor, problem=say("code_wrong", language(request)), status=422)
    codes = totp.recovery_codes()
    ways.desk.access.confirm_factor(account.id, step, [code_hash(account.id, one) for one in codes], now)
    onward = "/sandi" if account.must_change else "/antrean"
    # Without the frame of a visitor: its form token went with the old session.
    response = page(request, "pemulihan.html", codes=codes, onward=onward)
    ways.open_session(request, response, account, now)
    return response


@router.post("/akun/langkah-kedua/lepas", dependencies=[CheckedForm])
def drop_step(request: Request, visitor: Reader, kode: Annotated[str, Form()] = "") -> Response:
    """Taken off with a code of it only, so that an open screen is not enough."""
    ways, now, account = doors(request), now_of(request), visitor.account
    if required(request, visitor):
        raise Conflict("Peran Anda wajib memakai langkah kedua.")
    if not right_code(request, visitor, kode):
        return account_page(request, visitor, problem=say("code_wrong", language(request)), status=422)
    ways.desk.access.reset_factor(account.id, now, by=account.id)
    response = RedirectResponse("/akun?pesan=totp_lepas", status_code=303)
    ways.open_session(request, response, account, now)
    return response


@router.get("/masuk/kode")
def ask_code(request: Request, visitor: Coder, next: str = "") -> Response:
    return code_page(request, visitor, next)


def code_page(
    request: Request, visitor: Visitor, target: str, *, problem: str = "", status: int = 200
) -> Response:
    return page(
        request,
        "masuk_kode.html",
        status=status,
        visitor=visitor,
        next=safe_next(target, ""),
        problem=problem,
    )


@router.post("/masuk/kode", dependencies=[CheckedForm])
def check_code(
    request: Request,
    visitor: Coder,
    kode: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """The right code opens a new, whole session; the half one ends."""
    ways, now, account = doors(request), now_of(request), visitor.account
    if not right_code(request, visitor, kode):
        ways.desk.audits.record(now, account.id, "masuk.ditolak", f"akun:{account.id}", "kode")
        return code_page(request, visitor, next, problem=say("code_wrong", language(request)), status=401)
    home = "/sandi" if account.must_change else safe_next(next, home_of(account))
    response = RedirectResponse(home, status_code=303)
    ways.open_session(request, response, account, now)
    return response


def right_code(request: Request, visitor: Visitor, typed: str) -> bool:
    """Whether this is a code of the account's second step that nobody has used; it is used now."""
    access, now, number = doors(request).desk.access, now_of(request), visitor.account.id
    typed = typed[:40].strip()
    limits = code_limits(number)
    factor = access.factor(number)
    if factor is None or factor.confirmed_at is None or not access.may_try(limits, now):
        return False
    step = None if factor.secret is None else totp.step_of(factor.secret, typed, now)
    if step is not None:
        good = access.use_step(number, step)
    else:
        good = access.use_recovery(number, code_hash(number, totp.plain_code(typed)), now)
    if good:
        access.was_right(limits, now)
    elif factor.secret is None:
        raise NotSetUp(
            "Kode tidak dapat diperiksa: kunci rahasia Dini tidak terpasang. Pakai kode pemulihan, atau "
            "hubungi administrator."
        )
    return good


def code_hash(account_id: int, code: str) -> str:
    """How a recovery code is stored: 49 random bits, and ten tries in 15 minutes to guess them by."""
    return fingerprint(f"{account_id}|{code}")


# --- API keys


@router.get("/kunci")
def keys(request: Request, visitor: KeyKeeper) -> Response:
    number = request.query_params.get("no", "")
    told = request.query_params.get("pesan") == "cabut_kunci" and re.fullmatch("[0-9]{1,18}", number)
    done = say("done_cabut_kunci", language(request)).format(n=number) if told else ""
    return keys_page(request, visitor, done=done)


def keys_page(
    request: Request,
    visitor: Visitor,
    *,
    done: str = "",
    problem: str = "",
    made: str = "",
    status: int = 200,
    typed: dict[str, object] | None = None,
) -> Response:
    blank: dict[str, object] = {"guna": "", "akun": "", "cakupan": [Scope.READ.value], "hari": str(KEY_DAYS)}
    return page(
        request,
        "kunci.html",
        status=status,
        visitor=visitor,
        keys=doors(request).desk.access.every_key(),
        scopes=list(Scope),
        done=done,
        problem=problem,
        made=made,
        typed=blank | (typed or {}),
    )


@router.post("/kunci", dependencies=[CheckedForm])
def make_key(
    request: Request,
    visitor: KeyKeeper,
    *,
    guna: Annotated[str, Form(max_length=200)] = "",
    akun: Annotated[str, Form(max_length=64)] = "",
    cakupan: Annotated[list[str] | None, Form()] = None,
    hari: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Shown once, in this answer."""
    desk, made = doors(request).desk, new_key()
    typed: dict[str, object] = {"guna": guna, "akun": akun, "cakupan": cakupan or [], "hari": hari}
    try:
        owner = desk.account(akun.strip())
        if owner is None or not owner.active:
            raise Invalid(say("key_no_account", language(request)))
        if not cakupan:
            raise Invalid("Pilih sedikitnya satu cakupan.")
        if not re.fullmatch("[0-9]{1,5}", hari.strip()):
            raise Invalid("Masa berlaku harus angka.")
        desk.access.add_key(
            guna,
            fingerprint(made),
            owner,
            now_of(request),
            scopes=cakupan,
            days=int(hari),
            by=visitor.account.id,
        )
    except (Invalid, Conflict) as refusal:
        status = 422 if isinstance(refusal, Invalid) else 409
        return keys_page(request, visitor, problem=refusal.detail, status=status, typed=typed)
    return keys_page(request, visitor, made=made)


@router.post("/kunci/{key_id}/cabut", dependencies=[CheckedForm])
def revoke_key(request: Request, visitor: KeyKeeper, key_id: Number) -> Response:
    try:
        doors(request).desk.access.revoke_key(key_id, now_of(request), by=visitor.account.id)
    except Conflict as refusal:
        return keys_page(request, visitor, problem=refusal.detail, status=409)
    return RedirectResponse(f"/kunci?{urlencode({'pesan': 'cabut_kunci', 'no': key_id})}", status_code=303)
