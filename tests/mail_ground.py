"""A real SMTP server on loopback: speaks the protocol, keeps what it took, can be told to fail."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser


@dataclass(slots=True)
class Taken:
    """One message the server has said 250 to, or was about to."""

    sender: str
    mailboxes: list[str]
    raw: bytes
    secure: bool

    @property
    def message(self) -> EmailMessage:
        found = BytesParser(policy=policy.default).parsebytes(self.raw)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")  # a mail's lines end in CRLF

    @property
    def pdf(self) -> bytes:
        (part,) = self.message.iter_attachments()
        assert part.get_content_type() == "application/pdf"
        return part.get_payload(decode=True)  # type: ignore[return-value]


@dataclass(slots=True)
class PostOffice:
    """`with PostOffice() as office`: listens on a free port until the end."""

    refuse: set[str] = field(default_factory=set)  # mailboxes it answers 550 to
    password: str = ""  # asked of "dini" when set
    tls: ssl.SSLContext | None = None  # offered as STARTTLS
    on_data: Callable[[Taken], None] | None = None  # after the last byte, before the 250
    drop_reply: bool = False  # takes the message, then breaks off instead of answering
    farewell: bytes = b"221 bye"
    taken: list[Taken] = field(default_factory=list)
    port: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> PostOffice:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._loop is not None and self._thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, mailbox: str) -> list[Taken]:
        return [one for one in self.taken if mailbox in one.mailboxes]

    def _run(self, ready: threading.Event) -> None:
        self._loop = asyncio.new_event_loop()
        server = self._loop.run_until_complete(
            asyncio.start_server(self._speak, "127.0.0.1", self.port, limit=1 << 24)
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender, mailboxes, secure, known = "", list[str](), False, not self.password
        writer.write(b"220 kantor pos uji ESMTP\r\n")
        while line := (await reader.readline()).decode("ascii", "replace").rstrip("\r\n"):
            verb = line.split(" ")[0].upper()
            reply = b"250 ok"
            if verb == "EHLO":
                offers = [b"kantor", b"8BITMIME"]
                offers += [b"STARTTLS"] if self.tls and not secure else []
                offers += [b"AUTH PLAIN"] if self.password else []
                reply = b"\r\n".join(b"250" + (b" " if one is offers[-1] else b"-") + one for one in offers)
            elif verb == "STARTTLS" and self.tls:
                writer.write(b"220 go\r\n")
                await writer.drain()
                await writer.start_tls(self.tls)
                secure = True
                continue
            elif verb == "AUTH":
                said = base64.b64decode(line.split(" ")[-1]).split(b"\0")
                known = said[1:] == [b"dini", self.password.encode()]
                reply = b"235 in" if known else b"535 no"
            elif verb == "MAIL":
                sender, mailboxes = line.partition("<")[2].partition(">")[0], []
                reply = b"250 ok" if known else b"530 sign in"
            elif verb == "RCPT":
                box = line.partition("<")[2].partition(">")[0]
                if box in self.refuse:
                    reply = b"550 no such box"
                else:
                    mailboxes.append(box)
            elif verb == "DATA":
                writer.write(b"354 go\r\n")
                raw = (await reader.readuntil(b"\r\n.\r\n"))[:-5].replace(b"\r\n..", b"\r\n.")
                one = Taken(sender=sender, mailboxes=mailboxes, raw=raw, secure=secure)
                self.taken.append(one)
                if self.on_data is not None:
                    self.on_data(one)
                if self.drop_reply:
                    return
            elif verb == "QUIT":
                writer.write(self.farewell + b"\r\n")
                await writer.drain()
                return
            writer.write(reply + b"\r\n")
            await writer.drain()


def nobody_listens() -> int:
    """A loopback port that refuses connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
