"""Who may come in, and for how long: scopes of keys, idle sessions, how many wrong tries. Pure."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv6Address, ip_address

from screening.errors import Invalid
from screening.records import Account, Role

KEY_DAYS = 365
KEY_DAYS_MOST = 1_095
DEVICE_LIFE = timedelta(days=180)
DEVICES = 20  # known browsers an account may have; the oldest go
SEEN_EVERY = timedelta(minutes=5)  # how exactly it is known when a session was last used


class Scope(enum.StrEnum):
    """What an API key may be used for; never more than its account's role may do."""

    READ = "baca"
    REVIEW = "telaah"
    SOURCES = "sumber"
    SCREEN = "saring"
    EXPORT = "ekspor"
    HOOKS = "kait"


_EVERYONE = frozenset({Scope.READ, Scope.EXPORT})
_OF_ROLE = {
    Role.OPERATOR: _EVERYONE | {Scope.SCREEN, Scope.SOURCES},
    Role.ANALYST: _EVERYONE | {Scope.SCREEN, Scope.REVIEW},
    Role.SUPERVISOR: _EVERYONE | {Scope.SCREEN, Scope.REVIEW},
    Role.ADMINISTRATOR: frozenset(Scope),
    Role.AUDITOR: _EVERYONE | {Scope.SCREEN},
}


class Stage(enum.StrEnum):
    """How far a sign-in has come: only `FULL` opens anything but the next step."""

    FULL = "penuh"
    CODE = "kode"  # the password was right, the code of the second step is awaited
    ENROL = "daftar"  # the second step is required and not set up yet


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """An API key as it is stored: what it may do and until when; the key itself is nowhere."""

    id: int
    name: str
    account: Account
    scopes: frozenset[Scope]
    added_at: datetime
    expires_at: datetime
    used_on: date | None  # WIB
    revoked_at: datetime | None

    def good(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at and self.account.active


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """One open session as its owner sees it; `handle` names it and opens nothing."""

    handle: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime
    browser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many tries of one thing in a sliding time, counted by the minute."""

    key_hash: str
    most: int
    within: timedelta


def scopes_of(role: Role) -> frozenset[Scope]:
    """What keys of this role may be given."""
    return _OF_ROLE.get(role, _EVERYONE)


def check_scopes(asked: Collection[str], role: Role) -> frozenset[Scope]:
    """The scopes of a new key; none asked means all of the role. `Invalid` when unknown or not the role's."""
    may = scopes_of(role)
    if not asked:
        return may
    unknown = [one for one in asked if one not in set(Scope)]
    if unknown:
        raise Invalid(f"Cakupan '{unknown[0][:40]}' tidak dikenal. Yang ada: {', '.join(Scope)}.")
    scopes = frozenset(Scope(one) for one in asked)
    if beyond := sorted(scopes - may):
        raise Invalid(f"Peran {role.value} tidak mempunyai cakupan {', '.join(beyond)}.")
    return scopes


def check_days(days: int) -> int:
    if not 1 <= days <= KEY_DAYS_MOST:
        raise Invalid(f"Masa berlaku kunci 1 sampai {KEY_DAYS_MOST} hari.")
    return days


def idle_limit(role: Role, minutes: int) -> timedelta:
    """How long a session may lie unused: half as long where an account decides over others' work."""
    heads = role in (Role.SUPERVISOR, Role.ADMINISTRATOR)
    return timedelta(minutes=minutes / 2 if heads else minutes)


def try_limits(name: str, address: str, device_hash: str = "") -> tuple[Limit, ...]:
    """What slows a password for `name` from `address`; a browser known to the account has its own count.

    So guessing from elsewhere, at any account or at all, shuts no colleague out of a known browser.
    """
    name = name.casefold()
    if device_hash:
        return (_limit(f"perangkat|{device_hash}|{name}", 10, 15),)
    place = network(address)
    return (
        _limit(f"pasangan|{name}|{place}", 5, 5),
        _limit(f"alamat|{place}", 30, 5),
        _limit(f"akun|{name}", 30, 15),
        # One guess at each of many accounts from many addresses shows only in the sum of all.
        _limit("semua", 300, 15),
    )


def code_limits(account_id: int) -> tuple[Limit, ...]:
    """What slows codes of the second step: 10 in 15 minutes against a million."""
    return (_limit(f"kode|{account_id}", 10, 15),)


def outside_limits(address: str) -> tuple[Limit, ...]:
    """What slows the beginning of sign-ins at an outside provider, each of which asks that provider."""
    return (_limit(f"luar|{network(address)}", 30, 5),)


def network(address: str) -> str:
    """The address as it is counted: an IPv6 subscriber has a /64 of them, so that stands for one."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped) if found.ipv4_mapped else found.exploded[:19]
    return str(found)


def _limit(key: str, most: int, minutes: int) -> Limit:
    hashed = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return Limit(key_hash=hashed, most=most, within=timedelta(minutes=minutes))
