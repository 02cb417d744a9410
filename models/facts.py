"""What the words say happened: dead, injured, crowds, fire, blockades; by rules, with negation and voice.

"ter-" is accident or state (terbakar), "di-" and "me-" are deeds (dibakar, membakar); "tidak ada korban jiwa"
is no dead; "nyaris bentrok" is no clash.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from models.lexicon import Remembered
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
_RANGE = rf"{_NUMBER}(?:(?: (?:hingga|sampai|atau) | ?[-–] ?){_NUMBER})?"
# the words between a number of people and what befell them; another deed or party between ends the sentence
_SAME = (
    r"(?: (?!(?:dan|serta|ditangkap|diamankan|diperiksa|ditahan|usai|setelah|karena|akibat|hingga|sampai)\b)"
    r"[\w-]+){0,4}?"
)
_PEOPLE = (
    r"(?:orang|warga|korban|anggota|polisi|petugas|aparat|pemuda|remaja|mahasiswa|buruh|petani|pelajar"
    r"|pekerja|pendemo|demonstran|nelayan|sopir|karyawan|santri|penambang|personel|jiwa|pedagang"
    r"|perempuan|anak|pria|wanita|lelaki|siswa|guru|jemaat|penghuni|prajurit|suporter|pengojek|peserta)"
)
_NEGATION = re.compile(
    r"\b(?:tidak|tak|bukan|belum|tanpa|nihil|jangan|batal|urung|gagal|membantah|bantah|dibantah|cegah"
    r"|mencegah"
    r"|antisipasi|mengantisipasi|hoaks|agar|supaya|menghindari|potensi|rawan|dikhawatirkan|simulasi"
    r"|skenario|hindari|terhindar|khawatir|kekhawatiran|jika|bila|apabila|kalau|andai|bahaya|waspadai"
    r"|mewaspadai|penyuluhan|sosialisasi)\b"
    r"(?! hanya)[^.,;!?\n]{0,48}\Z", re.IGNORECASE,
)  # fmt: skip
# what is meant, wanted or threatened has not been done; only when it stands right before the deed
_MEANT = re.compile(
    r"\b(?:akan|hendak|ingin|mau|bakal|berencana|rencana|merencanakan|siap|mengancam|ancam|ancaman|diancam"
    r"|berniat|niat|bersiap|percobaan|menggagalkan|gagalkan|digagalkan)"
    r"(?: (?:akan|segera|melakukan|aksi|ikut|langsung|terjadi|terlibat|ada|untuk|upaya))? \Z"
)
# animals, weather and machines destroy and attack as well
_NATURE = re.compile(
    r"\b(?:gajah|buaya|monyet|beruang|babi hutan|hama|anjing|tawon|lebah|ular|harimau|angin|puting beliung"
    r"|banjir(?: bandang)?|gempa|ombak|petir|hujan deras|topan|longsor)\b[^.;!?\n]{0,32}\Z"
    r"|\b(?:alam|hutan|lingkungan|ekosistem|terumbu|laut|sungai|bumi)(?: \w+)? \Z"
)
# a wish or a demand to lift a blockade, or force used to lift it, settles nothing
_UNSETTLED = re.compile(
    r"\b(?:minta|meminta|diminta|desak|mendesak|didesak|tuntut|menuntut|sebelum|asal|asalkan|syarat|janji"
    r"|polisi|aparat|petugas|satpol|tni|paksa|hingga|sampai|menunggu|upaya|berharap|harap|akan|baru|bersedia"
    r"|berjanji|selama|siap|bisa|usul|usulan|skema|opsi|titik tengah)\b"
    r"[^.;!?\n]{0,48}\Z"
)
_NEAR_MISS = re.compile(
    r"\b(?:nyaris|hampir(?: saja)?|berpotensi|terancam)\b[^.,;!?\n]{0,24}\Z", re.IGNORECASE
)
# two dates, two colours, two interests can clash as well
_CALENDAR = re.compile(
    r"\b(?:jadwal|agenda|acara|event|tanggal|waktu|jam|kalender|warna|kepentingan)\b[^.,;!?\n]{0,24}\Z"
)

_DENIED_BY: dict[str, tuple[re.Pattern[str], ...]] = {
    "arson": (_MEANT,),
    "destruction": (_MEANT, _NATURE),
    "clash": (_NATURE, _CALENDAR),
    "shots": (_MEANT,),
    "tear_gas": (_MEANT,),
    "hostage_or_sweeping": (_MEANT,),
    "attack_on_office": (_MEANT,),
    "attack_on_officials": (_MEANT,),
    "displaced": (_MEANT,),
    "blockade": (_MEANT,),
    "settled": (_UNSETTLED,),
}
_NONE_AFTER = re.compile(r"[^.,;!?\n]{0,12}\b(?:nihil|tidak ada)\b")

_DEAD = re.compile(
    rf"\b(?:(?P<n1>{_RANGE}) {_PEOPLE}{_SAME} (?:tewas|meninggal|gugur|terbunuh|dibunuh|tak bernyawa)"
    rf"|(?:tewas(?:kan|nya)?|menewaskan|merenggut nyawa|meninggalnya) (?P<n2>{_RANGE})(?: {_PEOPLE})?"
    rf"|korban (?:jiwa|tewas|meninggal)(?: \w+){{0,2}}? (?P<n3>{_RANGE}) {_PEOPLE}"
    rf"|(?P<n4>{_RANGE}) (?:{_PEOPLE} )?(?:tewas|meninggal(?: dunia)?|gugur|terbunuh|dibunuh|jenazah|jasad)"
    r"|tewas|meninggal(?: dunia)?|(?:me)?(?:n|t)ewaskan|meregang nyawa|merenggut nyawa|korban jiwa"
    r"|kehilangan nyawa"
    r"|(?:tak|tidak) (?:lagi )?bern(?:yawa|apas)|nyawa\w*(?: \w+)? (?:tak|tidak) tertolong|dibunuh|terbunuh"
    r"|(?:prajurit|polisi|anggota|bidan|guru|personel)(?: \w+){0,2} gugur)\b", re.IGNORECASE,
)  # fmt: skip
_HURT = re.compile(
    rf"\b(?:(?P<n1>{_RANGE}) {_PEOPLE}{_SAME} (?:luka|terluka|cedera|dilarikan ke rumah"
    rf" sakit|kritis)"
    rf"|(?:melukai|mencederai) (?P<n2>{_RANGE})(?: {_PEOPLE})?"
    rf"|korban luka(?: \w+){{0,2}}? (?P<n3>{_RANGE}) {_PEOPLE}"
    rf"|(?P<n4>{_RANGE}) (?:{_PEOPLE} )?(?:luka(?:-luka)?|terluka|cedera)"
    r"|luka(?:-luka| bacok| tembak| parah| berat| ringan| robek| serius| memar| sabet| tusuk| tebas)"
    r"|terluka|babak belur|mengalami luka|menderita luka|berdarah|berlumur darah|patah tulang|cedera"
    r"|melukai(?! (?:kami|hati|perasaan|rasa))|memar|lebam|patah (?:lengan|tangan|kaki|rahang|pergelangan"
    r"|rusuk)|rusuk\w*(?: \w+)? retak"
    r"|dibacok|ditikam|ditusuk|disabet(?! (?:gelar|juara|medali))|(?:ter)?kena (?:anak panah|panah|sabetan"
    r"|bacokan|lemparan|peluru|tembakan))\b", re.IGNORECASE,
)  # fmt: skip
_CROWD = re.compile(
    rf"\b(?P<n1>{_NUMBER})(?: (?:orang|gabungan|unit))?"
    rf" (?:massa|warga|mahasiswa|buruh|petani|pendemo|demonstran"
    r"|pengunjuk"
    r" rasa|nelayan|sopir|pengemudi|karyawan|pekerja|pedagang|pemuda|remaja|pelajar|emak-emak|ibu-ibu"
    r"|simpatisan|pendukung|peserta"
    r" aksi|orang|penambang|masyarakat|jemaah|umat|anggota|ojol|santri|penduduk"
    r"|kepala keluarga|anak muda|suporter|petambang)\b", re.IGNORECASE,
)  # fmt: skip
_GROUP = (
    r"(?:massa|warga|ramai-ramai|beramai-ramai|puluhan|belasan|ratusan|sekelompok|segerombolan|kelompok"
    r"|gerombolan|rombongan|(?:dua|tiga|empat|lima|enam|tujuh|delapan) orang|sejumlah orang|orang tak dikenal"
    r"|rekan-rekannya|pengendara|pengunjung|penumpang|pedagang|preman)"
)
# many against one, or one group against another
_MOB = (
    r"(?:dihajar|dipukul|dipukuli|digebuki|diamuk|dihakimi|diserang|dianiaya|dikejar)"
    rf"(?: [\w-]+)? {_GROUP}"
    r"|dihakimi|(?:warga|massa|puluhan orang|belasan orang|sekelompok orang|sekelompok pemuda|rombongan"
    r"|gerombolan|kelompok bersenjata|geng(?: \w+)?|kkb)(?: [\w-]+){0,3} (?:memukuli|menghajar|menggebuki"
    r"|menghakimi|menganiaya|menyerang|serang)(?! balik)"
    r"|(?:dibunuh|disiksa|ditembak|dianiaya)(?: \w+){0,3} (?:prajurit|aparat|petugas|satpam|massa|kelompok"
    r"|kkb|opm|oknum (?:tni|polisi|polri|anggota))|(?:(?:di)?tabrak|menabrak) (?:\w+ )?(?:pendemo"
    r"|demonstran|massa"
    r"|buruh|pengunjuk rasa|peserta aksi)"
    r"|tewas(?: [\w-]+){0,2} (?:saat|dalam|ketika) (?:\w+ )?(?:demo|aksi|unjuk rasa|demonstrasi)|(?:tni"
    r"|polisi"
    r"|aparat|oknum|satpol pp|brimob|satpam)(?: \w+){0,2} (?:gebuki?|memukuli|pukuli|menganiaya|aniaya|hajar"
    r"|menghajar|menyiksa) (?:warga|petani|pendemo|mahasiswa|massa|buruh|nelayan|pelajar|pencari)"
    r"|(?<!lini )(?<!pola )(?<!daya )(?<!area )penyerangan|serangan balasan"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{alternatives})\b"))
    for name, alternatives in (
        (
            "displaced",
            r"mengungsi|pengungsi(?:an)? (?:konflik|bentrok)|warga diungsikan|terusir|meninggalkan kampung",
        ),
        (
            "arson",
            r"(?<!ikan )(?<!ayam )(?<!sate )(?<!jagung )(?<!sampah )(?<!lahan )(?<!ladang )(?<!hutan )"
            r"dibakar(?:nya)?(?! (?:cemburu|api|semangat))"
            r"|membakar(?! (?:ikan|semangat|lemak|sate|ban|kalori|sampah|lahan|ladang|hutan))"
            r"|pembakaran(?! (?:lahan|hutan|kalori|sampah|jagung))|dilalap api usai bentrok|hangus dibakar"
            r"|(?<!api )bakar (?:(?:dua|tiga|empat|lima|enam|\d+) )?(?:rumah|kantor|pos|camp|mobil|motor"
            r"|mess|gedung"
            r"|alat|fasilitas|ekskavator|bangunan|kios|truk|pondok|kendaraan)|molotov|dibumihanguskan"
            r"|sengaja dibakar|terbakar (?:\w+ )?(?:bentrok\w*|serangan|kerusuhan|amuk\w*)",
        ),
        (
            "destruction",
            r"dirusak(?:nya)?|merusak(?! (?:citra|nama|alam|moral|lingkungan|kesehatan|ekosistem))"
            r"|(?:perusakan|pengrusakan)(?! (?:hutan|lingkungan|kawasan|alam|ekosistem|taman nasional"
            r"|terumbu|tntn))|rusak (?:kantor|rumah|mobil|pos|pagar|gedung)|dijarah|menjarah"
            r"|penjarahan|melempari|dilempari|pelemparan|kaca (?:\w+ ){0,2}pecah|dirobohkan|merobohkan"
            r"|memecahkan kaca|diobrak-abrik|porak-poranda|dihancurkan (?:massa|warga|orang|pemuda|kelompok"
            r"|sekelompok|puluhan|ratusan)|(?:meng)?hancurkan (?:pos|kantor|rumah|lapak|kios|pagar|kaca"
            r"|kendaraan|mobil|warung|toko|gerobak|fasilitas|freezer)|kaca (?:\w+ ){0,2}(?:dipecahkan"
            r"|hancur)|pecahkan kaca"
            r"|robohkan (?:pagar"
            r"|pos|gerbang|portal|tugu|gubuk|pondok)|disabotase|menyabotase|sabotase (?!(?:tim|lawan)\b)"
            r"|(?:me)?lempar(?:an|i)? (?:batu|botol|kayu|kursi)|(?:pagar|gerbang"
            r"|pintu)(?: \w+){0,3} (?:dijebol"
            r"|didobrak)|(?:menjebol|mendobrak) (?:pagar|gerbang|gudang)|dibom|bom (?:\w+ )?meledak"
            r"|ledakan bom|digulingkan (?:massa|warga)",
        ),
        (
            "clash",
            r"bentrok(?:an)?(?! jadwal)|baku (?:hantam|pukul|tembak|tebas|panah|bacok|lempar|tikam)"
            r"|adu (?:jotos|pukul|fisik|tembak)|tawuran|ricuh|kericuhan|rusuh|kerusuhan|kontak tembak|kontak"
            r" senjata|saling (?:serang|lempar|pukul|hantam|bacok|tikam|tebas|panah|tembak|keroyok|serbu)"
            r"|keroyok(?:an)?|dikeroyok|mengeroyok|pengeroyokan|amuk massa|anarkis|bakalahi|carok"
            r"|(?:per)?kelahi(?:an)? (?:massal|antar[- ]?\w+|(?:\w+ ){0,3}(?:dua|beda) (?:kelompok|kubu|geng"
            r"|kampung|desa|suku|ormas|dusun))|(?:kelompok|kubu|kampung|desa|geng|pemuda)(?: [\w-]+){0,3}"
            r" (?:berkelahi|baku kelahi)|perang (?:antar[- ]?)?(?:kelompok|kampung|suku|desa|geng|warga|panah"
            rf"|batu)|{_MOB}",
        ),
        (
            "shots",
            r"tembakan (?:peringatan|ke udara|senjata|petugas|aparat|ke tanah)|(?:me)?lepas(?:kan)? (?:\w+ )?"
            r"tembakan(?! (?:gas|keras|jarak))|ditembak(?:i)?|menembak(?:i)?(?! bola)|penembakan|tertembak"
            r"|(?:baku|adu|saling|kontak) tembak|kontak senjata|luka tembak|peluru (?:karet|tajam|pantul"
            r"|nyasar)"
            r"|diberondong|memberondong|tembaki|(?:ter)?kena (?:tembakan|peluru)|letusan senjata|rentetan"
            r" tembakan|tembak (?:warga|petani|pendemo|polisi|petugas|prajurit)|suara tembakan",
        ),
        (
            "tear_gas",
            r"(?:gas air mata|water cannon|meriam air)(?! (?:juga )?(?:disiagakan|disiapkan|siaga))"
            r"|tembakan gas|semprotan air (?:polisi|petugas|aparat)",
        ),
        (
            "weapons",
            r"senjata tajam|sajam|senjata api|senpi|parang|celurit|golok|mandau|tombak|busur panah|panah"
            r"|samurai|badik|klewang|egrek|dodos|bom molotov|senapan|pedang|timpas|bersajam|bermandau"
            r"|berparang|bertombak|bercelurit|berpanah"
            r"|(?<!konflik )(?<!angkatan )(?<!oposisi )(?<!perlawanan )(?<!etnis )bersenjata|bambu runcing"
            r"|senjata rakitan"
            r"|bahan peledak|bom (?:rakitan|pipa)|detonator|butir amunisi|pucuk senjata|(?:me)?rakit bom"
            r"|pistol|busur(?! derajat)|bomber|pengantin bom|bom tas|(?:racikan|pemicu) (?:pe)?ledak",
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
            r"|kepala (?:desa|kampung|distrik)|camat|babinsa|prajurit|lurah|penyelenggara|kapolsek|kapolres"
            r"|brimob|panwas\w*|anggota kpu|ketua kpu)(?: [\w.]+){0,4} (?:diserang|dikeroyok|dianiaya"
            r"|dipukul(?:i)?|dibacok|ditikam|ditusuk|dihajar|disandera|diintimidasi|dilempar(?:i)? (?:batu"
            r"|botol)|(?:ter)?kena (?:anak panah|panah|lemparan))|(?:menyerang|mengeroyok|memukul(?:i)?"
            r"|menganiaya|serang|keroyok|penyerangan terhadap|pengeroyokan|menikam|tikam|membacok|bacok"
            r"|menusuk) (?:\w+ ){0,2}(?:polisi|petugas|aparat|anggota (?:tni|polri)|kades|kepala desa|camat"
            r"|prajurit|kapolsek|kapolres)",
        ),
        (
            "terror",
            r"teroris(?:me)?|ancaman bom|teror bom|bom bunuh diri|bom rakitan|bahan peledak|densus 88"
            r"|bom meledak|baiat|jaringan (?:jad|ji|isis)|detonator|bom pipa|(?:merakit|perakit|rakit) bom"
            r"|ledakan (?:bom|granat)|serangan teror|jaringan teror|antiteror|amaliyah"
            r"|(?:me)?ledakkan (?:diri"
            r"|bom|gereja|masjid|bandara|gedung|kantor|polsek|markas|terminal|sekolah|pos|jembatan)",
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
            r"ultimatum|mengultimatum|diultimatum|(?:tenggat|batas waktu|(?:dua|tiga|2|3) ?x ?24 jam"
            r"|beri waktu"
            r"|memberi waktu|memberikan waktu)(?:[^.;!?\n]{0,70}?\b(?:menjawab|dijawab|jawaban|membalas"
            r"|menanggapi|tanggapan|dialog|audiensi|klarifikasi|mediasi|duduk bersama)\b)?",
        ),
        (
            "threat_of_force",
            r"ancam(?: \w+){0,4} (?:bakar|serang|usir|bunuh|kekerasan|bongkar|duduki|turun dengan massa"
            r"|massa lebih besar|ledakkan|robohkan|hancurkan|jemput paksa|blokade|blokir)"
            r"|mengancam (?:\w+ ){0,3}(?:membakar|menyerang|mengusir|membunuh"
            r"|bertindak sendiri|melakukan kekerasan|menembak|meledakkan|merobohkan|menggulingkan"
            r"|memblokade|memblokir|menduduki)|ancaman (?:bom|pembunuhan|kekerasan|fisik"
            r"|penyerangan|meledakkan|ledakan)|diusir|mengusir|pengusiran|akan diusir|siap perang"
            r"|ajakan menyerang|massa tandingan|adu massa|(?:me)?(?:ng)?galang massa|jemput sendiri"
            r"|(?:harus|disuruh|dipaksa|tuntut|menuntut|minta|desak)(?: [\w-]+){0,4} angkat kaki"
            r"|(?:mengepung|kepung)(?: \w+){0,2} (?:rumah|kantor|pos|polsek|polres|mapolsek|markas)"
            r"|(?:rencana|merencanakan|berencana|menyiapkan|menargetkan)(?: [\w-]+){0,3} (?:aksi teror"
            r"|amaliyah|serangan|penyerangan|menyerang|pengeboman|peledakan|meledakkan|diledakkan)"
            r"|untuk (?:menyerang|meledakkan)|ancam(?: \w+){0,2} (?:tutup|lumpuhkan|lepas|gagalkan|segel"
            r"|palang)|kami(?: yang)?(?: akan)? (?:duduki|tutup|lumpuhkan|kepung|bongkar|segel|palang|usir"
            r"|menduduki|menutup|menurunkan"
            r"|membongkar|mengusir)|selebihnya|harus (?:kosong|dikosongkan)|(?:agar"
            r"|supaya)(?: \w+){0,3} dikosongkan|penghina suku|dikepung (?:massa"
            r"|warga)|diteror(?! (?:hama|monyet|nyamuk"
            r"|pinjol|penagih|debt))|surat kaleng"
            r"|(?:di|meng)intimidasi|mendapat(?:kan)? (?:\w+ )?teror|persekusi|(?:rumah|kantor"
            r"|camp)(?:nya)? (?:\w+ )?akan (?:dibakar|didatangi"
            r"|diratakan|dirobohkan)",
        ),
        (
            "blockade",
            r"blokir(?! rekening)|memblokir(?! (?:rekening|situs|akun|nomor))|diblokir(?! (?:komdigi"
            r"|bank))|blokade|memblokade|diblokade|portal jalan|memortal|diportal|memportal"
            r"|dipasang(?:i)? portal|hinting|disegel (?:warga|massa)|menyegel|segel (?:kantor|kantor desa"
            r"|pabrik|tambang|sekolah)|duduki (?:lahan|kantor|kebun|blok|gedung)|menduduki (?:lahan|kantor"
            r"|kebun|gedung|area|blok)|pendudukan|menutup (?:\w+ ){0,2}(?:jalan|akses|jembatan|gerbang"
            r"|kebun|tambang)|tutup (?:jalan|akses|jembatan|gerbang|pintu masuk|muara)|menghadang|dihadang"
            r"|hadang|mengadang|diadang|adang|digembok|menggembok|gembok|dipalang|memalang"
            r"|palang (?:jalan|kantor|bambu|kayu|ulin|gerbang)|(?:me)?[mp]asang (?:\w+ )?(?:portal"
            r"|palang|blokade)(?! (?:karcis|parkir|otomatis|pintu))|portal (?:\w+ ){0,2}(?:dipasang|dijaga"
            r"|berdiri)|disegel(?: \w+){0,2} (?:warga"
            r"|massa|serikat|petani|mahasiswa|buruh|kurir|pekerja)|(?:warga|massa|petani|buruh|mahasiswa"
            r"|nelayan|sopir|pekerja|jemaat|karyawan)(?: [\w-]+){0,3} (?:segel|duduki|kuasai|menguasai|tahan"
            r"|menahan|cegat|mencegat)(?! diri)|(?:truk|tongkang|kapal|mobil|alat berat"
            r"|ekskavator)(?: [\w-]+){0,3}"
            r" (?:ditahan|dicegat) (?:oleh )?(?:warga|massa|nelayan|sopir|petani|pemuda)|(?:jalan|akses"
            r"|gerbang|jembatan|sungai|alur|muara|jeti|pintu masuk)(?: [\w-]+){0,3} (?:ditutup|tertutup"
            r"|dikuasai|dihalangi) (?:oleh )?(?:warga|massa|pemuda|petani|sopir|nelayan|buruh|batu|tenda"
            r"|perahu|kelompok|rakit|portal)|(?:men)?duduki (?:jalan|ruang|jembatan|posko|balai|dermaga"
            r"|pabrik)",
        ),
        (
            "guarding",
            r"berjaga(?:-jaga)?(?: [\w-]+){0,5} (?:kampung|desa|malam|parang|sajam|permukiman)"
            r"|jaga kampung|ronda (?:malam|kampung|siaga)|warga berjaga|menjaga kampung"
            r"|siskamling diperketat|(?:warga|pemuda|pria|laki-laki) (?:[\w-]+ ){0,2}berjaga"
            r"|ronda (?:bergiliran|bergantian)|bergantian ronda|jaga (?:jembatan|gang|simpang)",
        ),
        (
            "eviction",
            r"digusur|menggusur|penggusuran|gusur|pengosongan (?:paksa|lahan|rumah)|eksekusi (?:lahan"
            r"|rumah)|pembongkaran paksa|dibongkar paksa|tergusur",
        ),
        (
            "settled",
            r"sepakat (?:berdamai|damai|islah|mengakhiri)|kesepakatan (?:damai|bersama|tercapai)|berdamai"
            r"|islah|(?:portal|palang|blokade|barikade|hinting|segel|gembok|tenda blokade|tenda protes)"
            r"(?: (?!(?:belum|tidak|tak|baru|mulai|boleh|bisa|harus|segera|agar)\b)[\w-]+){0,4} (?:dibuka"
            r"|dilepas"
            r"|dicabut|diangkat|dibongkar|disingkirkan)(?! (?:paksa|satu|kalau|jika|bila|asal|untuk|polisi))"
            r"|mediasi (?:berhasil|membuahkan|tuntas)|(?:mem)?(?:buka|bongkar) (?:sendiri "
            r"|kembali )?(?:blokade|portal|palang|segel|barikade|gembok)(?! paksa)"
            r"|membuka (?:kembali )?jalan|buka kembali jalan|(?:men)?cabut (?:palang|hinting|segel"
            r"|portal)|surat perdamaian|(?:perjanjian|berita acara|penandatanganan) damai"
            r"|(?:capai|mencapai|menghasilkan|teken|meneken|menandatangani)(?: \w+){0,2} (?:kata sepakat"
            r"|perdamaian|kesepakatan (?:damai|bersama))|kesepakatan(?: [\w-]+){0,3} (?:dicapai"
            r"|tercapai)|perdamaian (?:adat|dicapai|difasilitasi|disahkan|menutup)"
            r"|(?:mogok|blokade|sengketa|konflik|perselisihan|perseteruan|penolakan|ketegangan|keributan)"
            r"(?: [\w-]+){0,5} (?:berakhir(?! (?:ricuh|rusuh|bentrok))|selesai|tuntas|diakhiri)"
            r"|(?:kedua|dua) (?:pihak|desa|kubu|kelompok|kampung|suku)(?: \w+){0,2} (?:sepakat|menyepakati"
            r"|bersepakat|berjabat tangan)|saling (?:memaafkan|mencabut laporan)|batal (?:mem)?(?:duduki"
            r"|blokir|blokade|mogok|ditutup)",
        ),
    )
)


# a rule's pattern runs only where one of its stems is met: looking for a stem costs almost nothing
_STEMS: dict[str, tuple[str, ...]] = {
    name: tuple(stem.replace("_", " ") for stem in stems.split())
    for name, stems in {
        "displaced": "ungsi terusir meninggalkan_kampung",
        "arson": "bakar molotov lalap bumihangus",
        "destruction": "rusak jarah lempar pecah mecah roboh obrak poranda hancur sabot jebol dobrak dibom"
        " guling bom_ meledak",
        "clash": "mukul bentrok hantam jotos saling tawur ricuh rusuh tembak kelahi eroyok"
        " amuk anarki pukul kalahi carok baku fisik kontak perang hajar gebuk hakimi serang nyerang"
        " aniaya dikejar dibunuh disiksa tabrak nabrak tewas nyiksa",
        "shots": "tembak nembak peluru berondong kontak letusan",
        "tear_gas": "gas_air cannon meriam tembakan_gas semprotan",
        "weapons": "senjata sajam senpi pistol busur ledak parang celurit golok mandau tombak panah samurai"
        " badik klewang"
        " egrek dodos molotov senapan pedang timpas runcing peledak bom pengantin rakit"
        " detonator amunisi pucuk",
        "hostage_or_sweeping": "sandera nyandera sweeping sekap nyekap",
        "attack_on_office": "kantor gedung polsek polres pos balai_desa dprd",
        "attack_on_officials": "serang nyerang eroyok aniaya pukul mukul bacok tikam nikam sandera intimidasi"
        " tusuk nusuk hajar lempar panah",
        "terror": "teror bom ledak densus baiat jaringan detonator amaliyah",
        "identity_framing": "bubar antar suku pendatang agama ibadah gereja masjid pura vihara kapel"
        " intoleran sara",
        "ultimatum": "ultimatum tenggat batas_waktu 24 waktu",
        "threat_of_force": "ancam usir siap_perang ajakan nyerang ledakkan ledakan amaliyah serangan serang"
        " diteror teror kaleng intimidasi persekusi tandingan adu_massa galang jemput duduki nutup tutup"
        " lumpuh"
        " bongkar segel palang turunkan kosong selebihnya penghina angkat_kaki kepung ngepung dibakar"
        " didatangi"
        " diratakan dirobohkan",
        "blockade": "blokir blokade portal mortal hinting segel nyegel duduk tutup nutup hadang adang gembok"
        " palang malang kuasai tahan nahan cegat halangi",
        "guarding": "jaga ronda siskamling",
        "eviction": "gusur pengosongan eksekusi bongkar",
        "settled": "sepakat damai islah buka lepas cabut nyabut mediasi tuntas selesai berakhir diangkat"
        " bongkar disingkir berjabat memaafkan batal",
        "dead": "tewas newas meninggal gugur bunuh nyawa jiwa bernapas jenazah jasad",
        "injured": "luka cedera babak darah patah_ kritis rumah_sakit memar lebam rusuk bacok tikam tusuk"
        " sabet panah lempar peluru tembak",
        "crowd": f"0 {' '.join((*_UNITS, *_VAGUE))}",
    }.items()
}
_NO_CROWD_AFTER = re.compile(r" (?:\w+ )?(?:tewas|meninggal|gugur|luka|terluka|cedera|ditangkap|diamankan)")
_NO_CROWD_BEFORE = re.compile(r"\b(?:menewaskan|melukai|tewasnya|menangkap|mengamankan|korban) \Z")


_RULES_OF = {
    start: frozenset(name for name, stems in _STEMS.items() if any(s.split()[0] == start for s in stems))
    for start in sorted({stem.split()[0] for stems in _STEMS.values() for stem in stems})
}
_STEM_STARTS = re.compile("|".join(map(re.escape, _RULES_OF)))


def _hinted(word: str) -> frozenset[str]:
    """The rules that may find something here: one of their stems, or its first word, is in the word."""
    figures = word if word.isalpha() or not any(map(str.isdecimal, word)) else f"{word}0"
    if not _STEM_STARTS.search(figures):
        return frozenset()
    return frozenset().union(*[names for start, names in _RULES_OF.items() if start in figures])


_HINTS = Remembered(_hinted)


def _possible(text: str) -> frozenset[str]:
    none: frozenset[str] = frozenset()
    return none.union(*map(_HINTS.__getitem__, set(text.split())))


def find_facts(title: str, text: str) -> Facts:
    """Facts of a document; spans count characters of `title + "\\n" + text`."""
    values: dict[str, object] = {}
    spans: list[Evidence] = []
    for base, source in ((0, title[:1_000]), (len(title) + 1, text[:12_000])):
        plain = normalise(source)
        low = _lower(plain.text)
        possible = _possible(low)
        met = [*_deeds(low, possible, values), *_counts(low, possible, values)]
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


def find_deeds(title: str, text: str) -> frozenset[str]:
    """Names of the facts of a document that are deeds: quicker than all facts with numbers and spans."""
    values: dict[str, object] = {}
    for source in (title[:1_000], text[:12_000]):
        low = _lower(normalise(source).text)
        _deeds(low, _possible(low), values)
    return frozenset(values)


def _lower(text: str) -> str:
    low = text.lower()
    if len(low) != len(text):
        # a few letters grow in lower case; offsets matter more than they do
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low


def _deeds(text: str, possible: frozenset[str], values: dict[str, object]) -> list[re.Match[str]]:
    """Note what happened in `values`; the matches that made it so."""
    met: list[re.Match[str]] = []
    for name, pattern in _RULES:
        for match in pattern.finditer(text) if name in possible else ():
            before = text[max(0, match.start() - 64) : match.start()]
            noted = name
            if name == "clash" and (_NEAR_MISS.search(before) or _MEANT.search(before)):
                noted = "near_clash"
            elif _negated(before) or any(p.search(before) for p in _DENIED_BY.get(name, ())):
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


def _counts(text: str, possible: frozenset[str], values: dict[str, object]) -> list[re.Match[str]]:
    """Note the numbers of dead, injured and people in a crowd; the first match of each."""
    met: list[re.Match[str]] = []
    for name, pattern in (("dead", _DEAD), ("injured", _HURT), ("crowd", _CROWD)):
        counts: list[Count] = []
        if name not in possible:
            continue
        for match in itertools.islice(pattern.finditer(text), 40):
            before = text[max(0, match.start() - 64) : match.start()]
            if name != "crowd" and any(p.search(before) for p in (_NEGATION, _NEAR_MISS, _MEANT)):
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
    """Range of an Indonesian number: "ratusan" (100, 999), "dua belas" (12, 12), "dua hingga tiga" (2, 3)."""
    low = words.lower().strip()
    if low in _VAGUE:
        return _VAGUE[low]
    digits = low.replace(".", "")
    if digits.isdigit():
        return int(digits), int(digits)
    ends = re.split(r" (?:hingga|sampai|atau) | ?[-–] ?", low)
    if len(ends) == 2:
        (first, _), (second, last) = parse_number(ends[0]), parse_number(ends[1])
        return min(first, second), last if last is None else max(first, last)
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
