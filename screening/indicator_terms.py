"""The registry of the service's indicators (IO): what each means, in both languages, with its version.

One definition for the province and the 14 regencies. A change of meaning is a new `version` of the indicator
and a new `REGISTRY_VERSION`; within a budget year definitions stay as they are. Source: domain study
(docs/indicators.md is written from here).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

REGISTRY_VERSION = "2026.2"
LEAST = 5  # fewer cases than this give no figure
SLA_MINUTES = {4: 15, 3: 60, 2: 240}  # by level; INFORMASI has none
COHORT_DAYS = 90
BEFORE_DAYS = 30
ANSWER_DAYS, FOLLOW_UP_DAYS = 3, 7  # after a paper was sent
COVER_ARTICLES, COVER_OUTLETS = 3, 2  # a day: what makes a regency covered


class Unit(enum.StrEnum):
    MINUTES = "menit"
    HOURS = "jam"
    PERCENT = "persen"
    COUNT = "jumlah"
    ALPHA = "alfa"  # Krippendorff: 1 is full agreement, 0 is chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The same words in Indonesian and English."""

    id: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """`why_not` says what is missing where an indicator cannot be measured yet."""

    code: str
    name: Both
    meaning: Both
    formula: Both
    unit: Unit
    numerator: Both
    denominator: Both
    left_out: Both
    source: Both
    version: str
    since: date
    why_not: Both | None = None


_SINCE = date(2026, 11, 24)
_INCIDENTS = Both(id="insiden dan telaahnya", en="incidents and their reviews")
_NONE = Both(id="tidak ada", en="nothing")
_NOT_A_RATIO = Both(id="tidak ada (nilai tengah)", en="none (a median)")
_NO_THREAT = Both(
    id="yang ditolak, bukan isu (N), selain aktual atau rencana, dan aksi damai (F2)",
    en="rejected ones, no issue (N), neither actual nor planned, and peaceful action (F2)",
)
_SENDING = Both(
    id="laporan yang dikirim, tanggapannya, dan tindak lanjut",
    en="reports sent, their responses, and follow-ups",
)

DEFINITIONS = (
    Definition(
        code="IO-1",
        name=Both(id="Latensi terbit→deteksi", en="Latency, published to detected"),
        meaning=Both(
            id="Berapa lama sesudah berita pertamanya terbit sebuah insiden kita ketahui.",
            en="How long after its first article was published we knew of an incident.",
        ),
        formula=Both(
            id="saat laporan pertama tersimpan − saat berita pertama terbit; nilai tengah dan P90",
            en="first report stored − first article published; median and P90",
        ),
        unit=Unit.MINUTES,
        numerator=_NOT_A_RATIO,
        denominator=Both(id="insiden dengan waktu terbit tepercaya", en="incidents with a trustworthy time"),
        left_out=Both(
            id="berita yang tanggalnya meragukan, atau terbit sebelum sumbernya didaftarkan",
            en="articles with a doubtful date, or published before their source was registered",
        ),
        source=Both(id="berita tersimpan", en="stored items"),
        version="1",
        since=_SINCE,
    ),
    Definition(
        code="IO-2",
        name=Both(id="Latensi deteksi→telaah", en="Latency, detected to reviewed"),
        meaning=Both(
            id="Berapa lama sebuah insiden menunggu putusan pertama, menurut tingkat usulan mesin saat itu.",
            en="How long an incident waits for its first decision, by the machine's level at that time.",
        ),
        formula=Both(
            id="putusan pertama − deteksi; nilai tengah dan P90. Dalam batas waktu: diputus dalam "
            "15 (DARURAT), 60 (SIAGA), 240 menit (WASPADA) ÷ yang sudah diputus atau lewat batas × 100; "
            "menunggu: yang belum diputus",
            en="first decision − detected; median and P90. Within the limit: decided within 15 (DARURAT), "
            "60 (SIAGA), 240 minutes (WASPADA) ÷ those decided or past the limit × 100; "
            "waiting: those without a decision",
        ),
        unit=Unit.MINUTES,
        numerator=Both(
            id="insiden yang diputus dalam batas waktu (hanya pada persentase)",
            en="incidents decided within the limit (for the share only)",
        ),
        denominator=Both(
            id="insiden yang sudah ditelaah; pada persentase juga yang sudah lewat batas",
            en="incidents reviewed; for the share also those past the limit",
        ),
        left_out=Both(id="insiden yang digabung ke insiden lain", en="incidents merged into another"),
        source=_INCIDENTS,
        version="1",
        since=_SINCE,
    ),
    Definition(
        code="IO-3",
        name=Both(id="Latensi telaah→lapor", en="Latency, reviewed to reported"),
        meaning=Both(
            id="Berapa lama sesudah putusan laporan informasi atau atensi yang pertama dikirim.",
            en="How long after the decision the first report or alert is sent.",
        ),
        formula=Both(
            id="saat kirim laporan pertama tentang insiden itu − putusan terakhir yang berlaku saat itu; "
            "nilai tengah dan P90",
            en="first report on the incident sent − the newest decision standing then; median and P90",
        ),
        unit=Unit.MINUTES,
        numerator=_NOT_A_RATIO,
        denominator=Both(id="insiden yang dilaporkan", en="incidents reported"),
        left_out=Both(
            id="laporan yang dikirim sebelum ada putusan, dan putusan yang ditarik",
            en="reports sent before any decision, and decisions taken back",
        ),
        source=_SENDING,
        version="2",
        since=_SINCE,
    ),
    Definition(
        code="IO-4",
        name=Both(id="Latensi lapor→tindak lanjut", en="Latency, reported to followed up"),
        meaning=Both(
            id="Berapa lama sesudah laporan pertama dikirim penanggung jawabnya pertama kali menanggapi.",
            en="How long after the first report was sent its owner first responded.",
        ),
        formula=Both(
            id="tanggapan pertama (atas laporan, atau dari penanggung jawab tindak lanjut) − saat kirim; "
            "nilai tengah dan P90; tanpa tanggapan: yang tidak ditanggapi dalam 3×24 jam ÷ yang dikirim "
            "3×24 jam lalu atau lebih × 100",
            en="first response (to a report, or of a follow-up's owner) − sent; median and P90; without "
            "response: not answered within 3×24 hours ÷ sent 3×24 hours ago or more × 100",
        ),
        unit=Unit.HOURS,
        numerator=Both(
            id="insiden tanpa tanggapan dalam 3×24 jam (hanya pada persentase)",
            en="incidents without response in 3×24 hours (for the share only)",
        ),
        denominator=Both(
            id="insiden yang dilaporkan dan ditanggapi; pada persentase yang dikirim ≥ 3×24 jam lalu",
            en="incidents reported and answered; for the share those sent 3×24 hours ago or more",
        ),
        left_out=Both(
            id="tanggapan yang tercatat sebelum laporan pertama dikirim",
            en="responses recorded before the first report was sent",
        ),
        source=_SENDING,
        version="2",
        since=_SINCE,
    ),
    Definition(
        code="IO-5",
        name=Both(id="Laporan ditindaklanjuti", en="Reports followed up"),
        meaning=Both(
            id="Bagian insiden WASPADA ke atas yang dilaporkan dan mendapat tindak lanjut tercatat.",
            en="Share of reported incidents from WASPADA up with a recorded follow-up.",
        ),
        formula=Both(
            id="dengan paling sedikit satu tindak lanjut atau tanggapan tercatat sampai 7 hari sesudah "
            "laporan pertama dikirim ÷ semua yang dikirim 7 hari lalu atau lebih × 100",
            en="with at least one follow-up or response recorded by 7 days after the first report was "
            "sent ÷ all sent 7 days ago or more × 100",
        ),
        unit=Unit.PERCENT,
        numerator=Both(id="yang ditindaklanjuti dalam 7 hari", en="followed up in 7 days"),
        denominator=Both(
            id="insiden ≥ WASPADA yang dilaporkan 7 hari lalu atau lebih",
            en="incidents ≥ WASPADA reported 7 days ago or more",
        ),
        left_out=Both(
            id=f"{_NO_THREAT.id}; tindak lanjut yang batal",
            en=f"{_NO_THREAT.en}; follow-ups that were cancelled",
        ),
        source=_SENDING,
        version="2",
        since=_SINCE,
    ),
    Definition(
        code="IO-6",
        name=Both(id="Insiden terselesaikan", en="Incidents resolved"),
        meaning=Both(
            id="Bagian insiden yang selesai dengan bukti: ada laporan penyelesaian damai (F8), bukan karena "
            "sepi berita.",
            en="Share of incidents closed with evidence: a settlement was reported (F8), not mere silence.",
        ),
        formula=Both(
            id="selesai dengan laporan F8 dalam 90 hari ÷ dibuka pada periode dan sudah berumur 90 hari "
            "× 100",
            en="closed with an F8 report within 90 days ÷ opened in the period and 90 days old × 100",
        ),
        unit=Unit.PERCENT,
        numerator=Both(
            id="selesai dengan laporan F8 dalam 90 hari", en="closed with an F8 report in 90 days"
        ),
        denominator=Both(id="insiden yang sudah berumur 90 hari", en="incidents that are 90 days old"),
        left_out=_NO_THREAT,
        source=_INCIDENTS,
        version="1",
        since=_SINCE,
    ),
    Definition(
        code="IO-7",
        name=Both(id="Presisi tanda", en="Precision of flags"),
        meaning=Both(
            id="Bagian tanda mesin yang dibenarkan penelaah, seluruhnya dan menurut isu usulan mesin.",
            en="Share of the machine's flags that reviewers confirmed, in all and by the machine's issue.",
        ),
        formula=Both(
            id="diterima ÷ (diterima + ditolak) × 100; putusan terakhir; selang 95 % menurut Wilson",
            en="accepted ÷ (accepted + rejected) × 100; the newest decision; 95 % Wilson interval",
        ),
        unit=Unit.PERCENT,
        numerator=Both(id="insiden yang diterima", en="incidents accepted"),
        denominator=Both(id="insiden yang diterima atau ditolak", en="incidents accepted or rejected"),
        left_out=Both(
            id="putusan ragu, dan yang ditolak sebagai duplikat",
            en="unsure decisions, and those rejected as duplicates",
        ),
        source=_INCIDENTS,
        version="1",
        since=_SINCE,
    ),
    Definition(
        code="IO-8",
        name=Both(id="Daya tangkap (recall)", en="Recall"),
        meaning=Both(
            id="Berapa banyak berita relevan yang tidak ditandai mesin; makin kecil makin baik.",
            en="How many relevant items the machine did not flag; lower is better.",
        ),
        formula=Both(
            id="contoh acak mingguan 100 butir yang tidak ditandai: relevan ÷ yang sudah dinilai × 100, "
            "selang 95 % menurut Wilson. Perkiraan terlewat: tiap butir relevan mewakili (butir tidak "
            "ditandai pekan itu ÷ butir contoh yang dinilai). Bagian tertangkap: butir dalam insiden yang "
            "diterima ÷ (itu + terlewat) × 100. Dari tempat lain: insiden yang lebih dahulu diketahui kantor "
            "dari sana",
            en="a weekly random sample of 100 items not flagged: relevant ÷ judged × 100, 95 % Wilson "
            "interval. Estimated misses: each relevant item stands for (items of the week not flagged ÷ "
            "sample items judged). Share caught: items in accepted incidents ÷ (those + misses) × "
            "100. Learnt elsewhere: "
            "incidents the office learnt of from elsewhere first",
        ),
        unit=Unit.PERCENT,
        numerator=Both(id="butir contoh yang relevan", en="relevant items of the sample"),
        denominator=Both(id="butir contoh yang dinilai", en="items of the sample that were judged"),
        left_out=Both(
            id="jawaban ragu; pekan yang tidak mulai pada periode; daerah dihitung menurut berita",
            en="unsure answers; weeks that do not begin in the period; regencies go by the item",
        ),
        source=Both(
            id="contoh mingguan dari butir yang tidak ditandai, dan catatan dari tempat lain",
            en="the weekly samples of items not flagged, and notes from elsewhere",
        ),
        version="2",
        since=_SINCE,
    ),
    Definition(
        code="IO-9",
        name=Both(id="Kesepakatan telaah", en="Agreement of reviews"),
        meaning=Both(
            id="Seberapa sama dua telaah terpisah atas insiden yang sama, dihitung per kantor, "
            "tidak pernah per orang.",
            en="How alike two separate reviews of one incident are, by office, never by person.",
        ),
        formula=Both(
            id="Krippendorff α atas isu (nominal), juga atas tingkat (ordinal), bentuk, dan relevansi, dari "
            "10 % insiden yang dibaca dua kali; menurut hari bacaan kedua dijawab; selang 95 % bootstrap; "
            "sasaran ≥ 0,7",
            en="Krippendorff's α on issue (nominal), and on level (ordinal), form and relevance, of the 10 % "
            "of incidents read twice; by the day of the second answer; 95 % bootstrap interval; target ≥ 0.7",
        ),
        unit=Unit.ALPHA,
        numerator=_NOT_A_RATIO,
        denominator=Both(id="insiden yang dibaca dua kali", en="incidents read twice"),
        left_out=Both(
            id="pasangan yang pembaca keduanya sudah melihat putusan pertama, yang putusan pertamanya "
            "ditarik, dan yang salah satunya tidak menyebut kode",
            en="pairs whose second reader had seen the first decision, whose first decision was taken back, "
            "and those in which one gave no code",
        ),
        source=Both(id="bacaan kedua", en="second readings"),
        version="2",
        since=_SINCE,
    ),
    Definition(
        code="IO-10",
        name=Both(id="Cakupan sumber", en="Coverage of sources"),
        meaning=Both(
            id="Pada berapa hari sebuah daerah cukup diberitakan. Hari tanpa berita adalah tidak terpantau, "
            "bukan aman.",
            en="On how many days a regency was reported on enough. A day without news is unseen, not safe.",
        ),
        formula=Both(
            id="hari-daerah dengan ≥ 3 berita dari ≥ 2 media ÷ semua hari-daerah yang sudah lewat × 100; "
            "hari tidak terpantau: 0 berita; keandalan umpan: pengambilan berhasil ÷ semua pengambilan × 100",
            en="regency-days with ≥ 3 articles of ≥ 2 outlets ÷ all regency-days that are over × 100; "
            "unseen days: 0 articles; feed uptime: good fetches ÷ all fetches × 100",
        ),
        unit=Unit.PERCENT,
        numerator=Both(id="hari-daerah yang tercakup", en="regency-days covered"),
        denominator=Both(
            id="hari-daerah yang sudah lewat sejak pengambilan pertama",
            en="regency-days that are over, since the first fetch",
        ),
        left_out=Both(
            id="hari yang berjalan; keandalan umpan dihitung atas semua sumber, sama di tiap kantor",
            en="the day that runs; feed uptime is of all sources, the same in each office",
        ),
        source=Both(id="berita tersimpan dan catatan pengambilan", en="stored items and the fetch counts"),
        version="1",
        since=_SINCE,
    ),
    Definition(
        code="IO-11",
        name=Both(id="Cakupan wilayah pelaporan", en="Coverage of review"),
        meaning=Both(
            id="Bagian hari-daerah yang semua insidennya ditelaah pada hari itu juga.",
            en="Share of regency-days whose incidents were all reviewed on the same day.",
        ),
        formula=Both(
            id="hari-daerah yang semua insidennya mendapat putusan pertama sebelum 24.00 WIB ÷ "
            "hari-daerah dengan insiden × 100",
            en="regency-days whose incidents all had a first decision before 24:00 WIB ÷ "
            "regency-days with incidents × 100",
        ),
        unit=Unit.PERCENT,
        numerator=Both(id="hari-daerah yang selesai ditelaah", en="regency-days fully reviewed"),
        denominator=Both(id="hari-daerah dengan insiden", en="regency-days with incidents"),
        left_out=Both(
            id="hari yang berjalan, daerah tanpa insiden pada hari itu, insiden tanpa daerah",
            en="the day that runs, regencies without an incident that day, incidents without a regency",
        ),
        source=_INCIDENTS,
        version="1",
        since=_SINCE,
    ),
    Definition(
        code="IO-12",
        name=Both(id="Konfirmasi non-media", en="Confirmation outside the media"),
        meaning=Both(
            id="Bagian insiden SIAGA ke atas yang dipastikan orang dari sumber di luar media.",
            en="Share of incidents from SIAGA up that a person confirmed from a source outside the media.",
        ),
        formula=Both(
            id="dengan nilai petugas 1–2 dari lembaga di luar media yang masih berlaku ÷ semua ≥ SIAGA × 100",
            en="whose standing grade by a person is 1–2 from an institution outside the media ÷ all ≥ SIAGA "
            "× 100",
        ),
        unit=Unit.PERCENT,
        numerator=Both(id="yang dikonfirmasi", en="confirmed"),
        denominator=Both(id="insiden ≥ SIAGA", en="incidents ≥ SIAGA"),
        left_out=_NO_THREAT,
        source=Both(id="insiden dan nilai konfirmasi petugas", en="incidents and grades given by people"),
        version="2",
        since=_SINCE,
    ),
    Definition(
        code="IO-13",
        name=Both(id="Koreksi", en="Corrections"),
        meaning=Both(
            id="Bagian laporan (LI, LA) yang diralat atau dicabut sesudah dikirim; makin kecil makin baik.",
            en="Share of reports (LI, LA) corrected or withdrawn after they were sent; lower is better.",
        ),
        formula=Both(
            id="diralat atau dicabut sesudah dikirim ÷ laporan yang dikirim × 100",
            en="corrected or withdrawn after being sent ÷ reports sent × 100",
        ),
        unit=Unit.PERCENT,
        numerator=Both(id="yang diralat atau dicabut", en="corrected or withdrawn"),
        denominator=Both(id="laporan yang dikirim", en="reports sent"),
        left_out=Both(id="draf yang dicabut sebelum dikirim", en="drafts withdrawn before they were sent"),
        source=_SENDING,
        version="2",
        since=_SINCE,
    ),
    Definition(
        code="IO-14",
        name=Both(id="Peringatan mendahului", en="Warning ahead"),
        meaning=Both(
            id="Bagian insiden SIAGA ke atas yang di kecamatan yang sama didahului insiden tingkat lebih "
            "rendah.",
            en="Share of incidents from SIAGA up that a lower one came before in the same district.",
        ),
        formula=Both(
            id="didahului INFORMASI atau WASPADA di kecamatan yang sama dalam 30 hari ÷ semua ≥ SIAGA × 100; "
            "waktu dini: deteksi − deteksi pendahulu yang pertama",
            en="preceded by INFORMASI or WASPADA in the same district within 30 days ÷ all ≥ SIAGA × 100; "
            "lead time: detected − the first such incident detected",
        ),
        unit=Unit.PERCENT,
        numerator=Both(id="yang didahului", en="preceded"),
        denominator=Both(id="insiden ≥ SIAGA", en="incidents ≥ SIAGA"),
        left_out=_NO_THREAT,
        source=_INCIDENTS,
        version="1",
        since=_SINCE,
    ),
    Definition(
        code="IO-15",
        name=Both(id="Perlindungan hak", en="Protection of rights"),
        meaning=Both(
            id="Berapa aksi damai (F2) yang pernah dinaikkan di atas INFORMASI; harus 0.",
            en="How many peaceful actions (F2) were ever raised above INFORMASI; must be 0.",
        ),
        formula=Both(
            id="jumlah insiden F2 yang oleh mesin atau sebuah putusan pernah di atas INFORMASI; "
            "nama orang tersisa dalam audit 200 catatan",
            en="count of F2 incidents that the machine or a decision ever put above INFORMASI; "
            "personal names left in an audit of 200 records",
        ),
        unit=Unit.COUNT,
        numerator=Both(id="insiden F2 yang dinaikkan", en="F2 incidents raised"),
        denominator=Both(id="insiden F2", en="F2 incidents"),
        left_out=_NONE,
        source=_INCIDENTS,
        version="1",
        since=_SINCE,
    ),
)
DEFINITION_BY_CODE = {one.code: one for one in DEFINITIONS}
NO_AUDIT = Both(
    id="Audit 200 catatan belum dilakukan di dalam sistem.",
    en="The audit of 200 records is not done in the system yet.",
)
