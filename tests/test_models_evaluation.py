"""Figures are computed as they are named, and tables are read with or without labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import evaluate, load_shipped, read_labelled, report
from models.evaluation import average_precision, calibration_error, interval, load_at

ROWS = (
    "id,flag,issue,form,realis,severity,place,title,lead\n"
    'a,1,E1,F3,A,2,Kab. Seruyan,Warga Portal Jalan Kebun,"Puluhan warga memortal jalan kebun."\n'
    'b,0,N,F0,A,0,-,Harga Cabai Turun,"Harga cabai turun di pasar induk pekan ini."\n'
    'c,1,P3,F5,A,3,-,Massa Bakar Kantor Desa,"Massa membakar kantor desa, polisi melepaskan gas air mata."\n'
    'd,0,N,F0,A,0,-,Festival Kuliner Dibuka,"Festival kuliner dibuka wali kota di taman kota."\n'
)


def test_load_is_the_share_read_until_the_recall_is_reached() -> None:
    flags = np.array([True, False, True, False])
    assert load_at(flags, np.array([0.9, 0.8, 0.7, 0.1]), 1.0) == pytest.approx(0.75)
    assert load_at(flags, np.array([0.9, 0.1, 0.8, 0.2]), 1.0) == pytest.approx(0.5)


def test_a_perfect_order_has_an_average_precision_of_one() -> None:
    flags = np.array([True, True, False])
    assert average_precision(flags, np.array([0.9, 0.8, 0.1])) == pytest.approx(1.0)
    assert average_precision(flags, np.array([0.1, 0.2, 0.9])) < 0.6


def test_honest_probabilities_have_no_calibration_error() -> None:
    flags = np.array([True] * 3 + [False] * 7)
    assert calibration_error(flags, np.full(10, 0.3)) == pytest.approx(0.0)
    assert calibration_error(flags, np.full(10, 0.9)) == pytest.approx(0.6)


def test_an_interval_is_seeded_and_holds_its_value() -> None:
    flags = np.array([True, False] * 30)
    scores = np.linspace(0, 1, 60)
    first = interval(average_precision, flags, scores, draws=50)
    assert first == interval(average_precision, flags, scores, draws=50)
    assert first.low <= first.value <= first.high


def test_a_table_is_read_with_its_labels(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, encoding="utf-8")
    examples = read_labelled(path)
    assert [e.flag for e in examples] == [True, False, True, False]
    assert examples[0].document.text.startswith("Puluhan warga")
    assert (examples[0].issue, examples[0].form, examples[0].severity) == ("E1", "F3", 2)


def test_a_table_with_text_instead_of_lead_and_no_labels_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("title,text\nJudul,Isi berita\n", encoding="utf-8")
    (example,) = read_labelled(path)
    assert (example.document.text, example.flag, example.issue) == ("Isi berita", False, "N")


def test_a_table_without_titles_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("lead\nIsi\n", encoding="utf-8")
    with pytest.raises(ValueError, match="title"):
        read_labelled(path)


def test_an_evaluation_tells_rows_figures_and_misses(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, encoding="utf-8")
    found = evaluate(load_shipped(), read_labelled(path), draws=30)
    assert (found.rows, found.positives) == (4, 2)
    assert found.average_precision.value == pytest.approx(1.0)
    assert set(found.misses) <= {"a", "c"}
    assert "average precision" in report(found)
