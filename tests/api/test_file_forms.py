"""Forms as no honest client sends them: each is refused clearly, and leaves nothing behind."""

import io
import random
from typing import Any

import pytest
from werkzeug.exceptions import ClientDisconnected

from tests.api.asking import make, refused, unchanged
from tests.api.sending import BOUNDARY, END, FORM, PNG, Sent, part, send, send_raw
from tests.people import Client
from tests.swept import blobs_of
from tracker.services.world import World
from tracker.store import Store


@pytest.fixture
def store(embedded_store: Store) -> Store:
    """One store is enough: none of this gets so far."""
    return embedded_store


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def task(ann: Client) -> str:
    return str(make(ann)["id"])


@pytest.fixture(autouse=True)
def leaves_nothing(world: World, store: Store, ann: Client, task: str) -> Any:
    with unchanged(store):
        yield
    assert store.db.files.count_documents({}) == 0
    assert blobs_of(world) == []


FORMS = [
    (422, END),
    (422, part(disposition='name="files"') + END),
    (422, part(disposition='name="file"; filename="a.txt"') + END),
    (422, part() + part(disposition='name="other"') + END),
    (422, part() + part(disposition='name="other"; filename="a.txt"') + END),
    (422, part() + part(disposition='filename="a.txt"') + END),
    (422, part() + part(disposition='name="files"') + END),
    (400, part(disposition='name="files"; filename=""') + END),
    (400, part(b"") + END),
    (400, part()),
    (400, b"no form at all"),
    (400, part()[: -len(b"\r\n")]),
    (400, b"--" + BOUNDARY.encode() + b"\r\n\r\nhello\r\n" + END),
    (400, part().replace(b"a.txt", b"a\xff.txt") + END),
]


def test_a_form_that_is_none_is_refused(ann: Client, task: str) -> None:
    for status, body in FORMS:
        refused(send_raw(ann, task, body), status)


KINDS = [
    (422, "application/json"),
    (422, "application/x-www-form-urlencoded"),
    (422, ""),
    (400, FORM),
    (400, f"{FORM}; boundary="),
    (400, f"{FORM}; boundary=other"),
    (400, f"{FORM}; boundary=\u00e9"),
]


def test_another_kind_of_body_is_refused(ann: Client, task: str) -> None:
    for status, kind in KINDS:
        refused(send_raw(ann, task, part() + END, content_type=kind), status)


def test_a_packed_body_is_refused(ann: Client, task: str) -> None:
    headers = {"Content-Encoding": "gzip"}
    refused(send_raw(ann, task, part() + END, headers=headers), 415)


PLAIN = ["../../x", "..\\\\x", "/etc/passwd", "%2e%2e/x", "..", "a\0.png", "a\u202etxt.exe"]
PLAIN += ["x" * 300, "\u044f" * 200]
EXTENDED = ["a%0D%0ASet-Cookie: x", "a%00.txt", "..%2fx", "%E2%80%AEa"]


def test_a_hostile_name_is_refused_in_either_form(ann: Client, task: str) -> None:
    told = [f'filename="{name}"' for name in PLAIN]
    told += [f"filename*=UTF-8''{name}" for name in EXTENDED]
    for name in told:
        body = part(disposition=f'name="files"; {name}') + END
        refused(send_raw(ann, task, body), 400)


def test_too_many_fields_are_refused(ann: Client, task: str) -> None:
    fields = b"".join(part(disposition=f'name="f{n}"') for n in range(200))
    refused(send_raw(ann, task, fields + END), 413)


def test_a_field_that_fills_the_memory_is_refused(ann: Client, task: str) -> None:
    field = part(b"x" * 2_000_000, 'name="note"')
    refused(send_raw(ann, task, part() + field + END), 413)


def test_a_head_that_fills_the_memory_is_refused(ann: Client, task: str) -> None:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{"x" * 2_000_000}'
    refused(send_raw(ann, task, head.encode()), 413)


class CutOff(io.BytesIO):
    """Ends before all of it has come, as the server tells it."""

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        if not found:
            raise ClientDisconnected
        return found


def test_an_upload_that_is_cut_off_leaves_nothing(ann: Client, task: str) -> None:
    whole = part(b"x" * 100_000) + part(b"y" * 100_000) + END
    for received in (10, 100, 60_000, 199_999):
        told = {"CONTENT_LENGTH": str(len(whole))}
        comes = {"input_stream": CutOff(whole[:received]), "environ_overrides": told}
        assert "cut off" in refused(send_raw(ann, task, None, **comes), 400)["detail"]


BAD = [
    Sent(PNG + b"<script>alert(1)</script>", "a.png", "image/png"),
    Sent(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg", "image/svg+xml"),
    Sent(b"<svg onload='alert(1)'/>", "a.png", "image/png"),
    Sent(b"<html><script>alert(1)</script>", "a.txt", "text/plain"),
    Sent(b"", "a.txt", "text/plain"),
    Sent(b"x", "x" * 300, "text/plain"),
    Sent(PNG, "a.jpg", "image/jpeg"),
    Sent(b"MZ\x90\0", "a.exe", "application/x-msdownload"),
]


def test_a_bad_file_is_refused_beside_a_good_one(ann: Client, task: str) -> None:
    for sent in BAD:
        refused(send(ann, task, Sent(), sent), 400)


def test_noise_is_refused_and_never_a_fault(ann: Client, task: str) -> None:
    noise = random.Random(7)
    whole = part() + part(PNG, 'name="files"; filename="a.png"') + END
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(noise.randrange(1, 6)):
            broken[noise.randrange(len(broken) - len(END))] = noise.choice(b'\r\n-\0;"=\xff')
        cut = bytes(broken[: noise.randrange(len(broken))])
        assert 400 <= send_raw(ann, task, cut).status < 500
