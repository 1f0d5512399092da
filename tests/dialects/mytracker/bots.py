"""MyTracker's bot in tests: it keeps a cookie, asks by it, and nothing else says who it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from flask import Flask

from tests.people import Client, Reply
from tests.post import Box
from tracker.services import sweeping
from tracker.services.world import World

PASSWORD = "walk-pass-1"
LATER = "2099-01-01T00:00:00+00:00"
NOW = "2026-03-04T05:00:00+00:00"
NOTHING = 999_999_999


@dataclass
class Bot:
    """Asks below `base`, with the cookie `token` where there is one."""

    app: Flask
    world: World
    box: Box
    base: str = "/api"
    token: str | None = None
    name: str = "ann"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"

    def ask(self, method: str, path: str, body: Any = None, **rest: Any) -> Reply:
        sent = {"Cookie": f"token={self.token}"} if self.token else {}
        sent |= {**self.headers, **rest.pop("headers", {})}
        return Client(self.app).ask(method, f"{self.base}{path}", body, headers=sent, **rest)

    def get(self, path: str, **rest: Any) -> Reply:
        return self.ask("GET", path, **rest)

    def post(self, path: str, body: Any = None, **rest: Any) -> Reply:
        return self.ask("POST", path, body, **rest)

    def patch(self, path: str, body: Any = None, **rest: Any) -> Reply:
        return self.ask("PATCH", path, body, **rest)

    def delete(self, path: str, **rest: Any) -> Reply:
        return self.ask("DELETE", path, **rest)

    def as_(self, name: str, token: str | None = None) -> "Bot":
        return Bot(self.app, self.world, self.box, self.base, token, name)

    def nobody(self) -> "Bot":
        return self.as_(self.name)

    # accounts

    def register(self, **body: Any) -> Reply:
        plain = {"tg_name": self.name, "email": self.email, "password": PASSWORD}
        plain |= {"first_name": None, "last_name": None}
        return self.post("/profile/request/registration", {**plain, **body})

    def log_in(self, email: str | None = None, password: str = PASSWORD) -> Reply:
        body = {"email": email or self.email, "password": password}
        return self.post("/profile/login", body)

    def mailed(self, subject: str = "Confirm registration") -> str:
        """The last path segment of the link in the newest letter of this subject."""
        sweeping.run_jobs(self.world)
        letters = (one for one in reversed(self.box.letters) if one.subject == subject)
        path = next(one.path for one in letters if one.to == self.email)
        assert path
        return path.rpartition("/")[2]

    def confirm(self, token: str, **rest: Any) -> Reply:
        return self.get(f"/profile/confirm/registration/{token}", **rest)

    def logged_in(self) -> "Bot":
        """Registered, confirmed and logged in."""
        assert self.register().status == 200
        assert self.confirm(self.mailed()).status == 200
        return self.entered()

    def entered(self, password: str = PASSWORD) -> "Bot":
        reply = self.log_in(password=password)
        assert reply.status == 200, reply
        return self.as_(self.name, cookie(reply).value)

    # tasks

    def create(self, title: str = "task", parent: int | None = None, **body: Any) -> Reply:
        plain = {"title": title, "description": "d", "creation_date": NOW, "deadline": LATER}
        return self.post("/bot/create_task", {**plain, "task_id": parent, **body})

    def made(self, title: str = "task", parent: int | None = None, **body: Any) -> int:
        reply = self.create(title, parent, **body)
        assert reply.status == 200, reply
        number: int = reply.json["id"]
        return number

    def read(self, number: int) -> Any:
        reply = self.get(f"/bot/my_task/{number}")
        assert reply.status == 200, reply
        return reply.json

    def update(self, number: int, **body: Any) -> Reply:
        return self.patch(f"/bot/update_task/{number}", body)

    def finish(self, number: int) -> Reply:
        return self.patch(f"/bot/finish_task/{number}")

    def remove(self, number: int) -> Reply:
        return self.delete(f"/bot/delete_task/{number}")


def cookie(reply: Reply) -> Any:
    """The only cookie `token` of an answer."""
    found = [line for line in reply.headers.getlist("Set-Cookie") if line.startswith("token=")]
    assert len(found) == 1, reply.headers
    return SimpleCookie(found[0])["token"]


def refused(reply: Reply, status: int, text: str | None = None) -> Any:
    """A refusal as the bot reads it: JSON with `detail` and nothing else; answers the detail."""
    assert reply.status == status, (reply.status, reply.body[:300])
    assert reply.headers["Content-Type"] == "application/json"
    assert set(reply.json) == {"detail"}
    if text is not None:
        assert reply.json["detail"] == text
    return reply.json["detail"]


def invalid(reply: Reply, *loc: Any) -> None:
    """A 422 whose list names this part of the request, and repeats no password."""
    found = refused(reply, 422)
    assert all({"type", "loc", "msg", "input"} <= set(one) for one in found)
    if loc:
        assert [*loc] in [one["loc"] for one in found], found
    assert PASSWORD not in reply.body.decode()


Ask = Callable[[Bot], Reply]
