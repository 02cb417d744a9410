"""The schema: migrated equals fresh, times are UTC both ways, and nobody in the news has a column."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from screening_material import BLOCKADE, NOW, entry, fetched, listing

from screening import Desk, Store
from screening.schema import Moment, Words, metadata
from screening.store import _alembic, create_fresh

# Words that name a person or what points at one; a civil servant's account is the one exception.
PERSONAL = re.compile(
    r"person|orang|nama(?!_)|author|penulis|byline|victim|korban|suspects|tersangka|pelaku|actor|tokoh|face|photo|"
    r"phone|telepon|email|nik\b|address|alamat|birth|gender|religion|agama|ethnic|suku|age\b|umur|speaker|\bentity"
)
ALLOWED = {("source", "name"), ("account", "name"), ("api_key", "name")}


def test_no_column_is_about_a_person_in_the_news() -> None:
    for table in metadata.sorted_tables:
        assert not PERSONAL.search(table.name), table.name
        for column in table.columns:
            assert not PERSONAL.search(column.name), f"{table.name}.{column.name}"
            if column.name == "name" or column.name.endswith("_name"):
                allowed = (table.name, column.name) in ALLOWED or column.name == "place_name"
                assert allowed, f"{table.name}.{column.name}"


def test_every_constraint_and_index_has_a_name_that_postgresql_can_hold() -> None:
    for table in metadata.sorted_tables:
        named = [*table.constraints, *table.indexes]
        for one in named:
            assert one.name and len(str(one.name)) <= 63, f"{table.name}: {one}"


def engine_of(url: str) -> sa.Engine:
    return sa.create_engine(url)


def test_the_migrated_schema_is_the_fresh_one(database_url: str) -> None:
    engine = engine_of(database_url)
    with engine.connect() as connection:
        found = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), metadata
        )
    engine.dispose()
    assert found == []


def test_the_checks_of_the_fresh_schema_are_in_the_migrated_one(database_url: str, tmp_path: Path) -> None:
    engine = engine_of(database_url)
    fresh = engine_of(f"sqlite:///{tmp_path / 'fresh.db'}")
    with fresh.begin() as connection:
        create_fresh(connection)
    for table in metadata.sorted_tables:
        names = [
            {str(one["name"]) for one in sa.inspect(each).get_check_constraints(table.name)}
            for each in (engine, fresh)
        ]
        assert names[0] == names[1], table.name
    engine.dispose()
    fresh.dispose()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    store = Store(database_url)
    store.migrate()
    have, head = store.revision()
    assert have == head is not None
    store.close()


def test_times_come_back_as_the_same_moment_in_utc(database_url: str) -> None:
    engine = engine_of(database_url)
    table = sa.Table("moments", sa.MetaData(), sa.Column("at", Moment), sa.Column("words", Words))
    wib = timezone(timedelta(hours=7))
    moments = [
        datetime(2026, 11, 24, 6, 30, 0, 123456, tzinfo=wib),
        datetime(1990, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
    ]
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"at": moment, "words": ""} for moment in moments])
        found = list(connection.scalars(sa.select(table.c.at).order_by(table.c.at)))
        table.drop(connection)
    engine.dispose()
    assert found == sorted(moments)
    assert all(moment.utcoffset() == timedelta(0) for moment in found)


def test_a_naive_time_is_refused(database_url: str) -> None:
    engine = engine_of(database_url)
    with engine.connect() as connection, pytest.raises(sa.exc.StatementError, match="naive"):
        connection.execute(sa.select(sa.literal(datetime(2026, 1, 1), Moment)))
    engine.dispose()


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "biasa", "بيان", "\u202e terbalik"])
def test_any_text_can_be_stored(database_url: str, text: str) -> None:
    engine = engine_of(database_url)
    with engine.connect() as connection:
        back = connection.scalar(sa.select(sa.literal(text, Words)))
    engine.dispose()
    assert back is not None and "\x00" not in back
    if "\x00" not in text and text != "a\ud800b":
        assert back == text


def test_incidents_of_an_older_database_keep_their_issue_as_the_machines(
    desk: Desk, database_url: str
) -> None:
    source = desk.add_source(listing("satu"), NOW)
    desk.take(fetched(source, entry("b", *BLOCKADE)), NOW)
    engine = engine_of(database_url)
    with engine.begin() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        assert "machine_issue" not in {one["name"] for one in sa.inspect(connection).get_columns("incident")}
        command.upgrade(config, "head")
        rows = connection.execute(sa.text("SELECT issue, machine_issue FROM incident")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [("E1", "E1")]
