"""The audit trail for administrators: filters, pages back in time, CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from api.auth import Rule, Visitor, doors, now_of
from api.cli_audit import cells, rows_of
from api.render import language, page
from api.times import WIB, read_day
from api.words import say
from screening import AuditFilter, Desk, Role, Sight

router = APIRouter()

Auditor = Annotated[Visitor, Depends(Rule(frozenset({Role.ADMINISTRATOR, Role.AUDITOR})))]
PAGE = 100
CSV_ROWS = 100_000
HEADS = ("nomor", "waktu", "akun", "perbuatan", "perihal", "rincian", "sidik")


@router.get("/jejak")
def trail(
    request: Request,
    visitor: Auditor,
    *,
    dari: str = "",
    sampai: str = "",
    perbuatan: str = "",
    perihal: str = "",
    akun: str = "",
    sebelum: str = "",
) -> Response:
    """Newest first; a filter value that cannot be read means no filter."""
    desk = doors(request).desk
    shown = {"dari": dari, "sampai": sampai, "perbuatan": perbuatan, "perihal": perihal, "akun": akun}
    wanted, unknown = asked(desk, shown, visitor.sight)
    if re.fullmatch("[0-9]{1,18}", sebelum):
        wanted = replace(wanted, before=int(sebelum))
    found = desk.audits.page(wanted)
    return page(
        request,
        "jejak.html",
        visitor=visitor,
        found=found,
        shown=shown,
        unknown=unknown,
        filtered=any(shown.values()),
        later=bool(sebelum),
        stamp=lambda moment: f"{moment.astimezone(WIB):%Y-%m-%d %H.%M.%S}",
        verb_name=lambda what: say(f"verb_{what}", language(request), what),
    )


@router.get("/jejak.csv")
def trail_csv(
    request: Request,
    visitor: Auditor,
    *,
    dari: str = "",
    sampai: str = "",
    perbuatan: str = "",
    perihal: str = "",
    akun: str = "",
) -> Response:
    """The same rows, at most 100,000, streamed; itself a row of the trail."""
    desk, now = doors(request).desk, now_of(request)
    shown = {"dari": dari, "sampai": sampai, "perbuatan": perbuatan, "perihal": perihal, "akun": akun}
    wanted, _unknown = asked(desk, shown, visitor.sight)
    desk.audits.record(now, visitor.account.id, "jejak.unduh")
    return StreamingResponse(
        lines(desk, wanted),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="dini-jejak-{now.astimezone(WIB):%Y%m%d}.csv"'
        },
    )


def asked(desk: Desk, shown: dict[str, str], sight: Sight) -> tuple[AuditFilter, bool]:
    """(the filter, whether an account was named that there is not)."""
    account = desk.account(shown["akun"].strip()[:64]) if shown["akun"].strip() else None
    if account is not None and not sight.whole and account.office != sight.office:
        account = None  # whether another office has such an account is not told
    unknown = bool(shown["akun"].strip()) and account is None
    number = account.id if account else -1 if unknown else None
    wanted = AuditFilter(
        since=midnight(shown["dari"], 0),
        until=midnight(shown["sampai"], 1),
        what=shown["perbuatan"].strip()[:40],
        subject=shown["perihal"].strip()[:80],
        account_id=number,
        limit=PAGE,
        office="" if sight.whole else sight.office,
    )
    return wanted, unknown


def midnight(text: str, later: int) -> datetime | None:
    """The beginning (WIB) of a day, or of the one `later` days after; None when it cannot be read."""
    day = read_day(text)
    if day is None:
        return None
    return (datetime.combine(day, time(0), tzinfo=WIB) + timedelta(days=later)).astimezone(UTC)


def lines(desk: Desk, wanted: AuditFilter) -> Iterator[str]:
    """A byte-order mark, so that a spreadsheet reads it as UTF-8, the heads, the rows."""
    yield "\ufeff" + line(HEADS)
    for row, found in rows_of(desk, wanted, CSV_ROWS):
        yield line(cells(row, found))


def line(values: tuple[str, ...]) -> str:
    """One CSV line; what a spreadsheet would run as a formula gets a quote in front."""
    text = io.StringIO()
    safe = [
        f"'{one}" if one[:1] in ("=", "+", "-", "@", "\t", "\r") and one != "-" else one for one in values
    ]
    csv.writer(text).writerow(safe)
    return text.getvalue()
