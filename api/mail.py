"""Handing a message to the mail server: the only file with smtplib, and the only way out besides feeds/.

The server is the operator's (`DINI_SMTP_URL`); nothing that comes from the news chooses host or recipient.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from api.wire_shapes import plain
from screening import Dispatch, PostKind, SmtpServer

SECONDS = 30.0  # of silence at each step
_REPLY_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """Why not, in words; `down` when no other message would get through either."""

    words: str
    down: bool = False


def envelope(one: Dispatch, sender: str, file_name: str) -> EmailMessage:
    """The message of a composed dispatch: text in the body, the PDF attached. The same bytes at each try.

    Subject and addresses are ours; titles of the news stand in the body only, so no header can be injected.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Dini", addr_spec=sender)
    message["To"] = Address(addr_spec=one.mailbox)
    message["Subject"] = one.subject
    message["Date"] = one.created_at
    message["Message-ID"] = f"<{one.message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "id"
    if one.kind is PostKind.URGENT:
        message["Importance"] = "high"
    message.set_content(one.text, cte="base64")
    if one.attachment:
        message.add_attachment(one.attachment, maintype="application", subtype="pdf", filename=file_name)
        message.set_boundary(f"=_{one.message_id.partition('@')[0]}")
    return message


def deliver(server: SmtpServer, message: EmailMessage, sender: str, mailbox: str) -> Undelivered | None:
    """None when the server has taken the message. TLS is never left out where it is asked for."""
    try:
        line = _connected(server, sender.partition("@")[2])
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return Undelivered(words=_in_words(error), down=True)
    try:
        line.send_message(message, from_addr=sender, to_addrs=[mailbox])
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = error.recipients.get(mailbox, (0, b""))
        return Undelivered(words=f"Kotak surat ditolak server surel ({code} {_reply(reply)}).")
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return Undelivered(words=_in_words(error), down=isinstance(error, OSError) and not _answered(error))
    finally:
        # What the server has said to DATA counts; a farewell that fails takes nothing back.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            line.quit()
        line.close()
    return None


def _connected(server: SmtpServer, name: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    line: smtplib.SMTP
    if server.tls:
        line = smtplib.SMTP_SSL(server.host, server.port, name, timeout=SECONDS, context=context)
    else:
        line = smtplib.SMTP(server.host, server.port, name, timeout=SECONDS)
    try:
        if server.starttls:
            line.starttls(context=context)
        if server.user:
            line.login(server.user, server.password)
    except BaseException:
        line.close()
        raise
    return line


def _answered(error: Exception) -> bool:
    return isinstance(error, smtplib.SMTPResponseException)


def _in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"Server surel menolak nama atau kata sandi ({error.smtp_code})."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"Server surel menolak ({error.smtp_code} {_reply(error.smtp_error)})."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "Server surel tidak menawarkan yang diminta (STARTTLS atau masuk dengan sandi)."
    if isinstance(error, ssl.SSLError):
        return f"Sambungan aman ke server surel gagal ({error.reason or 'TLS'})."
    if isinstance(error, TimeoutError):
        return "Server surel tidak menjawab."
    return f"Server surel tidak dapat dihubungi atau memutus sambungan ({type(error).__name__})."


def _reply(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(plain(text).split())[:_REPLY_CHARS]
