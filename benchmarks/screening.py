"""How well the judgement screens: `python benchmarks/screening.py [--quick] [--out FILE.md]`, ../shared/data.

Four learners on the same rows and at three input lengths (title alone, summary of 45 words, full opening):

* `keywords`   a list of loaded words, counted; what desks use today
* `tfidf`      plain word(1,2) + char_wb(3,5) TF-IDF with logistic regression
* `dini own`   our classifier trained on our own news alone (models/training/), nothing real
* `dini all`   our recipe for the shipped weights, trained only on what came before the tested days

The time split trains on labelled_dev before 15 June 2025 (and headlines, and whole days of news read
those days) and tests on the later days; stories on both sides of the cut are taken out. Figures carry
seeded 95 % bootstrap intervals. Days are read from the date column; items whose date cannot be read
are placed by the batch they were stored in. The keyword list needs no training. Everything is seeded.

Below each pair of figures stand their parts: by stratum, by bidang and issue (recall at the threshold), by
realis of what is irrelevant (share wrongly flagged), with 95 % Wilson intervals. The other learners have no
threshold, so they may flag as many items as our classifier does at that length. The last table is the
shipped recipe out of fold on all labelled real news; it is learned in a second process meanwhile.
`--out benchmarks/figures.md` keeps all tables as Markdown.
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
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two trainings side by side; one thread each is quickest

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
from models.training import LABELS, labelled_by_id, own_news, read_whole, train_on  # noqa: E402
from screening.taxonomy import BIDANG, ISSUE_TERMS, REALIS_TERMS  # noqa: E402

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
Chosen = npt.NDArray[np.bool_]
Group = tuple[str, Chosen]
OutOfFold = dict[str, tuple[npt.NDArray[np.float64], Chosen]]


@dataclass
class Sheet:
    """The tables of a run as Markdown."""

    lines: list[str] = field(default_factory=list)

    def add(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Keep a table; nothing is printed."""
        self.lines += ["", f"**{title}**", ""]
        self.lines += [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]

    def show(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Keep a table and print it in columns."""
        self.add(title, head, rows)
        wide = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
        print(f"\n{title}")
        for row in (head, *rows):
            print("  ".join(cell.ljust(n) for cell, n in zip(row, wide, strict=True)).rstrip(), flush=True)


def share(hits: Chosen) -> str:
    """How many of the items, with the 95 % Wilson interval."""
    n = len(hits)
    if not n:
        return "-"
    z, p = 1.96, float(hits.mean())
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return f"{p:.2f} [{max(0.0, low):.2f}, {min(1.0, high):.2f}]"


def as_many(scores: npt.NDArray[np.float64], number: int) -> Chosen:
    """The `number` items with the highest scores; equal ones in a seeded order."""
    order = np.lexsort((np.random.default_rng(SEED).random(len(scores)), -scores))
    chosen = np.zeros(len(scores), dtype=bool)
    chosen[order[:number]] = True
    return chosen


def by_issue(examples: Sequence[Example]) -> list[Group]:
    """The relevant items: all, by bidang, by issue."""
    flags = np.array([e.flag for e in examples])
    issues = np.array([e.issue for e in examples])
    fields = np.array([e.issue[0] for e in examples])
    return [
        ("all", flags),
        *((f"{term.code} {term.en}", flags & (fields == term.code)) for term in BIDANG),
        *((f"{term.code} {term.en}", flags & (issues == term.code)) for term in ISSUE_TERMS),
    ]


def by_realis(examples: Sequence[Example]) -> list[Group]:
    """What must not be flagged: all, by realis, and the look-alikes that are about an issue."""
    calm = ~np.array([e.flag for e in examples])
    about = np.array([e.issue != "N" for e in examples])
    realis = np.array([e.realis for e in examples])
    statement = np.array([e.form == "F0" for e in examples])
    return [
        ("all", calm),
        *((f"{term.code} {term.en}", calm & (realis == term.code)) for term in REALIS_TERMS),
        *((f"{term.code}, about an issue", calm & about & (realis == term.code)) for term in REALIS_TERMS),
        ("F0 about an issue (criticism)", calm & about & statement),
    ]


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


def table(
    sheet: Sheet, name: str, test: Sequence[Example], scorers: dict[str, Scorer]
) -> dict[tuple[str, str], npt.NDArray[np.float64]]:
    """Print one line per learner and length; the scores by both."""
    flags = np.array([e.flag for e in test])
    rows: list[list[str]] = []
    out: dict[tuple[str, str], npt.NDArray[np.float64]] = {}
    print(f"\n{name}: {len(test)} items, {int(flags.sum())} relevant")
    print(f"{'learner':<12}{'input':<9}{'average precision':<26}{'load at 95 % recall':<26}{'ECE':<7}")
    for length, words in LENGTHS.items():
        documents = [cut_to(e.document, words) for e in test]
        for learner, score in scorers.items():
            scores = out[learner, length] = score(documents)
            ap = interval(average_precision, flags, scores, draws=300)
            load = interval(load_at, flags, scores, draws=300)
            error = f"{calibration_error(flags, scores):.3f}" if scores.max() <= 1 else "-"
            print(
                f"{learner:<12}{length:<9}{ap.value:.3f} [{ap.low:.3f}, {ap.high:.3f}]     "
                f"{load.value:.3f} [{load.low:.3f}, {load.high:.3f}]     {error}",
                flush=True,
            )
            figures = [f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" for one in (ap, load)]
            rows.append([learner, length, *figures, error])
    title = f"{name}: {len(test)} items, {int(flags.sum())} relevant"
    sheet.add(title, ("learner", "input", "average precision", "load at 95 % recall", "ECE"), rows)
    return out


def axes(
    sheet: Sheet,
    name: str,
    test: Sequence[Example],
    judge: Classifier,
    scores: dict[tuple[str, str], npt.NDArray[np.float64]],
    *,
    where: str = "",
) -> None:
    """Print the flag at the threshold and the axes on the relevant items, then all of it by group.

    `where` begins the titles, if the same learner is tested on two sets.
    """
    flagged: dict[str, Chosen] = {}
    rows: list[list[str]] = []
    for length, words in LENGTHS.items():
        found = judge.assess([cut_to(e.document, words) for e in test])
        flagged[length] = np.array([a.flagged for a in found])
        pairs = [(a, e) for a, e in zip(found, test, strict=True) if e.flag]
        right = {axis: np.mean([getattr(a, axis).code == getattr(e, axis) for a, e in pairs]) for axis in
                 ("issue", "form", "realis")}  # fmt: skip
        recall = np.mean([a.flagged for a, _ in pairs])
        load = np.mean([a.flagged for a in found])
        print(
            f"{name:<12}{length:<9}recall {recall:.3f} at load {load:.3f}; issue {right['issue']:.3f},"
            f" form {right['form']:.3f}, realis {right['realis']:.3f}"
        )
        hit = np.array([a.flagged for a, _ in pairs])
        rows.append([length, share(hit), f"{load:.3f}", *(f"{value:.3f}" for value in right.values())])
    sheet.add(
        f"{where}{name}, at the threshold; codes on the relevant items",
        ("input", "recall", "load", "issue", "form", "realis"),
        rows,
    )
    strata(sheet, name, test, flagged, scores, where=where)
    others = [learner for learner in dict.fromkeys(learner for learner, _ in scores) if learner != name]
    chosen = {f"{name}, {length}": flags for length, flags in flagged.items()}
    for learner in others:
        chosen[f"{learner}, full"] = as_many(scores[learner, "full"], int(flagged["full"].sum()))
    grouped(sheet, f"{where}{name}: recall by bidang and issue, at one load", by_issue(test), chosen)
    grouped(sheet, f"{where}{name}: share wrongly flagged of what is irrelevant", by_realis(test), chosen)


def strata(
    sheet: Sheet,
    name: str,
    test: Sequence[Example],
    flagged: dict[str, Chosen],
    scores: dict[tuple[str, str], npt.NDArray[np.float64]],
    *,
    where: str = "",
) -> None:
    """How the learners do on the parts of a set, by how they were drawn."""
    flags, stratum = np.array([e.flag for e in test]), np.array([e.stratum for e in test])
    rows = []
    for kind in sorted(set(stratum.tolist())):
        inside = stratum == kind
        for (learner, length), found in scores.items():
            ours = flagged[length]
            marked = ours if learner == name else as_many(found, int(ours.sum()))
            figure = "-"
            if flags[inside].any():
                ap = interval(average_precision, flags[inside], found[inside], draws=300)
                figure = f"{ap.value:.3f} [{ap.low:.3f}, {ap.high:.3f}]"
            counts = [str(int(inside.sum())), str(int(flags[inside].sum()))]
            recall, load = share(marked[inside & flags]), f"{marked[inside].mean():.3f}"
            rows.append([kind, learner, length, *counts, figure, recall, load])
    head = ("stratum", "learner", "input", "items", "relevant", "average precision", "recall", "load")
    sheet.show(f"{where}{name}: by stratum, all learners at one load", head, rows)


def grouped(sheet: Sheet, title: str, groups: Sequence[Group], chosen: dict[str, Chosen]) -> None:
    """A line for each group that is not empty: how much of it each column marks."""
    rows = [
        [label, str(int(inside.sum())), *(share(marked[inside]) for marked in chosen.values())]
        for label, inside in groups
        if inside.any()
    ]
    sheet.show(title, ("group", "n", *chosen), rows)


def shipped_recipe() -> tuple[str, dict[str, float], OutOfFold]:
    """Learn as the shipped weights are learned: name, thresholds, scores out of fold by kind of input."""
    judge = train_on([e for path in own_news() for e in read_labelled(path)], shared=SHARED, seed=SEED)
    return judge.name_, judge.thresholds_, judge.out_of_fold_


def real_news() -> list[Example]:
    """Every real labelled item, in the order in which the shipped recipe learns them."""
    unread = [e.document for e in read_labelled(SHARED / "unlabelled_dev.csv.gz")]
    return [
        *read_labelled(SHARED / "labelled_dev.csv"),
        *(replace(e, stratum="headline") for e in read_labelled(SHARED / "headlines_dev.csv")),
        *labelled_by_id(LABELS, unread),
    ]


def out_of_fold(
    sheet: Sheet, real: Sequence[Example], learned: tuple[str, dict[str, float], OutOfFold]
) -> None:
    """The shipped recipe on every real labelled item, judged by a model that never saw its story."""
    name, thresholds, found = learned
    rows, recalls, falses = [], {}, {}
    for kind, (scores, flags) in found.items():
        shown = [e for e in real if kind == "title" or e.document.text.strip()]
        if [e.flag for e in shown] != flags.tolist():
            raise ValueError(f"the scores out of fold of {kind} are not those of these items")
        marked = scores >= thresholds[kind]
        stratum = np.array([e.stratum for e in shown])
        for part in ("all", *sorted(set(stratum.tolist()))):
            inside = np.ones(len(shown), dtype=bool) if part == "all" else stratum == part
            ap = interval(average_precision, flags[inside], scores[inside], draws=300)
            load = interval(load_at, flags[inside], scores[inside], draws=300)
            figures = [f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" for one in (ap, load)]
            counts = [str(int(inside.sum())), str(int(flags[inside].sum()))]
            at_threshold = [share(marked[inside & flags]), f"{marked[inside].mean():.3f}"]
            error = f"{calibration_error(flags[inside], scores[inside]):.3f}"
            rows.append([kind, part, *counts, *figures, *at_threshold, error])
        recalls[kind] = {label: share(marked[inside]) for label, inside in by_issue(shown)}
        falses[kind] = {label: share(marked[inside]) for label, inside in by_realis(shown)}
    head = ("input", "stratum", "items", "relevant", "average precision", "load at 95 % recall", "recall",
            "load", "ECE")  # fmt: skip
    sheet.show(f"shipped recipe {name} out of fold, before set-asides", head, rows)
    for title, groups, shares in (
        ("recall by bidang and issue", by_issue(real), recalls),
        ("share wrongly flagged of what is irrelevant", by_realis(real), falses),
    ):
        lines = [
            [label, str(int(inside.sum())), *(shares[kind][label] for kind in found)]
            for label, inside in groups
            if inside.any()
        ]
        sheet.show(f"shipped recipe out of fold: {title}", ("group", "n as title", *found), lines)


def speed(sheet: Sheet, documents: Sequence[Document]) -> None:
    """Items a second on one core through the whole assessment of the shipped model."""
    judge = load_shipped()
    rows = []
    for length, words in LENGTHS.items():
        shown = [cut_to(d, words) for d in documents]
        judge.assess(shown[:50])
        started = time.process_time()
        judge.assess(shown)
        pace = f"{len(shown) / (time.process_time() - started):,.0f}"
        print(f"assess {length:<9}{pace} items a second and core")
        rows.append([length, pace])
    sheet.add("speed of the shipped model, whole assessments", ("input", "items a second and core"), rows)


def main() -> int:
    """Print the whole table; 2 when the shared data is absent."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="without the big trainings (time split, folds)")
    parser.add_argument("--out", type=Path, metavar="FILE.md", help="keep the tables as Markdown")
    options = parser.parse_args()
    if not SHARED.exists():
        print(f"{SHARED} is not here: this benchmark measures on the shared labelled news")
        return 2
    started = time.monotonic()
    sheet = Sheet()
    with ProcessPoolExecutor(1) as beside:
        learned = None if options.quick else (real_news(), beside.submit(shipped_recipe))
        measure(sheet, learned)
    minutes = (time.monotonic() - started) / 60
    print(f"{minutes:.1f} minutes")
    if options.out:
        told = f"Written by `python benchmarks/screening.py{' --quick' if options.quick else ''} --out"
        opening = f"{told} {options.out.name}` in {minutes:.1f} minutes; what each table is stands there."
        text = "\n".join(["# Figures of the screening", opening, *sheet.lines])
        options.out.write_text(f"{text}\n", encoding="utf-8")
    return 0


def measure(
    sheet: Sheet,
    learned: tuple[list[Example], Future[tuple[str, dict[str, float], OutOfFold]]] | None,
) -> None:
    """All tables in their order; without `learned` those of our own news only."""
    real = read_labelled(SHARED / "labelled_dev.csv")
    own = [e for path in own_news() for e in read_labelled(path)]
    judge = Classifier(seed=SEED, least=2).fit(own)
    scores = table(
        sheet,
        "our own news alone, tested on all of labelled_dev",
        real,
        {"keywords": keyword_score, "tfidf": tfidf(own), "dini own": judge.relevance},
    )
    axes(sheet, "dini own", real, judge, scores)
    if learned is not None:
        time_split(sheet, real, own)
        out_of_fold(sheet, learned[0], learned[1].result())
    speed(sheet, [e.document for e in real])


def time_split(sheet: Sheet, real: Sequence[Example], own: Sequence[Example]) -> None:
    """Train before the cut, test after it."""
    when = days_of(SHARED / "labelled_dev.csv", column="id")
    before = [e for e in real if when[e.document.id] < CUT]
    after = [e for e in real if when[e.document.id] >= CUT]
    pool_days = days_of(SHARED / "unlabelled_dev.csv.gz", column="h")
    pool = [e.document for e in read_labelled(SHARED / "unlabelled_dev.csv.gz")]
    early = [d for d in pool if pool_days[d.id] < CUT]
    labelled = labelled_by_id(LABELS, early)
    headlines = [replace(e, stratum="headline") for e in read_labelled(SHARED / "headlines_dev.csv")]
    stories = same_story([e.document for e in (*before, *labelled, *headlines, *after)])
    told = set(stories[: -len(after)])
    after = [e for e, story in zip(after, stories[-len(after) :], strict=True) if story not in told]
    judge = Classifier(seed=SEED)
    judge.fit([*own, *before, *headlines, *labelled, *rest_of(early, labelled)])
    scores = table(
        sheet,
        "time split (before 15 June 2025 / after, no shared stories)",
        after,
        {"keywords": keyword_score, "tfidf": tfidf([*before, *labelled]), "dini all": judge.relevance},
    )
    axes(sheet, "dini all", after, judge, scores)
    late = [d for d in pool if pool_days[d.id] >= CUT]
    coded = labelled_by_id(LABELS, late)
    # In the order of their ids: among equal scores no learner may gain from relevant items standing first.
    whole = sorted([*coded, *rest_of(late, coded)], key=lambda one: one.document.id)
    stream = table(
        sheet,
        "whole days after 15 June 2025, read whole, as they come (120 words at most)",
        whole,
        {"keywords": keyword_score, "tfidf": tfidf([*before, *labelled]), "dini all": judge.relevance},
    )
    axes(sheet, "dini all", whole, judge, stream, where="whole days, ")


def rest_of(pool: Sequence[Document], coded: Sequence[Example]) -> list[Example]:
    """The items of days that were read whole which nobody had to code: irrelevant."""
    known = {e.document.id for e in coded}
    return read_whole([d for d in pool if d.id not in known])


if __name__ == "__main__":
    raise SystemExit(main())
