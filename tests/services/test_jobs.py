"""Jobs: done once, tried again later, given up in the end, never left because somebody died."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.store.serving import is_served, queries
from tests.store.wrapped import when, wrap
from tests.wire import Ear
from tracker.errors import Hopeless, Unavailable
from tracker.services import jobs
from tracker.services.jobs import ATTEMPTS, LEASE
from tracker.services.world import World
from tracker.store import Store
from tracker.store import jobs as queue

SECRET = "a word that nobody may read"


class Work:
    """Does jobs of the kind `deed`, or fails as it was told."""

    def __init__(self, *faults: Exception) -> None:
        self.faults, self.seen = list(faults), list[dict[str, Any]]()

    def __call__(self, world: World, job: dict[str, Any]) -> None:
        self.seen.append(job)
        if self.faults:
            raise self.faults.pop(0)

    @property
    def table(self) -> dict[str, Any]:
        return {"deed": self}


def add(world: World, name: str = "1") -> None:
    jobs.add(world, "deed", name, {"secret": SECRET})


def get(world: World, name: str = "1") -> dict[str, Any]:
    return queue.get(world.store, f"deed:{name}") or {}


def test_a_job_is_done_once_and_then_forgets_its_data(world: World) -> None:
    add(world)
    work = Work()
    assert jobs.run(world, work.table) == (1, 0)
    assert jobs.run(world, work.table) == (0, 0)
    assert [job["data"] for job in work.seen] == [{"secret": SECRET}]
    assert get(world)["state"] == "done"
    assert SECRET not in str(get(world))


def test_a_job_of_the_same_name_is_queued_once(world: World) -> None:
    add(world)
    add(world)
    work = Work()
    assert jobs.run(world, work.table) == (1, 0)
    add(world)
    assert jobs.run(world, work.table) == (0, 0)


def test_queueing_a_job_says_that_one_is_due(world: World) -> None:
    assert not world.due.is_set()
    add(world)
    assert world.due.is_set()


def test_the_oldest_job_comes_first(world: World, clock: Clock) -> None:
    for name in "cab":
        add(world, name)
        clock.advance(seconds=1)
    work = Work()
    jobs.run(world, work.table)
    assert [job["_id"] for job in work.seen] == ["deed:c", "deed:a", "deed:b"]


def test_what_fails_waits_longer_each_time(world: World, clock: Clock) -> None:
    add(world)
    work = Work(*[Unavailable("not now")] * 3)
    for wait in (30, 90, 270):
        assert jobs.run(world, work.table) == (0, 1)
        job = get(world)
        assert (job["state"], job["last_error"]) == ("waiting", "not now")
        assert wait / 2 <= (job["run_at"] - clock.now).total_seconds() <= wait
        assert jobs.run(world, work.table) == (0, 0)
        clock.advance(seconds=wait)
    assert jobs.run(world, work.table) == (1, 0)


def test_after_eight_attempts_it_is_given_up(world: World, clock: Clock) -> None:
    add(world)
    work = Work(*[Unavailable("not now")] * 20)
    for _ in range(20):
        jobs.run(world, work.table)
        clock.advance(days=1)
    assert len(work.seen) == ATTEMPTS
    assert (get(world)["state"], get(world)["attempts"]) == ("dead", ATTEMPTS)


def test_what_is_hopeless_is_given_up_at_once(world: World) -> None:
    add(world)
    assert jobs.run(world, Work(Hopeless("never")).table) == (0, 1)
    assert (get(world)["state"], get(world)["last_error"]) == ("dead", "never")


def test_one_that_fails_does_not_keep_the_others_waiting(world: World) -> None:
    for name in "abc":
        add(world, name)
    assert jobs.run(world, Work(ValueError(SECRET)).table) == (2, 1)
    assert get(world, "a")["last_error"] == "ValueError"


def test_a_kind_that_nobody_knows_waits_for_who_does(world: World, clock: Clock) -> None:
    """Old and new processes run side by side for a while."""
    add(world)
    assert jobs.run(world, {}) == (0, 1)
    clock.advance(minutes=1)
    assert jobs.run(world, Work().table) == (1, 0)


def test_a_job_under_way_is_nobody_elses(world: World) -> None:
    add(world)
    inner = Work()

    def outer(_: World, job: dict[str, Any]) -> None:
        assert jobs.run(world, inner.table) == (0, 0)

    assert jobs.run(world, {"deed": outer}) == (1, 0)
    assert inner.seen == []


def test_a_job_whose_process_died_is_done_by_another(world: World, clock: Clock) -> None:
    add(world)
    assert queue.claim(world.store, clock.now, clock.now + LEASE)
    work = Work()
    assert jobs.run(world, work.table) == (0, 0)
    clock.advance(seconds=LEASE.total_seconds())
    assert jobs.run(world, work.table) == (1, 0)


def test_a_job_that_kills_its_process_each_time_is_given_up(world: World, clock: Clock) -> None:
    add(world)
    for _ in range(ATTEMPTS):
        assert queue.claim(world.store, clock.now, clock.now + LEASE)
        clock.advance(seconds=LEASE.total_seconds())
    work = Work()
    assert jobs.run(world, work.table) == (0, 1)
    assert (get(world)["state"], work.seen) == ("dead", [])


@pytest.mark.parametrize("late", [queue.finish, queue.bury, queue.postpone])
def test_who_comes_back_late_changes_nothing(
    world: World, clock: Clock, late: Callable[..., None]
) -> None:
    add(world)
    first = queue.claim(world.store, clock.now, clock.now + LEASE)
    clock.advance(seconds=LEASE.total_seconds())
    second = queue.claim(world.store, clock.now, clock.now + LEASE)
    assert first
    assert second
    late(world.store, first, clock.now, *([] if late is queue.finish else ["late"]))
    assert get(world) == second


def test_who_comes_back_late_changes_nothing_of_a_job_that_began_anew(
    world: World, clock: Clock
) -> None:
    """Both claims are the first attempt: an operator made the job due again in between."""
    add(world)
    slow = queue.claim(world.store, clock.now, clock.now + LEASE)
    clock.advance(seconds=LEASE.total_seconds())
    jobs.run(world, Work(Hopeless()).table)
    assert queue.revive(world.store, "deed:1", clock.now)
    claimed = queue.claim(world.store, clock.now, clock.now + LEASE)
    assert slow
    assert claimed
    assert slow["attempts"] == claimed["attempts"]
    queue.finish(world.store, slow, clock.now)
    assert get(world) == claimed


def test_a_row_says_since_when_it_is_due_and_until_when_it_is_taken(
    world: World, clock: Clock
) -> None:
    add(world)
    due = clock.now
    clock.advance(seconds=7)
    claimed = queue.claim(world.store, clock.now, clock.now + LEASE)
    about = {"_id": "deed:1", "kind": "deed", "data": {"secret": SECRET}}
    times = {"run_at": due, "lease_until": clock.now + LEASE}
    assert claimed == {**about, **times, "state": "leased", "attempts": 1}
    clock.advance(seconds=LEASE.total_seconds())
    jobs.run(world, Work(Unavailable("not now")).table)
    assert get(world).keys() == {*about, "state", "run_at", "attempts", "last_error"}


def test_a_job_that_an_older_version_had_taken_is_done(world: World, clock: Clock) -> None:
    """It kept the end of a lease as the time at which the job is due."""
    row = queue.fresh("deed", "1", clock.now + LEASE, {})
    queue.insert(world.store, {**row, "state": "leased", "attempts": 1})
    work = Work()
    assert jobs.run(world, work.table) == (0, 0)
    clock.advance(seconds=LEASE.total_seconds())
    assert jobs.run(world, work.table) == (1, 0)


def test_of_many_processes_each_job_is_claimed_by_one(world: World) -> None:
    for number in range(12):
        add(world, str(number))
    work, start = Work(), threading.Barrier(4)

    def race() -> None:
        start.wait()
        jobs.run(world, work.table)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(job["_id"] for job in work.seen) == sorted(f"deed:{n}" for n in range(12))


def test_a_turn_ends_after_a_hundred(world: World) -> None:
    for number in range(jobs.BATCH + 1):
        add(world, str(number))
    assert jobs.run(world, Work().table) == (jobs.BATCH, 0)
    assert jobs.run(world, Work().table) == (1, 0)


def test_a_dead_job_can_be_made_due_again(world: World) -> None:
    add(world)
    jobs.run(world, Work(Hopeless()).table)
    assert queue.revive(world.store, "deed:1", world.now())
    assert "expires_at" not in get(world)
    assert jobs.run(world, Work().table) == (1, 0)
    assert not queue.revive(world.store, "deed:1", world.now())


def test_done_and_dead_jobs_expire(world: World, clock: Clock) -> None:
    """Later than any sender tries again: the row keeps a second one of its name away."""
    for name in "ab":
        add(world, name)
    jobs.run(world, Work(Hopeless()).table)
    kept = {get(world, name)["state"]: get(world, name)["expires_at"] - clock.now for name in "ab"}
    assert kept == {"dead": jobs.DEAD_KEPT, "done": jobs.DONE_KEPT}


def test_no_data_of_a_job_reaches_the_log(
    app: object, world: World, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    for name in "ab":
        add(world, name)
    jobs.run(world, Work(ValueError(SECRET), Hopeless(SECRET)).table)
    told = [(line["event"], line["fault"]) for line in log_lines()]
    assert told == [("job_failed", "ValueError"), ("job_dead", "Hopeless")]
    assert SECRET not in str(log_lines())


def test_a_crash_between_deed_and_tick_does_it_again(world: World, clock: Clock) -> None:
    add(world)
    work = Work()

    class Killed(BaseException):
        """What ends a process."""

    def die() -> None:
        raise Killed

    dying = wrap(world.store, when("jobs.update_one", die))
    with pytest.raises(Killed):
        jobs.run(World(dying, clock, world.new_id), work.table)
    clock.advance(seconds=LEASE.total_seconds())
    assert jobs.run(world, work.table) == (1, 0)
    assert [job["attempts"] for job in work.seen] == [1, 2]


def test_figures_tell_what_waits_and_since_when(world: World, clock: Clock) -> None:
    assert jobs.figures(world) == (0, 0, 0)
    for name in "abc":
        add(world, name)
        clock.advance(seconds=1)
    jobs.run(world, Work(Hopeless()).table)
    assert jobs.figures(world) == (0, 0, 1)
    add(world, "d")
    clock.advance(seconds=90)
    queue.claim(world.store, clock.now, clock.now + LEASE)
    assert jobs.figures(world) == (1, 90, 1), "one under way is late, too, until it is done"


def test_every_query_has_a_declared_index(wire_store: Store, clock: Clock, ear: Ear) -> None:
    world = World(wire_store, clock, lambda: "")
    ear.heard.clear()
    for name in "abc":
        add(world, name)
    jobs.run(world, Work(Hopeless(), Unavailable()).table)
    queue.revive(world.store, "deed:a", clock.now)
    queue.listed(world.store, queue.OPEN, 20)
    jobs.figures(world)
    unserved = [q for command in ear.heard for q in queries(command) if not is_served(*q)]
    heard = {f"{body[name]}.{name}" for name, body in ear.heard}
    assert unserved == []
    assert heard == {
        f"jobs.{name}" for name in ("insert", "findAndModify", "update", "find", "aggregate")
    }
