"""What the report's page and letter say beside the sentences of screening."""

from __future__ import annotations

# key: (Indonesian, English)
DIGEST_WORDS: dict[str, tuple[str, str]] = {
    "usual_apart": ("{apart} dari rata-rata 7 hari ({value})", "{apart} to the 7-day mean ({value})"),
    "decide_more": (
        "Dan {n} lainnya pada tingkat WASPADA ke atas, di bagian-bagian berikut.",
        "And {n} more from WASPADA up, in the sections below.",
    ),
    "told_act": ("Tindak", "Action"),
    "told_no_act": ("belum ada tindak lanjut tercatat", "no follow-up recorded yet"),
    "told_advice": ("Saran", "Advice"),
    "told_no_advice": ("belum ada", "none yet"),
    "told_change": ("Perubahan", "Change"),
    "digest_agenda": ("Agenda 72 jam", "Next 72 hours"),
    "digest_agenda_protected": ("dilindungi UU 9/1998", "protected by Law 9/1998"),
    "agenda_late": ("LEWAT TENGGAT", "OVERDUE"),
    "rumours": ("Isu atau rumor yang perlu klarifikasi", "Rumours that need clarifying"),
    "sources_list": ("Lampiran: daftar sumber ({n})", "Attachment: sources ({n})"),
    "sources_where": (
        "Daftar {n} sumber ada di halaman Laporan.",
        "The list of {n} sources is on the digest page.",
    ),
    "full_report": ("Laporan penuh", "Full report"),
}
