"""Blobs in MongoDB are GridFS files, and what a crash leaves of one is found."""

import io
from typing import Any

import gridfs
import pytest

from tests.store.wrapped import Call, wrap
from tracker.errors import NotFound
from tracker.files.grid import CHUNK, Grid
from tracker.store import Store

KEY = "ab" * 16
SOME = bytes(range(256)) * 2_500


def test_pymongos_own_gridfs_reads_them(wire_store: Store) -> None:
    Grid(wire_store.db).put(KEY, io.BytesIO(SOME), len(SOME))
    found = gridfs.GridFS(wire_store.db, "blobs").get(KEY)
    assert found.read() == SOME
    assert (found.length, found.chunk_size) == (len(SOME), CHUNK)
    assert gridfs.GridFS(wire_store.db, "blobs").list() == []


class _Ends(BaseException):
    pass


@pytest.mark.parametrize("calls", range(1, 5))
def test_what_a_crash_left_is_no_blob_and_is_listed(wire_store: Store, calls: int) -> None:
    made = 0

    def ending(call: Call) -> Any:
        nonlocal made
        made += 1
        if made == calls:
            raise _Ends
        return call.run()

    grid = Grid(wire_store.db)
    with pytest.raises(_Ends):
        Grid(wrap(wire_store, ending).db).put(KEY, io.BytesIO(SOME), len(SOME))
    with pytest.raises(NotFound):
        grid.read(KEY, 0, 1)
    assert [kept.key for kept in grid.listed("", 10)] == [KEY] * (calls > 1)
    grid.remove(KEY)
    assert wire_store.db["blobs.chunks"].count_documents({}) == 0


@pytest.mark.parametrize("calls", range(1, 4))
def test_a_removal_that_crashed_is_found_and_finished(wire_store: Store, calls: int) -> None:
    made = 0

    def ending(call: Call) -> Any:
        nonlocal made
        made += 1
        if made == calls:
            raise _Ends
        return call.run()

    grid = Grid(wire_store.db)
    grid.put(KEY, io.BytesIO(SOME), len(SOME))
    with pytest.raises(_Ends):
        Grid(wrap(wire_store, ending).db).remove(KEY)
    assert [kept.key for kept in grid.listed("", 10)] == [KEY]
    grid.remove(KEY)
    assert grid.listed("", 10) == []
    assert wire_store.db["blobs.chunks"].count_documents({}) == 0
