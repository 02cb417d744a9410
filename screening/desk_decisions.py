"""Decisions taken back, and many decisions at once."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from screening.alarm import tell_urgent
from screening.desk_analyst import review
from screening.errors import Conflict, DeskError, Invalid, NotFound, Refused
from screening.journal import Journal
from screening.post import alarming
from screening.records import Account, Incident, Review, ReviewDraft
from screening.regroup import folded
from screening.reviews import UNDO_WINDOW, check_undo
from screening.store import Store
from screening.telling import tell_hooks

MOST = 200


class Outcome(enum.StrEnum):
    """What became of one decision among many."""

    DONE = "dicatat"
    CONFLICT = "bentrok"
    REFUSED = "ditolak"
    INVALID = "salah"
    MISSING = "tidak_ada"


_OUTCOMES: dict[type[DeskError], Outcome] = {
    Conflict: Outcome.CONFLICT,
    Refused: Outcome.REFUSED,
    Invalid: Outcome.INVALID,
    NotFound: Outcome.MISSING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision among many: the newest review afterwards when it was recorded, else why not in words."""

    incident_id: int
    outcome: Outcome
    detail: str = ""
    title: str = ""
    review_id: int | None = None


class Decisions:
    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def undo(self, review_id: int, account: Account, now: datetime) -> Incident:
        """The review stands no more and the one before it, or none, stands again; nothing is removed.

        `NotFound` when there is no such review, `Conflict` when it does not stand (any more), `Refused` for
        somebody else's and after a quarter of an hour, unless a supervisor or administrator asks.
        """
        with self._store.writing() as books:
            made, author = books.retractions.review(review_id)
            found = books.incidents.lock(made.incident_id, now)
            made, author = books.retractions.review(review_id)  # again, now that nobody else can undo it
            check_undo(made, found, own=author == account.id, role=account.role, now=now)
            books.retractions.write(review_id, account.id, now)
            reports = books.incidents.knowns(books.incidents.item_ids(found.id))
            same = books.incidents.same_texts(found.id)
            books.incidents.unreview(found.id, folded(books, reports, same, found.id, now))
            after = books.incidents.one(found.id, now)
            if alarming(after, now):
                books.post.revive_urgent(found.id, after.severity, now)
                tell_urgent(books, (found.id,), now)
            else:
                books.post.drop_urgent(found.id, "Putusan yang menyebabkannya dibatalkan.")
            tell_hooks(books, (found.id,), now)
            books.audit.record(
                now, account.id, "putusan.batal", f"insiden:{found.id}", f"putusan:{review_id}"
            )
        self._journal.event("review_undone", incident=after.id, review=review_id, account_id=account.id)
        return after

    def undoable(self, account: Account, now: datetime) -> Review | None:
        """The newest decision of this account that it may still take back."""
        with self._store.reading() as books:
            return books.retractions.newest_own(account.id, now - UNDO_WINDOW)

    def many(self, drafts: Sequence[ReviewDraft], account: Account, now: datetime) -> tuple[Decided, ...]:
        """Each decision by itself and through the same checks, in order; `Invalid` above 200 of them.

        One that is refused keeps nobody else's from being recorded, and is told with its reason.
        """
        if not 0 < len(drafts) <= MOST:
            raise Invalid(f"Pilih satu sampai {MOST} insiden.")
        if len({one.incident_id for one in drafts}) < len(drafts):
            raise Invalid("Satu insiden disebut dua kali.")
        return tuple(self._one(draft, account, now) for draft in drafts)

    def _one(self, draft: ReviewDraft, account: Account, now: datetime) -> Decided:
        try:
            self._check_not_blind(draft.incident_id, account)
            after = review(self._store, draft, account, now)
        except (Conflict, Refused, Invalid, NotFound) as refusal:
            return Decided(
                incident_id=draft.incident_id,
                outcome=_OUTCOMES[type(refusal)],
                detail=refusal.detail,
                title=self._title(draft.incident_id, account, now),
            )
        return Decided(
            incident_id=after.id, outcome=Outcome.DONE, title=after.title, review_id=after.review_id
        )

    def _check_not_blind(self, incident_id: int, account: Account) -> None:
        """`Refused` to who still has to read it blind: even the conflict would tell of the first decision.

        `NotFound` when the office of the account may not see it.
        """
        with self._store.reading() as books:
            if not books.offices.sees(account.sight, "insiden", incident_id):
                raise NotFound("Insiden itu tidak ada.")
            if books.second.blind_reading(account.id, incident_id=incident_id) is not None:
                raise Refused("Insiden ini menunggu bacaan kedua Anda; jawab itu lebih dahulu.")

    def _title(self, incident_id: int, account: Account, now: datetime) -> str:
        with self._store.reading() as books:
            if not books.offices.sees(account.sight, "insiden", incident_id):
                return ""
            found = books.incidents.some([incident_id], now)
        return found[incident_id].title if incident_id in found else ""
