"""The outbox: what owes a message, once; to whom; how often it is tried."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from screening_material import BLOCKADE, CLASH, NOW, entry, fetched, listing
from test_screening_digest import build, coverage, incident, material, told

from screening import (
    Area,
    Conflict,
    Decision,
    Desk,
    Dispatch,
    Invalid,
    NotFound,
    PostKind,
    PostState,
    QueueFilter,
    RejectReason,
    ReviewDraft,
    Role,
    Severity,
    Source,
    digest_text,
)
from screening.digest import build_digest
from screening.digest_lines import urgent_text
from screening.post import GIVE_UP, LEASE, alarming, check_mailbox, edges_due, pause_after

PROVINCE, KOTIM, SERUYAN = "piket@provinsi.contoh.id", "piket@kotim.contoh.id", "piket@seruyan.contoh.id"
BOTH = frozenset(PostKind)
EVER = (NOW - timedelta(days=30), NOW + timedelta(days=30))
RIOT = (
    "Bentrok di Pasar Baamang Meluas, Dua Pemuda Tewas dan Lapak Dibakar",
    "SAMPIT - Bentrok dua kelompok pemuda di Pasar Baamang, Kecamatan Baamang, Kabupaten Kotawaringin Timur, "
    "meluas. Dua pemuda tewas dan belasan lapak dibakar massa. Polisi menambah pasukan.",
)
PEACEFUL = (
    "Warga Gelar Aksi Damai di Depan Kantor Bupati Seruyan",
    "KUALA PEMBUANG - Puluhan warga menggelar aksi damai di depan Kantor Bupati Seruyan. Mereka "
    "membentangkan spanduk, berorasi tertib, lalu diterima untuk berdialog dan membubarkan diri.",
)


@pytest.fixture
def source(desk: Desk) -> Source:
    return desk.add_source(listing("satu", owner="Satu"), NOW)


@pytest.fixture
def boxes(desk: Desk) -> None:
    for office, box in (("62", PROVINCE), ("62.02", KOTIM), ("62.07", SERUYAN)):
        desk.add_recipient(office, box, BOTH, NOW - timedelta(days=7))


def urgent(desk: Desk) -> list[tuple[str, Severity | None]]:
    found = [one for one in desk.dispatches(*EVER) if one.kind is PostKind.URGENT]
    return sorted((one.mailbox, one.level) for one in found)


@pytest.mark.usefixtures("boxes")
def test_siaga_is_owed_at_once_to_the_province_and_the_regency_and_to_nobody_else(
    desk: Desk, source: Source
) -> None:
    desk.take(fetched(source, entry("a", *CLASH), entry("b", *BLOCKADE)), NOW)
    assert urgent(desk) == [(KOTIM, Severity.SIAGA), (PROVINCE, Severity.SIAGA)]


@pytest.mark.usefixtures("boxes")
def test_a_rise_is_a_new_message_and_the_same_level_is_none(desk: Desk, source: Source) -> None:
    desk.take(fetched(source, entry("a", *CLASH, hours=3)), NOW)
    desk.take(fetched(source, entry("a", *CLASH, hours=3), entry("a2", *CLASH, hours=2)), NOW)
    assert len(urgent(desk)) == 2
    desk.take(fetched(source, entry("r", *RIOT)), NOW)
    (line,) = desk.queue(QueueFilter(), NOW).lines
    assert line.incident.severity is Severity.DARURAT
    assert urgent(desk) == [
        (KOTIM, Severity.SIAGA),
        (KOTIM, Severity.DARURAT),
        (PROVINCE, Severity.SIAGA),
        (PROVINCE, Severity.DARURAT),
    ]


@pytest.mark.usefixtures("boxes")
def test_a_fall_from_darurat_to_siaga_owes_nothing(desk: Desk, source: Source) -> None:
    analyst = desk.create_account("analis-1", Role.ANALYST, "x", NOW)
    desk.take(fetched(source, entry("r", *RIOT)), NOW)
    (line,) = desk.queue(QueueFilter(), NOW).lines
    before = urgent(desk)
    assert {level for _box, level in before} == {Severity.DARURAT}
    draft = ReviewDraft(incident_id=line.incident.id, decision=Decision.ACCEPT, severity=Severity.SIAGA)
    desk.review(draft, analyst, NOW)
    assert urgent(desk) == before


@pytest.mark.usefixtures("boxes")
def test_a_person_who_lifts_an_incident_owes_the_message_too(desk: Desk, source: Source) -> None:
    analyst = desk.create_account("analis-1", Role.ANALYST, "x", NOW)
    desk.take(fetched(source, entry("b", *BLOCKADE)), NOW)
    assert urgent(desk) == []
    (line,) = desk.queue(QueueFilter(), NOW).lines
    draft = ReviewDraft(incident_id=line.incident.id, decision=Decision.ACCEPT, severity=Severity.SIAGA)
    desk.review(draft, analyst, NOW)
    assert urgent(desk) == [(PROVINCE, Severity.SIAGA), (SERUYAN, Severity.SIAGA)]


@pytest.mark.usefixtures("boxes")
def test_merging_tells_nobody_twice_of_what_they_know(desk: Desk, source: Source) -> None:
    analyst = desk.create_account("analis-1", Role.ANALYST, "x", NOW)
    desk.take(fetched(source, entry("b", *BLOCKADE)), NOW)
    (calm,) = desk.queue(QueueFilter(), NOW).lines
    desk.take(fetched(source, entry("b", *BLOCKADE), entry("a", *CLASH)), NOW)
    loud = desk.queue(QueueFilter(), NOW).lines[0]
    before = urgent(desk)
    after = desk.merge(calm.incident.id, loud.incident.id, analyst, NOW)
    assert after.severity >= Severity.SIAGA
    told_now = [box for box, _level in urgent(desk)]
    assert len(set(told_now)) == len(told_now) and set(before) <= set(urgent(desk))


@pytest.mark.usefixtures("boxes")
def test_a_peaceful_action_and_a_blockade_are_no_alarm(desk: Desk, source: Source) -> None:
    desk.take(fetched(source, entry("p", *PEACEFUL), entry("b", *BLOCKADE)), NOW)
    assert urgent(desk) == []


@given(
    level=st.sampled_from(list(Severity)),
    area=st.sampled_from(list(Area)),
    decision=st.sampled_from([None, *Decision]),
    hours=st.floats(min_value=0, max_value=500),
)
def test_no_peaceful_action_is_ever_alarming(
    level: Severity, area: Area, decision: Decision | None, hours: float
) -> None:
    one = incident(1, form="F2", severity=level, area=area, decision=decision)
    assert not alarming(one, one.last_published + timedelta(hours=hours))


def test_what_is_outside_rejected_old_or_lower_is_not_alarming() -> None:
    assert alarming(incident(1), NOW)
    assert not alarming(incident(1, area=Area.OUTSIDE), NOW)
    assert not alarming(incident(1, severity=Severity.WASPADA), NOW)
    assert not alarming(incident(1, decision=Decision.REJECT), NOW)
    assert alarming(incident(1, decision=Decision.REJECT, risen_why="Naik dari SIAGA ke DARURAT."), NOW)
    assert not alarming(incident(1), NOW + timedelta(days=4))


def test_what_the_model_doubts_is_an_alarm_only_after_a_person_has_accepted_it() -> None:
    assert not alarming(incident(1, relevance=0.03), NOW)
    assert alarming(incident(1, relevance=0.03, decision=Decision.ACCEPT), NOW)


def test_nothing_is_owed_where_no_mailbox_is(desk: Desk, source: Source) -> None:
    desk.take(fetched(source, entry("a", *CLASH)), NOW)
    assert desk.dispatches(*EVER) == () and desk.owe_due_digests(NOW) == 0


def test_a_crash_in_the_transaction_leaves_neither_incident_nor_message(
    desk: Desk, source: Source, boxes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening.store_sources import Sources

    def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as cut:
        cut.setattr(Sources, "answered", broken)
        with pytest.raises(RuntimeError):
            desk.take(fetched(source, entry("a", *CLASH)), NOW)
    assert desk.dispatches(*EVER) == () and desk.queue(QueueFilter(), NOW).total == 0
    desk.take(fetched(source, entry("a", *CLASH)), NOW)
    assert len(urgent(desk)) == 2


def test_the_edges_are_half_past_six_and_three_in_wib() -> None:
    at = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 15.00 WIB
    assert [end for _start, end in edges_due(at)] == [at - timedelta(hours=8.5), at]
    assert edges_due(at)[0][0] == edges_due(at)[1][0] == at - timedelta(hours=24)
    before = [end for _start, end in edges_due(at - timedelta(seconds=1))]
    assert before == [at - timedelta(hours=8.5)] or before[-1] < at


@given(st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_every_moment_has_two_edges_behind_it_and_none_ahead(now: datetime) -> None:
    edges = edges_due(now)
    assert len(edges) == 2 and all(start < end <= now for start, end in edges)


@pytest.mark.usefixtures("boxes")
def test_a_digest_is_owed_once_a_window_and_mailbox(desk: Desk) -> None:
    first = desk.owe_due_digests(NOW)
    assert first == 6  # the last two edges, three mailboxes
    assert desk.owe_due_digests(NOW) == 0 == desk.owe_due_digests(NOW + timedelta(minutes=1))
    assert desk.owe_due_digests(NOW + timedelta(hours=6)) == 3


def test_a_mailbox_gets_no_digest_of_before_it_was_there(desk: Desk) -> None:
    desk.add_recipient("62", PROVINCE, BOTH, NOW)
    assert desk.owe_due_digests(NOW) == 0
    assert desk.owe_due_digests(NOW + timedelta(hours=6)) == 1


@pytest.mark.usefixtures("boxes")
def test_workers_at_once_owe_and_claim_everything_exactly_once(desk: Desk) -> None:
    claimed: list[int] = []

    def work() -> None:
        desk.owe_due_digests(NOW)
        while (one := desk.claim_dispatch(NOW)) is not None:
            claimed.append(one.id)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len(claimed) == len(set(claimed)) == 6


@pytest.mark.usefixtures("boxes")
def test_what_a_dead_worker_held_is_due_again_after_the_lease(desk: Desk) -> None:
    desk.owe_due_digests(NOW)
    held = taken_all(desk, NOW)
    assert desk.claim_dispatch(NOW + LEASE - timedelta(seconds=1)) is None
    again = taken_all(desk, NOW + LEASE)
    assert {one.id: one.message_id for one in again} == {one.id: one.message_id for one in held}


def taken_all(desk: Desk, now: datetime) -> list[Dispatch]:
    found = []
    while (one := desk.claim_dispatch(now)) is not None:
        found.append(one)
    return found


@pytest.mark.usefixtures("boxes")
def test_urgent_ones_are_taken_before_digests(desk: Desk, source: Source) -> None:
    desk.owe_due_digests(NOW)
    desk.take(fetched(source, entry("a", *CLASH)), NOW)
    kinds = [one.kind for one in taken_all(desk, NOW)]
    assert kinds == [PostKind.URGENT] * 2 + [PostKind.DIGEST] * 6


@pytest.mark.usefixtures("boxes")
def test_a_failure_is_tried_again_with_growing_pauses_for_five_days(desk: Desk) -> None:
    desk.owe_due_digests(NOW)
    now, tries = NOW, []
    while now < NOW + GIVE_UP + timedelta(hours=3):
        one = desk.claim_dispatch(now)
        if one is not None and one.mailbox == KOTIM and one.end == edges_due(NOW)[1][1]:
            tries.append(now)
        if one is None:
            now += timedelta(minutes=1 if now < NOW + timedelta(hours=5) else 30)
            continue
        desk.dispatch_unsent(one, "Server surel tidak menjawab.", now)
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert gaps[:7] == [timedelta(minutes=2**n) for n in range(7)]
    assert all(gap <= timedelta(hours=2, minutes=30) for gap in gaps) and len(tries) > 50
    states = {one.state for one in desk.dispatches(*EVER)}
    assert states == {PostState.GIVEN_UP}


def test_an_alarm_never_waits_longer_than_a_quarter_of_an_hour() -> None:
    assert max(pause_after(PostKind.URGENT, tries) for tries in range(100)) == timedelta(minutes=15)


@pytest.mark.usefixtures("boxes")
def test_what_a_person_rejected_before_it_was_sent_has_no_words(desk: Desk, source: Source) -> None:
    analyst = desk.create_account("analis-1", Role.ANALYST, "x", NOW)
    desk.take(fetched(source, entry("a", *CLASH)), NOW)
    one = desk.claim_dispatch(NOW)
    assert one is not None and one.incident_id is not None
    words = desk.urgent_words(one, NOW)
    assert "PERINGATAN DINI SIAGA" in words and "https://kabar.example/a" in words
    assert "bukan Status Keadaan Konflik" in words and "belum ditelaah" in words
    draft = ReviewDraft(incident_id=one.incident_id, decision=Decision.REJECT, reason=RejectReason.OLD)
    desk.review(draft, analyst, NOW)
    assert desk.urgent_words(one, NOW) == ""


def test_removing_a_mailbox_cancels_what_waits_for_it(desk: Desk, boxes: None) -> None:
    desk.owe_due_digests(NOW)
    desk.remove_recipient("62.02", KOTIM, NOW)
    states = {one.state for one in desk.dispatches(*EVER, "62.02")}
    assert states == {PostState.DROPPED}
    assert all(one.mailbox != KOTIM for one in taken_all(desk, NOW))
    with pytest.raises(NotFound):
        desk.remove_recipient("62.02", KOTIM, NOW)


@pytest.mark.parametrize(
    "box",
    ["", "piket", "a@b", "Piket <a@b.id>", "a@b.id, c@d.id", "a@b.id\r\nBcc: x@y.id", "a b@c.id", "ä@b.id"],
)
def test_only_one_plain_mailbox_is_taken(desk: Desk, box: str) -> None:
    with pytest.raises(Invalid):
        desk.add_recipient("62", box, BOTH, NOW)


def test_an_office_is_the_province_or_a_regency_and_a_mailbox_is_there_once(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.add_recipient("63.01", PROVINCE, BOTH, NOW)
    desk.add_recipient("62", PROVINCE, BOTH, NOW)
    with pytest.raises(Conflict):
        desk.add_recipient("62", check_mailbox(PROVINCE.replace("contoh", "CONTOH")), BOTH, NOW)


def test_a_regencys_digest_has_its_own_incidents_and_one_line_on_the_province() -> None:
    materials = [
        material(incident(1)),
        material(incident(2, place_code="62.07.02", issue="E1", form="F3", severity=Severity.WASPADA)),
        material(incident(3, place_code=None, area=Area.OUTSIDE)),
        material(incident(4, place_code="62.02.05", form="F2", severity=Severity.INFORMASI)),
    ]
    whole = build(*materials)
    ours = of_office("62.02", materials)
    lines = [*ours.decide, *ours.changed, *ours.other, *ours.aspirations, *ours.outside]
    assert [one.incident.id for one in lines] == [1, 4]
    assert [row.code for row in ours.rows] == ["62.02"]
    assert ours.summary[-1].startswith("Seprovinsi: DARURAT 0, SIAGA 1, WASPADA 1, INFORMASI 0;")
    assert dict(whole.counts)[Severity.WASPADA] == 1 and dict(ours.counts)[Severity.WASPADA] == 0
    text = digest_text(ours)
    assert "Wilayah: Kotawaringin Timur" in text and "Seruyan:" not in text


def of_office(office: str, materials: list) -> object:  # type: ignore[type-arg]
    return build_digest(
        materials,
        start=NOW - timedelta(hours=18),
        end=NOW,
        now=NOW,
        coverage=coverage(),
        read_by_regency={"62.02": 3},
        usual=(),
        model="uji-1",
        office=office,
    )


def test_a_regency_nobody_read_about_is_not_watched_and_not_nihil() -> None:
    read = digest_text(of_office("62.02", []))
    blind = digest_text(of_office("62.07", []))
    assert "Nihil" in read and "Tidak terpantau" not in read
    assert "Tidak terpantau: tidak ada berita tentang Seruyan" in blind and "Nihil" not in blind
    assert "aman" not in f"{read} {blind}".lower().split()


def test_every_line_of_the_text_has_its_link_also_the_rejected_ones() -> None:
    one = material(incident(4, decision=Decision.REJECT))
    text = digest_text(build(material(incident(1)), one))
    assert "https://kabar.example/1" in text and "https://kabar.example/4" in text


def test_sources_beyond_three_are_counted() -> None:
    text = urgent_text(material(incident(1), *(told(number) for number in range(1, 6))))
    assert text.count("https://") == 3 and "dan 2 laporan lain" in text
