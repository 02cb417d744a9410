"""The command `dini`: pipes that take anything, one-line failures, first start, reports."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api_fixtures import NOW, desk_at, sample_database
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from api.cli import main
from api.cli_faults import Fault
from api.cli_start import pinned_sample_day
from api.reading import BadTable, Unreadable, guess_format, read_csv, read_jsonl
from api.rounds import collect_once
from models import Classifier, Document

KEYS = [
    "id",
    "relevance",
    "flagged",
    "issue",
    "form",
    "realis",
    "severity",
    "place_code",
    "incident",
    "evidence",
    "reasons",
    "model",
]
ROOT = Path(__file__).parents[1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, classifier: Classifier) -> Path:
    """A data folder of the test's own; nothing of the caller's settings is left.

    The shipped model is the session's, read once; the tests that start a process read it from disk.
    """
    for place in ("api.cli_desk.load_shipped", "screening.desk.load_shipped"):
        monkeypatch.setattr(place, lambda: classifier)
    for name in [name for name in os.environ if name.startswith("DINI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DINI_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def filled(home: Path, sample_database: Path) -> Path:
    (home / "data").mkdir()
    shutil.copy(sample_database, home / "data" / "dini.db")
    return home


def run(*args: str, given: bytes | str | None = None) -> Result:
    return CliRunner().invoke(main, list(args), input=given)


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def pipes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """`dini screen` as real processes, at the same time: one read to its end, one whose reader leaves."""
    home = tmp_path_factory.mktemp("pipes")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "DINI_DATA": str(home / "data")}
    source = home / "in.jsonl"
    source.write_bytes(
        b"".join(b'{"id": %d, "title": "Warga bentrok di Sampit"}\n' % number for number in range(600))
    )
    program = f"{sys.executable} -m api screen"
    lines = {
        "whole": f"cat {source} | {program} -",
        "left": f"{program} {source} | head -n 1; exit ${{PIPESTATUS[0]}}",
    }
    running = {
        name: subprocess.Popen(
            ["bash", "-c", line],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=environment,
        )
        for name, line in lines.items()
    }
    yield running
    for process in running.values():
        process.kill()
        process.wait()


# --- reading


def test_every_readable_line_becomes_a_document_and_every_other_is_named() -> None:
    lines = [
        b'\xef\xbb\xbf{"id": "a", "title": "Satu", "text": "isi"}\r\n',
        b"\n",
        b'{"title": "Dua", "lead": "pembuka", "published": "2026-11-24T06:00:00+07:00", "url": "https://x.example"}\n',
        b"[1, 2]\n",
        b'{"title": "rusak"\n',
        b'{"title": "\xff"}\n',
        b'{"text": "tanpa judul"}\n',
        b'{"title": "nol \x00"}\n',
        b'{"id": 12, "title": "nomor", "lain": {"a": 1}}\n',
        b'{"title": ["daftar"]}\n',
        b"[" * 100_000 + b"\n",
        b'{"id": null, "title": "akhir tanpa baris baru", "text": null}',
    ]
    out = list(read_jsonl(io.BytesIO(b"".join(lines))))
    assert [one.id for one in out if isinstance(one, Document)] == ["a", "3", "12", "12"]
    assert [one.line for one in out if isinstance(one, Unreadable)] == [4, 5, 6, 7, 8, 10, 11]
    assert isinstance(out[1], Document)
    assert (out[1].text, out[1].url) == ("pembuka", "https://x.example")
    assert out[1].published is not None


def test_a_lone_surrogate_keeps_its_place() -> None:
    (one,) = read_jsonl(io.BytesIO(b'{"title": "a\\ud800b"}'))
    assert isinstance(one, Document)
    assert one.title == "a\ufffdb"


def test_a_csv_may_have_quotes_newlines_and_other_delimiters() -> None:
    text = '\ufeffid;Title;lead\r\n1;"Judul; ""kutip""";"dua\r\nbaris"\r\n\r\n;Tanpa id;x\r\n3;a;b;c\r\n'
    out = list(read_csv(io.BytesIO(text.encode())))
    assert [(one.id, one.title) for one in out if isinstance(one, Document)] == [
        ("1", 'Judul; "kutip"'),
        ("5", "Tanpa id"),
    ]
    assert [one.line for one in out if isinstance(one, Unreadable)] == [6]


def test_a_bad_csv_row_does_not_end_the_file() -> None:
    raw = b"id,title,text\n1,satu,x\n2,\xff\xfe,y\n3,ti\x00ga,z\n4,empat,w\n"
    out = list(read_csv(io.BytesIO(raw)))
    assert [one.id for one in out if isinstance(one, Document)] == ["1", "4"]
    assert [(one.line, one.reason) for one in out if isinstance(one, Unreadable)] == [
        (3, "bukan UTF-8"),
        (4, "berisi NUL"),
    ]


def test_a_csv_without_a_title_column_is_no_table() -> None:
    with pytest.raises(BadTable):
        list(read_csv(io.BytesIO(b"a,b\n1,2\n")))


@pytest.mark.parametrize(
    ("name", "first", "kind"),
    [
        ("x.csv", b"{", "csv"),
        ("x.JSONL", b"id", "jsonl"),
        ("x", b' \xef{"', "csv"),
        ("", b'\xef\xbb\xbf {"a"', "jsonl"),
        ("", b"id,title", "csv"),
        ("x.txt", b"[", "jsonl"),
        ("", b"", "jsonl"),
    ],
)
def test_the_format_is_told_by_the_ending_else_the_first_byte(name: str, first: bytes, kind: str) -> None:
    assert guess_format(name, first) == kind


@given(st.binary(max_size=400))
def test_no_bytes_make_the_readers_raise(raw: bytes) -> None:
    list(read_jsonl(io.BytesIO(raw)))
    list(read_csv(io.BytesIO(b"id,title,text\n" + raw)))


def test_an_empty_title_is_an_unreadable_line() -> None:
    raw = b'{"title": ""}\n{"title": " \\n"}\n{"title": "ada"}\n'
    out = list(read_jsonl(io.BytesIO(raw)))
    assert [(one.line, one.reason) for one in out if isinstance(one, Unreadable)] == [
        (1, "title kosong"),
        (2, "title kosong"),
    ]
    (row,) = read_csv(io.BytesIO(b"id,title\n1,\n"))
    assert isinstance(row, Unreadable)


@pytest.mark.parametrize(
    ("rows", "good", "line"),
    [
        (b'1,satu,x\n2,"dua,y\n3,tiga,z\n', 1, 3),
        (b'1,satu,x\n2,"dua,y\n3,tiga,z', 1, 3),
        (b'1,satu,x\n2,"dua\nbaris","tiga\r\n', 1, 4),
        (b'1,satu,"', 0, 2),
        (b'1,satu,"x"\n2,"dua\nbaris",y', 2, None),
    ],
)
def test_a_quote_that_is_never_closed_is_told_by_its_line(rows: bytes, good: int, line: int | None) -> None:
    out = list(read_csv(io.BytesIO(b"id,title,text\n" + rows)))
    assert sum(isinstance(one, Document) for one in out) == good
    told = [(one.line, one.reason) for one in out if isinstance(one, Unreadable)]
    assert told == ([] if line is None else [(line, "tanda kutip tidak ditutup sampai akhir berkas")])


# --- screen


def test_screen_answers_each_document_in_order_with_exactly_its_keys(home: Path) -> None:
    documents = [
        {
            "id": "x1",
            "title": "Warga Blokir Jalan Kebun",
            "text": "Ratusan warga memblokir jalan di Sampit, Kotawaringin Timur.",
        },
        {"title": "Resep Kue Apem", "text": "Campur tepung."},
        {"title": "Judul saja"},
    ]
    result = run("screen", "-", given="\n".join(json.dumps(one) for one in documents))
    assert result.exit_code == 0, result.stderr
    out = rows(result)
    assert [one["id"] for one in out] == ["x1", "2", "3"]
    for one, document in zip(out, documents, strict=True):
        assert list(one) == KEYS
        assert 0 <= one["relevance"] <= 1
        assert isinstance(one["flagged"], bool)
        assert one["severity"] in range(5)
        whole = document["title"] + "\n" + document.get("text", "")
        for span in one["evidence"]:
            assert list(span) == ["start", "end", "text", "weight"]
            assert whole[span["start"] : span["end"]] == span["text"]
        assert all(isinstance(reason, str) for reason in one["reasons"])
    assert out[0]["place_code"] == "62.02"


def test_screen_reports_unreadable_lines_with_their_number_and_exits_1(home: Path) -> None:
    result = run("screen", "-", given=b'{"title": "a"}\nbukan json\n{"title": "b"}\n')
    assert result.exit_code == 1
    assert [one["id"] for one in rows(result)] == ["1", "3"]
    assert result.stderr.strip() == "baris 2: bukan JSON yang benar"


def test_screen_reads_csv_and_writes_a_file_whole(home: Path) -> None:
    source, target = home / "in.csv", home / "out.jsonl"
    source.write_text("id,title,lead\nk1,Demo ricuh di Sampit,Massa melempar batu\n", encoding="utf-8")
    result = run("screen", str(source), "--out", str(target))
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert json.loads(target.read_text(encoding="utf-8"))["id"] == "k1"
    assert not target.with_name("out.jsonl.part").exists()


def test_screen_reads_a_gzipped_table_and_says_when_it_is_cut_off(home: Path) -> None:
    table = b"id,title\n" + b"".join(b"k%d,Demo ricuh di Sampit %d\n" % (n, n) for n in range(40))
    source = home / "in.csv.gz"
    source.write_bytes(gzip.compress(table))
    result = run("screen", str(source))
    assert result.exit_code == 0, result.stderr
    assert [row["id"] for row in rows(result)] == [f"k{n}" for n in range(40)]
    source.write_bytes(gzip.compress(table)[:-20])
    cut = run("screen", str(source))
    assert cut.exit_code == 2
    assert "gzip" in cut.stderr
    assert "Traceback" not in cut.stderr


def test_screen_writes_csv_that_a_spreadsheet_cannot_run(home: Path) -> None:
    result = run("screen", "-", "--format", "csv", given='{"id": "=1+1", "title": "a"}')
    lines = result.stdout.splitlines()
    assert lines[0].split(",") == KEYS
    assert lines[1].startswith("'=1+1,")


@pytest.mark.parametrize(
    ("args", "given"),
    [
        (["screen", "/tidak/ada"], b""),
        (["screen", "/"], b""),
        (["screen"], b""),
        (["screen", "-"], b"a,b\n1,2\n"),
        (["screen", "-", "--out", "/tidak/ada/x"], b'{"title":"a"}'),
        (["screen", "-", "--format", "xml"], b""),
        (["tidakada"], b""),
        (["digest", "--date", "besok"], b""),
        (["screen", "-", "--lain"], b""),
        (["evaluate", "/tidak/ada.csv"], b""),
        (["account", "password", "hantu", "--password", "x"], b""),
    ],
)
def test_bad_input_is_one_line_and_status_2(filled: Path, args: list[str], given: bytes) -> None:
    result = run(*args, given=given)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("dini: ")
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


def test_an_unknown_setting_is_one_line_and_status_2(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINI_PORTT", "1")
    result = run("doctor")
    assert result.exit_code == 2
    assert "DINI_PORTT" in result.stderr


def test_a_refusal_leaves_a_line_in_the_log(filled: Path) -> None:
    assert run("digest").exit_code == 0
    assert run("account", "password", "hantu", "--password", "x").exit_code == 2
    last = (filled / "data" / "dini.log").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["event"] == "refused"


def test_screen_works_as_a_program_in_a_pipe(pipes: dict[str, subprocess.Popen[bytes]]) -> None:
    out, err = pipes["whole"].communicate()
    assert pipes["whole"].returncode == 0, err
    assert [json.loads(line)["id"] for line in out.splitlines()] == [str(number) for number in range(600)]
    assert err == b""


def test_a_closed_pipe_ends_screen_quietly(pipes: dict[str, subprocess.Popen[bytes]]) -> None:
    out, err = pipes["left"].communicate()
    assert len(out.splitlines()) == 1
    assert err == b""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{program} screen {file} > /dev/full", "Hasil tidak dapat ditulis: tempat tujuan penuh."),
        ("{program} screen {file} >&-", "Hasil tidak dapat ditulis: tempat tujuan tertutup."),
        ("{program} screen - <&-", "Masukan baku (stdin) tertutup; tidak ada yang dapat dibaca."),
        ("{program} --help > /dev/full", "Hasil tidak dapat ditulis: tempat tujuan penuh."),
    ],
)
def test_a_way_that_is_full_or_closed_is_one_line_and_status_1(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"title": "Warga bentrok di Sampit"}\n', encoding="utf-8")
    ended = subprocess.run(
        ["bash", "-c", line.format(program=f"{sys.executable} -m api", file=file)],
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DINI_DATA": str(tmp_path / "data")},
        check=False,
    )
    assert (ended.returncode, ended.stderr.decode().strip()) == (1, f"dini: {told}")


def test_a_wrong_value_is_named_by_its_option_as_typed(home: Path) -> None:
    told = run("screen", "-", "--format", "xml", given=b"").stderr
    assert told.strip() == "dini: Nilai --format tidak sah; pilihan: jsonl, csv."
    assert "--port" in run("serve", "--port", "x").stderr


def test_collect_names_what_failed_and_fails_only_when_all_did(filled: Path) -> None:
    result = run("collect", "--all")  # the sample web is gone, so every source fails
    assert result.exit_code == 1
    found = re.search(r"(\d+) dari (\d+) sumber gagal:", result.stdout)
    assert found
    assert found[1] == found[2]
    assert result.stdout.count("  gagal: ") == min(10, int(found[1]))


# --- desk verbs


def test_digest_prints_text_or_json(filled: Path) -> None:
    text = run("digest", "--date", "2026-11-23")
    assert text.exit_code == 0, text.output
    assert "LAPORAN HARIAN SITUASI DAERAH" in text.stdout
    made = json.loads(run("digest", "--date", "2026-11-23", "--json").stdout)
    assert len(made["rows"]) == 14


def test_digest_writes_a_pdf_whole_or_not_at_all(filled: Path) -> None:
    target = filled / "laporan.pdf"
    made = run("digest", "--date", "2026-11-23", "--pdf", str(target))
    assert (made.exit_code, made.stdout) == (0, ""), made.output
    assert target.read_bytes().startswith(b"%PDF-")
    assert [path.name for path in filled.iterdir() if path.suffix == ".part"] == []
    assert run("digest", "--pdf", "/tidak/ada/x.pdf").exit_code == 2


def test_sources_go_out_and_in_again(filled: Path) -> None:
    target = filled / "semua.opml"
    assert run("sources", "export", "--out", str(target)).exit_code == 0
    listed = run("sources", "list").stdout.splitlines()
    assert len(listed) >= 8
    again = run("sources", "import", str(target))
    assert again.stdout.strip() == f"0 sumber baru. {len(listed)} sudah terdaftar."
    assert (again.exit_code, again.stderr) == (0, "")
    new = '<outline text="Baru" xmlUrl="https://baru.example/"/>'
    opml = target.read_text(encoding="utf-8").replace("</body>", new + new + "</body>")
    target.write_text(opml, encoding="utf-8")
    more = run("sources", "import", str(target))
    assert more.exit_code == 0, more.stderr
    assert more.stdout.strip() == f"1 sumber baru. {len(listed) + 1} sudah terdaftar."
    assert run("sources", "add", "https://media.example/feed", "--name", "Media").exit_code == 0
    assert run("sources", "add", "https://media.example/feed").exit_code == 2
    assert run("sources", "check", "https://takterdaftar.example/").exit_code == 2


def test_accounts_and_keys_are_made_by_command(filled: Path) -> None:
    new = ("account", "add", "petugas", "--role", "analis")
    made = run(*new, given="sungai di pagi hari\n")
    assert made.exit_code == 0, made.output
    assert run(*new, given="sungai di pagi hari\n").exit_code == 2
    for bad in ("pendek\n", "\n", ""):
        assert run("account", "add", "lain", "--role", "analis", given=bad).exit_code == 2, bad
    assert run("account", "password", "petugas", "--password", "ladang di tepi rimba").exit_code == 0
    key = run("key", "add", "alat", "--account", "petugas")
    assert key.exit_code == 0
    assert key.stdout.startswith("dini_")
    assert key.stdout.strip().encode() not in (filled / "data" / "dini.db").read_bytes()


@pytest.mark.parametrize("verb", [("account", "add"), ("account", "password")])
def test_help_warns_that_a_password_on_the_command_line_is_seen(home: Path, verb: tuple[str, ...]) -> None:
    told = " ".join(run(*verb, "--help").stdout.split())
    assert "terlihat dalam daftar proses" in told
    assert "baris pertama stdin" in told


def test_doctor_says_what_it_found(filled: Path) -> None:
    result = run("doctor")
    assert len(result.stdout.splitlines()) >= 3
    assert (result.exit_code == 0) is ("BURUK" not in result.stdout)


def test_evaluate_prints_its_figures_with_intervals(home: Path) -> None:
    source = home / "label.csv"
    yes = "".join(
        f"a{n},1,E1,F3,A,2,-,Warga memblokir jalan kebun {n},Warga menutup jalan di Sampit\n"
        for n in range(6)
    )
    no = "".join(f"b{n},0,N,F0,A,0,-,Resep kue {n},Campur tepung dan gula\n" for n in range(6))
    source.write_text("id,flag,issue,form,realis,severity,place,title,lead\n" + yes + no, encoding="utf-8")
    result = run("evaluate", str(source))
    assert result.exit_code == 0, result.output
    assert "recall" in result.stdout.lower()
    assert "precision" in result.stdout.lower() or "presisi" in result.stdout.lower()


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def counted(result: Result, word: str) -> int:
    """A figure of the table that `start` prints."""
    found = re.search(rf"{word}\s*│\s*(\d+)", result.stdout)
    assert found, result.stdout
    return int(found.group(1))


def test_start_prepares_everything_once_and_keeps_the_sample_day(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DINI_SAMPLE_PORT", free_port())
    monkeypatch.setattr("api.cli_start.utc_now", lambda: NOW)
    first = run("start", "--sample", "--no-serve")
    assert first.exit_code == 0, first.output
    for part in (
        "akun:       admin",
        "kata sandi:",
        "kunci API:  dini_",
        "berita contoh",
        "Hasil pengambilan",
    ):
        assert part in first.stdout, part
    assert counted(first, "berita baru") > 250
    key_file = home / "data" / "api-key"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert key_file.read_text(encoding="utf-8").strip() in first.stdout
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    password = next(line for line in first.stdout.splitlines() if "kata sandi:" in line).split()[-1]
    stored = b"".join(path.read_bytes() for path in (home / "data").iterdir() if path.name != "api-key")
    assert password.encode() not in stored
    assert (home / "data" / "sample-day").read_text(encoding="utf-8") == "2026-11-23\n"

    monkeypatch.setattr("api.cli_start.utc_now", lambda: NOW + timedelta(days=3))
    later = run("start", "--sample", "--no-serve")
    assert later.exit_code == 0, later.output
    assert "sudah ada" in later.stdout
    assert "kunci API:" not in later.stdout
    assert (counted(later, "berita baru"), counted(later, "berita berubah")) == (0, 0)


def test_a_sample_day_that_cannot_be_read_is_pinned_anew(tmp_path: Path) -> None:
    path = tmp_path / "sample-day"
    path.write_bytes(b"\xff kemarin")
    day = pinned_sample_day(tmp_path, NOW)
    assert pinned_sample_day(tmp_path, NOW + timedelta(days=9)) == day
    with pytest.raises(Fault, match="tidak dapat disimpan"):
        pinned_sample_day(tmp_path / "tidak-ada", NOW)


def test_the_serving_loop_collects_only_what_is_due(filled: Path, classifier: Classifier) -> None:
    desk = desk_at(filled / "data" / "dini.db", classifier)
    every = [one.id for one in desk.sources()]
    assert collect_once(desk, NOW, every) is None
    late = NOW + timedelta(hours=30)
    report = collect_once(desk, late, every[:2])
    assert report is not None
    assert report.sources == 2  # the sample web is gone by now, so both fail, and wait longer
    assert report.failed == 2
    assert collect_once(desk, late, every[:2]) is None
    desk.close()
