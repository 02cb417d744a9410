"""Forms of the incident page for notes, grades and follow-ups, and the list of all follow-ups."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import CheckedForm, Number, Reader, Reviewer, Visitor, doors, now_of, safe_next
from api.docket import codes
from api.pages import incident_page
from api.render import page
from api.times import read_moment
from api.wire_shapes import plain
from screening import (
    Channel,
    Conflict,
    FollowUpDraft,
    FollowUpState,
    GradeDraft,
    Invalid,
    NotFound,
    StepDraft,
)
from screening.taxonomy import REGENCY_BY_CODE

router = APIRouter()

PAGE = 50
STATES = ("open", "late", "closed", "all")
Typed = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=20_000)]


@router.post("/insiden/{incident_id}/catatan", dependencies=[CheckedForm])
def write_note(
    request: Request, visitor: Reviewer, incident_id: Number, *, isi_catatan: Text = "", kembali: Typed = ""
) -> Response:
    return done(
        request,
        visitor,
        incident_id,
        act=lambda: doors(request).desk.casework.write_note(
            incident_id, plain(isi_catatan), visitor.account, now_of(request)
        ),
        note="catatan",
        anchor="h-catatan",
        back=kembali,
        typed={"isi_catatan": isi_catatan},
    )


@router.post("/insiden/{incident_id}/nilai", dependencies=[CheckedForm])
def set_grade(
    request: Request,
    visitor: Reviewer,
    incident_id: Number,
    *,
    huruf: Typed = "",
    isi: Typed = "",
    lembaga: Typed = "",
    diperoleh: Typed = "",
    cara: Text = "",
    terlihat: Typed = "",
    cabut: Typed = "",
    kembali: Typed = "",
) -> Response:
    """Sets the grade that stands; with `cabut` the machine's stands again."""

    def act() -> None:
        draft = GradeDraft(
            incident_id=incident_id,
            letter=None if cabut else huruf,
            information=None if cabut else int(isi) if re.fullmatch("[1-6]", isi) else 0,
            channel=Channel(lembaga) if lembaga in set(Channel) and not cabut else None,
            obtained=plain(cara).strip(),
            obtained_at=None if cabut or not diperoleh else read_moment(diperoleh),
            seen_grade_id=int(terlihat) if re.fullmatch("[0-9]{1,18}", terlihat) else None,
        )
        if diperoleh and not cabut and draft.obtained_at is None:
            raise Invalid("Waktu diperoleh tidak terbaca. Isi tanggal dan jamnya.")
        doors(request).desk.casework.set_grade(draft, visitor.account, now_of(request))

    typed = {"huruf": huruf, "isi": isi, "lembaga": lembaga, "diperoleh": diperoleh, "cara": cara}
    return done(
        request, visitor, incident_id, act=act, note="nilai", anchor="h-nilai", back=kembali, typed=typed
    )


@router.post("/insiden/{incident_id}/tindak-lanjut", dependencies=[CheckedForm])
def open_follow_up(
    request: Request,
    visitor: Reviewer,
    incident_id: Number,
    *,
    tindakan: Text = "",
    penanggung: Typed = "",
    tenggat: Typed = "",
    keadaan: Typed = "",
    kembali: Typed = "",
) -> Response:
    def act() -> None:
        draft = FollowUpDraft(
            incident_id=incident_id,
            what=plain(tindakan),
            owner=plain(penanggung),
            due_at=read_moment(tenggat),
            state=read_state(keadaan or FollowUpState.PLANNED),
        )
        doors(request).desk.casework.open_follow_up(draft, visitor.account, now_of(request))

    typed = {"tindakan": tindakan, "penanggung": penanggung, "tenggat": tenggat, "keadaan": keadaan}
    return done(
        request, visitor, incident_id, act=act, note="tindak", anchor="h-tindak", back=kembali, typed=typed
    )


@router.post("/tindak-lanjut/{follow_up_id}", dependencies=[CheckedForm])
def record_step(
    request: Request,
    visitor: Reviewer,
    follow_up_id: Number,
    *,
    keadaan: Typed = "",
    hasil: Text = "",
    ditanggapi: Typed = "",
    tenggat: Typed = "",
    terlihat: Typed = "",
    kembali: Typed = "",
) -> Response:
    """Records what happened to a follow-up; back to its incident."""
    desk = doors(request).desk
    incident_id = desk.casework.follow_up(follow_up_id).incident_id

    def act() -> None:
        draft = StepDraft(
            follow_up_id=follow_up_id,
            state=read_state(keadaan),
            outcome=plain(hasil),
            responded=bool(ditanggapi),
            due_at=read_moment(tenggat) if tenggat else None,
            seen_step_id=int(terlihat) if re.fullmatch("[0-9]{1,18}", terlihat) else 0,
        )
        if tenggat and draft.due_at is None:
            raise Invalid("Tenggat tidak terbaca. Isi tanggal dan jamnya.")
        desk.casework.step(draft, visitor.account, now_of(request))

    typed = {
        "langkah": str(follow_up_id),
        "keadaan_langkah": keadaan,
        "hasil": hasil,
        "ditanggapi": ditanggapi,
        "tenggat_langkah": tenggat,
    }
    anchor = f"tl{follow_up_id}"
    return done(
        request, visitor, incident_id, act=act, note="langkah", anchor=anchor, back=kembali, typed=typed
    )


@router.get("/tindak-lanjut")
def follow_ups(
    request: Request, visitor: Reader, keadaan: str = "", daerah: str = "", mulai: str = ""
) -> Response:
    """Open ones by time limit; an unknown filter value means no filter."""
    state = keadaan if keadaan in STATES else "open"
    office = daerah if daerah in REGENCY_BY_CODE else ""
    offset = int(mulai) if re.fullmatch("[0-9]{1,6}", mulai) else 0
    found = doors(request).desk.casework.follow_ups(
        now_of(request), state=state, office=office, limit=PAGE, offset=offset, sight=visitor.sight
    )
    return page(
        request,
        "tindak_lanjut.html",
        visitor=visitor,
        found=found,
        states=STATES,
        state=state,
        office=office,
        offset=offset,
        size=PAGE,
        **codes(),
    )


def done(
    request: Request,
    visitor: Visitor,
    incident_id: int,
    *,
    act: Callable[[], object],
    note: str,
    anchor: str,
    back: str,
    typed: dict[str, str],
) -> Response:
    """Back to the part of the incident's page where it was done; a refusal shows what was typed."""
    try:
        act()
    except (Conflict, NotFound, Invalid) as refusal:
        status = {Conflict: 409, NotFound: 404, Invalid: 422}[type(refusal)]
        typed = {**typed, "bagian": anchor.partition("-")[2] or "tindak"}
        return incident_page(
            request,
            visitor,
            incident_id,
            back=safe_next(back),
            problem=refusal.detail,
            status=status,
            draft=typed,
        )
    kept = {"pesan": note} | ({"dari": safe_next(back)} if back else {})
    return RedirectResponse(f"/insiden/{incident_id}?{urlencode(kept)}#{anchor}", status_code=303)


def read_state(text: str) -> FollowUpState:
    if text not in set(FollowUpState):
        raise Invalid("Pilih keadaan tindak lanjut dari daftar.")
    return FollowUpState(text)
