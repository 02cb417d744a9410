"""Text before judgement: normalisation with a way back, newsroom boilerplate, sentences.

Everything here is linear in the length of the text and keeps offsets: what is removed is blanked, so
that an evidence span can always be pointed at in the original.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

LONGEST_TEXT = 12_000
"""Characters of a text that are judged; an article's event is told long before."""

_TYPOGRAPHY = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "`": "'", "–": "-", "—": "-", "‑": "-", "−": "-"}
    | {"…": ".", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u3000": " ", "•": " ", "·": " ", "\t": " "}
)
_LOOKALIKES = dict(
    zip(
        "аеіорсухкмтвнгАЕІОРСУХКМТВНЅЈѕјһԁԛԝαεορυνικτχωΑΕΟΡΥΝΙΚΤΧΒΗΜΖոսօıɑɡᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
        "aeiopcyxkmtbhrAEIOPCYXKMTBHSJsjhdqwaeopuvikTxwAEOPYNIKTXBHMZnuoiagabcdefghijklmnoprstuvwyz",
        strict=True,
    )
)
_LEET = str.maketrans("013457@$", "oieastas")
_LEET_WORD = re.compile(r"(?<![\w@$.])[A-Za-z013457@$]{2,24}(?![\w@$])")
_LEET_INSIDE = re.compile(r"(?<=[A-Za-z])[013457@$]{1,2}[A-Za-z]")
_SPELLED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z](?:[ ._*|/~-][A-Za-z](?![A-Za-z0-9])){3,}")
_DOTTED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z](?:\.[A-Za-z ](?=[.\s]|$)){3,}")
_SEPARATORS = " ._*|/~-"
_OVERRIDE_ENDS = {"\u202c", "\u2069", "\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """Plain text and the way back: `offsets[i]` is the original index of character i (None: the same)."""

    text: str
    offsets: tuple[int, ...] | None
    obfuscated: bool = False

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that became `text[start:end]`."""
        if self.offsets is None or end <= start:
            return start, end
        last = len(self.offsets) - 1
        a, b = self.offsets[min(start, last)], self.offsets[min(end - 1, last)]
        return min(a, b), max(a, b) + 1


@functools.lru_cache(maxsize=16)  # reading, facts and place ask for the same text one after the other
def normalise(text: str) -> Normalised:
    """Fold disguises (zero width, bidi, look-alikes, zalgo, spaced letters, leetspeak) to plain text.

    `obfuscated` is set where somebody must have meant to hide: an accent or a soft hyphen alone is not.
    """
    plain = text.translate(_TYPOGRAPHY)
    offsets: list[int] | None = None
    disguised = False
    if not plain.isascii():
        plain, offsets, disguised = _fold(plain)
    if _SPELLED.search(plain) or _DOTTED.search(plain):
        plain, offsets = _join_spelled(plain, offsets)
        disguised = True
    if _LEET_INSIDE.search(plain) and any(_leet(match[0]) for match in _LEET_WORD.finditer(plain)):
        # one such word shows the habit; then the short ones ("d1", "4ir") are folded too
        plain = _LEET_WORD.sub(
            lambda m: m[0] if m[0].isalpha() or m[0].isdigit() else m[0].translate(_LEET), plain
        )
        disguised = True
    return Normalised(text=plain, offsets=None if offsets is None else tuple(offsets), obfuscated=disguised)


def _leet(word: str) -> bool:
    # "H5N1", "B3" and plates are no disguise: small letters, half of the word at least, a digit between two
    letters = sum(c.isalpha() for c in word)
    return (
        len(word) >= 4
        and letters < len(word) <= 2 * letters
        and any(c.islower() for c in word)
        and _LEET_INSIDE.search(word) is not None
    )


def _fold(text: str) -> tuple[str, list[int], bool]:
    order = _undo_overrides(text)
    disguised = order is not None
    out: list[str] = []
    offsets: list[int] = []
    marks = styled = alike = 0
    latin = sum(1 for c in text if c.isascii() and c.isalpha())
    for i in range(len(text)) if order is None else order:
        c = text[i]
        if c.isascii():
            if c >= " " or c == "\n":
                out.append(c)
                offsets.append(i)
            continue
        kind = unicodedata.category(c)
        if kind in ("Cf", "Mn", "Me", "Cc", "Cs", "Co", "Cn"):
            marks += kind in ("Mn", "Me") and c not in "\ufe0f\ufe0e"
            disguised |= 0xE0000 <= ord(c) <= 0xE0FFF
            continue
        if kind[0] in "ZS" and not unicodedata.decomposition(c):
            out.append(" ")
            offsets.append(i)
            continue
        # look-alikes are folded only in Latin company, so that real Russian or Greek stays itself
        if c in _LOOKALIKES and latin:
            alike += 1
            out.append(_LOOKALIKES[c])
            offsets.append(i)
            continue
        wide = unicodedata.normalize("NFKD", c)
        styled += (
            wide != c and wide.isascii() and kind != "Nd" and not unicodedata.decomposition(c)[:1].isdigit()
        )
        for part in wide:
            if part.isascii() or unicodedata.category(part) not in ("Mn", "Me"):
                out.append(part)
                offsets.append(i)
    disguised |= alike >= 2 or styled >= 3 or marks > 3 + latin // 8
    return "".join(out), offsets, disguised


def _undo_overrides(text: str) -> list[int] | None:
    if "\u202e" not in text:
        return None
    order: list[int] = []
    i = 0
    while i < len(text):
        if text[i] != "\u202e":
            order.append(i)
            i += 1
            continue
        j = i + 1
        while j < len(text) and text[j] not in _OVERRIDE_ENDS:
            j += 1
        order.extend(range(j - 1, i, -1))
        i = j
    return order


def _join_spelled(text: str, offsets: list[int] | None) -> tuple[str, list[int]]:
    keep = bytearray(b"\x01") * len(text)
    for pattern in (_DOTTED, _SPELLED):
        for match in pattern.finditer(text):
            for i in range(match.start() + 1, match.end(), 2):
                if text[i] in _SEPARATORS and keep[i]:
                    keep[i] = 0
    where = [i for i in range(len(text)) if keep[i]]
    return "".join(text[i] for i in where), where if offsets is None else [offsets[i] for i in where]


_DATELINE = re.compile(
    r"\A\s{0,9}(?:"
    r"(?:[A-Za-z0-9][\w-]{1,24}(?i:\.(?:com|co\.id|co|id|net|info|news|tv))+|ANTARA|Antara(?:"
    r" Kalteng)?)[ ,|.:]{1,3}"
    r"(?:[A-Z][\w.']{1,18}[ ,]{0,2}){0,5}[-:|]{0,3}"
    r"|(?:[A-Z][A-Za-z.'-]{1,18}[ ,]{1,2}){1,4}[\w-]{2,22}(?i:\.(?:com|co\.id|co|id|net|info|news)){1,2}"
    r" {0,2}[-:|]{1,3}"
    r"|(?:[A-Z][A-Za-z.']{1,18} ){1,4}?\([^()\n]{2,24}\) {0,2}-{1,3}"
    r"|[A-Z][A-Z.']{2,18}(?:[ ,]{1,2}[A-Z][A-Z.']{1,18}){0,3} {0,2}(?:-{1,3}|\|)"
    r"|(?:[A-Z][a-z]{2,14} ){0,2}[A-Z][a-z]{2,14}(?:, [A-Z][a-z]{2,12})? {1,2}-{1,3}"
    r")\s{0,3}"
)
_TITLE_TAIL = re.compile(
    r"\s[|\-] ?(?:[a-z]{3,15}\.(?:co|com|id|net)|[A-Z][\w.]{2,20}(?:\.(?:com|co\.id|co|id)))\s*\Z"
)
_SIGNED = re.compile(r"\((?:[a-z]{2,4}\d?(?:/[a-z]{2,6}\d?)?|[A-Z][a-z]{1,2}|\*)\)\s*(?=\Z|\n)")
# the pattern below can match nothing where neither a signature nor one of these is met
_BOILERPLATE_MARKS = (
    *("scroll to continue", "advertisement", "iklan", "&", "baca juga", "simak juga", "editor", "penulis"),
    *("reporter", "pewarta", "uploader", "laporan wartawan", "foto:", "[gambas:", "http"),
)
_BOILERPLATE = re.compile(
    r"SCROLL TO CONTINUE WITH CONTENT|(?i:\badvertisement\b)|\bIKLAN\b|&nbsp;|&amp;|&quot;"
    r"|(?i:\bbaca juga\b):[^\n.!?]{0,160}[.!?]?|(?i:\bbaca juga\b)|(?i:\bsimak juga"
    r" (?:video)?\b)[^\n.]{0,120}"
    r"|\b(?:Editor|Penulis|Reporter|Pewarta|Uploader|Laporan Wartawan)\b ?:? ?[^\n.]{0,60}"
    rf"|\bFoto: ?[^\n.)]{{0,40}}|{_SIGNED.pattern}"
    r"|\[Gambas:[^\]\n]{0,60}\]|https?://[^\s]{1,200}"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]{0,2}(?=\s+[\"'(]{0,2}[A-Z0-9])|\n+")
_SHORT = re.compile(
    r"(?:\b(?:Kec|Kab|Jl|No|Dr|Ir|Hj|H|Prof|Drs|Tn|Ny|St|Gg|Rp|dr|PT|CV|Bpk|Sdr|dll|dkk|[A-Z])\.|\d\.)\Z"
)


@functools.lru_cache(maxsize=16)
def strip_boilerplate(text: str, *, title: bool = False) -> str:
    """Blank outlet, town of writing, reporter's initials and link lines; the length stays the same."""
    if title:
        found = _TITLE_TAIL.search(text)
        return text if found is None else text[: found.start()] + " " * (len(text) - found.start())
    head = dateline(text)
    if head:
        text = " " * head + text[head:]
    low = text.casefold()
    if any(mark in low for mark in _BOILERPLATE_MARKS) or _SIGNED.search(text):
        text = _BOILERPLATE.sub(lambda m: " " * len(m[0]), text)
    return text


def dateline(text: str) -> int:
    """How many characters at the start are outlet and town of writing (0: none)."""
    found = _DATELINE.match(text[:140])
    return found.end() if found else 0


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences; abbreviations and initials do not end one."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.end()
        if text[end - 1] != "\n" and _SHORT.search(text, max(0, end - 8), end):
            continue
        _append(spans, text, start, end)
        start = end
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    body = piece.strip()
    if body:
        lead = len(piece) - len(piece.lstrip())
        spans.append((start + lead, start + lead + len(body)))
