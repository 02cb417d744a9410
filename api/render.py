"""Templates to pages: one environment, autoescape always on, words and times in the reader's language."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api import marks, times
from api.auth import REVIEWERS, Visitor, find_visitor, now_of, set_cookie
from api.blind import blind_incidents, waiting_count
from api.menu import house
from api.words import LANGUAGES, say
from api.words_queue import script_words
from screening.taxonomy import (
    BIDANG,
    FORM_BY_CODE,
    FORM_TERMS,
    ISSUE_BY_CODE,
    ISSUE_TERMS,
    REALIS_BY_CODE,
    REGENCIES,
    REGENCY_BY_CODE,
    REJECT_NAMES,
    TAXONOMY_VERSION,
    Severity,
    Term,
)

LANG_COOKIE = "lang"
YEAR = 365 * 86400
# A level is told by its word and its shape too, never by colour alone.
SHAPES = {
    Severity.NONE: "·",
    Severity.INFORMASI: "○",
    Severity.WASPADA: "◐",
    Severity.SIAGA: "▲",
    Severity.DARURAT: "◆",
}


def language(request: Request) -> str:
    """`?lang=` wins, then the cookie, then Indonesian."""
    asked = request.query_params.get("lang") or request.cookies.get(LANG_COOKIE) or ""
    return asked if asked in LANGUAGES else "id"


def term_name(term: Term | None, lang: str, code: str = "") -> str:
    return code if term is None else term.en if lang == "en" else term.id


def link(path: str, **params: object) -> str:
    """A path of ours with the parameters that are set."""
    kept = {key: str(value) for key, value in params.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def number(value: float, places: int = 2, lang: str = "id", *, sign: bool = False) -> str:
    """`0,25` in Indonesian, `0.25` in English; `sign` writes a plus too."""
    text = f"{value:{'+' if sign else ''}.{places}f}"
    return text if lang == "en" else text.replace(".", ",")


@cache
def environment() -> Environment:
    env = Environment(
        loader=PackageLoader("api", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(
        dict=dict,
        BIDANG=BIDANG,
        FORM_TERMS=FORM_TERMS,
        ISSUE_TERMS=ISSUE_TERMS,
        REGENCIES=REGENCIES,
        REJECT_NAMES=REJECT_NAMES,
        LEVELS=tuple(sorted(Severity, reverse=True)),
        TAXONOMY_VERSION=TAXONOMY_VERSION,
        version=static_version(),
        shape=SHAPES.__getitem__,
        link=link,
        strongest=marks.strongest,
        word_segments=marks.word_segments,
        script_words=script_words,
    )
    return env


def static_version() -> str:
    """Changes when a static file changes, so that a browser never mixes two versions."""
    folder = Path(__file__).parent / "static"
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def office_short(office: str) -> str:
    """`Kesbangpol Kab. Seruyan`: which office a screen is shown to."""
    name = REGENCY_BY_CODE.get(office)
    if name is None:
        return "Kesbangpol Prov. Kalteng"
    return f"Kesbangpol {name}" if name.startswith("Kota ") else f"Kesbangpol Kab. {name}"


def page(
    request: Request, template: str, *, status: int = 200, visitor: Visitor | None = None, **context: Any
) -> HTMLResponse:
    """Renders one template with the words, times and rights of this visitor."""
    lang = language(request)
    now = now_of(request)
    query = {key: value for key, value in request.query_params.items() if key != "lang"}

    def t(key: str, /, **values: object) -> str:
        text = say(key, lang)
        return text.format(**values) if values else text

    body = (
        environment()
        .get_template(template)
        .render(
            t=t,
            lang=lang,
            now=now,
            visitor=visitor,
            office_short=office_short,
            may_review=visitor is not None and visitor.account.role in REVIEWERS,
            csrf=visitor.csrf if visitor else "",
            path=request.url.path,
            lang_links={code: link(request.url.path, **query, lang=code) for code in LANGUAGES},
            full=lambda moment: times.full(moment, lang),
            short=lambda moment: times.short(moment, lang),
            hour=lambda moment: times.hour(moment, lang),
            percent=lambda share: int(share * 100 + 1e-9),
            number=lambda value, places=2, sign=False: number(value, places, lang, sign=sign),
            segments=lambda text, evidence, offset=0: marks.segments(text, evidence, offset, lang),
            # News and what the machine says of it are Indonesian whatever the reader chose.
            indonesian=Markup("" if lang == "id" else ' lang="id"'),  # noqa: S704  constants
            house=house(visitor, request.url.path),
            second_waiting=lambda: waiting_count(request, visitor),
            second_blind=lambda: blind_incidents(request, visitor),
            day_name=lambda moment: times.day_name(moment, lang),
            ago=lambda moment: times.ago(moment, now, lang),
            iso=times.iso,
            issue_name=lambda code: term_name(ISSUE_BY_CODE.get(code), lang, code),
            form_name=lambda code: term_name(FORM_BY_CODE.get(code), lang, code),
            realis_name=lambda code: term_name(REALIS_BY_CODE.get(code), lang, code),
            reject_name=lambda code: term_name(REJECT_NAMES.get(code), lang, str(code)),
            term_name=lambda term: term_name(term, lang),
            **context,
        )
    )
    response = HTMLResponse(body, status_code=status)
    if request.query_params.get("lang") in LANGUAGES:
        set_cookie(response, LANG_COOKIE, lang, request.app.state.doors.secure, YEAR)
    return response


def error_page(request: Request, status: int, title: str, detail: str, reference: str) -> Response:
    """A kind page that says what happened and what to do; it must work even when the desk does not."""
    try:
        visitor = find_visitor(request)
    except Exception:  # noqa: BLE001  the page about a broken database may not need the database
        visitor = None
    return page(
        request, "galat.html", status=status, visitor=visitor, title=title, detail=detail, reference=reference
    )
