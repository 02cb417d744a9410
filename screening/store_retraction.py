"""Rows of undone decisions, and which review stands."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from screening.errors import NotFound
from screening.records import Review
from screening.schema import incident, retraction, review
from screening.store_reviews import read_review, review_rows, stands


class Retractions:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def review(self, review_id: int) -> tuple[Review, int]:
        """(the review, the account that made it); `NotFound` when there is none."""
        row = self._db.execute(review_rows().where(review.c.id == review_id)).first()
        if row is None:
            raise NotFound("Putusan itu tidak ada.")
        return read_review(row), int(row.account_id)

    def write(self, review_id: int, account_id: int, now: datetime) -> None:
        self._db.execute(retraction.insert().values(review_id=review_id, account_id=account_id, at=now))

    def newest_own(self, account_id: int, since: datetime) -> Review | None:
        """The newest decision of this account since then that still stands on its incident."""
        query = (
            review_rows()
            .join(incident, incident.c.review_id == review.c.id)
            .where(review.c.account_id == account_id, review.c.at > since, stands())
            .order_by(review.c.id.desc())
            .limit(1)
        )
        row = self._db.execute(query).first()
        return None if row is None else read_review(row)
