"""`docs/indicators.md`, written out of the registry: `python -m screening.indicator_page --write`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from screening.indicator_terms import DEFINITIONS, LEAST, REGISTRY_VERSION, Both, Definition

PAGE = Path(__file__).parents[1] / "docs" / "indicators.md"
_ROWS = (
    ("Definisi / definition", "meaning"),
    ("Rumus / formula", "formula"),
    ("Pembilang / numerator", "numerator"),
    ("Penyebut / denominator", "denominator"),
    ("Tidak dihitung / left out", "left_out"),
    ("Sumber data / data from", "source"),
)


def written() -> str:
    """The whole page."""
    return "\n\n".join([_opening(), *(_section(one) for one in DEFINITIONS)]) + "\n"


def _opening() -> str:
    return f"""# Indicators (Indikator layanan)
Written by `python -m screening.indicator_page --write` from the registry, version {REGISTRY_VERSION}; a test
compares. Page `/indikator`, `GET /api/v1/indicators`, `dini indicators`: one definition for the province and
its 14 regencies.

* The unit is the incident. It belongs to the day of its detection (WIB) and the place of the event: to a
  regency by its code, to the province unless it is placed outside.
* Incidents merged into another are not counted, except in IO-15; their papers, follow-ups and grades count
  with the incident that took them in. Decisions taken back count nowhere.
* IO-8 goes by sample weeks that begin in the period, IO-9 by the day of the second answer; in IO-13 the unit
  is the paper. IO-9 is of all pairs; `/kesepakatan` shows apart those whose second reader had not opened the
  incident before.
* Times are medians and P90 (nearest rank: the smallest case that at least 90 % do not exceed), never means.
  n is always shown; fewer than {LEAST} cases give no median and no share: *tidak cukup data*.
* What has no data yet is *belum diukur*, with the reason. Every number opens the cases it was made of.
* Nothing is counted, ranked or compared by person; the queries do not read who decided.
* How many flags or incidents there are is context, never a target.
* Computed anew at each request (frequency), by the office that asks (responsible). Within a budget year a
  definition stays; a change of meaning is a new version."""


def _section(one: Definition) -> str:
    rows = [f"| {title} | {_told(getattr(one, name))} |" for title, name in _ROWS]
    rows.append(f"| Satuan / unit | {one.unit.value} |")
    rows.append(f"| Versi / version | {one.version}, {one.since.isoformat()} |")
    if one.why_not is not None:
        rows.append(f"| **Belum diukur / not measured yet** | {_told(one.why_not)} |")
    return "\n".join([f"## {one.code} {one.name.id} ({one.name.en})", "| | |", "|---|---|", *rows])


def _told(text: Both) -> str:
    return f"{text.id}<br>*{text.en}*"


def main(arguments: Sequence[str]) -> int:
    """Print the page, or write it with --write; 2 for anything else."""
    if arguments not in ([], ["--write"]):
        sys.stderr.write("python -m screening.indicator_page [--write]\n")
        return 2
    if arguments:
        PAGE.write_text(written(), encoding="utf-8")
    else:
        sys.stdout.write(written())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
