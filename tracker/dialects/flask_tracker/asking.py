"""Who asks Flask Task Tracker: a token with or without `Bearer`, or, where the switch is off, the
built-in user.
"""

from datetime import timedelta
from typing import Any, NamedTuple, cast

from flask import Flask, current_app, request

from tracker.core.passwords import Rule
from tracker.errors import Unauthenticated
from tracker.services import registering
from tracker.services.registering import Door
from tracker.web import world
from tracker.web.principal import by_name, by_token

AREA = "tasks"
RULE = Rule(8, 128)
# for who asks without a token: nothing keeps them longer than their request
MOMENT = timedelta(minutes=1)


class NoToken(Unauthenticated):
    detail = "Token is missing"


class InvalidToken(Unauthenticated):
    """A token is shown, and is none of ours or has ended: told apart from a wrong password."""

    detail = "Invalid Token"


class Settings(NamedTuple):
    """What signing up asks for, and whether one needs a token."""

    door: Door
    guarded: bool


def init_app(app: Flask, config: Any) -> None:
    """Give the application what its settings say of this dialect."""
    door = Door(RULE, config.require_confirmation, crowns=not config.production)
    app.extensions["flask_tracker"] = Settings(door, config.auth_enabled or config.production)


def settings() -> Settings:
    """The settings of the application that answers the request."""
    return cast(Settings, current_app.extensions["flask_tracker"])


def identify() -> None:
    """Take who asks from the header; raises NoToken, InvalidToken, and Forbidden for an API token
    without the scope.
    """
    if shows_token():
        _by_shown_token()
    elif settings().guarded:
        raise NoToken
    else:
        by_name(registering.built_in(world()), world().now() + MOMENT)


def shows_token() -> bool:
    return bool(request.headers.get("Authorization", "").strip())


def _by_shown_token() -> None:
    try:
        by_token(_token(), AREA)
    except Unauthenticated:
        raise InvalidToken from None


def _token() -> str:
    """What stands behind `Bearer`, or in its place."""
    text = request.headers["Authorization"].strip()
    scheme, _, rest = text.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else text
