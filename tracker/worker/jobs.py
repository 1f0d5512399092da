"""The jobs, by the names under which messages ask for them: each calls one service, by ids only."""

from celery import shared_task
from flask import current_app

from tracker.services import sweeping

from . import sweeper

# A mail server that drips may hold a letter, which is then tried again; shorter than a job's lease
JOBS_SECONDS = 120


@shared_task(name="sweep")
def sweep() -> None:
    """Finish what a crash left: see `tracker.services.sweeping`."""
    report = sweeping.sweep(current_app.extensions["world"])
    sweeper.tell(current_app.extensions["log"], report)


@shared_task(name="jobs", soft_time_limit=JOBS_SECONDS)
def jobs() -> None:
    """Do what is due now, such as letters; the sweep finds what no message asked for."""
    ran = sweeping.run_jobs(current_app.extensions["world"])
    current_app.extensions["log"].info("jobs", **ran._asdict())
