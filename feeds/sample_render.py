"""The bundled sample news, written as the feeds and pages of a small invented press."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from feeds.dates import WIB

_DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_NOTE: Final = "Berita contoh: peristiwa, media, dan lembaga di halaman ini rekaan, untuk mencoba Dini."
_XML: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleItem:
    source: str
    guid: str
    at: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSource:
    """A source of the sample press; `format` is rss, atom, rdf, json, sitemap or broken."""

    key: str
    name: str
    owner: str
    format: str
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    content_type: str
    body: bytes


def read_sample(folder: Path, day: date) -> tuple[tuple[SampleSource, ...], tuple[SampleItem, ...]]:
    """Read `sources.json` and `news.jsonl` of `folder`; day 3 of the file falls on `day`, times are WIB."""
    listed = json.loads((folder / "sources.json").read_text(encoding="utf-8"))
    sources = tuple(
        SampleSource(**{k: str(row[k]) for k in ("key", "name", "owner", "format", "area")}) for row in listed
    )
    lines = (folder / "news.jsonl").read_text(encoding="utf-8").splitlines()
    items = (_item(json.loads(line), day) for line in lines if line.strip())
    return sources, tuple(sorted(items, key=lambda item: item.at, reverse=True))


def _item(row: dict[str, object], last_day: date) -> SampleItem:
    day = last_day + timedelta(days=int(str(row["day"])) - 3)
    hour, minute = str(row["time"]).split(":")
    return SampleItem(
        source=str(row["source"]),
        guid=str(row["guid"]),
        at=datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=WIB),
        title=_dated(str(row["title"]), day),
        text=_dated(str(row["text"]), day),
    )


def _dated(text: str, day: date) -> str:
    yesterday = day - timedelta(days=1)
    return text.replace("{hari}", _day_words(day)).replace("{kemarin}", _day_words(yesterday))


def _day_words(day: date) -> str:
    return f"{_DAYS[day.weekday()]} ({day.day}/{day.month}/{day.year})"


def feed_path(source: SampleSource) -> str:
    return f"/umpan/{source.key}.{'json' if source.format == 'json' else 'xml'}"


def article_path(item: SampleItem) -> str:
    return f"/berita/{item.source}/{item.guid}"


def render_site(
    sources: Sequence[SampleSource], items: Sequence[SampleItem], base_url: str
) -> dict[str, Page]:
    """Every page of the sample web by its path."""
    pages = {"/": _index(sources, items), "/robots.txt": _robots()}
    names = {source.key: source.name for source in sources}
    for source in sources:
        mine = [item for item in items if item.source == source.key]
        pages[feed_path(source)] = _FORMATS[source.format](source, mine, base_url)
    for item in items:
        pages[article_path(item)] = _article(item, names.get(item.source, item.source))
    return pages


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)


def _rss(source: SampleSource, items: Iterable[SampleItem], base_url: str) -> Page:
    entries = "".join(
        f"<item><title>{_escaped(item.title)}</title><link>{base_url}{article_path(item)}</link>"
        f'<guid isPermaLink="false">{_escaped(item.guid)}</guid><pubDate>{format_datetime(item.at)}</pubDate>'
        f"<description>{_escaped(f'<p>{_escaped(item.text)}</p>')}</description></item>\n"
        for item in items
    )
    text = (
        f'{_XML}<rss version="2.0"><channel><title>{_escaped(source.name)}</title><link>{base_url}/</link>'
        f"<description>{_NOTE}</description><language>id-ID</language><ttl>15</ttl>\n{entries}</channel></rss>\n"
    )
    return Page(content_type="application/rss+xml; charset=utf-8", body=text.encode())


def _broken(source: SampleSource, items: Iterable[SampleItem], base_url: str) -> Page:
    """RSS that breaks off inside its last item, as a full disk or a hasty proxy leaves it."""
    whole = _rss(source, items, base_url).body
    last = whole.rfind(b"<description>")
    return Page(content_type="application/rss+xml", body=whole[: last + 40])


def _atom(source: SampleSource, items: Sequence[SampleItem], base_url: str) -> Page:
    entries = "".join(
        f'<entry><title>{_escaped(item.title)}</title><link href="{base_url}{article_path(item)}"/>'
        f"<id>urn:dini-contoh:{_escaped(item.guid)}</id><published>{item.at.isoformat()}</published>"
        f"<updated>{item.at.isoformat()}</updated>"
        f'<content type="html">{_escaped(f"<p>{_escaped(item.text)}</p>")}</content></entry>\n'
        for item in items
    )
    updated = items[0].at.isoformat() if items else "2026-01-01T00:00:00+07:00"
    text = (
        f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="id">'
        f"<title>{_escaped(source.name)}</title>"
        f"<id>urn:dini-contoh:{_escaped(source.key)}</id><updated>{updated}</updated>\n{entries}</feed>\n"
    )
    return Page(content_type="application/atom+xml; charset=utf-8", body=text.encode())


def _rdf(source: SampleSource, items: Sequence[SampleItem], base_url: str) -> Page:
    links = [f"{base_url}{article_path(item)}" for item in items]
    entries = "".join(
        f'<item rdf:about="{link}"><title>{_escaped(item.title)}</title><link>{link}</link>'
        f"<description>{_escaped(item.text)}</description><dc:date>{item.at.isoformat()}</dc:date></item>\n"
        for item, link in zip(items, links, strict=True)
    )
    listed = "".join(f'<rdf:li resource="{link}"/>' for link in links)
    text = (
        f'{_XML}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{base_url}/">'
        f"<title>{_escaped(source.name)}</title><link>{base_url}/</link><description>{_NOTE}</description>"
        f"<dc:language>id</dc:language><items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n{entries}</rdf:RDF>\n"
    )
    return Page(content_type="application/rdf+xml; charset=utf-8", body=text.encode())


def _json(source: SampleSource, items: Iterable[SampleItem], base_url: str) -> Page:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.name,
        "home_page_url": f"{base_url}/",
        "language": "id",
        "items": [
            {
                "id": item.guid,
                "url": f"{base_url}{article_path(item)}",
                "title": item.title,
                "content_text": item.text,
                "date_published": item.at.isoformat(),
            }
            for item in items
        ],
    }
    return Page(
        content_type="application/feed+json",
        body=json.dumps(feed, ensure_ascii=False, indent=1).encode(),
    )


def _sitemap(source: SampleSource, items: Iterable[SampleItem], base_url: str) -> Page:
    entries = "".join(
        f"<url><loc>{base_url}{article_path(item)}</loc><news:news><news:publication>"
        f"<news:name>{_escaped(source.name)}</news:name><news:language>id</news:language></news:publication>"
        f"<news:publication_date>{item.at.isoformat()}</news:publication_date>"
        f"<news:title>{_escaped(item.title)}</news:title></news:news></url>\n"
        for item in items
    )
    text = (
        f'{_XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{entries}</urlset>\n'
    )
    return Page(content_type="application/xml; charset=utf-8", body=text.encode())


_FORMATS: Final[dict[str, Callable[[SampleSource, Sequence[SampleItem], str], Page]]] = {
    "rss": _rss,
    "atom": _atom,
    "rdf": _rdf,
    "json": _json,
    "sitemap": _sitemap,
    "broken": _broken,
}


def _robots() -> Page:
    # The feeds hold the whole of each article: its page has no more, and says noindex itself.
    return Page(content_type="text/plain; charset=utf-8", body=b"User-agent: *\nDisallow: /berita/\n")


def _html(title: str, body: str) -> Page:
    text = (
        f'<!doctype html>\n<html lang="id"><head><meta charset="utf-8"><title>{_escaped(title)}</title>'
        '<meta name="robots" content="noindex"></head>\n'
        f"<body>{body}<hr><p><em>{_NOTE}</em></p></body></html>\n"
    )
    return Page(content_type="text/html; charset=utf-8", body=text.encode())


def _article(item: SampleItem, name: str) -> Page:
    paragraphs = "".join(f"<p>{_escaped(part)}</p>" for part in item.text.split("\n") if part.strip())
    when = f"{_day_words(item.at.date())}, {item.at:%H.%M} WIB"
    body = (
        f"<article><p>{_escaped(name)}</p><h1>{_escaped(item.title)}</h1>"
        f'<p><time datetime="{item.at.isoformat()}">{when}</time></p>{paragraphs}</article>'
        '<p><a href="/">Semua berita contoh</a></p>'
    )
    return _html(item.title, body)


def _index(sources: Iterable[SampleSource], items: Sequence[SampleItem]) -> Page:
    parts = ["<h1>Berita contoh Dini</h1>"]
    for source in sources:
        parts.append(
            f"<h2>{_escaped(source.name)}</h2>"
            f'<p><a href="{feed_path(source)}">Umpan ({_escaped(source.format)})</a></p>'
        )
        lines = "".join(
            f'<li><a href="{_escaped(article_path(item))}">{_escaped(item.title)}</a></li>'
            for item in items
            if item.source == source.key
        )
        parts.append(f"<ul>{lines}</ul>")
    return _html("Berita contoh Dini", "".join(parts))
