"""Sorts with their tie-break, pages by number and by cursor, over a passing deadline too."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from config import Config
from tests.api.asking import TASKS, make, refused
from tests.conftest import Clock
from tests.people import Client
from tracker import create_app
from tracker.services.world import World

SORTS = ["created_at", "updated_at", "due_date", "title", "priority", "status"]
ORDERS = ["asc", "desc"]
STATUSES = ["todo", "in_progress", "completed", "overdue"]
PRIORITIES = ["low", "medium", "high", "urgent"]


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def tasks(ann: Client, clock: Clock) -> list[dict[str, Any]]:
    """Thirteen tasks with ties in every field, some without a deadline."""
    for n in range(13):
        if n % 3 == 0:
            clock.advance(minutes=1)
        due = [None, "2026-03-05", "2026-03-06", "2020-01-01"][n % 4]
        status = STATUSES[n % 3]
        make(ann, "bAbCc"[n % 5], due_date=due, status=status, priority=PRIORITIES[n % 4])
    found: list[dict[str, Any]] = ann.get(f"{TASKS}?page_size=100").json["tasks"]
    clock.advance(minutes=1)
    ann.patch(f"{TASKS}/{found[3]['id']}", {"description": "x"})
    return list(ann.get(f"{TASKS}?page_size=100").json["tasks"])


def key(sort: str, task: dict[str, Any]) -> tuple[Any, str]:
    """What the contract sorts by; nothing comes before any time."""
    value = task[sort]
    if sort == "title":
        value = value.casefold()
    if sort in {"priority", "status"}:
        value = (PRIORITIES if sort == "priority" else STATUSES).index(value)
    return (value or "") if sort == "due_date" else value, task["id"]


def walk(client: Client, query: str) -> Iterator[dict[str, Any]]:
    """The pages of a list from its first to its last, by cursor."""
    page = client.get(f"{TASKS}?{query}").json
    yield page
    while page["next_cursor"]:
        reply = client.get(f"{TASKS}?{query}&cursor={page['next_cursor']}")
        assert reply.status == 200, reply
        page = reply.json
        yield page


def ids(*pages: dict[str, Any]) -> list[str]:
    return [task["id"] for page in pages for task in page["tasks"]]


@pytest.mark.parametrize("order", ORDERS)
def test_a_sort_breaks_ties_by_id_and_pages_make_the_whole(
    ann: Client, tasks: list[dict[str, Any]], order: str
) -> None:
    for sort in SORTS:
        _assert_whole(ann, tasks, sort, order)


def _assert_whole(ann: Client, tasks: list[dict[str, Any]], sort: str, order: str) -> None:
    query = f"sort_by={sort}&sort_order={order}"
    wanted = sorted(tasks, key=lambda task: key(sort, task), reverse=order == "desc")
    whole = ann.get(f"{TASKS}?{query}&page_size=100").json
    assert [key(sort, task) for task in whole["tasks"]] == [key(sort, task) for task in wanted]
    numbered = [ann.get(f"{TASKS}?{query}&page_size=4&page={n}").json for n in range(1, 6)]
    assert ids(*numbered) == ids(whole)
    for size in (1, 4, 13):
        pages = list(walk(ann, f"{query}&page_size={size}"))
        assert ids(*pages) == ids(whole)
        assert {page["total"] for page in pages} == {13}


@pytest.mark.parametrize("sort", SORTS)
def test_a_cursor_goes_on_within_a_filter(
    ann: Client, tasks: list[dict[str, Any]], sort: str
) -> None:
    for query in ("status=todo", "overdue=false&completed=false", "level=roots", "search=b"):
        query += f"&sort_by={sort}"
        whole = ann.get(f"{TASKS}?{query}&page_size=100").json
        assert whole["tasks"]
        assert ids(*walk(ann, f"{query}&page_size=2")) == ids(whole)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("query", ["sort_by=status", "sort_by=title&status=todo", "overdue=false"])
def test_a_deadline_that_passes_between_pages_moves_no_task(
    ann: Client, clock: Clock, query: str, order: str
) -> None:
    for n in range(6):
        make(ann, f"{n}", due_date="2026-03-04T06:00:00Z" if n % 2 else None)
    query = f"{query}&sort_order={order}&page_size=2"
    pages = []
    for page in walk(ann, query):
        pages.append(page)
        clock.advance(hours=1)
    assert len(set(ids(*pages))) == len(ids(*pages)) == 6
    assert {page["total"] for page in pages} == {6}
    assert {task["status"] for page in pages for task in page["tasks"]} == {"todo"}
    assert ann.get(f"{TASKS}?status=overdue").json["total"] == 3


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_made_or_deleted_meanwhile_doubles_nothing(
    ann: Client, tasks: list[dict[str, Any]], clock: Clock, sort: str
) -> None:
    seen, query = [], f"sort_by={sort}&page_size=3"
    for page in walk(ann, query):
        seen += ids(page)
        clock.advance(minutes=1)
        if len(seen) < 10:
            make(ann, "new", due_date="2026-03-05", priority="urgent", status="completed")
        ann.delete(f"{TASKS}/{seen[-1]}")
    assert len(set(seen)) == len(seen)
    assert {task["id"] for task in tasks} <= set(seen)


def test_the_last_page_has_no_cursor(ann: Client, tasks: list[dict[str, Any]]) -> None:
    assert ann.get(f"{TASKS}?page_size=100").json["next_cursor"] is None


@pytest.fixture
def cursor(ann: Client, tasks: list[dict[str, Any]]) -> str:
    found: str = ann.get(f"{TASKS}?page_size=3").json["next_cursor"]
    return found


def test_a_cursor_changed_in_any_place_gets_400(ann: Client, cursor: str) -> None:
    for spot, letter in enumerate(cursor):
        other = chr(ord(letter) ^ 1) if (chr(ord(letter) ^ 1)).isalnum() else "A"
        changed = cursor[:spot] + (other if other != letter else "B") + cursor[spot + 1 :]
        refused(ann.get(TASKS, query_string={"page_size": 3, "cursor": changed}), 400)


def test_what_is_no_cursor_of_ours_gets_400(ann: Client, cursor: str) -> None:
    forged = [cursor[:-1], cursor[1:], cursor * 2, "!!" + cursor, "ü" + cursor, "x", "=", "bnVsbA"]
    forged += [cursor + end for end in ("A", "=", "!", "=" * 4, " ", "\n")]
    for text in [*forged, "A" * 4_000, '{"$ne": null}']:
        refused(ann.get(TASKS, query_string={"page_size": 3, "cursor": text}), 400)


def test_an_over_long_cursor_is_refused(ann: Client, cursor: str) -> None:
    refused(ann.get(TASKS, query_string={"cursor": cursor + "A" * 10_000}), 422, "/cursor")


def test_a_cursor_of_another_sort_gets_400(ann: Client, cursor: str) -> None:
    for query in ("sort_by=title", "sort_order=asc", "sort_by=updated_at", "sort_by=status"):
        refused(ann.get(f"{TASKS}?page_size=3&cursor={cursor}&{query}"), 400)


def test_a_cursor_sealed_with_another_secret_gets_400(
    ann: Client, cursor: str, config: Config, world: World
) -> None:
    other: Flask = create_app(
        replace(config, secret_key="another secret, quite as long, of 32"), world
    )
    refused(Client(other).as_("zoe").get(f"{TASKS}?page_size=3&cursor={cursor}"), 400)


def test_somebody_elses_cursor_shows_nothing_of_theirs(client: Client, cursor: str) -> None:
    make(client.as_("bob"), "bob's")
    reply = client.as_("bob").get(f"{TASKS}?page_size=3&cursor={cursor}")
    assert {task["title"] for task in reply.json["tasks"]} <= {"bob's"}
    assert reply.json["total"] == 1


def test_page_and_cursor_together_get_422(ann: Client, cursor: str) -> None:
    refused(ann.get(f"{TASKS}?page=2&cursor={cursor}"), 422, "/page")
