"""Second readings, agreement and samples over HTTP: nothing leaks to a blind reader, nobody is ranked."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from api_fixtures import HASH, NOW, Web, desk_at, sample_database, token, web
from fastapi.testclient import TestClient

from api.words_second import SECOND_WORDS
from screening import Account, Decision, Desk, RejectReason, ReviewDraft, Role, Severity
from screening.agreement import Answer
from screening.schema import incident, review
from screening.schema_second import reading_touch, second_reading

NOTE = "Kata lurah setempat sudah didatangi."


@pytest.fixture
def all_read(web: Web) -> Web:
    """Every decided incident is read twice; a second analyst is there to do it."""
    web.desk.second._percent = 100
    web.desk.create_account("pembaca", Role.ANALYST, HASH, NOW, must_change=False)
    return web


def account(desk: Desk, name: str) -> Account:
    found = desk.account(name)
    assert found is not None
    return found


def decide(web: Web, number: int, *, by: str = "analis", **more: Any) -> None:
    """By form values that the machine did not propose, so that a leak would be seen."""
    seen = web.desk.incident(number, web.clock()).incident.review_id
    values: dict[str, Any] = {
        "decision": Decision.ACCEPT,
        "issue": "H3",
        "form": "F5",
        "severity": Severity.DARURAT,
        "place_code": "62.08",
        "note": NOTE,
        "seen_review_id": seen,
    }
    draft = ReviewDraft(incident_id=number, **(values | more))
    web.desk.review(draft, account(web.desk, by), web.clock())


def chosen(web: Web, number: int = 1) -> tuple[int, str]:
    """(the reading of an incident, who has it)."""
    for name in ("analis", "pembaca"):
        for line in web.desk.second.waiting(account(web.desk, name)).readings:
            if line.incident_id == number and line.mine:
                return line.id, name
    raise AssertionError("nobody reads it")


def answered(web: Web, number: int, said: Answer) -> int:
    reading, name = chosen(web, number)
    web.desk.second.answer(reading, said, account(web.desk, name), web.clock())
    return reading


SAME = Answer(decision=Decision.ACCEPT, issue="H3", form="F5", severity=Severity.DARURAT, place_code="62.08")
OTHER = Answer(decision=Decision.ACCEPT, issue="E1", form="F3", severity=Severity.WASPADA, place_code="62.07")


def secrets_of(web: Web, number: int) -> list[str]:
    """What a blind reader must not meet: words of machine, rank, first reader and history."""
    view = web.desk.incident(number, web.clock())
    one = view.incident
    words = [one.severity_why, one.urgency_why, NOTE, f"<code>{one.severity_rule}</code>"]
    words += [reason for report in view.reports for reason in report.assessment.reasons]
    words += [f"{report.assessment.relevance:.2f}".replace(".", ",") for report in view.reports]
    return [word for word in words if word]


def test_the_blind_page_shows_the_reports_and_nothing_of_machine_or_first_reader(all_read: Web) -> None:
    web = all_read
    decide(web, 1)
    reading, name = chosen(web)
    assert name == "pembaca"
    found = web.session(name).get(f"/baca-kedua/{reading}")
    assert found.status_code == 200
    text = html.unescape(found.text)
    view = web.desk.incident(1, web.clock())
    for report in view.reports:
        if not report.same_text_as:
            assert report.item.title in text
            assert all(line in text for line in report.item.text.splitlines())
        assert report.item.link in text
    main = re.split(r"<main|</main>", text)[1]
    for secret in (*secrets_of(web, 1), "analis", "<mark", "strong-sentence", 'class="badge', " selected"):
        assert secret not in main, secret
    assert f"/insiden/{1}" not in main and "/butir/" not in main


def test_the_rest_reading_has_no_key_of_the_machine_or_of_the_first_reader(all_read: Web) -> None:
    web = all_read
    decide(web, 1)
    reading, name = chosen(web)
    key = web.key(name)
    found = web.client.get(f"/api/v1/readings/{reading}", headers=key)
    assert found.status_code == 200
    body = found.json()

    def keys(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for inner, held in value.items():
                yield inner
                yield from keys(held)
        elif isinstance(value, list):
            for held in value:
                yield from keys(held)

    assert set(keys(body)) == {
        *("reading", "id", "incident_id", "title", "chosen_at", "mine", "reports", "item_id"),
        *("text", "source", "link", "published", "correction", "same_text_as"),
    }
    told = json.dumps(body, ensure_ascii=False)
    for secret in (*secrets_of(web, 1), '"analis"'):
        assert secret not in told, secret


@pytest.mark.parametrize("form", ["+1", "1.0", "%201", "0_1", "0000000000000000000001"])
def test_no_other_spelling_of_the_number_opens_what_is_read_blind(all_read: Web, form: str) -> None:
    web = all_read
    decide(web, 1)
    _reading, name = chosen(web)
    for path in (f"/insiden/{form}", f"/api/v1/incidents/{form}"):
        answer = web.client.get(path, headers=web.key(name)) if "api" in path else web.session(name).get(path)
        assert answer.status_code in {403, 404, 422}, path
        for secret in secrets_of(web, 1):
            assert secret not in html.unescape(answer.text), path


CLOSED = (
    "/insiden/1",
    "/insiden/1?dari=/antrean",
    "/api/v1/incidents/1",
)


@pytest.mark.parametrize("path", CLOSED)
def test_the_incident_is_closed_to_its_reader_until_the_answer_and_open_to_colleagues(
    all_read: Web, path: str
) -> None:
    web = all_read
    decide(web, 1)
    reading, name = chosen(web)
    reader, colleague = web.session(name), web.session("supervisor")
    shut = reader.get(path)
    assert shut.status_code == 403
    for secret in (*secrets_of(web, 1), "H3", "DARURAT"):
        assert secret not in html.unescape(shut.text), secret
    assert (str(reading) if path.startswith("/api") else f"/baca-kedua/{reading}") in shut.text
    assert colleague.get(path).status_code == 200
    assert web.session("analis").get(path).status_code == 200
    web.desk.second.answer(reading, SAME, account(web.desk, name), web.clock())
    assert reader.get(path).status_code == 200


def test_its_items_and_every_action_on_it_are_closed_to_its_reader_too(all_read: Web) -> None:
    web = all_read
    decide(web, 1)
    _reading, name = chosen(web)
    item = web.desk.incident(1, web.clock()).reports[0].item.id
    reader = web.session(name)
    assert reader.get(f"/butir/{item}").status_code == 403
    key = web.key(name)
    for path in (f"/api/v1/items/{item}", f"/api/v1/assessments/{item}"):
        assert web.client.get(path, headers=key).status_code == 403
    csrf = token(reader.get("/baca-kedua").text)
    posted = reader.post("/insiden/1/putusan", data={"csrf": csrf, "putusan": "terima"})
    assert posted.status_code == 403
    assert len(web.desk.incident(1, web.clock()).reviews) == 1


def test_the_queue_leaves_the_incident_out_for_its_reader_and_says_so(all_read: Web) -> None:
    web = all_read
    decide(web, 1)
    reading, name = chosen(web)
    area = web.desk.incident(1, web.clock()).incident.area.value
    where = f"/antrean?status=all&wilayah={area}"
    mine = html.unescape(web.session(name).get(where).text)
    assert 'id="i1"' not in mine
    assert f'href="/baca-kedua/{reading}"' in mine
    title = web.desk.incident(1, web.clock()).incident.title
    other = html.unescape(web.session("supervisor").get(where).text)
    assert f"/baca-kedua/{reading}" not in other
    query = f"/api/v1/queue?state=all&limit=200&area={area}"
    seen = {
        one["incident"]["id"] for one in web.client.get(query, headers=web.key("supervisor")).json()["items"]
    }
    kept = {one["incident"]["id"] for one in web.client.get(query, headers=web.key(name)).json()["items"]}
    assert 1 in seen and seen - kept == {1}
    listed = web.client.get("/api/v1/incidents?limit=200", headers=web.key(name)).json()["items"]
    assert 1 not in {one["incident"]["id"] for one in listed}
    assert title in html.unescape(web.session(name).get("/baca-kedua").text)


def form(browser: TestClient, path: str) -> dict[str, str]:
    page = browser.get(path)
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return {key: hidden[key] for key in ("csrf", "terlihat") if key in hidden}


def test_an_answer_by_form_is_recorded_and_an_incomplete_one_keeps_what_was_chosen(all_read: Web) -> None:
    web = all_read
    decide(web, 1)
    reading, name = chosen(web)
    reader, path = web.session(name), f"/baca-kedua/{reading}"
    data = form(reader, path) | {
        "putusan": "terima",
        "isu": "E1",
        "bentuk": "F3",
        "catatan": "Lihat paragraf 2.",
    }
    short = reader.post(path, data=data)
    assert short.status_code == 422
    assert 'value="E1" selected' in short.text and "Lihat paragraf 2." in short.text
    nothing = reader.post(path, data=data | {"putusan": ""})
    assert nothing.status_code == 422 and "Pilih jawaban" in nothing.text
    done = reader.post(path, data=data | {"tingkat": "2", "daerah": "62.07"})
    assert (done.status_code, done.headers["location"]) == (303, "/baca-kedua?pesan=dijawab_beda")
    assert reader.get(path).status_code == 404
    (pair,) = web.desk.second.agreement(NOW - timedelta(days=1), NOW + timedelta(days=1)).differing
    assert pair.second == Answer(
        decision=Decision.ACCEPT,
        issue="E1",
        form="F3",
        severity=Severity.WASPADA,
        place_code="62.07",
        note="Lihat paragraf 2.",
    )


def test_the_badge_counts_what_waits_for_the_visitor(all_read: Web) -> None:
    web = all_read
    decide(web, 1)
    _reading, name = chosen(web)
    badge = SECOND_WORDS["second_badge"][0].format(n=1)
    assert badge in web.session(name).get("/sumber").text
    assert badge not in web.session("analis").get("/sumber").text
    assert "/baca-kedua" not in web.session("operator").get("/sumber").text


def test_a_reading_is_taken_and_handed_on_by_form(all_read: Web) -> None:
    web = all_read
    decide(web, 1)
    reading, name = chosen(web)
    reader, head = web.session(name), web.session("supervisor")
    csrf = form(reader, f"/baca-kedua/{reading}")
    assert reader.post(f"/baca-kedua/{reading}/serahkan", data=csrf).status_code == 303
    assert reader.get(f"/baca-kedua/{reading}").status_code == 404
    assert reader.get("/insiden/1").status_code == 200
    page = head.get("/baca-kedua")
    assert f"/baca-kedua/{reading}/ambil" in page.text
    taken = head.post(f"/baca-kedua/{reading}/ambil", data={"csrf": token(page.text)})
    assert taken.headers["location"] == f"/baca-kedua/{reading}"
    late = reader.post(f"/baca-kedua/{reading}/ambil", data=csrf)
    assert late.status_code == 409 and "sudah diambil" in late.text


def test_a_third_person_sees_two_answers_without_names_and_decides(all_read: Web) -> None:
    web = all_read
    decide(web, 1)
    reading = answered(web, 1, OTHER)
    path = f"/adjudikasi/{reading}"
    for party in ("analis", "pembaca"):
        assert web.session(party).get(path).status_code == 403
    head = web.session("supervisor")
    assert f'href="{path}"' in head.get("/baca-kedua").text
    main = re.split(r"<main|</main>", html.unescape(head.get(path).text))[1]
    assert "H3" in main and "E1" in main
    for secret in ("analis", "pembaca", web.desk.incident(1, NOW).incident.urgency_why):
        assert secret not in main, secret
    data = form(head, path) | {"putusan": "terima", "isu": "E1", "bentuk": "F3"}
    assert head.post(path, data=data).status_code == 422
    stale = head.post(path, data=data | {"tingkat": "2", "terlihat": ""})
    assert stale.status_code == 409
    done = head.post(path, data=data | {"tingkat": "2"})
    assert (done.status_code, done.headers["location"]) == (303, "/baca-kedua?pesan=diputuskan")
    after = web.desk.incident(1, NOW)
    assert after.reviews[0].account == "supervisor" and after.incident.issue == "E1"
    again = head.post(path, data=data | {"tingkat": "2"})
    assert again.status_code == 409
    listed = html.unescape(head.get("/kesepakatan").text)
    assert after.incident.title in listed and SECOND_WORDS["settled_as"][0] in listed


def test_rest_answers_take_pass_and_decide(all_read: Web) -> None:
    web = all_read
    decide(web, 1)
    reading, name = chosen(web)
    reader, head, base = web.key(name), web.key("supervisor"), "/api/v1"
    listed = web.client.get(f"{base}/readings", headers=reader).json()
    assert [one["id"] for one in listed["items"]] == [reading] and listed["disputes"] == []
    assert web.client.get(f"{base}/readings/{reading}", headers=head).status_code == 404
    assert (
        web.client.post(f"{base}/readings/{reading}/pass", headers=reader).json()["items"][0]["mine"] is False
    )
    assert (
        web.client.post(f"{base}/readings/{reading}/take", headers=reader).json()["items"][0]["mine"] is True
    )
    answer = f"{base}/readings/{reading}/answer"
    assert web.client.post(answer, headers=reader, json={"decision": "terima"}).status_code == 422
    assert web.client.post(answer, headers=reader, json={"decision": "tolak", "nama": "x"}).status_code == 422
    rejected = {"decision": "tolak", "reason": "bukan_isu"}
    done = web.client.post(answer, headers=reader, json=rejected)
    assert (done.status_code, done.json()) == (201, {"id": reading, "differs": True})
    assert web.client.post(answer, headers=reader, json=rejected).status_code == 404
    path = f"{base}/adjudications/{reading}"
    assert web.client.get(path, headers=reader).status_code == 403
    view = web.client.get(path, headers=head).json()
    assert {view["a"]["decision"], view["b"]["decision"]} == {"terima", "tolak"}
    settled = web.client.post(path, headers=head, json=rejected | {"seen_review_id": view["review_id"]})
    assert settled.status_code == 201 and settled.json()["decision"] == "tolak"
    assert web.client.get(path, headers=head).status_code == 409


def test_agreement_shows_alpha_interval_n_target_and_a_small_n(all_read: Web) -> None:
    web = all_read
    numbers = [
        row.id
        for row in rows(
            web,
            sa.select(incident.c.id)
            .where(incident.c.merged_into.is_(None))
            .order_by(incident.c.id)
            .limit(12),
        )
    ]
    for place, number in enumerate(numbers):
        decide(web, number, by=("analis", "pembaca")[place % 2])
        reading, name = chosen(web, number)
        said = OTHER if place % 4 == 0 else SAME
        web.desk.second.answer(reading, said, account(web.desk, name), web.clock())
    page = html.unescape(web.session().get("/kesepakatan").text)
    for scale in ("relevansi", "isu", "tingkat", "bentuk"):
        assert SECOND_WORDS[f"scale_{scale}"][0] in page
    assert SECOND_WORDS["alpha_none_why"][0] in page  # relevance: all accepted
    assert SECOND_WORDS["alpha_not"][0] in page
    found = web.client.get("/api/v1/agreement?days=30", headers=web.key()).json()
    scales = {one["scale"]: one for one in found["scales"]}
    assert scales["isu"]["units"] == 12 and scales["isu"]["same"] == 9 and not scales["isu"]["few"]
    assert scales["isu"]["low"] <= scales["isu"]["alpha"] <= scales["isu"]["high"]
    assert scales["relevansi"]["alpha"] is None
    assert len(found["differing"]) == 3
    assert web.client.get("/api/v1/agreement?days=367", headers=web.key()).status_code == 422
    codes = {one["code"]: one for one in scales["isu"]["codes"]}
    assert codes["H3"] == {"code": "H3", "same": 9, "different": 3, "taken_for": [{"code": "E1", "count": 3}]}


@pytest.mark.parametrize("path", ["/insiden/1", "/api/v1/incidents/1"])
def test_who_opens_the_incident_and_takes_its_reading_after_makes_a_touched_pair(
    all_read: Web, path: str
) -> None:
    web = all_read
    for number in (1, 2):
        decide(web, number)
    answered(web, 2, SAME)
    reading, name = chosen(web)
    head, key = web.session("supervisor"), web.key("supervisor")
    opened = web.client.get(path, headers=key) if path.startswith("/api") else head.get(path)
    assert opened.status_code == 200
    assert web.session("operator").get("/insiden/1").status_code == 200
    assert [row.account_id for row in rows(web, sa.select(reading_touch))] == [
        account(web.desk, "supervisor").id
    ]
    web.desk.second.hand_on(reading, account(web.desk, name), web.clock())
    web.desk.second.take(reading, account(web.desk, "supervisor"), web.clock())
    blind = html.unescape(head.get(f"/baca-kedua/{reading}").text)
    assert not any(SECOND_WORDS[f"touched_{one}"][0] in blind for one in ("yes", "no", "unknown", "mark"))
    web.desk.second.answer(reading, OTHER, account(web.desk, "supervisor"), web.clock())
    found = web.client.get("/api/v1/agreement", headers=key).json()
    assert (found["pairs"], found["touched"], found["touch_unknown"]) == (2, 1, 0)
    assert found["untouched"]["pairs"] == 1
    units = {one["scale"]: one["units"] for one in found["untouched"]["scales"]}
    assert units["isu"] == 1 and {one["scale"]: one["units"] for one in found["scales"]}["isu"] == 2
    assert [one["touched"] for one in found["differing"]] == [True]
    third = web.key(name)
    assert web.client.get(f"/api/v1/adjudications/{reading}", headers=third).json()["touched"] is True
    assert SECOND_WORDS["touched_yes"][0] in web.session(name).get(f"/adjudikasi/{reading}").text


def test_agreement_shows_all_pairs_and_those_never_opened_apart_and_what_is_not_measured(
    all_read: Web,
) -> None:
    web = all_read
    decide(web, 1)
    reading = answered(web, 1, OTHER)
    head = web.session("supervisor")
    assert SECOND_WORDS["touched_no"][0] in head.get(f"/adjudikasi/{reading}").text
    for place, lang in enumerate(("id", "en")):
        page = html.unescape(head.get(f"/kesepakatan?lang={lang}").text)
        for key in ("agreement_all", "agreement_untouched", "agreement_not_measured"):
            assert SECOND_WORDS[key][place] in page, key
        assert SECOND_WORDS["agreement_untouched_none"][place] not in page
    with web.desk._store.writing() as books:
        books.second._db.execute(second_reading.update().values(touch_noted=False))
    page = html.unescape(head.get("/kesepakatan?lang=id").text)
    assert SECOND_WORDS["agreement_untouched_none"][0] in page
    assert SECOND_WORDS["agreement_touch_unknown"][0].format(n=1) in page
    assert SECOND_WORDS["touched_unknown"][0] in head.get(f"/adjudikasi/{reading}").text


def test_agreement_is_the_same_whoever_read_and_names_nobody(all_read: Web) -> None:
    web = all_read
    numbers = [
        row.id
        for row in rows(
            web,
            sa.select(incident.c.id).where(incident.c.merged_into.is_(None)).order_by(incident.c.id).limit(4),
        )
    ]
    for place, number in enumerate(numbers):
        decide(web, number)
        answered(web, number, OTHER if place % 2 else SAME)
    head = web.session("administrator")
    key = web.key("administrator")

    def told() -> tuple[str, Any]:
        page = re.split(r"<main|</main>", head.get("/kesepakatan").text)[1]
        return page, web.client.get("/api/v1/agreement", headers=key).json()

    before = told()
    for name in ("analis", "pembaca", "supervisor", "operator"):
        assert f">{name}<" not in before[0] and name not in json.dumps(before[1])
    first, second = account(web.desk, "analis").id, account(web.desk, "pembaca").id
    with web.desk._store.writing() as books:
        swap = {"account_id": sa.case((review.c.account_id == first, second), else_=first)}
        books.second._db.execute(review.update().where(review.c.id % 2 == 0).values(**swap))
        books.second._db.execute(
            second_reading.update().where(second_reading.c.id % 2 == 0).values(reader_id=first)
        )
    assert told() == before
    schema = json.dumps(web.client.get("/api/v1/openapi.json").json()["components"]["schemas"])
    shapes = json.loads(schema)
    for shape in (
        "AgreementOut",
        "UntouchedOut",
        "ScaleOut",
        "PairOut",
        "CodeLineOut",
        "AnswerOut",
        "WeekOut",
        "ElsewhereOut",
    ):
        fields = set(shapes[shape]["properties"])
        assert not fields & {"account", "account_id", "reader", "reader_id", "name", "by"}, shape


def rows(web: Web, query: sa.Select[Any]) -> list[Any]:
    with web.desk._store.reading() as books:
        return list(books.second._db.execute(query).all())


# --- the sample


@pytest.fixture
def sampled(all_read: Web) -> Web:
    """The week of the sample news is over."""
    all_read.clock.forward(days=7)
    assert all_read.desk.samples.draw_due(all_read.clock()) >= 1
    return all_read


def next_item(browser: TestClient) -> tuple[int, str]:
    page = browser.get("/sampel")
    assert page.status_code == 200
    found = re.search(r'action="/sampel/(\d+)" class="answers"', page.text)
    assert found, page.text
    return int(found.group(1)), page.text


def test_the_sample_is_answered_one_after_the_other_without_a_score(sampled: Web) -> None:
    web = sampled
    browser = web.session()
    left = web.desk.samples.left()
    number, page = next_item(browser)
    main = re.split(r"<main|</main>", page)[1]
    article = re.split(r"<article|</article>", main)[1]
    item = web.desk.samples.one(number, account(web.desk, "analis")).item
    report = web.desk.item(item.id)
    assert item.title in html.unescape(article)
    assert "/butir/" not in article
    for secret in (f"{report.assessment.relevance:.2f}".replace(".", ","), "<mark", "badge"):
        assert secret not in article, secret
    done = browser.post(f"/sampel/{number}", data={"csrf": token(page), "jawaban": "tidak"})
    assert (done.status_code, done.headers["location"]) == (303, "/sampel?pesan=tidak")
    assert web.desk.samples.left() == left - 1
    following, _ = next_item(browser)
    assert following != number
    wrong = browser.post(f"/sampel/{following}", data={"csrf": token(page), "jawaban": "mungkin"})
    assert wrong.status_code == 422
    late = web.session("pembaca")
    csrf = token(late.get("/sampel").text)
    assert late.post(f"/sampel/{number}", data={"csrf": csrf, "jawaban": "ya"}).status_code == 409
    again = browser.get(f"/sampel?butir={number}")
    assert SECOND_WORDS["verdict_tidak"][0] in again.text and 'aria-pressed="true"' in again.text


def test_a_missed_item_is_made_an_incident_from_the_page(sampled: Web) -> None:
    web = sampled
    browser = web.session()
    number, page = next_item(browser)
    csrf = token(page)
    refused = browser.post(f"/sampel/{number}/insiden", data={"csrf": csrf})
    assert refused.status_code == 422
    done = browser.post(f"/sampel/{number}", data={"csrf": csrf, "jawaban": "ya"})
    assert done.headers["location"] == f"/sampel?pesan=ya&butir={number}"
    assert f'action="/sampel/{number}/insiden"' in browser.get(done.headers["location"]).text
    made = browser.post(f"/sampel/{number}/insiden", data={"csrf": csrf})
    assert made.status_code == 303 and browser.get(made.headers["location"]).status_code == 200
    listed = browser.get("/sampel").text
    assert SECOND_WORDS["found_missed"][0] in listed and made.headers["location"] in listed


def test_rest_samples_and_what_was_learnt_elsewhere(sampled: Web) -> None:
    web = sampled
    key, base = web.key(), "/api/v1"
    one = web.client.get(f"{base}/samples/next", headers=key).json()["item"]
    assert not set(one) & {"probability", "relevance", "flagged", "evidence"}
    answer = f"{base}/samples/{one['id']}/answer"
    assert web.client.post(answer, headers=key, json={"verdict": "x"}).status_code == 422
    done = web.client.post(answer, headers=key, json={"verdict": "ya"})
    assert (done.status_code, done.json()["verdict"]) == (201, "ya")
    assert web.client.post(answer, headers=web.key("pembaca"), json={"verdict": "tidak"}).status_code == 409
    promoted = web.client.post(f"{base}/samples/{one['id']}/promote", headers=key)
    assert promoted.status_code == 201 and promoted.json()["incident_id"] > 0
    note = {"day": "2026-11-23", "place_code": "62.07", "issue": "E1", "teller": "kepolisian"}
    where = f"{base}/learnt-elsewhere"
    assert web.client.post(where, headers=key, json=note).status_code == 201
    assert web.client.post(where, headers=key, json=note | {"nama": "x"}).status_code == 422
    assert web.client.post(where, headers=key, json=note | {"incident_id": 99_999}).status_code == 404
    told = web.client.get(f"{base}/samples", headers=key).json()
    assert told["elsewhere"][0]["teller"] == "kepolisian"
    week = next(one for one in told["weeks"] if one["answered"])
    assert week["answers"]["ya"] == 1 and week["share"]["value"] == 1.0
    assert week["missed"]["high"] <= week["population"]


def test_what_was_learnt_elsewhere_is_noted_shown_and_withdrawn_by_form(sampled: Web) -> None:
    web = sampled
    browser = web.session()
    csrf = token(browser.get("/sampel").text)
    data = {
        "csrf": csrf,
        "tanggal": "2026-11-23",
        "daerah": "62.07",
        "isu": "E1",
        "lembaga": "pemda",
        "nomor": "",
    }
    for wrong in ({"tanggal": "kemarin"}, {"lembaga": ""}, {"daerah": ""}, {"nomor": "x"}):
        bad = browser.post("/sampel/diketahui", data=data | wrong)
        assert bad.status_code == 422
        assert ('value="62.07" selected' in bad.text) is (wrong != {"daerah": ""})
    assert browser.post("/sampel/diketahui", data=data).status_code == 303
    page = browser.get("/sampel").text
    assert "23/11/2026" in page and SECOND_WORDS["teller_pemda"][0] in page
    (number,) = re.findall(r"/sampel/diketahui/(\d+)/tarik", page)
    assert browser.post(f"/sampel/diketahui/{number}/tarik", data={"csrf": csrf}).status_code == 303
    assert "23/11/2026" not in browser.get("/sampel").text


@pytest.mark.parametrize("path", ["/baca-kedua", "/sampel", "/kesepakatan"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_pages_answer_in_both_languages_with_nothing_to_show(web: Web, path: str, lang: str) -> None:
    found = web.session("supervisor").get(f"{path}?lang={lang}")
    assert found.status_code == 200


def test_a_hostile_title_is_text_on_every_page_of_the_second_reading(all_read: Web) -> None:
    web = all_read
    nasty = '"><script>alert(1)</script>'
    with web.desk._store.writing() as books:
        from screening.schema import item

        books.second._db.execute(item.update().values(title=nasty, text=nasty))
        books.second._db.execute(incident.update().where(incident.c.id == 1).values(title=nasty))
    decide(web, 1, note=nasty)
    reading, name = chosen(web)
    for path in (f"/baca-kedua/{reading}", "/baca-kedua"):
        assert "<script>alert" not in web.session(name).get(path).text
    web.desk.second.answer(reading, OTHER, account(web.desk, name), web.clock())
    web.clock.forward(days=7)
    web.desk.samples.draw_due(web.clock())
    for path in (f"/adjudikasi/{reading}", "/kesepakatan", "/sampel"):
        found = web.session("supervisor").get(path)
        assert found.status_code == 200 and "<script>alert" not in found.text


def test_a_rejection_and_its_reason_are_compared_as_no_codes(all_read: Web) -> None:
    web = all_read
    decide(
        web,
        1,
        decision=Decision.REJECT,
        reason=RejectReason.OLD,
        issue=None,
        form=None,
        severity=None,
        place_code=None,
    )
    answered(web, 1, Answer(decision=Decision.REJECT, reason=RejectReason.CEREMONY))
    found = web.client.get("/api/v1/agreement", headers=web.key()).json()
    scales = {one["scale"]: one["units"] for one in found["scales"]}
    assert scales == {"relevansi": 1, "isu": 0, "tingkat": 0, "bentuk": 0}
    assert found["differing"] == []
