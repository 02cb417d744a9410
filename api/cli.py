"""The command `dini`, the composition root: a verb reads settings and clock once and passes them down."""

from __future__ import annotations

from pathlib import Path

import click

from api import wire
from api.auth import NAME_MAX
from api.auth_passwords import Passwords, password_problem
from api.cli_access import ACCOUNT_VERBS, key
from api.cli_audit import audit
from api.cli_backup import backup_command, restore_command
from api.cli_desk import ask_password, collect_shown, desk_of, out
from api.cli_faults import Fault, Verbs
from api.cli_hooks import hooks
from api.cli_indicators import indicators_command
from api.cli_labels import labels
from api.cli_learn import evaluate_command, train_command
from api.cli_mail import mail, send_digest
from api.cli_offices import OFFICE_HELP, OFFICE_VERBS
from api.cli_privacy import privacy
from api.cli_screen import screen_command, written
from api.cli_secret import secret
from api.cli_sources import sources
from api.cli_start import make_private, serve, start
from api.cli_worker import worker_command
from api.letter import digest_as_text, digest_at, office_asked, pdf
from api.logs import open_log
from api.times import read_day, utc_now
from api.words import say
from screening import (
    PROVINCE,
    Account,
    Desk,
    Role,
    Settings,
    day_window,
    office_name,
    window_at,
)

OPTION_HELP = (
    "Hindari: terlihat dalam daftar proses. Tanpa pilihan ini kata sandi ditanyakan, "
    "atau dibaca dari baris pertama stdin."
)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dini", prog_name="dini", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Dini: penyaringan pemberitaan terbuka untuk kewaspadaan dini."""
    settings = Settings.load()
    open_log(settings.data_dir, settings.log_level, settings.log_to)
    context.obj = settings


@main.command("collect")
@click.option("--all", "every", is_flag=True, help="Semua sumber, juga yang belum jatuh tempo.")
@click.pass_obj
def collect(settings: Settings, every: bool) -> None:
    """Mengambil umpan yang jatuh tempo, menilai, dan menyimpan."""
    now = utc_now()
    make_private(settings.data_dir)
    with desk_of(settings) as desk:
        desk.set_up(now)
        if not desk.sources():
            desk.register_shipped(now)
        report = collect_shown(desk, now, due_only=not every)
    if report.sources and report.failed == report.sources:
        raise SystemExit(1)


@main.command("digest")
@click.option("--date", "day", help="Hari laporan, YYYY-MM-DD (bawaan: periode berjalan).")
@click.option("--text", "form", flag_value="text", default=True, help="Teks siap tempel (bawaan).")
@click.option("--json", "form", flag_value="json", help="JSON.")
@click.option("--office", default="", help="Kode daerah, misalnya 62.02 (bawaan: provinsi; --send: semua).")
@click.option("--send", is_flag=True, help="Kirim sekarang ke kotak surat kantor (dini mail).")
@click.option("--pdf", "target", type=click.Path(path_type=Path, dir_okay=False), help="Berkas PDF (A4).")
@click.pass_obj
def digest(  # noqa: PLR0917 - the options of the command
    settings: Settings, day: str | None, form: str, office: str, send: bool, target: Path | None
) -> None:
    """Menulis atau mengirim laporan harian situasi daerah."""
    now = utc_now()
    wanted = read_day(day) if day else None
    if day and wanted is None:
        raise Fault("Tanggal harus berbentuk YYYY-MM-DD.")
    with desk_of(settings) as desk:
        if send:
            send_digest(desk, office, *(day_window(wanted) if wanted else window_at(now)), now)
            return
        made = digest_at(desk, wanted, now, office_asked(office))
    with written(target) as write:
        if target is not None:
            write(pdf(made, site=settings.public_url, always=bool(settings.public_url)))
        elif form == "json":
            write(wire.dump(wire.digest_out(made)) + b"\n")
        else:
            write(f"{digest_as_text(made, settings.public_url)}\n".encode("utf-8", "replace"))


@main.command("doctor")
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Memeriksa pemasangan; status keluar 0 bila semuanya baik."""
    now = utc_now()
    with desk_of(settings) as desk:
        checks = desk.doctor(now)
    for check in checks:
        click.echo(f"{'baik ' if check.ok else 'BURUK'}  {check.name}: {check.detail}")
    if not all(check.ok for check in checks):
        raise SystemExit(1)


@main.group("account")
def account() -> None:
    """Mengelola akun petugas."""


@account.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--office", default=PROVINCE, show_default=True, help=OFFICE_HELP)
@click.option("--password", help=OPTION_HELP)
@click.pass_obj
def account_add(settings: Settings, name: str, role: str, office: str, password: str | None) -> None:
    """Membuat akun; kata sandi pertama diganti saat masuk."""
    now = utc_now()
    if not name.strip() or len(name) > NAME_MAX or not name.isprintable() or name != name.strip():
        raise Fault(f"Nama akun harus 1 sampai {NAME_MAX} karakter tanpa spasi di ujung.")
    chosen = ask_password(name, password)
    refuse_weak(chosen, name)
    with desk_of(settings) as desk:
        hashed = Passwords().hash(chosen)
        desk.create_account(name, Role(role), hashed, now, must_change=True, office=office)
    out.print(f"Akun {name} ({role}, {office_name(office)}) dibuat.", markup=False)


@account.command("password")
@click.argument("name")
@click.option("--password", help=OPTION_HELP)
@click.pass_obj
def account_password(settings: Settings, name: str, password: str | None) -> None:
    """Mengganti kata sandi sebuah akun; semua sesinya berakhir."""
    now = utc_now()
    with desk_of(settings) as desk:
        found = named(desk, name)
        chosen = ask_password(name, password)
        refuse_weak(chosen, name)
        desk.set_password(found.id, Passwords().hash(chosen), now)
    out.print(f"Kata sandi {name} sudah diganti.", markup=False)


def named(desk: Desk, name: str) -> Account:
    found = desk.account(name)
    if found is None:
        raise Fault(f"Akun {name} tidak ada.")
    return found


def refuse_weak(password: str, name: str) -> None:
    problem = password_problem(password, name)
    if problem:
        raise Fault(say(problem, "id"))


for verb in (
    start,
    serve,
    backup_command,
    restore_command,
    worker_command,
    screen_command,
    sources,
    mail,
    train_command,
    evaluate_command,
    labels,
    indicators_command,
    audit,
    hooks,
    privacy,
    key,
    secret,
):
    main.add_command(verb)
for account_verb in (*ACCOUNT_VERBS, *OFFICE_VERBS):
    account.add_command(account_verb)


if __name__ == "__main__":
    main()
