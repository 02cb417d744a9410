"""How fast and how large is the judgement? `python benchmarks/speed.py [--items N] [--own]`, ../shared/data.

* summaries (title and 40 words) and full texts through `Classifier.assess`: normalise, relevance and axes,
  place, facts, evidence and reasons; in CPU time of one process, and by the clock with two processes (`Crew`)
* the scoring alone, `Classifier.relevance`, against `predict_proba` of plain scikit-learn in the same run:
  word(1,2) + char_wb(3,5) TF-IDF with logistic regression, trained on our own news
* memory of a fresh process that loads the shipped model and judges the same summaries

CPU time, not the clock, because the clock also counts what else the machine does. First contact is counted
(no item is seen before it is timed). Average precision is of labelled_dev as summaries: the shipped model has
learned from those rows, so only `--own` (our recipe trained on the very news the plain one was) may be
compared; the tested figures are those of benchmarks/screening.py.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from models import Classifier, Crew, Document, Example, load_shipped, read_labelled  # noqa: E402
from models.evaluation import average_precision  # noqa: E402
from models.training import own_news  # noqa: E402

SHARED = Path(os.environ.get("DINI_SHARED", str(ROOT.parent / "shared"))) / "data"
SUMMARY = 40
REPEATS = 3

Scores = npt.NDArray[np.float64]
Scorer = Callable[[Sequence[Document]], Scores]

# ru_maxrss of a child begins with the parent's; the kernel's own high-water mark does not
_MEMORY = """
import sys
sys.path[:0] = [{root!r}, {here!r}]
from pathlib import Path
from speed import SUMMARY, items
from models import load_shipped

def told():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024

judge = load_shipped()
loaded = told()
judge.assess(items({count}, words=SUMMARY))
print(loaded, told())
"""


def items(count: int, *, words: int | None = None) -> list[Document]:
    """Every fourth item of the unlabelled news, its text cut to so many words."""
    with gzip.open(SHARED / "unlabelled_dev.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::4][:count]
    return [
        Document(id=row["h"], title=row["title"], text=" ".join(row["lead"].split()[:words])) for row in rows
    ]


def rate(judge: Callable[[Sequence[Document]], object], documents: Sequence[Document]) -> float:
    """Documents a second of CPU time."""
    start = time.process_time()
    judge(documents)
    return len(documents) / (time.process_time() - start)


def rate_by_clock(judge: Callable[[Sequence[Document]], object], documents: Sequence[Document]) -> float:
    """Documents a second by the clock."""
    start = time.perf_counter()
    judge(documents)
    return len(documents) / (time.perf_counter() - start)


def plain(train: Sequence[Example]) -> Scorer:
    """TF-IDF of words and character n-grams with logistic regression; as in benchmarks/screening.py."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True),
        ),
        LogisticRegression(C=10, max_iter=1_000, class_weight="balanced"),
    )
    model.fit([e.document.body for e in train], [e.flag for e in train])

    def score(documents: Sequence[Document]) -> Scores:
        found: Scores = model.predict_proba([d.body for d in documents])[:, 1]
        return found

    return score


def as_summary(example: Example) -> Document:
    words = example.document.text.split()[:SUMMARY]
    return Document(id=example.document.id, title=example.document.title, text=" ".join(words))


def memory(count: int) -> tuple[int, int]:
    """Peak MB of a fresh process with the model loaded, and after it has judged the summaries."""
    code = _MEMORY.format(root=str(ROOT), here=str(Path(__file__).parent), count=count)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded, peak = map(int, told.split())
    return loaded, peak


def main() -> None:
    options = argparse.ArgumentParser(description="Speed and memory of the judgement")
    options.add_argument("--items", type=int, default=2_000)
    options.add_argument(
        "--own", action="store_true", help="train our recipe on our own news and score it too"
    )
    chosen = options.parse_args()

    summaries, full = items(chosen.items, words=SUMMARY), items(chosen.items)
    start = time.process_time()
    judge = load_shipped()
    print(f"load the shipped model          {time.process_time() - start:8.2f} s CPU")
    print(f"assess summaries, 1 process     {rate(judge.assess, summaries):8.0f} /s CPU (first contact)")
    print(f"assess summaries, 1 process     {rate(judge.assess, summaries):8.0f} /s CPU (again)")
    print(f"assess full texts, 1 process    {rate(judge.assess, full):8.0f} /s CPU")
    one = rate_by_clock(judge.assess, summaries)
    with Crew(processes=2) as crew:
        crew.assess(summaries[:256])
        two = rate_by_clock(crew.assess, summaries)
    print(f"assess summaries by the clock   {one:8.0f} /s 1 process, {two:.0f} /s 2 processes")

    news = [example for path in own_news() for example in read_labelled(path)]
    baseline = plain(news)
    ours = max(rate(judge.relevance, summaries) for _ in range(REPEATS))
    theirs = max(rate(baseline, summaries) for _ in range(REPEATS))
    print(
        f"score summaries                 {ours:8.0f} /s, plain TF-IDF {theirs:.0f} /s: {ours / theirs:.1f}x"
    )

    tested = read_labelled(SHARED / "labelled_dev.csv")
    flags = np.array([e.flag for e in tested])
    shown = [as_summary(e) for e in tested]

    def precise(score: Scorer) -> float:
        return average_precision(flags, score(shown))

    print(f"average precision, plain TF-IDF {precise(baseline):8.3f} (own news)")
    print(f"average precision, shipped      {precise(judge.relevance):8.3f} (knows the rows)")
    if chosen.own:
        own = Classifier().fit(news)
        rated = max(rate(own.relevance, summaries) for _ in range(REPEATS))
        print(f"average precision, ours         {precise(own.relevance):8.3f} (own news)")
        print(f"score summaries, ours           {rated:8.0f} /s: {rated / theirs:.1f}x plain TF-IDF")
    loaded, peak = memory(chosen.items)
    print(f"memory of a fresh process       {loaded:8d} MB loaded, {peak} MB peak over the summaries")


if __name__ == "__main__":
    main()
