"""Identity of entries: pure decisions, then the sixteen hostile sequences through parser and store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from screening_material import NOW, entry, fetched, listing

import feeds
from feeds import Entry
from screening import Desk
from screening.ingest import (
    Changed,
    Completed,
    New,
    Same,
    Stored,
    Twin,
    content_hash,
    decide,
    key_hash,
    known,
    link_hash,
    wanting,
)
from screening.store import Store


def stored(number: int, key: str, title: str, text: str = "", link: str | None = None) -> Stored:
    one = entry(key, title, text, link=link)
    digest = content_hash(title, text)
    return Stored(
        item_id=number,
        identity=key_hash(key),
        key_hash=key_hash(key),
        link_hash=link_hash(one.link),
        title=title,
        text=text,
        content_hash=digest,
        version=1,
        seen_hashes=frozenset({digest}),
    )


def test_an_unknown_key_is_new() -> None:
    (intent,) = decide([entry("a", "Warga menutup jalan")], [])
    assert isinstance(intent, New)


def test_the_same_entry_again_is_the_same() -> None:
    (intent,) = decide([entry("a", "Warga menutup  jalan")], [stored(1, "a", "Warga menutup jalan")])
    assert isinstance(intent, Same)


def test_an_edit_under_the_same_key_and_link_is_a_change_even_if_all_words_differ() -> None:
    (intent,) = decide([entry("a", "Korban bertambah")], [stored(1, "a", "Jalan diperbaiki")])
    assert isinstance(intent, Changed) and intent.fresh


def test_a_key_used_again_for_another_story_is_new_with_an_identity_of_its_own() -> None:
    old = stored(1, "1", "Jembatan gantung diperbaiki", link="https://k.example/a")
    (intent,) = decide([entry("1", "Buruh pabrik mogok", link="https://k.example/b")], [old])
    assert isinstance(intent, New) and intent.identity != old.identity


def test_a_mended_title_under_another_link_is_a_change() -> None:
    old = stored(1, "1", "Jembtan gantung putus", link="https://k.example/a")
    (intent,) = decide([entry("1", "Jembatan gantung putus", link="https://k.example/b")], [old])
    assert isinstance(intent, Changed)


def test_going_back_to_an_old_text_is_no_fresh_version() -> None:
    base = stored(1, "a", "Judul lama")
    seen = frozenset({base.content_hash, content_hash("Judul baru", "")})
    (intent,) = decide([entry("a", "Judul baru")], [replace(base, seen_hashes=seen)])
    assert isinstance(intent, Changed) and not intent.fresh


def test_one_story_under_two_spellings_of_a_key_in_one_document_is_a_twin() -> None:
    first = entry("caf\u00e9", "Sama", link="https://k.example/a")
    second = entry("cafe\u0301", "Sama", link="https://k.example/a")
    assert [type(one) for one in decide([first, second], [])] == [New, Twin]


def test_stories_that_only_share_a_home_page_link_stay_apart() -> None:
    old = stored(1, "1", "Jembatan gantung diperbaiki warga", link="https://k.example/")
    (intent,) = decide([entry("2", "Buruh pabrik mogok kerja", link="https://k.example/")], [old])
    assert isinstance(intent, New)


def paged(one: Entry, title: str, text: str) -> Entry:
    """The entry as its article page completes it."""
    return replace(one, title=title, text=text, feed_title=one.title, feed_text=one.text)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["feed", "page"]))
def test_what_the_feed_did_not_change_is_no_edit_whatever_its_page_says(
    stored_text: str, page_text: str, origin: str
) -> None:
    brought = entry("a", "Warga menutup jalan", "Ringkasan …")
    held = replace(
        stored(1, "a", "Warga menutup jalan", stored_text),
        feed_hash=content_hash(brought.title, brought.text),
        text_from=origin,
    )
    (intent,) = decide([paged(brought, brought.title, page_text)], [held])
    assert isinstance(intent, Same if origin == "page" else (Same, Completed))
    (intent,) = decide([brought], [held])
    assert isinstance(intent, Same)


def test_a_page_read_later_completes_and_an_edit_of_the_feed_changes() -> None:
    brought = entry("a", "Warga menutup jalan", "Ringkasan …")
    held = stored(1, "a", brought.title, brought.text)
    (intent,) = decide([paged(brought, brought.title, "Seluruh isi berita.")], [held])
    assert isinstance(intent, Completed) and intent.fresh
    whole = replace(
        held,
        text="Seluruh isi berita.",
        content_hash=content_hash(brought.title, "Seluruh isi berita."),
        feed_hash=held.content_hash,
        text_from="page",
    )
    edited = entry("a", "Warga menutup jalan", "Ringkasan lain …")
    (intent,) = decide([paged(edited, edited.title, "Seluruh isi berita.")], [whole])
    assert isinstance(intent, Same) and intent.stale
    (intent,) = decide([paged(edited, edited.title, "Isi baru seluruhnya.")], [whole])
    assert isinstance(intent, Changed)


def test_pages_wanted_are_those_of_new_edited_and_still_open_entries() -> None:
    short = "Ringkasan …"
    since = NOW - timedelta(hours=2)
    held = [
        replace(stored(n, key, "Warga menutup jalan", short), first_seen=seen, page_tries=tries)
        for n, (key, seen, tries) in enumerate(
            [("open", since, 2), ("tried", since, 3), ("old", NOW - timedelta(days=2), 0)], 1
        )
    ]
    entries = [entry(key, "Warga menutup jalan", short) for key in ("open", "tried", "old", "new")]
    intents = decide(entries, held)
    assert wanting(intents, NOW) == {"open", "new"}
    assert known(intents) == {"open", "tried", "old"}


def sequences() -> list[Any]:
    import os

    folder = Path(os.environ.get("DINI_SHARED", Path(__file__).parents[1].parent / "shared")) / "hostile"
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except OSError:
        return [
            pytest.param(None, None, id="none", marks=pytest.mark.skip(reason=f"no material at {folder}"))
        ]
    cases = [one for one in manifest["cases"] if one["kind"] == "sequence" and one["category"] == "identity"]
    return [pytest.param(folder, case, id=case["id"]) for case in cases]


@pytest.mark.parametrize(("folder", "case"), sequences())
def test_a_hostile_sequence_ends_with_the_expected_items(
    desk: Desk, store: Store, folder: Path, case: dict[str, Any]
) -> None:
    two = case["expect"].get("two_feeds", False)
    sources = [desk.add_source(listing("satu"), NOW)]
    if two:
        sources.append(desk.add_source(listing("dua"), NOW))
    for step, name in enumerate(case["files"]):
        source = sources[min(step, len(sources) - 1)]
        parsed = feeds.parse_document(
            (folder / name).read_bytes(),
            content_type=case["content_type"],
            url=source.url,
            now=NOW,
            limits=feeds.Limits(),
        )
        assert isinstance(parsed, feeds.Parsed), name
        desk.take(fetched(source, *parsed.entries), NOW)
    with store.reading() as books:
        assert books.items.total() == case["expect"]["items"]
        versions = books.items.versions(1)
    assert len(versions) <= 8
    if case["id"] == "identity-edit-typo":
        assert len(versions) == 2
    if case["id"] == "identity-flip-flop":
        assert len(versions) == 2
    if case["expect"].get("rescored"):
        report = desk.item(1)
        assert report.item.version == 2
        assert report.item.title == versions[-1][1]
        assert versions[0][1] != versions[-1][1]
        assert report.assessment.relevance == pytest.approx(
            desk.classifier.assess([document_of(report)])[0].relevance
        )
    if case["id"] == "identity-claims-other-source":
        assert desk.item(1).item.source_id == sources[0].id and desk.item(1).item.version == 1


def document_of(report: Any) -> Any:
    from models import Document

    item = report.item
    return Document(id="x", title=item.title, text=item.text, published=item.published, url=item.link)


def test_a_feed_that_numbers_its_entries_by_position_keeps_every_story_and_adds_none_twice(
    desk: Desk,
) -> None:
    source = desk.add_source(listing("cek"), NOW)
    stories = [
        ("Keliru: Video Perahu Karet Tenggelam di Waduk", "https://cek.example/perahu"),
        ("Keliru: Video Gajah Masuk Pasar Malam", "https://cek.example/gajah"),
        ("Keliru: Video Jembatan Gantung Putus Pekan Ini", "https://cek.example/jembatan"),
    ]

    def document(*chosen: int) -> Any:
        entries = [
            entry(str(place), stories[number][0], link=stories[number][1], hours=30 - number)
            for place, number in enumerate(chosen, 1)
        ]
        return fetched(source, *entries)

    rounds = [document(0, 1), document(2, 0), document(0, 1), document(1, 2), document(0, 2)]
    new = [desk.take(one, NOW).new for one in rounds]
    assert new == [2, 1, 0, 0, 0]
