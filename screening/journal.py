"""Lines for the operator: one JSON object per event, control characters escaped, never a text of the news."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, TextIO

import structlog

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class _Lines:
    """A file opened at the first line, so that reading settings creates nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def msg(self, message: str) -> None:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a", encoding="utf-8")
        self._file.write(message + "\n")
        self._file.flush()

    debug = info = warning = error = msg

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class Journal:
    """The operator's log at a path; `event(name, **fields)` writes one line."""

    def __init__(self, path: Path, level: str = "info") -> None:
        self._lines = _Lines(path)
        self._log = structlog.wrap_logger(
            self._lines,
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        )

    def event(self, name: str, *, warning: bool = False, **fields: Any) -> None:
        if warning:
            self._log.warning(name, **fields)
        else:
            self._log.info(name, **fields)

    def close(self) -> None:
        self._lines.close()
