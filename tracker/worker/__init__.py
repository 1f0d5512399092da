"""The door of the clock: Celery's timetable and the jobs, each of which calls a service. No rules.

    celery -A wsgi:celery worker --loglevel info
    celery -A wsgi:celery beat --loglevel info -s /tmp/tracker-beat

Messages are hints: what must be done stands in the database, and the sweep finds what one missed.
Where no worker can run, a job is done by the process that sends it, and `sweeper` keeps the time.
"""

import ssl
from typing import Any

from celery import Celery, Task
from celery.loaders.app import AppLoader
from flask import Flask

from . import jobs as jobs

# Long before a message is taken for lost, the next sweep has done its work from the database.
VISIBILITY_SECONDS = 600
# A Redis that takes a connection and says nothing must not hold whoever sends or asks for ever
SOCKET_SECONDS = 4.0
SOFT_SHUTDOWN_SECONDS = 10.0
MESSAGE_SECONDS = 3600


def create_celery(config: Any, app: Flask) -> Celery:
    """The Celery application of these settings; its jobs run in the context of `app`."""
    celery = Celery(app.name, task_cls=_in_context_of(app), loader=_Loader, set_as_current=False)
    celery.conf.update(_delivery(config), beat_schedule=_timetable(config))
    celery.set_default()
    return celery


def _delivery(config: Any) -> dict[str, Any]:
    return {
        **_broker(config),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # an outage of a night is survived
        "broker_channel_error_retry": True,  # so is a Redis that is full
        # once, where a kept connection had died; the sweep finds what no message told
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0},
        "task_always_eager": config.in_process,
        "task_default_queue": config.task_queue,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_concurrency": config.celery_workers or None,
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": SOFT_SHUTDOWN_SECONDS,
        "task_serializer": "json",
        "accept_content": ["json"],
    }


def _broker(config: Any) -> dict[str, Any]:
    if config.in_process:
        return {"broker_url": "memory://"}
    timeouts = {"socket_timeout": SOCKET_SECONDS, "socket_connect_timeout": SOCKET_SECONDS}
    url = config.celery_broker_url or config.redis_url
    return {
        "broker_url": url,
        "broker_transport": "tracker.worker.broker:Transport",
        "broker_transport_options": {"visibility_timeout": VISIBILITY_SECONDS, **timeouts},
        # kombu's own would take any certificate
        "broker_use_ssl": url.startswith("rediss:") and {"ssl_cert_reqs": ssl.CERT_REQUIRED},
    }


def _timetable(config: Any) -> dict[str, Any]:
    """Of a pile that waited for a late worker, or of several beats, one message a slot does
    something; old ones are dropped, and not sooner, for the clocks of two machines may differ.
    """
    every = config.sweep_seconds
    options = {"expires": MESSAGE_SECONDS}
    entry = {"task": "sweep", "schedule": every, "kwargs": {"every": every}, "options": options}
    return {"sweep": entry}


def _in_context_of(app: Flask) -> type[Task]:
    class ContextTask(Task):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    return ContextTask


class _Loader(AppLoader):
    """Stops a worker or a beat that has nothing to work with, before it connects anywhere."""

    def on_worker_init(self) -> None:
        if self.app.conf.task_always_eager:
            raise SystemExit(
                "tracker: a worker needs MONGODB_URI and REDIS_URL; without one of them "
                "the web process does its work"
            )
