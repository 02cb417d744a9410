"""Lists of sources: the registry that ships, and OPML in and out."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as safe_tree

from feeds.clean import plain_line
from feeds.records import SourceListing

_NAMESPACE: Final = "urn:dini:opml"
_MAX_OPML_BYTES: Final = 5 * 1024 * 1024
_MAX_OUTLINES: Final = 5_000
_MAX_PROBLEMS: Final = 50
_FIELD_CHARS: Final = 300
_URL_CHARS: Final = 2_000
_EXTRA: Final = ("owner", "area", "tier", "note")


def shipped_sources() -> tuple[SourceListing, ...]:
    """The registry in `registry.csv`: public feed addresses, none verified until a fetch succeeds.

    `owner` is the media group where the domain tells it; `tier` (Dewan Pers) is not judged here.
    """
    text = resources.files(__package__).joinpath("registry.csv").read_text(encoding="utf-8")
    return tuple(
        SourceListing(
            url=row["url"],
            name=row["name"],
            owner=row["owner"],
            site=_site(row["url"]),
            area=row["area"],
            tier=row["tier"],
            note=row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def read_opml(data: bytes) -> tuple[tuple[SourceListing, ...], tuple[str, ...]]:
    """Read an OPML file: (listings, problems in words). Never raises; an address comes out once."""
    if len(data) > _MAX_OPML_BYTES:
        return (), (f"berkas OPML lebih besar dari {_MAX_OPML_BYTES // 1024 // 1024} MiB",)
    try:
        root = safe_tree.fromstring(data, forbid_dtd=True)
    except (ParseError, ValueError, LookupError, RecursionError, MemoryError):
        return (), ("berkas bukan OPML yang sah, atau memuat DTD yang tidak diizinkan",)
    if _local(root.tag) != "opml":
        return (), ("berkas XML ini bukan OPML",)
    listings: dict[str, SourceListing] = {}
    problems: list[str] = []
    outlines = [fields for fields in _outlines(root) if fields.get("xmlurl", "").strip()]
    seen = len(outlines)
    for fields in outlines[:_MAX_OUTLINES]:
        url = fields["xmlurl"].strip()
        name = _field(fields.get("title", "")) or _field(fields.get("text", ""))
        if reason := _unfit(url):
            problems.append(f"{name or 'sumber tanpa nama'}: {reason}")
        elif url in listings:
            problems.append(f"{name or url}: alamat sudah ada di berkas ini")
        else:
            listings[url] = SourceListing(
                url=url,
                name=name or _site(url),
                site=_web(fields.get("htmlurl", "")) or _site(url),
                **{key: _field(fields.get(key, "")) for key in _EXTRA},
            )
    if seen > _MAX_OUTLINES:
        left = seen - _MAX_OUTLINES
        problems.insert(0, f"hanya {_MAX_OUTLINES} sumber pertama yang dibaca; {left} lagi tidak")
    if not seen:
        problems.append("tidak ada alamat umpan di berkas ini")
    if len(problems) > _MAX_PROBLEMS:
        problems[_MAX_PROBLEMS:] = [f"dan {len(problems) - _MAX_PROBLEMS} masalah lain"]
    return tuple(listings.values()), tuple(problems)


def _outlines(root: Element) -> Iterator[dict[str, str]]:
    """Attributes of each outline, names in small letters without namespace."""
    for outline in root.iter():
        if _local(outline.tag) == "outline":
            yield {_local(name): value for name, value in outline.attrib.items()}


def write_opml(listings: Iterable[SourceListing]) -> bytes:
    """An OPML 2.0 file that `read_opml` gives back whole; other readers see names and addresses."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<opml version="2.0" xmlns:dini="{_NAMESPACE}">',
        "<head><title>Sumber berita Dini</title></head>",
        "<body>",
    ]
    for listing in listings:
        attributes = {
            "type": "rss",
            "text": listing.name,
            "title": listing.name,
            "xmlUrl": listing.url,
            "htmlUrl": listing.site,
            **{f"dini:{key}": getattr(listing, key) for key in _EXTRA},
        }
        written = " ".join(
            f'{name}="{html.escape(_printable(value))}"' for name, value in attributes.items() if value
        )
        lines.append(f"<outline {written}/>")
    lines += ["</body>", "</opml>", ""]
    return "\n".join(lines).encode("utf-8")


def _local(name: object) -> str:
    return name.rpartition("}")[2].lower() if isinstance(name, str) else ""


def _field(value: str) -> str:
    return plain_line(value[: 4 * _FIELD_CHARS])[:_FIELD_CHARS]


def _printable(value: str) -> str:
    return "".join(c for c in value if c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")


def _unfit(url: str) -> str:
    """Why an address cannot be a source; the guard of fetch still judges where it leads."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "alamat tidak dapat dibaca"
    if parts.scheme.lower() not in ("http", "https") or not host:
        return "alamat bukan http atau https"
    if "@" in parts.netloc:
        return "alamat memuat nama pengguna atau sandi"
    if len(url) > _URL_CHARS or any(c <= " " or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in url):
        return "alamat terlalu panjang atau memuat spasi"
    return ""


def _web(url: str) -> str:
    url = url.strip()
    return url if not _unfit(url) else ""


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
