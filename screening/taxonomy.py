"""Codes of the taxonomy with their names (Indonesian, English), fields and levels.

The one definition that province and regencies share; a change of meaning is a new `TAXONOMY_VERSION`.
Source: domain study (Permendagri 2/2018 practice, ACLED, PLOVER, SNPK), see docs/taxonomy.md.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

TAXONOMY_VERSION = "2026.1"


class Severity(enum.IntEnum):
    """Early-warning levels; never a legal status of conflict, which only heads of government set."""

    NONE = 0
    INFORMASI = 1
    WASPADA = 2
    SIAGA = 3
    DARURAT = 4


SEVERITY_NOTE = "Tingkat peringatan dini; bukan Status Keadaan Konflik."


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A code with its names in both languages; `group` is the bidang of an issue, else empty."""

    code: str
    id: str
    en: str
    group: str = ""


BIDANG = (
    Term(code="I", id="Ideologi", en="Ideology"),
    Term(code="P", id="Politik", en="Politics"),
    Term(code="E", id="Ekonomi & SDA", en="Economy & resources"),
    Term(code="S", id="Sosial budaya", en="Social & cultural"),
    Term(code="H", id="Hankam & krisis", en="Security & crisis"),
)

ISSUE_TERMS = (
    Term(code="I1", group="I", id="Ekstremisme kekerasan & terorisme", en="Violent extremism & terrorism"),
    Term(code="I2", group="I", id="Separatisme & penolakan negara terorganisasi", en="Separatism"),
    Term(code="P1", group="P", id="Sengketa & pelanggaran pemilu", en="Electoral dispute & violation"),
    Term(code="P2", group="P", id="Kekerasan/intimidasi politik & jabatan", en="Political-office violence"),
    Term(
        code="P3",
        group="P",
        id="Aksi & konflik kebijakan publik",
        en="Policy protest & governance contention",
    ),
    Term(code="E1", group="E", id="Konflik agraria & perkebunan", en="Land & plantation conflict"),
    Term(
        code="E2",
        group="E",
        id="Konflik tambang, hutan & lingkungan",
        en="Mining, forest & environment conflict",
    ),
    Term(code="E3", group="E", id="Hubungan industrial & tenaga kerja", en="Labour dispute & job jealousy"),
    Term(code="E4", group="E", id="Kelangkaan & gejolak kebutuhan pokok", en="Scarcity unrest"),
    Term(code="S1", group="S", id="Ketegangan antarsuku", en="Inter-ethnic tension"),
    Term(code="S2", group="S", id="Ketegangan umat & rumah ibadah", en="Religious tension"),
    Term(code="S3", group="S", id="Sengketa adat", en="Customary dispute"),
    Term(code="S4", group="S", id="Sengketa batas wilayah", en="Boundary dispute"),
    Term(code="S5", group="S", id="Bentrok antarkelompok", en="Inter-group clash"),
    Term(code="S6", group="S", id="Main hakim sendiri", en="Vigilantism"),
    Term(
        code="S7", group="S", id="Hoaks & hasutan berdampak fisik", en="Disinformation with physical effect"
    ),
    Term(code="H1", group="H", id="Kekerasan aparat–warga", en="State force and civilians"),
    Term(
        code="H2", group="H", id="Gangguan kamtibmas berdampak luas", en="Public-order crime with wide effect"
    ),
    Term(code="H3", group="H", id="Krisis/bencana dengan keresahan sosial", en="Crisis with social unrest"),
)
NO_ISSUE = Term(code="N", id="Tidak relevan", en="Not relevant")

FORM_TERMS = (
    Term(code="F0", id="Pernyataan, kritik, petisi", en="Statement, criticism, petition"),
    Term(code="F1", id="Perselisihan kelompok/lembaga", en="Dispute of groups or institutions"),
    Term(code="F2", id="Aksi damai (dilindungi UU 9/1998)", en="Peaceful action (protected)"),
    Term(code="F3", id="Aksi disruptif tanpa kekerasan", en="Non-violent disruption"),
    Term(code="F4", id="Ancaman, ultimatum, mobilisasi tandingan", en="Threat or counter-mobilisation"),
    Term(code="F5", id="Kekerasan terhadap benda", en="Violence to things"),
    Term(code="F6", id="Kekerasan terhadap orang", en="Violence to persons"),
    Term(code="F7", id="Penindakan aparat", en="Action by forces"),
    Term(code="F8", id="Penyelesaian damai", en="Settlement"),
)

REALIS_TERMS = (
    Term(code="A", id="Aktual", en="Actual"),
    Term(code="R", id="Rencana", en="Planned"),
    Term(code="T", id="Ancaman/hipotetis konkret", en="Threatened"),
    Term(code="H", id="Historis", en="Historical"),
    Term(code="B", id="Bantahan/cek fakta", en="Denial, fact-check"),
    Term(code="S", id="Simulasi", en="Simulation"),
    Term(code="C", id="Seremonial/pencegahan", en="Ceremony, prevention"),
    Term(code="L", id="Luar negeri", en="Abroad"),
)


class RejectReason(enum.StrEnum):
    """Why an analyst set an incident aside; codes are stored, names are shown."""

    NOT_AN_ISSUE = "bukan_isu"
    ORDINARY_CRIME = "kriminal_biasa"
    OUTSIDE = "luar_wilayah"
    OLD = "peristiwa_lama"
    CEREMONY = "seremonial_simulasi"
    FALSE_REPORT = "berita_tidak_benar"
    DUPLICATE = "duplikat"
    OTHER = "lainnya"


REJECT_NAMES = {
    RejectReason.NOT_AN_ISSUE: Term(
        code="bukan_isu", id="Bukan isu kewaspadaan", en="Not an early-warning issue"
    ),
    RejectReason.ORDINARY_CRIME: Term(code="kriminal_biasa", id="Kriminalitas biasa", en="Ordinary crime"),
    RejectReason.OUTSIDE: Term(code="luar_wilayah", id="Di luar wilayah", en="Outside the area"),
    RejectReason.OLD: Term(code="peristiwa_lama", id="Peristiwa lama", en="Old event"),
    RejectReason.CEREMONY: Term(
        code="seremonial_simulasi", id="Seremonial atau simulasi", en="Ceremony or drill"
    ),
    RejectReason.FALSE_REPORT: Term(code="berita_tidak_benar", id="Berita tidak benar", en="False report"),
    RejectReason.DUPLICATE: Term(
        code="duplikat", id="Duplikat insiden lain", en="Duplicate of another incident"
    ),
    RejectReason.OTHER: Term(code="lainnya", id="Lainnya (tulis catatan)", en="Other (write a note)"),
}

REGENCIES = (
    ("62.01", "Kotawaringin Barat"),
    ("62.02", "Kotawaringin Timur"),
    ("62.03", "Kapuas"),
    ("62.04", "Barito Selatan"),
    ("62.05", "Barito Utara"),
    ("62.06", "Katingan"),
    ("62.07", "Seruyan"),
    ("62.08", "Sukamara"),
    ("62.09", "Lamandau"),
    ("62.10", "Gunung Mas"),
    ("62.11", "Pulang Pisau"),
    ("62.12", "Murung Raya"),
    ("62.13", "Barito Timur"),
    ("62.71", "Kota Palangka Raya"),
)

ISSUE_BY_CODE = {term.code: term for term in (*ISSUE_TERMS, NO_ISSUE)}
FORM_BY_CODE = {term.code: term for term in FORM_TERMS}
REALIS_BY_CODE = {term.code: term for term in REALIS_TERMS}
REGENCY_BY_CODE = dict(REGENCIES)
PROVINCE = "62"
