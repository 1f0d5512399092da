"""What a comment may be and what its coming, changing and going does to its task. Makes Edits.

A comment is `{_id, task, user, content, html, mentions, created_at, updated_at, hops, rev}`; (hops,
rev) say which commit its text is from. Its text travels in the event of the commit that changes it,
and nowhere in `changes`: histories tell that something was said, and not what.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tracker.errors import Fault, TooLarge

from . import attached
from .attached import COMMENTS
from .edits import Edit
from .trees import Place

CONTENT = 5_000
MOST = 1_000
MENTIONS = 20

Comment = Mapping[str, Any]

# not within a word, an address or a path; dots and dashes at the end belong to the sentence
_NAME = re.compile(r"(?<![\w@/.+-])@([\w.+-]{2,99}\w)(?!\w)")


def names(texts: Iterable[str]) -> list[str]:
    """The user names that texts mention as `@name`, each once, at most as many as people are told.

    A name with blanks in it cannot be mentioned.
    """
    found = (name for text in texts for name in _NAME.findall(text))
    return list(dict.fromkeys(found))[:MENTIONS]


def add(place: Place, comment: Comment) -> Edit:
    """The task with one comment more. Raises TooLarge where it takes no more."""
    if attached.tally(place.node, COMMENTS)["count"] >= MOST:
        raise TooLarge(Fault("", f"A task takes at most {MOST} comments"))
    after = attached.add(place.node, COMMENTS, [comment["_id"]])
    return attached.put(place, COMMENTS, after, _event("comment_added", comment))


def change(place: Place, before: Comment, after: Comment) -> Edit:
    """Another text: the task stays as it is, and the event carries what the comment becomes. It
    mentions those who were not mentioned before.
    """
    said = {name: after[name] for name in ("content", "html", "mentions")}
    newly = [user for user in after["mentions"] if user not in before["mentions"]]
    event = {**_event("comment_updated", after), "mentions": newly}
    return Edit(events=({**event, "said": said, "hops": place.node["hops"]},))


def delete(place: Place, comment: Comment, left: Iterable[str]) -> Edit:
    """The task with one comment less; `left` are the newest others, where one may move up."""
    after = attached.remove(place.node, COMMENTS, comment["_id"], left)
    return attached.put(place, COMMENTS, after, _event("comment_deleted", comment))


def _event(kind: str, comment: Comment) -> dict[str, Any]:
    return {
        "type": kind,
        "task": comment["task"],
        "changes": {},
        "comment": comment["_id"],
        "author": comment["user"],
        "mentions": list(comment["mentions"]) if kind == "comment_added" else [],
    }
