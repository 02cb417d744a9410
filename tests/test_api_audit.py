"""Every way in leaves its row: sign-ins, reads, downloads, each unsafe route, each writing command."""
# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import ast
import csv
import inspect
import io
import json
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import click
import pytest
import sqlalchemy as sa
from api_fixtures import HASH, NOW, PASSWORD, Web, sample_database, token, web
from audit_ground import disarm
from click.testing import CliRunner
from fastapi.routing import APIRoute, iter_route_contexts

from api.auth import Doors
from api.cli import main
from api.words import WORDS
from screening import AuditRow, Desk, Role
from screening.audit import CUT, entry_of, following, mark_of
from screening.schema_audit import audit

# What an unsafe route or a command may do without a row, and why.
SILENT_ROUTES = {
    "POST /api/v1/screen": "assesses given texts and stores nothing",
    "POST /api/v1/sources/preview": "fetches an address and stores nothing",
    "POST /api/v1/topics/trial": "counts what a topic would find and stores nothing",
    "POST /sumber/pratinjau": "fetches an address and stores nothing",
}
SILENT_COMMANDS = {
    "account list": "reads only",
    "audit show": "reads the trail",
    "audit verify": "reads the trail",
    "doctor": "reads only",
    "evaluate": "a model on rows of a file",
    "hooks list": "reads only",
    "indicators": "reads only",
    "key list": "reads only",
    "mail list": "reads only",
    "privacy holds": "reads only",
    "privacy keep": "reads settings",
    "privacy request list": "reads only",
    "secret status": "reads only",
    "screen": "assesses a file and stores nothing",
    "sources export": "the operator's own list, on the operator's own machine",
    "sources health": "reads only",
    "sources list": "reads only",
    "train": "a model out of files",
    "digest": "reads; with --send it is laporan.kirim, which a test of its own shows",
    "restore": "puts another database in place; the trail of that one speaks",
}


def rows(desk: Desk) -> list[AuditRow]:
    desk.audits.flush()
    with desk._store.reading() as books:
        return list(books.audit.every())


def since(desk: Desk, before: int) -> list[tuple[str, str, int | None]]:
    return [(row.what, row.subject, row.account_id) for row in rows(desk)[before:]]


def account_id(web: Web, name: str) -> int:
    found = web.desk.account(name)
    assert found is not None
    return found.id


# --- which functions a route or a command comes to, and whether one of them records


class Calls(ast.NodeVisitor):
    """The dotted names a function calls; a local name that stands for a part of the desk is written out."""

    def __init__(self) -> None:
        self.names: list[tuple[str, ...]] = []
        self.alias: dict[str, tuple[str, ...]] = {}

    def chain(self, node: ast.AST) -> tuple[str, ...]:
        if isinstance(node, ast.Attribute):
            return (*self.chain(node.value), node.attr)
        if isinstance(node, ast.Call):
            return self.chain(node.func)
        if isinstance(node, ast.Name):
            return self.alias.get(node.id, (node.id,))
        return ()

    def visit_Assign(self, node: ast.Assign) -> None:
        targets, values = node.targets, [node.value]
        if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            targets, values = node.targets[0].elts, node.value.elts
        for target, value in zip(targets, values, strict=False):
            chain = self.chain(value)
            if isinstance(target, ast.Name) and ("desk" in chain or chain == ("doors",)):
                self.alias[target.id] = chain
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.names.append(self.chain(node))
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self.names.append((node.id,))


def reached(function: Callable[..., Any], desk: Desk, owner: type | None, seen: set[Any]) -> bool:
    """Whether this function, or one of ours that it names, writes to the audit trail."""
    plain = inspect.unwrap(function)
    if not isinstance(plain, FunctionType) or plain in seen:
        return False
    if not plain.__module__.startswith(("api", "screening")):
        return False
    seen.add(plain)
    calls = Calls()
    calls.visit(ast.parse(textwrap.dedent(inspect.getsource(plain))))
    for chain in calls.names:
        if chain[-2:] == ("audit", "record") or (
            "audits" in chain and chain[-1] in ("record", "spend", "witness")
        ):
            return True
        for target, of in resolved(chain, plain, desk, owner):
            if reached(target, desk, of, seen):
                return True
    return False


def resolved(
    chain: tuple[str, ...], function: FunctionType, desk: Desk, owner: type | None
) -> Iterator[tuple[Callable[..., Any], type | None]]:
    if "desk" in chain:
        thing: Any = desk
        for name in chain[chain.index("desk") + 1 :]:
            thing, before = getattr(thing, name, None), thing
            if inspect.ismethod(thing):
                yield thing.__func__, type(before)
                return
        return
    if chain[:1] == ("doors",):
        owner, chain = Doors, ("self", *chain[1:])
    if chain[0] == "self" and owner is not None and len(chain) > 1:
        found = inspect.getattr_static(owner, chain[1], None)
        if isinstance(found, FunctionType):
            yield found, owner
        return
    first = function.__globals__.get(chain[0]) if chain else None
    if isinstance(first, ModuleType) and len(chain) > 1:
        first = getattr(first, chain[1], None)
    if isinstance(first, FunctionType):
        yield first, None


def unsafe_routes(web: Web) -> dict[str, Callable[..., Any]]:
    found = {}
    for context in iter_route_contexts(web.client.app.routes):  # type: ignore[attr-defined]
        route = context.original_route
        if isinstance(route, APIRoute):
            for method in sorted(route.methods - {"GET", "HEAD", "OPTIONS"}):
                found[f"{method} {context.path}"] = route.endpoint
    return found


def commands(group: click.Group, path: str = "") -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands(command, f"{path}{name} ")
        else:
            assert command.callback is not None
            found[f"{path}{name}"] = command.callback
    return found


def test_every_unsafe_route_comes_to_a_verb_that_records(web: Web) -> None:
    every = unsafe_routes(web)
    assert len(every) > 50
    silent = {name for name, endpoint in every.items() if not reached(endpoint, web.desk, None, set())}
    assert silent == set(SILENT_ROUTES) & set(every), "a route without its row, or no longer without one"


def test_every_command_that_writes_comes_to_a_verb_that_records(web: Web) -> None:
    every = commands(main)
    silent = {name for name, callback in every.items() if not reached(callback, web.desk, None, set())}
    assert silent <= set(SILENT_COMMANDS), f"commands without their row: {silent - set(SILENT_COMMANDS)}"
    assert set(SILENT_COMMANDS) <= set(every)


def test_a_verb_that_records_nothing_would_be_found(web: Web) -> None:
    def endpoint(desk: Desk) -> None:
        desk.sources()

    endpoint.__module__ = "api.uji"
    assert not reached(endpoint, web.desk, None, set())


def verbs_recorded(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr
        if isinstance(node, ast.Call) and named in ("record", "saw", "used") and len(node.args) >= 3:
            for one in ast.walk(node.args[2]):
                if isinstance(one, ast.Constant) and re.fullmatch(r"[a-z0-9_]+[.][a-z0-9_]+", str(one.value)):
                    yield str(one.value)


def test_every_verb_that_code_records_has_its_word_in_both_languages() -> None:
    home = Path(__file__).parents[1]
    paths = (*home.glob("api/*.py"), *home.glob("screening/*.py"))
    used = {what for path in paths for what in verbs_recorded(ast.parse(path.read_text(encoding="utf-8")))}
    assert len(used) > 25
    assert sorted(what for what in used if f"verb_{what}" not in WORDS) == []


# --- played for real


def test_signing_in_out_and_failing_are_told_without_what_was_typed(web: Web) -> None:
    before = len(rows(web.desk))
    mine = account_id(web, "analis")
    browser = web.sign_in()
    csrf = token(browser.get("/antrean").text)
    browser.post("/keluar", data={"csrf": csrf})
    for name, secret in (("analis", "kata sandi keliru"), ("bukanAkun", "rahasia yang salah tempat")):
        stranger = web.fresh()
        page = stranger.get("/masuk")
        answer = stranger.post("/masuk", data={"nama": name, "sandi": secret, "csrf": token(page.text)})
        assert answer.status_code == 401
    told = since(web.desk, before)
    assert told == [
        ("sesi.buka", f"akun:{mine}", mine),
        ("sesi.tutup", f"akun:{mine}", mine),
        ("masuk.ditolak", f"akun:{mine}", mine),
        ("masuk.ditolak", "", None),
    ]
    every = json.dumps([(row.subject, row.detail) for row in rows(web.desk)])
    assert "bukanAkun" not in every and "rahasia" not in every and PASSWORD not in every


def test_a_flood_of_wrong_passwords_fills_no_table(web: Web) -> None:
    before = len(rows(web.desk))
    stranger = web.fresh()
    form = {"nama": "analis", "sandi": "keliru benar", "csrf": token(stranger.get("/masuk").text)}
    for _ in range(12):
        stranger.post("/masuk", data=form)
    verbs = [what for what, _subject, _who in since(web.desk, before)]
    assert verbs.count("masuk.ditolak") == 5 and verbs.count("masuk.diperlambat") == 1


def test_a_new_password_is_told(web: Web) -> None:
    mine = account_id(web, "analis")
    browser = web.session()
    csrf = token(browser.get("/sandi").text)
    before = len(rows(web.desk))
    new = "rawa gambut kabut senja"
    answer = browser.post("/sandi", data={"lama": PASSWORD, "baru": new, "ulang": new, "csrf": csrf})
    assert answer.status_code == 303
    assert ("sandi.ganti", f"akun:{mine}", mine) in since(web.desk, before)


def test_raw_texts_read_on_pages_and_by_rest_are_told_once_an_hour(web: Web) -> None:
    one = first_incident(web)
    item = web.desk.incident(one, NOW).incident.lead_item_id
    mine = account_id(web, "analis")
    browser, key = web.session(), web.key()
    before = len(rows(web.desk))
    for _ in range(3):
        assert browser.get(f"/insiden/{one}").status_code == 200
        assert browser.get(f"/butir/{item}").status_code == 200
        assert web.client.get(f"/api/v1/incidents/{one}", headers=key).status_code == 200
        assert web.client.get(f"/api/v1/items/{item}", headers=key).status_code == 200
    wanted = [("baca.insiden", f"insiden:{one}", mine), ("baca.butir", f"butir:{item}", mine)]
    told = [row for row in since(web.desk, before) if row[0] != "kunci.pakai"]
    assert told == wanted
    web.clock.forward(hours=1)
    browser.get(f"/butir/{item}")
    assert since(web.desk, before)[-1] == wanted[1]
    assert next(row for row in since(web.desk, before) if row[0] == "kunci.pakai")[2] == mine


def test_reading_a_page_waits_for_no_audit_row(web: Web) -> None:
    """The row is written after the answer: a reader never waits in the writers' queue."""
    one, browser = first_incident(web), web.session()
    before = len(rows(web.desk))
    with web.desk._store.writing():
        assert browser.get(f"/insiden/{one}").status_code == 200
    assert [what for what, _subject, _who in since(web.desk, before)] == ["baca.insiden"]


def test_a_page_that_is_not_there_was_not_read(web: Web) -> None:
    before = len(rows(web.desk))
    assert web.session().get("/insiden/999999").status_code == 404
    assert [what for what, _s, _w in since(web.desk, before) if what.startswith("baca")] == []


def test_a_decision_a_merge_and_a_split_are_told(web: Web) -> None:
    mine = account_id(web, "analis")
    key = web.key()
    ids = [line.incident.id for line in queue(web)[:3]]
    before = len(rows(web.desk))
    body = {"decision": "terima", "seen_review_id": None}
    assert web.client.post(f"/api/v1/incidents/{ids[0]}/reviews", json=body, headers=key).status_code == 201
    merged = web.client.post(f"/api/v1/incidents/{ids[1]}/merge", json={"from_id": ids[2]}, headers=key)
    assert merged.status_code == 201
    told = [row for row in since(web.desk, before) if row[0] != "kunci.pakai"]
    assert told == [
        ("putusan.beri", f"insiden:{ids[0]}", mine),
        ("insiden.gabung", f"insiden:{ids[1]}", mine),
    ]
    details = {row.what: row.detail for row in rows(web.desk)}
    assert (details["putusan.beri"], details["insiden.gabung"]) == ("terima", f"dari:{ids[2]}")


def test_a_refused_decision_leaves_no_row(web: Web) -> None:
    key = web.key()
    one = first_incident(web)
    body = {"decision": "terima", "seen_review_id": 999}
    before = [row for row in rows(web.desk) if row.what == "putusan.beri"]
    assert web.client.post(f"/api/v1/incidents/{one}/reviews", json=body, headers=key).status_code == 409
    assert [row for row in rows(web.desk) if row.what == "putusan.beri"] == before


def test_downloads_are_told(web: Web) -> None:
    browser = web.session()
    before = len(rows(web.desk))
    assert browser.get("/laporan.pdf").status_code == 200
    assert web.client.get("/api/v1/digest.pdf", headers=web.key()).status_code == 200
    assert browser.get("/sumber/ekspor.opml").status_code == 200
    verbs = [what for what, _subject, _who in since(web.desk, before)]
    assert verbs.count("laporan.unduh") == 2 and verbs.count("sumber.unduh") == 1


def test_sources_changed_on_pages_are_told_with_who(web: Web) -> None:
    mine = account_id(web, "operator")
    browser = web.session("operator")
    csrf = token(browser.get("/sumber").text)
    one = web.desk.sources()[0].id
    before = len(rows(web.desk))
    browser.post(f"/sumber/{one}/jeda", data={"csrf": csrf, "jeda": "1"})
    browser.post("/sumber/impor", data={"csrf": csrf}, files={"berkas": ("s.opml", b"<opml/>")})
    told = since(web.desk, before)
    assert ("sumber.jeda", f"sumber:{one}", mine) in told and ("sumber.opml", "", mine) in told


# --- the page and the file


def test_only_administrators_open_the_trail(web: Web) -> None:
    for role in Role:
        wanted = 200 if role in (Role.ADMINISTRATOR, Role.AUDITOR) else 403
        for path in ("/jejak", "/jejak.csv"):
            assert web.session(role.value).get(path).status_code == wanted, (role, path)
    assert web.fresh().get("/jejak").status_code == 303


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_page_filters_and_goes_back_in_time(web: Web, lang: str) -> None:
    mine = account_id(web, "analis")
    with web.desk._store.writing(linking=False) as books:
        for number in range(130):
            books.audit.record(NOW + timedelta(seconds=number), mine, "baca.butir", f"butir:{number}")
        books.audit.record(NOW, None, "uji.lain", "lain:1", "<b>rinci</b>")
    browser = web.session("administrator")
    page = browser.get(f"/jejak?lang={lang}&perbuatan=baca.butir").text
    assert page.count("<tr>") == 101 and 'href="/butir/129"' in page and "butir:5<" not in page
    older = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "butir:5<" in browser.get(older).text
    odd = browser.get("/jejak?perbuatan=uji&akun=tidakada&dari=kapan&sebelum=x").text
    assert "Akun itu tidak ada" in odd or "no such account" in odd
    plain = browser.get("/jejak?perbuatan=uji").text
    assert "&lt;b&gt;rinci&lt;/b&gt;" in plain and "uji.lain" in plain


def test_the_file_holds_the_same_rows_and_no_formula(web: Web) -> None:
    with web.desk._store.writing(linking=False) as books:
        books.audit.record(NOW, None, "uji.lain", "=1+1", "@SUM(A1)")
    answer = web.session("administrator").get("/jejak.csv?perbuatan=uji")
    table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert answer.text.startswith("\ufeff") and table[0][0] == "nomor"
    assert [line[3:6] for line in table[1:]] == [["uji.lain", "'=1+1", "'@SUM(A1)"]]
    assert rows(web.desk)[-1].what == "jejak.unduh"


# --- the commands


def run(folder: Path, *words: str) -> tuple[int, str]:
    environment = {"DINI_DATA": str(folder), "DINI_LOG_LEVEL": "error"}
    done = CliRunner().invoke(main, list(words), env=environment, catch_exceptions=False)
    return done.exit_code, done.output


def test_verify_says_whole_then_names_the_first_bad_row_and_exits_with_one(web: Web, tmp_path: Path) -> None:
    for number in range(6):
        web.desk.audits.record(NOW, None, "uji.tulis", f"hal:{number}")
    code, told = run(tmp_path, "audit", "head")
    seq, _, rest = told.strip().partition(":")
    hashed, _, at = rest.partition("@")
    assert code == 0 and len(hashed) == 64 and datetime.fromisoformat(at).tzinfo is not None
    assert run(tmp_path, "audit", "verify", "--head", told.strip())[0] == 0
    code, told = run(tmp_path, "audit", "verify")
    assert code == 0 and f"Utuh. Ujung: {seq}:{hashed}" in told
    code, told = run(tmp_path, "audit", "verify", "--head", f"{seq}:{'0' * 64}")
    assert code == 1 and "TIDAK UTUH" in told
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'dini.db'}")
    disarm(engine)
    with engine.begin() as connection:
        connection.execute(audit.update().where(audit.c.seq == int(seq) - 2).values(detail="lain"))
    code, told = run(tmp_path, "audit", "verify")
    assert code == 1 and f"mulai baris {int(seq) - 2}" in told
    with engine.begin() as connection:
        connection.execute(audit.delete().where(audit.c.seq > int(seq) - 3))
    engine.dispose()
    code, told = run(tmp_path, "audit", "verify")
    assert code == 1 and f"mulai baris {int(seq) - 2}" in told and "ekor" in told


def test_heads_kept_elsewhere_or_piped_in_are_witnesses_too(web: Web, tmp_path: Path) -> None:
    for number in range(6):
        web.desk.audits.record(NOW, None, "uji.tulis", f"hal:{number}")
    other = tmp_path / "salinan.log"
    seq = rows(web.desk)[-1].seq
    head = {"event": "audit_head", "seq": seq - 1, "hash": "0" * 64, "at": NOW.isoformat()}
    other.write_text(f"prefiks: {json.dumps(head)}\n", encoding="utf-8")
    assert run(tmp_path, "audit", "verify")[0] == 0
    code, told = run(tmp_path, "audit", "verify", "--heads", str(other))
    assert code == 1 and "ditulis ulang" in told
    environment = {"DINI_DATA": str(tmp_path), "DINI_LOG_LEVEL": "error"}
    done = CliRunner().invoke(
        main, ["audit", "verify", "--heads", "-"], env=environment, input=other.read_text(encoding="utf-8")
    )
    assert done.exit_code == 1 and "ditulis ulang" in done.output


def test_a_beginning_that_an_administrator_cut_behind_a_forged_mark_is_told(web: Web, tmp_path: Path) -> None:
    for number in range(9):
        web.desk.audits.record(NOW, None, "uji.tulis", f"hal:{number}")
    last = rows(web.desk)[3]
    web.desk.audits.record(NOW, None, CUT, *mark_of(last.seq, last.hash, 1_826, last.seq))
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'dini.db'}")
    disarm(engine)
    with engine.begin() as connection:
        connection.execute(audit.delete().where(audit.c.seq <= last.seq))
    engine.dispose()
    code, told = run(tmp_path, "audit", "verify")
    assert code == 1 and f"baris 1 sampai {last.seq} hilang sebelum masa simpannya habis" in told


def test_a_trail_made_anew_behind_a_noted_head_is_told_or_at_least_not_called_whole(
    web: Web, tmp_path: Path
) -> None:
    environment = {"DINI_DATA": str(tmp_path), "DINI_LOG_TO": "stderr"}  # no heads beside the database
    shown = CliRunner().invoke(main, ["audit", "head"], env=environment, catch_exceptions=False)
    noted = next(line for line in shown.output.splitlines() if "@" in line and line[0].isdigit())
    seq, hashed = int(noted.split(":")[0]), noted.partition(":")[2].partition("@")[0]
    now = datetime.now(UTC)
    old = entry_of(now - timedelta(days=2_500), None, "sumber.ambil", "", "")
    first = following((seq, hashed), old)
    mark = following((first.seq, first.hash), entry_of(now, None, CUT, *mark_of(seq, hashed, 1_826, seq)))
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'dini.db'}")
    disarm(engine)
    with engine.begin() as connection:
        connection.execute(audit.delete())
        connection.execute(audit.insert(), [asdict(first), asdict(mark)])
    engine.dispose()
    (tmp_path / "dini.log").unlink(missing_ok=True)
    code, told = run(tmp_path, "audit", "verify", "--head", noted)
    assert code == 1 and f"TIDAK UTUH mulai baris {first.seq}" in told and "ujung tercatat" in told
    code, told = run(tmp_path, "audit", "verify", "--head", f"{seq}:{hashed}")
    assert code == 1 and "Utuh." not in told and f"ujung {seq}" in told and "tanpa waktu" in told


@pytest.mark.parametrize("bad", ["x", "5", "5:abc", "0:" + "a" * 64, "5:" + "a" * 64 + "@kemarin"])
def test_a_head_that_cannot_be_read_is_a_fault_in_words(web: Web, tmp_path: Path, bad: str) -> None:
    code, told = run(tmp_path, "audit", "verify", "--head", bad)
    assert code != 0 and "NOMOR:SIDIK" in told


def test_show_filters_by_day_verb_account_and_subject(web: Web, tmp_path: Path) -> None:
    mine = account_id(web, "analis")
    for days in (0, 2):
        web.desk.audits.record(NOW + timedelta(days=days), mine, "uji.tulis", f"hal:{days}", "rinci")
    _code, told = run(tmp_path, "audit", "show", "--what", "uji", "--account", "analis")
    assert [line.split("\t")[4] for line in told.splitlines()] == ["hal:2", "hal:0"]
    since_then = (NOW + timedelta(days=1)).date().isoformat()
    _code, told = run(tmp_path, "audit", "show", "--since", since_then, "--subject", "hal:")
    assert [line.split("\t")[2:6] for line in told.splitlines()] == [
        ["analis", "uji.tulis", "hal:2", "rinci"]
    ]
    assert run(tmp_path, "audit", "show", "--account", "tidakada")[0] != 0
    assert run(tmp_path, "audit", "show", "--since", "kemarin")[0] != 0


def test_accounts_keys_and_mailboxes_changed_by_command_are_told(web: Web, tmp_path: Path) -> None:
    before = len(rows(web.desk))
    secret = "sungai dangkal kemarau panjang"
    run(tmp_path, "account", "add", "petugas1", "--role", "analis", "--password", secret)
    run(tmp_path, "account", "password", "petugas1", "--password", secret + " juga")
    _code, key = run(tmp_path, "key", "add", "uji", "--account", "petugas1")
    run(tmp_path, "mail", "add", "62", "kantor@contoh.go.id")
    run(tmp_path, "mail", "remove", "62", "kantor@contoh.go.id")
    made = account_id(web, "petugas1")
    told = since(web.desk, before)
    verbs = ["akun.buat", "sandi.ganti", "kunci.buat", "penerima.tambah", "penerima.hapus"]
    assert [what for what, _subject, _who in told] == verbs and told[0][1] == f"akun:{made}"
    every = json.dumps([(row.subject, row.detail) for row in rows(web.desk)])
    assert secret not in every and key.strip() not in every and "contoh.go.id" not in every


def queue(web: Web) -> Any:
    from screening import QueueFilter

    return web.desk.queue(QueueFilter(limit=10), NOW).lines


def first_incident(web: Web) -> int:
    return int(queue(web)[0].incident.id)
