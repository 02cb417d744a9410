"""The verbs of privacy: what is due to go goes, holds keep it, and requests are answered in time."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from screening.audit import CUT, mark_of
from screening.errors import Conflict, Invalid
from screening.journal import Journal
from screening.privacy import (
    ANSWER_WITHIN,
    CLOSED,
    Hold,
    PrivacyRequest,
    Pruned,
    RequestKind,
    RequestState,
    step,
    words_of,
)
from screening.records import Account
from screening.retention import KINDS, Keep, due
from screening.store import Books, Store
from screening.windows import WIB

_BATCH = 200  # items in one transaction, as each holds the queue of those that link
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that reads like another
_LINK_CHARS = 2_000


class PrivacyDesk:
    """Retention, legal holds, requests. Times are aware UTC `now`."""

    def __init__(self, store: Store, keep: Keep, journal: Journal) -> None:
        self._store, self._keep, self._journal = store, keep, journal
        self._turn = threading.Lock()
        self._pruned_on: date | None = None

    @property
    def keep(self) -> Keep:
        return self._keep

    # --- retention

    def prune_daily(self, now: datetime) -> Pruned:
        """`prune`, but once a day (WIB) and process; the collecting calls it each round."""
        today = now.astimezone(WIB).date()
        with self._turn:
            if self._pruned_on == today:
                return Pruned(counts=())
            self._pruned_on = today
        return self.prune(now)

    def prune(self, now: datetime) -> Pruned:
        """Everything that is due goes, in small transactions; each is counted in the audit trail."""
        counts: Counter[str] = Counter()
        for kind, edge in due(self._keep, now).items():
            if kind == "text":
                while went := self._texts(edge, now):
                    counts[kind] += went
                    if went < _BATCH:
                        break
            elif kind == "audit":
                counts[kind] += self._audit(edge, now)
            else:
                counts[kind] += self._kind(kind, edge, now)
        done = Pruned(counts=tuple((kind, counts[kind]) for kind in KINDS if counts[kind]))
        if done.total:
            self._journal.event("pruned", counts=dict(done.counts), at=now.isoformat())
        return done

    def _texts(self, edge: datetime, now: datetime) -> int:
        with self._store.reading() as books:
            if not books.privacy.texts_due(edge, 1):
                return 0
        # In the queue of the linking: a decision of this very moment keeps the words it was made on.
        with self._store.writing() as books:
            due_ids = books.privacy.texts_due(edge, _BATCH)
            went = books.privacy.prune_texts(due_ids, now)
            _told(books, now, "text", edge, went)
            return went

    def _kind(self, kind: str, edge: datetime, now: datetime) -> int:
        with self._store.writing(linking=False) as books:
            verbs: dict[str, Callable[[datetime], int]] = {
                "fetch": books.tracks.prune,
                "sign_in": books.privacy.end_sign_ins,
                "post": books.privacy.prune_post,
                "note": books.privacy.prune_notes,
                "request": books.privacy.prune_requests,
            }
            went = verbs[kind](edge)
            _told(books, now, kind, edge, went)
            return went

    def _audit(self, edge: datetime, now: datetime) -> int:
        with self._store.reading() as books:
            if books.audit.cut_before(edge) is None:
                return 0
        with self._store.writing(linking=False) as books:
            books.audit.hold_tail()
            cut = books.audit.cut_before(edge)
            if cut is None:
                return 0
            # The row that vouches must stand before the triggers let the old ones go.
            upto, hashed, rows = cut
            days = self._keep.days("audit")
            books.audit.record(now, None, CUT, *mark_of(upto, hashed, days, rows))
            books.audit.close()
            return books.audit.cut(upto)

    def erase(self, item_id: int, request_id: int, account: Account, now: datetime) -> None:
        """Take an item's raw words at once, on a request. `Conflict` while a hold keeps them."""
        with self._store.writing() as books:
            asked = books.privacy.request(request_id)
            found = books.items.one(item_id)[0]
            if found.pruned_at is not None:
                raise Conflict("Teks mentah berita itu sudah dihapus.")
            if books.incidents.incident_of(item_id) in books.privacy.held_incidents():
                raise Conflict("Berita itu dalam penahanan penghapusan; cabut penahanannya lebih dahulu.")
            books.privacy.prune_texts([item_id], now)
            books.audit.record(now, account.id, "butir.hapus_teks", f"butir:{item_id}", asked.reference)

    # --- legal holds

    def hold(self, incident_id: int, reason: str, account: Account, now: datetime) -> Hold:
        """Raw texts of the incident stay until it is lifted. `NotFound`, `Conflict`, `Invalid`."""
        words = words_of(reason, "Alasan")
        with self._store.writing() as books:
            made = books.privacy.hold(incident_id, words, account.id, now)
            books.audit.record(now, account.id, "tahan.pasang", f"insiden:{incident_id}", f"tahan:{made.id}")
        return made

    def lift(self, hold_id: int, reason: str, account: Account, now: datetime) -> Hold:
        """`NotFound` without it, `Conflict` when it was lifted before, `Invalid` without a reason."""
        words = words_of(reason, "Alasan")
        with self._store.writing() as books:
            gone = books.privacy.lift(hold_id, words, account.id, now)
            subject = f"insiden:{gone.incident_id}"
            books.audit.record(now, account.id, "tahan.cabut", subject, f"tahan:{hold_id}")
        return gone

    def holds(self, *, live_only: bool = True) -> list[Hold]:
        with self._store.reading() as books:
            return books.privacy.holds(live_only=live_only)

    # --- requests

    def receive(
        self,
        kind: RequestKind,
        concern: str,
        account: Account | None,
        now: datetime,
        *,
        link: str = "",
        incident_id: int | None = None,
        received_at: datetime | None = None,
    ) -> PrivacyRequest:
        """Write a request down; its 72 hours run from when it was received, which may lie before now."""
        received = received_at or now
        if received > now:
            raise Invalid("Waktu diterima belum tiba.")
        words = words_of(concern, "Uraian")
        link = link.strip()
        if link and not (link.startswith(("http://", "https://")) and link.isprintable()):
            raise Invalid("Tautan harus diawali http:// atau https://.")
        if len(link) > _LINK_CHARS:
            raise Invalid("Tautan terlalu panjang.")
        day = f"P{received.astimezone(WIB):%y%m%d}-"
        with self._store.writing(linking=False) as books:
            taken = books.privacy.references(day)
            reference = _reference(day, taken)
            made = books.privacy.add_request(
                {
                    "reference": reference,
                    "kind": kind,
                    "received_at": received,
                    "due_at": received + ANSWER_WITHIN,
                    "concern": words,
                    "link": link,
                    "incident_id": incident_id,
                    "state": RequestState.RECEIVED,
                    "answer": "",
                    "basis": "",
                    "account_id": account.id if account else None,
                }
            )
            who = account.id if account else None
            books.audit.record(now, who, "permintaan.terima", f"permintaan:{made.id}", kind.value)
        return made

    def take_up(self, request_id: int, account: Account, now: datetime) -> PrivacyRequest:
        """`NotFound` without it, `Conflict` when it is worked on or answered already."""
        return self._step(request_id, RequestState.WORKED, account, now, {"account_id": account.id})

    def answer(
        self,
        request_id: int,
        answer: str,
        basis: str,
        account: Account,
        now: datetime,
        *,
        refused: bool = False,
    ) -> PrivacyRequest:
        """Answered or refused, with the ground in law or rule. `NotFound`, `Conflict`, `Invalid`."""
        values = {
            "answer": words_of(answer, "Jawaban"),
            "basis": words_of(basis, "Dasar", least=3),
            "answered_at": now,
            "account_id": account.id,
        }
        state = RequestState.REFUSED if refused else RequestState.ANSWERED
        return self._step(request_id, state, account, now, values)

    def requests(self, *, closed: bool = False, limit: int = 200) -> list[PrivacyRequest]:
        """Open requests, what is due first on top; with `closed` those answered too."""
        states = set(RequestState) if closed else set(RequestState) - CLOSED
        with self._store.reading() as books:
            return books.privacy.requests(states, limit)

    def request(self, request_id: int) -> PrivacyRequest:
        """`NotFound` without it."""
        with self._store.reading() as books:
            return books.privacy.request(request_id)

    def _step(
        self,
        request_id: int,
        to: RequestState,
        account: Account,
        now: datetime,
        values: dict[str, object],
    ) -> PrivacyRequest:
        with self._store.writing(linking=False) as books:
            before = books.privacy.request(request_id)
            step(before, to)
            after = books.privacy.change_request(request_id, {**values, "state": to})
            late = "terlambat" if to in CLOSED and now > before.due_at else ""
            books.audit.record(now, account.id, f"permintaan.{to.value}", f"permintaan:{request_id}", late)
        return after


def _reference(day: str, taken: set[str]) -> str:
    while True:
        made = day + "".join(secrets.choice(_LETTERS) for _ in range(5))
        if made not in taken:
            return made


def _told(books: Books, now: datetime, kind: str, edge: datetime, count: int) -> None:
    if count:
        books.audit.record(now, None, "simpan.pangkas", kind, f"{count} sebelum {edge:%Y-%m-%d}")
