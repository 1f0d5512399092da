"""What tests of sessions and tokens say again and again: log in, refresh, ask with cookies."""

from typing import Any

from tests.people import PASSWORD, Client, Reply

REFRESH = "/api/auth/refresh"
LOGOUT = "/api/auth/logout"
SESSIONS = "/api/auth/sessions"
TOKENS = "/api/auth/tokens"
ME = "/api/auth/me"
HERE = "http://localhost"


def log_in(client: Client, name: str = "ann", **wishes: Any) -> Reply:
    """The answer to a log-in of a person, who is registered at the first call."""
    client.as_(name)
    body = {"email": f"{name}@example.com", "password": PASSWORD, **wishes}
    reply = client.with_token(None).post("/api/auth/login", body)
    assert reply.status == 200, reply
    return reply


def refresh(client: Client, token: str) -> Reply:
    return client.with_token(None).post(REFRESH, {"refresh_token": token})


def lives(client: Client, token: str) -> bool:
    """Whether this token lets its bearer in."""
    status = client.with_token(token).get(ME).status
    assert status in {200, 401}
    return status == 200


def cookies(reply: Reply) -> dict[str, str]:
    """The cookies that an answer sets, by name, with their attributes as they stand."""
    return dict(line.split("=", 1) for line in reply.headers.getlist("Set-Cookie"))


def values(reply: Reply) -> dict[str, str]:
    """The cookies that an answer sets, by name, without their attributes."""
    return {name: line.partition(";")[0] for name, line in cookies(reply).items()}


def page(reply: Reply, **headers: str) -> dict[str, str]:
    """What a page of ours sends after this answer; `X_CSRF_Token=""` leaves a header out."""
    jar = "; ".join(f"{name}={value}" for name, value in values(reply).items())
    sent = {"Cookie": jar, "Origin": HERE, "X-CSRF-Token": reply.json["csrf_token"]}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return {name: value for name, value in sent.items() if value}
