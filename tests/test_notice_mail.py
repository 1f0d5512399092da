"""Letters about notices as they leave: what they say, what cannot be smuggled in by a title or a
name, and what becomes of them when the server puts them off, refuses them, or is gone.
"""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import flask_mail
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from config import Config
from tests import post, test_mail
from tests.conftest import Clock
from tests.post import Server
from tests.services import telling
from tests.services.telling import letters, send
from tests.test_mail import LETTER, by_smtp, kept
from tests.xss import STRINGS, Reading
from tracker import mail
from tracker.mail import Letter, Post
from tracker.services import firing, notice_letters
from tracker.services.world import World
from tracker.store import Store

certificate, server, config = test_mail.certificate, test_mail.server, test_mail.config

NASTY = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><a href="https://evil.example/">x</a>',
    "&lt;b&gt; {{ 7 * 7 }} {% raw %}",
    "a\r\nBcc: all@example.com",
    "a\r\n\r\n<b>body</b>",
    "a\nSubject: other",
    "%0d%0aBcc: all@example.com",
    "=?utf-8?q?=0D=0ABcc:_all=40example.com?=",
    "a\u2028\x85Bcc: x",
    "é" * 255,
    "\U0001f4c5" * 255,
    "x" * 255,
    "<" * 255,
)
TEMPLATES = ("overdue", "assigned", "comment", "reminder", "member")


def message_of(config: Config, template: str, **said: Any) -> Any:
    told = {"message": "Task 't' is past its due date.", **said}
    letter = Letter("1", template, "s", "a@b.example", "Ann", "/api/tasks/t", said=told)
    return kept(config, letter)


def late(store: Store, count: int = 1, **fields: Any) -> None:
    telling.people(store)
    telling.overdue(store, count, **fields)


def world_of(store: Store, clock: Clock, send: Post) -> World:
    """A world in which somebody was told of all that is overdue."""
    world = World(store, clock, lambda: "", send)
    firing.fire(world, "t")
    return world


@pytest.mark.parametrize("template", [*TEMPLATES, "digest"])
def test_every_letter_is_text_and_html_that_say_the_same(config: Config, template: str) -> None:
    titles = {"titles": ["one", "two"], "more": 3} if template == "digest" else {}
    message = message_of(config, template, **titles)
    text, html = (post.text(message, part) for part in ("plain", "html"))
    read = unescape(re.sub(r"<(style|title).*?</\1>|<[^>]+>", "", html, flags=re.DOTALL))
    plain = text.replace("- ", "")
    assert re.sub(r"\s+", " ", plain).strip() == re.sub(r"\s+", " ", read).strip()
    assert text.startswith("Hello Ann,\n\nTask 't' is past its due date.\n")
    assert post.links(message) == ["https://tracker.example.org/api/tasks/t"]
    assert "/api/notifications/preferences" in text
    assert "works once" not in text + html


@pytest.mark.parametrize("template", [*TEMPLATES, "digest"])
def test_every_value_is_escaped_in_html(config: Config, template: str) -> None:
    nasty = "<b>&\"'"
    titles = {"titles": [nasty], "more": 0} if template == "digest" else {}
    message = message_of(config, template, message=nasty, **titles)
    assert nasty in post.text(message)
    html = post.text(message, "html")
    assert html.count("&lt;b&gt;&amp;&#34;&#39;") == 1 + len(titles.get("titles", []))
    assert "<b>" not in html


@pytest.mark.parametrize("template", ["overdue", "digest"])
def test_no_string_becomes_a_tag_of_a_letter(config: Config, template: str) -> None:
    """Whatever a title or a name holds, the tags and their attributes are those of a plain one."""

    def tags(said: list[str]) -> list[Any]:
        titles = {"titles": said, "more": 1} if template == "digest" else {}
        message = message_of(config, template, message=" ".join(said), **titles)
        return Reading(post.text(message, "html")).tags

    assert tags(STRINGS) == tags(["x"] * len(STRINGS))


@pytest.mark.parametrize("count", [1, notice_letters.FEW + 1], ids=["alone", "digest"])
def test_nothing_can_be_smuggled_in_by_a_title_or_a_name(
    config: Config, embedded_store: Store, clock: Clock, tmp_path: Path, count: int
) -> None:
    late(embedded_store, count)
    for turn, nasty in enumerate(NASTY):
        embedded_store.db.jobs.delete_many({})
        told = {"told_overdue": None, "title": nasty}
        change = {f"root.children.t{n}.{k}": v for n in range(count) for k, v in told.items()}
        embedded_store.db.trees.update_one({"_id": "t"}, {"$set": change})
        embedded_store.db.users.update_one({"_id": "bob"}, {"$set": {"full_name": nasty}})
        folder = replace(config, data=tmp_path / str(turn))
        world = world_of(embedded_store, clock, mail_to(folder))
        assert send(world) == (1, 0)
        (file,) = test_mail.files(folder)
        _check_harmless(post.parsed(file.read_bytes()), nasty)


def mail_to(config: Config) -> Post:
    return mail.init_app(Flask("tracker"), config)


def _check_harmless(message: Any, nasty: str) -> None:
    names = [name.lower() for name in message]
    assert len(names) == len(set(names)), "each header once"
    assert "bcc" not in names
    assert message["To"] == "bob@example.com"
    subject = str(message["Subject"])
    assert subject.startswith("Overdue: ")
    assert len(subject) <= len("Overdue: ") + notice_letters.LONGEST_TITLE
    assert not re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029]", subject)
    html = post.text(message, "html")
    assert set(re.findall(r"<(\w+)", html)) <= {
        "html", "meta", "title", "body", "p", "a", "ul", "li",
    }  # fmt: skip
    assert "49" not in subject + html
    assert len(re.findall(r'href="([^"]+)"', html)) == 1
    body = post.text(message)
    assert "\nBcc" not in body
    assert max(len(line) for line in message.as_bytes().splitlines()) <= 998


@pytest.mark.parametrize(
    "title", ["é" * 120, "\U0001f4c5" * 40, "a – b", "x" * 119 + "é", "y" * 120]
)
def test_a_title_of_any_script_arrives_as_it_is(
    config: Config, embedded_store: Store, clock: Clock, title: str
) -> None:
    late(embedded_store, title=title)
    send(world_of(embedded_store, clock, mail_to(config)))
    (file,) = test_mail.files(config)
    message = post.parsed(file.read_bytes())
    assert str(message["Subject"]) == f"Overdue: {title}"
    assert f"Task '{title}' is past its due date. Please take action." in post.text(message)


TITLES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=120)


@settings(deadline=None)
@given(
    TITLES.map(lambda title: " ".join(title.split())) | st.sampled_from(["=?x?q?a?=", "a =?", "?="])
)
def test_every_subject_is_read_as_it_was_written(title: str) -> None:
    subject = f"Overdue: {title}".strip()
    app = Flask("tracker")
    app.config["MAIL_DEFAULT_SENDER"] = ("t", "t@example.org")
    flask_mail.Mail(app)
    with app.app_context():
        message = mail._message(
            app, LETTER._replace(subject=subject), None, "https://t.example.org"
        )
        raw = message.as_bytes()
    assert str(post.parsed(raw)["Subject"]) == subject
    assert max(len(line) for line in raw.split(b"\r\n\r\n")[0].splitlines()) <= 78


@pytest.mark.parametrize("step", ["at_recipient", "at_data"])
def test_a_letter_that_is_put_off_comes_again_as_the_same(
    config: Config,
    server: Server,
    certificate: Path,
    embedded_store: Store,
    clock: Clock,
    step: str,
) -> None:
    title = "é" * 120
    late(embedded_store, title=title)
    world = world_of(embedded_store, clock, by_smtp(config, server.port, certificate))
    getattr(server, step).append("451 4.7.1 greylisted, try later")
    assert send(world) == (0, 1)
    clock.advance(minutes=1)
    assert (send(world), send(world)) == ((1, 0), (0, 0))
    assert [message["Subject"] for message in server.taken] == [f"Overdue: {title}"]
    assert len(telling.stored(world)) == 1


def test_a_letter_whose_server_is_gone_after_it_comes_again_under_the_same_id(
    config: Config, server: Server, certificate: Path, embedded_store: Store, clock: Clock
) -> None:
    """Whether it was taken nobody knows: mail programs tell by the Message-ID."""
    late(embedded_store, notice_letters.FEW + 1)
    world = world_of(embedded_store, clock, by_smtp(config, server.port, certificate))
    server.drops = 2
    assert send(world) == (0, 1)
    clock.advance(minutes=1)
    assert send(world) == (0, 1)
    clock.advance(minutes=10)
    assert send(world) == (1, 0)
    assert len(server.taken) == 3
    assert len({message["Message-ID"] for message in server.taken}) == 1
    assert len({post.text(message) for message in server.taken}) == 1


def test_a_letter_that_is_refused_for_good_is_not_tried_again(
    config: Config, server: Server, certificate: Path, embedded_store: Store, clock: Clock
) -> None:
    late(embedded_store)
    world = world_of(embedded_store, clock, by_smtp(config, server.port, certificate))
    server.at_data.append("554 5.7.1 refused")
    assert send(world) == (0, 1)
    clock.advance(hours=12)
    assert send(world) == (0, 0)
    assert [job["state"] for job in letters(world)] == ["dead"]
    assert server.taken == []


def test_letters_outlast_a_server_that_is_slow_or_away(
    config: Config, server: Server, certificate: Path, embedded_store: Store, clock: Clock
) -> None:
    late(embedded_store)
    with post.hanging_server() as port:
        slow = by_smtp(config, port, certificate, patience=0.05)
        world = world_of(embedded_store, clock, slow)
        assert send(world) == (0, 1)
    for away in (by_smtp(config, 1, certificate), by_smtp(config, server.port, certificate)):
        clock.advance(minutes=2)
        send(replace(world, post=away))
    assert [message["Subject"] for message in server.taken] == ["Overdue: t0"]
