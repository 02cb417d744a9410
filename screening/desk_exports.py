"""What leaves Dini for other tools: lists page by page, one judgement, accepted incidents, tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from models import mask_names
from screening.desk_analyst import excerpt, item
from screening.desk_audit import Audits
from screening.digest_lines import Material, line_of
from screening.errors import Invalid
from screening.listing import (
    PAGE,
    DigestWindow,
    IncidentFilter,
    ItemFilter,
    ItemPage,
    Judged,
    Listed,
    ListedItem,
    ListedPage,
    Published,
    Table,
    WindowPage,
    cursor_of,
    due_windows,
    read_moment_cursor,
)
from screening.records import EVERYTHING, Account, Correction, Decision, Incident, Report, Sight
from screening.sipks import SipksRow, sipks_row
from screening.store import Books, Store

ROWS_MOST = 10_000  # of one table
SIPKS_MOST = 1_000  # each needs all its reports read
FEED_MOST = 100


class Exports:
    """The verbs; nothing they give holds a raw text or a person's name."""

    def __init__(self, store: Store, audits: Audits) -> None:
        self._store = store
        self._audits = audits

    def incidents(self, flt: IncidentFilter, now: datetime) -> ListedPage:
        """A page of incidents. `Invalid` on a foreign cursor, an empty span or an unknown office."""
        wanted = replace(flt, limit=max(1, min(flt.limit, PAGE)))
        with self._store.reading() as books:
            rows, cursor = books.exports.incidents(wanted, now)
            return ListedPage(lines=_listed(books, rows, now), next_cursor=cursor)

    def items(self, flt: ItemFilter) -> ItemPage:
        """A page of stored items, flagged or not. `Invalid` on a foreign cursor or an empty span."""
        wanted = replace(flt, limit=max(1, min(flt.limit, PAGE)))
        with self._store.reading() as books:
            rows, cursor = books.exports.items(wanted)
        return ItemPage(lines=tuple(_item(row) for row in rows), next_cursor=cursor)

    def judgement(self, item_id: int) -> Judged:
        """The whole assessment of one item, masked. `NotFound` when there is no such item."""
        report = item(self._store, item_id)
        said = report.assessment
        masked = replace(
            said,
            evidence=tuple(replace(one, text=mask_names(one.text)) for one in said.evidence),
            facts=replace(
                said.facts,
                spans=tuple(replace(one, text=mask_names(one.text)) for one in said.facts.spans),
            ),
        )
        with self._store.reading() as books:
            incident_id = books.incidents.incident_of(item_id)
        return Judged(report=replace(report, assessment=masked), incident_id=incident_id)

    def published(
        self, office: str, limit: int, now: datetime, sight: Sight = EVERYTHING
    ) -> tuple[Published, ...]:
        """The last accepted incidents of an office (empty or 62: the province), newest acceptance first."""
        with self._store.reading() as books:
            rows = books.exports.accepted(office, max(1, min(limit, FEED_MOST)), now, sight)
            listed = _listed(books, rows, now)
            tiers = {one.id: one.tier for one in books.sources.all()}
            reports = _reports(books, [one.incident for one in listed])
        told = []
        for one, row in zip(listed, rows, strict=True):
            mine = reports[one.incident.id]
            grades = tuple(tiers.get(report.item.source_id, "") for report in mine)
            line = line_of(Material(incident=one.incident, reports=mine, tiers=grades, review=None))
            told.append(
                Published(
                    listed=one,
                    accepted_at=row.accepted_at,
                    text=line.text,
                    sources=tuple((each.source_name, each.link, each.published) for each in line.sources),
                )
            )
        return tuple(told)

    def windows(self, offices: Sequence[str], days: int, after: str, limit: int, now: datetime) -> WindowPage:
        """The digests that were due in the last `days` days for these offices, newest first."""
        due = [
            (end, -number, office, start)
            for start, end in due_windows(now, days)
            for number, office in enumerate(offices)
        ]
        if after:
            moment, number = read_moment_cursor(after)
            due = [one for one in due if one[:2] < (moment, -number)]
        page = due[:limit]
        with self._store.reading() as books:
            posted = books.exports.posted(now - timedelta(days=days), now) if page else {}
        lines = []
        for end, _number, office, start in page:
            sent, waiting = posted.get((office, end), (0, 0))
            lines.append(DigestWindow(office=office, start=start, end=end, sent=sent, waiting=waiting))
        more = len(due) > limit
        return WindowPage(
            lines=tuple(lines), next_cursor=cursor_of(page[-1][0], -page[-1][1]) if more and page else ""
        )

    def table(
        self,
        flt: IncidentFilter,
        account: Account,
        kind: str,
        now: datetime,
        hidden: Collection[int] = (),
    ) -> Table:
        """Up to `ROWS_MOST` incidents and how many there are, without those hidden from the asker.

        It is written down as an export of `kind`; `Refused` when the account's quota of the day is used up.
        """
        wanted = replace(flt, limit=ROWS_MOST)
        with self._store.reading() as books:
            total = books.exports.count(wanted, now)
            rows, _cursor = books.exports.incidents(wanted, now)
            shown = [row for row in rows if row.id not in hidden]
            listed = _listed(books, shown, now)
        self._audits.spend(account, len(listed), now, f"ekspor:{kind}")
        return Table(rows=listed, total=total - (len(rows) - len(shown)))

    def sipks(
        self,
        flt: IncidentFilter,
        account: Account,
        kind: str,
        now: datetime,
        hidden: Collection[int] = (),
    ) -> tuple[tuple[SipksRow, ...], int]:
        """(rows of accepted incidents for SIPKS, how many there are); at most `SIPKS_MOST`; as `table`.

        `Invalid` when another decision than acceptance is asked for.
        """
        if flt.decision not in (None, Decision.ACCEPT):
            raise Invalid("Lembar SIPKS hanya memuat insiden yang sudah diterima.")
        # The queue shows what waits; what is accepted waits no more.
        queue = None if flt.queue is None else replace(flt.queue, state="all")
        wanted = replace(
            flt, state="all", decision=Decision.ACCEPT, merged=False, queue=queue, limit=SIPKS_MOST
        )
        with self._store.reading() as books:
            total = books.exports.count(wanted, now)
            rows, _cursor = books.exports.incidents(wanted, now)
            shown = [row for row in rows if row.id not in hidden]
            incidents = [one.incident for one in _listed(books, shown, now)]
            reports = _reports(books, incidents)
        made = tuple(sipks_row(one, reports[one.id]) for one in incidents)
        self._audits.spend(account, len(made), now, f"ekspor:{kind}")
        return made, total - (len(rows) - len(shown))


def _listed(books: Books, rows: Sequence[Any], now: datetime) -> tuple[Listed, ...]:
    found = books.incidents.some([row.id for row in rows], now)
    return tuple(
        Listed(
            incident=found[row.id],
            changed_at=row.changed_at,
            merged_into=row.merged_into,
            source_name=row.source_name,
            link=row.link,
        )
        for row in rows
    )


def _reports(books: Books, incidents: Sequence[Incident]) -> dict[int, tuple[Report, ...]]:
    """The reports of each, oldest first, without excerpts."""
    members = books.incidents.members([one.id for one in incidents])
    rows = books.items.some([number for numbers in members.values() for number in numbers])
    titles = {one.lead_item_id: one.title for one in incidents}
    told = [
        Report(
            item=found,
            source_name=name,
            source_owner=owner,
            masked_title=titles.get(found.id) or mask_names(found.title),
            excerpt="",
            same_text_as=twin,
            assessment=said,
        )
        for found, name, owner, said, twin in rows
    ]
    of_incident = {number: one for one, numbers in members.items() for number in numbers}
    grouped: dict[int, list[Report]] = {one.id: [] for one in incidents}
    for report in told:
        grouped[of_incident[report.item.id]].append(report)
    return {number: tuple(reports) for number, reports in grouped.items()}


def _item(row: Any) -> ListedItem:
    return ListedItem(
        id=row.id,
        title=mask_names(row.title),
        excerpt=excerpt(row.opening),
        source_id=row.source_id,
        source_name=row.source_name,
        link=row.link,
        published=row.published,
        first_seen=row.first_seen,
        last_changed=row.last_changed,
        version=row.version,
        correction=Correction(row.correction) if row.correction else None,
        relevance=row.relevance,
        flagged=row.flagged,
        issue=row.issue,
        form=row.form,
        realis=row.realis,
        regency=row.regency,
        incident_id=row.incident_id,
        same_text_as=row.same_text_as,
        model=row.model,
    )
