"""What machines ask of the service: health, readiness, metrics, and a log whose lines are one object each."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click
import pytest
import structlog
from api_fixtures import Web, sample_database, web
from fastapi.testclient import TestClient
from mail_ground import nobody_listens
from prometheus_client.parser import text_string_to_metric_families
from screening_material import CLASH, NOW, entry, fetched, listing

from api import create_app
from api.app import open_doors
from api.cli import main
from api.logs import open_log
from api.metrics import Meter
from api.watch import UNMATCHED, request_id
from models import Classifier
from screening import (
    Desk,
    Invalid,
    LedgerReason,
    LogLines,
    Part,
    PostKind,
    Role,
    Settings,
    Severity,
    Store,
    write_backup,
)
from screening.readiness import FREE_BYTES, Work, collecting_finding, disk_finding, post_finding

__all__ = ["sample_database", "web"]


# --- health and readiness


def test_strangers_learn_one_word(web: Web) -> None:
    browser = web.fresh()
    alive, ready = browser.get("/healthz"), browser.get("/readyz")
    assert (alive.status_code, alive.text) == (200, "ok\n")
    assert ready.text in ("ok\n", "unavailable\n")
    assert browser.get("/api/v1/health").json() == {"status": "ok"}


def told(desk: Desk, now: datetime) -> dict[Part, bool]:
    return {one.part: one.ok for one in desk.operations.findings(now)}


def test_a_desk_that_is_set_up_is_ready(desk: Desk) -> None:
    assert told(desk, NOW) == dict.fromkeys(Part, True)
    assert desk.operations.ready(NOW)


def test_a_collector_that_stands_still_is_unready_until_it_goes_on(desk: Desk) -> None:
    source = desk.add_source(listing("kabar"), NOW)
    assert told(desk, NOW + timedelta(minutes=40))[Part.COLLECTING]
    late = NOW + timedelta(hours=2)
    assert not told(desk, late)[Part.COLLECTING] and not desk.operations.ready(late)
    desk.take(fetched(source, entry("a", *CLASH)), late)
    assert told(desk, late)[Part.COLLECTING] and desk.operations.ready(late + timedelta(seconds=10))
    desk.pause_source(source.id, True, late)
    assert told(desk, late + timedelta(days=30))[Part.COLLECTING]  # nothing is due: nothing is late


def test_an_outbox_that_nobody_empties_is_unready(desk: Desk) -> None:
    desk.add_recipient("62", "piket@kesbangpol.contoh.go.id", frozenset({PostKind.DIGEST}), NOW)
    desk.ask_digest("62", NOW - timedelta(hours=8), NOW, NOW)
    assert told(desk, NOW + timedelta(hours=1))[Part.POST]
    assert not told(desk, NOW + timedelta(hours=6))[Part.POST]


def test_an_urgent_message_is_late_long_before_a_digest() -> None:
    for kind, well, late in ((PostKind.URGENT, 40, 50), (PostKind.DIGEST, 290, 310)):
        work = Work(last_try=NOW, oldest_due=None, waiting={kind: NOW})
        assert post_finding(work, NOW + timedelta(minutes=well)).ok
        assert not post_finding(work, NOW + timedelta(minutes=late)).ok


def test_a_short_interval_is_no_reason_to_cry_at_once() -> None:
    work = Work(last_try=NOW, oldest_due=NOW)
    assert collecting_finding(work, 1, NOW + timedelta(minutes=25)).ok
    assert not collecting_finding(work, 1, NOW + timedelta(minutes=35)).ok
    assert collecting_finding(work, 60, NOW + timedelta(minutes=170)).ok


def test_a_full_disk_is_unready() -> None:
    assert disk_finding(FREE_BYTES).ok
    assert not disk_finding(FREE_BYTES - 1).ok and not disk_finding(None).ok


def test_a_database_that_is_behind_or_away_is_unready(tmp_path: Path, classifier: Classifier) -> None:
    for url in (
        f"sqlite:///{tmp_path / 'kosong.db'}",
        f"postgresql+psycopg://dini:rahasia@127.0.0.1:{nobody_listens()}/dini",
    ):
        store = Store(url)
        desk = Desk(store, classifier, Settings(data_dir=tmp_path, database_url=url))
        app = create_app(desk, clock=lambda: NOW)
        answer = TestClient(app).get("/readyz")
        assert (answer.status_code, answer.text) == (503, "unavailable\n")
        assert TestClient(app).get("/healthz").status_code == 200
        assert not told(desk, NOW)[Part.DATABASE]
        assert "rahasia" not in str(desk.operations.findings(NOW))
        store.close()


def test_readiness_is_looked_at_once_in_five_seconds_whoever_asks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, keep = 0, type(desk.operations).findings

    def counting(self: object, now: datetime) -> object:
        nonlocal looked
        looked += 1
        return keep(desk.operations, now)

    monkeypatch.setattr(type(desk.operations), "findings", counting)
    for seconds in (0, 1, 4, 5, 6):
        desk.operations.ready(NOW + timedelta(seconds=seconds))
    assert looked == 2


# --- metrics


@pytest.fixture
def meter(web: Web) -> Meter:
    made = Meter()
    made.show(web.desk, web.clock)
    return made


def families(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def scraped(meter: Meter) -> dict[str, dict[tuple[str, ...], float]]:
    from prometheus_client import generate_latest

    return families(generate_latest(meter.registry).decode())


def test_metrics_say_what_the_database_says(web: Web, meter: Meter) -> None:
    found = scraped(meter)
    with web.desk._store.reading() as books:
        items = books.items.total()
        ledger = books.sources.ledger_between(NOW - timedelta(days=30), NOW + timedelta(days=1))
    assert found["dini_database_up"][()] == 1
    assert found["dini_entries_total"][("new",)] == items == sum(found["dini_assessments"].values())
    assert {reason: found["dini_entries_set_aside_total"][(reason,)] for reason in LedgerReason} == {
        reason: ledger.get(reason, 0) for reason in LedgerReason
    }
    assert sum(found["dini_sources"].values()) == len(web.desk.sources())
    assert set(found["dini_queue_incidents"]) == {(level.name.lower(),) for level in Severity}
    assert sum(found["dini_queue_incidents"].values()) > 0
    assert found["dini_database_bytes"][()] > 100_000
    assert found["dini_model_info"] == {(web.desk.model_name(),): 1}
    assert "dini_backup_age_seconds" not in found
    assert found["process_resident_memory_bytes"][()] > 0


def test_counts_of_fetches_go_on_over_the_edge_of_a_day(desk: Desk) -> None:
    source = desk.add_source(listing("kabar"), NOW)
    for number in range(4):
        moment = NOW + timedelta(hours=9 * number)
        desk.take(fetched(source, entry(f"n{number}", *CLASH), etag=f'"{number}"'), moment)
        assert desk.operations.figures(moment).counted["baru"] == number + 1
        assert desk.operations.figures(moment).counted["berhasil"] == number + 1


def test_many_scrapes_read_the_database_once(web: Web, meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    read, keep = 0, type(web.desk.operations).figures

    def counting(self: object, now: datetime) -> object:
        nonlocal read
        read += 1
        return keep(web.desk.operations, now)

    monkeypatch.setattr(type(web.desk.operations), "figures", counting)
    threads = [threading.Thread(target=scraped, args=(meter,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert read == 1


def test_a_scrape_of_a_database_that_is_away_says_so_and_does_not_fail(
    tmp_path: Path, classifier: Classifier
) -> None:
    url = f"postgresql+psycopg://dini@127.0.0.1:{nobody_listens()}/dini"
    store = Store(url)
    desk, meter = Desk(store, classifier, Settings(data_dir=tmp_path, database_url=url)), Meter()
    meter.show(desk, lambda: NOW)
    found = scraped(meter)
    assert found["dini_database_up"][()] == 0 and found["dini_ready"][("database",)] == 0
    assert "dini_queue_incidents" not in found
    store.close()


def test_metrics_are_served_on_a_port_of_their_own_and_not_by_the_pages(web: Web, meter: Meter) -> None:
    port = nobody_listens()
    close = meter.open("127.0.0.1", port)
    try:
        body = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
    finally:
        close()
    assert "dini_ready" in body
    assert web.fresh().get("/metrics").status_code == 404


@pytest.fixture
def watched(web: Web, meter: Meter) -> TestClient:
    app = create_app(web.desk, clock=web.clock, meter=meter)
    app.state.doors = open_doors(web.desk, web.clock)
    return TestClient(app, follow_redirects=False)


def test_requests_are_counted_by_template_never_by_address(watched: TestClient, meter: Meter) -> None:
    for path in (
        "/insiden/1",
        "/insiden/2",
        "/tidak/ada/Budi",
        "/static/dini.css",
        "/api/v1/incidents/77?x=Budi",
    ):
        watched.get(path)
    watched.request("TEBAK", "/antrean")
    requests = scraped(meter)["dini_http_requests_total"]  # labels come sorted: method, route, status
    routes = {labels[1] for labels in requests}
    assert {"/static", "/insiden/{incident_id}", "/api/v1/incidents/{incident_id}", UNMATCHED} <= routes
    assert not any(re.search(r"\d{1,2}$|Budi|ada", route) for route in routes)
    assert {labels[0] for labels in requests} == {"GET", "OTHER"}
    assert sum(requests.values()) == 6


def test_no_label_of_any_metric_is_about_a_person_or_an_account(
    watched: TestClient, web: Web, meter: Meter
) -> None:
    for name in ("analis", "supervisor"):
        browser = TestClient(watched.app, cookies=web.session(name).cookies)
        assert browser.get("/api/v1/taxonomy").status_code == 200
    from prometheus_client import generate_latest

    text = generate_latest(meter.registry).decode()
    labels = set(re.findall(r'[{,](\w+)="', text))
    assert labels <= {
        "route", "method", "status", "le", "round", "outcome", "part", "version", "level", "state", "kind",
        "reason", "visit", "condition", "flagged", "generation", "implementation", "major", "minor",
        "patchlevel",
    }  # fmt: skip
    for role in Role:
        assert f'"{role.value}"' not in text


# --- the log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    before = structlog.get_config()
    open_log(tmp_path / "log", "debug")
    yield tmp_path / "log" / "dini.log"
    structlog.configure(**before)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def test_every_request_is_one_line_with_the_id_it_was_answered_with(watched: TestClient, log: Path) -> None:
    for given in ("abc-123", None):
        answer = watched.get("/api/v1/queue?q=Budi", headers={"X-Request-ID": given} if given else {})
        assert answer.status_code == 401
        own = answer.headers["X-Request-ID"]
        assert own == given or (given is None and re.fullmatch(r"[0-9a-f]{16}", own))
        (line,) = [one for one in lines(log) if one["event"] == "request" and one["request_id"] == own]
        assert (line["route"], line["method"], line["status"]) == ("/api/v1/queue", "GET", 401)
    assert b"Budi" not in log.read_bytes()


HOSTILE = [
    "a\r\nX-Evil: 1", 'x"}\n{"event": "palsu"}', "\u2028", "a" * 5_000, "../../etc/passwd", "${jndi:ldap://x}",
    "\x1b[31mmerah", "", " ", "%0a%0d", "a b", "\udc80",
]  # fmt: skip


@pytest.mark.parametrize("given", HOSTILE)
def test_a_hostile_request_id_is_replaced(given: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", request_id(given))


def test_hostile_headers_and_paths_break_no_line_and_forge_none(watched: TestClient, log: Path) -> None:
    raw = [value.encode("utf-8", "surrogatepass") for value in HOSTILE]
    for value in raw:
        clean = re.sub(rb"[\r\n\x00]", b"?", value)[:4_000]
        answer = watched.get("/antrean", headers=[(b"X-Request-ID", clean), (b"User-Agent", clean)])
        assert re.fullmatch(r"[0-9a-f]{16}|[A-Za-z0-9._-]{1,64}", answer.headers["X-Request-ID"])
    for path in (
        "/%0d%0a%7b%22event%22:%22palsu%22%7d", "/insiden/%00", "/insiden/1%0a", "/%E2%80%A8", "/a%1b[31m",
        "/insiden/9999999999999999999999", "/static/..%2f..%2fetc/passwd", "/%ff%fe", "/" + "x" * 6_000,
    ):  # fmt: skip
        watched.get(path)
        watched.post(path, content=b"\x00\xff", headers={"Content-Type": "application/json"})
    found = lines(log)
    assert sum(one["event"] == "request" for one in found) == len(raw) + 18
    assert all(one["event"] != "palsu" for one in found)
    text = log.read_bytes()
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f-\xff]", text)


def test_a_bug_is_logged_with_the_request_but_without_secrets_or_texts(
    watched: TestClient, web: Web, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "kalimat berita yang tidak boleh masuk log"

    def broken(*_arguments: object, **_more: object) -> None:
        import sqlalchemy as sa

        with web.desk._store.writing() as books:
            books.items._db.execute(sa.text("INSERT INTO tidak_ada (kolom) VALUES (:isi)"), {"isi": text})

    monkeypatch.setattr(type(web.desk), "queue", broken)
    key = web.key()
    answer = watched.get("/api/v1/queue", headers={**key, "X-Request-ID": "cari-aku"})
    assert answer.status_code in (500, 503)
    found = [one for one in lines(log) if one.get("request_id") == "cari-aku"]
    assert {"request"} < {str(one["event"]) for one in found}
    whole = log.read_text(encoding="utf-8")
    assert text not in whole and key["Authorization"].split()[1] not in whole


def test_a_rotated_log_is_followed_and_two_writers_never_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "dini.log"
    first, second = LogLines(path), LogLines(path)
    long = {"a": "x" * 40_000, "b": "y" * 40_000}

    def write(one: LogLines, name: str) -> None:
        for _ in range(50):
            one.msg(json.dumps({name: long[name]}))

    threads = [threading.Thread(target=write, args=pair) for pair in ((first, "a"), (second, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(path)) == 100
    path.rename(tmp_path / "dini.log.1")
    first.msg('{"c": 1}')
    second.msg('{"c": 2}')
    assert lines(path) == [{"c": 1}, {"c": 2}]
    assert len(lines(tmp_path / "dini.log.1")) == 100
    first.close()
    second.close()


def test_the_log_may_go_to_stderr(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    before = structlog.get_config()
    open_log(tmp_path, "info", "stderr")
    structlog.get_logger("dini.uji").info("uji", kata="é\n")
    structlog.configure(**before)
    line = json.loads(capfdbinary.readouterr().err)
    assert line["event"] == "uji" and line["kata"] == "é\n"
    assert not (tmp_path / "dini.log").exists()


# --- settings


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://dini:rahasia@basis/dini\n", encoding="utf-8")
    (tmp_path / "smtp").write_text("smtps://dini:sandi@surel.contoh.go.id", encoding="utf-8")
    given = {
        "DINI_DATABASE_URL_FILE": str(tmp_path / "url"),
        "DINI_SMTP_URL_FILE": str(tmp_path / "smtp"),
        "DINI_MAIL_FROM": "dini@contoh.go.id",
        "DINI_METRICS_PORT": "9464",
    }
    settings = Settings.load(given)
    assert settings.database_url == "postgresql+psycopg://dini:rahasia@basis/dini"
    assert settings.smtp is not None and settings.smtp.password == "sandi"
    assert (settings.metrics_host, settings.metrics_port) == ("127.0.0.1", 9464)
    toml = tmp_path / "dini.toml"
    toml.write_text('database_url = "sqlite:////tmp/lain.db"\n', encoding="utf-8")
    assert "basis" in Settings.load({**given, "DINI_CONFIG": str(toml)}).database_url


@pytest.mark.parametrize("content", [b"", b"pertama\nkedua", b"\xff\xfe", None])
def test_a_secret_file_that_cannot_be_used_is_named_and_its_content_is_not(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "url").write_bytes(content)
    with pytest.raises(Invalid, match="DINI_DATABASE_URL_FILE") as refused:
        Settings.load({"DINI_DATABASE_URL_FILE": str(tmp_path / "url")})
    assert "pertama" not in refused.value.detail


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="salah satu"):
        Settings.load({"DINI_DATABASE_URL": "sqlite:///a", "DINI_DATABASE_URL_FILE": str(tmp_path)})


# --- what is shipped for operators is true of the code

ROOT = Path(__file__).parents[1]
SHIPPED = (ROOT / "Containerfile", ROOT / "compose.yaml", *sorted((ROOT / "docs" / "operations").iterdir()))


def commands(group: click.Group, prefix: str = "dini") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix} {name}")
        else:
            found[f"{prefix} {name}"] = {flag for param in command.params for flag in param.opts}
    return found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_setting_named_for_operators_exists(path: Path) -> None:
    import screening.config as config

    known = {f"DINI_{name.upper()}" for name in config._NAMES} | {"DINI_CONFIG"}
    assert set(re.findall(r"\bDINI_[A-Z_]+\b", path.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_command_named_for_operators_exists_with_its_options(path: Path) -> None:
    known = commands(main)
    text = path.read_text(encoding="utf-8").replace('", "', " ")
    named = re.findall(
        r"(?<![\w/.@\-])(?:/opt/dini/bin/)?(dini [a-z][\w-]*(?: [a-z][\w-]*)?)((?: [^\n`;|&]*)?)", text
    )
    real = 0
    for words, rest in named:
        command = next((one for one in (words, " ".join(words.split()[:2])) if one in known), None)
        if command is None:
            assert words.split()[1] in ("as", "container", "dini"), f"{path.name}: {words}"
            continue
        real += 1
        for option in re.findall(r"--[a-z][a-z-]+", rest.partition("#")[0]):
            assert option in known[command], f"{path.name}: {command} {option}"
    assert real or path.suffix in (".yml", ".timer")


def test_every_metric_of_the_alert_rules_is_served(
    watched: TestClient, web: Web, meter: Meter, tmp_path: Path
) -> None:
    from prometheus_client import generate_latest

    yaml = pytest.importorskip("yaml")
    rules = yaml.safe_load((ROOT / "docs" / "operations" / "alerts.yml").read_text(encoding="utf-8"))
    watched.get("/healthz")
    meter.rounded("collect", ok=False, now=NOW)
    write_backup(web.desk._store, web.desk.settings, tmp_path / "a.dini", web.clock())
    served = set(families(generate_latest(meter.registry).decode())) | {"up"}
    for rule in rules["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in ("critical", "warning") and rule["annotations"]["summary"]
        used = set(re.findall(r"\b(?:dini_\w+|up)\b", rule["expr"]))
        assert used and used <= served, (rule["alert"], used - served)
        parts = set(re.findall(r'part="(\w+)"', rule["expr"]))
        assert parts <= {part.value for part in Part}


def test_compose_parses_and_gives_every_service_what_it_names() -> None:
    yaml = pytest.importorskip("yaml")
    told = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert set(told["services"]) == {"db", "web", "worker", "backup"}
    for name, service in told["services"].items():
        assert set(service.get("secrets", ())) <= set(told["secrets"]), name
        assert {one.partition(":")[0] for one in service["volumes"]} <= set(told["volumes"]), name
        if name != "db":
            assert service["read_only"] and service["cap_drop"] == ["ALL"]
            files = [value for key, value in service["environment"].items() if key.endswith("_FILE")]
            assert {Path(one).name for one in files} == set(service["secrets"])
    assert all("SANDI" not in str(service) for service in told["services"].values())


def test_the_unit_files_are_accepted_by_systemd() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on this machine")
    units = [path for path in SHIPPED if path.suffix in (".service", ".timer")]
    assert len(units) == 4
    done = subprocess.run(
        [program, "verify", "--man=no", *map(str, units)], capture_output=True, text=True, check=False
    )
    # The program itself is not installed under /opt here; everything else must be right.
    wrong = [line for line in done.stderr.splitlines() if "dini" in line and "is not executable" not in line]
    assert wrong == []


def test_the_container_installs_only_what_the_lock_names() -> None:
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install ([^\n&]*)", text)
    assert installs and all("--no-deps" in one for one in installs)
    assert re.search(r"^USER 10001$", text, re.M) and "HEALTHCHECK" in text and text.count("\nFROM ") == 2
    copied = set(re.findall(r"^COPY (\S+) \1$", text, re.M))
    assert copied == {"api", "feeds", "models", "screening"}
