"""python -m bench.enumeration [--short] [--check]: do times of answers tell who has an account?

Logging in, registering where addresses are to be confirmed, forgetting a password and asking for a
letter again: each for accounts that are there and for others, in turns, in random order, by another
address each time. Prints both medians and their ratio; --check ends with 1 where they lie more than
a tenth apart, or where anything else of the answers differs.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from tracker import create_app
from tracker.services.world import World
from tracker.store import accounts

from . import services

FULL, SHORT = 200, 20
WITHIN = 0.10
PASSWORD = "correct horse"
# what differs from one answer to the next of the same kind, too
NAMED = {"X-Request-Id", "Date"}

Body = dict[str, Any]


class Question(NamedTuple):
    """What is asked of whom: `body` takes an address and a number that nobody else has."""

    what: str
    path: str
    body: Callable[[str, int], Body]


QUESTIONS = (
    Question("logging in", "login", lambda email, _: {"email": email, "password": "wrong one"}),
    Question("registering", "register", lambda email, n: _registration(email, n)),
    Question("forgetting", "password/forgot", lambda email, _: {"email": email}),
    Question("asking for a letter again", "email/resend", lambda email, _: {"email": email}),
)


class Answer(NamedTuple):
    """What an answer tells: its time in milliseconds, and all the rest."""

    ms: float
    rest: tuple[Any, ...]


def main() -> None:
    asked = _arguments()
    with services.embedded() as service:
        app = _application(service.world)
        apart = [not _is_alike(app, question, asked.short) for question in QUESTIONS]
    print(f"\nTold apart: {sum(apart)} of {len(apart)}.")
    if asked.check and any(apart):
        raise SystemExit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.enumeration", description="Measure.")
    parser.add_argument("--short", action="store_true", help=f"{SHORT} tries instead of {FULL}")
    parser.add_argument("--check", action="store_true", help="end with 1 where answers tell")
    return parser.parse_args()


def _is_alike(app: Flask, question: Question, short: bool) -> bool:
    """Ask for as many who are there as for others; print, and say whether nobody can tell."""
    times = SHORT if short else FULL
    known, unknown = _ask_in_turns(app, question, times)
    median, other = (statistics.median(a.ms for a in answers) for answers in (known, unknown))
    same = {answer.rest for answer in known} == {answer.rest for answer in unknown}
    status = next(iter(known)).rest[0]
    said = f"answers {'alike' if same else 'DIFFER'} ({status})"
    print(f"  {question.what:<28}{median:8.2f}{other:8.2f} ms   × {median / other:.3f}   {said}")
    return same and abs(median / other - 1) <= WITHIN


def _ask_in_turns(app: Flask, question: Question, times: int) -> tuple[list[Answer], list[Answer]]:
    found: tuple[list[Answer], list[Answer]] = ([], [])
    client = app.test_client(use_cookies=False)
    for number, address in zip(range(-3, times), _addresses(app, question.path), strict=False):
        for kind in random.sample((0, 1), 2):
            answer = _asked(client, question, address[kind], 2 * (number + 3) + kind)
            if number >= 0:  # the first ones only warm up
                found[kind].append(answer)
    return found


def _asked(client: FlaskClient, question: Question, email: str, number: int) -> Answer:
    body = orjson.dumps(question.body(email, number))
    source = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    began = time.perf_counter()
    response = client.post(
        f"/api/auth/{question.path}",
        data=body,
        content_type="application/json",
        environ_base={"REMOTE_ADDR": source},
    )
    with response:
        data = response.get_data()
    ms = (time.perf_counter() - began) * 1000
    headers = tuple(sorted((k, v) for k, v in response.headers if k not in NAMED))
    return Answer(ms, (response.status_code, data, headers))


def _addresses(app: Flask, path: str) -> Iterator[tuple[str, str]]:
    """Of somebody, and of nobody; as long, and never the same again."""
    world: World = app.extensions["world"]
    hashed = app.extensions["passwords"].hash(PASSWORD)
    about = {"full_name": "Known", "role": "user", "state": "active", "password": hashed}
    for number in range(10**6):
        known, unknown = (f"{path.rpartition('/')[2]}{number:06}{end}@example.com" for end in "ab")
        user = {"_id": world.new_id(), "email": known, **about, "created_at": world.now()}
        accounts.insert(world.store, user)
        yield known, unknown


def _registration(email: str, number: int) -> Body:
    return {"email": email, "username": f"name{number:06}", "full_name": "X", "password": PASSWORD}


def _application(world: World) -> Flask:
    config = Config(
        secret_key=services.SECRET,
        require_confirmation=True,
        rate_limit_anonymous=0,
        rate_limit_user=0,
    )
    return create_app(config, world, log_to=open(os.devnull, "wb"))  # noqa: SIM115 - ends with us


if __name__ == "__main__":
    main()
