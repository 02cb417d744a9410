"""Is any deed told at all? Without one, a confident F0 is criticism or ordinary news and is set aside."""

from __future__ import annotations

import re

from models.facts import find_facts
from models.lexicon import words

_ACTION = re.compile(
    r"\b(?:"
    r"(?:ber|pen|men|di)?demo(?:nstr\w+)?|unjuk rasa|pengunjuk|unras|mogok|(?:di|meng)?geruduk"
    r"|gruduk|(?:ber)?orasi|massa|(?:mem|di)?protes|aksi|(?:men|di)?tolak|penolakan|tuntut(?:an)?"
    r"|menuntut|\w*tagih(?! (?:listrik|air))\w*|\w*sengketa\w*|konflik|\w*gugat\w*|mediasi\w*"
    r"|dimediasi|\w*klaim|polemik|berselisih|perselisihan|bersitegang|ketegangan|memanas|kisruh"
    r"|cekcok|adu mulut|bertengkar|perkelahian|berkelahi"
    r"|saling (?:tuding|lapor|tantang|curiga|somasi|klaim|serang|lempar|usir|ancam)"
    r"|silang pendapat|dualisme|kubu|ulayat|keberatan|tidak menerima|ganti rugi|buntu|pungutan"
    r"|premanisme|preman|setoran|separatis\w*|kkb|opm|tpnpb|isis|densus|jihad\w*|bom|ledak\w*"
    r"|meledak\w*|peledak\w*|hoaks|hoax|isu|rumor|kabar bohong|\w*hasut\w*|provok\w*"
    r"|pemungutan suara ulang|psu|politik uang|kecurangan|coblos(?:an)? (?:di)?ulang|bawaslu|geng"
    r"|gangster|ormas|silat|\w*intimidasi\w*|\w*teror\w*|persekusi|\w*rebut(?:an|kan)?|\w*caplok"
    r"|antre\w*|turun ke jalan|long ?march|berjalan kaki|berpawai|koalisi|aliansi|paguyuban"
    r"|serikat|tapal batas|batas wilayah|phk|dirumahkan|ultimatum|tenggat|\w*ancam(?:an)?"
    r"|\w*hakimi|\w*amuk\w*|\w*bacok\w*|celurit|panah|penembakan|tertembak|baku tembak"
    r"|\w*serang(?:an)?|\w*keroyok\w*|\w*aniaya\w*|dipukul\w*|memukul\w*|pemukulan|dihancurkan"
    r"|\w*kepung\w*|\w*gerebek\w*|\w*tuduh\w*|\w*rusuh\w*|\w*ricuh\w*|\w*jarah\w*|sabotase"
    r"|\w*segel\w*|portal|\w*palang|\w*adang|\w*hadang|\w*blok(?:ir|ade)\w*"
    r"|(?:penutupan|(?:di|me)?n?tutup) (?:\w+ )?(?:jalan|akses|jembatan|warga|massa|batu|bambu|portal)"
    r"|\w*duduki|kuasai|dikuasai|panen massal|\w*desak|\w*usir\w*|mengungsi|pengungsi|berjaga\w*"
    r"|ronda"
    r"|(?:men)?datangi (?:\w+ )?(?:kantor|dprd|gedung|kodim|polres|polda|polsek|markas|bupati|rumah|balai)"
    r"|sambangi dprd|ke (?:kantor|halaman|gedung) (?:bupati|gubernur|wali kota|dprd|dewan)"
    r"|berhenti (?:melaut|bekerja|beroperasi|narik)|\w*bongkar(?: paksa)?|\w*damai|islah"
    r"|titik temu|bersalaman|hinting|damang|tembakan)\b"
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
