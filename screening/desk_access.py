"""The verbs of coming in: API keys, sessions, wrong tries, known browsers, second step, outside sign-in.

Secrets come here as SHA-256 only; hashing and comparing is the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from screening.access import (
    DEVICE_LIFE,
    KEY_DAYS,
    SEEN_EVERY,
    ApiKey,
    Limit,
    SessionLine,
    check_days,
    check_scopes,
    idle_limit,
)
from screening.config import Settings
from screening.desk_sealing import Sealing
from screening.errors import Conflict, Invalid
from screening.journal import Journal
from screening.records import Account, Session
from screening.store import Store
from screening.store_factors import Factor, OutsideStart
from screening.windows import WIB

_NAME = 80
_LIVE_KEYS = 50
_START_LIFE = timedelta(minutes=10)


class AccessDesk:
    """Times are aware UTC `now`; `by` is the account that does it, None for a command."""

    def __init__(self, store: Store, settings: Settings, sealing: Sealing, journal: Journal) -> None:
        self._store, self._settings, self._journal = store, settings, journal
        self._sealing = sealing

    # --- API keys

    def add_key(
        self,
        name: str,
        key_hash: str,
        account: Account,
        now: datetime,
        *,
        scopes: Collection[str] = (),
        days: int = KEY_DAYS,
        by: int | None = None,
    ) -> ApiKey:
        """A key with an end; no scopes asked: all of the account's role. `Invalid`, `Conflict`."""
        clean = " ".join(name.split())
        if not clean or len(clean) > _NAME or not clean.isprintable():
            raise Invalid(f"Nama kunci harus 1 sampai {_NAME} karakter.")
        granted = check_scopes(scopes, account.role)
        ends = now + timedelta(days=check_days(days))
        with self._store.writing(linking=False) as books:
            live = [one for one in books.access.every_key() if one.account.id == account.id and one.good(now)]
            if len(live) >= _LIVE_KEYS:
                raise Conflict(f"Akun itu sudah mempunyai {_LIVE_KEYS} kunci yang berlaku; cabut yang lama.")
            key_id = books.access.add_key(clean, key_hash, account.id, granted, now, ends)
            told = " ".join(sorted(granted))
            books.audit.record(now, by or account.id, "kunci.buat", f"kunci:{key_id}", told)
            made = books.access.one_key(key_id)
        self._journal.event("key_added", key=key_id, account_id=account.id, scopes=sorted(granted))
        return made

    def every_key(self) -> list[ApiKey]:
        """All keys, newest first, revoked and ended ones too."""
        with self._store.reading() as books:
            return books.access.every_key()

    def revoke_key(self, key_id: int, now: datetime, by: int | None = None) -> ApiKey:
        """Good for nothing from now on. `NotFound`, `Conflict` when it was revoked before."""
        with self._store.writing(linking=False) as books:
            books.access.revoke(key_id, now)
            books.audit.record(now, by, "kunci.cabut", f"kunci:{key_id}")
            gone = books.access.one_key(key_id)
        self._journal.event("key_revoked", key=key_id, at=now.isoformat())
        return gone

    def key(self, key_hash: str, now: datetime) -> ApiKey | None:
        """A key that is good now, noted as used today; None else."""
        with self._store.reading() as books:
            found = books.access.key(key_hash)
        if found is None or not found.good(now):
            return None
        today = now.astimezone(WIB).date()
        if found.used_on != today:  # the first use of a day writes, the others only read
            with self._store.writing(linking=False) as books:
                books.access.used(found.id, today)
                books.audit.record(now, found.account.id, "kunci.pakai", f"kunci:{found.id}")
        return found

    # --- sessions

    def fresh(self, token_hash: str, found: Session, now: datetime, *, by_itself: bool = False) -> bool:
        """Whether a session has not lain unused too long; its use is noted every five minutes.

        `by_itself`: the page asked, not the person, so this is no use.
        """
        if now - found.seen_at >= idle_limit(found.account.role, self._settings.session_idle_minutes):
            return False
        if not by_itself and now - found.seen_at >= SEEN_EVERY:
            with self._store.writing(linking=False) as books:
                books.access.seen(token_hash, now)
        return True

    def sessions(self, account: Account, now: datetime) -> list[SessionLine]:
        """Open sessions of an account, the last used first."""
        idle = idle_limit(account.role, self._settings.session_idle_minutes)
        with self._store.reading() as books:
            return [one for one in books.access.sessions(account.id, now) if now - one.seen_at < idle]

    def end_session(self, account_id: int, handle: str, now: datetime) -> int:
        """Ends one session of this account by its handle; how many it was (0 or 1)."""
        with self._store.writing(linking=False) as books:
            went = books.access.end_session(account_id, handle)
            if went:
                books.audit.record(now, account_id, "sesi.tutup", f"akun:{account_id}")
        return went

    def end_sessions(self, account_id: int, now: datetime, *, but: str = "", by: int | None = None) -> int:
        """Ends all sessions of an account but that with token hash `but`; how many."""
        with self._store.writing(linking=False) as books:
            went = books.access.end_sessions(account_id, but)
            subject = f"akun:{account_id}"
            books.audit.record(now, by or account_id, "sesi.tutup_semua", subject, f"sesi={went}")
        return went

    # --- tries

    def may_try(self, limits: tuple[Limit, ...], now: datetime) -> bool:
        """Takes one try of each limit when all have one left. A right one is given back by `was_right`."""
        with self._store.reading() as books:
            if books.access.full(limits, now):  # a flood only reads
                return False
        with self._store.writing(linking=False) as books:
            books.access.hold_tries()
            if books.access.full(limits, now):
                return False
            books.access.hit(limits, now)
        return True

    def was_right(self, limits: tuple[Limit, ...], now: datetime) -> None:
        """The try was right: it counts nowhere, and the narrowest limit begins anew."""
        with self._store.writing(linking=False) as books:
            books.access.unhit(limits, now)
            books.access.forget(limits[0])

    def knows_device(self, token_hash: str, account_id: int, now: datetime) -> bool:
        with self._store.reading() as books:
            return books.access.knows(token_hash, account_id, now)

    def know_device(self, token_hash: str, account_id: int, now: datetime) -> None:
        with self._store.writing(linking=False) as books:
            books.access.know(token_hash, account_id, now, now + DEVICE_LIFE)

    def forget_devices(self, account_id: int, *, but: str = "") -> None:
        """Browsers of an account are strangers again, but that with token hash `but`."""
        with self._store.writing(linking=False) as books:
            books.access.forget_devices(account_id, but)

    # --- second step

    def factor(self, account_id: int) -> Factor | None:
        """The second step with its secret opened; a secret of None is there but no key here opens it."""
        with self._store.reading() as books:
            found = books.factors.factor(account_id)
            if found is None or found.secret is None:
                return found
            return replace(found, secret=self._sealing.open(books, found.secret, f"totp:{account_id}"))

    def begin_factor(self, account_id: int, secret: str, now: datetime) -> None:
        """A secret that waits for its first code. `Conflict` while another is in force."""
        with self._store.writing(linking=False) as books:
            sealed = self._sealing.close(books, secret, f"totp:{account_id}", now)
            books.factors.begin(account_id, sealed, now)
            books.audit.record(now, account_id, "totp.mulai", f"akun:{account_id}")

    def confirm_factor(self, account_id: int, step: int, code_hashes: Iterable[str], now: datetime) -> None:
        """In force from now on, with these recovery codes; all sessions end."""
        with self._store.writing(linking=False) as books:
            books.factors.confirm(account_id, step, code_hashes, now)
            books.access.end_sessions(account_id)
            books.audit.record(now, account_id, "totp.pasang", f"akun:{account_id}")
        self._journal.event("second_step_set", account_id=account_id, at=now.isoformat())

    def use_step(self, account_id: int, step: int) -> bool:
        """Whether this time step's code may count: once, and none older after it."""
        with self._store.writing(linking=False) as books:
            return books.factors.use_step(account_id, step)

    def use_recovery(self, account_id: int, code_hash: str, now: datetime) -> bool:
        with self._store.writing(linking=False) as books:
            good = books.factors.use_code(account_id, code_hash, now)
            if good:
                books.audit.record(now, account_id, "totp.pemulihan", f"akun:{account_id}")
        return good

    def reset_factor(self, account_id: int, now: datetime, by: int | None = None) -> bool:
        """Takes the second step off and ends all sessions; whether there was one."""
        with self._store.writing(linking=False) as books:
            had = books.factors.reset(account_id)
            books.access.end_sessions(account_id)
            books.audit.record(now, by, "totp.lepas", f"akun:{account_id}")
        self._journal.event("second_step_reset", account_id=account_id, at=now.isoformat())
        return had

    # --- outside provider

    def link(self, account_id: int, issuer: str, subject: str, now: datetime) -> None:
        """`Invalid` without a subject, `Conflict` when it is somebody's already."""
        if not subject or len(subject) > 255 or not subject.isprintable():
            raise Invalid("Subjek harus 1 sampai 255 karakter.")
        with self._store.writing(linking=False) as books:
            books.factors.link(account_id, issuer, subject, now)
            books.audit.record(now, None, "akun.taut", f"akun:{account_id}")

    def unlink(self, account_id: int, now: datetime) -> int:
        with self._store.writing(linking=False) as books:
            went = books.factors.unlink(account_id)
            books.audit.record(now, None, "akun.lepas_taut", f"akun:{account_id}")
        return went

    def linked(self, issuer: str, subject: str) -> Account | None:
        """The active account of a provider's subject; None: nobody's, and none is made."""
        with self._store.reading() as books:
            return books.factors.linked(issuer, subject)

    def begin_outside(self, state_hash: str, browser_hash: str, told: OutsideStart, now: datetime) -> None:
        with self._store.writing(linking=False) as books:
            books.factors.start(state_hash, browser_hash, told, now, now + _START_LIFE)

    def finish_outside(self, state_hash: str, browser_hash: str, now: datetime) -> OutsideStart | None:
        """What was begun with this state by this browser, once and within ten minutes; None else."""
        with self._store.writing(linking=False) as books:
            return books.factors.take_start(state_hash, browser_hash, now)
