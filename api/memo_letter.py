"""A paper (LI, LA) in parts that PDF, DOCX, print view and plain text share; the A4 PDF set by typst.

The paper is Indonesian whatever language the reader chose: it is an office's document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import typst

from api import times
from api.letter import LINK_CHARS, tidy
from api.memo_layout import LAYOUT
from screening import (
    BIDANG,
    MEMO_NAMES,
    NOT_FILLED,
    SEVERITY_NOTE,
    Fact,
    FactSource,
    Findings,
    MemoFields,
    MemoKind,
    MemoState,
    MemoView,
    StepKind,
    level_word,
    office_name,
    verified_note,
)

AGENCY = "BADAN KESATUAN BANGSA DAN POLITIK"
PEACEFUL_NOTE = "Penyampaian aspirasi damai, dilindungi UU 9/1998; bukan ancaman."
ATTENTION_FACTS = 5  # a Laporan Atensi is one page: the first that told and the newest, the rest counted
# Type sizes in points: a smaller one is taken where it saves a page (of an LA: until it is one page).
SIZES = {MemoKind.INFORMATION: (11.0, 10.4), MemoKind.ATTENTION: (11.0, 10.4, 9.8, 9.2)}
_BIDANG = {term.code: term.id for term in BIDANG}
_RUN = re.compile(r"\S{30}")

# What people are asked for, shown where they have not written yet; never filled by the machine.
PROMPTS = {
    "analysis": "Akar masalah, pemicu, pihak (kelompok/lembaga) dan kepentingannya, faktor peredam.",
    "outlook_24": "Yang mungkin terjadi dalam 24 jam, dan tanda yang perlu diamati.",
    "outlook_72": "Yang mungkin terjadi dalam 72 jam, termasuk bila tidak ada tindakan.",
    "measures": "Siapa sudah melakukan apa, kapan, dan hasilnya.",
    "advice": "Satu baris per OPD, misalnya: Dinas Perkebunan: fasilitasi pertemuan kedua pihak.",
    "asked": "Keputusan apa yang diminta, dari siapa, dan paling lambat kapan.",
    "confirmation": "Lembaga di luar media yang mengonfirmasi, caranya, dan waktunya.",
}


def in_parts(view: MemoView, printed: datetime) -> dict[str, Any]:
    """What the sheet shows, in order: only strings, booleans, numbers and lists of them."""
    memo, given, found = view.memo, view.fields, view.findings
    parts = {
        "kop": [AGENCY, office_name(given.office).upper()],
        "title": MEMO_NAMES[memo.kind].upper(),
        "classification": given.classification,
        "stamp": stamp(view),
        "notices": notices(view),
        "head": [
            ["Nomor", [given.number or "(belum diberi nomor)"]],
            ["Tanggal", [day(given.dated)]],
            ["Klasifikasi", [given.classification]],
            ["Bidang", [_BIDANG.get(given.bidang, given.bidang)]],
            ["Perihal", [given.subject or "(belum diisi)"]],
            ["Kepada", lines(given.to) or ["(belum diisi)"]],
            *([["Tembusan", lines(given.cc)]] if given.cc.strip() else []),
        ],
        "sections": attention(view) if memo.kind is MemoKind.ATTENTION else information(view),
        "sign": ["Pelapor,", "", "(jabatan)"],
        "foot": [
            f"Catatan: {verified_note(given, found)}",
            f"{SEVERITY_NOTE} Nama orang tidak dicatat dan disamarkan; yang dilaporkan peristiwa.",
            f"Insiden nomor {found.incident_id} di Dini; versi {memo.version}; "
            f"dicetak {times.full(printed)}.",
        ],
        "running": f"{MEMO_NAMES[memo.kind]} – {given.subject}" if given.subject else MEMO_NAMES[memo.kind],
    }
    return {key: tidy(value) for key, value in parts.items()}


def stamp(view: MemoView) -> str:
    """What stands across the head: a draft, a correction or a withdrawal is never taken for the paper."""
    if view.memo.state is MemoState.WITHDRAWN:
        return "DICABUT"
    if view.memo.state is MemoState.DRAFT:
        return "DRAF"
    corrected = sum(step.kind is StepKind.CORRECTED for step in view.steps)
    return f"RALAT KE-{corrected}" if corrected else ""


def notices(view: MemoView) -> list[str]:
    """Corrections and the withdrawal with their reasons; what has changed since it was sent."""
    told = [
        f"{'Diralat' if step.kind is StepKind.CORRECTED else 'Dicabut'} {times.full(step.at)}: {step.words}"
        for step in view.steps
        if step.kind in (StepKind.CORRECTED, StepKind.WITHDRAWN)
    ]
    if view.changes:
        told.append(f"Fakta berubah sesudah dikirim: {' '.join(view.changes)}")
    return told


def information(view: MemoView) -> list[dict[str, Any]]:
    given, found, draft = view.fields, view.findings, view.memo.state is MemoState.DRAFT

    def own(title: str, name: str) -> dict[str, Any]:
        return written(title, getattr(given, name), PROMPTS[name], draft)

    return [
        chapter("I. PENDAHULUAN"),
        paragraphs("", given.introduction, draft),
        rows(
            "Sumber dan nilai",
            [
                ["Sumber", outlets(found)],
                ["Hubungan dengan sumber", "Tidak ada; pemberitaan yang terbuka untuk umum."],
                ["Cara dan waktu memperoleh", f"Pemantauan umpan berita; {moment(found.detected_at)}."],
                ["Nilai (Admiralty)", f"{found.grade}: {found.grade_words}"],
                ["Tingkat peringatan dini", level_line(found)],
                ["Telaah", found.review],
            ],
        ),
        chapter("II. FAKTA-FAKTA"),
        facts("", list(enumerate(found.facts, 1)), len(found.facts)),
        checklist(found),
        chapter("III. PENDAPAT PELAPOR", "Ditulis petugas, terpisah dari fakta."),
        own("1. Analisis", "analysis"),
        own("2. Prediksi 24 jam", "outlook_24"),
        own("3. Prediksi 72 jam", "outlook_72"),
        own("4. Langkah yang telah diambil", "measures"),
        advice("5. Saran/rekomendasi per OPD", given.advice, draft),
    ]


def attention(view: MemoView) -> list[dict[str, Any]]:
    given, found, draft = view.fields, view.findings, view.memo.state is MemoState.DRAFT
    told = {one.code: one for one in found.checklist}
    when = told["BI"].answer if told["BI"].answered else "waktu kejadian belum disebut"
    return [
        rows(
            "POKOK KEJADIAN (menurut pemberitaan)",
            [
                ["Apa", f"{found.what}: {found.facts[0].quotes[0]}" if found.facts else found.what],
                ["Di mana", found.place],
                ["Bilamana", f"{when}; berita terbit {span(found)}"],
                ["Seberapa gawat", f"{level_line(found)} {found.harm[0].upper()}{found.harm[1:]}."],
                ["Nilai sumber", f"{found.grade}: {found.grade_words}; {found.review}"],
            ],
        ),
        written("YANG SEDANG DILAKUKAN", given.measures, PROMPTS["measures"], draft),
        written("KEPUTUSAN YANG DIMINTA", given.asked, PROMPTS["asked"], draft),
        facts("FAKTA DAN SUMBER", first_and_newest(found.facts), len(found.facts)),
        *([written("CATATAN PELAPOR", given.analysis, "", draft)] if given.analysis.strip() else []),
    ]


def chapter(title: str, note: str = "") -> dict[str, Any]:
    return {"kind": "chapter", "title": title, "note": note}


def rows(title: str, cells: list[list[str]]) -> dict[str, Any]:
    return {"kind": "rows", "title": title, "rows": cells}


def paragraphs(title: str, text: str, draft: bool) -> dict[str, Any]:
    return written(title, text, "", draft)


def written(title: str, text: str, prompt: str, draft: bool) -> dict[str, Any]:
    """What people wrote; empty, a draft asks for it and a sent paper says that it is so."""
    empty = f"({prompt})" if draft and prompt else NOT_FILLED
    return {"kind": "text", "title": title, "lines": lines(text), "empty": empty}


def advice(title: str, text: str, draft: bool) -> dict[str, Any]:
    cells = []
    for line in lines(text):
        office, colon, words = line.partition(":")
        cells.append([office.strip(), words.strip()] if colon and words.strip() else ["Umum", line])
    empty = f"({PROMPTS['advice']})" if draft else NOT_FILLED
    return {"kind": "table", "title": title, "head": ["OPD", "Saran"], "rows": cells, "empty": empty}


def first_and_newest(told: Sequence[Fact]) -> list[tuple[int, Fact]]:
    """With their numbers, and each with its headline only."""
    short = [(number, replace(one, quotes=one.quotes[:1])) for number, one in enumerate(told, 1)]
    return short if len(short) <= ATTENTION_FACTS else [short[0], *short[1 - ATTENTION_FACTS :]]


def facts(title: str, told: Sequence[tuple[int, Fact]], total: int) -> dict[str, Any]:
    """Facts with their numbers; `total` is how many the incident has."""
    shown = [
        {
            "number": number,
            "at": moment(one.source.at),
            "sentence": one.sentence,
            "quoted": quoted(one.quotes),
            "source": goes(one.source),
            "reprints": [goes(each) for each in one.reprints],
        }
        for number, one in told
    ]
    hidden = total - len(shown)
    more = f"Dan {hidden} fakta lain dengan sumbernya di halaman insiden." if hidden else ""
    return {"kind": "facts", "title": title, "facts": shown, "more": more}


def checklist(found: Findings) -> dict[str, Any]:
    cells = [
        {
            "question": one.question,
            "answered": one.answered,
            "answer": one.answer if one.answered else "belum terjawab oleh berita",
            "by": f"fakta {spans(one.by)}" if one.by else "",
        }
        for one in found.checklist
    ]
    open_ones = [one.question for one in found.checklist if not one.answered]
    missing = f"Belum terjawab: {', '.join(open_ones)}." if open_ones else "Semua pertanyaan terjawab."
    note = f"{missing} Jawaban dibaca mesin dari berita; periksa kembali."
    return {"kind": "checklist", "title": "Kelengkapan fakta (ABIDISIBAME)", "note": note, "rows": cells}


def quoted(quotes: Sequence[str]) -> str:
    """What the report itself says: its headline, and a sentence of its text."""
    parts = [
        f"{label} “{words.rstrip('.')}”" for label, words in zip(("Judul:", "Kutipan:"), quotes, strict=False)
    ]
    return ". ".join(parts) + "."


def spans(numbers: Sequence[int]) -> str:
    """`1–3, 5` for 1, 2, 3 and 5."""
    runs: list[list[int]] = []
    for one in numbers:
        if runs and one == runs[-1][-1] + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def level_line(found: Findings) -> str:
    if found.form == "F2":
        return f"{level_word(found.level)}. {PEACEFUL_NOTE}"
    return f"{level_word(found.level)} (bukan Status Keadaan Konflik). {found.level_why}"


def outlets(found: Findings) -> str:
    names = list(dict.fromkeys(one.outlet for one in found.sources))
    told = f"{found.reports} laporan" if found.reports > 1 else "satu laporan"
    voices = f"{found.voices} media independen" if found.voices > 1 else "satu media"
    return f"Pemberitaan terbuka: {told} dari {voices} ({', '.join(names)})."


def span(found: Findings) -> str:
    if found.first_at == found.last_at:
        return moment(found.first_at)
    return f"{moment(found.first_at)} s.d. {moment(found.last_at)}"


def goes(source: FactSource) -> dict[str, str]:
    link = source.link
    good = link.startswith(("http://", "https://")) and len(link) <= LINK_CHARS and link.isprintable()
    mark = f" ({source.correction})" if source.correction else ""
    return {"name": f"{source.outlet}{mark}", "at": moment(source.at), "link": link if good else ""}


def moment(iso: str) -> str:
    """`24 Nov 2026 06.30 WIB`."""
    local = datetime.fromisoformat(iso).astimezone(times.WIB)
    return f"{local.day} {times.MONTHS['id'][local.month - 1][:3]} {local.year} {times.hour(local)} WIB"


def day(text: str) -> str:
    return times.day_name(date.fromisoformat(text)) if text else "(belum diisi)"


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def file_name(view: MemoView, ending: str) -> str:
    """`laporan-informasi-12.pdf`."""
    return f"{MEMO_NAMES[view.memo.kind].lower().replace(' ', '-')}-{view.memo.id}.{ending}"


def pdf(view: MemoView, printed: datetime) -> bytes:
    """A4 pages; texts travel as JSON values, never as typst source, so no text can be markup or code."""
    parts = breakable(in_parts(view, printed))
    best, least = b"", 0
    for size in SIZES[view.memo.kind]:
        made: bytes = typst.compile(
            LAYOUT.encode(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"memo": json.dumps(parts | {"size": size})},
            timestamp=printed.astimezone(UTC).replace(microsecond=0),
        )
        pages = len(re.findall(rb"/Type\s*/Page\b", made))
        if not best or pages < least:
            best, least = made, pages
        if least == 1:
            break
    return best


def breakable(value: Any, key: str = "") -> Any:
    """Long words with places to break, which typst needs to keep them on the page; addresses twice, since
    one that is followed must stay as it is.
    """
    if isinstance(value, str):
        return value if key == "link" else _RUN.sub(lambda run: run.group() + "\u200b", value)
    if isinstance(value, list):
        return [breakable(one) for one in value]
    if isinstance(value, dict):
        shown = {name: breakable(one, name) for name, one in value.items()}
        return shown | {"shown": breakable(value["link"])} if "link" in value else shown
    return value


def plain_text(view: MemoView, printed: datetime) -> str:
    """The sheet as lines of text, ready to paste into a chat."""
    parts = in_parts(view, printed)
    told = [*parts["kop"], "", parts["title"] + (f" ({parts['stamp']})" if parts["stamp"] else "")]
    told += [f"! {one}" for one in parts["notices"]]
    told += [f"{label}: {'; '.join(values)}" for label, values in parts["head"]]
    for part in parts["sections"]:
        told += ["", *_section(part)]
    return "\n".join([*told, "", *parts["foot"], ""])


def _section(part: dict[str, Any]) -> list[str]:
    told = [part["title"]] if part["title"] else []
    kind = part["kind"]
    if kind == "text":
        return told + (part["lines"] or [part["empty"]])
    if kind == "rows":
        return told + [f"- {label}: {words}" for label, words in part["rows"]]
    if kind == "table":
        return told + ([f"- {label}: {words}" for label, words in part["rows"]] or [part["empty"]])
    if kind == "checklist":
        return [*told, part["note"]]
    if kind == "facts":
        for one in part["facts"]:
            told.append(f"{one['number']}. {one['at']}: {one['sentence']} {one['quoted']}")
            told.append(f"   {one['source']['name']}: {one['source']['link'] or '(tanpa tautan)'}")
            told += [f"   naskah sama: {each['name']} {each['link']}".rstrip() for each in one["reprints"]]
        return told + ([part["more"]] if part["more"] else [])
    return told + ([part["note"]] if part["note"] else [])


def fields_of(given: MemoFields) -> dict[str, str]:
    """The fields by their names, as forms and JSON hold them."""
    return {name: getattr(given, name) for name in given.__slots__}
