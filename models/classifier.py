"""The learned judgement: is this news that an early-warning desk must see, and what does it tell?

Linear heads over one vocabulary (relevance; event or not; here and now or not; issue, form, realis), read at
four lengths and sentence by sentence, then calibrated on out-of-fold predictions.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models import explain
from models.calibration import (
    ELSEWHERE,
    Calibration,
    Doubles,
    missed_at_most,
    prior_weights,
    probability_of,
    signals,
    working_point,
)
from models.deeds import tells_a_deed, tells_of_action
from models.facts import find_facts
from models.features import Lexis, Reading, read
from models.places import find_place
from models.records import FORMS, ISSUES, REALIS, Assessment, Document, Example, Label
from models.vectors import BINARY, Heads, Scores, Vocabulary, common_words, words_of

if TYPE_CHECKING:
    from scipy import sparse

# scikit-learn is imported where something is learned: who only judges is spared 100 MB and a second
AXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("issue", (*ISSUES, "N")),
    ("form", FORMS),
    ("realis", REALIS),
)
_PLAIN = ("flag", "event", "here")
_VARIED = (("real", 1.0), ("calm", 0.1), ("sharp", 10.0))
"""The flag learned thrice more: from real news alone, and with a tenth and ten times the inverse penalty."""
_TRAINING_VIEWS = ("title", "lead", "full")
KINDS = ("title", "summary", "text")
"""Lengths of input, each with its own calibration and threshold: a title alone, a summary, a longer text."""
_CUT_AT = (0, 40)
"""Words that an example keeps (whole sentences) when it stands for a title or a summary."""
SUMMARY_WORDS = 70
_HERE = frozenset("ARTB")
EVERYDAY = "everyday"
"""Stratum of the items of ordinary days that were read and told nothing of any kind of conflict."""
_STREAM = ("read", EVERYDAY)
"""Strata that together are whole days of news: what told of a conflict or was like it, and the rest."""
STATEMENT = 0.4
"""From this probability of F0 a text without any deed counts as statement or criticism alone."""
_FEWEST_REAL = 40
"""With fewer relevant real examples than this our own news stands in for them."""
ABSTAIN_BELOW = 0.3
"""A code less likely than this is not proposed (probabilities are tempered out of fold)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Training rows: all examples in the first view, then all in the second, and so on."""

    matrix: sparse.csr_matrix
    shown: npt.NDArray[np.bool_]
    targets: dict[str, npt.NDArray[np.int64]]
    weights: Doubles
    uncoded: npt.NDArray[np.bool_]
    real: npt.NDArray[np.bool_]

    def of(
        self, name: str, chosen: npt.NDArray[np.bool_]
    ) -> tuple[sparse.csr_matrix, npt.NDArray[np.int64], Doubles]:
        """Matrix, target and weights of the chosen examples in all their views."""
        views = len(self.shown) // len(self.weights)
        rows = np.tile(chosen, views) & self.shown
        return self.matrix[rows], np.tile(self.targets[name], views)[rows], np.tile(self.weights, views)[rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """An example as title, summary and full text, scored by a model that never saw its story."""

    example: Example
    scores: tuple[Scores, ...]
    deeds: tuple[bool, ...]
    signals: tuple[Doubles, ...]
    fold: int

    @classmethod
    def of(
        cls, example: Example, reading: Reading, scores: tuple[Scores, ...], lexis: Lexis, *, fold: int
    ) -> _Seen:
        """Look at an example in its three lengths."""
        parts = _lengths(reading)
        deeds = tuple(_deed(part, lexis) for part in parts)
        found = tuple(signals(s, p, deed=d) for s, p, d in zip(scores, parts, deeds, strict=True))
        return cls(example=example, scores=scores, deeds=deeds, signals=found, fold=fold)


class Classifier:
    """Relevance, issue, form and realis of news in Indonesian.

    `miss` is the share of relevant items that may be missed (the threshold's rule), `base_rate` the share of
    relevant items in the stream the probabilities are meant for, `spare` the share of the irrelevant items of
    whole days that may be flagged (twice of titles alone). Examples with a `stratum` are real news and weigh
    `real_weight`; stratum "everyday" are the items of whole days in which nothing of the kind was found and
    weigh `everyday_weight`.
    """

    def __init__(
        self,
        *,
        miss: float = 0.05,
        base_rate: float = 0.07,
        inverse_penalty: float = 3.0,
        real_weight: float = 3.0,
        everyday_weight: float = 0.12,
        spare: float = 0.03,
        folds: int = 5,
        least: int = 3,
        seed: int = 20,
    ) -> None:
        self.miss = miss
        self.base_rate = base_rate
        self.inverse_penalty = inverse_penalty
        self.real_weight = real_weight
        self.everyday_weight = everyday_weight
        self.spare = spare
        self.folds = folds
        self.least = least
        self.seed = seed

    # -- learning ------------------------------------------------------------------------------------------
    def fit(self, examples: Sequence[Example]) -> Classifier:
        """Learn from labelled examples."""
        readings, vocabulary, rows = self._prepare(examples)
        groups = same_story([e.document for e in examples])
        out_of_fold = self._out_of_fold(vocabulary, rows, readings, groups)
        self.heads_ = self._fit_heads(vocabulary, rows, np.arange(len(readings)))
        self._calibrate(
            [
                _Seen.of(e, r, s, vocabulary.lexis, fold=fold)
                for e, r, (s, fold) in zip(examples, readings, out_of_fold, strict=True)
            ]
        )
        self.name_ = self._fingerprint()
        return self

    def _prepare(self, examples: Sequence[Example]) -> tuple[list[Reading], Vocabulary, _Rows]:
        readings = [read(e.document.title, e.document.text) for e in examples]
        lexis = Lexis(common_words(readings, least=self.least))
        vocabulary = Vocabulary.learn(lexis, readings, least=self.least)
        # an example without text has one view only
        bodied = np.array([bool(r.body) for r in readings])
        rows = _Rows(
            matrix=vocabulary.matrix(readings, _TRAINING_VIEWS),
            shown=np.concatenate([np.ones(len(readings), dtype=bool), bodied, bodied]),
            targets=_targets(examples),
            weights=np.array([self._weight(e) for e in examples]),
            uncoded=np.array([e.stratum == EVERYDAY for e in examples]),
            real=np.array([bool(e.stratum) for e in examples]),
        )
        return readings, vocabulary, rows

    def _weight(self, example: Example) -> float:
        if example.stratum == EVERYDAY:
            return self.everyday_weight
        if example.stratum == "headline":
            return 1.0
        return self.real_weight if example.stratum else 1.0

    def _fit_heads(self, vocabulary: Vocabulary, rows: _Rows, chosen: npt.NDArray[np.int64]) -> Heads:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        inside = np.zeros(len(rows.weights), dtype=bool)
        inside[chosen] = True
        columns: list[npt.NDArray[np.float32]] = []
        biases: list[float] = []
        for name, strength, of in self._binary(rows, inside):
            part, target, weight = rows.of(name, of)
            # a loose tolerance stops early: 2e-3 costs a tenth of average precision on later days
            model = LogisticRegression(C=strength * self.inverse_penalty, max_iter=500, tol=1e-4)
            model.fit(part, target, sample_weight=prior_weights(target == 1, weight, 0.5))
            columns.append(model.coef_.astype(np.float32).T)
            biases.append(float(model.intercept_[0]))
        whole = np.array([name[0] != "#" for name in vocabulary.names])
        for name, codes in AXES:
            coef = np.zeros((len(codes), len(vocabulary.names)), dtype=np.float32)
            bias = np.full(len(codes), -6.0)
            part, target, weight = rows.of(name, inside & ~rows.uncoded & (rows.targets[name] >= 0))
            model = LogisticRegression(C=2 * self.inverse_penalty, max_iter=100, tol=1e-3)
            with warnings.catch_warnings():
                # a hundred steps are enough for the axes; the last decimals of a softmax buy nothing
                warnings.simplefilter("ignore", ConvergenceWarning)
                # n-grams make the axes five times slower and no better
                model.fit(part[:, whole], target, sample_weight=_softened(target, weight))
            learned = np.zeros((len(model.coef_), len(whole)), dtype=np.float32)
            learned[:, whole] = model.coef_
            if len(model.classes_) == 2:
                coef[model.classes_] = np.stack([-learned[0], learned[0]]) / 2
                bias[model.classes_] = [-model.intercept_[0] / 2, model.intercept_[0] / 2]
            else:
                coef[model.classes_] = learned
                bias[model.classes_] = model.intercept_
            columns.append(coef.T)
            biases.extend(float(b) for b in bias)
        return Heads(vocabulary, np.ascontiguousarray(np.hstack(columns)), np.array(biases, dtype=np.float32))

    def _binary(
        self, rows: _Rows, inside: npt.NDArray[np.bool_]
    ) -> list[tuple[str, float, npt.NDArray[np.bool_]]]:
        """Target, strength and examples of each binary head."""
        # everyday items got no codes: irrelevant they are, but they may well be foreign or old
        heads = [(name, 1.0, inside & ~(rows.uncoded & (name == "here"))) for name in _PLAIN]
        real = inside & rows.real
        if rows.targets["flag"][real].sum() < _FEWEST_REAL:
            real = inside
        heads += [("flag", strength, real if name == "real" else inside) for name, strength in _VARIED]
        return heads

    def _out_of_fold(
        self, vocabulary: Vocabulary, rows: _Rows, readings: Sequence[Reading], groups: npt.NDArray[np.int64]
    ) -> list[tuple[tuple[Scores, ...], int]]:
        """For each reading, scores as title, as summary and in full by a model that never saw its story.

        With each the number of its fold.
        """
        out: list[tuple[tuple[Scores, ...], int] | None] = [None] * len(readings)
        from sklearn.model_selection import StratifiedGroupKFold

        folds = StratifiedGroupKFold(self.folds, shuffle=True, random_state=self.seed)
        parts = folds.split(np.zeros(len(readings)), rows.targets["flag"], groups)
        for number, (train, test) in enumerate(parts):
            heads = self._fit_heads(vocabulary, rows, train)
            for i in test:
                out[i] = tuple(heads.score(part) for part in _lengths(readings[i])), number
        return [scores for scores in out if scores is not None]

    def _calibrate(self, seen: Sequence[_Seen]) -> None:
        """Calibrations, set-asides and thresholds from what models said of stories they never saw."""
        stream = [s for s in seen if s.example.stratum in _STREAM and not s.example.flag]
        real = [s for s in seen if s.example.stratum not in ("", EVERYDAY)]
        if sum(s.example.flag for s in real) < _FEWEST_REAL:
            real = [s for s in seen if s.example.stratum != EVERYDAY]
        self._temper(real)
        self.calibrations_: dict[str, Calibration] = {}
        self.thresholds_: dict[str, float] = {}
        self.set_aside_: dict[str, float] = {}
        self.guarantees_: dict[str, tuple[int, int, float]] = {}
        self.set_aside_relevant_: dict[str, int] = {}
        self.out_of_fold_: dict[str, tuple[Doubles, npt.NDArray[np.bool_]]] = {}
        self.stream_flagged_: dict[str, tuple[int, int]] = {}
        for view, kind in enumerate(KINDS):
            shown = [s for s in real if kind == "title" or s.example.document.text.strip()]
            truths = np.array([s.example.flag for s in shown])
            rows = np.array([s.signals[view] for s in shown])
            self.calibrations_[kind] = self._calibration(rows, truths)
            # the figures and the threshold must not rest on a calibration that saw the row either
            folds = np.array([s.fold for s in shown])
            probability = np.zeros(len(shown))
            beside = np.zeros(len(stream))
            for fold in range(self.folds):
                inside, outside = folds == fold, [i for i, s in enumerate(stream) if s.fold == fold]
                if not inside.any():
                    continue
                part = self._calibration(rows[~inside], truths[~inside])
                probability[inside] = part.probability(rows[inside])
                if outside:
                    beside[outside] = part.probability(np.array([stream[i].signals[view] for i in outside]))
            self.out_of_fold_[kind] = (probability, truths)
            relevant = [s for s in shown if s.example.flag]
            likely = probability[truths]
            self.thresholds_[kind] = working_point(likely, self.miss)
            self._choose_set_aside(kind, view, relevant, likely)
            self._spend(kind, view, stream, beside)
            missed = int((likely < self.thresholds_[kind]).sum())
            self.guarantees_[kind] = (missed, len(likely), missed_at_most(missed, len(likely)))
            # the rules of rights are no part of the promise: what they cost is counted beside it
            self.set_aside_relevant_[kind] = sum(
                p >= self.thresholds_[kind]
                and self._set_aside(p, s.scores[view], deed=s.deeds[view], kind=kind) is not None
                for s, p in zip(relevant, likely.tolist(), strict=True)
            )

    def _spend(self, kind: str, view: int, stream: Sequence[_Seen], probability: Doubles) -> None:
        """Lower the threshold as far as the desk can afford: until `spare` of irrelevant news is flagged.

        The promise alone stops where few labels end, far above what an ordinary day leaves time for.
        """
        kept = [
            p
            for s, p in zip(stream, probability.tolist(), strict=True)
            if self._set_aside(p, s.scores[view], deed=s.deeds[view], kind=kind) is None
        ]
        most = int(self.spare * (2 if kind == "title" else 1) * len(stream))
        if len(kept) > most:
            affordable = float(np.nextafter(sorted(kept, reverse=True)[most], 1.0))
            self.thresholds_[kind] = min(self.thresholds_[kind], affordable)
        flagged = sum(p >= self.thresholds_[kind] for p in kept)
        self.stream_flagged_[kind] = (flagged, len(stream))

    def _calibration(self, rows: Doubles, truths: npt.NDArray[np.bool_]) -> Calibration:
        return Calibration().fit(rows, truths, prior_weights(truths, np.ones(len(truths)), self.base_rate))

    def _temper(self, real: Sequence[_Seen]) -> None:
        """Per axis the factor on the log-odds that makes the probabilities of relevant items most likely."""
        self.temper_: dict[str, float] = {}
        relevant = [s for s in real if s.example.flag]
        for axis, (name, codes) in enumerate(AXES):
            logits = np.array([self._logits(s.scores[-1], axis, relevant=True) for s in relevant])
            truth = np.array([codes.index(getattr(s.example, name)) for s in relevant])
            best = (-np.inf, 1.0)
            for factor in np.linspace(0.5, 6.0, 23):
                tempered = logits * factor
                top = tempered.max(axis=1, keepdims=True)
                norm = top[:, 0] + np.log(np.exp(tempered - top).sum(axis=1))
                likely = np.maximum(tempered[np.arange(len(relevant)), truth] - norm, -8.0)
                best = max(best, (float(likely.mean()), float(factor)))
            self.temper_[name] = best[1]

    def _choose_set_aside(
        self, kind: str, view: int, relevant: Sequence[_Seen], probability: Doubles
    ) -> None:
        """How sure realis or F0 must be to set an item aside: surer than on (nearly) all relevant items.

        Of the relevant items out of fold that are at all likely the first two rules may lose one in two
        hundred each; a statement so sure that the words of a deed in it do not matter, one in a hundred.
        """
        likely = probability >= self.thresholds_[kind]
        against = [
            (self._against(s.scores[view]), s.deeds[view])
            for s, chosen in zip(relevant, likely, strict=True)
            if chosen
        ]
        for rule, lost in (("realis", 0.005), ("form", 0.005), ("sure", 0.01)):
            values = [_value(rule, found, deed=deed) for found, deed in against]
            limit = float(np.quantile(values, 1 - lost)) if values else 0.99
            self.set_aside_[f"{rule} {kind}"] = max(0.95 if rule == "sure" else 0.5, limit)
        if kind != "title":
            # the codebook's own rule outweighs a point of recall: a text that tells no deed and reads like a
            # statement is never flagged (at most 4 of 222 relevant texts out of fold tell no deed)
            self.set_aside_[f"form {kind}"] = min(self.set_aside_[f"form {kind}"], STATEMENT)

    def _set_aside(self, relevance: float, scores: Scores, *, deed: bool, kind: str) -> str | None:
        """The rule that sets an item aside although its relevance may be high enough, or None."""
        against = self._against(scores)
        if relevance < 0.5 and against["realis"] > self.set_aside_[f"realis {kind}"]:
            return "bukan kejadian di sini dan kini (C/S/H/L)"
        limit = self.set_aside_[f"sure {kind}"]
        if not deed:
            limit = min(limit, self.set_aside_[f"form {kind}"])
        if against["form"] > limit:
            return "pernyataan atau kritik tanpa kejadian (F0)"
        return None

    def _against(self, scores: Scores) -> dict[str, float]:
        """How likely the item is not here and now (realis C, S, H, L); how likely only F0."""
        realis, form = self._shares(scores, 2, relevant=False), self._shares(scores, 1, relevant=False)
        return {"realis": float(realis[ELSEWHERE].sum()), "form": float(form[0])}

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        digest.update(self.heads_.weights.astype(np.float16).tobytes())
        digest.update("\n".join(self.heads_.vocabulary.names).encode())
        digest.update(repr(sorted(self.thresholds_.items())).encode())
        digest.update(repr(sorted(self.set_aside_.items())).encode())
        for kind in KINDS:
            digest.update(self.calibrations_[kind].slope_.astype(np.float32).tobytes())
        return f"dini-{digest.hexdigest()[:12]}"

    # -- judging -------------------------------------------------------------------------------------------
    def relevance(self, documents: Sequence[Document]) -> Doubles:
        """Calibrated probabilities of relevance, without evidence (fast)."""
        out = np.zeros(len(documents))
        for i, document in enumerate(documents):
            reading = read(document.title, document.text)
            deed = _deed(reading, self.heads_.vocabulary.lexis)
            found = signals(self.heads_.score(reading), reading, deed=deed)
            out[i] = self.calibrations_[kind_of(reading)].probability(found[None, :])[0]
        return out

    def assess(self, documents: Sequence[Document]) -> list[Assessment]:
        """Judge documents; everything needed to say why is in each assessment."""
        return [self._assess(document) for document in documents]

    def _logits(self, scores: Scores, axis: int, *, relevant: bool) -> Doubles:
        """Mean log-odds of an axis' codes over the views; for a relevant item neither N nor F0 can win."""
        name, codes = AXES[axis]
        start = BINARY + sum(len(c) for _, c in AXES[:axis])
        logits: Doubles = scores.views[:, start : start + len(codes)].mean(axis=0)
        if relevant and name != "realis":
            logits = logits.copy()
            logits[-1 if name == "issue" else 0] = -50.0
        return logits

    def _shares(self, scores: Scores, axis: int, *, relevant: bool) -> Doubles:
        logits = self._logits(scores, axis, relevant=relevant) * self.temper_[AXES[axis][0]]
        shares = np.exp(logits - logits.max())
        out: Doubles = shares / shares.sum()
        return out

    def _label(self, scores: Scores, axis: int, *, relevant: bool) -> Label:
        shares = self._shares(scores, axis, relevant=relevant)
        best = int(np.argmax(shares))
        code, p = AXES[axis][1][best], float(shares[best])
        return Label(code=code if p >= ABSTAIN_BELOW and code != "N" else None, probability=round(p, 4))

    def _assess(self, document: Document) -> Assessment:
        reading = read(document.title, document.text)
        scores = self.heads_.score(reading, explain=1)
        deed = _deed(reading, self.heads_.vocabulary.lexis)
        kind = kind_of(reading)
        parts = self.calibrations_[kind].parts(signals(scores, reading, deed=deed))
        relevance = probability_of(parts)
        threshold = self.thresholds_[kind]
        facts = find_facts(document.title, document.text)
        flagged, verdict = self._verdict(relevance, threshold, scores, deed=deed, kind=kind)
        issue, form, realis = (self._label(scores, axis, relevant=flagged) for axis in range(3))
        place = find_place(document)
        sentence = explain.strongest_sentence(document, reading, scores)
        form_span = explain.form_cue(document, reading, form.code)
        realis_span = explain.realis_cue(document, reading, realis.code)
        evidence = [
            *(e for e in (sentence, form_span, realis_span) if e is not None),
            *explain.term_evidence(document, reading, scores.loudest(explain.MOST_TERMS)),
        ]
        return Assessment(
            document_id=document.id,
            relevance=relevance,
            flagged=flagged,
            threshold=threshold,
            issue=issue,
            form=form,
            realis=realis,
            place=place,
            facts=facts,
            evidence=tuple(evidence),
            reasons=explain.reasons(
                sentence=sentence,
                issue=issue,
                form=form,
                form_span=form_span,
                realis=realis,
                realis_span=realis_span,
                place=place,
                facts=facts,
                verdict=verdict,
                obfuscated=reading.obfuscated,
            ),
            model=self.name_,
            obfuscated=reading.obfuscated,
            parts=parts,
        )

    def _verdict(
        self, relevance: float, threshold: float, scores: Scores, *, deed: bool, kind: str
    ) -> tuple[bool, str]:
        """The flag and the sentence that says why: the threshold, then the two set-asides."""
        said = f"nilai {explain.number(relevance)}"
        limit = explain.number(threshold)
        if relevance < threshold:
            return False, f"Tidak ditandai karena {said} < ambang {limit}"
        rule = self._set_aside(relevance, scores, deed=deed, kind=kind)
        if rule is not None:
            return False, f"Tidak ditandai walau {said} ≥ ambang {limit}: {rule}"
        return True, f"Ditandai karena {said} ≥ ambang {limit}"


def _value(rule: str, found: dict[str, float], *, deed: bool) -> float:
    """What a set-aside rule compares with its limit, out of what speaks against an item."""
    if rule == "realis":
        return found["realis"]
    return 0.0 if rule == "form" and deed else found["form"]


def shorten(reading: Reading, words: int) -> Reading:
    """The same reading with only the sentences that fit into about `words` words (0: the title alone)."""
    kept, left = [], words
    for segment in reading.body:
        if left <= 0:
            break
        kept.append(segment)
        left -= len(segment.units)
    return Reading(title=reading.title, text=reading.text, head=reading.head, body=tuple(kept))


def kind_of(reading: Reading) -> str:
    """Which of KINDS a reading is, by the words of its text."""
    if not reading.body:
        return "title"
    length = sum(len(segment.units) for segment in reading.body)
    return "summary" if length <= SUMMARY_WORDS else "text"


def _lengths(reading: Reading) -> tuple[Reading, ...]:
    """A reading as title, as summary and in full (order of KINDS)."""
    return (*(shorten(reading, words) for words in _CUT_AT), reading)


def same_story(documents: Sequence[Document], *, least: float = 0.35) -> npt.NDArray[np.int64]:
    """Group numbers of documents that tell one story (shared rare words): folds must not share them."""
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [f"{d.title} {d.title} {d.text[:600]}" for d in documents]
    vectors = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.1).fit_transform(texts)
    similar = (vectors @ vectors.T).tocsr()
    similar.data[similar.data < least] = 0
    similar.eliminate_zeros()
    labels: npt.NDArray[np.int64] = connected_components(similar, directed=False)[1].astype(np.int64)
    return labels


def _deed(reading: Reading, lexis: Lexis) -> bool:
    """Whether a deed is told in the segments of a reading."""
    text = reading.text.text[: reading.body[-1].end] if reading.body else ""
    if tells_a_deed(reading.title.text, text):
        return True
    # the same text with typing errors mended
    spelled = " ".join(word for part in (reading.head, *reading.body) for word in words_of(lexis, part))
    return tells_of_action(spelled[:2_000])


def _targets(examples: Sequence[Example]) -> dict[str, npt.NDArray[np.int64]]:
    out = {
        "flag": np.array([e.flag for e in examples], dtype=np.int64),
        "event": np.array([e.issue != "N" and e.form >= "F1" for e in examples], dtype=np.int64),
        "here": np.array([e.realis in _HERE for e in examples], dtype=np.int64),
    }
    for name, codes in AXES:
        place = {code: i for i, code in enumerate(codes)}
        out[name] = np.array([place.get(getattr(e, name), -1) for e in examples], dtype=np.int64)
    return out


def _softened(target: npt.NDArray[np.int64], weights: Doubles) -> Doubles:
    """Rare codes count more, by the square root of how rare they are."""
    share = np.bincount(target, weights=weights, minlength=int(target.max()) + 1)
    out = weights / np.sqrt(share[target])
    scaled: Doubles = out / out.mean()
    return scaled
