"""From what the heads say to a probability that can be believed, and the working point with its rule."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.features import Reading
from models.records import FORMS, ISSUES, REALIS
from models.vectors import BINARY, Scores

Doubles = npt.NDArray[np.float64]

_SHARPNESS = 2.0
"""The axes' log-odds are about half as sharp as they should be (see the tempers that `fit` finds)."""
_CUTS = np.cumsum([BINARY, len(ISSUES) + 1, len(FORMS)])
ELSEWHERE = [REALIS.index(code) for code in "CSHL"]
"""Columns of the realis that is not here and now: ceremony, simulation, past, abroad."""

SIGNALS = (
    *("title", "title_event", "title_here", "text", "event", "here", "sentence", "second", "deed"),
    *("title_none", "title_statement", "title_elsewhere", "none", "statement", "elsewhere"),
    *("title_real", "title_calm", "title_sharp", "real", "calm", "sharp"),
    *("least_none", "least_statement", "best_three"),
    *("title_abroad", "abroad", "home", "more_abroad", "only_abroad", "title_only_abroad"),
    "years",
)
"""What decides the relevance, each a number; an assessment keeps the log-odds that each of them gave."""


def signals(scores: Scores, reading: Reading, *, deed: bool) -> Doubles:
    """What the heads say in few numbers, whether a deed is told, and where (in the order of SIGNALS)."""
    views = scores.views[:, :BINARY].copy()
    views[:, 1:3] = -np.logaddexp(0.0, -views[:, 1:3])
    title, rest = views[0], views[1:].mean(axis=0)
    against = _against(np.vstack([scores.views[0], scores.views[1:].mean(axis=0), scores.sentences]))
    least = against[2:, :2].min(axis=0)
    said = np.sort(scores.sentences[:, 0])[::-1]
    body = np.sort(scores.sentences[1:, 0])[::-1] if len(scores.sentences) > 1 else said
    best = (body[0], body[min(1, len(body) - 1)])
    found = [*title[:3], *rest[:3], *best, float(deed), *against[0], *against[1], *title[3:], *rest[3:]]
    return np.array([*found, *least, said[:3].mean(), *_places(reading)])


def _against(rows: Doubles) -> Doubles:
    """Per row the log-odds that it tells nothing (N), a statement alone (F0), or not here and now."""
    issue, form, realis = (
        _shares(rows[:, a:b]) for a, b in zip(_CUTS, [*_CUTS[1:], rows.shape[1]], strict=True)
    )
    likely = np.stack([issue[:, -1], form[:, 0], realis[:, ELSEWHERE].sum(axis=1)], axis=1)
    out: Doubles = np.log((likely + 1e-3) / (1 - likely + 1e-3))
    return out


def _shares(logits: Doubles) -> Doubles:
    sharp = np.exp(_SHARPNESS * (logits - logits.max(axis=1, keepdims=True)))
    out: Doubles = sharp / sharp.sum(axis=1, keepdims=True)
    return out


def _places(reading: Reading) -> tuple[float, ...]:
    """Whether abroad or home is named, in the title and how often below; years (old news names them).

    Which place it is stays hidden: only abroad or not.
    """
    head = [word for word, _, _ in reading.head.units if word[0] == "<"]
    body = [word for segment in reading.body for word, _, _ in segment.units if word[0] == "<"]
    title_abroad = "<luar>" in head
    abroad, home = body.count("<luar>"), body.count("<tempat>")
    return (
        float(title_abroad),
        float(np.log1p(abroad)),
        float(np.log1p(home)),
        float(abroad > home),
        float(abroad > 0 and not home),
        float(title_abroad and "<tempat>" not in head),
        float(head.count("<tahun>") + body.count("<tahun>")),
    )


class Calibration:
    """A small logistic model over the signals, one for titles alone and one for texts."""

    def __init__(self, *, strength: float = 0.1) -> None:
        self.strength = strength

    def fit(self, rows: Doubles, flags: npt.NDArray[np.bool_], weights: Doubles) -> Calibration:
        """Learn on out-of-fold signals; `weights` already carry the prior of the stream."""
        total = weights.sum()
        self.mean_ = (rows * weights[:, None]).sum(axis=0) / total
        self.scale_ = np.sqrt(((rows - self.mean_) ** 2 * weights[:, None]).sum(axis=0) / total) + 1e-6
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=self.strength, max_iter=1_000)
        model.fit((rows - self.mean_) / self.scale_, flags, sample_weight=weights)
        self.slope_: Doubles = model.coef_[0].astype(np.float64)
        self.intercept_ = float(model.intercept_[0])
        return self

    def log_odds(self, rows: Doubles) -> Doubles:
        """Calibrated log-odds of the rows."""
        out: Doubles = ((rows - self.mean_) / self.scale_) @ self.slope_ + self.intercept_
        return out

    def parts(self, row: Doubles) -> tuple[tuple[str, float], ...]:
        """The log-odds of one row as named parts; their sum is the whole."""
        shares = (row - self.mean_) / self.scale_ * self.slope_
        named = zip(SIGNALS, shares.tolist(), strict=True)
        return (("base", self.intercept_), *((name, share) for name, share in named if share))

    def probability(self, rows: Doubles) -> Doubles:
        """Calibrated probabilities of the rows."""
        out: Doubles = 1.0 / (1.0 + np.exp(-self.log_odds(rows)))
        return out


def probability_of(parts: Sequence[tuple[str, float]]) -> float:
    """The probability that named log-odds add up to: what an assessment keeps gives its relevance again."""
    return 1.0 / (1.0 + math.exp(-math.fsum(share for _, share in parts)))


def prior_weights(flags: npt.NDArray[np.bool_], weights: Doubles, base_rate: float) -> Doubles:
    """Weights scaled so that the positives carry `base_rate` of the whole."""
    out = weights.astype(np.float64).copy()
    positive, negative = out[flags].sum(), out[~flags].sum()
    out[flags] *= base_rate / max(positive, 1e-9)
    out[~flags] *= (1 - base_rate) / max(negative, 1e-9)
    scaled: Doubles = out * len(out)
    return scaled


def working_point(positive_scores: Sequence[float] | Doubles, miss: float, confidence: float = 0.95) -> float:
    """Highest threshold that misses at most `miss` of the positives, with `confidence`.

    Of n exchangeable positives the k lowest are let go; of all positives to come at most the upper
    Clopper-Pearson bound of k in n is missed, and k is the largest for which that bound is at most `miss`
    (learn then test: thresholds are tried from the lowest up, so trying many costs nothing). With fewer than
    59 positives not even k = 0 reaches 5 % with 95 %: then the lowest positive's score is the threshold and
    `missed_at_most` tells what it guarantees. Assumes that tomorrow's positives are like those used here.
    """
    ordered = np.sort(np.asarray(positive_scores, dtype=np.float64))
    n = len(ordered)
    if not n:
        return 0.5
    k = 0
    while k + 1 < n and missed_at_most(k + 1, n, confidence) <= miss:
        k += 1
    return float(ordered[k])


def missed_at_most(missed: int, positives: int, confidence: float = 0.95) -> float:
    """Upper bound of the share missed after `missed` of `positives` (one-sided Clopper-Pearson)."""
    if missed >= positives:
        return 1.0
    from scipy.special import betaincinv

    return float(betaincinv(missed + 1, positives - missed, confidence))
