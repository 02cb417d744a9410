"""The verbs of webhooks: who is told, what is owed, and what becomes of it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import feeds
from screening.config import Settings
from screening.desk_sealing import Sealing
from screening.errors import Conflict, Invalid
from screening.hooks import (
    KEPT,
    SECRET_BYTES,
    URL_CHARS,
    Answered,
    Claimed,
    Delivery,
    DeliveryState,
    EventKind,
    Hook,
    HookState,
    Ruling,
    Verdict,
    check_kinds,
    ruling,
    secret_of,
    worn_out,
)
from screening.journal import Journal
from screening.post import check_office, edges_due, scheduled
from screening.store import Books, Store

LISTED = 200
_FORGOTTEN = 2_000  # events in one transaction
WORN_OUT = "Lima hari tidak satu pun kiriman diterima. Perbaiki penerimanya, lalu lanjutkan."
UNREADABLE = "Rahasianya tidak terbuka dengan kunci yang terpasang. Ganti rahasianya, lalu lanjutkan."
ENDED = "Penerima menjawab 410: kiriman tidak diinginkan lagi."


class Hooks:
    """Times are aware UTC `now`. A secret leaves here twice: once for a person, and to sign."""

    def __init__(self, store: Store, settings: Settings, sealing: Sealing, journal: Journal) -> None:
        self._store, self._settings, self._journal = store, settings, journal
        self._sealing = sealing

    # --- people

    def add(
        self, url: str, office: str, kinds: Collection[str], account_id: int | None, now: datetime
    ) -> tuple[Hook, str]:
        """(the hook, its secret: shown now and never again). No kinds: all. `Invalid` on what cannot be."""
        address, wanted = check_url(url, self.fetch_settings()), check_kinds(kinds)
        check_office(office)
        with self._store.writing() as books:
            if any(one.url == address and one.office == office for one in books.hooks.listening()):
                raise Conflict("Kait ke alamat itu sudah ada untuk kantor ini.")
            number = books.hooks.add(address, office, wanted, account_id, now)
            secret = secret_of(secrets.token_bytes(SECRET_BYTES))
            books.hooks.put_secret(number, self._sealing.close(books, secret, _place(number), now))
            books.audit.record(now, account_id, "kait.tambah", f"kait:{number}", f"kantor={office}")
            added = books.hooks.one(number)
        self._journal.event("hook_added", hook=number, office=office)
        return added, secret

    def all(self) -> tuple[Hook, ...]:
        with self._store.reading() as books:
            return books.hooks.all()

    def one(self, hook_id: int) -> Hook:
        """`NotFound` when there is none."""
        with self._store.reading() as books:
            return books.hooks.one(hook_id)

    def rotate(self, hook_id: int, account_id: int | None, now: datetime) -> str:
        """The new secret, shown now and never again; for 24 hours the one before signs beside it."""
        with self._store.writing(linking=False) as books:
            books.hooks.lock(hook_id)
            secret, place = secret_of(secrets.token_bytes(SECRET_BYTES)), _place(hook_id)
            # One that no key opens signs nothing more, so it is not kept beside the new one.
            keep = self._sealing.open(books, books.hooks.secret(hook_id), place) is not None
            books.hooks.rotate(hook_id, self._sealing.close(books, secret, place, now), now, keep=keep)
            books.audit.record(now, account_id, "kait.ganti_rahasia", f"kait:{hook_id}")
        self._journal.event("hook_rotated", hook=hook_id)
        return secret

    def pause(self, hook_id: int, account_id: int | None, now: datetime) -> Hook:
        """Nothing is sent; what happens is still owed. `Conflict` unless it is active."""
        with self._store.writing(linking=False) as books:
            if books.hooks.lock(hook_id).state is not HookState.ACTIVE:
                raise Conflict("Kait itu tidak sedang aktif.")
            books.hooks.set_state(hook_id, HookState.PAUSED, "Dijeda petugas.")
            books.audit.record(now, account_id, "kait.jeda", f"kait:{hook_id}")
            return books.hooks.one(hook_id)

    def resume(self, hook_id: int, account_id: int | None, now: datetime) -> Hook:
        """What has waited is due now. `Conflict` unless it is paused: one that 410 ended is made anew."""
        with self._store.writing(linking=False) as books:
            found = books.hooks.lock(hook_id)
            if found.state is HookState.ENDED:
                raise Conflict("Kait itu sudah mati (410). Hapus, lalu buat yang baru.")
            if found.state is HookState.ACTIVE:
                raise Conflict("Kait itu sudah aktif.")
            books.hooks.set_state(hook_id, HookState.ACTIVE)
            books.hooks.begin_anew(hook_id, now)
            books.audit.record(now, account_id, "kait.lanjut", f"kait:{hook_id}")
            return books.hooks.one(hook_id)

    def remove(self, hook_id: int, account_id: int | None, now: datetime) -> None:
        """What waits for it goes with it. `NotFound` when there is none."""
        # In the queue of those that owe events, so that none is owed to a hook that is just going.
        with self._store.writing() as books:
            books.hooks.lock(hook_id)
            books.hooks.remove(hook_id)
            books.audit.record(now, account_id, "kait.hapus", f"kait:{hook_id}")
        self._journal.event("hook_removed", hook=hook_id)

    def replay(
        self,
        hook_id: int,
        since: datetime,
        account_id: int | None,
        now: datetime,
        until: datetime | None = None,
    ) -> int:
        """Owe what happened in [since, until) once more, under the same ids and in order; how many events.

        Events are kept for 30 days, and there are none from before there was a hook. `Conflict` on one that
        410 ended, `Invalid` on a span that is none.
        """
        end = until or now
        if since >= end:
            raise Invalid("Awal rentang waktu harus sebelum akhirnya.")
        with self._store.writing(linking=False) as books:
            found = books.hooks.lock(hook_id)
            if found.state is HookState.ENDED:
                raise Conflict("Kait itu sudah mati (410). Hapus, lalu buat yang baru.")
            count = books.hooks.replay(found, since, end, now)
            books.audit.record(now, account_id, "kait.ulang", f"kait:{hook_id}", f"kejadian={count}")
        self._journal.event("hook_replayed", hook=hook_id, events=count)
        return count

    def test(self, hook_id: int, account_id: int | None, now: datetime) -> int:
        """Owe a `hook.test` to one hook; the number of its delivery. `Conflict` unless it is active."""
        with self._store.writing(linking=False) as books:
            if books.hooks.lock(hook_id).state is not HookState.ACTIVE:
                raise Conflict("Kait itu tidak sedang aktif.")
            books.audit.record(now, account_id, "kait.uji", f"kait:{hook_id}")
            return books.hooks.tell_test(hook_id, now)

    def deliveries(
        self, hook_id: int, limit: int = 50, state: DeliveryState | None = None
    ) -> tuple[Delivery, ...]:
        """Newest event first, at most 200. `NotFound` when there is no such hook."""
        with self._store.reading() as books:
            books.hooks.one(hook_id)
            return books.hooks.deliveries(hook_id, max(1, min(limit, LISTED)), state)

    def delivery(self, delivery_id: int) -> Delivery:
        with self._store.reading() as books:
            return books.hooks.delivery(delivery_id)

    # --- the round

    def fetch_settings(self) -> feeds.FetchSettings:
        """What the one way out is bound by."""
        return feeds.FetchSettings(
            user_agent=self._settings.user_agent, allow=frozenset(self._settings.allow_addresses)
        )

    def owe_windows(self, now: datetime) -> int:
        """`digest.ready` of the windows that ended in the last 24 hours; how many events. Safe to repeat."""
        with self._store.reading() as books:
            wanted = _windows(books.hooks.listening(), now)
            if not wanted or wanted.keys() <= books.hooks.told(list(wanted)):
                return 0
        # In the queue, so that two workers do not both find it missing.
        with self._store.writing() as books:
            wanted = _windows(books.hooks.listening(), now)
            told = books.hooks.told(list(wanted))
            missing = [(name, one) for name, one in wanted.items() if name not in told]
            for name, one in missing:
                books.hooks.tell_window(one.office, (one.start, one.end), name, one.hook_ids, now)
            return len(missing)

    def due(self, now: datetime, only: Collection[int] | None = None) -> list[int]:
        """The active hooks for which something is due."""
        with self._store.reading() as books:
            return books.hooks.due(now, only)

    def claim(self, hook_id: int, now: datetime, limit: int) -> tuple[Claimed, ...]:
        """The next deliveries of a hook, one of each incident, ours for two minutes.

        None on a machine with another key. A secret that no key opens pauses the hook: what is owed waits.
        """
        with self._store.writing(linking=False) as books:
            if not self._sealing.fits(books):
                return ()
            taken = books.hooks.claim(hook_id, now, limit)
            opened = [self._opened(books, hook_id, one) for one in taken]
            found = tuple(one for one in opened if one is not None)
            if len(found) == len(taken):
                return found
            books.hooks.set_state(hook_id, HookState.PAUSED, UNREADABLE)
            books.hooks.begin_anew(hook_id, now)
            books.audit.record(now, None, "kait.jeda", f"kait:{hook_id}", "rahasia tidak terbuka")
        self._journal.event("hook_paused", warning=True, hook=hook_id, reason=UNREADABLE)
        return ()

    def _opened(self, books: Books, hook_id: int, one: Claimed) -> Claimed | None:
        """With its secrets opened; None when the one in force cannot be."""
        keys = [self._sealing.open(books, key, _place(hook_id)) for key in one.secrets]
        if not keys or keys[0] is None:
            return None
        return replace(one, secrets=tuple(key for key in keys if key is not None))

    def compose(self, bodies: Sequence[tuple[int, str]]) -> dict[int, str]:
        """Bodies of events by their number, kept: what was composed before stands."""
        with self._store.writing(linking=False) as books:
            return {number: books.hooks.compose(number, body) for number, body in bodies}

    def settle(
        self, hook_id: int, answers: Sequence[tuple[Claimed, Answered, float]], now: datetime
    ) -> tuple[Verdict, ...]:
        """What came of a batch (each with a roll in [0, 1) for its pause): marked in one transaction."""
        verdicts = [ruling(one, answered, now, roll) for one, answered, roll in answers]
        gone = any(one.ruling is Ruling.GONE for one in verdicts)
        worn = False
        with self._store.writing(linking=gone) as books:
            found = next(iter(books.hooks.all((hook_id,))), None)
            if found is None:  # removed meanwhile
                return tuple(verdicts)
            if any(one.ruling is Ruling.DELIVERED for one in verdicts):
                if found.failing_since is not None:
                    books.hooks.failing(hook_id, None)
            elif not gone and verdicts:
                since = found.failing_since or now
                worn = found.state is HookState.ACTIVE and worn_out(since, now)
                if not worn and found.failing_since is None:
                    books.hooks.failing(hook_id, since)
            if worn:
                # What would be given up now waits with the rest until somebody has mended the other side.
                verdicts = [_kept(one, now) for one in verdicts]
            for (one, _answered, _roll), verdict in zip(answers, verdicts, strict=True):
                books.hooks.mark(one, verdict, now)
            if gone:
                books.hooks.set_state(hook_id, HookState.ENDED, ENDED)
                books.hooks.drop_waiting(hook_id, ENDED)
                books.audit.record(now, None, "kait.mati", f"kait:{hook_id}", "410")
            elif worn:
                books.hooks.set_state(hook_id, HookState.PAUSED, WORN_OUT)
                books.audit.record(now, None, "kait.jeda", f"kait:{hook_id}", "lima hari gagal")
        self._tell(hook_id, answers, verdicts, gone=gone, worn=worn)
        return tuple(verdicts)

    def tidy(self, now: datetime) -> int:
        """Events older than 30 days go, and secrets that sign no more; how many events."""
        total = 0
        while True:
            with self._store.writing(linking=False) as books:
                books.hooks.forget_old_secrets(now)
                count, waiting = books.hooks.forget(now - KEPT, _FORGOTTEN)
            total += count
            if count:
                self._journal.event(
                    "hook_events_forgotten", warning=waiting > 0, events=count, undelivered=waiting
                )
            if count < _FORGOTTEN:
                return total

    def _tell(
        self,
        hook_id: int,
        answers: Sequence[tuple[Claimed, Answered, float]],
        verdicts: Sequence[Verdict],
        *,
        gone: bool,
        worn: bool,
    ) -> None:
        for (one, _answered, _roll), verdict in zip(answers, verdicts, strict=True):
            if verdict.ruling is Ruling.GIVEN_UP:
                self._journal.event(
                    "hook_given_up",
                    warning=True,
                    hook=hook_id,
                    message=one.event.message_id,
                    reason=verdict.words,
                )
        if gone:
            self._journal.event("hook_ended", warning=True, hook=hook_id, status=410)
        if worn:
            self._journal.event("hook_paused", warning=True, hook=hook_id, reason=WORN_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """A digest that is ready at an office, and the hooks that are told of it."""

    office: str
    start: datetime
    end: datetime
    hook_ids: tuple[int, ...]


def _windows(hooks: Sequence[Hook], now: datetime) -> dict[str, _Window]:
    """By occasion: the windows whose edge has passed since a hook of their office was added."""
    found: dict[str, _Window] = {}
    wanting = [one for one in hooks if EventKind.DIGEST in one.kinds]
    for start, end in edges_due(now):
        for office in sorted({one.office for one in wanting}):
            ids = tuple(one.id for one in wanting if one.office == office and one.added_at < end)
            if ids:
                name = f"{office} {scheduled(end)}"
                found[name] = _Window(office=office, start=start, end=end, hook_ids=ids)
    return found


def _kept(verdict: Verdict, now: datetime) -> Verdict:
    if verdict.ruling is not Ruling.GIVEN_UP:
        return verdict
    return Verdict(ruling=Ruling.AGAIN, next_try_at=now, status=verdict.status, words=verdict.words)


def _place(hook_id: int) -> str:
    return f"kait:{hook_id}"


def check_url(url: str, settings: feeds.FetchSettings) -> str:
    """`Invalid` unless it is an address that may be dialled: https, or a host and port of the allow-list."""
    address = url.strip()
    if not address or len(address) > URL_CHARS:
        raise Invalid(f"Alamat harus diisi, paling banyak {URL_CHARS} karakter.")
    reason = feeds.refusal_of(address, settings)
    if reason:
        raise Invalid(f"Alamat ditolak: {reason}.")
    if not address.lower().startswith("https://") and not _listed(address, settings):
        raise Invalid("Alamat harus https, kecuali host:port yang tercantum dalam DINI_ALLOW_ADDRESSES.")
    return address


def _listed(address: str, settings: feeds.FetchSettings) -> bool:
    """Whether the allow-list by itself lets this address through."""
    bare = feeds.FetchSettings(allow=settings.allow, ports=frozenset())
    return feeds.refusal_of(address, bare) == ""
