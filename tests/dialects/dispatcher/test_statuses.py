"""API диспетчера задач: free text for a status, what it means natively, and lists by it."""

import pytest

from tests.conftest import Clock
from tests.dialects.dispatcher.clients import BOTH, HUGE, invalid, make, register
from tests.people import Client

pytestmark = BOTH


# what a text means


@pytest.mark.parametrize(
    ("text", "native"),
    [
        ("завершена", "completed"), (" Завершено ", "completed"), ("ВЫПОЛНЕНА", "completed"),
        ("Completed", "completed"), ("done", "completed"), ("В ПРОЦЕССЕ", "in_progress"),
        ("in_progress", "in_progress"), ("In Progress", "in_progress"), ("новая", "todo"),
        ("完了", "todo"), ("x" * 50, "todo"), ("todo", "todo"), ("$ne", "todo"),
    ],
)  # fmt: skip
def test_a_status_is_shown_as_sent_and_means_one_of_ours(
    client: Client, base: str, text: str, native: str
) -> None:
    ann = register(client, base)
    task = make(ann, base, status=text)
    assert task["status"] == text
    ours = ann.get("/api/tasks").json["tasks"][0]
    assert (ours["status"], ours["status_label"]) == (native, text)
    assert (ours["completed_at"] is not None) == (native == "completed")


def test_an_unknown_word_leaves_a_started_task_started_and_reopens_a_finished_one(
    client: Client, base: str
) -> None:
    ann = register(client, base)
    path = f"{base}/tasks/{make(ann, base, status='в процессе')['id']}"

    def put(word: str) -> tuple[str, str]:
        shown = ann.put(path, {"status": word}).json["status"]
        return shown, ann.get("/api/tasks").json["tasks"][0]["status"]

    assert put("почти") == ("почти", "in_progress")
    assert put("выполнена") == ("выполнена", "completed")
    assert put("done") == ("done", "completed")
    assert put("ещё раз") == ("ещё раз", "todo")


def test_another_door_replaces_the_word(client: Client, base: str) -> None:
    ann = register(client, base)
    task = make(ann, base, status="новая")
    ours = ann.get("/api/tasks").json["tasks"][0]["id"]
    for status in ("completed", "in_progress", "todo"):
        assert ann.put(f"/api/tasks/{ours}", {"status": status}).status == 200
        assert ann.get(f"{base}/tasks/{task['id']}").json["status"] == status


def test_an_empty_text_is_none(client: Client, base: str) -> None:
    ann = register(client, base)
    assert make(ann, base, status="")["status"] == "todo"
    task = make(ann, base, status="В работе")
    assert ann.put(f"{base}/tasks/{task['id']}", {"status": ""}).json["status"] == "todo"
    assert make(ann, base, status=" ")["status"] == " "


# the list


@pytest.mark.parametrize("asked", ["в процессе", "В Процессе", " в процессе "])
def test_the_list_keeps_those_with_a_status(client: Client, base: str, asked: str) -> None:
    ann = register(client, base)
    one = make(ann, base, status="в процессе")
    make(ann, base, status="новая")
    make(ann, base)
    assert ann.get(f"{base}/tasks/", query_string={"status": asked}).json == [one]


def test_a_status_is_compared_in_one_spelling_of_unicode(client: Client, base: str) -> None:
    ann = register(client, base)
    one = make(ann, base, status="Новый")
    decomposed = "новыи\u0306"
    assert ann.get(f"{base}/tasks/", query_string={"status": decomposed}).json == [one]
    two = make(ann, base, status=decomposed)
    assert two["status"] == decomposed
    assert len(ann.get(f"{base}/tasks/", query_string={"status": "новый"}).json) == 2


def test_a_long_status_is_found_in_whatever_spelling(client: Client, base: str) -> None:
    ann = register(client, base)
    one = make(ann, base, status="й" * 50)
    for asked in ("и\u0306" * 50, "Й" * 50, f"  {'й' * 50}  "):
        assert ann.get(f"{base}/tasks/", query_string={"status": asked}).json == [one]
    assert ann.get(f"{base}/tasks/", query_string={"status": "x" * 1_000}).json == []
    longer = ann.get(f"{base}/tasks/", query_string={"status": "x" * 1_001})
    invalid(longer, "query", "status")


def test_a_task_without_a_text_is_found_by_the_word_for_its_status(
    client: Client, base: str
) -> None:
    ann = register(client, base)
    one = make(ann, base)
    make(ann, base, status="новая")
    assert ann.get(f"{base}/tasks/?status=todo").json == [one]
    for status in ("completed", "$ne", ".*", ""):
        assert ann.get(f"{base}/tasks/", query_string={"status": status}).json == []


def test_pages_are_optional_and_the_total_is_always_told(
    client: Client, base: str, clock: Clock
) -> None:
    ann = register(client, base)
    for title in "abc":
        make(ann, base, title=title)
        clock.advance(seconds=1)

    def titles(query: str) -> str:
        reply = ann.get(f"{base}/tasks/{query}")
        assert reply.headers["X-Total-Count"] == "3"
        return "".join(task["title"] for task in reply.json)

    assert titles("") == "cba"
    assert titles("?page_size=2") == "cb"
    assert titles("?page=2&page_size=2") == "a"
    assert titles("?page=1000000&page_size=1000") == ""
    assert titles("?unknown=1&page=1") == "cba"


@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=0", "page_size=1001", "page=-1",
                                   f"page={HUGE}", "page=1&page=2"])  # fmt: skip
def test_a_page_is_a_small_number(client: Client, base: str, query: str) -> None:
    reply = register(client, base).get(f"{base}/tasks/?{query}")
    invalid(reply, "query", query.partition("=")[0])


def test_pages_and_the_total_are_of_those_with_the_status(client: Client, base: str) -> None:
    ann = register(client, base)
    for status in ("новая", "Новая", "иная"):
        make(ann, base, status=status)
    asked = {"status": "НОВАЯ", "page": 2, "page_size": 1}
    reply = ann.get(f"{base}/tasks/", query_string=asked)
    assert (len(reply.json), reply.headers["X-Total-Count"]) == (1, "2")
