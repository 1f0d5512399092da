"""Who may comment, change and delete; whom a comment mentions; keys, and If-Match."""

from typing import Any

import pytest

from tests.api.asking import TASKS, make, read, refused, unchanged
from tests.api.table import done, share
from tests.api.test_comments import NO_TASK, comments_of, said, say
from tests.people import PASSWORD, Client
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store

NOT_YOURS = "Not authorized"
KEY = {"Idempotency-Key": "k"}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def task(client: Client, ann: Client) -> str:
    """ann's, shared with edda, who may edit, and vera, who may look."""
    made = str(make(ann)["id"])
    share(ann, made, "edda", "editor")
    share(ann, made, "vera", "viewer")
    return made


def test_who_may_read_may_comment(client: Client, ann: Client, task: str) -> None:
    for name in ("ann", "edda", "vera"):
        say(client.as_(name), task, name)
    assert said(client.as_("vera"), task) == ["ann", "edda", "vera"]


def test_a_stranger_finds_no_task(client: Client, ann: Client, task: str, store: Store) -> None:
    fred, path = client.as_("fred"), f"{comments_of(task)}/{say(ann, task)['id']}"
    with unchanged(store):
        for reply in (
            fred.get(comments_of(task)),
            fred.post(comments_of(task), {"content": "x"}),
            fred.put(path, {"content": "x"}),
            fred.delete(path),
        ):
            assert refused(reply, 404)["detail"] == NO_TASK


def test_a_comment_is_changed_by_its_author_alone(
    client: Client, ann: Client, task: str, store: Store
) -> None:
    path = f"{comments_of(task)}/{say(client.as_('vera'), task)['id']}"
    with unchanged(store):
        for name in ("ann", "edda"):
            problem = refused(client.as_(name).put(path, {"content": "x"}), 403)
            assert problem["detail"] == NOT_YOURS
    done(client.as_("vera").put(path, {"content": "mine"}))
    assert said(ann, task) == ["mine"]


def test_a_comment_is_deleted_by_its_author_or_the_trees_owner(
    client: Client, ann: Client, task: str
) -> None:
    first, second = (say(client.as_("vera"), task, text)["id"] for text in "12")
    third = say(ann, task, "3")["id"]
    for one in (first, second, third):
        problem = refused(client.as_("edda").delete(f"{comments_of(task)}/{one}"), 403)
        assert problem["detail"] == NOT_YOURS
    assert client.as_("vera").delete(f"{comments_of(task)}/{first}").status == 204
    assert ann.delete(f"{comments_of(task)}/{second}").status == 204
    refused(client.as_("vera").delete(f"{comments_of(task)}/{third}"), 403)
    assert said(ann, task) == ["3"]


def test_who_was_shut_out_says_and_changes_nothing_more(
    client: Client, ann: Client, task: str, store: Store
) -> None:
    vera = client.as_("vera")
    path = f"{comments_of(task)}/{say(vera, task)['id']}"
    done(ann.delete(f"{TASKS}/{task}/members?user={vera.me['id']}"))
    with unchanged(store):
        refused(vera.put(path, {"content": "x"}), 404)
        refused(vera.delete(path), 404)
        refused(vera.post(comments_of(task), {"content": "x"}), 404)


def mentioned(store: Store, content: str) -> set[str]:
    """The user names of whom the comment with this content mentions."""
    ids = store.db.comments.find_one({"content": content})["mentions"]
    return {user["username"] for user in store.db.users.find({"_id": {"$in": ids}})}


def test_those_are_mentioned_who_may_see_the_task(
    client: Client, ann: Client, task: str, store: Store
) -> None:
    client.as_("fred")
    content = "@VERA, @edda: ask @fred or @nobody, not `@ann`"
    say(ann, task, content)
    assert mentioned(store, content) == {"vera", "edda"}
    say(ann, task, "nobody")
    assert mentioned(store, "nobody") == set()


def test_another_text_mentions_others(ann: Client, task: str, store: Store) -> None:
    path = f"{comments_of(task)}/{say(ann, task, '@vera')['id']}"
    done(ann.put(path, {"content": "@vera and @edda"}))
    assert mentioned(store, "@vera and @edda") == {"vera", "edda"}


def test_whom_another_text_names_hears_of_it_and_nobody_else_again(
    client: Client, ann: Client, task: str
) -> None:
    path = f"{comments_of(task)}/{say(ann, task, '@vera')['id']}"
    for text in ("@vera and @edda", "@edda, after all", "nobody"):
        done(ann.put(path, {"content": text}))
    for name in ("vera", "edda"):
        told = client.as_(name).get("/api/notifications").json["notifications"]
        assert [one["type"] for one in told if one["type"] == "comment_added"] == ["comment_added"]


def test_a_retry_gets_the_first_answer_and_makes_no_second_comment(
    ann: Client, task: str, store: Store
) -> None:
    first = ann.post(comments_of(task), {"content": "x"}, headers=KEY)
    with unchanged(store):
        again = ann.post(comments_of(task), {"content": "x"}, headers=KEY)
        assert (again.status, again.body) == (201, first.body)
        refused(ann.post(comments_of(task), {"content": "y"}, headers=KEY), 422)
    assert said(ann, task) == ["x"]


def test_a_retry_is_answered_though_the_comment_and_the_task_are_gone(
    ann: Client, task: str
) -> None:
    first = ann.post(comments_of(task), {"content": "x"}, headers=KEY)
    path = f"{comments_of(task)}/{first.json['id']}"
    changed = ann.put(path, {"content": "y"}, headers=KEY)
    assert ann.delete(path, headers=KEY).status == 204
    done(ann.delete(f"{TASKS}/{task}?permanent=true"))
    assert ann.post(comments_of(task), {"content": "x"}, headers=KEY).body == first.body
    assert ann.put(path, {"content": "y"}, headers=KEY).body == changed.body
    assert ann.delete(path, headers=KEY).status == 204


def test_the_condition_is_that_of_the_task_and_a_comment_leaves_it_true(
    ann: Client, task: str, store: Store
) -> None:
    known = ann.get(f"{TASKS}/{task}").etag
    made = done(ann.post(comments_of(task), {"content": "x"}, headers={"If-Match": known}))
    path = f"{comments_of(task)}/{made['id']}"
    done(ann.put(path, {"content": "y"}, headers={"If-Match": known}))
    done(ann.patch(f"{TASKS}/{task}", {"title": "new"}, headers={"If-Match": known}))
    with unchanged(store):
        for reply in (
            ann.post(comments_of(task), {"content": "x"}, headers={"If-Match": known}),
            ann.put(path, {"content": "x"}, headers={"If-Match": known}),
            ann.delete(path, headers={"If-Match": known}),
        ):
            current = refused(reply, 412)["current"]
            assert [one["content"] for one in current["comments"]] == ["y"]


def test_a_comment_moves_the_tree_and_not_the_task(ann: Client, task: str) -> None:
    before, tree = read(ann, task), ann.get(f"{TASKS}/{task}/tree").etag
    say(ann, task)
    after = read(ann, task)
    kept = ("rev", "updated_at")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert ann.get(f"{TASKS}/{task}/tree").etag != tree
    refused(ann.patch(f"{TASKS}/{task}", {"title": "x"}, headers={"If-Match": tree}), 412)


def test_who_leaves_for_good_leaves_their_words_without_a_name(
    client: Client, ann: Client, task: str, world: World
) -> None:
    vera = client.as_("vera")
    say(vera, task, "vera's")
    assert vera.ask("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    sweeping.sweep(world)
    (left,) = done(ann.get(comments_of(task)))
    assert (left["content"], left["author"]["full_name"]) == ("vera's", "Deleted account")
    assert left["author"]["email"] is None


def test_ones_words_are_part_of_what_one_takes_along(
    client: Client, ann: Client, task: str
) -> None:
    say(ann, task, "ann's")
    say(client.as_("vera"), task, "vera's")
    told = {name: client.as_(name).get("/api/auth/me/export").json for name in ("ann", "vera")}
    assert {name: _contents(found) for name, found in told.items()} == {
        "ann": ["ann's"],
        "vera": ["vera's"],
    }


def _contents(exported: dict[str, Any]) -> list[str]:
    return [one["content"] for one in exported["comments"]]
