"""What an analyst's decision means for an incident. Pure: checks a draft, and lays the newest review over
the machine's proposal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import ISSUES
from screening.errors import Conflict, Invalid, Refused
from screening.incidents import Shape
from screening.records import Area, Decision, Incident, Review, ReviewDraft, Role
from screening.taxonomy import FORM_BY_CODE, REGENCY_BY_CODE, RejectReason, Severity

UNDO_WINDOW = timedelta(minutes=15)  # for whoever decided; those above may always

_NOTE_CHARS = 2_000
PERSON = "petugas"  # in the place of the machine's rule where a person's decision makes the level
MAY_ALWAYS_UNDO = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


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


def repeats(draft: ReviewDraft, reviews: Sequence[Review], account: str) -> bool:
    """Whether the newest review that stands is this very decision of this account, on the page it saw.

    So a decision whose answer got lost on the way can be sent again without frightening anybody.
    """
    stand = [one for one in reviews if one.retracted_at is None][:2]
    if not stand or stand[0].account != account:
        return False
    newest, before = stand[0], stand[1].id if len(stand) > 1 else None
    made = (newest.decision, newest.reason, newest.severity, newest.issue, newest.form, newest.place_code)
    asked = (draft.decision, draft.reason, draft.severity, draft.issue, draft.form, draft.place_code)
    return made == asked and newest.note == draft.note.strip() and draft.seen_review_id == before


def check_undo(made: Review, incident: Incident, *, own: bool, role: Role, now: datetime) -> None:
    """Raise why a review cannot be undone: by rights first, then because it does not stand."""
    if role not in MAY_ALWAYS_UNDO:
        if not own:
            raise Refused("Hanya pengambil putusan atau supervisor yang dapat membatalkan putusan ini.")
        if now - made.at > UNDO_WINDOW:
            minutes = int(UNDO_WINDOW.total_seconds() // 60)
            raise Refused(f"Lewat {minutes} menit putusan hanya dapat dibatalkan supervisor; putuskan ulang.")
    if made.retracted_at is not None:
        raise Conflict("Putusan ini sudah dibatalkan.")
    if incident.review_id != made.id:
        raise Conflict("Insiden ini sudah diputuskan lagi sesudahnya. Muat ulang halaman.")


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


def by_person(
    one: Incident, *, level: Severity | None, form: str | None, issue: str | None
) -> tuple[str, str] | None:
    """(rule, reason) of a level that stands by the decision of a person; None: the machine's reason is true.

    `one` bears the machine's reason; `level`, `form` and `issue` are what the newest standing review set.
    """
    new_form = form is not None and form != one.machine_form
    new_issue = issue is not None and issue != one.machine_issue
    own_level = level is not None and one.severity is level and level is not one.machine_severity
    if not (new_form or new_issue or own_level):
        return None
    changed = [f"bentuk {one.form}"] if new_form else []
    changed += [f"isu {one.issue}"] if new_issue else []
    machine = (
        f"usulan mesin: {_level(one.machine_severity)}, bentuk {one.machine_form}, isu {one.machine_issue}"
    )
    if one.form == "F2" and new_form:
        return PERSON, f"Petugas menetapkan aksi damai (F2), yang dilindungi dan selalu INFORMASI; {machine}."
    if level is not None and one.severity is level:
        told = ", ".join([_level(level), *changed])
        return PERSON, f"Ditetapkan petugas: {told}; {machine}."
    return PERSON, f"Tingkat menurut usulan mesin; petugas menetapkan {' dan '.join(changed)}; {machine}."


def _level(severity: Severity) -> str:
    return "tanpa tingkat" if severity is Severity.NONE else severity.name


def _capped(severity: Severity, form: str) -> Severity:
    return min(severity, Severity.INFORMASI) if form == "F2" else severity
