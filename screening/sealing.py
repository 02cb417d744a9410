"""Secrets that must be read again (second steps, webhook signing), sealed under a key outside the database.

Sealed is Fernet (AES-128-CBC with HMAC-SHA256) behind `f1:`. The place a secret belongs to is sealed with it:
who may write the database could otherwise put his own sealed secret into another account's row.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from screening.errors import Invalid, NotSetUp

SEALED = "f1:"
_FILE_BYTES = 64 * 1024
_RAW = 32


class Spoiled(NotSetUp):
    """A key file that can be read but holds no keys, or something else beside them."""


class Keyring:
    """Keys in force: the first seals, all of them open. `Invalid` when one is no key."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.marks = tuple(mark_of(check_key(one)) for one in keys)
        if not keys:
            raise Invalid("Kunci rahasia belum diisi.")
        self._one = Fernet(keys[0])
        self._all = MultiFernet([Fernet(one) for one in keys])

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self.marks)})"

    def close(self, text: str, place: str) -> str:
        """`text` sealed for a place as `totp:12`."""
        return SEALED + self._one.encrypt(f"{place}\n{text}".encode()).decode("ascii")

    def open(self, stored: str, place: str) -> str | None:
        """What was sealed for this place; None: no key opens it, or it is not sealed."""
        if not is_sealed(stored):
            return None
        try:
            held, _, text = self._all.decrypt(stored.removeprefix(SEALED)).decode().partition("\n")
        except (InvalidToken, ValueError):
            return None
        return text if held == place else None

    def newest(self, stored: str) -> bool:
        """Whether it is sealed, and under the first key."""
        if not is_sealed(stored):
            return False
        try:
            self._one.decrypt(stored.removeprefix(SEALED))
        except (InvalidToken, ValueError):
            return False
        return True


def is_sealed(stored: str) -> bool:
    return stored.startswith(SEALED)


def new_key() -> str:
    """256 random bits as the url-safe base64 that Fernet takes."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_RAW)).decode("ascii")


def check_key(text: str) -> str:
    """`Invalid`, without repeating it, unless it is 32 bytes in url-safe base64."""
    try:
        whole = len(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)) == _RAW
    except (UnicodeEncodeError, binascii.Error):
        whole = False
    if not whole:
        raise Invalid("Kunci rahasia harus 32 bait dalam base64 (url-safe), 44 karakter.")
    return text


def mark_of(key: str) -> str:
    """What names a key without telling anything of it: 256 random bits are not guessed back from a hash."""
    return hashlib.sha256(f"dini kunci {key}".encode()).hexdigest()[:12]


def read_keys(path: Path) -> tuple[str, ...]:
    """One key a line, newest first; empty lines and `#` are passed over. No file: empty.

    `NotSetUp` when the file cannot be read, `Spoiled` when it holds no key or what is none.
    """
    try:
        with path.open("rb") as file:
            held = file.read(_FILE_BYTES)
    except FileNotFoundError:
        return ()
    except OSError:
        raise NotSetUp(
            f"Berkas kunci rahasia {path} tidak dapat dibaca: periksa pemilik dan izinnya."
        ) from None
    keys = []
    for number, line in enumerate(held.decode("ascii", "replace").splitlines(), 1):
        if (text := line.strip()) and not text.startswith("#"):
            try:
                keys.append(check_key(text))
            except Invalid:
                raise Spoiled(f"Berkas kunci rahasia {path} rusak: baris {number} bukan kunci.") from None
    if not keys:
        raise Spoiled(f"Berkas kunci rahasia {path} kosong.")
    return tuple(keys)


@contextmanager
def key_lock(path: Path) -> Iterator[None]:
    """One process or thread at a time reads the key file and puts another in its place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise NotSetUp(f"Berkas kunci rahasia {path} tidak dapat dikunci: periksa izin foldernya.") from None
    try:
        _give(held, path.parent)
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def set_aside(path: Path, now: datetime) -> Path:
    """A spoiled key file under another name, never over one that is there; that name."""
    aside = path.with_name(f"{path.name}.rusak-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    try:
        os.link(path, aside)
        path.unlink()
    except OSError:
        raise NotSetUp(f"Berkas kunci rahasia {path} tidak dapat disisihkan ke {aside.name}.") from None
    return aside


def make_key_file(path: Path) -> tuple[str, ...]:
    """A new file with one new key, mode 0600, whole from its first moment; what is there already stands."""
    _put(path, (new_key(),), replace=False)
    return read_keys(path)


def put_keys(path: Path, keys: Sequence[str]) -> None:
    """The file with these keys, newest first, in the place of the one there, with its owner and mode."""
    _put(path, keys, replace=True)


def _put(path: Path, keys: Sequence[str], *, replace: bool) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            _give(file.fileno(), path if replace else path.parent)
            if replace:
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            file.write("".join(f"{one}\n" for one in keys))
            file.flush()
            os.fsync(file.fileno())
        try:
            if replace:
                part.replace(path)
            else:
                os.link(part, path)  # never over a key that another process has just made
        except FileExistsError:
            return
        finally:
            part.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise NotSetUp(
            f"Berkas kunci rahasia {path} tidak dapat dibuat: periksa pemilik dan izinnya."
        ) from None


def _give(handle: int, like: Path) -> None:
    """To the owner of `like`: what root makes in the service's folder, the service must be able to read."""
    own, wanted = os.fstat(handle), like.stat()
    differ = (own.st_uid, own.st_gid) != (wanted.st_uid, wanted.st_gid)
    if differ and (os.geteuid() == 0 or like.is_file()):
        os.fchown(handle, wanted.st_uid, wanted.st_gid)
