"""How many sources a second are collected, stored and judged, in how much memory; lemon24/reader beside it.

    python benchmarks/collect.py [--sources 2000] [--workers 100] [--only NAME ...] [--json FILE]

A loopback server in a process of its own plays `--sources` hosts (127.x.y.z, one port), each a feed of 20
entries of about 300 everyday words, one of 50 an incident, that answers after 30 to 100 ms (fixed per
source), gzip when asked, with an ETag. Each half runs in a fresh process: a cold pass, then one in which
nothing has changed (304).

    fetched  fetch and parse only, `--workers` at once
    stored   the desk itself (claims, recall, intake, SQLite in a temporary folder), every entry stored; what
             the machine says of each is one real assessment, told again: everything but the judging
    judged   the same with the shipped model
    reader   `update_feeds(workers=40)` of lemon24/reader (`pip install reader`), which stores too; left out
             when it is not installed

Peak memory is sampled ten times a second, of the process and of its children apart. All share the
machine's cores with the server.
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
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

ENTRIES, WORDS = 20, 300
READER_WORKERS = 40
STOCK = re.findall(
    r"\w+",
    """pelatihan petani pasar pameran wisata lomba festival kesehatan panen bibit kerajinan usaha mikro
    koperasi sekolah guru siswa perpustakaan buku musik tari lagu jembatan anggaran rapat pembangunan taman
    olahraga pertandingan gol pelatih cuaca cerah sungai perahu nelayan ikan beras harga turun naik bank""",
)
REGENCIES = (
    *("Seruyan", "Katingan", "Kapuas", "Lamandau", "Sukamara", "Gunung Mas", "Pulang Pisau", "Murung Raya"),
    *("Barito Utara", "Barito Selatan", "Barito Timur", "Kotawaringin Timur", "Kotawaringin Barat"),
)
DEEDS = (
    "memblokade jalan kebun sawit dan merusak pos jaga perusahaan; dua orang luka",
    "bentrok dengan petugas saat penertiban tambang emas; tiga orang luka",
    "membakar kantor desa sesudah penghitungan suara",
    "menyerang rumah ibadah; kaca jendela pecah dan satu orang luka",
    "saling serang antarkampung dengan batu; lima rumah rusak",
)
NOW = datetime.now(UTC).replace(microsecond=0)


def hosts(count: int) -> list[str]:
    return [f"127.{1 + n // 62_500}.{n // 250 % 250}.{1 + n % 250}" for n in range(count)]


# --- the web -----------------------------------------------------------------------------------------


def incident(chance: random.Random) -> str:
    """The first sentence of a report of something that the desk is there for."""
    where = chance.choice(REGENCIES)
    return (
        f"Ratusan warga di Kabupaten {where} {chance.choice(DEEDS)} pada pukul {chance.randint(1, 23)}.00. "
    )


def document(number: int) -> bytes:
    chance = random.Random(number)
    items = []
    for place in range(ENTRIES):
        text = " ".join(chance.choices(STOCK, k=WORDS))
        if (number * ENTRIES + place) % 50 == 0:
            text = incident(chance) + text
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
    """The peaks of the resident memory of this process and of its children, in MB."""

    def __enter__(self) -> Memory:
        self.own = self.children = self.both = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            own, children = resident(os.getpid()), sum(map(resident, offspring(os.getpid())))
            self.own, self.children = max(self.own, own), max(self.children, children)
            self.both = max(self.both, own + children)


def offspring(pid: int) -> list[int]:
    """The processes a process has started, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            found += [int(child), *offspring(int(child))]
    return found


def busy(pid: int) -> float:
    """Seconds of CPU a process has used; 0 when it is gone."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0.0


def resident(pid: int) -> float:
    """Resident memory of a process in MB; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0


def timed(run: Callable[[], dict[str, int]]) -> dict[str, Any]:
    began, used = time.perf_counter(), time.process_time()
    helped = sum(map(busy, offspring(os.getpid())))
    with Memory() as memory:
        counts = run()
    seconds = time.perf_counter() - began
    helped = sum(map(busy, offspring(os.getpid()))) - helped
    return {
        "seconds": seconds,
        "a_second": counts["sources"] / seconds,
        "own_cpu_ms": 1e3 * (time.process_time() - used) / max(counts["sources"], 1),
        "children_cpu_ms": 1e3 * helped / max(counts["sources"], 1),
        "own_mb": memory.own,
        "children_mb": memory.children,
        "both_mb": memory.both,
        **counts,
    }


def half_fetched(count: int, port: int, workers: int) -> dict[str, Any]:
    from feeds import FeedSource, Fetched, FetchSettings, NotModified, Outcome, run_collect

    settings = FetchSettings(allow=frozenset(f"{host}:{port}" for host in hosts(count)), workers=workers)
    sources = [FeedSource(key=host, url=f"http://{host}:{port}/feed") for host in hosts(count)]

    def run() -> dict[str, int]:
        counts = {"sources": 0, "entries": 0, "unchanged": 0, "failed": 0}

        def take(outcomes: Sequence[Outcome]) -> None:
            for outcome in outcomes:
                counts["sources"] += 1
                if isinstance(outcome, Fetched):
                    counts["entries"] += len(outcome.parsed.entries)
                    etags[outcome.source.key] = outcome.etag
                elif isinstance(outcome, NotModified):
                    counts["unchanged"] += 1
                else:
                    counts["failed"] += 1

        run_collect(sources, settings, now=NOW, on_outcomes=take)
        return counts

    etags: dict[str, str] = {}
    cold = timed(run)
    sources = [replace(source, etag=etags.get(source.key, "")) for source in sources]
    return {"cold": cold, "unchanged": timed(run)}


class ToldAgain:
    """A classifier that says of every document what the real one said of one everyday text."""

    def __init__(self) -> None:
        from models import Document, load_shipped

        text = " ".join(random.Random(1).choices(STOCK, k=WORDS))
        self._said = load_shipped().assess([Document(id="0", title=text[:40], text=text)])[0]

    def assess(self, documents: Sequence[Any]) -> list[Any]:
        return [self._said] * len(documents)  # the desk gives each its own number


def half_stored(count: int, port: int, workers: int) -> dict[str, Any]:
    return _desk(count, port, ToldAgain())


def half_judged(count: int, port: int, workers: int) -> dict[str, Any]:
    from models import load_shipped

    return _desk(count, port, load_shipped())


def _desk(count: int, port: int, classifier: Any) -> dict[str, Any]:
    from feeds import SourceListing, write_opml
    from screening import Desk, Settings, Store

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder),
            database_url=f"sqlite:///{folder}/dini.db",
            allow_addresses=tuple(f"{host}:{port}" for host in hosts(count)),
            articles=False,
        )
        desk = Desk(Store(settings.database_url), classifier, settings)
        desk.set_up(NOW)
        listings = [SourceListing(url=f"http://{host}:{port}/feed", name=host) for host in hosts(count)]
        desk.import_opml(write_opml(listings), NOW)

        def run(minutes: int) -> dict[str, int]:
            told = desk.collect(NOW + timedelta(minutes=minutes))
            return {
                "sources": told.sources,
                "entries": told.new,
                "unchanged": told.unchanged,
                "failed": told.failed,
                "flagged": told.flagged,
            }

        found = {"cold": timed(lambda: run(0)), "unchanged": timed(lambda: run(60))}
        desk.close()
    return found


def half_reader(count: int, port: int, workers: int) -> dict[str, Any]:
    from reader import make_reader

    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(f"{folder}/reader.db")
        for host in hosts(count):
            reader.add_feed(f"http://{host}:{port}/feed")

        def run() -> dict[str, int]:
            counts = {"sources": 0, "entries": 0, "unchanged": 0, "failed": 0}
            # Without `scheduled=False` the second pass would ask nobody for an hour.
            for told in reader.update_feeds_iter(workers=READER_WORKERS, scheduled=False):
                counts["sources"] += 1
                if isinstance(told.value, Exception):
                    counts["failed"] += 1
                elif told.value is None:
                    counts["unchanged"] += 1
                else:
                    counts["entries"] += told.value.new
            return counts

        found = {"cold": timed(run), "unchanged": timed(run)}
        reader.close()
    return found


HALVES: dict[str, Callable[[int, int, int], dict[str, Any]]] = {
    "fetched": half_fetched,
    "stored": half_stored,
    "judged": half_judged,
    "reader": half_reader,
}


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
    options.add_argument("--sources", type=int, default=2_000)
    options.add_argument("--workers", type=int, default=100, help="of `fetched`; the desk has its own")
    options.add_argument("--only", choices=sorted(HALVES), nargs="+")
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
    names = chosen.only or list(HALVES)
    if "reader" in names and importlib.util.find_spec("reader") is None:
        print("reader is not installed: its half is left out (pip install reader)")
        names.remove("reader")
    found = {}
    print(
        f"{chosen.sources} sources of {ENTRIES} entries, 30 to 100 ms, {os.cpu_count()} cores, loads before"
    )
    print(
        "each half; /s: sources a second; CPU: ms a source, the process itself and its children; then peak MB"
    )
    print(
        f"{'load':>5} {'half':9}{'pass':11}{'/s':>7}{'seconds':>9}{'CPU':>6}{'their':>6}"
        f"{'own':>6}{'children':>9}{'both':>6}{'entries':>9}{'304':>7}{'failed':>7}"
    )
    with web(chosen.sources) as port:
        for name in names:
            load = os.getloadavg()[0]
            found[name] = measure(name, chosen.sources, port, chosen.workers)
            for label, one in found[name].items():
                print(
                    f"{load:5.1f} {name:9}{label:11}{one['a_second']:7.0f}{one['seconds']:9.1f}"
                    f"{one['own_cpu_ms']:6.1f}{one['children_cpu_ms']:6.1f}"
                    f"{one['own_mb']:6.0f}{one['children_mb']:9.0f}"
                    f"{one['both_mb']:6.0f}{one['entries']:9,}{one['unchanged']:7,}{one['failed']:7,}",
                    flush=True,
                )
    for name in (one for one in found if one != "reader" and "reader" in found):
        for label in ("cold", "unchanged"):
            times = found[name][label]["a_second"] / found["reader"][label]["a_second"]
            print(f"{name} {label}: {times:.1f} times reader")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
