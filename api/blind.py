"""Who reads which incidents blind: for the notice above the queue, the badge in the menu and lists."""

from __future__ import annotations

from dataclasses import replace

import structlog
from fastapi import Request

from api.auth import REVIEWERS, Visitor, doors
from screening import ListedPage

log = structlog.get_logger("dini.api")


def blind_incidents(request: Request, visitor: Visitor | None) -> dict[int, int]:
    """Incidents this visitor may not see yet, with the reading of each; looked up once a request."""
    if visitor is None or visitor.account.role not in REVIEWERS:
        return {}
    if not hasattr(request.state, "blind"):
        request.state.blind = doors(request).desk.second.blind(visitor.account.id)
    found: dict[int, int] = request.state.blind
    return found


def waiting_count(request: Request, visitor: Visitor | None) -> int:
    """What waits for this visitor to read or decide, for the badge; 0 when it cannot be told."""
    if visitor is None or visitor.account.role not in REVIEWERS:
        return 0
    if not hasattr(request.state, "waiting"):
        try:
            request.state.waiting = doors(request).desk.second.waiting_count(visitor.account)
        except Exception as error:  # noqa: BLE001  the menu stands on the page about a broken database too
            log.warning("badge", kind=type(error).__name__)
            request.state.waiting = 0
    found: int = request.state.waiting
    return found


def without_blind(request: Request, visitor: Visitor, page: ListedPage) -> ListedPage:
    """A listed page without what its asker reads blind; those are at `/api/v1/readings`."""
    hidden = blind_incidents(request, visitor)
    kept = tuple(one for one in page.lines if one.incident.id not in hidden) if hidden else page.lines
    return replace(page, lines=kept)
