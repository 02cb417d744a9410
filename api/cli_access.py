"""`dini key` and the account commands of the second step, of open sessions and of outside sign-in."""

from __future__ import annotations

import click
from rich.table import Table

from api.auth import fingerprint, new_key
from api.cli_desk import desk_of, err, out
from api.cli_faults import Fault
from api.times import WIB, utc_now
from screening import KEY_DAYS, KEY_DAYS_MOST, Account, ApiKey, Desk, Scope, Settings


@click.group("key")
def key() -> None:
    """Mengelola kunci API."""


@key.command("add")
@click.argument("name")
@click.option("--account", "owner", default="admin", help="Akun pemilik; kunci tidak melebihi perannya.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([one.value for one in Scope]),
    help="Cakupan, boleh diulang (bawaan: semua cakupan peran akunnya).",
)
@click.option(
    "--days",
    type=click.IntRange(1, KEY_DAYS_MOST),
    default=KEY_DAYS,
    show_default=True,
    help="Masa berlaku dalam hari.",
)
@click.pass_obj
def key_add(settings: Settings, name: str, owner: str, scopes: tuple[str, ...], days: int) -> None:
    """Membuat kunci API; ditampilkan sekali."""
    now = utc_now()
    made = new_key()
    with desk_of(settings) as desk:
        told = desk.access.add_key(name, fingerprint(made), owned(desk, owner), now, scopes=scopes, days=days)
    err.print(
        f"Kunci {told.id}: {' '.join(sorted(told.scopes))}; berlaku sampai "
        f"{told.expires_at.astimezone(WIB):%Y-%m-%d}.",
        markup=False,
    )
    click.echo(made)


@key.command("list")
@click.pass_obj
def key_list(settings: Settings) -> None:
    """Semua kunci, juga yang berakhir dan dicabut; kuncinya sendiri tidak tersimpan."""
    now = utc_now()
    with desk_of(settings) as desk:
        found = desk.access.every_key()
    table = Table("no.", "dipakai untuk", "akun", "cakupan", "sampai", "terakhir dipakai", "keadaan")
    for one in found:
        state = "berlaku" if one.good(now) else ended(one)
        until = f"{one.expires_at.astimezone(WIB):%Y-%m-%d}"
        used = str(one.used_on or "belum pernah")
        table.add_row(
            str(one.id), one.name, one.account.name, " ".join(sorted(one.scopes)), until, used, state
        )
    out.print(table, markup=False)


def ended(one: ApiKey) -> str:
    """Why a key is good no more."""
    if one.revoked_at is not None:
        return "dicabut"
    return "berakhir" if one.account.active else "akun tidak aktif"


@key.command("revoke")
@click.argument("number", type=int)
@click.pass_obj
def key_revoke(settings: Settings, number: int) -> None:
    """Mencabut kunci (nomornya dari dini key list); berlaku seketika."""
    now = utc_now()
    with desk_of(settings) as desk:
        gone = desk.access.revoke_key(number, now)
    out.print(f"Kunci {gone.id} ({gone.name}) dicabut.", markup=False)


@click.command("reset-totp")
@click.argument("name")
@click.pass_obj
def reset_totp(settings: Settings, name: str) -> None:
    """Melepas langkah kedua sebuah akun (ponsel hilang); semua sesinya berakhir."""
    now = utc_now()
    with desk_of(settings) as desk:
        had = desk.access.reset_factor(owned(desk, name).id, now)
    out.print(
        f"Langkah kedua {name} dilepas." if had else f"Akun {name} tidak memakai langkah kedua.", markup=False
    )


@click.command("sign-out")
@click.argument("name")
@click.pass_obj
def sign_out(settings: Settings, name: str) -> None:
    """Mengakhiri semua sesi sebuah akun dan melupakan perambannya."""
    now = utc_now()
    with desk_of(settings) as desk:
        account = owned(desk, name)
        went = desk.access.end_sessions(account.id, now)
        desk.access.forget_devices(account.id)
    out.print(f"Sesi {name} yang diakhiri: {went}.", markup=False)


@click.command("link")
@click.argument("name")
@click.option("--subject", required=True, help="Nilai 'sub' akun ini di penyedia OIDC.")
@click.pass_obj
def link(settings: Settings, name: str, subject: str) -> None:
    """Menautkan akun ke subjek di penyedia OIDC; akun tidak pernah dibuat sendiri saat masuk."""
    now = utc_now()
    if settings.oidc is None:
        raise Fault("DINI_OIDC_ISSUER belum diisi.")
    with desk_of(settings) as desk:
        desk.access.link(owned(desk, name).id, settings.oidc.issuer, subject, now)
    out.print(f"Akun {name} ditautkan ke {settings.oidc.issuer}.", markup=False)


@click.command("unlink")
@click.argument("name")
@click.pass_obj
def unlink(settings: Settings, name: str) -> None:
    """Melepas semua tautan OIDC sebuah akun."""
    now = utc_now()
    with desk_of(settings) as desk:
        went = desk.access.unlink(owned(desk, name).id, now)
    out.print(f"Tautan {name} yang dilepas: {went}.", markup=False)


ACCOUNT_VERBS = (reset_totp, sign_out, link, unlink)


def owned(desk: Desk, name: str) -> Account:
    found = desk.account(name)
    if found is None:
        raise Fault(f"Akun {name} tidak ada.")
    return found
