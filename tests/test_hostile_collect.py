"""Every hostile server of ../shared at once, beside one that is well: the desk and its pages go on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest
from api_fixtures import HASH, NOW, Clock, Web
from fastapi.testclient import TestClient
from feeds_ground import Loopback, item, load, loopback, needs_shared, response, rss
from hostile_ground import EXCEPTION_WORDS, scenario_step

from api import create_app
from feeds import FetchSettings, SourceListing, close_parsers
from models import Classifier
from screening import CollectLine, Desk, Role, Settings, SourceState, Store

SCENARIOS: list[dict[str, Any]] = load("http_scenarios.json")
# Whoever is loaded reaches its deadline before the last byte that a bomb or an endless body may have.
LARGE = ("http_endless", "http_bomb")


class HostileWeb:
    """A server for each scenario and one that is well, all in one thread; `hits` reached a port inside."""

    def __init__(self) -> None:
        self.ports: dict[str, int] = {}
        self.hits = 0
        self._ready, self._done = threading.Event(), threading.Event()

    async def _serve(self) -> None:
        async def hit(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.hits += 1
            writer.close()

        other = await asyncio.start_server(hit, "127.0.0.1", 0)
        port = other.sockets[0].getsockname()[1]
        async with AsyncExitStack() as stack:
            for scenario in SCENARIOS:
                held: list[Loopback] = []
                steps = [scenario_step(step, held, port) for step in scenario["steps"]]
                held.append(await stack.enter_async_context(loopback(*steps)))
                self.ports[scenario["id"]] = held[0].port
            well = response(rss(item(1), item(2)), headers=(("Content-Type", "application/rss+xml"),))
            self.ports["sehat"] = (await stack.enter_async_context(loopback(well))).port
            self._ready.set()
            while not self._done.is_set():
                await asyncio.sleep(0.05)
        other.close()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()


class Hurried(Desk):
    """With a deadline that a test can wait for."""

    def _fetch_settings(self) -> FetchSettings:
        settings = super()._fetch_settings()
        return replace(settings, limits=replace(settings.limits, total_seconds=4.0, parse_seconds=4.0))


@pytest.fixture(scope="module", autouse=True)
def _no_children_left() -> Iterator[None]:
    yield
    close_parsers()


@needs_shared
def test_a_desk_that_meets_every_hostile_server_at_once_reads_the_healthy_one_and_stays_well(
    tmp_path: Path, classifier: Classifier
) -> None:
    with HostileWeb() as web:
        settings = Settings(
            data_dir=tmp_path,
            database_url=f"sqlite:///{tmp_path / 'dini.db'}",
            allow_addresses=tuple(f"127.0.0.1:{port}" for port in web.ports.values()),
        )
        desk = Hurried(Store(settings.database_url), classifier, settings)
        desk.set_up(NOW)
        desk.create_account("operator", Role.OPERATOR, HASH, NOW, must_change=False)
        house = Web(desk=desk, clock=Clock(), client=TestClient(create_app(desk, clock=Clock())))
        browser = house.session("operator")
        for name, port in web.ports.items():
            desk.add_source(SourceListing(url=f"http://127.0.0.1:{port}/feed", name=name), NOW)
        lines: list[CollectLine] = []
        collecting = threading.Thread(target=lambda: desk.collect(NOW, on_line=lines.append))
        collecting.start()
        served = 0
        while collecting.is_alive():
            for path in ("/sumber", "/antrean"):
                assert browser.get(path).status_code == 200
            served += 1
            collecting.join(0.2)
        assert served > 1, "pages were asked for while the collect ran"
        told = {line.source.name: line for line in lines}
        assert set(told) == set(web.ports)
        assert (told["sehat"].state, told["sehat"].new) == ("baru", 2)
        order = [line.source.name for line in lines]
        assert order.index("sehat") < order.index("http_slow-no-answer"), "one that hangs holds back nobody"
        wrong = [
            (one["id"], told[one["id"]].reason) for one in SCENARIOS if not as_told(one, told[one["id"]])
        ]
        assert wrong == []
        assert web.hits == 0
        for line in lines:
            assert not EXCEPTION_WORDS.search(line.reason), line
        # The same web again, as at the next round: the healthy one is read, and nothing is left behind.
        (well,) = [one for one in desk.sources() if one.name == "sehat"]
        assert desk.check_source(well.id, NOW).same == 2
        assert [one for one in threading.enumerate() if one.name == "collect"] == []
        assert {one.state for one in desk.sources()} == {SourceState.OK, SourceState.UNVERIFIED}
        assert all(check.ok for check in desk.doctor(NOW)), desk.doctor(NOW)
        for one in desk.sources():
            assert browser.get(f"/sumber/{one.id}").status_code == 200
        desk.close()


def as_told(scenario: dict[str, Any], line: CollectLine) -> bool:
    """Whether a source ended as the manifest lets it; what a person reads is the reason alone."""
    expect = scenario["expect"]
    wanted = expect.get("fetch", ["ok", "any"])
    wanted = wanted if isinstance(wanted, list) else [wanted]
    low, high = expect.get("entries", [0, 1_000])
    if line.state == "gagal":
        slow = scenario["id"].startswith(LARGE) and "tepat waktu" in line.reason
        return wanted != ["ok"] or low == 0 or slow
    return "ok" in wanted and line.new <= high
