"""What people do in a random month (papers, follow-ups, grades, second readings, samples, retractions), laid
straight into the tables, and the indicators of it worked out again from whole tables by plain loops.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from screening import schema

Row = dict[str, Any]
Numbers = tuple[float | None, float | None, int | None, int]  # value, P90, numerator, n
WIB = timedelta(hours=7)
DAY = timedelta(days=1)


def work(connection: sa.Connection, now: datetime, seed: int = 11) -> None:
    """Upon incidents that are there already: of each some of what may happen to it."""
    dice = random.Random(seed)

    def put(table: str, **values: Any) -> Any:
        made = connection.execute(schema.metadata.tables[table].insert().values(**values))
        return made.inserted_primary_key[0] if made.inserted_primary_key else None

    put(
        "account", id=2, name="kedua", role="analis", password_hash="", must_change=False, active=True,
        created_at=now,
    )  # fmt: skip
    reviews = rows(connection, "review")
    for row in reviews:
        if dice.random() < 0.12:
            put("retraction", review_id=row["id"], account_id=row["account_id"], at=now)
    undone = {row["review_id"] for row in rows(connection, "retraction")}
    for one in rows(connection, "incident"):
        number, found = one["id"], one["detected_at"]
        stands = [row for row in reviews if row["incident_id"] == number and row["id"] not in undone]
        newest = max(stands, key=lambda row: row["id"], default=None)
        connection.execute(
            schema.incident.update()
            .where(schema.incident.c.id == number)
            .values(
                decision=newest["decision"] if newest else None,
                review_id=newest["id"] if newest else None,
                reviewed_at=newest["at"] if newest else None,
            )
        )
        for _ in range(dice.choice([0, 0, 1, 1, 2])):
            made = found + timedelta(minutes=dice.choice([20, 90, 700]))
            sent = made + timedelta(minutes=dice.choice([0, 30, 400, 2000]))
            state = dice.choice(["draf", "terkirim", "terkirim", "terkirim", "dicabut"])
            when = sent if state != "draf" and sent < now and dice.random() < 0.9 else None
            state = "draf" if when is None and state == "terkirim" else state
            memo = put(
                "memo", kind="LI", incident_id=number, office="62", number="", classification="BIASA",
                subject=f"Naskah {number}", state=state, version=2, created_at=made, created_by=1,
                sent_at=when, sent_by=1 if when else None,
            )  # fmt: skip
            for version in (1, 2):
                put(
                    "memo_version", memo_id=memo, version=version, fields="{}", findings="", account_id=1,
                    at=made,
                )  # fmt: skip
            steps = [("terkirim", when)] if when else []
            if when:
                steps += [("tanggapan", when + timedelta(hours=dice.choice([2, 30, 71, 73, 200])))
                          for _ in range(dice.choice([0, 1, 2]))]  # fmt: skip
                steps += [("diralat", when + timedelta(hours=9))] if dice.random() < 0.2 else []
            steps += [("dicabut", (when or made) + timedelta(hours=12))] if state == "dicabut" else []
            for kind, at in steps:
                if at < now:
                    put(
                        "memo_step", memo_id=memo, kind=kind, version=2, at=at, recorded_at=at,
                        institutions="Lembaga", words="", account_id=1,
                    )  # fmt: skip
        for _ in range(dice.choice([0, 0, 1, 2])):
            begun = found + timedelta(hours=dice.choice([1, 30, 160, 180, 400]))
            if begun < now:
                answer = begun + timedelta(hours=dice.choice([1, 20, 60]))
                put(
                    "follow_up", incident_id=number, what="Rapat", owner="Satpol PP", due_at=begun + DAY,
                    state=dice.choice(["direncanakan", "berjalan", "selesai", "batal"]), account_id=1,
                    at=begun, responded_at=answer if answer < now and dice.random() < 0.6 else None,
                )  # fmt: skip
        for _ in range(dice.choice([0, 0, 1, 1, 2])):
            taken_back = dice.random() < 0.2
            channel = dice.choice(["", "kepolisian", "fkub"])
            information = dice.choice([1, 2, 2, 3, 5]) if channel else dice.choice([2, 3])
            put(
                "grade", incident_id=number, letter=None if taken_back else "B",
                information=None if taken_back else information, channel="" if taken_back else channel,
                obtained="telepon", obtained_at=found, machine="C3", account_id=1, at=found,
            )  # fmt: skip
        if stands and dice.random() < 0.7 and newest and newest["decision"] != "ragu":
            first = stands[0]
            chosen = first["at"]
            answered = chosen + timedelta(hours=dice.choice([5, 50]))
            if answered >= now:
                continue
            level = one["severity"]
            answer = {
                "decision": dice.choice(["terima", "terima", "terima", "tolak", "ragu"]),
                "issue": dice.choice([one["issue"], one["issue"], "E2", None]),
                "form": dice.choice([one["form"], "F1"]),
                "severity": 1 if one["form"] == "F2" else dice.choice([level, level, 2]),
            }
            if answer["form"] == "F2":
                answer["severity"] = 1
            put(
                "second_reading", incident_id=number, first_review_id=first["id"], first_issue=one["issue"],
                first_form=one["form"], first_severity=level, first_place=None, chosen_at=chosen,
                state="dijawab", reader_id=2, given_at=chosen, reason=None, place_code=None, note="",
                seen_before=dice.random() < 0.1, differs=False, answered_at=answered, **answer,
            )  # fmt: skip
    reads = [row for row in rows(connection, "item") if row["id"] not in linked(connection)]
    by_week: dict[str, list[Row]] = defaultdict(list)
    for row in reads:
        year, week, _ = (row["first_seen"] + WIB).date().isocalendar()
        by_week[f"{year}-W{week:02}"].append(row)
    for week, items in by_week.items():
        put("sample_week", week=week, drawn_at=now, population=len(items) * 7, size=len(items))
        for position, row in enumerate(items):
            verdict = dice.choice(["ya", "tidak", "tidak", "tidak", "ragu", "luar", None])
            put(
                "sample_item", week=week, item_id=row["id"], kind="judul", position=position,
                verdict=verdict, account_id=1 if verdict else None, answered_at=now if verdict else None,
                promoted=False,
            )  # fmt: skip
    for number in range(14):
        noted = now - timedelta(days=dice.randrange(40))
        put(
            "learnt_elsewhere", day=(noted + WIB).date(), place_code=dice.choice(["62.02", "62.13"]),
            issue="E1", teller="kepolisian", incident_id=number + 1 if number % 3 == 0 else None,
            account_id=1, noted_at=noted, withdrawn_at=now if number % 5 == 0 else None,
        )  # fmt: skip


def worked(
    connection: sa.Connection, office: str, first: date, last: date, now: datetime, whole: Sequence[Row]
) -> dict[tuple[str, str], Numbers]:
    """IO-3, 4, 5, 8, 9, 12 and 13; `whole` are the office's incidents detected then and not merged away."""
    every = {row["id"]: row for row in rows(connection, "incident")}
    home = {number: row["merged_into"] or number for number, row in every.items()}
    undone = {row["review_id"] for row in rows(connection, "retraction")}
    reviews = [row for row in rows(connection, "review") if row["id"] not in undone]
    steps = rows(connection, "memo_step")
    ids = {row["id"] for row in whole}
    papers: dict[int, list[Row]] = defaultdict(list)
    for row in rows(connection, "memo"):
        if row["sent_at"] is not None and home[row["incident_id"]] in ids:
            papers[home[row["incident_id"]]].append(row)
    follow_ups: dict[int, list[Row]] = defaultdict(list)
    for row in rows(connection, "follow_up"):
        follow_ups[home[row["incident_id"]]].append(row)
    told: dict[tuple[str, str], Numbers] = {}

    def threat(row: Row) -> bool:
        kind = row["realis"] in ("A", "R") and row["issue"] != "N" and row["form"] != "F2"
        return kind and row["decision"] != "tolak"

    delays, answers, silent, followed = [], [], [], []
    for row in whole:
        mine = papers[row["id"]]
        if not mine:
            continue
        paper = min(mine, key=lambda each: (each["sent_at"], each["id"]))
        sent = paper["sent_at"]
        before = [
            each["at"] for each in reviews
            if each["incident_id"] == paper["incident_id"] and each["at"] <= sent
        ]  # fmt: skip
        if before:
            delays.append((sent - max(before)).total_seconds() / 60)
        numbers = {each["id"] for each in mine}
        heard = [each["at"] for each in steps if each["memo_id"] in numbers and each["kind"] == "tanggapan"]
        heard += [each["responded_at"] for each in follow_ups[row["id"]] if each["responded_at"]]
        after = [at for at in heard if at >= sent]
        if after:
            answers.append((min(after) - sent).total_seconds() / 3600)
        if now - sent >= 3 * DAY:
            silent.append(not any(at <= sent + 3 * DAY for at in after))
        if threat(row) and row["severity"] >= 2 and now - sent >= 7 * DAY:
            acts = [each["at"] for each in follow_ups[row["id"]] if each["state"] != "batal"] + after
            followed.append(any(at <= sent + 7 * DAY for at in acts))
    told["IO-3", ""], told["IO-4", ""] = middle(delays), middle(answers)
    told["IO-4", "tanpa-tanggapan"], told["IO-5", ""] = part(silent), part(followed)

    grades: dict[int, Row] = {}
    for row in rows(connection, "grade"):
        number = home[row["incident_id"]]
        if number not in grades or row["id"] > grades[number]["id"]:
            grades[number] = row
    told["IO-12", ""] = part([
        row["id"] in grades
        and grades[row["id"]]["information"] in (1, 2)
        and grades[row["id"]]["channel"] != ""
        for row in whole
        if threat(row) and row["severity"] >= 3
    ])  # fmt: skip
    told["IO-13", ""] = part([
        any(each["memo_id"] == paper["id"] and each["kind"] in ("diralat", "dicabut") for each in steps)
        for mine in papers.values()
        for paper in mine
    ])  # fmt: skip
    return told | sampled(connection, office, first, last) | alike(connection, office, first, last, undone)


def sampled(
    connection: sa.Connection, office: str, first: date, last: date
) -> dict[tuple[str, str], Numbers]:
    regency = {row["item_id"]: row["regency"] for row in rows(connection, "assessment")}
    items = {row["id"]: row for row in rows(connection, "item")}
    incidents = {row["id"]: row for row in rows(connection, "incident")}
    hits: list[bool] = []
    missed, caught, read = 0.0, 0, 0
    judged = [row for row in rows(connection, "sample_item") if row["verdict"] not in (None, "ragu")]
    for week in rows(connection, "sample_week"):
        year, number = week["week"].split("-W")
        monday = date.fromisocalendar(int(year), int(number), 1)
        told = [row for row in judged if row["week"] == week["week"]]
        if not (first <= monday <= last) or not told:
            continue
        here = [row for row in told if office in ("62", regency.get(row["item_id"]))]
        found = [row["verdict"] == "ya" for row in here]
        hits += found
        missed += sum(found) * week["population"] / len(told)
        read += len(here)
        for item_id, incident_id in linked(connection).items():
            day = (items[item_id]["first_seen"] + WIB).date()
            row = incidents[incident_id]
            if row["decision"] == "terima" and of(row, office) and monday <= day < monday + 7 * DAY:
                caught += 1
    enough = len(hits) >= 5
    notes = [
        row for row in rows(connection, "learnt_elsewhere")
        if row["withdrawn_at"] is None
        and first <= (row["noted_at"] + WIB).date() <= last
        and office in ("62", row["place_code"])
    ]  # fmt: skip
    share = 100 * caught / (caught + missed) if enough and caught + missed else None
    return {
        ("IO-8", ""): part(hits),
        ("IO-8", "terlewat"): (missed if enough else None, None, sum(hits), read),
        ("IO-8", "tertangkap"): (share, None, None, read),
        ("IO-8", "dari-tempat-lain"): (float(len(notes)) if notes else None, None, len(notes), len(notes)),
    }


def alike(
    connection: sa.Connection, office: str, first: date, last: date, undone: set[int]
) -> dict[tuple[str, str], Numbers]:
    incidents = {row["id"]: row for row in rows(connection, "incident")}
    reviews = {row["id"]: row for row in rows(connection, "review")}
    units: dict[str, list[tuple[Any, Any]]] = {"": [], "tingkat": [], "bentuk": [], "relevansi": []}
    for row in rows(connection, "second_reading"):
        one = reviews[row["first_review_id"]]
        if row["state"] != "dijawab" or row["seen_before"] or one["id"] in undone:
            continue
        if not first <= (row["answered_at"] + WIB).date() <= last:
            continue
        if not of(incidents[row["incident_id"]], office):
            continue
        sure = [each if each != "ragu" else None for each in (one["decision"], row["decision"])]
        units["relevansi"].append((sure[0], sure[1]))
        if "tolak" not in (one["decision"], row["decision"]):
            units[""].append((row["first_issue"], row["issue"]))
            units["tingkat"].append((row["first_severity"], row["severity"]))
            units["bentuk"].append((row["first_form"], row["form"]))
    told: dict[tuple[str, str], Numbers] = {}
    for key, pairs in units.items():
        whole = [pair for pair in pairs if None not in pair]
        value = alpha(whole, ordinal=key == "tingkat") if len(whole) >= 5 else None
        told["IO-9", key] = (value, None, None, len(whole))
    return told


def alpha(pairs: Sequence[tuple[Any, Any]], *, ordinal: bool) -> float | None:
    """Krippendorff's alpha of two values a unit, by its definition: every value against every other."""
    values = [value for pair in pairs for value in pair]
    counts = Counter(values)

    def apart(one: Any, other: Any) -> float:
        if not ordinal:
            return float(one != other)
        low, high = sorted((one, other))
        between = sum(n for value, n in counts.items() if low <= value <= high)
        return float((between - (counts[low] + counts[high]) / 2) ** 2)

    seen = sum(apart(one, other) for one, other in pairs) / len(pairs)
    all_pairs = [
        apart(one, other) for i, one in enumerate(values) for j, other in enumerate(values) if i != j
    ]
    chance = sum(all_pairs) / len(all_pairs)
    return 1 - seen / chance if chance else None


def of(row: Row, office: str) -> bool:
    if office == "62":
        return bool(row["area"] != "luar")
    return row["area"] == "kalteng" and (row["place_code"] or "")[:5] == office


def linked(connection: sa.Connection) -> dict[int, int]:
    return {row["item_id"]: row["incident_id"] for row in rows(connection, "incident_item")}


def rows(connection: sa.Connection, table: str) -> list[Row]:
    return [dict(row._mapping) for row in connection.execute(sa.select(schema.metadata.tables[table]))]


def middle(values: list[float]) -> Numbers:
    """The median, and the smallest value that nine in ten do not exceed."""
    n, ranked = len(values), sorted(values)
    if n < 5:
        return None, None, None, n
    return (ranked[(n - 1) // 2] + ranked[n // 2]) / 2, ranked[-(-9 * n // 10) - 1], None, n


def part(hits: list[bool]) -> Numbers:
    return (100 * sum(hits) / len(hits) if len(hits) >= 5 else None), None, sum(hits), len(hits)
