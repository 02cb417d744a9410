"""The words of the queue's tools: keys, claims, undo, ticked lines, connection, views and topics."""

from __future__ import annotations

# key: (Indonesian, English)
QUEUE_WORDS: dict[str, tuple[str, str]] = {
    # claims
    "hold": ("Tangani", "Take on"),
    "hold_release": ("Lepas", "Let go"),
    "hold_take_over": ("Ambil alih", "Take over"),
    "held_by": ("Ditangani {who} sejak {time}", "With {who} since {time}"),
    "held_by_you": ("Anda tangani sejak {time}", "With you since {time}"),
    "hold_history": ("Penanganan", "In whose hands"),
    "held_now": ("sedang ditangani, sampai {time}", "in hand until {time}"),
    "held_end_dilepas": ("dilepas {time}", "let go {time}"),
    "held_end_habis": ("habis waktu {time}", "time ran out {time}"),
    "held_end_diputus": ("diputuskan {time}", "decided {time}"),
    "held_end_diambil_alih": ("diambil alih {time}", "taken over {time}"),
    "hold_about": (
        "Tanda bagi rekan, bukan kunci: siapa pun tetap dapat memutuskan. Berlaku 30 menit.",
        "A notice to colleagues, not a lock: anybody may still decide. It lasts 30 minutes.",
    ),
    "done_ambil": ("Insiden {n} Anda tangani.", "You have taken on incident {n}."),
    "done_lepas": ("Insiden {n} dilepas.", "Incident {n} let go."),
    "done_ambil_alih": ("Insiden {n} diambil alih.", "Incident {n} taken over."),
    # undo
    "undo": ("Batalkan", "Undo"),
    "done_batal": ("Putusan atas insiden {n} dibatalkan.", "The decision on incident {n} is undone."),
    "retracted": ("dibatalkan {who}, {time}", "undone by {who}, {time}"),
    "kept_heading": ("Belum tercatat", "Not recorded yet"),
    # one browser, another account
    "other_account": (
        "Akun lain masuk di peramban ini; muat ulang. "
        "Yang diputuskan di halaman ini tidak disimpan dan tidak dikirim.",
        "Another account signed in in this browser; reload. "
        "What is decided on this page is neither kept nor sent.",
    ),
    "leave_heading": ("Keluar sekarang?", "Sign out now?"),
    "leave_send": ("Kirim dahulu, lalu keluar", "Send first, then sign out"),
    "leave_anyway": ("Keluar sekarang", "Sign out now"),
    "leave_not": ("Tidak jadi", "Do not sign out"),
    # ticked lines
    "tick": ("Tandai insiden {n}", "Tick incident {n}"),
    "ticked": ("{n} ditandai", "{n} ticked"),
    "tick_none": ("Hapus tanda", "Untick all"),
    "for_ticked": ("Untuk semua yang ditandai", "For all that are ticked"),
    "accept_all": ("Terima semua", "Accept all"),
    "unsure_all": ("Ragu semua", "All unsure"),
    "reject_all": ("Tolak semua", "Reject all"),
    "merge_all": ("Gabung ke yang teratas", "Merge into the topmost"),
    "bulk_results": ("Hasil putusan", "Results"),
    "bulk_done": ("{done} dari {n} tercatat.", "{done} of {n} recorded."),
    "bulk_left": (
        "Yang berikut belum tercatat; tidak ada yang hilang.",
        "The following are not recorded yet; nothing is lost.",
    ),
    "outcome_dicatat": ("tercatat", "recorded"),
    "outcome_bentrok": ("didahului orang lain", "somebody was first"),
    "outcome_ditolak": ("ditolak aturan", "refused by a rule"),
    "outcome_salah": ("isian salah", "wrong input"),
    "outcome_tidak_ada": ("tidak ada", "not there"),
    # change before deciding
    "change": ("Ubah…", "Change…"),
    "unchanged_short": ("tidak diubah", "unchanged"),
    "merge_with": ("Gabung dengan…", "Merge with…"),
    # filter
    "tier": ("Tingkat sumber", "Source tier"),
    "all_tiers": ("Semua sumber", "All sources"),
    "course": ("Perkembangan", "Course"),
    "all_courses": ("Semua", "All"),
    "held": ("Penanganan", "In hand"),
    "held_all": ("Semua", "All"),
    "held_saya": ("Saya tangani", "Mine"),
    "held_bebas": ("Belum ditangani", "Nobody's"),
    "topic": ("Topik pantauan", "Watch topic"),
    "all_topics": ("Semua topik", "All topics"),
    "free_words": ("Kata", "Words"),
    "more_filters": ("Saringan lain", "More filters"),
    "topic_mark": ("topik: {title}", "topic: {title}"),
    # saved views
    "views": ("Tampilan tersimpan", "Saved views"),
    "view_save": ("Simpan tampilan ini", "Save this view"),
    "view_name": ("Nama tampilan", "Name of the view"),
    "view_drop": ("Hapus tampilan {title}", "Remove the view {title}"),
    "view_manage": ("Hapus tampilan", "Remove views"),
    "save": ("Simpan", "Save"),
    # topics
    "topics": ("Topik pantauan", "Watch topics"),
    "topics_link": ("Kelola topik", "Manage topics"),
    "topics_about": (
        "Topik menandai insiden yang judul atau kalimat buktinya memuat salah satu kata. Kata dicocokkan "
        "utuh. Nama orang tidak dapat dipantau.",
        "A topic marks incidents whose title or evidence sentence holds one of its words. Whole words only. "
        "Names of persons cannot be watched.",
    ),
    "topic_title": ("Nama topik", "Name of the topic"),
    "topic_words": ("Kata atau frasa, satu per baris", "Words or phrases, one a line"),
    "topic_try": ("Uji pada 30 hari terakhir", "Try on the last 30 days"),
    "topic_save": ("Simpan topik", "Save the topic"),
    "topic_trial": ("Hasil uji", "Trial"),
    "topic_count": (
        "{n} dari {of} insiden 30 hari terakhir cocok.",
        "{n} of {of} incidents of the last 30 days match.",
    ),
    "topic_none": (
        "Tidak ada yang cocok. Periksa ejaan, atau simpan untuk menunggu peristiwa baru.",
        "Nothing matches. Check the spelling, or save it and wait for something new.",
    ),
    "topic_too_many": (
        "Terlalu banyak: topik ini tidak membedakan apa pun. Pakai frasa yang lebih khusus.",
        "Too many: this topic tells nothing apart. Use a more specific phrase.",
    ),
    "topic_newest": ("Yang terbaru", "The newest"),
    "topic_drop": ("Hapus topik {title}", "Remove the topic {title}"),
    "topic_by": ("ditambah {who}, {time}", "added by {who}, {time}"),
    "topic_nil": ("Belum ada topik pantauan.", "No watch topic yet."),
    "done_topic_tambah": ("Topik disimpan.", "The topic is saved."),
    "done_topic_hapus": ("Topik dihapus.", "The topic is removed."),
    "remove": ("Hapus", "Remove"),
    # keys
    "key_move": ("insiden berikutnya, sebelumnya", "next, previous incident"),
    "key_reason": ("tolak: lalu angka alasannya", "reject: then the reason's digit"),
    "key_level": ("tingkat: lalu 1–4", "level: then 1–4"),
    "key_place": ("tempat", "place"),
    "key_merge": ("gabung (yang ditandai, atau dengan nomor)", "merge (the ticked, or with a number)"),
    "key_split": ("pisah laporan (di halaman insiden)", "split reports (on the incident's page)"),
    "key_claim": ("tangani, lepas, ambil alih", "take on, let go, take over"),
    "key_undo": ("batalkan putusan terakhir", "undo the last decision"),
    "key_tick": ("tandai", "tick"),
    "key_note": ("catatan (di halaman insiden)", "note (on the incident's page)"),
    "key_go": (
        "ke antrean, laporan, ikhtisar, sumber",
        "to the queue, digest, overview, sources",
    ),
    "key_filter": ("cari kata", "find words"),
    "key_show": ("tampilkan yang baru", "show what is new"),
    "key_strip_move": ("pindah", "move"),
    "key_strip_open": ("buka", "open"),
    "key_strip_level": ("tingkat", "level"),
    "key_strip_place": ("tempat", "place"),
    "key_strip_merge": ("gabung", "merge"),
    "key_strip_split": ("pisah", "split"),
    "key_strip_claim": ("tangani", "take on"),
    "key_strip_undo": ("batalkan", "undo"),
    "key_strip_note": ("catatan", "note"),
    "key_strip_filter": ("cari", "find"),
    "key_strip_all": ("semua tombol", "all keys"),
    "key_strip_back": ("kembali", "back"),
}

# What the scripts say; sent with the page in the reader's language.
SCRIPT_WORDS: dict[str, tuple[str, str]] = {
    "offline": (
        "Sambungan terputus. Putusan disimpan di peramban ini dan dikirim begitu tersambung.",
        "Connection lost. Decisions are kept in this browser and sent when it is back.",
    ),
    "online": ("Tersambung lagi.", "Connected again."),
    "sending": ("mengirim…", "sending…"),
    "sending_n": ("Mengirim {n} putusan…", "Sending {n} decisions…"),
    "undo_next": (
        "Putusan masih dikirim; dibatalkan begitu tercatat.",
        "The decision is still being sent; it is undone as soon as it is recorded.",
    ),
    "list_kept": (
        "Daftar tidak dapat dimuat ulang; yang tampak adalah daftar sebelumnya.",
        "The list could not be loaded anew; what is shown is the list from before.",
    ),
    "list_missing": (
        "Daftar tidak dapat dimuat; mungkin masih ada insiden yang menunggu.",
        "The list could not be loaded; incidents may still be waiting.",
    ),
    "loading": ("Memuat daftar…", "Loading the list…"),
    "try_again": ("Coba lagi", "Try again"),
    "waiting": ("menunggu sambungan", "waiting for the connection"),
    "waiting_n": ("{n} putusan menunggu dikirim.", "{n} decisions wait to be sent."),
    "sent_n": ("{n} putusan yang tertunda sudah tercatat.", "{n} kept decisions are recorded now."),
    "signed_out": (
        "Sesi berakhir. Masuk lagi di tab lain, lalu muat ulang; putusan Anda tetap tersimpan di sini.",
        "The session has ended. Sign in again in another tab, then reload; your decisions stay here.",
    ),
    "left": (
        "Anda sudah keluar di peramban ini; muat ulang dan masuk lagi. "
        "Yang diputuskan di halaman ini tidak disimpan dan tidak dikirim.",
        "You signed out in this browser; reload and sign in again. "
        "What is decided on this page is neither kept nor sent.",
    ),
    "leave_n": (
        "{n} putusan Anda belum tercatat. Bila keluar sekarang, putusan itu tinggal di peramban ini "
        "dan baru dikirim saat Anda masuk lagi di sini.",
        "{n} of your decisions are not recorded yet. If you sign out now they stay in this browser "
        "and are sent only when you sign in here again.",
    ),
    "leave_still": (
        "{n} putusan tetap belum tercatat: sambungan terputus atau ada yang perlu Anda putuskan lagi.",
        "{n} decisions are still not recorded: there is no connection, or some need you to decide again.",
    ),
    "undo_elsewhere": (
        "Putusan atas insiden {n} sudah tercatat dari tab lain; batalkan dari halaman insidennya.",
        "The decision on incident {n} was recorded from another tab; undo it on the incident's page.",
    ),
    "server_trouble": ("Server sedang terganggu; dicoba lagi.", "The server has trouble; trying again."),
    "done_terima": ("Insiden {n} diterima.", "Incident {n} accepted."),
    "done_tolak": ("Insiden {n} ditolak.", "Incident {n} rejected."),
    "done_ragu": ("Insiden {n} ditandai ragu.", "Incident {n} marked unsure."),
    "undone": ("Putusan atas insiden {n} dibatalkan.", "The decision on incident {n} is undone."),
    "nothing_to_undo": ("Tidak ada putusan untuk dibatalkan.", "There is no decision to undo."),
    "undo": ("Batalkan", "Undo"),
    "open": ("Buka insiden", "Open the incident"),
    "your_decision": ("Putusan Anda", "Your decision"),
    "note": ("catatan", "note"),
    "stands": ("Yang berlaku: {what}, {who}.", "What stands: {what}, {who}."),
    "decide_anyway": ("Putuskan tetap", "Decide all the same"),
    "discard": ("Buang putusan saya", "Discard mine"),
    "terima": ("Terima", "Accept"),
    "tolak": ("Tolak", "Reject"),
    "ragu": ("Ragu", "Unsure"),
    "nobody": ("belum diputuskan", "undecided"),
    "by_other": ("Sudah diputuskan: {what}, {who}", "Decided: {what}, {who}"),
    "merged_other": ("Sudah digabung ke insiden {n}", "Merged into incident {n}"),
    "elsewhere": (
        "Tidak lagi di antrean ini (menunggu bacaan kedua Anda)",
        "No longer in this queue (it waits for your second reading)",
    ),
    "fresh": ("{n} insiden baru", "{n} new incidents"),
    "show": ("tampilkan", "show"),
    "held_by": ("Ditangani {who}", "With {who}"),
    "held_by_you": ("Anda tangani", "With you"),
    "hold": ("Tangani", "Take on"),
    "hold_release": ("Lepas", "Let go"),
    "hold_take_over": ("Ambil alih", "Take over"),
    "ticked": ("{n} ditandai", "{n} ticked"),
    "bulk_done": ("{done} dari {n} tercatat.", "{done} of {n} recorded."),
    "bulk_left": ("Belum tercatat:", "Not recorded:"),
    "incident": ("Insiden {n}", "Incident {n}"),
    "n_incidents": ("{n} insiden", "{n} incidents"),
    "all_done": ("Semua baris di halaman ini selesai.", "All lines of this page are done."),
    "failed": ("Tidak tercatat.", "Not recorded."),
    "next": ("berikutnya", "next"),
    "previous": ("sebelumnya", "previous"),
    "position": ("{n} dari {of}", "{n} of {of}"),
    "chosen": ("Akan dicatat sebagai: {what}", "Will be recorded as: {what}"),
}


def script_words(lang: str) -> dict[str, str]:
    """The scripts' words in one language."""
    column = 1 if lang == "en" else 0
    words = SCRIPT_WORDS | {"other_account": QUEUE_WORDS["other_account"]}
    return {key: pair[column] for key, pair in words.items()}
