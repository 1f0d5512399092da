"""Fields: what they take, what they refuse, what comes out."""

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from tracker.web.fields import flag, flag_text, name, one_of, text, uuid, when, whole, whole_text

ID = "01a1fdc4-2d6a-7185-847c-9e52dc333221"


def load(field: Any, value: Any) -> Any:
    return Schema.from_dict({"x": field})().load({"x": value})["x"]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02t03:04:05z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02 03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02T03:04:05+02:00", datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05.6789Z", datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)),
        ("2026-01-02T03:04:05.123456789Z", datetime(2026, 1, 2, 3, 4, 5, 123_000, tzinfo=UTC)),
        ("1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
        ("2999-12-31T23:59:59Z", datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_comes_out_in_utc_cut_to_milliseconds(sent: str, read: datetime) -> None:
    found = load(when(), sent)
    assert (found, found.tzinfo) == (read, UTC)


@pytest.mark.parametrize(
    "sent",
    [
        "", "x", "2026", "2026-1-2", "20260102", "2026-W01-1", "2026-13-01", "2026-02-30",
        "2026-01-02T25:00", "2026-01-02T03:04:60Z", "2026-01-02T03:04:05+25:00", " 2026-01-02",
        "0001-01-01", "0001-01-01T00:00:00+14:00", "1899-12-31", "3000-01-01", "2026-01-02\n",
        "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "\u0662\u0660\u0662\u0666-01-02",
        0, 1767323045, 1.5, True, [], {"$gt": ""},
    ],
)  # fmt: skip
def test_what_is_no_time_of_ours_is_refused(sent: Any) -> None:
    with pytest.raises(ValidationError):
        load(when(), sent)


@pytest.mark.parametrize(("sent", "read"), [(ID, ID), (ID.upper(), ID)])
def test_a_uuid_comes_out_in_lower_case(sent: str, read: str) -> None:
    assert load(uuid(), sent) == read


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "x",
        ID.replace("-", ""),
        f"{{{ID}}}",
        f"urn:uuid:{ID}",
        ID + "\n",
        ID[1:],
        ID + ".a",
        "$",
        1,
    ],
)
def test_what_is_no_uuid_is_refused(sent: Any) -> None:
    with pytest.raises(ValidationError):
        load(uuid(), sent)


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        *((whole(0, 9), sent) for sent in (True, "1", 1.0, 10, -1, 10**30, [1])),
        *((whole_text(0, 9), sent) for sent in (" 1", "1_0", "\u0661", "10", "1.0", "9" * 999, "")),
        (flag(), "true"), (flag(), 1), (flag(), 0), (flag(), []),
        (flag_text(), "1"), (flag_text(), "yes"), (flag_text(), "True"),
        (text(1, 3), ""), (text(1, 3), "abcd"), (text(1, 3), "a\0"), (text(1, 3), 1),
        (name(1, 3), "  "), (name(1, 3), "a\n"), (name(1, 3), "\x1b"),
        *((one_of(["a", "b"]), sent) for sent in ("c", "A", "", ["a"], {"$ne": 1})),
    ],
)  # fmt: skip
def test_strict_fields_refuse(field: Any, sent: Any) -> None:
    with pytest.raises(ValidationError):
        load(field, sent)


@pytest.mark.parametrize(
    ("field", "sent", "read"),
    [
        (whole(-5, 9), -5, -5), (whole_text(-5, 9), "-5", -5), (whole_text(0, 9), "09", 9),
        (flag(), False, False), (flag_text(), "true", True), (flag_text(), "false", False),
        (text(1, 3), "a\nb", "a\nb"), (name(1, 3), " a ", " a "), (one_of(["a"]), "a", "a"),
    ],
)  # fmt: skip
def test_strict_fields_take(field: Any, sent: Any, read: Any) -> None:
    assert load(field, sent) == read
