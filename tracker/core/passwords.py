"""What a password must be: long enough, not too long, and none that everybody tries first.

It is judged as it was sent, and never cut, stripped or folded.
"""

from collections.abc import Container
from typing import NamedTuple

from tracker.errors import Fault, Invalid


class Rule(NamedTuple):
    """What a door asks of a new password, in characters, and how it calls the field."""

    least: int
    most: int
    field: str = "password"


def check(password: str, rule: Rule, common: Container[str]) -> None:
    """Raises Invalid naming the field; `common` holds well-known passwords in small letters."""
    if not rule.least <= len(password) <= rule.most:
        raise _refused(rule, f"Takes {rule.least} to {rule.most} characters.")
    if password.lower() in common:
        raise _refused(rule, "Is among the passwords that are tried first; take another one.")


def _refused(rule: Rule, reason: str) -> Invalid:
    return Invalid(Fault(f"/{rule.field}", reason))
