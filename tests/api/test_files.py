"""Files of a task: attaching, listing, reading, removing; exact in path, status and text."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from config import Config
from tests.api.asking import NOWHERE, TASKS, make, read, refused, unchanged
from tests.api.sending import PNG, Sent, attach, send
from tests.people import Client
from tests.swept import blobs_of, sweep_files
from tracker import create_app
from tracker.services.world import World
from tracker.store import Store

NAMES = {"id", "filename", "original_filename", "content_type", "size", "created_at"}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def task(ann: Client) -> str:
    return str(make(ann)["id"])


def path(task: str, file: str = "") -> str:
    return f"{TASKS}/{task}/files{file and '/' + file}"


def limited(world: World, config: Config, **settings: Any) -> Client:
    """ann, under other settings."""
    return Client(create_app(replace(config, **settings), world)).as_("ann")


def test_a_file_is_attached_listed_read_and_removed(ann: Client, task: str) -> None:
    (made,) = attach(ann, task)
    assert made.keys() >= NAMES
    assert (made["original_filename"], made["content_type"], made["size"]) == (
        "a.txt",
        "text/plain",
        6,
    )
    assert "a.txt" not in made["filename"]
    assert ann.get(path(task)).json == [made]
    reply = ann.get(path(task, made["id"]))
    assert (reply.status, reply.body) == (200, b"hello\n")
    assert reply.headers["Content-Type"] == "text/plain"
    assert ann.delete(path(task, made["id"])).status == 204
    assert ann.get(path(task)).json == []
    for reply in (ann.get(path(task, made["id"])), ann.delete(path(task, made["id"]))):
        assert refused(reply, 404)["detail"] == "File not found"


def test_several_come_in_their_order_and_are_listed_newest_first(ann: Client, task: str) -> None:
    sent = [Sent(PNG, "1.png", "image/png"), Sent(b"two", "2.txt"), Sent(b"three", "2.txt")]
    made = attach(ann, task, *sent)
    assert [one["original_filename"] for one in made] == ["1.png", "2.txt", "2.txt"]
    assert len({one["filename"] for one in made}) == 3
    assert [one["id"] for one in ann.get(path(task)).json] == [one["id"] for one in made[::-1]]
    bodies = [ann.get(path(task, one["id"])).body for one in made]
    assert bodies == [one.content for one in sent]


def test_the_task_shows_its_files_and_does_not_change_by_them(ann: Client, task: str) -> None:
    before = read(ann, task)
    made = attach(ann, task, Sent(), Sent())
    after = read(ann, task)
    assert after["files"] == made[::-1]
    assert after["file_count"] == 2
    assert (after["rev"], after["updated_at"]) == (before["rev"], before["updated_at"])
    (listed,) = ann.get(TASKS).json["tasks"]
    assert listed["files"] == made[::-1]
    ann.delete(path(task, made[1]["id"]))
    assert read(ann, task)["files"] == made[:1]
    assert read(ann, task)["file_count"] == 1


def test_a_list_shows_the_newest_ten_also_when_one_of_them_goes(ann: Client, task: str) -> None:
    ids = [one["id"] for _ in range(2) for one in attach(ann, task, *[Sent()] * 6)]
    newest = [one["id"] for one in ann.get(TASKS).json["tasks"][0]["files"]]
    assert newest == ids[:1:-1]
    ann.delete(path(task, ids[-1]))
    assert [one["id"] for one in ann.get(TASKS).json["tasks"][0]["files"]] == ids[-2:0:-1]
    ann.delete(path(task, ids[0]))
    assert [one["id"] for one in ann.get(TASKS).json["tasks"][0]["files"]] == ids[-2:0:-1]
    assert len(ann.get(path(task)).json) == read(ann, task)["file_count"] == 10


def test_a_type_that_is_not_allowed_is_refused_by_name(ann: Client, task: str) -> None:
    problem = refused(send(ann, task, Sent(b"hello", "a.html", "text/html")), 400)
    assert problem["detail"] == "File type text/html not allowed"
    problem = refused(send(ann, task, Sent(b"<html>", "a.txt", "text/plain")), 400)
    assert problem["detail"] == "File type text/html not allowed"


def test_of_a_request_all_files_are_kept_or_none(
    world: World, store: Store, ann: Client, task: str
) -> None:
    for bad in (Sent(b"x", "a.html", "text/html"), Sent(b""), Sent(b"x", "../x"), Sent(b"\0")):
        with unchanged(store):
            refused(send(ann, task, Sent(), bad), 400)
    assert store.db.files.count_documents({}) == 0
    assert blobs_of(world) == []


@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_of_a_file_is_exact(world: World, config: Config, over: int) -> None:
    ann = limited(world, config, max_file_size=100_000)
    task = make(ann)["id"]
    reply = send(ann, task, Sent(), Sent(b"x" * (100_000 + over), "big one.txt"))
    if not over:
        assert [one["size"] for one in reply.json] == [6, 100_000]
        return
    detail = "File big one.txt exceeds maximum size of 100000 bytes"
    assert refused(reply, 400)["detail"] == detail
    assert blobs_of(world) == []


def test_more_than_all_files_together_may_have_is_not_even_read(
    world: World, config: Config
) -> None:
    ann = limited(world, config, max_file_size=10)
    task = make(ann)["id"]
    refused(send(ann, task, Sent(b"x" * 1_200_000)), 413)


@pytest.mark.parametrize("over", [0, 1])
def test_ten_files_come_at_once_and_not_one_more(ann: Client, task: str, over: int) -> None:
    reply = send(ann, task, *[Sent()] * (10 + over))
    if over:
        refused(reply, 422, "/files")
    else:
        assert len(reply.json) == 10


@pytest.mark.parametrize("over", [0, 1])
def test_the_quota_of_a_person_is_exact(world: World, config: Config, over: int) -> None:
    ann = limited(world, config, file_quota=1000)
    one, other = make(ann)["id"], make(ann)["id"]
    attach(ann, one, Sent(b"x" * 600))
    reply = send(ann, other, Sent(b"x" * 100), Sent(b"x" * (300 + over)))
    if not over:
        assert reply.status == 201
        return
    detail = "Your files may take 1000 bytes; with these they would take 1001"
    assert refused(reply, 422, "/files")["detail"] == detail
    assert len(blobs_of(world)) == 1


def test_what_is_removed_counts_no_more(world: World, config: Config) -> None:
    ann = limited(world, config, file_quota=10)
    task = make(ann)["id"]
    (made,) = attach(ann, task, Sent(b"x" * 10))
    refused(send(ann, task, Sent(b"x")), 422)
    ann.delete(path(task, made["id"]))
    attach(ann, task, Sent(b"y" * 10))


def test_a_file_belongs_to_its_task_alone(ann: Client, task: str) -> None:
    (made,) = attach(ann, task)
    other = make(ann)["id"]
    for reply in (ann.get(path(other, made["id"])), ann.delete(path(other, made["id"]))):
        assert refused(reply, 404)["detail"] == "File not found"
    refused(ann.get(path(task, NOWHERE)), 404)
    refused(ann.get(path(task, "x")), 422)
    refused(ann.get(path(NOWHERE)), 404)


def test_files_go_with_the_task_wherever_it_goes(ann: Client, task: str) -> None:
    target = make(ann)["id"]
    (made,) = attach(ann, task)
    assert ann.post(f"{TASKS}/{task}/move", {"parent_id": target}).status == 200
    assert ann.get(path(task, made["id"])).body == b"hello\n"
    assert [one["id"] for one in read(ann, task)["files"]] == [made["id"]]
    assert ann.delete(f"{TASKS}/{target}").status == 204
    assert refused(ann.get(path(task, made["id"])), 404)["detail"] == "Task not found"
    refused(send(ann, task), 404)
    assert ann.post(f"{TASKS}/{target}/restore").status == 200
    assert ann.get(path(task, made["id"])).body == b"hello\n"


def test_a_purge_takes_the_bytes_with_it(world: World, ann: Client, task: str) -> None:
    attach(ann, task, Sent(), Sent())
    kept = attach(ann, make(ann)["id"])
    assert ann.delete(f"{TASKS}/{task}?permanent=true").status == 204
    sweep_files(world)
    assert blobs_of(world) == [kept[0]["filename"]]
    assert world.store.db.files.count_documents({}) == 1


def test_who_attached_a_file_may_take_it_back(client: Client, task: str, ann: Client) -> None:
    """Also when nothing but reading is left to them; of others' files they take none."""
    client.as_("bob")
    ann.put(f"{TASKS}/{task}/members", {"user": "bob", "role": "editor"})
    (hers,), (his, other) = attach(ann, task), attach(client.as_("bob"), task, Sent(), Sent())
    ann.put(f"{TASKS}/{task}/members", {"user": "bob", "role": "viewer"})
    bob = client.as_("bob")
    refused(bob.delete(path(task, hers["id"])), 403)
    assert bob.get(path(task, hers["id"])).status == 200
    assert bob.delete(path(task, his["id"])).status == 204
    assert ann.delete(path(task, other["id"])).status == 204
    refused(send(bob, task), 403)


def test_a_key_attaches_once_however_the_form_is_drawn(
    world: World, ann: Client, task: str
) -> None:
    """Each try draws its boundary anew, so the files are compared and not the bytes of the form."""
    files = [Sent(), Sent(PNG, "a.png", "image/png")]
    first = send(ann, task, *files, Idempotency_Key="k")
    again = send(ann, task, *files, Idempotency_Key="k")
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert len(ann.get(path(task)).json) == len(blobs_of(world)) == 2
    refused(send(ann, task, Sent(b"other"), Idempotency_Key="k"), 422)
    refused(send(ann, task, *files[::-1], Idempotency_Key="k"), 422)
    assert len(blobs_of(world)) == 2


def test_a_retry_is_answered_though_the_task_is_gone(ann: Client, task: str) -> None:
    first = send(ann, task, Idempotency_Key="k")
    ann.delete(f"{TASKS}/{task}")
    assert send(ann, task, Idempotency_Key="k").json == first.json
    refused(send(ann, task, Idempotency_Key="other"), 404)
    gone = ann.delete(path(task, first.json[0]["id"]), headers={"Idempotency-Key": "d"})
    refused(gone, 404)


def test_if_match_holds_for_files(world: World, ann: Client, task: str) -> None:
    etag = ann.get(f"{TASKS}/{task}").etag
    tree = ann.get(f"{TASKS}/{task}/tree").etag
    (made,) = send(ann, task, If_Match=etag).json
    refused(send(ann, task, If_Match=tree), 412)
    assert len(blobs_of(world)) == 1
    refused(ann.delete(path(task, made["id"]), headers={"If-Match": tree}), 412)
    assert ann.delete(path(task, made["id"]), headers={"If-Match": etag}).status == 204


def test_a_stranger_sends_nothing(app: Flask, client: Client, ann: Client, task: str) -> None:
    """The right is asked for first: the body of a stranger is not read."""
    (made,) = attach(ann, task)

    class Unread:
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    environ = {"wsgi.input": Unread(), "CONTENT_LENGTH": "5000000"}
    sent = {"content_type": "multipart/form-data; boundary=x", "environ_overrides": environ}
    reply = client.as_("sam").post(path(task), **sent)
    assert refused(reply, 404)["detail"] == "Task not found"
    refused(client.post(path(task), **sent), 401)
    for reply in (
        client.as_("sam").get(path(task)),
        client.as_("sam").get(path(task, made["id"])),
        client.as_("sam").delete(path(task, made["id"])),
    ):
        assert refused(reply, 404)["detail"] == "Task not found"


def test_an_export_tells_of_ones_files(ann: Client, client: Client, task: str) -> None:
    """Of one's own, in whosever task; not where the bytes lie."""
    ann.put(f"{TASKS}/{task}/members", {"user": client.as_("bob").me["id"], "role": "editor"})
    attach(ann, task)
    (his,) = attach(client.as_("bob"), task, Sent(b"x", "his.txt"))
    (told,) = client.as_("bob").get("/api/auth/me/export").json["files"]
    assert (told["id"], told["name"], told["size"]) == (his["id"], "his.txt", 1)
    assert his["filename"] not in str(told)


def test_an_api_token_needs_the_scope(client: Client, ann: Client, task: str) -> None:
    (made,) = attach(ann, task)
    token = ann.post("/api/auth/tokens", {"name": "x", "scopes": ["tasks:read"]}).json["token"]
    reader = client.with_token(token)
    assert reader.get(path(task, made["id"])).status == 200
    refused(send(reader, task), 403)
    refused(reader.delete(path(task, made["id"])), 403)
