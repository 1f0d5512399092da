"""Cookie mode: tokens that no script reads, writes only from a page of ours, bearers untouched."""

from dataclasses import replace

import pytest

from config import Config
from tests.api.asking import TASKS, refused, unchanged
from tests.api.log_ins import (
    HERE,
    LOGOUT,
    ME,
    REFRESH,
    SESSIONS,
    TOKENS,
    cookies,
    log_in,
    page,
    values,
)
from tests.conftest import Clock
from tests.people import Client, Reply
from tracker import create_app
from tracker.services.world import World
from tracker.store import Store

NAMES = {"tracker_access", "tracker_refresh", "tracker_csrf"}
EVIL = [
    "https://evil.example",
    "null",
    "http://localhost.evil.example",
    "https://localhost",
    "http://localhost:81",
    "http://evil.localhost",
    "https://good.example.evil",
    "http://good.example",
    HERE + "/",
]


@pytest.fixture
def entered(client: Client) -> Reply:
    """The answer to a log-in by cookie."""
    return log_in(client, cookie=True)


def test_the_tokens_are_in_the_cookies_and_not_in_the_answer(
    client: Client, entered: Reply
) -> None:
    assert {*entered.json} == {"expires_in", "csrf_token", "user"}
    assert values(entered).keys() == NAMES
    assert values(entered)["tracker_csrf"] == entered.json["csrf_token"]
    for name in ("tracker_access", "tracker_refresh"):
        assert values(entered)[name] not in entered.body.decode()


def attributes(reply: Reply) -> dict[str, set[str]]:
    """What stands behind each cookie, without the date that says Max-Age again."""
    found = {name: line.split("; ")[1:] for name, line in cookies(reply).items()}
    return {name: {a for a in more if "Expires" not in a} for name, more in found.items()}


def test_in_development_cookies_go_over_http_and_no_script_reads_the_tokens(
    entered: Reply,
) -> None:
    plain, whole = {"Path=/", "SameSite=Strict"}, "Max-Age=2592000"
    assert attributes(entered) == {
        "tracker_access": {*plain, "HttpOnly", "Max-Age=900"},
        "tracker_refresh": {*plain, "HttpOnly", whole},
        "tracker_csrf": {*plain, whole},
    }


def test_in_production_they_are_secure_and_bound_to_the_host(config: Config, world: World) -> None:
    client = Client(create_app(replace(config, environment="production"), world))
    entered = log_in(client, cookie=True)
    assert values(entered).keys() == {f"__Host-{name}" for name in NAMES}
    for name, more in attributes(entered).items():
        assert {"Secure", "Path=/", "SameSite=Strict"} <= more
        assert ("HttpOnly" in more) == (name != "__Host-tracker_csrf")
        assert not any(attribute.startswith("Domain") for attribute in more)
    sent = page(entered, Origin="https://localhost")
    assert client.post(TASKS, {"title": "x"}, headers=sent).status == 201
    refused(client.post(TASKS, {"title": "x"}, headers=page(entered)), 403)  # http


def test_no_cookie_is_called_as_another_system_calls_its_own(entered: Reply) -> None:
    assert not {"token", "refresh_token"} & values(entered).keys()


def test_a_page_reads_and_writes_with_its_cookies(client: Client, entered: Reply) -> None:
    me = client.get(ME, headers=page(entered)).json
    assert me == {**entered.json["user"], "time_zone": "UTC"}
    assert client.post(TASKS, {"title": "x"}, headers=page(entered)).status == 201
    assert client.put(ME, {"full_name": "A"}, headers=page(entered)).status == 200


def test_reading_needs_no_proof(client: Client, entered: Reply) -> None:
    sent = page(entered, Origin="", X_CSRF_Token="")
    assert client.get(ME, headers=sent).status == 200
    assert client.ask("HEAD", ME, headers=sent).status == 200


def test_a_page_of_a_listed_origin_may_write(client: Client, entered: Reply) -> None:
    sent = page(entered, Origin="https://good.example")
    assert client.post(TASKS, {"title": "x"}, headers=sent).status == 201


@pytest.mark.parametrize("origin", ["", *EVIL])
def test_no_other_page_may(client: Client, store: Store, entered: Reply, origin: str) -> None:
    sent = page(entered, Origin=origin)
    with unchanged(store):
        refused(client.post(TASKS, {"title": "x"}, headers=sent), 403)
        refused(client.put(ME, {"full_name": "A"}, headers=sent), 403)
        refused(client.post(REFRESH, headers=sent), 403)
        refused(client.post(LOGOUT, headers=sent), 403)
        refused(client.post(TOKENS, {"name": "x", "scopes": ["account"]}, headers=sent), 403)
    assert store.db.api_tokens.count_documents({}) == 0
    assert client.get(ME, headers=page(entered)).status == 200


def test_nor_may_our_own_without_the_token_of_its_session(
    client: Client, store: Store, entered: Reply
) -> None:
    other, ours = log_in(client, cookie=True).json["csrf_token"], entered.json["csrf_token"]
    access = values(entered)["tracker_access"]
    with unchanged(store):
        for token in ("", "x", other, ours[:-1], ours + "x", "\u00e9" * 43, access):
            sent = page(entered, X_CSRF_Token=token)
            refused(client.post(TASKS, {"title": "x"}, headers=sent), 403)
            refused(client.post(REFRESH, headers=sent), 403)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_what_a_foreign_form_can_send_is_refused(
    client: Client, store: Store, entered: Reply, kind: str
) -> None:
    forged = page(entered, Origin="https://evil.example", X_CSRF_Token="")
    with unchanged(store):
        reply = client.post(TASKS, data=b'{"title": "x"}', content_type=kind, headers=forged)
        refused(reply, 403)
        reply = client.post(TASKS, data=b'{"title": "x"}', content_type=kind, headers=page(entered))
        refused(reply, 415)


def test_a_bearer_is_asked_for_no_proof_and_its_cookies_count_for_nothing(
    client: Client, entered: Reply
) -> None:
    bob = client.as_("bob")
    jar = page(entered, Origin="https://evil.example", X_CSRF_Token="")
    assert bob.get(ME, headers=jar).json["username"] == "bob"
    assert bob.post(TASKS, {"title": "x"}, headers=jar).json["creator"]["username"] == "bob"
    assert bob.post(LOGOUT, headers=jar).headers.getlist("Set-Cookie") == []
    assert client.get(ME, headers=jar).status == 200


@pytest.mark.parametrize("header", ["Bearer x", "Bearer ", "Basic YTpi", ""])
def test_a_bad_header_is_not_made_good_by_a_cookie(
    client: Client, entered: Reply, header: str
) -> None:
    sent = {**page(entered), "Authorization": header}
    refused(client.get(ME, headers=sent), 401)
    refused(client.post(REFRESH, headers=sent), 401)


def test_tokens_change_places_with_nothing(client: Client, entered: Reply) -> None:
    """A refresh token or an API token in the cookie of the access token lets nobody in."""
    made = client.as_("ann").post(TOKENS, {"name": "x", "scopes": ["account"]}).json["token"]
    for token in (values(entered)["tracker_refresh"], made, "", "x"):
        refused(client.get(ME, headers={"Cookie": f"tracker_access={token}"}), 401)
    access = page(entered, Cookie=f"tracker_refresh={values(entered)['tracker_access']}")
    refused(client.post(REFRESH, headers=access), 401)


def test_a_cookie_is_refreshed_by_cookies(client: Client, clock: Clock, entered: Reply) -> None:
    clock.advance(minutes=15)
    refused(client.get(ME, headers=page(entered)), 401)
    reply = client.post(REFRESH, headers=page(entered))
    assert reply.json == {**entered.json, "expires_in": 900}
    assert values(reply).keys() == NAMES
    assert values(reply)["tracker_refresh"] != values(entered)["tracker_refresh"]
    assert client.post(TASKS, {"title": "x"}, headers=page(reply)).status == 201


def test_a_token_in_the_body_goes_before_the_cookie(client: Client, entered: Reply) -> None:
    token = log_in(client, "bob", refresh=True).json["refresh_token"]
    reply = client.post(REFRESH, {"refresh_token": token}, headers=page(entered, Origin=""))
    assert reply.json["user"]["username"] == "bob"
    assert reply.json["access_token"]
    assert reply.headers.getlist("Set-Cookie") == []


def test_logging_out_takes_the_cookies_away_and_ends_the_session(
    client: Client, entered: Reply
) -> None:
    reply = client.post(LOGOUT, headers=page(entered))
    assert reply.status == 204
    assert values(reply) == dict.fromkeys(NAMES, "")
    assert all("Max-Age=0" in more for more in attributes(reply).values())
    refused(client.get(ME, headers=page(entered)), 401)
    refused(client.post(REFRESH, headers=page(entered)), 401)


def test_a_session_by_cookie_is_a_session_like_any_other(client: Client, entered: Reply) -> None:
    ours, first = client.get(SESSIONS, headers=page(entered)).json["sessions"]
    assert (ours["current"], first["current"]) == (True, False)
    client.as_("ann").delete(f"{SESSIONS}/{ours['id']}")
    refused(client.get(ME, headers=page(entered)), 401)


def test_a_page_elsewhere_may_send_the_csrf_token(client: Client) -> None:
    asked = {"Origin": "https://good.example", "Access-Control-Request-Method": "POST"}
    allowed = client.ask("OPTIONS", TASKS, headers=asked).headers["Access-Control-Allow-Headers"]
    assert "X-CSRF-Token" in allowed.split(", ")
