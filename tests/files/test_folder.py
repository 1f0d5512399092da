"""What lies in the folder, and who may read it."""

import io
import os
import stat
from pathlib import Path

import pytest

from tracker.errors import Unavailable
from tracker.files.folder import Folder

KEY = "ab" * 16


def test_only_we_may_read_what_is_kept(tmp_path: Path) -> None:
    Folder(tmp_path / "files").put(KEY, io.BytesIO(b"x"), 1)
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert found == {"files": 0o700, KEY: 0o600}


def test_what_a_crash_left_is_listed_and_removed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put(KEY, io.BytesIO(b"x"), 1)
    (tmp_path / KEY).rename(tmp_path / f"{KEY}.part")
    (tmp_path / "notes.txt").touch()
    assert [kept.key for kept in folder.listed("", 10)] == [KEY]
    folder.remove(KEY)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert folder.listed("", 10) == []


def test_a_folder_that_cannot_be_written_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "files").touch()
    with pytest.raises(Unavailable):
        Folder(tmp_path / "files").put(KEY, io.BytesIO(b"x"), 1)


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """A file that cannot grow fails as one on a full disk does."""

    class Full(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, os.strerror(28))

    with pytest.raises(Unavailable):
        Folder(tmp_path).put(KEY, Full(), 1)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
