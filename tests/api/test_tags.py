"""Tags with their colours: on tasks, and listed, renamed, recoloured, merged, deleted."""

from typing import Any

import pytest

from tests.api.asking import OPERATORS, TASKS, listed, make, plant, read, refused, tree, unchanged
from tests.api.table import done, share
from tests.people import Client
from tracker.store import Store

TAGS = "/api/tags"
BLUE, GREEN = "#3B82F6", "#16a34a"
NOBODY = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def tags(client: Client) -> dict[str, Any]:
    """One's tags by their names."""
    return {tag["name"]: tag for tag in done(client.get(TAGS))}


def colors(client: Client, task: str) -> dict[str, str]:
    return {tag["name"]: tag["color"] for tag in read(client, task)["tags"]}


def test_a_tag_is_made_on_demand_and_shown_as_an_object(ann: Client) -> None:
    task = make(ann, tags=[" Red", "red", "", "BLUE "])
    assert [tag["name"] for tag in task["tags"]] == ["red", "blue"]
    shown = task["tags"][0]
    assert set(shown) == {"id", "name", "color", "created_at"}
    assert (shown["color"], shown["created_at"]) == (BLUE, ann.me["created_at"])
    assert tags(ann)["red"] == {**shown, "task_count": 1}
    assert make(ann, tags=["red"])["tags"] == [shown]
    assert {name: tag["task_count"] for name, tag in tags(ann).items()} == {"blue": 1, "red": 2}


def test_what_is_in_the_trash_is_not_counted(ann: Client) -> None:
    task = make(ann, tags=["red"])
    done(ann.delete(f"{TASKS}/{task['id']}"))
    assert tags(ann) == {}


def test_a_tag_can_be_made_before_any_task_bears_it(ann: Client) -> None:
    made = ann.post(TAGS, {"name": " Red ", "color": GREEN})
    assert (made.status, made.json["name"], made.json["color"]) == (201, "red", GREEN)
    assert tags(ann)["red"]["task_count"] == 0
    assert colors(ann, make(ann, tags=["red"])["id"]) == {"red": GREEN}
    refused(ann.post(TAGS, {"name": "RED"}), 409)
    make(ann, tags=["used"])
    refused(ann.post(TAGS, {"name": "used"}), 409)
    assert done(ann.post(TAGS, {"name": "plain"}))["color"] == BLUE


def test_a_colour_shows_on_all_tasks_in_every_answer(ann: Client) -> None:
    ids = plant(ann, ["a", ["b"]], tags=["red"])
    tag = tags(ann)["red"]
    changed = done(ann.patch(f"{TAGS}/{tag['id']}", {"color": GREEN}))
    assert changed == {**{k: v for k, v in tag.items() if k != "task_count"}, "color": GREEN}
    assert colors(ann, ids["a"]) == {"red": GREEN}
    assert tree(ann, ids["a"])["tags"] == [changed]
    assert done(ann.get(TASKS))["tasks"][-1]["tags"] == [changed]
    assert done(ann.patch(f"{TASKS}/{ids['a']}", {"title": "A"}))["tags"] == [changed]
    assert done(ann.patch(f"{TAGS}/{tag['id']}", {"color": None}))["color"] == BLUE


def test_renaming_keeps_the_tag_and_changes_every_tree(ann: Client, store: Store) -> None:
    roots = [make(ann, f"t{n}", tags=["red", "x"], subtasks=[{"title": "s", "tags": ["red"]}])
             for n in range(3)]  # fmt: skip
    tag = tags(ann)["red"]
    renamed = done(ann.patch(f"{TAGS}/{tag['id']}", {"name": " Crimson "}))
    assert (renamed["id"], renamed["name"]) == (tag["id"], "crimson")
    assert tags(ann)["crimson"] == {**renamed, "task_count": 6}
    assert "red" not in tags(ann)
    for root in roots:
        assert [one["name"] for one in read(ann, root["id"])["tags"]] == ["crimson", "x"]
    assert {tuple(row["tags"]) for row in store.db.task_paths.find({})} == {
        ("crimson", "x"), ("crimson",),
    }  # fmt: skip
    assert "tidy_at" not in store.db.users.find_one({})
    assert sorted(listed(ann, "tag=crimson")) == ["s"] * 3 + ["t0", "t1", "t2"]
    assert listed(ann, "tag=red") == []


def test_the_old_name_is_free_and_makes_another_tag(ann: Client) -> None:
    make(ann, tags=["red"])
    old = tags(ann)["red"]
    done(ann.patch(f"{TAGS}/{old['id']}", {"name": "crimson"}))
    new = make(ann, tags=["red"])["tags"][0]
    assert new["id"] != old["id"]
    assert set(tags(ann)) == {"red", "crimson"}
    back = done(ann.patch(f"{TAGS}/{new['id']}", {"color": GREEN}))
    assert back == {**new, "color": GREEN}


def test_a_tag_takes_no_name_of_another(ann: Client, store: Store) -> None:
    make(ann, tags=["red", "blue"])
    red = tags(ann)["red"]
    with unchanged(store):
        assert "merge" in refused(ann.patch(f"{TAGS}/{red['id']}", {"name": "blue"}), 409)["detail"]
    assert done(ann.patch(f"{TAGS}/{red['id']}", {"name": "red"}))["name"] == "red"


def test_merging_puts_one_tag_for_two(ann: Client) -> None:
    both, one = make(ann, tags=["red", "pink", "x"]), make(ann, tags=["pink"])
    red, pink = tags(ann)["red"], tags(ann)["pink"]
    merged = done(ann.post(f"{TAGS}/{pink['id']}/merge", {"into": red["id"]}))
    assert merged["id"] == red["id"]
    assert [tag["name"] for tag in read(ann, both["id"])["tags"]] == ["red", "x"]
    assert [tag["id"] for tag in read(ann, one["id"])["tags"]] == [red["id"]]
    assert {name: tag["task_count"] for name, tag in tags(ann).items()} == {"red": 2, "x": 1}
    refused(ann.get(f"{TAGS}/{pink['id']}/merge"), 405)
    refused(ann.post(f"{TAGS}/{red['id']}/merge", {"into": red["id"]}), 409)
    refused(ann.post(f"{TAGS}/{red['id']}/merge", {"into": pink["id"]}), 404)


def test_deleting_takes_a_tag_off_all_tasks(ann: Client, store: Store) -> None:
    kept, gone = make(ann, tags=["red", "x"]), make(ann, tags=["red"])
    done(ann.delete(f"{TASKS}/{gone['id']}"))
    red = tags(ann)["red"]
    assert ann.delete(f"{TAGS}/{red['id']}").status == 204
    refused(ann.delete(f"{TAGS}/{red['id']}"), 404)
    assert set(tags(ann)) == {"x"}
    assert [tag["name"] for tag in read(ann, kept["id"])["tags"]] == ["x"]
    restored = done(ann.post(f"{TASKS}/{gone['id']}/restore"))
    assert restored["tags"] == []
    assert make(ann, tags=["red"])["tags"][0]["color"] == BLUE


def test_a_change_of_tags_is_a_change_of_the_tasks(ann: Client) -> None:
    """It stands in the history, and ends the ETags of what it changed, and of no other."""
    ids = plant(ann, ["a", ["b"]], tags=["red"])
    before = {name: ann.get(f"{TASKS}/{ids[name]}").etag for name in "ab"}
    done(ann.patch(f"{TAGS}/{tags(ann)['red']['id']}", {"name": "crimson"}))
    for name, still in (("a", False), ("b", True)):
        same = ann.get(f"{TASKS}/{ids[name]}").etag.partition(".")[0]
        assert (same == before[name].partition(".")[0]) == still
    told = done(ann.get(f"{TASKS}/{ids['a']}/history"))["history"][0]
    assert told["changes"] == {ids["a"]: {"tags": [["red"], ["crimson"]]}}
    assert told["actor"] == ann.seen


def test_tags_are_those_of_the_trees_owner(ann: Client) -> None:
    bob = ann.as_("bob")
    task = make(ann, tags=["red"])["id"]
    share(ann, task, "bob", "editor")
    done(ann.patch(f"{TAGS}/{tags(ann)['red']['id']}", {"color": GREEN}))
    assert colors(bob, task) == {"red": GREEN}
    assert tags(bob) == {}
    assert colors(bob, make(bob, tags=["red"])["id"]) == {"red": BLUE}
    done(bob.patch(f"{TASKS}/{task}", {"tags": ["red", "new"]}))
    assert set(tags(ann)) == {"red", "new"}


def test_nobody_changes_the_tags_of_another(ann: Client, store: Store) -> None:
    make(ann, tags=["red"])
    path, bob = f"{TAGS}/{tags(ann)['red']['id']}", ann.as_("bob")
    with unchanged(store):
        refused(bob.patch(path, {"color": GREEN}), 404)
        refused(bob.delete(path), 404)
        refused(bob.post(f"{path}/merge", {"into": NOBODY}), 404)


def test_what_is_no_tag_is_refused(ann: Client, store: Store) -> None:
    make(ann, tags=["red"])
    path = f"{TAGS}/{tags(ann)['red']['id']}"
    with unchanged(store):
        for wrong in ("", "  ", "x" * 51, "a\0b", 1, None, True, *OPERATORS):
            refused(ann.post(TAGS, {"name": wrong}), 422, "/name")
            refused(ann.patch(path, {"name": wrong}), 422, "/name")
        for wrong in ("red", "#12345", "#12345g", "#1234567", "#123456\n", 1, *OPERATORS):
            refused(ann.patch(path, {"color": wrong}), 422, "/color")
            refused(ann.post(TAGS, {"name": "new", "color": wrong}), 422, "/color")
        for wrong in ("x", 1, None, *OPERATORS):
            refused(ann.post(f"{path}/merge", {"into": wrong}), 422, "/into")
        refused(ann.post(f"{path}/merge", {"into": NOBODY}), 404)
        refused(ann.patch(path, {"id": NOBODY}), 422, "/id")
        refused(ann.patch(f"{TAGS}/x", {}), 422)
        refused(ann.patch(f"{TAGS}/{NOBODY}", {}), 404)
        refused(ann.get(f"{TAGS}?x=1"), 422, "/x")
        refused(ann.post(TAGS, {}), 422, "/name")


def test_names_that_are_paths_and_operators_are_names(ann: Client) -> None:
    for name in ("a.b", "$set", "tags.x.$", "ä/ö", "'"):
        task = make(ann, tags=[name])["id"]
        tag = tags(ann)[name]
        done(ann.patch(f"{TAGS}/{tag['id']}", {"color": GREEN}))
        assert colors(ann, task) == {name: GREEN}
        done(ann.patch(f"{TAGS}/{tag['id']}", {"name": f"{name}2"}))
        assert colors(ann, task) == {f"{name}2": GREEN}


def test_a_palette_has_room_for_two_hundred(ann: Client, store: Store) -> None:
    kept = {f"{n:08}-0000-4000-8000-000000000000": {"name": f"n{n}", "color": BLUE,
            "created_at": None} for n in range(200)}  # fmt: skip
    store.db.users.update_one({}, {"$set": {"tags": kept}})
    assert "200 tags" in refused(ann.post(TAGS, {"name": "one more"}), 422)["detail"]
