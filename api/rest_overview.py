"""`/api/v1/overview`: the province at a glance."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api import wire, wire_overview
from api.auth import Reader, doors, now_of
from api.rest import documented

router = APIRouter(tags=["v1"])


@router.get("/overview", response_class=Response, responses=documented(wire_overview.OverviewOut))
def overview(request: Request, visitor: Reader) -> Response:
    """Levels of the 14 areas, 30 days by bidang, what is announced for 72 hours, what presses."""
    found = doors(request).desk.overview(now_of(request), visitor.sight)
    return wire.answer(wire_overview.overview_out(found))
