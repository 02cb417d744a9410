"""The audit trail as a chain: the bytes of a row, the hash that ties it to the one before, and the check.

Each row holds the SHA-256 of its own fields and of the row before it, so that no row can be changed, taken
out, put in or moved without all later hashes changing too. Who could recompute those (a database
administrator) is caught by heads, `(seq, hash)`, that were written down outside the database.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from screening.retention import LEAST

GENESIS = "0" * 64  # what the first row follows
CUT = "jejak.pangkas"  # the row that says which old rows went by the retention clock
DIFFER = "berbeda"  # in the place of a head's hash when two witnesses tell different ones
SUBJECT_CHARS = 80
DETAIL_CHARS = 200
_SLACK = timedelta(days=1)  # a verb reads the clock once and may write minutes later
# A version before this one wrote the hash alone.
_MARK = re.compile(r"([0-9a-f]{64})(?: hari=([0-9]{1,6}) baris=([0-9]{1,18}))?")
_SEQ = re.compile(r"[0-9]{1,18}")
_WHAT = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What a transaction says it did, before it has its place in the chain."""

    at: datetime
    account_id: int | None
    what: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Who (an account, or None for a command or a stranger) did what to what; never a text of the news."""

    seq: int
    at: datetime
    account_id: int | None
    what: str
    subject: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which rows are shown; empty means all. `what` and `subject` may be a beginning; seqs below `before`."""

    since: datetime | None = None
    until: datetime | None = None
    what: str = ""
    subject: str = ""
    account_id: int | None = None
    office: str = ""  # of the accounts that did it
    before: int | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What one account may take out in a day (WIB); 0 means no limit."""

    exports: int = 200
    rows: int = 20_000

    def passed(self, exports: int, taken: int, asked: int) -> bool:
        """Whether an export of `asked` rows more goes over it, after `exports` with `taken` rows."""
        return bool(self.exports and exports >= self.exports) or bool(self.rows and taken + asked > self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """What a check found. `bad` is the first seq that is not as it was written; None: the chain is whole."""

    rows: int
    first: int
    head: tuple[int, str]
    heads: int  # witnessed heads that were compared
    bad: int | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        return self.bad is None


def canonical(row: AuditRow) -> bytes:
    """One unambiguous byte string a row (all but its hash): each field with its length."""
    moment = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    account = "" if row.account_id is None else str(row.account_id)
    fields = (str(row.seq), moment, account, row.what, row.subject, row.detail, row.previous)
    return b"".join(b"%d:%s" % (len(part), part) for part in (one.encode() for one in fields))


def chain_hash(row: AuditRow) -> str:
    """The hash a row must bear: SHA-256 in hex."""
    return hashlib.sha256(canonical(row)).hexdigest()


def following(tail: tuple[int, str], entry: AuditEntry) -> AuditRow:
    """The row that goes on after `tail` (seq, hash)."""
    bare = AuditRow(
        seq=tail[0] + 1,
        at=entry.at,
        account_id=entry.account_id,
        what=entry.what,
        subject=entry.subject,
        detail=entry.detail,
        previous=tail[1],
        hash="",
    )
    return replace(bare, hash=chain_hash(bare))


def entry_of(at: datetime, account_id: int | None, what: str, subject: str, detail: str) -> AuditEntry:
    """An entry in its storable form. `ValueError` when `what` is no short code."""
    if not _WHAT.fullmatch(what):
        raise ValueError(f"no audit verb: {what[:60]!r}")
    return AuditEntry(
        at=at,
        account_id=account_id,
        what=what,
        subject=one_line(subject, SUBJECT_CHARS),
        detail=one_line(detail, DETAIL_CHARS),
    )


def one_line(text: str, limit: int) -> str:
    """Printable, one line, at most `limit` characters: what both databases give back as it was given."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:limit]


def _broken(row: AuditRow, last: tuple[int, str]) -> tuple[int, str] | None:
    """(the seq that is not as it was written, why), of a row after `last`."""
    expected = last[0] + 1
    if row.seq != expected:
        missing = row.seq > expected
        return (expected, "hilang") if missing else (row.seq, "tersisip")
    if row.previous != last[1] or row.hash != chain_hash(row):
        return row.seq, "berubah, tersisip, atau tertukar"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a row `jejak.pangkas` says: rows up to `upto` went, the last of them with `hash`."""

    upto: int
    hash: str
    days: int | None  # how long rows were kept then; None: a mark of before does not tell
    rows: int | None  # how many went with it


def mark_of(upto: int, hashed: str, days: int, rows: int) -> tuple[str, str]:
    """(subject, detail) of the row that vouches for a cut."""
    return str(upto), f"{hashed} hari={days} baris={rows}"


def read_mark(row: AuditRow) -> Mark | None:
    """None when the row is no mark that Dini wrote."""
    found = _MARK.fullmatch(row.detail)
    if found is None or not _SEQ.fullmatch(row.subject):
        return None
    days, rows = (None if one is None else int(one) for one in found.group(2, 3))
    return Mark(upto=int(row.subject), hash=found[1], days=days, rows=rows)


def verify(
    rows: Iterable[AuditRow],
    heads: Mapping[int, str],
    *,
    times: Mapping[int, datetime] | None = None,
    keep_days: int = LEAST["audit"],
    now: datetime | None = None,
) -> AuditVerdict:
    """Walks the rows by seq once, holding one at a time; `heads` are those witnessed outside, by seq.

    Rows missing before the first one must have been cut by the retention clock. The newest row that was due
    is left standing, so its own moment, which is under its hash, shows that all before it were due; a mark
    `jejak.pangkas` names them, and heads that fall on the cut or were seen after its edge (`times`, when each
    was last seen) must agree; no row after a head may be older than the head was seen. A mark of before tells
    no days: the first row left must then be as old as `keep_days`. `keep_days` 0: rows are kept for good, so
    none may be missing. `now`: no mark may lie ahead of it.
    """
    count, first, met = 0, 0, 0
    last: tuple[int, str] = (0, GENESIS)
    cut = _Cut(heads, times or {}, keep_days, now)
    good = 0  # the newest seq that a witnessed head confirmed

    def judged(bad: int | None, why: str) -> AuditVerdict:
        return AuditVerdict(rows=count, first=first, head=last, heads=met, bad=bad, why=why)

    for row in rows:
        if not count:
            first = row.seq
            if row.seq > 1:
                last = (row.seq - 1, row.previous)
                good = row.seq - 1
            cut.begins(row)
        count += 1
        if (bad := _broken(row, last)) is not None:
            return judged(*bad)
        if row.seq in heads:
            met += 1
            if heads[row.seq] != row.hash:
                return judged(good + 1, f"ditulis ulang di antara baris {good + 1} dan {row.seq}")
            good = row.seq
        if why := cut.goes_on(row):
            return judged(row.seq, why)
        last = (row.seq, row.hash)
    if why := cut.ends():
        return judged(1, why)
    newest = max(heads, default=0)
    if newest > last[0]:
        return judged(last[0] + 1, f"ekor terpotong: baris {newest} pernah tercatat")
    return judged(None, "")


class _Cut:
    """What a walk learns of the beginning that is missing; each verb gives a reason in words, or nothing."""

    def __init__(
        self, heads: Mapping[int, str], times: Mapping[int, datetime], keep_days: int, now: datetime | None
    ) -> None:
        self._heads, self._keep_days, self._now = heads, keep_days, now
        self._seqs = sorted(times)
        self._seen = list(accumulate((times[seq] for seq in self._seqs), max))
        self._first: AuditRow | None = None
        self._last: tuple[AuditRow, Mark] | None = None

    def begins(self, row: AuditRow) -> None:
        self._first = row

    def goes_on(self, row: AuditRow) -> str:
        if self._last is not None and row.at < self._last[0].at - _SLACK:
            return f"lebih tua daripada tanda pemangkasan {self._last[0].seq} di depannya"
        # An old row forged after a head would make a cut look due.
        place = bisect_left(self._seqs, row.seq)
        if place and row.at < self._seen[place - 1] - _SLACK:
            return "lebih tua daripada ujung tercatat di depannya"
        if row.what != CUT:
            return ""
        mark = read_mark(row)
        if mark is None or self._first is None or not 0 < mark.upto < self._first.seq:
            return "tanda pemangkasan menyebut potongan yang tidak ada"
        why = next((words for wrong, words in self._faults(row, mark) if wrong), "")
        self._last = (row, mark)
        return why

    def _faults(self, row: AuditRow, mark: Mark) -> Iterator[tuple[bool, str]]:
        before = 0 if self._last is None else self._last[1].upto
        # Of the first mark that stands, those before it may have been cut themselves.
        rows = mark.upto - before if mark.rows is None else mark.rows
        fits = rows == mark.upto - before if self._last else 0 < rows <= mark.upto
        yield not fits or mark.upto <= before, "jumlah baris pada tanda pemangkasan tidak cocok"
        ahead = self._now is not None and row.at > self._now + _SLACK
        yield ahead, "tanda pemangkasan bertanggal sesudah hari ini"
        told = self._heads.get(mark.upto, mark.hash)
        yield told != mark.hash, f"tanda pemangkasan tidak cocok dengan ujung {mark.upto} yang tercatat"
        # The row after a head was written after the head was seen: too young to be cut by this clock?
        place = bisect_left(self._seqs, mark.upto)
        seen = self._seen[place - 1] if place else None
        young = seen is not None and seen > row.at - timedelta(days=self._days(mark)) + _SLACK
        yield young, f"memangkas baris yang baru ditulis sesudah {seen:%Y-%m-%d}" if seen else ""

    def _days(self, mark: Mark) -> int:
        return max(self._keep_days, LEAST["audit"]) if mark.days is None else mark.days

    def ends(self) -> str:
        """Whether the rows before the first one went by the clock."""
        if self._first is None or self._first.seq == 1:
            return ""
        gone = self._first.seq - 1
        if self._last is None or (self._last[1].upto, self._last[1].hash) != (gone, self._first.previous):
            return f"baris 1 sampai {gone} hilang tanpa catatan pemangkasan"
        row, mark = self._last
        inside = (seq for seq, hashed in self._heads.items() if seq < gone and hashed == DIFFER)
        twice = next(inside, None)
        days = self._days(mark)
        edge = row.at - timedelta(days=days)
        faults = (
            (not self._keep_days, "padahal jejak disimpan seterusnya"),
            (
                days < max(self._keep_days, LEAST["audit"]),
                f"menurut masa simpan {days} hari, lebih pendek daripada {self._keep_days}",
            ),
            (
                # That version left no row that was due: the first one left is about as old as the clock.
                mark.days is None and self._first.at >= edge + _SLACK,
                f"menurut tanda lama {row.seq}, yang tidak menyebut masa simpan; baris {self._first.seq} di "
                f"belakangnya belum berumur {days} hari saat itu. Bila masa simpan dahulu lebih pendek: "
                "--keep-days",
            ),
            (
                mark.days is not None and self._first.at >= edge,
                f"sebelum masa simpannya habis ({days} hari)",
            ),
            (twice is not None, f"dan dua ujung berbeda tercatat untuk baris {twice} di dalamnya"),
        )
        return next((f"baris 1 sampai {gone} hilang {words}" for wrong, words in faults if wrong), "")
