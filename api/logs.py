"""The operator's log of this program: JSON lines in `data_dir/dini.log` or on stderr, control characters
escaped. Lines about a request carry its `request_id`; no line carries a secret or a text of the news.
"""

from __future__ import annotations

import logging
from pathlib import Path

import structlog

from screening import LogLines

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
TOLD_CHARS = 1000


class Relay(logging.Handler):
    """Lines of libraries' own loggers go where ours go, not to the terminal of whoever started it."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger("dini.server")
        told = record.getMessage()[:TOLD_CHARS]
        (log.error if record.levelno >= logging.ERROR else log.warning)("server", told=told)


def relay_server_log() -> None:
    server = logging.getLogger("uvicorn")
    server.handlers[:] = [Relay(level=logging.WARNING)]
    server.propagate = False


def relay_all_logs() -> None:
    """For a long-running verb: what any library warns of (asyncio, the pool) is a JSON line too."""
    root = logging.getLogger()
    if not any(isinstance(one, Relay) for one in root.handlers):
        root.addHandler(Relay(level=logging.WARNING))


def open_log(data_dir: Path, level: str, to: str = "file") -> None:
    """From now on structlog writes there; `to` is `file` or `stderr`."""
    lines = LogLines(data_dir / "dini.log" if to == "file" else None)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
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
