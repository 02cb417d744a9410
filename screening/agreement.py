"""How alike two readings of one incident are: Krippendorff's alpha with an interval, and codes that are
taken for one another. Pure.

Alpha is 1 - Do/De over the coincidences of values within units (Krippendorff 2011, "Computing Krippendorff's
Alpha-Reliability"); a missing value is None, a unit with fewer than two values says nothing. Nothing here
knows who read: agreement is of the codebook and the office, never of a person or of two persons.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from screening.records import Decision
from screening.taxonomy import RejectReason, Severity

TARGET = 0.7  # domain study 4.4, IO-9
FEW = 10  # units under which a figure is marked "n kecil"
_DRAWS = 1_000
_SEED = 9

_Doubles = npt.NDArray[np.float64]


class Metric(enum.StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"


class Scale(enum.StrEnum):
    """What two readings are compared on; the last two are not asked a third reader about."""

    RELEVANCE = "relevansi"
    ISSUE = "isu"
    SEVERITY = "tingkat"
    FORM = "bentuk"


METRICS = {
    Scale.RELEVANCE: Metric.NOMINAL,
    Scale.ISSUE: Metric.NOMINAL,
    Scale.SEVERITY: Metric.ORDINAL,
    Scale.FORM: Metric.NOMINAL,
}
_DISPUTED = (Scale.RELEVANCE, Scale.ISSUE, Scale.SEVERITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one reading said; codes are None where it did not say, or where the incident was rejected."""

    decision: Decision
    reason: RejectReason | None = None
    issue: str | None = None
    form: str | None = None
    severity: Severity | None = None
    place_code: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two readings of one incident, and what a third reader settled; no field says whose they are."""

    reading_id: int
    incident_id: int
    title: str  # masked
    first: Answer
    second: Answer
    seen_before: bool  # the second reader said so: such a pair is listed and counted, not measured
    touched: bool | None  # the second reader had opened the incident; None: chosen before that was noted
    answered_at: datetime
    settled: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alpha:
    """`value` is None where it is not defined (no two values, or one single code); bounds are 95 %."""

    value: float | None
    low: float | None
    high: float | None
    units: int

    @property
    def few(self) -> bool:
        return self.units < FEW

    @property
    def reached(self) -> bool:
        return self.value is not None and self.value >= TARGET


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """One code: units in which both gave it, in which one did, and what the other said then, most first."""

    code: str
    same: int
    different: int
    taken_for: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleFigure:
    scale: Scale
    metric: Metric
    alpha: Alpha
    same: int  # units in which both values are equal
    codes: tuple[CodeLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """`pairs` were measured, `seen_before` were not; `differing` lists those of either that differ.

    Of the measured, `untouched` are those whose second reader had not opened the incident before, `touched`
    those whose reader had; of `touch_unknown` nobody knows.
    """

    figures: tuple[ScaleFigure, ...]
    untouched_figures: tuple[ScaleFigure, ...]
    pairs: int
    untouched: int
    touched: int
    touch_unknown: int
    seen_before: int
    differing: tuple[Pair, ...]


def alpha_of(
    units: Sequence[Sequence[Hashable]], metric: Metric = Metric.NOMINAL, order: Sequence[Hashable] = ()
) -> float | None:
    """Krippendorff's alpha; None where it is not defined. `order` ranks the values of an ordinal scale."""
    table, size = _table(units, order)
    found: float = _alphas(table.sum(axis=0, keepdims=True), size, metric)[0] if len(table) else np.nan
    return None if np.isnan(found) else float(found)


def alpha_within(
    units: Sequence[Sequence[Hashable]],
    metric: Metric = Metric.NOMINAL,
    order: Sequence[Hashable] = (),
    *,
    draws: int = _DRAWS,
    seed: int = _SEED,
) -> Alpha:
    """Alpha with its seeded 95 % bootstrap interval: units are drawn anew, as they are what was sampled.

    Draws in which alpha is not defined (all values of one code) are left out of the interval.
    """
    table, size = _table(units, order)
    if not len(table):
        return Alpha(value=None, low=None, high=None, units=0)
    value = float(_alphas(table.sum(axis=0, keepdims=True), size, metric)[0])
    if np.isnan(value):
        return Alpha(value=None, low=None, high=None, units=len(table))
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(len(table), np.full(len(table), 1 / len(table)), size=draws)
    found = _alphas(weights.astype(np.float64) @ table, size, metric)
    found = found[~np.isnan(found)]
    low, high = np.quantile(found, [0.025, 0.975])
    return Alpha(value=value, low=float(low), high=float(high), units=len(table))


def value_on(answer: Answer, scale: Scale) -> str | int | None:
    """An answer on one scale. Unsure is no value of relevance; codes of a rejected incident are none."""
    if scale is Scale.RELEVANCE:
        return None if answer.decision is Decision.UNSURE else answer.decision.value
    if answer.decision is Decision.REJECT:
        return None
    if scale is Scale.SEVERITY:
        return None if answer.severity is None else int(answer.severity)
    return answer.issue if scale is Scale.ISSUE else answer.form


def differs_on(first: Answer, second: Answer) -> tuple[Scale, ...]:
    """Scales on which a third reader has to decide. An unsure answer differs from a sure one."""
    if first.decision is not second.decision:
        return (Scale.RELEVANCE,)
    both = ((scale, value_on(first, scale), value_on(second, scale)) for scale in _DISPUTED)
    return tuple(scale for scale, one, other in both if one != other)


def agreement_of(pairs: Sequence[Pair]) -> Agreement:
    """Every scale over the pairs whose second reader had not seen the first answer."""
    blind = [one for one in pairs if not one.seen_before]
    untouched = [one for one in blind if one.touched is False]
    figures = figures_of(blind)
    return Agreement(
        figures=figures,
        untouched_figures=figures if len(untouched) == len(blind) else figures_of(untouched),
        pairs=len(blind),
        untouched=len(untouched),
        touched=sum(one.touched is True for one in blind),
        touch_unknown=sum(one.touched is None for one in blind),
        seen_before=len(pairs) - len(blind),
        differing=tuple(one for one in pairs if differs_on(one.first, one.second)),
    )


def figures_of(pairs: Sequence[Pair]) -> tuple[ScaleFigure, ...]:
    return tuple(_figure(pairs, scale) for scale in Scale)


def _figure(pairs: Sequence[Pair], scale: Scale) -> ScaleFigure:
    values = [(value_on(one.first, scale), value_on(one.second, scale)) for one in pairs]
    both = [(one, other) for one, other in values if one is not None and other is not None]
    order: Sequence[Any] = [int(level) for level in Severity] if scale is Scale.SEVERITY else ()
    return ScaleFigure(
        scale=scale,
        metric=METRICS[scale],
        alpha=alpha_within(both, METRICS[scale], order),
        same=sum(one == other for one, other in both),
        codes=_code_lines([(str(one), str(other)) for one, other in both]),
    )


def _code_lines(both: Sequence[tuple[str, str]]) -> tuple[CodeLine, ...]:
    # Which of the two was the first reading does not matter: neither is the truth.
    same = Counter(one for one, other in both if one == other)
    crossed: dict[str, Counter[str]] = {}
    for one, other in both:
        if one != other:
            crossed.setdefault(one, Counter())[other] += 1
            crossed.setdefault(other, Counter())[one] += 1
    return tuple(
        CodeLine(
            code=code,
            same=same[code],
            different=crossed.get(code, Counter()).total(),
            taken_for=tuple(
                sorted(crossed.get(code, Counter()).items(), key=lambda each: (-each[1], each[0]))
            ),
        )
        for code in sorted({*same, *crossed})
    )


def _table(units: Sequence[Sequence[Hashable]], order: Sequence[Hashable]) -> tuple[_Doubles, int]:
    """(one row of coincidences a unit with two values or more, flattened k by k; k)."""
    told = [[value for value in unit if value is not None] for unit in units]
    told = [unit for unit in told if len(unit) > 1]
    seen = {value for unit in told for value in unit}
    if order and not seen <= set(order):
        raise ValueError("a value that the order does not rank")
    ranked = [value for value in order if value in seen] if order else sorted(seen, key=str)
    place = {value: number for number, value in enumerate(ranked)}
    table = np.zeros((len(told), len(ranked), len(ranked)))
    for number, unit in enumerate(told):
        share = 1 / (len(unit) - 1)
        for i, one in enumerate(unit):
            for j, other in enumerate(unit):
                if i != j:
                    table[number, place[one], place[other]] += share
    return table.reshape(len(told), len(ranked) ** 2), len(ranked)


def _alphas(coincidences: _Doubles, size: int, metric: Metric) -> _Doubles:
    """Alpha of each row of summed coincidences; NaN where nothing could have differed."""
    tables = coincidences.reshape(-1, size, size)
    sums = tables.sum(axis=2)
    total = sums.sum(axis=1)
    if metric is Metric.NOMINAL:
        apart = np.broadcast_to(1.0 - np.eye(size), tables.shape)
    else:
        # Ranks between two values, themselves half: (n_c/2 + those between + n_k/2) squared.
        middle = np.cumsum(sums, axis=1) - sums / 2
        apart = (middle[:, :, None] - middle[:, None, :]) ** 2
    observed = (tables * apart).sum(axis=(1, 2)) / total
    expected = (sums[:, :, None] * sums[:, None, :] * apart).sum(axis=(1, 2)) / (total * (total - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: _Doubles = np.where(expected > 0, 1 - observed / expected, np.nan)
    return found
