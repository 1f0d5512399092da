"""The order of siblings: first, last, before, after, and room without end at one place."""

from typing import Any

import pytest

from tests.api.asking import (
    NOWHERE,
    OPERATORS,
    TASKS,
    make,
    plant,
    read,
    refused,
    tree,
    unchanged,
)
from tests.api.table import done
from tests.api.test_moves import move
from tests.people import Client
from tracker.store import Store

MANY = {"after": 210, "before": 80}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    return plant(ann, ["a", ["b", ["p"], ["q"], ["r"]], ["c"], ["d"]])


def order(client: Client, task: str) -> list[str]:
    """The titles of a task's children; its tree and its list must agree."""
    titles = [node["title"] for node in tree(client, task, "?depth=1")["subtasks"]]
    page = done(client.get(f"{TASKS}/{task}/subtasks?page_size=500"))
    assert [child["title"] for child in page["tasks"]] == titles
    return titles


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (None, "pqrd"),
        ("last", "pqrd"),
        ("first", "dpqr"),
        ({"before": "p"}, "dpqr"),
        ({"before": "q"}, "pdqr"),
        ({"after": "q"}, "pqdr"),
        ({"after": "r"}, "pqrd"),
    ],
)
@pytest.mark.parametrize("task", ["d", "outsider"])
def test_a_task_comes_to_stand_where_it_is_put(
    ann: Client, ids: dict[str, str], position: Any, expected: str, task: str
) -> None:
    moved = ids["d"] if task == "d" else make(ann, "d")["id"]
    if isinstance(position, dict):
        position = {where: ids[sibling] for where, sibling in position.items()}
    done(move(ann, moved, ids["b"], position))
    assert "".join(order(ann, ids["b"])) == expected


@pytest.mark.parametrize(
    ("task", "position", "expected"),
    [
        ("p", "last", "qrp"),
        ("p", "first", "pqr"),
        ("r", "first", "rpq"),
        ("r", {"before": "q"}, "prq"),
        ("p", {"after": "q"}, "qpr"),
        ("q", {"before": "r"}, "pqr"),
        ("q", None, "prq"),
    ],
)
def test_a_task_moves_among_its_siblings(
    ann: Client, ids: dict[str, str], task: str, position: Any, expected: str
) -> None:
    if isinstance(position, dict):
        position = {where: ids[sibling] for where, sibling in position.items()}
    done(move(ann, ids[task], ids["b"], position))
    assert "".join(order(ann, ids["b"])) == expected


def test_what_is_put_first_or_last_again_and_again_goes_there(
    ann: Client, ids: dict[str, str]
) -> None:
    for task, position in (("q", "first"), ("r", "first"), ("q", "last"), ("r", "last")):
        done(move(ann, ids[task], ids["b"], position))
        found = order(ann, ids["b"])
        assert found[0 if position == "first" else -1] == task
    done(ann.post(f"{TASKS}/{ids['b']}/subtasks", {"title": "new"}))
    assert order(ann, ids["b"])[-1] == "new"


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_sibling_that_is_not_there_is_refused(
    ann: Client, ids: dict[str, str], store: Store, where: str
) -> None:
    """The task itself, its parent's sibling, the root, one in the trash, elsewhere, nowhere."""
    done(ann.delete(f"{TASKS}/{ids['r']}"))
    siblings = [*(ids[title] for title in "pdar"), make(ann)["id"], NOWHERE]
    with unchanged(store):
        for sibling in siblings:
            refused(move(ann, ids["p"], ids["b"], {where: sibling}), 422, f"/position/{where}")


STRANGE = (
    *("middle", "", "FIRST", 0, 1.5, True, None),
    *({"before": "x"}, {"after": None}, {"before": NOWHERE, "after": NOWHERE}),
    *({"first": NOWHERE}, {"before": {"$ne": None}}, {"after": [NOWHERE]}),
    *OPERATORS,
)


def test_a_position_of_another_shape_is_refused(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    with unchanged(store):
        for position in STRANGE:
            body = {"parent_id": ids["b"], "position": position}
            refused(ann.post(f"{TASKS}/{ids['p']}/move", body), 422, "/position")


def test_roots_have_no_order(ann: Client, ids: dict[str, str], store: Store) -> None:
    with unchanged(store):
        for where in ("before", "after"):
            refused(move(ann, ids["b"], None, {where: ids["c"]}), 422, "/position")
    assert done(move(ann, ids["b"], None, "first"))["parent_id"] is None


@pytest.mark.parametrize("where", ["after", "before"])
def test_there_is_always_room_at_one_place(ann: Client, where: str) -> None:
    """Doubles run out there after some fifty; then all are spread anew, and nobody's rev moves."""
    many = MANY[where]
    ids = plant(ann, ["a", *([f"{nth}"] for nth in range(many))])
    fixed, last = ("0", "1") if where == "after" else ("1", "0")
    rest = [f"{nth}" for nth in range(2, many)]
    known = {title: read(ann, ids[title]) for title in (fixed, last)}
    tag = ann.get(f"{TASKS}/{ids[fixed]}").etag
    moved = {title: done(move(ann, ids[title], ids["a"], {where: ids[fixed]})) for title in rest}
    found = order(ann, ids["a"])
    inner = list(reversed(rest)) if where == "after" else rest
    assert found == ["0", *inner, "1"]
    now = {title: read(ann, ids[title]) for title in (fixed, last)}
    assert any(now[title]["position"] != known[title]["position"] for title in now)
    for title in now:
        assert {**now[title], "position": 0} == {**known[title], "position": 0}
    assert all(read(ann, ids[title])["rev"] == moved[title]["rev"] for title in rest[::20])
    positions = [node["position"] for node in tree(ann, ids["a"])["subtasks"]]
    assert positions == sorted(set(positions))
    changed = ann.patch(f"{TASKS}/{ids[fixed]}", {"title": "x"}, headers={"If-Match": tag})
    assert changed.status == 200


def test_a_spread_keeps_those_in_the_trash_in_their_place(ann: Client) -> None:
    ids = plant(ann, ["a", ["0"], ["gone"], *([f"{nth}"] for nth in range(1, 80))])
    done(ann.delete(f"{TASKS}/{ids['gone']}"))
    rest = [f"{nth}" for nth in range(2, 80)]
    for title in rest:
        done(move(ann, ids[title], ids["a"], {"before": ids["1"]}))
    done(ann.post(f"{TASKS}/{ids['gone']}/restore"))
    assert order(ann, ids["a"]) == ["0", "gone", *rest, "1"]


def test_order_survives_a_move_between_trees(ann: Client) -> None:
    """Revs of two trees cannot be compared, and what is appended later still comes last."""
    ids = plant(ann, ["a", ["b", ["p"], ["q"], ["r"]], ["c"]]) | plant(ann, ["x", ["y"]])
    for nth in range(12):
        done(move(ann, ids["pqr"[nth % 3]], ids["b"]))
    for parent in (None, ids["x"], ids["a"]):
        done(move(ann, ids["b"], parent))
        before = order(ann, ids["b"])
        done(ann.post(f"{TASKS}/{ids['b']}/subtasks", {"title": "new"}))
        assert order(ann, ids["b"]) == [*before, "new"]
        first = make(ann, "first", parent_id=ids["c"])["id"]
        done(move(ann, first, ids["b"], "first"))
        assert order(ann, ids["b"]) == ["first", *before, "new"]
