"""What an answer with bytes says of itself, and which of them it gives."""

from urllib.parse import unquote

import pytest
from flask import Flask

from tests.api.asking import TASKS, make, refused
from tests.api.sending import PNG, Sent, attach
from tests.people import Client, Reply
from tracker.services.world import World
from tracker.store import Store

TEN = b"0123456789"
CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"


@pytest.fixture
def store(embedded_store: Store) -> Store:
    """One store is enough: bytes and headers come from elsewhere."""
    return embedded_store


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def task(ann: Client) -> str:
    return str(make(ann)["id"])


@pytest.fixture
def ten(ann: Client, task: str) -> str:
    """The path of a file of ten bytes."""
    return f"{TASKS}/{task}/files/{attach(ann, task, Sent(TEN))[0]['id']}"


def ask(client: Client, path: str, **headers: str) -> Reply:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=sent)


def test_a_file_is_there_to_be_kept_and_never_shown(ann: Client, ten: str) -> None:
    headers = ann.get(ten).headers
    told = {
        "Content-Type": "text/plain",
        "Content-Disposition": "attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt",
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Content-Length": "10",
        "Accept-Ranges": "bytes",
    }
    assert {name: headers[name] for name in told} == told


NAMES = {
    "a b.txt": "a b.txt",
    "отчёт.txt": "_____.txt",
    "café.txt": "cafe.txt",
    "a'b;c=d.txt": "a'b;c=d.txt",
    "100%.txt": "100_.txt",
    "\N{SNOWMAN}.txt": "_.txt",
    "CON": "CON",
    "x" * 251 + ".txt": "x" * 251 + ".txt",
}


def test_a_name_comes_back_as_it_was(ann: Client, task: str) -> None:
    made = attach(ann, task, *(Sent(name=name) for name in NAMES))
    for one, (name, fallback) in zip(made, NAMES.items(), strict=True):
        assert one["original_filename"] == name
        told = ann.get(f"{TASKS}/{task}/files/{one['id']}").headers["Content-Disposition"]
        plain, _, extended = told.removeprefix('attachment; filename="').partition('"; filename*=')
        assert plain == fallback
        assert unquote(extended.removeprefix("UTF-8''")) == name
        assert extended.isascii()
        assert not set(extended) & set(' "\r\n;,')


RANGES = {
    "bytes=0-0": ("0-0", b"0"),
    "bytes=0-9": ("0-9", TEN),
    "bytes=3-5": ("3-5", b"345"),
    "bytes=8-": ("8-9", b"89"),
    "bytes=-3": ("7-9", b"789"),
    "bytes=-99": ("0-9", TEN),
    "bytes=5-99": ("5-9", b"56789"),
    "Bytes=1-1": ("1-1", b"1"),
    "bytes = 1 - 1": ("1-1", b"1"),
    "bytes=0-999999999999999999": ("0-9", TEN),
}


def test_one_range_is_answered_alone(ann: Client, ten: str) -> None:
    for asked, (span, body) in RANGES.items():
        reply = ask(ann, ten, Range=asked)
        assert (reply.status, reply.body) == (206, body), asked
        assert reply.headers["Content-Range"] == f"bytes {span}/10"
        assert reply.headers["Content-Length"] == str(len(body))
        assert reply.headers["Content-Security-Policy"] == CSP


def test_a_range_behind_the_end_is_refused(ann: Client, ten: str) -> None:
    for asked in ("bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99-"):
        reply = ask(ann, ten, Range=asked)
        refused(reply, 416)
        assert reply.headers["Content-Range"] == "bytes */10"


NO_RANGES = [
    "bytes=5-3", "bytes=-", "bytes=", "bytes", "bytes=a-b", "bytes=1-2,4-5", "bytes=0-1-2",
    "items=0-1", "bytes=+1-2", "bytes=0x1-2", "bytes=\xb2-2", "bytes=1", "",
    "bytes=0-9999999999999999999", "bytes=" + ",".join(["0-"] * 1000),
]  # fmt: skip


def test_what_is_no_single_range_is_answered_like_none(ann: Client, ten: str) -> None:
    for asked in NO_RANGES:
        reply = ask(ann, ten, Range=asked)
        assert (reply.status, reply.body) == (200, TEN), asked
        assert "Content-Range" not in reply.headers


def test_a_range_may_be_bound_to_what_the_client_has(ann: Client, ten: str) -> None:
    etag = ann.get(ten).etag
    assert ask(ann, ten, Range="bytes=0-1", If_Range=etag).status == 206
    for other in ('"x"', f"W/{etag}", etag.strip('"'), "Wed, 04 Mar 2026 05:06:07 GMT"):
        assert ask(ann, ten, Range="bytes=0-1", If_Range=other).body == TEN


def test_what_the_client_has_is_not_sent_again(ann: Client, task: str, ten: str) -> None:
    etag = ann.get(ten).etag
    reply = ask(ann, ten, If_None_Match=etag)
    assert (reply.status, reply.body, reply.etag) == (304, b"", etag)
    same = attach(ann, task, Sent(TEN))[0]["id"]
    other = attach(ann, task, Sent(TEN + b"!"))[0]["id"]
    assert ann.get(f"{TASKS}/{task}/files/{same}").etag == etag
    assert ann.get(f"{TASKS}/{task}/files/{other}").etag != etag


def test_head_tells_all_and_sends_nothing(ann: Client, ten: str) -> None:
    reply = ann.ask("HEAD", ten, headers={"Range": "bytes=0-1"})
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["Content-Length"] == "10"
    assert reply.headers["Content-Type"] == "text/plain"


def test_bytes_are_given_to_whoever_asks_for_any_type(ann: Client, ten: str) -> None:
    for accept in ("image/png", "text/html", "*/*", "application/json"):
        assert ask(ann, ten, Accept=accept).body == TEN
        assert ask(ann, f"{ten}?redirect=true", Accept=accept).body == TEN


def test_a_query_that_nobody_knows_is_refused(ann: Client, ten: str) -> None:
    refused(ann.get(f"{ten}?inline=true"), 422, "/inline")
    refused(ann.get(f"{ten}?redirect=1"), 422, "/redirect")


def test_a_page_of_another_origin_may_read_the_name(ann: Client, ten: str) -> None:
    headers = ask(ann, ten, Origin="https://good.example").headers
    shown = headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Content-Disposition", "Content-Range"} <= set(shown)


def test_bytes_that_are_lost_are_not_found(
    app: Flask, world: World, ann: Client, task: str
) -> None:
    (made,) = attach(ann, task, Sent(PNG, "a.png", "image/png"))
    assert world.blobs
    world.blobs.remove(made["filename"])
    problem = refused(ann.get(f"{TASKS}/{task}/files/{made['id']}"), 404)
    assert problem["detail"] == "File not found"
