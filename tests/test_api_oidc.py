"""Signing in at an OpenID Connect provider: a real one on loopback, and one that lies in every way."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from api_fixtures import PASSWORD, Web, sample_database, token, web
from click.testing import CliRunner
from fastapi.testclient import TestClient
from oidc_ground import CLIENT, KEY, OTHER_KEY, SECRET, SUBJECT, Liar, provider, raw, signed
from test_api_totp import code, enrol

from api.app import open_doors
from api.auth import SESSION_COOKIE
from api.cli import main
from screening import Conflict, Desk, Invalid, OidcProvider, Settings


def signing_in_at(web: Web, issuer: str) -> None:
    """The application of this test, with a provider in its settings and the clock at the provider's time."""
    settings = OidcProvider(issuer=issuer, client_id=CLIENT, client_secret=SECRET, name="SSO Kantor")
    desk = Desk(web.desk._store, web.desk.classifier, replace(web.desk.settings, oidc=settings))
    web.clock.now = datetime.now(UTC)
    web.desk = desk
    web.client.app.state.doors = open_doors(desk, web.clock)


@pytest.fixture
def liar(web: Web) -> Iterator[Liar]:
    with provider() as told:
        signing_in_at(web, told.issuer)
        yield told


def linked(web: Web, issuer: str, name: str = "analis", subject: str = SUBJECT) -> None:
    found = web.desk.account(name)
    assert found is not None
    web.desk.access.link(found.id, issuer, subject, web.clock())


def leave(browser: TestClient, target: str = "") -> str:
    answer = browser.get("/masuk/luar", params={"next": target} if target else {})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def back(browser: TestClient, brought: dict[str, str]) -> Any:
    return browser.get("/masuk/luar/balik", params=brought)


def inside(browser: TestClient) -> bool:
    return browser.get("/akun").status_code == 200


def test_a_real_provider_signs_a_linked_account_in(web: Web) -> None:
    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        signing_in_at(web, issuer)
        linked(web, issuer)
        browser = web.fresh()
        assert "Masuk dengan SSO Kantor" in browser.get("/masuk").text
        there = leave(browser, "/laporan")
        agreed = httpx.post(there, data={"sub": SUBJECT})
        assert agreed.status_code == 302, agreed.text
        home = urlsplit(agreed.headers["location"])
        assert home.path == "/masuk/luar/balik"
        answer = browser.get(f"{home.path}?{home.query}")
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == "/laporan"
        assert inside(browser)
        brought = {name: values[0] for name, values in parse_qs(home.query).items()}
        second = web.fresh()
        asked = parse_qs(urlsplit(leave(second)).query)
        # The code again, with a state of one's own: the provider itself gives nothing for it.
        assert back(second, brought | {"state": asked["state"][0]}).status_code == 403
        assert not inside(second)


def test_no_account_is_ever_made_by_a_sign_in(web: Web, liar: Liar) -> None:
    before = {one.name for one in web.desk.offices.accounts()}
    browser = web.fresh()
    answer = back(browser, liar.authorize(leave(browser)))
    assert answer.status_code == 403
    assert "belum ditautkan" in answer.text
    assert not inside(browser)
    assert {one.name for one in web.desk.offices.accounts()} == before


def test_the_liar_tells_the_truth_when_nothing_is_set(web: Web, liar: Liar) -> None:
    linked(web, liar.issuer)
    browser = web.fresh()
    there = leave(browser)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert asked["scope"] == "openid" and len(asked["nonce"]) == len(asked["state"]) == 43
    assert asked["redirect_uri"] == "http://testserver/masuk/luar/balik"
    assert SECRET not in there
    answer = back(browser, liar.authorize(there))
    assert (answer.status_code, answer.headers["location"]) == (303, "/antrean")
    assert inside(browser)


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another nonce": lambda claims: claims | {"nonce": "lain"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "another audience": lambda claims: claims | {"aud": "klien-lain"},
    "another audience in a list": lambda claims: claims | {"aud": ["klien-lain"]},
    "two audiences and nobody authorised": lambda claims: claims | {"aud": [CLIENT, "klien-lain"]},
    "authorised to another": lambda claims: claims | {"azp": "klien-lain"},
    "another issuer": lambda claims: claims | {"iss": "https://penyedia-lain.example"},
    "no issuer": lambda claims: {name: value for name, value in claims.items() if name != "iss"},
    "ended": lambda claims: claims | {"exp": claims["iat"] - 3_600},
    "no end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "end in words": lambda claims: claims | {"exp": "besok"},
    "of the future": lambda claims: claims | {"iat": claims["iat"] + 3_600},
    "no subject": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    "a number for a subject": lambda claims: claims | {"sub": 17},
    "an empty subject": lambda claims: claims | {"sub": ""},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_wrong_is_refused(web: Web, liar: Liar, lie: str) -> None:
    linked(web, liar.issuer)
    liar.claims = LIES[lie]
    browser = web.fresh()
    answer = back(browser, liar.authorize(leave(browser)))
    assert answer.status_code == 403
    assert "tidak berhasil" in answer.text
    assert not inside(browser)


SIGNATURES: dict[str, Callable[[dict[str, Any]], str]] = {
    "alg none": lambda claims: raw({"alg": "none"}, claims),
    "alg None with a key's name": lambda claims: raw({"alg": "None", "kid": "satu"}, claims),
    "another key": lambda claims: signed(claims, OTHER_KEY),
    "a signature cut off": lambda claims: signed(claims).rpartition(".")[0] + ".",
    "claims changed afterwards": lambda claims: ".".join(
        part if n != 1 else raw({}, claims | {"sub": "lain"}).split(".")[1]
        for n, part in enumerate(signed(claims).split("."))
    ),
    "no token at all": lambda claims: "",
    "not a token": lambda claims: "a.b.c",
}


@pytest.mark.parametrize("how", SIGNATURES)
def test_a_token_that_is_not_signed_by_the_provider_is_refused(web: Web, liar: Liar, how: str) -> None:
    linked(web, liar.issuer)
    linked(web, liar.issuer, "supervisor", "lain")
    liar.sign = SIGNATURES[how]
    browser = web.fresh()
    assert back(browser, liar.authorize(leave(browser))).status_code == 403
    assert not inside(browser)


def test_the_public_key_taken_for_a_shared_secret_is_refused(web: Web, liar: Liar) -> None:
    """The old trick: HS256 with the provider's public key as the secret."""
    import hashlib
    import hmac

    def forged(claims: dict[str, Any]) -> str:
        body = raw({"alg": "HS256", "kid": "satu"}, claims).rpartition(".")[0]
        mac = hmac.new(KEY.as_pem(private=False), body.encode(), hashlib.sha256).digest()
        return f"{body}.{raw({}, {}, mac).rpartition('.')[2]}"

    linked(web, liar.issuer)
    liar.sign = forged
    browser = web.fresh()
    assert back(browser, liar.authorize(leave(browser))).status_code == 403
    assert not inside(browser)


def test_a_wrong_missing_or_used_state_is_refused(web: Web, liar: Liar) -> None:
    linked(web, liar.issuer)
    browser = web.fresh()
    brought = liar.authorize(leave(browser))
    for state in ("", "salah", "%00"):
        assert back(browser, brought | {"state": state}).status_code == 403
    assert not inside(browser)
    assert back(browser, brought).status_code == 303
    browser.cookies.delete(SESSION_COOKIE)
    assert back(browser, brought).status_code == 403, "a state is good once"
    assert not inside(browser)


def test_a_state_begun_in_another_browser_is_refused(web: Web, liar: Liar) -> None:
    """Login CSRF: an attacker's own answer, slipped to somebody else."""
    linked(web, liar.issuer)
    attacker, victim = web.fresh(), web.fresh()
    brought = liar.authorize(leave(attacker))
    leave(victim)
    assert back(victim, brought).status_code == 403
    assert back(web.fresh(), brought).status_code == 403
    assert not inside(victim)


def test_a_state_ends_after_ten_minutes(web: Web, liar: Liar) -> None:
    linked(web, liar.issuer)
    browser = web.fresh()
    brought = liar.authorize(leave(browser))
    web.clock.forward(minutes=10)
    assert back(browser, brought).status_code == 403


def test_an_answer_mixed_up_with_another_issuers_is_refused(web: Web, liar: Liar) -> None:
    linked(web, liar.issuer)
    browser = web.fresh()
    brought = liar.authorize(leave(browser))
    assert back(browser, brought | {"iss": "https://penyedia-lain.example"}).status_code == 403
    liar.metadata = {"authorization_response_iss_parameter_supported": True}
    brought = liar.authorize(leave(browser))
    del brought["iss"]
    assert back(browser, brought).status_code == 403
    assert "/token" not in liar.asked, "no code was given away"
    liar.metadata = {}
    with provider() as other:
        brought = liar.authorize(leave(browser))
        signing_in_at(web, other.issuer)  # the settings change while somebody is at the provider
        assert back(browser, brought).status_code == 403
        assert other.asked == []


def test_the_code_without_its_verifier_is_worth_nothing(web: Web, liar: Liar) -> None:
    linked(web, liar.issuer)
    thief, victim = web.fresh(), web.fresh()
    stolen = liar.authorize(leave(victim))
    own = liar.authorize(leave(thief))
    assert back(thief, own | {"code": stolen["code"]}).status_code == 403
    assert not inside(thief)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://penyedia-lain.example"},
        {"token_endpoint": "http://10.0.0.1/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"jwks_uri": ["x"]},
    ],
)
def test_metadata_that_lead_elsewhere_are_refused(web: Web, liar: Liar, metadata: dict[str, Any]) -> None:
    liar.metadata = metadata
    answer = web.fresh().get("/masuk/luar")
    assert answer.status_code == 503
    assert "tidak berhasil" in answer.text


@pytest.mark.parametrize(
    "answer",
    [
        (302, b"", {"location": "http://127.0.0.1:9/"}),
        (500, b"{}", {}),
        (200, b"bukan json", {}),
        (200, b"[]", {}),
        (200, b"{}", {}),
        (200, b'{"id_token": 17}', {}),
        (200, b" " * 300_000, {}),
    ],
)
def test_a_provider_that_answers_nonsense_signs_nobody_in(
    web: Web, liar: Liar, answer: tuple[int, bytes, dict[str, str]]
) -> None:
    linked(web, liar.issuer)
    liar.token_answer = answer
    browser = web.fresh()
    assert back(browser, liar.authorize(leave(browser))).status_code == 403
    assert not inside(browser)


def test_a_provider_that_is_away_leaves_the_password(web: Web) -> None:
    with provider() as gone:
        issuer = gone.issuer
    signing_in_at(web, issuer)
    answer = web.fresh().get("/masuk/luar")
    assert answer.status_code == 503
    assert 'name="sandi"' in answer.text
    assert web.sign_in().get("/antrean").status_code == 200


def test_a_person_who_says_no_at_the_provider_is_back_at_the_sign_in_page(web: Web, liar: Liar) -> None:
    browser = web.fresh()
    brought = liar.authorize(leave(browser))
    answer = back(browser, {"error": "access_denied", "state": brought["state"]})
    assert answer.status_code == 403
    assert 'name="sandi"' in answer.text


def test_a_disabled_account_and_a_cut_link_let_nobody_in(web: Web, liar: Liar) -> None:
    linked(web, liar.issuer)
    browser = web.fresh()
    found = web.desk.account("analis")
    assert found is not None
    web.desk.offices.set_active("analis", False, web.clock())
    assert back(browser, liar.authorize(leave(browser))).status_code == 403
    web.desk.offices.set_active("analis", True, web.clock())
    assert web.desk.access.unlink(found.id, web.clock()) == 1
    assert back(browser, liar.authorize(leave(browser))).status_code == 403


def test_the_second_step_is_asked_here_too(web: Web, liar: Liar) -> None:
    enrol(web, web.sign_in())
    linked(web, liar.issuer)
    web.clock.now = datetime.now(UTC)
    browser = web.fresh()
    answer = back(browser, liar.authorize(leave(browser, "/laporan")))
    assert answer.headers["location"] == "/masuk/kode?next=%2Flaporan"
    assert not inside(browser)


@pytest.mark.parametrize("target", ["//jahat.example", "https://jahat.example", "/\\jahat.example"])
def test_no_sign_in_leads_to_another_host(web: Web, liar: Liar, target: str) -> None:
    linked(web, liar.issuer)
    browser = web.fresh()
    answer = back(browser, liar.authorize(leave(browser, target)))
    assert answer.headers["location"] == "/antrean"


def test_beginning_sign_ins_is_slowed_by_address(web: Web, liar: Liar) -> None:
    browser = web.fresh()
    answers = [browser.get("/masuk/luar").status_code for _ in range(32)]
    assert answers == [303] * 30 + [429] * 2


def test_without_a_provider_the_pages_are_not_there(web: Web) -> None:
    assert web.fresh().get("/masuk/luar").status_code == 404
    assert web.fresh().get("/masuk/luar/balik?code=a&state=b").status_code == 404
    assert "/masuk/luar" not in web.fresh().get("/masuk").text


def test_a_subject_belongs_to_one_account(web: Web) -> None:
    linked(web, "https://sso.example")
    with pytest.raises(Conflict):
        linked(web, "https://sso.example", "supervisor")
    with pytest.raises(Invalid):
        linked(web, "https://sso.example", "supervisor", "")
    found = web.desk.access.linked("https://sso.example", SUBJECT)
    assert found is not None and found.name == "analis"
    assert web.desk.access.linked("https://lain.example", SUBJECT) is None


def test_links_by_command(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINI_DATA", str(web.desk.settings.data_dir))
    run = CliRunner()
    assert run.invoke(main, ["account", "link", "analis", "--subject", SUBJECT]).exit_code != 0
    monkeypatch.setenv("DINI_OIDC_ISSUER", "https://sso.example")
    monkeypatch.setenv("DINI_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("DINI_OIDC_CLIENT_SECRET", SECRET)
    assert run.invoke(main, ["account", "link", "analis", "--subject", SUBJECT]).exit_code == 0
    assert run.invoke(main, ["account", "link", "supervisor", "--subject", SUBJECT]).exit_code != 0
    assert web.desk.access.linked("https://sso.example", SUBJECT) is not None
    assert run.invoke(main, ["account", "unlink", "analis"]).exit_code == 0
    assert web.desk.access.linked("https://sso.example", SUBJECT) is None


def test_settings_of_a_provider_are_whole_and_safe(tmp_path: Path) -> None:
    whole = {
        "DINI_OIDC_ISSUER": "https://sso.example/realms/kesbangpol",
        "DINI_OIDC_CLIENT_ID": CLIENT,
        "DINI_OIDC_CLIENT_SECRET": SECRET,
        "DINI_OIDC_NAME": "SSO Kantor",
    }
    told = Settings.load(whole)
    assert told.oidc is not None and told.oidc.name == "SSO Kantor"
    assert SECRET not in repr(told)
    path = tmp_path / "rahasia"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    beside = {name: value for name, value in whole.items() if name != "DINI_OIDC_CLIENT_SECRET"}
    from_file = Settings.load(beside | {"DINI_OIDC_CLIENT_SECRET_FILE": str(path)})
    assert from_file.oidc is not None and from_file.oidc.client_secret == SECRET
    for bad in (
        beside,
        whole | {"DINI_OIDC_ISSUER": ""},
        whole | {"DINI_OIDC_ISSUER": "http://sso.example"},
        whole | {"DINI_OIDC_ISSUER": "https://sso.example?x=1"},
        whole | {"DINI_OIDC_ISSUER": "ftp://sso.example"},
        whole | {"DINI_OIDC_CLIENT_ID": ""},
    ):
        with pytest.raises(Invalid, match="DINI_OIDC"):
            Settings.load(bad)
    assert Settings.load({"DINI_TOTP": "wajib"}).totp_required
    assert not Settings.load({}).totp_required
    with pytest.raises(Invalid, match="DINI_TOTP"):
        Settings.load({"DINI_TOTP": "mungkin"})
