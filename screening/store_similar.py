"""Which incidents have which words: read from the linking's clues, by index and never more than a bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from screening.schema import clue, incident_item
from screening.similar import POSTINGS
from screening.store_links import mark

_CHUNK = 400


class Likes:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def counted(self, words: Sequence[str], since: datetime) -> dict[str, int]:
        """How many reports since then have each word; counted up to `POSTINGS` + 1."""
        found: dict[str, int] = {}
        for word in words:
            first = (
                self._having(word, since).with_only_columns(clue.c.published).limit(POSTINGS + 1).subquery()
            )
            found[word] = self._db.scalar(sa.select(sa.func.count()).select_from(first)) or 0
        return found

    def having(self, words: Sequence[str], since: datetime) -> dict[str, list[int]]:
        """For each word the incidents of the newest reports since then that have it."""
        items: dict[str, list[int]] = {}
        for word in words:
            newest = self._having(word, since).order_by(clue.c.published.desc()).limit(POSTINGS)
            items[word] = list(self._db.scalars(newest))
        home = self._incidents(sorted({number for numbers in items.values() for number in numbers}))
        return {
            word: sorted({home[number] for number in numbers if number in home})
            for word, numbers in items.items()
        }

    def _having(self, word: str, since: datetime) -> sa.Select[tuple[int]]:
        return sa.select(clue.c.item_id).where(clue.c.mark == mark(word), clue.c.published >= since)

    def _incidents(self, item_ids: Sequence[int]) -> Mapping[int, int]:
        found: dict[int, int] = {}
        query = sa.select(incident_item.c.item_id, incident_item.c.incident_id)
        for start in range(0, len(item_ids), _CHUNK):
            chosen = incident_item.c.item_id.in_(item_ids[start : start + _CHUNK])
            found |= {row.item_id: row.incident_id for row in self._db.execute(query.where(chosen))}
        return found
