"""The database: one class, split by subject. All SQL of Dini is here and in the `store_*` files.

`with store.writing() as books:` is one transaction that commits whole or not at all; a crash at any moment
leaves either everything of it or nothing. SQLite writers queue at BEGIN IMMEDIATE; PostgreSQL writers that
link incidents queue on one advisory lock, because "is there such an incident?" must see the other's answer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from screening.errors import NotSetUp
from screening.schema import metadata
from screening.store_access import Access
from screening.store_accounts import Accounts
from screening.store_audit import AuditBook
from screening.store_casework import CaseworkRows
from screening.store_digest import DigestRows
from screening.store_exports import Listings
from screening.store_factors import Factors
from screening.store_health import Tracks
from screening.store_holding import Hands
from screening.store_hooks import HookBook
from screening.store_incidents import Incidents
from screening.store_indicators import Histories
from screening.store_items import Items
from screening.store_labels import LabelBook
from screening.store_links import Links
from screening.store_memo import Memos
from screening.store_offices import Offices
from screening.store_operations import Operating
from screening.store_overview import Overviews
from screening.store_post import Post
from screening.store_privacy import Privacy
from screening.store_queue import Queues
from screening.store_retraction import Retractions
from screening.store_sample import Samples
from screening.store_sealing import Seals
from screening.store_second import SecondReadings
from screening.store_similar import Likes
from screening.store_sources import Sources
from screening.store_watching import Watching
from screening.store_wording import Wordings

_LOCK = 0x44494E49  # "DINI": the advisory lock of writers on PostgreSQL
_BUSY_SECONDS = 30.0
_MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The subjects, all inside one transaction."""

    sources: Sources
    items: Items
    incidents: Incidents
    links: Links
    accounts: Accounts
    access: Access
    factors: Factors
    seals: Seals
    tracks: Tracks
    histories: Histories
    post: Post
    overviews: Overviews
    digests: DigestRows
    second: SecondReadings
    samples: Samples
    labels: LabelBook
    memos: Memos
    casework: CaseworkRows
    likes: Likes
    exports: Listings
    hands: Hands
    hooks: HookBook
    queues: Queues
    retractions: Retractions
    wordings: Wordings
    watching: Watching
    audit: AuditBook
    privacy: Privacy
    operating: Operating
    offices: Offices


class Store:
    """A database at a URL (`sqlite:///...` or `postgresql+psycopg://...`)."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.dialect = self.url.get_backend_name()
        self._turn = threading.Lock()
        if self.dialect == "sqlite":
            self._engine = self._sqlite()
        else:
            # Values hidden: a failed statement's words go into the log, and no text of the news may.
            self._engine = sa.create_engine(
                self.url, pool_pre_ping=True, pool_size=5, max_overflow=10, hide_parameters=True
            )

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Books]:
        """One consistent view; nothing is written."""
        with self._connected(write=False) as connection:
            yield _books(connection)

    @contextmanager
    def writing(self, *, linking: bool = True) -> Iterator[Books]:
        """One transaction; commits at the end, rolls back on any exception.

        Without `linking` it touches no incident and passes the queue of those that do.
        """
        with self._queued(), self._connected(write=True) as connection:
            if linking and self.dialect == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            books = _books(connection)
            yield books
            books.audit.close()

    def migrate(self) -> None:
        """Bring the schema to the newest revision, if it is not there. Safe to run twice at once."""
        if self.dialect == "sqlite" and self.url.database not in (None, "", ":memory:"):
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        with self._connected(write=True, missing_ok=True) as connection:
            if self.dialect == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK + 1)))
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def scrub(self) -> str:
        """Write the files of secrets anew, without what was replaced in them; empty, or why it did not work.

        Call it outside any transaction. PostgreSQL: the two small tables that hold secrets.
        """
        statements = ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]
        if self.dialect == "postgresql":
            statements = ["SET lock_timeout = '10s'", "VACUUM FULL second_step", "VACUUM FULL hook"]
        engine = sa.create_engine(
            self.url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
        )
        try:
            with engine.connect() as connection:
                for one in statements:
                    connection.exec_driver_sql(one)
        except sa.exc.SQLAlchemyError as error:
            return type(error).__name__
        finally:
            engine.dispose()
        return ""

    def revision(self) -> tuple[str | None, str | None]:
        """(revision of the database, newest revision known here)."""
        head = ScriptDirectory.from_config(_alembic()).get_current_head()
        try:
            with self._connected(write=False) as connection:
                return MigrationContext.configure(connection).get_current_revision(), head
        except NotSetUp:
            return None, head

    def knows(self, revision: str) -> bool:
        """Whether this program has the revision among its migrations."""
        found = ScriptDirectory.from_config(_alembic()).walk_revisions()
        return any(one.revision == revision for one in found)

    @contextmanager
    def apart(self, *, isolation: str = "READ COMMITTED") -> Iterator[sa.Connection]:
        """PostgreSQL: one transaction on a connection that is closed after it, for copying everything."""
        engine = sa.create_engine(
            self.url, poolclass=sa.pool.NullPool, isolation_level=isolation, hide_parameters=True
        )
        try:
            with engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise NotSetUp(f"Basis data di {self.shown(str(self.url))} tidak dapat dibuka.") from error
        finally:
            engine.dispose()

    @staticmethod
    def shown(url: str) -> str:
        """The address as it may be told: without its password."""
        return sa.make_url(url).render_as_string() if url else ""

    @staticmethod
    def lost(error: BaseException) -> bool:
        """Whether this came of a database that could not be reached or went away: later it may do again."""
        seen: BaseException | None = error
        while seen is not None:
            if isinstance(seen, (NotSetUp, sa.exc.OperationalError, sa.exc.InterfaceError)):
                return True
            if isinstance(seen, sa.exc.DBAPIError) and seen.connection_invalidated:
                return True
            seen = seen.__cause__
        return False

    def trouble(self) -> str:
        """Empty when the database answers, else what is wrong in words (no password in them)."""
        try:
            with self._engine.connect() as connection:
                connection.execute(sa.select(sa.literal(1)))
        except sa.exc.SQLAlchemyError as error:
            return f"Basis data di {self.url.render_as_string()} tidak dapat dibuka ({type(error).__name__})."
        return ""

    @contextmanager
    def _queued(self) -> Iterator[None]:
        """Writers of this process one after the other, without SQLite's polling (up to 0.1 s a time).

        Not what keeps them apart, which BEGIN IMMEDIATE does: who waits too long goes on to that queue.
        """
        mine = self.dialect == "sqlite" and self._turn.acquire(timeout=_BUSY_SECONDS)
        try:
            yield
        finally:
            if mine:
                self._turn.release()

    @contextmanager
    def _connected(self, *, write: bool, missing_ok: bool = False) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(dini_write=write)
                if not write and self.dialect == "postgresql":
                    # One view for all statements of a page; SQLite's BEGIN gives that by itself.
                    connection = connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection
        except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
            if missing_ok or not _unready(error):
                raise
            raise NotSetUp("Basis data belum siap. Jalankan: dini start") from error

    def _sqlite(self) -> sa.Engine:
        engine = sa.create_engine(
            self.url,
            connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
            hide_parameters=True,
        )

        @sa.event.listens_for(engine, "connect")
        def _prepare(raw: Any, _record: Any) -> None:
            # Our own BEGIN (below) instead of the driver's, so that reads are consistent and writers queue.
            raw.isolation_level = None
            cursor = raw.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000:.0f}")
            cursor.close()

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            write = connection.get_execution_options().get("dini_write", True)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

        return engine


def create_fresh(connection: sa.Connection) -> None:
    """All tables at once, without revisions; the tests compare this with the migrated schema."""
    metadata.create_all(connection)


def _books(connection: sa.Connection) -> Books:
    return Books(
        sources=Sources(connection),
        items=Items(connection),
        incidents=Incidents(connection),
        links=Links(connection),
        accounts=Accounts(connection),
        access=Access(connection),
        factors=Factors(connection),
        seals=Seals(connection),
        tracks=Tracks(connection),
        histories=Histories(connection),
        post=Post(connection),
        overviews=Overviews(connection),
        digests=DigestRows(connection),
        second=SecondReadings(connection),
        samples=Samples(connection),
        labels=LabelBook(connection),
        memos=Memos(connection),
        casework=CaseworkRows(connection),
        likes=Likes(connection),
        exports=Listings(connection),
        hands=Hands(connection),
        hooks=HookBook(connection),
        queues=Queues(connection),
        retractions=Retractions(connection),
        wordings=Wordings(connection),
        watching=Watching(connection),
        audit=AuditBook(connection),
        privacy=Privacy(connection),
        operating=Operating(connection),
        offices=Offices(connection),
    )


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _unready(error: sa.exc.DBAPIError) -> bool:
    text = str(error.orig).lower()
    signs = ("no such table", "no such column", "does not exist", "unable to open", "connection refused")
    return any(sign in text for sign in signs) or "connection failed" in text
