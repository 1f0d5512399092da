"""What people want to be told, and by which way. A user keeps under `notify` only what they chose.

{kind: {"in_app": bool, "mail": bool}}
"""

from collections.abc import Mapping
from typing import Any

from .notices import KINDS, OVERDUE, REMINDER

IN_APP, MAIL = "in_app", "mail"
WAYS = (IN_APP, MAIL)
_MAILED = (OVERDUE, REMINDER)

Preferences = dict[str, dict[str, bool]]


def of(user: Mapping[str, Any]) -> Preferences:
    """All preferences of a person: as they chose, else that all is shown and what is urgent is
    mailed as well.
    """
    chosen = user.get("notify") or {}
    return {kind: {**_default(kind), **(chosen.get(kind) or {})} for kind in KINDS}


def wants(user: Mapping[str, Any], kind: str, way: str) -> bool:
    """Whether a person wants notices of a kind by a way."""
    return of(user)[kind][way]


def _default(kind: str) -> dict[str, bool]:
    return {IN_APP: True, MAIL: kind in _MAILED}
