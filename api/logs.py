"""The operator's log of this program: JSON lines in `data_dir/dini.log`, control characters escaped."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TextIO

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class Lines:
    """Opens the file at its first line, so that a verb that says nothing creates nothing.

    Where nothing can be written the program goes on without a log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._lock = threading.Lock()

    def msg(self, line: str) -> None:
        try:
            with self._lock:
                if self._file is None:
                    self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    self._file = self._path.open("a", encoding="utf-8", errors="backslashreplace")
                self._file.write(line + "\n")
                self._file.flush()
        except OSError:
            pass

    debug = info = warning = error = msg


class Relay(logging.Handler):
    """Lines of the web server's own logger go where ours go, not to the terminal of whoever started it."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger("dini.server")
        told = record.getMessage()
        (log.error if record.levelno >= logging.ERROR else log.warning)("server", told=told)


def relay_server_log() -> None:
    server = logging.getLogger("uvicorn")
    server.handlers[:] = [Relay(level=logging.WARNING)]
    server.propagate = False


def open_log(data_dir: Path, level: str) -> None:
    """From now on structlog writes there."""
    lines = Lines(data_dir / "dini.log")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )


def no_log() -> None:
    """Before the settings are known: structlog's own default would write into the verb's output."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)
