"""How the command line fails: one Indonesian line, a fixed status, never a traceback."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from typing import Any

import click
import structlog

from api.logs import no_log
from screening import DeskError

BAD_INPUT = 2
BUG = 70

log = structlog.get_logger("dini.cli")


class Fault(click.ClickException):
    """The input or the surroundings are wrong; the message is an Indonesian sentence."""

    exit_code = BAD_INPUT


def in_words(error: click.ClickException) -> str:
    """click's English in Indonesian."""
    if isinstance(error, Fault):
        return error.message
    if isinstance(error, click.NoSuchOption):
        return f"Pilihan {error.option_name} tidak dikenal."
    if isinstance(error, click.BadParameter):
        name = error.param.human_readable_name if error.param else "?"
        missing = isinstance(error, click.MissingParameter)
        return f"{name} belum diberikan." if missing else f"Nilai {name} tidak sah."
    if isinstance(error, click.exceptions.NoSuchCommand):
        return "Perintah itu tidak ada. Lihat: dini --help."
    return "Perintah tidak lengkap atau berlebih. Lihat: dini --help."


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
            fail(in_words(error), error.exit_code if isinstance(error, Fault) else BAD_INPUT)
        except DeskError as error:
            fail(error.detail, BAD_INPUT)
        except (click.Abort, KeyboardInterrupt):
            fail("Dihentikan.", 130)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except Exception as error:  # the last net: a bug is logged whole and told in one line
            reference = secrets.token_hex(4)
            log.error("bug", reference=reference, kind=type(error).__name__, exc_info=True)
            fail(f"Terjadi gangguan; rujukan {reference} dalam dini.log di folder data.", BUG)
        else:
            sys.exit(status if isinstance(status, int) else 0)


def fail(line: str, status: int) -> None:
    log.warning("refused", line=line, status=status)
    click.echo(f"dini: {line}", err=True)
    sys.exit(status)
