"""Routes of the queue's tools: claims, undo, many at once, the live poll, filters, views and topics."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from api_fixtures import NOW, Web, sample_database, token, web
from fastapi.testclient import TestClient

from api.queue_filter import Asked, read_asked, read_query
from screening import Account, Decision

JSON = {"accept": "application/json"}


@pytest.fixture
def analyst(web: Web) -> TestClient:
    return web.session("analis")


def ids(client: TestClient, path: str = "/antrean") -> list[int]:
    return [int(one) for one in re.findall(r'data-id="(\d+)"', client.get(path).text)]


def csrf(client: TestClient) -> str:
    return token(client.get("/antrean").text)


def test_a_decision_asked_for_as_json_tells_what_the_line_must_know(web: Web, analyst: TestClient) -> None:
    number, form = ids(analyst)[0], {"csrf": csrf(analyst), "putusan": "terima", "terlihat": ""}
    answer = analyst.post(f"/insiden/{number}/putusan", data=form, headers=JSON)
    said = answer.json()
    assert (said["state"], said["open"], said["decision"]) == ("dicatat", False, "terima")
    again = analyst.post(f"/insiden/{number}/putusan", data=form, headers=JSON)
    assert again.json()["review_id"] == said["review_id"]
    other = analyst.post(f"/insiden/{number}/putusan", data=form | {"putusan": "ragu"}, headers=JSON)
    assert (other.status_code, other.json()["state"], other.json()["by"]) == (409, "bentrok", "analis")
    undone = analyst.post(f"/putusan/{said['review_id']}/batal", data={"csrf": form["csrf"]}, headers=JSON)
    assert (undone.json()["open"], undone.json()["review_id"]) == (True, None)
    late = analyst.post(f"/putusan/{said['review_id']}/batal", data={"csrf": form["csrf"]}, headers=JSON)
    assert late.status_code == 409


def test_undo_is_offered_to_who_decided_while_it_lasts_and_to_those_above(web: Web) -> None:
    analyst, supervisor = web.session("analis"), web.session("supervisor")
    number = ids(analyst)[0]
    # Whoever had it in hand is never chosen to read it blind, which would close the page to them.
    web.desk.holdings.claim(number, account(web, "supervisor"), NOW)
    analyst.post(
        f"/insiden/{number}/putusan", data={"csrf": csrf(analyst), "putusan": "terima", "terlihat": ""}
    )
    assert "data-undo" in analyst.get(f"/insiden/{number}").text
    web.clock.forward(minutes=16)
    assert "data-undo" not in analyst.get(f"/insiden/{number}").text
    assert "data-undo" in supervisor.get(f"/insiden/{number}").text
    refused = analyst.post(
        f"/putusan/{web.desk.incident(number, web.clock()).incident.review_id}/batal",
        data={"csrf": csrf(analyst)},
    )
    assert refused.status_code == 403


def account(web: Web, name: str) -> Account:
    found = web.desk.account(name)
    assert found is not None
    return found


def test_an_operator_reads_the_queue_but_neither_claims_decides_nor_undoes(web: Web) -> None:
    operator = web.session("operator")
    number = ids(operator)[0]
    form = {"csrf": csrf(operator), "cara": "ambil", "pilih": f"{number}:", "putusan": "terima"}
    for path in (f"/insiden/{number}/tangani", "/antrean/putusan", "/putusan/1/batal", "/topik"):
        assert operator.post(path, data=form).status_code == 403, path
    assert 'name="pilih"' not in operator.get("/antrean").text
    assert operator.get("/antrean/kabar").status_code == 200


def test_every_change_needs_the_forms_token(analyst: TestClient) -> None:
    number = ids(analyst)[0]
    for path in (f"/insiden/{number}/tangani", "/antrean/putusan", "/putusan/1/batal", "/tampilan", "/topik"):
        assert analyst.post(path, data={"cara": "ambil", "csrf": "palsu"}, headers=JSON).status_code == 403


def test_many_at_once_tells_of_each_and_refuses_nonsense(web: Web, analyst: TestClient) -> None:
    first, second, third = ids(analyst)[:3]
    form = {"csrf": csrf(analyst), "putusan": "tolak", "alasan": "bukan_isu", "catatan": "sama"}
    web.desk.holdings.claim(second, account(web, "analis"), NOW)
    supervisor = web.session("supervisor")
    supervisor.post(
        f"/insiden/{second}/putusan", data={"csrf": csrf(supervisor), "putusan": "ragu", "terlihat": ""}
    )
    picks = [f"{first}:", f"{second}:", f"{third}:"]
    answer = analyst.post("/antrean/putusan", data=form | {"pilih": picks}, headers=JSON)
    assert answer.json()["done"] == 2
    assert [one["outcome"] for one in answer.json()["items"]] == ["dicatat", "bentrok", "dicatat"]
    page = analyst.post("/antrean/putusan", data=form | {"pilih": picks})
    assert "2 dari 3 tercatat" in page.text  # the same form sent again records nothing twice
    assert len(web.desk.incident(first, NOW).reviews) == 1
    for bad in ([], ["x"], [f"{first}:;DROP"], [f"{first}:1", f"{first}:1"]):
        assert analyst.post("/antrean/putusan", data=form | {"pilih": bad}).status_code == 422
    without = analyst.post("/antrean/putusan", data=form | {"pilih": picks, "alasan": ""}, headers=JSON)
    assert without.status_code == 422


def test_the_poll_is_not_modified_until_something_changes(web: Web, analyst: TestClient) -> None:
    shown = ids(analyst)
    path = f"/antrean/kabar?sejak=2026-11-24T02:00:00Z&ids={','.join(map(str, shown))}"
    first = analyst.get(path)
    assert first.json()["arrived"] == 0
    assert {one["id"] for one in first.json()["lines"]} == set(shown)
    tag = {"If-None-Match": first.headers["etag"]}
    same = analyst.get(path, headers=tag)
    assert (same.status_code, same.content) == (304, b"")
    web.desk.holdings.claim(shown[0], account(web, "supervisor"), NOW)
    changed = analyst.get(path, headers=tag)
    assert changed.status_code == 200
    (line,) = [one for one in changed.json()["lines"] if one["held_by"]]
    assert (line["id"], line["held_by"]) == (shown[0], "supervisor")


@pytest.mark.parametrize(
    "query", ["sejak=kemarin&ids=a,b,,9999999999999999999", "kata=budi+santoso", "topik=99", "wilayah=%00"]
)
def test_the_poll_never_fails_on_nonsense(analyst: TestClient, query: str) -> None:
    assert analyst.get(f"/antrean/kabar?{query}").status_code == 200


def test_who_must_read_an_incident_blind_learns_nothing_from_poll_or_bulk(web: Web) -> None:
    from screening.schema_second import second_reading

    analyst, reader = web.session("analis"), account(web, "administrator")
    blind = web.session("administrator")
    shown = ids(blind)
    chosen = None
    for number in shown:
        seen = web.desk.incident(number, NOW).incident.review_id or ""
        form = {"csrf": csrf(analyst), "putusan": "terima", "terlihat": seen}
        analyst.post(f"/insiden/{number}/putusan", data=form)
        with web.desk._store.writing() as books:
            db = books.incidents._db
            rows = db.execute(second_reading.select()).all()
            if rows:
                chosen = rows[0].incident_id
                db.execute(second_reading.update().values(reader_id=reader.id))
                break
    assert chosen is not None, "no incident of the sample was drawn for a second reading"
    told = blind.get(f"/antrean/kabar?ids={','.join(map(str, shown))}").json()["lines"]
    assert chosen not in {one["id"] for one in told} and told
    form = {"csrf": csrf(blind), "putusan": "terima", "pilih": [f"{chosen}:"]}
    (refused,) = blind.post("/antrean/putusan", data=form, headers=JSON).json()["items"]
    assert refused["outcome"] == "ditolak" and "analis" not in refused["detail"]


def test_free_words_are_whole_and_no_names(analyst: TestClient) -> None:
    every = set(ids(analyst))
    found = set(ids(analyst, "/antrean?kata=sawit"))
    assert found and found < every
    assert ids(analyst, "/antrean?kata=sawi") == []
    page = analyst.get("/antrean?kata=budi+santoso")
    assert page.status_code == 200 and "Nama orang" in page.text


def test_the_filter_of_the_address_comes_back_the_same() -> None:
    asked = Asked(
        wilayah="luar", status="all", tingkat="3", isu="P1", perjalanan="baru", sumber="a & b",
        pegang="saya", topik="7", kata="plasma sawit",
    )  # fmt: skip
    assert read_query(asked.query()) == asked
    assert read_query("?" + asked.query(x=1)) == asked
    nonsense = dict.fromkeys(("wilayah", "status", "tingkat", "isu", "perjalanan", "pegang", "topik"), "'\"<")
    assert read_asked(nonsense) == Asked()
    assert read_asked({"daerah": "62.02", "wilayah": "luar"}).daerah == ""


def test_a_view_keeps_only_what_a_filter_can_be(web: Web, analyst: TestClient) -> None:
    form = {"csrf": csrf(analyst), "nama": "Siaga", "saringan": "tingkat=3&jahat=<script>&pesan=terima"}
    answer = analyst.post("/tampilan", data=form)
    assert answer.headers["location"] == "/antrean?tingkat=3"
    (view,) = web.desk.views.of(account(web, "analis"))
    assert view.query == "tingkat=3"
    assert analyst.post("/tampilan", data=form | {"nama": "  "}).status_code == 422
    assert web.session("supervisor").post(f"/tampilan/{view.id}/hapus", data={"csrf": "x"}).status_code == 403
    assert analyst.post(f"/tampilan/{view.id}/hapus", data={"csrf": form["csrf"]}).status_code == 303
    assert web.desk.views.of(account(web, "analis")) == ()


def test_a_topic_is_shown_on_history_before_it_is_kept(web: Web, analyst: TestClient) -> None:
    form = {"csrf": csrf(analyst), "judul": "Sawit", "kata": "kebun sawit\nplasma", "langkah": "uji"}
    tried = analyst.post("/topik", data=form)
    assert "insiden 30 hari terakhir cocok" in tried.text
    assert web.desk.topics.all() == ()
    assert analyst.post("/topik", data=form | {"langkah": "simpan"}).status_code == 303
    (topic,) = web.desk.topics.all()
    assert "topik: Sawit" in analyst.get(f"/antrean?topik={topic.id}").text
    named = analyst.post("/topik", data=form | {"kata": "Budi Santoso"})
    assert named.status_code == 422 and "Nama orang" in named.text
    assert analyst.post("/topik", data=form | {"langkah": "simpan"}).status_code == 409
    analyst.post(f"/topik/{topic.id}/hapus", data={"csrf": form["csrf"]})
    assert analyst.get(f"/antrean?topik={topic.id}").status_code == 200  # an old bookmark shows all


def test_rest_decides_many_undoes_claims_and_watches(web: Web) -> None:
    key, client = web.key("analis"), web.fresh()
    first, second = ids(web.session("analis"))[:2]
    body = {"reviews": [{"incident_id": number, "decision": "ragu"} for number in (first, second)]}
    made = client.post("/api/v1/reviews", json=body, headers=key).json()
    assert made["done"] == 2
    number = made["items"][0]["review_id"]
    undone = client.post(f"/api/v1/reviews/{number}/undo", headers=key)
    assert (undone.status_code, undone.json()["decision"]) == (200, None)
    assert client.post(f"/api/v1/reviews/{number}/undo", headers=key).status_code == 409
    history = client.get(f"/api/v1/incidents/{first}", headers=key).json()["reviews"]
    assert history[0]["retracted_by"] == "analis"
    claim = f"/api/v1/incidents/{first}/claim"
    assert client.post(claim, headers=key).json()["by"] == "analis"
    other = web.key("supervisor")
    assert client.post(claim, headers=other).status_code == 409
    assert client.post(f"{claim}?take_over=true", headers=other).json()["by"] == "supervisor"
    assert client.delete(claim, headers=key).status_code == 409
    assert client.delete(claim, headers=other).status_code == 204
    words = {"title": "Sawit", "words": "sawit"}
    assert client.post("/api/v1/topics/trial", json=words, headers=key).json()["count"] > 0
    topic = client.post("/api/v1/topics", json=words, headers=key).json()
    listed = client.get(f"/api/v1/queue?topic={topic['id']}&words=sawit", headers=key).json()
    assert listed["items"] and all(one["topics"] == ["Sawit"] for one in listed["items"])
    assert client.delete(f"/api/v1/topics/{topic['id']}", headers=key).status_code == 204
    assert client.get("/api/v1/topics", headers=key).json() == {"items": []}
    assert client.post("/api/v1/reviews", json={"reviews": []}, headers=key).status_code == 422
    assert web.desk.incident(second, NOW + timedelta(minutes=1)).incident.decision is Decision.UNSURE
