"""MyTracker's later bot in tests: it vouches for somebody by a token of seconds."""

from typing import Any

import jwt

from tests.dialects.mytracker.bots import LATER, Bot
from tests.people import Reply

KEY = "a key of the bot, longer than 32 bytes"
NO_TASK = "Unable to find task"


class LaterBot:
    """Mints a fresh token for each request."""

    def __init__(self, bot: Bot, name: str) -> None:
        self.bot, self.name = bot, name

    def token(self, **claims: Any) -> str:
        ends = int(self.bot.world.clock().timestamp()) + 5
        return jwt.encode({"tg_name": self.name, "exp": ends, **claims}, KEY, "HS256")

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Reply:
        return self.bot.as_(self.name, token or self.token()).ask(method, path, body)

    def get(self, path: str) -> Reply:
        return self.ask("GET", path)

    def registered(self) -> "LaterBot":
        reply = self.ask("POST", "/auth/register", {"tg_name": self.name})
        assert (reply.status, reply.body) == (200, b"null"), reply
        return self

    def create(self, parent: int | None = None, **body: Any) -> Reply:
        plain = {"title": "t", "description": "d", "deadline": LATER, "parent_id": parent}
        return self.ask("POST", "/tasks", {**plain, **body})

    def made(self, parent: int | None = None, **body: Any) -> int:
        reply = self.create(parent, **body)
        assert reply.status == 200, reply
        number: int = reply.json["id"]
        return number

    def finish(self, number: int, how: str = "") -> Reply:
        return self.ask("PATCH", f"/tasks/{number}/finish{how}")
