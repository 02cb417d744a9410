"""The words of notes, grades, follow-ups, similar incidents and the history, Indonesian and English."""

from __future__ import annotations

# key: (Indonesian, English)
CASEWORK_WORDS: dict[str, tuple[str, str]] = {
    "done_catatan": ("Catatan pada insiden {n} disimpan.", "Note on incident {n} saved."),
    "done_nilai": ("Nilai konfirmasi insiden {n} disimpan.", "Grade of incident {n} saved."),
    "done_tindak": ("Tindak lanjut insiden {n} disimpan.", "Follow-up of incident {n} saved."),
    "done_langkah": ("Perkembangan tindak lanjut disimpan.", "Progress of the follow-up saved."),
    # notes
    "case_notes": ("Catatan petugas", "Officers' notes"),
    "case_notes_warning": (
        "Catat peristiwa dan lembaga. Jangan menulis nama orang, nomor identitas, atau dugaan tentang "
        "pribadi. Catatan tidak dapat diubah atau dihapus.",
        "Write about events and institutions. No names of persons, identity numbers or suspicions about "
        "individuals. A note cannot be changed or deleted.",
    ),
    "case_note_text": ("Isi catatan baru", "New note"),
    "case_note_save": ("Simpan catatan", "Save note"),
    "case_notes_none": ("Belum ada catatan.", "No note yet."),
    # grade
    "case_grade": ("Nilai konfirmasi", "Confirmation grade"),
    "case_by_machine": ("menurut mesin", "by the machine"),
    "case_by_officer": ("ditetapkan petugas", "set by an officer"),
    "case_machine_now": ("Nilai mesin saat ini {code}.", "The machine's grade now is {code}."),
    "case_grade_about": (
        "Mesin paling tinggi memberi nilai isi 2. Nilai 1 (dikonfirmasi) hanya dari lembaga di luar media, "
        "dengan keterangan cara dan waktu diperoleh.",
        "The machine gives 2 for information at best. 1 (confirmed) needs an institution outside the media, "
        "and how and when it was obtained.",
    ),
    "case_letter": ("Nilai sumber", "Source"),
    "case_information": ("Nilai isi", "Information"),
    "case_channel": ("Lembaga di luar media", "Institution outside the media"),
    "case_channel_none": ("tidak ada (hanya media)", "none (media only)"),
    "case_obtained_at": ("Diperoleh pada (WIB)", "Obtained at (WIB)"),
    "case_obtained": ("Cara diperoleh (unit, sarana)", "How it was obtained (unit, means)"),
    "case_grade_save": ("Tetapkan nilai", "Set the grade"),
    "case_grade_withdraw": ("Kembali ke nilai mesin", "Back to the machine's grade"),
    "case_withdrawn": ("kembali ke nilai mesin", "back to the machine's grade"),
    "case_machine_then": ("mesin saat itu {code}", "machine then {code}"),
    "case_obtained_short": ("diperoleh {at}", "obtained {at}"),
    # follow-up
    "follow_up": ("Tindak lanjut", "Follow-up"),
    "follow_ups": ("Tindak lanjut", "Follow-ups"),
    "follow_ups_none": ("Belum ada tindak lanjut.", "No follow-up yet."),
    "follow_ups_empty": ("Tidak ada tindak lanjut pada pilihan ini.", "No follow-up in this choice."),
    "follow_what": ("Yang dilakukan", "What is done"),
    "follow_owner": ("Unit/lembaga penanggung jawab", "Unit or institution that owns it"),
    "follow_owner_hint": ("Unit atau lembaga, bukan nama orang.", "A unit or institution, not a person."),
    "follow_due": ("Tenggat (WIB)", "Due (WIB)"),
    "follow_due_new": ("Tenggat baru (WIB), bila berubah", "New time limit (WIB), if changed"),
    "follow_state": ("Keadaan", "State"),
    "follow_outcome": ("Hasil atau perkembangan", "Outcome or progress"),
    "follow_responded": (
        "Penanggung jawab sudah menanggapi",
        "The owner has responded",
    ),
    "follow_new": ("Tindak lanjut baru", "New follow-up"),
    "follow_save": ("Simpan tindak lanjut", "Save follow-up"),
    "follow_step": ("Catat perkembangan", "Record progress"),
    "follow_step_of": ("Catat perkembangan: {what}", "Record progress: {what}"),
    "follow_step_save": ("Simpan perkembangan", "Save progress"),
    "follow_late": ("lewat tenggat {at}", "overdue since {at}"),
    "follow_until": ("tenggat {at}", "due {at}"),
    "follow_answered": ("ditanggapi {at}", "answered {at}"),
    "follow_unanswered": ("belum ditanggapi", "no response yet"),
    "follow_last": ("Terakhir", "Last"),
    "follow_new_due": ("tenggat menjadi {at}", "time limit now {at}"),
    "follow_closed_n": ("{n} sudah ditutup", "{n} closed"),
    "follow_open_n": ("{n} terbuka", "{n} open"),
    "follow_late_n": ("{n} lewat tenggat", "{n} overdue"),
    "follow_filter_open": ("Terbuka", "Open"),
    "follow_filter_late": ("Lewat tenggat", "Overdue"),
    "follow_filter_closed": ("Ditutup", "Closed"),
    "follow_filter_all": ("Semua", "All"),
    "follow_office": ("Daerah insiden", "Regency of the incident"),
    "follow_update": ("Buka dan catat perkembangan", "Open and record progress"),
    "follow_due_72": ("Tenggat tindak lanjut 72 jam", "Follow-ups due within 72 hours"),
    "follow_due_more": ("{n} tindak lanjut lain", "{n} more follow-ups"),
    "follow_all": ("Semua tindak lanjut", "All follow-ups"),
    # similar
    "similar": ("Insiden serupa", "Similar incidents"),
    "similar_none": (
        "Tidak ada insiden serupa dalam 365 hari terakhir.",
        "No similar incident in the last 365 days.",
    ),
    "similar_about": (
        "Diusulkan mesin dari kata langka yang sama; tidak pernah digabung sendiri.",
        "Proposed by the machine from rare words in common; never merged by itself.",
    ),
    "similar_merge": ("Gabungkan ke sini", "Merge into this one"),
    "similar_n": ("{n} ditemukan", "{n} found"),
    # map
    "case_place": ("Tempat pada peta", "Place on the map"),
    "case_neighbours": ("Berbatasan dengan {names}.", "Borders on {names}."),
    "case_map_label": (
        "Peta Kalimantan Tengah: {name} ditandai; berbatasan dengan {names}.",
        "Map of Central Kalimantan: {name} is marked; it borders on {names}.",
    ),
    "case_map_scale": (
        "Batas disederhanakan; tanda menunjukkan kabupaten/kota, bukan titik kejadian.",
        "Borders are simplified; the mark shows the regency, not the spot.",
    ),
    # history
    "case_history": ("Riwayat", "History"),
    "case_history_about": ("Terbaru di atas.", "Newest first."),
    "case_history_n": ("{n} catatan waktu", "{n} entries"),
    "event_report": ("Laporan", "Report"),
    "event_retracted": ("Keputusan dibatalkan", "Decision undone"),
    "event_note": ("Catatan petugas", "Officer's note"),
    "event_grade": ("Nilai konfirmasi", "Grade"),
    "event_follow": ("Tindak lanjut", "Follow-up"),
    "event_claim": ("Mulai ditangani", "Taken in hand"),
    "event_claim_end": ("Selesai ditangani", "No longer in hand"),
    "event_claim_dilepas": ("dilepas", "let go"),
    "event_claim_habis": ("waktunya habis", "time ran out"),
    "event_claim_diputus": ("sudah diputuskan", "decided"),
    "event_claim_diambil_alih": ("diambil alih rekan", "taken over by a colleague"),
}
