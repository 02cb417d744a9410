"""`screen`: documents in, judgements out, in order and in bounded memory, with stable incident labels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from screening_material import BLOCKADE, CLASH, RECIPE

import models
from models import Document
from screening import Severity, screen


def documents(*texts: tuple[str, str]) -> list[Document]:
    return [Document(id=str(number), title=title, text=text) for number, (title, text) in enumerate(texts)]


def test_every_document_is_answered_in_order(classifier: models.Classifier) -> None:
    texts = [CLASH, RECIPE, BLOCKADE] * 50
    answers = list(screen(documents(*texts), classifier))
    assert [one.assessment.document_id for one in answers] == [str(number) for number in range(150)]


def test_same_texts_share_a_label_and_others_do_not(classifier: models.Classifier) -> None:
    reprint = ("Ricuh di Baamang", CLASH[1])
    answers = list(screen(documents(CLASH, RECIPE, BLOCKADE, reprint, RECIPE), classifier))
    labels = [one.incident for one in answers]
    assert labels[0] == labels[3] and labels[1] == labels[4]
    assert len(set(labels)) == 3
    assert labels[0] == "insiden-0001"


def test_the_same_input_gives_the_same_labels(classifier: models.Classifier) -> None:
    texts = documents(CLASH, RECIPE, BLOCKADE, CLASH)
    assert list(screen(texts, classifier)) == list(screen(texts, classifier))


def test_what_is_not_flagged_has_no_level(classifier: models.Classifier) -> None:
    for one in screen(documents(CLASH, RECIPE, BLOCKADE), classifier):
        if not one.assessment.flagged:
            assert one.verdict.severity is Severity.NONE


def test_the_stream_is_read_batch_by_batch(classifier: models.Classifier) -> None:
    read = 0

    def endless() -> Iterator[Document]:
        nonlocal read
        while True:
            read += 1
            yield Document(id=str(read), title=f"{CLASH[0]} {read}", text=CLASH[1])

    answers = screen(endless(), classifier)
    next(answers)
    assert read <= 128


def test_a_crew_that_takes_over_a_long_stream_changes_no_answer(
    classifier: models.Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screening.streaming._LARGE", 70)
    texts = documents(*[CLASH, RECIPE, BLOCKADE] * 60)
    with models.Crew(processes=1) as crew:
        assert list(screen(texts[:70], classifier, crew)) == list(screen(texts[:70], classifier))
        assert crew.process_ids == []
        assert list(screen(texts, classifier, crew)) == list(screen(texts, classifier))
        assert len(crew.process_ids) == 1
