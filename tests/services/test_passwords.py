"""Hashing: strong where it counts, bounded, and no shorter for people who do not exist."""

import threading
from contextlib import ExitStack

import pytest

from tracker.services.passwords import Passwords, TooManyLogins


def test_the_parameters_are_those_of_owasp() -> None:
    assert Passwords("normal").hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_fits_its_own_hash_alone() -> None:
    passwords = Passwords("cheap")
    known = passwords.hash("secret")
    assert passwords.fits(known, "secret")
    assert not passwords.fits(known, "Secret")
    assert not passwords.fits("no hash at all", "secret")


def test_nothing_fits_a_user_who_does_not_exist() -> None:
    assert not Passwords("cheap").fits(None, "no password hashes to this for anybody")


def test_more_at_once_than_allowed_are_turned_away() -> None:
    passwords = Passwords("cheap", at_once=1, wait=0)
    with passwords.slot(), pytest.raises(TooManyLogins):
        passwords.hash("x")
    assert passwords.hash("x")


def test_where_enough_wait_nobody_else_does() -> None:
    """Though a place would have come free in time."""
    passwords = Passwords("normal", at_once=1, waiting=0, wait=30)
    with ExitStack() as held:
        held.enter_context(passwords.slot())
        threading.Timer(0.05, held.pop_all().close).start()
        with pytest.raises(TooManyLogins):
            passwords.hash("x")


def test_whether_there_is_room_is_known_before_any_work() -> None:
    passwords = Passwords("normal", at_once=1, waiting=0)
    with passwords.slot(), pytest.raises(TooManyLogins):
        passwords.require_room()
    passwords.require_room()


def test_a_failed_verification_gives_its_place_back() -> None:
    passwords = Passwords("cheap", at_once=1, wait=0)
    for _ in range(3):
        assert not passwords.fits("no hash at all", "x")


def test_a_place_is_waited_for_a_moment() -> None:
    passwords, held, let_go = (
        Passwords("cheap", at_once=1, wait=30),
        threading.Event(),
        threading.Event(),
    )

    def hold() -> None:
        with passwords.slot():
            held.set()
            let_go.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    threading.Timer(0.01, let_go.set).start()
    assert passwords.hash("x")
    holder.join()
