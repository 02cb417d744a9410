"""API keys: what their scopes open, when they end, how fast they may ask, what old ones become."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from api_fixtures import NOW, Web, sample_database, token, web
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from api.app import open_doors, refuse_routes_without_rule
from api.auth import Rule, fingerprint, new_key, rules_of
from api.cli import main
from screening import Conflict, Desk, Invalid, Role, Scope, Sight, scopes_of
from screening.schema import api_key
from screening.store import _alembic


def key(web: Web, name: str, *scopes: str, days: int = 365) -> dict[str, str]:
    made = new_key()
    owner = web.desk.account(name)
    assert owner is not None
    web.desk.access.add_key("uji", fingerprint(made), owner, web.clock(), scopes=scopes, days=days)
    return {"Authorization": f"Bearer {made}"}


# One request that each scope opens, and that no other does.
OPENS = {
    Scope.READ: ("GET", "/api/v1/queue", None, 200),
    Scope.REVIEW: ("POST", "/api/v1/topics/trial", {"title": "", "words": ""}, 422),
    Scope.SOURCES: ("POST", "/api/v1/sources", {"url": "", "name": ""}, 422),
    Scope.SCREEN: ("POST", "/api/v1/screen", {"documents": "bukan daftar"}, 422),
    Scope.EXPORT: ("GET", "/api/v1/exports/incidents.csv", None, 200),
    Scope.HOOKS: ("GET", "/api/v1/hooks", None, 200),
}


@pytest.mark.parametrize("held", list(Scope))
def test_a_key_opens_what_its_scope_names_and_nothing_else(web: Web, held: Scope) -> None:
    headers = key(web, "administrator", held.value)
    for scope, (method, path, body, opened) in OPENS.items():
        answer = web.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == (opened if scope is held else 403), (held, scope, answer.text)
        if scope is not held:
            assert answer.headers["content-type"] == "application/problem+json"
            assert "cakupan" in answer.json()["detail"]


def test_scopes_add_up(web: Web) -> None:
    headers = key(web, "analis", "baca", "saring")
    assert web.client.get("/api/v1/queue", headers=headers).status_code == 200
    assert web.client.post("/api/v1/screen", json={}, headers=headers).status_code == 422
    assert web.client.get("/api/v1/exports/incidents.csv", headers=headers).status_code == 403


def test_a_key_never_has_more_than_its_accounts_role(web: Web) -> None:
    with pytest.raises(Invalid, match="analis"):
        key(web, "analis", "sumber")
    headers = key(web, "administrator", "sumber")
    web.desk.offices.set_role("supervisor", Role.ADMINISTRATOR, NOW)
    web.desk.offices.set_role("administrator", Role.ANALYST, NOW)
    body = {"url": "https://baru.example/feed", "name": "Media"}
    assert web.client.post("/api/v1/sources", json=body, headers=headers).status_code == 403


def test_every_api_route_names_a_scope_and_a_bare_rule_stops_the_start(web: Web) -> None:
    app = FastAPI()

    @app.get("/api/v1/uji")
    def bare(visitor: str = "") -> None: ...

    app.router.routes[-1].dependant.dependencies.append(  # type: ignore[attr-defined]
        next(
            one
            for context in iter_route_contexts(web.client.app.routes)
            if isinstance(context.original_route, APIRoute)
            for one in context.original_route.dependant.dependencies
            if isinstance(one.call, Rule) and one.call.scope is None
        )
    )
    with pytest.raises(RuntimeError, match="scope"):
        refuse_routes_without_rule(app)
    for context in iter_route_contexts(web.client.app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and (context.path or "").startswith("/api/"):
            rules = [one for one in rules_of(route.dependant) if isinstance(one, Rule)]
            assert all(one.scope is not None for one in rules), context.path


def test_a_key_ends_on_its_day(web: Web) -> None:
    headers = key(web, "analis", days=30)
    web.clock.forward(days=30, seconds=-1)
    assert web.client.get("/api/v1/queue", headers=headers).status_code == 200
    web.clock.forward(seconds=1)
    answer = web.client.get("/api/v1/queue", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("days", [0, -1, 1_096])
def test_no_key_is_without_an_end_or_for_ages(web: Web, days: int) -> None:
    with pytest.raises(Invalid):
        key(web, "analis", days=days)


def test_a_revoked_key_is_dead_at_once_and_once_only(web: Web) -> None:
    headers = key(web, "analis")
    number = web.desk.access.every_key()[0].id
    assert web.client.get("/api/v1/queue", headers=headers).status_code == 200
    web.desk.access.revoke_key(number, NOW)
    assert web.client.get("/api/v1/queue", headers=headers).status_code == 401
    with pytest.raises(Conflict):
        web.desk.access.revoke_key(number, NOW)


def test_last_use_is_known_to_the_day_and_costs_one_write_a_day(web: Web) -> None:
    headers = key(web, "analis")
    assert web.desk.access.every_key()[0].used_on is None

    def uses() -> int:
        with web.desk._store.reading() as books:
            return sum(row.what == "kunci.pakai" for row in books.audit.every())

    before = uses()
    for _ in range(5):
        web.client.get("/api/v1/queue?limit=1", headers=headers)
    assert web.desk.access.every_key()[0].used_on == datetime(2026, 11, 24).date()
    assert uses() == before + 1
    web.clock.forward(hours=15)  # past midnight in WIB
    web.client.get("/api/v1/queue?limit=1", headers=headers)
    assert web.desk.access.every_key()[0].used_on == datetime(2026, 11, 25).date()
    assert uses() == before + 2


def test_a_key_sees_what_the_office_of_its_account_sees(web: Web) -> None:
    headers = key(web, "analis", "baca")
    listed = web.client.get("/api/v1/queue?state=all&limit=200", headers=headers).json()["items"]
    numbers = {one["incident"]["id"] for one in listed}
    web.desk.offices.set_office("analis", "62.07", NOW)
    seen = web.desk.offices.visible(Sight(office="62.07"), sorted(numbers))
    assert seen and seen != numbers
    assert web.client.get(f"/api/v1/incidents/{min(seen)}", headers=headers).status_code == 200
    assert web.client.get(f"/api/v1/incidents/{min(numbers - seen)}", headers=headers).status_code == 404


def test_a_key_that_asks_too_fast_is_told_how_long_to_wait(web: Web) -> None:
    settings = replace(web.desk.settings, key_requests_a_minute=3)
    desk = Desk(web.desk._store, web.desk.classifier, settings)
    web.client.app.state.doors = open_doors(desk, web.clock)
    fast, other = key(web, "analis"), key(web, "analis")
    answers = [web.client.get("/api/v1/taxonomy", headers=fast) for _ in range(7)]
    refused = [one for one in answers if one.status_code == 429]
    assert 1 <= len(refused) <= 4, "seven requests reach into two windows at most"
    assert answers[0].status_code == 200
    for one in refused:
        assert one.headers["content-type"] == "application/problem+json"
        assert 1 <= int(one.headers["retry-after"]) <= 60
        assert one.json()["status"] == 429
    assert web.client.get("/api/v1/taxonomy", headers=other).status_code == 200


def test_nothing_but_a_hash_of_the_key_is_stored(web: Web) -> None:
    made = new_key()
    owner = web.desk.account("analis")
    assert owner is not None
    web.desk.access.add_key("uji", fingerprint(made), owner, NOW)
    path = web.desk.settings.data_dir / "dini.db"
    with sqlite3.connect(path) as connection:
        dumped = "\n".join(connection.iterdump())
    connection.close()
    assert fingerprint(made) in dumped
    assert made not in dumped and made[5:] not in dumped


def test_administrators_make_and_revoke_keys_on_a_page(web: Web) -> None:
    browser = web.session("administrator")
    csrf = token(browser.get("/kunci").text)
    form = {
        "guna": "Papan pantau",
        "akun": "analis",
        "cakupan": ["baca", "ekspor"],
        "hari": "90",
        "csrf": csrf,
    }
    page = browser.post("/kunci", data=form)
    assert page.status_code == 200
    shown = page.text.split('<code class="hash">')[1].split("<")[0]
    headers = {"Authorization": f"Bearer {shown}"}
    assert web.client.get("/api/v1/queue", headers=headers).status_code == 200
    made = web.desk.access.every_key()[0]
    assert made.scopes == {Scope.READ, Scope.EXPORT}
    assert made.expires_at - made.added_at == timedelta(days=90)
    assert shown not in browser.get("/kunci").text
    assert browser.post(f"/kunci/{made.id}/cabut", data={"csrf": csrf}).status_code == 303
    assert web.client.get("/api/v1/queue", headers=headers).status_code == 401
    assert browser.post(f"/kunci/{made.id}/cabut", data={"csrf": csrf}).status_code == 409
    assert "dicabut" in browser.get("/kunci").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"akun": "tidakada"}, "Akun itu tidak ada"),
        ({"cakupan": ["sumber"]}, "tidak mempunyai cakupan"),
        ({"cakupan": ["semua"]}, "tidak dikenal"),
        ({"cakupan": []}, "sedikitnya satu"),
        ({"hari": "abadi"}, "harus angka"),
        ({"hari": "4000"}, "hari"),
        ({"guna": "  "}, "Nama kunci"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_words(web: Web, wrong: dict[str, object], said: str) -> None:
    browser = web.session("administrator")
    form = {"guna": "Uji", "akun": "analis", "cakupan": ["baca"], "hari": "365"}
    before = len(web.desk.access.every_key())
    page = browser.post("/kunci", data=form | wrong | {"csrf": token(browser.get("/kunci").text)})
    assert page.status_code == 422
    assert said in page.text
    assert len(web.desk.access.every_key()) == before


@pytest.mark.parametrize("name", ["operator", "analis", "supervisor"])
def test_keys_are_the_administrators_business(web: Web, name: str) -> None:
    browser = web.session(name)
    assert browser.get("/kunci").status_code == 403
    csrf = token(browser.get("/akun").text)
    assert browser.post("/kunci", data={"guna": "x", "csrf": csrf}).status_code == 403


def test_keys_by_command(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINI_DATA", str(web.desk.settings.data_dir))
    run = CliRunner()
    args = ["key", "add", "pipa data", "--account", "analis", "--scope", "baca", "--days", "10"]
    made = run.invoke(main, args)
    assert made.exit_code == 0, made.output
    shown = next(line for line in made.stdout.splitlines() if line.startswith("dini_"))
    listed = run.invoke(main, ["key", "list"], terminal_width=200)
    assert "pipa data" in listed.output and shown not in listed.output
    number = web.desk.access.every_key()[0].id
    assert run.invoke(main, ["key", "revoke", str(number)]).exit_code == 0
    assert run.invoke(main, ["key", "revoke", str(number)]).exit_code != 0
    assert run.invoke(main, ["key", "add", "x", "--account", "analis", "--scope", "sumber"]).exit_code != 0
    assert run.invoke(main, ["key", "add", "x", "--account", "tidakada"]).exit_code != 0


def test_keys_of_an_older_database_get_their_roles_scopes_and_a_year(web: Web) -> None:
    for role in Role:
        web.key(role.value)
    engine = web.desk._store._engine
    with engine.begin() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.downgrade(config, "0015")
        columns = {one["name"] for one in sa.inspect(connection).get_columns("api_key")}
        assert "scopes" not in columns
        command.upgrade(config, "head")
    told = {one.account.role: one for one in web.desk.access.every_key()}
    assert set(told) == set(Role)
    for role, one in told.items():
        assert one.scopes == scopes_of(role), role
        left = one.expires_at - datetime.now(UTC)
        assert timedelta(days=364) < left < timedelta(days=366)


def test_keys_on_both_databases(desk: Desk) -> None:
    owner = desk.create_account("penjaga", Role.ADMINISTRATOR, "x", NOW)
    made = desk.access.add_key("satu", "h1", owner, NOW, scopes=["kait", "baca"], days=1)
    assert desk.access.key("h1", NOW) is not None
    assert desk.access.key("h1", NOW + timedelta(days=1)) is None
    again = desk.access.every_key()[0]
    assert again.used_on == datetime(2026, 11, 24).date()
    assert again.scopes == made.scopes == {Scope.READ, Scope.HOOKS}
    desk.access.revoke_key(made.id, NOW)
    assert desk.access.key("h1", NOW) is None


def test_a_key_that_only_reads_changes_nothing(web: Web) -> None:
    """No unsafe method of the API is open to the reading scopes."""
    for context in iter_route_contexts(web.client.app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and (context.path or "").startswith("/api/"):
            scopes = {one.scope for one in rules_of(route.dependant) if isinstance(one, Rule)}
            if not route.methods <= {"GET", "HEAD"}:
                assert not scopes & {Scope.READ, Scope.EXPORT}, context.path


def test_the_description_names_the_scope_of_each_route(web: Web) -> None:
    paths = web.client.app.openapi()["paths"]
    assert {"key": ["ekspor"]} in paths["/api/v1/exports/incidents.csv"]["get"]["security"]
    assert {"feed_key": ["baca"]} in paths["/api/v1/feeds/incidents.atom"]["get"]["security"]
    assert "429" in paths["/api/v1/queue"]["get"]["responses"]
