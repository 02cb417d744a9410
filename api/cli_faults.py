"""How the command line fails: one Indonesian line, a fixed status, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click
import structlog

from api.logs import no_log
from screening import DeskError

UNWRITTEN = 1
BAD_INPUT = 2
BUG = 70

log = structlog.get_logger("dini.cli")


class Fault(click.ClickException):
    """The input or the surroundings are wrong; the message is an Indonesian sentence."""

    def __init__(self, message: str, status: int = BAD_INPUT) -> None:
        super().__init__(message)
        self.status = status


def unwritable(error: OSError | None = None) -> Fault:
    """A result that cannot go out: the disk is full, or nobody opened the way."""
    full = error is not None and error.errno in (errno.ENOSPC, errno.EDQUOT)
    cause = "tempat tujuan penuh" if full else "tempat tujuan tertutup"
    return Fault(f"Hasil tidak dapat ditulis: {cause}.", UNWRITTEN)


def in_words(error: click.ClickException) -> str:  # noqa: PLR0911 - one answer a kind
    """click's English in Indonesian."""
    if isinstance(error, Fault):
        return error.message
    if isinstance(error, click.NoSuchOption):
        return f"Pilihan {error.option_name} tidak dikenal."
    if isinstance(error, click.BadParameter):
        name = as_typed(error.param)
        if isinstance(error, click.MissingParameter):
            return f"{name} belum diberikan."
        kind = error.param.type if error.param else None
        choices = f"; pilihan: {', '.join(map(str, kind.choices))}" if isinstance(kind, click.Choice) else ""
        return f"Nilai {name} tidak sah{choices}."
    if isinstance(error, click.BadOptionUsage):
        return f"Pilihan {error.option_name} dipakai dengan cara yang salah."
    if isinstance(error, click.exceptions.NoSuchCommand):
        return "Perintah itu tidak ada. Lihat: dini --help."
    return "Perintah tidak lengkap atau berlebih. Lihat: dini --help."


def as_typed(param: click.Parameter | None) -> str:
    """`--format` for an option, `FILE` for an argument: what stands on the command line."""
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.human_readable_name if param else "Masukan"


class Verbs(click.Group):
    """The group that turns everything that can go wrong into one line and a status."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        extra["standalone_mode"] = False
        no_log()
        try:
            status = super().main(args, *rest, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            sys.exit(BAD_INPUT)
        except click.ClickException as error:
            fail(in_words(error), error.status if isinstance(error, Fault) else BAD_INPUT)
        except DeskError as error:
            fail(error.detail, BAD_INPUT)
        except (click.Abort, KeyboardInterrupt):
            fail("Dihentikan.", 130)
        except BrokenPipeError:
            drop_output()
            sys.exit(UNWRITTEN)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EBADF):
                told_as_bug(error)
            fail(unwritable(error).message, UNWRITTEN)
        except Exception as error:  # noqa: BLE001  the last net: a bug is logged whole and told in one line
            told_as_bug(error)
        else:
            sys.exit(status if isinstance(status, int) else 0)


def told_as_bug(error: Exception) -> NoReturn:
    reference = secrets.token_hex(4)
    log.error("bug", reference=reference, kind=type(error).__name__, exc_info=error)
    fail(f"Terjadi gangguan; rujukan {reference} dalam dini.log di folder data.", BUG)


def fail(line: str, status: int) -> NoReturn:
    log.warning("refused", line=line, status=status)
    click.echo(f"dini: {line}", err=True)
    if status == UNWRITTEN:
        drop_output()
    sys.exit(status)


def drop_output() -> None:
    """What still waits for stdout goes nowhere, else Python fails once more while it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
