"""The desk's verbs on both databases, with the shipped model."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, entry, failed, fetched, listing

from feeds import SourceListing
from screening import (
    Account,
    Area,
    Conflict,
    Decision,
    Desk,
    Incident,
    Invalid,
    LedgerReason,
    NotFound,
    NotSetUp,
    QueueFilter,
    Refused,
    RejectReason,
    ReviewDraft,
    Role,
    Settings,
    Severity,
    Source,
    SourceState,
    Store,
    digest_text,
    window_at,
)
from screening.regroup import refold

PEACEFUL = (
    "Mahasiswa Gelar Aksi Damai di DPRD Kalteng, Serahkan Tuntutan soal Tarif Air",
    "PALANGKA RAYA - Ratusan mahasiswa menggelar aksi damai di halaman DPRD Kalimantan Tengah, Palangka "
    "Raya, Senin. "
    "Mereka berorasi bergantian dan menyerahkan tuntutan soal tarif air. Aksi berlangsung tertib hingga "
    "massa pulang.",
)


@pytest.fixture
def source(desk: Desk) -> Source:
    return desk.add_source(listing("satu", owner="Grup Satu"), NOW)


@pytest.fixture
def analyst(desk: Desk) -> Account:
    return desk.create_account("analis-1", Role.ANALYST, "hash", NOW)


@pytest.fixture
def clash(desk: Desk, source: Source) -> Incident:
    desk.take(fetched(source, entry("c", *CLASH)), NOW)
    return desk.queue(QueueFilter(), NOW).lines[0].incident


def test_every_entry_is_in_the_queue_or_counted(desk: Desk, source: Source) -> None:
    line = desk.take(fetched(source, entry("c", *CLASH), entry("w", *RECIPE)), NOW)
    assert (line.new, line.changed, line.same, line.state) == (2, 0, 0, "baru")
    page = desk.queue(QueueFilter(), NOW)
    aside = dict(page.set_aside)
    assert page.total + aside[LedgerReason.BELOW_THRESHOLD] + aside[LedgerReason.OUTSIDE] == 2
    assert page.lines[0].incident.title.startswith("Dua Kelompok Pemuda")
    assert page.lines[0].incident.severity is Severity.SIAGA
    assert page.lines[0].incident.area is Area.KALTENG
    assert page.lines[0].incident.place_code is not None
    assert page.lines[0].incident.place_code.startswith("62.02")
    assert page.lines[0].reasons and page.lines[0].model and page.lines[0].sentence


def test_the_same_document_again_adds_nothing(desk: Desk, source: Source) -> None:
    document = fetched(source, entry("c", *CLASH), entry("w", *RECIPE))
    desk.take(document, NOW)
    line = desk.take(document, NOW + timedelta(minutes=15))
    assert (line.new, line.changed, line.same, line.state) == (0, 0, 2, "tetap")
    assert dict(line.dropped) == {LedgerReason.SAME: 2}
    assert desk.queue(QueueFilter(), NOW).total == 1
    assert desk.source(source.id).items == 2


def test_validators_and_due_time_move_with_the_items(desk: Desk, source: Source) -> None:
    desk.take(fetched(source, entry("c", *CLASH), etag='"neu"'), NOW)
    after = desk.source(source.id)
    assert after.etag == '"neu"' and after.state is SourceState.OK
    assert after.due_at > NOW and after.last_success_at == NOW


def test_a_crash_in_the_middle_of_a_source_leaves_nothing_of_it(
    desk: Desk, source: Source, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("power cut")

    from screening.store_sources import Sources

    with monkeypatch.context() as patch:
        patch.setattr(Sources, "answered", crash)
        with pytest.raises(RuntimeError):
            desk.take(fetched(source, entry("c", *CLASH)), NOW)
    with store.reading() as books:
        assert books.items.total() == books.incidents.total() == 0
    assert desk.source(source.id) == source
    desk.take(fetched(source, entry("c", *CLASH)), NOW)
    assert desk.queue(QueueFilter(), NOW).total == 1


def test_a_failure_is_told_in_words_and_keeps_the_validators(desk: Desk, source: Source) -> None:
    desk.take(fetched(source, entry("c", *CLASH)), NOW)
    line = desk.take(failed(source, "Server tidak menjawab dalam 30 detik."), NOW + timedelta(hours=1))
    after = desk.source(source.id)
    assert line.state == "gagal" and after.state is SourceState.FAILING
    assert after.last_reason == "Server tidak menjawab dalam 30 detik."
    assert after.etag == '"e1"' and after.failures == 1
    assert after.last_success_at == NOW


def test_a_source_that_never_answered_stays_unverified(desk: Desk, source: Source) -> None:
    desk.take(failed(source), NOW)
    assert desk.source(source.id).state is SourceState.UNVERIFIED


def test_an_edit_keeps_the_old_text_and_judges_again(desk: Desk, source: Source, store: Store) -> None:
    desk.take(fetched(source, entry("c", *RECIPE)), NOW)
    assert desk.queue(QueueFilter(), NOW).total == 0
    later = NOW + timedelta(minutes=30)
    line = desk.take(fetched(source, entry("c", *CLASH)), later)
    assert line.changed == 1
    page = desk.queue(QueueFilter(), later)
    assert page.total == 1
    report = desk.item(page.lines[0].incident.lead_item_id)
    assert report.item.version == 2 and report.item.last_changed == later
    with store.reading() as books:
        assert [title for _v, title, _t, _at in books.items.versions(report.item.id)] == [
            RECIPE[0],
            CLASH[0],
        ]


def test_a_reprint_joins_and_counts_as_the_same_voice(desk: Desk, source: Source) -> None:
    other = desk.add_source(listing("dua", owner="Grup Dua"), NOW)
    desk.take(fetched(source, entry("c", *CLASH)), NOW)
    desk.take(fetched(other, entry("x", "Ricuh Pemuda di Baamang", CLASH[1])), NOW)
    (line,) = desk.queue(QueueFilter(), NOW).lines
    assert (line.incident.reports, line.incident.voices) == (2, 1)
    view = desk.incident(line.incident.id, NOW)
    assert [one.same_text_as for one in view.reports] == [None, view.reports[0].item.id]


def test_a_follow_up_in_other_words_is_a_second_voice(desk: Desk, source: Source) -> None:
    other = desk.add_source(listing("dua", owner="Grup Dua"), NOW)
    desk.take(fetched(source, entry("c", *CLASH)), NOW)
    text = (
        "Bentrokan dua kubu pemuda pecah di Pasar Baamang, Kecamatan Baamang, Kotawaringin Timur, Senin "
        "malam. "
        "Tiga pemuda terluka akibat lemparan batu, sementara satu lapak hangus dibakar."
    )
    desk.take(fetched(other, entry("x", "Bentrok Pemuda di Baamang, Lapak Dibakar", text)), NOW)
    (line,) = desk.queue(QueueFilter(), NOW).lines
    assert (line.incident.reports, line.incident.voices) == (2, 2)


def test_the_queue_pages_without_gap_or_repeat(desk: Desk, source: Source) -> None:
    stories = (
        ("Warga Hanau Portal Jalan Kebun", "Akses truk sawit di Kecamatan Hanau, Seruyan, ditutup warga."),
        (
            "Buruh Pabrik di Pulang Pisau Mogok",
            "Ratusan buruh pabrik karet di Pulang Pisau mogok menuntut upah.",
        ),
        (
            "Tambang Ilegal di Katingan Ditolak",
            "Warga Kabupaten Katingan memblokade jalur alat berat penambang.",
        ),
        (
            "Sopir Truk Blokade SPBU di Kapuas",
            "Puluhan sopir memblokade SPBU di Kabupaten Kapuas, solar langka.",
        ),
        (
            "Warga Lamandau Segel Kantor Koperasi",
            "Petani di Kabupaten Lamandau menyegel kantor koperasi plasma.",
        ),
    )
    texts = [
        entry(f"b{number}", title, text, hours=number * 30) for number, (title, text) in enumerate(stories)
    ]
    desk.take(fetched(source, *texts), NOW)
    everything = desk.queue(QueueFilter(), NOW)
    seen: list[int] = []
    cursor = ""
    while True:
        page = desk.queue(QueueFilter(limit=2, after=cursor), NOW)
        assert page.total == everything.total
        seen += [one.incident.id for one in page.lines]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [one.incident.id for one in everything.lines]
    assert len(set(seen)) == everything.total >= 3
    urgencies = [one.incident.urgency for one in everything.lines]
    assert urgencies == sorted(urgencies, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "1", "nan_1", "1_", "1_-5", "1_99999999999999999999", "' OR 1=1"])
def test_a_bad_cursor_is_invalid(desk: Desk, cursor: str) -> None:
    with pytest.raises(Invalid):
        desk.queue(QueueFilter(after=cursor), NOW)


def test_the_queue_filters_by_place_level_issue_and_area(desk: Desk, source: Source) -> None:
    desk.take(fetched(source, entry("c", *CLASH), entry("b", *BLOCKADE)), NOW)
    assert desk.queue(QueueFilter(), NOW).total == 2
    assert desk.queue(QueueFilter(place_code="62.07"), NOW).total == 1
    assert desk.queue(QueueFilter(place_code="62.0"), NOW).total == 0
    assert desk.queue(QueueFilter(severity=Severity.SIAGA), NOW).total == 1
    assert desk.queue(QueueFilter(area=Area.OUTSIDE), NOW).total == 0
    assert desk.queue(QueueFilter(issue="E1"), NOW).total == 1
    assert desk.queue(QueueFilter(state="done"), NOW).total == 0
    with pytest.raises(Invalid):
        desk.queue(QueueFilter(state="semua"), NOW)


def test_a_review_takes_the_incident_out_of_the_open_queue(
    desk: Desk, clash: Incident, analyst: Account
) -> None:
    after = desk.review(ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT), analyst, NOW)
    assert after.decision is Decision.ACCEPT and after.reviewed_by == "analis-1"
    assert desk.queue(QueueFilter(), NOW).total == 0
    assert desk.queue(QueueFilter(state="done"), NOW).total == 1


def test_an_unsure_review_stays_open(desk: Desk, clash: Incident, analyst: Account) -> None:
    desk.review(ReviewDraft(incident_id=clash.id, decision=Decision.UNSURE, note="cek Polsek"), analyst, NOW)
    assert desk.queue(QueueFilter(), NOW).lines[0].incident.decision is Decision.UNSURE


def test_a_review_made_on_an_old_page_is_refused(desk: Desk, clash: Incident, analyst: Account) -> None:
    other = desk.create_account("analis-2", Role.ANALYST, "hash", NOW)
    first = desk.review(ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT), analyst, NOW)
    stale = ReviewDraft(incident_id=clash.id, decision=Decision.REJECT, reason=RejectReason.OLD)
    with pytest.raises(Conflict, match="analis-1"):
        desk.review(stale, other, NOW)
    fresh = ReviewDraft(
        incident_id=clash.id,
        decision=Decision.REJECT,
        reason=RejectReason.OLD,
        seen_review_id=first.review_id,
    )
    assert desk.review(fresh, other, NOW).decision is Decision.REJECT
    view = desk.incident(clash.id, NOW)
    assert [one.account for one in view.reviews] == ["analis-2", "analis-1"]


def test_a_rejection_needs_a_reason_and_other_needs_a_note(
    desk: Desk, clash: Incident, analyst: Account
) -> None:
    for draft in (
        ReviewDraft(incident_id=clash.id, decision=Decision.REJECT),
        ReviewDraft(incident_id=clash.id, decision=Decision.REJECT, reason=RejectReason.OTHER),
        ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT, reason=RejectReason.OLD),
        ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT, form="F9"),
        ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT, place_code="31.71"),
        ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT, severity=Severity.NONE),
        ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT, note="x" * 2001),
    ):
        with pytest.raises(Invalid):
            desk.review(draft, analyst, NOW)
    with pytest.raises(NotFound):
        desk.review(ReviewDraft(incident_id=999, decision=Decision.ACCEPT), analyst, NOW)


def test_nobody_can_lift_a_peaceful_action_above_informasi(
    desk: Desk, source: Source, analyst: Account
) -> None:
    desk.take(fetched(source, entry("p", *PEACEFUL)), NOW)
    incident = desk.queue(QueueFilter(), NOW).lines[0].incident
    assert incident.form == "F2" and incident.severity is Severity.INFORMASI
    with pytest.raises(Refused):
        desk.review(
            ReviewDraft(incident_id=incident.id, decision=Decision.ACCEPT, severity=Severity.WASPADA),
            analyst,
            NOW,
        )
    with pytest.raises(Refused):
        desk.review(
            ReviewDraft(
                incident_id=incident.id, decision=Decision.ACCEPT, severity=Severity.SIAGA, form="F2"
            ),
            analyst,
            NOW,
        )


def test_a_review_that_calls_it_peaceful_brings_the_level_down(
    desk: Desk, clash: Incident, analyst: Account
) -> None:
    draft = ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT, form="F2")
    assert desk.review(draft, analyst, NOW).severity is Severity.INFORMASI


def test_a_level_that_a_person_set_says_so_and_keeps_the_machines_reason_as_the_machines(
    desk: Desk, source: Source, analyst: Account
) -> None:
    desk.take(fetched(source, entry("p", *PEACEFUL)), NOW)
    before = desk.queue(QueueFilter(), NOW).lines[0].incident
    assert "damai" in before.severity_why and before.severity_why == before.machine_why
    draft = ReviewDraft(
        incident_id=before.id,
        decision=Decision.ACCEPT,
        severity=Severity.SIAGA,
        form="F6",
        note="Ada bentrok.",
    )
    after = desk.review(draft, analyst, NOW)
    assert (after.severity, after.form, after.severity_rule) == (Severity.SIAGA, "F6", "petugas")
    assert "damai" not in after.severity_why
    assert after.severity_why.startswith(
        "Ditetapkan petugas: SIAGA, bentuk F6; usulan mesin: INFORMASI, bentuk F2"
    )
    assert (after.machine_why, after.machine_rule) == (before.severity_why, before.severity_rule)
    assert (after.machine_form, after.machine_severity) == ("F2", Severity.INFORMASI)
    shown = desk.queue(QueueFilter(), NOW).lines
    assert all("damai" not in one.incident.severity_why for one in shown)


def test_a_peaceful_action_by_a_person_says_why_it_is_never_above_informasi(
    desk: Desk, clash: Incident, analyst: Account
) -> None:
    draft = ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT, form="F2")
    after = desk.review(draft, analyst, NOW)
    assert after.severity is Severity.INFORMASI and after.severity_rule == "petugas"
    assert "dilindungi" in after.severity_why and "usulan mesin: SIAGA" in after.severity_why
    assert after.machine_why == clash.severity_why


@pytest.mark.parametrize("level", [None, Severity.SIAGA])
def test_a_person_who_agrees_with_the_machine_leaves_its_reason(
    desk: Desk, clash: Incident, analyst: Account, level: Severity | None
) -> None:
    draft = ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT, severity=level, form=clash.form)
    after = desk.review(draft, analyst, NOW)
    assert (after.severity_why, after.severity_rule) == (clash.severity_why, clash.severity_rule)


def test_a_form_changed_without_a_level_does_not_pass_the_machines_level_off_as_the_persons(
    desk: Desk, source: Source, analyst: Account
) -> None:
    desk.take(fetched(source, entry("p", *PEACEFUL)), NOW)
    before = desk.queue(QueueFilter(), NOW).lines[0].incident
    after = desk.review(ReviewDraft(incident_id=before.id, decision=Decision.ACCEPT, form="F6"), analyst, NOW)
    assert after.severity is Severity.INFORMASI and "damai" not in after.severity_why
    assert after.severity_why.startswith("Tingkat menurut usulan mesin; petugas menetapkan bentuk F6")


def test_the_machines_own_values_are_kept_beside_the_review(
    desk: Desk, clash: Incident, analyst: Account
) -> None:
    draft = ReviewDraft(
        incident_id=clash.id, decision=Decision.ACCEPT, severity=Severity.WASPADA, place_code="62.71"
    )
    after = desk.review(draft, analyst, NOW)
    assert (after.severity, after.machine_severity) == (Severity.WASPADA, Severity.SIAGA)
    assert (after.place_code, after.place_name, after.area) == ("62.71", "Kota Palangka Raya", Area.KALTENG)


def test_an_incident_that_rises_after_its_review_is_open_again(
    desk: Desk, source: Source, analyst: Account
) -> None:
    desk.take(fetched(source, entry("b", *BLOCKADE, hours=5)), NOW)
    incident = desk.queue(QueueFilter(), NOW).lines[0].incident
    desk.review(ReviewDraft(incident_id=incident.id, decision=Decision.ACCEPT), analyst, NOW)
    worse = (
        "Portal Jalan Kebun di Hanau Berujung Bentrok, Dua Warga Tewas Tertembak",
        "KUALA PEMBUANG - Aksi warga memortal jalan angkut kebun sawit di Kecamatan Hanau, Kabupaten "
        "Seruyan, berujung "
        "bentrok. Dua warga tewas ditembak aparat saat massa menagih lahan plasma yang dijanjikan "
        "perusahaan.",
    )
    desk.take(fetched(source, entry("b2", *worse)), NOW)
    (line,) = desk.queue(QueueFilter(), NOW).lines
    assert line.incident.id == incident.id
    assert line.incident.severity is Severity.DARURAT
    assert line.incident.urgency_why.startswith("Naik dari WASPADA ke DARURAT sejak keputusan terima")


def test_what_was_set_aside_can_be_read_by_reason(desk: Desk, source: Source) -> None:
    desk.take(fetched(source, entry("w", *RECIPE)), NOW)
    (line,) = desk.set_aside(LedgerReason.BELOW_THRESHOLD, 10, 0)
    assert line.title == RECIPE[0] and line.reason is LedgerReason.BELOW_THRESHOLD
    assert desk.set_aside(None, 10, 0) == (line,)
    assert desk.set_aside(LedgerReason.OUTSIDE, 10, 0) == ()
    assert desk.set_aside(None, 10, 1) == ()


def test_an_incident_outside_the_province_is_kept_listed_apart_and_counted(
    desk: Desk, source: Source
) -> None:
    title = "Dua Kelompok Pemuda Bentrok di Kabupaten Bogor, Tiga Luka"
    text = (
        CLASH[1]
        .replace("SAMPIT", "BOGOR")
        .replace("Kecamatan Baamang, Kabupaten Kotawaringin Timur", "Kabupaten Bogor")
    )
    line = desk.take(fetched(source, entry("o", title, text.replace("Baamang", "Cibinong"))), NOW)
    assert dict(line.dropped)[LedgerReason.OUTSIDE] == 1
    assert desk.queue(QueueFilter(area=Area.KALTENG), NOW).total == 0
    assert desk.queue(QueueFilter(area=Area.OUTSIDE), NOW).total == 1
    (aside,) = desk.set_aside(LedgerReason.OUTSIDE, 10, 0)
    assert aside.title == title


def test_names_are_masked_everywhere_but_in_the_raw_item(
    desk: Desk, source: Source, analyst: Account
) -> None:
    name = "Sutrisno Wibowo"
    title = f"{CLASH[0]}; Kapolsek Baamang Sutrisno Wibowo: Pelaku Dikejar"
    text = f'{CLASH[1]} "Kami mengejar pelaku," kata Kapolsek Baamang {name}, Senin.'
    desk.take(fetched(source, entry("c", title, text)), NOW)
    page = desk.queue(QueueFilter(), NOW)
    view = desk.incident(page.lines[0].incident.id, NOW)
    digest = desk.digest(*window_at(NOW), NOW)
    assert name in view.reports[0].item.text
    shown = [page.lines[0].incident.title, page.lines[0].sentence, *page.lines[0].reasons]
    shown += [view.reports[0].masked_title, view.reports[0].excerpt, digest_text(digest)]
    assert not [one for one in shown if "Sutrisno" in one or "Wibowo" in one]


def test_sources_are_checked_listed_paused_and_found(desk: Desk) -> None:
    added = desk.add_source(SourceListing(url=" https://kabar.example/feed#top ", name=""), NOW)
    assert added.url == "https://kabar.example/feed" and added.name == "kabar.example"
    with pytest.raises(Conflict):
        desk.add_source(SourceListing(url="https://kabar.example/feed", name="lagi"), NOW)
    for bad in (
        "",
        "ftp://x.example/",
        "javascript:alert(1)",
        "https://",
        "https://u:p@x.example/",
        "https://[::1",
        "x",
    ):
        with pytest.raises(Invalid):
            desk.add_source(SourceListing(url=bad, name="x"), NOW)
    assert desk.pause_source(added.id, True, NOW).state is SourceState.PAUSED
    assert desk.collect(NOW).sources == 0
    assert desk.pause_source(added.id, False, NOW).state is SourceState.UNVERIFIED
    with pytest.raises(NotFound):
        desk.source(999)


def test_opml_goes_out_and_comes_in_again(desk: Desk) -> None:
    desk.add_source(SourceListing(url="https://satu.example/feed", name="Kabar & Satu", owner="Grup"), NOW)
    data = desk.export_opml()
    added, problems = desk.import_opml(data, NOW)
    assert added == () and len(problems) == 1 and "terdaftar" in problems[0]
    added, problems = desk.import_opml(b"<bukan", NOW)
    assert added == () and problems


def test_the_shipped_registry_is_added_once(desk: Desk) -> None:
    first = desk.register_shipped(NOW)
    assert first == len(desk.sources()) > 0
    assert desk.register_shipped(NOW) == 0


def test_accounts_sessions_and_keys(desk: Desk) -> None:
    account = desk.create_account("admin", Role.ADMINISTRATOR, "h1", NOW)
    with pytest.raises(Conflict):
        desk.create_account("admin", Role.ANALYST, "h2", NOW)
    with pytest.raises(Invalid):
        desk.create_account("a b", Role.ANALYST, "h2", NOW)
    assert account.must_change and desk.account("admin") == account and desk.account("tidak") is None
    desk.open_session("t1", account.id, "c1", NOW, NOW + timedelta(hours=12))
    session = desk.session("t1", NOW)
    assert session is not None and session.csrf == "c1" and session.account.id == account.id
    assert desk.session("t1", NOW + timedelta(hours=12)) is None
    assert desk.session("t2", NOW) is None
    desk.set_password(account.id, "h3", NOW)
    changed = desk.account("admin")
    assert changed is not None and changed.password_hash == "h3" and not changed.must_change
    assert desk.session("t1", NOW) is None, "a new password ends old sign-ins"
    desk.open_session("t3", account.id, "c", NOW, NOW + timedelta(hours=1))
    desk.close_session("t3", NOW)
    assert desk.session("t3", NOW) is None
    desk.add_key("skrip", "k1", account.id, NOW)
    keyed = desk.key_account("k1", NOW)
    assert keyed is not None and keyed.id == account.id and desk.key_account("k2", NOW) is None


def test_an_empty_database_says_which_command_helps(
    empty_database_url: str, tmp_path: Path, desk: Desk
) -> None:
    store = Store(empty_database_url)
    bare = Desk(store, desk.classifier, Settings(data_dir=tmp_path, database_url=empty_database_url))
    with pytest.raises(NotSetUp, match="dini start"):
        bare.queue(QueueFilter(), NOW)
    checks = {one.name: one for one in bare.doctor(NOW)}
    assert not checks["basis data"].ok and checks["model"].ok
    bare.set_up(NOW)
    assert bare.queue(QueueFilter(), NOW).total == 0
    bare.close()


def test_the_doctor_is_content_with_a_working_desk(desk: Desk, source: Source) -> None:
    desk.take(fetched(source, entry("c", *CLASH)), NOW)
    assert {one.name: one.ok for one in desk.doctor(NOW)}["basis data"]
    assert all(one.ok for one in desk.doctor(NOW)), desk.doctor(NOW)


def test_the_operators_log_has_one_escaped_json_line_per_source(
    desk: Desk, source: Source, settings: Settings
) -> None:
    desk.take(failed(source, 'jahat\n{"event":"palsu"}\x1b[2J'), NOW)
    lines = (settings.data_dir / "dini.log").read_text().splitlines()
    told = [json.loads(line) for line in lines]
    mine = [one for one in told if one.get("source") == source.id]
    assert len(mine) == 1 and mine[0]["event"] == "source_failed"
    assert "\x1b" not in "".join(lines) and len(lines) == len(told)


def test_a_corrected_issue_stays_over_the_machines_through_later_reports(
    desk: Desk, store: Store, source: Source, analyst: Account
) -> None:
    desk.take(fetched(source, entry("b", *BLOCKADE, hours=5)), NOW)
    before = desk.queue(QueueFilter(), NOW).lines[0].incident
    assert before.issue == "E1"
    after = desk.review(
        ReviewDraft(incident_id=before.id, decision=Decision.ACCEPT, issue="S3"), analyst, NOW
    )
    assert (after.issue, after.severity, after.form) == ("S3", before.severity, before.form)
    with store.writing() as books:
        refold(books, before.id, NOW)
    view = desk.incident(before.id, NOW)
    assert view.incident.issue == view.reviews[0].issue == "S3"
    assert [one.incident.id for one in desk.queue(QueueFilter(state="all", issue="S3"), NOW).lines] == [
        before.id
    ]
    again = desk.review(
        ReviewDraft(incident_id=before.id, decision=Decision.ACCEPT, seen_review_id=after.review_id),
        analyst,
        NOW,
    )
    assert again.issue == "E1", "no issue in the newest review is the machine's again"
    assert [one.issue for one in desk.incident(before.id, NOW).reviews] == [None, "S3"]


@pytest.mark.parametrize("code", ["N", "Z9", "", "e1"])
def test_an_issue_outside_the_taxonomy_is_invalid(
    desk: Desk, clash: Incident, analyst: Account, code: str
) -> None:
    with pytest.raises(Invalid, match="isu"):
        desk.review(ReviewDraft(incident_id=clash.id, decision=Decision.ACCEPT, issue=code), analyst, NOW)
