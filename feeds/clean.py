"""Markup to safe markup and to plain text."""

from __future__ import annotations

import html
import re
from typing import Final

import nh3

_ALLOWED: Final = frozenset(
    {
        "p",
        "br",
        "a",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h2",
        "h3",
        "h4",
        "sub",
        "sup",
    }
)
_DROPPED_WHOLE: Final = frozenset(
    {
        "script",
        "style",
        "iframe",
        "noscript",
        "noembed",
        "noframes",
        "template",
        "object",
        "embed",
        "applet",
        "svg",
        "math",
        "textarea",
        "select",
        "title",
        "head",
        "xmp",
        "plaintext",
    }
)
_BLOCKS: Final = frozenset(
    {
        "p",
        "br",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "aside",
        "main",
        "nav",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "figure",
        "figcaption",
        "hr",
        "address",
        "details",
        "summary",
        "center",
    }
)
_CELLS: Final = frozenset({"td", "th"})

_cleaner: Final = nh3.Cleaner(
    tags=_ALLOWED,
    clean_content_tags=_DROPPED_WHOLE,
    # "*" too: nh3 lets title and lang through on every tag unless told otherwise.
    attributes={"a": {"href"}, "*": set()},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)
# Structural tags only and no attributes, so that what comes out holds nothing but <name> and </name>.
_outliner: Final = nh3.Cleaner(
    tags=_BLOCKS | _CELLS, clean_content_tags=_DROPPED_WHOLE, attributes={"*": set()}, link_rel=None
)

_BARE_TAG: Final = re.compile(r"</?([a-z0-9]+)>")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>|<!--|-->|<!\[CDATA\[|\]\]>|<[!?][^<>]*>")
_OPEN_ENDED: Final = re.compile(
    r"<(?:a|b|i|p|br|div|span|img|svg|script|style|iframe|object|embed|form|input|button|video|audio|math|body|meta"
    r"|link|base|details|table)\b[^<>]*$",
    re.IGNORECASE,
)
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# The ASCII of it, for bytes.translate, which is over twenty times as fast as the pattern.
_NOT_TEXT_ASCII: Final = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_PLAIN_SPACE: Final = bytes.maketrans(b"\t\r", b" \n")
_HUGE_REFERENCE: Final = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")
# Without the space itself: a pattern for runs of it would try at each single one, and a text is full of them.
_ODD_SPACE: Final = re.compile(
    r"[\t\r\v\f\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_DEEPEST: Final = 3_000


def clean_html(markup: str) -> str:
    """The strict allow-list over `markup`. A fixed point: cleaning the result again changes nothing."""
    markup = _flatten(_without_controls(markup))
    cleaned = _cleaner.clean(markup)
    for _ in range(3):
        again = _cleaner.clean(cleaned)
        if again == cleaned:
            return cleaned
        cleaned = again
    # Markup that keeps changing under the cleaner is not worth trusting: its text only.
    return _cleaner.clean(html.escape(plain_text(markup), quote=False))


def plain_text(markup: str) -> str:
    """The words of `markup`: block tags become line breaks, other tags go, entities are read.

    Feeds that escape their markup twice are read too.
    """
    text = _without_controls(markup)
    for _ in range(4):
        if "<" in text or "&" in text:
            text = _read_references(_BARE_TAG.sub(_break_for, _outliner.clean(_flatten(text))))
        if not _has_tags(text):
            break
    else:
        text = _TAG.sub("", text)
    text = _OPEN_ENDED.sub("", text)
    if text.isascii():
        text = text.encode("ascii").translate(_PLAIN_SPACE, _NOT_TEXT_ASCII).decode("ascii")
    else:
        text = _ODD_SPACE.sub(" ", _without_controls(text).replace("\r", "\n"))
    while "  " in text:
        text = text.replace("  ", " ")
    text = "\n".join(line.strip(" ") for line in text.split("\n")).strip()
    return _EMPTY_LINES.sub("\n\n", text) if "\n\n\n" in text else text


def plain_line(raw: str) -> str:
    """A title or label as one plain line: entities read and tags stripped until neither is left."""
    if raw.isprintable() and not ("<" in raw or ">" in raw or "&" in raw):
        return " ".join(raw.split())
    text = _NOT_TEXT.sub(" ", raw)
    for _ in range(4):
        stripped = _OPEN_ENDED.sub("", _TAG.sub(" ", _without_code(text)))
        read = _read_references(stripped)
        if read == text:
            break
        text = read
    else:
        text = _TAG.sub(" ", text)
    return " ".join(_NOT_TEXT.sub(" ", text).split())


def _without_controls(text: str) -> str:
    if text.isascii():
        return text.encode("ascii").translate(None, _NOT_TEXT_ASCII).decode("ascii")
    data = text.encode("utf-8", "surrogatepass")
    # What is not text beyond ASCII begins with one of these in UTF-8; most texts hold none of them.
    if b"\xc2" in data or b"\xed" in data or b"\xef\xbf" in data:
        return _NOT_TEXT.sub("", text)
    kept = data.translate(None, _NOT_TEXT_ASCII)
    return text if len(kept) == len(data) else kept.decode("utf-8")


def _has_tags(text: str) -> bool:
    return ("<" in text or "-->" in text or "]]>" in text) and _TAG.search(text) is not None


def _without_code(text: str) -> str:
    # What stands between script or style tags is not words.
    lowered = text.lower()
    for name in ("script", "style"):
        start = lowered.find(f"<{name}")
        while start != -1:
            end = lowered.find(f"</{name}", start)
            if end == -1:
                break
            text, lowered = text[:start] + text[end:], lowered[:start] + lowered[end:]
            start = lowered.find(f"<{name}", start + 1)
    return text


def _read_references(text: str) -> str:
    # int() refuses numbers of thousands of digits; no character has more than seven.
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text))


def _break_for(match: re.Match[str]) -> str:
    return " " if match[1] in _CELLS else "\n"


def _flatten(markup: str) -> str:
    """Drop the nesting of markup that is deeper than any article: tree builders are slow there."""
    if markup.count("<") <= _DEEPEST:
        return markup
    depth = 0
    for match in re.finditer(r"<(/?)[A-Za-z]", markup):
        depth = max(depth - 1, 0) if match[1] else depth + 1
        if depth > _DEEPEST:
            break
    if depth <= _DEEPEST:
        return markup
    return _TAG.sub(" ", markup)
