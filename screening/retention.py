"""How long each kind of data is kept, and what is due to go: the clock of `dini`'s memory, pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# text: raw title, text and markup of an item with its versions and quoted evidence; fetch: the log of
# fetches; sign_in: ended sessions; post: texts of messages sent; note: free words of decisions and notes;
# request: answered correction and access requests; audit: the audit trail.
KINDS = ("text", "fetch", "sign_in", "post", "note", "request", "audit")
# The audit trail's own triggers refuse younger rows; a fetch log counts into the health of a source.
LEAST = {"audit": 366, "fetch": 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Days each kind is kept; 0 means for good."""

    text_days: int = 730
    fetch_days: int = 90
    sign_in_days: int = 1
    post_days: int = 365
    note_days: int = 1_826
    request_days: int = 1_826
    audit_days: int = 1_826

    def days(self, kind: str) -> int:
        """`KeyError` on an unknown kind."""
        if kind not in KINDS:
            raise KeyError(kind)
        return int(getattr(self, f"{kind}_days"))

    def edge(self, kind: str, now: datetime) -> datetime | None:
        """What is older than this moment is due to go; None: nothing is, ever."""
        days = self.days(kind)
        return now - timedelta(days=days) if days else None


def due(keep: Keep, now: datetime) -> dict[str, datetime]:
    """The edges of all kinds that end, by kind."""
    edges = {kind: keep.edge(kind, now) for kind in KINDS}
    return {kind: edge for kind, edge in edges.items() if edge is not None}
