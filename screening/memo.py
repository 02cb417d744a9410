"""Laporan Informasi (LI) and Laporan Atensi (LA): what a paper holds, and what may be done with it. Pure.

The machine writes facts (`memo_facts`), people write the opinion: analysis, outlook, measures and advice are
never filled by it. A paper that was sent stays as it was; a correction is a version more, with its reason.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from models import mask_names
from screening.errors import Conflict, Invalid, Refused
from screening.post import check_office
from screening.records import Correction, Decision, Incident
from screening.taxonomy import BIDANG, Severity

PEACEFUL = "F2"
CLOCK_SLACK = timedelta(minutes=5)  # a person's watch may run ahead of ours
NOT_FILLED = "Tidak diisi pelapor."
NOTE = "Bahan keterangan awal dari pemberitaan terbuka; belum diverifikasi."
PROTECTED = (
    "Penyampaian aspirasi damai, dilindungi UU 9/1998 tentang Kemerdekaan Menyampaikan Pendapat "
    "di Muka Umum; bukan ancaman."
)


class MemoKind(enum.StrEnum):
    INFORMATION = "LI"
    ATTENTION = "LA"


MEMO_NAMES = {MemoKind.INFORMATION: "Laporan Informasi", MemoKind.ATTENTION: "Laporan Atensi"}


class MemoState(enum.StrEnum):
    DRAFT = "draf"
    SENT = "terkirim"
    WITHDRAWN = "dicabut"


class Classification(enum.StrEnum):
    ORDINARY = "BIASA"
    LIMITED = "TERBATAS"
    SECRET = "RAHASIA"  # noqa: S105  a mark on paper


class StepKind(enum.StrEnum):
    SENT = "terkirim"
    CORRECTED = "diralat"
    WITHDRAWN = "dicabut"
    RESPONSE = "tanggapan"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoFields:
    """What people write, each a text; `dated` is YYYY-MM-DD, `to`, `cc` and `advice` have a line each."""

    office: str = "62"
    number: str = ""
    dated: str = ""
    classification: str = Classification.ORDINARY.value
    bidang: str = "S"
    subject: str = ""
    to: str = ""
    cc: str = ""
    introduction: str = ""
    analysis: str = ""
    outlook_24: str = ""
    outlook_72: str = ""
    measures: str = ""
    advice: str = ""
    asked: str = ""  # LA: the decision that is asked for
    confirmation: str = ""  # who outside the media confirmed it, how and when


NAMES = {
    "office": "Kantor",
    "number": "Nomor",
    "dated": "Tanggal",
    "classification": "Klasifikasi",
    "bidang": "Bidang",
    "subject": "Perihal",
    "to": "Kepada",
    "cc": "Tembusan",
    "introduction": "Pendahuluan",
    "analysis": "Analisis",
    "outlook_24": "Prediksi 24 jam",
    "outlook_72": "Prediksi 72 jam",
    "measures": "Langkah yang telah diambil",
    "advice": "Saran per OPD",
    "asked": "Keputusan yang diminta",
    "confirmation": "Konfirmasi non-media",
}
LIMITS = dict.fromkeys(NAMES, 6_000) | {
    "office": 40, "number": 80, "dated": 40, "classification": 40, "bidang": 40, "subject": 300,
    "to": 2_000, "cc": 2_000, "confirmation": 1_000,
}  # fmt: skip
# Where a name of a person could slip in; institutions in the header are named on purpose.
_PROSE = ("subject", "introduction", "analysis", "outlook_24", "outlook_72", "measures", "advice", "asked")
WORDS_MAX = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSource:
    """Where a fact is from; `at` is ISO UTC of publication, `link` may be empty."""

    item_id: int
    version: int
    outlet: str
    at: str
    link: str
    correction: str = ""  # a value of `Correction`, or empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One sentence of the machine, what the report itself says (masked), and who carried the same text."""

    sentence: str
    quotes: tuple[str, ...]
    source: FactSource
    reprints: tuple[FactSource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One question of ABIDISIBAME; `by` numbers the facts (from 1) that answer it, `answer` in words."""

    code: str
    question: str
    answer: str
    by: tuple[int, ...]

    @property
    def answered(self) -> bool:
        return bool(self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The machine's part as it stood at a moment: the incident in short, its facts, what they leave open."""

    incident_id: int
    what: str
    place: str
    level: int
    level_why: str
    issue: str
    form: str
    grade: str
    grade_words: str
    confirmed: str  # by whom outside the media, as a person graded the incident; empty: by nobody
    review: str
    decision: str
    review_id: int | None
    harm: str
    reports: int
    voices: int
    first_at: str
    last_at: str
    detected_at: str
    facts: tuple[Fact, ...]
    checklist: tuple[Element, ...]

    @property
    def sources(self) -> tuple[FactSource, ...]:
        return tuple(one for fact in self.facts for one in (fact.source, *fact.reprints))


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """A paper as the list shows it. `account` and `sent_by` name civil servants."""

    id: int
    kind: MemoKind
    incident_id: int
    office: str
    number: str
    classification: Classification
    subject: str
    state: MemoState
    version: int
    created_at: datetime
    account: str
    sent_at: datetime | None
    sent_by: str

    @property
    def was_sent(self) -> bool:
        return self.sent_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoVersion:
    version: int
    fields: MemoFields
    findings: Findings | None
    account: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoStep:
    """What became of a paper: `at` is when it happened, `recorded_at` when it was written down."""

    kind: StepKind
    version: int
    at: datetime
    recorded_at: datetime
    institutions: tuple[str, ...]
    words: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoView:
    """One paper whole. `findings` are the frozen ones once sent, else those of this moment; `mark` is their
    fingerprint, which sending must bring back. `changes` say what is no more as it was sent.
    """

    memo: Memo
    fields: MemoFields
    findings: Findings
    mark: str
    versions: tuple[MemoVersion, ...]  # newest first
    steps: tuple[MemoStep, ...]  # oldest first
    changes: tuple[str, ...] = ()
    new_reports: int = 0
    incident: Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoLine:
    memo: Memo
    title: str  # of the incident, masked
    place_name: str
    severity: Severity
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A disseminated paper as the indicators need it (IO-3, IO-4, IO-5, IO-13); times aware UTC.

    `decided_at`: the newest decision on the incident at or before `sent_at` (None: sent undecided).
    `severity`, `form`: of the incident as frozen in the paper. `responded_at`: the first response.
    """

    memo_id: int
    kind: MemoKind
    incident_id: int
    office: str
    place_code: str | None
    severity: Severity
    form: str
    decided_at: datetime | None
    sent_at: datetime
    responded_at: datetime | None
    corrected_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands now of what a paper was made of: the incident, and (version, correction) of its items."""

    severity: Severity
    form: str
    decision: str
    review_id: int | None
    merged_into: int | None
    items: Mapping[int, tuple[int, str]] = field(default_factory=dict)


def check_kind(kind: MemoKind, incident: Incident) -> None:
    """`Refused` where the rights forbid such a paper, `Invalid` where it is not the one for this incident."""
    if kind is MemoKind.ATTENTION and incident.form == PEACEFUL:
        raise Refused(
            "Laporan Atensi tidak dibuat untuk aksi damai (F2): penyampaian aspirasi dilindungi UU 9/1998 "
            "dan tidak pernah di atas INFORMASI. Gunakan Laporan Informasi."
        )
    if incident.decision is Decision.REJECT and not incident.risen_why:
        raise Invalid("Insiden ini ditolak analis. Ubah keputusannya dahulu bila laporan tetap diperlukan.")
    if kind is MemoKind.ATTENTION and incident.severity < Severity.SIAGA:
        raise Invalid(
            "Laporan Atensi hanya untuk SIAGA dan DARURAT. Buat Laporan Informasi, "
            "atau naikkan tingkat insiden lewat keputusan."
        )


def why_not(kind: MemoKind, incident: Incident) -> str:
    """Empty when such a paper may be made of this incident, else the sentence that says why not."""
    try:
        check_kind(kind, incident)
    except (Refused, Invalid) as no:
        return no.detail
    return ""


def tidy_fields(given: MemoFields) -> MemoFields:
    """Line breaks made one kind, ends trimmed; nothing typed is cut. `Invalid` names the field at fault."""
    cleaned = {}
    for name, label in NAMES.items():
        text = getattr(given, name).replace("\r\n", "\n").replace("\r", "\n").strip()
        if len(text) > LIMITS[name]:
            raise Invalid(f"{label} paling panjang {LIMITS[name]} huruf; sekarang {len(text)}.")
        cleaned[name] = text
    for name in ("number", "subject"):
        cleaned[name] = " ".join(cleaned[name].split())
    check_office(cleaned["office"])
    if cleaned["classification"] not in set(Classification):
        raise Invalid("Klasifikasi harus BIASA, TERBATAS, atau RAHASIA.")
    if cleaned["bidang"] not in {term.code for term in BIDANG}:
        raise Invalid("Bidang harus salah satu dari Ideologi, Politik, Ekonomi, Sosial budaya, atau Hankam.")
    try:
        day = datetime.strptime(cleaned["dated"], "%Y-%m-%d")  # noqa: DTZ007  a date on paper
    except ValueError:
        raise Invalid("Tanggal harus berbentuk TTTT-BB-HH.") from None
    if not 2000 <= day.year <= 2100:
        raise Invalid("Tanggal harus antara tahun 2000 dan 2100.")
    return replace(given, **cleaned)


def check_seen(memo: Memo, seen: int | None, newest: MemoVersion) -> None:
    """`Conflict` when somebody saved since the page was opened, or the paper is no draft any more."""
    if memo.state is not MemoState.DRAFT:
        raise Conflict(f"Laporan ini sudah {memo.state.value}; isinya tidak dapat diubah lagi tanpa ralat.")
    check_newest(seen, newest)


def check_newest(seen: int | None, newest: MemoVersion) -> None:
    if seen != newest.version:
        raise Conflict(
            f"{newest.account} sudah menyimpan versi {newest.version} sesudah halaman ini dibuka. "
            "Yang Anda ketik masih ada di bawah; bandingkan, lalu simpan lagi."
        )


def check_sending(kind: MemoKind, incident: Incident, given: MemoFields, institutions: Sequence[str]) -> None:
    """`Refused` or `Invalid` unless the paper may leave the house as it is."""
    if kind is MemoKind.ATTENTION and incident.form == PEACEFUL:
        check_kind(kind, incident)
    lacks = [name for name in ("number", "subject") if not getattr(given, name)]
    if kind is MemoKind.ATTENTION and not given.asked:
        lacks.append("asked")
    if lacks:
        names = ", ".join(NAMES[name] for name in lacks)
        raise Invalid(f'Lengkapi dahulu: {names}. Bila nomor agenda belum ada, tulis "menyusul".')
    if not institutions:
        raise Invalid("Tulis kepada lembaga mana laporan ini dikirim, satu lembaga per baris.")


def check_mark(shown: str, current: str) -> None:
    """`Conflict` unless the facts that were shown are the facts that would be frozen."""
    if shown != current:
        raise Conflict(
            "Fakta insiden berubah sejak halaman ini dibuka. Baca fakta yang terbaru, lalu ulangi."
        )


def check_moment(at: datetime, earliest: datetime, now: datetime, what: str) -> None:
    """`Invalid` for a moment in the future or before what it follows (whole minutes, as people write)."""
    if at > now + CLOCK_SLACK:
        raise Invalid(f"{what} tidak boleh di masa depan.")
    if at < earliest.replace(second=0, microsecond=0):
        raise Invalid(f"{what} tidak boleh sebelum laporan dibuat atau dikirim.")


def check_reason(words: str, what: str) -> str:
    cleaned = words.replace("\r\n", "\n").strip()
    if not cleaned:
        raise Invalid(f"Tulis alasan {what}.")
    if len(cleaned) > WORDS_MAX:
        raise Invalid(f"Alasan {what} paling panjang {WORDS_MAX} huruf; sekarang {len(cleaned)}.")
    return cleaned


def institutions_of(text: str) -> tuple[str, ...]:
    """One a line, doubles once. `Invalid` when there are more or longer lines than a letter has room for."""
    found = tuple(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
    if len(found) > 40 or any(len(one) > 200 for one in found):
        raise Invalid("Paling banyak 40 lembaga, masing-masing paling panjang 200 huruf.")
    return found


def looks_named(given: MemoFields) -> tuple[str, ...]:
    """Labels of the fields whose text looks as if it named a person: a hint for people, who decide."""
    return tuple(NAMES[name] for name in _PROSE if mask_names(getattr(given, name)) != getattr(given, name))


def verified_note(given: MemoFields, found: Findings) -> str:
    """The note at the foot: unverified until a person recorded who outside the media confirmed it."""
    told = [" ".join(given.confirmation.split()).rstrip("."), found.confirmed]
    by = "; ".join(one for one in told if one)
    if not by:
        return NOTE
    return f"Bahan keterangan awal dari pemberitaan terbuka; dikonfirmasi sumber non-media: {by}."


def changed_since(frozen: Findings, stands: Standing) -> tuple[str, ...]:
    """What is no more as it was sent, in sentences; empty when all still stands."""
    told = []
    numbers = {
        source.item_id: number
        for number, fact in enumerate(frozen.facts, 1)
        for source in (fact.source, *fact.reprints)
    }
    for one in frozen.sources:
        version, correction = stands.items.get(one.item_id, (one.version, one.correction))
        if correction != one.correction and correction:
            verb = "mencabut" if correction == Correction.WITHDRAWN else "mengoreksi"
            told.append(f"{one.outlet} {verb} beritanya (fakta {numbers[one.item_id]}).")
        elif version > one.version:
            told.append(f"{one.outlet} mengubah beritanya (fakta {numbers[one.item_id]}).")
    if int(stands.severity) != frozen.level:
        was, now = level_word(frozen.level), level_word(stands.severity)
        told.append(f"Tingkat insiden berubah dari {was} menjadi {now}.")
    if stands.form != frozen.form:
        told.append(f"Bentuk kejadian berubah dari {frozen.form} menjadi {stands.form}.")
    if stands.decision != frozen.decision:
        was, now = frozen.decision or "belum diputuskan", stands.decision or "belum diputuskan"
        told.append(f"Keputusan atas insiden berubah dari {was} menjadi {now}.")
    if stands.merged_into is not None:
        told.append(f"Insiden digabung ke insiden {stands.merged_into}.")
    return tuple(told)


def level_word(severity: int) -> str:
    return "tanpa tingkat" if severity == Severity.NONE else Severity(severity).name


def fields_out(given: MemoFields) -> str:
    return json.dumps(asdict(given), ensure_ascii=False)


def fields_in(text: str) -> MemoFields:
    """The fields of a stored version; one added later has its default."""
    known = {one.name for one in fields(MemoFields)}
    return MemoFields(**{name: value for name, value in json.loads(text).items() if name in known})


def findings_out(found: Findings) -> str:
    return json.dumps(asdict(found), ensure_ascii=False, sort_keys=True)


def findings_in(text: str) -> Findings | None:
    """None for a draft's version, which froze nothing."""
    if not text:
        return None
    raw: dict[str, Any] = json.loads(text)
    facts = tuple(
        Fact(
            sentence=one["sentence"],
            quotes=tuple(one["quotes"]),
            source=FactSource(**one["source"]),
            reprints=tuple(FactSource(**each) for each in one["reprints"]),
        )
        for one in raw.pop("facts")
    )
    checklist = tuple(Element(**(one | {"by": tuple(one["by"])})) for one in raw.pop("checklist"))
    return Findings(**raw, facts=facts, checklist=checklist)


def mark_of(found: Findings) -> str:
    """A fingerprint of the findings as shown, so that what is frozen is what somebody read."""
    return hashlib.sha256(findings_out(found).encode("utf-8", "surrogatepass")).hexdigest()[:32]
