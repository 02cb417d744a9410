"""The queue's filter as the address bar says it, and back: pages, live poll and saved views read it alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

from screening import Account, Area, QueueFilter, Status
from screening.taxonomy import ISSUE_BY_CODE, REGENCY_BY_CODE, Severity

_HELD = {"saya": "mine", "bebas": "free"}
_TEXT_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Each field as in the address; empty means all, and an unknown value reads as empty."""

    wilayah: str = Area.KALTENG.value
    status: str = "open"
    tingkat: str = ""
    daerah: str = ""
    isu: str = ""
    perjalanan: str = ""
    sumber: str = ""
    pegang: str = ""
    topik: str = ""
    kata: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether more than an area was asked for."""
        return self != Asked(wilayah=self.wilayah)

    def values(self) -> dict[str, str]:
        """What differs from the plain queue, in one fixed order."""
        plain = asdict(Asked())
        return {key: value for key, value in asdict(self).items() if value != plain[key]}

    def query(self, **more: object) -> str:
        """The address's query; `more` is added where it is set."""
        return urlencode(self.values() | {key: str(value) for key, value in more.items() if value})

    def wanted(self, account: Account, *, after: str = "", limit: int = 50) -> QueueFilter:
        """The filter as this account may ask it."""
        return QueueFilter(
            state=self.status,
            area=Area(self.wilayah),
            severity=Severity(int(self.tingkat)) if self.tingkat else None,
            place_code=self.daerah or None,
            issue=self.isu or None,
            tier=self.sumber or None,
            words=self.kata,
            course=Status(self.perjalanan) if self.perjalanan else None,
            held=_HELD.get(self.pegang, ""),
            account_id=account.id,
            topic_id=int(self.topik) if self.topik else None,
            after=after,
            limit=limit,
            sight=account.sight,
        )


def read_asked(given: Mapping[str, str]) -> Asked:
    """Never an error: an old bookmark or a hostile address shows more, not a refusal."""

    def one_of(name: str, known: object, default: str = "") -> str:
        value = given.get(name, "")
        return value if value in known else default  # type: ignore[operator]

    area = one_of("wilayah", set(Area), Area.KALTENG.value)
    topic = given.get("topik", "")
    return Asked(
        wilayah=area,
        status=one_of("status", {"open", "done", "all"}, "open"),
        tingkat=one_of("tingkat", {"1", "2", "3", "4"}),
        daerah=one_of("daerah", REGENCY_BY_CODE) if area == Area.KALTENG else "",
        isu=one_of("isu", ISSUE_BY_CODE),
        perjalanan=one_of("perjalanan", set(Status)),
        sumber=given.get("sumber", "").strip()[:_TEXT_CHARS],
        pegang=one_of("pegang", _HELD),
        topik=topic if re.fullmatch("[0-9]{1,15}", topic) else "",
        kata=re.sub(r"\s+", " ", given.get("kata", "")).strip()[:_TEXT_CHARS],
    )


def read_query(query: str) -> Asked:
    """The filter of an address's query, as a saved view keeps it."""
    return read_asked(dict(parse_qsl(query.removeprefix("?"), max_num_fields=40)))
