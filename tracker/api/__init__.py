"""Our own REST API: every URL on one page. Resources translate: read, call a service, write.

What a method takes and answers stands in its `@operation`; it is private unless marked `@public`.
"""

from typing import Any

from flask import Flask

from tracker.web.rest import mount

from . import (
    admin,
    analytics,
    api_tokens,
    around_tasks,
    categories,
    comments,
    docs,
    emails,
    errors,
    files,
    health,
    leaving,
    lists,
    metrics,
    notifications,
    pages,
    passwords,
    pomodoros,
    reminders,
    sessions,
    tags,
    tasks,
    users,
)

USERS = (
    ("/register", users.Register),
    ("/login", users.Login),
    ("/refresh", sessions.Refresh),
    ("/logout", sessions.Logout),
    ("/ticket", sessions.Ticket),
    ("/sessions", sessions.Sessions),
    ("/sessions/<session_id>", sessions.Session),
    ("/tokens", api_tokens.ApiTokens),
    ("/tokens/<token_id>", api_tokens.ApiToken),
    ("/users", users.People),
    ("/me", users.Me),
    ("/me", leaving.Account),
    ("/me/export", leaving.Export),
    ("/password/change", passwords.ChangePassword),
    ("/password/forgot", passwords.ForgotPassword),
    ("/password/reset", passwords.ResetPassword),
    ("/email/change", emails.ChangeEmail),
    ("/email/confirm", emails.ConfirmEmail),
    ("/email/resend", emails.ResendConfirmation),
)

ADMIN = (
    ("/users", admin.Users),
    ("/users/<user_id>/disable", admin.Disable),
    ("/users/<user_id>/enable", admin.Enable),
    ("/users/<user_id>/role", admin.Role),
)

TASKS = (
    ("", tasks.Tasks),
    ("/bulk", tasks.Bulk),
    ("/<task_id>", tasks.Task),
    ("/<task_id>/tree", tasks.Tree),
    ("/<task_id>/subtasks", tasks.Subtasks),
    ("/<task_id>/ancestors", tasks.Ancestors),
    ("/<task_id>/complete", tasks.Complete),
    ("/<task_id>/reopen", tasks.Reopen),
    ("/<task_id>/move", tasks.Move),
    ("/<task_id>/restore", around_tasks.Restore),
    ("/<task_id>/members", around_tasks.Members),
    ("/<task_id>/history", around_tasks.History),
    ("/<task_id>/notify-overdue", notifications.NotifyOverdue),
    ("/<task_id>/reminders", reminders.Reminders),
    ("/<task_id>/reminders/<reminder_id>", reminders.OneReminder),
    ("/<task_id>/reminders/<reminder_id>/snooze", reminders.Snoozed),
    ("/<task_id>/comments", comments.Comments),
    ("/<task_id>/comments/<comment_id>", comments.Comment),
    ("/<task_id>/files", files.Files),
    ("/<task_id>/files/<file_id>", files.File),
    ("/<task_id>/pomodoros", pomodoros.TaskPomodoros),
    ("/<task_id>/pomodoros/stop", pomodoros.StopPomodoro),
    ("/<task_id>/pomodoros/interrupt", pomodoros.InterruptPomodoro),
)

TAGS = (
    ("", tags.Tags),
    ("/<tag_id>", tags.Tag),
    ("/<tag_id>/merge", tags.MergedTag),
)

CATEGORIES = (
    ("", categories.Categories),
    ("/<category_number>", categories.OneCategory),
)

ANALYTICS = (
    ("/overview", analytics.TaskOverview),
    ("/performance", analytics.TaskPerformance),
    ("/trends", analytics.TaskTrends),
    ("/export", analytics.TaskExport),
)

POMODOROS = (
    ("", pomodoros.Pomodoros),
    ("/totals", pomodoros.PomodoroTotals),
)

TRASH = (("", around_tasks.Trash),)

NOTIFICATIONS = (
    ("", notifications.Notifications),
    ("/unread-count", notifications.Unread),
    ("/read-all", notifications.ReadAll),
    ("/preferences", notifications.NotificationPreferences),
    ("/<notification_id>", notifications.One),
    ("/<notification_id>/read", notifications.Read),
)

HEALTH = (
    ("", health.Health),
    ("/live", health.Live),
    ("/ready", health.Ready),
)

# blueprint: (prefix, routes)
TABLE = {
    "users": ("/api/auth", USERS),
    "admin": ("/api/admin", ADMIN),
    "tasks": ("/api/tasks", TASKS),
    "trash": ("/api/trash", TRASH),
    "notifications": ("/api/notifications", NOTIFICATIONS),
    "tags": ("/api/tags", TAGS),
    "categories": ("/api/categories", CATEGORIES),
    "analytics": ("/api/analytics", ANALYTICS),
    "pomodoros": ("/api/pomodoros", POMODOROS),
    "health": ("/api/health", HEALTH),
}

# blueprint: the scopes of API tokens that open it (core.scopes); without one they open nothing
AREAS = {
    "users": "account",
    **dict.fromkeys(
        ("tasks", "trash", "notifications", "tags", "categories", "analytics", "pomodoros"), "tasks"
    ),
}


def init_app(app: Flask, config: Any) -> None:
    """Serve the API, its documentation and its problems."""
    errors.init_app(app)
    passwords.init_app(
        app, cost=config.password_cost, refuse_common=config.refuses_common_passwords
    )
    users.init_app(app, must_confirm=config.require_confirmation, crowns=not config.production)
    pages.init_app(app)
    lists.init_app(app, secret=config.secret_key)
    tasks.init_app(app)
    files.init_app(app, config)
    health.init_app(app, name=config.app_name, version=config.app_version)
    for name, (prefix, routes) in TABLE.items():
        mount(app, name, prefix, routes, area=AREAS.get(name))
    metrics.init_app(app, token=config.metrics_token, production=config.production)
    docs.init_app(app, title=config.app_name, version=config.app_version)
