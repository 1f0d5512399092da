"""Files as clients send them, and raw forms as no client should."""

import io
from typing import Any, NamedTuple

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests.api.asking import TASKS
from tests.people import Client, Reply

FORM = "multipart/form-data"
BOUNDARY = "----boundary"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0"


class Sent(NamedTuple):
    """A file as a form holds it."""

    content: bytes = b"hello\n"
    name: str = "a.txt"
    type: str = "text/plain"


def send(client: Client, task: str, *files: Sent, **headers: str) -> Reply:
    """Attach files; `Idempotency_Key="x"` goes as a header."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"{TASKS}/{task}/files", headers=sent, **form(*files or (Sent(),)))


def form(*files: Sent) -> dict[str, Any]:
    """A form with these files, as the client takes it; no two have the same boundary."""
    several = [FileStorage(io.BytesIO(one.content), one.name, None, one.type) for one in files]
    boundary, body = encode_multipart(MultiDict(("files", one) for one in several))
    return {"data": body, "content_type": f"{FORM}; boundary={boundary}"}


def attach(client: Client, task: str, *files: Sent) -> list[dict[str, Any]]:
    """Attached files, as they were answered."""
    reply = send(client, task, *files)
    assert reply.status == 201, reply
    found: list[dict[str, Any]] = reply.json
    return found


def send_raw(client: Client, task: str, body: bytes | None, **rest: Any) -> Reply:
    """A form byte by byte, with the boundary of `part`."""
    kind = rest.pop("content_type", f"{FORM}; boundary={BOUNDARY}")
    rest |= {"content_type": kind} if body is None else {"content_type": kind, "data": body}
    return client.post(f"{TASKS}/{task}/files", **rest)


def part(content: bytes = b"hello\n", disposition: str = 'name="files"; filename="a.txt"') -> bytes:
    """One part of a form, its boundary before it."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n"
    return head.encode() + b"Content-Type: text/plain\r\n\r\n" + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
