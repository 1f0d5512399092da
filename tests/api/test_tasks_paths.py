"""Ids in paths and methods on routes: what is no id is 422 everywhere, a wrong method 405."""

from urllib.parse import quote

import pytest
from flask import Flask

from tests.api.asking import NOWHERE, TASKS, plant, read, refused, unchanged
from tests.api.test_tasks_privacy import (
    VERBS,
    Operation,
    of_a_task,
    on_what_is_there,
    operations,
    refused_as,
)
from tests.people import Client
from tracker.store import Store

NO_IDS = [
    "xyz",
    "0",
    "-1",
    str(2**63),
    "null",
    "undefined",
    "$ne",
    "$where",
    '{"$ne": null}',
    '{"$gt":""}',
    "[$ne]",
    "x" * 400,
    "root.children",
    "root.title",
    f"{NOWHERE}.title",
    f"{NOWHERE}.children.{NOWHERE}",
    f"children.{NOWHERE}",
    f"{NOWHERE}\0",
    f"{NOWHERE}\n",
    f" {NOWHERE}",
    f"{NOWHERE} ",
    f"{{{NOWHERE}}}",
    f"urn:uuid:{NOWHERE}",
    NOWHERE[:-1],
    f"{NOWHERE}0",
    NOWHERE.replace("-", ""),
    NOWHERE.replace("0", "g"),
    NOWHERE.replace("0", "０"),
    "__proto__",
    "..;",
    "%",
    "日本",
    "🎉",
    "<script>",
    "bulk",
    "trash",
]


@pytest.fixture
def ids(client: Client) -> dict[str, str]:
    return plant(client.as_("ann"), ["a", ["b", ["c"]]])


def test_what_is_no_id_gets_422_on_every_route(
    app: Flask, client: Client, ids: dict[str, str], store: Store
) -> None:
    ann = client.as_("ann")
    with unchanged(store):
        for operation in of_a_task(app):
            for task in NO_IDS:
                reply = operation.ask(ann, quote(task, safe=""))
                refused_as(operation, reply, 422, "task_id in the path is not a UUID")


def test_bytes_that_are_no_utf_8_get_422(app: Flask, client: Client, store: Store) -> None:
    ann = client.as_("ann")
    with unchanged(store):
        for operation in of_a_task(app):
            for task in ("%ff", "%ed%a0%80", "%c0%af", "%00"):
                assert operation.ask(ann, task).status == 422


def test_an_unknown_id_gets_404_on_every_route(
    app: Flask, client: Client, ids: dict[str, str], store: Store
) -> None:
    ann = client.as_("ann")
    with unchanged(store):
        for operation in of_a_task(app):
            refused_as(operation, operation.ask(ann, NOWHERE), 404, "Task not found")


def test_an_id_in_upper_case_is_the_same_id(
    app: Flask, client: Client, ids: dict[str, str]
) -> None:
    ann = client.as_("ann")
    for operation in {*of_a_task(app)} & {*on_what_is_there(app)}:
        if operation.verb == "GET":
            assert operation.ask(ann, ids["b"].upper()).json == operation.ask(ann, ids["b"]).json
    made = ann.post(f"{TASKS}/{ids['b'].upper()}/subtasks", {"title": "x"}).json
    assert (made["parent_id"], made["root_id"]) == (ids["b"], ids["a"])
    assert ann.post(TASKS, {"title": "x", "parent_id": ids["b"].upper()}).status == 201
    assert ann.patch(f"{TASKS}/{ids['c'].upper()}", {"title": "C"}).json["id"] == ids["c"]
    assert read(ann, ids["c"])["title"] == "C"
    assert ann.delete(f"{TASKS}/{ids['c'].upper()}").status == 204


def test_a_wrong_method_gets_405_and_is_told_the_right_ones(
    app: Flask, client: Client, ids: dict[str, str], store: Store
) -> None:
    known: dict[str, set[str]] = {}
    for verb, rule in operations(app):
        known.setdefault(rule, set()).add(verb)
    del known["/bulk"]  # by another method it is an id that is none
    with unchanged(store):
        for rule, verbs in known.items():
            for verb in (VERBS | {"TRACE", "PROPFIND"}) - verbs:
                operation = Operation(verb, rule)
                reply = operation.ask(client.as_("ann"), ids["b"])
                refused_as(operation, reply, 405, "Method Not Allowed")
                assert set(reply.headers["Allow"].split(", ")) == verbs | {"OPTIONS"}


def test_an_address_that_is_none_gets_404(client: Client, ids: dict[str, str]) -> None:
    for path in ("/{b}/nope", "/{b}/tree/x", "/{b}/tree/{b}", "//{b}", "/{b}//tree", "/{b}/Tree"):
        reply = client.as_("ann").get(f"{TASKS}{path.format(b=ids['b'])}")
        assert refused(reply, 404)["detail"] == "Not Found"


def test_a_get_changes_nothing_whatever_it_carries(
    app: Flask, client: Client, ids: dict[str, str], store: Store
) -> None:
    ann = client.as_("ann")
    with unchanged(store):
        for operation in on_what_is_there(app):
            if operation.verb in {"GET", "HEAD"}:
                reply = operation.ask(ann, ids["b"], data=b'{"title": "x"}')
                assert reply.status == 200


def test_a_method_cannot_be_overridden(client: Client, ids: dict[str, str], store: Store) -> None:
    headers = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    with unchanged(store):
        path = f"{TASKS}/{ids['b']}"
        assert client.as_("ann").get(path, headers=headers).status == 200
        refused(client.as_("ann").get(f"{path}?_method=DELETE"), 422, "/_method")
