"""The analyst's and supervisor's verbs: the queue, an incident, a decision, and what a digest is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models import Assessment, EvidenceKind, mask_names
from screening.alarm import tell_urgent
from screening.digest import Material
from screening.records import (
    Account,
    Coverage,
    Incident,
    IncidentView,
    Item,
    LedgerReason,
    QueueFilter,
    QueueLine,
    QueuePage,
    Report,
    ReviewDraft,
    SetAsideLine,
    SourceState,
)
from screening.regroup import folded
from screening.reviews import check_draft
from screening.store import Books, Store
from screening.taxonomy import Severity

_EXCERPT = 300
_SENTENCE = 400
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestParts:
    materials: tuple[Material, ...]
    coverage: Coverage
    read_by_regency: dict[str, int]
    usual: tuple[tuple[Severity, float], ...]


def queue(store: Store, flt: QueueFilter, now: datetime) -> QueuePage:
    with store.reading() as books:
        incidents, total, cursor = books.incidents.queue(flt, now)
        leads = {row[0].id: row for row in books.items.some([one.lead_item_id for one in incidents])}
        counts = books.incidents.open_counts(flt.area)
        aside = _set_aside_counts(books, now - timedelta(hours=24), now + timedelta(seconds=1))
    lines = []
    for one in incidents:
        item, source_name, _owner, said, _twin = leads[one.lead_item_id]
        lines.append(_queue_line(one, item, source_name, said))
    return QueuePage(
        lines=tuple(lines),
        total=total,
        next_cursor=cursor,
        counts=tuple((level, counts.get(level, 0)) for level in sorted(Severity, reverse=True)),
        set_aside=aside,
    )


def set_aside(store: Store, reason: LedgerReason | None, limit: int, offset: int) -> tuple[SetAsideLine, ...]:
    with store.reading() as books:
        rows = books.items.set_aside(reason, max(1, min(limit, 200)), max(0, min(offset, 10_000_000)))
    return tuple(
        SetAsideLine(
            item_id=number,
            title=mask_names(title),
            source_name=source_name,
            link=link,
            relevance=relevance,
            reason=why,
            published=published,
        )
        for number, title, source_name, link, relevance, why, published in rows
    )


def incident(store: Store, incident_id: int, now: datetime) -> IncidentView:
    with store.reading() as books:
        number = books.links.surviving(incident_id)
        found = books.incidents.one(number, now)
        rows = books.items.some(books.incidents.item_ids(number))
        reviews = books.incidents.reviews(number)
        regroupings = books.links.regroupings(number)
    return IncidentView(
        incident=found,
        reports=tuple(_report(*row) for row in rows),
        reviews=reviews,
        regroupings=regroupings,
    )


def material(store: Store, incident_id: int, now: datetime) -> Material:
    """One incident as a digest or an urgent message tells it."""
    seen = incident(store, incident_id, now)
    with store.reading() as books:
        tiers = {one.id: one.tier for one in books.sources.all()}
    return Material(
        incident=seen.incident,
        reports=seen.reports,
        tiers=tuple(tiers.get(report.item.source_id, "") for report in seen.reports),
        review=seen.reviews[0] if seen.reviews else None,
    )


def item(store: Store, item_id: int) -> Report:
    with store.reading() as books:
        return _report(*books.items.one(item_id))


def review(store: Store, draft: ReviewDraft, account: Account, now: datetime) -> Incident:
    with store.writing() as books:
        found = books.incidents.lock(draft.incident_id, now)
        reports = books.incidents.knowns(books.incidents.item_ids(found.id))
        machine = folded(books, reports, books.incidents.same_texts(found.id), found.id, now)
        # "As the machine said" goes back to the machine's form, not to that of an earlier review.
        check_draft(draft, replace(found, form=machine.form))
        books.incidents.add_review(draft, account.id, account.name, machine, now)
        tell_urgent(books, (found.id,), now)
        return books.incidents.one(found.id, now)


def digest_materials(store: Store, start: datetime, end: datetime, now: datetime) -> DigestParts:
    """Everything a digest of [start, end) is made of, read in one view."""
    if end >= now:
        # The window is still running: what arrived at this very moment belongs to it.
        end = end + timedelta(microseconds=1)
    with store.reading() as books:
        incidents = books.incidents.active_between(start, end, now)
        reviews = books.incidents.reviews_of([one.id for one in incidents])
        sources = books.sources.all()
        tiers = {one.id: one.tier for one in sources}
        members = books.incidents.members([one.id for one in incidents])
        every = [number for numbers in members.values() for number in numbers]
        titles = {one.lead_item_id: one.title for one in incidents}
        told = {row[0].id: _headline(row, titles) for row in books.items.headlines(every)}
        materials = []
        for one in incidents:
            reports = tuple(told[number] for number in members[one.id])
            materials.append(
                Material(
                    incident=one,
                    reports=reports,
                    tiers=tuple(tiers.get(report.item.source_id, "") for report in reports),
                    review=reviews.get(one.id),
                )
            )
        reached, last = books.sources.fetched_between(start, end)
        coverage = Coverage(
            sources=sum(one.state is not SourceState.PAUSED or one.at_rest for one in sources),
            reached=len(reached),
            failing=tuple(one.name for one in sources if one.state is SourceState.FAILING or one.at_rest),
            last_fetch_at=last,
            items_new=books.items.seen_between(start, end),
            set_aside=_set_aside_counts(books, start, end, in_window=True),
        )
        first = books.sources.first_fetch()
        usual: tuple[tuple[Severity, float], ...] = ()
        week = start - timedelta(days=7)
        if first is not None and first <= week:
            levels = books.incidents.levels_between(week, start)
            usual = tuple(
                (level, levels.get(level, 0) / 7) for level in sorted(Severity, reverse=True) if level > 0
            )
        read = books.items.read_by_regency(start, end)
    return DigestParts(materials=tuple(materials), coverage=coverage, read_by_regency=read, usual=usual)


def _set_aside_counts(
    books: Books, start: datetime, end: datetime, *, in_window: bool = False
) -> tuple[tuple[LedgerReason, int], ...]:
    """Stored items set aside (all, or of the window), and what the documents of the window left out."""
    counts = books.sources.ledger_between(start, end)
    counts |= books.items.set_aside_counts(start, end) if in_window else books.items.set_aside_counts()
    return tuple((why, counts.get(why, 0)) for why in LedgerReason)


def _queue_line(one: Incident, item: Item, source_name: str, said: Assessment) -> QueueLine:
    sentences = [each for each in said.evidence if each.kind is EvidenceKind.SENTENCE]
    best = max(sentences, key=lambda each: each.weight, default=None)
    sentence = best.text if best is not None else item.title
    return QueueLine(
        incident=one,
        sentence=_cut(mask_names(sentence), _SENTENCE),
        evidence=tuple(replace(each, text=mask_names(each.text)) for each in said.evidence),
        reasons=tuple(mask_names(reason) for reason in said.reasons),
        model=said.model,
        source_name=source_name,
        link=item.link,
    )


def _report(item: Item, source_name: str, owner: str, said: Assessment, twin: int | None) -> Report:
    masked = replace(said, reasons=tuple(mask_names(reason) for reason in said.reasons))
    return Report(
        item=item,
        source_name=source_name,
        source_owner=owner,
        masked_title=mask_names(item.title),
        excerpt=_cut(mask_names(_SPACE.sub(" ", item.text[: _EXCERPT * 4]).strip()), _EXCERPT),
        same_text_as=twin,
        assessment=masked,
    )


def _headline(row: tuple[Item, str, str, Assessment, int | None], titles: Mapping[int, str]) -> Report:
    """A report as a digest needs it; `titles` are those masked already (an incident bears its lead's)."""
    item, source_name, owner, said, twin = row
    return Report(
        item=item,
        source_name=source_name,
        source_owner=owner,
        masked_title=titles.get(item.id) or mask_names(item.title),
        excerpt="",
        same_text_as=twin,
        assessment=said,
    )


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"
