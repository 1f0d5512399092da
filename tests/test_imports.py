"""The shape of the house: imports run down, core is pure, one table of URLs, no file is long."""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

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
SETTINGS = {"config", "config_kinds", "config_secret", "wsgi", "tests"}
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


def roots(path: Path) -> set[str]:
    """The packages that a file imports from."""
    return {name.partition(".")[0] for name in imports(path)}


def nodes(path: Path, kind: Any) -> list[Any]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, kind)]


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


def wrong(rule: Callable[[Path], Any]) -> dict[str, Any]:
    """What breaks a rule, file by file."""
    found = {str(path.relative_to(ROOT)): rule(path) for path in FILES}
    return {name: offence for name, offence in found.items() if offence}


def test_imports_run_down() -> None:
    assert not wrong(lambda path: parts_imported(path) - BELOW[part_of(path)] - {part_of(path)})


def test_nothing_here_reads_the_settings() -> None:
    assert not wrong(lambda path: roots(path) & SETTINGS)


def test_relative_imports_stay_in_their_folder() -> None:
    assert not wrong(lambda path: [n for n in nodes(path, ast.ImportFrom) if n.level > 1])


def test_no_dialect_knows_another() -> None:
    def others(path: Path) -> set[str]:
        inside = path.relative_to(ROOT / "tracker").parts
        theirs = {*dialects.TABLE} - {*inside} if part_of(path) == "dialects" else set()
        known = (name for name in imports(path) if name.startswith("tracker.dialects."))
        return {name.split(".")[2] for name in known} & theirs

    assert not wrong(others)


def test_core_is_pure() -> None:
    def impurities(path: Path) -> set[str]:
        if part_of(path) not in {"core", "errors"}:
            return set()
        clocks = {ast.unparse(node) for node in nodes(path, ast.Attribute)} & CLOCKS
        return clocks | (roots(path) - (sys.stdlib_module_names - IMPURE) - {"tracker"})

    assert not wrong(impurities)


def test_a_file_says_what_belongs_in_it() -> None:
    assert not wrong(lambda path: not ast.get_docstring(tree_of(path)))


def test_names_say_something() -> None:
    assert not wrong(
        lambda path: {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} & SHAPELESS
    )


def test_files_are_short() -> None:
    assert not wrong(lambda path: len(path.read_text().splitlines()) > LONGEST_FILE)


def test_functions_are_short() -> None:
    def long(path: Path) -> list[str]:
        lines = path.read_text().splitlines()
        functions = nodes(path, ast.FunctionDef | ast.AsyncFunctionDef)
        return [f.name for f in functions if lines_of_code(f, lines) > LONGEST_FUNCTION]

    assert not wrong(long)


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
