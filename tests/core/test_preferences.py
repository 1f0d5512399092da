"""What people want to be told, and by which way, chosen or not."""

from tracker.core import notices, preferences
from tracker.core.preferences import IN_APP, MAIL, wants


def test_all_is_shown_and_what_is_urgent_is_mailed() -> None:
    nobody_chose = preferences.of({})
    assert list(nobody_chose) == list(notices.KINDS)
    assert all(ways[IN_APP] for ways in nobody_chose.values())
    assert {kind for kind, ways in nobody_chose.items() if ways[MAIL]} == {
        "task_overdue",
        "reminder",
    }


def test_what_somebody_chose_counts_and_the_rest_stays() -> None:
    user = {
        "notify": {"reminder": {"mail": False}, "task_assigned": {"in_app": False, "mail": True}}
    }
    assert preferences.of(user)["reminder"] == {"in_app": True, "mail": False}
    assert not wants(user, "task_assigned", IN_APP)
    assert wants(user, "task_assigned", MAIL)
    assert wants(user, "task_overdue", MAIL)


def test_kinds_and_ways_of_another_day_do_no_harm() -> None:
    assert preferences.of(
        {"notify": {"gone": {"pigeon": True}, "reminder": None}}
    ) == preferences.of({})
