"""`/healthz` and `/readyz` for machines; strangers get one word, the operator `dini doctor`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from api.auth import Anyone, doors, now_of

router = APIRouter()


@router.get("/healthz")
def alive(_: Anyone) -> PlainTextResponse:
    """The process answers; a restart helps when it does not."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(request: Request, _: Anyone) -> PlainTextResponse:
    """All parts are well: database at head, model, disk, collecting, post. 503 else, without saying which."""
    well = doors(request).desk.operations.ready(now_of(request))
    return PlainTextResponse("ok\n" if well else "unavailable\n", 200 if well else 503)
