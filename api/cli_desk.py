"""Opening the desk for a verb, and showing a collect: what several verbs share."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.cli_faults import Fault
from api.words import say
from models import ArtifactError, Classifier, load, load_shipped
from screening import CollectLine, CollectReport, Desk, Settings, SourceState

log = structlog.get_logger("dini.cli")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def model_of(folder: Path | None) -> Classifier:
    """The model of a folder, or the shipped one; what is wrong with it goes to the log."""
    try:
        return load(folder) if folder else load_shipped()
    except (ArtifactError, OSError, ValueError):
        log.error("model_unreadable", folder=str(folder or "shipped"), exc_info=True)
        raise Fault("Model tidak dapat dibaca; sebabnya ada dalam dini.log.") from None


@contextmanager
def desk_of(settings: Settings) -> Iterator[Desk]:
    """The desk, closed whatever happens."""
    desk = Desk.open(settings)
    try:
        yield desk
    finally:
        desk.close()


def collect_shown(
    desk: Desk, now: datetime, *, due_only: bool, source_ids: Sequence[int] | None = None
) -> CollectReport:
    """Collects with a bar on the terminal, then prints what came and why the rest did not."""
    wanted = [
        one
        for one in desk.sources()
        if one.state is not SourceState.PAUSED
        and (source_ids is None or one.id in set(source_ids))
        and (not due_only or one.due_at <= now)
    ]
    failed: list[CollectLine] = []
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err
    )
    with bar:
        task = bar.add_task("Mengambil umpan", total=len(wanted))

        def on_line(line: CollectLine) -> None:
            if line.state == "gagal":
                failed.append(line)
            bar.update(task, advance=1, description=f"Mengambil umpan: {line.source.name[:28]:<28}")

        report = desk.collect(now, source_ids=source_ids, due_only=due_only, on_line=on_line)
        bar.update(task, description="Mengambil umpan")
    out.print(report_table(report))
    if failed:
        out.print(f"{len(failed)} dari {report.sources} sumber gagal:")
    for line in failed[:10]:
        out.print(f"  gagal: {line.source.name}: {line.reason}", markup=False)
    if len(failed) > 10:
        out.print(f"  … dan {len(failed) - 10} sumber lain gagal; lihat halaman Sumber.")
    return report


def report_table(report: CollectReport) -> Table:
    table = Table(title="Hasil pengambilan", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, count in (
        ("sumber dicoba", report.sources),
        ("  berhasil", report.ok),
        ("  tanpa perubahan", report.unchanged),
        ("  gagal", report.failed),
        ("berita baru", report.new),
        ("berita berubah", report.changed),
        ("berita tetap", report.same),
        ("ditandai", report.flagged),
        ("insiden baru", report.incidents),
        *((f"tidak masuk antrean: {say(f'ledger_{reason.value}', 'id')}", n) for reason, n in report.dropped),
    ):
        table.add_row(name, str(count))
    table.add_row("detik", f"{report.seconds:.1f}".replace(".", ","))
    return table


def ask_password(name: str, given: str | None) -> str:
    """From the option; else typed twice without echo; else, in a pipe, the first line of stdin."""
    if given:
        return given
    if not sys.stdin.isatty():
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise Fault("Kata sandi belum diberikan: baris pertama stdin kosong.")
        return line
    typed: str = click.prompt(
        f"Kata sandi baru untuk {name}", hide_input=True, confirmation_prompt="Sekali lagi"
    )
    return typed
