"""Fixtures of tests of services."""

import pytest

from tests.core.forest import node
from tests.store.staging import plant
from tracker.services.world import World

BOB_EDITS = {"members": [{"user": "bob", "role": "editor"}]}


@pytest.fixture
def tree(world: World) -> str:
    """ann's tree r > (a > b, c), which bob edits; drained, and nobody is at it."""
    for number, name in enumerate(("ann", "bob"), start=1):
        world.store.db.users.insert_one({"_id": name, "state": "active", "number": number})
    plant(world.store, node("r", node("a", node("b")), node("c")), **BOB_EDITS)
    return "r"
