"""Settings: the only file that reads the environment and the settings file.

Every setting is a `DINI_*` variable; the same names in lower case without the prefix may stand in the TOML
file that `DINI_CONFIG` names. The environment wins. An unknown name is an error, so a typing mistake in a
unit file is seen at start and not in the middle of the night.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from screening.audit import Quota
from screening.errors import Invalid
from screening.post import check_mailbox
from screening.retention import KINDS, LEAST, Keep
from screening.sealing import check_key

_IGNORED = frozenset({"DINI_SHARED"})  # used by the tests to find material; no setting of the service
_NAMES = (
    "data",
    "database_url",
    "model",
    "host",
    "port",
    "sample_port",
    "allow_addresses",
    "user_agent",
    "collect_interval_minutes",
    "second_reading_percent",
    "articles",
    "log_level",
    "secure_cookies",
    "smtp_url",
    "mail_from",
    "database_url_file",
    "smtp_url_file",
    "metrics_port",
    "metrics_host",
    "log_to",
    "exports_a_day",
    "export_rows_a_day",
    *(f"keep_{kind}_days" for kind in KINDS),
    "privacy_contact",
    "public_url",
    "totp",
    "session_idle_minutes",
    "key_requests_a_minute",
    "oidc_issuer",
    "oidc_client_id",
    "oidc_client_secret",
    "oidc_client_secret_file",
    "oidc_name",
    "secret_keys",
    "secret_key_file",
)
# A secret may stand in a file of its own (container secrets, systemd credentials): NAME_FILE is its path.
_IN_FILES = ("database_url", "smtp_url", "oidc_client_secret")
_SECRET_BYTES = 64 * 1024
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")
_IPV6 = re.compile(r"(?=.*:)[0-9a-f:.]{2,45}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_LEVELS = ("debug", "info", "warning", "error")
_TRUE, _FALSE = ("1", "true", "yes", "on", "ya"), ("0", "false", "no", "off", "tidak")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where mail is handed over."""

    host: str
    port: int
    tls: bool = False  # from the first byte
    starttls: bool = False  # or from the greeting on; never left out when asked for
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProvider:
    """Where officers may sign in besides here."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str  # on the button


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between two installations; see docs for each name."""

    data_dir: Path
    database_url: str
    model_dir: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8060
    sample_port: int = 8061
    allow_addresses: tuple[str, ...] = ()
    user_agent: str = "Dini/0.1 (+early-warning news screening; contact: operator)"
    collect_interval_minutes: int = 15
    second_reading_percent: int = 10
    articles: bool = True
    log_level: str = "info"
    secure_cookies: bool = False
    smtp: SmtpServer | None = None  # none: nothing is sent
    mail_from: str = ""
    metrics_port: int = 0  # none is opened
    metrics_host: str = "127.0.0.1"
    log_to: str = "file"
    quota: Quota = field(default_factory=Quota)
    keep: Keep = field(default_factory=Keep)
    privacy_contact: str = ""  # shown on the notice: where to ask
    public_url: str = ""  # where people reach the pages, without a slash at its end; empty: not known
    totp_required: bool = False  # of supervisors and administrators
    session_idle_minutes: int = 240  # half of it for supervisors and administrators
    key_requests_a_minute: int = 600  # of one API key, in one process; 0: no limit
    oidc: OidcProvider | None = None
    secret_keys: tuple[str, ...] = field(default=(), repr=False)  # newest first; none: those of the file
    secret_key_file: Path | None = None  # None: secret.key in the data folder

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings of the given environment (default: the process's). `Invalid` on unknown or bad values."""
        given = _gather(os.environ if environ is None else environ)
        data_dir = Path(given.get("data") or "~/.local/share/dini").expanduser().absolute()
        model = given.get("model", "")
        smtp = smtp_server(given.get("smtp_url", ""))
        sender = given.get("mail_from", "")
        if sender or smtp is not None:
            if not sender:
                raise Invalid("DINI_MAIL_FROM harus diisi bila DINI_SMTP_URL diisi.")
            sender = check_mailbox(sender)
        return cls(
            data_dir=data_dir,
            database_url=_database_url(given.get("database_url", ""), data_dir),
            model_dir=Path(model).expanduser().absolute() if model else None,
            host=given.get("host") or "127.0.0.1",
            port=_number(given, "port", 8060, 0, 65535),
            sample_port=_number(given, "sample_port", 8061, 0, 65535),
            allow_addresses=_addresses(given.get("allow_addresses", "")),
            user_agent=_line(
                given, "user_agent", "Dini/0.1 (+early-warning news screening; contact: operator)"
            ),
            collect_interval_minutes=_number(given, "collect_interval_minutes", 15, 1, 1440),
            second_reading_percent=_number(given, "second_reading_percent", 10, 0, 100),
            articles=_truth(given, "articles", default=True),
            log_level=_level(given.get("log_level", "info")),
            secure_cookies=_truth(given, "secure_cookies", default=False),
            smtp=smtp,
            mail_from=sender,
            metrics_port=_number(given, "metrics_port", 0, 0, 65535),
            metrics_host=given.get("metrics_host") or "127.0.0.1",
            log_to=_log_to(given.get("log_to", "")),
            quota=Quota(
                exports=_number(given, "exports_a_day", 200, 0, 100_000),
                rows=_number(given, "export_rows_a_day", 20_000, 0, 100_000_000),
            ),
            privacy_contact=_line(given, "privacy_contact", ""),
            public_url=_public(given.get("public_url", "")),
            totp_required=_required(given.get("totp", "")),
            session_idle_minutes=_number(given, "session_idle_minutes", 240, 10, 720),
            key_requests_a_minute=_number(given, "key_requests_a_minute", 600, 0, 100_000),
            oidc=_oidc(given),
            secret_keys=_keys(given),
            secret_key_file=_path(given, "secret_key_file"),
            keep=Keep(**{f"{kind}_days": _days(given, kind) for kind in KINDS}),
        )


def _gather(environ: Mapping[str, str]) -> dict[str, str]:
    given: dict[str, str] = {}
    path = environ.get("DINI_CONFIG", "")
    told = _with_secrets(_file(Path(path).expanduser())) if path else {}
    for name, value in environ.items():
        if not name.startswith("DINI_") or name in _IGNORED or name == "DINI_CONFIG":
            continue
        key = name.removeprefix("DINI_").lower()
        if key not in _NAMES:
            known = ", ".join(f"DINI_{n.upper()}" for n in _NAMES)
            raise Invalid(f"Pengaturan {name} tidak dikenal. Yang ada: {known}, DINI_CONFIG.")
        given[key] = value.strip()
    return told | _with_secrets(given)


def _with_secrets(given: dict[str, str]) -> dict[str, str]:
    """With what the `*_file` names point to in the place of the names; `Invalid` when both are given."""
    for key in _IN_FILES:
        path = given.pop(f"{key}_file", "")
        if not path:
            continue
        if given.get(key):
            raise Invalid(f"Isi salah satu saja: DINI_{key.upper()} atau DINI_{key.upper()}_FILE.")
        try:
            with Path(path).expanduser().open("rb") as file:
                text = file.read(_SECRET_BYTES).decode("utf-8").strip()
        except (OSError, ValueError):
            raise Invalid(f"Berkas DINI_{key.upper()}_FILE tidak dapat dibaca: {path}.") from None
        if not text or not text.isprintable():
            raise Invalid(f"Berkas DINI_{key.upper()}_FILE harus memuat satu baris: {path}.")
        given[key] = text
    return given


def _file(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise Invalid(f"Berkas pengaturan {path} tidak dapat dibaca.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Invalid(f"Berkas pengaturan {path} bukan TOML yang benar.") from None
    given: dict[str, str] = {}
    for key, value in table.items():
        if key not in _NAMES:
            raise Invalid(f"Pengaturan {key} dalam {path} tidak dikenal. Yang ada: {', '.join(_NAMES)}.")
        if isinstance(value, list):
            given[key] = ",".join(str(part) for part in value)
        elif isinstance(value, bool):
            given[key] = "true" if value else "false"
        elif isinstance(value, (str, int)):
            given[key] = str(value)
        else:
            raise Invalid(f"Pengaturan {key} dalam {path} harus teks, angka, atau daftar.")
    return given


def _database_url(text: str, data_dir: Path) -> str:
    if not text:
        return f"sqlite:///{data_dir / 'dini.db'}"
    if text.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + text.partition("://")[2]
    if text.startswith(("sqlite:///", "postgresql+psycopg://")):
        return text
    raise Invalid("DINI_DATABASE_URL harus diawali sqlite:/// atau postgresql://.")


def smtp_server(text: str) -> SmtpServer | None:
    """`smtp://` or `smtps://user:password@host:port`, the first also with `?starttls=1`. `Invalid` if not."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        asked = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise Invalid("DINI_SMTP_URL tidak dapat dibaca.") from None
    # The value itself is not repeated in any message: it holds a password.
    if parts.scheme not in ("smtp", "smtps") or not host or parts.path not in ("", "/") or parts.fragment:
        raise Invalid("DINI_SMTP_URL harus smtp://host:porta atau smtps://nama:sandi@host:porta.")
    if asked.keys() - {"starttls"}:
        raise Invalid("DINI_SMTP_URL hanya mengenal ?starttls=1.")
    tls = parts.scheme == "smtps"
    starttls = _truth({"smtp_url": asked.get("starttls", [""])[0]}, "smtp_url", default=False)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not f"{user}{password}{host}".isprintable():
        raise Invalid("DINI_SMTP_URL memuat karakter kendali.")
    if user and not (tls or starttls or host in _LOOPBACK):
        raise Invalid("DINI_SMTP_URL dengan kata sandi memerlukan smtps:// atau ?starttls=1.")
    return SmtpServer(
        host=host,
        port=port or (465 if tls else 587 if starttls else 25),
        tls=tls,
        starttls=starttls and not tls,
        user=user,
        password=password,
    )


def _oidc(given: Mapping[str, str]) -> OidcProvider | None:
    issuer = given.get("oidc_issuer", "")
    parts = ("oidc_client_id", "oidc_client_secret")
    if not issuer:
        if any(given.get(one) for one in parts):
            raise Invalid("DINI_OIDC_ISSUER harus diisi bila DINI_OIDC_CLIENT_ID atau _SECRET diisi.")
        return None
    try:
        found = urlsplit(issuer)
        host = found.hostname or ""
    except ValueError:
        raise Invalid("DINI_OIDC_ISSUER tidak dapat dibaca.") from None
    # The tokens cross this way: in the clear only on the machine itself.
    safe = found.scheme == "https" or (found.scheme == "http" and host in _LOOPBACK)
    if not (safe and host) or found.query or found.fragment or found.username or not issuer.isprintable():
        raise Invalid("DINI_OIDC_ISSUER harus alamat https:// tanpa ? dan #.")
    if missing := [one for one in parts if not given.get(one)]:
        raise Invalid(f"DINI_{missing[0].upper()} harus diisi bila DINI_OIDC_ISSUER diisi.")
    return OidcProvider(
        issuer=issuer,
        client_id=_line(given, "oidc_client_id", ""),
        client_secret=given["oidc_client_secret"],
        name=_line(given, "oidc_name", "SSO"),
    )


def _keys(given: Mapping[str, str]) -> tuple[str, ...]:
    keys = tuple(check_key(one) for one in given.get("secret_keys", "").replace(",", " ").split())
    if keys and given.get("secret_key_file"):
        raise Invalid("Isi salah satu saja: DINI_SECRET_KEYS atau DINI_SECRET_KEY_FILE.")
    return keys


def _path(given: Mapping[str, str], key: str) -> Path | None:
    text = given.get(key, "")
    return Path(text).expanduser().absolute() if text else None


def _public(text: str) -> str:
    """`https://host[:port]`: it goes into letters that stay, so nothing but the place may be in it."""
    if not text:
        return ""
    try:
        found = urlsplit(text)
        host, port = found.hostname or "", found.port
    except ValueError:
        raise Invalid("DINI_PUBLIC_URL tidak dapat dibaca.") from None
    # urlsplit takes line breaks out and joins what stood around them: the text itself is looked at too.
    named = bool((_IPV6 if "[" in text else _HOST).fullmatch(host)) and port != 0
    clean = text.isascii() and text.isprintable() and not set(text) & set("@\\ ") and found.netloc[-1:] != ":"
    if found.scheme not in ("http", "https") or not named or not clean:
        raise Invalid("DINI_PUBLIC_URL harus http:// atau https:// dan nama host, tanpa nama dan sandi.")
    # The pages' own links begin at the root, so a path in front would lead nowhere.
    if found.path not in ("", "/") or "?" in text or "#" in text:
        raise Invalid("DINI_PUBLIC_URL tidak boleh memuat jalur, ?, atau #.")
    return f"{found.scheme}://{found.netloc.lower()}"


def _required(text: str) -> bool:
    word = text.lower() or "boleh"
    if word not in ("boleh", "wajib"):
        raise Invalid("DINI_TOTP harus boleh atau wajib.")
    return word == "wajib"


def _number(given: Mapping[str, str], key: str, default: int, low: int, high: int) -> int:
    text = given.get(key, "")
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise Invalid(f"DINI_{key.upper()} harus bilangan bulat, bukan '{text[:40]}'.") from None
    if not low <= value <= high:
        raise Invalid(f"DINI_{key.upper()} harus antara {low} dan {high}.")
    return value


def _days(given: Mapping[str, str], kind: str) -> int:
    days = _number(given, f"keep_{kind}_days", getattr(Keep(), f"{kind}_days"), 0, 36_500)
    if days and days < (least := LEAST.get(kind, 1)):
        raise Invalid(f"DINI_KEEP_{kind.upper()}_DAYS paling sedikit {least} (0: disimpan seterusnya).")
    return days


def _addresses(text: str) -> tuple[str, ...]:
    found = []
    for part in text.split(","):
        address = part.strip()
        if not address:
            continue
        host, colon, port = address.rpartition(":")
        if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise Invalid(
                f"DINI_ALLOW_ADDRESSES memuat '{address[:80]}'; tulis host:port, pisahkan dengan koma."
            )
        found.append(address)
    return tuple(found)


def _line(given: Mapping[str, str], key: str, default: str) -> str:
    text = given.get(key, "") or default
    if not text.isprintable():
        raise Invalid(f"DINI_{key.upper()} memuat karakter kendali.")
    return text


def _level(text: str) -> str:
    level = text.lower() or "info"
    if level not in _LEVELS:
        raise Invalid(f"DINI_LOG_LEVEL harus salah satu dari {', '.join(_LEVELS)}.")
    return level


def _log_to(text: str) -> str:
    where = text.lower() or "file"
    if where not in ("file", "stderr"):
        raise Invalid("DINI_LOG_TO harus file atau stderr.")
    return where


def _truth(given: Mapping[str, str], key: str, *, default: bool) -> bool:
    text = given.get(key, "").lower()
    if not text:
        return default
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise Invalid(f"DINI_{key.upper()} harus true atau false.")
