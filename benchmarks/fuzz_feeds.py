"""Mutation fuzz of the reader of feeds:
`python benchmarks/fuzz_feeds.py [--count 5000] [--seed 1] [--store] [FOLDER]`.

FOLDER holds documents (*.xml, *.json, at any depth) to read as they are and to mutate beside our own;
feedparser's sdist has 2,242 in `tests/`. Each document goes through `read_document` (where a bug comes
out as itself) and must hold the invariants of `tests/feeds_ground.py`. A document that breaks one is
kept in --keep. Ends with 1 when any did.

--store goes on from there: each document becomes a source of a desk on a new SQLite, is taken in by the
real intake, and every item, incident and source is asked for as a page and over REST.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from api_fixtures import HASH, Clock, Web  # noqa: E402
from fastapi.testclient import TestClient  # noqa: E402
from feeds_ground import NOW, assert_clean, mutated, seeds  # noqa: E402

from api import create_app  # noqa: E402
from feeds import FeedSource, Fetched, Limits, NotAFeed, Parsed, SourceListing  # noqa: E402
from feeds.parse import read_document  # noqa: E402
from models import load_shipped  # noqa: E402
from screening import Desk, Role, Settings, Store  # noqa: E402

URL = "https://umpan.example/rss"
# Every tenth entry tells of a deed too, so that hostile text reaches the queue and the incident pages.
TOLD = (
    "Warga bentrok soal lahan kebun sawit di Sampit, dua orang luka",
    "Massa membakar kantor desa di Seruyan karena sengketa pemilihan",
    "Buruh pabrik mogok dan memblokir jalan perusahaan di Kapuas",
)


class Office:
    """A desk on a database of its own, and its pages."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'dini.db'}")
        self.desk = Desk(Store(settings.database_url), load_shipped(), settings)
        self.desk.set_up(NOW)
        self.desk.create_account("operator", Role.OPERATOR, HASH, NOW, must_change=False)
        clock = Clock()
        clock.now = NOW
        client = TestClient(create_app(self.desk, clock=clock), follow_redirects=False)
        web = Web(desk=self.desk, clock=clock, client=client)
        self.browser, self.client, self.key = web.session("operator"), client, web.key("operator")
        self._entries = 0

    def take(self, name: str, parsed: Parsed, body: bytes) -> None:
        entries = list(parsed.entries)
        for number, one in enumerate(entries):
            self._entries += 1
            if self._entries % 10 == 0:
                told = TOLD[self._entries // 10 % len(TOLD)]
                entries[number] = replace(one, title=f"{one.title} {told}", text=f"{one.text} {told}.")
        listing = SourceListing(url=f"https://umpan.example/{name}", name=parsed.title or name)
        source = self.desk.add_source(listing, NOW)
        outcome = Fetched(
            source=FeedSource(key=str(source.id), url=source.url),
            status=200,
            final_url=source.url,
            etag="",
            last_modified="",
            parsed=replace(parsed, entries=tuple(entries)),
            body_bytes=len(body),
            seconds=0.1,
        )
        assert self.desk.take(outcome, NOW).state != "gagal"

    def render(self) -> tuple[int, list[str]]:
        """(pages asked for, those that did not come) of every item, incident and source there is."""
        items = sum(one.items for one in self.desk.sources())
        ways = ["/antrean", "/sumber", "/laporan", "/sumber/ekspor.opml"]
        ways += [f"/butir/{number}" for number in range(1, items + 1)]
        ways += [f"/sumber/{one.id}" for one in self.desk.sources()]
        ways += [f"/api/v1/items/{number}" for number in range(1, items + 1)]
        for number in range(1, items + 1):
            if self.browser.get(f"/insiden/{number}").status_code == 404:
                break
            ways += [f"/insiden/{number}", f"/api/v1/incidents/{number}"]
        wrong = []
        for way in ways:
            client, headers = (self.client, self.key) if way.startswith("/api/") else (self.browser, {})
            try:
                status = client.get(way, headers=headers).status_code
            except Exception:  # noqa: BLE001 - every break is reported, then the next page is tried
                status = 0
                traceback.print_exc(limit=-2)
            if status != 200:
                wrong.append(f"{way}: {status}")
        return len(ways), wrong


def bodies(
    own: list[bytes], found: list[tuple[str, bytes]], count: int, seed: int
) -> Iterator[tuple[str, bytes]]:
    yield from found
    documents = own + [body for _, body in found]
    for number in range(count):
        # Every second one from our own documents: a large folder would hide them.
        yield f"mutation-{seed}-{number}", mutated(documents if number % 2 else own, number, seed)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--count", type=int, default=5_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, default=Path("/tmp/fuzz_feeds"))
    options.add_argument("--store", action="store_true")
    chosen = options.parse_args()
    found = []
    if chosen.folder is not None:
        paths = (p for p in sorted(chosen.folder.rglob("*")) if p.suffix in (".xml", ".json") and p.is_file())
        found = [(path.name, path.read_bytes()) for path in paths]
        print(f"{len(found)} documents in {chosen.folder}")
    office = Office(Path(tempfile.mkdtemp(prefix="fuzz-feeds-"))) if chosen.store else None
    limits, ends, slowest, began = Limits(), Counter[str](), (0.0, ""), time.monotonic()
    for name, body in bodies(seeds(), found, chosen.count, chosen.seed):
        started = time.perf_counter()
        try:
            parsed = read_document(body, content_type="text/xml", url=URL, now=NOW, limits=limits)
            slowest = max(slowest, (time.perf_counter() - started, name))
            assert_clean(parsed, limits)
            if office is not None and isinstance(parsed, Parsed):
                office.take(f"{sum(ends.values())}/{name}", parsed, body)
        except Exception:  # noqa: BLE001 - every break is reported, then the next document is tried
            ends["BROKEN"] += 1
            chosen.keep.mkdir(parents=True, exist_ok=True)
            (chosen.keep / f"{name}.bin").write_bytes(body)
            print(f"{name}: {traceback.format_exc(limit=-2)}")
            continue
        ends["not a feed" if isinstance(parsed, NotAFeed) else "read"] += 1
        ends["entries"] += 0 if isinstance(parsed, NotAFeed) else len(parsed.entries)
    print(", ".join(f"{name} {number:,}" for name, number in sorted(ends.items())))
    print(f"slowest {slowest[0]:.2f} s ({slowest[1]}), all {time.monotonic() - began:.0f} s")
    if office is not None:
        pages, wrong = office.render()
        print(f"{pages:,} pages and answers, {len(wrong)} wrong", *wrong[:20], sep="\n")
        ends["BROKEN"] += len(wrong)
    return 1 if ends["BROKEN"] else 0


if __name__ == "__main__":
    sys.exit(main())
