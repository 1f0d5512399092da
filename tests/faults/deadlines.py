"""Tasks that fall due all at once, each with a reminder, and what their person was told of them."""

import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from config import Config
from tests.faults.clockwork import until
from tests.people import Client
from tests.processes import KEY
from tracker import create_app
from tracker.core.notices import OVERDUE, REMINDER
from tracker.services.world import World

EARLIER = timedelta(hours=1)

Told = Counter[tuple[str, str]]


class Deadlines:
    """Somebody who plans, an hour ago, what falls due half an hour ago."""

    def __init__(self, world: World, name: str) -> None:
        config = Config(secret_key=KEY, password_cost="cheap", rate_limit_user=0)
        then = replace(world, clock=lambda: datetime.now(UTC) - EARLIER)
        self._person = Client(create_app(config, then, log_to=io.BytesIO())).as_(name)
        self._store = world.store

    def plan(self, number: int) -> Told:
        """Tasks in trees of their own; what is to be told of them."""
        moment = (datetime.now(UTC) - EARLIER / 2).isoformat()
        drafts = [{"title": f"task {n}", "due_date": moment} for n in range(number)]
        made = self._person.post("/api/tasks/bulk", {"tasks": drafts})
        assert made.status == 201, made
        tasks = [task["id"] for task in made.json]
        for task in tasks:
            reply = self._person.post(f"/api/tasks/{task}/reminders", {"at": moment})
            assert reply.status == 201, reply
        return Counter((kind, task) for kind in (OVERDUE, REMINDER) for task in tasks)

    def told(self, planned: Told) -> Told:
        """What of it was told so far, and how often."""
        tasks = {task for _, task in planned}
        rows = self._store.db.notifications.find({"task": {"$in": sorted(tasks)}})
        return Counter((row["kind"], row["task"]) for row in rows)

    def wait_until_untold(self, planned: Told, number: int) -> None:
        """Returns when so much was told, and of something more a tree knows alone."""
        trees = self._store.db.trees
        until(lambda: self.told(planned).total() >= number)
        until(lambda: trees.find_one({"dirty": True}, {"_id": 1}), pause=0)

    def wait_until_told(self, planned: Told) -> None:
        until(lambda: self.told(planned) == planned)
