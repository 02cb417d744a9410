"""`dini mail`: which mailboxes of which offices get the digest and urgent messages; sending on demand."""

from __future__ import annotations

from datetime import datetime

import click

from api.cli_desk import desk_of
from api.cli_faults import Fault
from api.post import OFF, post_due
from api.times import short, utc_now
from screening import Desk, Dispatch, PostKind, PostState, Settings, SourceState, office_name

KINDS = ",".join(PostKind)


@click.group("mail")
def mail() -> None:
    """Mengelola kotak surat kantor yang menerima laporan dan peringatan."""


@mail.command("add")
@click.argument("office", metavar="KANTOR")
@click.argument("mailbox", metavar="ALAMAT")
@click.option("--kinds", default=KINDS, show_default=True, help="digest, urgent, atau keduanya.")
@click.pass_obj
def add(settings: Settings, office: str, mailbox: str, kinds: str) -> None:
    """Menambah kotak surat jabatan (bukan perorangan); KANTOR: 62 atau kode daerah, misalnya 62.02."""
    now = utc_now()
    try:
        wanted = {PostKind(kind.strip()) for kind in kinds.split(",") if kind.strip()}
    except ValueError:
        raise Fault(f"Jenis harus dari {KINDS}.") from None
    with desk_of(settings) as desk:
        desk.set_up(now)
        if sample_at_work(desk, settings):
            raise Fault("Basis data ini sedang memakai berita contoh; berita contoh tidak dikirim ke kantor.")
        one = desk.add_recipient(office, mailbox, wanted, now)
    click.echo(f"{one.office}\t{office_name(one.office)}\t{one.mailbox}\t{','.join(sorted(one.kinds))}")


@mail.command("list")
@click.pass_obj
def show(settings: Settings) -> None:
    """Mendaftar kotak surat, jenisnya, dan sejak kapan."""
    with desk_of(settings) as desk:
        for one in desk.recipients():
            cells = (one.office, office_name(one.office), one.mailbox, ",".join(sorted(one.kinds)))
            click.echo("\t".join((*cells, short(one.added_at))))


@mail.command("remove")
@click.argument("office", metavar="KANTOR")
@click.argument("mailbox", metavar="ALAMAT")
@click.pass_obj
def remove(settings: Settings, office: str, mailbox: str) -> None:
    """Menghapus kotak surat; yang belum terkirim kepadanya dibatalkan."""
    now = utc_now()
    with desk_of(settings) as desk:
        desk.remove_recipient(office, mailbox, now)


def sample_at_work(desk: Desk, settings: Settings) -> bool:
    """Whether invented news is being collected here."""
    home = f"http://127.0.0.1:{settings.sample_port}/"
    return any(one.url.startswith(home) and one.state is not SourceState.PAUSED for one in desk.sources())


def send_digest(desk: Desk, office: str, start: datetime, end: datetime, now: datetime) -> None:
    """Send the digest of a window now and tell of each mailbox; status 1 when one could not be reached."""
    if desk.settings.smtp is None:
        raise Fault(OFF)
    ids = desk.ask_digest(office, start, end, now)
    post_due(desk, utc_now, only=ids)
    told = [desk.dispatch(number) for number in ids]
    for one in told:
        click.echo(line_of(one))
    if any(one.state is not PostState.SENT for one in told):
        raise SystemExit(1)


def line_of(one: Dispatch) -> str:
    """Tab-separated: office, mailbox, state, and since when or why not yet."""
    if one.state is PostState.SENT:
        told = short(one.sent_at)
    else:
        told = one.last_error or f"dicoba lagi {short(one.next_try_at)}"
    return "\t".join((one.office, one.mailbox, one.state.value, told))
