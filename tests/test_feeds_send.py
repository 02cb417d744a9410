"""The way out for webhooks: one POST through the same guard, nothing followed, nothing waited for."""

from __future__ import annotations

import time

from hook_ground import Listener, Receiver

from feeds import FailureKind, FetchSettings, Parcel, Sent, run_send


def send(to: Receiver, *paths: str, seconds: float = 5.0, allow: bool = True) -> tuple[Sent, ...]:
    settings = FetchSettings(allow=frozenset({to.pair} if allow else ()))
    parcels = [
        Parcel(key=str(n), url=to.url(path), body=b'{"a":1}', headers=(("webhook-id", f"msg_{n}"),))
        for n, path in enumerate(paths or ("/kait",))
    ]
    return run_send(parcels, settings, seconds)


def one(plan: str, seconds: float = 5.0, **more: int) -> tuple[Sent, Receiver]:
    with Receiver(plan=lambda _message, _tries: plan, **more) as to:  # type: ignore[arg-type]
        (sent,) = send(to, seconds=seconds)
    return sent, to


def test_body_and_headers_arrive_as_given_under_our_name() -> None:
    sent, to = one("ok")
    assert (sent.status, sent.kind) == (204, None)
    (got,) = to.got
    assert got.raw == b'{"a":1}'
    assert got.headers["webhook-id"] == "msg_0"
    assert got.headers["user-agent"].startswith("Dini/")


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with Listener() as inside:
        sent, _to = one("redirect_inside", inside_port=inside.port)
        assert (sent.status, inside.hits) == (307, 0)
    assert one("redirect_metadata")[0].status == 302


def test_an_inside_address_is_not_dialled_unless_its_very_pair_is_listed() -> None:
    with Receiver() as to:
        (sent,) = send(to, allow=False)
        assert (sent.status, sent.kind) == (None, FailureKind.REFUSED)
        assert not to.tries
    for url in (
        "http://10.0.0.8/x",
        "http://[::1]/x",
        "http://127.1/x",
        "ftp://contoh.id/",
        "https://a@contoh.id/",
    ):
        (refused,) = run_send([Parcel(key="k", url=url, body=b"")], FetchSettings(), 2.0)
        assert (refused.status, refused.kind) == (None, FailureKind.REFUSED), url


def test_who_says_nothing_is_given_up_at_the_deadline() -> None:
    began = time.monotonic()
    sent, _to = one("timeout", seconds=0.5)
    assert (sent.status, sent.kind) == (None, FailureKind.TIMEOUT)
    assert time.monotonic() - began < 10


def test_a_status_counts_although_the_body_after_it_never_ends_or_never_stops() -> None:
    assert one("slow", seconds=1.0)[0].status == 200
    assert one("endless")[0].status == 200


def test_resets_and_answers_that_are_no_http_are_reasons_in_words() -> None:
    for plan in ("reset", "garbage"):
        sent, _to = one(plan)
        assert (sent.status, sent.kind) == (None, FailureKind.NET_ERROR), plan
        assert sent.reason and "Error" not in sent.reason


def test_retry_after_is_read() -> None:
    assert one("503")[0].retry_after_seconds == 600


def test_a_slow_one_does_not_keep_the_others_waiting_for_more_than_its_own_deadline() -> None:
    plans = {"msg_0": "timeout", "msg_1": "ok", "msg_2": "410"}
    with Receiver(plan=lambda message, _tries: plans[message]) as to:
        found = send(to, "/a", "/b", "/c", seconds=1.0)
    assert [each.status for each in found] == [None, 204, 410]
    assert [each.key for each in found] == ["0", "1", "2"]
