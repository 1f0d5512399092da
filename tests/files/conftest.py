"""Each storage in turn: a folder, MongoDB over the wire, S3 as a process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import load
from tests import buckets
from tests.buckets import Bucket
from tests.processes import KEY
from tracker.files import Blobs, s3
from tracker.files.folder import Folder
from tracker.files.grid import Grid
from tracker.store import Store


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    with buckets.server() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3_endpoint: str) -> Bucket:
    return buckets.fresh(s3_endpoint)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "files")


@pytest.fixture
def grid(wire_store: Store) -> Grid:
    return Grid(wire_store.db)


@pytest.fixture
def s3_blobs(bucket: Bucket) -> s3.S3:
    return s3.connect(load({"SECRET_KEY": KEY, **bucket.settings}))


@pytest.fixture(params=["folder", "grid", "s3_blobs"])
def blobs(request: pytest.FixtureRequest) -> Blobs:
    found: Blobs = request.getfixturevalue(request.param)
    return found
