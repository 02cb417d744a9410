"""Signing in at the operator's OpenID Connect provider: there, and back. No account is ever made by it."""

from __future__ import annotations

import secrets

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api import oidc
from api.auth import STEPS, Anyone, Doors, doors, fingerprint, home_of, now_of, safe_next, same, set_cookie
from api.pages_sign_in import sign_in_form
from api.render import language, link
from api.words import say
from screening import NotFound, OidcProvider, Stage, outside_limits

log = structlog.get_logger("dini.oidc")
router = APIRouter()

COOKIE = "dini_luar"
BACK = "masuk/luar/balik"
_LIFE = 600  # seconds the provider's page may take


@router.get("/masuk/luar")
def leave(request: Request, _: Anyone, next: str = "") -> Response:
    """To the provider, with a state that only this browser can bring back."""
    ways, now = doors(request), now_of(request)
    settings = provider_of(ways)
    address = request.client.host if request.client else ""
    if not ways.desk.access.may_try(outside_limits(address), now):
        return failed(request, settings, "too many begun", status=429)
    found = oidc.discover(settings)
    if isinstance(found, oidc.Trouble):
        return failed(request, settings, found.why, status=503)
    asked = oidc.ask(settings, found, back(request), safe_next(next, ""))
    browser = secrets.token_urlsafe(32)
    ways.desk.access.begin_outside(fingerprint(asked.state), fingerprint(browser), asked.told, now)
    response = RedirectResponse(asked.address, status_code=303)
    set_cookie(response, COOKIE, browser, ways.secure, _LIFE)
    return response


@router.get("/masuk/luar/balik")
def come_back(  # noqa: PLR0911  each refusal with its own reason
    request: Request, _: Anyone, code: str = "", state: str = "", iss: str = ""
) -> Response:
    """What the provider sends the browser back with is good once, for this browser and from that issuer."""
    ways, now = doors(request), now_of(request)
    settings = provider_of(ways)
    browser = request.cookies.get(COOKIE, "")
    told = ways.desk.access.finish_outside(fingerprint(state), fingerprint(browser), now)
    if told is None:
        return failed(request, settings, "unknown state, or of another browser")
    if told.issuer != settings.issuer or (iss and not same(iss, settings.issuer)):
        return failed(request, settings, "answer of another issuer")
    if not code:
        return failed(request, settings, "the provider refused")
    found = oidc.discover(settings)
    if isinstance(found, oidc.Trouble):
        return failed(request, settings, found.why, status=503)
    if found.names_itself and not iss:
        return failed(request, settings, "answer without its issuer")
    subject = oidc.subject_of(settings, found, told, code=code[:4096], back=back(request), now=now)
    if isinstance(subject, oidc.Trouble):
        return failed(request, settings, subject.why)
    account = ways.desk.access.linked(settings.issuer, subject)
    if account is None:
        ways.desk.audits.record(now, None, "masuk.ditolak", "", "oidc")
        return refused(request, settings, "outside_unknown", 403)
    home = "/sandi" if account.must_change else safe_next(told.target, home_of(account))
    response = RedirectResponse(home, status_code=303)
    stage = ways.admit(request, response, account, now)
    if stage is not Stage.FULL:
        response.headers["location"] = link(STEPS[stage], next=told.target)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=ways.secure)
    return response


def provider_of(ways: Doors) -> OidcProvider:
    if ways.desk.settings.oidc is None:
        raise NotFound("Masuk lewat penyedia luar tidak dipakai di sini.")
    return ways.desk.settings.oidc


def back(request: Request) -> str:
    """Our callback's address as the browser sees it; https where cookies are for https only."""
    base = request.base_url.replace(scheme="https") if doors(request).secure else request.base_url
    return f"{base}{BACK}"


def failed(request: Request, settings: OidcProvider, why: str, *, status: int = 403) -> Response:
    """The reason is the operator's; the page says only that it failed."""
    log.warning("outside_sign_in_failed", reason=why)
    return refused(request, settings, "outside_failed", status)


def refused(request: Request, settings: OidcProvider, word: str, status: int) -> Response:
    told = say(word, language(request)).format(name=settings.name)
    return sign_in_form(request, target="", problem=told, status=status)
