"""Digest windows. Times inside are UTC; a window's edges lie at 15.00 WIB (UTC+7, no summer time)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")
_EDGE = time(15, 0)
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def day_window(day: date) -> tuple[datetime, datetime]:
    """[15.00 WIB of the day before, 15.00 WIB of the day)."""
    end = datetime.combine(day, _EDGE, tzinfo=WIB).astimezone(UTC)
    return end - timedelta(hours=24), end


def window_at(now: datetime) -> tuple[datetime, datetime]:
    """The current digest's window: from yesterday 15.00 WIB until now."""
    start = datetime.combine(now.astimezone(WIB).date() - timedelta(days=1), _EDGE, tzinfo=WIB)
    return start.astimezone(UTC), now.astimezone(UTC)


def in_words(moment: datetime) -> str:
    """Such as `Selasa, 24 November 2026 06.30 WIB`."""
    local = moment.astimezone(WIB)
    day = f"{_DAYS[local.weekday()]}, {local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"{day} {local:%H.%M} WIB"


def day_words(day: date) -> str:
    """Such as `Selasa 24/11`."""
    return f"{_DAYS[day.weekday()]} {day.day}/{day.month}"


def short_words(moment: datetime) -> str:
    """Such as `Selasa 24/11 06.30 WIB`."""
    local = moment.astimezone(WIB)
    return f"{_DAYS[local.weekday()]} {local.day}/{local.month} {local:%H.%M} WIB"
