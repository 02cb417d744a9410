"""`dini account list|disable|enable|role|office|reset-password`: accounts and the offices they belong to."""

from __future__ import annotations

import secrets

import click
from rich.table import Table

from api.auth_passwords import Passwords, password_problem
from api.cli_desk import desk_of, err, out
from api.cli_faults import Fault
from api.times import utc_now
from api.words import say
from screening import Role, Settings, office_name

OFFICE_HELP = "62 (provinsi) atau kode kabupaten/kota, mis. 62.07."


@click.command("list")
@click.option("--office", default="", help=OFFICE_HELP)
@click.pass_obj
def list_accounts(settings: Settings, office: str) -> None:
    """Semua akun dengan peran, kantor dan keadaannya."""
    with desk_of(settings) as desk:
        found = desk.offices.accounts(office)
    table = Table("akun", "peran", "kantor", "nama kantor", "keadaan")
    for one in found:
        state = "aktif" if one.active else "nonaktif"
        if one.must_change:
            state += ", kata sandi pertama"
        table.add_row(one.name, one.role.value, one.office, office_name(one.office), state)
    out.print(table)


@click.command("disable")
@click.argument("name")
@click.pass_obj
def disable(settings: Settings, name: str) -> None:
    """Menonaktifkan akun; semua sesinya berakhir dan kuncinya tidak berlaku."""
    with desk_of(settings) as desk:
        desk.offices.set_active(name, False, utc_now())
    out.print(f"Akun {name} dinonaktifkan; semua sesinya berakhir.", markup=False)


@click.command("enable")
@click.argument("name")
@click.pass_obj
def enable(settings: Settings, name: str) -> None:
    """Mengaktifkan kembali sebuah akun."""
    with desk_of(settings) as desk:
        desk.offices.set_active(name, True, utc_now())
    out.print(f"Akun {name} aktif kembali.", markup=False)


@click.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.pass_obj
def change_role(settings: Settings, name: str, role: str) -> None:
    """Mengganti peran akun; semua sesinya berakhir."""
    with desk_of(settings) as desk:
        desk.offices.set_role(name, Role(role), utc_now())
    out.print(f"Peran {name} sekarang {role}; ia perlu masuk kembali.", markup=False)


@click.command("office")
@click.argument("name")
@click.argument("office")
@click.pass_obj
def change_office(settings: Settings, name: str, office: str) -> None:
    """Memindahkan akun ke kantor lain (62 atau 62.01 sampai 62.71); semua sesinya berakhir."""
    with desk_of(settings) as desk:
        after = desk.offices.set_office(name, office, utc_now())
    out.print(f"{name} sekarang di {office_name(after.office)}; ia perlu masuk kembali.", markup=False)


@click.command("reset-password")
@click.argument("name")
@click.option("--password", help="Kata sandi sementara; tanpa ini dibuatkan dan ditampilkan sekali.")
@click.pass_obj
def reset_password(settings: Settings, name: str, password: str | None) -> None:
    """Kata sandi sementara bagi yang kehilangan akses; wajib diganti saat masuk."""
    chosen = password or secrets.token_urlsafe(15)
    if problem := password_problem(chosen, name):
        raise Fault(say(problem, "id"))
    with desk_of(settings) as desk:
        desk.offices.reset_password(name, Passwords().hash(chosen), utc_now())
    err.print(f"Kata sandi sementara {name}, wajib diganti saat masuk:", markup=False)
    click.echo(chosen)


OFFICE_VERBS = (list_accounts, disable, enable, change_role, change_office, reset_password)
