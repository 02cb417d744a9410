"""Codes of the second step (RFC 6238): secrets, which code is right, the picture to scan, recovery codes."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
DRIFT = 1  # steps a phone's clock may be off, either way
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that reads like another


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """What an authenticator app reads: `otpauth://...`."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Dini")


def picture(address: str) -> str:
    """The address as a QR code in SVG; our own markup, no request, no style attribute."""
    return str(
        segno.make(address, error="m").svg_inline(
            scale=5, border=3, svgclass="qr", lineclass=None, omitsize=False
        )
    )


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step this six-digit code belongs to, at most `DRIFT` from now; None: it is wrong."""
    digits = code.replace(" ", "")
    if len(digits) != 6 or not (digits.isascii() and digits.isdecimal()):
        return None
    here = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(pyotp.HOTP(secret).at(step), digits):
            found = step
    return found


def recovery_codes() -> tuple[str, ...]:
    """Ten codes `xxxxx-xxxxx` of 49 random bits; each works once, shown once."""
    return tuple(
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    )


def plain_code(typed: str) -> str:
    """A recovery code as it is hashed, however it was typed."""
    letters = "".join(typed.lower().split()).replace("-", "")
    return f"{letters[:5]}-{letters[5:15]}"
