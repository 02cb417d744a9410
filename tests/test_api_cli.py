"""The command `dini`: pipes that take anything, one-line failures, first start, reports."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api_fixtures import NOW, desk_at, sample_database
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from api.cli import main
from api.cli_start import collect_once
from api.reading import BadTable, Unreadable, guess_format, read_csv, read_jsonl
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
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own; nothing of the caller's settings is left."""
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


def piped(args: list[str], given: bytes, home: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "DINI_DATA": str(home / "data")}
    return subprocess.run(
        [sys.executable, "-m", "api", *args],
        input=given,
        capture_output=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )


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


def test_screen_works_as_a_program_in_a_pipe(home: Path) -> None:
    lines = b"".join(b'{"id": %d, "title": "Warga bentrok di Sampit"}\n' % number for number in range(200))
    done = piped(["screen", "-"], lines, home)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [
        str(number) for number in range(200)
    ]
    assert done.stderr == b""


def test_a_closed_pipe_ends_screen_quietly(home: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    source = home / "in.jsonl"
    source.write_bytes(b'{"title": "Warga bentrok di Sampit"}\n' * 600)
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m api screen {source} | head -n 1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == b""


# --- desk verbs


def test_digest_prints_text_or_json(filled: Path) -> None:
    text = run("digest", "--date", "2026-11-23")
    assert text.exit_code == 0, text.output
    assert "LAPORAN HARIAN SITUASI DAERAH" in text.stdout
    made = json.loads(run("digest", "--date", "2026-11-23", "--json").stdout)
    assert len(made["rows"]) == 14


def test_sources_go_out_and_in_again(filled: Path) -> None:
    target = filled / "semua.opml"
    assert run("sources", "export", "--out", str(target)).exit_code == 0
    listed = run("sources", "list").stdout.splitlines()
    assert len(listed) >= 8
    again = run("sources", "import", str(target))
    assert again.stdout.startswith("0 sumber baru")
    assert run("sources", "add", "https://media.example/feed", "--name", "Media").exit_code == 0
    assert run("sources", "add", "https://media.example/feed").exit_code == 2
    assert run("sources", "check", "https://takterdaftar.example/").exit_code == 2


def test_accounts_and_keys_are_made_by_command(filled: Path) -> None:
    made = run("account", "add", "petugas", "--role", "analis", "--password", "sungai di pagi hari")
    assert made.exit_code == 0, made.output
    assert (
        run("account", "add", "petugas", "--role", "analis", "--password", "sungai di pagi hari").exit_code
        == 2
    )
    assert run("account", "add", "lain", "--role", "analis", "--password", "pendek").exit_code == 2
    assert run("account", "password", "petugas", "--password", "ladang di tepi rimba").exit_code == 0
    key = run("key", "add", "alat", "--account", "petugas")
    assert key.exit_code == 0
    assert key.stdout.startswith("dini_")
    assert key.stdout.strip().encode() not in (filled / "data" / "dini.db").read_bytes()


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


def test_start_prepares_everything_once_and_says_that_the_news_is_sample(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DINI_SAMPLE_PORT", "0")
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
    key_file = home / "data" / "api-key"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert key_file.read_text(encoding="utf-8").strip() in first.stdout
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    password = next(line for line in first.stdout.splitlines() if "kata sandi:" in line).split()[-1]
    stored = b"".join(path.read_bytes() for path in (home / "data").iterdir() if path.name != "api-key")
    assert password.encode() not in stored
    second = run("start", "--sample", "--no-serve")
    assert second.exit_code == 0, second.output
    assert "sudah ada" in second.stdout
    assert "kunci API:" not in second.stdout


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
