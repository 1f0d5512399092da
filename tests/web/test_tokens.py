"""Remembering verified tokens: for a short while, never past their end, and not without bound."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.conftest import SECRET, Clock
from tracker.web import tokens


@pytest.fixture
def app(clock: Clock) -> Flask:
    app = Flask("tokens")
    tokens.init_app(app, key=SECRET, lifetime=timedelta(seconds=100), clock=clock)
    return app


def test_a_token_is_remembered_no_longer_than_it_lives(app: Flask, clock: Clock) -> None:
    with app.app_context():
        token = tokens.tokens().issue("ann", session="s")
        clock.advance(seconds=90)
        assert tokens.tokens().claims(token)["sub"] == "ann"
        clock.advance(seconds=10)
        with pytest.raises(tokens.BadToken):
            tokens.tokens().claims(token)


def test_remembered_tokens_are_bounded(app: Flask) -> None:
    with app.app_context():
        ours = tokens.tokens()
        for number in range(tokens.REMEMBERED_TOKENS + 10):
            ours._remembered[str(number)] = ({}, 0.0)
        ours.claims(ours.issue("ann", session="s"))
        assert len(ours._remembered) == 1
