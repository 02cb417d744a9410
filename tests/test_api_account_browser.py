"""Account, second step and keys in a real browser: no rule of WCAG broken, nothing wider than the screen."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import pytest
from api_fixtures import NOW, sample_database
from playwright.sync_api import Page
from test_api_browser import address, browser, complaints, desk, enter, page, served, violations

from screening import Desk


def seen(page: Page, width: int, name: str) -> list[str]:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    return violations(page)


@pytest.mark.parametrize("width", [1366, 390])
def test_the_pages_of_an_account_break_no_rule_and_fit_the_screen(
    page: Page, desk: Desk, address: str, complaints: list[str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    enter(page, desk, address, "administrator")
    enter(page, desk, address, "administrator")
    owner = desk.account("administrator")
    assert owner is not None
    desk.access.add_key("Papan pantau ruang rapat", f"h{width}", owner, NOW, scopes=["baca", "ekspor"])
    desk.access.add_key("Kunci lama", f"i{width}", owner, NOW, days=1)
    desk.access.revoke_key(desk.access.every_key()[0].id, NOW)
    page.goto("/akun")
    found = seen(page, width, "akun")
    page.goto("/kunci")
    assert page.locator("h1").inner_text() == "Kunci API"
    found += seen(page, width, "kunci")
    page.fill("#guna", "Uji")
    page.fill("#akun-kunci", "tidakada")
    page.click("section.card button.primary")
    assert page.locator("[role=alert]").count() == 1
    found += seen(page, width, "kunci_galat")
    page.fill("#akun-kunci", "administrator")
    page.click("section.card button.primary")
    assert page.locator("code.hash").inner_text().startswith("dini_")
    found += seen(page, width, "kunci_baru")
    page.goto("/akun/langkah-kedua")
    page.click("main button.primary")
    assert page.locator(".qr-box svg").count() == 1
    found += seen(page, width, "langkah")
    page.fill("#kode", "abc")
    page.click("main button.primary")
    found += seen(page, width, "langkah_galat")
    assert found == []
    assert [one for one in complaints if "422" not in one] == []
