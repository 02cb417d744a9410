"""The analyst's pages: the queue, an incident with its decision form, an item, and what was set aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import CheckedForm, Number, Reader, Reviewer, Visitor, doors, now_of, safe_next
from api.marks import strongest
from api.render import language, page
from api.wire_shapes import plain
from api.words import say
from models import EvidenceKind
from screening import (
    Area,
    Conflict,
    Decision,
    Invalid,
    Item,
    LedgerReason,
    NotFound,
    QueueFilter,
    QueueLine,
    Refused,
    ReviewDraft,
)
from screening.taxonomy import (
    FORM_BY_CODE,
    ISSUE_BY_CODE,
    ISSUE_TERMS,
    REGENCY_BY_CODE,
    RejectReason,
    Severity,
)

router = APIRouter()

PAGE = 50
QUEUE_WORDS = 6
# What a page may say after an action; anything else in the address is ignored.
NOTES = frozenset({"terima", "tolak", "ragu", "password_changed", "gabung", "pisah"})
BLANK = dict.fromkeys(("tingkat", "isu", "bentuk", "daerah", "catatan", "alasan", "nomor", "laporan"), "")


@router.get("/antrean")
def queue(
    request: Request,
    visitor: Reader,
    *,
    wilayah: str = "",
    status: str = "",
    tingkat: str = "",
    daerah: str = "",
    isu: str = "",
    setelah: str = "",
    fokus: str = "",
) -> Response:
    """An unknown filter value means no filter: an old bookmark shows more, never an error."""
    area = Area(wilayah) if wilayah in set(Area) else Area.KALTENG
    wanted = QueueFilter(
        state=status if status in ("open", "done", "all") else "open",
        area=area,
        severity=Severity(int(tingkat)) if re.fullmatch("[1-4]", tingkat) else None,
        place_code=daerah if daerah in REGENCY_BY_CODE and area is Area.KALTENG else None,
        issue=isu if isu in ISSUE_BY_CODE else None,
        after=setelah,
        limit=PAGE,
    )
    found = doors(request).desk.queue(wanted, now_of(request))
    shown = {
        "wilayah": area.value,
        "status": wanted.state,
        "tingkat": wanted.severity,
        "daerah": wanted.place_code or "",
        "isu": wanted.issue or "",
    }
    note, number = request.query_params.get("pesan", ""), request.query_params.get("no", "")
    return page(
        request,
        "antrean.html",
        visitor=visitor,
        page=found,
        shown=shown,
        filtered=bool(wanted.severity or wanted.place_code or wanted.issue or wanted.state != "open"),
        back=here(request),
        focus=fokus if fokus.isdigit() else "",
        words=strong_words,
        done=say(f"done_{note}", language(request)).format(n=number if number.isdigit() else "")
        if note in NOTES
        else "",
        done_id=number if note in NOTES and number.isdigit() else "",
    )


def here(request: Request) -> str:
    """This page's address without what only told about the last action."""
    kept = [
        (k, v) for k, v in request.query_params.multi_items() if k not in ("pesan", "no", "fokus", "lang")
    ]
    return request.url.path + ("?" + urlencode(kept) if kept else "")


def strong_words(line: QueueLine) -> list[str]:
    """The words that spoke for the flag; a sentence is not a word."""
    shown = strongest(line.evidence, QUEUE_WORDS)
    return [
        one.text for one in shown if one.kind in (EvidenceKind.TERM, EvidenceKind.FORM, EvidenceKind.FACT)
    ]


def paragraphs(item: Item) -> Iterator[tuple[int, str]]:
    """Lines of the text with their offset in `title + newline + text`, where evidence is counted."""
    offset = len(item.title) + 1
    for line in re.finditer(r"[^\n]+", item.text):
        if line.group().strip():
            yield offset + line.start(), line.group()


@router.get("/insiden/{incident_id}")
def incident(request: Request, visitor: Reader, incident_id: Number, dari: str = "") -> Response:
    note = request.query_params.get("pesan", "")
    done = say(f"done_{note}", language(request)).format(n=incident_id) if note in NOTES else ""
    return incident_page(request, visitor, incident_id, back=safe_next(dari), done=done)


def incident_page(
    request: Request,
    visitor: Visitor,
    incident_id: int,
    *,
    back: str,
    done: str = "",
    problem: str = "",
    status: int = 200,
    draft: dict[str, str] | None = None,
) -> Response:
    view = doors(request).desk.incident(incident_id, now_of(request))
    return page(
        request,
        "insiden.html",
        status=status,
        visitor=visitor,
        one=view.incident,
        reports=view.reports,
        reviews=view.reviews,
        regroupings=view.regroupings,
        back=back,
        done=done,
        problem=problem,
        draft=BLANK | (draft or {}),
        paragraphs=paragraphs,
        one_lead=view.incident.lead_item_id,
        place_of=lambda code: REGENCY_BY_CODE.get(code, code),
    )


@router.post("/insiden/{incident_id}/putusan", dependencies=[CheckedForm])
def review(
    request: Request,
    visitor: Reviewer,
    incident_id: Number,
    *,
    putusan: Annotated[str, Form()] = "",
    alasan: Annotated[str, Form()] = "",
    tingkat: Annotated[str, Form()] = "",
    isu: Annotated[str, Form()] = "",
    bentuk: Annotated[str, Form()] = "",
    daerah: Annotated[str, Form()] = "",
    catatan: Annotated[str, Form(max_length=4_000)] = "",
    terlihat: Annotated[str, Form()] = "",
    kembali: Annotated[str, Form()] = "",
    lanjut: Annotated[str, Form()] = "",
    halaman: Annotated[str, Form()] = "",
) -> Response:
    """Records the decision; a refusal shows the incident again with everything that was typed."""
    back = safe_next(kembali)
    typed = {
        "tingkat": tingkat,
        "isu": isu,
        "bentuk": bentuk,
        "daerah": daerah,
        "catatan": catatan,
        "alasan": alasan,
    }
    try:
        draft = read_draft(incident_id, putusan, typed, terlihat)
        doors(request).desk.review(draft, visitor.account, now_of(request))
    except (Conflict, Refused, Invalid) as refusal:
        status = {Conflict: 409, Refused: 403, Invalid: 422}[type(refusal)]
        return incident_page(
            request, visitor, incident_id, back=back, problem=refusal.detail, status=status, draft=typed
        )
    if halaman == "insiden":
        kept = {"pesan": draft.decision.value} | ({"dari": back} if kembali else {})
        return RedirectResponse(f"/insiden/{incident_id}?{urlencode(kept)}", status_code=303)
    return RedirectResponse(after_decision(back, draft.decision, incident_id, lanjut), status_code=303)


@router.post("/insiden/{incident_id}/gabung", dependencies=[CheckedForm])
def merge(
    request: Request,
    visitor: Reviewer,
    incident_id: Number,
    *,
    nomor: Annotated[str, Form()] = "",
    kembali: Annotated[str, Form()] = "",
) -> Response:
    """Takes all reports of incident `nomor` into this one."""

    def act() -> None:
        (other,) = row_numbers([nomor.strip()], "Tulis nomor insiden yang akan digabung.")
        doors(request).desk.merge(incident_id, other, visitor.account, now_of(request))

    return regrouped(
        request, visitor, incident_id, act=act, note="gabung", back=kembali, typed={"nomor": nomor}
    )


@router.post("/insiden/{incident_id}/pisah", dependencies=[CheckedForm])
def split(
    request: Request,
    visitor: Reviewer,
    incident_id: Number,
    *,
    laporan: Annotated[list[str], Form(default_factory=list)],
    kembali: Annotated[str, Form()] = "",
) -> Response:
    """Takes the ticked reports out into a new incident."""

    def act() -> None:
        chosen = row_numbers(laporan, "Pilih laporan yang akan dipisah.")
        doors(request).desk.split(incident_id, chosen, visitor.account, now_of(request))

    ticked = {"laporan": " ".join(laporan)}
    return regrouped(request, visitor, incident_id, act=act, note="pisah", back=kembali, typed=ticked)


def regrouped(
    request: Request,
    visitor: Visitor,
    incident_id: int,
    *,
    act: Callable[[], None],
    note: str,
    back: str,
    typed: dict[str, str],
) -> Response:
    """Back to the incident when it is done; a refusal shows it with what was typed and ticked."""
    try:
        act()
    except (Conflict, NotFound, Invalid) as refusal:
        status = {Conflict: 409, NotFound: 404, Invalid: 422}[type(refusal)]
        problem, shown = refusal.detail, safe_next(back)
        return incident_page(
            request, visitor, incident_id, back=shown, problem=problem, status=status, draft=typed
        )
    kept = {"pesan": note} | ({"dari": safe_next(back)} if back else {})
    return RedirectResponse(f"/insiden/{incident_id}?{urlencode(kept)}", status_code=303)


def row_numbers(given: list[str], problem: str) -> list[int]:
    """Numbers that fit a database's integer, else `Invalid` with this sentence."""
    if not given or not all(re.fullmatch("[0-9]{1,18}", one) for one in given):
        raise Invalid(problem)
    return [int(one) for one in given]


def after_decision(back: str, decision: Decision, incident_id: int, following: str) -> str:
    """Back to the same list, with the next line in focus, so that nobody loses the place."""
    parts = urlsplit(back)
    query = [*parse_qsl(parts.query), ("pesan", decision.value), ("no", str(incident_id))]
    anchor = ""
    if following.isdigit():
        query.append(("fokus", following))
        anchor = f"#i{following}"
    return f"{parts.path}?{urlencode(query)}{anchor}"


def read_draft(incident_id: int, decision: str, typed: dict[str, str], seen: str) -> ReviewDraft:
    """The form as a draft; `Invalid` says in words what the form lacks."""
    if decision not in set(Decision):
        raise Invalid("Pilih keputusan: terima, tolak, atau ragu.")
    chosen = Decision(decision)
    reason = typed["alasan"] if chosen is Decision.REJECT else ""
    if chosen is Decision.REJECT and reason not in set(RejectReason):
        raise Invalid("Menolak perlu alasan: pilih satu alasan dari daftar.")
    return ReviewDraft(
        incident_id=incident_id,
        decision=chosen,
        reason=RejectReason(reason) if reason else None,
        severity=Severity(int(typed["tingkat"])) if re.fullmatch("[0-4]", typed["tingkat"]) else None,
        issue=typed["isu"] if typed["isu"] in {term.code for term in ISSUE_TERMS} else None,
        form=typed["bentuk"] if typed["bentuk"] in FORM_BY_CODE else None,
        place_code=typed["daerah"] if typed["daerah"] in REGENCY_BY_CODE else None,
        note=plain(typed["catatan"]).strip(),
        seen_review_id=int(seen) if re.fullmatch("[0-9]{1,18}", seen) else None,
    )


@router.get("/butir/{item_id}")
def item(request: Request, visitor: Reader, item_id: Number, dari: str = "") -> Response:
    report = doors(request).desk.item(item_id)
    return page(
        request,
        "butir.html",
        visitor=visitor,
        report=report,
        back=safe_next(dari),
        paragraphs=paragraphs,
        one_lead=item_id,
    )


@router.get("/disisihkan")
def set_aside(request: Request, visitor: Reader, alasan: str = "", mulai: str = "") -> Response:
    desk = doors(request).desk
    reason = LedgerReason(alasan) if alasan in set(LedgerReason) else None
    offset = int(mulai) if re.fullmatch("[0-9]{1,7}", mulai) else 0
    lines = desk.set_aside(reason, PAGE + 1, offset)
    counted = desk.queue(QueueFilter(state="all", limit=1), now_of(request)).set_aside
    return page(
        request,
        "disisihkan.html",
        visitor=visitor,
        lines=lines[:PAGE],
        more=len(lines) > PAGE,
        offset=offset,
        size=PAGE,
        chosen=reason.value if reason else "",
        counts=counted,
    )
