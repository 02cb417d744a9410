"""The operator's look at sources: how each fares, one by itself, and one that is not saved yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

import feeds
from models import mask_names
from screening.coverage import HISTORY, SourceDay, Tally, days_of, reached_ages
from screening.desk_operator import check_listing
from screening.health import Quality, SourceHealth, SourceView, Track, Worth, judge, urgency_of, worths
from screening.records import Source
from screening.store import Books, Store
from screening.windows import WIB

WORTH_DAYS = 90
_FETCHES = 20
_SHOWN = 10
_GOOD_SHARE = 0.8
_STALE = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewEntry:
    title: str  # masked
    link: str
    published: datetime
    dated: bool  # False: the time of the fetch stands for a date that is missing or cannot be
    characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an address brings now; nothing of it was stored.

    Either `entries` (the newest, of `total`) with their quality, or `failure` in words and, where the
    address is a home page, the feeds `found` there. `warnings` are Indonesian sentences.
    """

    url: str
    title: str = ""
    kind: str = ""
    final_url: str = ""
    entries: tuple[PreviewEntry, ...] = ()
    total: int = 0
    quality: Quality = field(default_factory=Quality)
    warnings: tuple[str, ...] = ()
    failure: str = ""
    found: tuple[feeds.SourceListing, ...] = ()
    moved: bool = False  # for good, to `final_url`


def overview(store: Store, now: datetime) -> tuple[SourceHealth, ...]:
    """All sources, those that need an eye first."""
    with store.reading() as books:
        tracks = _tracks(books, books.sources.all(), now, None)
        worth = _worth(books, now)
    return tuple(sorted((judge(one, now, worth.get(one.source.id)) for one in tracks), key=urgency_of))


def view(store: Store, source_id: int, now: datetime, days: int) -> SourceView:
    """One source with its last `days` calendar days. `NotFound` when there is none."""
    with store.reading() as books:
        track = _tracks(books, (books.sources.one(source_id),), now, source_id)[0]
        worth = _worth(books, now)
        told = _days(books, now, days, source_id)
        fetches = books.tracks.fetches(source_id, _FETCHES)
    return SourceView(health=judge(track, now, worth.get(source_id)), days=told(source_id), fetches=fetches)


def days_of_all(store: Store, now: datetime, days: int) -> dict[int, tuple[SourceDay, ...]]:
    """The last `days` calendar days of every source, oldest first."""
    with store.reading() as books:
        told = _days(books, now, days, None)
        return {one.id: told(one.id) for one in books.sources.all()}


def preview(store: Store, fetch: feeds.FetchSettings, url: str, now: datetime) -> Preview:
    """Fetch an address and show what it is. `Invalid` when it is no address that the fetch would dial."""
    url = url.strip()
    asked = url if "://" in url or not url else f"https://{url}"
    listing = check_listing(feeds.SourceListing(url=asked, name=""), fetch)
    fetch = replace(fetch, articles=False)  # a look is to cost one request
    outcome = feeds.fetch_one(feeds.FeedSource(key="preview", url=listing.url), fetch, now)
    with store.reading() as books:
        there = books.sources.urls()
    if isinstance(outcome, feeds.Fetched):
        return _previewed(listing.url, outcome, there, now)
    reason = outcome.reason if isinstance(outcome, feeds.Failed) else ""
    page = isinstance(outcome, feeds.Failed) and outcome.kind is feeds.FailureKind.NOT_A_FEED
    found = feeds.discover(listing.url, fetch, now) if page else ()
    known = tuple(f"Umpan {one.url} sudah terdaftar." for one in found if one.url in there)
    return Preview(url=listing.url, failure=reason, found=found, warnings=known)


def _previewed(url: str, outcome: feeds.Fetched, there: set[str], now: datetime) -> Preview:
    entries = outcome.parsed.entries
    quality = Quality(
        entries=len(entries),
        dated=sum(not one.date_suspect for one in entries),
        texted=sum(bool(one.text) for one in entries),
        linked=sum(bool(one.link) for one in entries),
    )
    return Preview(
        url=url,
        title=mask_names(outcome.parsed.title),
        kind=outcome.parsed.kind,
        final_url=outcome.final_url,
        moved=bool(outcome.moved_to) and outcome.moved_to != url,
        entries=tuple(
            PreviewEntry(
                title=mask_names(one.title),
                link=one.link,
                published=one.published,
                dated=not one.date_suspect,
                characters=len(one.text),
            )
            for one in entries[:_SHOWN]
        ),
        total=len(entries),
        quality=quality,
        warnings=tuple(_warnings(url, outcome, quality, there, now)),
    )


def _warnings(
    url: str, outcome: feeds.Fetched, quality: Quality, there: set[str], now: datetime
) -> Sequence[str]:
    parsed, found = outcome.parsed, []
    for address in dict.fromkeys((url, outcome.moved_to or url)):
        if address in there:
            found.append(f"Alamat {address} sudah terdaftar.")
    if outcome.moved_to and outcome.moved_to != url:
        found.append(f"Umpan ini pindah untuk seterusnya ke {outcome.moved_to}; daftarkan alamat itu.")
    if not parsed.entries:
        return [*found, "Umpan terbaca, tetapi tidak memuat berita."]
    if parsed.malformed:
        found.append("Dokumennya cacat; dibaca sebisanya.")
    names = ("tanggal", "isi", "tautan")
    found += [
        f"Hanya {share:.0%} berita mempunyai {name}."
        for name, share in zip(names, quality.shares(), strict=True)
        if share < _GOOD_SHARE
    ]
    newest = max((one.published for one in parsed.entries if not one.date_suspect), default=None)
    if newest is not None and now - newest > _STALE:
        found.append(f"Berita terbarunya sudah {(now - newest).days} hari; umpan ini mungkin tidak terurus.")
    if dropped := sum(count for _, count in parsed.dropped):
        found.append(f"{dropped} isian dilewati karena kosong, ganda, atau melebihi batas.")
    return found


def _tracks(books: Books, sources: Sequence[Source], now: datetime, source_id: int | None) -> list[Track]:
    ages = books.tracks.ages(now, source_id)
    since = now - timedelta(days=HISTORY + 1)
    pieces = books.tracks.pieces(since, source_id, names=(Tally.GOOD, Tally.FAILED))
    last, quality = books.tracks.last_entries(source_id), books.tracks.qualities(now, source_id)
    status = books.tracks.statuses([one.id for one in sources if one.failures])
    tracks = []
    for one in sources:
        recent, earlier = quality.get(one.id, (Quality(), Quality()))
        end = one.last_success_at
        tracks.append(
            Track(
                source=one,
                entries=ages.get(one.id, {}),
                reached=reached_ages(pieces.get(one.id, {}), end) if end else frozenset(),
                last_entry_at=last.get(one.id),
                status=status.get(one.id),
                recent=recent,
                earlier=earlier,
            )
        )
    return tracks


def _days(
    books: Books, now: datetime, days: int, source_id: int | None
) -> Callable[[int], tuple[SourceDay, ...]]:
    today = now.astimezone(WIB).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), tzinfo=WIB)
    span = max(days, HISTORY)
    pieces = books.tracks.pieces(midnight - timedelta(days=span), source_id)
    entries = books.tracks.ages_before(midnight, span, source_id)
    return lambda number: days_of(pieces.get(number, {}), entries.get(number, {}), today, days)


def _worth(books: Books, now: datetime) -> dict[int, Worth]:
    return worths(books.tracks.told(now - timedelta(days=WORTH_DAYS)))
