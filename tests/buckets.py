"""An S3 of our own for tests: moto's server as a process, and a bucket in it."""

import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import boto3

from tests.processes import running

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test-secret"}


class Bucket(NamedTuple):
    """Where it is, by the names of our settings."""

    endpoint: str
    name: str

    @property
    def settings(self) -> dict[str, str]:
        return {**KEYS, "AWS_BUCKET": self.name, "CUSTOM_S3_ENDPOINT_URL": self.endpoint}


@contextmanager
def server() -> Iterator[str]:
    """The address of a server that speaks S3."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running(f"moto_server -H 127.0.0.1 -p {port}") as moto:
        moto.line("Running on")
        yield f"http://127.0.0.1:{port}"


def fresh(endpoint: str) -> Bucket:
    """A new bucket, with nothing in it."""
    bucket = Bucket(endpoint, f"test-{uuid.uuid4().hex}")
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    client.create_bucket(Bucket=bucket.name)
    return bucket
