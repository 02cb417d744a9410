"""Ikhtisar in a real browser: no rule of WCAG broken, nothing wider than the screen, the map by keyboard."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import pytest
from api_fixtures import sample_database
from playwright.sync_api import Page
from test_api_browser import address, browser, complaints, desk, enter, page, served, violations

from screening import REGENCIES, Desk
from screening.schema import incident


@pytest.mark.parametrize("width", [1366, 1190, 820, 390])
def test_the_overview_breaks_no_rule_and_fits_the_screen(
    page: Page, desk: Desk, address: str, complaints: list[str], width: int
) -> None:
    enter(page, desk, address, "supervisor")
    page.set_viewport_size({"width": width, "height": 768})
    page.goto("/ikhtisar")
    found = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with desk._store.writing() as books:  # every kind of line at once: overdue, planned, peaceful, unseen
        books.overviews._db.execute(
            incident.update()
            .where(incident.c.id % 3 == 0)
            .values(form="F2", severity=1, realis="R", is_open=True)
        )
        books.overviews._db.execute(
            incident.update().where(incident.c.id % 3 == 1).values(form="F6", severity=4, is_open=True)
        )
    page.goto("/ikhtisar")
    assert page.locator(".clock.overdue").count() == 5
    assert page.locator(".agenda .calm").count() > 0
    found += violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    card, table = page.locator(".card:has(.places)").bounding_box(), page.locator(".places").bounding_box()
    assert card is not None and table is not None
    assert table["x"] + table["width"] <= card["x"] + card["width"]
    assert found == []
    assert complaints == []


def test_every_area_is_reached_by_keyboard_and_opens_its_queue(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "supervisor")
    page.goto("/ikhtisar")
    links = page.locator("svg.map a")
    assert links.count() == len(REGENCIES)
    assert [
        name.split(":")[0] for name in links.evaluate_all("all => all.map(a => a.getAttribute('aria-label'))")
    ] == [name for _, name in REGENCIES]
    links.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/antrean?daerah=62.02**")
    assert page.locator("[data-line]").count() > 0
    assert complaints == []


def test_the_patterns_and_colours_of_the_map_are_really_drawn(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address, "supervisor")
    page.goto("/ikhtisar")
    fills = page.evaluate(
        "[...document.querySelectorAll('svg.map .area')]"
        ".map(a => [a.className.baseVal, getComputedStyle(a).fill])"
    )
    by_class: dict[str, set[str]] = {}
    for name, fill in fills:
        by_class.setdefault(name, set()).add(fill)
    assert all(len(found) == 1 for found in by_class.values())
    assert len({next(iter(found)) for found in by_class.values()}) == len(by_class)
    assert not any("rgb(0, 0, 0)" in found for found in by_class.values())
