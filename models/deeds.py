"""Is any deed told at all? Without one, a confident F0 is criticism or ordinary news and is set aside."""

from __future__ import annotations

import re

from models.facts import find_deeds
from models.lexicon import Remembered

_ACTION = re.compile(
    r"\b(?:"
    r"(?:ber|pen|men|di)?demo(?:nstr\w+)?|pengunjuk|unras|mogok|(?:di|meng)?geruduk"
    r"|gruduk|(?:ber)?orasi|massa|(?:mem|di)?protes|aksi|(?:men|di)?tolak|penolakan|tuntut(?:an)?"
    r"|menuntut|\w*sengketa\w*|konflik|\w*gugat\w*|mediasi\w*"
    r"|dimediasi|\w*klaim|polemik|berselisih|perselisihan|bersitegang|ketegangan|memanas|kisruh"
    r"|cekcok|bertengkar|perkelahian|berkelahi|dualisme|kubu|ulayat|keberatan|buntu|pungutan"
    r"|premanisme|preman|setoran|separatis\w*|kkb|opm|tpnpb|isis|densus|jihad\w*|bom|ledak\w*"
    r"|meledak\w*|peledak\w*|hoaks|hoax|isu|rumor|\w*hasut\w*|provok\w*|psu|kecurangan|bawaslu|geng"
    r"|gangster|ormas|silat|\w*intimidasi\w*|\w*teror\w*|persekusi|\w*rebut(?:an|kan)?|\w*caplok"
    r"|antre\w*|longmarch|berpawai|koalisi|aliansi|paguyuban"
    r"|serikat|phk|dirumahkan|ultimatum|tenggat|\w*ancam(?:an)?"
    r"|\w*hakimi|\w*amuk\w*|\w*bacok\w*|celurit|panah|penembakan|tertembak"
    r"|\w*serang(?:an)?|\w*keroyok\w*|\w*aniaya\w*|dipukul\w*|memukul\w*|pemukulan|dihancurkan"
    r"|\w*kepung\w*|\w*gerebek\w*|\w*tuduh\w*|\w*rusuh\w*|\w*ricuh\w*|\w*jarah\w*|sabotase"
    r"|\w*segel\w*|portal|\w*palang|\w*adang|\w*hadang|\w*blok(?:ir|ade)\w*"
    r"|\w*duduki|kuasai|dikuasai|\w*desak|\w*usir\w*|mengungsi|pengungsi|berjaga\w*"
    r"|ronda|\w*bongkar|\w*damai|islah|bersalaman|hinting|damang|tembakan"
    r"|\w*relokasi|\w*gusur(?:an)?|mutilasi|(?:di)?acak-acak|onar)\b"
)
_ACTION_PHRASE = re.compile(
    r"\b(?:"
    r"unjuk rasa|\w*tagih(?! (?:listrik|air))\w*|adu mulut"
    r"|saling (?:tuding|lapor|tantang|curiga|somasi|klaim|serang|lempar|usir|ancam)"
    r"|silang pendapat|tidak menerima|ganti rugi|kabar bohong"
    r"|pemungutan suara ulang|politik uang|coblos(?:an)? (?:di)?ulang"
    r"|turun ke jalan|long march|berjalan kaki|tapal batas|batas wilayah|baku tembak"
    r"|(?:penutupan|(?:di|me)?n?tutup) (?:\w+ )?(?:jalan|akses|jembatan|warga|massa|batu|bambu|portal)"
    r"|panen massal"
    r"|(?:men)?datangi (?:\w+ )?(?:kantor|dprd|gedung|kodim|polres|polda|polsek|markas|bupati|rumah|balai)"
    r"|sambangi dprd|ke (?:kantor|halaman|gedung) (?:bupati|gubernur|wali kota|dprd|dewan)"
    r"|berhenti (?:melaut|bekerja|beroperasi|narik)|titik temu"
    r"|(?:masuk|milik|bagian dari|status|penetapan) (?:\w+ ){0,3}(?:wilayah|pulau)"
    r"|pulau (?:\w+ ){0,5}(?:masuk|milik|kembali))\b"
)
_DEEDS = frozenset(
    (
        "displaced",
        "arson",
        "destruction",
        "clash",
        "shots",
        "tear_gas",
        "hostage_or_sweeping",
        "attack_on_office",
        "terror",
        "eviction",
        "attack_on_officials",
        "identity_framing",
        "ultimatum",
        "threat_of_force",
        "blockade",
        "near_clash",
        "guarding",
        "settled",
    )
)


# each phrase holds a word with one of these in it, the rarest that it has
_PHRASE_WORD = re.compile(
    r"unjuk|tagih|adu|saling|silang|menerima|ganti|bohong|pemungutan|politik|coblos|turun|long|berjalan"
    r"|batas|baku|tutup|nutup|panen|datangi|sambangi|kantor|halaman|gedung|berhenti|titik"
    r"|wilayah|pulau"
)
_WHOLE, _PART = "an action by itself", "part of a phrase, perhaps"


def _speaks(word: str) -> str:
    if _ACTION.search(word):
        return _WHOLE
    return _PART if _PHRASE_WORD.search(word) else ""


_SPEAKS = Remembered(_speaks)


def tells_of_action(text: str) -> bool:
    """Whether words of action or dispute are met."""
    low = text.lower()
    met = set(map(_SPEAKS.__getitem__, low.split()))
    return _WHOLE in met or (_PART in met and _ACTION_PHRASE.search(low) is not None)


def tells_a_deed(title: str, text: str) -> bool:
    """Whether words of action, dispute or threat are met in the title or first 1,500 characters, or facts."""
    shown = text[:1_500]
    return tells_of_action(f"{title}\n{shown}") or not _DEEDS.isdisjoint(find_deeds(title, shown))
