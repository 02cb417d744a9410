"""The shipped weights again, from our own news and the real news of ../shared: the same bytes every time.

    OMP_NUM_THREADS=1 python benchmarks/retrain.py [--out models/shipped]

Needs `../shared/data` (or `DINI_SHARED`); about ten minutes on one core. Prints the model card.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # sums in another order give other bytes

ROOT = Path(__file__).resolve().parent.parent
sys.path = [str(ROOT), *(p for p in sys.path if p != str(ROOT / "benchmarks"))]

from models import Document, Example, read_labelled, save  # noqa: E402
from models.training import LABELS, card, labelled_by_id, own_news, train  # noqa: E402

SHARED = Path(os.environ.get("DINI_SHARED", str(ROOT.parent / "shared"))) / "data"
SEED = 20


def rows(examples: list[Example]) -> tuple[int, int]:
    """(items, relevant ones)."""
    return len(examples), sum(one.flag for one in examples)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--out", type=Path, default=ROOT / "models" / "shipped")
    chosen = options.parse_args()
    pool: list[Document] = [one.document for one in read_labelled(SHARED / "unlabelled_dev.csv.gz")]
    coded = labelled_by_id(LABELS, pool)
    made = train(shared=SHARED, seed=SEED)
    told = card(
        made,
        {
            "our own news": rows([e for path in own_news() for e in read_labelled(path)]),
            "real news, labelled_dev": rows(read_labelled(SHARED / "labelled_dev.csv")),
            "real headlines, headlines_dev": rows(read_labelled(SHARED / "headlines_dev.csv")),
            "whole days read since: conflicts and what is like them": rows(coded),
            "whole days read since: the rest": (len(pool) - len(coded), 0),
        },
        seed=SEED,
    )
    save(made, chosen.out, card=told)
    print(told)


if __name__ == "__main__":
    main()
