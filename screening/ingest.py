"""Is an entry new, changed or the same? Pure: an entry and what its source already stored go in.

A feed's guid is a claim, not a fact: some sources number their entries anew at each publish, others change
the link of a story they edit. So identity is (source, key) as long as the two texts can be the same story;
two quite different texts under one key and two links are two stories. Nothing of another source is looked at,
so no feed can overwrite another's items.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds import Entry, needs_page
from screening.corrections import correction_of, opens_as_correction
from screening.records import Correction

_WORD = re.compile(r"[^\W_]{3,}")
_POSITION = re.compile(r"\s*\d{1,3}\s*\Z")  # such a key numbers the entries of a document, not stories
# A text that was first seen this long ago and comes again with a new date is an old story, not a reprint.
_OLD = timedelta(days=7)
_OLD_CHARS = 200  # a headline may be true twice
_PAGE_TRIES = 3
_PAGE_AGAIN = timedelta(hours=6)
_PAGE_OPEN = timedelta(hours=24)  # older summaries must not take the turn of new ones
_COMMON_TEXT = """
yang dan dari untuk dengan pada akan tidak ini itu oleh para telah sudah saat usai the and for with near
after from into over this that
"""
_COMMON = frozenset(_COMMON_TEXT.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the desk holds of one item of the same source."""

    item_id: int
    identity: str
    key_hash: str
    link_hash: str
    title: str
    text: str
    content_hash: str
    version: int
    seen_hashes: frozenset[str]
    published: datetime | None = None
    feed_hash: str = ""
    text_from: str = "feed"
    page_tries: int = 0
    first_seen: datetime | None = None
    reported: bool = False  # a report of an incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Prints:
    """What an entry is known by, made once: SHA-256 of key, link, text and of what the feed brought."""

    key: str
    link: str
    content: str
    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    entry: Entry
    prints: Prints
    identity: str
    why: str
    correction: Correction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An edit. `fresh` is false when the item goes back to a text it had before (no new version then)."""

    entry: Entry
    prints: Prints
    item_id: int
    fresh: bool
    why: str
    correction: Correction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """No edit: the article page of a stored summary was read at last. `fresh` as for an edit."""

    entry: Entry
    prints: Prints
    item_id: int
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """`stale`: the feed's own words changed, the text they lead to did not. `open_since`: when the item was
    first seen, if its page may still be read, or (`again`) once more in case its source corrects it.
    """

    entry: Entry
    prints: Prints
    item_id: int
    stale: bool = False
    open_since: datetime | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The same story twice in one document under keys that differ in spelling only; counted, not stored."""

    entry: Entry


Intent = New | Changed | Completed | Same | Twin


def claim(entry: Entry) -> str:
    """What the source says identifies the entry: the key, or the guid where feeds took the link instead."""
    return entry.guid if entry.guid and entry.key == entry.link else entry.key


def key_hash(key: str) -> str:
    """SHA-256 of a key, composed (NFC) and trimmed, so that two spellings of one guid are one."""
    return _sha(unicodedata.normalize("NFC", key).strip())


def link_hash(link: str) -> str:
    """SHA-256 of a link; empty when there is none."""
    return _sha(link) if link else ""


def content_hash(title: str, text: str) -> str:
    """SHA-256 of title and text, blind to white space."""
    return _sha(" ".join(title.split()) + "\n" + " ".join(text.split()))


def prints_of(entry: Entry) -> Prints:
    content = content_hash(entry.title, entry.text)
    return Prints(
        key=key_hash(claim(entry)),
        link=link_hash(entry.link),
        content=content,
        feed=content_hash(entry.feed_title, entry.feed_text) if entry.feed_title else content,
    )


def text_from(entry: Entry) -> str:
    """Where the text of an entry is from: "feed" or "page"."""
    return "page" if entry.feed_title else "feed"


def wanting(intents: Iterable[Intent], now: datetime) -> frozenset[str]:
    """Keys of the entries whose article page is to be read: new, edited, or open since a day at most.

    The page of a report of an incident is read once more after six hours.
    """
    return frozenset(
        one.entry.key
        for one in intents
        if isinstance(one, (New, Changed)) or (isinstance(one, Same) and _open(one, now))
    )


def _open(one: Same, now: datetime) -> bool:
    if one.open_since is None:
        return False
    return (_PAGE_AGAIN if one.again else timedelta()) <= now - one.open_since <= _PAGE_OPEN


def known(intents: Iterable[Intent]) -> frozenset[str]:
    """Keys of the entries that were stored before."""
    return frozenset(one.entry.key for one in intents if isinstance(one, (Changed, Completed, Same)))


def recyclable(intent: Intent) -> str:
    """The `content_hash` of a new entry long enough to be known again, else empty."""
    if isinstance(intent, New) and len(intent.entry.text) >= _OLD_CHARS:
        return intent.prints.content
    return ""


def undated(intent: New, first_seen: datetime, published: datetime, now: datetime) -> New:
    """The intent with the date of the story's first coming, when it is an old one under a new date."""
    if now - first_seen < _OLD or intent.entry.published - published < _OLD:
        return intent
    entry = replace(intent.entry, published=published, date_suspect=True)
    return replace(intent, entry=entry, why="berita lama dengan tanggal baru")


def decide(entries: Sequence[Entry], stored: Iterable[Stored]) -> list[Intent]:
    """One intent per entry, in order. Entries are judged against what is stored and against each other."""
    by_key: dict[str, list[Stored]] = {}
    by_link: dict[str, list[Stored]] = {}
    identities: set[str] = set()
    for one in stored:
        by_key.setdefault(one.key_hash, []).append(one)
        if one.link_hash:
            by_link.setdefault(one.link_hash, []).append(one)
        identities.add(one.identity)
    intents: list[Intent] = []
    taken: set[int] = set()
    earlier: dict[str, list[Entry]] = {}
    printed = [(entry, prints_of(entry)) for entry in entries]
    links = {prints.link for _, prints in printed if prints.link}
    for entry, prints in printed:
        before = earlier.setdefault(prints.key, [])
        if any(one.link == entry.link or _one_story(one, entry) for one in before):
            intents.append(Twin(entry=entry))
            continue
        before.append(entry)
        found = _find(entry, prints, by_key, by_link, taken=taken, links=links)
        if found is None:
            identity, why = _identity(prints, identities)
            identities.add(identity)
            correction = opens_as_correction(entry.title)
            intents.append(New(entry=entry, prints=prints, identity=identity, why=why, correction=correction))
            continue
        taken.add(found.item_id)
        intents.append(_against(entry, prints, found))
    return intents


def _against(entry: Entry, prints: Prints, found: Stored) -> Intent:
    """What the entry is to its item. Edited is what the feed edits; a page never is by itself."""
    number = found.item_id
    fresh = prints.content not in found.seen_hashes
    if prints.feed == (found.feed_hash or found.content_hash):
        return _same_feed(entry, prints, found, fresh=fresh)
    if prints.content == found.content_hash:
        return Same(entry=entry, prints=prints, item_id=number, stale=True)
    why = "teks diubah sumber" if fresh else "kembali ke teks yang pernah ada"
    # Like with like: the words of a page are all new beside those of a summary.
    told = _brought(entry) if found.text_from == "feed" else (entry.title, entry.text)
    correction = correction_of(*told, found.title, found.text) if fresh else None
    return Changed(entry=entry, prints=prints, item_id=number, fresh=fresh, why=why, correction=correction)


def _same_feed(entry: Entry, prints: Prints, found: Stored, *, fresh: bool) -> Intent:
    """The feed says what it said; its page may have been read now, for the first time or once more."""
    number = found.item_id
    moved_on = bool(entry.feed_title) and prints.content != found.content_hash
    if moved_on and found.text_from == "feed":
        return Completed(entry=entry, prints=prints, item_id=number, fresh=fresh)
    if moved_on and fresh:
        # Pages change with every advertisement: only what the source calls a correction is an edit.
        said = correction_of(entry.title, entry.text, found.title, found.text)
        if said is not None:
            return Changed(
                entry=entry,
                prints=prints,
                item_id=number,
                fresh=True,
                why="halaman dikoreksi",
                correction=said,
            )
    again = found.text_from == "page"
    left = found.reported and not found.page_tries if again else found.page_tries < _PAGE_TRIES
    since = found.first_seen if left and needs_page(entry) else None
    return Same(entry=entry, prints=prints, item_id=number, open_since=since, again=again)


def _brought(entry: Entry) -> tuple[str, str]:
    return (entry.feed_title, entry.feed_text) if entry.feed_title else (entry.title, entry.text)


def same_story(title: str, text: str, other_title: str, other_text: str, *, moved: bool = False) -> bool:
    """Whether two versions under one key can be one story: like titles, or long like texts.

    `moved` (another link, and the key may be a place in a list) asks for half of the longer title: a column
    such as "Keliru: Video" gives all its titles the same beginning.
    """
    first, second = _words(title), _words(other_title)
    if " ".join(title.split()).casefold() == " ".join(other_title.split()).casefold():
        return True
    if first and second:
        shared = len(first & second)
        smaller = min(len(first), len(second))
        if moved:
            smaller = max(len(first), len(second)) * 3 // 2
        if shared >= (2 if smaller > 2 else 1) and shared * 3 >= smaller:
            return True
        if difflib.SequenceMatcher(None, title[:200].casefold(), other_title[:200].casefold()).ratio() >= 0.8:
            return True
    body, other_body = _words(text[:2000]), _words(other_text[:2000])
    if min(len(body), len(other_body)) < 12:
        return False
    return len(body & other_body) * 2 >= len(body | other_body)


def _one_story(one: Entry, other: Entry) -> bool:
    return same_story(one.title, one.text, other.title, other.text)


def _find(
    entry: Entry,
    prints: Prints,
    by_key: dict[str, list[Stored]],
    by_link: dict[str, list[Stored]],
    *,
    taken: set[int],
    links: set[str],
) -> Stored | None:
    link = prints.link
    alike = [one for one in by_key.get(prints.key, ()) if one.item_id not in taken]
    for one in alike:
        if one.link_hash == link:
            return one
    # The link before the bare key: a feed that numbers its entries anew gives one key to many stories.
    for one in by_link.get(link, ()) if link else ():
        if one.item_id not in taken and same_story(entry.title, entry.text, one.title, one.text):
            return one
    # The newest of the same key first: after a reuse of the guid an edit belongs to the newer story. What is
    # stored under the link of another entry of this document is that entry's.
    for one in sorted(alike, key=lambda each: -each.item_id):
        theirs = one.link_hash != link and one.link_hash in links
        elsewhere = bool(link and one.link_hash) and one.link_hash != link
        # An edit keeps its hour; the next story at this place of the list has its own.
        moved = elsewhere and entry.published != one.published and _POSITION.match(claim(entry)) is not None
        if not theirs and same_story(entry.title, entry.text, one.title, one.text, moved=moved):
            return one
    return None


def _identity(prints: Prints, identities: set[str]) -> tuple[str, str]:
    identity = prints.key
    if identity not in identities:
        return identity, "belum pernah ada"
    identity = _sha(f"{identity} {prints.link}")
    if identity not in identities:
        return identity, "kunci dipakai ulang untuk berita lain"
    identity = _sha(f"{identity} {prints.content}")
    while identity in identities:
        # The story that had this identity has become another one by an edit since.
        identity = _sha(identity)
    return identity, "kunci dan tautan dipakai ulang untuk berita lain"


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if word not in _COMMON}


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
