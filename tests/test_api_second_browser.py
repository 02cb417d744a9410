"""Second readings and samples in a real browser: keys, widths, WCAG 2.2 A and AA, no complaint."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from api_fixtures import HASH, NOW, sample_database
from playwright.sync_api import Page, expect
from test_api_browser import address, browser, complaints, desk, enter, page, served, violations

from screening import Account, Answer, Decision, Desk, ReviewDraft, Role, Severity, Verdict
from screening.schema import incident

SAMPLE_DAY = NOW + timedelta(days=7)
FIRST = {"decision": Decision.ACCEPT, "issue": "E1", "form": "F3", "severity": Severity.WASPADA}


def account(desk: Desk, name: str) -> Account:
    found = desk.account(name)
    assert found is not None
    return found


def read_twice(desk: Desk, count: int) -> list[int]:
    """The first incidents decided by one analyst, so that the other has them to read; their readings."""
    desk.second._percent = 100
    desk.create_account("pembaca", Role.ANALYST, HASH, NOW, must_change=False)
    with desk._store.reading() as books:
        rows = books.second._db.scalars(
            sa.select(incident.c.id)
            .where(incident.c.merged_into.is_(None))
            .order_by(incident.c.id)
            .limit(count)
        )
        numbers = [int(number) for number in rows]
    for number in numbers:
        draft = ReviewDraft(incident_id=number, **FIRST)  # type: ignore[arg-type]
        desk.review(draft, account(desk, "analis"), NOW)
    return [one.id for one in desk.second.waiting(account(desk, "pembaca")).readings]


def test_a_reading_is_answered_by_keyboard_alone(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    (reading,) = read_twice(desk, 1)
    enter(page, desk, address, "pembaca")
    page.goto("/baca-kedua")
    page.get_by_role("link", name=desk.second.reading(reading, account(desk, "pembaca")).line.title).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/baca-kedua/{reading}")
    page.keyboard.press("r")  # needs a reason first: the key leads there and decides nothing
    expect(page.locator("#alasan")).to_be_focused()
    page.locator("#isu").focus()
    page.keyboard.type("E1")
    page.keyboard.press("Tab")
    page.keyboard.type("F3")
    expect(page.locator("#isu")).to_have_value("E1")
    expect(page.locator("#bentuk")).to_have_value("F3")
    page.locator("main").focus()
    page.keyboard.press("2")
    page.keyboard.press("a")
    page.wait_for_url("**/baca-kedua?pesan=dijawab")
    found = desk.second.agreement(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert (found.pairs, found.differing) == (1, ())
    assert complaints == []


def test_a_sample_is_answered_by_keys_one_after_the_other(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    desk.samples.draw_due(SAMPLE_DAY)
    left = desk.samples.left()
    enter(page, desk, address, "analis")
    page.goto("/sampel")
    for key, word in (("n", "tidak"), ("u", "ragu"), ("l", "luar"), ("n", "tidak")):
        title = page.locator("#h-butir").inner_text()
        page.keyboard.press(key)
        page.wait_for_url(f"**/sampel?pesan={word}")
        expect(page.locator("#h-butir")).not_to_have_text(title)
    page.keyboard.press("y")
    page.wait_for_url("**/sampel?pesan=ya&butir=*")
    page.keyboard.press("j")
    page.wait_for_url("**/sampel")
    assert desk.samples.left() == left - 5
    assert complaints == []


@pytest.mark.parametrize("width", [1366, 820, 390])
def test_the_pages_break_no_rule_and_fit_the_screen(
    page: Page, desk: Desk, address: str, complaints: list[str], width: int
) -> None:
    readings = read_twice(desk, 14)
    reader, head = account(desk, "pembaca"), account(desk, "supervisor")
    for place, reading in enumerate(readings[:12]):
        answer = Answer(**{**FIRST, "issue": "E2" if place % 3 == 0 else "E1"})  # type: ignore[arg-type]
        desk.second.answer(reading, answer, reader, NOW, seen_before=place == 3)
    disputes = desk.second.waiting(head).disputes
    view = desk.second.dispute(disputes[0].reading_id, head)
    draft = ReviewDraft(incident_id=0, seen_review_id=view.review_id, **FIRST)  # type: ignore[arg-type]
    desk.second.decide_dispute(disputes[0].reading_id, draft, head, NOW)
    desk.samples.draw_due(SAMPLE_DAY)
    for verdict in (Verdict.YES, Verdict.NO, Verdict.NO, Verdict.UNSURE):
        item = desk.samples.view(reader, NOW, NOW).item
        assert item is not None
        desk.samples.answer(item.id, verdict, reader, NOW)
    page.set_viewport_size({"width": width, "height": 768})
    found: list[str] = []
    wide: list[str] = []
    for name, paths in (
        ("pembaca", ("/baca-kedua", f"/baca-kedua/{readings[12]}", "/sampel")),
        ("supervisor", ("/baca-kedua", f"/adjudikasi/{disputes[1].reading_id}", "/kesepakatan")),
    ):
        page.context.clear_cookies()
        enter(page, desk, address, name)
        for path in paths:
            page.goto(path)
            found += violations(page)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(path)
    page.context.clear_cookies()
    enter(page, desk, address, "pembaca")
    closed = desk.second.reading(readings[13], reader).line.incident_id
    page.goto(f"/insiden/{closed}")
    expect(page.locator(f'a[href="/baca-kedua/{readings[13]}"]')).to_be_visible()
    found += violations(page)
    assert wide == []
    assert found == []
    assert complaints == []
