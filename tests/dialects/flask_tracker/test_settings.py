"""Flask Task Tracker: the switch that its README calls otherwise than its program."""

import pytest

from config import SettingError, load


@pytest.mark.parametrize(
    ("given", "on"),
    [
        ({}, True), ({"AUTH_ENABLE": "True"}, True), ({"AUTH_ENABLED": "False"}, False),
        ({"AUTH_ENABLE": "false"}, False), ({"AUTH_ENABLE": "no", "AUTH_ENABLED": "off"}, False),
    ],
)  # fmt: skip
def test_both_names_of_the_switch_are_real_booleans(given: dict[str, str], on: bool) -> None:
    assert load({"SECRET_KEY": "x" * 40, **given}).auth_enabled is on


@pytest.mark.parametrize(
    "given",
    [
        {"AUTH_ENABLE": "True", "AUTH_ENABLED": "False"}, {"AUTH_ENABLE": "maybe"},
        {"AUTH_ENABLED": "maybe"},
        {
            "AUTH_ENABLED": "False", "TRACKER_ENV": "production",
            "PUBLIC_URL": "https://t.example", "SECRET_KEY": "0f8e2b7d9c4a61530f8e2b7d9c4aA1Bq",
        },
    ],
)  # fmt: skip
def test_what_disagrees_is_no_boolean_or_is_off_in_production_stops_the_start(
    given: dict[str, str],
) -> None:
    with pytest.raises(SettingError, match="AUTH_ENABLE"):
        load({"SECRET_KEY": "x" * 40, **given})
