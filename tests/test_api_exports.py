"""Files that leave Dini: whole, masked, safe in a spreadsheet, true types, what SIPKS operators retype."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pandas as pd
import pytest
from api_fixtures import NOW, Web, sample_database, web
from hypothesis import given
from hypothesis import strategies as st
from screening_material import CLASH, entry, fetched, incident, listing

from api import exports
from api.exports import COLUMNS, SIPKS_HEADS, STARTERS, safe
from api.maps import mark_points
from models import Count
from screening import Area, Desk, IncidentFilter, Listed, Severity
from screening.audit import AuditFilter, Quota
from screening.sipks import ARTICLE_5, LETTERS, SipksRow, parties_in, people, sipks_row
from screening.taxonomy import ISSUE_TERMS, REGENCIES

API = "/api/v1"
FORMULAS = (
    "=1+1",
    "+62812",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "\u200b=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("http://x.example","klik")',
)


def listed(number: int, title: str = "Warga menutup jalan", **more: Any) -> Listed:
    return Listed(
        incident=incident(number, title=title, **more),
        changed_at=NOW,
        merged_into=None,
        source_name="Kabar Satu",
        link="https://kabar.example/1",
    )


def download(web: Web, path: str, name: str = "analis") -> Any:
    answer = web.client.get(f"{API}/exports/{path}", headers=web.key(name))
    assert answer.status_code == 200, answer.text
    return answer


def table(web: Web, query: str = "", **reading: Any) -> list[dict[str, str]]:
    text = download(web, f"incidents.csv?{query}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), **reading))


def accept(web: Web, number: int, **more: Any) -> None:
    url = f"{API}/incidents/{number}/reviews"
    answer = web.client.post(url, json={"decision": "terima"} | more, headers=web.key())
    assert answer.status_code == 201, answer.text


def test_the_csv_has_every_incident_with_stable_keys_and_times_in_both_zones(web: Web) -> None:
    answer = download(web, "incidents.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    total = web.client.get(f"{API}/queue?state=all&limit=1", headers=web.key()).json()["total"]
    assert len(rows) == total == int(answer.headers["x-dini-rows"]) == int(answer.headers["x-dini-total"])
    assert list(rows[0]) == [column.key for column in COLUMNS]
    for row in rows:
        local = datetime.fromisoformat(row["first_published_wib"])
        assert local.utcoffset() == timedelta(hours=7)
        assert local == datetime.fromisoformat(row["first_published_utc"])
        assert row["protected"] == ("true" if row["form"] == "F2" else "false")
    assert answer.headers["content-disposition"] == 'attachment; filename="dini-insiden-2026-11-24-0900.csv"'
    assert not answer.content.startswith(b"\xef\xbb\xbf")


def test_a_csv_for_indonesian_excel_has_its_mark_semicolons_words_and_decimal_commas(web: Web) -> None:
    answer = download(web, "incidents.csv?lang=id&separator=semicolon&bom=true")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert {"Judul", "Tingkat", "Terbit pertama (WIB)"} <= set(rows[0])
    assert all("." not in row["Peluang relevan"] for row in rows)
    assert any("," in row["Peluang relevan"] for row in rows)
    assert {row["Dilindungi"] for row in rows} <= {"ya", "tidak"}


def test_an_export_takes_the_filters_of_the_list(web: Web) -> None:
    rows = table(web, "severity_min=2&area=kalteng")
    lines = web.client.get(f"{API}/incidents?severity_min=2&area=kalteng&limit=200", headers=web.key()).json()
    assert [int(row["incident_id"]) for row in rows] == [one["incident"]["id"] for one in lines["items"]]
    assert table(web, "office=62.12&detected_since=2026-11-25T00:00:00Z") == []


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_in_csv_or_workbook(text: str) -> None:
    one = replace(listed(1, text), source_name=text)
    made = exports.incidents_csv([one], lang="key", separator=",", bom=False, total=1, told=False)
    (row,) = csv.DictReader(io.StringIO(made.decode()))
    assert row["title"].startswith("'")
    assert row["source"].startswith("'")
    book = openpyxl.load_workbook(io.BytesIO(exports.incidents_xlsx([one], lang="id", total=1, now=NOW)))
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f", cell.coordinate
                assert not str(cell.value or "").startswith(STARTERS), cell.coordinate
    title = book.worksheets[0].cell(2, 2)
    assert (title.data_type, title.quotePrefix) == ("s", True)


@given(st.text(max_size=60))
def test_no_text_at_all_comes_out_as_a_formula_or_over_two_lines(text: str) -> None:
    made = safe(text)
    assert not made.startswith(STARTERS)
    assert not made.lstrip().startswith(STARTERS)
    assert "\n" not in made and "\r" not in made and "\x00" not in made


def test_a_long_or_broken_title_makes_a_workbook_that_opens() -> None:
    one = listed(1, "Warga " * 10_000 + "\x00\x07\ud800")
    book = openpyxl.load_workbook(io.BytesIO(exports.incidents_xlsx([one], lang="id", total=1, now=NOW)))
    assert len(book.worksheets[0].cell(2, 2).value) <= 32_767


def test_the_workbook_holds_the_rows_and_says_what_they_are_in_both_languages(web: Web) -> None:
    for lang, data, about in (("id", "Insiden", "Keterangan"), ("en", "Incidents", "About")):
        answer = download(web, f"incidents.xlsx?lang={lang}")
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert book.sheetnames == [data, about]
        rows = list(book[data].values)
        assert rows[0] == tuple(column.name(lang) for column in COLUMNS)
        assert len(rows) - 1 == int(answer.headers["x-dini-rows"])
        assert all(isinstance(row[0], int) and isinstance(row[2], int) for row in rows[1:])
        told = [str(cell) for row in book[about].values for cell in row if cell]
        assert any("Status" in line for line in told)
        for column in COLUMNS:
            assert {column.name(lang), *column.meaning} <= set(told)


def test_a_list_cut_short_says_so_in_name_headers_and_sheet(web: Web, monkeypatch: Any) -> None:
    monkeypatch.setattr("screening.desk_exports.ROWS_MOST", 3)
    answer = download(web, "incidents.xlsx")
    total = int(answer.headers["x-dini-total"])
    assert answer.headers["x-dini-rows"] == "3"
    assert f"-3-dari-{total}.xlsx" in answer.headers["content-disposition"]
    about = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[1]
    assert about.cell(1, 1).value.startswith(f"DAFTAR TERPOTONG: 3 dari {total}")
    assert len(table(web)) == 3
    page = web.session().get("/ekspor/antrean.csv?status=all&wilayah=kalteng").content.decode("utf-8-sig")
    assert page.splitlines()[-1].startswith("DAFTAR TERPOTONG: 3 dari")


def test_the_parquet_file_has_true_types(web: Web) -> None:
    frame = pd.read_parquet(io.BytesIO(download(web, "incidents.parquet").content))
    assert list(frame.columns) == [column.key for column in COLUMNS]
    assert str(frame["severity"].dtype) == "Int64"
    assert str(frame["protected"].dtype) == "boolean"
    assert str(frame["probability"].dtype) == "float64"
    assert str(frame["detected_utc"].dt.tz) == "UTC"
    assert frame["reviewed_utc"].isna().all()
    assert len(frame) == len(table(web))
    assert (frame["detected_utc"] == pd.Timestamp(NOW)).all()


def test_an_empty_list_is_a_file_of_every_kind(web: Web) -> None:
    nothing = "detected_since=2030-01-01T00:00:00Z"
    frame = pd.read_parquet(io.BytesIO(download(web, f"incidents.parquet?{nothing}").content))
    assert (len(frame), str(frame["severity"].dtype)) == (0, "Int64")
    assert table(web, nothing) == []
    assert download(web, f"incidents.geojson?{nothing}").json()["features"] == []
    book = openpyxl.load_workbook(io.BytesIO(download(web, f"incidents.xlsx?{nothing}").content))
    assert book.worksheets[0].max_row == 1


def test_geojson_points_to_the_mark_of_a_regency_and_to_nothing_where_none_is_known(web: Web) -> None:
    answer = download(web, "incidents.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    made = answer.json()
    assert made["type"] == "FeatureCollection"
    assert "crs" not in made
    marks = mark_points()
    assert set(marks) == {code for code, _name in REGENCIES}
    for feature in made["features"]:
        assert feature["type"] == "Feature"
        code = (feature["properties"]["place_code"] or "")[:5]
        if code in marks:
            assert feature["geometry"] == {"type": "Point", "coordinates": list(marks[code])}
            lon, lat = feature["geometry"]["coordinates"]
            assert 110 < lon < 116 and -4 < lat < 1
        else:
            assert feature["geometry"] is None
        assert feature["properties"]["incident_id"] == feature["id"]
    assert any(feature["geometry"] for feature in made["features"])


def test_the_sipks_sheet_has_accepted_incidents_only_in_the_order_of_the_form(web: Web) -> None:
    assert openpyxl.load_workbook(io.BytesIO(download(web, "sipks.xlsx").content)).worksheets[0].max_row == 1
    rows = [row for row in table(web, "area=kalteng&severity_min=2") if row["place_code"].count(".") == 2]
    chosen = rows[0]
    accept(web, int(chosen["incident_id"]))
    answer = download(web, "sipks.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["SIPKS"]
    heads, row = list(sheet.values)
    assert heads == tuple(head[0] for head in SIPKS_HEADS)
    told = dict(zip(heads, row, strict=True))
    assert told["No"] == 1
    assert told["Kejadian"] == chosen["title"]
    assert told["Kabupaten/Kota"] == dict(REGENCIES)[chosen["place_code"][:5]]
    assert told["Kecamatan"]
    assert told["Huruf Pasal 5"] == ", ".join(LETTERS[chosen["issue"]])
    assert told["Tingkat peringatan dini"] == chosen["severity_name"]
    assert "bukan Status Keadaan Konflik" in told["Catatan"]
    assert told["Nomor insiden Dini"] == chosen["incident_id"]
    assert "http" in told["Tautan"]
    text = download(web, "sipks.csv").content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert line["Kejadian"] == told["Kejadian"]
    refused = web.client.get(f"{API}/exports/sipks.csv?decision=tolak", headers=web.key())
    assert refused.status_code == 422


def test_every_issue_has_its_letters_of_article_5() -> None:
    assert set(LETTERS) == {term.code for term in ISSUE_TERMS}
    assert set("".join(LETTERS.values())) == set(ARTICLE_5)


def test_a_sipks_row_tells_groups_and_ranges_and_no_person(desk: Desk) -> None:
    source = desk.add_source(listing("kabar"), NOW)
    text = CLASH[1] + " Kapolres AKBP Resdan Putrawan meminta warga tenang."
    desk.take(fetched(source, entry("1", CLASH[0], text)), NOW)
    view = desk.incident(1, NOW)
    row = sipks_row(view.incident, view.reports)
    assert row.regency == "Kotawaringin Timur"
    assert {"kelompok pemuda", "aparat keamanan"} <= set(row.parties)
    assert row.injured == "3"
    assert "Resdan" not in " ".join([row.event, *row.parties, row.impact, row.handling])
    assert "bentrok" in row.impact


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([], ""),
        ([None], ""),
        ([Count(low=2, high=2), None], "2"),
        ([Count(low=2, high=2), Count(low=3, high=5)], "2 sampai 5"),
        ([Count(low=1_000_000, high=None)], "1000000 atau lebih"),
        ([Count(low=0, high=0)], "0"),
    ],
)
def test_numbers_of_people_are_told_as_they_were_reported(counts: list[Any], told: str) -> None:
    assert people(counts) == told


def test_parties_are_kinds_of_groups() -> None:
    found = parties_in(["Warga dan PT perkebunan berselisih; polisi dan Pemkab menengahi."])
    assert found == ("warga", "perusahaan", "aparat keamanan", "pemerintah daerah")


def test_the_queue_page_offers_its_own_list_as_a_file(web: Web) -> None:
    browser = web.session()
    page = browser.get("/antrean?tingkat=2&status=all").text
    link = "/ekspor/antrean.xlsx?status=all&amp;tingkat=2"
    assert link in page
    answer = browser.get(link.replace("&amp;", "&"))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content))["Insiden"].values)
    shown = web.client.get(
        f"{API}/queue?area=kalteng&state=all&severity=2&limit=200", headers=web.key()
    ).json()
    assert [row[0] for row in rows[1:]] == [line["incident"]["id"] for line in shown["items"]]
    accept(web, rows[1][0])
    text = browser.get("/ekspor/sipks.csv").content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert line["Nomor insiden Dini"] == str(rows[1][0])
    for name in ("antrean.csv", "antrean.parquet", "antrean.geojson", "sipks.xlsx", "sipks.csv"):
        assert browser.get(f"/ekspor/{name}").status_code == 200, name
    for name in ("antrean.exe", "sipks.parquet", "x.csv"):
        assert browser.get(f"/ekspor/{name}").status_code == 404, name
    assert web.fresh().get("/ekspor/antrean.csv").status_code == 303


def test_an_export_is_in_the_audit_trail_and_stops_at_the_quota(web: Web) -> None:
    web.desk.audits._quota = Quota(exports=2, rows=0)
    answer = download(web, "incidents.csv")
    (line,) = web.desk.audits.page(AuditFilter(what="ekspor")).rows
    assert (line.subject, line.detail) == ("ekspor:insiden.csv", f"baris={answer.headers['x-dini-rows']}")
    assert web.session().get("/ekspor/sipks.csv").status_code == 200
    answer = web.client.get(f"{API}/exports/incidents.csv?severity_min=4", headers=web.key())
    assert answer.status_code == 403
    assert "Kuota" in answer.json()["detail"]
