"""How gunicorn serves live events: `gunicorn -c gunicorn.realtime.py wsgi:app`.

The whole application on one event loop: it holds thousands of connections, and answers the rest of
the API, too, but a process of `gunicorn.conf.py` does that better.
"""

from gevent import monkey

# before anything else is imported that keeps a lock or a socket class for itself
monkey.patch_all()

import gc  # noqa: E402  see above
import os  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from config import SettingError, load  # noqa: E402

BOOT_FAILED = 3
FILES_OF_ONE = 2
# beside the connections, for refusals and short requests, and for all else that is open
SPARE = 200

# read by the application, too, where it is started
os.environ.setdefault("LIVE_SOCKETS", "3000")
# one process counts for itself, and heeds no folder of others
os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
try:
    settings = load()  # `config` would be read as gunicorn's own setting of that name
    if settings.embedded:
        raise SettingError("realtime needs MONGODB_URI; without it the web process does its work")
except SettingError as reason:
    print(f"tracker: {reason}", file=sys.stderr)
    raise SystemExit(BOOT_FAILED) from None

_wanted = settings.sockets * FILES_OF_ONE + SPARE
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if _soft != resource.RLIM_INFINITY and _soft < _wanted:
    _most = _wanted if _hard == resource.RLIM_INFINITY else min(_wanted, _hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_most, _hard))

_host = f"[{settings.host}]" if ":" in settings.host else settings.host
bind = f"{_host}:{settings.realtime_port}"
worker_class = "gevent"
workers = 1
worker_connections = settings.sockets + SPARE
keepalive = 30
# connections are closed at once; what a client leaves open does not hold up the next process
graceful_timeout = 5
# Database connections do not survive a fork.
preload_app = False
# It would lie in the home folder, and several services on one machine would share it.
control_socket_disable = True
# The application writes one line a request itself.
accesslog = None
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """The application is loaded and its socket is open: say where it is."""
    from tracker.web.masks import Mask

    # what is loaded stays: no full collection walks through all of it again
    gc.collect()
    gc.freeze()
    for log in (worker.log.error_log, worker.log.access_log):
        log.addFilter(Mask())
    worker.wsgi.extensions["live"].close_when(lambda: not worker.alive)
    host, port = worker.sockets[0].getsockname()[:2]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    name = f"{settings.app_name} {settings.app_version}"
    print(f"{name} tells live events on ws://{address}/ws", flush=True)
