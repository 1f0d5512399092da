"""Pomodoros: those of a task, in the blueprint `tasks`, and one's own, in `pomodoros`."""

from typing import Any

from flask import Response
from flask_restful import Resource

from tracker.core.terms import Terms
from tracker.services import focus, people, pomodoros
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.operations import operation
from tracker.web.principal import caller

from . import examples
from . import pomodoro_shapes as shapes

START = shapes.Start()
LOG, TASK, SUMS = shapes.LogQuery(), shapes.TaskQuery(), shapes.SumsQuery()


class TaskPomodoros(Resource):
    @operation(
        "Read what was planned and done on a task and below it, and the log of the task",
        query=TASK,
        answers={200: shapes.OfTask},
        errors=(404,),
    )
    def get(self, task_id: str, query: dict[str, Any]) -> dict[str, Any]:
        zone = query.get("time_zone", people.zone_of(caller()))
        found = focus.of_task(world(), caller(), task_id, zone, *shapes.window(query))
        return shapes.of_task(found, query)

    @operation(
        "Start a pomodoro; one runs at a time",
        body=START,
        bodiless=True,
        example=examples.POMODORO,
        writes=True,
        answers={201: shapes.Pomodoro},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, body: dict[str, Any], terms: Terms) -> Response:
        begun = pomodoros.start(world(), caller(), task_id, body["minutes"], terms)
        return answer(shapes.pomodoro(begun), 201)


class StopPomodoro(Resource):
    @operation(
        "Finish the pomodoro that one runs on a task, and count it there",
        writes=True,
        answers={200: shapes.Pomodoro},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, terms: Terms) -> dict[str, Any]:
        return shapes.pomodoro(pomodoros.stop(world(), caller(), task_id, terms))


class InterruptPomodoro(Resource):
    @operation(
        "Give up the pomodoro that one runs on a task; it is not counted",
        writes=True,
        answers={200: shapes.Pomodoro},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, terms: Terms) -> dict[str, Any]:
        return shapes.pomodoro(pomodoros.interrupt(world(), caller(), task_id, terms))


class Pomodoros(Resource):
    @operation(
        "List one's own pomodoros that have ended, newest first, and the one that runs",
        query=LOG,
        answers={200: shapes.Log},
    )
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        who = focus.span(query.get("since"), query.get("before"))
        if "task" in query:
            who["task"] = query["task"]
        return shapes.log(focus.log(world(), caller(), who, *shapes.window(query)), query)


class PomodoroTotals(Resource):
    @operation(
        "Sum up one's own pomodoros by day and week, in whole weeks up to today",
        query=SUMS,
        answers={200: shapes.Sums},
    )
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        zone = query.get("time_zone", people.zone_of(caller()))
        return shapes.sums(focus.sums(world(), caller(), query["days"], zone))
