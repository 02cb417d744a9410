"""Ground of the indicator tests: a small history laid straight into the tables, and every indicator worked
out a second time from whole tables by plain loops, numpy and scipy, sharing nothing with the code under test.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from indicator_work import worked
from scipy.stats import binomtest

from screening import schema

Row = dict[str, Any]
Numbers = tuple[float | None, float | None, int | None, int]  # value, P90, numerator, n
HOURS_TO_WIB = timedelta(hours=7)
LIMITS = {4: 15, 3: 60, 2: 240}
REGENCIES = [f"62.{n:02}" for n in range(1, 14)] + ["62.71"]


def history(
    connection: sa.Connection, now: datetime, count: int = 90, seed: int = 7, span: int = 150
) -> None:
    """Four sources (one added late), `count` incidents of the `span` days before `now`, with what happens to
    incidents: reviews in turn, doubtful dates, settlements, merges, places in and outside.
    """
    dice = random.Random(seed)
    put = lambda table, **values: connection.execute(table.insert().values(**values))  # noqa: E731
    put(
        schema.account, id=1, name="uji", role="analis", password_hash="", must_change=False, active=True,
        created_at=now,
    )  # fmt: skip
    for number, (owner, days) in enumerate((("Grup", 200), ("Grup", 200), ("", 200), ("Lain", 40)), 1):
        put(
            schema.source, id=number, url=f"https://{number}.example", url_hash=str(number),
            name=f"S{number}", owner=owner, area="kalteng", tier="", note="", state="ok", etag="",
            last_modified="", added_at=now - timedelta(days=days), due_at=now,
            last_reason="", failures=0, items=0,
        )  # fmt: skip
        for day in range(0, days, 9):
            since = midnight(local_day(now) - timedelta(days=day))
            for what in ("berhasil", "gagal", "baru"):
                if total := dice.randrange(5):
                    put(schema.tally, source_id=number, since=since, what=what, total=total)
    item_id = 0
    for number in range(1, count + 1):
        found = now - timedelta(minutes=dice.randrange(span * 1440))
        if number % 11 == 0:
            found = midnight(local_day(found))  # the very edge of a day
        place = dice.choice(["62.02", "62.02.05", "62.02.05", "62.07.03", "62.07.03", "62.71.01", "62", None])
        area = "luar" if number % 13 == 0 else "belum_jelas" if place is None else "kalteng"
        form = dice.choice(["F1", "F2", "F3", "F5", "F6"])
        level = 1 if form == "F2" else dice.choice([1, 2, 2, 3, 3, 4])
        issue = dice.choice(["E1", "S5", "P3", "N"] if number % 5 == 0 else ["E1", "S5", "P3"])
        reports = []
        for _ in range(dice.choice([1, 1, 2, 3])):
            item_id += 1
            reports.append(item_id)
            seen = found + timedelta(minutes=dice.choice([0, 0, 90, 4000]))
            put(
                schema.item, id=item_id, source_id=dice.randrange(1, 5), identity=str(item_id), key="",
                key_hash="", link="", link_hash="", title="Judul", text="", html="",
                content_hash=str(item_id),
                published=seen - timedelta(minutes=dice.choice([4, 30, 45, 200, 3000, -20])),
                published_raw="", date_suspect=dice.random() < 0.2, first_seen=seen,
                last_changed=seen, version=1,
            )  # fmt: skip
            put(
                schema.assessment, item_id=item_id, relevance=0.9, flagged=True, threshold=0.3, issue=issue,
                form="F8" if dice.random() < 0.3 else form, realis="A", place_kind="regency",
                regency=dice.choice(["62.02", "62.07", "62.71", None]), said="{}", model="uji", at=seen,
            )  # fmt: skip
        put(
            schema.incident, id=number, title=f"Insiden {number}", issue=issue,
            machine_issue=dice.choice(["E1", "S5"]), machine_form=form, form=form,
            realis=dice.choice(["A", "A", "A", "R", "H"]), severity=level,
            machine_severity=level, severity_rule="", severity_why="", area=area, place_code=place,
            place_name="", machine_place=None, relevance=0.9,
            status=dice.choice(["baru", "berkembang", "selesai", "selesai"]),
            reports=len(reports), voices=1, first_published=found, last_published=found, detected_at=found,
            lead_item_id=reports[0], reviewed_by="", is_open=True, rank=0.0,
            merged_into=1 if number % 17 == 0 else None,
        )  # fmt: skip
        for each in reports:
            put(schema.incident_item, item_id=each, incident_id=number, joined_at=found, why="")
        when = found
        for _ in range(dice.choice([0, 1, 1, 1, 2])):
            when += timedelta(minutes=dice.choice([3, 14, 59, 61, 239, 500, 2000]))
            if when >= now:
                break
            decision = dice.choice(["terima", "terima", "tolak", "ragu"])
            reason = dice.choice(["bukan_isu", "duplikat"]) if decision == "tolak" else None
            given = {"form": "F2", "severity": 3} if number == 44 else {"form": None, "severity": None}
            made = put(
                schema.review, incident_id=number, decision=decision, reason=reason, place_code=None, note="",
                account_id=1, at=when, machine_severity=dice.choice([level, level - 1]),
                issue=None, **given,
            )  # fmt: skip
            newest = {"decision": decision, "review_id": schema.inserted_id(made), "reviewed_at": when}
            connection.execute(
                schema.incident.update().where(schema.incident.c.id == number).values(**newest)
            )

    for day in range(30):  # ordinary news: three articles a day, of one group or of two outlets
        for source_id in (1, 2, dice.choice([1, 2, 3])):
            item_id += 1
            seen = midnight(local_day(now) - timedelta(days=day)) + timedelta(hours=dice.randrange(24))
            put(
                schema.item, id=item_id, source_id=source_id, identity=str(item_id), key="", key_hash="",
                link="", link_hash="", title="Judul", text="", html="", content_hash=str(item_id),
                published=seen, published_raw="", date_suspect=False, first_seen=seen, last_changed=seen,
                version=1,
            )  # fmt: skip
            put(
                schema.assessment, item_id=item_id, relevance=0.1, flagged=False, threshold=0.3,
                place_kind="regency", regency="62.13", said="{}", model="uji", at=seen,
            )  # fmt: skip


def recomputed(
    connection: sa.Connection, office: str, first: date, last: date, now: datetime
) -> dict[tuple[str, str], Numbers]:
    """(code, part) to its numbers, value None where there are under five cases."""
    tables = {name: rows(connection, name) for name in ("incident", "review", "item", "source", "tally")}
    links = {row["item_id"]: row["incident_id"] for row in rows(connection, "incident_item")}
    said = {row["item_id"]: row for row in rows(connection, "assessment")}
    added = {row["id"]: row["added_at"] for row in tables["source"]}
    outlet = {row["id"]: row["owner"] or row["name"] for row in tables["source"]}
    reports: dict[int, list[Row]] = defaultdict(list)
    for row in tables["item"]:
        if row["id"] in links:
            reports[links[row["id"]]].append(row)
    reviews: dict[int, list[Row]] = defaultdict(list)
    undone = {row["review_id"] for row in rows(connection, "retraction")}
    for row in sorted(tables["review"], key=lambda row: row["id"]):
        if row["id"] not in undone:
            reviews[row["incident_id"]].append(row)

    here = [row for row in tables["incident"] if in_office(row, office)]
    inside = [row for row in here if first <= local_day(row["detected_at"]) <= last]
    whole = [row for row in inside if row["merged_into"] is None]
    threats = [row for row in whole if is_threat(row)]
    told: dict[tuple[str, str], Numbers] = {}

    delays = []
    for row in whole:
        good = [
            each["published"] for each in reports[row["id"]]
            if not each["date_suspect"]
            and added[each["source_id"]] <= each["published"] <= each["first_seen"]
        ]  # fmt: skip
        stored = min((each["first_seen"] for each in reports[row["id"]]), default=None)
        if good and stored is not None and stored >= min(good):
            delays.append(minutes(stored - min(good)))
    told["IO-1", ""] = middle(delays)

    def shown(row: Row) -> int:
        seen = reviews[row["id"]]
        return int(seen[0]["machine_severity"] if seen else row["machine_severity"])

    waits = [
        (shown(row), minutes(reviews[row["id"]][0]["at"] - row["detected_at"]))
        for row in whole
        if reviews[row["id"]]
    ]
    told["IO-2", ""] = middle([wait for _, wait in waits])
    told["IO-2", "menunggu"] = total(sum(not reviews[row["id"]] for row in whole), len(whole))
    kept: dict[int, list[bool]] = {4: [], 3: [], 2: []}
    for row in whole:
        level = shown(row)
        if level in LIMITS:
            age = minutes(now - row["detected_at"])
            wait = minutes(reviews[row["id"]][0]["at"] - row["detected_at"]) if reviews[row["id"]] else None
            if wait is not None or age > LIMITS[level]:
                kept[level].append(wait is not None and wait <= LIMITS[level])
    told["IO-2", "batas"] = part([one for level in kept.values() for one in level])
    for level, hits in kept.items():
        told["IO-2", f"batas-l{level}"] = part(hits)
    for level in (4, 3, 2, 1):
        told["IO-2", f"l{level}"] = middle([wait for each, wait in waits if each == level])

    ripe = [row for row in threats if now - row["detected_at"] >= timedelta(days=90)]
    told["IO-6", ""] = part([
        row["status"] == "selesai"
        and any(
            said[each["id"]]["form"] == "F8" and each["published"] <= row["detected_at"] + timedelta(days=90)
            for each in reports[row["id"]]
        )
        for row in ripe
    ])  # fmt: skip

    flags: dict[str, list[bool]] = defaultdict(list)
    for row in whole:
        newest = next((each for each in reviews[row["id"]] if each["id"] == row["review_id"]), None)
        if newest and newest["decision"] != "ragu" and newest["reason"] != "duplikat":
            flags[row["machine_issue"]].append(newest["decision"] == "terima")
    told["IO-7", ""] = part([one for hits in flags.values() for one in hits])
    for issue, hits in flags.items():
        told["IO-7", issue] = part(hits)

    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    over = [day for day in days if midnight(day + timedelta(days=1)) <= now]
    regencies = REGENCIES if office == "62" else [office]
    begun = min((row["since"] for row in tables["tally"]), default=None)
    read: dict[tuple[date, str], list[str]] = defaultdict(list)
    for row in tables["item"]:
        if regency := said[row["id"]]["regency"]:
            read[local_day(row["first_seen"]), regency].append(outlet[row["source_id"]])
    cells = [read[day, code] for day in over if begun and day >= local_day(begun) for code in regencies]
    told["IO-10", ""] = part([len(cell) >= 3 and len(set(cell)) >= 2 for cell in cells])
    told["IO-10", "tak-terpantau"] = total(sum(not cell for cell in cells), len(cells))
    good, bad = (
        sum(
            row["total"] for row in tables["tally"]
            if row["what"] == what and first <= local_day(row["since"]) <= last
        )
        for what in ("berhasil", "gagal")
    )  # fmt: skip
    told["IO-10", "umpan"] = (100 * good / (good + bad) if good + bad >= 5 else None, None, good, good + bad)

    groups: dict[tuple[date, str], list[bool]] = defaultdict(list)
    for row in whole:
        day, regency = local_day(row["detected_at"]), (row["place_code"] or "")[:5]
        if day in over and regency in REGENCIES:
            seen = reviews[row["id"]]
            groups[day, regency].append(bool(seen) and local_day(seen[0]["at"]) == day)
    told["IO-11", ""] = part([all(group) for group in groups.values()])

    leads: list[float | None] = []
    for row in threats:
        if row["severity"] >= 3:
            before = [
                row["detected_at"] - each["detected_at"]
                for each in here
                if each["merged_into"] is None and is_threat(each) and each["severity"] in (1, 2)
                and len(row["place_code"] or "") >= 8
                and (each["place_code"] or "")[:8] == row["place_code"][:8]
                and timedelta(0) < row["detected_at"] - each["detected_at"] <= timedelta(days=30)
            ]  # fmt: skip
            leads.append(minutes(max(before)) / 60 if before else None)
    told["IO-14", ""] = part([lead is not None for lead in leads])
    told["IO-14", "waktu-dini"] = middle([lead for lead in leads if lead is not None])

    peaceful = [
        row for row in inside
        if "F2" in (row["form"], row["machine_form"])
        or any(each["form"] == "F2" for each in reviews[row["id"]])
    ]  # fmt: skip
    raised = [
        row for row in peaceful
        if (row["form"] == "F2" and row["severity"] > 1)
        or (row["machine_form"] == "F2" and row["machine_severity"] > 1)
        or any(each["form"] == "F2" and (each["severity"] or 0) > 1 for each in reviews[row["id"]])
    ]  # fmt: skip
    told["IO-15", ""] = total(len(raised), len(peaceful))
    return told | worked(connection, office, first, last, now, whole)


def agree(found: Numbers, wanted: Numbers) -> bool:
    """The same numbers, times to a ten-thousandth."""
    near: Callable[[float | None, float | None], bool] = lambda one, other: (  # noqa: E731
        one is other if one is None or other is None else abs(one - other) < 1e-3
    )
    return near(found[0], wanted[0]) and near(found[1], wanted[1]) and found[2:] == wanted[2:]


def wilson(hits: int, n: int) -> tuple[float, float]:
    interval = binomtest(hits, n).proportion_ci(method="wilson")
    return 100 * interval.low, 100 * interval.high


def rows(connection: sa.Connection, table: str) -> list[Row]:
    return [dict(row._mapping) for row in connection.execute(sa.select(schema.metadata.tables[table]))]


def in_office(row: Row, office: str) -> bool:
    if office == "62":
        return bool(row["area"] != "luar")
    return row["area"] == "kalteng" and (row["place_code"] or "")[:5] == office


def is_threat(row: Row) -> bool:
    return (
        row["realis"] in "AR" and row["issue"] != "N" and row["form"] != "F2" and row["decision"] != "tolak"
    )


def local_day(moment: datetime) -> date:
    return (moment + HOURS_TO_WIB).date()


def midnight(day: date) -> datetime:
    from datetime import UTC, time

    return datetime.combine(day, time(), tzinfo=UTC) - HOURS_TO_WIB


def minutes(span: timedelta) -> float:
    return span.total_seconds() / 60


def middle(values: list[float]) -> Numbers:
    if len(values) < 5:
        return None, None, None, len(values)
    return float(np.median(values)), float(np.quantile(values, 0.9, method="inverted_cdf")), None, len(values)


def part(hits: list[bool]) -> Numbers:
    return (100 * float(np.mean(hits)) if len(hits) >= 5 else None), None, sum(hits), len(hits)


def total(hits: int, n: int) -> Numbers:
    return (float(hits) if n else None), None, hits, n
