"""Comments beside their tree, with writers and drainers of several processes in the order that
hurts. Each staged scene ends with one sweep; then what is shown must be what was committed.

A scene counts only because it turns red without a guard: `test_each_guard_is_needed` takes each
away.
"""

from collections.abc import Callable
from typing import Any

import pytest
from pymongo import UpdateOne

from tests import invariants
from tests.core.forest import at, node
from tests.store.staging import NOON, commit, end, load, plant
from tests.store.test_drains import garden, sweep
from tests.store.wrapped import Around, Call, wrap
from tracker.core import comments, files
from tracker.core.attached import COMMENTS, FILES
from tracker.core.edits import Edit
from tracker.core.trees import Tree
from tracker.store import Store, attached, drains


def document(one: str, task: str = "a", content: str = "first") -> dict[str, Any]:
    said = {"content": content, "html": content, "mentions": []}
    common = {"created_at": NOON, "updated_at": NOON, "hops": 0, "rev": 0, "pending": NOON}
    return {"_id": one, "task": task, "user": "ann", **said, **common}


def add(store: Store, one: str, task: str = "a") -> Tree:
    """Store a comment and commit it; the snapshot that its writer would drain."""
    made = attached.insert(store, COMMENTS, document(one, task))
    return commit(store, "r", lambda tree: comments.add(at(tree, task), made))


def change(store: Store, one: str, content: str, *, tree: str = "r", task: str = "a") -> Tree:
    after = {**document(one, task, content)}
    return commit(store, tree, lambda t: comments.change(at(t, task), document(one), after))


def delete(store: Store, one: str, task: str = "a") -> Tree:
    return commit(store, "r", lambda tree: comments.delete(at(tree, task), document(one), []))


def late_adder(store: Store) -> dict[str, str]:
    """A first one pauses after the commit, until a second one has said and drained as much."""
    plant(store, garden())
    paused = add(store, "1")
    drains.drain(store, add(store, "2"))
    drains.drain(store, paused)
    return {"1": "first", "2": "first"}


def late_change(store: Store) -> dict[str, str]:
    """A first change pauses before its drain, until a second one has been drained."""
    plant(store, garden())
    drains.drain(store, add(store, "1"))
    paused = change(store, "1", "second")
    drains.drain(store, change(store, "1", "third"))
    drains.drain(store, paused)
    return {"1": "third"}


def text_that_comes_back(store: Store) -> dict[str, str]:
    """A first change pauses, until a second one has put the old text back."""
    plant(store, garden())
    drains.drain(store, add(store, "1"))
    paused = change(store, "1", "second")
    drains.drain(store, change(store, "1", "first"))
    drains.drain(store, paused)
    return {"1": "first"}


def late_change_of_a_task_that_moved(store: Store) -> dict[str, str]:
    """A change pauses in a tree of high revs, until its task has moved into one of low revs and the
    text was changed there.
    """
    plant(store, garden())
    plant(store, node("t"))
    for one in "123":
        drains.drain(store, add(store, one))
    paused = change(store, "1", "second")
    drains.drain(store, paused)
    moved = at(load(store, "r"), "a").node

    def arrive(tree: Tree) -> Edit:
        landed = {**moved, "hops": 1, "rev": tree["rev"] + 1}
        return Edit({"root.children.a": landed, "size": tree["size"] + 1})

    drains.drain(store, commit(store, "t", arrive))
    drains.drain(store, commit(store, "r", end("a"), moved_out=True))
    drains.drain(store, change(store, "1", "third", tree="t"))
    drains.drain(store, paused)
    return {"1": "third", "2": "first", "3": "first"}


def late_adder_and_changer_of_a_deleted_one(store: Store) -> dict[str, str]:
    """What was added and changed is deleted and drained, before the first two drain."""
    plant(store, garden())
    paused = [add(store, "1"), change(store, "1", "second")]
    drains.drain(store, delete(store, "1"))
    for snapshot in paused:
        drains.drain(store, snapshot)
    return {}


def late_adder_of_a_purged_task(store: Store) -> dict[str, str]:
    """A comment's task is gone for good before its writer drains."""
    plant(store, garden())
    paused = add(store, "1")
    drains.drain(store, load(store, "r"))
    drains.drain(store, commit(store, "r", end("a")))
    drains.drain(store, paused)
    return {}


def writer_who_died_before_the_commit(store: Store) -> dict[str, str]:
    """What was stored and never committed is shown to nobody."""
    plant(store, garden())
    attached.insert(store, COMMENTS, document("1"))
    drains.drain(store, add(store, "2"))
    return {"2": "first"}


def writer_who_died_after_the_commit(store: Store) -> dict[str, str]:
    plant(store, garden())
    add(store, "1")
    add(store, "2")
    change(store, "1", "second")
    delete(store, "2")
    return {"1": "second"}


Scene = Callable[[Store], dict[str, str]]
SCENES: list[Scene] = [
    late_adder,
    late_change,
    text_that_comes_back,
    late_change_of_a_task_that_moved,
    late_adder_and_changer_of_a_deleted_one,
    late_adder_of_a_purged_task,
    writer_who_died_before_the_commit,
    writer_who_died_after_the_commit,
]


def shown(store: Store) -> dict[str, str]:
    """The comments that a reader finds, with their texts."""
    found = (attached.of_task(store, COMMENTS, task) for task in "rabt")
    return {one["_id"]: one["content"] for some in found for one in some}


@pytest.mark.parametrize("scene", SCENES)
def test_after_a_sweep_that_is_shown_which_was_committed(store: Store, scene: Scene) -> None:
    wanted = scene(store)
    sweep(store)
    assert shown(store) == wanted
    invariants.check(store)


def no_guard(call: Call) -> Any:
    """The text of a comment gives way to any other, older ones too."""
    return _altered(call, lambda write: UpdateOne({"_id": write._filter["_id"]}, write._doc))


def no_hops_in_the_guard(call: Call) -> Any:
    """The text of a comment gives way to a higher rev, of whatever tree."""

    def by_rev(write: Any) -> UpdateOne:
        if "$or" not in write._filter:
            return UpdateOne(write._filter, write._doc)
        later = {"rev": {"$lt": write._doc["$set"]["rev"]}}
        return UpdateOne({"_id": write._filter["_id"], **later}, write._doc)

    return _altered(call, by_rev)


def drains_insert(call: Call) -> Any:
    """A drain makes what is not there."""
    task = {"task": "a", "content": "?"}
    return _altered(
        call, lambda write: UpdateOne(write._filter, {**write._doc, "$set": task}, upsert=True)
    )


def shown_before_the_commit(call: Call) -> Any:
    """A new comment is not pending."""
    if call.name == "comments.insert_one":
        return call.with_args({**call.args[0], "pending": None}).run()
    return call.run()


def never_settled(call: Call) -> Any:
    """A drain leaves comments alone."""
    return None if call.name == "comments.bulk_write" else call.run()


def _altered(call: Call, alter: Callable[[Any], UpdateOne]) -> Any:
    if call.name != "comments.bulk_write":
        return call.run()
    return call.with_args([alter(write) for write in call.args[0]]).run()


NEEDED: dict[Around, Scene] = {
    no_guard: late_change,
    no_hops_in_the_guard: late_change_of_a_task_that_moved,
    drains_insert: late_adder_of_a_purged_task,
    shown_before_the_commit: writer_who_died_before_the_commit,
    never_settled: writer_who_died_after_the_commit,
}


@pytest.mark.parametrize("kind", ["embedded", "wire"])
@pytest.mark.parametrize("bug", NEEDED)
def test_each_guard_is_needed(request: pytest.FixtureRequest, kind: str, bug: Around) -> None:
    real: Store = request.getfixturevalue(f"{kind}_store")
    spoiled = wrap(real, bug)
    wanted = NEEDED[bug](spoiled)
    sweep(spoiled)
    assert shown(real) != wanted


def test_files_come_and_go_as_comments_do_and_wait_to_be_removed(store: Store) -> None:
    """Of several at once, of one that is removed, and of a task that is gone."""
    plant(store, garden())
    for one, task in (("1", "a"), ("2", "a"), ("3", "a"), ("4", "b")):
        attached.insert(store, FILES, {"_id": one, "task": task, "key": one, "pending": NOON})
    for task, ids in {"a": "123", "b": "4"}.items():
        _drained(store, lambda tree, t=task, i=ids: files.add(at(tree, t), [{"_id": o} for o in i]))
    _drained(store, lambda tree: files.delete(at(tree, "a"), "2", []))
    assert [one["_id"] for one in attached.of_task(store, FILES, "a")] == ["1", "3"]
    drains.drain(store, commit(store, "r", end("a")))
    left = {one["_id"]: one.get("deleted_at") for one in store.db.files.find({})}
    assert left == {"1": NOON, "2": NOON, "3": NOON, "4": None}
    assert [one["_id"] for one in attached.of_task(store, FILES, "b")] == ["4"]


def test_what_one_finds_is_cut_by_ids_and_number(store: Store) -> None:
    plant(store, garden())
    for one in "213":
        drains.drain(store, add(store, one))
    found = [
        attached.of_task(store, COMMENTS, "a", **how)
        for how in ({}, {"after": "1"}, {"until": "2"}, {"limit": 1}, {"after": "1", "limit": 1})
    ]
    assert [[one["_id"] for one in some] for some in found] == (
        [["1", "2", "3"], ["2", "3"], ["1", "2"], ["1"], ["2"]]
    )
    assert attached.newest_ids(store, COMMENTS, "a", 2) == ["3", "2"]
    assert [one["_id"] for one in attached.by_ids(store, COMMENTS, ["3", "1", "x"])] == ["1", "3"]


def test_the_first_document_under_an_id_stays(store: Store) -> None:
    first = attached.insert(store, COMMENTS, document("1", "x", "first"))
    again = attached.insert(store, COMMENTS, document("1", "x", "second"))
    assert again == first | {"pending": again["pending"]}
    assert again["content"] == "first"


def _drained(store: Store, decide: Callable[[Tree], Edit]) -> None:
    drains.drain(store, commit(store, "r", decide))
