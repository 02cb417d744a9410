"""What was not flagged: the weekly sample and its answers, and incidents learnt of from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models import mask_names
from screening.errors import Conflict, Invalid, NotFound
from screening.intake import Intake
from screening.journal import Journal
from screening.labels import Labels
from screening.records import Account
from screening.sampling import (
    Elsewhere,
    ElsewhereDraft,
    Found,
    SampleItem,
    Verdict,
    WeekFigure,
    check_elsewhere,
    draw,
    turn,
    week_bounds,
    weeks_over,
)
from screening.store import Store
from screening.windows import WIB

_FOUND = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    """The next item for one account (None: nothing is left), what weeks tell, and what stands beside it."""

    item: SampleItem | None
    left: int
    last: int | None  # the account's own last answer, which it may change
    weeks: tuple[WeekFigure, ...]
    found: tuple[Found, ...]
    elsewhere: tuple[Elsewhere, ...]


class SampleDesk:
    def __init__(self, store: Store, intake: Intake, journal: Journal) -> None:
        self._store = store
        self._intake = intake
        self._journal = journal

    def draw_due(self, now: datetime) -> int:
        """Samples of the last four weeks that are over and have none; how many weeks. Safe to repeat."""
        weeks = weeks_over(now)
        with self._store.reading() as books:
            due = [week for week in weeks if week not in books.samples.drawn(weeks)]
            # A week without items has no sample, and costs one look at an index.
            due = [week for week in due if books.items.seen_between(*week_bounds(week))]
        drawn = 0
        for week in due:
            with self._store.writing() as books:
                if week in books.samples.drawn([week]):
                    continue
                population = list(books.samples.not_flagged(*week_bounds(week)))
                chosen = draw(week, population)
                if not chosen:
                    continue
                books.samples.keep(week, len(population), chosen, now)
                books.audit.record(now, None, "sampel.tarik", f"pekan:{week}", f"{len(chosen)} butir")
            drawn += 1
            self._journal.event("sample_drawn", week=week, items=len(chosen), of=len(population))
        return drawn

    def left(self) -> int:
        """How many sample items nobody has answered."""
        with self._store.reading() as books:
            return books.samples.left()

    def view(self, account: Account, start: datetime, end: datetime) -> SampleView:
        """The next item for this account, and the weeks and notes of [start, end)."""
        with self._store.reading() as books:
            rows, _week = books.samples.unanswered()
            following = turn(rows, account.id)
            return SampleView(
                item=None if following is None else books.samples.one(following),
                left=books.samples.left(),
                last=books.samples.last_of(account.id),
                weeks=tuple(books.samples.weeks(start, end)),
                found=_masked(books.samples.found(_FOUND)),
                elsewhere=tuple(books.samples.elsewhere(start, end)),
            )

    def one(self, sample_id: int, account: Account) -> SampleItem:
        """An item not answered yet, or answered by this account. `NotFound` when there is none such."""
        with self._store.reading() as books:
            if books.samples.answered_by(sample_id) not in (None, account.id):
                raise NotFound("Butir sampel itu sudah dijawab orang lain.")
            return books.samples.one(sample_id)

    def answer(self, sample_id: int, verdict: Verdict, account: Account, now: datetime) -> SampleItem:
        """The first answer counts; its author may change it. `Conflict` on somebody else's."""
        with self._store.writing() as books:
            if books.samples.answered_by(sample_id) not in (None, account.id):
                raise Conflict("Butir ini baru saja dijawab orang lain. Lanjut ke butir berikutnya.")
            before = books.samples.one(sample_id)
            if before.incident_id is not None and verdict is not Verdict.YES:
                raise Conflict(
                    "Butir ini sudah menjadi laporan sebuah insiden; putuskan di halaman insidennya."
                )
            books.samples.answer(sample_id, verdict, account.id, now)
            books.audit.record(now, account.id, "sampel.jawab", f"sampel:{sample_id}", verdict.value)
            return books.samples.one(sample_id)

    def promote(self, sample_id: int, account: Account, now: datetime) -> int:
        """A missed item goes the ordinary way into an incident; its number. `Invalid` if not relevant."""
        with self._store.writing() as books:
            one = books.samples.one(sample_id)
            if one.verdict is not Verdict.YES:
                raise Invalid("Hanya butir yang dijawab relevan yang dapat dijadikan insiden.")
            if one.incident_id is not None:
                return one.incident_id
            books.samples.promote(sample_id)
            incident_id = self._intake.call_up(books, one.item.id, now)
            books.audit.record(
                now, account.id, "sampel.insiden", f"insiden:{incident_id}", f"sampel:{sample_id}"
            )
        self._journal.event("sample_promoted", sample=sample_id, incident=incident_id)
        return incident_id

    def weeks(self, start: datetime, end: datetime) -> tuple[WeekFigure, ...]:
        """Samples of the weeks that begin in [start, end), newest first."""
        with self._store.reading() as books:
            return tuple(books.samples.weeks(start, end))

    def labels(self, now: datetime) -> Labels:
        """What people decided as labelled news with raw texts, and how much of it teaches nothing."""
        with self._store.writing(linking=False) as books:
            found = books.labels.all()
            books.audit.record(now, None, "label.ekspor", "", f"{len(found.rows)} baris")
        return found

    def note_elsewhere(self, draft: ElsewhereDraft, account: Account, now: datetime) -> int:
        """`Invalid` on unknown codes or a day out of range, `NotFound` on an incident that is not ours."""
        check_elsewhere(draft, now.astimezone(WIB).date())
        with self._store.writing(linking=False) as books:
            if draft.incident_id is not None:
                draft = replace(draft, incident_id=books.links.surviving(draft.incident_id))
            number = books.samples.note_elsewhere(draft, account.id, now)
            books.audit.record(
                now, account.id, "diketahui_lain.catat", f"catatan:{number}", draft.teller.value
            )
        return number

    def withdraw_elsewhere(self, number: int, account: Account, now: datetime) -> None:
        with self._store.writing(linking=False) as books:
            books.samples.withdraw_elsewhere(number, now)
            books.audit.record(now, account.id, "diketahui_lain.tarik", f"catatan:{number}")

    def elsewhere(self, start: datetime, end: datetime) -> tuple[Elsewhere, ...]:
        """Incidents learnt of from elsewhere first, noted in [start, end)."""
        with self._store.reading() as books:
            return tuple(books.samples.elsewhere(start, end))


def _masked(found: Sequence[Found]) -> tuple[Found, ...]:
    return tuple(replace(one, title=mask_names(one.title)) for one in found)
