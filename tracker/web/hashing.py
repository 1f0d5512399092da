"""The hasher of passwords that all doors of an application share."""

from typing import cast

from flask import current_app

from tracker.services.passwords import Passwords


def passwords() -> Passwords:
    """The hasher of the application that answers the request."""
    return cast(Passwords, current_app.extensions["passwords"])
