"""Asking the operator's OpenID Connect provider: the only file that speaks to it (code flow with PKCE).

The issuer stands in the settings, as the mail server does; nothing of the news has a say in an address.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from screening import OidcProvider, OutsideStart

SECONDS = 10.0
MOST_BYTES = 256 * 1024
LEEWAY = 60  # seconds two clocks may differ
# Signed with the provider's own key: neither unsigned nor with a secret that many may know.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_ASKED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a sign-in did not come about, for the operator's log; no token and no secret in it."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What the provider publishes about itself."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool  # every answer to the browser says who it is from (RFC 9207)
    secret_in_form: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where to send the browser, and what must be remembered until it is back."""

    address: str
    state: str = field(repr=False)
    told: OutsideStart


class _Stay(urllib.request.HTTPRedirectHandler):
    """No redirect is followed: an endpoint is where the provider says it is, or nowhere."""

    def redirect_request(self, *_given: Any, **_more: Any) -> None:
        return None


def discover(settings: OidcProvider) -> Provider | Trouble:
    """The provider's metadata, which must be of this very issuer and lead to safe addresses only."""
    told = _json(settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if isinstance(told, Trouble):
        return told
    if told.get("issuer") != settings.issuer:
        return Trouble(why="metadata name another issuer")
    places = [told.get(name) for name in _ASKED]
    if not all(isinstance(one, str) and _safe(one, settings.issuer) for one in places):
        return Trouble(why="metadata name no safe endpoint")
    methods = told.get("token_endpoint_auth_methods_supported")
    return Provider(
        authorization_endpoint=str(places[0]),
        token_endpoint=str(places[1]),
        jwks_uri=str(places[2]),
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        secret_in_form=isinstance(methods, list) and "client_secret_basic" not in methods,
    )


def ask(settings: OidcProvider, provider: Provider, back: str, target: str) -> Asked:
    """A new sign-in with its own state, nonce and PKCE verifier; `back` is our callback's address."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": back,
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if urlsplit(provider.authorization_endpoint).query else "?"
    return Asked(
        address=f"{provider.authorization_endpoint}{joint}{urlencode(asked)}",
        state=state,
        told=OutsideStart(issuer=settings.issuer, nonce=nonce, verifier=verifier, target=target),
    )


def subject_of(
    settings: OidcProvider, provider: Provider, told: OutsideStart, *, code: str, back: str, now: datetime
) -> str | Trouble:
    """Who signed in at the provider (`sub`), by a code that is traded in and a token that is checked."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": told.verifier,
    }
    headers = {}
    if provider.secret_in_form:
        form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
    else:
        pair = f"{quote(settings.client_id, safe='')}:{quote(settings.client_secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    answer = _json(provider.token_endpoint, urlencode(form).encode(), headers)
    if isinstance(answer, Trouble):
        return answer
    token = answer.get("id_token")
    if not isinstance(token, str):
        return Trouble(why="the answer holds no id_token")
    published = _json(provider.jwks_uri)
    if isinstance(published, Trouble):
        return published
    return checked(token, published, settings=settings, nonce=told.nonce, now=now)


def checked(  # noqa: PLR0911  each refusal with its own reason
    token: str, published: dict[str, Any], *, settings: OidcProvider, nonce: str, now: datetime
) -> str | Trouble:
    """The token's subject when signature, issuer, audience, times and nonce are right."""
    try:
        # A provider may publish keys for encryption too; those sign nothing.
        keys = [one for one in published.get("keys", []) if one.get("use", "sig") == "sig"]
        claims = jwt.decode(token, KeySet.import_key_set({"keys": keys}), algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        return Trouble(why=f"id_token: {type(error).__name__}")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    moment = now.timestamp()
    expires, issued, subject = claims.get("exp"), claims.get("iat"), claims.get("sub")
    if claims.get("iss") != settings.issuer:
        return Trouble(why="id_token of another issuer")
    if settings.client_id not in audiences or (
        (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != settings.client_id
    ):
        return Trouble(why="id_token for another client")
    if not isinstance(expires, (int, float)) or moment >= expires + LEEWAY:
        return Trouble(why="id_token has ended")
    if not isinstance(issued, (int, float)) or issued > moment + LEEWAY:
        return Trouble(why="id_token is of the future")
    if not isinstance(claims.get("nonce"), str) or not secrets.compare_digest(
        claims["nonce"].encode("utf-8", "replace"), nonce.encode()
    ):
        return Trouble(why="id_token of another sign-in")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        return Trouble(why="id_token names nobody")
    return subject


def _safe(address: str, issuer: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    inside = urlsplit(issuer).hostname in _LOOPBACK and parts.hostname in _LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and inside))


def _json(
    address: str, form: bytes | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any] | Trouble:
    asked = urllib.request.Request(  # noqa: S310  the scheme is looked at in `_safe` and in the settings
        address, data=form, headers={"Accept": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.build_opener(_Stay).open(asked, timeout=SECONDS) as answer:
            body = answer.read(MOST_BYTES + 1)
    except HTTPError as error:
        return Trouble(why=f"the provider answered {error.code}")
    except (OSError, ValueError) as error:
        return Trouble(why=f"the provider cannot be reached: {type(error).__name__}")
    if len(body) > MOST_BYTES:
        return Trouble(why="the provider's answer is too long")
    try:
        told = json.loads(body)
    except ValueError:
        return Trouble(why="the provider's answer is no JSON")
    return told if isinstance(told, dict) else Trouble(why="the provider's answer is no object")
