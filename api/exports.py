"""Tables that leave Dini: CSV, XLSX, Parquet and GeoJSON of incidents, and the SIPKS sheet.

Every text is masked and made safe for spreadsheets here: a cell that a program would take for a formula is
quoted, and nothing is ever written as one. Times stand twice, in WIB and in UTC.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from api import times
from api.maps import mark_points
from api.wire_shapes import plain
from api.words import say
from screening import Listed, SipksRow
from screening.taxonomy import FORM_BY_CODE, ISSUE_BY_CODE, REALIS_BY_CODE, SEVERITY_NOTE

CELL_MOST = 32_000  # characters; Excel takes 32,767
# What spreadsheets take for the beginning of a formula, full-width variants too (OWASP, CSV injection).
STARTERS = (*"=+-@\t\r\n", "＝", "＋", "－", "﹣", "−", "＠", "﹢", "﹦", "﹫")
Value = str | int | float | bool | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its key (CSV of the API, Parquet, GeoJSON), heads and meanings in both languages."""

    key: str
    head: tuple[str, str]
    meaning: tuple[str, str]
    value: Callable[[Listed], Value]
    kind: str = "text"  # text, whole, share, truth, moment, local

    def name(self, lang: str) -> str:
        return self.key if lang == "key" else self.head[lang == "en"]


def _moments(
    key: str, head: tuple[str, str], meaning: tuple[str, str], value: Callable[[Listed], datetime | None]
) -> tuple[Column, Column]:
    return (
        Column(
            key=f"{key}_wib",
            head=(f"{head[0]} (WIB)", f"{head[1]} (WIB)"),
            meaning=(f"{meaning[0]}, ISO 8601 dalam WIB", f"{meaning[1]}, ISO 8601 in WIB"),
            value=value,
            kind="local",
        ),
        Column(
            key=f"{key}_utc",
            head=(f"{head[0]} (UTC)", f"{head[1]} (UTC)"),
            meaning=(f"{meaning[0]}, ISO 8601 dalam UTC", f"{meaning[1]}, ISO 8601 in UTC"),
            value=value,
            kind="moment",
        ),
    )


def _term(terms: dict[str, Any], code: str) -> str:
    return terms[code].id if code in terms else code


COLUMNS: tuple[Column, ...] = (
    Column(
        key="incident_id",
        head=("Insiden", "Incident"),
        meaning=("Nomor insiden di Dini", "Number of the incident in Dini"),
        value=lambda one: one.incident.id,
        kind="whole",
    ),
    Column(
        key="title",
        head=("Judul", "Title"),
        meaning=(
            "Judul laporan utama, nama orang ditutup",
            "Title of the lead report, names of persons masked",
        ),
        value=lambda one: one.incident.title,
    ),
    Column(
        key="severity",
        head=("Tingkat", "Level"),
        meaning=(
            "0 tanpa tingkat, 1 INFORMASI, 2 WASPADA, 3 SIAGA, 4 DARURAT; bukan Status Keadaan Konflik",
            "0 none, 1 INFORMASI, 2 WASPADA, 3 SIAGA, 4 DARURAT; not a legal Status of Conflict",
        ),
        value=lambda one: int(one.incident.severity),
        kind="whole",
    ),
    Column(
        key="severity_name",
        head=("Nama tingkat", "Level name"),
        meaning=("Nama tingkat peringatan dini", "Name of the early-warning level"),
        value=lambda one: one.incident.severity.name if one.incident.severity else "TANPA TINGKAT",
    ),
    Column(
        key="severity_why",
        head=("Dasar tingkat", "Why this level"),
        meaning=("Aturan mesin atau putusan petugas", "The machine's rule or a person's decision"),
        value=lambda one: one.incident.severity_why,
    ),
    Column(
        key="issue",
        head=("Kode isu", "Issue code"),
        meaning=("Kode taksonomi isu", "Issue in the taxonomy"),
        value=lambda one: one.incident.issue,
    ),
    Column(
        key="issue_name",
        head=("Isu", "Issue"),
        meaning=("Nama isu", "Name of the issue (Indonesian)"),
        value=lambda one: _term(ISSUE_BY_CODE, one.incident.issue),
    ),
    Column(
        key="form",
        head=("Kode bentuk", "Form code"),
        meaning=("Kode bentuk peristiwa", "Form of the event in the taxonomy"),
        value=lambda one: one.incident.form,
    ),
    Column(
        key="form_name",
        head=("Bentuk", "Form"),
        meaning=("Nama bentuk", "Name of the form (Indonesian)"),
        value=lambda one: _term(FORM_BY_CODE, one.incident.form),
    ),
    Column(
        key="protected",
        head=("Dilindungi", "Protected"),
        meaning=(
            "ya: penyampaian pendapat damai, dilindungi UU 9/1998, bukan ancaman",
            "true: peaceful expression, protected by Law 9/1998, not a threat",
        ),
        value=lambda one: one.incident.form == "F2",
        kind="truth",
    ),
    Column(
        key="realis",
        head=("Realis", "Actuality"),
        meaning=(
            "Aktual, rencana, ancaman, dan seterusnya",
            "Actual, planned, threatened and so on (Indonesian)",
        ),
        value=lambda one: _term(REALIS_BY_CODE, one.incident.realis),
    ),
    Column(
        key="area",
        head=("Wilayah", "Area"),
        meaning=("kalteng, luar, atau belum_jelas", "kalteng, luar (outside) or belum_jelas (unclear)"),
        value=lambda one: one.incident.area.value,
    ),
    Column(
        key="place_code",
        head=("Kode daerah", "Place code"),
        meaning=("Kode wilayah Kemendagri", "Kemendagri region code"),
        value=lambda one: one.incident.place_code,
    ),
    Column(
        key="place_name",
        head=("Daerah", "Place"),
        meaning=("Nama tempat peristiwa", "Name of the place of the event"),
        value=lambda one: one.incident.place_name,
    ),
    Column(
        key="status",
        head=("Status", "Status"),
        meaning=("baru, berkembang, mereda, selesai", "new, developing, easing, settled (Indonesian)"),
        value=lambda one: one.incident.status.value,
    ),
    Column(
        key="decision",
        head=("Keputusan", "Decision"),
        meaning=(
            "terima, tolak, ragu; kosong: belum diputuskan",
            "terima (accepted), tolak (rejected), ragu (unsure); empty: undecided",
        ),
        value=lambda one: one.incident.decision.value if one.incident.decision else None,
    ),
    Column(
        key="reports",
        head=("Laporan", "Reports"),
        meaning=("Jumlah laporan", "Number of reports"),
        value=lambda one: one.incident.reports,
        kind="whole",
    ),
    Column(
        key="voices",
        head=("Media independen", "Independent outlets"),
        meaning=("Jumlah pemilik media yang berdiri sendiri", "Number of independent owners"),
        value=lambda one: one.incident.voices,
        kind="whole",
    ),
    Column(
        key="probability",
        head=("Peluang relevan", "Probability"),
        meaning=(
            "Peluang menurut mesin bahwa ini isu kewaspadaan, 0 sampai 1",
            "Machine's probability that this is an early-warning issue, 0 to 1",
        ),
        value=lambda one: round(one.incident.relevance, 6),
        kind="share",
    ),
    *_moments(
        "first_published",
        ("Terbit pertama", "First published"),
        ("Laporan pertama terbit", "First report published"),
        lambda one: one.incident.first_published,
    ),
    *_moments(
        "last_published",
        ("Terbit terakhir", "Last published"),
        ("Laporan terakhir terbit", "Last report published"),
        lambda one: one.incident.last_published,
    ),
    *_moments(
        "detected",
        ("Terdeteksi", "Detected"),
        ("Saat Dini menemukannya", "When Dini found it"),
        lambda one: one.incident.detected_at,
    ),
    *_moments(
        "reviewed",
        ("Diputuskan", "Decided"),
        ("Saat keputusan terakhir", "When it was last decided"),
        lambda one: one.incident.reviewed_at,
    ),
    *_moments(
        "changed",
        ("Berubah", "Changed"),
        ("Saat terakhir berubah", "When it last changed"),
        lambda one: one.changed_at,
    ),
    Column(
        key="source",
        head=("Sumber", "Source"),
        meaning=("Media laporan utama", "Outlet of the lead report"),
        value=lambda one: one.source_name,
    ),
    Column(
        key="link",
        head=("Tautan", "Link"),
        meaning=("Alamat laporan utama", "Address of the lead report"),
        value=lambda one: one.link,
    ),
)
SIPKS_HEADS: tuple[tuple[str, str], ...] = (
    ("No", "No"),
    ("Kejadian", "Event"),
    ("Waktu (pertama diberitakan, WIB)", "Time (first reported, WIB)"),
    ("Kabupaten/Kota", "Regency/city"),
    ("Kecamatan", "District"),
    ("Sumber konflik (UU 7/2012 Pasal 5)", "Source of conflict (Law 7/2012, art. 5)"),
    ("Huruf Pasal 5", "Letter of article 5"),
    ("Isu (kode Dini)", "Issue (Dini's code)"),
    ("Bentuk", "Form"),
    ("Pihak (kelompok/lembaga)", "Parties (groups, institutions)"),
    ("Meninggal", "Dead"),
    ("Luka", "Injured"),
    ("Perkiraan massa", "Crowd"),
    ("Dampak lain", "Other impact"),
    ("Status penanganan", "Handling"),
    ("Sumber berita", "News sources"),
    ("Tautan", "Links"),
    ("Tingkat peringatan dini", "Early-warning level"),
    ("Catatan", "Note"),
    ("Nomor insiden Dini", "Dini's incident number"),
)


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, on one line, within a cell's length."""
    flat = plain(" ".join(text.split()))[:CELL_MOST]
    return f"'{flat}" if flat.startswith(STARTERS) or text.startswith(STARTERS) else flat


def written(value: Value, kind: str, lang: str) -> str:
    """A value as a cell of a CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return {"id": ("tidak", "ya"), "en": ("no", "yes")}.get(lang, ("false", "true"))[value]
    if isinstance(value, datetime):
        return local(value) if kind == "local" else times.iso(value) or ""
    return safe(value) if isinstance(value, str) else str(value)


def local(moment: datetime) -> str:
    return moment.astimezone(times.WIB).isoformat(timespec="seconds")


def incidents_csv(
    rows: Sequence[Listed], *, lang: str, separator: str, bom: bool, total: int, told: bool
) -> bytes:
    """CSV in UTF-8. With `;` numbers have the decimal comma of Indonesian spreadsheets.

    When the rows were cut short and people read it (`told`), the last row says so; programs read the headers.
    """
    body = [[written(column.value(one), column.kind, lang) for column in COLUMNS] for one in rows]
    if separator == ";":
        shares = [number for number, column in enumerate(COLUMNS) if column.kind == "share"]
        for line in body:
            for number in shares:
                line[number] = line[number].replace(".", ",")
    if told and total > len(rows):
        body.append([say("export_cut", _words(lang)).format(rows=len(rows), total=total)])
    return _csv([[column.name(lang) for column in COLUMNS], *body], separator, bom)


def sipks_csv(rows: Sequence[SipksRow], *, lang: str, separator: str, bom: bool, total: int) -> bytes:
    body = [[safe(cell) for cell in _sipks_cells(number, one)] for number, one in enumerate(rows, 1)]
    if total > len(rows):
        body.append([say("export_cut", _words(lang)).format(rows=len(rows), total=total)])
    heads = [head[_words(lang) == "en"] for head in SIPKS_HEADS]
    return _csv([heads, *body], separator, bom)


def incidents_xlsx(rows: Sequence[Listed], *, lang: str, total: int, now: datetime) -> bytes:
    """A sheet of incidents and one that says what they are and what each column means."""
    lang = _words(lang)
    memory = io.BytesIO()
    book = _book(memory, now)
    sheet, styles = book.add_worksheet(say("export_data", lang)), _styles(book)
    _heads(sheet, [column.name(lang) for column in COLUMNS], styles)
    for number, one in enumerate(rows, 1):
        for place, column in enumerate(COLUMNS):
            value = column.value(one)
            if column.kind in ("whole", "share") and isinstance(value, int | float):
                sheet.write_number(number, place, value)
            else:
                _string(sheet, number, place, written(value, column.kind, lang), styles)
    _widths(sheet, [60 if column.key in ("title", "severity_why") else 18 for column in COLUMNS])
    if rows:
        sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
    lines = _about_lines(len(rows), total, lang, now)
    _about(book, styles, lang, lines, [(c.name(lang), *c.meaning) for c in COLUMNS])
    book.close()
    return memory.getvalue()


def sipks_xlsx(rows: Sequence[SipksRow], *, lang: str, total: int, now: datetime) -> bytes:
    lang = _words(lang)
    memory = io.BytesIO()
    book = _book(memory, now)
    sheet, styles = book.add_worksheet(say("sipks_sheet", lang)), _styles(book)
    _heads(sheet, [head[lang == "en"] for head in SIPKS_HEADS], styles)
    for number, one in enumerate(rows, 1):
        for place, cell in enumerate(_sipks_cells(number, one)):
            if place == 0:
                sheet.write_number(number, place, number)
            else:
                _string(sheet, number, place, safe(cell), styles)
    _widths(sheet, [5, 60, 26, 22, 22, 50, 12, 34, 34, 36, 12, 12, 16, 30, 30, 30, 60, 18, 50, 14])
    lines = [say("sipks_help", lang), *_about_lines(len(rows), total, lang, now)]
    _about(book, styles, lang, lines, [])
    book.close()
    return memory.getvalue()


def incidents_parquet(rows: Sequence[Listed]) -> bytes:
    """Parquet with true types: whole numbers, truths, UTC timestamps; the WIB columns stay text."""
    import pandas as pd  # heavy, and needed for this one kind only

    made = {"whole": "Int64", "share": "float64", "truth": "boolean", "moment": "datetime64[us, UTC]"}
    frame = pd.DataFrame(
        {
            column.key: pd.Series(
                [_typed(column.value(one), column.kind) for one in rows],
                dtype=made.get(column.kind, "string"),
            )
            for column in COLUMNS
        }
    )
    frame.attrs["note"] = SEVERITY_NOTE
    memory = io.BytesIO()
    frame.to_parquet(memory, engine="pyarrow", index=False, compression="zstd")
    return memory.getvalue()


def incidents_geojson(rows: Sequence[Listed], total: int) -> dict[str, Any]:
    """RFC 7946. A point is where its regency has its mark on the map: never the place of an event or person.

    Where no regency is known the geometry is null.
    """
    marks = mark_points()
    features = []
    for one in rows:
        point = marks.get((one.incident.place_code or "")[:5])
        properties = {
            column.key: _plain_value(column.value(one), column.kind)
            for column in COLUMNS
            if column.kind != "local"
        }
        properties["precision"] = "regency" if point else None
        features.append(
            {
                "type": "Feature",
                "id": one.incident.id,
                "geometry": {"type": "Point", "coordinates": list(point)} if point else None,
                "properties": properties,
            }
        )
    return {
        "type": "FeatureCollection",
        "features": features,
        "note": SEVERITY_NOTE,
        "rows": len(rows),
        "total": total,
    }


def _plain_value(value: Value, kind: str) -> Value:
    return times.iso(value) if isinstance(value, datetime) and kind == "moment" else value


def _typed(value: Value, kind: str) -> Value:
    if isinstance(value, datetime):
        return local(value) if kind == "local" else value.astimezone(UTC)
    return plain(value) if isinstance(value, str) else value


def _words(lang: str) -> str:
    return "en" if lang == "en" else "id"


def _csv(lines: Sequence[Sequence[str]], separator: str, bom: bool) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8", "replace")


def _sipks_cells(number: int, one: SipksRow) -> list[str]:
    return [
        str(number),
        one.event,
        local(one.reported_at),
        one.regency,
        one.district,
        one.cause,
        one.letters,
        one.issue,
        one.form,
        "; ".join(one.parties),
        one.dead,
        one.injured,
        one.crowd,
        one.impact,
        one.handling,
        "; ".join(dict.fromkeys(name for name, _link in one.sources)),
        " ".join(link for _name, link in one.sources),
        one.level,
        one.note,
        str(one.incident_id),
    ]


def _book(memory: io.BytesIO, now: datetime) -> xlsxwriter.Workbook:
    book = xlsxwriter.Workbook(
        memory,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # The day, not the moment: the same table twice a day is the same file.
    book.set_properties({"title": "Dini", "author": "Dini", "created": _day(now)})
    return book


def _day(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


def _styles(book: xlsxwriter.Workbook) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"valign": "top"}),
        "quoted": book.add_format({"valign": "top", "quote_prefix": True}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _heads(sheet: Any, heads: Sequence[str], styles: dict[str, Any]) -> None:
    for place, head in enumerate(heads):
        sheet.write_string(0, place, head, styles["head"])
    sheet.freeze_panes(1, 0)


def _string(sheet: Any, row: int, place: int, text: str, styles: dict[str, Any]) -> None:
    if text:
        # Kept as text by Excel even when somebody edits the cell; the quote itself is in the text as well,
        # so that saving the sheet as CSV is as safe.
        sheet.write_string(row, place, text, styles["quoted" if text.startswith("'") else "text"])


def _widths(sheet: Any, widths: Sequence[int]) -> None:
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)


def _about_lines(rows: int, total: int, lang: str, now: datetime) -> list[str]:
    lines = [say("export_rows", lang).format(rows=rows, total=total)]
    if total > rows:
        lines.insert(0, say("export_cut", lang).format(rows=rows, total=total))
    return [
        *lines,
        say("export_made", lang).format(moment=times.full(now, lang)),
        say("severity_note", lang),
        say("export_privacy", lang),
    ]


def _about(
    book: xlsxwriter.Workbook,
    styles: dict[str, Any],
    lang: str,
    lines: Sequence[str],
    columns: Sequence[tuple[str, str, str]],
) -> None:
    sheet = book.add_worksheet(say("export_about", lang))
    _widths(sheet, [36, 70, 70])
    for number, line in enumerate(lines):
        sheet.merge_range(number, 0, number, 2, "", styles["wrap"])
        sheet.write_string(number, 0, line, styles["wrap"])
    if not columns:
        return
    first = len(lines) + 1
    for place, key in enumerate(("export_column", "export_meaning_id", "export_meaning_en")):
        sheet.write_string(first, place, say(key, lang), styles["head"])
    for number, cells in enumerate(columns, first + 1):
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, cell, styles["wrap"])
