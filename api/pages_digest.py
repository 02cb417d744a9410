"""The supervisor's morning: the digest of a window as a letter, on the page and as a PDF on A4."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.auth import Reader, doors, now_of
from api.letter import digest_at, file_name, pdf, without_tags
from api.render import language, page
from api.times import read_day
from screening import Digest, digest_text

router = APIRouter()


@router.get("/laporan")
def digest(request: Request, visitor: Reader, tanggal: str = "") -> Response:
    """The current window, or the report day that `tanggal` names; an unreadable date means now."""
    now, day = now_of(request), read_day(tanggal)
    made = digest_at(doors(request).desk, day, now)
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


@router.get("/laporan.pdf")
def digest_pdf(request: Request, visitor: Reader, tanggal: str = "") -> Response:
    made = digest_at(doors(request).desk, read_day(tanggal), now_of(request))
    return pdf_answer(made, language(request))


def pdf_answer(made: Digest, lang: str) -> Response:
    """A download, not a view: the viewer inside a browser is not our page and not under our policy."""
    return Response(
        pdf(made, lang),
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file_name(made)}"'},
    )
