"""The same request under one key from several threads at once: one effect, and the same answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.api.asking import TASKS, listed, read
from tests.api.table import ROOTS, SAYS, WRITES, Case, stage
from tests.api.test_keys import KEY, alike, keyed
from tests.people import Client, Reply
from tracker.store import Store

TWINS = 4


def at_once(ask: Callable[[], Reply], many: int = TWINS) -> list[Reply]:
    gate = Barrier(many)

    def one(_: int) -> Reply:
        gate.wait()
        return ask()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))


def commits(store: Store) -> int:
    return store.db.history.count_documents({"hidden": False})


@pytest.mark.parametrize("case", ROOTS + WRITES + SAYS, ids=str)
def test_twins_do_it_once(client: Client, store: Store, case: Case) -> None:
    """One waits for the other and gets its answer; 409 only for moves between trees, and then once
    more.
    """
    ids, ann = stage(client, store), client.as_("ann")
    before = commits(store)
    replies = at_once(lambda: case.ask(ann, ids, **keyed()))
    good = [reply for reply in replies if reply.status == case.status]
    others = [reply for reply in replies if reply.status != case.status]
    assert good
    assert all(alike(reply, good[0]) for reply in good)
    between = case.deed == "move_out" or case.task == "u"
    assert all(between and reply.status == 409 for reply in others), replies
    assert alike(case.ask(ann, ids, **keyed()), good[0])
    items = len(case.body["tasks"]) if case.rule.endswith("/bulk") else 1
    assert commits(store) == before + items


def test_of_two_requests_under_one_key_one_is_done(client: Client, store: Store) -> None:
    ann = client.as_("ann")
    titles = iter(["1", "2", "3", "4"])
    headers = {"Idempotency-Key": KEY}
    replies = at_once(lambda: ann.post(TASKS, {"title": next(titles)}, headers=headers))
    assert sorted(reply.status for reply in replies) == [201, 422, 422, 422]
    assert listed(ann) == [reply.json["title"] for reply in replies if reply.status == 201]


def test_threads_without_a_key_each_do_it(client: Client, store: Store) -> None:
    """What the others prove is the key's work, and not that threads never meet."""
    ids, ann = stage(client, store), client.as_("ann")
    replies = at_once(lambda: ann.post(f"{TASKS}/{ids['d']}/subtasks", {"title": "new"}))
    assert {reply.status for reply in replies} == {201}
    assert read(ann, ids["d"])["subtask_count"] == TWINS
