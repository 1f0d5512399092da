"""Hostile texts in titles, descriptions and comments: whatever is HTML of ours holds none of it."""

from typing import Any

import pytest

from tests.api.asking import TASKS, read
from tests.api.table import done
from tests.api.test_comments import comments_of
from tests.people import Client, Reply
from tests.xss import STRINGS, require_harmless
from tracker.store import Store

AT_ONCE = 100


@pytest.fixture
def store(embedded_store: Store) -> Store:
    """One is enough: what is stored is as it was sent."""
    return embedded_store


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> list[str]:
    """A task for each of the strings, which is its title and its description."""
    made = []
    for start in range(0, len(STRINGS), AT_ONCE):
        drafts = [{"title": s, "description": s} for s in STRINGS[start : start + AT_ONCE]]
        made += [one["id"] for one in done(ann.post(f"{TASKS}/bulk", {"tasks": drafts}))]
    return made


def require_data(reply: Reply) -> Any:
    """The answer is JSON, which no browser takes for a page."""
    assert reply.headers["Content-Type"] in {"application/json", "application/problem+json"}
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")
    return reply.json


def test_a_comment_shows_no_script_handler_or_script_url(ann: Client) -> None:
    assert len(STRINGS) >= 150
    task = done(ann.post(TASKS, {"title": "t"}))["id"]
    for said in STRINGS:
        made = require_data(ann.post(comments_of(task), {"content": said}))
        assert made["content"] == said
    shown = read(ann, task)["comments"]
    assert [one["content"] for one in shown] == STRINGS
    for one in (*shown, *require_data(ann.get(comments_of(task)))):
        require_harmless(one["content_html"])


def test_titles_and_descriptions_leave_as_data_and_as_they_came(
    ann: Client, ids: list[str]
) -> None:
    found = {}
    for page in (1, 2):
        listed = require_data(ann.get(f"{TASKS}?page_size=100&page={page}"))
        found |= {task["id"]: task for task in listed["tasks"]}
    for said, task in zip(STRINGS, ids, strict=True):
        assert (found[task]["title"], found[task]["description"]) == (said, said)
    require_data(ann.get(f"{TASKS}/{ids[0]}/history"))
    require_data(ann.get("/api/auth/me/export"))


def test_what_is_refused_is_told_as_data(ann: Client) -> None:
    for said in STRINGS[:20]:
        require_data(ann.post(TASKS, {"title": "t", said: said}))
        require_data(ann.get(f"{TASKS}/{said}"))
        require_data(ann.get(TASKS, query_string={"search": said * 20, said: said}))
