"""What people add to an incident: notes, a grade of what is told, follow-ups with owner and time limit. Pure.

The machine grades information 2 at best; 1 is set by a person who has it from an institution outside the
media and says how and when. Owners are units and institutions: a name of a person is refused.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models import mask_names
from screening.errors import Conflict, Invalid
from screening.taxonomy import Term

TEXT_CHARS = 4_000
OWNER_CHARS = 160
DUE_SOON = timedelta(hours=72)
DUE_MOST = timedelta(days=366)
CONFIRMED, DENIED = 1, 5


class Channel(enum.StrEnum):
    """Kinds of institutions outside the media that a confirmation can come from; never a person."""

    POLICE = "kepolisian"
    MILITARY = "tni"
    GOVERNMENT = "pemda"
    FKDM = "fkdm"
    CUSTOM = "lembaga_adat"
    FAITHS = "fkub"
    FIELD = "petugas"
    OTHER = "lainnya"


class FollowUpState(enum.StrEnum):
    PLANNED = "direncanakan"
    GOING = "berjalan"
    DONE = "selesai"
    CANCELLED = "batal"


OPEN_STATES = (FollowUpState.PLANNED, FollowUpState.GOING)

CHANNEL_NAMES = {
    Channel.POLICE: Term(code="kepolisian", id="Kepolisian", en="Police"),
    Channel.MILITARY: Term(code="tni", id="TNI", en="Armed forces"),
    Channel.GOVERNMENT: Term(code="pemda", id="Pemerintah daerah/OPD", en="Regional government"),
    Channel.FKDM: Term(code="fkdm", id="FKDM", en="Community early-warning forum (FKDM)"),
    Channel.CUSTOM: Term(code="lembaga_adat", id="Lembaga adat (DAD)", en="Customary council (DAD)"),
    Channel.FAITHS: Term(code="fkub", id="FKUB/lembaga agama", en="Interfaith forum (FKUB)"),
    Channel.FIELD: Term(code="petugas", id="Petugas lapangan", en="Field officers"),
    Channel.OTHER: Term(code="lainnya", id="Lembaga lain", en="Another institution"),
}
LETTER_TERMS = (
    Term(code="A", id="sepenuhnya dapat dipercaya", en="completely reliable"),
    Term(code="B", id="biasanya dapat dipercaya", en="usually reliable"),
    Term(code="C", id="cukup dapat dipercaya", en="fairly reliable"),
    Term(code="D", id="biasanya tidak dapat dipercaya", en="not usually reliable"),
    Term(code="E", id="tidak dapat dipercaya", en="unreliable"),
    Term(code="F", id="belum dapat dinilai", en="cannot be judged"),
)
INFORMATION_TERMS = (
    Term(code="1", id="dikonfirmasi", en="confirmed"),
    Term(code="2", id="kemungkinan besar benar", en="probably true"),
    Term(code="3", id="mungkin benar", en="possibly true"),
    Term(code="4", id="diragukan", en="doubtful"),
    Term(code="5", id="dibantah", en="denied"),
    Term(code="6", id="belum dapat dinilai", en="cannot be judged"),
)
STATE_NAMES = {
    FollowUpState.PLANNED: Term(code="direncanakan", id="direncanakan", en="planned"),
    FollowUpState.GOING: Term(code="berjalan", id="berjalan", en="under way"),
    FollowUpState.DONE: Term(code="selesai", id="selesai", en="done"),
    FollowUpState.CANCELLED: Term(code="batal", id="batal", en="cancelled"),
}
# Units that usually act here; a form offers them, and takes any other institution.
OWNERS = (
    "Kesbangpol provinsi",
    "Kesbangpol kabupaten/kota",
    "Pemerintah kecamatan",
    "Pemerintah desa/kelurahan",
    "Satpol PP",
    "BPBD",
    "Dinas Perkebunan",
    "Dinas Lingkungan Hidup",
    "Dinas Kehutanan",
    "Dinas ESDM",
    "Dinas Tenaga Kerja",
    "Dinas Sosial",
    "Dinas Pemberdayaan Masyarakat dan Desa",
    "Dinas Perdagangan dan Perindustrian",
    "Kantor Pertanahan (BPN)",
    "Kepolisian Resor (Polres)",
    "Komando Distrik Militer (Kodim)",
    "KPU",
    "Bawaslu",
    "FKDM",
    "FKUB",
    "Dewan Adat Dayak (DAD)",
    "Tim Terpadu Penanganan Konflik Sosial",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark of an officer, as written: its page shows it whole, everywhere else names are masked."""

    id: int
    incident_id: int
    text: str
    account: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeDraft:
    """What a person says of the incident's reports; without `letter` the machine's grade stands again."""

    incident_id: int
    letter: str | None = None  # A-F
    information: int | None = None  # 1-6
    channel: Channel | None = None
    obtained: str = ""  # how, and from which unit
    obtained_at: datetime | None = None
    seen_grade_id: int | None = None  # the newest grade the page showed (None: none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A stored grade, append-only; the newest one stands. `machine` is what the machine gave at that time."""

    id: int
    incident_id: int
    letter: str | None
    information: int | None
    channel: Channel | None
    obtained: str
    obtained_at: datetime | None
    machine: str
    account: str
    at: datetime

    @property
    def code(self) -> str:
        """`C1`, or empty where the machine's grade was put back."""
        return f"{self.letter}{self.information}" if self.letter and self.information else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDraft:
    incident_id: int
    what: str
    owner: str
    due_at: datetime | None
    state: FollowUpState = FollowUpState.PLANNED


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDraft:
    """What happened to a follow-up; `responded`: the owner has answered. `due_at` is a new time limit."""

    follow_up_id: int
    state: FollowUpState
    outcome: str = ""
    responded: bool = False
    due_at: datetime | None = None
    seen_step_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    id: int
    state: FollowUpState
    outcome: str
    responded: bool
    due_at: datetime | None
    account: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A measure that a unit owns until `due_at`; `steps` oldest first, the first one is its beginning."""

    id: int
    incident_id: int  # where its reports are now
    what: str
    owner: str
    due_at: datetime
    state: FollowUpState
    responded_at: datetime | None
    account: str
    at: datetime
    steps: tuple[Step, ...]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def last(self) -> Step:
        return self.steps[-1]

    def is_late(self, now: datetime) -> bool:
        return self.is_open and now > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpLine:
    """A follow-up in a list, with what its incident is about."""

    follow_up: FollowUp
    title: str  # of the incident, masked
    severity: int
    place_code: str | None
    place_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpPage:
    """`total` and `late` count all of the filter, `lines` are the first of them."""

    lines: tuple[FollowUpLine, ...]
    total: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Casework:
    """Everything people added to one incident. `machine` is the machine's own grade now."""

    notes: tuple[Note, ...]  # newest first
    grades: tuple[Grade, ...]  # newest first
    follow_ups: tuple[FollowUp, ...]  # open ones first, by time limit
    machine: str

    @property
    def standing(self) -> Grade | None:
        """The newest grade of a person, unless it put the machine's back."""
        return self.grades[0] if self.grades and self.grades[0].code else None

    @property
    def code(self) -> str:
        return self.standing.code if self.standing else self.machine

    @property
    def grade_id(self) -> int | None:
        return self.grades[0].id if self.grades else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What the indicators ask of an incident: when first followed up, answered, confirmed or denied.

    `answered_at` is the first recorded response of any owner; `graded_at` that of the first grade a person
    gave with an institution outside the media behind it (information 1 or 2, IO-12).
    """

    incident_id: int
    followed_up_at: datetime | None = None
    answered_at: datetime | None = None
    graded_at: datetime | None = None


def check_note(text: str) -> str:
    """The text as it is stored. `Invalid` when it is empty or too long."""
    clean = text.strip()
    if not clean:
        raise Invalid("Tulis catatannya lebih dahulu.")
    return _short_enough(clean, "Catatan")


def check_grade(draft: GradeDraft, newest: Grade | None, now: datetime) -> None:
    """`Conflict` on an old page, `Invalid` on a grade that lacks what it must rest on."""
    if draft.seen_grade_id != (newest.id if newest else None):
        raise Conflict("Nilai konfirmasi sudah diubah petugas lain. Periksa nilai terbaru, lalu ulangi.")
    if draft.letter is None and draft.information is None:
        if newest is None or not newest.code:
            raise Invalid("Nilai mesin memang sedang berlaku; belum ada nilai petugas yang dicabut.")
        _short_enough(draft.obtained, "Keterangan")
        return
    if draft.letter not in {term.code for term in LETTER_TERMS}:
        raise Invalid("Pilih nilai sumber A sampai F.")
    if draft.information is None or not 1 <= draft.information <= 6:
        raise Invalid("Pilih nilai isi 1 sampai 6.")
    words = _short_enough(draft.obtained.strip(), "Keterangan")
    if draft.information == CONFIRMED:
        if draft.channel is None:
            raise Invalid(
                "Nilai 1 (dikonfirmasi) hanya boleh berdasarkan sumber di luar media: pilih lembaganya."
            )
        if not words or draft.obtained_at is None:
            raise Invalid(
                "Nilai 1 (dikonfirmasi) perlu keterangan: bagaimana dan kapan konfirmasi diperoleh."
            )
    if draft.information == DENIED and not words:
        raise Invalid("Nilai 5 (dibantah) perlu keterangan: siapa lembaga yang membantah dan bagaimana.")
    if draft.obtained_at is not None and draft.obtained_at > now:
        raise Invalid("Waktu konfirmasi diperoleh tidak boleh di masa depan.")
    if draft.obtained_at is not None and draft.obtained_at.year < now.year - 1:
        raise Invalid("Waktu konfirmasi diperoleh terlalu lama di masa lalu. Periksa tahunnya.")


def check_follow_up(draft: FollowUpDraft, now: datetime) -> FollowUpDraft:
    """The draft with clean texts. `Invalid` says what it lacks."""
    what, owner = draft.what.strip(), " ".join(draft.owner.split())
    if not what:
        raise Invalid("Tulis tindak lanjut yang akan dilakukan.")
    _short_enough(what, "Tindak lanjut")
    if not owner:
        raise Invalid("Tulis unit atau lembaga penanggung jawab.")
    if len(owner) > OWNER_CHARS:
        raise Invalid(f"Nama lembaga paling panjang {OWNER_CHARS} karakter.")
    if mask_names(owner) != owner:
        raise Invalid("Penanggung jawab adalah unit atau lembaga, bukan orang. Tulis nama lembaganya saja.")
    if draft.state not in OPEN_STATES:
        raise Invalid("Tindak lanjut baru berstatus direncanakan atau berjalan.")
    return FollowUpDraft(
        incident_id=draft.incident_id,
        what=what,
        owner=owner,
        due_at=_due(draft.due_at, now),
        state=draft.state,
    )


def check_step(draft: StepDraft, found: FollowUp, now: datetime) -> StepDraft:
    """The step as it is stored; `Conflict` on an old page. A finished measure was answered by its owner."""
    if draft.seen_step_id != found.last.id:
        raise Conflict(
            "Tindak lanjut ini sudah diperbarui petugas lain. Periksa keadaan terbaru, lalu ulangi."
        )
    words = _short_enough(draft.outcome.strip(), "Hasil")
    closing = draft.state not in OPEN_STATES
    if closing and not words:
        raise Invalid("Tulis hasilnya (atau alasan batal) sebelum tindak lanjut ditutup.")
    if not found.is_open and not closing and not words:
        raise Invalid("Tulis alasan membuka kembali tindak lanjut ini.")
    if closing and draft.due_at is not None:
        raise Invalid("Tindak lanjut yang ditutup tidak memerlukan tenggat baru.")
    due = None if draft.due_at is None or draft.due_at == found.due_at else _due(draft.due_at, now)
    changed = draft.state is not found.state or due is not None or words or draft.responded
    if not changed:
        raise Invalid("Belum ada yang berubah: isi hasil, status, atau tenggat baru.")
    return StepDraft(
        follow_up_id=draft.follow_up_id,
        state=draft.state,
        outcome=words,
        responded=draft.responded or draft.state is FollowUpState.DONE,
        due_at=due,
        seen_step_id=draft.seen_step_id,
    )


def by_due(follow_ups: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    """Open ones by time limit, then closed ones, the newest first."""
    every = list(follow_ups)
    closed = sorted((one for one in every if not one.is_open), key=lambda one: -one.last.id)
    return (*sorted((one for one in every if one.is_open), key=lambda one: (one.due_at, one.id)), *closed)


def masked(one: FollowUp) -> FollowUp:
    """As it is shown away from its incident's page: names masked."""
    steps = tuple(replace(step, outcome=mask_names(step.outcome)) for step in one.steps)
    return replace(one, what=mask_names(one.what), owner=mask_names(one.owner), steps=steps)


def next_due(follow_ups: Sequence[FollowUp]) -> FollowUp | None:
    """The open one whose time limit comes first."""
    return min((one for one in follow_ups if one.is_open), key=lambda one: (one.due_at, one.id), default=None)


def _due(moment: datetime | None, now: datetime) -> datetime:
    if moment is None:
        raise Invalid("Isi tenggat: tanggal dan jam.")
    if moment <= now:
        raise Invalid("Tenggat harus di masa depan.")
    if moment > now + DUE_MOST:
        raise Invalid("Tenggat paling lama satu tahun ke depan.")
    return moment


def _short_enough(text: str, name: str) -> str:
    if len(text) > TEXT_CHARS:
        raise Invalid(f"{name} paling panjang {TEXT_CHARS} karakter.")
    return text
