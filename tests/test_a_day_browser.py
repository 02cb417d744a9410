"""A whole day in a real browser: analyst, second reader, supervisor and administrator over the sample news.

What they type is hostile wherever a person may type, and hostile feeds lie among the news. Afterwards every
page the routes offer is opened at two widths: no rule of WCAG 2.2 A or AA is broken, nothing scrolls
sideways, no script of others runs, nothing is asked of another host.
"""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pyotp
import pytest
from api_fixtures import HASH, NOW, PASSWORD, Clock, desk_at, sample_database, session_cookie
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from playwright.sync_api import Browser, Page, expect
from test_api_browser import ACTIVE, HAPPENED, ROOMS, browser, served, store_hostile, violations

from api.access import ADMINISTRATORS, ANYBODY, INSPECTORS, rows
from api.app import open_doors
from api.auth import SESSION_COOKIE
from models import Classifier
from screening import REGENCIES, Decision, Desk, MemoState, QueueFilter, Role

BAD = 'Portal"><script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)>{{7*7}}'
SHORT = '"><script>alert()</script>'  # where little room is given
WIDTHS = (1366, 390)
TABLET = 768
# Routes that answer no page to somebody signed in; each is asked, and what it answers is checked.
NO_PAGE = {
    "/": 303,
    "/antrean/kabar": 200,
    "/ekspor/{name}.{ending}": 200,
    "/healthz": 200,
    "/jejak.csv": 200,
    "/laporan.pdf": 200,
    "/masuk/luar": 404,  # no outside sign-in is set up here
    "/masuk/luar/balik": 404,
    "/naskah/{memo_id}.docx": 200,
    "/naskah/{memo_id}.pdf": 200,
    "/readyz": 200,
    "/sumber/ekspor.opml": 200,
}

# Links of the map are SVG's, whose href is an object: what the attribute says is read, as the page would.
PROTOCOLS = """() => [...document.querySelectorAll('[href], [src], [action], [formaction]')].flatMap(one =>
    ['href', 'src', 'action', 'formaction'].filter(name => one.hasAttribute(name)).map(name =>
      new URL(one.getAttribute(name), location.href).href))
  .filter(one => !/^https?:/.test(one))"""
WIDER = """width => [...document.querySelectorAll('main *')]
  .filter(one => one.getBoundingClientRect().right > width)
  .slice(0, 3).map(one => one.outerHTML.slice(0, 120))"""
TWICE = """() => [...document.querySelectorAll('[id]')].map(one => one.id)
  .filter((id, n, all) => all.indexOf(id) !== n)"""


@dataclass(slots=True)
class Day:
    """One service with its people, each in a browser of their own."""

    desk: Desk
    app: FastAPI
    address: str
    browser: Browser
    people: dict[str, Page] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)  # of what was made, by parameter of the routes

    def page(self, name: str, account: str = "") -> Page:
        """This person's page; signed in by cookie unless no account is named."""
        context = self.browser.new_context(
            viewport={"width": 1366, "height": 768}, base_url=self.address, locale="id-ID"
        )
        context.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.blockedURI))"
        )
        if account:
            made = session_cookie(self.desk, account, NOW)
            context.add_cookies([{"name": SESSION_COOKIE, "value": made, "url": self.address}])
        page = context.new_page()

        def heard(message: Any) -> None:
            if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
                self.complaints.append(f"{page.url}: {message.text}")

        def asked(dialog: Any) -> None:
            self.complaints.append(f"{page.url}: dialog {dialog.message}")
            dialog.dismiss()

        def sent(request: Any) -> None:
            if not request.url.startswith(self.address):
                self.complaints.append(f"{page.url}: asked {request.url}")

        page.on("console", heard)
        page.on("dialog", asked)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", sent)
        self.people[name] = page
        return page


@pytest.fixture(scope="module")
def day(
    browser: Browser,
    served: tuple[FastAPI, str],
    sample_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    classifier: Classifier,
) -> Iterator[Day]:
    """The day is lived once, in the order of its hours; what is asserted on the way belongs to it."""
    path = tmp_path_factory.mktemp("hari") / "dini.db"
    shutil.copy(sample_database, path)
    desk = desk_at(path, classifier)
    desk.second._percent = 100
    desk.create_account("pembaca", Role.ANALYST, HASH, NOW, must_change=False)
    served[0].state.doors = open_doors(desk, Clock())
    lived = Day(desk=desk, app=served[0], address=served[1], browser=browser)
    the_analyst_works_the_queue(lived)
    the_analyst_works_an_incident(lived)
    the_second_reader_reads_blind(lived)
    the_supervisor_reads_and_decides(lived)
    the_week_is_sampled(lived)
    the_administrator_keeps_the_house(lived)
    yield lived
    for page in lived.people.values():
        page.context.close()
    desk.close()


def line_of(page: Page) -> int:
    found = page.evaluate("document.activeElement.id")
    assert re.fullmatch(r"i\d+", found), found
    return int(found[1:])


def the_analyst_works_the_queue(day: Day) -> None:
    page = day.page("analis")
    page.goto("/antrean")
    page.wait_for_url("**/masuk?**")  # where one was going is kept
    page.get_by_label("Nama akun").fill("analis")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/antrean")
    told = page.locator("[data-notice]")
    page.keyboard.press("j")
    first = line_of(page)
    page.keyboard.press("c")
    expect(page.locator(f"#i{first} [data-hand]")).to_have_text("Anda tangani")
    page.keyboard.press("a")
    expect(told).to_contain_text(f"Insiden {first} diterima")
    page.keyboard.press("z")
    expect(page.locator(f"#i{first}")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator(f"#i{first}")).to_have_count(0)
    page.keyboard.press("r")
    page.keyboard.press("4")
    expect(told).to_contain_text("ditolak")
    unsure = line_of(page)
    page.keyboard.press("u")
    expect(told).to_contain_text(f"Insiden {unsure} ditandai ragu")
    changed = line_of(page)
    for key in ("s", "3", "p"):
        page.keyboard.press(key)
    page.keyboard.type("Seru")
    page.keyboard.press("Enter")
    page.keyboard.press("a")
    expect(told).to_contain_text(f"Insiden {changed} diterima")
    assert day.desk.incident(changed, NOW).reviews[0].place_code == "62.07"
    page.goto("/antrean?tingkat=1")
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("r")
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("2 dari 2 tercatat")
    page.goto("/antrean?tingkat=2")
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("m")
    expect(told).to_contain_text("1 dari 1 tercatat")
    page.goto("/antrean?tingkat=2&kata=warga")
    page.locator(".views summary").click()
    page.get_by_label("Nama tampilan").fill(SHORT)
    page.get_by_role("button", name="Simpan", exact=True).click()
    kept = page.get_by_role("link", name=SHORT, exact=True)
    expect(kept).to_have_attribute("aria-current", "page")
    page.goto("/topik")
    page.get_by_label("Nama topik").fill(SHORT)
    page.get_by_label("Kata atau frasa, satu per baris").fill("warga\nsawit\n<b onclick=alert()>")
    page.get_by_role("button", name="Uji pada 30 hari terakhir").click()
    expect(page.get_by_role("status")).to_contain_text("cocok")
    page.get_by_role("button", name="Simpan topik").click()
    expect(page.locator("main")).to_contain_text(SHORT)


def the_analyst_works_an_incident(day: Day) -> None:
    page = day.people["analis"]
    number = next(
        line.incident.id
        for line in day.desk.queue(QueueFilter(state="all", limit=200), NOW).lines
        if line.incident.severity == 3 and line.incident.decision is not Decision.ACCEPT
    )
    day.numbers["incident_id"] = number
    page.goto(f"/insiden/{number}?dari=%2Fantrean")
    day.numbers["item_id"] = day.desk.incident(number, NOW).reports[0].item.id
    # Deciding needs no scrolling: both buttons are whole on a screen of 1366 x 768.
    for name in ("terima", "ragu"):
        box = page.locator(f".decide button[value={name}]").bounding_box()
        assert box is not None and box["y"] + box["height"] < 740, name
    page.keyboard.press("c")
    expect(page.locator("[data-hand]")).to_contain_text("Anda tangani")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.get_by_label("Isi catatan baru").fill(BAD)
    page.get_by_role("button", name="Simpan catatan").click()
    page.wait_for_url("**pesan=catatan**")
    expect(page.locator("section[aria-labelledby=h-catatan] .history")).to_contain_text(BAD)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.locator("#huruf").select_option("B")
    page.locator("#isi-nilai").select_option("2")
    page.locator("#cara").fill(BAD)
    page.locator("section[aria-labelledby=h-nilai] button.primary").click()
    page.wait_for_url("**pesan=nilai**")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.get_by_label("Yang dilakukan").fill(BAD)
    page.get_by_label("Unit/lembaga penanggung jawab").fill(SHORT)
    page.get_by_label("Tenggat (WIB)", exact=True).fill("2026-11-25T10:00")
    page.get_by_role("button", name="Simpan tindak lanjut").click()
    page.wait_for_url("**pesan=tindak**")
    page.goto(f"/insiden/{number}?dari=%2Fantrean")
    page.locator("#catatan").fill(BAD)
    page.locator("h1").click()
    page.keyboard.press("a")
    page.wait_for_url("**pesan=terima**")
    for kind in ("LA", "LI"):
        page.goto(f"/insiden/{number}")
        page.locator(f"button[name=jenis][value={kind}]").click()
        page.wait_for_url("**/naskah/*")
        day.numbers[kind] = int(page.url.rsplit("/", 1)[1].partition("?")[0])
        for one in page.locator(
            "#naskah input[type=text], #naskah input:not([type]), #naskah textarea"
        ).all():
            if one.is_editable():
                one.fill(BAD[: int(one.get_attribute("maxlength") or 90)])
        page.locator("#naskah button.primary").click()
        page.wait_for_selector("[role=status], [role=alert]")
        page.locator("button[name=aksi]").first.click()
        page.wait_for_selector("[role=status], [role=alert]")
    assert day.desk.memos.counts()[MemoState.SENT] == 2
    day.numbers["memo_id"] = day.numbers["LI"]
    the_analyst_splits_another(day, page)


def the_analyst_splits_another(day: Day, page: Page) -> None:
    """A report that tells of something else becomes an incident of its own, by keyboard."""
    open_lines = day.desk.queue(QueueFilter(state="open", limit=200), NOW).lines
    many = next(line.incident for line in open_lines if line.incident.reports > 2)
    page.goto(f"/insiden/{many.id}")
    page.keyboard.press("b")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**pesan=pisah**")
    assert len(day.desk.incident(many.id, NOW).reports) == many.reports - 1
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    expect(page.locator("main .history").last).to_contain_text("analis")


def the_second_reader_reads_blind(day: Day) -> None:
    page = day.page("pembaca", "pembaca")
    page.goto("/baca-kedua")
    for issue in ("I2", "E1"):
        page.locator("main ol a, main table a, main .plain-lines a").first.click()
        page.wait_for_url(re.compile(r"/baca-kedua/\d+"))
        day.numbers.setdefault("answered", int(page.url.rsplit("/", 1)[1]))
        assert page.locator(".severity, .badge").count() == 0  # no level, no reason of the machine
        page.locator("#isu").select_option(issue)
        page.locator("#bentuk").select_option("F3")
        page.locator("#catatan").fill(BAD) if page.locator("#catatan").count() else None
        page.locator("main").focus()
        page.keyboard.press("2")
        page.keyboard.press("a")
        page.wait_for_url("**/baca-kedua?pesan=dijawab*")
    reader = day.desk.account("pembaca")
    assert reader is not None
    day.numbers["reading_id"] = day.desk.second.waiting(reader).readings[0].id


def the_supervisor_reads_and_decides(day: Day) -> None:
    page = day.page("supervisor", "supervisor")
    page.goto("/ikhtisar")
    expect(page.locator("main")).to_contain_text("Paling mendesak")
    page.goto("/baca-kedua")
    page.locator("a[href^='/adjudikasi/']").first.click()
    page.wait_for_url("**/adjudikasi/*")
    decided = int(page.url.rsplit("/", 1)[1])
    page.locator("#isu").select_option("E1")
    page.locator("#bentuk").select_option("F6")
    page.locator("#catatan").fill(BAD)
    page.locator("h1").click()  # out of the field: the keys decide again
    page.keyboard.press("3")
    page.keyboard.press("a")
    page.wait_for_url("**/baca-kedua?pesan=diputuskan")
    expect(page.locator(f"a[href='/adjudikasi/{decided}']")).to_have_count(0)
    page.goto("/laporan?tanggal=2026-11-24")
    assert "LAPORAN HARIAN" in page.locator("textarea").input_value()
    head = day.desk.account("supervisor")
    assert head is not None
    day.numbers["dispute"] = day.desk.second.waiting(head).disputes[0].reading_id


def the_week_is_sampled(day: Day) -> None:
    day.desk.samples.draw_due(NOW + timedelta(days=7))
    page = day.people["analis"]
    page.goto("/sampel")
    title = page.locator("#h-butir").inner_text()
    page.keyboard.press("n")
    page.wait_for_url("**/sampel?pesan=tidak")
    expect(page.locator("#h-butir")).not_to_have_text(title)


def the_administrator_keeps_the_house(day: Day) -> None:
    page = day.page("administrator", "administrator")
    page.goto("/permintaan")
    page.locator("#uraian").fill(BAD)
    page.locator("#uraian").locator("xpath=ancestor::form").locator("button").last.click()
    expect(page.locator("main")).to_contain_text(BAD)
    page.locator("form[action='/penahanan'] input[name=insiden]").fill(str(day.numbers["incident_id"]))
    page.locator("form[action='/penahanan'] input[name=alasan]").fill(BAD)
    page.locator("form[action='/penahanan'] button").click()
    expect(page.locator("main")).to_contain_text(f"{day.numbers['incident_id']}")
    page.goto("/kait")
    page.locator("form[action='/kait'] input[name=alamat]").fill("https://kait.example/<script>alert(1)")
    page.locator("form[action='/kait'] button").last.click()
    page.wait_for_load_state()
    day.numbers["hook_id"] = day.desk.hooks.all()[0].id
    # A second step for the operator, whose next sign-in then asks for a code.
    page = day.page("operator", "operator")
    page.goto("/akun/langkah-kedua")
    page.locator("main form button").click()
    expect(page.locator(".qr-box")).to_be_visible()
    page.locator("main summary").click()
    secret = page.locator("code.hash").inner_text()
    page.locator("#kode").fill(pyotp.TOTP(secret).at(NOW))
    page.keyboard.press("Enter")
    expect(page.locator("#kode")).to_have_count(0)
    page = day.page("kode")
    page.goto("/masuk")
    page.get_by_label("Nama akun").fill("operator")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/masuk/kode*")
    day.page("luar")


def offered(day: Day) -> Iterator[tuple[str, str, str]]:
    """(route, person, address) for every GET route outside the API, from the routes themselves."""
    who = {route: allowed for route, allowed, _reach in rows()}
    values: dict[str, tuple[object, ...]] = {
        "code": ("IO-1", "IO-7"),
        "name": ("antrean",),
        "ending": ("csv", "xlsx", "geojson", "parquet"),
        "source_id": (1,),
        "memo_id": (day.numbers["LI"], day.numbers["LA"]),
    }
    readers = {"/baca-kedua/{reading_id}": ("pembaca", "reading_id"), "/masuk/kode": ("kode", "")}
    readers["/adjudikasi/{reading_id}"] = ("supervisor", "dispute")
    readers["/kesiapan"] = ("administrator", "")
    for context in iter_route_contexts(day.app.routes):
        route, path = context.original_route, context.path or ""
        if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()) or path.startswith("/api/"):
            continue
        allowed = who[f"GET {path}"]
        person, name = readers.get(path, ("", ""))
        if not person:
            person = "luar" if allowed is ANYBODY and path.startswith("/masuk") else "analis"
            person = "administrator" if allowed in (ADMINISTRATORS, INSPECTORS) else person
        addresses = [path]
        for wanted in re.findall(r"{(\w+)}", path):
            given = values.get(wanted) or (day.numbers[name or wanted],)
            addresses = [one.replace(f"{{{wanted}}}", str(value)) for one in addresses for value in given]
        for address in addresses:
            yield path, person, address


def test_every_page_of_the_day_is_sound(day: Day) -> None:
    """Every GET route of the pages, at two widths: WCAG, sideways scroll, active elements, protocols."""
    wrong: list[str] = []
    visits = list(offered(day))
    visits += [
        ("/antrean", "analis", f"/antrean?status=all&wilayah={area}") for area in ("belum_jelas", "luar")
    ]
    visits += [("/ikhtisar", "supervisor", "/ikhtisar"), ("/laporan", "supervisor", "/laporan?lang=en")]
    visits += [
        ("/privasi", "luar", "/privasi?lang=en"),
        ("/insiden", "pembaca", f"/insiden/{day.numbers['incident_id']}"),
    ]
    for route, person, address in visits:
        page = day.people[person]
        if route in NO_PAGE:
            answer = page.request.get(address, max_redirects=0)
            kind = answer.headers.get("content-type", "")
            if answer.status != NO_PAGE[route] or (answer.status == 200 and "text/html" in kind):
                wrong.append(f"{address} {answer.status} {kind}")
            continue
        page.set_viewport_size({"width": WIDTHS[0], "height": 768})
        shown = page.goto(address)
        assert shown is not None
        if (
            shown.status not in (200, 403)
            or page.url.partition("?")[0] != day.address + address.partition("?")[0]
        ):
            wrong.append(f"{person} {address}: {shown.status} at {page.url}")
        wrong += [f"{address} protocol {one}" for one in page.evaluate(PROTOCOLS)]
        wrong += [f"{address} active {one[:160]}" for one in page.evaluate(ACTIVE)]
        wrong += [f"{address} twice #{one}" for one in page.evaluate(TWICE)]
        page.set_viewport_size({"width": TABLET, "height": 800})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > TABLET:
            wrong.append(f"{address} is {wide} wide at {TABLET}: {page.evaluate(WIDER, TABLET)}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(
                "[...document.querySelectorAll('details')].forEach((one, n) => { one.open = n < 8 })"
                if width == WIDTHS[-1]
                else "scrollTo(0, 0)"
            )
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                wrong.append(f"{address} is {wide} wide at {width}: {page.evaluate(WIDER, width)}")
            wrong += [f"{width} {one}" for one in violations(page)]
            # What is hidden stays hidden at every width: the bar of unsent decisions is empty here.
            if page.locator("[data-kept]").count() and page.locator("[data-kept]").is_visible():
                wrong.append(f"{address} shows an empty list of unsent decisions at {width}")
    assert wrong == [], "\n".join(wrong)
    assert day.complaints == []


def test_papers_and_letters_carry_typed_text_as_text_only(day: Day) -> None:
    page = day.people["analis"]
    for address in (f"/naskah/{day.numbers['LI']}.pdf", f"/naskah/{day.numbers['LA']}.pdf", "/laporan.pdf"):
        body = page.request.get(address).body()
        assert body.startswith(b"%PDF"), address
        assert not re.search(rb"/JavaScript|/JS\b|/Launch|/EmbeddedFile|/OpenAction", body), address
        assert not re.search(rb"/URI\((?!https?://)", body), address
    for kind in ("LI", "LA"):
        body = page.request.get(f"/naskah/{day.numbers[kind]}.docx").body()
        with zipfile.ZipFile(io.BytesIO(body)) as held:
            names = held.namelist()
            links = b"".join(held.read(name) for name in names if name.endswith(".rels"))
            text = held.read("word/document.xml")
        assert not [name for name in names if "vba" in name.lower() or "embed" in name.lower()]
        assert b"<script" not in text and b"&lt;script&gt;alert(1)" in text
        outside = re.findall(rb'Target="([^"]+)"[^>]*TargetMode="External"', links)
        assert all(one.startswith((b"http://", b"https://")) for one in outside), outside


def test_hostile_feeds_and_typed_text_stay_text_on_every_page(day: Day, shared: Path) -> None:
    """Hostile news is stored among the day's, made into papers, and shown on every page."""
    telling = cycle(f"{event} di {name}" for event in HAPPENED for _, name in REGENCIES)
    stored = 0
    for room in ROOMS:
        folder = shared / "hostile" / "feeds" / room
        if not folder.is_dir():
            pytest.skip(f"no hostile feeds at {folder}")
        stored += store_hostile(day.desk, folder, telling)
    assert stored > 40
    analyst = day.desk.account("analis")
    assert analyst is not None
    hostile = [
        line.incident.id
        for line in day.desk.queue(QueueFilter(state="open", limit=200), NOW).lines
        if any("contoh" not in one.source_name for one in day.desk.incident(line.incident.id, NOW).reports)
    ]
    assert len(hostile) > 10
    page = day.people["analis"]
    for number in hostile[:8]:
        page.goto(f"/insiden/{number}")
        assert page.evaluate(ACTIVE) == [] and page.evaluate(PROTOCOLS) == [], number
        making = page.locator("button[name=jenis]")
        if making.count():
            making.first.click()
            page.wait_for_url("**/naskah/*")
            paper = page.url.partition("?")[0].removeprefix(day.address)
            for address in (paper, f"{paper}/cetak"):
                page.goto(address)
                assert page.evaluate(ACTIVE) == [] and page.evaluate(PROTOCOLS) == [], address
    for route, person, address in offered(day):
        page = day.people[person]
        if route in NO_PAGE:
            continue
        page.goto(address)
        assert page.evaluate(ACTIVE) == [], address
        assert page.evaluate(PROTOCOLS) == [], address
    assert day.complaints == []


def test_a_page_nobody_visits_would_be_told(day: Day) -> None:
    """The visits come from the routes: a new page with an unknown number in its path fails by its name."""
    day.app.add_api_route("/halaman-baru/{sesuatu_id}", lambda sesuatu_id: "", methods=["GET"])
    try:
        with pytest.raises(KeyError, match="halaman-baru"):
            list(offered(day))
    finally:
        day.app.router.routes.pop()
