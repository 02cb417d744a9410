"""How telling a word is: words that many kinds of events share say little about which event is meant.

The list was counted over the invented news of our own that trains the model (2,846 texts, names masked, the
share among flagged texts or among all, whichever is higher), so no word of it comes from an outlet or names
a person in the news. A word that is not listed is rare.
"""

from __future__ import annotations

_RARE = 0.75
_TIERS: tuple[tuple[float, str], ...] = (
    (
        0.0,
        """
ada adalah adat advertisement agar agustus air akan akhir aksi anak anda anggota antara april atas atau baca
bagi bahwa baru batu belum berita bersama bulan bupati camat com content continue dalam dan dari datang
dengan depan desa desember dia dikutip dilansir dinas dua editor empat enam februari foto hal hanya hari
harus hasil hingga ia ikut indonesia ini istimewa itu jalan jam januari juga juli jumat juni kabupaten kali
kalimantan kalteng kami kamis kampung kantor kapolres karena kata katanya kayu kebun kecamatan kedua
kelompok keluar keluarga kembali kemudian kepada kepala ketika ketua kini kita korban kota lahan lain lalu
lebih lewat lima lokasi luar luka malam maret masih massa masuk mei membawa membuat meminta menerima mengaku
mengatakan menjadi menolak menuntut menurut menutup menyatakan menyebut menyerahkan mereka minggu minta nama
namun november oktober oleh orang pada pagi para pekan pelaku pemerintah pemilik pemuda penulis perusahaan
petugas pewarta pihak pintu polisi polres pukul pulang puluhan rabu ratusan reporter ribuan rumah saat sabtu
saling sampai satu sebagai sebelum sebuah secara sejak sejumlah sekitar sekolah selama selasa sementara
sempat senin seorang september serta setelah soal sopir suara sudah surat tahun tak tanpa telah tengah
terkait tersebut tetap tetapi tidak tiga tim truk ujar ujarnya untuk usai warga wib wit wita yang
""",
    ),
    (
        0.12,
        """
acara alat aparat asal balai bantuan batas beberapa belasan berhenti berjaga berjalan berjanji berkumpul
berlangsung besar bila bisa bukan calon daerah daftar damai damang delapan dibakar dibawa dibuka diduga
diminta diri ditahan ditutup dprd duduk dusun gedung gereja gubernur guru halaman harga hukum hulu ibu izin
jadi jalur jembatan juta kaca kades kapal kapolsek kecil kerja kilometer lagi lama lapangan laporan
mahasiswa mata memakai memanggil memasang memberi membuka memeriksa memilih menahan mengingatkan mengirim
menilai menit menjelang menjelaskan menunggu mobil motor mulai naik negara panitia pasar pedagang pekerja
pemkab per perahu pernah persen pertama pertemuan perwakilan peserta petani polda polsek pos pun rapat raya
ribu rombongan ruang rusak saksi salah sama sambil sebagian sedangkan sembilan semua sendiri sengketa
setempat setiap siang sore suku sungai tambang tanah tangan tempat terjadi terluka tetangga titik tolak tua
tujuh turun tutup uang ulang waktu
""",
    ),
    (
        0.22,
        """
adu akibat aman ancam ancaman antrean api arah awal badan bagian bakar balik bangunan barang barat barito
bawa bawah bawaslu begitu bekas bekerja bentrok berakhir beras berat berbeda berdiri berharap berisi
bersenjata bertahan bertemu berubah biasa biaya bicara boleh bom brimob buah bubar bukti buruh bus cara
cepat dana dapat dapur daring data dermaga dewan dialog diamankan dianggap dibayar dicabut digelar
dihentikan dijaga dilakukan dilepas dini dipakai diperiksa dipukul dirawat dirusak disebut disita distrik
ditangkap ditemukan doa dulu ganti gas gelar gratis gudang habis hadir hampir hektare hendak hilir hujan
hutan ikan ingin jaga jangan jika kabar kaki kalau kampus kapolda kapuas karet karyawan kasus katingan
kawasan keamanan keberatan kegiatan kejadian kementerian kendaraan kepolisian keputusan kerabat kesepakatan
keterangan ketiga kontrak koordinator kosong kotim kpu kuala kubu kursi lampu langsung lawan lembaga lintas
maaf makan manajemen mantir masing masjid masyarakat mau mediasi melalui melapor memastikan membalas
membantah membayar menambah menandatangani menarik menawarkan mencari mencatat mendatangi menduga menegaskan
menemui menemukan mengajak mengamankan mengambil mengancam menganggap menggelar menghentikan meninggal
menjaga menjanjikan menteri menuju menunjukkan menurunkan menyampaikan menyiapkan menyita merah merasa mesin
meter miliar milik muda muncul mundur musyawarah negeri nelayan nomor operasi pabrik pagar paguyuban palang
palangka panah panen panjang papan parang pecah pelabuhan pelajar pendukung pengelola pengurus penjaga
penolakan penonton penuh penumpang perang perempuan perkara permintaan pernyataan perselisihan personel
perundingan pesan peta pindah pohon polresta pria protes provinsi pulau puluh puskesmas rasa rekaman rekan
rencana rugi sakit sampit satgas sawit sebab sebanyak sebelas sedang sehari sehingga sekelompok selatan
selesai seluruh senjata sepakat sepanjang sepuluh serang serangan serikat seruyan sesudah siap siapa sidang
sosial subuh supaya takut tanda tembakan tenaga tenda tentang terakhir terbuka terduga terhadap terkena
ternyata tersangka tertulis tetua tewas tiap tiba timur tinggal tokoh tuntutan umum utara video wakil wali
warung wilayah
""",
    ),
    (
        0.32,
        """
agama akses alasan aliansi ambulans anggaran angin angka angkutan apa aplikasi arus asap aturan aula bahan
baik bakal baku balasan bambu ban bandara banjir banyak bara barisan bartim batang beda belajar belakang
belas bendera berada berangkat berasal bercerita berebut beredar berencana bergantian bergerak berikut
berkas bersedia berujung berusia besi besok blok bongkar botol bpbd bpn bubarkan buka buku buntu cabut camp
catatan cukup dad darurat datangi dekat demi demo denda densus diam diberi dibongkar dihadiri dijadwalkan
dijanjikan dijual dikenal dikepung dikirim dilanjutkan dilempari dimulai dipasang diproses dipukuli direktur
disampaikan diserahkan ditarik diterima ditolak dituduh diturunkan dokter dokumen duduki dugaan ekskavator
emas gabungan gagal gang garis gerbang grup gugatan gunung hadapan hak hakim hangus hgu hidup hilang hitam
humas ibadah isi istri isu jadwal jakarta jaksa janji jarak jaringan jauh jawa jelas jemaat jenazah jumlah
juru justru kabel kahayan kain kamera kapolresta kartu karung keadaan kehilangan kekerasan kelas kelotok
kelurahan kena kenaikan keras keributan kertas kerugian kerumunan kerusuhan kesehatan khusus kilogram kios
kkb klaim kobar komisi konflik kontraktor koperasi kopi kotak kotawaringin kuasa kunci kurang ladang laga
lamandau larangan lari latihan laut layanan ledakan lempar lemparan lengkap lepas lingkungan listrik
logistik lokal lurah majelis manajer mandau mantan marah markas masa mati media meja melainkan melaporkan
melarang melawan melempar melihat melintang melintas membagikan membakar membantu membeli membenarkan
membongkar membubarkan memegang memenuhi memicu memindahkan memperlihatkan mempertemukan memprotes memuji
memutar memutuskan menanam menangis menangkap mencabut mencapai mencoba mendapat mendengar menempatkan
menempuh menetapkan mengakui mengalami mengenai mengenakan mengepung menggugat menghalangi menghasilkan
menghitung mengikuti mengimbau menginap mengumpulkan mengumumkan mengundang mengungsi mengusulkan
meninggalkan menjawab menuding menuduh menunda menuturkan menyambut menyarankan menyerang menyusul meski
minum minyak mogok muara mulut murid murung musim nasional negosiasi nilai nyaris operator orasi organisasi
ormas pajak paksa paling panas panggung pangkalan papua parkir partai pasang pasangan pasir pasukan patok
patroli pegawai pejabat pelatih pelatihan pelayanan peluru pembagian pembeli pemberitahuan pemeriksaan
pemerintahan pemicu pemilih pemilihan pemukulan pemungutan penambang penangkapan pendeta pendidikan penerima
pengadilan pengamanan pengawalan pengendara pengeras penghuni pengukuran pengunjung pengusaha penjagaan
penjelasan penyerangan penyidik perangkat perbaikan perbatasan pergi peringatan perjalanan perkebunan
perkelahian perlawanan perlu permukiman persoalan perusakan pikap pilkades pimpinan pinggir plasma politik
pondok portal posko program proses proyek ptun punya pusat putih putusan rakitan rakyat ramai rebutan
relawan remaja resmi ricuh ringan roboh ronda sah saja sampah sang satpam satpol sawah saya scroll seberang
sebulan sedikit segel segera sekaligus sekda sekretaris selamat selepas senapan separuh sepeda sepekan
seperti sering serupa sesuai setengah seusai siapkan simpang sisa sisi siswa solar spanduk spbu status
suasana tahu tali taman tambahan tamu tandingan tangga tanggal tangki tani tapi tarif tembak tepi terbakar
terdengar terima terlibat terlihat termasuk teror terpaksa tertahan tertib tertutup teweh tidur tiket tinggi
tingkat tni toko ton tps tuntut tutur ucap undangan unjuk upah usaha usulan utama
""",
    ),
    (
        0.42,
        """
adegan ahad ahli ajakan akun alamat alun angkat antang antre apabila area arsip arti arut asing asisten
asosiasi aspirasi atap ayah ayam babak babinsa bahasa bahkan balas balok banjarmasin bank barsel barut batal
bayar bbm bebas belakangan benar bensin bentrokan bentuk berani berdalih berdamai berdasarkan berhadapan
berhasil beri berjumlah berlaku berlanjut bermain bermalam bermula beroperasi berselisih berseragam bersih
berta berteriak bertuliskan berunding berupa betang bibit bidang bintang blokade bocor buatan bukit bulik
bun bundaran bunga buntok bunyi busur butuh cabang cadangan cahu cair celurit cempaga cerita contoh cuma
curiga dahulu danau darah daripada dasar daun daya dayak dendam desak detik diajak dialihkan diambil
diangkut dibacakan dibagi dibagikan dibahas dibangun dibatalkan dibebaskan dibubarkan dicegat didatangi
dievakuasi diganti dihajar diikuti diizinkan dijadikan dijawab dijemput dikawal dikembalikan dikeroyok
dikira dilaporkan dilarang dilempar diletakkan dimintai dinding dinilai dinyatakan dipalang dipanggil
dipenuhi diperbaiki diperkirakan dipersoalkan dipicu dipimpin dipindah dipotong dipulangkan dirobohkan
disaksikan disegel disepakati diserang diserbu disiapkan diskusi ditambah ditanam ditandatangani diteken
ditembaki dituding ditunda diumumkan dorong dosen drum dukungan dunia eks elektronik evaluasi fajar fakta
film final fisik fkub forum fraksi gaji ganda gelap gelombang gembok geng gerobak giliran gol gugat guna ham
hancur hantam harian hati hinting hitungan hoaks hotel hubungan hukuman hunian identitas imam induk
informasi isinya iuran jagung jaminan jari jatah jatuh jawab jawaban jeriken jiwa kabur kader kajian kalah
kasat kasih kebakaran kecewa kedatangan keesokan kekurangan kelapa keluhan kemarahan kematian kepastian
kerap kericuhan kernet kerusakan kesbangpol ketegangan khawatir kira kirim kisah kolam komisioner komnas
kompensasi kompi komunitas kondisi kontak konvoi kritik kronologi ktp kuliah kumai kumpul kunjung kunjungan
kuota kupon kurun laboratorium lagu lahir lancar langkah lansia lantai lapak lapor layar lebam lelaki lembar
lengan liar lilin lipat lomba longsor lubang mabuk macet magrib mahkamah main makam malah mana mandor mas
massal maupun melakukan melempari melepas melewati melibatkan melukai memakan memaksa memanas memancing
memang memantau memar memarkir memasak memasuki mematikan membaca membacakan membahas membatalkan
membentangkan membentuk membujuk memerintahkan memiliki memimpin memisahkan memotong memperkirakan
memperoleh mempersoalkan memukul memulangkan memungut menagih menang menanggapi menanggung menargetkan
mendadak mendaftarkan mendampingi mendesak mendirikan mendorong mendukung meneken menelusuri menembak
menembus menengahi menerangkan mengajar mengajukan mengangkut mengantar mengapa mengapresiasi mengatur
mengawal mengejar mengeluh mengerahkan mengganti menggunakan menghadang menghindari mengira mengklaim
menjadwalkan menjalani menjamin menjemput menjual menonton mentaya menulis menumpuk menyaksikan menyanggupi
menyayangkan menyebar menyediakan menyepakati menyimpan menyisir menyuruh menyusun merekam merencanakan
merusak muatan mura murah napas narkoba nasi natal nenek normal obat oknum ombudsman padahal padam padi
paham pakai paket paku palsu pangkal pantai parit pasien patah pekerjaan pelantikan pelat peledak pemain
pemakaman pemanen pembakaran pembangunan pembayaran pembuat pembubaran pemilu pemkot penanganan pencari
pencarian pencuri pendapat pendatang penduduk peneliti penerbangan penetapan pengajian pengamat pengangkut
pengawas pengemudi pengeroyokan pengganti pengguna pengikut pengirim pengumuman pengungsi pengusiran penjual
penutupan penyebab penyelidikan penyerang penyidikan penyintas penyuluh perantau perbedaan percakapan
perdamaian perdana perebutan perguruan perhubungan perintah peristiwa perjanjian perlindungan permata
permohonan pers pertanian pesanan pesawat pesisir petang pidana pingsan pipa pisau pleno pompa ponsel posisi
poster potongan preman presiden pribadi produksi propam publik puisi puncak pungutan pupuk puruk rampung
rantai rata razia regu rekomendasi relokasi rencanakan retak riam ribut ritual rotan rp1 rp2 rp3 rsud
ruangan ruas rute sabu salat sana sasaran sayur sebelah sebut sederhana sejarah sejauh sekali sekarang
selain selebaran selisih semalam sembako semula sengaja seragam serahkan serbu sertifikat sesak setahun
setda setuju silam singer singkat sistem situasi stadion staf stok suami sukamara sulit sumber sumur
surabaya syarat tabung tagih tahan tahunan tajam tampung tanam target tas tata tawaran tegas telepon telur
teman temu temuan tenang tenggat tentara teras tercatat terdakwa terdekat tergugat terhenti teriakan
terjatuh terlalu terlambat terminal terpal terpasang tertangkap tertawa tertembak tertunda terus tiang tikar
tindakan tipis tombak tongkang trans trotoar tuan tuding tuduhan tugas tulang tumbang tunggal tunggu tuntas
turut udara uji ujian ujung ukur ultimatum umat undang unggahan ungkap unit upacara urusan usia utang
verifikasi versi viral wajah wajib walau wartawan wisata wisatawan with zona
""",
    ),
)
_WEIGHT = {word: weight for weight, words in _TIERS for word in words.split()}


def telling(word: str) -> float:
    """Weight of a lower-case word, 0 (in every second story) to 0.75 (rare)."""
    return _WEIGHT.get(word, _RARE)
