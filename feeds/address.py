"""Which address may be dialled: an explicit deny table, and the one normal form of an outside URL.

Pure: nothing here resolves or connects. `ipaddress.is_global` is wrong for several of these ranges on
Python 3.11, so the table is written out (IANA special-purpose registries for IPv4 and IPv6, plus the
metadata addresses that clouds place in otherwise public space).
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import idna

from feeds.records import FetchSettings

_DENIED_V4: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)

_DENIED_V6: Final = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "::/8",  # unspecified, loopback, mapped, compatible, translated
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/32",
        "2001::/23",  # Teredo, benchmark, ORCHID and the other protocol assignments
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3ffe::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)

_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")

_HOST: Final = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_CONTROL_OR_SPACE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")
_INSIDE_SUFFIXES: Final = (
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
    "in-addr.arpa",
    "ip6.arpa",
    "onion",
    "invalid",
)
MAX_URL_CHARS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An outside URL in normal form; `allowed` says its exact host:port is on the allow-list."""

    url: str
    scheme: str
    host: str
    port: int
    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a URL is not dialled, in words for the operator."""

    reason: str
    too_long: bool = False


def is_inside(address: str) -> bool:
    """Tell whether a numeric address must not be dialled; what cannot be read counts as inside."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(ip, ipaddress.IPv4Address):
        return any(ip in block for block in _DENIED_V4)
    return ip not in _GLOBAL_UNICAST or any(ip in block for block in _DENIED_V6)


def normal_target(url: str, settings: FetchSettings) -> Target | Refusal:  # noqa: PLR0911 - a row of refusals
    """Bring `url` to the one form that is dialled, or say why it is refused.

    http and https only; no user-info; the port in `settings.ports` or the exact host:port in
    `settings.allow`; a numeric host only in its canonical form and only when it is outside.
    """
    url = url.strip(" \t\r\n")
    if len(url) > MAX_URL_CHARS:
        return Refusal(reason=f"alamat lebih panjang dari {MAX_URL_CHARS} karakter", too_long=True)
    if _CONTROL_OR_SPACE.search(url) or "\\" in url:
        return Refusal(reason="alamat memuat spasi, karakter kendali, atau garis miring terbalik")
    try:
        parts = urlsplit(url)
        scheme, raw_host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        return Refusal(reason="alamat tidak dapat dibaca")
    if scheme not in ("http", "https"):
        return Refusal(reason="hanya http dan https yang boleh")
    if "@" in parts.netloc:
        return Refusal(reason="alamat memuat nama pengguna atau sandi")
    host = _normal_host(raw_host, bracketed=parts.netloc.startswith("["))
    if host is None:
        return Refusal(reason="nama host tidak sah")
    if port is None:
        port = 443 if scheme == "https" else 80
    shown = f"[{host}]" if ":" in host else host
    allowed = f"{shown}:{port}" in settings.allow
    if not allowed:
        if port not in settings.ports:
            return Refusal(reason=f"port {port} tidak diizinkan")
        if reason := _inside_name(host):
            return Refusal(reason=reason)
    default = (scheme, port) in (("http", 80), ("https", 443))
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]") if parts.query else ""
    normal = f"{scheme}://{shown}{'' if default else f':{port}'}{path}{query}"
    return Target(url=normal, scheme=scheme, host=host, port=port, allowed=allowed)


def refusal_of(url: str, settings: FetchSettings) -> str:
    """Why the fetch would not dial this address, in words; empty when only its resolving can tell."""
    found = normal_target(url, settings)
    return found.reason if isinstance(found, Refusal) else ""


def leads_inside(before: str, after: str, settings: FetchSettings) -> bool:
    """Whether what stands at `before`, outside, names an address that is open by the allow-list only.

    The list is for its own sources: a stranger's redirect or link must not choose what we ask of them.
    From one listed address to another, and between ports of one host, is no such step.
    """
    there, here = normal_target(after, settings), normal_target(before, settings)
    if not isinstance(there, Target) or not there.allowed:
        return False
    return isinstance(here, Refusal) or not (here.allowed or here.host == there.host)


def _normal_host(raw: str, *, bracketed: bool) -> str | None:
    """The ASCII form of a host as it will be dialled; None when it is not one."""
    if not raw or "%" in raw:
        return None
    if bracketed:
        try:
            return str(ipaddress.IPv6Address(raw))
        except ValueError:
            return None
    host = unicodedata.normalize("NFKC", raw).lower().replace("。", ".")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    host = host.removesuffix(".")
    if len(host) > 253 or not _HOST.fullmatch(host):
        return None
    return host


def _inside_name(host: str) -> str:
    """Why a host is inside by its name alone; empty when only its addresses can tell."""
    if ":" in host or _looks_numeric(host):
        try:
            canonical = str(ipaddress.ip_address(host)) == host
        except ValueError:
            canonical = False
        if not canonical:
            return "alamat numerik tidak dalam bentuk baku"
        return "alamat di dalam jaringan sendiri" if is_inside(host) else ""
    if "." not in host or any(host == name or host.endswith("." + name) for name in _INSIDE_SUFFIXES):
        return "nama host di dalam jaringan sendiri"
    return ""


def _looks_numeric(host: str) -> bool:
    # The rule of the URL standard: a last label of digits or 0x... makes the whole host an IPv4 number.
    last = host.rpartition(".")[2]
    return last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) is not None
