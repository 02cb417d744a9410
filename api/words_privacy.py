"""The words of the data-protection notice, of requests and of holds, Indonesian and English."""

from __future__ import annotations

# key: (Indonesian, English)
PRIVACY_WORDS: dict[str, tuple[str, str]] = {
    "privacy": ("Pelindungan data", "Data protection"),
    "privacy_title": ("Pemberitahuan pelindungan data", "Data-protection notice"),
    "privacy_lead": (
        "Dini membaca berita yang sudah terbit untuk umum agar Badan Kesatuan Bangsa dan Politik di "
        "Kalimantan Tengah mengetahui peristiwa sedini mungkin. Yang dicatat peristiwa, bukan orang.",
        "Dini reads news already published to everybody, so that the national-unity agencies of Central "
        "Kalimantan know of events early. It records events, not persons.",
    ),
    "privacy_who": ("Siapa yang bertanggung jawab", "Who is responsible"),
    "privacy_who_text": (
        "Pengendali data adalah Badan Kesbangpol Provinsi Kalimantan Tengah, bersama Kesbangpol "
        "kabupaten/kota yang memakai layanan ini untuk daerahnya.",
        "The controller is the national-unity agency (Badan Kesbangpol) of Central Kalimantan Province, with "
        "the agencies of the regencies and the city that use the service for their area.",
    ),
    "privacy_why": ("Untuk apa, dan atas dasar apa", "What for, and on what ground"),
    "privacy_why_text": (
        "Kewaspadaan dini di daerah adalah tugas pemerintah daerah (Permendagri 2/2018 dan perubahannya). "
        "Dasar pemrosesan menurut Pasal 20 ayat (2) UU 27/2022 tentang Pelindungan Data Pribadi: "
        "pelaksanaan tugas untuk kepentingan umum.",
        "Early warning in the regions is a duty of local government (Permendagri 2/2018 as amended). The "
        "ground under Article 20(2) of Law 27/2022 on Personal Data Protection is a task in the public "
        "interest.",
    ),
    "privacy_kept": ("Apa yang disimpan, dan berapa lama", "What is kept, and for how long"),
    "privacy_data": ("Data", "Data"),
    "privacy_time": ("Masa simpan", "Kept for"),
    "privacy_after": ("Sesudahnya", "Afterwards"),
    "privacy_days": ("{n} hari", "{n} days"),
    "privacy_forever": ("tanpa batas waktu", "without limit"),
    "keep_text": (
        "Teks berita terbuka yang diambil dari media",
        "Texts of public news fetched from the media",
    ),
    "keep_text_after": (
        "Teks dan kutipan dihapus; judul dengan nama disamarkan, tautan, dan kode tinggal. Teks insiden yang "
        "diterima petugas, dan yang ditahan karena proses hukum, tetap disimpan.",
        "Text and quotes go; the title with names masked, the link and codes stay. Texts of incidents that "
        "officers accepted, and those under a legal hold, are kept.",
    ),
    "keep_fetch": ("Catatan pengambilan sumber", "Log of fetches from sources"),
    "keep_fetch_after": ("Dihapus; jumlah per hari tinggal.", "Deleted; counts by day stay."),
    "keep_sign_in": ("Sesi masuk petugas yang berakhir", "Ended sign-in sessions of officers"),
    "keep_sign_in_after": ("Dihapus.", "Deleted."),
    "keep_post": ("Isi surat laporan kepada kantor", "Texts of messages to offices"),
    "keep_post_after": ("Isi dihapus; waktu dan kantor tinggal.", "Text goes; time and office stay."),
    "keep_note": ("Catatan petugas pada insiden", "Officers' notes on incidents"),
    "keep_note_after": ("Kata-katanya dihapus; putusan tinggal.", "The words go; decisions stay."),
    "keep_request": ("Permintaan yang sudah dijawab", "Answered requests"),
    "keep_request_after": ("Uraian dihapus; jenis dan waktu tinggal.", "Words go; kind and times stay."),
    "keep_audit": ("Jejak audit perbuatan petugas", "Audit trail of officers' acts"),
    "keep_audit_after": ("Dipangkas dari yang terlama.", "Cut from the oldest on."),
    "privacy_not": ("Yang tidak dilakukan", "What is not done"),
    "privacy_not_1": (
        "Tidak ada daftar, profil, pencarian, hitungan, atau nilai tentang orang. Nama, inisial berumur, "
        "nomor identitas, dan nomor telepon disamarkan di luar teks mentah; tautan disimpan apa adanya.",
        "There is no list, profile, search, count or score of persons. Names, initials with ages, ID and "
        "phone numbers are masked outside the raw text; link addresses are kept as they are.",
    ),
    "privacy_not_2": (
        "Media sosial dan percakapan pribadi tidak dibaca; hanya umpan dan halaman berita terbuka.",
        "No social media and no private conversation is read; only open feeds and news pages.",
    ),
    "privacy_not_3": (
        "Kritik semata tidak ditandai, dan penyampaian pendapat secara damai tidak pernah dinilai di atas "
        "INFORMASI (UU 9/1998).",
        "Criticism alone is not flagged, and peaceful expression is never rated above INFORMATION "
        "(Law 9/1998).",
    ),
    "privacy_not_4": (
        "Mesin hanya mengusulkan; putusan dibuat petugas. Setiap pembacaan teks mentah dicatat.",
        "The machine only proposes; officers decide. Each reading of a raw text is recorded.",
    ),
    "privacy_visit": (
        "Halaman ini tidak memasang pelacak. Kuki hanya dipakai untuk masuk dan pilihan bahasa.",
        "These pages set no tracker. Cookies serve signing in and the choice of language only.",
    ),
    "privacy_ask": ("Hak Anda, dan cara meminta", "Your rights, and how to ask"),
    "privacy_ask_text": (
        "Anda dapat meminta akses, koreksi, atau penghapusan (UU 27/2022), serta menyampaikan hak jawab atau "
        "koreksi atas berita (UU 40/1999). Hak jawab atas isi berita juga dapat disampaikan langsung "
        "kepada medianya; ralat media kami ambil dan tampilkan.",
        "You may ask for access, correction or erasure (Law 27/2022), and reply to or correct a report "
        "(Law 40/1999). A reply to the content of news may also go straight to the outlet; corrections by "
        "outlets are fetched and shown.",
    ),
    "privacy_ask_how": (
        "Sampaikan secara tertulis atau datang langsung, dengan tautan berita atau uraian peristiwa yang "
        "dimaksud. Permintaan dijawab paling lambat 3 x 24 jam sejak diterima.",
        "Ask in writing or in person, with the link of the report or what event is meant. You get an answer "
        "within 3 x 24 hours of receipt.",
    ),
    "privacy_ask_identity": (
        "Identitas peminta tidak disimpan dalam sistem ini: Anda menerima nomor rujukan, dan petugas "
        "menyimpan kontak Anda di luar sistem hanya sampai dijawab.",
        "Who asks is not stored in this system: you get a reference number, and the officer keeps your "
        "contact outside it only until you have the answer.",
    ),
    "privacy_contact": ("Kontak:", "Contact:"),
    "privacy_no_contact": (
        "Kontak: kantor Badan Kesbangpol Provinsi Kalimantan Tengah, Palangka Raya, atau Kesbangpol "
        "kabupaten/kota Anda.",
        "Contact: the office of Badan Kesbangpol of Central Kalimantan Province in Palangka Raya, or the "
        "agency of your regency or city.",
    ),
    "requests": ("Permintaan dan penahanan", "Requests and holds"),
    "requests_note": (
        "Jangan menulis nama atau kontak peminta di sini: berikan nomor rujukan kepadanya, simpan kontaknya "
        "di luar sistem. Nama orang dalam uraian disamarkan sebelum disimpan.",
        "Do not write who asked or how to reach them here: give them the reference number, keep the contact "
        "outside. Names of persons in what you write are masked before they are stored.",
    ),
    "requests_open": ("Belum dijawab", "Not answered yet"),
    "requests_none": ("Tidak ada permintaan yang menunggu jawaban.", "No request waits for an answer."),
    "requests_closed": ("Sudah dijawab", "Answered"),
    "request_new": ("Catat permintaan", "Write down a request"),
    "request_kind": ("Jenis", "Kind"),
    "request_koreksi": ("Koreksi", "Correction"),
    "request_akses": ("Akses", "Access"),
    "request_hapus": ("Penghapusan", "Erasure"),
    "request_hak_jawab": ("Hak jawab", "Right of reply"),
    "request_received": ("Diterima (WIB; kosong: sekarang)", "Received (WIB; empty: now)"),
    "request_concern": ("Peristiwa yang dimaksud", "What event it concerns"),
    "request_link": ("Tautan berita (bila ada)", "Link of the report (if any)"),
    "request_incident": ("Nomor insiden (bila ada)", "Incident number (if any)"),
    "request_diterima": ("diterima", "received"),
    "request_diproses": ("diproses", "in work"),
    "request_dijawab": ("dijawab", "answered"),
    "request_ditolak": ("ditolak", "refused"),
    "request_left": ("sisa {time}", "{time} left"),
    "request_late": ("TERLAMBAT {time}", "OVERDUE by {time}"),
    "request_hours": ("{h} jam {m} menit", "{h} h {m} min"),
    "request_take": ("Proses", "Take up"),
    "request_answer": ("Jawaban", "Answer"),
    "request_basis": ("Dasar (pasal, aturan)", "Ground (article, rule)"),
    "request_send": ("Catat jawaban", "Record the answer"),
    "request_refuse": ("Tolak dengan dasar ini", "Refuse on this ground"),
    "request_answered_at": ("{state} {time}", "{state} {time}"),
    "request_in_time": ("tepat waktu", "in time"),
    "request_too_late": ("terlambat", "late"),
    "erase": ("Hapus teks mentah sebuah butir", "Erase an item's raw text"),
    "erase_item": ("Nomor butir", "Item number"),
    "erase_do": ("Hapus teks, tinggalkan tautan", "Erase the text, keep the link"),
    "erase_note": (
        "Tidak dapat dibatalkan. Judul tersamar, tautan, dan kode tinggal.",
        "Cannot be undone. The masked title, link and codes stay.",
    ),
    "holds": ("Penahanan penghapusan", "Legal holds"),
    "holds_note": (
        "Selama ditahan, teks mentah dan catatan insiden tidak dihapus oleh masa simpan.",
        "While held, raw texts and notes of the incident are not removed by the retention clock.",
    ),
    "holds_none": ("Tidak ada penahanan yang berlaku.", "No hold is in force."),
    "hold_incident": ("Nomor insiden", "Incident number"),
    "hold_reason": ("Alasan", "Reason"),
    "hold_place": ("Tahan", "Hold"),
    "hold_lift": ("Cabut", "Lift"),
    "hold_lift_reason": ("Alasan pencabutan", "Reason for lifting"),
    "hold_since": ("sejak {time}", "since {time}"),
    "done_permintaan": (
        "Permintaan dicatat. Nomor rujukan untuk peminta: {n}",
        "Request written down. Reference for who asked: {n}",
    ),
    "done_proses": ("Permintaan {n} diproses.", "Request {n} is in work."),
    "done_jawab": ("Jawaban permintaan {n} dicatat.", "The answer to request {n} is recorded."),
    "done_hapus": ("Teks mentah butir {n} dihapus.", "The raw text of item {n} is erased."),
    "done_tahan": ("Insiden {n} ditahan dari penghapusan.", "Incident {n} is held."),
    "done_cabut": ("Penahanan insiden {n} dicabut.", "The hold on incident {n} is lifted."),
    "item_pruned": (
        "Teks mentah berita ini sudah dihapus sesuai masa simpan ({time}). Baca di sumbernya lewat tautan.",
        "The raw text of this report was removed by the retention clock ({time}). Read it at its source.",
    ),
}
