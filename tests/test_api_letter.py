"""The digest as PDF: one or two A4 pages, the page's content in its order, texts that stay texts."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typst
from api_fixtures import NOW, Web, sample_database, web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.letter import FITS, digest_at, in_parts, pdf, worded
from api.letter_layout import LAYOUT
from screening import Digest, DigestLine, DigestSource, Severity, digest_text

LONG, EMPTY = date(2026, 11, 23), date(2026, 1, 5)
A4 = (595, 842)  # points

HOSTILE = (
    '#panic("x")',
    '#read("/etc/passwd")',
    '#link("https://evil.example")[klik]',
    "https://evil.example/x",
    '"]) #eval("1") $',
    "$ x $ *tebal* _miring_ `kode` = judul",
    "] } ) #{",
    "\\u{202e}\\ \\#",
    "\u202eterbalik\u0000\ud800\x1b[31m",
    "@rujukan <label>",
    "// komentar /* lain",
    "baris\nbaru\r\n#pagebreak()",
    "漢字 مرحبا 🙂 ﷽" * 20,
    "x" * 3_000,
)


def pages(made: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", made))


def links(made: bytes) -> list[bytes]:
    return re.findall(rb"/URI\(([^)]*)\)", made)


def every_line(digest: Digest) -> list[DigestLine]:
    parts = (
        digest.decide, digest.changed, digest.other, digest.rumours, digest.aspirations, digest.outside,
    )  # fmt: skip
    return [line for part in parts for line in part] + [line for line, _ in digest.rejected]


@pytest.mark.parametrize("day", [LONG, EMPTY, None])
def test_the_letter_fills_one_or_two_a4_pages(web: Web, day: date | None) -> None:
    made = pdf(digest_at(web.desk, day, NOW))
    assert made.startswith(b"%PDF-")
    assert pages(made) in (1, 2)
    boxes = re.findall(rb"/MediaBox\[0 0 ([\d.]+) ([\d.]+)\]", made)
    assert {(round(float(x)), round(float(y))) for x, y in boxes} == {A4}


def test_a_day_of_three_hundred_incidents_still_fits_and_says_what_is_left_out(web: Web) -> None:
    short = digest_at(web.desk, LONG, NOW)
    lines = every_line(short)
    long = replace(short, other=tuple(lines * 12), changed=tuple(lines * 2), rejected=((lines[0], "Alasan"),))
    assert pages(pdf(long)) <= 2
    size, sources, most = FITS[-1]
    shown = in_parts(long, "id", sources=sources, lines=most)["sections"][2]
    assert shown["count"] == len(lines) * 12
    assert len(shown["lines"]) == most
    assert shown["more"] == f"Dan {len(lines) * 12 - most} butir lagi; selengkapnya di halaman Laporan."
    assert size >= 8
    assert len(in_parts(long, "id", sources=sources, lines=most)["sections"][0]["lines"]) == len(long.decide)


def test_what_is_left_out_of_the_letter_links_to_the_whole_report_where_the_site_is_known(web: Web) -> None:
    short = digest_at(web.desk, LONG, NOW)
    long = replace(short, other=tuple(every_line(short) * 12))
    whole = b"https://dini.example/laporan?tanggal=2026-11-23"
    assert whole in links(pdf(long, site="https://dini.example/"))
    assert whole not in links(pdf(long))
    assert whole + b"&kantor=62.07" in links(pdf(replace(long, office="62.07"), site="https://dini.example"))


def test_the_letter_has_the_parts_of_the_page_in_its_order(web: Web) -> None:
    page = web.session("supervisor").get("/laporan?tanggal=2026-11-23").text
    content = in_parts(digest_at(web.desk, LONG, NOW), "id", sources=6, lines=200)
    on_page = [
        re.sub(r"<[^>]+>|\s+", " ", one).split() for one in re.findall(r'<h2 id="h-[^>]*>(.*?)</h2>', page)
    ]
    found = json.loads(
        typst.query(
            LAYOUT.encode(),
            "heading.where(level: 2)",
            ignore_system_fonts=True,
            sys_inputs={"letter": json.dumps(content | {"size": 9.0})},
        )
    )
    in_letter = [words_of(one["body"]).split() for one in found]
    assert in_letter == on_page[: len(in_letter)]  # the page adds its text to copy, and where it was sent
    # and the frame's boxes: decisions not yet sent, and what becomes of them at signing out
    assert len(on_page) == len(in_letter) + 4


def words_of(node: object) -> str:
    """The text of a typst content tree as JSON."""
    if isinstance(node, list):
        return " ".join(map(words_of, node))
    if isinstance(node, dict):
        if node.get("func") == "space":
            return " "
        return " ".join(words_of(node[key]) for key in ("text", "body", "child", "children") if key in node)
    return str(node)


def test_an_empty_day_says_nihil_and_fourteen_times_not_monitored(web: Web) -> None:
    content = in_parts(digest_at(web.desk, EMPTY, NOW), "id", sources=6, lines=200)
    assert content["nil"] == "Nihil."
    assert [one["lines"] for one in (*content["sections"], content["aspirations"])] == [[], [], [], []]
    assert [row["items"] for row in content["matrix"]["rows"]] == ["tidak terpantau"] * 14


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext (apt-get install poppler-utils)")
def test_the_printed_text_reads_as_the_page(web: Web, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(digest_at(web.desk, LONG, NOW)))
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    for part in (
        "LAPORAN HARIAN SITUASI DAERAH",
        "Perlu keputusan hari ini",
        "bukan Status Keadaan Konflik",
        "DARURAT",
        "halaman 1/2",
        "Kotawaringin Timur",
    ):
        assert part in text, part


def test_every_line_links_to_its_source(web: Web) -> None:
    digest = digest_at(web.desk, LONG, NOW)
    lines = every_line(digest)
    assert len(lines) > 10
    addresses = {one.decode() for one in links(pdf(digest))}
    for line in lines:
        assert addresses & {source.link for source in line.sources}, line.text


def test_a_link_no_browser_may_follow_is_printed_as_text_only(web: Web) -> None:
    digest = digest_at(web.desk, LONG, NOW)
    bad = tuple(
        DigestSource(title="t", source_name="Media", link=link, published=NOW)
        for link in ("javascript:alert(1)", "", "file:///etc/passwd", "https://a.example/" + "x" * 9_000)
    )
    only = replace(digest, changed=(), other=(), aspirations=(), outside=(), rejected=(), rumours=())
    made = pdf(replace(only, decide=tuple(replace(line, sources=bad) for line in only.decide)))
    assert links(made) == []


def hostile_digest(digest: Digest, text: str) -> Digest:
    line = digest.decide[0]
    bad = replace(
        line,
        text=f"[DARURAT][E1/F6] {text}",
        what=text,
        act=text,
        advice=text,
        change=text,
        sources=(replace(line.sources[0], source_name=text, link='https://a.example/")#panic("x")'),),
    )
    return replace(
        digest,
        summary=(text,),
        decide=(bad,),
        changed=(),
        other=(bad,),
        aspirations=(bad,),
        outside=(bad,),
        rejected=((bad, text),),
        rumours=(bad,),
        agenda=tuple(replace(one, text=text) for one in digest.agenda),
        service=text,
        model=text,
        coverage=replace(digest.coverage, failing=(text,) * 30),
        rows=tuple(replace(row, name=text) for row in digest.rows[:2]) + digest.rows[2:],
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_title_is_printed_and_never_run(web: Web, text: str) -> None:
    made = pdf(hostile_digest(digest_at(web.desk, LONG, NOW), text))
    assert pages(made) <= 2
    assert links(made)
    assert all(one.startswith(b"https://a.example/") for one in links(made))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120))
def test_no_text_stops_the_letter(web: Web, text: str) -> None:
    assert pdf(hostile_digest(digest_at(web.desk, LONG, NOW), text)).startswith(b"%PDF-")


def test_the_same_digest_gives_the_same_bytes(web: Web) -> None:
    digest = digest_at(web.desk, LONG, NOW.replace(microsecond=123_456))
    assert pdf(digest) == pdf(digest)
    assert pdf(digest) != pdf(digest, "en")


def test_no_level_is_told_in_words_and_never_as_none(web: Web) -> None:
    digest = web.desk.digest(NOW, NOW, NOW)
    line = digest_at(web.desk, LONG, NOW).decide[0]
    none = replace(
        line,
        incident=replace(line.incident, severity=Severity.NONE),
        text=line.text.replace(f"[{line.incident.severity.name}]", "[NONE]", 1),
    )
    told = worded(
        replace(digest, summary=("Yang tertinggi NONE: x.",), other=(none,), rejected=((none, "alasan"),))
    )
    assert "NONE" not in digest_text(told)
    assert "[TANPA TINGKAT]" in digest_text(told)
    assert in_parts(told, "id", sources=6, lines=200)["sections"][2]["lines"][0]["word"] == "TANPA TINGKAT"


def test_page_and_api_hand_out_the_letter(web: Web) -> None:
    page = web.session("supervisor").get("/laporan.pdf?tanggal=2026-11-23")
    rest = web.client.get("/api/v1/digest.pdf?date=2026-11-23", headers=web.key())
    for answer in (page, rest):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        name = 'attachment; filename="laporan-2026-11-23-1500.pdf"'
        assert answer.headers["content-disposition"] == name
    assert page.content == rest.content
    assert web.client.get("/api/v1/digest.pdf?date=besok", headers=web.key()).status_code == 422
    assert web.client.get("/api/v1/digest.pdf?lang=xx", headers=web.key()).status_code == 422
    assert web.client.get("/api/v1/digest.pdf").status_code == 401
    assert web.session("supervisor").get("/laporan?tanggal=2026-11-23").text.count("/laporan.pdf?") == 1
