"""Is any deed told at all? Without one, a confident F0 is criticism or ordinary news and is set aside."""

from __future__ import annotations

import re

from models.facts import find_facts
from models.lexicon import words

_ACTION = re.compile(
    r"\b(?:(?:ber|pen|men|di)?demo(?:nstr\w+)?|unjuk rasa|pengunjuk|unras|mogok|(?:di|meng)?geruduk|gruduk"
    r"|(?:ber)?orasi|massa|(?:mem|di)?protes|aksi|(?:men|di)?tolak|penolakan|tuntut(?:an)?|menuntut|sengketa"
    r"|konflik|(?:meng)?gugat|gugatan|mediasi|klaim|polemik|berselisih|perselisihan|bersitegang|memanas|kisruh"
    r"|dualisme|kubu|ulayat|pungutan paksa|premanisme|preman|separatis\w*|kkb|opm|tpnpb|hoaks|hoax|isu|rumor"
    r"|pemungutan suara ulang|psu|politik uang|kecurangan|coblos ulang|geng|gangster|ormas|intimidasi|teror"
    r"|persekusi|rebutan|antre\w*|turun ke jalan|long ?march|koalisi|aliansi|tapal batas|batas wilayah|phk"
    r"|ultimatum|dihakimi|diamuk|amuk|bacok|dibacok|celurit|penembakan|tertembak|baku tembak|jarah"
    r"|sabotase)\b"
)
_DEEDS = words(
    "displaced arson destruction clash shots tear_gas hostage_or_sweeping attack_on_office terror eviction"
    " attack_on_officials identity_framing ultimatum threat_of_force blockade near_clash guarding settled"
)


def tells_a_deed(title: str, text: str, spelled: str = "") -> bool:
    """Whether words of action, dispute or threat are met in the title or first 1,500 characters, or facts.

    `spelled` is the same text word by word with typing errors mended, looked at when nothing else is found.
    """
    shown = text[:1_500]
    if _ACTION.search(f"{title}\n{shown}".lower()) is not None:
        return True
    facts = find_facts(title, shown)
    if any(getattr(facts, name.replace(" ", "_")) for name in _DEEDS):
        return True
    return bool(spelled) and _ACTION.search(spelled.lower()) is not None
