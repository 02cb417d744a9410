"""A slow line, an error in the place of a list, and the header's menu: in a real browser."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re

import pytest
from api_fixtures import NOW, sample_database, session_cookie
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from test_api_browser import address, browser, complaints, desk, enter, number_of, page, served, violations

from api.auth import SESSION_COOKIE
from screening import Decision, Desk, Role

SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
LIST = re.compile(r"/antrean(\?[^/]*)?$")


def slow(page: Page) -> None:
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_3G)


def reviews(desk: Desk, number: int) -> list[Decision]:
    return [one.decision for one in desk.incident(number, NOW).reviews]


def test_on_slow_3g_decisions_by_key_are_recorded_once_each_and_the_page_says_it_sends(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    slow(page)
    decided = []
    page.keyboard.press("j")
    for turn in range(9):
        decided.append(number_of(page))
        for key in ("r", "4") if turn % 3 == 2 else ("a",):
            page.keyboard.press(key)
        expect(page.locator(f"#i{decided[-1]} [data-mark]")).to_have_text("mengirim…")
    expect(page.locator("[data-bar]")).to_contain_text("Mengirim")
    expect(page.locator(".sending")).to_have_count(0)
    expect(page.locator("[data-bar]")).to_be_hidden()
    assert len(set(decided)) == 9
    for turn, number in enumerate(decided):
        assert reviews(desk, number) == [Decision.REJECT if turn % 3 == 2 else Decision.ACCEPT]
    kept = "Object.keys(localStorage).filter(key => key.includes('tunda')).map(key => localStorage[key])"
    assert "".join(page.evaluate(kept)) in ("", "[]")
    assert complaints == []


def test_undo_on_a_slow_line_means_the_decision_that_is_still_on_its_way(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    first = number_of(page)
    page.keyboard.press("a")
    expect(page.locator(f"#i{first}")).to_have_count(0)
    slow(page)
    second = number_of(page)
    page.keyboard.press("a")
    page.keyboard.press("z")
    expect(page.locator("[data-notice]")).to_contain_text(f"Putusan atas insiden {second} dibatalkan")
    assert desk.incident(second, NOW).incident.decision is None
    assert desk.incident(first, NOW).incident.decision is Decision.ACCEPT


def test_a_decision_on_its_way_when_the_page_is_left_is_recorded_once(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    number = number_of(page)
    # The line takes the first try away for good: what reaches the server comes from the next page.
    page.route("**/putusan", lambda route: None, times=1)
    page.keyboard.press("a")
    page.goto("/sumber")
    expect(page.locator("[data-bar]")).to_contain_text("1 putusan yang tertunda sudah tercatat")
    assert reviews(desk, number) == [Decision.ACCEPT]
    page.goto("/antrean")
    assert reviews(desk, number) == [Decision.ACCEPT]


@pytest.mark.parametrize("status", [403, 500])
def test_an_error_in_the_place_of_the_list_keeps_what_is_there_and_says_so(
    page: Page, desk: Desk, address: str, status: int
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    shown = page.locator("[data-line]").count()
    assert shown > 1
    page.route(LIST, lambda route: route.fulfill(status=status, body="<p>galat</p>"))
    # In one task: a poll that finds nothing new hides the notice again.
    page.evaluate(
        """() => {
            document.querySelector('[data-fresh]').hidden = false;
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 't', bubbles: true }));
        }"""
    )
    told = page.get_by_role("alert").filter(has_text="Daftar tidak dapat dimuat ulang")
    expect(told).to_be_visible()
    assert page.locator("[data-line]").count() == shown
    expect(page.locator("[data-empty]")).to_be_hidden()
    page.unroute(LIST)
    told.get_by_role("button").click()
    expect(told).to_have_count(0)
    assert page.locator("[data-line]").count() == shown


def test_a_list_that_does_not_come_after_the_last_line_is_no_empty_queue(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean?tingkat=3")
    left = page.locator("[data-line]").count()
    page.route(LIST, lambda route: route.fulfill(status=500, body=""))
    for _ in range(left):
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator(".sending, .leaving")).to_have_count(0)
    expect(page.get_by_role("alert").filter(has_text="mungkin masih ada")).to_be_visible()
    expect(page.locator("[data-empty]")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 768])
def test_a_narrow_header_is_one_row_with_a_menu_that_the_keyboard_opens_and_escape_closes(
    page: Page, desk: Desk, address: str, width: int
) -> None:
    enter(page, desk, address, "administrator")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/insiden/1?dari=%2Fantrean")
    box = page.locator("header.top").bounding_box()
    assert box is not None and box["height"] < 56
    links = page.locator("header nav")
    expect(links).to_be_hidden()
    menu = page.locator("header .menu > summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(links).to_be_visible()
    expect(page.get_by_role("button", name="Keluar")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.press("Tab")
    expect(links.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(links).to_be_hidden()
    expect(menu).to_be_focused()
    assert "/insiden/1" in page.url, "Escape closed the menu and did not lead back to the queue"


def test_the_menu_opens_without_javascript(browser: Browser, desk: Desk, address: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, base_url=address, java_script_enabled=False
    )
    made = session_cookie(desk, "analis", NOW)
    context.add_cookies([{"name": SESSION_COOKIE, "value": made, "url": address}])
    shown = context.new_page()
    shown.goto("/antrean")
    expect(shown.locator("header nav")).to_be_hidden()
    shown.locator("header .menu > summary").click()
    shown.locator("header nav").get_by_role("link", name="Laporan").click()
    shown.wait_for_url("**/laporan")
    context.close()


@pytest.mark.parametrize("role", list(Role))
def test_every_roles_header_is_one_row_on_a_desk_screen_and_leads_nowhere_forbidden(
    page: Page, desk: Desk, address: str, role: Role
) -> None:
    enter(page, desk, address, role.value)
    for width in (1366, 1280):
        page.set_viewport_size({"width": width, "height": 768})
        page.goto("/sumber")
        box = page.locator("header.top").bounding_box()
        assert box is not None and box["height"] < 60, (role, width)
        assert page.evaluate("document.documentElement.scrollWidth") == width
    targets = page.evaluate("[...document.querySelectorAll('header nav a')].map(one => one.href)")
    assert len(targets) >= 7
    for target in targets:
        assert page.request.get(target).status == 200, target


def test_readiness_tells_each_check_in_words_and_what_is_wrong_first(
    page: Page, desk: Desk, address: str, served: tuple[FastAPI, str]
) -> None:
    enter(page, desk, address, "operator")
    page.goto("/sumber")
    page.get_by_role("link", name="Kesiapan").click()
    page.wait_for_url("**/kesiapan")
    rows = page.locator("table.checks tbody tr")
    assert rows.count() == len(desk.doctor(NOW))
    expect(page.locator("main")).to_contain_text("Basis data")
    expect(rows.first).to_contain_text("Baik")
    for width in (1366, 768, 390):
        page.set_viewport_size({"width": width, "height": 768})
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    # Sources wait for their turn for two hours with nobody collecting: that stands on top.
    served[0].state.doors.clock.forward(hours=2)
    page.reload()
    expect(rows.first).to_contain_text("Perlu ditangani")
    expect(page.locator("main")).to_contain_text("dini serve atau dini worker")
    expect(page.locator("main .notice")).to_contain_text("503")
