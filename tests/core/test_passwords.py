"""What a password must be."""

import pytest

from tracker.core.passwords import Rule, check
from tracker.errors import Invalid

COMMON = {"password123", "qwertyuiop"}
RULE = Rule(8, 25)


@pytest.mark.parametrize("password", ["x" * 8, "x" * 25, "  pass  ", "пароль12", "PASSWORD1234"])
def test_a_password_within_bounds_is_taken(password: str) -> None:
    check(password, RULE, COMMON)


@pytest.mark.parametrize("password", ["", "x" * 7, "x" * 26, "x" * 1_000_000])
def test_one_out_of_bounds_is_refused_and_the_field_named(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(password, RULE._replace(field="new_password"), COMMON)
    assert refusal.value.faults == (("/new_password", "Takes 8 to 25 characters."),)


@pytest.mark.parametrize("password", ["password123", "Password123", "QWERTYUIOP"])
def test_one_that_is_tried_first_is_refused_in_any_case(password: str) -> None:
    with pytest.raises(Invalid):
        check(password, RULE, COMMON)
    check(password, RULE, set())
