"""Makers of records for the screening tests; every text is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from feeds import Entry, Failed, FailureKind, FeedSource, Fetched, Parsed, SourceListing
from models import Assessment, Facts, Label, Place, PlaceKind
from screening import Area, Incident, Severity, Status
from screening.incidents import Shape, shape
from screening.linking import Known, known
from screening.records import Source

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
KOTIM = Place(kind=PlaceKind.REGENCY, code="62.02", regency="62.02", name="Kab. Kotawaringin Timur")
SERUYAN = Place(kind=PlaceKind.REGENCY, code="62.07", regency="62.07", name="Kab. Seruyan")
NOWHERE = Place(kind=PlaceKind.UNKNOWN)
BOGOR = Place(kind=PlaceKind.OUTSIDE, name="Kab. Bogor")

CLASH = (
    "Dua Kelompok Pemuda Bentrok di Pasar Baamang, Tiga Luka",
    "SAMPIT - Dua kelompok pemuda terlibat bentrok di Pasar Baamang, Kecamatan Baamang, Kabupaten "
    "Kotawaringin "
    "Timur, Senin malam. Tiga pemuda luka kena lemparan batu dan satu lapak dibakar. Polisi melepaskan "
    "gas air "
    "mata untuk memisahkan kedua kubu yang saling serang.",
)
BLOCKADE = (
    "Warga Portal Jalan Kebun, Tagih Plasma di Hanau",
    "KUALA PEMBUANG - Puluhan warga memortal jalan angkut kebun sawit di Kecamatan Hanau, Kabupaten Seruyan. "
    "Mereka menutup akses truk perusahaan sejak pagi karena lahan plasma yang dijanjikan belum diserahkan.",
)
RECIPE = (
    "Resep Sambal Terong Asam untuk Makan Siang",
    "Terong asam, cabai, dan terasi diulek kasar lalu ditumis sebentar dengan api kecil. Sajikan bersama "
    "nasi "
    "hangat dan ikan sungai goreng, cukup untuk empat piring.",
)


def entry(key: str, title: str, text: str = "", *, link: str | None = None, hours: float = 1.0) -> Entry:
    where = f"https://kabar.example/{key}" if link is None else link
    return Entry(
        key=key,
        guid=key,
        link=where,
        title=title,
        text=text,
        html="",
        published=NOW - timedelta(hours=hours),
        published_raw="raw",
    )


def listing(name: str, *, owner: str = "", tier: str = "") -> SourceListing:
    return SourceListing(url=f"https://{name}.example/feed", name=name, owner=owner, tier=tier)


def fetched(source: Source, *entries: Entry, etag: str = '"e1"') -> Fetched:
    return Fetched(
        source=FeedSource(key=str(source.id), url=source.url),
        status=200,
        final_url=source.url,
        etag=etag,
        last_modified="",
        parsed=Parsed(title="", kind="rss20", entries=entries),
        body_bytes=100,
        seconds=0.01,
    )


def failed(source: Source, reason: str = "Server tidak menjawab.") -> Failed:
    return Failed(
        source=FeedSource(key=str(source.id), url=source.url),
        kind=FailureKind.TIMEOUT,
        reason=reason,
        seconds=1.0,
    )


def assessment(
    issue: str | None = "S5",
    form: str | None = "F6",
    realis: str | None = "A",
    *,
    place: Place = KOTIM,
    facts: Facts | None = None,
    relevance: float = 0.9,
    flagged: bool = True,
    sure: float = 0.9,
    **more: Any,
) -> Assessment:
    return Assessment(
        document_id="x",
        relevance=relevance,
        flagged=flagged,
        threshold=0.3,
        issue=Label(code=issue, probability=sure),
        form=Label(code=form, probability=sure),
        realis=Label(code=realis, probability=sure),
        place=place,
        facts=facts or Facts(),
        evidence=(),
        reasons=("Ditandai.",),
        model="uji",
        **more,
    )


def incident(number: int, **more: Any) -> Incident:
    """An undecided SIAGA of Kotawaringin Timur, two hours old."""
    base = Incident(
        id=number,
        title=f"Peristiwa {number}",
        issue="S5",
        form="F6",
        realis="A",
        severity=Severity.SIAGA,
        machine_severity=Severity.SIAGA,
        severity_rule="S3",
        severity_why="Terjadi bentrok.",
        area=Area.KALTENG,
        place_code="62.02",
        place_name="Kab. Kotawaringin Timur",
        status=Status.NEW,
        relevance=0.9,
        reports=1,
        voices=1,
        first_published=NOW - timedelta(hours=2),
        last_published=NOW - timedelta(hours=1),
        detected_at=NOW,
        decision=None,
        review_id=None,
        reviewed_by="",
        reviewed_at=None,
        urgency=50.0 - number,
        urgency_why="",
        lead_item_id=number,
        machine_form="F6",
        machine_issue="S5",
        machine_rule="S3",
        machine_why="Terjadi bentrok.",
    )
    return replace(base, **more)


def report(
    number: int,
    title: str,
    text: str = "",
    *,
    hours: float = 1.0,
    owner: str = "A",
    said: Assessment | None = None,
) -> Known:
    return known(number, title, text, NOW - timedelta(hours=hours), owner, said or assessment())


def shaped(*reports: Known, same: dict[int, int] | None = None) -> Shape:
    return shape(reports, same or {})
