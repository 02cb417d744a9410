"""A provider on loopback that can be told to lie: HTTP and signatures are real."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET, SUBJECT = "dini-uji", "rahasia-klien", "pegawai-17"
KEY = RSAKey.generate_key(2048, {"kid": "satu", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "satu", "use": "sig"})


@dataclass(slots=True)
class Liar:
    """The provider; each field set makes one thing wrong."""

    issuer: str = ""
    claims: Callable[[dict[str, Any]], dict[str, Any]] = dict
    sign: Callable[[dict[str, Any]], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    token_answer: tuple[int, bytes, dict[str, str]] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> dict[str, str]:
        """What a person who agrees brings back: code, state and issuer."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert given["response_type"] == "code" and given["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = given
        return {"code": code, "state": given["state"], "iss": self.issuer}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        given = self.codes.pop(form.get("code", ""), None)
        wanted = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if given is None or authorization != wanted or form["redirect_uri"] != given["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if challenge.rstrip(b"=").decode() != given["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = self.claims(
            {
                "iss": self.issuer,
                "aud": CLIENT,
                "sub": SUBJECT,
                "nonce": given["nonce"],
                "iat": now,
                "exp": now + 300,
            }
        )
        token = self.sign(claims) if self.sign else signed(claims)
        return 200, {"id_token": token, "access_token": "x", "token_type": "Bearer"}


def signed(claims: dict[str, Any], key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": "satu"}, claims, key)


def raw(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    """A token put together by hand, whatever its header says."""
    parts = [json.dumps(one).encode() for one in (header, claims)] + [signature]
    return ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts)


@contextmanager
def provider() -> Iterator[Liar]:
    liar = Liar()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            liar.asked.append(self.path)
            if self.path == "/.well-known/openid-configuration":
                told = {
                    "issuer": liar.issuer,
                    "authorization_endpoint": f"{liar.issuer}/authorize",
                    "token_endpoint": f"{liar.issuer}/token",
                    "jwks_uri": f"{liar.issuer}/jwks",
                }
                self.say(200, json.dumps(told | liar.metadata).encode())
            elif self.path == "/jwks":
                self.say(200, json.dumps({"keys": [KEY.as_dict(private=False)]}).encode())
            else:
                self.say(404, b"{}")

        def do_POST(self) -> None:
            liar.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if liar.token_answer is not None:
                status, text, headers = liar.token_answer
                self.say(status, text, headers)
                return
            status, told = liar.token(form, self.headers.get("authorization", ""))
            self.say(status, json.dumps(told).encode())

        def say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"content-type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    liar.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
