"""Bodies of the task routes that cannot be read or are no task: a clear 4xx, nothing changed."""

from typing import Any

import pytest

from tests.api.asking import TASKS, plant, refused, unchanged
from tests.people import Client, Reply
from tracker.store import Store

MB = 1024 * 1024
WRITES = ["POST", "PUT", "PATCH", "subtasks"]
NOT_JSON: list[bytes] = [
    b"",
    b" ",
    b"{",
    b"nonsense",
    b"title=x",
    b'{"title": "x"',
    b'{"title": "x"}}',
    b'{"title": "x"} {"title": "y"}',
    b'{"title": "x",}',
    b"{'title': 'x'}",
    b'{"title": NaN}',
    b'{"title": "x", "x": NaN}',
    b'{"title": Infinity}',
    b'{"title": -Infinity}',
    b'{"title": 1e400}',
    b'{"title": "x", "title": "y"}',
    b'{"title": "x", "t\\u0069tle": "y"}',
    b'{"title": "x", "subtasks": [{"title": "y", "title": "z"}]}',
    b'{"title": "\\ud800"}',
    b'{"title": "\\udfff\\ud800"}',
    b'{"\\ud800": 1, "title": "x"}',
    b'{"title": "\xff"}',
    b'{"title": "\xed\xa0\x80"}',
    b'{"title": "a\nb"}',
    b'{"title": "a\0b"}',
    b'\xef\xbb\xbf{"title": "x"}',
    '{"title": "x"}'.encode("utf-16"),
    '{"title": "x"}'.encode("utf-32"),
    b"[" * 2_000 + b"]" * 2_000,
    b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    b"[" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b'{"title": "x", "subtasks": [' * 30_000,
]
NO_OBJECT: list[bytes] = [b"[]", b"null", b"1", b'"x"', b"true", b'[{"title": "x"}]']
NO_JSON_TYPE = [
    "text/plain",
    "text/html",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "application/jsonx",
    "",
]


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    return plant(ann, ["a", ["b"]])


def send(
    client: Client,
    ids: dict[str, str],
    way: str,
    raw: bytes,
    kind: str = "application/json",
    **rest: Any,
) -> Reply:
    path = TASKS if way == "POST" else f"{TASKS}/{ids['b']}"
    if way == "subtasks":
        path, way = f"{path}/subtasks", "POST"
    return client.ask(way, path, data=raw, content_type=kind, **rest)


@pytest.mark.parametrize("way", WRITES)
def test_what_is_no_json_gets_400(ann: Client, ids: dict[str, str], store: Store, way: str) -> None:
    with unchanged(store):
        for raw in NOT_JSON:
            problem = refused(send(ann, ids, way, raw), 400)
            assert len(problem["detail"]) < 300


@pytest.mark.parametrize("way", WRITES)
def test_json_that_is_no_object_gets_422(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    with unchanged(store):
        for raw in NO_OBJECT:
            refused(send(ann, ids, way, raw), 422)


@pytest.mark.parametrize("way", WRITES)
def test_nesting_past_a_hundred_levels_gets_422(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    with unchanged(store):
        for levels in (100, 150, 400):
            for raw in (
                b'{"title": "x", "tags": ' + b"[" * levels + b"]" * levels + b"}",
                b'{"title": "x", "tags": ' + b'{"a":' * levels + b"1" + b"}" * levels + b"}",
                b'{"title": "x", "subtasks": [' * levels + b"]}" * levels,
            ):
                problem = refused(send(ann, ids, way, raw), 422)
                assert "100 levels" in problem["detail"]


@pytest.mark.parametrize("way", WRITES)
def test_nesting_where_a_value_belongs_gets_422_and_no_crash(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    with unchanged(store):
        for name in ("title", "tags", "due_date", "status", "assigned_to", "x"):
            raw = b'{"%s": ' % name.encode() + b"[" * 98 + b"]" * 98 + b"}"
            refused(send(ann, ids, way, raw), 422)


@pytest.mark.parametrize("way", WRITES)
def test_another_media_type_gets_415(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    with unchanged(store):
        for kind in NO_JSON_TYPE:
            refused(send(ann, ids, way, b'{"title": "x"}', kind), 415)
        for coding in ("gzip", "br", "x"):
            headers = {"Content-Encoding": coding}
            refused(send(ann, ids, way, b'{"title": "x"}', headers=headers), 415)


@pytest.mark.parametrize("way", WRITES)
def test_an_answer_in_another_form_gets_406(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    with unchanged(store):
        refused(send(ann, ids, way, b'{"title": "x"}', headers={"Accept": "text/html"}), 406)


@pytest.mark.parametrize(
    ("way", "limit"), [("PUT", MB), ("PATCH", MB), ("POST", 10 * MB), ("subtasks", 10 * MB)]
)
def test_a_body_at_its_limit_is_read_and_one_byte_more_gets_413(
    ann: Client, ids: dict[str, str], store: Store, way: str, limit: int
) -> None:
    body = b'{"title": "x"}'
    with unchanged(store):
        refused(send(ann, ids, way, body + b" " * (limit - len(body) + 1)), 413)
        refused(send(ann, ids, way, b"{" * (limit + 1)), 413)
        refused(send(ann, ids, way, b'{"title": "' + b"x" * (limit - 13) + b'"}'), 422, "/title")
    assert send(ann, ids, way, body + b" " * (limit - len(body))).status in {200, 201}


@pytest.mark.parametrize("way", WRITES)
def test_an_unknown_field_gets_422_naming_it(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    keys = ["$set", "$ne", "title.x", "a.b", "", "\\u0000", "t\\u0000", "__proto__", "constructor",
            "Title", "title ", "x" * 5_000, "𝔱itle"]  # fmt: skip
    with unchanged(store):
        for key in keys:
            reply = send(ann, ids, way, f'{{"title": "x", "{key}": 1}}'.encode())
            assert refused(reply, 422)["errors"][0]["detail"] == "Unknown field."
            if way in {"POST", "subtasks"}:
                deep = f'{{"title": "x", "subtasks": [{{"title": "y", "{key}": {{}}}}]}}'.encode()
                problem = refused(send(ann, ids, way, deep), 422)
                assert problem["errors"][0]["pointer"].startswith("/subtasks/0")


@pytest.mark.parametrize("way", WRITES)
def test_all_that_is_wrong_is_told_up_to_a_hundred(
    ann: Client, ids: dict[str, str], way: str
) -> None:
    raw = b'{"title": "", "status": 1, "due_date": "x", "nope": 1}'
    problem = refused(send(ann, ids, way, raw), 422)
    assert {fault["pointer"] for fault in problem["errors"]} == {
        "/title",
        "/status",
        "/due_date",
        "/nope",
    }
    many = b"{" + b",".join(b'"%d": 1' % n for n in range(3_000)) + b"}"
    assert len(refused(send(ann, ids, way, many), 422)["errors"]) == 100


@pytest.mark.parametrize("way", ["POST", "subtasks"])
def test_subtasks_must_be_a_list_of_tasks(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    wrong = ["null", "1", "{}", '"x"', "true", "[1]", "[null]", "[[]]", '["x"]', "[{}]",
             '[{"title": "x"}, 1]', '[{"title": "x", "subtasks": null}]',
             '[{"title": "x", "subtasks": {"$ne": 1}}]', '[{"title": "x", "parent_id": null}]',
             '{"$ne": null}', '{"0": {"title": "x"}}', '[{"title": null}]']  # fmt: skip
    with unchanged(store):
        for value in wrong:
            reply = send(ann, ids, way, f'{{"title": "x", "subtasks": {value}}}'.encode())
            pointers = [fault["pointer"] for fault in refused(reply, 422)["errors"]]
            assert all(pointer.startswith("/subtasks") for pointer in pointers), value
