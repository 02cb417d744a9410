"""Accepted incidents as Atom 1.0 (RFC 4287) and JSON Feed 1.1: short, masked, with links to the sources."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from api.times import iso
from api.wire_shapes import plain
from api.words import say
from screening import Published, office_name
from screening.taxonomy import SEVERITY_NOTE

ATOM = "http://www.w3.org/2005/Atom"
SOURCES = 5
_NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)  # an empty feed still needs a moment, always the same
_PLACES = uuid.UUID("5b1b6f0e-1c75-4a53-9c0e-62d1a1d1a0de")  # what the names of our entries are made under


def entry_id(one: Published) -> str:
    """The same for good, and another for each installation: a number alone would be anybody's."""
    incident = one.listed.incident
    return f"urn:uuid:{uuid.uuid5(_PLACES, f'{incident.id} {iso(incident.detected_at)}')}"


def feed_id(office: str, home: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_PLACES, f'{home} {office or 62}')}"


def title_of(one: Published) -> str:
    incident = one.listed.incident
    place = incident.place_name or say("place_unknown", "id")
    return plain(f"[{say(f'level_{int(incident.severity)}', 'id')}] {place}: {incident.title}")


def text_of(one: Published) -> str:
    """The incident's sentence, the protection where it is one, the note on levels, the sources."""
    lines = [one.text]
    if one.listed.incident.form == "F2":
        lines.append(say("protected_note", "id"))
    lines += [SEVERITY_NOTE, ""]
    lines += [f"{name}: {link}".rstrip(": ") for name, link, _at in one.sources[:SOURCES]]
    hidden = len(one.sources) - SOURCES
    if hidden > 0:
        lines.append(say("and_n_more", "id").format(n=hidden))
    return "\n".join(plain(line) for line in lines).strip()


def good_link(link: str) -> bool:
    return link.startswith(("http://", "https://")) and link.isprintable() and " " not in link


def updated_of(every: Sequence[Published]) -> datetime:
    return max((max(one.listed.changed_at, one.accepted_at) for one in every), default=_NOTHING_YET)


def atom(every: Sequence[Published], *, office: str, home: str, here: str) -> bytes:
    """The feed's bytes; `home` is our base address with a slash at its end, `here` that of the feed."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(_tag("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": "id"})
    _text(feed, "id", feed_id(office, home))
    _text(feed, "title", feed_title(office))
    _text(feed, "subtitle", SEVERITY_NOTE)
    _text(feed, "updated", iso(updated_of(every)) or "")
    ET.SubElement(feed, _tag("link"), {"rel": "self", "type": "application/atom+xml", "href": here})
    ET.SubElement(feed, _tag("link"), {"rel": "alternate", "type": "text/html", "href": f"{home}antrean"})
    author = ET.SubElement(feed, _tag("author"))
    _text(author, "name", "Dini")
    for one in every:
        incident = one.listed.incident
        entry = ET.SubElement(feed, _tag("entry"))
        _text(entry, "id", entry_id(one))
        _text(entry, "title", title_of(one))
        _text(entry, "published", iso(incident.first_published) or "")
        _text(entry, "updated", iso(max(one.listed.changed_at, one.accepted_at)) or "")
        page = {"rel": "alternate", "type": "text/html", "href": f"{home}insiden/{incident.id}"}
        ET.SubElement(entry, _tag("link"), page)
        for name, link, _at in one.sources[:SOURCES]:
            if good_link(link):
                ET.SubElement(entry, _tag("link"), {"rel": "via", "href": link, "title": plain(name)})
        for term, label in terms_of(one):
            ET.SubElement(entry, _tag("category"), {"term": term, "label": label})
        _text(entry, "content", text_of(one)).set("type", "text")
    made: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return made


def json_feed(every: Sequence[Published], *, office: str, home: str, here: str) -> dict[str, Any]:
    """JSON Feed 1.1; `_dini` holds the codes for programs that know us."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed_title(office),
        "description": SEVERITY_NOTE,
        "home_page_url": f"{home}antrean",
        "feed_url": here,
        "language": "id",
        "authors": [{"name": "Dini"}],
        "items": [_json_item(one, home) for one in every],
    }


def _json_item(one: Published, home: str) -> dict[str, Any]:
    incident = one.listed.incident
    item: dict[str, Any] = {
        "id": entry_id(one),
        "url": f"{home}insiden/{incident.id}",
        "title": title_of(one),
        "content_text": text_of(one),
        "date_published": iso(incident.first_published),
        "date_modified": iso(max(one.listed.changed_at, one.accepted_at)),
        "tags": [label for _term, label in terms_of(one)],
        "_dini": {
            "about": SEVERITY_NOTE,
            "incident_id": incident.id,
            "severity": int(incident.severity),
            "issue": incident.issue,
            "form": incident.form,
            "place_code": incident.place_code,
            "status": incident.status.value,
            "protected": incident.form == "F2",
            "sources": [
                {"name": plain(name), "link": link, "published": iso(at)}
                for name, link, at in one.sources[:SOURCES]
            ],
        },
    }
    links = [link for _name, link, _at in one.sources if good_link(link)]
    return item | ({"external_url": links[0]} if links else {})


def feed_title(office: str) -> str:
    return f"Dini: insiden yang diterima, {office_name(office or '62')}"


def terms_of(one: Published) -> list[tuple[str, str]]:
    """(code, words) of level, issue, form; a peaceful action is marked as protected."""
    incident = one.listed.incident
    found = [
        (f"tingkat-{int(incident.severity)}", say(f"level_{int(incident.severity)}", "id")),
        (incident.issue, incident.issue),
        (incident.form, incident.form),
    ]
    return [*found, ("dilindungi", say("protected_word", "id"))] if incident.form == "F2" else found


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    made = ET.SubElement(parent, _tag(name))
    made.text = text
    return made
