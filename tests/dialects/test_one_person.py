"""One person at every door: an account is made at one, and logs in at the others; a token too."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.dialects.doors import BOT, DISPATCHER, FLASK, POMODORO, served
from tests.people import PASSWORD, Client, Reply

NAMES = {"username": "ann", "email": "ann@example.com", "password": PASSWORD}
BY_ADDRESS = {"email": NAMES["email"], "password": PASSWORD}
BY_NAME = {"username": "ann", "password": PASSWORD}
Ask = Callable[[Client], Reply]

REGISTER: dict[str, Ask] = served(
    {
        "native": lambda c: c.post("/api/auth/register", {**NAMES, "full_name": "Ann"}),
        "flask_tracker": lambda c: c.post("/flask-tracker/register", NAMES),
        "pomodoro": lambda c: c.post("/pomodoro/register", NAMES),
        "dispatcher": lambda c: c.post("/dispatcher/auth/register", BY_NAME),
    }
)
LOG_IN: dict[str, Ask] = served(
    {
        "native": lambda c: c.post("/api/auth/login", BY_ADDRESS),
        "mytracker": lambda c: c.post("/mytracker/api/profile/login", BY_ADDRESS),
        "flask_tracker": lambda c: c.post("/flask-tracker/login", BY_ADDRESS),
        "pomodoro": lambda c: c.post("/pomodoro/login", data=BY_NAME),
        "dispatcher": lambda c: c.post("/dispatcher/auth/login", BY_NAME),
    }
)
# those that know people without an address
BY_USER_NAME = {"pomodoro", "dispatcher"}
LISTS = served(
    {
        "native": "/api/tasks",
        "mytracker": f"{BOT}/my_tasks",
        "flask_tracker": FLASK,
        "pomodoro": POMODORO,
        "dispatcher": DISPATCHER,
    }
)


def token_of(reply: Reply) -> str:
    """The access token that a door hands out in its way."""
    if reply.json and (found := reply.json.get("access_token") or reply.json.get("token")):
        return str(found)
    (line,) = reply.headers.getlist("Set-Cookie")
    return str(line).partition("token=")[2].partition(";")[0]


def lists(client: Client, token: str) -> dict[str, int]:
    """The status of each door's list for this token, sent as that door wants it."""
    ways: dict[str, Any] = {name: {"Authorization": f"Bearer {token}"} for name in LISTS}
    ways["mytracker"] = {"Cookie": f"token={token}"}
    return {name: client.get(path, headers=ways[name]).status for name, path in LISTS.items()}


@pytest.mark.parametrize("door", REGISTER)
def test_who_registers_at_one_door_logs_in_at_the_others(client: Client, door: str) -> None:
    assert REGISTER[door](client).status in {200, 201}
    for other in BY_USER_NAME & LOG_IN.keys() if door == "dispatcher" else LOG_IN:
        reply = LOG_IN[other](client)
        assert reply.status in {200, 204}, (other, reply)
        assert client.with_token(token_of(reply)).me["username"] == "ann"


@pytest.mark.parametrize("door", REGISTER)
def test_a_name_that_is_taken_at_one_door_is_so_at_all(client: Client, door: str) -> None:
    REGISTER[door](client)
    for other, register in REGISTER.items():
        assert register(client).status in {400, 409}, other


@pytest.mark.parametrize("door", LOG_IN)
def test_a_token_of_one_door_is_good_at_all(client: Client, door: str) -> None:
    REGISTER["native"](client)
    token = token_of(LOG_IN[door](client))
    assert lists(client, token) == dict.fromkeys(LISTS, 200)


@pytest.mark.parametrize("door", LOG_IN)
def test_what_ends_a_token_ends_it_at_all_doors(client: Client, door: str) -> None:
    REGISTER["native"](client)
    token = token_of(LOG_IN[door](client))
    assert client.with_token(token).post("/api/auth/logout").status in {200, 204}
    assert lists(client, token) == dict.fromkeys(LISTS, 401)
