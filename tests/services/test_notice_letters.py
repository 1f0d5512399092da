"""Letters about notices: looked at again when they leave, one in the place of many, none twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.core.forest import at
from tests.post import Box
from tests.services import telling
from tests.services.telling import ANN, letters, prefer, send
from tests.store.staging import commit
from tests.store.wrapped import when, wrap
from tracker.core.edits import Edit
from tracker.core.notices import KINDS
from tracker.core.trees import Tree
from tracker.errors import Hopeless, Unavailable
from tracker.mail import Letter
from tracker.services import editing, firing, notice_letters, sharing, sweeping, trashing
from tracker.services.jobs import LEASE
from tracker.services.notice_letters import FEW, MOST_LISTED, WITHIN
from tracker.services.world import World
from tracker.store import drains
from tracker.store import jobs as queue

Deed = Callable[[World], object]


@pytest.fixture(autouse=True)
def stage(world: World, clock: Clock) -> None:
    clock.now = telling.NOON
    telling.people(world.store)


def late(world: World, count: int = 1, user: str = "bob", **fields: Any) -> None:
    """So many overdue tasks t0, t1, ... of which somebody was told, and no letter has left."""
    telling.overdue(world.store, count, user, **fields)
    firing.fire(world, "t")
    assert len(letters(world)) == count


def news(kind: str, **said: Any) -> Callable[[Tree], Edit]:
    """An event of task c that is for bob."""

    def decide(tree: Tree) -> Edit:
        event = {"type": kind, "task": "c", "changes": {}, "users": ["bob"], **said}
        return Edit({"size": tree["size"]}, (), (event,))

    return decide


def tell(world: World, tree: str, decide: Callable[[Tree], Edit]) -> None:
    """Commit an event, and let a worker be there at once."""
    commit(world.store, tree, decide)
    drains.drain_now(world.store, tree)
    send(world)


def give(world: World, task: str) -> None:
    editing.change(world, ANN, task, {"assigned_to": "bob"})


# what is written


def test_an_overdue_task_is_mailed_to_whoever_is_told(world: World, box: Box) -> None:
    late(world)
    (job,) = letters(world)
    assert send(world) == (1, 0)
    assert box.letters == [
        Letter(
            job["_id"],
            "overdue",
            "Overdue: t0",
            "bob@example.com",
            "Bob",
            "/api/tasks/t0",
            said={"message": "Task 't0' is past its due date. Please take action."},
        )
    ]
    assert job["_id"] == f"mail:{telling.stored(world)[0]['_id']}"


def test_each_kind_has_its_letter_for_who_wants_it(world: World, box: Box) -> None:
    telling.planted(world.store)
    for kind in KINDS:
        prefer(world, "bob", kind, mail=True)
    give(world, "c")
    commit(world.store, "r", news("comment_added", comment="k", author="ann"))
    commit(world.store, "r", news("reminder", reminder="x", moment=telling.NOON))
    sharing.put(world, ANN, "r", "bob@example.com", "owner")
    send(world)
    assert sorted((letter.template, letter.subject) for letter in box.letters) == [
        ("assigned", "Task assigned: c"),
        ("comment", "New comment: c"),
        ("member", "Shared with you: r"),
        ("reminder", "Reminder: c"),
    ]
    said = {letter.template: letter.said["message"] for letter in box.letters}
    assert said["comment"] == "Ann commented on 'c'."


def test_a_letter_has_the_title_of_the_day_it_leaves(world: World, box: Box) -> None:
    late(world)
    editing.change(world, ANN, "t0", {"title": "new"})
    send(world)
    assert box.last.subject == "Overdue: new"
    assert "t0" not in str(letters(world)[0].get("data"))


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("a\r\nBcc: all@example.com\r\n\r\nbody", "a Bcc: all@example.com body"),
        ("a\x85b\u2028c\u2029d\x0be\x1cf", "a b c d e f"),
        ("a\x1b[31m\x00\x7f\u202eb", "a [31m b"),
        ("\u202e\u200b", notice_letters.A_TASK),
        ("%0d%0aBcc: x", "%0d%0aBcc: x"),
        ("{title} {0} %s", "{title} {0} %s"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
    ],
)
def test_a_title_is_one_line_whatever_it_holds(
    world: World, box: Box, title: str, said: str
) -> None:
    late(world, title=title)
    send(world)
    assert box.last.subject == f"Overdue: {said}"
    assert box.last.said["message"].startswith(f"Task '{said}' is past")


def test_a_long_title_is_cut(world: World, box: Box) -> None:
    late(world, title="x" * 255)
    send(world)
    assert box.last.subject == f"Overdue: {'x' * (notice_letters.LONGEST_TITLE - 1)}…"


@pytest.mark.parametrize(
    "title", ["Win at https://evil.example/", "x" * 61, "call me@evil.example"]
)
def test_nobody_writes_to_strangers_by_a_title(world: World, box: Box, title: str) -> None:
    """Who registers another person's address chooses the titles in the letters to them."""
    world.store.db.users.update_many({}, {"$unset": {"email_confirmed_at": ""}})
    late(world, title=title)
    send(world)
    assert box.last.subject == f"Overdue: {notice_letters.A_TASK}"
    assert title not in str(box.last)


# what is no longer so


GONE: dict[str, Deed] = {
    "completed": lambda world: editing.complete(world, ANN, "t0"),
    "put off": lambda world: editing.change(
        world, ANN, "t0", {"due_date": world.now() + timedelta(days=1)}
    ),
    "another deadline": lambda world: editing.change(
        world, ANN, "t0", {"due_date": telling.DUE - timedelta(days=1)}
    ),
    "no letter wanted": lambda world: editing.change(world, ANN, "t0", {"notify_overdue": False}),
    "in the trash": lambda world: trashing.delete(world, ANN, "t0"),
    "purged": lambda world: trashing.purge(world, ANN, "t0"),
    "shut out": lambda world: sharing.remove(world, ANN, "t", "bob"),
    "not wanted": lambda world: prefer(world, "bob", "task_overdue", mail=False),
    "disabled": lambda world: world.store.db.users.update_one(
        {"_id": "bob"}, {"$set": {"state": "disabled"}}
    ),
    "no address": lambda world: world.store.db.users.update_one(
        {"_id": "bob"}, {"$unset": {"email": "", "email_key": ""}}
    ),
    "no account": lambda world: world.store.db.users.delete_one({"_id": "bob"}),
}


@pytest.mark.parametrize("gone", GONE)
def test_what_is_no_longer_so_is_not_mailed(world: World, box: Box, gone: str) -> None:
    late(world)
    GONE[gone](world)
    assert send(world) == (1, 0)
    assert box.letters == []


def test_a_task_given_to_somebody_else_and_a_reminder_of_what_is_done_are_not_mailed(
    world: World, box: Box
) -> None:
    telling.planted(world.store)
    prefer(world, "bob", "task_assigned", mail=True)
    give(world, "b")
    editing.change(world, ANN, "b", {"assigned_to": "zoe"})
    commit(world.store, "r", news("reminder", reminder="x", moment=telling.NOON))
    editing.complete(world, ANN, "c")
    assert send(world) == (2, 0)
    assert box.letters == []


def test_a_loss_of_rights_that_is_not_drained_yet_counts(world: World, box: Box) -> None:
    late(world)
    commit(world.store, "t", lambda tree: Edit({"members": []}))
    send(world)
    assert box.letters == []
    sweeping.sweep(world)


def test_a_new_deadline_has_a_letter_of_its_own(world: World, box: Box) -> None:
    late(world)
    send(world)
    editing.change(world, ANN, "t0", {"due_date": telling.DUE + timedelta(hours=1)})
    firing.fire(world, "t")
    send(world)
    assert [letter.subject for letter in box.letters] == ["Overdue: t0"] * 2
    assert len({letter.id for letter in box.letters}) == 2


def test_whose_task_asks_for_no_letter_gets_none(world: World) -> None:
    telling.overdue(world.store, 2, notify_overdue=False)
    firing.fire(world, "t")
    assert (len(telling.stored(world)), letters(world)) == (2, [])


# one in the place of many


def test_a_few_go_one_by_one(world: World, box: Box) -> None:
    late(world, FEW)
    assert send(world) == (FEW, 0)
    assert sorted(letter.subject for letter in box.letters) == [
        f"Overdue: t{number}" for number in range(FEW)
    ]


def test_above_that_one_letter_tells_of_all(world: World, box: Box) -> None:
    late(world, FEW + 1)
    assert send(world) == (1, 0)
    (letter,) = box.letters
    assert (letter.template, letter.subject) == ("digest", f"Overdue: {FEW + 1} tasks")
    assert sorted(letter.said["titles"]) == [f"t{number}" for number in range(FEW + 1)]
    assert (letter.path, letter.said["more"]) == ("/api/notifications", 0)
    assert send(world) == (0, 0)


def test_a_digest_says_only_what_is_so(world: World, box: Box) -> None:
    late(world, FEW + 3)
    for task in ("t0", "t3"):
        editing.complete(world, ANN, task)
    send(world)
    assert box.last.subject == f"Overdue: {FEW + 1} tasks"
    assert not {"t0", "t3"} & {*box.last.said["titles"]}


def test_what_is_left_of_a_digest_may_be_one_or_none(world: World, box: Box) -> None:
    late(world, FEW + 2)
    for number in range(1, FEW + 2):
        editing.complete(world, ANN, f"t{number}")
    send(world)
    assert [letter.template for letter in box.letters] == ["overdue"]


def test_a_digest_lists_some_and_counts_the_rest(world: World, box: Box) -> None:
    late(world, MOST_LISTED + 7)
    send(world)
    assert (len(box.last.said["titles"]), box.last.said["more"]) == (MOST_LISTED, 7)


def test_everybody_has_a_digest_of_their_own(world: World, box: Box) -> None:
    telling.overdue(world.store, 2 * FEW + 2)
    commit(world.store, "t", _hand_half_to_zoe)
    firing.fire(world, "t")
    send(world)
    assert sorted((letter.to, letter.subject) for letter in box.letters) == [
        ("bob@example.com", f"Overdue: {FEW + 1} tasks"),
        ("zoe@example.com", f"Overdue: {FEW + 1} tasks"),
    ]


def _hand_half_to_zoe(tree: Tree) -> Edit:
    half = list(tree["root"]["children"])[::2]
    return Edit({f"root.children.{task}.assigned_to": "zoe" for task in half})


def test_a_digest_that_could_not_be_sent_is_sent_again_with_all_of_it(
    world: World, box: Box, clock: Clock
) -> None:
    late(world, FEW + 1)
    box.faults.append(Unavailable("451"))
    assert send(world) == (0, 1)
    telling.stored(world)
    clock.advance(minutes=1)
    assert send(world) == (1, 0)
    assert len(box.last.said["titles"]) == FEW + 1
    clock.advance(hours=9)
    assert (send(world), len(box.letters)) == ((0, 0), 1)


class Dies(BaseException):
    """The process, at this point."""


@pytest.mark.parametrize("step", ["jobs.update_many", "jobs.find", "users.find_one", "trees.find"])
def test_a_worker_that_dies_with_a_digest_leaves_it_to_the_next(
    world: World, box: Box, clock: Clock, step: str
) -> None:
    """Whatever it had done: after the lease one letter tells of all of them."""
    late(world, FEW + 1)

    def around(call: Any) -> Any:
        done = call.run()
        if call.name == step:
            raise Dies
        return done

    dying = World(wrap(world.store, around), clock, world.new_id, box)
    with pytest.raises(Dies):
        send(dying)
    assert box.letters == []
    clock.advance(minutes=6)
    for _ in range(FEW + 1):
        send(world)
    assert _told(box) == sorted(f"t{number}" for number in range(FEW + 1)), "each is told once"


def test_a_worker_that_dies_after_the_post_sends_the_same_letter_again(
    world: World, box: Box, clock: Clock
) -> None:
    """At least once, under one id, so that mail programs see one."""
    late(world, FEW + 1)

    def posts_and_dies(letter: Letter) -> None:
        box(letter)
        raise Dies

    with pytest.raises(Dies):
        send(World(world.store, clock, world.new_id, posts_and_dies))
    clock.advance(minutes=6)
    send(world)
    first, again = box.letters
    assert (first.id, sorted(first.said["titles"])) == (again.id, sorted(again.said["titles"]))


def test_a_digest_takes_no_other_digest_along(world: World, box: Box, clock: Clock) -> None:
    """What the other had taken along would be lost."""
    telling.overdue(world.store, 2 * FEW + 2)
    box.faults.append(Unavailable("451"))
    for half in (range(FEW + 1), range(FEW + 1, 2 * FEW + 2)):
        for number in half:
            commit(world.store, "t", _tell(f"t{number}"))
        drains.drain_now(world.store, "t")
        send(world)
    clock.advance(minutes=15)
    send(world)
    assert _told(box) == sorted(f"t{number}" for number in range(2 * FEW + 2))


def test_what_another_worker_has_taken_up_goes_with_nobody_else(
    world: World, box: Box, clock: Clock
) -> None:
    late(world, FEW + 3)
    others: list[Any] = []

    def claim() -> None:
        others.append(queue.claim(world.store, world.now(), world.now() + LEASE))

    send(World(wrap(world.store, when("jobs.update_many", claim)), clock, world.new_id, box))
    assert len(box.last.said["titles"]) == FEW + 2
    world.store.db.jobs.update_many({"state": "leased"}, {"$set": {"lease_until": world.now()}})
    clock.advance(seconds=WITHIN.total_seconds())
    send(world)
    assert _told(box) == sorted(f"t{number}" for number in range(FEW + 3))


def _told(box: Box) -> list[str]:
    """The tasks that letters told of, each as often as it was told."""
    alone = [letter.subject.split()[-1] for letter in box.letters if not letter.said.get("titles")]
    return sorted([*alone, *(t for letter in box.letters for t in letter.said.get("titles", ()))])


def test_a_refused_digest_is_given_up_with_all_of_it_and_revived_with_all_of_it(
    world: World, box: Box, clock: Clock
) -> None:
    late(world, FEW + 1)
    box.faults.append(Hopeless("550"))
    assert (send(world), send(world)) == ((0, 1), (0, 0))
    (dead,) = [job for job in letters(world) if job["state"] == "dead"]
    assert queue.revive(world.store, dead["_id"], world.now())
    send(world)
    assert len(box.last.said["titles"]) == FEW + 1


# many, one after another


def test_what_comes_after_a_few_waits_and_goes_as_one(world: World, box: Box, clock: Clock) -> None:
    """A worker that is quicker than the sweep must not send a flood letter by letter."""
    telling.overdue(world.store, 3 * FEW)
    waiting = []
    for number in range(3 * FEW):
        tell(world, "t", _tell(f"t{number}"))
        waiting.append(len(box.letters))
    assert waiting[-1] == FEW
    clock.advance(seconds=WITHIN.total_seconds())
    send(world)
    assert box.last.subject == f"Overdue: {2 * FEW} tasks"
    assert len(box.letters) == FEW + 1
    held = [job["attempts"] for job in letters(world) if job["state"] == "done"]
    assert max(held) <= 1, "to wait is no attempt"


def _tell(task: str) -> Callable[[Tree], Edit]:
    def decide(tree: Tree) -> Edit:
        said = {"users": ["bob"], "due_date": telling.DUE, "changes": {}}
        event = {"type": "task_overdue", "task": task, **said}
        place = at(tree, task)
        return Edit({f"root.children.{place.node['id']}.told_overdue": telling.DUE}, (), (event,))

    return decide


def test_reminders_are_never_held_back(world: World, box: Box) -> None:
    telling.planted(world.store)
    for number in range(2 * FEW):
        tell(world, "r", news("reminder", reminder=str(number), moment=telling.NOON))
    assert len(box.letters) == 2 * FEW


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ann\r\nBcc: all@example.com", "Ann Bcc: all@example.com"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 255, "x" * 59 + "…"),
        ("\u202e", "Somebody"),
    ],
)
def test_an_author_is_named_on_one_line(world: World, box: Box, name: str, said: str) -> None:
    """What is markup in it the template escapes."""
    telling.planted(world.store, created_by="bob")
    world.store.db.users.update_one({"_id": "ann"}, {"$set": {"full_name": name}})
    prefer(world, "bob", "comment_added", mail=True)
    tell(world, "r", news("comment_added", comment="k", author="ann"))
    assert box.last.said["message"] == f"{said} commented on 'c'."
