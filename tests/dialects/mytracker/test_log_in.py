"""MyTracker: logging in and out; who asks, and who may."""

from dataclasses import replace
from typing import Any

import jwt
import pytest
from flask import Flask

from config import Config
from tests.conftest import SECRET, Clock
from tests.dialects.mytracker.bots import PASSWORD, Bot, cookie, invalid, refused
from tests.people import Client
from tests.post import Box
from tracker import create_app
from tracker.services.world import World

BAD: list[Any] = [{"$ne": None}, {}, [], ["x"], 1, True]

# logging in and out


def test_logging_in_sets_one_cookie_for_the_session_of_a_browser(bot: Bot) -> None:
    bot.register()
    reply = bot.log_in()
    assert (reply.status, reply.json) == (200, {"detail": "logged in"})
    token = cookie(reply)
    assert (token["path"], token["samesite"], token["httponly"]) == ("/", "Lax", True)
    assert (token["secure"], token["max-age"], token["expires"], token["domain"]) == (
        "", "", "", "",
    )  # fmt: skip
    assert isinstance(
        jwt.decode(token.value, SECRET, ["HS256"], {"verify_signature": False})["user_id"], int
    )


def test_in_production_the_cookie_goes_by_tls_alone(config: Config, world: World, box: Box) -> None:
    safe = replace(config, environment="production", public_url="https://tracker.example.org")
    bot = Bot(create_app(safe, world), world, box)
    bot.register(password="d8Zq-walk-41")
    assert cookie(bot.log_in(password="d8Zq-walk-41"))["secure"] is True


def test_who_cannot_log_in_is_told_why(bot: Bot) -> None:
    bot.register()
    refused(bot.log_in(password="nope"), 400, "Wrong password")
    detail = refused(bot.log_in("No@example.com"), 400)
    assert detail == "Unable to find user with email No@example.com"
    assert detail.split()[-1] == "No@example.com"
    assert bot.log_in("ANN@example.com").status == 200


@pytest.mark.parametrize("field", ["email", "password"])
def test_what_is_wrong_at_logging_in_is_named(bot: Bot, field: str) -> None:
    body = {"email": "ann@example.com", "password": PASSWORD}
    for value in (None, *BAD):
        invalid(bot.post("/profile/login", {**body, field: value}), "body", field)
    del body[field]
    invalid(bot.post("/profile/login", body), "body", field)


def test_a_log_in_lasts_as_long_as_the_setting_says(bot: Bot, clock: Clock) -> None:
    ann = bot.logged_in()
    clock.advance(seconds=86_399)
    assert ann.get("/bot/my_tasks").status == 200
    clock.advance(seconds=2)
    refused(ann.get("/bot/my_tasks"), 401, "Signature has expired")


def test_logging_out_ends_the_token_at_once(bot: Bot) -> None:
    ann = bot.logged_in()
    reply = ann.post("/profile/logout")
    assert (reply.status, reply.json) == (200, {"detail": "logged out"})
    gone = cookie(reply)
    assert (gone.value, gone["max-age"], gone["path"]) == ("", "0", "/")
    refused(ann.get("/bot/my_tasks"), 401, "Invalid token")
    refused(ann.post("/profile/logout"), 401)


def test_logging_out_ends_one_log_in_and_no_other(bot: Bot) -> None:
    ann = bot.logged_in()
    again = ann.entered()
    ann.post("/profile/logout")
    assert again.get("/bot/my_tasks").status == 200


def test_who_is_shut_out_is_refused_at_once(bot: Bot) -> None:
    ann = bot.logged_in()
    bot.world.store.db.users.update_one({"tg_name": "ann"}, {"$set": {"state": "disabled"}})
    refused(ann.get("/bot/my_tasks"), 401, "Invalid token")
    refused(bot.log_in(), 403, "User is not active")
    refused(bot.post("/bot/check_is_active", {"tg_name": "ann"}), 400, "User not active")


# who asks

PRIVATE = [
    ("GET", "/bot/my_tasks"),
    ("GET", "/bot/my_task/1"),
    ("GET", "/bot/my_tasks/1"),
    ("POST", "/bot/create_task"),
    ("PATCH", "/bot/update_task/1"),
    ("PATCH", "/bot/finish_task/1"),
    ("DELETE", "/bot/delete_task/1"),
    ("GET", "/profile/request/change_password"),
    ("POST", "/profile/confirm/change_password/x"),
]


def test_without_a_good_cookie_nobody_asks(bot: Bot) -> None:
    for method, path in (*PRIVATE, ("POST", "/profile/logout")):
        refused(bot.as_("ann").ask(method, path), 401, "token was not provide")
        refused(bot.as_("ann", "x").ask(method, path), 401, "Invalid token")


def test_who_waits_is_told_so_before_anything_else(bot: Bot) -> None:
    bot.register()
    bot.token = cookie(bot.log_in()).value
    for method, path in PRIVATE:
        refused(bot.ask(method, path), 403, "User is not active")
    assert bot.post("/profile/logout").status == 200


def test_a_header_does_not_count(bot: Bot, client: Client) -> None:
    ann = client.as_("ann")
    refused(bot.get("/bot/my_tasks", headers={"Authorization": f"Bearer {ann.token}"}), 401)


def test_a_token_of_any_door_counts_in_the_cookie(bot: Bot, client: Client) -> None:
    bot.token = client.as_("ann").token
    assert bot.get("/bot/my_tasks").status == 200
    body = {"email": "ann@example.com", "password": "correct horse"}
    assert bot.post("/profile/login", body).status == 200


def test_each_bad_token_is_told_in_fixed_words(bot: Bot, clock: Clock, app: Flask) -> None:
    then = int(clock.now.timestamp())
    words = {
        "Signature has expired": {"user_id": 1, "exp": then},
        "provided token does not contain required info": {"exp": then + 60},
        "Invalid token": {"user_id": 1, "exp": then + 60},
    }
    for text, claims in words.items():
        bot.token = jwt.encode(claims, SECRET, "HS256")
        refused(bot.get("/bot/my_tasks"), 401, text)
    for bad in ("a.b.c", "trk_" + "x" * 43, "x" * 5000, jwt.encode({"user_id": 1}, "y" * 32)):
        bot.token = bad
        refused(bot.get("/bot/my_tasks"), 401, "Invalid token")
