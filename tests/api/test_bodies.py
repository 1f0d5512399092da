"""What a client may send as body and query: every fault is a 4xx that names it, never a 500."""

from typing import Any

import pytest

from tests.people import Client

ME = "/api/auth/me"


def send(client: Client, raw: bytes | str, kind: str = "application/json", **rest: Any) -> Any:
    return client.as_("ann").ask("PUT", ME, data=raw, content_type=kind, **rest)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"full_name": NaN}',
        b'{"full_name": Infinity}',
        b'{"full_name": "\\ud800"}',
        b'{"full_name": "\xff"}',
        b"{'full_name': 'x'}",
        b'{"full_name": "x",}',
        b'\xef\xbb\xbf{"full_name": "x"}',
        '{"full_name": "x"}'.encode("utf-16"),
        '{"full_name": "x"}'.encode("utf-32"),
        b'{"full_name": "x", "full_name": "y"}',
        b'{"a": [{"b": 1, "\\u0062": 2}]}',
        b"[" * 2_000 + b"]" * 2_000,
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
    ids=range(17),
)
def test_what_is_no_json_of_ours_gets_400(client: Client, raw: bytes) -> None:
    assert send(client, raw).status == 400


@pytest.mark.parametrize("raw", [b"[]", b"null", b"1", b'"x"', b"true", b'[{"full_name": "x"}]'])
def test_a_body_that_is_no_object_gets_422(client: Client, raw: bytes) -> None:
    reply = send(client, raw)
    assert (reply.status, reply.json["detail"]) == (422, "Takes a JSON object")


@pytest.mark.parametrize(
    "key", ["$set", "a.b", "", "\\u0000", "__proto__", "_id", "password", "~/", "x" * 5_000]
)
def test_an_unknown_field_gets_422_naming_it(client: Client, key: str) -> None:
    reply = send(client, f'{{"{key}": 1}}')
    assert reply.status == 422
    assert reply.json["errors"][0]["detail"] == "Unknown field."


def test_pointers_escape_what_rfc_6901_asks(client: Client) -> None:
    fault = {"pointer": "/a~1b~0c", "detail": "Unknown field."}
    assert send(client, '{"a/b~c": 1}').json["errors"] == [fault]


def test_thousands_of_faults_are_told_in_a_hundred(client: Client) -> None:
    reply = client.as_("ann").put(ME, {str(number): 1 for number in range(5_000)})
    assert (reply.status, len(reply.json["errors"])) == (422, 100)


@pytest.mark.parametrize(
    "value",
    [
        "1",
        "1.5",
        "true",
        "[]",
        '["x"]',
        "{}",
        '{"$ne": null}',
        '{"$where": "1"}',
        "9" * 19,
        "1e300",
    ],
)
def test_a_value_of_the_wrong_type_gets_422(client: Client, value: str) -> None:
    reply = send(client, f'{{"full_name": {value}}}')
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "/full_name")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "text/html",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "",
    ],
)
def test_another_media_type_gets_415(client: Client, kind: str) -> None:
    assert send(client, b'{"full_name": "x"}', kind).status == 415


def test_a_compressed_body_gets_415(client: Client) -> None:
    assert send(client, b"{}", headers={"Content-Encoding": "gzip"}).status == 415


def test_one_megabyte_is_read_and_one_byte_more_gets_413(client: Client) -> None:
    body = b'{"full_name": "x"}'
    assert send(client, body + b" " * (1024 * 1024 - len(body))).status == 200
    assert send(client, body + b" " * (1024 * 1024 - len(body) + 1)).status == 413


def test_only_a_new_task_may_bring_ten_megabytes(client: Client) -> None:
    """A whole tree may come in there; the rest of the API keeps to one."""
    body = b'{"title": "x"}'
    full = body + b" " * (10 * 1024 * 1024 - len(body))
    ann = client.as_("ann")
    kind = "application/json"
    assert ann.ask("POST", "/api/tasks", data=full, content_type=kind).status == 201
    assert ann.ask("POST", "/api/tasks", data=full + b" ", content_type=kind).status == 413


def test_nesting_stops_at_a_hundred_levels(client: Client) -> None:
    fits, deep = (b'{"x":' + b"[" * n + b"]" * n + b"}" for n in (99, 100))
    assert send(client, fits).json["errors"][0]["detail"] == "Unknown field."
    assert send(client, deep).status == 422
    assert "100 levels" in send(client, deep).json["detail"]


@pytest.mark.parametrize(
    "query", ["x=1", "x[$ne]=1", "page=1&page=2", "%00=1", "full_name=%ff", "=", "a=%ed%a0%80"]
)
def test_an_unknown_query_parameter_gets_422(client: Client, query: str) -> None:
    reply = client.as_("ann").get(f"{ME}?{query}")
    assert reply.status == 422
    assert reply.json["errors"]


def test_a_known_parameter_given_twice_gets_422_naming_it(client: Client) -> None:
    reply = client.as_("ann").get("/api/tasks?page=1&page=1")
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "/page")


def test_an_address_with_a_slash_at_its_end_is_answered_alike(client: Client) -> None:
    assert client.get("/api/health/").json == client.get("/api/health").json
    assert client.as_("ann").get(ME + "/").status == 200
    assert client.get("/api//health").status == 404


def test_an_answer_in_another_form_than_json_gets_406(client: Client) -> None:
    assert client.get("/api/health", headers={"Accept": "text/html"}).status == 406
    assert client.get("/api/health", headers={"Accept": "text/html, */*;q=0.1"}).status == 200
    assert client.get("/api/health", headers={"Accept": "application/json"}).status == 200


def test_head_answers_as_get_without_a_body(client: Client) -> None:
    got, head = client.get("/api/health"), client.ask("HEAD", "/api/health")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
