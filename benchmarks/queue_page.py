"""How fast the queue is with 100,000 incidents: page, filters, live poll and following changes over REST.

    python benchmarks/queue_page.py [--incidents N] [--requests N] [--database URL]

Rows are synthetic and inserted directly; the requests are those of a signed-in browser, of the province and
of a regency, through the real app. Without `--database` a SQLite file in a temporary folder is used; a
database that this program filled before is used as it is. Target: p95 under 300 ms.
"""

from __future__ import annotations

import argparse
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])  # the folder of this file has files named as our packages

import sqlalchemy as sa  # noqa: E402
from fastapi.testclient import TestClient  # noqa: E402

import models  # noqa: E402
from api import create_app  # noqa: E402
from api.auth import SESSION_COOKIE, SESSION_LIFE, fingerprint  # noqa: E402
from api.logs import open_log  # noqa: E402
from screening import Account, Desk, Role, Settings, Severity, Store  # noqa: E402
from screening.said import write_assessment  # noqa: E402
from screening.schema import (  # noqa: E402
    account,
    assessment,
    holding,
    incident,
    incident_item,
    incident_office,
    item,
    review,
    source,
    wording,
)
from screening.taxonomy import ISSUE_TERMS, REGENCIES  # noqa: E402
from screening.triage import rank  # noqa: E402
from screening.watching import wording as worded  # noqa: E402

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CHUNK = 5_000
TARGET = 0.300
AREAS = ("kalteng",) * 8 + ("luar", "belum_jelas")
REGENCY = "62.02"
WORDS = " ".join(
    (
        "warga portal jalan kebun sawit plasma tuntut lahan desa bentrok pemuda pasar tambang emas razia",
        "polisi massa demo kantor bupati pilkada sengketa adat hutan banjir buruh upah mogok pabrik truk",
        "spbu solar langka karhutla asap sekolah rumah ibadah warung kapal sungai pelabuhan jembatan",
        "listrik padam harga beras",
    )
).split()


def fill(desk: Desk, store: Store, incidents: int) -> None:
    """Incidents of a year, a tenth of them open, the others decided; one report each."""
    luck = random.Random(5)
    said = desk.classifier.assess(
        [
            models.Document(
                id="1", title="Warga portal jalan kebun", text="Puluhan warga memortal jalan kebun."
            )
        ]
    )[0]
    text = write_assessment(said)
    with store.writing() as books:
        db = books.incidents._db
        db.execute(
            source.insert(),
            [
                {
                    "url": f"https://{n}.example/",
                    "url_hash": f"{n:064d}",
                    "name": f"Media {n}",
                    "owner": "",
                    "area": "kalteng",
                    "tier": f"tingkat {n % 4 + 1}",
                    "note": "",
                    "state": "ok",
                    "etag": "",
                    "last_modified": "",
                    "added_at": NOW,
                    "due_at": NOW,
                    "last_reason": "",
                    "failures": 0,
                    "items": 0,
                }
                for n in range(1, 201)
            ],
        )
        analyst = db.execute(sa.select(account.c.id).where(account.c.name == "analis")).scalar_one()
        for start in range(1, incidents + 1, CHUNK):
            numbers = range(start, min(start + CHUNK, incidents + 1))
            rows: dict[str, list[dict[str, object]]] = {
                name: [] for name in ("item", "said", "incident", "office", "joined", "words", "review")
            }
            for n in numbers:
                at = NOW - timedelta(minutes=luck.random() * 525_600)
                title = " ".join(luck.choices(WORDS, k=9)).capitalize()
                level, done = luck.choice((1, 1, 1, 2, 2, 3, 4)), luck.random() < 0.9
                code, name = luck.choice(REGENCIES)
                rows["item"].append(
                    {
                        "id": n,
                        "source_id": n % 200 + 1,
                        "identity": f"{n:064d}",
                        "key": str(n),
                        "key_hash": f"{n:064d}",
                        "link": f"https://contoh.example/{n}",
                        "link_hash": f"{n:064d}",
                        "title": title,
                        "text": title * 6,
                        "html": "",
                        "content_hash": f"{n:064d}",
                        "published": at,
                        "published_raw": "",
                        "date_suspect": False,
                        "first_seen": at,
                        "last_changed": at,
                        "version": 1,
                    }
                )
                rows["said"].append(
                    {
                        "item_id": n,
                        "relevance": 0.9,
                        "flagged": True,
                        "threshold": 0.3,
                        "issue": "E1",
                        "form": "F3",
                        "realis": "A",
                        "place_kind": "regency",
                        "regency": code,
                        "said": text,
                        "model": "uji",
                        "at": at,
                    }
                )
                issue, area = luck.choice(ISSUE_TERMS).code, luck.choice(AREAS)
                if area != "luar":
                    rows["office"].append({"incident_id": n, "office": code, "why": "tempat"})
                points = rank(
                    severity=Severity(level), voices=1, relevance=0.9, unsure=False, last_published=at
                )
                rows["incident"].append(
                    {
                        "id": n,
                        "title": title,
                        "issue": issue,
                        "machine_issue": issue,
                        "machine_form": "F3",
                        "form": "F3",
                        "realis": "A",
                        "severity": level,
                        "machine_severity": level,
                        "severity_rule": "S1",
                        "severity_why": "Uji.",
                        "area": area,
                        "place_code": code,
                        "place_name": name,
                        "machine_place": code,
                        "status": luck.choice(("baru", "berkembang", "mereda")),
                        "relevance": 0.9,
                        "reports": 1,
                        "voices": 1,
                        "first_published": at,
                        "last_published": at,
                        "detected_at": at,
                        "lead_item_id": n,
                        "decision": "terima" if done else None,
                        "review_id": n if done else None,
                        "reviewed_by": "analis" if done else "",
                        "reviewed_at": at if done else None,
                        "is_open": not done,
                        "rank": points,
                    }
                )
                rows["joined"].append(
                    {"item_id": n, "incident_id": n, "same_text_as": None, "joined_at": at, "why": ""}
                )
                rows["words"].append({"incident_id": n, "words": worded(title, [title])})
                if done:
                    rows["review"].append(
                        {
                            "id": n,
                            "incident_id": n,
                            "decision": "terima",
                            "note": "",
                            "account_id": analyst,
                            "at": at,
                            "machine_severity": level,
                        }
                    )
            for table, name in (
                (item, "item"),
                (assessment, "said"),
                (incident, "incident"),
                (incident_office, "office"),
                (incident_item, "joined"),
                (wording, "words"),
                (review, "review"),
            ):
                db.execute(table.insert(), rows[name])
        held = [
            {"incident_id": n, "account_id": analyst, "since": NOW, "until": NOW + timedelta(minutes=30)}
            for n in range(1, 400, 4)
        ]
        db.execute(holding.insert(), held)
    # What autovacuum does within a minute of such a load, and what index-only counts need.
    with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        plain.execute(sa.text("VACUUM ANALYZE" if store.dialect == "postgresql" else "ANALYZE"))


def timed(ask: Callable[[], object], requests: int) -> tuple[float, float]:
    ask()
    took = []
    for _ in range(requests):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return statistics.median(took), sorted(took)[max(0, int(len(took) * 0.95) - 1)]


def signed_in(desk: Desk, who: Account) -> TestClient:
    made = secrets.token_urlsafe(32)
    desk.open_session(fingerprint(made), who.id, "csrf", NOW, NOW + SESSION_LIFE)
    client = TestClient(create_app(desk, clock=lambda: NOW), follow_redirects=False)
    client.cookies.set(SESSION_COOKIE, made)
    return client


def prepared(desk: Desk, store: Store, incidents: int) -> tuple[Account, Account]:
    """Analysts of the province and of a regency, each with a watch topic, over a filled database."""
    names = {one.name: one for one in desk.offices.accounts()}
    if "analis" in names:
        return names["analis"], names["kotim"]
    whole = desk.create_account("analis", Role.ANALYST, "x", NOW, must_change=False)
    part = desk.create_account("kotim", Role.ANALYST, "x", NOW, must_change=False, office=REGENCY)
    began = time.perf_counter()
    fill(desk, store, incidents)
    print(f"{incidents:,} incidents on {store.dialect}, written in {time.perf_counter() - began:.0f} s")
    for who, title in ((whole, "Sawit"), (part, "Sawit Kotim")):
        desk.topics.add(title, "kebun sawit, plasma", who, NOW)
    return whole, part


def paths_of(client: TestClient, topic: int) -> dict[str, str]:
    page = client.get("/antrean").text
    shown = [part.split('"', 1)[0] for part in page.split('data-id="')[1:]]
    onward = page.split('rel="next"')[0].rsplit("/antrean?", 1)[1].split('"')[0].replace("&amp;", "&")
    return {
        "GET /antrean": "/antrean",
        "all, decided too": "/antrean?status=all",
        "second page": f"/antrean?{onward}",
        "level, regency, issue": f"/antrean?tingkat=3&daerah={REGENCY}&isu=P1",
        "words (a common one)": "/antrean?kata=sawit",
        "words (common, all)": "/antrean?kata=sawit&status=all",
        "words (none has them)": "/antrean?kata=komodo&status=all",
        "a topic": f"/antrean?topik={topic}",
        "a topic, all": f"/antrean?topik={topic}&status=all",
        "source tier": "/antrean?sumber=tingkat+1",
        "source tier, all": "/antrean?sumber=tingkat+1&status=all",
        "in nobody's hands": "/antrean?pegang=bebas",
        "in my hands": "/antrean?pegang=saya&status=all",
        "live poll": f"/antrean/kabar?sejak=2026-11-24T01:45:00Z&ids={','.join(shown)}",
        "REST, first page": "/api/v1/incidents",
        "REST, changed in a day": "/api/v1/incidents?order=changed&merged=true"
        "&updated_since=2026-11-23T02:00:00Z",
        "REST, in 30 days": "/api/v1/incidents?order=changed&merged=true&updated_since=2026-10-25T02:00:00Z",
        "REST, all by change": "/api/v1/incidents?order=changed&merged=true",
    }


def measure(client: TestClient, topic: int, requests: int) -> list[str]:
    """Prints a row for each request; returns those over the target."""
    slow = []
    paths = paths_of(client, topic)
    for name, path in paths.items():
        assert client.get(path).status_code == 200, path
        half, most = timed(lambda path=path: client.get(path), requests)  # type: ignore[misc]
        slow += [name] if most > TARGET else []
        print(f"{name:24} p50 {half * 1000:6.1f} ms   p95 {most * 1000:6.1f} ms")
    headers = {"If-None-Match": client.get(paths["live poll"]).headers["etag"]}
    assert client.get(paths["live poll"], headers=headers).status_code == 304
    half, most = timed(lambda: client.get(paths["live poll"], headers=headers), requests)
    print(f"{'live poll, unchanged':24} p50 {half * 1000:6.1f} ms   p95 {most * 1000:6.1f} ms")
    return slow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{folder}/dini.db"
        settings = Settings(data_dir=Path(folder), database_url=url, log_level="warning")
        open_log(Path(folder), "warning")
        store = Store(url)
        desk = Desk(store, models.load_shipped(), settings)
        desk.set_up(NOW)
        slow = []
        for who in prepared(desk, store, asked.incidents):
            print(f"-- {store.dialect}, analyst of {who.office}")
            topic = desk.topics.all(who.sight)[0].id
            over = measure(signed_in(desk, who), topic, asked.requests)
            slow += [f"{name} ({who.office})" for name in over]
        print("over the target: " + (", ".join(slow) or "none"))
        desk.close()


if __name__ == "__main__":
    main()
