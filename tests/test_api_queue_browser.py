"""The queue in a real browser: sixty decisions by keyboard, two at once, no connection, undo, ticks, news."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from api_fixtures import NOW, sample_database, session_cookie
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from test_api_browser import (
    address,
    at,
    browser,
    complaints,
    desk,
    enter,
    number_of,
    page,
    served,
    violations,
)

from api.auth import SESSION_COOKIE
from screening import Decision, Desk, QueueFilter, RejectReason, ReviewDraft
from screening.schema import assessment, incident, incident_item, item

FORMS = re.compile(r"/(insiden/\d+/putusan|antrean/putusan|putusan/\d+/batal)$")


def multiply(desk: Desk, wanted: int) -> None:
    """So many more open incidents, each with a report of its own, copied row by row."""
    with desk._store.writing() as books:
        db = books.incidents._db
        rows = db.execute(
            sa.select(incident).where(incident.c.area == "kalteng", incident.c.reports == 1)
        ).mappings()
        every = [dict(row) for row in rows]
        for number in range(wanted):
            made = every[number % len(every)]
            old = dict(db.execute(sa.select(item).where(item.c.id == made["lead_item_id"])).mappings().one())
            said = dict(
                db.execute(sa.select(assessment).where(assessment.c.item_id == old["id"])).mappings().one()
            )
            new = db.execute(
                item.insert().values(old | {"id": None, "identity": f"salinan {number}"})
            ).inserted_primary_key[0]
            db.execute(assessment.insert().values(said | {"item_id": new}))
            copy = made | {"id": None, "lead_item_id": new, "rank": made["rank"] - number / 1000}
            copied = db.execute(incident.insert().values(copy)).inserted_primary_key[0]
            joined = {"incident_id": copied, "item_id": new, "joined_at": NOW, "why": "Salinan."}
            db.execute(incident_item.insert().values(joined))


def decide(desk: Desk, number: int, name: str, decision: Decision, **more: object) -> None:
    account, analyst = desk.account(name), desk.account("analis")
    assert account is not None and analyst is not None
    # Whoever had it in hand is never chosen to read it blind, which would close the incident to the analyst.
    desk.holdings.take_over(number, analyst, NOW)
    draft = ReviewDraft(incident_id=number, decision=decision, **more)  # type: ignore[arg-type]
    desk.review(draft, account, NOW)


def told(page: Page) -> Locator:
    return page.locator("[data-notice]")


def cut(page: Page) -> None:
    page.context.set_offline(True)


def mend(page: Page) -> None:
    page.context.set_offline(False)


def test_sixty_decisions_by_keyboard_without_losing_ones_place(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    multiply(desk, 40)
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    loads: list[str] = []
    page.on("load", lambda: loads.append(page.url))
    before = desk.queue(QueueFilter(state="done", limit=1), NOW).total
    decided: dict[int, Decision] = {}
    page.keyboard.press("j")
    for turn in range(60):
        number = number_of(page)
        assert number not in decided, "the focus went back to a line that was decided"
        if turn % 3 == 2:
            page.keyboard.press("r")
            page.keyboard.press(str(turn % 7 + 1))
            decided[number] = Decision.REJECT
        else:
            page.keyboard.press("a")
            decided[number] = Decision.ACCEPT
        if len(decided) < 60:
            # The next line has the focus at once; only where a page of 50 is through, after it was filled.
            page.wait_for_function(
                "n => document.activeElement.id && document.activeElement.id !== n", arg=f"i{number}"
            )
    expect(page.locator(".sending")).to_have_count(0)
    assert loads == []
    for number, decision in decided.items():
        assert desk.incident(number, NOW).incident.decision is decision
    assert desk.queue(QueueFilter(state="done", limit=1), NOW).total == before + 60
    assert complaints == []


def test_an_unsure_line_stays_marked_and_the_focus_goes_on(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    first = at(page)
    page.keyboard.press("u")
    expect(page.locator(f"#{first} [data-mark]")).to_contain_text("ragu")
    assert at(page) != first


def test_counters_follow_without_a_reload(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    total = int(page.locator("[data-total]").get_attribute("data-total") or 0)
    page.keyboard.press("j")
    level = page.locator(".line.here").get_attribute("data-level")
    count = int(page.locator(f"[data-counters] [data-level='{level}']").inner_text())
    page.keyboard.press("a")
    expect(page.locator(f"[data-counters] [data-level='{level}']")).to_have_text(str(count - 1))
    expect(page.locator("[data-total]")).to_have_text(f"{total - 1} insiden")


def test_level_and_place_are_chosen_by_key_before_deciding(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean?tingkat=2")
    page.keyboard.press("j")
    number = number_of(page)
    page.keyboard.press("s")
    page.keyboard.press("3")
    assert number_of(page) == number
    expect(page.locator(f"#i{number} [data-mark]")).to_contain_text("SIAGA")
    page.keyboard.press("p")
    page.keyboard.type("Seru")
    page.keyboard.press("Enter")
    page.keyboard.press("a")
    expect(told(page)).to_contain_text("diterima")
    (review,) = desk.incident(number, NOW).reviews
    assert (int(review.severity or 0), review.place_code) == (3, "62.07")


def test_undo_brings_the_line_back_with_the_focus(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    page.keyboard.press("j")
    number = number_of(page)
    ids = page.locator("[data-line]").evaluate_all("all => all.map(one => one.id)")
    page.keyboard.press("a")
    expect(page.locator(f"#i{number}")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator(f"#i{number}")).to_be_focused()
    assert page.locator("[data-line]").evaluate_all("all => all.map(one => one.id)") == ids
    assert desk.incident(number, NOW).incident.decision is None
    page.keyboard.press("u")  # and it can be decided again at once, on what stands now
    expect(told(page)).to_contain_text("ragu")
    assert desk.incident(number, NOW).incident.decision is Decision.UNSURE


def test_two_browsers_racing_on_one_incident_lose_nothing(
    page: Page, browser: Browser, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    other = browser.new_context(base_url=address)
    other.add_cookies(
        [{"name": SESSION_COOKIE, "value": session_cookie(desk, "supervisor", NOW), "url": address}]
    )
    second = other.new_page()
    second.goto("/antrean")
    for one in (page, second):
        one.keyboard.press("j")
    number = number_of(page)
    assert number_of(second) == number
    page.keyboard.press("c")
    expect(page.locator(f"#i{number} [data-hand]")).to_have_text("Anda tangani")
    second.keyboard.press("r")
    second.keyboard.press("1")
    expect(told(second)).to_contain_text("ditolak")
    page.locator(f"#i{number} [data-reject] summary").click()
    page.locator(f"#i{number} select[name=alasan]").select_option("duplikat")
    page.locator(f"#i{number} input[name=catatan]").fill("sama dengan yang kemarin")
    page.keyboard.press("Enter")
    line = page.locator(f"#i{number}")
    expect(line.locator("[data-mark]")).to_contain_text("supervisor")
    expect(line.locator("[data-mark]")).to_contain_text("Tolak")
    assert len(desk.incident(number, NOW).reviews) == 1
    # What was typed is still there; deciding now is a decision on what the supervisor decided.
    line.locator("[data-reject] summary").click()
    expect(line.locator("input[name=catatan]")).to_have_value("sama dengan yang kemarin")
    line.locator("button[value=tolak]").click()
    expect(told(page)).to_contain_text(f"Insiden {number} ditolak")
    newest, before = desk.incident(number, NOW).reviews
    assert (newest.account, newest.note) == ("analis", "sama dengan yang kemarin")
    assert before.account == "supervisor"
    assert complaints == []
    other.close()


def test_a_decision_without_connection_waits_and_is_sent_when_it_is_back(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    number = number_of(page)
    cut(page)
    page.keyboard.press("a")
    line = page.locator(f"#i{number}")
    expect(line.locator("[data-mark]")).to_have_text("menunggu sambungan")
    expect(page.locator("[data-bar]")).to_contain_text("Sambungan terputus")
    expect(page.locator("[data-kept]")).to_contain_text(f"Insiden {number}")
    assert desk.incident(number, NOW).incident.decision is None
    mend(page)
    expect(page.locator("[data-bar]")).to_contain_text("Tersambung lagi")
    expect(line).to_have_count(0)
    expect(page.locator("[data-kept]")).to_be_hidden()
    assert desk.incident(number, NOW).incident.decision is Decision.ACCEPT


def test_what_waits_survives_a_reload_and_a_conflict_keeps_what_was_typed(
    page: Page, desk: Desk, address: str
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    number = number_of(page)
    page.route(FORMS, lambda route: route.abort())
    page.keyboard.press("r")
    page.locator(f"#i{number} select[name=alasan]").select_option("lainnya")
    page.locator(f"#i{number} input[name=catatan]").fill("menunggu kabar camat")
    page.keyboard.press("Enter")
    expect(page.locator(f"#i{number} [data-mark]")).to_have_text("menunggu sambungan")
    decide(desk, number, "supervisor", Decision.UNSURE)
    page.reload()
    expect(page.locator("[data-kept]")).to_contain_text("menunggu kabar camat")
    page.unroute(FORMS)
    kept = page.locator("[data-kept]")
    expect(kept).to_contain_text("supervisor")
    expect(kept).to_contain_text("menunggu kabar camat")
    assert len(desk.incident(number, NOW).reviews) == 1
    kept.get_by_role("button", name="Putuskan tetap").click()
    expect(kept).to_be_hidden()
    newest = desk.incident(number, NOW).reviews[0]
    assert (newest.account, newest.note, newest.decision) == (
        "analis",
        "menunggu kabar camat",
        Decision.REJECT,
    )


def test_a_decision_whose_answer_was_lost_is_recorded_once(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    number = number_of(page)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(FORMS, lose_the_answer, times=1)
    page.keyboard.press("a")
    expect(page.locator(f"#i{number}")).to_have_count(0)
    expect(page.locator("[data-bar]")).to_contain_text("Tersambung lagi")
    assert len(desk.incident(number, NOW).reviews) == 1


def test_ticked_lines_are_decided_together_and_conflicts_are_named(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    chosen = []
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
        chosen.append(number_of(page))
    expect(page.locator("[data-ticked]")).to_have_text("3 ditandai")
    decide(desk, chosen[1], "supervisor", Decision.ACCEPT)
    page.keyboard.press("r")
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("2 dari 3 tercatat")
    expect(told(page)).to_contain_text(f"Insiden {chosen[1]}")
    expect(page.locator("[data-line].refused")).to_have_count(1)
    for number in (chosen[0], chosen[2]):
        (review,) = desk.incident(number, NOW).reviews
        assert review.reason is RejectReason.OLD
    assert [one.account for one in desk.incident(chosen[1], NOW).reviews] == ["supervisor"]
    assert complaints == []


def test_ticked_lines_are_merged_into_the_topmost(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    page.keyboard.press("x")
    into = number_of(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    gone = number_of(page)
    reports = len(desk.incident(into, NOW).reports) + len(desk.incident(gone, NOW).reports)
    page.keyboard.press("m")
    expect(told(page)).to_contain_text("1 dari 1 tercatat")
    expect(page.locator(f"#i{gone}")).to_have_count(0)
    assert len(desk.incident(into, NOW).reports) == reports
    page.keyboard.press("m")
    box = page.get_by_role("dialog")
    expect(box).to_be_visible()
    page.keyboard.type("999999")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("0 dari 1 tercatat")


def test_claims_are_made_let_go_and_taken_over_by_key(page: Page, desk: Desk, address: str) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    number = number_of(page)
    page.keyboard.press("c")
    hand = page.locator(f"#i{number} [data-hand]")
    expect(hand).to_have_text("Anda tangani")
    page.keyboard.press("c")
    expect(hand).to_be_hidden()
    supervisor = desk.account("supervisor")
    assert supervisor is not None
    desk.holdings.claim(number, supervisor, NOW)
    page.reload()
    expect(hand).to_contain_text("Ditangani supervisor")
    expect(page.locator(f"#i{number}")).to_be_focused()
    page.keyboard.press("c")  # only shows the way: taking over is a second, open step
    expect(page.locator(f"#i{number} [data-hold]")).to_be_focused()
    assert desk.holdings.of([number], NOW)[number].account == "supervisor"
    page.keyboard.press("Enter")
    expect(hand).to_have_text("Anda tangani")
    assert desk.holdings.of([number], NOW)[number].account == "analis"


def test_news_marks_lines_in_place_and_waits_to_be_shown(page: Page, desk: Desk, address: str) -> None:
    page.clock.install()
    enter(page, desk, address, "analis")
    page.goto("/antrean")
    page.keyboard.press("j")
    first = number_of(page)
    other = int((page.locator("[data-line]").nth(2).get_attribute("id") or "").removeprefix("i"))
    decide(desk, other, "supervisor", Decision.ACCEPT)
    with desk._store.writing() as books:  # one that was found a minute after the page was shown
        db = books.incidents._db
        row = dict(db.execute(sa.select(incident).where(incident.c.id == first)).mappings().one())
        later = {"id": None, "detected_at": NOW + timedelta(minutes=1), "rank": row["rank"] + 1}
        fresh = db.execute(incident.insert().values(row | later)).inserted_primary_key[0]
    top = page.locator(f"#i{first}").bounding_box()
    page.clock.run_for(16_000)
    expect(page.locator("[data-fresh]")).to_contain_text("1 insiden baru · tampilkan")
    expect(page.locator(f"#i{other} [data-mark]")).to_contain_text("supervisor")
    after = page.locator(f"#i{first}").bounding_box()
    assert top is not None and after is not None
    assert number_of(page) == first
    page.keyboard.press("t")
    expect(page.locator(f"#i{fresh}")).to_be_visible()
    expect(page.locator(f"#i{other}")).to_have_count(0)
    assert number_of(page) == first


def test_the_list_is_walked_on_the_incident_page_and_back_keeps_the_place(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    page.goto("/antrean?status=all")
    ids = page.locator("[data-line]").evaluate_all("all => all.map(one => one.id.slice(1))")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/insiden/{ids[1]}?**")
    page.keyboard.press("j")
    page.wait_for_url(f"**/insiden/{ids[2]}?**")
    page.keyboard.press("j")
    page.wait_for_url(f"**/insiden/{ids[3]}?**")
    page.keyboard.press("k")
    page.wait_for_url(f"**/insiden/{ids[2]}?**")
    page.keyboard.press("n")
    expect(page.locator("#isi_catatan, #catatan").locator("visible=true").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    expect(page.locator("#nomor")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_url("**pesan=ambil**")
    page.keyboard.press("s")
    page.keyboard.press("1")
    page.keyboard.press("a")
    page.wait_for_url("**pesan=terima**")
    page.keyboard.press("z")
    page.wait_for_url("**pesan=batal**")
    page.keyboard.press("Escape")
    page.wait_for_url("**/antrean?status=all")
    assert at(page) == f"i{ids[2]}"
    first, *_ = desk.incident(int(ids[2]), NOW).reviews
    assert first.retracted_by == "analis"
    assert complaints == []


def test_reports_are_split_by_keyboard(page: Page, desk: Desk, address: str) -> None:
    many = next(one.incident for one in desk.queue(QueueFilter(), NOW).lines if one.incident.reports > 2)
    enter(page, desk, address, "analis")
    page.goto(f"/insiden/{many.id}")
    page.keyboard.press("b")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**pesan=pisah**")
    assert len(desk.incident(many.id, NOW).reports) < many.reports


def test_rooms_are_reached_with_g_and_the_keys_are_in_sight(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    for key, path in (("l", "/laporan"), ("i", "/ikhtisar"), ("s", "/sumber"), ("q", "/antrean")):
        page.goto("/antrean" if key != "q" else "/laporan")
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**{path}**")
    expect(page.locator("[data-strip]")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("Kata", exact=True)).to_be_focused()
    page.keyboard.type("ajg")  # letters typed in a field are no commands
    expect(page.get_by_label("Kata", exact=True)).to_have_value("ajg")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("tangani, lepas, ambil alih")
    assert complaints == []


@pytest.mark.parametrize("width", [1366, 390])
def test_the_queues_tools_break_no_rule_of_wcag_and_fit(
    page: Page, desk: Desk, address: str, complaints: list[str], width: int
) -> None:
    analyst = desk.account("analis")
    assert analyst is not None
    desk.views.keep("Siaga ke atas", "tingkat=3", analyst, NOW)
    desk.topics.add("Lahan sawit", "sawit, plasma", analyst, NOW)
    enter(page, desk, address, "analis")
    page.set_viewport_size({"width": width, "height": 768})
    page.goto("/antrean")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("u")
    expect(told(page)).to_contain_text("ragu")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate("scrollTo(0, 0)")  # where the bars that stay in sight lie over nothing
    found = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = false")
    cut(page)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("[data-line].waiting")).to_have_count(1)
    page.evaluate("scrollTo(0, 0)")
    found += violations(page)
    mend(page)
    expect(page.locator("[data-line].waiting")).to_have_count(0)
    page.goto("/topik")
    page.get_by_label("Nama topik").fill("Tambang")
    page.get_by_label("Kata atau frasa, satu per baris").fill("tambang emas")
    page.get_by_role("button", name="Uji pada 30 hari terakhir").click()
    expect(page.get_by_role("status")).to_contain_text("insiden 30 hari terakhir cocok")
    found += violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Simpan topik").click()
    page.goto("/antrean?tingkat=3")
    found += violations(page)
    assert found == []
    assert complaints == []


def test_ticks_claims_undo_views_and_topics_work_without_javascript(
    browser: Browser, desk: Desk, address: str
) -> None:
    context: BrowserContext = browser.new_context(java_script_enabled=False, base_url=address)
    context.add_cookies(
        [{"name": SESSION_COOKIE, "value": session_cookie(desk, "analis", NOW), "url": address}]
    )
    page = context.new_page()
    page.goto("/antrean")
    lines = page.locator("[data-line]")
    chosen = [int((lines.nth(n).get_attribute("id") or "").removeprefix("i")) for n in range(2)]
    for n in range(2):
        lines.nth(n).locator("[data-pick]").check()
    page.get_by_role("button", name="Terima semua").click()
    expect(page.get_by_role("status")).to_contain_text("2 dari 2 tercatat")
    assert all(desk.incident(number, NOW).incident.decision is Decision.ACCEPT for number in chosen)
    page.goto("/antrean")
    lines.first.get_by_role("button", name="Tangani").click()
    expect(page.get_by_role("status")).to_contain_text("Anda tangani")
    lines.first.get_by_role("button", name=re.compile("^Terima")).click()
    page.get_by_role("button", name=re.compile("^Batalkan")).click()
    expect(page.get_by_role("status")).to_contain_text("dibatalkan")
    page.goto("/antrean?tingkat=3")
    page.locator(".views summary").click()
    page.get_by_label("Nama tampilan").fill("Siaga")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_role("link", name="Siaga", exact=True)).to_have_attribute("aria-current", "page")
    context.close()
