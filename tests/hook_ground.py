"""Ground of the webhook tests and benchmark: a receiver that fails as told, and incidents to tell of.

The receiver checks every message with the public library at the sender's clock, as a stranger's code would.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
import standardwebhooks.webhooks
from screening_material import CLASH, NOW, entry, fetched, listing
from standardwebhooks import Webhook

from screening import Account, Decision, Desk, ReviewDraft, Role, Severity, Store, desk_analyst
from screening.schema import assessment, incident, incident_item, item

FAULTS = ("500", "503", "timeout", "reset", "taken_reset", "slow", "redirect_inside", "400", "garbage")


class StepClock:
    """The one clock of sender and receiver; tests move it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **units: float) -> None:
        self.now += timedelta(**units)


@contextlib.contextmanager
def library_clock(clock: Callable[[], datetime]) -> Iterator[None]:
    """The public library looks at the time too; here it reads this clock."""
    real = standardwebhooks.webhooks.datetime

    class Stepped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return clock().astimezone(tz or UTC)

    standardwebhooks.webhooks.datetime = Stepped  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        standardwebhooks.webhooks.datetime = real  # type: ignore[misc]


@dataclass(slots=True)
class Got:
    """One message the receiver has taken: verified, in the order of arrival."""

    path: str
    message_id: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass(slots=True)
class Receiver:
    """`with Receiver() as one`: answers `plan(message id, how often it was tried before)` until the end."""

    plan: Callable[[str, int], str] = lambda _message, _tries: "ok"
    secrets: dict[str, str] = field(default_factory=dict)  # by path; what is not there is not verified
    inside_port: int = 1  # where a redirect points
    got: list[Got] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)  # what the library would not accept
    port: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> Receiver:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._loop is not None and self._thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/kait") -> str:
        return f"http://{self.pair}{path}"

    def taken(self, path: str = "/kait") -> list[Got]:
        """Each message once, by its first arrival: what a receiver that knows ids again keeps."""
        seen: set[str] = set()
        kept = []
        for one in self.got:
            if one.path == path and one.message_id not in seen:
                seen.add(one.message_id)
                kept.append(one)
        return kept

    def orders(self, path: str = "/kait") -> dict[int, list[int]]:
        """By incident the numbers of its events, as they came first."""
        found: dict[int, list[int]] = defaultdict(list)
        for one in self.taken(path):
            data = one.body["data"]
            if "incident" in data:
                found[data["incident"]["id"]].append(data["seq"])
        return found

    def _run(self, ready: threading.Event) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=512)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._loop.call_soon(ready.set)
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(_header(line) for line in head[1:] if line)
            raw = await reader.readexactly(int(headers.get("content-length", "0")))
            path = head[0].split(" ")[1]
            message = headers.get("webhook-id", "")
            before = self.tries[message]
            self.tries[message] += 1
            fault = self.plan(message, before)
            self.faults[fault] += 1
            if fault in ("ok", "slow", "taken_reset"):
                self._take(path, message, headers, raw)
            await self._say(fault, writer)
        writer.close()

    def _take(self, path: str, message: str, headers: dict[str, str], raw: bytes) -> None:
        if path in self.secrets:
            try:
                Webhook(self.secrets[path]).verify(raw, headers)
            except Exception as error:
                self.refused.append(f"{message}: {error}")
        self.got.append(Got(path=path, message_id=message, headers=headers, raw=raw))

    async def _say(self, fault: str, writer: asyncio.StreamWriter) -> None:
        if fault in ("reset", "taken_reset"):
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
            return
        if fault == "timeout":
            await asyncio.sleep(30)
            return
        answers = {
            "ok": _answer("204 No Content"),
            "500": _answer("500 Internal Server Error"),
            "400": _answer("400 Bad Request"),
            "410": _answer("410 Gone"),
            "503": _answer("503 Service Unavailable", "Retry-After: 600"),
            "redirect_inside": _answer(
                "307 Temporary Redirect", f"Location: http://127.0.0.1:{self.inside_port}/"
            ),
            "redirect_metadata": _answer("302 Found", "Location: http://169.254.169.254/latest/"),
            "garbage": b"SSH-2.0-x\r\n\r\n",
            "endless": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 300_000,
        }
        if fault == "slow":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(40):
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.25)
            return
        writer.write(answers[fault])
        await writer.drain()


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _answer(status: str, *headers: str) -> bytes:
    return "\r\n".join(
        (f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "Connection: close", "", "")
    ).encode()


@dataclass(slots=True)
class Listener:
    """A port inside that nobody must come to; counts who does."""

    hits: int = 0
    port: int = 0
    _server: socket.socket | None = None

    def __enter__(self) -> Listener:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._count, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()

    def _count(self) -> None:
        assert self._server is not None
        with contextlib.suppress(OSError):
            while True:
                found, _ = self._server.accept()
                self.hits += 1
                found.close()


# --- incidents to tell of


def analyst(desk: Desk) -> Account:
    found = desk.account("pengamat")
    if found is None:
        desk.create_account("pengamat", Role.ANALYST, "x", NOW, must_change=False)
        found = desk.account("pengamat")
    assert found is not None
    return found


def copies(desk: Desk, store: Store, count: int) -> list[int]:
    """`count` undecided incidents of one report each, made as copies of one that came through the intake."""
    source = desk.add_source(listing("kait", owner="Kait"), NOW)
    desk.take(fetched(source, entry("induk", *CLASH)), NOW)
    with store.writing() as books:
        db = books.hooks._db
        first = db.execute(sa.select(incident)).one()._asdict()
        told = db.execute(sa.select(item)).one()._asdict()
        said = db.execute(sa.select(assessment)).one()._asdict()
        linked = db.execute(sa.select(incident_item)).one()._asdict()
        made = [first["id"]]
        rows: dict[Any, list[dict[str, Any]]] = {item: [], assessment: [], incident: [], incident_item: []}
        for step in range(1, count):
            number, home = told["id"] + step, first["id"] + step
            unique = {"identity": f"{step:064d}", "key_hash": f"{step:064d}"}
            rows[item].append(told | unique | {"id": number, "key": f"salinan-{step}"})
            rows[assessment].append(said | {"item_id": number})
            rows[incident].append(first | {"id": home, "lead_item_id": number})
            rows[incident_item].append(linked | {"item_id": number, "incident_id": home})
            made.append(home)
        for table, values in rows.items():
            if values:
                db.execute(table.insert(), values)
    return made


def decide(desk: Desk, incident_id: int, step: int, seen: int | None, now: datetime) -> int | None:
    """One decision, as an analyst gives it; a level up or down each time. The review's number."""
    return desk.review(drafted(incident_id, step, seen), analyst(desk), now).review_id


def decide_all(desk: Desk, store: Store, step: int, seen: dict[int, int | None], now: datetime) -> None:
    """A decision about each of these incidents in one transaction; `seen` then has the new reviews."""
    account = analyst(desk)
    with store.writing() as books:
        for incident_id, review_id in seen.items():
            seen[incident_id] = desk_analyst.decide(
                books, drafted(incident_id, step, review_id), account, now
            ).review_id


def drafted(incident_id: int, step: int, seen: int | None) -> ReviewDraft:
    return ReviewDraft(
        incident_id=incident_id,
        decision=Decision.ACCEPT,
        severity=(Severity.WASPADA, Severity.SIAGA)[step % 2],
        seen_review_id=seen,
    )
