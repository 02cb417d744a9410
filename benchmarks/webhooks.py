"""10,000 webhook events under 30 % faults, two workers, one killed again and again: what arrives?

    python benchmarks/webhooks.py [--events 10000] [--share 0.3] [--kills 10] [--seed 1] [--postgresql]

Incidents are decided ten times each as the desk does it, fifty in a transaction, so that each decision owes
one event to three hooks. The receiver of the first answers a share of tries with a fault (500, 503 with
Retry-After, 400, silence, reset before and after taking, a body that never ends, a redirect to a port inside,
no HTTP), at most four times for one message; that of the second takes some hundreds and then says 410; the
third is a port that nobody listens on. Two worker processes send, at a clock that runs 120 times as fast, so
that pauses of hours pass in a minute; one of them is killed by SIGKILL `--kills` times. Every message is
verified by the public library at that clock.

Ends with 1 when an event is lost, comes under two ids or with other bytes, an incident's events arrive out
of order, a signature is refused, anybody comes to the port inside, the second hook does not end, or the
third has lost what it is owed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from conftest import Cluster, _programs  # noqa: E402
from hook_ground import FAULTS, Listener, Receiver, copies, decide_all, library_clock  # noqa: E402

from api.hooks_round import hooks_due  # noqa: E402
from models import Classifier, load_shipped  # noqa: E402
from screening import Desk, HookState, Settings, Store  # noqa: E402

SPEED, PATIENCE, EACH, TOGETHER = 120.0, 0.4, 10, 50
LIMIT_SECONDS = 3_600.0


def quick_clock(began: float) -> Callable[[], datetime]:
    return lambda: datetime.fromtimestamp(began + (time.time() - began) * SPEED, UTC)


def plan_of(seed: int, share: float) -> Callable[[str, int], str]:
    """Faults by message and try, the same in every run."""

    def plan(message: str, tries: int) -> str:
        roll = random.Random(f"{seed} {message} {tries}")
        return roll.choice(FAULTS) if tries < 4 and roll.random() < share else "ok"

    return plan


def work(settings: Settings, classifier: Classifier, began: float) -> None:
    """A worker's life, in a process of its own."""
    desk = Desk(Store(settings.database_url), classifier, settings)
    clock = quick_clock(began)
    while True:
        try:
            hooks_due(desk, clock, patience=PATIENCE)
        except Exception as error:
            if not desk.operations.lost(error):
                raise
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dini-hooks-"))
    cluster = None
    if asked.postgresql:
        programs = _programs()
        if programs is None:
            sys.exit("no PostgreSQL programs on this machine")
        cluster = Cluster(programs)
        url = cluster.make("hooks", template="dini_template")
    else:
        url = f"sqlite:///{folder / 'dini.db'}"
    try:
        return run(asked, folder, url)
    finally:
        if cluster is not None:
            cluster.stop()


def run(asked: argparse.Namespace, folder: Path, url: str) -> int:
    began = time.time()
    clock = quick_clock(began)
    classifier, roll = load_shipped(), random.Random(asked.seed)
    ending = Counter[str]()
    end_after = min(asked.events // 4, 400)

    def second(message: str, _tries: int) -> str:
        ending["messages"] += 1
        return "410" if ending["messages"] > end_after else "ok"

    with socket.create_server(("127.0.0.1", 0)) as nobody:
        dead = f"127.0.0.1:{nobody.getsockname()[1]}"
    first = Receiver(plan=plan_of(asked.seed, asked.share))
    with first as to, Receiver(plan=second) as ends, Listener() as inside, library_clock(clock):
        to.inside_port = inside.port
        settings = Settings(data_dir=folder, database_url=url, allow_addresses=(to.pair, ends.pair, dead))
        desk = Desk(Store(url), classifier, settings)
        desk.set_up(clock())
        homes = copies(desk, desk._store, asked.events // EACH)
        kinds = ("incident.reviewed",)
        one, to.secrets["/kait"] = desk.hooks.add(to.url(), "62", kinds, None, clock())
        two, ends.secrets["/kait"] = desk.hooks.add(ends.url(), "62", kinds, None, clock())
        three, _secret = desk.hooks.add(f"http://{dead}/kait", "62", kinds, None, clock())
        fork = multiprocessing.get_context("fork")

        def born() -> multiprocessing.process.BaseProcess:
            made = fork.Process(target=work, args=(settings, classifier, began), daemon=True)
            made.start()
            return made

        workers = [born(), born()]
        kills, next_kill, owed_in = 0, time.time() + 3, time.time()
        seen: dict[int, int | None] = dict.fromkeys(homes)

        def strike() -> None:
            nonlocal kills, next_kill
            if kills < asked.kills and time.time() >= next_kill:
                victim = roll.randrange(2)
                os.kill(workers[victim].pid or 0, signal.SIGKILL)
                workers[victim].join()
                workers[victim] = born()
                kills, next_kill = kills + 1, time.time() + roll.uniform(3, 12)

        for step in range(EACH):
            for start in range(0, len(homes), TOGETHER):
                some = {home: seen[home] for home in homes[start : start + TOGETHER]}
                decide_all(desk, desk._store, step, some, clock())
                seen |= some
                strike()
        owed_in = time.time() - owed_in
        until = time.time() + LIMIT_SECONDS
        while desk.hooks.one(one.id).waiting and time.time() < until:
            strike()
            time.sleep(0.5)
        for worker in workers:
            worker.kill()
            worker.join()
        seconds, hit = time.time() - began, inside.hits
        found = {number: desk.hooks.one(number) for number in (one.id, two.id, three.id)}
        desk.close()
    events = len(homes) * EACH
    taken = to.taken()
    twice = len(to.got) - len(taken)
    tries = sum(to.tries.values())
    faults = sum(to.faults[name] for name in FAULTS)
    pairs = {(each.body["data"]["incident"]["id"], each.body["data"]["seq"]) for each in taken}
    troubles = [
        name
        for name, bad in {
            "lost": len(pairs) != events or found[one.id].waiting or found[one.id].given_up,
            "two ids for one event": len(pairs) != len(taken),
            "other bytes": len({(each.message_id, each.raw) for each in to.got}) != len(taken),
            "out of order": to.orders() != {home: list(range(1, EACH + 1)) for home in homes},
            "refused by the library": to.refused or ends.refused,
            "came inside": hit,
            "410 did not end": found[two.id].state is not HookState.ENDED or found[two.id].waiting,
            "410: out of order": any(got != list(range(1, len(got) + 1)) for got in ends.orders().values()),
            "the dead one lost": found[three.id].waiting != events
            or found[three.id].state is HookState.ENDED,
        }.items()
        if bad
    ]
    print(
        f"{events} events to 3 hooks; owed in {owed_in:.0f} s, all at the first hook after {seconds:.0f} s "
        f"({timedelta(seconds=int(seconds * SPEED))} of its clock); {kills} kills\n"
        f"first: {tries} tries, {faults} faults ({faults / tries:.0%}: "
        f"{', '.join(f'{name} {to.faults[name]}' for name in FAULTS)}), {twice} came again under their id\n"
        f"second: ended by 410 after {len(ends.taken())}; third: {found[three.id].waiting} wait, "
        f"{found[three.id].state.value}; port inside: {hit}; refused signatures: {len(to.refused)}\n"
        + (f"TROUBLE: {', '.join(troubles)}" if troubles else "nothing lost, doubled, forged or out of order")
    )
    for line in (*to.refused[:5], *ends.refused[:5]):
        print(line)
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
