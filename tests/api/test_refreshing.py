"""Refresh tokens: good once, for ten seconds once more, and the end of their family after that."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.asking import OPERATORS, refused
from tests.api.log_ins import REFRESH, lives, log_in, refresh
from tests.api.test_tokens import signed
from tests.conftest import SECRET, Clock
from tests.people import Client, Reply
from tracker.store import Store
from tracker.web import grants, signing
from tracker.web.refresh_tokens import PURPOSE


@pytest.fixture
def first(client: Client) -> str:
    """The refresh token of a log-in."""
    return str(log_in(client, refresh=True).json["refresh_token"])


def following(reply: Reply) -> str:
    assert reply.status == 200, reply
    return str(reply.json["refresh_token"])


def test_a_refresh_answers_new_tokens_that_work(client: Client, first: str) -> None:
    reply = refresh(client, first)
    assert reply.json["user"] == client.as_("ann").seen
    assert reply.json["expires_in"] == 900
    assert lives(client, reply.json["access_token"])
    assert following(reply) != first
    assert refresh(client, following(reply)).status == 200


def test_a_lost_answer_is_had_again_for_ten_seconds(
    client: Client, clock: Clock, first: str
) -> None:
    second = following(refresh(client, first))
    clock.advance(seconds=10)
    again = refresh(client, first)
    assert following(again) == second
    assert lives(client, again.json["access_token"])
    assert following(refresh(client, second)) not in {first, second}


def test_a_replay_after_eleven_seconds_ends_the_whole_family(
    client: Client, clock: Clock, first: str
) -> None:
    other = log_in(client, refresh=True).json
    replies = [refresh(client, first)]
    replies.append(refresh(client, following(replies[0])))
    clock.advance(seconds=11)
    refused(refresh(client, first), 401)
    assert [lives(client, reply.json["access_token"]) for reply in replies] == [False, False]
    for token in (first, *(following(reply) for reply in replies)):
        refused(refresh(client, token), 401)
    assert lives(client, other["access_token"])
    assert refresh(client, other["refresh_token"]).status == 200


def test_the_one_before_last_is_a_replay_at_once(client: Client, first: str) -> None:
    third = following(refresh(client, following(refresh(client, first))))
    refused(refresh(client, first), 401)
    refused(refresh(client, third), 401)


def test_a_replay_is_told_to_the_operator_without_the_token(
    client: Client, clock: Clock, first: str, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    second = following(refresh(client, first))
    clock.advance(seconds=11)
    refresh(client, first)
    (line,) = [line for line in log_lines() if line["event"] == "refresh_token_reused"]
    assert (line["level"], line["user"]) == ("warning", client.as_("ann").me["id"])
    assert first.startswith(line["session"])
    for token in (first, second):
        assert token.rpartition(".")[2] not in str(log_lines())


def test_fifty_at_once_get_one_successor(client: Client, first: str) -> None:
    start, tokens = threading.Barrier(50), []

    def race() -> None:
        start.wait()
        reply = refresh(client, first)
        tokens.append((reply.status, reply.json.get("refresh_token")))

    threads = [threading.Thread(target=race) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 50
    ((status, successor),) = set(tokens)
    assert status == 200
    assert refresh(client, successor).status == 200


def test_a_refresh_prolongs_nothing_past_the_first_log_in(
    client: Client, clock: Clock, first: str
) -> None:
    token = first
    for _ in range(30):
        assert refresh(client, token).status == 200
        token = following(refresh(client, token))
        clock.advance(days=1)
    refused(refresh(client, token), 401)


def test_one_that_does_not_rotate_is_good_again_and_again(client: Client, clock: Clock) -> None:
    """For clients that keep the first one they got."""
    client.as_("ann")
    with client.app.test_request_context():
        user = client.app.extensions["world"].store.db.users.find_one({})
        token = grants.refreshable(user, rotates=False).refresh_token
    assert token
    for _ in range(3):
        clock.advance(days=9)
        assert following(refresh(client, token)) == token
    clock.advance(days=3)
    refused(refresh(client, token), 401)


def test_a_plain_session_has_no_refresh_token_to_guess(client: Client, store: Store) -> None:
    client.as_("ann")
    session = store.db.sessions.find_one({})
    assert session
    refused(refresh(client, made(f"{session['_id']}.0")), 401)


def made(said: str, key: str = SECRET, purpose: str = PURPOSE) -> str:
    """A refresh token with a MAC that is right for `key`, whatever it says."""
    return f"{said}.{signing.keys(key).sign(purpose, said)}"


def said(token: str) -> str:
    return token.rpartition(".")[0]


FORGED: dict[str, Callable[[str], str]] = {
    "another key": lambda t: made(said(t), key="another key that is as long as ours is"),
    "another purpose": lambda t: made(said(t), purpose="csrf"),
    "no MAC": lambda t: said(t),
    "empty MAC": lambda t: said(t) + ".",
    "MAC of another generation": lambda t: t.replace(".0.", ".1."),
    "MAC cut short": lambda t: t[:-1],
    "MAC with another end": lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
    "a generation to come": lambda t: made(said(t)[:-1] + "7"),
    "a generation with a nought before it": lambda t: made(said(t)[:-1] + "00"),
    "a negative generation": lambda t: made(said(t)[:-1] + "-1"),
    "a huge generation": lambda t: made(said(t)[:-1] + "9" * 30),
    "a session of nobody": lambda t: made("00000000-0000-7000-8000-000000000000.0"),
    "a session in capitals": lambda t: made(said(t).upper()),
    "no session": lambda t: made(".0"),
    "a line more": lambda t: t + "\n",
    "digits of another script": lambda t: t.replace(".0.", ".\u0660."),
    "a letter beyond ASCII": lambda t: t[:-1] + "\u00e9",
    "NUL": lambda t: t + "\0",
    "a word": lambda t: "x",
    "a JWT of ours": lambda t: signed({"sub": "ann", "typ": "refresh"}),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_refresh_token_gets_401(client: Client, first: str, kind: str) -> None:
    problem = refused(refresh(client, FORGED[kind](first)), 401)
    assert problem["detail"] == "Could not validate credentials"


def test_the_table_makes_tokens_as_we_do(client: Client, first: str) -> None:
    assert made(said(first)) == first
    assert refresh(client, made(said(first))).status == 200


def test_a_mere_forgery_ends_no_family(client: Client, clock: Clock, first: str) -> None:
    """Else anybody who sees the id of a session could log its owner out."""
    refresh(client, made(said(first), key="another key that is as long as ours is"))
    clock.advance(seconds=11)
    assert refresh(client, first).status == 200


def test_an_access_token_does_not_refresh_and_a_refresh_token_lets_nobody_in(
    client: Client, first: str
) -> None:
    refused(refresh(client, log_in(client).json["access_token"]), 401)
    assert not lives(client, first)


@pytest.mark.parametrize("value", [*OPERATORS, "", "x" * 4_097, None, 1])
def test_what_cannot_be_a_refresh_token_gets_422(client: Client, value: Any) -> None:
    refused(client.post(REFRESH, {"refresh_token": value}), 422, "/refresh_token")


def test_without_a_token_there_is_nothing_to_refresh(client: Client) -> None:
    refused(client.post(REFRESH), 401)
    refused(client.post(REFRESH, {}), 401)
    refused(client.as_("ann").post(REFRESH, {}), 401)
    refused(client.post(REFRESH, data="refresh_token=x", content_type="text/plain"), 415)
