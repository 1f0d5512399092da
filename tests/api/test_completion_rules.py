"""Completing and reopening by a tree's rule: block, cascade, auto, independent."""

import pytest

from tests.api.asking import OPERATORS, TASKS, make, nodes, plant, read, refused, tree, unchanged
from tests.api.table import done, share
from tests.api.test_moves import move, rev_of
from tests.people import Client, Reply
from tracker.core.life import RULES
from tracker.store import Store

Ids = dict[str, str]


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> Ids:
    """a > (b > (c, d > e), f); e is in progress"""
    found = plant(ann, ["a", ["b", ["c"], ["d", ["e"]]], ["f"]])
    done(ann.patch(f"{TASKS}/{found['e']}", {"status": "in_progress"}))
    return found


def rule(client: Client, root: str, name: str) -> None:
    assert done(client.patch(f"{TASKS}/{root}", {"completion": name}))["completion"] == name


def complete(client: Client, task: str, query: str = "") -> Reply:
    return client.post(f"{TASKS}/{task}/complete{query}")


def reopen(client: Client, task: str) -> Reply:
    return client.post(f"{TASKS}/{task}/reopen")


def closed(client: Client, root: str) -> str:
    """The titles of the completed tasks of a tree."""
    found = [node for node in nodes(tree(client, root)) if node["status"] == "completed"]
    assert all(node["completed_at"] for node in found)
    return "".join(sorted(node["title"] for node in found))


def statuses(client: Client, root: str) -> dict[str, str]:
    return {node["title"]: node["status"] for node in nodes(tree(client, root))}


def test_a_tree_blocks_until_another_rule_is_set(ann: Client, ids: Ids) -> None:
    assert read(ann, ids["a"])["completion"] == "block"
    assert read(ann, ids["b"])["completion"] is None
    for name in RULES:
        rule(ann, ids["a"], name)
        assert tree(ann, ids["a"])["completion"] == name
        assert {node["completion"] for node in tree(ann, ids["a"])["subtasks"]} == {None}


def test_the_rule_is_the_owners_to_set_and_the_roots_to_have(
    client: Client, ann: Client, ids: Ids, store: Store
) -> None:
    share(ann, ids["a"], "bob", "editor")
    bob, cyd = client.as_("bob"), client.as_("cyd")
    with unchanged(store):
        refused(ann.patch(f"{TASKS}/{ids['b']}", {"completion": "auto"}), 422, "/completion")
        refused(bob.patch(f"{TASKS}/{ids['a']}", {"completion": "auto"}), 403)
        refused(cyd.patch(f"{TASKS}/{ids['a']}", {"completion": "auto"}), 404)
        for value in ("", "AUTO", "never", None, 1, True, *OPERATORS):
            reply = ann.patch(f"{TASKS}/{ids['a']}", {"completion": value})
            refused(reply, 422, "/completion")
        refused(ann.post(TASKS, {"title": "x", "completion": "auto"}), 422, "/completion")


def test_a_put_of_what_was_answered_leaves_the_rule(ann: Client, ids: Ids) -> None:
    rule(ann, ids["a"], "auto")
    answered = read(ann, ids["a"])
    assert done(ann.put(f"{TASKS}/{ids['a']}", {**answered, "completion": "block"}))["rev"]
    assert read(ann, ids["a"])["completion"] == "auto"


@pytest.mark.parametrize("name", ["block", "auto"])
@pytest.mark.parametrize("way", ["complete", "PATCH", "PUT"])
def test_block_and_auto_name_what_is_open(
    ann: Client, ids: Ids, store: Store, name: str, way: str
) -> None:
    rule(ann, ids["a"], name)
    done(complete(ann, ids["c"]))
    with unchanged(store):
        if way == "complete":
            reply = complete(ann, ids["b"])
        else:
            reply = ann.ask(way, f"{TASKS}/{ids['b']}", {"status": "completed"})
        problem = refused(reply, 409)
    assert [task["title"] for task in problem["open"]] == ["d", "e"]
    assert [task["id"] for task in problem["open"]] == [ids["d"], ids["e"]]


def test_what_lies_in_the_trash_blocks_nothing(ann: Client, ids: Ids) -> None:
    done(ann.delete(f"{TASKS}/{ids['d']}"))
    done(complete(ann, ids["c"]))
    done(complete(ann, ids["b"]))
    assert closed(ann, ids["a"]) == "bc"


@pytest.mark.parametrize("way", ["rule", "query", "status"])
def test_cascade_closes_what_is_open_below_in_one_commit(
    ann: Client, ids: Ids, store: Store, way: str
) -> None:
    if way != "query":
        rule(ann, ids["a"], "cascade")
    rev = rev_of(store, ids["a"])
    if way == "status":
        done(ann.patch(f"{TASKS}/{ids['b']}", {"status": "completed"}))
    else:
        done(complete(ann, ids["b"], "?cascade=true" if way == "query" else ""))
    assert rev_of(store, ids["a"]) == rev + 1
    assert closed(ann, ids["a"]) == "bcde"
    assert read(ann, ids["a"])["progress"] == {"done": 4, "total": 5}


@pytest.mark.parametrize("name", ["block", "cascade", "auto", "independent"])
def test_reopening_brings_back_exactly_what_that_completion_closed(
    ann: Client, ids: Ids, store: Store, name: str
) -> None:
    done(complete(ann, ids["c"]))
    rule(ann, ids["a"], name)
    before = statuses(ann, ids["a"])
    done(complete(ann, ids["b"], "?cascade=true"))
    assert closed(ann, ids["a"]) == "bcde"
    rev = rev_of(store, ids["a"])
    done(reopen(ann, ids["b"]))
    assert rev_of(store, ids["a"]) == rev + 1
    assert statuses(ann, ids["a"]) == before == {**before, "c": "completed", "e": "in_progress"}


def test_an_earlier_completion_stays_through_a_later_one(ann: Client, ids: Ids) -> None:
    """d closes e; b closes d's siblings; reopening b leaves d and e as d's completion left them."""
    rule(ann, ids["a"], "cascade")
    for task in "dba":
        done(complete(ann, ids[task]))
    assert closed(ann, ids["a"]) == "abcdef"
    for task, left in (("a", "bcde"), ("b", "de"), ("d", "")):
        done(reopen(ann, ids[task]))
        assert closed(ann, ids["a"]) == left
    assert statuses(ann, ids["a"])["e"] == "in_progress"


def test_reopening_one_of_a_cascade_opens_it_and_its_line_alone(ann: Client, ids: Ids) -> None:
    done(complete(ann, ids["a"], "?cascade=true"))
    done(reopen(ann, ids["d"]))
    assert closed(ann, ids["a"]) == "cf"
    done(complete(ann, ids["a"], "?cascade=true"))
    done(reopen(ann, ids["a"]))
    assert closed(ann, ids["a"]) == "cf"


def test_the_status_given_at_reopening_counts(ann: Client, ids: Ids) -> None:
    done(complete(ann, ids["e"]))
    done(ann.patch(f"{TASKS}/{ids['e']}", {"status": "todo"}))
    assert (read(ann, ids["e"])["status"], read(ann, ids["e"])["completed_at"]) == ("todo", None)


def test_auto_completes_a_parent_with_its_last_child(ann: Client, ids: Ids, store: Store) -> None:
    rule(ann, ids["a"], "auto")
    done(complete(ann, ids["c"]))
    assert closed(ann, ids["a"]) == "c"
    rev = rev_of(store, ids["a"])
    done(ann.patch(f"{TASKS}/{ids['e']}", {"status": "completed"}))
    assert rev_of(store, ids["a"]) == rev + 1
    assert closed(ann, ids["a"]) == "bcde"
    done(complete(ann, ids["f"]))
    assert closed(ann, ids["a"]) == "abcdef"
    done(reopen(ann, ids["c"]))
    assert closed(ann, ids["a"]) == "def"


def test_auto_completes_a_parent_also_where_the_last_child_cascades(ann: Client, ids: Ids) -> None:
    rule(ann, ids["a"], "auto")
    done(complete(ann, ids["f"]))
    done(complete(ann, ids["b"], "?cascade=true"))
    assert closed(ann, ids["a"]) == "abcdef"
    done(reopen(ann, ids["a"]))
    assert closed(ann, ids["a"]) == "f"


def test_independent_closes_and_opens_one_task_alone(ann: Client, ids: Ids) -> None:
    rule(ann, ids["a"], "independent")
    done(complete(ann, ids["b"]))
    done(complete(ann, ids["a"]))
    assert closed(ann, ids["a"]) == "ab"
    done(complete(ann, ids["d"]))
    done(reopen(ann, ids["d"]))
    make(ann, "new", parent_id=ids["b"])
    done(move(ann, ids["f"], ids["b"]))
    done(ann.delete(f"{TASKS}/{ids['c']}"))
    done(ann.post(f"{TASKS}/{ids['c']}/restore"))
    assert closed(ann, ids["a"]) == "ab"
    done(reopen(ann, ids["a"]))
    assert closed(ann, ids["a"]) == "b"


def test_completing_and_reopening_twice_change_nothing(ann: Client, ids: Ids, store: Store) -> None:
    with unchanged(store):
        done(reopen(ann, ids["c"]))
    done(complete(ann, ids["c"]))
    with unchanged(store):
        done(complete(ann, ids["c"]))


def test_a_strange_query_is_refused(ann: Client, ids: Ids, store: Store) -> None:
    with unchanged(store):
        for query in ("?cascade=1", "?cascade=", "?cascade=yes", "?deep=true"):
            refused(complete(ann, ids["b"], query), 422)
            refused(ann.post(f"{TASKS}/{ids['b']}/reopen{query}"), 422)
