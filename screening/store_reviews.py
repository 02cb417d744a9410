"""How a review is read from its row; an undone one stays in the history and stands no more."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from screening.records import Decision, Review
from screening.schema import account, retraction, review
from screening.taxonomy import RejectReason, Severity

_UNDOER = account.alias("undoer")


def review_rows() -> sa.Select[Any]:
    """Reviews with the names of who made and who undid them."""
    return (
        sa.select(
            review,
            account.c.name.label("account_name"),
            retraction.c.at.label("retracted_at"),
            _UNDOER.c.name.label("retracted_by"),
        )
        .join(account, account.c.id == review.c.account_id)
        .outerjoin(retraction, retraction.c.review_id == review.c.id)
        .outerjoin(_UNDOER, _UNDOER.c.id == retraction.c.account_id)
    )


def stands() -> sa.ColumnElement[bool]:
    """The review has not been undone; for every query that asks what was decided."""
    undone = retraction.alias("undone")
    return ~sa.select(undone.c.id).where(undone.c.review_id == review.c.id).exists()


def read_review(row: Any) -> Review:
    return Review(
        id=row.id,
        incident_id=row.incident_id,
        decision=Decision(row.decision),
        reason=RejectReason(row.reason) if row.reason else None,
        severity=None if row.severity is None else Severity(row.severity),
        form=row.form,
        place_code=row.place_code,
        note=row.note,
        account=row.account_name,
        at=row.at,
        issue=row.issue,
        retracted_at=row.retracted_at,
        retracted_by=row.retracted_by or "",
    )
