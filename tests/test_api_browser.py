"""A real browser over a real server: keys, decisions, the digest, widths, and no CSP complaint."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from api_fixtures import HASH, NOW, PASSWORD, Clock, desk_at, sample_database, session_cookie
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

from api import create_app
from api.app import open_doors
from api.auth import SESSION_COOKIE
from feeds import FeedSource, Fetched, Limits, NotAFeed, SourceListing, parse_document
from models import Classifier
from screening import REGENCIES, Desk, Role

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

EVERY_PAGE = (
    "/antrean?tingkat=3",
    "/antrean?status=all&wilayah=luar",
    "/antrean?isu=P1&daerah=62.08&tingkat=4",
    "/insiden/1?pesan=ragu",
    "/butir/1",
    "/disisihkan",
    "/laporan?tanggal=2026-11-23",
    "/laporan?tanggal=2026-01-05",
    "/sumber",
    "/ikhtisar",
    "/indikator",
    "/indikator/IO-7",
    "/sandi",
    "/tidak-ada",
)
AXE = Axe().axe_script
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

if not Path(CHROMIUM).exists():
    pytest.skip("no chromium on this machine (apt-get install chromium)", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def served(sample_database: Path, classifier: Classifier) -> Iterator[tuple[FastAPI, str]]:
    """One real server for the module, and its address."""
    app = create_app(desk_at(sample_database, classifier), clock=Clock())
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None)
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield app, f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def desk(
    served: tuple[FastAPI, str], sample_database: Path, tmp_path: Path, classifier: Classifier
) -> Iterator[Desk]:
    """The desk behind the server: a copy of the sample database of this test's own."""
    path = tmp_path / "dini.db"
    shutil.copy(sample_database, path)
    made = desk_at(path, classifier)
    served[0].state.doors = open_doors(made, Clock())
    yield made
    made.close()


@pytest.fixture
def address(served: tuple[FastAPI, str], desk: Desk) -> str:
    return served[1]


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

    def asked(dialog: Dialog) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    opened.on("console", heard)
    opened.on("dialog", asked)
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
    page.wait_for_url(re.compile(r"/(antrean|ikhtisar|sumber)$"))  # each role has its first page


def enter(page: Page, desk: Desk, address: str, name: str = "administrator") -> None:
    """Signed in by cookie; the sign-in page has a test of its own."""
    made = session_cookie(desk, name, NOW)
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": made, "url": address}])


def at(page: Page) -> str:
    """The id of the line in focus."""
    found = page.evaluate("document.activeElement.id")
    assert isinstance(found, str)
    return found


def number_of(page: Page) -> int:
    """The incident of the line in focus."""
    return int(at(page).removeprefix("i"))


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
    assert at(page) == ids[2]
    expect(page.get_by_role("status")).to_contain_text("diterima")
    expect(lines).to_have_count(before - 1) if before < 50 else None
    assert at(page) == ids[2]
    page.keyboard.press("r")
    reason = page.locator(f"#{ids[2]} select[name=alasan]")
    expect(reason).to_be_focused()
    page.keyboard.press("Enter")
    expect(reason).to_be_focused()  # no reason yet, so nothing was rejected
    reason.select_option("peristiwa_lama")
    reason.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("ditolak")
    assert at(page) == ids[3]
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("ragu")
    assert page.url.endswith("/antrean")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert complaints == []


def test_a_cancelled_reject_leaves_accept_free(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address)
    page.goto("/antrean")
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.press("Enter")  # refused: no reason yet
    page.keyboard.press("Escape")
    told = page.get_by_role("status")
    number = at(page).removeprefix("i")
    page.keyboard.press("a")
    expect(told).to_contain_text(f"Insiden {number} diterima")
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    number = at(page).removeprefix("i")
    page.locator(".line.here").get_by_role("button", name=re.compile("^Terima")).click()
    expect(told).to_contain_text(f"Insiden {number} diterima")
    open_one = page.locator("[data-open]").first
    open_one.click()
    page.wait_for_url("**/insiden/**")
    page.keyboard.press("r")
    expect(page.get_by_label("Alasan penolakan")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Terima").click()
    page.wait_for_url("**pesan=terima**")
    assert complaints == []


def test_enter_in_the_note_of_a_reject_rejects(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address)
    page.goto("/antrean")
    page.keyboard.press("j")
    page.keyboard.press("r")
    line = page.locator(".line.here")
    line.locator("select[name=alasan]").select_option("bukan_isu")
    line.get_by_role("textbox", name="Catatan").fill("resep")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("ditolak")


def test_table_heads_break_between_words_only(page: Page, desk: Desk, address: str) -> None:
    """A head cell is at least as wide as its longest word, whatever the column holds."""
    enter(page, desk, address)
    for path in ("/sumber", "/laporan?tanggal=2026-11-23", "/sumber?lang=en"):
        page.goto(path)
        broken = page.evaluate(
            """() => [...document.querySelectorAll('thead th')].flatMap(cell => {
              const words = [], walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
              while (walk.nextNode()) for (const found of walk.currentNode.data.matchAll(/[^\\s/-]+/g)) {
                if (walk.currentNode.parentElement.closest('.sr')) continue;
                const range = document.createRange();
                range.setStart(walk.currentNode, found.index);
                range.setEnd(walk.currentNode, found.index + found[0].length);
                if (new Set([...range.getClientRects()].map(box => box.top)).size > 1) words.push(found[0]);
              }
              return words;
            })"""
        )
        assert broken == [], path


def test_an_incident_is_opened_decided_and_left_by_keyboard(page: Page, complaints: list[str]) -> None:
    sign_in(page)
    page.goto("/antrean?status=all")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/insiden/**")
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_label("Catatan", exact=True).fill("dicek ke kecamatan")
    page.locator("h1").click()
    page.keyboard.press("a")
    page.wait_for_url("**pesan=terima**")
    expect(page.locator("section[aria-labelledby=h-riwayat] .history")).to_contain_text("dicek ke kecamatan")
    page.get_by_role("link", name="Ke antrean").click()
    page.wait_for_url("**/antrean?status=all")
    assert complaints == []


def test_no_page_scrolls_sideways(page: Page, desk: Desk, address: str, complaints: list[str]) -> None:
    enter(page, desk, address)
    for path in PAGES:
        page.goto(path)
        page.evaluate("[...document.querySelectorAll('details')].slice(0, 3).forEach(o => { o.open = true })")
        for width in (1366, 768, 390, 360, 320):
            page.set_viewport_size({"width": width, "height": 768})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (path, width, wide)
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
    line.locator("[data-reject] summary").click()
    line.locator("select[name=alasan]").select_option("bukan_isu")
    line.locator("button.reject").click()
    expect(page.get_by_role("status")).to_contain_text("ditolak")
    context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA: the page, the rule, the place and what is wrong."""
    # Playwright reaches the page beside its policy; the page itself still may run nothing of others.
    found = page.evaluate(
        "async (o) => (window.axe || (0, eval)(o.axe), (await axe.run(document, o.options)).violations)",
        {
            "axe": AXE,
            "options": {
                "runOnly": {"type": "tag", "values": WCAG},
                "resultTypes": ["violations"],
            },
        },
    )
    return [
        f"{page.url} {one['id']}: {node['target']} {node['failureSummary'][:160]}"
        for one in found
        for node in one["nodes"]
    ]


def test_no_page_breaks_a_rule_of_wcag_2_2_a_or_aa(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    """Colours, names, labels, structure, target size: every page, wide, and narrow with all details open."""
    page.goto("/masuk")
    found = violations(page)
    enter(page, desk, address)
    for path in EVERY_PAGE:
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(path)
        found += violations(page)
        page.set_viewport_size({"width": 390, "height": 844})
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found += violations(page)
    page.goto("/antrean?lang=en")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += violations(page)
    assert found == []
    assert complaints == []


def test_axe_would_have_found_a_fault(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address)
    page.goto("/antrean")
    page.evaluate("document.querySelector('.lines h2 a').textContent = ''")
    page.evaluate("document.querySelector('.foot p').style.color = '#bbb'")
    found = " ".join(violations(page))
    assert "link-name" in found
    assert "color-contrast" in found


def test_focus_can_be_seen_and_each_page_has_one_title(page: Page, desk: Desk, address: str) -> None:
    """What axe leaves to people: the focus ring, and a single first heading."""
    enter(page, desk, address)
    for path in PAGES:
        page.goto(path)
        assert page.locator("h1").count() == 1, path
    page.goto("/antrean")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


# Every hostile feed of these rooms is stored through the real parse and store, then read in the browser.
ROOMS = ("xss_html", "xss_fields", "links", "csv_formula", "inject_misc")
# Own words around the hostile ones, so that the shipped model flags them and they reach every kind of page.
HAPPENED = (
    "Warga bentrok soal lahan kebun sawit, dua orang luka",
    "Massa membakar kantor desa karena sengketa pemilihan",
    "Buruh pabrik mogok dan memblokir jalan perusahaan",
    "Kelompok warga menolak pembangunan rumah ibadah, suasana memanas",
)
PROTOCOLS = """() => [...document.querySelectorAll('a[href], form[action], link[href], script[src]')]
  .map(one => one.href || one.action || one.src)
  .filter(one => typeof one !== 'string' || !/^https?:/.test(one))"""
ACTIVE = """() => [...document.querySelectorAll('*')].filter(one =>
    ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE', 'TEMPLATE', 'IMG', 'META'].includes(one.tagName)
      && !one.matches('meta[charset], meta[name=viewport]')
    || one.tagName === 'SCRIPT' && !one.src.startsWith(location.origin + '/static/')
    || [...one.attributes].some(a => /^(on|style$|srcdoc$)/i.test(a.name))).map(one => one.outerHTML)"""


def store_hostile(desk: Desk, folder: Path, telling: Iterator[str]) -> int:
    """Every document under its own source, whose name is hostile too; how many items were stored."""
    stored = 0
    for path in sorted(folder.iterdir()):
        listing = SourceListing(
            url=f"https://hostile.example/{path.parent.name}/{path.name}",
            name=f'{path.stem} "><img src=x onerror=alert(1)>{{{{7*7}}}}',
            owner="<script>alert(1)</script>",
        )
        source = desk.add_source(listing, NOW)
        body = path.read_bytes()
        parsed = parse_document(
            body, content_type="application/xml", url=source.url, now=NOW, limits=Limits()
        )
        if isinstance(parsed, NotAFeed):
            continue
        entries = tuple(
            replace(one, title=f"{one.title} {told}", text=f"{one.text} {told}.")
            for one, told in zip(parsed.entries, telling, strict=False)
        )
        fetched = Fetched(
            source=FeedSource(key=str(source.id), url=source.url),
            status=200,
            final_url=source.url,
            etag="",
            last_modified="",
            parsed=replace(parsed, entries=entries),
            body_bytes=len(body),
            seconds=0.1,
        )
        stored += desk.take(fetched, NOW).new
    return stored


def test_hostile_feeds_stay_text_in_a_real_browser(
    page: Page,
    served: tuple[FastAPI, str],
    tmp_path: Path,
    classifier: Classifier,
    shared: Path,
    complaints: list[str],
) -> None:
    """No dialog, no complaint of the policy, no request to elsewhere, no active element on any page."""
    desk = desk_at(tmp_path / "hostile.db", classifier)
    desk.set_up(NOW)
    desk.create_account("administrator", Role.ADMINISTRATOR, HASH, NOW, must_change=False)
    places = [(event, name) for event in HAPPENED for _, name in REGENCIES]
    stored = 0
    telling = cycle(f"{event} di {name}" for event, name in places)
    for room in ROOMS:
        folder = shared / "hostile" / "feeds" / room
        if not folder.is_dir():
            pytest.skip(f"no hostile feeds at {folder}")
        brought = store_hostile(desk, folder, telling)
        assert brought >= len(list(folder.iterdir())) // 2, room
        stored += brought
    served[0].state.doors = open_doors(desk, Clock())
    enter(page, desk, served[1])
    page.context.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.blockedURI))"
    )

    lists = [f"/antrean?status=all&wilayah={area}" for area in ("kalteng", "belum_jelas", "luar")] + [
        "/disisihkan",
        "/sumber",
        "/laporan",
        "/laporan?lang=en",
        "/laporan?tanggal=2026-11-23&lang=id",
    ]
    nasty = quote('"><script>alert(1)</script><img src=x onerror=alert(2)>')
    filters = [
        f"/antrean?wilayah={nasty}&isu={nasty}&daerah={nasty}&setelah={nasty}&pesan={nasty}&no={nasty}",
        f"/disisihkan?alasan={nasty}&mulai={nasty}",
        f"/sumber?keadaan={nasty}&mulai={nasty}",
        f"/insiden/1?dari={nasty}&pesan={nasty}",
        f"/laporan?tanggal={nasty}",
        f"/{nasty}",
        "/insiden/1?dari=javascript:alert(1)",
    ]
    seen: set[str] = set()
    read: set[str] = set()
    waiting = [*lists, *filters]
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        page.goto(path)
        assert page.evaluate(PROTOCOLS) == [], path
        assert page.evaluate(ACTIVE) == [], path
        if path in lists or "setelah=" in path or "mulai=" in path:
            waiting += page.evaluate(
                "[...document.querySelectorAll('.lines h2 a, a[rel=next]')].map(o => o.getAttribute('href'))"
            )
        read.update(page.evaluate("[...document.querySelectorAll('li[id^=b]')].map(o => o.id.slice(1))"))
    assert complaints == []
    read |= {path.removeprefix("/butir/") for path in seen if path.startswith("/butir/")}
    assert len(read) == stored  # each was read on its own page or on that of an incident
    assert len([path for path in seen if path.startswith("/insiden/")]) > 10
    letter = page.request.get("/laporan.pdf")
    assert letter.body().startswith(b"%PDF")
    assert not re.search(rb"/URI\((?!https?://)", letter.body())
    assert b"/JavaScript" not in letter.body()
    desk.close()
