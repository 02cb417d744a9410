"""The map of the province as geometry for inline SVG: one path a regency, and where its mark stands.

Boundaries: `static/peta.json` (MIT, `static/peta_LICENSE.txt`), made small by `benchmarks/kalteng_map.py`.
"""

from __future__ import annotations

import json
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


def _ring(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"
