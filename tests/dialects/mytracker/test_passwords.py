"""MyTracker's change of a password: asked for, mailed, confirmed, by the bot or on a page."""

import re
from typing import Any

import pytest

from tests.conftest import Clock
from tests.dialects.mytracker.bots import PASSWORD, Bot, invalid, refused
from tests.people import Reply

LINK = "/profile/request/change_password"
CONFIRM = "/profile/confirm/change_password"
SUBJECT = "Confirm change password"
NEW = "walk-pass-2"
WRONG = "Wrong url or expired"


@pytest.fixture
def ann(bot: Bot) -> Bot:
    return bot.logged_in()


def linked(bot: Bot) -> str:
    """The token of a letter that was asked for."""
    reply = bot.get(LINK)
    assert (reply.status, reply.json) == (
        200,
        {"detail": "we sent email on your mail for confirm change password"},
    )
    return bot.mailed(SUBJECT)


def change(bot: Bot, token: str, **body: Any) -> Reply:
    plain = {"current_password": PASSWORD, "new_password": NEW}
    return bot.post(f"{CONFIRM}/{token}", {**plain, **body})


def test_a_mailed_link_and_the_current_password_change_it(ann: Bot) -> None:
    token = linked(ann)
    path = ann.box.last.path
    assert path
    assert path.startswith("/mytracker/api/profile/confirm/change_password/")
    reply = change(ann, token)
    assert (reply.status, reply.json) == (200, {"detail": "password was change successfully"})
    refused(ann.log_in(), 400, "Wrong password")
    refused(ann.get("/bot/my_tasks"), 401, "Invalid token")
    ann = ann.entered(NEW)
    refused(change(ann, token, current_password=NEW), 400, WRONG)


def test_what_is_refused_does_not_use_the_link_up(ann: Bot) -> None:
    token = linked(ann)
    refused(change(ann.nobody(), token), 401, "token was not provide")
    refused(change(ann, token, current_password="wrong"), 400, "Wrong password")
    invalid(change(ann, token, new_password="seven77"), "body", "new_password")
    invalid(change(ann, token, new_password="x" * 129), "body", "new_password")
    assert change(ann, token, new_password="x" * 128).status == 200


def test_the_body_is_looked_at_before_the_link(ann: Bot) -> None:
    for field in ("current_password", "new_password"):
        for value in (None, 1, {}, [], {"$ne": None}):
            invalid(change(ann, "wrong", **{field: value}), "body", field)
    refused(change(ann, "wrong", current_password="wrong"), 400, WRONG)


def test_a_link_of_another_purpose_or_an_expired_one_is_wrong(bot: Bot, clock: Clock) -> None:
    bot.register()
    registration = bot.mailed()
    bot.confirm(registration)
    ann = bot.entered()
    refused(change(ann, registration), 400, WRONG)
    token = linked(ann)
    clock.advance(seconds=3601)
    refused(change(ann, token), 400, WRONG)


def test_a_link_is_good_for_its_owner_alone(ann: Bot) -> None:
    bob = ann.as_("bob").logged_in()
    refused(change(bob, linked(ann)), 400, WRONG)
    assert change(ann, ann.mailed(SUBJECT)).status == 200
    assert bob.get("/bot/my_tasks").status == 200
    assert bob.log_in().status == 200


def test_letters_are_held_back(ann: Bot) -> None:
    statuses = [ann.get(LINK).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_who_has_no_address_is_told(ann: Bot) -> None:
    ann.world.store.db["users"].update_one({"email": ann.email}, {"$unset": {"email": ""}})
    refused(ann.get(LINK), 400, "Your account has no e-mail address")


# on the page


class Page:
    """A browser on the page behind a link, without the cookie of the bot."""

    def __init__(self, bot: Bot, token: str) -> None:
        self.client = bot.app.test_client()
        shown = self.client.get(f"/mytracker/api{CONFIRM}/{token}", headers={"Accept": "text/html"})
        self.status, self.text = shown.status_code, shown.text
        self.fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', self.text))
        self.action = re.findall(r'action="([^"]*)"', self.text)

    def send(self, **given: str) -> tuple[int, str]:
        form = {**self.fields, "current_password": PASSWORD, "new_password": NEW, **given}
        reply = self.client.post(self.action[0], data=form)
        return reply.status_code, reply.text


def test_the_link_opens_a_page_whose_form_changes_it(ann: Bot) -> None:
    page = Page(ann, linked(ann))
    assert page.status == 200
    assert "<script" not in page.text
    for wrong, words in (
        ({"current_password": "wrong"}, (400, "Wrong password")),
        ({"new_password": "seven77"}, (422, "8 to 128")),
        ({"current_password": ""}, (400, "Wrong password")),
    ):
        status, text = page.send(**wrong)
        assert status == words[0]
        assert words[1] in text
        assert NEW not in text
    status, text = page.send()
    assert (status, "password was change successfully" in text) == (200, True)
    assert ann.log_in(password=NEW).status == 200
    assert page.send()[0] == 400


def test_one_link_of_several_leaves_the_others_their_use_and_their_password(ann: Bot) -> None:
    first, second = linked(ann), linked(ann)
    assert first != second
    assert change(ann, second).status == 200
    ann = ann.entered(NEW)
    refused(change(ann, first), 400, "Wrong password")
    refused(change(ann, second, current_password=NEW), 400, WRONG)


def test_a_form_that_is_not_ours_changes_nothing(ann: Bot) -> None:
    page = Page(ann, linked(ann))
    assert page.send(csrf="x")[0] == 403
    assert ann.log_in().status == 200


def test_a_wrong_link_opens_a_page_that_says_so(bot: Bot) -> None:
    page = Page(bot, "wrong")
    assert (page.status, WRONG in page.text) == (400, True)
