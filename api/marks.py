"""Where a text is highlighted: spans or words become segments that a template prints, never HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models import Evidence, EvidenceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of text: `mark` is "" (plain), "kalimat" (the deciding sentence) or "kata" (a deciding word)."""

    text: str
    mark: str = ""
    title: str = ""


def strongest(evidence: Sequence[Evidence], most: int) -> tuple[Evidence, ...]:
    """The sentence, the rules' cues and the `most` heaviest words: a page where all shines shows nothing."""
    words = sorted(
        (one for one in evidence if one.kind is EvidenceKind.TERM and one.weight > 0),
        key=lambda one: -one.weight,
    )
    kept = {word.text.casefold() for word in words[:most]}
    return tuple(one for one in evidence if one.kind is not EvidenceKind.TERM or one.text.casefold() in kept)


def segments(
    text: str, evidence: Sequence[Evidence], offset: int = 0, lang: str = "id"
) -> tuple[Segment, ...]:
    """Cuts `text` at the evidence spans; spans count from `offset` characters before `text` begins.

    Spans may overlap and may lie outside: a word inside the sentence wins, the rest is clipped.
    The segments joined are exactly `text`.
    """
    length = len(text)
    marks: list[tuple[int, int, str, str]] = []
    for one in evidence:
        start, end = max(0, one.start - offset), min(length, one.end - offset)
        if start < end:
            kind = "kalimat" if one.kind is EvidenceKind.SENTENCE else "kata"
            title = (
                ""
                if kind == "kalimat" or not one.weight
                else f"{one.weight:+.2f}".replace(".", "." if lang == "en" else ",")
            )
            marks.append((start, end, kind, title))
    cuts = sorted({0, length, *(m[0] for m in marks), *(m[1] for m in marks)})
    out: list[Segment] = []
    for start, end in pairwise(cuts):
        over = [m for m in marks if m[0] <= start and end <= m[1]]
        words = [m for m in over if m[2] == "kata"]
        best = words[0] if words else over[0] if over else None
        out.append(Segment(text=text[start:end], mark=best[2] if best else "", title=best[3] if best else ""))
    return tuple(out)


def word_segments(sentence: str, words: Iterable[str]) -> tuple[Segment, ...]:
    """Marks whole words or phrases in a sentence whose offsets are not known (masked text)."""
    wanted = sorted({re.escape(w.strip()) for w in words if w.strip()}, key=len, reverse=True)
    if not wanted:
        return (Segment(text=sentence),)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(wanted) + r")(?!\w)", re.IGNORECASE)
    spans = [
        Evidence(start=m.start(), end=m.end(), text=m.group(), weight=0.0) for m in pattern.finditer(sentence)
    ]
    return segments(sentence, spans)
