"""schemathesis against the running service, few cases; `benchmarks/conformance.py` is the whole run."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from api_fixtures import sample_database

from screening import Role

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "conformance.py"


def benchmark() -> Any:
    spec = importlib.util.spec_from_file_location("conformance", BENCHMARK)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["conformance"] = module
    path = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


def test_the_service_keeps_what_its_openapi_document_says(sample_database: Path, tmp_path: Path) -> None:
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    conformance = benchmark()
    database = tmp_path / "dini.db"
    shutil.copy(sample_database, database)
    with conformance.running(tmp_path, database=database) as service:
        done = conformance.schemathesis(
            service,
            tmp_path,
            cases=5,
            key=service.keys[Role.ANALYST],
            # The coverage phase alone takes minutes; the whole run has it.
            more=("--phases", "fuzzing", "--seed", "20261124"),
        )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-6_000:]
    tested = re.search(r"Tested: (\d+)", said)
    assert tested and int(tested.group(1)) >= 30, said
    generated = re.search(r"([\d,]+) generated", said)
    assert generated and int(generated.group(1).replace(",", "")) >= 2 * int(tested.group(1)), said
