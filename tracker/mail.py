"""Letters to messages, and messages out: by SMTP, or as files where no server is named.

Only the worker and the sweep post, never a request. What goes wrong for good is Hopeless, what may
go better later Unavailable. Neither says more than a server's number: its words may hold ours.
"""

import hashlib
import os
import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from email.header import Header
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import structlog
from flask import Flask
from flask_mail import Connection, Mail, Message
from jinja2 import TemplateNotFound

from tracker.errors import Hopeless, Unavailable

# Of each step: to connect, and for each answer of the server
SECONDS = 10.0
TLS_PORT = 465
# RFC 3834: so that no answering machine answers
_HEADERS = {"Auto-Submitted": "auto-generated"}
# What mail programs make a link of, and what is too long for a name
_TALKATIVE = re.compile(r"[/:@\\]|\.\w|.{61}", re.DOTALL)
# A subject that is one line together with its name
_SHORT = 65
log = structlog.get_logger()


class Letter(NamedTuple):
    """What a letter says, and to whom. `id` is the same on each try; `path` is that of its link,
    which is good for ever unless it `lives` so long; `said` is for its template.
    """

    id: str
    template: str
    subject: str
    to: str
    name: str
    path: str | None = None
    lives: timedelta | None = None
    said: Mapping[str, Any] = {}


Post = Callable[[Letter], None]
Carry = Callable[[Letter, Message, str | None], None]


def init_app(
    app: Flask, config: Any, *, tls: ssl.SSLContext | None = None, patience: float = SECONDS
) -> Post:
    """What posts letters by these settings. `tls` says whom to trust, by default whom the system
    does; `patience` is in seconds, for each step.
    """
    app.config.update(
        MAIL_SERVER=config.smtp_host,
        MAIL_PORT=config.smtp_port,
        MAIL_USERNAME=config.smtp_user,
        MAIL_PASSWORD=config.smtp_password,
        MAIL_USE_SSL=config.smtp_port == TLS_PORT,
        MAIL_USE_TLS=config.smtp_port != TLS_PORT,
        MAIL_DEFAULT_SENDER=(config.app_name, config.sender),
        MAIL_SUPPRESS_SEND=False,
    )
    state = Mail().init_app(app)
    if config.posts_by_smtp:
        carry = _by_smtp(lambda: _Bounded(state, tls or ssl.create_default_context(), patience))
    else:
        carry = _into(config.data / "mail", tells=not config.production)

    def post(letter: Letter) -> None:
        link = f"{config.public_address}{letter.path}" if letter.path else None
        try:
            with app.app_context():
                carry(letter, _message(app, letter, link, config.public_address), link)
        except UnicodeError:
            raise Hopeless("The letter goes to an address that cannot be written") from None

    return post


class _Bounded(Connection):
    """flask-mail's own waits for ever, takes any certificate, and takes a server that hangs up
    after the message for one that refused it.
    """

    def __init__(self, mail: Any, tls: ssl.SSLContext, patience: float) -> None:
        super().__init__(mail)
        self.tls, self.patience = tls, patience

    def configure_host(self) -> smtplib.SMTP:
        host = self._connected()
        try:
            if self.mail.use_tls:
                host.starttls(context=self.tls)
            host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def _connected(self) -> smtplib.SMTP:
        server, port = self.mail.server, self.mail.port
        if self.mail.use_ssl:
            return smtplib.SMTP_SSL(server, port, timeout=self.patience, context=self.tls)
        return smtplib.SMTP(server, port, timeout=self.patience)

    def __exit__(self, *fault: object) -> None:
        if self.host is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.host.quit()
            self.host.close()


def _by_smtp(connect: Callable[[], Connection]) -> Carry:
    def carry(letter: Letter, message: Message, link: str | None) -> None:
        try:
            with connect() as connection:
                connection.send(message)
        except (smtplib.SMTPException, OSError) as fault:
            raise _refusal(fault) from None

    return carry


def _refusal(fault: Exception) -> Hopeless | Unavailable:
    """A letter that is refused with 5xx is refused for good; a log-in that is, is ours to mend."""
    codes = _codes(fault)
    told = " ".join([type(fault).__name__, *map(str, codes)])
    if codes and min(codes) >= 500:
        return Hopeless(f"The mail server refused the letter: {told}")
    return Unavailable(f"The mail server did not take the letter: {told}")


def _codes(fault: Exception) -> list[int]:
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in fault.recipients.values()]
    refused = (smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
    return [fault.smtp_code] if isinstance(fault, refused) else []


def _into(folder: Path, *, tells: bool) -> Carry:
    """Keep each message as a file that only we may read; tell links where a developer looks on."""

    def carry(letter: Letter, message: Message, link: str | None) -> None:
        raw = message.as_bytes()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / f"{letter.template}-{_hashed(letter.id)[:16]}.eml"
        draft = target.with_suffix(".part")
        with open(draft, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(raw)
        draft.replace(target)
        if tells:
            log.info("letter", template=letter.template, file=str(target), link=link)

    return carry


def _message(app: Flask, letter: Letter, link: str | None, public: str) -> Message:
    """The letter as text and as HTML; raises Hopeless where a header would hold another."""
    values = {
        **letter.said,
        "name": _greeted(letter.name),
        "link": link,
        "lasting": letter.lives and _lasting(letter.lives),
        "service": app.config["MAIL_DEFAULT_SENDER"][0],
    }
    text = app.jinja_env.get_template(f"letters/{letter.template}.txt").render(values)
    html = None
    with suppress(TemplateNotFound):  # some letters are plain text
        html = app.jinja_env.get_template(f"letters/{letter.template}.html").render(values)
    message = Message(letter.subject, [letter.to], text, html, extra_headers=dict(_HEADERS))
    message.msgId = f"<{_hashed(letter.id)[:32]}@{urlsplit(public).hostname}>"
    if message.has_bad_headers():
        raise Hopeless("The letter has a header that cannot be sent")
    message.subject = _encoded(letter.subject)
    return message


def _encoded(subject: str) -> str:
    """A subject as RFC 2047 has it, folded. Left to others, a long one arrives in pieces, and what
    looks like an encoded word is read as one.
    """
    if subject.isascii() and len(subject) <= _SHORT and "=?" not in subject:
        return subject
    return Header(subject, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _greeted(name: str) -> str:
    """A name to greet, or nothing: one who registers a stranger must not write to them by it."""
    return "" if is_talkative(name) else " ".join(name.split())


def is_talkative(words: str) -> bool:
    """Whether somebody's words say more than a name does: a link, an address, a whole message."""
    return bool(_TALKATIVE.search(words))


def _lasting(lives: timedelta) -> str:
    minutes = round(lives.total_seconds() / 60)
    return f"{minutes // 60} hours" if minutes > 60 and minutes % 60 == 0 else f"{minutes} minutes"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
