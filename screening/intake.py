"""Taking the answers of sources in: decide, assess, link, and commit all of a source in one transaction.

Items, their assessments, their incidents, the ledger, the validators and the next due time stand or fall
together; so after a kill at any moment a source is either untouched (and still due) or done. Answers that
are ready together share a transaction: what a commit costs is then paid once.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feeds import (
    Dropped,
    Entry,
    Failed,
    FailureKind,
    Fetched,
    NotModified,
    Outcome,
    PageVisit,
    Recalled,
)
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
from screening.store_sources import Answer
from screening.telling import tell_hooks
from screening.upkeep import after_failure, after_success, failed, shared_part, succeeded

_BATCH = 64
_CACHE = 2_000  # reports, of some 25 kB each
# Linking is the slow part under the write lock; who decides at the desk waits for no more than this.
_LINKED_TOGETHER = 40
_DROPPED = {
    Dropped.OVER_LIMIT: LedgerReason.OVER_LIMIT,
    Dropped.DUPLICATE_KEY: LedgerReason.DUPLICATE_KEY,
    Dropped.EMPTY: LedgerReason.EMPTY,
}
# How much an unread page counts towards being left alone; what was merely not its turn counts nothing.
_TRIES = {PageVisit.FAILED: 1, PageVisit.REFUSED: 3, PageVisit.INSIDE: 3, PageVisit.NO_MORE: 3}
_PAGE_WORDS = {
    PageVisit.READ: "dibaca",
    PageVisit.REFUSED: "ditolak robots.txt",
    PageVisit.INSIDE: "ditolak karena tautannya ke alamat internal",
    PageVisit.FAILED: "gagal",
    PageVisit.NO_MORE: "tidak menambah isi",
    PageVisit.CAPPED: "menunggu giliran",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of one answer; `spoiled` names the error of ours for which it was recorded as a failure."""

    line: CollectLine
    spoiled: str = ""
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


@dataclass(slots=True, kw_only=True)
class _Case:
    """One answer on its way in: what it was compared with, what it is, what was said of its texts."""

    outcome: Outcome
    source_id: int
    seen: Source | None = None
    intents: list[Intent] = field(default_factory=list)
    said: dict[str, tuple[Assessment, Turn]] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)  # id() of a New: of its item
    tally: _Tally = field(default_factory=_Tally)

    @property
    def linked(self) -> int:
        return sum(turn is not Turn.NOTHING for _, turn in self.said.values())


class Intake:
    """Takes answers in; remembers recent reports so they are not read again."""

    def __init__(
        self, store: Store, classifier: Classifier, *, interval_seconds: int, worker: str = ""
    ) -> None:
        self._store = store
        self._worker = worker
        self._classifier = classifier
        self._interval = interval_seconds
        self._recent: OrderedDict[int, tuple[str, Known]] = OrderedDict()

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
        return self._written(self._read([outcome]), now)[0]

    def take_all(self, outcomes: Sequence[Outcome], now: datetime) -> list[Taken]:
        """The same for several, in that order and in few transactions.

        One that an error of ours keeps from being stored spoils no other: it is recorded as a failure of its
        source, which is asked again. What cannot even be recorded raises.
        """
        if len({outcome.source.key for outcome in outcomes}) < len(outcomes):
            return [self._alone(outcome, now) for outcome in outcomes]
        try:
            cases = self._read(outcomes)
        except Exception:  # noqa: BLE001 - each alone finds the one that raises
            return [self._alone(outcome, now) for outcome in outcomes]
        taken: list[Taken] = []
        for some in _shares(cases):
            try:
                taken += self._written(some, now)
            except Exception:  # noqa: BLE001
                # The ids of what was rolled back will be those of other reports.
                self._recent.clear()
                taken += [self._alone(case.outcome, now) for case in some]
        return taken

    def _alone(self, outcome: Outcome, now: datetime) -> Taken:
        try:
            return self.take(outcome, now)
        except Exception as error:  # noqa: BLE001
            self._recent.clear()
            instead = Failed(
                source=outcome.source,
                kind=FailureKind.PARSE_FAILED,
                reason="Kesalahan tak terduga saat menyimpan.",
                seconds=outcome.seconds,
            )
            return replace(self.take(instead, now), spoiled=type(error).__name__)

    def _read(self, outcomes: Sequence[Outcome]) -> list[_Case]:
        """Compared and judged: the slow part, before the write lock."""
        cases = [_Case(outcome=one, source_id=int(one.source.key)) for one in outcomes]
        documents = [case for case in cases if isinstance(case.outcome, Fetched)]
        if documents:
            with self._store.reading() as books:
                sources = books.sources.some([case.source_id for case in documents])
                for case in documents:
                    _compare(books, case, sources[case.source_id])
            self._judge(documents)
        return cases

    def _written(self, cases: Sequence[_Case], now: datetime) -> list[Taken]:
        """One transaction for all of these."""
        documents = [case for case in cases if isinstance(case.outcome, Fetched)]
        with self._store.writing(linking=bool(documents)) as books:
            before = books.sources.lock([case.source_id for case in cases])
            # Every answer that is stored changes its source, so an unchanged one is as it was compared.
            stale = [case for case in documents if case.seen != before[case.source_id]]
            for case in stale:
                _compare(books, case, before[case.source_id])
            self._judge(stale)
            self._add(books, documents, now)
            answers = [self._answer(books, case, before[case.source_id], now) for case in cases]
            books.sources.answered(answers, self._worker, now)
        return [_taken(case, answer) for case, answer in zip(cases, answers, strict=True)]

    def _judge(self, cases: Sequence[_Case]) -> None:
        asked = [
            (case, mark, one.entry)
            for case in cases
            for one in case.intents
            if isinstance(one, (New, Changed, Completed)) and (mark := one.prints.content) not in case.said
        ]
        for start in range(0, len(asked), _BATCH):
            batch = asked[start : start + _BATCH]
            documents = [
                Document(
                    id=str(number), title=one.title, text=one.text, published=one.published, url=one.link
                )
                for number, (_, _, one) in enumerate(batch)
            ]
            for (case, mark, one), said in zip(batch, self._classifier.assess(documents), strict=True):
                case.said[mark] = (said, turn_of(one.title, one.text, said))

    def _add(self, books: Books, cases: Sequence[_Case], now: datetime) -> None:
        """The items of all new entries of these documents."""
        self._date(books, cases, now)
        news = [(case, one) for case in cases for one in case.intents if isinstance(one, New)]
        added = books.items.add(
            [(case.source_id, one) for case, one in news],
            [case.said[one.prints.content][0] for case, one in news],
            now,
        )
        for (case, one), number in zip(news, added, strict=True):
            case.numbers[id(one)] = number

    def _answer(self, books: Books, case: _Case, before: Source, now: datetime) -> Answer:
        """What is left to write of one answer, once its entries are stored and linked."""
        outcome, tally = case.outcome, case.tally
        if isinstance(outcome, Failed):
            ill = after_failure(before, outcome, base_seconds=self._interval, now=now)
            return Answer(
                after=failed(before, ill, now=now),
                state="gagal",
                status=outcome.status,
                seconds=outcome.seconds,
            )
        if isinstance(outcome, NotModified):
            well = after_success(
                before,
                outcome,
                shared=1.0,
                base_seconds=self._interval,
                reason="Tidak ada perubahan.",
                now=now,
            )
            return Answer(
                after=succeeded(before, well, now=now), state="tetap", status=304, seconds=outcome.seconds
            )
        tally.visits = dict(outcome.visits)
        self._store_intents(books, case, now)
        for why, count in outcome.parsed.dropped:
            tally.dropped[_DROPPED[why]] += count
        # After a gap the pages before it hold known entries too; of the newest nothing was known.
        keys = [entry.key for entry in outcome.parsed.entries]
        shared = 0.0 if outcome.older_pages else shared_part(before, keys, known(case.intents))
        well = after_success(
            before,
            outcome,
            shared=shared,
            base_seconds=self._interval,
            reason=_in_words(outcome, tally),
            now=now,
        )
        return Answer(
            after=succeeded(
                before,
                well,
                now=now,
                new_items=tally.new,
                validators=_validators(outcome),
                moved_to=outcome.moved_to,
            ),
            state="baru" if tally.new or tally.changed else "tetap",
            status=outcome.status,
            seconds=outcome.seconds,
            counts=(tally.new, tally.changed, tally.same),
            body_bytes=outcome.body_bytes,
            dropped=[*tally.dropped.items(), *_counted(outcome)],
        )

    def _store_intents(self, books: Books, case: _Case, now: datetime) -> None:
        tally = case.tally
        to_link: list[tuple[datetime, int]] = []
        touched: set[int] = set()
        edited: list[int] = []
        for intent in case.intents:
            if isinstance(intent, Twin):
                tally.dropped[LedgerReason.DUPLICATE_KEY] += 1
                continue
            if isinstance(intent, Same):
                self._keep_same(books, intent, tally)
                continue
            judgement, turn = case.said[intent.prints.content]
            if isinstance(intent, New):
                tally.new += 1
                number, home = case.numbers[id(intent)], None
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
                if turn is Turn.NOTHING:
                    tally.dropped[LedgerReason.BELOW_THRESHOLD] += 1
                else:
                    to_link.append((intent.entry.published, number))
        for report in books.incidents.knowns(edited) if edited else ():
            books.links.keep_clues(report)
        if to_link or touched:
            self._link(books, to_link, touched, tally, now)
        placed = [*edited, *(number for _, number in to_link)]
        tally.dropped[LedgerReason.OUTSIDE] += books.incidents.outside(placed)

    def call_up(self, books: Books, item_id: int, now: datetime) -> int:
        """The incident of an item that a person calls relevant and the machine did not: found, or opened.

        It is marked as called up before, so that it weighs like a flagged report, here and in every fold.
        """
        home = books.incidents.incident_of(item_id)
        if home is None:
            (report,) = books.incidents.knowns([item_id])
            self._link(books, [(report.published or now, item_id)], set(), _Tally(), now)
            home = books.incidents.incident_of(item_id)
        if home is None:
            raise ValueError(f"item {item_id} was not linked although it was called up")
        return home

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
        merged: set[int] = set()
        for _moment, number in sorted(to_link):
            report = fresh[number]
            found = link(report, self._candidates(books, report))
            if isinstance(found, Joins):
                home, twin = found.incident_id, found.same_text_as
                if found.also:
                    home = self._merge(
                        books, home, found.also, touched=touched, merged=merged, tally=tally, now=now
                    )
                touched.add(home)
            elif not report.assessment.flagged:
                tally.dropped[LedgerReason.BELOW_THRESHOLD] += 1
                continue
            else:
                first = folded(books, [report], {}, None, now)
                home, twin = books.incidents.open(first, now), None
                books.wordings.write(home, first.title, [report])
                opened.add(home)
                tally.opened += 1
            books.incidents.join(home, number, twin, found.why, now)
            books.links.keep_clues(report)
        for incident_id in sorted(touched):
            refold(books, incident_id, now)
        tell_urgent(books, touched | opened, now)
        tell_hooks(books, touched | merged, now, opened=opened)

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
        merged: set[int],
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
            merged.add(number)
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
                self._recent.move_to_end(item)
            else:
                missing.append(item)
        for one in books.incidents.knowns(missing):
            found[one.item_id] = one
            self._recent[one.item_id] = (digests[one.item_id], one)
            self._recent.move_to_end(one.item_id)
        while len(self._recent) > _CACHE:
            self._recent.popitem(last=False)
        return found

    def _date(self, books: Books, cases: Sequence[_Case], now: datetime) -> None:
        """Old stories under a new date get that of their first coming."""
        digests = {id(one): digest for case in cases for one in case.intents if (digest := recyclable(one))}
        first = books.items.first_with_text(sorted(set(digests.values())))
        for case in cases if first else ():
            for place, one in enumerate(case.intents):
                told = first.get(digests.get(id(one), ""))
                if told and isinstance(one, New):
                    case.intents[place] = undated(one, *told, now)

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


def _shares(cases: Sequence[_Case]) -> Iterator[list[_Case]]:
    """The cases in their order, as many to a transaction as others can wait for."""
    share: list[_Case] = []
    linked = 0
    for case in cases:
        if share and linked + case.linked > _LINKED_TOGETHER:
            yield share
            share, linked = [], 0
        share.append(case)
        linked += case.linked
    if share:
        yield share


def _compare(books: Books, case: _Case, source: Source) -> None:
    """What the entries of a document are, beside what is stored of their source."""
    if isinstance(case.outcome, Fetched):
        entries = case.outcome.parsed.entries
        case.seen = source
        case.intents = decide(entries, _stored(books, case.source_id, entries, history=source.items > 0))


def _taken(case: _Case, answer: Answer) -> Taken:
    tally, outcome = case.tally, case.outcome
    line = CollectLine(
        source=answer.after,
        state=answer.state,
        new=tally.new,
        changed=tally.changed,
        same=tally.same,
        dropped=tuple((why, tally.dropped[why]) for why in LedgerReason if tally.dropped[why]),
        reason=answer.after.last_reason,
        pages=_counted(outcome) if isinstance(outcome, Fetched) else (),
        older_pages=outcome.older_pages if isinstance(outcome, Fetched) else 0,
    )
    return Taken(line=line, flagged=tally.flagged, opened=tally.opened, merged=tally.merged)


def _stored(books: Books, source_id: int, entries: Sequence[Entry], *, history: bool) -> list[Stored]:
    # The first document of a source cannot hold anything that its source stored.
    return books.items.stored_like(source_id, entries) if history else []


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
