"""A person's grade and a follow-up in one phrase each, as the digest and the letters say it; names masked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models import mask_names
from screening.casework import (
    CHANNEL_NAMES,
    CONFIRMED,
    INFORMATION_TERMS,
    STATE_NAMES,
    FollowUp,
    Grade,
    next_due,
)
from screening.windows import short_words

_CUT = 140  # characters of a measure or an outcome told in a line
_INFORMATION = {int(term.code): term.id for term in INFORMATION_TERMS}


def grade_words(grade: Grade) -> str:
    """`C1, dikonfirmasi Kepolisian 24 Nov 08.00`; another value names who judged it so: an officer."""
    word = _INFORMATION[grade.information or 6]
    when = short_words(grade.obtained_at or grade.at)
    if grade.channel is None:
        return f"{grade.code}, {word} menurut petugas {when}"
    name = CHANNEL_NAMES[grade.channel].id
    return f"{grade.code}, {word} {name if grade.information == CONFIRMED else f'menurut {name}'} {when}"


def last_act(follow_ups: Sequence[FollowUp], now: datetime) -> str:
    """Who owns what until when, and what was done last; empty where nothing was ever followed up.

    Of several the open one with the nearest time limit, else the one closed last.
    """
    if not follow_ups:
        return ""
    one = next_due(follow_ups) or max(follow_ups, key=lambda each: each.last.id)
    told = [f"tindak lanjut: {short(one.what)}", f"penanggung jawab {mask_names(one.owner)}"]
    if one.is_open:
        told.append(f"tenggat {short_words(one.due_at)}" + (" (LEWAT TENGGAT)" if one.is_late(now) else ""))
    last = f"tindak terakhir: {STATE_NAMES[one.state].id}"
    outcome = next((step.outcome for step in reversed(one.steps) if step.outcome), "")
    told.append(last + (f" ({short(outcome)})" if outcome else ""))
    others = len(follow_ups) - 1
    return ", ".join(told) + (f"; dan {others} tindak lanjut lain" if others else "")


def short(text: str) -> str:
    """One masked line of at most 140 characters, without a full stop."""
    line = " ".join(mask_names(text).split()).rstrip(".")
    return line if len(line) <= _CUT else line[: _CUT - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"
