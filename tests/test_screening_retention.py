"""The retention clock, legal holds and requests: what is due goes and is counted; what must stay stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, entry, fetched, listing

from screening import (
    KINDS,
    Account,
    Conflict,
    Decision,
    Desk,
    Invalid,
    Keep,
    NotFound,
    QueueFilter,
    RequestKind,
    RequestState,
    ReviewDraft,
    Role,
    Settings,
    Store,
)
from screening.config import Settings as Read
from screening.retention import due
from screening.schema import assessment, clue, item, item_version, outbox, review, sign_in, wording
from screening.taxonomy import RejectReason

LATER = NOW + timedelta(days=731)
Make = Callable[..., Desk]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Fetches have their own tests (test_screening_health); here they would only add to the counts."""
    return replace(settings, keep=Keep(fetch_days=0))


@pytest.fixture
def keeping(settings: Settings, store: Store, desk: Desk) -> Make:
    """A desk on the same database with other days to keep."""

    def make(**days: int) -> Desk:
        return Desk(store, desk.classifier, replace(settings, keep=Keep(fetch_days=0, **days)))

    return make


@pytest.fixture
def chief(desk: Desk) -> Account:
    return desk.create_account("kepala", Role.ADMINISTRATOR, "x", NOW)


def taken(desk: Desk, *texts: tuple[str, str], at: datetime = NOW) -> list[int]:
    """Items of a new source with these texts; their incidents' ids (0: none) in the same order."""
    source = desk.add_source(listing(f"s{at:%Y%m%d%H%M}{len(texts)}"), at)
    desk.take(fetched(source, *[entry(f"k{n}", *text) for n, text in enumerate(texts)]), at)
    with desk._store.reading() as books:
        ids = list(books.audit._db.scalars(sa.select(item.c.id).where(item.c.source_id == source.id)))
        return [books.incidents.incident_of(number) or 0 for number in sorted(ids)]


def decide(desk: Desk, incident_id: int, decision: Decision, account: Account, note: str = "") -> None:
    reason = next(iter(RejectReason)) if decision is Decision.REJECT else None
    draft = ReviewDraft(incident_id=incident_id, decision=decision, reason=reason, note=note)
    desk.review(draft, account, NOW)


def words_left(store: Store) -> dict[int, str]:
    with store.reading() as books:
        rows = books.audit._db.execute(sa.select(item.c.id, item.c.text).order_by(item.c.id))
        return {row.id: row.text for row in rows}


def told(store: Store, what: str) -> list[tuple[str, str]]:
    with store.reading() as books:
        return [(row.subject, row.detail) for row in books.audit.every() if row.what == what]


# --- the clock, pure


def test_nought_days_keep_a_kind_for_good_and_the_rest_has_its_edge() -> None:
    edges = due(Keep(text_days=0, post_days=10), NOW)
    assert "text" not in edges and edges["post"] == NOW - timedelta(days=10)
    assert set(edges) == set(KINDS) - {"text"}


def test_the_settings_give_the_days_and_refuse_too_few(tmp_path: object) -> None:
    made = Read.load({"DINI_DATA": str(tmp_path), "DINI_KEEP_TEXT_DAYS": "30", "DINI_KEEP_AUDIT_DAYS": "0"})
    assert (made.keep.text_days, made.keep.audit_days, made.keep.fetch_days) == (30, 0, 90)
    with pytest.raises(Invalid, match="paling sedikit 366"):
        Read.load({"DINI_DATA": str(tmp_path), "DINI_KEEP_AUDIT_DAYS": "365"})
    with pytest.raises(Invalid, match="DINI_KEEP_NOTE_DAYS"):
        Read.load({"DINI_DATA": str(tmp_path), "DINI_KEEP_NOTE_DAYS": "seminggu"})


# --- what goes and what stays of a text


def test_old_texts_go_and_leave_masked_titles_links_codes_and_counts(desk: Desk, store: Store) -> None:
    (number, none) = taken(desk, ("Bupati Rudi Hartono Temui Massa: " + CLASH[0], CLASH[1]), RECIPE)
    before = desk.queue(QueueFilter(state="all"), LATER)
    assert none == 0
    assert desk.privacy.prune(LATER - timedelta(days=2)).total == 0
    assert dict(desk.privacy.prune(LATER).counts)["text"] == 2
    assert told(store, "simpan.pangkas")[0] == ("text", f"2 sebelum {NOW + timedelta(days=1):%Y-%m-%d}")
    assert set(words_left(store).values()) == {""}
    report = desk.incident(number, LATER).reports[0]
    assert report.item.title == report.masked_title and "Rudi Hartono" not in report.item.title
    assert report.item.link and report.item.pruned_at == LATER and report.assessment.evidence == ()
    after = desk.queue(QueueFilter(state="all"), LATER)
    assert (after.total, after.counts, after.set_aside) == (before.total, before.counts, before.set_aside)
    with store.reading() as books:
        db = books.audit._db
        assert set(db.scalars(sa.select(item_version.c.text))) == {""}
        assert db.scalar(sa.select(sa.func.count()).select_from(clue)) == 0
        kept = db.execute(sa.select(assessment.c.said, assessment.c.issue)).all()
        assert "melepaskan" not in " ".join(db.scalars(sa.select(wording.c.words)))
    assert all("melepaskan" not in row.said for row in kept) and any(row.issue for row in kept)
    assert all("Pasar Baamang, Tiga" not in row.said for row in kept)
    assert desk.privacy.prune(LATER).total == 0


def test_texts_of_an_accepted_incident_stay_and_of_a_rejected_one_go(
    desk: Desk, store: Store, chief: Account
) -> None:
    kept, gone = taken(desk, CLASH, BLOCKADE)
    decide(desk, kept, Decision.ACCEPT, chief)
    decide(desk, gone, Decision.REJECT, chief)
    assert dict(desk.privacy.prune(LATER).counts)["text"] == 1
    assert [bool(text) for text in words_left(store).values()] == [True, False]


def test_a_hold_keeps_texts_and_notes_until_it_is_lifted(keeping: Make, store: Store, chief: Account) -> None:
    desk = keeping(note_days=30)
    number, _ = taken(desk, CLASH, BLOCKADE)
    decide(desk, number, Decision.UNSURE, chief, note="menunggu keterangan")
    hold = desk.privacy.hold(number, "Surat Kejaksaan 12/2026", chief, NOW)
    with pytest.raises(Conflict):
        desk.privacy.hold(number, "sekali lagi, alasan lain", chief, NOW)
    assert desk.privacy.prune(LATER).counts == (("text", 1),)
    assert [bool(text) for text in words_left(store).values()] == [True, False]
    assert [one.incident_id for one in desk.privacy.holds()] == [number]
    desk.privacy.lift(hold.id, "Perkara sudah selesai.", chief, LATER)
    with pytest.raises(Conflict):
        desk.privacy.lift(hold.id, "Perkara sudah selesai.", chief, LATER)
    assert dict(desk.privacy.prune(LATER).counts) == {"text": 1, "note": 1}
    assert told(store, "tahan.pasang") == [(f"insiden:{number}", f"tahan:{hold.id}")]
    assert told(store, "tahan.cabut") == [(f"insiden:{number}", f"tahan:{hold.id}")]
    assert desk.privacy.holds() == [] and len(desk.privacy.holds(live_only=False)) == 1


def test_a_hold_follows_reports_through_merges_and_splits(desk: Desk, store: Store, chief: Account) -> None:
    one, two = taken(desk, CLASH, BLOCKADE)
    desk.privacy.hold(one, "Surat Kejaksaan 12/2026", chief, NOW)
    desk.merge(two, one, chief, NOW)
    view = desk.incident(two, NOW)
    assert len(view.reports) == 2
    _kept, new = desk.split(two, [view.reports[0].item.id], chief, NOW)
    assert desk.privacy.prune(LATER).counts == () and new.id not in (one, two)
    assert all(words_left(store).values())


def test_new_words_of_a_pruned_item_are_kept_and_their_own_clock_runs(desk: Desk, store: Store) -> None:
    taken(desk, CLASH)
    desk.privacy.prune(LATER)
    source = desk.sources()[0]
    changed = replace(entry("k0", CLASH[0], CLASH[1] + " Polisi menambah penjagaan."), published=LATER)
    desk.take(fetched(source, changed), LATER)
    assert "penjagaan" in next(iter(words_left(store).values()))
    assert dict(desk.privacy.prune(LATER + timedelta(hours=1)).counts) == {"text": 1}


def test_more_items_than_one_batch_all_go(desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screening.desk_privacy._BATCH", 2)
    taken(desk, *[(f"{RECIPE[0]} {n}", f"{RECIPE[1]} Cara ke-{n}.") for n in range(5)])
    assert dict(desk.privacy.prune(LATER).counts) == {"text": 5}
    assert [subject for subject, _ in told(store, "simpan.pangkas")] == ["text"] * 3


# --- the other kinds


def test_sign_ins_messages_and_notes_go_by_their_own_clocks(
    keeping: Make, store: Store, chief: Account
) -> None:
    desk = keeping(sign_in_days=2, post_days=20, note_days=40, text_days=0)
    (number,) = taken(desk, CLASH)
    decide(desk, number, Decision.ACCEPT, chief, note="sudah ditelepon")
    desk.open_session("t" * 64, chief.id, "c", NOW, NOW + timedelta(hours=12))
    desk.add_recipient("62", "kantor@contoh.go.id", ["digest"], NOW)  # type: ignore[list-item]
    (sent,) = desk.ask_digest("62", NOW - timedelta(days=1), NOW, NOW)
    claimed = desk.claim_dispatch(NOW, [sent])
    assert claimed is not None
    composed = desk.compose_dispatch(
        claimed, subject="Laporan", text="Isi laporan", attachment=b"x", domain="contoh.go.id"
    )
    desk.dispatch_sent(composed, NOW)
    found = [dict(desk.privacy.prune(NOW + timedelta(days=days)).counts) for days in (1, 3, 21, 41)]
    assert found == [{}, {"sign_in": 1}, {"post": 1}, {"note": 1}]
    with store.reading() as books:
        db = books.audit._db
        assert db.scalar(sa.select(sa.func.count()).select_from(sign_in)) == 0
        row = db.execute(sa.select(outbox)).one()
        assert (row.subject, row.text, row.state) == ("", "", "terkirim")
        assert db.execute(sa.select(review.c.note, review.c.decision)).one() == ("", "terima")


def test_the_audit_trail_is_cut_at_its_beginning_and_stays_whole(keeping: Make, store: Store) -> None:
    desk = keeping(audit_days=400)
    for days in range(0, 500, 100):
        desk.audits.record(NOW + timedelta(days=days), None, "uji.tulis", f"hari:{days}")
    head = desk.audits.witness(NOW + timedelta(days=450))
    done = desk.privacy.prune(NOW + timedelta(days=550))
    assert dict(done.counts)["audit"] == 1, (
        "the newest row that is due stays and shows how old the others were"
    )
    found = desk.audits.verify({head[0]: head[1]}, now=NOW + timedelta(days=551))
    assert found.whole and found.first == 2
    assert told(store, "uji.tulis")[0] == ("hari:100", "")
    assert [subject for subject, _ in told(store, "jejak.pangkas")] == ["1"]
    assert desk.privacy.prune(NOW + timedelta(days=551)).total == 0
    desk.privacy.prune(NOW + timedelta(days=650))
    assert desk.audits.verify({}).whole and desk.audits.verify({}).first == 3
    assert not desk.audits.verify({1: "f" * 64}).whole


def test_the_database_lets_no_young_row_go_even_with_a_vouching_row(store: Store) -> None:
    with store.writing(linking=False) as books:
        books.audit.record(NOW, None, "uji.tulis")
        books.audit.record(NOW + timedelta(days=300), None, "jejak.pangkas", "1", "x")
    with pytest.raises(sa.exc.DBAPIError), store.writing(linking=False) as books:
        books.audit.cut(1)


def test_pruning_by_the_collecting_happens_once_a_day(desk: Desk) -> None:
    taken(desk, CLASH)
    assert desk.privacy.prune_daily(LATER).total > 0
    taken(desk, RECIPE, at=NOW + timedelta(minutes=1))
    assert desk.privacy.prune_daily(LATER + timedelta(hours=3)).total == 0
    assert dict(desk.privacy.prune_daily(LATER + timedelta(hours=30)).counts)["text"] == 1


# --- requests


def test_a_request_has_72_hours_from_when_it_was_received(desk: Desk, store: Store, chief: Account) -> None:
    received = NOW - timedelta(hours=70)
    made = desk.privacy.receive(
        RequestKind.CORRECTION, "Lokasi blokade keliru", chief, NOW, received_at=received
    )
    assert made.due_at == received + timedelta(hours=72) and not made.overdue(NOW)
    assert made.overdue(NOW + timedelta(hours=3))
    taken_up = desk.privacy.take_up(made.id, chief, NOW)
    assert taken_up.state is RequestState.WORKED
    with pytest.raises(Conflict):
        desk.privacy.take_up(made.id, chief, NOW)
    done = desk.privacy.answer(made.id, "Lokasi diperbaiki.", "Pasal 6 UU 27/2022", chief, NOW)
    assert done.state is RequestState.ANSWERED and not done.overdue(NOW + timedelta(days=9))
    with pytest.raises(Conflict):
        desk.privacy.answer(made.id, "Sekali lagi dijawab", "UU 27", chief, NOW, refused=True)
    assert desk.privacy.requests() == [] and desk.privacy.requests(closed=True) == [done]
    assert told(store, "permintaan.terima") == [(f"permintaan:{made.id}", "koreksi")]
    assert told(store, "permintaan.dijawab") == [(f"permintaan:{made.id}", "")]


def test_a_late_answer_is_told_as_late(desk: Desk, store: Store, chief: Account) -> None:
    made = desk.privacy.receive(RequestKind.ACCESS, "Apa yang disimpan tentang aksi itu", chief, NOW)
    after = NOW + timedelta(hours=73)
    desk.privacy.answer(made.id, "Tidak dapat diberikan.", "Pasal 15 UU 27/2022", chief, after, refused=True)
    assert told(store, "permintaan.ditolak") == [(f"permintaan:{made.id}", "terlambat")]


def test_names_in_a_request_are_masked_before_they_are_stored(desk: Desk, chief: Account) -> None:
    words = "Berita menyebut Bupati Rudi Hartono, telepon 0812-3456-7890, dalam blokade di Hanau."
    made = desk.privacy.receive(RequestKind.REPLY, words, chief, NOW)
    assert "Rudi" not in made.concern and "3456" not in made.concern and "Hanau" in made.concern


def test_the_most_urgent_request_stands_first_and_references_differ(desk: Desk, chief: Account) -> None:
    kinds = list(RequestKind)
    made = [
        desk.privacy.receive(
            kinds[n % 4], f"Uraian permintaan {n}", chief, NOW, received_at=NOW - timedelta(hours=n)
        )
        for n in (3, 9, 1)
    ]
    assert [one.id for one in desk.privacy.requests()] == [made[1].id, made[0].id, made[2].id]
    assert len({one.reference for one in made}) == 3
    assert all(len(one.reference) == 13 and one.reference.startswith("P261124-") for one in made)


@pytest.mark.parametrize(
    ("concern", "link", "incident", "error"),
    [
        ("pendek", "", None, Invalid),
        ("x" * 2_001, "", None, Invalid),
        ("Uraian yang cukup panjang", "javascript:alert(1)", None, Invalid),
        ("Uraian yang cukup panjang", "https://contoh.example/" + "a" * 2_000, None, Invalid),
        ("Uraian yang cukup panjang", "", 999, NotFound),
    ],
)
def test_a_request_that_cannot_be_is_refused_in_words(
    desk: Desk, chief: Account, concern: str, link: str, incident: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        desk.privacy.receive(RequestKind.ACCESS, concern, chief, NOW, link=link, incident_id=incident)
    assert desk.privacy.requests(closed=True) == []


def test_a_request_of_tomorrow_is_refused(desk: Desk, chief: Account) -> None:
    with pytest.raises(Invalid):
        desk.privacy.receive(
            RequestKind.ACCESS, "Uraian yang cukup", chief, NOW, received_at=NOW + timedelta(minutes=1)
        )


def test_an_items_words_are_erased_on_request_but_not_under_a_hold(
    desk: Desk, store: Store, chief: Account
) -> None:
    number, _ = taken(desk, CLASH, BLOCKADE)
    decide(desk, number, Decision.ACCEPT, chief)
    asked = desk.privacy.receive(RequestKind.ERASURE, "Hapus kutipan berita itu", chief, NOW)
    hold = desk.privacy.hold(number, "Surat Kejaksaan 12/2026", chief, NOW)
    with pytest.raises(Conflict, match="penahanan"):
        desk.privacy.erase(1, asked.id, chief, NOW)
    desk.privacy.lift(hold.id, "Perkara sudah selesai.", chief, NOW)
    desk.privacy.erase(1, asked.id, chief, NOW)
    with pytest.raises(Conflict, match="sudah dihapus"):
        desk.privacy.erase(1, asked.id, chief, NOW)
    assert [bool(text) for text in words_left(store).values()] == [False, True]
    assert told(store, "butir.hapus_teks") == [("butir:1", asked.reference)]


def test_words_of_old_answered_requests_go_and_their_count_stays(keeping: Make, chief: Account) -> None:
    desk = keeping(request_days=30)
    waiting = desk.privacy.receive(RequestKind.ACCESS, "Masih menunggu jawaban", chief, NOW)
    done = desk.privacy.receive(RequestKind.ACCESS, "Sudah dijawab dahulu", chief, NOW)
    desk.privacy.answer(done.id, "Ini jawabannya.", "Pasal 7 UU 27/2022", chief, NOW)
    assert dict(desk.privacy.prune(NOW + timedelta(days=31)).counts)["request"] == 1
    left = {one.id: one.concern for one in desk.privacy.requests(closed=True)}
    assert left == {waiting.id: "Masih menunggu jawaban", done.id: ""}
