"""`dini start` and `dini serve`: from nothing to a served queue, and the loop that keeps it fresh."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import structlog
import uvicorn

from api.app import create_app
from api.auth import fingerprint, new_key
from api.auth_passwords import Passwords
from api.cli_desk import collect_shown, desk_of, out
from api.cli_faults import Fault
from api.logs import relay_all_logs, relay_server_log
from api.metrics import Meter
from api.rounds import Rounds, duties
from api.times import WIB, read_day, utc_now
from feeds import (
    FeedSource,
    Fetched,
    FetchSettings,
    Limits,
    Outcome,
    SampleWeb,
    SourceListing,
    run_collect,
    shipped_sources,
)
from screening import Conflict, Desk, Role, Settings, SourceState

log = structlog.get_logger("dini.serve")

FIRST = "admin"
SAMPLE_DAY_FILE = "sample-day"
PROBES = 6
PROBE_SECONDS = 5.0
STOP_SECONDS = 25.0
PAGES_ONLY = "Halaman saja: umpan, surat dan pemeliharaan dikerjakan dini worker."
WORDS = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that reads like another


@click.command("start")
@click.option("--sample", is_flag=True, help="Pakai berita contoh walau ada internet.")
@click.option("--no-collect", is_flag=True, help=PAGES_ONLY)
@click.option("--no-serve", is_flag=True, help="Siapkan dan ambil umpan saja, tanpa melayani halaman.")
@click.option("--host", help="Bawaan: DINI_HOST atau 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Bawaan: DINI_PORT atau 8060.")
@click.pass_obj
def start(  # noqa: PLR0917 - the options of the command
    settings: Settings, sample: bool, no_collect: bool, no_serve: bool, host: str | None, port: int | None
) -> None:
    """Menyiapkan segalanya, mengambil umpan, lalu melayani antrean."""
    now = utc_now()
    # Ended by the system while it collects: as by Ctrl-C, so that its claims are given back.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = with_address(settings, host, port)
    make_private(settings.data_dir)
    binding = None if no_serve else Binding(settings)
    use_sample = sample or not (no_collect or internet(now, settings))
    with contextlib.ExitStack() as stack:
        web = stack.enter_context(sample_web(now, settings)) if use_sample else None
        if web is not None:
            settings = replace(
                settings,
                allow_addresses=(*settings.allow_addresses, web.base_url.split("://")[1].rstrip("/")),
            )
        desk = stack.enter_context(desk_of(settings))
        desk.set_up(now)
        if web is not None and desk.recipients():
            raise Fault(
                "Basis data ini mengirim surat ke kantor, jadi berita contoh tidak dimuat ke dalamnya. "
                "Jalankan: dini serve, atau pakai DINI_DATA lain untuk peragaan."
            )
        out.print(f"Basis data siap: {settings.database_url.split('@')[-1]}", markup=False)
        first_administrator(desk, settings, now)
        out.print(f"Sumber terdaftar baru: {desk.register_shipped(now)}; seluruhnya {len(desk.sources())}.")
        ids = sample_sources(desk, web.sources(), now) if web is not None else None
        if web is None:
            rest_sample_sources(desk, settings, now)
        if web is not None:
            out.print(
                "\n[bold]Tanpa internet: memakai berita contoh.[/bold]"
                if not sample
                else "\n[bold]Memakai berita contoh atas permintaan (--sample).[/bold]"
            )
            out.print(
                f"Berita contoh itu karangan untuk peragaan, bukan peristiwa nyata; asalnya {web.base_url}.\n"
                "Jalankan lagi dengan internet untuk mengambil sumber yang sebenarnya.",
                markup=False,
            )
        if not no_collect:
            collect_shown(desk, now, due_only=False, source_ids=ids)
        if binding is None:
            return
        binding.serve(desk, utc_now, source_ids=() if no_collect else ids)


@click.command("serve")
@click.option("--host", help="Bawaan: DINI_HOST atau 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Bawaan: DINI_PORT atau 8060.")
@click.option("--no-collect", is_flag=True, help=PAGES_ONLY)
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, no_collect: bool) -> None:
    """Melayani halaman dan API; mengambil umpan yang jatuh tempo setiap menit."""
    now = utc_now()
    settings = with_address(settings, host, port)
    make_private(settings.data_dir)
    binding = Binding(settings)
    with desk_of(settings) as desk:
        desk.set_up(now)
        binding.serve(desk, utc_now, source_ids=() if no_collect else None)


def with_address(settings: Settings, host: str | None, port: int | None) -> Settings:
    return replace(settings, host=host or settings.host, port=settings.port if port is None else port)


def make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        raise Fault(f"Folder data {folder} tidak dapat dibuat.") from None


class Binding:
    """The port, taken first: a busy port must be told before minutes of collecting, not after."""

    def __init__(self, settings: Settings) -> None:
        relay_server_log()
        relay_all_logs()
        self.config: Any = uvicorn.Config(
            app="",
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,  # a page that listens for news would hold the end up for ever
        )
        try:
            self.socket = self.config.bind_socket()
        except (SystemExit, OSError):
            raise Fault(
                f"Alamat {settings.host}:{settings.port} tidak dapat dipakai; pilih porta lain dengan --port."
            ) from None
        self.port = int(self.socket.getsockname()[1])
        shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  only shown
        self.address = f"http://{shown}:{self.port}"

    def serve(self, desk: Desk, clock: Callable[[], datetime], source_ids: Sequence[int] | None) -> None:
        """Until Ctrl-C or SIGTERM; `source_ids` () means pages only, None means all that is due."""
        meter = Meter()
        self.config.app = create_app(desk, clock=clock, meter=meter)
        close = open_metrics(meter, desk, desk.settings)
        server = uvicorn.Server(self.config)
        # The server hands a signal on once it has ended: without this the process would end right there,
        # before the rounds have finished what they are in.
        before = signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
        out.print(f"\nAntrean: [bold]{self.address}/antrean[/bold]   (akun [bold]{FIRST}[/bold])")
        out.print(f"API:     {self.address}/api/v1/openapi.json   Hentikan dengan Ctrl-C.")
        rounds = Rounds(desk, clock, () if source_ids == () else duties(source_ids), meter)
        rounds.start()
        try:
            server.run(sockets=[self.socket])
        finally:
            rounds.stop(STOP_SECONDS)
            close()
            signal.signal(signal.SIGTERM, before)


def open_metrics(meter: Meter, desk: Desk, settings: Settings) -> Callable[[], None]:
    """Serves the metrics where the settings say so; returns what closes them again."""
    if not settings.metrics_port:
        return lambda: None
    meter.show(desk, utc_now)
    try:
        return meter.open(settings.metrics_host, settings.metrics_port)
    except OSError:
        raise Fault(
            f"Alamat metrik {settings.metrics_host}:{settings.metrics_port} tidak dapat dipakai; "
            "atur DINI_METRICS_PORT."
        ) from None


def internet(now: datetime, settings: Settings) -> bool:
    """Whether one of a few registered feeds answers with a feed within seconds.

    Only a real feed counts: a captive portal or a proxy answers every address with its own page.
    """
    listed = shipped_sources()
    step = max(1, len(listed) // PROBES)
    probes = [FeedSource(key=str(n), url=one.url) for n, one in enumerate(listed[::step][:PROBES])]
    answered: list[Outcome] = []
    fetch = FetchSettings(
        user_agent=settings.user_agent,
        limits=Limits(total_seconds=PROBE_SECONDS, connect_seconds=PROBE_SECONDS / 2),
        parsers=1,
    )
    run_collect(probes, fetch, now=now, on_outcomes=answered.extend)
    return any(isinstance(one, Fetched) for one in answered)


def sample_day(now: datetime) -> date:
    """The last day of the sample news: the newest day that is wholly over, so that no report lies ahead."""
    return (now.astimezone(WIB) - timedelta(hours=22)).date()


def pinned_sample_day(folder: Path, now: datetime) -> date:
    """The sample day of this data folder, fixed at first use: on a later day no sample item may change."""
    path = folder / SAMPLE_DAY_FILE
    try:
        day = read_day(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        day = None
    if day is None:
        day = sample_day(now)
        try:
            path.write_text(f"{day.isoformat()}\n", encoding="utf-8")
        except OSError:
            raise Fault(f"Hari berita contoh tidak dapat disimpan di {path}.") from None
    return day


@contextlib.contextmanager
def sample_web(now: datetime, settings: Settings) -> Iterator[SampleWeb]:
    day = pinned_sample_day(settings.data_dir, now)
    try:
        web = SampleWeb(day, settings.sample_port)
        entered = web.__enter__()
    except OSError:
        raise Fault(
            f"Porta berita contoh {settings.sample_port} sedang dipakai; atur DINI_SAMPLE_PORT."
        ) from None
    try:
        yield entered
    finally:
        web.__exit__(None, None, None)


def sample_sources(desk: Desk, listings: Sequence[SourceListing], now: datetime) -> list[int]:
    """Registers the sample feeds and returns their ids."""
    for listing in listings:
        with contextlib.suppress(Conflict):
            desk.add_source(listing, now)
    addresses = {listing.url for listing in listings}
    chosen = [one for one in desk.sources() if one.url in addresses]
    for one in chosen:
        if one.state is SourceState.PAUSED:
            desk.pause_source(one.id, False, now)
    return [one.id for one in chosen]


def rest_sample_sources(desk: Desk, settings: Settings, now: datetime) -> None:
    """With real news the sample feeds of an earlier start are paused: nobody serves them now."""
    for one in desk.sources():
        if (
            one.url.startswith(f"http://127.0.0.1:{settings.sample_port}/")
            and one.state is not SourceState.PAUSED
        ):
            desk.pause_source(one.id, True, now)


def first_administrator(desk: Desk, settings: Settings, now: datetime) -> None:
    """Makes the first account and key once; the password is shown here and nowhere kept."""
    if desk.account(FIRST) is not None:
        out.print(f"Akun {FIRST} sudah ada; kata sandi baru: dini account password {FIRST}")
        return
    password = "-".join("".join(secrets.choice(WORDS) for _ in range(5)) for _ in range(4))
    account = desk.create_account(
        FIRST, Role.ADMINISTRATOR, Passwords().hash(password), now, must_change=True
    )
    key = new_key()
    desk.add_key("pertama", fingerprint(key), account.id, now)
    path = settings.data_dir / "api-key"
    keep_secret(path, key)
    out.print(
        "\n[bold]Masuk pertama[/bold] (dicatat sekarang, tidak ditampilkan lagi; diganti saat pertama masuk)"
    )
    out.print(f"  akun:       {FIRST}")
    out.print(f"  kata sandi: {password}", markup=False)
    out.print(f"  kunci API:  {key}", markup=False)
    out.print(f"  (kunci API tersimpan di {path}, hanya terbaca oleh Anda)\n", markup=False)


def keep_secret(path: Path, text: str) -> None:
    """Written with 0600 from its first byte."""
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
    except OSError:
        raise Fault(f"Kunci API tidak dapat disimpan di {path}.") from None
