"""Hears what is told of trees, and plants what is to be told: for tests of what falls due."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from tests.conftest import START
from tests.core.forest import node
from tests.core.test_reminders import HOUR
from tests.store.wrapped import Around, Call, wrap
from tracker.core.trees import Node
from tracker.services.world import World

SOON = START + HOUR
Told = tuple[str, str, str]


@dataclass
class Ear:
    """Hears what each commit tells, once it is stored: kind, task and person."""

    heard: Counter[Told] = field(default_factory=Counter)

    def __call__(self, call: Call) -> Any:
        found = call.run()
        if call.name == "trees.update_one" and "$push" in call.args[1] and found.matched_count:
            events = call.args[1]["$push"]["outbox"]["events"]
            self.heard.update(
                (event["type"], event["task"], user)
                for event in events
                for user in event.get("users", ())
            )
        return found


def due(name: str, *children: Node, **fields: Any) -> Node:
    """A task that is due in an hour."""
    return node(name, *children, **{"due_date": SOON, **fields})


def overdue(*tasks: str) -> Counter[Told]:
    return Counter(("task_overdue", task, "ann") for task in tasks)


def through(world: World, around: Around) -> World:
    return replace(world, store=wrap(world.store, around))
