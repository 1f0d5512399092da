"""flask jobs: what waits, what was given up, and another try."""

import pytest
from click.testing import Result
from flask import Flask

from tests.conftest import Clock
from tests.people import Client
from tests.post import Box
from tracker.errors import Hopeless
from tracker.services import sweeping
from tracker.services.jobs import COUNTED
from tracker.services.world import World
from tracker.store import jobs as queue


@pytest.fixture
def job(client: Client, world: World) -> str:
    """The letter to ann's new account."""
    client.as_("ann")
    (job,) = world.store.db.jobs.find({})
    return str(job["_id"])


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["jobs", *words])


def test_list_shows_what_waits(app: Flask, job: str) -> None:
    shown = run(app, "list").output.splitlines()
    assert shown[0].split()[:3] == [job, "waiting", "0"]
    assert shown[1:] == ["1 wait, the first for 0 s; 0 were given up."]
    assert run(app, "list", "--dead").output.splitlines() == shown[1:]


def test_list_tells_how_late_the_first_is_and_how_many_were_given_up(
    app: Flask, job: str, client: Client, world: World, box: Box, clock: Clock
) -> None:
    box.faults.append(Hopeless())
    sweeping.run_jobs(world)
    client.as_("bob")
    clock.advance(minutes=2)
    assert run(app, "list").output.splitlines()[-1] == (
        "1 wait, the first for 120 s; 1 were given up."
    )


def test_list_counts_to_a_thousand(app: Flask, world: World) -> None:
    rows = [queue.fresh("deed", str(n), world.now(), {}) for n in range(COUNTED + 1)]
    world.store.db.jobs.insert_many(rows)
    assert run(app, "list").output.splitlines()[-1].startswith("1000 or more wait, ")


def test_show_tells_all_of_a_job(app: Flask, job: str) -> None:
    shown = run(app, "show", job).output
    assert "kind: mail" in shown
    assert "ann@example.com" in shown
    assert run(app, "show", "nothing").output == ""


def test_retry_sends_a_letter_that_was_given_up(
    app: Flask, job: str, world: World, box: Box
) -> None:
    box.faults.append(Hopeless("The mail server refused the letter: 550"))
    assert sweeping.run_jobs(world) == (0, 1)
    assert "refused the letter: 550" in run(app, "list", "--dead").output
    told = run(app, "retry", job)
    assert (told.exit_code, told.output) == (0, "1 jobs are due.\n")
    assert sweeping.run_jobs(world) == (1, 0)
    assert box.last.to == "ann@example.com"


def test_retry_says_which_jobs_do_not_wait(app: Flask, job: str, world: World) -> None:
    sweeping.run_jobs(world)
    told = run(app, "retry", job, "nothing")
    assert told.exit_code == 1
    assert "0 jobs are due." in told.output
    assert told.output.count("does not wait") == 2
