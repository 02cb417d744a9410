"""Naskah: the papers' list, the editor of a draft, a sent paper with what became of it, downloads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from api import memo_docx, memo_letter
from api.auth import CheckedForm, Number, Reader, Reviewer, Visitor, doors, now_of
from api.render import language, page
from api.times import read_moment
from api.wire_shapes import plain
from api.words import say
from screening import (
    OFFICES,
    Classification,
    Conflict,
    DeskError,
    Invalid,
    MemoFields,
    MemoKind,
    MemoState,
    MemoView,
    Refused,
    looks_named,
    office_name,
)

router = APIRouter()

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOTES = frozenset({"saved", "sent_done", "corrected_done", "withdrawn_done", "answered_done"})
REFUSALS = {Conflict: 409, Refused: 403, Invalid: 422}
# Whom such papers usually go to; offered to copy from, never filled in.
USUAL = (
    "Gubernur Kalimantan Tengah",
    "Wakil Gubernur Kalimantan Tengah",
    "Sekretaris Daerah Provinsi Kalimantan Tengah",
    "Forkopimda Provinsi Kalimantan Tengah",
    "Direktorat Jenderal Politik dan Pemerintahan Umum, Kementerian Dalam Negeri",
    "Badan Kesbangpol kabupaten/kota terkait",
    "Bupati/Wali Kota terkait",
    "OPD teknis terkait",
)


def form_fields(
    *,
    kantor: Annotated[str, Form()] = "62",
    nomor: Annotated[str, Form()] = "",
    tanggal: Annotated[str, Form()] = "",
    klasifikasi: Annotated[str, Form()] = Classification.ORDINARY.value,
    bidang: Annotated[str, Form()] = "",
    perihal: Annotated[str, Form()] = "",
    kepada: Annotated[str, Form()] = "",
    tembusan: Annotated[str, Form()] = "",
    pendahuluan: Annotated[str, Form()] = "",
    analisis: Annotated[str, Form()] = "",
    prediksi24: Annotated[str, Form()] = "",
    prediksi72: Annotated[str, Form()] = "",
    langkah: Annotated[str, Form()] = "",
    saran: Annotated[str, Form()] = "",
    diminta: Annotated[str, Form()] = "",
    konfirmasi: Annotated[str, Form()] = "",
) -> MemoFields:
    """What was typed, whole: how long it may be is said by the desk, so that a refusal can show it again."""
    return MemoFields(
        office=kantor,
        number=plain(nomor),
        dated=tanggal,
        classification=klasifikasi,
        bidang=bidang,
        subject=plain(perihal),
        to=plain(kepada),
        cc=plain(tembusan),
        introduction=plain(pendahuluan),
        analysis=plain(analisis),
        outlook_24=plain(prediksi24),
        outlook_72=plain(prediksi72),
        measures=plain(langkah),
        advice=plain(saran),
        asked=plain(diminta),
        confirmation=plain(konfirmasi),
    )


Typed = Annotated[MemoFields, Depends(form_fields)]
Text = Annotated[str, Form()]


@router.get("/naskah")
def listed(
    request: Request,
    visitor: Reader,
    *,
    keadaan: str = "",
    jenis: str = "",
    kantor: str = "",
    sebelum: str = "",
) -> Response:
    """An unknown filter value means no filter."""
    desk = doors(request).desk
    lines, following = desk.memos.lines(
        states=(MemoState(keadaan),) if keadaan in set(MemoState) else (),
        kind=MemoKind(jenis) if jenis in set(MemoKind) else None,
        office=kantor if kantor in OFFICES else "",
        before=int(sebelum) if re.fullmatch("[0-9]{1,18}", sebelum) else 0,
        sight=visitor.sight,
    )
    return page(
        request,
        "memo_daftar.html",
        visitor=visitor,
        lines=lines,
        following=following,
        counts=desk.memos.counts(visitor.sight),
        shown={"keadaan": keadaan, "jenis": jenis, "kantor": kantor},
        **choices(),
    )


@router.post("/insiden/{incident_id}/memo", dependencies=[CheckedForm])
def begin(request: Request, visitor: Reviewer, incident_id: Number, *, jenis: Text = "") -> Response:
    if jenis not in set(MemoKind):
        raise Invalid("Pilih Laporan Informasi atau Laporan Atensi.")
    made = doors(request).desk.memos.open(MemoKind(jenis), incident_id, visitor.account, now_of(request))
    return RedirectResponse(f"/naskah/{made.id}", status_code=303)


@router.get("/naskah/{memo_id}.pdf")
def as_pdf(request: Request, visitor: Reader, memo_id: Number) -> Response:
    return pdf_answer(doors(request).desk.memos.view(memo_id, now_of(request)), now_of(request))


@router.get("/naskah/{memo_id}.docx")
def as_docx(request: Request, visitor: Reader, memo_id: Number) -> Response:
    now = now_of(request)
    view = doors(request).desk.memos.view(memo_id, now)
    made = memo_docx.written(memo_letter.in_parts(view, now))
    return attachment(made, DOCX, memo_letter.file_name(view, "docx"))


@router.get("/naskah/{memo_id}/cetak")
def print_view(request: Request, visitor: Reader, memo_id: Number) -> Response:
    now = now_of(request)
    view = doors(request).desk.memos.view(memo_id, now)
    sheet = memo_letter.in_parts(view, now)
    return page(request, "memo_cetak.html", visitor=visitor, memo=view.memo, sheet=sheet)


@router.get("/naskah/{memo_id}")
def memo(request: Request, visitor: Reader, memo_id: Number) -> Response:
    note = request.query_params.get("pesan", "")
    done = say(f"memo_{note}", language(request)) if note in NOTES else ""
    return memo_page(request, visitor, memo_id, done=done)


@router.post("/naskah/{memo_id}", dependencies=[CheckedForm])
def save(
    request: Request,
    visitor: Reviewer,
    memo_id: Number,
    typed: Typed,
    *,
    terlihat: Text = "",
    aksi: Text = "",
    fakta: Text = "",
    dikirim: Text = "",
    waktu: Text = "",
) -> Response:
    """Saves the draft; with `aksi` "kirim" also marks it as sent, so that nothing typed stays behind."""
    kept = {"dikirim": plain(dikirim), "waktu": waktu}

    def act() -> str:
        desk, now = doors(request).desk, now_of(request)
        at = moment_of(request, waktu) if aksi == "kirim" else None
        after = desk.memos.save(memo_id, typed, version_of(terlihat), visitor.account, now)
        if aksi != "kirim":
            return "saved"
        desk.memos.send(
            memo_id,
            seen=after.version,
            mark=fakta,
            institutions=kept["dikirim"],
            at=at,
            account=visitor.account,
            now=now,
        )
        return "sent_done"

    return acted(request, visitor, memo_id, act, typed=typed, kept=kept)


@router.get("/naskah/{memo_id}/ralat")
def correction(request: Request, visitor: Reviewer, memo_id: Number) -> Response:
    if doors(request).desk.memos.view(memo_id, now_of(request)).memo.state is not MemoState.SENT:
        return RedirectResponse(f"/naskah/{memo_id}", status_code=303)
    return memo_page(request, visitor, memo_id, correcting=True)


@router.post("/naskah/{memo_id}/ralat", dependencies=[CheckedForm])
def correct(
    request: Request,
    visitor: Reviewer,
    memo_id: Number,
    typed: Typed,
    *,
    terlihat: Text = "",
    fakta: Text = "",
    alasan: Text = "",
) -> Response:
    kept = {"alasan": plain(alasan)}

    def act() -> str:
        doors(request).desk.memos.correct(
            memo_id,
            typed,
            seen=version_of(terlihat),
            mark=fakta,
            reason=kept["alasan"],
            account=visitor.account,
            now=now_of(request),
        )
        return "corrected_done"

    return acted(request, visitor, memo_id, act, typed=typed, kept=kept, correcting=True)


@router.post("/naskah/{memo_id}/cabut", dependencies=[CheckedForm])
def withdraw(
    request: Request, visitor: Reviewer, memo_id: Number, *, terlihat: Text = "", alasan: Text = ""
) -> Response:
    kept = {"cabut": plain(alasan)}

    def act() -> str:
        desk, now = doors(request).desk, now_of(request)
        seen = version_of(terlihat)
        desk.memos.withdraw(memo_id, seen=seen, reason=kept["cabut"], account=visitor.account, now=now)
        return "withdrawn_done"

    return acted(request, visitor, memo_id, act, kept=kept)


@router.post("/naskah/{memo_id}/tanggapan", dependencies=[CheckedForm])
def respond(
    request: Request,
    visitor: Reviewer,
    memo_id: Number,
    *,
    lembaga: Text = "",
    waktu: Text = "",
    isi: Text = "",
) -> Response:
    kept = {"lembaga": plain(lembaga), "tanggapan_waktu": waktu, "isi": plain(isi)}

    def act() -> str:
        doors(request).desk.memos.respond(
            memo_id,
            institution=kept["lembaga"],
            at=moment_of(request, waktu),
            words=kept["isi"],
            account=visitor.account,
            now=now_of(request),
        )
        return "answered_done"

    return acted(request, visitor, memo_id, act, kept=kept)


def acted(
    request: Request,
    visitor: Visitor,
    memo_id: int,
    act: Callable[[], str],
    *,
    typed: MemoFields | None = None,
    kept: dict[str, str] | None = None,
    correcting: bool = False,
) -> Response:
    """Back to the paper when it is done; a refusal shows the page again with everything that was typed."""
    try:
        note = act()
    except (Conflict, Refused, Invalid) as refusal:
        return memo_page(
            request, visitor, memo_id, refusal=refusal, typed=typed, kept=kept, correcting=correcting
        )
    return RedirectResponse(f"/naskah/{memo_id}?{urlencode({'pesan': note})}", status_code=303)


def memo_page(
    request: Request,
    visitor: Visitor,
    memo_id: int,
    *,
    done: str = "",
    refusal: DeskError | None = None,
    typed: MemoFields | None = None,
    kept: dict[str, str] | None = None,
    correcting: bool = False,
) -> Response:
    """A draft (or a correction) as an editor, any other paper as the sheet that went out.

    `typed` stays in the editor; what somebody else saved meanwhile stands beside it, field by field.
    """
    now = now_of(request)
    view = doors(request).desk.memos.view(memo_id, now)
    correcting = correcting and view.memo.state is MemoState.SENT
    editing = view.memo.state is MemoState.DRAFT or correcting
    saved = memo_letter.fields_of(view.fields)
    mine = memo_letter.fields_of(typed) if typed is not None else saved
    differing = {name: saved[name] for name in saved if mine[name].strip() != saved[name]}
    theirs = differing if isinstance(refusal, Conflict) and editing else {}
    return page(
        request,
        "memo_satu.html",
        status=next((code for kind, code in REFUSALS.items() if isinstance(refusal, kind)), 200),
        visitor=visitor,
        view=view,
        memo=view.memo,
        editing=editing,
        correcting=correcting,
        given=mine,
        theirs=theirs,
        unsaved={name: mine[name] for name in differing} if not editing else {},
        kept={"dikirim": "\n".join(filter(None, (view.fields.to, view.fields.cc)))} | (kept or {}),
        sheet=memo_letter.in_parts(doors(request).desk.memos.live(view, now) if correcting else view, now),
        text=memo_letter.plain_text(view, now),
        named=looks_named(typed or view.fields),
        prompts=memo_letter.PROMPTS,
        usual=USUAL,
        done=done,
        problem=refusal.detail if refusal else "",
        **choices(),
    )


def choices() -> dict[str, Any]:
    return {
        "offices": OFFICES,
        "office_name": office_name,
        "classifications": tuple(Classification),
        "kinds": tuple(MemoKind),
        "states": tuple(MemoState),
    }


def moment_of(request: Request, text: str) -> datetime | None:
    """None for no time; `Invalid` for one that cannot be read, since another time would be wrong."""
    found = read_moment(text)
    if text.strip() and found is None:
        raise Invalid(say("memo_time_bad", language(request)))
    return found


def version_of(seen: str) -> int | None:
    return int(seen) if re.fullmatch("[0-9]{1,9}", seen) else None


def pdf_answer(view: MemoView, now: datetime) -> Response:
    return attachment(memo_letter.pdf(view, now), PDF, memo_letter.file_name(view, "pdf"))


def attachment(made: bytes, kind: str, name: str) -> Response:
    """A download, not a view: the viewer inside a browser is not our page and not under our policy."""
    return Response(made, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
