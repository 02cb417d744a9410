"""How often the level by rule is the labelled one: `python benchmarks/severity.py [--wrong] [--quick]`.

Flagged rows of the shared labelled news (real) and of the invented news of our own that trains the model.
The rules get the labelled codes and facts read from the text (what the rules can do), then the codes
of a model that has not seen the row (what the desk shows: for real rows a model of our own news alone, for
our own news two folds), or with `--quick` of the shipped model, which has seen both and so flatters. Training
takes minutes each time; `--keep FOLDER` saves the models there and reads them back the next time (remove the
folder when the training news or the classifier changes).

Rows the model does not flag count as misses of their level; `flagged only` leaves them out, because whether
a row is flagged is measured elsewhere. "Off by two" are rows labelled 3 or 4 that come out two levels lower.
The last line guards against false alarms: the share of rows labelled irrelevant in whose text the facts find
violence. Intervals are Wilson, 95 %. The rules were tuned while looking at both sets.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from models import (  # noqa: E402
    Classifier,
    Example,
    find_facts,
    load,
    load_shipped,
    read_labelled,
    save,
    train,
)
from screening import severity_of, verdict_of  # noqa: E402
from screening.severity import violent  # noqa: E402

SHARED = Path(os.environ.get("DINI_SHARED", ROOT.parent / "shared"))
OWN = sorted((ROOT / "models" / "training").glob("*.csv"))
FOLDS = 2
Z95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A labelled row and the level that the rules gave it."""

    example: Example
    level: int
    rule: str
    codes: str
    flagged: bool = True

    @property
    def gap(self) -> int:
        return self.level - self.example.severity


def by_labels(examples: Sequence[Example]) -> list[Outcome]:
    """The rules on the labelled codes."""
    found = []
    for one in examples:
        facts = find_facts(one.document.title, one.document.text)
        verdict = severity_of(one.issue, one.form, one.realis, facts)
        codes = f"{one.issue} {one.form} {one.realis}"
        found.append(Outcome(example=one, level=int(verdict.severity), rule=verdict.rule, codes=codes))
    return found


def by_model(examples: Sequence[Example], model: Classifier) -> list[Outcome]:
    """The rules on what the model says; what it does not flag has level 0."""
    found = []
    for one, said in zip(examples, model.assess([each.document for each in examples]), strict=True):
        verdict = verdict_of(said)
        codes = f"{said.issue.code} {said.form.code} {said.realis.code}"
        codes = f"{codes}, labelled {one.issue} {one.form} {one.realis}"
        found.append(
            Outcome(
                example=one,
                level=int(verdict.severity),
                rule=verdict.rule,
                codes=codes,
                flagged=said.flagged,
            )
        )
    return found


def learned(paths: Sequence[Path], name: str, keep: Path | None) -> Classifier:
    """A model of these CSVs, read from `keep` when it is there."""
    if keep is not None and (keep / name).is_dir():
        return load(keep / name)
    model = train(paths)
    if keep is not None:
        save(model, keep / name)
    return model


def held_out(paths: Sequence[Path], keep: Path | None) -> list[Outcome]:
    """Our own flagged news, each row judged by a model of the other folds."""
    rows = [row for path in paths for row in read_rows(path)]
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name:
        for fold in range(FOLDS):
            learn, judge = Path(name) / f"learn{fold}.csv", Path(name) / f"judge{fold}.csv"
            write_rows(learn, [row for n, row in enumerate(rows) if n % FOLDS != fold])
            write_rows(judge, [row for n, row in enumerate(rows) if n % FOLDS == fold])
            examples = [one for one in read_labelled(judge) if one.flag]
            found += by_model(examples, learned([learn], f"fold{fold}", keep))
    return found


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def violent_share(examples: Sequence[Example]) -> float:
    """How many of the irrelevant rows tell of violence, by the facts."""
    ordinary = [one.document for one in examples if not one.flag]
    told = sum(violent(find_facts(each.title, each.text)) for each in ordinary)
    return told / max(1, len(ordinary))


def wilson(hits: int, of: int) -> tuple[float, float]:
    if not of:
        return 0.0, 1.0
    share, z2 = hits / of, Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return middle - half, middle + half


def show(name: str, outcomes: Sequence[Outcome], wrong: bool) -> None:
    exact = sum(one.gap == 0 for one in outcomes)
    low, high = wilson(exact, len(outcomes))
    severe = [one for one in outcomes if one.example.severity >= 3]
    off = [one for one in severe if one.gap <= -2]
    over = [one for one in outcomes if one.gap >= 2]
    print(
        f"{name:<44}{len(outcomes):>6}{exact / max(1, len(outcomes)):>8.3f} [{low:.3f}, {high:.3f}]"
        f"{len(off):>5}/{len(severe):<5}{len(over):>6}"
    )
    if wrong:
        table = Counter((one.example.severity, one.level) for one in outcomes)
        for level in range(1, 5):
            print("      labelled", level, {got: table[level, got] for got in range(5) if table[level, got]})
        for one in sorted(outcomes, key=lambda each: each.gap):
            if one.gap:
                title = one.example.document.title[:90]
                print(f"    {one.example.severity} -> {one.level} {one.rule:<8}{one.codes:<40}{title}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--wrong", action="store_true", help="list what is not exact")
    parser.add_argument("--quick", action="store_true", help="the shipped model instead of unseen ones")
    parser.add_argument("--keep", type=Path, help="folder in which trained models are kept")
    chosen = parser.parse_args()
    all_own = [one for path in OWN for one in read_labelled(path)]
    path = SHARED / "data" / "labelled_dev.csv"
    all_real = read_labelled(path) if path.is_file() else []
    own = [one for one in all_own if one.flag]
    real = [one for one in all_real if one.flag]
    print(f"{'rows and codes':<44}{'rows':>6}{'exact':>8}{'interval':>16}{'off by two':>11}{'over':>6}")
    show("own news, labelled codes", by_labels(own), chosen.wrong)
    if real:
        show("real news, labelled codes", by_labels(real), chosen.wrong)
    if chosen.quick:
        shipped = load_shipped()
        own_said, real_said = by_model(own, shipped), by_model(real, shipped)
        name = "shipped model"
    else:
        own_said = held_out(OWN, chosen.keep)
        real_said = by_model(real, learned(OWN, "own", chosen.keep)) if real else []
        name = "unseen model"
    show(f"own news, {name}", own_said, chosen.wrong)
    show(f"own news, {name}, flagged only", [one for one in own_said if one.flagged], False)
    if real:
        show(f"real news, {name}", real_said, chosen.wrong)
        show(f"real news, {name}, flagged only", [one for one in real_said if one.flagged], False)
    shares = [f"own {violent_share(all_own):.3f}", *([f"real {violent_share(all_real):.3f}"] if real else [])]
    print("irrelevant rows that tell of violence:", ", ".join(shares))


if __name__ == "__main__":
    main()
