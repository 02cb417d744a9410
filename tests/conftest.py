"""Shared ground of the tests: both databases, the shipped classifier, a desk that is set up.

PostgreSQL is a private cluster of this test session on a free loopback port; each test gets a database of its
own, copied from a migrated template. Without PostgreSQL's programs those tests are skipped with the reason.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest

import models
from screening import Desk, Settings, Store

# No test is about time: on a busy machine an example may take a second.
hypothesis.settings.register_profile("dini", deadline=None)
hypothesis.settings.load_profile("dini")

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 09.00 WIB
_USERS = ("postgres", "nobody")


def _programs() -> Path | None:
    found = [Path("/usr/local/pgsql/bin"), *Path("/usr/lib/postgresql").glob("*/bin")]
    on_path = shutil.which("initdb")
    if on_path:
        found.insert(0, Path(on_path).resolve().parent)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _as_user() -> list[str]:
    # initdb refuses to run as root, so root hands over to an unprivileged account.
    if os.geteuid() != 0:
        return []
    import pwd

    for name in _USERS:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        setpriv = shutil.which("setpriv")
        if setpriv:
            return [setpriv, f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--clear-groups"]
    return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A running private cluster; `url(name)` is SQLAlchemy's."""

    def __init__(self, programs: Path) -> None:
        self.port = _free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="dini-pg-"))
        self._folder.chmod(0o777)
        prefix = _as_user()
        data = self._folder / "data"
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}
        init = [programs / "initdb", "-D", data, "-U", "dini", "-A", "trust", "-E", "UTF8", "--no-sync"]
        made = subprocess.run(
            [*prefix, *map(str, init)], capture_output=True, text=True, env=environment, cwd="/", check=False
        )
        if made.returncode != 0:
            pytest.skip(f"initdb failed: {made.stderr.strip()[-300:]}")
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self._folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 60,
            "timezone": "Asia/Jakarta",  # not UTC on purpose: times must come back in UTC all the same
        }
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        log = (self._folder / "log").open("w")
        self._server = subprocess.Popen(
            [*prefix, str(programs / "postgres"), "-D", str(data), *settings],
            stdout=log,
            stderr=log,
            env=environment,
            cwd="/",
        )
        log.close()
        self._wait()
        template = Store(self.make("dini_template"))
        template.migrate()
        template.close()

    def _wait(self) -> None:
        for _ in range(200):
            try:
                psycopg.connect(self._plain("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if self._server.poll() is not None:
                    break
                self._pause()
            else:
                return
        pytest.skip(f"PostgreSQL did not start: {(self._folder / 'log').read_text()[-300:]}")

    @staticmethod
    def _pause() -> None:
        import time

        time.sleep(0.05)

    def _plain(self, name: str) -> str:
        return f"postgresql://dini@127.0.0.1:{self.port}/{name}"

    def url(self, name: str) -> str:
        return self._plain(name).replace("postgresql://", "postgresql+psycopg://")

    def make(self, name: str, template: str = "template1") -> str:
        with psycopg.connect(self._plain("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        with psycopg.connect(self._plain("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The session's private cluster, started when the first test asks."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL programs (initdb, postgres) on this machine")
    if os.geteuid() == 0 and not _as_user():
        pytest.skip("PostgreSQL cannot run as root and no account postgres or nobody with setpriv exists")
    cluster = Cluster(programs)
    yield cluster
    cluster.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty but migrated database of a test's own, on each of the two engines in turn."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'dini.db'}"
        store = Store(url)
        store.migrate()
        store.close()
        yield url
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    yield cluster.make(name, template="dini_template")
    cluster.drop(name)


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A SQLite address with nothing at it yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture(scope="session")
def classifier() -> models.Classifier:
    """The shipped model, read once."""
    return models.load_shipped()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=database_url)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def desk(settings: Settings, store: Store, classifier: models.Classifier) -> Desk:
    """A desk on an empty database, ready to use."""
    made = Desk(store, classifier, settings)
    made.set_up(NOW)
    return made


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def shared() -> Path:
    """Material beside the repository; read when present, never copied in."""
    folder = Path(os.environ.get("DINI_SHARED", Path(__file__).parents[1].parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no shared material at {folder}")
    return folder
