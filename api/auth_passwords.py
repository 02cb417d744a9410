"""Passwords: what a new one must be, and argon2id that a flood of tries cannot turn against the service."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

PASSWORD_MIN = 12
PASSWORD_MAX = 256


class TooMany(Exception):
    """More than is carried at once; `seconds` until it is worth asking again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def password_problem(password: str, name: str) -> str | None:
    """A catalogue key saying what is wrong with a new password, or None."""
    if len(password) < PASSWORD_MIN:
        return "password_short"
    if len(password) > PASSWORD_MAX:
        return "password_long"
    if len(set(password)) < 5 or (name and name.casefold() in password.casefold()):
        return "password_simple"
    return None


class Passwords:
    """Argon2id. At most two hashes at a time: each takes 64 MiB, and a flood must not take them all.

    Few may wait for their turn, as each holds one of the threads that answer everybody else.
    """

    WAITING = 8

    def __init__(self) -> None:
        self._hash = PasswordHash((Argon2Hasher(),))
        self._room = threading.Semaphore(2)
        self._bench = threading.Semaphore(2 + self.WAITING)

    def hash(self, password: str) -> str:
        with self._turn():
            return self._hash.hash(password)

    def verify(self, password: str, stored: str | None) -> bool:
        """True for the right password; an unknown account costs the same work as a known one. `TooMany`."""
        with self._turn():
            try:
                right = self._hash.verify(password[: PASSWORD_MAX + 1], stored or nobodys_hash())
            except Exception:  # noqa: BLE001  a broken stored hash or unencodable input is a wrong password
                return False
        return right and stored is not None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._bench.acquire(blocking=False):
            raise TooMany(5)
        try:
            with self._room:
                yield
        finally:
            self._bench.release()


@cache
def nobodys_hash() -> str:
    """What an unknown account's password is compared with: same parameters, no known password."""
    return Passwords().hash(secrets.token_urlsafe(32))
