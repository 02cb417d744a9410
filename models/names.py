"""Masking of persons outside the raw text: names, initials with ages, numbers that lead to one person."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from models.features import roots
from models.gazetteer import gazetteer
from models.lexicon import ETHNONYMS, OUTLETS, RELIGIONS, words

NAME, NUMBER = "[nama]", "[nomor]"

_NUMBERS = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,24}){1,4}"
    r"|(?<![\w.,])\d{16}(?!\d)"
    r"|(?<![\w.,])(?:\+62|62|0)[ -]?8\d{1,3}(?:[ -]?\d{3,4}){2,3}(?!\d)"
    r"|(?<![\w.,])\(?0\d{2,3}\)?[ -]\d{5,8}(?!\d)"
    r"|\b(?:KH|DA|KT|KB|[ABDEFGHKLMNPRSTW]|AB|AD|AE|AG|BA|BE|BG|BH|BK|BL|BM|BN|BP|DB|DC|DD|DE|DK|DL|DM"
    r"|DN|DP|DR|DS|DT"
    r"|EA|EB|ED|KU|PA|PB) \d{1,4} [A-Z]{1,3}\b"
)
_INITIALS = re.compile(r"\b[A-Z](?:\.? ?[A-Z]){0,3}\.?(?= ?\(\d{1,2}(?: ?(?:tahun|th|thn))?\))")
_AGED = re.compile(r"\[nama\],? ?\(\d{1,2}(?: ?(?:tahun|th|thn))?\)")
_LETTERS = re.compile(r"(?<=\bberinisial )[A-Z](?:\.?[A-Z]){0,3}\b|(?<=\binisial )[A-Z](?:\.?[A-Z]){0,3}\b")
_WORD = re.compile(
    r"[A-Z][A-Za-z'’.-]*[A-Za-z.]|[A-Z]\b|[a-z]+|\(\d{1,2}(?: ?(?:tahun|th|thn))?\)|[\"”“,.:;()!?\n]"
)
_SPEECH = words(
    "kata ujar tutur ucap ungkap jelas tegas terang sebut imbuh tambah papar beber pungkas kilah"
    " lanjut sambung cetus katanya ujarnya tuturnya ucapnya ungkapnya jelasnya tegasnya terangnya"
    " sebutnya imbuhnya tambahnya paparnya bebernya pungkasnya menurut kepada oleh bernama atas_nama"
    " didampingi almarhum almarhumah"
)
_SAYING = words(
    "mengatakan menyatakan menyebut menjelaskan menegaskan menuturkan mengungkapkan menambahkan"
    " menilai meminta membenarkan mengaku menyampaikan memaparkan mengimbau membantah berharap"
    " menyebutkan menerangkan berujar mengajak mengecam mendesak menanggapi memastikan mengklaim"
    " berkata dalam"
)
_TITLES = words(
    "bupati gubernur walikota camat lurah kades kapolres kapolda kapolsek kapolresta dandim danrem"
    " kasat kabid kadis kepala ketua wakil sekretaris sekda bendahara anggota koordinator direktur"
    " manajer juru bicara humas kasi humasy presiden menteri jenderal mayor kapten letnan kolonel"
    " letkol letjen mayjen brigjen irjen komjen kombes akbp akp kompol ipda iptu aipda aiptu bripka"
    " bripda brigadir sersan serka serda kopda pratu praka ustaz ustad kiai kyai pendeta pastor damang"
    " mantir tokoh pengacara advokat hakim jaksa dokter dr drs ir hj h prof haji bapak pak ibu bu"
    " saudara sdr tersangka terdakwa terduga korban saksi pelaku warga aktivis kuasa hukum pemilik"
    " adat desa pj plt kadus demang panglima legislator wabup wagub wali kota kabag kasubag jubir"
    " kasatreskrim kasatlantas"
)
_DEGREES = words("sh mh se mm sik mkn spd mpd ssos msi st mt ma phd ssi skm map sip shi amd dr hj")
# capitalised words that begin or belong to institutions, places, days: a run holding one is no person
_NOT_NAMES = words(
    "kabupaten kota provinsi kecamatan desa kelurahan dusun jalan jl pt cv ud koperasi dinas badan"
    " kantor polres polda polsek polresta kodim korem koramil dprd dpr dpd mpr kpu bawaslu dewan"
    " majelis lembaga aliansi forum komisi fraksi partai serikat persatuan ikatan himpunan gerakan"
    " koalisi front organisasi universitas institut sekolah rumah sakit rsud puskesmas pengadilan"
    " kejaksaan kejari kejati mahkamah kementerian menteri republik indonesia kalimantan jawa sumatera"
    " sulawesi papua bali nusa maluku senin selasa rabu kamis jumat sabtu minggu ahad januari februari"
    " maret april mei juni juli agustus september oktober november desember satuan tim satgas satpol"
    " pp tni polri polisi bank perusahaan masyarakat warga kepala bupati gubernur wali camat ketua"
    " wakil presiden negeri negara pemerintah pemkab pemprov pemkot bpn bpbd bnn kesbangpol fkub fkdm"
    " mui dad walhi lsm ormas hgu sungai gunung pasar terminal pelabuhan bandara stadion jembatan"
    " pulau barat timur utara selatan tengah raya hulu hilir operasi undang peraturan pasal perda"
    " pilkada pemilu hari tahun bulan kitab daerah adat dayak kapolres kapolda komando resor sektor"
    " rp dirlantas dirreskrimum dirreskrimsus reskrimum reskrimsus intelkam resnarkoba ops bappeda bulog"
    " polairud polantas batamad gakkumdu denda sei gua lereng hakim jaksa arena stasiun"
    " tokoh pemuda mahasiswa buruh petani umum pusat wilayah besar nasional sejahtera karya"
)
_STOPS = words(
    "yang dan di ke dari untuk dengan pada dalam itu ini ia dia mereka kami kita saya para sang si"
    " juga akan telah sudah tidak karena namun tetapi saat ketika setelah sebelum usai hingga sejak"
    " menurut selain sementara seorang puluhan ratusan ribuan massa aksi polisi dua tiga empat lima"
    " enam tujuh delapan sembilan sepuluh belum jika bila hasil surat laporan kasus kejadian peristiwa"
    " semua setiap satu sebagian beberapa sejumlah adapun sebelumnya"
)


_SECTORS = words(
    "perkebunan kehutanan pertanian perhubungan pendidikan kesehatan sosial kominfo perikanan"
    " lingkungan hidup tenaga kerja transmigrasi pariwisata kebudayaan perdagangan perindustrian"
    " pemberdayaan pertanahan energi sumber daya mineral ketahanan pangan kesatuan bangsa politik"
    " hukum pidana reserse kriminal lalu lintas intelijen keamanan nusantara pancasila merah putih"
    " persada lestari abadi mandiri sawit kelapa plasma unit tipidum tipikor"
)
# whatever follows these in a run is the name of a place or a firm, not of a person
_OPENERS = words(
    "pt cv ud koperasi desa kelurahan kecamatan kabupaten kota provinsi dusun jalan jl sungai pulau"
    " gunung teluk pasar kampung rsud rs sdn smpn sman smkn universitas hotel bandara stadion gereja"
    " masjid pura vihara yayasan"
)


@functools.cache
def _listed(name: str) -> frozenset[str]:
    """`common`: words that are no names; `given`: common given names of Indonesia, only ever used to hide."""
    path = Path(__file__).parent / "words" / f"{name}.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


def mask_names(text: str) -> str:
    """The text with persons as `[nama]` and personal numbers as `[nomor]`.

    A person is a run of capitalised, otherwise unknown words after a title or a verb of speech, before a verb
    of saying, with an age in brackets, or with a common given name in it. Names of places, institutions and
    agencies stay. A rare name without any such company is not found.
    """
    text = _NUMBERS.sub(NUMBER, text)
    text = _INITIALS.sub(NAME, text)
    text = _LETTERS.sub(NAME, text)
    tokens = [(m[0], m.start(), m.end()) for m in _WORD.finditer(text)]
    out: list[str] = []
    done = i = 0
    while i < len(tokens):
        if not _capital(tokens[i][0]):
            i += 1
            continue
        j = i + 1
        while (
            j < len(tokens) and _capital(tokens[j][0]) and j - i < 14 and tokens[j][1] - tokens[j - 1][2] <= 2
        ):
            j += 1
        for first, last in _persons(tokens, i, j):
            start, end = tokens[first][1], tokens[last][2]
            while end > start + 1 and text[end - 1] in ".'’":
                end -= 1
            out += [text[done:start], NAME]
            done = end
        i = j
    out.append(text[done:])
    return _AGED.sub(NAME, "".join(out))


def _capital(word: str) -> bool:
    return word[0].isupper()


def _persons(tokens: list[tuple[str, int, int]], i: int, j: int) -> list[tuple[int, int]]:
    """First and last token of each person's name in the capitalised run i..j."""
    low = [tokens[k][0].lower().strip(".,'’") for k in range(i, j)]
    marks = _marks([tokens[k][0] for k in range(i, j)], low)
    before = [tokens[k][0].lower().strip(".") or tokens[k][0] for k in range(max(0, i - 5), i)]
    after = tokens[j][0].lower() if j < len(tokens) else ""
    found: list[tuple[int, int]] = []
    k = 0
    while k < len(marks):
        if marks[k] not in "UG":
            k += 1
            continue
        end = k
        for m in range(k + 1, len(marks)):
            # one common word may stand inside a name, but a name does not end with it
            if marks[m] in "UG" and (m - end <= 2):
                end = m
            elif marks[m] == "T" or m - end > 1:
                break
        led = _led(before, marks[:k], low[:k])
        last = end == len(marks) - 1
        said = last and after in _SAYING and after != "dalam" and (end > k or led)
        aged = last and len(after) > 2 and after[0] == "(" and after[1].isdigit()
        degree = end + 1 < len(low) and low[end + 1].replace(".", "") in _DEGREES
        given = "G" in marks[k : end + 1]
        if led or said or aged or degree or given:
            found.append((i + k, i + end))
        k = end + 1
    return found


def _led(before: list[str], marks: list[str], inside: list[str]) -> bool:
    """Whether a title or verb of speech leads to the name: in the run, just before it, or as "title, "."""
    if marks:
        return "T" in marks
    if not before:
        return False
    if before[-1] in _SPEECH or before[-1] in _TITLES:
        return True
    if before[-1] == "dan" and NAME.strip("[]") in before:
        return True
    clause = before[:-1] if before[-1] == "," else before
    return before[-1] == "," and any(word in _TITLES for word in clause[-3:])


def _marks(run: list[str], low: list[str]) -> list[str]:
    """Per word of a run: T title, P place or institution, C common word, G given name, U unknown."""
    out: list[str] = []
    places = gazetteer()
    opened = False
    k = 0
    while k < len(run):
        hit = places.match(low, k)
        word = low[k]
        if hit is not None and not hit[0].guarded:
            out += ["P"] * hit[1]
            k += hit[1]
            continue
        bare = word.replace(".", "")
        if word in _OPENERS:
            opened = True
            out.append("P")
        elif word in _TITLES:
            opened = False
            out.append("T")
        elif _impersonal(word) or opened or bare in _DEGREES or (run[k].isupper() and len(bare) > 1):
            out.append("P")
        elif word in _listed("given"):
            out.append("G")
        elif word in _listed("common") or any(
            root in _listed("common") for root in roots(word) if root != word and len(root) > 3
        ):
            out.append("C")
        else:
            out.append("U")
        k += 1
    return out


def _impersonal(word: str) -> bool:
    sets = (_NOT_NAMES, _STOPS, _SECTORS, ETHNONYMS, RELIGIONS, OUTLETS)
    return any(word in known for known in sets)
