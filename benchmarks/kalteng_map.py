"""The map of the overview: boundaries of the 14 regencies and city, made small. Run once, by hand:

    python benchmarks/kalteng_map.py ../shared/geo/kalteng_kabkota_from_ardian28.geojson api/static/peta.json

The source (MIT, `api/static/peta_LICENSE.txt`) has 612 distinct points; shared borders are the same points
on both sides, so rounding to 0.001 degrees (110 m, a fifth of a pixel) keeps neighbours together; nothing
else is left out. Each area also gets the point inside it that is farthest from its border: there its mark
stands.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

PLACES = 3
GRID = 60

Ring = list[tuple[float, float]]


def rounded(ring: list[list[float]]) -> Ring:
    found: Ring = []
    for lon, lat in ring:
        point = (round(lon, PLACES), round(lat, PLACES))
        if not found or found[-1] != point:
            found.append(point)
    return found


def inside(x: float, y: float, ring: Ring) -> bool:
    hit = False
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            hit = not hit
    return hit


def distance(x: float, y: float, ring: Ring) -> float:
    best = math.inf
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        length = (bx - ax) ** 2 + (by - ay) ** 2
        at = max(0.0, min(1.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) if length else 0.0
        best = min(best, math.hypot(x - ax - at * (bx - ax), y - ay - at * (by - ay)))
    return best


def innermost(ring: Ring) -> tuple[float, float]:
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    wide, high = max(lons) - min(lons), max(lats) - min(lats)
    tried = [
        (min(lons) + wide * i / GRID, min(lats) + high * j / GRID) for i in range(GRID) for j in range(GRID)
    ]
    best = max((p for p in tried if inside(*p, ring)), key=lambda p: distance(*p, ring))
    return round(best[0], PLACES), round(best[1], PLACES)


def main(source: Path, target: Path) -> None:
    areas = []
    for feature in json.loads(source.read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings = [rounded(ring) for polygon in polygons for ring in polygon]
        largest = max(rings, key=len)
        areas.append({"code": feature["properties"]["KDPKAB"], "mark": innermost(largest), "rings": rings})
    areas.sort(key=lambda area: area["code"])
    told = {"notice": "MIT, (c) 2024 Ardian Saputra Hasibuan; see peta_LICENSE.txt", "areas": areas}
    target.write_text(json.dumps(told, separators=(",", ":")) + "\n", encoding="utf-8")
    points = sum(len(ring) for area in areas for ring in area["rings"])
    print(f"{len(areas)} areas, {points} points, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
