"""BSON in and out: how a document is copied, measured and named. No storage and no queries here."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import bson
from bson.codec_options import CodecOptions
from bson.int64 import Int64
from pymongo.errors import WriteError

Document = dict[str, Any]

OPTIONS: CodecOptions[Document] = CodecOptions(tz_aware=True)
LARGEST = 16 * 1024 * 1024  # bytes; MongoDB's limit of one document


class Entry(NamedTuple):
    """A stored document. `doc` is for filters and sorts: never changed, never handed out."""

    key: bytes
    doc: Document
    blob: bytes


def encode(document: Mapping[str, Any]) -> bytes:
    """The document as BSON; raises what PyMongo raises for what BSON cannot hold."""
    return bson.encode(document, codec_options=OPTIONS)


def decode(blob: bytes) -> Document:
    """A fresh document from BSON; its times are aware, in UTC."""
    return bson.decode(blob, codec_options=OPTIONS)


def normal(document: Mapping[str, Any]) -> Document:
    """A private copy in stored form: times in UTC cut to milliseconds, tuples as lists."""
    return decode(encode(document))


def key_of(value: Any) -> bytes:
    """The name of a value: equal values, equal bytes; 1 and 1.0 are equal, 1 and True are not."""
    if isinstance(value, list):
        value = [_plain(item) for item in value]
    return bson.encode({"": _plain(value)}, codec_options=OPTIONS)


def entry_of(document: Document, blob: bytes) -> Entry:
    """The entry for a document and its BSON; raises WriteError where MongoDB would for its size."""
    if len(blob) > LARGEST:
        raise WriteError(f"The document takes {len(blob)} bytes, more than {LARGEST}", 10334)
    return Entry(key_of(document["_id"]), document, blob)


def _plain(value: Any) -> Any:
    if isinstance(value, Int64) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    return value
