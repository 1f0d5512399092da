"""Two rules that would answer the same request: found at start, before anybody asks."""

from itertools import combinations

from flask import Flask
from werkzeug.routing import Rule

from tracker.errors import Unmountable

_EVERYBODYS = {"OPTIONS", "HEAD"}


def refuse(app: Flask) -> None:
    """Raises Unmountable naming both, where two rules answer the same request.

    A fixed word wins over an argument, and `/x` and `/x/` are two: neither is a clash.
    """
    alike: dict[tuple[str, ...], list[Rule]] = {}
    for rule in app.url_map.iter_rules():
        words = tuple("<>" if is_argument else step for is_argument, step in _steps(rule))
        alike.setdefault(words, []).append(rule)
    for rules in alike.values():
        for one, other in combinations(rules, 2):
            if _clash(one, other):
                named = " and ".join(f"{rule.rule} of {rule.endpoint}" for rule in (one, other))
                raise Unmountable(f"ROOT_DIALECTS: two rules answer the same request: {named}")


def _clash(one: Rule, other: Rule) -> bool:
    methods = (one.methods or set()) & (other.methods or set()) - _EVERYBODYS
    steps = zip(_steps(one), _steps(other), strict=True)
    return bool(methods) and all(_meet(mine, theirs) for (_, mine), (_, theirs) in steps)


def _meet(mine: str, theirs: str) -> bool:
    """Words meet where they are equal, arguments where both take the same or one takes all."""
    return mine == theirs or {mine, theirs} in ({"default", "digits"}, {"default", "uuid"})


def _steps(rule: Rule) -> list[tuple[bool, str]]:
    """Each step of a rule: whether it is an argument, and its word or how the argument is read."""
    steps = [(step.startswith("<"), step) for step in rule.rule.split("/")]
    return [(is_argument, _kind(step) if is_argument else step) for is_argument, step in steps]


def _kind(step: str) -> str:
    return step[1:].partition(":")[0].partition("(")[0] if ":" in step else "default"
