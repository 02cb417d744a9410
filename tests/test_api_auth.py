"""Passwords, sessions, keys, roles, tokens and attempts."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

from dataclasses import replace

import pytest
from api_fixtures import NOW, PASSWORD, Web, sample_database, token, web
from fastapi.testclient import TestClient

from api import create_app
from api.auth import SESSION_COOKIE, fingerprint, new_key, safe_next
from api.auth_passwords import Passwords, password_problem
from screening import Desk, Role


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        None,
        "/ok\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "///evil",
        "http:/evil",
        "/a b",
    ],
)
def test_next_never_leads_to_another_host(target: str | None) -> None:
    assert safe_next(target) == "/antrean"


def test_next_keeps_a_path_of_ours() -> None:
    assert safe_next("/insiden/3?dari=/antrean%3Fisu%3DE1") == "/insiden/3?dari=/antrean%3Fisu%3DE1"


def test_an_api_key_has_our_prefix_and_32_random_bytes() -> None:
    key = new_key()
    assert key.startswith("dini_")
    assert len(key) == 5 + 43
    assert key != new_key()


def test_a_password_is_right_only_for_its_own_hash() -> None:
    passwords = Passwords()
    stored = passwords.hash("dua belas kata")
    assert stored.startswith("$argon2id$")
    assert passwords.verify("dua belas kata", stored)
    assert not passwords.verify("dua belas kate", stored)
    assert not passwords.verify("dua belas kata", None)
    assert not passwords.verify("dua belas kata", "bukan hash")


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("pendek", "password_short"),
        ("a" * 300, "password_long"),
        ("aaaaaaaaaaaaaaaa", "password_simple"),
        ("untuk analis satu", "password_simple"),
        ("ladang di tepi rimba", None),
    ],
)
def test_a_new_password_follows_a_sensible_rule(password: str, problem: str | None) -> None:
    assert password_problem(password, "analis") == problem


def test_the_session_cookie_is_locked_down_and_only_its_hash_is_stored(web: Web) -> None:
    browser = web.fresh()
    page = browser.get("/masuk")
    answer = browser.post("/masuk", data={"nama": "analis", "sandi": PASSWORD, "csrf": token(page.text)})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    value = browser.cookies[SESSION_COOKIE]
    assert web.desk.session(fingerprint(value), NOW) is not None
    assert web.desk.session(value, NOW) is None


def test_cookies_are_secure_when_the_settings_say_so(web: Web) -> None:
    settings = replace(web.desk.settings, secure_cookies=True)
    app = create_app(Desk(web.desk._store, web.desk.classifier, settings), clock=web.clock)
    browser = TestClient(app, follow_redirects=False, base_url="https://testserver")
    page = browser.get("/masuk")
    answer = browser.post("/masuk", data={"nama": "analis", "sandi": PASSWORD, "csrf": token(page.text)})
    for cookie in page.headers.get_list("set-cookie") + answer.headers.get_list("set-cookie"):
        assert "; Secure" in cookie


def test_each_sign_in_gives_a_new_token_and_ends_the_old_one(web: Web) -> None:
    browser = web.sign_in()
    first = browser.cookies[SESSION_COOKIE]
    browser.cookies.delete("dini_pra")
    page = web.fresh().get("/masuk")
    browser.cookies.set("dini_pra", token(page.text))
    answer = browser.post("/masuk", data={"nama": "analis", "sandi": PASSWORD, "csrf": token(page.text)})
    assert answer.status_code == 303
    assert browser.cookies[SESSION_COOKIE] != first
    assert web.desk.session(fingerprint(first), NOW) is None


def test_a_session_ends_after_twelve_hours(web: Web) -> None:
    browser = web.sign_in()
    for _ in range(11):
        web.clock.forward(hours=1)
        assert browser.get("/antrean").status_code == 200
    web.clock.forward(minutes=59)
    assert browser.get("/antrean").status_code == 200
    web.clock.forward(minutes=2)
    assert browser.get("/antrean").headers["location"].startswith("/masuk")


def test_signing_out_ends_the_session_on_the_server(web: Web) -> None:
    browser = web.sign_in()
    stolen = browser.cookies[SESSION_COOKIE]
    assert browser.post("/keluar", data={"csrf": token(browser.get("/antrean").text)}).status_code == 303
    other = web.fresh()
    other.cookies.set(SESSION_COOKIE, stolen)
    assert other.get("/antrean").status_code == 303


@pytest.mark.parametrize("csrf", ["", "salah", "é"])
def test_sign_in_without_the_forms_own_token_is_refused(web: Web, csrf: str) -> None:
    browser = web.fresh()
    browser.get("/masuk")
    answer = browser.post("/masuk", data={"nama": "analis", "sandi": PASSWORD, "csrf": csrf})
    assert answer.status_code == 403
    assert SESSION_COOKIE not in browser.cookies


def test_a_wrong_name_and_a_wrong_password_read_the_same(web: Web) -> None:
    def body(name: str) -> str:
        browser = web.fresh()
        csrf = token(browser.get("/masuk").text)
        answer = browser.post("/masuk", data={"nama": name, "sandi": "salah sama sekali", "csrf": csrf})
        assert answer.status_code == 401
        return answer.text.replace(csrf, "").replace(name, "")

    assert body("analis") == body("tidakada")


def test_guessing_is_slowed_and_the_right_password_waits_too(web: Web) -> None:
    browser = web.fresh()
    csrf = token(browser.get("/masuk").text)
    for _ in range(5):
        browser.post("/masuk", data={"nama": "analis", "sandi": "tebakan keliru", "csrf": csrf})
    answer = browser.post("/masuk", data={"nama": "ANALIS", "sandi": PASSWORD, "csrf": csrf})
    assert answer.status_code == 401


def test_the_first_password_opens_nothing_but_its_own_change(web: Web) -> None:
    browser = web.sign_in("baru")
    for path in ("/antrean", "/laporan", "/sumber", "/insiden/1"):
        assert browser.get(path).headers["location"] == "/sandi"
    assert browser.get("/api/v1/queue").status_code == 403
    page = browser.get("/sandi")
    new = "ladang di tepi rimba"
    form = {"lama": PASSWORD, "baru": new, "ulang": new, "csrf": token(page.text)}
    assert browser.post("/sandi", data=form | {"ulang": "lain sekali lagi"}).status_code == 422
    assert browser.post("/sandi", data=form | {"lama": "bukan yang benar"}).status_code == 422
    assert browser.post("/sandi", data=form | {"baru": "pendek", "ulang": "pendek"}).status_code == 422
    assert browser.post("/sandi", data=form).status_code == 303
    assert browser.get("/antrean").status_code == 200
    web.sign_in("baru", new)


def test_changing_the_password_ends_the_other_sessions(web: Web) -> None:
    one, two = web.sign_in(), web.sign_in()
    new = "ladang di tepi rimba"
    csrf = token(one.get("/sandi").text)
    one.post("/sandi", data={"lama": PASSWORD, "baru": new, "ulang": new, "csrf": csrf})
    assert one.get("/antrean").status_code == 200
    assert two.get("/antrean").status_code == 303


@pytest.mark.parametrize("bad", ["", "Bearer", "Bearer dini_palsu", "Basic abc", "Bearer ", "bearer x y z"])
def test_a_bad_key_is_401(web: Web, bad: str) -> None:
    answer = web.client.get("/api/v1/queue", headers={"Authorization": bad})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_bad_key_is_not_rescued_by_a_session(web: Web) -> None:
    browser = web.sign_in()
    assert browser.get("/api/v1/queue").status_code == 200
    assert browser.get("/api/v1/queue", headers={"Authorization": "Bearer dini_x"}).status_code == 401


def test_every_unsafe_form_needs_its_token(web: Web) -> None:
    browser = web.session("administrator")
    for path in ("/keluar", "/sandi", "/sumber", "/sumber/1/periksa", "/sumber/1/jeda", "/insiden/1/putusan"):
        assert browser.post(path, data={"putusan": "terima", "csrf": "salah"}).status_code == 403, path
        assert browser.post(path, data={"putusan": "terima"}).status_code == 403, path


ROLES = [(role.value, role in (Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR)) for role in Role]


@pytest.mark.parametrize(("name", "may"), ROLES)
def test_only_reviewers_may_review(web: Web, name: str, may: bool) -> None:
    listed = web.client.get("/api/v1/queue?limit=1", headers=web.key(name)).json()["items"]
    number = listed[0]["incident"]["id"]
    answer = web.client.post(
        f"/api/v1/incidents/{number}/reviews", json={"decision": "terima"}, headers=web.key(name)
    )
    assert answer.status_code == (201 if may else 403)
    page = web.session(name).get(f"/insiden/{number}").text
    assert ('name="putusan"' in page) is may


@pytest.mark.parametrize("name", [role.value for role in Role])
def test_only_operators_may_add_sources(web: Web, name: str) -> None:
    may = name in ("operator", "administrator")
    body = {"url": f"https://{name}.example/feed/", "name": "Media uji"}
    assert web.client.post("/api/v1/sources", json=body, headers=web.key(name)).status_code == (
        201 if may else 403
    )
    assert ('action="/sumber"' in web.session(name).get("/sumber").text) is may


@pytest.mark.parametrize("name", [role.value for role in Role])
def test_everybody_signed_in_reads_queue_and_digest(web: Web, name: str) -> None:
    browser = web.session(name)
    assert browser.get("/antrean").status_code == 200
    assert browser.get("/laporan").status_code == 200
