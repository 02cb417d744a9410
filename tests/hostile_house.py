"""A running application inside the fake internet, whose pages, answers, database and log a test can see."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pytest
import structlog
from api_fixtures import HASH, NOW, Clock, Web, token
from fastapi.testclient import TestClient
from feeds_ground import item, rss
from hostile_ground import EXCEPTION_WORDS, SECRET, Internet

from api import create_app
from api.logs import open_log
from feeds import SourceListing, article, close_parsers
from models import Classifier
from screening import Desk, Role, Settings, Source, Store

FEED = rss(item())


@pytest.fixture(scope="module", autouse=True)
def no_children_left() -> Iterator[None]:
    yield
    close_parsers()


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    article._robots_seen.clear()
    article._pages_seen.clear()
    yield
    structlog.reset_defaults()


@cache
def template(folder: Path) -> Path:
    path = folder / "doors.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    with Internet({"/feed.xml": FEED, "/feed": FEED}).instead(monkeypatch) as made:
        yield made


@dataclass(slots=True)
class House(Web):
    """A running application whose log is read back."""

    browser: TestClient | None = None
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> list[dict[str, Any]]:
        path = self.desk.settings.data_dir / "dini.log"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []

    def of_sources(self, event: str) -> dict[int, dict[str, Any]]:
        return {line["source"]: line for line in self.log if line["event"] == event}

    def add(self, path: str, number: int, *, host: str = "") -> Source:
        url = f"http://{host or f's{number}.koran.example'}{path}"
        return self.desk.add_source(SourceListing(url=url, name=f"Koran {number}"), NOW)

    def operator(self) -> TestClient:
        """One browser that stays signed in."""
        if self.browser is None:
            self.browser = self.session("operator")
            self.csrf = token(self.browser.get("/sumber").text)
        return self.browser

    def form(self, path: str, **fields: str) -> Any:
        return self.operator().post(path, data={"csrf": self.csrf, **fields})

    def rest(self, path: str, **body: str) -> Any:
        self.headers = self.headers or self.key("operator")
        return self.client.post(f"/api/v1/sources{path}", json=body, headers=self.headers)


@pytest.fixture
def house(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, classifier: Classifier, net: Internet
) -> Iterator[House]:
    path = tmp_path / "dini.db"
    shutil.copy(template(tmp_path_factory.getbasetemp()), path)
    yield from opened(path, classifier)


def opened(path: Path, classifier: Classifier, *allow: str) -> Iterator[House]:
    settings = Settings(data_dir=path.parent, database_url=f"sqlite:///{path}", allow_addresses=allow)
    desk, clock = Desk(Store(settings.database_url), classifier, settings), Clock()
    desk.set_up(NOW)
    desk.create_account("operator", Role.OPERATOR, HASH, NOW, must_change=False)
    open_log(path.parent, "info")
    app = create_app(desk, clock=clock)
    yield House(desk=desk, clock=clock, client=TestClient(app, follow_redirects=False))
    desk.close()


def in_words(text: str) -> None:
    assert text.strip()
    found = EXCEPTION_WORDS.search(text)
    assert not found, found


def nothing_inside(house: House, net: Internet) -> None:
    """No connection inside, none of its words here, pages that can be read, no bug told in the log."""
    assert net.broken_into == []
    browser = house.operator()
    page = browser.get("/sumber")
    assert page.status_code == 200
    in_words(page.text)
    for path in ("/antrean", "/sumber/ekspor.opml"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert SECRET not in answer.text
    assert not [line for line in house.log if line["event"] == "bug" or line["level"] == "error"]


def by_hand(house: House, sql: str, *values: Any) -> None:
    path = house.desk.settings.data_dir / "dini.db"
    with sqlite3.connect(path) as connection:
        connection.execute(sql, values)
    connection.close()


def moved_by_hand(house: House, source: Source, url: str) -> None:
    by_hand(house, "UPDATE source SET moved_to = ? WHERE id = ?", url, source.id)


def with_history(house: House, source: Source) -> None:
    """As if it had been read before, with nothing of what it shows now: a gap."""
    by_hand(house, "UPDATE source SET items = 1 WHERE id = ?", source.id)


def summary(link: str, number: int) -> str:
    """An item that says too little, so that its page is asked for."""
    return (
        f"<item><title>Warga tutup jalan {number}</title><link>{escape(link)}</link><guid>g{number}</guid>"
        "<description>Pendek.</description></item>"
    )


def rest_preview(house: House, url: str) -> tuple[bool, str]:
    answer = house.rest("/preview", url=url)
    assert answer.status_code in (200, 422), answer.text
    told = answer.json()
    assert SECRET not in answer.text
    return answer.status_code == 422, told.get("failure") or told.get("detail") or "ada"


def page_preview(house: House, url: str) -> tuple[bool, str]:
    answer = house.form("/sumber/pratinjau", alamat=url)
    assert answer.status_code in (200, 422), answer.text
    assert SECRET not in answer.text
    return answer.status_code == 422, answer.text


def alert(html: str) -> str:
    return html.partition('role="alert"')[2].partition("</")[0].partition(">")[2]
