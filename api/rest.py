"""`/api/v1` for other tools: bearer key or session cookie; shapes live in `wire`, errors are problem+json."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api import wire, wire_shapes
from api.asked import CURSOR, DAY, MOMENT, Cursor, OwnOffice
from api.auth import (
    Anyone,
    CheckedHeader,
    Number,
    Operator,
    Reader,
    Reviewer,
    Screener,
    Visitor,
    doors,
    now_of,
    own_office,
    read_raw,
)
from api.letter import digest_at, office_asked, worded
from api.pages_digest import pdf_answer, took_report
from api.times import WINDOW_DAYS, YEARS, read_day, read_moment, read_window
from feeds import SourceListing
from models import Document
from screening import (
    Area,
    Digest,
    Invalid,
    LedgerReason,
    QueueFilter,
    Status,
    screen,
)
from screening.taxonomy import Severity

router = APIRouter(tags=["v1"])

# The patterns are for the schema; the refusal is ours, in words, so the route reads them itself.
Day = Annotated[
    str,
    Query(max_length=10, json_schema_extra={"pattern": DAY}, description="a day in WIB, 2026-11-24"),
]
OptionalMoment = Annotated[
    str,
    Query(
        max_length=40,
        json_schema_extra={"pattern": f"^$|{MOMENT}"},
        description="ISO 8601; without a zone it is WIB",
    ),
]

REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {"description": text, "content": {"application/problem+json": {"schema": {"type": "object"}}}}
    for code, text in {
        401: "No key or session",
        403: "Not allowed",
        404: "Not there",
        409: "Somebody was first",
        422: "Bad request",
    }.items()
}


def documented(model: Any, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's view of an answer that orjson writes directly from typed dicts."""
    return {status: {"model": model, "description": "OK"}, **REFUSALS}


@router.get("/queue", response_class=Response, responses=documented(wire_shapes.QueueOut))
def queue(
    request: Request,
    visitor: Reader,
    *,
    state: Annotated[str, Query(pattern="^(open|done|all)$")] = "open",
    area: Area | None = None,
    severity: Annotated[int | None, Query(ge=1, le=4)] = None,
    place: Annotated[str | None, Query(pattern=r"^[0-9]{2}(\.[0-9]{2,4}){0,3}$")] = None,
    issue: Annotated[str | None, Query(pattern="^[A-Z][0-9]?$")] = None,
    tier: Annotated[str | None, Query(max_length=120)] = None,
    words: Annotated[str, Query(max_length=120, description="whole words, all of them")] = "",
    course: Status | None = None,
    held: Annotated[str, Query(pattern="^(mine|free)?$")] = "",
    topic: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    cursor: Annotated[str, Query(max_length=200, json_schema_extra={"pattern": CURSOR})] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Incidents by urgency, most urgent first; `next_cursor` empty means the end."""
    wanted = QueueFilter(
        state=state,
        area=area,
        severity=None if severity is None else Severity(severity),
        place_code=place,
        issue=issue,
        account_id=visitor.account.id,
        tier=tier,
        words=words,
        course=course,
        held=held,
        topic_id=topic,
        after=cursor,
        limit=limit,
        sight=visitor.sight,
    )
    return wire.answer(wire.queue_out(doors(request).desk.queue(wanted, now_of(request))))


@router.get(
    "/incidents/{incident_id}", response_class=Response, responses=documented(wire_shapes.IncidentViewOut)
)
def incident(request: Request, visitor: Reader, incident_id: Number) -> Response:
    view = doors(request).desk.incident(incident_id, now_of(request))
    read_raw(request, visitor, f"insiden:{view.incident.id}")
    doors(request).desk.second.opened(view.incident.id, visitor.account, now_of(request))
    return wire.answer(wire.incident_view_out(view))


@router.post(
    "/incidents/{incident_id}/reviews",
    status_code=201,
    response_class=Response,
    responses=documented(wire_shapes.IncidentOut, 201),
    dependencies=[CheckedHeader],
)
def review(request: Request, visitor: Reviewer, incident_id: Number, body: wire_shapes.ReviewIn) -> Response:
    """Appends a decision; `seen_review_id` must name the newest review you saw (null: none), else 409."""
    draft = body.draft(incident_id)
    after = doors(request).desk.review(draft, visitor.account, now_of(request))
    return wire.answer(wire.incident_out(after), 201)


@router.post(
    "/incidents/{incident_id}/merge",
    status_code=201,
    response_class=Response,
    responses=documented(wire_shapes.IncidentOut, 201),
    dependencies=[CheckedHeader],
)
def merge(request: Request, visitor: Reviewer, incident_id: Number, body: wire_shapes.MergeIn) -> Response:
    """All reports of `from_id` become reports of this incident; 409 when one of them was merged before."""
    after = doors(request).desk.merge(incident_id, body.from_id, visitor.account, now_of(request))
    return wire.answer(wire.incident_out(after), 201)


@router.post(
    "/incidents/{incident_id}/split",
    status_code=201,
    response_class=Response,
    responses=documented(wire_shapes.SplitOut, 201),
    dependencies=[CheckedHeader],
)
def split(request: Request, visitor: Reviewer, incident_id: Number, body: wire_shapes.SplitIn) -> Response:
    """These reports, some but not all of the incident, become a new incident."""
    kept, new = doors(request).desk.split(incident_id, body.item_ids, visitor.account, now_of(request))
    return wire.answer(wire.split_out(kept, new), 201)


@router.get("/items/{item_id}", response_class=Response, responses=documented(wire_shapes.ReportOut))
def item(request: Request, visitor: Reader, item_id: Number) -> Response:
    report = doors(request).desk.item(item_id)
    read_raw(request, visitor, f"butir:{item_id}")
    return wire.answer(wire.report_out(report))


@router.get("/set-aside", response_class=Response, responses=documented(wire_shapes.SetAsideListOut))
def set_aside(
    request: Request,
    visitor: Reader,
    *,
    reason: LedgerReason | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    cursor: Cursor = "",
) -> Response:
    """Items that did not reach the queue, with the reason, most relevant first: nothing is hidden."""
    lines = doors(request).desk.set_aside(reason, limit + 1, offset, cursor, sight=visitor.sight)
    return wire.answer(wire.set_aside_page_out(lines, limit))


@router.post(
    "/sources",
    status_code=201,
    response_class=Response,
    responses=documented(wire_shapes.SourceOut, 201),
    dependencies=[CheckedHeader],
)
def add_source(request: Request, visitor: Operator, body: wire_shapes.SourceIn) -> Response:
    listing = SourceListing(url=body.url, name=body.name, owner=body.owner, area=body.area)
    added = doors(request).desk.add_source(listing, now_of(request), visitor.account.id)
    return wire.answer(wire.source_out(added), 201)


@router.post(
    "/sources/{source_id}/accept-move",
    response_class=Response,
    responses=documented(wire_shapes.SourceOut),
    dependencies=[CheckedHeader],
)
def accept_move(request: Request, visitor: Operator, source_id: Number, body: wire_shapes.MoveIn) -> Response:
    """The address a source has moved to for good becomes its own; until then the old one is asked."""
    after = doors(request).desk.accept_move(source_id, body.address, now_of(request), visitor.account.id)
    return wire.answer(wire.source_out(after))


@router.get("/digest", response_class=Response, responses=documented(wire_shapes.DigestOut))
def digest(
    request: Request,
    visitor: Reader,
    *,
    date: Day = "",
    start: OptionalMoment = "",
    end: OptionalMoment = "",
    office: OwnOffice = None,
) -> Response:
    """The report of a day (15.00 WIB the day before to 15.00), of [start, end), or of the window now open;
    of the province, or of the regency that `office` names."""
    return wire.answer(wire.digest_out(digest_asked(request, visitor, date, start, end, office)))


@router.get(
    "/digest.pdf",
    response_class=Response,
    responses={200: {"description": "OK", "content": {"application/pdf": {}}}, **REFUSALS},
)
def digest_pdf(
    request: Request,
    visitor: Reader,
    *,
    date: Day = "",
    start: OptionalMoment = "",
    end: OptionalMoment = "",
    office: OwnOffice = None,
    lang: Annotated[str, Query(pattern="^(id|en)$")] = "id",
) -> Response:
    """The same report as one or two A4 pages."""
    made = digest_asked(request, visitor, date, start, end, office)
    took_report(request, visitor, made)
    return pdf_answer(request, made, lang)


def digest_asked(  # noqa: PLR0917  the parameters of two routes, in their order
    request: Request, visitor: Visitor, date: str, start: str, end: str, office_code: str | None
) -> Digest:
    desk, now = doors(request).desk, now_of(request)
    if office_code == "":
        raise Invalid("office tidak boleh kosong; tanpa office berarti provinsi.")
    office = office_asked(own_office(visitor, office_code or ""))
    if date and (start or end):
        raise Invalid("Pakai date, atau start dan end, bukan keduanya.")
    day = read_day(date)
    if date and day is None:
        raise Invalid(f"date harus berbentuk YYYY-MM-DD, antara tahun {YEARS[0]} dan {YEARS[1]}.")
    if day or not (start or end):
        return digest_at(desk, day, now, office)
    window = read_window(start, end)
    if window is None:
        raise Invalid(
            "start dan end harus waktu ISO 8601, start sebelum end, "
            f"paling lama {WINDOW_DAYS} hari, antara tahun {YEARS[0]} dan {YEARS[1]}."
        )
    return worded(desk.digest(*window, now, office))


@router.get("/taxonomy", response_class=Response, responses=documented(wire_shapes.TaxonomyOut))
def taxonomy(request: Request, visitor: Reader) -> Response:
    return wire.answer(wire.taxonomy_out())


@router.get("/health", response_class=Response, responses={200: {"model": wire_shapes.HealthOut}})
def health(request: Request, _: Anyone) -> Response:
    """Whether the service answers and its database does; says nothing else to strangers."""
    try:
        doors(request).desk.account("-")
    except Exception:  # noqa: BLE001  any reason at all is "unavailable"; strangers get no more
        return wire.answer({"status": "unavailable"}, 503)
    return wire.answer({"status": "ok"})


@router.post(
    "/screen",
    response_class=Response,
    responses=documented(wire_shapes.ScreenListOut),
    dependencies=[CheckedHeader],
)
def screen_texts(request: Request, visitor: Screener, body: wire_shapes.ScreenIn) -> Response:
    """Assesses the given texts without storing them; answers in order, with the keys of `dini screen`."""
    documents = [
        Document(
            id=one.id or str(number),
            title=one.title,
            text=one.text,
            published=read_moment(one.published) if one.published else None,
            url=one.url,
        )
        for number, one in enumerate(body.documents, 1)
    ]
    judged = screen(documents, doors(request).desk.classifier)
    return wire.answer({"items": [wire.screened_out(one) for one in judged]})
