"""`/api/v1/indicators`: all of an office and a period, and the cases behind one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import wire, wire_indicators
from api.auth import Reader, doors, now_of, own_office
from api.figures import period_asked
from api.rest import documented
from screening import NotFound

router = APIRouter(tags=["v1"])

Office = Annotated[str, Query(max_length=5)]
First = Annotated[str, Query(alias="from", max_length=10)]
Last = Annotated[str, Query(alias="to", max_length=10)]


@router.get("/indicators", response_class=Response, responses=documented(wire_indicators.IndicatorsOut))
def indicators(
    request: Request, visitor: Reader, office: Office = "", first: First = "", last: Last = ""
) -> Response:
    """Days are WIB and both in the period; without any, the 30 days up to today."""
    now = now_of(request)
    made = doors(request).desk.indicators(own_office(visitor, office), period_asked(first, last, now), now)
    return wire.answer(wire_indicators.indicators_out(made))


@router.get(
    "/indicators/{code}",
    response_class=Response,
    responses=documented(wire_indicators.IndicatorCasesOut),
)
def indicator(
    request: Request,
    visitor: Reader,
    code: str,
    *,
    office: Office = "",
    first: First = "",
    last: Last = "",
    part: Annotated[str, Query(max_length=20)] = "",
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """One indicator with the incidents, sources or days behind the figure `part` (empty: the indicator)."""
    now = now_of(request)
    period = period_asked(first, last, now)
    made = doors(request).desk.indicator(code, own_office(visitor, office), period, now)
    chosen = next((one for one in made.measures[0].figures if one.key == part), None)
    if chosen is None:
        raise NotFound("Bagian indikator itu tidak ada.")
    return wire.answer(wire_indicators.cases_out(made, chosen, offset, limit))
