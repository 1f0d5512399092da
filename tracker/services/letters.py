"""Letters: what they are, that they are queued with a deed, and to whom they go when they leave.
Those about notices stand in `notice_letters`.

A job holds no token: one is issued when the letter leaves, to whoever has the address then. So a
request that asks for a letter does the same work whether the address is known or not.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from tracker.mail import Letter, Post
from tracker.store import accounts
from tracker.store.accounts import User
from tracker.store.jobs import Job

from . import jobs, notice_letters, one_time_tokens
from .one_time_tokens import Link
from .world import World

MAIL = "mail"


class Kind(NamedTuple):
    """A letter before it is written: its template, its subject, and the link in it, if any."""

    template: str
    subject: str
    link: Link | None = None


CONFIRM = Kind(
    "confirm",
    "Confirm your e-mail address",
    Link("confirm", timedelta(hours=24), "/account/confirm/"),
)
CHANGE = CONFIRM._replace(link=Link("change", timedelta(hours=24), "/account/confirm/"))
RESET = Kind(
    "reset", "Choose a new password", Link("reset", timedelta(minutes=60), "/account/reset/")
)
KNOWN = Kind("known", "You have an account already")
PASSWORD_CHANGED = Kind("password_changed", "Your password was changed")
EMAIL_CHANGED = Kind("email_changed", "Your e-mail address was changed")


def ask(world: World, kind: Kind, address: str, *, user: str | None = None) -> None:
    """Queue a letter to whoever has this address, or wants to have it, once the letter leaves.

    With `user` to nobody but them. For an address that nobody has, nothing will be sent.
    """
    _queue(world, kind, {"address": address, "user": user})


def tell(world: World, kind: Kind, user: User, address: str | None) -> None:
    """Queue a letter about what has happened, to an address that was the user's then."""
    if address is not None:
        _queue(world, kind, {"to": address, "name": user["full_name"]})


def deliver(world: World, job: Job, post: Post) -> None:
    """Write and post the letter of a job, or nothing where nobody is to read it any more."""
    if "notice" in job["data"]:
        notice_letters.deliver(world, job, post)
    elif letter := _written(world, job):
        post(letter)


def _queue(world: World, kind: Kind, to: dict[str, Any]) -> None:
    data = {**to, "template": kind.template, "subject": kind.subject}
    if kind.link:
        purpose, lives, path = kind.link
        data["link"] = {"purpose": purpose, "seconds": lives.total_seconds(), "path": path}
    jobs.add(world, MAIL, world.new_id(), data)


def _written(world: World, job: Job) -> Letter | None:
    """The letter as it goes out; None where nobody is to read it any more."""
    data = job["data"]
    if "to" in data:
        return _letter(job, data["to"], data["name"])
    link = _link(data)
    reader = _reader(world, data, link)
    if reader is None:
        return None
    user, address = reader
    if link is None:
        return _letter(job, address, user["full_name"])
    token = one_time_tokens.issue(world, link, user=user["_id"], address=address)
    return _letter(job, address, user["full_name"])._replace(
        path=f"{link.path}{token}", lives=link.lives
    )


def _letter(job: Job, to: str, name: str) -> Letter:
    data = job["data"]
    return Letter(job["_id"], data["template"], data["subject"], to, name)


def _link(data: dict[str, Any]) -> Link | None:
    found = data.get("link")
    if not found:
        return None
    return Link(found["purpose"], timedelta(seconds=found["seconds"]), found["path"])


def _reader(world: World, data: dict[str, Any], link: Link | None) -> tuple[User, str] | None:
    """Who gets the letter, at the address as they wrote it themselves.

    Never as the caller wrote it: two spellings that fold alike may be boxes of two people.
    """
    if link and link.purpose == "change":
        user = accounts.find(world.store, data["user"])
        return (user, data["address"]) if user and _proposes(user, data["address"]) else None
    user = accounts.find_by_email(world.store, data["address"])
    if user is None or data["user"] not in (None, user["_id"]):
        return None
    return (user, user["email"]) if _is_meant(user, link) else None


def _is_meant(user: User, link: Link | None) -> bool:
    """Nobody is asked to confirm twice, or told of an account that waits to be confirmed."""
    if link is None:
        return bool(user["state"] == "active")
    if user["state"] not in ("active", "unconfirmed"):
        return False
    return link.purpose != "confirm" or "email_confirmed_at" not in user


def _proposes(user: User, address: str) -> bool:
    return user["state"] == "active" and user.get("new_email") == address
