"""The service's public address: what is read elsewhere links to it, and nothing else can be put there."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from api_fixtures import NOW, Web, sample_database, web  # noqa: F401  fixtures
from click.testing import CliRunner
from mail_ground import PostOffice
from test_api_mail import AFTERNOON, PROVINCE, at, clash, mailing, office  # noqa: F401  fixtures

from api.cli import main
from api.post import post_due
from api.wire_hooks import event_body
from screening import Desk, EventKind, HookEvent, Invalid, Settings

HERE = "https://dini.contoh.go.id"
LINK = re.compile(rb"/URI\s*\(([^)]*)\)")


def set_public(desk: Desk) -> None:
    desk._settings = replace(desk.settings, public_url=HERE)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("https://dini.contoh.go.id", HERE),
        ("https://DINI.contoh.go.id/", HERE),
        ("http://10.1.2.3:8060", "http://10.1.2.3:8060"),
        ("http://[::1]:8060/", "http://[::1]:8060"),
    ],
)
def test_the_public_address_is_kept_without_a_slash_at_its_end(given: str, kept: str) -> None:
    assert Settings.load({"DINI_PUBLIC_URL": given}).public_url == kept


@pytest.mark.parametrize(
    "given",
    [
        "dini.contoh.go.id",
        "ftp://dini.contoh.go.id",
        "javascript:alert(1)",
        "https://",
        "https://petugas:rahasia@dini.contoh.go.id",
        "https://@dini.contoh.go.id",
        "https://dini.contoh.go.id/dini",
        "https://dini.contoh.go.id?a=1",
        "https://dini.contoh.go.id?",
        "https://dini.contoh.go.id/#a",
        "https://dini.contoh.go.id:99999",
        "https://dini.contoh.go.id:0",
        "https://dini contoh",
        "https://dini.contoh.go.id\r\nX: 1",
        "https://dini.contoh.go.id\\a",
        'https://dini"><script>',
        "https://[::1",
        "https://dini.contoh.go.id:",
        "https://[::1]:",
        "https://[v1.a]",
        "https://.",
        "https://a..b",
        "https://dini.contoh.go.id.",
        "https://-a.contoh.go.id",
        "https://h\n.jahat.contoh",
        "https://h\t.jahat.contoh",
    ],
)
def test_anything_but_a_place_is_refused_without_being_repeated(given: str) -> None:
    with pytest.raises(Invalid, match="DINI_PUBLIC_URL") as refused:
        Settings.load({"DINI_PUBLIC_URL": given})
    assert "rahasia" not in refused.value.detail


def test_mails_link_to_the_report_and_to_the_incident_only_when_the_address_is_set(
    mailing: Desk,  # noqa: F811
    office: PostOffice,  # noqa: F811
) -> None:
    clash(mailing)
    post_due(mailing, at(NOW))
    assert office.taken
    for one in office.taken:
        told = one.message.get_body().get_content()
        assert "Laporan penuh" not in told and "/insiden/" not in told
    office.taken.clear()
    set_public(mailing)
    post_due(mailing, at(AFTERNOON))
    (letter,) = [one for one in office.to(PROVINCE) if "Laporan" in one.message["Subject"]]
    place = f"{HERE}/laporan?tanggal=2026-11-24"
    assert f"Laporan penuh: {place}" in letter.message.get_body().get_content()
    (paper,) = letter.message.iter_attachments()
    assert place.encode() in LINK.findall(paper.get_payload(decode=True))


def test_an_alarm_links_to_its_incident(mailing: Desk, office: PostOffice) -> None:  # noqa: F811
    set_public(mailing)
    clash(mailing)
    post_due(mailing, at(NOW))
    (letter, *_) = office.to(PROVINCE)
    number = re.search(r"Peringatan dini (\d+)", letter.message["Subject"])
    assert number is not None
    assert f"{HERE}/insiden/{number[1]}" in letter.message.get_body().get_content().split()


def test_downloads_and_feeds_link_to_the_address_that_was_asked_unless_one_is_set(web: Web) -> None:  # noqa: F811
    reader, key = web.session("supervisor"), web.key("analis")
    assert HERE not in reader.get("/laporan").text
    feed = web.client.get("/api/v1/feeds/incidents.json?office=62.02", headers=key).json()
    assert feed["feed_url"] == "http://testserver/api/v1/feeds/incidents.json?office=62.02"
    assert not [one for one in LINK.findall(reader.get("/laporan.pdf").content) if HERE.encode() in one]
    set_public(web.desk)
    assert f"Laporan penuh: {HERE}/laporan?tanggal=2026-11-24" in reader.get("/laporan").text
    feed = web.client.get("/api/v1/feeds/incidents.json?office=62.02", headers=key).json()
    assert feed["feed_url"] == f"{HERE}/api/v1/feeds/incidents.json?office=62.02"
    assert feed["home_page_url"] == f"{HERE}/antrean"
    atom = web.client.get("/api/v1/feeds/incidents.atom", headers=key).text
    assert f'href="{HERE}/api/v1/feeds/incidents.atom"' in atom and "testserver" not in atom
    found = LINK.findall(reader.get("/laporan.pdf").content)
    assert f"{HERE}/laporan?tanggal=2026-11-24".encode() in found
    assert not [one for one in found if b"testserver" in one]


def test_a_webhooks_digest_is_a_path_or_the_whole_address() -> None:
    start = datetime(2026, 11, 23, 8, tzinfo=UTC)
    event = HookEvent(
        id=1,
        message_id="msg_1",
        kind=EventKind.DIGEST,
        at=NOW,
        incident_id=None,
        seq=None,
        listed=None,
        office="62",
        start=start,
        end=start + timedelta(days=1),
    )
    for site in ("", HERE):
        told = json.loads(event_body(event, site))["data"]
        assert told["json"].startswith(f"{site}/api/v1/digest?office=62&start=")
        assert told["pdf"].startswith(f"{site}/api/v1/digest.pdf?office=62&start=")


def test_the_command_writes_the_link_under_the_report(tmp_path: Path) -> None:
    given = {"DINI_DATA": str(tmp_path), "DINI_PUBLIC_URL": HERE}
    run = CliRunner()
    assert run.invoke(main, ["mail", "add", "62", PROVINCE], env=given).exit_code == 0  # makes the database
    told = run.invoke(main, ["digest", "--date", "2026-11-24"], env=given)
    assert told.exit_code == 0, told.output
    assert told.output.rstrip().endswith(f"Laporan penuh: {HERE}/laporan?tanggal=2026-11-24")
