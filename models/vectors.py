"""The linear heads: a learned vocabulary, additive word vectors, and quick scoring of views and sentences.

The vector of a text is the sum over its distinct words (each with root, cues and n-grams) and links, divided
by an additive norm; so a head's log-odds are an exact sum of terms, each of which can be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from models.features import Lexis, Reading, Segment
from models.lexicon import Remembered

if TYPE_CHECKING:
    from scipy import sparse

Floats = npt.NDArray[np.float32]

VIEWS: tuple[tuple[str, int], ...] = (("title", 0), ("lead", 40), ("mid", 100), ("full", 10_000))
BINARY = 6
"""The first heads: flag, event, here, and the flag learned thrice more; then the codes of the axes."""
SUBWORD_WEIGHT = 0.4
_CACHE = 60_000


def common_words(readings: Iterable[Reading], *, least: int) -> list[str]:
    """Words met in small letters in at least `least` texts: what is not among them may be a name."""
    seen: Counter[str] = Counter()
    for reading in readings:
        seen.update({w for s in reading.body for w, _, _ in s.units if w[0].islower() and len(w) > 1})
    return sorted(word for word, n in seen.items() if n >= least)


class Vocabulary:
    """Feature names with their inverse document frequency; fit learns both. `columns` are numbers by name."""

    def __init__(self, lexis: Lexis, names: Sequence[str], idf: Floats) -> None:
        self.lexis = lexis
        self.names = tuple(names)
        self.idf = idf
        self.columns = {name: i for i, name in enumerate(names)}
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
            ids = tuple(self.find_word(word, title=title))
            if len(self._words) > _CACHE:
                self._words.clear()
            self._words[key] = ids
        return ids

    def find_word(self, word: str, *, title: bool) -> list[int]:
        """Columns of a word (looked up anew)."""
        found = map(self.columns.get, self.lexis.word_features(word, title=title))
        return [column for column in found if column is not None]

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
        from scipy import sparse

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
                column = self.columns.get(link)
                if column is not None:
                    ids.append(column)

    def _norm(self, ids: Sequence[int]) -> float:
        return (
            float(np.sqrt((self.idf[np.asarray(ids, dtype=np.int64)].astype(np.float64) ** 2).sum())) + 1e-6
        )


def words_of(lexis: Lexis, segment: Segment) -> list[str]:
    """The words of a segment as learned: names hidden, the rest in small letters."""
    return [lexis.known[word] for word, _, _ in segment.units]


class Term(NamedTuple):
    """One word or link of a text with its share of a head's log-odds; units first..last of a segment."""

    segment: int
    first: int
    last: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Log-odds by view (views x heads) and by sentence (title first; sentences x heads).

    `spots` are the segment, first and last unit of each word and link met first there, `weights` its share
    of the log-odds of the head that is explained (both empty if none is).
    """

    views: npt.NDArray[np.float64]
    sentences: npt.NDArray[np.float64]
    spots: Sequence[tuple[int, int, int]] = ()
    weights: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    @property
    def terms(self) -> list[Term]:
        """All terms, the loudest (for or against) first."""
        return self.loudest(len(self.spots))

    def loudest(self, most: int) -> list[Term]:
        """The `most` terms that speak loudest, for or against; of equals the earlier one."""
        segments = np.array([segment for segment, _, _ in self.spots])
        order = np.lexsort((segments, -np.abs(self.weights)))[:most]
        chosen = ((*self.spots[i], float(self.weights[i])) for i in order.tolist())
        return [Term(segment, first, last, weight) for segment, first, last, weight in chosen]


class _Groups:
    """Rows to be summed in groups: for each segment all its own, then those that it is the first to have."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.indices: list[int] = []
        self.first_at: list[int] = []

    def segment(self, own: Iterable[int], first: Iterable[int]) -> None:
        self.starts.append(len(self.indices))
        self.indices += own
        start = len(self.indices)
        self.starts.append(start)
        self.indices += first
        self.first_at += range(start, len(self.indices))

    def sums(self, rows: Floats) -> npt.NDArray[np.float64]:
        """One sum a group; `rows` are those of all indices."""
        padded = np.zeros((len(rows) + 1, rows.shape[1]))
        padded[:-1] = rows
        out: npt.NDArray[np.float64] = np.add.reduceat(padded, self.starts, axis=0)
        # reduceat gives an empty group the row that follows
        for number, (start, end) in enumerate(pairwise((*self.starts, len(rows)))):
            if start == end:
                out[number] = 0.0
        return out


class Heads:
    """Weights of all linear heads over one vocabulary.

    The row of a word (its root, cues and n-grams summed) is kept for the next time it is met; the last
    column of a row is its share of the squared norm.
    """

    def __init__(self, vocabulary: Vocabulary, weights: Floats, bias: Floats) -> None:
        self.vocabulary = vocabulary
        self.weights = weights
        self.bias = bias
        self._square = (vocabulary.idf.astype(np.float64) ** 2).astype(np.float32)
        # of so many zeros only the rows that were written take memory
        self._rows = np.zeros((_CACHE, weights.shape[1] + 1), dtype=np.float32)
        self._taken = 0
        self._titled = Remembered(lambda word: self._keep(word, title=True), most=_CACHE)
        self._plain = Remembered(lambda word: self._keep(word, title=False), most=_CACHE)

    def _keep(self, word: str, *, title: bool) -> int:
        """Make the row of a word; the place where it is kept."""
        made = self._columns(self.vocabulary.find_word(word, title=title))
        place = self._taken
        self._rows[place] = made.sum(axis=0)
        # one column alone is added up in another order than many: the one the calibration was learned with
        self._rows[place, -1] = made[:, -1].copy().sum()
        self._taken += 1
        return place

    def _columns(self, columns: Sequence[int]) -> Floats:
        """Scaled weights of some columns of the vocabulary, one row each."""
        at = np.array(columns, dtype=np.intp)
        out = np.empty((len(at), self._rows.shape[1]), dtype=np.float32)
        np.multiply(self.weights.take(at, axis=0), self.vocabulary.idf.take(at)[:, None], out=out[:, :-1])
        out[:, -1] = self._square.take(at)
        return out

    def score(self, reading: Reading, *, sentences: int = 24, explain: int = 0) -> Scores:
        """Score all views and the first `sentences` sentences; terms are of head `explain - 1` (0: none)."""
        if self._taken > _CACHE - 1_000:
            self._titled.clear()
            self._plain.clear()
            self._taken = 0
        words_met, links_met = _Groups(), _Groups()
        word_spots: list[tuple[int, int, int]] = []
        link_spots: list[tuple[int, int, int]] = []
        seen: set[str] = set()
        place_of, column_of = self._titled, self.vocabulary.columns
        for number, segment in enumerate((reading.head, *reading.body)):
            words = words_of(self.vocabulary.lexis, segment)
            first = []
            for i, word in enumerate(words):
                if word not in seen:
                    seen.add(word)
                    first.append(place_of[word])
                    word_spots.append((number, i, i))
            own_links, first_links = [], []
            for link, i in self.vocabulary.lexis.links(words):
                column = column_of.get(link)
                if column is not None:
                    own_links.append(column)
                    if link not in seen:
                        seen.add(link)
                        first_links.append(column)
                        link_spots.append((number, i, min(i + 1, len(words) - 1) if " " in link else i))
            alone = number <= sentences
            words_met.segment(map(self._plain.__getitem__, dict.fromkeys(words)) if alone else (), first)
            links_met.segment(dict.fromkeys(own_links) if alone else (), first_links)
            place_of = self._plain
        word_rows = self._rows.take(words_met.indices, axis=0)
        link_rows = self._columns(links_met.indices)
        sums = words_met.sums(word_rows) + links_met.sums(link_rows)
        totals = sums[1::2].cumsum(axis=0)
        views, alone_scored = self._finish(totals[_last_segments(reading)]), self._finish(sums[0::2])
        out = Scores(views=views, sentences=alone_scored[: sentences + 1])
        if not explain:
            return out
        head = explain - 1
        spoken = np.concatenate([word_rows[words_met.first_at, head], link_rows[links_met.first_at, head]])
        weights = spoken.astype(np.float64) / (np.sqrt(totals[-1, -1]) + 1e-6)
        return replace(out, spots=[*word_spots, *link_spots], weights=weights)

    def _finish(self, totals: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        scored: npt.NDArray[np.float64] = totals[:, :-1] / (np.sqrt(totals[:, -1:]) + 1e-6) + self.bias
        return scored


def _last_segments(reading: Reading) -> list[int]:
    """Number of the last segment that each of VIEWS sees (0 is the title)."""
    lasts: list[int] = []
    words_read = 0
    for number, segment in enumerate(reading.body):
        while len(lasts) < len(VIEWS) and words_read >= VIEWS[len(lasts)][1]:
            lasts.append(number)
        words_read += len(segment.units)
    return lasts + [len(reading.body)] * (len(VIEWS) - len(lasts))
