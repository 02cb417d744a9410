"""A real browser over a real server: keys, decisions, the digest, widths, and no CSP complaint."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from api_fixtures import PASSWORD, Clock, desk_at, sample_database
from playwright.sync_api import Browser, Page, expect, sync_playwright

from api import create_app
from models import Classifier

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = ("/antrean", "/insiden/1", "/disisihkan", "/laporan?tanggal=2026-11-23", "/sumber")

# Texts whose colour and nearest painted background differ by less than 4.5 to 1.
POOR_CONTRAST = r"""() => {
  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length && (colour.length < 4 || colour[3] > 0.99)) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !parent.getClientRects().length) continue;
    const own = light(numbers(getComputedStyle(parent).color));
    const [a, b] = [own, light(behind(parent))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(ratio.toFixed(2) + " " + walker.currentNode.textContent.trim().slice(0, 40));
  }
  return poor;
}
"""

if not Path(CHROMIUM).exists():
    pytest.skip("no chromium on this machine (apt-get install chromium)", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def address(sample_database: Path, tmp_path: Path, classifier: Classifier) -> Iterator[str]:
    """A served application over a copy of the sample database."""
    path = tmp_path / "dini.db"
    shutil.copy(sample_database, path)
    desk = desk_at(path, classifier)
    config = uvicorn.Config(create_app(desk, clock=Clock()), host="127.0.0.1", port=0, log_config=None)
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    desk.close()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, address: str, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=address, locale="id-ID")
    opened = context.new_page()

    def heard(message: Any) -> None:
        # A refused form answers 4xx on purpose; Chromium logs that as an error of the network, not of ours.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    opened.on("console", heard)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request", lambda request: None if request.url.startswith(address) else complaints.append(request.url)
    )
    yield opened
    context.close()


def sign_in(page: Page, name: str = "administrator") -> None:
    page.goto("/masuk")
    page.get_by_label("Nama akun").fill(name)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/antrean")


def at(page: Page) -> str:
    """The id of the line in focus."""
    found = page.evaluate("document.activeElement.id")
    assert isinstance(found, str)
    return found


def test_a_queue_is_worked_by_keyboard_alone(page: Page, complaints: list[str]) -> None:
    sign_in(page)
    lines = page.locator("[data-line]")
    before = lines.count()
    ids = [lines.nth(n).get_attribute("id") for n in range(4)]
    page.keyboard.press("j")
    assert at(page) == ids[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert at(page) == ids[1]
    page.keyboard.press("a")
    page.wait_for_url("**pesan=terima**")
    expect(page.get_by_role("status")).to_contain_text("diterima")
    expect(lines).to_have_count(before - 1) if before < 50 else None
    assert at(page) == ids[2]
    page.keyboard.press("r")
    reason = page.locator(f"#{ids[2]} select[name=alasan]")
    expect(reason).to_be_focused()
    page.keyboard.press("Enter")
    assert "pesan=tolak" not in page.url
    reason.select_option("peristiwa_lama")
    reason.press("Enter")
    page.wait_for_url("**pesan=tolak**")
    assert at(page) == ids[3]
    page.keyboard.press("u")
    page.wait_for_url("**pesan=ragu**")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert complaints == []


def test_an_incident_is_opened_decided_and_left_by_keyboard(page: Page, complaints: list[str]) -> None:
    sign_in(page)
    page.goto("/antrean?status=all")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/insiden/**")
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_label("Catatan").fill("dicek ke kecamatan")
    page.locator("h1").click()
    page.keyboard.press("a")
    page.wait_for_url("**pesan=terima**")
    expect(page.locator(".history")).to_contain_text("dicek ke kecamatan")
    page.get_by_role("link", name="Ke antrean").click()
    page.wait_for_url("**/antrean?status=all")
    assert complaints == []


@pytest.mark.parametrize("width", [1366, 768, 390, 360])
def test_no_page_scrolls_sideways(page: Page, complaints: list[str], width: int) -> None:
    sign_in(page)
    page.set_viewport_size({"width": width, "height": 768})
    for path in PAGES:
        page.goto(path)
        for details in page.locator("details").all()[:3]:
            details.evaluate("one => { one.open = true }")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (path, wide)
    assert complaints == []


def test_the_supervisor_reads_the_digest_and_prints_it(page: Page, complaints: list[str]) -> None:
    sign_in(page, "supervisor")
    page.goto("/laporan?tanggal=2026-11-23")
    expect(page.get_by_role("heading", level=1)).to_contain_text("LAPORAN HARIAN SITUASI DAERAH")
    expect(page.locator("table.matrix tbody tr")).to_have_count(14)
    assert "LAPORAN HARIAN" in page.locator("textarea").input_value()
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("#salin")).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert complaints == []


def test_everything_needed_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    sign_in(page)
    page.locator("[data-line]").first.get_by_role("button", name=re.compile("^Terima")).click()
    expect(page.get_by_role("status")).to_contain_text("diterima")
    line = page.locator("[data-line]").first
    line.locator("summary").click()
    line.locator("select[name=alasan]").select_option("bukan_isu")
    line.locator("button.reject").click()
    expect(page.get_by_role("status")).to_contain_text("ditolak")
    context.close()


def test_text_has_contrast_enough(page: Page) -> None:
    sign_in(page)
    for path in ("/antrean", "/insiden/1", "/laporan?tanggal=2026-11-23", "/sumber"):
        page.goto(path)
        assert page.evaluate(POOR_CONTRAST) == [], path


def test_every_control_has_a_name_and_focus_can_be_seen(page: Page) -> None:
    sign_in(page)
    for path in PAGES:
        page.goto(path)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll(
                'input:not([type=hidden]), select, textarea, button, a[href]')]
            .filter(one => !(one.labels && one.labels.length) && !one.getAttribute('aria-label')
                && !one.getAttribute('aria-labelledby') && !one.textContent.trim())
                .map(one => one.outerHTML)"""
        )
        assert nameless == [], path
        headings = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3')].map(one => Number(one.tagName[1]))"
        )
        assert headings.count(1) == 1, path
    page.goto("/antrean")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
