"""Charts as geometry for inline SVG: numbers only, so that a page needs no script and no style attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from screening import SourceDay, Usual

STEP, GAP, HEIGHT = 20, 4, 120  # of one day and of the plot, in the units of the viewBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day; `y` and `height` of the entries, `usual_y` and `usual_height` of the range (None: unknown).

    `gap` on a day without an answer, `off` outside the usual range (today is not over, so never today).
    """

    day: SourceDay
    x: int
    y: float
    height: float
    usual_y: float | None
    usual_height: float
    gap: bool
    off: bool
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    bars: tuple[Bar, ...]
    width: int
    most: int  # what the top of the plot stands for
    height: int = HEIGHT
    bar_width: int = STEP - GAP


def day_bars(days: Sequence[SourceDay], since: date) -> Bars:
    """Entries a day, oldest left, each over what is usual for its weekday; nothing before `since`."""
    last = len(days) - 1
    most = max([1, *(max(one.entries, one.usual.high if one.usual else 0) for one in days)])

    def height(count: int) -> float:
        return round(count * HEIGHT / most, 2)

    bars = tuple(
        Bar(
            day=one,
            x=number * STEP + GAP // 2,
            y=HEIGHT - height(one.entries),
            height=height(one.entries),
            usual_y=HEIGHT - height(one.usual.high) if one.usual and one.day >= since else None,
            usual_height=max(height(one.usual.high - one.usual.low), 1.0) if one.usual else 0.0,
            gap=one.good == 0 and one.day >= since,
            off=number < last and one.usual is not None and not _inside(one.entries, one.usual),
            label=f"{one.day.day}/{one.day.month}" if _labelled(number, last, one.day) else "",
        )
        for number, one in enumerate(days)
    )
    return Bars(bars=bars, width=STEP * max(len(days), 1), most=most)


def _inside(count: int, usual: Usual) -> bool:
    return usual.low <= count <= usual.high


def _labelled(number: int, last: int, day: date) -> bool:
    """The ends, and the Mondays that leave the ends room."""
    return number in (0, last) or (day.weekday() == 0 and 3 <= number <= last - 3)
