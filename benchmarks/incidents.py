"""How well reports become incidents: `python benchmarks/incidents.py [--orders N] [--wrong]`.

The bundled sample news goes through the sample web, the collector, the shipped model and the real store, once
per order of arrival: feed by feed as collected, by time of publication, backwards, and shuffled (seeded). The
incidents are held against `incidents_gold.csv` (guid,event; an item that is not listed tells of no event).

B-cubed (Bagga and Baldwin 1998) counts over the listed reports that were flagged: a report's precision is the
share of listed reports in its incident that tell of its event, its recall the share of its event's flagged
reports that are in its incident. A false member is an unlisted report in an incident with listed ones.

The sample news was written by us, and the linking was tuned while looking at it: the figures find faults and
compare versions, they are no field accuracy. The captures (real feeds, the same entries seen again and again
over months) have a gold by one reader of titles and leads, `incidents_captures_gold.csv`: 16 digits of the
sha256 of a link, and the event; no text. A fact check tells of the claim it checks; a new stage of a case
more than 72 hours after the last report is an event of its own, unless it ends the story. Few of them are
flagged, so the same is measured with every entry taken for flagged: linking alone, under far more pairs.

Same-text pairs are measured by `incidents_pairs.py`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from feeds import (  # noqa: E402
    FeedSource,
    Fetched,
    FetchSettings,
    Limits,
    Outcome,
    Parsed,
    SampleWeb,
    SourceListing,
    close_parsers,
    parse_document,
    run_collect,
)
from models import Assessment, Classifier, Document, load_shipped  # noqa: E402
from screening import Desk, QueueFilter, Settings, Store  # noqa: E402

GOLD = ROOT / "benchmarks" / "incidents_gold.csv"
CAPTURES_GOLD = ROOT / "benchmarks" / "incidents_captures_gold.csv"
SHARED = Path(os.environ.get("DINI_SHARED", ROOT.parent / "shared"))
DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
GUID = re.compile(r"\b[a-z]{2}-\d{3}\b")

Groups = Mapping[str, int]
"""Incident by guid, of the flagged reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """B-cubed in 0..1 over `counted` reports; `pieces` are events in more than one incident."""

    precision: float
    recall: float
    counted: int
    false_members: int
    pieces: tuple[tuple[str, tuple[int, ...]], ...]
    mixed: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def read_gold(path: Path = GOLD) -> dict[str, str]:
    """Event by guid, or by the hash of a link."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return {row[0]: row[1] for row in reader}


def b_cubed(groups: Groups, gold: Mapping[str, str]) -> Figures:
    """The figures of one grouping."""
    listed = {guid: number for guid, number in groups.items() if guid in gold}
    by_incident: dict[int, list[str]] = defaultdict(list)
    by_event: dict[str, list[str]] = defaultdict(list)
    for guid, number in listed.items():
        by_incident[number].append(gold[guid])
        by_event[gold[guid]].append(guid)
    precision = recall = 0.0
    for guid, number in listed.items():
        together = by_incident[number].count(gold[guid])
        precision += together / len(by_incident[number])
        recall += together / len(by_event[gold[guid]])
    homes = {event: Counter(listed[guid] for guid in guids) for event, guids in by_event.items()}
    total = max(1, len(listed))
    return Figures(
        precision=precision / total,
        recall=recall / total,
        counted=len(listed),
        false_members=sum(number in by_incident for guid, number in groups.items() if guid not in gold),
        pieces=tuple((event, tuple(sorted(n.values())[::-1])) for event, n in homes.items() if len(n) > 1),
        mixed=tuple((n, tuple(sorted(set(e)))) for n, e in by_incident.items() if len(set(e)) > 1),
    )


class AllFlagged:
    """The shipped model, but everything is flagged."""

    def assess(self, documents: Sequence[Document]) -> list[Assessment]:
        return [replace(one, flagged=True) for one in MODEL.assess(documents)]


@contextmanager
def new_desk(folder: Path, model: Classifier | AllFlagged | None = None) -> Iterator[Desk]:
    """A desk on a fresh SQLite database in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        url = f"sqlite:///{name}/dini.db"
        store = Store(url)
        settings = Settings(data_dir=Path(name), database_url=url)
        desk = Desk(store, model or MODEL, settings)  # type: ignore[arg-type]  # AllFlagged judges alike
        desk.set_up(NOW)
        try:
            yield desk
        finally:
            desk.close()


def sample_outcomes() -> tuple[list[SourceListing], list[Fetched]]:
    """The sample feeds, fetched once through the collector."""
    found: list[Outcome] = []
    with SampleWeb(DAY, 0) as web:
        listings = list(web.sources())
        sources = [FeedSource(key=str(number), url=one.url) for number, one in enumerate(listings)]
        settings = FetchSettings(allow=frozenset({web.host_port}))
        run_collect(sources, settings, now=NOW, on_outcomes=found.extend)
        # the answers are replayed later, when the web is gone: any public address will do for them
        listings = [replace(one, url=f"https://sumber-{n}.example/feed") for n, one in enumerate(listings)]
    fetched = [one for one in found if isinstance(one, Fetched)]
    if len(fetched) != len(listings):
        raise SystemExit(f"only {len(fetched)} of {len(listings)} sample feeds answered")
    return listings, sorted(fetched, key=lambda one: int(one.source.key))


def one_by_one(outcomes: Sequence[Fetched]) -> list[Fetched]:
    """The same news, each entry an answer of its own."""
    return [
        replace(one, parsed=replace(one.parsed, entries=(entry,), dropped=()), etag="", last_modified="")
        for one in outcomes
        for entry in one.parsed.entries
    ]


def orders(outcomes: Sequence[Fetched], shuffles: int) -> Iterator[tuple[str, list[Fetched]]]:
    """(name, answers in order of arrival)."""
    yield "feed by feed", list(outcomes)
    singles = one_by_one(outcomes)
    by_time = sorted(singles, key=lambda one: one.parsed.entries[0].published)
    yield "by time", by_time
    yield "backwards", by_time[::-1]
    for seed in range(shuffles):
        mixed = list(singles)
        random.Random(seed).shuffle(mixed)
        yield f"shuffled {seed}", mixed


def replay(
    folder: Path, listings: Sequence[SourceListing], answers: Iterable[Fetched]
) -> tuple[dict[str, int], int, float]:
    """(incident by guid, incidents in all, seconds) after the answers arrived in this order."""
    with new_desk(folder) as desk:
        ids = [desk.add_source(listing, NOW).id for listing in listings]
        began = time.perf_counter()
        for one in answers:
            key = str(ids[int(one.source.key)])
            desk.take(replace(one, source=replace(one.source, key=key)), NOW)
        seconds = time.perf_counter() - began
        return incidents_by_guid(desk), desk.queue(QueueFilter(state="all"), NOW).total, seconds


def incidents_by_guid(desk: Desk) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, link, number in flagged_reports(desk):
        match = GUID.search(key) or GUID.search(link)
        if match is not None:
            found[match[0]] = number
    return found


def flagged_reports(desk: Desk) -> Iterator[tuple[str, str, int]]:
    """(key, link, incident) of each."""
    for number in incident_numbers(desk):
        for report in desk.incident(number, NOW).reports:
            if report.assessment.flagged:
                yield report.item.key, report.item.link, number


def incident_numbers(desk: Desk) -> list[int]:
    numbers: list[int] = []
    after = ""
    while True:
        page = desk.queue(QueueFilter(state="all", limit=200, after=after), NOW)
        numbers += [line.incident.id for line in page.lines]
        after = page.next_cursor
        if not after:
            return sorted(numbers)


def capture_answers(folder: Path) -> tuple[list[SourceListing], list[tuple[datetime, int, Fetched]]]:
    """The captured documents in order of capture: (when, number of the source, answer)."""
    names = sorted({path.stem.partition("_")[2] for path in folder.glob("*.xml")})
    listings = [SourceListing(url=f"https://{name}.example/rss", name=name, owner=name) for name in names]
    answers: list[tuple[datetime, int, Fetched]] = []
    for path in sorted(folder.glob("*.xml")):
        day, _, name = path.stem.partition("_")
        moment = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=23)
        number = names.index(name)
        source = FeedSource(key=str(number), url=listings[number].url)
        parsed = parse_document(
            path.read_bytes(), content_type="application/rss+xml", url=source.url, now=moment, limits=Limits()
        )
        if isinstance(parsed, Parsed):
            answers.append(
                (
                    moment,
                    number,
                    Fetched(
                        source=source,
                        status=200,
                        final_url=source.url,
                        etag="",
                        last_modified="",
                        parsed=parsed,
                        body_bytes=path.stat().st_size,
                        seconds=0.0,
                    ),
                )
            )
    return listings, answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What came of the captures, read twice over; `again` counts items that were new in the second round."""

    offered: int
    stored: int
    incidents: int
    reports: int
    again: int
    groups: Groups
    seconds: float


def replay_captures(
    folder: Path,
    listings: Sequence[SourceListing],
    answers: Sequence[tuple[datetime, int, Fetched]],
    model: Classifier | AllFlagged | None = None,
) -> Captured:
    with new_desk(folder, model) as desk:
        ids = [desk.add_source(listing, NOW).id for listing in listings]
        offered = stored = again = 0
        began = time.perf_counter()
        for second in (False, True):
            for moment, number, one in answers:
                line = desk.take(replace(one, source=replace(one.source, key=str(ids[number]))), moment)
                if second:
                    again += line.new
                else:
                    offered += len(one.parsed.entries)
                    stored += line.new
        seconds = time.perf_counter() - began
        numbers = incident_numbers(desk)
        return Captured(
            offered=offered,
            stored=stored,
            incidents=len(numbers),
            reports=sum(desk.incident(number, NOW).incident.reports for number in numbers),
            again=again,
            groups={hashed(link): number for _key, link, number in flagged_reports(desk)},
            seconds=seconds,
        )


def hashed(link: str) -> str:
    return hashlib.sha256(link.encode()).hexdigest()[:16]


def measure_captures(folder: Path, captures: Path, *, wrong: bool) -> None:
    feeds, captured = capture_answers(captures)
    gold = read_gold(CAPTURES_GOLD)
    told = ""
    for name, model in (("captures", None), ("  all flagged", AllFlagged())):
        for order, answers in ((name, captured), (f"{name} <-", captured[::-1])):
            came = replay_captures(folder, feeds, answers, model)
            figures = b_cubed(came.groups, gold)
            show(order, figures, came.incidents, came.seconds)
            told = told or (
                f"captures: {len(captured)} documents, {came.offered} entries offered, {came.stored} stored, "
                f"{came.incidents} incidents of {came.reports} reports; a second round adds {came.again}; "
                f"{figures.counted} flagged"
            )
            if wrong:
                for event, sizes in figures.pieces:
                    print(f"    in pieces: {event} {sizes}")
                for number, events in figures.mixed:
                    print(f"    mixed: {', '.join(events)} in {number}")
    print(told)


def show(name: str, figures: Figures, incidents: int, seconds: float) -> None:
    print(
        f"{name:<14}{figures.precision:>10.3f}{figures.recall:>8.3f}{figures.f1:>8.3f}"
        f"{figures.false_members:>8}{incidents:>11}{seconds:>9.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--orders", type=int, default=5, help="shuffled orders beside the three fixed ones")
    parser.add_argument("--wrong", action="store_true", help="name the events in pieces and the mixed ones")
    parser.add_argument("--captures", type=Path, default=SHARED / "feeds" / "captures")
    chosen = parser.parse_args()
    gold = read_gold()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        listings, outcomes = sample_outcomes()
        print(
            f"{'order':<14}{'precision':>10}{'recall':>8}{'F1':>8}{'false':>8}{'incidents':>11}{'seconds':>9}"
        )
        worst = 1.0
        for order, answers in orders(outcomes, chosen.orders):
            groups, incidents, seconds = replay(folder, listings, answers)
            figures = b_cubed(groups, gold)
            worst = min(worst, figures.f1)
            show(order, figures, incidents, seconds)
            if chosen.wrong:
                for event, sizes in figures.pieces:
                    print(f"    in pieces: {event} {sizes}")
                for number, events in figures.mixed:
                    print(f"    mixed: {', '.join(events)} in {number}")
        print(f"lowest F1 {worst:.3f}; {figures.counted} of {len(gold)} listed reports were flagged")
        if chosen.captures.is_dir():
            measure_captures(folder, chosen.captures, wrong=chosen.wrong)
        else:
            print(f"captures: nothing at {chosen.captures}")
    close_parsers()


MODEL = load_shipped()

if __name__ == "__main__":
    main()
