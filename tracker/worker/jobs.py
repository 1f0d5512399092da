"""The jobs, by the names under which messages ask for them: each calls one service, by ids only."""

from celery import shared_task
from flask import current_app

from tracker.services import sweeping

from . import sweeper


@shared_task(name="sweep")
def sweep() -> None:
    """Finish what a crash left: see `tracker.services.sweeping`."""
    report = sweeping.sweep(current_app.extensions["world"])
    sweeper.tell(current_app.extensions["log"], report)
