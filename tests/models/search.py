"""Breadth-first search through every state that a few actors can reach together.

A model stands in the test beside it and hands in three things:
- a start: an immutable value (NamedTuples of tuples and plain values);
- actors: functions that take a state and yield each state to which their next step may lead.
  An actor that yields nothing waits, has ended or is dead;
- a check: it is given each final state, one in which nobody can step, and names what is broken.
No protocol is known here, and nothing is left to chance: each run finds the same.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

State = TypeVar("State")
Actor = Callable[[State], Iterable[State]]
Check = Callable[[State], Iterable[str]]


@dataclass(frozen=True)
class Found:
    """What a search saw; `violations` counts the final states by what is broken in them."""

    states: int
    finals: int
    violations: dict[str, int]
    example: list[Any]


def search(
    start: State, actors: Sequence[Actor[State]], broken: Check[State], *, until: str = ""
) -> Found:
    """Visit every reachable state once, or stop where a final state breaks what `until` names;
    `example` is a shortest run into a broken final state.
    """
    came_from: dict[State, State | None] = {start: None}
    waiting, finals = deque([start]), 0
    violations: Counter[str] = Counter()
    example: list[State] = []
    while waiting and until not in violations:
        state = waiting.popleft()
        following = [after for actor in actors for after in actor(state)]
        for after in following:
            if after not in came_from:
                came_from[after] = state
                waiting.append(after)
        if not following:
            finals += 1
            violations.update(names := set(broken(state)))
            example = example or (_run_into(state, came_from) if names else [])
    assert finals, "no run comes to an end: the model promises nothing"
    return Found(len(came_from), finals, dict(violations), example)


def replaced(items: tuple[Any, ...], index: int, item: Any) -> tuple[Any, ...]:
    """The tuple with another item at the index."""
    return (*items[:index], item, *items[index + 1 :])


def _run_into(state: State, came_from: dict[State, State | None]) -> list[State]:
    run, at = [state], came_from[state]
    while at is not None:
        run.append(at)
        at = came_from[at]
    return run[::-1]
