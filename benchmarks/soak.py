"""Does collecting stay fresh, and does nothing grow? A soak of the desk against a loopback web.

    python benchmarks/soak.py [--minutes 20] [--sources 300] [--interval 5] [--speed 3] [--seed 1]

A server in a process of its own plays `--sources` hosts (127.x.y.z, one port) that publish an entry every
20 to 90 minutes and answer after 30 to 300 ms with their newest 20, with an ETag; one of 20 plays a
behaviour of ../shared/hostile/http_scenarios.json instead (without that folder, one of a few of our own).
The desk with the shipped model and SQLite in a temporary folder collects what is due once a minute, as
`dini start` does. Minutes pass `--speed` times as fast for both; what a fetch takes does not, so a server
that stalls for 30 s holds a round up for as many times longer.

What grew is told apart by two more figures: the memory blocks that Python objects hold (flat: nothing of ours
is kept), and what is left after a garbage collection and `malloc_trim` at the end (the difference was free
already, kept by the C library for later).

Freshness is from an entry's publication to its commit, entries published since the start only. Memory
(the process with its parsers) and open descriptors are read when no round runs; warm-up is the first
quarter. Ends with 1 when memory in the last quarter is over 1.1 times that of the second, when descriptors
grow, or when the 95th percentile of delay less the source's interval is over two minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from collect import STOCK, hosts, incident, offspring, resident  # noqa: E402

HOSTILE = ROOT.parent / "shared" / "hostile"
HOSTILE_ONE_OF: Final = 20
SHOWN: Final = 20
GROWTH, LATE_SECONDS = 1.10, 120.0
OWN: Final[list[dict[str, Any]]] = [
    {"steps": [{"behave": "hang"}]},
    {"steps": [{"status": "500 Err", "headers": [], "body": {"text": ""}}]},
    {"steps": [{"status": "404 Not Found", "headers": [], "body": {"text": ""}}]},
    {"steps": [{"status": "200 OK", "headers": [], "body": {"text": "<html>masuk</html>"}}]},
    {"steps": [{"status": "200 OK", "headers": [], "body": {"endless": "items"}}]},
    {"steps": [{"status": "302 Found", "headers": [["Location", "http://169.254.169.254/"]], "body": {}}]},
    {"steps": [{"status": "200 OK", "headers": [], "body": {"text": "<rss", "claim": 900, "then": "hang"}}]},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time that passes `speed` times as fast since `epoch` (a Unix time at which both agree)."""

    epoch: float
    speed: float

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.epoch + (time.time() - self.epoch) * self.speed, UTC)


# --- the web -----------------------------------------------------------------------------------------


class Newsroom:
    """One host: entries at fixed moments, the newest 20 of which make its feed."""

    def __init__(self, number: int, start: datetime, seed: int) -> None:
        self._number = number
        self._chance = random.Random(f"{seed} {number}")
        gap = self._chance.uniform(20, 90)
        self._next = start - timedelta(minutes=gap * self._chance.uniform(8, SHOWN))
        self._gap, self.published = gap, 0
        self.latency = self._chance.uniform(0.030, 0.300)
        self._items: list[str] = []

    def feed(self, now: datetime) -> tuple[str, bytes]:
        while self._next <= now:
            self._publish()
        head = f"<title>Sumber {self._number}</title><language>id</language>"
        body = (
            f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(self._items)}</channel></rss>'
        )
        return f'"{self.published}"', body.encode()

    def _publish(self) -> None:
        chance, number = self._chance, self.published
        text = " ".join(chance.choices(STOCK, k=chance.randint(40, 200)))
        if chance.random() < 0.02:
            text = incident(chance) + text
        self._items.insert(
            0,
            f"<item><title>{text[:70]}</title><guid>s{self._number}-{number}</guid>"
            f"<link>https://sumber{self._number}.example/{number}</link>"
            f"<pubDate>{self._next:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
            f"<description><![CDATA[<p>{text}</p>]]></description></item>",
        )
        del self._items[SHOWN:]
        self.published += 1
        self._next += timedelta(minutes=chance.expovariate(1 / self._gap))


async def play(step: dict[str, Any], writer: asyncio.StreamWriter, here: str) -> None:
    """One step of a scenario, in the words of ../shared/hostile/README.md."""
    behave, body = step.get("behave"), step.get("body", {})
    if behave == "hang":
        await asyncio.sleep(60)
    elif behave == "drip_headers":
        await _drip(writer, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n", 1, step["interval"])
    elif behave == "informational":
        await _drip(writer, b"HTTP/1.1 103 Early Hints\r\n\r\n" * step["count"], 29, step["interval"])
    elif behave == "long_header":
        await _drip(writer, b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * step["size"], 65_536, 0)
    else:
        headers = [f"{name}: {value.replace('@@SELF@@', here)}" for name, value in step["headers"]]
        content = (HOSTILE / body["file"]).read_bytes() if "file" in body else body.get("text", "").encode()
        if "endless" in body:
            headers += ["Transfer-Encoding: chunked"] * (body["endless"] == "chunked")
        elif not step["status"].startswith(("204", "304")):
            headers += [f"Content-Length: {body.get('claim', len(content) or body.get('drip', 0) * 20)}"]
        lines = [f"HTTP/1.1 {step['status']}", *headers, "Connection: close", "", ""]
        writer.write("\r\n".join(lines).encode())
        if "endless" in body:
            piece = b"<item><title>lagi</title></item>" * 1_000
            whole = b"%x\r\n%s\r\n" % (len(piece), piece) if body["endless"] == "chunked" else piece
            while True:
                writer.write(whole)
                await writer.drain()
        await _drip(
            writer,
            content or b" " * body.get("drip", 0) * 20,
            body.get("drip", 65_536),
            body.get("interval", 0),
        )
        if body.get("then") == "hang":
            await asyncio.sleep(60)


async def _drip(writer: asyncio.StreamWriter, data: bytes, size: int, interval: float) -> None:
    for start in range(0, len(data), size):
        writer.write(data[start : start + size])
        await writer.drain()
        await asyncio.sleep(interval)


def scenarios(count: int, seed: int) -> dict[int, list[dict[str, Any]]]:
    """Which hosts are hostile, and the steps each plays; the last repeats."""
    path = HOSTILE / "http_scenarios.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else OWN
    chance = random.Random(seed)
    chosen = chance.sample(range(count), count // HOSTILE_ONE_OF)
    order = chance.sample(known, len(known))
    return {number: order[place % len(order)]["steps"] for place, number in enumerate(chosen)}


def serve(count: int, clock: Clock, seed: int) -> None:
    start = datetime.fromtimestamp(clock.epoch, UTC)
    names = {host: number for number, host in enumerate(hosts(count))}
    rooms = {number: Newsroom(number, start, seed) for number in names.values()}
    hostile, asked = scenarios(count, seed), Counter[int]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            host, port = writer.get_extra_info("sockname")[:2]
            number = names[host]
            if number in hostile:
                steps = hostile[number]
                asked[number] += 1
                await play(steps[min(asked[number], len(steps)) - 1], writer, f"http://{host}:{port}/feed")
            else:
                await asyncio.sleep(rooms[number].latency)
                etag, body = rooms[number].feed(clock.now())
                known = f"if-none-match: {etag}" in head.lower()
                lines = [f"HTTP/1.1 {'304 Not Modified' if known else '200 OK'}", f"ETag: {etag}"]
                lines += (
                    [] if known else ["Content-Type: application/rss+xml", f"Content-Length: {len(body)}"]
                )
                writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
                writer.write(b"" if known else body)
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def run() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1024)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(run())


# --- the soak ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    minute: float
    own_mb: float
    children_mb: float
    descriptors: int
    blocks: int = 0
    database_mb: float = 0.0

    @property
    def both_mb(self) -> float:
        return self.own_mb + self.children_mb

    def __str__(self) -> str:
        memory = f"{self.own_mb:.0f} MB and {self.children_mb:.0f} MB of its parsers"
        return (
            f"{memory}, {self.descriptors} descriptors, {self.blocks / 1e6:.3f} million blocks, "
            f"database {self.database_mb:.0f} MB"
        )


@dataclass(slots=True, kw_only=True)
class Found:
    samples: list[Sample] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    beyond: list[float] = field(default_factory=list)
    rounds: list[float] = field(default_factory=list)
    fetches: Counter[str] = field(default_factory=Counter)
    trimmed: Sample | None = None


def sample(began: float, server: int, database: Path) -> Sample:
    gc.collect()
    return Sample(
        minute=(time.monotonic() - began) / 60,
        own_mb=resident(os.getpid()),
        children_mb=sum(resident(pid) for pid in offspring(os.getpid()) if pid != server),
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
        blocks=sys.getallocatedblocks(),
        database_mb=database.stat().st_size / 1e6,
    )


def soak(chosen: argparse.Namespace, server: int, port: int, clock: Clock, folder: str) -> Found:
    from feeds import SourceListing, write_opml
    from screening import Desk, Settings

    start = datetime.fromtimestamp(clock.epoch, UTC)
    settings = Settings(
        data_dir=Path(folder),
        database_url=f"sqlite:///{folder}/dini.db",
        allow_addresses=tuple(f"{host}:{port}" for host in hosts(chosen.sources)),
        collect_interval_minutes=chosen.interval,
        articles=False,
    )
    desk = Desk.open(settings)
    desk.set_up(start)
    listings = [SourceListing(url=f"http://{host}:{port}/feed", name=host) for host in hosts(chosen.sources)]
    desk.import_opml(write_opml(listings), start)
    found, began, last = Found(), time.monotonic(), 0
    database = Path(folder) / "dini.db"
    with sqlite3.connect(f"file:{folder}/dini.db?mode=ro", uri=True) as rows:
        while time.monotonic() - began < 60 * chosen.minutes:
            now, round_began = clock.now(), time.monotonic()
            interval = {one.id: one.interval_seconds or 60 * chosen.interval for one in desk.sources()}
            committed: dict[int, datetime] = {}

            def note(line: Any, committed: dict[int, datetime] = committed) -> None:
                committed[line.source.id] = clock.now()
                found.fetches[line.state] += 1

            desk.collect(now, due_only=True, on_line=note)
            found.rounds.append(time.monotonic() - round_began)
            query = "SELECT id, source_id, published FROM item WHERE id > ? ORDER BY id"
            for number, source, told in rows.execute(query, (last,)).fetchall():
                last = number
                published = datetime.fromisoformat(told).replace(tzinfo=UTC)
                if published >= start and source in committed:
                    delay = (committed[source] - published).total_seconds()
                    found.delays.append(delay)
                    found.beyond.append(delay - interval[source])
            found.samples.append(sample(began, server, database))
            time.sleep(max(60 / chosen.speed - (time.monotonic() - round_began), 0))
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    found.trimmed = sample(began, server, database)
    desk.close()
    return found


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(int(part * len(values)), len(values) - 1)] if values else float("nan")


def tell(found: Found, chosen: argparse.Namespace) -> int:
    """Prints the report; 1 when a bound is broken."""
    samples, end = found.samples, found.samples[-1].minute
    warm = [one for one in samples if one.minute >= end / 4]
    early = [one for one in warm if one.minute < end / 2] or warm[:1]
    late = [one for one in warm if one.minute >= 3 * end / 4] or warm[-1:]
    grown = statistics.median(one.both_mb for one in late) / statistics.median(one.both_mb for one in early)
    opened = statistics.median(one.descriptors for one in late) - statistics.median(
        one.descriptors for one in early
    )
    slope = 0.0
    if len(warm) > 1:
        slope = statistics.linear_regression(
            [one.minute for one in warm], [one.both_mb for one in warm]
        ).slope
    cpu = os.times()
    print(
        f"{len(samples)} rounds in {end:.0f} min at {chosen.speed:g} times the pace, {chosen.sources} sources"
    )
    print(f"answers: {', '.join(f'{state} {count}' for state, count in sorted(found.fetches.items()))}")
    print(f"rounds: median {statistics.median(found.rounds):.1f} s, longest {max(found.rounds):.1f} s")
    print(f"CPU: {100 * (cpu.user + cpu.system) / (60 * end):.0f} % of a core (without its parsers)")
    print(f"freshness of {len(found.delays)} entries, base interval {60 * chosen.interval} s:", end=" ")
    print(f"p50 {percentile(found.delays, 0.5):.0f} s, p95 {percentile(found.delays, 0.95):.0f} s;", end=" ")
    print(f"less the source's interval: p95 {percentile(found.beyond, 0.95):+.0f} s")
    for name, one in (("start", samples[0]), ("middle", samples[len(samples) // 2]), ("end", samples[-1])):
        print(f"{name:6} (minute {one.minute:4.1f}): {one}")
    print(f"after warm-up: memory times {grown:.3f}, {slope:+.2f} MB/min, descriptors {opened:+.0f}")
    grew = statistics.median(one.blocks for one in late) - statistics.median(one.blocks for one in early)
    print(f"blocks of Python objects {grew:+,.0f}; trimmed: {found.trimmed}")
    broken = {
        "memory grows": grown > GROWTH,
        "descriptors grow": opened > 0,
        "entries come late": not percentile(found.beyond, 0.95) <= LATE_SECONDS,
    }
    print("; ".join(name for name, is_so in broken.items() if is_so) or "all bounds hold")
    return int(any(broken.values()))


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--minutes", type=float, default=20.0)
    options.add_argument("--sources", type=int, default=300)
    options.add_argument(
        "--interval", type=int, default=5, help="minutes, of the settings; 5 is the least used"
    )
    options.add_argument("--speed", type=float, default=3.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--serve", type=float, metavar="EPOCH", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.sources, Clock(epoch=chosen.serve, speed=chosen.speed), chosen.seed)
        return 0
    clock = Clock(epoch=float(int(time.time())), speed=chosen.speed)
    command = [sys.executable, __file__, "--serve", str(clock.epoch), "--speed", str(chosen.speed)]
    command += ["--sources", str(chosen.sources), "--seed", str(chosen.seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            with tempfile.TemporaryDirectory() as folder:
                found = soak(chosen, server.pid, port, clock, folder)
        finally:
            server.terminate()
    return tell(found, chosen)


if __name__ == "__main__":
    sys.exit(main())
