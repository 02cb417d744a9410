"""What a list, feed or export may be asked for: the query parameters, said in the schema as they are read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Query

from api.times import read_moment
from screening import Area, Decision, IncidentFilter, IncidentOrder, Invalid, ItemFilter, Severity
from screening.taxonomy import FORM_BY_CODE, ISSUE_BY_CODE, ISSUE_TERMS, REALIS_BY_CODE, REGENCIES

# True dates only, leap years too, so that what the schema allows is never refused afterwards.
_DAY = (
    r"20(?:[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:0[048]|[2468][048]|[13579][26])-02-29)"
)
DAY = rf"^(?:{_DAY})?$"
MOMENT = (
    rf"^{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,6}})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?$"
)
CURSOR = r"^(?:[0-9TZ:.e+-]{1,40}_[0-9]{1,18})?$"
PLACE = r"^62(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?$"

ISSUES = [term.code for term in ISSUE_TERMS]
FORMS = list(FORM_BY_CODE)
REALIS = list(REALIS_BY_CODE)
OFFICES = ["62", *(code for code, _name in REGENCIES)]

When = Annotated[
    str | None,
    Query(pattern=MOMENT, description="ISO 8601; without a zone it is WIB (UTC+7)."),
]
Issue = Annotated[str | None, Query(json_schema_extra={"enum": [*ISSUES, "N", None]})]
Form = Annotated[str | None, Query(json_schema_extra={"enum": [*FORMS, None]})]
Regency = Annotated[str | None, Query(json_schema_extra={"enum": [*OFFICES[1:], None]})]
Office = Annotated[
    str,
    Query(json_schema_extra={"enum": OFFICES}, description="62: the province, or the code of a regency."),
]
OwnOffice = Annotated[
    str | None,
    Query(
        json_schema_extra={"enum": [*OFFICES, None]},
        description="62: the province, or the code of a regency; without it the office of the asker.",
    ),
]
Level = Annotated[int | None, Query(ge=1, le=4)]
Cursor = Annotated[
    str, Query(pattern=CURSOR, description="`next_cursor` of the page before; empty: the first page.")
]
Limit = Annotated[int, Query(ge=1, le=200)]


def moment(text: str | None, name: str) -> datetime | None:
    if text is None:
        return None
    found = read_moment(text)
    if found is None:
        raise Invalid(f"{name} harus waktu ISO 8601, misalnya 2026-11-24T06:30:00+07:00.")
    return found


def code_of(value: str | None, known: object, name: str) -> str | None:
    """`Invalid` unless it is one of the codes; FastAPI has no enum of values that are only known at start."""
    if value is not None and value not in known:  # type: ignore[operator]
        raise Invalid(f"{name} bukan kode yang dikenal; lihat /api/v1/taxonomy.")
    return value


def incident_filter(
    *,
    state: Annotated[
        Literal["open", "done", "all"], Query(description="open: undecided, unsure, or risen since decided")
    ] = "all",
    decision: Decision | None = None,
    severity_min: Annotated[int | None, Query(ge=1, le=4, description="1 INFORMASI to 4 DARURAT")] = None,
    issue: Issue = None,
    form: Form = None,
    place: Annotated[
        str | None, Query(pattern=PLACE, description="Kemendagri code and what is in it")
    ] = None,
    area: Area | None = None,
    office: Office = "62",
    detected_since: When = None,
    detected_until: When = None,
    updated_since: When = None,
    updated_until: When = None,
) -> IncidentFilter:
    """The filters that lists and exports of incidents share."""
    return IncidentFilter(
        state=state,
        decision=decision,
        severity_min=None if severity_min is None else Severity(severity_min),
        issue=code_of(issue, ISSUE_BY_CODE, "issue"),
        form=code_of(form, FORM_BY_CODE, "form"),
        place_code=place,
        area=area,
        office=code_of(office, OFFICES, "office") or "62",
        detected_since=moment(detected_since, "detected_since"),
        detected_until=moment(detected_until, "detected_until"),
        updated_since=moment(updated_since, "updated_since"),
        updated_until=moment(updated_until, "updated_until"),
    )


def item_filter(
    *,
    flagged: bool | None = None,
    issue: Issue = None,
    form: Form = None,
    regency: Regency = None,
    source: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    since: When = None,
    until: When = None,
    order: Annotated[Literal["newest", "oldest"], Query(description="by first sight")] = "newest",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> ItemFilter:
    return ItemFilter(
        flagged=flagged,
        issue=code_of(issue, ISSUE_BY_CODE, "issue"),
        form=code_of(form, FORM_BY_CODE, "form"),
        regency=code_of(regency, OFFICES, "regency"),
        source_id=source,
        since=moment(since, "since"),
        until=moment(until, "until"),
        oldest_first=order == "oldest",
        after=cursor,
        limit=limit,
    )


Incidents = Annotated[IncidentFilter, Depends(incident_filter)]
Items = Annotated[ItemFilter, Depends(item_filter)]

__all__ = [
    "CURSOR",
    "DAY",
    "MOMENT",
    "OFFICES",
    "Cursor",
    "IncidentOrder",
    "Incidents",
    "Items",
    "Limit",
    "Office",
    "OwnOffice",
    "When",
    "code_of",
    "moment",
]
