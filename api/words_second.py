"""The words of second readings, agreement and the weekly sample, Indonesian and English."""

from __future__ import annotations

# key: (Indonesian, English)
SECOND_WORDS: dict[str, tuple[str, str]] = {
    "second": ("Baca kedua", "Second reading"),
    "second_badge": ("{n} menunggu Anda", "{n} wait for you"),
    "second_tab": ("Menunggu dibaca", "To read"),
    "sample": ("Sampel mingguan", "Weekly sample"),
    "sample_left": ("{n} belum dijawab", "{n} unanswered"),
    "agreement": ("Kesepakatan", "Agreement"),
    "second_areas": ("Bagian uji mutu", "Parts of the quality check"),
    "second_about": (
        "{percent} % insiden yang sudah diputuskan dipilih acak menurut nomornya, ditambah setiap DARURAT "
        "yang "
        "ditolak, lalu dibaca orang lain tanpa melihat tingkat, alasan mesin, atau putusan pertama.",
        "{percent} % of the decided incidents are chosen at random by their number, and every rejected "
        "EMERGENCY; somebody else reads them without the level, the machine's reasons or the first decision.",
    ),
    "second_mine": ("Bacaan Anda", "Your readings"),
    "second_free": ("Belum ada pembacanya", "Without a reader"),
    "second_none": (
        "Tidak ada bacaan yang menunggu Anda.",
        "No reading waits for you.",
    ),
    "second_chosen": ("dipilih {time}", "chosen {time}"),
    "second_take": ("Ambil", "Take"),
    "second_open": ("Baca", "Read"),
    "second_pass": ("Serahkan ke orang lain", "Hand to somebody else"),
    "second_dijawab": ("Jawaban tercatat.", "Answer recorded."),
    "second_dijawab_beda": (
        "Jawaban tercatat. Ada perbedaan dengan bacaan pertama; orang ketiga yang memutuskan.",
        "Answer recorded. It differs from the first reading; a third person decides.",
    ),
    "second_diserahkan": ("Bacaan diserahkan.", "Reading handed on."),
    "second_diambil": ("Bacaan ini kini pada Anda.", "This reading is yours now."),
    "second_diputuskan": ("Putusan tercatat dan berlaku.", "Decision recorded; it stands."),
    "second_blind": (
        "Dibaca tanpa melihat penilaian mesin dan putusan pertama. Nilai apa yang dilaporkan berita, "
        "bukan yang "
        "dikhawatirkan.",
        "Read without the machine's judgement and the first decision. Judge what the news reports, not what "
        "it fears.",
    ),
    "second_answer": ("Jawaban Anda", "Your answer"),
    "second_relevant": ("Relevan", "Relevant"),
    "second_not": ("Tidak relevan", "Not relevant"),
    "second_choose": ("Pilih…", "Choose…"),
    "second_place_none": ("Tidak disebut", "Not named"),
    "second_seen": (
        "Saya sudah pernah melihat tingkat atau putusan insiden ini (tidak ikut dihitung)",
        "I had seen this incident's level or decision before (not counted)",
    ),
    "second_codes_for": (
        "Isu, bentuk, dan tingkat wajib bila relevan.",
        "Issue, form and level are needed when relevant.",
    ),
    "interval_to": ("s.d.", "to"),
    "second_closed": ("Insiden ini Anda baca buta", "You read this incident blind"),
    "second_closed_about": (
        "Sampai Anda menjawab bacaan keduanya, halaman insiden ini tertutup bagi Anda, agar jawaban Anda "
        "tidak "
        "terpengaruh. Rekan lain tetap dapat membukanya.",
        "Until you have answered its second reading, this page is closed to you, so that your answer is your "
        "own. Colleagues can open it.",
    ),
    "second_closed_go": ("Buka bacaan kedua", "Open the second reading"),
    "second_closed_api": (
        "Insiden ini Anda baca buta; jawab dulu bacaan kedua nomor {n}.",
        "You read this incident blind; answer second reading {n} first.",
    ),
    "second_queue": (
        "{n} insiden tidak tampil di antrean Anda karena Anda membacanya buta:",
        "{n} incidents are not in your queue because you read them blind:",
    ),
    "disputes": ("Perbedaan yang menunggu putusan ketiga", "Differences that wait for a third person"),
    "disputes_none": ("Tidak ada perbedaan yang menunggu Anda.", "No difference waits for you."),
    "dispute_decide": ("Putuskan", "Decide"),
    "dispute_about": (
        "Dua orang membaca insiden ini terpisah. Urutan A dan B acak. Putusan Anda berlaku sebagai putusan "
        "insiden.",
        "Two people read this incident separately. A and B stand in random order. Your decision stands as "
        "the "
        "incident's.",
    ),
    "answer_a": ("Jawaban A", "Answer A"),
    "answer_b": ("Jawaban B", "Answer B"),
    "agreement_about": (
        "α Krippendorff atas jawaban pertama kedua pembaca, sebelum putusan ketiga; selang 95 % "
        "(bootstrap per "
        "insiden). Sasaran: α ≥ {target}. Isu, tingkat, dan bentuk dibandingkan hanya bila kedua pembaca "
        "tidak "
        "menolak. Kesepakatan kantor; tidak dihitung per orang.",
        "Krippendorff's α of both readers' own answers, before a third person decides; 95 % interval "
        "(bootstrap "
        "by incident). Target: α ≥ {target}. Issue, level and form are compared only where neither reader "
        "rejected. Of the office; not computed by person.",
    ),
    "agreement_span": ("{n} hari terakhir", "last {n} days"),
    "agreement_pairs": ("{n} bacaan ganda", "{n} double readings"),
    "agreement_seen": (
        "{n} bacaan lain tidak dihitung: pembacanya sudah pernah melihat putusannya.",
        "{n} more are not counted: their reader had seen the decision.",
    ),
    "agreement_none": (
        "Belum ada bacaan kedua yang dijawab.",
        "No second reading has been answered yet.",
    ),
    "agreement_all": ("Semua pasangan", "All pairs"),
    "agreement_untouched": (
        "Pasangan yang insidennya tidak dibuka pembaca kedua sebelum membaca buta",
        "Pairs whose second reader had not opened the incident before reading blind",
    ),
    "agreement_untouched_none": ("Belum ada pasangan seperti itu.", "No such pair yet."),
    "agreement_touched": (
        "{n} pasangan tidak termasuk: pembaca keduanya sudah membuka insidennya.",
        "{n} pairs are not in it: their second reader had opened the incident.",
    ),
    "agreement_touch_unknown": (
        "{n} pasangan tidak termasuk: dipilih sebelum pembukaan mulai dicatat.",
        "{n} pairs are not in it: chosen before openings were noted.",
    ),
    "agreement_not_measured": (
        "Yang dicatat hanya pembukaan halaman insiden dan objek REST-nya sejak insiden dipilih; yang "
        "terlihat di Ikhtisar, antrean, laporan harian, daftar serupa, memo, dan ekspor tidak terukur.",
        "Noted is only the opening of the incident's page and REST object from its choice on; what overview, "
        "queue, daily report, similar lists, papers and exports showed is not measured.",
    ),
    "touched_mark": ("pembaca kedua sudah membuka insidennya", "second reader had opened it"),
    "touched_yes": (
        "Pembaca kedua sudah membuka insiden ini sebelum membacanya buta; mungkin ia sudah melihat putusan "
        "pertama.",
        "The second reader had opened this incident before reading it blind, and may have seen the first "
        "decision.",
    ),
    "touched_no": (
        "Pembaca kedua tidak membuka insiden ini sebelum membacanya buta.",
        "The second reader had not opened this incident before reading it blind.",
    ),
    "touched_unknown": (
        "Tidak diketahui apakah pembaca kedua sudah membuka insiden ini: dipilih sebelum hal itu dicatat.",
        "Whether the second reader had opened this incident is not known: chosen before that was noted.",
    ),
    "scale_relevansi": ("Relevansi", "Relevance"),
    "scale_isu": ("Isu", "Issue"),
    "scale_tingkat": ("Tingkat", "Level"),
    "scale_bentuk": ("Bentuk", "Form"),
    "metric_nominal": ("nominal", "nominal"),
    "metric_ordinal": ("ordinal", "ordinal"),
    "col_scale": ("Yang dibandingkan", "Compared"),
    "col_interval": ("Selang 95 %", "95 % interval"),
    "col_units": ("n", "n"),
    "col_same": ("Sama", "Same"),
    "col_target": ("Sasaran", "Target"),
    "alpha_none": ("tidak terdefinisi", "not defined"),
    "alpha_none_why": (
        "tidak terdefinisi: semua jawaban satu kode",
        "not defined: all answers are one code",
    ),
    "alpha_reached": ("tercapai", "reached"),
    "alpha_not": ("belum", "not yet"),
    "alpha_few": ("n kecil", "small n"),
    "codes_of": ("Kode yang tertukar: {scale}", "Codes taken for one another: {scale}"),
    "col_code": ("Kode", "Code"),
    "col_different": ("Berbeda", "Different"),
    "col_taken_for": ("Tertukar dengan", "Taken for"),
    "differing": ("Bacaan yang berbeda", "Readings that differ"),
    "differing_none": ("Tidak ada.", "None."),
    "settled_as": ("Putusan ketiga", "Third person"),
    "settled_not": ("menunggu putusan ketiga", "waits for a third person"),
    "seen_mark": ("sudah pernah melihat, tidak dihitung", "had seen it, not counted"),
    "sample_about": (
        "Tiap pekan (Senin–Minggu WIB) 100 butir yang tidak ditandai mesin ditarik acak. Jawab tanpa melihat "
        "nilai mesin: seharusnya butir ini masuk antrean?",
        "Each week (Monday to Sunday, WIB) 100 items that the machine did not flag are drawn at random. "
        "Answer "
        "without the machine's score: should this item have been in the queue?",
    ),
    "sample_question": (
        "Seharusnya masuk antrean Kalimantan Tengah?",
        "Should it have been in the Kalimantan Tengah queue?",
    ),
    "sample_of": ("Pekan {week}: {done} dari {size} terjawab", "Week {week}: {done} of {size} answered"),
    "sample_empty": (
        "Semua sampel sudah terjawab. Sampel pekan ini ditarik sesudah pekannya selesai.",
        "Every sample is answered. This week's sample is drawn when the week is over.",
    ),
    "sample_choose": ("Pilih salah satu jawaban.", "Choose one of the answers."),
    "verdict_ya": ("Ya", "Yes"),
    "verdict_tidak": ("Tidak", "No"),
    "verdict_ragu": ("Ragu", "Unsure"),
    "verdict_luar": ("Relevan, di luar wilayah", "Relevant, outside the area"),
    "sample_done_ya": (
        "Tercatat: seharusnya masuk antrean. Jadikan insiden bila belum ada.",
        "Recorded: it should have been in the queue. Make it an incident if there is none.",
    ),
    "sample_done_tidak": ("Tercatat: tidak.", "Recorded: no."),
    "sample_done_ragu": ("Tercatat: ragu.", "Recorded: unsure."),
    "sample_done_luar": ("Tercatat: di luar wilayah.", "Recorded: outside the area."),
    "sample_done_dicatat": ("Insiden dari tempat lain dicatat.", "Incident learnt elsewhere noted."),
    "sample_done_ditarik": ("Catatan ditarik.", "Note withdrawn."),
    "sample_last": ("Ubah jawaban terakhir", "Change the last answer"),
    "sample_next": ("Butir berikutnya", "Next item"),
    "sample_answered": ("Jawaban Anda: {value}", "Your answer: {value}"),
    "sample_promote": ("Jadikan insiden", "Make it an incident"),
    "sample_incident": ("Buka insiden {n}", "Open incident {n}"),
    "sample_weeks": ("Perkiraan per pekan", "Estimates by week"),
    "sample_weeks_about": (
        "Bagian relevan: dari butir contoh yang dijawab ya atau tidak (selang eksak Clopper–Pearson). "
        "Terlewat: "
        "bagian itu dikali semua butir tidak ditandai. Daya tangkap: butir dalam insiden diterima dibagi "
        "butir "
        "itu ditambah yang diperkirakan terlewat. Satuan: butir berita.",
        "Share relevant: of sample items answered yes or no (exact Clopper–Pearson interval). Missed: "
        "that share "
        "times all items not flagged. Recall: items of accepted incidents over those plus the estimated "
        "missed. "
        "Unit: news items.",
    ),
    "sample_no_weeks": (
        "Belum ada sampel. Sampel pertama ditarik sesudah satu pekan selesai.",
        "No sample yet. The first is drawn when a week is over.",
    ),
    "col_week": ("Pekan", "Week"),
    "col_not_flagged": ("Tidak ditandai", "Not flagged"),
    "col_answered": ("Terjawab", "Answered"),
    "col_share": ("Bagian relevan", "Share relevant"),
    "col_missed": ("Perkiraan terlewat", "Estimated missed"),
    "col_accepted": ("Butir diterima", "Items accepted"),
    "col_recall": ("Daya tangkap", "Recall"),
    "undecided_items": ("{n} butir belum diputuskan", "{n} items undecided"),
    "found_missed": ("Butir yang terlewat", "Items missed"),
    "elsewhere_title": ("Insiden yang diketahui dari tempat lain", "Incidents learnt of from elsewhere"),
    "elsewhere_about": (
        "Peristiwa yang lebih dulu diketahui kantor dari tempat lain, bukan dari Dini. Hanya kode; jangan "
        "menulis orang.",
        "Events the office first learnt of from elsewhere, not from Dini. Codes only; no persons.",
    ),
    "elsewhere_count": ("{n} dalam 26 pekan terakhir", "{n} in the last 26 weeks"),
    "elsewhere_day": ("Tanggal kejadian", "Day of the event"),
    "elsewhere_teller": ("Jenis lembaga yang memberi tahu", "Kind of institution that told"),
    "elsewhere_incident": ("Nomor insiden kita (bila ada)", "Our incident number (if any)"),
    "elsewhere_save": ("Catat", "Note"),
    "elsewhere_withdraw": ("Tarik", "Withdraw"),
    "elsewhere_missing": ("tidak ada di Dini", "not in Dini"),
    "teller_kepolisian": ("Kepolisian", "Police"),
    "teller_tni": ("TNI", "Armed forces"),
    "teller_pemda": ("Pemerintah kabupaten/kota", "Regency government"),
    "teller_kecamatan_desa": ("Kecamatan atau desa", "District or village"),
    "teller_forum": ("FKDM, FKUB, atau forum lain", "FKDM, FKUB or another forum"),
    "teller_media": ("Media massa", "News media"),
    "teller_media_sosial": ("Media sosial", "Social media"),
    "teller_lembaga_lain": ("Lembaga lain", "Another institution"),
    "verb_bacaan2.pilih": ("Insiden dipilih untuk dibaca dua kali", "Incident chosen for a second reading"),
    "verb_bacaan2.ambil": ("Bacaan kedua diambil", "Second reading taken"),
    "verb_bacaan2.serahkan": ("Bacaan kedua diserahkan", "Second reading handed on"),
    "verb_bacaan2.jawab": ("Bacaan kedua dijawab", "Second reading answered"),
    "verb_bacaan2.putuskan": ("Perbedaan bacaan diputuskan", "Difference of readings decided"),
    "verb_sampel.tarik": ("Sampel mingguan ditarik", "Weekly sample drawn"),
    "verb_sampel.jawab": ("Butir sampel dijawab", "Sample item answered"),
    "verb_sampel.insiden": ("Butir sampel dijadikan insiden", "Sample item made an incident"),
    "verb_label.ekspor": ("Label latih diekspor", "Training labels exported"),
    "verb_diketahui_lain.catat": ("Insiden dari tempat lain dicatat", "Incident learnt elsewhere noted"),
    "verb_diketahui_lain.tarik": ("Catatan dari tempat lain ditarik", "Note of elsewhere withdrawn"),
}
