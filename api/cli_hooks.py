"""`dini hooks`: webhooks added, listed, tried, paused, given a new secret, replayed and removed."""

from __future__ import annotations

from datetime import datetime

import click

from api.cli_desk import desk_of
from api.cli_faults import Fault
from api.hooks_round import hooks_due
from api.times import read_moment, short, utc_now
from screening import EVENT_KINDS, DeliveryState, Settings

NUMBER = click.argument("hook_id", metavar="NOMOR", type=click.IntRange(1, 2**63 - 1))


@click.group("hooks")
def hooks() -> None:
    """Kait (webhook): memberi tahu sistem lain bila insiden dibuat, berubah, atau diputuskan."""


@hooks.command("add")
@click.argument("url", metavar="ALAMAT")
@click.option("--office", default="62", show_default=True, help="62, atau kode daerah, misalnya 62.02.")
@click.option("--kinds", default="", help=f"Dari {', '.join(EVENT_KINDS)} (bawaan: semua).")
@click.pass_obj
def add(settings: Settings, url: str, office: str, kinds: str) -> None:
    """Menambah kait dan menampilkan rahasianya, sekali ini saja."""
    now = utc_now()
    with desk_of(settings) as desk:
        desk.set_up(now)
        made, secret = desk.hooks.add(url, office, kinds.split(","), None, now)
    click.echo(f"{made.id}\t{made.office}\t{made.url}\t{','.join(made.kinds)}")
    click.echo(f"Rahasia (tidak ditampilkan lagi): {secret}")


@hooks.command("list")
@click.pass_obj
def show(settings: Settings) -> None:
    """Mendaftar kait: nomor, keadaan, kantor, alamat, yang menunggu, yang gagal, sebab."""
    with desk_of(settings) as desk:
        for one in desk.hooks.all():
            cells = (one.id, one.state.value, one.office, one.url, one.waiting, one.given_up)
            failing = f"gagal sejak {short(one.failing_since)}" if one.failing_since else ""
            click.echo("\t".join((*map(str, cells), one.why or failing)))


@hooks.command("test")
@NUMBER
@click.pass_obj
def test(settings: Settings, hook_id: int) -> None:
    """Mengirim kejadian uji sekarang; status keluar 1 bila tidak diterima."""
    with desk_of(settings) as desk:
        number = desk.hooks.test(hook_id, None, utc_now())
        hooks_due(desk, utc_now, only=(hook_id,))
        told = desk.hooks.delivery(number)
    click.echo(f"{told.message_id}\t{told.state.value}\t{told.status or '-'}\t{told.reason}".rstrip())
    if told.state is not DeliveryState.DELIVERED:
        raise SystemExit(1)


@hooks.command("rotate")
@NUMBER
@click.pass_obj
def rotate(settings: Settings, hook_id: int) -> None:
    """Membuat rahasia baru; yang lama ikut menandatangani 24 jam lagi."""
    with desk_of(settings) as desk:
        secret = desk.hooks.rotate(hook_id, None, utc_now())
    click.echo(f"Rahasia baru (tidak ditampilkan lagi): {secret}")


@hooks.command("pause")
@NUMBER
@click.pass_obj
def pause(settings: Settings, hook_id: int) -> None:
    """Menjeda: tidak ada yang dikirim, kejadian tetap dicatat."""
    with desk_of(settings) as desk:
        desk.hooks.pause(hook_id, None, utc_now())


@hooks.command("resume")
@NUMBER
@click.pass_obj
def resume(settings: Settings, hook_id: int) -> None:
    """Melanjutkan yang dijeda; yang menunggu dikirim sejak sekarang."""
    with desk_of(settings) as desk:
        desk.hooks.resume(hook_id, None, utc_now())


@hooks.command("remove")
@NUMBER
@click.pass_obj
def remove(settings: Settings, hook_id: int) -> None:
    """Menghapus kait beserta yang masih menunggu untuknya."""
    with desk_of(settings) as desk:
        desk.hooks.remove(hook_id, None, utc_now())


@hooks.command("replay")
@NUMBER
@click.option("--since", required=True, help="Sejak kapan: 2026-11-24T06:30 (WIB bila tanpa zona).")
@click.option("--until", default="", help="Sampai kapan (bawaan: sekarang).")
@click.pass_obj
def replay(settings: Settings, hook_id: int, since: str, until: str) -> None:
    """Menjadwalkan ulang kejadian menurut urutannya, dengan nomor kiriman yang sama (paling lama 30 hari)."""
    with desk_of(settings) as desk:
        end = moment(until) if until else None
        count = desk.hooks.replay(hook_id, moment(since), None, utc_now(), end)
    click.echo(f"{count} kejadian dijadwalkan.")


def moment(text: str) -> datetime:
    found = read_moment(text)
    if found is None:
        raise Fault("Waktu ditulis seperti 2026-11-24T06:30 (WIB bila tanpa zona).")
    return found
