"""Webhooks: what owes an event, to whom, in which order; how often it is tried and when it ends."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hook_ground import StepClock, analyst, copies, decide, library_clock
from hypothesis import given
from hypothesis import strategies as st
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, entry, fetched, incident, listing
from standardwebhooks import Webhook

from screening import (
    Answered,
    Claimed,
    Conflict,
    Decision,
    Desk,
    EventKind,
    HookEvent,
    HookState,
    Invalid,
    NotFound,
    RejectReason,
    ReviewDraft,
    Ruling,
    Source,
    Store,
    signature,
    stamp,
)
from screening.hooks import (
    GIVE_UP,
    KEPT,
    LEASE,
    Happening,
    happening,
    pause_after,
    read_event,
    read_listed,
    ruling,
    secret_of,
    write_facts,
)
from screening.listing import Listed

URL = "https://penerima.contoh.go.id/kait"


@pytest.fixture
def source(desk: Desk) -> Source:
    return desk.add_source(listing("satu", owner="Satu"), NOW)


def hook(desk: Desk, office: str = "62", *kinds: str, url: str = URL) -> int:
    return desk.hooks.add(url, office, kinds, None, NOW - timedelta(days=2))[0].id


def told(desk: Desk, hook_id: int) -> list[tuple[str, int | None, int | None]]:
    """(kind, incident, number) of what is owed to a hook, oldest first."""
    found = reversed(desk.hooks.deliveries(hook_id, 200))
    return [(one.kind.value, one.incident_id, one.seq) for one in found]


def claimed(desk: Desk, hook_id: int, now: object = NOW) -> tuple[Claimed, ...]:
    return desk.hooks.claim(hook_id, now, 20)  # type: ignore[arg-type]


def settle(
    desk: Desk, hook_id: int, some: tuple[Claimed, ...], status: int | None, now: object = NOW
) -> list[Ruling]:
    answers = [(one, Answered(status=status), 0.5) for one in some]
    return [one.ruling for one in desk.hooks.settle(hook_id, answers, now)]  # type: ignore[arg-type]


def listed(**more: object) -> Listed:
    return Listed(
        incident=incident(7, **more),
        changed_at=NOW,
        merged_into=None,
        source_name="Kabar Uji",
        link="https://kabar.example/7",
    )


def sample_claim(attempts: int = 1, first: object = NOW) -> Claimed:
    event = HookEvent(
        id=1, message_id="msg_x", kind=EventKind.TEST, at=NOW, incident_id=None, seq=None, listed=None
    )
    return Claimed(
        id=1,
        event=event,
        body="{}",
        url=URL,
        secrets=("s",),
        attempts=attempts,
        first_try_at=first,  # type: ignore[arg-type]
    )


# --- what is owed


def test_an_incident_is_told_when_it_is_made_and_when_a_report_raises_it_and_not_when_it_is_only_repeated(
    desk: Desk, source: Source
) -> None:
    number = hook(desk)
    desk.take(fetched(source, entry("a", *CLASH, hours=3)), NOW)
    desk.take(fetched(source, entry("a", *CLASH, hours=3), entry("r", *RECIPE)), NOW)
    (first,) = told(desk, number)
    assert first[0] == "incident.created" and first[2] == 1


def test_a_decision_its_undoing_a_merge_and_a_split_are_each_one_event_in_their_order(
    desk: Desk, source: Source
) -> None:
    number = hook(desk)
    desk.take(fetched(source, entry("a", *CLASH), entry("b", *BLOCKADE)), NOW)
    clash, blockade = sorted(one[1] or 0 for one in told(desk, number))
    review = desk.review(
        ReviewDraft(incident_id=clash, decision=Decision.ACCEPT), analyst(desk), NOW
    ).review_id
    assert review is not None
    desk.decisions.undo(review, analyst(desk), NOW)
    desk.merge(clash, blockade, analyst(desk), NOW)
    items = [one.item.id for one in desk.incident(clash, NOW).reports]
    _kept, new = desk.split(clash, items[1:], analyst(desk), NOW)
    kinds = told(desk, number)
    mine = [(kind, seq) for kind, incident_id, seq in kinds if incident_id == clash]
    assert [kind for kind, _seq in mine][:3] == [
        "incident.created",
        "incident.reviewed",
        "incident.retracted",
    ]
    assert mine[-1][0] == "incident.split"
    assert [seq for _kind, seq in mine] == list(range(1, len(mine) + 1))
    assert [kind for kind, incident_id, _ in kinds if incident_id == blockade][-1] == "incident.merged"
    assert [kind for kind, incident_id, _ in kinds if incident_id == new.id] == ["incident.created"]


def test_a_machine_merge_tells_of_what_went(desk: Desk, store: Store) -> None:
    from screening.telling import tell_hooks

    number = hook(desk)
    first, second = copies(desk, store, 2)
    with store.writing() as books:
        books.links.merge(first, second, account_id=None, why="uji", now=NOW)
        tell_hooks(books, (first, second), NOW)
    assert ("incident.merged", second, 1) in told(desk, number)


def test_what_was_told_last_is_how_every_incident_stands_now(
    desk: Desk, source: Source, store: Store
) -> None:
    hook(desk)
    desk.take(fetched(source, entry("a", *CLASH), entry("b", *BLOCKADE)), NOW)
    for one in desk.queue(_all(), NOW).lines:
        desk.review(
            ReviewDraft(incident_id=one.incident.id, decision=Decision.REJECT, reason=RejectReason.OLD),
            analyst(desk),
            NOW,
        )
    later = NOW + timedelta(days=9)
    desk.collect(later, source_ids=[])  # settles what has gone quiet
    with store.reading() as books:
        last = books.hooks.newest([1, 2])
        now = books.incidents.some([1, 2], later)
    assert last and all(
        event.listed is not None
        and (event.listed.incident.severity, event.listed.incident.decision, event.listed.incident.status)
        == (now[number].severity, now[number].decision, now[number].status)
        for number, event in last.items()
    )


def _all() -> object:
    from screening import QueueFilter

    return QueueFilter()


def test_a_regency_is_told_of_what_it_sees_and_once_of_what_has_left_it() -> None:
    first = happening(None, listed(), ("62.02",), opened=True, now=NOW)
    assert first is not None and first.offices == ("62", "62.02")
    after = listed(place_code="62.07", place_name="Kab. Seruyan")
    moved = happening(as_told(first), after, ("62.07",), now=NOW)
    assert moved is not None and moved.kind is EventKind.UPDATED
    assert moved.changed == ("place_code", "offices")
    assert moved.offices == ("62", "62.02", "62.07")
    later = happening(
        as_told(moved), replace(after, incident=replace(after.incident, form="F5")), ("62.07",), now=NOW
    )
    assert later is not None and later.offices == ("62", "62.07")


def as_told(one: Happening) -> HookEvent:
    """The event as it comes back from its row."""
    return read_event(1, "msg_x", one.kind, NOW, 7, 1, write_facts(one))


def test_hooks_of_other_offices_and_kinds_are_not_told(desk: Desk, source: Source) -> None:
    kotim, seruyan = hook(desk, "62.02"), hook(desk, "62.07")
    reviews = hook(desk, "62", "incident.reviewed")
    desk.take(fetched(source, entry("a", *CLASH)), NOW)
    assert [len(told(desk, number)) for number in (kotim, seruyan, reviews)] == [1, 0, 0]


def test_a_transaction_that_fails_owes_nothing(desk: Desk, store: Store) -> None:
    from screening.telling import tell_hooks

    number = hook(desk)
    first, second = copies(desk, store, 2)
    before = told(desk, number)
    with pytest.raises(RuntimeError), store.writing() as books:
        books.links.merge(first, second, account_id=None, why="uji", now=NOW)
        assert tell_hooks(books, (second,), NOW) == 1
        raise RuntimeError
    assert told(desk, number) == before


def test_without_a_hook_nothing_is_written_and_a_later_hook_hears_how_it_stands(
    desk: Desk, store: Store
) -> None:
    first, _second = copies(desk, store, 2)
    with store.reading() as books:
        assert books.hooks.newest([first]) == {}
    number = hook(desk)
    decide(desk, first, 0, None, NOW)
    assert told(desk, number) == [("incident.reviewed", first, 1)]


def test_the_digest_is_told_once_to_hooks_that_were_there_at_its_edge(desk: Desk) -> None:
    number, office = hook(desk), hook(desk, "62.02", "digest.ready")
    late = desk.hooks.add(URL + "/baru", "62", ("digest.ready",), None, NOW)[0].id
    assert desk.hooks.owe_windows(NOW) == 4  # two edges in 24 hours, two offices
    assert desk.hooks.owe_windows(NOW) == 0
    assert [len(told(desk, one)) for one in (number, office, late)] == [2, 2, 0]


def test_an_incident_comes_back_from_its_facts_as_it_was_without_the_reviewer() -> None:
    import json

    one = listed(decision=Decision.ACCEPT, review_id=3, reviewed_by="analis", reviewed_at=NOW)
    happened = Happening(kind=EventKind.UPDATED, after=one, changed=(), seen_by=(), offices=("62",))
    facts = write_facts(happened)
    assert "analis" not in facts
    assert read_listed(json.loads(facts)["listed"]) == replace(
        one, incident=replace(one.incident, reviewed_by="")
    )


# --- sending


def test_the_next_event_of_an_incident_waits_and_those_of_others_do_not(desk: Desk, store: Store) -> None:
    first, second = copies(desk, store, 2)
    number = hook(desk)
    seen = decide(desk, first, 0, None, NOW)
    decide(desk, first, 1, seen, NOW)
    decide(desk, second, 0, None, NOW)
    batch = claimed(desk, number)
    assert [one.event.incident_id for one in batch] == [first, second]
    assert claimed(desk, number) == ()  # all under way
    assert settle(desk, number, batch, 500) == [Ruling.AGAIN, Ruling.AGAIN]
    assert claimed(desk, number) == ()
    soon = NOW + timedelta(seconds=6)
    again = claimed(desk, number, soon)
    assert [one.event.message_id for one in again] == [one.event.message_id for one in batch]
    assert settle(desk, number, again, 204, soon) == [Ruling.DELIVERED, Ruling.DELIVERED]
    (rest,) = claimed(desk, number, soon)
    assert (rest.event.incident_id, rest.event.seq) == (first, batch[0].event.seq + 1)  # type: ignore[operator]


def test_a_dead_worker_holds_nothing_after_its_lease_and_says_nothing_about_the_try_after_it(
    desk: Desk, store: Store
) -> None:
    number = hook(desk)
    (first,) = copies(desk, store, 1)
    held = claimed(desk, number)
    assert claimed(desk, number) == ()
    later = NOW + LEASE
    taken = claimed(desk, number, later)
    assert [one.id for one in taken] == [one.id for one in held]
    settle(desk, number, held, 500, later)
    assert claimed(desk, number, later) == ()  # still with the second
    assert settle(desk, number, taken, 204, later) == [Ruling.DELIVERED]
    assert first


def test_410_ends_a_hook_and_what_waits_for_it_and_tells_the_operator(desk: Desk, store: Store) -> None:
    number, other = hook(desk), hook(desk, url=URL + "/lain")
    copies(desk, store, 1)
    assert settle(desk, number, claimed(desk, number), 410) == [Ruling.GONE]
    found = desk.hooks.one(number)
    assert (found.state, found.waiting) == (HookState.ENDED, 0)
    assert found.why
    assert desk.hooks.one(other).waiting == 1
    log = (desk.settings.data_dir / "dini.log").read_text()
    assert '"hook_ended"' in log
    with pytest.raises(Conflict):
        desk.hooks.resume(number, None, NOW)


def test_five_days_of_failure_pause_a_hook_and_lose_nothing(desk: Desk, store: Store) -> None:
    number = hook(desk)
    copies(desk, store, 1)
    now, tries = NOW, 0
    while desk.hooks.one(number).state is HookState.ACTIVE:
        due = desk.hooks.deliveries(number)[0].next_try_at
        now = max(now, due)
        assert settle(desk, number, claimed(desk, number, now), 500, now) == [Ruling.AGAIN]
        tries += 1
        assert tries < 20
    assert now - NOW == GIVE_UP
    found = desk.hooks.one(number)
    assert (found.state, found.waiting, found.given_up) == (HookState.PAUSED, 1, 0)
    assert '"hook_paused"' in (desk.settings.data_dir / "dini.log").read_text()
    assert claimed(desk, number, now + timedelta(days=1)) == ()
    later = now + timedelta(days=2)
    desk.hooks.resume(number, None, later)
    assert settle(desk, number, claimed(desk, number, later), 204, later) == [Ruling.DELIVERED]


def test_one_message_that_is_never_taken_is_given_up_while_the_others_go_on(desk: Desk, store: Store) -> None:
    number = hook(desk)
    first, second = copies(desk, store, 2)
    settle(desk, number, claimed(desk, number), 204)
    decide(desk, first, 0, None, NOW)
    seen: int | None = None
    now, rulings = NOW, []
    for step in range(20):
        seen = decide(desk, second, step, seen, now)
        for one in claimed(desk, number, now):
            status = 400 if one.event.incident_id == first else 204
            rulings += settle(desk, number, (one,), status, now)
        if Ruling.GIVEN_UP in rulings:
            break
        now = next(
            each.next_try_at for each in desk.hooks.deliveries(number, 200) if each.incident_id == first
        )
    assert Ruling.GIVEN_UP in rulings
    found = desk.hooks.one(number)
    assert (found.state, found.given_up) == (HookState.ACTIVE, 1)


def test_pause_keeps_owing_and_resume_sends(desk: Desk, store: Store) -> None:
    number = hook(desk)
    desk.hooks.pause(number, None, NOW)
    copies(desk, store, 1)
    assert (claimed(desk, number), desk.hooks.due(NOW)) == ((), [])
    assert desk.hooks.one(number).waiting == 1
    desk.hooks.resume(number, None, NOW)
    assert len(claimed(desk, number)) == 1


def test_replay_owes_the_same_ids_once_more_and_leaves_alone_what_waits(desk: Desk, store: Store) -> None:
    number = hook(desk)
    first, _second = copies(desk, store, 2)
    seen = decide(desk, first, 0, None, NOW)
    sent = claimed(desk, number)
    settle(desk, number, sent, 204)
    waiting = desk.hooks.one(number).waiting
    assert desk.hooks.replay(number, NOW - timedelta(minutes=1), None, NOW + timedelta(seconds=1)) == len(
        sent
    )
    again = claimed(desk, number, NOW + timedelta(seconds=1))
    assert [one.event.message_id for one in again][: len(sent)] == [one.event.message_id for one in sent]
    assert desk.hooks.one(number).waiting == waiting + len(sent)
    late = hook(desk, url=URL + "/baru")
    assert (
        desk.hooks.replay(late, NOW - timedelta(days=1), None, NOW + timedelta(seconds=1))
        == len(sent) + waiting
    )
    with pytest.raises(Invalid):
        desk.hooks.replay(late, NOW, None, NOW)
    assert seen


def test_a_body_is_composed_once(desk: Desk, store: Store) -> None:
    number = hook(desk)
    copies(desk, store, 1)
    (one,) = claimed(desk, number)
    assert one.body == ""
    assert desk.hooks.compose([(one.event.id, '{"a":1}')]) == {one.event.id: '{"a":1}'}
    assert desk.hooks.compose([(one.event.id, '{"b":2}')]) == {one.event.id: '{"a":1}'}


def test_old_events_go_but_the_newest_of_an_incident_stays_to_be_compared_with(
    desk: Desk, store: Store
) -> None:
    number = hook(desk)
    (first,) = copies(desk, store, 1)
    decide(desk, first, 0, None, NOW)
    later = NOW + KEPT + timedelta(days=1)
    assert desk.hooks.tidy(later) == 1
    assert [seq for _kind, _incident, seq in told(desk, number)] == [2]
    assert desk.hooks.tidy(later) == 0


# --- secrets


def test_a_rotated_secret_signs_beside_the_new_one_for_24_hours(desk: Desk, store: Store) -> None:
    made, old = desk.hooks.add(URL, "62", (), None, NOW)
    copies(desk, store, 1)
    new = desk.hooks.rotate(made.id, None, NOW)
    (during,) = claimed(desk, made.id, NOW + timedelta(hours=23))
    assert during.secrets == (new, old)
    (after,) = claimed(desk, made.id, NOW + timedelta(hours=24))
    assert after.secrets == (new,)
    desk.hooks.tidy(NOW + timedelta(hours=25))
    with store.reading() as books:
        from screening.schema_hooks import hook as table

        assert books.hooks._db.execute(table.select()).one().old_secret == ""


def test_no_secret_is_in_records_logs_or_the_trail(desk: Desk, store: Store) -> None:
    made, secret = desk.hooks.add(URL, "62", (), None, NOW)
    copies(desk, store, 1)
    desk.hooks.rotate(made.id, None, NOW)
    shown = repr(desk.hooks.all()) + repr(desk.hooks.deliveries(made.id)) + repr(claimed(desk, made.id))
    shown += (desk.settings.data_dir / "dini.log").read_text()
    with store.reading() as books:
        shown += repr(list(books.audit.every()))
    assert secret not in shown
    assert "whsec_" not in shown


@given(body=st.text(), raw=st.binary(min_size=24, max_size=64))
def test_what_we_sign_the_public_library_accepts_and_nothing_else(body: str, raw: bytes) -> None:
    body = body.encode("utf-8", "replace").decode("utf-8")
    clock = StepClock()
    other = secret_of(bytes(reversed(raw)) + b"x")
    headers = {
        "webhook-id": "msg_uji",
        "webhook-timestamp": str(stamp(NOW)),
        "webhook-signature": signature((other, secret_of(raw)), "msg_uji", NOW, body),
    }
    with library_clock(clock):
        for secret in (other, secret_of(raw)):
            Webhook(secret).verify(body, headers, json_parse=False)
        with pytest.raises(Exception, match="signature"):
            Webhook(secret_of(raw)).verify(body + "x", headers, json_parse=False)


# --- trying


def test_pauses_grow_over_days_and_are_spread() -> None:
    plain = [pause_after(tries, 0.5) for tries in range(1, 12)]
    assert plain[:4] == [
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
    ]
    assert all(before <= after for before, after in pairwise(plain))
    assert plain[-1] == timedelta(hours=24)
    rolls = {pause_after(3, random.Random(seed).random()) for seed in range(50)}
    assert len(rolls) == 50
    assert timedelta(minutes=27) <= min(rolls) and max(rolls) <= timedelta(minutes=33)


@given(
    status=st.none() | st.integers(100, 599),
    tries=st.integers(1, 40),
    hours=st.floats(0, 200),
    roll=st.floats(0, 1, exclude_max=True),
    wait=st.none() | st.integers(60, 86_400),
)
def test_an_answer_always_leads_on_and_never_past_five_days(
    status: int | None, tries: int, hours: float, roll: float, wait: int | None
) -> None:
    now = NOW + timedelta(hours=hours)
    pause = None if wait is None else timedelta(seconds=wait)
    found = ruling(sample_claim(tries), Answered(status=status, retry_after=pause), now, roll)
    if status is not None and 200 <= status < 300:
        assert found.ruling is Ruling.DELIVERED
    elif status == 410:
        assert found.ruling is Ruling.GONE
    elif hours >= 120:
        assert found.ruling is Ruling.GIVEN_UP
    else:
        assert found.ruling is Ruling.AGAIN and found.next_try_at is not None
        assert now < found.next_try_at <= NOW + GIVE_UP
        if pause is not None:
            assert found.next_try_at >= min(now + pause, NOW + GIVE_UP)


# --- what is refused


@pytest.mark.parametrize(
    "url",
    [
        "http://penerima.contoh.go.id/kait",
        "https://127.0.0.1/kait",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://server.local/",
        "https://nama:sandi@contoh.go.id/",
        "https://contoh.go.id:8443/",
        "gopher://contoh.go.id/",
        "",
        "https://contoh.go.id/" + "a" * 600,
    ],
)
def test_an_address_that_must_not_be_dialled_or_is_not_encrypted_is_refused(desk: Desk, url: str) -> None:
    with pytest.raises(Invalid):
        desk.hooks.add(url, "62", (), None, NOW)


def test_unknown_offices_kinds_twins_and_numbers_are_refused(desk: Desk) -> None:
    for office, kinds in (("63", ()), ("62", ("incident.deleted",)), ("62", ("hook.test",))):
        with pytest.raises(Invalid):
            desk.hooks.add(URL, office, kinds, None, NOW)
    hook(desk)
    with pytest.raises(Conflict):
        hook(desk)
    for verb in (desk.hooks.rotate, desk.hooks.pause, desk.hooks.resume, desk.hooks.remove, desk.hooks.test):
        with pytest.raises(NotFound):
            verb(99, None, NOW)
