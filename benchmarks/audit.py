"""Shows 5 of issue 6: edits, deletions, insertions and swaps of audit rows, and cut tails, are all found.

    python benchmarks/audit.py [--harms 250] [--rows 400] [--url postgresql+psycopg://...]

On SQLite always and on the given PostgreSQL database (an empty one) too, with the triggers dropped, as the
administrator of a database could do. Half of the harms come from somebody who knows the chain and makes all
hashes after them anew. Then beginnings are cut before their time behind forged marks of the retention clock,
checked without and with heads from outside; cuts that were due must pass. Then one long chain is walked for
its speed and memory.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import sqlalchemy as sa

sys.path[0] = str(Path(__file__).parents[1] / "tests")  # this folder has files named as our packages

from audit_ground import (  # noqa: E402
    KEPT_DAYS,
    KINDS_OF_CUTTING,
    KINDS_OF_TAMPERING,
    disarm,
    fill,
    forge_cut,
    tamper,
)

from screening import Store  # noqa: E402
from screening.audit import CUT, AuditRow, mark_of, verify  # noqa: E402
from screening.schema_audit import audit  # noqa: E402
from screening.store_audit import AuditBook  # noqa: E402

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@click.command()
@click.option("--harms", default=250, show_default=True)
@click.option("--rows", default=400, show_default=True)
@click.option(
    "--long", "long_rows", default=200_000, show_default=True, help="Rows of the chain that is timed."
)
@click.option("--url", help="An empty PostgreSQL database.")
@click.option("--seed", default=5, show_default=True)
def run(harms: int, rows: int, long_rows: int, url: str | None, seed: int) -> None:
    """Exit status 1 when one harm was not found, or was found at another row than it was done."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for one in (f"sqlite:///{folder}/audit.db", *([url] if url else [])):
            missed += harm(one, harms, rows, random.Random(seed))
            missed += cuts(one, harms, rows, random.Random(seed))
        walk(f"sqlite:///{folder}/long.db", long_rows)
    raise SystemExit(1 if missed else 0)


def harm(url: str, harms: int, rows: int, chance: random.Random) -> int:
    store = Store(url)
    store.migrate()
    with store.reading() as books:
        if books.audit.total():
            raise click.ClickException("The database is not empty.")
    fill(store, rows, NOW)
    with store.reading() as books:
        head = dict([books.audit.head()])
    engine = sa.create_engine(url)
    disarm(engine)
    done: Counter[str] = Counter()
    found: Counter[str] = Counter()
    began = time.monotonic()
    with engine.connect() as connection:
        for number in range(harms):
            kind = KINDS_OF_TAMPERING[number % len(KINDS_OF_TAMPERING)]
            with connection.begin() as turn:
                expected = tamper(connection, kind, chance)
                done[kind] += 1
                found[kind] += verify(stored(connection), head).bad == expected
                turn.rollback()
        for _ in range(harms // 5):
            with connection.begin() as turn:
                left = chance.randint(0, rows - 1)
                connection.execute(audit.delete().where(audit.c.seq > left))
                done["ekor"] += 1
                found["ekor"] += verify(stored(connection), head).bad == left + 1
                turn.rollback()
        whole = verify(stored(connection), head).whole
    click.echo(f"{store.dialect}: {rows} rows, {time.monotonic() - began:.1f} s")
    for kind, count in done.items():
        click.echo(f"  {kind:18} {found[kind]} of {count} found at the right row")
    click.echo(f"  untouched chain {'whole' if whole else 'NOT whole'}")
    engine.dispose()
    store.close()
    return sum(done.values()) - sum(found.values()) + (not whole)


def cuts(url: str, harms: int, rows: int, chance: random.Random) -> int:
    """How many forged cuts were not found with heads, and how many due ones were not let pass."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:  # the triggers are gone
        connection.execute(audit.delete())
    store = Store(url)
    fill(store, rows // 2, NOW - timedelta(days=KEPT_DAYS + 10))
    fill(store, rows - rows // 2, NOW - timedelta(days=2))
    # As the worker does, but every seventh row: what was written down by then, and when.
    with store.reading() as books:
        told = [row for row in books.audit.every() if row.seq % 7 == 0]
    heads, times = {row.seq: row.hash for row in told}, {row.seq: row.at for row in told}
    alone: Counter[str] = Counter()
    with_heads: Counter[str] = Counter()
    done: Counter[str] = Counter()
    passed = 0
    due = max(1, harms // 5)
    with engine.connect() as connection:
        for number in range(harms):
            kind = KINDS_OF_CUTTING[number % len(KINDS_OF_CUTTING)]
            with connection.begin() as turn:
                forge_cut(connection, kind, NOW, chance)
                done[kind] += 1
                left = list(stored(connection))
                alone[kind] += not verify(left, {}, keep_days=KEPT_DAYS, now=NOW).whole
                seen = verify(left, heads, times=times, keep_days=KEPT_DAYS, now=NOW)
                with_heads[kind] += not seen.whole
                turn.rollback()
        for _ in range(due):
            with connection.begin() as turn:
                edge = NOW - timedelta(days=KEPT_DAYS, seconds=chance.randint(0, 86_400 * 9))
                books_of = AuditBook(connection)
                cut = books_of.cut_before(edge)
                if cut is not None:
                    books_of.record(NOW, None, CUT, *mark_of(cut[0], cut[1], KEPT_DAYS, cut[2]))
                    books_of.close()
                    books_of.cut(cut[0])
                left = list(stored(connection))
                passed += verify(left, heads, times=times, keep_days=KEPT_DAYS, now=NOW).whole
                turn.rollback()
    click.echo(f"{store.dialect}: forged cuts found without heads | with heads, of all")
    for kind, count in done.items():
        click.echo(f"  {kind:22} {alone[kind]} | {with_heads[kind]} of {count}")
    click.echo(
        f"  all {sum(alone.values())} | {sum(with_heads.values())} of {sum(done.values())}; "
        f"cuts that were due let pass: {passed} of {due}"
    )
    engine.dispose()
    store.close()
    return sum(done.values()) - sum(with_heads.values()) + due - passed


def stored(connection: sa.Connection) -> Iterator[AuditRow]:
    for row in connection.execute(sa.select(audit).order_by(audit.c.seq)):
        yield AuditRow(**row._mapping)


def walk(url: str, rows: int) -> None:
    store = Store(url)
    store.migrate()
    began = time.monotonic()
    for _ in range(0, rows, 10_000):
        fill(store, 10_000, NOW)
    wrote = time.monotonic() - began
    began = time.monotonic()
    with store.reading() as books:
        count = verify(books.audit.every(), {}).rows
    walked = time.monotonic() - began
    tracemalloc.start()
    with store.reading() as books:
        verify(books.audit.every(), {})
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    click.echo(
        f"{count} rows: written {count / wrote:,.0f}/s (10,000 a transaction), "
        f"verified {count / walked:,.0f}/s, peak {peak:.1f} MB"
    )
    store.close()


if __name__ == "__main__":
    run()
