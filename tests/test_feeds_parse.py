"""Hostile bytes to clean entries: the manifest, the captures, every format, and invariants over any bytes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from feeds_ground import HOSTILE, NOW, SHARED, assert_clean, item, load, mutated, needs_shared, rss, seeds
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import Dropped, Entry, Limits, NotAFeed, Parsed, canonical_link, parse_document
from feeds.charset import decode_document
from feeds.clean import _NOT_TEXT, _TAG, _has_tags, _without_controls, clean_html, plain_line, plain_text
from feeds.dates import read_date
from feeds.formats import _MENDED, RawDocument, _may_be_mended, read_plain_rss
from feeds.hygiene import _NOT_XML, _without_illegal, bare_xml, tidy_xml
from feeds.parse import _ask_feedparser, read_document

URL = "https://umpan.example/rss"
SECRET = "isi-berkas-rahasia-4711"
MANIFEST = load("manifest.json") or {"cases": []}


def read(body: bytes, *, content_type: str = "application/rss+xml", limits: Limits | None = None) -> Parsed:
    parsed = parse_document(body, content_type=content_type, url=URL, now=NOW, limits=limits or Limits())
    assert isinstance(parsed, Parsed), parsed
    return parsed


def only(body: bytes, **kwargs: Any) -> Entry:
    (entry,) = read(body, **kwargs).entries
    return entry


def _filled(path: Path, folder: Path) -> bytes:
    """A manifest document with its placeholders: a real canary file, and a port where nobody listens."""
    body = path.read_bytes()
    canary = folder / "canary.txt"
    canary.write_text(SECRET, encoding="utf-8")
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = body.decode("utf-16") if wide else body.decode("latin-1")
    text = text.replace("@@CANARY_FILE@@", str(canary)).replace("@@CANARY_HTTP@@", "http://127.0.0.1:9")
    return text.encode("utf-16") if wide else text.encode("latin-1")


# --- the manifest ------------------------------------------------------------------------------------


def _documents() -> list[dict[str, Any]]:
    return [case for case in MANIFEST["cases"] if case["kind"] == "feed"]


@needs_shared
@pytest.mark.parametrize("case", _documents(), ids=lambda case: case["id"])
def test_a_hostile_document_ends_as_its_manifest_says(case: dict[str, Any], tmp_path: Path) -> None:
    limits, expect = Limits(), case["expect"]
    parsed = parse_document(
        _filled(HOSTILE / case["files"][0], tmp_path),
        content_type=case["content_type"],
        url=URL,
        now=NOW,
        limits=limits,
    )
    assert_clean(parsed, limits)
    entries = parsed.entries if isinstance(parsed, Parsed) else ()
    low, high = expect.get("entries", [0, limits.entries])
    assert low <= len(entries) <= high
    if expect["parse"] == "rejected":
        assert isinstance(parsed, NotAFeed)
    if expect["parse"] in ("ok", "partial"):
        assert isinstance(parsed, Parsed)
    shown = repr(parsed)
    assert SECRET not in shown
    for text in expect.get("present", []):
        assert text in shown
    for text in expect.get("absent", []):
        assert text.replace("@@CANARY_CONTENT@@", SECRET) not in shown
    if expect.get("date") in ("keep", "clamp"):
        (dated,) = [entry for entry in entries if not entry.guid.startswith("good-")]
        assert dated.date_suspect == (expect["date"] == "clamp")
        assert not dated.date_suspect or dated.published == NOW


@needs_shared
@pytest.mark.parametrize(
    "case", [c for c in MANIFEST["cases"] if c["kind"] != "feed"], ids=lambda case: case["id"]
)
def test_every_fetch_of_a_sequence_parses_clean(case: dict[str, Any]) -> None:
    for name in case["files"]:
        parsed = read((HOSTILE / name).read_bytes())
        assert parsed.entries
        assert_clean(parsed, Limits())


@needs_shared
@pytest.mark.parametrize(
    ("case", "keys"),
    [
        ("identity-guid-reuse", 2),
        ("identity-guid-counter", 6),
        ("identity-no-guid-no-link", 1),
        ("identity-tracking", 1),
        ("identity-guid-case", 2),
        ("identity-guid-space", 1),
        ("identity-guid-nfc-nfd", 1),
        ("identity-guid-10k", 2),
        ("identity-dup-in-doc", 1),
        ("identity-sql-guid", 3),
    ],
)
def test_keys_tell_items_apart_over_several_fetches(case: str, keys: int) -> None:
    # What one guid with two links means (an edit, a reuse) is for the ingest to tell, from the texts.
    files = sorted((HOSTILE / "seq" / case).iterdir())
    assert len({entry.key for name in files for entry in read(name.read_bytes()).entries}) == keys


@pytest.mark.skipif(not (SHARED / "feeds" / "captures").is_dir(), reason="../shared/feeds is not here")
def test_the_real_captures_parse_whole_and_keep_one_key_per_article() -> None:
    links: dict[str, str] = {}
    files = sorted((SHARED / "feeds" / "captures").glob("*.xml"))
    assert len(files) == 56
    for name in files:
        body = name.read_bytes()
        parsed = read(body, content_type="text/xml")
        assert_clean(parsed, Limits())
        assert sum(count for _, count in parsed.dropped) + len(parsed.entries) == body.count(b"<item>")
        assert not any(entry.date_suspect for entry in parsed.entries if entry.published_raw[-4:] != "1970")
        for entry in parsed.entries:
            assert links.setdefault(entry.key, entry.link) == entry.link
    # The outlet numbers its items 1, 2, 3 in each document; the key must be the article all the same.
    assert len(links) > 100


# --- formats -----------------------------------------------------------------------------------------

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Uji</title><entry>
<title type="html">Warga &amp;amp; DPRD</title>
<link rel="self" href="/api/1"/><link rel="alternate" href="/b/1?utm_source=x"/><id>urn:1</id>
<published>2026-11-23T10:00:00+07:00</published><updated>2026-11-23T12:00:00+07:00</updated>
<summary>Ringkas</summary><content type="html">&lt;p&gt;Isi yang lebih panjang&lt;/p&gt;</content>
<author><name>Nama Orang</name></author><category term="hukum"/></entry></feed>"""


def test_atom_prefers_the_alternate_link_the_publication_time_and_the_full_text() -> None:
    entry = only(ATOM.encode(), content_type="application/atom+xml")
    assert entry.link == "https://umpan.example/b/1"
    assert entry.published == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert (entry.title, entry.text, entry.html) == (
        "Warga & DPRD",
        "Isi yang lebih panjang",
        "<p>Isi yang lebih panjang</p>",
    )
    assert entry.categories == ("hukum",)
    assert "Nama Orang" not in repr(entry)


def test_a_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Uji",
        "items": [
            {"id": 77, "url": "/b/1", "title": "A < B", "content_text": "5 < 6\nbaris dua",
             "tags": ["aksi", 3],             "date_published": "2026-11-23T10:00:00+07:00"},
            {"id": "x", "content_html": "<p>Isi <b>tebal</b></p><script>x()</script>"},
        ],
    }  # fmt: skip
    parsed = read(json.dumps(feed).encode(), content_type="application/feed+json")
    assert parsed.kind == "json"
    second, first = parsed.entries
    assert (first.title, first.text, first.guid, first.categories) == (
        "A < B",
        "5 < 6\nbaris dua",
        "77",
        ("aksi",),
    )
    assert first.link == "https://umpan.example/b/1"
    assert (second.title, second.text) == ("Isi tebal", "Isi tebal")


SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://uji.example/b/1</loc><news:news><news:publication><news:name>Uji</news:name></news:publication>
<news:publication_date>2026-11-23T08:00:00+07:00</news:publication_date>
<news:title>Warga Blokir Jalan &amp; Jembatan</news:title>
<news:keywords>warga, jalan</news:keywords></news:news><image:image><image:loc>https://uji.example/f.jpg</image:loc></image:image></url>
<url><loc>https://uji.example/b/2</loc><news:news><news:title>Kedua"""


def test_a_news_sitemap_is_read_up_to_where_it_breaks_off() -> None:
    parsed = read(SITEMAP.encode())
    assert (parsed.kind, parsed.malformed) == ("sitemap", True)
    entry = parsed.entries[-1]
    assert (entry.title, entry.link) == ("Warga Blokir Jalan & Jembatan", "https://uji.example/b/1")
    assert entry.published == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert entry.categories == ("warga", "jalan")


def test_a_sitemap_index_is_named_as_what_it_is() -> None:
    body = b"<sitemapindex><sitemap><loc>https://uji.example/s.xml</loc></sitemap></sitemapindex>"
    refused = parse_document(body, content_type="", url=URL, now=NOW, limits=Limits())
    assert isinstance(refused, NotAFeed)
    assert "indeks peta situs" in refused.reason


def test_a_body_that_is_a_path_is_not_opened(tmp_path: Path) -> None:
    hidden = tmp_path / "umpan.xml"
    hidden.write_bytes(rss(item()))
    refused = parse_document(str(hidden).encode(), content_type="", url=URL, now=NOW, limits=Limits())
    assert isinstance(refused, NotAFeed)


WORDPRESS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel>
<title>Kabar Uji</title><atom:link href="https://uji.example/feed/" rel="self" type="application/rss+xml" />
<link>https://uji.example</link><description>Berita</description><language>id-ID</language><ttl>20</ttl>
<sy:updatePeriod>hourly</sy:updatePeriod><image><url>https://uji.example/i.png</url><title>Gambar</title></image>
<item><title>Warga &amp; DPRD &#8211; rapat</title><link>https://uji.example/b/1?utm_source=rss&amp;id=2</link>
<dc:creator><![CDATA[x]]></dc:creator><pubDate>Mon, 23 Nov 2026 16:00:00</pubDate>
<category><![CDATA[Daerah]]></category><category domain="d">Daerah</category><category>Kota</category>
<category/><guid isPermaLink="false">https://uji.example/?p=1</guid><slash:comments>0</slash:comments>
<description><![CDATA[<p>Ringkas [&#8230;]</p>]]></description>
<content:encoded><![CDATA[<p>Isi yang lebih panjang &amp; lengkap</p>
<p>dua</p>]]></content:encoded></item>
<item><title></title><link>https://uji.example/b/2</link><guid>https://uji.example/b/2</guid></item>
</channel></rss>"""


def both_readers(body: bytes) -> tuple[RawDocument | None, RawDocument | None]:
    tidy, root = tidy_xml(decode_document(body, "text/xml")[0])
    plain = read_plain_rss(tidy) if root == "rss" else None
    return plain, None if plain is None else _ask_feedparser(tidy, root)


def test_the_short_way_reads_a_newsroom_feed_as_feedparser_does() -> None:
    plain, asked = both_readers(WORDPRESS.encode())
    assert plain is not None
    assert plain == asked
    assert (plain.local, plain.ttl_seconds, plain.items[0].categories) == (
        True,
        1200,
        ("Daerah", "Daerah", "Kota"),
    )


@pytest.mark.skipif(not (SHARED / "feeds" / "captures").is_dir(), reason="../shared/feeds is not here")
def test_the_real_captures_go_the_short_way_and_come_out_the_same() -> None:
    for name in sorted((SHARED / "feeds" / "captures").glob("*.xml")):
        plain, asked = both_readers(name.read_bytes())
        assert plain is not None
        assert plain == asked


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<item><title>", "<item><title>Lain</title><title>"),
        ("<item>", "<item><media:title xmlns:media='http://search.yahoo.com/mrss/'>x</media:title>"),
        ("<description><![CDATA[<p>", "<description>teks<b>tebal</b><![CDATA[<p>"),
        ("<item>", "<item xml:base='https://lain.example/'>"),
        ("Warga &amp;", "Warga \u00c3\u00a9"),
        ("<title>Gambar</title>", "<x>Gambar</x>"),
        ("<link>https://uji.example/b/1", "<link>https:///b/1"),
        ("<link>https://uji.example/b/1", "<link href='https://uji.example/c'>https://uji.example/b/1"),
        ("version=\"2.0\"", "version=\"0.91\""),
        ("<ttl>20</ttl>", "<ttl>20</ttl><ttl>30</ttl>"),
        ("</channel>", "<title>Akhir</title></channel>"),
        ("</channel>", "teks</channel>"),
        ("</channel></rss>", "</channel>"),
    ],
)  # fmt: skip
def test_whatever_is_odd_takes_the_long_way(old: str, new: str) -> None:
    assert old in WORDPRESS
    assert both_readers(WORDPRESS.replace(old, new, 1).encode())[0] is None
    assert len(read(WORDPRESS.replace(old, new, 1).encode()).entries) == 2


@pytest.mark.parametrize("seed", range(2))
def test_the_short_way_never_differs_from_the_long_one_on_what_it_answers(seed: int) -> None:
    documents = [
        WORDPRESS.encode(),
        rss(item(), item(2)),
        *(body for body in seeds() if b"<rss" in body[:200]),
    ]
    answered = 0
    for number in range(400):
        plain, asked = both_readers(mutated(documents, number, seed))
        assert plain == asked, number
        answered += plain is not None
    assert answered > 5


# --- mutations ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_what_holds_of_every_entry_survives_mutation(seed: int) -> None:
    # benchmarks/fuzz_feeds.py does thousands and takes a folder of documents; this is its daily taste.
    documents, limits = seeds(), Limits(entries=20)
    for number in range(100):
        body = mutated(documents, number, seed)
        parsed = read_document(body, content_type="text/xml", url=URL, now=NOW, limits=limits)
        assert_clean(parsed, limits)


@pytest.mark.parametrize("odd", ["</height>", "</gml:pos>"])
def test_an_element_the_parser_trips_over_costs_no_entry(odd: str) -> None:
    # Each of these makes feedparser raise (TypeError, KeyError) over the whole document.
    parsed = read(rss(item(1, extra=odd), item(2)))
    assert [entry.title for entry in parsed.entries] == ["Berita nomor 1", "Berita nomor 2"]
    assert parsed.malformed


def test_the_bare_form_of_a_document_keeps_what_an_entry_is_made_of() -> None:
    body = rss(item(1, extra='<category domain="d">a</category><media:x url="u">z</media:x>'), item(2))
    tidy, _ = tidy_xml(body.decode())
    whole, bare = read(body), read(bare_xml(tidy).encode())
    assert bare.entries == whole.entries
    atom, _ = tidy_xml(ATOM)
    assert read(bare_xml(atom).encode()).entries[0].link == only(ATOM.encode()).link


# --- limits and ledger -------------------------------------------------------------------------------


def test_over_the_limit_the_newest_stay_wherever_they_stand_and_the_rest_is_counted() -> None:
    first = datetime(2026, 11, 1, tzinfo=UTC)
    dates = [(first + timedelta(hours=n)).strftime("%a, %d %b %Y %H:%M:%S GMT") for n in range(50)]
    for order in (list(range(50)), list(range(49, -1, -1))):
        parsed = read(rss(*(item(n, date=dates[n]) for n in order)), limits=Limits(entries=10))
        assert [entry.guid for entry in parsed.entries] == [f"uji-{n}" for n in range(49, 39, -1)]
        assert dict(parsed.dropped) == {Dropped.OVER_LIMIT: 40}


def test_duplicates_and_empty_items_are_counted_not_lost_from_sight() -> None:
    parsed = read(rss(item(1), item(1), item(2), "<item/>", "<item><title> </title></item>"))
    assert len(parsed.entries) == 2
    assert dict(parsed.dropped) == {Dropped.DUPLICATE_KEY: 1, Dropped.EMPTY: 2}


def test_a_ttl_is_read_in_seconds_and_bounded() -> None:
    assert read(rss(head="<ttl>60</ttl>")).ttl_seconds == 3600
    assert read(rss(head=f"<ttl>{'9' * 300}</ttl>")).ttl_seconds == 7 * 24 * 3600
    assert read(rss(head="<ttl>-5</ttl>")).ttl_seconds is None


MANY_CATEGORIES = "".join(f"<category>c{n}</category>" for n in range(20_000))
SHAPES = {
    "attributes": "<item " + " ".join(f'a{n}="x"' for n in range(20_000)) + "><title>x</title></item>",
    "bare attributes": "<item " + " ".join(f"a{n}=x" for n in range(20_000)) + "><title>x</title></item>",
    "namespaces": "<item><title>x</title></item>" + "".join(f'<x xmlns:n{n}="u{n}"/>' for n in range(20_000)),
    "categories": f"<item><title>x</title>{MANY_CATEGORIES}</item>",
    "mail address": f"<item><title>x</title><author>{'a.' * 200_000}</author></item>",
    "open sections": "<item><title>x</title></item>" + "<![CDATA[" * 200_000,
    "open comments": "<item><title>x</title></item>" + "<!--" * 200_000,
    "date": f"<item><title>x</title><pubDate>{'2-' * 200_000}</pubDate></item>",
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=lambda name: name)
def test_a_shape_that_costs_square_time_is_cut_before_the_parser(shape: str) -> None:
    # Measured uncut: 400 kB of the mail address took feedparser 379 s. No timing is asserted here.
    assert read(rss(SHAPES[shape])).entries


def test_an_entity_that_multiplies_is_held_to_a_budget() -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 200}">]>'
    tidy, root = tidy_xml(f"{doctype}<rss>{'&a;' * 10_000}</rss>")
    assert root == "rss"
    assert len(tidy) < 70_000


def test_harmless_entities_and_html_names_are_read() -> None:
    title = b"<title>&kota;&nbsp;&ndash; &hilang; A&B</title>"
    doctype = b'<!DOCTYPE rss [<!ENTITY kota "Sampit">]>'
    body = doctype + b"<rss><channel><item>" + title + b"</item></channel></rss>"
    assert only(body).title == "Sampit – &hilang; A&B"


# --- text, links, dates ------------------------------------------------------------------------------


def test_a_title_escaped_twice_loses_its_tags_but_keeps_its_signs() -> None:
    assert (
        plain_line("&amp;lt;b&amp;gt;Harga&amp;lt;/b&amp;gt; 5 &lt; 6 &amp;amp; naik") == "Harga 5 < 6 & naik"
    )
    assert plain_line("<script>alert(1)</script>Aksi <img src=x onerror=alert(1)") == "Aksi"


def test_block_tags_part_words_and_inline_tags_do_not() -> None:
    assert (
        plain_text("<div>satu</div><div>d<b>u</b>a</div><p>tiga<br>empat</p>") == "satu\n\ndua\n\ntiga\nempat"
    )


def test_html_keeps_only_safe_structure() -> None:
    dirty = (
        '<p onclick="x()" style="a">Isi <a href="javascript:x">a</a> <a href="/r">b</a> <img src="https://p.example/1.gif">'
        '<a href="https://uji.example/" target=_top>c</a></p><style>p{}</style><form><input></form>'
    )
    cleaned = clean_html(dirty)
    assert "uji.example" in cleaned
    for word in ("onclick", "style", "javascript", "img", "form", "input", "target", "/r"):
        assert word not in cleaned


@pytest.mark.parametrize(
    ("raw", "link"),
    [
        ("HTTPS://Uji.Example:443/b?utm_source=x&id=2&fbclid=9#atas", "https://uji.example/b?id=2"),
        ("/b/1", "https://umpan.example/b/1"),
        ("//lain.example/x", "https://lain.example/x"),
        ('https://uji.example/a b?q="x"\'<y>', "https://uji.example/a%20b?q=%22x%22%27%3Cy%3E"),
        ("https://bank.example\\@jahat.example/", "https://bank.example/@jahat.example/"),
        ("https://bank.example@jahat.example/", "https://jahat.example/"),
        ("https://аpple.example/", "https://xn--pple-43d.example/"),
        ("https://uji.example/?a=1&amp;b=2", "https://uji.example/?a=1&b=2"),
        ("java\tscript:alert(1)", ""),
        ("&#106;avascript:alert(1)", ""),
        ("https:///a", ""),
        ("ftp://uji.example/", ""),
        ("https://uji.example:99999/", ""),
        ("https://[::1/", ""),
        ("https://uji.example/" + "a" * 3000, ""),
        ("", ""),
    ],
)
def test_a_link_is_canonical_or_nothing(raw: str, link: str) -> None:
    assert canonical_link(raw, URL) == link
    assert canonical_link(link, URL) == link


@pytest.mark.parametrize(
    ("raw", "hour"),
    [
        ("Senin, 23 November 2026 16:00 WIB", 9),
        ("23 Nopember 2026 pukul 17.00 WITA", 9),
        ("Sen, 23 Nov 2026 18:00:00 WIT", 9),
        ("23/11/2026 16:00 WIB", 9),
        ("Mon, 23 Nov 2026 16:00:00 +0700", 9),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 9),
        ("2026-11-23T16:00:00+07:00", 9),
        ("2026-11-23T09:00:00.123Z", 9),
        ("23 Nov 2026 16:00 GMT+7", 9),
        ("2026-11-23 09:00:00", 9),
        ("Senin, 23 November 2026 16:00", 9),
    ],
)
def test_dates_as_newsrooms_write_them(raw: str, hour: int) -> None:
    assert read_date(raw) == datetime(2026, 11, 23, hour, tzinfo=UTC)


def test_a_time_without_a_zone_is_wib_in_an_indonesian_feed() -> None:
    body = rss(item(date="2026-11-23 16:00:00"), head="<language>id-ID</language>")
    assert only(body).published == datetime(2026, 11, 23, 9, tzinfo=UTC)


# --- any bytes at all --------------------------------------------------------------------------------

TOKENS = st.sampled_from(
    [
        "<rss>",
        "</rss>",
        "<channel>",
        "<item>",
        "</item>",
        "<item/>",
        "<title>",
        "</title>",
        "<description>",
        "</description>",
        "<link>",
        "</link>",
        "<guid>",
        "<pubDate>",
        "</pubDate>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&lt;",
        "&amp;",
        "&#0;",
        "&#xD800;",
        "&nbsp;",
        "&x;",
        "&",
        "<",
        ">",
        '"',
        "'",
        "=",
        "<p",
        "<script>",
        "<svg/onload=x>",
        "<feed>",
        "<entry>",
        "</entry>",
        "<content>",
        "</content>",
        "javascript:x",
        "http://a.example/",
        "//",
        "2026-11-23",
        "23.11.2026",
        "9999-12-31T23:59:59-14:00",
        "{",
        "}",
        "[",
        "]",
        "\x00",
        "�",
        "\u202e",
        "é",
        "漢",
        "<?xml",
        "?>",
        "<!DOCTYPE",
        "<!ENTITY",
        "<urlset>",
        "<url>",
        "<loc>",
        "xmlns:a=x",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html", "application/xml; charset=utf-16", "a;charset=zlib"]),
)
def test_any_bytes_are_read_or_refused_and_never_raise(body: bytes, content_type: str) -> None:
    parsed = parse_document(body, content_type=content_type, url=URL, now=NOW, limits=Limits())
    assert_clean(parsed, Limits())


@settings(max_examples=250, deadline=None)
@given(st.lists(TOKENS, max_size=60))
def test_any_soup_of_feed_tags_keeps_every_invariant(tokens: list[str]) -> None:
    soup = "".join(tokens)
    for start in ('<rss version="2.0"><channel>', '<feed xmlns="http://www.w3.org/2005/Atom">', ""):
        body = (start + soup).encode("utf-8", "surrogatepass")
        parsed = parse_document(body, content_type="", url=URL, now=NOW, limits=Limits(entries=5))
        assert_clean(parsed, Limits(entries=5))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=6))
def test_a_good_document_damaged_anywhere_keeps_every_invariant(at: int, damage: bytes) -> None:
    body = rss(*(item(n, extra="<category>a</category>") for n in range(4)))
    at %= len(body)
    parsed = parse_document(
        body[:at] + damage + body[at:], content_type="", url=URL, now=NOW, limits=Limits()
    )
    assert_clean(parsed, Limits())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200) | st.lists(TOKENS, max_size=30).map("".join))
def test_cleaning_is_a_fixed_point_and_text_is_free_of_markup(markup: str) -> None:
    cleaned = clean_html(markup)
    assert clean_html(cleaned) == cleaned
    assert not re.search(r"<(?:script|svg|img|iframe)\b", plain_line(markup), re.I)
    assert plain_line(markup) == plain_line(plain_line(markup)) or "&" in plain_line(markup)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.characters()
        | st.characters(max_codepoint=0xFF)
        | st.sampled_from(["<b", "-->", "]]>", "<![CDATA[", "xml:", "\x7f", "\x9f", "\ud800", "\ufffe", "”"]),
        max_size=40,
    ).map("".join)
)
def test_the_quick_ways_past_a_pattern_give_what_the_pattern_gives(text: str) -> None:
    assert _without_controls(text) == _NOT_TEXT.sub("", text)
    assert _without_illegal(text) == _NOT_XML.sub("", text)
    assert _has_tags(text) == bool(_TAG.search(text))
    assert _may_be_mended(_NOT_XML.sub("", text)) == bool(_MENDED.search(_NOT_XML.sub("", text)))
    # The pattern's own way through a line, taken by a mark that disappears in it.
    assert plain_line(text) == plain_line(f"<b>{text}") or "&" in text or "<" in text


def test_a_document_with_few_tags_is_capped_no_less_than_one_with_many() -> None:
    labels = "<category>a</category>" * 90
    feed = rss(f"<item><guid>1</guid>{labels}</item>").decode()
    assert tidy_xml(feed)[0].count("<category>") == 90
    feed = rss(f"<item><guid>1</guid>{labels * 2}</item>").decode()
    assert tidy_xml(feed)[0].count("<category>") == 119, "and the channel's link"
    many = "".join(f' a{number}="1"' for number in range(90))
    assert tidy_xml(rss(f"<item><guid>1</guid><x{many}/></item>").decode())[0].count(" a") == 64
