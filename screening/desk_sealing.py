"""The verbs of sealed secrets: sealed at the first start, opened where used, under newer keys later."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from screening.config import Settings
from screening.errors import Conflict, DeskError, NotSetUp
from screening.journal import Journal
from screening.records import Check
from screening.sealing import (
    Keyring,
    Spoiled,
    is_sealed,
    key_lock,
    make_key_file,
    new_key,
    put_keys,
    read_keys,
    set_aside,
)
from screening.store import Books, Store
from screening.store_sealing import Stored

SEALED = "rahasia.segel"
RENEWED = "rahasia.kunci_baru"
_SAMPLE = "dini"
_PLACE = "contoh"
_OTHER = "Kunci rahasia di mesin ini ({where}) bukan kunci basis data ini ({mark})."
_REMEDY = (
    "Salin secret.key dari mesin lain atau dari simpanannya, atau atur DINI_SECRET_KEY_FILE; bila kunci itu "
    "hilang: dini secret renew"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealState:
    """How the secrets of a database lie under the keys of this machine."""

    marks: tuple[str, ...]  # of the keys here, newest first
    mark: str  # of the key the database belongs to; empty before its first secret
    fits: bool
    newest: int
    older: int
    clear: int
    accounts: tuple[str, ...]  # whose second step no key opens
    hooks: tuple[int, ...]  # whose secret no key opens
    aside: Path | None = None  # where a spoiled key file was put


class Sealing:
    """Opens and closes secrets; `now` is aware UTC. The keys are read once, at the first need."""

    def __init__(self, store: Store, settings: Settings, journal: Journal) -> None:
        self._store, self._journal = store, journal
        self._given = settings.secret_keys
        self._path = settings.secret_key_file or settings.data_dir / "secret.key"
        self._lock = threading.Lock()
        self._ring: Keyring | None = None
        self._stamp: tuple[int, ...] = ()
        self._warned = False

    # --- for the other verbs, in their transactions

    def close(self, books: Books, text: str, place: str, now: datetime) -> str:
        """`text` sealed for its place. `NotSetUp` when the key here is not that of the database."""
        return self._fitting(books, now).close(text, place)

    def open(self, books: Books, stored: str, place: str) -> str | None:
        """The secret; None when the keys here do not open it, or it lies in the clear after the sealing."""
        if not is_sealed(stored):
            # From before the first sealing; later only somebody with the database's powers puts it there.
            return stored if books.seals.sample() is None else None
        ring = self._usable()[0]
        return None if ring is None else ring.open(stored, place)

    def fits(self, books: Books) -> bool:
        """Whether the key here is the one this database belongs to; told in the log once when it is not."""
        sample = books.seals.sample()
        ring, trouble = self._usable()
        good = sample is None or (ring is not None and ring.open(sample[1], _PLACE) == _SAMPLE)
        if not good and not self._warned:
            self._warned = True  # once, not at every round of the webhooks
            wanted = sample[0] if sample else ""
            self._journal.event("secret_key_wrong", warning=True, wanted=wanted, reason=trouble)
        return good

    # --- verbs

    def start(self, now: datetime) -> int:
        """Seals what lies in the clear or under an older key, in one transaction with one row; how many.

        A key that does not fit or cannot be used changes nothing: the service starts, `dini doctor` tells.
        """
        with self._store.reading() as books:
            sample, found = books.seals.sample(), books.seals.every()
            if not found and sample is None:
                return 0
            if not self.fits(books):
                return 0
            ring = self._usable()[0]
            if ring is not None and sample is not None and _settled(ring, sample, found):
                return 0
        try:
            done, clear = self._seal_all(now)
        except NotSetUp as error:
            self._journal.event("secret_key_unusable", warning=True, reason=error.detail)
            return 0
        if clear and (trouble := self._store.scrub()):
            self._journal.event("secrets_left_in_freed_space", warning=True, reason=trouble)
        return done

    def state(self) -> SealState:
        """As it is; keys that cannot be used count as none."""
        ring = self._usable()[0]
        with self._store.reading() as books:
            sample, found, fits = books.seals.sample(), books.seals.every(), self.fits(books)
        closed = [one for one in found if is_sealed(one.value)]
        lost = [one for one in closed if ring is None or ring.open(one.value, one.place) is None]
        newest = sum(ring is not None and one not in lost and ring.newest(one.value) for one in closed)
        older = len(closed) - len(lost) - newest
        if sample is not None:
            lost += [one for one in found if not is_sealed(one.value)]
        steps = [one.named for one in lost if one.place.startswith("totp:")]
        hooks = [one.row_id for one in lost if one.place.startswith("kait:") and one.column == "secret"]
        return SealState(
            marks=ring.marks if ring else (),
            mark=sample[0] if sample else "",
            fits=fits,
            newest=newest,
            older=older,
            clear=len(found) - len(closed),
            accounts=tuple(steps),
            hooks=tuple(hooks),
        )

    def check(self) -> Check:
        """What `dini doctor` says of it; never raises for a broken part."""
        try:
            found = self.state()
        except DeskError as error:  # a database that is not set up, or away
            return Check(name="kunci rahasia", ok=False, detail=error.detail)
        if not found.fits or self._usable()[1]:
            return Check(name="kunci rahasia", ok=False, detail=self._wrong(found.mark))
        wrong = []
        if found.accounts:
            names = ", ".join(found.accounts)
            wrong.append(f"Langkah kedua tidak terbuka: {names}. Jalankan: dini account reset-totp NAMA")
        if found.hooks:
            names = ", ".join(map(str, found.hooks))
            wrong.append(f"Rahasia kait tidak terbuka: {names}. Jalankan: dini hooks rotate NOMOR")
        if found.clear and found.mark:
            wrong.append(f"{found.clear} rahasia ditaruh tanpa segel di luar Dini dan tidak diterima")
        elif found.clear:
            wrong.append(f"{found.clear} rahasia masih terbuka dalam basis data. Jalankan: dini start")
        if wrong:
            return Check(name="kunci rahasia", ok=False, detail=". ".join(wrong))
        if not found.mark:
            return Check(name="kunci rahasia", ok=True, detail="Belum ada rahasia yang disimpan.")
        detail = f"Kunci {found.marks[0]} membuka {found.newest + found.older} rahasia; tidak ikut cadangan."
        return Check(name="kunci rahasia", ok=True, detail=detail)

    def rotate(self, now: datetime) -> tuple[str, int]:
        """A new key in front of the file, and all secrets under it; (its mark, how many).

        `Conflict` when the keys come from the environment or do not fit the database.
        """
        if self._given:
            raise Conflict(
                "Kunci diatur lewat DINI_SECRET_KEYS: taruh kunci baru di depan, lalu jalankan dini start."
            )
        with key_lock(self._path):  # of two at once the later one keeps the key of the earlier
            self._forget()
            with self._store.reading() as books:
                if not self.fits(books):
                    raise Conflict(self._wrong((books.seals.sample() or ("-", ""))[0]))
            if keys := read_keys(self._path):
                put_keys(self._path, (new_key(), *keys))
            else:
                make_key_file(self._path)
            self._forget()
            return self._must().marks[0], self._seal_all(now)[0]

    def renew(self, now: datetime) -> SealState:
        """A new key for a database whose key is lost; what the old one closed stays closed and is named.

        A spoiled key file is set aside. `Conflict` while the key here fits: then nothing is lost. `NotSetUp`
        when the file cannot be read: the right key may be in it.
        """
        aside = None
        lock: AbstractContextManager[None] = nullcontext() if self._given else key_lock(self._path)
        with lock:
            self._forget()
            with self._store.reading() as books:
                if self.fits(books) and not self._usable()[1]:
                    raise Conflict("Kunci di mesin ini cocok; tidak ada yang hilang.")
            try:
                ring = self._keys()
            except Spoiled:
                ring, aside = None, set_aside(self._path, now)
                self._journal.event("secret_key_set_aside", warning=True, file=aside.name)
            if ring is None:
                make_key_file(self._path)
                self._forget()
            ring = self._must()
            with self._store.writing(linking=False) as books:
                books.seals.change_sample(ring.marks[0], ring.close(_SAMPLE, _PLACE), now)
                books.audit.record(now, None, RENEWED, f"kunci:{ring.marks[0]}")
            self._seal_all(now)
        return replace(self.state(), aside=aside)

    # --- within

    def _seal_all(self, now: datetime) -> tuple[int, int]:
        """(how many were sealed anew, how many of them had lain in the clear)."""
        with self._store.writing(linking=False) as books:
            if books.seals.sample() is None:
                ring, done, clear = self._first(books, now)
            else:
                ring = self._fitting(books, now)
                done, clear = _reseal(books, ring, now, first=False)
        if done:
            self._journal.event("secrets_sealed", key=ring.marks[0], count=done, clear=clear)
        return done, clear

    def _first(self, books: Books, now: datetime) -> tuple[Keyring, int, int]:
        """The sample of a database that had none, and all that lies in the clear with it: none later.

        The only moment a key may be made: a second one beside sealed secrets would open none of them.
        """
        if self._keys() is None:
            make_key_file(self._path)
            self._forget()
        ring = self._must()
        books.seals.put_sample(ring.marks[0], ring.close(_SAMPLE, _PLACE), now)
        self._fitting(books, now)  # of two machines at once one finds another's
        return (ring, *_reseal(books, ring, now, first=True))

    def _fitting(self, books: Books, now: datetime) -> Keyring:
        sample = books.seals.sample()
        if sample is None:
            return self._first(books, now)[0]
        if not self.fits(books):
            raise NotSetUp(self._wrong(sample[0]))
        return self._must()

    def _wrong(self, mark: str) -> str:
        """What is wrong with the keys here, in words, and what to do."""
        ring, trouble = self._usable()
        where = "DINI_SECRET_KEYS" if self._given else str(self._path)
        if not trouble:
            gone = f"Berkas kunci rahasia {self._path} tidak ada (kunci basis data: {mark})."
            trouble = gone if ring is None else _OTHER.format(where=where, mark=mark)
        return f"{trouble} {_REMEDY}"

    def _usable(self) -> tuple[Keyring | None, str]:
        """The keys, and why there are none when the file cannot be used."""
        try:
            return self._keys(), ""
        except DeskError as error:
            return None, error.detail

    def _keys(self) -> Keyring | None:
        with self._lock:
            # A key that was put in front meanwhile is taken up by the processes that run.
            stamp = () if self._given else _stamp(self._path)
            if self._ring is None or stamp != self._stamp:
                keys = self._given or read_keys(self._path)
                self._warned = self._warned and stamp == self._stamp
                self._ring, self._stamp = (Keyring(keys) if keys else None), stamp
            return self._ring

    def _must(self) -> Keyring:
        ring = self._keys()
        if ring is None:
            raise NotSetUp(f"Berkas kunci rahasia {self._path} tidak ada atau kosong. Jalankan: dini doctor")
        return ring

    def _forget(self) -> None:
        with self._lock:
            self._ring = None


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def _reseal(books: Books, ring: Keyring, now: datetime, *, first: bool) -> tuple[int, int]:
    """(how many were sealed anew, how many of them had lain in the clear); those only at the `first` time."""
    counts = {"totp": 0, "kait": 0}
    clear = 0
    books.seals.overwrite_freed()
    for one in books.seals.every(lock=True):
        bare = first and not is_sealed(one.value)
        text = one.value if bare else ring.open(one.value, one.place)
        if text is None or ring.newest(one.value):
            continue
        clear += bare
        books.seals.put(one, ring.close(text, one.place))
        counts[one.place.partition(":")[0]] += 1
    sample = books.seals.sample()
    moved = sample is not None and sample[0] != ring.marks[0]
    if moved:
        books.seals.change_sample(ring.marks[0], ring.close(_SAMPLE, _PLACE), now)
    done = sum(counts.values())
    if done or moved:
        told = " ".join(f"{name}={many}" for name, many in counts.items())
        books.audit.record(now, None, SEALED, f"kunci:{ring.marks[0]}", f"{told} terbuka={clear}")
    return done, clear


def _settled(ring: Keyring, sample: tuple[str, str], found: list[Stored]) -> bool:
    """Nothing to do: all of it under the newest key, but for what no key opens."""
    return ring.newest(sample[1]) and all(
        ring.newest(one.value) or ring.open(one.value, one.place) is None for one in found
    )
