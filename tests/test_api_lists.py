"""Lists for other tools: filters, pages that neither repeat nor skip, following changes, ETags, masking."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from api_fixtures import NOW, Web, sample_database, web
from fastapi.testclient import TestClient
from screening_material import BLOCKADE, CLASH, entry, fetched, listing

from api import create_app
from api.asked import DAY, MOMENT
from models import mask_names
from screening import (
    Decision,
    Desk,
    IncidentFilter,
    IncidentOrder,
    Invalid,
    ItemFilter,
    ReviewDraft,
    Role,
    Severity,
    Store,
)
from screening.schema import incident

API = "/api/v1"


def get(web: Web, path: str, key: dict[str, str] | None = None) -> Any:
    answer = web.client.get(f"{API}{path}", headers=key or web.key())
    assert answer.status_code == 200, answer.text
    return answer.json()


def whole(web: Web, path: str, limit: int = 4) -> list[dict[str, Any]]:
    """All lines over all pages of `limit`."""
    key, lines, cursor = web.key(), [], ""
    while True:
        page = get(web, f"{path}{'&' if '?' in path else '?'}limit={limit}&cursor={cursor}", key)
        lines += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return lines
        assert len(page["items"]) == limit


def accept(web: Web, number: int, decision: str = "terima") -> None:
    url = f"{API}/incidents/{number}/reviews"
    body = {"decision": decision}
    answer = web.client.post(url, json=body, headers=web.key())
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("order", "key", "down"),
    [
        ("published", lambda line: line["incident"]["last_published"], True),
        ("changed", lambda line: line["changed_at"], False),
        ("urgency", lambda line: line["incident"]["urgency"], True),
    ],
)
def test_each_order_of_incidents_holds_over_all_pages(web: Web, order: str, key: Any, down: bool) -> None:
    lines = whole(web, f"/incidents?order={order}")
    numbers = [line["incident"]["id"] for line in lines]
    assert len(numbers) == len(set(numbers)) == get(web, "/queue?state=all&limit=1")["total"]
    assert [key(line) for line in lines] == sorted((key(line) for line in lines), reverse=down)


def test_every_filter_of_incidents_keeps_what_fits_and_nothing_else(web: Web) -> None:
    every = whole(web, "/incidents", 200)
    accept(web, every[0]["incident"]["id"])
    every = whole(web, "/incidents", 200)
    some = every[3]["incident"]
    tests: list[tuple[str, Any]] = [
        ("state=open", lambda one: one["decision"] is None),
        ("decision=terima", lambda one: one["decision"] == "terima"),
        ("severity_min=2", lambda one: one["severity"] >= 2),
        (f"issue={some['issue']}", lambda one: one["issue"] == some["issue"]),
        (f"form={some['form']}", lambda one: one["form"] == some["form"]),
        ("area=luar", lambda one: one["area"] == "luar"),
        ("place=62.02", lambda one: (one["place_code"] or "").startswith("62.02")),
        ("office=62.07", lambda one: (one["place_code"] or "").startswith("62.07")),
        ("detected_since=2026-11-25T00:00:00Z", lambda one: False),
    ]
    for query, fits in tests:
        wanted = {line["incident"]["id"] for line in every if fits(line["incident"])}
        assert {line["incident"]["id"] for line in whole(web, f"/incidents?{query}", 200)} == wanted, query
    assert any(line["incident"]["severity"] >= 2 for line in every)


def test_one_who_follows_changes_gets_what_was_decided_merged_and_reported_since(web: Web) -> None:
    before = whole(web, "/incidents?order=changed&merged=true", 200)
    assert get(web, "/incidents?order=changed&updated_since=2026-11-24T02:30:00Z")["items"] == []
    alone = [line["incident"]["id"] for line in before if line["merged_into"] is None]
    first, second, third = alone[:3]
    web.clock.forward(hours=1)
    accept(web, first)
    url = f"{API}/incidents/{second}/merge"
    assert web.client.post(url, json={"from_id": third}, headers=web.key()).status_code == 201
    after = get(web, "/incidents?order=changed&merged=true&updated_since=2026-11-24T02:30:00Z")["items"]
    told = {line["incident"]["id"]: line for line in after}
    assert set(told) == {first, second, third}
    assert {line["changed_at"] for line in after} == {"2026-11-24T03:00:00Z"}
    assert (told[third]["merged_into"], told[second]["merged_into"]) == (second, None)
    shown = get(web, "/incidents?updated_since=2026-11-24T02:30:00Z")["items"]
    assert {line["incident"]["id"] for line in shown} == {first, second}


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        "cursor=2026-11-24T02:00:00.000000Z_1&order=urgency",
        "cursor=1.5_1&order=published",
        "cursor=nan_1&order=urgency",
        "severity_min=9",
        "office=31.71",
        "issue=Z9",
        "place=31",
        "updated_since=kemarin",
        "updated_since=2026-02-30T00:00:00Z",
        "updated_since=2026-11-24T00:00:00Z&updated_until=2026-11-23T00:00:00Z",
        "order=acak",
        "limit=201",
    ],
)
def test_a_list_refuses_what_it_cannot_read(web: Web, query: str) -> None:
    answer = web.client.get(f"{API}/incidents?{query}", headers=web.key())
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_items_are_listed_masked_without_their_text_and_whole_over_the_pages(web: Web) -> None:
    lines = whole(web, "/items", 37)
    numbers = [line["item_id"] for line in lines]
    assert numbers == sorted(set(numbers), reverse=True)
    assert [line["item_id"] for line in whole(web, "/items?order=oldest", 37)] == numbers[::-1]
    assert {line["flagged"] for line in lines} == {True, False}
    for line in lines:
        assert not {"text", "html"} & set(line)
        assert len(line["excerpt"]) <= 300
        assert mask_names(line["title"]) == line["title"]
    one = web.desk.item(lines[0]["item_id"])
    assert (lines[0]["title"], lines[0]["excerpt"]) == (one.masked_title, one.excerpt)


def test_every_filter_of_items_keeps_what_fits_and_nothing_else(web: Web) -> None:
    every = whole(web, "/items", 200)
    some = next(line for line in every if line["issue"] and line["place_code"])
    for query, fits in (
        ("flagged=true", lambda one: one["flagged"]),
        (f"issue={some['issue']}", lambda one: one["issue"] == some["issue"]),
        (f"form={some['form']}", lambda one: one["form"] == some["form"]),
        (f"regency={some['place_code']}", lambda one: one["place_code"] == some["place_code"]),
        (f"source={some['source_id']}", lambda one: one["source_id"] == some["source_id"]),
        ("until=2026-11-24T00:00:00Z", lambda one: False),
        ("since=2026-11-24T00:00:00Z", lambda one: True),
    ):
        wanted = {line["item_id"] for line in every if fits(line)}
        assert {line["item_id"] for line in whole(web, f"/items?{query}", 200)} == wanted, query


def test_a_judgement_is_whole_and_masked(desk: Desk) -> None:
    source = desk.add_source(listing("kabar"), NOW)
    text = CLASH[1] + " Kapolres Kotawaringin Timur AKBP Resdan Putrawan membenarkan kejadian itu."
    desk.take(fetched(source, entry("1", CLASH[0], text)), NOW)
    judged = desk.exports.judgement(1)
    said = judged.report.assessment
    told = " ".join([*(one.text for one in said.evidence), *said.reasons, judged.report.masked_title])
    assert "Resdan" not in told
    assert said.evidence
    assert judged.incident_id == 1
    assert said.facts.injured is not None


def test_a_judgement_over_rest_adds_up_and_names_its_incident(web: Web) -> None:
    line = get(web, "/items?flagged=true&limit=1")["items"][0]
    told = get(web, f"/assessments/{line['item_id']}")
    assert told["incident_id"] == line["incident_id"]
    assert told["probability"] == line["probability"]
    assert told["issue"]["code"] == line["issue"]
    assert told["evidence"]
    assert web.client.get(f"{API}/assessments/999999", headers=web.key()).status_code == 404


def test_the_digests_that_were_due_are_listed_for_the_province_and_the_fourteen(web: Web) -> None:
    lines = whole(web, "/digests?days=2", 7)
    assert len(lines) == 15 * 4
    assert len({(line["office"], line["end"]) for line in lines}) == len(lines)
    assert [line["end"] for line in lines] == sorted((line["end"] for line in lines), reverse=True)
    assert {line["end"][11:16] for line in lines} == {"23:30", "08:00"}
    kotim = whole(web, "/digests?days=2&office=62.02", 3)
    assert {line["office_name"] for line in kotim} == {"Kotawaringin Timur"}
    assert len(kotim) == 4
    made = web.client.get(kotim[0]["json"], headers=web.key()).json()
    assert (made["start"], made["end"]) == (kotim[0]["start"], kotim[0]["end"])
    assert [row["code"] for row in made["rows"]] == ["62.02"]
    assert web.client.get(kotim[0]["pdf"], headers=web.key()).content.startswith(b"%PDF")


def test_a_mailbox_that_has_the_digest_is_counted_as_sent(web: Web) -> None:
    from screening import PostKind

    web.desk.add_recipient("62.02", "piket@kesbang.example.go.id", {PostKind.DIGEST}, NOW - timedelta(days=9))
    web.desk.owe_due_digests(NOW)
    waiting = {line["office"]: line["waiting"] for line in get(web, "/digests?days=1&limit=15")["items"]}
    assert waiting["62.02"] == 1
    assert sum(waiting.values()) == 1


CONDITIONAL = [
    "/incidents?limit=3",
    "/items?limit=3",
    "/assessments/1",
    "/digests?limit=3",
    "/sources",
    "/taxonomy",
    "/indicators",
    "/queue?limit=3",
    "/overview",
    "/exports/incidents.csv",
    "/feeds/incidents.atom",
    "/feeds/incidents.json",
]


@pytest.mark.parametrize("path", CONDITIONAL)
def test_an_answer_that_the_asker_has_is_not_sent_again(web: Web, path: str) -> None:
    key = web.key()
    answer = web.client.get(f"{API}{path}", headers=key)
    assert answer.status_code == 200
    tag = answer.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in answer.headers["vary"]
    for known in (tag, f'"lain", W/{tag}', "*"):
        again = web.client.get(f"{API}{path}", headers=key | {"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), known
        assert again.headers["cache-control"] == "private, no-cache"
        assert "content-length" not in again.headers
    assert web.client.get(f"{API}{path}", headers=key | {"If-None-Match": '"lain"'}).content == answer.content


def test_a_tag_is_of_the_bytes_and_tells_a_stranger_nothing(web: Web) -> None:
    key = web.key()
    before = web.client.get(f"{API}/incidents", headers=key)
    accept(web, before.json()["items"][0]["incident"]["id"])
    after = web.client.get(f"{API}/incidents", headers=key | {"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    stranger = web.client.get(f"{API}/incidents", headers={"If-None-Match": "*"})
    assert stranger.status_code == 401
    assert "etag" not in stranger.headers


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-02-28", True),
        ("2028-02-29", True),
        ("2026-02-29", False),
        ("2026-04-31", False),
        ("2026-13-01", False),
        ("1999-01-01", False),
    ],
)
def test_the_pattern_of_a_day_knows_the_calendar(text: str, good: bool) -> None:
    assert bool(re.match(DAY, text)) is good
    assert bool(re.match(MOMENT, f"{text}T06:30:00+07:00")) is good


def test_the_pattern_of_a_day_agrees_with_the_calendar_for_a_century() -> None:
    days = {(date(2000, 1, 1) + timedelta(days=n)).isoformat() for n in range(36_525)}
    spelled = {f"20{y:02}-{m:02}-{d:02}" for y in range(100) for m in range(14) for d in range(33)}
    assert {text for text in spelled if re.match(DAY, text)} == days


def test_changes_are_followed_the_same_on_both_databases(desk: Desk) -> None:
    source = desk.add_source(listing("kabar"), NOW)
    desk.take(fetched(source, entry("1", *CLASH)), NOW)
    desk.take(fetched(source, entry("2", *BLOCKADE)), NOW + timedelta(hours=1))
    account = desk.create_account("telaah", Role.ANALYST, "-", NOW)
    later = NOW + timedelta(hours=2)
    desk.review(ReviewDraft(incident_id=1, decision=Decision.ACCEPT), account, later)

    def numbers(**asked: Any) -> list[int]:
        flt = IncidentFilter(order=IncidentOrder.CHANGED, **asked)
        return [line.incident.id for line in desk.exports.incidents(flt, later).lines]

    assert numbers() == [2, 1]
    assert numbers(updated_since=later) == [1]
    assert numbers(updated_until=later) == [2]
    assert numbers(updated_since=NOW + timedelta(hours=1), updated_until=later) == [2]
    first = desk.exports.incidents(IncidentFilter(order=IncidentOrder.CHANGED, limit=1), later)
    rest = IncidentFilter(order=IncidentOrder.CHANGED, limit=1, after=first.next_cursor)
    assert [line.incident.id for line in desk.exports.incidents(rest, later).lines] == [1]
    edited = entry("2", BLOCKADE[0], BLOCKADE[1] + " Pagar kayu masih berdiri sampai sore.")
    desk.take(fetched(source, edited), later + timedelta(hours=1))
    changed = desk.exports.incidents(IncidentFilter(updated_since=later + timedelta(hours=1)), later).lines
    assert [line.incident.id for line in changed] == [2]
    assert [line.id for line in desk.exports.items(ItemFilter()).lines] == [2, 1]
    with pytest.raises(Invalid):
        desk.exports.incidents(IncidentFilter(office="31.71"), later)


def test_silence_that_closes_an_incident_is_a_change_from_its_hour_on(desk: Desk, store: Store) -> None:
    source = desk.add_source(listing("kabar"), NOW)
    desk.take(fetched(source, entry("1", *BLOCKADE)), NOW)  # published an hour before
    with store.writing() as books:
        books.incidents._db.execute(incident.update().values(status="selesai"))
    quiet = NOW + timedelta(hours=71, seconds=1)
    told = desk.exports.incidents(IncidentFilter(), quiet).lines[0]
    assert told.changed_at == quiet
    assert desk.exports.incidents(IncidentFilter(updated_since=quiet), quiet).lines
    before = quiet - timedelta(seconds=1)
    assert desk.exports.incidents(IncidentFilter(), before).lines[0].changed_at == NOW


def test_every_operation_is_described_whole(web: Web) -> None:
    described = web.client.get(f"{API}/openapi.json").json()
    problem = {"$ref": "#/components/schemas/Problem"}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            for status, said in operation["responses"].items():
                if status.startswith("4"):
                    assert said["content"] == {"application/problem+json": {"schema": problem}}, name
            if path == f"{API}/health":
                assert "security" not in operation
                continue
            basic = path.startswith(f"{API}/feeds/")
            names = ["key", *(["feed_key"] if basic else []), "session"]
            assert [next(iter(one)) for one in operation["security"]] == names, name
            assert operation["security"][0]["key"], f"{name}: a key needs a scope"
            assert ("304" in operation["responses"]) is (method == "get"), name
            assert operation.get("description") or operation.get("summary"), name


def test_what_was_set_aside_is_whole_over_its_pages(web: Web) -> None:
    lines = whole(web, "/set-aside", 60)
    numbers = [line["item_id"] for line in lines]
    assert numbers == [line["item_id"] for line in whole(web, "/set-aside", 200)]
    assert len(numbers) == len(set(numbers)) > 120


def test_lists_answer_in_one_envelope(web: Web) -> None:
    described = web.client.get(f"{API}/openapi.json").json()
    schemas = described["components"]["schemas"]
    for path in ("/incidents", "/items", "/digests", "/queue", "/sources", "/set-aside"):
        content = described["paths"][f"{API}{path}"]["get"]["responses"]["200"]["content"]
        (media,) = content.values()
        schema = schemas[media["schema"]["$ref"].rsplit("/", 1)[1]]
        assert {"items", "next_cursor"} <= set(schema["required"]), path


def test_a_refusal_has_the_one_documented_shape(web: Web) -> None:
    described = web.client.get(f"{API}/openapi.json").json()
    schema = described["components"]["schemas"]["Problem"]
    key = web.key()
    for method, path in (
        ("GET", "/incidents?limit=0"),
        ("GET", "/incidents/999999"),
        ("GET", "/tidak-ada"),
        ("DELETE", "/incidents"),
        ("POST", "/screen"),
        ("GET", "/incidents?cursor=x"),
    ):
        answer = web.client.request(method, f"{API}{path}", headers=key)
        assert answer.headers["content-type"] == "application/problem+json", path
        jsonschema.validate(answer.json(), schema)
        assert answer.json()["status"] == answer.status_code


def test_the_methods_of_an_address_are_named_whole(web: Web) -> None:
    for path, methods in (("/sources", "GET, POST"), ("/sources/preview", "POST"), ("/incidents", "GET")):
        answer = web.client.options(f"{API}{path}", headers=web.key())
        assert (answer.status_code, answer.headers["allow"]) == (405, methods)


def test_every_operation_has_an_example_that_keeps_its_shape(web: Web) -> None:
    described = web.client.get(f"{API}/openapi.json").json()
    shown = 0
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            (status,) = [one for one in operation["responses"] if one.startswith("2")]
            parts = [
                *operation["responses"][status].get("content", {}).items(),
                *operation.get("requestBody", {}).get("content", {}).items(),
            ]
            for media, said in parts:
                assert said["example"] not in (None, ""), f"{method} {path}"
                if "json" in media:
                    schema = {**said["schema"], "components": described["components"]}
                    jsonschema.validate(said["example"], schema)
                shown += 1
    assert shown >= 40
