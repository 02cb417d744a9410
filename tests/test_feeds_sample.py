"""The sample press on loopback: its formats, its validators, its pages."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from feeds import FeedSource, Fetched, FetchSettings, NotModified, SampleWeb, close_parsers, run_collect

DAY = date(2026, 11, 24)
FORMATS = ("rss", "atom", "rdf", "json", "sitemap", "broken")
TITLES = (
    "Warga Portal Jalan Kebun, Minta Plasma Ditepati",
    "Jembatan Kayu di Hulu Diperbaiki Bergotong Royong",
    "DPRD Undang Warga dan Perusahaan ke Meja yang Sama",
    "Debit Sungai Naik, Perahu Diminta Waspada: Arus < 2 Meter",
    "Buruh Pabrik & Pengelola Sepakati Jam Lembur",
    "Pasar Pagi Pindah ke Lapangan Kecamatan",
    "Polres Tambah Patroli Malam di Pelabuhan",
    "Damang Pimpin Sidang Adat Batas Ladang",
    "Listrik Padam Enam Jam, Warga Datangi Kantor Unit",
    "Festival Perahu Hias Dibuka di Tepi Kota",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sources = [
        {"key": f"s{n}", "name": f"Media {n} (contoh)", "owner": "Grup", "format": form, "area": "kalteng"}
        for n, form in enumerate(FORMATS)
    ]
    items = [
        {"source": f"s{n}", "guid": f"s{n}-{m:03}", "day": 1 + m % 3, "time": f"{6 + m:02}:40",
         "title": title, "text": f'Sampit - Terjadi pada {{hari}}, sehari setelah {{kemarin}}. "{m}" & <{n}>'}
        for n in range(len(FORMATS)) for m, title in enumerate(TITLES)
    ]  # fmt: skip
    (tmp_path / "sources.json").write_text(json.dumps(sources), encoding="utf-8")
    lines = [json.dumps(item, ensure_ascii=False) for item in items]
    (tmp_path / "news.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def web(folder: Path) -> Iterator[SampleWeb]:
    with SampleWeb(DAY, 0, folder=folder) as running:
        yield running
    close_parsers()


def get(web: SampleWeb, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(web.host_port, timeout=5)
    connection.request(
        "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    body = answer.read().decode("utf-8")
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def collected(web: SampleWeb, sources: list[FeedSource]) -> dict[str, Fetched | NotModified]:
    found: dict[str, Fetched | NotModified] = {}

    def keep(outcomes: Sequence[object]) -> None:
        for outcome in outcomes:
            assert isinstance(outcome, Fetched | NotModified), outcome
            found[outcome.source.key] = outcome

    settings = FetchSettings(allow=frozenset({web.host_port}))
    run_collect(sources, settings, now=datetime(2026, 11, 24, 2, tzinfo=UTC), on_outcomes=keep)
    return found


def feed_sources(web: SampleWeb) -> list[FeedSource]:
    return [
        FeedSource(key=form, url=listing.url) for form, listing in zip(FORMATS, web.sources(), strict=True)
    ]


def test_every_format_carries_the_same_news_through_the_collector(web: SampleWeb) -> None:
    outcomes = collected(web, feed_sources(web))
    for form in FORMATS:
        outcome = outcomes[form]
        assert isinstance(outcome, Fetched)
        entries = outcome.parsed.entries
        assert outcome.parsed.malformed == (form == "broken")
        assert {entry.title for entry in entries} == set(TITLES)
        assert not any(entry.date_suspect for entry in entries)
        newest = entries[0]
        assert newest.title == TITLES[8]
        assert newest.published == datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
        if form != "sitemap":
            number = FORMATS.index(form)
            assert newest.text == (
                "Sampit - Terjadi pada Selasa (24/11/2026), sehari setelah Senin (23/11/2026). "
                f'"8" & <{number}>'
            )


def test_a_second_collect_finds_nothing_changed(web: SampleWeb) -> None:
    first = collected(web, feed_sources(web)).values()
    again = [
        FeedSource(key=one.source.key, url=one.source.url, etag=one.etag, last_modified=one.last_modified)
        for one in first
        if isinstance(one, Fetched)
    ]
    assert {type(outcome) for outcome in collected(web, again).values()} == {NotModified}


def test_either_validator_alone_gives_a_304(web: SampleWeb) -> None:
    _, headers, _ = get(web, "/umpan/s0.xml")
    assert get(web, "/umpan/s0.xml", If_None_Match=headers["ETag"])[0] == 304
    assert get(web, "/umpan/s0.xml", If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(web, "/umpan/s0.xml", If_None_Match='"lain"')[0] == 200
    assert get(web, "/umpan/s0.xml", If_Modified_Since="Mon, 01 Jan 2001 00:00:00 GMT")[0] == 200


def test_each_link_leads_to_a_page_that_says_it_is_sample_news(web: SampleWeb) -> None:
    outcome = collected(web, feed_sources(web)[:1])["rss"]
    assert isinstance(outcome, Fetched)
    for entry in outcome.parsed.entries:
        assert entry.link.startswith(web.base_url + "/")
        status, headers, page = get(web, entry.link.removeprefix(web.base_url))
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "Berita contoh" in page
        assert "rekaan" in page
        assert "Arus < 2" not in page


def test_the_index_lists_every_item_and_unknown_paths_are_404(web: SampleWeb) -> None:
    status, _, page = get(web, "/")
    assert status == 200
    assert page.count("/berita/") == len(FORMATS) * len(TITLES)
    assert get(web, "/berita/s0/tidak-ada")[0] == 404
    assert get(web, "/../../etc/passwd")[0] == 404


def test_the_web_listens_on_loopback_only_and_ends_with_its_block(folder: Path) -> None:
    with SampleWeb(DAY, 0, folder=folder) as running:
        address = running.host_port
        assert address.startswith("127.0.0.1:")
        with pytest.raises(OSError), SampleWeb(DAY, int(address.split(":")[1]), folder=folder):
            pass
    with pytest.raises(OSError):
        http.client.HTTPConnection(address, timeout=2).connect()


def test_the_bundled_news_is_served_whole() -> None:
    with SampleWeb(DAY, 0) as running:
        outcomes = collected(running, [FeedSource(key=one.url, url=one.url) for one in running.sources()])
        assert len(outcomes) == len(running.sources()) >= 10
        lines = (Path(__file__).parents[1] / "feeds/sample/news.jsonl").read_text(encoding="utf-8")
        entries = [entry for o in outcomes.values() if isinstance(o, Fetched) for entry in o.parsed.entries]
        assert len(entries) == sum(1 for line in lines.splitlines() if line.strip())
        assert "{hari}" not in repr(entries)
    close_parsers()
