"""`/api/v1/exports`: incidents as CSV, XLSX, Parquet, GeoJSON, and the SIPKS sheet; never cut unsaid."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from api import exports, wire
from api.asked import IncidentOrder, Incidents
from api.auth import Exporter, Visitor, doors, now_of
from api.blind import blind_incidents
from api.rest import REFUSALS
from api.times import WIB
from screening import Table

router = APIRouter(tags=["v1"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET = "application/vnd.apache.parquet"
GEOJSON = "application/geo+json"
CSV = "text/csv"
Lang = Annotated[
    Literal["key", "id", "en"], Query(description="heads of the columns: keys for programs, or words")
]
SheetLang = Literal["id", "en"]
Separator = Annotated[
    Literal["comma", "semicolon"],
    Query(description="semicolon: for Indonesian Excel, with the decimal comma"),
]
Bom = Annotated[bool, Query(description="UTF-8 mark at the beginning, so that Excel reads the letters right")]
SEPARATORS = {"comma": ",", "semicolon": ";"}


def file(media: str, schema: dict[str, Any] | None = None) -> dict[int | str, dict[str, Any]]:
    whole = {"schema": {"type": "integer"}}
    return {
        200: {
            "description": "OK",
            "content": {media: {"schema": schema or {"type": "string"}}},
            "headers": {
                "X-Dini-Rows": {"description": "rows in it", **whole},
                "X-Dini-Total": {"description": "rows that match", **whole},
            },
        },
        **REFUSALS,
    }


@router.get("/exports/incidents.csv", response_class=Response, responses=file(CSV))
def csv_export(
    request: Request,
    visitor: Exporter,
    wanted: Incidents,
    *,
    lang: Lang = "key",
    separator: Separator = "comma",
    bom: Bom = False,
) -> Response:
    """Up to 10,000 incidents, newest report first; cells that a spreadsheet would calculate are quoted."""
    table = made(request, visitor, wanted, "insiden.csv")
    body = exports.incidents_csv(
        table.rows, lang=lang, separator=SEPARATORS[separator], bom=bom, total=table.total, told=False
    )
    return download(request, body, f"{CSV}; charset=utf-8", "insiden.csv", (len(table.rows), table.total))


@router.get("/exports/incidents.xlsx", response_class=Response, responses=file(XLSX))
def xlsx_export(
    request: Request, visitor: Exporter, wanted: Incidents, *, lang: SheetLang = "id"
) -> Response:
    """The same as a workbook; its second sheet says how many of how many, and what each column means."""
    table = made(request, visitor, wanted, "insiden.xlsx")
    body = exports.incidents_xlsx(table.rows, lang=lang, total=table.total, now=now_of(request))
    return download(request, body, XLSX, "insiden.xlsx", (len(table.rows), table.total))


@router.get("/exports/incidents.parquet", response_class=Response, responses=file(PARQUET))
def parquet_export(request: Request, visitor: Exporter, wanted: Incidents) -> Response:
    """The same with true types, for pandas, Dask or DuckDB."""
    table = made(request, visitor, wanted, "insiden.parquet")
    body = exports.incidents_parquet(table.rows)
    return download(request, body, PARQUET, "insiden.parquet", (len(table.rows), table.total))


@router.get(
    "/exports/incidents.geojson",
    response_class=Response,
    responses=file(
        GEOJSON,
        {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": {"const": "FeatureCollection"},
                "features": {"type": "array", "items": {"type": "object", "required": ["type", "geometry"]}},
            },
        },
    ),
)
def geojson_export(request: Request, visitor: Exporter, wanted: Incidents) -> Response:
    """RFC 7946; the point is the mark of the regency on the map, null where no regency is known."""
    table = made(request, visitor, wanted, "insiden.geojson")
    body = wire.dump(exports.incidents_geojson(table.rows, table.total))
    return download(request, body, GEOJSON, "insiden.geojson", (len(table.rows), table.total))


@router.get("/exports/sipks.xlsx", response_class=Response, responses=file(XLSX))
def sipks_xlsx_export(
    request: Request, visitor: Exporter, wanted: Incidents, *, lang: SheetLang = "id"
) -> Response:
    """Accepted incidents in the order a SIPKS operator retypes them, up to 1,000."""
    desk, now = doors(request).desk, now_of(request)
    asked = replace(wanted, sight=visitor.sight)
    rows, total = desk.exports.sipks(
        asked, visitor.account, "sipks.xlsx", now, blind_incidents(request, visitor)
    )
    body = exports.sipks_xlsx(rows, lang=lang, total=total, now=now)
    return download(request, body, XLSX, "sipks.xlsx", (len(rows), total))


@router.get("/exports/sipks.csv", response_class=Response, responses=file(CSV))
def sipks_csv_export(
    request: Request,
    visitor: Exporter,
    wanted: Incidents,
    *,
    lang: SheetLang = "id",
    separator: Separator = "semicolon",
    bom: Bom = True,
) -> Response:
    """The same as CSV, made for Indonesian Excel unless asked otherwise."""
    desk, now = doors(request).desk, now_of(request)
    asked = replace(wanted, sight=visitor.sight)
    rows, total = desk.exports.sipks(
        asked, visitor.account, "sipks.csv", now, blind_incidents(request, visitor)
    )
    body = exports.sipks_csv(rows, lang=lang, separator=SEPARATORS[separator], bom=bom, total=total)
    return download(request, body, f"{CSV}; charset=utf-8", "sipks.csv", (len(rows), total))


def made(request: Request, visitor: Visitor, wanted: Incidents, kind: str) -> Table:
    asked = replace(wanted, order=IncidentOrder.PUBLISHED, sight=visitor.sight)
    hidden = blind_incidents(request, visitor)
    return doors(request).desk.exports.table(asked, visitor.account, kind, now_of(request), hidden)


def download(request: Request, body: bytes, media: str, name: str, counts: tuple[int, int]) -> Response:
    """A file with its counts in the headers, and in its name where it was cut short."""
    rows, total = counts
    day = now_of(request).astimezone(WIB).strftime("%Y-%m-%d-%H%M")
    cut = f"-{rows}-dari-{total}" if total > rows else ""
    stem, _, ending = name.partition(".")
    return Response(
        body,
        media_type=media,
        headers={
            "Content-Disposition": f'attachment; filename="dini-{stem}-{day}{cut}.{ending}"',
            "X-Dini-Rows": str(rows),
            "X-Dini-Total": str(total),
        },
    )
