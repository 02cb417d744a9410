"""Facts of a paper out of an incident's reports, in order of time: pure. Every fact is "reported", never so.

The one place that words them. No name of a person, ethnic group or faith is written: "siapa" answers with
kinds of groups and institutions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from models import Count, EvidenceKind, Facts, PlaceKind, mask_names
from screening.casework import CONFIRMED, INFORMATION_TERMS, LETTER_TERMS
from screening.casework_words import grade_words
from screening.digest_lines import Material, confirmation, victims
from screening.memo import (
    PEACEFUL,
    PROTECTED,
    Element,
    Fact,
    FactSource,
    Findings,
    MemoFields,
    MemoKind,
    level_word,
)
from screening.records import Area, Decision, Incident, Report
from screening.severity import form_of
from screening.taxonomy import ISSUE_BY_CODE, PROVINCE, REGENCY_BY_CODE
from screening.windows import WIB, short_words

QUOTE = 320  # characters of a report that are quoted: an extract, not the story
_READ = 6_000  # of a text that are searched for the checklist
_NOUNS = {
    "F0": "pernyataan sikap",
    "F1": "perselisihan",
    "F2": "aksi damai",
    "F3": "aksi disruptif tanpa kekerasan",
    "F4": "dugaan ancaman atau pengerahan massa",
    "F5": "dugaan kekerasan terhadap benda",
    "F6": "dugaan kekerasan terhadap orang",
    "F7": "penindakan aparat",
    "F8": "penyelesaian damai",
}
# What an outlet did, by realis; the form is the machine's reading and is said to be one.
_TELLS = {
    "A": "melaporkan kejadian",
    "R": "memberitakan rencana",
    "T": "memberitakan kemungkinan kejadian",
    "H": "memberitakan kembali peristiwa lama",
    "B": "memuat bantahan",
    "S": "memberitakan simulasi, bukan kejadian,",
    "C": "memberitakan kegiatan pencegahan atau seremonial",
    "L": "memberitakan kejadian di luar negeri",
}
_NO_DEED = ("S", "C")
_CROWD = 10  # fewer are counted people, not a crowd
_RELIABLE = {term.code: term.id for term in LETTER_TERMS}
_CREDIBLE = {term.code: term.id for term in INFORMATION_TERMS}
_WAYS = (
    ("clash", "bentrokan"),
    ("arson", "pembakaran"),
    ("destruction", "perusakan"),
    ("attack_on_office", "penyerangan kantor"),
    ("attack_on_officials", "penyerangan petugas"),
    ("hostage_or_sweeping", "penyanderaan atau sweeping"),
    ("terror", "teror"),
    ("shots", "tembakan"),
    ("tear_gas", "gas air mata"),
    ("weapons", "senjata"),
    ("blockade", "penutupan jalan atau akses"),
    ("eviction", "penggusuran"),
    ("near_clash", "nyaris bentrok"),
    ("threat_of_force", "ancaman kekerasan"),
    ("ultimatum", "ultimatum"),
    ("displaced", "pengungsian"),
    ("guarding", "penjagaan aparat"),
    ("settled", "kesepakatan damai"),
)
_WAY_OF_FORM = {"F0": "menyatakan sikap", "F2": "aksi damai", "F3": "aksi tanpa kekerasan"}
# Kinds of groups and institutions, never a people, a faith or a person.
_WHO = {
    "warga": r"warga|masyarakat(?! adat)|penduduk",
    "masyarakat adat": r"masyarakat adat|komunitas adat|tokoh adat|dewan adat|damang",
    "petani/pekebun": r"petani|pekebun|peladang",
    "buruh/karyawan": r"buruh|karyawan|pekerja",
    "mahasiswa": r"mahasiswa|bem\b",
    "pelajar": r"pelajar|siswa",
    "kelompok pemuda": r"pemuda|remaja",
    "pedagang": r"pedagang",
    "sopir": r"sopir|pengemudi",
    "nelayan": r"nelayan",
    "penambang": r"penambang",
    "massa": r"massa\b|pengunjuk rasa|pendemo|demonstran",
    "ormas/LSM": r"ormas|organisasi kemasyarakatan|lsm\b|aliansi|serikat",
    "perusahaan": r"perusahaan|pt\b|pbs\b|korporasi",
    "koperasi": r"koperasi",
    "polisi": r"polisi|polres(?:ta)?|polsek|polda|brimob",
    "TNI": r"tni\b|kodim|koramil|prajurit",
    "Satpol PP": r"satpol pp|satuan polisi pamong praja",
    "pemerintah daerah": r"pemkab|pemkot|pemprov|pemda|pemerintah (?:kab|kota|prov|daerah|desa)|bupati|camat",
    "DPRD": r"dprd",
    "penyelenggara pemilu": r"kpu\b|bawaslu|panwas\w*",
    "kelompok suporter": r"suporter",
}
_WHO_READ = [(name, re.compile(rf"\b(?:{pattern})", re.IGNORECASE)) for name, pattern in _WHO.items()]
_DAY = r"(?:senin|selasa|rabu|kamis|jumat|sabtu|minggu)"
_PART = r"(?:dini hari|pagi|siang|sore|petang|malam)"
_WHEN = re.compile(
    rf"\b(?:{_DAY}(?: {_PART})?(?: ?\(\d{{1,2}}[/-]\d{{1,2}}(?:[/-]\d{{2,4}})?\))?"
    rf"|hari ini|kemarin|tadi {_PART}|semalam"
    r"|(?:pukul|jam) \d{1,2}[.:]\d{2}(?: ?wib| ?wita)?)",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:karena|lantaran|akibat|dipicu|disebabkan|gara-gara|buntut|dilatarbelakangi|berawal dari"
    r"|menuntut|menagih|menolak|memprotes|terkait|dugaan pemicu)\b",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"^[A-Z][^–—]{2,60}?(?: [–—-] |, [\w.-]+ [–—-] ?)")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_SPACE = re.compile(r"\s+")


def findings_of(one: Material) -> Findings:
    """Everything the machine may say in a paper about this incident."""
    incident = one.incident
    reports = sorted(one.reports, key=lambda each: (each.item.published, each.item.id))
    facts, numbers = _facts(reports, incident)
    grade = one.grade.code if one.grade else confirmation(one.reports, one.tiers, incident.voices)
    confirmed = one.grade is not None and one.grade.information == CONFIRMED and one.grade.channel is not None
    issue = ISSUE_BY_CODE[incident.issue].id if incident.issue in ISSUE_BY_CODE else incident.issue
    noun = _NOUNS.get(incident.form, "peristiwa")
    return Findings(
        incident_id=incident.id,
        what=f"{noun[0].upper()}{noun[1:]} ({issue})",
        place=incident.place_name or "lokasi belum jelas",
        level=int(incident.severity),
        level_why=incident.severity_why,
        issue=incident.issue,
        form=incident.form,
        grade=grade,
        grade_words=in_words(grade) + (", nilai petugas" if one.grade else ", usulan mesin"),
        confirmed=grade_words(one.grade) if one.grade and confirmed else "",
        review=_review(incident),
        decision=incident.decision.value if incident.decision else "",
        review_id=incident.review_id,
        harm=victims(one.reports) or "korban tidak disebut dalam berita",
        reports=incident.reports,
        voices=incident.voices,
        first_at=_iso(incident.first_published),
        last_at=_iso(incident.last_published),
        detected_at=_iso(incident.detected_at),
        facts=facts,
        checklist=_checklist(reports, numbers, incident),
    )


def in_words(grade: str) -> str:
    """`C3` as `sumber cukup dapat dipercaya; informasi mungkin benar`."""
    letter, digit = _RELIABLE.get(grade[:1], _RELIABLE["F"]), _CREDIBLE.get(grade[1:], _CREDIBLE["6"])
    return f"sumber {letter}; informasi {digit}"


def first_fields(kind: MemoKind, found: Findings, incident: Incident, now: datetime) -> MemoFields:
    """A new draft: header and introduction as a proposal, the opinion left to people."""
    bidang = incident.issue[:1] if incident.issue[:1] in "IPESH" else "S"
    where = found.place
    code = (incident.place_code or "")[:5]
    media = f"{found.voices} media independen" if found.voices > 1 else "satu media"
    told = f"{found.reports} laporan" if found.reports > 1 else "satu laporan"
    what = f"{found.what[0].lower()}{found.what[1:]}"
    opening = (
        f"Laporan ini disusun dari pemantauan pemberitaan terbuka tentang {what} di {where}. "
        f"Berita pertama terbit {short_words(incident.first_published)} dan ditemukan "
        f"{short_words(incident.detected_at)}; sampai laporan ini dibuat ada {told} dari {media}."
    )
    if incident.form == PEACEFUL:
        opening += f" {PROTECTED}"
    else:
        opening += f" Tingkat peringatan dini {level_word(found.level)} (bukan Status Keadaan Konflik)."
    name = REGENCY_BY_CODE.get(code, where)
    return MemoFields(
        office=PROVINCE,
        dated=now.astimezone(WIB).date().isoformat(),
        bidang=bidang,
        subject=f"{found.what} di {name}"[:300],
        introduction="" if kind is MemoKind.ATTENTION else opening,
    )


def _facts(reports: Sequence[Report], incident: Incident) -> tuple[tuple[Fact, ...], dict[int, int]]:
    """The facts, and the number (from 1) of the fact that each item is part of; reprints fold into one."""
    first: dict[int, Report] = {}
    carried: dict[int, list[Report]] = {}
    known = {one.item.id for one in reports}
    for one in reports:
        # The text's first item may stand in another incident since a split: then this report is the first.
        key = one.same_text_as if one.same_text_as in known else None
        text = key if key is not None else one.item.id
        if text in first:
            carried[text].append(one)
        else:
            first[text], carried[text] = one, []
    facts, numbers = [], {}
    for number, (text, one) in enumerate(first.items(), 1):
        facts.append(
            Fact(
                sentence=_sentence(one, incident),
                quotes=_quotes(one),
                source=_source(one),
                reprints=tuple(_source(each) for each in carried[text]),
            )
        )
        numbers.update({each.item.id: number for each in (one, *carried[text])})
    return tuple(facts), numbers


def _sentence(one: Report, incident: Incident) -> str:
    said = one.assessment
    # What a person made of the incident stands over what the machine read in one report.
    form = PEACEFUL if incident.form == PEACEFUL else form_of(said) or incident.form
    realis = said.realis.code or "A"
    place = said.place.name if said.place.kind is not PlaceKind.UNKNOWN else ""
    hurt = victims((one,))
    told = f"{one.source_name} {_TELLS.get(realis, _TELLS['A'])}" + (f" di {place}" if place else "")
    if realis not in _NO_DEED and form in _NOUNS:
        told += f"{'' if told.endswith(',') else ','} terbaca sebagai {_NOUNS[form]}"
    parts = [told]
    crowd = said.facts.crowd
    if crowd is not None and crowd.low >= _CROWD:
        parts.append(f"massa diperkirakan {_many(crowd)}")
    if hurt:
        parts.append(hurt)
    if one.item.correction:
        parts.append(f"berita ini sudah {one.item.correction.value} oleh sumbernya")
    if not said.flagged:
        parts.append("berita ini sudah diubah sumbernya dan tidak lagi memuat tanda")
    return "; ".join(parts) + "."


def _many(crowd: Count) -> str:
    if crowd.high is None:
        return f"{crowd.low} orang atau lebih"
    return f"{crowd.low} orang" if crowd.low == crowd.high else f"{crowd.low} sampai {crowd.high} orang"


def _quotes(one: Report) -> tuple[str, ...]:
    """The headline, and the sentence of the text that says most, masked and cut."""
    title = _cut(one.masked_title)
    sentences = [each for each in one.assessment.evidence if each.kind is EvidenceKind.SENTENCE]
    best = max(sentences, key=lambda each: each.weight, default=None)
    if best is None:
        return (title,)
    text = _cut(mask_names(_SPACE.sub(" ", best.text).strip()))
    same = text.casefold() in title.casefold() or title.casefold() in text.casefold()
    return (title,) if same or not text else (title, text)


def _cut(text: str) -> str:
    if len(text) <= QUOTE:
        return text
    return (text[: QUOTE - 1].rpartition(" ")[0] or text[: QUOTE - 1]).rstrip(" ,;:") + "…"


def _source(one: Report) -> FactSource:
    return FactSource(
        item_id=one.item.id,
        version=one.item.version,
        outlet=one.source_name,
        at=_iso(one.item.published),
        link=one.item.link,
        correction=one.item.correction.value if one.item.correction else "",
    )


def _review(incident: Incident) -> str:
    if incident.decision is None:
        return "belum ditelaah analis"
    if incident.risen_why:
        return f"perlu ditelaah lagi: {incident.risen_why[0].lower()}{incident.risen_why[1:]}"
    return {
        Decision.ACCEPT: "diterima analis",
        Decision.UNSURE: "masih diragukan analis",
        Decision.REJECT: "ditolak analis",
    }[incident.decision]


def _checklist(reports: Sequence[Report], numbers: dict[int, int], incident: Incident) -> tuple[Element, ...]:
    """ABIDISIBAME: which questions the facts answer, by which fact, and which nobody answers yet."""
    texts = {one.item.id: f"{one.item.title}\n{one.item.text[:_READ]}" for one in reports}
    issue = ISSUE_BY_CODE[incident.issue].id if incident.issue in ISSUE_BY_CODE else ""

    def by(items: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted({numbers[one] for one in items}))

    whats = [one.item.id for one in reports if one.assessment.flagged and form_of(one.assessment)]
    times = {key: _unique(each.group() for each in _WHEN.finditer(text)) for key, text in texts.items()}
    exact = incident.place_code is not None and len(incident.place_code) >= 5
    wheres = [
        one.item.id
        for one in reports
        if (exact and (one.assessment.place.code or "").startswith((incident.place_code or "?")[:5]))
        or (incident.area is Area.OUTSIDE and one.assessment.place.kind is PlaceKind.OUTSIDE)
    ]
    who = {key: [name for name, pattern in _WHO_READ if pattern.search(text)] for key, text in texts.items()}
    ways = {one.item.id: _ways(one.assessment.facts, incident, one) for one in reports}
    causes = {key: _cause(text) for key, text in texts.items()}
    first_cause = next((words for words in causes.values() if words), "")
    return (
        Element(code="A", question="Apa", answer=issue if whats else "", by=by(whats)),
        Element(
            code="BI",
            question="Bilamana",
            answer=_few(each for found in times.values() for each in found),
            by=by(key for key, found in times.items() if found),
        ),
        Element(
            code="DI",
            question="Di mana",
            answer=incident.place_name if wheres else "",
            by=by(wheres),
        ),
        Element(
            code="SI",
            question="Siapa (kelompok/lembaga)",
            answer=_few(each for found in who.values() for each in found),
            by=by(key for key, found in who.items() if found),
        ),
        Element(
            code="BA",
            question="Bagaimana",
            answer=_few(each for found in ways.values() for each in found),
            by=by(key for key, found in ways.items() if found),
        ),
        Element(
            code="ME",
            question="Mengapa",
            answer=first_cause,
            by=by(key for key, words in causes.items() if words),
        ),
    )


def _ways(facts: Facts, incident: Incident, one: Report) -> list[str]:
    if incident.form == PEACEFUL:
        return [_WAY_OF_FORM[PEACEFUL]]
    told = [word for name, word in _WAYS if getattr(facts, name)]
    form = form_of(one.assessment)
    return told or ([_WAY_OF_FORM[form]] if form in _WAY_OF_FORM else [])


def _cause(text: str) -> str:
    """The first sentence that names a cause or a demand, masked and cut."""
    for sentence in _SENTENCE.finditer(text):
        if _CAUSE.search(sentence.group()):
            told = _SPACE.sub(" ", _DATELINE.sub("", sentence.group().strip()))
            return _cut(mask_names(told.strip()))
    return ""


def _unique(words: Iterable[str]) -> list[str]:
    """Each once, as first written, whatever its case."""
    return list(
        {one.casefold(): one for one in reversed([_SPACE.sub(" ", each) for each in words])}.values()
    )[::-1]


def _few(words: Iterable[str], most: int = 6) -> str:
    every = list(dict.fromkeys(words))
    more = f" dan {len(every) - most} lagi" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
