"""Sessions: how long they and their tokens live, and what a refresh token that comes back means.

A session is `{_id, user, created_at, seen_at, expires_at, device, address, epoch, refresh:
{generation, rotated_at, rotates} | absent}`. It has ended once its user is of another epoch, unless
that one spares it. Its refresh tokens are a family: each names the session and its own generation,
and only the newest is good.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

# A lost answer is asked for again, or several ask at once, within this
GRACE = timedelta(seconds=10)
# The longest that the access token of a client lives that can have a new one, unless a door says
# otherwise
SHORT = timedelta(minutes=15)
# The access token of a client that cannot, unless a setting says otherwise
LONG = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=1)
LONGEST_DEVICE = 200

Session = dict[str, Any]


class Lifetimes(NamedTuple):
    """From a log-in: `access` of a token that cannot be refreshed, `refresh` of one that can.
    `brief` is for access tokens that can be had again, at doors that let the setting say how long.
    """

    access: timedelta
    refresh: timedelta
    brief: timedelta = SHORT


def lifetimes(access: timedelta | None, refresh: timedelta) -> Lifetimes:
    """Those of a service, where the setting of access tokens may be unset."""
    return Lifetimes(access or LONG, refresh, access or SHORT)


class Origin(NamedTuple):
    """What logs in, as it says of itself, and from where."""

    device: str
    address: str


class Use(Enum):
    """What becomes of a refresh token that is shown."""

    ROTATE = "it stands, and the next generation takes its place"
    AGAIN = "it has just been replaced: its successor once more"
    KEEP = "it stays good to the end of the session"
    REUSED = "it was replaced long ago: somebody has what is not theirs"


def opened(session: str, user: str, origin: Origin, lives: timedelta, *, at: datetime) -> Session:
    """A session that cannot be refreshed and ends of itself."""
    return {
        "_id": session,
        "user": user,
        "created_at": at,
        "seen_at": at,
        "expires_at": at + lives,
        "device": "".join(filter(str.isprintable, origin.device))[:LONGEST_DEVICE],
        "address": origin.address,
    }


def refreshable(session: Session, *, rotates: bool) -> Session:
    """The session with a family of refresh tokens, or with one that stays good."""
    family = {"generation": 0, "rotated_at": session["created_at"], "rotates": rotates}
    return {**session, "refresh": family}


def rotated(session: Session, *, at: datetime) -> Session:
    """The session with the next generation of its refresh tokens."""
    family = session["refresh"]
    following = {**family, "generation": family["generation"] + 1, "rotated_at": at}
    return {**session, "refresh": following, "seen_at": at}


def use(session: Session, generation: int, *, at: datetime) -> Use:
    """What showing the refresh token of this generation means now."""
    family = session["refresh"]
    if generation == family["generation"]:
        return Use.ROTATE if family["rotates"] else Use.KEEP
    replaced = generation == family["generation"] - 1
    return Use.AGAIN if replaced and at - family["rotated_at"] <= GRACE else Use.REUSED


def access_ends(
    session: Session, lifetimes: Lifetimes, lives: timedelta | None = None, *, at: datetime
) -> datetime:
    """When an access token ends that is issued now: never after its session. `lives` is what a
    door says of one that can be had again.
    """
    end: datetime = session["expires_at"]
    brief = lives or min(SHORT, lifetimes.access)
    return min(end, at + brief) if "refresh" in session else end


def was_seen_long_ago(seen_at: datetime | None, *, at: datetime) -> bool:
    """True where it is worth a write that a session or token is in use."""
    return seen_at is None or at - seen_at >= SEEN_EVERY
