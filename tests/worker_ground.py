"""Ground of the worker tests and benchmarks/workers.py: outlets that publish on, workers that can be killed.

Workers live faster than we do (`SPEED`), so that the leases of a killed one end within seconds.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from screening_material import BLOCKADE, CLASH, RECIPE

from screening.schema import assessment, incident, incident_item, item, outbox, source

ROOT = Path(__file__).parents[1]
SPEED = 60.0
SHOWN = 60

CHILD = """
import os, signal, sys, threading, time
from datetime import UTC, datetime
from pathlib import Path
from api.logs import open_log
from api.rounds import Rounds, duties
from screening import Desk, Settings, SmtpServer

folder, url, allow, port, epoch, speed = sys.argv[1:]
began = float(epoch)

def clock():
    return datetime.fromtimestamp(began + (time.time() - began) * float(speed), UTC)

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
settings = Settings(
    data_dir=Path(folder), database_url=url, allow_addresses=(allow,), articles=False,
    collect_interval_minutes=5,
    smtp=SmtpServer(host="127.0.0.1", port=int(port)) if int(port) else None, mail_from="dini@contoh.go.id",
)
open_log(settings.data_dir, "info")
desk = Desk.open(settings)
rounds = Rounds(desk, clock, duties(every=0.2))
rounds.start()
print("READY", os.getpid(), flush=True)
stop.wait()
ended = rounds.stop(20)
desk.close()
print("ENDED", ended, flush=True)
"""


NURSERY = """
import os, signal, sys
import api.logs, api.rounds, screening  # read once, before the first is born
from models import load_shipped
model = load_shipped()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not waited for
for line in sys.stdin:
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        import screening.desk
        screening.desk.load_shipped = lambda: model
        exec(sys.argv.pop(1))
        os._exit(0)
"""


@dataclass(slots=True)
class Outlets:
    """`with Outlets(n) as web`: n feeds on loopback; each answer brings entries more, and is counted."""

    sources: int
    fresh: int = 2
    latency: float = 0.02
    publishing: bool = True
    published: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    requests: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Outlets:
        outlets = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                time.sleep(outlets.latency)
                body, etag = outlets.document(int(self.path.rpartition("/")[2]))
                same = self.headers.get("If-None-Match") == etag
                self.send_response(304 if same else 200)
                self.send_header("ETag", etag)
                self.send_header("Content-Length", "0" if same else str(len(body)))
                self.end_headers()
                if not same:
                    with contextlib.suppress(OSError):  # its reader was killed
                        self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"127.0.0.1:{self._server.server_address[1]}"

    def document(self, number: int) -> tuple[bytes, str]:
        with self._lock:
            self.requests += 1
            keys = self.published[number]
            if self.publishing:
                keys += [f"{number}-{len(keys) + part}" for part in range(self.fresh)]
            shown = keys[-SHOWN:]
        items = "".join(_entry(number, key) for key in reversed(shown))
        body = f'<rss version="2.0"><channel><title>K{number}</title>{items}</channel></rss>'
        return body.encode(), f'"{len(keys)}"'


def _entry(number: int, key: str) -> str:
    part = int(key.rpartition("-")[2])
    title, text = CLASH if part == 0 else BLOCKADE if part % 25 == 7 else RECIPE
    return (
        f"<item><title>{title} ({key})</title><guid>{key}</guid><link>https://k{number}.example/{part}</link>"
        f"<description>{text} Bagian {key}.</description></item>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where the workers of one run work."""

    folder: Path
    url: str
    allow: str
    smtp_port: int
    epoch: float = field(default_factory=time.time)
    speed: float = SPEED

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.epoch + (time.time() - self.epoch) * self.speed, UTC)

    def worker(self) -> subprocess.Popen[str]:
        """A worker process of its own, once it has begun its rounds."""
        arguments = [self.folder, self.url, self.allow, self.smtp_port, self.epoch, self.speed]
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        assert child.stdout.readline().startswith("READY")
        return child


class Nursery:
    """Gives birth to workers by fork, the model read once: a kill costs a second and not a start."""

    def __init__(self, ground: Ground) -> None:
        arguments = [
            CHILD,
            ground.folder,
            ground.url,
            ground.allow,
            ground.smtp_port,
            ground.epoch,
            ground.speed,
        ]
        self._mother = subprocess.Popen(
            [sys.executable, "-c", NURSERY, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def worker(self) -> int:
        """The process id of a new worker, once it has begun its rounds."""
        assert self._mother.stdin is not None and self._mother.stdout is not None
        self._mother.stdin.write("go\n")
        self._mother.stdin.flush()
        word, number = self._mother.stdout.readline().split()
        assert word == "READY"
        return int(number)

    def kill(self, number: int) -> None:
        os.kill(number, signal.SIGKILL)
        while Path(f"/proc/{number}").exists():
            time.sleep(0.01)

    def close(self) -> None:
        self._mother.kill()
        self._mother.communicate()


def kill(child: subprocess.Popen[str]) -> None:
    os.kill(child.pid, signal.SIGKILL)
    child.wait(20)
    assert child.stdout is not None
    child.stdout.close()


def ended(child: subprocess.Popen[str], seconds: float = 40) -> str:
    """Its last words after SIGTERM."""
    child.terminate()
    told, _ = child.communicate(timeout=seconds)
    assert child.returncode == 0
    return told.strip()


def until(what: Any, seconds: float = 60) -> bool:
    """Whether `what()` came true in that time; a database that is away in between is asked again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if what():
                return True
        except sa.exc.SQLAlchemyError:
            pass
        time.sleep(0.1)
    return False


def faults(url: str, published: dict[int, list[str]], names: dict[int, int]) -> list[str]:
    """What is lost or doubled in the books; `names` gives the outlet's number of each source id."""
    engine = sa.create_engine(url)
    found: list[str] = []
    with engine.connect() as db:
        rows = db.execute(
            sa.select(item.c.source_id, item.c.key, sa.func.count()).group_by(item.c.source_id, item.c.key)
        )
        stored: dict[int, set[str]] = defaultdict(set)
        for source_id, key, count in rows:
            stored[names[source_id]].add(key)
            if count != 1:
                found.append(f"{key} stored {count} times")
        for number, keys in published.items():
            missing = set(keys) - stored[number]
            if missing:
                found.append(f"source {number}: {len(missing)} of {len(keys)} entries lost")
        counts = {
            table.name: db.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (item, assessment, incident_item)
        }
        if counts["item"] != counts["assessment"]:
            found.append(f"{counts['item']} items, {counts['assessment']} assessments")
        total = db.scalar(sa.select(sa.func.sum(source.c["items"])))
        if total != counts["item"]:
            found.append(f"sources say {total}, there are {counts['item']} items")
        reports = db.scalar(sa.select(sa.func.sum(incident.c.reports)))
        if (reports or 0) != counts["incident_item"]:
            found.append(f"incidents say {reports} reports, there are {counts['incident_item']}")
    engine.dispose()
    return found


def waiting(url: str) -> int:
    """Messages that are still owed."""
    engine = sa.create_engine(url)
    with engine.connect() as db:
        found = db.scalar(sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == "menunggu"))
    engine.dispose()
    return int(found or 0)


def claimed(url: str) -> int:
    engine = sa.create_engine(url)
    with engine.connect() as db:
        found = db.scalar(sa.select(sa.func.count()).select_from(source).where(source.c.claimed_by != ""))
    engine.dispose()
    return int(found or 0)


def sent_twice(ids: Sequence[str]) -> int:
    return len(ids) - len(set(ids))
