"""The queue's export in a real browser: by keyboard, within the screen, no rule of WCAG broken."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from api_fixtures import sample_database
from playwright.sync_api import Page
from test_api_browser import address, browser, complaints, desk, enter, page, served, violations

from screening import Desk


@pytest.mark.parametrize("width", [1366, 390])
def test_the_list_is_downloaded_by_keyboard_and_the_sheet_breaks_no_rule(
    page: Page, desk: Desk, address: str, complaints: list[str], width: int, tmp_path: Path
) -> None:
    enter(page, desk, address, "analis")
    page.set_viewport_size({"width": width, "height": 768})
    page.goto("/antrean?tingkat=2")
    page.locator(".export summary").focus()
    page.keyboard.press("Enter")
    link = page.locator(".export a").first
    assert link.is_visible()
    assert [one for one in violations(page) if "export" in one] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Tab")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    waiting.value.save_as(tmp_path / "antrean.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "antrean.xlsx").worksheets[0]
    assert {row[2] for row in list(sheet.values)[1:]} == {2}
    assert complaints == []
