"""The API that other tools read: shapes, pages, errors, decisions, screening without storing."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from api_fixtures import HASH, NOW, Web, sample_database, token, web
from fastapi.testclient import TestClient

from api import create_app
from api.auth import fingerprint, new_key
from api.words import WORDS, say
from feeds import Entry, FeedSource, Fetched, Parsed, SourceListing
from models.calibration import SIGNALS
from screening import Desk, Role
from screening.taxonomy import FORM_BY_CODE, ISSUE_BY_CODE


def get(web: Web, path: str, name: str = "analis") -> Any:
    answer = web.client.get(f"/api/v1{path}", headers=web.key(name))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_queue_lists_sample_items_with_probability_evidence_and_incident(web: Web) -> None:
    page = get(web, "/queue?limit=200")
    assert page["total"] >= 10
    assert page["items"]
    for line in page["items"]:
        assert set(line) == {
            "incident",
            "probability",
            "flagged",
            "evidence",
            "sentence",
            "reasons",
            "model",
            "source",
            "link",
            "topics",
            "held_by",
            "held_until",
        }
        assert 0 <= line["probability"] <= 1
        assert line["incident"]["issue"] in ISSUE_BY_CODE
        assert line["incident"]["form"] in FORM_BY_CODE
        assert line["incident"]["severity_why"]
        assert line["incident"]["urgency_why"]
        assert line["model"]
        assert line["link"].startswith("http")
        assert all(one["start"] < one["end"] for one in line["evidence"])
    assert any(line["evidence"] for line in page["items"])
    assert page["set_aside"]


def test_the_queue_runs_from_most_to_least_urgent_over_all_pages(web: Web) -> None:
    key, seen, cursor = web.key(), [], ""
    while True:
        page = web.client.get(f"/api/v1/queue?limit=7&cursor={cursor}", headers=key).json()
        seen += [(line["incident"]["urgency"], line["incident"]["id"]) for line in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
        assert len(page["items"]) == 7
    assert len(seen) == page["total"] == len({number for _, number in seen})
    assert [urgency for urgency, _ in seen] == sorted((urgency for urgency, _ in seen), reverse=True)


def test_filters_narrow_the_queue(web: Web) -> None:
    every = get(web, "/queue?limit=200&state=all")["items"]
    issue = every[0]["incident"]["issue"]
    wanted = {line["incident"]["id"] for line in every if line["incident"]["issue"] == issue}
    assert {
        line["incident"]["id"] for line in get(web, f"/queue?limit=200&state=all&issue={issue}")["items"]
    } == wanted
    home = get(web, "/queue?area=kalteng&limit=200")["items"]
    assert home
    assert {line["incident"]["area"] for line in home} == {"kalteng"}
    level = home[0]["incident"]["severity"]
    assert {line["incident"]["severity"] for line in get(web, f"/queue?severity={level}")["items"]} == {level}


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "state=x", "area=mars", "severity=9", "limit=x"])
def test_bad_filters_are_422_and_named(web: Web, query: str) -> None:
    answer = web.client.get(f"/api/v1/queue?{query}", headers=web.key())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.split("=", maxsplit=1)[0]


def test_a_broken_cursor_is_no_server_error(web: Web) -> None:
    for cursor in ("x", "%00", "a" * 150, "1|2|3", "null"):
        answer = web.client.get(f"/api/v1/queue?cursor={cursor}", headers=web.key())
        assert answer.status_code in (200, 422), cursor


def test_an_incident_has_its_reports_with_reasons(web: Web) -> None:
    number = get(web, "/queue?limit=1")["items"][0]["incident"]["id"]
    view = get(web, f"/incidents/{number}")
    assert view["incident"]["id"] == number
    assert len(view["reports"]) == view["incident"]["reports"]
    assert all(report["reasons"] and report["model"] for report in view["reports"])
    item = get(web, f"/items/{view['reports'][0]['item_id']}")
    assert item["title"] == view["reports"][0]["title"]


@pytest.mark.parametrize("path", ["/incidents/999999", "/items/999999"])
def test_what_is_not_there_is_404(web: Web, path: str) -> None:
    answer = web.client.get(f"/api/v1{path}", headers=web.key())
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999999", "x", "1.5"])
def test_odd_numbers_are_refused_without_a_server_error(web: Web, number: str) -> None:
    for path in (f"/incidents/{number}", f"/items/{number}"):
        assert web.client.get(f"/api/v1{path}", headers=web.key()).status_code in (404, 422)


def test_a_review_is_appended_and_a_stale_one_meets_409(web: Web) -> None:
    key = web.key()
    number = get(web, "/queue?limit=1&area=kalteng")["items"][0]["incident"]["id"]
    url = f"/api/v1/incidents/{number}/reviews"
    first = web.client.post(url, json={"decision": "ragu", "note": "tunggu kabar kedua"}, headers=key)
    assert first.status_code == 201
    assert first.json()["decision"] == "ragu"
    stale = web.client.post(url, json={"decision": "terima"}, headers=key)
    assert stale.status_code == 409
    seen = {"decision": "tolak", "reason": "duplikat", "seen_review_id": first.json()["review_id"]}
    assert web.client.post(url, json=seen, headers=key).status_code == 201
    history = get(web, f"/incidents/{number}")["reviews"]
    assert sorted(one["decision"] for one in history) == ["ragu", "tolak"]
    assert {one["account"] for one in history} == {"analis"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "hapus"},
        {"decision": "tolak"},
        {"decision": "tolak", "reason": "karena"},
        {"decision": "terima", "severity": 7},
        {"decision": "terima", "form": "F99"},
        {"decision": "terima", "place_code": "31.71"},
        {"decision": "terima", "lain": 1},
    ],
)
def test_a_bad_review_is_422(web: Web, body: dict[str, Any]) -> None:
    number = get(web, "/queue?limit=1")["items"][0]["incident"]["id"]
    answer = web.client.post(f"/api/v1/incidents/{number}/reviews", json=body, headers=web.key())
    assert answer.status_code == 422
    assert get(web, f"/incidents/{number}")["reviews"] == []


def test_a_peaceful_action_above_informasi_is_refused(web: Web) -> None:
    number = get(web, "/queue?limit=1")["items"][0]["incident"]["id"]
    body = {"decision": "terima", "form": "F2", "severity": 3}
    answer = web.client.post(f"/api/v1/incidents/{number}/reviews", json=body, headers=web.key())
    assert answer.status_code == 403
    assert "UU 9/1998" in answer.json()["detail"]


def test_an_unsafe_call_with_the_cookie_needs_the_token_header(web: Web) -> None:
    browser = web.session()
    number = browser.get("/api/v1/queue?limit=1").json()["items"][0]["incident"]["id"]
    url, body = f"/api/v1/incidents/{number}/reviews", {"decision": "terima"}
    assert browser.post(url, json=body).status_code == 403
    assert browser.post(url, json=body, headers={"X-CSRF-Token": "salah"}).status_code == 403
    csrf = token(browser.get("/antrean").text)
    assert browser.post(url, json=body, headers={"X-CSRF-Token": csrf}).status_code == 201


def test_incidents_are_merged_and_split_and_tell_who_did_it(web: Web) -> None:
    key = web.key()
    into, other = (line["incident"]["id"] for line in get(web, "/queue?limit=2")["items"])
    before = {number: get(web, f"/incidents/{number}") for number in (into, other)}
    moved = sorted(one["item_id"] for one in before[other]["reports"])
    merged = web.client.post(f"/api/v1/incidents/{into}/merge", json={"from_id": other}, headers=key)
    assert merged.status_code == 201
    assert merged.json()["id"] == into
    assert merged.json()["reports"] == sum(view["incident"]["reports"] for view in before.values())
    done = get(web, f"/incidents/{into}")["regroupings"][0]
    assert done.pop("why")
    assert done == {
        "kind": "gabung",
        "incident_id": into,
        "other_id": other,
        "items": moved,
        "account": "analis",
        "at": "2026-11-24T02:00:00Z",
    }
    again = web.client.post(f"/api/v1/incidents/{into}/merge", json={"from_id": other}, headers=key)
    assert again.status_code == 409
    parted = web.client.post(f"/api/v1/incidents/{into}/split", json={"item_ids": moved}, headers=key)
    assert parted.status_code == 201
    new = parted.json()["new"]["id"]
    assert parted.json()["incident"] == get(web, f"/incidents/{into}")["incident"]
    assert sorted(one["item_id"] for one in get(web, f"/incidents/{new}")["reports"]) == moved
    assert [one["kind"] for one in get(web, f"/incidents/{into}")["regroupings"]][:2] == ["pisah", "gabung"]


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("merge", {"from_id": 999_999}, 404),
        ("merge", {"from_id": "SAME"}, 422),
        ("merge", {"from_id": True}, 422),
        ("merge", {"from_id": 2**63}, 422),
        ("merge", {}, 422),
        ("split", {"item_ids": []}, 422),
        ("split", {"item_ids": [999_999]}, 422),
        ("split", {"item_ids": [2**63]}, 422),
        ("split", {"item_ids": "ALL"}, 422),
    ],
)
def test_a_merge_or_split_that_cannot_be_changes_nothing(
    web: Web, act: str, body: dict[str, Any], status: int
) -> None:
    number = get(web, "/queue?limit=1")["items"][0]["incident"]["id"]
    before = get(web, f"/incidents/{number}")
    special = {"SAME": number, "ALL": [one["item_id"] for one in before["reports"]]}
    sent = {key: special[value] if isinstance(value, str) else value for key, value in body.items()}
    answer = web.client.post(f"/api/v1/incidents/{number}/{act}", json=sent, headers=web.key())
    assert answer.status_code == status
    assert get(web, f"/incidents/{number}") == before


def test_regrouping_needs_a_reviewer_and_with_the_cookie_the_token(web: Web) -> None:
    browser = web.session()
    into, other = (line["incident"]["id"] for line in get(web, "/queue?limit=2")["items"])
    moved = [one["item_id"] for one in get(web, f"/incidents/{other}")["reports"]]
    header = {"X-CSRF-Token": token(browser.get("/antrean").text)}
    for act, body in (("merge", {"from_id": other}), ("split", {"item_ids": moved})):
        url = f"/api/v1/incidents/{into}/{act}"
        assert web.client.post(url, json=body, headers=web.key("operator")).status_code == 403
        assert browser.post(url, json=body).status_code == 403
        assert browser.post(url, json=body, headers=header).status_code == 201


def test_what_was_set_aside_is_listed_with_its_reason(web: Web) -> None:
    below = get(web, "/set-aside?reason=di_bawah_ambang&limit=5")["items"]
    assert len(below) == 5
    assert {one["reason"] for one in below} == {"di_bawah_ambang"}
    second = get(web, "/set-aside?reason=di_bawah_ambang&limit=5&offset=5")["items"]
    assert not {one["item_id"] for one in below} & {one["item_id"] for one in second}


def test_sources_tell_how_they_fare(web: Web) -> None:
    listed = get(web, "/sources")["items"]
    assert len(listed) >= 8
    assert {"ok", "failing"} <= {one["state"] for one in listed} or all(
        one["state"] == "ok" for one in listed
    )
    assert all(one["last_try_at"] for one in listed)


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "javascript:alert(1)", "https://", " ", "http://u:p@a.example/"]
)
def test_a_bad_source_address_is_422(web: Web, url: str) -> None:
    answer = web.client.post("/api/v1/sources", json={"url": url}, headers=web.key("operator"))
    assert answer.status_code == 422


def test_a_source_is_added_once(web: Web) -> None:
    key, body = web.key("operator"), {"url": "https://media.example/feed/", "name": "Media"}
    assert web.client.post("/api/v1/sources", json=body, headers=key).json()["state"] == "unverified"
    assert web.client.post("/api/v1/sources", json=body, headers=key).status_code == 409


def test_the_digest_has_fourteen_regencies_and_its_window(web: Web) -> None:
    made = get(web, "/digest?date=2026-11-23")
    assert (made["start"], made["end"]) == ("2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z")
    assert len(made["rows"]) == 14
    assert all(len(row["counts"]) == 5 for row in made["rows"])
    assert all(row["monitored"] is (row["items"] > 0) for row in made["rows"])
    assert "bukan Status Keadaan Konflik" in made["severity_note"]
    other = get(web, "/digest?start=2026-11-22T15:00:00%2B07:00&end=2026-11-23T15:00:00%2B07:00")
    assert other["start"] == made["start"]
    assert other["summary"] == made["summary"]


@pytest.mark.parametrize(
    "query",
    [
        "date=kemarin",
        "start=x&end=y",
        "start=2026-11-23T00:00:00Z",
        "date=0001-01-01",
        "start=2026-11-23T00:00:00Z&end=2026-11-22T00:00:00Z",
    ],
)
def test_a_bad_window_is_422(web: Web, query: str) -> None:
    assert web.client.get(f"/api/v1/digest?{query}", headers=web.key()).status_code == 422


def test_health_tells_strangers_nothing_inner(web: Web) -> None:
    answer = web.client.get("/api/v1/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_screen_judges_in_order_and_stores_nothing(web: Web) -> None:
    before = get(web, "/queue?state=all&limit=1")["total"]
    documents = [
        {"id": "a", "title": "Warga memblokir jalan kebun", "text": "Ratusan warga menutup jalan di Sampit."},
        {"title": "Resep kue apem", "text": "Campur tepung dan gula."},
        {"id": "c", "title": "Lone \ud800 surrogate".encode("utf-8", "replace").decode()},
    ]
    answer = web.client.post("/api/v1/screen", json={"documents": documents}, headers=web.key())
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [one["id"] for one in items] == ["a", "2", "c"]
    for one, document in zip(items, documents, strict=True):
        assert set(one) == {
            "id",
            "relevance",
            "flagged",
            "issue",
            "form",
            "realis",
            "severity",
            "place_code",
            "incident",
            "evidence",
            "reasons",
            "model",
        }
        whole = f"{document['title']}\n{document.get('text', '')}"
        assert all(whole[e["start"] : e["end"]] == e["text"] for e in one["evidence"])
    assert items[0]["relevance"] > items[1]["relevance"]
    assert get(web, "/queue?state=all&limit=1")["total"] == before


@pytest.mark.parametrize(
    "body",
    [
        {"documents": []},
        {},
        {"documents": [{"text": "tanpa judul"}]},
        {"documents": [{"title": "x"}] * 101},
        [1],
        "x",
    ],
)
def test_a_bad_screen_request_is_422(web: Web, body: Any) -> None:
    assert web.client.post("/api/v1/screen", json=body, headers=web.key()).status_code == 422


@pytest.mark.parametrize(
    "path",
    ["/queue", "/incidents/1", "/items/1", "/set-aside", "/sources", "/digest", "/taxonomy", "/health"],
)
def test_answers_keep_the_documented_shape(web: Web, path: str) -> None:
    described = web.client.get("/api/v1/openapi.json").json()
    template = path.replace("/incidents/1", "/incidents/{incident_id}").replace(
        "/items/1", "/items/{item_id}"
    )
    schema = described["paths"][f"/api/v1{template}"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["schema"]
    jsonschema.validate(get(web, path), {**schema, "components": described["components"]})


HOSTILE = [
    "%00",
    "%27%3B--",
    "%F0%9F%92%A3",
    "%ED%A0%80",
    "-1",
    "1e9",
    "9" * 30,
    "%3Cscript%3E",
    "..%2F..",
    "%0d%0aX:1",
]


def test_no_hostile_value_makes_a_server_error_on_either_database(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.auth_passwords.nobodys_hash", lambda: HASH)  # many sign-ins
    administrator = desk.create_account("admin", Role.ADMINISTRATOR, "-", NOW, must_change=False)
    key = new_key()
    desk.add_key("uji", fingerprint(key), administrator.id, NOW)
    headers = {"Authorization": f"Bearer {key}"}
    client = TestClient(create_app(desk, clock=lambda: NOW), follow_redirects=False)
    for value in HOSTILE:
        for path in (
            f"/api/v1/queue?area={value}&severity={value}",
            f"/api/v1/queue?place={value}",
            f"/api/v1/queue?issue={value}",
            f"/api/v1/queue?cursor={value}",
            f"/api/v1/incidents/{value}",
            f"/api/v1/items/{value}",
            f"/api/v1/set-aside?reason={value}&offset={value}",
            f"/api/v1/set-aside?limit={value}",
            f"/api/v1/digest?date={value}",
            f"/api/v1/digest?start={value}&end={value}",
            f"/antrean?setelah={value}",
            f"/antrean?daerah={value}&isu={value}&wilayah={value}&fokus={value}&pesan={value}&no={value}",
            f"/insiden/{value}",
            f"/butir/{value}",
            f"/disisihkan?alasan={value}&mulai={value}",
            f"/laporan?tanggal={value}",
            f"/sumber?keadaan={value}&mulai={value}",
            f"/masuk?next={value}&lang={value}",
        ):
            answer = client.get(path, headers=headers)
            assert answer.status_code < 500, path
        text = unquote(value)
        body = {"url": f"https://a.example/{value}", "name": text, "owner": text, "area": text}
        assert client.post("/api/v1/sources", json=body, headers=headers).status_code in (201, 409, 422), (
            value
        )
        form = {"nama": text, "sandi": text, "csrf": "x"}
        client.cookies.set("dini_pra", "x")
        assert client.post("/masuk", data=form).status_code in (401, 403), value


@pytest.mark.parametrize(
    "asked",
    [
        "start=0001-01-01T00:00:00Z&end=9999-12-31T23:59:59Z",
        "start=2026-01-01T00:00:00Z&end=2026-02-01T00:00:01Z",
        "start=1999-12-31T00:00:00Z&end=2000-01-02T00:00:00Z",
        "start=9999-12-31T00:00:00Z&end=9999-12-31T12:00:00Z",
        "start=2026-11-24T00:00:00Z&end=2026-11-24T00:00:00Z",
        "date=0001-01-01",
        "date=9999-12-31",
    ],
)
def test_a_window_no_report_can_be_about_is_422(web: Web, asked: str) -> None:
    for path in ("digest", "digest.pdf"):
        answer = web.client.get(f"/api/v1/{path}?{asked}", headers=web.key())
        assert answer.status_code == 422, answer.text
        assert "2000" in answer.json()["detail"]


def test_a_window_of_a_month_is_a_report(web: Web) -> None:
    made = get(web, "/digest?start=2026-10-24T00:00:00Z&end=2026-11-24T00:00:00Z")
    assert made["start"] == "2026-10-24T00:00:00Z"


def test_a_review_may_change_the_issue_and_null_leaves_it(web: Web) -> None:
    path, key = "/api/v1/incidents/1/reviews", web.key()
    body = {"decision": "terima", "issue": "H2", "seen_review_id": None}
    after = web.client.post(path, json=body, headers=key)
    assert (after.status_code, after.json()["issue"]) == (201, "H2"), after.text
    assert get(web, "/incidents/1")["reviews"][0]["issue"] == "H2"
    body = {"decision": "ragu", "issue": None, "seen_review_id": after.json()["review_id"]}
    assert web.client.post(path, json=body, headers=key).status_code == 201
    body = {"decision": "terima", "issue": "X9", "seen_review_id": None}
    assert web.client.post("/api/v1/incidents/2/reviews", json=body, headers=key).status_code == 422


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:22/",
        "http://[::ffff:127.0.0.1]/feed",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/feed",
        "file:///etc/passwd",
    ],
)
def test_an_address_inside_is_refused_where_it_is_registered(web: Web, url: str) -> None:
    answer = web.client.post("/api/v1/sources", json={"url": url}, headers=web.key("operator"))
    assert answer.status_code == 422
    assert "Alamat sumber" in answer.json()["detail"]
    browser = web.session("operator")
    form = {"csrf": token(browser.get("/sumber").text), "alamat": url}
    page = browser.post("/sumber", data=form)
    assert page.status_code == 422
    assert 'role="alert">Alamat sumber' in page.text


def test_an_incident_tells_each_change_of_its_status_with_time_and_reason_there_and_on_its_page(
    web: Web,
) -> None:
    lines = get(web, "/queue?limit=200&state=all")["items"]
    number = max(lines, key=lambda line: line["incident"]["reports"])["incident"]["id"]
    view = get(web, f"/incidents/{number}")
    changes = view["status_changes"]
    assert [one["at"] for one in changes] == sorted(one["at"] for one in changes)
    assert changes[0]["status"] in ("baru", "selesai") and len(changes) >= 2
    assert changes[-1]["status"] == view["incident"]["status"]
    reports = {one["item_id"]: one["published"] for one in view["reports"]}
    assert all(one["why"] and one["at"] == reports[one["item_id"]] for one in changes)
    assert view["incident"]["risen_why"] == ""
    page = web.session().get(f"/insiden/{number}").text
    course = page[page.index('id="h-riwayat"') :]
    assert course.index(changes[-1]["why"]) < course.index(changes[0]["why"])
    assert course.count('<time datetime="') >= len(changes)


def test_a_decided_incident_that_rose_says_so_first_in_the_queue_and_on_its_page(web: Web) -> None:
    account = web.desk.account("analis")
    assert account is not None
    feed = SourceListing(url="https://kabar-uji.example/feed", name="Kabar Uji", owner="Uji")
    source = web.desk.add_source(feed, NOW)

    def arrives(key: str, title: str, text: str, published: datetime) -> None:
        entry = Entry(
            key=key,
            guid=key,
            link=f"https://kabar-uji.example/{key}",
            title=title,
            text=text,
            html="",
            published=published,
            published_raw="",
        )
        answer = Fetched(
            source=FeedSource(key=str(source.id), url=source.url),
            status=200,
            final_url=source.url,
            etag="",
            last_modified="",
            parsed=Parsed(title="", kind="rss20", entries=(entry,)),
            body_bytes=1,
            seconds=0.0,
        )
        web.desk.take(answer, NOW)

    road = (
        "SUKAMARA - Puluhan warga memortal jalan angkut sawit di Kecamatan Balai Riam, Kabupaten Sukamara, "
        "dan mengancam bertahan sampai sengketa lahan plasma dengan perusahaan selesai."
    )
    arrives("1", "Warga Portal Jalan Angkut Sawit di Balai Riam Sukamara", road, NOW - timedelta(hours=9))
    found = [one for one in get(web, "/queue?limit=200")["items"] if one["source"] == "Kabar Uji"]
    number, level = found[0]["incident"]["id"], found[0]["incident"]["severity_name"]
    body = {"decision": "terima"}
    url = f"/api/v1/incidents/{number}/reviews"
    assert web.client.post(url, json=body, headers=web.key()).status_code == 201
    assert all(one["incident"]["id"] != number for one in get(web, "/queue?limit=200")["items"])
    worse = (
        "SUKAMARA - Warga yang memortal jalan angkut sawit di Kecamatan Balai Riam, Kabupaten Sukamara, "
        "bentrok dengan petugas keamanan perusahaan. Lima orang luka, dua truk dibakar, dan polisi memakai "
        "gas air mata."
    )
    arrives("2", "Bentrok di Portal Jalan Sawit Balai Riam, Lima Luka dan Truk Dibakar", worse, NOW)
    (back,) = [one for one in get(web, "/queue?limit=200")["items"] if one["incident"]["id"] == number]
    told = back["incident"]["risen_why"]
    assert told.startswith(f"Naik dari {level} ke {back['incident']['severity_name']} sejak keputusan terima")
    assert back["incident"]["urgency_why"].startswith(told)
    assert told in web.session().get(f"/insiden/{number}").text
    assert told in web.session().get("/antrean").text


def test_an_item_shows_the_parts_that_add_up_to_its_probability(web: Web) -> None:
    number = get(web, "/queue?limit=1")["items"][0]["incident"]["id"]
    report = get(web, f"/incidents/{number}")["reports"][0]
    item = get(web, f"/items/{report['item_id']}")
    assert item["parts"] == report["parts"]
    assert item["parts"][0]["name"] == "base"
    total = sum(part["log_odds"] for part in item["parts"])
    assert 1 / (1 + math.exp(-total)) == pytest.approx(item["probability"], abs=1e-6)


def test_the_incident_page_says_in_both_languages_which_signals_made_the_value(web: Web) -> None:
    number = get(web, "/queue?limit=1")["items"][0]["incident"]["id"]
    said = get(web, f"/incidents/{number}")["reports"][0]["parts"]
    loudest = max(said[1:], key=lambda part: abs(part["log_odds"]))["name"]
    browser = web.session()
    for lang, caption in (("id", "Mengapa nilai ini"), ("en", "Why this value")):
        page = browser.get(f"/insiden/{number}?lang={lang}").text
        assert caption in page
        assert say("part_base", lang) in page
        assert say(f"part_{loudest}", lang) in page


def test_every_signal_of_the_model_has_words_and_one_of_an_older_model_keeps_its_name() -> None:
    assert [name for name in ("base", *SIGNALS) if f"part_{name}" not in WORDS] == []
    assert say("part_of_old", "id") == "of_old"


def test_a_body_of_another_type_or_longer_than_said_is_refused_even_if_it_could_be_read(web: Web) -> None:
    number = get(web, "/queue?limit=1")["items"][0]["incident"]["id"]
    key = web.key("administrator")
    for path, body, field in (
        ("/hooks/1/replay", {"since": 0}, "since"),
        (f"/incidents/{number}/reviews", {"decision": "ragu", "seen_review_id": False}, "seen_review_id"),
        (f"/incidents/{number}/reviews", {"decision": "ragu", "severity": True}, "severity"),
        (f"/incidents/{number}/notes", {"text": "a" + "\u200b" * 4_000}, "text"),
        (f"/incidents/{number}/notes", {"text": "\u200b"}, "text"),
    ):
        answer = web.client.post(f"/api/v1{path}", json=body, headers=key)
        assert answer.status_code == 422, (path, answer.text)
        assert [error["field"] for error in answer.json()["errors"]] == [field]
