"""Who is asking and what they may do: passwords, sessions, API keys, attempts, roles. Deny by default."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Form, Header, Path, Request, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from screening import Account, Desk, Role

SESSION_COOKIE = "dini_sesi"
PRE_COOKIE = "dini_pra"
SESSION_LIFE = timedelta(hours=12)
KEY_PREFIX = "dini_"
PASSWORD_MIN = 12
PASSWORD_MAX = 256
NAME_MAX = 64

EVERYBODY = frozenset(Role)
REVIEWERS = frozenset({Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR})
OPERATORS = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})


class SignInNeeded(Exception):
    """Nobody is signed in (pages go to the sign-in page, the API answers 401)."""


class NewPasswordNeeded(Exception):
    """Signed in with a first password: nothing but the change page is open."""


class Forbidden(Exception):
    """Signed in, but the role or the form's token does not allow it; `word` is a key of the catalogue."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks. `csrf` is empty for an API key, which needs none: browsers never send it by themselves."""

    account: Account
    csrf: str
    token_hash: str = ""


def fingerprint(secret: str) -> str:
    """SHA-256 in hex; secrets have 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_key() -> str:
    """An API key: `dini_` and 32 random bytes, urlsafe. Shown once; only its fingerprint is stored."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def password_problem(password: str, name: str) -> str | None:
    """A catalogue key saying what is wrong with a new password, or None."""
    if len(password) < PASSWORD_MIN:
        return "password_short"
    if len(password) > PASSWORD_MAX:
        return "password_long"
    if len(set(password)) < 5 or (name and name.casefold() in password.casefold()):
        return "password_simple"
    return None


def safe_next(target: str | None, default: str = "/antrean") -> str:
    """Where to go after sign-in: a path of ours or the default; never another host."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return default
    if any(ord(ch) < 33 or ord(ch) == 127 for ch in target):
        return default
    try:
        parts = urlsplit(target)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else target


class Passwords:
    """Argon2id. At most two hashes at a time: each takes 64 MiB, and a flood must not take them all."""

    def __init__(self) -> None:
        self._hash = PasswordHash((Argon2Hasher(),))
        self._room = threading.Semaphore(2)

    def hash(self, password: str) -> str:
        with self._room:
            return self._hash.hash(password)

    def verify(self, password: str, stored: str | None) -> bool:
        """True for the right password; an unknown account costs the same work as a known one."""
        try:
            with self._room:
                right = self._hash.verify(password[: PASSWORD_MAX + 1], stored or nobodys_hash())
        except Exception:  # noqa: BLE001  a broken stored hash or unencodable input is a wrong password
            return False
        return right and stored is not None


@cache
def nobodys_hash() -> str:
    """What an unknown account's password is compared with: same parameters, no known password."""
    return Passwords().hash(secrets.token_urlsafe(32))


class Attempts:
    """Slows wrong passwords: by account at one address, by address, and by account over all addresses.

    An address that signed in to the account before passes the last rule, so that somebody guessing
    from elsewhere cannot lock the true user out. Kept in memory: a restart forgets, which is harmless.
    """

    PAIR = RateLimitItemPerMinute(5, 5)
    ADDRESS = RateLimitItemPerMinute(30, 5)
    ACCOUNT = RateLimitItemPerMinute(30, 15)

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._known: set[tuple[str, str]] = set()

    def allowed(self, name: str, address: str) -> bool:
        return (
            self._limiter.test(self.PAIR, "pair", name, address)
            and self._limiter.test(self.ADDRESS, "address", address)
            and ((name, address) in self._known or self._limiter.test(self.ACCOUNT, "account", name))
        )

    def failed(self, name: str, address: str) -> None:
        self._limiter.hit(self.PAIR, "pair", name, address)
        self._limiter.hit(self.ADDRESS, "address", address)
        self._limiter.hit(self.ACCOUNT, "account", name)

    def succeeded(self, name: str, address: str) -> None:
        self._limiter.clear(self.PAIR, "pair", name, address)
        self._known.add((name, address))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the routes need to let people in; kept on `app.state.doors`."""

    desk: Desk
    clock: Callable[[], datetime]
    passwords: Passwords
    attempts: Attempts
    secure: bool

    def sign_in(self, name: str, password: str, address: str, now: datetime) -> Account | None:
        """The account when the password is right, the account active and the attempts not too many."""
        name = name.strip()[:NAME_MAX]
        if not name or "\x00" in name or not self.attempts.allowed(name.casefold(), address):
            return None
        account = self.desk.account(name)
        usable = account is not None and account.active
        if not self.passwords.verify(password, account.password_hash if account and usable else None):
            self.attempts.failed(name.casefold(), address)
            return None
        self.attempts.succeeded(name.casefold(), address)
        return account

    def open_session(self, response: Response, account: Account, now: datetime, old_hash: str = "") -> None:
        """A new token at every sign-in and password change; the old one is closed."""
        if old_hash:
            self.desk.close_session(old_hash)
        token = secrets.token_urlsafe(32)
        self.desk.open_session(
            fingerprint(token), account.id, secrets.token_urlsafe(32), now, now + SESSION_LIFE
        )
        set_cookie(response, SESSION_COOKIE, token, self.secure, int(SESSION_LIFE.total_seconds()))


def set_cookie(response: Response, name: str, value: str, secure: bool, life: int) -> None:
    response.set_cookie(name, value, max_age=life, path="/", httponly=True, samesite="lax", secure=secure)


def doors(request: Request) -> Doors:
    found: Doors = request.app.state.doors
    return found


def now_of(request: Request) -> datetime:
    """The moment of this request: the clock is read once, then carried."""
    if not hasattr(request.state, "now"):
        request.state.now = doors(request).clock()
    moment: datetime = request.state.now
    return moment


def find_visitor(request: Request) -> Visitor | None:
    """Who asks, looked up once a request."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _look_up(request)
    found: Visitor | None = request.state.visitor
    return found


def _look_up(request: Request) -> Visitor | None:
    """By bearer key, else by session cookie; None when neither is good."""
    ways, now = doors(request), now_of(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "bearer":
        key = key.strip()
        account = ways.desk.key_account(fingerprint(key), now) if key.startswith(KEY_PREFIX) else None
        return Visitor(account=account, csrf="") if account and account.active else None
    token = request.cookies.get(SESSION_COOKIE, "")
    if not token:
        return None
    hashed = fingerprint(token)
    session = ways.desk.session(hashed, now)
    if session is None or not session.account.active or session.expires_at <= now:
        return None
    return Visitor(account=session.account, csrf=session.csrf, token_hash=hashed)


def same(given: str | None, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest((given or "").encode("utf-8", "replace"), wanted.encode())


class Rule:
    """A route's rule as a FastAPI dependency: these roles, else refused. Routes without one fail at start."""

    def __init__(self, roles: frozenset[Role], *, before_change: bool = False) -> None:
        self.roles = roles
        self.before_change = before_change

    def __call__(self, request: Request) -> Visitor:
        visitor = find_visitor(request)
        if visitor is None:
            raise SignInNeeded
        # A key is not a first password: it was made by command, and its owner changes nothing with it.
        if visitor.csrf and visitor.account.must_change and not self.before_change:
            raise NewPasswordNeeded
        if visitor.account.role not in self.roles:
            raise Forbidden("forbidden_role")
        return visitor


class PublicRule:
    """Says that a route is open on purpose."""

    def __call__(self) -> None:
        return None


READ = Rule(EVERYBODY)
REVIEW = Rule(REVIEWERS)
OPERATE = Rule(OPERATORS)
OWN_PASSWORD = Rule(EVERYBODY, before_change=True)
PUBLIC = PublicRule()


def form_token(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """Every unsafe form carries the session's token; runs after the route's rule found the visitor."""
    visitor = find_visitor(request)
    if visitor is None:
        raise SignInNeeded
    if not same(csrf, visitor.csrf):
        raise Forbidden("forbidden_form")


def header_token(request: Request, x_csrf_token: Annotated[str | None, Header()] = None) -> None:
    """Unsafe API calls with the cookie need the token in `X-CSRF-Token`; with a bearer key they do not."""
    visitor = find_visitor(request)
    if visitor is None:
        raise SignInNeeded
    if visitor.token_hash and not same(x_csrf_token, visitor.csrf):
        raise Forbidden("forbidden_form")


# A row number from an address; larger ones do not fit a database's integer.
Number = Annotated[int, Path(ge=0, le=2**63 - 1)]
Reader = Annotated[Visitor, Depends(READ)]
Reviewer = Annotated[Visitor, Depends(REVIEW)]
Operator = Annotated[Visitor, Depends(OPERATE)]
Anyone = Annotated[None, Depends(PUBLIC)]
CheckedForm = Depends(form_token)
CheckedHeader = Depends(header_token)


def rules_of(dependant: Any) -> list[Any]:
    """All rules in a route's dependency tree (for the check at start and for the access tests)."""
    own = [dependant.call] if isinstance(dependant.call, Rule | PublicRule) else []
    return own + [rule for inner in dependant.dependencies for rule in rules_of(inner)]
