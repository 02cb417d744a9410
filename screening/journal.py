"""Lines for the operator: one JSON object per event, control characters escaped, never a text of the news."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import structlog

from screening.log_lines import LogLines

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class Journal:
    """The operator's log at a path (None: stderr); `event(name, **fields)` writes one line."""

    def __init__(self, path: Path | None, level: str = "info") -> None:
        self._lines = LogLines(path)
        self._log = structlog.wrap_logger(
            self._lines,
            processors=[
                structlog.contextvars.merge_contextvars,  # the request, while one is answered
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        )
        self._kept = structlog.wrap_logger(
            self._lines,
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        )

    def event(self, name: str, *, warning: bool = False, **fields: Any) -> None:
        if warning:
            self._log.warning(name, **fields)
        else:
            self._log.info(name, **fields)

    def keep(self, name: str, **fields: Any) -> None:
        """One line whatever the level: what must be found here later."""
        self._kept.info(name, **fields)

    def close(self) -> None:
        self._lines.close()
