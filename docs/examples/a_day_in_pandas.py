"""Reads a day of incidents into pandas and prints them by regency and level.

DINI_KEY=dini_... python a_day_in_pandas.py https://dini.example.go.id [2026-11-24]
"""

from __future__ import annotations

import os
import sys
from datetime import date, datetime, time, timedelta, timezone

import pandas as pd
from dini_client import Client

WIB = timezone(timedelta(hours=7))
LEVELS = {1: "INFORMASI", 2: "WASPADA", 3: "SIAGA", 4: "DARURAT"}


def day_frame(client: Client, day: date) -> pd.DataFrame:
    """One row an incident found on that day (WIB); peaceful expression has `protected` and is no threat."""
    start = datetime.combine(day, time(), tzinfo=WIB)
    found = client.incidents(
        detected_since=start, detected_until=start + timedelta(days=1), area="kalteng", limit=200
    )
    return pd.DataFrame(
        [
            {
                "incident": line.incident.id,
                "regency": (line.incident.place_code or "62")[:5],
                "level": LEVELS.get(line.incident.severity, "TANPA TINGKAT"),
                "protected": line.protected,
                "decision": line.incident.decision or "belum",
                "reports": line.incident.reports,
                "title": line.incident.title,
            }
            for line in found
        ],
        columns=["incident", "regency", "level", "protected", "decision", "reports", "title"],
    )


def by_regency_and_level(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Incidents counted by regency (rows) and level (columns); protected ones have a column of their own."""
    shown = frame.assign(
        daerah=frame["regency"].map(names).fillna("Provinsi / belum jelas"),
        tingkat=frame["level"].where(~frame["protected"].astype(bool), "AKSI DAMAI"),
    )
    table = pd.crosstab(shown["daerah"], shown["tingkat"])
    order = [*reversed(LEVELS.values()), "AKSI DAMAI", "TANPA TINGKAT"]
    return table.reindex(columns=[level for level in order if level in table.columns])


def main() -> int:
    if len(sys.argv) < 2 or "DINI_KEY" not in os.environ:
        print(__doc__, file=sys.stderr)
        return 2
    client = Client(sys.argv[1], key=os.environ["DINI_KEY"])
    day = date.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else datetime.now(WIB).date()
    taxonomy = client.taxonomy()
    names = {one["code"]: one["name"] for one in taxonomy["regencies"]}
    frame = day_frame(client, day)
    print(f"{len(frame)} insiden ditemukan pada {day} ({taxonomy['severity_note']})")
    if len(frame):
        print(by_regency_and_level(frame, names).to_string())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
