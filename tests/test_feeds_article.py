"""Summary-only entries completed from their pages: the text, the rules of the host, the pace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from feeds_ground import NOW, Served, item, response, rss

from feeds import Entry, Fetched, Limits, article, close_parsers, complete, fetch_one, needs_page
from feeds.article import completed
from feeds.page import read_page, read_robots
from feeds.records import PageText

TEXT = (
    "Warga tiga desa menutup jalan kebun sejak pagi karena menuntut pembagian plasma yang dijanjikan. "
    "Aksi berjalan damai dan dikawal aparat, sementara perwakilan perusahaan meminta waktu tiga hari. "
)
PARAGRAPHS = "".join(
    f"<p>{TEXT} Bagian {n} dari laporan lapangan, 5 &lt; 6 &amp; seterusnya.</p>" for n in range(4)
)
PAGE = (
    "<!doctype html><html><head><title>Warga tutup jalan kebun | Kabar Uji</title>"
    '<meta property="og:title" content="Warga tutup jalan kebun"></head>'
    "<body><nav><a href='/'>Beranda</a> <a href='/politik'>Politik</a></nav>"
    f"<article><h1>Warga tutup jalan kebun</h1>{PARAGRAPHS}</article>"
    "<script>jahat()</script><footer>Hak cipta redaksi</footer></body></html>"
).encode()


@pytest.fixture(autouse=True)
def _fresh_memory() -> Iterator[None]:
    # A port may come again in another test; what its former owner allowed is no rule of this one.
    article._robots_seen.clear()
    article._pages_seen.clear()
    yield


@pytest.fixture(scope="module", autouse=True)
def _no_children_left() -> Iterator[None]:
    yield
    close_parsers()


def entry(link: str, **fields: Any) -> Entry:
    given = {"title": "Warga tutup jalan kebun", "text": "Warga tiga desa menutup jalan …", **fields}
    return Entry(key=link, guid="", link=link, html="", published=NOW, **given)


def test_a_summary_becomes_the_text_of_its_page_and_nothing_else_of_the_entry_changes() -> None:
    with Served(pages={"/b/1": PAGE}) as web:
        before = entry(f"{web.origin}/b/1")
        (after,) = complete([before], web.settings(), NOW)
    assert after.text.startswith("Warga tiga desa menutup jalan kebun sejak pagi")
    assert "5 < 6 & seterusnya" in after.text
    assert after.html.startswith("<p>Warga")
    assert "5 &lt; 6 &amp; seterusnya" in after.html
    for word in ("jahat", "Beranda", "Hak cipta"):
        assert word not in after.text
    assert (after.feed_title, after.feed_text) == (before.title, before.text)
    assert replace(after, text=before.text, html=before.html, feed_title="", feed_text="") == before


def test_an_entry_of_a_sitemap_without_a_title_gets_the_one_of_the_page() -> None:
    with Served(pages={"/b/1": PAGE}) as web:
        (after,) = complete([entry(f"{web.origin}/b/1", title="(tanpa judul)", text="")], web.settings(), NOW)
    assert after.title == "Warga tutup jalan kebun"
    assert TEXT[:40] in after.text


def test_entries_come_back_in_their_order_and_whole_ones_untouched() -> None:
    with Served(pages={"/b/1": PAGE}) as web:
        given = [
            entry(f"{web.origin}/b/2", text="kata " * 200),
            entry(f"{web.origin}/b/1"),
            entry("", text="pendek"),
            entry("http://127.0.0.1:9/dalam"),
        ]
        after = complete(given, web.settings(), NOW)
    assert [one.key for one in after] == [one.key for one in given]
    assert (after[0], after[2], after[3]) == (given[0], given[2], given[3])
    assert len(after[1].text) > 500
    assert web.paths == ["/robots.txt", "/b/1"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("pendek", True),
        ("kata " * 200, False),
        ("kata " * 200 + "[...]", True),
        ("k " * 300 + "Baca Selengkapnya »", True),
    ],
)
def test_which_entries_need_their_page(text: str, wanted: bool) -> None:
    assert needs_page(entry("https://uji.example/1", text=text)) is wanted
    assert not needs_page(entry("", text=text))


def test_a_page_about_something_else_or_shorter_than_the_summary_changes_nothing() -> None:
    one = entry("https://uji.example/1")
    login = PageText(title="Masuk", text="Silakan masuk untuk membaca lebih banyak berita pilihan kami. " * 9)
    assert completed(one, login) is one
    assert completed(one, PageText(title=one.title, text=TEXT[:150])) is one
    long = replace(one, text=TEXT * 9)
    assert completed(long, PageText(title=one.title, text=TEXT * 3)) is long


# --- the rules of the host ---------------------------------------------------------------------------

ROBOTS = {
    "none": (response(status="404 Not Found"), True),
    "forbidden to read": (response(status="403 Forbidden"), True),
    "broken": (response(status="500 Broken"), False),
    "busy": (response(status="429 Slow Down"), False),
    "all closed": (response(b"User-agent: *\nDisallow: /"), False),
    "closed to us": (response(b"User-agent: dini\nDisallow: /b/\nUser-agent: *\nAllow: /"), False),
    "open to us": (response(b"User-agent: Dini\nAllow: /\nUser-agent: *\nDisallow: /"), True),
    "other path": (response(b"User-agent: *\nDisallow: /admin"), True),
    "pattern": (response(b"User-agent: *\nDisallow: /*/1$"), False),
    "empty": (response(b" \n"), True),
    "too large": (response(b"#" * 600_000), False),
    "web page": (response(b"<html><body>404</body></html>"), True),
}  # fmt: skip


@pytest.mark.parametrize("name", ROBOTS)
def test_robots_txt_is_read_first_and_obeyed(name: str) -> None:
    robots, open_ = ROBOTS[name]
    with Served(pages={"/robots.txt": robots, "/b/1": PAGE}) as web:
        given = entry(f"{web.origin}/b/1")
        (after,) = complete([given], web.settings(), NOW)
    assert web.paths == (["/robots.txt", "/b/1"] if open_ else ["/robots.txt"])
    assert (after != given) == open_
    assert all("User-Agent: Dini/" in request for request in web.server.requests)


def test_a_robots_txt_is_kept_for_a_day() -> None:
    with Served(pages={"/b/1": PAGE, "/b/2": PAGE}) as web:
        complete([entry(f"{web.origin}/b/1")], web.settings(), NOW)
        complete([entry(f"{web.origin}/b/2")], web.settings(), NOW)
    assert web.paths == ["/robots.txt", "/b/1", "/b/2"]


def test_a_page_too_slow_to_read_is_given_up_and_harms_nothing_after_it() -> None:
    slow = b"<html><body>" + b"<p>kata kata kata kata kata" * 80_000
    with Served(pages={"/b/1": slow, "/feed": rss(item())}) as web:
        settings = web.settings(limits=Limits(total_seconds=5.0, parse_seconds=1.0))
        given = entry(f"{web.origin}/b/1")
        assert complete([given], settings, NOW) == (given,)
        assert isinstance(fetch_one(web.source(), settings, NOW), Fetched)


def test_a_redirect_to_another_host_is_not_taken_for_the_article() -> None:
    with Served(pages={"/b/1": PAGE}) as other:
        away = response(status="302 Found", headers=(("Location", f"{other.origin}/b/1"),))
        with Served(pages={"/b/1": away}) as web:
            settings = web.settings()
            settings = replace(settings, allow=settings.allow | {other.server.host_port})
            given = entry(f"{web.origin}/b/1")
            assert complete([given], settings, NOW) == (given,)


def test_pages_of_one_host_are_a_second_apart_whatever_the_settings_ask() -> None:
    with Served(pages={"/b/1": PAGE, "/b/2": PAGE}) as web:
        settings = web.settings(article_spacing_seconds=0.0)
        complete([entry(f"{web.origin}/b/{n}") for n in (1, 2)], settings, NOW)
    assert web.paths == ["/robots.txt", "/b/1", "/b/2"]
    assert web.at[2] - web.at[1] >= 0.99


def test_a_run_ends_at_its_number_of_pages() -> None:
    with Served(pages={f"/b/{n}": PAGE for n in range(5)}) as web:
        given = [entry(f"{web.origin}/b/{n}") for n in range(5)]
        after = complete(given, web.settings(articles_per_run=1), NOW)
    assert [a == b for a, b in zip(given, after, strict=True)] == [False, True, True, True, True]
    assert len(web.paths) == 2


# --- in a collect ------------------------------------------------------------------------------------

LINKED = (
    rss(item())
    .replace(b"https://uji.example/b/1", b"@@SELF@@/b/1")
    .replace(b"Berita nomor 1", b"Warga tutup jalan")
)


def test_a_collect_reads_pages_only_when_told_and_each_page_once() -> None:
    with Served(pages={"/feed": LINKED, "/b/1": PAGE}) as web:
        plain = fetch_one(web.source(), web.settings(), NOW)
        assert isinstance(plain, Fetched)
        assert plain.parsed.entries[0].text == "Isi 1."
        told = web.settings(articles=True)
        first, second = (fetch_one(web.source(), told, NOW) for _ in range(2))
    assert isinstance(first, Fetched)
    assert isinstance(second, Fetched)
    assert first.parsed == second.parsed
    assert "menuntut pembagian plasma" in first.parsed.entries[0].text
    assert web.paths == ["/feed", "/feed", "/robots.txt", "/b/1", "/feed"]


# --- reading a page ----------------------------------------------------------------------------------


def read(body: bytes, content_type: str = "text/html") -> PageText | None:
    return read_page(body, content_type=content_type, url="https://uji.example/b/1", limits=Limits())


@pytest.mark.parametrize(
    "body", [b"", b"<", b"\x00\xff", b"<html>", b"<html><body></body></html>", b"\xff\xfe<\x00h\x00"]
)
def test_what_is_no_page_gives_no_article(body: bytes) -> None:
    found = read(body)
    assert found is None or len(found.text) < 5


def test_a_tag_of_a_hundred_thousand_attributes_is_cut_before_the_parser() -> None:
    # Measured uncut: 15 s. No timing is asserted here.
    many = "<p " + " ".join(f"a{n}=x" for n in range(100_000)) + ">"
    found = read(PAGE.replace(b"<article>", b"<article>" + many.encode()))
    assert found is not None
    assert "menuntut pembagian plasma" in found.text


def test_a_page_that_asks_not_to_be_indexed_is_left() -> None:
    assert read(PAGE) is not None
    assert read(PAGE.replace(b"<head>", b'<head><meta name="robots" content="NOINDEX, follow">')) is None


def test_the_charset_of_a_meta_tag_is_believed_when_the_server_names_none() -> None:
    page = (
        PAGE.decode()
        .replace("<head>", '<head><meta charset="windows-1252">')
        .replace("damai", "damai \u2013 tertib")
    )
    found = read(page.encode("cp1252"))
    assert found is not None
    assert "damai \u2013 tertib" in found.text


def test_a_crawl_delay_is_read_and_a_senseless_one_is_none() -> None:
    for line, seconds in ((b"7", 7.0), (b"x", 0.0), (b"-3", 0.0)):
        rule = read_robots(
            b"User-agent: *\nCrawl-delay: " + line, agent="Dini", urls=["https://uji.example/"]
        )
        assert rule.delay_seconds == seconds
        assert rule.allowed == {"https://uji.example/"}
