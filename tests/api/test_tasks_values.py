"""Values that do not belong where they stand, in bodies and queries: 422 naming the field."""

from typing import Any

import pytest

from tests.api.asking import NOWHERE, OPERATORS, TASKS, make, plant, refused, unchanged
from tests.people import Client, Reply
from tests.wire import Ear
from tracker.store import Store

WRITES = ["POST", "PUT", "PATCH", "subtasks"]
HUGE: tuple[Any, ...] = (2**63, 2**63 - 1, -(2**63), 10**30, 1e300, -0.0)
TEXTS: tuple[Any, ...] = (1, 1.5, True, False, *HUGE, *OPERATORS)
DATES: tuple[Any, ...] = (
    "", " ", "x", "tomorrow", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01",
    "9999-12-31", "1899-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59", "2026-02-29", "2026-13-01", "2026-01-32", "2026-01-01T25:00:00Z",
    "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00+99:99", "20260101",
    "2026-W01-1", "2026-001", "2026-1-1", "01/02/2026", "2026-01-01T00:00:00Z ", "+2026-01-01",
    "-2026-01-01", "12026-01-01", "٢٠٢٦-01-01", "2026-01-01T00:00:00\0", "now", 1767225600,
    1767225600.5, "x" * 10_000, *TEXTS,
)  # fmt: skip
IDS: tuple[Any, ...] = (
    "", "x", "1", "me", "a.b", "$ne", NOWHERE[:-1], NOWHERE + "0", NOWHERE.replace("-", ""),
    f"{{{NOWHERE}}}", f"urn:uuid:{NOWHERE}", NOWHERE + "\n", " " + NOWHERE, NOWHERE + "\0",
    NOWHERE.replace("0", "g"), "x" * 400, "root.children", *TEXTS,
)  # fmt: skip

BAD: dict[str, tuple[Any, ...]] = {
    "title": ("", " ", "\t\n ", "\u3000", "x" * 256, "🎉" * 256, "a\0b", "x" * 100_000, *TEXTS),
    "description": ("x" * 10_001, "a\0b", *TEXTS),
    "status": ("", "done", "TODO", "Completed", " todo", "todo\n", "in progress", *TEXTS),
    "priority": ("", "zzz", "LOW", "0", "critical", *TEXTS),
    "start_date": DATES,
    "due_date": DATES,
    "assigned_to": IDS,
    "parent_id": IDS,
    "notify_overdue": (0, 1, "true", "false", "", "yes", *HUGE, *OPERATORS),
    "tags": ("x", "", 1, True, {}, {"$ne": None}, [1], [None], [True], [["x"]], [{"$ne": None}],
             ["ok", "x" * 51], ["a\0b"], [{"name": {"$ne": None}}], [{"name": 1}], [{}],
             [f"{n}" for n in range(51)], [2**63]),
}  # fmt: skip
NEVER_NULL = {"POST": ("title", "status", "priority", "notify_overdue", "tags", "subtasks"),
              "PATCH": ("title", "status", "priority", "notify_overdue")}  # fmt: skip


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    return plant(ann, ["a", ["b"]])


def send(client: Client, ids: dict[str, str], way: str, body: dict[str, Any]) -> Reply:
    if way in {"POST", "subtasks"}:
        path = TASKS if way == "POST" else f"{TASKS}/{ids['b']}/subtasks"
        return client.post(path, {"title": "x", **body})
    return client.ask(way, f"{TASKS}/{ids['b']}", body)


def bad_values(way: str) -> list[tuple[str, Any]]:
    """Every field with every bad value that the client's JSON can say."""
    return [
        (name, value)
        for name, values in BAD.items()
        if name != "parent_id" or way == "POST"
        for value in values
        if value != 10**30
    ]


@pytest.mark.parametrize("way", WRITES)
def test_a_bad_value_gets_422_naming_the_field(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    with unchanged(store):
        for name, value in bad_values(way):
            problem = refused(send(ann, ids, way, {name: value}), 422)
            pointers = {fault["pointer"].split("/")[1] for fault in problem["errors"]}
            assert pointers == {name}, value
            assert len(problem["detail"]) < 1_000
            assert "x" * 200 not in problem["detail"]


def test_a_bad_value_deep_in_a_tree_gets_422_naming_the_place(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    with unchanged(store):
        for name, value in bad_values("nested"):
            leaf = {"title": "z", name: value}
            body = {"subtasks": [{"title": "y"}, {"title": "y", "subtasks": [leaf]}]}
            problem = refused(send(ann, ids, "POST", body), 422)
            for fault in problem["errors"]:
                assert fault["pointer"].startswith(f"/subtasks/1/subtasks/0/{name}"), value


@pytest.mark.parametrize("way", NEVER_NULL)
def test_null_where_a_value_must_stand_gets_422(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    with unchanged(store):
        for name in NEVER_NULL[way]:
            refused(send(ann, ids, way, {name: None}), 422, f"/{name}")


def test_a_task_needs_a_title(ann: Client, ids: dict[str, str], store: Store) -> None:
    with unchanged(store):
        refused(ann.post(TASKS, {}), 422, "/title")
        refused(ann.post(TASKS, {"description": "x"}), 422, "/title")
        refused(ann.post(TASKS, {"title": "x", "subtasks": [{}]}), 422, "/subtasks/0/title")


@pytest.mark.parametrize("way", WRITES)
def test_the_largest_values_fit(ann: Client, ids: dict[str, str], way: str) -> None:
    body = {
        "title": "🎉" * 255,
        "description": "ß" * 10_000,
        "tags": [f"{n:050}" for n in range(50)],
        "start_date": "1900-01-01",
        "due_date": "2999-12-31T23:59:59.999Z",
    }
    reply = send(ann, ids, way, body)
    assert reply.status in {200, 201}
    assert (reply.json["title"], reply.json["description"]) == (body["title"], body["description"])
    assert (len(reply.json["tags"]), reply.json["due_date"]) == (50, "2999-12-31T23:59:59.999000Z")


def test_no_operator_reaches_the_database(
    client: Client, request: pytest.FixtureRequest, ear: Ear, store: Store
) -> None:
    """A request with a bad value costs the look-up of the caller, and nothing after it."""
    ann = client.as_("ann")
    ids = plant(ann, ["a", ["b"]])
    for way in WRITES:
        for name in BAD:
            for value in OPERATORS if name != "tags" else OPERATORS[:6]:
                if name != "parent_id" or way == "POST":
                    ear.heard.clear()
                    refused(send(ann, ids, way, {name: value}), 422)
                    assert [what for what, _ in ear.heard] in ([], ["aggregate"])


QUERY: dict[str, tuple[str, ...]] = {
    "page": ("0", "-1", "x", "", "1.0", "1e3", "٣", " 1", "1 ", "+1", "0x1", "true", "9" * 30,
             str(2**63), "1000001"),
    "page_size": ("0", "101", "-1", "x", "", "1.5", "1,2", "9" * 30),
    "status": ("", "zzz", "TODO", "todo,completed", "*"),
    "priority": ("", "zzz", "HIGH", "1"),
    "assigned_to": ("", "me", "x", "a.b", NOWHERE + "0", NOWHERE + "\n"),
    "sort_by": ("", "id", "owner", "rev", "$natural", "title,status", "position", "text", "space"),
    "sort_order": ("", "ASC", "1", "-1", "up"),
    "tag": ("", "x" * 51, "a\0b"),
    "root": ("", "x", "$ne", "a.b", "x" * 400),
    "parent": ("", "x", "null", "root.children"),
    "level": ("", "root", "leaves", "ALL"),
    "due_before": ("", "x", "0001-01-01", "9999-12-31T23:59:59Z", "tomorrow", "1767225600"),
    "due_after": ("", "x", "0001-01-01T00:00:00Z", "9999-12-31", "2026-02-30"),
    "overdue": ("", "1", "0", "yes", "True", "TRUE", "null"),
    "completed": ("", "1", "on", "False", "null"),
}  # fmt: skip
IN_QUERIES = ('{"$ne": null}', '{"$gt": ""}', '{"$where": "1"}', '["x"]', "$ne", "[object Object]")


def test_a_bad_query_value_gets_422_naming_the_parameter(ann: Client, ids: dict[str, str]) -> None:
    for name, values in QUERY.items():
        for value in (*values, *(() if name == "tag" else IN_QUERIES)):
            refused(ann.get(TASKS, query_string={name: value}), 422, f"/{name}")


@pytest.mark.parametrize("name", ["search", "tag"])
def test_an_operator_as_a_text_finds_nothing(ann: Client, ids: dict[str, str], name: str) -> None:
    for value in IN_QUERIES:
        assert ann.get(TASKS, query_string={name: value}).json["total"] == 0


def test_unknown_and_repeated_parameters_get_422(ann: Client, ids: dict[str, str]) -> None:
    make(ann)
    task = f"{TASKS}/{ids['a']}"
    unknown = ["x=1", "%24where=1", "Page=1", "page%00=1", "limit=5", "=1", "%FF=1", "owner=x"]
    unknown += [f"{name}[$ne]=1" for name in (*QUERY, "search", "cursor")]
    unknown += [f"{name}[]=1" for name in QUERY] + [f"{name}.x=1" for name in QUERY]
    for query in unknown:
        assert refused(ann.get(f"{TASKS}?{query}"), 422)["errors"]
    for name in (*QUERY, "search", "cursor"):
        refused(ann.get(f"{TASKS}?{name}=1&{name}=1"), 422, f"/{name}")
    for path in (task, f"{task}/ancestors", f"{task}/tree", f"{task}/subtasks"):
        refused(ann.get(f"{path}?x=1"), 422, "/x")
        refused(ann.get(f"{path}?depth=1&depth=1"), 422, "/depth")


def test_writes_refuse_unknown_parameters_too(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    task = f"{TASKS}/{ids['b']}"
    with unchanged(store):
        for verb, path, body in (
            ("POST", TASKS, {"title": "x"}),
            ("PUT", task, {"title": "x"}),
            ("PATCH", task, {"title": "x"}),
            ("DELETE", task, None),
            ("POST", f"{task}/complete", None),
            ("POST", f"{task}/reopen", None),
            ("POST", f"{task}/subtasks", {"title": "x"}),
        ):
            refused(ann.ask(verb, f"{path}?x=1", body), 422, "/x")
            refused(ann.ask(verb, f"{path}?title[$ne]=1", body), 422, "/title[$ne]")
