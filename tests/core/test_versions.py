"""An If-Match fits the task's own version or the tree's, and nothing that only looks alike."""

import pytest

from tests.core.forest import at, node, tree
from tracker.core import versions
from tracker.errors import Stale

TREE = tree(node("r", node("a", number=8, rev=3, hops=2), number=5), rev=9)


@pytest.mark.parametrize(
    "if_match", [None, "*", ("n2-3",), ("t5-9",), ("n0-0", "t5-9"), ("n2-3", "n2-3")]
)
def test_what_fits_passes(if_match: versions.IfMatch) -> None:
    versions.require(if_match, TREE, at(TREE, "a").node)


@pytest.mark.parametrize(
    "if_match",
    [(), ("",), ("n2-9",), ("n0-3",), ("t8-9",), ("t5-3",), ("n2-3.abc",), ("2-3",), ("N2-3",)],
)
def test_what_moved_on_is_stale_and_names_the_task(if_match: versions.IfMatch) -> None:
    with pytest.raises(Stale) as refused:
        versions.require(if_match, TREE, at(TREE, "a").node)
    assert refused.value.extra == {"task": "a"}


def test_a_version_says_hops_and_rev_of_a_task_and_number_and_rev_of_a_tree() -> None:
    assert versions.of_task({"hops": 2}, rev=3) == "n2-3"
    assert versions.of_tree(5, 9) == "t5-9"
