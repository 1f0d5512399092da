"""On which terms a caller wants a write done: at which version, and under which key it may be tried
again.
"""

from typing import NamedTuple

# None: no condition; "*": it must exist; else the versions of which one must fit
IfMatch = str | tuple[str, ...] | None


class Key(NamedTuple):
    """An Idempotency-Key in its scope: a hash of user, method, path and key, and one of the whole
    request.
    """

    id: str
    request: str

    def of_item(self, index: int) -> "Key":
        """The key of one item of a bulk: each is a write of its own."""
        return Key(f"{self.id}#{index}", f"{self.request}#{index}")

    def of_content(self, digest: str) -> "Key":
        """The key of a request whose body was not yet read when the key was."""
        return Key(self.id, f"{self.request} {digest}")


class Terms(NamedTuple):
    if_match: IfMatch = None
    key: Key | None = None


ANY = Terms()
