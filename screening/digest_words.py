"""The report as plain Indonesian text, ready to paste into a chat; the mail carries the same."""

from __future__ import annotations

from screening.digest_agenda import when_words
from screening.digest_lines import source_lines
from screening.records import AgendaEntry, Digest, DigestLine, LedgerReason
from screening.taxonomy import REGENCY_BY_CODE, SEVERITY_NOTE, Severity
from screening.windows import in_words

_LEDGER_WORD = {
    LedgerReason.SAME: "sudah ada",
    LedgerReason.OVER_LIMIT: "melebihi batas dokumen",
    LedgerReason.DUPLICATE_KEY: "entri berulang",
    LedgerReason.EMPTY: "kosong",
    LedgerReason.BELOW_THRESHOLD: "di bawah ambang",
    LedgerReason.OUTSIDE: "luar wilayah",
}


def digest_text(digest: Digest) -> str:
    """The digest as plain Indonesian text, ready to paste into a chat."""
    lines = [
        "LAPORAN HARIAN SITUASI DAERAH (bahan pemberitaan terbuka)",
        f"Periode: {in_words(digest.start)} s.d. {in_words(digest.end)}",
        *([f"Wilayah: {REGENCY_BY_CODE[digest.office]}"] if digest.office else ()),
        "Klasifikasi: BIASA. Bahan keterangan awal, belum diverifikasi di lapangan.",
        "",
        *digest.summary,
        "",
        " · ".join(f"{level.name} {count}{_delta(digest, level, count)}" for level, count in digest.counts),
        SEVERITY_NOTE,
    ]
    lines += ["", f"PERLU KEPUTUSAN HARI INI ({len(digest.decide) or 'nihil'})"]
    for number, line in enumerate(digest.decide, 1):
        lines += [f"{number}. {line.text}", *_more_lines(line), f"   Saran: {line.advice or 'belum ada'}."]
        lines += source_lines(line)
    if digest.decide_more:
        lines.append(f"Dan {digest.decide_more} lainnya pada tingkat WASPADA ke atas, di bawah ini.")
    sections = (
        ("BERKEMBANG, MEREDA, ATAU SELESAI", digest.changed),
        ("ISU LAIN", digest.other),
        ("ISU ATAU RUMOR YANG PERLU KLARIFIKASI", digest.rumours),
        ("PENYAMPAIAN ASPIRASI DAMAI (dilindungi UU 9/1998, bukan ancaman)", digest.aspirations),
        ("LUAR WILAYAH KALIMANTAN TENGAH", digest.outside),
    )
    for heading, part in sections:
        if part:
            lines += ["", heading]
            for number, line in enumerate(part, 1):
                lines.append(f"{number}. {line.text}")
                lines += _more_lines(line)
                lines += source_lines(line)
    lines += ["", f"AGENDA 72 JAM ({len(digest.agenda) + digest.agenda_more or 'nihil'})"]
    lines += [f"- {agenda_words(one)}" for one in digest.agenda]
    lines += [f"- dan {digest.agenda_more} lainnya"] if digest.agenda_more else []
    lines += ["", "PER DAERAH (insiden; I P E S H)"]
    for row in digest.rows:
        told = " ".join(str(count) for count in row.counts) if row.items else "tidak terpantau"
        lines.append(f"- {row.name}: {told}" + (f" ({row.items} berita dibaca)" if row.items else ""))
    if digest.rejected:
        lines += ["", "DITOLAK ANALIS"]
        for line, reason in digest.rejected:
            lines += [f"- {line.incident.title}: {reason}", *source_lines(line)]
    lines += ["", *_coverage_lines(digest)]
    lines += [digest.service] if digest.service else []
    return "\n".join(lines) + "\n"


def agenda_words(one: AgendaEntry) -> str:
    """The entry in a line; a peaceful action is told as protected, a limit that has passed as late."""
    marks = " [dilindungi UU 9/1998]" if one.protected else " [LEWAT TENGGAT]" if one.late else ""
    return f"{when_words(one)}: {one.text}{marks}"


def _more_lines(line: DigestLine) -> list[str]:
    told = (("Perubahan", line.change), ("Laporan", line.sent))
    return [f"   {name}: {words}" for name, words in told if words]


def _delta(digest: Digest, level: Severity, count: int) -> str:
    usual = dict(digest.usual)
    if level not in usual:
        return ""
    mean = f"{usual[level]:.1f}".replace(".", ",")
    apart = f"{count - usual[level]:+.1f}".replace(".", ",").replace("-", "−")
    return f" (rata-rata 7 hari {mean}; selisih {apart})"


def _coverage_lines(digest: Digest) -> list[str]:
    cover = digest.coverage
    last = in_words(cover.last_fetch_at) if cover.last_fetch_at else "belum pernah"
    lines = [
        "CAKUPAN",
        f"Sumber terbaca {cover.reached} dari {cover.sources}; berita baru {cover.items_new}; "
        f"pengambilan terakhir {last}.",
    ]
    if cover.failing:
        lines.append(
            f"Sumber gagal: {', '.join(cover.failing[:10])}" + (" ..." if len(cover.failing) > 10 else ".")
        )
    aside = [f"{_LEDGER_WORD[why]} {count}" for why, count in cover.set_aside if count]
    if aside:
        lines.append(f"Disisihkan: {', '.join(aside)}.")
    lines.append(
        f"Belum ditelaah: {digest.unreviewed}. Taksonomi {digest.taxonomy_version}. Model {digest.model}."
    )
    return lines
