"""What the words say happened: dead, injured, crowds, fire, blockades; by rules, with negation and voice.

"ter-" is accident or state (terbakar), "di-" and "me-" are deeds (dibakar, membakar); "tidak ada korban jiwa"
is no dead; "nyaris bentrok" is no clash.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from models.records import Count, Evidence, EvidenceKind, Facts
from models.text import normalise

_UNITS = {
    "satu": 1, "seorang": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8,
    "sembilan": 9, "sepuluh": 10, "sebelas": 11,
}  # fmt: skip
_VAGUE = {
    "beberapa": (2, 9), "sejumlah": (2, 9), "belasan": (11, 19), "puluhan": (10, 99), "ratusan": (100, 999),
    "ribuan": (1_000, 9_999), "puluhan ribu": (10_000, 99_999), "ratusan ribu": (100_000, 999_999),
    "jutaan": (1_000_000, None),
}  # fmt: skip
_NUMBER = (
    r"(?:puluhan ribu|ratusan ribu|puluhan|ratusan|ribuan|jutaan|belasan|beberapa|sejumlah|seorang"
    r"|(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas)(?:"
    r" (?:belas|puluh|ratus|ribu))?"
    r"(?: (?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan))?|\d{1,3}(?:\.\d{3})+|\d{1,6})"
)
_PEOPLE = (
    r"(?:orang|warga|korban|anggota|polisi|petugas|aparat|pemuda|remaja|mahasiswa|buruh|petani|pelajar"
    r"|prajurit"
    r"|pekerja|pendemo|demonstran|nelayan|sopir|karyawan|santri|penambang|personel|jiwa|pedagang"
    r"|perempuan|anak)"
)
_NEGATION = re.compile(
    r"\b(?:tidak|tak|bukan|belum|tanpa|nihil|jangan|batal|urung|gagal|membantah|bantah|dibantah|cegah"
    r"|mencegah"
    r"|antisipasi|mengantisipasi|hoaks|agar|supaya|menghindari|potensi|rawan|dikhawatirkan|simulasi"
    r"|skenario)\b"
    r"(?! hanya)[^.,;!?\n]{0,48}\Z", re.IGNORECASE,
)  # fmt: skip
_NEAR_MISS = re.compile(
    r"\b(?:nyaris|hampir(?: saja)?|berpotensi|terancam)\b[^.,;!?\n]{0,24}\Z", re.IGNORECASE
)

_NONE_AFTER = re.compile(r"[^.,;!?\n]{0,12}\b(?:nihil|tidak ada)\b")

_DEAD = re.compile(
    rf"\b(?:(?P<n1>{_NUMBER}) {_PEOPLE}(?: [\w-]+){{0,4}}? (?:tewas|meninggal|gugur|terbunuh|dibunuh)"
    rf"|(?:tewas(?:kan|nya)?|menewaskan|merenggut nyawa|meninggalnya) (?P<n2>{_NUMBER})(?: {_PEOPLE})?"
    rf"|korban (?:jiwa|tewas|meninggal)(?: \w+){{0,2}}? (?P<n3>{_NUMBER}) {_PEOPLE}"
    rf"|(?P<n4>{_NUMBER}) (?:{_PEOPLE} )?(?:tewas|meninggal(?: dunia)?|gugur)"
    r"|tewas|meninggal dunia|menewaskan|meregang nyawa|korban jiwa|kehilangan nyawa)\b", re.IGNORECASE,
)  # fmt: skip
_HURT = re.compile(
    rf"\b(?:(?P<n1>{_NUMBER}) {_PEOPLE}(?: [\w-]+){{0,4}}? (?:luka|terluka|cedera|dilarikan ke rumah"
    rf" sakit|kritis)"
    rf"|(?:melukai|mencederai) (?P<n2>{_NUMBER})(?: {_PEOPLE})?"
    rf"|korban luka(?: \w+){{0,2}}? (?P<n3>{_NUMBER}) {_PEOPLE}"
    rf"|(?P<n4>{_NUMBER}) (?:{_PEOPLE} )?(?:luka(?:-luka)?|terluka|cedera)"
    r"|luka(?:-luka| bacok| tembak| parah| berat| ringan| robek| serius| memar)|terluka|babak belur"
    r"|mengalami luka|menderita luka|berdarah|berlumur darah|patah tulang|cedera)\b", re.IGNORECASE,
)  # fmt: skip
_CROWD = re.compile(
    rf"\b(?P<n1>{_NUMBER})(?: (?:orang|gabungan|unit))?"
    rf" (?:massa|warga|mahasiswa|buruh|petani|pendemo|demonstran"
    r"|pengunjuk"
    r" rasa|nelayan|sopir|pengemudi|karyawan|pekerja|pedagang|pemuda|remaja|pelajar|emak-emak|ibu-ibu"
    r"|simpatisan|pendukung|peserta"
    r" aksi|orang|penambang|masyarakat|jemaah|umat|anggota|ojol|truk|santri|penduduk"
    r"|kepala keluarga|anak muda|suporter|petambang)\b", re.IGNORECASE,
)  # fmt: skip
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{alternatives})\b"))
    for name, alternatives in (
        (
            "displaced",
            r"mengungsi|pengungsi(?:an)? (?:konflik|bentrok)|warga diungsikan|terusir|meninggalkan kampung",
        ),
        (
            "arson",
            r"dibakar(?:nya)?|membakar(?! (?:ikan|semangat|lemak|sate|ban|kalori))|pembakaran(?! (?:lahan"
            r"|hutan|kalori|sampah|jagung))|dilalap api usai bentrok|hangus dibakar|bakar (?:rumah|kantor"
            r"|pos|camp|mobil|motor|mess|gedung|alat|fasilitas|ekskavator)|molotov",
        ),
        (
            "destruction",
            r"dirusak(?:nya)?|merusak(?! (?:citra|nama|alam|moral|lingkungan|kesehatan|ekosistem))"
            r"|perusakan|pengrusakan|rusak (?:kantor|rumah|mobil|pos|pagar|gedung)|dijarah|menjarah"
            r"|penjarahan|melempari|dilempari|pelemparan|kaca (?:\w+ ){0,2}pecah|dirobohkan|merobohkan"
            r"|memecahkan kaca|diobrak-abrik|porak-poranda",
        ),
        (
            "clash",
            r"bentrok(?:an)?(?! jadwal)|baku hantam|adu jotos|saling serang|saling lempar|tawuran|ricuh"
            r"|kericuhan|rusuh|kerusuhan|baku tembak|kontak tembak|perkelahian massal|keroyok(?:an)?"
            r"|dikeroyok|mengeroyok|pengeroyokan|diamuk massa|amuk massa|anarkis|baku pukul|bakalahi|carok",
        ),
        (
            "shots",
            r"tembakan (?:peringatan|ke udara|senjata|petugas|aparat)|melepaskan tembakan|ditembak(?:i)?"
            r"|menembak(?:i)?|penembakan|tertembak|baku tembak|kontak tembak|luka tembak|peluru (?:karet"
            r"|tajam)",
        ),
        (
            "tear_gas",
            r"gas air mata|water cannon|meriam air",
        ),
        (
            "weapons",
            r"senjata tajam|sajam|senjata api|senpi|parang|celurit|golok|mandau|tombak|busur panah|panah"
            r"|samurai|badik|klewang|egrek|dodos|bom molotov|senapan|pedang|timpas",
        ),
        (
            "hostage_or_sweeping",
            r"disandera|menyandera|penyanderaan|sandera|sweeping|disekap|menyekap|penyekapan",
        ),
        (
            "attack_on_office",
            r"(?:serang|menyerang|diserang|merusak|dirusak|bakar|membakar|dibakar|melempari|dilempari"
            r"|perusakan|pembakaran|penyerangan)(?: \w+){0,3} (?:kantor|gedung|polsek|polres|pos polisi"
            r"|mapolsek|mapolres|balai desa|dprd)|(?:kantor|gedung|polsek|polres|pos"
            r"|mapolsek)(?: [\w.]+){0,4} (?:diserang|dirusak|dibakar|dilempari)",
        ),
        (
            "attack_on_officials",
            r"(?:polisi|petugas|aparat|anggota (?:tni|polri|polisi|satpol pp|panwascam|kpps)|kades"
            r"|kepala desa|camat|babinsa|prajurit|lurah|penyelenggara)(?: [\w.]+){0,4} (?:diserang"
            r"|dikeroyok|dianiaya|dipukul(?:i)?|dibacok|ditikam|disandera|diintimidasi)|(?:menyerang"
            r"|mengeroyok|memukul(?:i)?|menganiaya|serang|keroyok|penyerangan terhadap"
            r"|pengeroyokan) (?:\w+ ){0,2}(?:polisi|petugas|aparat|anggota (?:tni|polri)|kades|kepala desa"
            r"|camat|prajurit)",
        ),
        (
            "terror",
            r"teroris(?:me)?|ancaman bom|teror bom|bom bunuh diri|bom rakitan|bahan peledak|densus 88"
            r"|bom meledak|baiat|jaringan (?:jad|ji|isis)",
        ),
        (
            "identity_framing",
            r"antar-?suku|antar-?etnis|antar-?agama|antar-?umat|beda suku|suku (?:lain|pendatang)"
            r"|warga pendatang|penghina(?:an)? suku|penistaan agama|rumah ibadah|tempat ibadah"
            r"|pembangunan (?:gereja|masjid|pura|vihara|kapel)|(?:penolakan|penyegelan"
            r"|pembubaran) (?:\w+ )?(?:gereja|masjid|ibadah|kebaktian|pura)|intoleransi|sara",
        ),
        (
            "ultimatum",
            r"ultimatum|mengultimatum|diultimatum|tenggat|batas waktu|(?:dua|tiga|2|3) ?x ?24 jam"
            r"|beri waktu|memberi waktu",
        ),
        (
            "threat_of_force",
            r"ancam(?: \w+){0,4} (?:bakar|serang|usir|bunuh|kekerasan|bongkar|duduki|turun dengan massa"
            r"|massa lebih besar)|mengancam (?:\w+ ){0,3}(?:membakar|menyerang|mengusir|membunuh"
            r"|bertindak sendiri|melakukan kekerasan)|ancaman (?:bom|pembunuhan|kekerasan|fisik)|diusir"
            r"|mengusir|pengusiran|akan diusir|siap perang|ajakan menyerang",
        ),
        (
            "blockade",
            r"blokir(?! rekening)|memblokir(?! (?:rekening|situs|akun|nomor))|diblokir(?! (?:komdigi"
            r"|bank))|blokade|memblokade|diblokade|portal jalan|memortal|diportal|memportal"
            r"|dipasang(?:i)? portal|hinting|disegel (?:warga|massa)|menyegel|segel (?:kantor|kantor desa"
            r"|pabrik|tambang|sekolah)|duduki (?:lahan|kantor|kebun|blok|gedung)|menduduki (?:lahan|kantor"
            r"|kebun|gedung|area|blok)|pendudukan|menutup (?:\w+ ){0,2}(?:jalan|akses|jembatan|gerbang"
            r"|kebun|tambang)|tutup (?:jalan|akses|jembatan|gerbang)|menghadang|dihadang|hadang|mengadang"
            r"|adang|digembok|menggembok|gembok",
        ),
        (
            "guarding",
            r"berjaga(?:-jaga)?(?: [\w-]+){0,5} (?:kampung|desa|malam|parang|sajam|permukiman)"
            r"|jaga kampung|ronda (?:malam|kampung|siaga)|warga berjaga|menjaga kampung"
            r"|siskamling diperketat",
        ),
        (
            "eviction",
            r"digusur|menggusur|penggusuran|gusur|pengosongan (?:paksa|lahan|rumah)|eksekusi (?:lahan"
            r"|rumah)|pembongkaran paksa|dibongkar paksa|tergusur",
        ),
        (
            "settled",
            r"sepakat (?:berdamai|damai|islah|mengakhiri)|kesepakatan (?:damai|bersama|tercapai)|berdamai"
            r"|islah|(?:portal|blokade|hinting|segel) (?:\w+ ){0,2}(?:dibuka|dilepas|dicabut)"
            r"|mediasi (?:berhasil|membuahkan)|membuka (?:kembali )?(?:blokade|portal|jalan)"
            r"|konflik (?:\w+ )?(?:tuntas|selesai)|surat perdamaian",
        ),
    )
)


# a rule's pattern runs only where one of its stems is met: looking for a stem costs almost nothing
_STEMS: dict[str, tuple[str, ...]] = {
    name: tuple(stem.replace("_", " ") for stem in stems.split())
    for name, stems in {
        "displaced": "ungsi terusir meninggalkan_kampung",
        "arson": "bakar molotov lalap",
        "destruction": "rusak jarah lempar pecah mecah roboh obrak poranda",
        "clash": "bentrok hantam jotos saling tawur ricuh rusuh tembak kelahi eroyok"
        " amuk anarki pukul kalahi carok",
        "shots": "tembak nembak peluru",
        "tear_gas": "gas_air cannon meriam",
        "weapons": "senjata sajam senpi parang celurit golok mandau tombak panah samurai badik klewang"
        " egrek dodos molotov senapan pedang timpas",
        "hostage_or_sweeping": "sandera nyandera sweeping sekap nyekap",
        "attack_on_office": "kantor gedung polsek polres pos balai_desa dprd",
        "attack_on_officials": "serang nyerang eroyok aniaya pukul mukul bacok tikam sandera intimidasi",
        "terror": "teror bom ledak densus baiat jaringan",
        "identity_framing": "antar suku pendatang agama ibadah gereja masjid pura vihara kapel"
        " intoleran sara",
        "ultimatum": "ultimatum tenggat batas_waktu 24 waktu",
        "threat_of_force": "ancam usir siap_perang ajakan",
        "blockade": "blokir blokade portal mortal hinting segel nyegel duduk tutup nutup hadang adang gembok",
        "guarding": "jaga ronda siskamling",
        "eviction": "gusur pengosongan eksekusi bongkar",
        "settled": "sepakat damai islah buka lepas cabut nyabut mediasi tuntas selesai",
        "dead": "tewas newas meninggal gugur bunuh nyawa jiwa",
        "injured": "luka cedera babak darah patah kritis rumah_sakit",
        "crowd": "",
    }.items()
}
_NO_CROWD_AFTER = re.compile(r" (?:\w+ )?(?:tewas|meninggal|gugur|luka|terluka|cedera|ditangkap|diamankan)")
_NO_CROWD_BEFORE = re.compile(r"\b(?:menewaskan|melukai|tewasnya|menangkap|mengamankan|korban) \Z")


def _possible(name: str, text: str) -> bool:
    stems = _STEMS[name]
    return not stems or any(stem in text for stem in stems)


def find_facts(title: str, text: str) -> Facts:
    """Facts of a document; spans count characters of `title + "\\n" + text`."""
    values: dict[str, object] = {}
    spans: list[Evidence] = []
    for base, source in ((0, title[:1_000]), (len(title) + 1, text[:12_000])):
        plain = normalise(source)
        low = plain.text.lower()
        if len(low) != len(plain.text):
            # a few letters grow in lower case; offsets matter more than they do
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain.text)
        met = [*_deeds(low, values), *_counts(low, values)]
        for match in met:
            start, end = plain.original(match.start(), match.end())
            spans.append(
                Evidence(
                    start=base + start,
                    end=base + end,
                    text=source[start:end],
                    weight=0.0,
                    kind=EvidenceKind.FACT,
                )
            )
    return Facts(**values, spans=tuple(sorted(spans, key=lambda e: e.start)[:24]))  # type: ignore[arg-type]


def _deeds(text: str, values: dict[str, object]) -> list[re.Match[str]]:
    """Note what happened in `values`; the matches that made it so."""
    met: list[re.Match[str]] = []
    for name, pattern in _RULES:
        for match in pattern.finditer(text) if _possible(name, text) else ():
            before = text[max(0, match.start() - 64) : match.start()]
            noted = name
            if name == "clash" and _NEAR_MISS.search(before):
                noted = "near_clash"
            elif _negated(before):
                continue
            if not values.get(noted):
                values[noted] = True
                met.append(match)
            if noted == name:
                break
    return met


def _negated(before: str) -> bool:
    found = _NEGATION.search(before)
    # "tidak ada korban jiwa dalam bentrokan" denies the dead, not the clash
    return found is not None and "korban" not in found[0]


def _counts(text: str, values: dict[str, object]) -> list[re.Match[str]]:
    """Note the numbers of dead, injured and people in a crowd; the first match of each."""
    met: list[re.Match[str]] = []
    for name, pattern in (("dead", _DEAD), ("injured", _HURT), ("crowd", _CROWD)):
        counts: list[Count] = []
        if not _possible(name, text):
            continue
        for match in itertools.islice(pattern.finditer(text), 40):
            before = text[max(0, match.start() - 64) : match.start()]
            if name != "crowd" and (_NEGATION.search(before) or _NEAR_MISS.search(before)):
                continue
            if name == "crowd" and (
                _NO_CROWD_AFTER.match(text, match.end()) or _NO_CROWD_BEFORE.search(before)
            ):
                continue
            if _NONE_AFTER.match(text[match.end() : match.end() + 24]):
                continue
            if not counts:
                met.append(match)
            counts.append(_count(match))
        known = values.get(name)
        merged = _merge([*([known] if isinstance(known, Count) else []), *counts])
        if merged is not None:
            values[name] = merged
    return met


def _count(match: re.Match[str]) -> Count:
    words = next((g for g in match.groups() if g), "")
    low, high = parse_number(words) if words else (1, None)
    return Count(low=low, high=high)


def _merge(counts: Iterable[Count]) -> Count | None:
    """Lowest of the named numbers to the highest; an unnumbered mention alone is "at least one"."""
    all_counts = list(counts)
    numbered = [c for c in all_counts if c.high is not None or c.low > 1]
    if not numbered:
        return all_counts[0] if all_counts else None
    best = max(numbered, key=lambda c: c.low)
    return best


def parse_number(words: str) -> tuple[int, int | None]:
    """Range of an Indonesian number: "ratusan" (100, 999), "dua belas" (12, 12), "1.432" (1432, 1432)."""
    low = words.lower().strip()
    if low in _VAGUE:
        return _VAGUE[low]
    digits = low.replace(".", "")
    if digits.isdigit():
        return int(digits), int(digits)
    total = current = 0
    for word in low.split():
        if word in _UNITS:
            current = _UNITS[word]
        elif word == "belas":
            current += 10
        elif word in ("puluh", "ratus", "ribu"):
            total += current * {"puluh": 10, "ratus": 100, "ribu": 1_000}[word]
            current = 0
    return (total + current, total + current) if total + current else (1, None)
