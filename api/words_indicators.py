"""What the indicators' pages say; definitions stand in the registry (`screening/indicator_terms.py`)."""

from __future__ import annotations

# key: (Indonesian, English)
INDICATOR_WORDS: dict[str, tuple[str, str]] = {
    "indicators": ("Indikator", "Indicators"),
    "indicator": ("Indikator", "Indicator"),
    "registry_version": ("daftar {version}", "registry {version}"),
    "indicators_about": (
        "Dihitung menurut hari deteksi (WIB) dan tempat peristiwa, dengan definisi yang sama di provinsi "
        "dan 14 daerah. Kurang dari {n} kasus: tidak cukup data. Tidak ada yang dihitung per orang.",
        "By day of detection (WIB) and place of the event, with one definition for the province and its 14 "
        "regencies. Fewer than {n} cases: not enough data. Nothing is counted by person.",
    ),
    "office": ("Kantor", "Office"),
    "from_day": ("Dari", "From"),
    "to_day": ("Sampai", "To"),
    "figure_value": ("Nilai", "Value"),
    "figure_n": ("n", "n"),
    "figure_of": ("{hits} dari {n}", "{hits} of {n}"),
    "figure_interval": ("95 %: {low} – {high}", "95 %: {low} – {high}"),
    "figure_is_kurang": ("tidak cukup data", "not enough data"),
    "figure_is_belum": ("belum diukur", "not measured yet"),
    "figure_all": ("Keseluruhan", "In all"),
    "figure_batas": ("dalam batas waktu", "within the limit"),
    "figure_menunggu": ("belum ditelaah", "not reviewed yet"),
    "figure_tak-terpantau": ("hari-daerah tidak terpantau", "regency-days unseen"),
    "figure_umpan": ("keandalan umpan", "feed uptime"),
    "figure_waktu-dini": ("waktu dini", "lead time"),
    "figure_audit": ("nama orang tersisa", "personal names left"),
    "figure_list": ("Daftar di balik angka ({n})", "The list behind the number ({n})"),
    "figure_no_cases": ("Tidak ada kasus pada periode ini.", "No case in this period."),
    "indicator_definition": ("Definisi operasional", "Operational definition"),
    "indicator_meaning": ("Definisi", "Definition"),
    "indicator_formula": ("Rumus", "Formula"),
    "indicator_numerator": ("Pembilang", "Numerator"),
    "indicator_denominator": ("Penyebut", "Denominator"),
    "indicator_left_out": ("Tidak dihitung", "Left out"),
    "indicator_data_from": ("Sumber data", "Data from"),
    "indicator_version": ("Versi", "Version"),
    "valid_since": ("berlaku sejak", "valid since"),
    "row_counts": ("masuk pembilang", "in the numerator"),
    "row_not": ("tidak masuk pembilang", "not in the numerator"),
    "row_fetches": ("{good} dari {n} pengambilan berhasil", "{good} of {n} fetches good"),
    "row_day_IO-10": ("{value} berita dari {of} media", "{value} articles of {of} outlets"),
    "row_day_IO-11": (
        "{value} dari {of} insiden ditelaah hari itu",
        "{value} of {of} incidents reviewed that day",
    ),
    "unit_minutes": ("menit", "min"),
    "unit_hours": ("jam", "hours"),
    "unit_days": ("hari", "days"),
}
