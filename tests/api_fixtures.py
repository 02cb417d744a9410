"""Ground of the API tests: a desk that collected the sample news once, copied for each; signed-in clients."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api import create_app
from api.app import open_doors
from api.auth import SESSION_COOKIE, SESSION_LIFE, fingerprint, new_key
from api.cli_start import sample_day, sample_sources
from feeds import SampleWeb
from models import Classifier
from screening import Desk, Role, Settings, Store

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 09.00 WIB
PASSWORD = "hutan sungai pagi tenang"
# The same argon2id with the smallest cost, which the hash itself names: signing in takes the real way, and
# what the real cost is stands in test_api_auth.
HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **units: float) -> None:
        self.now += timedelta(**units)


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory, classifier: Classifier) -> Path:
    """A database with the sample news collected through the real loopback feeds, accounts of each role."""
    return collected(tmp_path_factory.getbasetemp() / "sample", classifier)


@cache  # pytest runs an imported session fixture once a module; collecting once is enough
def collected(folder: Path, classifier: Classifier) -> Path:
    folder.mkdir()
    path = folder / "dini.db"
    with SampleWeb(sample_day(NOW), 0) as web:
        settings = Settings(
            data_dir=folder,
            database_url=f"sqlite:///{path}",
            allow_addresses=(web.base_url.split("://")[1].rstrip("/"),),
        )
        desk = Desk(Store(settings.database_url), classifier, settings)
        desk.set_up(NOW)
        desk.collect(NOW, source_ids=sample_sources(desk, web.sources(), NOW))
    for role in Role:
        desk.create_account(role.value, role, HASH, NOW, must_change=False)
    desk.create_account("baru", Role.ANALYST, HASH, NOW, must_change=True)
    desk.close()
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@dataclass(slots=True)
class Web:
    """One running application with its desk and clock."""

    desk: Desk
    clock: Clock
    client: TestClient

    def fresh(self) -> TestClient:
        """A browser without cookies."""
        return TestClient(self.client.app, follow_redirects=False)

    def sign_in(self, name: str = "analis", password: str = PASSWORD) -> TestClient:
        browser = self.fresh()
        page = browser.get("/masuk")
        answer = browser.post("/masuk", data={"nama": name, "sandi": password, "csrf": token(page.text)})
        assert answer.status_code == 303, answer.text
        return browser

    def session(self, name: str = "analis") -> TestClient:
        browser = self.fresh()
        browser.cookies.set(SESSION_COOKIE, session_cookie(self.desk, name, self.clock()))
        return browser

    def key(self, name: str = "analis") -> dict[str, str]:
        """Headers of a fresh API key of this account."""
        account = self.desk.account(name)
        assert account is not None
        made = new_key()
        self.desk.add_key("uji", fingerprint(made), account.id, NOW)
        return {"Authorization": f"Bearer {made}"}


def token(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found, html[:400]
    return found.group(1)


def desk_at(path: Path, classifier: Classifier) -> Desk:
    settings = Settings(data_dir=path.parent, database_url=f"sqlite:///{path}")
    return Desk(Store(settings.database_url), classifier, settings)


@cache
def application(path: Path, classifier: Classifier) -> FastAPI:
    """The application, built once; each test opens its own doors in it."""
    return create_app(desk_at(path, classifier), clock=Clock())


@pytest.fixture
def web(sample_database: Path, tmp_path: Path, classifier: Classifier) -> Iterator[Web]:
    path = tmp_path / "dini.db"
    shutil.copy(sample_database, path)
    desk, clock = desk_at(path, classifier), Clock()
    app = application(sample_database, classifier)
    app.state.doors = open_doors(desk, clock)
    yield Web(desk=desk, clock=clock, client=TestClient(app, follow_redirects=False))
    desk.close()


def session_cookie(desk: Desk, name: str, now: datetime) -> str:
    """A signed-in session's token, without the sign-in that its own tests are about."""
    account = desk.account(name)
    assert account is not None
    made = secrets.token_urlsafe(32)
    desk.open_session(fingerprint(made), account.id, secrets.token_urlsafe(32), now, now + SESSION_LIFE)
    return made
