"""The words of the overview, Indonesian and English."""

from __future__ import annotations

# key: (Indonesian, English)
OVERVIEW_WORDS: dict[str, tuple[str, str]] = {
    "overview": ("Ikhtisar", "Overview"),
    "overview_reach": (
        "{reached} dari {sources} sumber terjangkau dalam 24 jam.",
        "{reached} of {sources} sources reached in 24 hours.",
    ),
    "glance_overdue": (
        "{n} insiden DARURAT/SIAGA melewati batas waktu dan belum diputuskan.",
        "{n} EMERGENCY/ALERT incidents are past their time and undecided.",
    ),
    "glance_urgent": (
        "{n} insiden DARURAT/SIAGA menunggu keputusan.",
        "{n} EMERGENCY/ALERT incidents wait for a decision.",
    ),
    "glance_calm": (
        "Tidak ada insiden DARURAT/SIAGA yang menunggu keputusan.",
        "No EMERGENCY or ALERT incident waits for a decision.",
    ),
    "glance_gravest": ("Tertinggi {level}, di {n} daerah.", "Highest {level}, in {n} regencies."),
    "glance_no_level": (
        "Tidak ada insiden berjalan di 14 kabupaten/kota.",
        "No incident is on in the 14 regencies and city.",
    ),
    "glance_unseen": (
        "{n} daerah tidak terpantau: keadaannya tidak diketahui.",
        "{n} regencies not monitored: their situation is unknown.",
    ),
    "pressing": ("Paling mendesak", "Most urgent"),
    "of_undecided": ("dari {n} yang belum diputuskan", "of {n} undecided"),
    "wait_minutes": ("{n} menit", "{n} min"),
    "wait_hours": ("{n} jam", "{n} h"),
    "wait_days": ("{n} hari", "{n} d"),
    "clock_overdue": (
        "Terlambat: {time} sejak terbit, batas {limit} menit",
        "Overdue: {time} since publication, limit {limit} min",
    ),
    "clock_left": ("{time} sejak terbit, sisa {left} menit", "{time} since publication, {left} min left"),
    "clock_waits": ("menunggu {time} sejak terbit", "waits {time} since publication"),
    "agenda": ("Rencana aksi 72 jam ke depan", "Actions announced for the next 72 hours"),
    "agenda_empty": (
        "Tidak ada rencana aksi dalam berita yang terbaca.",
        "No action is announced in the news read.",
    ),
    "agenda_more": ("{n} rencana lagi", "{n} more plans"),
    "agenda_later": ("{n} rencana lain sesudah 72 jam.", "{n} more are planned after 72 hours."),
    "agenda_note": (
        "Hari dan jam dibaca mesin dari berita; penyelenggara tidak dicatat.",
        "Day and hour are read by machine from the news; organisers are not recorded.",
    ),
    "agenda_protected": (
        "Penyampaian aspirasi damai (dilindungi UU 9/1998)",
        "Peaceful expression (protected by Law 9/1998)",
    ),
    "at_hour": ("pukul {hour}", "at {hour}"),
    "day_unknown": ("Hari belum diketahui", "Day not known"),
    "crowd_one": ("diperkirakan {n} orang", "about {n} people"),
    "crowd_open": ("diperkirakan {low} orang atau lebih", "{low} people or more"),
    "crowd_range": ("diperkirakan {low}–{high} orang", "{low}–{high} people"),
    "map_title": ("Keadaan menurut daerah", "Situation by regency"),
    "map_note": (
        "Tingkat tertinggi dari insiden berjalan: yang belum diputuskan, dan yang diterima, belum selesai, "
        "dan masih diberitakan dalam 7 hari. Aksi damai tidak diwarnai. Pilih daerah untuk membuka "
        "antreannya.",
        "Highest level of the incidents that are on: undecided ones, and accepted ones not settled and "
        "reported within 7 days. Peaceful actions have no colour. Choose a regency to open its queue.",
    ),
    "area_nothing": ("tidak ada kejadian", "nothing on"),
    "col_on": ("Insiden berjalan", "Incidents on"),
    "col_undecided": ("Belum diputuskan", "Undecided"),
    "col_peaceful": ("Aksi damai (dilindungi)", "Peaceful (protected)"),
    "sources_24h": ("Sumber 24 jam", "Sources 24 h"),
    "n_undecided": ("{n} belum diputuskan", "{n} undecided"),
    "n_all_undecided": ("{n} insiden, belum diputuskan", "{n} incidents, undecided"),
    "elsewhere": ("Daerah tidak disebut", "Regency not named"),
    "thirty_days": ("Insiden baru 30 hari menurut bidang", "New incidents in 30 days by field"),
    "panel_peaceful": ("Aksi damai (dilindungi UU 9/1998)", "Peaceful actions (protected by law)"),
    "panel_total": ("{n} dalam 30 hari", "{n} in 30 days"),
    "panel_today": ("hari ini {n}", "today {n}"),
    "panel_above": ("{n} hari di atas biasa", "{n} days above usual"),
    "thirty_note": (
        "Menurut hari laporan pertama; semua grafik berskala sama dari nol. Pita: kisaran biasa (95 %) "
        "dari hari-hari sebelumnya. Garis di bawah sumbu: hari tanpa pengambilan, nolnya tidak "
        "berarti sepi. Hari ini belum selesai.",
        "By the day of the first report; all charts share one scale from zero. Band: usual range (95 %) "
        "told by the days before. Line below the axis: a day without a fetch, whose zero says "
        "nothing. Today is not over.",
    ),
    "thirty_young": (
        "Belum cukup riwayat untuk kisaran biasa.",
        "Not enough history yet for a usual range.",
    ),
    "area_beyond": ("di luar kewenangan", "outside your office"),
    "beyond_note": (
        "{n} daerah lain di luar kewenangan kantor Anda dan tidak dihitung di halaman ini.",
        "{n} other areas are outside your office and counted nowhere on this page.",
    ),
}
