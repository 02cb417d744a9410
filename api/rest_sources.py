"""`/api/v1/sources`: how they fare, one by itself, and a look before one is saved."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import wire, wire_sources
from api.auth import CheckedHeader, Number, Operator, Reader, doors, now_of
from api.rest import documented

router = APIRouter(tags=["v1"])


@router.get("/sources", response_class=Response, responses=documented(wire_sources.SourceHealthListOut))
def sources(request: Request, visitor: Reader) -> Response:
    """Those that need an eye first; `health` says in words how each fares and why."""
    every = doors(request).desk.source_health(now_of(request))
    return wire.answer({"items": [wire_sources.source_health_out(one) for one in every], "next_cursor": ""})


@router.get(
    "/sources/{source_id:int}", response_class=Response, responses=documented(wire_sources.SourceViewOut)
)
def source(
    request: Request,
    visitor: Reader,
    source_id: Number,
    days: Annotated[int, Query(ge=1, le=90)] = 30,
) -> Response:
    """One source with its days (entries, what is usual, where everything seen went) and last fetches."""
    return wire.answer(
        wire_sources.source_view_out(doors(request).desk.source_view(source_id, now_of(request), days))
    )


@router.post(
    "/sources/preview",
    response_class=Response,
    responses=documented(wire_sources.PreviewOut),
    dependencies=[CheckedHeader],
)
def preview(request: Request, visitor: Operator, body: wire_sources.PreviewIn) -> Response:
    """Fetches an address and shows its first entries, or the feeds of a home page; nothing is stored."""
    found = doors(request).desk.preview_source(body.url, now_of(request))
    return wire.answer(wire_sources.preview_out(found))
