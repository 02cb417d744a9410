"""From log-odds to a probability that can be believed, and the working point with its rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from models.vectors import Scores

Doubles = npt.NDArray[np.float64]

SIGNALS = ("title", "title_event", "title_here", "text", "event", "here", "sentence", "second", "deed")


def signals(scores: Scores, *, deed: bool) -> Doubles:
    """What the heads say of a document in few numbers, and whether a deed is told (order of SIGNALS)."""
    views = scores.views[:, :3].copy()
    views[:, 1:] = -np.logaddexp(0.0, -views[:, 1:])
    title, rest = views[0], views[1:].mean(axis=0)
    best = _best_sentences(scores)
    return np.array([*title, *rest, *best, float(deed)])


def _best_sentences(scores: Scores) -> tuple[float, float]:
    events = scores.sentences[1:, 0]
    if not len(events):
        return float(scores.sentences[0, 0]), float(scores.sentences[0, 0])
    ordered = np.sort(events)[::-1]
    return float(ordered[0]), float(ordered[min(1, len(ordered) - 1)])


class Calibration:
    """A small logistic model over the signals, one for titles alone and one for texts."""

    def __init__(self, *, strength: float = 0.1) -> None:
        self.strength = strength

    def fit(self, rows: Doubles, flags: npt.NDArray[np.bool_], weights: Doubles) -> Calibration:
        """Learn on out-of-fold signals; `weights` already carry the prior of the stream."""
        total = weights.sum()
        self.mean_ = (rows * weights[:, None]).sum(axis=0) / total
        self.scale_ = np.sqrt(((rows - self.mean_) ** 2 * weights[:, None]).sum(axis=0) / total) + 1e-6
        model = LogisticRegression(C=self.strength, max_iter=1_000)
        model.fit((rows - self.mean_) / self.scale_, flags, sample_weight=weights)
        self.slope_: Doubles = model.coef_[0].astype(np.float64)
        self.intercept_ = float(model.intercept_[0])
        return self

    def log_odds(self, rows: Doubles) -> Doubles:
        """Calibrated log-odds of the rows."""
        out: Doubles = ((rows - self.mean_) / self.scale_) @ self.slope_ + self.intercept_
        return out

    def probability(self, rows: Doubles) -> Doubles:
        """Calibrated probabilities of the rows."""
        out: Doubles = 1.0 / (1.0 + np.exp(-self.log_odds(rows)))
        return out


def prior_weights(flags: npt.NDArray[np.bool_], weights: Doubles, base_rate: float) -> Doubles:
    """Weights scaled so that the positives carry `base_rate` of the whole."""
    out = weights.astype(np.float64).copy()
    positive, negative = out[flags].sum(), out[~flags].sum()
    out[flags] *= base_rate / max(positive, 1e-9)
    out[~flags] *= (1 - base_rate) / max(negative, 1e-9)
    scaled: Doubles = out * len(out)
    return scaled


def working_point(positive_scores: Sequence[float] | Doubles, miss: float) -> float:
    """Highest threshold whose expected share of missed positives is at most `miss` (conformal risk control).

    With n exchangeable positives, k of them below the threshold bound the expected miss rate of the next one
    by (k + 1) / (n + 1). Assumes that tomorrow's positives are like those used here.
    """
    ordered = np.sort(np.asarray(positive_scores, dtype=np.float64))
    n = len(ordered)
    if not n:
        return 0.5
    allowed = max(0, int(np.floor(miss * (n + 1))) - 1)
    return float(ordered[min(allowed, n - 1)])
