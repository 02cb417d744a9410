"""The house plan, kept by reading imports: one direction, front doors only, one customs officer per type."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "screening", "feeds", "models")
MAY_IMPORT = {
    "api": {"api", "screening", "feeds", "models"},
    "screening": {"screening", "feeds", "models"},
    "feeds": {"feeds"},
    "models": {"models"},
}
# A foreign type enters in one named place; everybody else receives our own records.
CUSTOMS = {
    "feedparser": {"feeds/parse.py"},
    "aiohttp": {"feeds/fetch.py", "feeds/collect.py", "feeds/send.py"},
    "trafilatura": {"feeds/page.py"},
    "lxml": {"feeds/page.py"},
    "protego": {"feeds/page.py", "feeds/article.py"},
    "nh3": {"feeds/parse.py", "feeds/clean.py"},
    "pandas": {"models/evaluation.py", "api/exports.py"},
    "xlsxwriter": {"api/exports.py"},
    "sqlalchemy": {
        "screening/schema*.py",
        "screening/store*.py",
        "screening/migrations/*.py",
        "screening/migrations/versions/*.py",
    },
    "alembic": {"screening/store*.py", "screening/migrations/*.py", "screening/migrations/versions/*.py"},
    "psycopg": {"screening/store*.py"},
    "fastapi": {"api/*.py"},
    "starlette": {"api/*.py"},
    "pydantic": {"api/wire*.py", "api/auth.py"},
    "orjson": {"api/wire*.py", "api/cli*.py", "screening/store*.py", "screening/said.py"},
    "click": {"api/cli*.py"},
    "rich": {"api/cli*.py", "api/progress.py"},
    "jinja2": {"api/pages*.py", "api/render*.py", "api/words.py"},
    "typst": {"api/letter.py", "api/memo_letter.py"},
    "docx": {"api/memo_docx.py"},
    "pwdlib": {"api/auth*.py"},
    "rensa": {"models/similarity.py"},
    "prometheus_client": {"api/metrics.py"},
    "pyotp": {"api/totp.py"},
    "cryptography": {"screening/sealing.py"},
    "segno": {"api/totp.py"},
    "joserfc": {"api/oidc.py"},
    "limits": {"api/auth*.py"},
}
NETWORK = {
    "aiohttp",
    "httpx",
    "requests",
    "urllib3",
    "http.client",
    "urllib.request",
    "socket",
    "ftplib",
    "smtplib",
}
NETWORK_ROOMS = {
    "feeds/fetch.py",
    "feeds/collect.py",
    "feeds/isolate.py",
    "feeds/sample.py",
    "feeds/send.py",
}
# Handing mail to the operator's own server: one file, one protocol, and no say of the news in where it goes.
MAIL_ROOM = {"api/mail.py": "smtplib"}
# Likewise the sign-in provider that the operator names.
SIGN_IN_ROOM = {"api/oidc.py": "urllib.request"}
LONG_FILE = 600


def files() -> list[Path]:
    return sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> list[tuple[str, int]]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} relative import; name the package"
            names.append((node.module or "", node.lineno))
    return names


def room(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", files(), ids=room)
def test_imports_go_one_way_and_through_front_doors(path: Path) -> None:
    own = room(path).split("/", maxsplit=1)[0]
    for name, line in imported(path):
        top = name.split(".")[0]
        if top not in PACKAGES:
            continue
        assert top in MAY_IMPORT[own], f"{room(path)}:{line} imports {name}: wrong direction"
        if top != own:
            through_front_door = name == top or name == "screening.taxonomy"
            assert through_front_door, f"{room(path)}:{line} imports {name}: only from the package root"


@pytest.mark.parametrize("path", files(), ids=room)
def test_each_foreign_type_has_one_customs_officer(path: Path) -> None:
    for name, line in imported(path):
        allowed = CUSTOMS.get(name.split(".")[0])
        if allowed is not None:
            assert any(Path(room(path)).match(pattern) for pattern in allowed), (
                f"{room(path)}:{line} imports {name}; its place is {sorted(allowed)}"
            )


@pytest.mark.parametrize("path", files(), ids=room)
def test_only_the_feeds_rooms_and_the_mail_room_reach_the_network(path: Path) -> None:
    members = [
        (f"{node.module}.{alias.name}", node.lineno)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    for name, line in (*imported(path), *members):
        if name in NETWORK or name.split(".")[0] in {"aiohttp", "httpx", "requests", "urllib3"}:
            given = (MAIL_ROOM | SIGN_IN_ROOM).get(room(path))
            assert room(path) in NETWORK_ROOMS or given == name, f"{room(path)}:{line} imports {name}"


@pytest.mark.parametrize("path", files(), ids=room)
def test_no_file_outgrows_its_room(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONG_FILE


def test_pickle_and_joblib_stay_off_the_load_path() -> None:
    for path in files():
        for name, line in imported(path):
            assert name.split(".")[0] not in {"pickle", "joblib", "dill", "marshal"}, f"{room(path)}:{line}"


def test_the_four_names_resolve_to_this_tree() -> None:
    import importlib

    for package in PACKAGES:
        module = importlib.import_module(package)
        assert module.__file__ is not None
        assert Path(module.__file__).is_relative_to(ROOT)


def test_architecture_document_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    missing = [
        room(path)
        for path in files()
        if path.name != "__init__.py" and "migrations" not in path.parts and f"`{path.name}`" not in text
    ]
    assert not missing, f"docs/architecture.md does not name {missing}"
