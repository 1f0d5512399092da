"""The world of the application that answers: handed on to services, never altered here."""

from typing import cast

from flask import current_app

from tracker.services.world import World


def world() -> World:
    """What the services of this application work on; see `tracker.services.world`."""
    return cast(World, current_app.extensions["world"])
