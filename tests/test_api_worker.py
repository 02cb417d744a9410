"""Workers on one database: killed, cut off and stopped, they lose nothing and double nothing."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from mail_ground import PostOffice, nobody_listens
from screening_material import NOW
from worker_ground import (
    ROOT,
    Ground,
    Outlets,
    claimed,
    ended,
    faults,
    kill,
    sent_twice,
    until,
    waiting,
)

from api.metrics import Meter
from api.rounds import Duty, Rounds, duties
from feeds import SourceListing
from models import Classifier
from screening import Desk, NotSetUp, PostKind, Settings, SmtpServer, Store, window_at
from screening.store_post import Post

SOURCES = 8


@pytest.fixture
def outlets() -> Iterator[Outlets]:
    with Outlets(SOURCES) as web:
        yield web


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as opened:
        yield opened


@pytest.fixture
def ground(outlets: Outlets, office: PostOffice, database_url: str, tmp_path: Path) -> Ground:
    return Ground(folder=tmp_path, url=database_url, allow=outlets.address, smtp_port=office.port)


@pytest.fixture
def at_work(ground: Ground, store: Store, classifier: Classifier) -> Desk:
    """The desk of somebody else on the same database, with the outlets and two mailboxes registered."""
    settings = Settings(data_dir=ground.folder, database_url=ground.url, allow_addresses=(ground.allow,))
    desk = Desk(store, classifier, settings)
    for number in range(SOURCES):
        desk.add_source(
            SourceListing(url=f"http://{ground.allow}/{number}", name=f"K{number}"), ground.clock()
        )
    for mailbox in ("piket@provinsi.contoh.go.id", "arsip@provinsi.contoh.go.id"):
        desk.add_recipient("62", mailbox, frozenset({PostKind.DIGEST}), ground.clock())
    return desk


def names(desk: Desk) -> dict[int, int]:
    return {one.id: int(one.url.rpartition("/")[2]) for one in desk.sources()}


def ask(desk: Desk, ground: Ground) -> list[int]:
    now = ground.clock()
    return desk.ask_digest("62", *window_at(now), now)


def whole(desk: Desk, ground: Ground, outlets: Outlets) -> bool:
    return not faults(ground.url, outlets.published, names(desk)) and waiting(ground.url) == 0


def log_lines(folder: Path) -> list[dict[str, object]]:
    path = folder / "dini.log"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_two_workers_of_which_one_is_killed_again_and_again_lose_and_double_nothing(
    ground: Ground, at_work: Desk, outlets: Outlets, office: PostOffice
) -> None:
    chance, kills, owed = random.Random(11), 3, ask(at_work, ground)
    outlets.latency = 0.2
    steady = None
    for _ in range(kills):
        victim = ground.worker()
        steady = steady or ground.worker()
        owed += ask(at_work, ground)
        time.sleep(chance.uniform(0.05, 0.8))
        kill(victim)
    outlets.publishing = False
    assert until(lambda: whole(at_work, ground, outlets)), faults(
        ground.url, outlets.published, names(at_work)
    )
    assert steady is not None and ended(steady) == "ENDED True"
    assert sum(map(len, outlets.published.values())) >= 2 * SOURCES
    ids = [str(one.message["Message-ID"]) for one in office.taken]
    assert len(set(ids)) == len(owed) == 2 * (kills + 1)
    assert sent_twice(ids) <= kills  # between the server's yes and our mark nothing can be certain
    assert at_work.audits.verify({}).whole


def test_a_worker_that_is_told_to_stop_finishes_and_gives_everything_back(
    ground: Ground, at_work: Desk, outlets: Outlets
) -> None:
    outlets.latency = 0.3
    child = ground.worker()
    assert until(lambda: claimed(ground.url) > 0, 20)
    began = time.monotonic()
    assert ended(child) == "ENDED True"
    assert time.monotonic() - began < 20
    assert claimed(ground.url) == 0
    found = faults(ground.url, {}, names(at_work))
    assert found == []


def test_a_database_that_goes_away_is_waited_for_with_a_growing_pause(
    ground: Ground, at_work: Desk, outlets: Outlets, store: Store, office: PostOffice
) -> None:
    if not ground.url.startswith("postgresql"):
        pytest.skip("SQLite has no server that could go away")
    database = sa.make_url(ground.url)
    plain = database.set(drivername="postgresql", database="postgres").render_as_string()
    owed = ask(at_work, ground)
    child = ground.worker()
    assert until(lambda: outlets.requests > 3, 20)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{database.database}" ALLOW_CONNECTIONS false')
        end = time.monotonic() + 4
        while time.monotonic() < end:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [database.database],
            )
            time.sleep(0.1)
        connection.execute(f'ALTER DATABASE "{database.database}" ALLOW_CONNECTIONS true')
    outlets.publishing = False
    assert until(lambda: whole(at_work, ground, outlets)), faults(
        ground.url, outlets.published, names(at_work)
    )
    assert child.poll() is None
    assert ended(child) == "ENDED True"
    away = [one for one in log_lines(ground.folder) if one["event"] == "database_away"]
    pauses = [float(str(one["pause"])) for one in away if one["round"] == "collect"]
    assert len(pauses) >= 2 and pauses[:2] == [1.0, 2.0]
    assert len({str(one.message["Message-ID"]) for one in office.taken}) == len(owed)


def test_a_message_the_server_has_taken_is_marked_when_the_database_is_back_and_not_sent_again(
    desk: Desk,
    office: PostOffice,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    store: Store,
    classifier: Classifier,
) -> None:
    from dataclasses import replace

    from api import post

    monkeypatch.setattr(post, "PAUSES", (0.0, 0.0, 0.0))
    keep, failed = Post.sent, 0

    def sent(self: Post, number: int, now: object) -> None:
        nonlocal failed
        failed += 1
        if failed <= 2:
            raise sa.exc.OperationalError("UPDATE", {}, Exception("server closed the connection"))
        keep(self, number, now)  # type: ignore[arg-type]

    monkeypatch.setattr(Post, "sent", sent)
    wired = replace(
        settings, smtp=SmtpServer(host="127.0.0.1", port=office.port), mail_from="dini@contoh.go.id"
    )
    own = Desk(store, classifier, wired)
    own.add_recipient("62", "piket@provinsi.contoh.go.id", frozenset({PostKind.DIGEST}), NOW)
    (number,) = own.ask_digest("62", *window_at(NOW), NOW)
    assert post.post_due(own, lambda: NOW, only=[number]).sent == 1
    assert post.post_due(own, lambda: NOW + timedelta(hours=1), only=[number]).sent == 0
    assert len(office.taken) == 1 and failed == 3
    assert own.dispatch(number).state == "terkirim"


def test_a_verb_of_the_upkeep_that_fails_keeps_no_other_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def broken(_now: object) -> None:
        raise RuntimeError("rusak")

    monkeypatch.setattr(desk.privacy, "prune_daily", broken)
    monkeypatch.setattr(desk.samples, "draw_due", lambda _now: ran.append("samples"))
    upkeep = next(one for one in duties() if one.name == "upkeep")
    upkeep.do(desk, lambda: NOW, threading.Event())
    assert ran == ["samples"]


def test_a_round_that_fails_is_counted_and_the_next_one_runs(desk: Desk) -> None:
    tries: list[int] = []
    done = threading.Event()

    def twice(_desk: Desk, _clock: object, _stop: object) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError("rusak")
        done.set()

    meter = Meter()
    rounds = Rounds(desk, lambda: NOW, [Duty(name="uji", every=0.01, do=twice)], meter)
    rounds.start()
    assert done.wait(10)
    assert rounds.stop(10)
    value = meter.registry.get_sample_value
    assert value("dini_rounds_total", {"round": "uji", "outcome": "failed"}) == 2
    assert value("dini_rounds_total", {"round": "uji", "outcome": "ok"}) == len(tries) - 2


# --- the command itself


def start_worker(folder: Path, url: str, **more: str) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DINI_")}
    environment |= {"DINI_DATA": str(folder), "DINI_DATABASE_URL": url, "DINI_ARTICLES": "false", **more}
    return subprocess.Popen(
        [sys.executable, "-m", "api", "worker", "--every", "1"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_the_command_waits_for_the_schema_works_shows_metrics_and_ends_on_sigterm(
    outlets: Outlets, tmp_path: Path, classifier: Classifier
) -> None:
    url = f"sqlite:///{tmp_path / 'dini.db'}"
    port = nobody_listens()
    child = start_worker(
        tmp_path, url, DINI_ALLOW_ADDRESSES=outlets.address, DINI_METRICS_PORT=str(port), DINI_LOG_TO="file"
    )
    assert until(lambda: any(one["event"] == "database_not_ready" for one in log_lines(tmp_path)), 40)
    store = Store(url)
    desk = Desk(
        store, classifier, Settings(data_dir=tmp_path, database_url=url, allow_addresses=(outlets.address,))
    )
    desk.set_up(NOW)
    desk.add_source(SourceListing(url=f"http://{outlets.address}/0", name="K0"), NOW)
    assert until(lambda: desk.sources()[0].items > 0, 40)
    shown = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
    assert "dini_database_up 1.0" in shown
    assert 'dini_rounds_total{outcome="ok",round="collect"}' in shown
    child.terminate()
    told, errors = child.communicate(timeout=40)
    assert (child.returncode, errors) == (0, "")
    assert "Bekerja" in told
    assert claimed(url) == 0
    store.close()


def test_web_and_worker_can_be_separate_processes(tmp_path: Path, outlets: Outlets) -> None:
    """`dini start --no-collect` makes everything ready and fetches nothing; SIGTERM ends it well."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DINI_")}
    environment |= {"DINI_DATA": str(tmp_path / "data"), "DINI_PORT": "0"}
    child = subprocess.Popen(
        [sys.executable, "-m", "api", "start", "--no-collect"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    told = ""
    while "Hentikan" not in told:
        line = child.stdout.readline()
        assert line, told
        told += line
    child.terminate()
    rest, errors = child.communicate(timeout=40)
    assert (child.returncode, errors) == (0, ""), rest
    store = Store(f"sqlite:///{tmp_path / 'data' / 'dini.db'}")
    with store.reading() as books:
        assert books.sources.all() and all(one.last_try_at is None for one in books.sources.all())
    store.close()


def test_a_database_of_a_newer_dini_is_not_touched(tmp_path: Path, classifier: Classifier) -> None:
    url = f"sqlite:///{tmp_path / 'dini.db'}"
    store = Store(url)
    desk = Desk(store, classifier, Settings(data_dir=tmp_path, database_url=url))
    desk.set_up(NOW)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(NotSetUp, match="9999"):
        desk.set_up(NOW)
    assert "9999" in desk.operations.schema_trouble()
    desk.close()
