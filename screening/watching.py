"""Watch topics, saved views and free words: what may be asked for, and what matches. Pure.

All matching is of whole words over masked titles and evidence sentences, so that nobody is found by name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import EvidenceKind, mask_names
from screening.errors import Invalid
from screening.linking import Known
from screening.records import Incident

HISTORY = timedelta(days=30)
MANY_SHARE = 0.2  # of the incidents of the history: more is a topic that tells nothing apart
MANY_LEAST = 20
SHOWN = 20

_WORD = re.compile(r"[^\W_]+")
_GLUED = re.compile(r"(?<![^\W\d_])([a-z]+)\(\d{1,3}\)")
_MASK = re.compile(r"\[(?:nama|nomor)\]")
_WORDING_CHARS = 6_000
_ASKED_CHARS = 120
_TITLE_CHARS = 40
_QUERY_CHARS = 600
_ALTERNATIVES = 20
_TOPICS = 60
_VIEWS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject the desk keeps an eye on; any one of `alternatives` (words in a row) makes it match."""

    id: int
    title: str
    alternatives: tuple[str, ...]
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTrial:
    """What a topic would have matched in the last 30 days: `count` of `of`, the newest of them."""

    alternatives: tuple[str, ...]
    count: int
    of: int
    newest: tuple[Incident, ...]
    too_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A named filter of one account; `query` is an address's query that was parsed before it was kept."""

    id: int
    title: str
    query: str


def plain_words(text: str) -> str:
    """Lower-case words, each between spaces: ` warga portal jalan `. Empty when there is none."""
    found = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return f" {' '.join(found)} " if found else ""


def wording(title: str, sentences: Iterable[str]) -> str:
    """What words of an incident can be asked for: its masked title, masked titles and evidence sentences."""
    parts = [title, *(mask_names(one) for one in sentences)]
    bare = (_MASK.sub(" ", one) for one in dict.fromkeys(parts))
    # A sign that is no word stands between sentences, so that no phrase is found across two of them.
    told = " ‖ ".join(words.strip() for one in bare if (words := plain_words(one)))
    return f" {told if len(told) <= _WORDING_CHARS else told[:_WORDING_CHARS].rpartition(' ')[0]} "


def sentences_of(reports: Sequence[Known]) -> list[str]:
    """Titles and evidence sentences of these reports, flagged ones only where there are any."""
    chosen = [one for one in reports if one.assessment.flagged] or list(reports)
    found = [one.title for one in chosen]
    for one in chosen:
        found += [each.text for each in one.assessment.evidence if each.kind is EvidenceKind.SENTENCE]
    return found


def check_words(text: str) -> tuple[str, ...]:
    """Free words of a filter, lower-case. `Invalid` on too many, or when they look like a person's name."""
    if len(text) > _ASKED_CHARS:
        raise Invalid(f"Kata pencarian paling panjang {_ASKED_CHARS} karakter.")
    _refuse_persons(text)
    return tuple(plain_words(text).split())


def check_topic(title: str, words: str) -> tuple[str, tuple[str, ...]]:
    """(title, alternatives) of a topic as typed: alternatives one a line or between commas."""
    clean = check_title(title)
    alternatives = []
    for part in re.split(r"[\n,;]", words):
        _refuse_persons(part)
        found = plain_words(part).strip()
        if found and found not in alternatives:
            alternatives.append(found)
    if not alternatives:
        raise Invalid("Tulis paling sedikit satu kata untuk topik ini.")
    if len(alternatives) > _ALTERNATIVES or any(len(one) > _ASKED_CHARS for one in alternatives):
        raise Invalid(
            f"Paling banyak {_ALTERNATIVES} kata atau frasa, masing-masing {_ASKED_CHARS} karakter."
        )
    if any(len(one) < 3 for one in alternatives):
        raise Invalid("Setiap kata atau frasa paling sedikit tiga huruf.")
    return clean, tuple(alternatives)


def check_title(title: str) -> str:
    clean = re.sub(r"\s+", " ", title).strip()
    if not clean or len(clean) > _TITLE_CHARS:
        raise Invalid(f"Beri nama paling panjang {_TITLE_CHARS} karakter.")
    _refuse_persons(clean)
    return clean


def check_view(title: str, query: str, have: int) -> str:
    """The view's clean title. `Invalid` when there are too many already."""
    if have >= _VIEWS:
        raise Invalid(f"Paling banyak {_VIEWS} tampilan tersimpan. Hapus satu lebih dahulu.")
    if len(query) > _QUERY_CHARS:
        raise Invalid("Saringan ini terlalu panjang untuk disimpan.")
    return check_title(title)


def check_room(topics: int) -> None:
    if topics >= _TOPICS:
        raise Invalid(f"Paling banyak {_TOPICS} topik pantauan. Hapus satu lebih dahulu.")


def matches(words: str, topic: Topic) -> bool:
    """Whether a wording holds one of the alternatives as whole words in a row."""
    return any(f" {one} " in words for one in topic.alternatives)


def too_many(count: int, of: int) -> bool:
    return count > MANY_LEAST and count > of * MANY_SHARE


def _refuse_persons(text: str) -> None:
    # A name typed in small letters is still refused: the mask knows names by their capitals. A number glued
    # to a small word ("alert(4)", "pasal(2)") is no age; the word itself is still looked at.
    small = _GLUED.sub(r"\1", text).title()
    if any(mask_names(form) != form for form in (text, small)):
        raise Invalid("Nama orang, inisial dan nomor tidak dapat dicari atau dipantau; pantau peristiwanya.")
