"""Do two reports tell of one event? Pure and deterministic.

A wrong merge hides an event behind another, a missed merge costs a second glance: so two reports become one
only with the same text, or with issue, place, time and words all in favour.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import Assessment, Place, PlaceKind, same_text, signature

WINDOW = timedelta(hours=72)
REPRINT_WINDOW = timedelta(days=7)

# Likeness asked of two tellings, by how well their places agree; chosen so that neither in the sample news
# nor among the flagged rows of the shared news two different events join (another rally on the same square
# reached 0.34, so a mere name needs more than a district that the gazetteer knows).
_SAME_DISTRICT = 0.22
_SAME_REGENCY = 0.3
_SAME_NAME = 0.36
_VAGUE = 0.4
_APART = 0.65
_STRANGENESS = (0.17, 0.06, 0.0)  # added for unrelated, related and equal issues: the issue is a guess too

_RELATED = (
    {"E1", "E2", "S3", "H1"},
    {"P1", "P2"},
    {"P2", "P3", "H1"},
    {"E3", "P3"},
    {"E4", "P3"},
    {"S1", "S5", "S6", "S7"},
    {"S1", "S2"},
    {"S5", "H1"},
    {"S4", "E1"},
    {"I1", "H2"},
    {"I2", "H1"},
    {"H3", "P3"},
)
_WORD = re.compile(r"[^\W\d_][^\W_]{2,}")
_STOP_TEXT = """
yang dan dari untuk dengan pada akan tidak ini itu oleh para telah sudah saat usai karena dalam kepada
serta juga agar hingga atas bagi ada adalah masih belum lebih sebagai tersebut mereka kami kita dia ia
setelah sebelum sejumlah puluhan ratusan ribuan orang hari jam pukul wib wita senin selasa rabu kamis
jumat sabtu minggu kata ujar ujarnya katanya menurut namun kalimantan tengah kalteng indonesia kabupaten
kota kab kecamatan desa kelurahan provinsi baca foto berita lokasi terkait secara antara bisa dapat harus
sempat kemudian lalu ketika sementara hal pihak baru dua tiga empat lima
"""
_STOP = frozenset(_STOP_TEXT.split())
# Words that most events of a kind share: they say what sort of event it is, not which one.
_COMMON_TEXT = """
warga massa aksi demo unjuk rasa polisi polres aparat perusahaan pemerintah daerah dprd kantor jalan lahan
kebun sawit bentrok blokade tutup menutup tuntut menuntut tolak menolak tuntutan ricuh rusuh kericuhan
bakar dibakar sengketa konflik kelompok mediasi damai sepakat masyarakat kepala ketua bupati kapolres
mahasiswa buruh pekerja adat tanah tambang plasma izin dugaan diduga rumah korban luka tewas petugas
gedung halaman depan spanduk orasi berorasi tengah akses portal memortal segel pemuda
"""
_COMMON = frozenset(_COMMON_TEXT.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One flagged report as the linking sees it. `published` is None where the input gives no time."""

    item_id: int
    title: str
    text: str
    published: datetime | None
    owner: str
    assessment: Assessment
    words: frozenset[str]
    signature: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An incident a new report might belong to, with its reports in order of coming."""

    incident_id: int
    reports: tuple[Known, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins:
    incident_id: int
    same_text_as: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opens:
    why: str = "Belum ada insiden serupa dalam 72 jam."


def known(  # noqa: PLR0917 - six plain fields in the order of the record
    item_id: int, title: str, text: str, published: datetime | None, owner: str, assessment: Assessment
) -> Known:
    """A report with its key words (title and first 80 words or so of the text) and its signature."""
    return Known(
        item_id=item_id,
        title=title,
        text=text,
        published=published,
        owner=owner,
        assessment=assessment,
        words=key_words(title, text),
        # Portals reprint a release under a title of their own, so a text of some length stands alone.
        signature=signature(text if len(text) > 80 else f"{title}. {text}"),
    )


def key_words(title: str, text: str) -> frozenset[str]:
    """Lower-case words that tell one event from another; at most about 90 words are read."""
    read = _WORD.findall(title.casefold()) + _WORD.findall(text[:700].casefold())
    return frozenset(_stem(word) for word in read if word not in _STOP)


def likeness(first: frozenset[str], second: frozenset[str]) -> float:
    """Shared key words, 0..1, weighed: words every such event has count a quarter."""
    smaller = min(_weight(first), _weight(second))
    if smaller <= 0:
        return 0.0
    return _weight(first & second) / max(smaller, 4.0)


def link(report: Known, candidates: Sequence[Candidate]) -> Joins | Opens:
    """The incident this report belongs to, or that it opens one. Ties go to the older incident."""
    best: tuple[float, int] | None = None
    for candidate in sorted(candidates, key=lambda each: each.incident_id):
        for other in candidate.reports:
            if not _within(report.published, other.published, REPRINT_WINDOW):
                continue
            if _reprint(report, other):
                return Joins(
                    incident_id=candidate.incident_id,
                    same_text_as=other.item_id,
                    why="Teks sama dengan laporan lain.",
                )
        score = max((_event_score(report, other) for other in candidate.reports), default=0.0)
        if score > 0 and (best is None or score > best[0] + 1e-9):
            best = (score, candidate.incident_id)
    if best is None:
        return Opens()
    return Joins(
        incident_id=best[1],
        same_text_as=None,
        why=f"Isu, lokasi, waktu, dan kata kunci sejalan ({round(best[0] * 100)} persen).",
    )


def _event_score(report: Known, other: Known) -> float:
    """0 when the two are not one event, else how alike (for choosing between several)."""
    if report.published is not None and other.published is not None:
        if abs(report.published - other.published) > WINDOW:
            return 0.0
        needed = 0.0
    else:
        needed = 0.1
    kinship = _kinship(report.assessment.issue.code, other.assessment.issue.code)
    near = _nearness(report.assessment.place, other.assessment.place)
    if near is None:
        return 0.0
    needed += near + _STRANGENESS[kinship]
    score = likeness(report.words, other.words)
    return score if score >= needed else 0.0


def _kinship(one: str | None, other: str | None) -> int:
    if one is None or other is None:
        return 1
    if one == other:
        return 2
    return 1 if any(one in group and other in group for group in _RELATED) else 0


def _nearness(one: Place, other: Place) -> float | None:
    """The likeness that two places ask for; None when they cannot be one place."""
    kinds = {one.kind, other.kind}
    if PlaceKind.UNKNOWN in kinds:
        return _VAGUE
    if PlaceKind.OUTSIDE in kinds:
        return _nearness_outside(one, other)
    if PlaceKind.PROVINCE in kinds:
        return _VAGUE
    if one.regency != other.regency:
        return None
    districts = {(place.code or "")[:8] for place in (one, other) if len(place.code or "") >= 8}
    if len(districts) == 2:
        return _APART
    exact = len(districts) == 1 and len(one.code or "") >= 8 and len(other.code or "") >= 8
    return _SAME_DISTRICT if exact else _SAME_REGENCY


def _nearness_outside(one: Place, other: Place) -> float | None:
    if one.kind is not other.kind:
        return None
    first, second = one.name.casefold(), other.name.casefold()
    if not first or not second:
        return _VAGUE
    if first == second:
        return _SAME_NAME
    # Such names end in the province: a square and its city are told apart by name but not by that.
    return 0.42 if first.rpartition(",")[2].strip() == second.rpartition(",")[2].strip() else 0.6


def _within(one: datetime | None, other: datetime | None, window: timedelta) -> bool:
    return one is None or other is None or abs(one - other) <= window


def _reprint(report: Known, other: Known) -> bool:
    if not report.words or not _quick(report.words, other.words):
        return False
    if report.signature == other.signature:
        return True
    # A press office's form letter reads alike for every village: places that differ keep such texts apart.
    near = _nearness(report.assessment.place, other.assessment.place)
    return near is not None and near < _APART and same_text(report.signature, other.signature)


def _quick(first: frozenset[str], second: frozenset[str]) -> bool:
    # A cheap gate before the exact comparison: the same text shares most key words.
    return len(first & second) * 2 >= min(len(first), len(second))


def _weight(words: frozenset[str]) -> float:
    return sum(0.25 if word in _COMMON_STEMS else 1.0 for word in words)


def _stem(word: str) -> str:
    """Cut the clitics only: affixes carry who did what, so they stay."""
    for ending in ("nya", "lah", "pun"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


_COMMON_STEMS = frozenset(_stem(word) for word in _COMMON)
