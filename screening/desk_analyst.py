"""The analyst's and supervisor's verbs: the queue, an incident, a decision, and what a digest is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models import Assessment, EvidenceKind, mask_names
from screening.alarm import tell_urgent
from screening.digest_lines import Material
from screening.listing import read_number_cursor
from screening.records import (
    EVERYTHING,
    Account,
    Coverage,
    HoldingEnd,
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
    Sight,
    SourceState,
)
from screening.regroup import folded
from screening.reviews import check_draft, repeats
from screening.store import Books, Store
from screening.taxonomy import Severity
from screening.telling import tell_hooks
from screening.watching import matches

_EXCERPT = 300
_SENTENCE = 400
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestParts:
    materials: tuple[Material, ...]
    coverage: Coverage
    read_by_regency: dict[str, int]


def queue(store: Store, flt: QueueFilter, now: datetime) -> QueuePage:
    with store.reading() as books:
        incidents, total, cursor = books.incidents.queue(flt, now)
        leads = {row[0].id: row for row in books.items.some([one.lead_item_id for one in incidents])}
        counts = books.incidents.open_counts(flt.area, flt.sight)
        aside = _set_aside_counts(
            books, now - timedelta(hours=24), now + timedelta(seconds=1), sight=flt.sight
        )
        numbers = [one.id for one in incidents]
        held = books.hands.live(numbers, now)
        topics = books.watching.topics(flt.sight)
        words = books.wordings.of(numbers) if topics else {}
    lines = []
    for one in incidents:
        item, source_name, _owner, said, _twin = leads[one.lead_item_id]
        told = words.get(one.id, "")
        watched = tuple(topic.title for topic in topics if matches(told, topic))
        line = _queue_line(one, item, source_name, said)
        lines.append(replace(line, holding=held.get(one.id), topics=watched))
    return QueuePage(
        lines=tuple(lines),
        total=total,
        next_cursor=cursor,
        counts=tuple((level, counts.get(level, 0)) for level in sorted(Severity, reverse=True)),
        set_aside=aside,
    )


def set_aside(  # noqa: PLR0917  as the desk's verb
    store: Store,
    reason: LedgerReason | None,
    limit: int,
    offset: int,
    after: str = "",
    sight: Sight = EVERYTHING,
) -> tuple[SetAsideLine, ...]:
    beyond = read_number_cursor(after) if after else None
    with store.reading() as books:
        # One more than a page, so that the caller knows whether there is another.
        rows = books.items.set_aside(
            reason, max(1, min(limit, 201)), max(0, min(offset, 10_000_000)), beyond, sight
        )
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
        holdings = books.hands.history(number, now)
    return IncidentView(
        incident=found,
        reports=tuple(_report(*row) for row in rows),
        reviews=reviews,
        regroupings=regroupings,
        holdings=holdings,
    )


def material(store: Store, incident_id: int, now: datetime) -> Material:
    """One incident as a digest or an urgent message tells it."""
    seen = incident(store, incident_id, now)
    number = seen.incident.id
    with store.reading() as books:
        tiers = {one.id: one.tier for one in books.sources.all()}
        grade = books.casework.standing([number]).get(number)
        follow_ups = books.casework.follow_ups([number]).get(number, ())
    return Material(
        incident=seen.incident,
        reports=seen.reports,
        tiers=tuple(tiers.get(report.item.source_id, "") for report in seen.reports),
        review=next((one for one in seen.reviews if one.retracted_at is None), None),
        grade=grade,
        follow_ups=follow_ups,
    )


def item(store: Store, item_id: int) -> Report:
    with store.reading() as books:
        return _report(*books.items.one(item_id))


def review(store: Store, draft: ReviewDraft, account: Account, now: datetime) -> Incident:
    with store.writing() as books:
        return decide(books, draft, account, now)


def decide(books: Books, draft: ReviewDraft, account: Account, now: datetime) -> Incident:
    """Record a decision inside a transaction that records more with it."""
    found = books.incidents.lock(draft.incident_id, now)
    if draft.seen_review_id != found.review_id and repeats(
        draft, books.incidents.reviews(found.id), account.name
    ):
        return books.incidents.one(found.id, now)
    reports = books.incidents.knowns(books.incidents.item_ids(found.id))
    machine = folded(books, reports, books.incidents.same_texts(found.id), found.id, now)
    # "As the machine said" goes back to the machine's form, not to that of an earlier review.
    check_draft(draft, replace(found, form=machine.form))
    books.incidents.add_review(draft, account.id, account.name, machine, now)
    books.audit.record(now, account.id, "putusan.beri", f"insiden:{found.id}", draft.decision.value)
    books.hands.end(found.id, HoldingEnd.DECIDED, now)
    tell_urgent(books, (found.id,), now)
    tell_hooks(books, (found.id,), now)
    return books.incidents.one(found.id, now)


def digest_materials(store: Store, start: datetime, end: datetime, now: datetime) -> DigestParts:
    """Everything a digest of [start, end) is made of, read in one view."""
    if end >= now:
        # The window is still running: what arrived at this very moment belongs to it.
        end = end + timedelta(microseconds=1)
    with store.reading() as books:
        incidents = books.incidents.active_between(start, end, now)
        reviews = books.incidents.reviews_of([one.id for one in incidents])
        grades = books.casework.standing([one.id for one in incidents])
        follow_ups = books.casework.follow_ups([one.id for one in incidents])
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
                    grade=grades.get(one.id),
                    follow_ups=follow_ups.get(one.id, ()),
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
        read = books.items.read_by_regency(start, end)
    return DigestParts(materials=tuple(materials), coverage=coverage, read_by_regency=read)


def _set_aside_counts(
    books: Books, start: datetime, end: datetime, *, in_window: bool = False, sight: Sight = EVERYTHING
) -> tuple[tuple[LedgerReason, int], ...]:
    """Stored items set aside (all, or of the window), and what the documents of the window left out."""
    # What a document left out has no place that was read, so only the province counts it.
    counts = books.sources.ledger_between(start, end) if sight.whole else {}
    if in_window:
        counts |= books.items.set_aside_counts(start, end, sight)
    else:
        counts |= books.items.set_aside_counts(sight=sight)
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
        excerpt=excerpt(item.text),
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


def excerpt(text: str) -> str:
    """The masked beginning of a text, at most 300 characters; of a longer one it reads the first 1,200."""
    return _cut(mask_names(_SPACE.sub(" ", text[: _EXCERPT * 4]).strip()), _EXCERPT)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"
