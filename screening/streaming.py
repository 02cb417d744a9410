"""Judging a stream of documents that is not stored: what `dini screen` and POST /screen do."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import islice

from models import Assessment, Classifier, Crew, Document, same_text
from screening.incidents import area_of
from screening.linking import Candidate, Joins, Known, known, link
from screening.records import Screened
from screening.severity import verdict_of

_BATCH = 64
_LARGE = 2_000  # documents from which on it pays to start worker processes
_EVENTS = 120  # events of one place that a later report is compared with
_MEMBERS = 8  # reports of one event that it is compared with
_TEXTS = 6_000  # texts that later ones are compared with for the same text
_BAND = 4


class _Texts:
    """The newest texts, found again by equal bands of their signatures."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[tuple[int, ...], int]] = OrderedDict()
        self._bands: dict[tuple[int, ...], int] = {}
        self._next = 0

    def label_of(self, signature: tuple[int, ...]) -> int | None:
        """The label of the oldest kept text that is the same."""
        near = sorted({self._bands[key] for key in self._keys(signature) if key in self._bands})
        for number in near:
            if number in self._kept and same_text(signature, self._kept[number][0]):
                return self._kept[number][1]
        return None

    def keep(self, signature: tuple[int, ...], label: int) -> None:
        number = self._next
        self._next += 1
        self._kept[number] = (signature, label)
        for key in self._keys(signature):
            # The first text of a band stays its answer, so a long row of reprints keeps one label.
            if self._bands.get(key) not in self._kept:
                self._bands[key] = number
        if len(self._kept) > _TEXTS:
            old, (gone, _label) = self._kept.popitem(last=False)
            for key in self._keys(gone):
                if self._bands.get(key) == old:
                    del self._bands[key]

    @staticmethod
    def _keys(signature: tuple[int, ...]) -> list[tuple[int, ...]]:
        values = signature[1:]
        return [(start, *values[start : start + _BAND]) for start in range(0, len(values), _BAND)]


class _Labels:
    """Labels in order of first appearance; same text or same event, same label."""

    def __init__(self) -> None:
        self._count = 0
        self._texts = _Texts()
        # Groups by place: an event has one place, and a bounded number of reports tells what it is.
        self._groups: dict[str, OrderedDict[int, list[Known]]] = {}

    def label(self, report: Known) -> str:
        home = self._texts.label_of(report.signature)
        reprint = home is not None
        flagged = report.assessment.flagged
        place = report.assessment.place
        bucket = place.regency or place.code or place.name
        if home is None and flagged:
            near = self._groups.get(bucket, OrderedDict())
            candidates = [Candidate(incident_id=label, reports=tuple(group)) for label, group in near.items()]
            found = link(report, candidates)
            home = found.incident_id if isinstance(found, Joins) else None
        if home is None:
            self._count += 1
            home = self._count
        self._texts.keep(report.signature, home)
        if flagged and not reprint:
            self._remember(bucket, home, report)
        return f"insiden-{home:04d}"

    def _remember(self, bucket: str, home: int, report: Known) -> None:
        groups = self._groups.setdefault(bucket, OrderedDict())
        group = groups.setdefault(home, [])
        group.append(report)
        groups.move_to_end(home)
        if len(group) > _MEMBERS:
            # the first report says what began; the middle is told again by the newest
            del group[1]
        if len(groups) > _EVENTS:
            groups.popitem(last=False)


def screen(
    documents: Iterable[Document], classifier: Classifier, crew: Crew | None = None
) -> Iterator[Screened]:
    """One `Screened` per document, in order, in bounded memory; `incident` is stable for the same input.

    A `crew` of the same model judges what comes after the first 2,000 documents; it may raise CrewError.
    """
    labels = _Labels()
    for number, (document, assessment) in enumerate(_judged(documents, classifier, crew), start=1):
        yield Screened(
            assessment=assessment,
            verdict=verdict_of(assessment, area=area_of(assessment.place)),
            facts=assessment.facts,
            incident=labels.label(_known(document, assessment, number)),
        )


def _judged(
    documents: Iterable[Document], classifier: Classifier, crew: Crew | None
) -> Iterator[tuple[Document, Assessment]]:
    stream = iter(documents)
    first = stream if crew is None else islice(stream, _LARGE)
    while batch := list(islice(first, _BATCH)):
        yield from zip(batch, classifier.assess(batch), strict=True)
    if crew is not None:
        yield from crew.stream(stream)


def _known(document: Document, assessment: Assessment, number: int) -> Known:
    return known(number, document.title, document.text, document.published, "", assessment)
