"""Letters as they leave: what they say, what cannot be smuggled in, what a server may answer."""

import io
import re
import shutil
import ssl
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
import uuid_utils
from flask import Flask

from config import Config
from tests import post
from tests.conftest import START, Clock
from tests.people import Client
from tests.post import Server
from tracker import create_app, mail
from tracker.errors import Hopeless, Unavailable
from tracker.mail import Letter, Post
from tracker.services import letters, sweeping
from tracker.services.letters import Kind
from tracker.services.world import World
from tracker.store import Store

LETTER = Letter(
    "mail:1", "confirm", "Confirm your e-mail address", "ann@example.com", "Ann",
    "/account/confirm/t0k-en_", timedelta(hours=24),
)  # fmt: skip
KINDS = [kind for kind in vars(letters).values() if isinstance(kind, Kind)]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    return post.make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    with post.smtp_server(certificate) as server:
        yield server


@pytest.fixture
def config(config: Config, tmp_path: Path) -> Config:
    return replace(config, data=tmp_path, public_url="https://tracker.example.org")


def by_smtp(config: Config, port: int, certificate: Path, **rest: Any) -> Post:
    """A post to a server of ours, which trusts its certificate."""
    named = replace(
        config,
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_user=post.USER,
        smtp_password=rest.pop("password", post.PASSWORD),
    )
    tls_at_once = rest.pop("tls_at_once", False)
    app, tls = Flask("tracker"), ssl.create_default_context(cafile=certificate)
    send = mail.init_app(app, named, tls=tls, **rest)
    if tls_at_once:  # as on port 465, which may not be free here
        app.extensions["mail"].use_ssl, app.extensions["mail"].use_tls = True, False
    return send


def files(config: Config) -> list[Path]:
    return sorted((config.data / "mail").iterdir())


def kept(config: Config, letter: Letter) -> Any:
    """The message that a letter becomes, out of its file."""
    mail.init_app(Flask("tracker"), config)(letter)
    (file,) = files(config)
    return post.parsed(file.read_bytes())


def test_a_letter_goes_out_by_smtp_over_tls_after_a_login(
    config: Config, server: Server, certificate: Path
) -> None:
    by_smtp(config, server.port, certificate)(LETTER)
    (message,) = server.taken
    assert server.to == ["ann@example.com"]
    assert (message["To"], message["Subject"]) == ("ann@example.com", "Confirm your e-mail address")
    assert message["From"] == f"tracker <{post.USER}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert post.links(message) == ["https://tracker.example.org/account/confirm/t0k-en_"]


def test_on_the_port_of_tls_it_is_spoken_from_the_start(config: Config, certificate: Path) -> None:
    app = Flask("tracker")
    mail.init_app(app, replace(config, smtp_port=mail.TLS_PORT))
    assert (app.extensions["mail"].use_ssl, app.extensions["mail"].use_tls) == (True, False)
    with post.smtp_server(certificate, tls_at_once=True) as server:
        send = by_smtp(config, server.port, certificate, tls_at_once=True)
        send(LETTER)
        assert len(server.taken) == 1


def test_a_server_that_nobody_vouches_for_gets_no_password(
    config: Config, server: Server, tmp_path: Path
) -> None:
    stranger = post.make_certificate(tmp_path)
    with pytest.raises(Unavailable, match="SSLCertVerificationError"):
        by_smtp(config, server.port, stranger)(LETTER)
    assert server.taken == []


def test_a_server_that_vouches_for_another_name_gets_no_password(
    config: Config, tmp_path: Path
) -> None:
    other = post.make_certificate(tmp_path, "127.0.0.2")
    with post.smtp_server(other) as server, pytest.raises(Unavailable):
        by_smtp(config, server.port, other)(LETTER)


@pytest.mark.parametrize(
    ("step", "answer", "fault"),
    [
        ("at_recipient", "450 4.2.0 try later", Unavailable),
        ("at_recipient", "550 5.1.1 no such user t0k-en_", Hopeless),
        ("at_data", "451 4.3.0 try later", Unavailable),
        ("at_data", "554 5.7.1 refused t0k-en_", Hopeless),
    ],
)
def test_4xx_may_go_better_and_5xx_never(
    config: Config, server: Server, certificate: Path, step: str, answer: str, fault: type
) -> None:
    getattr(server, step).append(answer)
    with pytest.raises(fault) as told:
        by_smtp(config, server.port, certificate)(LETTER)
    assert answer[:3] in str(told.value)
    assert "t0k-en_" not in str(told.value), "the words of a server may hold ours"
    assert server.taken == []


def test_a_letter_that_a_server_puts_off_arrives_later_and_leads_on(
    config: Config, server: Server, certificate: Path, embedded_store: Store, clock: Clock
) -> None:
    send = by_smtp(config, server.port, certificate)
    world = World(embedded_store, clock, lambda: str(uuid_utils.uuid7()), send)
    client = Client(create_app(config, world, log_to=io.BytesIO()))
    client.as_("ann")
    server.at_data.append("451 4.7.1 greylisted, try later")
    assert sweeping.run_jobs(world) == (0, 1)
    clock.advance(minutes=1)
    assert sweeping.run_jobs(world) == (1, 0)
    (message,) = server.taken
    (link,) = post.links(message)
    token = {"token": link.rpartition("/")[2]}
    assert client.post("/api/auth/email/confirm", token).status == 204


def test_a_login_that_fails_is_ours_to_mend(
    config: Config, server: Server, certificate: Path
) -> None:
    with pytest.raises(Unavailable, match="SMTPAuthenticationError"):
        by_smtp(config, server.port, certificate, password="wrong")(LETTER)


def test_a_server_that_hangs_up_after_the_letter_has_taken_it(
    config: Config, server: Server, certificate: Path
) -> None:
    """A fault here would send the letter again."""
    server.hangs_up = True
    by_smtp(config, server.port, certificate)(LETTER)
    assert len(server.taken) == 1


def test_a_server_that_hangs_is_not_waited_for(config: Config, certificate: Path) -> None:
    with post.hanging_server() as port, pytest.raises(Unavailable):
        by_smtp(config, port, certificate, patience=0.05)(LETTER)


def test_a_server_that_is_away_may_come_back(config: Config, certificate: Path) -> None:
    with pytest.raises(Unavailable, match="ConnectionRefusedError"):
        by_smtp(config, 1, certificate)(LETTER)


def test_each_try_has_the_same_message_id(
    config: Config, server: Server, certificate: Path
) -> None:
    send = by_smtp(config, server.port, certificate)
    for letter in (LETTER, LETTER._replace(path="/account/confirm/other"), LETTER._replace(id="2")):
        send(letter)
    first, again, other = [message["Message-ID"] for message in server.taken]
    assert first == again != other
    assert re.fullmatch(r"<[0-9a-f]{32}@tracker\.example\.org>", first)


def test_without_a_server_a_letter_is_a_file_that_only_we_may_read(config: Config) -> None:
    message = kept(config, LETTER)
    assert (message["To"], message["From"]) == (
        "ann@example.com",
        "tracker <noreply@tracker.example.org>",
    )
    assert post.links(message) == ["https://tracker.example.org/account/confirm/t0k-en_"]
    (file,) = files(config)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(("environment", "told"), [("development", True), ("production", False)])
def test_the_link_is_told_to_a_developer_alone(
    config: Config, environment: str, told: bool
) -> None:
    log, world = io.BytesIO(), World(cast(Store, None), lambda: START, lambda: "")
    config = replace(config, environment=environment)
    app = create_app(config, world, log_to=log)
    mail.init_app(app, config)(LETTER)
    lines = [orjson.loads(line) for line in log.getvalue().splitlines()]
    assert [line["link"] for line in lines] == [
        "https://tracker.example.org/account/confirm/t0k-en_"
    ] * told
    assert (b"t0k-en_" in log.getvalue()) == told


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.template)
def test_every_letter_is_text_and_html_that_say_the_same(config: Config, kind: Kind) -> None:
    path, lives = ("/x/t0k", timedelta(minutes=60)) if kind.link else (None, None)
    message = kept(
        config, Letter("1", kind.template, kind.subject, "a@b.example", "Ann", path, lives)
    )
    text, html = (post.text(message, part) for part in ("plain", "html"))
    read = re.sub(r"\s+", " ", re.sub(r"<(style|title).*?</\1>|<[^>]+>", "", html, flags=re.DOTALL))
    assert re.sub(r"\s+", " ", text).strip() == read.strip()
    assert text.startswith("Hello Ann,\n")
    assert post.links(message) == ["https://tracker.example.org/x/t0k"] * bool(kind.link)
    assert message["Subject"] == kind.subject


def test_a_name_is_escaped_in_html(config: Config) -> None:
    message = kept(config, LETTER._replace(name='Ann <i> & "Bob"'))
    assert "Hello Ann &lt;i&gt; &amp; &#34;Bob&#34;," in post.text(message, "html")
    assert 'Hello Ann <i> & "Bob",' in post.text(message)


@pytest.mark.parametrize(
    "name",
    [
        "Win at https://evil.example/",
        "evil.example",
        "you@evil.example",
        "C:\\evil",
        "x" * 61,
        "Ann\u2028\u2028Your account is closed: call us",
    ],
)
def test_nobody_writes_to_strangers_by_a_name(config: Config, name: str) -> None:
    """Who registers another person's address chooses the name in the letter to them."""
    message = kept(config, LETTER._replace(name=name))
    for part in ("plain", "html"):
        assert "Hello," in post.text(message, part)
    assert len(post.links(message)) == 1


def test_a_name_stays_on_its_line(config: Config) -> None:
    message = kept(config, LETTER._replace(name="Ann\r\n\r\nBcc\x85all\u2028of you"))
    assert post.text(message).startswith("Hello Ann Bcc all of you,\n")
    assert "Bcc" not in message


@pytest.mark.parametrize(
    "changed",
    [
        {"to": "ann@example.com\r\nBcc: all@example.com"},
        {"to": "ann@example.com\nBcc: all@example.com"},
        {"subject": "Hello\r\nBcc: all@example.com"},
        {"subject": "Hello\r\n\r\nbody"},
        {"to": "ann@" + "\u00e9" * 70 + ".example"},
    ],
)
def test_no_header_can_be_smuggled_in(
    config: Config, server: Server, certificate: Path, changed: dict[str, str]
) -> None:
    for send in (
        by_smtp(config, server.port, certificate),
        mail.init_app(Flask("tracker"), config),
    ):
        with pytest.raises(Hopeless):
            send(LETTER._replace(**changed))
    assert server.taken == []
    assert not (config.data / "mail").exists() or files(config) == []
