"""Every disguised inside address named by the web: redirects, links, articles, older pages, sitemaps."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from html import escape
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from api_fixtures import NOW
from feeds_ground import item, response, rss
from hostile_ground import BAD, NOWHERE, Internet
from hostile_house import (
    FEED,
    House,
    by_hand,
    fresh_memory,
    house,
    in_words,
    net,
    no_children_left,
    nothing_inside,
    page_preview,
    rest_preview,
    summary,
    with_history,
)

# A page that names one of these leads to its own site: they are no address, or one without a host.
ABSOLUTE = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:|https?://.", re.IGNORECASE)
RELATIVE = {form["id"] for form in BAD if not ABSOLUTE.match(form["url"])}


def test_an_address_changed_by_hand_in_the_database_is_refused_at_every_fetch(
    house: House, net: Internet
) -> None:
    urls = [form["url"] for form in BAD]
    urls += [
        "",
        " ",
        "\x00",
        "http://127.0.0.1\n.koran.example/",
        "//127.0.0.1/",
        "x" * 5_000,
        "http://[::1",
        "\ud7ff",
    ]
    for number, url in enumerate(urls):
        source = house.add("/f", number)
        by_hand(house, "UPDATE source SET url = ? WHERE id = ?", url, source.id)
    (nowhere,) = [one.id for one in house.desk.sources() if one.url == NOWHERE]
    house.desk.collect(NOW)
    house.desk.collect(NOW)
    told = house.of_sources("source_failed")
    assert len(told) == len(urls)
    kinds = {line["kind"] for line in told.values()}
    assert kinds == {"refused", "limit", "net_error"}
    for line in told.values():
        assert line["kind"] != "net_error" or line["source"] == nowhere
        in_words(line["reason"])
    for one in house.desk.sources()[:: len(urls) // 8]:
        answer = house.form(f"/sumber/{one.id}/periksa")
        assert answer.status_code == 200
        in_words(answer.text)
    nothing_inside(house, net)


def redirect(number: int, url: str) -> bytes:
    """To `url`, each status in its turn; a line break would end the header."""
    status = ("301 Moved", "302 Found", "307 Temporary", "308 Permanent")[number % 4]
    return response(status=status, headers=(("Location", url.replace("\n", "")),))


def test_a_redirect_of_a_feed_to_an_inside_address_is_refused_and_moves_nothing(
    house: House, net: Internet
) -> None:
    sources = {}
    for number, form in enumerate(BAD):
        net.pages[f"/f{number}"] = redirect(number, form["url"])
        sources[house.add(f"/f{number}", number).id] = form
    house.desk.collect(NOW)
    house.desk.collect(NOW)  # a name that turned inside since
    told = house.of_sources("source_failed")
    wrong = [
        (form["id"], told[key]["kind"], told[key]["reason"])
        for key, form in sources.items()
        if told[key]["kind"] != "refused" and form["id"] not in RELATIVE and form["url"] != NOWHERE
    ]
    assert wrong == []
    for line in told.values():
        in_words(line["reason"])
    assert {one.moved_to for one in house.desk.sources()} == {""}
    nothing_inside(house, net)


def test_a_redirect_to_a_public_address_is_followed_by_the_same_way(house: House, net: Internet) -> None:
    net.pages["/f"] = response(status="302 Found", headers=(("Location", "http://news.example/feed.xml"),))
    line = house.desk.check_source(house.add("/f", 1).id, NOW)
    assert (line.state, line.new) == ("baru", 1)
    assert net.dialled[:2] == [("8.8.8.8", 80), ("1.1.1.1", 80)]
    nothing_inside(house, net)


@pytest.mark.parametrize(
    ("door", "step"), [(rest_preview, 1), (page_preview, 7)], ids=["rest_preview", "page_preview"]
)
def test_the_feeds_a_home_page_links_are_not_looked_for_inside(
    house: House, net: Internet, door: Callable[[House, str], tuple[bool, str]], step: int
) -> None:
    link = "<link rel=alternate type=application/rss+xml href={}>"
    for number, form in list(enumerate(BAD))[::step]:
        there = quoteattr(form["url"])
        # As it stands, and as the base of a relative one.
        head = f"<base href={there}>{link.format(there)}{link.format('feed.xml')}"
        net.pages[f"/a{number}"] = f"<html><head>{head}</head></html>".encode()
        _, words = door(house, f"http://s{number}.koran.example/a{number}")
        in_words(words)
    away = response(status="302 Found", headers=(("Location", "http://127.0.0.1/"),))
    net.pages |= {"/c": b"<html><body>Beranda</body></html>", "/feed/": away, "/rss": away}
    in_words(door(house, "http://koran.example/c")[1])
    assert "/sitemap-news.xml" in net.asked
    nothing_inside(house, net)


def test_article_links_robots_and_redirects_of_articles_lead_nobody_inside(
    house: House, net: Internet
) -> None:
    for number, form in enumerate(BAD):
        home = f"http://a{number}.koran.example"
        net.pages[f"/away{number}"] = redirect(number, form["url"])
        base = quoteattr(form["url"])
        based = f"<item xml:base={base}><title>Relatif</title><link>b/1</link><guid>r</guid></item>"
        net.pages[f"/f{number}"] = rss(
            summary(form["url"], number), summary(f"{home}/away{number}", 1_000 + number), based
        )
        house.add(f"/f{number}", number)
    net.pages["/robots.txt"] = response(
        status="302 Found", headers=(("Location", "http://169.254.169.254/robots.txt"),)
    )
    net.pages["/f"] = rss(summary("http://robot.koran.example/b/1", 5_000))
    house.add("/f", 5_000)
    house.desk.collect(NOW)
    assert net.asked.count("/robots.txt") > len(BAD)
    told = house.of_sources("source_collected")
    assert len(told) == len(BAD) + 1
    assert not any(line["pages"].get("read") for line in told.values())
    nothing_inside(house, net)


def test_an_article_that_redirects_inside_after_a_robots_txt_that_allows_is_left(
    house: House, net: Internet
) -> None:
    net.pages["/robots.txt"] = b"User-agent: *\nAllow: /\n"
    for number, form in enumerate(BAD):
        net.pages[f"/away{number}"] = redirect(number, form["url"])
        net.pages[f"/f{number}"] = rss(summary(f"http://a{number}.koran.example/away{number}", number))
        house.add(f"/f{number}", number)
    house.desk.collect(NOW)
    assert sum(path.startswith("/away") for path in net.asked) >= len(BAD)
    assert {tuple(line["pages"]) for line in house.of_sources("source_collected").values()} == {
        ("halaman_gagal",)
    }
    nothing_inside(house, net)


def rss_next(url: str) -> bytes:
    return rss(
        item(), head=f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href={quoteattr(url)}/>'
    )


def atom_archive(url: str) -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title>'
        f"<link rel='prev-archive' href={quoteattr(url)}/>"
        "<entry><id>1</id><title>b</title></entry></feed>"
    ).encode()


def json_next(url: str) -> bytes:
    entries = [{"id": "1", "content_text": "b"}]
    told = {"version": "https://jsonfeed.org/version/1.1", "title": "a", "next_url": url, "items": entries}
    return json.dumps(told).encode()


def rss_base(url: str) -> bytes:
    head = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="lama"/>'
    return rss(item(), head=head).replace(b"<channel>", f"<channel xml:base={quoteattr(url)}>".encode())


def test_the_page_of_older_entries_is_not_looked_for_inside(house: House, net: Internet) -> None:
    kinds = (rss_next, atom_archive, json_next, rss_base)
    for number, form in enumerate(BAD):
        net.pages[f"/f{number}"] = kinds[number % len(kinds)](form["url"])
        with_history(house, house.add(f"/f{number}", number))
    house.desk.collect(NOW)
    told = house.of_sources("source_collected")
    assert len(told) == len(BAD)
    assert {line["older_pages"] for line in told.values()} == {0}
    nothing_inside(house, net)


def test_the_sitemaps_of_an_index_are_not_looked_for_inside(house: House, net: Internet) -> None:
    for number, form in enumerate(BAD):
        net.pages[f"/f{number}"] = (
            f"<sitemapindex><sitemap><loc>{escape(form['url'])}</loc></sitemap></sitemapindex>".encode()
        )
        house.add(f"/f{number}", number)
    house.desk.collect(NOW)
    told = house.of_sources("source_failed")
    assert len(told) == len(BAD)
    for line in told.values():
        in_words(line["reason"])
    nothing_inside(house, net)
    assert set(net.dialled) == {("8.8.8.8", 80)}


# --- names that answer well first and inside after --------------------------------------------------


INDEX = b"<sitemapindex><sitemap><loc>http://@HOST@/news.xml</loc></sitemap></sitemapindex>"
HOME = b"<link rel=alternate type=application/rss+xml href='/feed.xml'>"


@pytest.mark.parametrize(
    ("document", "path", "then"),
    [
        (FEED, "/f", "the next collect"),
        (response(status="302 Found", headers=(("Location", "/feed.xml"),)), "/f", "the same collect"),
        (INDEX, "/f", "the same collect"),
        (rss_next("/lama"), "/f", "the same collect"),
        (rss(summary("http://ganti.example/b/1", 1)), "/f", "the same collect"),
        (HOME, "/", "a preview"),
    ],
    ids=["feed", "redirect", "sitemap", "older", "article", "home"],
)
def test_a_name_that_turns_inside_between_two_requests_is_refused_when_it_is_dialled(
    house: House, net: Internet, document: bytes, path: str, then: str
) -> None:
    net.names["ganti.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    net.pages[path] = document.replace(b"@HOST@", b"ganti.example")
    if then == "a preview":
        in_words(page_preview(house, f"http://ganti.example{path}")[1])
    else:
        with_history(house, house.add(path, 1, host="ganti.example"))
        house.desk.collect(NOW)
        if then == "the next collect":
            house.desk.collect(NOW)
            (line,) = house.of_sources("source_failed").values()
            assert line["kind"] == "refused"
    assert net._asked["ganti.example"] > 1, "the name was asked a second time"
    assert {where for where, _ in net.dialled} == {"8.8.8.8"}
    nothing_inside(house, net)


def test_an_address_of_a_name_is_checked_again_where_it_is_dialled(
    house: House, net: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The check of the resolver taken away: the guard at the socket has to hold by itself.
    monkeypatch.setattr(
        "feeds.fetch._CheckedResolver.resolve", lambda self, *at, **more: self._inner.resolve(*at, **more)
    )
    net.names["dalam.example"] = ["10.0.0.5"]
    line = house.desk.check_source(house.add("/f", 1, host="dalam.example").id, NOW)
    assert line.reason == "Alamat di dalam jaringan sendiri."
    nothing_inside(house, net)


# --- the environment --------------------------------------------------------------------------------


def test_the_proxies_of_the_environment_are_asked_at_no_door(house: House, net: Internet) -> None:
    assert os.environ["HTTP_PROXY"] == os.environ["ALL_PROXY"] == "http://127.0.0.1:3128"
    net.pages |= {
        "/": HOME,
        "/f": rss(summary("http://b.koran.example/b/1", 1)),
        "/peta": INDEX.replace(b"@HOST@", b"s2.koran.example"),
        "/robots.txt": b"User-agent: *\nAllow: /\n",
    }
    assert not rest_preview(house, "http://koran.example/")[0]
    house.add("/f", 1)
    house.add("/peta", 2)
    house.desk.collect(NOW)
    assert {"/feed.xml", "/b/1", "/robots.txt", "/news.xml"} <= set(net.asked)
    assert set(net.dialled) == {("8.8.8.8", 80)}
    nothing_inside(house, net)
