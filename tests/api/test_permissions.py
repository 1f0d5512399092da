"""Who may ask what: every method of the task routes × owner, editor, viewer, assignee, stranger,
nobody. The expected status follows from `core.access.DEEDS`.
"""

import pytest

from tests.api.asking import TASKS, listed, refused, unchanged
from tests.api.table import ASSIGNEE, CASES, ROLES, Case, done, methods, stage
from tests.people import Client
from tracker.core import access
from tracker.store import Store

RANKS = {"ann": access.OWNER, "edda": access.EDITOR, "vera": access.VIEWER, "fred": 0}
PEOPLE = [*RANKS, ASSIGNEE, "nobody"]
GIVEN = {"b", "c"}  # what the assignee was given, and what is below it


def expected(person: str, case: Case) -> int:
    if person == "nobody":
        return 401
    if not case.deed:
        return case.status
    rank = RANKS.get(person, access.ASSIGNEE if case.task in GIVEN else access.VIEWER)
    if not rank:
        return 404
    may = rank >= access.DEEDS[case.deed] and (not case.only or person in case.only)
    return case.status if may else 403


def client_of(client: Client, person: str) -> Client:
    return client if person == "nobody" else client.as_(person)


def test_every_method_has_its_row() -> None:
    assert {(case.verb, case.rule) for case in CASES} == set(methods())


def test_every_deed_that_has_a_route_is_asked_for() -> None:
    """Inviting is assigning somebody from outside; what one attached oneself is also detached by
    who may read.
    """
    asked = {case.deed for case in CASES if case.deed}
    assert asked == set(access.DEEDS) - {"invite", "leave", "detach"}


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_may_what_the_table_says(client: Client, store: Store, person: str) -> None:
    ids, asker = stage(client, store), client_of(client, person)
    for case in CASES:
        status = expected(person, case)
        if status != case.status:
            with unchanged(store):
                problem = refused(case.ask(asker, ids), status)
            assert status != 404 or problem["detail"] == "Task not found"
        else:
            reply = case.ask(asker, ids)
            assert reply.status == status, (str(case), reply.body)
            ids = ids if case.verb == "GET" else stage(client, store)


@pytest.mark.parametrize("person", [*ROLES, "fred"])
def test_a_right_on_one_tree_is_none_on_another(client: Client, store: Store, person: str) -> None:
    """y is ann's alone, and what others have is theirs: nothing moves where one sees nothing."""
    ids, asker = stage(client, store), client.as_(person)
    mine = done(asker.post(TASKS, {"title": "mine"}))["id"]
    with unchanged(store):
        for case in CASES:
            if case.deed:
                refused(case.ask(asker, ids | dict.fromkeys("abcdtu", ids["y"])), 404)
        for body in ({"parent_id": ids["y"]}, {"parent_id": ids["y"], "position": "first"}):
            refused(asker.post(f"{TASKS}/{mine}/move", body), 404)
        refused(asker.patch(f"{TASKS}/{mine}", {"parent_id": ids["y"]}), 404)
        refused(asker.post(f"{TASKS}/{ids['y']}/move", {"parent_id": mine}), 404)


def test_lists_show_what_one_may_see(client: Client, store: Store) -> None:
    ids = stage(client, store)
    seen = {"ann": 6, "edda": 5, "vera": 5, "asta": 5, "fred": 0}
    assert {name: len(listed(client.as_(name))) for name in seen} == seen
    trash = {name: client.as_(name).get("/api/trash").json["total"] for name in seen}
    assert trash == {"ann": 1, "edda": 1, "vera": 1, "asta": 1, "fred": 0}
    for name in ("edda", "vera", "asta", "fred"):
        assert listed(client.as_(name), f"root={ids['y']}") == []


def test_an_assignee_loses_the_right_with_the_task(client: Client, store: Store) -> None:
    ids, asta = stage(client, store), client.as_("asta")
    b = f"{TASKS}/{ids['b']}"
    assert asta.patch(b, {"title": "1"}).status == 200
    done(client.as_("edda").patch(b, {"assigned_to": None}))
    with unchanged(store):
        refused(asta.patch(b, {"title": "2"}), 403)
        refused(asta.post(f"{b}/subtasks", {"title": "2"}), 403)


def test_an_assignee_gives_no_task_away(client: Client, store: Store) -> None:
    """Giving tasks to people is an editor's right, at making a task as at changing one."""
    ids, asta = stage(client, store), client.as_("asta")
    b, given = f"{TASKS}/{ids['b']}", {"title": "x", "assigned_to": ids["vera"]}
    below = {**given, "parent_id": ids["b"]}
    with unchanged(store):
        refused(asta.patch(b, {"assigned_to": ids["vera"]}), 403)
        refused(asta.post(f"{b}/subtasks", given), 403)
        refused(asta.post(TASKS, below), 403)
        refused(asta.post(f"{TASKS}/bulk", {"tasks": [below]}), 403)
        refused(asta.post(f"{b}/subtasks", {"title": "x", "subtasks": [given]}), 403)
    assert asta.post(f"{b}/subtasks", {"title": "x"}).status == 201
    assert client.as_("edda").post(f"{b}/subtasks", given).status == 201
