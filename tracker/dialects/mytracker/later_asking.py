"""Who asks MyTracker's later API: whom its bot vouches for, by a token of a few seconds that it
signs itself. No other token counts there, and this one nowhere else.
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import jwt
from flask import request

from tracker.errors import Inactive, NoAccount, Unauthenticated
from tracker.services import accounts
from tracker.web import principal, world
from tracker.web.tokens import ALGORITHM, LONGEST_TOKEN

from .asking import COOKIE

LONGEST_LIFE = timedelta(seconds=60)
NOBODY, INVALID = "Unauthorized", "Token invalid"
# times are checked by our own clock
_CHECKS: Any = {"require": ["exp", "tg_name"], "verify_exp": False, "verify_nbf": False}
_CHECKS |= {"verify_iat": False, "verify_aud": False, "verify_iss": False}
_UNREADABLE = (
    jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip


def by_bot(secret: str) -> Any:
    """What takes who asks from a cookie that the bot has signed with this key."""
    return partial(_identify, secret)


def _identify(secret: str) -> None:
    token = request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated(NOBODY)
    name, ends_at = _read(token, secret)
    try:
        principal.by_name(accounts.named_at_telegram(world(), name), ends_at)
    except (NoAccount, Inactive):
        raise Unauthenticated(NOBODY) from None


def _read(token: str, secret: str) -> tuple[str, datetime]:
    """Who is vouched for, and until when. Raises Unauthenticated."""
    try:
        claims = jwt.decode(token[:LONGEST_TOKEN], secret, algorithms=[ALGORITHM], options=_CHECKS)
        name, ends = claims["tg_name"], float(claims["exp"])
        name.encode()  # raises for what is no text, or none that can be stored
    except _UNREADABLE:
        raise Unauthenticated(INVALID) from None
    now = world().now()
    if not now.timestamp() < ends <= (now + LONGEST_LIFE).timestamp():
        raise Unauthenticated(INVALID)
    return name, datetime.fromtimestamp(ends, UTC)
