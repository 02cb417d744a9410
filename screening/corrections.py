"""What a source says of its own story when it edits it: corrected, answered, withdrawn. Pure.

Only words that an edit brings count: "izin dicabut" in the first text is news, and a page ends with how to
claim a right of reply. A person reads the mark; no level moves by it.
"""

from __future__ import annotations

import re
from typing import Final

from screening.records import Correction

_STORY: Final = r"(?:berita|artikel|tulisan|pemberitaan|konten)"
_WITHDRAWN_TITLE: Final = re.compile(
    r"^\W*(?:dicabut|ditarik|dihapus)\b|[\[(](?:telah )?(?:dicabut|ditarik)[\])]"
)
_WITHDRAWN: Final = re.compile(
    rf"\b{_STORY} (?:(?:ini|tersebut|itu|di atas) )?(?:\w+ ){{0,3}}(?:dicabut|ditarik|diturunkan|dihapus)\b"
    rf"|\b(?:pencabutan|mencabut|menarik|menurunkan) {_STORY}\b"
)
_CORRECTED_TITLE: Final = re.compile(r"\b(?:ralat|koreksi|hak jawab|hak koreksi)\b")
_CORRECTED: Final = re.compile(
    rf"\bralat\b|\bhak (?:jawab|koreksi)\b|(?:^|[\n.(\[] ?)koreksi ?:"
    rf"|\bkoreksi (?:redaksi|atas {_STORY}|{_STORY})\b"
    rf"|\b{_STORY} (?:(?:ini|tersebut|itu|di atas) )?(?:\w+ ){{0,3}}(?:dikoreksi|diralat|diperbaiki)\b"
)
# How to claim the right, as the foot of a page tells it.
_NOTICE: Final = re.compile(
    r"[^.\n]*\bhak (?:jawab|koreksi)\b[^.\n]*"
    r"\b(?:dapat|silakan|silahkan|kirim\w*|hubungi|email|surel|pedoman)\b[^.\n]*"
)
_OPENS: Final = re.compile(r"^\W*(?:ralat|koreksi|hak jawab|klarifikasi redaksi)\b")


def correction_of(title: str, text: str, old_title: str = "", old_text: str = "") -> Correction | None:
    """What the later version says that the earlier one did not; a withdrawal stands above a correction."""
    now, before = _signs(title, text), _signs(old_title, old_text)
    fresh = now - before
    if Correction.WITHDRAWN in fresh:
        return Correction.WITHDRAWN
    return Correction.CORRECTED if Correction.CORRECTED in fresh else None


def opens_as_correction(title: str) -> Correction | None:
    """An entry that is a correction from the first: "Ralat: ..." as a story of its own."""
    return Correction.CORRECTED if _OPENS.search(title.casefold()) else None


def _signs(title: str, text: str) -> set[Correction]:
    head, body = title.casefold(), _NOTICE.sub("", text.casefold())
    found = set()
    if _WITHDRAWN_TITLE.search(head) or _WITHDRAWN.search(head) or _WITHDRAWN.search(body):
        found.add(Correction.WITHDRAWN)
    if _CORRECTED_TITLE.search(head) or _CORRECTED.search(body):
        found.add(Correction.CORRECTED)
    return found
