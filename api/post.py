"""The round of the post: what is due is composed once, written down, sent, and marked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from api import letter
from api.mail import Undelivered, deliver, envelope
from api.times import WIB, day_name, hour
from screening import Desk, Dispatch, PostKind, office_name
from screening.taxonomy import PROVINCE

log = structlog.get_logger("dini.post")

OFF = "DINI_SMTP_URL belum diatur; surat tidak dikirim."
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, *([30.0] * 15))  # eight minutes of the ten of a lease
UNCOMPOSED = "Surat tidak dapat disusun; sebabnya ada dalam dini.log."


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round did; `down` when the server could not be reached and the rest waits."""

    sent: int = 0
    unsent: int = 0
    dropped: int = 0
    down: bool = False


def post_due(
    desk: Desk,
    clock: Callable[[], datetime],
    only: Sequence[int] | None = None,
    stop: threading.Event | None = None,
) -> Round:
    """Send what is due (of `only`), urgent ones first. Many workers may do so at once.

    Every message is claimed first and marked after the server has taken it. A worker killed between the two
    leaves it due again after ten minutes, with the same Message-ID: at most one duplicate a kill.
    """
    server, sender = desk.settings.smtp, desk.settings.mail_from
    if server is None:
        return Round()
    if only is None:
        desk.owe_due_digests(clock())
    sent = unsent = dropped = 0
    while not (stop and stop.is_set()) and (claimed := desk.claim_dispatch(clock(), only)) is not None:
        try:
            one = composed(desk, claimed, sender, clock())
        except Exception:  # one that cannot be composed must not keep the others back
            log.error("post_uncomposed", dispatch=claimed.id, exc_info=True)
            desk.dispatch_unsent(claimed, UNCOMPOSED, clock())
            unsent += 1
            continue
        if one is None:
            dropped += 1
            continue
        message = envelope(one, sender, pdf_name(one))
        trouble: Undelivered | None = deliver(server, message, sender, one.mailbox)
        if trouble is None:
            _mark_sent(desk, one, clock)
            sent += 1
            continue
        desk.dispatch_unsent(one, trouble.words, clock())
        unsent += 1
        if trouble.down:
            return Round(sent=sent, unsent=unsent, dropped=dropped, down=True)
    return Round(sent=sent, unsent=unsent, dropped=dropped)


def _mark_sent(desk: Desk, one: Dispatch, clock: Callable[[], datetime]) -> None:
    """The server has it: a database that is away for some minutes must not make it go out once more.

    Longer than the lease it is not tried, since another worker then has the message.
    """
    for pause in PAUSES:
        try:
            desk.dispatch_sent(one, clock())
        except Exception as error:
            if not desk.operations.lost(error):
                raise
            log.warning("post_unmarked", dispatch=one.id, pause=pause)
            time.sleep(pause)
        else:
            return
    desk.dispatch_sent(one, clock())


def composed(desk: Desk, one: Dispatch, sender: str, now: datetime) -> Dispatch | None:
    """With subject, text and PDF, made at the first try and kept; None when it is no longer to be sent."""
    domain = sender.partition("@")[2]
    if one.kind is PostKind.URGENT:
        # Asked anew at each try: what a person rejected while the server was down is no alarm any more.
        text = desk.urgent_words(one, now)
        if not text:
            desk.drop_dispatch(one, "Ditolak atau dinyatakan aksi damai oleh petugas sebelum terkirim.")
            return None
        if one.subject:
            return one
        if desk.settings.public_url:
            text += f"\nBuka di Dini: {desk.settings.public_url}/insiden/{one.incident_id}"
        return desk.compose_dispatch(one, subject=subject(one), text=text, attachment=b"", domain=domain)
    if one.subject:
        return one
    if one.start is None or one.end is None:
        raise ValueError("a digest without a window")
    made = letter.worded(desk.digest(one.start, one.end, now, one.office if one.office != PROVINCE else ""))
    site = desk.settings.public_url
    text, paper = letter.digest_as_text(made, site), letter.pdf(made, site=site, always=bool(site))
    return desk.compose_dispatch(one, subject=subject(one), text=text, attachment=paper, domain=domain)


def subject(one: Dispatch) -> str:
    """Of fixed words, the office, level and time: nothing from the news."""
    if one.kind is PostKind.URGENT and one.level is not None:
        return f"[{one.level.name}] Peringatan dini {one.incident_id} - {office_name(one.office)}"
    if one.end is None:
        raise ValueError("a digest without a window")
    return (
        f"Laporan Harian Situasi Daerah - {office_name(one.office)} - {day_name(one.end)} {hour(one.end)} WIB"
    )


def pdf_name(one: Dispatch) -> str:
    """`laporan-62.02-2026-11-24-1500.pdf`."""
    return f"laporan-{one.office}-{one.end.astimezone(WIB):%Y-%m-%d-%H%M}.pdf" if one.end else ""
