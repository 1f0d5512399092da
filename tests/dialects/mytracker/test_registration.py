"""MyTracker: registering, confirming by letter, and asking whether somebody is active."""

from typing import Any

import pytest

from config import Config
from tests.conftest import Clock
from tests.dialects.mytracker.bots import PASSWORD, Bot, cookie, invalid, refused
from tests.people import Client
from tracker.services import sweeping
from tracker.services.world import World

REGISTRATION = "/profile/request/registration"
WRONG = "Wrong url or expired"
BAD: list[Any] = [{"$ne": None}, {}, [], ["x"], 1, True]

# registering


@pytest.mark.parametrize("base", ["/api", "/mytracker/api"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_registering_makes_an_inactive_account_and_a_letter(
    bot: Bot, base: str, slash: str
) -> None:
    bot.base = base
    body = {"tg_name": "ann", "email": "ann@example.com", "password": PASSWORD}
    reply = bot.post(REGISTRATION + slash, body)
    assert (reply.status, reply.json) == (
        200,
        {"detail": "we sent email on your mail for confirm registration"},
    )
    assert bot.mailed()
    refused(bot.post("/bot/check_is_active", {"tg_name": "ann"}), 400, "User not active")


def test_a_name_or_an_address_that_is_taken_is_told(bot: Bot) -> None:
    bot.register()
    other = bot.register(email="other@example.com")
    refused(other, 400, "User with tg_name ann already exists")
    refused(bot.register(tg_name="other"), 400, "User with email ann@example.com already exists")
    shouted = bot.register(tg_name="other", email="ANN@example.com")
    refused(shouted, 400, "User with email ANN@example.com already exists")


WRONG_VALUES: dict[str, list[Any]] = {
    "tg_name": ["", "x" * 51, None, *BAD],
    "email": ["x" * 39 + "@example.com", "no address", "", "  ", None, *BAD],
    "first_name": ["x" * 101, *BAD],
    "last_name": ["x" * 101, *BAD],
    "password": ["x" * 26, "seven77", None, *BAD],
}


@pytest.mark.parametrize("field", WRONG_VALUES)
def test_what_is_wrong_at_registration_is_named(bot: Bot, field: str) -> None:
    for value in WRONG_VALUES[field]:
        invalid(bot.register(**{field: value}), "body", field)


def test_what_is_missing_at_registration_is_named(bot: Bot) -> None:
    body = {"tg_name": "ann", "email": "ann@example.com", "password": PASSWORD}
    for field in body:
        others = {name: value for name, value in body.items() if name != field}
        invalid(bot.post(REGISTRATION, others), "body", field)


@pytest.mark.parametrize(
    "longest",
    [
        {"tg_name": "x"},
        {"email": "x" * 38 + "@example.com"},
        {"password": "ж" * 8},
        {"password": "ж" * 25},
        {"first_name": "x" * 100, "last_name": "ж" * 100},
        {"first_name": "", "last_name": ""},
    ],
)
def test_what_is_just_within_its_bounds_is_taken(bot: Bot, longest: dict[str, str]) -> None:
    assert bot.register(**longest).status == 200


def test_a_full_name_is_one_line(bot: Bot) -> None:
    assert bot.register(first_name=" Ann\r\n", last_name="von \x1b der\tEsch ").status == 200
    (user,) = bot.world.store.db.users.find()
    assert user["full_name"] == "Ann von der Esch"


def test_of_two_names_that_are_taken_the_first_is_told(bot: Bot) -> None:
    bot.register()
    refused(bot.register(), 400, "User with tg_name ann already exists")


def test_lengths_count_characters_and_keys_that_nobody_knows_are_passed_over(bot: Bot) -> None:
    assert bot.register(tg_name="ж" * 50, first_name="ж" * 100, colour="red").status == 200


@pytest.mark.parametrize("path", [REGISTRATION, "/profile/login", "/bot/check_is_active"])
def test_a_body_that_is_no_object_is_422(bot: Bot, path: str) -> None:
    for data in (b"", b"{", b"[]", b'"x"', b"\xff", b"NaN", b"1", b"null", b"[" * 200 + b"]" * 200):
        invalid(bot.post(path, data=data, content_type="application/json"))


def test_a_form_is_422(bot: Bot) -> None:
    invalid(bot.post("/profile/login", data="email=x", content_type="text/plain"))


# confirming


def test_a_link_confirms_and_works_once(bot: Bot) -> None:
    bot.register()
    token = bot.mailed()
    reply = bot.confirm(token)
    assert (reply.status, reply.json) == (200, {"detail": "registration confirmed!"})
    refused(bot.confirm(token), 400, "Your account is already activated")
    reply = bot.post("/bot/check_is_active", {"tg_name": "ann"})
    assert (reply.status, reply.body) == (200, b"null")


def test_a_second_letter_finds_the_account_active(bot: Bot) -> None:
    bot.register()
    first = bot.mailed()
    Client(bot.app).post("/api/auth/email/resend", {"email": bot.email})
    sweeping.run_jobs(bot.world)
    second = bot.box.token
    assert second != first
    assert bot.confirm(first).status == 200
    refused(bot.confirm(second), 400, "Your account is already activated")


def test_a_wrong_an_expired_and_another_purposes_link_are_alike(bot: Bot, clock: Clock) -> None:
    ann = bot.logged_in()
    refused(bot.confirm("wrong"), 400, WRONG)
    ann.get("/profile/request/change_password")
    refused(bot.confirm(ann.mailed("Confirm change password")), 400, WRONG)
    bob = bot.as_("bob")
    bob.register()
    token = bob.mailed()
    clock.advance(seconds=3601)
    refused(bob.confirm(token), 400, WRONG)


def test_confirming_touches_one_account(bot: Bot) -> None:
    bot.register()
    bob = bot.as_("bob")
    bob.register()
    bot.confirm(bot.mailed())
    assert bot.post("/bot/check_is_active", {"tg_name": "ann"}).status == 200
    refused(bot.post("/bot/check_is_active", {"tg_name": "bob"}), 400, "User not active")


def test_a_browser_sees_a_page_with_the_same_words(bot: Bot) -> None:
    bot.register()
    token = bot.mailed()
    for status, words in ((200, "registration confirmed!"), (400, "already activated")):
        reply = bot.confirm(token, headers={"Accept": "text/html"})
        assert (reply.status, reply.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert words in reply.body.decode()
    anything = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert b"<html" in bot.confirm("x", headers=anything).body
    refused(bot.confirm("x", headers={"Accept": "*/*"}), 400)


def test_the_link_begins_with_where_people_reach_us(bot: Bot, config: Config, world: World) -> None:
    bot.register()
    bot.mailed()
    path = bot.box.last.path
    assert path
    assert path.startswith("/mytracker/api/profile/confirm/registration/")
    assert Client(bot.app).get(path).status == 200


def test_an_account_that_nobody_confirms_is_free_again_after_a_week(bot: Bot, clock: Clock) -> None:
    bot.register()
    clock.advance(days=7, seconds=1)
    sweeping.sweep(bot.world)
    refused(bot.log_in(), 400)
    assert bot.register().status == 200


def test_other_doors_know_nobody_who_is_not_confirmed(bot: Bot) -> None:
    bot.register()
    token = cookie(bot.log_in()).value
    assert Client(bot.app, token).get("/api/auth/me").status == 401
    login = {"email": bot.email, "password": PASSWORD}
    assert Client(bot.app).post("/api/auth/login", login).status == 403
    bot.confirm(bot.mailed())
    assert Client(bot.app, token).get("/api/auth/me").status == 200


# names, and how often


def test_asking_for_nobody_is_422(bot: Bot) -> None:
    for value in (None, *BAD):
        invalid(bot.post("/bot/check_is_active", {"tg_name": value}), "body", "tg_name")
    invalid(bot.post("/bot/check_is_active", {}), "body", "tg_name")


def test_a_name_that_nobody_has_is_told(bot: Bot) -> None:
    reply = bot.post("/bot/check_is_active", {"tg_name": "nobody-here"})
    refused(reply, 400, "User with tg name nobody-here does not exist")


def test_guessing_is_held_back(bot: Bot) -> None:
    bot.register()
    for ask in (
        lambda: bot.log_in(password="wrong"),
        lambda: bot.post("/bot/check_is_active", {"tg_name": "ann"}),
    ):
        replies = [ask() for _ in range(11)]
        assert [reply.status for reply in replies] == [400] * 10 + [429]
        refused(replies[-1], 429)
        assert int(replies[-1].headers["Retry-After"]) > 0


def test_so_many_letters_are_asked_for_in_an_hour(bot: Bot) -> None:
    bot.register()
    replies = [bot.register(tg_name=f"ann{count}") for count in range(5)]
    assert [reply.status for reply in replies] == [400] * 4 + [429]
    refused(replies[-1], 429)
    assert int(replies[-1].headers["Retry-After"]) > 0


def test_an_unknown_address_below_ours_is_refused_in_our_words(bot: Bot) -> None:
    refused(bot.get("/bot/nothing"), 404)
    refused(bot.post("/bot/my_tasks"), 405)
    bot.base = "/mytracker/api"
    refused(bot.get("/nothing"), 404)
