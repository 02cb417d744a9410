"""How fast many sources are fetched and parsed, and in how much memory; lemon24/reader beside it.

    python benchmarks/collect.py [--sources 2000] [--workers 100] [--json FILE]

A loopback server in a process of its own plays `--sources` hosts (127.x.y.z, one port), each a feed of 20
entries of about 300 words that answers after 30 to 100 ms (fixed per source), gzip when asked, with an
ETag. Each half runs in a fresh process: a cold pass, then one where nothing has changed (304), over fetch
and parse only; nothing is stored. Peak memory is the process with its children, sampled. The half of
`reader` (`pip install reader`) runs its own fetch and parse with 40 threads and is left out when it is
not installed. Both share the machine's cores with the server.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

ENTRIES, WORDS = 20, 300
STOCK = re.findall(
    r"\w+",
    """warga jalan desa kebun perusahaan rapat bupati aksi damai pagi laporan pemerintah daerah hutan air
    sungai harga beras sekolah guru polisi dialog mediasi hasil keputusan anggaran jembatan banjir""",
)
NOW = datetime.now(UTC).replace(microsecond=0)


def hosts(count: int) -> list[str]:
    return [f"127.{1 + n // 62_500}.{n // 250 % 250}.{1 + n % 250}" for n in range(count)]


# --- the web -----------------------------------------------------------------------------------------


def document(number: int) -> bytes:
    chance = random.Random(number)
    items = []
    for place in range(ENTRIES):
        text = " ".join(chance.choices(STOCK, k=WORDS))
        date = (NOW - timedelta(minutes=17 * place + number % 17)).strftime("%a, %d %b %Y %H:%M:%S +0000")
        items.append(
            f"<item><title>Berita {place} dari sumber {number}: {text[:40]}</title>"
            f"<link>https://sumber{number}.example/{place}?utm_source=rss</link><guid>s{number}-{place}</guid>"
            f"<pubDate>{date}</pubDate><category>daerah</category>"
            f"<description><![CDATA[<p>{text[:1000]}</p><p><b>Lanjut</b> {text[1000:]}</p>]]></description>"
            "</item>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>Sumber {number}</title><language>id</language>{''.join(items)}</channel></rss>"
    ).encode()


class _Connection(asyncio.Protocol):
    answers: dict[str, tuple[float, bytes, bytes]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.head = transport, b""

    def data_received(self, data: bytes) -> None:
        self.head += data
        if b"\r\n\r\n" in self.head:
            asked, self.head = self.head, b""
            here = self.transport.get_extra_info("sockname")[0]
            latency, whole, unchanged = self.answers[here]
            answer = unchanged if b"if-none-match" in asked.lower() else whole
            asyncio.get_running_loop().call_later(latency, self._send, answer)

    def _send(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)


def serve(count: int) -> None:
    answers = {}
    for number, host in enumerate(hosts(count)):
        body = gzip.compress(document(number), 6)
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
            f'Content-Encoding: gzip\r\nETag: "s{number}"\r\nContent-Length: {len(body)}\r\n\r\n'
        )
        unchanged = f'HTTP/1.1 304 Not Modified\r\nETag: "s{number}"\r\n\r\n'.encode()
        answers[host] = (random.Random(number).uniform(0.030, 0.100), head.encode() + body, unchanged)
    _Connection.answers = answers

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Connection, "0.0.0.0", 0, backlog=4096)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def web(count: int) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, __file__, "--serve", str(count)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


# --- the halves --------------------------------------------------------------------------------------


class Memory:
    """The peak of the resident memory of this process and its children, in MB, sampled ten times a second."""

    def __enter__(self) -> Memory:
        self.peak, self._stop = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self.peak = max(self.peak, sum(_resident(pid) for pid in _family(os.getpid())))


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            found += _family(int(child))
    return found


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0


def timed(run: Callable[[], dict[str, int]]) -> dict[str, Any]:
    began = time.perf_counter()
    with Memory() as memory:
        counts = run()
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "a_second": counts["sources"] / seconds, "peak_mb": memory.peak, **counts}


def half_dini(count: int, port: int, workers: int) -> dict[str, Any]:
    from feeds import FeedSource, Fetched, FetchSettings, NotModified, Outcome, run_collect

    settings = FetchSettings(allow=frozenset(f"{host}:{port}" for host in hosts(count)), workers=workers)
    sources = [FeedSource(key=host, url=f"http://{host}:{port}/feed") for host in hosts(count)]

    def run() -> dict[str, int]:
        counts = {"sources": 0, "entries": 0, "unchanged": 0, "failed": 0}

        def take(outcome: Outcome) -> None:
            counts["sources"] += 1
            if isinstance(outcome, Fetched):
                counts["entries"] += len(outcome.parsed.entries)
                etags[outcome.source.key] = outcome.etag
            elif isinstance(outcome, NotModified):
                counts["unchanged"] += 1
            else:
                counts["failed"] += 1

        run_collect(sources, settings, now=NOW, on_outcome=take)
        return counts

    etags: dict[str, str] = {}
    cold = timed(run)
    sources = [replace(source, etag=etags.get(source.key, "")) for source in sources]
    return {"cold": cold, "unchanged": timed(run)}


def half_reader(count: int, port: int, workers: int) -> dict[str, Any]:
    from reader import make_reader
    from reader._types import FeedForUpdate
    from reader._utils import make_pool_map

    # Its update_feeds does this and then stores; the parser is what can be compared like for like.
    parser = make_reader(":memory:")._parser
    parser.do_lazy_init()  # by 40 threads at once it fails
    caching: dict[str, Any] = {}

    def run() -> dict[str, int]:
        counts = {"sources": 0, "entries": 0, "unchanged": 0, "failed": 0}
        urls = [f"http://{host}:{port}/feed" for host in hosts(count)]
        feeds = [FeedForUpdate(url, caching_info=caching.get(url)) for url in urls]
        with make_pool_map(workers) as pool_map:
            for result in parser.parallel(feeds, pool_map):
                counts["sources"] += 1
                if result.value is None:
                    counts["unchanged"] += 1
                elif isinstance(result.value, Exception):
                    counts["failed"] += 1
                else:
                    counts["entries"] += len(result.value.entries)
                    caching[result.feed.url] = result.value.caching_info
        return counts

    return {"cold": timed(run), "unchanged": timed(run)}


HALVES: dict[str, Callable[[int, int, int], dict[str, Any]]] = {"dini": half_dini, "reader": half_reader}


def measure(name: str, count: int, port: int, workers: int) -> dict[str, Any]:
    """One half in a fresh process."""
    command = [sys.executable, __file__, "--half", name, "--sources", str(count), "--port", str(port)]
    done = subprocess.run(
        [*command, "--workers", str(workers)], stdout=subprocess.PIPE, check=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sources", type=int, default=500)
    options.add_argument("--workers", type=int, default=100, help="of ours; reader has 40")
    options.add_argument("--only", choices=sorted(HALVES))
    options.add_argument("--json", type=Path)
    for hidden in ("--serve", "--port"):
        options.add_argument(hidden, type=int, help=argparse.SUPPRESS)
    options.add_argument("--half", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.serve)
    elif chosen.half:
        print(json.dumps(HALVES[chosen.half](chosen.sources, chosen.port, chosen.workers)))
    else:
        compare(chosen)


def compare(chosen: argparse.Namespace) -> None:
    names = [chosen.only] if chosen.only else list(HALVES)
    if "reader" in names and importlib.util.find_spec("reader") is None:
        print("reader is not installed: its half is left out (pip install reader)")
        names.remove("reader")
    found = {}
    with web(chosen.sources) as port:
        for name in names:
            found[name] = measure(name, chosen.sources, port, 40 if name == "reader" else chosen.workers)
    print(f"{chosen.sources} sources of {ENTRIES} entries, 30 to 100 ms, {os.cpu_count()} cores")
    print(
        f"{'':10}{'pass':12}{'sources/s':>10}{'seconds':>10}{'peak MB':>10}"
        f"{'entries':>10}{'304':>7}{'failed':>8}"
    )
    for name, passes in found.items():
        for label, one in passes.items():
            print(
                f"{name:10}{label:12}{one['a_second']:10.0f}{one['seconds']:10.1f}{one['peak_mb']:10.0f}"
                f"{one['entries']:10,}{one['unchanged']:7,}{one['failed']:8,}"
            )
    if {"dini", "reader"} <= found.keys():
        for label in ("cold", "unchanged"):
            times = found["dini"][label]["a_second"] / found["reader"][label]["a_second"]
            print(f"{label}: {times:.1f} times reader")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
