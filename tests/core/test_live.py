"""What those who watch hear, and who they are."""

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tracker.core import (
    access,
    drafts,
    edits,
    leaving,
    life,
    live,
    members,
    place,
    pomodoros,
    trash,
)
from tracker.core.live import Message

NOON = datetime(2026, 3, 4, 12, 0, 0, 1_000, tzinfo=UTC)
STAMP = "1772625600001"


def row(*events: tuple[str, str], **rest: Any) -> dict[str, Any]:
    """A row of history of tasks that are called as their ids, in capitals."""
    titles = {task: task.upper() for _, task in events}
    known = {"_id": "r:5", "tree": "r", "at": NOON, "hidden": False, "titles": titles}
    return {**known, "events": [list(event) for event in events], **rest}


def told(*events: tuple[str, str], **rest: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(message.type, message.data) for message in live.of_commit(row(*events, **rest))]


def test_a_message_has_a_type_data_and_an_id_that_begins_with_its_time() -> None:
    assert live.of_commit(row(("task_updated", "a"))) == [
        Message("task_updated", {"task_id": "a", "title": "A"}, f"{STAMP}-r:5.0")
    ]


@pytest.mark.parametrize("kind", ["task_created", "task_restored"])
def test_what_was_not_there_is_created(kind: str) -> None:
    assert told((kind, "a")) == [("task_created", {"task_id": "a", "title": "A"})]


@pytest.mark.parametrize("kind", ["task_completed", "task_reopened", "task_moved", "member_added"])
def test_what_else_becomes_of_a_task_updates_it(kind: str) -> None:
    assert told((kind, "a")) == [("task_updated", {"task_id": "a", "title": "A"})]


@pytest.mark.parametrize("kind", ["task_deleted", "task_purged"])
def test_of_what_is_gone_nothing_but_its_id_is_told(kind: str) -> None:
    assert told((kind, "a")) == [("task_deleted", {"task_id": "a"})]
    assert told((kind, "a"), titles={}) == [("task_deleted", {"task_id": "a"})]


def test_a_task_that_left_meanwhile_is_told_of_by_its_end_alone() -> None:
    assert told(("task_updated", "a"), titles={}) == []


def test_the_same_thing_of_the_same_task_is_told_once_a_commit() -> None:
    events = (("task_updated", "a"), ("task_moved", "a"), ("task_updated", "b"))
    messages = live.of_commit(row(*events))
    assert [message.data["task_id"] for message in messages] == ["a", "b"]
    assert len({message.id for message in messages}) == 2


@pytest.mark.parametrize(
    "rest", [{"hidden": True}, {"events": []}, {"events": [["reminder", "a"]]}]
)
def test_what_people_need_not_hear_of_is_not_told(rest: dict[str, Any]) -> None:
    assert told(("task_updated", "a"), **rest) == []


def test_a_row_of_before_there_were_live_events_tells_nothing() -> None:
    old = row()
    del old["events"], old["titles"]
    assert live.of_commit(old) == []


def test_every_event_that_core_makes_of_a_task_is_told() -> None:
    """By the words in its files: a new kind of event must be told, or be left out on purpose."""
    files = (drafts, edits, leaving, life, members, place, pomodoros, trash)
    text = "".join(inspect.getsource(file) for file in files)
    words = {word for word in text.split('"') if word.startswith(("task_", "member_", "pomodoro_"))}
    assert words == set(live.TOLD_AS)


def test_a_notification_goes_by_taskhubs_names() -> None:
    notice = {"_id": "n", "user": "ann", "title": "Due", "task": "a", "at": NOON}
    data = {"user_id": "ann", "title": "Due", "task_id": "a"}
    assert live.of_notification(notice) == Message("notification", data, f"{STAMP}-n")


@pytest.mark.parametrize("message_id", [f"{STAMP}-r:5.0", f"{STAMP}-n", f"{STAMP}-"])
def test_an_id_tells_its_time(message_id: str) -> None:
    assert live.time_of(message_id) == NOON
    assert live.time_of(live.moment(NOON)) == NOON


@pytest.mark.parametrize(
    "text", ["", "-", "x-1", STAMP, f"{STAMP}-\n", f"{STAMP}-é", "9" * 15 + "-"]
)
def test_another_text_is_no_id(text: str) -> None:
    assert live.time_of(text) is None


HEAD = {"owner": "ann", "members": [{"user": "bob", "role": "viewer"}]}
PEOPLE = {"ann", "bob", "eve"}


def test_those_hear_who_may_see_the_tree() -> None:
    assert set(live.audience(HEAD, PEOPLE, open_workspace=False)) == {"ann", "bob"}
    assert live.audience(HEAD, {"eve"}, open_workspace=False) == []
    assert set(live.audience(HEAD, PEOPLE, open_workspace=True)) == PEOPLE


@pytest.mark.parametrize("whole", [True, False])
def test_the_audience_is_whoever_has_a_rank(whole: bool) -> None:
    ranked = {user for user in PEOPLE if access.rank(HEAD, user, open_workspace=whole)}
    assert set(live.audience(HEAD, PEOPLE, open_workspace=whole)) == ranked


def test_times_of_ids_keep_their_milliseconds() -> None:
    for number in range(1, 1_000, 7):
        at = NOON + timedelta(milliseconds=number)
        assert live.time_of(live.moment(at)) == at


def test_a_comment_is_told_with_its_author_until_it_is_gone() -> None:
    about = ("a", "c1", "bob")
    plain = {"_id": "r:5", "tree": "r", "at": NOON, "hidden": False, "titles": {"a": "A"}}
    kinds = ("comment_added", "comment_updated", "comment_deleted")
    said = {**plain, "events": [[kind, *about] for kind in kinds]}
    assert live.authors([said]) == {"bob"}
    added, updated, deleted = live.of_commit(said, {"bob": "Bob B."})
    data = {"task_id": "a", "comment_id": "c1", "author": "Bob B."}
    assert [(one.type, one.data) for one in (added, updated)] == [(k, data) for k in kinds[:2]]
    assert deleted.data == {"task_id": "a", "comment_id": "c1"}
