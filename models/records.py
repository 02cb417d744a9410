"""Nouns of the learned judgement: documents, assessments and the evidence for them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime

ISSUES = (
    "I1", "I2", "P1", "P2", "P3", "E1", "E2", "E3", "E4", "S1",
    "S2", "S3", "S4", "S5", "S6", "S7", "H1", "H2", "H3",
)  # fmt: skip
FORMS = ("F0", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8")
REALIS = ("A", "R", "T", "H", "B", "S", "C", "L")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to judge. Offsets of evidence count characters of `title + "\\n" + text`."""

    id: str
    title: str
    text: str = ""
    published: datetime | None = None
    url: str = ""

    @property
    def body(self) -> str:
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled document. `flag` is derived by the codebook, `place` is as the labeller wrote it."""

    document: Document
    flag: bool
    issue: str
    form: str
    realis: str
    severity: int
    place: str = ""
    group: str = ""
    stratum: str = ""


class EvidenceKind(enum.StrEnum):
    TERM = "term"
    SENTENCE = "sentence"
    REALIS = "realis"
    FORM = "form"
    PLACE = "place"
    FACT = "fact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A span of the document that made a judgement; `weight` in log-odds (0 where it is a rule's cue)."""

    start: int
    end: int
    text: str
    weight: float
    kind: EvidenceKind = EvidenceKind.TERM


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The best code of one axis; `code` is None when the model abstains. `probability` in 0..1."""

    code: str | None
    probability: float


class PlaceKind(enum.StrEnum):
    REGENCY = "regency"
    PROVINCE = "province"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the event is. `code` is a Kemendagri code (62.02, 62.02.05, 62 for province only) or None.

    `regency` is the first five characters of a regency code, or None. `name` is for people.
    """

    kind: PlaceKind
    code: str | None = None
    regency: str | None = None
    name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of people as reported: lowest and highest; `high` None when open ("ratusan" is 100..999)."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the words say happened, read by rules (negations respected): input of the severity rules."""

    dead: Count | None = None
    injured: Count | None = None
    crowd: Count | None = None
    displaced: bool = False
    arson: bool = False
    destruction: bool = False
    clash: bool = False
    shots: bool = False
    tear_gas: bool = False
    weapons: bool = False
    hostage_or_sweeping: bool = False
    attack_on_office: bool = False
    attack_on_officials: bool = False
    terror: bool = False
    identity_framing: bool = False
    ultimatum: bool = False
    threat_of_force: bool = False
    blockade: bool = False
    near_clash: bool = False
    guarding: bool = False
    eviction: bool = False
    settled: bool = False
    spans: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The machine's proposal about one document; everything needed to say why is in it."""

    document_id: str
    relevance: float
    flagged: bool
    threshold: float
    issue: Label
    form: Label
    realis: Label
    place: Place
    facts: Facts
    evidence: tuple[Evidence, ...]
    reasons: tuple[str, ...]
    model: str
    obfuscated: bool = False
    parts: tuple[tuple[str, float], ...] = ()
    """Named log-odds whose sum gives the relevance again (logistic function)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How a classifier did on labelled rows; loads and rates in 0..1."""

    rows: int
    positives: int
    recall: Interval
    precision: Interval
    average_precision: Interval
    load_at_95: Interval
    review_load: Interval
    calibration_error: float
    issue_accuracy: float
    form_accuracy: float
    realis_accuracy: float
    misses: tuple[str, ...] = field(default=())
