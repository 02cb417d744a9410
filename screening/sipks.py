"""One accepted incident as an operator retypes it into SIPKS, the ministry's reporting application. Pure.

The sources of conflict are those of UU 7/2012, article 5: letters a to e, by issue. They are a proposal for
the form, never a finding that a social conflict exists: that only heads of government say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import Count, region_name
from screening.records import Incident, Report, Status
from screening.taxonomy import FORM_BY_CODE, ISSUE_BY_CODE, PROVINCE, REGENCY_BY_CODE

NOT_A_STATUS = "Tingkat peringatan dini dari berita; bukan Status Keadaan Konflik."
SOURCES_MOST = 5
ARTICLE_5 = {
    "a": "Permasalahan politik, ekonomi, dan sosial budaya",
    "b": "Perseteruan antarumat atau interumat beragama, antarsuku, dan antaretnis",
    "c": "Sengketa batas wilayah desa, kabupaten/kota, atau provinsi",
    "d": "Sengketa sumber daya alam antarmasyarakat atau dengan pelaku usaha",
    "e": "Distribusi sumber daya alam yang tidak seimbang dalam masyarakat",
}
# By issue, the likeliest letter first; an operator strikes out what does not apply.
LETTERS = {
    "I1": "ab", "I2": "a", "P1": "a", "P2": "a", "P3": "a", "E1": "de", "E2": "d", "E3": "a", "E4": "ae",
    "S1": "b", "S2": "b", "S3": "a", "S4": "c", "S5": "ab", "S6": "a", "S7": "ab", "H1": "d", "H2": "a",
    "H3": "ae",
}  # fmt: skip
_STATUS = {
    Status.NEW: "Baru dilaporkan; penanganan belum diberitakan",
    Status.DEVELOPING: "Berkembang",
    Status.EASING: "Mereda",
    Status.CLOSED: "Selesai menurut pemberitaan",
}
# Kinds of groups and institutions that the words name; whoever they are is not asked.
_PARTIES = (
    ("warga", r"warga|masyarakat|penduduk|massa"),
    ("masyarakat adat", r"adat|damang|mantir"),
    ("perusahaan", r"perusahaan|pt|korporasi|perkebunan|pabrik|kebun"),
    ("pekerja/buruh", r"buruh|pekerja|karyawan|serikat pekerja"),
    ("mahasiswa/pelajar", r"mahasiswa|pelajar|siswa"),
    ("petani/peladang", r"petani|peladang|pekebun"),
    ("nelayan", r"nelayan"),
    ("penambang", r"penambang|peti"),
    ("sopir/pengemudi", r"sopir|pengemudi|pengojek"),
    ("pedagang", r"pedagang"),
    ("ormas/organisasi", r"ormas|organisasi|lsm|laskar|perguruan silat|aliansi"),
    ("kelompok pemuda", r"pemuda|remaja|geng"),
    ("umat beragama", r"umat|jemaat|jamaah|rumah ibadah|gereja|masjid|pura|vihara"),
    ("partai/peserta pemilu", r"parpol|partai|paslon|pendukung|relawan|kpu|bawaslu"),
    ("aparat keamanan", r"polisi|polres|polda|polsek|brimob|aparat|tni|kodim|petugas keamanan|satpam"),
    ("pemerintah daerah", r"pemkab|pemko|pemprov|pemerintah|dinas|bupati|wali kota|gubernur|satpol pp"),
    ("pemerintah desa", r"kepala desa|kades|perangkat desa|pemerintah desa|bpd"),
    ("DPRD", r"dprd"),
)
_PARTY_WORDS = [(name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for name, words in _PARTIES]
_OPENING = 700  # characters of a report: where a newsroom names who was there


@dataclass(frozen=True, slots=True, kw_only=True)
class SipksRow:
    """The fields in the order of the form; texts are masked, groups instead of persons, counts as ranges."""

    incident_id: int
    event: str
    reported_at: datetime  # first publication: the hour of the event itself is for the operator to fill in
    regency: str
    district: str
    letters: str
    cause: str
    issue: str
    form: str
    parties: tuple[str, ...]
    dead: str
    injured: str
    crowd: str
    impact: str
    handling: str
    sources: tuple[tuple[str, str], ...]  # (name, link)
    level: str
    note: str


def sipks_row(incident: Incident, reports: Sequence[Report]) -> SipksRow:
    """The row of an incident, with what its reports tell; reports oldest first."""
    facts = [one.assessment.facts for one in reports]
    letters = LETTERS.get(incident.issue, "")
    issue = ISSUE_BY_CODE.get(incident.issue)
    form = FORM_BY_CODE.get(incident.form)
    impact = [
        word
        for word, told in (
            ("penutupan jalan/blokade", any(one.blockade for one in facts)),
            ("pembakaran", any(one.arson for one in facts)),
            ("perusakan", any(one.destruction for one in facts)),
            ("bentrok", any(one.clash for one in facts)),
            ("warga mengungsi", any(one.displaced for one in facts)),
            ("penggusuran", any(one.eviction for one in facts)),
            ("gas air mata", any(one.tear_gas for one in facts)),
            ("tembakan", any(one.shots for one in facts)),
        )
        if told
    ]
    handling = _STATUS[incident.status]
    if any(one.settled for one in facts) and incident.status is not Status.CLOSED:
        handling += "; kesepakatan/mediasi diberitakan"
    return SipksRow(
        incident_id=incident.id,
        event=incident.title,
        reported_at=incident.first_published,
        regency=regency_of(incident.place_code),
        district=district_of(incident.place_code),
        letters=", ".join(letters),
        cause="; ".join(f"({letter}) {ARTICLE_5[letter]}" for letter in letters),
        issue=f"{incident.issue} {issue.id if issue else ''}".strip(),
        form=f"{incident.form} {form.id if form else ''}".strip(),
        parties=parties_in(f"{one.masked_title}\n{one.item.text[:_OPENING]}" for one in reports),
        dead=people([one.dead for one in facts]),
        injured=people([one.injured for one in facts]),
        crowd=people([one.crowd for one in facts]),
        impact="; ".join(impact),
        handling=handling,
        sources=tuple(dict.fromkeys((one.source_name, one.item.link) for one in reports))[:SOURCES_MOST],
        level=incident.severity.name if incident.severity > 0 else "tanpa tingkat",
        note=_note(incident),
    )


def regency_of(place_code: str | None) -> str:
    """The regency's name, the province's where no more is known, else empty."""
    code = (place_code or "")[:5]
    return REGENCY_BY_CODE.get(code) or ("Provinsi Kalimantan Tengah" if code == PROVINCE else "")


def district_of(place_code: str | None) -> str:
    """The name of the kecamatan (62.02.05), where the place is known so exactly."""
    return region_name((place_code or "")[:8]) if len(place_code or "") >= 8 else ""


def parties_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Kinds of groups and institutions named in the texts, in a fixed order; never a name."""
    whole = "\n".join(texts)
    return tuple(name for name, words in _PARTY_WORDS if words.search(whole))


def people(counts: Sequence[Count | None]) -> str:
    """`2`, `2 sampai 5` where reports differ, `100 atau lebih`; empty when no report tells a number."""
    known = [one for one in counts if one is not None]
    if not known:
        return ""
    low = min(one.low for one in known)
    if any(one.high is None for one in known):
        return f"{low} atau lebih"
    high = max(one.high or 0 for one in known)
    return str(low) if low == high else f"{low} sampai {high}"


def _note(incident: Incident) -> str:
    protected = " Penyampaian pendapat di muka umum, dilindungi UU 9/1998." if incident.form == "F2" else ""
    return NOT_A_STATUS + protected
