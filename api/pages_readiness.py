"""`/kesiapan`: what `dini doctor` and `/readyz` know, for operators and administrators of the province."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.auth import Operator, doors, now_of
from api.render import language, page
from api.words import say

router = APIRouter()


@router.get("/kesiapan")
def readiness(request: Request, visitor: Operator) -> Response:
    """Every check in words, what needs attention first."""
    desk, now, lang = doors(request).desk, now_of(request), language(request)
    checks = desk.doctor(now)
    return page(
        request,
        "kesiapan.html",
        visitor=visitor,
        checks=sorted(checks, key=lambda one: one.ok),
        bad=sum(not one.ok for one in checks),
        ready=desk.operations.ready(now),
        check_name=lambda name: say(f"check_{name}", lang, name.capitalize()),
    )
