"""The only way out to the network: one safe conditional GET.

The guard stands at three places. The URL of every hop is brought to one normal form or refused
(`address.normal_target`); every address a name resolves to is checked before any is used; and the very
address about to be dialled is checked again where the socket is made, which neither a redirect nor a
name that answers differently the second time can pass.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.typedefs import LooseHeaders
from multidict import CIMultiDictProxy
from yarl import URL

from feeds.address import Refusal, Target, is_inside, leads_inside, normal_target
from feeds.records import Failed, FailureKind, FeedSource, FetchSettings, NotModified
from feeds.unpack import BadCoding, TooLarge, Unpacker

AddressInfo = tuple[int, int, int, str, tuple[str | int, ...]]
Session = aiohttp.ClientSession  # so that no other room has to know aiohttp
Dial = Callable[[AddressInfo], socket.socket]

_ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_RETRY_MIN: Final = 60
_RETRY_MAX: Final = 24 * 3600
_VALIDATOR: Final = re.compile(r"[\x20-\x7e]+")

# True while the hop's exact host:port is on the allow-list. Tasks that aiohttp starts for resolving and
# dialling copy the context, so the guard there knows for which hop it is asked.
_may_enter: contextvars.ContextVar[bool] = contextvars.ContextVar("_may_enter", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedBytes:
    """A document as it arrived, unpacked; nothing of it has been read yet."""

    source: FeedSource
    status: int
    final_url: str
    moved_to: str
    etag: str
    last_modified: str
    content_type: str
    body: bytes
    seconds: float
    fresh_seconds: int | None = None


class _Inside(OSError):
    """The guard said no. An OSError, so that aiohttp treats it as a failed connect."""


class _Stop(Exception):
    """An expected end of a fetch, on its way to becoming a `Failed`."""

    def __init__(
        self, kind: FailureKind, reason: str, status: int | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(reason)
        self.kind, self.reason, self.status, self.retry_after = kind, reason, status, retry_after


class _Lookups(AbstractResolver):
    """The system's resolver, a thread for each name, given up after `seconds`.

    In a pool shared with the rest of the loop a few dead name servers, each of which may take the system
    half a minute, hold up every other name and the end of the loop: measured with 30 of them, a healthy
    source failed and a collect took 40 s.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        told: asyncio.Future[list[ResolveResult]] = loop.create_future()

        def tell(found: list[ResolveResult] | Exception) -> None:
            if told.done():
                return
            if isinstance(found, Exception):
                told.set_exception(found)
            else:
                told.set_result(found)

        def look() -> None:
            found: list[ResolveResult] | Exception
            try:
                found = _look_up(host, port, family)
            except (OSError, ValueError) as error:
                found = error
            with contextlib.suppress(RuntimeError):  # a loop that has ended waits for no name
                loop.call_soon_threadsafe(tell, found)

        threading.Thread(target=look, name="lookup", daemon=True).start()
        try:
            async with asyncio.timeout(self._seconds):
                return await told
        except TimeoutError:
            raise OSError("the name server did not answer") from None

    async def close(self) -> None:
        pass


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [
        ResolveResult(
            hostname=host,
            host=str(where[0]),
            port=port,
            family=kind,
            proto=proto,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )
        for kind, _, proto, _, where in found
    ]


class _CheckedResolver(AbstractResolver):
    """Resolve once and refuse the whole name when any of its addresses is inside."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found:
            raise _Inside("nama host tidak punya alamat")
        if not _may_enter.get() and any(is_inside(result["host"]) for result in found):
            raise _Inside("nama host menunjuk ke alamat di dalam jaringan sendiri")
        return found

    async def close(self) -> None:
        await self._inner.close()


def _open_socket(info: AddressInfo) -> socket.socket:
    return socket.socket(info[0], info[1], info[2])


def open_session(
    settings: FetchSettings, *, resolver: AbstractResolver | None = None, dial: Dial = _open_socket
) -> aiohttp.ClientSession:
    """A guarded session for `fetch`; call inside a running loop and close it.

    `resolver` and `dial` are for tests: `dial` makes the socket after the guard has let the address pass.
    """

    def guarded_dial(info: AddressInfo) -> socket.socket:
        if not _may_enter.get() and is_inside(str(info[4][0])):
            raise _Inside("alamat di dalam jaringan sendiri")
        return dial(info)

    connector = aiohttp.TCPConnector(
        resolver=_CheckedResolver(resolver or _Lookups(settings.limits.connect_seconds)),
        use_dns_cache=False,
        limit=max(settings.workers, 1),
        socket_factory=guarded_dial,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.limits.connect_seconds),
        trust_env=False,
        auto_decompress=False,
        max_line_size=settings.limits.header_bytes,
        max_field_size=settings.limits.header_bytes,
    )


async def fetch(
    session: aiohttp.ClientSession, source: FeedSource, settings: FetchSettings, *, accept: str = _ACCEPT
) -> FetchedBytes | NotModified | Failed:
    """GET `source.url` once, with its validators, under all limits. No failure is raised."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(settings.limits.total_seconds):
            return await _follow(
                session, source, settings, _request_headers(source, settings, accept), started
            )
    except _Stop as stop:
        kind, reason, status, retry_after = stop.kind, stop.reason, stop.status, stop.retry_after
    except (TimeoutError, aiohttp.ServerTimeoutError):
        kind, reason, status, retry_after = (
            FailureKind.TIMEOUT,
            "server tidak menjawab tepat waktu",
            None,
            None,
        )
    except (aiohttp.ClientError, aiohttp.http.HttpProcessingError, OSError, ValueError) as error:
        kind, reason = _network_failure(error)
        status = retry_after = None
    return Failed(
        source=source,
        kind=kind,
        reason=reason,
        status=status,
        retry_after_seconds=retry_after,
        seconds=time.monotonic() - started,
    )


async def _follow(
    session: aiohttp.ClientSession,
    source: FeedSource,
    settings: FetchSettings,
    headers: LooseHeaders,
    started: float,
) -> FetchedBytes | NotModified:
    """Walk the redirects by hand, each hop through the guard, to the answer at their end."""
    url, permanent = source.url, True
    for hop in range(settings.limits.redirects + 1):
        target = normal_target(url, settings)
        if isinstance(target, Refusal):
            kind = FailureKind.LIMIT if target.too_long else FailureKind.REFUSED
            raise _Stop(kind, target.reason if hop == 0 else f"pengalihan ditolak: {target.reason}")
        _may_enter.set(target.allowed)
        async with session.get(_as_dialled(target), headers=headers, allow_redirects=False) as response:
            if response.status in _REDIRECTS:
                location = response.headers.get("Location", "")
                if not location:
                    raise _Stop(FailureKind.HTTP_ERROR, "pengalihan tanpa tujuan", response.status)
                permanent = permanent and response.status in _PERMANENT
                try:
                    url = urljoin(target.url, location.strip())
                except ValueError:
                    raise _Stop(
                        FailureKind.REFUSED, "pengalihan ditolak: alamat tidak dapat dibaca"
                    ) from None
                if leads_inside(target.url, url, settings):
                    raise _Stop(
                        FailureKind.REFUSED, "pengalihan dari luar ke alamat di dalam jaringan sendiri"
                    )
                response.close()
                continue
            may_move = hop and permanent and _may_replace(source.url, target, settings)
            moved_to = target.url if may_move else ""
            return await _answer(response, source, settings, target, moved_to, started)
    raise _Stop(FailureKind.LIMIT, f"lebih dari {settings.limits.redirects} pengalihan")


def _as_dialled(target: Target) -> URL:
    url = URL(target.url, encoded=True)
    if (url.host or "").lower() != target.host or url.port != target.port:
        raise _Stop(FailureKind.REFUSED, "alamat dapat dibaca dengan dua arti")
    return url


def _may_replace(old: str, target: Target, settings: FetchSettings) -> bool:
    """Whether an address may be told as the new one of a source; people decide whether it becomes it."""
    # A fall from https to http never, nor an inside (allow-listed) address in place of another host's.
    before = normal_target(old, settings)
    if isinstance(before, Refusal) or (before.scheme == "https" and target.scheme == "http"):
        return False
    return not target.allowed or (before.allowed and (before.host, before.port) == (target.host, target.port))


async def _answer(  # noqa: PLR0917
    response: aiohttp.ClientResponse,
    source: FeedSource,
    settings: FetchSettings,
    target: Target,
    moved_to: str,
    started: float,
) -> FetchedBytes | NotModified:
    status, headers = response.status, response.headers
    if status == 304 and (source.etag or source.last_modified):
        return NotModified(
            source=source, seconds=time.monotonic() - started, fresh_seconds=_fresh_seconds(headers)
        )
    if status not in (200, 203):
        response.close()
        raise _Stop(FailureKind.HTTP_ERROR, _status_words(status), status, _retry_after(headers))
    body = await _read_body(response, settings.limits.body_bytes)
    return FetchedBytes(
        source=source,
        status=status,
        final_url=target.url,
        moved_to=moved_to,
        etag=_validator(headers.get("ETag", ""), settings.limits.validator_chars),
        last_modified=_validator(headers.get("Last-Modified", ""), settings.limits.validator_chars),
        content_type=headers.get("Content-Type", "")[:200],
        body=body,
        seconds=time.monotonic() - started,
        fresh_seconds=_fresh_seconds(headers),
    )


async def _read_body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    try:
        if (response.content_length or 0) > limit:
            raise TooLarge
        unpacker = Unpacker(",".join(response.headers.getall("Content-Encoding", [])), limit)
        async for piece in response.content.iter_any():
            unpacker.add(piece)
        return unpacker.finish()
    except TooLarge:
        response.close()
        raise _Stop(FailureKind.LIMIT, f"isi lebih besar dari {limit // 1024} KiB", response.status) from None
    except BadCoding as error:
        response.close()
        raise _Stop(FailureKind.NET_ERROR, str(error), response.status) from None


def _request_headers(source: FeedSource, settings: FetchSettings, accept: str) -> LooseHeaders:
    headers = {
        "User-Agent": settings.user_agent,
        "Accept": accept,
        "Accept-Encoding": "gzip, deflate, br, zstd",
    }
    limit = settings.limits.validator_chars
    if etag := _validator(source.etag, limit):
        headers["If-None-Match"] = etag
    if modified := _validator(source.last_modified, limit):
        headers["If-Modified-Since"] = modified
    return headers


def _validator(value: str, limit: int) -> str:
    """A validator that may be stored and sent back, else "": a cut one would never match."""
    return value if len(value) <= limit and _VALIDATOR.fullmatch(value) else ""


def _retry_after(headers: CIMultiDictProxy[str]) -> int | None:
    """Seconds of a Retry-After header, clamped to 60 s .. 24 h; None when there is none to read."""
    value = headers.get("Retry-After", "").strip()[:64]
    if re.fullmatch(r"-?[0-9]{1,18}", value):
        seconds = int(value)
    elif value:
        try:
            when = parsedate_to_datetime(value)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = int((when - datetime.now(UTC)).total_seconds())
    else:
        return None
    return min(max(seconds, _RETRY_MIN), _RETRY_MAX)


def _fresh_seconds(headers: CIMultiDictProxy[str]) -> int | None:
    """Seconds that Cache-Control calls the answer fresh for, less its Age; None when it says nothing."""
    control = ",".join(headers.getall("Cache-Control", []))[:1_000].lower()
    if re.search(r"\b(?:no-store|no-cache)\b", control):
        return 0
    if not (age := re.search(r"\bmax-age\s?=\s?\"?([0-9]{1,12})", control)):
        return None
    spent = headers.get("Age", "").strip()
    return max(int(age[1]) - (int(spent) if re.fullmatch(r"[0-9]{1,12}", spent) else 0), 0)


def _status_words(status: int) -> str:
    words = {
        204: "server menjawab tanpa isi",
        304: "server menjawab 304 tanpa diminta",
        401: "server meminta sandi",
        403: "server melarang",
        404: "alamat tidak ditemukan",
        410: "umpan sudah dihapus oleh sumber",
        429: "server meminta jeda",
    }
    return words.get(status, "server bermasalah" if status >= 500 else f"server menjawab {status}")


def _network_failure(error: BaseException) -> tuple[FailureKind, str]:
    inside = _find_inside(error)
    if inside is not None:
        return FailureKind.REFUSED, str(inside)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FailureKind.NET_ERROR, "nama host tidak ditemukan"
    if isinstance(error, aiohttp.ClientSSLError):
        return FailureKind.NET_ERROR, "sambungan aman (TLS) gagal"
    if isinstance(error, aiohttp.ClientConnectorError):
        return FailureKind.NET_ERROR, "tidak dapat tersambung"
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.http.HttpProcessingError):
        return FailureKind.NET_ERROR, "jawaban server tidak sah"
    return FailureKind.NET_ERROR, "sambungan terputus"


def _find_inside(error: BaseException | None) -> _Inside | None:
    """Our refusal, wherever in the wrapping it is; a connect to several addresses groups its errors."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        current = pending.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, _Inside):
            return current
        if isinstance(current, BaseExceptionGroup):
            pending.extend(current.exceptions)
        pending.extend((current.__cause__, current.__context__, getattr(current, "os_error", None)))
    return None
