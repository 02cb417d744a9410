"""The supervisor's morning: the digest of a window as a letter, on the page and as a PDF on A4."""

from __future__ import annotations

from datetime import date
from functools import partial

from fastapi import APIRouter, Request, Response

from api.auth import Reader, Visitor, doors, now_of, own_office
from api.letter import (
    digest_as_text,
    digest_at,
    file_name,
    office_asked,
    pdf,
    source_lines,
    usual_words,
    without_tags,
)
from api.render import language, page
from api.times import WIB, YEARS, read_day
from api.words import say
from screening import Digest, Invalid, office_name, when_words

router = APIRouter()


@router.get("/laporan")
def digest(
    request: Request, visitor: Reader, tanggal: str = "", kantor: str = "", daerah: str = ""
) -> Response:
    """The current window, or the report day that `tanggal` names; of the office `kantor` (62: the province).

    `daerah` is the older name of it, kept for addresses that people have noted.
    """
    now, day = now_of(request), day_asked(request, tanggal)
    desk, office = doors(request).desk, office_asked(own_office(visitor, kantor or daerah))
    made = digest_at(desk, day, now, office)
    return page(
        request,
        "laporan.html",
        visitor=visitor,
        digest=made,
        usual=dict(made.usual),
        text=digest_as_text(made, desk.settings.public_url),
        without_tags=without_tags,
        usual_words=partial(usual_words, lang=language(request)),
        attached=source_lines(made),
        when_words=when_words,
        chosen=day.isoformat() if day else "",
        office=office,
        posted=desk.dispatches(made.start, made.end, office),
        can_send=desk.settings.smtp is not None,
        has_mailbox=any(not office or one.office == office for one in desk.recipients()),
        office_name=office_name,
    )


@router.get("/laporan.pdf")
def digest_pdf(
    request: Request, visitor: Reader, tanggal: str = "", kantor: str = "", daerah: str = ""
) -> Response:
    day, office = day_asked(request, tanggal), office_asked(own_office(visitor, kantor or daerah))
    made = digest_at(doors(request).desk, day, now_of(request), office)
    took_report(request, visitor, made)
    return pdf_answer(request, made, language(request))


def took_report(request: Request, visitor: Visitor, made: Digest) -> None:
    """The audit trail's line of a report that was downloaded."""
    subject = f"laporan:{made.end.astimezone(WIB):%Y-%m-%dT%H.%M}"
    doors(request).desk.audits.record(now_of(request), visitor.account.id, "laporan.unduh", subject)


def day_asked(request: Request, text: str) -> date | None:
    """None when no day is asked for; `Invalid` when it cannot be read: another day's report would mislead."""
    day = read_day(text)
    if text.strip() and day is None:
        raise Invalid(say("date_unreadable", language(request)).format(first=YEARS[0], last=YEARS[1]))
    return day


def pdf_answer(request: Request, made: Digest, lang: str) -> Response:
    """A download, not a view: the viewer inside a browser is not our page and not under our policy."""
    public = doors(request).desk.settings.public_url
    return Response(
        pdf(made, lang, public or str(request.base_url), always=bool(public)),
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file_name(made)}"'},
    )
