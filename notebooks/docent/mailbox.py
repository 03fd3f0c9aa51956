"""A mailbox on this machine: a mail server that listens to nobody else, and what it took.

It speaks as much of SMTP as it takes to receive a letter, on the loopback address and a port of
its own, for as long as it is open. Nothing is handed on to anybody.
"""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING, Any, Final, cast

from docent.display import Facts, Folded, Paragraph, Shown

if TYPE_CHECKING:
    from docent.display import Piece

LOOPBACK: Final = "127.0.0.1"
LARGEST: Final = 1_000_000
"""Bytes of a letter: what is longer is refused."""
_ADDRESS: Final = re.compile(rb"<([^>]*)>")


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One letter: to whom, from whom, about what, and its text."""

    to: tuple[str, ...]
    sender: str
    subject: str
    text: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The letter as it is read: each notice in it with its questions and answers."""
        pieces: list[Piece] = []
        for notice in self.text.strip().split("\n\n"):
            said = [line.partition(": ") for line in notice.splitlines()]
            asked = tuple((name, text) for name, _, text in said if name in _QUESTIONS)
            others = [line for line in notice.splitlines() if line.partition(": ")[0] not in
                      _QUESTIONS and line != self.subject]  # fmt: skip
            pieces += [Paragraph(line, look="topic") for line in others]
            pieces += [Facts(asked)] if asked else []
        return tuple(pieces)

    def card(self) -> Shown[Letter]:
        """The letter, unfolded."""
        return Shown(self, self.subject, (Facts((("To", ", ".join(self.to)),)), *self.pieces))

    def __repr__(self) -> str:
        return self.card().plain()

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        return self.card()._repr_mimebundle_()


@dataclass
class Mailbox:
    """The letters that came, the earliest first."""

    letters: list[Letter] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[str]:
        """Take letters for as long as this lasts; the value is the server's URL."""
        with _Server((LOOPBACK, 0), _Conversation) as server:
            server.mailbox = self
            thread = threading.Thread(
                target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
            )
            thread.start()
            try:
                yield f"smtp://{LOOPBACK}:{server.server_address[1]}"
            finally:
                server.shutdown()
                thread.join()

    def to(self, address: str) -> list[Letter]:
        """The letters of one person."""
        return [letter for letter in self.letters if address in letter.to]

    def __repr__(self) -> str:
        return letters_card("The mailbox", self.letters).plain()

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        return letters_card("The mailbox", self.letters)._repr_mimebundle_()


def letters_card(title: str, letters: Sequence[Letter]) -> Shown[Sequence[Letter]]:
    """Letters as a card, each folded behind whom it went to and what it is about."""
    pieces = tuple(
        Folded(f"{', '.join(letter.to)}: {letter.subject}", letter.pieces) for letter in letters
    )
    return Shown(letters, title, pieces or (Paragraph("Nothing came."),), kind=counted(letters))


def counted(letters: Sequence[Letter]) -> str:
    """How many letters there are, in words."""
    return f"{len(letters) or 'no'} letter{'s' if len(letters) > 1 else ''}"


_QUESTIONS: Final = ("What", "When", "Who is hurt", "Was hurt", "What to do", "By when")
"""What a notice says, line by line (``prevention.notices``)."""


# ------------------------------------------------------------------ the server


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    mailbox: Mailbox


class _Conversation(socketserver.StreamRequestHandler):
    """One conversation with whoever brings letters."""

    def handle(self) -> None:
        self._say("220 mailbox")
        sender, to = "", list[str]()
        while line := self.rfile.readline(LARGEST):
            word = line[:4].upper().rstrip()
            if word == b"MAIL":
                sender, to = _address(line), []
                self._say("250 OK")
            elif word == b"RCPT":
                to.append(_address(line))
                self._say("250 OK")
            elif word == b"DATA":
                self._take(sender, tuple(to))
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 OK" if word in _UNDERSTOOD else "502 not here")

    def _take(self, sender: str, to: tuple[str, ...]) -> None:
        self._say("354 go on")
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline(LARGEST)) not in (b"", b".\r\n"):
            size += len(line)
            if size <= LARGEST:
                lines.append(line.removeprefix(b"."))
        if size > LARGEST:
            self._say("552 too long")
            return
        cast("_Server", self.server).mailbox.letters.append(_letter(sender, to, b"".join(lines)))
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


_UNDERSTOOD: Final = (b"EHLO", b"HELO", b"RSET", b"NOOP")


def _address(line: bytes) -> str:
    found = _ADDRESS.search(line)
    return found[1].decode("utf-8", "replace") if found else ""


def _letter(sender: str, to: tuple[str, ...], content: bytes) -> Letter:
    message = cast("EmailMessage", message_from_bytes(content, policy=cast("Any", default)))
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()).replace("\r\n", "\n") if body else ""
    return Letter(to, sender, " ".join(str(message["subject"] or "").split()), text)
