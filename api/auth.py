"""Who is asking and what they may do: passwords, sessions, API keys, roles. Deny by default."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Form, Header, Path, Request, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pydantic import BeforeValidator

from api.access import PATHS, Reach
from api.auth_passwords import Passwords, TooMany
from api.browsers import browser_of
from screening import DEVICE_LIFE, Account, ApiKey, Desk, NotFound, Role, Scope, Sight, Stage, try_limits
from screening.taxonomy import PROVINCE

SESSION_COOKIE = "dini_sesi"
PRE_COOKIE = "dini_pra"
DEVICE_COOKIE = "dini_perangkat"
MADE_FOR = "X-Dini-Akun"  # the account a page was made for, said by its scripts with everything they ask
SESSION_LIFE = timedelta(hours=12)
STEP_LIFE = timedelta(minutes=10)  # from the password to the code of the second step
API = "/api/v1/"
BY_ITSELF = frozenset({"/antrean/kabar"})
KEY_PREFIX = "dini_"
_TOKEN_CHARS = 43  # of secrets.token_urlsafe(32)
NAME_MAX = 64
_NUMBER = re.compile(r"-?[0-9]{1,40}", re.ASCII)

EVERYBODY = frozenset(Role)
KEEPERS = EVERYBODY - {Role.AUDITOR}  # an auditor writes nothing, not even a view
NOT_THERE = "Yang diminta tidak ada."
REVIEWERS = frozenset({Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR})
OPERATORS = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
HEADS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


class SignInNeeded(Exception):
    """Nobody is signed in (pages go to the sign-in page, the API answers 401)."""


class NewPasswordNeeded(Exception):
    """Signed in with a first password: nothing but the change page is open."""


class StepNeeded(Exception):
    """The sign-in is not finished; `where` is the page of its next step."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


class Forbidden(Exception):
    """Signed in, but the role or the form's token does not allow it; `word` is a key of the catalogue."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class OtherAccount(Exception):
    """The page that asks was made for an account that is no longer the one signed in in this browser."""


class ReadBlind(Exception):
    """The asker reads this incident blind and has not answered yet; `reading_id` is where to."""

    def __init__(self, reading_id: int) -> None:
        super().__init__(reading_id)
        self.reading_id = reading_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks. `csrf` is empty for an API key, which needs none: browsers never send it by themselves."""

    account: Account
    csrf: str
    token_hash: str = ""
    stage: Stage = Stage.FULL
    key: ApiKey | None = None

    @property
    def sight(self) -> Sight:
        return self.account.sight


def fingerprint(secret: str) -> str:
    """SHA-256 in hex; secrets have 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_key() -> str:
    """An API key: `dini_` and 32 random bytes, urlsafe. Shown once; only its fingerprint is stored."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def home_of(account: Account) -> str:
    """Where a role's day begins."""
    return {Role.SUPERVISOR: "/ikhtisar", Role.OPERATOR: "/sumber"}.get(account.role, "/antrean")


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


class Pace:
    """How fast one API key may ask, counted in this process; a fresh minute begins it anew."""

    def __init__(self, most: int) -> None:
        self._item = RateLimitItemPerMinute(most) if most else None
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def step(self, key_id: int) -> None:
        """Count one request. `TooMany` with the seconds until the next is carried."""
        if self._item is None or self._limiter.hit(self._item, str(key_id)):
            return
        ends = self._limiter.get_window_stats(self._item, str(key_id)).reset_time
        raise TooMany(max(1, round(ends - time.time())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the routes need to let people in; kept on `app.state.doors`."""

    desk: Desk
    clock: Callable[[], datetime]
    passwords: Passwords
    pace: Pace
    secure: bool

    def sign_in(
        self, name: str, password: str, address: str, now: datetime, device: str = ""
    ) -> Account | None:
        """The account when the password is right, the account active and the tries not too many.

        `device`: the browser's cookie; one that signed in to this account before has tries of its own.
        """
        name = name.strip()[:NAME_MAX]
        if not name or "\x00" in name:
            return None
        access, account = self.desk.access, self.desk.account(name)
        known = account.id if account else None
        mark = fingerprint(device) if device else ""
        if not (mark and known is not None and access.knows_device(mark, known, now)):
            mark = ""
        limits = try_limits(name, address, mark)
        if not access.may_try(limits, now):
            # Once an hour, so that a flood of tries fills no table.
            self.desk.audits.saw(now, None, "masuk.diperlambat", "")
            return None
        usable = account is not None and account.active
        if not self.passwords.verify(password, account.password_hash if account and usable else None):
            # What was typed is not kept: it may be a password in the wrong field.
            self.desk.audits.record(now, known, "masuk.ditolak", f"akun:{known}" if known else "")
            return None
        access.was_right(limits, now)
        return account

    def admit(self, request: Request, response: Response, account: Account, now: datetime) -> Stage:
        """Opens the session that follows a right password: a whole one, or one for the next step only."""
        factor = self.desk.access.factor(account.id)
        if factor is not None and factor.confirmed_at is not None:
            stage = Stage.CODE
        elif self.desk.settings.totp_required and account.role in HEADS:
            stage = Stage.ENROL
        else:
            stage = Stage.FULL
        self.open_session(request, response, account, now, stage)
        return stage

    def open_session(
        self,
        request: Request,
        response: Response,
        account: Account,
        now: datetime,
        stage: Stage = Stage.FULL,
    ) -> None:
        """A new token at every sign-in, step and password change; the browser's old one is closed."""
        old = request.cookies.get(SESSION_COOKIE, "")
        if old:
            self.desk.close_session(fingerprint(old), now)
        token = secrets.token_urlsafe(32)
        life = SESSION_LIFE if stage is Stage.FULL else STEP_LIFE
        self.desk.open_session(
            fingerprint(token),
            account.id,
            secrets.token_urlsafe(32),
            now,
            now + life,
            stage=stage,
            browser=browser_of(request.headers.get("user-agent", "")),
        )
        set_cookie(response, SESSION_COOKIE, token, self.secure, int(life.total_seconds()))
        if stage is not Stage.CODE:
            device = request.cookies.get(DEVICE_COOKIE, "")
            if len(device) != _TOKEN_CHARS:
                device = secrets.token_urlsafe(32)
            self.desk.access.know_device(fingerprint(device), account.id, now)
            set_cookie(response, DEVICE_COOKIE, device, self.secure, int(DEVICE_LIFE.total_seconds()))


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


def read_raw(request: Request, visitor: Visitor, subject: str) -> None:
    """The audit trail's line of a raw text that was opened (`insiden:7`, `butir:12`)."""
    what = f"baca.{subject.partition(':')[0]}"
    doors(request).desk.audits.saw(now_of(request), visitor.account.id, what, subject)


def find_visitor(request: Request) -> Visitor | None:
    """Who asks, when the sign-in is finished."""
    found = half_visitor(request)
    return found if found is not None and found.stage is Stage.FULL else None


def half_visitor(request: Request) -> Visitor | None:
    """Who asks, at whatever step of the sign-in; looked up once a request."""
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
        found = ways.desk.access.key(fingerprint(key), now) if key.startswith(KEY_PREFIX) else None
        return Visitor(account=found.account, csrf="", key=found) if found else None
    token = request.cookies.get(SESSION_COOKIE, "")
    if not token:
        return None
    hashed = fingerprint(token)
    session = ways.desk.session(hashed, now)
    if session is None or not session.account.active or session.expires_at <= now:
        return None
    # The queue asks for news by itself: an empty chair must not keep a session alive.
    if not ways.desk.access.fresh(hashed, session, now, by_itself=request.url.path in BY_ITSELF):
        return None
    return Visitor(account=session.account, csrf=session.csrf, token_hash=hashed, stage=Stage(session.stage))


def same(given: str | None, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest((given or "").encode("utf-8", "replace"), wanted.encode())


class Rule:
    """A route's rule as a FastAPI dependency: these roles, else refused. Routes without one fail at start."""

    def __init__(
        self,
        roles: frozenset[Role],
        *,
        before_change: bool = False,
        scope: Scope | None = None,
        stages: frozenset[Stage] = frozenset({Stage.FULL}),
    ) -> None:
        self.roles = roles
        self.before_change = before_change
        self.scope = scope
        self.stages = stages

    def __call__(self, request: Request) -> Visitor:
        visitor = half_visitor(request)
        if visitor is None:
            raise SignInNeeded
        keep_to_account(request, visitor)
        if visitor.stage not in self.stages:
            raise StepNeeded(STEPS[visitor.stage])
        if visitor.key is not None:
            keep_to_scope(request, visitor.key, self.scope)
        # A key is not a first password: it was made by command, and its owner changes nothing with it.
        if visitor.csrf and visitor.account.must_change and not self.before_change:
            raise NewPasswordNeeded
        if visitor.account.role not in self.roles:
            raise Forbidden("forbidden_role")
        keep_in_sight(request, visitor)
        keep_blind(request, visitor)
        return visitor


def keep_to_account(request: Request, visitor: Visitor) -> None:
    """A tab left open by one account neither reads nor writes as the account that signed in after it."""
    if request.headers.get(MADE_FOR, str(visitor.account.id)) != str(visitor.account.id):
        raise OtherAccount


def keep_to_scope(request: Request, key: ApiKey, scope: Scope | None) -> None:
    """A key opens the API only, there what its scopes name, and not faster than its pace."""
    if not request.url.path.startswith(API):
        raise Forbidden("forbidden_key")
    if scope is None or scope not in key.scopes:
        raise Forbidden("forbidden_scope")
    doors(request).pace.step(key.id)


def keep_in_sight(request: Request, visitor: Visitor) -> None:
    """A regency's visitor reaches a route as far as `api.access` says; what is not theirs is not there."""
    if visitor.sight.whole:
        return
    # Here, and not in each route, so that a route made tomorrow is closed until somebody opens it.
    reach: Reach | None = request.app.state.reach.get((request.method, request.scope["endpoint"]))
    if reach in (None, Reach.PROVINCE):
        raise Forbidden("forbidden_office")
    for name, value in request.path_params.items():
        kind, number = PATHS.get(name, ""), row_number(value)
        if not kind:
            continue
        if number is None or not doors(request).desk.offices.sees(visitor.sight, kind, number):
            raise NotFound(NOT_THERE)


def own_office(visitor: Visitor, asked: str) -> str:
    """The office that was asked for, or one's own. `Forbidden` when a regency asks for another's."""
    if visitor.sight.whole:
        return asked or PROVINCE
    if asked not in ("", visitor.account.office):
        raise Forbidden("forbidden_office")
    return visitor.account.office


def keep_blind(request: Request, visitor: Visitor) -> None:
    """No route about an incident or an item of it (told by its path) answers who reads it blind."""
    # Here, and not in each route, so that a route made tomorrow keeps readers blind too.
    asked = {name: row_number(request.path_params.get(name)) for name in ("incident_id", "item_id")}
    numbers = {name: number for name, number in asked.items() if number is not None}
    if numbers and visitor.account.role in REVIEWERS:
        reading_id = doors(request).desk.second.blind_reading(visitor.account.id, **numbers)
        if reading_id is not None:
            raise ReadBlind(reading_id)


class PublicRule:
    """Says that a route is open on purpose."""

    def __call__(self) -> None:
        return None


STEPS = {Stage.FULL: "/antrean", Stage.CODE: "/masuk/kode", Stage.ENROL: "/akun/langkah-kedua"}
READ = Rule(EVERYBODY, scope=Scope.READ)
KEEP = Rule(KEEPERS)
SCREEN = Rule(EVERYBODY, scope=Scope.SCREEN)
EXPORT = Rule(EVERYBODY, scope=Scope.EXPORT)
REVIEW = Rule(REVIEWERS, scope=Scope.REVIEW)
OPERATE = Rule(OPERATORS, scope=Scope.SOURCES)
HOOKS = Rule(frozenset({Role.ADMINISTRATOR}), scope=Scope.HOOKS)
OWN_PASSWORD = Rule(EVERYBODY, before_change=True)
LEAVE = Rule(EVERYBODY, before_change=True, stages=frozenset(Stage))
CODE_STEP = Rule(EVERYBODY, before_change=True, stages=frozenset({Stage.CODE}))
OWN_STEP = Rule(EVERYBODY, before_change=True, stages=frozenset({Stage.FULL, Stage.ENROL}))
PUBLIC = PublicRule()


def form_token(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """Every unsafe form carries the session's token; runs after the route's rule found the visitor."""
    visitor = half_visitor(request)
    if visitor is None:
        raise SignInNeeded
    keep_to_account(request, visitor)  # before the token: another session's token is wrong too, and says less
    if not same(csrf, visitor.csrf):
        raise Forbidden("forbidden_form")


def header_token(request: Request, x_csrf_token: Annotated[str | None, Header()] = None) -> None:
    """Unsafe API calls with the cookie need the token in `X-CSRF-Token`; with a bearer key they do not."""
    visitor = half_visitor(request)
    if visitor is None:
        raise SignInNeeded
    if visitor.token_hash and not same(x_csrf_token, visitor.csrf):
        raise Forbidden("forbidden_form")


def row_number(value: object) -> int | None:
    """The row an address names; None when it names none. Larger ones do not fit a database's integer."""
    text = str(value)
    number = int(text) if _NUMBER.fullmatch(text) else -1
    return number if 0 <= number < 2**63 else None


def _only_digits(value: object) -> object:
    # pydantic also reads "+1", "1.0", " 1" and "0_1" as 1, which the rules above would not have looked at.
    return "" if isinstance(value, str) and not _NUMBER.fullmatch(value) else value


Number = Annotated[int, BeforeValidator(_only_digits), Path(ge=0, le=2**63 - 1)]
Reader = Annotated[Visitor, Depends(READ)]
Reviewer = Annotated[Visitor, Depends(REVIEW)]
Keeper = Annotated[Visitor, Depends(KEEP)]
Operator = Annotated[Visitor, Depends(OPERATE)]
Screener = Annotated[Visitor, Depends(SCREEN)]
Exporter = Annotated[Visitor, Depends(EXPORT)]
HookKeeper = Annotated[Visitor, Depends(HOOKS)]
Administrator = Annotated[Visitor, Depends(Rule(frozenset({Role.ADMINISTRATOR})))]
Anyone = Annotated[None, Depends(PUBLIC)]
CheckedForm = Depends(form_token)
CheckedHeader = Depends(header_token)


def rules_of(dependant: Any) -> list[Any]:
    """All rules in a route's dependency tree (for the check at start and for the access tests)."""
    own = [dependant.call] if isinstance(dependant.call, Rule | PublicRule) else []
    return own + [rule for inner in dependant.dependencies for rule in rules_of(inner)]
