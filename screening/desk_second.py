"""The blind second reading: what is read twice and by whom, its answers, and what a third person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from models import mask_names
from screening.agreement import Agreement, Answer, agreement_of, differs_on
from screening.desk_analyst import decide
from screening.errors import Conflict, NotFound, Refused
from screening.journal import Journal
from screening.records import Account, Incident, ReviewDraft, Role
from screening.second import (
    KEPT_FOR,
    LOOK_BACK,
    BlindReport,
    DisputeView,
    FirstReview,
    ReadingView,
    Waiting,
    check_answer,
    first_of,
    is_swapped,
    reader_for,
)
from screening.store import Books, Store
from screening.store_second import Reading, dispute_of, line_of
from screening.taxonomy import PROVINCE

_READERS = (Role.ANALYST,)  # who is given readings; supervisors and administrators may take one
_TAKERS = (*_READERS, Role.SUPERVISOR, Role.ADMINISTRATOR)


class SecondDesk:
    def __init__(self, store: Store, percent: int, journal: Journal) -> None:
        self._store = store
        self._percent = percent
        self._journal = journal

    def choose_due(self, now: datetime) -> int:
        """Chooses what is read twice of the decisions of 14 days, drops what cannot be any more; how many.

        Due is a query, so it may run after each decision and again at each collect.
        """
        since = now - LOOK_BACK
        with self._store.reading() as books:
            due = self._wanted(books, since)
            if not due and not books.second.needs_upkeep(now - KEPT_FOR):
                return 0
        with self._store.writing() as books:
            cancelled = books.second.cancel_void()
            given_back = books.second.give_back_stale(now - KEPT_FOR)
            chosen = self._wanted(books, since)
            loads = books.second.loads(_READERS) if chosen else {}
            for incident_id, first in chosen:
                reader = reader_for(incident_id, loads, books.second.barred(incident_id))
                books.second.choose(incident_id, first, reader, now)
                if reader is not None:
                    loads[reader] += 1
                # Who reads it is in the row; the trail tells that it was chosen, by nobody.
                books.audit.record(now, None, "bacaan2.pilih", f"insiden:{incident_id}")
        if chosen or cancelled or given_back:
            self._journal.event(
                "second_readings", chosen=len(chosen), cancelled=cancelled, given_back=given_back
            )
        return len(chosen)

    def waiting(self, account: Account) -> Waiting:
        """What this account has to read or may take, and the differences it may decide."""
        with self._store.reading() as books:
            return Waiting(
                readings=tuple(books.second.lines(account.id, account.sight)),
                disputes=tuple(books.second.disputes(account.id, account.sight)),
            )

    def waiting_count(self, account: Account) -> int:
        """How many readings are with this account, and differences it may decide."""
        with self._store.reading() as books:
            return len(books.second.blind(account.id)) + len(books.second.disputes(account.id, account.sight))

    def blind(self, account_id: int) -> dict[int, int]:
        """Incidents that this account may not see before it has read them blind: the reading of each."""
        with self._store.reading() as books:
            return books.second.blind(account_id)

    def blind_reading(self, account_id: int, *, incident_id: int = 0, item_id: int = 0) -> int | None:
        """The reading for which this account may not see that incident or item yet; None: it may."""
        with self._store.reading() as books:
            return books.second.blind_reading(account_id, incident_id=incident_id, item_id=item_id)

    def opened(self, incident_id: int, account: Account, now: datetime) -> None:
        """To call where the incident is shown with its decision: noted once if the account may yet read it.

        That is whoever may take the reading or be handed it. Its reader cannot come here (`blind_reading`),
        and of those who decided or held the incident nothing is noted.
        """
        if account.role not in _TAKERS:
            return
        with self._store.reading() as books:
            waits = books.second.untouched(incident_id, account.id)
            if waits is None or account.id in books.second.barred(incident_id):
                return
        with self._store.writing(linking=False) as books:
            books.second.lock(waits)  # two requests of one account, or the answer given meanwhile
            if books.second.untouched(incident_id, account.id) == waits:
                books.second.touch(waits, account.id, now)

    def reading(self, reading_id: int, account: Account) -> ReadingView:
        """The reports as the first reader had them, and nothing else. `NotFound` unless it is with you."""
        with self._store.reading() as books:
            one = books.second.one(reading_id)
            _check_mine(one, account)
            reports = books.second.reports(one.incident_id, one.first_at)
            return ReadingView(line=line_of(one, account.id), reports=_masked(reports))

    def take(self, reading_id: int, account: Account, now: datetime) -> None:
        """A reading nobody has. `Conflict` when somebody has it, `Refused` to who decided or held it."""
        with self._store.writing() as books:
            one = books.second.lock(reading_id)
            if one.state != "menunggu" or one.reader_id not in (None, account.id):
                raise Conflict("Bacaan ini sudah diambil atau sudah dijawab orang lain.")
            if account.id in books.second.barred(one.incident_id):
                raise Refused(
                    "Anda pernah memutuskan atau menangani insiden ini, jadi tidak membacanya lagi."
                )
            books.second.give(reading_id, account.id, now)
            books.audit.record(now, account.id, "bacaan2.ambil", f"bacaan2:{reading_id}")

    def hand_on(self, reading_id: int, account: Account, now: datetime) -> None:
        """To the next who may read it, or to everybody. `NotFound` unless it is with you."""
        with self._store.writing() as books:
            one = books.second.lock(reading_id)
            _check_mine(one, account)
            barred = books.second.barred(one.incident_id) | {account.id}
            reader = reader_for(one.incident_id, books.second.loads(_READERS), barred)
            books.second.give(reading_id, reader, now)
            books.audit.record(now, account.id, "bacaan2.serahkan", f"bacaan2:{reading_id}")

    def answer(
        self, reading_id: int, answer: Answer, account: Account, now: datetime, *, seen_before: bool = False
    ) -> bool:
        """Records it, once; whether a third person has to decide. `NotFound` unless it is with you."""
        check_answer(answer)
        with self._store.writing() as books:
            one = books.second.lock(reading_id)
            _check_mine(one, account)
            differs = bool(differs_on(one.first, answer))
            books.second.answer(reading_id, answer, seen_before=seen_before, differs=differs, now=now)
            books.audit.record(now, account.id, "bacaan2.jawab", f"bacaan2:{reading_id}")
        return differs

    def dispute(self, reading_id: int, account: Account) -> DisputeView:
        """Both answers as A and B, and all reports. `NotFound` when none waits, `Refused` to its readers."""
        with self._store.reading() as books:
            one = _disputed(books, reading_id, account)
            newest = books.incidents.reviews(one.incident_id)
            reports = books.second.reports(one.incident_id)
        standing = [review.id for review in newest if review.retracted_at is None]
        first, second = one.first, one.second or one.first
        return DisputeView(
            line=dispute_of(one),
            answers=(second, first) if is_swapped(one.id) else (first, second),
            reports=_masked(reports),
            review_id=standing[0] if standing else None,
            touched=one.touched,
        )

    def decide_dispute(
        self, reading_id: int, draft: ReviewDraft, account: Account, now: datetime
    ) -> Incident:
        """An ordinary review, which stands, tied to the two readings. `Conflict` when somebody was first."""
        with self._store.writing() as books:
            books.second.lock(reading_id)
            one = _disputed(books, reading_id, account)
            after = decide(books, replace(draft, incident_id=one.incident_id), account, now)
            if after.review_id is None:
                raise ValueError("a decision without a review")
            books.second.settle(reading_id, after.review_id, now)
            books.audit.record(
                now, account.id, "bacaan2.putuskan", f"insiden:{one.incident_id}", f"bacaan2:{reading_id}"
            )
        return after

    def agreement(self, start: datetime, end: datetime, office: str = PROVINCE) -> Agreement:
        """Of the readings answered in [start, end), of all or of one regency's incidents."""
        with self._store.reading() as books:
            return agreement_of(books.second.pairs_between(start, end, office))

    def _wanted(self, books: Books, since: datetime) -> list[tuple[int, FirstReview]]:
        return [
            (incident_id, first)
            for incident_id, reviews in books.second.undrawn(since).items()
            if (first := first_of(reviews, incident_id, self._percent)) is not None
        ]


def _check_mine(one: Reading, account: Account) -> None:
    if one.state != "menunggu" or one.reader_id != account.id:
        raise NotFound("Bacaan kedua ini tidak ada pada Anda; mungkin sudah dijawab atau diserahkan.")


def _disputed(books: Books, reading_id: int, account: Account) -> Reading:
    one = books.second.one(reading_id)
    if account.id in (one.reader_id, one.first_account_id):
        raise Refused("Perbedaan ini diputuskan oleh orang ketiga.")
    if not one.differs or one.second is None:
        raise NotFound("Bacaan ini tidak menunggu putusan.")
    if one.settled:
        raise Conflict("Perbedaan ini sudah diputuskan orang lain.")
    return one


def _masked(reports: Sequence[BlindReport]) -> tuple[BlindReport, ...]:
    return tuple(replace(one, masked_title=mask_names(one.item.title)) for one in reports)
