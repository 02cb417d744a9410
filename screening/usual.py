"""What is usual for a source: a Gamma-Poisson model of small counts, by weekday and with a memory. Pure.

The level of a source is Gamma distributed given its weighted past, the count of a day Poisson given the
level, so a day to come is negative binomial (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6). Recent
days weigh more, each weekday has its own factor drawn towards one, and what the days scatter beyond Poisson
widens the answer (the quasi-Poisson factor of McCullagh and Nelder). A mean and two standard deviations
would call every Sunday of a small outlet an outage and every second entry of a quiet one a flood.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WEEK = 7
_HALF_LIFE = 14.0  # days
# Entries that a weekday must have before its own factor is half believed: few where weekdays plainly differ,
# many where what they differ by is chance.
_WEEKDAY_PRIOR = (6.0, 60.0)
_LEVEL_PRIOR = (0.5, 0.1)  # entries, days
_SCATTER_PRIOR = 4.0  # days of plain Poisson
_SURPRISE_MOST = 9.0  # one odd day may not decide the scatter
_ODD = 1e-3
_ROUNDS = 3
_NEAR = 4.0  # variances; nearer than that nothing is one in a thousand, and most days are near
_ODD_MOST = 0.35  # of the weight; when more is odd, the odd is the new usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Entries of the 24 hours that ended `age` days before the judgement."""

    age: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What 24 hours of this weekday bring: the mean, and the range that holds 19 of 20 such days."""

    mean: float
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A fitted source: its level a day and a factor for each weekday (by age modulo 7)."""

    level: float
    factors: tuple[float, ...]
    seen: tuple[float, ...]  # weighted entries behind each factor
    prior: float  # entries against which each factor is believed
    evidence: float  # shape of the level's Gamma
    scatter: float  # variance over mean, at least 1

    def mean(self, ages: Iterable[int]) -> float:
        return self.level * sum(self.factors[age % WEEK] for age in ages)

    def shape(self, ages: Sequence[int]) -> float:
        """The negative binomial's shape for the sum of these windows; the smaller, the wider."""
        mean = self.mean(ages)
        if mean <= 0:
            return self.evidence
        behind = sum(self.seen[age % WEEK] for age in {age % WEEK for age in ages})
        doubt = 1 / self.evidence + 1 / (self.prior + behind) + (self.scatter - 1) / mean
        return 1 / doubt


def fit(windows: Sequence[Window]) -> Pace:
    """The pace of a source by its past windows; days that were odd in it do not teach what is usual."""
    whole, fitted, kept = sum(map(_weight, windows)), _fit(windows), windows
    # One odd day hides another: without the first the rest scatters less.
    for _ in range(_ROUNDS):
        plain = [one for one in kept if not fitted.finds_odd(one)]
        if len(plain) == len(kept) or sum(map(_weight, plain)) < (1 - _ODD_MOST) * whole:
            break
        kept, fitted = plain, _fit(plain)
    return fitted.pace


def usual(pace: Pace, age: int = 0) -> Usual:
    """The 95 % predictive range of one window."""
    mean, shape = pace.mean([age]), pace.shape([age])
    return Usual(mean=mean, low=quantile(mean, shape, 0.025), high=quantile(mean, shape, 0.975))


def at_most(pace: Pace, ages: Sequence[int], entries: int) -> float:
    """How likely these windows together bring `entries` or fewer."""
    return sum(_masses(pace.mean(ages), pace.shape(ages), entries))


def at_least(pace: Pace, ages: Sequence[int], entries: int) -> float:
    """How likely these windows together bring `entries` or more."""
    return max(0.0, 1.0 - at_most(pace, ages, entries - 1)) if entries > 0 else 1.0


def quantile(mean: float, shape: float, share: float) -> int:
    """The smallest count that `share` of such windows do not pass."""
    most = int(mean * 12 + 12 * math.sqrt(mean + mean * mean / shape) + 50)
    total = 0.0
    for count, mass in enumerate(_masses(mean, shape, most)):
        total += mass
        if total >= share:
            return count
    return most


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fitted:
    """A pace with the weighted sums behind it, from which a single day can be taken out again."""

    pace: Pace
    days: float
    length: tuple[float, ...]  # days by weekday
    surprise: float
    free: float

    def finds_odd(self, window: Window) -> bool:
        """Whether a window does not fit what the others say: with it they would already speak for it."""
        at, weight = window.age % WEEK, _weight(window)
        left = self.days - weight
        if left <= 0:
            return False
        entries = weight * window.entries
        plain = (sum(self.pace.seen) - entries) / left
        seen, share = self.pace.seen[at] - entries, self.length[at] - weight
        prior = self.pace.prior
        mean = plain * (prior + seen) / (prior + plain * share)
        if mean <= 0:
            return False
        own = weight * _surprise(window.entries, self.pace.mean([window.age]))
        scatter = _scatter(self.surprise - own, self.free - weight)
        shape = 1 / (1 / self.pace.evidence + 1 / (prior + seen) + (scatter - 1) / mean)
        if (window.entries - mean) ** 2 < _NEAR * (mean + mean * mean / shape):
            return False
        masses = _masses(mean, shape, window.entries)
        low = sum(masses)
        return low < _ODD or 1 - low + masses[-1] < _ODD


def _fit(windows: Sequence[Window]) -> _Fitted:
    seen, length = [0.0] * WEEK, [0.0] * WEEK
    for one in windows:
        seen[one.age % WEEK] += _weight(one) * one.entries
        length[one.age % WEEK] += _weight(one)
    days = sum(length)
    plain = sum(seen) / days if days else 0.0
    prior = _weekday_prior(plain, seen, length)
    factors = tuple(
        (prior + entries) / (prior + plain * share) for entries, share in zip(seen, length, strict=True)
    )
    prior_entries, prior_days = _LEVEL_PRIOR
    evidence = prior_entries + sum(seen)
    level = evidence / (prior_days + sum(f * share for f, share in zip(factors, length, strict=True)))
    surprise = sum(_weight(one) * _surprise(one.entries, level * factors[one.age % WEEK]) for one in windows)
    # A factor that two days gave explains those two days too well.
    spent = sum(entries / (prior + entries) for entries in seen) * days / max(len(windows), 1)
    free = max(days - spent, 0.3 * days)
    pace = Pace(
        level=level,
        factors=factors,
        seen=tuple(seen),
        prior=prior,
        evidence=evidence,
        scatter=_scatter(surprise, free),
    )
    return _Fitted(pace=pace, days=days, length=tuple(length), surprise=surprise, free=free)


def _weekday_prior(plain: float, seen: Sequence[float], length: Sequence[float]) -> float:
    """From how far weekdays differ beyond the chance of counts (the moments of Clayton and Kaldor, 1987)."""
    few, many = _WEEKDAY_PRIOR
    expected = [plain * share for share in length]
    whole = sum(expected)
    if whole <= 0:
        return few
    beyond = sum(
        (entries - mean) ** 2 / mean - 1 for entries, mean in zip(seen, expected, strict=True) if mean
    )
    return min(max(whole / beyond, few), many) if beyond > 0 else many


def _surprise(entries: int, mean: float) -> float:
    return min((entries - mean) ** 2 / mean, _SURPRISE_MOST)


def _scatter(surprise: float, days: float) -> float:
    return max(1.0, (_SCATTER_PRIOR + surprise) / (_SCATTER_PRIOR + max(days, 0.0)))


def _weight(window: Window) -> float:
    return float(0.5 ** (window.age / _HALF_LIFE))


def _masses(mean: float, shape: float, most: int) -> list[float]:
    """Probabilities of 0 .. `most` entries, by logarithms: a big outlet's zero underflows otherwise."""
    if mean <= 0:
        return [1.0, *[0.0] * most] if most >= 0 else []
    grow = math.log(mean / (shape + mean))
    log_mass = shape * math.log(shape / (shape + mean))
    masses = []
    for count in range(most + 1):
        masses.append(math.exp(log_mass))
        log_mass += math.log((shape + count) / (count + 1)) + grow
    return masses
