"""The training news is ours, labelled by the codebook, and wide enough."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from models import FORMS, ISSUES, REALIS

FOLDER = Path(__file__).parents[1] / "models" / "training"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return [
        row
        for path in sorted(FOLDER.glob("*.csv"))
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    ]


def test_there_are_enough_items_with_unique_ids(rows: list[dict[str, str]]) -> None:
    assert len(rows) >= 2_500
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({(row["title"], row["lead"]) for row in rows}) == len(rows)


def test_every_code_is_covered(rows: list[dict[str, str]]) -> None:
    flagged = Counter(row["issue"] for row in rows if row["flag"] == "1")
    assert set(flagged) == set(ISSUES)
    assert min(flagged.values()) >= 25, flagged
    assert {row["form"] for row in rows} == set(FORMS)
    assert {row["realis"] for row in rows} == set(REALIS)
    assert len({row["group"] for row in rows if row["group"]}) >= 60


def test_labels_keep_the_rules_of_the_codebook(rows: list[dict[str, str]]) -> None:
    for row in rows:
        counted = row["issue"] != "N" and row["form"] >= "F1"
        flag = counted and (row["realis"] in "ART" or (row["realis"] == "B" and row["issue"] == "S7"))
        assert row["flag"] == str(int(flag)), row
        assert (int(row["severity"]) > 0) == flag, row
        if flag and row["form"] == "F2":
            assert row["severity"] == "1", row
        if row["realis"] == "R":
            assert int(row["severity"]) <= 2, row


def test_no_number_of_a_person_stands_in_it(rows: list[dict[str, str]]) -> None:
    private = re.compile(r"\b\d{16}\b|\b08\d{8,}\b|\S@\S+\.\w{2,}|\b[A-Z]{1,3} \(\d{1,2}\)")
    assert [row["id"] for row in rows if private.search(row["title"] + row["lead"])] == []


def test_none_of_it_is_a_publishers_title(rows: list[dict[str, str]], shared: Path) -> None:
    theirs = {
        row["title"].strip().lower()
        for name in ("labelled_dev.csv", "headlines_dev.csv")
        for row in csv.DictReader((shared / "data" / name).open(encoding="utf-8"))
    }
    assert [row["id"] for row in rows if row["title"].strip().lower() in theirs] == []
