"""What somebody with the database's own powers could do to the audit trail; the benchmark does it too."""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from screening import Store
from screening.audit import CUT, GENESIS, AuditRow, chain_hash, entry_of, following, mark_of
from screening.schema_audit import TRIGGERS, audit

# Each alone, and by somebody who knows the chain and makes all hashes after it anew.
KINDS_OF_TAMPERING = tuple(
    f"{kind}{clever}" for kind in ("ubah", "hapus", "sisip", "tukar") for clever in ("", "_dan_sambung")
)

# Old rows cut before their time behind a forged mark. The last two make every row after the cut anew, so that
# only heads from outside can contradict them.
KINDS_OF_CUTTING = (
    "tanpa_tanda", "muda", "terlalu_jauh", "masa_simpan_pendek", "tanda_besok", "nomor_lain", "sidik_lain",
    "jumlah_lain", "tua_dan_sambung", "semua_tua_dan_sambung",
)  # fmt: skip
KEPT_DAYS = 1_826


def fill(store: Store, count: int, now: datetime) -> None:
    """So many rows as a working day leaves them."""
    verbs = ("baca.insiden", "putusan.beri", "sesi.buka", "ekspor.unduh")
    with store.writing(linking=False) as books:
        for number in range(count):
            at = now + timedelta(seconds=number)
            books.audit.record(
                at, number % 5 or None, verbs[number % 4], f"insiden:{number}", f"baris={number}"
            )


def disarm(engine: sa.Engine) -> None:
    """Drop the triggers, as an administrator of the database may."""
    with engine.begin() as connection:
        for name in TRIGGERS[engine.dialect.name]:
            on = " ON audit" if engine.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")


def tamper(connection: sa.Connection, kind: str, chance: random.Random) -> int:
    """Do one random harm of this kind; the seq a check must name when the last row is the one head seen."""
    rows = [AuditRow(**row._mapping) for row in connection.execute(sa.select(audit).order_by(audit.c.seq))]
    what, _, clever = kind.partition("_")
    last = len(rows)
    place = chance.randint(1, last - 1)
    one = rows[place - 1]
    if what == "ubah":
        field = chance.choice(("at", "account_id", "what", "subject", "detail"))
        new: dict[str, object] = {"at": one.at - timedelta(microseconds=chance.randint(1, 10**9))}
        new["account_id"] = (one.account_id or 0) + 1
        rows[place - 1] = replace(one, **{field: new.get(field, f"{getattr(one, field)}.")})
    elif what == "hapus":
        del rows[place - 1]
    elif what == "sisip":
        rows.insert(place - 1, replace(one, what="putusan.beri", detail="disisipkan"))
    else:
        other = chance.randint(place + 1, last)
        rows[place - 1] = replace(rows[other - 1], seq=one.seq)
        rows[other - 1] = replace(one, seq=other)
    if clever:
        rows = chained(rows)
    elif what == "sisip":
        rows = [replace(row, seq=number) for number, row in enumerate(rows, 1)]
    connection.execute(audit.delete())
    connection.execute(audit.insert(), [asdict(row) for row in rows])
    if clever:
        # Every hash convinces: only the head from outside disagrees, so all rows before it are in doubt.
        return last if what == "hapus" else 1
    return place


def chained(rows: list[AuditRow], tail: tuple[int, str] = (0, GENESIS)) -> list[AuditRow]:
    """The same rows as one chain without a flaw in it, after `tail`."""
    made: list[AuditRow] = []
    for row in rows:
        bare = replace(row, seq=tail[0] + 1, previous=tail[1])
        done = replace(bare, hash=chain_hash(bare))
        made.append(done)
        tail = (done.seq, done.hash)
    return made


def forge_cut(connection: sa.Connection, kind: str, now: datetime, chance: random.Random) -> None:
    """Cut the beginning into the young rows, behind a mark that lies in one way; all of it hashes well."""
    rows = [AuditRow(**row._mapping) for row in connection.execute(sa.select(audit).order_by(audit.c.seq))]
    due = sum(row.at < now - timedelta(days=KEPT_DAYS) for row in rows)
    place = chance.randint(1, max(1, due - 2)) if kind in _LYING else chance.randint(due + 1, len(rows) - 2)
    if kind == "muda":
        rows = chained([row for row in rows if row.seq > due])
        place = chance.randint(1, len(rows) - 2)
    left = rows[place:]
    upto, hashed, days, count, at = place, rows[place - 1].hash, KEPT_DAYS, place, now
    if kind == "masa_simpan_pendek":
        days = chance.randint(1, 365)
    elif kind == "tanda_besok":
        at = now + timedelta(days=KEPT_DAYS + 30)
    elif kind == "nomor_lain":
        upto = place + chance.choice((-1, 1)) if place > 1 else 2
    elif kind == "sidik_lain":
        hashed = chain_hash(rows[place])
    elif kind == "jumlah_lain":
        count = place + chance.randint(1, 50)
    elif kind.endswith("_dan_sambung"):
        many = len(left) if kind.startswith("semua") else 1
        aged = [replace(row, at=row.at - timedelta(days=KEPT_DAYS + 60)) for row in left[:many]]
        left = chained([*aged, *left[many:]], (upto, hashed))
    if kind != "tanpa_tanda":
        told = entry_of(at, None, CUT, *mark_of(upto, hashed, days, count))
        left.append(following((left[-1].seq, left[-1].hash), told))
    connection.execute(audit.delete())
    connection.execute(audit.insert(), [asdict(row) for row in left])


# These lie about a cut that was due; the others cut what was not.
_LYING = ("nomor_lain", "sidik_lain", "jumlah_lain")
