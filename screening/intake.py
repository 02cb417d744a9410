"""Taking one source's answer in: decide, assess, link, and commit all of it in one transaction.

Items, their assessments, their incidents, the ledger, the validators and the next due time stand or fall
together; so after a kill at any moment the source is either untouched (and still due) or done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feeds import Dropped, Entry, Failed, Fetched, NotModified, Outcome, PageVisit, Recalled
from models import Assessment, Classifier, Document
from screening.alarm import tell_urgent
from screening.followup import Turn, turn_of
from screening.ingest import (
    Changed,
    Completed,
    Intent,
    New,
    Same,
    Stored,
    Twin,
    content_hash,
    decide,
    known,
    recyclable,
    undated,
    wanting,
)
from screening.linking import Candidate, Joins, Known, link, mergers
from screening.records import CollectLine, LedgerReason, Source
from screening.regroup import folded, refold
from screening.store import Books, Store
from screening.upkeep import after_failure, after_success, shared_part

_BATCH = 64
_CACHE = 20_000
_DROPPED = {
    Dropped.OVER_LIMIT: LedgerReason.OVER_LIMIT,
    Dropped.DUPLICATE_KEY: LedgerReason.DUPLICATE_KEY,
    Dropped.EMPTY: LedgerReason.EMPTY,
}
# How much an unread page counts towards being left alone; what was merely not its turn counts nothing.
_TRIES = {PageVisit.FAILED: 1, PageVisit.REFUSED: 3, PageVisit.NO_MORE: 3}
_PAGE_WORDS = {
    PageVisit.READ: "dibaca",
    PageVisit.REFUSED: "ditolak robots.txt",
    PageVisit.FAILED: "gagal",
    PageVisit.NO_MORE: "tidak menambah isi",
    PageVisit.CAPPED: "menunggu giliran",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of one answer."""

    line: CollectLine
    flagged: int = 0
    opened: int = 0
    merged: int = 0


@dataclass(slots=True, kw_only=True)
class _Tally:
    new: int = 0
    changed: int = 0
    same: int = 0
    flagged: int = 0
    opened: int = 0
    merged: int = 0
    dropped: Counter[LedgerReason] = field(default_factory=Counter)
    visits: dict[str, PageVisit] = field(default_factory=dict)


class Intake:
    """Takes answers in, one after the other; remembers recent reports so they are not read again."""

    def __init__(
        self, store: Store, classifier: Classifier, *, interval_seconds: int, worker: str = ""
    ) -> None:
        self._store = store
        self._worker = worker
        self._classifier = classifier
        self._interval = interval_seconds
        self._recent: dict[int, tuple[str, Known]] = {}

    def recall(self, outcome: Fetched, now: datetime) -> Recalled:
        """What is stored of a document that has just arrived; from any thread."""
        source_id = int(outcome.source.key)
        entries = outcome.parsed.entries
        with self._store.reading() as books:
            history = books.sources.one(source_id).items > 0
            intents = decide(entries, _stored(books, source_id, entries, history=history))
        return Recalled(history=history, known=known(intents), wanting=wanting(intents, now))

    def take(self, outcome: Outcome, now: datetime) -> Taken:
        """Store one outcome and give its source back. The source's row id is the outcome's `source.key`."""
        source_id = int(outcome.source.key)
        if isinstance(outcome, Fetched):
            return self._fetched(source_id, outcome, now)
        with self._store.writing() as books:
            before = books.sources.lock(source_id)
            if isinstance(outcome, NotModified):
                after = self._unchanged(books, before, outcome, now)
                state, reason = "tetap", "Tidak ada perubahan."
            else:
                after = self._failed(books, before, outcome, now)
                state, reason = "gagal", after.last_reason
            self._give_back(books, source_id)
        line = CollectLine(source=after, state=state, new=0, changed=0, same=0, dropped=(), reason=reason)
        return Taken(line=line)

    def _fetched(self, source_id: int, outcome: Fetched, now: datetime) -> Taken:
        entries = outcome.parsed.entries
        # The slow part, judging, happens before the write lock; the decision is made again under it.
        with self._store.reading() as books:
            history = books.sources.one(source_id).items > 0
            stored = _stored(books, source_id, entries, history=history)
        intents = decide(entries, stored)
        said = self._assess([one.entry for one in intents if isinstance(one, (New, Changed, Completed))])
        tally = _Tally()
        with self._store.writing() as books:
            before = books.sources.lock(source_id)
            now_stored = _stored(books, source_id, entries, history=before.items > 0)
            if now_stored != stored:
                intents = decide(entries, now_stored)
            missing = [
                one.entry
                for one in intents
                if isinstance(one, (New, Changed, Completed)) and _mark(one.entry) not in said
            ]
            said |= self._assess(missing)
            # After a gap the pages before it hold known entries too; of the newest nothing was known.
            keys = [entry.key for entry in entries]
            shared = 0.0 if outcome.older_pages else shared_part(before, keys, known(intents))
            intents = self._with_first_dates(books, intents, now)
            tally.visits = dict(outcome.visits)
            self._store_intents(books, source_id, intents, said=said, tally=tally, now=now)
            for why, count in outcome.parsed.dropped:
                tally.dropped[_DROPPED[why]] += count
            after = self._succeeded(books, before, outcome, tally=tally, shared=shared, now=now)
            self._give_back(books, source_id)
        dropped = tuple((why, tally.dropped[why]) for why in LedgerReason if tally.dropped[why])
        line = CollectLine(
            source=after,
            state="baru" if tally.new or tally.changed else "tetap",
            new=tally.new,
            changed=tally.changed,
            same=tally.same,
            dropped=dropped,
            reason=after.last_reason,
            pages=_counted(outcome),
            older_pages=outcome.older_pages,
        )
        return Taken(line=line, flagged=tally.flagged, opened=tally.opened, merged=tally.merged)

    def _assess(self, entries: Sequence[Entry]) -> dict[str, Assessment]:
        said: dict[str, Assessment] = {}
        for start in range(0, len(entries), _BATCH):
            batch = entries[start : start + _BATCH]
            documents = [
                Document(
                    id=_mark(entry),
                    title=entry.title,
                    text=entry.text,
                    published=entry.published,
                    url=entry.link,
                )
                for entry in batch
            ]
            for document, assessment in zip(documents, self._classifier.assess(documents), strict=True):
                said[document.id] = assessment
        return said

    def _store_intents(
        self,
        books: Books,
        source_id: int,
        intents: Sequence[Intent],
        *,
        said: dict[str, Assessment],
        tally: _Tally,
        now: datetime,
    ) -> None:
        news = [one for one in intents if isinstance(one, New)]
        added = books.items.add(source_id, news, [said[_mark(one.entry)] for one in news], now)
        tally.new += len(added)
        numbers = {id(one): number for one, number in zip(news, added, strict=True)}
        to_link: list[tuple[datetime, int]] = []
        touched: set[int] = set()
        edited: list[int] = []
        for intent in intents:
            if isinstance(intent, Twin):
                tally.dropped[LedgerReason.DUPLICATE_KEY] += 1
                continue
            if isinstance(intent, Same):
                self._keep_same(books, intent, tally)
                continue
            judgement = said[_mark(intent.entry)]
            if isinstance(intent, New):
                number, home = numbers[id(intent)], None
            else:
                number = self._keep_edit(books, intent, judgement, tally=tally, now=now)
                home = books.incidents.incident_of(number)
            self._note_visit(books, number, intent.entry, tally)
            if home is not None:
                touched.add(home)
                edited.append(number)
            if judgement.flagged:
                tally.flagged += 1
            if home is None:
                turn = turn_of(intent.entry.title, intent.entry.text, judgement)
                if turn is Turn.NOTHING:
                    tally.dropped[LedgerReason.BELOW_THRESHOLD] += 1
                else:
                    to_link.append((intent.entry.published, number))
        for report in books.incidents.knowns(edited):
            books.links.keep_clues(report)
        self._link(books, to_link, touched, tally, now)
        placed = [*edited, *(number for _, number in to_link)]
        tally.dropped[LedgerReason.OUTSIDE] += books.incidents.outside(placed)

    def _link(
        self,
        books: Books,
        to_link: Sequence[tuple[datetime, int]],
        touched: set[int],
        tally: _Tally,
        now: datetime,
    ) -> None:
        fresh = {one.item_id: one for one in books.incidents.knowns([number for _, number in to_link])}
        opened: set[int] = set()
        for _moment, number in sorted(to_link):
            report = fresh[number]
            found = link(report, self._candidates(books, report))
            if isinstance(found, Joins):
                home, twin = found.incident_id, found.same_text_as
                if found.also:
                    home = self._merge(books, home, found.also, touched=touched, tally=tally, now=now)
                touched.add(home)
            elif not report.assessment.flagged:
                tally.dropped[LedgerReason.BELOW_THRESHOLD] += 1
                continue
            else:
                first = folded(books, [report], {}, None, now)
                home, twin = books.incidents.open(first, now), None
                opened.add(home)
                tally.opened += 1
            books.incidents.join(home, number, twin, found.why, now)
            books.links.keep_clues(report)
        for incident_id in sorted(touched):
            refold(books, incident_id, now)
        tell_urgent(books, touched | opened, now)

    def _candidates(self, books: Books, report: Known) -> list[Candidate]:
        near = books.links.near(report)
        recent = self._knowns(books, [(one.item_id, one.content_hash) for one in near])
        members: dict[int, list[Known]] = {}
        first = {one.incident_id: one for one in reversed(near)}
        for one in near:
            members.setdefault(one.incident_id, []).append(recent[one.item_id])
        return [
            Candidate(incident_id=key, reports=tuple(value), span=first[key].span, regency=first[key].regency)
            for key, value in members.items()
        ]

    def _merge(
        self,
        books: Books,
        home: int,
        also: Sequence[int],
        *,
        touched: set[int],
        tally: _Tally,
        now: datetime,
    ) -> int:
        """One incident of several that one report ties together; the oldest keeps its number.

        What a person decided, merged or split stays as it is, and two known districts stay two incidents.
        """
        free = books.links.free([home, *also])
        kept, gone = mergers(free, home)
        for number in gone:
            books.links.merge(
                kept, number, account_id=None, why="Sebuah laporan menghubungkan keduanya.", now=now
            )
            touched.discard(number)
            tally.merged += 1
        if gone:
            touched.add(kept)
        return kept if home in gone else home

    def _knowns(self, books: Books, wanted: Sequence[tuple[int, str]]) -> dict[int, Known]:
        found: dict[int, Known] = {}
        missing: list[int] = []
        digests = dict(wanted)
        for item, digest in wanted:
            kept = self._recent.get(item)
            if kept is not None and kept[0] == digest:
                found[item] = kept[1]
            else:
                missing.append(item)
        if len(self._recent) + len(missing) > _CACHE:
            self._recent.clear()
        for one in books.incidents.knowns(missing):
            found[one.item_id] = one
            self._recent[one.item_id] = (digests[one.item_id], one)
        return found

    def _with_first_dates(self, books: Books, intents: Sequence[Intent], now: datetime) -> list[Intent]:
        digests = {id(one): digest for one in intents if (digest := recyclable(one))}
        first = books.items.first_with_text(sorted(set(digests.values())))
        found: list[Intent] = []
        for one in intents:
            told = first.get(digests.get(id(one), ""))
            found.append(undated(one, *told, now) if told and isinstance(one, New) else one)
        return found

    def _keep_same(self, books: Books, intent: Same, tally: _Tally) -> None:
        tally.same += 1
        tally.dropped[LedgerReason.SAME] += 1
        if intent.stale:
            books.items.keep_feed_hash(intent)
        self._note_visit(books, intent.item_id, intent.entry, tally)
        if intent.again and tally.visits.get(intent.entry.key) is PageVisit.READ:
            books.items.page_tried(intent.item_id, 1)

    def _keep_edit(
        self, books: Books, intent: Changed | Completed, said: Assessment, *, tally: _Tally, now: datetime
    ) -> int:
        tally.changed += 1
        if isinstance(intent, Completed):
            books.items.complete(intent, said, now)
        else:
            books.items.change(intent, said, now)
        return intent.item_id

    def _note_visit(self, books: Books, item_id: int, entry: Entry, tally: _Tally) -> None:
        visit = tally.visits.get(entry.key)
        if visit in _TRIES:
            books.items.page_tried(item_id, _TRIES[visit])

    def _give_back(self, books: Books, source_id: int) -> None:
        if self._worker:
            books.sources.release([source_id], self._worker)

    def _succeeded(
        self,
        books: Books,
        before: Source,
        outcome: Fetched,
        *,
        tally: _Tally,
        shared: float | None,
        now: datetime,
    ) -> Source:
        upkeep = after_success(
            before,
            outcome,
            shared=shared,
            base_seconds=self._interval,
            reason=_in_words(outcome, tally),
            now=now,
        )
        after = books.sources.succeeded(
            before,
            upkeep,
            now=now,
            new_items=tally.new,
            validators=_validators(outcome),
            moved_to=outcome.moved_to,
        )
        books.sources.record_fetch(
            before.id,
            now=now,
            state="baru" if tally.new or tally.changed else "tetap",
            status=outcome.status,
            reason=upkeep.reason,
            counts=(tally.new, tally.changed, tally.same),
            body_bytes=outcome.body_bytes,
            seconds=outcome.seconds,
            dropped=[*tally.dropped.items(), *_counted(outcome)],
        )
        return after

    def _unchanged(self, books: Books, before: Source, outcome: NotModified, now: datetime) -> Source:
        upkeep = after_success(
            before, outcome, shared=1.0, base_seconds=self._interval, reason="Tidak ada perubahan.", now=now
        )
        after = books.sources.succeeded(before, upkeep, now=now)
        self._record_empty(books, before.id, outcome, state="tetap", reason=upkeep.reason, now=now)
        return after

    def _failed(self, books: Books, before: Source, outcome: Failed, now: datetime) -> Source:
        upkeep = after_failure(before, outcome, base_seconds=self._interval, now=now)
        after = books.sources.failed(before, upkeep, now=now)
        self._record_empty(books, before.id, outcome, state="gagal", reason=upkeep.reason, now=now)
        return after

    def _record_empty(
        self,
        books: Books,
        source_id: int,
        outcome: NotModified | Failed,
        *,
        state: str,
        reason: str,
        now: datetime,
    ) -> None:
        books.sources.record_fetch(
            source_id,
            now=now,
            state=state,
            status=outcome.status if isinstance(outcome, Failed) else 304,
            reason=reason,
            counts=(0, 0, 0),
            body_bytes=0,
            seconds=outcome.seconds,
            dropped=(),
        )


def _stored(books: Books, source_id: int, entries: Sequence[Entry], *, history: bool) -> list[Stored]:
    # The first document of a source cannot hold anything that its source stored.
    return books.items.stored_like(source_id, entries) if history else []


def _mark(entry: Entry) -> str:
    return content_hash(entry.title, entry.text)


def _validators(outcome: Fetched) -> tuple[str, str]:
    # A 304 would leave the pages unread that had no turn or failed: the document is asked for whole again.
    left = any(visit in (PageVisit.CAPPED, PageVisit.FAILED) for _, visit in outcome.visits)
    return ("", "") if left else (outcome.etag, outcome.last_modified)


def _counted(outcome: Fetched) -> tuple[tuple[PageVisit, int], ...]:
    counts = Counter(visit for _, visit in outcome.visits)
    return tuple((visit, counts[visit]) for visit in PageVisit if counts[visit])


def _in_words(outcome: Fetched, tally: _Tally) -> str:
    told = [f"{tally.new} baru, {tally.changed} diubah, {tally.same} tetap."]
    if outcome.older_pages:
        told.append(f"Ada jeda: {outcome.older_pages} halaman umpan sebelumnya ikut dibaca.")
    if pages := _counted(outcome):
        told.append(
            f"Halaman berita: {', '.join(f'{count} {_PAGE_WORDS[visit]}' for visit, count in pages)}."
        )
    if outcome.parsed.malformed:
        told.append("Dokumen cacat, dibaca sebisanya.")
    return " ".join(told)
