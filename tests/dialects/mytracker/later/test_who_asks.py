"""MyTracker's later API: who registers and who asks; where it is served, and where not."""

from typing import Any

import jwt
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from config import Config
from tests.conftest import Clock
from tests.dialects.mytracker.bots import LATER, Bot, invalid, refused
from tests.dialects.mytracker.later.bots import KEY, LaterBot
from tests.people import Client
from tests.post import Box
from tracker import create_app
from tracker.dialects.mytracker import later
from tracker.services.world import World

BAD: list[Any] = [{"$ne": None}, {}, [], ["x"], True]
READS = ("", "/subtasks", "/is_active", "/parent")


def test_without_the_key_the_routes_do_not_exist(config: Config, world: World, box: Box) -> None:
    bot = LaterBot(Bot(create_app(config, world), world, box, "/api/v1"), "ann")
    assert bot.get("/tasks").status == 404
    assert bot.ask("POST", "/auth/register", {"tg_name": "ann"}).status == 404


def test_a_name_is_registered_once_whoever_has_it(ann: LaterBot, bot: Bot) -> None:
    taken = "User with this telegram name already exists"
    refused(bot.post("/auth/register", {"tg_name": "ann"}), 400, taken)
    refused(bot.post("/auth/register", {"tg_name": "ANN"}), 400, taken)
    for name, wanted in (("ann", True), ("nobody", False)):
        reply = bot.get(f"/auth/check?tg_name={name}")
        assert (reply.status, reply.json) == (200, wanted)
    for value in (None, "", "x" * 51, 1, *BAD):
        invalid(bot.post("/auth/register", {"tg_name": value}), "body", "tg_name")
    invalid(bot.get("/auth/check"), "query", "tg_name")


def test_only_a_fresh_token_of_the_bot_counts(ann: LaterBot, bot: Bot, clock: Clock) -> None:
    now = int(clock.now.timestamp())
    other = jwt.encode({"tg_name": "ann", "exp": now + 5}, "y" * 32, "HS256")
    bare = jwt.encode({"exp": now + 5}, KEY, "HS256")
    endless = jwt.encode({"tg_name": "ann"}, KEY, "HS256")
    bad = [ann.token(exp=at) for at in (now, now - 1, now + 62, "soon", 1e300, 10**400, [], True)]
    bad += [ann.token(tg_name=name) for name in (1, None, [], "\ud800")]
    refused(bot.get("/tasks"), 401, "Unauthorized")
    for token in (other, bare, endless, *bad, "x", "x" * 5000):
        refused(ann.ask("GET", "/tasks", token=token), 401, "Token invalid")
    stranger = ann.token(tg_name="nobody")
    refused(ann.ask("GET", "/tasks", token=stranger), 401, "Unauthorized")
    assert ann.ask("GET", "/tasks", token=ann.token(exp=now + 60)).status == 200


def test_no_token_counts_at_both_apis(ann: LaterBot, bot: Bot) -> None:
    older = Bot(bot.app, bot.world, bot.box, "/api", name="bob").logged_in()
    refused(ann.ask("GET", "/tasks", token=older.token), 401, "Token invalid")
    refused(older.as_("ann", ann.token()).get("/bot/my_tasks"), 401, "Invalid token")
    assert Client(bot.app, ann.token()).get("/api/tasks").status == 401


def test_whose_account_waits_or_is_shut_is_nobody(bot: Bot, ann: LaterBot) -> None:
    older = Bot(bot.app, bot.world, bot.box, "/api", name="bob")
    older.register()
    bob = LaterBot(bot, "bob")
    refused(bob.ask("GET", "/tasks"), 401, "Unauthorized")
    assert bot.get("/auth/check?tg_name=bob").json is True
    older.confirm(older.mailed())
    assert bob.ask("GET", "/tasks").status == 200
    bot.world.store.db.users.update_one({"tg_name": "ann"}, {"$set": {"state": "disabled"}})
    refused(ann.ask("GET", "/tasks"), 401, "Unauthorized")


def test_registering_is_held_back(bot: Bot) -> None:
    replies = [bot.post("/auth/register", {"tg_name": "ann"}) for _ in range(6)]
    assert [reply.status for reply in replies] == [200] + [400] * 4 + [429]
    refused(replies[-1], 429)
    assert int(replies[-1].headers["Retry-After"]) > 0


def test_one_address_registers_sixty_people_an_hour(bot: Bot) -> None:
    replies = [bot.post("/auth/register", {"tg_name": f"ann{count}"}) for count in range(61)]
    assert [reply.status for reply in replies] == [200] * 60 + [429]


def test_who_has_registered_here_is_active_at_the_older_api(ann: LaterBot, bot: Bot) -> None:
    older = Bot(bot.app, bot.world, bot.box, "/api")
    reply = older.post("/bot/check_is_active", {"tg_name": "ann"})
    assert (reply.status, reply.body) == (200, b"null")


@pytest.mark.parametrize("base", ["/api/v1", "/mytracker/api/v1"])
def test_what_is_not_there_is_refused_in_its_words(bot: Bot, base: str) -> None:
    bot.base = base
    refused(bot.get("/nothing"), 404)
    refused(bot.get(""), 404)
    refused(bot.ask("PUT", "/tasks"), 405)


@pytest.mark.parametrize("base", ["/api/v1", "/mytracker/api/v1"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_each_address_answers_below_both_and_with_a_slash(bot: Bot, base: str, slash: str) -> None:
    bot.base = base
    ann = LaterBot(bot, "ann")
    answered = {
        f"{method} {path}": ann.ask(method, path + slash + rest, body).status
        for method, path, rest, body in (
            ("POST", "/auth/register", "", {"tg_name": "ann"}),
            ("GET", "/auth/check", "?tg_name=ann", None),
            ("POST", "/tasks", "", {"title": "t", "description": "d", "deadline": LATER}),
            ("GET", "/tasks", "?page=1", None),
            ("GET", "/tasks/finished", "", None),
            *(("GET", f"/tasks/1{rest}", "", None) for rest in READS),
            ("PATCH", "/tasks/1", "", {"title": "u"}),
            ("PATCH", "/tasks/1/finish", "", None),
            ("DELETE", "/tasks/1", "", None),
        )
    }
    assert answered == dict.fromkeys(answered, 200)
    assert ann.ask("PATCH", f"/tasks/1/finish/force{slash}").status == 404


def test_its_document_names_every_route(bot: Bot) -> None:
    native = Client(bot.app)
    document = native.get("/mytracker/api/v1/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    paths = {path.removeprefix("/mytracker/api/v1") for path in document["paths"]}
    bare = {path for path in paths if not path.endswith("/")}
    assert bare == {path.replace("<", "{").replace(">", "}") for path, _ in later.ROUTES}
    assert '"/mytracker/api/v1/openapi.json"' in native.get("/docs/init.js").body.decode()
