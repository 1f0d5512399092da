"""Keys: a claim is made once, an answer outlives its tree's document, and both end after a day."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from tests.core.forest import node
from tests.store.staging import NOON, plant, prepare, retitle
from tracker.core import commits
from tracker.store import Store, drains, idem
from tracker.store import trees as stored

LATER = NOON + timedelta(hours=23, minutes=59)
TOMORROW = NOON + timedelta(hours=24)


def op(key: str = "key", **rest: Any) -> dict[str, Any]:
    return {"id": key, "request": "body", "root": "r", "at": NOON, "result": {"plain": 1}, **rest}


def claim(store: Store, root: str = "r", now: Any = NOON) -> bool:
    return idem.claim(store, "key", "body", root, now)


def test_a_claim_names_the_root_and_has_no_answer_yet(store: Store) -> None:
    assert idem.get(store, "key", NOON) is None
    assert claim(store)
    found = idem.get(store, "key", NOON)
    assert found
    assert (found["root"], found["request"], "result" in found) == ("r", "body", False)


def test_the_first_claim_stands(store: Store) -> None:
    assert claim(store)
    assert not claim(store, root="other", now=LATER)
    assert idem.get(store, "key", LATER)["root"] == "r"  # type: ignore[index]


def test_of_many_claims_at_once_exactly_one_stands(store: Store) -> None:
    won: list[str] = []
    start = threading.Barrier(8)

    def ask(root: str) -> None:
        start.wait()
        if claim(store, root):
            won.append(root)

    threads = [threading.Thread(target=ask, args=(f"root-{count}",)) for count in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = idem.get(store, "key", NOON)
    assert found
    assert won == [found["root"]]


def test_after_a_day_a_key_is_free_though_nothing_has_cleaned_up(store: Store) -> None:
    assert claim(store)
    assert idem.get(store, "key", LATER)
    assert idem.get(store, "key", TOMORROW) is None
    assert claim(store, root="other", now=TOMORROW)
    assert idem.get(store, "key", TOMORROW)["root"] == "other"  # type: ignore[index]


def test_a_drain_leaves_the_answer_in_a_row_and_nothing_in_the_tree(store: Store) -> None:
    planted = plant(store, node("r"))
    commit = commits.remember(prepare(store, planted, retitle("r", "R")), op())
    assert stored.commit(store, commit)
    assert idem.get(store, "key", NOON) is None
    drains.settle(store, commit)
    found = idem.get(store, "key", NOON)
    assert found
    assert found["result"] == {"plain": 1}
    left = stored.load(store, "r")
    assert left
    assert left["ops"] == []


def test_the_answer_takes_the_place_of_the_claim_and_keeps_its_root(store: Store) -> None:
    assert claim(store)
    planted = {**plant(store, node("r")), "ops": [op(seq=1)]}
    drains.drain(store, planted)
    found = idem.get(store, "key", NOON)
    assert found
    assert (found["root"], found["result"]) == ("r", {"plain": 1})
    assert not claim(store)


def test_draining_an_answer_again_is_harmless(store: Store) -> None:
    planted = {**plant(store, node("r")), "ops": [op(seq=1)]}
    for _ in range(2):
        drains.drain(store, planted)
    assert store.db.idem.count_documents({}) == 1


def test_a_late_drain_does_not_prolong_an_answer(store: Store) -> None:
    assert idem.row(op())["expires_at"] == TOMORROW
    drains.drain(store, {**plant(store, node("r")), "ops": [op(seq=1)]})
    assert idem.get(store, "key", TOMORROW) is None


@pytest.mark.parametrize("other", ["", "KEY", "key#0"])
def test_keys_are_compared_whole(store: Store, other: str) -> None:
    assert claim(store)
    assert idem.get(store, other, NOON) is None
