"""Casework in a real browser: no rule of WCAG broken at three widths, every part reached and used by hand."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

from datetime import timedelta

import pytest
from api_fixtures import NOW, sample_database
from playwright.sync_api import Page, expect
from test_api_browser import address, browser, complaints, desk, enter, page, served, violations

from screening import Desk, FollowUpDraft, QueueFilter

OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"

WIDER = """width => document.documentElement.scrollWidth <= width ? [] :
    [...document.querySelectorAll('main *')]
    .filter(one => one.getBoundingClientRect().right > width).map(one => one.outerHTML.slice(0, 90))"""


def longest_and_shortest(desk: Desk) -> tuple[int, int]:
    every = [line.incident for line in desk.queue(QueueFilter(state="all", limit=200), NOW).lines]
    return max(every, key=lambda one: one.reports).id, min(every, key=lambda one: one.reports).id


@pytest.mark.parametrize("width", [1366, 768, 390])
def test_the_incident_page_breaks_no_rule_and_fits_with_everything_unfolded(
    page: Page, desk: Desk, address: str, complaints: list[str], width: int
) -> None:
    enter(page, desk, address, "analis")
    account = desk.account("analis")
    assert account is not None
    long, short = longest_and_shortest(desk)
    draft = FollowUpDraft(
        incident_id=long, what="Mediasi di kecamatan.", owner="FKUB", due_at=NOW - timedelta(hours=1)
    )
    desk.casework.open_follow_up(draft, account, NOW - timedelta(days=1))
    desk.casework.write_note(long, "Jalan sudah dibuka.", account, NOW)
    page.set_viewport_size({"width": width, "height": 768})
    found: list[str] = []
    for number in (long, short):
        page.goto(f"/insiden/{number}")
        page.evaluate(OPEN_ALL)
        found += violations(page)
        assert page.evaluate(WIDER, width) == []
    page.goto("/tindak-lanjut")
    assert page.locator(".overdue").count() == 2
    found += violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found == []
    assert complaints == []


def test_a_note_and_a_follow_up_are_written_by_keyboard_alone(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    number, _ = longest_and_shortest(desk)
    page.goto(f"/insiden/{number}")
    page.locator("section[aria-labelledby=h-catatan] summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Isi catatan baru").fill("Posko masih berjaga <img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Simpan catatan").press("Enter")
    page.wait_for_url("**pesan=catatan**")
    card = page.locator("section[aria-labelledby=h-catatan]")
    expect(card.locator(".history")).to_contain_text("Posko masih berjaga <img src=x")
    page.locator("section[aria-labelledby=h-tindak] > details > summary").press("Enter")
    page.locator("section[aria-labelledby=h-tindak] summary", has_text="Tindak lanjut baru").press("Enter")
    page.get_by_label("Yang dilakukan").fill("Patroli bersama.")
    page.get_by_label("Unit/lembaga penanggung jawab").fill("Satpol PP")
    page.get_by_label("Tenggat (WIB)", exact=True).fill("2026-11-25T10:00")
    page.get_by_role("button", name="Simpan tindak lanjut").press("Enter")
    page.wait_for_url("**pesan=tindak**")
    expect(page.locator("section[aria-labelledby=h-tindak] .measures")).to_contain_text("Satpol PP")
    assert complaints == []
