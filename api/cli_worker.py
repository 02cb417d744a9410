"""`dini worker`: the background work without pages; several machines may run one against one PostgreSQL."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click
import structlog

from api.cli_desk import desk_of, out
from api.cli_start import make_private, open_metrics
from api.logs import relay_all_logs
from api.metrics import Meter
from api.rounds import EVERY, FIRST_PAUSE, LONGEST_PAUSE, Rounds, duties
from api.times import utc_now
from screening import Desk, Settings

log = structlog.get_logger("dini.worker")

STOP_SECONDS = 25.0  # under the 30 that container runtimes and the unit file leave


@click.command("worker")
@click.option(
    "--every",
    type=click.FloatRange(1, 3600),
    default=EVERY,
    show_default=True,
    help="Detik istirahat di antara dua putaran.",
)
@click.pass_obj
def worker_command(settings: Settings, every: float) -> None:
    """Mengerjakan yang jatuh tempo: umpan, surat, retensi. Boleh dijalankan di beberapa mesin sekaligus."""
    make_private(settings.data_dir)
    relay_all_logs()
    stop = threading.Event()

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    meter = Meter()
    with desk_of(settings) as desk:
        close = open_metrics(meter, desk, settings)
        try:
            if not wait_for_schema(desk, stop):
                return
            out.print("Bekerja. Hentikan dengan Ctrl-C atau SIGTERM.")
            log.info("worker_started", every=every)
            rounds = Rounds(desk, utc_now, duties(every=every), meter)
            rounds.start()
            stop.wait()
            ended = rounds.stop(STOP_SECONDS)
            log.info("worker_stopped", ended=ended)
        finally:
            close()


def wait_for_schema(desk: Desk, stop: threading.Event) -> bool:
    """Until the database is there at this program's revision (`dini start` migrates); False when stopped."""
    pause = FIRST_PAUSE
    while (trouble := desk.operations.schema_trouble()) and not stop.is_set():
        log.warning("database_not_ready", detail=trouble, pause=pause)
        stop.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
    return not stop.is_set()
