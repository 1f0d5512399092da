"""What methods of resources are marked as, such as open to everybody."""

from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


def marked(method: Method, name: str) -> Method:
    """The method with this mark."""
    setattr(method, name, True)
    return method


def is_marked(view: Any, verb: str, name: str) -> bool:
    """True where the method of this resource that answers `verb`, or a plain view, has the mark."""
    resource = getattr(view, "view_class", None)
    method = (
        getattr(resource, "get" if verb == "HEAD" else verb.lower(), None) if resource else view
    )
    return getattr(method, name, False)
