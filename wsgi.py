"""The web application and the Celery application, each built once; `Procfile` starts them."""

import sys

from config import SettingError, load
from tracker import create_app
from tracker.errors import TrackerError
from tracker.worker import create_celery

# The status by which gunicorn knows that starting the worker again will not help.
BOOT_FAILED = 3

try:
    config = load()
    for warning in config.warnings:
        print(f"tracker: {warning}", file=sys.stderr)
    app = create_app(config)
    celery = create_celery(config, app)
except (SettingError, TrackerError) as reason:
    print(f"tracker: {reason}", file=sys.stderr)
    raise SystemExit(BOOT_FAILED) from None
