"""The map of the province as geometry for inline SVG: one path a regency, and where its mark stands.

Boundaries: `static/peta.json` (MIT, `static/peta_LICENSE.txt`), made small by `benchmarks/kalteng_map.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

UNITS = 125  # of the viewBox for one degree; so near the equator a degree is as wide as it is high
MARGIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One regency: its Kemendagri code, the SVG path of its border, and the place of its mark."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceMap:
    width: int
    height: int
    outlines: tuple[Outline, ...]


@cache
def province_map() -> ProvinceMap:
    """The 14 regencies in order of their codes."""
    text = (files("api") / "static" / "peta.json").read_text(encoding="utf-8")
    areas = json.loads(text)["areas"]
    points = [point for area in areas for ring in area["rings"] for point in ring]
    west, north = min(lon for lon, _ in points), max(lat for _, lat in points)
    east, south = max(lon for lon, _ in points), min(lat for _, lat in points)

    def place(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * UNITS + MARGIN, 1), round((north - lat) * UNITS + MARGIN, 1)

    outlines = []
    for area in areas:
        x, y = place(*area["mark"])
        path = "".join(_ring([place(*point) for point in ring]) for ring in area["rings"])
        outlines.append(Outline(code=area["code"], path=path, x=x, y=y))
    return ProvinceMap(
        width=round((east - west) * UNITS) + 2 * MARGIN,
        height=round((north - south) * UNITS) + 2 * MARGIN,
        outlines=tuple(outlines),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaMap:
    """A cut of the province around one regency: `box` is the viewBox (x, y, width, height)."""

    code: str
    box: tuple[int, int, int, int]
    outlines: tuple[Outline, ...]  # of all 14, the cut shows what is near
    neighbours: tuple[str, ...]


@cache
def area_map(code: str) -> AreaMap | None:
    """The map around a regency (`62.02`, or a code below it); None where the code is none of the 14."""
    whole = province_map()
    wanted = code[:5]
    by_code = {one.code: _corners(one.path) for one in whole.outlines}
    if wanted not in by_code:
        return None
    # Neighbours share their border point for point, as the outlines were made small together.
    near = [
        other for other, points in by_code.items() if other != wanted and len(points & by_code[wanted]) > 1
    ]
    marks = [(one.x, one.y) for one in whole.outlines if one.code in near]
    own = [*by_code[wanted], *marks]
    left, right = min(x for x, _ in own), max(x for x, _ in own)
    top, bottom = min(y for _, y in own), max(y for _, y in own)
    edge = 0.12 * max(right - left, bottom - top)
    box = (
        round(left - edge),
        round(top - edge),
        round(right - left + 2 * edge),
        round(bottom - top + 2 * edge),
    )
    return AreaMap(code=wanted, box=box, outlines=whole.outlines, neighbours=tuple(near))


def _corners(path: str) -> set[tuple[float, float]]:
    pairs = (pair.split() for pair in re.split("[MLZ]", path) if pair)
    return {(float(x), float(y)) for x, y in pairs}


@cache
def mark_points() -> dict[str, tuple[float, float]]:
    """(longitude, latitude) of each regency's mark, by its code."""
    text = (files("api") / "static" / "peta.json").read_text(encoding="utf-8")
    return {area["code"]: (area["mark"][0], area["mark"][1]) for area in json.loads(text)["areas"]}


def _ring(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"
