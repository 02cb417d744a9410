"""The audit trail: one chain, in the transaction of each change; what an administrator alters shows."""

from __future__ import annotations

import gzip
import json
import random
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from audit_ground import KEPT_DAYS, KINDS_OF_CUTTING, KINDS_OF_TAMPERING, disarm, fill, forge_cut, tamper
from screening_material import BLOCKADE, NOW, entry, fetched, listing

from screening import AuditFilter, Desk, Quota, Refused, Role, Settings, Store
from screening.audit import (
    GENESIS,
    AuditEntry,
    AuditRow,
    AuditVerdict,
    canonical,
    chain_hash,
    entry_of,
    following,
    mark_of,
    one_line,
    verify,
)
from screening.desk_audit import heads_in, settings_mark
from screening.schema_audit import GUARDS, TRIGGERS, audit
from screening.store import create_fresh


def rows_of(store: Store) -> list[AuditRow]:
    with store.reading() as books:
        return list(books.audit.every())


def verbs_of(store: Store) -> list[str]:
    return [one.what for one in rows_of(store)]


def raw(url: str) -> sa.Engine:
    return sa.create_engine(url)


# --- the chain, pure


def chain(count: int, at: datetime = NOW) -> list[AuditRow]:
    rows: list[AuditRow] = []
    tail = (0, GENESIS)
    for number in range(count):
        row = following(
            tail, entry_of(at + timedelta(seconds=number), number % 3 or None, "uji.tulis", "", "")
        )
        rows.append(row)
        tail = (row.seq, row.hash)
    return rows


def test_a_whole_chain_is_found_whole_with_its_head() -> None:
    rows = chain(5)
    found = verify(rows, {3: rows[2].hash, 5: rows[4].hash})
    assert (found.whole, found.rows, found.first, found.heads) == (True, 5, 1, 2)
    assert found.head == (5, rows[4].hash)
    assert verify([], {}).whole


def test_fields_that_run_together_make_different_bytes() -> None:
    one = chain(1)[0]
    apart = [replace(one, subject="ab", detail="c"), replace(one, subject="a", detail="bc")]
    assert canonical(apart[0]) != canonical(apart[1])


@pytest.mark.parametrize("field", ["seq", "at", "account_id", "what", "subject", "detail", "previous"])
def test_every_field_is_under_the_hash(field: str) -> None:
    row = chain(1)[0]
    other = {"seq": 9, "at": NOW + timedelta(microseconds=1), "account_id": 77}.get(field, "lain")
    assert chain_hash(replace(row, **{field: other})) != row.hash


def test_the_moment_is_hashed_as_utc_whatever_the_zone() -> None:
    from screening.windows import WIB

    row = chain(1)[0]
    assert chain_hash(replace(row, at=row.at.astimezone(WIB))) == row.hash


def test_a_cut_tail_is_found_by_a_head_from_outside_only() -> None:
    rows = chain(9)
    assert verify(rows[:6], {}).whole
    found = verify(rows[:6], {9: rows[8].hash})
    assert found.bad == 7 and "ekor" in found.why


def test_a_rewritten_end_is_found_by_the_head_before_and_after() -> None:
    rows = chain(4)
    tail = (4, rows[3].hash)
    for _ in range(3):
        made = following(tail, entry_of(NOW, 5, "uji.palsu", "", ""))
        rows.append(made)
        tail = (made.seq, made.hash)
    found = verify(rows, {2: rows[1].hash, 7: chain(7)[6].hash})
    assert found.bad == 3 and "7" in found.why


def cut_chain(old: int, young: int, *, days: int = 400, cut: int | None = None) -> list[AuditRow]:
    """`old` rows that are due and `young` ones from now on, cut as the clock does (or up to `cut`)."""
    rows = chain(old, NOW - timedelta(days=days + 10))
    for row in chain(young):
        rows.append(following((rows[-1].seq, rows[-1].hash), as_entry(row)))
    upto = old - 1 if cut is None else cut
    subject, detail = mark_of(upto, rows[upto - 1].hash, days, upto)
    at = NOW + timedelta(hours=1)
    vouch = following((rows[-1].seq, rows[-1].hash), entry_of(at, None, "jejak.pangkas", subject, detail))
    return [*rows[upto:], vouch]


def as_entry(row: AuditRow) -> AuditEntry:
    return entry_of(row.at, row.account_id, row.what, row.subject, row.detail)


def test_a_beginning_may_be_gone_only_when_it_was_due_and_a_later_row_vouches_for_it() -> None:
    rows = cut_chain(5, 3)
    found = verify(rows, {2: "apa pun", 4: rows[0].previous, rows[-1].seq: rows[-1].hash}, now=NOW)
    assert (found.whole, found.first) == (True, 5)
    assert verify(rows[:-1], {}).bad == 1
    assert verify(rows[1:], {}).bad == rows[-1].seq or verify(rows[1:], {}).bad == 1
    assert "seterusnya" in verify(rows, {}, keep_days=0).why
    assert "lebih pendek" in verify(rows, {}, keep_days=1826).why
    assert verify(rows, {}, keep_days=400).whole


def test_a_cut_of_rows_younger_than_the_clock_is_found_without_any_head() -> None:
    found = verify(cut_chain(5, 6, cut=7), {}, now=NOW)
    assert found.bad == 1 and "sebelum masa simpannya habis" in found.why
    short = verify(cut_chain(5, 3, days=30), {}, now=NOW)
    assert short.bad == 1 and "30 hari" in short.why


def test_a_mark_of_tomorrow_does_not_make_young_rows_old() -> None:
    rows = chain(6)
    subject, detail = mark_of(4, rows[3].hash, 400, 4)
    later = NOW + timedelta(days=500)
    vouch = following((6, rows[5].hash), entry_of(later, None, "jejak.pangkas", subject, detail))
    assert "sesudah hari ini" in verify([*rows[4:], vouch], {}, now=NOW).why
    after = following((7, vouch.hash), entry_of(NOW, None, "uji.tulis", "", ""))
    assert "lebih tua" in verify([*rows[4:], vouch, after], {}).why


@pytest.mark.parametrize(
    ("subject", "detail"),
    [
        ("4", "{hash} hari=400"),
        ("4", "{hash} hari=400 baris=9"),
        ("4", "{hash} hari=400 baris=0"),
        ("9", "{hash} hari=400 baris=9"),
        ("0", "{hash} hari=400 baris=0"),
        ("empat", "{hash} hari=400 baris=4"),
    ],
)
def test_a_mark_that_does_not_fit_what_is_missing_vouches_for_nothing(subject: str, detail: str) -> None:
    rows = cut_chain(5, 3)[:-1]
    told = entry_of(NOW, None, "jejak.pangkas", subject, detail.format(hash=rows[0].previous))
    vouch = following((rows[-1].seq, rows[-1].hash), told)
    assert verify([*rows, vouch], {}).bad == vouch.seq


def test_heads_from_outside_contradict_a_cut_that_its_own_rows_make_look_right() -> None:
    rows = cut_chain(5, 3)
    at_the_cut = verify(rows, {4: "f" * 64})
    assert at_the_cut.bad == rows[-1].seq and "ujung 4" in at_the_cut.why
    # Somebody who makes every row anew can give it any age; when a head was seen is out of his reach.
    seen_late = verify(rows, {2: "a" * 64}, times={2: NOW - timedelta(days=30)})
    assert seen_late.bad == rows[0].seq and "ujung tercatat" in seen_late.why
    assert verify(rows, {2: "a" * 64}, times={2: NOW - timedelta(days=450)}).whole
    assert verify(rows, {2: "berbeda"}).bad == 1


def test_an_old_row_forged_after_a_seen_head_makes_no_cut_due() -> None:
    rows = chain(40, NOW - timedelta(days=300))
    for seq in (40, 12):  # the newest head, or one from the middle: whatever followed it is gone
        old = entry_of(NOW - timedelta(days=2_500), None, "uji.tulis", "", "")
        forged = following((seq, rows[seq - 1].hash), old)
        for at in (NOW, NOW - timedelta(days=400)):
            told = entry_of(at, None, "jejak.pangkas", *mark_of(seq, rows[seq - 1].hash, 1_826, seq))
            made = [forged, following((forged.seq, forged.hash), told)]
            heads, times = {seq: rows[seq - 1].hash}, {seq: rows[seq - 1].at}
            found = verify(made, heads, times=times, keep_days=1_826, now=NOW)
            assert found.bad == forged.seq and "ujung tercatat" in found.why


def old_cut(first_at: datetime, keep_days: int) -> AuditVerdict:
    """A cut of four rows as the version before made it: all that was due went, the mark has the hash only."""
    rows = [*chain(4, NOW - timedelta(days=500))]
    rows.append(following((4, rows[3].hash), entry_of(first_at, None, "uji.tulis", "", "")))
    told = entry_of(NOW, None, "jejak.pangkas", "4", rows[3].hash)
    rows.append(following((5, rows[4].hash), told))
    return verify(rows[4:], {}, keep_days=keep_days, now=NOW)


def test_a_mark_of_the_version_before_holds_when_the_row_behind_the_cut_is_as_old_as_the_clock() -> None:
    edge = NOW - timedelta(days=400)
    assert old_cut(edge + timedelta(hours=20), 400).whole
    young = old_cut(edge + timedelta(days=3), 400)
    assert young.bad == 1 and "tanda lama 6" in young.why and "--keep-days" in young.why
    assert old_cut(edge + timedelta(days=3), 390).whole
    assert not old_cut(NOW - timedelta(days=300), 30).whole, "no clock is shorter than the least"
    assert not old_cut(edge, 0).whole


def test_a_second_cut_goes_on_where_the_first_one_ended() -> None:
    rows = cut_chain(5, 3)
    for count, whole in ((3, True), (4, False)):
        subject, detail = mark_of(7, rows[2].hash, 400, count)
        at = NOW + timedelta(days=500)
        more = following((9, rows[-1].hash), entry_of(at, None, "jejak.pangkas", subject, detail))
        assert verify([*rows[3:], more], {}).whole is whole


@pytest.mark.parametrize("what", ["", "x", "Huruf.Besar", "ada spasi", "a" * 41, "titik\nbaris"])
def test_a_verb_that_is_no_short_code_is_a_bug(what: str) -> None:
    with pytest.raises(ValueError, match="verb"):
        entry_of(NOW, None, what, "", "")


def test_subject_and_detail_become_one_printable_line() -> None:
    assert one_line("a\nb\x00c\ud800 d", 80) == "a b c d"
    assert len(one_line("x" * 500, 200)) == 200


# --- in the database


def test_a_change_and_its_row_are_one_transaction(store: Store) -> None:
    with pytest.raises(RuntimeError), store.writing() as books:
        books.audit.record(NOW, None, "uji.tulis")
        raise RuntimeError
    assert rows_of(store) == []
    with store.writing(linking=False) as books:
        books.audit.record(NOW, 4, "uji.tulis", "insiden:1", "rinci")
        books.audit.record(NOW, None, "uji.lagi")
    first, second = rows_of(store)
    assert (first.seq, first.account_id, first.subject, first.detail) == (1, 4, "insiden:1", "rinci")
    assert second.previous == first.hash and second.seq == 2
    assert verify([first, second], {}).whole


def test_writers_at_once_make_one_chain(store: Store) -> None:
    def write(linking: bool) -> None:
        for _ in range(8):
            with store.writing(linking=linking) as books:
                books.audit.record(NOW, None, "uji.serempak")

    threads = [threading.Thread(target=write, args=(number % 2 == 0,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    rows = rows_of(store)
    assert len(rows) == 48 and verify(rows, {}).whole


STATEMENTS = (
    "UPDATE audit SET detail = 'lain' WHERE seq = 2",
    "UPDATE audit SET seq = 40 WHERE seq = 4",
    "DELETE FROM audit WHERE seq = 4",
    "DELETE FROM audit",
    "INSERT INTO audit SELECT 9, at, account_id, what, subject, detail, hash, hash FROM audit WHERE seq = 4",
    "INSERT INTO audit SELECT 5, at, account_id, what, subject, detail, previous, hash FROM audit LIMIT 1",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_itself_refuses_what_does_not_add_at_the_tail(
    store: Store, database_url: str, statement: str
) -> None:
    fill(store, 4, NOW)
    before = rows_of(store)
    engine = raw(database_url)
    with pytest.raises(sa.exc.DBAPIError, match="hanya dapat ditambah"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    assert rows_of(store) == before


def test_no_replacing_insert_and_no_truncate_passes(store: Store, database_url: str) -> None:
    fill(store, 3, NOW)
    columns = "at, account_id, what, subject, 'lain', previous, hash FROM audit WHERE seq = 2"
    statement = {
        "sqlite": f"INSERT OR REPLACE INTO audit SELECT 2, {columns}",
        "postgresql": "TRUNCATE audit",
    }[store.dialect]
    engine = raw(database_url)
    with pytest.raises(sa.exc.DBAPIError, match="hanya dapat ditambah"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    assert len(rows_of(store)) == 3


def triggers(engine: sa.Engine) -> dict[str, str]:
    query = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'",
        "postgresql": "SELECT tgname, pg_get_triggerdef(oid) || pg_get_functiondef(tgfoid) FROM pg_trigger"
        " WHERE tgrelid = 'audit'::regclass AND NOT tgisinternal",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.exec_driver_sql(query)}


def test_the_triggers_of_the_migrated_schema_are_those_of_the_fresh_one(
    database_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    migrated = raw(database_url)
    have = triggers(migrated)
    assert set(have) == set(TRIGGERS[migrated.dialect.name]) and len(GUARDS) == 2
    if migrated.dialect.name == "sqlite":
        fresh = raw(f"sqlite:///{tmp_path / 'fresh.db'}")
        with fresh.begin() as connection:
            create_fresh(connection)
        assert triggers(fresh) == have
        fresh.dispose()
    else:
        with migrated.begin() as connection:
            audit.drop(connection)
            audit.create(connection)
        assert triggers(migrated) == have
    migrated.dispose()


# --- what a database administrator could do


@pytest.mark.parametrize("kind", KINDS_OF_TAMPERING)
def test_what_is_edited_deleted_inserted_or_swapped_is_found_at_its_place(
    desk: Desk, store: Store, database_url: str, kind: str
) -> None:
    fill(store, 60, NOW)
    heads = dict([desk.audits.witness(NOW)])
    engine = raw(database_url)
    disarm(engine)
    chance = random.Random(kind)
    with engine.connect() as connection:
        for _ in range(9):
            with connection.begin() as turn:
                expected = tamper(connection, kind, chance)
                found = verify(_rows(connection), heads)
                assert found.bad == expected, (kind, found)
                turn.rollback()
    engine.dispose()
    assert desk.audits.verify(heads).whole


def _rows(connection: sa.Connection) -> Iterator[AuditRow]:
    for row in connection.execute(sa.select(audit).order_by(audit.c.seq)):
        yield AuditRow(**row._mapping)


@pytest.mark.parametrize("kind", KINDS_OF_CUTTING)
def test_a_forged_cut_is_found_without_heads_unless_all_after_it_was_made_anew(
    kind: str, store: Store, database_url: str
) -> None:
    fill(store, 20, NOW - timedelta(days=KEPT_DAYS + 10))
    fill(store, 20, NOW - timedelta(days=2))
    heads = {row.seq: row.hash for row in rows_of(store) if row.seq % 7 == 0}
    times = {row.seq: row.at for row in rows_of(store) if row.seq % 7 == 0}
    engine = raw(database_url)
    disarm(engine)
    with engine.begin() as connection:
        forge_cut(connection, kind, NOW, random.Random(kind))
    engine.dispose()
    found = verify(rows_of(store), {}, keep_days=KEPT_DAYS, now=NOW)
    assert found.whole is kind.endswith("_dan_sambung"), found.why
    assert not verify(rows_of(store), heads, times=times, keep_days=KEPT_DAYS, now=NOW).whole


def test_a_cut_tail_is_found_by_the_operators_log(desk: Desk, store: Store, database_url: str) -> None:
    fill(store, 12, NOW)
    desk.audits.witness(NOW)
    log = desk.settings.data_dir / "dini.log"
    assert desk.audits.verify(heads_in(log)).whole
    engine = raw(database_url)
    disarm(engine)
    with engine.begin() as connection:
        connection.execute(audit.delete().where(audit.c.seq > 9))
    engine.dispose()
    assert desk.audits.verify({}).whole
    assert desk.audits.verify(heads_in(log)).bad == 10
    fill(store, 8, NOW)  # the service writes on over the cut: its next rows cannot match either
    desk.audits.witness(NOW)
    assert desk.audits.verify(heads_in(log)).bad is not None


def test_heads_are_found_in_rotated_logs_and_broken_lines_are_passed_over(tmp_path: Path) -> None:
    def line(seq: int, hashed: str) -> str:
        return json.dumps({"event": "audit_head", "seq": seq, "hash": hashed}) + "\n"

    (tmp_path / "dini.log").write_text("{rusak audit_head\n" + line(7, "g") + '{"event": "lain"}\n')
    (tmp_path / "dini.log.1").write_text("Nov 24 host dini: " + line(5, "e"))
    with gzip.open(tmp_path / "dini.log.2.gz", "wt") as old:
        old.write(line(3, "c") + line(7, "lain"))
    assert heads_in(tmp_path / "dini.log") == {3: "c", 5: "e", 7: "berbeda"}
    assert heads_in(tmp_path / "tidak" / "ada.log") == {}


def test_the_head_is_written_whatever_the_log_level(settings: Settings, store: Store, desk: Desk) -> None:
    quiet = Desk(store, desk.classifier, replace(settings, log_level="error"))
    fill(store, 2, NOW)
    seq, hashed = quiet.audits.witness(NOW)
    assert heads_in(settings.data_dir / "dini.log")[seq] == hashed


def test_verifying_holds_a_page_of_rows_in_memory_and_no_more(settings: Settings, store: Store) -> None:
    fill(store, 12_000, NOW)
    with store.reading() as books:
        verify(books.audit.every(), {})
    tracemalloc.start()
    with store.reading() as books:
        assert verify(books.audit.every(), {}).rows == 12_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000  # all rows at once take over 20 MB


# --- the verbs that record


def test_operators_verbs_leave_their_rows(desk: Desk, store: Store) -> None:
    one = desk.add_source(listing("satu"), NOW, 7)
    desk.pause_source(one.id, True, NOW, 7)
    desk.pause_source(one.id, False, NOW, 7)
    desk.add_recipient("62", "kantor@contoh.go.id", ["digest"], NOW)  # type: ignore[list-item]
    desk.remove_recipient("62", "kantor@contoh.go.id", NOW)
    told = [(row.what, row.subject, row.account_id) for row in rows_of(store)]
    assert told == [
        ("sumber.tambah", f"sumber:{one.id}", 7),
        ("sumber.jeda", f"sumber:{one.id}", 7),
        ("sumber.lanjut", f"sumber:{one.id}", 7),
        ("penerima.tambah", "kantor:62", None),
        ("penerima.hapus", "kantor:62", None),
    ]


def test_no_row_holds_a_word_of_the_news(desk: Desk, store: Store) -> None:
    source = desk.add_source(listing("satu"), NOW)
    desk.take(fetched(source, entry("b", *BLOCKADE)), NOW)
    account = desk.create_account("analis", Role.ANALYST, "x", NOW)
    desk.audits.saw(NOW, account.id, "baca.butir", "butir:1")
    desk.audits.flush()
    words = {word.casefold() for word in " ".join(BLOCKADE[:2]).split() if len(word) > 5}
    told = " ".join(f"{row.subject} {row.detail}" for row in rows_of(store)).casefold()
    assert told and not words & set(told.split())


def test_a_read_is_told_once_an_hour_an_account_and_a_thing(desk: Desk, store: Store) -> None:
    for minutes in (0, 1, 59, 61, 24 * 60):
        at = NOW + timedelta(minutes=minutes)
        desk.audits.saw(at, 3, "baca.butir", "butir:1")
    desk.audits.saw(NOW + timedelta(minutes=24 * 60), 4, "baca.butir", "butir:1")
    desk.audits.flush()
    desk.audits.flush()
    assert [(row.account_id, row.at) for row in rows_of(store)] == [
        (3, NOW),
        (3, NOW + timedelta(minutes=61)),
        (3, NOW + timedelta(minutes=24 * 60)),
        (4, NOW + timedelta(minutes=24 * 60)),
    ]


def test_reads_that_could_not_be_written_wait_and_are_written_later(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*, linking: bool = True) -> object:
        raise OSError("no disk")

    desk.audits.saw(NOW, 3, "baca.butir", "butir:1")
    with monkeypatch.context() as patched:
        patched.setattr(store, "writing", broken)
        with pytest.raises(OSError, match="no disk"):
            desk.audits.flush()
    desk.audits.flush()
    assert verbs_of(store) == ["baca.butir"]


def test_closing_the_desk_writes_the_reads_that_wait(desk: Desk, database_url: str) -> None:
    desk.audits.saw(NOW, 3, "baca.butir", "butir:1")
    desk.close()
    again = Store(database_url)
    assert verbs_of(again) == ["baca.butir"]
    again.close()


def test_changed_settings_leave_one_row_and_the_same_ones_none(
    desk: Desk, store: Store, settings: Settings
) -> None:
    for _ in range(2):
        desk.audits.witness(NOW)
        Desk(store, desk.classifier, settings).audits.witness(NOW)
    assert verbs_of(store) == ["pengaturan.muat"]
    other = replace(settings, articles=False)
    Desk(store, desk.classifier, other).audits.witness(NOW)
    assert verbs_of(store) == ["pengaturan.muat"] * 2
    hidden = replace(other, database_url="postgresql://dini:rahasia@db/dini")
    assert settings_mark(hidden) == settings_mark(other)


def test_the_page_filters_by_time_verb_subject_and_account(desk: Desk, store: Store) -> None:
    with store.writing(linking=False) as books:
        for number in range(30):
            what = "insiden.gabung" if number % 2 else "insiden.pisah"
            books.audit.record(NOW + timedelta(hours=number), number % 3, what, f"insiden:{number}")
    first = desk.audits.page(AuditFilter(what="insiden.gab", limit=10))
    assert [row.seq for row in first.rows] == list(range(30, 10, -2)) and first.older == 12
    then = desk.audits.page(AuditFilter(what="insiden.gab", limit=10, before=first.older))
    assert [row.seq for row in then.rows] == [10, 8, 6, 4, 2] and then.older is None
    assert first.verbs == ("insiden.gabung", "insiden.pisah")

    def seqs(**wanted: object) -> list[int]:
        return [row.seq for row in desk.audits.page(AuditFilter(**wanted)).rows]  # type: ignore[arg-type]

    assert seqs(subject="insiden:1") == [2]
    assert len(seqs(subject="insiden:")) == 30
    assert seqs(account_id=0, until=NOW + timedelta(hours=4)) == [4, 1]
    assert seqs(since=NOW + timedelta(hours=28)) == [30, 29]


# --- the quota of exports


@pytest.fixture
def thrifty(settings: Settings, store: Store, desk: Desk) -> Desk:
    return Desk(store, desk.classifier, replace(settings, quota=Quota(exports=3, rows=100)))


def test_an_export_over_the_days_rows_is_refused_told_and_logged(thrifty: Desk, store: Store) -> None:
    account = thrifty.create_account("analis", Role.ANALYST, "x", NOW)
    thrifty.audits.spend(account, 60, NOW, "insiden.csv")
    with pytest.raises(Refused, match="Kuota"):
        thrifty.audits.spend(account, 41, NOW + timedelta(hours=1))
    thrifty.audits.spend(account, 40, NOW + timedelta(hours=2))
    assert verbs_of(store)[-3:] == ["ekspor.unduh", "ekspor.melebihi", "ekspor.unduh"]
    log = (thrifty.settings.data_dir / "dini.log").read_text()
    assert '"event": "export_quota_passed"' in log and '"level": "warning"' in log


def test_the_quota_counts_exports_too_and_begins_anew_at_midnight_wib(thrifty: Desk) -> None:
    account = thrifty.create_account("analis", Role.ANALYST, "x", NOW)
    other = thrifty.create_account("analis2", Role.ANALYST, "x", NOW)
    for _ in range(3):
        thrifty.audits.spend(account, 1, NOW)
    with pytest.raises(Refused):
        thrifty.audits.spend(account, 1, NOW)
    thrifty.audits.spend(other, 1, NOW)
    midnight = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    with pytest.raises(Refused):
        thrifty.audits.spend(account, 1, midnight - timedelta(seconds=1))
    thrifty.audits.spend(account, 1, midnight)


def test_exports_at_once_cannot_both_take_the_last_rows(thrifty: Desk, store: Store) -> None:
    account = thrifty.create_account("analis", Role.ANALYST, "x", NOW)
    refused = []

    def take() -> None:
        try:
            thrifty.audits.spend(account, 60, NOW)
        except Refused:
            refused.append(1)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(refused) == 3 and verbs_of(store).count("ekspor.unduh") == 1


def test_a_quota_of_nothing_is_no_limit() -> None:
    assert not Quota(exports=0, rows=0).passed(10**6, 10**9, 10**9)
