"""Ikhtisar: the province in two minutes, for the head of office."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.auth import Reader, doors, now_of
from api.maps import province_map
from api.panels import draw
from api.render import language, page
from api.words import say
from screening import AreaState

router = APIRouter()


@router.get("/ikhtisar")
def overview(request: Request, visitor: Reader) -> Response:
    found = doors(request).desk.overview(now_of(request), visitor.sight)
    lang = language(request)
    states = {one.code: one for one in found.areas}
    return page(
        request,
        "ikhtisar.html",
        visitor=visitor,
        overview=found,
        map=province_map(),
        states=states,
        ordered=sorted((one for one in found.areas if one.within), key=gravest_first),
        mark=lambda one: mark_of(one, lang),
        drawn=draw(found.panels),
        unseen=[one for one in found.areas if one.within and not one.monitored],
        beyond=[one for one in found.areas if not one.within],
    )


def gravest_first(one: AreaState) -> tuple[int, int, bool, str]:
    """Sort key of the list beside the map: by level, then by how much is on, what is not seen before calm."""
    return (-int(one.level), -one.incidents, one.monitored, one.code)


def mark_of(one: AreaState, lang: str) -> str:
    """What stands on the map beside the colour: the level's initial, `?` not monitored, `–` nothing on."""
    if not one.within:
        return ""
    if one.level > 0:
        return say(f"level_{int(one.level)}", lang)[0]
    return "–" if one.monitored else "?"
