"""A crew judges as one classifier does: the same answers, in order, whatever happens to a worker."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import Classifier, Crew, CrewError, Document, load_shipped

TEXTS = (
    ("Warga Portal Jalan Kebun, Tagih Plasma", "Puluhan warga memortal jalan kebun sawit. Mediasi buntu."),
    ("Resep Kolak Pisang", "Rebus santan dengan gula aren, lalu masukkan pisang."),
    ("Dua Kelompok Pemuda Bentrok di Pasar", "Tiga orang luka bacok. Polisi berjaga di lokasi."),
    ("Jadwal Kapal Pekan Depan", ""),
)


def documents(count: int) -> list[Document]:
    return [
        Document(id=str(i), title=f"{title} {i}", text=text)
        for i, (title, text) in ((i, TEXTS[i % len(TEXTS)]) for i in range(count))
    ]


def alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def judge() -> Classifier:
    return load_shipped()


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with Crew(processes=2) as made:
        yield made


def test_a_crew_answers_as_one_classifier_does_and_in_order(crew: Crew, judge: Classifier) -> None:
    asked = documents(700)
    assert crew.assess(asked) == judge.assess(asked)
    assert len(crew.process_ids) == 2


def test_a_stream_pairs_each_document_with_its_assessment(crew: Crew) -> None:
    asked = documents(130)
    pairs = list(crew.stream(iter(asked)))
    assert [document for document, _ in pairs] == asked
    assert [assessment.document_id for _, assessment in pairs] == [document.id for document in asked]


def test_a_killed_worker_is_replaced_and_loses_nothing(crew: Crew, judge: Classifier) -> None:
    asked = documents(900)
    stream = crew.stream(asked)
    got = [next(stream) for _ in range(10)]
    gone = crew.process_ids
    for process_id in gone:
        os.kill(process_id, signal.SIGKILL)
    got.extend(stream)
    assert [assessment for _, assessment in got] == judge.assess(asked)
    assert set(crew.process_ids).isdisjoint(gone)


def test_a_stream_reads_only_so_far_ahead(crew: Crew) -> None:
    read = 0

    def endless() -> Iterator[Document]:
        nonlocal read
        while True:
            read += 1
            yield Document(id=str(read), title=f"{TEXTS[0][0]} {read}", text=TEXTS[0][1])

    stream = crew.stream(endless())
    for _ in range(200):
        next(stream)
    assert read <= 200 + 64 * 7
    stream.close()  # type: ignore[attr-defined]


def test_a_stream_left_half_way_leaves_no_answer_behind(crew: Crew) -> None:
    stream = crew.stream(documents(500))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    asked = [Document(id="after", title="Jadwal Kapal")]
    assert [assessment.document_id for assessment in crew.assess(asked)] == ["after"]


def test_nothing_is_started_for_no_documents() -> None:
    with Crew(processes=2) as crew:
        assert crew.assess([]) == []
        assert crew.process_ids == []


def test_closing_ends_the_workers() -> None:
    crew = Crew(processes=1)
    crew.assess(documents(1))
    (process_id,) = crew.process_ids
    crew.close()
    assert crew.process_ids == []
    assert not alive(process_id)


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with Crew(tmp_path, processes=1) as crew, pytest.raises(CrewError, match="cannot be read"):
        crew.assess(documents(1))
