"""The desk: every verb that pages, REST and the command line may use. Each is a few lines; deciding is in
the pure files, storing in the store.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Self

import feeds
from models import Classifier, load, load_shipped
from screening import (
    desk_analyst,
    desk_digest,
    desk_health,
    desk_indicators,
    desk_operations,
    desk_operator,
    desk_overview,
    posting,
    regroup,
)
from screening.access import Stage
from screening.config import Settings
from screening.coverage import SourceDay
from screening.desk_access import AccessDesk
from screening.desk_audit import Audits
from screening.desk_casework import CaseworkDesk
from screening.desk_decisions import Decisions
from screening.desk_exports import Exports
from screening.desk_health import Preview
from screening.desk_holding import Holdings
from screening.desk_hooks import Hooks
from screening.desk_memo import MemoDesk
from screening.desk_offices import OfficeDesk
from screening.desk_privacy import PrivacyDesk
from screening.desk_pulse import Pulses
from screening.desk_sample import SampleDesk
from screening.desk_sealing import Sealing
from screening.desk_second import SecondDesk
from screening.desk_watching import Topics, Views
from screening.errors import Conflict, NotSetUp
from screening.health import SourceHealth, SourceView
from screening.indicator_facts import Indicators, Period
from screening.intake import Intake
from screening.journal import Journal
from screening.overview import Overview
from screening.post import Dispatch, PostKind, Recipient, check_office
from screening.records import (
    EVERYTHING,
    Account,
    Check,
    CollectLine,
    CollectReport,
    Digest,
    Incident,
    IncidentView,
    LedgerReason,
    QueueFilter,
    QueuePage,
    Report,
    ReviewDraft,
    Role,
    Session,
    SetAsideLine,
    Sight,
    Source,
)
from screening.store import Store
from screening.taxonomy import PROVINCE


class Desk:
    """All verbs; times come in as aware UTC `now`. Raises `DeskError`s only, or it is a bug."""

    def __init__(self, store: Store, classifier: Classifier, settings: Settings) -> None:
        self._store = store
        self._classifier = classifier
        self._settings = settings
        log = settings.data_dir / "dini.log" if settings.log_to == "file" else None
        self._journal = Journal(log, settings.log_level)
        self.audits = Audits(store, settings, self._journal)
        self.sealing = Sealing(store, settings, self._journal)
        self.access = AccessDesk(store, settings, self.sealing, self._journal)
        self.privacy = PrivacyDesk(store, settings.keep, self._journal)
        self._worker = secrets.token_hex(8)
        self.memos = MemoDesk(store, self._journal)
        self._intake = Intake(
            store,
            classifier,
            interval_seconds=settings.collect_interval_minutes * 60,
            worker=self._worker,
        )
        self.exports = Exports(store, self.audits)
        self.holdings = Holdings(store, self._journal)
        self.hooks = Hooks(store, settings, self.sealing, self._journal)
        self.decisions = Decisions(store, self._journal)
        self.topics = Topics(store, self._journal)
        self.views = Views(store, self._journal)
        self.pulses = Pulses(store)
        self.offices = OfficeDesk(store, self._journal)
        self.casework = CaseworkDesk(store, self._journal)
        self.operations = desk_operations.Operations(store, settings, self._journal)
        self.second = SecondDesk(store, settings.second_reading_percent, self._journal)
        self.samples = SampleDesk(store, self._intake, self._journal)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The desk of these settings. `NotSetUp` when the model cannot be read."""
        try:
            classifier = load(settings.model_dir) if settings.model_dir else load_shipped()
        except (OSError, ValueError) as error:
            raise NotSetUp(f"Model tidak dapat dibaca: {error}. Jalankan: dini doctor") from error
        return cls(Store(settings.database_url), classifier, settings)

    def close(self) -> None:
        self.audits.close()
        self._store.close()
        self._journal.close()

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def classifier(self) -> Classifier:
        return self._classifier

    # --- operator

    def set_up(self, now: datetime) -> None:
        """Create or migrate the schema; safe to call at every start."""
        before, head = self._store.revision()
        if before is not None and not self._store.knows(before):
            raise NotSetUp(
                f"Basis data memakai skema {before} dari Dini yang lebih baru. Pasang versi itu, atau "
                "pulihkan cadangan versi ini: dini restore BERKAS --replace"
            )
        if before != head:
            self._store.migrate()
            self._journal.event("schema_ready", revision=head, before=before, at=now.isoformat())
            self.audits.record(now, None, "skema.siap", f"skema:{head}", f"dari {before or 'kosong'}")
        self.sealing.start(now)

    def sources(self) -> tuple[Source, ...]:
        with self._store.reading() as books:
            return books.sources.all()

    def source(self, source_id: int) -> Source:
        with self._store.reading() as books:
            return books.sources.one(source_id)

    def add_source(
        self, listing: feeds.SourceListing, now: datetime, account_id: int | None = None
    ) -> Source:
        """`Invalid` on an address that is no http(s) URL, `Conflict` when it is there already."""
        checked = desk_operator.check_listing(listing, self._fetch_settings())
        with self._store.writing() as books:
            added = books.sources.add(checked, now)
            books.audit.record(now, account_id, "sumber.tambah", f"sumber:{added.id}")
            return added

    def import_opml(
        self, data: bytes, now: datetime, account_id: int | None = None
    ) -> tuple[tuple[Source, ...], tuple[str, ...]]:
        """(sources added, problems in words). A listing already there is a problem, not an error."""
        return desk_operator.import_opml(self._store, self._fetch_settings(), data, now, account_id)

    def export_opml(self) -> bytes:
        return desk_operator.export_opml(self._store)

    def register_shipped(self, now: datetime) -> int:
        """Add what the shipped registry has and we have not; returns how many were added."""
        return desk_operator.register(self._store, self._fetch_settings(), feeds.shipped_sources(), now)

    def check_source(self, source_id: int, now: datetime, account_id: int | None = None) -> CollectLine:
        """Fetch one source now, paused or not, and store what it brings. `Conflict` while another does."""
        claims = desk_operator.Claims(self._store, self._worker, [self.source(source_id)], now)
        # Somebody waits for the answer: a few pages now, the rest in the next rounds.
        settings = self._fetch_settings()
        settings = replace(settings, articles_per_run=min(settings.articles_per_run, 5))
        with claims:
            source = claims.admit([feeds.FeedSource(key=str(source_id), url="")])[0]
            if source is None:
                raise Conflict("Sumber ini sedang diambil. Coba sebentar lagi.")
            outcome = feeds.fetch_one(source, settings, now, recall=partial(self._intake.recall, now=now))
            self.audits.record(now, account_id, "sumber.periksa", f"sumber:{source_id}")
            return self.take(outcome, now)

    def take(self, outcome: feeds.Outcome, now: datetime) -> CollectLine:
        """Store one answer, fetched by us or replayed; its `source.key` is the id of a source here."""
        taken = self._intake.take(outcome, now)
        desk_operator.tell(self._journal, outcome, taken)
        return taken.line

    def accept_move(
        self, source_id: int, address: str | None, now: datetime, account_id: int | None = None
    ) -> Source:
        """Take the address a source has moved to; `address` is the one that was shown (None: as it is now).

        `Conflict` when it has not moved, has moved on, or the address is another source's.
        """
        shown = self.source(source_id).moved_to if address is None else address
        if shown:
            desk_operator.check_listing(feeds.SourceListing(url=shown, name=""), self._fetch_settings())
        with self._store.writing() as books:
            after = books.sources.accept_move(source_id, shown, now)
            books.audit.record(now, account_id, "sumber.pindah", f"sumber:{source_id}")
        self._journal.event("source_moved", source=source_id, at=now.isoformat())
        return after

    def source_health(self, now: datetime) -> tuple[SourceHealth, ...]:
        """How each source fares, those that need an eye first."""
        return desk_health.overview(self._store, now)

    def source_view(self, source_id: int, now: datetime, days: int = 30) -> SourceView:
        """One source with its last `days` calendar days (WIB) and fetches. `NotFound` when there is none."""
        return desk_health.view(self._store, source_id, now, days)

    def source_days(self, now: datetime, days: int) -> dict[int, tuple[SourceDay, ...]]:
        """The last `days` calendar days (WIB) of every source, oldest first."""
        return desk_health.days_of_all(self._store, now, days)

    def preview_source(self, url: str, now: datetime) -> Preview:
        """What an address brings, fetched now and not stored; of a home page the feeds to choose from."""
        return desk_health.preview(self._store, self._fetch_settings(), url, now)

    def pause_source(
        self, source_id: int, paused: bool, now: datetime, account_id: int | None = None
    ) -> Source:
        with self._store.writing() as books:
            what = "sumber.jeda" if paused else "sumber.lanjut"
            books.audit.record(now, account_id, what, f"sumber:{source_id}")
            return books.sources.pause(source_id, paused, now)

    def collect(
        self,
        now: datetime,
        *,
        source_ids: Sequence[int] | None = None,
        due_only: bool = False,
        on_line: Callable[[CollectLine], None] | None = None,
    ) -> CollectReport:
        """Fetch sources (all but paused; or those named; or those due) and store each answer as it arrives.

        Each is claimed just before its fetch, so that several workers share what is due and none is fetched
        twice. What a source brought is committed whole, with what others brought at that moment, so a kill
        loses nothing.
        """
        began = time.monotonic()
        chosen = desk_operator.choose(self._store, now, source_ids=source_ids, due_only=due_only)
        lines: list[CollectLine] = []
        flagged = opened = 0

        def take(outcomes: Sequence[feeds.Outcome]) -> None:
            nonlocal flagged, opened
            for outcome, taken in zip(outcomes, self._intake.take_all(outcomes, now), strict=True):
                desk_operator.tell(self._journal, outcome, taken)
                flagged += taken.flagged
                opened += taken.opened
                lines.append(taken.line)
                if on_line is not None:
                    on_line(taken.line)

        with desk_operator.Claims(self._store, self._worker, chosen, now) as claims:
            feeds.run_collect(
                [desk_operator.feed_source(source) for source in chosen],
                self._fetch_settings(),
                now=now,
                on_outcomes=take,
                admit=claims.admit,
                recall=partial(self._intake.recall, now=now),
            )
        if len(lines) < len(chosen):
            self._journal.event("sources_with_another_worker", count=len(chosen) - len(lines))
        settled = regroup.settle(self._store, now)
        if settled:
            self._journal.event("incidents_settled", count=settled, at=now.isoformat())
        self.second.choose_due(now)
        self.samples.draw_due(now)
        self.privacy.prune_daily(now)
        dropped: Counter[LedgerReason] = Counter()
        for line in lines:
            dropped.update(dict(line.dropped))
        return CollectReport(
            sources=len(lines),
            ok=sum(line.state == "baru" for line in lines),
            unchanged=sum(line.state == "tetap" for line in lines),
            failed=sum(line.state == "gagal" for line in lines),
            new=sum(line.new for line in lines),
            changed=sum(line.changed for line in lines),
            same=sum(line.same for line in lines),
            flagged=flagged,
            incidents=opened,
            dropped=tuple((why, dropped[why]) for why in LedgerReason if dropped[why]),
            seconds=time.monotonic() - began,
        )

    def let_go(self) -> None:
        """Give back all sources this process still claims: it ends before their answers came."""
        with self._store.writing(linking=False) as books:
            books.sources.release_all(self._worker)

    def doctor(self, now: datetime) -> tuple[Check, ...]:
        """What works and what does not; never raises for a broken part."""
        looked = desk_operator.examine(self._store, self._classifier, self._settings, now)
        return (*looked, *self.operations.checks(now), self.sealing.check())

    def create_account(  # noqa: PLR0917  as it has been called, and the office
        self,
        name: str,
        role: Role,
        password_hash: str,
        now: datetime,
        must_change: bool = True,
        office: str = PROVINCE,
    ) -> Account:
        """`Invalid` on an unusable name or an unknown office, `Conflict` when the name is taken."""
        clean = desk_operator.check_account_name(name)
        check_office(office)
        with self._store.writing() as books:
            made = books.accounts.add(clean, role, password_hash, now, must_change, office)
            books.audit.record(now, None, "akun.buat", f"akun:{made.id}", f"{role.value} {office}")
            return made

    def model_name(self) -> str:
        """The version every assessment carries."""
        return desk_operator.model_name(self._classifier)

    # --- analyst

    def queue(self, flt: QueueFilter, now: datetime) -> QueuePage:
        """Incidents by urgency, and what did not reach the queue, counted by reason."""
        return desk_analyst.queue(self._store, flt, now)

    def set_aside(
        self,
        reason: LedgerReason | None,
        limit: int,
        offset: int,
        after: str = "",
        sight: Sight = EVERYTHING,
    ) -> tuple[SetAsideLine, ...]:
        """Stored items below the threshold or outside the area, most relevant first, after a cursor."""
        return desk_analyst.set_aside(self._store, reason, limit, offset, after, sight)

    def incident(self, incident_id: int, now: datetime) -> IncidentView:
        """`NotFound` when there is none. A merged one gives the incident that has its reports now."""
        return desk_analyst.incident(self._store, incident_id, now)

    def item(self, item_id: int) -> Report:
        """`NotFound` when there is none."""
        return desk_analyst.item(self._store, item_id)

    def review(self, draft: ReviewDraft, account: Account, now: datetime) -> Incident:
        """Append a decision. `Conflict` on a stale page, `Invalid` on bad values, `Refused` by rights."""
        after = desk_analyst.review(self._store, draft, account, now)
        self.second.choose_due(now)
        return after

    def merge(self, into_id: int, from_id: int, account: Account, now: datetime) -> Incident:
        """All reports of `from_id` become reports of `into_id`, for good; reviews of `into_id` stay on top.

        `NotFound` when one is not there, `Conflict` when one was merged already, `Invalid` for the same.
        """
        merged = regroup.merge(self._store, into_id, from_id, account, now)
        self._journal.event("incidents_merged", into=into_id, other=from_id, account_id=account.id)
        return merged

    def split(
        self, incident_id: int, item_ids: Sequence[int], account: Account, now: datetime
    ) -> tuple[Incident, Incident]:
        """(the incident, the new one with these reports). `Invalid` unless they are some, not all, of it."""
        kept, new = regroup.split(self._store, incident_id, item_ids, account, now)
        self._journal.event("incident_split", incident=kept.id, new=new.id, account_id=account.id)
        return kept, new

    # --- supervisor

    def overview(self, now: datetime, sight: Sight = EVERYTHING) -> Overview:
        """What this office sees at a glance: areas, 30 days by bidang, what is announced and presses."""
        return desk_overview.overview(self._store, now, sight)

    def digest(self, start: datetime, end: datetime, now: datetime, office: str = "") -> Digest:
        """Laporan Harian of [start, end), of the province or of one regency."""
        model = desk_operator.model_name(self._classifier)
        return desk_digest.digest(self._store, start, end, now, office=office, model=model)

    # --- post

    def add_recipient(
        self, office: str, mailbox: str, kinds: Collection[PostKind], now: datetime
    ) -> Recipient:
        """`Invalid` on an unknown office or no plain address, `Conflict` when it is there already."""
        added = posting.add_recipient(self._store, office, mailbox, frozenset(kinds), now)
        self._journal.event("recipient_added", office=office, kinds=sorted(kinds), at=now.isoformat())
        return added

    def remove_recipient(self, office: str, mailbox: str, now: datetime) -> None:
        """What waits for it is dropped. `NotFound` when it is not there."""
        with self._store.writing() as books:
            books.post.remove(office, mailbox)
            books.audit.record(now, None, "penerima.hapus", f"kantor:{office}")
        self._journal.event("recipient_removed", office=office, at=now.isoformat())

    def recipients(self) -> tuple[Recipient, ...]:
        with self._store.reading() as books:
            return books.post.recipients()

    def dispatches(self, start: datetime, end: datetime, office: str = "") -> tuple[Dispatch, ...]:
        """Digests whose window ends, and urgent messages caused, in (start, end]; newest first."""
        with self._store.reading() as books:
            return books.post.between(start, end, office)

    def dispatch(self, dispatch_id: int) -> Dispatch:
        """`NotFound` when there is none."""
        with self._store.reading() as books:
            return books.post.one(dispatch_id)

    def owe_due_digests(self, now: datetime) -> int:
        """Writes down the digests of 06.30 and 15.00 WIB that are due; how many messages. Safe to repeat."""
        return posting.owe_due_digests(self._store, now)

    def ask_digest(self, office: str, start: datetime, end: datetime, now: datetime) -> list[int]:
        """A digest to the mailboxes of an office (empty: of all) now; the ids of the dispatches."""
        return posting.ask_digest(self._store, office, start, end, now)

    def claim_dispatch(self, now: datetime, only: Sequence[int] | None = None) -> Dispatch | None:
        """The next message to send, ours for ten minutes; a worker that dies leaves it due again."""
        return posting.claim(self._store, now, only)

    def urgent_words(self, one: Dispatch, now: datetime) -> str:
        """The text of an urgent dispatch; empty when a person has made it no alarm in between."""
        return posting.urgent_words(self._store, one, now)

    def compose_dispatch(
        self, one: Dispatch, *, subject: str, text: str, attachment: bytes, domain: str
    ) -> Dispatch:
        with self._store.writing(linking=False) as books:
            return books.post.compose(one, subject, text, attachment, domain)

    def dispatch_sent(self, one: Dispatch, now: datetime) -> None:
        with self._store.writing(linking=False) as books:
            books.post.sent(one.id, now)
        self._journal.event(
            "post_sent", dispatch=one.id, kind=one.kind, office=one.office, tries=one.attempts
        )

    def dispatch_unsent(self, one: Dispatch, words: str, now: datetime) -> None:
        """Tried again later, with a pause that grows, for five days."""
        with self._store.writing(linking=False) as books:
            books.post.unsent(one, words, now)
        self._journal.event("post_unsent", warning=True, dispatch=one.id, kind=one.kind, reason=words)

    def drop_dispatch(self, one: Dispatch, words: str) -> None:
        with self._store.writing(linking=False) as books:
            books.post.drop(one.id, words)
        self._journal.event("post_dropped", dispatch=one.id, kind=one.kind, reason=words)

    def indicators(self, office: str, period: Period, now: datetime) -> Indicators:
        """The service's indicators of an office (62, or a regency's code) and a period, with their rows."""
        return desk_indicators.indicators(self._store, office, period, now)

    def indicator(self, code: str, office: str, period: Period, now: datetime) -> Indicators:
        """One indicator by its code. `NotFound` when the registry has none such."""
        return desk_indicators.indicator(self._store, code, office, period, now)

    # --- sign in (hashing is done by the caller)

    def account(self, name: str) -> Account | None:
        with self._store.reading() as books:
            return books.accounts.named(name)

    def set_password(self, account_id: int, password_hash: str, now: datetime) -> None:
        """The new hash; all sign-ins of the account end, so open a new session afterwards."""
        with self._store.writing() as books:
            books.accounts.set_password(account_id, password_hash)
            books.audit.record(now, account_id, "sandi.ganti", f"akun:{account_id}")
        self._journal.event("password_changed", account_id=account_id, at=now.isoformat())

    def open_session(
        self,
        token_hash: str,
        account_id: int,
        csrf: str,
        now: datetime,
        expires_at: datetime,
        *,
        stage: Stage = Stage.FULL,
        browser: str = "",
    ) -> None:
        with self._store.writing(linking=False) as books:
            books.accounts.open_session(
                token_hash, account_id, csrf, now, expires_at, stage=stage, browser=browser
            )
            if stage is Stage.FULL:
                books.audit.record(now, account_id, "sesi.buka", f"akun:{account_id}")

    def session(self, token_hash: str, now: datetime) -> Session | None:
        with self._store.reading() as books:
            return books.accounts.session(token_hash, now)

    def close_session(self, token_hash: str, now: datetime) -> None:
        with self._store.writing() as books:
            account_id = books.accounts.close_session(token_hash)
            if account_id is not None:
                books.audit.record(now, account_id, "sesi.tutup", f"akun:{account_id}")

    def add_key(self, name: str, key_hash: str, account_id: int, now: datetime) -> None:
        """A key with all that the account's role may do, for a year; `access.add_key` can do less."""
        with self._store.reading() as books:
            owner = books.accounts.one(account_id)
        self.access.add_key(name, key_hash, owner, now)

    def key_account(self, key_hash: str, now: datetime) -> Account | None:
        """The active account of a key that is good now."""
        found = self.access.key(key_hash, now)
        return None if found is None else found.account

    def _fetch_settings(self) -> feeds.FetchSettings:
        return feeds.FetchSettings(
            user_agent=self._settings.user_agent,
            allow=frozenset(self._settings.allow_addresses),
            articles=self._settings.articles,
        )
