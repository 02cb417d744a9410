"""Documents that are compared with the code: every setting, command, route, table and code is described."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from pathlib import Path

import click
import pytest

from api import create_app
from api.cli import main
from api.words import WORDS
from models import Classifier
from screening import Desk, Settings, Store
from screening.schema import metadata
from screening.taxonomy import FORM_TERMS, ISSUE_TERMS, REALIS_TERMS, TAXONOMY_VERSION, Severity

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def reference() -> str:
    return (DOCS / "reference.md").read_text(encoding="utf-8")


def commands(group: click.Group, prefix: str = "dini") -> list[str]:
    found = []
    for name, command in group.commands.items():
        full = f"{prefix} {name}"
        found += commands(command, full) if isinstance(command, click.Group) else [full]
    return found


def test_every_setting_is_documented(reference: str) -> None:
    import screening.config as config

    names = {f"DINI_{name.upper()}" for name in config._NAMES} | {"DINI_CONFIG"}
    assert set(re.findall(r"`(DINI_[A-Z_]+)`", reference)) == names


def test_every_command_is_documented(reference: str) -> None:
    missing = [command for command in commands(main) if f"`{command}" not in reference]
    assert missing == []


def test_every_route_is_documented(reference: str, tmp_path: Path, classifier: Classifier) -> None:
    store = Store(f"sqlite:///{tmp_path / 'dini.db'}")
    desk = Desk(store, classifier, Settings(data_dir=tmp_path, database_url=""))
    app = create_app(desk, clock=lambda: None)  # type: ignore[arg-type, return-value]
    paths = set(app.openapi()["paths"])
    store.close()
    documented = set(re.findall(r"`(?:GET|POST|PUT|PATCH|DELETE) (/api/v1\S*)`", reference))
    assert documented == paths


def test_every_table_is_documented(reference: str) -> None:
    missing = [name for name in metadata.tables if f"| `{name}` |" not in reference]
    assert missing == []


def test_the_taxonomy_page_names_every_code_and_level() -> None:
    text = (DOCS / "taxonomy.md").read_text(encoding="utf-8")
    assert TAXONOMY_VERSION in text
    for term in (*ISSUE_TERMS, *FORM_TERMS, *REALIS_TERMS):
        assert f"`{term.code}`" in text, term
    for term in ISSUE_TERMS:
        assert term.id in text, term
    for level in Severity:
        assert level is Severity.NONE or f"{level.value} `{level.name}`" in text


def test_no_word_of_one_page_overwrites_a_word_of_another() -> None:
    joined = [
        words
        for path in sorted((DOCS.parent / "api").glob("words_*.py"))
        for name, words in vars(importlib.import_module(f"api.{path.stem}")).items()
        if name.endswith("_WORDS") and name != "SCRIPT_WORDS" and isinstance(words, dict)
    ]
    assert len(joined) > 10
    keys = Counter(key for words in joined for key in words)
    assert not [key for key, count in keys.items() if count > 1]
    assert sum(keys.values()) < len(WORDS), "the shared words come on top"
