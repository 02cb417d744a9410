"""The tree of what a person did that the desk cannot do; anything else raised is a bug.

DeskError
├── NotFound      the thing asked for is not there
├── Invalid       the request itself is wrong (field: what is wrong)
├── Conflict      somebody else acted first; the newest state is in `detail`
├── Refused       the rights rules forbid it (e.g. a peaceful action above INFORMASI)
└── NotSetUp      the database or model is not ready; `detail` says which command helps
"""

from __future__ import annotations


class DeskError(Exception):
    """Base of the tree; `detail` is an Indonesian sentence fit for a page."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(DeskError):
    pass


class Invalid(DeskError):
    pass


class Conflict(DeskError):
    pass


class Refused(DeskError):
    pass


class NotSetUp(DeskError):
    pass
