"""Who is told of a commit, of what, and in which words; and who is not."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.core.forest import NOON, at, node, tree
from tracker.core import commits, drafts, life, members, notices, place, schedule
from tracker.core.commits import Act
from tracker.core.edits import Edit, merge
from tracker.core.notices import Notice
from tracker.core.trees import Tree

EDDA, BOB, ZOE = ({"user": name, "role": "editor"} for name in ("edda", "bob", "zoe"))
DUE = NOON - timedelta(hours=1)
SYSTEM = "system"

Decide = Callable[[Tree], Edit]


def garden(**head: Any) -> Tree:
    """ann's tree r > (a > b, c), which edda, bob and zoe edit."""
    root = node("r", node("a", node("b")), node("c"))
    return tree(root, **{"members": [EDDA, BOB, ZOE], **head})


def told(
    before: Tree, decide: Decide, by: str = "ann", *, open_workspace: bool = False
) -> list[Notice]:
    """The notices of a commit by somebody, as its own drain makes them."""
    commit = commits.prepare(
        before, decide(before), Act(by, "edit", "r", NOON), lambda owner: owner
    )
    found = notices.of_entry(commit.after, commit.entry, open_workspace=open_workspace)
    assert notices.tells(commit.entry) or not found
    return found


def heard(found: list[Notice]) -> list[tuple[str, str, str]]:
    return sorted((notice.user, notice.kind, notice.task) for notice in found)


def given(task: str, user: str | None) -> Decide:
    return lambda tree: life.change(tree, at(tree, task), {"assigned_to": user}, at=NOON)


def event(kind: str, task: str, **said: Any) -> Decide:
    return lambda tree: Edit(
        {"size": tree["size"]}, (), ({"type": kind, "task": task, "changes": {}, **said},)
    )


def planted(*below: Any, **fields: Any) -> Tree:
    """The first commit of a tree that ann makes."""
    planted = drafts.plant(node("r", *below, **fields), owner="ann")
    admitted = members.admit(planted, ["bob", "zoe"], by="ann").apply(planted)
    act = Act("ann", "create", "r", NOON)
    return commits.found(admitted, drafts.born(planted["root"]), act, lambda owner: owner)


# assignments


def test_who_is_given_a_task_is_told() -> None:
    (notice,) = told(garden(), given("b", "bob"))
    assert (notice.user, notice.kind, notice.task, notice.tree) == (
        "bob",
        "task_assigned",
        "b",
        "r",
    )
    assert (notice.by, notice.at, notice.subject) == ("ann", NOON, "b")


def test_who_takes_a_task_or_gives_it_back_tells_nobody() -> None:
    assert told(garden(), given("b", "bob"), by="bob") == []
    mine = garden()
    mine["root"]["children"]["c"]["assigned_to"] = "bob"
    assert told(mine, given("c", None)) == []


def test_a_change_of_anything_else_tells_nobody() -> None:
    before = garden()
    before["root"]["children"]["c"]["assigned_to"] = "bob"
    assert (
        told(before, lambda tree: life.change(tree, at(tree, "c"), {"title": "C"}, at=NOON)) == []
    )


def test_an_outsider_who_is_given_a_task_hears_of_the_task_alone() -> None:
    def decide(tree: Tree) -> Edit:
        return merge([given("b", "sam")(tree), members.admit(tree, ["sam"], by="ann")])

    assert heard(told(garden(), decide)) == [("sam", "task_assigned", "b")]


def test_all_who_are_given_tasks_of_a_new_tree_are_told() -> None:
    below = node("a", node("b", assigned_to="zoe"), node("d", assigned_to="ann"))
    first = planted(below, assigned_to="bob")
    found = notices.of_entry(first, first["outbox"][0])
    assert heard(found) == [("bob", "task_assigned", "r"), ("zoe", "task_assigned", "b")]
    assert {notice.task: notice.subject for notice in found} == {"r": "r", "b": "b"}


def test_all_who_are_given_tasks_of_a_new_subtree_are_told() -> None:
    new = node("n", node("m", node("o", assigned_to="bob")), node("p", assigned_to="zoe"))
    found = told(garden(), lambda tree: place.insert(tree, at(tree, "a"), new, at=NOON))
    assert heard(found) == [("bob", "task_assigned", "o"), ("zoe", "task_assigned", "p")]


def test_a_history_tells_of_a_nested_task_once_and_not_of_each_below() -> None:
    first = planted(node("a", assigned_to="bob"))
    row = commits.history(first, first["outbox"][0])
    assert (row["tasks"], list(row["changes"])) == (["r"], ["r"])
    assert "assigned_to" not in row["changes"]["r"]


def test_a_new_tree_that_is_given_to_nobody_tells_nothing() -> None:
    first = planted(node("a"))
    assert "assigned" not in first["outbox"][0]["events"][0]
    assert not notices.tells(first["outbox"][0])


# members


def test_a_newcomer_is_told_with_the_role() -> None:
    (notice,) = told(garden(), lambda tree: members.put(tree, "sam", "viewer"))
    assert heard([notice]) == [("sam", "member_added", "r")]
    assert notices.words(notice, "Ann") == (
        "Shared With You: r",
        "You have been given access to 'r' as viewer.",
    )


def test_who_is_handed_a_tree_is_told_wherever_they_stood_before() -> None:
    for user in ("sam", "bob"):
        found = told(garden(), lambda tree, user=user: members.put(tree, user, "owner"))  # type: ignore[misc]
        assert heard(found) == [(user, "member_added", "r")]
        assert notices.words(found[0], "Ann")[1] == "You are the owner of 'r' now."


def test_another_role_and_an_end_tell_nobody() -> None:
    assert told(garden(), lambda tree: members.put(tree, "bob", "viewer")) == []
    assert told(garden(), lambda tree: members.remove(tree, "bob")) == []


def test_who_came_in_with_a_task_that_moved_hears_of_the_tree() -> None:
    found = told(garden(), lambda tree: members.admit(tree, ["sam", "tom"], by="ann"))
    assert heard(found) == [("sam", "member_added", "r"), ("tom", "member_added", "r")]


# comments


def comment(task: str = "b", *mentions: str) -> Decide:
    return event("comment_added", task, comment="k", mentions=list(mentions))


def test_a_comment_is_for_assignee_maker_and_those_it_names() -> None:
    before = garden()
    before["root"]["children"]["a"]["children"]["b"]["assigned_to"] = "bob"
    assert [user for user, *_ in heard(told(before, comment("b", "zoe", "bob"), by="edda"))] == [
        "ann", "bob", "zoe",
    ]  # fmt: skip
    assert [user for user, *_ in heard(told(before, comment(), by="bob"))] == ["ann"]


def test_a_comment_on_a_task_whose_people_have_left_is_for_the_owner() -> None:
    before = garden()
    before["root"]["children"]["c"].update(created_by="sam", assigned_to="tom")
    assert heard(told(before, comment("c"), by="bob")) == [("ann", "comment_added", "c")]
    assert told(before, comment("c"), by="ann") == []


def test_another_text_of_a_comment_is_for_those_whom_it_is_the_first_to_name() -> None:
    def reworded(*mentions: str) -> Decide:
        return event("comment_updated", "b", comment="k", mentions=list(mentions))

    before = garden()
    before["root"]["children"]["a"]["children"]["b"]["assigned_to"] = "bob"
    assert heard(told(before, reworded("zoe", "ann"))) == [("zoe", "comment_added", "b")]
    assert told(before, reworded()) == []


def test_the_author_of_a_comment_is_named() -> None:
    (notice,) = told(garden(), comment(), by="bob")
    assert notices.words(notice, "Bob {title}") == (
        "New Comment: b",
        "Bob {title} commented on 'b'.",
    )
    assert notice.said == {"comment": "k"}


# deadlines and reminders


def overdue(**fields: Any) -> Tree:
    before = garden()
    before["root"]["children"]["c"].update(due_date=DUE, notify_overdue=True, **fields)
    return before


def fired(tree: Tree) -> Edit:
    edit = schedule.fire(tree, NOON)
    assert edit
    return edit


@pytest.mark.parametrize(
    ("fields", "user"),
    [
        ({"assigned_to": "bob", "created_by": "zoe"}, "bob"),
        ({"created_by": "zoe"}, "zoe"),
        ({"assigned_to": "sam", "created_by": "zoe"}, "zoe"),
        ({"created_by": "sam"}, "ann"),
    ],
)
def test_one_who_answers_for_an_overdue_task_is_told(fields: dict[str, Any], user: str) -> None:
    before = overdue(**fields)
    (notice,) = told(before, fired, by=SYSTEM)
    assert heard([notice]) == [(user, "task_overdue", "c")]
    assert notices.responsible(before, at(before, "c").node)[0] == user
    assert notice.said == {"due_date": DUE}


def test_of_an_overdue_task_the_actor_hears_too() -> None:
    found = told(overdue(), lambda tree: by_hand(tree, ["bob"]), by="bob")
    assert heard(found) == [("bob", "task_overdue", "c")]


def by_hand(tree: Tree, users: list[str], *, again: bool = False) -> Edit:
    return Edit(
        {"size": tree["size"]}, (), (notices.overdue(at(tree, "c").node, users, again=again),)
    )


def test_a_letter_of_a_deadline_is_for_tasks_that_ask_for_it_and_once() -> None:
    assert [one.may_mail for one in told(overdue(), fired, by=SYSTEM)] == [True]
    again = told(overdue(), lambda tree: by_hand(tree, ["bob"], again=True))
    assert [one.may_mail for one in again] == [False]
    quiet = overdue()
    quiet["root"]["children"]["c"]["notify_overdue"] = False
    assert [one.may_mail for one in told(quiet, fired, by=SYSTEM)] == [False]


def test_whoever_asked_is_reminded_and_of_two_at_once_one_time() -> None:
    told_of = {"users": ["bob"], "moment": NOON}
    one, other = (event("reminder", "c", reminder=name, **told_of) for name in "xy")
    both = told(
        garden(),
        lambda tree: Edit({"size": 4}, (), one(tree).events + other(tree).events),
        by=SYSTEM,
    )
    assert heard(both) == [("bob", "reminder", "c")]
    assert both[0].may_mail


# whom nothing is told


@pytest.mark.parametrize(
    "decide",
    [
        given("b", "sam"),
        comment("b", "sam"),
        event("task_overdue", "b", users=["sam"], due_date=DUE),
        event("reminder", "b", users=["sam"], reminder="x", moment=NOON),
    ],
)
def test_nobody_is_told_of_a_tree_that_they_may_not_see(decide: Decide) -> None:
    assert "sam" not in {notice.user for notice in told(garden(), decide, by="bob")}
    shown = told(garden(), decide, by="bob", open_workspace=True)
    assert "sam" in {notice.user for notice in shown}


def test_who_was_shut_out_before_the_drain_is_not_told() -> None:
    before = garden()
    first = commits.prepare(before, given("b", "bob")(before), Act("ann", "edit", "b", NOON), str)
    later = {**first.after, "members": [EDDA]}
    assert notices.of_entry(first.after, first.entry)
    assert notices.of_entry(later, first.entry) == []


def test_nothing_is_told_of_what_lies_in_the_trash_or_is_gone() -> None:
    before = garden()
    first = commits.prepare(before, given("b", "bob")(before), Act("ann", "edit", "b", NOON), str)
    trashed = garden()
    trashed["root"]["children"]["a"]["deleted_at"] = NOON
    for later in (trashed, {**before, "root": None}, {**before, "root": node("r")}):
        assert notices.of_entry(later, first.entry) == []


# names and words


def test_every_drain_gives_a_notice_the_same_id_and_every_notice_its_own() -> None:
    first, again = (told(garden(), given("b", "bob"))[0].id for _ in range(2))
    assert first == again
    others = [
        told(garden(), given("b", "zoe"))[0].id,
        told(garden(), given("c", "bob"))[0].id,
        told(garden(rev=2), given("b", "bob"))[0].id,
        told(garden(_id="other"), given("b", "bob"))[0].id,
        told(garden(), comment("b", "bob"))[0].id,
    ]
    assert len({first, *others}) == 6


def test_an_id_is_a_uuid_of_version_8() -> None:
    """RFC 9562, 5.8."""
    pattern = r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    for user in "bob", "zoe", "edda":
        assert re.fullmatch(pattern, told(garden(), given("b", user))[0].id)


@pytest.mark.parametrize(
    ("kind", "title", "message"),
    [
        (
            "task_overdue",
            "Task Overdue: {x} 'y'",
            "Task '{x} 'y'' is past its due date. Please take action.",
        ),
        ("task_assigned", "Task Assigned: {x} 'y'", "You have been assigned to '{x} 'y''."),
        ("comment_added", "New Comment: {x} 'y'", "Bob commented on '{x} 'y''."),
        ("reminder", "Reminder: {x} 'y'", "You asked to be reminded of '{x} 'y''."),
    ],
)
def test_the_words_are_those_of_the_contract_whatever_a_title_holds(
    kind: str, title: str, message: str
) -> None:
    notice = Notice("1", "u", kind, "t", "r", "b", NOON, "{x} 'y'", {})
    assert notices.words(notice, "Bob") == (title, message)
