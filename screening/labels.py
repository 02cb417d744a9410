"""What people decided, as labelled news for training: which decisions teach, and with which codes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from screening.records import Decision
from screening.taxonomy import NO_ISSUE, RejectReason, Severity

# A rejection teaches where it says what the text is; elsewhere or a duplicate says nothing of relevance.
_REALIS = {
    RejectReason.NOT_AN_ISSUE: "A",
    RejectReason.ORDINARY_CRIME: "A",
    RejectReason.OLD: "H",
    RejectReason.CEREMONY: "C",
    RejectReason.FALSE_REPORT: "B",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRow:
    """One labelled item with its raw text, in the columns `dini train --extra` reads."""

    id: str
    title: str
    text: str
    url: str
    flag: int
    issue: str
    form: str
    realis: str
    severity: int
    place: str
    group: str  # items of one incident never stand in two folds
    stratum: str  # "putusan", "dua_pembaca" (two readers agree), "putusan_ketiga", "sampel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    flag: int
    issue: str
    form: str
    realis: str
    severity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """`left_out`: decisions that teach nothing, by why, so that nothing is dropped uncounted."""

    rows: tuple[LabelRow, ...]
    left_out: tuple[tuple[str, int], ...]


def codes_of(
    decision: Decision, reason: RejectReason | None, *, issue: str, form: str, realis: str, severity: Severity
) -> Codes | None:
    """The labels of a decided incident's lead report; None where the decision teaches nothing."""
    if decision is Decision.ACCEPT:
        if issue == NO_ISSUE.code:
            return None
        return Codes(flag=1, issue=issue, form=form, realis=realis, severity=int(severity))
    if decision is Decision.REJECT and reason in _REALIS:
        return irrelevant(_REALIS[reason])
    return None


def irrelevant(realis: str = "A") -> Codes:
    return Codes(flag=0, issue=NO_ISSUE.code, form="F0", realis=realis, severity=0)
