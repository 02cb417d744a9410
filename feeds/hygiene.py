"""XML made harmless before a parser sees it: no DOCTYPE, no entities, no shapes that cost square time.

Everything here is one pass over the text. What is cut is noise to news (declarations, comments,
control characters, the 65th attribute of a tag); what newspapers get wrong every day (HTML entities,
bare ampersands, text before the declaration) is mended, so that the strict parser can read on.
"""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from feeds.dates import read_date

_ROOTS: Final = "rss|feed|rdf|urlset|sitemapindex|channel|entry|item"
_FIRST_TAG: Final = re.compile(r"<(?:([A-Za-z_][\w.-]{0,40}):)?([A-Za-z_][\w.-]{0,40})")
_ROOT_TAG: Final = re.compile(rf"<(?:[A-Za-z_][\w.-]{{0,40}}:)?(?:{_ROOTS})(?=[\s>/])", re.IGNORECASE)
_DOCTYPE_TOKEN: Final = re.compile(r"<!--|\"|'|\[|\]|>")
_ENTITY: Final = re.compile(
    r"<!ENTITY\s+([A-Za-z_][\w.-]{0,60})\s+(?:\"([^\"<&%]{0,200}|&#[0-9xXa-fA-F]{1,8};)\"|'([^'<&%]{0,200}|&#[0-9xXa-fA-F]{1,8};)')\s*>"
)
_ANY_ENTITY: Final = re.compile(r"<!ENTITY\s+(?:%\s+)?([A-Za-z_][\w.-]{0,60})")
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_XML_ASCII: Final = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_REFERENCE: Final = re.compile(r"&(?:#([0-9]{1,4000})|#[xX]([0-9a-fA-F]{1,4000})|([A-Za-z_][\w.-]{0,60}));|&")
_BARE_LESS: Final = re.compile(r"<(?![A-Za-z_/?!:])")
_SECTION: Final = re.compile(r"<!--|<!\[CDATA\[")
_LONG_TAG: Final = re.compile(r"<([A-Za-z_:][\w:.-]{0,100})([^<]{256,})")
_ATTRIBUTE: Final = re.compile(r"\s[\w:.-]{1,100}\s{0,5}=\s{0,5}(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>]{1,2000})")
_XMLNS: Final = re.compile(r"\sxmlns:[\w.-]{1,100}\s{0,5}=\s{0,5}(?:\"[^\"<]*\"|'[^'<]*')")
_LABEL: Final = re.compile(
    r"<((?:[\w.-]{1,40}:)?(?:category|subject|keywords|enclosure|link))\b[^<>]{0,2000}"
    r"(?:/>|>(?:<!\[CDATA\[[^\]<]{0,2000}\]\]>|[^<]{0,2000})</\1>)",
    re.IGNORECASE,
)
_ITEM: Final = re.compile(r"<((?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry))(?=[\s>/])", re.IGNORECASE)
_ITEM_DATE: Final = re.compile(
    r"<(?:pubDate|published|updated|issued|modified|(?:dc|dcterms):(?:date|created|modified))\b[^<>]{0,200}>"
    r"\s{0,20}([^<]{4,60})<",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(
    r"(<(?:[\w.-]{1,40}:)?(?:author|creator|contributor|managingEditor|webMaster|publisher|owner|name|email|credit)"
    r"(?=[\s>])[^<>]{0,500}>)(?:\s{0,200}<!\[CDATA\[[^\]]*\]\]>|[^<]+)",
    re.IGNORECASE,
)
_CORE: Final = re.compile(
    r"rss|channel|item|rdf:rdf|feed|entry|title|link|guid|id|pubdate|published|updated|issued|dc:date|ttl"
    r"|description|summary|content|content:encoded|category|dc:subject|language",
    re.IGNORECASE,
)
_CORE_ATTRIBUTE: Final = re.compile(
    r"\s(?:href|rel|type|term|version)\s?=\s?(?:\"[^\"<>]*\"|'[^'<>]*')", re.IGNORECASE
)
_ANY_TAG: Final = re.compile(r"<(/?)([A-Za-z_][\w:.-]{0,60})([^<>]*)>")
_HUGE_REFERENCE: Final = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,})")
_PREDEFINED: Final = frozenset({"lt", "gt", "amp", "quot", "apos"})
_MAX_PROLOG_PARTS: Final = 100
_MAX_ATTRIBUTES: Final = 64
_MAX_NAMESPACES: Final = 200
_MAX_LABELS_PER_ITEM: Final = 40
_MAX_EXPANSION: Final = 64 * 1024
_OLDEST: Final = datetime.min.replace(tzinfo=UTC)


def tidy_xml(text: str) -> tuple[str, str]:
    """Give (text a parser may see, local name of its root in lower case; "" when no feed begins in it)."""
    text, subset = _skip_prolog(_without_illegal(text))
    root = _find_root(text)
    if root is None:
        return "", ""
    start, name = root
    entities, banned = _entities(subset)
    text = _rewrite(text[start:], _reference_reader(entities, banned))
    # Names of persons are not kept, and feedparser's search for their mail address takes square time.
    text = _PERSON.sub(r"\1", text)
    return _cap_labels(_cap_namespaces(cap_attributes(text))), name


def newest_items(text: str, limit: int) -> tuple[str, int]:
    """Keep the `limit` newest items of an over-long document, in their order; gives (text, how many went)."""
    if text.count("<") <= limit:
        return text, 0
    starts = [match.start() for match in _ITEM.finditer(text)]
    surplus = len(starts) - limit
    if surplus <= 0:
        return text, 0
    last = _ITEM.match(text, starts[-1])
    closing = f"</{last[1]}>" if last else ""
    end = text.rfind(closing)
    end = end + len(closing) if end >= starts[-1] else len(text)
    pieces = [text[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True)]
    ranked = sorted(range(len(pieces)), key=lambda index: _piece_date(pieces[index]), reverse=True)
    kept = sorted(ranked[:limit])
    return text[: starts[0]] + "".join(pieces[index] for index in kept) + text[end:], surplus


def bare_xml(text: str) -> str:
    """Only the elements a feed cannot do without, and no attributes but theirs: for a parser that tripped."""

    def keep(match: re.Match[str]) -> str:
        slash, name, rest = match[1], match[2], match[3]
        if not _CORE.fullmatch(name):
            return " "
        kept = "" if slash else "".join(_CORE_ATTRIBUTE.findall(rest))
        return f"<{slash}{name}{kept}{'/' if rest.endswith('/') else ''}>"

    return "".join(
        _HUGE_REFERENCE.sub("\ufffd", piece) if literal else _ANY_TAG.sub(keep, piece)
        for literal, piece in _sections(text)
    )


def _piece_date(piece: str) -> datetime:
    match = _ITEM_DATE.search(piece[:20_000])
    return (read_date(match[1]) if match else None) or _OLDEST


def _without_illegal(text: str) -> str:
    if text.isascii():
        return text.encode("ascii").translate(None, _NOT_XML_ASCII).decode("ascii")
    data = text.encode("utf-8", "surrogatepass")
    # The first bytes of surrogates and of the two that are no characters; most documents hold neither.
    if b"\xed" in data or b"\xef\xbf" in data:
        return _NOT_XML.sub("", text)
    kept = data.translate(None, _NOT_XML_ASCII)
    return text if len(kept) == len(data) else kept.decode("utf-8")


def _skip_prolog(text: str) -> tuple[str, str]:
    """Cut declarations, instructions, comments and the DOCTYPE from the front; gives (rest, DOCTYPE)."""
    position, doctype = 0, ""
    for _ in range(_MAX_PROLOG_PARTS):
        position = _first_markup(text, position)
        if text.startswith("<?", position):
            end = text.find("?>", position)
            position = end + 2 if end != -1 else position + 2
        elif text.startswith("<!--", position):
            end = text.find("-->", position + 4)
            position = end + 3 if end != -1 else position + 4
        elif text[position : position + 9].upper() == "<!DOCTYPE":
            end = _doctype_end(text, position + 9)
            doctype += text[position:end]
            position = end
        else:
            break
    return text[position:], doctype


def _first_markup(text: str, position: int) -> int:
    found = text.find("<", position)
    return found if found != -1 else len(text)


def _doctype_end(text: str, position: int) -> int:
    """Where a DOCTYPE ends; one that never does ends before the first tag that begins a feed."""
    depth, at = 0, position
    while match := _DOCTYPE_TOKEN.search(text, at):
        mark, at = match[0], match.end()
        if mark in ('"', "'", "<!--"):
            end = text.find("-->" if mark == "<!--" else mark, at)
            if end == -1:
                break
            at = end + (3 if mark == "<!--" else 1)
        elif mark == "[":
            depth += 1
        elif mark == "]":
            depth = max(depth - 1, 0)
        elif depth == 0:
            return at
    root = _ROOT_TAG.search(text, position)
    return root.start() if root else len(text)


def _find_root(text: str) -> tuple[int, str] | None:
    first = _FIRST_TAG.match(text)
    if first and re.fullmatch(_ROOTS, first[2], re.IGNORECASE):
        return 0, first[2].lower()
    if first and first[2].lower() in ("html", "head", "body"):
        return None
    # Text or a stray tag in front; far into a page a root name is no root any more.
    root = _ROOT_TAG.search(text, 0, 100_000)
    if root is None:
        return None
    named = _FIRST_TAG.match(text, root.start())
    return (root.start(), named[2].lower()) if named else None


def _entities(doctype: str) -> tuple[dict[str, str], frozenset[str]]:
    """The harmless entities a DOCTYPE declares, and the names of the rest, which read as nothing."""
    plain: dict[str, str] = {}
    for match in _ENTITY.finditer(doctype):
        if len(plain) < 300 and match[1] not in plain:
            plain[match[1]] = html.unescape(match[2] if match[2] is not None else match[3])
    declared = frozenset(match[1] for match in _ANY_ENTITY.finditer(doctype))
    return plain, declared - plain.keys()


def _reference_reader(entities: dict[str, str], banned: frozenset[str]) -> Callable[[re.Match[str]], str]:
    budget = _MAX_EXPANSION

    def read(match: re.Match[str]) -> str:
        nonlocal budget
        decimal, hexadecimal, name = match[1], match[2], match[3]
        if name is None and decimal is None and hexadecimal is None:
            return "&amp;"
        if name is None:
            digits, base = (decimal, 10) if decimal is not None else (hexadecimal, 16)
            code = int(digits, base) if len(digits) <= 12 else 0x110000
            good = code < 0x110000 and not _NOT_XML.match(chr(code))
            return match[0] if good else "\ufffd"
        if name in _PREDEFINED:
            return match[0]
        if name in banned:
            return ""
        value = entities.get(name)
        if value is None:
            value = html.entities.html5.get(name + ";")
            if value is None:
                return f"&amp;{name};"
        budget -= len(value)
        return html.escape(value) if budget >= 0 else ""

    return read


def _rewrite(text: str, read_reference: Callable[[re.Match[str]], str]) -> str:
    """Mend references and stray "<" outside CDATA, close a CDATA section that never ends, drop comments."""
    return "".join(
        piece if literal else _BARE_LESS.sub("&lt;", _REFERENCE.sub(read_reference, piece))
        for literal, piece in _sections(text)
    )


def _sections(text: str) -> Iterator[tuple[bool, str]]:
    """Split a document into (True, CDATA section) and (False, markup); comments are left out."""
    position, last_comment_end, last_cdata_end = 0, text.rfind("-->"), text.rfind("]]>")
    while match := _SECTION.search(text, position):
        yield False, text[position : match.start()]
        inside = match.end()
        if match[0] == "<!--":
            # Unterminated: only the marker goes, what it would have hidden stays readable.
            position = text.find("-->", inside) + 3 if last_comment_end >= inside else inside
        elif last_cdata_end >= inside:
            end = text.find("]]>", inside)
            yield True, text[match.start() : end + 3]
            position = end + 3
        else:
            end = _cdata_should_end(text, match.start(), inside)
            yield True, f"{text[match.start() : end]}]]>"
            position = end
    yield False, text[position:]


def _cdata_should_end(text: str, start: int, inside: int) -> int:
    opened = re.search(r"<([A-Za-z_][\w:.-]{0,40})[^<>]{0,200}>\s{0,50}$", text[max(start - 300, 0) : start])
    end = text.find(f"</{opened[1]}>", inside) if opened else -1
    return end if end != -1 else len(text)


def cap_attributes(text: str) -> str:
    """The 65th attribute of a tag and those after it cut: parsers take square time in them."""
    return _LONG_TAG.sub(_cap_attributes, text) if text.count("=") > _MAX_ATTRIBUTES else text


def _cap_attributes(match: re.Match[str]) -> str:
    rest = match[2]
    if rest.count("=") <= _MAX_ATTRIBUTES:
        return match[0]
    kept, end, count = [], 0, 0
    for attribute in _ATTRIBUTE.finditer(rest):
        if rest.find(">", end, attribute.start()) != -1:
            break
        count += 1
        end = attribute.end()
        if count <= _MAX_ATTRIBUTES:
            kept.append(attribute[0])
    if count <= _MAX_ATTRIBUTES:
        return match[0]
    return f"<{match[1]}{''.join(kept)}{rest[end:]}"


def _cap_namespaces(text: str) -> str:
    if text.count("xmlns:") <= _MAX_NAMESPACES:
        return text
    seen = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        return match[0] if seen <= _MAX_NAMESPACES else ""

    return _XMLNS.sub(keep, text)


def _cap_labels(text: str) -> str:
    # Each category is compared with all before it: ten thousand on one entry take minutes.
    items = text.count("<item>") + text.count("<entry>")
    if text.count("<") <= _MAX_LABELS_PER_ITEM * (items + 2):
        return text
    budget = _MAX_LABELS_PER_ITEM * (len(_ITEM.findall(text)) + 2)
    if len(re.findall(r"<[\w.:-]*(?:category|subject|keywords|enclosure|link)\b", text)) <= budget:
        return text

    def keep(match: re.Match[str]) -> str:
        nonlocal budget
        budget -= 1
        return match[0] if budget >= 0 else ""

    return _LABEL.sub(keep, text)
