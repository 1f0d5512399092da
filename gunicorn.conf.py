"""How gunicorn serves `wsgi:app`: `gunicorn wsgi:app` reads this file by itself.

This runs in the master, which does not load the application: nothing of tracker is imported at the
top, so that a reload by SIGHUP takes its new code.
"""

import gc
import os
import re
import shutil
import sys
import tempfile
from typing import Any

from config import Config, SettingError, load

BOOT_FAILED = 3
COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"

try:
    settings = load()  # `config` would be read as gunicorn's own setting of that name
except SettingError as reason:
    print(f"tracker: {reason}", file=sys.stderr)
    raise SystemExit(BOOT_FAILED) from None


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


bind = _joined(settings.host, settings.port)
worker_class = "gthread"
workers = 1 if settings.embedded else settings.workers or os.cpu_count() or 1
# a connection of live events has a thread for as long as it stands
threads = settings.threads + settings.sockets
keepalive = 30
# Shorter than the ten seconds for which the next worker of a reload waits for the embedded store.
graceful_timeout = 8
# Threads and database connections do not survive a fork.
preload_app = False
# It would lie in the home folder, and several services on one machine would share it.
control_socket_disable = True
# The application writes one line a request itself.
accesslog = None
loglevel = "warning"


def on_starting(server: Any) -> None:
    """Several workers count in one folder, a new one with each start, so that a scrape of any of
    them tells of all; a single one needs none, and heeds none of somebody else's.
    """
    os.environ.pop(COUNTED_IN, None)
    server.counted_in = tempfile.mkdtemp(prefix="tracker-metrics-") if workers > 1 else None
    if server.counted_in:
        os.environ[COUNTED_IN] = server.counted_in


def child_exit(server: Any, worker: Any) -> None:
    """What a worker held open is no longer told; what it has counted is."""
    if server.counted_in:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid, server.counted_in)


def on_exit(server: Any) -> None:
    if server.counted_in:
        shutil.rmtree(server.counted_in, ignore_errors=True)


def post_worker_init(worker: Any) -> None:
    """The application is loaded and its socket is open: begin to sweep, and say where it is."""
    from tracker.web.masks import Mask
    from tracker.worker import jobs, sweeper

    # what is loaded stays: without this each full collection would walk through all of it again,
    # and the embedded store holds its documents in memory
    gc.collect()
    gc.freeze()
    for log in (worker.log.error_log, worker.log.access_log):
        log.addFilter(Mask())
    parts = worker.wsgi.extensions
    parts["live"].close_when(lambda: not worker.alive)
    seconds, tell_worker = settings.sweep_seconds, None
    if not settings.in_process:
        seconds, tell_worker = None, jobs.jobs.delay
    worker.sweeper = sweeper.start(
        parts["world"], seconds, log=parts["log"], tell_worker=tell_worker
    )
    if worker.age == 1:
        host, port = worker.sockets[0].getsockname()[:2]
        print(banner(settings, f"http://{_joined(host, port)}"), flush=True)


def worker_exit(server: Any, worker: Any) -> None:
    """Also called for a worker that never got so far as to sweep."""
    if hasattr(worker, "sweeper"):
        worker.sweeper.stop()


def banner(settings: Config, address: str) -> str:
    """What a person who started the service wants to know, in a few lines."""
    lines = [
        f"{settings.app_name} {settings.app_version} serves on {address}",
        f"  docs   {address}/docs",
    ]
    return "\n".join(lines + (_on_disk(settings) if settings.embedded else _on_servers(settings)))


def _on_disk(settings: Config) -> list[str]:
    lines = [
        f"  data   {settings.data.resolve()}",
        "  store  embedded: one process, one file, for one person or a small team;",
        "         for MongoDB set MONGODB_URI=mongodb://user:password@host/tracker",
    ]
    if settings.production:
        lines.append(
            "  THIS IS PRODUCTION ON THE EMBEDDED STORE: that folder is all there is of the data"
        )
    return lines


def _on_servers(settings: Config) -> list[str]:
    hosts = re.split("[/?]", settings.mongodb_uri.rpartition("@")[2].rpartition("//")[2])[0]
    jobs = (
        "in the web processes; for a worker set REDIS_URL=redis://host:6379/0"
        if settings.in_process
        else "by worker and beat, which the Procfile starts"
    )
    return [f"  data   MongoDB at {hosts}", f"  jobs   {jobs}"]
