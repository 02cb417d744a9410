"""One incident as a line of the report: a hedged sentence, its parts, its sources. Pure; names masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models import Count
from screening.casework import FollowUp, Grade
from screening.casework_words import grade_words, last_act, short
from screening.records import (
    Correction,
    Decision,
    DigestLine,
    DigestSource,
    Incident,
    Report,
    Review,
    Status,
)
from screening.taxonomy import ISSUE_BY_CODE, SEVERITY_NOTE, Severity
from screening.windows import short_words

SOURCES = 3  # told with each line of the text
_FORM_PHRASE = {
    "F0": "Pernyataan sikap",
    "F1": "Perselisihan",
    "F2": "Aksi damai",
    "F3": "Aksi disruptif tanpa kekerasan",
    "F4": "Ancaman atau pengerahan massa",
    "F5": "Kekerasan terhadap benda",
    "F6": "Kekerasan terhadap orang",
    "F7": "Penindakan aparat",
    "F8": "Penyelesaian damai",
}
_STATUS_WORD = {
    Status.NEW: "baru",
    Status.DEVELOPING: "berkembang",
    Status.EASING: "mereda",
    Status.CLOSED: "selesai",
}
# Source grade by the tier that the registry names; an outlet nobody has assessed is F.
_GRADES = {
    "pemerintah": "B",
    "instansi": "B",
    "kantor berita": "B",
    "kantor_berita": "B",
    "lokal mapan": "C",
    "lokal_mapan": "C",
    "nasional mapan": "C",
    "media": "C",
    "lokal": "C",
    "nasional": "C",
    "kalteng": "C",
}
_OFFICIAL = frozenset({"pemerintah", "instansi"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperNote:
    """A paper about the incident that was not withdrawn: its advice, and when it was sent (None: a draft)."""

    kind: str  # LI, LA
    sent_at: datetime | None
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One incident of the window with what the digest says about it."""

    incident: Incident
    reports: tuple[Report, ...]
    tiers: tuple[str, ...]  # tier of the source of each report, same order
    review: Review | None
    grade: Grade | None = None  # of a person; it stands over the machine's
    follow_ups: tuple[FollowUp, ...] = ()
    papers: tuple[PaperNote, ...] = ()  # newest first


def line_of(one: Material, *, waits_at: datetime | None = None) -> DigestLine:
    """The report's line about one incident; with `waits_at` as it stands where decisions are asked for."""
    incident = one.incident
    sources = tuple(
        DigestSource(
            title=report.masked_title,
            source_name=report.source_name,
            link=report.item.link,
            published=report.item.published,
        )
        for report in sorted(one.reports, key=lambda each: (each.item.published, each.item.id))
    )
    machine = confirmation(one.reports, one.tiers, incident.voices)
    grade = grade_words(one.grade) if one.grade else machine
    phrase = _FORM_PHRASE.get(incident.form, "Peristiwa")
    issue = ISSUE_BY_CODE[incident.issue].id if incident.issue in ISSUE_BY_CODE else incident.issue
    verb = {"R": "diberitakan direncanakan", "T": "dikabarkan sebagai ancaman", "B": "dibantah"}.get(
        incident.realis, "diduga terjadi" if incident.form in ("F4", "F5", "F6") else "dilaporkan terjadi"
    )
    place = incident.place_name or "lokasi yang belum jelas"
    when = f"dikabarkan {short_words(incident.last_published)}"
    told = f"{incident.reports} laporan" if incident.reports > 1 else "satu laporan"
    voices = f"{incident.voices} media independen" if incident.voices > 1 else "satu media"
    hurt = victims(one.reports)
    weight = f"{told} dari {voices}, nilai sumber {grade}"
    corrections = _corrections(one.reports)
    act = last_act(one.follow_ups, waits_at) if waits_at else ""
    state = (
        f"status {_STATUS_WORD[incident.status]}, {_review_word(incident, waits_at is not None and not act)}"
    )
    opening = f"{phrase} ({issue}) {verb} di {place}"
    # The review comes last, so that a reader of the chat text finds it at the same place in each line.
    parts = [f"[{level_word(incident.severity)}][{incident.issue}/{incident.form}] {opening}, {when}"]
    parts += [hurt] if hurt else []
    parts += [weight, *corrections, state, *([act] if act else [])]
    return DigestLine(
        incident=incident,
        text="; ".join(parts) + ".",
        sources=sources,
        confirmation=one.grade.code if one.grade else machine,
        what=opening,
        when=when,
        hurt=hurt,
        weight="; ".join((weight, *corrections)),
        state=state,
        act=act.removeprefix("tindak lanjut: "),
        sent=_sent(one.papers),
        advice=next((short(paper.advice) for paper in one.papers if paper.advice), ""),
        change=_change(incident),
    )


def _sent(papers: Sequence[PaperNote]) -> str:
    sent = [(paper.sent_at, paper.kind) for paper in papers if paper.sent_at is not None]
    if not sent:
        return ""
    at, kind = max(sent)
    return f"{kind} dikirim {short_words(at)}"


def _change(incident: Incident) -> str:
    """`berkembang sejak Selasa 24/11 05.10 WIB: Tingkat naik dari WASPADA ke SIAGA.`"""
    told = [one for one in incident.changes if one.why] if incident.status is not Status.NEW else []
    if not told:
        return ""
    newest = told[-1]
    return f"{_STATUS_WORD[newest.status]} sejak {short_words(newest.at)}: {newest.why}"


def urgent_text(one: Material) -> str:
    """The short message about one incident, ready to paste into a chat; every source with its link."""
    line = line_of(one)
    return "\n".join(
        [
            f"PERINGATAN DINI {level_word(one.incident.severity)} (bahan pemberitaan terbuka)",
            "",
            line.text,
            f"Dasar tingkat: {one.incident.severity_why}",
            *source_lines(line),
            "",
            "Usulan mesin dari pemberitaan terbuka, belum diverifikasi di lapangan."
            if line.confirmation[1:] != "1"
            else "Pemberitaan terbuka; isinya dikonfirmasi petugas dari sumber di luar media.",
            f"{SEVERITY_NOTE}",
            "",
        ]
    )


def source_lines(line: DigestLine) -> list[str]:
    shown = [f"   - {one.source_name}: {one.title} {one.link}".rstrip() for one in line.sources[:SOURCES]]
    hidden = len(line.sources) - len(shown)
    return [*shown, f"   - dan {hidden} laporan lain"] if hidden else shown


def confirmation(reports: Sequence[object], tiers: Sequence[str], voices: int) -> str:
    """Admiralty grade: best source letter; 6 (one voice), 3 (two independent) or 2 (+ an office's own)."""
    known = [tier.strip().casefold() for tier in tiers]
    letter = min((_GRADES.get(tier, "F") for tier in known), default="F")
    if voices < 2 or not reports:
        return f"{letter}6"
    return f"{letter}2" if any(tier in _OFFICIAL for tier in known) else f"{letter}3"


def _corrections(reports: Sequence[Report]) -> list[str]:
    """`sumber dikoreksi (Kabar Satu)`: what a source takes back is told with what it said."""
    told = []
    for mark in Correction:
        names = dict.fromkeys(one.source_name for one in reports if one.item.correction is mark)
        if names:
            told.append(f"sumber {mark.value} ({', '.join(names)})")
    return told


def victims(reports: Sequence[Report]) -> str:
    """`dilaporkan meninggal 1 orang dan luka 2 sampai 3 orang`; empty when no report tells of any."""
    told = []
    for word, counts in (
        ("meninggal", [one.assessment.facts.dead for one in reports]),
        ("luka", [one.assessment.facts.injured for one in reports]),
    ):
        known = [count for count in counts if count is not None]
        # A report of "no victims" counts as zero, and the range then shows that reports differ.
        if known and max(count.high if count.high is not None else count.low for count in known) > 0:
            told.append(f"{word} {_range(known)}")
    return f"dilaporkan {' dan '.join(told)}" if told else ""


def _range(counts: Sequence[Count]) -> str:
    low = min(count.low for count in counts)
    is_open = any(count.high is None for count in counts)
    high = max(count.high if count.high is not None else count.low for count in counts)
    if is_open:
        return f"{max(low, 1)} orang atau lebih"
    return f"{low} orang" if low == high else f"{low} sampai {high} orang"


def _review_word(incident: Incident, waits: bool) -> str:
    if incident.decision is None:
        return "belum ditelaah"
    if incident.risen_why:
        return f"perlu ditelaah lagi: {incident.risen_why[0].lower()}{incident.risen_why[1:]}"
    if incident.decision is Decision.ACCEPT:
        return "diterima analis, menunggu tindak lanjut" if waits else "diterima analis"
    return "masih ragu" if incident.decision is Decision.UNSURE else "ditolak"


def level_word(severity: Severity) -> str:
    return "tanpa tingkat" if severity is Severity.NONE else severity.name
