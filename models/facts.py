"""What the words say happened: dead, injured, crowds, fire, blockades; by rules, with negation and voice.

"ter-" is accident or state (terbakar), "di-" and "me-" are deeds (dibakar, membakar); "tidak ada korban jiwa"
is no dead; "nyaris bentrok" is no clash.
"""

from __future__ import annotations

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
    r"|(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas)(?: (?:belas|puluh|ratus|ribu))?"
    r"(?: (?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan))?|\d{1,3}(?:\.\d{3})+|\d{1,6})"
)
_PEOPLE = (
    r"(?:orang|warga|korban|anggota|polisi|petugas|aparat|pemuda|remaja|mahasiswa|buruh|petani|pelajar|prajurit"
    r"|pekerja|pendemo|demonstran|nelayan|sopir|karyawan|santri|penambang|personel|jiwa|pedagang|perempuan|anak)"
)
_NEGATION = re.compile(
    r"\b(?:tidak|tak|bukan|belum|tanpa|nihil|jangan|batal|urung|gagal|membantah|bantah|dibantah|cegah|mencegah"
    r"|antisipasi|mengantisipasi|hoaks|agar|supaya|menghindari|potensi|rawan|dikhawatirkan|simulasi|skenario)\b"
    r"(?! hanya)[^.,;!?\n]{0,48}\Z", re.I,
)  # fmt: skip
_NEAR_MISS = re.compile(r"\b(?:nyaris|hampir(?: saja)?|berpotensi|terancam)\b[^.,;!?\n]{0,24}\Z", re.I)

_DEAD = re.compile(
    rf"\b(?:(?P<n1>{_NUMBER}) {_PEOPLE}(?: [\w-]+){{0,4}}? (?:tewas|meninggal|gugur|terbunuh|dibunuh)"
    rf"|(?:tewas(?:kan|nya)?|menewaskan|merenggut nyawa|meninggalnya) (?P<n2>{_NUMBER})(?: {_PEOPLE})?"
    rf"|korban (?:jiwa|tewas|meninggal)(?: \w+){{0,2}}? (?P<n3>{_NUMBER}) {_PEOPLE}"
    rf"|(?P<n4>{_NUMBER}) (?:{_PEOPLE} )?(?:tewas|meninggal(?: dunia)?|gugur)"
    r"|tewas|meninggal dunia|menewaskan|meregang nyawa|korban jiwa|kehilangan nyawa)\b", re.I,
)  # fmt: skip
_HURT = re.compile(
    rf"\b(?:(?P<n1>{_NUMBER}) {_PEOPLE}(?: [\w-]+){{0,4}}? (?:luka|terluka|cedera|dilarikan ke rumah sakit|kritis)"
    rf"|(?:melukai|mencederai) (?P<n2>{_NUMBER})(?: {_PEOPLE})?"
    rf"|korban luka(?: \w+){{0,2}}? (?P<n3>{_NUMBER}) {_PEOPLE}"
    rf"|(?P<n4>{_NUMBER}) (?:{_PEOPLE} )?(?:luka(?:-luka)?|terluka|cedera)"
    r"|luka(?:-luka| bacok| tembak| parah| berat| ringan| robek| serius| memar)|terluka|babak belur"
    r"|mengalami luka|menderita luka|berdarah|berlumur darah|patah tulang|cedera)\b", re.I,
)  # fmt: skip
_CROWD = re.compile(
    rf"\b(?P<n1>{_NUMBER})(?: (?:orang|gabungan|unit))? (?:massa|warga|mahasiswa|buruh|petani|pendemo|demonstran"
    r"|pengunjuk rasa|nelayan|sopir|pengemudi|karyawan|pekerja|pedagang|pemuda|remaja|pelajar|emak-emak|ibu-ibu"
    r"|simpatisan|pendukung|peserta aksi|orang|penambang|masyarakat|jemaah|umat|anggota|ojol|truk|santri|penduduk"
    r"|kepala keluarga|anak muda|suporter|petambang)\b", re.I,
)  # fmt: skip
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{words})\b", re.I))
    for name, words in (
        ("displaced", r"mengungsi|pengungsi(?:an)? (?:konflik|bentrok)|warga diungsikan|terusir|meninggalkan kampung"),
        ("arson", r"dibakar(?:nya)?|membakar(?! (?:ikan|semangat|lemak|sate|ban|kalori))|pembakaran(?! (?:lahan|hutan"
                  r"|kalori|sampah|jagung))|dilalap api usai bentrok|hangus dibakar|bakar (?:rumah|kantor|pos|camp|mobil"
                  r"|motor|mess|gedung|alat|fasilitas|ekskavator)|molotov"),
        ("destruction", r"dirusak(?:nya)?|merusak(?! (?:citra|nama|alam|moral|lingkungan|kesehatan|ekosistem))"
                        r"|perusakan|pengrusakan|rusak (?:kantor|rumah|mobil|pos|pagar|gedung)|dijarah|menjarah"
                        r"|penjarahan|melempari|dilempari|pelemparan|kaca (?:\w+ ){0,2}pecah|dirobohkan|merobohkan"
                        r"|memecahkan kaca|diobrak-abrik|porak-poranda"),
        ("clash", r"bentrok(?:an)?(?! jadwal)|baku hantam|adu jotos|saling serang|saling lempar|tawuran|ricuh"
                  r"|kericuhan|rusuh|kerusuhan|baku tembak|kontak tembak|perkelahian massal|keroyok(?:an)?|dikeroyok"
                  r"|mengeroyok|pengeroyokan|diamuk massa|amuk massa|anarkis|baku pukul|bakalahi|carok"),
        ("shots", r"tembakan (?:peringatan|ke udara|senjata|petugas|aparat)|melepaskan tembakan|ditembak(?:i)?"
                  r"|menembak(?:i)?|penembakan|tertembak|baku tembak|kontak tembak|luka tembak|peluru (?:karet|tajam)"),
        ("tear_gas", r"gas air mata|water cannon|meriam air"),
        ("weapons", r"senjata tajam|sajam|senjata api|senpi|parang|celurit|golok|mandau|tombak|busur panah|panah"
                    r"|samurai|badik|klewang|egrek|dodos|bom molotov|senapan|pedang|timpas"),
        ("hostage_or_sweeping", r"disandera|menyandera|penyanderaan|sandera|sweeping|disekap|menyekap|penyekapan"),
        ("attack_on_office", r"(?:serang|menyerang|diserang|merusak|dirusak|bakar|membakar|dibakar|melempari|dilempari"
                             r"|perusakan|pembakaran|penyerangan)(?: \w+){0,3} (?:kantor|gedung|polsek|polres|pos polisi"
                             r"|mapolsek|mapolres|balai desa|dprd)|(?:kantor|gedung|polsek|polres|pos|mapolsek)"
                             r"(?: [\w.]+){0,4} (?:diserang|dirusak|dibakar|dilempari)"),
        ("attack_on_officials", r"(?:polisi|petugas|aparat|anggota (?:tni|polri|polisi|satpol pp|panwascam|kpps)"
                                r"|kades|kepala desa|camat|babinsa|prajurit|lurah|penyelenggara)(?: [\w.]+){0,4} "
                                r"(?:diserang|dikeroyok|dianiaya|dipukul(?:i)?|dibacok|ditikam|disandera|diintimidasi)"
                                r"|(?:menyerang|mengeroyok|memukul(?:i)?|menganiaya|serang|keroyok|penyerangan terhadap"
                                r"|pengeroyokan) (?:\w+ ){0,2}(?:polisi|petugas|aparat|anggota (?:tni|polri)|kades"
                                r"|kepala desa|camat|prajurit)"),
        ("terror", r"teroris(?:me)?|ancaman bom|teror bom|bom bunuh diri|bom rakitan|bahan peledak|densus 88|bom meledak"
                   r"|baiat|jaringan (?:jad|ji|isis)"),
        ("identity_framing", r"antar-?suku|antar-?etnis|antar-?agama|antar-?umat|beda suku|suku (?:lain|pendatang)"
                             r"|warga pendatang|penghina(?:an)? suku|penistaan agama|rumah ibadah|tempat ibadah"
                             r"|pembangunan (?:gereja|masjid|pura|vihara|kapel)|(?:penolakan|penyegelan|pembubaran)"
                             r" (?:\w+ )?(?:gereja|masjid|ibadah|kebaktian|pura)|intoleransi|sara"),
        ("ultimatum", r"ultimatum|mengultimatum|diultimatum|tenggat|batas waktu|(?:dua|tiga|2|3) ?x ?24 jam"
                      r"|beri waktu|memberi waktu"),
        ("threat_of_force", r"ancam(?: \w+){0,4} (?:bakar|serang|usir|bunuh|kekerasan|bongkar|duduki|turun dengan massa"
                            r"|massa lebih besar)|mengancam (?:\w+ ){0,3}(?:membakar|menyerang|mengusir|membunuh"
                            r"|bertindak sendiri|melakukan kekerasan)|ancaman (?:bom|pembunuhan|kekerasan|fisik)"
                            r"|diusir|mengusir|pengusiran|akan diusir|siap perang|ajakan menyerang"),
        ("blockade", r"blokir(?! rekening)|memblokir(?! (?:rekening|situs|akun|nomor))|diblokir(?! (?:komdigi|bank))"
                     r"|blokade|memblokade|diblokade|portal jalan|memortal|diportal|memportal|dipasang(?:i)? portal"
                     r"|hinting|disegel (?:warga|massa)|menyegel|segel (?:kantor|kantor desa|pabrik|tambang|sekolah)"
                     r"|duduki (?:lahan|kantor|kebun|blok|gedung)|menduduki (?:lahan|kantor|kebun|gedung|area|blok)"
                     r"|pendudukan|menutup (?:\w+ ){0,2}(?:jalan|akses|jembatan|gerbang|kebun|tambang)"
                     r"|tutup (?:jalan|akses|jembatan|gerbang)|menghadang|dihadang|hadang|mengadang|adang|digembok"
                     r"|menggembok|gembok"),
        ("guarding", r"berjaga(?:-jaga)?(?: [\w-]+){0,5} (?:kampung|desa|malam|parang|sajam|permukiman)|jaga kampung"
                     r"|ronda (?:malam|kampung|siaga)|warga berjaga|menjaga kampung|siskamling diperketat"),
        ("eviction", r"digusur|menggusur|penggusuran|gusur|pengosongan (?:paksa|lahan|rumah)|eksekusi (?:lahan|rumah)"
                     r"|pembongkaran paksa|dibongkar paksa|tergusur"),
        ("settled", r"sepakat (?:berdamai|damai|islah|mengakhiri)|kesepakatan (?:damai|bersama|tercapai)|berdamai|islah"
                    r"|(?:portal|blokade|hinting|segel) (?:\w+ ){0,2}(?:dibuka|dilepas|dicabut)|mediasi (?:berhasil"
                    r"|membuahkan)|membuka (?:kembali )?(?:blokade|portal|jalan)|konflik (?:\w+ )?(?:tuntas|selesai)"
                    r"|surat perdamaian"),
    )
)  # fmt: skip


def find_facts(title: str, text: str) -> Facts:
    """Facts of a document; spans count characters of `title + "\\n" + text`."""
    values: dict[str, object] = {}
    spans: list[Evidence] = []
    for base, source in ((0, title[:1_000]), (len(title) + 1, text[:12_000])):
        plain = normalise(source)
        body = plain.text

        def mark(match: re.Match[str], base: int = base, source: str = source) -> None:
            start, end = plain.original(match.start(), match.end())
            spans.append(
                Evidence(start=base + start, end=base + end, text=source[start:end], weight=0.0, kind=EvidenceKind.FACT)
            )

        for name, pattern in _RULES:
            for match in pattern.finditer(body):
                before = body[max(0, match.start() - 64) : match.start()]
                if name == "clash" and _NEAR_MISS.search(before):
                    if not values.get("near_clash"):
                        values["near_clash"] = True
                        mark(match)
                    continue
                if _NEGATION.search(before):
                    continue
                if not values.get(name):
                    values[name] = True
                    mark(match)
                break
        for name, pattern in (("dead", _DEAD), ("injured", _HURT), ("crowd", _CROWD)):
            counts = []
            for match in pattern.finditer(body):
                before = body[max(0, match.start() - 64) : match.start()]
                if name != "crowd" and (_NEGATION.search(before) or _NEAR_MISS.search(before)):
                    continue
                if re.match(r"[^.,;!?\n]{0,12}\b(?:nihil|tidak ada)\b", body[match.end() : match.end() + 24], re.I):
                    continue
                counts.append(_count(match))
                if len(counts) == 1:
                    mark(match)
                if len(counts) >= 12:
                    break
            known = values.get(name)
            merged = _merge([*([known] if isinstance(known, Count) else []), *counts])
            if merged is not None:
                values[name] = merged
    return Facts(**values, spans=tuple(sorted(spans, key=lambda e: e.start)[:24]))  # type: ignore[arg-type]


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
