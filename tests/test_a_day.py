"""The story of a day, over real HTTP and on both databases: collect, queue, review, digest, another tool.

What is faked is the web (bundled sample news on a loopback server) and the clock; nothing else.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import uvicorn
from api_fixtures import HASH, PASSWORD, Clock, token

from api import create_app
from api.auth import fingerprint, new_key
from api.cli_start import sample_day, sample_sources
from feeds import SampleWeb
from models import Classifier
from screening import CollectReport, Desk, Role, Settings, Store

MORNING = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # 06.30 WIB, 25 November


@dataclass(slots=True)
class Day:
    desk: Desk
    clock: Clock
    address: str
    first: CollectReport
    source_ids: list[int]
    key: str

    def get(self, path: str, **params: str | int) -> httpx.Response:
        return httpx.get(
            f"{self.address}/api/v1{path}", params=params, headers={"Authorization": f"Bearer {self.key}"}
        )

    def post(self, path: str, body: dict[str, object]) -> httpx.Response:
        return httpx.post(
            f"{self.address}/api/v1{path}", json=body, headers={"Authorization": f"Bearer {self.key}"}
        )


@pytest.fixture
def day(settings: Settings, store: Store, classifier: Classifier) -> Iterator[Day]:
    clock = Clock()
    clock.now = MORNING
    with SampleWeb(sample_day(MORNING), 0) as web:
        allowed = replace(settings, allow_addresses=(web.base_url.split("://")[1].rstrip("/"),))
        desk = Desk(store, classifier, allowed)
        desk.set_up(MORNING)
        ids = sample_sources(desk, web.sources(), MORNING)
        first = desk.collect(MORNING, source_ids=ids)
        key = new_key()
        for role in (Role.ANALYST, Role.SUPERVISOR):
            account = desk.create_account(role.value, role, HASH, MORNING, must_change=False)
            if role is Role.ANALYST:
                desk.add_key("pipa", fingerprint(key), account.id, MORNING)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(desk, clock=clock), log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield Day(desk, clock, f"http://127.0.0.1:{listening.getsockname()[1]}", first, ids, key)
        server.should_exit = True
        thread.join(10)


def test_a_day_at_the_desk(day: Day) -> None:
    # 06.30: eleven sources were read, one of them broken, and every entry is stored or counted
    assert day.first.sources == 11
    assert day.first.new >= 250
    assert day.first.incidents >= 15

    queue = day.get("/queue", area="kalteng", limit=200).json()
    lines = queue["items"]
    assert len(lines) >= 15
    for line in lines:
        body_span = line["evidence"]
        assert 0 <= line["probability"] <= 1
        assert body_span and all(e["start"] < e["end"] for e in body_span)
        assert line["reasons"]
        assert line["model"]
        assert line["link"].startswith("http")
        if line["incident"]["form"] == "F2":
            assert line["incident"]["severity"] <= 1

    # the death of a harvester after shots in Seruyan is on top, told by several independent voices
    top = lines[0]["incident"]
    assert top["severity_name"] == "DARURAT"
    assert top["place_code"].startswith("62.07")
    assert top["voices"] >= 2
    assert top["reports"] > top["voices"]

    # the same news again changes nothing
    again = day.desk.collect(day.clock() + timedelta(minutes=20), source_ids=day.source_ids)
    assert (again.new, again.changed) == (0, 0)

    # an analyst accepts the first, rejects another with a reason; a stale page is refused
    day.clock.forward(minutes=25)
    accepted = day.post(f"/incidents/{top['id']}/reviews", {"decision": "terima", "seen_review_id": None})
    assert accepted.status_code == 201, accepted.text
    stale = day.post(f"/incidents/{top['id']}/reviews", {"decision": "ragu", "seen_review_id": None})
    assert stale.status_code == 409
    other = lines[-1]["incident"]
    rejected = day.post(
        f"/incidents/{other['id']}/reviews",
        {"decision": "tolak", "reason": "bukan_isu", "seen_review_id": None},
    )
    assert rejected.status_code == 201, rejected.text

    # rights: nobody, machine or person, raises a peaceful action
    peaceful = [line["incident"] for line in lines if line["incident"]["form"] == "F2"]
    assert peaceful, "the sample days hold peaceful actions"
    raised = day.post(
        f"/incidents/{peaceful[0]['id']}/reviews",
        {"decision": "terima", "severity": 3, "seen_review_id": None},
    )
    assert raised.status_code == 403

    # the supervisor signs in with a browser and reads the digest
    with httpx.Client(base_url=day.address, follow_redirects=True) as browser:
        page = browser.get("/masuk")
        browser.post("/masuk", data={"nama": "supervisor", "sandi": PASSWORD, "csrf": token(page.text)})
        report = browser.get("/laporan")
        assert report.status_code == 200
        assert "LAPORAN HARIAN SITUASI DAERAH" in report.text
        assert "bukan Status Keadaan Konflik" in report.text
        assert "DARURAT" in report.text

    # another tool reads the same digest; every line has its sources, F2 stands apart, the reject is told
    digest = day.get("/digest").json()
    told = [line for part in ("decide", "changed", "other", "aspirations") for line in digest[part]]
    assert any(line["incident"]["id"] == top["id"] for line in digest["decide"])
    assert all(line["sources"] and line["sources"][0]["link"].startswith("http") for line in told)
    assert all(line["incident"]["form"] == "F2" for line in digest["aspirations"])
    assert all(line["incident"]["form"] != "F2" for line in digest["decide"])
    assert any(entry["line"]["incident"]["id"] == other["id"] for entry in digest["rejected"])
    assert len(digest["rows"]) == 14
    assert digest["coverage"]["set_aside"]


def test_the_day_ledger_adds_up(day: Day) -> None:
    """Entries in the feeds = items in the queue's incidents + items set aside with a counted reason."""
    dropped = dict(day.first.dropped)
    listed = 0
    while page := day.get("/set-aside", limit=200, offset=listed).json()["items"]:
        listed += len(page)
    reports = sum(
        line["incident"]["reports"] for line in day.get("/queue", state="all", limit=200).json()["items"]
    )
    outside = sum(
        line["incident"]["reports"]
        for line in day.get("/queue", state="all", area="luar", limit=200).json()["items"]
    )
    assert day.first.new == listed - outside + reports
    assert sum(n for reason, n in dropped.items() if reason in ("di_bawah_ambang", "luar_wilayah")) == listed
