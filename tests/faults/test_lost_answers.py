"""The answer of a write is lost: it was done, and the same request under its key is not done again.

A real service, a proxy that cuts answers, a client that asks again. 200 times with --long.
"""

import random
from pathlib import Path

import pytest
import uuid_utils

from tests import invariants
from tests.conftest import Clock
from tests.faults.lossy import Client, Lossy
from tests.faults.proxy import proxy
from tests.faults.serving import on_server, serving
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store, assemble, embedded


@pytest.fixture
def times(is_long: bool) -> int:
    """How many answers are lost on each store."""
    return 200 if is_long else 22


def test_lost_answers_are_given_again_on_the_embedded_store(tmp_path: Path, times: int) -> None:
    with serving(DATA=str(tmp_path)) as address:
        lossy = lose_answers(address, times)
    store = assemble(embedded.open_store(tmp_path))
    try:
        check(store, lossy)
    finally:
        store.close()


def test_lost_answers_are_given_again_by_another_process(wire_store: Store, times: int) -> None:
    with serving(**on_server(wire_store), WEB_CONCURRENCY="2") as address:
        lossy = lose_answers(address, times)
    check(wire_store, lossy)


def lose_answers(address: tuple[str, int], times: int) -> Lossy:
    with proxy(address) as line:
        client = Client(line)
        client.register("ann")
        lossy = Lossy(client, random.Random(times))
        for nth in range(times):
            lossy.lose(nth)
    return lossy


def check(store: Store, lossy: Lossy) -> None:
    """Each write was one commit, and no key is left open."""
    sweeping.sweep(World(store, Clock(), lambda: str(uuid_utils.uuid7())))
    invariants.check(store)
    assert store.db.history.count_documents({"hidden": False}) == lossy.commits
    assert store.db.idem.count_documents({}) == lossy.keys
    assert store.db.idem.count_documents({"result": {"$exists": False}}) == 0
