"""Which browser a session is in, said in words of ours."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """`Firefox, Linux`: words of ours for what a browser says of itself, never its own; empty if unknown."""
    found = [next((word for sign, word in signs if sign in agent), "") for signs in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in found if word)
