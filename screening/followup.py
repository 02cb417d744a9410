"""What a later report does to an incident that is known: settles it, calms it, denies it, follows it up, or
tells a new deed. By form, realis, facts and a few fixed turns of phrase. Pure.
"""

from __future__ import annotations

import enum
import re

from models import Assessment
from screening.severity import form_of, violent

_OPENING = 300  # characters of a text in which its news stands; what comes later is background

_CALM = re.compile(
    r"\b(?:situasi|keadaan|kondisi|suasana|kamtibmas|wilayah|massa|lalu lintas|aktivitas)\b[^.;!?\n]{0,60}?"
    r"\b(?:kondusif|terkendali|dikendalikan|pulih|mereda|aman|tenang|berangsur (?:normal|membaik)"
    r"|(?:kembali|mulai|sudah) normal)\b"
    r"|\b(?:aman|kondusif) (?:dan|serta|,) ?(?:terkendali|kondusif)\b"
    r"|\bberhasil (?:dikendalikan|diredam|dilerai|dipulihkan)\b"
    r"|\b(?:pastikan|memastikan|sebut|menyebut|nyatakan) [^.;!?\n]{0,50}\b(?:kondusif|terkendali)\b",
    re.IGNORECASE,
)
# Calm that is hoped for, asked for, doubted or gone again is no calm.
_NO_CALM = re.compile(
    r"\b(?:belum|tidak|tak|bukan|agar|supaya|demi|jaga|menjaga|ciptakan|menciptakan|mewujudkan|wujudkan"
    r"|diharapkan|berharap|harap|imbau|mengimbau|ajak|mengajak|sempat|jika|bila|semoga|pemilu|pilkada"
    r"|jelang|menjelang)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:kembali (?:\w+ )?(?:bentrok|ricuh|pecah|memanas|memblokade|memortal|menutup|menduduki|diserang"
    r"|dibakar|dirusak|ditutup|diportal|diblokade|berdatangan|turun)"
    r"|(?:bentrok\w*|ricuh|rusuh|serang\w*|portal|blokade|aksi) (?:\w+ )?(?:lagi|kembali|susulan|jilid)"
    r"|susulan|pecah lagi|memanas lagi|makin (?:memanas|meluas))\b",
    re.IGNORECASE,
)
_CASEWORK = re.compile(
    r"\b(?:tersangka|ditetapkan|menetapkan|tetapkan|olah tkp|periksa|memeriksa|diperiksa|selidiki|menyelidiki"
    r"|penyelidikan|penyidikan|dalami|mendalami|usut|mengusut|buru|memburu|tangkap|menangkap|ditangkap"
    r"|amankan|mengamankan|diamankan|ditahan|sidang|didakwa|dakwaan|vonis|divonis|berkas|pasca|pasca\w+"
    r"|buntut|kronologi|kondisi terkini|autopsi|dimakamkan|santunan|mediasi|pertemukan|mempertemukan)\b",
    re.IGNORECASE,
)


class Turn(enum.StrEnum):
    """What a report does to the course of an incident."""

    DEED = "kejadian"
    SETTLED = "penyelesaian"
    CALM = "terkendali"
    DENIED = "bantahan"
    WORDS = "tindak lanjut"  # casework, statements: the course goes on, nothing new was done
    NOTHING = ""  # not flagged and without any of these


def turn_of(title: str, text: str, said: Assessment) -> Turn:
    """The turn of one report; what is not flagged can calm, settle or deny but never tell a deed."""
    form, facts = form_of(said), said.facts
    fresh = flares(title)
    if said.realis.code == "B":
        return Turn.DENIED
    if not fresh and (form == "F8" or (form in (None, "F0", "F1") and facts.settled)):
        return Turn.SETTLED
    if not fresh and form != "F2" and _calm(title, text, form):
        return Turn.CALM
    if not said.flagged:
        return Turn.NOTHING
    stirred = violent(facts) or facts.blockade
    words = form in (None, "F0", "F1") and not stirred
    return Turn.WORDS if words or (_CASEWORK.search(title) and not fresh) else Turn.DEED


def flares(title: str) -> bool:
    """Whether a title says that it has broken out again."""
    return _AGAIN.search(title) is not None


def looks_back(title: str, text: str, said: Assessment) -> bool:
    """Whether a report says by itself that it continues a known story."""
    if flares(title) or _CASEWORK.search(title):
        return True
    return turn_of(title, text, said) in (Turn.SETTLED, Turn.CALM, Turn.DENIED)


def _calm(title: str, text: str, form: str | None) -> bool:
    # A report of violence that ends with "all quiet now" tells the violence; its title must say the calm.
    opening = text[:_OPENING] if form in (None, "F0", "F1") else ""
    if not _CALM.search(f"{title}\n{opening}"):
        return False  # as for most news; no match reaches over the end of a sentence
    for part in (title, *re.split(r"[.;!?\n]", opening)):
        if _CALM.search(part) and not _NO_CALM.search(part):
            return True
    return False
