"""Refresh tokens as text: `<session>.<generation>.<MAC>`. Nothing of them is kept anywhere.

That they are ours is told by the MAC; what showing one means is told by the session.
"""

import re
from typing import NamedTuple

from tracker.core.sessions import Session

from .signing import Keys
from .tokens import BadToken

PURPOSE = "refresh"

_TEXT = re.compile(r"([0-9a-f-]{36})\.(0|[1-9][0-9]{0,8})\.([A-Za-z0-9_-]{43})")


class Shown(NamedTuple):
    """What a refresh token says."""

    session: str
    generation: int


def text(keys: Keys, session: Session) -> str:
    """The newest token of a session: the same each time until it rotates."""
    said = f"{session['_id']}.{session['refresh']['generation']}"
    return f"{said}.{keys.sign(PURPOSE, said)}"


def read(keys: Keys, token: str) -> Shown:
    """What a token of ours says; raises BadToken."""
    found = _TEXT.fullmatch(token)
    if found is None or not keys.fits(found[3], PURPOSE, f"{found[1]}.{found[2]}"):
        raise BadToken
    return Shown(found[1], int(found[2]))
