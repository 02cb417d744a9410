"""`dini screen`: the main job for a pipe; texts in, judgements out, one line each, in order."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import click
import structlog

from api import wire, wire_shapes
from api.cli_desk import model_of
from api.cli_faults import UNWRITTEN, Fault, drop_output, unwritable
from api.reading import BadTable, Unreadable, guess_format, read_csv, read_jsonl
from models import Crew, CrewError, Document
from screening import Settings, screen

log = structlog.get_logger("dini.cli")

_GZIP = b"\x1f\x8b"
COLUMNS = tuple(wire_shapes.ScreenedOut.__annotations__)


@click.command("screen")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Berkas hasil (bawaan: stdout).")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", help="Bentuk hasil.")
@click.pass_obj
def screen_command(settings: Settings, file: Path, out: Path | None, form: str) -> None:
    """Menilai teks dari FILE (JSONL atau CSV; `-` untuk stdin) tanpa menyimpannya.

    Baris yang tidak terbaca dilaporkan ke stderr; status keluar 0 hanya bila semua baris terbaca.
    """
    with opened(file) as (stream, kind):
        classifier = model_of(settings.model_dir)
        refused = 0

        def readable() -> Iterator[Document]:
            nonlocal refused
            for one in read_csv(stream) if kind == "csv" else read_jsonl(stream):
                if isinstance(one, Unreadable):
                    refused += 1
                    click.echo(f"baris {one.line}: {one.reason}", err=True)
                else:
                    yield one

        try:
            # who writes into a pipe waits for each answer: no workers that read ahead of it
            crew = Crew(settings.model_dir) if str(file) != "-" and (os.cpu_count() or 1) > 1 else None
            with written(out) as write, crew or contextlib.nullcontext():
                if form == "csv":
                    write(table_line(COLUMNS))
                for judged in screen(readable(), classifier, crew):
                    shape = wire.screened_out(judged)
                    write(as_row(shape) if form == "csv" else wire.dump(shape) + b"\n")
        except BadTable:
            raise Fault(f"{file}: kepala tabel CSV tidak memuat kolom title.") from None
        except CrewError:
            log.error("crew_lost", exc_info=True)
            raise Fault("Proses penilai berhenti; sebabnya ada dalam dini.log.") from None
        except BrokenPipeError:
            # Whoever reads has enough; a pipe's end is no fault worth a message, but not all was read.
            drop_output()
            refused += 1
    if refused:
        sys.exit(1)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    """The bytes of a file or of stdin, and the format they seem to have."""
    if str(path) == "-":
        if sys.stdin is None:
            raise Fault("Masukan baku (stdin) tertutup; tidak ada yang dapat dibaca.", UNWRITTEN)
        stream: BinaryIO = io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer), 1 << 16)
        yield stream, guess_format("", _peek(stream))
        return
    try:
        stream = path.open("rb")
    except IsADirectoryError:
        raise Fault(f"{path} adalah folder, bukan berkas.") from None
    except FileNotFoundError:
        raise Fault(f"Berkas {path} tidak ada.") from None
    except (OSError, ValueError):
        raise Fault(f"Berkas {path} tidak dapat dibaca.") from None
    with stream:
        if _peek(stream)[:2] != _GZIP:
            yield stream, guess_format(path.name, _peek(stream))
            return
        unpacked = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=stream)), 1 << 16)
        try:
            yield unpacked, guess_format(path.name.removesuffix(".gz"), _peek(unpacked))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise Fault(f"Berkas gzip {path} rusak atau terpotong.") from None


def _peek(stream: BinaryIO) -> bytes:
    peeked: bytes = stream.peek(64)[:64]  # type: ignore[attr-defined]
    return peeked


@contextlib.contextmanager
def written(path: Path | None) -> Iterator[Callable[[bytes], object]]:
    """Writes to stdout, or to a file that appears under its name only when whole."""
    if path is None:
        if sys.stdout is None:
            raise unwritable()
        put = told(sys.stdout.buffer.write)
        yield put
        told(lambda _: sys.stdout.buffer.flush())(b"")
        return
    plain = not path.exists() or path.is_file()  # a pipe or /dev/stdout is written in place
    part = path.with_name(path.name + ".part") if plain else path
    try:
        file = part.open("wb")
    except OSError:
        raise Fault(f"Berkas hasil {path} tidak dapat ditulis.") from None
    try:
        yield told(file.write)
        told(lambda _: file.close())(b"")
        if plain:
            part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            file.close()
        if plain:
            part.unlink(missing_ok=True)
        raise


def told(write: Callable[[bytes], object]) -> Callable[[bytes], object]:
    """The same write, whose failure is a fault in words; a reader who left (a broken pipe) is none."""

    def put(data: bytes) -> object:
        try:
            return write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(error) from None

    return put


def table_line(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "replace")


def as_row(shape: wire_shapes.ScreenedOut) -> bytes:
    """A CSV row; lists as JSON. A text that a spreadsheet would run as a formula gets a quote in front."""
    cells = []
    for value in shape.values():
        text = "" if value is None else wire.dump(value).decode() if isinstance(value, list) else str(value)
        cells.append("'" + text if isinstance(value, str) and text[:1] in "=+-@\t\r" and text else text)
    return table_line(tuple(cells))
