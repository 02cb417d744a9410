"""Shared ground of the feeds tests: where ../shared lies, documents to serve and to mutate, what must hold
of every entry, and a raw loopback server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Self

import pytest

from feeds import FeedSource, FetchSettings, Limits, NotAFeed, Parsed, canonical_link
from feeds.clean import clean_html
from feeds.sample_render import read_sample, render_site

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
        f"<guid>uji-{number}</guid><pubDate>{date}</pubDate>"
        f"<description>Isi {number}.</description>{extra}</item>"
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
        with contextlib.suppress(OSError):
            await writer.wait_closed()

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
    writers: list[asyncio.StreamWriter] = []

    async def track(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
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
        for writer in writers:
            writer.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


class Served:
    """A loopback server in a thread, for the synchronous front doors: steps in order, or pages by path."""

    def __init__(self, *steps: Answer | bytes, pages: dict[str, bytes] | None = None) -> None:
        self._steps, self._pages = (*steps, self._page), pages or {}
        self._ready, self._done = threading.Event(), threading.Event()
        self.server: Loopback

    async def _page(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at.append(time.monotonic())
        path = self.server.requests[-1].split(" ", 2)[1]
        body = self._pages.get(path, b"")
        if not body:
            writer.write(response(status="404 Not Found"))
            return
        body = body.replace(b"@@SELF@@", f"http://{self.server.host_port}".encode())
        writer.write(body if body.startswith(b"HTTP/") else response(body))

    def __enter__(self) -> Self:
        self.at: list[float] = []

        async def serve() -> None:
            steps = self._steps[:-1] or self._steps
            async with loopback(*steps) as self.server:
                self._ready.set()
                while not self._done.is_set():
                    await asyncio.sleep(0.01)

        self._thread = threading.Thread(target=lambda: asyncio.run(serve()))
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def origin(self) -> str:
        return f"http://{self.server.host_port}"

    @property
    def paths(self) -> list[str]:
        return [request.split(" ", 2)[1] for request in self.server.requests]

    def settings(self, **changes: Any) -> FetchSettings:
        quick = Limits(total_seconds=5.0, parse_seconds=5.0)
        return FetchSettings(allow=frozenset({self.server.host_port}), **{"limits": quick, **changes})

    def source(self, key: str = "s", path: str = "") -> FeedSource:
        return FeedSource(key=key, url=self.server.url + path)


# --- what must hold, whatever the bytes were ---------------------------------------------------------

SAFE_TAG = re.compile("p|br|a|b|strong|i|em|u|ul|ol|li|blockquote|h[234]|sub|sup")


class _Tags(HTMLParser):
    """Asserts that each tag of a clean fragment is on the allow-list and carries nothing but a safe link."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert SAFE_TAG.fullmatch(tag), tag
        for name, value in attrs:
            assert tag == "a"
            assert name in {"href", "rel"}, name
            assert name == "rel" or re.match(r"https?:", value or "", re.I), value

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment is left: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_clean(parsed: Parsed | NotAFeed, limits: Limits) -> None:
    """What must hold of every entry, whatever the bytes were."""
    if isinstance(parsed, NotAFeed):
        assert parsed.reason
        return
    assert len(parsed.entries) <= limits.entries
    assert len({entry.key for entry in parsed.entries}) == len(parsed.entries)
    times = [entry.published for entry in parsed.entries]
    assert times == sorted(times, reverse=True)
    for entry in parsed.entries:
        assert entry.key
        assert entry.link == "" or re.match(r"https?://[a-z0-9_.\[\]:-]+/", entry.link)
        assert not re.search(r"[\s\"<>`\\]", entry.link)
        assert entry.published.tzinfo is UTC
        assert datetime(1990, 1, 1, tzinfo=UTC) <= entry.published <= NOW + timedelta(hours=24)
        assert len(entry.title) <= limits.title_chars
        assert len(entry.text) <= limits.text_chars
        assert len(entry.published_raw) <= limits.raw_date_chars
        assert clean_html(entry.html) == entry.html
        assert entry.link == canonical_link(entry.link)
        _Tags().feed(entry.html)
        for text in (entry.title, entry.text, entry.guid, *entry.categories):
            text.encode("utf-8")
            assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
        assert "\n" not in entry.title


# --- documents to mutate -----------------------------------------------------------------------------

_ODD = (
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<!DOCTYPE rss [",
    b"]>",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"&#xD800;",
    b"&#0;",
    b"&#99999999999;",
    b"&nbsp;",
    b"&undeclared;",
    b"&",
    b"<",
    b">",
    b'"',
    b"'",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xae",
    b"\xc0\xaf",
    b"\x1b$B",
    b"<script>x()</script>",
    b"&lt;img src=x onerror=x()&gt;",
    b"<svg/onload=x()>",
    b"<math><mi//xlink:href=x>",
    b"<a href='javascript:x()'>",
    b"<guid></guid>",
    b"<link>file:///etc/passwd</link>",
    b"<link href='//[::1'/>",
    b"<pubDate>32 Foo 99999 99:99</pubDate>",
    b"<updated>0001-01-01T00:00:00+14:00</updated>",
    b"<item>",
    b"</item>",
    b"<entry>",
    b"</channel>",
    b"<rss>",
    b"<feed xmlns='http://www.w3.org/2005/Atom'>",
    b"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>",
    b"<content type='text/html' mode='base64'>",
    b"<title type='application/octet-stream'>",
    b" xml:base='http://[x'",
    b" xmlns=''",
    b"<x:y xmlns:x='u'>",
    b"<textarea>",
    b"<table><td>",
    b"<p>" * 400,
    b"{",
    b"}",
    b"[",
    b'":',
    b"\\ud800",
    b"1e999",
    b"null",
)
_CODES = ("utf-16", "utf-32", "cp1252", "utf-8-sig", "shift_jis", "utf-7")


def seeds() -> list[bytes]:
    """Documents of our own in every format: the sample press, and small ones with what it lacks."""
    folder = Path(__file__).parents[1] / "feeds" / "sample"
    sources, items = read_sample(folder, date(2026, 11, 23))
    pages = render_site(sources, items[:12], "https://contoh.example")
    served = [page.body for path, page in sorted(pages.items()) if "html" not in page.content_type]
    index = b"<sitemapindex><sitemap><loc>https://uji.example/s.xml</loc></sitemap></sitemapindex>"
    return [*served, index, rss(item(), item(2, extra="<category>a</category>"), head="<ttl>30</ttl>")]


def mutated(documents: list[bytes], number: int, seed: int) -> bytes:
    """The `number`th mutation of `documents` under `seed`: the same bytes each time."""
    chance = random.Random(f"{seed}:{number}")
    data = bytearray(chance.choice(documents))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 9))):
        at = chance.randrange(len(data) + 1)
        span = min(chance.choice((1, 2, 8, 40, 300, 3000)), len(data) - at)
        match chance.randrange(9):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1 | 2 | 3:
                data[at:at] = chance.choice(_ODD)
            case 4:
                del data[at : at + span]
            case 5:
                data[at:at] = data[at : at + span] * chance.choice((1, 2, 30))
            case 6:
                other = chance.choice(documents)
                begin = chance.randrange(len(other) + 1)
                data[at : at + span] = other[begin : begin + chance.choice((10, 200, 4000))]
            case 7:
                # Where markup is: a name, a quote or a bracket gone does more than a letter in a text.
                marks = [m.start() for m in re.finditer(rb"[<>\"'/&;=]", data[:50_000])] or [0]
                at = chance.choice(marks)
                data[at : at + 1] = chance.choice((b"", b"<", b">", b'"', b"&", b"\x00"))
            case _:
                del data[at:]
    if chance.random() < 0.05:
        return bytes(data).decode("utf-8", "replace").encode(chance.choice(_CODES), "replace")
    return bytes(data)
