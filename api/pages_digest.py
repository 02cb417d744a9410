"""The supervisor's morning: the digest of a window as a letter that prints on A4."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response

from api.auth import Reader, doors, now_of
from api.render import page
from api.times import read_day
from screening import day_window, digest_text, window_at

router = APIRouter()


def without_tags(text: str) -> str:
    """A digest sentence without its leading `[level][codes]`: the page shows those as a badge."""
    return re.sub(r"^(?:\[[^\]]*\]\s*)+", "", text)


@router.get("/laporan")
def digest(request: Request, visitor: Reader, tanggal: str = "") -> Response:
    """The current window, or the report day that `tanggal` names; an unreadable date means now."""
    now, day = now_of(request), read_day(tanggal)
    start, end = day_window(day) if day else window_at(now)
    made = doors(request).desk.digest(start, end, now)
    return page(
        request,
        "laporan.html",
        visitor=visitor,
        digest=made,
        usual=dict(made.usual),
        text=digest_text(made),
        without_tags=without_tags,
        chosen=day.isoformat() if day else "",
    )
