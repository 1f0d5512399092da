"""The export of tasks: a workbook, CSV or JSON; complete, private, and without a formula."""

import csv
import io
import zipfile
from typing import Any

import openpyxl
import orjson
import pytest
from flask import Flask
from openpyxl.utils.escape import unescape

from tests.api.asking import TASKS, make, plant, read
from tests.api.table import done, share
from tests.people import Client, Reply
from tests.store.wrapped import Call, wrap
from tracker.services import extracting
from tracker.services.world import World
from tracker.store import Store

EXPORT = "/api/analytics/export"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEVEN = ["ID", "Title", "Description", "Status", "Priority", "Due Date", "Created At"]
NASTY = (
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "'=1", "''+1", "＝1",
    "=HYPERLINK(\"http://x.example\")", "plain", "'quoted'", "a,b;\"c\"", "two\nlines",
    "<b>&amp;</b>", "_x0041_", "\x0b\x1f\ufffe", " = ", "https://x.example", "1", "é 漢字 🎉",
)  # fmt: skip


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def exported(client: Client, form: str = "") -> Reply:
    reply = client.get(EXPORT + (f"?format={form}" if form else ""))
    assert reply.status == 200, reply
    return reply


def sheet(client: Client) -> list[dict[str, Any]]:
    """The rows of a workbook by their columns; every cell is a text or a number."""
    book = openpyxl.load_workbook(io.BytesIO(exported(client).body))
    assert book.sheetnames == ["Tasks"]
    rows = list(book["Tasks"].iter_rows())
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} <= {"s", "n"}
    names = [cell.value for cell in rows[0]]
    assert names[:7] == SEVEN
    return [dict(zip(names, map(_said, row), strict=True)) for row in rows[1:]]


def _said(cell: Any) -> Any:
    """What a spreadsheet shows: openpyxl leaves escapes (ECMA-376, 22.9.2.19) as they are."""
    return unescape(cell.value) if isinstance(cell.value, str) else cell.value


def table(client: Client) -> list[dict[str, str]]:
    text = exported(client, "csv").body.decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def lines(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(exported(client, "json").body)
    return found


@pytest.mark.parametrize(
    ("form", "kind"), [("", XLSX), ("xlsx", XLSX), ("csv", "text/csv; charset=utf-8"),
                       ("json", "application/json")],
)  # fmt: skip
def test_a_file_says_what_it_is(ann: Client, form: str, kind: str) -> None:
    make(ann)
    reply = exported(ann, form)
    assert reply.headers["Content-Type"] == kind
    name = f"attachment; filename=tasks_export.{form or 'xlsx'}"
    assert reply.headers["Content-Disposition"] == name
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["X-Total-Count"] == "1"
    asked = ann.get(f"{EXPORT}?format={form or 'xlsx'}", headers={"Accept": kind})
    assert asked.status == 200


def test_who_has_nothing_gets_a_header(ann: Client) -> None:
    assert (sheet(ann), table(ann), lines(ann)) == ([], [], [])


def test_a_row_says_what_the_task_says(ann: Client) -> None:
    number = done(ann.post("/api/categories", {"name": "work"}))["number"]
    made = make(
        ann, "a", description="d", priority="high", due_date="2026-11-20T20:26:46Z",
        tags=["red", "blue"], category=number, pomodoros={"planned": 3}, assigned_to=ann.me["id"],
    )  # fmt: skip
    (row,), (cells,), (line,) = sheet(ann), table(ann), lines(ann)
    assert {name: row[name] for name in SEVEN} == {
        "ID": made["id"],
        "Title": "a",
        "Description": "d",
        "Status": "todo",
        "Priority": "high",
        "Due Date": "2026-11-20 20:26:46+00:00",
        "Created At": "2026-03-04 05:06:07.891000+00:00",
    }
    assert (row["Number"], row["Category"], row["Pomodoros Planned"]) == (made["number"], 2, 3)
    assert (row["Tags"], row["Assigned To"], row["Completed At"]) == (
        "red, blue",
        ann.me["id"],
        None,
    )
    assert cells == {name: "" if value is None else str(value) for name, value in row.items()}
    for name in ("id", "number", "title", "due_date", "created_at", "category", "pomodoros"):
        assert line[name] == made[name]
    assert (line["tags"], line["path"]) == (["red", "blue"], ["a"])


def test_the_outline_is_kept(ann: Client) -> None:
    ids = plant(ann, ["trip", ["pack", ["socks"]], ["go"]])
    found = {row["Title"]: row for row in sheet(ann)}
    assert {title: (row["Path"], row["Depth"]) for title, row in found.items()} == {
        "trip": ("trip", 0),
        "pack": ("trip / pack", 1),
        "socks": ("trip / pack / socks", 2),
        "go": ("trip / go", 1),
    }
    assert found["socks"]["Parent ID"] == ids["pack"]
    assert {row["Root ID"] for row in found.values()} == {ids["trip"]}
    assert (found["trip"]["Subtasks"], found["trip"]["Subtasks Done"]) == (3, 0)


def test_no_text_is_a_formula_and_each_comes_back(ann: Client) -> None:
    """Who takes the mark off what is marked has the text as it was."""
    drafts = [
        {"title": text if text.strip() else "blank", "description": text, "tags": ["=x"]}
        for text in NASTY
    ]
    made = {task["id"]: task for task in done(ann.post(f"{TASKS}/bulk", {"tasks": drafts}))}
    for rows in (sheet(ann), table(ann)):
        for row in rows:
            cells = [value for value in row.values() if isinstance(value, str)]
            assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝"))]
            wanted = made[str(row["ID"])]
            told = {name: _unmarked(str(row[name])) for name in ("Title", "Description", "Path")}
            assert told["Description"] == wanted["description"]
            assert told["Title"] == told["Path"] == wanted["title"]
            assert row["Tags"] == "'=x"
    assert {line["description"] for line in lines(ann)} == set(NASTY)


def _unmarked(text: str) -> str:
    rest = text.lstrip("'")
    return text[1:] if text.startswith("'") and rest.startswith(tuple("=+-@\t\r\n\0＝")) else text


def test_the_newest_come_first_over_several_pages(ann: Client) -> None:
    many = extracting.PAGE + 100
    root = make(ann, "root", subtasks=[{"title": f"s{n}"} for n in range(many)])["id"]
    last = make(ann, "last")["id"]
    rows = table(ann)
    found = [row["ID"] for row in rows]
    assert (found[0], len(found), len(set(found))) == (last, many + 2, many + 2)
    assert [line["id"] for line in lines(ann)] == found
    assert {row["Path"].partition(" / ")[0] for row in rows[1:]} == {"root"}
    assert read(ann, root)["progress"]["total"] == many


def test_it_comes_as_it_is_read(app: Flask, ann: Client, store: Store, world: World) -> None:
    """The first bytes are there before the first row was asked for."""
    make(ann, "root", subtasks=[{"title": f"s{n}"} for n in range(extracting.PAGE)])
    asked: list[Call] = []

    def around(call: Call) -> Any:
        asked.append(call)
        return call.run()

    app.extensions["world"] = World(wrap(store, around), world.clock, world.new_id)
    headers = {"Authorization": f"Bearer {ann.token}"}
    with app.test_client(use_cookies=False).get(EXPORT, headers=headers) as response:
        assert response.is_streamed
        asked.clear()
        chunks = iter(response.response)
        seen = [(len(next(chunks)) > 0, len(asked)) for _ in range(3)]
        assert [calls for _, calls in seen] == [0, 2, 2]  # one cursor, and the title of the root
        assert sum(len(chunk) for chunk in chunks) > 0


def test_a_row_is_there_for_whoever_may_see_the_task(ann: Client) -> None:
    bob = ann.as_("bob")
    task = make(ann, "shared")["id"]
    make(ann, "mine")
    share(ann, task, "bob", "viewer")
    done(ann.delete(f"{TASKS}/{make(ann, 'gone')['id']}"))
    assert [line["title"] for line in lines(bob)] == ["shared"]
    assert sorted(line["title"] for line in lines(ann)) == ["mine", "shared"]
    done(ann.delete(f"{TASKS}/{task}/members?user={bob.me['id']}"))
    assert lines(bob) == []


def test_a_workbook_is_a_sound_zip(ann: Client) -> None:
    make(ann)
    with zipfile.ZipFile(io.BytesIO(exported(ann).body)) as book:
        assert book.testzip() is None
    fast = openpyxl.load_workbook(io.BytesIO(exported(ann).body), read_only=True)
    assert len(list(fast["Tasks"].iter_rows())) == 2
    fast.close()
