"""How large a tree may grow: each limit at its edge and one past it, and BSON's own measure."""

from datetime import UTC, datetime
from typing import Any

import bson
import pytest
from bson.int64 import Int64
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.forest import NOON, after, at, chain, node, tree
from tracker.core import limits, reminders
from tracker.core.edits import Edit
from tracker.core.trees import Node, Tree
from tracker.errors import TooLarge

KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([-(2**31) - 1, -(2**31), 2**31 - 1, 2**31]),
    st.floats(),
    TEXTS,
    MOMENTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=11) | st.dictionaries(KEYS, below, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_the_measured_size_is_that_of_bson(document: dict[str, Any]) -> None:
    assert limits.bson_size(document) == len(bson.encode(document))


def test_the_positions_of_a_long_list_are_counted() -> None:
    document = {"long": list(range(12_345))}
    assert limits.bson_size(document) == len(bson.encode(document))


def test_an_integer_as_the_driver_decodes_a_long_one_is_measured_at_once() -> None:
    document = {"long": Int64(2**40)}
    assert limits.bson_size(document) == len(bson.encode(document))


def test_what_is_never_stored_has_no_size() -> None:
    with pytest.raises(TypeError):
        limits.bson_size({"set": {1, 2}})


def test_forty_levels_are_taken_and_one_more_is_named() -> None:
    limits.check_growth(None, tree(chain(40)))
    with pytest.raises(TooLarge, match="at most 40 levels deep; this one would have 41"):
        limits.check_growth(None, tree(chain(41)))


def test_forty_levels_stay_within_what_bson_allows() -> None:
    levels, value = 0, [tree(chain(40))]
    while value:
        levels += 1
        value = [below for item in value for below in item.values() if isinstance(below, dict)]
    assert levels < 100


def test_five_thousand_tasks_are_taken_and_one_more_is_named() -> None:
    limits.check_growth(None, tree(_wide(5_000)))
    with pytest.raises(TooLarge, match="at most 5000 tasks; this one would have 5001"):
        limits.check_growth(None, tree(_wide(5_001)))


def test_eight_megabytes_are_taken_and_one_byte_more_is_named() -> None:
    full = _heavy(limits.TREE_BYTES)
    limits.check_growth(None, full)
    with pytest.raises(TooLarge, match=r"at most 8388608 bytes \(8 MB\); .* take 8388609"):
        limits.check_growth(None, _heavy(limits.TREE_BYTES + 1))


def test_a_tree_past_its_weight_may_still_shrink() -> None:
    fat = _heavy(limits.TREE_BYTES + 100)
    slim = after(fat, Edit({"root.description": fat["root"]["description"][:-50]}))
    limits.check_growth(fat, slim)
    limits.check_growth(fat, fat)
    with pytest.raises(TooLarge):
        limits.check_growth(slim, fat)


def test_a_reminder_takes_no_more_than_its_room() -> None:
    """Else the quick measure would let a tree pass that is too heavy."""
    name, zone = "0198a5d0-5c1e-7b32-9a41-3f6d2c8e7b10", "America/Argentina/ComodRivadavia"
    when = {"minutes": 2**31 - 1, "of": "start_date"}
    own = reminders.made(name, name, when, zone=zone, now=NOON)
    own = {**own, "fired_at": NOON, "snoozed_until": NOON}
    room = limits.REMINDER_ROOM * limits.LONGEST_CHARACTER
    assert limits.bson_size({"99": own}) <= room


def test_a_task_takes_ten_reminders_of_a_person_and_a_hundred_in_all() -> None:
    crowd = [{"user": f"u{count % 10}"} for count in range(99)]
    limits.check_reminders(crowd, "u9")
    with pytest.raises(TooLarge, match="10 reminders of one person"):
        limits.check_reminders(crowd, "u8")
    with pytest.raises(TooLarge, match="100 reminders"):
        limits.check_reminders([*crowd, {"user": "u9"}], "new")


def test_an_entry_of_four_megabytes_is_taken_and_one_byte_more_is_not() -> None:
    room = limits.ENTRY_BYTES - limits.bson_size({"text": ""})
    limits.check_entry({"text": "x" * room})
    with pytest.raises(TooLarge, match="4 MB"):
        limits.check_entry({"text": "x" * (room + 1)})


def test_each_limit_points_at_what_passed_it() -> None:
    with pytest.raises(TooLarge) as deep:
        limits.check_growth(None, tree(chain(41)))
    with pytest.raises(TooLarge) as many:
        limits.check_count(5_001)
    assert [fault.pointer for fault in deep.value.faults + many.value.faults] == ["/subtasks"] * 2


def _wide(tasks: int) -> Node:
    return node("r", *(node(f"t{count}") for count in range(tasks - 1)))


def _heavy(size: int) -> Tree:
    made = tree(node("r", description=""))
    at(made, "r").node["description"] = "x" * (size - limits.bson_size(made["root"]))
    return made
