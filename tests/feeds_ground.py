"""Shared ground of the feeds tests: where ../shared lies, documents to serve, and a raw loopback server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(os.environ.get("DINI_SHARED", Path(__file__).parents[1].parent / "shared"))
HOSTILE = SHARED / "hostile"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
needs_shared = pytest.mark.skipif(not HOSTILE.is_dir(), reason="../shared/hostile is not here")

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def load(name: str) -> Any:
    path = HOSTILE / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def rss(*items: str, head: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Kabar Uji</title>'
        f"<link>https://uji.example/</link>{head}{''.join(items)}</channel></rss>"
    ).encode()


def item(number: int = 1, *, date: str = "Mon, 23 Nov 2026 16:00:00 +0700", extra: str = "") -> str:
    return (
        f"<item><title>Berita nomor {number}</title><link>https://uji.example/b/{number}</link>"
        f"<guid>uji-{number}</guid><pubDate>{date}</pubDate><description>Isi {number}.</description>{extra}</item>"
    )


def response(body: bytes = b"", status: str = "200 OK", headers: tuple[tuple[str, str], ...] = ()) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("utf-8") + body


class Loopback:
    """Answers each connection with the next step; the last step repeats. Keeps the request heads."""

    def __init__(self, steps: list[Answer | bytes]) -> None:
        self.steps, self.requests, self.port = steps, [], 0  # type: ignore[var-annotated]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
            step = self.steps[min(len(self.requests), len(self.steps)) - 1]
            if isinstance(step, bytes):
                writer.write(step)
            else:
                await step(reader, writer)
            await writer.drain()
        writer.close()

    @property
    def host_port(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host_port}/feed"


@contextlib.asynccontextmanager
async def loopback(*steps: Answer | bytes) -> AsyncIterator[Loopback]:
    served = Loopback(list(steps))
    tasks: set[asyncio.Task[Any]] = set()

    async def track(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        with contextlib.suppress(asyncio.CancelledError):
            await served.answer(reader, writer)

    server = await asyncio.start_server(track, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
