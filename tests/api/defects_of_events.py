"""Defects of the original service that are not here: comments, and what people are told of."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.api.asking import TASKS, listed, make, read, refused, unchanged
from tests.api.defect_stage import Stage
from tests.api.log_ins import LOGOUT
from tests.api.table import done, share
from tests.api.test_comments import comments_of, say
from tests.people import Client
from tests.processes import redis_server
from tests.realtime.test_doors import LET_IN, knock, ticket
from tests.realtime.test_streams import stream
from tracker.services import sweeping

LATE = "2026-03-04T05:00:00Z"
OVERVIEW, NOTES = "/api/analytics/overview", "/api/notifications"


def others_may_comment(stage: Stage) -> None:
    task = make(stage.ann)["id"]
    share(stage.ann, task, "bob", "viewer")
    say(stage.bob, task)
    done(stage.ann.delete(f"{TASKS}/{task}/members?user={stage.bob.me['id']}"))
    assert read(stage.ann, task)["comments"][0]["author"]["username"] == "bob"


def changes_are_told_once_they_stand(stage: Stage) -> None:
    def hint(_: str) -> None:
        found = read(ann, task)
        heard.append((found["title"], [one["content"] for one in found["comments"]]))

    heard: list[tuple[str, list[str]]] = []
    task = make(stage.ann, "old")["id"]
    comment = say(stage.ann, task, "old")["id"]
    ann = stage.another(replace(stage.world, hint=hint)).as_("ann")
    path = f"{TASKS}/{task}"
    refused(ann.put(path, {"title": "x"}, headers={"If-Match": '"n0-99.x"'}), 412)
    refused(ann.put(path, {"title": ""}), 422)
    assert heard == []
    assert done(ann.put(path, {"title": "new"}))["title"] == "new"
    assert done(ann.put(f"{path}/comments/{comment}", {"content": "new"}))["content"] == "new"
    assert heard == [("new", ["old"]), ("new", ["new"])]


def a_deleted_comment_is_hidden(stage: Stage) -> None:
    task = make(stage.ann)["id"]
    done(stage.ann.delete(f"{comments_of(task)}/{say(stage.ann, task, 'unsaid')['id']}"))
    for path in (TASKS, f"{TASKS}/{task}", comments_of(task)):
        assert b"unsaid" not in stage.ann.get(path).body


def events_reach_those_who_may_see(stage: Stage) -> None:
    app = stage.another()
    ann, bob = app.as_("ann"), app.as_("bob")
    with stream(bob) as his, stream(ann) as hers:
        task = make(ann, "hers")["id"]
        say(ann, task)
        both = make(ann, "both")["id"]
        assert sorted(hers.next(3)) == [
            "comment_added None", "task_created both", "task_created hers",
        ]  # fmt: skip
        share(ann, both, "bob", "viewer")
        events = his.events(2)
    assert sorted(event["type"] for event in events) == ["notification", "task_updated"]
    assert task not in str(events)
    assert told(ann) == []


def a_socket_ends_with_its_token(stage: Stage) -> None:
    _several_processes_share_events(stage)
    ann, path = stage.ann, f"/ws/{stage.ann.token}"
    nobody, once = ann.with_token(None), f"/ws?ticket={ticket(ann)}"
    assert [knock(nobody, way).status for way in (path, once, once)] == [LET_IN, LET_IN, 403]
    logged = stage.log.getvalue()
    assert (b"/ws" in logged, str(ann.token).encode() in logged) == (True, False)
    app, users = stage.another(), stage.store.db.users
    endings: dict[str, Callable[[Client], object]] = {
        "ann": lambda ann: ann.post(LOGOUT),
        "bob": lambda _: users.update_one({"username": "bob"}, {"$set": {"state": "disabled"}}),
        "cay": lambda _: stage.clock.advance(days=1, seconds=1),
    }
    for name, end in endings.items():
        with stream(app.as_(name)) as events:
            end(app.as_(name))
            assert events.rest().strip(b":\n") == b""
        refused(knock(nobody, f"/ws/{app.as_(name).token}"), 403)


def _several_processes_share_events(stage: Stage) -> None:
    with redis_server() as (address, _):
        here, there = (stage.another(redis_url=address).as_("ann") for _ in range(2))
        with stream(here) as events:
            make(there, "elsewhere")
            assert events.next() == ["task_created elsewhere"]


def no_read_writes(stage: Stage) -> None:
    make(stage.ann, "t", due_date=LATE)
    with unchanged(stage.store):
        assert done(stage.ann.get(OVERVIEW))["overdue"] == 1
        assert listed(stage.ann, "status=overdue") == ["t"]
    assert sweeping.sweep(stage.world).fired == 1
    assert told(stage.ann) == ["task_overdue"]


def each_deadline_is_told_once(stage: Stage) -> None:
    task = make(stage.ann, due_date=LATE)["id"]
    for due in (LATE, "2026-03-04T05:01:00Z"):
        done(stage.ann.patch(f"{TASKS}/{task}", {"due_date": due}))
        with ThreadPoolExecutor(4) as pool:
            assert all(report.failed == 0 for report in pool.map(sweeping.sweep, [stage.world] * 4))
    assert told(stage.ann) == ["task_overdue"] * 2


def what_was_promised_is_told(stage: Stage) -> None:
    ann, bob = stage.another().as_("ann"), stage.bob
    share(ann, make(ann)["id"], "bob", "viewer")
    stage.clock.advance(minutes=5)
    with stream(ann) as events:
        many = [{"title": "1", "assigned_to": bob.me["id"]}, {"title": "2"}]
        task = done(ann.post(f"{TASKS}/bulk", {"tasks": many}))[0]["id"]
        comment = f"{comments_of(task)}/{say(ann, task)['id']}"
        done(ann.put(comment, {"content": "new"}))
        done(ann.delete(comment))
        deeds = [event["type"] for event in events.events(5)]
    deeds_of = [f"comment_{deed}" for deed in ("added", "updated", "deleted")]
    assert sorted(deeds) == sorted(["task_created"] * 2 + deeds_of)
    assert "task_assigned" in told(bob)
    say(bob, task)
    assert told(ann) == ["comment_added"]


def told(client: Client) -> list[str]:
    """The kinds of one's notifications, the newest first."""
    return [note["type"] for note in done(client.get(NOTES))["notifications"]]
