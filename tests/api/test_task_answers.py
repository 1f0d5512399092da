"""What a task's answer holds beside its fields: people, comments and files, alone and in lists."""

from typing import Any

import pytest

from tests.api.asking import TASKS, make, plant, read, tree
from tests.api.table import done, share
from tests.api.test_comments import comments_of, say
from tests.conftest import Clock
from tests.people import Client
from tracker.store import Store


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def contents(task: dict[str, Any]) -> list[str]:
    return [one["content"] for one in task["comments"]]


def one_of(client: Client, task: str, query: str = "") -> dict[str, Any]:
    """A task as the list has it."""
    found = done(client.get(f"{TASKS}?page_size=100{query}"))["tasks"]
    return next(one for one in found if one["id"] == task)


def test_one_get_shows_people_and_all_comments(client: Client, ann: Client) -> None:
    bob = client.as_("bob")
    task = make(ann)["id"]
    share(ann, task, "bob", "viewer")
    done(ann.patch(f"{TASKS}/{task}", {"assigned_to": bob.me["id"], "tags": ["red"]}))
    for number in range(12):
        say((ann, bob)[number % 2], task, str(number))
    found = read(client.as_("bob"), task)
    assert contents(found) == [str(number) for number in range(12)]
    assert found["comments"] == done(ann.get(comments_of(task)))
    assert [found[role]["username"] for role in ("creator", "assignee")] == ["ann", "bob"]
    assert [one["author"]["username"] for one in found["comments"][:2]] == ["ann", "bob"]
    assert [tag["name"] for tag in found["tags"]] == ["red"]
    assert (found["comment_count"], found["file_count"], found["files"]) == (12, 0, [])


def test_a_list_shows_the_newest_ten_and_every_count(ann: Client) -> None:
    full, bare = make(ann)["id"], make(ann)["id"]
    made = [say(ann, full, str(number))["id"] for number in range(12)]
    shown = one_of(ann, full)
    assert contents(shown) == [str(number) for number in range(2, 12)]
    assert (shown["comment_count"], shown["file_count"]) == (12, 0)
    assert (one_of(ann, bare)["comment_count"], one_of(ann, bare)["comments"]) == (0, [])
    for number in (5, 11):
        ann.delete(f"{comments_of(full)}/{made[number]}")
    shown = one_of(ann, full)
    assert contents(shown) == ["0", "1", "2", "3", "4", "6", "7", "8", "9", "10"]
    assert shown["comment_count"] == 10


def test_expand_none_leaves_both_lists_out(ann: Client) -> None:
    task = make(ann)["id"]
    say(ann, task)
    shown = one_of(ann, task, "&expand=none")
    assert not {"comments", "files"} & shown.keys()
    assert (shown["comment_count"], shown["file_count"]) == (1, 0)
    assert shown["creator"] == read(ann, task)["creator"]
    whole = one_of(ann, task, "&expand=all")
    assert {k: v for k, v in whole.items() if k in shown} == shown
    assert ann.get(f"{TASKS}?expand=some").status == 422


def test_other_lists_show_them_too(ann: Client) -> None:
    ids = plant(ann, ["a", ["b", ["c"]]])
    for name in "abc":
        say(ann, ids[name], name)
    (child,) = done(ann.get(f"{TASKS}/{ids['a']}/subtasks"))["tasks"]
    above = done(ann.get(f"{TASKS}/{ids['c']}/ancestors"))
    assert (contents(child), [contents(one) for one in above]) == (["b"], [["a"], ["b"]])
    root = tree(ann, ids["a"])
    assert (root["comment_count"], root["subtasks"][0]["comment_count"]) == (1, 1)
    done(ann.delete(f"{TASKS}/{ids['b']}"))
    (lost,) = done(ann.get("/api/trash"))["tasks"]
    assert contents(lost) == ["b"]


WRITES: dict[str, tuple[str, str, Any]] = {
    "put": ("PUT", "", {"title": "new"}),
    "patch": ("PATCH", "", {"title": "new"}),
    "complete": ("POST", "/complete", None),
    "reopen": ("POST", "/reopen", None),
    "move": ("POST", "/move", {"parent_id": None}),
}


@pytest.mark.parametrize("deed", WRITES)
def test_the_answer_of_a_write_is_what_a_get_shows(ann: Client, deed: str) -> None:
    verb, tail, body = WRITES[deed]
    task = plant(ann, ["a", ["b"]])["b"]
    for number in range(12):
        say(ann, task, str(number))
    reply = ann.ask(verb, f"{TASKS}/{task}{tail}", body)
    assert len(done(reply)["comments"]) == 12
    shown = ann.get(f"{TASKS}/{task}")
    assert (reply.json, reply.etag) == (shown.json, shown.etag)


def test_who_sends_back_what_they_got_changes_nothing_of_it(ann: Client) -> None:
    task = make(ann)["id"]
    say(ann, task)
    shown = read(ann, task)
    assert done(ann.put(f"{TASKS}/{task}", shown)) == shown


def test_what_is_said_and_unsaid_ends_304_and_no_condition(ann: Client) -> None:
    task = make(ann)["id"]
    path = f"{TASKS}/{task}"
    for deed in (
        lambda: say(ann, task, "1"),
        lambda: done(ann.put(f"{comments_of(task)}/{_last(ann, task)}", {"content": "2"})),
        lambda: ann.delete(f"{comments_of(task)}/{_last(ann, task)}"),
    ):
        known = {where: ann.get(where).etag for where in (path, TASKS)}
        for where, etag in known.items():
            assert ann.get(where, headers={"If-None-Match": etag}).status == 304
        deed()
        for where, etag in known.items():
            assert ann.get(where, headers={"If-None-Match": etag}).status == 200
    done(ann.put(path, {"title": "still fits"}, headers={"If-Match": known[path]}))


def test_a_retry_shows_nothing_that_was_said_since(
    client: Client, ann: Client, clock: Clock
) -> None:
    """Who asks again may see no more than they saw then: they may have been shut out since."""
    bob, key = client.as_("bob"), {"Idempotency-Key": "k"}
    task = make(ann)["id"]
    share(ann, task, "bob", "editor")
    kept, changed = (say(ann, task, text)["id"] for text in ("kept", "changed"))
    first = bob.patch(f"{TASKS}/{task}", {"title": "new"}, headers=key)
    assert contents(first.json) == ["kept", "changed"]
    done(ann.delete(f"{TASKS}/{task}/members?user={bob.me['id']}"))
    say(ann, task, "a secret of the same moment")
    clock.advance(seconds=1)
    done(ann.put(f"{comments_of(task)}/{changed}", {"content": "another secret"}))
    again = bob.patch(f"{TASKS}/{task}", {"title": "new"}, headers=key)
    assert (again.status, contents(again.json)) == (200, ["kept"])
    assert again.json["comments"][0]["id"] == kept


def test_a_retry_shows_the_colours_of_the_first_answer(client: Client, ann: Client) -> None:
    """Also to somebody who has no palette of their own."""
    task = make(ann, tags=["red", "blue"])
    share(ann, task["id"], "bob", "editor")
    done(ann.patch(f"/api/tags/{task['tags'][0]['id']}", {"color": "#FF0000"}))
    for name in ("ann", "bob"):
        asked = {"headers": {"Idempotency-Key": name}}
        replies = [
            client.as_(name).patch(f"{TASKS}/{task['id']}", {"title": name}, **asked)
            for _ in range(2)
        ]
        assert replies[0].json["tags"][0]["color"] == "#FF0000"
        assert replies[0].body == replies[1].body


def test_old_documents_without_counts_have_none(ann: Client, store: Store) -> None:
    task = make(ann)["id"]
    say(ann, task)
    (made,) = read(ann, task)["comments"]
    assert ann.delete(f"{comments_of(task)}/{made['id']}").status == 204
    assert "comments_count" not in store.db.task_paths.find_one({"_id": task})
    store.db.trees.update_one({"_id": task}, {"$unset": {"root.comments": ""}})
    assert (read(ann, task)["comment_count"], tree(ann, task)["comment_count"]) == (0, 0)
    say(ann, task, "first")
    assert contents(read(ann, task)) == ["first"]


def _last(client: Client, task: str) -> str:
    return str(read(client, task)["comments"][-1]["id"])
