"""Lists of systems that know no pages: all at once unless one asks for a page. How many there are
is always told.
"""

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import post_load

from tracker.web.answers import answer
from tracker.web.fields import whole_text

from .operations import Loose

MOST_LISTED = 10_000


class Paging(Loose):
    """All at once, or by pages."""

    page = whole_text(1, 1_000_000, load_default=1)
    page_size = whole_text(1, 1_000)

    @post_load
    def take_all(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"page_size": MOST_LISTED, **data}


def page_of(found: Sequence[Any], page: int, page_size: int) -> Sequence[Any]:
    """A page of what was found all at once."""
    return found[(page - 1) * page_size : page * page_size]


def listed(shown: Sequence[Any], total: int) -> Response:
    """A bare list, and of how many it is a page."""
    return answer(shown, 200, {"X-Total-Count": str(total)})
