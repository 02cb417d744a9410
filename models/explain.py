"""The reasons of an assessment in words, and the spans that carry it."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from models.features import Reading, Segment
from models.lexicon import CUES
from models.records import Document, Evidence, EvidenceKind, Facts, Label, Place
from models.text import Normalised
from models.vectors import Scores, Term

FORM_NAMES = {
    "F0": "pernyataan", "F1": "perselisihan", "F2": "aksi damai", "F3": "blokade/pendudukan", "F4": "ancaman",
    "F5": "perusakan", "F6": "kekerasan terhadap orang", "F7": "tindakan aparat", "F8": "penyelesaian",
}  # fmt: skip
REALIS_NAMES = {
    "A": "aktual", "R": "rencana", "T": "ancaman", "H": "peristiwa lama", "B": "bantahan/cek fakta",
    "S": "simulasi", "C": "seremonial/pencegahan", "L": "luar negeri",
}  # fmt: skip
_FORM_CUES = {
    "F2": ("protest",), "F3": ("disrupt",), "F4": ("threat",), "F5": ("violence",),
    "F6": ("violence", "terror"), "F7": ("tear", "terror", "violence"), "F8": ("settle",),
    "F1": ("dispute",), "F0": ("official",),
}  # fmt: skip
_REALIS_CUES = {
    "R": ("plan",), "T": ("threat", "plan"), "H": ("history", "court"), "B": ("hoax",), "S": ("sim",),
    "C": ("ceremony", "prevent"), "L": ("<luar>",),
}  # fmt: skip
MOST_TERMS = 12
"""So many words and links are shown, the loudest ones."""


def number(value: float) -> str:
    """A figure with the Indonesian decimal comma."""
    return f"{value:.2f}".replace(".", ",")


def _part(reading: Reading, segment: int) -> tuple[Normalised, Segment]:
    return (reading.title, reading.head) if segment == 0 else (reading.text, reading.body[segment - 1])


def span(document: Document, reading: Reading, segment: int, first: int, last: int) -> tuple[int, int]:
    """Offsets in `title + newline + text` of units first..last of a segment (0 is the title)."""
    plain, part = _part(reading, segment)
    start, end = plain.original(part.units[first][1], part.units[last][2])
    base = 0 if segment == 0 else len(document.title) + 1
    return base + start, base + end


def term_evidence(document: Document, reading: Reading, terms: Sequence[Term]) -> list[Evidence]:
    """Terms as spans of the document, in their order."""
    out = []
    for term in terms:
        start, end = span(document, reading, term.segment, term.first, term.last)
        out.append(
            Evidence(start=start, end=end, text=document.body[start:end], weight=round(term.weight, 4))
        )
    return out


def strongest_sentence(document: Document, reading: Reading, scores: Scores) -> Evidence | None:
    """The title or sentence with the highest score of its own."""
    if not len(scores.sentences):
        return None
    best = int(np.argmax(scores.sentences[:, 0]))
    plain, part = _part(reading, best)
    if not part.units:
        return None
    start, end = plain.original(part.start, part.end)
    base = 0 if best == 0 else len(document.title) + 1
    return Evidence(
        start=base + start,
        end=base + end,
        text=document.body[base + start : base + end],
        weight=round(float(scores.sentences[best, 0]), 4),
        kind=EvidenceKind.SENTENCE,
    )


@functools.cache
def _words_of(families: tuple[str, ...]) -> frozenset[str]:
    return frozenset(families) | {word for word, names in CUES.items() if not set(names).isdisjoint(families)}


def cue(document: Document, reading: Reading, wanted: tuple[str, ...], kind: EvidenceKind) -> Evidence | None:
    """The first word that belongs to one of the wanted cue families."""
    if not wanted:
        return None
    known = _words_of(wanted)
    for segment, part in enumerate((reading.head, *reading.body[:6])):
        for i, (word, _, _) in enumerate(part.units):
            if word.lower() in known:
                start, end = span(document, reading, segment, i, i)
                return Evidence(start=start, end=end, text=document.body[start:end], weight=0.0, kind=kind)
    return None


def form_cue(document: Document, reading: Reading, code: str | None) -> Evidence | None:
    """The word that made the form, where a cue of that form is met."""
    return cue(document, reading, _FORM_CUES.get(code or "", ()), EvidenceKind.FORM)


def realis_cue(document: Document, reading: Reading, code: str | None) -> Evidence | None:
    """The word that made the realis, where a cue of it is met."""
    return cue(document, reading, _REALIS_CUES.get(code or "", ()), EvidenceKind.REALIS)


def reasons(
    *,
    sentence: Evidence | None,
    issue: Label,
    form: Label,
    form_span: Evidence | None,
    realis: Label,
    realis_span: Evidence | None,
    place: Place,
    facts: Facts,
    verdict: str,
    obfuscated: bool,
) -> tuple[str, ...]:
    """Short sentences in Indonesian, the verdict first."""
    out = [verdict]
    if sentence is not None:
        text = " ".join(sentence.text.split())
        out.append(f"Kalimat terkuat: {text[:160]}{'…' if len(text) > 160 else ''}")
    if issue.code is not None:
        out.append(f"Isu: {issue.code} (peluang {number(issue.probability)})")
    if form.code is not None:
        because = f" karena '{form_span.text}'" if form_span is not None else ""
        out.append(f"Bentuk: {form.code} ({FORM_NAMES[form.code]}){because}")
    if realis.code is not None:
        because = f" karena '{realis_span.text}'" if realis_span is not None else ""
        out.append(f"Realis: {realis.code} ({REALIS_NAMES[realis.code]}){because}")
    out.append(f"Tempat: {place.name or 'tidak diketahui'} – {place.reason}")
    if facts.spans:
        out.append("Fakta terbaca: " + ", ".join(dict.fromkeys(e.text.lower() for e in facts.spans[:6])))
    if obfuscated:
        out.append("Perhatian: teks disamarkan (huruf serupa, spasi sisipan atau angka pengganti huruf)")
    return tuple(out)
