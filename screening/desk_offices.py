"""Offices and their accounts: what an office may see, and accounts changed by command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from screening.errors import Conflict
from screening.journal import Journal
from screening.post import check_office
from screening.records import Account, Role, Sight
from screening.store import Books, Store
from screening.taxonomy import PROVINCE


class OfficeDesk:
    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    # --- sight

    def sees(self, sight: Sight, kind: str, number: int) -> bool:
        """Whether that office may know of this one thing: insiden, butir, naskah, putusan, tindak, bacaan2,
        topik, tampilan. What does not exist is seen by the province, whose verbs then say so.
        """
        if sight.whole:
            return True
        with self._store.reading() as books:
            return books.offices.sees(sight, kind, number)

    def visible(self, sight: Sight, incident_ids: Sequence[int]) -> set[int]:
        """Those of these incidents that it sees."""
        with self._store.reading() as books:
            return books.offices.visible(sight, incident_ids)

    def of_incident(self, incident_id: int) -> dict[str, str]:
        """The regencies that see an incident and why: `tempat`, or `laporan` (a report tells it there)."""
        with self._store.reading() as books:
            return books.offices.of(incident_id)

    # --- accounts; `by` is who changes them, None at the command line

    def accounts(self, office: str = "") -> tuple[Account, ...]:
        """All accounts, or those of one office, by name."""
        with self._store.reading() as books:
            return books.accounts.all(office)

    def set_active(self, name: str, active: bool, now: datetime, by: int | None = None) -> Account:
        """Disabling ends its sessions. `Conflict` for the last administrator of the province."""
        with self._store.writing(linking=False) as books:
            one = books.accounts.of_name(name)
            if not active:
                _keep_one(books, one)
            what = "akun.aktif" if active else "akun.nonaktif"
            return self._change(books, one, now, by, what, active=active)

    def set_role(self, name: str, role: Role, now: datetime, by: int | None = None) -> Account:
        """Its sessions end: who signs in again has the new role. `Conflict` as above."""
        with self._store.writing(linking=False) as books:
            one = books.accounts.of_name(name)
            if role is not Role.ADMINISTRATOR:
                _keep_one(books, one)
            return self._change(books, one, now, by, "akun.peran", role=role)

    def set_office(self, name: str, office: str, now: datetime, by: int | None = None) -> Account:
        """Its sessions end. `Invalid` on an unknown code, `Conflict` as above."""
        check_office(office)
        with self._store.writing(linking=False) as books:
            one = books.accounts.of_name(name)
            if office != PROVINCE:
                _keep_one(books, one)
            return self._change(books, one, now, by, "akun.kantor", office=office)

    def reset_password(self, name: str, password_hash: str, now: datetime, by: int | None = None) -> Account:
        """A first password again: its sessions end, and it must be changed at the next sign-in."""
        with self._store.writing(linking=False) as books:
            one = books.accounts.of_name(name)
            return self._change(
                books, one, now, by, "sandi.atur", password_hash=password_hash, must_change=True
            )

    def _change(
        self, books: Books, one: Account, now: datetime, by: int | None, what: str, **values: object
    ) -> Account:
        after = books.accounts.change(one.id, values)
        told = {"akun.peran": after.role.value, "akun.kantor": after.office}.get(what, "")
        books.audit.record(now, by, what, f"akun:{one.id}", told)
        self._journal.event("account_changed", account_id=one.id, what=what, at=now.isoformat())
        return after


def _keep_one(books: Books, leaving: Account) -> None:
    """Without an administrator of the province nobody could let anybody in any more."""
    left = [
        one
        for one in books.accounts.all(PROVINCE)
        if one.active and one.role is Role.ADMINISTRATOR and one.id != leaving.id
    ]
    heads = leaving.active and leaving.role is Role.ADMINISTRATOR and leaving.office == PROVINCE
    if heads and not left:
        raise Conflict("Ini administrator provinsi yang terakhir. Buat atau aktifkan yang lain lebih dahulu.")
