"""Watch topics tried on history before they are kept, and the saved views of an account."""

from __future__ import annotations

from datetime import datetime

from screening.journal import Journal
from screening.records import EVERYTHING, Account, Sight
from screening.store import Store
from screening.watching import (
    HISTORY,
    SHOWN,
    SavedView,
    Topic,
    TopicTrial,
    check_room,
    check_topic,
    check_view,
    too_many,
)


class Topics:
    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def all(self, sight: Sight = EVERYTHING) -> tuple[Topic, ...]:
        """The topics of this office."""
        with self._store.reading() as books:
            return books.watching.topics(sight)

    def trial(self, title: str, words: str, now: datetime, sight: Sight = EVERYTHING) -> TopicTrial:
        """What it would have matched in the last 30 days. `Invalid` on words that cannot be watched."""
        _, alternatives = check_topic(title, words)
        with self._store.reading() as books:
            count, of, newest = books.wordings.trial(alternatives, now - HISTORY, SHOWN, sight)
            shown = books.incidents.some(newest, now)
        return TopicTrial(
            alternatives=alternatives,
            count=count,
            of=of,
            newest=tuple(shown[number] for number in newest),
            too_many=too_many(count, of),
        )

    def add(self, title: str, words: str, account: Account, now: datetime) -> Topic:
        """`Invalid` on words that cannot be watched, `Conflict` when the title is taken."""
        clean, alternatives = check_topic(title, words)
        with self._store.writing(linking=False) as books:
            check_room(len(books.watching.topics(account.sight)))
            added = books.watching.add_topic(clean, alternatives, account, now)
            books.audit.record(now, account.id, "topik.tambah", f"topik:{added.id}")
        self._journal.event("topic_added", topic=added.id, account_id=account.id)
        return added

    def remove(self, topic_id: int, account: Account, now: datetime) -> None:
        """`NotFound` when it is not there."""
        with self._store.writing(linking=False) as books:
            books.watching.drop_topic(topic_id, account.sight)
            books.audit.record(now, account.id, "topik.hapus", f"topik:{topic_id}")
        self._journal.event("topic_removed", topic=topic_id, account_id=account.id)


class Views:
    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def of(self, account: Account) -> tuple[SavedView, ...]:
        with self._store.reading() as books:
            return books.watching.views(account.id)

    def keep(self, title: str, query: str, account: Account, now: datetime) -> None:
        """`query` was parsed by the caller. The same title again replaces it. `Invalid` beyond twelve."""
        with self._store.writing(linking=False) as books:
            others = [one for one in books.watching.views(account.id) if one.title != title.strip()]
            books.watching.keep_view(account.id, check_view(title, query, len(others)), query, now)
            books.audit.record(now, account.id, "tampilan.simpan")

    def remove(self, view_id: int, account: Account, now: datetime) -> None:
        """`NotFound` when this account has none such."""
        with self._store.writing(linking=False) as books:
            books.watching.drop_view(account.id, view_id)
            books.audit.record(now, account.id, "tampilan.hapus", f"tampilan:{view_id}")
