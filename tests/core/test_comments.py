"""Whom a comment mentions, and what it does to its task."""

from typing import Any

import pytest

from tests.core.forest import at, node, tree
from tracker.core import comments
from tracker.core.trees import Place
from tracker.errors import TooLarge

SAID = {
    "_id": "c",
    "task": "a",
    "user": "ann",
    "content": "a secret",
    "html": "<p>a secret</p>",
    "mentions": ["bob"],
}


def place(**fields: Any) -> Place:
    return at(tree(node("r", node("a", **fields))), "a")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@ann", ["ann"]),
        ("ask @ann, @bob and @Cyd.", ["ann", "bob", "Cyd"]),
        ("(@ann) “@bob” '@cyd'", ["ann", "bob", "cyd"]),
        ("@ann.b-c_d... @eve-", ["ann.b-c_d", "eve"]),
        ("@ann @ann", ["ann"]),
        ("@ünï @李小龙", ["ünï", "李小龙"]),
        ("ann@example.com x@bob", []),
        ("https://x/@ann x/@bob @@cyd", []),
        ("@ @a @ab", []),
        ("@" + "x" * 150, []),
        ("nobody", []),
    ],
)
def test_a_mention_is_a_name_of_its_own(text: str, named: list[str]) -> None:
    assert comments.names([text]) == named


def test_what_markup_parts_is_not_one_name() -> None:
    assert comments.names(["@ann", "@bob"]) == ["ann", "bob"]
    assert comments.names(["x", "@ann"]) == ["ann"]


def test_people_are_called_up_to_a_number() -> None:
    many = " ".join(f"@user{number}" for number in range(30))
    assert comments.names([many]) == [f"user{number}" for number in range(comments.MENTIONS)]


def test_a_comment_is_counted_and_told_of() -> None:
    edit = comments.add(place(), SAID)
    assert edit.set == {"root.children.a.comments": {"count": 1, "newest": ["c"]}}
    told = {"comment": "c", "author": "ann", "mentions": ["bob"]}
    assert edit.events == ({"type": "comment_added", "task": "a", "changes": {}, **told},)


def test_another_text_leaves_the_task_and_mentions_those_who_are_new() -> None:
    later = {**SAID, "content": "more", "html": "<p>more</p>", "mentions": ["bob", "cyd"]}
    edit = comments.change(place(hops=3), SAID, later)
    assert (edit.set, edit.unset) == ({}, ())
    (event,) = edit.events
    assert (event["type"], event["hops"], event["mentions"]) == ("comment_updated", 3, ["cyd"])
    assert event["said"] == {name: later[name] for name in ("content", "html", "mentions")}


def test_a_comment_that_goes_makes_room() -> None:
    ids = [f"{number:02}" for number in range(2, 12)]
    full = {"count": 12, "newest": ids}
    edit = comments.delete(place(comments=full), {**SAID, "_id": "05"}, ["05", "01", "11"])
    left = {"count": 11, "newest": ["01", *(one for one in ids if one != "05")]}
    assert edit.set == {"root.children.a.comments": left}
    assert edit.events[0]["type"] == "comment_deleted"


def test_a_task_takes_a_thousand_comments_and_no_more() -> None:
    comments.add(place(comments={"count": comments.MOST - 1, "newest": ["x"]}), SAID)
    with pytest.raises(TooLarge, match="at most 1000 comments"):
        comments.add(place(comments={"count": comments.MOST, "newest": ["x"]}), SAID)
