"""Which offices see an incident, an item or what hangs on one: rows kept with each change, and asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from screening.records import Area, Sight
from screening.schema import (
    assessment,
    incident,
    incident_item,
    incident_office,
    memo,
    review,
    saved_view,
    watch_topic,
)
from screening.schema_casework import follow_up
from screening.schema_second import second_reading
from screening.taxonomy import REGENCY_BY_CODE

_REGENCY = 5  # characters of a regency's code
_CHUNK = 400
# A merged incident leads to the one that has its reports now, so that one decides.
HOME = sa.func.coalesce(incident.c.merged_into, incident.c.id)


def write_offices(connection: sa.Connection, incident_id: int) -> None:
    """The regencies that see this incident, by its place and by where its reports put the event.

    What is outside, and what was merged into another, is seen by none but the province.
    """
    row = connection.execute(
        sa.select(incident.c.area, incident.c.place_code, incident.c.merged_into).where(
            incident.c.id == incident_id
        )
    ).one()
    wanted: dict[str, str] = {}
    if row.area != Area.OUTSIDE and row.merged_into is None:
        told = (
            sa.select(assessment.c.regency)
            .join(incident_item, incident_item.c.item_id == assessment.c.item_id)
            .where(incident_item.c.incident_id == incident_id, assessment.c.regency.is_not(None))
            .distinct()
        )
        wanted = dict.fromkeys(connection.scalars(told), "laporan")
        wanted[(row.place_code or "")[:_REGENCY]] = "tempat"
    wanted = {code: why for code, why in wanted.items() if code in REGENCY_BY_CODE}
    mine = incident_office.c.incident_id == incident_id
    kept = sa.select(incident_office.c.office, incident_office.c.why).where(mine)
    if {row.office: row.why for row in connection.execute(kept)} == wanted:
        return  # as after most reports: nothing to write
    connection.execute(incident_office.delete().where(mine))
    if wanted:
        rows = [{"incident_id": incident_id, "office": code, "why": why} for code, why in wanted.items()]
        connection.execute(incident_office.insert(), rows)


def seen(sight: Sight, column: Any = incident.c.id) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions on a column of incident ids; none for the province."""
    if sight.whole:
        return ()
    # A list of ids and not EXISTS: one regency's are few, and both databases then begin with them.
    return (
        column.in_(sa.select(incident_office.c.incident_id).where(incident_office.c.office == sight.office)),
    )


def seen_items(sight: Sight, column: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions on a column of item ids: of incidents it sees, or set aside and told of its own regency."""
    if sight.whole:
        return ()
    reported = sa.select(incident_item.c.item_id).join(
        incident_office, incident_office.c.incident_id == incident_item.c.incident_id
    )
    alone = (
        sa.select(assessment.c.item_id)
        .outerjoin(incident_item, incident_item.c.item_id == assessment.c.item_id)
        .where(assessment.c.regency == sight.office, incident_item.c.item_id.is_(None))
    )
    return (sa.or_(column.in_(reported.where(incident_office.c.office == sight.office)), column.in_(alone)),)


class Offices:
    """May this office see that one thing? What is not there is seen by nobody but the province."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def sees(self, sight: Sight, kind: str, number: int) -> bool:
        """`kind`: insiden, butir, naskah, putusan, tindak, bacaan2, topik, tampilan."""
        return sight.whole or self._any(_WHICH[kind](sight, number))

    def visible(self, sight: Sight, incident_ids: Sequence[int]) -> set[int]:
        """Those of these incidents that it sees."""
        if sight.whole:
            return set(incident_ids)
        found: set[int] = set()
        for start in range(0, len(incident_ids), _CHUNK):
            chosen = incident.c.id.in_(incident_ids[start : start + _CHUNK])
            found |= set(self._db.scalars(sa.select(incident.c.id).where(chosen, *seen(sight))))
        return found

    def of(self, incident_id: int) -> dict[str, str]:
        """The regencies that see an incident, and why."""
        query = sa.select(incident_office.c.office, incident_office.c.why).where(
            incident_office.c.incident_id == incident_id
        )
        rows = self._db.execute(query.order_by(incident_office.c.office))
        return {row.office: row.why for row in rows}

    def _any(self, query: sa.Select[Any]) -> bool:
        return self._db.execute(query.limit(1)).first() is not None


def _incident(sight: Sight, number: int) -> sa.Select[Any]:
    return sa.select(incident.c.id).where(incident.c.id == number, *seen(sight, HOME))


def _item(sight: Sight, number: int) -> sa.Select[Any]:
    return sa.select(assessment.c.item_id).where(
        assessment.c.item_id == number, *seen_items(sight, assessment.c.item_id)
    )


def _of_incident(table: sa.Table) -> Callable[[Sight, int], sa.Select[Any]]:
    def query(sight: Sight, number: int) -> sa.Select[Any]:
        return (
            sa.select(table.c.id)
            .join(incident, incident.c.id == table.c.incident_id)
            .where(table.c.id == number, *seen(sight, HOME))
        )

    return query


def _topic(sight: Sight, number: int) -> sa.Select[Any]:
    mine = watch_topic.c.office == sight.office
    return sa.select(watch_topic.c.id).where(watch_topic.c.id == number, mine)


def _view(sight: Sight, number: int) -> sa.Select[Any]:
    return sa.select(saved_view.c.id).where(saved_view.c.id == number)  # its verb asks whose it is


_WHICH: dict[str, Callable[[Sight, int], sa.Select[Any]]] = {
    "insiden": _incident,
    "butir": _item,
    "naskah": _of_incident(memo),
    "putusan": _of_incident(review),
    "tindak": _of_incident(follow_up),
    "bacaan2": _of_incident(second_reading),
    "topik": _topic,
    "tampilan": _view,
}
