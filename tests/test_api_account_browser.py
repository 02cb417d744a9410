"""One browser, another account: a tab left open does nothing; undo and sign-out while decisions wait."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from api_fixtures import NOW, sample_database
from fastapi import FastAPI
from playwright.sync_api import Page, Route, expect
from test_api_browser import (
    address,
    browser,
    complaints,
    desk,
    enter,
    number_of,
    page,
    served,
    sign_in,
    violations,
)

from screening import Decision, Desk

ONE = re.compile(r"/insiden/\d+/putusan$")
STORED = "Object.keys(localStorage).filter(key => key.startsWith('dini.tunda')).map(key => localStorage[key])"


def decisions(desk: Desk, number: int) -> list[tuple[str, Decision, bool]]:
    """(who, what, still stands), newest first."""
    every = desk.incident(number, NOW).reviews
    return [(one.account, one.decision, one.retracted_at is None) for one in every]


def stored(page: Page) -> str:
    """What decisions the browser keeps, of whatever account; empty when none."""
    return "".join(page.evaluate(STORED)).replace("[]", "")


def focus(page: Page) -> int:
    """The first line has the focus; its incident."""
    page.keyboard.press("j")
    return number_of(page)


def keep_one(page: Page, key: str = "a") -> int:
    """A decision that found no line and waits in the browser."""
    page.context.route(ONE, lambda route: route.abort())
    number = focus(page)
    page.keyboard.press(key)
    expect(page.locator(f"#i{number} [data-mark]")).to_have_text("menunggu sambungan")
    page.context.unroute(ONE)
    return number


def hold_next(page: Page) -> list[Route]:
    """The next decision is held on its way until the test lets it go on."""
    held: list[Route] = []
    page.context.route(ONE, lambda route: held.extend([route]), times=1)
    return held


def until(page: Page, true: Callable[[], object]) -> None:
    for _ in range(200):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.wait_for_url("**/masuk?keluar=1")


def test_what_is_pressed_in_a_tab_of_the_account_before_is_neither_kept_nor_sent(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = focus(page)
    other = page.context.new_page()
    other.goto("/sumber")
    sign_out(other)
    expect(page.locator("[data-bar]")).to_contain_text("Anda sudah keluar di peramban ini")
    sign_in(other, "supervisor")
    expect(page.locator("[data-bar]")).to_contain_text("Akun lain masuk di peramban ini; muat ulang.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.bring_to_front()
    for key in ("u", "a", "c", "z", "t"):
        page.keyboard.press(key)
    page.keyboard.press("x")
    page.locator("[data-bulk] button[value=terima]").click()
    page.wait_for_timeout(300)
    assert asked == []
    assert stored(page) == ""
    expect(page.locator(".sending, .waiting")).to_have_count(0)
    other.goto("/antrean")
    sign_out(other)
    sign_in(other, "analis")
    other.goto("/antrean")
    expect(other.locator("[data-bar]")).to_be_hidden()
    assert decisions(desk, number) == []
    assert complaints == []


def test_the_server_refuses_a_tab_of_the_account_before_where_the_browser_keeps_no_notes(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = focus(page)
    enter(page, desk, address, "supervisor")  # the cookie alone: nothing in the browser's storage says so
    page.keyboard.press("u")
    expect(page.locator("[data-bar]")).to_contain_text("Akun lain masuk di peramban ini; muat ulang.")
    expect(page.locator(".sending, .waiting")).to_have_count(0)
    assert stored(page) == ""
    assert decisions(desk, number) == []


def test_an_incidents_page_of_the_account_before_neither_keeps_nor_sends(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = focus(page)
    page.goto(f"/insiden/{number}")
    enter(page, desk, address, "supervisor")
    other = page.context.new_page()
    other.goto("/sumber")
    page.bring_to_front()
    page.context.set_offline(True)  # nor does it wait for the connection
    page.keyboard.press("a")
    expect(page.locator("[data-bar]")).to_contain_text("Akun lain masuk di peramban ini; muat ulang.")
    page.context.set_offline(False)
    assert stored(page) == ""
    assert decisions(desk, number) == []


def test_a_decision_that_waits_stays_its_own_accounts_when_another_one_signs_in(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = keep_one(page)
    enter(page, desk, address, "supervisor")
    other = page.context.new_page()
    other.goto("/antrean")
    expect(page.locator("[data-bar]")).to_contain_text("Akun lain masuk")
    expect(page.locator("[data-kept]")).to_be_hidden()
    expect(other.locator("[data-kept]")).to_be_hidden()
    page.bring_to_front()
    page.keyboard.press("z")  # the other one does not take it back either
    page.wait_for_timeout(4500)  # a round of sending would have come
    assert decisions(desk, number) == []
    assert f'"id":"{number}"' in stored(page)
    enter(page, desk, address, "analis")
    page.reload()
    expect(page.locator("[data-bar]")).to_contain_text("1 putusan yang tertunda sudah tercatat")
    assert decisions(desk, number) == [("analis", Decision.ACCEPT, True)]


def test_the_news_tells_a_tab_that_another_account_signed_in(page: Page, desk: Desk, address: str) -> None:
    page.clock.install()
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    expect(page.locator("[data-line]").first).to_be_visible()
    enter(page, desk, address, "supervisor")
    page.clock.run_for(16_000)
    expect(page.locator("[data-bar]")).to_contain_text("Akun lain masuk")


def test_each_way_of_asking_for_another_account_is_answered_with_409(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = focus(page)
    own, token = page.locator("[data-wire]").evaluate("one => [one.dataset.account, one.dataset.csrf]")
    form = {"csrf": token, "putusan": "terima"}
    script = {"Accept": "application/json", "X-Dini-Akun": str(int(own) + 1)}
    for url in (f"/insiden/{number}/putusan", f"/insiden/{number}/tangani", "/antrean/putusan"):
        answer = page.request.post(url, form=form, headers=script)
        assert (answer.status, answer.json()["state"]) == (409, "akun_lain"), url
    assert page.request.get("/antrean/kabar", headers=script).status == 409
    assert page.request.get("/antrean", headers=script | {"Accept": "text/html"}).status == 409
    assert decisions(desk, number) == []
    answer = page.request.post(
        f"/insiden/{number}/putusan", form=form, headers=script | {"X-Dini-Akun": str(own)}
    )
    assert answer.status == 200


def test_undo_while_a_kept_decision_is_being_sent_undoes_it_on_the_server(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = keep_one(page)
    held = hold_next(page)
    until(page, lambda: held)
    page.keyboard.press("z")
    expect(page.locator("[data-notice]")).to_contain_text("dibatalkan begitu tercatat")
    held[0].continue_()
    expect(page.locator("[data-notice]")).to_contain_text(f"Putusan atas insiden {number} dibatalkan.")
    assert decisions(desk, number) == [("analis", Decision.ACCEPT, False)]
    assert stored(page) == ""
    expect(page.locator(f"#i{number}")).to_be_focused()
    assert complaints == []


def test_deciding_again_while_the_kept_decision_is_being_sent_records_both_in_order(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = keep_one(page)
    held = hold_next(page)
    until(page, lambda: held)
    page.locator(f"#i{number}").focus()
    page.keyboard.press("u")
    expect(page.locator(f"#i{number} [data-mark]")).to_have_text("mengirim…")
    held[0].continue_()
    expect(page.locator("[data-notice]")).to_contain_text(f"Insiden {number} ditandai ragu")
    assert decisions(desk, number) == [
        ("analis", Decision.UNSURE, True),
        ("analis", Decision.ACCEPT, True),
    ]
    expect(page.locator("[data-kept]")).to_be_hidden()


def test_a_decision_made_anew_that_finds_no_line_outlives_the_answer_to_the_one_before(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = keep_one(page)
    held = hold_next(page)
    until(page, lambda: held)
    page.locator(f"#i{number}").focus()
    page.keyboard.press("u")
    page.context.route(ONE, lambda route: route.abort(), times=1)
    held[0].continue_()
    expect(page.locator("[data-kept]")).to_contain_text("Ragu")
    expect(page.locator("[data-kept]")).to_be_hidden()  # sent by the next round, on what stands by then
    assert [one[1] for one in decisions(desk, number)] == [Decision.UNSURE, Decision.ACCEPT]


def test_undo_waits_for_another_tab_that_is_sending_the_decision_and_says_where_it_is(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = keep_one(page)
    held = hold_next(page)
    other = page.context.new_page()
    other.goto("/sumber")
    until(page, lambda: held)
    page.bring_to_front()
    page.keyboard.press("z")
    page.wait_for_timeout(300)
    expect(page.locator("[data-notice]")).not_to_contain_text("dibatalkan.")
    held[0].continue_()
    expect(page.locator("[data-notice]")).to_contain_text(
        re.compile(f"insiden {number} (sudah tercatat|dibatalkan)")
    )
    said = page.locator("[data-notice]").inner_text()
    (made,) = decisions(desk, number)
    assert made[2] is ("sudah tercatat" in said), said


@pytest.mark.parametrize("width", [1366, 390])
def test_signing_out_says_how_many_decisions_wait_and_lets_one_choose(
    page: Page, desk: Desk, address: str, complaints: list[str], width: int
) -> None:
    enter(page, desk, address, "analis")
    page.set_viewport_size({"width": width, "height": 768})
    page.goto("/antrean")
    number = focus(page)
    page.context.route(ONE, lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.locator(f"#i{number} [data-mark]")).to_have_text("menunggu sambungan")
    leave = page.locator("form[action='/keluar'] button")

    def ask() -> None:
        if width < 1000 and not leave.is_visible():
            page.locator("header .menu > summary").click()
        leave.click()

    ask()
    box = page.get_by_role("dialog")
    expect(box).to_contain_text("1 putusan Anda belum tercatat")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box.get_by_role("button", name="Tidak jadi").click()
    expect(box).to_have_count(0)
    ask()
    box.get_by_role("button", name="Kirim dahulu, lalu keluar").click()
    expect(box).to_contain_text("1 putusan tetap belum tercatat")
    assert "/antrean" in page.url
    page.context.unroute(ONE)
    box.get_by_role("button", name="Kirim dahulu, lalu keluar").click()
    page.wait_for_url("**/masuk?keluar=1")
    assert decisions(desk, number) == [("analis", Decision.ACCEPT, True)]
    assert stored(page) == ""
    assert complaints == []


def test_signing_out_all_the_same_keeps_what_waits_for_the_next_sign_in(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    number = focus(page)
    page.context.route(ONE, lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.locator(f"#i{number} [data-mark]")).to_have_text("menunggu sambungan")
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Keluar sekarang").click()
    page.wait_for_url("**/masuk?keluar=1")
    page.context.unroute(ONE)
    assert decisions(desk, number) == []
    sign_in(page, "analis")
    expect(page.locator("[data-bar]")).to_contain_text("1 putusan yang tertunda sudah tercatat")
    assert decisions(desk, number) == [("analis", Decision.ACCEPT, True)]
