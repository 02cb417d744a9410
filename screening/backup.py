"""Backup and restore of the whole database as one file that knows what it must contain.

The file is a ZIP with the database (`basis.db` of SQLite, or `basis.dump` of pg_dump), `pengaturan.json`
(settings without secrets) and `manifes.json` (revision, rows and SHA-256 of every table, SHA-256 of the
other members, and which key opens the sealed secrets: the key itself is never inside). Its comment, the last
bytes of the file, is the SHA-256 of all bytes before: a file that was cut or altered anywhere is refused
before anything is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from screening import store_backup
from screening.config import Settings
from screening.errors import Conflict, Invalid
from screening.store import Store
from screening.store_backup import Contents, TableSum

FORMAT = 1
SUFFIX = ".dini"
LAST = "last-backup.json"
MANIFEST, SETTINGS, SQLITE, POSTGRESQL = "manifes.json", "pengaturan.json", "basis.db", "basis.dump"
_HEX = 64
_PIECE = 1 << 20
_MANIFEST_BYTES = 4 << 20
# Settings whose text is told; a setting that is added later is left out until it is named here.
_TOLD = frozenset(
    ("data_dir", "model_dir", "host", "allow_addresses", "user_agent", "log_level", "log_to", "mail_from",
     "metrics_host", "smtp")
)  # fmt: skip
_STAMP = re.compile(r"dini-\d{8}T\d{6}Z\.dini")
_TOO_OLD = "Program {name} versi {have} terlalu tua untuk server PostgreSQL {need}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    made_at: datetime
    dini: str
    dialect: str
    contents: Contents
    members: Mapping[str, str]  # SHA-256 of each other member
    key_mark: str = ""  # of the key that opens the secrets, which is never inside; empty: there are none

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.contents.tables.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBackup:
    at: datetime
    file: str


# --- making one


def write_backup(store: Store, settings: Settings, target: Path, now: datetime) -> Manifest:
    """A new file at `target`, there whole or not at all; the service may go on writing meanwhile.

    `Conflict` when the file is there already, `Invalid` when it cannot be written or the database not read.
    """
    if target.exists():
        raise Conflict(f"Berkas {target} sudah ada.")
    with _workroom(target.parent) as room:
        if store.dialect == "sqlite":
            member, live = room / SQLITE, Path(str(store.url.database))
            if not live.exists():
                raise Invalid("Basis data ini belum ada. Jalankan: dini start")
            store_backup.copy_sqlite(live, member)
            with store_backup.reading_sqlite(member) as connection:
                held, mark = store_backup.contents(connection), store_backup.key_mark(connection)
        else:
            member = room / POSTGRESQL
            with store.apart(isolation="REPEATABLE READ") as connection:
                program = _program("pg_dump", store_backup.server_major(connection))
                snapshot = store_backup.export_snapshot(connection)
                _run(
                    [
                        program, "--format=custom", "--no-owner", "--no-privileges",
                        f"--snapshot={snapshot}", f"--exclude-schema={store_backup.KEPT_SCHEMA}",
                        f"--file={member}", f"--dbname={_address(store)}",
                    ],
                    store,
                    "Basis data tidak dapat dicadangkan",
                )  # fmt: skip
                held, mark = store_backup.contents(connection), store_backup.key_mark(connection)
        (room / SETTINGS).write_text(
            json.dumps(_without_secrets(settings), indent=1, sort_keys=True), encoding="utf-8"
        )
        made = Manifest(
            made_at=now,
            dini=version("dini"),
            dialect=store.dialect,
            contents=held,
            members={one.name: _sha256(one) for one in (member, room / SETTINGS)},
            key_mark=mark,
        )
        (room / MANIFEST).write_text(_written(made), encoding="utf-8")
        whole = room / "whole"
        _pack(whole, [room / MANIFEST, room / SETTINGS, member])
        if target.exists():
            raise Conflict(f"Berkas {target} sudah ada.")
        whole.replace(target)
    _remember(settings.data_dir, LastBackup(at=now, file=str(target)))
    return made


def stamped(folder: Path, now: datetime) -> Path:
    """The name a backup made at `now` gets in a folder."""
    return folder / f"dini-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"


def prune_backups(folder: Path, keep: int) -> tuple[Path, ...]:
    """Removes all but the newest `keep` of the backups that were named by `stamped`; those removed."""
    found = sorted(one for one in folder.iterdir() if _STAMP.fullmatch(one.name))
    gone = tuple(found[:-keep])
    for one in gone:
        one.unlink(missing_ok=True)
    return gone


# --- looking at one


def check_backup(path: Path) -> Manifest:
    """What the file holds, after every hash was compared. `Invalid`, with the reason, when it is not whole.

    SQLite's copy is opened and counted anew; of pg_dump's the table of contents is read, since its rows can
    be counted in a database only: restoring does that.
    """
    with _opened(path) as (made, archive, room):
        member = _extracted(archive, made, room)
        if made.dialect == "sqlite":
            _check_copy(member, made)
        else:
            _run([_program("pg_restore", None), "--list", str(member)], None, "Isi cadangan tidak terbaca")
    return made


def restore_backup(store: Store, settings: Settings, path: Path, *, replace: bool) -> Manifest:
    """Puts the content of the file into the database of the settings, and counts it there.

    `Invalid` when the file is not whole, is of another kind of database or of a newer Dini; `Conflict` when
    the database holds rows and `replace` is not set, or is in use. Then nothing has been changed.
    """
    with _opened(path) as (made, archive, room):
        if made.dialect != store.dialect:
            raise Invalid(
                f"Cadangan ini dari {made.dialect}, tetapi DINI_DATABASE_URL menunjuk {store.dialect}."
            )
        if not store.knows(made.contents.revision):
            raise Invalid(
                f"Cadangan ini memakai skema {made.contents.revision} dari Dini {made.dini} yang lebih baru. "
                "Pasang versi itu lebih dulu."
            )
        member = _extracted(archive, made, room)
        if made.dialect == "sqlite":
            _check_copy(member, made)
            _restore_sqlite(store, member, made, replace=replace)
        else:
            _restore_postgresql(store, member, made, replace=replace)
    return made


def last_backup(data_dir: Path) -> LastBackup | None:
    """None when none was made, or what is noted of it cannot be read."""
    try:
        told = json.loads((data_dir / LAST).read_text(encoding="utf-8"))
        return LastBackup(at=datetime.fromisoformat(told["at"]).astimezone(UTC), file=str(told["file"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _restore_sqlite(store: Store, member: Path, made: Manifest, *, replace: bool) -> None:
    target = Path(str(store.url.database))
    if target.exists() and not replace:
        with store_backup.reading_sqlite(target) as connection:
            if not store_backup.is_empty(connection):
                raise _occupied()
    store.close()
    store_backup.put_sqlite(member, target)
    with store_backup.reading_sqlite(target) as connection:
        _compare(store_backup.contents(connection), made.contents)


def _restore_postgresql(store: Store, member: Path, made: Manifest, *, replace: bool) -> None:
    """The old tables wait in a schema beside until the new ones have been counted; else they come back."""
    with store.apart() as connection:
        program = _program("pg_restore", store_backup.server_major(connection))
        if store_backup.kept_aside(connection):
            raise Conflict(
                "Pemulihan sebelumnya terputus: data lama masih tersimpan dalam skema "
                f"{store_backup.KEPT_SCHEMA}. Lihat docs/operations/README.md."
            )
        if not replace and not store_backup.is_empty(connection):
            raise _occupied()
        if store_backup.others_connected(connection):
            raise Conflict("Basis data sedang dipakai. Hentikan dini serve dan dini worker lebih dulu.")
        schema = store_backup.schema_name(connection)
        store_backup.set_aside(connection, schema)
    try:
        _run(
            [
                program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
                f"--dbname={_address(store)}", str(member),
            ],
            store,
            "Cadangan tidak dapat dipulihkan",
        )  # fmt: skip
        with store.apart(isolation="REPEATABLE READ") as connection:
            _compare(store_backup.contents(connection), made.contents)
    except BaseException:
        with store.apart() as connection:
            store_backup.bring_back(connection, schema)
        raise
    with store.apart() as connection:
        store_backup.forget_aside(connection)


def _occupied() -> Conflict:
    return Conflict("Basis data tujuan sudah berisi. Untuk menggantinya: dini restore BERKAS --replace")


def _compare(found: Contents, wanted: Contents) -> None:
    if found.revision != wanted.revision:
        raise Invalid(f"Skema {found.revision}, menurut manifes {wanted.revision}.")
    wrong = [
        name
        for name in sorted({*found.tables, *wanted.tables})
        if found.tables.get(name) != wanted.tables.get(name)
    ]
    if wrong:
        raise Invalid(f"Isi tabel tidak sama dengan manifes: {', '.join(wrong)}.")


def _check_copy(member: Path, made: Manifest) -> None:
    if store_backup.sqlite_broken(member):
        raise Invalid("Salinan basis data dalam cadangan rusak.")
    with store_backup.reading_sqlite(member) as connection:
        _compare(store_backup.contents(connection), made.contents)


# --- the file


def _pack(target: Path, members: list[Path]) -> None:
    with target.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            archive.comment = b"0" * _HEX
            for one in members:
                # pg_dump has compressed its own already.
                kind = zipfile.ZIP_STORED if one.name == POSTGRESQL else zipfile.ZIP_DEFLATED
                archive.write(one, one.name, compress_type=kind)
    digest = _sha256(target, leave=_HEX)
    with target.open("r+b") as file:
        file.seek(-_HEX, os.SEEK_END)
        file.write(digest.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Manifest, zipfile.ZipFile, Path]]:
    """The manifest and the members of a file whose every byte is as it was written."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(max(size - _HEX, 0))
            told = file.read(_HEX)
    except OSError:
        raise Invalid(f"Berkas {path} tidak dapat dibaca.") from None
    if size <= _HEX or not re.fullmatch(rb"[0-9a-f]{64}", told):
        raise Invalid(f"Berkas {path} bukan cadangan Dini, atau terpotong.")
    if _sha256(path, leave=_HEX) != told.decode("ascii"):
        raise Invalid(f"Berkas {path} rusak: isinya berubah atau terpotong sejak dibuat.")
    try:
        # Beside the file, where there is room for it; a file on a medium that cannot be written: elsewhere.
        folder = path.parent if os.access(path.parent, os.W_OK) else None
        with zipfile.ZipFile(path) as archive, _workroom(folder) as room:
            yield _read(archive), archive, room
    except (zipfile.BadZipFile, EOFError):
        raise Invalid(f"Berkas {path} bukan cadangan Dini.") from None


def _read(archive: zipfile.ZipFile) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > _MANIFEST_BYTES:
            raise ValueError
        told = json.loads(archive.read(MANIFEST))
        if told["format"] != FORMAT or told["dialect"] not in ("sqlite", "postgresql"):
            raise ValueError
        return Manifest(
            made_at=datetime.fromisoformat(told["made_at"]),
            dini=str(told["dini"]),
            dialect=told["dialect"],
            contents=Contents(
                revision=str(told["revision"]),
                tables={name: TableSum(**one) for name, one in told["tables"].items()},
            ),
            members={str(name): str(digest) for name, digest in told["members"].items()},
            key_mark=str(told.get("secret_key", {}).get("mark", "")),  # told since secrets are sealed
        )
    except (KeyError, TypeError, ValueError):
        raise Invalid("Manifes cadangan tidak dikenal oleh versi Dini ini.") from None


def _written(made: Manifest) -> str:
    told = {
        "format": FORMAT,
        "made_at": made.made_at.isoformat(),
        "dini": made.dini,
        "dialect": made.dialect,
        "revision": made.contents.revision,
        "tables": {name: asdict(one) for name, one in made.contents.tables.items()},
        "members": dict(made.members),
        "secret_key": {"inside": False, "mark": made.key_mark},
    }
    return json.dumps(told, indent=1, sort_keys=True)


def _extracted(archive: zipfile.ZipFile, made: Manifest, room: Path) -> Path:
    name = SQLITE if made.dialect == "sqlite" else POSTGRESQL
    target = room / name
    for member, digest in made.members.items():
        if member not in archive.namelist():
            raise Invalid(f"Cadangan tidak lengkap: {member} tidak ada.")
        into = target if member == name else room / SETTINGS
        with archive.open(member) as source, into.open("wb") as file:
            shutil.copyfileobj(source, file, _PIECE)
        if _sha256(into) != digest:
            raise Invalid(f"Bagian {member} dalam cadangan rusak.")
    if not target.exists():
        raise Invalid("Cadangan tidak memuat basis data.")
    return target


def _sha256(path: Path, leave: int = 0) -> str:
    """Of the file, the last `leave` bytes apart."""
    digest, left = hashlib.sha256(), path.stat().st_size - leave
    with path.open("rb") as file:
        while left > 0 and (piece := _piece(file, left)):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest()


def _piece(file: BinaryIO, left: int) -> bytes:
    return file.read(min(_PIECE, left))


@contextmanager
def _workroom(folder: Path | None) -> Iterator[Path]:
    """A private folder beside the target, so that the finished file is moved and never copied."""
    try:
        made = Path(tempfile.mkdtemp(prefix=".dini-cadangan-", dir=folder))
    except OSError:
        raise Invalid(f"Folder {folder} tidak ada atau tidak dapat ditulis.") from None
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _remember(data_dir: Path, one: LastBackup) -> None:
    """For the metric of its age; a backup is good even when this cannot be noted."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = data_dir / f".{LAST}"
        part.write_text(json.dumps({"at": one.at.isoformat(), "file": one.file}), encoding="utf-8")
        part.replace(data_dir / LAST)
    except OSError:
        return


def _without_secrets(settings: Settings) -> dict[str, Any]:
    """Names of what differs here; of addresses the host, never a password or a key."""
    told: dict[str, Any] = {}
    for one in fields(settings):
        value = getattr(settings, one.name)
        if one.name == "database_url":
            value = Store.shown(value)
        elif one.name not in _TOLD and not isinstance(value, (bool, int)):
            continue
        if one.name == "smtp" and value is not None:
            value = {"host": value.host, "port": value.port, "tls": value.tls, "starttls": value.starttls}
        told[one.name] = value if isinstance(value, (bool, int, dict, type(None))) else str(value)
    return told


# --- PostgreSQL's own programs


def _program(name: str, server: int | None) -> str:
    """Of those on PATH or in Debian's folders the one of the server's version, else the next newer.

    Without a server the newest, which reads every archive. `Invalid` when none is new enough.
    """
    found = [Path(one) for one in (shutil.which(name),) if one]
    found += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    versions = [(_major(one), one) for one in found]
    if not versions:
        raise Invalid(f"Program {name} tidak ditemukan. Pasang paket postgresql-client.")
    if server is None:
        return str(max(versions)[1])
    # A newer one may say things to the server that it does not know yet.
    fitting = [one for one in versions if one[0] >= server]
    if not fitting:
        raise Invalid(_TOO_OLD.format(name=name, have=max(versions)[0], need=server))
    return str(min(fitting)[1])


def _major(program: Path) -> int:
    try:
        told = subprocess.run(  # noqa: S603  a program of that name in a fixed place
            [str(program), "--version"], capture_output=True, text=True, check=False, timeout=30
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r"(\d+)", told)
    return int(number.group(1)) if number else 0


def _address(store: Store) -> str:
    return store.url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _run(command: list[str], store: Store | None, sentence: str) -> None:
    """The password goes through the environment, never on the command line, where others may read it."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    if store is not None and store.url.password is not None:
        environment["PGPASSWORD"] = str(store.url.password)
    done = subprocess.run(  # noqa: S603  a list of our own making, no shell
        command, capture_output=True, text=True, check=False, env=environment, errors="replace"
    )
    if done.returncode:
        told = (done.stderr.strip().splitlines() or ["tanpa keterangan"])[0]
        raise Invalid(f"{sentence}: {told[:300]}")
