"""A typed client of Dini's API in one file: copy it beside your program. Python 3.11, standard library only.

    from dini_client import Client
    client = Client("https://dini.example.go.id", key="dini_...")
    for line in client.incidents(severity_min=2):
        print(line.incident.severity_name, line.incident.place_name, line.incident.title)

Answers that did not change are not sent again (ETag); 429, 503 and lost connections are tried again with a
growing pause. Webhooks: check the signature with `standardwebhooks.Webhook(secret).verify(body, headers)`
over the raw body before reading it, and treat an id you know already as delivered.
"""

from __future__ import annotations

import base64
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

AGAIN = (429, 502, 503, 504)
OVERLAP = timedelta(hours=1)  # a change is dated when its round began, so ask again from a little before
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The unit of Dini: one event. `severity` is an early-warning level, never a legal status."""

    id: int
    title: str
    issue: str
    form: str
    realis: str
    severity: int
    severity_name: str
    severity_why: str
    area: str
    place_code: str | None
    place_name: str
    status: str
    reports: int
    voices: int
    first_published: datetime | None
    last_published: datetime | None
    detected_at: datetime | None
    decision: str | None
    urgency: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An incident in a list; `merged_into` is not None when another one has its reports now."""

    incident: Incident
    changed_at: datetime
    merged_into: int | None
    protected: bool  # peaceful expression, protected by Law 9/1998: no threat
    source: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A stored news item: title and excerpt are masked, the text stays with its source."""

    item_id: int
    title: str
    excerpt: str
    source: str
    link: str
    published: datetime | None
    first_seen: datetime | None
    probability: float
    flagged: bool
    issue: str | None
    form: str | None
    place_code: str | None
    place_name: str
    incident_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What the machine says of a text that was given to it."""

    id: str
    relevance: float
    flagged: bool
    issue: str | None
    form: str | None
    severity: int
    place_code: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to judge; it is not stored."""

    title: str
    text: str = ""
    id: str | None = None
    published: str = ""
    url: str = ""


class DiniError(Exception):
    """A refusal (RFC 9457): `status`, and `detail` in words for people."""

    def __init__(self, status: int, title: str, detail: str, reference: str = "") -> None:
        super().__init__(f"{status} {title}: {detail}" + (f" ({reference})" if reference else ""))
        self.status = status
        self.title = title
        self.detail = detail
        self.reference = reference


class Client:
    """One service and one key. `tries` counts the first one; `kept` answers are held for their ETags."""

    def __init__(
        self,
        base: str,
        *,
        key: str,
        timeout: float = 30.0,
        tries: int = 5,
        kept: int = 200,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        if not base.startswith(("https://", "http://")):
            raise ValueError("the address of the service must begin with https:// (or http:// in a test)")
        self._base = base.rstrip("/") + "/api/v1"
        self._opener = urllib.request.build_opener(_NoRedirects)
        self._key = key
        self._timeout = timeout
        self._tries = tries
        self._kept = kept
        self._pause = pause
        self._known: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def incidents(self, **filters: str | int | bool | datetime | None) -> Iterator[Listed]:
        """All incidents that match, page by page: state, decision, severity_min, issue, form, place, area,
        office, detected_since, detected_until, updated_since, updated_until, order, merged, limit."""
        for line in self._pages("/incidents", filters):
            yield _read(Listed, line | {"incident": _read(Incident, line["incident"])})

    def incidents_since(self, moment: datetime) -> Iterator[Listed]:
        """What changed since then, oldest change first, merged ones too. Remember the newest `changed_at` for
        the next call; a few lines come twice, so put them into your copy by their id."""
        return self.incidents(order="changed", merged=True, updated_since=moment - OVERLAP)

    def items(self, **filters: str | int | bool | datetime | None) -> Iterator[Item]:
        """All stored items that match: flagged, issue, form, regency, source, since, until, order, limit."""
        for line in self._pages("/items", filters):
            yield _read(Item, line)

    def assessment(self, item_id: int) -> dict[str, Any]:
        """The whole judgement of an item, with its reasons and evidence."""
        return self._json(f"/assessments/{item_id}")

    def digest(self, **asked: str) -> dict[str, Any]:
        """The daily report: date, or start and end, or the window now open; office."""
        return self._json("/digest", asked)

    def taxonomy(self) -> dict[str, Any]:
        """Codes and names of issues, forms and levels."""
        return self._json("/taxonomy")

    def export(self, name: str, **filters: str | int | bool | datetime | None) -> bytes:
        """A file by its name: incidents.csv, .xlsx, .parquet, .geojson, sipks.xlsx, sipks.csv."""
        return self._get(f"/exports/{name}", filters)

    def screen(self, texts: Sequence[Text], *, batch: int = 50) -> Iterator[Screened]:
        """Judges texts in batches, in order, without storing them; `batch` is at most 100."""
        for start in range(0, len(texts), batch):
            documents = [
                {name: value for name in one.__slots__ if (value := getattr(one, name)) is not None}
                for one in texts[start : start + batch]
            ]
            body = json.dumps({"documents": documents}).encode()
            for one in json.loads(self._ask("POST", "/screen", body=body)[1])["items"]:
                yield _read(Screened, one | {"reasons": tuple(one["reasons"])})

    def _pages(self, path: str, filters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            page = self._json(path, {**filters, "cursor": cursor})
            yield from page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return

    def _json(self, path: str, asked: Mapping[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._get(path, asked or {}))
        return found

    def _get(self, path: str, asked: Mapping[str, Any]) -> bytes:
        query = urllib.parse.urlencode(
            {name: _said(value) for name, value in asked.items() if value not in (None, "")}
        )
        address = f"{path}?{query}" if query else path
        tag, body = self._known.get(address, ("", b""))
        status, fresh, new_tag = self._asked_with_tag(address, tag)
        if status == 304:
            self._known.move_to_end(address)
            return body
        if new_tag:
            self._known[address] = (new_tag, fresh)
            if len(self._known) > self._kept:
                self._known.popitem(last=False)
        return fresh

    def _asked_with_tag(self, address: str, tag: str) -> tuple[int, bytes, str]:
        return self._ask("GET", address, tag=tag)

    def _ask(
        self, method: str, path: str, *, body: bytes | None = None, tag: str = ""
    ) -> tuple[int, bytes, str]:
        """(status, body, ETag). `DiniError` on a refusal, `OSError` when the service is not reached."""
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if tag:
            headers["If-None-Match"] = tag
        for number in range(1, self._tries + 1):
            request = urllib.request.Request(self._base + path, data=body, headers=headers, method=method)
            try:
                with self._opener.open(request, timeout=self._timeout) as answer:
                    return answer.status, answer.read(), answer.headers.get("ETag", "")
            except urllib.error.HTTPError as refusal:
                with refusal:
                    if refusal.code == 304:
                        return 304, b"", tag
                    if refusal.code not in AGAIN or number == self._tries:
                        raise _problem(refusal.code, refusal.read()) from None
                    wait = refusal.headers.get("Retry-After", "")
            except OSError:
                if number == self._tries:
                    raise
                wait = ""
            self._pause(float(wait) if wait.isdigit() else min(60.0, 2.0**number) * random.uniform(0.5, 1))
        raise AssertionError("the last try returns or raises")


def basic(key: str) -> str:
    """The `Authorization` header for the two feeds, for readers that know passwords only."""
    return "Basic " + base64.b64encode(f"dini:{key}".encode()).decode()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other: the key is for the service it was made by, nobody else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(kind: type[T], line: Mapping[str, Any]) -> T:
    """The record out of JSON: fields by name, times as datetimes; what is new in the API is left out."""
    values: dict[str, Any] = {}
    for one in fields(kind):  # type: ignore[arg-type]
        value = line[one.name]
        moment = isinstance(value, str) and str(one.type).startswith("datetime")
        values[one.name] = datetime.fromisoformat(value) if moment else value
    return kind(**values)


def _problem(status: int, body: bytes) -> DiniError:
    try:
        said = json.loads(body)
        return DiniError(status, said["title"], said["detail"], said.get("reference", ""))
    except (ValueError, KeyError, TypeError):
        return DiniError(status, "no problem document", body[:200].decode("utf-8", "replace"))
