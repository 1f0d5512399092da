"""What can go wrong on purpose. No HTTP here: `api/errors.py` turns each kind into a status.

TrackerError
├── Unauthenticated   nobody is known to ask
├── Forbidden         known, and a member, but without the right
│   ├── WrongPassword what asks for one's own password was given another
│   └── Inactive      the account waits to be confirmed, or is shut
├── NotFound          there is no such thing, or it is not yours to know of
│   └── NoAccount     nobody has this name; only for doors that tell so
├── Gone              it was there, and is no longer to be had
├── Invalid           the request is understood and breaks a rule; carries pointers
│   ├── TooLarge      it would pass a limit; the detail names the limit
│   └── Cycle         a task would stand below itself
├── Malformed         the request cannot be read at all
├── BadFile           a file is not taken: its type, its size, its name or what is in it
├── BadLink           a one-time link that leads nowhere, or no longer
│   └── Confirmed     what it would confirm is confirmed
├── Conflict          the state of things forbids it now
│   ├── Taken         a unique value belongs to somebody
│   ├── NotOverdue    nobody need be told of a task that is in time
│   ├── OpenBelow     something below the task is open
│   ├── AlreadyDone   what would be finished is finished
│   ├── Unmet         a demand of the door that asks is not met
│   └── Busy          lost the race too often; try again
│       └── Moving    the task is on its way to another tree
├── Stale             the If-Match of the caller no longer fits
├── Unconditional     the caller asked for strictness, and sent no If-Match
├── TooMany           asked too often; it says in how many seconds to come again
├── Unavailable       a part we need does not answer
│   └── NoRoom        this process holds as many live connections as it may
├── Hopeless          a job that would fail again however often it was tried
├── StoreInUse        another process serves the data folder
├── StoreUnreadable   the data file is not one that this program reads
└── Unmountable       what is to be served cannot be served beside the rest
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


class WrongPassword(Forbidden):
    detail = "Wrong password"


class Inactive(Forbidden):
    detail = "The account is not active"


class NotFound(TrackerError):
    detail = "Not Found"


class NoAccount(NotFound):
    detail = "Nobody has this name"


class Gone(TrackerError):
    detail = "Too much has happened since; read anew, and begin without an id"


class Invalid(TrackerError):
    """Takes the faults that were found; the detail is their summary unless one is given."""

    detail = "The request breaks a rule"

    def __init__(self, *faults: Fault, detail: str | None = None) -> None:
        super().__init__(detail or (faults[0].detail if len(faults) == 1 else None))
        self.faults = faults


class TooLarge(Invalid):
    detail = "The request passes a limit"


class Cycle(Invalid):
    detail = "A task cannot be moved below itself"


class Malformed(TrackerError):
    detail = "The request cannot be read"


class BadFile(TrackerError):
    detail = "The file is not taken"


class BadLink(TrackerError):
    """Alike for one that never was, was used, has expired, or is for something else."""

    detail = "The link is wrong, was used, or has expired"


class Confirmed(BadLink):
    detail = "The address is confirmed already"


class Conflict(TrackerError):
    detail = "The state of the task forbids this"


class Taken(Conflict):
    """`names` says which of `email`, `username`, `tg_name` somebody has; the caller is not told."""

    detail = "Email or username already exists"

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names


class NotOverdue(Conflict):
    detail = "Task is not overdue"


class OpenBelow(Conflict):
    """`numbers` are those of all the tasks that are open below, in ascending order."""

    def __init__(self, detail: str, numbers: list[int], **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.numbers = numbers


class AlreadyDone(Conflict):
    detail = "The task is finished already"


class Unmet(Conflict):
    """`demand` names which one of `core.demands` it is; each door says it in its own words."""

    def __init__(self, demand: str) -> None:
        super().__init__()
        self.demand = demand


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


class TooMany(TrackerError):
    """Takes the whole seconds after which the same request may be made again, one at least."""

    detail = "Too many requests; try again later"

    def __init__(self, seconds: int, detail: str | None = None) -> None:
        super().__init__(detail)
        self.retry_after = max(seconds, 1)


class Unavailable(TrackerError):
    detail = "The database does not answer; try again"
    retry_after = 2


class NoRoom(Unavailable):
    detail = "No room for another live connection; try again later"
    retry_after = 15


class Hopeless(TrackerError):
    """Raised by jobs only: its detail is kept with the job, for the operator."""

    detail = "This cannot be done"


class StoreInUse(TrackerError):
    """Raised at start only: the embedded store is for one process."""

    detail = "Another process uses the data folder"


class StoreUnreadable(TrackerError):
    """Raised at start only: a damaged file, one of another program, or of a newer version."""

    detail = "The data file cannot be opened"


class Unmountable(TrackerError):
    """Raised at start only: two rules that would answer the same request, or an unknown dialect."""

    detail = "A dialect cannot be served"
