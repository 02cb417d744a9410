"""The part of the menu that is for those who keep the house: the pages their role and office may open."""

from __future__ import annotations

from functools import cache

from api.access import Reach, Who, rows
from api.auth import Visitor

# In the order of the menu: page, and the key of its word.
HOUSE = (
    ("/kesiapan", "readiness"),
    ("/kunci", "api_keys"),
    ("/kait", "hooks"),
    ("/permintaan", "requests"),
    ("/jejak", "audit"),
)


@cache
def _rules() -> dict[str, tuple[Who, Reach | None]]:
    return {route: (allowed, reach) for route, allowed, reach in rows()}


def house(visitor: Visitor | None, path: str) -> tuple[dict[str, object], ...]:
    """`{target, key, current}` of each page the access table opens to this visitor: no link is refused."""
    if visitor is None:
        return ()
    found = []
    for target, key in HOUSE:
        allowed, reach = _rules()[f"GET {target}"]
        if visitor.account.role in allowed and (visitor.sight.whole or reach is not Reach.PROVINCE):
            found.append({"target": target, "key": key, "current": path.startswith(target)})
    return tuple(found)
