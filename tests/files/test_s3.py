"""The bucket: its addresses for a while, and what happens when it does not answer."""

import ast
import io
import queue
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from config import load
from tests import post
from tests.buckets import Bucket
from tests.processes import KEY as SECRET
from tests.test_imports import FILES, imports, tree_of
from tracker.errors import Unavailable
from tracker.files import s3

KEY = "ab" * 16
SHOWN = {"Content-Type": "text/plain", "Content-Disposition": 'attachment; filename="a.txt"'}


def connected(patience: float = s3.READ_SECONDS, **settings: str) -> s3.S3:
    return s3.connect(load({"SECRET_KEY": SECRET, **settings}), patience=patience)


@contextmanager
def silent_server() -> Iterator[str]:
    """Takes every connection, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def https_server(certificate: Path) -> Iterator[tuple[str, "queue.Queue[str]"]]:
    """Shows a certificate, and tells how that was taken."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    told: queue.Queue[str] = queue.Queue()

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection:
                    try:
                        context.wrap_socket(connection, server_side=True).close()
                        told.put("taken")
                    except ssl.SSLError:
                        told.put("refused")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.getsockname()[1]}", told
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_an_address_for_a_while_gives_the_bytes_as_a_file(s3_blobs: s3.S3) -> None:
    s3_blobs.put(KEY, io.BytesIO(b"hello"), 5)
    address = s3_blobs.link(KEY, SHOWN, 300)
    assert address is not None
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"hello"
        assert {name: answer.headers[name] for name in SHOWN} == SHOWN
    asked = parse_qs(urlsplit(address).query)
    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert "test-secret" not in address


def test_a_bucket_that_is_not_there_is_an_outage(bucket: Bucket) -> None:
    other = connected(**{**bucket.settings, "AWS_BUCKET": "no-such-bucket"})
    for deed in (
        lambda: other.put(KEY, io.BytesIO(b"x"), 1),
        lambda: other.read(KEY, 0, 1),
        lambda: other.listed("", 1),
    ):
        with pytest.raises(Unavailable):
            deed()


def test_a_server_that_is_down_is_an_outage_at_once(bucket: Bucket) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    down = connected(**{**bucket.settings, "CUSTOM_S3_ENDPOINT_URL": f"http://127.0.0.1:{port}"})
    with pytest.raises(Unavailable):
        down.put(KEY, io.BytesIO(b"x"), 1)


def test_a_server_that_hangs_is_an_outage_in_time(bucket: Bucket) -> None:
    with silent_server() as endpoint:
        hangs = connected(0.2, **{**bucket.settings, "CUSTOM_S3_ENDPOINT_URL": endpoint})
        with pytest.raises(Unavailable):
            hangs.read(KEY, 0, 1)


def test_a_certificate_that_nobody_vouches_for_is_refused(bucket: Bucket, tmp_path: Path) -> None:
    with https_server(post.make_certificate(tmp_path)) as (endpoint, handshakes):
        lies = connected(**{**bucket.settings, "CUSTOM_S3_ENDPOINT_URL": endpoint})
        with pytest.raises(Unavailable):
            lies.put(KEY, io.BytesIO(b"x"), 1)
        assert handshakes.get(timeout=10) == "refused"


def test_nobody_who_has_no_bucket_loads_boto3() -> None:
    """It brings 40 MB with it: one file imports it, and that file is imported inside a function."""
    knowing = [path for path in FILES if {"boto3", "botocore"} & roots(path)]
    assert [path.name for path in knowing] == ["s3.py"]
    tops = [node for path in FILES for node in tree_of(path).body]
    assert not [node for node in tops if isinstance(node, ast.ImportFrom) and node.module == "s3"]


def roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}
