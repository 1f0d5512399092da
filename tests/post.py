"""Where letters go in tests: a box that keeps them, and a real SMTP server that keeps messages."""

import email
import email.policy
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tracker.mail import Letter

USER, PASSWORD = "us@example.org", "the password of the mail server"


class Box:
    """A post that keeps every letter; with a fault in `faults` it raises that instead."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.faults: list[Exception] = []

    def __call__(self, letter: Letter) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.letters.append(letter)

    @property
    def last(self) -> Letter:
        return self.letters[-1]

    @property
    def token(self) -> str:
        """What the link of the last letter ends in."""
        assert self.last.path
        return self.last.path.rpartition("/")[2]


class Server:
    """What an SMTP server took; what stands in `at_recipient`, `at_data` it answers there first.

    So often as `drops` says it takes a letter and is gone before it has said so.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.to: list[str] = []
        self.at_recipient: list[str] = []
        self.at_data: list[str] = []
        self.hangs_up = False
        self.drops = 0
        self.port = 0

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.at_data:
            return self.at_data.pop(0)
        self.to.extend(envelope.rcpt_tos)
        self.taken.append(parsed(envelope.content))
        if self.drops:
            self.drops -= 1
            server.transport.abort()
        return "250 OK"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        if self.hangs_up:
            server.transport.abort()
        return "221 Bye"


def parsed(raw: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


def links(message: EmailMessage) -> list[str]:
    """The links in the plain text of a message."""
    return re.findall(r"https?://\S+", text(message))


def text(message: EmailMessage, kind: str = "plain") -> str:
    """The part of a message that is plain text, or the one that is HTML."""
    body = message.get_body((kind,))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


@contextmanager
def smtp_server(
    certificate: Path, *, tls_at_once: bool = False, told: Server | None = None
) -> Iterator[Server]:
    """A real server that takes letters over TLS, from who logs in; `told` may be one's own."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    told = told or Server()
    told.port = _free_port()  # its own check of port 0 would ask port 0
    tls = {"ssl_context": context} if tls_at_once else {"tls_context": context}
    controller = Controller(
        told,
        hostname="127.0.0.1",
        port=told.port,
        authenticator=_authenticator,
        auth_required=not tls_at_once,
        require_starttls=not tls_at_once,
        auth_require_tls=not tls_at_once,
        **tls,
    )
    controller.start()
    try:
        yield told
    finally:
        controller.stop()


def make_certificate(folder: Path, name: str = "127.0.0.1") -> Path:
    """A key and a certificate for an address of ours that it signs itself, in one file."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        f"-subj /CN=tests -addext subjectAltName=IP:{name} -keyout {key} -out {certificate}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text(key.read_text() + certificate.read_text())
    return both


@contextmanager
def hanging_server() -> Iterator[int]:
    """The port of a server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield silent.getsockname()[1]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _authenticator(
    server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword
) -> AuthResult:
    fits = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=fits, handled=False)
