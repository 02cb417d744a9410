"""From text to features: words with identities hidden, roots, neighbours, negation and cues.

Who, where and which outlet must not decide, so names of persons and firms, places, peoples, religions and
outlets are replaced by a token of their kind before anything is learned or scored.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.gazetteer import gazetteer
from models.lexicon import ACRONYMS, CUES, ETHNONYMS, NEGATORS, OUTLETS, RELIGIONS, Remembered, words
from models.text import Normalised, normalise, sentences, strip_boilerplate

_TOKEN = re.compile(r"[A-Z]{2,}(?:-[A-Z]+)?|[A-Za-z]?[a-z]+(?:-[a-z]+)*|[A-Z]|\d+(?:[.,]\d+)*|[!?\"]")
_PLACE_LEADS = words("kota kabupaten kab kecamatan kec desa kelurahan provinsi pemkab pemkot polres di ke")
_PREFIXES = (
    *("memper", "diper", "meng", "meny", "mem", "men", "me", "di", "ter", "ber", "be", "peng", "peny"),
    *("pem", "pen", "per", "pe", "ke", "se"),
)
_SUFFIXES = ("kannya", "annya", "inya", "kan", "an", "nya", "lah", "pun", "i")
_RESTORED = {
    "meny": "s",
    "peny": "s",
    "mem": "p",
    "pem": "p",
    "men": "t",
    "pen": "t",
    "meng": "k",
    "peng": "k",
}
LONGEST_VIEW = 320
"""Words of an article that are read; what comes later is background."""


Unit = tuple[str, int, int]
"""One word as the model sees it, with its span in the normalised text (hundreds a text, so plain tuples)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The title (`start` -1 in the text's own count) or one sentence, as units."""

    units: tuple[Unit, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document read for judgement: normalised parts and their segments."""

    title: Normalised
    text: Normalised
    head: Segment
    body: tuple[Segment, ...]

    @property
    def obfuscated(self) -> bool:
        return self.title.obfuscated or self.text.obfuscated


def read(title: str, text: str, *, longest: int = 12_000) -> Reading:
    """Normalise, blank boilerplate, cut sentences and hide identities."""
    head, body = normalise(title[:1_000]), normalise(text[:longest])
    head_text = strip_boilerplate(head.text, title=True)
    body_text = strip_boilerplate(body.text)
    segments: list[Segment] = []
    budget = LONGEST_VIEW
    for start, end in sentences(body_text):
        units = hide(body_text, start, min(end, start + 4_000))
        if units:
            segments.append(Segment(units=units[:budget], start=start, end=end))
            budget -= len(units)
        if budget <= 0:
            break
    head_units = hide(head_text, 0, len(head_text))
    return Reading(
        title=head,
        text=body,
        head=Segment(units=head_units[:80], start=0, end=len(head.text)),
        body=tuple(segments),
    )


def hide(text: str, start: int, end: int) -> tuple[Unit, ...]:
    """Units of `text[start:end]`; places, peoples, religions and outlets are replaced."""
    found = [(m[0], *m.span()) for m in _TOKEN.finditer(text, start, end)]
    lower = [word.lower() for word, _, _ in found]
    units: list[Unit] = []
    places = gazetteer()
    after = 0
    for i, (word, a, b) in enumerate(found):
        if i < after:
            continue
        if lower[i] in places.starts and word[0].isupper():
            hit = places.match(lower, i)
            if hit is not None and (not hit[0].guarded or (i and lower[i - 1] in _PLACE_LEADS)):
                region, n = hit
                after = i + n
                units.append(("<luar>" if region.level == "abroad" else "<tempat>", a, found[after - 1][2]))
                continue
        shown = _SHOWN[word]
        if shown:
            units.append((shown, a, b))
    return tuple(units)


def _shown(word: str) -> str:
    """What is seen of a word that is no place: itself, or the token of its kind; nothing of an outlet."""
    low = word.lower()
    capital = word[0].isupper()
    if (
        capital
        and low in OUTLETS
        and (low not in ("suara", "merdeka", "grid", "detik", "antara") or word.isupper())
    ):
        return ""
    if low in ETHNONYMS and (capital or low == "dayak"):
        return "<suku>"
    if low in RELIGIONS:
        return "<agama>"
    if low[0].isdigit():
        return _number(low)
    if word.isupper() and len(word) > 1 and low in ACRONYMS:
        return low.upper()
    # capitals are kept on the first letter: the vocabulary decides later whether it is a name
    return word if capital and low != word else low


def _number(digits: str) -> str:
    return "<tahun>" if len(digits) == 4 and digits[:2] in ("19", "20") else "<angka>"


_SHOWN = Remembered(_shown)


@functools.lru_cache(maxsize=20_000)
def roots(word: str) -> tuple[str, ...]:
    """Candidate roots of a word, most stripped first; the word itself is the last."""
    found: list[str] = []
    stems = [word]
    for suffix in _SUFFIXES if word.endswith(_SUFFIXES) else ():
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            stems.append(word[: -len(suffix)])
    for stem in stems:
        for prefix in _PREFIXES if stem.startswith(_PREFIXES) else ():
            if stem.startswith(prefix) and len(stem) - len(prefix) >= 3:
                rest = stem[len(prefix) :]
                if prefix in _RESTORED and rest[0] in "aeiou":
                    found.append(_RESTORED[prefix] + rest)
                found.append(rest)
    found.extend(stems[1:])
    found.append(word)
    return tuple(dict.fromkeys(found))


def ngrams(word: str) -> list[str]:
    """Character n-grams (3 to 5) inside a word, so that typing errors and new affixes still speak."""
    padded = f"^{word}$"
    return [f"#{padded[i : i + n]}" for n in (3, 4, 5) for i in range(len(padded) - n + 1)]


class Lexis:
    """What the learned vocabulary says of a word.

    `known[word]` is the word in lower case, or `<nama>` for a capitalised word never seen as a common one;
    `root[word]` its longest-stripped candidate that is itself a common word.
    """

    def __init__(self, common: Sequence[str]) -> None:
        self.common = frozenset(common)
        self.root = Remembered(self._find_root)
        self.known = Remembered(self._spell)

    def _spell(self, word: str) -> str:
        if word[0] == "<" or (word.isupper() and len(word) > 1):
            low = word.lower()
            return word if word[0] == "<" or low in ACRONYMS else (low if low in self.common else "<nama>")
        low = word.lower()
        if (
            low in self.common
            or low in CUES
            or low in NEGATORS
            or not low[0].isalpha()
            or self.root[low] != low
        ):
            return low
        untangled = self._untangle(low)
        if untangled is not None:
            return untangled
        return "<nama>" if word[0].isupper() else low

    def _untangle(self, word: str) -> str | None:
        """The one common word that two neighbouring letters in the wrong order make unreadable."""
        swaps = {
            word[:i] + word[i + 1] + word[i] + word[i + 2 :]
            for i in range(len(word) - 1)
            if 4 <= len(word) <= 16
        }
        found = [swap for swap in swaps if swap != word and (swap in self.common or swap in CUES)]
        return found[0] if len(found) == 1 else None

    def _find_root(self, word: str) -> str:
        return next((r for r in roots(word) if r != word and len(r) > 3 and r in self.common), word)

    def word_features(self, word: str, *, title: bool) -> list[str]:
        """What a word says by itself: the word, its root, cue families, character n-grams, its place."""
        marked = word[0] == "<"
        root = word if marked else self.root[word]
        out = [word] if root == word else [word, f"~{root}"]
        cues = CUES.get(word, CUES.get(root, ()))
        out.extend(f"c:{cue}" for cue in cues)
        if title:
            out.append(f"t:{root}")
            out.extend(f"tc:{cue}" for cue in cues)
        if not marked and len(word) > 3:
            out.extend(dict.fromkeys(ngrams(word)))
        return out

    def links(self, words: Sequence[str]) -> list[tuple[str, int]]:
        """What neighbours say together: pairs of words, pairs of roots, words under a negation."""
        out: list[tuple[str, int]] = []
        negated = 0
        before = before_root = ""
        for i, word in enumerate(words):
            marked = word[0] == "<"
            root = word if marked else self.root[word]
            if before:
                out.append((f"{before} {word}", i - 1))
                if root != word or before_root != before:
                    out.append((f"~{before_root} {root}", i - 1))
            if negated > 0 and not marked:
                out.append((f"-{root}", i))
            negated = 3 if word in NEGATORS else negated - 1
            before, before_root = word, root
        return out
