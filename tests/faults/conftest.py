"""`pytest --long tests/faults` looks for faults many times, as before a release."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="look for faults many times")
    parser.addoption("--kills", type=int, metavar="N", help="kill the service N times under load")


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time to look at everything; a run of all tests has none."""
    return bool(request.config.getoption("--long", default=False))
