"""Papers: facts come from reports with their links, opinion from people, and what was sent stays so."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from screening_material import (
    BLOCKADE,
    BOGOR,
    CLASH,
    NOW,
    assessment,
    entry,
    fetched,
    incident,
    listing,
)

from models import Count, Evidence, EvidenceKind, Facts
from screening import (
    Account,
    Area,
    Conflict,
    Correction,
    Decision,
    Desk,
    DeskError,
    Findings,
    Invalid,
    Item,
    Memo,
    MemoFields,
    MemoKind,
    MemoState,
    NotFound,
    QueueFilter,
    Refused,
    RejectReason,
    Report,
    ReviewDraft,
    Role,
    Severity,
    Source,
    StepKind,
    verified_note,
)
from screening.casework import Channel, GradeDraft
from screening.digest_lines import Material
from screening.memo import (
    LIMITS,
    NAMES,
    NOTE,
    Standing,
    changed_since,
    check_kind,
    fields_in,
    fields_out,
    findings_in,
    findings_out,
    institutions_of,
    looks_named,
    mark_of,
    tidy_fields,
    why_not,
)
from screening.memo_facts import QUOTE, findings_of, first_fields

LI, LA = MemoKind.INFORMATION, MemoKind.ATTENTION
OPINION = ("analysis", "outlook_24", "outlook_72", "measures", "advice", "asked", "confirmation")
WHOLE = MemoFields(
    office="62",
    number="300/1/KSB",
    dated="2026-11-24",
    subject="Bentrok di Baamang",
    to="Gubernur",
    asked="Rapat",
)
PEACEFUL = (
    "Mahasiswa Gelar Aksi Damai di DPRD Kalteng, Serahkan Tuntutan soal Tarif Air",
    "PALANGKA RAYA - Ratusan mahasiswa menggelar aksi damai di halaman DPRD Kalimantan Tengah, Palangka "
    "Raya, Senin. Mereka berorasi bergantian dan menyerahkan tuntutan soal tarif air. Aksi berlangsung "
    "tertib hingga massa pulang.",
)


def report(
    number: int,
    title: str = "Dua Kelompok Bentrok",
    text: str = "",
    *,
    hours: float = 1.0,
    twin: int | None = None,
    outlet: str = "",
    **more: object,
) -> Report:
    said = more.pop("said", None) or assessment()
    item = Item(
        id=number,
        source_id=number,
        key=str(number),
        link=f"https://kabar.example/{number}",
        title=title,
        text=text,
        html="",
        published=NOW - timedelta(hours=hours),
        published_raw="",
        date_suspect=False,
        first_seen=NOW,
        last_changed=NOW,
        version=1,
        **more,  # type: ignore[arg-type]
    )
    return Report(
        item=item,
        source_name=outlet or f"Kabar {number}",
        source_owner=outlet,
        masked_title=title,
        excerpt="",
        same_text_as=twin,
        assessment=said,  # type: ignore[arg-type]
    )


def found(*reports: Report, **more: object) -> Findings:
    base = incident(1, **more)
    return findings_of(Material(incident=base, reports=reports, tiers=("lokal",) * len(reports), review=None))


# --- facts -------------------------------------------------------------------------------------------


def test_facts_are_in_order_of_time_each_with_outlet_moment_and_link() -> None:
    told = found(report(1, hours=1), report(2, hours=5), report(3, hours=3))
    assert [fact.source.item_id for fact in told.facts] == [2, 3, 1]
    for fact in told.facts:
        assert fact.source.link == f"https://kabar.example/{fact.source.item_id}"
        assert fact.sentence.startswith(
            f"{fact.source.outlet} melaporkan kejadian di Kab. Kotawaringin Timur"
        )
        assert datetime.fromisoformat(fact.source.at).tzinfo is not None
        assert "dugaan kekerasan terhadap orang" in fact.sentence


def test_reprints_are_one_fact_and_each_keeps_its_link() -> None:
    told = found(
        report(1, hours=5), report(2, hours=4, twin=1), report(3, hours=3), report(4, hours=2, twin=1)
    )
    assert [fact.source.item_id for fact in told.facts] == [1, 3]
    assert [one.item_id for one in told.facts[0].reprints] == [2, 4]
    assert {one.link for one in told.sources} == {f"https://kabar.example/{n}" for n in (1, 2, 3, 4)}


def test_a_reprint_of_a_text_that_was_split_off_is_a_fact_of_its_own() -> None:
    told = found(report(2, twin=1), report(3, twin=1))
    assert [fact.source.item_id for fact in told.facts] == [2, 3]
    assert all(one.by == () or max(one.by) <= 2 for one in told.checklist)


@pytest.mark.parametrize(
    ("realis", "words"),
    [
        ("A", "melaporkan kejadian"),
        ("R", "memberitakan rencana"),
        ("T", "memberitakan kemungkinan kejadian"),
        ("H", "memberitakan kembali peristiwa lama"),
        ("B", "memuat bantahan"),
        ("S", "memberitakan simulasi, bukan kejadian,"),
        ("C", "memberitakan kegiatan pencegahan atau seremonial"),
    ],
)
def test_a_plan_a_denial_or_a_drill_is_never_told_as_an_event(realis: str, words: str) -> None:
    sentence = found(report(1, said=assessment(realis=realis))).facts[0].sentence
    assert f"Kabar 1 {words}" in sentence
    assert ("terbaca sebagai" in sentence) == (realis not in "SC")


def test_victims_and_crowds_are_said_to_be_reported() -> None:
    facts = Facts(injured=Count(low=2, high=3), crowd=Count(low=150, high=None))
    sentence = found(report(1, said=assessment(facts=facts))).facts[0].sentence
    assert "dilaporkan luka 2 sampai 3 orang" in sentence
    assert "massa diperkirakan 150 orang atau lebih" in sentence
    few = found(report(1, said=assessment(facts=Facts(crowd=Count(low=8, high=8))))).facts[0].sentence
    assert "massa" not in few


def test_quotes_are_masked_and_short() -> None:
    spoken = "Saksi bernama Joko Susanto mengatakan lapak dibakar."
    said = replace(
        assessment(),
        evidence=(Evidence(start=0, end=9, text=spoken, weight=1.0, kind=EvidenceKind.SENTENCE),),
    )
    quotes = found(report(1, "Ju" * 400, said=said)).facts[0].quotes
    assert "Susanto" not in " ".join(quotes) and "lapak dibakar" in quotes[1]
    assert all(len(one) <= QUOTE for one in quotes)


def test_a_peaceful_action_is_told_as_one_whatever_the_machine_read_in_a_report() -> None:
    told = found(report(1), form="F2", severity=Severity.INFORMASI)
    assert "terbaca sebagai aksi damai" in told.facts[0].sentence
    assert "kekerasan" not in f"{told.what} {told.facts[0].sentence}"
    assert {one.code: one.answer for one in told.checklist}["BA"] == "aksi damai"


def test_the_checklist_says_what_the_facts_answer_and_what_they_leave_open() -> None:
    text = (
        "Bentrok terjadi Senin (23/11/2026) pukul 20.30 WIB karena sengketa parkir. Warga dan polisi melerai."
    )
    told = found(report(1, text=text, said=assessment(facts=Facts(clash=True))), report(2))
    answers = {one.code: one for one in told.checklist}
    assert [one.code for one in told.checklist] == ["A", "BI", "DI", "SI", "BA", "ME"]
    assert answers["BI"].answer == "Senin (23/11/2026), pukul 20.30 WIB" and answers["BI"].by == (1,)
    assert answers["SI"].answer == "warga, polisi"
    assert answers["BA"].answer == "bentrokan"
    assert "sengketa parkir" in answers["ME"].answer
    bare = {one.code: one for one in found(report(2), place_code="62").checklist}
    assert not any(bare[code].answered for code in ("BI", "DI", "SI", "BA", "ME"))
    assert all(not one.answer for one in bare.values() if not one.answered)


def test_the_cause_is_told_without_the_dateline_and_without_names() -> None:
    text = "SAMPIT, KabarKota – Bentrok dipicu ucapan Joko Susanto di pasar. Polisi datang."
    told = {one.code: one.answer for one in found(report(1, text=text)).checklist}
    assert told["ME"].startswith("Bentrok dipicu ucapan") and "Susanto" not in told["ME"]


def test_siapa_never_names_a_people_or_a_faith() -> None:
    text = "Warga suku Dayak dan Madura, umat Islam dan Kristen, serta PT Sawit Maju bertemu mahasiswa."
    told = {one.code: one.answer for one in found(report(1, text=text)).checklist}
    assert told["SI"] == "warga, mahasiswa, perusahaan"


def test_an_event_elsewhere_has_its_place_answered() -> None:
    told = found(
        report(1, said=assessment(place=BOGOR)), area=Area.OUTSIDE, place_code=None, place_name="Kab. Bogor"
    )
    assert {one.code: one.answer for one in told.checklist}["DI"] == "Kab. Bogor"


def test_a_new_draft_proposes_the_header_and_leaves_the_opinion_to_people() -> None:
    one = incident(1)
    for kind in MemoKind:
        draft = first_fields(kind, found(report(1)), one, NOW)
        assert all(getattr(draft, name) == "" for name in (*OPINION, "number", "to", "cc"))
        assert (draft.dated, draft.bidang, draft.classification) == ("2026-11-24", "S", "BIASA")
        assert tidy_fields(draft) == draft
    introduction = first_fields(LI, found(report(1)), one, NOW).introduction
    assert "SIAGA (bukan Status Keadaan Konflik)" in introduction
    calm = incident(2, form="F2", severity=Severity.INFORMASI)
    told = first_fields(LI, found(report(1), form="F2", severity=Severity.INFORMASI), calm, NOW)
    assert "dilindungi UU 9/1998" in told.introduction and "Tingkat" not in told.introduction


def test_findings_and_fields_come_back_from_storage_as_they_were() -> None:
    told = found(report(1, hours=4), report(2, twin=1), report(3, correction=Correction.CORRECTED))
    assert findings_in(findings_out(told)) == told
    assert findings_in("") is None
    assert mark_of(told) == mark_of(replace(told)) != mark_of(replace(told, level=1))
    assert fields_in(fields_out(WHOLE)) == WHOLE


def test_fields_that_a_later_version_added_have_their_default() -> None:
    assert fields_in('{"office": "62.02", "gone": "x"}') == MemoFields(office="62.02")


@given(st.text(max_size=400))
def test_any_text_goes_through_storage_unchanged(text: str) -> None:
    assert fields_in(fields_out(replace(WHOLE, analysis=text))).analysis == text


# --- rules -------------------------------------------------------------------------------------------


def test_every_field_has_a_name_and_a_limit() -> None:
    assert {one.name for one in fields(MemoFields)} == set(NAMES) == set(LIMITS)


def test_an_attention_paper_is_refused_for_a_peaceful_action_and_below_siaga() -> None:
    calm = incident(1, form="F2", severity=Severity.INFORMASI)
    with pytest.raises(Refused, match="UU 9/1998"):
        check_kind(LA, calm)
    assert why_not(LI, calm) == ""
    assert "SIAGA dan DARURAT" in why_not(LA, incident(1, severity=Severity.WASPADA))
    for level in (Severity.SIAGA, Severity.DARURAT):
        assert why_not(LA, incident(1, severity=level)) == ""


def test_no_paper_is_made_of_a_rejected_incident_unless_it_has_risen_since() -> None:
    rejected = incident(1, decision=Decision.REJECT)
    assert "ditolak" in why_not(LI, rejected)
    assert why_not(LI, replace(rejected, risen_why="Naik.")) == ""


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"classification": "SANGAT"}, "Klasifikasi"),
        ({"bidang": "Z"}, "Bidang"),
        ({"dated": "24-11-2026"}, "Tanggal"),
        ({"dated": "0001-01-01"}, "Tanggal"),
        ({"office": "31"}, "Kode kantor"),
        ({"number": "9" * 81}, "Nomor"),
        ({"analysis": "a" * 6_001}, "Analisis"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, str], named: str) -> None:
    with pytest.raises(Invalid, match=named):
        tidy_fields(replace(WHOLE, **change))


def test_institutions_are_one_a_line_and_once() -> None:
    assert institutions_of(" Gubernur \r\n\nSekda\nGubernur") == ("Gubernur", "Sekda")
    with pytest.raises(Invalid):
        institutions_of("x" * 201)
    with pytest.raises(Invalid):
        institutions_of("\n".join(map(str, range(41))))


def test_a_name_in_the_opinion_is_pointed_out() -> None:
    assert looks_named(replace(WHOLE, analysis="Menurut Joko Susanto, lahan itu sengketa.")) == ("Analisis",)
    assert looks_named(replace(WHOLE, analysis="Menurut dinas, lahan itu dalam sengketa.")) == ()


def test_the_foot_says_unverified_until_a_person_recorded_a_source_outside_the_media() -> None:
    told = found(report(1))
    assert verified_note(WHOLE, told) == NOTE and "belum diverifikasi" in NOTE
    by_field = verified_note(replace(WHOLE, confirmation="Polres Kotim, telepon, 24/11."), told)
    by_grade = verified_note(WHOLE, replace(told, confirmed="C1, dikonfirmasi Kepolisian"))
    for note in (by_field, by_grade):
        assert "belum diverifikasi" not in note and "dikonfirmasi" in note


def stands(told: Findings, **more: object) -> Standing:
    base = Standing(
        severity=Severity(told.level),
        form=told.form,
        decision=told.decision,
        review_id=told.review_id,
        merged_into=None,
        items={one.item_id: (one.version, one.correction) for one in told.sources},
    )
    return replace(base, **more)  # type: ignore[arg-type]


def test_what_changed_since_sending_is_told_and_nothing_else() -> None:
    told = found(
        report(1, hours=4, outlet="Satu"), report(2, hours=3, outlet="Dua"), report(3, twin=1, outlet="Tiga")
    )
    assert changed_since(told, stands(told)) == ()
    for change, words in (
        ({"items": {1: (2, "dikoreksi")}}, "Satu mengoreksi beritanya (fakta 1)."),
        ({"items": {2: (2, "dicabut")}}, "Dua mencabut beritanya (fakta 2)."),
        ({"items": {3: (2, "")}}, "Tiga mengubah beritanya (fakta 1)."),
        ({"severity": Severity.WASPADA}, "Tingkat insiden berubah dari SIAGA menjadi WASPADA."),
        ({"form": "F2"}, "Bentuk kejadian berubah dari F6 menjadi F2."),
        ({"decision": "tolak"}, "Keputusan atas insiden berubah dari belum diputuskan menjadi tolak."),
        ({"merged_into": 9}, "Insiden digabung ke insiden 9."),
    ):
        assert changed_since(told, stands(told, **change)) == (words,)


# --- stored, on both databases -----------------------------------------------------------------------


@pytest.fixture
def source(desk: Desk) -> Source:
    return desk.add_source(listing("kabarsatu", owner="Satu"), NOW)


@pytest.fixture
def analyst(desk: Desk) -> Account:
    return desk.create_account("analis-1", Role.ANALYST, "hash", NOW)


@pytest.fixture
def other(desk: Desk) -> Account:
    return desk.create_account("analis-2", Role.ANALYST, "hash", NOW)


@pytest.fixture
def clash(desk: Desk, source: Source) -> int:
    desk.take(fetched(source, entry("c", *CLASH)), NOW)
    return desk.queue(QueueFilter(), NOW).lines[0].incident.id


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def drafted(desk: Desk, incident_id: int, account: Account, kind: MemoKind = LI) -> Memo:
    made = desk.memos.open(kind, incident_id, account, NOW)
    return desk.memos.save(made.id, replace(WHOLE, introduction="Isi."), 1, account, later(1))


def sent(desk: Desk, incident_id: int, account: Account, at: datetime | None = None) -> Memo:
    one = drafted(desk, incident_id, account)
    view = desk.memos.view(one.id, later(2))
    return desk.memos.send(
        one.id,
        seen=view.memo.version,
        mark=view.mark,
        institutions="Gubernur\nSekda",
        at=at,
        account=account,
        now=later(3),
    )


def test_a_paper_goes_from_draft_to_sent_and_its_facts_are_frozen(
    desk: Desk, source: Source, clash: int, analyst: Account
) -> None:
    one = sent(desk, clash, analyst)
    assert (one.state, one.sent_at, one.sent_by, one.version) == (MemoState.SENT, later(3), "analis-1", 3)
    before = desk.memos.view(one.id, later(4))
    assert [step.institutions for step in before.steps] == [("Gubernur", "Sekda")]
    assert before.findings == before.versions[0].findings and before.changes == ()
    desk.take(fetched(source, entry("c", "RALAT: " + CLASH[0], CLASH[1])), later(5))
    after = desk.memos.view(one.id, later(6))
    assert after.findings == before.findings
    assert after.changes[0] == "kabarsatu mengoreksi beritanya (fakta 1)."
    (line,), _ = desk.memos.lines()
    assert line.changes == after.changes
    assert desk.memos.view(drafted(desk, clash, analyst).id, later(7)).findings.facts[0].source.correction


def test_a_changed_level_or_decision_is_said_and_a_new_report_counted(
    desk: Desk, source: Source, clash: int, analyst: Account
) -> None:
    one = sent(desk, clash, analyst)
    draft = ReviewDraft(incident_id=clash, decision=Decision.ACCEPT, severity=Severity.WASPADA)
    desk.review(draft, analyst, later(5))
    told = desk.memos.view(one.id, later(6)).changes
    assert "Tingkat insiden berubah dari SIAGA menjadi WASPADA." in told
    assert "Keputusan atas insiden berubah dari belum diputuskan menjadi terima." in told
    second = desk.add_source(listing("kabardua", owner="Dua"), NOW)
    desk.take(fetched(second, entry("d", CLASH[0], f"{CLASH[1]} Lapak lain selamat.")), later(7))
    assert desk.memos.view(one.id, later(8)).new_reports == 1


def test_the_second_of_two_savers_is_told_and_nothing_of_the_first_is_lost(
    desk: Desk, clash: int, analyst: Account, other: Account
) -> None:
    one = desk.memos.open(LI, clash, analyst, NOW)
    desk.memos.save(one.id, replace(WHOLE, analysis="Satu."), 1, analyst, later(1))
    with pytest.raises(Conflict, match="analis-1 sudah menyimpan versi 2"):
        desk.memos.save(one.id, replace(WHOLE, analysis="Dua."), 1, other, later(2))
    view = desk.memos.view(one.id, later(3))
    assert view.fields.analysis == "Satu."
    desk.memos.save(one.id, replace(WHOLE, analysis="Dua."), 2, other, later(4))
    assert [one.fields.analysis for one in desk.memos.view(one.id, later(5)).versions] == [
        "Dua.",
        "Satu.",
        "",
    ]


def test_saving_what_is_already_saved_makes_no_version(desk: Desk, clash: int, analyst: Account) -> None:
    one = drafted(desk, clash, analyst)
    again = desk.memos.save(one.id, desk.memos.view(one.id, NOW).fields, one.version, analyst, later(5))
    assert again.version == one.version == 2


def test_facts_that_nobody_read_are_not_frozen(
    desk: Desk, source: Source, clash: int, analyst: Account
) -> None:
    one = drafted(desk, clash, analyst)
    mark = desk.memos.view(one.id, later(2)).mark
    desk.take(fetched(source, entry("c", "RALAT: " + CLASH[0], CLASH[1])), later(3))
    with pytest.raises(Conflict, match="Fakta insiden berubah"):
        desk.memos.send(
            one.id, seen=2, mark=mark, institutions="Gubernur", at=None, account=analyst, now=later(4)
        )
    assert desk.memos.view(one.id, later(5)).memo.state is MemoState.DRAFT


@pytest.mark.parametrize(
    ("change", "send", "word"),
    [
        ({"number": ""}, {}, "Nomor"),
        ({"subject": ""}, {}, "Perihal"),
        ({}, {"institutions": " \n"}, "lembaga"),
        ({}, {"at": NOW + timedelta(hours=2)}, "masa depan"),
        ({}, {"at": NOW - timedelta(hours=2)}, "sebelum"),
    ],
)
def test_a_paper_that_is_not_ready_does_not_leave(
    desk: Desk, clash: int, analyst: Account, change: dict[str, str], send: dict[str, object], word: str
) -> None:
    made = desk.memos.open(LI, clash, analyst, NOW)
    one = desk.memos.save(made.id, replace(WHOLE, introduction="x", **change), 1, analyst, later(1))
    mark = desk.memos.view(one.id, later(2)).mark
    given = {"institutions": "Gubernur", "at": None} | send
    with pytest.raises(Invalid, match=word):
        desk.memos.send(one.id, seen=2, mark=mark, account=analyst, now=later(3), **given)  # type: ignore[arg-type]


def test_an_attention_paper_needs_the_decision_it_asks_for(desk: Desk, clash: int, analyst: Account) -> None:
    made = desk.memos.open(LA, clash, analyst, NOW)
    desk.memos.save(made.id, replace(WHOLE, asked=""), 1, analyst, later(1))
    mark = desk.memos.view(made.id, later(2)).mark
    with pytest.raises(Invalid, match="Keputusan yang diminta"):
        desk.memos.send(
            made.id, seen=2, mark=mark, institutions="Gubernur", at=None, account=analyst, now=later(3)
        )


def test_an_attention_paper_cannot_leave_once_a_person_has_seen_that_the_action_is_peaceful(
    desk: Desk, source: Source, analyst: Account
) -> None:
    desk.take(fetched(source, entry("b", *CLASH)), NOW)
    number = desk.queue(QueueFilter(), NOW).lines[0].incident.id
    made = desk.memos.open(LA, number, analyst, NOW)
    desk.memos.save(made.id, WHOLE, 1, analyst, later(1))
    draft = ReviewDraft(incident_id=number, decision=Decision.ACCEPT, form="F2", severity=Severity.INFORMASI)
    desk.review(draft, analyst, later(2))
    mark = desk.memos.view(made.id, later(3)).mark
    with pytest.raises(Refused, match="UU 9/1998"):
        desk.memos.send(
            made.id, seen=2, mark=mark, institutions="Gubernur", at=None, account=analyst, now=later(4)
        )


def test_the_protected_line_stands_in_a_paper_about_a_peaceful_action(
    desk: Desk, source: Source, analyst: Account
) -> None:
    desk.take(fetched(source, entry("p", *PEACEFUL)), NOW)
    number = desk.queue(QueueFilter(state="all"), NOW).lines[0].incident.id
    with pytest.raises(Refused):
        desk.memos.open(LA, number, analyst, NOW)
    view = desk.memos.view(desk.memos.open(LI, number, analyst, NOW).id, NOW)
    assert "dilindungi UU 9/1998" in view.fields.introduction
    assert view.findings.level == Severity.INFORMASI


def test_a_correction_is_a_version_more_with_its_reason(
    desk: Desk, source: Source, clash: int, analyst: Account
) -> None:
    one = sent(desk, clash, analyst)
    desk.take(fetched(source, entry("c", "RALAT: " + CLASH[0], CLASH[1])), later(5))
    view = desk.memos.view(one.id, later(6))
    given = replace(view.fields, analysis="Diperbaiki.")
    with pytest.raises(Invalid, match="alasan"):
        desk.memos.correct(one.id, given, seen=3, mark=view.mark, reason=" ", account=analyst, now=later(7))
    after = desk.memos.correct(
        one.id, given, seen=3, mark=view.mark, reason="Sumber meralat.", account=analyst, now=later(7)
    )
    assert (after.state, after.version) == (MemoState.SENT, 4)
    view = desk.memos.view(one.id, later(8))
    assert view.changes == () and view.findings.facts[0].source.correction == "dikoreksi"
    assert [step.kind for step in view.steps] == [StepKind.SENT, StepKind.CORRECTED]
    assert view.versions[1].fields.analysis == "" and view.versions[1].findings is not None


def test_a_withdrawn_paper_stays_readable_and_nothing_more_is_done_with_it(
    desk: Desk, clash: int, analyst: Account
) -> None:
    one = sent(desk, clash, analyst)
    view = desk.memos.view(one.id, later(4))
    with pytest.raises(Conflict):
        desk.memos.withdraw(one.id, seen=2, reason="Keliru.", account=analyst, now=later(5))
    after = desk.memos.withdraw(one.id, seen=3, reason="Keliru.", account=analyst, now=later(5))
    assert after.state is MemoState.WITHDRAWN and after.sent_at is not None
    for act in (
        lambda: desk.memos.save(one.id, WHOLE, 3, analyst, later(6)),
        lambda: desk.memos.withdraw(one.id, seen=3, reason="Lagi.", account=analyst, now=later(6)),
        lambda: desk.memos.correct(
            one.id, WHOLE, seen=3, mark=view.mark, reason="x", account=analyst, now=later(6)
        ),
    ):
        with pytest.raises(Conflict):
            act()
    assert desk.memos.view(one.id, later(7)).steps[-1].words == "Keliru."


def test_a_response_is_written_down_for_sent_papers_only(desk: Desk, clash: int, analyst: Account) -> None:
    one = drafted(desk, clash, analyst)
    with pytest.raises(Invalid, match="sudah dikirim"):
        desk.memos.respond(
            one.id, institution="Sekda", at=None, words="Rapat.", account=analyst, now=later(2)
        )
    one = sent(desk, clash, analyst)
    for bad in (
        {"institution": ""},
        {"institution": "A\nB"},
        {"words": " "},
        {"at": NOW - timedelta(days=1)},
    ):
        given: dict[str, object] = {"institution": "Sekda", "at": None, "words": "Rapat."} | bad
        with pytest.raises(Invalid):
            desk.memos.respond(one.id, account=analyst, now=later(4), **given)  # type: ignore[arg-type]
    desk.memos.respond(
        one.id, institution="Sekda", at=later(9), words="Rapat.", account=analyst, now=later(10)
    )
    step = desk.memos.view(one.id, later(11)).steps[-1]
    assert (step.kind, step.at, step.institutions) == (StepKind.RESPONSE, later(9), ("Sekda",))


def test_sendings_tell_what_the_indicators_need(desk: Desk, clash: int, analyst: Account) -> None:
    early = desk.review(ReviewDraft(incident_id=clash, decision=Decision.UNSURE), analyst, later(-9))
    again = ReviewDraft(
        incident_id=clash, decision=Decision.ACCEPT, seen_review_id=early.review_id, severity=Severity.DARURAT
    )
    desk.review(again, analyst, later(2))
    one = sent(desk, clash, analyst, at=later(2.5))
    newest = desk.incident(clash, later(3)).incident.review_id
    desk.review(
        ReviewDraft(
            incident_id=clash,
            decision=Decision.REJECT,
            reason=RejectReason.FALSE_REPORT,
            seen_review_id=newest,
        ),
        analyst,
        later(4),
    )
    for minutes in (8, 6):
        desk.memos.respond(
            one.id, institution="Sekda", at=later(minutes), words="Ya.", account=analyst, now=later(9)
        )
    desk.memos.withdraw(one.id, seen=3, reason="Keliru.", account=analyst, now=later(10))
    (told,) = desk.memos.sendings(NOW, later(60))
    assert (told.memo_id, told.kind, told.incident_id, told.severity) == (one.id, LI, clash, Severity.DARURAT)
    assert (told.decided_at, told.sent_at) == (later(2), later(2.5))
    assert (told.responded_at, told.corrected_at, told.withdrawn_at) == (later(6), None, later(10))
    assert told.sent_at.tzinfo == UTC
    assert desk.memos.sendings(NOW, later(60), "62.02") == (told,)
    assert desk.memos.sendings(NOW, later(60), "62.07") == ()
    assert desk.memos.sendings(later(3), later(60)) == desk.memos.sendings(NOW, later(2.5)) == ()


def test_a_draft_is_no_sending(desk: Desk, clash: int, analyst: Account) -> None:
    drafted(desk, clash, analyst)
    assert desk.memos.sendings(NOW - timedelta(days=1), later(60)) == ()


def test_the_list_is_filtered_and_paged_newest_first(
    desk: Desk, source: Source, clash: int, analyst: Account
) -> None:
    desk.take(fetched(source, entry("b", *BLOCKADE)), NOW)
    made = [drafted(desk, clash, analyst).id for _ in range(3)] + [sent(desk, clash, analyst).id]
    la = desk.memos.open(LA, clash, analyst, NOW).id
    lines, following = desk.memos.lines(limit=2)
    assert [line.memo.id for line in lines] == [la, made[3]] and following == made[3]
    rest, end = desk.memos.lines(before=following)
    assert [line.memo.id for line in rest] == made[2::-1] and end == 0
    assert [line.memo.id for line in desk.memos.lines(kind=LA)[0]] == [la]
    assert [line.memo.id for line in desk.memos.lines(states=(MemoState.SENT,))[0]] == [made[3]]
    assert desk.memos.lines(office="62.07")[0] == ()
    assert desk.memos.counts() == {MemoState.DRAFT: 4, MemoState.SENT: 1}
    assert [one.id for one in desk.memos.of_incident(clash)] == [la, *made[::-1]]


def test_papers_of_a_merged_incident_are_found_where_its_reports_are(
    desk: Desk, source: Source, clash: int, analyst: Account
) -> None:
    desk.take(fetched(source, entry("b", *BLOCKADE)), NOW)
    numbers = {line.incident.id for line in desk.queue(QueueFilter(state="all"), NOW).lines}
    (into,) = numbers - {clash}
    one = sent(desk, clash, analyst)
    desk.merge(into, clash, analyst, later(5))
    assert [each.id for each in desk.memos.of_incident(into)] == [one.id]
    view = desk.memos.view(one.id, later(6))
    assert f"Insiden digabung ke insiden {into}." in view.changes
    assert view.incident.id == into and view.new_reports == 1


def test_a_grade_of_a_person_stands_in_the_paper(desk: Desk, clash: int, analyst: Account) -> None:
    one = drafted(desk, clash, analyst)
    machine = desk.memos.view(one.id, NOW).findings
    assert machine.grade_words.endswith("usulan mesin") and machine.confirmed == ""
    draft = GradeDraft(
        incident_id=clash,
        letter="B",
        information=1,
        channel=Channel.POLICE,
        obtained="Telepon ke Polres",
        obtained_at=NOW,
    )
    desk.casework.set_grade(draft, analyst, later(2))
    told = desk.memos.view(one.id, later(3))
    assert told.findings.grade == "B1" and "Kepolisian" in told.findings.confirmed
    assert "belum diverifikasi" not in verified_note(told.fields, told.findings)


def test_every_change_leaves_an_audit_row(desk: Desk, clash: int, analyst: Account) -> None:
    one = sent(desk, clash, analyst)
    desk.memos.respond(one.id, institution="Sekda", at=None, words="Ya.", account=analyst, now=later(4))
    desk.memos.withdraw(one.id, seen=3, reason="Keliru.", account=analyst, now=later(5))
    with desk._store.reading() as books:
        rows = [row for row in books.audit.every() if row.subject == f"naskah:{one.id}"]
    assert [row.what for row in rows] == [
        "naskah.buat", "naskah.simpan", "naskah.kirim", "naskah.tanggapan", "naskah.cabut",
    ]  # fmt: skip
    assert all(row.account_id == analyst.id and f"insiden:{clash}" in row.detail for row in rows)


@pytest.mark.parametrize(
    "text", ["\x00nol", "\ud800pengganti", "😀" * 50, "'; DROP TABLE memo; --", "\u202ebalik", "a\r\nb"]
)
def test_odd_text_is_kept_on_both_databases(desk: Desk, clash: int, analyst: Account, text: str) -> None:
    made = desk.memos.open(LI, clash, analyst, NOW)
    try:
        desk.memos.save(made.id, replace(WHOLE, analysis=text), 1, analyst, later(1))
    except DeskError as refusal:
        pytest.fail(refusal.detail)
    stored = desk.memos.view(made.id, later(2)).fields.analysis
    assert stored == text.replace("\r\n", "\n").replace("\ud800", "?")  # no database holds half a letter


def test_an_unknown_paper_or_incident_is_said_to_be_missing(desk: Desk, analyst: Account) -> None:
    for ask in (
        lambda: desk.memos.view(9, NOW),
        lambda: desk.memos.open(LI, 9, analyst, NOW),
        lambda: desk.memos.save(9, WHOLE, 1, analyst, NOW),
    ):
        with pytest.raises(NotFound):
            ask()
