"""Who has an incident in hand: what a claim, a release and taking over do to it. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from screening.errors import Conflict
from screening.records import Account, Holding

LEASE = timedelta(minutes=30)


def live(one: Holding | None, now: datetime) -> Holding | None:
    """The holding while it lasts: one whose time ran out holds nothing, though nobody has ended it yet."""
    return one if one is not None and one.ended_at is None and one.until > now else None


def check_claim(current: Holding | None, account: Account, now: datetime) -> None:
    """`Conflict` while a colleague has it: that needs the open way of taking over."""
    held = live(current, now)
    if held is not None and held.account_id != account.id:
        raise Conflict(f"Insiden ini sedang ditangani {held.account}. Gunakan Ambil alih bila perlu.")


def check_release(current: Holding | None, account: Account, now: datetime) -> None:
    """`Conflict` unless it is in one's own hands."""
    held = live(current, now)
    if held is None:
        raise Conflict("Insiden ini tidak sedang ditangani siapa pun.")
    if held.account_id != account.id:
        raise Conflict(f"Insiden ini sedang ditangani {held.account}, bukan Anda.")
