"""Words the judgement must know beforehand: identities and outlets to be hidden, cues to be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Told = TypeVar("Told")


class Remembered(dict[str, Told]):
    """What `tell` says of a word, asked once: news has few words and many of each. Emptied when full.

    A look-up of a known word never leaves C and, unlike one in an lru_cache, writes nothing.
    """

    def __init__(self, tell: Callable[[str], Told], *, most: int = 30_000) -> None:
        super().__init__()
        self._tell = tell
        self._most = most

    def __missing__(self, word: str) -> Told:
        told = self._tell(word)
        if len(self) >= self._most:
            self.clear()
        self[word] = told
        return told


def words(text: str) -> frozenset[str]:
    """A set of words from one line; `_` stands for a space inside a word."""
    return frozenset(word.replace("_", " ") for word in text.split())


ETHNONYMS = words(
    "dayak ngaju ma'anyan maanyan bakumpai banjar madura jawa sunda bugis makassar batak melayu minang"
    " minangkabau"
    " bali sasak betawi tionghoa cina arab ambon toraja flores nias mandar buton kutai kenyah punan"
    " tomun lawangan"
    " siang murung taboyan tewoyan lundayeh iban bidayuh kahayan manado minahasa gorontalo bima dani asmat"
)
RELIGIONS = words(
    "islam muslim kristen kristiani protestan katolik hindu kaharingan buddha budha konghucu khonghucu"
    " ahmadiyah"
    " syiah sunni nasrani masjid gereja pura vihara wihara klenteng musala mushola musholla surau kapel"
    " langgar"
    " balai_basarah umat_islam umat_kristen pendeta pastor ustaz ustad ustadz kiai kyai ulama imam biksu"
    " pedanda"
)
OUTLETS = words(
    "antara antaranews kompas detik detikcom tempo liputan6 okezone sindonews tribun tribunnews merdeka"
    " kumparan"
    " suara jpnn republika viva inews cnn cnbc tribunkalteng borneonews balanganews kalteng.co"
    " prokalteng tabengan"
    " kalamanthana intimnews beritasampit radarsampit matakalteng kaltengpos kaltengonline kanalindependen"
    " mmc tirto narasi jawapos grid suara.com tvone metrotv idntimes"
)
ACRONYMS = words(
    "dpr dprd mpr dpd kpu bawaslu mk ma kpk tni polri polda polres polresta polsek brimob densus bnpt"
    " bnn bnpb bpbd"
    " kkb opm tpnpb jad ji nii isis psu pilkada pilkades paslon ppk pps kpps tps dkpp phk ump umk bbm"
    " lpg spbu solar"
    " hgu iup peti ipr wpr hti ksu kud pbs cpo tbs bpn atr gtra rdp ormas lsm walhi aman dad damang"
    " batamad fkub mui"
    " pgi nu fkdm fpk satpol pp asn pns odol ojol tpa ppkm who as ri pt cv unras sajam senpi otk ott"
    " tppu apbd"
    " apbn ruu uu perda perppu sk ihsg rups bumn bumd asean pbb un liga fifa pssi afc timnas vs wib wita wit"
)

_CUES: dict[str, str] = {
    "protest": (
        "demo demonstrasi demonstran pendemo unjuk unjukrasa unras orasi berorasi massa pengunjuk"
        " aksi mogok geruduk digeruduk menggeruduk gruduk didemo longmarch spanduk poster aliansi"
        " turun menuntut tuntut tuntutan desak mendesak protes memprotes diprotes penolakan tolak"
        " menolak ditolak seruan menyuarakan aspirasi konvoi mimbar koalisi membentangkan"
    ),
    "violence": (
        "bentrok bentrokan tawuran ricuh kericuhan rusuh kerusuhan anarkis anarki keroyok dikeroyok"
        " mengeroyok pengeroyokan serang diserang menyerang penyerangan amuk diamuk mengamuk bacok"
        " dibacok pembacokan lempar dilempar melempar pelemparan dilempari melempari rusak dirusak"
        " merusak perusakan dibakar membakar pembakaran bakar ditembak menembak penembakan tertembak"
        " tembak hantam aniaya penganiayaan dianiaya geng gangster celurit parang busur mandau"
        " senjata molotov jarah penjarahan dijarah menjarah brutal mencekam bubar dibubarkan"
        " membubarkan pembubaran paksa persekusi intimidasi diintimidasi digerebek sweeping sandera"
        " disandera"
    ),
    "disrupt": (
        "blokir memblokir diblokir pemblokiran blokade memblokade portal diportal memortal"
        " memportal hinting segel disegel menyegel penyegelan duduki menduduki pendudukan hadang"
        " menghadang dihadang adang mengadang gembok digembok menggembok tutup ditutup menutup"
    ),
    "dispute": (
        "sengketa konflik perselisihan polemik saling klaim gugat menggugat gugatan mediasi"
        " dimediasi plasma hgu lahan batas tapal ganti penggusuran gusur digusur eksekusi relokasi"
        " direlokasi ulayat adat dualisme kecurangan sabotase pungli"
    ),
    "terror": (
        "teroris terorisme teror bom densus peledak ledakan bahan radikal radikalisme isis jad kkb"
        " opm tpnpb separatis granat rakitan"
    ),
    "threat": (
        "ancam mengancam ancaman diancam ultimatum mengultimatum tenggat usir diusir mengusir"
        " pengusiran hasut provokasi memprovokasi menghasut"
    ),
    "mob": (
        "massa warga kelompok gerombolan pemuda remaja pelajar mahasiswa buruh petani nelayan sopir"
        " pengemudi pedagang suporter ormas pesilat penambang emak-emak masyarakat"
    ),
    "settle": ("sepakat kesepakatan damai berdamai islah tuntas mediasi musyawarah dicabut dibuka kondusif"),
    "tear": ("mata gas water cannon dalmas dikerahkan aparat personel pengamanan brimob"),
    "hoax": (
        "hoaks hoax cek fakta keliru menyesatkan klaim narasi beredar unggahan video salah"
        " tangkapan penelusuran"
    ),
    "sim": ("simulasi latihan gladi sispamkota skenario peragaan apel pelatihan"),
    "ceremony": (
        "deklarasi ikrar sosialisasi seminar pelantikan dilantik pembinaan penyuluhan silaturahmi"
        " festival lomba peringatan hut perayaan wisuda mou penghargaan apresiasi kunjungan bakti"
        " halal-bihalal"
    ),
    "history": (
        "mengenang kilas sejarah tragedi refleksi haul silam dekade reformasi kolonial penjajahan"
        " peringati memperingati dahulu tempo doeloe 1945 1965 1998 2001"
    ),
    "plan": ("besok lusa akan bakal rencana rencananya mendatang pekan depan"),
    "prevent": (
        "antisipasi mengantisipasi cegah mencegah pencegahan imbau mengimbau diimbau waspada"
        " patroli potensi rawan kesiapan siaga jangan"
    ),
    "court": (
        "sidang vonis divonis dakwaan terdakwa hakim jaksa pengadilan tuntutan korupsi suap tersangka kasasi"
    ),
    "crime": (
        "pencurian pencuri narkoba sabu curanmor penipuan pembunuhan perampokan begal pemerkosaan"
        " pencabulan cabul kdrt penggelapan judi judol jambret"
    ),
    "sport": (
        "gol laga klub pemain pelatih timnas liga piala dunia juara kiper striker bek turnamen"
        " grand prix motogp bulutangkis bulu tangkis atlet skor stadion fifa pssi transfer musim"
        " poin"
    ),
    "celebrity": (
        "artis aktor aktris penyanyi film drama konser lagu selebritas pernikahan menikah album"
        " sinetron youtuber bintang netflix drakor idol kpop pacar"
    ),
    "economy": (
        "harga saham ihsg rupiah investasi bank investor penjualan kredit ekspor impor emas kripto"
        " bitcoin dividen bunga inflasi pajak bisnis diskon promo"
    ),
    "tech": (
        "smartphone ponsel aplikasi fitur kamera baterai ai chip android iphone mobil motor listrik"
        " layar gadget"
    ),
    "life": (
        "resep kesehatan diet tidur kulit vitamin makanan nutrisi tips manfaat zodiak ramalan"
        " wisata hotel liburan kuliner busana kecantikan dokter penyakit"
    ),
    "nature": (
        "gempa banjir longsor cuaca hujan bmkg erupsi gunung tsunami kebakaran kecelakaan tabrakan tenggelam"
    ),
    "school": (
        "sekolah siswa spmb ppdb kampus beasiswa ujian guru kurikulum snbt utbk pendaftaran seleksi cpns"
    ),
    "official": (
        "mengatakan ujarnya menyebut menilai menegaskan meminta mengingatkan pengamat anggota fraksi komisi"
    ),
}
CUES: dict[str, tuple[str, ...]] = {}
for _name, _words in _CUES.items():
    for _word in _words.split():
        CUES[_word] = (*CUES.get(_word, ()), _name)

NEGATORS = words(
    "tidak tak bukan belum tanpa nihil jangan batal urung gagal bantah membantah dibantah nyaris hampir"
)

FOREIGN = words(
    "amerika amerika_serikat as washington new_york los_angeles california texas chicago trump"
    " gedung_putih kanada"
    " meksiko brasil argentina chili kolombia venezuela peru kuba inggris london britania skotlandia"
    " irlandia prancis"
    " paris jerman berlin italia roma vatikan spanyol madrid barcelona portugal belanda amsterdam"
    " den_haag belgia"
    " brussel swiss austria wina polandia hungaria ceko rumania yunani athena turki istanbul ankara"
    " rusia moskow"
    " kremlin putin ukraina kiev kyiv zelensky belarus swedia norwegia denmark finlandia israel tel_aviv"
    " yerusalem"
    " netanyahu palestina gaza tepi_barat rafah hamas lebanon beirut hizbullah suriah damaskus iran"
    " teheran irak"
    " baghdad arab_saudi saudi riyadh jeddah mekkah makkah madinah yaman houthi qatar doha uea dubai"
    " abu_dhabi kuwait"
    " oman bahrain yordania mesir kairo libya tunisia aljazair maroko sudan ethiopia somalia kenya"
    " nairobi nigeria"
    " ghana kongo afrika_selatan uganda rwanda india new_delhi mumbai kashmir pakistan islamabad"
    " bangladesh dhaka"
    " sri_lanka nepal afghanistan kabul taliban myanmar rohingya thailand bangkok malaysia kuala_lumpur sabah"
    " serawak singapura vietnam hanoi kamboja phnom_penh laos filipina manila brunei timor_leste dili"
    " papua_nugini"
    " australia sydney melbourne canberra selandia_baru fiji china tiongkok beijing shanghai hong_kong"
    " taiwan taipei"
    " jepang tokyo korea_selatan korsel seoul korea_utara korut pyongyang kim_jong mongolia kazakhstan"
    " uzbekistan"
    " eropa uni_eropa nato pentagon pbb idf mossad timur_tengah afrika asia_tenggara asia_selatan"
    " amerika_latin"
    " georgia armenia azerbaijan serbia kosovo bosnia kroasia bulgaria lithuania latvia estonia islandia"
    " luksemburg"
    " panama honduras guatemala haiti jamaika bolivia ekuador paraguay uruguay mali niger chad kamerun"
    " senegal"
    " zimbabwe mozambik tanzania madagaskar angola zambia bhutan maladewa biden macron xi_jinping modi"
    " pm_inggris"
)
