"""Is it the same text? MinHash of word shingles, for reprints with small edits; precision first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rensa import RMinHash

from models.records import Document
from models.text import normalise, strip_boilerplate

PERMUTATIONS = 128
_BANDS = 32
_SHINGLE = 3
_SEED = 42
_ALIKE = 0.55
_ALIKE_SHORT = 0.75
_SHORT_TEXT = 30
_WORD = re.compile(r"[^\W_]+")

Signature = tuple[int, ...]
"""First the number of words, then the MinHash values."""


def signature(text: str) -> Signature:
    """Signature of a text without outlet, dateline, tail, case and punctuation; () if nothing is left."""
    words = _WORD.findall(strip_boilerplate(normalise(text[:20_000]).text).lower())
    if not words:
        return ()
    if len(words) < _SHINGLE:
        shingles = [" ".join(words)]
    else:
        shingles = [" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)]
    hashed = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    hashed.update(shingles)
    return (len(words), *hashed.digest())


def likeness(a: Signature, b: Signature) -> float:
    """Estimated Jaccard likeness of two signatures, 0..1 (0 with an empty one)."""
    if not a or not b:
        return 0.0
    return sum(x == y for x, y in zip(a[1:], b[1:], strict=True)) / PERMUTATIONS


def same_text(a: Signature | str, b: Signature | str) -> bool:
    """Whether two texts are one text with small edits; short ones must be closer (one word can turn them)."""
    first = signature(a) if isinstance(a, str) else a
    second = signature(b) if isinstance(b, str) else b
    if not first or not second:
        return False
    shorter, longer = sorted((first[0], second[0]))
    if longer > 2 * shorter + 10:
        return False
    return likeness(first, second) >= (_ALIKE_SHORT if shorter < _SHORT_TEXT else _ALIKE)


def group_same(documents: Sequence[Document]) -> list[int]:
    """Group number per document, in order of first appearance; documents of one text share it.

    Candidates come from equal bands of the signature; a document joins the earliest group it equals.
    """
    signatures = [signature(d.text if len(d.text) > 80 else f"{d.title}. {d.text}") for d in documents]
    width = PERMUTATIONS // _BANDS
    buckets: dict[tuple[int, Signature], list[int]] = {}
    groups: list[int] = []
    fresh = 0
    for i, sig in enumerate(signatures):
        keys = (
            [(band, sig[1 + band * width : 1 + (band + 1) * width]) for band in range(_BANDS)] if sig else []
        )
        seen: set[int] = set()
        match: int | None = None
        for key in keys:
            for j in buckets.get(key, ()):
                if j not in seen:
                    seen.add(j)
                    if (match is None or groups[j] < match) and same_text(sig, signatures[j]):
                        match = groups[j]
        if match is None:
            match = fresh
            fresh += 1
        # a bucket keeps few members: one boilerplate text must not make the search quadratic
        for key in keys:
            members = buckets.setdefault(key, [])
            if len(members) < 8:
                members.append(i)
        groups.append(match)
    return groups
