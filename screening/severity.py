"""The level of early warning, by rules read from the top: the first that fits decides, and says why.

The rules are the desk's own (domain study 2.3, after ACLED, SNPK and INFORM); they are no legal status.
Rule ids: N nothing to warn of, D darurat, S siaga, W waspada, I informasi. Caps stand beside the rules:
a peaceful action (F2) is INFORMASI whatever else is said, and only what has happened exceeds WASPADA.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from models import Assessment, Facts
from screening.records import Area, SeverityVerdict
from screening.taxonomy import Severity

_FORCE = frozenset({"F5", "F6", "F7"})
# A killing inside one of these is collective by definition; in other issues the words must show a group.
_COLLECTIVE = frozenset({"I1", "I2", "P2", "S1", "S2", "S5", "S6", "S7", "H1"})
_PRIVATE = frozenset({"E1", "E2", "S3", "S4", "H2", None})  # where two families may fall out over a plot
_ARMED = frozenset({"I1", "I2"})  # armed by definition, so a death in them needs no further word
_OFFICES = frozenset({"P1", "P2", None})  # elsewhere the office is a company's, or a post that works on
# Where people flee as a group; elsewhere it is one accused family that leaves.
_COMMUNAL = frozenset({"I2", "S1", "S2", "S3", "S4", "S5", "E1", "E2", None})
_DOUBTED = 0.6  # a form under this, or a relevance under the next, has to be borne out by words
_DOUBTED_RELEVANCE = 0.5
_NAMELESS = 0.15  # what has no issue and less relevance than this has no level unless the words tell violence
# Forms without force, and the probability from which they stand although the words tell of force.
_MILD = {"F1": 0.9, "F2": 0.6, "F3": 0.9, "F4": 0.5}
_ANSWER = re.compile(
    r"(?:tenggat|waktu|24 jam).*(?:jawab|membalas|tanggap|dialog|audiensi|klarifikasi|mediasi|duduk bersama)",
    re.IGNORECASE,
)
_UNREAL = {
    "H": "Peristiwa lama atau peringatan, bukan kejadian baru.",
    "S": "Simulasi atau latihan, bukan kejadian.",
    "C": "Kegiatan seremonial atau pencegahan, bukan kejadian.",
    "L": "Peristiwa di luar negeri.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What the rules look at."""

    issue: str | None
    form: str | None
    facts: Facts
    reports: int
    subdistricts: int
    realis: str | None = "A"

    @property
    def dead(self) -> bool:
        return self.facts.dead is not None and self.facts.dead.low >= 1

    @property
    def injured(self) -> bool:
        return self.facts.injured is not None and self.facts.injured.low >= 1

    @property
    def hurt(self) -> bool:
        """Something worse than "nearly" is told as well."""
        facts = self.facts
        return self.dead or self.injured or facts.arson or facts.destruction or facts.shots or facts.tear_gas

    @property
    def planned(self) -> bool:
        """A plan, arms or explosives are told."""
        return self.facts.weapons or self.facts.threat_of_force or self.facts.hostage_or_sweeping

    @property
    def asking(self) -> bool:
        """A deadline for an answer or a dialogue, and no word of what happens when none comes."""
        facts = self.facts
        threatening = facts.threat_of_force or facts.guarding or facts.displaced or facts.eviction
        quiet = not (threatening or self.violence or facts.blockade)
        return facts.ultimatum and quiet and any(_ANSWER.search(span.text) for span in facts.spans)

    @property
    def force(self) -> bool:
        """Force was used by or against a group, by the form or (form unknown) by the words."""
        return self.form in _FORCE or (self.form is None and forcible(self.facts))

    @property
    def violence(self) -> bool:
        """Words of collective violence, of forces or of weapons: without them a death may be an accident."""
        return violent(self.facts)

    @property
    def group(self) -> bool:
        facts = self.facts
        return facts.clash or facts.crowd is not None or facts.shots or facts.tear_gas or self.form == "F7"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    id: str
    severity: Severity
    fits: Callable[[_Case], bool]
    why: str


def _rules() -> tuple[_Rule, ...]:
    d, s, w, i = Severity.DARURAT, Severity.SIAGA, Severity.WASPADA, Severity.INFORMASI
    table: tuple[tuple[str, Severity, Callable[[_Case], bool], str], ...] = (
        # A settlement tells of the old violence too, so it is asked for before any rule of force.
        ("I2", i, lambda c: c.form == "F8", "Penyelesaian damai dilaporkan."),
        (
            "D1",
            d,
            lambda c: (
                c.dead
                and c.force
                and (c.violence or c.issue in _ARMED or c.form == "F7")
                and (c.group or c.issue in _COLLECTIVE)
            ),
            "Ada korban meninggal dalam kekerasan kelompok atau oleh aparat pada aksi massa atau sengketa.",
        ),
        (
            "D2",
            d,
            lambda c: c.facts.arson and c.facts.identity_framing and c.form in ("F5", "F6", None),
            "Rumah atau rumah ibadah dibakar dengan bingkai identitas.",
        ),
        (
            "D3",
            d,
            lambda c: c.facts.displaced and c.force and c.issue in _COMMUNAL,
            "Warga mengungsi akibat konflik.",
        ),
        (
            "D4",
            d,
            lambda c: c.issue == "I1" and c.form == "F6" and c.hurt,
            "Serangan teror.",
        ),
        (
            "D5",
            d,
            lambda c: c.facts.attack_on_office and c.facts.arson and c.force and c.issue in _OFFICES,
            "Kantor pemerintah atau TPS diserang dan dibakar sehingga tidak berfungsi.",
        ),
        (
            "D6",
            d,
            lambda c: c.form in ("F5", "F6") and c.subdistricts >= 2,
            "Kekerasan terjadi di dua kecamatan atau lebih.",
        ),
        (
            "S1",
            s,
            lambda c: c.issue == "I1" and c.form == "F7" and (c.hurt or c.planned),
            "Penindakan terduga teroris yang memiliki rencana, senjata, atau bahan peledak.",
        ),
        (
            "S2",
            s,
            lambda c: c.dead and c.facts.identity_framing and c.form in ("F4", "F5", "F6", "F7", None),
            "Ada korban meninggal dan bingkai identitas; ajakan balasan mungkin timbul.",
        ),
        (
            "W1",
            w,
            lambda c: (
                c.facts.dead is not None
                and c.facts.dead.low == 1
                and c.form == "F6"
                and not c.group
                and c.issue in _PRIVATE
            ),
            "Korban meninggal dalam perselisihan perorangan; belum ada kelompok atau balasan.",
        ),
        (
            "W5",
            w,
            lambda c: c.facts.near_clash and not c.hurt,
            "Nyaris bentrok.",
        ),
        (
            "W10",
            w,
            lambda c: c.issue == "E4" and c.form == "F6" and not (c.injured or c.dead or c.facts.destruction),
            "Kericuhan karena kelangkaan tanpa korban.",
        ),
        (
            "I8",
            i,
            lambda c: c.form == "F3" and c.facts.settled and not c.violence and not c.facts.threat_of_force,
            "Gangguan tanpa kekerasan dilaporkan sudah diakhiri dengan kesepakatan.",
        ),
        (
            "S3",
            s,
            lambda c: (
                c.facts.clash and not c.facts.near_clash and c.form in ("F3", "F4", "F5", "F6", "F7", None)
            ),
            "Terjadi bentrok.",
        ),
        (
            "S4",
            s,
            lambda c: c.form == "F6",
            "Kekerasan terhadap orang dalam peristiwa kelompok.",
        ),
        (
            "S5",
            s,
            lambda c: c.form == "F5" or (c.force and (c.facts.arson or c.facts.destruction)),
            "Perusakan, pembakaran, atau penjarahan dalam peristiwa kelompok.",
        ),
        (
            "S6",
            s,
            lambda c: c.force and (c.facts.tear_gas or c.facts.shots),
            "Gas air mata atau tembakan digunakan.",
        ),
        (
            "S7",
            s,
            lambda c: c.injured and c.force,
            "Ada korban luka dalam peristiwa kelompok.",
        ),
        (
            "S8",
            s,
            lambda c: c.facts.weapons and c.form == "F4" and c.issue != "S7",
            "Massa bersenjata dikerahkan untuk menghadapi pihak lain.",
        ),
        (
            "S9",
            s,
            lambda c: c.facts.hostage_or_sweeping and c.form in ("F4", "F5", "F6", "F7"),
            "Penyanderaan atau sweeping.",
        ),
        (
            "S10",
            s,
            lambda c: (c.facts.attack_on_officials or c.facts.attack_on_office) and c.force,
            "Serangan terhadap aparat, pejabat, atau penyelenggara pemilu.",
        ),
        (
            "S11",
            s,
            lambda c: c.form == "F7" and c.facts.crowd is not None and c.issue != "H2",
            "Aparat menindak kerumunan: pembubaran, pengosongan, atau penangkapan massal.",
        ),
        (
            "S12",
            s,
            lambda c: (
                c.facts.displaced
                and c.issue in _COMMUNAL
                and (c.form == "F4" or (c.facts.threat_of_force and c.form in ("F1", None)))
            ),
            "Warga terusir atau mengungsi karena ancaman.",
        ),
        (
            "I5",
            i,
            lambda c: c.issue == "E3" and c.form == "F3" and c.realis in ("R", "T") and not c.facts.blockade,
            "Rencana mogok kerja adalah hak pekerja.",
        ),
        (
            "I9",
            i,
            lambda c: c.form == "F4" and c.asking,
            "Tenggat untuk jawaban atau dialog tanpa ancaman adalah penyampaian aspirasi.",
        ),
        (
            "W2",
            w,
            lambda c: c.form == "F4" or (c.facts.threat_of_force and c.form in ("F1", "F3", "F7", None)),
            "Ancaman kekerasan, pengusiran, atau pengerahan massa tandingan.",
        ),
        (
            "W3",
            w,
            lambda c: c.form == "F3" or (c.facts.blockade and c.form in ("F7", None)),
            "Aksi disruptif tanpa kekerasan: blokade, portal, segel, atau pendudukan.",
        ),
        (
            "W11",
            w,
            lambda c: c.issue == "I1" and c.form == "F7",
            "Penindakan terduga teroris tanpa rencana serangan yang dilaporkan.",
        ),
        (
            "W4",
            w,
            lambda c: c.form == "F7",
            "Aparat menindak massa tanpa korban yang dilaporkan.",
        ),
        (
            "W6",
            w,
            lambda c: c.facts.identity_framing and (c.issue in ("S1", "S2") or c.form in ("F1", None)),
            "Perselisihan atau penolakan dengan bingkai identitas.",
        ),
        (
            "W7",
            w,
            lambda c: c.facts.eviction and c.form in ("F1", "F3", "F4", None),
            "Penggusuran atau sengketa yang memuncak.",
        ),
        (
            "W8",
            w,
            lambda c: c.facts.guarding and c.issue in ("S1", "S2", "S5", "S7"),
            "Isu kekerasan membuat warga berjaga atau berkumpul.",
        ),
        (
            "W9",
            w,
            lambda c: c.form == "F1" and c.reports >= 3 and not c.facts.settled,
            "Perselisihan yang belum selesai dilaporkan tiga kali atau lebih di lokasi yang sama.",
        ),
        (
            "I3",
            i,
            lambda c: c.facts.ultimatum,
            "Tenggat untuk jawaban atau dialog adalah penyampaian aspirasi.",
        ),
    )
    return tuple(_Rule(id=rule, severity=level, fits=fits, why=why) for rule, level, fits, why in table)


RULES = _rules()


def severity_of(
    issue: str | None,
    form: str | None,
    realis: str | None,
    facts: Facts,
    *,
    reports: int = 1,
    subdistricts: int = 1,
    area: Area = Area.UNKNOWN,
) -> SeverityVerdict:
    """The level of one incident by its codes and facts; `reports` counts independent voices at this locus.

    A code of None means the model abstains: the facts then speak alone. `area` does not move the level (the
    same act weighs the same everywhere); outside Kalimantan Tengah the sentence says so.
    """
    nothing = _nothing(issue, form, realis)
    if nothing is not None:
        return nothing
    if form == "F2":
        return SeverityVerdict(
            severity=Severity.INFORMASI,
            rule="I1",
            why="Aksi damai dilindungi UU 9/1998 dan selalu INFORMASI.",
        )
    case = _Case(
        issue=issue, form=form, facts=facts, reports=reports, subdistricts=subdistricts, realis=realis
    )
    verdict = SeverityVerdict(
        severity=Severity.INFORMASI, rule="I4", why="Perselisihan di dalam jalur lembaga tanpa gangguan."
    )
    if form is None:
        why = "Bentuk kejadian belum jelas dan tidak ada kata kekerasan kelompok; perlu dibaca."
        verdict = SeverityVerdict(severity=Severity.INFORMASI, rule="I6", why=why)
    for rule in RULES:
        if rule.fits(case):
            verdict = SeverityVerdict(severity=rule.severity, rule=rule.id, why=rule.why)
            break
    if realis in ("R", "T", "B") and verdict.severity > Severity.WASPADA:
        kind = {"R": "rencana", "T": "ancaman", "B": "bantahan"}[realis]
        verdict = SeverityVerdict(
            severity=Severity.WASPADA,
            rule=f"{verdict.rule}-{realis}",
            why=f"{verdict.why} Dibatasi WASPADA karena masih berupa {kind}.",
        )
    if area is Area.OUTSIDE:
        return SeverityVerdict(
            severity=verdict.severity, rule=verdict.rule, why=f"{verdict.why} Di luar Kalimantan Tengah."
        )
    return verdict


def verdict_of(
    assessment: Assessment, *, reports: int = 1, subdistricts: int = 1, area: Area = Area.UNKNOWN
) -> SeverityVerdict:
    """The level of one assessed text; what is not flagged has none.

    What is flagged has one, unless the model calls it past, drilled, ceremonial or abroad, or finds no issue
    for an unlikely text that tells no violence; the sentence then says so, and the incident waits at the end
    of the queue for a person.
    """
    if not assessment.flagged:
        return SeverityVerdict(severity=Severity.NONE, rule="N1", why="Tidak ditandai oleh penyaring.")
    realis = assessment.realis
    if realis.code in _UNREAL:
        told = f"{_UNREAL[realis.code]} Menurut model, keyakinan {round(realis.probability * 100)} persen."
        return SeverityVerdict(severity=Severity.NONE, rule=f"N3-{realis.code}", why=told)
    if _issueless(assessment):
        told = "Ditandai oleh penyaring, tetapi model tidak menemukan isu kewaspadaan dini; perlu dibaca."
        return SeverityVerdict(severity=Severity.NONE, rule="N5", why=told)
    verdict = severity_of(
        assessment.issue.code,
        form_of(assessment),
        realis.code,
        assessment.facts,
        reports=reports,
        subdistricts=subdistricts,
        area=area,
    )
    return _lowered(verdict, assessment)


def _issueless(assessment: Assessment) -> bool:
    """Nothing to give a level to: no issue, and neither a deed, words of violence nor a likely flag."""
    weak = assessment.relevance < _NAMELESS or assessment.form.code in ("F0", None)
    return assessment.issue.code == "N" or (
        assessment.issue.code is None and weak and not violent(assessment.facts)
    )


def _lowered(verdict: SeverityVerdict, assessment: Assessment) -> SeverityVerdict:
    """The level after the doubts of the model: nobody is alarmed by a code that no word of the text bears."""
    why, label = verdict.why, assessment.form
    if assessment.issue.code is None:
        verdict = _without_issue(verdict, assessment)
        why = verdict.why
    if verdict.severity > Severity.WASPADA and _unborne(assessment):
        why = f"{why} Dibatasi WASPADA: model ragu dan tidak ada kata kekerasan kelompok."
        return SeverityVerdict(severity=Severity.WASPADA, rule=f"{verdict.rule}-R0", why=why)
    if verdict.rule == "D4" and label.probability < _DOUBTED and assessment.facts.dead is None:
        why = f"{why} Dibatasi SIAGA: model ragu dan tidak ada korban meninggal."
        return SeverityVerdict(severity=Severity.SIAGA, rule="D4-R0", why=why)
    if verdict.severity is Severity.NONE:
        why = f"{why} Tetap INFORMASI karena ditandai oleh penyaring; perlu dibaca."
        return SeverityVerdict(severity=Severity.INFORMASI, rule=f"I7-{verdict.rule}", why=why)
    return verdict


def _without_issue(verdict: SeverityVerdict, assessment: Assessment) -> SeverityVerdict:
    """The level of what the model flags without an issue: above WASPADA only by words and a sure flag."""
    why = f"{verdict.why} Model belum menentukan isu; perlu dibaca."
    borne = violent(assessment.facts) and assessment.relevance >= _DOUBTED_RELEVANCE
    if verdict.severity > Severity.WASPADA and not borne:
        return SeverityVerdict(severity=Severity.WASPADA, rule=f"{verdict.rule}-N0", why=why)
    return SeverityVerdict(severity=verdict.severity, rule=verdict.rule, why=why)


def forcible(facts: Facts) -> bool:
    """Whether the words tell that force was used by or against a group, not only that it was near."""
    return facts.clash or facts.shots or facts.tear_gas or facts.arson or facts.destruction


def violent(facts: Facts) -> bool:
    """Whether words of collective violence, of forces or of weapons stand in the text."""
    return (
        facts.clash
        or facts.shots
        or facts.tear_gas
        or facts.weapons
        or facts.arson
        or facts.destruction
        or facts.terror
        or facts.hostage_or_sweeping
        or facts.attack_on_office
        or facts.attack_on_officials
    )


def form_of(assessment: Assessment) -> str | None:
    """The form the desk works with: the model's, left open where the words plainly say more.

    None lets the facts decide: a form without force beside force in the words, unless the model is sure
    of it (0.9 for a dispute or blockade, 0.6 for a peaceful action, because the right to assemble weighs more
    than a doubtful count of stones); and an unsure dispute or peaceful action beside a blockade or a threat.
    """
    label, facts = assessment.form, assessment.facts
    sure = _MILD.get(label.code or "", 0.0)
    if label.probability < sure and not facts.near_clash and forcible(facts):
        return None
    disruptive = facts.blockade or facts.threat_of_force
    if label.code in ("F1", "F2") and label.probability < _DOUBTED and disruptive:
        return None
    return label.code


def _unborne(assessment: Assessment) -> bool:
    """A doubtful "violence to persons" without one word of violence: an accident has dead and wounded too.

    And a doubtful "action by forces" against terror in a text without a word of terror.
    """
    label, facts = assessment.form, assessment.facts
    if label.code == "F7" and assessment.issue.code == "I1":
        return label.probability < _DOUBTED and not facts.terror
    killed = assessment.issue.code in _ARMED and facts.dead is not None and label.probability >= _DOUBTED
    doubtful = label.probability < _DOUBTED or assessment.relevance < _DOUBTED_RELEVANCE
    return label.code == "F6" and doubtful and not killed and not violent(facts)


def _nothing(issue: str | None, form: str | None, realis: str | None) -> SeverityVerdict | None:
    none = Severity.NONE
    if issue == "N":
        return SeverityVerdict(severity=none, rule="N2", why="Bukan isu kewaspadaan dini.")
    if realis in _UNREAL:
        return SeverityVerdict(severity=none, rule=f"N3-{realis}", why=_UNREAL[realis])
    if realis == "B" and issue != "S7":
        return SeverityVerdict(severity=none, rule="N3-B", why="Bantahan atau cek fakta tanpa dampak fisik.")
    if form == "F0":
        return SeverityVerdict(
            severity=none, rule="N4", why="Pernyataan atau kritik saja; hak berpendapat, tidak ditandai."
        )
    return None
