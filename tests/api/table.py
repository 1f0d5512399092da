"""Every method of the task routes as requests that do something, held against the URL table.

The requests are for one stage: a tree `a` of ann, with `b` given to the assignee, a tree `x` that
its members may edit, and a tree `y` of ann alone.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tests.api.asking import NOWHERE, TASKS, make, nodes, tree
from tests.api.sending import Sent, attach, form
from tests.conftest import START
from tests.people import PASSWORD, Client, Reply
from tracker.api import TABLE
from tracker.api.openapi import VERBS
from tracker.core import reminders
from tracker.store import Store

ROLES = {"edda": "editor", "vera": "viewer", "asta": "viewer"}
ASSIGNEE = "asta"
REMINDER = "01890000-0000-7000-8000-00000000000e"


class Case(NamedTuple):
    """One request: `{title}` in path, query and body stands for the id of that task."""

    verb: str
    rule: str
    task: str = ""
    body: Any = None
    query: str = ""
    deed: str = ""  # of core.access; none where everybody may
    status: int = 200
    only: tuple[str, ...] = ()  # whose alone it is, of those with the right

    def __str__(self) -> str:
        said = f"{self.query} {self.deed}".replace("{", "").replace("}", "")
        return f"{self.verb} {self.rule.removeprefix(TASKS)} {said}".replace("<task_id>", "id")

    def ask(self, client: Client, ids: dict[str, str], **headers: str) -> Reply:
        """Send it; `If_Match="*"` goes as a header."""
        path = self.rule.replace("<task_id>", ids.get(self.task, "")) + _named(self.query, ids)
        path = path.replace("<reminder_id>", REMINDER)
        path = path.replace("<comment_id>", ids.get("said", NOWHERE))
        path = path.replace("<file_id>", ids.get("file", NOWHERE))
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(self.body, Sent):
            return client.ask(self.verb, path, headers=sent, **form(self.body))
        return client.ask(self.verb, path, _named(self.body, ids), headers=sent)


C = {"title": "c", "status": "completed"}
D = {"title": "d", "due_date": "2026-01-01"}
T = {"title": "t", "subtasks": [{"title": "u"}]}
ONE = f"{TASKS}/<task_id>"
NEW = {"title": "new"}
REMINDERS = f"{ONE}/reminders"
COMMENTS, COMMENT = f"{ONE}/comments", f"{ONE}/comments/<comment_id>"
FILES, FILE = f"{ONE}/files", f"{ONE}/files/<file_id>"
POMODOROS = f"{ONE}/pomodoros"
READS = (
    Case("GET", TASKS),
    Case("GET", ONE, "b", deed="read"),
    Case("GET", f"{ONE}/tree", "b", deed="read"),
    Case("GET", f"{ONE}/subtasks", "b", deed="read"),
    Case("GET", f"{ONE}/ancestors", "b", deed="read"),
    Case("GET", f"{ONE}/members", "b", deed="read"),
    Case("GET", f"{ONE}/history", "b", deed="read"),
    Case("GET", REMINDERS, "b", deed="read"),
    Case("GET", f"{REMINDERS}/<reminder_id>", "b", deed="read"),
    Case("GET", COMMENTS, "d", deed="read"),
    Case("GET", FILES, "d", deed="read"),
    Case("GET", FILE, "d", deed="read"),
    Case("GET", "/api/trash"),
)
ROOTS = (
    Case("POST", TASKS, body=NEW, status=201),
    Case("POST", f"{TASKS}/bulk", body={"tasks": [NEW, NEW]}, status=201),
)
WRITES = (
    Case("POST", TASKS, "b", {**NEW, "parent_id": "{b}"}, deed="create", status=201),
    Case("POST", f"{TASKS}/bulk", "b", {"tasks": [{**NEW, "parent_id": "{b}"}]}, "", "create", 201),
    Case("POST", f"{ONE}/subtasks", "b", NEW, deed="create", status=201),
    Case("PUT", ONE, "b", NEW, deed="edit"),
    Case("PATCH", ONE, "b", NEW, deed="edit"),
    Case("PATCH", ONE, "b", {"assigned_to": None}, deed="assign"),
    Case("PATCH", ONE, "a", {"completion": "cascade"}, deed="rule"),
    Case("PATCH", ONE, "b", {"parent_id": "{d}"}, deed="move"),
    Case("PATCH", ONE, "b", {"parent_id": "{x}"}, deed="move_out"),
    Case("POST", f"{ONE}/complete", "b", deed="complete"),
    Case("POST", f"{ONE}/complete", "a", query="?cascade=true", deed="complete"),
    Case("POST", f"{ONE}/reopen", "c", deed="reopen"),
    Case("POST", f"{ONE}/move", "b", {"parent_id": "{d}"}, deed="move"),
    Case("POST", f"{ONE}/move", "b", {"parent_id": "{a}", "position": "last"}, deed="move"),
    Case("POST", f"{ONE}/move", "b", {"parent_id": None}, deed="move_out"),
    Case("POST", f"{ONE}/move", "b", {"parent_id": "{x}"}, deed="move_out"),
    Case("DELETE", ONE, "b", deed="delete", status=204),
    Case("DELETE", ONE, "b", query="?permanent=true", deed="purge", status=204),
    Case("DELETE", ONE, "t", query="?permanent=true", deed="purge", status=204),
    Case("POST", f"{ONE}/restore", "t", deed="restore"),
    Case("POST", f"{ONE}/restore", "u", deed="restore"),
    Case("PUT", f"{ONE}/members", "b", {"user": "fred", "role": "viewer"}, deed="share"),
    Case("PUT", f"{ONE}/members", "b", {"user": "fred", "role": "owner"}, deed="hand_over"),
    Case("DELETE", f"{ONE}/members", "b", query="?user={mia}", deed="share"),
)
# a write that viewers may do, too
TELLS = (Case("POST", f"{ONE}/notify-overdue", "d", deed="notify"),)
# what is one's own, and nobody else hears of: a reminder of each person stands at b
OWN = (
    Case("POST", REMINDERS, "b", {"minutes": 15}, deed="remind", status=201),
    Case("PATCH", f"{REMINDERS}/<reminder_id>", "b", {"minutes": 15}, deed="remind"),
    Case("POST", f"{REMINDERS}/<reminder_id>/snooze", "b", {"minutes": 15}, deed="remind"),
    Case("DELETE", f"{REMINDERS}/<reminder_id>", "b", deed="remind", status=204),
)
# what is said about d, by ann
SAYS = (
    Case("POST", COMMENTS, "d", {"content": "new"}, deed="comment", status=201),
    Case("PUT", COMMENT, "d", {"content": "new"}, deed="edit_comment", only=("ann",)),
    Case("PATCH", COMMENT, "d", {"content": "new"}, deed="edit_comment", only=("ann",)),
    Case("DELETE", COMMENT, "d", deed="delete_comment", status=204, only=("ann",)),
)
# what ann attached to d: of others it is removed by who may delete tasks
ATTACHES = (
    Case("POST", FILES, "b", Sent(), deed="attach", status=201),
    Case("DELETE", FILE, "d", deed="delete", status=204),
)
# what everybody runs on b, from the start
RUNS = (
    Case("GET", POMODOROS, "b", deed="read"),
    Case("POST", POMODOROS, "b", deed="run_pomodoros", status=409),
    Case("POST", f"{POMODOROS}/stop", "b", deed="run_pomodoros"),
    Case("POST", f"{POMODOROS}/interrupt", "c", deed="run_pomodoros", status=409),
)
CASES = READS + ROOTS + WRITES + TELLS + OWN + SAYS + ATTACHES + RUNS


def stage(client: Client, store: Store) -> dict[str, str]:
    """a > (b > c, d, t > u) with its members, t in the trash, c completed, d overdue, x and y; the
    ids of people too. Members are written into the heads: whatever way sharing takes there.
    """
    ann = client.as_("ann")
    for name in (*ROLES, "mia", "fred"):
        client.as_(name)
    users = {user["username"]: user["_id"] for user in store.db.users.find({})}
    a = make(ann, "a", subtasks=[{"title": "b", "subtasks": [C]}, D, T])["id"]
    ids = {node["title"]: node["id"] for node in nodes(tree(ann, a))}
    ids |= {title: make(ann, title)["id"] for title in "xy"}
    roles = {ids["a"]: {**ROLES, "mia": "viewer"}, ids["x"]: dict.fromkeys(ROLES, "editor")}
    for root, named in roles.items():
        members = [{"user": users[name], "role": role} for name, role in named.items()]
        store.db.trees.update_one({"_id": root}, {"$set": {"members": members}})
    done(ann.patch(f"{TASKS}/{ids['b']}", {"assigned_to": users[ASSIGNEE]}))
    done(ann.delete(f"{TASKS}/{ids['t']}"))
    _remind_everybody(store, ids, users.values())
    ids["file"] = attach(ann, ids["d"])[0]["id"]
    ids["said"] = done(ann.post(f"{TASKS}/{ids['d']}/comments", {"content": "said"}))["id"]
    _let_everybody_run(store, ids["b"], users.values())
    return users | ids


def done(reply: Reply) -> Any:
    """The body of a good answer."""
    assert reply.status in {200, 201, 204}, (reply.status, reply.body[:400])
    return reply.json


def share(client: Client, task: str, user: str, role: str) -> None:
    """Give a person, who is registered where need be, a role on a task's tree."""
    client.as_(user)
    done(client.put(f"{TASKS}/{task}/members", {"user": user, "role": role}))


def later(client: Client, name: str) -> Client:
    """A person logged in anew: tokens end with the day."""
    body = {"email": f"{name}@example.com", "password": PASSWORD}
    return client.with_token(done(client.post("/api/auth/login", body))["access_token"])


def methods() -> Iterator[tuple[str, str]]:
    """Each verb of each route of the blueprints `tasks` and `trash`."""
    for name in ("tasks", "trash"):
        prefix, routes = TABLE[name]
        for rule, resource in routes:
            yield from ((verb, prefix + rule) for verb in VERBS if verb in (resource.methods or ()))


def _remind_everybody(store: Store, ids: dict[str, str], users: Iterable[str]) -> None:
    """Under one id, so that a case need not know who asks. b has no date: none of them fires."""
    when = {"minutes": 5, "of": "due_date"}
    made = [reminders.made(REMINDER, user, when, zone="UTC", now=START) for user in users]
    path = f"root.children.{ids['b']}.reminders"
    store.db.trees.update_one({"_id": ids["a"]}, {"$set": {path: made}})


def _let_everybody_run(store: Store, task: str, users: Iterable[str]) -> None:
    """A pomodoro of each person, as it would be without any who may not start one."""
    store.db.pomodoros.delete_many({})
    about = {"task": task, "title": "b", "minutes": 25, "started_at": START, "state": "running"}
    for user in users:
        store.db.pomodoros.insert_one({**about, "_id": user, "user": user, "running": user})


def _named(said: Any, ids: dict[str, str]) -> Any:
    if isinstance(said, str):
        for title, task in ids.items():
            said = said.replace(f"{{{title}}}", task)
        return said
    if isinstance(said, dict):
        return {key: _named(value, ids) for key, value in said.items()}
    return [_named(value, ids) for value in said] if isinstance(said, list) else said
