"""From a home page to the feeds of the site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from feeds_ground import NOW, Served, item, response, rss
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import FeedSource, close_parsers, discover
from feeds.discover import linked_feeds
from feeds.fetch import FetchedBytes

FEED = rss(item())


@pytest.fixture(scope="module", autouse=True)
def _no_children_left() -> Iterator[None]:
    yield
    close_parsers()


def page(body: str, url: str = "https://uji.example/kota/") -> FetchedBytes:
    return FetchedBytes(
        source=FeedSource(key="s", url=url),
        status=200,
        final_url=url,
        moved_to="",
        etag="",
        last_modified="",
        content_type="text/html",
        body=body.encode(),
        seconds=0.0,
    )


def test_the_feeds_a_page_links_are_read_once_each_and_named_as_they_name_themselves() -> None:
    home = """<!doctype html><html><head><link rel="stylesheet" href="/s.css">
    <LINK title="Komentar" type='application/rss+xml' rel=alternate href='/comments/feed/'>
    <link rel="alternate" type="application/rss+xml; charset=utf-8" href="/rusak.xml">
    <link href=/umpan.xml?a=1&amp;b=2 rel="home alternate" type=application/atom+xml>
    <link rel="alternate" hreflang="en" href="/en"></head></html>"""
    pages = {"/": home.encode(), "/umpan.xml?a=1&b=2": FEED, "/comments/feed/": FEED}
    with Served(pages=pages) as web:
        found = discover(web.origin, web.settings(), NOW)
    assert [listing.url for listing in found] == [
        f"{web.origin}/umpan.xml?a=1&b=2",
        f"{web.origin}/comments/feed/",
    ]
    assert {listing.name for listing in found} == {"Kabar Uji"}
    assert found[0].site == f"{web.origin}/"
    assert web.paths == ["/", "/rusak.xml", "/umpan.xml?a=1&b=2", "/comments/feed/"]


def test_a_page_that_links_none_is_tried_at_the_usual_places() -> None:
    with Served(pages={"/kota/": b"<html><body>Kabar</body></html>", "/feed/": FEED}) as web:
        found = discover(f"{web.origin}/kota/", web.settings(), NOW)
    assert [listing.url for listing in found] == [f"{web.origin}/feed/"]
    assert web.paths[-3:] == ["/feed/", "/rss", "/sitemap-news.xml"]


def test_an_address_that_is_a_feed_is_its_own_answer() -> None:
    with Served(pages={"/x": FEED}) as web:
        found = discover(f"{web.origin}/x", web.settings(), NOW)
    assert [listing.url for listing in found] == [f"{web.origin}/x"]
    assert set(web.paths) == {"/x"}


def test_a_link_to_the_inside_is_not_followed() -> None:
    home = b'<link rel=alternate type=application/rss+xml href="http://127.0.0.1:9/feed">'
    with Served(pages={"/": home}) as web:
        assert discover(web.origin, web.settings(), NOW) == ()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://[::bad/", "", "javascript:x", "file:///etc/passwd"]
)
def test_an_address_that_cannot_be_reached_has_no_feeds(url: str) -> None:
    with Served(response(status="500 Broken")) as web:
        assert discover(url, web.settings(), NOW) == ()
        assert discover(web.origin, web.settings(), NOW) == ()


def test_a_link_is_joined_to_the_base_the_page_names() -> None:
    linked = linked_feeds(page('<base href="/b/"><link rel=alternate type=application/rss+xml href=feed>'))
    assert linked == ("https://uji.example/b/feed",)


PIECES = ["<link ", "<base ", "rel=alternate ", "type=application/rss+xml ", "href=", '"', "'", ">"]
PIECES += ["http://[::1", "javascript:x", "/f", "\x00", "\ud800", "&#0;"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_any_head_of_a_page_gives_web_addresses_or_nothing(parts: list[str]) -> None:
    body = "".join(parts).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    linked = linked_feeds(page(body))
    assert len(linked) <= 6
    assert all(link.startswith(("http://", "https://")) for link in linked)
