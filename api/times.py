"""Times as people here read them: WIB (UTC+7), Indonesian or English names, dot in the hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")
YEARS = (2000, 2100)  # what a report can be about
WINDOW_DAYS = 31

DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
AGO = {
    "id": ("baru saja", "{n} menit lalu", "{n} jam lalu", "{n} hari lalu", "akan datang"),
    "en": ("just now", "{n} min ago", "{n} h ago", "{n} d ago", "in the future"),
}


def utc_now() -> datetime:
    """The clock; only the composition root may call it."""
    return datetime.now(UTC)


def day_name(moment: datetime | date, lang: str = "id") -> str:
    """`Selasa, 24 November 2026`; a datetime is first moved to WIB."""
    local = moment.astimezone(WIB).date() if isinstance(moment, datetime) else moment
    return f"{DAYS[lang][local.weekday()]}, {local.day} {MONTHS[lang][local.month - 1]} {local.year}"


def hour(moment: datetime, lang: str = "id") -> str:
    """`06.30` in WIB, in English `06:30`."""
    return moment.astimezone(WIB).strftime("%H:%M" if lang == "en" else "%H.%M")


def full(moment: datetime | None, lang: str = "id") -> str:
    """`Selasa, 24 November 2026 06.30 WIB`, or a dash where nothing happened yet."""
    return "–" if moment is None else f"{day_name(moment, lang)} {hour(moment, lang)} WIB"


def short(moment: datetime | None, lang: str = "id") -> str:
    """`24 Nov 06.30 WIB`."""
    if moment is None:
        return "–"
    local = moment.astimezone(WIB)
    return f"{local.day} {MONTHS[lang][local.month - 1][:3]} {hour(moment, lang)} WIB"


def ago(moment: datetime | None, now: datetime, lang: str = "id") -> str:
    """`2 jam lalu`, counted down to whole units."""
    if moment is None:
        return "–"
    seconds = (now - moment).total_seconds()
    just, minutes, hours, days, future = AGO[lang]
    if seconds < -60:
        return future
    if seconds < 60:
        return just
    if seconds < 3600:
        return minutes.format(n=int(seconds // 60))
    if seconds < 2 * 86400:
        return hours.format(n=int(seconds // 3600))
    return days.format(n=int(seconds // 86400))


def iso(moment: datetime | None) -> str | None:
    """UTC with `Z` for machines."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_moment(text: str) -> datetime | None:
    """An ISO moment as a person or tool wrote it; without a zone it is WIB. None when unreadable."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=WIB)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_window(start: str, end: str) -> tuple[datetime, datetime] | None:
    """[start, end) of a report: start before end, at most `WINDOW_DAYS`, in the years of `read_day`."""
    first, last = read_moment(start), read_moment(end)
    if first is None or last is None or not timedelta(0) < last - first <= timedelta(days=WINDOW_DAYS):
        return None
    return (first, last) if first.year >= YEARS[0] and last.year <= YEARS[1] else None


def read_day(text: str) -> date | None:
    """`2026-11-24`, else None; years a report can be about only, so that a window never overflows."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if YEARS[0] <= day.year <= YEARS[1] else None
