"""Outermost of all: every request gets an id, one line in the log and its place in the metrics.

The line holds the route's template, never the address as typed nor a header: those may carry anything.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping

import structlog
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Meter

log = structlog.get_logger("dini.api")

HEADER = "X-Request-ID"
QUIET = frozenset(("/healthz", "/readyz", "/static"))  # asked all day by machines and by every page
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
UNMATCHED, GONE = "unmatched", 499
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id(given: str) -> str:
    """The caller's own when it is short and plain, so that it can follow its request; else a new one."""
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def template(scope: Scope, known: Mapping[int, str]) -> str:
    """The route's template, known once the router has matched; a closed set of values."""
    path = known.get(id(scope.get("route")))
    if path is not None:
        return path
    return "/static" if str(scope.get("path", "")).startswith("/static/") else UNMATCHED


class Watch:
    def __init__(self, app: ASGIApp, meter: Meter | None = None) -> None:
        self.app, self.meter = app, meter
        self._known: dict[int, str] = {}  # templates with their prefix, by route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        own = request_id(Headers(scope=scope).get(HEADER, ""))
        began, status = time.perf_counter(), GONE

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)[HEADER] = own
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=own):
            try:
                await self.app(scope, receive, noting)
            finally:
                seconds = time.perf_counter() - began
                route = template(scope, self._templates(scope))
                method = scope["method"] if scope["method"] in METHODS else "OTHER"
                if self.meter is not None:
                    self.meter.answered(route, method, status, seconds)
                say = log.debug if route in QUIET else log.info
                say("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))

    def _templates(self, scope: Scope) -> Mapping[int, str]:
        if not self._known and "app" in scope:
            self._known = {
                id(one.original_route): one.path
                for one in iter_route_contexts(scope["app"].routes)
                if one.path
            }
        return self._known
