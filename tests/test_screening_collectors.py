"""A collect over a real loopback web and both databases: pages, gaps, moves, and several workers at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, entry, fetched, listing

import models
from feeds import FeedSource, FetchSettings, PageVisit, SourceListing, Standing, article
from screening import Conflict, Correction, Desk, NotFound, QueueFilter, Settings, Source, SourceState, Store
from screening.desk_operator import LEASE, Claims
from screening.store import _alembic

TAIL = " Aksi berjalan damai dan dikawal aparat, sementara perusahaan meminta waktu tiga hari. "


class Web:
    """Paths and their answers: bytes, or (status, headers, bytes). Counts requests, and those at once."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.slow = 0.0
        self.hold: threading.Event | None = None
        self.most: Counter[str] = Counter()
        self._now: Counter[str] = Counter()
        self._lock = threading.Lock()
        web = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.answer(self)

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.host_port = f"127.0.0.1:{self.server.server_address[1]}"
        self.origin = f"http://{self.host_port}"

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.asked.append(to.path)
            self._now[to.path] += 1
            self.most[to.path] = max(self.most[to.path], self._now[to.path])
        time.sleep(self.slow)
        if self.hold is not None:
            self.hold.wait(30)
        found = self.pages.get(to.path, (404, {}, b""))
        status, headers, body = found if isinstance(found, tuple) else (200, {}, found)
        with self._lock:
            self._now[to.path] -= 1
        try:
            to.send_response(status)
            for name, value in headers.items():
                to.send_header(name, value)
            to.send_header("Content-Length", str(len(body)))
            to.end_headers()
            to.wfile.write(body)
        except OSError:
            pass


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    # What a former owner of the port allowed, or showed, is none of this test's.
    article._robots_seen.clear()
    article._pages_seen.clear()
    yield made
    if made.hold is not None:
        made.hold.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def desk(web: Web, database_url: str, tmp_path: Path, store: Store, classifier: models.Classifier) -> Desk:
    settings = Settings(data_dir=tmp_path, database_url=database_url, allow_addresses=(web.host_port,))
    made = Desk(store, classifier, settings)
    made.set_up(NOW)
    return made


def feed(web: Web, *items: tuple[str, str, str], head: str = "") -> bytes:
    """RSS of (key, title, summary); links lead to /b/KEY here."""
    lines = "".join(
        f"<item><title>{title}</title><guid>{key}</guid><link>{web.origin}/b/{key}</link>"
        f"<pubDate>Mon, 23 Nov 2026 20:00:00 GMT</pubDate><description>{text}</description></item>"
        for key, title, text in items
    )
    return f'<rss version="2.0"><channel><title>K</title>{head}{lines}</channel></rss>'.encode()


def page(title: str, text: str) -> bytes:
    body = "".join(f"<p>{text}{TAIL * 2}</p>" for _ in range(2))
    main = f"<article><h1>{title}</h1>{body}</article>"
    return f"<html><head><title>{title}</title></head><body>{main}</body></html>".encode()


def added(desk: Desk, web: Web, path: str = "/feed") -> Source:
    return desk.add_source(SourceListing(url=f"{web.origin}{path}", name=path.strip("/")), NOW)


# --- articles ----------------------------------------------------------------------------------------

HINT = BLOCKADE[1][:120] + " …"


def test_a_summary_is_completed_before_it_is_judged_and_says_so(desk: Desk, web: Web) -> None:
    source = added(desk, web)
    web.pages |= {"/feed": feed(web, ("1", BLOCKADE[0], HINT)), "/b/1": page(*BLOCKADE)}
    line = desk.check_source(source.id, NOW)
    item = desk.item(1).item
    assert (line.new, line.pages) == (1, ((PageVisit.READ, 1),))
    assert item.text_from == "page" and "dikawal aparat" in item.text and item.version == 1
    assert "1 dibaca" in desk.source(source.id).last_reason
    assert desk.queue(QueueFilter(), NOW).total == 1


def test_a_page_is_read_once_though_process_after_process_collects_and_the_page_changes(
    desk: Desk, web: Web
) -> None:
    source = added(desk, web)
    web.pages |= {"/feed": feed(web, ("1", BLOCKADE[0], HINT)), "/b/1": page(*BLOCKADE)}
    desk.check_source(source.id, NOW)
    web.pages["/b/1"] = page(BLOCKADE[0], BLOCKADE[1] + " Iklan lain hari ini.")
    for hour in (1, 2):
        article._pages_seen.clear()  # as in a new process
        line = desk.check_source(source.id, NOW + timedelta(hours=hour))
        assert (line.changed, line.same, line.pages) == (0, 1, ())
    assert web.asked.count("/b/1") == 1
    assert desk.item(1).item.version == 1


def test_the_page_of_a_report_is_read_once_more_and_a_correction_on_it_is_a_version(
    desk: Desk, web: Web, store: Store
) -> None:
    source = added(desk, web)
    web.pages |= {
        "/feed": feed(web, ("1", BLOCKADE[0], HINT), ("2", RECIPE[0], "Resep …")),
        "/b/1": page(*BLOCKADE),
        "/b/2": page(*RECIPE).replace(TAIL.encode(), b" "),
    }
    desk.check_source(source.id, NOW)
    web.pages["/b/1"] = page(BLOCKADE[0], BLOCKADE[1] + " Ralat: yang benar Kecamatan Danau Seluluk.")
    for hour in (5, 7, 8, 9, 30):
        desk.check_source(source.id, NOW + timedelta(hours=hour))
    item = desk.item(1).item
    assert (item.version, item.correction) == (2, Correction.CORRECTED)
    with store.reading() as books:
        assert len(books.items.versions(1)) == 2
    # Read, read again (the correction), and once more after the edit; what is in no incident only once.
    assert (web.asked.count("/b/1"), web.asked.count("/b/2")) == (3, 1)


def test_a_page_that_only_changes_its_surroundings_makes_no_version_when_read_again(
    desk: Desk, web: Web
) -> None:
    source = added(desk, web)
    web.pages |= {"/feed": feed(web, ("1", BLOCKADE[0], HINT)), "/b/1": page(*BLOCKADE)}
    desk.check_source(source.id, NOW)
    web.pages["/b/1"] = page(BLOCKADE[0], BLOCKADE[1] + " Berita pilihan lain hari ini.")
    lines = [desk.check_source(source.id, NOW + timedelta(hours=hour)) for hour in (7, 8, 9)]
    assert [(line.changed, line.same) for line in lines] == [(0, 1)] * 3
    assert (web.asked.count("/b/1"), desk.item(1).item.version) == (2, 1)


def test_an_edit_of_the_feed_reads_the_page_again_and_is_one_version(
    desk: Desk, web: Web, store: Store
) -> None:
    source = added(desk, web)
    web.pages |= {"/feed": feed(web, ("1", BLOCKADE[0], HINT)), "/b/1": page(*BLOCKADE)}
    desk.check_source(source.id, NOW)
    web.pages |= {
        "/feed": feed(web, ("1", BLOCKADE[0], "Diperbarui: " + HINT)),
        "/b/1": page(BLOCKADE[0], BLOCKADE[1] + " Portal dibuka sore hari."),
    }
    for hour in (1, 2):
        desk.check_source(source.id, NOW + timedelta(hours=hour))
    item = desk.item(1).item
    assert item.version == 2 and "Portal dibuka" in item.text
    with store.reading() as books:
        assert len(books.items.versions(1)) == 2
    # A new summary over the same page is no new version, and its page is not asked for again.
    web.pages["/feed"] = feed(web, ("1", BLOCKADE[0], "Lagi: " + HINT))
    asked = web.asked.count("/b/1")
    lines = [desk.check_source(source.id, NOW + timedelta(hours=hour)) for hour in (3, 4)]
    assert [line.changed for line in lines] == [0, 0]
    assert web.asked.count("/b/1") == asked + 1


def test_what_robots_txt_refuses_stays_a_summary_is_counted_and_not_asked_again(
    desk: Desk, web: Web, store: Store
) -> None:
    source = added(desk, web)
    web.pages |= {
        "/robots.txt": b"User-agent: *\nDisallow: /b/",
        "/feed": feed(web, ("1", BLOCKADE[0], HINT)),
        "/b/1": page(*BLOCKADE),
    }
    first = desk.check_source(source.id, NOW)
    again = desk.check_source(source.id, NOW + timedelta(hours=1))
    assert (first.new, first.pages, again.pages) == (1, ((PageVisit.REFUSED, 1),), ())
    assert desk.item(1).item.text_from == "feed"
    assert "/b/1" not in web.asked
    with store.reading() as books:
        assert books.sources.pages_between(NOW, NOW + timedelta(hours=9)) == {PageVisit.REFUSED: 1}
        books.sources.ledger_between(NOW, NOW + timedelta(hours=9))


def test_a_page_that_failed_is_tried_three_times_and_completes_the_item_without_a_new_version(
    desk: Desk, web: Web
) -> None:
    source = added(desk, web)
    web.pages |= {"/feed": feed(web, ("1", BLOCKADE[0], HINT), ("2", RECIPE[0], "Resep …"))}
    first = desk.check_source(source.id, NOW)
    assert (first.new, first.pages) == (2, ((PageVisit.FAILED, 2),))
    web.pages["/b/1"] = page(*BLOCKADE)
    second = desk.check_source(source.id, NOW + timedelta(hours=1))
    assert second.pages == ((PageVisit.READ, 1), (PageVisit.FAILED, 1))
    item = desk.item(1).item
    assert (item.text_from, item.version, second.changed) == ("page", 1, 1)
    for hour in (2, 3, 4):
        desk.check_source(source.id, NOW + timedelta(hours=hour))
    assert (web.asked.count("/b/1"), web.asked.count("/b/2")) == (2, 3)


def test_the_cap_of_a_round_leaves_the_rest_for_the_next(
    desk: Desk, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = added(desk, web)
    web.pages["/feed"] = feed(web, *((str(n), f"Warga {n} portal jalan kebun", HINT) for n in range(3)))
    web.pages |= {f"/b/{n}": page(f"Warga {n} portal jalan kebun", BLOCKADE[1]) for n in range(3)}
    given = desk._fetch_settings()
    capped = FetchSettings(allow=given.allow, articles=given.articles, articles_per_run=1)
    monkeypatch.setattr(desk, "_fetch_settings", lambda: capped)
    lines = [desk.check_source(source.id, NOW + timedelta(hours=hour)) for hour in range(4)]
    assert lines[0].new == 3
    assert [dict(line.pages) for line in lines] == [
        {PageVisit.READ: 1, PageVisit.CAPPED: 2},
        {PageVisit.READ: 1, PageVisit.CAPPED: 1},
        {PageVisit.READ: 1},
        {},
    ]


def test_articles_can_be_switched_off(
    web: Web, database_url: str, tmp_path: Path, store: Store, classifier: models.Classifier
) -> None:
    settings = Settings.load(
        {
            "DINI_DATA": str(tmp_path),
            "DINI_DATABASE_URL": database_url,
            "DINI_ALLOW_ADDRESSES": web.host_port,
            "DINI_ARTICLES": "false",
        }
    )
    desk = Desk(store, classifier, settings)
    source = added(desk, web)
    web.pages |= {"/feed": feed(web, ("1", BLOCKADE[0], HINT)), "/b/1": page(*BLOCKADE)}
    assert desk.check_source(source.id, NOW).new == 1
    assert web.asked == ["/feed"]


def test_a_check_by_hand_reads_five_pages_at_most(desk: Desk, web: Web) -> None:
    source = added(desk, web)
    web.pages["/feed"] = feed(web, *((str(n), f"Warga {n} portal jalan kebun", HINT) for n in range(7)))
    line = desk.check_source(source.id, NOW)
    assert dict(line.pages) == {PageVisit.FAILED: 5, PageVisit.CAPPED: 2}


# --- gaps --------------------------------------------------------------------------------------------


def test_what_came_and_went_between_two_polls_is_read_from_the_older_pages(desk: Desk, web: Web) -> None:
    head = "<generator>https://wordpress.org/?v=6.7</generator>"
    long = RECIPE[1] * 4

    def stories(*numbers: int) -> bytes:
        return feed(
            web,
            *((f"k{n}", f"{RECIPE[0]} {n} {'abcdefghijkl'[n]}", f"{long} {n}") for n in numbers),
            head=head,
        )

    source = added(desk, web)
    web.pages["/feed"] = stories(2, 1)
    assert desk.check_source(source.id, NOW).new == 2
    web.pages |= {"/feed": stories(8, 7), "/feed?paged=2": stories(6, 5), "/feed?paged=3": stories(4, 3, 2)}
    line = desk.check_source(source.id, NOW + timedelta(hours=6))
    after = desk.source(source.id)
    assert (line.new, line.same, line.older_pages) == (6, 1, 2)
    assert "jeda" in after.last_reason and after.interval_seconds == 450


# --- the schedule, by what servers say ---------------------------------------------------------------


def test_what_servers_ask_for_in_headers_moves_the_next_time(desk: Desk, web: Web) -> None:
    cases = {
        "/sabar": ((429, {"Retry-After": "7200"}, b""), 120, 132),
        "/segar": ((200, {"Cache-Control": "max-age=1800"}, feed(web, ("1", *RECIPE))), 30, 33),
        "/lama": ((200, {"Cache-Control": "max-age=31536000"}, feed(web, ("1", *RECIPE))), 60, 66),
        "/ttl": (feed(web, ("1", *RECIPE), head="<ttl>45</ttl>"), 45, 50),
        "/hilang": ((404, {}, b""), 54, 66),
        "/rusak": ((500, {}, b""), 13, 17),
    }
    sources = {path: added(desk, web, path) for path in cases}
    web.pages |= {path: answer for path, (answer, _, _) in cases.items()}
    web.pages["/robots.txt"] = b"User-agent: *\nDisallow: /b/"
    desk.collect(NOW)
    for path, (_, least, most) in cases.items():
        minutes = (desk.source(sources[path].id).due_at - NOW).total_seconds() / 60
        assert least <= minutes <= most, path


# --- moved sources -----------------------------------------------------------------------------------


def moved(desk: Desk, web: Web, status: int = 301) -> Source:
    source = added(desk, web, "/lama")
    web.pages |= {
        "/lama": (status, {"Location": f"{web.origin}/baru"}, b""),
        "/baru": feed(web, ("1", RECIPE[0], RECIPE[1] * 4)),
    }
    desk.check_source(source.id, NOW)
    return desk.source(source.id)


@pytest.mark.parametrize("status", [301, 308])
def test_a_moved_source_works_on_at_its_old_address_until_an_operator_consents(
    desk: Desk, web: Web, status: int
) -> None:
    source = moved(desk, web, status)
    assert (source.state, source.items) == (SourceState.OK, 1)
    assert (source.url, source.moved_to) == (f"{web.origin}/lama", f"{web.origin}/baru")
    after = desk.accept_move(source.id, source.moved_to, NOW)
    assert (after.url, after.moved_to, after.etag, after.due_at) == (f"{web.origin}/baru", "", "", NOW)
    web.asked.clear()
    assert desk.check_source(source.id, NOW + timedelta(hours=1)).same == 1
    assert web.asked == ["/baru"]


def test_a_temporary_redirect_moves_nothing_and_one_that_ended_is_forgotten(desk: Desk, web: Web) -> None:
    source = moved(desk, web)
    web.pages["/lama"] = (302, {"Location": f"{web.origin}/baru"}, b"")
    desk.check_source(source.id, NOW + timedelta(hours=1))
    assert desk.source(source.id).moved_to == ""
    with pytest.raises(Conflict, match="tidak pindah"):
        desk.accept_move(source.id, None, NOW)


def test_consent_holds_for_the_address_that_was_shown_and_for_no_other_source(desk: Desk, web: Web) -> None:
    source = moved(desk, web)
    with pytest.raises(Conflict, match="berubah"):
        desk.accept_move(source.id, f"{web.origin}/lain", NOW)
    added(desk, web, "/baru")
    with pytest.raises(Conflict, match="sumber lain"):
        desk.accept_move(source.id, source.moved_to, NOW)
    with pytest.raises(NotFound):
        desk.accept_move(999, None, NOW)
    assert desk.source(source.id).url == f"{web.origin}/lama"


def test_a_source_that_answers_gone_is_paused_with_the_reason(desk: Desk, web: Web) -> None:
    source = added(desk, web)
    web.pages["/feed"] = (410, {}, b"")
    report = desk.collect(NOW)
    after = desk.source(source.id)
    assert report.failed == 1 and after.state is SourceState.PAUSED and "410" in after.last_reason
    assert desk.collect(NOW + timedelta(days=9), due_only=True).sources == 0


# --- several workers ---------------------------------------------------------------------------------

CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from screening import Desk, Settings

folder, url, allow, now = sys.argv[1:]
desk = Desk.open(Settings(data_dir=Path(folder), database_url=url, allow_addresses=(allow,), articles=False))
print("READY", flush=True)
sys.stdin.readline()
report = desk.collect(datetime.fromisoformat(now), due_only=True)
print(report.sources, report.failed, flush=True)
"""


def worker(database_url: str, web: Web, folder: Path) -> subprocess.Popen[str]:
    root = Path(__file__).parents[1]
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), database_url, web.host_port, NOW.isoformat()],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def make_ready(child: subprocess.Popen[str]) -> None:
    assert child.stdout is not None
    assert child.stdout.readline() == "READY\n"


def start(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def test_two_processes_share_what_is_due_and_fetch_nothing_twice(
    desk: Desk, web: Web, database_url: str, tmp_path: Path
) -> None:
    paths = [f"/{n}" for n in range(12)]
    for path in paths:
        added(desk, web, path)
        web.pages[path] = feed(web, (path, f"{RECIPE[0]} {path}", RECIPE[1]))
    web.slow = 0.05
    children = [worker(database_url, web, tmp_path / name) for name in ("a", "b")]
    for child in children:
        make_ready(child)
    for child in children:
        start(child)
    told = [child.communicate(timeout=60)[0].split() for child in children]
    assert sum(int(sources) for sources, _ in told) == len(paths)
    assert [failed for _, failed in told] == ["0", "0"]
    assert Counter(web.asked) == Counter(paths) and set(web.most.values()) == {1}
    assert sum(one.items for one in desk.sources()) == len(paths)


def test_a_killed_worker_keeps_its_sources_only_as_long_as_its_lease(
    desk: Desk, web: Web, database_url: str, tmp_path: Path
) -> None:
    source = added(desk, web)
    web.pages["/feed"] = feed(web, ("1", RECIPE[0], RECIPE[1]))
    web.hold = threading.Event()
    child = worker(database_url, web, tmp_path / "a")
    make_ready(child)
    start(child)
    for _ in range(400):
        if web.asked:
            break
        time.sleep(0.05)
    assert web.asked == ["/feed"], "claimed, committed, and being fetched"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate(timeout=10)
    web.hold.set()
    assert desk.collect(NOW + timedelta(minutes=1), due_only=True).sources == 0
    with pytest.raises(Conflict, match="sedang diambil"):
        desk.check_source(source.id, NOW + timedelta(minutes=1))
    report = desk.collect(NOW + LEASE + timedelta(minutes=1), due_only=True)
    assert (report.sources, report.new) == (1, 1)


def test_a_claim_is_given_once_given_back_at_the_end_and_never_for_what_was_fetched_since(
    desk: Desk, web: Web, store: Store
) -> None:
    source = added(desk, web)
    asked = FeedSource(key=str(source.id), url="")
    first, second = (Claims(store, name, [source], NOW) for name in ("a", "b"))
    with first:
        assert first.admit([asked]) == [FeedSource(key=str(source.id), url=source.url, first=True)]
        assert second.admit([asked]) == [None]
        assert first.admit([asked]) == [None]
    with second:
        assert second.admit([asked]) != [None]
    web.pages["/feed"] = feed(web, ("1", RECIPE[0], RECIPE[1]))
    desk.check_source(source.id, NOW)
    assert second.admit([asked]) == [None], "somebody fetched it since this worker looked"
    fresh = Claims(store, "b", [desk.source(source.id)], NOW)
    assert fresh.admit([asked]) != [None]


def test_a_collect_that_breaks_gives_back_what_it_held(
    desk: Desk, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = added(desk, web)
    web.pages["/feed"] = feed(web, ("1", RECIPE[0], RECIPE[1]))

    def full(*_arguments: object, **_more: object) -> None:
        raise OSError("disk full")

    from screening.store_sources import Sources

    with monkeypatch.context() as patch:
        patch.setattr(Sources, "answered", full)
        with pytest.raises(OSError, match="disk full"):
            desk.collect(NOW)
    assert desk.check_source(source.id, NOW).new == 1


def test_what_cannot_be_claimed_for_lack_of_a_database_ends_the_collect(
    desk: Desk, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(desk, web)

    def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("no database")

    from screening.store_sources import Sources

    monkeypatch.setattr(Sources, "claim", broken)
    with pytest.raises(RuntimeError, match="no database"):
        desk.collect(NOW)
    assert web.asked == []


def test_a_document_s_items_are_numbered_in_its_order_each_with_its_own_assessment(
    desk: Desk, store: Store
) -> None:
    source = desk.add_source(SourceListing(url="https://urut.example/feed", name="Urut"), NOW)
    entries = [entry(f"k{number}", f"{RECIPE[0]} {number}", f"{RECIPE[1]} {number}") for number in range(60)]
    entries[7], entries[41] = entry("bentrok", *CLASH), entry("portal", *BLOCKADE)
    assert desk.take(fetched(source, *entries), NOW).new == 60
    reports = [desk.item(number) for number in range(1, 61)]
    assert [one.item.key for one in reports] == [one.key for one in entries]
    assert [one.assessment.document_id for one in reports] == [str(number) for number in range(1, 61)]
    assert [one.item.key for one in reports if one.assessment.flagged] == ["bentrok", "portal"]
    with store.reading() as books:
        assert [[row[1] for row in books.items.versions(one.item.id)] for one in reports] == [
            [one.title] for one in entries
        ]


def test_a_write_that_fails_gives_the_next_one_its_turn(desk: Desk, store: Store) -> None:
    with pytest.raises(NotFound), store.writing() as books:
        books.sources.lock([4711])
    added: list[int] = []

    def write(number: int) -> None:
        url = f"https://giliran{number}.example/feed"
        added.append(desk.add_source(SourceListing(url=url, name=str(number)), NOW).id)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(set(added)) == 8


# --- dates and old stories ---------------------------------------------------------------------------


def test_an_old_story_under_a_new_address_and_date_keeps_the_date_of_its_first_coming(desk: Desk) -> None:
    source = desk.add_source(listing("satu"), NOW - timedelta(days=40))
    other = desk.add_source(listing("dua"), NOW)
    long = BLOCKADE[1] + TAIL
    before = NOW - timedelta(days=30)
    desk.take(fetched(source, entry("lama", BLOCKADE[0], long, hours=24 * 30 + 1)), before)
    first = desk.item(1).item
    for number, where in ((2, source), (3, other)):
        line = desk.take(fetched(where, entry(f"baru{number}", BLOCKADE[0], long)), NOW)
        again = desk.item(number).item
        assert line.new == 1 and again.published == first.published and again.date_suspect
        assert again.published_raw == "raw"
    assert desk.queue(QueueFilter(), NOW).lines[0].incident.reports == 3


def test_a_reprint_within_days_and_a_headline_that_is_true_twice_keep_their_dates(desk: Desk) -> None:
    source = desk.add_source(listing("satu"), NOW - timedelta(days=40))
    long = BLOCKADE[1] + TAIL
    desk.take(
        fetched(source, entry("a", BLOCKADE[0], long, hours=72), entry("b", "Banjir di Katingan", hours=900)),
        NOW - timedelta(days=3),
    )
    desk.take(fetched(source, entry("c", BLOCKADE[0], long), entry("d", "Banjir di Katingan")), NOW)
    for number in (3, 4):
        item = desk.item(number).item
        assert item.published == NOW - timedelta(hours=1) and not item.date_suspect


def test_a_new_date_alone_makes_no_new_story_of_an_item(desk: Desk) -> None:
    source = desk.add_source(listing("satu"), NOW)
    desk.take(fetched(source, entry("a", *BLOCKADE, hours=50)), NOW)
    line = desk.take(fetched(source, entry("a", *BLOCKADE, hours=0)), NOW + timedelta(hours=1))
    assert (line.new, line.changed, line.same) == (0, 0, 1)
    assert desk.item(1).item.published == NOW - timedelta(hours=50)


@pytest.mark.parametrize(
    "claimed", ["Fri, 24 Nov 2056 02:00:00 GMT", "Mon, 01 Jan 1900 00:00:00 GMT", "kemarin"]
)
def test_a_date_of_the_future_or_of_long_ago_is_the_fetch_time_and_the_raw_one_is_kept(
    desk: Desk, web: Web, claimed: str
) -> None:
    source = added(desk, web)
    web.pages["/feed"] = feed(web, ("1", RECIPE[0], RECIPE[1] * 4)).replace(
        b"Mon, 23 Nov 2026 20:00:00 GMT", claimed.encode()
    )
    desk.check_source(source.id, NOW)
    item = desk.item(1).item
    assert (item.published, item.published_raw, item.date_suspect) == (NOW, claimed, True)


# --- what is there already ---------------------------------------------------------------------------


def test_an_accepted_move_does_not_come_back_with_the_registry(desk: Desk, web: Web) -> None:
    source = moved(desk, web)
    desk.accept_move(source.id, None, NOW)
    opml = (
        f'<opml version="2.0"><body><outline type="rss" text="L" xmlUrl="{web.origin}/lama"/></body></opml>'
    )
    added_now, problems = desk.import_opml(opml.encode(), NOW)
    assert added_now == () and "terdaftar" in problems[0]


def test_a_summary_whose_page_failed_is_asked_for_again_though_its_feed_stays_the_same(
    desk: Desk, web: Web
) -> None:
    source = added(desk, web)
    body = feed(web, ("1", BLOCKADE[0], HINT))
    web.pages["/feed"] = (200, {"ETag": '"a"'}, body)
    desk.check_source(source.id, NOW)
    assert desk.source(source.id).etag == "", "a 304 would leave the page unread"
    web.pages["/b/1"] = page(*BLOCKADE)
    desk.check_source(source.id, NOW + timedelta(hours=1))
    assert desk.item(1).item.text_from == "page" and desk.source(source.id).etag == '"a"'


def test_a_summary_of_yesterday_takes_no_turn_from_new_ones(desk: Desk, web: Web) -> None:
    source = added(desk, web)
    web.pages["/feed"] = feed(web, ("1", BLOCKADE[0], HINT))
    desk.check_source(source.id, NOW)
    line = desk.check_source(source.id, NOW + timedelta(hours=25))
    assert (line.same, line.pages, web.asked.count("/b/1")) == (1, (), 1)


def test_a_verb_gives_back_only_what_it_claimed_itself(desk: Desk, web: Web, store: Store) -> None:
    source = added(desk, web)
    asked = FeedSource(key=str(source.id), url="")
    check, round_ = (Claims(store, "one-desk", [source], NOW) for _ in range(2))
    assert check.admit([asked]) != [None]
    with round_:
        assert round_.admit([asked]) == [None]
    assert Claims(store, "another", [source], NOW).admit([asked]) == [None]


def test_a_database_of_before_goes_on_where_it_was(desk: Desk, database_url: str) -> None:
    source = desk.add_source(listing("satu"), NOW)
    document = fetched(source, entry("a", *BLOCKADE), entry("b", *RECIPE))
    desk.take(document, NOW)
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        assert "interval_seconds" not in {c["name"] for c in sa.inspect(connection).get_columns("source")}
        command.upgrade(config, "head")
    engine.dispose()
    line = desk.take(document, NOW + timedelta(hours=1))
    assert (line.new, line.changed, line.same) == (0, 0, 2)
    after = desk.source(source.id)
    assert (after.interval_seconds, after.moved_to, after.standing) == (1350, "", Standing.WELL)
    edited = fetched(source, entry("a", BLOCKADE[0], BLOCKADE[1] + " Portal dibuka."))
    assert desk.take(edited, NOW + timedelta(hours=2)).changed == 1
