"""How sources fare, by page, REST and command line, and the look at one before it is saved; real HTTP."""

from __future__ import annotations

import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from api_fixtures import HASH, Clock, session_cookie, token
from click.testing import CliRunner
from fastapi.testclient import TestClient
from screening_material import CLASH, RECIPE, entry, failed, fetched

import models
from api import create_app
from api.auth import SESSION_COOKIE, fingerprint, new_key
from api.cli import main
from feeds import SourceListing
from screening import Decision, Desk, QueueFilter, ReviewDraft, Role, Settings, Source, Store

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # as the clock of api_fixtures
TITLE = "Jadwal kapal sungai"


def document(count: int, *, dated: bool = True, title: str = "Kabar Loopback", linked: bool = True) -> bytes:
    items = "".join(
        f"<item><title>{TITLE} {n}</title><guid>tag:{n}</guid>"
        + (f"<link>https://kabar.example/{n}</link>" if linked else "")
        + (f"<pubDate>{format_datetime(NOW - timedelta(hours=n))}</pubDate>" if dated else "")
        + f"<description>Kapal {n} berangkat.</description></item>"
        for n in range(count)
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'.encode()


PAGES = {
    "/feed": ("application/rss+xml", document(12)),
    "/undated": ("application/rss+xml", document(6, dated=False)),
    "/empty": ("application/rss+xml", document(0)),
    "/": (
        "text/html",
        b'<html><head><title>Situs</title><link rel="alternate" type="application/rss+xml" href="/feed">'
        b'<link rel="alternate" type="application/rss+xml" href="/undated"></head><body>Berita</body></html>',
    ),
    "/sepi/": ("text/html", b"<html><head><title>Situs</title></head><body>Tanpa umpan</body></html>"),
}


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/pindah":
            self.send_response(301)
            self.send_header("Location", "/feed")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        kind, body = PAGES.get(self.path, ("text/html", b""))
        self.send_response(200 if self.path in PAGES else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class Office:
    """A desk with its pages over one of the two databases."""

    def __init__(self, desk: Desk, site: str) -> None:
        self.desk, self.site = desk, f"http://{site}"
        self.app = create_app(desk, clock=Clock())
        for role in Role:
            desk.create_account(role.value, role, HASH, NOW, must_change=False)

    def browser(self, name: str = "operator") -> TestClient:
        made = TestClient(self.app, follow_redirects=False)
        made.cookies.set(SESSION_COOKIE, session_cookie(self.desk, name, NOW))
        return made

    def key(self, name: str = "operator") -> dict[str, str]:
        account = self.desk.account(name)
        assert account is not None
        made = new_key()
        self.desk.add_key("uji", fingerprint(made), account.id, NOW)
        return {"Authorization": f"Bearer {made}"}

    def preview(self, url: str, name: str = "operator", status: int = 200) -> str:
        browser = self.browser(name)
        csrf = token(browser.get("/sumber").text)
        answer = browser.post("/sumber/pratinjau", data={"csrf": csrf, "alamat": url, "nama": "Nama saya"})
        assert answer.status_code == status, answer.text
        text: str = answer.text
        return text


@pytest.fixture
def office(
    site: str, database_url: str, tmp_path: Path, store: Store, classifier: models.Classifier
) -> Office:
    settings = Settings(data_dir=tmp_path, database_url=database_url, allow_addresses=(site,))
    desk = Desk(store, classifier, settings)
    desk.set_up(NOW)
    return Office(desk, site)


def with_history(desk: Desk) -> Source:
    """Twelve a day for 20 days, then nothing for a day and more, though the feed is read."""
    began = NOW - timedelta(days=22)
    one = desk.add_source(SourceListing(url="https://diam.example/feed", name="Kabar Diam"), began)
    for day in range(23):
        end = began + timedelta(days=day)
        count = 12 if day <= 20 else 0
        news = [
            replace(
                entry(f"{day}-{n}", f"{TITLE} {day} {n}", RECIPE[1]), published=end - timedelta(hours=n * 1.9)
            )
            for n in range(count)
        ]
        desk.take(fetched(one, *news), end)
    return one


def with_worth(office: Office) -> Source:
    one = office.desk.add_source(SourceListing(url="https://dulu.example/feed", name="Kabar Dulu"), NOW)
    office.desk.take(fetched(one, entry("c", *CLASH)), NOW)
    analyst = office.desk.account("analis")
    assert analyst is not None
    for line in office.desk.queue(QueueFilter(), NOW).lines:
        draft = ReviewDraft(incident_id=line.incident.id, decision=Decision.ACCEPT)
        office.desk.review(draft, analyst, NOW)
    return one


def test_the_list_puts_what_needs_an_eye_first_and_says_why(office: Office) -> None:
    well = with_worth(office)
    silent = with_history(office.desk)
    page = office.browser("analis").get("/sumber").text
    assert page.index("Kabar Diam") < page.index("Kabar Dulu")
    assert "Tidak ada berita baru sejak" in page
    assert "Perlu dilihat <strong>1</strong>" in page
    only = office.browser().get("/sumber?keadaan=alarm").text
    assert f'id="s{silent.id}"' in only and f'id="s{well.id}"' not in only
    english = office.browser().get("/sumber?lang=en").text
    assert "silent" in english and "usually" in english


def test_one_source_has_a_page_with_a_chart_that_a_strict_policy_allows(office: Office) -> None:
    silent = with_history(office.desk)
    answer = office.browser("analis").get(f"/sumber/{silent.id}")
    assert answer.status_code == 200
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    page = answer.text
    assert not re.search(r"\sstyle=|\son[a-z]+=", page)
    found = re.search(r"<svg class=\"bars\".*?</svg>", page, re.DOTALL)
    assert found
    chart = ET.fromstring(found[0])
    bars = [one for one in chart.iter("rect") if one.get("class", "").startswith("count")]
    assert len(bars) == len([day for day in office.desk.source_view(silent.id, NOW).days if day.entries]) > 15
    bands = [one for one in chart.iter("rect") if one.get("class") == "usual"]
    assert len(bands) == 23  # none for the days before the source was there
    assert all(0 <= float(one.get("y", "x")) + float(one.get("height", "x")) <= 120.01 for one in bars)
    for words in (
        "Masuk antrean",
        "di bawah ambang",
        "bertanggal 100 %",
        "Nilai tambah",
        "Pengambilan terakhir",
    ):
        assert words in page, words
    assert "Jeda" not in page  # an analyst reads
    assert "Jeda" in office.browser().get(f"/sumber/{silent.id}").text
    assert office.browser().get("/sumber/999999").status_code == 404


def test_rest_tells_health_of_all_and_days_of_one(office: Office) -> None:
    silent, well = with_history(office.desk), with_worth(office)
    client = TestClient(office.app)
    listed = client.get("/api/v1/sources", headers=office.key("analis")).json()["items"]
    assert [one["id"] for one in listed] == [silent.id, well.id]
    health = listed[0]["health"]
    assert (health["condition"], health["alarm"], health["entries_24h"]) == ("diam", True, 0)
    assert health["usual"]["low"] <= 12 <= health["usual"]["high"]
    assert health["quality"] == {"entries": 72, "date": 1.0, "text": 1.0, "link": 1.0}
    assert listed[1]["health"]["worth"] == {"days": 90, "accepted": 1, "first": 1, "alone": 1}
    assert listed[1]["health"]["usual"] is None
    one = client.get(f"/api/v1/sources/{silent.id}?days=5", headers=office.key("analis")).json()
    assert [day["day"] for day in one["days"]] == [f"2026-11-{day}" for day in range(20, 25)]
    for day in one["days"]:
        assert day["seen"] == day["queued"] + sum(each["count"] for each in day["ledger"])
        assert day["answers"] == 1
    assert len(one["fetches"]) == 20
    assert one["fetches"][0]["at"] == "2026-11-24T02:00:00Z"
    assert client.get("/api/v1/sources/999999", headers=office.key()).status_code == 404
    assert client.get(f"/api/v1/sources/{silent.id}?days=91", headers=office.key()).status_code == 422


def test_a_failing_source_is_told_with_its_reason_and_no_word_on_its_amount(office: Office) -> None:
    one = with_history(office.desk)
    office.desk.take(failed(one, "Server tidak menjawab."), NOW)
    page = office.browser().get(f"/sumber/{one.id}").text
    assert "gagal diambil" in page and "Server tidak menjawab." in page
    assert "Tidak ada berita baru sejak" not in page


def stored(office: Office) -> tuple[int, int]:
    return len(office.desk.sources()), sum(one.items for one in office.desk.sources())


def test_a_preview_shows_what_would_come_and_stores_nothing(office: Office) -> None:
    page = office.preview(f"{office.site}/feed")
    assert page.count(TITLE) == 10
    assert "10 berita terbaru dari 12" in page
    assert "bertanggal 100 %, berisi 100 %, bertautan 100 %" in page
    assert 'value="Nama saya"' in page
    assert "24 Nov 09.00 WIB" in page
    assert stored(office) == (0, 0)
    browser = office.browser()
    form = dict(
        re.findall(r'<input [^>]*name="(\w+)"[^>]*value="([^"]*)"', page.split("Simpan sumber ini")[1])
    )
    csrf = token(browser.get("/sumber").text)
    saved = browser.post("/sumber", data={**form, "csrf": csrf, "cakupan": "kalteng"})
    assert saved.status_code == 303
    (one,) = office.desk.sources()
    assert (one.url, one.name) == (f"{office.site}/feed", "Nama saya")
    assert "sudah terdaftar" in office.preview(f"{office.site}/feed")


def test_a_preview_warns_of_what_will_be_missing(office: Office) -> None:
    page = office.preview(f"{office.site}/undated")
    assert "Hanya 0% berita mempunyai tanggal." in page
    assert "tanpa tanggal" in page
    assert "tidak memuat berita" in office.preview(f"{office.site}/empty")
    moved = office.preview(f"{office.site}/pindah")
    assert f"pindah untuk seterusnya ke {office.site}/feed" in moved
    assert f'value="{office.site}/feed"' in moved.split("Simpan sumber ini")[1]


def test_a_preview_of_a_home_page_offers_its_feeds(office: Office) -> None:
    page = office.preview(f"{office.site}/")
    assert "Umpan yang ditemukan" in page
    assert page.count('action="/sumber/pratinjau"') == 2
    assert f'value="{office.site}/feed"' in page
    none = office.preview(f"{office.site}/sepi/")
    assert "Tidak ditemukan umpan" in none
    assert stored(office) == (0, 0)


@pytest.mark.parametrize("url", ["", "ftp://a.example/x", "http://127.0.0.1:1/feed", "http://10.0.0.1/feed"])
def test_a_preview_refuses_what_a_fetch_would_refuse(office: Office, url: str) -> None:
    page = office.preview(url, status=422)
    assert 'role="alert"' in page
    headers = office.key()
    answer = TestClient(office.app).post("/api/v1/sources/preview", json={"url": url}, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_rest_previews_for_operators_only(office: Office) -> None:
    client = TestClient(office.app)
    body = {"url": f"{office.site}/feed"}
    told = client.post("/api/v1/sources/preview", json=body, headers=office.key()).json()
    assert (told["total"], len(told["entries"]), told["failure"], told["found"]) == (12, 10, "", [])
    assert told["entries"][0]["published"] == "2026-11-24T02:00:00Z"
    assert told["quality"] == {"entries": 12, "date": 1.0, "text": 1.0, "link": 1.0}
    home = client.post(
        "/api/v1/sources/preview", json={"url": f"{office.site}/"}, headers=office.key()
    ).json()
    assert [one["url"] for one in home["found"]] == [f"{office.site}/feed", f"{office.site}/undated"]
    assert home["failure"]
    assert client.post("/api/v1/sources/preview", json=body, headers=office.key("analis")).status_code == 403
    assert client.post("/api/v1/sources/preview", json=body).status_code == 401
    assert office.preview(f"{office.site}/feed", name="analis", status=403)
    assert stored(office) == (0, 0)


def test_titles_in_a_preview_are_masked(office: Office) -> None:
    PAGES["/orang"] = (
        "application/rss+xml",
        document(1).replace(TITLE.encode(), b"Hubungi Pak Lurah di 081234567890 soal kapal"),
    )
    page = office.preview(f"{office.site}/orang")
    assert "081234567890" not in page
    assert "soal kapal" in page


def test_the_command_tells_the_same_line_by_line(
    office: Office, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent, well = with_history(office.desk), with_worth(office)
    monkeypatch.setenv("DINI_DATA", str(tmp_path))
    monkeypatch.setenv("DINI_DATABASE_URL", database_url.replace("postgresql+psycopg", "postgresql"))
    monkeypatch.setattr("api.cli_health.utc_now", lambda: NOW)
    told = CliRunner().invoke(main, ["sources", "health", "--days", "4"])
    assert told.exit_code == 0, told.output
    first, second, last = told.stdout.splitlines()
    assert first.split("\t")[:4] == [str(silent.id), "Kabar Diam", "! diam", "12 5 0 0"]
    assert "Tidak ada berita baru sejak" in first
    assert second.split("\t")[0] == str(well.id)
    assert "diterima 1 pertama 1 sendiri 1" in second
    assert last == "1 dari 2 sumber perlu dilihat."
    assert CliRunner().invoke(main, ["sources", "health", "--days", "0"]).exit_code == 2
