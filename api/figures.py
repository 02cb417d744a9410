"""Indicators as people read them: periods asked for, names of parts, values with their unit."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.times import WIB, YEARS, read_day
from api.words import say
from screening import ISSUE_BY_CODE, NO_ISSUE, REGENCIES, Figure, FigureState, Invalid, Period, Unit

PERIOD_DAYS = 30  # ending today, where none is asked for
OFFICES = (("62", "Provinsi Kalimantan Tengah"), *REGENCIES)
PLACES = {Unit.PERCENT: 1, Unit.COUNT: 0, Unit.ALPHA: 2}
# Parts that stand in the overview table; those by level and by issue are on the indicator's own page.
MAIN_PARTS = frozenset({
    "", "batas", "menunggu", "tanpa-tanggapan", "terlewat", "dari-tempat-lain", "tingkat", "tak-terpantau",
    "umpan", "waktu-dini", "audit",
})  # fmt: skip


def period_asked(first: str, last: str, now: datetime) -> Period:
    """Both ends are days in WIB; the end is today, the start 30 days back. `Invalid` when unreadable."""
    days = [read_day(text) if text.strip() else None for text in (first, last)]
    for text, day in zip((first, last), days, strict=True):
        if text.strip() and day is None:
            raise Invalid(f"Tanggal harus berbentuk YYYY-MM-DD, tahun {YEARS[0]} sampai {YEARS[1]}.")
    until = days[1] or now.astimezone(WIB).date()
    since = days[0] or until - timedelta(days=PERIOD_DAYS - 1)
    return Period(first=since, last=until)


def part_name(key: str, lang: str) -> str:
    """What a figure of an indicator is about; empty for the indicator itself."""
    if not key:
        return ""
    term = NO_ISSUE if key == NO_ISSUE.code else ISSUE_BY_CODE.get(key)
    if term is not None:
        return f"{key} {term.en if lang == 'en' else term.id}"
    within, _, level = key.rpartition("-l") if key.startswith("batas-l") else ("", "", key.removeprefix("l"))
    if level.isdecimal():
        name = say(f"level_{level}", lang)
        return f"{name}, {say('figure_batas', lang)}" if within else name
    return say(f"figure_{key}", lang)


def exact(value: float | None) -> float | None:
    """A figure as machines get it, on pages and in JSON alike."""
    return None if value is None else round(value, 4)


def amount(value: float | None, unit: Unit, lang: str) -> str:
    """`35 menit`, `5,2 jam`, `3,1 hari`, `83,3 %`, `0`; a dash where there is none."""
    if value is None:
        return "–"
    if unit in (Unit.MINUTES, Unit.HOURS):
        return _duration(value * (60 if unit is Unit.HOURS else 1), lang)
    text = _decimal(value, PLACES[unit], lang)
    return f"{text} %" if unit is Unit.PERCENT else text


def figure_words(figure: Figure, lang: str) -> str:
    """The value, or why there is none."""
    if figure.state is FigureState.MEASURED:
        return amount(figure.value, figure.unit, lang)
    return say(f"figure_is_{figure.state.value}", lang)


def _duration(minutes: float, lang: str) -> str:
    for limit, size, places, name in ((120, 1, 0, "minutes"), (2_880, 60, 1, "hours")):
        if minutes < limit:
            return f"{_decimal(minutes / size, places, lang)} {say(f'unit_{name}', lang)}"
    return f"{_decimal(minutes / 1_440, 1, lang)} {say('unit_days', lang)}"


def _decimal(value: float, places: int, lang: str) -> str:
    text = f"{value:.{places}f}"
    return text if lang == "en" else text.replace(".", ",")
