"""The operator's verbs: sources in and out, the collect's plan and log lines, and the doctor."""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import feeds
from models import Classifier, Document
from screening.config import Settings
from screening.errors import Conflict, DeskError, Invalid
from screening.intake import Taken
from screening.journal import Journal
from screening.records import Check, Source, SourceState
from screening.store import Store
from screening.store_sources import REGISTERED

_URL_CHARS = 2_000
_NAME_CHARS = 200
# Longer than a fetch with its pages and its storing; after it a worker counts as dead.
LEASE = timedelta(minutes=5)


def check_listing(listing: feeds.SourceListing, fetch: feeds.FetchSettings) -> feeds.SourceListing:
    """The listing with a trimmed address; `Invalid` when it is no address that the fetch would dial."""
    url = listing.url.strip()
    if not url or len(url) > _URL_CHARS or not url.isprintable() or " " in url:
        raise Invalid("Alamat sumber kosong, terlalu panjang, atau memuat karakter yang tidak boleh.")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise Invalid("Alamat sumber tidak dapat dibaca.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise Invalid("Alamat sumber harus diawali http:// atau https:// dan memuat nama host.")
    if parts.username is not None or parts.password is not None:
        raise Invalid("Alamat sumber tidak boleh memuat nama pengguna atau kata sandi.")
    if reason := feeds.refusal_of(url, fetch):
        raise Invalid(f"Alamat sumber ditolak: {reason}.")
    name = " ".join(listing.name.split())[:_NAME_CHARS]
    return replace(listing, url=url.partition("#")[0], name=name or host)


def import_opml(
    store: Store, fetch: feeds.FetchSettings, data: bytes, now: datetime, account_id: int | None
) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    listings, problems = feeds.read_opml(data)
    added: list[Source] = []
    told = list(problems)
    with store.writing() as books:
        there = books.sources.urls()
        for listing in listings:
            try:
                # what is there already is told as such, whatever the settings now allow
                if listing.url.strip() in there:
                    raise Conflict(REGISTERED)
                added.append(books.sources.add(check_listing(listing, fetch), now))
            except (Conflict, Invalid) as error:
                told.append(f"{listing.url[:200]}: {error.detail}")
        books.audit.record(now, account_id, "sumber.opml", "", f"ditambah={len(added)} tidak={len(told)}")
    return tuple(added), tuple(told)


def export_opml(store: Store) -> bytes:
    with store.reading() as books:
        notes = books.sources.notes()
        listings = [
            feeds.SourceListing(
                url=one.url, name=one.name, owner=one.owner, area=one.area, tier=one.tier, note=notes[one.id]
            )
            for one in books.sources.all()
        ]
    return feeds.write_opml(listings)


def register(
    store: Store, fetch: feeds.FetchSettings, listings: Iterable[feeds.SourceListing], now: datetime
) -> int:
    added = 0
    with store.writing() as books:
        there = books.sources.urls()
        for listing in listings:
            checked = check_listing(listing, fetch)
            if checked.url in there:
                continue
            books.sources.add(checked, now)
            there.add(checked.url)
            added += 1
        if added:
            books.audit.record(now, None, "sumber.daftar", "", f"ditambah={added}")
    return added


def feed_source(source: Source) -> feeds.FeedSource:
    return feeds.FeedSource(
        key=str(source.id),
        url=source.url,
        etag=source.etag,
        last_modified=source.last_modified,
        failing=source.failures > 0,
        first=source.items == 0,
    )


def choose(
    store: Store, now: datetime, *, source_ids: Sequence[int] | None, due_only: bool
) -> tuple[Source, ...]:
    """The sources of this collect: those named (`NotFound` if one is missing), else due ones or all."""
    with store.reading() as books:
        if source_ids is not None:
            chosen = tuple(books.sources.one(number) for number in dict.fromkeys(source_ids))
        elif due_only:
            chosen = books.sources.due(now)
        else:
            chosen = books.sources.all()
    return tuple(one for one in chosen if one.state is not SourceState.PAUSED)


class Claims:
    """The sources one verb of one worker may fetch; what it still holds at its end is given back.

    Only a killed process leaves a claim behind, which then ends by itself after `LEASE`.
    """

    def __init__(self, store: Store, worker: str, sources: Sequence[Source], now: datetime) -> None:
        self._store, self._worker, self._now = store, worker, now
        self._seen = {str(one.id): one for one in sources}
        self._held: set[int] = set()
        self._began = time.monotonic()

    def admit(self, asked: Sequence[feeds.FeedSource]) -> list[feeds.FeedSource | None]:
        """Claimed and committed: the sources as they are now. None where another has, or has just had it."""
        # A long collect claims late: the lease counts from then, not from when the verb began.
        now = self._now + timedelta(seconds=time.monotonic() - self._began)
        seen = [self._seen[one.key] for one in asked]
        with self._store.writing(linking=False) as books:
            claimed = books.sources.claim(seen, self._worker, now, now + LEASE)
        self._held |= set(claimed)
        return [feed_source(claimed[one.id]) if one.id in claimed else None for one in seen]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with self._store.writing(linking=False) as books:
            books.sources.release(sorted(self._held), self._worker)


def tell(journal: Journal, outcome: feeds.Outcome, taken: Taken) -> None:
    """One line per source, with its id."""
    line = taken.line
    seconds = round(outcome.seconds, 3)
    if taken.spoiled:
        journal.event(
            "source_not_stored", warning=True, source=line.source.id, error=taken.spoiled, seconds=seconds
        )
        return
    if isinstance(outcome, feeds.Failed):
        journal.event(
            "source_failed",
            warning=True,
            source=line.source.id,
            kind=outcome.kind.value,
            status=outcome.status,
            reason=outcome.reason,
            failures=line.source.failures,
            weight=feeds.failure_weight(outcome).value,
            standing=line.source.standing.value,
            seconds=seconds,
        )
        return
    journal.event(
        "source_collected",
        source=line.source.id,
        state=line.state,
        new=line.new,
        changed=line.changed,
        same=line.same,
        flagged=taken.flagged,
        incidents=taken.opened,
        merged=taken.merged,
        dropped={why.value: count for why, count in line.dropped},
        pages={visit.value: count for visit, count in line.pages},
        older_pages=line.older_pages,
        interval=line.source.interval_seconds,
        seconds=seconds,
    )


def check_account_name(name: str) -> str:
    """The trimmed name; letters, digits and `._-` only, 2 to 60 characters."""
    clean = name.strip()
    if not 2 <= len(clean) <= 60 or not all(char.isalnum() or char in "._-" for char in clean):
        raise Invalid("Nama akun memakai 2 sampai 60 huruf, angka, titik, garis bawah, atau tanda hubung.")
    return clean


def model_name(classifier: Classifier) -> str:
    """The version every assessment carries, asked of the model itself."""
    return classifier.assess([Document(id="0", title="Rapat koordinasi")])[0].model


def examine(store: Store, classifier: Classifier, settings: Settings, now: datetime) -> tuple[Check, ...]:
    return (
        _folder(settings.data_dir),
        *_packages(),
        Check(name="model", ok=True, detail=f"Model {model_name(classifier)} dapat menilai."),
        *_database(store, now),
    )


def _folder(path: Path) -> Check:
    ok = path.is_dir() and os.access(path, os.W_OK)
    return Check(
        name="folder data", ok=ok, detail=f"{path} {'dapat ditulis' if ok else 'tidak dapat ditulis'}."
    )


def _packages() -> list[Check]:
    home = Path(__file__).resolve().parent.parent
    checks = []
    for name in ("feeds", "models", "screening", "api"):
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            checks.append(Check(name=f"paket {name}", ok=False, detail="Tidak terpasang."))
            continue
        where = Path(found.origin).resolve().parent.parent
        detail = "Milik Dini." if where == home else f"Paket lain bernama sama di {where}."
        checks.append(Check(name=f"paket {name}", ok=where == home, detail=detail))
    return checks


def _database(store: Store, now: datetime) -> list[Check]:
    trouble = store.trouble()
    if trouble:
        return [Check(name="basis data", ok=False, detail=trouble)]
    try:
        have, head = store.revision()
        if have != head:
            detail = f"Skema {have or 'kosong'}, yang diperlukan {head}. Jalankan: dini start"
            return [Check(name="basis data", ok=False, detail=detail)]
        with store.reading() as books:
            sources = books.sources.all()
            items, incidents = books.items.total(), books.incidents.total()
    except DeskError as error:
        return [Check(name="basis data", ok=False, detail=error.detail)]
    detail = f"{store.dialect}, skema {head}; {items} berita, {incidents} insiden."
    return [Check(name="basis data", ok=True, detail=detail), *_sources(sources, now)]


def _sources(sources: Sequence[Source], now: datetime) -> list[Check]:
    counts = {state: sum(one.state is state for one in sources) for state in SourceState}
    words = (
        f"{len(sources)} sumber: {counts[SourceState.OK]} baik, {counts[SourceState.FAILING]} gagal, "
        f"{counts[SourceState.UNVERIFIED]} belum pernah berhasil, {counts[SourceState.PAUSED]} dijeda."
    )
    if moved := sum(bool(one.moved_to) for one in sources):
        words += f" {moved} pindah alamat, menunggu persetujuan operator."
    tried = [one.last_success_at for one in sources if one.last_success_at is not None]
    fresh = bool(tried) and now - max(tried) <= timedelta(hours=24)
    told = "Belum ada sumber yang berhasil diambil."
    if tried:
        told = f"Pengambilan berhasil terakhir {int((now - max(tried)).total_seconds() // 60)} menit lalu."
    return [
        Check(name="sumber", ok=bool(sources), detail=words),
        Check(name="pengambilan", ok=fresh, detail=told),
    ]
