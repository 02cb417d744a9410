"""Handing a signed document to an address outside: one POST a parcel, through the guard of `fetch`.

Nothing is followed: a redirect is an answer like any other, so that nobody outside can choose whom we write
to. What the other side says beyond its status is read for half a second, so that an ordinary one is not cut
off, and never kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from feeds.address import Refusal, normal_target
from feeds.fetch import (
    Session,
    _as_dialled,
    _may_enter,
    _network_failure,
    _retry_after,
    _Stop,
    open_session,
)
from feeds.records import FailureKind, FetchSettings

SEND_SECONDS: Final = 15.0  # from the look-up of the name to the status line
_REST_SECONDS: Final = 0.5
_REST_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What goes to whom; `headers` are beside our own, `key` says afterwards which it was."""

    key: str
    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of a parcel: `status` is the other side's, None when none came and `reason` says why."""

    key: str
    status: int | None
    kind: FailureKind | None = None
    reason: str = ""
    retry_after_seconds: int | None = None
    seconds: float = 0.0


async def send(
    session: Session, parcel: Parcel, settings: FetchSettings, seconds: float = SEND_SECONDS
) -> Sent:
    """POST `parcel` once, under all limits, in a task of its own. No failure is raised."""
    started = time.monotonic()
    status: int | None = None
    kind: FailureKind | None = None
    reason, retry_after = "", None
    target = normal_target(parcel.url, settings)
    if isinstance(target, Refusal):
        return Sent(key=parcel.key, status=None, kind=FailureKind.REFUSED, reason=target.reason)
    headers = {"User-Agent": settings.user_agent, "Accept-Encoding": "identity", **dict(parcel.headers)}
    _may_enter.set(target.allowed)
    try:
        async with asyncio.timeout(seconds):
            response = await session.post(
                _as_dialled(target), data=parcel.body, headers=headers, allow_redirects=False
            )
        status, retry_after = response.status, _retry_after(response.headers)
        await _finish(response)
    except _Stop as stop:
        kind, reason = stop.kind, stop.reason
    except (TimeoutError, aiohttp.ServerTimeoutError):
        kind, reason = FailureKind.TIMEOUT, "server tidak menjawab tepat waktu"
    except (aiohttp.ClientError, aiohttp.http.HttpProcessingError, OSError, ValueError) as error:
        kind, reason = _network_failure(error)
    return Sent(
        key=parcel.key,
        status=status,
        kind=kind,
        reason=reason,
        retry_after_seconds=retry_after,
        seconds=time.monotonic() - started,
    )


def run_send(
    parcels: Sequence[Parcel], settings: FetchSettings, seconds: float = SEND_SECONDS
) -> tuple[Sent, ...]:
    """All at once, each with its own deadline; the answers in the order of the parcels."""

    async def run() -> tuple[Sent, ...]:
        async with open_session(settings) as session:
            # A task each: the guard knows by the task's context for which address it is asked.
            tasks = [asyncio.create_task(send(session, one, settings, seconds)) for one in parcels]
            return tuple(await asyncio.gather(*tasks))

    return asyncio.run(run()) if parcels else ()


async def _finish(response: aiohttp.ClientResponse) -> None:
    """The status has been said: neither a slow nor an endless body changes it any more."""
    left = _REST_BYTES
    with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError, ValueError):
        async with asyncio.timeout(_REST_SECONDS):
            async for piece in response.content.iter_any():
                left -= len(piece)
                if left < 0:
                    break
            else:
                response.release()
                return
    response.close()
