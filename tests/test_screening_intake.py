"""A kill at any moment of a collect loses nothing and doubles nothing: real process, real loopback web."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from screening_material import BLOCKADE, CLASH, NOW, RECIPE

import models
from feeds import SourceListing
from screening import Desk, QueueFilter, Settings, Store
from screening.schema import assessment, fetch, incident, incident_item, item, ledger, source

SOURCES, ENTRIES = 6, 12

CHILD = """
import sys, time
from datetime import datetime
from pathlib import Path
from screening import Desk, Settings
from screening.store_sources import Sources

folder, url, allow, now, where = sys.argv[1:]
desk = Desk.open(Settings(data_dir=Path(folder), database_url=url, allow_addresses=(allow,), articles=False))
told = 0
keep = Sources.answered

def slow(self, answers, *args, **more):
    # Nearly the last of the transaction: all items and incidents are written, nothing is committed.
    if where == "inside" and told >= 1:
        print("STOP", told, len(answers), flush=True)
        time.sleep(120)
    return keep(self, answers, *args, **more)

Sources.answered = slow

def line(one):
    global told
    told += 1
    if where == "between":
        print("STOP", told, 0, flush=True)
        time.sleep(120)
    if told == 1:
        # The others arrive meanwhile, and are taken in together.
        time.sleep(2)

desk.collect(datetime.fromisoformat(now), on_line=line)
print("DONE", flush=True)
"""


def document(number: int) -> bytes:
    """One outlet's feed: the shared clash, a blockade, and harmless pieces of its own."""
    pieces = [(f"{CLASH[0]}", CLASH[1]), (f"{BLOCKADE[0]} ({number})", BLOCKADE[1])]
    pieces += [(f"{RECIPE[0]} {number}-{part}", f"{RECIPE[1]} {part}") for part in range(ENTRIES - 2)]
    items = "".join(
        f"<item><title>{title}</title><guid>tag:{number}-{part}</guid><link>https://k{number}.example/{part}</link>"
        f"<pubDate>Mon, 23 Nov 2026 2{number % 4}:00:00 GMT</pubDate><description>{text}</description></item>"
        for part, (title, text) in enumerate(pieces)
    )
    return f'<rss version="2.0"><channel><title>K{number}</title>{items}</channel></rss>'.encode()


class Web(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = document(int(self.path.rpartition("/")[2]))
        etag = f'"{hash(body) & 0xFFFF}"'
        if self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def web_desk(
    web: str, database_url: str, tmp_path: Path, store: Store, classifier: models.Classifier
) -> Desk:
    settings = Settings(data_dir=tmp_path, database_url=database_url, allow_addresses=(web,), articles=False)
    desk = Desk(store, classifier, settings)
    desk.set_up(NOW)
    for number in range(SOURCES):
        desk.add_source(
            SourceListing(url=f"http://{web}/{number}", name=f"K{number}", owner=f"Grup {number}"), NOW
        )
    return desk


def counts(url: str) -> dict[str, int]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
            for table in (item, assessment, incident, incident_item, fetch)
        }
        found["new"] = int(connection.scalar(sa.select(sa.func.sum(fetch.c.new))) or 0)
        found["source_items"] = int(connection.scalar(sa.select(sa.func.sum(source.c["items"]))) or 0)
        found["reports"] = int(connection.scalar(sa.select(sa.func.sum(incident.c.reports))) or 0)
        found["kept_back"] = int(
            connection.scalar(
                sa.select(sa.func.sum(ledger.c.entries)).where(ledger.c.reason == "di_bawah_ambang")
            )
            or 0
        )
        keys = connection.execute(
            sa.select(item.c.source_id, item.c.key, sa.func.count()).group_by(item.c.source_id, item.c.key)
        )
        found["doubles"] = sum(row[2] > 1 for row in keys)
    engine.dispose()
    return found


def check_whole(url: str, sources: int) -> None:
    """Each source is there wholly or not at all, and all books agree."""
    found = counts(url)
    assert found["doubles"] == 0
    assert found["item"] == found["assessment"] == found["new"] == found["source_items"] == sources * ENTRIES
    assert found["reports"] == found["incident_item"]
    assert found["incident_item"] + found["kept_back"] == found["item"]


@pytest.mark.parametrize("where", ["inside", "between"])
def test_a_collect_killed_in_the_middle_is_made_whole_by_the_next(
    web: str, web_desk: Desk, database_url: str, tmp_path: Path, where: str
) -> None:
    root = Path(__file__).parents[1]
    arguments = [str(tmp_path), database_url, web, NOW.isoformat(), where]
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    stop, told, open_answers = child.stdout.readline().split()
    assert stop == "STOP"
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    child.stdout.close()
    committed = counts(database_url)["fetch"]
    if where == "inside":
        assert int(open_answers) > 1, "the open transaction held several sources"
        assert committed == int(told), "and none of them is there"
    else:
        assert int(told) <= committed
    check_whole(database_url, committed)

    # What the killed one held is left alone while its leases last.
    early = web_desk.collect(NOW + timedelta(minutes=1))
    assert early.sources < SOURCES and early.failed == 0
    report = web_desk.collect(NOW + timedelta(minutes=7))
    assert report.failed == 0
    check_whole(database_url, SOURCES)
    again = web_desk.collect(NOW + timedelta(minutes=8))
    assert (again.new, again.changed, again.unchanged) == (0, 0, SOURCES)
    check_whole(database_url, SOURCES)


def test_a_collect_tells_each_source_and_adds_up(web_desk: Desk) -> None:
    lines = []
    report = web_desk.collect(NOW, on_line=lines.append)
    assert len(lines) == report.sources == report.ok == SOURCES
    assert report.new == sum(one.new for one in lines) == SOURCES * ENTRIES
    # The clash went through all outlets as one text: one incident, one voice.
    clash = [
        one.incident
        for one in web_desk.queue(QueueFilter(), NOW).lines
        if one.incident.issue.startswith(("S", "H"))
    ]
    assert [(one.reports, one.voices) for one in clash] == [(SOURCES, 1)]
    assert web_desk.collect(NOW, due_only=True).sources == 0
    assert web_desk.collect(NOW + timedelta(hours=1), due_only=True).unchanged == SOURCES


def test_two_collects_at_once_store_every_entry_once(web_desk: Desk, database_url: str) -> None:
    other_store = Store(database_url)
    other = Desk(other_store, web_desk.classifier, web_desk.settings)
    errors: list[BaseException] = []

    def run(desk: Desk) -> None:
        try:
            desk.collect(NOW)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(desk,)) for desk in (web_desk, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other_store.close()
    assert errors == []
    found = counts(database_url)
    assert found["doubles"] == 0
    assert found["item"] == SOURCES * ENTRIES == found["new"] == found["source_items"]
    assert found["reports"] == found["incident_item"]
