"""What a password costs: logging in, beside a request that only shows its token."""

from collections.abc import Iterator

from .services import Service, credentials, with_person
from .tables import Row
from .timing import Bounds, in_turns


def run(service: Service, bounds: Bounds) -> Iterator[Row]:
    """One row: logging in by argon2id as production does, beside reading one's own account."""
    bob = with_person(service.world, "bob", cost="normal")
    login, me = in_turns(
        [
            lambda: bob.ask("POST", "/api/auth/login", credentials("bob")),
            lambda: bob.ask("GET", "/api/auth/me"),
        ],
        bounds,
    )
    yield Row("logging in, beside reading one's account", login, me)
