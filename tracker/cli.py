"""Commands of `flask --app wsgi`: create-indexes, verify, rebuild. Each calls a service and says
what it did.
"""

from collections.abc import Callable, Iterator
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from tracker.services import mending
from tracker.services.world import World
from tracker.store import indexes, repairs
from tracker.store import trees as stored

_after = click.option(
    "--after", default="", metavar="ID", help="Go on behind this tree (as the last run printed it)."
)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (create_indexes, verify, rebuild):
        app.cli.add_command(command)


@click.command("create-indexes")
@with_appcontext
def create_indexes() -> None:
    """Make every index that is missing. Safe to run again."""
    with _world().store.deadline(60):
        count = indexes.create(_world().store.db)
    click.echo(f"{count} indexes are there.")


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
