"""A paper as a Word document, because civil servants edit in Word: the same parts as the PDF, as values."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

_RED = RGBColor(0x9B, 0x10, 0x30)
_QUIET = RGBColor(0x4A, 0x4F, 0x4D)


def written(parts: dict[str, Any]) -> bytes:
    """The parts of `memo_letter.in_parts` as a .docx of A4 pages."""
    made = docx.Document()
    _page(made, parts["classification"])
    for line in parts["kop"]:
        _centred(made, line, 13)
    _rule(_centred(made, parts["title"], 13))
    if parts["stamp"]:
        _centred(made, parts["stamp"], 12).runs[0].font.color.rgb = _RED
    for one in parts["notices"]:
        made.add_paragraph().add_run(one).font.color.rgb = _RED
    _pairs(made, [[label, "\n".join(values)] for label, values in parts["head"]])
    for part in parts["sections"]:
        _section(made, part)
    made.add_paragraph()
    for line in parts["sign"]:
        made.add_paragraph(line or "\n\n").paragraph_format.left_indent = Mm(95)
    for line in parts["foot"]:
        _quiet(made.add_paragraph(), line)
    made.core_properties.title = parts["title"]
    made.core_properties.author = parts["kop"][0]
    made.core_properties.comments = ""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _page(made: Document, classification: str) -> None:
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(11)
    style.paragraph_format.space_after = Pt(4)
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    for part in (section.header, section.footer):
        line = part.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(classification).bold = True


def _section(made: Document, part: dict[str, Any]) -> None:
    kind = part["kind"]
    if part["title"]:
        heading = made.add_paragraph()
        heading.paragraph_format.space_before = Pt(10 if kind == "chapter" else 6)
        heading.paragraph_format.keep_with_next = True
        heading.add_run(part["title"]).bold = True
    if kind == "chapter" and part["note"]:
        _quiet(made.add_paragraph(), part["note"])
    elif kind == "text":
        _lines(made, part["lines"], part["empty"])
    elif kind == "rows":
        _pairs(made, part["rows"])
    elif kind == "table":
        if part["rows"]:
            _grid(made, part["head"], part["rows"], (50, 115))
        else:
            _lines(made, [], part["empty"])
    elif kind == "facts":
        for one in part["facts"]:
            _fact(made, one)
        if part["more"]:
            _quiet(made.add_paragraph(), part["more"])
    elif kind == "checklist":
        cells = [[one["question"], one["answer"], one["by"] or "–"] for one in part["rows"]]
        _grid(made, ["Pertanyaan", "Jawaban menurut berita", "Dasar"], cells, (40, 95, 30))
        _quiet(made.add_paragraph(), part["note"])


def _fact(made: Document, one: dict[str, Any]) -> None:
    line = made.add_paragraph(f"{one['number']}.\t{one['at']}: {one['sentence']} {one['quoted']}")
    _hang(line)
    source = made.add_paragraph("\t")
    _hang(source)
    _link(source, one["source"] | {"at": ""})
    for each in one["reprints"]:
        again = made.add_paragraph("\tNaskah yang sama: ")
        _hang(again)
        _link(again, each)


def _hang(line: Paragraph) -> None:
    line.paragraph_format.left_indent = Mm(8)
    line.paragraph_format.first_line_indent = Mm(-8)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(8))


def _link(line: Paragraph, source: dict[str, str]) -> None:
    """Outlet and address; the address is a link, its text a value of its own."""
    _grey(
        line,
        ", ".join(filter(None, (source["name"], source["at"])))
        + (": " if source["link"] else " (tanpa tautan)"),
    )
    if not source["link"]:
        return
    key = line.part.relate_to(source["link"], RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), key)
    run = line.add_run(source["link"])
    run.font.size, run.font.underline, run.font.color.rgb = Pt(9), True, RGBColor(0x0B, 0x4F, 0x6C)
    element.append(run._r)
    line._p.append(element)


def _pairs(made: Document, rows: list[list[str]]) -> None:
    table = made.add_table(rows=0, cols=3)
    table.autofit = False
    for label, words in rows:
        for cell, text, wide in zip(table.add_row().cells, (label, ":", words), (42, 4, 119), strict=True):
            cell.width = Mm(wide)
            cell.paragraphs[0].text = text
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)


def _grid(made: Document, head: list[str], rows: list[list[str]], wide: tuple[int, ...]) -> None:
    table = made.add_table(rows=0, cols=len(head), style="Table Grid")
    table.autofit = False
    for number, row in enumerate([head, *rows]):
        for cell, text, width in zip(table.add_row().cells, row, wide, strict=True):
            cell.width = Mm(width)
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(10), number == 0


def _lines(made: Document, lines: list[str], empty: str) -> None:
    if not lines:
        _quiet(made.add_paragraph(), empty)
    for line in lines:
        made.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _centred(made: Document, text: str, size: int) -> Paragraph:
    line = made.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = line.add_run(text)
    run.bold, run.font.size = True, Pt(size)
    return line


def _quiet(line: Paragraph, text: str) -> None:
    line.add_run().italic = True
    _grey(line, text)


def _grey(line: Paragraph, text: str) -> None:
    run = line.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), _QUIET


def _rule(line: Paragraph) -> None:
    """A line above the title, under the head of the agency."""
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "thinThickSmallGap"), ("sz", "18"), ("space", "6"), ("color", "111111")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    line._p.get_or_add_pPr().append(borders)
