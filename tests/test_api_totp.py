"""The second step: set up by the first right code, asked at sign-in, no code twice, lost ones replaced."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from api_fixtures import NOW, PASSWORD, Web, sample_database, token, web
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api import totp
from api.app import open_doors
from api.auth import SESSION_COOKIE
from api.cli import main
from screening import Desk


def code(web: Web, secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(web.clock() + timedelta(seconds=30 * steps))


def enrol(web: Web, browser: TestClient) -> tuple[str, list[str]]:
    """(secret, recovery codes) of a second step set up on the pages."""
    csrf = token(browser.get("/akun/langkah-kedua").text)
    assert browser.post("/akun/langkah-kedua", data={"csrf": csrf}).status_code == 303
    page = browser.get("/akun/langkah-kedua").text
    secret = re.findall(r'<code class="hash">([A-Z2-7]{32})</code>', page)[0]
    done = browser.post("/akun/langkah-kedua/periksa", data={"kode": code(web, secret), "csrf": csrf})
    assert done.status_code == 200, done.text
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", done.text)
    assert len(codes) == 10
    web.clock.forward(seconds=30)
    return secret, codes


def half(web: Web, name: str = "analis") -> TestClient:
    """A browser whose password was right and whose code is awaited."""
    browser = web.sign_in(name)
    assert browser.get("/antrean").headers["location"] == "/masuk/kode"
    return browser


def give(browser: TestClient, typed: str, **more: str) -> int:
    csrf = token(browser.get("/masuk/kode").text)
    return browser.post("/masuk/kode", data={"kode": typed, "csrf": csrf, **more}).status_code


def require(web: Web) -> None:
    desk = Desk(web.desk._store, web.desk.classifier, replace(web.desk.settings, totp_required=True))
    web.client.app.state.doors = open_doors(desk, web.clock)


@pytest.fixture
def secret(web: Web) -> str:
    """The analyst's second step, in force."""
    return enrol(web, web.sign_in())[0]


def test_after_the_password_nothing_opens_but_the_code(web: Web, secret: str) -> None:
    browser = half(web)
    for path in ("/antrean", "/akun", "/sandi", "/akun/langkah-kedua", "/laporan", "/sumber"):
        assert browser.get(path).headers["location"] == "/masuk/kode", path
    assert browser.get("/api/v1/queue").status_code == 403
    assert "Antrean</a>" not in browser.get("/masuk/kode").text
    before = browser.cookies[SESSION_COOKIE]
    assert give(browser, code(web, secret)) == 303
    assert browser.cookies[SESSION_COOKIE] != before, "a new session at the step up"
    assert browser.get("/antrean").status_code == 200
    stale = web.fresh()
    stale.cookies.set(SESSION_COOKIE, before)
    assert stale.get("/masuk/kode").headers["location"].startswith("/masuk")


def test_the_address_asked_for_is_kept_over_both_steps(web: Web, secret: str) -> None:
    browser = web.fresh()
    page = browser.get("/masuk?next=/laporan")
    form = {"nama": "analis", "sandi": PASSWORD, "csrf": token(page.text), "next": "/laporan"}
    where = browser.post("/masuk", data=form).headers["location"]
    assert where == "/masuk/kode?next=%2Flaporan"
    csrf = token(browser.get(where).text)
    form = {"kode": code(web, secret), "csrf": csrf, "next": "/laporan"}
    assert browser.post("/masuk/kode", data=form).headers["location"] == "/laporan"


def test_no_code_works_twice_nor_an_older_one_after_it(web: Web, secret: str) -> None:
    used = code(web, secret)
    assert give(half(web), used) == 303
    second = half(web)
    assert give(second, used) == 401
    assert give(second, code(web, secret, -1)) == 401
    web.clock.forward(seconds=30)
    assert give(second, code(web, secret)) == 303


def test_the_code_of_the_enrolment_does_not_sign_in_too(web: Web) -> None:
    secret, _ = enrol(web, web.sign_in())
    web.clock.forward(seconds=-30)
    assert give(half(web), code(web, secret)) == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
def test_a_phone_may_be_one_step_off(web: Web, secret: str, steps: int, status: int) -> None:
    web.clock.forward(minutes=5)
    assert give(half(web), code(web, secret, steps)) == status


@pytest.mark.parametrize(
    "typed", ["", "000000", "12345", "1234567", "abcdef", "１２３４５６", "' OR 1=1", "0" * 400]
)
def test_what_is_no_code_of_the_moment_opens_nothing(web: Web, secret: str, typed: str) -> None:
    browser = half(web)
    if typed in {code(web, secret, step) for step in (-1, 0, 1)}:
        web.clock.forward(minutes=5)
    assert give(browser, typed) == 401
    assert browser.get("/antrean").status_code == 303


def test_a_code_may_be_typed_with_a_space(web: Web, secret: str) -> None:
    typed = code(web, secret)
    assert give(half(web), f" {typed[:3]} {typed[3:]} ") == 303


def test_guessing_codes_is_slowed_over_all_browsers_and_ends_by_itself(web: Web, secret: str) -> None:
    wrong = next(
        f"{n:06d}" for n in range(9) if f"{n:06d}" not in {code(web, secret, s) for s in range(-1, 70)}
    )
    one, two = half(web), half(web)
    for number in range(10):
        assert give(one if number % 2 else two, wrong) == 401
    assert give(one, code(web, secret)) == 401
    web.clock.forward(minutes=15)
    assert give(half(web), code(web, secret)) == 303


def test_the_half_session_lasts_ten_minutes(web: Web, secret: str) -> None:
    browser = half(web)
    web.clock.forward(minutes=10)
    assert browser.get("/masuk/kode").headers["location"].startswith("/masuk")


def test_a_half_session_can_be_left(web: Web, secret: str) -> None:
    browser = half(web)
    csrf = token(browser.get("/masuk/kode").text)
    assert browser.post("/keluar", data={"csrf": csrf}).status_code == 303
    assert browser.get("/masuk/kode").headers["location"].startswith("/masuk")


def test_the_code_needs_the_half_sessions_own_token(web: Web, secret: str) -> None:
    browser, other = half(web), half(web)
    foreign = token(other.get("/masuk/kode").text)
    form = {"kode": code(web, secret), "csrf": foreign}
    assert browser.post("/masuk/kode", data=form).status_code == 403


def test_recovery_codes_work_once_each_however_typed(web: Web) -> None:
    _, codes = enrol(web, web.sign_in())
    assert give(half(web), codes[0]) == 303
    assert give(half(web), codes[0]) == 401
    browser = half(web)
    assert give(browser, codes[1].upper().replace("-", " ")) == 303
    assert "tersisa: 8" in browser.get("/akun").text


@pytest.mark.parametrize("held", ["x\n", ""])
def test_with_an_unusable_key_file_recovery_codes_still_sign_in_and_the_pages_open(
    web: Web, held: str
) -> None:
    seen = web.sign_in()
    secret, codes = enrol(web, seen)
    path = web.desk.settings.data_dir / "secret.key"
    path.write_text(held, encoding="ascii")
    assert give(half(web), code(web, secret)) == 503, "the page says: use a recovery code"
    browser = half(web)
    assert give(browser, codes[0]) == 303
    assert browser.get("/akun").status_code == 200 and browser.get("/antrean").status_code == 200
    page = web.sign_in("administrator").get("/kesiapan")
    assert page.status_code == 200 and str(path) in page.text


def test_a_recovery_code_of_another_account_is_none(web: Web) -> None:
    enrol(web, web.sign_in("analis"))
    _, theirs = enrol(web, web.sign_in("operator"))
    assert give(half(web, "analis"), theirs[0]) == 401


def test_a_wrong_first_code_sets_nothing_up(web: Web) -> None:
    browser = web.sign_in()
    csrf = token(browser.get("/akun/langkah-kedua").text)
    browser.post("/akun/langkah-kedua", data={"csrf": csrf})
    page = browser.post("/akun/langkah-kedua/periksa", data={"kode": "abc", "csrf": csrf})
    assert page.status_code == 422
    assert web.sign_in().get("/antrean").status_code == 200


def test_setting_it_up_ends_all_other_sessions(web: Web) -> None:
    one, two = web.sign_in(), web.sign_in()
    before = one.cookies[SESSION_COOKIE]
    enrol(web, one)
    assert one.cookies[SESSION_COOKIE] != before
    assert one.get("/antrean").status_code == 200
    assert two.get("/antrean").status_code == 303


def test_an_open_screen_cannot_replace_what_is_in_force(web: Web) -> None:
    browser = web.sign_in()
    enrol(web, browser)
    csrf = token(browser.get("/akun").text)
    assert browser.post("/akun/langkah-kedua", data={"csrf": csrf}).status_code == 409
    assert browser.get("/akun/langkah-kedua").headers["location"] == "/akun"
    assert browser.post("/akun/langkah-kedua/lepas", data={"kode": "000000", "csrf": csrf}).status_code == 422


def test_it_is_taken_off_with_a_code_of_it(web: Web) -> None:
    browser = web.sign_in()
    secret, _ = enrol(web, browser)
    csrf = token(browser.get("/akun").text)
    form = {"kode": code(web, secret), "csrf": csrf}
    assert browser.post("/akun/langkah-kedua/lepas", data=form).status_code == 303
    assert web.sign_in().get("/antrean").status_code == 200


def test_where_it_is_required_heads_set_it_up_before_anything_else(web: Web) -> None:
    require(web)
    for name in ("supervisor", "administrator"):
        browser = web.sign_in(name)
        for path in ("/antrean", "/akun", "/kunci", "/jejak", "/sandi"):
            assert browser.get(path).headers["location"] == "/akun/langkah-kedua", (name, path)
        assert browser.get("/api/v1/queue").status_code == 403
        assert "wajib" in browser.get("/akun/langkah-kedua").text
        secret, _ = enrol(web, browser)
        assert browser.get("/antrean").status_code == 200
        form = {"kode": code(web, secret), "csrf": token(browser.get("/akun").text)}
        assert browser.post("/akun/langkah-kedua/lepas", data=form).status_code == 409
    assert web.sign_in("analis").get("/antrean").status_code == 200


def test_where_it_is_not_required_nobody_is_asked(web: Web) -> None:
    assert web.sign_in("administrator").get("/antrean").status_code == 200


def test_a_lost_phone_is_put_right_by_command(web: Web, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = half(web)
    monkeypatch.setenv("DINI_DATA", str(web.desk.settings.data_dir))
    done = CliRunner().invoke(main, ["account", "reset-totp", "analis"])
    assert done.exit_code == 0 and "dilepas" in done.output
    assert browser.get("/masuk/kode").headers["location"].startswith("/masuk")
    assert web.sign_in().get("/antrean").status_code == 200
    assert CliRunner().invoke(main, ["account", "reset-totp", "tidakada"]).exit_code != 0


def test_recovery_codes_are_stored_as_hashes_and_the_secret_reaches_no_log(web: Web) -> None:
    secret, codes = enrol(web, web.sign_in())
    give(half(web), codes[0])
    path = web.desk.settings.data_dir / "dini.db"
    with sqlite3.connect(path) as connection:
        dumped = "\n".join(connection.iterdump())
    connection.close()
    assert not any(one in dumped for one in codes)
    told = (web.desk.settings.data_dir / "dini.log").read_text(encoding="utf-8")
    web.desk.audits.flush()
    with web.desk._store.reading() as books:
        told += repr(list(books.audit.every()))
        assert secret not in repr(books.factors.factor(2))
    assert secret not in told
    assert not any(one in told for one in codes)


def test_the_picture_is_our_own_drawing_of_the_address() -> None:
    secret = totp.new_secret()
    address = totp.address_of(secret, "analis & <satu>")
    assert address.startswith("otpauth://totp/Dini:") and f"secret={secret}" in address
    drawn = totp.picture(address)
    assert drawn.startswith("<svg") and "style" not in drawn and "http://www.w3.org/2000/svg" not in drawn
    assert "href" not in drawn and "<script" not in drawn


def test_codes_are_those_of_rfc_6238() -> None:
    from base64 import b32encode
    from datetime import UTC, datetime

    secret = b32encode(b"12345678901234567890").decode()
    assert totp.step_of(secret, "287082", datetime.fromtimestamp(59, UTC)) == 1
    assert totp.step_of(secret, "081804", datetime.fromtimestamp(1_111_111_109, UTC)) == 37_037_036
    assert totp.step_of(secret, "050471", datetime.fromtimestamp(1_111_111_111, UTC)) == 37_037_037
    assert totp.step_of(secret, "050471", datetime.fromtimestamp(1_111_111_300, UTC)) is None


def test_a_step_is_taken_once_on_both_databases(desk: Desk) -> None:
    from screening import Conflict, Role

    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, "RAHASIA", NOW)
    desk.access.begin_factor(owner.id, "RAHASIA2", NOW)
    assert not desk.access.use_step(owner.id, 9), "nothing is in force yet"
    desk.access.confirm_factor(owner.id, 10, ["h1", "h2"], NOW)
    with pytest.raises(Conflict):
        desk.access.begin_factor(owner.id, "LAIN", NOW)
    assert [desk.access.use_step(owner.id, step) for step in (10, 11, 11, 9, 12)] == [
        False,
        True,
        False,
        False,
        True,
    ]
    assert [desk.access.use_recovery(owner.id, one, NOW) for one in ("h1", "h1", "h3", "h2")] == [
        True,
        False,
        False,
        True,
    ]
    assert desk.access.reset_factor(owner.id, NOW)
    assert desk.access.factor(owner.id) is None
    assert not desk.access.reset_factor(owner.id, NOW)
