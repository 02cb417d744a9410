"""Two workers on one PostgreSQL; one is killed at random, then the database is restarted under them.

    python benchmarks/workers.py [--kills 50] [--restarts 10] [--sources 60] [--seed 1]

A private cluster that writes through (fsync, synchronous commit), `--sources` loopback outlets that bring
two entries more at each answer, a loopback SMTP server, and two worker processes, which live 60 times as
fast as the clock so that leases end within seconds. First part: one worker works on, the other is killed by
SIGKILL after 0.05 to 2.5 s, `--kills` times. Second part: both work on while `pg_ctl restart -m immediate`
strikes `--restarts` times. A digest is asked for at every blow. Ends with 1 when an entry, a message, a
count or a row of the audit trail is lost or doubled. A message may come twice, under the same Message-ID,
only when a worker was killed between the server's yes and its own mark: that is counted and told.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from conftest import _as_user, _free_port, _programs  # noqa: E402
from mail_ground import PostOffice  # noqa: E402
from worker_ground import Ground, Nursery, Outlets, claimed, ended, faults, until, waiting  # noqa: E402

from feeds import SourceListing  # noqa: E402
from screening import OFFICES, Desk, PostKind, Settings, window_at  # noqa: E402


class Server:
    """A cluster that pg_ctl can restart; what it has acknowledged is on disk."""

    def __init__(self) -> None:
        programs = _programs()
        if programs is None:
            sys.exit("no PostgreSQL programs (initdb, pg_ctl) on this machine")
        self._programs, self._prefix = programs, _as_user()
        self._folder = Path(tempfile.mkdtemp(prefix="dini-workers-"))
        self._folder.chmod(0o777)
        self.port = _free_port()
        self._run("initdb", "-D", self._data, "-U", "dini", "-A", "trust", "-E", "UTF8")
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self._folder / "log", *self._options(), "start")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://dini@127.0.0.1:{self.port}/postgres"

    def _options(self) -> tuple[str, str]:
        return "-o", f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1"

    def restart(self) -> None:
        self._run(
            "pg_ctl", "-D", self._data, "-w", "-m", "immediate", "-l", self._folder / "log", *self._options(),
            "restart",
        )  # fmt: skip

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}
        subprocess.run(
            [*self._prefix, str(self._programs / program), *map(str, arguments)],
            check=True, stdout=subprocess.DEVNULL, env=environment, cwd="/",
        )  # fmt: skip


@dataclass(slots=True)
class Run:
    """One part: the ground, what was asked of it, and what came of it."""

    desk: Desk
    ground: Ground
    outlets: Outlets
    office: PostOffice
    owed: int = 0

    def ask(self) -> None:
        """A digest to every office; a database that is just away is asked again."""
        made: list[int] = []

        def asking() -> bool:
            now = self.ground.clock()
            made.extend(self.desk.ask_digest("", *window_at(now), now))
            return True

        if not until(lambda: _patiently(self.desk, asking), 60):
            sys.exit("the database did not come back")
        self.owed += len(made)

    def settle(self) -> list[str]:
        """Wait until nothing is missing, then say what still is."""
        self.outlets.publishing = False
        names = {one.id: int(one.url.rpartition("/")[2]) for one in self.desk.sources()}

        def found() -> list[str]:
            return faults(self.ground.url, self.outlets.published, names)

        until(lambda: not found() and waiting(self.ground.url) == 0, 180)
        wrong = found()
        ids = Counter(str(one.message["Message-ID"]) for one in self.office.taken)
        if len(ids) != self.owed:
            wrong.append(f"{self.owed} messages owed, {len(ids)} different ones delivered")
        if not self.desk.audits.verify({}).whole:
            wrong.append("the audit trail does not verify")
        return wrong

    def told(self, wrong: Sequence[str], seconds: float) -> None:
        entries = sum(map(len, self.outlets.published.values()))
        ids = Counter(str(one.message["Message-ID"]) for one in self.office.taken)
        twice = sum(count - 1 for count in ids.values())
        print(
            f"  {entries} entries of {len(self.outlets.published)} sources, "
            f"{self.outlets.requests} answers, "
            f"{len(ids)} of {self.owed} messages delivered, {twice} once more under the same id; "
            f"{seconds:.0f} s"
        )
        for one in wrong:
            print(f"  WRONG: {one}")


def _patiently(desk: Desk, act: Callable[[], bool]) -> bool:
    try:
        return act()
    except Exception as error:
        if not desk.operations.lost(error):
            raise
        return False


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--sources", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    server = Server()
    bad = 0
    try:
        with Outlets(asked.sources, latency=0.1) as outlets, PostOffice() as office:
            folder = Path(tempfile.mkdtemp(prefix="dini-workers-"))
            ground = Ground(folder=folder, url=server.url, allow=outlets.address, smtp_port=office.port)
            desk = Desk.open(
                Settings(data_dir=folder, database_url=server.url, allow_addresses=(outlets.address,))
            )
            desk.set_up(ground.clock())
            for number in range(asked.sources):
                url = f"http://{outlets.address}/{number}"
                desk.add_source(SourceListing(url=url, name=f"K{number}"), ground.clock())
            for code in OFFICES:
                mailbox = f"piket@kantor-{code.replace('.', '-')}.contoh.go.id"
                desk.add_recipient(code, mailbox, frozenset({PostKind.DIGEST}), ground.clock())
            run = Run(desk=desk, ground=ground, outlets=outlets, office=office)
            print(f"{asked.kills} times SIGKILL to one of two workers", flush=True)
            began = time.monotonic()
            steady, nursery, held = ground.worker(), Nursery(ground), 0
            for number in range(asked.kills):
                victim = nursery.worker()
                if number % 5 == 0:
                    run.ask()
                time.sleep(chance.uniform(0.05, 2.5))
                held += claimed(server.url) > 0
                nursery.kill(victim)
                if number % 10 == 9:
                    print(f"  {number + 1} kills after {time.monotonic() - began:.0f} s", flush=True)
            nursery.close()
            wrong = run.settle()
            bad += len(wrong)
            run.told(wrong, time.monotonic() - began)
            print(f"  {held} of {asked.kills} blows fell while sources were claimed")

            print(f"{asked.restarts} times pg_ctl restart -m immediate under two workers", flush=True)
            began = time.monotonic()
            other = ground.worker()
            outlets.publishing = True
            before = sum(map(len, outlets.published.values()))
            for _ in range(asked.restarts):
                run.ask()
                time.sleep(chance.uniform(0.3, 4))
                server.restart()
            wrong = run.settle()
            bad += len(wrong)
            run.told(wrong, time.monotonic() - began)
            print(f"  {sum(map(len, outlets.published.values())) - before} entries came in this part")
            for child in (steady, other):
                if child.poll() is not None or ended(child) != "ENDED True":
                    bad += 1
                    print("  WRONG: a worker did not live to the end")
            lines = [json.loads(line) for line in (folder / "dini.log").read_text().splitlines()]
            told = Counter(str(one["event"]) for one in lines)
            shown = ("database_away", "round_failed", "post_unmarked", "bug")
            print("  log: " + ", ".join(f"{name} {told[name]}" for name in shown))
            desk.close()
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        server.stop()
    print("nothing lost, nothing doubled" if not bad else f"{bad} faults")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
