"""The shape of the house: imports run down, core is pure, one table of URLs, no file is long."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from config import Config
from tracker import api, create_app, dialects, realtime
from tracker.services.world import World

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "tracker").rglob("*.py"))

# part -> what it may import beside itself; `tracker` is the factory, alone on top
BELOW: dict[str, set[str]] = {
    "errors": set(),
    "core": {"errors"},
    "store": {"core", "errors"},
    "mail": {"errors"},
    "events": set(),
    "metrics": set(),
    "files": {"errors"},
    "services": {"files", "mail", "metrics", "store", "core", "errors"},
    "web": {"services", "store", "core", "errors"},
    "api": {"web", "metrics", "services", "store", "core", "errors"},
    "dialects": {"web", "services", "core", "errors"},
    "realtime": {"web", "services", "events", "store", "core", "errors"},
    "worker": {"services", "store", "core", "errors"},
    "cli": {"services", "store", "core", "errors"},
    "tracker": {
        "api",
        "dialects",
        "realtime",
        "worker",
        "cli",
        "web",
        "services",
        "files",
        "mail",
        "events",
        "metrics",
        "store",
        "core",
        "errors",
    },
}
IMPURE = {"os", "pathlib", "random", "secrets", "socket", "subprocess", "threading", "time", "uuid"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
SHAPELESS = {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers", "misc"}
LONGEST_FILE = 250
LONGEST_FUNCTION = 25


def part_of(path: Path) -> str:
    """The part of the house that a file belongs to."""
    inside = path.relative_to(ROOT / "tracker").parts
    return "tracker" if inside == ("__init__.py",) else inside[0].removesuffix(".py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, with its full name."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *([node.module] if node.module else [])))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def parts_imported(path: Path) -> set[str]:
    found = {name.split(".")[1] for name in imports(path) if name.startswith("tracker.")}
    return (found & BELOW.keys()) | ({"tracker"} if found - BELOW.keys() else set())


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Lines of a function's body that hold code: no docstring, no comment, no blank."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    inside = lines[body[0].lineno - 1 : function.end_lineno]
    return sum(1 for line in inside if line.strip() and not line.strip().startswith("#"))


every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


@every_file
def test_imports_run_down(path: Path) -> None:
    part = part_of(path)
    assert parts_imported(path) <= BELOW[part] | {part}


@every_file
def test_no_dialect_knows_another(path: Path) -> None:
    inside = path.relative_to(ROOT / "tracker").parts
    others = {*dialects.TABLE} - {*inside} if part_of(path) == "dialects" else set()
    found = {name.split(".")[2] for name in imports(path) if name.startswith("tracker.dialects.")}
    assert not found & others


@every_file
def test_nothing_here_reads_the_settings(path: Path) -> None:
    roots = {name.partition(".")[0] for name in imports(path)}
    assert not roots & {"config", "config_kinds", "config_secret", "wsgi", "tests"}


@every_file
def test_relative_imports_stay_in_their_folder(path: Path) -> None:
    nodes = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom)]
    assert all(node.level <= 1 for node in nodes)


@every_file
def test_core_is_pure(path: Path) -> None:
    if part_of(path) not in {"core", "errors"}:
        return
    roots = {name.partition(".")[0] for name in imports(path)}
    assert roots <= (sys.stdlib_module_names - IMPURE) | {"tracker"}
    nodes = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)]
    assert not {ast.unparse(node) for node in nodes} & CLOCKS


@every_file
def test_a_file_says_what_belongs_in_it(path: Path) -> None:
    assert ast.get_docstring(tree_of(path))


@every_file
def test_names_say_something(path: Path) -> None:
    assert not {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} & SHAPELESS


@every_file
def test_files_and_functions_are_short(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= LONGEST_FILE
    functions = [
        node
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {f.name: lines_of_code(f, lines) for f in functions}
    assert {name: count for name, count in long.items() if count > LONGEST_FUNCTION} == {}


def test_only_the_starting_file_imports_the_settings() -> None:
    outside = [path for path in ROOT.glob("*.py") if path.name not in {"wsgi.py", "config.py"}]
    assert [path.name for path in outside if "config" in {*imports(path)}] == []


def test_every_url_of_a_resource_is_in_the_table(config: Config, world: World) -> None:
    app = create_app(replace(config, dialects=None), world)
    table = {
        (prefix + rule, resource)
        for prefix, routes in (*api.TABLE.values(), *realtime.TABLE.values())
        for rule, resource in routes
    } | {(rule, None) for rule in realtime.SOCKETS.values()}
    for one in dialects.dialects():
        table |= {(one.prefix + rule, resource) for rule, resource in one.routes}
        table |= {*(one.root_routes or one.routes)} if one.at_root else set()
    served = {
        (rule.rule, getattr(app.view_functions[rule.endpoint], "view_class", None))
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(("docs.", "metrics.", "pages."))
    }
    assert served == table
