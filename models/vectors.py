"""The linear heads: a learned vocabulary, additive word vectors, and quick scoring of views and sentences.

The vector of a text is the sum over its distinct words (each with root, cues and n-grams) and links, divided
by an additive norm; so a head's log-odds are an exact sum of terms, each of which can be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.features import Lexis, Reading, Segment

Floats = npt.NDArray[np.float32]

VIEWS: tuple[tuple[str, int], ...] = (("title", 0), ("lead", 40), ("mid", 100), ("full", 10_000))
SUBWORD_WEIGHT = 0.4
_CACHE = 60_000


def common_words(readings: Iterable[Reading], *, least: int) -> list[str]:
    """Words met in small letters in at least `least` texts: what is not among them may be a name."""
    seen: Counter[str] = Counter()
    for reading in readings:
        seen.update(
            {u.word for s in reading.body for u in s.units if u.word[0].islower() and len(u.word) > 1}
        )
    return sorted(word for word, n in seen.items() if n >= least)


class Vocabulary:
    """Feature names with their inverse document frequency; fit learns both."""

    def __init__(self, lexis: Lexis, names: Sequence[str], idf: Floats) -> None:
        self.lexis = lexis
        self.names = tuple(names)
        self.idf = idf
        self._index = {name: i for i, name in enumerate(names)}
        self._words: dict[tuple[str, bool], tuple[int, ...]] = {}

    @classmethod
    def learn(cls, lexis: Lexis, readings: Sequence[Reading], *, least: int) -> Vocabulary:
        """Count in how many readings each feature is met; keep those of at least `least`."""
        df: Counter[str] = Counter()
        for reading in readings:
            found: set[str] = set()
            words = words_of(lexis, reading.head)
            for word in set(words):
                found.update(lexis.word_features(word, title=True))
            found.update(link for link, _ in lexis.links(words))
            for segment in reading.body:
                words = words_of(lexis, segment)
                for word in set(words):
                    found.update(lexis.word_features(word, title=False))
                found.update(link for link, _ in lexis.links(words))
            df.update(found)
        names = sorted(name for name, n in df.items() if n >= least)
        counts = np.array([df[name] for name in names], dtype=np.float64)
        idf = np.log((1 + len(readings)) / (1 + counts)) + 1
        idf[[name[0] == "#" for name in names]] *= SUBWORD_WEIGHT
        return cls(lexis, names, idf.astype(np.float32))

    def word_ids(self, word: str, *, title: bool) -> tuple[int, ...]:
        """Columns of a word (kept for the next time)."""
        key = (word, title)
        ids = self._words.get(key)
        if ids is None:
            index = self._index
            ids = tuple(index[f] for f in self.lexis.word_features(word, title=title) if f in index)
            if len(self._words) > _CACHE:
                self._words.clear()
            self._words[key] = ids
        return ids

    def link_id(self, link: str) -> int | None:
        """Column of a link, or None if it was never learned."""
        return self._index.get(link)

    def matrix(self, readings: Sequence[Reading], views: Sequence[str]) -> sparse.csr_matrix:
        """Rows of all readings in the first view, then all in the second, and so on."""
        rows: dict[str, list[tuple[list[int], float]]] = {view: [] for view in views}
        for reading in readings:
            made = self._rows(reading)
            for view in views:
                rows[view].append(made[view])
        flat = [row for view in views for row in rows[view]]
        ends = np.cumsum([0] + [len(ids) for ids, _ in flat])
        columns = np.fromiter((i for ids, _ in flat for i in ids), dtype=np.int32, count=int(ends[-1]))
        norms = np.repeat([norm for _, norm in flat], np.diff(ends))
        data = (self.idf[columns] / norms).astype(np.float32)
        made_matrix = sparse.csr_matrix((data, columns, ends), shape=(len(flat), len(self.names)))
        made_matrix.sum_duplicates()
        return made_matrix

    def _rows(self, reading: Reading) -> dict[str, tuple[list[int], float]]:
        ids: list[int] = []
        seen: set[str] = set()
        out: dict[str, tuple[list[int], float]] = {}
        self._add(reading.head, ids, seen, title=True)
        out["title"] = (list(ids), self._norm(ids))
        at = words = 0
        for view, budget in VIEWS[1:]:
            while at < len(reading.body) and words < budget:
                self._add(reading.body[at], ids, seen, title=False)
                words += len(reading.body[at].units)
                at += 1
            out[view] = (list(ids), self._norm(ids))
        return out

    def _add(self, segment: Segment, ids: list[int], seen: set[str], *, title: bool) -> None:
        words = words_of(self.lexis, segment)
        for word in dict.fromkeys(words):
            if word not in seen:
                seen.add(word)
                ids.extend(self.word_ids(word, title=title))
        for link, _ in self.lexis.links(words):
            if link not in seen:
                seen.add(link)
                column = self._index.get(link)
                if column is not None:
                    ids.append(column)

    def _norm(self, ids: Sequence[int]) -> float:
        return (
            float(np.sqrt((self.idf[np.asarray(ids, dtype=np.int64)].astype(np.float64) ** 2).sum())) + 1e-6
        )


def words_of(lexis: Lexis, segment: Segment) -> list[str]:
    """The words of a segment as learned: names hidden, the rest in small letters."""
    return [lexis.known(unit.word) for unit in segment.units]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word or link of a text with its share of a head's log-odds; units first..last of a segment."""

    segment: int
    first: int
    last: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Log-odds by view (views x heads) and by sentence (title first; sentences x heads)."""

    views: npt.NDArray[np.float64]
    sentences: npt.NDArray[np.float64]
    terms: tuple[Term, ...]


class Heads:
    """Weights of all linear heads over one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, weights: Floats, bias: Floats) -> None:
        self.vocabulary = vocabulary
        self.weights = weights
        self.bias = bias
        self._scaled = (weights * vocabulary.idf[:, None]).astype(np.float32)
        self._square = (vocabulary.idf.astype(np.float64) ** 2).astype(np.float32)
        self._rows: dict[tuple[str, bool], int] = {}
        self._store = np.zeros((1024, weights.shape[1] + 1), dtype=np.float32)

    def _word_row(self, word: str, *, title: bool) -> int:
        key = (word, title)
        row = self._rows.get(key)
        if row is None:
            if len(self._rows) >= _CACHE:
                self._rows.clear()
            row = len(self._rows)
            if row >= len(self._store):
                self._store = np.concatenate([self._store, np.zeros_like(self._store)])
            ids = list(self.vocabulary.word_ids(word, title=title))
            self._store[row, :-1] = self._scaled[ids].sum(axis=0)
            self._store[row, -1] = self._square[ids].sum()
            self._rows[key] = row
        return row

    def _sum(self, segment: Segment, *, title: bool) -> tuple[list[str], list[tuple[str, int]]]:
        words = words_of(self.vocabulary.lexis, segment)
        return words, self.vocabulary.lexis.links(words)

    def score(  # noqa: PLR0912 - the one hot loop; calls inside it cost a third of the speed
        self, reading: Reading, *, sentences: int = 24, explain: int = 0
    ) -> Scores:
        """Score all views and the first `sentences` sentences; terms are of head `explain - 1` (0: none)."""
        if len(self._rows) > _CACHE - 1_000:
            self._rows.clear()
        heads = self.weights.shape[1]
        total = np.zeros(heads + 1, dtype=np.float64)
        seen: set[str] = set()
        views: list[npt.NDArray[np.float64]] = []
        per_sentence: list[npt.NDArray[np.float64]] = []
        raw: list[tuple[int, int, int, float]] = []
        budgets = [budget for _, budget in VIEWS]
        words_read = 0
        for number, segment in enumerate((reading.head, *reading.body)):
            if number:
                while len(views) < len(VIEWS) and words_read >= budgets[len(views)]:
                    views.append(self._finish(total))
                words_read += len(segment.units)
            title = number == 0
            words, links = self._sum(segment, title=title)
            rows, fresh = [], []
            for i, word in enumerate(words):
                row = self._word_row(word, title=False)
                rows.append(row)
                if word not in seen:
                    seen.add(word)
                    row = self._word_row(word, title=True) if title else row
                    fresh.append(row)
                    if explain:
                        raw.append((number, i, i, float(self._store[row, explain - 1])))
            columns, new_columns = [], []
            for link, i in links:
                column = self.vocabulary.link_id(link)
                if column is None:
                    continue
                columns.append(column)
                if link not in seen:
                    seen.add(link)
                    new_columns.append(column)
                    if explain:
                        last = min(i + 1, len(words) - 1) if " " in link else i
                        raw.append((number, i, last, float(self._scaled[column, explain - 1])))
            total += self._gather(fresh, new_columns)
            if number <= sentences:
                own = self._gather(list(dict.fromkeys(rows)), list(dict.fromkeys(columns)))
                per_sentence.append(self._finish(own))
        while len(views) < len(VIEWS):
            views.append(self._finish(total))
        norm = float(np.sqrt(total[-1])) + 1e-6
        terms = tuple(Term(segment=s, first=a, last=b, weight=w / norm) for s, a, b, w in raw)
        return Scores(views=np.array(views), sentences=np.array(per_sentence), terms=terms)

    def _gather(self, rows: list[int], columns: list[int]) -> npt.NDArray[np.float64]:
        out: npt.NDArray[np.float64] = self._store[rows].sum(axis=0, dtype=np.float64)
        if columns:
            out[:-1] += self._scaled[columns].sum(axis=0, dtype=np.float64)
            out[-1] += self._square[columns].sum(dtype=np.float64)
        return out

    def _finish(self, total: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        scored: npt.NDArray[np.float64] = total[:-1] / (np.sqrt(total[-1]) + 1e-6) + self.bias
        return scored
