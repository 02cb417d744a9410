"""The supervisor's indicators: one table an office and period, and behind each number its list."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response

from api.auth import Reader, doors, now_of, own_office
from api.figures import MAIN_PARTS, OFFICES, amount, exact, figure_words, part_name, period_asked
from api.render import language, page
from api.words import say
from screening import LEAST, REGISTRY_VERSION, Both, FigureState, NotFound, Unit

router = APIRouter()

PAGE = 100


@router.get("/indikator")
def table(request: Request, visitor: Reader, kantor: str = "", dari: str = "", sampai: str = "") -> Response:
    """All indicators of an office and a period."""
    now = now_of(request)
    period = period_asked(dari, sampai, now)
    made = doors(request).desk.indicators(own_office(visitor, kantor), period, now)
    return page(
        request,
        "indikator.html",
        visitor=visitor,
        made=made,
        shown={
            one.definition.code: [each for each in one.figures if each.key in MAIN_PARTS]
            for one in made.measures
        },
        **spoken(request),
    )


@router.get("/indikator/{code}")
def one(
    request: Request,
    visitor: Reader,
    code: str,
    *,
    kantor: str = "",
    dari: str = "",
    sampai: str = "",
    bagian: str = "",
    mulai: str = "",
) -> Response:
    """One indicator: its definition, its parts, and the cases behind the part chosen."""
    now = now_of(request)
    period = period_asked(dari, sampai, now)
    made = doors(request).desk.indicator(code, own_office(visitor, kantor), period, now)
    measure = made.measures[0]
    chosen = next((each for each in measure.figures if each.key == bagian), None)
    if chosen is None:
        raise NotFound(say("error_404", language(request)))
    offset = int(mulai) if re.fullmatch("[0-9]{1,6}", mulai) else 0
    return page(
        request,
        "indikator_satu.html",
        visitor=visitor,
        made=made,
        measure=measure,
        case_unit=Unit.MINUTES if measure.definition.unit is Unit.MINUTES else Unit.HOURS,
        chosen=chosen,
        cases=chosen.cases[offset : offset + PAGE],
        offset=offset,
        size=PAGE,
        more=len(chosen.cases) > offset + PAGE,
        **spoken(request),
    )


def spoken(request: Request) -> dict[str, Any]:
    """What both templates say numbers and names with."""
    lang = language(request)

    def both(text: Both) -> str:
        return text.en if lang == "en" else text.id

    return {
        "offices": OFFICES,
        "both": both,
        "value_of": partial(figure_words, lang=lang),
        "amount": partial(amount, lang=lang),
        "part_name": partial(part_name, lang=lang),
        "exact": exact,
        "MEASURED": FigureState.MEASURED,
        "registry": REGISTRY_VERSION,
        "least": LEAST,
    }
