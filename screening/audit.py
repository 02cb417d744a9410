"""The audit trail as a chain: the bytes of a row, the hash that ties it to the one before, and the check.

Each row holds the SHA-256 of its own fields and of the row before it, so that no row can be changed, taken
out, put in or moved without all later hashes changing too. Who could recompute those (a database
administrator) is caught by heads, `(seq, hash)`, that were written down outside the database.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

GENESIS = "0" * 64  # what the first row follows
CUT = (
    "jejak.pangkas"  # the row that says which old rows went by the retention clock: subject seq, detail hash
)
SUBJECT_CHARS = 80
DETAIL_CHARS = 200
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


def verify(rows: Iterable[AuditRow], heads: Mapping[int, str]) -> AuditVerdict:
    """Walks the rows by seq once, holding one at a time; `heads` are those witnessed outside, by seq.

    Rows missing before the first one must be vouched for by a later row `jejak.pangkas`; a head of a seq that
    was cut that way is not compared.
    """
    count, first, met = 0, 0, 0
    last: tuple[int, str] = (0, GENESIS)
    gone: tuple[int, str] | None = None  # what the first row follows, when that is not the genesis
    vouched = False
    good = 0  # the newest seq that a witnessed head confirmed

    def judged(bad: int | None, why: str) -> AuditVerdict:
        return AuditVerdict(rows=count, first=first, head=last, heads=met, bad=bad, why=why)

    for row in rows:
        if not count:
            first = row.seq
            if row.seq > 1:
                gone = last = (row.seq - 1, row.previous)
                good = row.seq - 1
        count += 1
        expected = last[0] + 1
        if row.seq != expected:
            missing = row.seq > expected
            return judged(expected if missing else row.seq, "hilang" if missing else "tersisip")
        made = chain_hash(row)
        if row.previous != last[1] or row.hash != made:
            return judged(row.seq, "berubah, tersisip, atau tertukar")
        if row.seq in heads:
            met += 1
            if heads[row.seq] != row.hash:
                return judged(good + 1, f"ditulis ulang di antara baris {good + 1} dan {row.seq}")
            good = row.seq
        if row.what == CUT and gone is not None and (row.subject, row.detail) == (str(gone[0]), gone[1]):
            vouched = True
        last = (row.seq, row.hash)
    if gone is not None and not vouched:
        return judged(1, f"baris 1 sampai {gone[0]} hilang tanpa catatan pemangkasan")
    newest = max(heads, default=0)
    if newest > last[0]:
        return judged(last[0] + 1, f"ekor terpotong: baris {newest} pernah tercatat")
    return judged(None, "")
