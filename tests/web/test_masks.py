"""What opens a session is hidden wherever an address is told."""

import logging

import pytest

from tracker.web.masks import Mask, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/ws/eyJ.eyJ.x_-", "/ws/*"),
        ("/ws//eyJ", "/ws//*"),
        ("GET /ws/eyJ.x HTTP/1.1", "GET /ws/* HTTP/1.1"),
        ("'/ws/eyJ'", "'/ws/*'"),
        ("/ws?ticket=abc", "/ws?ticket=*"),
        ("/api/events?after=1&ticket=abc&x=1", "/api/events?after=1&ticket=*&x=1"),
        ("/WS/eyJ", "/WS/*"),
        ("/ws", "/ws"),
        ("/api/tasks/ws", "/api/tasks/ws"),
    ],
)
def test_a_star_stands_in_place_of_a_token(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_logger_tells_no_token(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("a server")
    mask = Mask()
    log.addFilter(mask)
    log.warning("Error handling request %s %s", "GET", "/ws/eyJ.x")
    log.removeFilter(mask)
    assert caplog.messages == ["Error handling request GET /ws/*"]
