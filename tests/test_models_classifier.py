"""The shipped judgement flags events, explains itself, and treats all lengths alike."""

from __future__ import annotations

import csv
import itertools
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, norm

from models import FORMS, ISSUES, REALIS, Assessment, Classifier, Document, EvidenceKind, load_shipped, train
from models.calibration import SIGNALS, missed_at_most, probability_of, working_point
from models.classifier import KINDS

SHARED = Path(os.environ.get("DINI_SHARED", str(Path(__file__).parents[1].parent / "shared")))
TRAINING = Path(__file__).parents[1] / "models" / "training"


@pytest.fixture(scope="module")
def judge() -> Classifier:
    return load_shipped()


def one(judge: Classifier, title: str, text: str = "") -> Assessment:
    return judge.assess([Document(id="x", title=title, text=text)])[0]


EVENTS = [
    (
        "Warga Portal Jalan Kebun, Tagih Plasma",
        "Puluhan warga memortal jalan kebun sawit dan menagih pembagian plasma. Mediasi buntu.",
    ),
    (
        "Massa Bakar Kantor Desa",
        "Massa membakar kantor desa setelah hasil pilkades diumumkan. Polisi melepaskan gas air mata.",
    ),
    (
        "Tawuran Dua Kelompok Pemuda, Tiga Luka",
        "Dua kelompok pemuda saling serang dengan senjata tajam. Tiga orang luka dan dibawa ke rumah sakit.",
    ),
    (
        "Ratusan Mahasiswa Demo Tolak Kenaikan Tarif",
        "Ratusan mahasiswa berunjuk rasa di depan kantor DPRD menolak kenaikan tarif. Aksi berakhir tertib.",
    ),
    (
        "Densus 88 Tangkap Terduga Teroris",
        "Densus 88 menangkap terduga teroris dan menyita bahan peledak rakitan dari rumah kontrakan.",
    ),
    (
        "Warga Tolak Pembangunan Rumah Ibadah",
        "Sekelompok warga menolak pembangunan rumah ibadah dan memasang spanduk penolakan di lokasi.",
    ),
]
ORDINARY = [
    (
        "Striker Bawa Timnas Menang Telak",
        "Penyerang itu mencetak dua gol dan membawa tim menang pada laga kandang.",
    ),
    ("Harga Emas Naik Hari Ini", "Harga emas batangan naik lima ribu rupiah per gram pada perdagangan pagi."),
    ("Resep Ayam Bakar Madu", "Bakar ayam sampai matang, lalu olesi madu dan sajikan dengan sambal."),
    ("Bocoran Ponsel Baru, Kamera 200 Megapiksel", "Ponsel itu membawa baterai besar dan layar lebar."),
    ("Gempa Kecil Guncang Pesisir", "BMKG mencatat gempa berkekuatan kecil dan tidak berpotensi tsunami."),
]


@pytest.mark.parametrize(("title", "text"), EVENTS)
def test_an_event_is_flagged_from_the_title_and_from_the_summary(
    judge: Classifier, title: str, text: str
) -> None:
    assert one(judge, title).flagged
    assert one(judge, title, text).flagged


@pytest.mark.parametrize(("title", "text"), ORDINARY)
def test_ordinary_news_is_not_flagged(judge: Classifier, title: str, text: str) -> None:
    assert not one(judge, title, text).flagged


def test_an_event_outranks_ordinary_news_at_every_length(judge: Classifier) -> None:
    for cut in (0, 60, 1_000):
        events = judge.relevance([Document(id="e", title=t, text=x[:cut]) for t, x in EVENTS])
        ordinary = judge.relevance([Document(id="o", title=t, text=x[:cut]) for t, x in ORDINARY])
        assert events.min() > ordinary.max()


def test_a_fresh_clash_deep_in_a_ceremonial_article_still_counts(judge: Classifier) -> None:
    calm = "Bupati membuka festival dan menyerahkan hadiah lomba kepada peserta. "
    clash = "Bentrok dua kelompok warga pecah, dua orang tewas dan belasan rumah dibakar massa. "
    plain = one(judge, "Bupati Buka Festival", calm * 3)
    hidden = one(judge, "Bupati Buka Festival", calm * 3 + clash + calm * 2)
    assert hidden.relevance > plain.relevance


def test_probabilities_codes_and_thresholds_are_in_range(judge: Classifier) -> None:
    for title, text in (*EVENTS, *ORDINARY, ("", ""), ("?", "\n\n"), ("x" * 5_000, "y " * 5_000)):
        found = one(judge, title, text)
        assert 0.0 <= found.relevance <= 1.0
        assert 0.0 < found.threshold < 1.0
        assert found.issue.code is None or found.issue.code in ISSUES
        assert found.form.code is None or found.form.code in FORMS
        assert found.realis.code is None or found.realis.code in REALIS
        assert not found.flagged or found.relevance >= found.threshold
        assert found.reasons[0].startswith(("Ditandai karena", "Tidak ditandai"))
        assert found.model == judge.name_


def test_issue_and_form_of_plain_events_are_told(judge: Classifier) -> None:
    found = one(judge, *EVENTS[0])
    assert (found.issue.code, found.form.code, found.realis.code) == ("E1", "F3", "A")
    assert one(judge, *EVENTS[4]).issue.code == "I1"
    assert one(judge, *EVENTS[3]).form.code == "F2"


def test_evidence_points_at_the_words_of_the_original(judge: Classifier) -> None:
    document = Document(
        id="x",
        title="Warga B.l.o.k.i.r Jalan",
        text="SAMPIT – Warga mem\u00adblokir jalan kebun. Harga cabai turun.",
    )
    (found,) = judge.assess([document])
    assert found.obfuscated
    kinds = {e.kind for e in found.evidence}
    assert {EvidenceKind.TERM, EvidenceKind.SENTENCE} <= kinds
    for e in found.evidence:
        assert document.body[e.start : e.end] == e.text
    sentence = next(e for e in found.evidence if e.kind is EvidenceKind.SENTENCE)
    assert "cabai" not in sentence.text
    assert any(e.weight > 0 for e in found.evidence if e.kind is EvidenceKind.TERM)


def test_the_terms_add_up_to_the_log_odds_they_explain(judge: Classifier) -> None:
    from models.features import read

    reading = read("Warga Tutup Jalan", "Puluhan warga menutup jalan kebun. Polisi datang ke lokasi.")
    scores = judge.heads_.score(reading, explain=1)
    total = sum(t.weight for t in scores.terms) + float(judge.heads_.bias[0])
    assert total == pytest.approx(float(scores.views[-1, 0]), abs=1e-3)


def test_scoring_alone_and_in_company_is_the_same(judge: Classifier) -> None:
    documents = [Document(id=str(i), title=t, text=x) for i, (t, x) in enumerate((*EVENTS, *ORDINARY))]
    together = judge.relevance(documents)
    alone = np.array([judge.relevance([d])[0] for d in reversed(documents)])[::-1]
    assert np.allclose(together, alone)
    assert np.allclose(together, [a.relevance for a in judge.assess(documents)])


def test_the_working_point_bounds_the_misses_with_confidence() -> None:
    scores = np.arange(1, 138) / 138
    missed = int((scores < working_point(scores, 0.05)).sum())
    # one more missed and the binomial tail no longer excludes a miss rate of 5 %
    assert binom.cdf(missed, len(scores), 0.05) <= 0.05 < binom.cdf(missed + 1, len(scores), 0.05)
    assert missed_at_most(missed, len(scores)) <= 0.05 < missed_at_most(missed + 1, len(scores))


def test_the_promise_of_the_working_point_holds_in_repeated_draws() -> None:
    draws = np.random.default_rng(3).normal(size=(2_000, 137))
    # the true share below each chosen threshold may exceed 5 % in at most one draw in twenty (and noise)
    broken = np.mean([norm.cdf(working_point(row, 0.05)) > 0.05 for row in draws])
    assert broken <= 0.065


def test_too_few_relevant_items_promise_no_more_than_they_can() -> None:
    scores = np.arange(1, 31) / 31
    assert working_point(scores, 0.05) == scores[0]
    assert missed_at_most(0, 30) == pytest.approx(1 - 0.05 ** (1 / 30))
    assert missed_at_most(30, 30) == 1.0


def test_every_length_has_its_threshold_and_says_what_it_missed(judge: Classifier) -> None:
    assert set(judge.thresholds_) == set(judge.guarantees_) == set(KINDS)
    for missed, relevant, bound in judge.guarantees_.values():
        assert relevant >= 100
        assert bound == missed_at_most(missed, relevant)
        assert bound <= 0.05
    missed = sum(missed for missed, _, _ in judge.guarantees_.values())
    assert missed + sum(judge.set_aside_relevant_.values()) <= 24


def test_of_whole_days_no_more_irrelevant_news_is_flagged_than_the_desk_can_spare(judge: Classifier) -> None:
    for kind, (flagged, irrelevant) in judge.stream_flagged_.items():
        assert irrelevant >= 8_000
        assert flagged <= judge.spare * (2 if kind == "title" else 1) * irrelevant
    # the promise may ask for more; this model's does not
    assert judge.thresholds_["summary"] <= 0.01 >= judge.thresholds_["text"]


def test_the_relevance_is_the_sum_of_its_parts(judge: Classifier) -> None:
    for title, text in (*EVENTS, *ORDINARY):
        for found in (one(judge, title), one(judge, title, text), one(judge, title, text * 12)):
            assert probability_of(found.parts) == pytest.approx(found.relevance, abs=1e-12)
            assert {name for name, _ in found.parts} <= {"base", *SIGNALS}


def test_what_happens_abroad_is_less_likely_to_matter_here(judge: Classifier) -> None:
    told = (
        "Ratusan warga berunjuk rasa dan bentrok dengan polisi di {}. Massa membakar ban dan merusak kantor."
    )
    here, abroad = (
        one(judge, f"Unjuk Rasa di {place} Ricuh", told.format(place)) for place in ("Sampit", "Prancis")
    )
    assert here.relevance > abroad.relevance


def test_perturbed_hostile_titles_score_like_their_twins(judge: Classifier) -> None:
    folder = SHARED / "hostile" / "feeds" / "adversarial_text"
    if not folder.exists():
        pytest.skip("the shared hostile feeds are not present")
    for path in sorted(folder.glob("*.xml")):
        items = ET.parse(path).getroot().iter("item")
        clean, bad = (
            one(judge, item.findtext("title") or "", item.findtext("description") or "") for item in items
        )
        if path.stem in ("body-negation", "body-satire", "body-quote-old"):
            continue
        tolerance = 0.25 if path.stem.startswith("body") else 0.15
        assert abs(clean.relevance - bad.relevance) <= tolerance or bad.obfuscated, path.stem


@pytest.mark.parametrize(
    "disguise",
    [
        lambda s: s.replace("a", "а").replace("e", "е"),
        "\u200b".join,
        lambda s: s.upper(),
        lambda s: s.replace(" ", "🔥"),
        ".".join,
        lambda s: " ".join(w[0] + w[2] + w[1] + w[3:] if len(w) > 3 else w for w in s.split()),
        lambda s: f'{{"relevant": false, "score": 0.0}} {s}',
    ],
)
def test_a_disguised_indonesian_title_scores_like_the_clean_one(judge: Classifier, disguise: object) -> None:
    title = "Massa bakar kantor desa di Kotim, polisi lepas gas air mata"
    assert callable(disguise)
    clean, bad = one(judge, title), one(judge, disguise(title))
    assert abs(clean.relevance - bad.relevance) <= 0.15 or bad.obfuscated


def test_training_twice_gives_the_same_model(tmp_path: Path) -> None:
    rows = [
        row
        for path in sorted(TRAINING.glob("*.csv"))
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    ]
    if not rows:
        pytest.skip("models/training holds no news yet")
    few = [*itertools.islice((r for r in rows if r["flag"] == "1"), 60)]
    few += [*itertools.islice((r for r in rows if r["flag"] == "0"), 60)]
    path = tmp_path / "few.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(few[0]))
        writer.writeheader()
        writer.writerows(few)
    first, second = train([path], seed=5), train([path], seed=5)
    documents = [Document(id="1", title=t, text=x) for t, x in EVENTS]
    assert first.name_ == second.name_
    assert np.array_equal(first.relevance(documents), second.relevance(documents))
    with pytest.raises(ValueError, match="no training news"):
        train([], seed=5)
