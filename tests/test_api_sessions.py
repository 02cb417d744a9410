"""Sessions: what the cookie is, what ends it, what it cannot be made to do."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
import sqlalchemy as sa
from api_fixtures import HASH, PASSWORD, Web, sample_database, token, web
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient

from api import create_app
from api.auth import DEVICE_COOKIE, PRE_COOKIE, SESSION_COOKIE, fingerprint
from api.browsers import browser_of
from screening import Desk, Role
from screening.schema import account, sign_in

NEW = "ladang di tepi rimba"


def inside(browser: TestClient) -> bool:
    return browser.get("/akun").status_code == 200


def csrf_of(browser: TestClient) -> str:
    return token(browser.get("/akun").text)


def carrying(web: Web, value: str) -> TestClient:
    """A browser with this session cookie and nothing else."""
    browser = web.fresh()
    browser.cookies.set(SESSION_COOKIE, value)
    return browser


def number_of(web: Web, name: str) -> int:
    found = web.desk.account(name)
    assert found is not None
    return found.id


def test_only_a_hash_of_the_token_is_in_the_database(web: Web) -> None:
    value = web.sign_in().cookies[SESSION_COOKIE]
    with web.desk._store.reading() as books:
        rows = books.access._db.execute(sa.select(sign_in)).all()
    assert [row.token_hash for row in rows] == [fingerprint(value)]
    assert value not in repr(rows)


def test_the_token_has_256_random_bits_and_is_new_each_time(web: Web) -> None:
    values = {web.sign_in().cookies[SESSION_COOKIE] for _ in range(3)}
    assert len(values) == 3
    assert {len(one) for one in values} == {43}


def test_a_session_brought_along_is_not_taken_over(web: Web) -> None:
    """Fixation: whoever plants a cookie gains nothing, also when it was a session once."""
    planted = secrets.token_urlsafe(32)
    browser = carrying(web, planted)
    page = browser.get("/masuk")
    answer = browser.post("/masuk", data={"nama": "analis", "sandi": PASSWORD, "csrf": token(page.text)})
    assert answer.status_code == 303
    assert not inside(carrying(web, planted))


def test_signing_in_over_a_session_of_somebody_else_ends_that_one(web: Web) -> None:
    browser = web.sign_in("analis")
    before = browser.cookies[SESSION_COOKIE]
    page = web.fresh().get("/masuk")
    browser.cookies.set(PRE_COOKIE, token(page.text))
    form = {"nama": "supervisor", "sandi": PASSWORD, "csrf": token(page.text)}
    assert browser.post("/masuk", data=form).status_code == 303
    assert not inside(carrying(web, before))
    assert "supervisor" in browser.get("/akun").text


def test_a_new_password_gives_a_new_session_and_ends_all_others(web: Web) -> None:
    one, two = web.sign_in(), web.sign_in()
    before = one.cookies[SESSION_COOKIE]
    form = {"lama": PASSWORD, "baru": NEW, "ulang": NEW, "csrf": csrf_of(one)}
    assert one.post("/sandi", data=form).status_code == 303
    assert one.cookies[SESSION_COOKIE] != before
    assert inside(one)
    assert not inside(carrying(web, before))
    assert not inside(two)


def test_signing_out_ends_the_session_on_the_server(web: Web) -> None:
    browser = web.sign_in()
    kept = browser.cookies[SESSION_COOKIE]
    assert browser.post("/keluar", data={"csrf": csrf_of(browser)}).status_code == 303
    assert SESSION_COOKIE not in browser.cookies
    assert not inside(carrying(web, kept))


def test_signing_out_everywhere_else_leaves_this_session_only(web: Web) -> None:
    one, two, other = web.sign_in(), web.sign_in(), web.sign_in("supervisor")
    assert one.post("/akun/sesi/akhiri", data={"csrf": csrf_of(one)}).status_code == 303
    assert inside(one)
    assert not inside(two)
    assert inside(other), "another account's session is not mine to end"


def test_parallel_sessions_are_listed_and_ended_one_by_one(web: Web) -> None:
    one = web.sign_in()
    two = web.fresh()
    two.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    page = two.get("/masuk")
    two.post("/masuk", data={"nama": "analis", "sandi": PASSWORD, "csrf": token(page.text)})
    text = one.get("/akun").text
    assert "Firefox, Linux" in text
    handle = fingerprint(two.cookies[SESSION_COOKIE])[:16]
    assert f"/akun/sesi/{handle}/akhiri" in text
    assert one.post(f"/akun/sesi/{handle}/akhiri", data={"csrf": csrf_of(one)}).status_code == 303
    assert inside(one)
    assert not inside(two)
    assert one.post(f"/akun/sesi/{handle}/akhiri", data={"csrf": csrf_of(one)}).status_code == 404


def test_nobody_ends_a_session_of_another_account_by_its_handle(web: Web) -> None:
    mine, theirs = web.sign_in("administrator"), web.sign_in("analis")
    handle = fingerprint(theirs.cookies[SESSION_COOKIE])[:16]
    assert mine.post(f"/akun/sesi/{handle}/akhiri", data={"csrf": csrf_of(mine)}).status_code == 404
    assert inside(theirs)


def test_a_session_ends_twelve_hours_after_sign_in_however_busy(web: Web) -> None:
    browser = web.sign_in()
    for _ in range(12 * 4 - 1):
        web.clock.forward(minutes=15)
        assert inside(browser)
    web.clock.forward(minutes=15)
    assert not inside(browser)


@pytest.mark.parametrize(("name", "minutes"), [("analis", 240), ("operator", 240), ("supervisor", 120)])
def test_a_session_left_alone_ends_sooner_where_more_is_decided(web: Web, name: str, minutes: int) -> None:
    browser = web.sign_in(name)
    web.clock.forward(minutes=minutes - 1)
    assert inside(browser)
    web.clock.forward(minutes=minutes)
    assert not inside(browser)
    web.clock.forward(minutes=-minutes)
    assert inside(browser), "the use a while ago counted, whatever was tried too late"


def test_a_page_that_asks_for_news_by_itself_keeps_no_session_alive(web: Web) -> None:
    browser = web.sign_in()
    for _ in range(24):
        web.clock.forward(minutes=10)
        browser.get("/antrean/kabar?sejak=2026-11-24T02:00:00Z")
    assert not inside(browser)


def test_a_disabled_account_is_out_at_once(web: Web) -> None:
    browser, headers = web.sign_in(), web.key()
    with web.desk._store.writing() as books:
        books.access._db.execute(account.update().where(account.c.name == "analis").values(active=False))
    assert not inside(browser)
    assert web.client.get("/api/v1/queue", headers=headers).status_code == 401
    page = web.fresh().get("/masuk")
    again = web.fresh()
    again.cookies.set(PRE_COOKIE, token(page.text))
    form = {"nama": "analis", "sandi": PASSWORD, "csrf": token(page.text)}
    assert again.post("/masuk", data=form).status_code == 401


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(web: Web) -> None:
    browser = web.fresh()
    page = browser.get("/masuk")
    answer = browser.post("/masuk", data={"nama": "analis", "sandi": PASSWORD, "csrf": token(page.text)})
    told = {
        line.split("=")[0]: line
        for line in answer.headers.get_list("set-cookie") + page.headers.get_list("set-cookie")
    }
    assert {SESSION_COOKIE, DEVICE_COOKIE, PRE_COOKIE} <= set(told)
    for line in told.values():
        assert "HttpOnly" in line
        assert "SameSite=lax" in line
        assert "Path=/" in line
        assert "Domain" not in line


def test_cookies_travel_over_https_only_where_the_settings_say_so(web: Web) -> None:
    settings = replace(web.desk.settings, secure_cookies=True)
    app = create_app(Desk(web.desk._store, web.desk.classifier, settings), clock=web.clock)
    browser = TestClient(app, follow_redirects=False, base_url="https://testserver")
    page = browser.get("/masuk")
    answer = browser.post("/masuk", data={"nama": "analis", "sandi": PASSWORD, "csrf": token(page.text)})
    for line in page.headers.get_list("set-cookie") + answer.headers.get_list("set-cookie"):
        assert "; Secure" in line


def unsafe_pages(app: FastAPI) -> list[str]:
    """Every address outside the API that changes something, with a number in place of each parameter."""
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and not route.methods <= {"GET", "HEAD"}:
            path = context.path or ""
            for name in route.param_convertors:
                path = path.replace(f"{{{name}}}", "0123456789abcdef" if name == "handle" else "1")
            if not path.startswith("/api/"):
                found.append(path)
    return found


def test_no_page_changes_anything_without_the_token_of_this_very_session(web: Web) -> None:
    mine, theirs = web.sign_in("administrator"), web.sign_in("supervisor")
    foreign = csrf_of(theirs)
    paths = unsafe_pages(web.client.app)
    assert len(paths) > 30
    for path in paths:
        for given in ({}, {"csrf": ""}, {"csrf": foreign}):
            answer = mine.post(path, data=given)
            assert answer.status_code in (403, 404, 405, 422), path
            if "{" not in path:
                assert answer.status_code == 403, path
    assert inside(mine)


def test_the_api_wants_the_token_with_a_cookie_and_takes_no_foreign_one(web: Web) -> None:
    mine, theirs = web.sign_in("analis"), web.sign_in("supervisor")
    body = {"documents": [{"id": "a", "title": "Banjir di hulu", "text": "Air naik sejak pagi."}]}
    for given in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": csrf_of(theirs)}):
        assert mine.post("/api/v1/screen", json=body, headers=given).status_code == 403
    own = {"X-CSRF-Token": csrf_of(mine)}
    assert mine.post("/api/v1/screen", json=body, headers=own).status_code in (200, 422)


def test_signing_in_needs_the_forms_own_token(web: Web) -> None:
    other = token(web.fresh().get("/masuk").text)
    browser = web.fresh()
    browser.get("/masuk")
    form = {"nama": "analis", "sandi": PASSWORD}
    for given in ({}, {"csrf": ""}, {"csrf": other}):
        assert browser.post("/masuk", data=form | given).status_code == 403
    assert SESSION_COOKIE not in browser.cookies


def test_an_old_cookie_is_good_after_a_restart_until_its_end(web: Web) -> None:
    value = web.sign_in().cookies[SESSION_COOKIE]
    again = create_app(Desk(web.desk._store, web.desk.classifier, web.desk.settings), clock=web.clock)
    browser = TestClient(again, follow_redirects=False)
    browser.cookies.set(SESSION_COOKIE, value)
    assert inside(browser)
    web.clock.forward(hours=13)
    assert not inside(browser)


@pytest.mark.parametrize("how", ["first", "last", "longer", "shorter", "hash", "empty", "bytes"])
def test_a_tampered_cookie_opens_nothing(web: Web, how: str) -> None:
    value = web.sign_in().cookies[SESSION_COOKIE]
    changed = {
        "first": ("B" if value[0] == "A" else "A") + value[1:],
        "last": value[:-1] + ("4" if value[-1] != "4" else "8"),
        "longer": value + "A",
        "shorter": value[:-1],
        "hash": fingerprint(value),
        "empty": "",
        "bytes": "%ff%00",
    }[how]
    assert not inside(carrying(web, changed))


def test_a_key_and_a_cookie_together_are_the_key(web: Web) -> None:
    browser = web.sign_in("administrator")
    csrf = csrf_of(browser)
    weak = web.key("operator")
    listed = browser.get("/api/v1/queue?limit=1").json()["items"][0]["incident"]["id"]
    answer = browser.post(
        f"/api/v1/incidents/{listed}/reviews",
        json={"decision": "terima"},
        headers=weak | {"X-CSRF-Token": csrf},
    )
    assert answer.status_code == 403, "the cookie's rights may not be borrowed by a request of the key"
    bad = {"Authorization": "Bearer dini_palsu"}
    assert browser.get("/api/v1/queue", headers=bad).status_code == 401


def test_a_key_opens_no_page_and_so_no_account(web: Web) -> None:
    headers = web.key("administrator")
    for path in ("/akun", "/kunci", "/sandi", "/antrean", "/jejak", "/akun/langkah-kedua"):
        assert web.client.get(path, headers=headers).status_code == 403, path
    form = {"lama": PASSWORD, "baru": NEW, "ulang": NEW}
    assert web.client.post("/sandi", data=form, headers=headers).status_code == 403
    assert web.client.post("/kunci", data={"guna": "x"}, headers=headers).status_code == 403


def test_ended_sessions_are_audited_without_what_opened_them(web: Web) -> None:
    one, two = web.sign_in(), web.sign_in()
    value = two.cookies[SESSION_COOKIE]
    one.post("/akun/sesi/akhiri", data={"csrf": csrf_of(one)})
    web.desk.audits.flush()
    with web.desk._store.reading() as books:
        rows = list(books.audit.every())
    assert rows[-1].what == "sesi.tutup_semua"
    assert rows[-1].detail == "sesi=1"
    assert fingerprint(value)[:8] not in repr(rows)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_our_words_only(agent: str, said: str) -> None:
    assert browser_of(agent) == said


def test_other_role_or_office_ends_the_sessions(web: Web) -> None:
    offices = getattr(web.desk, "offices", None)
    assert offices is not None
    browser = web.sign_in("analis")
    offices.set_role("analis", Role.OPERATOR, web.clock())
    assert not inside(browser)
    again = web.sign_in("analis")
    offices.set_office("analis", "62.07", web.clock())
    assert not inside(again)
