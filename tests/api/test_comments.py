"""Comments as TaskHub serves them: write, list, change, delete; bodies, statuses, texts, pages."""

import re
from typing import Any

import pytest

from tests.api.asking import NOWHERE, OPERATORS, TASKS, make, plant, read, refused, unchanged
from tests.api.table import done, share
from tests.conftest import Clock
from tests.people import Client
from tracker.store import Store

FIELDS = {
    *("id", "content", "content_html", "task_id", "user_id", "author", "is_deleted"),
    *("created_at", "updated_at"),
}
NO_COMMENT, NO_TASK = "Comment not found", "Task not found"


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def task(ann: Client) -> str:
    return str(make(ann)["id"])


def comments_of(task: str) -> str:
    return f"{TASKS}/{task}/comments"


def say(client: Client, task: str, content: str = "said") -> Any:
    reply = client.post(comments_of(task), {"content": content})
    assert reply.status == 201, reply
    return reply.json


def said(client: Client, task: str, query: str = "") -> list[str]:
    """The contents of the comments on a task, in the order of the answer."""
    return [one["content"] for one in done(client.get(comments_of(task) + query))]


def test_a_comment_is_answered_whole(ann: Client, task: str) -> None:
    made = say(ann, task, "**hi** <script>alert(1)</script>")
    assert made.keys() == FIELDS
    assert made["content"] == "**hi** <script>alert(1)</script>"
    assert made["content_html"] == (
        "<p><strong>hi</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )
    assert (made["task_id"], made["is_deleted"]) == (task, False)
    assert (made["user_id"], made["author"]["id"]) == (ann.me["id"], ann.me["id"])
    assert made["created_at"] == made["updated_at"] == "2026-03-04T05:06:07.891000Z"
    assert done(ann.get(comments_of(task))) == [made]


def test_they_come_as_a_bare_list_oldest_first(ann: Client, task: str, clock: Clock) -> None:
    assert done(ann.get(comments_of(task))) == []
    for content in "cab":
        say(ann, task, content)
        clock.advance(seconds=1)
    assert said(ann, task) == ["c", "a", "b"]
    assert "Link" not in ann.get(comments_of(task)).headers


def test_ones_own_can_be_changed(ann: Client, task: str, clock: Clock) -> None:
    made = say(ann, task)
    done(ann.patch(f"{comments_of(task)}/{made['id']}", {"content": "in between"}))
    clock.advance(minutes=1)
    changed = done(ann.put(f"{comments_of(task)}/{made['id']}", {"content": "_again_"}))
    later = {"content": "_again_", "content_html": "<p><em>again</em></p>"}
    assert changed == {**made, **later, "updated_at": "2026-03-04T05:07:07.891000Z"}
    assert done(ann.get(comments_of(task))) == [changed]


def test_the_same_text_again_changes_nothing(
    ann: Client, task: str, clock: Clock, store: Store
) -> None:
    made = say(ann, task)
    clock.advance(minutes=1)
    with unchanged(store):
        path = f"{comments_of(task)}/{made['id']}"
        assert done(ann.put(path, {"content": made["content"]})) == made


def test_a_deleted_one_is_gone_the_second_time_too(ann: Client, task: str) -> None:
    first, second = say(ann, task, "1"), say(ann, task, "2")
    path = f"{comments_of(task)}/{first['id']}"
    assert ann.delete(path).status == 204
    assert done(ann.get(comments_of(task))) == [second]
    for reply in (ann.delete(path), ann.put(path, {"content": "x"})):
        assert refused(reply, 404)["detail"] == NO_COMMENT


def test_it_is_deleted_softly_and_expires(
    ann: Client, task: str, clock: Clock, store: Store
) -> None:
    made = say(ann, task)
    ann.delete(f"{comments_of(task)}/{made['id']}")
    kept = store.db.comments.find_one({"_id": made["id"]})
    assert kept["deleted_at"] == clock.now
    assert (kept["expires_at"] - kept["deleted_at"]).days == 30


def test_a_comment_that_is_not_there_is_told_from_a_task_that_is_not(
    ann: Client, task: str
) -> None:
    other, made = make(ann)["id"], say(ann, task)
    for path, text in (
        (f"{comments_of(task)}/{NOWHERE}", NO_COMMENT),
        (f"{comments_of(other)}/{made['id']}", NO_COMMENT),
        (f"{comments_of(NOWHERE)}/{made['id']}", NO_TASK),
    ):
        assert refused(ann.put(path, {"content": "x"}), 404)["detail"] == text
        assert refused(ann.delete(path), 404)["detail"] == text
    for path in (comments_of("xyz"), f"{comments_of(task)}/xyz"):
        refused(ann.ask("PUT" if path.endswith("/xyz") else "GET", path, {"content": "x"}), 422)


def test_comments_of_a_task_that_is_missing_or_deleted_are_404(ann: Client, task: str) -> None:
    say(ann, task)
    ann.delete(f"{TASKS}/{task}")
    for path in (comments_of(task), comments_of(NOWHERE)):
        for reply in (ann.get(path), ann.post(path, {"content": "x"})):
            assert refused(reply, 404)["detail"] == NO_TASK
    done(ann.post(f"{TASKS}/{task}/restore"))
    assert said(ann, task) == ["said"]


def test_what_is_no_content_is_422(ann: Client, task: str, store: Store) -> None:
    path = f"{comments_of(task)}/{say(ann, task)['id']}"
    with unchanged(store):
        for content in ("", "  \n ", "x" * 5_001, "a\0b", None, 1, True, *OPERATORS):
            refused(ann.post(comments_of(task), {"content": content}), 422, "/content")
            refused(ann.put(path, {"content": content}), 422, "/content")


def test_other_bodies_are_refused(ann: Client, task: str, store: Store) -> None:
    with unchanged(store):
        refused(ann.post(comments_of(task), {}), 422, "/content")
        refused(ann.post(comments_of(task), {"content": "x", "html": "y"}), 422, "/html")
        refused(ann.post(comments_of(task), []), 422)
        refused(ann.post(comments_of(task)), 415)
        refused(ann.post(f"{comments_of(task)}?x=1", {"content": "x"}), 422, "/x")


def test_the_longest_is_taken_and_what_takes_too_long_is_not(ann: Client, task: str) -> None:
    assert len(say(ann, task, "ü" * 5_000)["content"]) == 5_000
    assert say(ann, task, "[" * 5_000)
    refused(ann.post(comments_of(task), {"content": "[" * 20_000}), 422, "/content")
    refused(ann.post(comments_of(task), {"content": "> " * 60 + "x"}), 422, "/content")


def test_pages_lead_on_until_the_end(ann: Client, task: str) -> None:
    for number in range(7):
        say(ann, task, str(number))
    seen, path = [], f"{comments_of(task)}?limit=3"
    while path:
        reply = ann.get(path)
        seen.append([one["content"] for one in done(reply)])
        found = re.fullmatch(r'<([^>]+)>; rel="next"', reply.headers.get("Link", ""))
        path = found[1] if found else ""
    assert seen == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


def test_a_page_stays_in_place_while_comments_come_and_go(ann: Client, task: str) -> None:
    made = [say(ann, task, str(number)) for number in range(4)]
    link = ann.get(f"{comments_of(task)}?limit=2").headers["Link"].split(">")[0][1:]
    say(ann, task, "4")
    for number in (1, 2):
        ann.delete(f"{comments_of(task)}/{made[number]['id']}")
    assert [one["content"] for one in done(ann.get(link))] == ["3", "4"]


def test_queries_are_checked(ann: Client, task: str) -> None:
    for query in ("limit=0", "limit=101", "limit=x", "page=1", "limit=1&limit=2"):
        refused(ann.get(f"{comments_of(task)}?{query}"), 422)
    refused(ann.get(f"{comments_of(task)}?cursor=x"), 400)


def test_what_is_known_is_304_until_somebody_says_something(ann: Client, task: str) -> None:
    path = comments_of(task)
    known = {"If-None-Match": ann.get(path).etag}
    assert ann.get(path, headers=known).status == 304
    say(ann, task)
    assert ann.get(path, headers=known).status == 200


def test_a_task_takes_a_thousand_comments(ann: Client, task: str, store: Store) -> None:
    made = say(ann, task)
    full = {"count": 1_000, "newest": [made["id"]]}
    store.db.trees.update_one({"_id": task}, {"$set": {"root.comments": full}})
    problem = refused(ann.post(comments_of(task), {"content": "x"}), 422)
    assert problem["detail"] == "A task takes at most 1000 comments"
    store.db.trees.update_one({"_id": task}, {"$set": {"root.comments.count": 1}})


def test_a_history_tells_that_something_was_said_and_not_what(
    client: Client, ann: Client, task: str, store: Store
) -> None:
    share(ann, task, "bob", "viewer")
    made = say(client.as_("bob"), task, "a secret")
    path = f"{comments_of(task)}/{made['id']}"
    done(client.as_("bob").put(path, {"content": "another secret"}))
    done(ann.delete(path))
    told = done(ann.get(f"{TASKS}/{task}/history"))["history"]
    deeds = [(row["actor"]["username"], row["deed"], row["task_id"]) for row in told[:3]]
    assert deeds == [
        ("ann", "delete_comment", task),
        ("bob", "edit_comment", task),
        ("bob", "comment", task),
    ]
    assert "secret" not in repr(told)
    assert "secret" not in repr(list(store.db.history.find({})))


def test_comments_stay_with_a_task_wherever_it_goes(ann: Client) -> None:
    ids = plant(ann, ["a", ["b"]])
    other = make(ann)["id"]
    first = say(ann, ids["b"], "1")
    for parent in (other, None, ids["a"]):
        done(ann.post(f"{TASKS}/{ids['b']}/move", {"parent_id": parent}))
        path = f"{comments_of(ids['b'])}/{first['id']}"
        assert done(ann.put(path, {"content": f"in {parent}"}))["content"] == f"in {parent}"
        say(ann, ids["b"], "more")
    assert said(ann, ids["b"]) == [f"in {ids['a']}", "more", "more", "more"]
    assert read(ann, ids["b"])["comment_count"] == 4


def test_a_purged_task_takes_its_comments_with_it(ann: Client, store: Store) -> None:
    ids = plant(ann, ["a", ["b", ["c"]], ["d"]])
    for name in "bcd":
        say(ann, ids[name], name)
    done(ann.delete(f"{TASKS}/{ids['b']}?permanent=true"))
    assert [one["content"] for one in store.db.comments.find({})] == ["d"]
    done(ann.delete(f"{TASKS}/{ids['a']}?permanent=true"))
    assert list(store.db.comments.find({})) == []
