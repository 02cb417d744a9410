"""Every disguised inside address through every door a person can bring one in by, and the allow-list."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import ast
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from api_fixtures import NOW
from click.testing import CliRunner
from feeds_ground import response, rss
from hostile_ground import BAD, FORMS, NOWHERE, Internet, resolved_only
from hostile_house import (
    House,
    alert,
    by_hand,
    fresh_memory,
    house,
    in_words,
    net,
    no_children_left,
    nothing_inside,
    opened,
    page_preview,
    rest_preview,
    summary,
    template,
)

from api.cli import main
from models import Classifier

# --- an address typed by a person -------------------------------------------------------------------


def rest_add(house: House, url: str) -> tuple[bool, str]:
    answer = house.rest("", url=url)
    assert answer.status_code in (201, 409, 422), answer.text
    return answer.status_code == 422, answer.json().get("detail", "ada")


def page_add(house: House, url: str) -> tuple[bool, str]:
    answer = house.form("/sumber", alamat=url)
    assert answer.status_code in (303, 409, 422), answer.text
    return answer.status_code == 422, alert(answer.text) if answer.status_code != 303 else "ada"


def cli_add(house: House, url: str) -> tuple[bool, str]:
    done = CliRunner().invoke(main, ["sources", "add", "--", url])
    assert done.exit_code in (0, 2), done.output
    refused = done.exit_code == 2 and "terdaftar" not in done.output
    return refused, done.output


TYPED: tuple[Callable[[House, str], tuple[bool, str]], ...] = (
    rest_add,
    page_add,
    cli_add,
    rest_preview,
    page_preview,
)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, classifier: Classifier) -> None:
    for place in ("api.cli_desk.load_shipped", "screening.desk.load_shipped"):
        monkeypatch.setattr(place, lambda: classifier)
    for name in [name for name in os.environ if name.startswith("DINI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DINI_DATA", str(tmp_path))


@pytest.mark.parametrize("door", TYPED, ids=lambda door: door.__name__)
def test_an_inside_address_that_is_typed_is_refused_in_words_and_logged(
    house: House, net: Internet, command: None, door: Callable[[House, str], tuple[bool, str]]
) -> None:
    wrong = []
    for form in BAD:
        before = len(house.log)
        refused, words = door(house, form["url"])
        in_words(words)
        # What only its resolving tells is taken at this door and refused when it is fetched.
        if refused == resolved_only(form):
            wrong.append((form["id"], words))
        if refused and not any(line["level"] == "warning" for line in house.log[before:]):
            wrong.append((form["id"], "no line in the log"))
    assert wrong == []
    known = {one.id for one in house.desk.sources()}
    house.desk.collect(NOW)
    if known:
        # A name that answers well the first time is dialled there; the second time it must not be.
        house.desk.collect(NOW)
        last = house.of_sources("source_failed")
        assert set(last) == known
        urls = {one.id: one.url for one in house.desk.sources()}
        assert {urls[key] for key, line in last.items() if line["kind"] != "refused"} <= {NOWHERE}
    nothing_inside(house, net)


@pytest.mark.parametrize("by", ["page", "command"])
def test_an_opml_file_full_of_inside_addresses_brings_none_of_them(
    house: House, net: Internet, command: None, tmp_path: Path, by: str
) -> None:
    outlines = "".join(f"<outline type='rss' text='x' xmlUrl={quoteattr(form['url'])}/>" for form in FORMS)
    path = tmp_path / "daftar.opml"
    path.write_text(f"<opml version='2.0'><body>{outlines}</body></opml>", encoding="utf-8")
    if by == "page":
        browser = house.operator()
        answer = browser.post("/sumber/impor", data={"csrf": house.csrf}, files={"berkas": path.read_bytes()})
        assert answer.status_code == 200
        told = answer.text
    else:
        done = CliRunner().invoke(main, ["sources", "import", str(path)])
        assert done.exit_code == 1
        told = done.output
    in_words(told)
    taken = {one.url for one in house.desk.sources()}
    assert {form["id"] for form in BAD if form["url"] in taken} == {f["id"] for f in BAD if resolved_only(f)}
    assert "http://news.example/feed.xml" in taken
    assert [line for line in house.log if line["level"] == "warning" and line["event"].startswith("refused")]
    house.desk.collect(NOW)
    house.desk.collect(NOW)
    nothing_inside(house, net)
    assert ("1.1.1.1", 80) in net.dialled


def test_a_move_to_an_inside_address_is_not_accepted_at_any_door(
    house: House, net: Internet, command: None
) -> None:
    # Put into the database as an older version or a hand might have: no fetch tells such a move.
    wrong = []
    for number, form in enumerate(BAD):
        source = house.add("/f", number)
        by_hand(house, "UPDATE source SET moved_to = ? WHERE id = ?", form["url"], source.id)
        by = ("rest", "page", "command")[number % 3]
        if by == "rest":
            answer = house.rest(f"/{source.id}/accept-move", address=form["url"])
            taken, words = answer.status_code == 200, answer.json().get("detail", "ada")
        elif by == "page":
            answer = house.form(f"/sumber/{source.id}/pindah", alamat=form["url"])
            taken, words = answer.status_code == 303, alert(answer.text) or "ada"
        else:
            done = CliRunner().invoke(main, ["sources", "accept-move", str(source.id)])
            taken, words = done.exit_code == 0, done.output
        in_words(words)
        if taken != resolved_only(form):
            wrong.append((form["id"], by, words))
    assert wrong == []
    assert len([line for line in house.log if line["event"] == "refused"]) == len(
        [f for f in BAD if not resolved_only(f)]
    )
    house.desk.collect(NOW)
    house.desk.collect(NOW)
    nothing_inside(house, net)


# --- the allow-list ---------------------------------------------------------------------------------


@pytest.fixture
def permitted(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, classifier: Classifier, net: Internet
) -> Iterator[House]:
    """A desk that may enter 127.0.0.1:8091 and desa.internal:80, nothing beside them."""
    path = tmp_path / "dini.db"
    shutil.copy(template(tmp_path_factory.getbasetemp()), path)
    net.names |= {
        "desa.internal": ["10.1.1.1"],
        "desa.internal.koran.example": ["10.1.1.1"],
        "localhost": ["127.0.0.1"],
    }
    yield from opened(path, classifier, "127.0.0.1:8091", "desa.internal:80")


BESIDE = (
    "http://127.0.0.1:8092/",
    "http://127.0.0.1/",
    "http://127.0.0.1:80910/",
    "http://127.0.0.1:809/",
    "http://127.0.0.2:8091/",
    "http://127.1:8091/",
    "http://2130706433:8091/",
    "http://0x7f.1:8091/",
    "http://localhost:8091/",
    "http://[::1]:8091/",
    "http://[::ffff:127.0.0.1]:8091/",
    "http://desa.internal:8080/",
    "https://desa.internal/",
    "http://x.desa.internal/",
    "http://desa.internal.koran.example/",
    "http://desa.internal@10.1.1.1/",
    "http://127.0.0.1:8091@10.1.1.1/",
    "http://10.1.1.1/",
    "http://10.1.1.1:8091/",
)


def test_the_allow_list_opens_exactly_what_it_names_at_every_door(permitted: House, net: Internet) -> None:
    for number, url in enumerate(BESIDE):
        away = response(status="302 Found", headers=(("Location", url),))
        net.pages |= {f"/r{number}": away, f"/f{number}": rss(summary(url, number))}
        permitted.add(f"/r{number}", number)
        permitted.add(f"/f{number}", number, host=f"f{number}.koran.example")
        for door in (rest_add, rest_preview):
            refused, words = door(permitted, url)
            in_words(words)
            assert refused or "koran.example" in url, url
    permitted.desk.collect(NOW)
    nothing_inside(permitted, net)


def test_what_the_allow_list_names_is_reached(permitted: House, net: Internet) -> None:
    for url in ("http://127.0.0.1:8091/f", "http://desa.internal/f", "http://DESA.internal:80/g"):
        refused, _ = rest_add(permitted, url)
        assert not refused
    assert permitted.desk.collect(NOW).new == 3
    assert {("127.0.0.1", 8091), ("10.1.1.1", 80)} <= set(net.dialled)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8091/x", "http://desa.internal/x"])
def test_a_server_outside_leads_nobody_into_what_the_allow_list_names(
    permitted: House, net: Internet, url: str
) -> None:
    net.pages["/f"] = response(status="302 Found", headers=(("Location", url),))
    net.pages["/"] = f"<link rel=alternate type=application/rss+xml href='{url}'>".encode()
    line = permitted.desk.check_source(permitted.add("/f", 1).id, NOW)
    assert line.reason == "Pengalihan dari luar ke alamat di dalam jaringan sendiri."
    refused, words = rest_preview(permitted, "http://koran.example/")
    assert not refused
    in_words(words)
    nothing_inside(permitted, net)


def test_the_articles_of_a_stranger_are_not_looked_for_in_what_the_allow_list_names(
    permitted: House, net: Internet
) -> None:
    net.pages["/f"] = rss(summary("http://127.0.0.1:8091/b/1", 1), summary("http://desa.internal/b/2", 2))
    permitted.add("/f", 1)
    assert permitted.desk.collect(NOW).new == 2
    assert permitted.of_sources("source_collected").popitem()[1]["pages"] == {"halaman_dalam": 2}
    nothing_inside(permitted, net)


def test_a_source_on_the_allow_list_may_redirect_within_it(permitted: House, net: Internet) -> None:
    net.inside_answers = [response(status="302 Found", headers=(("Location", "/g"),))]
    line = permitted.desk.check_source(permitted.add("/f", 1, host="desa.internal").id, NOW)
    assert (line.state, line.new) == ("baru", 1)


# --- the lint ---------------------------------------------------------------------------------------

REACHES_OUT = (
    r"^(aiohttp|httpx|requests|urllib3|ssl|telnetlib|websockets|xmlrpc)\b|^socket(server)?$"
    r"|^(http\.client|http\.server|urllib\.request|ftplib|smtplib|poplib|imaplib|nntplib)\b"
)
CALLS = {
    "open_connection",
    "create_connection",
    "getaddrinfo",
    "urlopen",
    "fetch_url",
    "fetch_response",
    "start_server",
}
# What opens a connection, what listens (the sample news, our own pages), and the pool of child processes.
# the mail server is named by the operator, never by what is collected: it does not pass the guard
ROOMS = {
    "feeds/fetch.py": "out",
    "feeds/send.py": "out, through the same guard",
    "feeds/sample.py": "listens",
    "api/mail.py": "to the operator's mail server",
    "api/oidc.py": "to the operator's sign-in provider",
}


def test_no_other_room_imports_or_calls_what_reaches_the_network() -> None:
    found = []
    root = Path(__file__).parents[1]
    for path in sorted(
        one for package in ("feeds", "models", "screening", "api") for one in (root / package).rglob("*.py")
    ):
        room = path.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Attribute | ast.Name):
                called = node.attr if isinstance(node, ast.Attribute) else node.id
                if called in CALLS:
                    found.append((room, called))
            found += [(room, name) for name in names if re.search(REACHES_OUT, name)]
    assert {room for room, _ in found} == set(ROOMS), found
