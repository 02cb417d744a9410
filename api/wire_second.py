"""JSON of second readings, agreement, samples and what was learnt elsewhere; no shape tells who read."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from api.times import iso
from api.wire_shapes import Stripped
from screening import (
    Agreement,
    Alpha,
    Answer,
    BlindReport,
    Decision,
    DisputeLine,
    DisputeView,
    Elsewhere,
    Pair,
    ReadingLine,
    ReadingView,
    SampleItem,
    ScaleFigure,
    Share,
    Teller,
    Verdict,
    Waiting,
    WeekFigure,
    is_swapped,
)
from screening.taxonomy import RejectReason


class ReadingLineOut(TypedDict):
    """`mine` false: nobody has it, and you may take it."""

    id: int
    incident_id: int
    title: str
    chosen_at: str | None
    mine: bool


class DisputeLineOut(TypedDict):
    reading_id: int
    incident_id: int
    title: str
    answered_at: str | None


class WaitingOut(TypedDict):
    items: list[ReadingLineOut]
    disputes: list[DisputeLineOut]


class BlindReportOut(TypedDict):
    """As the source wrote it, to be read by a signed-in person: `title` and `text` are not masked."""

    item_id: int
    title: str
    text: str
    source: str
    link: str
    published: str | None
    correction: str | None
    same_text_as: int | None


class ReadingOut(TypedDict):
    reading: ReadingLineOut
    reports: list[BlindReportOut]


class AnsweredOut(TypedDict):
    """`differs`: a third person decides."""

    id: int
    differs: bool


class AnswerOut(TypedDict):
    decision: str
    reason: str | None
    issue: str | None
    form: str | None
    severity: int | None
    place_code: str | None
    note: str


class DisputeOut(TypedDict):
    """`a` and `b` stand in an order that tells nothing of who read first; `review_id` is the newest.

    `touched`: the second reader had opened the incident before; null: chosen before that was noted.
    """

    dispute: DisputeLineOut
    a: AnswerOut
    b: AnswerOut
    reports: list[BlindReportOut]
    review_id: int | None
    touched: bool | None


class TakenForOut(TypedDict):
    code: str
    count: int


class CodeLineOut(TypedDict):
    code: str
    same: int
    different: int
    taken_for: list[TakenForOut]


class ScaleOut(TypedDict):
    """`alpha` null: not defined; `few`: under ten units; `same`: units in which both values are equal."""

    scale: str
    metric: str
    alpha: float | None
    low: float | None
    high: float | None
    units: int
    few: bool
    reached: bool
    same: int
    codes: list[CodeLineOut]


class PairOut(TypedDict):
    """`touched`: the second reader had opened the incident before; null: chosen before that was noted."""

    reading_id: int
    incident_id: int
    title: str
    a: AnswerOut
    b: AnswerOut
    settled: AnswerOut | None
    seen_before: bool
    touched: bool | None
    answered_at: str | None


class UntouchedOut(TypedDict):
    pairs: int
    scales: list[ScaleOut]


class AgreementOut(TypedDict):
    """`pairs` and `scales` are of all pairs, `untouched` of those whose second reader had not opened it.

    Noted is the opening of the incident's page and REST object from its choice on (`touched`; of
    `touch_unknown`, chosen before that was noted, nobody knows). What overview, queue, daily report, similar
    lists, papers and exports showed is not measured.
    """

    target: float
    pairs: int
    seen_before: int
    touched: int
    touch_unknown: int
    scales: list[ScaleOut]
    untouched: UntouchedOut
    differing: list[PairOut]


class ShareOut(TypedDict):
    value: float
    low: float
    high: float


class WeekOut(TypedDict):
    week: str
    start: str | None
    end: str | None
    population: int
    size: int
    answered: int
    answers: dict[str, int]
    accepted: int
    undecided: int
    share: ShareOut | None
    missed: ShareOut | None
    recall: ShareOut | None


class ElsewhereOut(TypedDict):
    id: int
    day: str
    place_code: str
    issue: str
    teller: str
    incident_id: int | None
    noted_at: str | None


class SamplesOut(TypedDict):
    left: int
    weeks: list[WeekOut]
    elsewhere: list[ElsewhereOut]


class SampleItemOut(TypedDict):
    """One item to judge, as the source wrote it; nothing the machine said of it."""

    id: int
    week: str
    item_id: int
    title: str
    text: str
    source: str
    link: str
    published: str | None
    verdict: str | None
    incident_id: int | None
    done: int
    size: int


class NextSampleOut(TypedDict):
    item: SampleItemOut | None


class PromotedOut(TypedDict):
    incident_id: int


class NotedOut(TypedDict):
    id: int


class AnswerIn(BaseModel):
    """An accepted one needs `issue`, `form` and `severity`: the machine's are not shown, so not assumed."""

    model_config = ConfigDict(extra="forbid")

    decision: Decision
    reason: RejectReason | None = None
    issue: str | None = Field(default=None, max_length=8)
    form: str | None = Field(default=None, max_length=8)
    severity: int | None = Field(default=None, ge=1, le=4, strict=True)
    place_code: str | None = Field(default=None, max_length=13)
    note: Annotated[str, Field(max_length=2_000), Stripped] = ""
    seen_before: bool = Field(default=False, description="you had seen its level or its first decision")


class VerdictIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    verdict: Verdict


class ElsewhereIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    day: date
    place_code: Annotated[str, Field(max_length=13)]
    issue: Annotated[str, Field(max_length=8)]
    teller: Teller
    incident_id: int | None = Field(default=None, ge=0, le=2**63 - 1, strict=True)


def reading_line_out(one: ReadingLine) -> ReadingLineOut:
    return {
        "id": one.id,
        "incident_id": one.incident_id,
        "title": one.title,
        "chosen_at": iso(one.chosen_at),
        "mine": one.mine,
    }


def dispute_line_out(one: DisputeLine) -> DisputeLineOut:
    return {
        "reading_id": one.reading_id,
        "incident_id": one.incident_id,
        "title": one.title,
        "answered_at": iso(one.answered_at),
    }


def waiting_out(waiting: Waiting) -> WaitingOut:
    return {
        "items": [reading_line_out(one) for one in waiting.readings],
        "disputes": [dispute_line_out(one) for one in waiting.disputes],
    }


def report_out(one: BlindReport) -> BlindReportOut:
    return {
        "item_id": one.item.id,
        "title": one.item.title,
        "text": one.item.text,
        "source": one.source_name,
        "link": one.item.link,
        "published": iso(one.item.published),
        "correction": one.item.correction.value if one.item.correction else None,
        "same_text_as": one.same_text_as,
    }


def reading_out(view: ReadingView) -> ReadingOut:
    return {"reading": reading_line_out(view.line), "reports": [report_out(one) for one in view.reports]}


def answer_out(one: Answer) -> AnswerOut:
    return {
        "decision": one.decision.value,
        "reason": one.reason.value if one.reason else None,
        "issue": one.issue,
        "form": one.form,
        "severity": None if one.severity is None else int(one.severity),
        "place_code": one.place_code,
        "note": one.note,
    }


def dispute_out(view: DisputeView) -> DisputeOut:
    return {
        "dispute": dispute_line_out(view.line),
        "a": answer_out(view.answers[0]),
        "b": answer_out(view.answers[1]),
        "reports": [report_out(one) for one in view.reports],
        "review_id": view.review_id,
        "touched": view.touched,
    }


def agreement_out(found: Agreement, target: float) -> AgreementOut:
    return {
        "target": target,
        "pairs": found.pairs,
        "seen_before": found.seen_before,
        "touched": found.touched,
        "touch_unknown": found.touch_unknown,
        "scales": [scale_out(one) for one in found.figures],
        "untouched": {
            "pairs": found.untouched,
            "scales": [scale_out(one) for one in found.untouched_figures],
        },
        "differing": [pair_out(one) for one in found.differing],
    }


def scale_out(one: ScaleFigure) -> ScaleOut:
    alpha: Alpha = one.alpha
    return {
        "scale": one.scale.value,
        "metric": one.metric.value,
        "alpha": rounded(alpha.value),
        "low": rounded(alpha.low),
        "high": rounded(alpha.high),
        "units": alpha.units,
        "few": alpha.few,
        "reached": alpha.reached,
        "same": one.same,
        "codes": [
            {
                "code": line.code,
                "same": line.same,
                "different": line.different,
                "taken_for": [{"code": code, "count": count} for code, count in line.taken_for],
            }
            for line in one.codes
        ],
    }


def pair_out(one: Pair) -> PairOut:
    first, second = (one.second, one.first) if is_swapped(one.reading_id) else (one.first, one.second)
    return {
        "reading_id": one.reading_id,
        "incident_id": one.incident_id,
        "title": one.title,
        "a": answer_out(first),
        "b": answer_out(second),
        "settled": answer_out(one.settled) if one.settled else None,
        "seen_before": one.seen_before,
        "touched": one.touched,
        "answered_at": iso(one.answered_at),
    }


def week_out(one: WeekFigure) -> WeekOut:
    return {
        "week": one.week,
        "start": iso(one.start),
        "end": iso(one.end),
        "population": one.population,
        "size": one.size,
        "answered": one.answered,
        "answers": {verdict.value: count for verdict, count in one.answers.items()},
        "accepted": one.accepted,
        "undecided": one.undecided,
        "share": share_out(one.share),
        "missed": share_out(one.missed),
        "recall": share_out(one.recall),
    }


def share_out(one: Share | None) -> ShareOut | None:
    if one is None:
        return None
    return {"value": round(one.value, 4), "low": round(one.low, 4), "high": round(one.high, 4)}


def elsewhere_out(one: Elsewhere) -> ElsewhereOut:
    return {
        "id": one.id,
        "day": one.draft.day.isoformat(),
        "place_code": one.draft.place_code,
        "issue": one.draft.issue,
        "teller": one.draft.teller.value,
        "incident_id": one.draft.incident_id,
        "noted_at": iso(one.noted_at),
    }


def sample_item_out(one: SampleItem) -> SampleItemOut:
    return {
        "id": one.id,
        "week": one.week,
        "item_id": one.item.id,
        "title": one.item.title,
        "text": one.item.text,
        "source": one.source_name,
        "link": one.item.link,
        "published": iso(one.item.published),
        "verdict": one.verdict.value if one.verdict else None,
        "incident_id": one.incident_id,
        "done": one.done,
        "size": one.size,
    }


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
