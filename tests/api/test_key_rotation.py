"""A new key signs, the one before it is still good, and one that was taken out is not."""

from dataclasses import replace

import jwt
import pytest

from config import Config
from tests.api.asking import refused
from tests.api.log_ins import REFRESH, lives, log_in, page, refresh
from tests.conftest import SECRET
from tests.people import Client
from tracker import create_app
from tracker.services.world import World

NEW = "another secret of the tests, longer than 32 bytes"
NEWEST = "the third secret of the tests, longer than 32 bytes"


def serving(config: Config, world: World, key: str, previous: str = "") -> Client:
    return Client(create_app(replace(config, secret_key=key, secret_key_previous=previous), world))


@pytest.fixture
def before(config: Config, world: World) -> Client:
    return serving(config, world, SECRET)


@pytest.fixture
def rotated(config: Config, world: World) -> Client:
    return serving(config, world, NEW, SECRET)


@pytest.fixture
def after(config: Config, world: World) -> Client:
    return serving(config, world, NEW)


def test_tokens_of_both_keys_are_good_until_the_old_one_is_taken_out(
    before: Client, rotated: Client, after: Client
) -> None:
    old, new = log_in(before).json["access_token"], log_in(rotated, "bob").json["access_token"]
    assert [lives(client, old) for client in (before, rotated, after)] == [True, True, False]
    assert [lives(client, new) for client in (before, rotated, after)] == [False, True, True]


def test_a_refresh_token_of_the_old_key_is_exchanged_for_one_of_the_new(
    before: Client, rotated: Client, after: Client
) -> None:
    old = log_in(before, refresh=True).json["refresh_token"]
    refused(refresh(after, old), 401)
    new = refresh(rotated, old)
    assert new.status == 200
    assert refresh(after, new.json["refresh_token"]).status == 200


def test_a_page_goes_on_with_its_cookies_and_gets_new_ones(
    before: Client, rotated: Client, after: Client
) -> None:
    entered = log_in(before, cookie=True)
    reply = rotated.post(REFRESH, headers=page(entered))
    assert reply.status == 200
    assert after.post(REFRESH, headers=page(reply)).status == 200


def kid(client: Client, name: str) -> str:
    header = jwt.get_unverified_header(log_in(client, name).json["access_token"])
    return str(header["kid"])


def test_keys_are_named_in_the_header_and_each_by_another_name(
    before: Client, rotated: Client, after: Client
) -> None:
    assert kid(before, "ann") != kid(rotated, "bob") == kid(after, "cleo")


def test_two_keys_back_is_too_far(before: Client, config: Config, world: World) -> None:
    token = log_in(before).json["access_token"]
    assert not lives(serving(config, world, NEWEST, NEW), token)
