"""Where did it happen? The place of the event, told from dateline and mere mention; may answer "unknown"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.gazetteer import Gazetteer, Region, gazetteer
from models.lexicon import words
from models.records import Document, Place, PlaceKind
from models.text import dateline, normalise, sentences, strip_boilerplate

_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?|[,.();:/]|-+|\n")
_LEADS = {
    "kabupaten": "regency", "kab": "regency", "pemkab": "regency", "kota": "regency", "pemkot": "regency",
    "kecamatan": "district", "kec": "district", "desa": "village", "kelurahan": "village",
    "provinsi": "province",
}  # fmt: skip
_OFFICES = words(
    "polres polresta polda polsek kodim dprd bupati wakil wali walikota pemkab kejari kpu bawaslu"
    " disdik dinas kapolres kapolda kapolsek satpol bpbd rsud lapas rutan gubernur pemprov kabupaten"
    " kota pn damang"
)
_NEAR = words("di ke dari wilayah daerah kawasan pusat kota warga masyarakat asal pasar rsud terminal")
_RIVERS = words("sungai das jembatan jalan jl teluk bandara pelabuhan suku etnis bahasa orang")
_SCENE = re.compile(
    r"\b(?:terjadi|berlangsung|digelar|insiden|peristiwa|kejadian|aksi|bentrok|warga|massa|lokasi|lahan"
    r"|jalan)\b",
    re.I,
)
_DOTTED = re.compile(r"\bP\.(?= ?Raya\b)")
_LIKENED = words("seperti ala mirip layaknya")
_MANY = re.compile(
    r"\b(?:tiga|empat|lima|enam|tujuh|delapan|sembilan|14|13|12|1[01]|[3-9])"
    r" (?:kabupaten|daerah)\b|\bse-?kalteng\b"
    r"|\bse-?kalimantan tengah\b", re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    region: Region
    weight: float
    why: str


def find_place(document: Document) -> Place:
    """The place of the event as far as the words tell.

    Strong: "Desa X, Kecamatan Y", the title, the first sentences. Weak: the dateline (where it was written),
    offices, later sentences. Answers REGENCY (14 of Kalimantan Tengah), PROVINCE (62), OUTSIDE or UNKNOWN.
    """
    title, text = normalise(document.title[:400]).text, normalise(document.text[:4_000]).text
    if "P." in title or "P." in text:
        title, text = _DOTTED.sub("Palangka ", title), _DOTTED.sub("Palangka ", text)
    whole = f"{title}\n{text}".lower()
    mentions = _mentions_of(title, weight=3.0, where="judul")
    head = dateline(text)
    if head:
        mentions += [
            _Mention(
                region=m.region, weight=0.9 if m.region.level != "abroad" else 0.4, why="titimangsa berita"
            )
            for m in _mentions_of(text[:head], weight=1.0, where="titimangsa")
        ]
    body = strip_boilerplate(text)
    for number, (start, end) in enumerate(sentences(body[head:])[:14]):
        piece = body[head + start : head + end]
        weight = 2.0 if number == 0 else 1.3 if number < 3 else 0.7
        found = _mentions_of(piece, weight=weight, where=f"kalimat {number + 1}")
        if found and number and _SCENE.search(piece):
            found = _mentions_of(piece, weight=weight * 1.25, where=f"kalimat {number + 1}")
        mentions += found
    if not mentions and whole.strip():
        # chat-like texts write "kotim" small: only names that can be nothing else are taken then
        mentions = _mentions_of(whole[:1_500].title(), weight=0.8, where="tanpa huruf besar")
        mentions = [m for m in mentions if m.region.inside and m.region.level == "regency"]
    # only three regencies or more can be too many, so the count is looked for only then
    several = len(mentions) > 2 and _MANY.search(whole) is not None
    return _decide(_untwin(mentions, whole), several=several)


def _untwin(mentions: Sequence[_Mention], whole: str) -> list[_Mention]:
    """Give a name that exists here and elsewhere to the province that the text names."""
    out = []
    for m in mentions:
        twin = gazetteer().twins.get(m.region.name.lower())
        near = twin is not None and (
            twin.province.lower() in whole
            or f"kabupaten {m.region.name.lower()}" in whole
            or f"polres {m.region.name.lower()}" in whole
            or any(not o.region.inside and o.region.province == twin.province for o in mentions)
        )
        out.append(_Mention(region=twin, weight=m.weight, why=m.why) if twin is not None and near else m)
    return out


def _mentions_of(text: str, *, weight: float, where: str) -> list[_Mention]:
    places = gazetteer()
    found: list[str] = _WORD.findall(text)
    lower = [word.lower() for word in found]
    out: list[_Mention] = []
    i = 0
    last_end, last_factor = -9, 1.0
    while i < len(found):
        if lower[i] not in places.starts or not found[i][0].isupper():
            i += 1
            continue
        before = _lead(lower, i)
        hit = _named(places, lower, found, i, before)
        if hit is None:
            i += 1
            continue
        region, n, why, factor = hit
        # in "di Kotim, Seruyan dan Katingan" the preposition belongs to all three
        between = lower[last_end:i] if last_end >= 0 else ()
        if between and len(between) <= 3 and all(w in (",", "dan", "serta", "kabupaten") for w in between):
            factor = max(factor, last_factor) if region.level == "regency" else factor
        if any(w in _LIKENED for w in lower[max(0, i - 2) : i]):
            factor *= 0.15
        last_end, last_factor = i + n, factor
        out.append(_Mention(region=region, weight=weight * factor, why=f"{why} ({where})"))
        i += n
    if "desa" in lower or "kelurahan" in lower:
        return _within(places, found, out, weight=weight, where=where)
    return out


def _lead(lower: Sequence[str], i: int) -> str:
    for back in (1, 2):
        if i - back >= 0 and lower[i - back] not in ".,":
            return lower[i - back]
    return ""


def _named(  # noqa: PLR0911, PLR0912 - one guard after another reads best in one place
    places: Gazetteer, lower: Sequence[str], found: Sequence[str], i: int, before: str
) -> tuple[Region, int, str, float] | None:
    level = _LEADS.get(before)
    if level == "district":
        hit = _among(places.districts, lower, i)
        if hit is not None:
            return hit[0], hit[1], f"Kecamatan {hit[0].name}", 2.2
        return None
    if level == "village":
        return None
    match = places.match(lower, i)
    if match is None:
        return None
    region, n = match
    if not region.inside and i + n < len(found) and found[i + n][0].isupper():
        village = places.villages.get(" ".join(lower[i : i + n + 1]))
        if village and len(village) == 1:
            return village[0], n + 1, f"Desa {village[0].name}", 1.0
    if before in _RIVERS and region.level != "province":
        return None
    if region.guarded and region.level == "district" and before not in _OFFICES:
        return None
    if region.guarded and not region.inside and level is None and before in ("warga", "masyarakat", "orang"):
        # "Warga Serang Kantor" tells a deed, not a town
        return None
    if region.guarded and level is None and before not in _NEAR and before not in _OFFICES:
        # "Kapuas", "Mura", "Serang" alone are rivers, stars and verbs as often as places
        return None
    name = " ".join(found[i : i + n])
    if region.level == "district" and before in _OFFICES:
        return region, n, f"{before} {name}", 1.2
    if region.level == "district":
        return region, n, f"sebutan kecamatan {name}", 0.8
    if before in ("polda", "gubernur", "pemprov", "kapolda", "dprd") and region.level == "province":
        return region, n, f"{before} {name}", 0.7
    if before in _OFFICES and level is None:
        return region, n, f"{before} {name}", 1.0
    if level is not None or before in ("di", "wilayah"):
        return region, n, f"{before} {name}", 1.4
    if before in ("asal", "dari", "ke"):
        return region, n, f"sebutan {name}", 0.5
    return region, n, f"sebutan {name}", 1.0


def _among(names: dict[str, list[Region]], lower: Sequence[str], i: int) -> tuple[Region, int] | None:
    for n in (4, 3, 2, 1):
        found = names.get(" ".join(lower[i : i + n]))
        if found and len(found) == 1:
            return found[0], n
    return None


def _within(
    places: Gazetteer, found_words: Sequence[str], mentions: list[_Mention], *, weight: float, where: str
) -> list[_Mention]:
    """Add "Desa X": a village speaks for its regency if unique, or if that regency is named too."""
    named = {m.region.code[:5] for m in mentions if m.region.code and len(m.region.code) >= 5}
    outside = any(not m.region.inside for m in mentions)
    lower = [word.lower() for word in found_words]
    for i, word in enumerate(lower[:-1]):
        if word not in ("desa", "kelurahan"):
            continue
        for n in (4, 3, 2, 1):
            found = places.villages.get(" ".join(lower[i + 1 : i + 1 + n]))
            if not found or (n == 1 and len(found_words) > i + 2 and found_words[i + 2][0].isupper()):
                continue
            fits = [r for r in found if r.code and r.code[:5] in named]
            if len({r.code[:5] for r in fits if r.code}) == 1:
                mentions.append(
                    _Mention(region=fits[0], weight=weight * 1.5, why=f"Desa {fits[0].name} ({where})")
                )
            elif len(found) == 1 and not outside and not named:
                mentions.append(
                    _Mention(region=found[0], weight=weight * 0.5, why=f"Desa {found[0].name} ({where})")
                )
            break
    return mentions


def _decide(mentions: Sequence[_Mention], *, several: bool) -> Place:
    regencies: dict[str, float] = {}
    outside: dict[str, float] = {}
    province = 0.0
    for m in mentions:
        region = m.region
        if region.inside and region.code == "62":
            province += m.weight
        elif region.inside and region.code is not None:
            regencies[region.code[:5]] = regencies.get(region.code[:5], 0.0) + m.weight
        else:
            key = region.province or region.name
            outside[key] = outside.get(key, 0.0) + m.weight * (0.9 if region.level == "province" else 1.0)
    best_in = max(regencies.items(), key=lambda kv: kv[1], default=("", 0.0))
    best_out = max(outside.items(), key=lambda kv: kv[1], default=("", 0.0))
    inside = best_in[1] + province
    if inside == 0 and best_out[1] == 0:
        return Place(kind=PlaceKind.UNKNOWN, reason="Tidak ada nama daerah yang dikenali")
    if best_out[1] > inside * 1.15:
        return _outside(best_out[0], mentions)
    crowded = sum(w > 0.45 * best_in[1] for w in regencies.values()) >= (3 if province or several else 4)
    if best_in[1] >= 0.6 and best_in[1] >= 0.25 * province and not crowded:
        return _regency(best_in[0], best_in[1], regencies, mentions)
    if crowded:
        return Place(
            kind=PlaceKind.PROVINCE,
            code="62",
            name="Kalimantan Tengah",
            reason="Beberapa daerah disebut sekaligus",
        )
    if province > 0:
        why = next(m.why for m in mentions if m.region.code == "62")
        return Place(
            kind=PlaceKind.PROVINCE,
            code="62",
            name="Kalimantan Tengah",
            reason=f"Hanya provinsi disebut: {why}",
        )
    return Place(kind=PlaceKind.UNKNOWN, reason="Nama daerah terlalu lemah untuk menetapkan tempat kejadian")


def _outside(key: str, mentions: Sequence[_Mention]) -> Place:
    mine = [m for m in mentions if (m.region.province or m.region.name) == key and not m.region.inside]
    strongest = max(mine, key=lambda m: m.weight)
    narrow = [m for m in mine if m.region.level == "regency"]
    best = max(narrow, key=lambda m: m.weight) if narrow else strongest
    name = best.region.name if best.region.name == key else f"{best.region.name}, {key}"
    return Place(kind=PlaceKind.OUTSIDE, name=name, reason=f"Di luar Kalimantan Tengah: {strongest.why}")


def _regency(code: str, weight: float, regencies: dict[str, float], mentions: Sequence[_Mention]) -> Place:
    rivals = sorted((w for other, w in regencies.items() if other != code), reverse=True)
    names = gazetteer().names
    mine = [m for m in mentions if m.region.code and m.region.code[:5] == code]
    strongest = max(mine, key=lambda m: m.weight)
    if rivals and rivals[0] > 0.9 * weight:
        return Place(
            kind=PlaceKind.PROVINCE, code="62", name="Kalimantan Tengah",
            reason=f"Beberapa daerah disebut sama kuat, antara lain {names[code]}",
        )  # fmt: skip
    districts = {m.region.code[:8]: m for m in mine if m.region.code and len(m.region.code) >= 8}
    exact = next(iter(districts)) if len(districts) == 1 else code
    name = names[code]
    if exact != code:
        name = f"Kecamatan {names[exact]}, {name}"
    return Place(
        kind=PlaceKind.REGENCY, code=exact, regency=code, name=name, reason=f"Disebut: {strongest.why}"
    )
