"""An assessment as JSON text and back: what the machine said, kept word for word with the item."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any

import orjson

from models import Assessment, Count, Evidence, EvidenceKind, Facts, Label, Place, PlaceKind


def write_assessment(assessment: Assessment, document_id: str = "") -> str:
    """JSON of every field; enums by value. With `document_id` under that name instead of its own."""
    row = _row(assessment)
    if document_id:
        row["document_id"] = document_id
    try:
        return orjson.dumps(row).decode()
    except TypeError:  # half a character, which only the slow way can write
        return json.dumps(row, separators=(",", ":"), default=_row)


def read_assessment(text: str) -> Assessment:
    """The assessment again. Fields a newer release added keep their defaults for older rows."""
    row: dict[str, Any] = json.loads(text)
    return Assessment(
        document_id=row["document_id"],
        relevance=row["relevance"],
        flagged=row["flagged"],
        threshold=row["threshold"],
        issue=Label(**row["issue"]),
        form=Label(**row["form"]),
        realis=Label(**row["realis"]),
        place=Place(**{**row["place"], "kind": PlaceKind(row["place"]["kind"])}),
        facts=_facts(row["facts"]),
        evidence=tuple(_evidence(one) for one in row["evidence"]),
        reasons=tuple(row["reasons"]),
        model=row["model"],
        obfuscated=row["obfuscated"],
        parts=tuple((str(name), float(share)) for name, share in row.get("parts", ())),
    )


def _row(record: Any) -> dict[str, Any]:
    # Field by field: asdict copies every value deeply, which takes ten times as long as the JSON.
    kind: Any = type(record)
    return {name: getattr(record, name) for name in _names(kind)}


@functools.cache
def _names(record: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(record))


def _facts(row: dict[str, Any]) -> Facts:
    known = {field.name for field in dataclasses.fields(Facts)}
    values = {name: value for name, value in row.items() if name in known}
    for name in ("dead", "injured", "crowd"):
        values[name] = Count(**values[name]) if values.get(name) else None
    values["spans"] = tuple(_evidence(one) for one in values.get("spans", ()))
    return Facts(**values)


def _evidence(row: dict[str, Any]) -> Evidence:
    return Evidence(**{**row, "kind": EvidenceKind(row["kind"])})
