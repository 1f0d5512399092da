"""A client that logs in by name: `client.as_("ann").post("/api/tasks", {"title": "x"}).json`."""

from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask
from werkzeug.datastructures import Headers

PASSWORD = "correct horse"
SEEN = {
    "id", "number", "email", "username", "full_name", "avatar_url", "is_active", "created_at",
}  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """What came back; `json` is None where there was none."""

    status: int
    json: Any
    headers: Headers
    body: bytes

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


class Client:
    """Asks the application, as nobody or with a token; threads may share one."""

    def __init__(
        self, app: Flask, token: str | None = None, tokens: dict[str, str] | None = None
    ) -> None:
        self.app, self.token = app, token
        self._tokens = {} if tokens is None else tokens

    def as_(self, name: str) -> "Client":
        """The client of a person, who is registered at the first call."""
        if name not in self._tokens:
            self._tokens[name] = self._register(name)
        return self.with_token(self._tokens[name])

    def with_token(self, token: str | None) -> "Client":
        return Client(self.app, token, self._tokens)

    @property
    def me(self) -> dict[str, Any]:
        user: dict[str, Any] = self.get("/api/auth/me").json
        return user

    @property
    def seen(self) -> dict[str, Any]:
        """The account as others see it."""
        return {name: value for name, value in self.me.items() if name in SEEN}

    def get(self, path: str, **rest: Any) -> Reply:
        return self.ask("GET", path, **rest)

    def post(self, path: str, body: Any = None, **rest: Any) -> Reply:
        return self.ask("POST", path, body, **rest)

    def put(self, path: str, body: Any = None, **rest: Any) -> Reply:
        return self.ask("PUT", path, body, **rest)

    def patch(self, path: str, body: Any = None, **rest: Any) -> Reply:
        return self.ask("PATCH", path, body, **rest)

    def delete(self, path: str, **rest: Any) -> Reply:
        return self.ask("DELETE", path, **rest)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        **rest: Any,
    ) -> Reply:
        """One request; a `body` goes as JSON, the rest as Flask's test client takes it."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            rest |= {"data": orjson.dumps(body), "content_type": "application/json"}
        client = self.app.test_client(use_cookies=False)
        return _reply(client.open(path, method=method, headers={**sent, **(headers or {})}, **rest))

    def _register(self, name: str) -> str:
        body = {"email": f"{name}@example.com", "username": name, "full_name": name.title()}
        body["password"] = PASSWORD
        reply = self.with_token(None).post("/api/auth/register", body)
        assert reply.status == 201, reply
        token: str = reply.json["access_token"]
        return token


def _reply(response: Any) -> Reply:
    with response:
        data = response.get_data()
    found = orjson.loads(data) if data and response.is_json else None
    return Reply(response.status_code, found, response.headers, data)
