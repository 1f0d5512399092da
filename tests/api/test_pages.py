"""What the links in letters open: plain pages that change nothing until their form is sent."""

import hashlib
import re
from base64 import b64encode
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people import PASSWORD, Client
from tests.post import Box
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store

NEW = "a new password"


class Browser:
    """Opens pages, keeps cookies, sends the forms that it finds; runs no script."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.status, self.page = 0, ""
        self.headers: Any = {}

    def open(self, path: str) -> "Browser":
        return self._read(self.client.get(path))

    def send(self, path: str, **filled: str) -> "Browser":
        """The form of the page that is open, with its hidden fields."""
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        return self._read(self.client.post(path, data={**hidden, **filled}))

    def _read(self, response: Any) -> "Browser":
        self.status, self.page = response.status_code, response.get_data(as_text=True)
        self.headers = response.headers
        response.close()
        return self

    @property
    def title(self) -> str:
        found = re.search("<h1>(.*)</h1>", self.page)
        return found[1] if found else ""


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def confirm(client: Client, world: World, box: Box) -> str:
    """The path of the link in the letter to ann's new account."""
    client.as_("ann")
    sweeping.run_jobs(world)
    return str(box.last.path)


@pytest.fixture
def reset(client: Client, confirm: str, world: World, box: Box) -> str:
    client.post("/api/auth/password/forgot", {"email": "ann@example.com"})
    sweeping.run_jobs(world)
    return str(box.last.path)


def log_in(client: Client, password: str) -> int:
    body = {"email": "ann@example.com", "password": password}
    return client.with_token(None).post("/api/auth/login", body).status


def is_confirmed(store: Store) -> bool:
    return "email_confirmed_at" in store.db.users.find_one({})


def test_opening_the_link_changes_nothing_and_its_button_confirms(
    browser: Browser, confirm: str, store: Store
) -> None:
    for _ in range(3):
        assert browser.open(confirm).status == 200
    assert "ann@example.com" in browser.page
    assert not is_confirmed(store)
    assert browser.send(confirm).status == 200
    assert browser.title == "The address is confirmed"
    assert is_confirmed(store)


def test_opening_it_again_says_that_it_is_done(browser: Browser, confirm: str) -> None:
    browser.open(confirm).send(confirm)
    assert (browser.open(confirm).status, browser.title) == (400, "Done already")


def test_the_reset_page_sets_a_new_password(browser: Browser, client: Client, reset: str) -> None:
    assert browser.open(reset).status == 200
    assert 'type="password"' in browser.page
    assert log_in(client, PASSWORD) == 200
    assert browser.send(reset, password=NEW, again=NEW).status == 200
    assert browser.title == "The password is changed"
    assert [log_in(client, word) for word in (PASSWORD, NEW)] == [401, 200]
    assert browser.open(reset).status == 400


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        ({"password": "12345", "again": "12345"}, "Takes 6 to 128 characters."),
        ({"password": "x" * 129, "again": "x" * 129}, "Takes 6 to 128 characters."),
        ({"password": NEW, "again": NEW + " "}, "The two passwords differ."),
        ({}, "Takes 6 to 128 characters."),
    ],
)
def test_a_password_that_is_refused_is_asked_for_again(
    browser: Browser, client: Client, reset: str, filled: dict[str, str], told: str
) -> None:
    assert browser.open(reset).send(reset, **filled).status == 422
    assert f'<p role="alert">{told}</p>' in browser.page
    assert log_in(client, PASSWORD) == 200
    assert "xxxxx" not in browser.page
    assert browser.send(reset, password=NEW, again=NEW).status == 200


@pytest.mark.parametrize("page", ["confirm", "reset"])
@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "%ff", "..%2f", "a b"])
def test_a_wrong_link_is_told_on_a_page(browser: Browser, page: str, token: str) -> None:
    assert browser.open(f"/account/{page}/{token}").status in {400, 404}
    assert browser.client.post(f"/account/{page}/{token}").status_code in {403, 404}


def test_a_link_is_for_its_own_page(browser: Browser, confirm: str, reset: str) -> None:
    crossed = [confirm.replace("confirm", "reset"), reset.replace("reset", "confirm")]
    assert [browser.open(path).status for path in crossed] == [400, 400]


@pytest.mark.parametrize("page", ["confirm", "reset"])
def test_a_form_that_is_not_ours_is_refused(
    app: Flask, request: pytest.FixtureRequest, store: Store, page: str
) -> None:
    path, filled = request.getfixturevalue(page), {"password": NEW, "again": NEW}
    ours, theirs = Browser(app).open(path), Browser(app).open(path)
    without_field = ours.client.post(path, data=filled)
    assert without_field.status_code == 403
    ours.page = theirs.page
    assert ours.send(path, **filled).status == 403
    assert Browser(app).send(path, csrf="x", **filled).status == 403
    assert not is_confirmed(store)


def test_a_form_is_good_for_its_own_link_alone(
    browser: Browser, confirm: str, reset: str, client: Client
) -> None:
    browser.open(confirm)
    assert browser.send(reset, password=NEW, again=NEW).status == 403
    assert log_in(client, PASSWORD) == 200


def test_two_forms_in_one_browser_do_not_disturb_each_other(
    app: Flask, confirm: str, reset: str
) -> None:
    browser = Browser(app).open(confirm)
    first = browser.page
    browser.open(reset)
    second, browser.page = browser.page, first
    assert browser.send(confirm).status == 200
    browser.page = second
    assert browser.send(reset, password=NEW, again=NEW).status == 200


def test_the_cookie_is_for_no_script_and_no_other_site(browser: Browser, confirm: str) -> None:
    cookie = browser.open(confirm).headers["Set-Cookie"]
    assert cookie.startswith("tracker_form=")
    for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in cookie


@pytest.mark.parametrize("page", ["confirm", "reset"])
def test_a_page_loads_nothing_and_runs_nothing(
    browser: Browser, request: pytest.FixtureRequest, page: str
) -> None:
    browser.open(request.getfixturevalue(page))
    assert browser.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not re.search(r"<script|src=|href=|@import|url\(|\son\w+=|style=", browser.page)
    csp = browser.headers["Content-Security-Policy"]
    assert csp.startswith("default-src 'none'; style-src 'sha256-")
    for rule in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in csp
    style = re.search("<style>(.*)</style>", browser.page)
    assert style
    assert b64encode(hashlib.sha256(style[1].encode()).digest()).decode() in csp
    assert browser.headers["Referrer-Policy"] == "no-referrer"
    assert browser.headers["Cache-Control"] == "no-store"


def test_what_people_chose_is_escaped(browser: Browser, confirm: str, store: Store) -> None:
    address = "<b>'&\"@example.com"
    store.db.one_time_tokens.update_one({}, {"$set": {"address": address}})
    browser.open(confirm)
    assert "&lt;b&gt;&#39;&amp;&#34;@example.com" in browser.page


def test_the_token_reaches_no_log(browser: Browser, reset: str, log_lines: Any, box: Box) -> None:
    browser.open(reset).send(reset, password=NEW, again=NEW)
    browser.open(reset)
    routes = [line.get("route") for line in log_lines()]
    assert "/account/reset/<token>" in routes
    assert box.token not in str(log_lines())
    assert NEW not in str(log_lines())


def test_pages_stand_where_no_other_system_has_one(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("pages.")}
    assert rules == {"/account/confirm/<token>", "/account/reset/<token>"}
