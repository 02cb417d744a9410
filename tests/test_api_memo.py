"""Papers over HTTP: the editor loses nothing, page, PDF, Word and text say the same, texts stay texts."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import html
import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import Any

import docx
import pytest
from api_fixtures import NOW, Web, sample_database, token, web
from fastapi.testclient import TestClient
from playwright.sync_api import Page
from test_api_browser import (
    address,
    browser,
    complaints,
    desk,
    enter,
    page,
    served,
    violations,
)

from api import memo_docx, memo_letter, wire_memo
from screening import Area, Desk, Memo, MemoFields, MemoKind, MemoView, QueueFilter, Severity
from screening.memo import NAMES

LI, LA = MemoKind.INFORMATION, MemoKind.ATTENTION
HOSTILE = (
    '#panic("x")',
    '#read("/etc/passwd")',
    '#link("https://evil.example")[klik]',
    '"]) #eval("1") $',
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "{{ 7*7 }} {% raw %}",
    "\u202eterbalik\u2066\u200f",
    "</w:t></w:r><w:p/>",
    "x" * 3_000,
    "漢字 مرحبا 🙂 ﷽" * 20,
    "baris\nbaru\r\n= judul\n- daftar",
)


def number_of(found: Desk, *, form: str = "") -> int:
    """An incident of ours at SIAGA, or one of this form."""
    for line in found.queue(QueueFilter(state="all", area=Area.KALTENG, limit=200), NOW).lines:
        if line.incident.form == form if form else line.incident.severity is Severity.SIAGA:
            return line.incident.id
    raise AssertionError("the sample news has no such incident")


def begun(found: Desk, kind: MemoKind = LI, **given: str) -> Memo:
    account = found.account("analis")
    assert account is not None
    made = found.memos.open(kind, number_of(found), account, NOW)
    if not given:
        return made
    before = found.memos.view(made.id, NOW).fields
    return found.memos.save(made.id, replace(before, **given), 1, account, NOW)


def sent(found: Desk, kind: MemoKind = LI, **given: str) -> Memo:
    one = begun(found, kind, number="300/1/KSB", to="Gubernur", asked="Rapat hari ini.", **given)
    account = found.account("analis")
    assert account is not None
    mark = found.memos.view(one.id, NOW).mark
    return found.memos.send(
        one.id, seen=2, mark=mark, institutions="Gubernur", at=None, account=account, now=NOW
    )


def form_of(text: str, action: str) -> dict[str, str]:
    """What a browser would send of the form to `action`: hidden and typed values as they stand."""
    match = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', text, re.DOTALL)
    assert match, text[:300]
    part, found = match.group(1), {}
    for tag in re.findall(r"<input[^>]*>", part):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name.group(1)] = html.unescape(value.group(1)) if value else ""
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', part, re.DOTALL):
        found[name] = html.unescape(value)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', part, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        found[name] = (chosen.group(1) or chosen.group(2)) if chosen else ""
    return found


def editor(client: TestClient, memo_id: int) -> dict[str, str]:
    return form_of(client.get(f"/naskah/{memo_id}").text, f"/naskah/{memo_id}")


def words_of(pdf: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on this machine (apt-get install poppler-utils)")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def links(pdf: bytes) -> set[str]:
    return {one.decode() for one in re.findall(rb"/URI\(([^)]*)\)", pdf)}


def crowded(view: MemoView, facts: int) -> MemoView:
    """The same paper over an incident with so many reports, each with an address of its own."""
    first = view.findings.facts[0]
    every = tuple(
        replace(
            first,
            source=replace(first.source, item_id=9_000 + n, link=f"https://kabar.example/berita/{n}"),
            reprints=(),
        )
        for n in range(facts)
    )
    return replace(view, findings=replace(view.findings, facts=every, reports=facts))


# --- pages -------------------------------------------------------------------------------------------


def test_an_incident_offers_its_papers_and_lists_those_that_are_there(web: Web) -> None:
    client = web.session()
    number = number_of(web.desk)
    shown = client.get(f"/insiden/{number}").text
    assert 'name="jenis" value="LI"' in shown and 'name="jenis" value="LA"' in shown
    given = form_of(shown, f"/insiden/{number}/memo")
    answer = client.post(f"/insiden/{number}/memo", data=given | {"jenis": "LI"})
    assert answer.status_code == 303
    assert answer.headers["location"] in client.get(f"/insiden/{number}").text
    assert client.post(f"/insiden/{number}/memo", data=given | {"jenis": "XX"}).status_code == 422


def test_a_peaceful_action_is_offered_no_attention_paper_and_refused_one(web: Web) -> None:
    client = web.session()
    number = number_of(web.desk, form="F2")
    shown = client.get(f"/insiden/{number}").text
    assert 'value="LI"' in shown and 'value="LA"' not in shown
    assert "UU 9/1998" in shown
    given = form_of(shown, f"/insiden/{number}/memo")
    answer = client.post(f"/insiden/{number}/memo", data=given | {"jenis": "LA"})
    assert answer.status_code == 403 and "Gunakan Laporan Informasi" in answer.text
    made = client.post(f"/insiden/{number}/memo", data=given | {"jenis": "LI"}).headers["location"]
    sheet = client.get(f"{made}/cetak").text
    assert "dilindungi UU 9/1998" in sheet and "bukan ancaman" in sheet


def test_the_editor_shows_facts_with_links_and_leaves_the_opinion_empty(web: Web) -> None:
    one = begun(web.desk)
    client = web.session()
    shown, given = client.get(f"/naskah/{one.id}").text, editor(client, one.id)
    for name in ("nomor", "analisis", "prediksi24", "prediksi72", "langkah", "saran", "konfirmasi"):
        assert given[name] == ""
    for source in web.desk.memos.view(one.id, NOW).findings.sources:
        assert f'href="{html.escape(source.link)}"' in shown
    for prompt in ("Akar masalah, pemicu", "Satu baris per OPD", "dalam 72 jam"):
        assert prompt in shown
    assert "Kelengkapan fakta (ABIDISIBAME)" in shown


def test_saving_keeps_what_was_typed_and_says_so(web: Web) -> None:
    one, client = begun(web.desk), web.session()
    given = editor(client, one.id) | {"analisis": "Baris satu.\r\nBaris dua & <tiga>.", "nomor": " 12 / A "}
    answer = client.post(f"/naskah/{one.id}", data=given)
    assert answer.status_code == 303
    assert "Draf disimpan." in client.get(answer.headers["location"]).text
    again = editor(client, one.id)
    assert (again["analisis"], again["nomor"]) == ("Baris satu.\nBaris dua & <tiga>.", "12 / A")


def test_who_saves_second_sees_both_texts_and_saves_again_knowingly(web: Web) -> None:
    one, client = begun(web.desk), web.session()
    mine = editor(client, one.id) | {"analisis": "Milik saya.", "saran": "Dinas A: x"}
    theirs = editor(client, one.id) | {"analisis": "Milik rekan."}
    assert web.session("supervisor").post(f"/naskah/{one.id}", data=theirs | {"csrf": "x"}).status_code == 403
    assert client.post(f"/naskah/{one.id}", data=theirs).status_code == 303
    answer = client.post(f"/naskah/{one.id}", data=mine)
    assert answer.status_code == 409
    again = form_of(answer.text, f"/naskah/{one.id}")
    assert (again["analisis"], again["saran"], again["terlihat"]) == ("Milik saya.", "Dinas A: x", "2")
    assert "Milik rekan." in answer.text and "Versi tersimpan:" in answer.text
    assert client.post(f"/naskah/{one.id}", data=again).status_code == 303
    assert editor(client, one.id)["analisis"] == "Milik saya."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"analisis": "a" * 6_001}, "Analisis paling panjang"),
        ({"tanggal": "kemarin"}, "Tanggal harus"),
        ({"klasifikasi": "SANGAT RAHASIA"}, "Klasifikasi harus"),
        ({"aksi": "kirim", "dikirim": ""}, "Lengkapi dahulu: Nomor"),
        ({"aksi": "kirim", "nomor": "1", "dikirim": " "}, "lembaga mana"),
        ({"aksi": "kirim", "nomor": "1", "dikirim": "Sekda", "waktu": "besok"}, "Waktu tidak terbaca"),
        ({"aksi": "kirim", "nomor": "1", "dikirim": "Sekda", "waktu": "2030-01-01T00:00"}, "masa depan"),
    ],
)
def test_a_refusal_keeps_every_word_that_was_typed(web: Web, change: dict[str, str], words: str) -> None:
    one, client = begun(web.desk), web.session()
    given = editor(client, one.id) | {"saran": "Dinas A: segera", "langkah": "Sudah."} | change
    answer = client.post(f"/naskah/{one.id}", data=given)
    assert answer.status_code == 422 and words in answer.text
    again = form_of(answer.text, f"/naskah/{one.id}")
    for name in ("saran", "langkah", "analisis", "nomor"):
        assert again[name] == given.get(name, "")
    if change.get("dikirim", "").strip():
        assert change["dikirim"] in answer.text


def test_sending_takes_along_what_was_typed_just_before_and_freezes_it(web: Web) -> None:
    one, client = begun(web.desk), web.session()
    given = editor(client, one.id) | {"nomor": "300/2", "analisis": "Terakhir diketik.", "aksi": "kirim"}
    answer = client.post(f"/naskah/{one.id}", data=given | {"dikirim": "Gubernur\r\nSekda", "waktu": ""})
    assert answer.status_code == 303, answer.text
    shown = client.get(answer.headers["location"]).text
    assert "Terakhir diketik." in shown and "dibekukan" in shown and 'id="naskah"' not in shown
    assert "Gubernur; Sekda" in shown
    late = client.post(f"/naskah/{one.id}", data=given | {"analisis": "Terlambat diketik."})
    assert late.status_code == 409 and "Terlambat diketik." in late.text
    assert "Terlambat" not in client.get(f"/naskah/{one.id}").text
    assert f"/naskah/{one.id}" not in client.get("/naskah?keadaan=draf").text
    assert f"/naskah/{one.id}" in client.get("/naskah?keadaan=terkirim&jenis=LI&kantor=62").text


def test_correction_response_and_withdrawal_are_on_the_paper(web: Web) -> None:
    one, client = sent(web.desk), web.session()
    given = form_of(client.get(f"/naskah/{one.id}/ralat").text, f"/naskah/{one.id}/ralat")
    empty = client.post(f"/naskah/{one.id}/ralat", data=given | {"analisis": "Baru."})
    assert empty.status_code == 422
    assert form_of(empty.text, f"/naskah/{one.id}/ralat")["analisis"] == "Baru."
    done = client.post(
        f"/naskah/{one.id}/ralat", data=given | {"analisis": "Baru.", "alasan": "Salah hitung."}
    )
    assert done.status_code == 303, done.text
    shown = client.get(f"/naskah/{one.id}").text
    assert "RALAT KE-1" in shown and "Salah hitung." in shown
    reply = form_of(shown, f"/naskah/{one.id}/tanggapan")
    bad = client.post(f"/naskah/{one.id}/tanggapan", data=reply | {"lembaga": "Sekda", "isi": " "})
    assert bad.status_code == 422 and 'value="Sekda"' in bad.text
    reply |= {"lembaga": "Sekda", "isi": "Rapat pukul 14.00."}
    assert client.post(f"/naskah/{one.id}/tanggapan", data=reply).status_code == 303
    take = form_of(client.get(f"/naskah/{one.id}").text, f"/naskah/{one.id}/cabut")
    assert client.post(f"/naskah/{one.id}/cabut", data=take | {"alasan": "Keliru."}).status_code == 303
    last = client.get(f"/naskah/{one.id}").text
    assert "DICABUT" in last and "Keliru." in last and "Rapat pukul 14.00." in last
    assert "DICABUT" in words_of(client.get(f"/naskah/{one.id}.pdf").content)
    assert client.get(f"/naskah/{one.id}/ralat").status_code == 303


def test_what_changed_after_sending_is_on_the_paper_its_print_and_the_list(web: Web) -> None:
    one, client = sent(web.desk), web.session()
    with web.desk._store.writing() as books:
        from screening.schema import incident

        books.memos._db.execute(
            incident.update().where(incident.c.id == one.incident_id).values(severity=4, machine_severity=4)
        )
    words = "Tingkat insiden berubah dari SIAGA menjadi DARURAT."
    for path in (f"/naskah/{one.id}", "/naskah", f"/naskah/{one.id}/cetak"):
        shown = client.get(path).text
        assert words in shown and "Fakta berubah sesudah dikirim" in shown
    assert "berubah sesudah dikirim" in words_of(client.get(f"/naskah/{one.id}.pdf").content)


def test_who_may_only_read_changes_nothing(web: Web) -> None:
    one = begun(web.desk)
    client = web.session("operator")
    shown = client.get(f"/naskah/{one.id}").text
    assert 'id="naskah"' not in shown and "LAPORAN INFORMASI" in shown
    csrf = token(shown)
    for path in ("", "/ralat", "/cabut", "/tanggapan"):
        assert client.post(f"/naskah/{one.id}{path}", data={"csrf": csrf}).status_code == 403
    assert client.post("/insiden/1/memo", data={"csrf": csrf, "jenis": "LI"}).status_code == 403
    for ending in (".pdf", ".docx", "/cetak"):
        assert client.get(f"/naskah/{one.id}{ending}").status_code == 200
    assert web.fresh().get(f"/naskah/{one.id}.pdf").status_code == 303


def test_a_name_typed_into_the_opinion_is_pointed_out_and_kept(web: Web) -> None:
    one, client = begun(web.desk), web.session()
    given = editor(client, one.id) | {"analisis": "Menurut Joko Susanto, lahan itu sengketa."}
    client.post(f"/naskah/{one.id}", data=given)
    shown = client.get(f"/naskah/{one.id}").text
    assert "Tampak seperti nama orang di: Analisis" in shown and "Joko Susanto" in shown


def test_names_are_masked_where_papers_are_listed(web: Web) -> None:
    one = begun(web.desk, subject="Keterangan Joko Susanto tentang lahan")
    client = web.session()
    assert "Susanto" not in client.get("/naskah").text
    assert "Susanto" not in client.get(f"/insiden/{one.incident_id}").text


def test_missing_papers_and_odd_filters_are_no_error_of_ours(web: Web) -> None:
    client = web.session()
    for path in ("/naskah/99", "/naskah/99.pdf", "/naskah/99.docx", "/naskah/99/cetak", "/naskah/99/ralat"):
        assert client.get(path).status_code == 404
    assert client.get("/naskah?keadaan=x&jenis=%00&kantor=99&sebelum=-1").status_code == 200
    assert client.get("/naskah/x").status_code == 422


# --- the sheet ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MemoKind)
@pytest.mark.parametrize("state", ["draf", "terkirim"])
def test_page_pdf_docx_and_text_say_the_same(web: Web, kind: MemoKind, state: str) -> None:
    given = {
        "analysis": "Akar masalah lama.",
        "measures": "Dialog digelar.",
        "advice": "Dinas A: data\nPantau",
    }
    one = (begun if state == "draf" else sent)(web.desk, kind, **given)
    view, client = web.desk.memos.view(one.id, NOW), web.session()
    parts = memo_letter.in_parts(view, NOW)
    sheet = html.unescape(re.sub(r"<[^>]+>", " ", client.get(f"/naskah/{one.id}/cetak").text))
    word = docx.Document(io.BytesIO(client.get(f"/naskah/{one.id}.docx").content))
    document = "\n".join(
        [
            *(line.text for line in word.paragraphs),
            *(cell.text for table in word.tables for row in table.rows for cell in row.cells),
        ]
    )
    paper = words_of(client.get(f"/naskah/{one.id}.pdf").content)
    plain = memo_letter.plain_text(view, NOW)
    expected = [parts["title"], *parts["kop"], parts["foot"][0], "Dialog digelar.", "Akar masalah lama."]
    for section in parts["sections"]:
        expected += [section["title"], *(row[1] for row in section.get("rows", []) if isinstance(row, list))]
        expected += [fact["sentence"] for fact in section.get("facts", [])]

    def squeezed(text: str) -> str:
        return re.sub(r"\s|\u200b", "", text)

    for words in filter(None, expected):
        assert squeezed(words) in squeezed(sheet), words
        assert squeezed(words) in squeezed(document), words
        assert squeezed(words) in squeezed(plain), words
    for words in (parts["title"], "Dialog digelar.", "bukan Status Keadaan Konflik", "belum diverifikasi"):
        assert squeezed(words) in squeezed(paper)
    assert ("DRAF" in paper) == (state == "draf") == ("DRAF" in document)


def test_every_fact_of_the_paper_has_a_link_that_works_in_pdf_and_word(web: Web) -> None:
    view = web.desk.memos.view(begun(web.desk).id, NOW)
    wanted = {source.link for source in view.findings.sources}
    assert links(memo_letter.pdf(view, NOW)) == wanted
    made = docx.Document(io.BytesIO(memo_docx.written(memo_letter.in_parts(view, NOW))))
    external = {one.target_ref for one in made.part.rels.values() if one.is_external}
    assert external == wanted


def test_a_long_incident_and_one_report_both_make_a_paper(web: Web) -> None:
    view = web.desk.memos.view(begun(web.desk, number="1").id, NOW)
    for facts, most in ((1, 2), (30, 8)):
        made = memo_letter.pdf(crowded(view, facts), NOW)
        assert 1 <= pages(made) <= most
        assert len(links(made)) == facts


@pytest.mark.parametrize("facts", [1, 7, 30])
def test_an_attention_paper_is_one_page_and_counts_what_it_leaves_out(web: Web, facts: int) -> None:
    given = {"measures": "Dialog digelar.", "asked": "Putuskan penundaan.", "to": "Gubernur\nSekda"}
    view = crowded(web.desk.memos.view(begun(web.desk, LA, **given).id, NOW), facts)
    made = memo_letter.pdf(view, NOW)
    assert pages(made) == 1
    shown = min(facts, memo_letter.ATTENTION_FACTS)
    assert len(links(made)) == shown
    told = words_of(made)
    assert "KEPUTUSAN YANG DIMINTA" in told and "Putuskan penundaan." in told
    assert (f"Dan {facts - shown} fakta lain" in told) == (facts > shown)
    if facts > shown:
        assert {f"https://kabar.example/berita/{n}" for n in (0, facts - 1)} <= links(made)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_more_than_text(web: Web, text: str) -> None:
    """In every field of people and in what a report and an outlet bring."""
    view = web.desk.memos.view(begun(web.desk, LI).id, NOW)
    given = {name: text for name in NAMES if name not in ("office", "dated", "classification", "bidang")}
    fact = view.findings.facts[0]
    source = replace(fact.source, outlet=text, link=f"javascript:{text}")
    bad = replace(fact, sentence=text, quotes=(text, text), source=source, reprints=())
    view = replace(
        view,
        fields=replace(view.fields, **given),
        findings=replace(view.findings, facts=(bad,), level_why=text, what=text, place=text),
        changes=(text,),
    )
    for kind in MemoKind:
        one = replace(view, memo=replace(view.memo, kind=kind))
        made = memo_letter.pdf(one, NOW)
        assert pages(made) >= 1 and links(made) == set()
        told = words_of(made)
        assert "root:" not in told and "\u202e" not in told
        word = memo_docx.written(memo_letter.in_parts(one, NOW))
        document = docx.Document(io.BytesIO(word))
        assert not [rel for rel in document.part.rels.values() if rel.is_external]
        assert "\u202e" not in memo_letter.plain_text(one, NOW)


def test_long_words_stay_on_the_page(web: Web) -> None:
    view = web.desk.memos.view(begun(web.desk, analysis="y" * 5_000, subject="x" * 300).id, NOW)
    told = words_of(memo_letter.pdf(view, NOW))
    assert sum(map(len, re.findall(r"y{5,}", told))) == 5_000
    assert max(len(line) for line in told.splitlines()) < 140


def test_numbers_of_facts_are_told_as_runs() -> None:
    assert memo_letter.spans((1, 2, 3, 5, 7, 8)) == "1–3, 5, 7–8"
    assert memo_letter.spans(()) == ""


# --- REST --------------------------------------------------------------------------------------------


def test_the_fields_of_json_are_those_of_the_paper() -> None:
    names = set(NAMES)
    assert set(wire_memo.MemoFieldsOut.__annotations__) == names == set(wire_memo.MemoFieldsIn.model_fields)
    assert set(memo_letter.fields_of(MemoFields())) == names


def test_a_paper_is_written_sent_and_followed_over_the_api(web: Web) -> None:
    client, key = web.fresh(), web.key()
    number = number_of(web.desk)

    def ask(method: str, path: str, status: int = 200, **body: Any) -> Any:
        answer = client.request(method, f"/api/v1{path}", json=body or None, headers=key)
        assert answer.status_code == status, answer.text
        return answer.json()

    made = ask("POST", f"/incidents/{number}/memos", 201, kind="LI")
    path = f"/memos/{made['memo']['id']}"
    assert made["fields"]["analysis"] == "" and made["findings"]["facts"][0]["source"]["link"]
    ask("PATCH", path, 422, seen_version=1, fields={"analysis": "x", "person": "y"})
    kept = ask("PATCH", path, seen_version=1, fields={"number": "7", "analysis": "Akar."})
    assert kept["fields"]["subject"] == made["fields"]["subject"] and kept["memo"]["version"] == 2
    ask("PATCH", path, 409, seen_version=1, fields={"number": "8"})
    order = {"seen_version": 2, "facts_mark": "lain", "institutions": ["Gubernur"]}
    ask("POST", f"{path}/send", 409, **order)
    ask("POST", f"{path}/send", 422, **(order | {"facts_mark": kept["facts_mark"], "at": "kemarin"}))
    gone = ask("POST", f"{path}/send", **(order | {"facts_mark": kept["facts_mark"]}))
    assert gone["memo"]["state"] == "terkirim" and gone["memo"]["sent_at"]
    fixed = {"seen_version": 3, "facts_mark": gone["facts_mark"], "fields": {"analysis": "B."}, "reason": "x"}
    assert ask("POST", f"{path}/corrections", **fixed)["memo"]["version"] == 4
    answered = ask("POST", f"{path}/responses", 201, institution="Sekda", words="Rapat.")
    assert [step["kind"] for step in answered["steps"]] == ["terkirim", "diralat", "tanggapan"]
    assert ask("POST", f"{path}/withdraw", seen_version=4, reason="Keliru.")["memo"]["state"] == "dicabut"
    assert ask("GET", "/memos?state=dicabut&kind=LI&office=62")["items"][0]["id"] == made["memo"]["id"]
    assert ask("GET", "/memos?state=draf") == {"items": [], "next_before": 0}
    paper = client.get(f"/api/v1{path}/pdf", headers=key)
    assert paper.headers["content-type"] == "application/pdf" and paper.content.startswith(b"%PDF")


def test_the_api_refuses_what_the_pages_refuse(web: Web) -> None:
    client, key = web.fresh(), web.key()
    peaceful = number_of(web.desk, form="F2")
    answer = client.post(f"/api/v1/incidents/{peaceful}/memos", json={"kind": "LA"}, headers=key)
    assert answer.status_code == 403 and "UU 9/1998" in answer.json()["detail"]
    body = {"kind": "LI"}
    reader = web.key("operator")
    assert client.post(f"/api/v1/incidents/{peaceful}/memos", json=body, headers=reader).status_code == 403
    assert client.get("/api/v1/memos", headers=reader).status_code == 200
    assert client.get("/api/v1/memos").status_code == 401
    cookie = web.session()
    assert cookie.post(f"/api/v1/incidents/{peaceful}/memos", json=body).status_code == 403
    assert client.get("/api/v1/memos/99", headers=key).status_code == 404
    assert client.get("/api/v1/memos?office=63", headers=key).status_code == 422


def test_pages_of_the_list_follow_each_other(web: Web) -> None:
    numbers = [begun(web.desk).id for _ in range(5)]
    client, key = web.fresh(), web.key()
    seen, before = [], 0
    while True:
        body = client.get(f"/api/v1/memos?limit=2&before={before}", headers=key).json()
        seen += [one["id"] for one in body["items"]]
        before = body["next_before"]
        if not before:
            break
    assert seen == numbers[::-1]


# --- in a browser ------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1366, 820, 390])
def test_no_paper_breaks_a_rule_of_wcag_or_the_screen(
    page: Page, desk: Desk, address: str, complaints: list[str], width: int
) -> None:
    enter(page, desk, address, "analis")
    page.set_viewport_size({"width": width, "height": 768})
    draft, urgent = begun(desk, subject="x" * 300, analysis="Menurut Joko Susanto."), begun(desk, LA)
    gone = sent(desk)
    paths = [f"/naskah/{one.id}" for one in (draft, urgent, gone)]
    paths += ["/naskah", f"/naskah/{gone.id}/cetak", f"/naskah/{gone.id}/ralat", "/naskah?lang=en"]
    found = []
    for path in [*paths, f"/naskah/{draft.id}", f"/insiden/{draft.incident_id}"]:
        page.goto(path)
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert found == []
    assert complaints == []


def test_two_browsers_on_one_draft_lose_no_word(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    one = begun(desk)
    second = page.context.new_page()
    for tab in (page, second):
        tab.goto(f"/naskah/{one.id}")
    page.fill("#m-analisis", "Dari jendela pertama.")
    second.fill("#m-analisis", "Dari jendela kedua <script>alert(1)</script>")
    second.fill("#m-saran", "Dinas A: segera")
    page.click("#naskah button.primary")
    page.wait_for_selector("[role=status]")
    second.click("#naskah button.primary")
    second.wait_for_selector("[role=alert]")
    assert second.input_value("#m-analisis") == "Dari jendela kedua <script>alert(1)</script>"
    assert second.input_value("#m-saran") == "Dinas A: segera"
    assert "Dari jendela pertama." in second.inner_text(".memo-theirs")
    assert violations(second) == []
    second.click("#naskah button.primary")
    second.wait_for_selector("[role=status]")
    second.goto(f"/naskah/{one.id}/cetak")
    assert "alert(1)" in second.inner_text(".memo-sheet")
    assert complaints == []


def test_a_paper_is_written_and_sent_by_keyboard(
    page: Page, desk: Desk, address: str, complaints: list[str]
) -> None:
    enter(page, desk, address, "analis")
    page.goto(f"/insiden/{number_of(desk)}")
    page.focus("button[name=jenis][value=LA]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/naskah/*")
    page.focus("#m-nomor")
    page.keyboard.type("menyusul")
    page.keyboard.press("Enter")  # saves; it must never send
    page.wait_for_selector("[role=status]")
    assert page.input_value("#m-nomor") == "menyusul" and page.locator("#naskah").count() == 1
    page.focus("#m-diminta")
    page.keyboard.type("Penundaan penertiban.")
    page.focus("#m-dikirim")
    page.keyboard.type("Gubernur")
    page.focus("button[name=aksi]")
    page.keyboard.press("Space")
    page.wait_for_selector(".memo-sheet")
    assert "Penundaan penertiban." in page.inner_text(".memo-sheet")
    assert complaints == []
