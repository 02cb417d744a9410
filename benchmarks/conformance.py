"""schemathesis against a real running service: every operation of the API, right and wrong calls.

    python benchmarks/conformance.py [--cases 200] [--role analis] [--without-key]

The service runs over the bundled sample news in a temporary folder, by uvicorn on loopback, and is asked
with a key and without one. Prints schemathesis's own report; status 1 when anything failed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

# This folder has a `screening.py` too, which must not stand before the package.
sys.path = [str(Path(__file__).parents[1]), *(p for p in sys.path if p != str(Path(__file__).parent))]

from api import create_app  # noqa: E402
from api.auth import fingerprint, new_key  # noqa: E402
from api.cli_start import sample_day, sample_sources  # noqa: E402
from api.times import utc_now  # noqa: E402
from feeds import SampleWeb  # noqa: E402
from models import load_shipped  # noqa: E402
from screening import (  # noqa: E402
    Decision,
    Desk,
    IncidentFilter,
    ReviewDraft,
    Role,
    Settings,
    Store,
)
from screening.audit import Quota  # noqa: E402

# What JSON Schema cannot say, so that a call that fits the schema may still be refused with 422. Only the
# check positive_data_acceptance is told so, and only here; every other check runs on every operation.
BEYOND_SCHEMA = {
    "start before end, or the span is too long": (
        'include-path-regex = "^/api/v1/(digest|digest.pdf|indicators.*|incidents|items|exports/.*)$"',
        'include-method = "GET"',
    ),
    "a cursor is one of this list, in this order": (
        'include-path-regex = "^/api/v1/(queue|digests|set-aside)$"',
        'include-method = "GET"',
    ),
    "what a decision, memo or report asks for must fit what is stored (states, dates to come, codes that go "
    "together, rows that belong together), and addresses are judged by our own rules": (
        'include-method = ["POST", "PATCH", "PUT"]',
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service: its address, its desk, and a key of each role."""

    url: str
    desk: Desk
    keys: dict[Role, str]


@contextmanager
def running(folder: Path, *, accepted: int = 6, database: Path | None = None) -> Iterator[Service]:
    """The service over the sample news in `folder`; `database`: one that has them already."""
    path = folder / "dini.db" if database is None else database
    now = utc_now()
    with SampleWeb(sample_day(now), 0) as web:
        settings = Settings(
            data_dir=folder,
            database_url=f"sqlite:///{path}",
            allow_addresses=(web.base_url.split("://")[1].rstrip("/"),),
            quota=Quota(exports=0, rows=0),  # thousands of exports in a minute is what this is for
            key_requests_a_minute=0,
        )
        desk = Desk(Store(settings.database_url), load_shipped(), settings)
        desk.set_up(now)
        if database is None:
            desk.collect(now, source_ids=sample_sources(desk, web.sources(), now))
    keys = {}
    for role in Role:
        name = f"uji-{role.value}"
        account = desk.account(name) or desk.create_account(name, role, "-", now, must_change=False)
        keys[role] = new_key()
        desk.add_key("conformance", fingerprint(keys[role]), account.id, now)
    analyst = desk.account(f"uji-{Role.ANALYST.value}")
    assert analyst is not None
    for line in desk.exports.incidents(IncidentFilter(state="open", limit=accepted), now).lines:
        desk.review(ReviewDraft(incident_id=line.incident.id, decision=Decision.ACCEPT), analyst, now)
    server = uvicorn.Server(
        uvicorn.Config(create_app(desk, clock=utc_now), port=0, log_level="warning", lifespan="off")
    )
    sockets = [server.config.bind_socket()]
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, daemon=True)
    thread.start()
    try:
        yield Service(url=f"http://127.0.0.1:{sockets[0].getsockname()[1]}", desk=desk, keys=keys)
    finally:
        server.should_exit = True
        thread.join(20)
        desk.close()


def settings_file(folder: Path) -> Path:
    """schemathesis's own settings: what counts as a refusal, and whose 422 may be beyond the schema."""
    path = folder / "schemathesis.toml"
    # A body over the limit is refused before anybody looks at what it holds; 5xx would be no refusal.
    refusals = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "503"]
    lines = ["[checks]", f"negative_data_rejection.expected-statuses = {refusals}".replace("'", '"'), ""]
    for reason, chosen in BEYOND_SCHEMA.items():
        lines += [
            f"# {reason}",
            "[[operations]]",
            *chosen,
            "[operations.checks]",
            'positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422", "503"]',
            "",
        ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def schemathesis(
    service: Service, folder: Path, *, cases: int, key: str | None, more: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """One run of the command line over every operation with all checks; the process with its output."""
    program = Path(sys.executable).with_name("st")
    headers = ["--header", f"Authorization: Bearer {key}"] if key else []
    return subprocess.run(
        [
            str(program),
            "--config-file",
            str(settings_file(folder)),
            "run",
            f"{service.url}/api/v1/openapi.json",
            *("--checks", "all"),
            *("--max-examples", str(cases)),
            *("--phases", "examples,coverage,fuzzing"),
            *("--workers", "1"),  # its threads trip over a fault of ast in Python 3.11
            *("--request-timeout", "30"),
            *("--generation-database", "none"),
            *("--continue-on-failure", "--no-color"),
            *headers,
            *more,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": ""},
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200, help="generated cases an operation")
    parser.add_argument("--role", default=Role.ANALYST.value, choices=[role.value for role in Role])
    parser.add_argument("--without-key", action="store_true", help="only the run without a key")
    parser.add_argument("more", nargs="*", help="further arguments of `st run`")
    asked = parser.parse_args()
    worst = 0
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as service:
        keys = [None] if asked.without_key else [service.keys[Role(asked.role)], None]
        for key in keys:
            print(f"--- {'key of ' + asked.role if key else 'no key'}", flush=True)
            done = schemathesis(service, Path(name), cases=asked.cases, key=key, more=asked.more)
            print(re.sub(r"\n{3,}", "\n\n", done.stdout + done.stderr))
            worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
