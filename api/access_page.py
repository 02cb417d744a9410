"""`docs/access.md` written out of the access table (`python -m api.access_page --write`)."""

from __future__ import annotations

import sys
from pathlib import Path

from api.access import ANYBODY, TABLE, Reach
from screening import Role

PAGE = Path(__file__).parents[1] / "docs" / "access.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
REACHES = {
    None: "no sign-in needed",
    Reach.SELF: "one's own sign-in, account and views",
    Reach.SAME: "the same for every office",
    Reach.LISTED: "only what the office sees",
    Reach.OFFICE: "figures of one's own office; another's is refused (403)",
    Reach.OBJECT: "the thing named, if the office sees it; else 404",
    Reach.PROVINCE: "the province only; regencies are refused (403)",
}


def table() -> str:
    """The table as Markdown: a section for each pair of roles and reach, its routes in order."""
    parts = []
    for (who, reach), routes in TABLE.items():
        roles = "everybody" if who == ANYBODY else ", ".join(role.value for role in Role if role in who)
        head = f"### {roles}: {REACHES[reach]}"
        parts.append("\n".join([head, "", *(f"- `{route}`" for route in routes)]))
    return "\n\n".join(parts)


def page(text: str) -> str:
    """The page with the table of now between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(text), encoding="utf-8")
    elif page(text) != text:
        raise SystemExit("docs/access.md is not what api/access.py says: python -m api.access_page --write")


if __name__ == "__main__":
    main()
