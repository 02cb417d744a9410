"""How well the judgement screens: `python benchmarks/screening.py [--quick]` over ../shared/data.

Four learners on the same rows and at three input lengths (title alone, summary of 45 words, full opening):

* `keywords`   a list of loaded words, counted; what desks use today
* `tfidf`      plain word(1,2) + char_wb(3,5) TF-IDF with logistic regression
* `dini own`   our classifier trained on our own news alone (models/training/), nothing real
* `dini all`   our recipe for the shipped weights, trained only on what came before the tested days

The time split trains on labelled_dev before 15 June 2025 (and headlines, hand-labelled and mined items of
those days) and tests on the later days; stories on both sides of the cut are taken out. Figures carry
seeded 95 % bootstrap intervals. Days are read from the date column; items whose date cannot be read
are placed by the batch they were stored in. The keyword list needs no training. Everything is seeded.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from models import Classifier, Document, Example, load_shipped, read_labelled  # noqa: E402
from models.classifier import same_story  # noqa: E402
from models.evaluation import average_precision, calibration_error, interval, load_at  # noqa: E402
from models.training import LABELS, labelled_by_id, mined, own_news  # noqa: E402

SHARED = Path(os.environ.get("DINI_SHARED", str(ROOT.parent / "shared"))) / "data"
CUT = 20250615
SEED = 20
LENGTHS = {"title": 0, "summary": 45, "full": 10_000}
KEYWORDS = re.compile(
    r"demo|unjuk rasa|aksi|massa|bentrok|ricuh|rusuh|tawuran|konflik|sengketa|blokade|blokir|mogok|protes"
    r"|tolak|teror|bom|densus|kkb|opm|keroyok|serang|bakar|rusak|anarkis|ancam|usir|segel|geruduk|ormas"
    r"|tembak",
    re.IGNORECASE,
)
MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")

Scorer = Callable[[Sequence[Document]], npt.NDArray[np.float64]]


def day(date: str, source: str) -> int:
    """yyyymmdd of a row's date, or of its batch where the date cannot be read."""
    if m := re.search(r"(\d{4})[/-](\d\d)[/-](\d\d)", date):
        return int(m[1]) * 10_000 + int(m[2]) * 100 + int(m[3])
    if m := re.search(r"(\d\d?)[/-](\d\d?)[/-](\d{4})", date):
        return int(m[3]) * 10_000 + int(m[2]) * 100 + int(m[1])
    m = re.search(r"(\d\d?) ([A-Za-z]{3})[a-z]* (\d{4})", date)
    if m and m[2].lower() in MONTHS:
        return int(m[3]) * 10_000 + (MONTHS.index(m[2].lower()) + 1) * 100 + int(m[1])
    return 20250630 if "zainoor" in source else CUT


def days_of(path: Path, *, column: str) -> dict[str, int]:
    """Day by id of a shared table (a plain or gzipped CSV)."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    return {row[column]: day(row["date"], row["src"]) for row in csv.DictReader(io.StringIO(text))}


def cut_to(document: Document, words: int) -> Document:
    """The document with only the first `words` words of its text."""
    return replace(document, text=" ".join(document.text.split()[:words]))


def keyword_score(documents: Sequence[Document]) -> npt.NDArray[np.float64]:
    """Number of loaded words, the title counting double."""
    found = [2 * len(KEYWORDS.findall(d.title)) + len(KEYWORDS.findall(d.text)) for d in documents]
    return np.array(found, dtype=np.float64)


def tfidf(train: Sequence[Example]) -> Scorer:
    """Plain TF-IDF with logistic regression, fitted on the examples."""
    union = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2),
    )
    model = make_pipeline(union, LogisticRegression(C=10, class_weight="balanced", max_iter=1_000))
    model.fit([e.document.body for e in train], [e.flag for e in train])
    return lambda documents: model.predict_proba([d.body for d in documents])[:, 1]


def table(name: str, test: Sequence[Example], scorers: dict[str, Scorer]) -> None:
    """Print one line per learner and length."""
    flags = np.array([e.flag for e in test])
    print(f"\n{name}: {len(test)} items, {int(flags.sum())} relevant")
    print(f"{'learner':<12}{'input':<9}{'average precision':<26}{'load at 95 % recall':<26}{'ECE':<7}")
    for length, words in LENGTHS.items():
        documents = [cut_to(e.document, words) for e in test]
        for learner, score in scorers.items():
            scores = score(documents)
            ap = interval(average_precision, flags, scores, draws=300)
            load = interval(load_at, flags, scores, draws=300)
            error = f"{calibration_error(flags, scores):.3f}" if scores.max() <= 1 else "-"
            print(
                f"{learner:<12}{length:<9}{ap.value:.3f} [{ap.low:.3f}, {ap.high:.3f}]     "
                f"{load.value:.3f} [{load.low:.3f}, {load.high:.3f}]     {error}",
                flush=True,
            )


def axes(name: str, test: Sequence[Example], judge: Classifier) -> None:
    """Print the flag at the threshold and the axes on the relevant items."""
    for length, words in LENGTHS.items():
        found = judge.assess([cut_to(e.document, words) for e in test])
        pairs = [(a, e) for a, e in zip(found, test, strict=True) if e.flag]
        right = {axis: np.mean([getattr(a, axis).code == getattr(e, axis) for a, e in pairs]) for axis in
                 ("issue", "form", "realis")}  # fmt: skip
        recall = np.mean([a.flagged for a, _ in pairs])
        load = np.mean([a.flagged for a in found])
        print(
            f"{name:<12}{length:<9}recall {recall:.3f} at load {load:.3f}; issue {right['issue']:.3f},"
            f" form {right['form']:.3f}, realis {right['realis']:.3f}"
        )


def speed(documents: Sequence[Document]) -> None:
    """Items a second on one core through the whole assessment of the shipped model."""
    judge = load_shipped()
    for length, words in LENGTHS.items():
        shown = [cut_to(d, words) for d in documents]
        judge.assess(shown[:50])
        started = time.process_time()
        judge.assess(shown)
        print(
            f"assess {length:<9}{len(shown) / (time.process_time() - started):,.0f} items a second and core"
        )


def main() -> int:
    """Print the whole table; 2 when the shared data is absent."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="without the time split (no big training)")
    quick = parser.parse_args().quick
    if not SHARED.exists():
        print(f"{SHARED} is not here: this benchmark measures on the shared labelled news")
        return 2
    real = read_labelled(SHARED / "labelled_dev.csv")
    own = [e for path in own_news() for e in read_labelled(path)]
    judge = Classifier(seed=SEED, least=2).fit(own)
    table(
        "our own news alone, tested on all of labelled_dev",
        real,
        {"keywords": keyword_score, "tfidf": tfidf(own), "dini own": judge.relevance},
    )
    axes("dini own", real, judge)
    if not quick:
        time_split(real, own)
    speed([e.document for e in real])
    return 0


def time_split(real: Sequence[Example], own: Sequence[Example]) -> None:
    """Train before the cut, test after it."""
    when = days_of(SHARED / "labelled_dev.csv", column="id")
    before = [e for e in real if when[e.document.id] < CUT]
    after = [e for e in real if when[e.document.id] >= CUT]
    unread_days = days_of(SHARED / "unlabelled_dev.csv.gz", column="h")
    unread = [e.document for e in read_labelled(SHARED / "unlabelled_dev.csv.gz")]
    unread = [d for d in unread if unread_days[d.id] < CUT]
    labelled = labelled_by_id(LABELS, unread)
    known = {e.document.id for e in labelled}
    unread = [d for d in unread if d.id not in known]
    headlines = [replace(e, stratum="headline") for e in read_labelled(SHARED / "headlines_dev.csv")]
    stories = same_story([e.document for e in (*before, *labelled, *headlines, *after)])
    told = set(stories[: -len(after)])
    after = [e for e, story in zip(after, stories[-len(after) :], strict=True) if story not in told]
    together = [*own, *before, *headlines, *labelled]
    judge = Classifier(seed=SEED)
    sure = mined(judge.rank(together, unread, background=unread), unread, seed=SEED)
    judge.fit([*together, *sure], background=unread)
    table(
        "time split (before 15 June 2025 / after, no shared stories)",
        after,
        {"keywords": keyword_score, "tfidf": tfidf([*before, *labelled]), "dini all": judge.relevance},
    )
    axes("dini all", after, judge)


if __name__ == "__main__":
    raise SystemExit(main())
