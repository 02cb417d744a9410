"""From bytes to text: which encoding a document is really in."""

from __future__ import annotations

import codecs
import re
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SHAPES: Final = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
# Python has codecs that are no text encodings, or that hide markup (base64, zlib, UTF-7); only these names.
_KNOWN: Final = re.compile(
    r"utf-?8|(?:us-)?ascii|iso-?8859-?(?:[1-9]|1[0-6])|latin-?(?:[1-9]|10)|l1|windows-?(?:125[0-8]|874)"
    r"|cp-?(?:125[0-8]|874|437|85[0-8]|866|932|949|950)|koi8-[rut]|gb-?2312|gbk|gb18030|hz-gb-2312|big5(?:-hkscs)?"
    r"|shift[-_]?jis|sjis|euc-?jp|euc-?kr|iso-2022-(?:jp|kr)|tis-620|mac(?:intosh|-?roman)"
)
_PYTHON_NAMES: Final = {
    "windows-874": "cp874",
    "windows874": "cp874",
    # Supersets that senders mean when they name the smaller set.
    "gb2312": "gb18030",
    "gb-2312": "gb18030",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
}
_SINGLE_BYTE: Final = re.compile(r"iso-?8859.*|latin.*|l1|windows.*|cp.*|(?:us-)?ascii|mac.*|koi8.*|tis.*")
_DECLARED: Final = re.compile(
    rb"^\s{0,20}<\?xml[^>]{0,200}?encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9._:-]{1,40})[\"']"
)
_HTTP_CHARSET: Final = re.compile(
    r";\s{0,5}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)


def decode_document(body: bytes, content_type: str) -> tuple[str, bool]:
    """Decode a document; gives (text, whether the declared encoding was wrong or missing bytes).

    A byte order mark or the shape of the first bytes decides first, then the HTTP charset, the XML
    declaration, UTF-8. A single-byte declaration over bytes that are valid UTF-8 is taken as a lie.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _decode(body[len(bom) :], name)
    for shape, name in _SHAPES:
        if body.startswith(shape):
            return _decode(body, name)
    http = _HTTP_CHARSET.search(content_type)
    declared = _DECLARED.match(body[:400])
    names = [
        name
        for name in (http[1].lower() if http else "", declared[1].decode("ascii").lower() if declared else "")
        if _KNOWN.fullmatch(name)
    ]
    lied = len(names) < (http is not None) + (declared is not None)
    utf8 = _strictly(body, "utf-8")
    if utf8 is not None and (utf8.isascii() or not names or all(_SINGLE_BYTE.fullmatch(n) for n in names)):
        plain = utf8.isascii() and not any(name.startswith(("iso-2022", "hz")) for name in names)
        if plain or not utf8.isascii():
            return utf8, lied or (not plain and bool(names))
    for name in names:
        text = _strictly(body, _PYTHON_NAMES.get(name, name))
        if text is None:
            text = _strictly(body, name)
        if text is not None:
            return text, lied
        lied = True
    if utf8 is not None:
        return utf8, lied
    mended = body.decode("utf-8", "replace")
    # Mostly broken sequences mean Windows text; a few among good ones mean damaged UTF-8.
    broken = mended.count("\ufffd")
    good = sum(1 for character in mended if character > "\x7f") - broken
    return (body.decode("cp1252", "replace") if broken > good else mended), True


def _decode(body: bytes, name: str) -> tuple[str, bool]:
    text = _strictly(body, name)
    return (text, False) if text is not None else (body.decode(name, "replace"), True)


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None
