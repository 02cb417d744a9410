"""Ikhtisar over HTTP: fourteen areas with the right codes, words beside colours, the same numbers as REST."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from api_fixtures import NOW, Web, sample_database, web

import api
from api.maps import province_map
from api.panels import HEIGHT, draw
from api.times import WIB
from screening import REGENCIES, DayCount, Desk, Panel, Store, Usual
from screening.schema import assessment, incident

CODES = [code for code, _ in REGENCIES]
STATIC = Path(api.__file__).parent / "static"


def areas_drawn(page: str) -> dict[str, tuple[str, str, str]]:
    """code: (address, class, mark) of each area of the map."""
    found = re.findall(
        r'<a href="([^"]+)" aria-label="[^"]+">\s*<title>[^<]+</title>\s*'
        r'<path data-code="([^"]+)" class="area (\w+)"[^>]*/>\s*<text[^>]*>(.)</text>',
        page,
    )
    return {code: (html.unescape(link), shade, mark) for link, code, shade, mark in found}


def change(web: Web, **values: object) -> None:
    """Every incident of the sample set to these values."""
    with web.desk._store.writing() as books:
        books.overviews._db.execute(incident.update().values(**values))


def test_the_map_has_the_fourteen_areas_with_their_codes() -> None:
    drawn = province_map()
    assert [one.code for one in drawn.outlines] == CODES
    for one in drawn.outlines:
        points = [tuple(map(float, pair.split())) for pair in re.split("[MLZ]", one.path) if pair]
        assert len(points) > 15
        assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in points)
        xs, ys = [x for x, _ in points], [y for _, y in points]
        assert min(xs) < one.x < max(xs) and min(ys) < one.y < max(ys)


def test_the_map_file_is_small_and_carries_its_notice() -> None:
    assert (STATIC / "peta.json").stat().st_size < 120_000
    assert "peta_LICENSE.txt" in json.loads((STATIC / "peta.json").read_text(encoding="utf-8"))["notice"]
    assert "MIT License" in (STATIC / "peta_LICENSE.txt").read_text(encoding="utf-8")


def test_each_code_lies_where_the_shared_boundaries_have_it(shared: Path) -> None:
    """The label points of the other set of boundaries fall into the area of the same code."""
    told = json.loads((shared / "geo" / "kalteng_kabkota_cahyadsn.geojson").read_text(encoding="utf-8"))
    rings = {
        area["code"]: area["rings"][0]
        for area in json.loads((STATIC / "peta.json").read_text(encoding="utf-8"))["areas"]
    }
    for feature in told["features"]:
        given = feature["properties"]
        x, y, hit = given["lng"], given["lat"], []
        for code, ring in rings.items():
            inside = False
            for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
                if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                    inside = not inside
            hit += [code] if inside else []
        assert hit == [given["kode"]]


def test_page_and_rest_say_the_same_of_every_area(web: Web) -> None:
    page = web.session("supervisor").get("/ikhtisar")
    told = web.client.get("/api/v1/overview", headers=web.key("supervisor")).json()
    assert page.status_code == 200
    drawn = areas_drawn(page.text)
    assert list(drawn) == [one["code"] for one in told["areas"]] == CODES
    marks = {0: "–", 1: "I", 2: "W", 3: "S", 4: "D"}
    for one in told["areas"]:
        address, shade, mark = drawn[one["code"]]
        assert f"daerah={one['code']}" in address
        if one["severity"] == 0 and not one["monitored"]:
            assert (shade, mark) == ("unseen", "?")
        else:
            assert mark == marks[one["severity"]]
            assert shade == (f"l{one['severity']}" if one["severity"] else "calm")
        row = re.search(rf'<th scope="row"><a href="[^"]*">{one["name"]}</a></th>(.*?)</tr>', page.text, re.S)
        assert row is not None
        level = {1: "INFORMASI", 2: "WASPADA", 3: "SIAGA", 4: "DARURAT"}.get(one["severity"])
        assert (level or ("tidak ada kejadian" if one["monitored"] else "tidak terpantau")) in row[1]
    assert len({one["severity"] for one in told["areas"]}) > 2  # the sample really differs


def test_the_link_of_an_area_opens_the_queue_with_just_its_incidents(web: Web) -> None:
    browser = web.session("supervisor")
    told = web.client.get("/api/v1/overview", headers=web.key("supervisor")).json()
    drawn = areas_drawn(browser.get("/ikhtisar").text)
    busy = [one for one in told["areas"] if one["undecided"]]
    assert len(busy) > 3
    for one in busy:
        listed = web.client.get(f"/api/v1/queue?place={one['code']}", headers=web.key("supervisor")).json()
        levels = [
            line["severity"]
            for line in (each["incident"] for each in listed["items"])
            if line["form"] != "F2"
        ]
        assert sum(level > 0 for level in levels) == one["undecided"]
        assert f"/insiden/{listed['items'][0]['incident']['id']}" in browser.get(drawn[one["code"]][0]).text


def test_only_peaceful_actions_leave_the_whole_map_without_a_level(web: Web) -> None:
    change(web, form="F2", severity=1, is_open=True)
    page = web.session("supervisor").get("/ikhtisar").text
    assert {shade for _, shade, _ in areas_drawn(page).values()} <= {"calm", "unseen"}
    assert "Aksi damai (dilindungi)" in page
    told = web.client.get("/api/v1/overview", headers=web.key()).json()
    assert told["pressing"] == [] and told["undecided"] == 0
    assert sum(one["peaceful"] for one in told["areas"]) > 10
    assert [panel["total"] for panel in told["panels"]][:5] == [0] * 5 and told["panels"][5]["total"] > 0


def test_areas_without_a_fetch_for_a_day_are_not_called_calm(web: Web) -> None:
    change(web, is_open=False, decision="tolak")
    calm = areas_drawn(web.session().get("/ikhtisar").text)
    assert "calm" in {shade for _, shade, _ in calm.values()}
    web.clock.forward(hours=25)
    page = web.session().get("/ikhtisar").text
    assert {(shade, mark) for _, shade, mark in areas_drawn(page).values()} == {("unseen", "?")}
    assert "14 daerah tidak terpantau" in page


def test_an_overdue_darurat_is_said_in_words_and_marked(web: Web) -> None:
    change(web, form="F6", severity=4, is_open=True, area="kalteng")
    page = web.session("supervisor").get("/ikhtisar").text
    told = web.client.get("/api/v1/overview", headers=web.key()).json()
    assert told["overdue"] > 0
    assert f"{told['overdue']} insiden DARURAT/SIAGA melewati batas waktu" in page
    assert len(re.findall(r'class="clock overdue">Terlambat: ', page)) == sum(
        one["overdue"] for one in told["pressing"]
    )


def test_a_plan_is_told_without_the_title_of_any_report(web: Web) -> None:
    change(
        web,
        realis="R",
        form="F2",
        severity=1,
        is_open=True,
        area="kalteng",
        status="baru",
        last_published=NOW,
    )
    with web.desk._store.reading() as books:
        titles = list(books.overviews._db.scalars(sa.select(incident.c.title)))
    page = web.session("supervisor").get("/ikhtisar").text
    agenda = page[page.index('id="h-agenda"') : page.index('id="h-peta"')]
    assert agenda.count("Penyampaian aspirasi damai (dilindungi UU 9/1998)") > 10
    assert 'class="badge' not in agenda
    assert not [title for title in titles if title in html.unescape(agenda)]
    told = web.client.get("/api/v1/overview", headers=web.key()).json()
    assert told["agenda"] and all("title" not in one and one["protected"] for one in told["agenda"])


def test_the_page_holds_no_script_and_no_style_attribute(web: Web) -> None:
    page = web.session("supervisor").get("/ikhtisar").text
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", main)


def test_supervisors_have_the_overview_first_and_others_have_it_too(web: Web) -> None:
    def menu(name: str) -> list[str]:
        page = web.session(name).get("/antrean").text
        return re.findall(r'<a href="(/\w+)"', page[page.index("<nav") : page.index("</nav>")])

    assert menu("supervisor")[0] == "/ikhtisar"
    assert menu("analis")[0] == "/antrean" and "/ikhtisar" in menu("analis")


def test_strangers_see_neither_page_nor_figures(web: Web) -> None:
    assert web.fresh().get("/ikhtisar").headers["location"].startswith("/masuk")
    assert web.fresh().get("/api/v1/overview").status_code == 401


def test_english_says_it_all_in_english(web: Web) -> None:
    page = web.session("supervisor").get("/ikhtisar?lang=en").text
    assert "Situation by regency" in page and "Actions announced for the next 72 hours" in page
    assert {mark for *_, mark in areas_drawn(page).values()} <= set("EAWI–?")


def test_all_panels_share_one_scale_from_zero() -> None:
    today = NOW.astimezone(WIB).date()
    usual = Usual(mean=4.0, low=2, high=8)

    def panel(code: str, counts: list[int], known: Usual | None) -> Panel:
        days = tuple(
            DayCount(day=today - timedelta(days=n), opened=count, usual=known, answered=True)
            for n, count in enumerate(reversed(counts))
        )
        return Panel(code=code, days=days[::-1])

    drawn = draw([panel("E", [0, 4, 10], usual), panel("F2", [5, 0, 0], None)])
    assert drawn.most == 10
    for one in drawn.panels:
        for bar in one.bars:
            assert bar.y + bar.height == pytest.approx(HEIGHT)
            assert bar.height == pytest.approx(bar.day.opened * HEIGHT / 10)
    assert [bar.above for bar in drawn.panels[0].bars] == [False, False, True]
    assert drawn.panels[0].bars[0].usual_y == pytest.approx(HEIGHT * 0.2)
    assert not any(bar.above or bar.usual_y for bar in drawn.panels[1].bars)
    assert draw([panel("E", [0, 0], None)]).most == 1


def test_the_page_works_on_either_database(desk: Desk) -> None:
    from api_fixtures import HASH, session_cookie
    from fastapi.testclient import TestClient
    from screening_material import CLASH, entry, fetched

    from api import create_app
    from api.auth import SESSION_COOKIE
    from feeds import SourceListing
    from screening import Role

    where = desk.add_source(SourceListing(url="https://kabar.example/feed", name="kabar", owner="A"), NOW)
    desk.take(fetched(where, entry("c", *CLASH, hours=0.5)), NOW)
    desk.create_account("kepala", Role.SUPERVISOR, HASH, NOW, must_change=False)
    client = TestClient(create_app(desk, clock=lambda: NOW), follow_redirects=False)
    client.cookies.set(SESSION_COOKIE, session_cookie(desk, "kepala", NOW))
    page = client.get("/ikhtisar").text
    drawn = areas_drawn(page)
    assert drawn["62.02"][1:] == ("l3", "S")
    assert {mark for code, (_, _, mark) in drawn.items() if code != "62.02"} == {"?"}
    assert "30 menit sejak terbit, sisa 30 menit" in page
