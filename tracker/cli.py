"""Commands of `flask --app wsgi`: create-indexes, create-admin, verify, rebuild, jobs, events. Each
calls a service and says what it did.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from marshmallow import ValidationError, validate

from tracker.errors import TrackerError
from tracker.services import jobs as work
from tracker.services import mending, reviving, roles
from tracker.services.world import World
from tracker.store import dead_events, indexes, repairs
from tracker.store import jobs as queue
from tracker.store import trees as stored

SHOWN = 20

_after = click.option(
    "--after", default="", metavar="ID", help="Go on behind this tree (as the last run printed it)."
)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (create_indexes, create_admin, verify, rebuild, jobs, events):
        app.cli.add_command(command)


@click.command("create-indexes")
@with_appcontext
def create_indexes() -> None:
    """Make every index that is missing. Safe to run again."""
    with _world().store.deadline(60):
        count = indexes.create(_world().store.db)
    click.echo(f"{count} indexes are there.")


@click.command("create-admin")
@click.argument("email", callback=lambda _, __, given: _valid(validate.Email(), given))
@click.option(
    "--username",
    callback=lambda _, __, given: given and _valid(validate.Length(3, 100), given),
    help="To log in by as well.",
)
@click.option("--password-stdin", is_flag=True, help="Take the password from standard input.")
@with_appcontext
def create_admin(email: str, username: str | None, password_stdin: bool) -> None:
    """Make an admin; or an admin of who has this address, whose password stays as it is."""
    with _world().store.deadline():
        if roles.promote(_world(), email):
            return click.echo(f"{email} is an admin now, with the password of before.")
    password = _password(password_stdin)
    hasher = current_app.extensions["passwords"]
    try:
        with _world().store.deadline():
            roles.make_admin(_world(), hasher, email=email, username=username, password=password)
    except TrackerError as refusal:
        raise click.ClickException(refusal.detail) from None
    return click.echo(f"{email} is an admin.")


@click.command("verify")
@_after
@with_appcontext
def verify(after: str) -> None:
    """Hold the index against the trees. Only reads; ends with 1 where anything differs."""
    world = _world()
    looked, found = _everywhere(
        after,
        row=lambda look: _said(mending.verify_row(world, look)),
        tree=lambda tree: _said(mending.verify_tree(world, tree)),
    )
    click.echo(f"{looked} looked at, {found} differences.")
    if found:
        raise SystemExit(1)


@click.command("rebuild")
@_after
@with_appcontext
def rebuild(after: str) -> None:
    """Make the index right again. Safe to stop and to start again, also while the service runs."""
    world = _world()
    looked, mended = _everywhere(
        after,
        row=lambda look: mending.rebuild_row(world, look),
        tree=lambda tree: mending.rebuild_tree(world, tree),
    )
    click.echo(f"{looked} looked at, {mended} rows mended.")


@click.group("jobs")
def jobs() -> None:
    """What waits to be done, such as letters, and what was given up."""


@jobs.command("list")
@click.option("--dead", is_flag=True, help="Those that were given up.")
@with_appcontext
def list_jobs(dead: bool) -> None:
    """List jobs: id, state, attempts, when it is due, what went wrong last; and how all stand."""
    states = ("dead",) if dead else queue.OPEN
    for job in queue.listed(_world().store, states, SHOWN):
        due = job["run_at"].isoformat() if "run_at" in job else "–"
        click.echo(
            f"{job['_id']}  {job['state']}  {job['attempts']}  {due}  {job.get('last_error', '')}"
        )
    click.echo(_standing(work.figures(_world())))


@jobs.command("show")
@click.argument("job")
@with_appcontext
def show_job(job: str) -> None:
    """Show all that is kept of a job."""
    for name, value in (queue.get(_world().store, job) or {}).items():
        click.echo(f"{name}: {value}")


@jobs.command("retry")
@click.argument("names", metavar="JOB...", nargs=-1, required=True)
@with_appcontext
def retry_jobs(names: tuple[str, ...]) -> None:
    """Make jobs due now, also dead ones; ends with 1 where one of them does not wait."""
    world = _world()
    missed = [name for name in names if not queue.revive(world.store, name, world.now())]
    for name in missed:
        click.echo(f"{name} does not wait, nor was it given up.", err=True)
    click.echo(f"{len(names) - len(missed)} jobs are due.")
    if missed:
        raise SystemExit(1)


@click.group("events")
def events() -> None:
    """Changes whose effects were given up, such as a row that could not be written."""


@events.command("list")
@with_appcontext
def list_events() -> None:
    """List dead events: id, when, deed, task, and what failed of what."""
    for dead in dead_events.listed(_world().store, SHOWN):
        faults = ", ".join(f"{step}: {fault}" for step, fault in dead["faults"].items())
        click.echo(
            f"{dead['_id']}  {dead['at'].isoformat()}  {dead['deed']}  {dead['task']}  {faults}"
        )
    count = dead_events.count(_world().store, work.COUNTED)
    click.echo(f"{_most(count)} events were given up.")


@events.command("retry")
@click.argument("names", metavar="EVENT...", nargs=-1, required=True)
@with_appcontext
def retry_events(names: tuple[str, ...]) -> None:
    """Write what dead events were to bring about; ends with 1 where one of them is not known."""
    missed = [name for name in names if not reviving.retry(_world(), name)]
    for name in missed:
        click.echo(f"{name} was not given up.", err=True)
    click.echo(f"{len(names) - len(missed)} events are written.")
    if missed:
        raise SystemExit(1)


def _standing(figures: work.Figures) -> str:
    waiting, dead = (_most(count) for count in (figures.waiting, figures.dead))
    return f"{waiting} wait, the first for {figures.lag_seconds:.0f} s; {dead} were given up."


def _most(count: int) -> str:
    return f"{count} or more" if count == work.COUNTED else str(count)


def _password(from_stdin: bool) -> str:
    """Asked for twice and not shown, or the first line of what is piped in."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


def _valid(check: Callable[[str], Any], given: str) -> str:
    try:
        check(given)
    except ValidationError as refusal:
        raise click.BadParameter(str(refusal.messages[0])) from None
    return given


def _world() -> World:
    world: World = current_app.extensions["world"]
    return world


def _said(differences: list[str]) -> int:
    """Say them at once, so that a run that is stopped has told what it found."""
    for difference in differences:
        click.echo(difference, err=True)
    return len(differences)


def _everywhere(
    after: str, *, row: Callable[[Any], int], tree: Callable[[str], int]
) -> tuple[str, int]:
    """Work on every row and then on every tree; what was looked at, in words, and the sum of it.

    A run that goes on behind a tree has been through the rows.
    """
    world = _world()
    store = world.store
    looks = iter(()) if after else mending.row_looks(world)
    rows = _each("Rows", repairs.count(store), looks, row, "")
    ids = mending.tree_ids(world, after)
    trees = _each("Trees", stored.count(store), ids, tree, after)
    return f"{len(trees)} trees and {len(rows)} rows", sum(rows) + sum(trees)


def _each(
    label: str, about: int, items: Iterator[Any], work: Callable[[Any], int], last: str
) -> list[int]:
    """Do the work on each item under a progress bar; an interruption says where to go on."""
    done = []
    try:
        with click.progressbar(items, label=label, length=about, show_pos=True) as bar:
            for item in bar:
                done.append(work(item))
                last = item if isinstance(item, str) else ""
    except KeyboardInterrupt:
        there = f"go on with --after {last}" if last else "start again"
        click.echo(f"\nStopped among the {label.lower()}; {there}", err=True)
        raise SystemExit(130) from None
    return done
