"""How good is it? Recall at workload, average precision, calibration, axes; the only file with pandas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.classifier import Classifier
from models.records import Document, Evaluation, Example, Interval

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def read_labelled(path: str | Path) -> list[Example]:
    """Examples of a CSV with the columns title and lead or text; label columns may be absent.

    Missing labels are read as N, F0, A, unflagged. Raises ValueError when there is no title column.
    """
    import pandas as pd

    frame = pd.read_csv(path, dtype=str, keep_default_na=False, compression="infer")
    if "title" not in frame.columns:
        raise ValueError(f"{path}: no column 'title'")
    text = "lead" if "lead" in frame.columns else "text" if "text" in frame.columns else None
    out = []
    for number, row in enumerate(frame.to_dict("records")):
        value = {str(k): str(v) for k, v in row.items()}
        out.append(
            Example(
                document=Document(
                    id=value.get("id") or value.get("h") or f"{Path(path).stem}-{number}",
                    title=value["title"],
                    text=value[text] if text else "",
                    url=value.get("url", ""),
                ),
                flag=value.get("flag", "0").strip().lower() in ("1", "true"),
                issue=value.get("issue") or "N",
                form=value.get("form") or "F0",
                realis=value.get("realis") or "A",
                severity=int(value.get("severity") or 0),
                place=value.get("place", ""),
                group=value.get("group", ""),
                stratum=value.get("stratum", ""),
            )
        )
    return out


def load_at(flags: Flags, scores: Doubles, recall: float = 0.95) -> float:
    """Share of the items, best first, to be read until `recall` of the relevant ones are found."""
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(flags[order])
    need = int(np.ceil(recall * flags.sum()))
    return float((np.searchsorted(found, need) + 1) / len(flags)) if need else 0.0


def calibration_error(flags: Flags, scores: Doubles, bins: int = 10) -> float:
    """Expected calibration error over equally wide bins."""
    which = np.minimum((scores * bins).astype(int), bins - 1)
    total = 0.0
    for b in range(bins):
        inside = which == b
        if inside.any():
            total += inside.mean() * abs(scores[inside].mean() - flags[inside].mean())
    return float(total)


def interval(
    measure: Callable[[Flags, Doubles], float],
    flags: Flags,
    scores: Doubles,
    *,
    draws: int = 500,
    seed: int = 7,
) -> Interval:
    """A measure with its seeded 95 % bootstrap interval over items."""
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        rows = generator.integers(0, len(flags), len(flags))
        if flags[rows].any():
            values.append(measure(flags[rows], scores[rows]))
    low, high = np.quantile(values, [0.025, 0.975]) if values else (0.0, 0.0)
    return Interval(value=measure(flags, scores), low=float(low), high=float(high))


def average_precision(flags: Flags, scores: Doubles) -> float:
    """Average precision (0 without a positive)."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(flags, scores)) if flags.any() else 0.0


def evaluate(
    classifier: Classifier, examples: Sequence[Example], *, draws: int = 500, seed: int = 7
) -> Evaluation:
    """Judge the examples and compare; axes are measured on the relevant items only."""
    assessed = classifier.assess([e.document for e in examples])
    flags = np.array([e.flag for e in examples], dtype=bool)
    scores = np.array([a.relevance for a in assessed])
    called = np.array([float(a.flagged) for a in assessed])
    relevant = [(a, e) for a, e in zip(assessed, examples, strict=True) if e.flag]

    def right(axis: str) -> float:
        hits = [getattr(a, axis).code == getattr(e, axis) for a, e in relevant]
        return float(np.mean(hits)) if hits else 0.0

    def recall(f: Flags, s: Doubles) -> float:
        return float(s[f].mean()) if f.any() else 0.0

    def precision(f: Flags, s: Doubles) -> float:
        return float(f[s > 0].mean()) if (s > 0).any() else 0.0

    return Evaluation(
        rows=len(examples),
        positives=int(flags.sum()),
        recall=interval(recall, flags, called, draws=draws, seed=seed),
        precision=interval(precision, flags, called, draws=draws, seed=seed),
        average_precision=interval(average_precision, flags, scores, draws=draws, seed=seed),
        load_at_95=interval(load_at, flags, scores, draws=draws, seed=seed),
        review_load=interval(lambda _, s: float(s.mean()), flags, called, draws=draws, seed=seed),
        calibration_error=calibration_error(flags, scores),
        issue_accuracy=right("issue"),
        form_accuracy=right("form"),
        realis_accuracy=right("realis"),
        misses=tuple(e.document.id for a, e in relevant if not a.flagged),
    )


def report(evaluation: Evaluation) -> str:
    """The evaluation as plain text."""

    def line(name: str, value: Interval) -> str:
        return f"{name:<28}{value.value:.3f}  [{value.low:.3f}, {value.high:.3f}]"

    return "\n".join(
        (
            f"rows {evaluation.rows}, relevant {evaluation.positives}",
            line("average precision", evaluation.average_precision),
            line("load at 95 % recall", evaluation.load_at_95),
            line("recall at the threshold", evaluation.recall),
            line("precision at the threshold", evaluation.precision),
            line("review load", evaluation.review_load),
            f"{'calibration error':<28}{evaluation.calibration_error:.3f}",
            f"{'issue, form, realis':<28}{evaluation.issue_accuracy:.3f}, {evaluation.form_accuracy:.3f},"
            f" {evaluation.realis_accuracy:.3f}",
            f"missed: {', '.join(evaluation.misses) or 'none'}",
        )
    )
