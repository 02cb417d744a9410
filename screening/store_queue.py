"""What the queue's filter asks of the rows, and the cheap question of what changed since a page was shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.errors import Invalid
from screening.records import QueueFilter, Sight
from screening.schema import holding, incident, incident_item, item, source
from screening.store_offices import HOME, seen
from screening.store_second import read_blind_by
from screening.store_watching import Watching
from screening.store_wording import says_all, says_any
from screening.watching import check_words

STATES = ("open", "done", "all")
HELD = ("", "mine", "free")


class Queues:
    """Counts and marks of the queue; the lines themselves are incidents."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def arrived(self, flt: QueueFilter, since: datetime, now: datetime) -> int:
        """How many incidents of this filter were found after `since`."""
        fresh = (incident.c.detected_at > since, *queue_wheres(self._db, flt, now))
        return self._db.scalar(sa.select(sa.func.count()).select_from(incident).where(*fresh)) or 0

    def marks(self, incident_ids: Sequence[int], account_id: int | None, sight: Sight) -> list[Any]:
        """What a shown line must know: open or not, decision, by whom, the newest review, merged into.

        Left out: what this account reads blind and what its office may not see.
        """
        query = sa.select(
            incident.c.id,
            incident.c.is_open,
            incident.c.decision,
            incident.c.review_id,
            incident.c.reviewed_by,
            incident.c.merged_into,
        ).where(incident.c.id.in_(incident_ids), *seen(sight, HOME))
        if account_id is not None:
            query = query.where(~read_blind_by(account_id))
        return list(self._db.execute(query.order_by(incident.c.id)))

    def tiers(self) -> list[str]:
        """What sources are graded as, for the filter's choices."""
        query = sa.select(source.c.tier).where(source.c.tier != "").distinct().order_by(source.c.tier)
        return list(self._db.scalars(query))


def queue_wheres(connection: sa.Connection, flt: QueueFilter, now: datetime) -> list[sa.ColumnElement[bool]]:
    """The conditions of a filter; `Invalid` on a state or words that cannot be asked for."""
    if flt.state not in STATES:
        raise Invalid(f"Keadaan antrean harus salah satu dari {', '.join(STATES)}.")
    if flt.held not in HELD:
        raise Invalid("Penanganan harus salah satu dari mine, free.")
    wheres: list[sa.ColumnElement[bool]] = [incident.c.merged_into.is_(None)]
    if flt.state != "all":
        wheres.append(incident.c.is_open == (sa.true() if flt.state == "open" else sa.false()))
    if flt.area is not None:
        wheres.append(incident.c.area == flt.area)
    if flt.severity is not None:
        wheres.append(incident.c.severity == int(flt.severity))
    if flt.place_code:
        under = incident.c.place_code.startswith(f"{flt.place_code}.", autoescape=True)
        wheres.append(sa.or_(incident.c.place_code == flt.place_code, under))
    if flt.issue:
        wheres.append(incident.c.issue == flt.issue)
    if flt.course is not None:
        wheres.append(incident.c.status == flt.course)
    return [*wheres, *seen(flt.sight), *_beyond_the_row(connection, flt, now)]


def _beyond_the_row(
    connection: sa.Connection, flt: QueueFilter, now: datetime
) -> list[sa.ColumnElement[bool]]:
    """Conditions that other tables answer: who reports it, its words, whose hands it is in."""
    wheres: list[sa.ColumnElement[bool]] = []
    of_few = flt.state == "open"
    if flt.account_id is not None:
        # Who reads one blind learns neither its level nor its rank; the page says apart that it waits.
        wheres.append(~read_blind_by(flt.account_id))
    if flt.tier:
        wheres.append(_reported_by(connection, flt.tier, of_few))
    if flt.words and (asked := check_words(flt.words)):
        wheres.append(says_all(asked, of_few=of_few))
    if flt.topic_id is not None:
        topic = Watching(connection).topic(flt.topic_id, flt.sight)
        wheres.append(says_any(topic.alternatives, of_few=of_few))
    if flt.held:
        live = sa.select(holding.c.incident_id).where(holding.c.ended_at.is_(None), holding.c.until > now)
        if flt.held == "mine":
            wheres.append(incident.c.id.in_(live.where(holding.c.account_id == flt.account_id)))
        else:
            wheres.append(incident.c.id.not_in(live))
    return wheres


def _reported_by(connection: sa.Connection, tier: str, of_few: bool) -> sa.ColumnElement[bool]:
    # The few sources first, or each report's is looked up.
    sources = list(connection.scalars(sa.select(source.c.id).where(source.c.tier == tier)))
    reported = sa.select(incident_item.c.incident_id).join(item, item.c.id == incident_item.c.item_id)
    reported = reported.where(item.c.source_id.in_(sources))
    if of_few:
        return reported.where(incident_item.c.incident_id == incident.c.id).exists()
    # Of all incidents SQLite begins with the sources, whose index has the reports, and reads no article.
    return incident.c.id.in_(reported)


def read_cursor(text: str) -> tuple[float, int]:
    """(rank, id) of the last line of the page before; `Invalid` for anything we did not write."""
    points, _, number = text.partition("_")
    try:
        found = float(points), int(number)
    except ValueError:
        raise Invalid("Penanda halaman tidak dikenal.") from None
    if found[0] != found[0] or not 0 <= found[1] < 2**62:
        raise Invalid("Penanda halaman tidak dikenal.")
    return found
