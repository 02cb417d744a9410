"""Lists of sources: the registry that ships, OPML in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import FetchSettings, SourceListing, read_opml, shipped_sources, write_opml
from feeds.address import Target, normal_target


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<opml version="2.0"><body>{body}</body></opml>'.encode()


def test_every_shipped_address_passes_the_guard_and_stands_there_once() -> None:
    shipped = shipped_sources()
    assert len(shipped) > 150
    assert len({one.url for one in shipped}) == len({one.name for one in shipped}) == len(shipped)
    for one in shipped:
        assert isinstance(normal_target(one.url, FetchSettings()), Target), one.url


def test_the_registry_claims_nothing_it_has_not_seen() -> None:
    shipped = shipped_sources()
    assert sum(one.area == "kalteng" for one in shipped) > 40
    assert {one.area for one in shipped} == {"kalteng", "nasional"}
    assert {one.tier for one in shipped} == {"belum dinilai"}
    assert all(one.note.startswith("belum diverifikasi; ") for one in shipped)


def test_the_registry_ships_no_key_of_anybody() -> None:
    assert not any(
        word in urlsplit(one.url).query.lower()
        for one in shipped_sources()
        for word in ("key", "token", "auth")
    )


def test_owners_are_groups_that_the_domain_tells() -> None:
    owners = {urlsplit(one.url).hostname: one.owner for one in shipped_sources()}
    assert owners["kalteng.antaranews.com"] == "LKBN ANTARA"
    assert owners["kalteng.tribunnews.com"] == "Tribun Network"
    assert owners["klikkalteng.id"] == ""


def test_an_opml_of_the_registry_comes_back_whole() -> None:
    listings, problems = read_opml(write_opml(shipped_sources()))
    assert problems == ()
    assert listings == shipped_sources()


def test_opml_of_other_readers_is_read_through_its_folders() -> None:
    listings, problems = read_opml(
        opml(
            '<outline text="Kalteng"><outline text="A &amp; B" type="rss" xmlUrl=" https://a.example/feed " '
            'htmlUrl="javascript:x"/><outline title="&lt;b&gt;C&lt;/b&gt;" XMLURL="http://c.example/"/></outline>'
        )
    )
    assert problems == ()
    assert listings == (
        SourceListing(url="https://a.example/feed", name="A & B", site="https://a.example/"),
        SourceListing(url="http://c.example/", name="C", site="http://c.example/"),
    )


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "javascript:x", "https://", "https://u:p@a.example/", "http://[::1", "/x", "f:x"],
)  # fmt: skip
def test_an_address_that_cannot_be_a_source_is_told_in_words(url: str) -> None:
    listings, problems = read_opml(opml(f'<outline text="Salah" xmlUrl="{url}"/>'))
    assert listings == ()
    assert problems[0].startswith("Salah: alamat")


def test_an_address_twice_comes_out_once_and_is_told() -> None:
    listings, problems = read_opml(opml('<outline text="A" xmlUrl="https://a.example/"/>' * 3))
    assert len(listings) == 1
    assert len(problems) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff",
        b"<rss/>",
        b"<opml><body>",
        b"<opml/>",
        opml('<outline xmlUrl="&x;"/>', '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        opml("", '<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'),
        b"<opml>" + b"<outline>" * 50_000,
        b'<?xml version="1.0" encoding="klingon-8"?><opml/>',
        b"x" * (6 * 1024 * 1024),
    ],
    ids=range(10),
)
def test_a_file_that_is_no_opml_gives_a_problem_and_no_exception(data: bytes) -> None:
    listings, problems = read_opml(data)
    assert listings == ()
    assert problems


def test_a_flood_of_sources_and_problems_is_bounded() -> None:
    listings, problems = read_opml(
        opml("".join(f'<outline text="{n}" xmlUrl="https://a.example/{n}"/>' for n in range(6_000)))
    )
    assert len(listings) == 5_000
    assert len(problems) == 1
    _, problems = read_opml(opml('<outline text="x" xmlUrl="ftp://a.example/"/>' * 300))
    assert len(problems) == 51


LINE = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


@settings(max_examples=80, deadline=None)
@given(LINE, LINE, LINE)
def test_any_name_goes_out_as_well_formed_opml(name: str, owner: str, note: str) -> None:
    listing = SourceListing(url="https://a.example/?a=1&b=2", name=name, owner=owner, note=note)
    (back,), problems = read_opml(write_opml([listing]))
    assert problems == ()
    assert back.url == listing.url


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    listings, problems = read_opml(data)
    assert listings == () and problems
