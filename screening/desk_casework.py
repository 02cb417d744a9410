"""What people add to an incident, and what lies beside it: notes, grades, follow-ups, similar incidents."""

from __future__ import annotations

from datetime import datetime

from screening.casework import (
    Casework,
    FollowUp,
    FollowUpDraft,
    FollowUpPage,
    Grade,
    GradeDraft,
    Note,
    StepDraft,
    check_follow_up,
    check_grade,
    check_note,
    check_step,
)
from screening.digest_lines import confirmation
from screening.errors import NotFound
from screening.journal import Journal
from screening.linking import clues
from screening.records import EVERYTHING, Account, Sight
from screening.similar import (
    LOOK_BACK,
    REPORTS,
    WORDS,
    Similar,
    first_words,
    nearest,
    shared_words,
    weights,
)
from screening.store import Books, Store
from screening.taxonomy import Severity

LISTED = 200


class CaseworkDesk:
    """All is appended; what was said first stays readable in the history."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def of(self, incident_id: int, now: datetime) -> Casework:
        """Notes, grades and follow-ups of an incident; a merged one gives those of where its reports are."""
        with self._store.reading() as books:
            number = books.links.surviving(incident_id)
            return Casework(
                notes=books.casework.notes(number),
                grades=books.casework.grades(number),
                follow_ups=books.casework.follow_ups([number]).get(number, ()),
                machine=_machine(books, number, now),
            )

    def write_note(self, incident_id: int, text: str, account: Account, now: datetime) -> Note:
        """`NotFound`, `Conflict` when it was merged meanwhile, `Invalid` on an empty or endless text."""
        clean = check_note(text)
        with self._store.writing(linking=False) as books:
            books.incidents.lock(incident_id, now)
            number = books.casework.add_note(incident_id, clean, account.id, now)
            books.audit.record(now, account.id, "catatan.tulis", f"insiden:{incident_id}")
        return Note(id=number, incident_id=incident_id, text=clean, account=account.name, at=now)

    def set_grade(self, draft: GradeDraft, account: Account, now: datetime) -> Grade:
        """The grade that stands from now. `Conflict` on an old page, `Invalid` without what it needs."""
        with self._store.writing(linking=False) as books:
            books.incidents.lock(draft.incident_id, now)
            earlier = books.casework.grades(draft.incident_id)
            check_grade(draft, earlier[0] if earlier else None, now)
            machine = _machine(books, draft.incident_id, now)
            books.casework.add_grade(draft, machine, account.id, now)
            newest = books.casework.grades(draft.incident_id)[0]
            books.audit.record(
                now, account.id, "nilai.tetapkan", f"insiden:{draft.incident_id}", newest.code or "mesin"
            )
        self._journal.event("grade_set", incident=draft.incident_id, grade=newest.code, account_id=account.id)
        return newest

    def open_follow_up(self, draft: FollowUpDraft, account: Account, now: datetime) -> FollowUp:
        """`NotFound`, `Conflict` when the incident was merged meanwhile, `Invalid` on what it lacks."""
        checked = check_follow_up(draft, now)
        with self._store.writing(linking=False) as books:
            books.incidents.lock(draft.incident_id, now)
            number = books.casework.add_follow_up(checked, account.id, now)
            opened = books.casework.one_follow_up(number)
            books.audit.record(
                now, account.id, "tindak.buat", f"insiden:{draft.incident_id}", f"tindak:{number}"
            )
        self._journal.event("follow_up_opened", follow_up=number, incident=draft.incident_id)
        return opened

    def step(self, draft: StepDraft, account: Account, now: datetime) -> FollowUp:
        """`NotFound`, `Conflict` when somebody else recorded a step meanwhile, `Invalid` on what it lacks."""
        with self._store.writing(linking=False) as books:
            found = books.casework.lock_follow_up(draft.follow_up_id)
            checked = check_step(draft, found, now)
            books.casework.add_step(checked, found, account.id, now)
            after = books.casework.one_follow_up(found.id)
            books.audit.record(
                now,
                account.id,
                "tindak.catat",
                f"insiden:{after.incident_id}",
                f"tindak:{found.id} {after.state}",
            )
        self._journal.event("follow_up_step", follow_up=found.id, state=after.state.value)
        return after

    def follow_up(self, follow_up_id: int) -> FollowUp:
        """`NotFound` when there is none."""
        with self._store.reading() as books:
            return books.casework.one_follow_up(follow_up_id)

    def follow_ups(
        self,
        now: datetime,
        *,
        state: str = "open",
        office: str = "",
        limit: int = 50,
        offset: int = 0,
        sight: Sight = EVERYTHING,
    ) -> FollowUpPage:
        """Those of all incidents by time limit. `Invalid` on an unknown `state` (open, late, closed, all)."""
        with self._store.reading() as books:
            return books.casework.listed(
                state,
                office,
                now,
                limit=max(1, min(limit, LISTED)),
                offset=max(0, min(offset, 10_000_000)),
                sight=sight,
            )

    def similar(self, incident_id: int, now: datetime, sight: Sight = EVERYTHING) -> tuple[Similar, ...]:
        """At most five incidents of the last 365 days, with the reason; nothing is merged by this."""
        since = now - LOOK_BACK
        with self._store.reading() as books:
            number = books.links.surviving(incident_id)
            found = books.incidents.at_least(Severity.NONE, [number], now)
            if not found:
                raise NotFound("Insiden itu tidak ada.")
            told = books.incidents.knowns(books.incidents.item_ids(number)[:REPORTS])
            words = first_words([clues(one.title, one.text) for one in told], found[0].place_name)
            weighed = weights(words, books.likes.counted(list(words), since))
            rarest = sorted(weighed, key=lambda word: (-weighed[word], word))[:WORDS]
            shared = dict(shared_words(weighed, books.likes.having(rarest, since)))
            shared.pop(number, None)
            likes = books.offices.visible(sight, list(shared))
            others = books.incidents.at_least(Severity.NONE, likes, now)
            return nearest(found[0], [(one, shared[one.id]) for one in others], weighed, since)


def _machine(books: Books, incident_id: int, now: datetime) -> str:
    found = books.incidents.at_least(Severity.NONE, [incident_id], now)
    tiers = books.casework.tiers(incident_id)
    return confirmation(tiers, tiers, found[0].voices if found else 0)
