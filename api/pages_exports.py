"""The queue's list as a file, with the filters of the page that was open."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api import exports, wire
from api.auth import Reader, doors, now_of
from api.blind import blind_incidents
from api.queue_filter import read_asked
from api.render import language
from api.rest_exports import CSV, GEOJSON, PARQUET, XLSX, download
from screening import IncidentFilter, IncidentOrder, NotFound

router = APIRouter()


@router.get("/ekspor/{name}.{ending}")
def export(
    request: Request,
    visitor: Reader,
    name: str,
    ending: str,
) -> Response:
    """`antrean` as csv, xlsx, parquet or geojson in the queue's order; `sipks` as xlsx or csv."""
    if (name, ending) not in KINDS:
        raise NotFound("Jenis ekspor itu tidak ada.")
    desk, now, lang = doors(request).desk, now_of(request), language(request)
    account = visitor.account
    shown = read_asked(request.query_params).wanted(account)
    flt = IncidentFilter(queue=shown, order=IncidentOrder.URGENCY, sight=visitor.sight)
    kind, hidden = f"{name}.{ending}", blind_incidents(request, visitor)
    if name == "sipks":
        lines, total = desk.exports.sipks(flt, account, kind, now, hidden)
        body = (
            exports.sipks_xlsx(lines, lang=lang, total=total, now=now)
            if ending == "xlsx"
            else exports.sipks_csv(lines, lang=lang, separator=";", bom=True, total=total)
        )
        return download(request, body, KINDS[name, ending], kind, (len(lines), total))
    table = desk.exports.table(flt, account, kind, now, hidden)
    made = {
        "csv": lambda: exports.incidents_csv(
            table.rows, lang=lang, separator=";", bom=True, total=table.total, told=True
        ),
        "xlsx": lambda: exports.incidents_xlsx(table.rows, lang=lang, total=table.total, now=now),
        "parquet": lambda: exports.incidents_parquet(table.rows),
        "geojson": lambda: wire.dump(exports.incidents_geojson(table.rows, table.total)),
    }
    return download(request, made[ending](), KINDS[name, ending], kind, (len(table.rows), table.total))


KINDS: dict[tuple[str, str], str] = {
    ("antrean", "csv"): f"{CSV}; charset=utf-8",
    ("antrean", "xlsx"): XLSX,
    ("antrean", "parquet"): PARQUET,
    ("antrean", "geojson"): GEOJSON,
    ("sipks", "xlsx"): XLSX,
    ("sipks", "csv"): f"{CSV}; charset=utf-8",
}
