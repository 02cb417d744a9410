"""Rows of saved views and watch topics."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from screening.errors import Conflict, NotFound
from screening.records import Account, Sight
from screening.schema import account, saved_view, watch_topic
from screening.watching import SavedView, Topic


class Watching:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- saved views

    def views(self, account_id: int) -> tuple[SavedView, ...]:
        query = sa.select(saved_view).where(saved_view.c.account_id == account_id).order_by(saved_view.c.id)
        return tuple(
            SavedView(id=row.id, title=row.title, query=row.query) for row in self._db.execute(query)
        )

    def keep_view(self, account_id: int, title: str, query: str, now: datetime) -> None:
        """Under a name that is used already the newer filter takes the place of the older."""
        mine = sa.and_(saved_view.c.account_id == account_id, saved_view.c.title == title)
        if not self._db.execute(saved_view.update().where(mine).values(query=query)).rowcount:
            values = {"account_id": account_id, "title": title, "query": query, "added_at": now}
            self._db.execute(saved_view.insert().values(**values))

    def drop_view(self, account_id: int, view_id: int) -> None:
        mine = sa.and_(saved_view.c.account_id == account_id, saved_view.c.id == view_id)
        if not self._db.execute(saved_view.delete().where(mine)).rowcount:
            raise NotFound("Tampilan itu tidak ada.")

    # --- watch topics

    def topics(self, sight: Sight) -> tuple[Topic, ...]:
        """Those of this office: the province's and each regency's are their own."""
        query = (
            sa.select(watch_topic, account.c.name.label("account_name"))
            .join(account, account.c.id == watch_topic.c.account_id)
            .where(watch_topic.c.office == sight.office)
            .order_by(watch_topic.c.title)
        )
        return tuple(
            Topic(
                id=row.id,
                title=row.title,
                alternatives=tuple(row.words.split("\n")),
                added_by=row.account_name,
                added_at=row.added_at,
            )
            for row in self._db.execute(query)
        )

    def topic(self, topic_id: int, sight: Sight) -> Topic:
        for one in self.topics(sight):
            if one.id == topic_id:
                return one
        raise NotFound("Topik pantauan itu tidak ada.")

    def add_topic(self, title: str, alternatives: tuple[str, ...], by: Account, now: datetime) -> Topic:
        if self._db.scalar(sa.select(watch_topic.c.id).where(watch_topic.c.title == title)) is not None:
            raise Conflict(f"Topik {title} sudah ada.")
        values = {
            "title": title,
            "words": "\n".join(alternatives),
            "account_id": by.id,
            "added_at": now,
            "office": by.office,
        }
        self._db.execute(watch_topic.insert().values(**values))
        return next(one for one in self.topics(by.sight) if one.title == title)

    def drop_topic(self, topic_id: int, sight: Sight) -> None:
        mine = sa.and_(watch_topic.c.id == topic_id, watch_topic.c.office == sight.office)
        if not self._db.execute(watch_topic.delete().where(mine)).rowcount:
            raise NotFound("Topik pantauan itu tidak ada.")
