"""The words of one's account, of the second step and of API keys, Indonesian and English."""

from __future__ import annotations

# key: (Indonesian, English)
ACCOUNT_WORDS: dict[str, tuple[str, str]] = {
    "own_account": ("Akun saya", "My account"),
    "status_429": ("Terlalu banyak permintaan", "Too many requests"),
    "error_429": (
        "Permintaan datang terlalu cepat. Tunggu sebentar, lalu coba lagi.",
        "Requests come too fast. Wait a moment, then try again.",
    ),
    "forbidden_key": (
        "Kunci API hanya berlaku untuk alamat /api/v1.",
        "An API key is good for addresses under /api/v1 only.",
    ),
    "forbidden_scope": (
        "Kunci API ini tidak mempunyai cakupan untuk alamat itu.",
        "This API key has no scope for that address.",
    ),
    "step_first": (
        "Proses masuk belum selesai; lanjutkan di halaman masuk.",
        "The sign-in is not finished; go on at the sign-in page.",
    ),
    "sign_in_busy": (
        "Layanan masuk sedang sibuk. Coba lagi dalam beberapa detik.",
        "Signing in is busy. Try again in a few seconds.",
    ),
    "sessions": ("Sesi yang terbuka", "Open sessions"),
    "session_this": ("sesi ini", "this session"),
    "session_unknown": ("peramban tidak dikenal", "unknown browser"),
    "session_opened": ("masuk {time}", "signed in {time}"),
    "session_seen": ("dipakai {time}", "used {time}"),
    "session_ends": ("berakhir {time}", "ends {time}"),
    "session_end": ("Akhiri", "End"),
    "sessions_end": ("Akhiri semua sesi lain", "End all other sessions"),
    "sessions_note": (
        "Sesi berakhir sendiri 12 jam setelah masuk, atau lebih cepat bila lama tidak dipakai. Bila ada yang "
        "bukan milik Anda, akhiri lalu ganti kata sandi.",
        "Sessions end by themselves 12 hours after sign-in, or sooner when unused for long. If one is not "
        "yours, end it and change your password.",
    ),
    "done_sesi": ("Sesi itu sudah diakhiri.", "That session has been ended."),
    "done_semua": ("Semua sesi lain sudah diakhiri.", "All other sessions have been ended."),
    "done_totp_lepas": ("Langkah kedua sudah dilepas.", "The second step has been taken off."),
    "second_step": ("Langkah kedua saat masuk", "Second step at sign-in"),
    "second_step_on": (
        "Terpasang sejak {time}. Kode pemulihan tersisa: {n}.",
        "In force since {time}. Recovery codes left: {n}.",
    ),
    "second_step_off": (
        "Belum terpasang. Dengan langkah kedua, kata sandi yang bocor saja tidak cukup untuk masuk.",
        "Not set up. With it, a leaked password alone does not let anybody in.",
    ),
    "second_step_wanted": (
        "Peran Anda wajib memakai langkah kedua. Pasang sekarang untuk melanjutkan.",
        "Your role must use the second step. Set it up now to go on.",
    ),
    "second_step_set": ("Pasang langkah kedua", "Set up the second step"),
    "second_step_drop": ("Lepas langkah kedua", "Take the second step off"),
    "second_step_scan": (
        "Pindai gambar ini dengan aplikasi autentikator di ponsel Anda, lalu ketik kode enam angka yang "
        "ditampilkannya.",
        "Scan this picture with an authenticator app on your phone, then type the six-digit code it shows.",
    ),
    "second_step_by_hand": ("Tidak dapat memindai? Ketik kunci ini:", "Cannot scan? Type this key:"),
    "second_step_qr": ("Kode QR untuk aplikasi autentikator", "QR code for the authenticator app"),
    "code": ("Kode enam angka", "Six-digit code"),
    "code_or_recovery": ("Kode enam angka, atau kode pemulihan", "Six-digit code, or a recovery code"),
    "code_title": ("Kode langkah kedua", "Code of the second step"),
    "code_note": (
        "Buka aplikasi autentikator di ponsel Anda. Tanpa ponsel, pakai satu kode pemulihan; bila keduanya "
        "hilang, hubungi administrator.",
        "Open the authenticator app on your phone. Without it use a recovery code; if both are lost, ask an "
        "administrator.",
    ),
    "code_wrong": (
        "Kode salah, sudah dipakai, atau terlalu banyak percobaan. Tunggu kode berikutnya lalu coba lagi.",
        "The code is wrong, was used before, or there were too many attempts. Wait for the next one and try "
        "again.",
    ),
    "go_on": ("Lanjutkan", "Go on"),
    "recovery_title": ("Kode pemulihan", "Recovery codes"),
    "recovery_note": (
        "Simpan di tempat aman di luar komputer ini. Setiap kode berlaku sekali dan tidak ditampilkan lagi.",
        "Keep them in a safe place outside this computer. Each works once, and they are not shown again.",
    ),
    "recovery_kept": ("Sudah saya simpan", "I have kept them"),
    "outside_sign_in": ("Masuk dengan {name}", "Sign in with {name}"),
    "outside_or": ("atau", "or"),
    "outside_unknown": (
        "Akun Anda di {name} belum ditautkan ke akun Dini. Hubungi administrator.",
        "Your account at {name} is not linked to one here. Ask an administrator.",
    ),
    "outside_failed": (
        "Masuk dengan {name} tidak berhasil. Ulangi dari halaman ini, atau pakai kata sandi.",
        "Signing in with {name} failed. Begin again on this page, or use your password.",
    ),
    "api_keys": ("Kunci API", "API keys"),
    "keys_note": (
        "Setiap kunci mempunyai cakupan dan tanggal berakhir, dan tidak pernah dapat melebihi peran akunnya.",
        "Each key has scopes and an end, and can never do more than its account's role.",
    ),
    "key_name": ("Dipakai untuk", "Used for"),
    "key_owner": ("Akun", "Account"),
    "key_scopes": ("Cakupan", "Scopes"),
    "key_until": ("Berlaku sampai", "Good until"),
    "key_used": ("Terakhir dipakai", "Last used"),
    "key_state": ("Keadaan", "State"),
    "key_good": ("berlaku", "good"),
    "key_ended": ("berakhir", "ended"),
    "key_revoked": ("dicabut", "revoked"),
    "key_idle": ("akun tidak aktif", "account disabled"),
    "key_revoke": ("Cabut", "Revoke"),
    "key_new": ("Buat kunci", "Make a key"),
    "key_days": ("Masa berlaku (hari)", "Good for (days)"),
    "key_shown": (
        "Kunci baru. Salin sekarang; tidak ditampilkan lagi.",
        "New key. Copy it now; it is not shown again.",
    ),
    "key_none": ("Belum ada kunci.", "There are no keys yet."),
    "key_no_account": ("Akun itu tidak ada.", "There is no such account."),
    "done_cabut_kunci": ("Kunci {n} sudah dicabut.", "Key {n} has been revoked."),
    "scope_baca": ("baca: antrean, insiden, laporan", "baca: read queue, incidents, digests"),
    "scope_telaah": ("telaah: putusan dan penanganan", "telaah: decisions and casework"),
    "scope_sumber": ("sumber: kelola sumber", "sumber: manage sources"),
    "scope_saring": ("saring: menilai teks kiriman", "saring: assess given texts"),
    "scope_ekspor": ("ekspor: unduh data", "ekspor: download data"),
    "scope_kait": ("kait: kelola webhook", "kait: manage webhooks"),
}
