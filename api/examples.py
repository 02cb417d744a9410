"""Examples for OpenAPI: written by hand where a call is worth showing, else made from the schema itself.

What is made fits its schema (a test checks every operation), and a route made tomorrow has one too.
"""

from __future__ import annotations

import re
from typing import Any

_MOMENT = "2026-11-24T06:30:00+07:00"
# By the name of a field; anything else gets a plain value of its type.
_TEXTS = {
    "title": "Warga menutup jalan kebun di Hanau",
    "text": "Puluhan warga menutup akses truk perusahaan sejak pagi.",
    "excerpt": "Puluhan warga menutup akses truk perusahaan sejak pagi.",
    "sentence": "Puluhan warga menutup akses truk perusahaan sejak pagi.",
    "link": "https://kabar.example/berita/1",
    "url": "https://kabar.example/feed/",
    "address": "https://kabar.example/feed/",
    "name": "Kabar Satu",
    "source": "Kabar Satu",
    "owner": "Kabar Satu",
    "issue": "E1",
    "form": "F3",
    "realis": "A",
    "place_code": "62.07",
    "regency": "62.07",
    "office": "62.07",
    "code": "62.07",
    "place_name": "Seruyan",
    "severity_name": "WASPADA",
    "severity_note": "Tingkat peringatan dini; bukan Status Keadaan Konflik.",
    "area": "kalteng",
    "status": "berkembang",
    "decision": "terima",
    "model": "dini-1",
    "next_cursor": "2026-11-23T23:30:00.000000Z_41",
    "account": "analis",
    "institution": "Dinas Perkebunan",
    "what": "Mediasi antara warga dan perusahaan",
}
BODIES: dict[str, Any] = {
    "post /api/v1/screen": {
        "documents": [
            {
                "id": "1",
                "title": "Warga memblokir jalan kebun",
                "text": "Ratusan warga menutup jalan di Sampit.",
                "published": _MOMENT,
                "url": "https://kabar.example/berita/1",
            },
            {"id": "2", "title": "Lomba perahu hias dibuka", "text": "Peserta datang dari lima kecamatan."},
        ]
    },
    "post /api/v1/incidents/{incident_id}/reviews": {
        "decision": "terima",
        "severity": 2,
        "note": "Dikonfirmasi petugas kecamatan.",
        "seen_review_id": None,
    },
    "post /api/v1/incidents/{incident_id}/merge": {"from_id": 42},
    "post /api/v1/incidents/{incident_id}/split": {"item_ids": [101, 102]},
}
FILES: dict[str, Any] = {
    "text/csv": "incident_id,title,severity\r\n41,Warga menutup jalan kebun di Hanau,2\r\n",
    "application/geo+json": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": 41,
                "geometry": {"type": "Point", "coordinates": [112.4, -2.3]},
                "properties": {"incident_id": 41, "severity": 2, "place_code": "62.07"},
            }
        ],
    },
    "application/feed+json": {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Dini: insiden yang diterima",
        "items": [{"id": "urn:uuid:1", "content_text": "Warga menutup jalan kebun di Hanau"}],
    },
    "application/atom+xml": '<feed xmlns="http://www.w3.org/2005/Atom"><title>Dini</title></feed>',
}


def made_of(  # noqa: PLR0911  one answer a kind of schema
    schema: dict[str, Any], parts: dict[str, Any], name: str = ""
) -> Any:
    """A value that fits the schema; `parts` are the document's schemas, `name` the field it is for."""
    if "$ref" in schema:
        return made_of(parts[schema["$ref"].rsplit("/", 1)[1]], parts, name)
    for fixed in ("example", "const"):
        if fixed in schema:
            return schema[fixed]
    if "enum" in schema:
        return next((one for one in schema["enum"] if one is not None), None)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            chosen = [one for one in schema[several] if one.get("type") != "null"]
            return made_of(chosen[0], parts, name) if chosen else None
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return _object(schema, parts)
    if kind == "array":
        count = max(1, schema.get("minItems", 1))
        return [made_of(schema.get("items", {}), parts, name.removesuffix("s"))] * count
    if kind in ("integer", "number"):
        return _number(schema)
    if kind == "boolean":
        return False
    return _string(schema, name) if kind == "string" else None


def _object(schema: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    made = {key: made_of(inner, parts, key) for key, inner in schema.get("properties", {}).items()}
    extra = schema.get("additionalProperties")
    if not made and isinstance(extra, dict):
        return {"62.07": made_of(extra, parts)}
    return made


def _number(schema: dict[str, Any]) -> int | float:
    least, most = schema.get("minimum", 1), schema.get("maximum", 1)
    value = max(least, min(1, most)) if least <= most else least
    return int(value) if schema["type"] == "integer" else float(value)


def _string(schema: dict[str, Any], name: str) -> str:
    pattern = schema.get("pattern", "")
    tried = [_TEXTS.get(name, ""), _MOMENT, "2026-11-24", "62.07", "B", "id", "contoh", ""]
    if schema.get("format") == "date-time" or name.endswith(("_at", "_published")) or name in _TIMES:
        tried.insert(0, _MOMENT)
    elif schema.get("format") == "date" or name == "day":
        tried.insert(0, "2026-11-24")
    elif not tried[0]:
        tried.insert(0, "contoh")
    least, most = schema.get("minLength", 0), schema.get("maxLength", 10_000)
    fitting = (one for one in tried if least <= len(one) <= most and re.search(pattern, one))
    return next(fitting, "contoh"[:most].ljust(least, "x"))


_TIMES = frozenset(
    ("at", "start", "end", "published", "first_seen", "last_changed", "due_at", "since", "until")
)
