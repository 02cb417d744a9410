"""Masking of persons outside the raw text: names, initials with ages, numbers that lead to one person."""

from __future__ import annotations

import functools
import re

from models.gazetteer import gazetteer
from models.lexicon import ETHNONYMS, OUTLETS, RELIGIONS

NAME, NUMBER = "[nama]", "[nomor]"

_NUMBERS = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,24}){1,4}"
    r"|(?<![\w.,])\d{16}(?!\d)"
    r"|(?<![\w.,])(?:\+62|62|0)[ -]?8\d{1,3}(?:[ -]?\d{3,4}){2,3}(?!\d)"
    r"|(?<![\w.,])\(?0\d{2,3}\)?[ -]\d{5,8}(?!\d)"
    r"|\b(?:KH|DA|KT|KB|[ABDEFGHKLMNPRSTW]|AB|AD|AE|AG|BA|BE|BG|BH|BK|BL|BM|BN|BP|DB|DC|DD|DE|DK|DL|DM|DN|DP|DR|DS|DT"
    r"|EA|EB|ED|KU|PA|PB) \d{1,4} [A-Z]{1,3}\b"
)
_INITIALS = re.compile(r"\b[A-Z](?:\.? ?[A-Z]){0,3}\.?(?= ?\(\d{1,2}(?: ?(?:tahun|th|thn))?\))")
_LETTERS = re.compile(r"(?<=\bberinisial )[A-Z](?:\.?[A-Z]){0,3}\b|(?<=\binisial )[A-Z](?:\.?[A-Z]){0,3}\b")
_WORD = re.compile(r"[A-Z][A-Za-z'’.-]*[A-Za-z.]|[A-Z]\b|[a-z]+|\(\d{1,2}(?: ?(?:tahun|th|thn))?\)|[\"”“,.:;()!?\n]")
_SPEECH = frozenset(
    "kata ujar tutur ucap ungkap jelas tegas terang sebut imbuh tambah papar beber pungkas kilah lanjut sambung cetus"
    " katanya ujarnya tuturnya ucapnya ungkapnya jelasnya tegasnya terangnya sebutnya imbuhnya tambahnya paparnya"
    " bebernya pungkasnya menurut kepada oleh bernama atas_nama didampingi almarhum almarhumah".split()
)
_SAYING = frozenset(
    "mengatakan menyatakan menyebut menjelaskan menegaskan menuturkan mengungkapkan menambahkan menilai meminta"
    " membenarkan mengaku menyampaikan memaparkan mengimbau membantah berharap menyebutkan menerangkan berujar"
    " mengajak mengecam mendesak menanggapi memastikan mengklaim berkata dalam".split()
)
_TITLES = frozenset(
    "bupati gubernur walikota camat lurah kades kapolres kapolda kapolsek kapolresta dandim danrem kasat kabid kadis"
    " kepala ketua wakil sekretaris sekda bendahara anggota koordinator direktur manajer juru bicara humas kasi humasy"
    " presiden menteri jenderal mayor kapten letnan kolonel letkol letjen mayjen brigjen irjen komjen kombes akbp akp"
    " kompol ipda iptu aipda aiptu bripka bripda brigadir sersan serka serda kopda pratu praka ustaz ustad kiai kyai"
    " pendeta pastor damang mantir tokoh pengacara advokat hakim jaksa dokter dr drs ir hj h prof haji bapak pak ibu"
    " bu saudara sdr tersangka terdakwa terduga korban saksi pelaku warga aktivis kuasa hukum pemilik adat desa pj plt"
    " kadus demang panglima legislator wabup wagub wali kota kabag kasubag jubir kasatreskrim kasatlantas".split()
)
_DEGREES = frozenset("sh mh se mm sik mkn spd mpd ssos msi st mt ma phd ssi skm map sip shi amd dr hj".split())
# capitalised words that begin or belong to institutions, places, days: a run holding one is no person
_NOT_NAMES = frozenset(
    "kabupaten kota provinsi kecamatan desa kelurahan dusun jalan jl pt cv ud koperasi dinas badan kantor polres polda"
    " polsek polresta kodim korem koramil dprd dpr dpd mpr kpu bawaslu dewan majelis lembaga aliansi forum komisi"
    " fraksi partai serikat persatuan ikatan himpunan gerakan koalisi front organisasi universitas institut sekolah"
    " rumah sakit rsud puskesmas pengadilan kejaksaan kejari kejati mahkamah kementerian menteri republik indonesia"
    " kalimantan jawa sumatera sulawesi papua bali nusa maluku senin selasa rabu kamis jumat sabtu minggu ahad januari"
    " februari maret april mei juni juli agustus september oktober november desember satuan tim satgas satpol pp tni"
    " polri polisi bank perusahaan masyarakat warga kepala bupati gubernur wali camat ketua wakil presiden negeri"
    " negara pemerintah pemkab pemprov pemkot bpn bpbd bnn kesbangpol fkub fkdm mui dad walhi lsm ormas hgu sungai"
    " gunung pasar terminal pelabuhan bandara stadion jembatan pulau barat timur utara selatan tengah raya hulu hilir"
    " operasi undang peraturan pasal perda pilkada pemilu hari tahun bulan kitab daerah adat dayak kapolres kapolda"
    " komando resor sektor tokoh pemuda mahasiswa buruh petani umum pusat wilayah besar nasional sejahtera karya".split()
)
_STOPS = frozenset(
    "yang dan di ke dari untuk dengan pada dalam itu ini ia dia mereka kami kita saya para sang si juga akan telah"
    " sudah tidak karena namun tetapi saat ketika setelah sebelum usai hingga sejak menurut selain sementara seorang"
    " puluhan ratusan ribuan massa aksi polisi dua tiga empat lima enam tujuh delapan sembilan sepuluh belum jika bila"
    " hasil surat laporan kasus kejadian peristiwa semua setiap satu sebagian beberapa sejumlah adapun sebelumnya".split()
)


@functools.cache
def _place_words() -> frozenset[str]:
    places = gazetteer()
    names = [*places.names.values(), *places.villages, *places.districts, *places.all_names()]
    return frozenset(word for name in names for word in name.lower().split() if len(word) > 2)


def mask_names(text: str) -> str:
    """The text with persons as `[nama]` and personal numbers as `[nomor]`.

    A person is a run of capitalised words after a title or a verb of speech, before a verb of saying, or with an
    age in brackets. Names of places, institutions and agencies stay.
    """
    text = _NUMBERS.sub(NUMBER, text)
    text = _INITIALS.sub(NAME, text)
    text = _LETTERS.sub(NAME, text)
    tokens = [(m[0], m.start(), m.end()) for m in _WORD.finditer(text)]
    out: list[str] = []
    done = i = 0
    while i < len(tokens):
        if not _could_be_name(tokens[i][0]):
            i += 1
            continue
        j = i
        while j < len(tokens) and _could_be_name(tokens[j][0]) and (j == i or _near(text, tokens, j)) and j - i < 7:
            j += 1
        start, stop = _person(tokens, i, j)
        if start < stop:
            a, b = tokens[start][1], tokens[stop - 1][2]
            while text[b - 1] in ".'" and b > a:
                b -= 1
            out += [text[done:a], NAME]
            done = b
        i = max(j, i + 1)
    out.append(text[done:])
    return "".join(out)


def _near(text: str, tokens: list[tuple[str, int, int]], j: int) -> bool:
    return text[tokens[j - 1][2] : tokens[j][1]] in (" ", "  ", "")


def _could_be_name(word: str) -> bool:
    return word[0].isupper() and not (len(word) > 4 and word.isupper() and "." not in word)


def _person(tokens: list[tuple[str, int, int]], i: int, j: int) -> tuple[int, int]:
    """Which of the capitalised tokens i..j are a person's name (start == stop: none)."""
    before = [tokens[k][0].lower().strip(".") for k in range(max(0, i - 2), i)]
    after = tokens[j][0].lower() if j < len(tokens) else ""
    start = i
    titled = False
    # a title written with a capital stands inside the run: "Kapolres AKBP Xxx Yyy"
    while start < j and tokens[start][0].lower().strip(".") in _TITLES:
        titled = True
        start += 1
    inside = [tokens[k][0].lower().strip(".,'") for k in range(start, j)]
    while inside and inside[-1] in _DEGREES and len(inside) > 1:
        inside.pop()
    words = [w for w in inside if w not in ("bin", "binti")]
    if not words or any(_impersonal(word) for word in words):
        return _tail(tokens, start, j) if titled or before[-1:] and before[-1] in _TITLES else (i, i)
    if start == i and len(words) == 1 and before[-1:] and before[-1] in (".", "\n", '"', "“"):
        spoken = after in _SAYING and after != "dalam"
    else:
        spoken = after in _SAYING and after != "dalam"
    aged = after.startswith("(") and len(after) > 2 and after[1].isdigit()
    led = bool(before) and (before[-1] in _SPEECH or before[-1] in _TITLES)
    comma_led = len(before) == 2 and before[1] == "," and before[0] in _TITLES
    if titled or led or aged or comma_led or (spoken and (len(words) > 1 or start > 0)):
        return start, j
    return i, i


def _tail(tokens: list[tuple[str, int, int]], start: int, j: int) -> tuple[int, int]:
    """"Kepala Dinas Sosial Xxx Yyy": after the last impersonal word, two more words are a name."""
    last = start
    for k in range(start, j):
        if _impersonal(tokens[k][0].lower().strip(".,'")):
            last = k + 1
    if last < j and (j - last >= 2 or tokens[last - 1][0].lower().strip(".") in _TITLES) and last > start:
        words = [tokens[k][0].lower() for k in range(last, j)]
        return (last, j) if not any(_impersonal(w) for w in words) else (j, j)
    return j, j


def _impersonal(word: str) -> bool:
    return (
        word in _NOT_NAMES
        or word in _STOPS
        or word in ETHNONYMS
        or word in RELIGIONS
        or word in OUTLETS
        or word in _place_words()
    )
