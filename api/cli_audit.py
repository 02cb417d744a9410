"""`dini audit`: the trail shown, its head told, and the whole chain checked."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import click

from api.cli_desk import desk_of
from api.cli_faults import Fault
from api.times import WIB, read_day, utc_now
from screening import AuditFilter, AuditPage, AuditRow, Desk, Heads, Settings, read_moment

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})(?:@(\S{1,40}))?")
_PAGE = 1_000


@click.group("audit")
def audit() -> None:
    """Jejak audit: siapa melakukan apa, kapan."""


@audit.command("head")
@click.pass_obj
def head(settings: Settings) -> None:
    """Menampilkan ujung rantai (NOMOR:SIDIK@WAKTU) dan mencatatnya dalam log operator."""
    now = utc_now()
    with desk_of(settings) as desk:
        seq, hashed = desk.audits.witness(now)
    click.echo(f"{seq}:{hashed}@{now.astimezone(WIB).isoformat(timespec='seconds')}")


@audit.command("verify")
@click.option(
    "--head", "given", multiple=True, metavar="NOMOR:SIDIK[@WAKTU]", help="Ujung yang dicatat di luar."
)
@click.option(
    "--heads",
    "--log",
    "logs",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Log di luar yang memuat ujung rantai; - untuk masukan (bawaan: dini.log dan pendahulunya).",
)
@click.option(
    "--keep-days",
    type=click.IntRange(0, 36_500),
    help="Masa simpan jejak saat dipangkas, bila dahulu lain (bawaan: DINI_KEEP_AUDIT_DAYS).",
)
@click.pass_obj
def verify(settings: Settings, given: tuple[str, ...], logs: tuple[Path, ...], keep_days: int | None) -> None:
    """Memeriksa seluruh rantai; status keluar 1 bila ada baris yang berubah, hilang, tersisip, tertukar."""
    now, witnessed = utc_now(), Heads()
    for path in (settings.data_dir / "dini.log", *logs):
        if str(path) == "-":
            witnessed.read_lines(line.decode("utf-8", "replace") for line in sys.stdin.buffer)
        else:
            witnessed.read(path)
    for text in given:
        witnessed.add(*read_head(text, now))
    heads = witnessed.hashes
    with desk_of(settings) as desk:
        found = desk.audits.verify(heads, times=witnessed.times, keep_days=keep_days, now=now)
    inside = sum(seq < found.first for seq in heads)
    click.echo(f"{found.rows} baris, {found.heads} dari {len(heads)} ujung tercatat cocok diperiksa.")
    if inside:
        click.echo(
            f"{inside} ujung tercatat ada di dalam bagian yang dipangkas (baris 1 sampai {found.first - 1})."
        )
    if not found.whole:
        click.echo(f"TIDAK UTUH mulai baris {found.bad}: {found.why}.")
        raise SystemExit(1)
    if untimed := witnessed.untimed(found.first):
        told = ", ".join(map(str, untimed))
        click.echo(
            f"TIDAK DAPAT DIPASTIKAN: ujung {told} ada di dalam bagian yang dipangkas dan dicatat tanpa "
            "waktu, jadi tidak terlihat apakah pemangkasan itu sudah waktunya. Tulis NOMOR:SIDIK@WAKTU."
        )
        raise SystemExit(1)
    click.echo(f"Utuh. Ujung: {found.head[0]}:{found.head[1]}")
    if not heads:
        click.echo("Belum ada ujung yang dicatat di luar: ekor yang terpotong tidak akan terlihat.")


@audit.command("show")
@click.option("--since", help="Sejak hari, YYYY-MM-DD (WIB).")
@click.option("--what", default="", help="Perbuatan atau awalnya, misalnya putusan.")
@click.option("--account", "name", default="", help="Nama akun.")
@click.option("--subject", default="", help="Yang dikenai, misalnya insiden:12, atau jenisnya: insiden:")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True)
@click.pass_obj
def show(settings: Settings, since: str | None, what: str, name: str, subject: str, limit: int) -> None:  # noqa: PLR0917 - the options of the command
    """Menampilkan baris terbaru lebih dahulu."""
    with desk_of(settings) as desk:
        account_id = None
        if name:
            found = desk.account(name)
            if found is None:
                raise Fault(f"Akun {name} tidak ada.")
            account_id = found.id
        wanted = AuditFilter(since=day_start(since), what=what, subject=subject, account_id=account_id)
        for row, page in rows_of(desk, wanted, limit):
            click.echo("\t".join(cells(row, page)))


def rows_of(desk: Desk, wanted: AuditFilter, limit: int) -> Iterator[tuple[AuditRow, AuditPage]]:
    """Up to `limit` rows newest first, each with the page it came on; a page in memory at a time."""
    before = wanted.before
    while limit > 0:
        page = desk.audits.page(
            AuditFilter(
                since=wanted.since,
                until=wanted.until,
                what=wanted.what,
                subject=wanted.subject,
                account_id=wanted.account_id,
                office=wanted.office,
                before=before,
                limit=min(limit, _PAGE),
            )
        )
        yield from ((row, page) for row in page.rows)
        limit -= len(page.rows)
        if page.older is None:
            return
        before = page.older


def cells(row: AuditRow, page: AuditPage) -> tuple[str, ...]:
    """seq, time (WIB), account, verb, subject, detail, hash; `-` where no account did it."""
    who = "-" if row.account_id is None else page.names.get(row.account_id, f"akun:{row.account_id}")
    at = row.at.astimezone(WIB).isoformat(timespec="seconds")
    return (str(row.seq), at, who, row.what, row.subject, row.detail, row.hash)


def day_start(text: str | None) -> datetime | None:
    """Midnight (WIB) of a day; None for none. `Fault` when it cannot be read."""
    if not text:
        return None
    day = read_day(text)
    if day is None:
        raise Fault("Tanggal harus berbentuk YYYY-MM-DD.")
    return datetime.combine(day, time(0), tzinfo=WIB).astimezone(UTC)


def read_head(text: str, now: datetime) -> tuple[int, str, datetime | None]:
    """`SEQ:HASH@TIME` as `dini audit head` prints it; without the time None. `Fault` on anything else."""
    found = _HEAD.fullmatch(text.strip())
    at = read_moment(found[3]) if found is not None and found[3] else None
    if found is None or int(found[1]) == 0 or (found[3] and at is None):
        raise Fault("Ujung ditulis NOMOR:SIDIK@WAKTU, seperti yang ditampilkan dini audit head.")
    if at is not None and at > now:
        raise Fault(f"Ujung {found[1]} bertanggal sesudah sekarang.")
    return int(found[1]), found[2], at
