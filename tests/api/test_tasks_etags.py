"""ETag, If-None-Match, If-Match on the task routes: what moves which tag, and what a tag allows."""

import re
from typing import Any

import pytest

from tests.api.asking import TASKS, make, plant, read, refused, unchanged
from tests.conftest import Clock
from tests.people import Client, Reply
from tracker.store import Store

NODE = re.compile(r'"(n0-\d+)\.[0-9a-f]+"')
TREE = re.compile(r'"(t\d+-\d+)\.[0-9a-f]+"')

# Every write of a task, as method, tail of its path, body
WRITES: dict[str, tuple[str, str, Any]] = {
    "put": ("PUT", "", {"title": "new"}),
    "patch": ("PATCH", "", {"title": "new"}),
    "complete": ("POST", "/complete", None),
    "subtask": ("POST", "/subtasks", {"title": "new"}),
    "delete": ("DELETE", "", None),
}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b, c); the revs differ: a 1, b 2, c 3."""
    found = plant(ann, ["a", ["b"], ["c"]])
    for title in ("b", "c"):
        ann.patch(f"{TASKS}/{found[title]}", {"description": "x"})
    return found


def tag(client: Client, task: str, tail: str = "") -> str:
    return client.get(f"{TASKS}/{task}{tail}").etag


def version(etag: str) -> str:
    match = NODE.fullmatch(etag) or TREE.fullmatch(etag)
    assert match, etag
    return match[1]


def write(client: Client, task: str, deed: str, if_match: str) -> Reply:
    method, tail, body = WRITES[deed]
    return client.ask(method, f"{TASKS}/{task}{tail}", body, headers={"If-Match": if_match})


def test_tags_have_the_two_forms(ann: Client, ids: dict[str, str]) -> None:
    assert NODE.fullmatch(tag(ann, ids["b"]))
    number = read(ann, ids["a"])["number"]
    assert version(tag(ann, ids["b"], "/tree")) == version(tag(ann, ids["a"], "/tree"))
    assert version(tag(ann, ids["a"], "/tree")).startswith(f"t{number}-")
    assert ann.get(TASKS).etag.startswith('W/"')


@pytest.mark.parametrize("tail", ["", "/tree", "/subtasks", "/ancestors"])
def test_what_is_known_is_304_without_a_body(ann: Client, ids: dict[str, str], tail: str) -> None:
    path = f"{TASKS}/{ids['b']}{tail}"
    etag = ann.get(path).etag
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        reply = ann.get(path, headers={"If-None-Match": known})
        assert (reply.status, reply.body, reply.etag) == (304, b"", etag)
    for other in (
        '"x"',
        f'"{version(etag)}.0"' if "." in etag and tail in {"", "/tree"} else '"y"',
    ):
        assert ann.get(path, headers={"If-None-Match": other}).status == 200


def test_a_list_is_304_until_something_in_it_changes(
    ann: Client, ids: dict[str, str], clock: Clock
) -> None:
    known = {"If-None-Match": ann.get(TASKS).etag}
    assert ann.get(TASKS, headers=known).status == 304
    ann.patch(f"{TASKS}/{ids['b']}", {"due_date": "2026-03-04T06:00:00Z"})
    assert ann.get(TASKS, headers=known).status == 200
    known = {"If-None-Match": ann.get(TASKS).etag}
    clock.advance(hours=1)
    assert ann.get(TASKS, headers=known).status == 200


def test_a_page_that_others_follow_is_304_though_its_cursor_is_another(
    ann: Client, ids: dict[str, str], clock: Clock
) -> None:
    first = ann.get(f"{TASKS}?page_size=2")
    clock.advance(seconds=1)
    again = ann.get(f"{TASKS}?page_size=2")
    assert again.etag == first.etag
    assert again.json["next_cursor"] != first.json["next_cursor"]
    known = {"If-None-Match": first.etag}
    assert ann.get(f"{TASKS}?page_size=2", headers=known).status == 304
    ann.patch(f"{TASKS}/{ids['b']}", {"title": "new"})
    assert ann.get(f"{TASKS}?page_size=2", headers=known).status == 200


@pytest.mark.parametrize("tail", ["", "/tree"])
def test_a_task_that_becomes_overdue_is_no_longer_304(ann: Client, clock: Clock, tail: str) -> None:
    task = make(ann, due_date="2026-03-04T06:00:00Z")["id"]
    known = {"If-None-Match": tag(ann, task, tail)}
    clock.advance(hours=1)
    assert ann.get(f"{TASKS}/{task}{tail}", headers=known).status == 200


def test_a_childs_edit_leaves_the_parents_tag_and_ends_the_trees(
    ann: Client, ids: dict[str, str]
) -> None:
    node, whole = tag(ann, ids["a"]), tag(ann, ids["a"], "/tree")
    assert ann.patch(f"{TASKS}/{ids['b']}", {"title": "B"}).status == 200
    assert tag(ann, ids["a"]) == node
    assert version(tag(ann, ids["a"], "/tree")) != version(whole)
    refused(write(ann, ids["a"], "put", whole), 412)
    assert write(ann, ids["a"], "put", node).status == 200


def test_progress_changes_the_hash_and_not_the_version(ann: Client, ids: dict[str, str]) -> None:
    before = tag(ann, ids["a"])
    ann.post(f"{TASKS}/{ids['b']}/complete")
    after = tag(ann, ids["a"])
    assert (after != before, version(after) == version(before)) == (True, True)
    known = ann.get(f"{TASKS}/{ids['a']}", headers={"If-None-Match": before})
    assert known.status == 200
    assert write(ann, ids["a"], "put", before).status == 200


@pytest.mark.parametrize("deed", WRITES)
def test_a_write_under_a_fitting_tag_is_done(ann: Client, ids: dict[str, str], deed: str) -> None:
    for form in ("{n}", "{t}", '"n0-99.a", {n}', "{t},{n}", 'W/"x", {n}', "*"):
        task = ann.post(f"{TASKS}/{ids['c']}/subtasks", {"title": "x"}).json["id"]
        header = form.format(n=tag(ann, task), t=tag(ann, task, "/tree"))
        assert write(ann, task, deed, header).status in {200, 201, 204}


@pytest.mark.parametrize("deed", WRITES)
def test_a_write_under_another_tag_gets_412(
    ann: Client, ids: dict[str, str], store: Store, deed: str
) -> None:
    node, whole = tag(ann, ids["b"]), tag(ann, ids["b"], "/tree")
    other = [
        f"W/{node}",
        f"W/{node}, W/{whole}",
        tag(ann, ids["a"]),
        tag(ann, ids["c"]),
        '"x"',
        '""',
        '"n0.a"',
        '"n1-2.a"',
        f'"t99-{version(whole).partition("-")[2]}.a"',
        '"*"',
        f'"{version(node)}0.a"',
    ]
    with unchanged(store):
        for header in other:
            refused(write(ann, ids["b"], deed, header), 412)


@pytest.mark.parametrize("deed", WRITES)
def test_after_the_task_moved_on_its_old_tags_are_412(
    ann: Client, ids: dict[str, str], store: Store, deed: str
) -> None:
    old = tag(ann, ids["b"]), tag(ann, ids["b"], "/tree")
    ann.patch(f"{TASKS}/{ids['b']}", {"title": "B"})
    with unchanged(store):
        for header in (*old, ", ".join(old)):
            refused(write(ann, ids["b"], deed, header), 412)


@pytest.mark.parametrize("deed", WRITES)
def test_a_malformed_if_match_gets_400(
    ann: Client, ids: dict[str, str], store: Store, deed: str
) -> None:
    with unchanged(store):
        for header in ("n0-1", '"n0-1', "W/*", "'n0-1'", '"a" "b"', '"a b"', "", '*, "a"', "{}"):
            refused(write(ann, ids["b"], deed, header), 400)


def test_the_parents_tag_stands_for_a_task_below_it(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    body = {"title": "new", "parent_id": ids["a"]}
    with unchanged(store):
        refused(ann.post(TASKS, body, headers={"If-Match": '"n0-99.a"'}), 412)
    assert ann.post(TASKS, body, headers={"If-Match": tag(ann, ids["a"])}).status == 201


def test_a_reopen_obeys_if_match(ann: Client, ids: dict[str, str]) -> None:
    ann.post(f"{TASKS}/{ids['b']}/complete")
    path = f"{TASKS}/{ids['b']}/reopen"
    refused(ann.post(path, headers={"If-Match": '"n0-2.a"'}), 412)
    assert ann.post(path, headers={"If-Match": tag(ann, ids["b"])}).status == 200


def test_the_tag_of_a_write_is_the_tag_of_the_next_read(ann: Client, ids: dict[str, str]) -> None:
    path = f"{TASKS}/{ids['b']}"
    for deed in (
        lambda: ann.put(path, {"title": "1"}),
        lambda: ann.patch(path, {"title": "2"}),
        lambda: ann.post(f"{path}/complete"),
        lambda: ann.post(f"{path}/reopen"),
    ):
        assert write(ann, ids["b"], "put", deed().etag).status == 200
    last = ann.put(path, {"title": "3"})
    assert (tag(ann, ids["b"]), read(ann, ids["b"])) == (last.etag, last.json)


def test_of_two_writers_with_one_tag_one_wins(ann: Client, ids: dict[str, str]) -> None:
    etag = tag(ann, ids["b"])
    replies = [write(ann, ids["b"], "put", etag), write(ann, ids["b"], "delete", etag)]
    assert [reply.status for reply in replies] == [200, 412]


def test_a_stranger_learns_nothing_from_tags(client: Client, ids: dict[str, str]) -> None:
    for header in ('"x"', "*", tag(client.as_("ann"), ids["b"])):
        for deed in WRITES:
            refused(write(client.as_("bob"), ids["b"], deed, header), 404)


def test_of_a_deleted_task_no_tag_fits(ann: Client, ids: dict[str, str], store: Store) -> None:
    etag = tag(ann, ids["b"])
    ann.delete(f"{TASKS}/{ids['b']}")
    with unchanged(store):
        for header in (etag, "*", '"x"'):
            refused(write(ann, ids["b"], "put", header), 404)
