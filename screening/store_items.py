"""Rows of items, their versions, and what the machine said of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds import Entry
from models import Assessment
from screening.errors import NotFound
from screening.ingest import (
    Changed,
    Completed,
    New,
    Same,
    Stored,
    claim,
    key_hash,
    link_hash,
    text_from,
)
from screening.records import EVERYTHING, Area, Correction, Item, LedgerReason, Sight
from screening.said import read_assessment, write_assessment
from screening.schema import assessment, incident, incident_item, item, item_version, source
from screening.store_rows import numbered, poured

_CHUNK = 400  # well under the bound-variable limit of either database


class Items:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def stored_like(self, source_id: int, entries: Sequence[Entry]) -> list[Stored]:
        """What this source stored under the keys or links of these entries."""
        keys = sorted({key_hash(claim(entry)) for entry in entries})
        links = sorted({link_hash(entry.link) for entry in entries if entry.link})
        rows: dict[int, Any] = {}
        for column, values in ((item.c.key_hash, keys), (item.c.link_hash, links)):
            for start in range(0, len(values), _CHUNK):
                chosen = column.in_(values[start : start + _CHUNK])
                for row in self._db.execute(sa.select(item).where(item.c.source_id == source_id, chosen)):
                    rows[row.id] = row
        seen: dict[int, set[str]] = {}
        ids = sorted(rows)
        for start in range(0, len(ids), _CHUNK):
            query = sa.select(item_version.c.item_id, item_version.c.content_hash)
            for number, digest in self._db.execute(
                query.where(item_version.c.item_id.in_(ids[start : start + _CHUNK]))
            ):
                seen.setdefault(number, set()).add(digest)
        reported: set[int] = set()
        for start in range(0, len(ids), _CHUNK):
            linked = sa.select(incident_item.c.item_id)
            chosen = incident_item.c.item_id.in_(ids[start : start + _CHUNK])
            reported |= set(self._db.scalars(linked.where(chosen)))
        return [
            Stored(
                item_id=row.id,
                identity=row.identity,
                key_hash=row.key_hash,
                link_hash=row.link_hash,
                title=row.title,
                text=row.text,
                content_hash=row.content_hash,
                version=row.version,
                seen_hashes=frozenset(seen.get(row.id, ())),
                published=row.published,
                feed_hash=row.feed_hash or row.content_hash,
                text_from=row.text_from,
                page_tries=row.page_tries,
                first_seen=row.first_seen,
                reported=row.id in reported,
            )
            for row in (rows[number] for number in ids)
        ]

    def add(self, news: Sequence[tuple[int, New]], saids: Sequence[Assessment], now: datetime) -> list[int]:
        """Items of new entries by source id, with what the machine says of each; their ids, in the same
        order.
        """
        if not news:
            return []
        rows = [_new_row(source_id, one, now) for source_id, one in news]
        numbers = numbered(self._db, item, rows)
        versions = [
            _version_row(number, 1, intent=one, said=said, now=now)
            for number, (_, one), said in zip(numbers, news, saids, strict=True)
        ]
        poured(self._db, item_version, versions)
        judged = [
            {"item_id": number, **_said(number, said, now)}
            for number, said in zip(numbers, saids, strict=True)
        ]
        poured(self._db, assessment, judged)
        return numbers

    def change(self, intent: Changed, said: Assessment, now: datetime) -> None:
        """Take the new text; the old one stays in `item_version`. Going back to an old text adds none."""
        values = _text(intent, now) | {"page_tries": 0}
        if intent.correction is not None:
            # A withdrawal is not undone by a later correction of the same story.
            values["correction"] = sa.case(
                (item.c.correction == Correction.WITHDRAWN, item.c.correction), else_=intent.correction
            )
        if intent.fresh:
            values["version"] = item.c.version + 1
        self._db.execute(item.update().where(item.c.id == intent.item_id).values(**values))
        if intent.fresh:
            self._keep_text(intent, said, now)
        self._judge_again(intent.item_id, said, now)

    def complete(self, intent: Completed, said: Assessment, now: datetime) -> None:
        """Take the text of the article page; the source edited nothing, so the version stays."""
        self._db.execute(item.update().where(item.c.id == intent.item_id).values(**_text(intent, now)))
        if intent.fresh:
            self._keep_text(intent, said, now)
        self._judge_again(intent.item_id, said, now)

    def keep_feed_hash(self, intent: Same) -> None:
        """The feed's own words changed and led to the text we have: remember them."""
        self._db.execute(
            item.update().where(item.c.id == intent.item_id).values(feed_hash=intent.prints.feed)
        )

    def page_tried(self, item_id: int, tries: int) -> None:
        self._db.execute(
            item.update().where(item.c.id == item_id).values(page_tries=item.c.page_tries + tries)
        )

    def first_with_text(self, digests: Sequence[str]) -> dict[str, tuple[datetime, datetime]]:
        """(first seen, published) of the first item of any source with each of these texts."""
        found: dict[str, tuple[datetime, datetime]] = {}
        query = sa.select(item.c.content_hash, item.c.first_seen, item.c.published).order_by(item.c.id.desc())
        for start in range(0, len(digests), _CHUNK):
            for row in self._db.execute(
                query.where(item.c.content_hash.in_(digests[start : start + _CHUNK]))
            ):
                found[row.content_hash] = (row.first_seen, row.published)
        return found

    def one(self, item_id: int) -> tuple[Item, str, str, Assessment, int | None]:
        """(item, source name, source owner, assessment, item with the same text)."""
        found = self.some([item_id])
        if not found:
            raise NotFound("Berita itu tidak ada.")
        return found[0]

    def some(self, item_ids: Sequence[int]) -> list[tuple[Item, str, str, Assessment, int | None]]:
        """The same for several, in order of publication."""
        return self._told(item_ids, list(item.c))

    def _told(
        self, item_ids: Sequence[int], columns: Sequence[sa.ColumnElement[Any]]
    ) -> list[tuple[Item, str, str, Assessment, int | None]]:
        query = (
            sa.select(
                *columns,
                source.c.name.label("source_name"),
                source.c.owner.label("source_owner"),
                assessment.c.said,
                incident_item.c.same_text_as,
            )
            .join(source, source.c.id == item.c.source_id)
            .join(assessment, assessment.c.item_id == item.c.id)
            .outerjoin(incident_item, incident_item.c.item_id == item.c.id)
        )
        rows: list[Any] = []
        for start in range(0, len(item_ids), _CHUNK):
            rows += self._db.execute(query.where(item.c.id.in_(item_ids[start : start + _CHUNK]))).all()
        rows.sort(key=lambda row: (row.published, row.id))
        return [
            (read_item(row), row.source_name, row.source_owner, read_assessment(row.said), row.same_text_as)
            for row in rows
        ]

    def headlines(self, item_ids: Sequence[int]) -> list[tuple[Item, str, str, Assessment, int | None]]:
        """The same without the texts, which a digest of a dense day has no use for."""
        left_out = ("text", "html", "published_raw")
        columns = [sa.literal("").label(one.name) if one.name in left_out else one for one in item.c]
        return self._told(item_ids, columns)

    def versions(self, item_id: int) -> list[tuple[int, str, str, datetime]]:
        """(version, title, text, since) of every text this item has had."""
        query = (
            sa.select(item_version).where(item_version.c.item_id == item_id).order_by(item_version.c.version)
        )
        return [(row.version, row.title, row.text, row.at) for row in self._db.execute(query)]

    def total(self) -> int:
        return self._db.scalar(sa.select(sa.func.count()).select_from(item)) or 0

    def set_aside_counts(
        self, start: datetime | None = None, end: datetime | None = None, sight: Sight = EVERYTHING
    ) -> dict[LedgerReason, int]:
        """Stored items outside the Kalteng queue, by reason; all, or those first seen in [start, end).

        Of a regency those told of it, which the words or a person may still have set aside wrongly.
        """
        if not sight.whole:
            bounds = () if start is None or end is None else _seen(start, end)
            own = sa.select(sa.func.count()).select_from(_joined())
            own = own.where(_is_below(), assessment.c.regency == sight.office, *bounds)
            return {LedgerReason.BELOW_THRESHOLD: self._db.scalar(own) or 0}
        if start is None or end is None:
            return self._set_aside_in_all()
        below = sa.select(sa.func.count()).select_from(_joined()).where(_is_below(), *_seen(start, end))
        outside = sa.select(sa.func.count()).select_from(_joined()).where(_is_outside(), *_seen(start, end))
        return {
            LedgerReason.BELOW_THRESHOLD: self._db.scalar(below) or 0,
            LedgerReason.OUTSIDE: self._db.scalar(outside) or 0,
        }

    def _set_aside_in_all(self) -> dict[LedgerReason, int]:
        """The same for everything stored, by counts that stay quick at a million items."""
        count = sa.select(sa.func.count())
        items = self._db.scalar(sa.select(sa.func.sum(source.c["items"]))) or 0
        flagged = self._db.scalar(count.select_from(assessment).where(assessment.c.flagged == sa.true())) or 0
        linked = incident_item.join(assessment, assessment.c.item_id == incident_item.c.item_id)
        kept = self._db.scalar(count.select_from(linked).where(assessment.c.flagged == sa.false())) or 0
        elsewhere = incident_item.join(incident, incident.c.id == incident_item.c.incident_id)
        outside = self._db.scalar(count.select_from(elsewhere).where(_is_outside())) or 0
        return {LedgerReason.BELOW_THRESHOLD: items - flagged - kept, LedgerReason.OUTSIDE: outside}

    def set_aside(
        self,
        reason: LedgerReason | None,
        limit: int,
        offset: int,
        after: tuple[float, int] | None = None,
        sight: Sight = EVERYTHING,
    ) -> list[tuple[int, str, str, str, float, LedgerReason, datetime]]:
        """(item, title, source name, link, relevance, reason, published), most relevant first.

        `after` is the relevance and number of the last line before these.
        """
        wheres = {LedgerReason.BELOW_THRESHOLD: _is_below(), LedgerReason.OUTSIDE: _is_outside()}
        if not sight.whole:
            own = sa.and_(_is_below(), assessment.c.regency == sight.office)
            wheres = {LedgerReason.BELOW_THRESHOLD: own}
        rows: list[tuple[int, str, str, str, float, LedgerReason, datetime]] = []
        for why, where in wheres.items():
            if reason in (None, why):
                query = (
                    sa.select(
                        assessment.c.item_id,
                        item.c.title,
                        source.c.name,
                        item.c.link,
                        assessment.c.relevance,
                        item.c.published,
                    )
                    .select_from(_joined())
                    .where(where)
                    .order_by(assessment.c.relevance.desc(), assessment.c.item_id.desc())
                    .limit(limit + offset)
                )
                if after is not None:
                    later = sa.and_(assessment.c.relevance == after[0], assessment.c.item_id < after[1])
                    query = query.where(sa.or_(assessment.c.relevance < after[0], later))
                rows += [(*row[:5], why, row[5]) for row in self._db.execute(query)]
        # Each part is in order; both together are cut after the merge, so pages neither skip nor repeat.
        rows.sort(key=lambda row: (-row[4], -row[0]))
        return rows[offset : offset + limit]

    def seen_between(self, start: datetime, end: datetime) -> int:
        query = sa.select(sa.func.count()).select_from(item)
        return self._db.scalar(query.where(item.c.first_seen >= start, item.c.first_seen < end)) or 0

    def read_by_regency(self, start: datetime, end: datetime) -> dict[str, int]:
        """Items read in the window about each regency, flagged or not."""
        query = (
            sa.select(assessment.c.regency, sa.func.count())
            .join(item, item.c.id == assessment.c.item_id)
            .where(
                assessment.c.regency.is_not(None),
                sa.or_(
                    sa.and_(item.c.published >= start, item.c.published < end),
                    sa.and_(item.c.first_seen >= start, item.c.first_seen < end),
                ),
            )
            .group_by(assessment.c.regency)
        )
        return {str(code): int(count) for code, count in self._db.execute(query)}

    def _keep_text(self, intent: Changed | Completed, said: Assessment, now: datetime) -> None:
        number = intent.item_id
        version = self._db.scalar(sa.select(item.c.version).where(item.c.id == number)) or 1
        poured(self._db, item_version, [_version_row(number, version, intent=intent, said=said, now=now)])

    def _judge_again(self, number: int, said: Assessment, now: datetime) -> None:
        values = _said(number, said, now)
        self._db.execute(assessment.update().where(assessment.c.item_id == number).values(**values))


def _new_row(source_id: int, intent: New, now: datetime) -> dict[str, Any]:
    entry = intent.entry
    return {
        "source_id": source_id,
        "identity": intent.identity,
        "key": claim(entry),
        "key_hash": intent.prints.key,
        "published": entry.published,
        "published_raw": entry.published_raw,
        "date_suspect": entry.date_suspect,
        "first_seen": now,
        "version": 1,
        "correction": intent.correction,
        **_text(intent, now),
    }


def _version_row(
    number: int, version: int, *, intent: New | Changed | Completed, said: Assessment, now: datetime
) -> dict[str, Any]:
    entry = intent.entry
    return {
        "item_id": number,
        "version": version,
        "content_hash": intent.prints.content,
        "title": entry.title,
        "text": entry.text,
        "relevance": said.relevance,
        "flagged": said.flagged,
        "at": now,
    }


def _text(intent: New | Changed | Completed, now: datetime) -> dict[str, Any]:
    entry = intent.entry
    return {
        "link": entry.link,
        "link_hash": intent.prints.link,
        "title": entry.title,
        "text": entry.text,
        "html": entry.html,
        "content_hash": intent.prints.content,
        "text_from": text_from(entry),
        "feed_hash": intent.prints.feed,
        "last_changed": now,
        "pruned_at": None,  # new words of an old item begin a life of their own
    }


def _joined() -> sa.FromClause:
    return (
        assessment.join(item, item.c.id == assessment.c.item_id)
        .join(source, source.c.id == item.c.source_id)
        .outerjoin(incident_item, incident_item.c.item_id == item.c.id)
        .outerjoin(incident, incident.c.id == incident_item.c.incident_id)
    )


def _is_below() -> sa.ColumnElement[bool]:
    # An item that an edit made harmless stays with its incident, so it is not set aside.
    return sa.and_(assessment.c.flagged == sa.false(), incident_item.c.item_id.is_(None))


def _is_outside() -> sa.ColumnElement[bool]:
    return incident.c.area == Area.OUTSIDE


def _seen(start: datetime, end: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (item.c.first_seen >= start, item.c.first_seen < end)


def _said(number: int, said: Assessment, now: datetime) -> dict[str, Any]:
    return {
        "relevance": said.relevance,
        "flagged": said.flagged,
        "threshold": said.threshold,
        "issue": said.issue.code,
        "form": said.form.code,
        "realis": said.realis.code,
        "place_kind": said.place.kind,
        "regency": said.place.regency,
        "said": write_assessment(said, str(number)),
        "model": said.model,
        "at": now,
    }


def read_item(row: Any) -> Item:
    return Item(
        id=row.id,
        source_id=row.source_id,
        key=row.key,
        link=row.link,
        title=row.title,
        text=row.text,
        html=row.html,
        published=row.published,
        published_raw=row.published_raw,
        date_suspect=row.date_suspect,
        first_seen=row.first_seen,
        last_changed=row.last_changed,
        version=row.version,
        text_from=row.text_from,
        correction=Correction(row.correction) if row.correction else None,
        pruned_at=row.pruned_at,
    )
