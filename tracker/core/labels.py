"""Free text of other systems for a status: kept as it was sent, and mapped to one of ours.

Two texts are the same where people take them for the same: case, Unicode's spellings and blanks
around them do not count.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST = 50


def key(text: str) -> str:
    """Equal for texts that are the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip()


def meaning(text: str, words: Mapping[str, str]) -> str | None:
    """The status that a text means by a table of `key`s; None where it is none of them."""
    return words.get(key(text))


def echoed(stored: Mapping[str, Any], field: str, native: Any = None) -> Any:
    """What a client sent for a field, as long as what it meant still stands; None where nothing
    was sent, or another door has changed the field. Each is kept in `said` as (sent, meant), by our
    name for the field; what only the client's system has means None.
    """
    sent, meant = stored.get("said", {}).get(field) or (None, None)
    return sent if meant == native else None


def resaid(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`said` as these changes leave it, where they do not leave it alone: what they replace is not
    shown again, also when the field comes to mean the same once more.
    """
    before = stored.get("said", {})
    stands = {
        field: kept
        for field, kept in before.items()
        if changes.get(field, stored.get(field)) == stored.get(field)
    }
    after = {**stands, **changes.get("said", {})}
    return {"said": after} if after != before else {}


def shown(stored: Mapping[str, Any]) -> str:
    """The text of a node or row, else the word for its status."""
    return str(stored["status_label"] or stored["status"])
