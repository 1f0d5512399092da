"""Blobs as objects of a bucket: at Amazon, or wherever an endpoint speaks S3. The only place that
knows boto3.

TLS is verified, and every step has a timeout: a storage that hangs holds nobody up for long.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import boto3
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tracker.errors import NotFound, Unavailable

from .blobs import DOWN, NO_FILE, Kept, Stream, checked, is_key

PREFIX = "tracker/files/"
CONNECT_SECONDS, READ_SECONDS, TRIES = 3.0, 10.0, 2
_MISSING = {"NoSuchKey", "404", "NotFound"}
log = structlog.get_logger()


class S3:
    """A storage in one bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def put(self, key: str, source: BinaryIO, size: int) -> None:
        if source.seek(0, os.SEEK_END) != size:
            raise Unavailable("The source is not as long as it should be")
        source.seek(0)
        with _outages():
            self._client.put_object(**self._named(key), Body=source, ContentLength=size)

    def read(self, key: str, start: int, length: int) -> Stream:
        span = f"bytes={start}-{start + length - 1}"
        with _outages():
            body = self._client.get_object(**self._named(key), Range=span)["Body"]
        return Stream(body.read, length, body.close)

    def remove(self, key: str) -> None:
        with _outages():
            self._client.delete_object(**self._named(key))

    def listed(self, after: str, limit: int) -> list[Kept]:
        asked = {"Bucket": self._bucket, "Prefix": PREFIX, "MaxKeys": min(limit, 1000)}
        with _outages():
            found = self._client.list_objects_v2(**asked, StartAfter=PREFIX + after)
        kept = (
            Kept(one["Key"].removeprefix(PREFIX), one["LastModified"])
            for one in found.get("Contents", ())
        )
        return [one for one in kept if is_key(one.key)]

    def link(self, key: str, headers: Mapping[str, str], seconds: int) -> str | None:
        answered = {f"Response{name.replace('-', '')}": value for name, value in headers.items()}
        address: str = self._client.generate_presigned_url(
            "get_object", Params={**self._named(key), **answered}, ExpiresIn=seconds
        )
        return address

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": PREFIX + checked(key)}


def connect(config: Any, *, patience: float = READ_SECONDS) -> S3:
    """The bucket of these settings; nothing is asked of it yet. Without a key in them boto3 looks
    for one where it always does, such as the role of the machine. `patience` is in seconds, for
    each answer.
    """
    endpoint = config.s3_endpoint or None
    client = boto3.client(
        "s3",
        region_name=config.aws_region,
        endpoint_url=endpoint,
        aws_access_key_id=config.aws_access_key_id or None,
        aws_secret_access_key=config.aws_secret_access_key or None,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if endpoint else "auto"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=patience,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            # what Amazon added later, others do not know
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return S3(client, config.aws_bucket)


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except ClientError as fault:
        code = fault.response.get("Error", {}).get("Code", "")
        if code in _MISSING:
            raise NotFound(NO_FILE) from None
        log.error("files_down", fault=code)
        raise Unavailable(DOWN) from None
    except BotoCoreError as fault:
        log.error("files_down", fault=type(fault).__name__)
        raise Unavailable(DOWN) from None
