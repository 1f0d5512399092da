"""What is open below completed ancestors reopens them in the same commit: created, moved, restored
or reopened there. Not under the rule `independent`.
"""

from collections.abc import Callable

import pytest

from tests.api.asking import TASKS, make, plant, read, refused, unchanged
from tests.api.table import done
from tests.api.test_completion_rules import Ids, closed, complete, reopen, rule
from tests.api.test_moves import move, rev_of
from tests.people import Client
from tracker.store import Store


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> Ids:
    """a > (b > (c, t), f), all completed but t in the trash, which is open; o > p and x are open"""
    found = plant(ann, ["a", ["b", ["c"], ["t"]], ["f"]]) | plant(ann, ["o", ["p"]])
    done(ann.delete(f"{TASKS}/{found['t']}"))
    done(complete(ann, found["a"], "?cascade=true"))
    return found


def deeds(ann: Client, ids: Ids) -> dict[str, Callable[[], object]]:
    """What brings something open below b, and the tree that it is committed to."""
    b = f"{TASKS}/{ids['b']}"
    return {
        "created": lambda: done(ann.post(f"{b}/subtasks", {"title": "new"})),
        "created by parent_id": lambda: make(ann, "new", parent_id=ids["b"]),
        "created with more below": lambda: make(ann, subtasks=[{"title": "x"}], parent_id=ids["b"]),
        "made in a bulk": lambda: done(
            ann.post(f"{TASKS}/bulk", {"tasks": [{"title": "x", "parent_id": ids["b"]}]})
        ),
        "moved from another tree": lambda: done(move(ann, ids["p"], ids["b"])),
        "a root moved below": lambda: done(move(ann, ids["o"], ids["b"])),
        "restored": lambda: done(ann.post(f"{TASKS}/{ids['t']}/restore")),
        "reopened": lambda: done(reopen(ann, ids["c"])),
        "reopened by its status": lambda: done(
            ann.patch(f"{TASKS}/{ids['c']}", {"status": "in_progress"})
        ),
    }


KINDS = [
    "created", "created by parent_id", "created with more below", "made in a bulk",
    "moved from another tree", "a root moved below", "restored", "reopened",
    "reopened by its status",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name"),
    [*((kind, "block") for kind in KINDS), ("created", "cascade"), ("reopened", "auto")],
)
def test_the_line_above_reopens_in_the_same_commit(
    ann: Client, ids: Ids, store: Store, kind: str, name: str
) -> None:
    rule(ann, ids["a"], name)
    assert closed(ann, ids["a"]) == "abcf"
    rev = rev_of(store, ids["a"])
    deeds(ann, ids)[kind]()
    assert rev_of(store, ids["a"]) == rev + 1
    assert closed(ann, ids["a"]) == ("f" if kind.startswith("reopened") else "cf")
    assert read(ann, ids["a"])["status"] == "todo"


@pytest.mark.parametrize("kind", KINDS)
def test_under_independent_nothing_above_reopens(ann: Client, ids: Ids, kind: str) -> None:
    rule(ann, ids["a"], "independent")
    deeds(ann, ids)[kind]()
    assert closed(ann, ids["a"]) == ("abf" if kind.startswith("reopened") else "abcf")


def test_a_move_inside_the_tree_reopens_the_line_it_comes_to(ann: Client, store: Store) -> None:
    ids = plant(ann, ["a", ["b", ["c"]], ["f"]])
    for task in "cb":
        done(complete(ann, ids[task]))
    rev = rev_of(store, ids["a"])
    done(move(ann, ids["f"], ids["c"]))
    assert (closed(ann, ids["a"]), rev_of(store, ids["a"])) == ("", rev + 1)


def test_what_is_completed_reopens_nothing(ann: Client, ids: Ids) -> None:
    make(ann, "new", status="completed", parent_id=ids["b"])
    done(complete(ann, ids["p"]))
    done(move(ann, ids["p"], ids["b"]))
    done(ann.delete(f"{TASKS}/{ids['c']}"))
    done(ann.post(f"{TASKS}/{ids['c']}/restore"))
    done(move(ann, ids["f"], ids["c"]))
    assert closed(ann, ids["a"]).startswith("abc")
    assert read(ann, ids["a"])["progress"] == {"done": 5, "total": 5}


def test_a_former_status_comes_back_with_the_line(ann: Client) -> None:
    ids = plant(ann, ["a", ["b"]])
    done(ann.patch(f"{TASKS}/{ids['a']}", {"status": "in_progress"}))
    done(complete(ann, ids["a"], "?cascade=true"))
    make(ann, "new", parent_id=ids["b"])
    assert read(ann, ids["a"])["status"] == "in_progress"


@pytest.mark.parametrize("way", ["root", "parent_id", "subtasks", "bulk"])
def test_an_open_task_below_a_completed_one_is_not_made(
    ann: Client, ids: Ids, store: Store, way: str
) -> None:
    draft = {"title": "x", "status": "completed"}
    draft["subtasks"] = [{"title": "y", "status": "completed", "subtasks": [{"title": "z"}]}]  # type: ignore[assignment]
    with unchanged(store):
        if way == "bulk":
            reply = ann.post(f"{TASKS}/bulk", {"tasks": [{"title": "first"}, draft]})
        elif way == "subtasks":
            reply = ann.post(f"{TASKS}/{ids['b']}/subtasks", draft)
        else:
            reply = ann.post(TASKS, {**draft, **({} if way == "root" else {"parent_id": ids["b"]})})
        assert "“z”" in refused(reply, 422)["detail"]
