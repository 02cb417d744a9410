"""Notes, grades, follow-ups, similar incidents and the one history, by page and by REST."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from api_fixtures import NOW, Web, sample_database, token, web
from fastapi.testclient import TestClient

from api.docket import history, typed_moment
from api.maps import area_map, province_map
from screening import REGENCIES, FollowUpDraft, QueueFilter, StepDraft

DUE = "2026-11-25T12:00"  # WIB, the day after NOW


def some_incident(web: Web, place: str = "62.") -> int:
    """An incident of the sample news that stands in a regency."""
    lines = web.desk.queue(QueueFilter(state="all", limit=200), NOW).lines
    return next(line.incident.id for line in lines if (line.incident.place_code or "").startswith(place))


def post(browser: TestClient, path: str, number: int, **fields: str) -> Any:
    page = browser.get(f"/insiden/{number}").text
    return browser.post(path, data={"csrf": token(page)} | fields)


def part(page: str, name: str) -> str:
    """The card of the incident page with this heading."""
    start = page.index(f'aria-labelledby="h-{name}"')
    return page[start : page.index("</section>", start)]


CONFIRM = {
    "huruf": "B",
    "isi": "1",
    "lembaga": "kepolisian",
    "diperoleh": "2026-11-24T08:30",
    "cara": "Telepon piket <b>polres</b>.",
    "terlihat": "",
}
MEASURE = {
    "tindakan": "Pertemukan kedua pihak di kantor kecamatan.",
    "penanggung": "Dinas Sosial",
    "tenggat": DUE,
    "keadaan": "direncanakan",
}


def test_a_note_is_kept_shown_escaped_and_warned_about(web: Web) -> None:
    browser, number = web.session(), some_incident(web)
    answer = post(browser, f"/insiden/{number}/catatan", number, isi_catatan="Jalan <script>dibuka</script>")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/insiden/{number}?pesan=catatan#h-catatan"
    page = browser.get(answer.headers["location"]).text
    assert f"Catatan pada insiden {number} disimpan." in page
    assert "Jalan &lt;script&gt;dibuka&lt;/script&gt;" in part(page, "catatan")
    assert "Jangan menulis nama orang" in part(page, "catatan")
    assert "dibuka" in part(page, "riwayat")


def test_a_refused_form_says_why_and_keeps_what_was_typed_in_its_open_card(web: Web) -> None:
    browser, number = web.session(), some_incident(web)
    lacking = CONFIRM | {"lembaga": ""}
    answer = post(browser, f"/insiden/{number}/nilai", number, **lacking)
    assert answer.status_code == 422
    assert "di luar media" in answer.text
    card = part(answer.text, "nilai")
    assert "<details open>" in card
    assert "Telepon piket &lt;b&gt;polres&lt;/b&gt;." in card
    assert 'value="2026-11-24T08:30"' in card
    answer = post(
        browser,
        f"/insiden/{number}/tindak-lanjut",
        number,
        **MEASURE | {"penanggung": "Camat Sutrisno Wibowo"},
    )
    assert answer.status_code == 422
    assert "bukan orang" in answer.text
    assert MEASURE["tindakan"] in part(answer.text, "tindak")


def test_a_grade_set_by_a_person_stands_and_the_machines_can_be_put_back(web: Web) -> None:
    browser, number = web.session(), some_incident(web)
    before = part(browser.get(f"/insiden/{number}").text, "nilai")
    assert "menurut mesin" in before
    assert not re.search(r'<span class="quiet">[A-F]1 ', before)
    assert post(browser, f"/insiden/{number}/nilai", number, **CONFIRM).status_code == 303
    page = browser.get(f"/insiden/{number}").text
    assert "B1" in part(page, "nilai") and "ditetapkan petugas" in part(page, "nilai")
    assert "Kepolisian" in part(page, "riwayat")
    late = post(browser, f"/insiden/{number}/nilai", number, **CONFIRM)
    assert late.status_code == 409
    seen = re.search(r'name="terlihat" value="(\d+)"', part(page, "nilai"))
    assert seen
    back = post(browser, f"/insiden/{number}/nilai", number, terlihat=seen[1], cabut="ya")
    assert back.status_code == 303
    page = browser.get(f"/insiden/{number}").text
    assert "menurut mesin" in part(page, "nilai")
    assert "kembali ke nilai mesin" in part(page, "riwayat")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"isi": "9"}, "1 sampai 6"),
        ({"huruf": "x"}, "A sampai F"),
        ({"diperoleh": "kemarin sore"}, "tidak terbaca"),
        ({"diperoleh": "2026-11-24T09:01"}, "masa depan"),
    ],
)
def test_odd_values_of_a_grade_are_refused_in_words(web: Web, fields: dict[str, str], says: str) -> None:
    browser, number = web.session(), some_incident(web)
    answer = post(browser, f"/insiden/{number}/nilai", number, **CONFIRM | fields)
    assert answer.status_code == 422
    assert says in answer.text


def test_a_follow_up_is_opened_carried_on_and_closed_with_plain_forms(web: Web) -> None:
    browser, number = web.session(), some_incident(web)
    assert post(browser, f"/insiden/{number}/tindak-lanjut", number, **MEASURE).status_code == 303
    page = browser.get(f"/insiden/{number}").text
    card = part(page, "tindak")
    assert "Dinas Sosial" in card and "25 Nov 12.00 WIB" in card and "belum ditanggapi" in card
    found = re.search(r'action="/tindak-lanjut/(\d+)"', card)
    assert found
    path, seen = f"/tindak-lanjut/{found[1]}", re.search(r'name="terlihat" value="(\d+)"', card)
    assert seen
    step = {"keadaan": "berjalan", "ditanggapi": "ya", "hasil": "Undangan dikirim.", "terlihat": seen[1]}
    answer = post(browser, path, number, **step)
    assert answer.headers["location"] == f"/insiden/{number}?pesan=langkah#tl{found[1]}"
    assert post(browser, path, number, **step).status_code == 409
    card = part(browser.get(f"/insiden/{number}").text, "tindak")
    assert "Undangan dikirim." in card and "ditanggapi 24 Nov" in card
    seen = re.search(r'name="terlihat" value="(\d+)"', card)
    assert seen
    closing = {"keadaan": "selesai", "hasil": "", "terlihat": seen[1]}
    refused = post(browser, path, number, **closing)
    assert refused.status_code == 422 and "hasilnya" in refused.text
    assert post(browser, path, number, **closing | {"hasil": "Sepakat."}).status_code == 303
    page = browser.get(f"/insiden/{number}").text
    assert "1 sudah ditutup" in part(page, "tindak")
    for words in ("direncanakan", "Undangan dikirim.", "Sepakat."):
        assert words in part(page, "riwayat")
    assert browser.post("/tindak-lanjut/999999", data=closing | {"csrf": token(page)}).status_code == 404


def test_the_list_shows_open_ones_by_time_limit_late_ones_red_names_masked(web: Web) -> None:
    browser, number = web.session(), some_incident(web)
    named = MEASURE | {"tindakan": "Camat Sutrisno Wibowo memediasi kedua pihak."}
    post(browser, f"/insiden/{number}/tindak-lanjut", number, **named)
    page = browser.get("/tindak-lanjut").text
    assert "Dinas Sosial" in page and "tenggat 25 Nov 12.00 WIB" in page
    assert "Sutrisno" not in page and "memediasi kedua pihak" in page
    web.clock.forward(hours=40)
    page = web.session().get("/tindak-lanjut?keadaan=late").text
    assert '<strong class="overdue">lewat tenggat 25 Nov 12.00 WIB</strong>' in page
    assert "Tidak ada tindak lanjut" in web.session().get("/tindak-lanjut?keadaan=closed").text
    place = web.desk.incident(number, NOW).incident.place_code or ""
    other = next(code for code, _ in REGENCIES if not place.startswith(code))
    assert "Tidak ada tindak lanjut" in web.session().get(f"/tindak-lanjut?daerah={other}").text
    assert "Dinas Sosial" in web.session().get(f"/tindak-lanjut?daerah={place[:5]}&keadaan=x&mulai=y").text
    overview = web.session("supervisor").get("/ikhtisar").text
    assert "lewat tenggat 25 Nov" in overview and "Sutrisno" not in overview


def test_the_history_has_everything_newest_first(web: Web) -> None:
    number = some_incident(web)
    account = web.desk.account("analis")
    assert account is not None
    opened = web.desk.casework.open_follow_up(
        FollowUpDraft(incident_id=number, what="Mediasi.", owner="FKDM", due_at=NOW + timedelta(days=2)),
        account,
        NOW,
    )
    web.desk.casework.write_note(number, "Sesudahnya.", account, NOW + timedelta(hours=1))
    view, casework = web.desk.incident(number, NOW), web.desk.casework.of(number, NOW)
    events = history(view, casework)
    assert [one.at for one in events] == sorted((one.at for one in events), reverse=True)
    assert [one.kind for one in events[:2]] == ["catatan", "tindak"]
    assert events[1].what == (opened, opened.last)
    assert sum(one.kind == "laporan" for one in events) == len(view.reports)
    told = [one.change for one in events if one.change is not None]
    assert sorted(map(id, told)) == sorted(map(id, view.incident.changes))


def test_the_map_marks_the_regency_and_names_its_neighbours_in_words(web: Web) -> None:
    browser, number = web.session(), some_incident(web, "62.02")
    card = part(browser.get(f"/insiden/{number}").text, "peta")
    assert card.count('class="area here"') == 1
    assert card.count('class="area beside"') == 2
    assert "Berbatasan dengan Katingan, Seruyan." in card
    assert 'role="img" aria-label="Peta Kalimantan Tengah: Kotawaringin Timur ditandai' in card


def test_neighbours_are_mutual_and_each_map_shows_its_regency_whole() -> None:
    outlines = {one.code: one for one in province_map().outlines}
    for code, _name in REGENCIES:
        made = area_map(code)
        assert made is not None and made.neighbours
        for other in made.neighbours:
            back = area_map(other)
            assert back is not None and code in back.neighbours
        left, top, width, height = made.box
        numbers = [float(one) for one in re.findall(r"[\d.]+", outlines[code].path)]
        assert left <= min(numbers[::2]) and max(numbers[::2]) <= left + width
        assert top <= min(numbers[1::2]) and max(numbers[1::2]) <= top + height
    assert area_map("62.02.05.2001") == area_map("62.02")
    assert area_map("62") is None and area_map("") is None


def test_a_similar_incident_is_linked_with_a_merge_form_filled_in(web: Web) -> None:
    browser = web.session()
    for line in web.desk.queue(QueueFilter(state="all", limit=200), NOW).lines:
        found = web.desk.casework.similar(line.incident.id, NOW)
        if found:
            break
    number, other = line.incident.id, found[0].incident.id
    card = part(browser.get(f"/insiden/{number}").text, "serupa")
    assert f'href="/insiden/{number}?gabung={other}#h-gabung"' in card
    assert escape(found[0].why) in card
    regroup = part(browser.get(f"/insiden/{number}?gabung={other}").text, "gabung")
    assert "<details open>" in regroup
    assert f'name="nomor" min="1" step="1" required value="{other}"' in regroup
    assert 'required value=""' in part(browser.get(f"/insiden/{number}?gabung=x'><b>").text, "gabung")


def test_readers_without_the_right_see_casework_and_no_form(web: Web) -> None:
    number = some_incident(web)
    post(web.session(), f"/insiden/{number}/catatan", number, isi_catatan="Terbaca semua.")
    operator = web.session("operator")
    page = operator.get(f"/insiden/{number}").text
    assert "Terbaca semua." in page
    for path in (
        f"/insiden/{number}/catatan",
        f"/insiden/{number}/nilai",
        f"/insiden/{number}/tindak-lanjut",
    ):
        assert f'action="{path}"' not in page
        assert operator.post(path, data={"csrf": token(page)}).status_code == 403
    assert web.session().post(f"/insiden/{number}/catatan", data={"isi_catatan": "x"}).status_code == 403


# --- REST


def test_notes_go_in_and_come_out_with_names_masked(web: Web) -> None:
    number, key = some_incident(web), web.key()
    path = f"/api/v1/incidents/{number}/notes"
    text = "Camat Sutrisno Wibowo membuka posko."
    made = web.client.post(path, json={"text": text}, headers=key)
    assert made.status_code == 201
    assert "Sutrisno" not in made.text and "membuka posko" in made.text
    (one,) = web.client.get(path, headers=key).json()["items"]
    assert one == made.json()
    assert web.client.post(path, json={"text": "  "}, headers=key).status_code == 422
    assert web.client.post(path, json={"text": "x" * 4_001}, headers=key).status_code == 422
    assert web.client.post(path, json={"text": "x"}).status_code == 401
    assert web.client.post(path, json={"text": "x"}, headers=web.key("operator")).status_code == 403
    assert web.client.get("/api/v1/incidents/999999/notes", headers=key).status_code == 404


def test_a_grade_by_rest_follows_the_same_rules(web: Web) -> None:
    number, key = some_incident(web), web.key()
    path = f"/api/v1/incidents/{number}/grades"
    before = web.client.get(path, headers=key).json()
    assert before["code"] == before["machine"] and before["items"] == []
    body = {"source": "B", "information": 1}
    assert web.client.post(path, json=body, headers=key).status_code == 422
    body |= {"channel": "tni", "obtained": "Laporan koramil.", "obtained_at": "2026-11-24T08:00:00+07:00"}
    made = web.client.post(path, json=body, headers=key)
    assert made.status_code == 201
    assert (made.json()["code"], made.json()["obtained_at"]) == ("B1", "2026-11-24T01:00:00Z")
    assert web.client.post(path, json=body, headers=key).status_code == 409
    after = web.client.get(path, headers=key).json()
    assert (after["code"], after["machine"], len(after["items"])) == ("B1", before["machine"], 1)
    naive = body | {"obtained_at": "2026-11-24T08:00:00", "seen_grade_id": made.json()["id"]}
    assert web.client.post(path, json=naive, headers=key).status_code == 422


def test_follow_ups_by_rest_from_opening_to_the_list_of_all(web: Web) -> None:
    number, key = some_incident(web), web.key()
    path = f"/api/v1/incidents/{number}/follow-ups"
    body = {"what": "Mediasi.", "owner": "FKUB", "due_at": "2026-11-25T12:00:00+07:00"}
    made = web.client.post(path, json=body, headers=key)
    assert made.status_code == 201
    one = made.json()
    assert (one["state"], one["overdue"], one["responded_at"]) == ("direncanakan", False, None)
    steps = f"/api/v1/follow-ups/{one['id']}/steps"
    step = {"state": "berjalan", "responded": True, "seen_step_id": one["steps"][-1]["id"]}
    after = web.client.post(steps, json=step, headers=key)
    assert after.status_code == 201
    assert (after.json()["state"], after.json()["responded_at"]) == ("berjalan", "2026-11-24T02:00:00Z")
    assert web.client.post(steps, json=step, headers=key).status_code == 409
    assert web.client.get(path, headers=key).json()["items"] == [after.json()]
    every = web.client.get("/api/v1/follow-ups", headers=key).json()
    assert (every["total"], every["overdue"]) == (1, 0)
    assert every["items"][0]["follow_up"] == after.json()
    assert web.client.get("/api/v1/follow-ups?state=closed", headers=key).json()["total"] == 0
    assert web.client.get("/api/v1/follow-ups?office=9", headers=key).status_code == 422
    assert web.client.get("/api/v1/overview", headers=key).json()["follow_ups"]["total"] == 1
    digest = web.client.get("/api/v1/digest", headers=key).json()
    told = [line for line in digest["decide"] if line["incident"]["id"] == number]
    assert all("penanggung jawab FKUB" in line["text"] for line in told)


def test_similar_incidents_by_rest_are_those_of_the_desk(web: Web) -> None:
    key = web.key()
    for line in web.desk.queue(QueueFilter(state="all", limit=60), NOW).lines:
        number = line.incident.id
        answer = web.client.get(f"/api/v1/incidents/{number}/similar", headers=key).json()["items"]
        found = web.desk.casework.similar(number, NOW)
        assert [one["incident"]["id"] for one in answer] == [one.incident.id for one in found]
        assert all(one["why"].startswith("kata yang sama: ") for one in answer)


def test_a_moment_is_typed_in_wib() -> None:
    assert typed_moment(NOW) == "2026-11-24T09:00"
    assert typed_moment(None) == ""
