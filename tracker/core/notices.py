"""Who is to be told of a commit, of what, and in which words. Whether they want it, and how it
reaches them, is decided elsewhere.

A notice is made of an entry and of the tree as it stands at its drain. Its id is made of what it is
about, so that any number of drains make one and the same. Nobody hears of what they did themselves,
and nobody of a tree that they may not see.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from .access import rank
from .edits import Event
from .trees import Node, Tree

Entry = dict[str, Any]  # as `commits` makes it

OVERDUE, ASSIGNED, COMMENT = "task_overdue", "task_assigned", "comment_added"
REMINDER, MEMBER = "reminder", "member_added"
# another text of a comment: told as a comment, to those whom only the new text names
REWORDED = "comment_updated"
KINDS = (OVERDUE, ASSIGNED, COMMENT, REMINDER, MEMBER)

# what people hear of whoever causes it: the time does, or somebody asks for it on purpose
_ALSO_THE_ACTOR = (OVERDUE, REMINDER)
_LOUD = {OVERDUE, REMINDER, COMMENT, MEMBER}
_SAID = ("due_date", "again", "reminder", "moment")
_WORDS = {
    OVERDUE: (
        "Task Overdue: {title}",
        "Task '{title}' is past its due date. Please take action.",
    ),
    ASSIGNED: ("Task Assigned: {title}", "You have been assigned to '{title}'."),
    COMMENT: ("New Comment: {title}", "{author} commented on '{title}'."),
    REMINDER: ("Reminder: {title}", "You asked to be reminded of '{title}'."),
    MEMBER: ("Shared With You: {title}", "You have been given access to '{title}' as {role}."),
}


class Notice(NamedTuple):
    """What one person is to be told. `by` is whose doing it was, `subject` the task's title; `said`
    holds what its kind needs beside: role, due_date, comment, reminder, moment. Without `may_mail`
    it is for the application only.
    """

    id: str
    user: str
    kind: str
    task: str
    tree: str
    by: str
    at: datetime
    subject: str
    said: Mapping[str, Any]
    may_mail: bool = True


class _Call(NamedTuple):
    user: str
    kind: str
    task: str
    said: Mapping[str, Any] = {}


def tells(entry: Entry) -> bool:
    """Whether there may be anybody to tell of a commit; cheap, without a look at its tree."""
    return any(_is_loud(event) for event in entry["events"])


def of_entry(tree: Tree, entry: Entry, *, open_workspace: bool = False) -> list[Notice]:
    """The notices of one commit by a snapshot of its tree; none of tasks that are not there, or lie
    in the trash.
    """
    if not tells(entry):
        return []
    live = _live(tree["root"])

    def sees(user: str) -> bool:
        return bool(rank(tree, user, open_workspace=open_workspace))

    calls = [call for event in entry["events"] for call in _calls(tree, event, live, sees)]
    given = {call.user for call in calls if call.kind == ASSIGNED}
    found: dict[str, Notice] = {}
    for call in calls:
        if call.kind == MEMBER and call.user in given:
            continue  # they were let in for the sake of a task, of which they hear
        if call.user == entry["actor"] and call.kind not in _ALSO_THE_ACTOR:
            continue
        if call.task in live and sees(call.user):
            notice = _notice(tree, entry, call, live[call.task])
            found.setdefault(notice.id, notice)
    return list(found.values())


def responsible(tree: Tree, node: Node, *, open_workspace: bool = False) -> list[str]:
    """Those who answer for a task and may see it, the first of whom is told that it is overdue: its
    assignee, its creator, the owner of its tree.
    """
    known = dict.fromkeys((node["assigned_to"], node["created_by"], tree["owner"]))
    return [one for one in known if one and rank(tree, one, open_workspace=open_workspace)]


def overdue(node: Node, users: list[str], *, again: bool = False) -> Event:
    """The event of people being told that a task is overdue; `again` where they had been told of
    this deadline, so that no second letter goes out.
    """
    told = {"users": users, "due_date": node["due_date"]} | ({"again": True} if again else {})
    return {"type": OVERDUE, "task": node["id"], "changes": {}, **told}


def words(notice: Notice, author: str) -> tuple[str, str]:
    """Title and message of a notice; `author` is the name of whose doing it was."""
    title, message = _WORDS[notice.kind]
    if notice.said.get("role") == "owner":
        message = "You are the owner of '{title}' now."
    values = {"title": notice.subject, "author": author, "role": notice.said.get("role")}
    return title.format(**values), message.format(**values)


def _is_loud(event: Event) -> bool:
    is_named = event["type"] == REWORDED and bool(event["mentions"])
    given = any(True for _ in _given(event))
    return event["type"] in _LOUD or is_named or given or _handed_over(event)


def _given(event: Event) -> Iterator[tuple[str, str]]:
    """The tasks that an event gives to people, each with the person."""
    before_and_after = event["changes"].get("assigned_to")
    if before_and_after and before_and_after[1]:
        yield event["task"], before_and_after[1]
    yield from event.get("assigned", {}).items()


def _handed_over(event: Event) -> bool:
    said = event["changes"].get("members")
    return event["type"] == "member_changed" and bool(said) and said[1]["role"] == "owner"


def _calls(
    tree: Tree, event: Event, live: Mapping[str, Node], sees: Callable[[str], bool]
) -> Iterator[_Call]:
    """Everybody whom an event concerns, also those who shall not hear of it."""
    kind, task = event["type"], event["task"]
    yield from (_Call(user, ASSIGNED, given) for given, user in _given(event))
    if kind in (OVERDUE, REMINDER):
        said = {name: event[name] for name in _SAID if name in event}
        yield from (_Call(user, kind, task, said) for user in event["users"])
    elif kind == COMMENT and task in live:
        near = [user for user in _near(event, live[task]) if sees(user)] or [tree["owner"]]
        yield from (_Call(user, kind, task, {"comment": event["comment"]}) for user in near)
    elif kind == REWORDED:
        said = {"comment": event["comment"]}
        yield from (_Call(user, COMMENT, task, said) for user in event["mentions"])
    elif kind == MEMBER or _handed_over(event):
        yield from _newcomers(event)


def _near(event: Event, node: Node) -> list[str]:
    """Whom a comment is for: those it names, and whose task it is."""
    named = (*event.get("mentions", ()), node["assigned_to"], node["created_by"])
    return [user for user in dict.fromkeys(named) if user]


def _newcomers(event: Event) -> Iterator[_Call]:
    """Who came in, and who was handed the tree: its owner has new duties, whatever they were."""
    after = event["changes"]["members"][1]
    pairs = [(after["user"], after["role"])] if isinstance(after, dict) else ()
    for user, role in pairs or [(user, "viewer") for user in after]:
        yield _Call(user, MEMBER, event["task"], {"role": role})


def _live(root: Node | None) -> dict[str, Node]:
    """The tasks of a tree that are not in the trash, by their ids."""
    found: dict[str, Node] = {}
    stack = [root] if root else []
    while stack:
        node = stack.pop()
        if not node.get("deleted_at"):
            found[node["id"]] = node
            stack.extend(node["children"].values())
    return found


def _notice(tree: Tree, entry: Entry, call: _Call, node: Node) -> Notice:
    first_told = bool(node["notify_overdue"]) and "again" not in call.said
    return Notice(
        id=_id(tree["_id"], str(entry["seq"]), call.task, call.kind, call.user),
        user=call.user,
        kind=call.kind,
        task=call.task,
        tree=tree["_id"],
        by=entry["actor"],
        at=entry["at"],
        subject=node["title"],
        said=call.said,
        may_mail=call.kind != OVERDUE or first_told,
    )


def _id(*parts: str) -> str:
    """A UUID of our own making (RFC 9562, version 8) that is the same for the same parts."""
    raw = bytearray(hashlib.sha256(":".join(parts).encode()).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
