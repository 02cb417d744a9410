"""Mutation fuzz of the reader of feeds: `python benchmarks/fuzz_feeds.py [--count 5000] [--seed 1] [FOLDER]`.

FOLDER holds documents (*.xml, *.json, at any depth) to read as they are and to mutate beside our own;
feedparser's sdist has 2,242 in `tests/`. Each document goes through `read_document` (where a bug comes
out as itself) and must hold the invariants of `tests/feeds_ground.py`. A document that breaks one is
kept in --keep. Ends with 1 when any did.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from feeds_ground import NOW, assert_clean, mutated, seeds  # noqa: E402

from feeds import Limits, NotAFeed  # noqa: E402
from feeds.parse import read_document  # noqa: E402

URL = "https://umpan.example/rss"


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
    chosen = options.parse_args()
    found = []
    if chosen.folder is not None:
        paths = (p for p in sorted(chosen.folder.rglob("*")) if p.suffix in (".xml", ".json") and p.is_file())
        found = [(path.name, path.read_bytes()) for path in paths]
        print(f"{len(found)} documents in {chosen.folder}")
    limits, ends, slowest, began = Limits(), Counter[str](), (0.0, ""), time.monotonic()
    for name, body in bodies(seeds(), found, chosen.count, chosen.seed):
        started = time.perf_counter()
        try:
            parsed = read_document(body, content_type="text/xml", url=URL, now=NOW, limits=limits)
            slowest = max(slowest, (time.perf_counter() - started, name))
            assert_clean(parsed, limits)
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
    return 1 if ends["BROKEN"] else 0


if __name__ == "__main__":
    sys.exit(main())
