"""Is it the same text? Precision and recall on planted edits: `python benchmarks/incidents_pairs.py`.

Every text of the bundled sample days and, where present, of the captures and of `labelled_dev.csv` (read
where they lie, nothing of them is kept) is reprinted as portals do, ten edits each (seeded): another title,
outlet, tail and "Baca juga", a sentence left out or added, sentences swapped, words replaced, a letter in 300
mistyped, all of it together. A text and its reprint ought to be found. Texts under 30 words stand by
themselves (an edit weighs more there), those under 12 are left out.

Counted against it: form letters that differ in their regency alone, and any two different texts that are
taken for one. Two originals of which one holds nine tenths of the other's word triples are reprints that were
there before, and belong to neither side.

Found means what the desk does with the pair: `link` names the first as the same text.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from incidents import MODEL, SHARED, capture_answers, sample_outcomes  # noqa: E402

from feeds import close_parsers  # noqa: E402
from models import Document  # noqa: E402
from screening.linking import Candidate, Joins, Known, known, link  # noqa: E402
from screening.taxonomy import REGENCIES  # noqa: E402

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LEAST, SHORT = 12, 30
SENTENCE = re.compile(r"(?<=[.!?])\s+")
SWAPS = {
    "mengatakan": "menyebut", "menyatakan": "menegaskan", "warga": "masyarakat", "karena": "sebab",
    "polisi": "aparat", "sekitar": "kurang lebih", "namun": "tetapi", "saat": "ketika", "kata": "ujar",
    "untuk": "guna", "juga": "pun", "sudah": "telah", "tidak": "tak", "para": "sejumlah",
    "mengaku": "menuturkan",
}  # fmt: skip
LETTERS = (
    "Pemerintah daerah {0} menyalurkan bantuan beras kepada warga kurang mampu. Penyaluran dilakukan di "
    "halaman kantor bupati dan akan berlanjut ke seluruh kecamatan sampai akhir bulan ini.",
    "Polres {0} menggelar apel kesiapan pengamanan. Kapolres mengatakan personel ditempatkan di titik rawan "
    "dan mengajak masyarakat menjaga ketertiban selama kegiatan berlangsung.",
    "Warga menutup jalan angkut sawit di {0} sejak pagi. Mereka menuntut perusahaan menyerahkan lahan plasma "
    "yang dijanjikan, sedangkan perusahaan meminta waktu sepekan untuk menjawab.",
    "Mahasiswa berunjuk rasa damai di depan kantor DPRD {0}. Massa menyampaikan tuntutan soal beasiswa dan "
    "membubarkan diri dengan tertib setelah diterima pimpinan dewan.",
    "Dua kelompok pemuda bentrok di {0} pada malam hari. Tiga orang luka dan satu sepeda motor dibakar "
    "sebelum polisi datang memisahkan kedua kubu.",
)
FILLER = "Hingga berita ini diturunkan, pihak terkait belum memberikan keterangan tambahan."
TAIL = "\nBaca juga: Harga Cabai Naik Menjelang Akhir Pekan\nEditor: Redaksi\n(red1)"

Edit = Callable[[str, str, random.Random], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    title: str
    body: str


def sentences(body: str) -> list[str]:
    return [part for part in SENTENCE.split(body) if part]


def retitled(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    return f"Terungkap, Begini Kronologi Kejadian di {rng.choice(('Lapangan', 'Lokasi'))}", body


def redated(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    return title, f"KABARUJI.EXAMPLE, {body}"


def tailed(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    return title, body + TAIL


def shortened(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    parts = sentences(body)
    if len(parts) > 3:
        del parts[rng.randrange(1, len(parts))]
    return title, " ".join(parts)


def lengthened(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    parts = sentences(body)
    if len(parts) > 2:
        parts.insert(rng.randrange(1, len(parts)), FILLER)
    return title, " ".join(parts)


def swapped(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    parts = sentences(body)
    if len(parts) > 3:
        at = rng.randrange(1, len(parts) - 1)
        parts[at], parts[at + 1] = parts[at + 1], parts[at]
    return title, " ".join(parts)


def reworded(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    words = body.split(" ")
    known_words = [at for at, word in enumerate(words) if word in SWAPS]
    for at in rng.sample(known_words, min(len(known_words), max(1, len(words) // 30))):
        words[at] = SWAPS[words[at]]
    return title, " ".join(words)


def mistyped(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    letters = list(body)
    for _ in range(max(1, len(letters) // 300)):
        at = rng.randrange(1, len(letters) - 1)
        letters[at], letters[at - 1] = letters[at - 1], letters[at]
    return title, "".join(letters)


def respelt(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    return title.upper(), body.replace("\u2013", "-").replace('"', "\u201d").replace(" persen", "%")


def everything(title: str, body: str, rng: random.Random) -> tuple[str, str]:
    for edit in (retitled, redated, reworded, shortened, tailed):
        title, body = edit(title, body, rng)
    return title, body


EDITS: tuple[Edit, ...] = (
    retitled, redated, tailed, shortened, lengthened, swapped, reworded, mistyped, respelt, everything,
)  # fmt: skip


def read_texts() -> dict[str, list[Text]]:
    """Texts by where they come from."""
    found: dict[str, list[Text]] = {}
    _listings, outcomes = sample_outcomes()
    found["sample"] = [Text(title=e.title, body=e.text) for one in outcomes for e in one.parsed.entries]
    captures = SHARED / "feeds" / "captures"
    if captures.is_dir():
        _feeds, answers = capture_answers(captures)
        entries = {e.link: e for _moment, _number, one in answers for e in one.parsed.entries}
        found["captures"] = [Text(title=e.title, body=e.text) for e in entries.values()]
    labelled = SHARED / "data" / "labelled_dev.csv"
    if labelled.is_file():
        with labelled.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        found["labelled_dev"] = [Text(title=row["title"], body=row["lead"]) for row in rows]
    return {name: [one for one in texts if len(one.body.split()) >= LEAST] for name, texts in found.items()}


def judged(texts: Sequence[tuple[str, str]]) -> Iterator[Known]:
    documents = [
        Document(id=str(n), title=title, text=body, published=NOW) for n, (title, body) in enumerate(texts, 1)
    ]
    for number, (document, said) in enumerate(zip(documents, MODEL.assess(documents), strict=True), 1):
        yield known(number, document.title, document.text, NOW, "", said)


def same(one: Known, other: Known) -> bool:
    found = link(other, [Candidate(incident_id=1, reports=(one,))])
    return isinstance(found, Joins) and found.same_text_as is not None


def shared_triples(one: str, other: str) -> float:
    sets = [
        {tuple(words[at : at + 3]) for at in range(len(words) - 2)}
        for words in (re.findall(r"\w+", text.casefold()) for text in (one, other))
    ]
    least = min(map(len, sets))
    return len(sets[0] & sets[1]) / least if least else 0.0


def measure(name: str, texts: Sequence[Text], *, wrong: bool) -> tuple[int, int, int]:
    """(reprints planted, found, pairs taken for one that are not), printed."""
    rng = random.Random(name)
    originals = list(judged([(one.title, one.body) for one in texts]))
    missed: Counter[str] = Counter()
    planted = found = 0
    for edit in EDITS:
        copies = list(judged([edit(one.title, one.body, rng) for one in texts]))
        hits = [same(one, copy) for one, copy in zip(originals, copies, strict=True)]
        planted += len(hits)
        found += sum(hits)
        missed[edit.__name__] = len(hits) - sum(hits)
    alike = [
        (one, other)
        for one, other in combinations(originals, 2)
        if same(one, other) and shared_triples(one.text, other.text) < 0.9
    ]
    print(
        f"{name:<26}{len(texts):>6}{planted:>9}{found / planted:>8.4f}{found / (found + len(alike)):>11.4f}"
        f"{len(alike):>7}   missed: "
        + ", ".join(f"{edit} {count}" for edit, count in missed.most_common() if count)
    )
    if wrong:
        for one, other in alike:
            print(f"    {one.title[:70]} | {other.title[:70]}")
    return planted, found, len(alike)


def false_letters() -> tuple[int, int]:
    """(pairs of one letter from two regencies taken for one, pairs)."""
    wrong = pairs = 0
    for letter in LETTERS:
        names = [name if name.startswith("Kota ") else f"Kabupaten {name}" for _code, name in REGENCIES]
        told = list(judged([("Kabar Daerah", letter.format(name)) for name in names]))
        found = [same(one, other) for one, other in combinations(told, 2)]
        wrong, pairs = wrong + sum(found), pairs + len(found)
    return wrong, pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--wrong", action="store_true", help="show the pairs wrongly taken for one")
    chosen = parser.parse_args()
    print(f"{'texts of':<26}{'texts':>6}{'planted':>9}{'recall':>8}{'precision':>11}{'wrong':>7}")
    totals = []
    for name, texts in read_texts().items():
        for kind, short in ((name, False), (f"{name}, under {SHORT} words", True)):
            some = [one for one in texts if (len(one.body.split()) < SHORT) is short]
            if some:
                totals.append(measure(kind, some, wrong=chosen.wrong))
    wrong, pairs = false_letters()
    print(f"form letters of two regencies taken for one: {wrong} of {pairs}")
    planted, found, alike = (sum(each) for each in zip(*totals, strict=True))
    print(f"all: recall {found / planted:.4f}, precision {found / (found + alike + wrong):.4f}")
    close_parsers()


if __name__ == "__main__":
    main()
