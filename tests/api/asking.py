"""What tests of the task routes say again and again: plant a tree, read it back, be refused, look.

An outline is a list of a title and the outlines below it: `["trip", ["pack", ["socks"]], ["go"]]`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.people import Client, Reply
from tracker.store import Store

TASKS = "/api/tasks"
NOWHERE = "01890000-0000-7000-8000-000000000000"

# What a client may try where a plain value belongs
OPERATORS: tuple[Any, ...] = (
    {"$ne": None},
    {"$gt": ""},
    {"$where": "1"},
    {"$regex": ".*"},
    {"a.b": 1},
    {},
    [],
    ["x"],
    [{"$ne": None}],
)

Outline = list[Any]
Task = dict[str, Any]


def make(client: Client, title: str = "task", **fields: Any) -> Task:
    """A new task, as it was answered."""
    reply = client.post(TASKS, {"title": title, **fields})
    assert reply.status == 201, reply
    task: Task = reply.json
    return task


def plant(client: Client, outline: Outline, **fields: Any) -> dict[str, str]:
    """A new tree in one request; answers the ids by their titles. `fields` are the root's."""
    root = make(client, **{**draft(outline), **fields})
    return {node["title"]: node["id"] for node in nodes(tree(client, root["id"]))}


def draft(outline: Outline) -> dict[str, Any]:
    title, *below = outline
    return {"title": title, "subtasks": [draft(child) for child in below]}


def read(client: Client, task: str) -> Task:
    reply = client.get(f"{TASKS}/{task}")
    assert reply.status == 200, reply
    found: Task = reply.json
    return found


def tree(client: Client, task: str, query: str = "") -> Task:
    reply = client.get(f"{TASKS}/{task}/tree{query}")
    assert reply.status == 200, reply
    found: Task = reply.json
    return found


def nodes(node: Task) -> Iterator[Task]:
    """Every node of an answered tree, parents first."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node["subtasks"]))


def outline(node: Task, say: Callable[[Task], Any] = lambda node: node["title"]) -> Outline:
    """An answered tree as an outline, of its titles or of what `say` makes of a node."""
    return [say(node), *(outline(child, say) for child in node["subtasks"])]


def listed(client: Client, query: str = "") -> list[str]:
    """The titles of one list; its `total` must be their number."""
    reply = client.get(f"{TASKS}?page_size=100&{query}".rstrip("&"))
    assert reply.status == 200, reply
    titles = [task["title"] for task in reply.json["tasks"]]
    assert reply.json["total"] == len(titles)
    return titles


def refused(reply: Reply, status: int, pointer: str | None = None) -> Task:
    """The answer is a problem (RFC 9457) of this status, naming this pointer; answers it."""
    assert reply.status == status, (reply.status, reply.body[:400])
    problem: Task = reply.json
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert problem["status"] == status
    for member in ("type", "title", "detail", "instance"):
        assert isinstance(problem[member], str)
    assert problem["detail"]
    assert "Traceback" not in problem["detail"]
    if pointer is not None:
        assert pointer in [fault["pointer"] for fault in problem["errors"]], problem["errors"]
    return problem


def kept(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All that is stored, but for the counters: a number may be taken in vain."""
    names = (
        "trees",
        "task_paths",
        "history",
        "users",
        "notifications",
        "comments",
        "files",
        "pomodoros",
        "categories",
    )
    return {
        name: sorted(getattr(store.db, name).find({}), key=lambda found: str(found["_id"]))
        for name in names
    }


@contextmanager
def unchanged(store: Store) -> Iterator[None]:
    """Whatever is done inside, the store holds the same afterwards."""
    before = kept(store)
    yield
    assert kept(store) == before
