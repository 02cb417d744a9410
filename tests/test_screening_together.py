"""Answers that are ready together share a transaction, and each still stands or falls alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, entry, failed, fetched, listing

import models
from feeds import FeedSource, NotModified, Outcome
from models import Assessment, Document
from screening import Desk, QueueFilter, Store
from screening import intake as intake_rooms
from screening.desk_operator import tell
from screening.intake import Intake, _Case, _shares
from screening.journal import Journal
from screening.records import LedgerReason, Source, SourceState
from screening.said import read_assessment, write_assessment
from screening.schema import item, metadata
from screening.store_items import Items
from screening.store_rows import numbered, poured
from screening.store_sources import Sources

POISON = "Laporan yang meracuni"


def intake(store: Store, classifier: Any, worker: str = "") -> Intake:
    return Intake(store, classifier, interval_seconds=900, worker=worker)


def sources(desk: Desk, count: int) -> list[Source]:
    return [desk.add_source(listing(f"s{number}", owner=f"Grup {number}"), NOW) for number in range(count)]


def unchanged(source: Source) -> NotModified:
    return NotModified(source=FeedSource(key=str(source.id), url=source.url), seconds=0.1)


def plain(number: int, *, title: str = RECIPE[0]) -> Any:
    return entry(f"r{number}", f"{title} {number}", f"{RECIPE[1]} {number}")


def books(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but what people did, without numbers that follow no promised order."""
    engine = sa.create_engine(url)
    left_out = {"fetch": {"id"}, "ledger": {"id", "fetch_id"}, "item_version": {"id"}}
    found = {}
    with engine.connect() as connection:
        for table in (one for one in metadata.sorted_tables if one.name != "audit"):
            columns = [column for column in table.c if column.name not in left_out.get(table.name, ())]
            rows = connection.execute(sa.select(*columns)).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    engine.dispose()
    return found


def answers(chosen: Sequence[Source], round_: int) -> list[Outcome]:
    """A crowd as a night brings it: shared stories, edits, twins, a failure, some that say nothing new."""
    one, two, three, four, five, six = chosen
    edit = f" Ralat {round_}." if round_ else ""
    return [
        fetched(one, entry("c", *CLASH), plain(1), plain(1)),
        fetched(two, entry("c", CLASH[0], CLASH[1] + edit), entry("b", *BLOCKADE)),
        failed(three),
        fetched(four, entry("b2", *BLOCKADE), plain(round_), plain(7)),
        unchanged(five),
        fetched(six),
    ]


def test_a_batch_leaves_the_same_books_as_one_after_the_other(
    desk: Desk, store: Store, classifier: models.Classifier, database_url: str, tmp_path: Path
) -> None:
    other_url = f"sqlite:///{tmp_path / 'satu.db'}"
    other_store = Store(other_url)
    other = Desk(other_store, classifier, replace(desk.settings, database_url=other_url))
    other.set_up(NOW)
    chosen = sources(desk, 6)
    assert sources(other, 6) == chosen
    together, alone = intake(store, classifier), intake(other_store, classifier)
    for round_ in range(3):
        now = NOW + timedelta(hours=round_)
        some = answers(chosen, round_)
        one_by_one = [alone.take(outcome, now) for outcome in some]
        assert together.take_all(some, now) == one_by_one
    assert books(database_url) == books(other_url)
    assert desk.queue(QueueFilter(), NOW + timedelta(hours=3)).total == 2
    other_store.close()


class Choking:
    """The shipped model, but one title makes it raise, as a bug of ours might."""

    def __init__(self, classifier: models.Classifier) -> None:
        self._classifier = classifier

    def assess(self, documents: Sequence[Document]) -> list[Assessment]:
        if any(POISON in one.title for one in documents):
            raise ZeroDivisionError
        return list(self._classifier.assess(documents))


@pytest.mark.parametrize("where", ["judging", "storing"])
def test_a_poisoned_source_fails_alone_and_the_others_are_stored(
    desk: Desk,
    store: Store,
    classifier: models.Classifier,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    keep = Items.add

    def choke(self: Items, news: Sequence[Any], *rest: Any) -> list[int]:
        numbers = keep(self, news, *rest)
        if any(POISON in one.entry.title for _, one in news):
            raise ZeroDivisionError
        return numbers

    if where == "storing":
        monkeypatch.setattr(Items, "add", choke)
    chosen = sources(desk, 4)
    taker = intake(store, Choking(classifier) if where == "judging" else classifier)
    some = [
        fetched(chosen[0], plain(0), entry("c", *CLASH)),
        fetched(chosen[1], plain(1, title=POISON), entry("b", *BLOCKADE)),
        unchanged(chosen[2]),
        fetched(chosen[3], entry("c", *CLASH), plain(3)),
    ]
    taken = taker.take_all(some, NOW)
    assert [one.spoiled for one in taken] == ["", "ZeroDivisionError", "", ""]
    assert [one.line.new for one in taken] == [2, 0, 0, 2]
    after = desk.source(chosen[1].id)
    assert after.state is SourceState.UNVERIFIED and after.failures == 1 and after.etag == ""
    assert after.last_reason == "Kesalahan tak terduga saat menyimpan." and after.due_at > NOW
    rows = books(database_url)
    assert len(rows["item"]) == 4 and len(rows["fetch"]) == 4
    assert [(one.incident.reports, one.incident.voices) for one in desk.queue(QueueFilter(), NOW).lines] == [
        (2, 1)
    ]
    # Mended, the source is whole at its next answer.
    assert intake(store, classifier).take(some[1], NOW) if where == "judging" else True


def test_what_cannot_be_recorded_at_all_raises(
    desk: Desk, store: Store, classifier: models.Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError("disk full")

    chosen = sources(desk, 2)
    monkeypatch.setattr(Sources, "answered", full)
    with pytest.raises(OSError, match="disk full"):
        intake(store, classifier).take_all([unchanged(one) for one in chosen], NOW)


def test_two_answers_of_one_source_are_taken_one_after_the_other(
    desk: Desk, store: Store, classifier: models.Classifier
) -> None:
    (source,) = sources(desk, 1)
    some = [fetched(source, plain(1)), fetched(source, plain(1), plain(2)), failed(source)]
    taken = intake(store, classifier).take_all(some, NOW)
    assert [(one.line.new, one.line.same) for one in taken] == [(1, 0), (1, 1), (0, 0)]
    assert (desk.source(source.id).items, desk.source(source.id).failures) == (2, 1)


def test_what_another_worker_stored_meanwhile_is_compared_again(
    desk: Desk, store: Store, classifier: models.Classifier, database_url: str
) -> None:
    first, second = sources(desk, 2)
    mine, theirs = intake(store, classifier, "a"), intake(store, classifier, "b")
    some: list[Outcome] = [fetched(first, plain(1), plain(2)), fetched(second, plain(3))]
    read = mine._read(some)
    theirs.take(fetched(first, plain(2), plain(4)), NOW)
    taken = mine._written(read, NOW + timedelta(seconds=5))
    assert [(one.line.new, one.line.same) for one in taken] == [(1, 1), (1, 0)]
    assert len(books(database_url)["item"]) == 4


def test_an_answer_gives_back_only_what_its_worker_holds(
    desk: Desk, store: Store, classifier: models.Classifier
) -> None:
    chosen = sources(desk, 2)
    until = NOW + timedelta(minutes=5)
    with store.writing() as open_books:
        assert set(open_books.sources.claim(chosen[:1], "a", NOW, until)) == {chosen[0].id}
        assert set(open_books.sources.claim(chosen, "b", NOW, until)) == {chosen[1].id}
    intake(store, classifier, "a").take_all([unchanged(one) for one in chosen], NOW)
    later = [desk.source(one.id) for one in chosen]
    with store.writing() as open_books:
        free = open_books.sources.claim(later, "c", NOW + timedelta(minutes=1), until)
    assert set(free) == {chosen[0].id}, "the other is still held by b"


def test_a_transaction_links_so_much_that_others_need_not_wait_long() -> None:
    def case(linked: int) -> _Case:
        said: Any = {str(number): (None, intake_rooms.Turn.DEED) for number in range(linked)}
        said |= {"calm": (None, intake_rooms.Turn.NOTHING)}
        return _Case(outcome=unchanged_nobody(), source_id=1, said=said)

    def unchanged_nobody() -> NotModified:
        return NotModified(source=FeedSource(key="1", url=""), seconds=0.0)

    shares = [[one.linked for one in share] for share in _shares([case(n) for n in (30, 10, 1, 90, 0, 5)])]
    assert shares == [[30, 10], [1], [90], [0, 5]] or shares == [[30, 10], [1], [90, 0], [5]]


def test_the_memory_of_recent_reports_has_a_bound(
    desk: Desk, store: Store, classifier: models.Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_rooms, "_CACHE", 2)
    taker = intake(store, classifier)
    for number, source in enumerate(sources(desk, 6)):
        taker.take(fetched(source, entry("c", *CLASH)), NOW + timedelta(minutes=number))
    assert len(taker._recent) == 2
    assert [one.incident.reports for one in desk.queue(QueueFilter(), NOW + timedelta(hours=1)).lines] == [6]


def test_the_operator_s_log_names_the_error_and_no_text(
    desk: Desk, store: Store, classifier: models.Classifier, tmp_path: Path
) -> None:
    (source,) = sources(desk, 1)
    outcome = fetched(source, plain(1, title=POISON))
    (taken,) = intake(store, Choking(classifier)).take_all([outcome], NOW)
    journal = Journal(tmp_path / "uji.log")
    tell(journal, outcome, taken)
    journal.close()
    line = json.loads((tmp_path / "uji.log").read_text(encoding="utf-8"))
    assert (line["event"], line["source"], line["error"]) == (
        "source_not_stored",
        source.id,
        "ZeroDivisionError",
    )
    assert "racun" not in json.dumps(line).lower()


def row_of(source_id: int, text: str, at: datetime, number: int) -> dict[str, Any]:
    words = dict.fromkeys(("key", "link", "title", "text", "html", "published_raw"), text)
    hashes = dict.fromkeys(("key_hash", "link_hash", "content_hash", "feed_hash"), "0" * 64)
    return {
        "source_id": source_id,
        "identity": f"{number:064d}",
        **words,
        **hashes,
        "published": at,
        "date_suspect": number % 2 == 0,
        "first_seen": at,
        "last_changed": at,
        "version": 1,
        "text_from": "feed",
        "correction": LedgerReason.SAME if number % 3 else None,
    }


moments = st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC))


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=())), moments), min_size=1, max_size=4))
def test_rows_poured_into_sqlite_are_those_sqlalchemy_would_write(given_: list[tuple[str, datetime]]) -> None:
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    rows = [row_of(1, text, at, number) for number, (text, at) in enumerate(given_)]
    with engine.begin() as connection:
        numbers = numbered(connection, item, rows)
        quick = connection.exec_driver_sql("SELECT * FROM item ORDER BY id").all()
        read = connection.execute(sa.select(item.c.text, item.c.published).order_by(item.c.id)).all()
        connection.execute(item.delete())
        connection.execute(item.insert(), rows)
        assert connection.exec_driver_sql("SELECT * FROM item ORDER BY id").all() == quick
    engine.dispose()
    assert numbers == list(range(1, len(rows) + 1))
    assert [row.published for row in read] == [at for _, at in given_]


def test_ids_go_on_where_they_were_and_belong_to_their_rows(desk: Desk, store: Store) -> None:
    (source,) = sources(desk, 1)
    with store.writing() as open_books:
        db = open_books.items._db
        poured(db, item, [])
        first = numbered(db, item, [row_of(source.id, f"a{n}", NOW, n) for n in range(3)])
        second = numbered(db, item, [row_of(source.id, f"b{n}", NOW, 10 + n) for n in range(2)])
        told = dict(db.execute(sa.select(item.c.id, item.c.text)).all())
    assert sorted({*first, *second}) == sorted(told) and len(told) == 5
    assert [told[number] for number in (*first, *second)] == ["a0", "a1", "a2", "b0", "b1"]


def test_half_a_character_in_an_assessment_is_written_too(classifier: models.Classifier) -> None:
    (said,) = classifier.assess([Document(id="7", title=CLASH[0], text=CLASH[1])])
    odd = replace(said, reasons=("setengah \ud800",))
    assert read_assessment(write_assessment(odd)) == odd
    assert read_assessment(write_assessment(said, "12")) == replace(said, document_id="12")
