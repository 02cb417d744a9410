"""Papers (Laporan Informasi, Laporan Atensi): begun from an incident, written by people, sent, followed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from models import mask_names
from screening.desk_analyst import material
from screening.errors import Conflict, Invalid, Refused
from screening.journal import Journal
from screening.memo import (
    WORDS_MAX,
    Findings,
    Memo,
    MemoFields,
    MemoKind,
    MemoLine,
    MemoState,
    MemoView,
    Sending,
    StepKind,
    changed_since,
    check_kind,
    check_mark,
    check_moment,
    check_newest,
    check_reason,
    check_seen,
    check_sending,
    institutions_of,
    mark_of,
    tidy_fields,
)
from screening.memo_facts import findings_of, first_fields
from screening.records import EVERYTHING, Account, Sight
from screening.store import Books, Store
from screening.taxonomy import PROVINCE

PAGE = 50


class MemoDesk:
    """The verbs of papers. Raises `DeskError`s only."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    # --- reading

    def view(self, memo_id: int, now: datetime) -> MemoView:
        """One paper whole. `NotFound` when there is none."""
        with self._store.reading() as books:
            one = books.memos.one(memo_id)
            versions = books.memos.versions(memo_id)
            steps = books.memos.steps(memo_id)
        told = material(self._store, one.incident_id, now)
        current = findings_of(told)
        newest = versions[0]
        findings = newest.findings or current
        changes: tuple[str, ...] = ()
        if one.was_sent and newest.findings is not None:
            with self._store.reading() as books:
                changes = _changes(books, {one.id: newest.findings}, {one.id: one.incident_id}).get(
                    one.id, ()
                )
        known = {source.item_id for source in findings.sources}
        return MemoView(
            memo=one,
            fields=newest.fields,
            findings=findings,
            mark=mark_of(current),
            versions=versions,
            steps=steps,
            changes=changes,
            new_reports=sum(source.item_id not in known for source in current.sources),
            incident=told.incident,
        )

    def live(self, view: MemoView, now: datetime) -> MemoView:
        """The same paper with the facts of this moment, as a correction would freeze them."""
        return replace(view, findings=findings_of(material(self._store, view.memo.incident_id, now)))

    def lines(
        self,
        *,
        states: Collection[MemoState] = (),
        kind: MemoKind | None = None,
        office: str = "",
        before: int = 0,
        limit: int = PAGE,
        sight: Sight = EVERYTHING,
    ) -> tuple[tuple[MemoLine, ...], int]:
        """(papers newest first, id to go on `before`; 0 at the end)."""
        limit = max(1, min(limit, 200))
        with self._store.reading() as books:
            rows = books.memos.some(
                states=states, kind=kind, office=office, before=before, limit=limit + 1, sight=sight
            )
            shown = rows[:limit]
            sent = [one.id for one, *_ in shown if one.was_sent]
            frozen = books.memos.newest_of(sent)
            changes = _changes(books, frozen, {one.id: one.incident_id for one, *_ in shown})
        lines = tuple(
            MemoLine(
                memo=_masked(one),
                title=title,
                place_name=place,
                severity=level,
                changes=changes.get(one.id, ()),
            )
            for one, title, place, level in shown
        )
        return lines, shown[-1][0].id if len(rows) > limit else 0

    def counts(self, sight: Sight = EVERYTHING) -> dict[MemoState, int]:
        with self._store.reading() as books:
            return books.memos.counts(sight)

    def of_incident(self, incident_id: int) -> tuple[Memo, ...]:
        """Papers about this incident, newest first."""
        with self._store.reading() as books:
            return tuple(map(_masked, books.memos.of_incident(incident_id)))

    def sendings(self, start: datetime, end: datetime, office: str = PROVINCE) -> tuple[Sending, ...]:
        """What was disseminated in [start, end), for the indicators IO-3, IO-4, IO-5 and IO-13."""
        with self._store.reading() as books:
            return books.memos.sendings(start, end, office)

    # --- writing

    def open(self, kind: MemoKind, incident_id: int, account: Account, now: datetime) -> Memo:
        """A draft about this incident. `Refused` by the rights, `Invalid` where this kind does not fit."""
        told = material(self._store, incident_id, now)
        check_kind(kind, told.incident)
        given = first_fields(kind, findings_of(told), told.incident, now)
        if not account.sight.whole:
            given = replace(given, office=account.office)
        with self._store.writing(linking=False) as books:
            number = books.memos.open(kind, told.incident.id, given, account.id, now)
            made = books.memos.one(number)
            _record(books, now, account, "naskah.buat", made)
        self._tell("memo_opened", made, account)
        return made

    def save(
        self, memo_id: int, given: MemoFields, seen: int | None, account: Account, now: datetime
    ) -> Memo:
        """The next version of a draft. `Conflict` unless `seen` is the newest version, or when it is sent."""
        cleaned = tidy_fields(given)
        _check_letterhead(cleaned, account)
        with self._store.writing(linking=False) as books:
            one = books.memos.lock(memo_id)
            newest = books.memos.versions(memo_id)[0]
            check_seen(one, seen, newest)
            if cleaned == newest.fields:
                return one
            books.memos.write(one, cleaned, None, account.id, now)
            after = books.memos.one(memo_id)
            _record(books, now, account, "naskah.simpan", after)
        self._tell("memo_saved", after, account)
        return after

    def send(
        self,
        memo_id: int,
        *,
        seen: int | None,
        mark: str,
        institutions: str,
        at: datetime | None,
        account: Account,
        now: datetime,
    ) -> Memo:
        """Marks the paper as sent to these institutions (one a line) at `at` (None: now) and freezes it.

        `mark` is the fingerprint of the facts that were shown; other facts now are a `Conflict`.
        """
        to, moment = institutions_of(institutions), at or now
        with self._store.reading() as books:
            incident_id = books.memos.one(memo_id).incident_id
        told = material(self._store, incident_id, now)
        found = findings_of(told)
        with self._store.writing(linking=False) as books:
            one = books.memos.lock(memo_id)
            newest = books.memos.versions(memo_id)[0]
            check_seen(one, seen, newest)
            check_sending(one.kind, told.incident, newest.fields, to)
            check_mark(mark, mark_of(found))
            check_moment(moment, one.created_at, now, "Waktu kirim")
            version = books.memos.write(one, newest.fields, found, account.id, now)
            books.memos.mark_sent(memo_id, moment, account.id)
            books.memos.step(
                memo_id,
                StepKind.SENT,
                version=version,
                at=moment,
                now=now,
                institutions=to,
                words="",
                account_id=account.id,
            )
            after = books.memos.one(memo_id)
            _record(books, now, account, "naskah.kirim", after)
        self._tell("memo_sent", after, account)
        return after

    def correct(
        self,
        memo_id: int,
        given: MemoFields,
        *,
        seen: int | None,
        mark: str,
        reason: str,
        account: Account,
        now: datetime,
    ) -> Memo:
        """A corrected version of a paper that was sent, with today's facts frozen and the reason why."""
        cleaned, why = tidy_fields(given), check_reason(reason, "ralat")
        _check_letterhead(cleaned, account)
        with self._store.reading() as books:
            incident_id = books.memos.one(memo_id).incident_id
        told = material(self._store, incident_id, now)
        found = findings_of(told)
        with self._store.writing(linking=False) as books:
            one = books.memos.lock(memo_id)
            newest = books.memos.versions(memo_id)[0]
            if one.state is not MemoState.SENT:
                raise Conflict(f"Hanya laporan terkirim yang dapat diralat; laporan ini {one.state.value}.")
            check_newest(seen, newest)
            sent_to = _sent_to(books, memo_id)
            check_sending(one.kind, told.incident, cleaned, sent_to)
            check_mark(mark, mark_of(found))
            version = books.memos.write(one, cleaned, found, account.id, now)
            books.memos.step(
                memo_id,
                StepKind.CORRECTED,
                version=version,
                at=now,
                now=now,
                institutions=sent_to,
                words=why,
                account_id=account.id,
            )
            after = books.memos.one(memo_id)
            _record(books, now, account, "naskah.ralat", after)
        self._tell("memo_corrected", after, account)
        return after

    def withdraw(
        self, memo_id: int, *, seen: int | None, reason: str, account: Account, now: datetime
    ) -> Memo:
        """Takes a paper back, sent or not, for good; it stays readable with the reason on it."""
        why = check_reason(reason, "pencabutan")
        with self._store.writing(linking=False) as books:
            one = books.memos.lock(memo_id)
            if one.state is MemoState.WITHDRAWN:
                raise Conflict("Laporan ini sudah dicabut.")
            check_newest(seen, books.memos.versions(memo_id)[0])
            books.memos.mark_withdrawn(memo_id)
            books.memos.step(
                memo_id,
                StepKind.WITHDRAWN,
                version=one.version,
                at=now,
                now=now,
                institutions=_sent_to(books, memo_id),
                words=why,
                account_id=account.id,
            )
            after = books.memos.one(memo_id)
            _record(books, now, account, "naskah.cabut", after)
        self._tell("memo_withdrawn", after, account)
        return after

    def respond(
        self,
        memo_id: int,
        *,
        institution: str,
        at: datetime | None,
        words: str,
        account: Account,
        now: datetime,
    ) -> Memo:
        """Writes down that an institution responded at `at` (None: now). `Invalid` for an unsent paper."""
        who, moment, said = institutions_of(institution), at or now, words.replace("\r\n", "\n").strip()
        if len(who) != 1:
            raise Invalid("Tulis satu lembaga yang menanggapi.")
        if not said:
            raise Invalid("Tulis tanggapannya secara ringkas.")
        if len(said) > WORDS_MAX:
            raise Invalid(f"Tanggapan paling panjang {WORDS_MAX} huruf; sekarang {len(said)}.")
        with self._store.writing(linking=False) as books:
            one = books.memos.lock(memo_id)
            if one.sent_at is None:
                raise Invalid("Tanggapan hanya dicatat untuk laporan yang sudah dikirim.")
            check_moment(moment, one.sent_at, now, "Waktu tanggapan")
            books.memos.step(
                memo_id,
                StepKind.RESPONSE,
                version=one.version,
                at=moment,
                now=now,
                institutions=who,
                words=said,
                account_id=account.id,
            )
            _record(books, now, account, "naskah.tanggapan", one)
        self._tell("memo_answered", one, account)
        return one

    def _tell(self, what: str, one: Memo, account: Account) -> None:
        self._journal.event(
            what, memo=one.id, kind=one.kind.value, incident=one.incident_id, account_id=account.id
        )


def _record(books: Books, now: datetime, account: Account, what: str, one: Memo) -> None:
    detail = f"{one.kind.value} insiden:{one.incident_id} versi:{one.version}"
    books.audit.record(now, account.id, what, f"naskah:{one.id}", detail)


def _check_letterhead(given: MemoFields, account: Account) -> None:
    """`Refused` when a regency writes in the name of another office."""
    if not account.sight.whole and given.office != account.office:
        raise Refused("Laporan hanya dapat ditulis atas nama kantor Anda sendiri.")


def _masked(one: Memo) -> Memo:
    """As lists show it: what a person typed there may name one."""
    return replace(one, subject=mask_names(one.subject))


def _sent_to(books: Books, memo_id: int) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name
            for step in books.memos.steps(memo_id)
            if step.kind is StepKind.SENT
            for name in step.institutions
        )
    )


def _changes(
    books: Books, frozen: dict[int, Findings], incident_of: dict[int, int]
) -> dict[int, tuple[str, ...]]:
    """By paper what is no more as it was sent."""
    items = sorted({source.item_id for found in frozen.values() for source in found.sources})
    stands = books.memos.standing(sorted({incident_of[number] for number in frozen}), items)
    return {number: changed_since(found, stands[incident_of[number]]) for number, found in frozen.items()}
