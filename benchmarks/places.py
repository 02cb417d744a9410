"""How well the place finder places: `python benchmarks/places.py [--wrong]` over places_gold.csv.

The gold items are in our own words about invented events with real place names. They were written without
looking at the finder's rules, by one writer, to hold every known trap: the traps are far denser here
than in the news, so the figures are for finding faults and comparing versions, not a field accuracy.
pl-222 to pl-237 (long-article) were added after a first run had shown the faults. Once rules have been
changed because of these items, the set no longer tells how the finder does on texts it has not seen.

"Answered" means the finder committed itself: REGENCY or OUTSIDE. PROVINCE and UNKNOWN are abstentions on a
regency item. Intervals are Wilson, 95 %.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from models import Document, Place, PlaceKind, find_place  # noqa: E402

GOLD = ROOT / "benchmarks" / "places_gold.csv"
FIELDS = ("id", "kind", "regency", "title", "text", "trap")
Z95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A gold item: where an honest reader puts the event."""

    id: str
    kind: PlaceKind
    regency: str
    title: str
    text: str
    trap: str

    @property
    def wanted(self) -> str:
        return self.regency or self.kind.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the finder said about an item."""

    item: Item
    place: Place

    @property
    def answered(self) -> bool:
        return self.place.kind in (PlaceKind.REGENCY, PlaceKind.OUTSIDE)

    @property
    def in_kalteng(self) -> bool:
        return self.place.kind in (PlaceKind.REGENCY, PlaceKind.PROVINCE)

    @property
    def right(self) -> bool:
        return self.place.kind is self.item.kind and (self.place.regency or "") == self.item.regency

    @property
    def said(self) -> str:
        return self.place.regency or self.place.kind.value


def read_gold(path: Path) -> list[Item]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != FIELDS:
            raise SystemExit(f"{path}: columns must be {','.join(FIELDS)}")
        items = [
            Item(
                id=row["id"],
                kind=PlaceKind(row["kind"]),
                regency=row["regency"],
                title=row["title"],
                text=row["text"],
                trap=row["trap"],
            )
            for row in reader
        ]
    for item in items:
        if (item.kind is PlaceKind.REGENCY) != bool(item.regency):
            raise SystemExit(f"{path}: {item.id}: a regency code goes with kind regency and no other")
    if len({item.id for item in items}) != len(items):
        raise SystemExit(f"{path}: an id occurs twice")
    return items


def run(items: Iterable[Item]) -> list[Outcome]:
    return [
        Outcome(item=item, place=find_place(Document(id=item.id, title=item.title, text=item.text)))
        for item in items
    ]


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The Wilson 95 % interval of a share; the whole range where there is nothing to count."""
    if not total:
        return 0.0, 1.0
    share, square = hits / total, Z95 * Z95
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z95 / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def share(hits: int, total: int) -> str:
    if not total:
        return "none to count"
    low, high = wilson(hits, total)
    return f"{hits:>3}/{total:<3} {hits / total:6.1%}  [{low:.1%}, {high:.1%}]"


def count(outcomes: Iterable[Outcome]) -> str:
    held = list(outcomes)
    return share(sum(outcome.right for outcome in held), len(held))


def report(outcomes: list[Outcome]) -> list[str]:
    of_kind = {kind: [one for one in outcomes if one.item.kind is kind] for kind in PlaceKind}
    regency, outside = of_kind[PlaceKind.REGENCY], of_kind[PlaceKind.OUTSIDE]
    unknown, province = of_kind[PlaceKind.UNKNOWN], of_kind[PlaceKind.PROVINCE]
    answered = [one for one in regency if one.answered]
    abstained = len(regency) - len(answered)
    called_outside = sum(one.place.kind is PlaceKind.OUTSIDE for one in regency)
    lines = [
        f"{'all items right':<44}{count(outcomes)}",
        f"{'regency: accuracy when answered':<44}{count(answered)}",
        f"{'regency: abstained (unknown or province)':<44}{share(abstained, len(regency))}",
        f"{'regency: right of all':<44}{count(regency)}",
        f"{'regency: lost as outside':<44}{share(called_outside, len(regency))}",
        f"{'outside: false Kalteng':<44}{share(sum(one.in_kalteng for one in outside), len(outside))}",
        f"{'outside: right':<44}{count(outside)}",
        f"{'province: right':<44}{count(province)}",
        f"{'unknown: right':<44}{count(unknown)}",
        f"{'unknown: false Kalteng':<44}{share(sum(one.in_kalteng for one in unknown), len(unknown))}",
    ]
    for title, groups in (
        ("by trap (right)", group_by_trap(outcomes)),
        ("by regency (right)", group_by_regency(regency)),
    ):
        lines += ["", title]
        lines += [f"  {name:<42}{count(held)}" for name, held in groups]
    return lines


def group_by_trap(outcomes: Iterable[Outcome]) -> list[tuple[str, list[Outcome]]]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[one.item.trap].append(one)
    return sorted(
        groups.items(), key=lambda pair: (sum(one.right for one in pair[1]) / len(pair[1]), pair[0])
    )


def group_by_regency(outcomes: Iterable[Outcome]) -> list[tuple[str, list[Outcome]]]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[one.item.regency].append(one)
    return sorted(groups.items())


def list_wrong(outcomes: Iterable[Outcome]) -> list[str]:
    lines = ["", "wrong: id, trap, wanted -> said, title, the finder's reason"]
    for one in outcomes:
        if not one.right:
            lines.append(
                f"  {one.item.id} {one.item.trap:<18} {one.item.wanted:>8} -> {one.said:<8} "
                f"{one.item.title} ({one.place.reason})"
            )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the place finder on the gold set.")
    parser.add_argument("--gold", type=Path, default=GOLD, help="the gold file")
    parser.add_argument("--wrong", action="store_true", help="list the items that came out wrong")
    options = parser.parse_args()
    outcomes = run(read_gold(options.gold))
    lines = report(outcomes)
    if options.wrong:
        lines += list_wrong(outcomes)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
