"""Names of places: the 14 regencies of Kalimantan Tengah with their districts and villages, and the rest.

Region codes and names come from cahyadsn/wilayah (MIT, notice in `geo/`); the list of other provinces and
their regencies in `geo/indonesia.csv` is our own. A `*` there marks a name that is also a common word.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.lexicon import FOREIGN, words

_GEO = Path(__file__).parent / "geo"

NICKNAMES = {
    "62.01": "kobar|pangkalan bun|kotawaringin barat",
    "62.02": "kotim|sampit|kotawaringin timur|bumi habaring hurung|habaring hurung",
    "62.03": "kapuas|kuala kapuas",
    "62.04": "barsel|buntok|barito selatan",
    "62.05": "barut|batara|muara teweh|barito utara",
    "62.06": "katingan|kasongan",
    "62.07": "seruyan|kuala pembuang",
    "62.08": "sukamara",
    "62.09": "lamandau|nanga bulik",
    "62.10": "gumas|gunung mas|kuala kurun",
    "62.11": "pulpis|pulang pisau",
    "62.12": "mura|murung raya|puruk cahu",
    "62.13": "bartim|barito timur|tamiang layang",
    "62.71": "palangka raya|palangkaraya|palangka|p raya|kota cantik",
}
PROVINCE_NAMES = "kalimantan tengah|kalteng|bumi tambun bungai|tambun bungai"
# words that are also something else: they count only beside "kabupaten", "kecamatan", "di" and the like
_GUARDED = words(
    "mura kapuas selat batara palangka raja baru candi kubu banjar barat timur utara selatan tengah"
    " hulu hilir jelai permata kahayan karau teluk pulau sungai batu hampar antang kalang mentaya"
    " bulik delang arut balai riam murung paku sepang awang hanau lahei kurun"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place a name may stand for. `level`: province, regency, district, village or abroad."""

    name: str
    level: str
    code: str | None = None
    inside: bool = False
    guarded: bool = False
    province: str = ""


class Gazetteer:
    """Longest-match lookup of place names in a list of lower-case words; `starts` are their first words."""

    def __init__(self) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Region]]] = {}
        self.villages: dict[str, list[Region]] = {}
        self.districts: dict[str, list[Region]] = {}
        self.twins: dict[str, Region] = {}
        self.names: dict[str, str] = {}
        self._load_inside()
        self._load_outside()
        for names in self._by_first.values():
            names.sort(key=lambda pair: -len(pair[0]))
        self.starts = frozenset(self._by_first) | {name.split()[0] for name in self.districts}

    def match(self, words: Sequence[str], at: int) -> tuple[Region, int] | None:
        """The region named from `words[at]` on, and how many words the name takes."""
        for name, region in self._by_first.get(words[at], ()):
            if tuple(words[at : at + len(name)]) == name:
                return region, len(name)
        return None

    def _add(self, name: str, region: Region) -> None:
        words = tuple(name.lower().replace("-", " ").split())
        known = self._by_first.setdefault(words[0], [])
        twin = next((other for name, other in known if name == words), None)
        if twin is None:
            known.append((words, region))
        elif twin.inside and not region.inside:
            # "Kapuas Hulu" is a district here and a regency in the neighbouring province
            self.twins[" ".join(words)] = region

    def _load_inside(self) -> None:
        with (_GEO / "wilayah_kalteng_62.csv").open(encoding="utf-8", newline="") as file:
            # the list writes one word; the city and its law write two
            rows = [
                (r["kode"], r["nama"].replace("Palangkaraya", "Palangka Raya"), r["level"])
                for r in csv.DictReader(file)
            ]
        for name in PROVINCE_NAMES.split("|"):
            self._add(name, Region(name="Kalimantan Tengah", level="province", code="62", inside=True))
        for code, name, level in rows:
            self.names[code] = name
            if level == "kabkota":
                for short in NICKNAMES[code].split("|"):
                    guarded = short in _GUARDED
                    self._add(
                        short, Region(name=name, level="regency", code=code, inside=True, guarded=guarded)
                    )
            elif level == "kecamatan":
                spelled = name.replace("Gn. ", "Gunung ")
                low = spelled.lower()
                region = Region(
                    name=spelled, level="district", code=code, inside=True, guarded=low in _GUARDED
                )
                self.districts.setdefault(low, []).append(region)
            elif level == "desakel":
                self.villages.setdefault(name.lower(), []).append(
                    Region(name=name, level="village", code=code, inside=True)
                )
        for found in self.districts.values():
            if len(found) == 1:
                self._add(found[0].name, found[0])

    def _load_outside(self) -> None:
        with (_GEO / "indonesia.csv").open(encoding="utf-8", newline="") as file:
            for line in file:
                heads, _, places = line.strip().partition(";")
                province, *shorts = heads.split("|")
                for name in (province, *shorts):
                    self._add(name, Region(name=province, level="province", province=province))
                for place in places.split(","):
                    name = place.rstrip("*")
                    self._add(
                        name,
                        Region(name=name, level="regency", guarded=place.endswith("*"), province=province),
                    )
        for name in sorted(FOREIGN):
            self._add(
                name,
                Region(name=name.title(), level="abroad", guarded=name in ("as", "georgia", "mali", "oman")),
            )


@functools.cache
def gazetteer() -> Gazetteer:
    """The one gazetteer of the process, loaded at first need (about 4,000 names)."""
    return Gazetteer()


def region_name(code: str) -> str:
    """The name of a region of Kalimantan Tengah by its code (62.02.05), empty when there is none."""
    return gazetteer().names.get(code, "")
