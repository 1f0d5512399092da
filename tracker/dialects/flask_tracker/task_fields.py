"""Tasks as Flask Task Tracker sends them: every text is kept as (sent, what it means here)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields, post_load, pre_load

from tracker.core import access, labels, limits
from tracker.core.life import COMPLETED, PRIORITIES, STARTED, TODO
from tracker.dialects.operations import Loose
from tracker.errors import Fault, Invalid, NotFound
from tracker.services import people
from tracker.web import world
from tracker.web.fields import YEARS, read_time, read_uuid, said, text
from tracker.web.principal import caller

LONGEST_WORD = 255
MOST_ESTIMATED = 1e12
# compared without case, blanks, _ and -; any other word leaves the status as it is
STATUSES = {
    **dict.fromkeys(("open", "todo", "new"), TODO),
    **dict.fromkeys(("inprogress", "review"), STARTED),
    **dict.fromkeys(("completed", "done", "closed"), COMPLETED),
}
NEW = {"task_type": "Development", "status": "open", "estimate": 8, "priority": "medium"}
# fields that no other door has
ONLY_HERE = ("task_type", "estimate")
OTHER_NAMES = {"title": "summary", "tasktype": "task_type", "deadline": "due_date"}

_NUMBER = re.compile(r"\s{0,9}[0-9]{1,12}(\.[0-9]{0,12})?\s{0,9}")


class Meant(NamedTuple):
    """What was sent for a field, and what it means."""

    sent: Any
    means: Any


class Day(fields.Field[Meant]):
    """A date or time (ISO 8601, without a zone UTC); "" is none."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Meant:
        if value == "":
            return Meant(None, None)
        found = read_time(value) if isinstance(value, str) else None
        if found is None or found.year not in YEARS:
            raise ValidationError("Takes an ISO 8601 date or time.")
        return Meant(value, found)


class Estimate(fields.Field[Any]):
    """A number that is not negative, or a text that holds one."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = is_number and 0 <= value <= MOST_ESTIMATED
        if not fits and not (isinstance(value, str) and _NUMBER.fullmatch(value)):
            raise ValidationError("Takes a number, or a text that holds one.")
        return value


class TaskChange(Loose):
    """What changes of a task: absent and null leave a field as it is, "" clears some."""

    # no null gets as far as a field: that it is taken is said for the document
    summary = said(1, limits.TITLE, allow_none=True)
    task_type = text(0, LONGEST_WORD, allow_none=True)
    start_dt = Day(allow_none=True)
    status = text(0, LONGEST_WORD, allow_none=True)
    estimate = Estimate(allow_none=True)
    priority = text(0, LONGEST_WORD, allow_none=True)
    assigned = text(0, LONGEST_WORD, allow_none=True)
    description = text(0, limits.DESCRIPTION, allow_none=True)
    due_date = Day(allow_none=True)

    @pre_load
    def tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return _tidied(data)


class NewTask(TaskChange):
    """A new task: what is not said of it is as the program has it."""

    @pre_load
    def tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        tidied = _tidied(data)
        if tidied.get("summary", "") == "":
            raise Invalid(Fault("/summary", "Missing data for required field."))
        return tidied

    @post_load
    def fill_in(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**NEW, **{key: value for key, value in data.items() if value != ""}}


class StatusChange(Loose):
    """The status or the deadline of a task."""

    status = text(1, LONGEST_WORD, allow_none=True)
    due_date = Day(allow_none=True)

    @pre_load
    def tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        tidied = _tidied(data)
        if not tidied.keys() & {"status", "due_date"}:
            raise Invalid(Fault("", "status or due_date is required"))
        return tidied


def known_id(sent: str) -> str:
    """A text as an id; one that can be no id is that of no task."""
    found = read_uuid(sent)
    if found is None:
        raise NotFound(access.NO_TASK)
    return found


def as_ours(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a task as ours, with what was sent for them in `said`."""
    plain: dict[str, Any] = {}
    if "summary" in given:
        plain["title"] = given["summary"]
    if "description" in given:
        plain["description"] = given["description"] or None
    meant = dict(_meant(given))
    ours = {field: one.means for field, one in meant.items() if field not in ONLY_HERE}
    said = {field: list(one) for field, one in meant.items()}
    return plain | ours | _status(given) | {"said": said}


def _meant(given: Mapping[str, Any]) -> Iterator[tuple[str, Meant]]:
    """What is shown again as it was sent, by our name for the field, and what it means."""
    for field in ONLY_HERE:
        if given.get(field, "") != "":
            yield field, Meant(given[field], None)
    for field, native in (("start_dt", "start_date"), ("due_date", "due_date")):
        if field in given:
            yield native, given[field]
    if given.get("priority"):
        yield "priority", _priority(given["priority"])
    if "assigned" in given:
        yield "assigned_to", _assigned(given["assigned"])


def _tidied(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, by one name a field, and without nulls, which say nothing."""
    told = {key: value for key, value in sent.items() if value is not None}
    return {OTHER_NAMES[key]: told[key] for key in OTHER_NAMES if key in told} | told


def _status(given: Mapping[str, Any]) -> dict[str, Any]:
    word = given.get("status")
    if not word:
        return {}
    native = STATUSES.get(re.sub(r"[\s_-]", "", labels.key(word)))
    return {"status_label": word} | ({"status": native} if native else {})


def _priority(word: str) -> Meant:
    native = word.strip().lower()
    return Meant(word, native if native in PRIORITIES else "medium")


def _assigned(name: str) -> Meant:
    return Meant(name or None, people.assignable(world(), caller(), name) if name else None)
