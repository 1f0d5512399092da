"""Remembering verified tokens: for a short while, never past their end, and not without bound."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.conftest import SECRET, Clock
from tracker.core import sessions
from tracker.core.sessions import Lifetimes, Origin, Session
from tracker.web import signing, tokens

LIFE = timedelta(seconds=100)


@pytest.fixture
def app(clock: Clock) -> Flask:
    app = Flask("tokens")
    lifetimes = Lifetimes(LIFE, LIFE)
    tokens.init_app(app, keys=signing.keys(SECRET), lifetimes=lifetimes, clock=clock)
    return app


@pytest.fixture
def session(clock: Clock) -> Session:
    return sessions.opened("s", "ann", Origin("curl", "::1"), LIFE, at=clock.now)


def test_a_token_is_remembered_no_longer_than_it_lives(
    app: Flask, clock: Clock, session: Session
) -> None:
    with app.app_context():
        token, seconds = tokens.tokens().issue(session)
        assert seconds == 100
        clock.advance(seconds=90)
        assert tokens.tokens().claims(token)["sub"] == "ann"
        clock.advance(seconds=10)
        with pytest.raises(tokens.BadToken):
            tokens.tokens().claims(token)


def test_remembered_tokens_are_bounded(app: Flask, session: Session) -> None:
    with app.app_context():
        ours = tokens.tokens()
        for number in range(tokens.REMEMBERED_TOKENS + 10):
            ours._remembered[str(number)] = ({}, 0.0)
        ours.claims(ours.issue(session).text)
        assert len(ours._remembered) == 1
