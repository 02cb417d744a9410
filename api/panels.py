"""Small multiples as geometry for inline SVG: one scale for all panels, from zero, so that they compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screening import DayCount, Panel

STEP, BAR, HEIGHT = 8, 6, 60  # of one day, its bar and the plot, in the units of the viewBox


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelBar:
    """One day; `usual_y` None where the range is not known, `gap` on a day without an answer."""

    day: DayCount
    x: int
    y: float
    height: float
    usual_y: float | None
    usual_height: float
    above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPanel:
    """`today` is the last day, which is not over; `above` how many days before it passed their range."""

    panel: Panel
    bars: tuple[PanelBar, ...]
    today: DayCount
    above: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPanels:
    panels: tuple[DrawnPanel, ...]
    most: int  # what the top of every plot stands for
    height: int = HEIGHT
    bar: int = BAR


def draw(panels: Sequence[Panel]) -> DrawnPanels:
    """All with the same top: the largest count or usual range of any of them."""
    every = [one for panel in panels for one in panel.days]
    most = max([1, *(max(one.opened, one.usual.high if one.usual else 0) for one in every)])
    return DrawnPanels(panels=tuple(_panel(panel, most) for panel in panels), most=most)


def _panel(panel: Panel, most: int) -> DrawnPanel:
    bars = tuple(_bar(number, one, most) for number, one in enumerate(panel.days))
    return DrawnPanel(
        panel=panel,
        bars=bars,
        today=panel.days[-1],
        above=sum(bar.above for bar in bars[:-1]),
        width=STEP * len(bars),
    )


def _bar(number: int, one: DayCount, most: int) -> PanelBar:
    def height(count: int) -> float:
        return round(count * HEIGHT / most, 2)

    return PanelBar(
        day=one,
        x=number * STEP + (STEP - BAR) // 2,
        y=round(HEIGHT - height(one.opened), 2),
        height=height(one.opened),
        usual_y=None if one.usual is None else round(HEIGHT - height(one.usual.high), 2),
        usual_height=0.0 if one.usual is None else max(height(one.usual.high - one.usual.low), 1.0),
        above=one.usual is not None and one.opened > one.usual.high,
    )
