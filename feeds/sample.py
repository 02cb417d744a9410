"""A loopback web that serves the bundled sample news, so that Dini can be tried with no network."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from feeds.records import SourceListing
from feeds.sample_render import Page, SampleSource, feed_path, read_sample, render_site

_FOLDER = Path(__file__).resolve().parent / "sample"


class SampleWeb:
    """The sample press on 127.0.0.1, in a thread of its own while the `with` block lasts.

    `day` is the last of the three days of news; `port` 0 takes a free one. Entering raises OSError when
    the port is taken. The address has to be on the allow-list to be collected: `host_port` gives it.
    """

    def __init__(self, day: date, port: int = 8061, *, folder: Path = _FOLDER) -> None:
        self._day, self._port, self._folder = day, port, folder
        self._sources: tuple[SampleSource, ...] = ()
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        server = _Server(("127.0.0.1", self._port), _Answer)
        try:
            self._sources, items = read_sample(self._folder, self._day)
            self._server = server
            changed = items[0].at if items else datetime(2026, 1, 1, tzinfo=UTC)
            pages = render_site(self._sources, items, self.base_url)
            server.site = {path: _stored(page, changed) for path, page in pages.items()}
        except BaseException:
            self._server = None
            server.server_close()
            raise
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="sample-web", daemon=True
        ).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    @property
    def host_port(self) -> str:
        """The exact host:port, as an allow-list takes it."""
        if self._server is None:
            raise RuntimeError("the sample web is not running")
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        return f"http://{self.host_port}"

    def sources(self) -> tuple[SourceListing, ...]:
        return tuple(
            SourceListing(
                url=f"{self.base_url}{feed_path(source)}",
                name=source.name,
                owner=source.owner,
                site=f"{self.base_url}/",
                area=source.area,
                note="berita contoh",
            )
            for source in self._sources
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    page: Page
    etag: str
    changed: datetime


def _stored(page: Page, changed: datetime) -> _Stored:
    etag = f'"{hashlib.sha256(page.body).hexdigest()[:32]}"'
    return _Stored(page=page, etag=etag, changed=changed.astimezone(UTC))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False
    site: dict[str, _Stored]


class _Answer(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "BeritaContoh/1"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        stored = self.server.site.get(urlsplit(self.path).path)
        if stored is None:
            body = b"Tidak ditemukan.\n"
            self.send_response(404)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
        elif self._is_known(stored):
            body = b""
            self.send_response(304)
            self._send_validators(stored)
        else:
            body = stored.page.body
            self.send_response(200)
            self.send_header("Content-Type", stored.page.content_type)
            self._send_validators(stored)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _send_validators(self, stored: _Stored) -> None:
        self.send_header("ETag", stored.etag)
        self.send_header("Last-Modified", format_datetime(stored.changed, usegmt=True))

    def _is_known(self, stored: _Stored) -> bool:
        if etags := self.headers.get("If-None-Match"):
            return stored.etag in (tag.strip().removeprefix("W/") for tag in etags.split(","))
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except (ValueError, TypeError):
            return False
        return since.tzinfo is not None and stored.changed <= since

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the sample web runs beside a service that logs JSON lines."""
