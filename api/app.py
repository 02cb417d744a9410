"""`create_app(desk, clock=...)`: routes, security headers and one table from errors to answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import cast

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import (
    pages,
    pages_account,
    pages_audit,
    pages_casework,
    pages_decide,
    pages_digest,
    pages_exports,
    pages_health,
    pages_hooks,
    pages_indicators,
    pages_memo,
    pages_outside,
    pages_overview,
    pages_privacy,
    pages_queue,
    pages_readiness,
    pages_sample,
    pages_second,
    pages_sign_in,
    pages_source,
    pages_sources,
    rest,
    rest_casework,
    rest_exports,
    rest_feeds,
    rest_hooks,
    rest_incidents,
    rest_indicators,
    rest_memo,
    rest_overview,
    rest_queue,
    rest_second,
    rest_sources,
    wire,
    wire_shapes,
)
from api.access import PATHS, REACH, Reach
from api.auth import (
    Doors,
    Forbidden,
    NewPasswordNeeded,
    OtherAccount,
    Pace,
    ReadBlind,
    Rule,
    SignInNeeded,
    StepNeeded,
    find_visitor,
    rules_of,
)
from api.auth_passwords import Passwords, TooMany
from api.conditional import Conditional
from api.described import allowed, describe
from api.metrics import Meter
from api.render import error_page, language, page
from api.watch import Watch
from api.words import say
from screening import Conflict, Desk, DeskError, Invalid, NotFound, NotSetUp, Refused

log = structlog.get_logger("dini.api")

API = "/api/v1"
BODY_LIMIT = 8 * 1024 * 1024  # bytes; an OPML file or 100 documents
STATUS: dict[type[DeskError], int] = {
    NotFound: 404,
    Invalid: 422,
    Conflict: 409,
    Refused: 403,
    NotSetUp: 503,
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Headers on every answer, and a bug becomes a page with a reference, never its text."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > BODY_LIMIT:
            request = Request(scope)
            response = explain(request, 413, say("error_413", language(request)))
            await response(scope, receive, with_headers)
            return
        try:
            await self.app(scope, receive, with_headers)
        except Exception as error:  # the last net: whatever a bug raises ends here
            request = Request(scope)
            reference = secrets.token_hex(4)
            log.error(
                "bug",
                reference=reference,
                path=scope.get("path", ""),
                kind=type(error).__name__,
                exc_info=True,
            )
            if not started:
                response = explain(request, 500, say("error_500", language(request)), reference)
                await response(scope, receive, with_headers)


def explain(
    request: Request,
    status: int,
    detail: str,
    reference: str = "",
    errors: tuple[wire_shapes.FieldProblem, ...] = (),
) -> Response:
    """The same story for both kinds of reader: problem+json under /api, a page elsewhere."""
    lang = language(request)
    title = say(f"status_{status}", lang, say("status_other", lang))
    if request.url.path.startswith("/api/"):
        return wire.problem(status, title, detail, reference, errors)
    return error_page(request, status, title, detail, reference)


def on_desk_error(request: Request, error: Exception) -> Response:
    refusal = cast(DeskError, error)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    reference = ""
    if status >= 500:
        reference = secrets.token_hex(4)
        log.error(
            "desk",
            reference=reference,
            path=request.url.path,
            kind=type(error).__name__,
            detail=refusal.detail,
        )
    elif status in (403, 422):
        log.warning("refused", path=request.url.path, status=status, line=refusal.detail)
    return explain(request, status, refusal.detail, reference)


def on_sign_in_needed(request: Request, error: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        response = explain(request, 401, say("error_401", language(request)))
        response.headers["WWW-Authenticate"] = getattr(request.state, "challenge", "Bearer")
        return response
    return RedirectResponse(pages_sign_in.sign_in_url(request), status_code=303)


def on_new_password_needed(request: Request, error: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        return explain(request, 403, say("password_first", language(request)))
    return RedirectResponse("/sandi", status_code=303)


def on_step_needed(request: Request, error: Exception) -> Response:
    """A sign-in that is not finished opens its next step and nothing else."""
    if request.url.path.startswith("/api/"):
        return explain(request, 403, say("step_first", language(request)))
    return RedirectResponse(cast(StepNeeded, error).where, status_code=303)


def on_too_many(request: Request, error: Exception) -> Response:
    response = explain(request, 429, say("error_429", language(request)))
    response.headers["Retry-After"] = str(cast(TooMany, error).seconds)
    return response


def on_forbidden(request: Request, error: Exception) -> Response:
    return explain(request, 403, say(cast(Forbidden, error).word, language(request)))


def on_other_account(request: Request, error: Exception) -> Response:
    """To a tab of an account that is not signed in any more: nothing was read or written."""
    detail = say("other_account", language(request))
    if "application/json" in request.headers.get("accept", ""):  # our own script on a page
        return wire.answer({"state": "akun_lain", "detail": detail}, 409)
    return explain(request, 409, detail)


def on_read_blind(request: Request, error: Exception) -> Response:
    """Instead of an incident that the asker reads blind: where to read it."""
    reading_id = cast(ReadBlind, error).reading_id
    if request.url.path.startswith("/api/"):
        return explain(request, 403, say("second_closed_api", language(request)).format(n=reading_id))
    if "application/json" in request.headers.get("accept", ""):  # our own script on a page
        words = say("second_closed_api", language(request)).format(n=reading_id)
        return wire.answer({"state": "baca_buta", "detail": words}, 403)
    visitor = find_visitor(request)
    return page(request, "baca_tutup.html", status=403, visitor=visitor, reading_id=reading_id)


def on_http_error(request: Request, error: Exception) -> Response:
    refusal = cast(HTTPException, error)
    lang = language(request)
    response = explain(
        request, refusal.status_code, say(f"error_{refusal.status_code}", lang, say("error_other", lang))
    )
    for name, value in (refusal.headers or {}).items():
        response.headers[name] = value
    if refusal.status_code == 405:
        response.headers["Allow"] = allowed(request.app, request.scope["path"])
    return response


def on_bad_request(request: Request, error: Exception) -> Response:
    """Names the fields and the kind of fault; the values given and the library's words stay inside."""
    faults = cast(RequestValidationError, error).errors()
    errors = tuple(
        wire_shapes.FieldProblem(
            field=".".join(str(part) for part in one["loc"][1:]) or "body", code=str(one["type"])
        )
        for one in faults
    )
    names = ", ".join(sorted({one["field"] for one in errors}))
    return explain(request, 422, say("error_422", language(request)).format(names=names), errors=errors)


def open_doors(desk: Desk, clock: Callable[[], datetime]) -> Doors:
    """What the routes work with; the pace of keys begins at none."""
    return Doors(
        desk=desk,
        clock=clock,
        passwords=Passwords(),
        pace=Pace(desk.settings.key_requests_a_minute),
        secure=desk.settings.secure_cookies,
    )


def create_app(desk: Desk, *, clock: Callable[[], datetime], meter: Meter | None = None) -> FastAPI:
    """The whole web application over one desk; `clock` gives aware UTC and is read once a request."""
    app = FastAPI(
        title="Dini API",
        version="1",
        summary="Early-warning screening of public news: events, never persons.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # the stock documentation pages load scripts from outside
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.doors = open_doors(desk, clock)
    for part in (
        rest,
        rest_incidents,
        rest_exports,
        rest_feeds,
        rest_hooks,
        rest_overview,
        rest_queue,
        rest_second,
        rest_sources,
        rest_indicators,
        rest_memo,
        rest_casework,
    ):
        app.include_router(part.router, prefix=API)
    for room in (
        pages_health,
        pages_readiness,
        pages_sign_in,
        pages_account,
        pages_outside,
        pages,
        pages_queue,
        pages_sample,
        pages_second,
        pages_decide,
        pages_casework,
        pages_digest,
        pages_overview,
        pages_sources,
        pages_source,
        pages_indicators,
        pages_audit,
        pages_hooks,
        pages_privacy,
        pages_exports,
        pages_memo,
    ):
        app.include_router(room.router, include_in_schema=False)
    app.mount("/static", CachedStatic(directory=Path(str(files("api") / "static"))), name="static")
    app.add_exception_handler(DeskError, on_desk_error)
    app.add_exception_handler(SignInNeeded, on_sign_in_needed)
    app.add_exception_handler(NewPasswordNeeded, on_new_password_needed)
    app.add_exception_handler(Forbidden, on_forbidden)
    app.add_exception_handler(StepNeeded, on_step_needed)
    app.add_exception_handler(OtherAccount, on_other_account)
    app.add_exception_handler(TooMany, on_too_many)
    app.add_exception_handler(ReadBlind, on_read_blind)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_bad_request)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    app.add_middleware(Conditional, prefix=f"{API}/", without=(f"{API}/health",))
    # Inside the guard, so that a refusal of it carries our headers too.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT)
    app.add_middleware(Guard)
    app.add_middleware(Watch, meter=meter)
    refuse_routes_without_rule(app)
    app.state.reach = reach_of(app)
    return app


class CachedStatic(StaticFiles):
    """Our own files; their address carries the version, so an hour in the browser is safe."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response


def refuse_routes_without_rule(app: FastAPI) -> None:
    """Deny by default: a route nobody gave a rule stops the start, not the audit."""
    bare = [
        context.path
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute) and not rules_of(context.original_route.dependant)
    ]
    if bare:
        raise RuntimeError(f"routes without an access rule: {bare}")
    shut = [
        context.path
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        and (context.path or "").startswith(f"{API}/")
        and any(
            isinstance(rule, Rule) and rule.scope is None
            for rule in rules_of(context.original_route.dependant)
        )
    ]
    if shut:
        raise RuntimeError(f"API routes whose rule names no scope of keys: {shut}")


def reach_of(app: FastAPI) -> dict[tuple[str, object], Reach | None]:
    """How far a regency reaches, by method and endpoint; a path nobody declared a sight rule for stops the
    start, as its number could be that of another office's incident."""
    found: dict[tuple[str, object], Reach | None] = {}
    undeclared = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        if not set(route.param_convertors) <= set(PATHS):
            undeclared.append(context.path)
        for method in route.methods or ():
            # Two paths of one endpoint must both be open.
            key, reach = (method, route.endpoint), REACH.get(f"{method} {context.path}")
            found[key] = reach if found.get(key, reach) == reach else None
    if undeclared:
        raise RuntimeError(f"routes with a path that api.access.PATHS does not know: {undeclared}")
    return found
