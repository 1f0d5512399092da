"""The key of a service that is given none: development makes one and keeps it beside the data."""

import fcntl
import os
import secrets
from pathlib import Path
from typing import TextIO

from config_kinds import SettingError
from config_refusals import SECRET_BYTES


def kept_secret(folder: Path) -> str:
    """The development key: made once, kept beside the data, so that tokens outlive a restart."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / "secret", os.O_RDWR | os.O_CREAT, 0o600)
        with open(handle, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # of several that start at once, one writes it
            return file.read().strip() or _new_secret(file)
    except OSError:
        raise SettingError("DATA: takes a folder that can be written") from None


def _new_secret(file: TextIO) -> str:
    secret = secrets.token_hex(SECRET_BYTES)
    file.write(secret)
    file.flush()
    os.fsync(file.fileno())
    return secret
