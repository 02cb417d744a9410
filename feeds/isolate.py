"""Parsing in replaceable child processes: what a document can break is thrown away with its child.

A child is a fresh interpreter (`python -m feeds.isolate`), so it works inside a threaded server. It
reads one request after the other from its standard input and answers on its standard output, in frames
of JSON and bytes: nothing that comes back is executed or unpickled. CPU seconds, address space and
file sizes are bounded by the kernel, the wall clock by the parent.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import resource
import selectors
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from feeds.parse import read_document
from feeds.records import Dropped, Entry, FetchSettings, Limits, NotAFeed, PageText, Parsed, RobotsRule

_ENTRY_FIELDS: Final = tuple(field.name for field in fields(Entry))
_PARSED_FIELDS: Final = tuple(field.name for field in fields(Parsed))
_FRAME: Final = struct.Struct("!II")
_ANSWER_MAX: Final = 512 * 1024 * 1024
_DOCUMENTS_PER_CHILD: Final = 500
_START_SECONDS: Final = 30.0


class Broken(Exception):
    """The document could not be parsed within its bounds; the text says why, for the operator."""


class Parsers:
    """A pool of children. `parse` blocks and may be called from any thread; `threads` runs it for asyncio."""

    def __init__(self, count: int, limits: Limits) -> None:
        count = max(count, 1)
        self.threads = ThreadPoolExecutor(max_workers=count, thread_name_prefix="parse")
        self._limits = limits
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(None)

    def parse(self, body: bytes, *, content_type: str, url: str, now: datetime) -> Parsed | NotAFeed:
        """Parse in a child. Raises `Broken` when the child was killed, ran out of memory or time."""
        request = {"read": "feed", "content_type": content_type, "url": url, "now": now.isoformat()}
        answer = self._ask(request, body)
        try:
            return _read_answer(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise Broken("jawaban proses pengurai tidak sah") from error

    def page(self, body: bytes, *, content_type: str, url: str) -> PageText | None:
        """The main text of an article page, or None when it has none. Raises `Broken` as `parse` does."""
        answer = self._ask({"read": "page", "content_type": content_type, "url": url}, body)
        if "text" not in answer:
            return None
        return PageText(title=str(answer.get("title", "")), text=str(answer["text"]))

    def robots(self, body: bytes, *, agent: str, urls: Sequence[str]) -> RobotsRule:
        """What a robots.txt says to `agent` about `urls`. Raises `Broken` as `parse` does."""
        answer = self._ask({"read": "robots", "agent": agent, "urls": list(urls)}, body)
        try:
            allowed = frozenset(str(url) for url in answer["allowed"])
            return RobotsRule(allowed=allowed, delay_seconds=float(answer["delay"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Broken("robots.txt tidak dapat dibaca") from error

    def _ask(self, request: dict[str, Any], body: bytes) -> dict[str, Any]:
        child = self._idle.get()
        try:
            if child is None or not child.usable():
                if child is not None:
                    child.stop()
                child = None
                child = _Child(self._limits)
            return child.ask(request, body)
        except BaseException:
            if child is not None:
                child.stop()
                child = None
            raise
        finally:
            self._idle.put(child)

    def close(self) -> None:
        """Stop the children that are idle; a busy one is stopped when its document is done."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        while True:
            try:
                child = self._idle.get_nowait()
            except queue.Empty:
                return
            if child is not None:
                child.stop()


class _Child:
    def __init__(self, limits: Limits) -> None:
        root = str(Path(__file__).resolve().parent.parent)
        paths = [root, *(path for path in sys.path if path and path != root)]
        # No environment of the service (settings, secrets) reaches a process that reads hostile bytes.
        environment = {
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": os.defpath,
        }
        self._limits = limits
        self._done = 0
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "feeds.isolate"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                close_fds=True,
            )
        except OSError as error:
            raise Broken("proses pengurai tidak dapat dimulai") from error
        self._pipes = [pipe for pipe in (self._process.stdin, self._process.stdout) if pipe is not None]
        self._in, self._out = (pipe.fileno() for pipe in self._pipes)
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        try:
            self._exchange({"limits": asdict(limits)}, b"", _START_SECONDS)
        except BaseException:
            self.stop()
            raise

    def usable(self) -> bool:
        return self._process.poll() is None and self._done < _DOCUMENTS_PER_CHILD

    def ask(self, request: dict[str, Any], body: bytes) -> dict[str, Any]:
        self._done += 1
        return self._exchange(request, body, self._limits.parse_seconds)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes:
            with suppress(OSError):
                pipe.close()

    def _exchange(self, request: dict[str, Any], body: bytes, seconds: float) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        head = json.dumps(request).encode()
        try:
            self._send(_FRAME.pack(len(head), len(body)) + head + body, deadline)
            size, _ = _FRAME.unpack(self._receive(_FRAME.size, deadline))
            if size > _ANSWER_MAX:
                raise Broken("jawaban proses pengurai terlalu besar")
            answer = json.loads(self._receive(size, deadline))
        except (OSError, ValueError, struct.error) as error:
            raise Broken("proses pengurai berhenti pada dokumen ini") from error
        if not isinstance(answer, dict) or answer.get("broken"):
            raise Broken("dokumen melampaui batas memori pengurai")
        return answer

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        with _ready(self._in, selectors.EVENT_WRITE) as wait:
            while view:
                wait(deadline)
                view = view[os.write(self._in, view[: 1 << 16]) :]

    def _receive(self, size: int, deadline: float) -> bytes:
        data = bytearray()
        with _ready(self._out, selectors.EVENT_READ) as wait:
            while len(data) < size:
                wait(deadline)
                piece = os.read(self._out, min(size - len(data), 1 << 20))
                if not piece:
                    raise Broken("proses pengurai berhenti pada dokumen ini")
                data += piece
        return bytes(data)


class _Wait:
    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector

    def __call__(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0 or not self._selector.select(left):
            raise Broken("dokumen melampaui batas waktu pengurai")


@contextmanager
def _ready(descriptor: int, event: int) -> Iterator[_Wait]:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, event)
        yield _Wait(selector)


_pools: dict[tuple[int, Limits], Parsers] = {}
_pools_lock = threading.Lock()


def shared_parsers(settings: FetchSettings) -> Parsers:
    """The pool of this process for these settings; its children live on from one collect to the next."""
    with _pools_lock:
        key = (settings.parsers, settings.limits)
        if key not in _pools:
            _pools[key] = Parsers(settings.parsers, settings.limits)
        return _pools[key]


def close_parsers() -> None:
    """Stop every child of this process; the next parse starts new ones."""
    with _pools_lock:
        pools = list(_pools.values())
        _pools.clear()
    for pool in pools:
        pool.close()


def _forget_parsers() -> None:
    # After a fork the children belong to the parent; two processes on one pipe would mix documents.
    global _pools_lock  # noqa: PLW0603 - the lock may have been held by a thread that did not come along
    _pools_lock = threading.Lock()
    _pools.clear()


atexit.register(close_parsers)
os.register_at_fork(after_in_child=_forget_parsers)


def _as_answer(result: Parsed | NotAFeed) -> dict[str, Any]:
    if isinstance(result, NotAFeed):
        return {"not_a_feed": result.reason, "follow": result.follow}
    # Field by field: asdict copies deeply, which takes longer than the JSON.
    entries = [
        {name: getattr(entry, name) for name in _ENTRY_FIELDS} | {"published": entry.published.isoformat()}
        for entry in result.entries
    ]
    return {"parsed": {name: getattr(result, name) for name in _PARSED_FIELDS} | {"entries": entries}}


def _read_answer(answer: dict[str, Any]) -> Parsed | NotAFeed:
    if "not_a_feed" in answer:
        follow = answer.get("follow", ())
        return NotAFeed(reason=str(answer["not_a_feed"]), follow=tuple(str(url) for url in follow))
    parsed = dict(answer["parsed"])
    parsed["entries"] = tuple(
        Entry(
            **{
                **entry,
                "published": datetime.fromisoformat(entry["published"]),
                "categories": tuple(entry["categories"]),
            }
        )
        for entry in parsed["entries"]
    )
    parsed["dropped"] = tuple((Dropped(reason), int(count)) for reason, count in parsed["dropped"])
    return Parsed(**parsed)


def _bound_process(limits: Limits) -> None:
    memory = limits.parse_memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def _bound_cpu(limits: Limits) -> None:
    # The kernel counts a process's whole life, so the ceiling moves up with each document.
    used = resource.getrusage(resource.RUSAGE_SELF)
    ceiling = int(used.ru_utime + used.ru_stime + limits.parse_seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (ceiling, resource.RLIM_INFINITY))


def _answer(request: dict[str, Any], body: bytes, limits: Limits) -> dict[str, Any]:
    what = request["read"]
    if what == "feed":
        result = read_document(
            body,
            content_type=request["content_type"],
            url=request["url"],
            now=datetime.fromisoformat(request["now"]),
            limits=limits,
        )
        return _as_answer(result)
    # Only a child that meets a page pays for loading the reader of pages.
    from feeds.page import read_page, read_robots

    if what == "page":
        page = read_page(body, content_type=request["content_type"], url=request["url"], limits=limits)
        return {} if page is None else asdict(page)
    rule = read_robots(body, agent=request["agent"], urls=request["urls"])
    return {"allowed": sorted(rule.allowed), "delay": rule.delay_seconds}


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """The child's whole life: documents in, entries out, until the parent closes the pipe."""
    limits = Limits()
    while len(head := requests.read(_FRAME.size)) == _FRAME.size:
        head_size, body_size = _FRAME.unpack(head)
        request = json.loads(requests.read(head_size))
        body = requests.read(body_size)
        answer: dict[str, Any] = {}
        if "limits" in request:
            limits = Limits(**request["limits"])
            _bound_process(limits)
        else:
            _bound_cpu(limits)
            try:
                answer = _answer(request, body, limits)
            except MemoryError:
                answer = {"broken": True}
            except Exception:  # noqa: BLE001 - a bug met by one document must not end the child
                answer = {"not_a_feed": "dokumen tidak dapat dibaca"}
        data = json.dumps(answer).encode()
        answers.write(_FRAME.pack(len(data), 0) + data)
        answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
