"""What the operator is told of log-ins and tokens: who, what, in which request, and no secret."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.log_ins import LOGOUT, SESSIONS, TOKENS, log_in, page, refresh, values
from tests.people import PASSWORD, Client

Lines = Callable[[], list[dict[str, Any]]]


def events(lines: Lines) -> list[str]:
    return [line["event"] for line in lines() if line["event"] != "request"]


def test_the_life_of_a_session_is_told(client: Client, log_lines: Lines) -> None:
    ann = client.as_("ann")
    before = len(events(log_lines))
    other = log_in(client).json["access_token"]
    newest = ann.get(SESSIONS).json["sessions"][0]["id"]
    ann.delete(f"{SESSIONS}/{newest}")
    ann.post(LOGOUT, headers={"X-Request-Id": "mine"})
    assert events(log_lines)[before:] == ["logged_in", "session_ended", "logged_out"]
    told = next(line for line in log_lines() if line["event"] == "logged_out")
    assert (told["request_id"], told["everywhere"]) == ("mine", False)
    assert client.with_token(other).get(SESSIONS).status == 401


def test_the_life_of_an_api_token_is_told(client: Client, log_lines: Lines) -> None:
    ann = client.as_("ann")
    me, before = ann.me["id"], len(events(log_lines))
    made = ann.post(TOKENS, {"name": "x", "scopes": ["account"]}).json
    ann.delete(f"{TOKENS}/{made['id']}")
    assert events(log_lines)[before:] == ["api_token_made", "api_token_taken_back"]
    told = [line for line in log_lines() if line["event"].startswith("api_token")]
    assert {(line["user"], line["token"]) for line in told} == {(me, made["id"])}


@pytest.mark.parametrize("name", ["ann@example.com", "nobody@example.com"])
def test_a_refused_log_in_is_told(client: Client, log_lines: Lines, name: str) -> None:
    me = client.as_("ann").me["id"]
    client.post("/api/auth/login", {"email": name, "password": "wrong word"})
    told = next(line for line in log_lines() if line["event"] == "login_refused")
    assert told["user"] == (me if name == "ann@example.com" else None)
    assert told["level"] == "warning"


def test_no_token_password_or_cookie_reaches_the_log(client: Client, log: Any) -> None:
    ann = client.as_("ann")
    given = log_in(client, refresh=True).json
    entered = log_in(client, cookie=True)
    made = ann.post(TOKENS, {"name": "x", "scopes": ["account"]}).json["token"]
    refresh(client, given["refresh_token"])
    client.with_token(made).get(SESSIONS)
    client.post("/api/tasks", {"title": "x"}, headers=page(entered))
    client.post("/api/tasks", {"title": "x"}, headers=page(entered, Origin="https://evil.example"))
    secrets = [PASSWORD, made, given["access_token"], given["refresh_token"].rpartition(".")[2]]
    secrets += [value.rpartition(".")[2] for value in values(entered).values()]
    text = log.getvalue().decode()
    assert [secret for secret in secrets if secret in text] == []
