"""`/api/v1`: lists of incidents and items to follow, one judgement, and which digests there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import wire, wire_lists
from api.asked import OFFICES, Cursor, IncidentOrder, Incidents, Items, Limit, code_of
from api.auth import Number, Reader, doors, now_of, own_office
from api.blind import blind_incidents, without_blind
from api.rest import documented

router = APIRouter(tags=["v1"])


@router.get("/incidents", response_class=Response, responses=documented(wire_lists.ListedPageOut))
def incidents(
    request: Request,
    visitor: Reader,
    wanted: Incidents,
    *,
    order: Annotated[
        IncidentOrder,
        Query(
            description="published: newest report first; changed: oldest change first, to follow on with "
            "`updated_since`; urgency: most urgent first"
        ),
    ] = IncidentOrder.PUBLISHED,
    merged: Annotated[bool, Query(description="also those whose reports went into another")] = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Response:
    """Incidents by filter, page by page. To keep a copy: `order=changed&merged=true&updated_since=` the
    newest `changed_at` seen, less an hour, because a change is dated when its round began."""
    asked = replace(wanted, order=order, merged=merged, after=cursor, limit=limit, sight=visitor.sight)
    found = doors(request).desk.exports.incidents(asked, now_of(request))
    return wire.answer(wire_lists.listed_page_out(without_blind(request, visitor, found)))


@router.get("/items", response_class=Response, responses=documented(wire_lists.ItemPageOut))
def items(request: Request, visitor: Reader, wanted: Items) -> Response:
    """Stored items, flagged or not, with masked title and excerpt; the text stays with its source."""
    asked, hidden = replace(wanted, sight=visitor.sight), blind_incidents(request, visitor)
    page = doors(request).desk.exports.items(asked)
    kept = tuple(one for one in page.lines if one.incident_id not in hidden)
    return wire.answer(wire_lists.item_page_out(replace(page, lines=kept)))


@router.get("/assessments/{item_id}", response_class=Response, responses=documented(wire_lists.JudgedOut))
def assessment(request: Request, visitor: Reader, item_id: Number) -> Response:
    """The whole judgement of an item: codes with probabilities, place, facts, evidence, parts, reasons."""
    return wire.answer(wire_lists.judged_out(doors(request).desk.exports.judgement(item_id)))


@router.get("/digests", response_class=Response, responses=documented(wire_lists.WindowsOut))
def digests(
    request: Request,
    visitor: Reader,
    *,
    office: Annotated[
        str | None, Query(json_schema_extra={"enum": [*OFFICES, None]}, description="all without it")
    ] = None,
    days: Annotated[int, Query(ge=1, le=31)] = 7,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Response:
    """The digests that were due at 06.30 and 15.00 WIB, newest first, of the province and the 14; a regency
    sees its own."""
    code_of(office, OFFICES, "office")
    every = office is None and visitor.sight.whole
    chosen = OFFICES if every else [own_office(visitor, office or "")]
    page = doors(request).desk.exports.windows(chosen, days, cursor, limit, now_of(request))
    return wire.answer(wire_lists.windows_out(page))
