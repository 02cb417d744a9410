"""The page about the method says what the code does; what is stored lets anybody add the score up again."""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, entry, fetched, listing

import screening.severity
from models import Assessment, Classifier, Document, Facts, PlaceKind, mask_names
from models.calibration import SIGNALS
from models.classifier import KINDS
from models.vectors import BINARY
from screening import Desk, Status, Store
from screening.method import (
    CALM,
    DISGUISED,
    PAGE,
    PLACES_TRIED,
    main,
    other_verdicts,
    training_news,
    written,
)
from screening.method import CLASH as CLASH_TOLD
from screening.method_words import (
    FACTS_IN_WORDS,
    HEADS_IN_WORDS,
    RULES_IN_WORDS,
    SETTINGS_IN_WORDS,
    SIGNALS_IN_WORDS,
    STATUS_IN_WORDS,
)
from screening.said import read_assessment, write_assessment
from screening.schema import assessment
from screening.severity import RULES
from screening.taxonomy import BIDANG, FORM_TERMS, ISSUE_TERMS, REALIS_TERMS, Severity


@pytest.fixture(scope="module")
def page(classifier: Classifier) -> str:
    return written(classifier, training_news())


def test_the_page_in_docs_is_what_code_and_model_say_now(page: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == page, "run: python -m screening.method --write"


def test_the_command_prints_the_page_and_refuses_what_it_does_not_know(
    page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == page
    assert main(["--wat"]) == 2


def test_every_signal_head_fact_status_and_setting_is_explained() -> None:
    parameters = inspect.signature(Classifier.__init__).parameters
    assert tuple(SIGNALS_IN_WORDS) == SIGNALS
    assert len(HEADS_IN_WORDS) == BINARY
    assert set(FACTS_IN_WORDS) == {f.name for f in dataclasses.fields(Facts)} - {"spans"}
    assert set(STATUS_IN_WORDS) == set(Status)
    assert set(SETTINGS_IN_WORDS) == set(parameters) - {"self"}
    assert set(RULES_IN_WORDS) == {rule.id for rule in RULES}


def test_every_code_rule_level_and_signal_stands_on_the_page(page: str) -> None:
    codes = [term.code for term in (*ISSUE_TERMS, *FORM_TERMS, *REALIS_TERMS)]
    names = [*codes, *SIGNALS, *FACTS_IN_WORDS, *SETTINGS_IN_WORDS, *(rule.id for rule in RULES)]
    names += [level.name for level in Severity if level] + [kind.value for kind in PlaceKind]
    assert [name for name in names if f"`{name}`" not in page] == []
    assert [rule.why for rule in RULES if rule.why not in page] == []
    assert [field.id for field in BIDANG if field.id not in page] == []


def test_every_rule_and_mark_outside_the_table_is_shown_by_asking_the_code(page: str) -> None:
    source = inspect.getsource(screening.severity)
    alone = set(re.findall(r'rule="([NI]\d+)"', source))
    marks = set(re.findall(r'rule=f"\{[a-z.]+\}(-[A-Z0-9]+)"', source))
    shown = [verdict.rule for _, verdict in other_verdicts()]
    assert alone
    assert marks
    assert alone <= set(shown)
    assert [mark for mark in marks if not any(rule.endswith(mark) for rule in shown)] == []
    for ending in ("-K", "-72", "+L", "-R", "-T", "-B"):
        assert any(rule.endswith(ending) for rule in shown), ending
    assert [verdict.why for _, verdict in other_verdicts() if verdict.why not in page] == []


def test_thresholds_and_promises_are_those_of_the_model(page: str, classifier: Classifier) -> None:
    for kind in KINDS:
        missed, relevant, bound = classifier.guarantees_[kind]
        row = next(
            line for line in page.splitlines() if line.startswith(f"| `{kind}` |") and line.count("|") == 10
        )
        assert f"| {classifier.thresholds_[kind]:.4f} | {relevant} | {missed} |" in row
        assert f"{bound * 100:.2f}".rstrip("0").rstrip(".") in row
        flagged, irrelevant = classifier.stream_flagged_[kind]
        aside = classifier.set_aside_relevant_[kind]
        assert row.rstrip().endswith(f"| {aside} | {flagged} of {irrelevant} |")
        assert (bound <= classifier.miss) or f"**{kind}" in page or f"{kind}**" in page


def test_the_examples_show_each_answer_about_a_place(page: str) -> None:
    for kind in PlaceKind:
        assert re.search(rf"^\|[^|]+\| {kind.value}[ |]", page, re.MULTILINE), kind


def test_nothing_personal_stands_on_the_page(page: str) -> None:
    assert "[nomor]" not in mask_names(page)
    for text in (DISGUISED, *CLASH_TOLD, *CALM, *(part for told in PLACES_TRIED for part in told)):
        assert mask_names(text) == text


def test_the_page_stays_short_enough_to_be_read(page: str) -> None:
    assert len(page) < 27_000


def again(stored: str) -> float:
    """The relevance out of the stored JSON alone, without a line of ours."""
    return 1 / (1 + math.exp(-sum(share for _, share in json.loads(stored)["parts"])))


def test_the_score_is_recomputed_from_what_either_database_stores(desk: Desk, store: Store) -> None:
    source = desk.add_source(listing("kabar"), NOW)
    told = [entry("a", *CLASH), entry("b", *BLOCKADE), entry("c", *RECIPE), entry("d", CLASH[0], "")]
    desk.take(fetched(source, *told), NOW)
    with store._engine.connect() as connection:
        rows = connection.execute(sa.select(assessment.c.said, assessment.c.relevance)).all()
    assert len(rows) == len(told)
    for said, relevance in rows:
        assert again(said) == pytest.approx(relevance, abs=1e-6)
        assert json.loads(said)["relevance"] == pytest.approx(relevance, abs=1e-6)


def test_the_parts_come_back_as_they_were_said(classifier: Classifier) -> None:
    said = classifier.assess([Document(id="x", title=BLOCKADE[0], text=BLOCKADE[1])])[0]
    assert said.parts
    assert read_assessment(write_assessment(said)) == said
    assert again(write_assessment(said)) == pytest.approx(said.relevance, abs=1e-9)


@pytest.mark.parametrize(("title", "text"), [CLASH, BLOCKADE, RECIPE])
def test_an_assessment_is_written_with_every_field_of_every_part(
    classifier: Classifier, title: str, text: str
) -> None:
    said: Assessment = classifier.assess([Document(id="x", title=title, text=text)])[0]
    assert json.loads(write_assessment(said)) == json.loads(json.dumps(dataclasses.asdict(said)))
    assert read_assessment(write_assessment(said)) == said


def test_what_an_older_release_stored_still_reads(classifier: Classifier) -> None:
    said: Assessment = classifier.assess([Document(id="x", title=CLASH[0], text=CLASH[1])])[0]
    row = json.loads(write_assessment(said))
    del row["parts"]
    assert read_assessment(json.dumps(row)) == replace(said, parts=())
