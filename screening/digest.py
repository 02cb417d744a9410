"""Laporan Harian Situasi Daerah: built from incidents, their reports and the coverage. Pure.

Rights stand in the shape: peaceful actions (F2) have a section of their own and enter no threat count; no
name of a person is written; a regency without an item read is "tidak terpantau", never "aman"; a machine
grades information 6, 3 or 2, never 1 (a person with a source outside the media may).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models import Count, mask_names
from screening.records import (
    Area,
    Correction,
    Coverage,
    Decision,
    Digest,
    DigestLine,
    DigestSource,
    Incident,
    LedgerReason,
    PlaceRow,
    Report,
    Review,
    Status,
)
from screening.taxonomy import (
    BIDANG,
    ISSUE_BY_CODE,
    PROVINCE,
    REGENCIES,
    REGENCY_BY_CODE,
    REJECT_NAMES,
    SEVERITY_NOTE,
    TAXONOMY_VERSION,
    Severity,
)
from screening.windows import in_words, short_words

DECIDE_LIMIT = 5
SOURCES = 3  # told with each line of the text
LIKELY = 0.35  # what no person has seen and the model doubts more than this waits in the queue, counted
_ORDER = (Severity.DARURAT, Severity.SIAGA, Severity.WASPADA, Severity.INFORMASI)
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
_LEDGER_WORD = {
    LedgerReason.SAME: "sudah ada",
    LedgerReason.OVER_LIMIT: "melebihi batas dokumen",
    LedgerReason.DUPLICATE_KEY: "entri berulang",
    LedgerReason.EMPTY: "kosong",
    LedgerReason.BELOW_THRESHOLD: "di bawah ambang",
    LedgerReason.OUTSIDE: "luar wilayah",
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
class Material:
    """One incident of the window with what the digest says about it."""

    incident: Incident
    reports: tuple[Report, ...]
    tiers: tuple[str, ...]  # tier of the source of each report, same order
    review: Review | None


def build_digest(
    materials: Sequence[Material],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    coverage: Coverage,
    read_by_regency: dict[str, int],
    usual: Sequence[tuple[Severity, float]],
    model: str,
    office: str = "",
) -> Digest:
    """The digest of [start, end). `usual` is the mean a day of the 7 days before, empty when unknown.

    With a regency's code as `office` it has that regency's incidents only, and one line on the province.
    """
    if office and office != PROVINCE:
        return _of_office(
            office,
            materials,
            build_digest(
                materials,
                start=start,
                end=end,
                now=now,
                coverage=coverage,
                read_by_regency=read_by_regency,
                usual=(),
                model=model,
            ),
            read_by_regency,
        )
    rejected = [one for one in materials if _rejected(one.incident)]
    waiting = [one for one in materials if _doubtful(one.incident)]
    live = [
        one
        for one in materials
        if not _rejected(one.incident)
        and one.incident.severity is not Severity.NONE
        and not _doubtful(one.incident)
    ]
    unlevelled = [
        one
        for one in materials
        if one.incident.severity is Severity.NONE
        and one.incident.decision in (Decision.ACCEPT, Decision.UNSURE)
    ]
    outside = [one for one in live if one.incident.area is Area.OUTSIDE]
    ours = [one for one in live if one.incident.area is not Area.OUTSIDE]
    peaceful = [one for one in ours if one.incident.form == "F2"]
    threats = sorted((one for one in ours if one.incident.form != "F2"), key=_by_level)
    counts = tuple((level, sum(one.incident.severity == level for one in threats)) for level in _ORDER)
    decide = [
        one
        for one in threats
        if one.incident.severity >= Severity.WASPADA
        and one.incident.status not in (Status.EASING, Status.CLOSED)
    ][:DECIDE_LIMIT]
    chosen = {one.incident.id for one in decide}
    changed = [
        one for one in threats if one.incident.id not in chosen and one.incident.status is not Status.NEW
    ]
    chosen |= {one.incident.id for one in changed}
    other = [one for one in threats if one.incident.id not in chosen]
    rows = _rows(threats, read_by_regency)
    return Digest(
        start=start,
        end=end,
        generated_at=now,
        taxonomy_version=TAXONOMY_VERSION,
        model=model,
        summary=_summary(threats, peaceful, outside, rows, coverage, (len(waiting), len(unlevelled))),
        counts=counts,
        usual=tuple(usual),
        decide=tuple(_line(one, waits=True) for one in decide),
        changed=tuple(_line(one) for one in changed),
        other=tuple(_line(one) for one in other),
        aspirations=tuple(_line(one) for one in sorted(peaceful, key=_by_level)),
        outside=tuple(_line(one) for one in sorted(outside, key=_by_level)),
        rows=rows,
        rejected=tuple((_line(one), _reject_reason(one.review)) for one in sorted(rejected, key=_by_level)),
        unreviewed=sum(one.incident.decision is None for one in materials),
        coverage=coverage,
    )


def _of_office(
    office: str, materials: Sequence[Material], province: Digest, read_by_regency: dict[str, int]
) -> Digest:
    here = [one for one in materials if (one.incident.place_code or "")[:5] == office]
    own = build_digest(
        here,
        start=province.start,
        end=province.end,
        now=province.generated_at,
        coverage=province.coverage,
        read_by_regency=read_by_regency,
        usual=(),
        model=province.model,
    )
    row = next(row for row in own.rows if row.code == office)
    first = own.summary[0].replace("di Kalimantan Tengah", f"di {row.name}", 1)
    if not row.items and not any(count for _level, count in own.counts):
        first = (
            f"Tidak terpantau: tidak ada berita tentang {row.name} yang terbaca, "
            "jadi keadaannya tidak dapat dinilai."
        )
    read = f"Berita tentang {row.name} yang terbaca: {row.items}."
    blind = sum(not one.items for one in province.rows)
    levels = ", ".join(f"{level.name} {count}" for level, count in province.counts)
    whole = (
        f"Seprovinsi: {levels}; aspirasi damai {len(province.aspirations)}; "
        f"daerah yang tidak terpantau {blind} dari {len(province.rows)}."
    )
    return replace(own, office=office, summary=(first, own.summary[1], read, whole), rows=(row,))


def urgent_text(one: Material) -> str:
    """The short message about one incident, ready to paste into a chat; every source with its link."""
    line = _line(one)
    return "\n".join(
        [
            f"PERINGATAN DINI {_level_word(one.incident.severity)} (bahan pemberitaan terbuka)",
            "",
            line.text,
            f"Dasar tingkat: {one.incident.severity_why}",
            *_source_lines(line),
            "",
            "Usulan mesin dari pemberitaan terbuka, belum diverifikasi di lapangan.",
            f"{SEVERITY_NOTE}",
            "",
        ]
    )


def _source_lines(line: DigestLine) -> list[str]:
    shown = [f"   - {one.source_name}: {one.title} {one.link}".rstrip() for one in line.sources[:SOURCES]]
    hidden = len(line.sources) - len(shown)
    return [*shown, f"   - dan {hidden} laporan lain"] if hidden else shown


def confirmation(reports: Sequence[Report], tiers: Sequence[str], voices: int) -> str:
    """Admiralty grade: best source letter; 6 (one voice), 3 (two independent) or 2 (+ an office's own)."""
    known = [tier.strip().casefold() for tier in tiers]
    letter = min((_GRADES.get(tier, "F") for tier in known), default="F")
    if voices < 2 or not reports:
        return f"{letter}6"
    return f"{letter}2" if any(tier in _OFFICIAL for tier in known) else f"{letter}3"


def digest_text(digest: Digest) -> str:
    """The digest as plain Indonesian text, ready to paste into a chat."""
    lines = [
        "LAPORAN HARIAN SITUASI DAERAH (bahan pemberitaan terbuka)",
        f"Periode: {in_words(digest.start)} s.d. {in_words(digest.end)}",
        *([f"Wilayah: {REGENCY_BY_CODE[digest.office]}"] if digest.office else ()),
        "Klasifikasi: BIASA. Bahan keterangan awal, belum diverifikasi di lapangan.",
        "",
        *digest.summary,
        "",
        " · ".join(f"{level.name} {count}{_delta(digest, level, count)}" for level, count in digest.counts),
        SEVERITY_NOTE,
    ]
    sections = (
        ("PERLU KEPUTUSAN HARI INI", digest.decide),
        ("BERKEMBANG, MEREDA, ATAU SELESAI", digest.changed),
        ("ISU LAIN", digest.other),
        ("PENYAMPAIAN ASPIRASI DAMAI (dilindungi UU 9/1998, bukan ancaman)", digest.aspirations),
        ("LUAR WILAYAH KALIMANTAN TENGAH", digest.outside),
    )
    for heading, part in sections:
        if part:
            lines += ["", heading]
            for number, line in enumerate(part, 1):
                lines.append(f"{number}. {line.text}")
                lines += _source_lines(line)
    lines += ["", "PER DAERAH (insiden; I P E S H)"]
    for row in digest.rows:
        told = " ".join(str(count) for count in row.counts) if row.items else "tidak terpantau"
        lines.append(f"- {row.name}: {told}" + (f" ({row.items} berita dibaca)" if row.items else ""))
    if digest.rejected:
        lines += ["", "DITOLAK ANALIS"]
        for line, reason in digest.rejected:
            lines += [f"- {line.incident.title}: {reason}", *_source_lines(line)]
    lines += ["", *_coverage_lines(digest)]
    return "\n".join(lines) + "\n"


def _rejected(incident: Incident) -> bool:
    # What has gone above the level that was rejected waits for a decision again.
    return incident.decision is Decision.REJECT and not incident.risen_why


def _doubtful(incident: Incident) -> bool:
    if incident.decision is not None:
        return False
    return incident.relevance < LIKELY or incident.severity is Severity.NONE


def _line(one: Material, *, waits: bool = False) -> DigestLine:
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
    grade = confirmation(one.reports, one.tiers, incident.voices)
    return DigestLine(
        incident=incident, text=_sentence(one, grade, waits), sources=sources, confirmation=grade
    )


def _sentence(one: Material, grade: str, waits: bool) -> str:
    incident = one.incident
    phrase = _FORM_PHRASE.get(incident.form, "Peristiwa")
    issue = ISSUE_BY_CODE[incident.issue].id if incident.issue in ISSUE_BY_CODE else incident.issue
    verb = {"R": "diberitakan direncanakan", "T": "dikabarkan sebagai ancaman", "B": "dibantah"}.get(
        incident.realis, "diduga terjadi" if incident.form in ("F4", "F5", "F6") else "dilaporkan terjadi"
    )
    place = incident.place_name or "lokasi yang belum jelas"
    told = f"{incident.reports} laporan" if incident.reports > 1 else "satu laporan"
    voices = f"{incident.voices} media independen" if incident.voices > 1 else "satu media"
    parts = [
        f"[{_level_word(incident.severity)}][{incident.issue}/{incident.form}] {phrase} ({issue}) {verb} "
        f"di {place}, dikabarkan {short_words(incident.last_published)}"
    ]
    victims = _victims(one.reports)
    if victims:
        parts.append(victims)
    parts.append(f"{told} dari {voices}, nilai sumber {grade}")
    parts += _corrections(one.reports)
    parts.append(f"status {_STATUS_WORD[incident.status]}, {_review_word(incident, waits)}")
    return "; ".join(parts) + "."


def _corrections(reports: Sequence[Report]) -> list[str]:
    """`sumber dikoreksi (Kabar Satu)`: what a source takes back is told with what it said."""
    told = []
    for mark in Correction:
        names = dict.fromkeys(one.source_name for one in reports if one.item.correction is mark)
        if names:
            told.append(f"sumber {mark.value} ({', '.join(names)})")
    return told


def _victims(reports: Sequence[Report]) -> str:
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


def _level_word(severity: Severity) -> str:
    return "tanpa tingkat" if severity is Severity.NONE else severity.name


def _by_level(one: Material) -> tuple[int, float, int]:
    return (-int(one.incident.severity), -one.incident.urgency, one.incident.id)


def _rows(threats: Sequence[Material], read: dict[str, int]) -> tuple[PlaceRow, ...]:
    rows = []
    for code, name in REGENCIES:
        here = [one.incident for one in threats if (one.incident.place_code or "")[:5] == code]
        rows.append(
            PlaceRow(
                code=code,
                name=name,
                counts=tuple(sum(one.issue.startswith(term.code) for one in here) for term in BIDANG),
                worst=max((one.severity for one in here), default=Severity.NONE),
                items=read.get(code, 0),
            )
        )
    return tuple(rows)


def _summary(  # noqa: PLR0917 - the parts of one digest
    threats: Sequence[Material],
    peaceful: Sequence[Material],
    outside: Sequence[Material],
    rows: Sequence[PlaceRow],
    coverage: Coverage,
    counted: tuple[int, int],
) -> tuple[str, ...]:
    if threats:
        top = threats[0].incident
        issue = ISSUE_BY_CODE[top.issue].id if top.issue in ISSUE_BY_CODE else top.issue
        place = top.place_name or "lokasi yang belum jelas"
        first = (
            f"Dilaporkan {len(threats)} isu yang perlu diperhatikan di Kalimantan Tengah; "
            f"yang tertinggi {_level_word(top.severity)}: {issue} di {place}."
        )
    elif coverage.reached:
        first = "Nihil: tidak ada isu yang dilaporkan oleh sumber yang terpantau pada periode ini."
    else:
        first = "Tidak terpantau: tidak ada sumber yang terbaca, jadi keadaan tidak dapat dinilai."
    second = f"Penyampaian aspirasi damai: {len(peaceful)}; isu di luar wilayah: {len(outside)}"
    waiting, unlevelled = counted
    second += f"; temuan meragukan yang menunggu telaah di antrean: {waiting}" if waiting else ""
    second += f"; temuan tanpa tingkat yang sudah ditelaah: {unlevelled}" if unlevelled else ""
    second += "."
    blind = [row.name for row in rows if not row.items]
    if not blind:
        third = "Keempat belas daerah terpantau."
    elif len(blind) == len(rows):
        third = "Tidak ada daerah yang terpantau."
    else:
        third = f"Tidak terpantau ({len(blind)} daerah): {', '.join(blind)}."
    return first, second, third


def _reject_reason(review: Review | None) -> str:
    if review is None or review.reason is None:
        return "tanpa alasan"
    name = REJECT_NAMES[review.reason].id
    return f"{name}: {mask_names(review.note)}" if review.note else name


def _delta(digest: Digest, level: Severity, count: int) -> str:
    usual = dict(digest.usual)
    if level not in usual:
        return ""
    mean = f"{usual[level]:.1f}".replace(".", ",")
    return f" (rata-rata 7 hari {mean})"


def _coverage_lines(digest: Digest) -> list[str]:
    cover = digest.coverage
    last = in_words(cover.last_fetch_at) if cover.last_fetch_at else "belum pernah"
    lines = [
        "CAKUPAN",
        f"Sumber terbaca {cover.reached} dari {cover.sources}; berita baru {cover.items_new}; "
        f"pengambilan terakhir {last}.",
    ]
    if cover.failing:
        lines.append(
            f"Sumber gagal: {', '.join(cover.failing[:10])}" + (" ..." if len(cover.failing) > 10 else ".")
        )
    aside = [f"{_LEDGER_WORD[why]} {count}" for why, count in cover.set_aside if count]
    if aside:
        lines.append(f"Disisihkan: {', '.join(aside)}.")
    lines.append(
        f"Belum ditelaah: {digest.unreviewed}. Taksonomi {digest.taxonomy_version}. Model {digest.model}."
    )
    return lines
