"""flask create-admin: how the first admin comes to be."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.people import Client
from tests.processes import KEY, run

PASSWORD = "longer than eight"


def create(app: Flask, *arguments: str, given: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["create-admin", *arguments], input=given)


def log_in(client: Client, **named: str) -> Any:
    reply = client.post("/api/auth/login", {**named, "password": PASSWORD})
    return client.with_token(reply.json.get("access_token"))


def test_it_asks_for_the_password_twice_and_shows_neither(app: Flask, client: Client) -> None:
    made = create(app, "root@example.com", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0
    assert PASSWORD not in made.output
    assert log_in(client, email="root@example.com").get("/api/admin/users").status == 200


def test_passwords_that_differ_are_asked_for_again(app: Flask) -> None:
    made = create(app, "root@example.com", given=f"{PASSWORD}\nother\n{PASSWORD}\n{PASSWORD}\n")
    assert "do not match" in made.output
    assert made.exit_code == 0


def test_a_pipe_brings_the_password(app: Flask, client: Client) -> None:
    arguments = ["root@example.com", "--username", "root", "--password-stdin"]
    assert create(app, *arguments, given=f"{PASSWORD}\n").exit_code == 0
    assert log_in(client, username="root").get("/api/admin/users").status == 200


def test_somebody_who_has_the_address_becomes_one(app: Flask, client: Client) -> None:
    ann = client.as_("ann")
    assert ann.get("/api/admin/users").status == 403
    assert create(app, "ann@example.com").exit_code == 0
    assert ann.get("/api/admin/users").status == 200


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (["root"], PASSWORD),
        (["root@example.com", "--username", "x"], PASSWORD),
        (["root@example.com", "--username", "ann"], PASSWORD),
        (["root@example.com"], "short"),
        (["root@example.com"], ""),
        (["root@example.com"], "x" * 129),
        ([], PASSWORD),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    app: Flask, client: Client, arguments: list[str], given: str
) -> None:
    client.as_("ann")
    refused = create(app, *arguments, "--password-stdin", given=f"{given}\n")
    assert refused.exit_code in {1, 2}
    assert "Error: " in refused.output
    assert not given or given not in refused.output
    assert app.extensions["world"].store.db.users.count_documents({"role": "admin"}) == 0


def test_the_command_works_from_a_shell(tmp_path: Path) -> None:
    command = "echo longer than eight | flask --app wsgi create-admin root@example.com"
    ended = run(f"{command} --password-stdin", DATA=str(tmp_path), SECRET_KEY=KEY)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "root@example.com is an admin."
