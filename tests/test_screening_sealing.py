"""Secrets at rest: sealed under a key outside the database, opened only there, rotated, lost and renewed."""

from __future__ import annotations

import os
import stat
import threading
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from screening_material import NOW

from api.cli import main
from models import Classifier
from screening import Conflict, Desk, HookState, NotSetUp, Role, Settings, Store, write_backup
from screening.errors import Invalid
from screening.schema_accounts import second_step
from screening.schema_hooks import hook
from screening.sealing import Keyring, is_sealed, key_lock, make_key_file, new_key, read_keys

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
URL = "https://penerima.contoh.go.id/kait"


def lying(desk: Desk) -> dict[str, str]:
    """The secrets as they lie in the database, by what they are of."""
    with desk._store.reading() as books:
        return {f"{one.place} {one.column}": one.value for one in books.seals.every()}


def other(desk: Desk, classifier: Classifier, **changes: object) -> Desk:
    """A desk of another machine on the same database."""
    settings = replace(desk.settings, **changes)  # type: ignore[arg-type]
    return Desk(Store(desk.settings.database_url), classifier, settings)


def in_clear(desk: Desk) -> tuple[int, int]:
    """(account, webhook) with secrets as an older version stored them."""
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, "X", NOW)
    made = desk.hooks.add(URL, "62", (), None, NOW)[0]
    with desk._store.writing(linking=False) as books:
        books.factors._db.execute(second_step.update().values(secret=TOTP))
        books.factors._db.execute(hook.update().values(secret="whsec_AAAA", old_secret="whsec_BBBB"))
        books.factors._db.execute(sa.text("DELETE FROM seal"))
    (desk.settings.data_dir / "secret.key").unlink()
    return owner.id, made.id


def last(desk: Desk, what: str) -> list[tuple[str, str]]:
    with desk._store.reading() as books:
        return [(one.subject, one.detail) for one in books.audit.every() if one.what == what]


def doctor(desk: Desk) -> tuple[bool, str]:
    found = next(one for one in desk.doctor(NOW) if one.name == "kunci rahasia")
    return found.ok, found.detail


def test_no_key_is_made_before_there_is_a_secret(desk: Desk) -> None:
    desk.set_up(NOW)
    assert not (desk.settings.data_dir / "secret.key").exists()
    assert doctor(desk) == (True, "Belum ada rahasia yang disimpan.")


def test_second_steps_and_webhook_secrets_lie_sealed_and_are_read_again(desk: Desk) -> None:
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, TOTP, NOW)
    made, first = desk.hooks.add(URL, "62", (), None, NOW)
    second = desk.hooks.rotate(made.id, None, NOW)
    found = lying(desk)
    assert len(found) == 3 and all(is_sealed(one) for one in found.values())
    assert not any(secret in value for secret in (TOTP, first, second) for value in found.values())
    path = desk.settings.data_dir / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and len(read_keys(path)) == 1
    factor = desk.access.factor(owner.id)
    assert factor is not None and factor.secret == TOTP and TOTP not in repr(factor)
    desk.hooks.test(made.id, None, NOW)
    assert desk.hooks.claim(made.id, NOW, 5)[0].secrets == (second, first)
    ok, detail = doctor(desk)
    assert ok and "membuka 3 rahasia" in detail


def test_what_lay_in_the_clear_is_read_and_sealed_at_the_next_start_with_one_row(
    desk: Desk, classifier: Classifier
) -> None:
    owner, number = in_clear(desk)
    factor = desk.access.factor(owner)
    assert factor is not None and factor.secret == TOTP
    later = other(desk, classifier)
    later.set_up(NOW)
    later.set_up(NOW)
    assert all(is_sealed(one) for one in lying(later).values())
    mark = later.sealing.state().marks[0]
    assert last(later, "rahasia.segel") == [(f"kunci:{mark}", "totp=1 kait=2 terbuka=3")]
    factor = later.access.factor(owner)
    assert factor is not None and factor.secret == TOTP
    with later._store.reading() as books:
        row = later.sealing.open(books, books.hooks.secret(number), f"kait:{number}")
    assert row == "whsec_AAAA"
    later.close()


def test_after_sealing_the_file_of_the_database_holds_no_clear_copy(
    settings: Settings, classifier: Classifier, tmp_path: Path
) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's files are the server's; its dump is looked at in the test of backups")
    first = Desk(Store(settings.database_url), classifier, settings)
    first.set_up(NOW)
    in_clear(first)
    first.close()
    before = b"".join(one.read_bytes() for one in tmp_path.glob("dini.db*"))
    assert TOTP.encode() in before
    later = Desk(Store(settings.database_url), classifier, settings)
    later.set_up(NOW)
    later.close()
    after = b"".join(one.read_bytes() for one in tmp_path.glob("dini.db*"))
    assert TOTP.encode() not in after and b"whsec_AAAA" not in after and b"whsec_BBBB" not in after


def test_a_backup_holds_neither_key_nor_secret_and_says_which_key_it_needs(
    desk: Desk, tmp_path: Path
) -> None:
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, TOTP, NOW)
    key = read_keys(tmp_path / "secret.key")[0]
    made = write_backup(desk._store, desk.settings, tmp_path / "a.dini", NOW)
    assert made.key_mark == desk.sealing.state().marks[0]
    with zipfile.ZipFile(tmp_path / "a.dini") as archive:
        assert '"inside": false' in archive.read("manifes.json").decode()
        for name in archive.namelist():
            held = archive.read(name)
            assert key.encode() not in held and TOTP.encode() not in held
    shown = CliRunner().invoke(main, ["backup", "--verify", str(tmp_path / "a.dini")], env=environment(desk))
    assert shown.exit_code == 0 and f"Kunci rahasia {made.key_mark} TIDAK ada di dalamnya" in shown.output


def environment(desk: Desk) -> dict[str, str]:
    return {"DINI_DATA": str(desk.settings.data_dir), "DINI_DATABASE_URL": desk.settings.database_url}


def test_a_machine_without_the_key_of_the_database_makes_none_and_says_what_to_do(
    desk: Desk, classifier: Classifier, tmp_path: Path
) -> None:
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, TOTP, NOW)
    made = desk.hooks.add(URL, "62", (), None, NOW)[0]
    desk.hooks.test(made.id, None, NOW)
    folder = tmp_path / "lain"
    away = other(desk, classifier, data_dir=folder)
    away.set_up(NOW)
    for _ in range(2):
        factor = away.access.factor(owner.id)
        assert factor is not None and factor.secret is None
        with pytest.raises(NotSetUp, match="Salin secret"):
            away.hooks.add(URL + "/2", "62", (), None, NOW)
        assert away.hooks.claim(made.id, NOW, 5) == (), "it cannot sign, so it takes nothing"
        ok, detail = doctor(away)
        assert not ok and "Salin secret.key" in detail and "dini secret renew" in detail
        assert not (folder / "secret.key").exists() or read_keys(folder / "secret.key")
        make_key_file(folder / "secret.key")  # one of its own is no help
    lines = (folder / "dini.log").read_text(encoding="utf-8")
    assert lines.count("secret_key_wrong") == 2
    assert len(desk.hooks.claim(made.id, NOW, 5)) == 1, "and the machine with the key sends it"
    away.close()


def test_a_sealed_secret_put_into_another_row_does_not_open(desk: Desk) -> None:
    one = desk.create_account("satu", Role.SUPERVISOR, "x", NOW)
    two = desk.create_account("dua", Role.ADMINISTRATOR, "x", NOW)
    desk.access.begin_factor(one.id, TOTP, NOW)
    desk.access.begin_factor(two.id, "LAIN", NOW)
    mine = lying(desk)[f"totp:{one.id} secret"]
    with desk._store.writing(linking=False) as books:
        chosen = second_step.c.account_id == two.id
        books.factors._db.execute(second_step.update().where(chosen).values(secret=mine))
    factor = desk.access.factor(two.id)
    assert factor is not None and factor.secret is None
    ok, detail = doctor(desk)
    assert not ok and "Langkah kedua tidak terbuka: dua. Jalankan: dini account reset-totp" in detail


def test_a_newer_key_seals_everything_anew_and_old_ones_are_still_read(
    desk: Desk, classifier: Classifier
) -> None:
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, TOTP, NOW)
    running = other(desk, classifier)
    assert running.access.factor(owner.id) is not None
    old = read_keys(desk.settings.data_dir / "secret.key")
    mark, count = desk.sealing.rotate(NOW + timedelta(days=1))
    keys = read_keys(desk.settings.data_dir / "secret.key")
    assert keys[1:] == old and count == 1 and desk.sealing.state().marks[0] == mark
    for one in (desk, running):  # a process that runs takes the new key up by itself
        factor = one.access.factor(owner.id)
        assert factor is not None and factor.secret == TOTP
    given = other(desk, classifier, secret_keys=(new_key(), *keys))
    with pytest.raises(Conflict, match="DINI_SECRET_KEYS"):
        given.sealing.rotate(NOW)
    given.set_up(NOW)
    assert given.sealing.state().newest == 1 and given.sealing.state().older == 0
    assert not doctor(desk)[0], "the file has not the key that the environment had"
    running.close()
    given.close()


def test_a_lost_key_is_replaced_and_what_it_closed_is_named_and_set_up_again(
    desk: Desk, classifier: Classifier, tmp_path: Path
) -> None:
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, TOTP, NOW)
    desk.access.confirm_factor(owner.id, 10, ["h1"], NOW)
    made = desk.hooks.add(URL, "62", (), None, NOW)[0]
    desk.hooks.test(made.id, None, NOW)
    with pytest.raises(Conflict):
        desk.sealing.renew(NOW)
    (tmp_path / "secret.key").unlink()
    desk.close()
    later = other(desk, classifier)
    shown = CliRunner().invoke(main, ["secret", "renew", "--yes"], env=environment(desk))
    assert shown.exit_code == 0, shown.output
    assert "dini account reset-totp penjaga" in shown.output
    assert f"dini hooks rotate {made.id}" in shown.output
    assert len(last(later, "rahasia.kunci_baru")) == 1
    assert later.hooks.claim(made.id, NOW, 5) == ()
    assert later.hooks.one(made.id).state is HookState.PAUSED
    later.access.reset_factor(owner.id, NOW)
    secret = later.hooks.rotate(made.id, None, NOW)
    later.hooks.resume(made.id, None, NOW)
    assert later.hooks.claim(made.id, NOW, 5)[0].secrets == (secret,), "the one that is lost signs no more"
    assert doctor(later)[0]
    later.close()


def spoil(path: Path, kind: str) -> None:
    held = path.read_text(encoding="ascii")
    path.unlink()
    if kind == "tak terbaca":  # what root meets too
        path.mkdir()
    else:
        path.write_text({"kosong": "", "rusak": "x\n", "separuh": held + "x\n"}[kind], encoding="ascii")


@pytest.mark.parametrize("kind", ["kosong", "rusak", "separuh", "tak terbaca"])
def test_an_unusable_key_file_stops_neither_start_nor_sign_in_and_doctor_names_it(
    kind: str, desk: Desk, classifier: Classifier, tmp_path: Path
) -> None:
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, TOTP, NOW)
    desk.access.confirm_factor(owner.id, 10, ["h1"], NOW)
    made = desk.hooks.add(URL, "62", (), None, NOW)[0]
    desk.hooks.test(made.id, None, NOW)
    path = tmp_path / "secret.key"
    spoil(path, kind)
    starting = other(desk, classifier)
    starting.set_up(NOW)
    for one in (desk, starting):
        factor = one.access.factor(owner.id)
        assert factor is not None and factor.secret is None
        assert one.hooks.claim(made.id, NOW, 5) == ()
        ok, detail = doctor(one)
        assert not ok and str(path) in detail and "dini secret renew" in detail
        with pytest.raises(NotSetUp, match=r"secret\.key"):
            one.hooks.add(URL + "/2", "62", (), None, NOW)
    assert starting.access.use_recovery(owner.id, "h1", NOW)
    with pytest.raises(Conflict, match=r"secret\.key"):
        starting.sealing.rotate(NOW)
    starting.close()


def test_clear_secrets_wait_while_the_key_file_is_unusable(desk: Desk, tmp_path: Path) -> None:
    owner, _number = in_clear(desk)
    (tmp_path / "secret.key").write_text("x\n", encoding="ascii")
    desk.set_up(NOW)
    factor = desk.access.factor(owner)
    assert factor is not None and factor.secret == TOTP and not doctor(desk)[0]
    (tmp_path / "secret.key").unlink()
    # The first secret that is stored takes all of before along: later nothing clear is believed.
    desk.hooks.add(URL + "/2", "62", (), None, NOW)
    assert len(lying(desk)) == 4 and all(is_sealed(one) for one in lying(desk).values())


@pytest.mark.parametrize("kind", ["kosong", "rusak", "separuh"])
def test_renewing_sets_a_spoiled_key_file_aside(kind: str, desk: Desk, tmp_path: Path) -> None:
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, TOTP, NOW)
    path = tmp_path / "secret.key"
    spoil(path, kind)
    held = path.read_bytes()
    shown = CliRunner().invoke(main, ["secret", "status"], env=environment(desk))
    assert shown.exit_code == 1 and "dini secret renew" in shown.output, shown.output
    found = desk.sealing.renew(NOW)
    assert found.aside is not None and found.aside.name.startswith("secret.key.rusak-2026")
    assert found.aside.read_bytes() == held and found.accounts == ("penjaga",)
    assert found.fits and len(read_keys(path)) == 1
    with pytest.raises(Conflict):
        desk.sealing.renew(NOW)


def test_renewing_takes_no_file_that_it_cannot_read(desk: Desk, tmp_path: Path) -> None:
    desk.hooks.add(URL, "62", (), None, NOW)
    spoil(tmp_path / "secret.key", "tak terbaca")
    with pytest.raises(NotSetUp, match="pemilik dan izinnya"):
        desk.sealing.renew(NOW)
    assert (tmp_path / "secret.key").is_dir()


def test_rotations_at_once_lose_no_key(desk: Desk, classifier: Classifier, tmp_path: Path) -> None:
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, TOTP, NOW)
    desks = [other(desk, classifier) for _ in range(4)]
    begun = threading.Barrier(len(desks))

    def turn(one: Desk) -> None:
        begun.wait()
        one.sealing.rotate(NOW)

    threads = [threading.Thread(target=turn, args=(one,)) for one in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_keys(tmp_path / "secret.key")) == 5
    for one in (desk, *desks):
        factor = one.access.factor(owner.id)
        assert factor is not None and factor.secret == TOTP
    for one in desks:
        one.close()


def test_nobody_else_changes_the_key_file_between_reading_and_writing_it(tmp_path: Path) -> None:
    path, order = tmp_path / "secret.key", []

    def later() -> None:
        with key_lock(path):
            order.append("dua")

    with key_lock(path):
        thread = threading.Thread(target=later)
        thread.start()
        thread.join(timeout=0.2)
        order.append("satu")
    thread.join()
    assert order == ["satu", "dua"]


def test_a_rotated_key_file_keeps_its_owner_and_mode(desk: Desk, tmp_path: Path) -> None:
    desk.hooks.add(URL, "62", (), None, NOW)
    path = tmp_path / "secret.key"
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 65_534, 65_534)
    before = path.stat()
    desk.sealing.rotate(NOW)
    after = path.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)
    assert after.st_ino != before.st_ino and len(read_keys(path)) == 2


def test_what_root_makes_in_the_folder_of_the_service_belongs_to_the_service(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, 65_534, 65_534)
    make_key_file(folder / "secret.key")
    with key_lock(folder / "secret.key"):
        pass
    assert {one.stat().st_uid for one in folder.iterdir()} == {65_534}


def test_a_secret_put_in_the_clear_after_the_sealing_is_not_accepted(
    desk: Desk, classifier: Classifier
) -> None:
    owner = desk.create_account("penjaga", Role.SUPERVISOR, "x", NOW)
    desk.access.begin_factor(owner.id, "LAIN", NOW)
    with desk._store.writing(linking=False) as books:
        books.factors._db.execute(second_step.update().values(secret=TOTP))
    later = other(desk, classifier)
    later.set_up(NOW)
    for one in (desk, later):
        factor = one.access.factor(owner.id)
        assert factor is not None and factor.secret is None
    assert lying(later)[f"totp:{owner.id} secret"] == TOTP, "a start does not seal it either"
    ok, detail = doctor(later)
    assert not ok and "dini account reset-totp" in detail and "tanpa segel" in detail
    later.close()


def test_of_two_machines_that_begin_at_once_one_finds_the_key_of_the_other(
    desk: Desk, classifier: Classifier, tmp_path: Path
) -> None:
    away = other(desk, classifier, data_dir=tmp_path / "lain")
    desk.hooks.add(URL, "62", (), None, NOW)
    with pytest.raises(NotSetUp):
        away.hooks.add(URL + "/2", "62", (), None, NOW)
    assert len(lying(desk)) == 1
    away.close()


def test_a_key_file_made_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "tua" / "secret.key"
    first = make_key_file(path)
    assert make_key_file(path) == first
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("bad", ["pendek", "x" * 44, "kunci-é"])
def test_what_is_no_key_is_refused_without_being_repeated(bad: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.load({"DINI_DATA": str(tmp_path), "DINI_SECRET_KEYS": bad})
    assert bad not in refused.value.detail


def test_keys_are_read_newest_first_and_never_shown() -> None:
    one, two = new_key(), new_key()
    read = Settings.load({"DINI_SECRET_KEYS": f"{one}, {two}"})
    assert read.secret_keys == (one, two)
    ring = Keyring(read.secret_keys)
    assert one not in repr(read) and one not in repr(ring)
    assert ring.open(Keyring((two,)).close("isi", "totp:1"), "totp:1") == "isi"
    assert ring.open(Keyring((new_key(),)).close("isi", "totp:1"), "totp:1") is None
    with pytest.raises(Invalid):
        Settings.load({"DINI_SECRET_KEYS": one, "DINI_SECRET_KEY_FILE": "/tmp/kunci"})
