"""What names mean by a palette, and the Edits that let trees follow it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.core.forest import NOON, node, tree
from tracker.core import tags, tidying
from tracker.core.tags import COLOR, Palette, Tag
from tracker.core.trees import Tree, is_id, nodes
from tracker.errors import Conflict, TooLarge


def palette(**entries: Any) -> Palette:
    return Palette("ann", NOON, entries)


def after(kept: dict[str, Any]) -> Palette:
    return Palette("ann", NOON, kept)


def of(found: Palette, name: str) -> Tag:
    tag = found.tag(name)
    assert tag
    return tag


def test_a_name_without_an_entry_is_a_tag_of_its_own() -> None:
    red, blue = of(palette(), "red"), of(palette(), "blue")
    assert (red.name, red.color, red.created_at) == ("red", COLOR, NOON)
    assert is_id(red.id)
    assert red.id != blue.id
    assert red == of(palette(), "red")
    assert red.id != of(Palette("bob", NOON, {}), "red").id


def test_a_palette_comes_from_a_user_or_from_nobody() -> None:
    later = NOON + timedelta(days=1)
    assert Palette.of("ann", None, later) == Palette("ann", later, {})
    user = {"created_at": NOON, "tags": {"x": {"name": "red", "color": "#000000"}}}
    assert Palette.of("ann", user, later) == Palette("ann", NOON, user["tags"])


def test_a_colour_is_an_entry() -> None:
    known = after(tags.put(palette(), of(palette(), "red"), color="#000000"))
    assert of(known, "red") == of(palette(), "red")._replace(color="#000000")
    assert known.known() == [of(known, "red")]
    assert known.in_transit == frozenset()


def test_a_rename_holds_at_once_for_the_old_name() -> None:
    red = of(palette(), "red")
    known = after(tags.put(palette(), red, name="crimson"))
    assert of(known, "red") == of(known, "crimson") == red._replace(name="crimson")
    assert known.meant(["x", "red", "crimson"]) == ["x", "crimson"]
    assert (known.written("crimson"), known.written("red")) == (("crimson", "red"), ())
    again = after(tags.put(known, of(known, "crimson"), name="pink"))
    assert set(again.written("pink")) == {"pink", "red", "crimson"}
    back = after(tags.put(again, of(again, "pink"), name="red"))
    assert back.in_transit == {"pink", "crimson"}
    done = after(tags.settled(again.tags))
    assert of(done, "pink").id == red.id
    assert of(done, "red").id != red.id
    assert (done.in_transit, done.written("red")) == (frozenset(), ("red",))


def test_a_merged_tag_takes_all_its_names_along() -> None:
    first = after(tags.put(palette(), of(palette(), "red"), name="crimson"))
    pink = of(first, "pink")
    merged = after(tags.merge(first, of(first, "crimson"), pink))
    assert {of(merged, name).id for name in ("red", "crimson", "pink")} == {pink.id}
    assert after(tags.settled(merged.tags)).known() == [pink]
    with pytest.raises(Conflict):
        tags.merge(merged, pink, pink)


def test_a_deleted_tag_means_nothing_until_it_is_gone() -> None:
    red = of(palette(), "red")
    known = after(tags.drop(palette(), red))
    assert known.tag("red") is None
    assert known.shown(["red", "x"]) == [of(known, "x")._asdict()]
    assert (known.meant(["red"]), known.written("red"), known.find(red.id, ["red"])) == (
        [],
        (),
        None,
    )
    assert tags.settled(known.tags) == {}


def test_a_name_on_its_way_out_is_taken_by_no_other() -> None:
    known = after(tags.put(palette(), of(palette(), "red"), name="crimson"))
    with pytest.raises(Conflict):
        tags.put(known, of(known, "blue"), name="red")


def test_a_palette_is_full_at_two_hundred() -> None:
    full = after({str(n): {"name": str(n), "color": COLOR, "created_at": NOON} for n in range(200)})
    tags.put(full, of(full, "7"), color="#000000")
    with pytest.raises(TooLarge):
        tags.put(full, of(full, "new"))


@pytest.fixture
def garden() -> Tree:
    below = node("a", node("b", tags=["red"]), tags=["x", "red"], category="ann:2")
    return tree(node("r", below, node("c", tags=["x"], deleted_at=NOON), tags=["crimson", "red"]))


def tagged(found: Tree) -> dict[str, list[str]]:
    return {one["id"]: one["tags"] for one in nodes(found["root"])}


def test_trees_follow_a_palette_in_one_edit(garden: Tree) -> None:
    known = after(tags.put(palette(), of(palette(), "red"), name="crimson"))
    edit = tidying.tidied(garden, known, ["ann:2"], at=NOON)
    assert edit
    done = edit.apply(garden)
    assert tagged(done) == {"r": ["crimson"], "a": ["x", "crimson"], "b": ["crimson"], "c": ["x"]}
    assert done["root"]["children"]["a"]["category"] is None
    assert {event["task"] for event in edit.events} == {"r", "a", "b"}
    assert tidying.tidied(done, known, ["ann:2"], at=NOON) is None


def test_what_is_not_in_the_way_is_left_alone(garden: Tree) -> None:
    assert tidying.tidied(garden, palette(), [], at=NOON) is None
    assert tidying.tidied(garden, palette(), ["ann:3"], at=NOON) is None


def test_an_overgrown_tree_is_done_in_parts() -> None:
    """No commit may record more than four megabytes, and this one would take five."""
    heavy = ["red", *(f"{n:02}" + "é" * 48 for n in range(49))]
    root = node("r", *(node(f"n{n}", tags=heavy) for n in range(600)))
    known, found, parts = after(tags.drop(palette(), of(palette(), "red"))), tree(root), 0
    while edit := tidying.tidied(found, known, [], at=NOON):
        found, parts = edit.apply(found), parts + 1
    assert parts > 1
    assert not any("red" in names for names in tagged(found).values())
