"""Words of exports and feeds, Indonesian and English."""

from __future__ import annotations

# key: (Indonesian, English)
EXPORT_WORDS: dict[str, tuple[str, str]] = {
    "protected_word": ("dilindungi UU 9/1998", "protected by Law 9/1998"),
    "export_list": ("Ekspor daftar", "Export the list"),
    "export_note": (
        "Memuat insiden dengan saringan halaman ini, paling banyak {most} baris. Judul tanpa nama orang.",
        "The incidents of this page's filters, at most {most} rows. Titles without names of persons.",
    ),
    "export_xlsx": ("Excel (.xlsx)", "Excel (.xlsx)"),
    "export_csv": ("CSV untuk Excel Indonesia (titik koma)", "CSV for Indonesian Excel (semicolon)"),
    "export_parquet": ("Parquet untuk analisis data", "Parquet for data analysis"),
    "export_geojson": ("GeoJSON untuk peta", "GeoJSON for maps"),
    "export_sipks": ("Lembar SIPKS (insiden diterima)", "SIPKS sheet (accepted incidents)"),
    "export_data": ("Insiden", "Incidents"),
    "export_about": ("Keterangan", "About"),
    "export_column": ("Kolom", "Column"),
    "export_meaning_id": ("Arti", "Meaning (Indonesian)"),
    "export_meaning_en": ("Arti (Inggris)", "Meaning (English)"),
    "export_rows": (
        "Baris: {rows} dari {total} insiden yang cocok.",
        "Rows: {rows} of {total} matching incidents.",
    ),
    "export_cut": (
        "DAFTAR TERPOTONG: {rows} dari {total} insiden. Persempit saringan untuk mendapatkan sisanya.",
        "LIST CUT SHORT: {rows} of {total} incidents. Narrow the filters to get the rest.",
    ),
    "export_made": ("Dibuat {moment}.", "Made {moment}."),
    "export_privacy": (
        "Yang dicatat peristiwa, bukan orang; judul tanpa nama orang. Isi berita tetap pada sumbernya.",
        "Events are recorded, not persons; titles are without names. The news text stays with its source.",
    ),
    "sipks_sheet": ("SIPKS", "SIPKS"),
    "sipks_help": (
        "Urutan kolom mengikuti pengisian ulang oleh operator SIPKS. Waktu adalah waktu berita pertama; "
        "waktu kejadian, lokasi rinci, dan penanganan diisi operator. Huruf pasal 5 UU 7/2012 adalah usulan "
        "menurut kode isu, bukan penetapan konflik sosial.",
        "Columns are in the order an operator retypes them. The time is that of the first report; the time "
        "of the event, its exact place and the handling are for the operator. The letters of article 5, Law "
        "7/2012, are proposals by issue code, not a finding of social conflict.",
    ),
}
