"""The access matrix: every route of the application x role x office x what it asks for, by real requests.

What is expected is the table written by hand in `api.access`; what is asked is generated from the routes.
"""

from __future__ import annotations

import ast
import html
import inspect
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from api_fixtures import (  # noqa: F401  fixtures
    HASH,
    NOW,
    PASSWORD,
    Clock,
    Web,
    application,
    desk_at,
    sample_database,
    session_cookie,
    token,
)
from fastapi import FastAPI, Response
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient

from api import access_page
from api.access import ANYBODY, PATHS, TABLE, Reach, Who, rows
from api.app import open_doors, reach_of
from api.auth import NOT_THERE, READ, SESSION_COOKIE, Reader, Rule, fingerprint, new_key, rules_of
from api.words import say
from models import Classifier
from screening import (
    EVERYTHING,
    Account,
    AuditFilter,
    Conflict,
    Decision,
    FollowUpDraft,
    FollowUpState,
    Incident,
    IncidentFilter,
    ItemFilter,
    MemoKind,
    QueueFilter,
    Refused,
    ReviewDraft,
    Role,
    Sight,
)
from screening.agreement import Answer
from screening.second import FirstReview
from screening.taxonomy import REGENCIES

RELATIONS = ("sendiri", "bersama", "lain", "provinsi")
SEEN = frozenset({"sendiri", "bersama"})
# Sessions that these end are opened anew for the next request.
ENDING = ("/keluar", "/akun/sesi", "/sandi", "/masuk", "/akun/langkah-kedua")
FREE = 987_654  # a number that nothing has


@dataclass(slots=True)
class Ground:
    """One office's world: an incident in it, a shared one, another regency's, one that is the province's."""

    web: Web
    office: str
    incidents: dict[str, Incident] = field(default_factory=dict)
    things: dict[tuple[str, str], int] = field(default_factory=dict)
    sessions: dict[str, tuple[TestClient, str]] = field(default_factory=dict)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)

    def browser(self, name: str) -> tuple[TestClient, str]:
        """A signed-in browser and the token of its forms."""
        if name not in self.sessions:
            browser = self.web.fresh()
            cookie = session_cookie(self.web.desk, name, self.web.clock())
            browser.cookies.set(SESSION_COOKIE, cookie)
            session = self.web.desk.session(fingerprint(cookie), self.web.clock())
            assert session is not None
            self.sessions[name] = browser, session.csrf
        return self.sessions[name]

    def account(self, name: str) -> Account:
        found = self.web.desk.account(name)
        assert found is not None
        return found

    def who(self, role: Role, office: str) -> str:
        return role.value if office == "62" else f"{role.value}-daerah"

    def thing(self, kind: str, relation: str, name: str) -> int:
        """The number of a thing of that kind; topics and views are made for the request, as it ends them."""
        desk, now = self.web.desk, self.web.clock()
        if kind == "topik":
            owner = "analis-daerah" if relation in SEEN else "analis-lain" if relation == "lain" else "analis"
            title = f"Topik {len(self.things)} {relation}"
            self.things[kind, title] = made = desk.topics.add(title, "portal", self.account(owner), now).id
            return made
        if kind == "tampilan":
            owner = self.account(name)
            desk.views.keep("Tampilan uji", "tingkat=3", owner, now)
            return desk.views.of(owner)[0].id
        return self.things[kind, relation]

    def address(self, path: str, relation: str, name: str) -> str:
        for part, kind in PATHS.items():
            value: object = FREE
            if kind and any(f"{{{part}{typed}}}" in path for typed in ("", ":int")):
                value = self.thing(kind, relation, name)
            elif part == "source_id":
                value = 1
            elif part in SAMPLES:
                value = SAMPLES[part]
            path = path.replace(f"{{{part}:int}}", str(value)).replace(f"{{{part}}}", str(value))
        assert "{" not in path, path
        return path

    def ask(self, method: str, path: str, name: str, relation: str = "sendiri", *, key: bool = False) -> str:
        """What becomes of a request: boleh, masuk, peran, kantor, tiada."""
        address = self.address(path, relation, name) if name else self.address(path, "sendiri", "analis")
        if not name:
            browser, csrf = self.web.fresh(), ""
        else:
            browser, csrf = (self.web.fresh(), "") if key else self.browser(name)
        headers = {"accept": "text/html"} | (self.keys[name] if key else {"x-csrf-token": csrf})
        sent: dict[str, object] = {}
        if method != "GET":
            sent = {"json": {}} if path.startswith("/api/") else {"data": {"csrf": csrf}}
        answer = browser.request(method, address, headers=headers, **sent)  # type: ignore[arg-type]
        if path.startswith(ENDING):
            self.sessions.pop(name, None)
        return outcome(answer, f"{method} {address} as {name or 'nobody'}")


SAMPLES = {"code": "IO-1", "name": "antrean", "ending": "csv", "handle": "0" * 16}
REFUSED = {
    html.escape(say(word, lang)): told
    for word, told in (
        ("forbidden_role", "peran"),
        ("forbidden_office", "kantor"),
        ("forbidden_key", "kunci"),
        ("forbidden_scope", "kunci"),
    )
    for lang in ("id",)
}


def outcome(answer: Response, told: str) -> str:
    """Which rule answered, told by its words; what a verb behind the rule says is `boleh`: it was reached."""
    assert answer.status_code < 500, f"{told}: {answer.status_code} {answer.text[:300]}"  # type: ignore[attr-defined]
    if answer.status_code == 401 and "/api/" in str(answer.url):  # type: ignore[attr-defined]
        return "masuk"
    if answer.status_code == 303 and answer.headers["location"].startswith("/masuk"):
        return "boleh" if "POST /keluar" in told and "nobody" not in told else "masuk"
    if answer.status_code == 403:
        return next((how for words, how in REFUSED.items() if words in answer.text), "boleh")  # type: ignore[attr-defined]
    if answer.status_code == 404 and NOT_THERE in answer.text:  # type: ignore[attr-defined]
        return "tiada"
    return "boleh"


def expected(who: Who, reach: Reach | None, role: Role, office: str, relation: str, path: str) -> str:
    """What the table says, spelled out."""
    if reach is None:
        return "boleh"
    if role not in who:
        return "peran"
    if office == "62":
        return "boleh"
    if reach is Reach.PROVINCE:
        return "kantor"
    if reach is Reach.OBJECT and relation not in SEEN:
        return "tiada"
    assert reach is not Reach.OBJECT or any(PATHS[name] for name in names_in(path)), path
    return "boleh"


def names_in(path: str) -> list[str]:
    return [part.partition("}")[0].partition(":")[0] for part in path.split("{")[1:]]


def routes_of(app: FastAPI) -> list[tuple[str, str, APIRoute]]:
    return [
        (method, context.path, context.original_route)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in sorted(context.original_route.methods)
    ]


@pytest.fixture(scope="module")
def prepared(
    sample_database: Path,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
    classifier: Classifier,
) -> Ground:
    """The sample day seen from one regency, with something of each kind in all four relations."""
    path = tmp_path_factory.mktemp("akses") / "dini.db"
    shutil.copy(sample_database, path)
    desk, clock = desk_at(path, classifier), Clock()
    web = Web(desk=desk, clock=clock, client=TestClient(application(sample_database, classifier)))
    found = desk.queue(QueueFilter(state="all", limit=200), NOW).lines
    by_office: dict[str, list[Incident]] = {}
    for line in found:
        code = (line.incident.place_code or "")[:5]
        by_office.setdefault(code if code in dict(REGENCIES) else "62", []).append(line.incident)
    regencies = sorted((code for code in by_office if code != "62"), key=lambda code: -len(by_office[code]))
    office = next(code for code in regencies if len(by_office[code]) >= 2)
    other = next(code for code in regencies if code != office)
    ground = Ground(web=web, office=office)
    for role in Role:
        desk.create_account(f"{role.value}-daerah", role, HASH, NOW, must_change=False, office=office)
    desk.create_account("analis-lain", Role.ANALYST, HASH, NOW, must_change=False, office=other)
    ground.incidents = {
        "sendiri": by_office[office][0],
        "bersama": by_office[office][1],
        "lain": by_office[other][0],
        "provinsi": by_office["62"][0],
    }
    for relation, one in ground.incidents.items():
        # The reports of one tell of our regency, and a person placed it in the next: both see it.
        fill(ground, relation, one, place=other if relation == "bersama" else None)
    for name in [*(role.value for role in Role), *(f"{role.value}-daerah" for role in Role)]:
        made = new_key()
        desk.add_key(f"uji {name}", fingerprint(made), ground.account(name).id, NOW)
        ground.keys[name] = {"Authorization": f"Bearer {made}"}
    return ground


def fill(ground: Ground, relation: str, one: Incident, place: str | None) -> None:
    desk, admin = ground.web.desk, ground.account("administrator")
    draft = ReviewDraft(
        incident_id=one.id, decision=Decision.ACCEPT, place_code=place, seen_review_id=one.review_id
    )
    after = desk.review(draft, admin, NOW)
    assert after.review_id is not None
    follow_up = desk.casework.open_follow_up(
        FollowUpDraft(
            incident_id=one.id,
            what="Rapat koordinasi dengan camat",
            owner="Bidang Kewaspadaan Nasional",
            due_at=NOW + timedelta(days=1),
            state=FollowUpState.PLANNED,
        ),
        admin,
        NOW,
    )
    memo = desk.memos.open(MemoKind.INFORMATION, one.id, admin, NOW)
    first = FirstReview(
        review_id=after.review_id, answer=Answer(decision=Decision.ACCEPT), level=one.severity, at=NOW
    )
    with desk._store.writing() as books:
        books.second.choose(one.id, first, None, NOW)
        reading = books.second.lines(ground.account("supervisor").id, EVERYTHING)[-1]
    numbers = {
        "insiden": one.id,
        "butir": one.lead_item_id,
        "putusan": after.review_id,
        "tindak": follow_up.id,
        "naskah": memo.id,
        "bacaan2": reading.id,
    }
    ground.things |= {(kind, relation): number for kind, number in numbers.items()}


@pytest.fixture
def ground(
    prepared: Ground,
    tmp_path: Path,
    sample_database: Path,  # noqa: F811
    classifier: Classifier,
) -> Iterator[Ground]:
    """A copy of it, so that no test meets what another wrote."""
    path = tmp_path / "dini.db"
    source = prepared.web.desk.settings.database_url.removeprefix("sqlite:///")
    prepared.web.desk.audits.flush()
    with prepared.web.desk._store.reading() as books:
        books.offices._db.exec_driver_sql("SELECT 1")
    shutil.copy(source, path)
    for ending in ("-wal", "-shm"):
        if Path(source + ending).exists():
            shutil.copy(source + ending, f"{path}{ending}")
    desk, clock = desk_at(path, classifier), Clock()
    app = application(sample_database, classifier)
    app.state.doors = open_doors(desk, clock)
    web = Web(desk=desk, clock=clock, client=TestClient(app, follow_redirects=False))
    yield Ground(
        web=web,
        office=prepared.office,
        incidents=prepared.incidents,
        things=dict(prepared.things),
        keys=prepared.keys,
    )
    desk.close()


# --- the table and the routes


def test_every_route_stands_in_the_table_and_nothing_else_does(ground: Ground) -> None:
    there = {f"{method} {path}" for method, path, _ in routes_of(ground.web.client.app)}  # type: ignore[arg-type]
    written = [route for route, _who, _reach in rows()]
    assert len(written) == len(set(written)), "a route stands in the table twice"
    assert there == set(written)


def test_the_rule_of_every_route_lets_in_the_roles_of_the_table(ground: Ground) -> None:
    roles = {route: who for route, who, _reach in rows()}
    for method, path, route in routes_of(ground.web.client.app):  # type: ignore[arg-type]
        rules = rules_of(route.dependant)
        assert len(rules) == 1, f"{method} {path}: {len(rules)} rules"
        got = rules[0].roles if isinstance(rules[0], Rule) else ANYBODY
        assert got == roles[f"{method} {path}"], f"{method} {path}"


def test_no_auditor_may_write_but_for_the_own_sign_in() -> None:
    for (who, reach), routes in TABLE.items():
        for route in routes:
            if not route.startswith("GET ") and Role.AUDITOR in who:
                assert reach is Reach.SELF or route == "POST /api/v1/screen", route


def test_a_path_without_a_sight_rule_stops_the_start() -> None:
    app = FastAPI()

    @app.get("/rahasia/{perkara_id}")
    def secret(perkara_id: int, visitor: Reader) -> None: ...

    with pytest.raises(RuntimeError, match="perkara_id"):
        reach_of(app)


def test_a_route_that_is_not_in_the_table_is_closed_to_regencies() -> None:
    app = FastAPI()

    @app.get("/besok")
    def tomorrow(visitor: Reader) -> None: ...

    assert reach_of(app)["GET", tomorrow] is None
    assert READ.roles == frozenset(Role)


def test_the_page_of_access_is_written_from_the_table() -> None:
    text = access_page.PAGE.read_text(encoding="utf-8")
    assert access_page.page(text) == text, "python -m api.access_page --write"


# --- the matrix


@pytest.mark.parametrize("role", [None, *Role])
def test_the_matrix_of_routes_offices_and_objects_is_as_written(ground: Ground, role: Role | None) -> None:
    wrong: list[str] = []
    asked = 0
    for route, who, reach in rows():
        method, path = route.split(" ", 1)
        if role is None:
            want, got = "boleh" if reach is None else "masuk", ground.ask(method, path, "")
            asked += 1
            if got != want and path != "/" and not path.startswith("/masuk"):
                wrong.append(f"nobody {route}: {got}, not {want}")
            continue
        if reach is None:
            continue
        cases = [("62", "sendiri")]
        by_object = reach is Reach.OBJECT and role in who
        cases += [(ground.office, one) for one in (RELATIONS if by_object else ("sendiri",))]
        for office, relation in cases:
            want = expected(who, reach, role, office, relation, path)
            got = ground.ask(method, path, ground.who(role, office), relation)
            asked += 1
            if path == "/masuk/kode" and got == "masuk":
                continue  # there is no half sign-in to finish
            if got != want:
                wrong.append(f"{role} of {office} {route} ({relation}): {got}, not {want}")
    assert not wrong, "\n".join(wrong)
    assert asked > 150


@pytest.mark.parametrize("role", list(Role))
def test_a_key_reaches_no_further_than_its_account(ground: Ground, role: Role) -> None:
    wrong: list[str] = []
    for route, who, reach in rows():
        method, path = route.split(" ", 1)
        if reach is None or "/exports/" in path or path.endswith("/pdf"):
            continue  # the tables and papers are long to make and stand behind the same rule
        if not path.startswith("/api/"):
            if method == "GET" and path in ("/antrean", "/insiden/{incident_id}", "/akun", "/jejak"):
                got = ground.ask(method, path, ground.who(role, ground.office), key=True)
                if got != "kunci":
                    wrong.append(f"{role} {route}: {got}, not kunci")
            continue
        relation = "lain" if reach is Reach.OBJECT else "sendiri"
        want = expected(who, reach, role, ground.office, relation, path)
        got = ground.ask(method, path, ground.who(role, ground.office), relation, key=True)
        if got != want and not (want == "peran" and got == "kunci"):
            wrong.append(f"key of {role} {route} ({relation}): {got}, not {want}")
    assert not wrong, "\n".join(wrong)


# --- what lists hold


def readable(answer: Response, path: str) -> str:
    """Everything that is told by an answer, as text."""
    body: bytes = answer.content  # type: ignore[attr-defined]
    if path.endswith("xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
        return "\n".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    if path.endswith("parquet"):
        return pd.read_parquet(io.BytesIO(body)).to_csv()
    return html.unescape(body.decode("utf-8", "replace"))


def test_no_list_holds_anything_of_an_incident_the_office_does_not_see(ground: Ground) -> None:
    desk = ground.web.desk
    everything = desk.queue(QueueFilter(state="all", limit=200), NOW)
    sight = Sight(office=ground.office)
    seen = desk.offices.visible(sight, [line.incident.id for line in everything.lines])
    own = {line.incident.title for line in everything.lines if line.incident.id in seen}
    hidden = {line.incident.title for line in everything.lines if line.incident.id not in seen} - own
    assert {ground.incidents[one].id for one in SEEN} <= seen and len(hidden) > 5
    told = 0
    for name in ("administrator-daerah", "auditor-daerah"):
        browser, _csrf = ground.browser(name)
        for route, who, reach in rows():
            method, path = route.split(" ", 1)
            if method != "GET" or reach not in (Reach.LISTED, Reach.OFFICE) or path.endswith(".pdf"):
                continue
            if Role(name.removesuffix("-daerah")) not in who:
                continue
            wide = "?status=all&wilayah=kalteng" if path == "/antrean" else ""
            answer = browser.get(ground.address(path, "sendiri", name) + wide)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            text = readable(answer, path)
            assert not [title for title in hidden if title in text], path
            told += any(title in text for title in own)
    assert told > 20, "the lists show what is the office's own"


def test_the_counts_of_a_regency_are_its_own(ground: Ground) -> None:
    desk, sight = ground.web.desk, Sight(office=ground.office)
    page = desk.queue(QueueFilter(state="all", limit=200, sight=sight), NOW)
    assert page.total == len(page.lines) == len(desk.offices.visible(sight, range(1, 500)))
    assert sum(n for _level, n in page.counts) <= page.total
    seen = desk.overview(NOW, sight)
    whole = desk.overview(NOW)
    assert seen.undecided < whole.undecided
    beyond = [one for one in seen.areas if not one.within]
    assert beyond and all(not one.incidents and not one.level and not one.sources for one in beyond)
    assert next(one for one in seen.areas if one.code == ground.office).within
    assert seen.elsewhere.incidents == 0 and all(one.within for one in whole.areas)
    lines = desk.set_aside(None, 200, 0, sight=sight)
    assert len(lines) < len(desk.set_aside(None, 200, 0))
    assert all(desk.item(one.item_id).assessment.place.regency == ground.office for one in lines)
    assert sum(n for _why, n in page.set_aside) == len(lines)


@pytest.mark.parametrize(
    "address",
    [
        "/laporan?daerah={o}",
        "/laporan.pdf?daerah={o}",
        "/indikator?kantor={o}",
        "/indikator/IO-1?kantor={o}",
        "/api/v1/digest?office={o}",
        "/api/v1/digest.pdf?office={o}",
        "/api/v1/digests?office={o}",
        "/api/v1/feeds/incidents.atom?office={o}",
        "/api/v1/feeds/incidents.json?office={o}",
        "/api/v1/indicators?office={o}",
        "/api/v1/indicators/IO-1?office={o}",
    ],
)
def test_the_figures_of_another_office_are_refused(ground: Ground, address: str) -> None:
    browser, _csrf = ground.browser("supervisor-daerah")
    for office in ("62", next(code for code, _ in REGENCIES if code != ground.office)):
        assert outcome(browser.get(address.format(o=office)), address) == "kantor"
    assert browser.get(address.format(o=ground.office)).status_code == 200
    assert browser.get(address.partition("?")[0]).status_code == 200
    province, _csrf = ground.browser("supervisor")
    assert province.get(address.format(o=ground.office)).status_code == 200


# --- numbers in the body, and numbers that tell nothing


def test_decisions_about_foreign_incidents_among_many_are_not_there(ground: Ground) -> None:
    browser, csrf = ground.browser("analis-daerah")
    numbers = {one: ground.incidents[one].id for one in RELATIONS}
    answer = browser.post(
        "/api/v1/reviews",
        json={"reviews": [{"incident_id": one, "decision": "ragu"} for one in numbers.values()]},
        headers={"x-csrf-token": csrf},
    )
    told = {one["incident_id"]: one for one in answer.json()["items"]}
    for relation in ("lain", "provinsi"):
        line = told[numbers[relation]]
        assert line["outcome"] == "tidak_ada"
        assert ground.incidents[relation].title not in answer.text
    assert told[numbers["sendiri"]]["outcome"] != "tidak_ada"


@pytest.mark.parametrize("relation", ["lain", "provinsi"])
def test_a_foreign_incident_cannot_be_merged_into_ones_own(ground: Ground, relation: str) -> None:
    browser, csrf = ground.browser("analis-daerah")
    foreign, own = ground.incidents[relation], ground.incidents["sendiri"]
    answers = {
        number: browser.post(
            f"/api/v1/incidents/{own.id}/merge", json={"from_id": number}, headers={"x-csrf-token": csrf}
        )
        for number in (foreign.id, FREE)
    }
    assert {one.status_code for one in answers.values()} == {404}
    assert answers[foreign.id].json()["detail"] == answers[FREE].json()["detail"]
    form = browser.post(f"/insiden/{own.id}/gabung", data={"csrf": csrf, "nomor": str(foreign.id)})
    assert form.status_code == 404 and foreign.title not in html.unescape(form.text)


def test_a_foreign_number_reads_like_one_that_nothing_has(ground: Ground) -> None:
    browser, _csrf = ground.browser("analis-daerah")
    for path in ("/api/v1/incidents/{}", "/api/v1/incidents/{}/notes"):
        foreign = browser.get(path.format(ground.incidents["lain"].id))
        nothing = browser.get(path.format(FREE))
        assert foreign.status_code == nothing.status_code == 404
        assert foreign.json()["detail"] == nothing.json()["detail"]


@pytest.mark.parametrize("form", ["+{}", "{}.0", "%20{}", "{}%20", "0_{}", "00000000000000000000{}", "-0{}"])
def test_no_other_spelling_of_a_number_opens_what_the_plain_one_does_not(ground: Ground, form: str) -> None:
    browser, _csrf = ground.browser("analis-daerah")
    things = {"incidents": "insiden", "items": "butir", "memos": "naskah", "readings": "bacaan2"}
    for room, kind in things.items():
        answer = browser.get(f"/api/v1/{room}/" + form.format(ground.things[kind, "lain"]))
        assert answer.status_code in {404, 422}, (room, form)
    page = browser.get("/insiden/" + form.format(ground.incidents["lain"].id))
    assert page.status_code in {404, 422}


# --- sight follows what people and the machine do


def test_a_place_set_by_hand_brings_the_incident_to_that_office(ground: Ground) -> None:
    desk, one = ground.web.desk, ground.incidents["provinsi"]
    sight = Sight(office=ground.office)
    assert not desk.offices.sees(sight, "insiden", one.id)
    now = desk.incident(one.id, NOW).incident
    draft = ReviewDraft(
        incident_id=one.id,
        decision=Decision.ACCEPT,
        place_code=ground.office,
        seen_review_id=now.review_id,
    )
    after = desk.review(draft, ground.account("administrator"), NOW + timedelta(minutes=1))
    assert desk.offices.sees(sight, "insiden", one.id)
    assert desk.offices.of_incident(one.id)[ground.office] == "tempat"
    assert after.review_id is not None
    desk.decisions.undo(after.review_id, ground.account("administrator"), NOW + timedelta(minutes=2))
    assert not desk.offices.sees(sight, "insiden", one.id)


def test_merging_and_splitting_carry_the_sight_along(ground: Ground) -> None:
    desk, admin = ground.web.desk, ground.account("administrator")
    own, other = ground.incidents["sendiri"], ground.incidents["lain"]
    code = (other.place_code or "")[:5]
    items = [report.item.id for report in desk.incident(other.id, NOW).reports]
    assert code not in desk.offices.of_incident(own.id)
    desk.merge(own.id, other.id, admin, NOW)
    assert {code, ground.office} <= set(desk.offices.of_incident(own.id))
    assert desk.offices.of_incident(other.id) == {}
    assert desk.offices.sees(Sight(office=ground.office), "insiden", other.id), "it leads to its new home"
    _kept, new = desk.split(own.id, items, admin, NOW)
    assert code not in desk.offices.of_incident(own.id)
    assert desk.offices.of_incident(new.id)[code] == "tempat"


def test_another_role_or_office_ends_the_sessions(ground: Ground) -> None:
    desk = ground.web.desk
    for change in (
        lambda name: desk.offices.set_role(name, Role.AUDITOR, NOW),
        lambda name: desk.offices.set_office(name, "62.01", NOW),
        lambda name: desk.offices.set_active(name, False, NOW),
        lambda name: desk.offices.set_active(name, True, NOW),
        lambda name: desk.offices.reset_password(name, HASH, NOW),
    ):
        ground.sessions.clear()
        browser, _csrf = (
            ground.browser("analis-daerah") if ground.account("analis-daerah").active else (None, "")
        )
        change("analis-daerah")
        if browser is not None:
            assert browser.get("/api/v1/taxonomy").status_code == 401
    told = [row.what for row in desk.audits.page(AuditFilter(limit=40)).rows if "sesi" not in row.what]
    assert told[:5] == ["sandi.atur", "akun.aktif", "akun.nonaktif", "akun.kantor", "akun.peran"]


def test_the_last_administrator_of_the_province_stays(ground: Ground) -> None:
    desk = ground.web.desk
    for change in (
        lambda: desk.offices.set_active("administrator", False, NOW),
        lambda: desk.offices.set_role("administrator", Role.ANALYST, NOW),
        lambda: desk.offices.set_office("administrator", "62.01", NOW),
    ):
        with pytest.raises(Conflict, match="terakhir"):
            change()


def test_a_regency_reads_the_trail_of_its_own_accounts_only(ground: Ground) -> None:
    ground.ask("GET", "/insiden/{incident_id}", "analis-daerah")
    ground.ask("GET", "/insiden/{incident_id}", "supervisor")
    browser, _csrf = ground.browser("auditor-daerah")
    page, table = browser.get("/jejak").text, browser.get("/jejak.csv").text
    assert "analis-daerah" in page and "analis-daerah" in table
    assert ",supervisor," not in table and not re.search(r"<td[^>]*>\s*supervisor\s*</td>", page)
    whole = ground.browser("auditor")[0]
    assert ",supervisor," in whole.get("/jejak.csv").text
    assert re.search(r"<td[^>]*>\s*supervisor\s*</td>", whole.get("/jejak").text)
    assert browser.get("/jejak?akun=supervisor").text.count("tidak") >= 1


def test_a_regency_writes_papers_in_its_own_name(ground: Ground) -> None:
    desk, analyst = ground.web.desk, ground.account("analis-daerah")
    made = desk.memos.open(MemoKind.INFORMATION, ground.incidents["bersama"].id, analyst, NOW)
    assert made.office == ground.office
    fields = replace(desk.memos.view(made.id, NOW).fields, office="62")
    with pytest.raises(Refused):
        desk.memos.save(made.id, fields, made.version, analyst, NOW)


# --- the screens


@pytest.mark.parametrize(
    ("role", "home"), [(Role.SUPERVISOR, "/ikhtisar"), (Role.OPERATOR, "/sumber"), (Role.ANALYST, "/antrean")]
)
def test_each_role_begins_where_its_work_is(ground: Ground, role: Role, home: str) -> None:
    browser = ground.web.fresh()
    form = browser.get("/masuk")
    answer = browser.post(
        "/masuk", data={"nama": f"{role.value}-daerah", "sandi": PASSWORD, "csrf": token(form.text)}
    )
    assert answer.headers["location"] == home


def test_a_screen_says_which_office_one_is_in(ground: Ground) -> None:
    name = dict(REGENCIES)[ground.office]
    browser, _csrf = ground.browser("supervisor-daerah")
    page = browser.get("/ikhtisar").text
    assert f"Kesbangpol Kab. {name}" in page and "di luar kewenangan" in page
    province, _csrf = ground.browser("supervisor")
    page = province.get("/ikhtisar").text
    assert "Kesbangpol Prov. Kalteng" in page and "di luar kewenangan" not in page


# --- no verb that lists without a sight


def test_every_verb_that_lists_incidents_or_items_takes_a_sight(ground: Ground) -> None:
    desk = ground.web.desk
    listing = [
        desk.set_aside,
        desk.overview,
        desk.exports.published,
        desk.casework.follow_ups,
        desk.casework.similar,
        desk.memos.lines,
        desk.memos.counts,
        desk.topics.all,
        desk.topics.trial,
    ]
    for verb in listing:
        assert "sight" in inspect.signature(verb).parameters, verb
    for shape in (QueueFilter, IncidentFilter, ItemFilter):
        assert "sight" in {one.name for one in fields(shape)}, shape


def test_no_route_calls_such_a_verb_without_the_visitors_sight() -> None:
    """Read from the source, so that a page made tomorrow cannot forget it."""
    wanted = {"set_aside", "overview", "published", "follow_ups", "similar", "lines", "counts", "trial"}
    filters = {"QueueFilter", "IncidentFilter"}
    bare = []
    for file in sorted((Path(__file__).parents[1] / "api").glob("*.py")):
        if not file.name.startswith(("pages", "rest", "docket", "queue_filter")):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            said = ast.unparse(node)
            verb = isinstance(node.func, ast.Attribute) and node.func.attr in wanted and "desk" in said
            made = isinstance(node.func, ast.Name) and node.func.id in filters
            if (verb or made) and "sight" not in said:
                bare.append(f"{file.name}:{node.lineno} {said[:80]}")
    assert not bare, "\n".join(bare)
