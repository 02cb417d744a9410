"""What the digest page says of sending."""

from __future__ import annotations

# key: (Indonesian, English)
POST_WORDS: dict[str, tuple[str, str]] = {
    "report_of": ("Laporan untuk", "Report for"),
    "post": ("Pengiriman lewat surel", "Sent by e-mail"),
    "post_off": (
        "Surel belum diatur (DINI_SMTP_URL); tidak ada yang dikirim.",
        "E-mail is not set up (DINI_SMTP_URL); nothing is sent.",
    ),
    "post_no_mailbox": (
        "Belum ada kotak surat kantor yang terdaftar (dini mail add).",
        "No office mailbox is registered yet (dini mail add).",
    ),
    "post_none": (
        "Belum ada yang jatuh tempo pada periode ini; laporan dikirim pukul 06.30 dan 15.00 WIB.",
        "Nothing was due in this window; digests go out at 06:30 and 15:00 WIB.",
    ),
    "post_what": ("Surat", "Message"),
    "post_urgent": ("Peringatan", "Alarm"),
    "post_office": ("Kantor", "Office"),
    "post_mailbox": ("Kotak surat", "Mailbox"),
    "post_state": ("Keadaan", "State"),
    "post_menunggu": ("Menunggu", "Waiting"),
    "post_terkirim": ("Terkirim", "Sent"),
    "post_batal": ("Dibatalkan", "Cancelled"),
    "post_gagal": ("Gagal setelah lima hari", "Given up after five days"),
    "post_again": ("sudah dicoba {n} kali, dicoba lagi {at}", "tried {n} times, next at {at}"),
}
