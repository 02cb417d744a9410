"""What somebody with the database's own powers could do to the audit trail; the benchmark does it too."""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from screening import Store
from screening.audit import GENESIS, AuditRow, chain_hash
from screening.schema_audit import TRIGGERS, audit

# Each alone, and by somebody who knows the chain and makes all hashes after it anew.
KINDS_OF_TAMPERING = tuple(
    f"{kind}{clever}" for kind in ("ubah", "hapus", "sisip", "tukar") for clever in ("", "_dan_sambung")
)


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


def chained(rows: list[AuditRow]) -> list[AuditRow]:
    """The same rows as one chain without a flaw in it."""
    made: list[AuditRow] = []
    tail = (0, GENESIS)
    for row in rows:
        bare = replace(row, seq=tail[0] + 1, previous=tail[1])
        done = replace(bare, hash=chain_hash(bare))
        made.append(done)
        tail = (done.seq, done.hash)
    return made
