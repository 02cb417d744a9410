"""Where log lines go: a file that several processes append to and that others may rotate, or stderr."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path


class LogLines:
    """`msg(line)` appends one line; opened at the first, so that a verb that says nothing creates nothing.

    Where nothing can be written the program goes on without a log.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None
        self._inode = 0
        self._lock = threading.Lock()

    def msg(self, line: str) -> None:
        data = f"{line}\n".encode("utf-8", "backslashreplace")
        with contextlib.suppress(OSError, ValueError), self._lock:
            if self._path is None:
                sys.stderr.buffer.write(data)
                sys.stderr.buffer.flush()
                return
            self._reopen_when_rotated(self._path)
            if self._file is not None:
                # One write(2) on O_APPEND a line: lines of two processes never run into each other.
                os.write(self._file, data)

    debug = info = warning = error = msg

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _reopen_when_rotated(self, path: Path) -> None:
        if self._file is not None:
            try:
                if path.stat().st_ino == self._inode:
                    return
            except OSError:
                pass  # moved away and nobody made a new one yet
            self._close()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        self._inode = os.fstat(self._file).st_ino
