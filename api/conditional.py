"""Conditional GET for `/api/v1`: a strong ETag of the very bytes, and 304 when the asker has them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# One answer for the asker only, and asked again each time: who may see it can change at any moment.
CACHE = "private, no-cache"
VARY = "Authorization, Cookie"
_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_KEPT = ("etag", "cache-control", "vary", "last-modified", "content-location")


class Conditional:
    """Middleware: answers of 200 to a GET under `prefix` get their ETag; the body of a known one stays here.

    A weak comparison of tags is enough for GET (RFC 9110, 13.1.2). `If-Modified-Since` is looked at only
    where the route itself set `Last-Modified` and no `If-None-Match` came.
    """

    def __init__(self, app: ASGIApp, *, prefix: str, without: Sequence[str] = ()) -> None:
        self.app = app
        self.prefix = prefix
        self.without = frozenset(without)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or not path.startswith(self.prefix)
            or path in self.without
        ):
            await self.app(scope, receive, send)
            return
        started: Message | None = None
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start" and message["status"] == 200:
                started = message
                return
            if started is None or message["type"] != "http.response.body":
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await finish(started, bytes(body))

        async def finish(start: Message, whole: bytes) -> None:
            headers = MutableHeaders(scope=start)
            headers.setdefault("ETag", f'"{hashlib.sha256(whole).hexdigest()[:32]}"')
            headers["Cache-Control"] = CACHE
            headers["Vary"] = VARY
            if unchanged(Headers(scope=scope), headers):
                kept = [(k, v) for k, v in start["headers"] if k.decode("latin-1").lower() in _KEPT]
                await send({"type": "http.response.start", "status": 304, "headers": kept})
                await send({"type": "http.response.body", "body": b""})
                return
            headers["Content-Length"] = str(len(whole))
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, hold)


def unchanged(asked: Headers, answer: Headers) -> bool:
    """Whether what the asker has is still this answer."""
    known = asked.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or answer["etag"] in _TAG.findall(known)
    since, modified = asked.get("if-modified-since"), answer.get("last-modified")
    if not since or not modified:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
