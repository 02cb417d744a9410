"""`dini secret`: how the stored secrets are sealed, a newer key for them, and a new one for a lost one."""

from __future__ import annotations

import click

from api.cli_desk import desk_of
from api.times import utc_now
from screening import SealState, Settings


@click.group("secret")
def secret() -> None:
    """Kunci yang menyegel rahasia tersimpan (langkah kedua, kait)."""


@secret.command("status")
@click.pass_obj
def status(settings: Settings) -> None:
    """Kunci mana yang ada di sini dan apa yang dibukanya; kuncinya sendiri tidak ditampilkan."""
    with desk_of(settings) as desk:
        told(desk.sealing.state())
        found = desk.sealing.check()
    click.echo(found.detail)
    raise SystemExit(0 if found.ok else 1)


@secret.command("rotate")
@click.pass_obj
def rotate(settings: Settings) -> None:
    """Kunci baru di depan berkas kunci; semua rahasia disegel ulang. Kunci lama tetap terbaca."""
    with desk_of(settings) as desk:
        mark, count = desk.sealing.rotate(utc_now())
    click.echo(
        f"Kunci {mark} berlaku; {count} rahasia disegel ulang. Salin berkas kunci ke semua mesin sekarang."
    )


@secret.command("renew")
@click.confirmation_option(prompt="Kunci lama benar-benar hilang? Rahasia di bawahnya tidak akan terbuka.")
@click.pass_obj
def renew(settings: Settings) -> None:
    """Kunci baru bila yang lama hilang; menyebut apa yang harus dipasang ulang."""
    with desk_of(settings) as desk:
        found = desk.sealing.renew(utc_now())
    told(found)
    if found.aside is not None:
        click.echo(f"berkas lama disisihkan: {found.aside}")
    for name in found.accounts:
        click.echo(f"pasang ulang: dini account reset-totp {name}")
    for number in found.hooks:
        click.echo(f"ganti: dini hooks rotate {number} (lalu: dini hooks resume {number})")


def told(found: SealState) -> None:
    """Tab-separated, one line."""
    click.echo(
        f"kunci di sini\t{' '.join(found.marks) or '-'}\tkunci basis data\t{found.mark or '-'}\t"
        f"kunci terbaru\t{found.newest}\tkunci lama\t{found.older}\tterbuka\t{found.clear}\t"
        f"tidak terbaca\t{len(found.accounts) + len(found.hooks)}"
    )
