"""A fake internet for the whole process: names by a fake DNS, every TCP connect recorded and led elsewhere.

Below everything of ours on purpose: whatever code dials, by whatever library, it is seen here. Public
addresses lead to a loopback server with pages by path; every other address to a listener that answers as
the inside would, so that a request which passes the guard is really made and really counted.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from feeds_ground import HOSTILE, Answer, Loopback, Served, item, load, response, rss

from feeds import FetchSettings
from feeds.address import refusal_of

FORMS: list[dict[str, Any]] = load("ssrf_urls.json")
SECRET = "Kata rahasia di dalam jaringan"
# Written out, not asked of the guard: what is not here counts as inside.
PUBLIC = {"1.1.1.1", "8.8.8.8", "11.0.0.1", "2606:4700:4700::1111", "2001:20::1"}
EXCEPTION_WORDS = re.compile(
    r"Traceback|\w+(?:Error|Exception)\b|\berrno\b|aiohttp|yarl|sqlalchemy|object at 0x", re.IGNORECASE
)

Answers = list[str] | list[list[str]]


# Forms of our own beside those of the file: (url, names); all of them lead inside or nowhere.
OWN: tuple[tuple[str, dict[str, Answers]], ...] = (
    *(
        (f"http://{host}/", {})
        for host in (
            "2130706433",
            "017700000001",
            "0x7f.0.0.0x1",
            "127.0.0.0x1",
            "127.0.0.1..",
            "１２７.０.０.１",
            "127.0.0.1%00.koran.example",
            "127.0.0.1%2f.koran.example",
            "koran.example@127.0.0.1",
            "127.0.0.1:80@koran.example",
            "localhost.",
            "ＬＯＣＡＬＨＯＳＴ",
            "loc\u00adalhost",
            "router",
            "a.home.arpa",
            "1.0.0.127.in-addr.arpa",
            "x.onion",
            "[::]",
            "[::1]",
            "[::1%25lo]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::a00:1]",
            "[2002:7f00:1::]",
            "[2001:0:7f00:1::1]",
            "[fc00::1]",
            "[fe80::1%25eth0]",
            "[v1.x]",
            "[127.0.0.1]",
            "[::1].koran.example",
            "127.0.0.1[",
            "169.254.170.2",
            "169.254.169.253",
            "100.127.255.254",
            "192.0.0.170",
            "198.51.100.7",
            "224.0.0.1",
            "1.1.1.1:22",
            "1.1.1.1:0",
            "1.1.1.1:65536",
            "1.1.1.1:-80",
            "1.1.1.1:8 0",
        )
    ),
    ("http://127.0.0.1\\@koran.example/", {}),
    ("http://koran.example\\@127.0.0.1/", {}),
    ("http://127.0.\n0.1/", {}),
    ("http:\\\\127.0.0.1\\", {}),
    ("http:/127.0.0.1/", {}),
    ("http:127.0.0.1/", {}),
    ("https://127.0.0.1/", {}),
    ("HTTP://127.0.0.1/", {}),
    ("view-source:http://127.0.0.1/", {}),
    ("dict://127.0.0.1:11211/", {}),
    ("file:///proc/self/environ", {}),
    ("netdoc:///etc/passwd", {}),
    ("javascript:fetch('http://127.0.0.1/')", {}),
    ("http://svc.cluster.example/", {"svc.cluster.example": ["10.96.0.1"]}),
    ("http://nat64.example/", {"nat64.example": ["64:ff9b::a00:1"]}),
    ("http://sixtofour.example/", {"sixtofour.example": ["2002:a00:1::1"]}),
    ("http://scoped.example/", {"scoped.example": ["fe80::1%2"]}),
    ("http://last.example/", {"last.example": ["1.1.1.1", "8.8.8.8", "192.168.7.7"]}),
    ("http://turn.example/", {"turn.example": [["1.1.1.1"], ["169.254.169.254"]]}),
    ("http://turn6.example/", {"turn6.example": [["1.1.1.1"], ["::1"]]}),
)
FORMS += [
    {"id": f"own-{number:02}", "url": url, "expect": "refuse", "dns": names}
    for number, (url, names) in enumerate(OWN, 1)
]
BAD = [form for form in FORMS if form["expect"] == "refuse"]
NOWHERE = "http://empty.example/"  # a name without an address is not found rather than refused


def names_of(forms: list[dict[str, Any]]) -> dict[str, Answers]:
    """All names of the file as one zone."""
    return {name: answers for form in forms for name, answers in form["dns"].items()}


def resolved_only(form: dict[str, Any]) -> bool:
    """Whether nothing but its addresses tells that this form is inside (or is not)."""
    return not refusal_of(form["url"], FetchSettings())


class Internet:
    """`dialled` holds every (address, port) asked for; `broken_into` what should never have been."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages, self.names = pages, names_of(FORMS)
        self.dialled: list[tuple[str, int]] = []
        self.mine: set[int] = set()  # ports of this machine that a test opens on purpose
        self._asked: dict[str, int] = {}
        self._public = Served(pages=self.pages)
        self.inside_answers: list[bytes] = []  # what comes before the feed that every inside address has
        self._inside = Served(self._answer_inside)

    async def _answer_inside(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        feed = response(rss(item()).replace(b"Berita nomor", SECRET.encode()))
        writer.write(self.inside_answers.pop(0) if self.inside_answers else feed)

    @property
    def broken_into(self) -> list[Any]:
        wrong = [where for where in self.dialled if where[0] not in PUBLIC and where[1] not in self.mine]
        return [*wrong, *self._inside.server.requests]

    @property
    def asked(self) -> list[str]:
        """The paths asked of the public server."""
        return self._public.paths

    @property
    def requests(self) -> list[str]:
        return self._public.server.requests

    def _addresses(self, name: str) -> list[str] | None:
        known: Any = self.names.get(name, ["8.8.8.8"] if name.endswith("koran.example") else None)
        if known and isinstance(known[0], list):
            turn = self._asked[name] = self._asked.get(name, 0) + 1
            known = known[min(turn, len(known)) - 1]
        return None if known is None else list(known)

    @contextmanager
    def instead(self, patch: pytest.MonkeyPatch) -> Iterator[Internet]:
        """Put in the place of the real one."""
        resolve, connect = socket.getaddrinfo, socket.socket.connect

        def getaddrinfo(host: Any, port: Any, *rest: Any, **more: Any) -> list[Any]:
            name = host.decode() if isinstance(host, bytes) else host or ""
            found = self._addresses(name.lower())
            if found is None:
                # What the C library makes of a number in disguise is its own business; it asks no server.
                return resolve(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "no address")
            told = []
            for address in found:
                six = ":" in address
                family, where = (
                    (socket.AF_INET6, (address, port, 0, 0)) if six else (socket.AF_INET, (address, port))
                )
                told.append((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where))
            return told

        def dial(sock: socket.socket, address: Any) -> None:
            if sock.family not in (socket.AF_INET, socket.AF_INET6):
                return connect(sock, address)
            self.dialled.append((address[0], address[1]))
            if address[1] in self.mine:
                return connect(sock, address)
            if address[0] in PUBLIC and address[1] != 80:
                raise ConnectionRefusedError("the fake internet speaks no TLS")
            served = self._public if address[0] in PUBLIC else self._inside
            here = "::ffff:127.0.0.1" if sock.family == socket.AF_INET6 else "127.0.0.1"
            return connect(sock, (here, served.server.port))

        with self._public, self._inside, patch.context() as inner:
            inner.setattr(socket, "getaddrinfo", getaddrinfo)
            inner.setattr(socket.socket, "connect", dial, raising=False)
            # A proxy would see every address and name first, guard or not.
            for name in ("http_proxy", "https_proxy", "all_proxy"):
                inner.setenv(name, "http://127.0.0.1:3128")
                inner.setenv(name.upper(), "http://127.0.0.1:3128")
            yield self


# --- the hostile scenarios, played on loopback -------------------------------------------------------

PLAIN = rss(item())


def scenario_step(step: dict[str, Any], served: list[Loopback], other_port: int) -> Answer:
    """One step of a scenario of http_scenarios.json; `served` holds the server that plays it."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behave = step.get("behave")
        if behave == "hang":
            await asyncio.sleep(60)
        elif behave == "drip_headers":
            for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n":
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(step["interval"])
        elif behave == "informational":
            for _ in range(step["count"]):
                writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
                await writer.drain()
                await asyncio.sleep(step["interval"])
        elif behave == "long_header":
            writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            for _ in range(step["size"] // 65536):
                writer.write(b"a" * 65536)
                await writer.drain()
        else:
            await _play_answer(step, writer, served[0], other_port)

    return play


async def _play_answer(
    step: dict[str, Any], writer: asyncio.StreamWriter, served: Loopback, other_port: int
) -> None:
    body = step["body"]
    head = f"HTTP/1.1 {step['status']}\r\n"
    for name, value in step["headers"]:
        filled = value.replace("@@SELF@@", served.url).replace("@@OTHERPORT@@", str(other_port))
        head += f"{name}: {filled}\r\n"
    head += "Connection: close\r\n"
    endless = body.get("endless")
    if endless:
        chunked = endless == "chunked"
        writer.write(f"{head}{'Transfer-Encoding: chunked' if chunked else 'X-Y: z'}\r\n\r\n".encode())
        piece = item().encode() * 200 if endless == "items" else b"<!-- more -->" * 4000
        if endless == "items":
            writer.write(b'<rss version="2.0"><channel><title>x</title>')
        while True:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            await writer.drain()
    if "drip" in body:
        writer.write(f"{head}Content-Length: {len(PLAIN)}\r\n\r\n".encode())
        for start in range(0, len(PLAIN), body["drip"]):
            writer.write(PLAIN[start : start + body["drip"]])
            await writer.drain()
            await asyncio.sleep(body["interval"])
        return
    content = (HOSTILE / body["file"]).read_bytes() if "file" in body else body["text"].encode()
    if not step["status"].startswith(("204", "304")):
        head += f"Content-Length: {body.get('claim', len(content))}\r\n"
    writer.write(f"{head}\r\n".encode() + content)
    await writer.drain()
    if body.get("then") == "hang":
        await asyncio.sleep(60)
