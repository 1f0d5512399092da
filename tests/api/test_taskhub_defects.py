"""What the original service got wrong, line by line: none of it is here. Each line is shown in
short; some stand in `defects_of_events` and `defects_of_files`.
"""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config import Config, SettingError, load
from tests.api import defects_of_events as events
from tests.api import defects_of_files as files
from tests.api.asking import NOWHERE, TASKS, listed, make, refused
from tests.api.defect_stage import Stage
from tests.api.log_ins import LOGOUT, lives, log_in, refresh
from tests.api.table import done, later, share
from tests.conftest import Clock
from tests.people import PASSWORD, Client
from tests.post import Box
from tests.store.wrapped import Call, wrap
from tracker.services.world import World

AWAY = "redis://127.0.0.1:1/0"
ANALYTICS, AUTH, TAGS = "/api/analytics", "/api/auth", "/api/tags"
PROMISED = 26


@pytest.fixture
def stage(
    client: Client, world: World, clock: Clock, config: Config, box: Box, log: io.BytesIO,
    tmp_path: Path,
) -> Stage:  # fmt: skip
    return Stage(client, world, clock, config, box, log, tmp_path)


def requests_are_counted(stage: Stage) -> None:
    client = stage.another(rate_limit_anonymous=Config().rate_limit_anonymous)
    assert [client.get("/docs").status for _ in range(101)] == [200] * 100 + [429]


def redis_may_be_away(stage: Stage) -> None:
    ann = stage.another(redis_url=AWAY).as_("ann")
    make(ann, "t")
    assert (listed(ann), done(ann.get(f"{ANALYTICS}/overview"))["total_tasks"]) == (["t"], 1)


def wrong_values_are_422(stage: Stage) -> None:
    task = make(stage.ann)["id"]
    for bad in ({"status": "x"}, {"priority": "x"}, {"assigned_to": NOWHERE}):
        refused(stage.ann.post(TASKS, {"title": "t", **bad}), 422)
        refused(stage.ann.put(f"{TASKS}/{task}", bad), 422)
    for query in ("status=x", "priority=x"):
        refused(stage.ann.get(f"{TASKS}?{query}"), 422)
    for due in ("2027-01-02T00:00:00", "2027-01-02"):
        assert make(stage.ann, due_date=due)["due_date"] == "2027-01-02T00:00:00Z"


def names_are_taken_once(stage: Stage) -> None:
    def ask(email: str, username: str) -> int:
        named = {"email": f"{email}@example.com", "username": username}
        return stage.client.post(
            f"{AUTH}/register", {**named, "full_name": "x", "password": PASSWORD}
        ).status

    for name in ("ann", "bob"):
        stage.client.as_(name)
    assert [ask("ann", "bob"), ask("ANN", "cay"), ask("cay", "BOB")] == [400] * 3
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, ["dan"] * 2, ["dan", "DAN"])) == [201, 400]
    person = {"email": "ANN@Example.com", "password": PASSWORD}
    assert stage.client.post(f"{AUTH}/login", person).status == 200


def a_search_is_literal(stage: Stage) -> None:
    for title in ("100% sure", "100 sure", "a_b", "axb"):
        make(stage.ann, title)
    assert listed(stage.ann, "search=100%25") == ["100% sure"]
    assert listed(stage.ann, "search=a_b") == ["a_b"]


def equals_are_sorted_by_id(stage: Stage) -> None:
    made = sorted(make(stage.ann, "same")["id"] for _ in range(5))
    pages = [stage.ann.get(f"{TASKS}?sort_by=title&page_size=1&page={n}").json for n in range(1, 6)]
    found = [page["tasks"][0]["id"] for page in pages]
    assert found in (made, made[::-1])


def queries_do_not_grow(stage: Stage) -> None:
    def around(call: Call) -> Any:
        asked.append(call)
        return call.run()

    asked: list[Call] = []
    app = stage.another(replace(stage.world, store=wrap(stage.store, around)))
    ann, counts = app.as_("ann"), []
    for turn, people in enumerate((["bob"], ["cay", "dan", "eve", "fay"])):
        for name in people:
            share(ann, make(ann, name, tags=[name, f"{name} too"])["id"], name, "viewer")
        for path in (f"{ANALYTICS}/performance", TAGS, TASKS):
            asked.clear()
            done(ann.get(path))
            counts.append((turn, path, len(asked)))
    assert [one[1:] for one in counts[:3]] == [one[1:] for one in counts[3:]]


def a_known_secret_does_not_start(stage: Stage) -> None:
    given = {"TRACKER_ENV": "production", "PUBLIC_URL": "https://tracker.example.org"}
    for secret in ("change-me", ""):
        with pytest.raises(SettingError, match="^SECRET_KEY: "):
            load({**given, "SECRET_KEY": secret})


def sessions_end_and_go_on(stage: Stage) -> None:
    first = log_in(stage.client, refresh=True).json
    second = done(refresh(stage.client, first["refresh_token"]))
    body = {"current_password": PASSWORD, "new_password": "another horse"}
    ann = stage.client.with_token(second["access_token"])
    assert ann.post(f"{AUTH}/password/change", body).status in {200, 204}
    person = {"email": "ann@example.com", "password": "another horse"}
    token = done(stage.client.post(f"{AUTH}/login", person))["access_token"]
    assert stage.client.with_token(token).post(LOGOUT).status == 204
    assert not lives(stage.client, token)


def many_are_a_hundred(stage: Stage) -> None:
    for count, status in ((100, 201), (101, 422)):
        tasks = [{"title": "t"}] * count
        assert stage.ann.post(f"{TASKS}/bulk", {"tasks": tasks}).status == status


def profiles_are_checked(stage: Stage) -> None:
    for bad in ({"avatar_url": "javascript:alert(1)"}, {"avatar_url": "x"}, {"full_name": " "}):
        refused(stage.ann.put(f"{AUTH}/me", bad), 422)


def trends_have_today_and_dates_stay(stage: Stage) -> None:
    task = make(stage.ann, description="d", due_date="2026-03-05")["id"]
    path = f"{TASKS}/{task}"
    completed = done(stage.ann.post(f"{path}/complete"))["completed_at"]
    assert done(stage.ann.get(f"{ANALYTICS}/trends"))[-1] == {
        "date": "2026-03-04", "created": 1, "completed": 1,
    }  # fmt: skip
    stage.clock.advance(days=1)
    changed = done(later(stage.client, "ann").patch(path, {"due_date": None, "description": None}))
    assert (changed["due_date"], changed["description"]) == (None, None)
    assert changed["completed_at"] == completed == "2026-03-04T05:06:07.891000Z"


def comments_of_nothing_are_404(stage: Stage) -> None:
    refused(stage.ann.get(f"{TASKS}/{NOWHERE}/comments"), 404)


LINES: list[tuple[str, Callable[[Stage], None]]] = [
    ("requests are not limited", requests_are_counted),
    ("lists, creation and analytics fail without Redis", redis_may_be_away),
    ("a task cannot be read once another person commented", events.others_may_comment),
    ("PUT fails after its event was sent", events.changes_are_told_once_they_stand),
    ("deleted comments still show", events.a_deleted_comment_is_hidden),
    ("everybody may do everything and sees all addresses", files.strangers_have_no_rights),
    ("everybody hears everything", events.events_reach_those_who_may_see),
    ("a socket outlives its token, and one process only", events.a_socket_ends_with_its_token),
    ("a read writes statuses and overdue notices are lost", events.no_read_writes),
    ("several workers send a notice twice", events.each_deadline_is_told_once),
    ("promised notices and events are never made", events.what_was_promised_is_told),
    ("unknown values and dates without a zone fail", wrong_values_are_422),
    ("names of two people and racing registrations fail", names_are_taken_once),
    ("signs of a search match anything", a_search_is_literal),
    ("equals have no order", equals_are_sorted_by_id),
    ("queries grow with people and tags", queries_do_not_grow),
    ("uploads are read whole, trusted and half kept", files.an_upload_is_cut_off_and_looked_at),
    ("exports hold formulas under a wrong type", files.an_export_holds_no_formula),
    ("letters are unescaped and requests wait for them", files.letters_are_escaped_and_leave_later),
    ("the known secret works", a_known_secret_does_not_start),
    ("no log-out, refresh or change of password", sessions_end_and_go_on),
    ("any number of tasks at once", many_are_a_hundred),
    ("avatars unchecked and names empty", profiles_are_checked),
    ("trends without today, completions move, no null", trends_have_today_and_dates_stay),
    ("lists are stale after a comment or an upload", files.nothing_is_stale),
    ("a missing task has comments", comments_of_nothing_are_404),
]


@pytest.mark.parametrize(("defect", "shows"), LINES, ids=[words for words, _ in LINES])
def test_a_defect_of_the_original_is_not_here(
    stage: Stage, defect: str, shows: Callable[[Stage], None]
) -> None:
    shows(stage)


def test_every_line_of_the_list_is_shown_by_a_check_of_its_own() -> None:
    assert len({words for words, _ in LINES}) == len({shows for _, shows in LINES}) == PROMISED
