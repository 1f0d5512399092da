"""What each scope of an API token opens."""

import pytest

from tracker.core import scopes
from tracker.errors import Forbidden

OPENS = {
    "tasks:read": [("tasks", True)],
    "tasks:write": [("tasks", False)],
    "account": [("account", True), ("account", False)],
}


@pytest.mark.parametrize("scope", scopes.SCOPES)
@pytest.mark.parametrize("area", ["tasks", "account", None])
@pytest.mark.parametrize("reads", [True, False])
def test_a_scope_opens_what_the_table_says(scope: str, area: str | None, reads: bool) -> None:
    if (area, reads) in OPENS[scope]:
        scopes.require([scope], area, reads=reads)
    else:
        with pytest.raises(Forbidden):
            scopes.require([scope], area, reads=reads)


def test_an_area_that_nobody_named_is_closed_to_all_scopes() -> None:
    with pytest.raises(Forbidden):
        scopes.require(scopes.SCOPES, None, reads=True)
