"""The supervisor's morning: the digest of a window as a letter, on the page and as a PDF on A4."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request, Response

from api.auth import Reader, doors, now_of
from api.letter import digest_at, file_name, office_asked, pdf, without_tags
from api.render import language, page
from api.times import YEARS, read_day
from api.words import say
from screening import Digest, Invalid, digest_text, office_name

router = APIRouter()


@router.get("/laporan")
def digest(request: Request, visitor: Reader, tanggal: str = "", daerah: str = "") -> Response:
    """The current window, or the report day that `tanggal` names; of the regency `daerah` or of all."""
    now, day = now_of(request), day_asked(request, tanggal)
    desk, office = doors(request).desk, office_asked(daerah)
    made = digest_at(desk, day, now, office)
    return page(
        request,
        "laporan.html",
        visitor=visitor,
        digest=made,
        usual=dict(made.usual),
        text=digest_text(made),
        without_tags=without_tags,
        chosen=day.isoformat() if day else "",
        office=office,
        posted=desk.dispatches(made.start, made.end, office),
        can_send=desk.settings.smtp is not None,
        has_mailbox=any(not office or one.office == office for one in desk.recipients()),
        office_name=office_name,
    )


@router.get("/laporan.pdf")
def digest_pdf(request: Request, visitor: Reader, tanggal: str = "", daerah: str = "") -> Response:
    day, office = day_asked(request, tanggal), office_asked(daerah)
    made = digest_at(doors(request).desk, day, now_of(request), office)
    return pdf_answer(made, language(request))


def day_asked(request: Request, text: str) -> date | None:
    """None when no day is asked for; `Invalid` when it cannot be read: another day's report would mislead."""
    day = read_day(text)
    if text.strip() and day is None:
        raise Invalid(say("date_unreadable", language(request)).format(first=YEARS[0], last=YEARS[1]))
    return day


def pdf_answer(made: Digest, lang: str) -> Response:
    """A download, not a view: the viewer inside a browser is not our page and not under our policy."""
    return Response(
        pdf(made, lang),
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file_name(made)}"'},
    )
