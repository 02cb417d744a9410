"""Offices: which regencies see an incident is kept with every change, and an older database learns it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command
from screening_material import BLOCKADE, CLASH, NOW, entry, fetched, listing

from screening import Conflict, Desk, Invalid, NotFound, QueueFilter, Role, Sight
from screening.schema import metadata
from screening.store import _alembic


def offices(url: str) -> set[tuple[int, str, str]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        table = metadata.tables["incident_office"]
        found = {(row.incident_id, row.office, row.why) for row in connection.execute(sa.select(table))}
    engine.dispose()
    return found


def test_the_place_of_a_new_incident_says_who_sees_it(desk: Desk, database_url: str) -> None:
    source = desk.add_source(listing("satu"), NOW)
    desk.take(fetched(source, entry("a", *BLOCKADE), entry("b", *CLASH)), NOW)
    lines = desk.queue(QueueFilter(state="all"), NOW).lines
    wanted = {
        (line.incident.id, (line.incident.place_code or "")[:5], "tempat")
        for line in lines
        if len(line.incident.place_code or "") >= 5
    }
    assert wanted and offices(database_url) == wanted


def test_an_older_database_learns_who_sees_what(desk: Desk, database_url: str) -> None:
    source = desk.add_source(listing("satu"), NOW)
    desk.take(fetched(source, entry("a", *BLOCKADE), entry("b", *CLASH)), NOW)
    desk.create_account("lama", Role.ANALYST, "x", NOW)
    before = offices(database_url)
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.downgrade(config, "0012")
        assert "incident_office" not in sa.inspect(connection).get_table_names()
        command.upgrade(config, "head")
    engine.dispose()
    assert offices(database_url) == before != set()
    kept = desk.account("lama")
    assert kept is not None and kept.office == "62"
    desk.create_account("pengawas", Role.AUDITOR, "x", NOW, office="62.07")


def test_the_check_of_roles_still_holds_after_the_migration(desk: Desk, database_url: str) -> None:
    engine = sa.create_engine(database_url)
    desk.create_account("pengawas", Role.AUDITOR, "x", NOW)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text("UPDATE account SET role = 'raja'"))
    engine.dispose()


def test_a_regency_sees_its_own_and_nothing_without_a_regency(desk: Desk) -> None:
    source = desk.add_source(listing("satu"), NOW)
    desk.take(fetched(source, entry("a", *BLOCKADE), entry("b", *CLASH)), NOW)
    every = desk.queue(QueueFilter(state="all"), NOW)
    seen = 0
    for line in every.lines:
        code = (line.incident.place_code or "")[:5]
        for office in ("62.01", "62.02", "62.03", "62.07", "62.71"):
            sight = Sight(office=office)
            assert desk.offices.sees(sight, "insiden", line.incident.id) is (code == office)
            page = desk.queue(QueueFilter(state="all", sight=sight), NOW)
            assert (line.incident.id in {one.incident.id for one in page.lines}) is (code == office)
            seen += code == office
        assert desk.offices.sees(Sight(), "insiden", line.incident.id)
    assert not desk.offices.sees(Sight(office="62.07"), "insiden", 999)


def test_accounts_are_made_in_an_office_and_moved_by_command(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.create_account("salah", Role.ANALYST, "x", NOW, office="61")
    desk.create_account("kepala", Role.ADMINISTRATOR, "x", NOW)
    desk.create_account("seruyan", Role.ANALYST, "x", NOW, office="62.07")
    assert [one.name for one in desk.offices.accounts("62.07")] == ["seruyan"]
    assert desk.offices.set_office("seruyan", "62.01", NOW).office == "62.01"
    assert desk.offices.set_role("seruyan", Role.SUPERVISOR, NOW).role is Role.SUPERVISOR
    after = desk.offices.reset_password("seruyan", "y", NOW)
    assert after.must_change and after.password_hash == "y"
    with pytest.raises(Conflict):
        desk.offices.set_active("kepala", False, NOW)
    with pytest.raises(NotFound):
        desk.offices.set_active("tiada", False, NOW)


def test_a_watch_topic_belongs_to_its_office(desk: Desk) -> None:
    province = desk.create_account("provinsi", Role.ANALYST, "x", NOW)
    regency = desk.create_account("seruyan", Role.ANALYST, "x", NOW, office="62.07")
    made = desk.topics.add("Portal jalan", "portal", regency, NOW)
    assert [one.id for one in desk.topics.all(regency.sight)] == [made.id]
    assert desk.topics.all(province.sight) == ()
    with pytest.raises(NotFound):
        desk.topics.remove(made.id, province, NOW)
    desk.topics.remove(made.id, regency, NOW)
