"""The jobs, by the names under which messages ask for them: each calls one service, by ids only."""

from celery import shared_task
from flask import current_app

from tracker.services import slots, sweeping

from . import sweeper

# A mail server that drips may hold a letter, which is then tried again; shorter than a job's lease
JOBS_SECONDS = 120
SWEEP_SECONDS = 240
# What does not even end at that is killed
GRACE_SECONDS = 30


@shared_task(name="sweep", soft_time_limit=SWEEP_SECONDS, time_limit=SWEEP_SECONDS + GRACE_SECONDS)
def sweep(every: int | None = None) -> None:
    """Finish what a crash left: see `tracker.services.sweeping`. With `every`, once in a slot of so
    many seconds, however many ask.
    """
    world = current_app.extensions["world"]
    if every is None or slots.take(world, "sweep", every):
        sweeper.tell(current_app.extensions["log"], sweeping.sweep(world, rest=sweeper.rest))


@shared_task(name="jobs", soft_time_limit=JOBS_SECONDS, time_limit=JOBS_SECONDS + GRACE_SECONDS)
def jobs() -> None:
    """Do what is due now, such as letters; the sweep finds what no message asked for."""
    ran = sweeping.run_jobs(current_app.extensions["world"])
    current_app.extensions["log"].info("jobs", **ran._asdict())
