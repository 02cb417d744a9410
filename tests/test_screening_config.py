"""Settings from the environment and a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening import Invalid, Settings


def test_nothing_set_gives_a_private_local_service(tmp_path: Path) -> None:
    settings = Settings.load({"DINI_DATA": str(tmp_path)})
    assert settings.host == "127.0.0.1" and settings.port == 8060
    assert settings.database_url == f"sqlite:///{tmp_path / 'dini.db'}"
    assert settings.allow_addresses == ()


def test_an_unknown_variable_is_named_in_the_error() -> None:
    with pytest.raises(Invalid, match="DINI_PROT"):
        Settings.load({"DINI_PROT": "80"})


def test_a_variable_of_another_program_is_ignored() -> None:
    assert Settings.load({"DINING_ROOM": "1", "PATH": "/bin"}).port == 8060


@pytest.mark.parametrize(
    "environ",
    [
        {"DINI_PORT": "delapan"},
        {"DINI_PORT": "70000"},
        {"DINI_DATABASE_URL": "mysql://x/y"},
        {"DINI_ALLOW_ADDRESSES": "127.0.0.1"},
        {"DINI_ALLOW_ADDRESSES": "127.0.0.1:0"},
        {"DINI_SECURE_COOKIES": "mungkin"},
        {"DINI_LOG_LEVEL": "keras"},
        {"DINI_USER_AGENT": "a\r\nX-Evil: 1"},
        {"DINI_COLLECT_INTERVAL_MINUTES": "0"},
        {"DINI_CONFIG": "/tidak/ada.toml"},
    ],
)
def test_a_bad_value_is_refused_with_its_name(environ: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        Settings.load(environ)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "dini.toml"
    file.write_text('port = 9000\nallow_addresses = ["127.0.0.1:8061"]\nsecure_cookies = true\n')
    settings = Settings.load({"DINI_CONFIG": str(file), "DINI_PORT": "9001"})
    assert settings.port == 9001
    assert settings.allow_addresses == ("127.0.0.1:8061",)
    assert settings.secure_cookies


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "dini.toml"
    file.write_text("prot = 9000\n")
    with pytest.raises(Invalid, match="prot"):
        Settings.load({"DINI_CONFIG": str(file)})


def test_postgresql_addresses_get_their_driver() -> None:
    settings = Settings.load({"DINI_DATABASE_URL": "postgresql://dini@db/dini"})
    assert settings.database_url == "postgresql+psycopg://dini@db/dini"
