"""ETag, If-None-Match, If-Match: read as RFC 9110 writes them."""

import pytest
from flask import Flask

from tracker.errors import Malformed
from tracker.web.etags import if_match, tagged

APP = Flask("etags")


def read(header: str | None) -> object:
    with APP.test_request_context(headers={} if header is None else {"If-Match": header}):
        return if_match()


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        (None, None),
        ("*", "*"),
        (" * ", "*"),
        ('"n0-7.abc"', ("n0-7",)),
        ('"n0-7"', ("n0-7",)),
        ('"n0-7.a", "t3-9.b"', ("n0-7", "t3-9")),
        ('W/"n0-7.abc"', ()),
        ('W/"n0-7.abc","t3-9.b"', ("t3-9",)),
        ('""', ("",)),
    ],
)
def test_if_match_is_read(header: str | None, versions: object) -> None:
    assert read(header) == versions


@pytest.mark.parametrize(
    "header", ["", "n0-7", '"n0-7', '"a" "b"', 'w/"a"', '"a",', '"a b"', '*, "a"', "\u00e9" * 3]
)
def test_what_is_no_list_of_tags_is_malformed(header: str) -> None:
    with pytest.raises(Malformed):
        read(header)


def test_hundreds_of_tags_are_malformed() -> None:
    with pytest.raises(Malformed):
        read(", ".join(['"n0-7.a"'] * 500))


def test_a_tag_holds_version_and_hash() -> None:
    with APP.test_request_context():
        one, same, two = (tagged({"a": a}, "n0-7").headers["ETag"] for a in (1, 1, 2))
    assert one.startswith('"n0-7.')
    assert one == same != two


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_known_answer_is_304_without_body(form: str) -> None:
    with APP.test_request_context():
        tag = tagged({"a": 1}, "n0-7").headers["ETag"]
    with APP.test_request_context(headers={"If-None-Match": form.format(tag)}):
        known = tagged({"a": 1}, "n0-7")
    assert (known.status_code, known.get_data(), known.headers["ETag"]) == (304, b"", tag)


def test_if_none_match_compares_the_whole_tag() -> None:
    with APP.test_request_context(headers={"If-None-Match": '"n0-7.0000000000000000"'}):
        assert tagged({"a": 1}, "n0-7").status_code == 200


def test_a_write_is_answered_in_full_whatever_is_known() -> None:
    with APP.test_request_context(method="PUT", headers={"If-None-Match": "*"}):
        assert tagged({"a": 1}, "n0-7", status=201).status_code == 201
