"""The digest as a letter: the wording that page, text, JSON and PDF share, and the A4 PDF set by typst."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import typst

from api import times
from api.letter_layout import LAYOUT
from api.render import SHAPES, number
from api.wire_shapes import plain
from api.words import say
from screening import (
    AgendaEntry,
    Desk,
    Digest,
    DigestLine,
    DigestSource,
    check_office,
    day_window,
    digest_text,
    when_words,
    window_at,
)
from screening.taxonomy import BIDANG, PROVINCE, REGENCY_BY_CODE, Severity

LINK_CHARS = 2_000  # typst refuses longer addresses, and no reader follows one
# (type size in points, sources a line, lines a section): the first that fills at most two pages is taken.
FITS = ((10.0, 6, 200), (9.2, 4, 200), (8.5, 3, 200), (8.0, 2, 40), (8.0, 2, 20), (8.0, 1, 10), (8.0, 1, 4))
PAGES = 2
FAILING = 12


def digest_at(desk: Desk, day: date | None, now: datetime, office: str = "") -> Digest:
    """The digest of a report day, or of the window now open when `day` is None; of one regency or all."""
    start, end = day_window(day) if day else window_at(now)
    return worded(desk.digest(start, end, now, office))


def office_asked(office: str) -> str:
    """A regency's code, or empty for the province. `Invalid` for anything else."""
    return "" if not office or check_office(office) == PROVINCE else office


def worded(digest: Digest) -> Digest:
    """The digest with "no level" said in words: `NONE` is a code of ours, not a word for a governor."""
    word = say("level_0", "id")

    def line(one: DigestLine) -> DigestLine:
        return replace(one, text=one.text.replace(f"[{Severity.NONE.name}]", f"[{word}]", 1))

    return replace(
        digest,
        summary=tuple(re.sub(rf"\b{Severity.NONE.name}\b", word, one) for one in digest.summary),
        decide=tuple(map(line, digest.decide)),
        changed=tuple(map(line, digest.changed)),
        other=tuple(map(line, digest.other)),
        aspirations=tuple(map(line, digest.aspirations)),
        outside=tuple(map(line, digest.outside)),
        rumours=tuple(map(line, digest.rumours)),
        rejected=tuple((line(one), reason) for one, reason in digest.rejected),
    )


def without_tags(text: str) -> str:
    """A digest sentence without its leading `[level][codes]`: page and PDF show those as a badge."""
    return re.sub(r"^(?:\[[^\]]*\]\s*)+", "", text)


def file_name(digest: Digest) -> str:
    """`laporan-2026-11-24-1500.pdf`, by the end of the window in WIB; with the regency's code if of one."""
    office = f"{digest.office}-" if digest.office else ""
    return f"laporan-{office}{digest.end.astimezone(times.WIB):%Y-%m-%d-%H%M}.pdf"


def source_lines(digest: Digest) -> list[DigestSource]:
    """Every source of every line once, newest first: the attachment."""
    parts = (
        digest.decide,
        digest.changed,
        digest.other,
        digest.rumours,
        digest.aspirations,
        digest.outside,
        [line for line, _reason in digest.rejected],
    )
    every = {
        (source.link, source.title, source.source_name): source
        for part in parts
        for line in part
        for source in line.sources
    }
    return sorted(every.values(), key=lambda one: (one.published, one.title), reverse=True)


def digest_as_text(digest: Digest, site: str = "") -> str:
    """The plain Indonesian text, with where the whole report is when the `site` is known."""
    told, link = digest_text(digest), full_address(digest, site)
    return f"{told}\n\n{say('full_report', 'id')}: {link}" if link else told


def pdf(digest: Digest, lang: str = "id", site: str = "", *, always: bool = False) -> bytes:
    """One or two A4 pages with the content and order of the page; fonts are those inside typst.

    Texts travel as JSON values, never as typst source, so no title can be markup or code. A day too long
    for two pages first gets smaller type, then fewer lines a section, and says how many are left out, with a
    link to the whole where the address of the `site` is known; `always` puts that link at its end too.
    """
    made = b""
    for size, sources, lines in FITS:
        content = in_parts(digest, lang, sources=sources, lines=lines, site=site) | {"size": size}
        content["place"] = content["full"]["link"] if always else ""
        made = typst.compile(
            LAYOUT.encode(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"letter": json.dumps(content)},
            timestamp=digest.generated_at.astimezone(UTC).replace(microsecond=0),  # typst takes whole seconds
        )
        if len(re.findall(rb"/Type\s*/Page\b", made)) <= PAGES:
            break
    return made


def in_parts(digest: Digest, lang: str, *, sources: int, lines: int, site: str = "") -> dict[str, Any]:
    """What the layout prints, in words: only strings, numbers and lists of them."""
    usual, cover = dict(digest.usual), digest.coverage

    def t(key: str, **values: object) -> str:
        return say(key, lang).format(**values)

    def section(key: str, items: Iterable[DigestLine], note: str = "") -> dict[str, Any]:
        every = [entry(one, lang, sources) for one in items]
        return {
            "title": t(key),
            "count": len(every),
            "note": note,
            "lines": every[:lines],
            "more": t("n_more_lines", n=len(every) - lines) if len(every) > lines else "",
        }

    decide = section("to_decide", digest.decide)
    # What waits for a decision is never left out: five at most.
    decide |= {"lines": [entry(one, lang, sources) for one in digest.decide], "more": ""}
    for shown, line in zip(decide["lines"], digest.decide, strict=False):
        shown |= {"text": f"{line.what}, {line.when}", "facts": facts_of(line, lang)}
    changed = section("changes", digest.changed)
    for shown, line in zip(changed["lines"], digest.changed, strict=False):
        shown["facts"] = [line.change] if line.change else []
    rejected = section("rejected", (one for one, _ in digest.rejected))
    for shown, (_, reason) in zip(rejected["lines"], digest.rejected, strict=False):
        shown["reason"] = reason
    failing = ", ".join(cover.failing[:FAILING])
    if len(cover.failing) > FAILING:
        failing += " " + t("and_n_more", n=len(cover.failing) - FAILING)
    content = {
        "lang": lang,
        "title": t("report_title"),
        "subtitle": t("report_subtitle"),
        "day": times.day_name(digest.end, lang),
        "window": f"{t('window')} {times.full(digest.start, lang)} – {times.full(digest.end, lang)}",
        "about": " · ".join(
            (
                REGENCY_BY_CODE[digest.office] if digest.office else t("province"),
                t("classification"),
                f"{t('taxonomy')} {digest.taxonomy_version}",
                f"{t('model')} {digest.model or '–'}",
                f"{t('made_at')} {times.full(digest.generated_at, lang)}",
            )
        ),
        "summary_title": t("summary"),
        "summary": list(digest.summary),
        "counts": [
            {
                "level": int(level),
                "shape": SHAPES[level],
                "word": t(f"level_{int(level)}"),
                "count": count,
                "usual": usual_words(count, usual[level], lang) if level in usual else "",
            }
            for level, count in sorted(digest.counts, reverse=True)
            if level > 0
        ],
        "note": " ".join(
            (t("severity_note"), *((t("n_unreviewed", n=digest.unreviewed),) if digest.unreviewed else ()))
        ),
        "nil": t("nil"),
        "full": {"words": t("full_report"), "link": full_address(digest, site)},
        "place": "",
        "decide_more": t("decide_more", n=digest.decide_more) if digest.decide_more else "",
        "agenda": {
            "title": t("digest_agenda"),
            "count": len(digest.agenda) + digest.agenda_more,
            "lines": [agenda_line(one, lang) for one in digest.agenda[:lines]],
            "more": agenda_rest(digest, lines, lang),
        },
        "sections": [
            decide,
            changed,
            section("others", digest.other),
        ],
        "rumours": [section("rumours", digest.rumours)] if digest.rumours else [],
        "aspirations": section("aspirations", digest.aspirations, t("aspirations_note")),
        "matrix": matrix(digest, lang),
        "after": [
            *([section("outside", digest.outside)] if digest.outside else ()),
            *([rejected] if digest.rejected else ()),
        ],
        "coverage": {
            "title": t("coverage_title"),
            "lines": [
                t("coverage_line", reached=cover.reached, sources=cover.sources, items=cover.items_new)
                + f" {t('last_fetch')} {times.full(cover.last_fetch_at, lang)}.",
                *([f"{t('failing_n', n=len(cover.failing))}: {failing}."] if cover.failing else []),
                f"{t('set_aside_line')} "
                + (
                    " · ".join(f"{t(f'ledger_{why.value}')} {n}" for why, n in cover.set_aside if n)
                    or t("none")
                ),
                *([digest.service] if digest.service else []),
                t("grade_note") + " " + t("sources_where", n=len(source_lines(digest))),
            ],
        },
        "page_word": t("page_of"),
    }
    return {key: tidy(value) for key, value in content.items()}


def entry(line: DigestLine, lang: str, sources: int) -> dict[str, Any]:
    one = line.incident
    hidden = len(line.sources) - sources
    return {
        "level": int(one.severity),
        "shape": SHAPES[one.severity],
        "word": say(f"level_{int(one.severity)}", lang),
        "code": f"{one.issue}/{one.form}",
        "text": without_tags(line.text),
        "facts": [],
        "reason": "",
        "sources": [
            {
                "name": source.source_name,
                "at": times.short(source.published, lang),
                "link": address(source),
            }
            for source in line.sources[:sources]
        ],
        "more": say("and_n_more", lang).format(n=hidden) if hidden > 0 else "",
    }


def facts_of(line: DigestLine, lang: str) -> list[str]:
    """What stands under an incident that waits for a decision, each with its label."""
    told = ". ".join(one[:1].upper() + one[1:] for one in (line.hurt, line.weight, line.state) if one)
    act = "; ".join(one for one in (line.act, line.sent) if one)
    return [
        f"{told}.",
        *([f"{say('told_change', lang)}: {line.change}"] if line.change else ()),
        f"{say('told_act', lang)}: {act or say('told_no_act', lang)}. "
        f"{say('told_advice', lang)}: {line.advice or say('told_no_advice', lang)}.",
    ]


def usual_words(count: int, mean: float, lang: str) -> str:
    """`+1,6 dari rata-rata 7 hari (1,4)`."""
    apart = number(abs(count - mean), 1, lang)
    sign = "+" if count >= mean else "−"
    return say("usual_apart", lang).format(apart=f"{sign}{apart}", value=number(mean, 1, lang))


def agenda_line(one: AgendaEntry, lang: str) -> dict[str, Any]:
    mark = "digest_agenda_protected" if one.protected else "agenda_late" if one.late else ""
    return {"when": when_words(one), "text": one.text, "mark": say(mark, lang) if mark else ""}


def agenda_rest(digest: Digest, lines: int, lang: str) -> str:
    left = digest.agenda_more + max(0, len(digest.agenda) - lines)
    return say("n_more_lines", lang).format(n=left) if left else ""


def full_address(digest: Digest, site: str) -> str:
    """Where the page of this report is; empty where the address of the site is not known."""
    if not site:
        return ""
    day = digest.end.astimezone(times.WIB).date()
    office = f"&kantor={digest.office}" if digest.office else ""
    return f"{site.rstrip('/')}/laporan?tanggal={day}{office}"


def matrix(digest: Digest, lang: str) -> dict[str, Any]:
    return {
        "title": say("matrix", lang),
        "note": say("matrix_note", lang),
        "head": [
            say("regency", lang),
            *(f"{term.code} {term.en if lang == 'en' else term.id}" for term in BIDANG),
            say("worst", lang),
            say("coverage", lang),
        ],
        "rows": [
            {
                "name": row.name,
                "counts": [str(count) if count else "·" for count in row.counts],
                "level": int(row.worst),
                "worst": f"{SHAPES[row.worst]} {say(f'level_{int(row.worst)}', lang)}" if row.worst else "–",
                "seen": bool(row.items),
                "items": f"{row.items} {say('unit_items', lang)}" if row.items else say("unseen", lang),
            }
            for row in digest.rows
        ],
    }


def tidy(value: Any) -> Any:
    """Every text without control, format and bidirectional characters, which turn a printed line around."""
    if isinstance(value, str):
        return " ".join(plain(value).split())
    if isinstance(value, list):
        return [tidy(one) for one in value]
    return {key: tidy(one) for key, one in value.items()} if isinstance(value, dict) else value


def address(source: DigestSource) -> str:
    """The link when it is one a browser may follow, else nothing; the rule of the pages."""
    link = source.link
    good = link.startswith(("http://", "https://")) and len(link) <= LINK_CHARS and link.isprintable()
    return link if good else ""
