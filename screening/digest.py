"""Laporan Harian Situasi Daerah: built from incidents, their reports and the coverage. Pure.

Rights stand in the shape: peaceful actions (F2) have a section of their own and enter no threat count; no
name of a person is written; a regency without an item read is "tidak terpantau", never "aman"; a machine
grades information 6, 3 or 2, never 1 (a person with a source outside the media may).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from models import mask_names
from screening.digest_lines import Material, level_word, line_of
from screening.records import (
    AgendaEntry,
    Area,
    Coverage,
    Decision,
    Digest,
    Incident,
    PlaceRow,
    Review,
    Status,
)
from screening.taxonomy import (
    BIDANG,
    ISSUE_BY_CODE,
    PROVINCE,
    REGENCIES,
    REJECT_NAMES,
    TAXONOMY_VERSION,
    Severity,
)

DECIDE_LIMIT = 5
AGENDA_LIMIT = 12
LIKELY = 0.35  # what no person has seen and the model doubts more than this waits in the queue, counted
_ORDER = (Severity.DARURAT, Severity.SIAGA, Severity.WASPADA, Severity.INFORMASI)


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
    agenda: Sequence[AgendaEntry] = (),
    service: str = "",
) -> Digest:
    """The digest of [start, end). `usual` is the mean a day of the 7 days before, empty when unknown.

    With a regency's code as `office` it has that regency's incidents only, and one line on the province;
    `usual` and `service` are then the office's own. `agenda` is sorted.
    """
    if office and office != PROVINCE:
        whole = build_digest(
            materials,
            start=start,
            end=end,
            now=now,
            coverage=coverage,
            read_by_regency=read_by_regency,
            usual=usual,
            model=model,
            service=service,
        )
        here = [one for one in agenda if (one.place_code or "")[:5] == office]
        return _of_office(office, materials, whole, read_by_regency, here)
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
    pressing = [
        one
        for one in threats
        if one.incident.severity >= Severity.WASPADA
        and one.incident.status not in (Status.EASING, Status.CLOSED)
    ]
    decide = pressing[:DECIDE_LIMIT]
    chosen = {one.incident.id for one in decide}
    rumours = [one for one in threats if one.incident.id not in chosen and _is_rumour(one.incident)]
    chosen |= {one.incident.id for one in rumours}
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
        decide=tuple(line_of(one, waits_at=now) for one in decide),
        changed=tuple(line_of(one) for one in changed),
        other=tuple(line_of(one) for one in other),
        aspirations=tuple(line_of(one) for one in sorted(peaceful, key=_by_level)),
        outside=tuple(line_of(one) for one in sorted(outside, key=_by_level)),
        rows=rows,
        rejected=tuple((line_of(one), _reject_reason(one.review)) for one in sorted(rejected, key=_by_level)),
        unreviewed=sum(one.incident.decision is None for one in materials),
        coverage=coverage,
        decide_more=len(pressing) - len(decide),
        rumours=tuple(line_of(one) for one in rumours),
        agenda=tuple(agenda[:AGENDA_LIMIT]),
        agenda_more=max(0, len(agenda) - AGENDA_LIMIT),
        service=service,
    )


def _of_office(
    office: str,
    materials: Sequence[Material],
    province: Digest,
    read_by_regency: dict[str, int],
    agenda: Sequence[AgendaEntry],
) -> Digest:
    here = [one for one in materials if (one.incident.place_code or "")[:5] == office]
    own = build_digest(
        here,
        start=province.start,
        end=province.end,
        now=province.generated_at,
        coverage=province.coverage,
        read_by_regency=read_by_regency,
        usual=province.usual,
        model=province.model,
        agenda=agenda,
        service=province.service,
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


def _rejected(incident: Incident) -> bool:
    # What has gone above the level that was rejected waits for a decision again.
    return incident.decision is Decision.REJECT and not incident.risen_why


def _is_rumour(incident: Incident) -> bool:
    return incident.issue == "S7" or incident.realis == "B"


def _doubtful(incident: Incident) -> bool:
    if incident.decision is not None:
        return False
    return incident.relevance < LIKELY or incident.severity is Severity.NONE


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
            f"yang tertinggi {level_word(top.severity)}: {issue} di {place}."
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
