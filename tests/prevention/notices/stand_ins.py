"""A real mail server and a webhook on loopback; the webhook fails in the usual ways."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Hook:
    """What a webhook was sent, and how it answers: by a status, or a mood."""

    mood: int | str = 200
    got: list[tuple[str, str, bytes]] = field(default_factory=list)
    url: str = ""


class _Answering(BaseHTTPRequestHandler):
    hook: Hook
    over: threading.Event

    def do_POST(self) -> None:
        """Take it, or whatever the mood is."""
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.hook.mood == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.hook.mood == "silent":
            self.over.wait(30)
            return
        self.hook.got.append((self.path, self.headers["content-type"], content))
        self.send_response(int(self.hook.mood))
        if self.hook.mood == 302:
            self.send_header("location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"no_service: very-secret")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def webhook() -> Iterator[Hook]:
    hook, over = Hook(), threading.Event()
    handler = type("Handler", (_Answering,), {"hook": hook, "over": over})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hook.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hook
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mail:
    """The letters that a mail server took, and the recipients that it does not know."""

    letters: list[tuple[list[str], Message]] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    url: str = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.unknown:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        letter = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        self.letters.append((list(envelope.rcpt_tos), letter))
        return "250 taken"


@contextmanager
def mail_server(password: str | None = None) -> Iterator[Mail]:
    """A mail server; with a password it takes nothing from whoever does not know it."""

    def known(*asked: object) -> AuthResult:
        said = asked[-1]
        right = isinstance(said, LoginPassword) and said.password.decode() == password
        return AuthResult(success=right)

    mail = Mail()
    controller = Controller(
        mail,
        hostname="127.0.0.1",
        port=0,
        authenticator=known if password else None,
        auth_required=password is not None,
        auth_require_tls=False,
    )
    with socket.socket() as free:  # the controller wants to know its port before it starts
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    mail.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield mail
    finally:
        controller.stop()
