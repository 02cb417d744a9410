"""Indicators by page, REST and command line: the same numbers as whole tables give, on both databases."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from api_fixtures import Clock, Web, sample_database, web
from click.testing import CliRunner
from fastapi.testclient import TestClient
from indicator_ground import Numbers, agree, local_day, recomputed

import api.cli_indicators
from api import create_app
from api.cli import main
from screening import (
    DEFINITIONS,
    REGENCIES,
    Decision,
    Desk,
    QueueFilter,
    RejectReason,
    ReviewDraft,
    schema,
)

FIRST = date(2026, 11, 20)
Key = tuple[str, str]


@pytest.fixture
def reviewed(desk: Desk, database_url: str, sample_database: Path) -> Web:
    """The sample news in a database of either kind, with reviews of a morning, on the day after."""
    copy(sample_database, database_url)
    clock = Clock()
    day = clock()
    account = desk.account("analis")
    assert account is not None
    lines = desk.queue(QueueFilter(state="all", limit=200), day).lines
    for number, line in enumerate(sorted(lines, key=lambda one: one.incident.id)):
        if number % 7 == 6:
            continue
        refused = number % 5 == 4
        reason = RejectReason.DUPLICATE if number % 2 else RejectReason.NOT_AN_ISSUE
        clock.forward(minutes=1 if number % 9 else 61)
        desk.review(
            ReviewDraft(
                incident_id=line.incident.id,
                decision=Decision.REJECT if refused else Decision.ACCEPT,
                reason=reason if refused else None,
                seen_review_id=line.incident.review_id,
            ),
            account,
            clock(),
        )
    clock.now = day + timedelta(hours=26)
    app = create_app(desk, clock=clock)
    return Web(desk=desk, clock=clock, client=TestClient(app, follow_redirects=False))


def copy(sample: Path, url: str) -> None:
    """All rows of the sample, with its sources registered ten days earlier, as if they had been watched."""
    origin, target = sa.create_engine(f"sqlite:///{sample}"), sa.create_engine(url)
    with origin.connect() as old, target.begin() as new:
        for table in schema.metadata.sorted_tables:
            found = [dict(row._mapping) for row in old.execute(sa.select(table))]
            if found:
                new.execute(table.insert(), found)
        early = Clock().now - timedelta(days=10)
        new.execute(schema.source.update().values(added_at=early))
    origin.dispose()
    target.dispose()


def wanted_of(url: str, office: str, last: date, web: Web) -> dict[Key, Numbers]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        wanted = recomputed(connection, office, FIRST, last, web.clock())
    engine.dispose()
    return wanted


def rest_numbers(answer: dict[str, Any]) -> dict[Key, Numbers]:
    return {
        (one["code"], each["part"]): (each["value"], each["p90"], each["numerator"], each["n"])
        for one in answer["items"]
        for each in one["figures"]
        if each["state"] != "belum"
    }


def page_numbers(html: str) -> dict[Key, tuple[float | None, float | None]]:
    """Value and P90 of each row of the table, by what its own address names."""
    found: dict[Key, tuple[float | None, float | None]] = {}
    for row in re.findall(r'<tr id="(.*?)".*?>(.*?)</tr>', html, re.DOTALL):
        name = re.fullmatch(r"(IO-\d+)-?(.*)", row[0])
        assert name
        cells = re.findall(r"<td.*?>(.*?)</td>", row[1], re.DOTALL)
        numbers = [re.search(r'<data value="([^"]+)"', cell) for cell in cells[:2]]
        value, p90 = (float(one[1]) if one else None for one in numbers)
        found[name[1], name[2]] = (value, p90)
    return found


@pytest.mark.parametrize("office", ["62", "62.02"])
def test_page_rest_and_whole_tables_give_the_same_numbers(
    reviewed: Web, database_url: str, office: str
) -> None:
    last = local_day(reviewed.clock())
    wanted = wanted_of(database_url, office, last, reviewed)
    query = f"office={office}&from={FIRST}&to={last}"
    answer = reviewed.client.get(f"/api/v1/indicators?{query}", headers=reviewed.key()).json()
    found = rest_numbers(answer)
    assert found.keys() == wanted.keys()
    assert {key: (found[key], wanted[key]) for key in found if not agree(found[key], wanted[key])} == {}
    page = reviewed.session().get(f"/indikator?kantor={office}&dari={FIRST}&sampai={last}")
    shown = page_numbers(page.text)
    assert {key for key, _ in shown} == {one.code for one in DEFINITIONS}
    for key, numbers in shown.items():
        if key in found:
            assert numbers == found[key][:2], key
    if office == "62":
        measured = {code for (code, part), (value, *_) in found.items() if value is not None and not part}
        assert measured == {"IO-1", "IO-2", "IO-7", "IO-10", "IO-11", "IO-12", "IO-14", "IO-15"}


def test_the_cohort_of_a_quarter_is_measured_when_it_is_old_enough(reviewed: Web, database_url: str) -> None:
    last = local_day(reviewed.clock())
    address = f"/api/v1/indicators/IO-6?from={FIRST}&to={last}"
    key = reviewed.key()
    assert reviewed.client.get(address, headers=key).json()["cases"]["total"] == 0
    reviewed.clock.forward(days=95)
    wanted = wanted_of(database_url, "62", last, reviewed)["IO-6", ""]
    figure = reviewed.client.get(address, headers=key).json()["indicator"]["figures"][0]
    assert wanted[0] is not None
    assert agree((figure["value"], figure["p90"], figure["numerator"], figure["n"]), wanted)


def test_every_number_of_the_page_opens_a_list_of_its_cases(reviewed: Web) -> None:
    browser = reviewed.session()
    page = browser.get(f"/indikator?dari={FIRST}").text
    links = {unescape(one) for one in re.findall(r'href="(/indikator/IO-[^"]+)"', page)}
    assert len(links) >= len(DEFINITIONS)
    for address in links:
        told = browser.get(address)
        assert told.status_code == 200, address
        count = re.search(r'<h2 id="daftar">[^(]*\((\d+)\)', told.text)
        assert count
        lines = told.text.count('<li class="line">')
        assert lines == min(int(count[1]), 100), address


def test_the_cases_in_the_list_are_there_to_open(reviewed: Web) -> None:
    browser = reviewed.session()
    kinds = set()
    for code, part in (("IO-7", ""), ("IO-10", ""), ("IO-10", "umpan"), ("IO-11", "")):
        told = browser.get(f"/indikator/{code}?dari={FIRST}&bagian={part}").text
        address = re.search(r'<h3><a href="([^"]+)"', told)
        assert address, (code, part)
        kinds.add(address[1].split("/")[1].split("?")[0])
        assert browser.get(unescape(address[1])).status_code == 200
    assert kinds == {"insiden", "indikator", "sumber", "antrean"}


def test_rest_pages_through_the_cases(reviewed: Web) -> None:
    key, address = reviewed.key(), f"/api/v1/indicators/IO-7?from={FIRST}&limit=10"
    first = reviewed.client.get(address, headers=key).json()
    total = first["cases"]["total"]
    assert total == first["indicator"]["figures"][0]["n"] > 10
    seen = [one["id"] for one in first["cases"]["items"]]
    for offset in range(10, total, 10):
        more = reviewed.client.get(f"{address}&offset={offset}", headers=key).json()
        seen += [one["id"] for one in more["cases"]["items"]]
    assert len(seen) == len(set(seen)) == total


def test_what_has_no_data_says_so_with_the_reason_in_both_languages(web: Web) -> None:
    browser = web.session()
    for lang, words in (("id", "belum diukur"), ("en", "not measured yet")):
        page = unescape(browser.get(f"/indikator?lang={lang}").text)
        for one in DEFINITIONS:
            assert getattr(one.name, lang) in page
            if one.why_not is not None:
                assert getattr(one.why_not, lang) in page
        assert page.count(words) == 1 + sum(one.why_not is not None for one in DEFINITIONS)


def test_too_few_cases_show_their_number_and_no_value(web: Web) -> None:
    page = web.session().get("/indikator?kantor=62.13").text
    row = re.search(r'<tr id="IO-2">(.*?)</tr>', page, re.DOTALL)
    assert row
    assert "tidak cukup data" in row[1]
    assert "<data" not in row[1]


def test_offices_are_the_province_and_its_fourteen_regencies(web: Web) -> None:
    page = web.session().get("/indikator").text
    assert re.findall(r'<option value="(62[^"]*)"', page) == ["62", *(code for code, _ in REGENCIES)]
    assert page.count('href="/indikator"') == 1  # the header


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("office=62.99", 422),
        ("office=63", 422),
        ("from=kemarin", 422),
        ("from=2026-11-24&to=2026-11-01", 422),
        ("from=2020-01-01&to=2026-01-01", 422),
        ("from=2026-11-24&to=2026-11-24", 200),
        ("", 200),
    ],
)
def test_bad_offices_and_periods_are_refused(web: Web, query: str, status: int) -> None:
    assert web.client.get(f"/api/v1/indicators?{query}", headers=web.key()).status_code == status
    ours = query.replace("office=", "kantor=").replace("from=", "dari=").replace("to=", "sampai=")
    assert web.session().get(f"/indikator?{ours}").status_code == status


def test_unknown_indicators_and_parts_are_not_there(web: Web) -> None:
    browser, key = web.session(), web.key()
    for path in ("IO-99", "io-1", "IO-7?bagian=X9"):
        assert browser.get(f"/indikator/{path}").status_code == 404
    assert web.client.get("/api/v1/indicators/IO-7?part=X9", headers=key).status_code == 404


def test_nobody_reads_indicators_without_signing_in(web: Web) -> None:
    assert web.fresh().get("/indikator").status_code == 303
    assert web.fresh().get("/indikator/IO-1").status_code == 303
    for path in ("indicators", "indicators/IO-1"):
        assert web.fresh().get(f"/api/v1/{path}").status_code == 401


def test_no_account_name_stands_in_any_indicator(reviewed: Web) -> None:
    answer = reviewed.client.get(f"/api/v1/indicators?from={FIRST}", headers=reviewed.key()).text
    cases = reviewed.client.get(
        f"/api/v1/indicators/IO-2?from={FIRST}&limit=200", headers=reviewed.key()
    ).json()
    assert cases["cases"]["items"]
    assert "account" not in answer
    assert all(set(one) == {
        "kind", "id", "title", "place_code", "at", "level", "value", "counts", "of",
    } for one in cases["cases"]["items"])  # fmt: skip


def test_the_command_prints_the_same_numbers(
    reviewed: Web, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.cli_indicators, "utc_now", reviewed.clock)
    monkeypatch.setenv("DINI_DATA", str(tmp_path))
    monkeypatch.setenv("DINI_DATABASE_URL", database_url)
    days = ["--from", str(FIRST), "--office", "62.02"]
    printed = CliRunner().invoke(main, ["indicators", *days, "--json"])
    assert printed.exit_code == 0, printed.output
    rest = reviewed.client.get(f"/api/v1/indicators?office=62.02&from={FIRST}", headers=reviewed.key())
    assert json.loads(printed.output) == rest.json()
    lines = CliRunner().invoke(main, ["indicators", *days]).output.splitlines()[1:]
    assert len(lines) == sum(len(one["figures"]) for one in rest.json()["items"])
    assert all(line.count("\t") == 5 for line in lines)
    refused = CliRunner().invoke(main, ["indicators", "--office", "Sampit"])
    assert refused.exit_code != 0
    assert "62.02" in refused.output
