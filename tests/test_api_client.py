"""The example client and script of docs/examples, run against a real server on loopback."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from api_fixtures import NOW, Web, sample_database, web

from models import Classifier
from screening import screen

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


def example(name: str) -> Any:
    """A file of the examples as a module of its own."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


dini_client = example("dini_client")


@pytest.fixture
def address(web: Web) -> Iterator[str]:
    """The application on a loopback port, by uvicorn."""
    server = uvicorn.Server(
        uvicorn.Config(web.client.app, port=0, log_level="error", lifespan="off")  # type: ignore[arg-type]
    )
    socket = server.config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


def client_of(web: Web, address: str, **more: Any) -> Any:
    key = web.key()["Authorization"].removeprefix("Bearer ")
    return dini_client.Client(address, key=key, **more)


def test_the_client_reads_every_incident_and_item_over_its_pages(web: Web, address: str) -> None:
    client = client_of(web, address)
    lines = list(client.incidents(limit=7))
    numbers = [line.incident.id for line in lines]
    assert len(numbers) == len(set(numbers)) > 14
    assert lines[0].incident.first_published.tzinfo is not None
    assert {line.protected for line in lines} == {True, False}
    items = list(client.items(limit=50))
    assert len(items) == len({item.item_id for item in items}) > 100
    assert client.assessment(items[0].item_id)["item_id"] == items[0].item_id
    assert len(client.digest(date="2026-11-23")["rows"]) == 14
    assert client.export("incidents.csv", severity_min=2).startswith(b"incident_id,")


def test_the_client_follows_changes(web: Web, address: str) -> None:
    client = client_of(web, address)
    assert len(list(client.incidents_since(NOW))) == len(list(client.incidents(merged=True)))
    web.clock.forward(hours=3)
    first = next(iter(client.incidents(state="open")))
    url = f"/api/v1/incidents/{first.incident.id}/reviews"
    assert web.client.post(url, json={"decision": "terima"}, headers=web.key()).status_code == 201
    (line,) = client.incidents_since(NOW + timedelta(hours=2))
    assert (line.incident.id, line.incident.decision) == (first.incident.id, "terima")
    assert line.changed_at == NOW + timedelta(hours=3)


def test_the_client_is_sent_an_unchanged_answer_once(web: Web, address: str, monkeypatch: Any) -> None:
    client = client_of(web, address)
    asked: list[tuple[int, int]] = []
    plain = client._ask

    def watched(*args: Any, **kwargs: Any) -> Any:
        answer = plain(*args, **kwargs)
        asked.append((answer[0], len(answer[1])))
        return answer

    monkeypatch.setattr(client, "_ask", watched)
    assert client.taxonomy() == client.taxonomy()
    assert asked[0][0] == 200 and asked[0][1] > 0
    assert asked[1] == (304, 0)


def test_the_client_judges_texts_in_batches_as_screening_does(
    web: Web, address: str, classifier: Classifier
) -> None:
    client = client_of(web, address)
    texts = [
        dini_client.Text(id=str(n), title="Warga memblokir jalan kebun" if n % 2 else "Lomba perahu dibuka")
        for n in range(7)
    ]
    judged = list(client.screen(texts, batch=3))
    assert [one.id for one in judged] == [one.id for one in texts]
    from models import Document

    same = screen([Document(id=one.id, title=one.title) for one in texts], classifier)
    assert [(one.relevance, one.flagged, one.severity) for one in judged] == [
        (round(one.assessment.relevance, 6), one.assessment.flagged, int(one.verdict.severity))
        for one in same
    ]


def test_a_refusal_comes_with_its_words(web: Web, address: str) -> None:
    with pytest.raises(dini_client.DiniError) as refusal:
        list(client_of(web, address).incidents(severity_min=9))
    assert refusal.value.status == 422
    assert "severity_min" in refusal.value.detail
    stranger = dini_client.Client(address, key="dini_salah")
    with pytest.raises(dini_client.DiniError) as refused:
        stranger.taxonomy()
    assert refused.value.status == 401


@contextmanager
def moody(answers: list[tuple[int, dict[str, str]]]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that gives these answers in turn (0: hangs up); its address and the headers it was sent."""
    heard: list[dict[str, str]] = []
    left = iter(answers)

    class Mood(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(dict(self.headers))
            status, headers = next(left)
            if status == 0:
                self.connection.close()
                return
            body = b'{"items": [], "next_cursor": "", "title": "t", "detail": "d"}'
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mood)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        server.server_close()


def test_the_client_tries_again_when_it_is_slowed_refused_or_cut_off() -> None:
    pauses: list[float] = []
    moods: list[tuple[int, dict[str, str]]] = [(429, {"Retry-After": "7"}), (503, {}), (0, {}), (200, {})]
    with moody(moods) as (address, heard):
        client = dini_client.Client(address, key="dini_x", pause=pauses.append)
        assert list(client.incidents()) == []
    assert len(heard) == 4
    assert pauses[0] == 7
    assert all(0 < pause <= 60 for pause in pauses)
    assert pauses[1] < 4 < 8 * 0.5 + 0.01 <= pauses[2] + 0.01


def test_the_client_gives_up_in_the_end_and_never_after_a_plain_refusal() -> None:
    for moods, tries in (([(503, {})] * 3, 3), ([(403, {})], 1)):
        with moody(moods) as (address, heard):
            client = dini_client.Client(address, key="dini_x", tries=3, pause=lambda _seconds: None)
            with pytest.raises(dini_client.DiniError):
                client.taxonomy()
        assert len(heard) == tries


def test_the_client_takes_its_key_to_no_other_host() -> None:
    with moody([(200, {})]) as (other, heard_there), moody([(302, {"Location": other})]) as (address, _heard):
        client = dini_client.Client(address, key="dini_x", pause=lambda _seconds: None)
        with pytest.raises(dini_client.DiniError):
            client.taxonomy()
    assert heard_there == []
    with pytest.raises(ValueError, match="https"):
        dini_client.Client("file:///etc", key="dini_x")


def test_a_day_is_read_into_pandas_and_counted_by_regency_and_level(web: Web, address: str) -> None:
    key = web.key()["Authorization"].removeprefix("Bearer ")
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "a_day_in_pandas.py"), address, "2026-11-24"],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "DINI_KEY": key},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "bukan Status Keadaan Konflik" in done.stdout
    assert "AKSI DAMAI" in done.stdout
    home = list(client_of(web, address).incidents(area="kalteng", limit=200))
    assert done.stdout.startswith(f"{len(home)} insiden")
    script = example("a_day_in_pandas")
    frame = script.day_frame(client_of(web, address), date(2026, 11, 24))
    table = script.by_regency_and_level(frame, {"62.02": "Kotawaringin Timur"})
    assert int(table.to_numpy().sum()) == len(home)
    assert int(table["AKSI DAMAI"].sum()) == sum(line.protected for line in home)
    empty = script.day_frame(client_of(web, address), date(2026, 1, 1))
    assert len(empty) == 0


def test_the_examples_are_typed_strictly() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "dini_client.py", "a_day_in_pandas.py"],
        capture_output=True,
        text=True,
        cwd=EXAMPLES,
        check=False,
    )
    assert done.returncode == 0, done.stdout
