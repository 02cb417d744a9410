"""Health tells the truth: what is usual, what is an alarm and what is not, and where every entry went."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, entry, failed, fetched, listing

import models
from feeds import Entry, FeedSource, NotModified, SourceListing
from screening import (
    Account,
    Area,
    Condition,
    Decision,
    Desk,
    LedgerReason,
    QueueFilter,
    ReviewDraft,
    Role,
    Settings,
    Source,
    SourceHealth,
    Store,
    day_window,
)
from screening.coverage import piece_of, reached_ages
from screening.health import Told, Worth, worths
from screening.schema import fetch, ledger, tally
from screening.store import _alembic
from screening.usual import Window, at_least, at_most, fit, usual
from screening.windows import WIB

MONDAY = datetime(2026, 10, 26, 0, 0, tzinfo=WIB).astimezone(UTC)


def counts(*per_day: int) -> list[Window]:
    """The last is yesterday."""
    return [Window(age=len(per_day) - i, entries=count) for i, count in enumerate(per_day)]


# --- what is usual


def test_a_quiet_source_is_allowed_its_zeros_and_a_busy_one_is_not() -> None:
    slow, busy = fit(counts(*[0, 0, 1, 0, 0, 2, 0] * 4)), fit(counts(*[38, 42, 40, 44, 37, 41, 39] * 4))
    assert at_most(slow, [0], 0) > 0.3
    assert at_most(busy, [0], 0) < 1e-9
    assert usual(slow).low == 0
    assert usual(busy).low > 20


def test_a_weekend_that_dips_each_week_is_usual_on_a_weekend_only() -> None:
    pace = fit(counts(*[40, 41, 38, 42, 39, 12, 10] * 4))  # tomorrow is the first of the busy days
    weekday, weekend = usual(pace, 0), usual(pace, 1)  # one day before it is the second of the dip
    assert weekend.high < weekday.low
    assert at_most(pace, [0], 11) < 1e-4
    assert at_most(pace, [1], 11) > 0.2


def test_recent_weeks_weigh_more_than_old_ones() -> None:
    grown = fit(counts(*[5] * 28, *[20] * 28))
    assert 15 < usual(grown).mean < 21


def test_one_odd_day_does_not_teach_what_is_usual() -> None:
    plain = usual(fit(counts(*[20, 22, 18, 21, 19, 20, 20] * 3)))
    flooded = usual(fit(counts(*[20, 22, 18, 21, 19, 20, 20] * 2, 20, 22, 400, 21, 19, 20, 20)))
    assert abs(plain.mean - flooded.mean) < 3
    assert flooded.high < 45


def test_a_source_that_scatters_gets_a_wider_range() -> None:
    calm = fit(counts(*[20] * 28))
    wild = fit(counts(*[5, 42, 11, 30, 3, 35, 14, 38, 9, 25, 6, 31, 22, 9] * 2))
    assert usual(wild).high - usual(wild).low > 1.5 * (usual(calm).high - usual(calm).low)


@given(st.lists(st.integers(0, 400), min_size=0, max_size=56), st.integers(0, 500))
def test_chances_are_chances_whatever_the_past(past: list[int], count: int) -> None:
    pace = fit(counts(*past))
    below, above = at_most(pace, [0], count), at_least(pace, [0], count)
    assert 0 <= below <= 1 + 1e-9
    assert 0 <= above <= 1
    assert below + at_least(pace, [0], count + 1) == pytest.approx(1, abs=1e-6)
    told = usual(pace)
    assert 0 <= told.low <= told.high
    assert at_most(pace, [0, 1], 0) <= below + 1e-9


# --- pieces of a day


@given(st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2099, 1, 1), timezones=st.just(UTC)))
def test_a_piece_lies_in_one_calendar_day_and_in_one_digest(moment: datetime) -> None:
    since = piece_of(moment)
    assert since <= moment < since + timedelta(hours=15)
    assert since.astimezone(WIB).date() == moment.astimezone(WIB).date()
    edge = day_window(moment.astimezone(WIB).date())[1]
    assert (since >= edge) == (moment >= edge)


def test_days_without_an_answer_are_unknown_not_empty() -> None:
    end = MONDAY + timedelta(days=10, hours=9)
    pieces = {
        piece_of(MONDAY + timedelta(days=day, hours=hour)): {"gagal": 4} if day in (4, 5) else {"berhasil": 4}
        for day in range(11)
        for hour in (3, 18)
    }
    known = reached_ages(pieces, end)
    assert {0, 1, 2, 3} <= known
    assert 5 not in known
    assert max(known) == 8  # the first piece brought what had piled up


# --- who had it first


def test_first_and_alone_are_counted_by_source() -> None:
    at = [NOW + timedelta(minutes=minute) for minute in range(3)]
    told = [
        Told(incident_id=1, source_id=1, at=at[0]),
        Told(incident_id=1, source_id=2, at=at[1]),
        Told(incident_id=2, source_id=2, at=at[2]),
        Told(incident_id=3, source_id=1, at=at[1]),
        Told(incident_id=3, source_id=2, at=at[1]),
    ]
    assert worths(told) == {1: Worth(accepted=2, first=2, alone=0), 2: Worth(accepted=3, first=2, alone=1)}


@pytest.fixture
def analyst(desk: Desk) -> Account:
    return desk.create_account("analis-1", Role.ANALYST, "hash", NOW)


def test_only_what_an_analyst_accepted_gives_a_source_worth(desk: Desk, analyst: Account) -> None:
    one = desk.add_source(listing("satu", owner="Satu"), NOW)
    two = desk.add_source(listing("dua", owner="Dua"), NOW)
    desk.take(fetched(one, entry("c", *CLASH, hours=2), entry("b", *BLOCKADE)), NOW)
    later = NOW + timedelta(minutes=9)
    desk.take(fetched(two, entry("c2", *CLASH, hours=3)), later)
    worth = {health.source.id: health.worth for health in desk.source_health(later)}
    assert worth == {one.id: Worth(), two.id: Worth()}
    for line in desk.queue(QueueFilter(), later).lines:
        draft = ReviewDraft(incident_id=line.incident.id, decision=Decision.ACCEPT)
        desk.review(draft, analyst, later)
    worth = {health.source.id: health.worth for health in desk.source_health(later)}
    # The second told the clash an hour before the first, though we asked it later.
    assert worth[two.id] == Worth(accepted=1, first=1, alone=0)
    assert worth[one.id] == Worth(accepted=2, first=1, alone=1)


# --- where every entry went


def test_everything_that_did_not_reach_the_queue_has_a_counted_reason(
    desk: Desk, store: Store, database_url: str
) -> None:
    """Seen = queue + ledger, by source and day, against the incidents themselves."""
    one, two = (desk.add_source(listing(name), NOW) for name in ("satu", "dua"))
    text = CLASH[1].replace("SAMPIT", "BOGOR")
    text = text.replace("Kecamatan Baamang, Kabupaten Kotawaringin Timur", "Kabupaten Bogor")
    bogor = ("Bentrok Warga di Pasar Cibinong Bogor, Dua Luka", text)
    document = [entry("c", *CLASH), entry("r", *RECIPE), entry("g", *bogor), entry("b", *BLOCKADE)]
    for day in range(3):
        more = [entry(f"n{day}", f"{RECIPE[0]} {day}", f"{RECIPE[1]} {day}")]
        desk.take(fetched(one, *more, *document), NOW + timedelta(days=day))
    # Another outlet joins what is there, a blockade here and the clash elsewhere.
    desk.take(fetched(two, entry("g2", *bogor), entry("b2", *BLOCKADE)), NOW + timedelta(days=2))
    days = {
        source.id: desk.source_view(source.id, NOW + timedelta(days=2), days=3).days for source in (one, two)
    }
    assert [day.seen for day in days[one.id]] == [5, 5, 5]
    assert [day.seen for day in days[two.id]] == [0, 0, 2]
    told = Counter[LedgerReason]()
    for each in (*days[one.id], *days[two.id]):
        assert each.seen == each.queued + sum(count for _, count in each.ledger)
        told.update(dict(each.ledger))
    assert (told[LedgerReason.SAME], told[LedgerReason.OUTSIDE]) == (8, 2)
    queue = desk.queue(QueueFilter(state="all"), NOW + timedelta(days=2)).lines
    here = sum(line.incident.reports for line in queue if line.incident.area is not Area.OUTSIDE)
    assert sum(day.queued for all_days in days.values() for day in all_days) == here == 3


def test_pruning_forgets_the_log_and_keeps_every_count(desk: Desk, store: Store, database_url: str) -> None:
    one = desk.add_source(listing("satu"), NOW)
    for day in range(4):
        desk.take(fetched(one, entry(f"r{day}", f"{RECIPE[0]} {day}", RECIPE[1])), NOW + timedelta(days=day))
        desk.take(failed(one), NOW + timedelta(days=day, hours=5))
    window = (NOW - timedelta(days=1), NOW + timedelta(days=5))
    before = desk.source_view(one.id, NOW + timedelta(days=3), days=4).days
    with store.reading() as books:
        counted, reached = books.sources.ledger_between(*window), books.sources.fetched_between(*window)[0]
    assert desk.privacy.prune(NOW + timedelta(days=89)).total == 0
    assert desk.privacy.prune(NOW + timedelta(days=200)).counts == (("fetch", 8),)
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        left = [connection.scalar(sa.select(sa.func.count()).select_from(one)) for one in (fetch, ledger)]
    engine.dispose()
    assert left == [0, 0]
    assert desk.source_view(one.id, NOW + timedelta(days=3), days=4).days == before
    with store.reading() as books:
        assert books.sources.ledger_between(*window) == counted
        assert books.sources.fetched_between(*window)[0] == reached == {one.id}
        first = books.sources.first_fetch()
    assert first is not None
    assert first <= NOW


def test_an_older_database_gets_its_counts_from_its_log(desk: Desk, database_url: str) -> None:
    one = desk.add_source(listing("satu"), NOW)
    for day in range(3):
        desk.take(fetched(one, entry("c", *CLASH), entry(f"r{day}", *RECIPE)), NOW + timedelta(days=day))
        desk.take(failed(one), NOW + timedelta(days=day, hours=9))
    engine = sa.create_engine(database_url)

    def all_counts(connection: sa.Connection) -> set[tuple[Any, ...]]:
        return {tuple(row) for row in connection.execute(sa.select(tally))}

    with engine.begin() as connection:
        before = all_counts(connection)
        config = _alembic()
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
        assert not sa.inspect(connection).has_table("tally")
        command.upgrade(config, "head")
        after = all_counts(connection)
    engine.dispose()
    assert before == after
    assert len(before) > 6


# --- conditions


def test_a_new_source_is_learning_and_one_never_asked_says_so(desk: Desk) -> None:
    one = desk.add_source(listing("satu"), NOW)
    assert desk.source_health(NOW)[0].condition is Condition.NEVER
    desk.take(fetched(one, entry("r", *RECIPE)), NOW)
    health = desk.source_health(NOW)[0]
    assert (health.condition, health.alarm, health.entries) == (Condition.LEARNING, False, 1)
    assert health.usual is None


def test_when_it_is_we_who_do_not_ask_no_source_is_called_silent(desk: Desk) -> None:
    one = desk.add_source(listing("satu"), NOW)
    for day in range(20):
        news = [entry(f"{day}-{n}", f"{RECIPE[0]} {day} {n}") for n in range(12)]
        desk.take(fetched(one, *spread(news, NOW + timedelta(days=day))), NOW + timedelta(days=day))
    now = NOW + timedelta(days=22)
    health = desk.source_health(now)[0]
    assert (health.condition, health.alarm) == (Condition.NEGLECTED, True)
    assert "Dini" in health.why


def spread(entries: Sequence[Entry], end: datetime) -> list[Entry]:
    """The same entries, published evenly over the day before `end`."""
    from dataclasses import replace

    step = timedelta(hours=23) / max(len(entries), 1)
    return [replace(one, published=end - step * n) for n, one in enumerate(entries)]


def test_entries_that_lose_their_dates_are_a_fall_in_quality(desk: Desk) -> None:
    from dataclasses import replace

    one = desk.add_source(listing("satu"), NOW)
    for day in range(16):
        end = NOW + timedelta(days=day)
        news = spread([entry(f"{day}-{n}", f"{RECIPE[0]} {day} {n}", RECIPE[1]) for n in range(6)], end)
        if day >= 9:
            news = [replace(each, date_suspect=True, published=end, published_raw="") for each in news]
        desk.take(fetched(one, *news), end)
        assert desk.source_health(end)[0].condition is not Condition.POOR or day >= 9
    health = desk.source_health(NOW + timedelta(days=15))[0]
    assert (health.condition, health.alarm) == (Condition.POOR, True)
    assert "tanggal" in health.why and "tautan" not in health.why
    dated, texted, linked = health.quality.shares()
    assert (round(dated, 1), texted, linked) == (0.1, 1.0, 1.0)


def test_an_outage_of_ours_that_brings_two_days_at_once_is_no_flood(desk: Desk) -> None:
    one = desk.add_source(listing("satu"), NOW)
    kept: list[Entry] = []
    for day in range(20):
        end = NOW + timedelta(days=day)
        kept += spread([entry(f"{day}-{n}", f"{RECIPE[0]} {day} {n}") for n in range(15)], end)
        if day in (16, 17):
            desk.take(failed(one), end)
            continue
        desk.take(fetched(one, *kept), end)
        kept = []
        health = desk.source_health(end)[0]
        assert not health.alarm, (day, health.why)


# --- ten days of fifty ordinary sources


def day_hours(chance: random.Random, count: int) -> list[float]:
    """Hours of a newsroom's day: few at night, most before and after noon."""
    return sorted(min(max(chance.gauss(13, 4), 0.0), 23.99) for _ in range(count))


def poisson(chance: random.Random, rate: float) -> int:
    count, passed = 0, chance.expovariate(1)
    while passed < rate:
        count, passed = count + 1, passed + chance.expovariate(1)
    return count


def titled(key: str, at: datetime) -> Entry:
    return Entry(
        key=key,
        guid=key,
        link=f"https://kabar.example/{key}",
        title=f"Jadwal kapal sungai {key}",
        text="",
        html="",
        published=at,
        published_raw="ada",
    )


def test_fifty_ordinary_sources_raise_at_most_one_false_alarm_in_ten_days(
    tmp_path: Path, classifier: models.Classifier
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'dini.db'}")
    desk = Desk(store, classifier, Settings(data_dir=tmp_path, database_url=""))
    desk.set_up(MONDAY)
    chance = random.Random(20261124)
    history, judged = 15, 10
    written: dict[int, list[Entry]] = {}
    sources: list[Source] = []
    for number in range(50):
        source = desk.add_source(listing(f"media-{number}"), MONDAY)
        rate = 0.2 * 300 ** ((number / 49) ** 3)  # 0.2 .. 60 a day
        dip = chance.choice((1.0, 0.8, 0.5, 0.3))
        sources.append(source)
        written[source.id] = [
            titled(f"{number}-{day}-{n}", MONDAY + timedelta(days=day, hours=hour))
            for day in range(history + judged)
            for n, hour in enumerate(
                day_hours(chance, poisson(chance, rate * (dip if day % 7 in (5, 6) else 1)))
            )
        ]
    alarms: dict[tuple[int, Condition], SourceHealth] = {}
    judgements = 0
    morning = timedelta(hours=6, minutes=30)
    times = [timedelta(days=day) + morning for day in range(1, history + judged)]
    times += [timedelta(days=day, hours=19) for day in range(history, history + judged)]
    for passed in sorted(times):
        now = MONDAY + passed
        for source in sources:
            news = [one for one in written[source.id] if one.published <= now]
            written[source.id] = written[source.id][len(news) :]
            key = FeedSource(key=str(source.id), url=source.url)
            desk.take(fetched(source, *news) if news else NotModified(source=key, seconds=0.0), now)
        if passed >= timedelta(days=history):
            for health in desk.source_health(now):
                judgements += 1
                assert health.condition in (Condition.WELL, Condition.LEARNING, *ALARMS), health.why
                if health.alarm:
                    alarms.setdefault((health.source.id, health.condition), health)
    desk.close()
    assert judgements == 50 * 2 * judged
    assert len(alarms) <= 1, [(one.source.name, one.why) for one in alarms.values()]


ALARMS = (Condition.SILENT, Condition.QUIET, Condition.BUSY)


# --- ten days of one source that goes through everything, over real HTTP


class Outlet:
    """A newspaper's server: what it answers is set by the test, day by day."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, datetime]] = []
        self.mode = "well"
        self.moved = ""
        outlet = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = outlet.answer(self.path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self.thread.start()

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        if path == "/feed" and self.mode == "html":
            return 200, {"Content-Type": "text/html"}, b"<!doctype html><title>Situs</title><p>Pemeliharaan"
        if path == "/feed" and self.mode == "moved":
            return 301, {"Location": f"http://{self.host}/umpan-baru"}, b""
        if path == "/feed" and self.mode == "gone":
            return 410, {}, b""
        newest = sorted(self.entries, key=lambda one: one[1], reverse=True)[:60]
        items = "".join(
            f"<item><title>Jadwal kapal sungai {key}</title><guid>tag:{key}</guid>"
            f"<link>https://kabar.example/{key}</link><pubDate>{format_datetime(at)}</pubDate>"
            f"<description>Kapal {key} berangkat sesuai jadwal.</description></item>"
            for key, at in newest
        )
        document = f'<rss version="2.0"><channel><title>Kabar</title>{items}</channel></rss>'
        return 200, {"Content-Type": "application/rss+xml"}, document.encode()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    made = Outlet()
    yield made
    made.close()


def test_ten_days_of_a_source_are_told_as_they_were(
    outlet: Outlet, database_url: str, tmp_path: Path, store: Store, classifier: models.Classifier
) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=database_url, allow_addresses=(outlet.host,), articles=False
    )
    desk = Desk(store, classifier, settings)
    desk.set_up(MONDAY)
    source = desk.add_source(SourceListing(url=f"http://{outlet.host}/feed", name="Kabar"), MONDAY)
    chance = random.Random(7)
    history = 14
    day_plan = ["biasa", "diam", "diam", "ganda", "ganda", "biasa", "rusak", "pindah", "tutup", "kembali"]
    told: dict[int, list[SourceHealth]] = {}
    last_entry = MONDAY
    alarm_after: timedelta | None = None
    for day in range(history + len(day_plan)):
        plan = "biasa" if day < history else day_plan[day - history]
        rate = 30.0 * (0.5 if day % 7 in (5, 6) else 1) * {"diam": 0, "ganda": 2}.get(plan, 1)
        for n, hour in enumerate(day_hours(chance, poisson(chance, rate))):
            outlet.entries.append((f"{day}-{n}", MONDAY + timedelta(days=day, hours=hour)))
        outlet.mode = {"rusak": "html", "pindah": "moved", "tutup": "gone"}.get(plan, "well")
        if plan == "kembali":
            desk.accept_move(source.id, None, MONDAY + timedelta(days=day))
            desk.pause_source(source.id, False, MONDAY + timedelta(days=day))
        every, hidden = outlet.entries, outlet.entries
        for hour in (6, 23) if day < history else (6, 12, 18, 23):
            now = MONDAY + timedelta(days=day, hours=hour, minutes=59)
            outlet.entries = [one for one in every if one[1] <= now]
            desk.collect(now)
            health = desk.source_health(now)[0]
            if outlet.entries and day < history + 1:
                last_entry = outlet.entries[-1][1]
            if day >= history:
                told.setdefault(day - history, []).append(health)
            if plan == "diam" and health.alarm and alarm_after is None:
                alarm_after = now - last_entry
        outlet.entries = hidden
    evening = {day: health[-1] for day, health in told.items()}
    conditions = [one.condition for one in evening.values()]
    assert conditions == [
        Condition.WELL,
        Condition.SILENT,
        Condition.SILENT,
        Condition.BUSY,
        Condition.BUSY,
        Condition.WELL,
        Condition.BROKEN,
        Condition.WELL,
        Condition.GONE,
        Condition.WELL,
    ], [one.why for one in evening.values()]
    assert [one.alarm for one in evening.values()] == [False, *[True] * 4, False, True, False, True, False]
    assert alarm_after is not None
    assert alarm_after <= timedelta(hours=24)
    # Once broken or gone it is said at the very next fetch, and nothing is said of its amount.
    assert [one.condition for one in told[6]] == [Condition.BROKEN] * 4
    assert [one.condition for one in told[8]] == [Condition.GONE] * 4
    assert "umpan-baru" in evening[7].notes[0]
    assert evening[9].notes == ()
    assert evening[9].source.url.endswith("/umpan-baru")
    view = desk.source_view(source.id, MONDAY + timedelta(days=24, hours=-1), days=10)
    assert [bool(day.good) for day in view.days] == [True] * 6 + [False, True, False, True]
    assert [day.entries for day in view.days][1:3] == [0, 0]
    # The day it was broken is caught up: its entries belong to it, though they came a day later.
    assert view.days[6].entries > 0
