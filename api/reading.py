"""Documents out of a stream of bytes (JSONL or CSV) that nobody checked before; what cannot be read is said.

Bounded memory: one line or one CSV row at a time. Nothing raises on any bytes but `BadTable` for a CSV
whose head has no title column, because then no row can be read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from api.times import read_moment
from models import Document

LINE_BYTES = 32 * 1024 * 1024
KEYS = ("id", "title", "text", "lead", "published", "url")
END = "\x00"
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A line that gave no document; `reason` is Indonesian."""

    line: int
    reason: str


class BadTable(Exception):
    """The CSV head has no `title` column."""


def guess_format(name: str, first: bytes) -> str:
    """By the file's ending, else by the first byte that is not blank: `{` and `[` begin JSON."""
    ending = name.rsplit(".", 1)[-1].casefold() if "." in name else ""
    if ending in ("jsonl", "ndjson", "json"):
        return "jsonl"
    if ending in ("csv", "tsv"):
        return "csv"
    return "jsonl" if first.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[", b"") else "csv"


def read_jsonl(stream: BinaryIO) -> Iterator[Document | Unreadable]:
    """One document a line; empty lines are passed over silently, as every JSONL tool does."""
    number = 0
    while raw := stream.readline(LINE_BYTES + 1):
        number += 1
        if len(raw) > LINE_BYTES:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(LINE_BYTES)
            yield Unreadable(line=number, reason=f"lebih dari {LINE_BYTES // 1024 // 1024} MB")
            continue
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw.strip():
            yield _from_json(number, raw)


def _from_json(number: int, raw: bytes) -> Document | Unreadable:
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return Unreadable(line=number, reason="bukan UTF-8")
    except (ValueError, RecursionError):
        return Unreadable(line=number, reason="berisi NUL" if b"\x00" in raw else "bukan JSON yang benar")
    if not isinstance(value, dict):
        return Unreadable(line=number, reason="bukan objek JSON")
    return document(number, value)


def document(number: int, row: dict[str, Any]) -> Document | Unreadable:
    """A row as a document: only `title` is needed; `lead` stands in for `text`; no `id`: the line number."""
    fields: dict[str, str] = {}
    for key in KEYS:
        value = row.get(key)
        if value is None or value == "":
            continue
        if key == "id" and isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            return Unreadable(line=number, reason=f"{key} bukan teks")
        # A lone surrogate is one character; its replacement too, so offsets stay true.
        fields[key] = SURROGATE.sub("\ufffd", value)
    if row.get("title") is None:
        return Unreadable(line=number, reason="tanpa title")
    if not fields.get("title", "").strip():
        return Unreadable(line=number, reason="title kosong")
    return Document(
        id=fields.get("id", str(number)),
        title=fields["title"],
        text=fields.get("text", fields.get("lead", "")),
        published=read_moment(fields.get("published", "")),
        url=fields.get("url", ""),
    )


def read_csv(stream: BinaryIO) -> Iterator[Document | Unreadable]:
    """One document a row, numbered by the line where the row begins. Delimiter: comma, semicolon or tab."""
    csv.field_size_limit(LINE_BYTES)
    # surrogateescape carries broken bytes into their own row, so that one bad row does not end the file.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    head_line = text.readline(LINE_BYTES)
    head, delimiter = _head(head_line)
    if "title" not in head:
        raise BadTable
    ended = False

    def lines() -> Iterator[str]:
        # A quote that nobody closes swallows the rest of the file; the line after the last one tells.
        nonlocal ended
        for line in text:
            yield line if line.endswith(("\n", "\r")) else line + "\n"
        ended = True
        yield END

    reader = csv.reader(lines(), delimiter=delimiter)
    before = 1
    while True:
        number = before + 1
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:
            before = reader.line_num + 1
            yield Unreadable(line=number, reason="baris CSV rusak atau terlalu panjang")
            continue
        before = reader.line_num + 1
        if ended and row == [END]:
            break
        if ended:
            began = before - len(re.findall("\r\n|\r|\n", row[-1]))
            yield Unreadable(line=began, reason="tanda kutip tidak ditutup sampai akhir berkas")
            break
        if row:
            yield _from_row(number, head, row)
    text.detach()


def _head(line: str) -> tuple[list[str], str]:
    for delimiter in (",", ";", "\t"):
        try:
            names = [name.strip().casefold() for name in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:
            continue
        if "title" in names:
            return names, delimiter
    return [], ","


def _from_row(number: int, head: Sequence[str], row: Sequence[str]) -> Document | Unreadable:
    whole = "".join(row)
    if SURROGATE.search(whole):
        return Unreadable(line=number, reason="bukan UTF-8")
    if "\x00" in whole:
        return Unreadable(line=number, reason="berisi NUL")
    if len(row) > len(head):
        return Unreadable(line=number, reason=f"{len(row)} kolom, kepala tabel {len(head)}")
    values: dict[str, Any] = dict(zip(head, row, strict=False))
    return document(number, values)
