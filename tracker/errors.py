"""What can go wrong on purpose. No HTTP here: `api/errors.py` turns each kind into a status.

TrackerError
├── Unauthenticated   nobody is known to ask
├── Forbidden         known, and a member, but without the right
├── NotFound          there is no such thing, or it is not yours to know of
├── Invalid           the request is understood and breaks a rule; carries pointers
│   └── TooLarge      it would pass a limit; the detail names the limit
├── Malformed         the request cannot be read at all
├── Conflict          the state of things forbids it now
│   ├── Taken         a unique value belongs to somebody
│   └── Busy          lost the race too often; try again
│       └── Moving    the task is on its way to another tree
├── Stale             the If-Match of the caller no longer fits
├── Unconditional     the caller asked for strictness, and sent no If-Match
├── Unavailable       a part we need does not answer
├── StoreInUse        another process serves the data folder
└── StoreUnreadable   the data file is not one that this program reads
"""

from typing import Any, NamedTuple


class Fault(NamedTuple):
    """One thing wrong with a request: a JSON pointer (RFC 6901) and a sentence."""

    pointer: str
    detail: str


class TrackerError(Exception):
    """Said to the caller as it stands: `detail` never holds a secret or a stack."""

    detail = "Something went wrong"
    retry_after: int | None = None

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.detail)
        self.detail = detail or self.detail
        self.extra = extra


class Unauthenticated(TrackerError):
    detail = "Not authenticated"


class Forbidden(TrackerError):
    detail = "Not allowed"


class NotFound(TrackerError):
    detail = "Not Found"


class Invalid(TrackerError):
    """Takes the faults that were found; the detail is their summary unless one is given."""

    detail = "The request breaks a rule"

    def __init__(self, *faults: Fault, detail: str | None = None) -> None:
        super().__init__(detail or (faults[0].detail if len(faults) == 1 else None))
        self.faults = faults


class TooLarge(Invalid):
    detail = "The request passes a limit"


class Malformed(TrackerError):
    detail = "The request cannot be read"


class Conflict(TrackerError):
    detail = "The state of the task forbids this"


class Taken(Conflict):
    detail = "Email or username already exists"


class Busy(Conflict):
    detail = "Too many changes at once; try again"
    retry_after = 1


class Moving(Busy):
    detail = "The task is moving to another tree; try again"


class Stale(TrackerError):
    """Names the `task`, so that a door can show what stands now before the caller tries again."""

    detail = "The task has changed since you read it"


class Unconditional(TrackerError):
    detail = "Your account asks for If-Match on every write of a task"


class Unavailable(TrackerError):
    detail = "The database does not answer; try again"
    retry_after = 2


class StoreInUse(TrackerError):
    """Raised at start only: the embedded store is for one process."""

    detail = "Another process uses the data folder"


class StoreUnreadable(TrackerError):
    """Raised at start only: a damaged file, one of another program, or of a newer version."""

    detail = "The data file cannot be opened"
