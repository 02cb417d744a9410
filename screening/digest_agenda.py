"""What the report says of the next 72 hours, and its line on the service's own indicators. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from screening.announced import Planned
from screening.casework import FollowUpLine
from screening.casework_words import short
from screening.indicator_facts import Figure, FigureState, Measure
from screening.indicator_terms import Unit
from screening.overview import AHEAD
from screening.records import AgendaEntry, AgendaKind, Incident
from screening.taxonomy import FORM_BY_CODE, ISSUE_BY_CODE
from screening.windows import WIB, day_words

_TOLD = ("IO-1", "IO-2", "IO-3", "IO-4", "IO-5", "IO-6")
_NAMES = {
    "IO-1": "terbit→deteksi",
    "IO-2": "deteksi→telaah",
    "IO-3": "telaah→lapor",
    "IO-4": "lapor→tindak lanjut",
    "IO-5": "laporan ditindaklanjuti",
    "IO-6": "insiden terselesaikan",
}


def to_come(incident: Incident, planned: Planned | None, moment: datetime) -> AgendaEntry | None:
    """The entry of an announced action or of the time limit of a threat; None when it is not so soon.

    An action without a day is told while it is fresh; a threat only with a day, since most have none.
    """
    action = incident.realis == "R"
    if planned is None:
        if not action or moment - incident.last_published > AHEAD:
            return None
    else:
        local, end = moment.astimezone(WIB), (moment + AHEAD).astimezone(WIB)
        if planned.day < local.date() or planned.day > end.date():
            return None
        if planned.hour is not None:
            if planned.day == end.date() and planned.hour > end.time():
                return None
            if planned.day == local.date() and planned.hour < local.time():
                return None
    protected = incident.form == "F2"
    issue = ISSUE_BY_CODE[incident.issue].id if incident.issue in ISSUE_BY_CODE else incident.issue
    place = incident.place_name or "lokasi yang belum jelas"
    if protected:
        words = f"Penyampaian aspirasi damai diberitakan akan berlangsung ({issue}) di {place}"
    elif action:
        form = FORM_BY_CODE[incident.form].id if incident.form in FORM_BY_CODE else "Aksi"
        words = f"{form} diberitakan direncanakan ({issue}) di {place}"
    else:
        words = f"Tenggat yang disebut dalam ancaman atau ultimatum ({issue}) di {place}"
    return AgendaEntry(
        kind=AgendaKind.ACTION if action else AgendaKind.DEADLINE,
        incident_id=incident.id,
        place_code=incident.place_code,
        day=planned.day if planned else None,
        hour=planned.hour if planned else None,
        text=words,
        protected=protected,
    )


def follow_up_due(line: FollowUpLine, moment: datetime) -> AgendaEntry:
    """The entry of a follow-up; its line is masked already."""
    one, due = line.follow_up, line.follow_up.due_at.astimezone(WIB)
    place = line.place_name or "lokasi yang belum jelas"
    return AgendaEntry(
        kind=AgendaKind.FOLLOW_UP,
        incident_id=one.incident_id,
        place_code=line.place_code,
        day=due.date(),
        hour=due.time().replace(second=0, microsecond=0),
        text=f"Tenggat tindak lanjut {one.owner}: {short(one.what)} ({place})",
        late=one.is_late(moment),
    )


def agenda_in_order(entries: Iterable[AgendaEntry]) -> list[AgendaEntry]:
    """Soonest first, then those without a day."""
    return sorted(
        entries, key=lambda one: (one.day or date.max, str(one.hour or "99"), one.kind, one.incident_id)
    )


def when_words(one: AgendaEntry) -> str:
    """`Rabu 25/11 09.00 WIB`, `Rabu 25/11` or `hari belum disebut`."""
    if one.day is None:
        return "hari belum disebut"
    return day_words(one.day) + (f" {one.hour:%H.%M} WIB" if one.hour else "")


def service_words(measures: Sequence[Measure], day: date) -> str:
    """The six indicators of the day in one sentence; those with too few cases stand at its end."""
    told, few = [], []
    for one in measures:
        if (code := one.definition.code) not in _TOLD:
            continue
        figure = one.figures[0]
        if figure.state is FigureState.MEASURED:
            told.append(f"{code} {_NAMES[code]} {_value(figure)}")
        else:
            few.append(f"{code} (n {figure.n})")
    if not told and not any(one.figures[0].n for one in measures if one.definition.code in _TOLD):
        return f"Kinerja layanan {day_words(day)}: tidak ada kasus pada hari itu."
    parts = ["; ".join(told)] if told else []
    parts += [f"tidak cukup data: {', '.join(few)}"] if few else []
    return f"Kinerja layanan {day_words(day)}: {'; '.join(parts)}."


def _value(figure: Figure) -> str:
    if figure.unit is Unit.PERCENT:
        return f"{_decimal(figure.value or 0)} % ({figure.numerator} dari {figure.n})"
    p90 = f", P90 {_time(figure.p90, figure.unit)}" if figure.p90 is not None else ""
    return f"{_time(figure.value or 0, figure.unit)} (n {figure.n}{p90})"


def _time(value: float, unit: Unit) -> str:
    minutes = value * 60 if unit is Unit.HOURS else value
    if minutes < 120:
        return f"{minutes:.0f} menit"
    return f"{_decimal(minutes / 60)} jam" if minutes < 2_880 else f"{_decimal(minutes / 1_440)} hari"


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
