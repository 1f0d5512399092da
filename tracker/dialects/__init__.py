"""The APIs of other task services, so that their clients work here unchanged: one line each.

A dialect is a value (`dialect.Dialect`): schemas whose `data_key`s are the other system's names, a
table of URLs, its words for what goes wrong. Its views read, call a service, write; it holds no
rule, and knows neither our own API nor another dialect. To take one away: remove its file and its
line here.

    dialect      what a dialect is            operations  what its methods take and answer
    refusals     from an error to its words   details     the words of those that say `detail`
    clashes      two rules for one request    documents   its OpenAPI document
    paging       lists, with optional pages
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from flask import Flask

from tracker.errors import Unmountable

from . import clashes, documents, mounting
from .dialect import Dialect

# each is a module of this folder with its `DIALECT`
TABLE = (
    "mytracker",
    "flask_tracker",
    "pomodoro",
    "dispatcher",
)  # fmt: skip


def init_app(app: Flask, config: Any) -> None:
    """Serve the wanted dialects below their prefixes, and some of them at the root as well.

    Comes after all other doors. Raises Unmountable where two rules answer the same request, or one
    is wanted that is not here.
    """
    spoken = _named("DIALECTS", config.dialects, list(dialects()))
    at_root = [one for one in spoken if one.at_root]
    if config.root_dialects is not None:
        at_root = _named("ROOT_DIALECTS", config.root_dialects, spoken)
    mounting.init_app(app, spoken, at_root)
    for one in spoken:
        documents.serve(app, one, version=config.app_version)
        one.set_up(app, config)
    clashes.refuse(app)


def dialects() -> Iterator[Dialect]:
    """Every dialect of the table."""
    for name in TABLE:
        one: Dialect = import_module(f".{name}", __name__).DIALECT
        yield one


def _named(setting: str, wanted: tuple[str, ...] | None, known: list[Dialect]) -> list[Dialect]:
    """Those that a setting names, or where it names none, all."""
    if wanted is None:
        return known
    unknown = sorted({*wanted} - {one.name for one in known})
    if unknown:
        names = ", ".join(one.name for one in known) or "none"
        raise Unmountable(f"{setting}: knows no `{unknown[0]}`, only {names}")
    return [one for one in known if one.name in wanted]
