"""Words of the header's menu and of the page on the service's readiness, Indonesian and English."""

from __future__ import annotations

# key: (Indonesian, English)
READINESS_WORDS: dict[str, tuple[str, str]] = {
    "menu": ("Menu", "Menu"),
    "house": ("Kelola", "Manage"),
    "filters_fold": ("Saringan dan ekspor", "Filters and export"),
    "readiness": ("Kesiapan", "Readiness"),
    "role_analis": ("Analis", "Analyst"),
    "role_supervisor": ("Supervisor", "Supervisor"),
    "role_operator": ("Operator", "Operator"),
    "role_administrator": ("Administrator", "Administrator"),
    "role_auditor": ("Auditor", "Auditor"),
    "readiness_about": (
        "Hasil pemeriksaan saat halaman ini dibuka, sama dengan perintah dini doctor.",
        "Looked at when this page was opened; the same as the command dini doctor.",
    ),
    "readiness_all_well": ("Semua {n} bagian baik.", "All {n} parts are well."),
    "readiness_some_bad": (
        "{n} dari {all} bagian perlu ditangani.",
        "{n} of {all} parts need attention.",
    ),
    "readiness_ready": (
        "Bagi pemantau (/readyz) layanan siap.",
        "To monitors (/readyz) the service is ready.",
    ),
    "readiness_not_ready": (
        "Bagi pemantau (/readyz) layanan tidak siap: jawabannya 503.",
        "To monitors (/readyz) the service is not ready: it answers 503.",
    ),
    "readiness_part": ("Bagian", "Part"),
    "readiness_state": ("Keadaan", "State"),
    "readiness_found": ("Temuan", "Finding"),
    "readiness_well": ("Baik", "Well"),
    "readiness_bad": ("Perlu ditangani", "Needs attention"),
    "readiness_again": ("Periksa lagi", "Look again"),
    # the names of `dini doctor`
    "check_folder data": ("Folder data", "Data folder"),
    "check_paket feeds": ("Paket feeds", "Package feeds"),
    "check_paket models": ("Paket models", "Package models"),
    "check_paket screening": ("Paket screening", "Package screening"),
    "check_paket api": ("Paket api", "Package api"),
    "check_model": ("Model", "Model"),
    "check_basis data": ("Basis data", "Database"),
    "check_sumber": ("Sumber", "Sources"),
    "check_pengambilan": ("Pengambilan", "Collecting"),
    "check_ruang disk": ("Ruang disk", "Disk space"),
    "check_putaran pengambilan": ("Putaran pengambilan", "Collecting rounds"),
    "check_surat keluar": ("Surat keluar", "Outgoing mail"),
    "check_cadangan": ("Cadangan", "Backup"),
    "check_kunci rahasia": ("Kunci rahasia", "Key of secrets"),
}
