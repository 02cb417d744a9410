"""Taking one source's answer in: decide, assess, link, and commit all of it in one transaction.

Items, their assessments, their incidents, the ledger, the validators and the next due time stand or fall
together; so after a kill at any moment the source is either untouched (and still due) or done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feeds import Dropped, Entry, Failed, Fetched, NotModified, Outcome, next_due
from models import Assessment, Classifier, Document
from screening.ingest import Changed, Intent, New, Same, Twin, content_hash, decide
from screening.linking import Candidate, Joins, Known, link, mergers
from screening.records import Area, CollectLine, LedgerReason, Source
from screening.regroup import folded, refold
from screening.store import Books, Store

_BATCH = 64
_CACHE = 20_000
_DROPPED = {
    Dropped.OVER_LIMIT: LedgerReason.OVER_LIMIT,
    Dropped.DUPLICATE_KEY: LedgerReason.DUPLICATE_KEY,
    Dropped.EMPTY: LedgerReason.EMPTY,
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


class Intake:
    """Takes answers in, one after the other; remembers recent reports so they are not read again."""

    def __init__(self, store: Store, classifier: Classifier, *, interval_seconds: int) -> None:
        self._store = store
        self._classifier = classifier
        self._interval = interval_seconds
        self._recent: dict[int, tuple[str, Known]] = {}

    def take(self, outcome: Outcome, now: datetime) -> Taken:
        """Store one outcome. The source's row id is the outcome's `source.key`."""
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
                state, reason = "gagal", outcome.reason
        line = CollectLine(source=after, state=state, new=0, changed=0, same=0, dropped=(), reason=reason)
        return Taken(line=line)

    def _fetched(self, source_id: int, outcome: Fetched, now: datetime) -> Taken:
        entries = outcome.parsed.entries
        # The slow part, judging, happens before the write lock; the decision is made again under it.
        with self._store.reading() as books:
            intents = decide(entries, books.items.stored_like(source_id, entries))
        said = self._assess([one.entry for one in intents if isinstance(one, (New, Changed))])
        tally = _Tally()
        with self._store.writing() as books:
            before = books.sources.lock(source_id)
            intents = decide(entries, books.items.stored_like(source_id, entries))
            missing = [
                one.entry
                for one in intents
                if isinstance(one, (New, Changed)) and _mark(one.entry) not in said
            ]
            said |= self._assess(missing)
            self._store_intents(books, source_id, intents, said=said, tally=tally, now=now)
            for why, count in outcome.parsed.dropped:
                tally.dropped[_DROPPED[why]] += count
            after = self._succeeded(books, before, outcome, tally, now)
        dropped = tuple((why, tally.dropped[why]) for why in LedgerReason if tally.dropped[why])
        line = CollectLine(
            source=after,
            state="baru" if tally.new or tally.changed else "tetap",
            new=tally.new,
            changed=tally.changed,
            same=tally.same,
            dropped=dropped,
            reason=after.last_reason,
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
        to_link: list[tuple[datetime, int]] = []
        touched: set[int] = set()
        edited: list[int] = []
        for intent in intents:
            if isinstance(intent, Same):
                tally.same += 1
                tally.dropped[LedgerReason.SAME] += 1
                continue
            if isinstance(intent, Twin):
                tally.dropped[LedgerReason.DUPLICATE_KEY] += 1
                continue
            judgement = said[_mark(intent.entry)]
            if isinstance(intent, New):
                number = books.items.add(source_id, intent, judgement, now)
                tally.new += 1
                home = None
            else:
                number = intent.item_id
                books.items.change(intent, judgement, now)
                tally.changed += 1
                home = books.incidents.incident_of(number)
            if home is not None:
                touched.add(home)
                edited.append(number)
            if judgement.flagged:
                tally.flagged += 1
                if home is None:
                    to_link.append((intent.entry.published, number))
            elif home is None:
                tally.dropped[LedgerReason.BELOW_THRESHOLD] += 1
        for report in books.incidents.knowns(edited):
            books.links.keep_clues(report)
        self._link(books, to_link, touched, tally, now)

    def _link(
        self,
        books: Books,
        to_link: Sequence[tuple[datetime, int]],
        touched: set[int],
        tally: _Tally,
        now: datetime,
    ) -> None:
        fresh = {one.item_id: one for one in books.incidents.knowns([number for _, number in to_link])}
        for _moment, number in sorted(to_link):
            report = fresh[number]
            found = link(report, self._candidates(books, report))
            if isinstance(found, Joins):
                home, twin = found.incident_id, found.same_text_as
                if found.also:
                    home = self._merge(books, home, found.also, touched=touched, tally=tally, now=now)
                touched.add(home)
            else:
                first = folded(books, [report], {}, None, now)
                home, twin = books.incidents.open(first, now), None
                tally.opened += 1
                if first.area is Area.OUTSIDE:
                    tally.dropped[LedgerReason.OUTSIDE] += 1
            books.incidents.join(home, number, twin, found.why, now)
            books.links.keep_clues(report)
        for incident_id in sorted(touched):
            refold(books, incident_id, now)

    def _candidates(self, books: Books, report: Known) -> list[Candidate]:
        near = books.links.near(report)
        recent = self._knowns(books, [(one.item_id, one.content_hash) for one in near])
        members: dict[int, list[Known]] = {}
        spans: dict[int, tuple[datetime, datetime]] = {}
        for one in near:
            members.setdefault(one.incident_id, []).append(recent[one.item_id])
            spans[one.incident_id] = one.span
        return [
            Candidate(incident_id=key, reports=tuple(value), span=spans[key])
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

    def _succeeded(
        self, books: Books, before: Source, outcome: Fetched, tally: _Tally, now: datetime
    ) -> Source:
        reason = f"{tally.new} baru, {tally.changed} diubah, {tally.same} tetap."
        if outcome.parsed.malformed:
            reason = f"{reason} Dokumen cacat, dibaca sebisanya."
        due = next_due(
            now,
            outcome=outcome,
            interval_seconds=self._interval,
            failures=0,
            ttl_seconds=outcome.parsed.ttl_seconds,
        )
        after = books.sources.succeeded(
            before,
            now=now,
            due_at=due,
            reason=reason,
            new_items=tally.new,
            validators=(outcome.etag, outcome.last_modified),
            moved_to=outcome.moved_to,
        )
        books.sources.record_fetch(
            before.id,
            now=now,
            state="baru" if tally.new or tally.changed else "tetap",
            status=outcome.status,
            reason=reason,
            counts=(tally.new, tally.changed, tally.same),
            body_bytes=outcome.body_bytes,
            seconds=outcome.seconds,
            dropped=list(tally.dropped.items()),
        )
        return after

    def _unchanged(self, books: Books, before: Source, outcome: NotModified, now: datetime) -> Source:
        due = next_due(now, outcome=outcome, interval_seconds=self._interval, failures=0)
        reason = "Tidak ada perubahan."
        after = books.sources.succeeded(before, now=now, due_at=due, reason=reason)
        books.sources.record_fetch(
            before.id,
            now=now,
            state="tetap",
            status=304,
            reason=reason,
            counts=(0, 0, 0),
            body_bytes=0,
            seconds=outcome.seconds,
            dropped=(),
        )
        return after

    def _failed(self, books: Books, before: Source, outcome: Failed, now: datetime) -> Source:
        failures = before.failures + 1
        due = next_due(now, outcome=outcome, interval_seconds=self._interval, failures=failures)
        after = books.sources.failed(before, now=now, due_at=due, reason=outcome.reason)
        books.sources.record_fetch(
            before.id,
            now=now,
            state="gagal",
            status=outcome.status,
            reason=outcome.reason,
            counts=(0, 0, 0),
            body_bytes=0,
            seconds=outcome.seconds,
            dropped=(),
        )
        return after


def _mark(entry: Entry) -> str:
    return content_hash(entry.title, entry.text)
