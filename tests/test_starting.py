"""What starts the service: Makefile, Procfile, the health check of the image."""

import json
import re
import resource
import shlex
import shutil
import signal
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import KEY, PROCFILE, ROOT, Running, run, running

CANARY = "c4n4ry"
SAFE = {"SECRET_KEY": KEY, "PUBLIC_URL": "https://tracker.example.org"}
SERVED = r"serves on (http://\S+)"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Running]:
    """The service as the Procfile starts it, on a port of its own; no line is read yet."""
    with running(PROCFILE["web"], PORT="0", DATA=str(tmp_path)) as web:
        yield web


def get(url: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.status, answer.read()


def test_help_prints_every_target_with_what_it_does() -> None:
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets
    printed = run("make help").stdout
    assert run("make").stdout == printed
    assert re.findall(r"^  make (\w+) +\S", printed, re.MULTILINE) == targets[1].split()


def test_make_run_says_which_python_it_needs(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "python3.8"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    refused = run(f"make -C {tmp_path} run PYTHON={old}")
    assert refused.returncode != 0
    assert "tracker needs Python 3.11 or newer" in refused.stderr
    assert not (tmp_path / ".venv").exists()


def test_make_run_takes_port_and_folder() -> None:
    told = run("make run PORT=8123 DATA=/some/folder VENV=/nowhere -n").stdout
    assert told.splitlines()[-1] == "exec /nowhere/bin/gunicorn wsgi:app"


def test_the_web_line_serves_and_says_where_and_on_what(web: Running, tmp_path: Path) -> None:
    address = web.line(SERVED)[1]
    assert web.line(r"docs +(\S+)")[1] == f"{address}/docs"
    assert web.line(r"data +(\S+)")[1] == str(tmp_path)
    assert web.line("store +embedded")
    assert web.line("MONGODB_URI=")
    assert get(f"{address}/api/health/live")[0] == 200
    assert get(f"{address}/api/health/ready")[0] == 200
    assert get(f"{address}/docs")[0] == 200


def test_a_letter_leaves_at_once_and_tells_a_developer_its_link(tmp_path: Path) -> None:
    settings = {"PORT": "0", "DATA": str(tmp_path), "SWEEP_SECONDS": "3600"}
    with running(PROCFILE["web"], **settings) as web:
        address = web.line(SERVED)[1]
        ann = {"email": "ann@example.com", "username": "ann", "full_name": "Ann"}
        body = json.dumps({**ann, "password": "correct horse"}).encode()
        asked = urllib.request.Request(
            f"{address}/api/auth/register", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert answer.status == 201
        link = web.line(r'"link":"(http[^"]+)"')[1]
        (letter,) = (tmp_path / "mail").glob("*.eml")
        assert link in letter.read_text()


ON_SERVERS = {"MONGODB_URI": "mongodb://127.0.0.1:1/x"}


@pytest.mark.parametrize(
    ("store", "workers", "threads"),
    [
        ({}, "1", "40"),
        (ON_SERVERS, "3", "40"),
        ({**ON_SERVERS, "REDIS_URL": "redis://127.0.0.1:1"}, "3", "8"),
        ({"LIVE_SOCKETS": "0"}, "1", "8"),
    ],
)
def test_the_embedded_store_has_one_web_process_and_live_connections_threads_of_their_own(
    store: dict[str, str], workers: str, threads: str, tmp_path: Path
) -> None:
    given = {"DATA": str(tmp_path), "WEB_CONCURRENCY": "3", "HOST": "::1", "PORT": "8123", **store}
    shown = run("gunicorn --print-config wsgi:app", **given).stdout
    set_to = dict(re.findall(r"^(\w+) += (.*)$", shown, re.MULTILINE))
    assert set_to["workers"] == workers
    assert set_to["bind"] == "['[::1]:8123']"
    assert (set_to["worker_class"], set_to["threads"], set_to["keepalive"]) == (
        "gthread",
        threads,
        "30",
    )
    assert (set_to["preload_app"], set_to["control_socket_disable"]) == ("False", "True")


def test_realtime_is_one_event_loop_that_holds_thousands(tmp_path: Path) -> None:
    command = PROCFILE["realtime"].replace("gunicorn ", "gunicorn --print-config ")
    shown = run(command, DATA=str(tmp_path), **ON_SERVERS).stdout
    set_to = dict(re.findall(r"^(\w+) += (.*)$", shown, re.MULTILINE))
    assert (set_to["worker_class"], set_to["workers"], set_to["bind"]) == (
        "gevent",
        "1",
        "['0.0.0.0:8001']",
    )
    assert int(set_to["worker_connections"]) > 3000
    assert (set_to["preload_app"], set_to["graceful_timeout"]) == ("False", "5")


def test_a_reload_goes_on_serving_on_the_embedded_store(tmp_path: Path) -> None:
    """The new worker waits for the old one's lock; its first sweep shows that it has begun."""
    settings = {"PORT": "0", "DATA": str(tmp_path), "LOG_LEVEL": "debug", "SWEEP_SECONDS": "3600"}
    with running(PROCFILE["web"], **settings) as web:
        web.line('"swept"')
        web.process.send_signal(signal.SIGHUP)
        web.line('"swept"')
        found = re.search(SERVED, "".join(web.heard))
        assert found
        assert get(f"{found[1]}/api/health/ready")[0] == 200


def test_a_scrape_tells_of_all_workers_and_of_those_before_a_reload(
    wire_client: Any, tmp_path: Path
) -> None:
    host, port = wire_client.address
    database = f"test_{uuid.uuid4().hex}"
    settings = {
        "MONGODB_URI": f"mongodb://{host}:{port}/{database}",
        "TMPDIR": str(tmp_path),
        **{"WEB_CONCURRENCY": "2", "LOG_LEVEL": "debug", "PORT": "0", "DATA": str(tmp_path)},
    }
    with running(PROCFILE["web"], **settings) as web:
        _hear_sweeps(web, 2)
        address = (re.search(SERVED, "".join(web.heard)) or web.line(SERVED))[1]
        for _ in range(3):
            assert get(f"{address}/api/health/live")[0] == 200
        web.process.send_signal(signal.SIGHUP)
        _hear_sweeps(web, 4)
        counted = rb'tracker_requests_total{method="GET",route="/api/health/live",status="200"} 3.0'
        for _ in range(200):
            assert counted in get(f"{address}/metrics")[1]
            open_ones = list(tmp_path.glob("tracker-metrics-*/gauge_live*.db"))
            if len(open_ones) == 2:
                break
        assert len(open_ones) == 2, "of the two that have ended no socket is told"
        assert len(list(tmp_path.glob("tracker-metrics-*/counter_*.db"))) == 4
    assert list(tmp_path.glob("tracker-metrics-*")) == []
    wire_client.drop_database(database)


def _hear_sweeps(web: Running, number: int) -> None:
    """So many workers have begun, since the start."""
    while "".join(web.heard).count('"swept"') < number:
        web.line('"swept"')


def test_a_second_service_on_the_same_folder_says_whose_it_is(web: Running, tmp_path: Path) -> None:
    web.line(SERVED)
    refused = run(PROCFILE["web"], PORT="0", DATA=str(tmp_path))
    assert refused.returncode != 0
    assert refused.stderr.startswith("tracker: ")
    assert str(tmp_path / "tracker.db") in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_release_line_runs_twice(tmp_path: Path) -> None:
    for _ in range(2):
        ended = run(PROCFILE["release"], DATA=str(tmp_path), TRACKER_ENV="production", **SAFE)
        assert ended.returncode == 0, ended.stderr


def test_a_warning_is_told_at_start(tmp_path: Path) -> None:
    ended = run(PROCFILE["release"], DATA=str(tmp_path), DB_HOST="db", DB_PASSWORD="c4n4ry")
    assert re.findall("^tracker: .*MONGODB_URI$", ended.stderr, re.MULTILINE)
    assert "c4n4ry" not in ended.stderr


def test_the_health_check_of_the_image_knows_well_from_ill(web: Running) -> None:
    port = web.line(SERVED)[1].rpartition(":")[2]
    check = re.search(r"^  CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert check
    command = shlex.join(json.loads(check[1]))
    assert run(command, PORT=port).returncode == 0
    assert run(command, PORT="1").returncode != 0


UNSAFE = [
    ("SECRET_KEY", ""),
    ("SECRET_KEY", CANARY),
    ("SECRET_KEY", "change-me"),
    ("SECRET_KEY", f"change-me-{CANARY}-1b8f0c7be2a94638b0c1d2e3f4a5968"),
    ("SECRET_KEY", "0123456789abcdef" * 3),
    ("SECRET_KEY", CANARY * 8),
    ("DEBUG", "true"),
    ("CORS_ORIGINS", "*"),
    ("PASSWORD_COST", "cheap"),
    ("MONGODB_URI", f"mongodb://{CANARY}.example/x"),
    ("MONGODB_URI", f"mongodb://user@{CANARY}.example/x"),
    ("MONGODB_URI", f"mongodb://user:{CANARY}@host/x?w=1"),
    ("MONGODB_URI", f"mongodb://user:{CANARY}@host/x?journal=false"),
    ("MONGODB_URI", f"postgres://user:{CANARY}@host/x"),
    ("PUBLIC_URL", f"http://{CANARY}.example"),
    ("PORT", CANARY),
]


@pytest.mark.parametrize(("variable", "text"), UNSAFE)
def test_production_does_not_start(variable: str, text: str, tmp_path: Path) -> None:
    """The whole server: one line, no traceback, no value, and under three seconds of computing."""
    given = {"TRACKER_ENV": "production", **SAFE, "DATA": str(tmp_path)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = run("gunicorn wsgi:app", **{**given, variable: text})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ended.returncode != 0
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"tracker: {variable}: ")
    assert ended.stderr.count("\n") == 1
    assert len(text) < 8 or text not in ended.stderr
    assert CANARY not in ended.stderr
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3


@pytest.mark.parametrize(
    "command", ["flask --app wsgi create-indexes", "celery -A wsgi:celery worker"]
)
def test_no_other_command_starts_on_a_bad_setting(command: str) -> None:
    ended = run(command, SECRET_KEY=CANARY)
    assert ended.returncode != 0
    assert ended.stderr == "tracker: SECRET_KEY: takes 32 bytes or more\n"
