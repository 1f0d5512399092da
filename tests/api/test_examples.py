"""The documentation shows a body for each task route that takes one, and the route takes it."""

from typing import Any

import pytest
from flask import Flask

from tests.api.asking import TASKS, plant
from tests.api.table import done
from tests.people import Client
from tracker.api.openapi import operations

Shown = dict[str, dict[str, Any]]


@pytest.fixture
def shown(app: Flask) -> Shown:
    """The operations of the task routes that take a body, by method and path."""
    return {
        f"{verb} {rule.rule}": {
            "schema": method.operation.body,
            "example": method.operation.example,
        }
        for rule, verb, method in operations(app)
        if rule.rule.startswith(TASKS) and method.operation.body
    }


def test_every_task_route_with_a_body_has_an_example_that_its_schema_loads(shown: Shown) -> None:
    assert len(shown) == 14
    for route, said in shown.items():
        assert said["example"], route
        assert said["schema"].load(said["example"]), route


def test_the_document_shows_the_examples(client: Client, shown: Shown) -> None:
    paths = client.get("/openapi.json").json["paths"]
    for route, said in shown.items():
        verb, _, path = route.partition(" ")
        body = paths[path.translate({60: "{", 62: "}"})][verb.lower()]["requestBody"]
        assert body["content"]["application/json"]["example"] == said["example"]


def test_what_the_examples_show_can_be_sent(client: Client, shown: Shown) -> None:
    """As they are, but for the ids of people and tasks, which are nobody's."""
    ann = client.as_("ann")
    ids, b = plant(ann, ["a", ["b"], ["c"]]), f"{TASKS}/<task_id>"
    real = {
        "assigned_to": ann.me["id"],
        "parent_id": ids["a"],
        "position": {"after": ids["c"]},
        "user": client.as_("bob").me["email"],
    }

    def sent(said: Any) -> Any:
        if isinstance(said, list):
            return [sent(one) for one in said]
        if not isinstance(said, dict):
            return said
        return {key: real.get(key, sent(value)) for key, value in said.items()}

    own = done(ann.post(f"{TASKS}/{ids['b']}/reminders", {"minutes": 5}))["id"]
    one = done(ann.post(f"{TASKS}/{ids['b']}/comments", {"content": "x"}))["id"]
    for route, said in shown.items():
        verb, _, path = route.partition(" ")
        path = path.replace(b, f"{TASKS}/{ids['b']}").replace("<reminder_id>", own)
        path = path.replace("<comment_id>", one)
        done(ann.ask(verb, path, sent(said["example"])))
