"""Looking back after a gap: where the older pages are, how far they are followed, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from feeds_ground import NOW, Served, item, response, rss

from feeds import Fetched, Limits, Parsed, Recalled, close_parsers, fetch_one, parse_document
from feeds.older import older_address

WORDPRESS = "<generator>https://wordpress.org/?v=6.7</generator>"
NEXT = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{rel}" href="{href}"/>'


@pytest.fixture(scope="module", autouse=True)
def _no_children_left() -> Iterator[None]:
    yield
    close_parsers()


def older_of(body: bytes, url: str = "https://uji.example/feed/") -> str:
    parsed = parse_document(body, content_type="", url=url, now=NOW, limits=Limits())
    assert isinstance(parsed, Parsed)
    return parsed.older


@pytest.mark.parametrize(
    ("body", "older"),
    [
        (rss(item()), ""),
        (rss(item(), head=WORDPRESS), "https://uji.example/feed/?paged=2"),
        (rss(item(), head=NEXT.format(rel="next", href="/feed/lama")), "https://uji.example/feed/lama"),
        (rss(item(), head=NEXT.format(rel="prev-archive", href="2026/10")), "https://uji.example/feed/2026/10"),
        (rss(item(), head=NEXT.format(rel="self", href="/feed/")), ""),
        (rss(item(), head=NEXT.format(rel="next", href="javascript:x()")), ""),
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><link rel="next" href="/a?p=2"/>'
            b"<entry><id>1</id><title>b</title></entry></feed>",
            "https://uji.example/a?p=2",
        ),
        (
            b'{"version":"https://jsonfeed.org/version/1.1","title":"a","next_url":"https://uji.example/j2",'
            b'"items":[{"id":"1","content_text":"b"}]}',
            "https://uji.example/j2",
        ),
    ],
)  # fmt: skip
def test_a_document_tells_where_its_older_entries_are(body: bytes, older: str) -> None:
    assert older_of(body) == older


def test_the_pages_of_wordpress_are_counted_on_and_keep_the_rest_of_the_query() -> None:
    assert older_address("", "WordPress", "https://k.example/?feed=rss2&paged=2") == (
        "https://k.example/?feed=rss2&paged=3"
    )
    assert older_address("http://[", "", "https://k.example/") == ""


def test_the_syndication_period_is_read_by_both_readers_of_rss() -> None:
    head = (
        '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>'
        '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">2</sy:updateFrequency>'
    )
    for extra in ("", "<odd>x</odd>"):
        parsed = parse_document(
            rss(item(extra=extra), head=head),
            content_type="",
            url="https://k.example/",
            now=NOW,
            limits=Limits(),
        )
        assert isinstance(parsed, Parsed) and parsed.update_seconds == 1800


# --- over the wire -----------------------------------------------------------------------------------


def page(*numbers: int, head: str = WORDPRESS) -> bytes:
    return rss(*(item(n) for n in numbers), head=head)


def recall_of(*known: int, history: bool = True) -> Any:
    keys = {f"uji-{n}" for n in known}

    def recall(outcome: Fetched) -> Recalled:
        here = frozenset(one.key for one in outcome.parsed.entries)
        return Recalled(history=history, known=here & keys, wanting=frozenset())

    return recall


def numbers(outcome: Any) -> set[int]:
    assert isinstance(outcome, Fetched)
    return {int(one.key.removeprefix("uji-")) for one in outcome.parsed.entries}


WEB = {
    "/feed": page(20, 19),
    "/feed?paged=2": page(19, 18, 17),
    "/feed?paged=3": page(16, 15),
    "/feed?paged=4": page(14, 13),
    "/feed?paged=5": page(12, 11),
}


def test_a_gap_is_followed_back_to_the_first_page_with_something_known() -> None:
    with Served(pages=WEB) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW, recall=recall_of(15, 14))
        assert isinstance(outcome, Fetched)
    assert (numbers(outcome), outcome.older_pages) == ({20, 19, 18, 17, 16, 15}, 2)
    assert web.paths == ["/feed", "/feed?paged=2", "/feed?paged=3"]


def test_never_more_than_three_pages_are_followed() -> None:
    with Served(pages=WEB) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW, recall=recall_of())
    assert numbers(outcome) == {20, 19, 18, 17, 16, 15, 14, 13}
    assert web.paths[-1] == "/feed?paged=4"


@pytest.mark.parametrize("recall", [recall_of(19), recall_of(history=False), None])
def test_without_a_gap_no_page_is_asked_for(recall: Any) -> None:
    with Served(pages=WEB) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW, recall=recall)
    assert numbers(outcome) == {20, 19}
    assert web.paths == ["/feed"]


@pytest.mark.parametrize(
    "second",
    [page(20, 19), response(status="404 Not Found"), b"<html><body>Tidak ada</body></html>"],
    ids=["the first page again", "missing", "no feed"],
)
def test_a_page_that_brings_nothing_older_ends_it_and_costs_nothing(second: bytes) -> None:
    with Served(pages={"/feed": page(20, 19), "/feed?paged=2": second}) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW, recall=recall_of())
        assert isinstance(outcome, Fetched)
    assert (numbers(outcome), outcome.older_pages) == ({20, 19}, 0)
    assert len(web.paths) == 2


def test_a_link_to_another_site_is_not_followed() -> None:
    with Served(pages={"/x": page(1)}) as other:
        link = NEXT.format(rel="next", href=f"{other.origin}/x")
        with Served(pages={"/feed": page(20, head=link)}) as web:
            outcome = fetch_one(web.source(), web.settings(), NOW, recall=recall_of())
        assert numbers(outcome) == {20}
        assert other.server.requests == []


def test_validators_and_ttl_stay_those_of_the_newest_page() -> None:
    first = response(page(20, head=WORDPRESS + "<ttl>90</ttl>"), headers=(("ETag", '"neu"'),))
    with Served(pages={"/feed": first, "/feed?paged=2": page(10)}) as web:
        outcome = fetch_one(web.source(), web.settings(), NOW, recall=recall_of(10))
    assert isinstance(outcome, Fetched)
    assert (outcome.etag, outcome.parsed.ttl_seconds, numbers(outcome)) == ('"neu"', 5400, {20, 10})
