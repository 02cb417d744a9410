"""What the reports of one event make of it: level, status, place, voices. Pure and deterministic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models import Place, PlaceKind, mask_names
from screening.course import QUIET, closed_by_silence, course_of, first_with_text, lower, moment_of
from screening.linking import Known
from screening.records import Area, SeverityVerdict, Status, StatusChange
from screening.severity import form_of, verdict_of
from screening.taxonomy import Severity

LOCUS_MARK = "+L"  # ends the rule of a level that the history of the place raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the reports together make of an incident, by machine."""

    title: str
    issue: str
    form: str
    realis: str
    verdict: SeverityVerdict
    area: Area
    place_code: str | None
    place_name: str
    status: Status
    relevance: float
    reports: int
    voices: int
    first_published: datetime
    last_published: datetime
    lead_item_id: int
    changes: tuple[StatusChange, ...] = ()


def shape(
    reports: Sequence[Known],
    same_texts: dict[int, int],
    *,
    before: Severity = Severity.NONE,
    now: datetime | None = None,
) -> Shape:
    """Fold the reports of one incident. `same_texts` maps an item to the first item with its text.

    The highest report decides the level. A settlement after it closes what is at most WASPADA (INFORMASI);
    what is above eases: DARURAT is SIAGA as soon as control is reported, and 72 hours without a new report
    after a settlement, a calm or a denial close it one level lower, if `now` is told. `before` is the highest
    level at the same place in the 90 days before: SIAGA there raises what is below SIAGA by one.
    """
    ordered = sorted(reports, key=lambda each: (moment_of(each), each.item_id))
    flagged = [one for one in ordered if one.assessment.flagged]
    base = flagged or ordered
    voices = count_voices(base, same_texts)
    place = _place(base)
    area = area_of(place)
    places = {
        one.assessment.place.code[:8]
        for one in base
        if one.assessment.place.code
        and len(one.assessment.place.code) >= 8
        and form_of(one.assessment) in ("F5", "F6")
        and one.assessment.realis.code in ("A", None)
    }
    verdicts = {
        one.item_id: _verdict(
            one, voices=voices, subdistricts=len(places) if len(places) > 1 else 1, area=area
        )
        for one in base
    }
    lead = max(
        base,
        key=lambda one: (
            verdicts[one.item_id].severity,
            one.assessment.relevance,
            -_stamp(one),
            -one.item_id,
        ),
    )
    steps, course = course_of(ordered, same_texts, verdicts)
    verdict, status = course.standing(verdicts, verdicts[lead.item_id]), course.status
    if status is Status.EASING and now is not None and now - moment_of(ordered[-1]) >= QUIET:
        verdict = lower(verdict, "72", "Mereda, dan tidak ada laporan baru selama 72 jam.")
        steps.append(closed_by_silence(moment_of(ordered[-1]), verdict.severity))
        status = Status.CLOSED
    verdict = _with_history(verdict, form_of(lead.assessment), lead.assessment.realis.code, before)
    if not flagged:
        verdict = SeverityVerdict(
            severity=Severity.NONE, rule="N1", why="Sumber mengubah berita; laporannya tidak lagi ditandai."
        )
    moments = [moment_of(one) for one in ordered]
    label = lead.assessment
    return Shape(
        title=mask_names(lead.title).strip()[:300] or "(tanpa judul)",
        issue=label.issue.code or _majority([one.assessment.issue.code for one in base]) or "N",
        form=form_of(label) or _form_by_rule(verdict) or "F1",
        realis=label.realis.code or "A",
        verdict=verdict,
        area=area,
        place_code=place.code,
        place_name=place.name,
        status=status,
        relevance=max(one.assessment.relevance for one in base),
        reports=len(ordered),
        voices=voices,
        first_published=min(moments),
        last_published=max(moments),
        lead_item_id=lead.item_id,
        changes=tuple(steps),
    )


def area_of(place: Place) -> Area:
    """Kalimantan Tengah, elsewhere, or not told by the text."""
    if place.kind is PlaceKind.OUTSIDE:
        return Area.OUTSIDE
    if place.kind in (PlaceKind.REGENCY, PlaceKind.PROVINCE):
        return Area.KALTENG if (place.code or place.regency or "62").startswith("62") else Area.OUTSIDE
    return Area.UNKNOWN


def count_voices(reports: Sequence[Known], same_texts: dict[int, int]) -> int:
    """Independent voices: as many owners as can each be given a text that nobody else is given.

    So reprints of one release are one voice however many carry it, and two outlets that carry it beside
    stories of their own are two.
    """
    told: dict[str, list[int]] = {}
    for one in sorted(reports, key=lambda each: each.item_id):
        owner = one.owner.casefold().strip() or f"#{one.item_id}"
        told.setdefault(owner, []).append(first_with_text(one.item_id, same_texts))
    given: dict[int, str] = {}

    def place(owner: str, tried: set[int]) -> bool:
        for text in told[owner]:
            if text in tried:
                continue
            tried.add(text)
            if text not in given or place(given[text], tried):
                given[text] = owner
                return True
        return False

    return sum(place(owner, set()) for owner in told)


def _verdict(one: Known, *, voices: int, subdistricts: int, area: Area) -> SeverityVerdict:
    return verdict_of(one.assessment, reports=voices, subdistricts=subdistricts, area=area)


def _with_history(
    verdict: SeverityVerdict, form: str | None, realis: str | None, before: Severity
) -> SeverityVerdict:
    """A place that was at SIAGA lately is watched one level higher; DARURAT needs facts of its own."""
    level = verdict.severity
    if before < Severity.SIAGA or not Severity.NONE < level < Severity.SIAGA or form in ("F0", "F2", "F8"):
        return verdict
    if level >= Severity.WASPADA and realis not in ("A", None):
        return verdict
    raised = Severity(level + 1)
    why = f"{verdict.why} Naik satu tingkat: dalam 90 hari terakhir lokasi ini pernah {before.name}."
    return SeverityVerdict(severity=raised, rule=f"{verdict.rule}{LOCUS_MARK}", why=why)


def _place(reports: Sequence[Known]) -> Place:
    """The place most reports name; the most exact code of it."""
    told = [one.assessment.place for one in reports if one.assessment.place.kind is not PlaceKind.UNKNOWN]
    if not told:
        return reports[0].assessment.place
    votes = Counter((place.kind, place.regency or place.code or place.name) for place in told)
    top = max(votes.values())
    order = (PlaceKind.REGENCY, PlaceKind.PROVINCE, PlaceKind.OUTSIDE)
    winner = min(
        (key for key, count in votes.items() if count == top),
        key=lambda key: (order.index(key[0]), str(key[1])),
    )
    same = [place for place in told if (place.kind, place.regency or place.code or place.name) == winner]
    return max(same, key=lambda place: (len(place.code or ""), place.code or "", place.name))


def _form_by_rule(verdict: SeverityVerdict) -> str | None:
    if verdict.severity >= Severity.SIAGA:
        return "F6" if verdict.rule.startswith(("D1", "D4", "S3", "S7")) else "F5"
    return {"W2": "F4", "W3": "F3"}.get(verdict.rule)


def _majority(codes: Sequence[str | None]) -> str | None:
    votes = Counter(code for code in codes if code)
    return min(votes, key=lambda code: (-votes[code], code)) if votes else None


def _stamp(one: Known) -> float:
    return moment_of(one).timestamp()
