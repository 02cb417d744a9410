"""The drill: back up while the service writes, wipe, restore: counts and hashes equal, on both databases."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import stat
import threading
import uuid
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, entry, fetched, listing

from api.cli import main
from models import Classifier
from screening import Desk, Role, Settings, Store, check_backup, restore_backup, stamped, write_backup
from screening.backup import _program, prune_backups
from screening.errors import Conflict, Invalid
from screening.schema import assessment, item
from screening.store_backup import KEPT_SCHEMA, Contents, contents

SECRET = "rahasia-sandi-surel"


def feed(desk: Desk, rounds: range) -> None:
    """Takes answers in as collecting does, three entries each."""
    source = desk.sources()[0]
    for number in rounds:
        told = [
            entry(f"{kind}-{number}", f"{title} {number}", f"{text} Bagian {number}.")
            for kind, (title, text) in (("a", CLASH), ("b", BLOCKADE), ("c", RECIPE))
        ]
        desk.take(fetched(source, *told, etag=f'"{number}"'), NOW + timedelta(minutes=number))


@pytest.fixture
def busy(desk: Desk) -> Desk:
    desk.add_source(listing("kabar"), NOW)
    desk.create_account("operator", Role.OPERATOR, "x", NOW)
    feed(desk, range(3))
    return desk


def held(url: str) -> Contents:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = contents(connection)
    engine.dispose()
    return found


@pytest.fixture
def another(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An address of the same kind where no database of ours is yet."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'lain' / 'dini.db'}"
        return
    cluster = request.getfixturevalue("postgres")
    name = f"r{uuid.uuid4().hex}"
    yield cluster.make(name)
    cluster.drop(name)


def restored(url: str, settings: Settings, path: Path, *, replace: bool = False) -> None:
    store = Store(url)
    try:
        restore_backup(store, settings, path, replace=replace)
    finally:
        store.close()


def test_what_was_backed_up_while_collecting_comes_back_whole(
    busy: Desk, store: Store, settings: Settings, another: str, tmp_path: Path
) -> None:
    stop = threading.Event()

    def collect() -> None:
        number = 3
        while not stop.is_set():
            feed(busy, range(number, number + 1))
            number += 1

    writer = threading.Thread(target=collect)
    writer.start()
    try:
        made = [write_backup(store, settings, tmp_path / f"{n}.dini", NOW) for n in range(3)]
    finally:
        stop.set()
        writer.join(30)
    assert made[0].rows <= made[2].rows
    tables = made[2].contents.tables
    assert tables["item"].rows == tables["assessment"].rows >= 9
    check_backup(tmp_path / "2.dini")
    restored(another, settings, tmp_path / "2.dini")
    assert held(another) == made[2].contents


def test_a_wiped_database_is_restored_with_equal_counts_and_hashes(
    busy: Desk, store: Store, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    before = held(database_url)
    write_backup(store, settings, tmp_path / "a.dini", NOW)
    busy.close()
    store.close()
    if database_url.startswith("sqlite"):
        for one in tmp_path.glob("dini.db*"):
            one.unlink()
    else:
        engine = sa.create_engine(database_url)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        engine.dispose()
    restored(database_url, settings, tmp_path / "a.dini")
    assert held(database_url) == before
    again = Store(database_url)
    with again.reading() as books:
        assert books.items.total() == 9
    with again.writing() as books:  # identities go on after those that are there
        books.sources.add(listing("baru"), NOW)
    again.close()


def test_a_database_with_rows_is_replaced_only_when_asked(
    busy: Desk, store: Store, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    write_backup(store, settings, tmp_path / "a.dini", NOW)
    before = held(database_url)
    feed(busy, range(3, 6))
    after = held(database_url)
    store.close()
    with pytest.raises(Conflict, match="--replace"):
        restored(database_url, settings, tmp_path / "a.dini")
    assert held(database_url) == after
    restored(database_url, settings, tmp_path / "a.dini", replace=True)
    assert held(database_url) == before
    restored(database_url, settings, tmp_path / "a.dini", replace=True)  # and once more over a restored one
    assert held(database_url) == before


def test_an_unmigrated_or_emptied_database_may_be_restored_into(
    busy: Desk, store: Store, settings: Settings, another: str, tmp_path: Path
) -> None:
    write_backup(store, settings, tmp_path / "a.dini", NOW)
    fresh = Store(another)
    fresh.migrate()
    fresh.close()
    restored(another, settings, tmp_path / "a.dini")
    assert held(another).tables["item"].rows == 9


def test_the_audit_chain_holds_after_a_restore(
    busy: Desk, store: Store, settings: Settings, another: str, tmp_path: Path, classifier: Classifier
) -> None:
    for number in range(5):
        busy.audits.record(NOW + timedelta(minutes=number), None, "uji.coba", f"uji:{number}")
    write_backup(store, settings, tmp_path / "a.dini", NOW)
    restored(another, settings, tmp_path / "a.dini")
    back = Store(another)
    with back.reading() as books, store.reading() as own:
        assert books.audit.head() == own.audit.head()
        assert books.audit.head()[0] >= 5
    with back.writing() as books:
        books.audit.record(NOW, None, "uji.lanjut")
    with pytest.raises(sa.exc.DBAPIError), back.writing() as books:  # its guard came along
        books.audit._db.execute(sa.text("UPDATE audit SET detail = 'lain'"))
    back.close()


@pytest.fixture
def good(tmp_path: Path, classifier: Classifier) -> Path:
    """A backup of a small SQLite database."""
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'g.db'}")
    store = Store(settings.database_url)
    desk = Desk(store, classifier, settings)
    desk.set_up(NOW)
    desk.add_source(listing("kabar"), NOW)
    feed(desk, range(1))
    write_backup(store, settings, tmp_path / "good.dini", NOW)
    desk.close()
    return tmp_path / "good.dini"


def cut_in_half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def cut_by_one(data: bytes) -> bytes:
    return data[:-1]


def longer(data: bytes) -> bytes:
    return data + b"0"


@pytest.mark.parametrize(
    "harm", [cut_in_half, cut_by_one, longer, lambda data: b"", lambda data: b"PK" + bytes(200)]
)
def test_a_cut_or_foreign_file_is_refused_in_one_sentence(
    good: Path, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    bad = tmp_path / "bad.dini"
    bad.write_bytes(harm(good.read_bytes()))
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'r.db'}")
    for attempt in (lambda: check_backup(bad), lambda: restored(settings.database_url, settings, bad)):
        with pytest.raises(Invalid, match=r"rusak|terpotong|bukan cadangan") as told:
            attempt()
        assert "\n" not in told.value.detail
    assert not (tmp_path / "r.db").exists()


def test_a_change_of_any_byte_is_refused(good: Path, tmp_path: Path) -> None:
    data, chance = bytearray(good.read_bytes()), random.Random(7)
    bad = tmp_path / "bad.dini"
    for place in [0, 30, len(data) - 1, len(data) - 65, *(chance.randrange(len(data)) for _ in range(60))]:
        data[place] ^= 1 << chance.randrange(8)
        bad.write_bytes(data)
        with pytest.raises(Invalid):
            check_backup(bad)
        data[:] = good.read_bytes()


def reseal(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """As somebody would who knows the format: other members, and the last bytes made to fit."""
    from screening.backup import _HEX, _pack

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    folder = path.parent / uuid.uuid4().hex
    folder.mkdir()
    for name, data in members.items():
        (folder / name).write_bytes(data)
    _pack(path, [folder / name for name in members])
    assert len(zipfile.ZipFile(path).comment) == _HEX


def test_a_database_that_is_not_what_its_manifest_says_is_refused(good: Path, tmp_path: Path) -> None:
    def fewer(members: dict[str, bytes]) -> None:
        made = json.loads(members["manifes.json"])
        made["tables"]["item"]["rows"] += 1
        members["manifes.json"] = json.dumps(made).encode()

    reseal(good, fewer)
    with pytest.raises(Invalid, match="item"):
        check_backup(good)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("format", 2, "tidak dikenal"),
        ("dialect", "mysql", "tidak dikenal"),
        ("revision", "9999", "lebih baru"),
    ],
)
def test_a_backup_of_another_kind_or_of_a_newer_dini_is_refused(
    good: Path, tmp_path: Path, key: str, value: object, words: str
) -> None:
    def other(members: dict[str, bytes]) -> None:
        made = json.loads(members["manifes.json"])
        made[key] = value
        members["manifes.json"] = json.dumps(made).encode()

    reseal(good, other)
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'r.db'}")
    with pytest.raises(Invalid, match=words):
        restored(settings.database_url, settings, good)


def test_a_backup_is_private_holds_no_secret_and_never_replaces_a_file(
    busy: Desk, store: Store, database_url: str, tmp_path: Path
) -> None:
    settings = Settings.load(
        {
            "DINI_DATA": str(tmp_path),
            "DINI_DATABASE_URL": "postgresql://dini:sandi-basis-data@host/dini",
            "DINI_SMTP_URL": f"smtps://dini:{SECRET}@surel.contoh.go.id",
            "DINI_MAIL_FROM": "dini@contoh.go.id",
        }
    )
    write_backup(store, settings, tmp_path / "a.dini", NOW)
    assert stat.S_IMODE((tmp_path / "a.dini").stat().st_mode) == 0o600
    with zipfile.ZipFile(tmp_path / "a.dini") as archive:
        told = archive.read("pengaturan.json")
        assert b"surel.contoh.go.id" in told and b"mail_from" in told
        for name in archive.namelist():
            assert SECRET.encode() not in archive.read(name)
            assert b"sandi-basis-data" not in archive.read(name)
    with pytest.raises(Conflict, match="sudah ada"):
        write_backup(store, settings, tmp_path / "a.dini", NOW)
    with pytest.raises(Invalid, match="Folder"):
        write_backup(store, settings, tmp_path / "tidak" / "ada.dini", NOW)
    assert not list(tmp_path.glob(".dini-cadangan-*"))
    assert (when := busy.operations.last_backup()) is not None and when.at == NOW


def test_postgresql_keeps_the_old_tables_when_a_restore_fails(
    desk: Desk, store: Store, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite's copy is checked before anything is replaced")
    desk.add_source(listing("kabar"), NOW)
    feed(desk, range(2))
    write_backup(store, settings, tmp_path / "a.dini", NOW)

    def other(members: dict[str, bytes]) -> None:
        made = json.loads(members["manifes.json"])
        made["tables"]["item"]["sha256"] = "0" * 64
        members["manifes.json"] = json.dumps(made).encode()

    reseal(tmp_path / "a.dini", other)
    before = held(database_url)
    store.close()
    with pytest.raises(Invalid, match="item"):
        restored(database_url, settings, tmp_path / "a.dini", replace=True)
    assert held(database_url) == before
    with sa.create_engine(database_url).connect() as connection:
        names = connection.exec_driver_sql("SELECT nspname FROM pg_namespace").scalars().all()
    assert KEPT_SCHEMA not in names


def test_a_restore_under_a_running_service_is_refused(
    busy: Desk, store: Store, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite replaces its pages in a transaction of its own")
    write_backup(store, settings, tmp_path / "a.dini", NOW)
    busy.sources()  # its pool holds a connection
    with pytest.raises(Conflict, match="sedang dipakai"):
        restored(database_url, settings, tmp_path / "a.dini", replace=True)


def test_an_sqlite_database_that_somebody_writes_to_is_not_replaced(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screening.store_backup._LOCKED_SECONDS", 0.3)
    url = f"sqlite:///{tmp_path / 'g.db'}"
    before = held(url)
    writer = sqlite3.connect(tmp_path / "g.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(Conflict, match="sedang dipakai"):
        restored(url, Settings(data_dir=tmp_path, database_url=url), good, replace=True)
    writer.execute("ROLLBACK")
    writer.close()
    assert held(url) == before


def test_the_program_of_the_servers_version_is_taken_else_the_next_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for major in (13, 15, 17):
        program = tmp_path / str(major) / "pg_dump"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {major}.2 (Debian)'\n")
        program.chmod(0o755)
        found.append(program)
    monkeypatch.setattr("screening.backup.shutil.which", lambda _name: None)
    monkeypatch.setattr("screening.backup.Path.glob", lambda _self, _pattern: iter(found))
    chosen = {need: Path(_program("pg_dump", need)).parent.name for need in (None, 12, 13, 14, 15, 16, 17)}
    assert chosen == {None: "17", 12: "13", 13: "13", 14: "15", 15: "15", 16: "17", 17: "17"}
    with pytest.raises(Invalid, match="terlalu tua"):
        _program("pg_dump", 18)
    found.clear()
    with pytest.raises(Invalid, match="postgresql-client"):
        _program("pg_dump", 15)


# --- the commands


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_folder: Path) -> Path:
    for name in [name for name in os.environ if name.startswith("DINI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DINI_DATA", str(sample_folder))
    return sample_folder


@pytest.fixture
def sample_folder(tmp_path: Path, classifier: Classifier) -> Path:
    folder = tmp_path / "data"
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'dini.db'}")
    desk = Desk(Store(settings.database_url), classifier, settings)
    desk.set_up(NOW)
    desk.add_source(listing("kabar"), NOW)
    feed(desk, range(2))
    desk.close()
    return folder


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


def test_the_commands_back_up_verify_and_restore(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "c.dini"
    made = run("backup", str(target))
    assert made.exit_code == 0, made.output
    verified = run("backup", "--verify", str(target))
    assert verified.exit_code == 0 and "utuh" in verified.output
    refused = run("restore", str(target))
    assert refused.exit_code == 2 and "--replace" in refused.stderr
    (home / "dini.db").unlink()
    back = run("restore", str(target))
    assert back.exit_code == 0, back.output
    tables = [line for line in made.output.splitlines() if line.startswith("  ")]
    assert tables == [line for line in back.output.splitlines() if line.startswith("  ")]
    store = Store(f"sqlite:///{home / 'dini.db'}")
    with store.reading() as books:
        assert books.audit.head()[0] >= 1  # the backup itself is in the trail, and in the copy
    store.close()
    target.write_bytes(target.read_bytes()[:-10])
    broken = run("backup", "--verify", str(target))
    assert broken.exit_code == 2 and len(broken.stderr.splitlines()) == 1


def test_a_folder_gets_dated_backups_and_keeps_the_newest(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cadangan"
    folder.mkdir()
    for day in range(1, 5):
        stamped(folder, NOW - timedelta(days=day)).write_bytes(b"lama")
    (folder / "catatan.txt").write_text("bukan cadangan")
    made = run("backup", str(folder), "--keep", "3")
    assert made.exit_code == 0, made.output
    left = sorted(one.name for one in folder.iterdir())
    assert len(left) == 4 and "catatan.txt" in left
    assert run("backup", str(folder / "satu.dini"), "--keep", "3").exit_code == 2
    assert prune_backups(folder, 3) == ()


def test_a_database_that_dini_never_used_is_not_backed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DINI_DATA", str(tmp_path / "kosong"))
    refused = run("backup", str(tmp_path / "c.dini"))
    assert refused.exit_code == 2 and "dini start" in refused.stderr
    assert not (tmp_path / "c.dini").exists()


def test_hashes_tell_one_changed_word_and_do_not_depend_on_the_order_of_writing(
    busy: Desk, store: Store, database_url: str
) -> None:
    before = held(database_url)
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        number = connection.scalar(sa.select(sa.func.min(item.c.id)))
        title = connection.scalar(sa.select(item.c.title).where(item.c.id == number))
        connection.execute(item.update().where(item.c.id == number).values(title=f"{title}."))
    changed = held(database_url)
    assert {name for name in before.tables if before.tables[name] != changed.tables[name]} == {"item"}
    with engine.begin() as connection:
        connection.execute(item.update().where(item.c.id == number).values(title=title))
        rows = [dict(row._mapping) for row in connection.execute(sa.select(assessment))]
        connection.execute(assessment.delete())
        connection.execute(assessment.insert(), rows[::-1])
    engine.dispose()
    assert held(database_url) == before
