"""The notice says what the settings do; requests and holds work; no shape has a field for a person."""
# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import dataclasses
import inspect
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from api_fixtures import HASH, NOW, Web, sample_database, token, web
from click.testing import CliRunner

import api
import models
import screening
from api import wire_shapes
from api.cli import main
from api.words import WORDS
from screening import KINDS, Keep, RequestKind, RequestState, Role
from screening.retention import KINDS as KEPT
from screening.schema import metadata

# --- no field for a person, anywhere

PERSONAL = re.compile(
    r"(^|_)(name|names|nama|nik|npwp|ktp|phone|telepon|telp|hp|email|surel|address|alamat|birth|lahir|age|umur|"
    r"gender|kelamin|religion|agama|ethnic|ethnicity|suku|face|photo|foto|person|persons|people|orang|tokoh|actor|"
    r"suspect|suspects|tersangka|pelaku|korban|victim|victims|witness|saksi|author|penulis|byline|speaker|"
    r"organiser|organizer|penyelenggara|leader|ketua|requester|pemohon|contact|kontak)($|_)",
    re.IGNORECASE,
)
# What these words may be: never of a person in the news. Anywhere in code and API:
PLAIN = {
    "place_name": "a place",
    "source_name": "an outlet",
    "office_name": "an office",
    "severity_name": "a level",
    "date_suspect": "a date that cannot be right",
}
ALLOWED_COLUMNS = {
    ("source", "name"): "an outlet",
    ("account", "name"): "a civil servant's account",
    ("api_key", "name"): "what a key is for",
}
# A bare `name` or `address` is allowed by its shape only.
ALLOWED_FIELDS = {
    ("Account", "name"): "a civil servant's account",
    ("ApiKey", "name"): "what a key is for",
    ("OidcProvider", "name"): "what the agency calls its provider",
    ("AuditPage", "names"): "of accounts",
    ("Check", "name"): "a part of the installation",
    ("Settings", "privacy_contact"): "the agency's own",
    ("MoveIn", "address"): "of a feed",
    **dict.fromkeys(
        [(one, "name") for one in ("Source", "SourceIn", "SourceOut", "SourceHealthOut")], "outlet"
    ),
    **dict.fromkeys([(one, "name") for one in ("FoundOut", "SourceHealthOut", "SourceViewOut")], "outlet"),
    **dict.fromkeys([(one, "name") for one in ("AreaOut", "AreaState", "Place", "PlaceOut")], "place"),
    **dict.fromkeys([(one, "name") for one in ("PlaceRow", "PlaceRowOut", "PlaceSaidOut")], "place"),
    **dict.fromkeys([(one, "name") for one in ("Definition", "IndicatorOut", "LevelOut", "PartOut")], "term"),
}
IN_OPENAPI = {*PLAIN, "name", "address"}


def test_no_table_has_a_column_for_a_person() -> None:
    found = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if PERSONAL.search(column.name) or PERSONAL.search(table.name)
    }
    found = {one for one in found if one[1] not in PLAIN}
    assert found <= set(ALLOWED_COLUMNS), sorted(found - set(ALLOWED_COLUMNS))


def fields_of(module: Any) -> set[tuple[str, str]]:
    found = set()
    for kind in vars(module).values():
        if not inspect.isclass(kind):
            continue
        if hasattr(kind, "model_fields"):
            names = set(kind.model_fields)
        elif hasattr(kind, "__total__"):  # a TypedDict, of typing or of its extensions
            names = set(kind.__annotations__)
        elif dataclasses.is_dataclass(kind):
            names = {field.name for field in dataclasses.fields(kind)}
        else:
            continue
        found |= {(kind.__name__, name) for name in names}
    return found


def shape_modules() -> list[Any]:
    import importlib

    folder = Path(api.__file__).parent
    names = [path.stem for path in folder.glob("wire*.py")]
    return [importlib.import_module(f"api.{name}") for name in sorted(names)]


def test_no_wire_shape_and_no_record_has_a_field_for_a_person() -> None:
    every = set().union(*(fields_of(one) for one in (*shape_modules(), screening, models)))
    assert len(every) > 200
    every = {one for one in every if one[0] != "ConfigDict"}  # pydantic's own
    found = {(kind, name) for kind, name in every if PERSONAL.search(name) and name not in PLAIN}
    assert found == set(ALLOWED_FIELDS)


def properties(node: Any) -> set[str]:
    if isinstance(node, dict):
        here = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
        if isinstance(node.get("parameters"), list):
            here |= {one["name"] for one in node["parameters"] if "name" in one}
        return here.union(*(properties(one) for one in node.values()))
    if isinstance(node, list):
        return set().union(*(properties(one) for one in node))
    return set()


def test_nothing_in_openapi_is_a_field_or_a_filter_for_a_person(web: Web) -> None:
    found = properties(web.client.get("/api/v1/openapi.json").json())
    assert len(found) > 100
    assert {name for name in found if PERSONAL.search(name)} <= IN_OPENAPI


@pytest.mark.parametrize(
    "name", ["nama_pelaku", "suspect", "phone", "nik", "person_id", "victims", "requester"]
)
def test_the_guard_would_see_a_person(name: str) -> None:
    assert PERSONAL.search(name) and name not in IN_OPENAPI


# --- the notice


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_notice_is_open_to_strangers_and_its_days_are_those_of_the_settings(web: Web, lang: str) -> None:
    keep = Keep(text_days=123, post_days=0)
    desk = web.desk
    desk.privacy._keep = keep
    desk._settings = replace(desk.settings, privacy_contact="layanan@contoh.go.id")
    answer = web.fresh().get(f"/privasi?lang={lang}")
    assert answer.status_code == 200
    shown = dict(re.findall(r'data-kind="(\w+)">([^<]+)<', answer.text))
    assert set(shown) == set(KINDS)
    assert shown["text"] == WORDS["privacy_days"][lang == "en"].format(n=123)
    assert shown["post"] == WORDS["privacy_forever"][lang == "en"]
    assert "27/2022" in answer.text and "40/1999" in answer.text and "3 x 24" in answer.text
    assert "layanan@contoh.go.id" in answer.text


def test_every_kind_that_is_kept_is_on_the_notice() -> None:
    for kind in KEPT:
        assert f"keep_{kind}" in WORDS and f"keep_{kind}_after" in WORDS


def test_every_page_leads_to_the_notice(web: Web) -> None:
    for browser, path in (
        (web.fresh(), "/masuk"),
        (web.session(), "/antrean"),
        (web.session(), "/tidak-ada"),
    ):
        assert 'href="/privasi"' in browser.get(path).text


# --- requests and holds on the page


@pytest.fixture
def chief(web: Web) -> Any:
    return signed_in(web)


def signed_in(web: Web) -> Any:
    browser: Any = web.session("administrator")
    browser.csrf = token(browser.get("/permintaan").text)
    return browser


def send(chief: Any, path: str, **form: str) -> Any:
    return chief.post(path, data={"csrf": chief.csrf, **form})


def test_only_administrators_reach_requests_and_holds(web: Web) -> None:
    for role in Role:
        browser = web.session(role.value)
        wanted = 200 if role is Role.ADMINISTRATOR else 403
        assert browser.get("/permintaan").status_code == wanted
    analyst = web.session("analis")
    csrf = token(analyst.get("/antrean").text)
    for path in ("/permintaan", "/permintaan/1/jawab", "/penahanan", "/penahanan/1/cabut"):
        assert analyst.post(path, data={"csrf": csrf}).status_code == 403


def test_a_request_is_written_down_worked_on_and_answered(web: Web, chief: Any) -> None:
    made = send(
        chief,
        "/permintaan",
        jenis="koreksi",
        uraian="Lokasi blokade di Hanau keliru",
        tautan="https://kabar.example/1",
        diterima="2026-11-24T08:00",
    )
    assert made.status_code == 303
    page = chief.get(made.headers["location"]).text
    (one,) = web.desk.privacy.requests()
    assert one.received_at == NOW - timedelta(hours=1)
    assert f"Nomor rujukan untuk peminta: {one.reference}" in page
    assert "sisa 71 jam 0 menit" in page and "due late" not in page
    web.clock.forward(hours=73)
    chief = signed_in(web)  # the session of three days ago is over
    page = chief.get("/permintaan").text
    assert "TERLAMBAT 2 jam 0 menit" in page and "due late" in page
    assert send(chief, f"/permintaan/{one.id}/proses").status_code == 303
    sent = send(
        chief, f"/permintaan/{one.id}/jawab", jawaban="Lokasi sudah diperbaiki.", dasar="Pasal 6 UU 27/2022"
    )
    assert sent.status_code == 303
    page = chief.get(sent.headers["location"]).text
    assert "Lokasi sudah diperbaiki." in page and "terlambat" in page and "Tidak ada permintaan" in page
    again = send(chief, f"/permintaan/{one.id}/jawab", jawaban="Sekali lagi dijawab", dasar="UU 27/2022")
    assert again.status_code == 409 and "sudah dijawab" in again.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"jenis": "lain", "uraian": "Uraian yang cukup panjang"}, "Pilih jenis"),
        ({"jenis": "akses", "uraian": "x"}, "Uraian perlu diisi"),
        ({"jenis": "akses", "uraian": "Uraian cukup panjang", "insiden": "dua"}, "harus angka"),
        ({"jenis": "akses", "uraian": "Uraian cukup panjang", "insiden": "999999"}, "tidak ada"),
        ({"jenis": "akses", "uraian": "Uraian cukup panjang", "diterima": "kemarin"}, "tidak dapat dibaca"),
        ({"jenis": "akses", "uraian": "Uraian cukup panjang", "diterima": "2027-01-01T00:00"}, "belum tiba"),
        ({"jenis": "akses", "uraian": "Uraian cukup panjang", "tautan": "javascript:1"}, "Tautan"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_keeps_what_was_typed(
    web: Web, chief: Any, form: dict[str, str], words: str
) -> None:
    answer = send(chief, "/permintaan", **form)
    assert answer.status_code in (404, 422) and words in answer.text
    if len(form["uraian"]) > 10:
        assert form["uraian"] in answer.text
    assert web.desk.privacy.requests(closed=True) == []


def test_a_hold_is_placed_shown_and_lifted(web: Web, chief: Any) -> None:
    number = web.desk.queue(screening.QueueFilter(limit=1), NOW).lines[0].incident.id
    assert send(chief, "/penahanan", insiden=str(number), alasan="pendek").status_code == 422
    placed = send(chief, "/penahanan", insiden=str(number), alasan="Surat Kejaksaan 12/2026")
    page = chief.get(placed.headers["location"]).text
    assert "Surat Kejaksaan 12/2026" in page and f"Insiden {number} ditahan" in page
    (hold,) = web.desk.privacy.holds()
    assert send(chief, f"/penahanan/{hold.id}/cabut", alasan="Perkara sudah selesai.").status_code == 303
    assert web.desk.privacy.holds() == []
    assert send(chief, f"/penahanan/{hold.id}/cabut", alasan="Perkara sudah selesai.").status_code == 409


def test_a_raw_text_is_erased_on_request_and_its_page_says_so(web: Web, chief: Any) -> None:
    asked = web.desk.privacy.receive(RequestKind.ERASURE, "Hapus kutipan berita itu", None, NOW)
    number = web.desk.queue(screening.QueueFilter(limit=1), NOW).lines[0].incident.lead_item_id
    text = web.desk.item(number).item.text
    assert send(chief, f"/permintaan/{asked.id}/hapus-teks", butir=str(number)).status_code == 303
    page = chief.get(f"/butir/{number}").text
    assert "sudah dihapus sesuai masa simpan" in page and text[:60] not in page
    assert chief.get(f"/insiden/{web.desk.queue(screening.QueueFilter(limit=1), NOW).lines[0].incident.id}")


# --- the commands


def run(folder: Path, *words: str) -> tuple[int, str]:
    environment = {"DINI_DATA": str(folder), "DINI_KEEP_POST_DAYS": "0"}
    done = CliRunner().invoke(main, list(words), env=environment, catch_exceptions=False)
    return done.exit_code, done.output


def test_the_commands_keep_prune_hold_and_answer(web: Web, tmp_path: Path) -> None:
    web.desk.create_account("kepala", Role.ADMINISTRATOR, HASH, NOW)
    by = ("--by", "kepala")
    _code, told = run(tmp_path, "privacy", "keep")
    assert "text\t730 hari\tDINI_KEEP_TEXT_DAYS" in told and "post\ttanpa batas" in told
    code, told = run(tmp_path, "privacy", "prune")
    assert code == 0 and told.strip().endswith("dipangkas.")
    number = web.desk.queue(screening.QueueFilter(limit=1), NOW).lines[0].incident.id
    assert run(tmp_path, "privacy", "hold", str(number), "--reason", "Surat 12 Kejaksaan", *by)[0] == 0
    assert f"insiden:{number}" in run(tmp_path, "privacy", "holds")[1]
    (hold,) = web.desk.privacy.holds()
    assert run(tmp_path, "privacy", "lift", str(hold.id), "--reason", "Perkara selesai.", *by)[0] == 0
    _code, told = run(tmp_path, "privacy", "request", "add", "akses", "Apa yang disimpan di sini", *by)
    reference = told.split("\t")[0]
    assert run(tmp_path, "privacy", "request", "take", reference, *by)[1].startswith(reference)
    assert reference in run(tmp_path, "privacy", "request", "list")[1]
    words = ("--answer", "Tidak ada yang disimpan.", "--basis", "Pasal 7 UU 27/2022")
    assert run(tmp_path, "privacy", "request", "answer", reference, *words, *by)[0] == 0
    (done,) = web.desk.privacy.requests(closed=True)
    assert done.state is RequestState.ANSWERED
    assert run(tmp_path, "privacy", "request", "take", "P000000-XXXXX", *by)[0] != 0
    assert run(tmp_path, "privacy", "lift", "1", "--reason", "Perkara selesai.", "--by", "analis")[0] != 0
