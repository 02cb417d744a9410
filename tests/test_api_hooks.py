"""Webhooks end to end: a receiver that fails as told hears all, once by id, in order; the doors to them."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from api_fixtures import Web, sample_database, token, web
from click.testing import CliRunner
from hook_ground import FAULTS, Listener, Receiver, StepClock, copies, decide, library_clock
from screening_material import NOW, incident
from standardwebhooks import Webhook

from api.cli import main
from api.hooks_round import HooksRound, hooks_due
from api.rounds import duties
from api.wire_hooks import event_body
from models import Classifier
from screening import Desk, EventKind, HookEvent, HookState, Store
from screening.listing import Listed

__all__ = ["sample_database", "web"]

EVENTS = 300
DOCS = Path(__file__).parents[1] / "docs"
URL = "https://penerima.contoh.go.id/kait"


def sender(desk: Desk, store: Store, classifier: Classifier, to: Receiver) -> Desk:
    """The same desk, allowed to send to this receiver."""
    return Desk(store, classifier, replace(desk.settings, allow_addresses=(to.pair,)))


def run_dry(desk: Desk, clock: StepClock, *, patience: float = 0.5, seed: int = 1) -> Counter[str]:
    """Rounds, half an hour apart, until nothing waits; what they did."""
    roll = random.Random(seed).random
    told: Counter[str] = Counter()
    for _ in range(1_000):
        done = hooks_due(desk, clock, roll=roll, patience=patience)
        told.update(delivered=done.delivered, again=done.again, given_up=done.given_up, gone=done.gone)
        if not any(one.waiting for one in desk.hooks.all() if one.state is HookState.ACTIVE):
            return told
        clock.forward(minutes=30)
    raise AssertionError("something waits for ever")


def faulty(seed: int, share: float) -> object:
    """A plan of faults that is the same for the same message: none more than four times in a row."""

    def plan(message: str, tries: int) -> str:
        roll = random.Random(f"{seed} {message} {tries}")
        return roll.choice(FAULTS) if tries < 4 and roll.random() < share else "ok"

    return plan


def test_three_hundred_events_under_faults_arrive_each_under_one_id_in_order_and_signed(
    desk: Desk, store: Store, classifier: Classifier
) -> None:
    clock = StepClock()
    with Receiver(plan=faulty(7, 0.3)) as to, Listener() as inside, library_clock(clock):  # type: ignore[arg-type]
        to.inside_port = inside.port
        sending = sender(desk, store, classifier, to)
        homes = copies(desk, store, EVENTS // 10)
        made, to.secrets["/kait"] = sending.hooks.add(to.url(), "62", ["incident.reviewed"], None, clock())
        seen: dict[int, int | None] = dict.fromkeys(homes)
        for step in range(10):
            for home in homes:
                seen[home] = decide(sending, home, step, seen[home], clock())
        told = run_dry(sending, clock, patience=0.2)
        assert inside.hits == 0
    taken = to.taken()
    assert len(taken) == EVENTS == told["delivered"]
    assert to.refused == []
    assert to.orders() == {home: list(range(1, 11)) for home in homes}
    assert len({(one.body["data"]["incident"]["id"], one.body["data"]["seq"]) for one in taken}) == EVENTS
    assert sum(to.faults[name] for name in FAULTS) > EVENTS / 5
    found = sending.hooks.one(made.id)
    assert (found.waiting, found.given_up, found.state.value) == (0, 0, "aktif")


def test_a_hook_that_is_slow_or_dead_keeps_nobody_else_waiting(
    desk: Desk, store: Store, classifier: Classifier
) -> None:
    clock = StepClock()
    with Receiver() as good, Receiver(plan=lambda _message, _tries: "timeout") as bad:
        settings = replace(desk.settings, allow_addresses=(good.pair, bad.pair))
        sending = Desk(store, classifier, settings)
        slow = sending.hooks.add(bad.url(), "62", (), None, clock())[0].id
        sending.hooks.add(good.url(), "62", (), None, clock())
        copies(desk, store, 1)
        home = sending.queue(_any(), NOW).lines[0].incident.id
        seen = None
        for step in range(5):
            seen = decide(sending, home, step, seen, clock())
        done = hooks_due(sending, clock, patience=0.3)
    assert done == HooksRound(delivered=6, again=1)
    assert sending.hooks.one(slow).waiting == 6


def _any() -> object:
    from screening import QueueFilter

    return QueueFilter()


def test_410_ends_a_hook_and_a_redirect_inside_is_only_a_failure(
    desk: Desk, store: Store, classifier: Classifier
) -> None:
    clock = StepClock()
    with Receiver(plan=lambda _message, _tries: "410") as gone, Listener() as inside:
        with Receiver(plan=lambda _message, _tries: "redirect_inside", inside_port=inside.port) as away:
            settings = replace(desk.settings, allow_addresses=(gone.pair, away.pair))
            sending = Desk(store, classifier, settings)
            first = sending.hooks.add(gone.url(), "62", (), None, clock())[0].id
            second = sending.hooks.add(away.url(), "62", (), None, clock())[0].id
            copies(desk, store, 1)
            assert hooks_due(sending, clock) == HooksRound(again=1, gone=1)
        assert inside.hits == 0
    assert sending.hooks.one(first).state.value == "mati"
    (told,) = sending.hooks.deliveries(second)
    assert (told.state.value, told.status) == ("menunggu", 307)
    assert "pengalihan tidak diikuti" in told.reason


def test_retry_after_is_waited_for(desk: Desk, store: Store, classifier: Classifier) -> None:
    clock = StepClock()
    with Receiver(plan=lambda _message, _tries: "503") as to:
        sending = sender(desk, store, classifier, to)
        number = sending.hooks.add(to.url(), "62", (), None, clock())[0].id
        copies(desk, store, 1)
        hooks_due(sending, clock, roll=lambda: 0.5)
    (told,) = sending.hooks.deliveries(number)
    assert told.next_try_at == NOW + timedelta(seconds=600)


def test_the_same_bytes_are_sent_at_every_try_and_at_a_replay(
    desk: Desk, store: Store, classifier: Classifier
) -> None:
    clock = StepClock()
    with Receiver(plan=lambda _message, tries: "taken_reset" if tries < 2 else "ok") as to:
        sending = sender(desk, store, classifier, to)
        number = sending.hooks.add(to.url(), "62", (), None, clock())[0].id
        copies(desk, store, 1)
        run_dry(sending, clock)
        assert sending.hooks.replay(number, NOW - timedelta(hours=1), None, clock.now) == 1
        run_dry(sending, clock)
    assert len(to.got) == 4
    assert len({(one.message_id, one.raw) for one in to.got}) == 1
    assert len({one.headers["webhook-timestamp"] for one in to.got}) > 1


def test_a_rotation_is_verified_with_either_secret(desk: Desk, store: Store, classifier: Classifier) -> None:
    clock = StepClock()
    with Receiver() as to, library_clock(clock):
        sending = sender(desk, store, classifier, to)
        made, old = sending.hooks.add(to.url(), "62", (), None, clock())
        new = sending.hooks.rotate(made.id, None, clock())
        copies(desk, store, 1)
        run_dry(sending, clock)
        (got,) = to.got
        for secret in (old, new):
            Webhook(secret).verify(got.raw, got.headers)
        clock.forward(hours=24)
        sending.hooks.test(made.id, None, clock())
        run_dry(sending, clock)
        test = to.got[-1]
        assert test.body["type"] in ("hook.test", "digest.ready")
        Webhook(new).verify(test.raw, test.headers)
        with pytest.raises(Exception, match="signature"):
            Webhook(old).verify(test.raw, test.headers)


CHILD = """
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from api.hooks_round import hooks_due
import screening.desk
from screening import Desk, Settings
folder, url, allow, moment = sys.argv[1:]
at = datetime.fromisoformat(moment)
desk = Desk.open(Settings(data_dir=Path(folder), database_url=url, allow_addresses=(allow,)))
parent = os.getppid()
print("READY", flush=True)
while os.getppid() == parent:  # a test run that is killed leaves nobody behind
    hooks_due(desk, lambda: at, patience=5.0)
"""


def test_a_worker_killed_while_it_sends_loses_nothing_and_what_comes_twice_has_the_same_id(
    desk: Desk, store: Store, classifier: Classifier, database_url: str, tmp_path: Path
) -> None:
    clock, enough = StepClock(), threading.Event()

    def plan(_message: str, _tries: int) -> str:
        if len(to.got) >= 12:
            enough.set()
        return "ok"

    with Receiver(plan=plan) as to:
        sending = sender(desk, store, classifier, to)
        homes = copies(desk, store, 30)
        sending.hooks.add(to.url(), "62", ["incident.reviewed"], None, clock())
        seen: dict[int, int | None] = dict.fromkeys(homes)
        for step in range(2):
            for home in homes:
                seen[home] = decide(sending, home, step, seen[home], clock())
        (tmp_path / "anak").mkdir()
        shutil.copy(sending.settings.data_dir / "secret.key", tmp_path / "anak")  # as on a second machine
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path / "anak"), database_url, to.pair, clock().isoformat()],
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
        )
        assert enough.wait(60)
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
        clock.forward(minutes=2)  # the lease of the dead ends
        run_dry(sending, clock)
    assert to.orders() == {home: [1, 2] for home in homes}
    assert len(to.taken()) == 60
    assert len({(one.message_id, one.raw) for one in to.got}) == 60


# --- doors


def test_the_webhooks_go_out_with_the_background_work_every_few_seconds() -> None:
    (one,) = [duty for duty in duties() if duty.name == "hooks"]
    assert one.every == 5.0


def test_an_administrator_adds_tests_pauses_rotates_replays_and_removes_on_the_page(web: Web) -> None:
    browser = web.session("administrator")
    form = browser.get("/kait")
    assert form.status_code == 200
    csrf = token(form.text)
    bad = browser.post("/kait", data={"csrf": csrf, "alamat": "http://contoh.go.id/", "kantor": "62"})
    assert bad.status_code == 422 and "https" in bad.text and "http://contoh.go.id/" in bad.text
    made = browser.post(
        "/kait", data={"csrf": csrf, "alamat": URL, "kantor": "62.02", "jenis": ["incident.created"]}
    )
    assert made.status_code == 200 and "whsec_" in made.text
    (one,) = web.desk.hooks.all()
    assert (one.office, [kind.value for kind in one.kinds]) == ("62.02", ["incident.created"])
    page = browser.get(f"/kait/{one.id}")
    assert page.status_code == 200 and "whsec_" not in page.text and URL in page.text
    for act in ("uji", "jeda", "lanjut"):
        answer = browser.post(f"/kait/{one.id}/{act}", data={"csrf": csrf})
        assert answer.status_code == 303, act
        assert "notice" in browser.get(answer.headers["location"]).text
    assert browser.post(f"/kait/{one.id}/lanjut", data={"csrf": csrf}).status_code == 409
    rotated = browser.post(f"/kait/{one.id}/rahasia", data={"csrf": csrf})
    assert rotated.text.count("whsec_") == 1
    assert browser.post(f"/kait/{one.id}/ulang", data={"csrf": csrf, "sejak": ""}).status_code == 422
    again = browser.post(f"/kait/{one.id}/ulang", data={"csrf": csrf, "sejak": "2026-11-20T06:30"})
    assert again.status_code == 303
    assert browser.post(f"/kait/{one.id}/hapus", data={"csrf": csrf}).status_code == 422
    assert browser.post(f"/kait/{one.id}/hapus", data={"csrf": csrf, "yakin": "ya"}).status_code == 303
    assert web.desk.hooks.all() == ()
    assert browser.get(f"/kait/{one.id}").status_code == 404


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_word_of_the_pages_is_there_in_both_languages(web: Web, lang: str) -> None:
    browser = web.session("administrator")
    number = web.desk.hooks.add(URL, "62", (), None, web.clock())[0].id
    web.desk.hooks.test(number, None, web.clock())
    for path in ("/kait", f"/kait/{number}"):
        text = browser.get(path, params={"lang": lang}).text
        assert "hook_" not in text.replace("done_hook_", ""), path


@pytest.mark.parametrize("role", ["analis", "supervisor", "operator"])
def test_nobody_but_administrators_sees_or_changes_hooks(web: Web, role: str) -> None:
    browser, key = web.session(role), web.key(role)
    number = web.desk.hooks.add(URL, "62", (), None, web.clock())[0].id
    assert browser.get("/kait").status_code == 403
    assert browser.get(f"/kait/{number}").status_code == 403
    assert web.fresh().get("/api/v1/hooks", headers=key).status_code == 403
    assert web.fresh().delete(f"/api/v1/hooks/{number}", headers=key).status_code == 403
    assert len(web.desk.hooks.all()) == 1


def test_rest_tells_a_secret_once_and_leads_through_the_life_of_a_hook(web: Web) -> None:
    api, key = web.fresh(), web.key("administrator")
    made = api.post("/api/v1/hooks", json={"url": URL, "kinds": ["incident.reviewed"]}, headers=key)
    assert made.status_code == 201
    secret, number = made.json()["secret"], made.json()["hook"]["id"]
    where = f"/api/v1/hooks/{number}"
    assert secret.startswith("whsec_")
    for path in ("/api/v1/hooks", where, f"{where}/deliveries"):
        assert "whsec_" not in api.get(path, headers=key).text
    assert api.post("/api/v1/hooks", json={"url": URL}, headers=key).status_code == 409
    refused = api.post("/api/v1/hooks", json={"url": "https://10.0.0.1/"}, headers=key)
    assert refused.status_code == 422 and refused.json()["title"]
    assert api.post("/api/v1/hooks", json={"url": URL, "kinds": ["hapus"]}, headers=key).status_code == 422
    assert api.post(f"{where}/test", headers=key).json()["kind"] == "hook.test"
    rotated = api.post(f"{where}/rotate", headers=key).json()
    assert rotated["secret"] != secret and rotated["hook"]["old_secret_until"]
    assert api.post(f"{where}/pause", headers=key).json()["state"] == "jeda"
    assert api.post(f"{where}/pause", headers=key).status_code == 409
    assert api.post(f"{where}/resume", headers=key).json()["state"] == "aktif"
    replayed = api.post(f"{where}/replay", json={"since": "2026-11-20T00:00:00+07:00"}, headers=key)
    assert replayed.json() == {"count": 0}
    waiting = api.get(f"{where}/deliveries", params={"state": "menunggu"}, headers=key).json()["items"]
    assert [one["kind"] for one in waiting] == ["hook.test"]
    assert api.delete(where, headers=key).json() == {"count": 0}
    assert api.get(where, headers=key).status_code == 404


def test_what_is_told_is_the_row_of_the_list_of_incidents(web: Web) -> None:
    with Receiver() as to:
        store = Store(web.desk.settings.database_url)
        sending = Desk(store, web.desk.classifier, replace(web.desk.settings, allow_addresses=(to.pair,)))
        sending.hooks.add(to.url(), "62", ["incident.reviewed"], None, web.clock())
        one = sending.queue(_any(), web.clock()).lines[0].incident
        decide(sending, one.id, 0, one.review_id, web.clock())
        hooks_due(sending, web.clock)
        sending.close()
    (got,) = to.got
    data = got.body["data"]
    rows = web.fresh().get("/api/v1/incidents", params={"limit": 200}, headers=web.key()).json()["items"]
    (row,) = [each for each in rows if each["incident"]["id"] == one.id]
    assert {name: data[name] for name in row} == row
    assert set(data) - set(row) == {"seq", "changed", "split_into", "severity_note"}
    assert "pengamat" not in got.raw.decode()


def test_the_command_adds_tries_and_lists(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver() as to:
        monkeypatch.setenv("DINI_DATA", str(tmp_path))
        monkeypatch.setenv("DINI_DATABASE_URL", database_url)
        monkeypatch.setenv("DINI_ALLOW_ADDRESSES", to.pair)

        def run(*words: str) -> tuple[int, str]:
            done = CliRunner().invoke(main, ["hooks", *words])
            return done.exit_code, done.output

        status, shown = run("add", to.url(), "--kinds", "incident.created,digest.ready")
        assert status == 0 and "whsec_" in shown
        number = shown.split("\t")[0]
        to.secrets["/kait"] = shown.strip().split(" ")[-1]
        assert run("test", number)[0] == 0
        assert (len(to.taken()), to.refused) == (1, [])
        assert run("pause", number)[0] == 0
        assert run("test", number)[0] != 0
        assert run("resume", number)[0] == 0
        assert run("replay", number, "--since", "2026-01-01T00:00")[1].startswith("0 kejadian")
        assert run("replay", number, "--since", "kemarin")[0] != 0
        assert "whsec_" in run("rotate", number)[1]
        listed = run("list")[1]
        assert to.url() in listed and "whsec_" not in listed
        to.plan = lambda _message, _tries: "500"
        assert run("test", number)[0] == 1
        assert run("remove", number)[0] == 0
        assert run("list")[1] == ""


# --- the page of the docs


def example(kind: EventKind) -> str:
    """The body of an invented event, as the docs show it."""
    at = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    told = incident(
        12,
        title="Dua kelompok pemuda bentrok di Pasar Baamang, tiga luka",
        severity_why="Terjadi bentrok.",
        urgency=50.0,
        lead_item_id=31,
    )
    row = Listed(
        incident=told,
        changed_at=at,
        merged_into=None,
        source_name="Kabar Uji",
        link="https://kabar.example/31",
    )
    window = (at - timedelta(hours=18), at - timedelta(hours=2, minutes=30))
    digest = kind is EventKind.DIGEST
    event = HookEvent(
        id=1,
        message_id="msg_5f1c0e9ab2d34f6788e0c1d2",
        kind=kind,
        at=at,
        incident_id=None if digest else 12,
        seq=None if digest else 2,
        listed=None if digest else row,
        changed=() if digest else ("severity",),
        office="62.02" if digest else "",
        start=window[0] if digest else None,
        end=window[1] if digest else None,
    )
    return json.dumps(json.loads(event_body(event)), ensure_ascii=False, indent=2)


@pytest.mark.parametrize("kind", [EventKind.UPDATED, EventKind.DIGEST])
def test_the_examples_of_the_docs_are_what_the_code_sends(kind: EventKind) -> None:
    assert f"```json\n{example(kind)}\n```" in (DOCS / "webhooks.md").read_text(encoding="utf-8")


def test_the_docs_name_every_kind_and_the_receiver_shown_by_hand_verifies() -> None:
    text = (DOCS / "webhooks.md").read_text(encoding="utf-8")
    for kind in EventKind:
        assert f"`{kind.value}`" in text
    from screening import signature, stamp

    code = text.split("```python\n# by hand\n")[1].split("```")[0]
    scope: dict[str, object] = {}
    exec(code, scope)  # the receiver's code of the page, against what we sign
    secret, body, at = "whsec_" + "QUFB" * 11, '{"a": 1}', datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(stamp(at)),
        "webhook-signature": signature((secret,), "msg_1", at, body),
    }
    verify = scope["verify"]
    assert verify(secret, headers, body.encode())  # type: ignore[operator]
    assert not verify(secret, headers, b"{}")  # type: ignore[operator]
    late = {**headers, "webhook-timestamp": str(stamp(at) - 900)}
    assert not verify(secret, late, body.encode())  # type: ignore[operator]
