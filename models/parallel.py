"""Judging on several cores: worker processes that load the model once and are replaced when they die.

A worker is a fresh interpreter, so it can be started inside a threaded server, and it holds the model once
more: worth it for thousands of documents, not for the few of an intake.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path

from models.artifacts import SHIPPED, load
from models.records import Assessment, Document

_CHUNK = 64
_AHEAD = 3
"""Chunks a worker that are kept in memory, judged or being judged, while the first of them is not done."""
_TRIES = 3
_END_SECONDS = 5.0


class CrewError(RuntimeError):
    """A worker cannot load the model or judge, or the same documents ended one worker after the other."""


class Crew:
    """Worker processes that judge as one `Classifier` would, in the order of the documents.

    `folder` is a model folder (None: the shipped one). Nothing is started before the first document. A crew
    does one thing at a time: it belongs to one thread. Close it, or use it in a `with`.
    """

    def __init__(self, folder: str | Path | None = None, *, processes: int = 2) -> None:
        self._folder = str(folder or SHIPPED)
        self._idle: list[_Worker | None] = [None] * max(processes, 1)
        self._busy: dict[Connection, tuple[_Worker, _Task]] = {}

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def process_ids(self) -> list[int]:
        """The workers that run now."""
        idle = [worker for worker in self._idle if worker is not None]
        return [worker.process.pid for worker in (*idle, *(worker for worker, _ in self._busy.values()))]

    def assess(self, documents: Sequence[Document]) -> list[Assessment]:
        """Judge documents, in order. Raises CrewError."""
        return [assessment for _, assessment in self.stream(documents)]

    def stream(self, documents: Iterable[Document]) -> Iterator[tuple[Document, Assessment]]:
        """Each document with its assessment, in order and in bounded memory. Raises CrewError."""
        source = iter(documents)
        done: dict[int, list[tuple[Document, Assessment]]] = {}
        ahead = _AHEAD * len(self._idle)
        given = turn = 0
        more = True
        try:
            while more or turn < given:
                while more and self._idle and given < turn + ahead:
                    chunk = list(islice(source, _CHUNK))
                    more = len(chunk) == _CHUNK
                    if chunk:
                        self._give(_Task(number=given, documents=chunk))
                        given += 1
                # whoever reads may take its time now: the workers have what to do
                while turn in done:
                    yield from done.pop(turn)
                    turn += 1
                for connection in wait(list(self._busy)) if self._busy else ():
                    task, assessments = self._take(connection)
                    if assessments is not None:
                        done[task.number] = list(zip(task.documents, assessments, strict=True))
        finally:
            for worker, _ in self._busy.values():
                worker.stop(at_once=True)
                self._idle.append(None)
            self._busy.clear()

    def close(self) -> None:
        """End the workers; the next document would start new ones."""
        for worker in self._idle:
            if worker is not None:
                worker.stop()
        self._idle = [None] * len(self._idle)

    def _give(self, task: _Task) -> None:
        worker = self._idle.pop() or _Worker(self._folder)
        self._busy[worker.connection] = (worker, task)
        # a worker that died meanwhile is noticed when its answer is taken
        with suppress(OSError):
            worker.connection.send(task.documents)

    def _take(self, connection: object) -> tuple[_Task, list[Assessment] | None]:
        """A task and its assessments; None when its worker died and another was given the task."""
        worker, task = self._busy.pop(connection)  # type: ignore[call-overload]
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            worker.stop(at_once=True)
            self._idle.append(None)
            task.tries += 1
            if task.tries >= _TRIES:
                raise CrewError(f"{len(task.documents)} documents ended {_TRIES} workers") from None
            self._give(task)
            return task, None
        if isinstance(answer, str):
            worker.stop()
            self._idle.append(None)
            raise CrewError(answer)
        self._idle.append(worker)
        return task, answer


@dataclass(slots=True, kw_only=True)
class _Task:
    number: int
    documents: list[Document]
    tries: int = 0


class _Worker:
    def __init__(self, folder: str) -> None:
        root = str(Path(__file__).resolve().parents[1])
        paths = [root, *(path for path in sys.path if path and path != root)]
        self.connection, theirs = Pipe()
        command = [sys.executable, "-c", "from models import parallel; parallel.work()"]
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [*command, str(theirs.fileno()), folder],
                stdin=subprocess.DEVNULL,
                # settings and secrets stay here; one thread a worker, since the workers share the cores
                env={
                    "PYTHONPATH": os.pathsep.join(paths),
                    "PATH": os.defpath,
                    "OPENBLAS_NUM_THREADS": "1",
                    "OMP_NUM_THREADS": "1",
                },
                pass_fds=[theirs.fileno()],
            )

    def stop(self, *, at_once: bool = False) -> None:
        self.connection.close()
        if at_once:
            self.process.kill()
        try:
            # an idle worker ends by itself at the end of its input
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def work() -> None:
    """The life of a worker (arguments: a file descriptor, a model folder): judge until the input ends."""
    # Ctrl-C is for the one who asked; the workers end when that one is gone
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(int(sys.argv[1])) as connection:
        try:
            classifier = load(sys.argv[2])
            # the model stays: the garbage collector need not look through it again and again
            gc.freeze()
            while True:
                connection.send(classifier.assess(connection.recv()))
        except (EOFError, ConnectionError):
            return
        except Exception as error:  # noqa: BLE001 - told to the one who asked
            connection.send(f"{type(error).__name__}: {error}")
