"""From labelled CSVs to a classifier, the same every time; with the card that tells what it was made of."""

from __future__ import annotations

import csv
import importlib.metadata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from models.classifier import EVERYDAY, Classifier
from models.evaluation import average_precision, calibration_error, interval, load_at, read_labelled
from models.records import Document, Example

TRAINING = Path(__file__).parent / "training"
LABELS = Path(__file__).parents[1] / "benchmarks" / "labels_unlabelled.csv"
"""Codes by id for items of unlabelled_dev.csv.gz. It was read whole: what is not here told of no conflict."""


def own_news() -> list[Path]:
    """The labelled news of our own that comes with the package."""
    return sorted(TRAINING.glob("*.csv"))


def train(
    paths: Sequence[str | Path] | None = None, *, shared: str | Path | None = None, seed: int = 20
) -> Classifier:
    """Fit on CSVs (default: the package's own news); with `shared` also on the real news found there.

    `shared` is a folder with labelled_dev.csv, headlines_dev.csv and unlabelled_dev.csv.gz: the first two are
    examples, the third, read whole, gives more and thousands of everyday items. Deterministic for a seed.
    """
    chosen = own_news() if paths is None else [Path(p) for p in paths]
    examples = [example for path in chosen for example in read_labelled(path)]
    if not examples:
        raise ValueError("no training news: give CSV paths or fill models/training/")
    return train_on(examples, shared=shared, seed=seed)


def train_on(examples: Sequence[Example], *, shared: str | Path | None = None, seed: int = 20) -> Classifier:
    """Fit on examples in memory; `shared` as in `train`."""
    if shared is None:
        return Classifier(seed=seed, least=2).fit(examples)
    folder = Path(shared)
    real = read_labelled(folder / "labelled_dev.csv")
    headlines = [replace(e, stratum="headline") for e in read_labelled(folder / "headlines_dev.csv")]
    pool = [e.document for e in read_labelled(folder / "unlabelled_dev.csv.gz")]
    read_since = labelled_by_id(LABELS, pool)
    known = {e.document.id for e in read_since}
    everyday = read_whole([d for d in pool if d.id not in known])
    return Classifier(seed=seed).fit([*examples, *real, *headlines, *read_since, *everyday])


def labelled_by_id(path: Path, documents: Sequence[Document]) -> list[Example]:
    """Documents whose id stands in a CSV of ids and codes (column h), as examples; [] without the file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        codes = {row["h"]: row for row in csv.DictReader(file)}
    return [
        Example(
            document=d,
            flag=codes[d.id]["flag"] == "1",
            issue=codes[d.id]["issue"],
            form=codes[d.id]["form"],
            realis=codes[d.id]["realis"],
            severity=int(codes[d.id]["severity"] or 0),
            stratum="read",
        )
        for d in documents
        if d.id in codes
    ]


def read_whole(documents: Sequence[Document]) -> list[Example]:
    """Items of days that were read whole and told of no conflict: irrelevant, their other codes unknown."""
    return [
        Example(document=d, flag=False, issue="N", form="F0", realis="A", severity=0, stratum=EVERYDAY)
        for d in documents
    ]


def card(classifier: Classifier, counts: dict[str, tuple[int, int]], *, seed: int) -> str:
    """The model card: data, figures out of fold, threshold rule, seeds, versions."""
    lines = [
        "# Model card",
        "",
        f"Model `{classifier.name_}`, trained with seed {seed}; features "
        f"{len(classifier.heads_.vocabulary.names):,}, common words"
        f" {len(classifier.heads_.vocabulary.lexis.common):,}.",
        "",
        "| data | rows | relevant |",
        "|---|---|---|",
        *(f"| {name} | {rows} | {positives} |" for name, (rows, positives) in counts.items()),
        "",
        "Figures on predictions out of fold (a story never stands in two folds), each item as a title"
        " alone, as a summary of about 40 words, and in full:",
        "",
        "| input | rows | relevant | average precision | load at 95 % recall | calibration error |",
        "|---|---|---|---|---|---|",
    ]
    for kind, (scores, flags) in classifier.out_of_fold_.items():
        ap = interval(average_precision, flags, scores, draws=200)
        load = interval(load_at, flags, scores, draws=200)
        lines.append(
            f"| {kind} | {len(flags)} | {int(flags.sum())} | {ap.value:.3f} [{ap.low:.3f}, {ap.high:.3f}]"
            f" | {load.value:.3f} [{load.low:.3f}, {load.high:.3f}] |"
            f" {calibration_error(flags, scores):.3f} |"
        )
    lines += [
        "",
        "Working points: the highest threshold at which, with 95 % confidence, at most "
        f"{classifier.miss:.0%} of the relevant items are missed (upper Clopper-Pearson bound over"
        " the relevant items out of fold), or lower, as far as whole days of news allow: until"
        f" {classifier.spare:.0%} of their irrelevant items are flagged (twice of titles alone). The rules"
        " that set aside what is not here and now, or a statement without a deed, come after it; what they"
        " cost besides is counted:",
        "",
        "| input | threshold | missed of relevant | missed at most (95 % confidence) | set aside besides"
        " | load there | flagged of irrelevant items of whole days |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, (missed, relevant, bound) in classifier.guarantees_.items():
        flagged, irrelevant = classifier.stream_flagged_[kind]
        there = float((classifier.out_of_fold_[kind][0] >= classifier.thresholds_[kind]).mean())
        lines.append(
            f"| {kind} | {classifier.thresholds_[kind]:.4f} | {missed} of {relevant} | {bound:.1%}"
            f" | {classifier.set_aside_relevant_[kind]} | {there:.1%} | {flagged} of {irrelevant} |"
        )
    lines += [
        "",
        "This assumes that tomorrow's relevant items are like those used here, each independent of the"
        " others, and that models of four fifths of the data err like the one of all; other outlets and"
        " places, and many reports of one event, weaken it. Load there is that of a sample rich in"
        " look-alikes, before the rules; the last column is that of ordinary days, after them. Probabilities"
        " are meant for a stream in which"
        f" {classifier.base_rate:.0%} of the items are relevant.",
        "",
        "Names of persons, places, peoples, religions and outlets are hidden before anything is learned."
        " The model "
        "judges events, never persons; severity and confirmation are not its business.",
        "",
        "Versions: "
        + ", ".join(
            f"{name} {importlib.metadata.version(name)}" for name in ("scikit-learn", "numpy", "scipy")
        ),
        "",
    ]
    return "\n".join(lines)
