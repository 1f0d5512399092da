"""Tokens and tickets that stand in addresses, hidden wherever an address is told or logged."""

import logging
import re

_SHOWN = re.compile(r"(/ws/+|[?&]ticket=)[^\s?&#'\"]+", re.IGNORECASE)


def masked(text: str) -> str:
    """The text with a star in place of what opens a session."""
    return _SHOWN.sub(r"\1*", text)


class Mask(logging.Filter):
    """For the loggers of a server, which may tell the addresses that it was asked for."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        return True
