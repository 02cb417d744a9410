"""Headers, errors and the rule that every route has a rule."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
from datetime import datetime

import pytest
import structlog
from api_fixtures import NOW, Clock, Web, sample_database, web
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from api.app import open_doors, refuse_routes_without_rule
from api.auth import PUBLIC, rules_of
from screening import Conflict, Desk, Invalid, NotFound, NotSetUp, Refused, SetAsideLine

SECRET = "rahasia-dalam-galat-4711"


class Broken(Desk):
    """A desk whose one verb fails as told, to see what a reader gets to see of it."""

    def __init__(self, inner: Desk, error: Exception) -> None:
        super().__init__(inner._store, inner._classifier, inner.settings)
        self.error = error

    def set_aside(
        self, reason: object, limit: int, offset: int, after: str = "", sight: object = None
    ) -> tuple[SetAsideLine, ...]:
        raise self.error


def broken(web: Web, error: Exception, browser: TestClient) -> TestClient:
    """The signed-in browser on the application whose desk fails."""
    app = web.client.app
    assert isinstance(app, FastAPI)
    app.state.doors = open_doors(Broken(web.desk, error), Clock())
    return TestClient(app, follow_redirects=False, cookies=browser.cookies)


def paths(app: FastAPI) -> list[tuple[str, str, APIRoute]]:
    return [
        (method, context.path or "", context.original_route)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in sorted(context.original_route.methods)
    ]


def test_every_answer_carries_the_security_headers(web: Web) -> None:
    browser = web.session()
    for path in ("/masuk", "/antrean", "/tidak-ada", "/static/dini.css", "/api/v1/health", "/api/v1/queue"):
        headers = browser.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert browser.get("/antrean").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/masuk", "/antrean", "/disisihkan", "/laporan", "/sumber"])
def test_no_page_has_inline_script_or_style_or_an_outside_address(web: Web, path: str) -> None:
    import re

    html = web.session("administrator").get(path, follow_redirects=True).text
    assert "<style" not in html
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r'(?:src|<link[^>]+href)="(?:https?:)?//', html)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("Tidak ada."), 404),
        (Invalid("Salah."), 422),
        (Conflict("Didahului."), 409),
        (Refused("Dilarang."), 403),
        (NotSetUp("Belum siap."), 503),
    ],
)
def test_the_tree_of_refusals_maps_to_one_status_each(web: Web, error: Exception, status: int) -> None:
    key, browser = web.key(), web.session()
    client = broken(web, error, browser)
    answer = client.get("/api/v1/set-aside", headers=key)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.json()["detail"] == str(error)
    page = client.get("/disisihkan")
    assert page.status_code == status
    assert str(error) in page.text


def test_a_bug_becomes_a_reference_and_never_its_text(web: Web) -> None:
    key, browser = web.key(), web.session()
    client = broken(web, RuntimeError(SECRET), browser)
    with capture_logs() as logged:
        answer = client.get("/api/v1/set-aside", headers=key)
        page = client.get("/disisihkan")
    assert (answer.status_code, page.status_code) == (500, 500)
    for text in (answer.text, page.text):
        assert SECRET not in text
        assert "RuntimeError" not in text
    assert "content-security-policy" in answer.headers
    logged = [line for line in logged if line["event"] != "request"]
    assert [line["kind"] for line in logged] == ["RuntimeError", "RuntimeError"]
    assert answer.json()["reference"] == logged[0]["reference"]
    assert f"<code>{logged[1]['reference']}</code>" in page.text


def test_a_wrong_value_is_named_but_not_repeated(web: Web) -> None:
    answer = web.client.get("/api/v1/queue?limit=<script>", headers=web.key())
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "limit", "code": "int_parsing"}]
    assert "script" not in answer.text


def test_unknown_addresses_answer_in_the_readers_kind(web: Web) -> None:
    assert web.client.get("/api/v1/nothing").headers["content-type"] == "application/problem+json"
    page = web.client.get("/nothing")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert web.client.delete("/api/v1/queue").status_code == 405


@pytest.mark.parametrize("declared", [True, False])
def test_a_request_over_the_limit_is_refused_and_is_no_bug(web: Web, declared: bool) -> None:
    body = b"x" * (9 * 1024 * 1024)
    structlog.reset_defaults()  # a test before may have set the level of a command
    with capture_logs() as logged:
        answer = web.client.post(
            "/api/v1/screen", content=body if declared else iter([body]), headers=web.key()
        )
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert "content-security-policy" in answer.headers
    assert [(line["event"], line["status"]) for line in logged] == [("request", 413)]


def test_every_route_has_a_rule_and_strangers_get_nowhere(web: Web) -> None:
    app = web.client.app
    assert isinstance(app, FastAPI)
    routes = paths(app)
    assert len(routes) > 25
    for method, path, route in routes:
        assert rules_of(route.dependant), path
        if PUBLIC in rules_of(route.dependant):
            continue
        where = re.sub(r"\{\w+_id(:int)?\}", "1", path)
        answer = web.fresh().request(method, where)
        if path.startswith("/api/"):
            assert answer.status_code == 401, (method, path, answer.status_code)
        else:
            assert answer.status_code == 303, (method, path, answer.status_code)
            assert answer.headers["location"].startswith("/masuk")


def test_only_these_routes_are_open_to_strangers(web: Web) -> None:
    app = web.client.app
    assert isinstance(app, FastAPI)
    public = {(m, p) for m, p, route in paths(app) if PUBLIC in rules_of(route.dependant)}
    machines = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/api/v1/health")}
    outside = {("GET", "/masuk/luar"), ("GET", "/masuk/luar/balik")}
    notice = {("GET", "/privasi")}
    assert public == {("GET", "/"), ("GET", "/masuk"), ("POST", "/masuk")} | outside | notice | machines


def test_a_route_without_a_rule_stops_the_start() -> None:
    app = FastAPI()

    @app.get("/terbuka")
    def forgotten() -> None: ...

    with pytest.raises(RuntimeError, match="/terbuka"):
        refuse_routes_without_rule(app)


def test_the_api_description_is_there_and_the_outside_documentation_page_is_not(web: Web) -> None:
    answer = web.client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert "/api/v1/queue" in answer.json()["paths"]
    assert not [path for path in answer.json()["paths"] if not path.startswith("/api/")]
    assert web.client.get("/docs").status_code == 404
    assert web.client.get("/redoc").status_code == 404


def test_the_clock_is_the_one_given(web: Web) -> None:
    assert web.clock() == NOW
    assert isinstance(web.clock(), datetime)
    assert (
        web.client.get("/api/v1/digest", headers=web.key()).json()["generated_at"] == "2026-11-24T02:00:00Z"
    )


def test_people_who_send_too_much_get_a_page_with_the_same_headers(web: Web) -> None:
    for body in (b"x" * (9 * 1024 * 1024), iter([b"--x\r\n\r\n", b"x" * (9 * 1024 * 1024)])):
        kind = {"content-type": "multipart/form-data; boundary=x"}
        answer = web.fresh().post("/masuk", content=body, headers=kind)
        assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
        assert "content-security-policy" in answer.headers
        assert "8 MB" in answer.text
