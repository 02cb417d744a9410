"""What an analyst's decision means for an incident. Pure: checks a draft, and lays the newest review over
the machine's proposal.
"""

from __future__ import annotations

from dataclasses import dataclass

from models import ISSUES
from screening.errors import Conflict, Invalid, Refused
from screening.incidents import Shape
from screening.records import Area, Decision, Incident, Review, ReviewDraft
from screening.taxonomy import FORM_BY_CODE, REGENCY_BY_CODE, RejectReason, Severity

_NOTE_CHARS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An incident after its newest review; `risen`: the machine has since gone above what was seen."""

    severity: Severity
    issue: str
    form: str
    area: Area
    place_code: str | None
    place_name: str
    is_open: bool
    risen: bool


def place_title(code: str) -> str:
    """A regency's name for people."""
    name = REGENCY_BY_CODE.get(code[:5], "Kalimantan Tengah")
    return name if name.startswith(("Kota ", "Kalimantan")) else f"Kab. {name}"


def check_draft(draft: ReviewDraft, incident: Incident) -> None:
    """Raise what is wrong with a draft; in order: stale page, bad values, the rights rule."""
    if draft.seen_review_id != incident.review_id:
        who = incident.reviewed_by or "orang lain"
        raise Conflict(
            f"Insiden ini sudah ditelaah {who} sesudah halaman Anda dibuka. Muat ulang, lalu putuskan."
        )
    if draft.decision is Decision.REJECT and draft.reason is None:
        raise Invalid("Penolakan memerlukan alasan.")
    if draft.decision is not Decision.REJECT and draft.reason is not None:
        raise Invalid("Alasan hanya untuk penolakan.")
    if draft.reason is RejectReason.OTHER and not draft.note.strip():
        raise Invalid("Alasan lainnya memerlukan catatan.")
    if draft.form is not None and draft.form not in FORM_BY_CODE:
        raise Invalid("Kode bentuk tidak dikenal.")
    if draft.issue is not None and draft.issue not in ISSUES:
        raise Invalid("Kode isu tidak dikenal.")
    if (
        draft.place_code is not None
        and draft.place_code != "62"
        and draft.place_code[:5] not in REGENCY_BY_CODE
    ):
        raise Invalid("Kode wilayah tidak dikenal.")
    if draft.severity is Severity.NONE:
        raise Invalid("Untuk tingkat nol, tolak insidennya dengan alasan.")
    if len(draft.note) > _NOTE_CHARS:
        raise Invalid(f"Catatan paling panjang {_NOTE_CHARS} karakter.")
    if (draft.form or incident.form) == "F2" and (draft.severity or Severity.INFORMASI) > Severity.INFORMASI:
        raise Refused("Aksi damai (F2) dilindungi UU 9/1998 dan tidak boleh di atas INFORMASI.")


def standing(machine: Shape, review: Review | None, seen_machine: Severity | None) -> Standing:
    """Lay the newest review over the machine's shape; `seen_machine` is the level it proposed back then."""
    level = machine.verdict.severity
    if review is None:
        return Standing(
            severity=_capped(level, machine.form),
            issue=machine.issue,
            form=machine.form,
            area=machine.area,
            place_code=machine.place_code,
            place_name=machine.place_name,
            is_open=True,
            risen=False,
        )
    risen = seen_machine is not None and level > seen_machine and level > (review.severity or Severity.NONE)
    form = review.form or machine.form
    severity = level if risen or review.severity is None else review.severity
    return Standing(
        severity=_capped(severity, form),
        issue=review.issue or machine.issue,
        form=form,
        area=Area.KALTENG if review.place_code else machine.area,
        place_code=review.place_code or machine.place_code,
        place_name=place_title(review.place_code) if review.place_code else machine.place_name,
        is_open=risen or review.decision is Decision.UNSURE,
        risen=risen,
    )


def _capped(severity: Severity, form: str) -> Severity:
    return min(severity, Severity.INFORMASI) if form == "F2" else severity
