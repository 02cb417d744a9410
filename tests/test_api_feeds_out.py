"""Feeds of accepted incidents: valid Atom and JSON Feed, marked, for readers that know passwords only."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import jsonschema
import pytest
from api_fixtures import NOW, Web, sample_database, web
from screening_material import incident

from api.feeds_out import atom, entry_id, json_feed
from api.rest_feeds import basic_password
from screening import Area, Listed, Published

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = "/api/v1/feeds/incidents"
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "home_page_url": {"type": "string", "pattern": "^https?://"},
        "feed_url": {"type": "string", "pattern": "^https?://"},
        "authors": {"type": "array", "items": {"type": "object", "minProperties": 1}},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "content_text", "url"],
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": {"type": "string", "pattern": "^https?://"},
                    "external_url": {"type": "string", "pattern": "^https?://"},
                    "date_published": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT.*Z$"},
                    "date_modified": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT.*Z$"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
                "patternProperties": {"^_": {"type": "object"}},
            },
        },
    },
}


def accepted(web: Web, count: int = 3) -> list[int]:
    """Accept so many home incidents, a peaceful one among them; their numbers."""
    key = web.key()
    lines = web.client.get("/api/v1/incidents?area=kalteng&state=open&limit=200", headers=key).json()["items"]
    lines.sort(key=lambda line: not line["protected"])
    chosen = [line["incident"]["id"] for line in lines[:count]]
    for number in chosen:
        web.clock.forward(minutes=1)
        url = f"/api/v1/incidents/{number}/reviews"
        answer = web.client.post(url, json={"decision": "terima"}, headers=key)
        assert answer.status_code == 201, answer.text
    return chosen


def check_atom(body: bytes) -> ET.Element:
    """RFC 4287, section 4: what must stand in a feed and an entry, once, and in its form."""
    root = ET.fromstring(body)
    assert root.tag == f"{ATOM}feed"

    def one(parent: ET.Element, name: str) -> str:
        (found,) = parent.findall(f"{ATOM}{name}")
        assert found.text and found.text.strip(), name
        return found.text

    def moment(text: str) -> None:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text)
        datetime.fromisoformat(text)

    names = []
    for element in (root, *root.findall(f"{ATOM}entry")):
        names.append(one(element, "id"))
        one(element, "title")
        moment(one(element, "updated"))
        assert re.match(r"[a-z][a-z0-9+.-]*:", names[-1])
        alternates = [
            link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"
        ]
        pairs = [(link.get("type"), link.get("hreflang")) for link in alternates]
        assert len(pairs) == len(set(pairs))
        assert all(re.match("https?://", link.get("href", "")) for link in element.findall(f"{ATOM}link"))
    assert len(names) == len(set(names))
    (author,) = root.findall(f"{ATOM}author")
    one(author, "name")
    assert [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    for entry in root.findall(f"{ATOM}entry"):
        moment(one(entry, "published"))
        (content,) = entry.findall(f"{ATOM}content")
        assert content.get("type") == "text" and not list(content)
    return root


def test_the_atom_feed_is_valid_and_has_the_accepted_incidents_newest_first(web: Web) -> None:
    numbers = accepted(web)
    answer = web.client.get(f"{FEEDS}.atom", headers=web.key())
    assert answer.headers["content-type"] == "application/atom+xml"
    root = check_atom(answer.content)
    pages = [
        link.get("href", "")
        for entry in root.findall(f"{ATOM}entry")
        for link in entry.findall(f"{ATOM}link")
        if link.get("rel") == "alternate"
    ]
    assert pages == [f"http://testserver/insiden/{number}" for number in reversed(numbers)]
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert read.version == "atom10"
    assert len(read.entries) == 3
    for entry in read.entries:
        assert "bukan Status Keadaan Konflik" in entry.content[0].value
        assert any(link.rel == "via" for link in entry.links)
        assert entry.updated_parsed is not None


def test_the_json_feed_is_valid_and_says_the_same(web: Web) -> None:
    numbers = accepted(web)
    answer = web.client.get(f"{FEEDS}.json", headers=web.key())
    assert answer.headers["content-type"] == "application/feed+json"
    made = answer.json()
    jsonschema.validate(made, JSON_FEED)
    assert [item["_dini"]["incident_id"] for item in made["items"]] == numbers[::-1]
    other = feedparser.parse(web.client.get(f"{FEEDS}.atom", headers=web.key()).content)
    assert [item["id"] for item in made["items"]] == [entry.id for entry in other.entries]
    assert [item["title"] for item in made["items"]] == [entry.title for entry in other.entries]
    assert all(item["external_url"].startswith("http") for item in made["items"])


def test_a_peaceful_action_is_marked_as_protected(web: Web) -> None:
    accepted(web)
    items = web.client.get(f"{FEEDS}.json", headers=web.key()).json()["items"]
    calm = [item for item in items if item["_dini"]["form"] == "F2"]
    assert calm
    for item in items:
        assert item["_dini"]["protected"] is (item in calm)
        assert ("dilindungi UU 9/1998" in item["tags"]) is (item in calm)
        assert ("UU 9/1998" in item["content_text"].split("\n")[1]) is (item in calm)
        assert item["_dini"]["severity"] <= 1 or item not in calm


def test_only_what_is_accepted_now_is_in_the_feed(web: Web) -> None:
    first, *rest = accepted(web)
    seen = web.client.get(f"/api/v1/incidents/{first}", headers=web.key()).json()["incident"]["review_id"]
    body = {"decision": "tolak", "reason": "bukan_isu", "seen_review_id": seen}
    url = f"/api/v1/incidents/{first}/reviews"
    assert web.client.post(url, json=body, headers=web.key()).status_code == 201
    items = web.client.get(f"{FEEDS}.json", headers=web.key()).json()["items"]
    assert sorted(item["_dini"]["incident_id"] for item in items) == sorted(rest)


def test_an_office_gets_its_own_feed(web: Web) -> None:
    accepted(web, 12)
    every = web.client.get(f"{FEEDS}.json", headers=web.key()).json()["items"]
    office = next(item["_dini"]["place_code"][:5] for item in every if item["_dini"]["place_code"] != "62")
    mine = web.client.get(f"{FEEDS}.json?office={office}", headers=web.key()).json()
    assert {item["_dini"]["incident_id"] for item in mine["items"]} == {
        item["_dini"]["incident_id"] for item in every if (item["_dini"]["place_code"] or "")[:5] == office
    }
    assert mine["title"] != web.client.get(f"{FEEDS}.json", headers=web.key()).json()["title"]
    assert web.client.get(f"{FEEDS}.json?office=31.71", headers=web.key()).status_code == 422


def test_an_empty_feed_is_valid_and_the_same_each_time(web: Web) -> None:
    answer = web.client.get(f"{FEEDS}.atom", headers=web.key())
    assert check_atom(answer.content).findall(f"{ATOM}entry") == []
    web.clock.forward(days=1)
    known = web.key() | {"If-None-Match": answer.headers["etag"]}
    assert web.client.get(f"{FEEDS}.atom", headers=known).status_code == 304


def test_the_key_is_a_basic_password_for_the_two_feeds_and_nowhere_else(web: Web) -> None:
    key = web.key()["Authorization"].removeprefix("Bearer ")
    fresh = web.fresh()
    for ending in ("atom", "json"):
        assert fresh.get(f"{FEEDS}.{ending}", auth=("pembaca", key)).status_code == 200
        refused = fresh.get(f"{FEEDS}.{ending}", auth=("pembaca", key + "x"))
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic realm=")
    for path in ("/api/v1/incidents", "/api/v1/exports/incidents.csv", "/antrean"):
        assert fresh.get(path, auth=("pembaca", key)).status_code in (303, 401), path
    assert fresh.get(f"{FEEDS}.atom", auth=("analis", "hutan sungai pagi tenang")).status_code == 401


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic " + "x" * 9_999, "Basic /////w==", "basic"])
def test_a_broken_basic_header_is_nobody(web: Web, header: str) -> None:
    assert basic_password(header) is None
    answer = web.fresh().get(f"{FEEDS}.atom", headers={"Authorization": header})
    assert answer.status_code == 401


def published(title: str, link: str, **more: Any) -> Published:
    one = Listed(
        incident=incident(7, title=title, **more),
        changed_at=NOW,
        merged_into=None,
        source_name="Kabar & <Satu>",
        link=link,
    )
    return Published(listed=one, accepted_at=NOW, text=title, sources=(("Kabar & <Satu>", link, NOW),))


@pytest.mark.parametrize(
    ("title", "link"),
    [
        ("]]> <script>alert(1)</script> & \x00\x1b\ud800\ufffe", "javascript:alert(1)"),
        ('"><entry/>', "https://a.example/?a=1&b=<2>"),
        ("\u202eterbalik", "https://a.example/ b"),
    ],
)
def test_hostile_words_stay_words_in_both_feeds(title: str, link: str) -> None:
    one = published(title, link)
    asked = {"office": "62", "home": "https://dini.example/", "here": "https://dini.example/feed"}
    root = check_atom(atom([one], **asked))
    assert len(root.findall(f"{ATOM}entry")) == 1
    via = [element.get("href") for element in root.iter(f"{ATOM}link") if element.get("rel") == "via"]
    assert all(str(href).startswith("https://") for href in via)
    made = json_feed([one], **asked)
    jsonschema.validate(made, JSON_FEED)
    json.dumps(made).encode()


def test_an_entry_keeps_its_name_whatever_changes_but_differs_between_installations() -> None:
    one = published("Satu", "https://a.example/1")
    later = replace(one, accepted_at=NOW + timedelta(days=3), text="lain")
    assert entry_id(one) == entry_id(later)
    other = published("Satu", "https://a.example/1", detected_at=NOW + timedelta(seconds=1))
    assert entry_id(one) != entry_id(other)
