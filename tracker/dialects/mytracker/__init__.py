"""MyTracker, the backend of a Telegram bot: every URL on one page. Its later API stands in `later`.

Task trees nested to any depth under integer ids, one cookie, and texts that the bot reads word for
word. Every path ends the same way with and without a slash.
"""

from typing import Any

from flask import Flask

from tracker.dialects.details import FAULT, words
from tracker.dialects.dialect import Dialect

from . import asking, bot, later, pages, profile, wording

ROUTES = (
    ("/api/profile/request/registration", profile.Registration),
    ("/api/profile/confirm/registration/<token>", pages.Confirmation),
    ("/api/profile/login", profile.Login),
    ("/api/profile/logout", profile.Logout),
    ("/api/profile/request/change_password", profile.PasswordLink),
    ("/api/profile/confirm/change_password/<token>", profile.NewPassword),
    ("/api/profile/confirm/change_password/<token>", pages.PasswordPage),
    ("/api/profile/confirm/change_password/<token>/page", pages.PasswordForm),
    ("/api/bot/check_is_active", bot.Activity),
    ("/api/bot/my_tasks", bot.MyTasks),
    ("/api/bot/my_tasks/<task_id>", bot.MyTask),
    ("/api/bot/my_task/<task_id>", bot.MyTask),
    ("/api/bot/create_task", bot.Creation),
    ("/api/bot/update_task/<task_id>", bot.Updating),
    ("/api/bot/finish_task/<task_id>", bot.Finishing),
    ("/api/bot/delete_task/<task_id>", bot.Deletion),
)


def set_up(app: Flask, config: Any) -> None:
    """Give the application the settings of this dialect, and the later API where it is on."""
    profile.init_app(app, config, prefix=DIALECT.prefix)
    later.init_app(app, config, DIALECT)


DIALECT = Dialect(
    name="mytracker",
    title="MyTracker",
    prefix="/mytracker",
    routes=ROUTES,
    identify=asking.by_cookie,
    words=words,
    credential={"type": "apiKey", "in": "cookie", "name": asking.COOKIE},
    fault=FAULT,
    statuses=wording.STATUSES,
    texts=wording.TEXTS,
    set_up=set_up,
)
