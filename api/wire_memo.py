"""Papers (LI, LA) as JSON, and what may be sent in."""

from __future__ import annotations

from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from api.memo_letter import fields_of
from api.times import iso
from api.wire_shapes import Stripped
from screening import Fact, FactSource, Findings, Memo, MemoKind, MemoLine, MemoView


class MemoOut(TypedDict):
    """`state` draf, terkirim or dicabut; `changes`: what is no more as it was sent, in Indonesian."""

    id: int
    kind: str
    incident_id: int
    office: str
    number: str
    classification: str
    subject: str
    state: str
    version: int
    created_at: str | None
    account: str
    sent_at: str | None
    changes: list[str]


class MemoListOut(TypedDict):
    """`next_before` is 0 at the end."""

    items: list[MemoOut]
    next_before: int


class FactSourceOut(TypedDict):
    item_id: int
    outlet: str
    published: str
    link: str
    correction: str


class FactOut(TypedDict):
    number: int
    sentence: str
    quotes: list[str]
    source: FactSourceOut
    same_text: list[FactSourceOut]


class ElementOut(TypedDict):
    """One question of ABIDISIBAME; `by` numbers the facts that answer it, none: not answered."""

    code: str
    question: str
    answered: bool
    answer: str
    by: list[int]


class FindingsOut(TypedDict):
    """The machine's part: frozen once the paper is sent."""

    what: str
    place: str
    severity: int
    severity_why: str
    issue: str
    form: str
    grade: str
    grade_words: str
    confirmed: str
    review: str
    harm: str
    reports: int
    voices: int
    facts: list[FactOut]
    checklist: list[ElementOut]


class MemoStepOut(TypedDict):
    kind: str
    version: int
    at: str | None
    recorded_at: str | None
    institutions: list[str]
    words: str
    account: str


class MemoFieldsOut(TypedDict):
    office: str
    number: str
    dated: str
    classification: str
    bidang: str
    subject: str
    to: str
    cc: str
    introduction: str
    analysis: str
    outlook_24: str
    outlook_72: str
    measures: str
    advice: str
    asked: str
    confirmation: str


class MemoViewOut(TypedDict):
    """`facts_mark` must be sent back when the paper is sent or corrected: it says which facts were read."""

    memo: MemoOut
    fields: MemoFieldsOut
    findings: FindingsOut
    facts_mark: str
    steps: list[MemoStepOut]
    new_reports: int


Words = Annotated[str, Field(max_length=6_000), Stripped]
Line = Annotated[str, Field(max_length=300), Stripped]
Seen = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
Mark = Annotated[str, Field(max_length=64)]
Moment = Annotated[str, Field(max_length=40)]


class MemoIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: MemoKind


class MemoFieldsIn(BaseModel):
    """What is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")

    office: Line | None = None
    number: Line | None = None
    dated: Line | None = None
    classification: Line | None = None
    bidang: Line | None = None
    subject: Line | None = None
    to: Words | None = None
    cc: Words | None = None
    introduction: Words | None = None
    analysis: Words | None = None
    outlook_24: Words | None = None
    outlook_72: Words | None = None
    measures: Words | None = None
    advice: Words | None = None
    asked: Words | None = None
    confirmation: Words | None = None


class MemoSaveIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seen_version: Seen
    fields: MemoFieldsIn


class MemoSendIn(BaseModel):
    """`at` ISO 8601, without a zone WIB; empty: now."""

    model_config = ConfigDict(extra="forbid")

    seen_version: Seen
    facts_mark: Mark
    institutions: list[Line] = Field(min_length=1, max_length=40)
    at: Moment = ""


class MemoCorrectIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seen_version: Seen
    facts_mark: Mark
    fields: MemoFieldsIn
    reason: Words


class MemoWithdrawIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seen_version: Seen
    reason: Words


class MemoResponseIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    institution: Line
    words: Words
    at: Moment = ""


def memo_out(one: Memo, changes: tuple[str, ...] = ()) -> MemoOut:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "incident_id": one.incident_id,
        "office": one.office,
        "number": one.number,
        "classification": one.classification.value,
        "subject": one.subject,
        "state": one.state.value,
        "version": one.version,
        "created_at": iso(one.created_at),
        "account": one.account,
        "sent_at": iso(one.sent_at),
        "changes": list(changes),
    }


def memo_list_out(lines: tuple[MemoLine, ...], following: int) -> MemoListOut:
    return {"items": [memo_out(line.memo, line.changes) for line in lines], "next_before": following}


def memo_view_out(view: MemoView) -> MemoViewOut:
    given = cast(MemoFieldsOut, fields_of(view.fields))  # the same names: a test compares them
    return {
        "memo": memo_out(view.memo, view.changes),
        "fields": given,
        "findings": _findings(view.findings),
        "facts_mark": view.mark,
        "steps": [
            {
                "kind": step.kind.value,
                "version": step.version,
                "at": iso(step.at),
                "recorded_at": iso(step.recorded_at),
                "institutions": list(step.institutions),
                "words": step.words,
                "account": step.account,
            }
            for step in view.steps
        ],
        "new_reports": view.new_reports,
    }


def _findings(found: Findings) -> FindingsOut:
    return {
        "what": found.what,
        "place": found.place,
        "severity": found.level,
        "severity_why": found.level_why,
        "issue": found.issue,
        "form": found.form,
        "grade": found.grade,
        "grade_words": found.grade_words,
        "confirmed": found.confirmed,
        "review": found.review,
        "harm": found.harm,
        "reports": found.reports,
        "voices": found.voices,
        "facts": [_fact(number, one) for number, one in enumerate(found.facts, 1)],
        "checklist": [
            {
                "code": one.code,
                "question": one.question,
                "answered": one.answered,
                "answer": one.answer,
                "by": list(one.by),
            }
            for one in found.checklist
        ],
    }


def _fact(number: int, one: Fact) -> FactOut:
    return {
        "number": number,
        "sentence": one.sentence,
        "quotes": list(one.quotes),
        "source": _source(one.source),
        "same_text": [_source(each) for each in one.reprints],
    }


def _source(one: FactSource) -> FactSourceOut:
    return {
        "item_id": one.item_id,
        "outlet": one.outlet,
        "published": one.at.replace("+00:00", "Z"),
        "link": one.link,
        "correction": one.correction,
    }
