"""How often somebody may try what can be guessed or abused: log in, register, ask for letters.

Tries are counted in windows: of one address, for one account, and of both together. An account that
many addresses try is not locked: each address keeps a few tries, so that its owner gets in.
"""

from datetime import UTC, datetime
from typing import NamedTuple

MINUTE = 60
HOUR = 60 * MINUTE


class Rule(NamedTuple):
    """The most tries in a window of so many seconds, which of them count, and whether a password is
    hashed for each.

    `narrowed` takes the place of `both` where more than `account` tries were made for an account.
    """

    seconds: int
    address: int
    both: int
    account: int
    narrowed: int
    only_wrong: bool
    hashes: bool = False


class Counts(NamedTuple):
    """The tries of a window, the one that is asked about among them."""

    address: int
    both: int = 0
    account: int = 0


_GUESS = Rule(
    15 * MINUTE, address=50, both=10, account=50, narrowed=3, only_wrong=True, hashes=True
)
# This one does lock, and harms nobody: the letters that were sent are in the owner's box.
_LETTER = Rule(HOUR, address=20, both=5, account=10, narrowed=0, only_wrong=False)

RULES = {
    "login": _GUESS,
    "password": _GUESS,  # the current one, asked for again
    "confirm": _GUESS._replace(hashes=False),
    "reset": _GUESS,
    "register": _LETTER._replace(address=60, hashes=True),
    "forgot": _LETTER,
    "resend": _LETTER,
    "export": _LETTER,
    # whether somebody has a name at Telegram, asked by one bot for all of its people
    "name": _GUESS._replace(address=200, hashes=False),
}


def refuses(rule: Rule, counts: Counts) -> bool:
    """Whether these are too many tries."""
    at_account = rule.narrowed if counts.account > rule.account else rule.both
    return counts.address > rule.address or counts.both > at_account


def window(now: datetime, seconds: int) -> tuple[int, datetime]:
    """The window of this length that a time falls into: its start in Unix seconds, and its end."""
    start = int(now.timestamp()) // seconds * seconds
    return start, datetime.fromtimestamp(start + seconds, UTC)
