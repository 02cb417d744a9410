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
from dataclasses import dataclass
from datetime import datetime

from feeds import Entry

_WORD = re.compile(r"[^\W_]{3,}")
_POSITION = re.compile(r"\s*\d{1,3}\s*\Z")  # such a key numbers the entries of a document, not stories
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


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    entry: Entry
    identity: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An edit. `fresh` is false when the item goes back to a text it had before (no new version then)."""

    entry: Entry
    item_id: int
    fresh: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    entry: Entry
    item_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The same story twice in one document under keys that differ in spelling only; counted, not stored."""

    entry: Entry


Intent = New | Changed | Same | Twin


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
    links = {link_hash(entry.link) for entry in entries if entry.link}
    for entry in entries:
        before = earlier.setdefault(key_hash(claim(entry)), [])
        if any(one.link == entry.link or _one_story(one, entry) for one in before):
            intents.append(Twin(entry=entry))
            continue
        before.append(entry)
        found = _find(entry, by_key, by_link, taken=taken, links=links)
        if found is None:
            identity, why = _identity(entry, identities)
            identities.add(identity)
            intents.append(New(entry=entry, identity=identity, why=why))
            continue
        taken.add(found.item_id)
        digest = content_hash(entry.title, entry.text)
        if digest == found.content_hash:
            intents.append(Same(entry=entry, item_id=found.item_id))
        else:
            fresh = digest not in found.seen_hashes
            why = "teks diubah sumber" if fresh else "kembali ke teks yang pernah ada"
            intents.append(Changed(entry=entry, item_id=found.item_id, fresh=fresh, why=why))
    return intents


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
    by_key: dict[str, list[Stored]],
    by_link: dict[str, list[Stored]],
    *,
    taken: set[int],
    links: set[str],
) -> Stored | None:
    key, link = key_hash(claim(entry)), link_hash(entry.link)
    alike = [one for one in by_key.get(key, ()) if one.item_id not in taken]
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


def _identity(entry: Entry, identities: set[str]) -> tuple[str, str]:
    identity = key_hash(claim(entry))
    if identity not in identities:
        return identity, "belum pernah ada"
    identity = _sha(f"{identity} {link_hash(entry.link)}")
    if identity not in identities:
        return identity, "kunci dipakai ulang untuk berita lain"
    identity = _sha(f"{identity} {content_hash(entry.title, entry.text)}")
    while identity in identities:
        # The story that had this identity has become another one by an edit since.
        identity = _sha(identity)
    return identity, "kunci dan tautan dipakai ulang untuk berita lain"


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if word not in _COMMON}


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
