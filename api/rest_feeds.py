"""`/api/v1/feeds`: accepted incidents for feed readers, which can send a password but no bearer header."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api import wire
from api.asked import OFFICES, OwnOffice, code_of
from api.auth import EVERYBODY, KEY_PREFIX, Rule, Visitor, doors, now_of, own_office
from api.blind import blind_incidents
from api.feeds_out import atom, json_feed
from api.rest import REFUSALS
from screening import Published, Scope

router = APIRouter(tags=["v1"])

Most = Annotated[int, Query(ge=1, le=100)]


class FeedRule(Rule):
    """As READ, and the key may also come as the password of HTTP Basic (any name): these two routes only."""

    basic = True

    def __call__(self, request: Request) -> Visitor:
        request.state.challenge = 'Basic realm="Dini", charset="UTF-8"'
        key = basic_password(request.headers.get("authorization", ""))
        if key is not None:
            # From here it is a bearer key like any other, with whatever limits keys have.
            bearer = b"Bearer " + key.encode("utf-8", "replace")
            others = [(name, value) for name, value in request.scope["headers"] if name != b"authorization"]
            request = Request({**request.scope, "headers": [*others, (b"authorization", bearer)]})
        return super().__call__(request)


def basic_password(header: str) -> str | None:
    """The password of an `Authorization: Basic` header when it can be a key of ours."""
    scheme, _, coded = header.partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        _name, _, password = base64.b64decode(coded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return password if password.startswith(KEY_PREFIX) else None


READ_FEED = FeedRule(EVERYBODY, scope=Scope.READ)
FeedReader = Annotated[Visitor, Depends(READ_FEED)]


def answers(media: str, schema: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "OK", "content": {media: {"schema": schema}}}, **REFUSALS}


@router.get(
    "/feeds/incidents.atom",
    response_class=Response,
    responses=answers("application/atom+xml", {"type": "string"}),
)
def atom_feed(request: Request, visitor: FeedReader, office: OwnOffice = None, limit: Most = 50) -> Response:
    """The last accepted incidents as Atom 1.0, of the province or of one regency."""
    chosen = chosen_office(visitor, office)
    made = atom(found(request, visitor, chosen, limit), office=chosen, home=home(request), here=here(request))
    return Response(made, media_type="application/atom+xml")


@router.get(
    "/feeds/incidents.json",
    response_class=Response,
    responses=answers(
        "application/feed+json",
        {
            "type": "object",
            "required": ["version", "title", "items"],
            "properties": {
                "version": {"const": "https://jsonfeed.org/version/1.1"},
                "title": {"type": "string"},
                "items": {"type": "array", "items": {"type": "object", "required": ["id"]}},
            },
        },
    ),
)
def json_feed_of(
    request: Request, visitor: FeedReader, office: OwnOffice = None, limit: Most = 50
) -> Response:
    """The same as JSON Feed 1.1, with the codes in `_dini`."""
    chosen = chosen_office(visitor, office)
    made = json_feed(
        found(request, visitor, chosen, limit), office=chosen, home=home(request), here=here(request)
    )
    return Response(wire.dump(made), media_type="application/feed+json")


def chosen_office(visitor: Visitor, office: str | None) -> str:
    return own_office(visitor, code_of(office, OFFICES, "office") or "")


def found(request: Request, visitor: Visitor, office: str, limit: int) -> tuple[Published, ...]:
    hidden = blind_incidents(request, visitor)
    every = doors(request).desk.exports.published(office, limit, now_of(request), visitor.sight)
    return tuple(one for one in every if one.listed.incident.id not in hidden)


def home(request: Request) -> str:
    """The public address when it is set, else the one that was asked; with a slash at its end."""
    public = doors(request).desk.settings.public_url
    return f"{public}/" if public else str(request.base_url)


def here(request: Request) -> str:
    """The feed's own address, from the same place."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{home(request).rstrip('/')}{request.url.path}{query}"
