"""What every storage promises, on each of them."""

import io
import itertools
from datetime import UTC, datetime, timedelta

import mongomock
import pytest

from config import load
from tests.processes import KEY as SECRET
from tracker.errors import NotFound, Unavailable
from tracker.files import Blobs, connect
from tracker.files.grid import CHUNK

KEYS = [f"{number:032x}" for number in range(1, 6)]
KEY = KEYS[0]
SOME = bytes(range(256)) * 2_500  # more than two chunks of MongoDB's


def put(blobs: Blobs, key: str, content: bytes = SOME) -> None:
    blobs.put(key, io.BytesIO(content), len(content))


def got(blobs: Blobs, key: str, start: int = 0, length: int = len(SOME)) -> bytes:
    stream = blobs.read(key, start, length)
    try:
        return b"".join(stream)
    finally:
        stream.close()


def test_what_was_put_is_read_again(blobs: Blobs) -> None:
    put(blobs, KEY)
    put(blobs, KEYS[1], b"x")
    assert got(blobs, KEY) == SOME
    assert got(blobs, KEYS[1], length=1) == b"x"


@pytest.mark.parametrize(
    ("start", "length"),
    [
        (0, 1),
        (1, 254),
        (len(SOME) - 1, 1),
        (CHUNK - 1, 2),
        (CHUNK, CHUNK),
        (CHUNK * 2 - 1, 3),
        (100, len(SOME) - 100),
    ],
)
def test_a_piece_is_read_from_anywhere(blobs: Blobs, start: int, length: int) -> None:
    put(blobs, KEY)
    assert got(blobs, KEY, start, length) == SOME[start : start + length]


def test_pieces_are_small_and_a_reader_may_stop(blobs: Blobs) -> None:
    put(blobs, KEY)
    stream = blobs.read(KEY, 0, len(SOME))
    pieces = list(itertools.islice(stream, 3))
    stream.close()
    assert [len(piece) <= 64 * 1024 for piece in pieces] == [True] * 3
    blobs.read(KEY, 0, len(SOME)).close()


@pytest.mark.parametrize("key", [KEY, "../../etc/passwd", "", "a", KEY.upper() + "0", KEY + "\n"])
def test_what_is_not_there_is_not_found_at_once(blobs: Blobs, key: str) -> None:
    with pytest.raises(NotFound):
        blobs.read(key, 0, 1)


def test_what_is_removed_is_gone_and_the_rest_stays(blobs: Blobs) -> None:
    put(blobs, KEY)
    put(blobs, KEYS[1])
    blobs.remove(KEY)
    blobs.remove(KEY)
    with pytest.raises(NotFound):
        blobs.read(KEY, 0, 1)
    assert got(blobs, KEYS[1]) == SOME
    assert [kept.key for kept in blobs.listed("", 10)] == [KEYS[1]]


def test_blobs_are_listed_in_the_order_of_keys(blobs: Blobs) -> None:
    assert list(blobs.listed("", 10)) == []
    for key in reversed(KEYS):
        put(blobs, key, b"x")
    found = blobs.listed("", 10)
    assert [kept.key for kept in found] == KEYS
    assert all(abs(kept.since - datetime.now(UTC)) < timedelta(minutes=1) for kept in found)
    assert [kept.key for kept in blobs.listed("", 2)] == KEYS[:2]
    assert [kept.key for kept in blobs.listed(KEYS[1], 2)] == KEYS[2:4]
    assert [kept.key for kept in blobs.listed(KEYS[4], 2)] == []
    assert [kept.key for kept in blobs.listed("0000", 1)] == KEYS[:1]
    assert blobs.listed("1", 10) == []


@pytest.mark.parametrize("said", [len(SOME) - 1, len(SOME) + 1])
def test_what_is_not_as_long_as_it_says_is_not_kept(blobs: Blobs, said: int) -> None:
    source = io.BytesIO(SOME[:said] if said < len(SOME) else SOME)
    with pytest.raises(Unavailable):
        blobs.put(KEY, source, said + 1 if said < len(SOME) else said)
    with pytest.raises(NotFound):
        blobs.read(KEY, 0, 1)
    blobs.remove(KEY)
    assert list(blobs.listed("", 10)) == []


class Breaks(io.BytesIO):
    """Can be read to its half."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > len(SOME) / 2:
            raise OSError("gone")
        return super().read(size)


def test_what_breaks_on_its_way_in_is_not_kept(blobs: Blobs) -> None:
    with pytest.raises((Unavailable, OSError)):
        blobs.put(KEY, Breaks(SOME), len(SOME))
    with pytest.raises(NotFound):
        blobs.read(KEY, 0, 1)
    blobs.remove(KEY)
    assert list(blobs.listed("", 10)) == []


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, "Folder"),
        ({"MONGODB_URI": "mongodb://127.0.0.1/x"}, "Grid"),
        ({"MONGODB_URI": "mongodb://127.0.0.1/x", "AWS_BUCKET": "files"}, "S3"),
        ({"AWS_BUCKET": "files"}, "S3"),
    ],
)
def test_the_settings_choose_the_storage_and_nothing_is_asked_yet(
    settings: dict[str, str], kind: str
) -> None:
    found = connect(load({"SECRET_KEY": SECRET, **settings}), mongomock.MongoClient()["x"])
    assert type(found).__name__ == kind
