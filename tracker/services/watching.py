"""What happens, for those who watch: read from history and notifications, by today's rights.

Hints say where to look; a look at all that is new, now and then, finds what none pointed at. Both
may find the same, and what a crash left is drained late: each thing is told once all the same.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tracker.core import live as rules
from tracker.core.live import Message
from tracker.errors import Gone, Malformed
from tracker.store import live
from tracker.store.bearers import Held
from tracker.store.live import Mark, Row

from . import sessions
from .telling import Hints
from .world import World

# how late a commit may be drained, or how far apart clocks may go, and still be told
OVERLAP = timedelta(seconds=120)
# what is notified is written at once after its commit, which the hint came behind
JUST_NOW = timedelta(seconds=15)
PAGE = 500
# of those who come back
KEPT = timedelta(hours=24)
AGAIN = timedelta(seconds=60)
MOST_MISSED = 5_000
OLDER = "That event is too old; read anew, and begin without an id"


# a page of rows behind a mark
Read = Callable[[Any, Mark, int], list[Row]]


class Told(NamedTuple):
    """Messages, and those who may hear them."""

    users: list[str]
    messages: list[Message]


class Proof(NamedTuple):
    """By what somebody watches: a session or an API token, and until when that is good."""

    user: str
    session: str | None
    api_token: str | None
    ends_at: datetime | None


class Feed:
    """What is new since it was last asked. For one thread at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, datetime] = {}
        self._until = world.now()

    def __len__(self) -> int:
        """How many rows it remembers having told, or passed over."""
        return len(self._known)

    def begin(self) -> None:
        """Pass over what there is: only what comes from now on is told."""
        for read in (live.commits_behind, live.notifications_behind):
            for rows in self._pages(read, self._until - OVERLAP):
                self._note(rows)

    def look(self, hints: Hints | None, users: Collection[str]) -> Iterator[Told]:
        """What is new to some people: where hints point, or all of it for None.

        Raises what the store raises; what was not told then is told by the next look at all.
        """
        if hints is None:
            yield from self._all(users)
            return
        named = [row for row in hints.rows if row not in self._known]
        if named:
            yield from self._committed(live.commits_named(self._world.store, named), users)
        if hints.notices:
            yield from self._notified(self._world.now() - JUST_NOW, users)

    def _all(self, users: Collection[str]) -> Iterator[Told]:
        now = self._world.now()
        since = min(self._until, now) - OVERLAP
        for rows in self._pages(live.commits_behind, since):
            yield from self._committed(rows, users)
        yield from self._notified(since, users)
        self._until = now
        self._known = {one: at for one, at in self._known.items() if at >= since}

    def _pages(self, read: Read, since: datetime) -> Iterator[list[Row]]:
        mark, is_last = Mark(since, ""), False
        while not is_last:
            rows = read(self._world.store, mark, PAGE)
            is_last = len(rows) < PAGE
            if rows:
                mark = Mark(rows[-1]["at"], rows[-1]["_id"])
                yield rows

    def _committed(self, rows: list[Row], users: Collection[str]) -> Iterator[Told]:
        """Heads are read after the rows: whoever was put out by a commit hears nothing of later
        ones.
        """
        fresh = [row for row in rows if row["_id"] not in self._known]
        heads = live.heads(self._world.store, {row["tree"] for row in fresh}) if fresh else {}
        names = _names(self._world, fresh)
        self._note(fresh)
        for row in sorted(fresh, key=_order):
            head, messages = heads.get(row["tree"]), rules.of_commit(row, names)
            if head and messages:
                yield Told(self._hear(head, users), messages)

    def _hear(self, head: Row, users: Collection[str]) -> list[str]:
        return rules.audience(head, users, open_workspace=self._world.open_workspace)

    def _notified(self, since: datetime, users: Collection[str]) -> Iterator[Told]:
        for rows in self._pages(live.notifications_behind, since):
            fresh = [row for row in rows if row["_id"] not in self._known]
            self._note(fresh)
            for row in fresh:
                hear = [row["user"]] if row["user"] in users else []
                yield Told(hear, [rules.of_notification(row)])

    def _note(self, rows: list[Row]) -> None:
        self._known.update((row["_id"], row["at"]) for row in rows)


def missed(world: World, user: str, message_id: str, *, most: int = MOST_MISSED) -> list[Message]:
    """What somebody may have missed behind a message: that of the minute before it, too.

    Raises Malformed for an id that is none of ours, and Gone where there is too much to tell.
    """
    at, now = rules.time_of(message_id), world.now()
    if at is None:
        raise Malformed("This is the id of no event")
    if at < now - KEPT:
        raise Gone(OLDER)
    since = at - AGAIN
    rows = _commits(world, user, since, most)
    names = _names(world, rows)
    told = [(row["at"], rules.of_commit(row, names)) for row in rows]
    noticed = live.notifications_of(world.store, user, since, most)
    told += [(row["at"], [rules.of_notification(row)]) for row in reversed(noticed)]
    told.sort(key=lambda one: one[0])
    return [message for _, messages in told for message in messages]


def ended(world: World, proofs: Collection[Proof]) -> set[Proof]:
    """Those by whom nobody may watch any more."""
    now = world.now()
    open_sessions = live.sessions(world.store, {p.session for p in proofs if p.session}, now)
    tokens = {p.api_token for p in proofs if p.api_token}
    open_tokens = live.api_tokens(world.store, tokens) if tokens else set()
    users = live.users(world.store, {proof.user for proof in proofs})

    def stands(proof: Proof) -> bool:
        user = users.get(proof.user)
        held = open_sessions.get(proof.session or "")
        if user is None or (proof.ends_at and proof.ends_at <= now):
            return False
        if proof.session:
            return held is not None and sessions.stands(Held(held, user))
        return proof.api_token in open_tokens and user["state"] == "active"

    return {proof for proof in proofs if not stands(proof)}


def _commits(world: World, user: str, since: datetime, most: int) -> list[Row]:
    """The commits since a time on trees that a person may see now, oldest first."""
    named = live.trees_since(world.store, since, most + 1)
    if len(named) > most:
        raise Gone
    heads = live.heads(world.store, {row["tree"] for row in named})
    whole = world.open_workspace
    seen = {t for t, head in heads.items() if rules.audience(head, [user], open_workspace=whole)}
    rows = live.commits_named(world.store, [row["_id"] for row in named if row["tree"] in seen])
    return sorted(rows, key=_order)


def _names(world: World, rows: Collection[Row]) -> dict[str, str]:
    """Who wrote the comments that rows tell of, in full."""
    authors = rules.authors(rows)
    return live.names(world.store, authors) if authors else {}


def _order(row: Row) -> tuple[Any, ...]:
    return row["at"], row["tree"], row["seq"]
