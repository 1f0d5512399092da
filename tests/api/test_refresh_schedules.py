"""Refreshing on random schedules: what lives and what is refused, held against a plain account.

The account knows of a log-in which refresh tokens it answered and when the newest came; it decides
by the words of the promise, not by the code under test.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.api.log_ins import LOGOUT, SESSIONS, lives, log_in, refresh
from tests.conftest import Clock
from tests.people import Client, Reply
from tracker.store import Store

DAY = 86_400.0
LIFE = 30 * DAY
STEPS = [0.001, 4.0, 6.0, 9.999, 10.0, 10.001, 11.0, 899.0, 900.0, LIFE]
WHICH = st.integers(0, 5)


@dataclass
class Family:
    """What we know of one log-in: its refresh tokens in their order, and when the last came."""

    began: float
    rotated: float = 0.0
    ended: bool = False
    tokens: list[str] = field(default_factory=list)


@dataclass
class Access:
    """An access token, and when it ends."""

    family: Family
    ends: float
    text: str


class Schedule(RuleBasedStateMachine):
    """One person, a few log-ins, a clock that jumps."""

    def __init__(self, client: Client, clock: Clock, store: Store) -> None:
        super().__init__()
        self.client, self.clock, self.store, self.now = client, clock, store, 0.0
        self.families: list[Family] = []
        self.accesses: list[Access] = []
        client.as_("ann")
        store.db.sessions.delete_many({})

    @precondition(lambda self: sum(map(self.lives, self.families)) < 2)
    @rule()
    def log_in(self) -> None:
        family = Family(began=self.now)
        self.families.append(family)
        reply = log_in(self.client, refresh=True)
        family.tokens.append(reply.json["refresh_token"])
        self._keep(family, reply)

    @precondition(lambda self: self.families)
    @rule(which=WHICH)
    def show_the_newest(self, which: int) -> None:
        family = self._family(which)
        reply = refresh(self.client, family.tokens[-1])
        assert reply.status == (200 if self.lives(family) else 401)
        if reply.status == 200:
            assert reply.json["refresh_token"] not in family.tokens
            family.tokens.append(reply.json["refresh_token"])
            family.rotated = self.now
            self._keep(family, reply)

    @precondition(lambda self: self.families)
    @rule(which=WHICH, back=st.sampled_from([1, 1, 2]))
    def show_one_again(self, which: int, back: int) -> None:
        """One that was exchanged: the last, or the one before that."""
        family = self._family(which)
        if len(family.tokens) <= back:
            return
        reply = refresh(self.client, family.tokens[-1 - back])
        if self.lives(family) and back == 1 and self.now - family.rotated <= 10:
            assert reply.json["refresh_token"] == family.tokens[-1]
            self._keep(family, reply)
        else:
            assert reply.status == 401
            family.ended = True

    @precondition(lambda self: self.accesses)
    @rule(which=WHICH)
    def ask(self, which: int) -> None:
        access = self._access(which)
        assert lives(self.client, access.text) == self.lets_in(access)

    @precondition(lambda self: self.accesses)
    @rule(which=WHICH, how=st.sampled_from(["here", "everywhere", "the oldest"]))
    def end(self, which: int, how: str) -> None:
        access = self._access(which)
        asker, good = self.client.with_token(access.text), self.lets_in(access)
        ended = [access.family] if how == "here" else self.families
        if how == "the oldest" and good:
            oldest = asker.get(SESSIONS).json["sessions"][-1]["id"]
            ended = [next(family for family in self.families if self.lives(family))]
            assert asker.delete(f"{SESSIONS}/{oldest}").status == 204
        else:
            path = LOGOUT if how == "here" else f"{LOGOUT}?all=true"
            assert asker.post(path).status == (204 if good else 401)
        for family in ended:
            family.ended = family.ended or good

    @rule(seconds=st.sampled_from(STEPS))
    def wait(self, seconds: float) -> None:
        self.now = round(self.now + seconds, 3)
        self.clock.advance(seconds=seconds)

    @invariant()
    def as_many_sessions_live_as_log_ins(self) -> None:
        alive = {"expires_at": {"$gt": self.clock.now}}
        found = self.store.db.sessions.count_documents(alive)
        assert found == sum(map(self.lives, self.families))

    def lives(self, family: Family) -> bool:
        return not family.ended and self.now < family.began + LIFE

    def lets_in(self, access: Access) -> bool:
        return self.lives(access.family) and self.now < access.ends

    def _family(self, which: int) -> Family:
        """One of the last three log-ins: two of them may live."""
        return self.families[-3:][which % len(self.families[-3:])]

    def _access(self, which: int) -> Access:
        return self.accesses[-1 - which % len(self.accesses)]

    def _keep(self, family: Family, reply: Reply) -> None:
        ends = min(self.now + 900, family.began + LIFE)
        self.accesses.append(Access(family, ends, reply.json["access_token"]))


def test_every_schedule_is_answered_as_promised(client: Client, clock: Clock, store: Store) -> None:
    def schedule() -> Any:
        return Schedule(client, clock, store)

    chosen = settings(
        max_examples=60,
        stateful_step_count=40,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(schedule, settings=chosen)
