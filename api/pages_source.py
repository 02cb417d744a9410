"""One source by itself, and a look at one before it is saved."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.auth import OPERATORS, CheckedForm, Number, Operator, Reader, doors, now_of
from api.charts import day_bars
from api.pages_sources import sources_page
from api.render import page
from api.times import WIB
from screening import WORTH_DAYS, Invalid, LedgerReason

router = APIRouter()

DAYS = 30


@router.get("/sumber/{source_id}")
def show(request: Request, visitor: Reader, source_id: Number) -> Response:
    view = doors(request).desk.source_view(source_id, now_of(request), DAYS)
    since = view.health.source.added_at.astimezone(WIB).date()
    reasons = [why for why in LedgerReason if any(why in dict(one.ledger) for one in view.days)]
    return page(
        request,
        "sumber_satu.html",
        visitor=visitor,
        may_operate=visitor.account.role in OPERATORS and visitor.sight.whole,
        health=view.health,
        one=view.health.source,
        days=[day for day in view.days if day.day >= since or day.entries or day.seen],
        fetches=view.fetches,
        bars=day_bars(view.days, since),
        reasons=reasons,
        worth_days=WORTH_DAYS,
    )


@router.post("/sumber/pratinjau", dependencies=[CheckedForm])
def preview(
    request: Request,
    visitor: Operator,
    *,
    alamat: Annotated[str, Form(max_length=2_000)] = "",
    nama: Annotated[str, Form(max_length=200)] = "",
    pemilik: Annotated[str, Form(max_length=200)] = "",
    cakupan: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Fetches the address now and stores nothing; the page has the form that saves it."""
    draft = {"alamat": alamat, "nama": nama, "pemilik": pemilik, "cakupan": cakupan}
    try:
        found = doors(request).desk.preview_source(alamat, now_of(request))
    except Invalid as refusal:
        return sources_page(request, visitor, status=422, problem=refusal.detail, draft=draft)
    return page(request, "sumber_pratinjau.html", visitor=visitor, found=found, draft=draft)
