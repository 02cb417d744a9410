"""The course of an incident: baru, berkembang, mereda, selesai, as its reports tell it in order. Pure.

Read from the reports themselves, so it is the same whatever the order in which they arrived, and it is read
anew when incidents are merged or split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from screening.followup import Turn, flares, turn_of
from screening.linking import Known, likeness
from screening.records import SeverityVerdict, Status, StatusChange
from screening.severity import form_of
from screening.taxonomy import Severity

QUIET = timedelta(hours=72)  # an eased incident without a new report for so long is closed, a level lower
_LATE = timedelta(hours=12)  # a report this long after the first shows that the story goes on
_TOLD_AGAIN = 0.6  # likeness from which a deed reported after the calm is the old one told late
_RISING = ("F1", "F3", "F4", "F5", "F6", "F7")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where the story stands after the reports read so far."""

    status: Status = Status.NEW
    top: Severity = Severity.NONE  # the highest level told
    eased_by: Known | None = None  # the settlement, calm or denial that nothing has undone since

    def standing(self, verdicts: Mapping[int, SeverityVerdict], verdict: SeverityVerdict) -> SeverityVerdict:
        """The verdict of the gravest report as the course leaves it: a settled dispute is INFORMASI, a
        DARURAT whose control is reported is SIAGA.
        """
        if self.status is Status.CLOSED and self.eased_by is not None:
            settled = verdicts.get(self.eased_by.item_id)
            if settled is None or settled.severity is Severity.NONE < verdict.severity:
                # A peace told as a ceremony has no level of its own; the dispute it ends is not unsaid by it.
                why = "Penyelesaian damai dilaporkan."
                settled = SeverityVerdict(severity=Severity.INFORMASI, rule="I2", why=why)
            return settled
        if self.status is Status.EASING and verdict.severity is Severity.DARURAT:
            return lower(verdict, "K", "Kendali dilaporkan.")
        return verdict


def course_of(
    ordered: Sequence[Known], same_texts: Mapping[int, int], verdicts: Mapping[int, SeverityVerdict]
) -> tuple[list[StatusChange], Course]:
    """Every change of status or level, oldest first, and where it ends; `ordered` is by publication.

    A reprint changes nothing unless it is graver. Levels are those that the reports have by today's knowledge
    of voices and places.
    """
    steps: list[StatusChange] = []
    course = Course()
    read: set[int] = set()
    told: list[Known] = []
    for one in ordered:
        text = first_with_text(one.item_id, same_texts)
        turn = turn_of(one.title, one.text, one.assessment)
        own = verdicts.get(one.item_id)
        level = own.severity if own else Severity.NONE
        # Small edits make a reprint, but a few words ("two have died") can make it graver.
        if (text in read and level <= course.top) or (turn is Turn.NOTHING and told):
            continue
        read.add(text)
        course, why = _after(course, turn, one, told, level)
        told.append(one)
        top = SeverityVerdict(severity=course.top, rule="", why="")
        stands = course.standing(verdicts, top).severity
        if not steps or course.status is not steps[-1].status or stands > steps[-1].severity:
            moment, status = moment_of(one), course.status
            steps.append(
                StatusChange(at=moment, status=status, severity=stands, why=why, item_id=one.item_id)
            )
    return steps, course


def closed_by_silence(last: datetime, severity: Severity) -> StatusChange:
    """The change that 72 hours without a report after `last` make of an eased incident."""
    why = "Tidak ada laporan baru selama 72 jam sesudah mereda."
    return StatusChange(at=last + QUIET, status=Status.CLOSED, severity=severity, why=why, item_id=None)


def lower(verdict: SeverityVerdict, mark: str, why: str) -> SeverityVerdict:
    """One level down, never under INFORMASI."""
    down = max(Severity.INFORMASI, Severity(verdict.severity - 1)) if verdict.severity else Severity.NONE
    told = (
        f"{verdict.why} Turun satu tingkat: {why[0].lower()}{why[1:]}"
        if down < verdict.severity
        else verdict.why
    )
    return SeverityVerdict(severity=down, rule=f"{verdict.rule}-{mark}", why=told)


def first_with_text(item_id: int, same_texts: Mapping[int, int]) -> int:
    """The first item with the text of this one."""
    while same_texts.get(item_id, item_id) < item_id:
        item_id = same_texts[item_id]
    return item_id


def moment_of(one: Known) -> datetime:
    if one.published is None:
        raise ValueError("an incident is shaped from dated reports only")
    return one.published


def _after(
    course: Course, turn: Turn, one: Known, told: Sequence[Known], level: Severity
) -> tuple[Course, str]:
    """The course after one more report, and why in words (empty when nothing changed)."""
    before, course = course, replace(course, top=max(course.top, level))
    rose = before.top < course.top
    start = f"naik dari {before.top.name} ke" if before.top else "kini"
    why = f"Tingkat {start} {course.top.name}." if rose else ""
    if turn is Turn.SETTLED:
        return _settled(course, one)
    if not told:
        return course, "Laporan pertama."
    if turn is Turn.CALM and course.status is not Status.CLOSED:
        return replace(course, status=Status.EASING, eased_by=one), "Keadaan dilaporkan terkendali."
    if turn is Turn.DENIED and course.eased_by is None:
        return _denied(course, one)
    if course.eased_by is None:
        return _went_on(course, turn, one, told, why)
    again = turn is Turn.DEED and (rose or flares(one.title) or not any(_retold(one, each) for each in told))
    if again:
        why = f"Kejadian baru dilaporkan sesudah mereda. {why}".strip()
        course = replace(course, status=Status.DEVELOPING, eased_by=None)
    return course, why


def _settled(course: Course, one: Known) -> tuple[Course, str]:
    if course.top > Severity.WASPADA:
        why = "Penyelesaian dilaporkan, kendali perlu dipastikan."
        return replace(course, status=Status.EASING, eased_by=one), why
    return replace(course, status=Status.CLOSED, eased_by=one), "Penyelesaian damai dilaporkan."


def _denied(course: Course, one: Known) -> tuple[Course, str]:
    if course.top > Severity.WASPADA:
        # Against reports of force a denial is one more voice, not an end.
        why = "Ada bantahan; laporan saling berbeda."
        return replace(course, status=Status.DEVELOPING), why
    return replace(course, status=Status.EASING, eased_by=one), "Bantahan dilaporkan."


def _went_on(course: Course, turn: Turn, one: Known, told: Sequence[Known], rose: str) -> tuple[Course, str]:
    forms = [_gravity(each) for each in (*told, one)]
    if rose or forms[-1] > max(forms[:-1]):
        why = rose or "Bentuk kejadian menjadi lebih berat."
    elif moment_of(one) - moment_of(told[0]) >= _LATE:
        why = "Tindak lanjut dilaporkan." if turn is Turn.WORDS else "Laporan baru sesudah 12 jam atau lebih."
    else:
        return course, ""
    return replace(course, status=Status.DEVELOPING), why


def _gravity(one: Known) -> int:
    form = form_of(one.assessment)
    return _RISING.index(form) if form in _RISING else 0


def _retold(one: Known, earlier: Known) -> bool:
    return likeness(one.words, earlier.words) >= _TOLD_AGAIN
