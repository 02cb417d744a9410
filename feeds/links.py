"""The one form of an article's link: http(s) without trackers, or nothing."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

import idna

_TRACKERS: Final = frozenset(
    {
        "fbclid",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "_ga",
        "_gl",
        "oref",
        "xtor",
        "cmpid",
        "wt_mc",
        "mkt_tok",
    }
)
_STRIPPED: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u2060\ufeff\ud800-\udfff]")
_CHARREF: Final = re.compile(r"&#(?:([0-9]{1,7})|[xX]([0-9a-fA-F]{1,6}));")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_SAFE_PATH: Final = "/%:@!$&()*+,;=~-._"


def canonical_link(raw: str, base: str = "", *, max_chars: int = 2_000) -> str:
    """Read a link as a browser would and give its http(s) form, or "" when it has none.

    Fragments, user-info and tracking parameters go; hosts become lower-case ASCII (punycode); a
    relative link is resolved against `base`. A link over `max_chars` is dropped, never cut.
    """
    if len(raw) > 4 * max_chars:
        return ""
    link = _CHARREF.sub(_character, raw.replace("&amp;", "&"))
    link = _STRIPPED.sub("", link).strip().replace("\\", "/")
    if not link:
        return ""
    try:
        if not _SCHEME.match(link):
            if urlsplit(base).scheme not in ("http", "https"):
                return ""
            link = urljoin(base, link)
        parts = urlsplit(link)
        scheme, host, port = parts.scheme.lower(), _ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    if scheme not in ("http", "https") or not host:
        return ""
    shown_port = "" if port is None or (scheme, port) in (("http", 80), ("https", 443)) else f":{port}"
    path = quote(parts.path or "/", safe=_SAFE_PATH)
    kept = [pair for pair in parts.query.split("&") if pair and not _tracks(pair)]
    query = "?" + quote("&".join(kept), safe=_SAFE_PATH + "?[]") if kept else ""
    canonical = f"{scheme}://{host}{shown_port}{path}{query}"
    return canonical if len(canonical) <= max_chars else ""


def _tracks(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name.startswith("utm_") or name in _TRACKERS


def _character(match: re.Match[str]) -> str:
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if 0 < code < 0x110000 else ""


def _ascii_host(host: str) -> str:
    """The ASCII form of a host for showing and comparing; "" when it is not a host."""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    host = host.lower().removesuffix(".")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    return host if len(host) <= 253 and _HOST.fullmatch(host) else ""
