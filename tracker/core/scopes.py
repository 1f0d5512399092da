"""What an API token may be used for. What its owner may do is decided as for anybody."""

from collections.abc import Collection

from tracker.errors import Forbidden

TASKS_READ, TASKS_WRITE, ACCOUNT = "tasks:read", "tasks:write", "account"
SCOPES = (TASKS_READ, TASKS_WRITE, ACCOUNT)

# part of the API -> what reading it needs, and what the rest needs
AREAS = {"tasks": (TASKS_READ, TASKS_WRITE), "account": (ACCOUNT, ACCOUNT)}


def require(scopes: Collection[str], area: str | None, *, reads: bool) -> None:
    """Passes where these scopes cover the area, or raises Forbidden; no scope covers None."""
    if area is None:
        raise Forbidden("API tokens are not taken here; log in")
    needed = AREAS[area][0 if reads else 1]
    if needed not in scopes:
        raise Forbidden(f"The API token lacks the scope {needed}")
