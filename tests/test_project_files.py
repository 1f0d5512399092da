"""The files around the program, as their tools read them; test_starting.py runs what they say."""

import json
import re
import shlex
import tomllib
from typing import Any

import pytest
import yaml

from config import settings, table
from tests.processes import PROCFILE, ROOT, run

VARIABLES = [s.metadata["variable"] for s in settings()]
OURS = ["release", "web", "realtime", "worker", "beat"]
SERVING = OURS[1:]


def text(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load(text("docker-compose.yml"))


@pytest.fixture(scope="module")
def render() -> Any:
    return yaml.safe_load(text("render.yaml"))


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """Instructions and their arguments, continued lines joined."""
    lines = re.sub(r"\\\n", " ", text("Dockerfile")).splitlines()
    return [
        (line.split(None, 1)[0], line.split(None, 1)[1])
        for line in lines
        if re.match(r"[^#\s]", line)
    ]


# settings


def test_every_setting_stands_in_the_example_with_its_default() -> None:
    found = dict(re.findall(r"^#([A-Z_]+)=(.*)$", text(".env.example"), re.MULTILINE))
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", table(), re.MULTILINE)
    expected = {variable: default.strip("`–") for variable, default in rows}
    assert found == {**expected, "MONGO_PASSWORD": ""}


def test_the_readme_has_the_table_of_settings() -> None:
    assert f"<!-- settings -->\n{table()}\n<!-- /settings -->" in text("README.md")


# packages


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    locked = text(f"{name}.txt")
    entries = re.split(r"\n(?=\S)", locked)
    assert [e for e in entries if not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+ ", e)] == []
    assert [e for e in entries if "--hash=sha256:" not in e] == []
    assert "index-url" not in locked


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_what_is_asked_for_is_what_is_locked(name: str) -> None:
    wanted = _pins(text(f"{name}.in"))
    assert wanted
    assert wanted <= _pins(text(f"{name}.txt"))


def test_development_runs_on_the_packages_of_production() -> None:
    pins = {name: _pins(text(f"{name}.txt")) for name in ("requirements", "requirements-dev")}
    assert pins["requirements"] <= pins["requirements-dev"]


def test_pyproject_holds_tool_settings_only() -> None:
    assert list(tomllib.loads(text("pyproject.toml"))) == ["tool"]


# containers


def test_the_image_is_built_in_stages_and_runs_as_nobody_special(
    dockerfile: list[tuple[str, str]],
) -> None:
    known = {
        "FROM",
        "WORKDIR",
        "COPY",
        "RUN",
        "ENV",
        "USER",
        "VOLUME",
        "EXPOSE",
        "HEALTHCHECK",
        "CMD",
    }
    assert {name for name, _ in dockerfile} <= known
    stages = [rest.partition(" AS ")[2] for name, rest in dockerfile if name == "FROM"]
    assert stages == ["packages", ""]
    names = [name for name, _ in dockerfile]
    assert dict(dockerfile)["USER"] == "tracker"
    assert names.index("USER") > max(i for i, name in enumerate(names) if name == "RUN")
    assert json.loads(dict(dockerfile)["CMD"]) == ["gunicorn", "wsgi:app"]


def test_the_image_gets_what_it_runs_and_no_more(dockerfile: list[tuple[str, str]]) -> None:
    copied = [rest.split()[:-1] for name, rest in dockerfile if name == "COPY"]
    mine = {part for parts in copied if not parts[0].startswith("--from") for part in parts}
    assert mine == {"requirements.txt", "*.py", "tracker"}
    assert {f"!{part}" for part in mine} < set(text(".dockerignore").splitlines())
    assert text(".dockerignore").splitlines()[1] == "*"


def test_the_image_bakes_in_settings_and_no_secret(dockerfile: list[tuple[str, str]]) -> None:
    baked = dict(
        pair.split("=", 1) for name, rest in dockerfile if name == "ENV" for pair in rest.split()
    )
    ours = {name for name in baked if not name.startswith("PYTHON") and name != "PATH"}
    assert ours == {"HOST", "PORT", "DATA"}


def test_compose_starts_the_commands_of_the_procfile(compose: Any) -> None:
    started = {name: shlex.join(compose["services"][name]["command"]) for name in OURS}
    assert started == {name: line.removeprefix("HOST=0.0.0.0 ") for name, line in PROCFILE.items()}


def test_compose_gives_settings_that_exist_and_no_secret(compose: Any) -> None:
    for name in OURS:
        given = compose["services"][name]["environment"]
        assert set(given) <= set(VARIABLES)
        assert given["TRACKER_ENV"] == "production"
        assert re.fullmatch(r"\$\{SECRET_KEY:\?.+\}", given["SECRET_KEY"])
        assert ":${MONGO_PASSWORD:?" in given["MONGODB_URI"]
    database = compose["services"]["mongodb"]["environment"]
    assert database["MONGO_INITDB_ROOT_PASSWORD"].startswith("${MONGO_PASSWORD:?")


def test_compose_runs_a_replica_set_of_one_and_a_redis_that_drops_nothing(compose: Any) -> None:
    database, redis = compose["services"]["mongodb"], compose["services"]["redis"]
    assert "--replSet rs0" in database["entrypoint"][-1]
    assert "replicaSet=rs0" in compose["services"]["web"]["environment"]["MONGODB_URI"]
    assert "rs.initiate({_id: 'rs0'" in database["healthcheck"]["test"][-1]
    script = shlex.quote(database["entrypoint"][-1].replace("$$", "$"))
    assert run(f"bash -n -c {script}").returncode == 0
    assert "noeviction" in redis["command"]
    for service in (database, redis):
        assert "ports" not in service
        assert service["volumes"]


def test_compose_waits_until_its_parts_are_well(compose: Any) -> None:
    services = compose["services"]
    assert all("healthcheck" in service for service in services.values())
    for name in SERVING:
        needed = {part: how["condition"] for part, how in services[name]["depends_on"].items()}
        assert needed.pop("release") == "service_completed_successfully"
        assert needed == {"mongodb": "service_healthy", "redis": "service_healthy"}


def test_compose_opens_two_ports_on_this_machine_only(compose: Any) -> None:
    ports = {name: s["ports"] for name, s in compose["services"].items() if "ports" in s}
    assert ports == {
        "web": ["127.0.0.1:${PORT:-8000}:8000"],
        "realtime": ["127.0.0.1:${REALTIME_PORT:-8001}:8001"],
    }


# platforms


def test_render_starts_the_commands_of_the_procfile(render: Any) -> None:
    services = {s["name"].removeprefix("tracker-"): s for s in render["services"]}
    assert set(services) == {*SERVING, "redis"}
    assert {n: services[n]["startCommand"] for n in SERVING} == {n: PROCFILE[n] for n in SERVING}
    assert services["web"]["preDeployCommand"] == PROCFILE["release"]
    for name in ("web", "realtime"):
        assert services[name]["healthCheckPath"] == "/api/health/live"
    assert services["redis"]["maxmemoryPolicy"] == "noeviction"


def test_render_gives_settings_that_exist_and_no_secret(render: Any) -> None:
    (group,) = render["envVarGroups"]
    given = {entry["key"]: entry for entry in group["envVars"]}
    assert given["SECRET_KEY"] == {"key": "SECRET_KEY", "generateValue": True}
    assert given["TRACKER_ENV"]["value"] == "production"
    for service in render["services"]:
        given |= {e["key"]: e for e in service.get("envVars", []) if "key" in e}
    assert set(given) - {"PYTHON_VERSION"} <= set(VARIABLES)
    assert "value" not in given["MONGODB_URI"]


def test_the_procfile_has_the_five_lines() -> None:
    assert list(PROCFILE) == OURS


def test_make_services_starts_what_the_procfile_keeps_running_and_says_what_it_needs() -> None:
    given = {"MONGODB_URI": "mongodb://h/x", "REDIS_URL": "redis://h"}
    started = run("make services -n", **given).stdout.rpartition("honcho start")[2].split()
    assert set(started) & {*PROCFILE} == {*PROCFILE} - {"release"}
    refused = run("make services", MONGODB_URI="mongodb://h/x")
    assert refused.returncode != 0
    assert "make services needs MONGODB_URI and REDIS_URL" in refused.stderr


def test_the_script_of_ci_is_sound() -> None:
    assert run("bash -n .ci/run").returncode == 0
    assert text(".ci/run").splitlines()[0] == "#!/usr/bin/env bash"


def _pins(locked: str) -> set[tuple[str, str]]:
    return set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", locked, re.MULTILINE))
