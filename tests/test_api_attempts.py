"""Wrong passwords: slowed by account, by address and in sum, over restarts and workers; colleagues get in."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from api_fixtures import HASH, NOW, PASSWORD, Web, sample_database, token, web
from fastapi.testclient import TestClient

from api import create_app
from api.auth import DEVICE_COOKIE, PRE_COOKIE
from api.auth_passwords import Passwords, TooMany
from screening import Desk, Role, code_limits, try_limits
from screening.access import network
from screening.schema_accounts import attempt, known_device

WRONG = "tebakan yang keliru"


class Stranger:
    """One who signs in from an address of choice, with the form's token fetched once."""

    def __init__(self, web: Web, csrf: str) -> None:
        self.web, self.csrf = web, csrf

    def tries(self, name: str, password: str, address: str, device: str = "") -> int:
        browser = TestClient(self.web.client.app, follow_redirects=False, client=(address, 40_000))
        browser.cookies.set(PRE_COOKIE, self.csrf)
        if device:
            browser.cookies.set(DEVICE_COOKIE, device)
        return browser.post("/masuk", data={"nama": name, "sandi": password, "csrf": self.csrf}).status_code


@pytest.fixture
def stranger(web: Web) -> Stranger:
    return Stranger(web, token(web.fresh().get("/masuk").text))


def counted(web: Web, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Every password that was really compared from now on."""
    compared: list[bool] = []
    real = Passwords.verify

    def verify(self: Passwords, password: str, stored: str | None) -> bool:
        # An unknown account costs a whole hash; here it need not, as only how often is counted.
        right = real(self, password, stored) if stored else False
        compared.append(right)
        return right

    monkeypatch.setattr(Passwords, "verify", verify)
    return compared


def test_a_thousand_guesses_at_one_account_are_slowed_and_its_owner_gets_in(
    web: Web, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = web.sign_in("analis").cookies[DEVICE_COOKIE]
    compared = counted(web, monkeypatch)
    for number in range(1_000):
        assert stranger.tries("analis", WRONG, f"10.{number // 250}.0.{number % 250}") == 401
    assert len(compared) == 30, "thirty of a thousand were compared"
    assert stranger.tries("analis", PASSWORD, "10.200.0.1") == 401, "a stranger's right password waits too"
    assert stranger.tries("analis", PASSWORD, "10.200.0.1", device) == 303, "a known browser goes on"
    web.clock.forward(minutes=15)
    assert stranger.tries("analis", PASSWORD, "10.200.0.1") == 303, "and any other within 15 minutes"


def test_one_guess_at_each_of_a_thousand_accounts_is_slowed_and_colleagues_get_in(
    web: Web, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = web.sign_in("supervisor").cookies[DEVICE_COOKIE]
    compared = counted(web, monkeypatch)
    for number in range(1_000):
        assert stranger.tries(f"petugas{number}", WRONG, "10.9.9.9") == 401
    assert len(compared) == 30
    assert stranger.tries("analis", PASSWORD, "10.9.9.8") == 303, "another address is not held up"
    assert stranger.tries("supervisor", PASSWORD, "10.9.9.9", device) == 303, "nor a colleague beside him"
    web.clock.forward(minutes=5)
    assert stranger.tries("analis", PASSWORD, "10.9.9.9") == 303


def test_guesses_from_a_thousand_addresses_at_a_thousand_accounts_are_slowed_in_sum(
    web: Web, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = web.sign_in("supervisor").cookies[DEVICE_COOKIE]
    compared = counted(web, monkeypatch)
    for number in range(1_000):
        assert stranger.tries(f"petugas{number}", WRONG, f"10.{number // 250}.1.{number % 250}") == 401
    assert len(compared) == 300
    assert stranger.tries("supervisor", PASSWORD, "10.200.0.1", device) == 303
    web.clock.forward(minutes=15)
    assert stranger.tries("analis", PASSWORD, "10.200.0.2") == 303


def test_a_restart_and_a_second_worker_forget_nothing(web: Web, stranger: Stranger) -> None:
    for _ in range(5):
        stranger.tries("analis", WRONG, "10.0.0.1")
    second = create_app(Desk(web.desk._store, web.desk.classifier, web.desk.settings), clock=web.clock)
    browser = TestClient(second, follow_redirects=False, client=("10.0.0.1", 40_000))
    browser.cookies.set(PRE_COOKIE, stranger.csrf)
    form = {"nama": "analis", "sandi": PASSWORD, "csrf": stranger.csrf}
    assert browser.post("/masuk", data=form).status_code == 401
    web.clock.forward(minutes=5)
    assert browser.post("/masuk", data=form).status_code == 303


def test_case_of_the_name_and_neighbours_in_an_ipv6_net_are_the_same_guesser(
    web: Web, stranger: Stranger
) -> None:
    for number in range(5):
        stranger.tries("Analis" if number % 2 else "ANALIS", WRONG, f"2001:db8:1:2::{number + 1}")
    assert stranger.tries("analis", PASSWORD, "2001:db8:1:2::ffff") == 401
    assert stranger.tries("analis", PASSWORD, "2001:db8:1:3::1") == 303


def test_right_passwords_count_nowhere(web: Web, stranger: Stranger) -> None:
    for _ in range(40):
        assert stranger.tries("analis", PASSWORD, "10.0.0.1") == 303
    with web.desk._store.reading() as books:
        left = books.access._db.scalar(sa.select(sa.func.coalesce(sa.func.sum(attempt.c.hits), 0)))
    assert left == 0


def test_a_known_browser_has_a_limit_of_its_own(web: Web, stranger: Stranger) -> None:
    device = web.sign_in("analis").cookies[DEVICE_COOKIE]
    for _ in range(10):
        assert stranger.tries("analis", WRONG, "10.0.0.1", device) == 401
    assert stranger.tries("analis", PASSWORD, "10.0.0.1", device) == 401
    web.clock.forward(minutes=15)
    assert stranger.tries("analis", PASSWORD, "10.0.0.1", device) == 303


def test_a_browser_known_to_one_account_is_a_stranger_to_another(
    web: Web, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = web.sign_in("analis").cookies[DEVICE_COOKIE]
    compared = counted(web, monkeypatch)
    for _ in range(20):
        stranger.tries("supervisor", WRONG, "10.0.0.1", device)
    assert len(compared) == 5


def test_a_made_up_browser_cookie_helps_nobody(
    web: Web, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = counted(web, monkeypatch)
    for number in range(20):
        stranger.tries("analis", WRONG, "10.0.0.1", f"{number:043d}")
    assert len(compared) == 5


def test_a_new_password_makes_all_other_browsers_strangers(web: Web) -> None:
    one, two = web.sign_in("analis"), web.sign_in("analis")
    new = "ladang di tepi rimba"
    csrf = token(one.get("/sandi").text)
    one.post("/sandi", data={"lama": PASSWORD, "baru": new, "ulang": new, "csrf": csrf})
    with web.desk._store.reading() as books:
        assert books.access._db.scalar(sa.select(sa.func.count()).select_from(known_device)) == 1
    assert two.cookies[DEVICE_COOKIE] != one.cookies[DEVICE_COOKIE]


def test_known_browsers_end_after_half_a_year_and_stay_few(web: Web) -> None:
    found = web.desk.account("analis")
    assert found is not None
    for number in range(30):
        web.desk.access.know_device(f"{number:064d}", found.id, NOW + timedelta(minutes=number))
    assert not web.desk.access.knows_device(f"{9:064d}", found.id, NOW)
    assert web.desk.access.knows_device(f"{29:064d}", found.id, NOW)
    assert not web.desk.access.knows_device(f"{29:064d}", found.id, NOW + timedelta(days=181))


def test_old_counts_are_cleared_away(web: Web, stranger: Stranger) -> None:
    for number in range(20):
        stranger.tries("analis", WRONG, f"10.0.1.{number}")
    web.clock.forward(hours=2)
    stranger.tries("analis", WRONG, "10.0.0.1")
    with web.desk._store.reading() as books:
        assert books.access._db.scalar(sa.select(sa.func.count()).select_from(attempt)) == 4


def test_no_address_and_no_name_stands_in_the_counts(web: Web, stranger: Stranger) -> None:
    stranger.tries("analis", WRONG, "10.77.66.55")
    with web.desk._store.reading() as books:
        rows = repr(books.access._db.execute(sa.select(attempt)).all())
    assert "10.77" not in rows and "analis" not in rows


def test_changing_the_password_is_slowed_like_signing_in(web: Web) -> None:
    browser = web.sign_in()
    csrf = token(browser.get("/sandi").text)
    new = "ladang di tepi rimba"
    for _ in range(10):
        form = {"lama": WRONG, "baru": new, "ulang": new, "csrf": csrf}
        assert browser.post("/sandi", data=form).status_code == 422
    form = {"lama": PASSWORD, "baru": new, "ulang": new, "csrf": csrf}
    assert browser.post("/sandi", data=form).status_code == 422


def test_at_most_two_passwords_are_hashed_at_once_and_few_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords()
    gate, lock = threading.Event(), threading.Lock()
    running, most, refused = 0, 0, 0

    class Slow:
        def verify(self, password: str, stored: str) -> bool:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            gate.wait(10)
            with lock:
                running -= 1
            return True

    monkeypatch.setattr(passwords, "_hash", Slow())

    def one() -> None:
        nonlocal refused
        try:
            passwords.verify("apa saja", "x")
        except TooMany:
            with lock:
                refused += 1

    threads = [threading.Thread(target=one) for _ in range(60)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    while refused < 50 and time.monotonic() < deadline:
        time.sleep(0.01)
    gate.set()
    for thread in threads:
        thread.join()
    assert (most, refused) == (2, 50)


def test_a_flood_is_told_to_come_back_and_the_rest_is_served(
    web: Web, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = web.session("analis")

    def full(self: Passwords, password: str, stored: str | None) -> bool:
        raise TooMany(5)

    monkeypatch.setattr(Passwords, "verify", full)
    browser = web.fresh()
    csrf = token(browser.get("/masuk").text)
    answer = browser.post("/masuk", data={"nama": "analis", "sandi": PASSWORD, "csrf": csrf})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "sibuk" in answer.text
    assert inside.get("/antrean").status_code == 200


def test_tries_at_once_on_both_databases_take_no_place_twice(desk: Desk) -> None:
    limits = try_limits("analis", "10.0.0.1")
    taken: list[bool] = []

    def one() -> None:
        taken.append(desk.access.may_try(limits, NOW))

    threads = [threading.Thread(target=one) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 5
    assert desk.access.may_try(limits, NOW + timedelta(minutes=5))
    assert desk.access.may_try(code_limits(1), NOW)


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:0db8:0000:0000"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_is_counted_by_who_holds_it(address: str, counted_as: str) -> None:
    assert network(address) == counted_as
