"""How Dini judges, written out of the code and the shipped model: `python -m screening.method --write`.

`written` is pure: the same model and the same training news give the same page, docs/methodology.md. What
the
code or the model knows (codes, rules, thresholds, limits, windows) is read from there; only the
explanations
stand here, and a test fails when a signal, rule, fact or setting has none.
"""

from __future__ import annotations

import csv
import dataclasses
import inspect
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import models  # its rooms hold the figures that the page reads; the front door has nouns and verbs only
from models import (
    Assessment,
    Classifier,
    Count,
    Document,
    Facts,
    Label,
    Place,
    PlaceKind,
    find_place,
    load_shipped,
    read_labelled,
)
from screening import linking
from screening.course import QUIET
from screening.digest import LIKELY
from screening.incidents import LOCUS_MARK, shape
from screening.linking import Known, known
from screening.method_words import (
    FACTS_IN_WORDS,
    HEADS_IN_WORDS,
    RULES_IN_WORDS,
    SETTINGS_IN_WORDS,
    SIGNALS_IN_WORDS,
    STATUS_IN_WORDS,
)
from screening.records import SeverityVerdict
from screening.severity import RULES, severity_of, verdict_of
from screening.taxonomy import (
    BIDANG,
    FORM_TERMS,
    ISSUE_TERMS,
    NO_ISSUE,
    REALIS_TERMS,
    SEVERITY_NOTE,
    TAXONOMY_VERSION,
    Severity,
)
from screening.triage import POINTS_PER_DAY, POINTS_PER_LEVEL

PAGE = Path(__file__).parents[1] / "docs" / "methodology.md"

PLACES_TRIED = (
    ("Warga Portal Jalan Kebun", "SAMPIT - Puluhan warga menutup jalan di Kecamatan Hanau, Kab. Seruyan."),
    ("Warga Portal Jalan Kebun", "SAMPIT - Puluhan warga menutup jalan kebun sejak pagi."),
    ("Buruh Kalteng Rencanakan Aksi", ""),
    ("Sopir Truk Mogok di Banjarmasin", ""),
    ("Kisruh Pengurus Koperasi", ""),
)
DISGUISED = "Massa B.e.n.t.r.o.k di Sampit, jemaat gereja dan warga Dayak menolak hasil 2024"
CLASH = (
    "Dua Kelompok Pemuda Bentrok di Pasar Baamang",
    "Dua kelompok pemuda saling serang dengan batu di Pasar Baamang, Kecamatan Baamang, dua orang luka.",
)
CALM = ("Situasi Pasar Baamang Kondusif", "Polisi menyatakan situasi sudah kondusif dan pasar dibuka lagi.")

News = Mapping[str, Sequence[tuple[bool, str]]]
"""Per training file: (relevant, issue) of each row."""


def training_news() -> dict[str, list[tuple[bool, str]]]:
    """Labels of the news that ships, and of the real news read by us (where the repository is at hand)."""
    found = {
        f"models/training/{path.name}": [(e.flag, e.issue) for e in read_labelled(path)]
        for path in models.training.own_news()
    }
    labels = models.training.LABELS
    if labels.exists():
        with labels.open(encoding="utf-8", newline="") as file:
            rows = [(row["flag"] == "1", row["issue"]) for row in csv.DictReader(file)]
        found[f"benchmarks/{labels.name}"] = rows
    return found


def written(classifier: Classifier, news: News) -> str:
    """The page about this classifier, trained (among others) on `news`, as Markdown."""
    sections = (
        _opening(classifier),
        _reading(),
        _heads(classifier),
        _signals(classifier),
        _calibration(classifier),
        _thresholds(classifier),
        _set_aside(classifier),
        _codes(),
        _places(),
        _facts(),
        _severity(),
        _incidents(),
        _rights(),
        _training(classifier, news),
        _limits(),
    )
    return "\n\n".join(_flowing(section.strip()) for section in sections) + "\n"


def _flowing(section: str) -> str:
    """Paragraphs on one line each, as Markdown is kept here; headings and table rows stay as they are."""
    lines: list[str] = []
    for line in section.split("\n"):
        alone = not line or line[0] in "#|" or not lines or not lines[-1] or lines[-1][0] in "#|"
        if alone:
            lines.append(line)
        else:
            lines[-1] += f" {line}"
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in row)} |" for row in lines)


def _percent(share: float) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + " %"


def _hours(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours // 24} days" if hours > 72 else f"{hours} hours"


def _opening(classifier: Classifier) -> str:
    return f"""# How Dini judges (Metode penilaian)
Written by `python -m screening.method --write` from the code and the shipped model `{classifier.name_}`,
taxonomy {TAXONOMY_VERSION}; a test fails when page and code differ. For the analyst who asks why an item
was flagged, the auditor who asks by which rule, and the data scientist who asks what is promised.

**In one paragraph.** A text is cleaned, and names of persons, places, peoples, religions and outlets are
hidden. Linear models score what is left; a calibration turns the scores into one probability, the
*relevance* (relevansi). From a threshold on, an item is flagged (ditandai), unless one of two rules sets
it aside. Codes say what it is about, what was done and whether it happened. Fixed rules read place and
facts, and give the level. Reports of one event become one incident (insiden). A person decides. What a
model said is stored with its reasons, the spans of text behind them and every part of the sum, so that
anyone can add it up again: relevance = 1 / (1 + exp(−sum of `parts`))."""


def _reading() -> str:
    seen = models.features.read(DISGUISED, "")
    words = " ".join(word for word, _start, _end in seen.head.units)
    return f"""## Reading the text (Normalisasi)
The first {models.text.LONGEST_TEXT:,} characters are read. Unicode is folded (NFKC), zero-width
characters, look-alike letters of other alphabets, spaced or dotted letters and digits for letters are
undone, with a way back to the original for every character; where somebody must have meant to hide, the
page says so. Datelines, outlet names, by-line initials and "Baca juga" lines are blanked. Judged are the
title and the first {models.features.LONGEST_VIEW} words.

**Hidden identities (Identitas disamarkan).** Before anything is learned or scored, a place in Indonesia
becomes `<tempat>`, one abroad `<luar>`, a people `<suku>`, a religion or house of worship `<agama>`,
numbers `<angka>` and years `<tahun>`; an outlet is dropped, and a capitalised word never met in small
letters becomes `<nama>`. Example: "{DISGUISED}" is read as `{words}`."""


def _heads(classifier: Classifier) -> str:
    size = len(classifier.heads_.vocabulary.names)
    views = ", ".join(
        name if name == "title" else (f"{name} (rest)" if words > 1_000 else f"{name} ({words} words)")
        for name, words in models.vectors.VIEWS
    )
    axes = ", ".join(f"{name} ({len(codes)} codes)" for name, codes in models.classifier.AXES)
    tempers = ", ".join(f"{name} {factor:.2f}" for name, factor in classifier.temper_.items())
    heads = ", ".join(f"*{name}* ({meaning})" for name, meaning in HEADS_IN_WORDS.items())
    return f"""## Features and heads (Fitur dan penilai)
Features are words, their roots (Indonesian affixes removed), neighbouring pairs, words under a negation,
cue families (protest, violence, settlement and so on) and character n-grams inside words at weight
{models.vectors.SUBWORD_WEIGHT}: {size:,} features, weighted by how rare they are. A head is a logistic
regression over them, so its log-odds are an exact sum of terms that can be shown. Every head scores the
views {views}, and each sentence by itself.

{models.vectors.BINARY} binary heads (penilai dua kelas): {heads}. Three axes (sumbu) of softmax heads:
{axes}. The axes' probabilities are sharpened by a factor found out of fold: {tempers}."""


def _signals(classifier: Classifier) -> str:
    kinds = models.classifier.KINDS
    slopes = {kind: classifier.calibrations_[kind].slope_.tolist() for kind in kinds}
    rows = [
        (f"`{name}`", SIGNALS_IN_WORDS[name], *(f"{slopes[kind][i]:+.2f}" for kind in kinds))
        for i, name in enumerate(models.calibration.SIGNALS)
    ]
    return f"""## Signals (Penanda)
{len(rows)} numbers decide the relevance. The last columns are the model's log-odds for one standard
deviation of the signal, by kind of input. Signals overlap, so a single weight means little by itself; the
sum is what is calibrated. `base` is the value when every signal is at its mean.

{_table(("signal", "meaning", *kinds), rows)}"""


def _calibration(classifier: Classifier) -> str:
    bases = ", ".join(f"{kind} {c.intercept_:+.2f}" for kind, c in classifier.calibrations_.items())
    return f"""## Calibration (Kalibrasi)
Each kind of input has its own small logistic regression over the signals, fitted on scores out of fold
(luar lipatan): the model that scored an item never saw its story. It is weighted so that relevant items
make up {_percent(classifier.base_rate)}; where the share in a stream differs, so do the probabilities,
but not the order. Base log-odds: {bases}. A relevance of 0.30 means: of 100 such items in such a stream
about 30 are relevant."""


def _thresholds(classifier: Classifier) -> str:
    told = {
        "title": "no text",
        "summary": f"up to {models.classifier.SUMMARY_WORDS} words of text",
        "text": "longer",
    }
    rows, short = [], []
    for kind in models.classifier.KINDS:
        missed, relevant, bound = classifier.guarantees_[kind]
        rows.append(
            (
                f"`{kind}`", told[kind], f"{classifier.thresholds_[kind]:.4f}", relevant, missed,
                _percent(missed / max(relevant, 1)), _percent(bound),
                classifier.set_aside_relevant_[kind],
                "{} of {}".format(*classifier.stream_flagged_[kind]),
            )
        )  # fmt: skip
        if bound > classifier.miss:
            short.append(kind)
    kept = (
        f"For **{', '.join(short)}** the bound is above {_percent(classifier.miss)}: there the promise is "
        "the bound in the table, no better."
        if short
        else f"All bounds are within {_percent(classifier.miss)}."
    )
    head = (
        *("input", "when", "threshold", "relevant", "missed", "share", "upper bound (95 %)", "set aside"),
        "flagged on whole days",
    )
    return f"""## Three kinds of input and their thresholds (Ambang)
{_table(head, rows)}

*Relevant* are labelled relevant items scored out of fold, *missed* those under the threshold, *set aside*
those above it that one of the two rules below takes out all the same; the promise is about the threshold
alone. {kept} *Flagged on whole days* are the irrelevant items, out of fold, of some weeks of news that were
read whole: what an ordinary stream costs the desk in vain.

**The rule (Titik kerja).** The highest threshold for which, with 95 % confidence, at most
{_percent(classifier.miss)} of the relevant items to come are missed. Of n relevant items the k lowest may
be let go; the one-sided Clopper-Pearson bound of k in n must stay within the limit. Thresholds are tried
from the lowest up and the first failure stops (learn then test), so trying many costs no confidence.
Then the threshold is lowered further, as far as the desk can afford: until {_percent(classifier.spare)} of
the irrelevant items of whole days are flagged, {_percent(2 * classifier.spare)} of titles alone. The promise
rests on few relevant items and on later days it broke; a few items more to read a day do not.

**It assumes** that tomorrow's relevant items are like those counted here, that each is
independent of the others (many reports of one event are not), and that labels are right. **It
does not promise** the same for each issue, regency or outlet; nor for stories no source carries; nor
precision; nor the three kinds at once (each has its own 95 %). It is about items, and an event with
several reports has several chances. Folds judge the recipe; the shipped heads are refitted on all rows.
For the threshold the calibration is cross-fitted over the same folds; the shipped one is fitted on all.
The limits of the two rules are chosen on the rows they are counted on, which flatters them. Figures by
issue and stratum: `python benchmarks/screening.py`."""


def _set_aside(classifier: Classifier) -> str:
    kinds = models.classifier.KINDS
    rows = [
        (words, *(f"{classifier.set_aside_[f'{rule} {kind}']:.3f}" for kind in kinds))
        for rule, words in (
            (
                "realis",
                "`realis`: past, drill, ceremony or abroad (C, S, H, L), and relevance under one half",
            ),
            ("form", "`form`: a statement or criticism alone (F0), and no deed is told"),
            ("sure", "`sure`: so surely a statement (F0) that words of a deed in it do not matter"),
        )
    ]
    return f"""## Set aside (Disisihkan)
An item above the threshold is still not flagged when the model is surer than these limits:

{_table(("rule", *kinds), rows)}

A limit is surer than on 99.5 % (*sure*: 99 %) of the relevant items out of fold, but a text that tells no
deed and reads like a statement at {models.classifier.STATEMENT} or more is always set aside: criticism is a
right. Set-aside items are counted with the reason and can be read (Disisihkan); nothing is dropped."""


def _codes() -> str:
    issues = " ".join(
        f"{field.id}: "
        + ", ".join(f"`{term.code}` {term.en}" for term in ISSUE_TERMS if term.group == field.code)
        + "."
        for field in BIDANG
    )
    forms = ", ".join(f"`{term.code}` {term.en}" for term in FORM_TERMS)
    realis = ", ".join(f"`{term.code}` {term.en}" for term in REALIS_TERMS)
    return f"""## Codes and abstention (Kode, abstain)
**Issue (isu).** {issues} `{NO_ISSUE.code}` {NO_ISSUE.en}.

**Form (bentuk).** {forms}.

**Realis (keadaan).** {realis}.

The likeliest code is proposed; under {models.classifier.ABSTAIN_BELOW} the model abstains and the page
shows a dash. Where an item is flagged, neither `N` nor `F0` can be the code. Definitions and look-alikes:
[taxonomy.md](taxonomy.md)."""


def _places() -> str:
    rows = []
    for title, text in PLACES_TRIED:
        found = find_place(Document(id="x", title=title, text=text))
        code = f" `{found.code}`" if found.code else ""
        rows.append(
            (f"{title}. {text}".strip(), f"{found.kind.value}{code}", found.name or "–", found.reason)
        )
    kinds = ", ".join(f"`{kind.value}`" for kind in PlaceKind)
    return f"""## Place (Tempat kejadian)
Answers: {kinds}; the last is an abstention. Names come from a gazetteer of the 14 regencies, their
districts and villages, the other provinces and countries. In this order: (1) each mention is weighed:
title most, then the first sentence, the next two, the rest; "Kecamatan X", "di X" and sentences that tell
the scene more; offices, "asal X" and the dateline (where it was written) less; comparisons ("seperti di
X") hardly; names that are also words count only beside "di", "Kabupaten" and the like; (2) a name that
exists here and elsewhere goes to the province the text names; (3) outside wins where it clearly outweighs
inside; (4) one regency that stands out is the answer, with its district if exactly one is named; (5)
several alike give the province; (6) so does the province named alone; (7) else unknown.

{_table(("text", "answer", "name", "reason"), rows)}"""


def _facts() -> str:
    names = [f.name for f in dataclasses.fields(Facts) if f.name != "spans"]
    listed = ", ".join(f"`{name}` ({FACTS_IN_WORDS[name]})" for name in names)
    return f"""## Facts (Fakta terbaca)
Read by rules, not learned; negations ("tidak ada korban jiwa"), intentions, near misses, animals and
weather are respected, and "terbakar" (caught fire) is not "dibakar" (set on fire). Numbers are ranges
("ratusan" is 100 to 999). {listed}."""


def _said(
    issue: str | None = "P3",
    form: str | None = "F1",
    realis: str = "A",
    facts: Facts | None = None,
    *,
    sure: float = 0.99,
    relevance: float = 0.95,
    flagged: bool = True,
) -> Assessment:
    """A made-up assessment to ask the rules with."""
    return Assessment(
        document_id="",
        relevance=relevance,
        flagged=flagged,
        threshold=0.1,
        issue=Label(code=issue, probability=sure),
        form=Label(code=form, probability=sure),
        realis=Label(code=realis, probability=sure),
        place=Place(kind=PlaceKind.REGENCY, code="62.02", regency="62.02", name="Kotawaringin Timur"),
        facts=facts or Facts(),
        evidence=(),
        reasons=(),
        model="",
    )


def _told(hour: int, told: tuple[str, str], said: Assessment) -> Known:
    return known(hour, *told, datetime(2026, 1, 1, hour, tzinfo=UTC), f"outlet {hour}", said)


def other_verdicts() -> list[tuple[str, SeverityVerdict]]:
    """What stands beside the table of rules, as (when, what the code answers): no level, caps, changes."""
    nothing, clash = Facts(), Facts(clash=True)
    dead = Facts(dead=Count(low=1, high=1), clash=True)
    bomb = Facts(injured=Count(low=1, high=1), terror=True)
    calm = _told(3, CALM, _said(None, None, flagged=False, relevance=0.01))
    killed = (_told(1, CLASH, _said("S5", "F6", facts=dead)), calm)
    fought = (_told(1, CLASH, _said("S5", "F6", facts=clash)), calm)
    later = datetime(2026, 1, 1, 3, tzinfo=UTC) + QUIET
    quarrel = (_told(1, ("Warga dan Koperasi Berselisih", ""), _said()),)
    return [
        ("not flagged", verdict_of(_said(flagged=False))),
        ("issue N", severity_of("N", "F1", "A", nothing)),
        *((f"realis {code}", severity_of("P3", "F1", code, nothing)) for code in ("H", "S", "C", "L", "B")),
        ("form F0", severity_of("P3", "F0", "A", nothing)),
        ("no issue, hardly relevant, no violence", verdict_of(_said(None, relevance=0.05))),
        ("form F2, whatever else is told", severity_of("P3", "F2", "A", dead)),
        ("no rule fits", severity_of("P3", "F1", "A", nothing)),
        ("no rule fits, no form", severity_of("P3", None, "A", nothing)),
        ("flagged, but the rules give no level", verdict_of(_said(form="F0"))),
        *(
            (f"realis {code} (only A exceeds WASPADA)", severity_of("S5", "F6", code, clash))
            for code in ("R", "T")
        ),
        ("realis B (only A exceeds WASPADA)", severity_of("S7", "F6", "B", clash)),
        ("doubtful F6 without a word of violence", verdict_of(_said("S5", "F6", sure=0.4))),
        ("no issue and no sure sign", verdict_of(_said(None, "F5", sure=0.7, relevance=0.4))),
        ("doubtful terror attack, nobody dead", verdict_of(_said("I1", "F6", facts=bomb, sure=0.4))),
        ("DARURAT, then control is reported", shape(killed, {}).verdict),
        ("eased, then silent", shape(fought, {}, now=later).verdict),
        ("history of the place", shape(quarrel, {}, before=Severity.SIAGA).verdict),
    ]


def _severity() -> str:
    levels = ", ".join(f"{level.value} `{level.name}`" for level in Severity if level)
    rules = [
        (f"`{rule.id}`", rule.severity.name, f"{rule.why} ({RULES_IN_WORDS.get(rule.id, '')})")
        for rule in RULES
    ]
    others = [(f"`{v.rule}`", v.severity.name, f"{when}: {v.why}") for when, v in other_verdicts()]
    return f"""## Level of warning (Tingkat)
{levels}; {Severity.NONE.name} is no level. {SEVERITY_NOTE} Not learned: rules over codes and facts, read
from the top, the first that fits decides; the words are those the incident page shows.

{_table(("rule", "level", "words"), rules)}

Beside the table stand the cases without a level, the caps and what later reports do; a mark behind the
rule says so:

{_table(("rule", "level", "when and words"), others)}

A form without force that the model is not sure of is left open where the words tell force, so that the
facts decide. The gravest report decides the level of an incident; `{LOCUS_MARK}` needs
{Severity.SIAGA.name} or more at the same place within 90 days before."""


def _incidents() -> str:
    states = "; ".join(f"`{status.value}` ({meaning})" for status, meaning in STATUS_IN_WORDS.items())
    return f"""## From reports to an incident (Insiden)
**Same text (Teks sama).** Texts without outlet, dateline and tail are compared by
{models.similarity.PERMUTATIONS} MinHash values over word triples; short texts must be closer, and two
regencies are never one text. Reprints within {_hours(linking.REPRINT_WINDOW)} are one voice (sumber
independen): a release in five portals counts once.

**Same event (Penautan).** A wrong merge hides an event, a missed one costs a second glance; so linking is
strict. Two reports within {_hours(linking.WINDOW)} of an incident are one event where the share of
telling words in common (rare words weigh more) reaches {linking._SAME_DISTRICT} in one district,
{linking._SAME_REGENCY} in one regency, {linking._VAGUE} where the place is vague, {linking._APART} in two
districts of one regency, never in two regencies; unrelated issues ask for more. A report that looks back
on the story may join up to {_hours(linking.LONGEST)} later on a stricter share. People merge and split by
hand, and the machine does not undo it.

**Status.** {states}. An eased incident without a report for {_hours(QUIET)} closes one level lower.

**Order of the queue (Antrean).** {POINTS_PER_LEVEL:.0f} points a level, less where the model doubts and
no person has confirmed, plus voices and relevance; a day of age costs {POINTS_PER_DAY:.0f} points. What
was flagged under {LIKELY} and seen by nobody stays out of the lists of the report, counted there."""


def _rights() -> str:
    return """## Rights (Hak)
Peaceful action (F2) is INFORMASI, for the machine and for the analyst, who cannot raise it. Criticism,
opinion and petition alone (F0) must not be flagged: the second set-aside rule stands for that, and how often
it fails is measured (*criticism* in `benchmarks/screening.py`). Exchanging ethnonyms, religions, places or
names in a text must not move its relevance by more than a small tolerance (tested). Names, initials with
ages, identity and telephone numbers are masked outside the raw text. There is no table, field, search or
score about a person. The machine calls a report at best "probably true" (two independent voices, one of them
an office's own); only a person with a source outside the media confirms."""


def _training(classifier: Classifier, news: News) -> str:
    rows = [(f"`{name}`", len(labels), sum(flag for flag, _ in labels)) for name, labels in news.items()]
    issues = Counter(issue for labels in news.values() for flag, issue in labels if flag)
    listed = ", ".join(f"{term.code} {issues[term.code]}" for term in ISSUE_TERMS)
    names = [name for name in inspect.signature(Classifier.__init__).parameters if name != "self"]
    settings = [(f"`{name}`", getattr(classifier, name), SETTINGS_IN_WORDS[name]) for name in names]
    return f"""## What it learned from (Data latih)
{_table(("labels in this repository", "rows", "relevant"), rows)}

The files of `models/training/` are invented news of our own; `benchmarks/` holds ids and codes only of
real news read by us, whose texts belong to the publishers. The [model card](../models/shipped/card.md)
lists every source of this model, with figures. Relevant rows by issue: {listed}.

{_table(("setting", "value", "meaning"), settings)}"""


def _limits() -> str:
    return """## What the machine does not do, and known limits (Batas)
It does not decide, confirm, name suspects, rate persons or groups, predict, set a legal status, read
images, video or closed groups, or learn from decisions by itself. It sees only what registered sources
publish: silence about a regency may be a hole in coverage.

It was made on text in Indonesian; Banjar, Dayak languages and English are read only as far as words are
shared. Satire, sarcasm and headlines that contradict their body mislead it. Issues with few examples
(above) are recognised less well, and their share missed is not promised. A headline alone is judged worse
than a text. Long articles are read at their start only. Facts are read by fixed phrases: a new phrase is
not seen, and a number may belong to an older event told in passing. Other outlets, years or regions than
those of the training news weaken the promise of the threshold, so it should be measured again on items
your desk has labelled (`dini evaluate`)."""


def main(arguments: Sequence[str]) -> int:
    """Print the page, or write it with --write; 2 for anything else."""
    if arguments not in ([], ["--write"]):
        sys.stderr.write("python -m screening.method [--write]\n")
        return 2
    text = written(load_shipped(), training_news())
    if arguments:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
